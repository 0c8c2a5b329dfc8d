"""F08: what is drawn is what the tables hold, and a failed design is named as failed."""

from itertools import pairwise
from string import Formatter

import numpy as np
import pandas as pd
import pytest
from drawn_words import assert_words_fit

from gotong import style
from gotong.analyses.effect_evidence import name_of
from gotong.exhibits import effect_words
from gotong.exhibits import f08_event_study as f08
from gotong.i18n import Language

SAID = {"title": "A title", "caption": "", "alt": "", "sources": "Sources"}
PAIRS = [
    # design, outcome, estimate, passed, failed checks
    ("first_ppkm", "growth", -0.03, True, ""),
    ("akb_westjava", "growth", -0.0001, False, "pre_period placebo_date_4 placebo_date_8"),
    ("first_psbb_province", "workplaces", -4.2, False, "leave_one_region"),
    ("first_ppkm", "level", 0.5, True, ""),
]


def tables():
    paths, effects, evidence = [], [], []
    for number, (design, outcome, estimate, passed, failed) in enumerate(PAIRS):
        paths += [
            {
                "design": design,
                "outcome": outcome,
                "event_time": week,
                "estimate": estimate * (week >= 0) + 0.001 * number,
                "low": estimate - 0.05,
                "high": estimate + 0.05,
                "kind": "before" if week < 0 else "after",
                "counted": week >= 1,
            }
            for week in range(-3, 4)
        ]
        claim = "C8" if design == "akb_westjava" else "C6"
        effects.append(
            {"design": design, "outcome": outcome, "main": True, "treated": 6, "claim": claim}
        )
        if outcome != "level":
            evidence.append(
                {
                    "evidence": name_of(design, outcome, claim),
                    "estimate": estimate,
                    "low": estimate - 0.02,
                    "high": estimate + 0.02,
                    "p": 0.5,
                    "smallest_p": 1 / 6,
                    "detectable": 0.07 if passed else np.nan,
                    "units": 20 + number,
                    "deciders": 1 + number,
                    "passed": passed,
                    "failed_checks": failed,
                }
            )
    path_table = pd.DataFrame(paths).astype({"event_time": "Int64", "counted": "boolean"})
    return {
        "effect_paths": path_table,
        "effects": pd.DataFrame(effects).astype({"main": "boolean", "treated": "Int64"}),
        "evidence_effects": pd.DataFrame(evidence),
    }


CHOICES = {
    "area": {"designs": None},
    "effects": {
        "staggered": {
            "first_ppkm": {"assigned_by": "deciders"},
            "akb_westjava": {"assigned_by": "units"},
            "first_psbb_province": {"assigned_by": "units"},
        }
    },
}


@pytest.fixture(scope="module")
def data():
    return f08.prepare(tables(), CHOICES)


def drawn(data, code="en"):
    with style.settings():
        return f08.draw(data, Language(code), SAID)


def words_above(axes):
    """Return the name of a panel and the lines below it, as one line."""
    return f"{axes.get_title(loc='left')} {axes.texts[0].get_text()}".replace("\n", " ")


def test_the_shown_designs_stand_in_their_order_with_their_one_number(data):
    panels = data.drop_duplicates("panel")
    assert panels[["design", "outcome"]].to_numpy().tolist() == [
        ["first_ppkm", "growth"],
        ["akb_westjava", "growth"],
        ["first_psbb_province", "workplaces"],
    ]
    assert panels["effect"].tolist() == [-0.03, -0.0001, -4.2]
    assert panels["treated"].tolist() == [6, 6, 6]
    assert (data.groupby("panel").size() == 7).all()


def test_the_title_counts_what_passed(data):
    facts = f08.facts(data)
    assert (facts["passed"], facts["comparisons"], facts["worst"]) == (1, 3, 1)
    assert (facts["units_least"], facts["units_most"]) == (20, 22)
    for code in ("id", "en"):
        for message in (f08.TITLE, f08.CAPTION, f08.ALT):
            assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(facts)
            assert "{" not in Language(code).fill(message, facts)


