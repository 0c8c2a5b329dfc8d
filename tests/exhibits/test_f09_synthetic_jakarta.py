"""F09: the lines of the figure are those of the table, by week, with rank and donors."""

from string import Formatter

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest

from gotong import style
from gotong.exhibits import f09_synthetic_jakarta as f09
from gotong.i18n import Language
from gotong.tables import DATE

SAID = {"title": "A title", "caption": "", "alt": "", "sources": "Sources"}
CHANGE = pd.Timestamp("2020-09-14")
REGIONS = pd.DataFrame(
    {
        "region_code": ["31", "33", "34"],
        "kemendagri_code": ["31", "33", "34"],
        "level": ["province"] * 3,
        "name": ["DKI Jakarta", "Jawa Tengah", "DI Yogyakarta"],
        "province_code": ["31", "33", "34"],
    }
)


def paths(design, outcome):
    """Return three provinces on 21 days before and 14 after; weeks for cases, one left out."""
    step = 7 if outcome == "level" else 1
    days = pd.date_range(CHANGE - pd.Timedelta(days=21), periods=35 // step, freq=f"{step}D")
    rng = np.random.default_rng(len(design) + len(outcome))
    rows = []
    for code, weight in (("31", 0.0), ("33", 0.25), ("34", 0.75)):
        actual, gap = rng.normal(size=len(days)), rng.normal(size=len(days))
        rows.append(
            pd.DataFrame(
                {
                    "design": design,
                    "outcome": outcome,
                    "region_code": code,
                    "date": days.astype(DATE),
                    "actual": actual,
                    "synthetic": actual - gap,
                    "gap": gap,
                    "weight": weight,
                    "after": pd.array(days >= CHANGE, dtype="boolean"),
                }
            )
        )
    made = pd.concat(rows)
    return made[made["date"] != CHANGE] if outcome == "level" else made


def tables():
    effects, checks = [], []
    for place, (design, outcome) in enumerate(f09.SHOWN):
        failed = "overfit" if outcome == "level" else ""
        effects.append(
            {
                "design": design,
                "outcome": outcome,
                "main": True,
                "estimate": -3.0 + place,
                "p_units": 2 / 3,
                "smallest_p_units": 1 / 3,
                "units": 3,
                "passed": not failed,
                "failed_checks": failed,
            }
        )
        about = {"design": design, "outcome": outcome}
        checks += [
            about | {"check": "rank", "value": 2.0},
            about | {"check": "donors_span", "value": 0.25},
            about | {"check": "placebo_date", "value": 1.0, "p": 0.5},
        ]
        if outcome != "level":
            checks.append(about | {"check": "family_holm", "value": 4.0, "p": 0.75})
    return {
        "synthetic_paths": pd.concat([paths(*pair) for pair in f09.SHOWN], ignore_index=True),
        "effects": pd.DataFrame(effects).astype({"main": "boolean"}),
        "effect_checks": pd.DataFrame(checks),
        "geography/regions.csv": REGIONS,
    }


@pytest.fixture(scope="module")
def data():
    return f09.prepare(tables(), {})


@pytest.fixture(scope="module")
def figure(data):
    with style.settings():
        return f09.draw(data, Language("en"), SAID)


def test_what_the_checks_found_stands_in_the_data_of_each_panel(data):
    shown = data.drop_duplicates("panel").set_index(["design", "outcome"])
    assert shown["misfit"].eq(0.25).all()
    assert shown["p_pretended"].eq(0.5).all()
    assert shown.loc[("brake", "residential"), "p_together"] == 0.75
    assert np.isnan(shown.loc[("brake", "level"), "p_together"])


def test_days_are_averaged_in_sevens_from_the_change(data):
    source = paths("brake", "workplaces").query("region_code == '33'").reset_index(drop=True)
    found = data[(data["panel"] == 0) & (data["region_code"] == "33")]
    assert len(found) == 5
    np.testing.assert_allclose(
        found["gap"], [source["gap"].iloc[start : start + 7].mean() for start in range(0, 35, 7)]
    )
    assert found["after"].astype(bool).tolist() == [False] * 3 + [True] * 2
    assert found.loc[found["after"].astype(bool), "date"].min() == CHANGE
    assert set(found["periods_before"]) == {21}


def test_weeks_of_cases_stay_as_they_are(data):
    source = paths("brake", "level")
    found = data[data["outcome"] == "level"]
    np.testing.assert_array_equal(found["actual"], source["actual"])


def test_facts_name_effects_with_their_sign_and_whether_cases_passed(data):
    facts = f09.facts(data)
    assert (facts["workplaces"], facts["residential"]) == (-3.0, -2.0)
    assert facts["smallest"] == 1 / 3
    assert (facts["days"], facts["weeks"], facts["donors"]) == (21, 3, 2)
    assert facts["cases"] == f09.CASES_FAILED
    for code in ("id", "en"):
        for message in (f09.TITLE, f09.CAPTION, f09.ALT):
            assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(facts)
            assert "{" not in Language(code).fill(message, facts)


def test_the_alternative_text_tells_where_the_gap_is_widest(data):
    facts = f09.facts(data)
    own = data[(data["panel"] == 0) & (data["region_code"] == "31")]
    after = own[own["after"].astype(bool)]
    widest = after.loc[after["gap"].abs().idxmax()]
    assert (facts["workplaces_day"], facts["workplaces_widest"]) == (widest["date"], widest["gap"])
    before = own.loc[~own["after"].astype(bool), "gap"].abs()
    assert facts["workplaces_before"] == before.max()
    assert facts["workplaces_rank"] == widest["rank"]
    assert facts["cases_low"] <= facts["cases_high"]


def known(line):
    """Return the heights of a line where it is drawn."""
    heights = np.asarray(line.get_ydata(), dtype=float)
    return heights[~np.isnan(heights)]


def test_no_line_crosses_the_week_that_is_left_out(figure):
    for axes in figure.axes[4:6]:
        for line in axes.lines:
            if len(line.get_xdata()) > 2:
                heights = dict(zip(line.get_xdata(orig=False), line.get_ydata(), strict=True))
                assert np.isnan(heights[mdates.date2num(CHANGE + f09.MIDDLE)])


@pytest.mark.parametrize("code", ["id", "en"])
def test_ticks_of_an_axis_have_equally_many_decimals(data, code):
    with style.settings():
        drawn = f09.draw(data, Language(code), SAID)
    drawn.draw_without_rendering()
    for axes in drawn.axes:
        ticks = [label.get_text().replace(",", ".") for label in axes.get_yticklabels()]
        assert len({len(text.partition(".")[2]) for text in ticks}) == 1
        assert len(set(ticks)) == len(ticks)


def test_a_mix_names_the_share_of_the_donors_that_it_does_not_name():
    rows = pd.DataFrame(
        {
            "region_code": list("abcde"),
            "region": ["A", "B", "C", "D", "E"],
            "weight": [0.45, 0.2, 0.14, 0.11, 0.1],
        }
    )
    assert f09._shares(rows, Language("en")) == "A 45%, B 20%, C 14%, others 21%"
    assert f09._shares(rows, Language("id")) == "A 45%, B 20%, C 14%, lainnya 21%"
    assert f09._shares(rows[:3], Language("en")) == "A 45%, B 20%, C 14%"


def test_the_lines_are_those_of_the_data(data, figure):
    for number, rows in data.groupby("panel"):
        left, right = figure.axes[2 * number : 2 * number + 2]
        own = rows[rows["region_code"] == "31"]
        for line, column in zip(left.lines, ("actual", "synthetic"), strict=False):
            np.testing.assert_allclose(known(line), own[column])
        gaps = [known(line) for line in right.lines]
        for _, part in rows.groupby("region_code"):
            expected = part["gap"].to_numpy()
            assert any(len(gap) == len(expected) and np.allclose(gap, expected) for gap in gaps)
        # The last line but the mark of the change is DKI Jakarta's, on top of its placebos.
        np.testing.assert_allclose(known(right.lines[-2]), own["gap"])


def test_the_mark_stands_where_the_rule_changed(figure):
    day = mdates.date2num(CHANGE)
    assert figure.axes[0].lines[-1].get_xdata()[0] == pytest.approx(day)
    # The week of the change is left out for cases: the first that counts comes a week later.
    assert figure.axes[4].lines[-1].get_xdata()[0] == pytest.approx(day)


def test_headings_name_donors_rank_and_failure(figure):
    assert [axes.get_title(loc="left")[0] for axes in figure.axes] == list("abcdefgh")
    below = [axes.texts[-1].get_text().replace("\n", " ") for axes in figure.axes]
    assert "DI Yogyakarta 75%, Jawa Tengah 25%" in below[0]
    assert "rank 2 of 3, p 0.667 (smallest possible 0.333)" in below[1]
    assert "checks passed" in below[1]
    assert "checks failed: more donors than periods" in below[5]
    # Where the design failed no difference is called an effect of the rule.
    assert not any("effect" in text for text in (*below[:5], *below[6:]))