def test_points_and_intervals_are_those_of_the_data(data):
    figure = drawn(data)
    for (_, rows), axes in zip(data.groupby("panel"), figure.axes, strict=False):
        points = np.concatenate([line.get_xydata() for line in axes.lines[1:]])
        expected = rows[["event_time", "estimate"]].to_numpy(dtype=float)
        np.testing.assert_allclose(points[np.argsort(points[:, 0])], expected)
        (bars,) = axes.collections
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends, rows[["low", "high"]].to_numpy())


def test_growth_shares_one_axis_and_hides_no_interval(data):
    figure = drawn(data)
    first, second, third = figure.axes[:3]
    assert first.get_ylim() == second.get_ylim()
    growth = data[data["outcome"] == "growth"]
    assert first.get_ylim()[0] < growth["low"].min()
    assert first.get_ylim()[1] > growth["high"].max()
    assert third.get_ylim() != first.get_ylim()


@pytest.mark.parametrize("code", ["id", "en"])
def test_each_panel_says_whether_it_passed_and_why_not(data, code):
    language = Language(code)
    headings = [words_above(axes) for axes in drawn(data, code).axes]
    assert [heading[:2] for heading in headings] == ["a ", "b ", "c "]
    assert language(f08.PASSED) in headings[0]
    assert language("effects before the rule") in headings[1]
    # A pretended date is named once, however many were tried.
    assert headings[1].count(language("an effect at a pretended date")) == 1
    assert language("one region turns the sign") in headings[2]
    # The estimate and its interval, p beside the least that it can be, and n.
    numbers = {"estimate": -0.03, "low": -0.05, "high": -0.01}
    assert language.fill(f08.NUMBER, numbers) in headings[0]
    least = {
        "en": "p 0.500 by decision (least 0.167) n = 20",
        "id": "p 0,500 per keputusan (terkecil 0,167) n = 20",
    }
    assert least[code] in headings[0]
    assert "\N{MINUS SIGN}0" + ("," if code == "id" else ".") + "000 " not in headings[1]


def test_each_panel_says_what_it_could_have_seen_and_by_which_level_it_is_tested(data):
    given = data.assign(detectable=data["detectable"].mask(data["design"] == "akb_westjava", 0.07))
    first, second, third = (words_above(axes) for axes in drawn(given).axes)
    assert "p 0.500 by decision" in first
    assert "by region) p 0.500 by region" in second
    assert "n = 20, 6 under it; deciders: 1" in first
    assert "smallest effect to be seen: 0.070" in second
    assert "too few decisions to see any effect" in third


def test_the_alternative_text_tells_between_which_numbers_growth_lies(data):
    facts = f08.facts(data)
    assert (facts["low"], facts["high"]) == (-0.03, 0)
    assert (facts["below"], facts["above"]) == (2, 0)
    said = Language("en").fill(f08.ALT, facts)
    assert "by −0.030 (First PPKM" in said


@pytest.mark.parametrize("code", ["id", "en"])
def test_words_above_a_panel_stay_in_its_column(data, code):
    wide = data.assign(failed_checks="pre_period placebo_date_4 leave_one_week comparison")
    figure = drawn(wide.assign(passed=False), code)
    assert_words_fit(figure)
    for left, right in pairwise(figure.axes):
        for words in (left.texts[0], left._left_title):
            assert words.get_window_extent().x1 <= right.get_tightbbox().x0


@pytest.mark.parametrize("code", ["id", "en"])
def test_filled_and_hollow_points_have_a_key(data, code):
    language = Language(code)
    first, *others = drawn(data, code).axes
    words = [text.get_text() for text in first.get_legend().get_texts()]
    assert words == [language(f08.COUNTED), language(f08.NOT_COUNTED)]
    assert not any(axes.get_legend() for axes in others)


@pytest.mark.parametrize(
    ("p", "english", "indonesian"),
    [
        (0.9999, "p > 0.99", "p > 0,99"),
        (0.5, "p 0.500", "p 0,500"),
        (0.0373, "p 0.037", "p 0,037"),
        (0.0000823, "p < 0.001", "p < 0,001"),
    ],
)
def test_p_values_have_one_format(p, english, indonesian):
    assert effect_words.p_value(p, Language("en")) == english
    assert effect_words.p_value(p, Language("id")) == indonesian


def test_the_weeks_before_are_shaded(data):
    for axes in drawn(data).axes[:3]:
        (shade,) = axes.patches
        assert shade.get_x() < -3
        assert shade.get_x() + shade.get_width() == pytest.approx(-0.5)
