"""F10, F11 and T05: what is drawn and said is what was estimated."""

import re
from string import Formatter

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection

from gotong import style
from gotong.analyses.dose_evidence import name_of
from gotong.exhibits import dose_words
from gotong.exhibits import f10_dose_response as f10
from gotong.exhibits import f11_specification_curve as f11
from gotong.exhibits import t05_specifications as t05
from gotong.exhibits.catalogue import EXHIBITS
from gotong.html import rows
from gotong.i18n import LANGUAGES, Language

LAGS = (-1, 0, 1, 2)
SUMS = {"alignment": 0.03, "stock": -0.01, "strictness": -0.05}


def response():
    """Return the effects of three regressors at both levels, and two samples with less."""
    parts = []
    for name, total in SUMS.items():
        for level, groups in (("units", 5), ("deciders", 2)):
            bounded = level == "units"
            for lag in (*LAGS, None):
                value = total if lag is None else total / 10 * lag
                term = "sum" if lag is None else f"lag_{lag}" if lag >= 0 else f"lead_{-lag}"
                parts.append(
                    {
                        "sample": "main",
                        "regressor": name,
                        "clusters": level,
                        "term": term,
                        "lag": lag,
                        "step": 0.1 if name == "alignment" else 1.0,
                        "estimate": value,
                        "standard_error": 0.02,
                        "low": value - 0.04 if bounded else np.nan,
                        "high": value + 0.04 if bounded else np.nan,
                        "p": 0.3 if bounded else 0.5,
                        "smallest_p": 1 / 16 if bounded else 0.5,
                        "leads_p": 0.7 if bounded and lag is None else np.nan,
                        "detectable": 0.06,
                        "groups": groups,
                    }
                )
        for sample, value in (("without_3171", total - 0.02), ("without_Bodebek", np.nan)):
            parts.append(
                {
                    "sample": sample,
                    "regressor": name,
                    "clusters": "units",
                    "term": "sum",
                    "estimate": value,
                    "groups": 4,
                }
            )
    table = pd.DataFrame(parts).assign(units=5, weeks=10, observations=40)
    return table.astype({"lag": "Int64", "groups": "Int64"})


def points():
    """Return 40 weeks of each regressor: growth is a hundredth of the dose, one week 0.5."""
    parts = []
    for name in SUMS:
        dose = np.linspace(-2, 2, 40)
        growth = dose / 100
        growth[-1] = 0.5
        parts.append(
            pd.DataFrame(
                {
                    "regressor": name,
                    "region_code": "3276",
                    "week_start": pd.date_range("2020-03-30", periods=40, freq="7D", unit="s"),
                    "dose": dose,
                    "growth": growth,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def evidence():
    named = [name_of(name, "units") for name in SUMS]
    return pd.DataFrame({"evidence": named, "failed_checks": ["", "leads flagged_days", "leads"]})


def cells():
    """Return eight cells of cooperation, and two of strictness of which one has no estimate."""
    table = pd.DataFrame(
        {
            "regressor": ["alignment"] * 4 + ["stock"] * 4 + ["strictness"] * 2,
            "definition": ["main"] * 4 + ["all"] * 4 + ["main"] * 2,
            "outcome": ["growth", "log_incidence"] * 5,
            "estimator": "two_way",
            "lag": pd.array([2, 2, 3, 3] * 2 + [2, 3], dtype="Int64"),
            "without": "none",
            "sample": "main",
            "not_estimated": [""] * 9 + ["no_contrast"],
            "estimate": [0.4, -0.1, 0.2, 0.3, -0.2, 0.1, 0.5, 0.6, -0.3, np.nan],
            "p": [0.01, 0.5, 0.2, 0.05, 0.03, 0.9, 0.4, 0.3, 0.02, np.nan],
            "scale": 0.5,
            "units": pd.array([5] * 10, dtype="Int64"),
        }
    )
    table["low"], table["high"] = table["estimate"] - 0.2, table["estimate"] + 0.2
    return table.rename_axis("cell").reset_index()


def joint_tests():
    """Return joint tests whose p is 0.05 larger when paths are exchanged."""
    rows_ = [
        (group, arrangement, statistic, 0.7, p + extra, 1 / (1 + number), number)
        for group, p in (("cooperation", 0.3), ("strictness", 0.1))
        for arrangement, extra, number in (("shifted", 0.0, 69), ("exchanged", 0.05, 199))
        for statistic in ("median_t", "sign_share")
    ]
    columns = ["group", "arrangement", "statistic", "observed", "p", "smallest_p", "arrangements"]
    return pd.DataFrame(rows_, columns=columns)


TABLES = {
    "dose_response": response(),
    "dose_points": points(),
    "evidence_dose": evidence(),
    "specifications": cells(),
    "specification_tests": joint_tests(),
}
MODULES = {"F10": f10, "F11": f11, "T05": t05}


@pytest.fixture(scope="module", params=["en", "id"])
def language(request):
    return Language(request.param)


def drawn(module, language):
    data = module.prepare(TABLES, {})
    said = {name: language.fill(module.TITLE, module.facts(data)) for name in ("title", "sources")}
    with style.settings():
        figure = module.draw(data, language, said)
        figure.draw_without_rendering()
    return data, figure


@pytest.mark.parametrize("exhibit", MODULES)
def test_each_reads_the_tables_that_the_catalogue_gives_it(exhibit):
    entry = EXHIBITS[exhibit]
    MODULES[exhibit].prepare({name: TABLES[name] for name in entry.tables}, {})
    assert entry.claims == ("C11",)


@pytest.mark.parametrize("exhibit", MODULES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_number_of_the_texts_is_a_fact(exhibit, code):
    module = MODULES[exhibit]
    facts = module.facts(module.prepare(TABLES, {}))
    for message in (module.TITLE, module.CAPTION, module.ALT):
        named = {name for _, name, _, _ in Formatter().parse(message) if name}
        assert named <= set(facts)
        filled = Language(code).fill(message, facts)
        assert not {"nan", "NaN"} & set(re.findall(r"\w+", filled))


# --- F10


def test_effects_are_drawn_at_their_lags_with_their_intervals(language):
    _, figure = drawn(f10, language)
    for axes, (name, total) in zip(figure.axes[:3], SUMS.items(), strict=True):
        marks = [each for each in axes.collections if isinstance(each, PathCollection)]
        places = np.vstack([np.asarray(each.get_offsets()) for each in marks])
        expected = [[lag, total / 10 * lag] for lag in LAGS] + [[2 + f10.GAP, total]]
        np.testing.assert_allclose(places, expected, atol=1e-12)
        lines = [each for each in axes.collections if isinstance(each, LineCollection)]
        ends = np.vstack([segment[:, 1] for each in lines for segment in each.get_segments()])
        np.testing.assert_allclose(np.diff(ends, axis=1), 0.08, atol=1e-12)
        assert name in f10.PANELS


def test_leads_and_the_week_itself_are_hollow_and_shaded(language):
    _, figure = drawn(f10, language)
    axes = figure.axes[0]
    early, later, _ = (each for each in axes.collections if isinstance(each, PathCollection))
    assert early.get_facecolor()[0].tolist() == [1, 1, 1, 1]
    assert np.asarray(early.get_offsets())[:, 0].max() == 0
    assert np.asarray(later.get_offsets())[:, 0].min() == 1


def test_the_numbers_of_a_sum_stay_in_their_panel_and_off_the_intervals(language):
    _data, figure = drawn(f10, language)
    for axes in figure.axes[:3]:
        (words,) = [text for text in axes.texts if text.get_color() == style.VERMILION]
        box = words.get_window_extent()
        assert axes.bbox.x0 < box.x0
        assert box.x1 <= axes.bbox.x1 + 0.5
        for drawn_lines in axes.collections:
            if isinstance(drawn_lines, LineCollection):
                for path in drawn_lines.get_paths():
                    assert not path.transformed(axes.transData).intersects_bbox(box, False)


def test_each_panel_says_that_its_intervals_are_too_narrow(language):
    _data, figure = drawn(f10, language)
    words = language.fill(f10.NARROW, {"deciders": 2})
    for axes in figure.axes[:3]:
        (note,) = [text for text in axes.texts if text.get_text() == words]
        box = note.get_window_extent()
        others = [text for text in axes.texts if text is not note]
        assert not any(box.overlaps(text.get_window_extent()) for text in others)


def test_no_text_of_f10_calls_a_coefficient_an_effect_of_cooperation():
    said = " ".join([f10.TITLE, f10.CAPTION, f10.ALT, f10.EFFECT, f10.EARLY])
    # What is left are the effects of units and weeks, which the regression takes out.
    assert "effect" not in said.replace("unit and week effects", "")


def test_the_key_of_the_bins_stands_above_the_weeks(language):
    _data, figure = drawn(f10, language)
    for axes in figure.axes[3:]:
        assert axes.get_title(loc="right") == language(f10.MEANS)
        assert not axes.texts


def test_a_design_that_fails_is_shown_as_failed(language):
    _, figure = drawn(f10, language)
    words = [{text.get_text() for text in axes.texts} for axes in figure.axes[:3]]
    fails = language(f10.FAILS)
    assert not any(text.startswith(fails) for text in words[0])
    expected = "\n".join(
        [fails, language(dose_words.CHECKS["leads"]), language(dose_words.CHECKS["flagged_days"])]
    )
    assert expected in words[1]


def test_the_bins_hold_equally_many_weeks():
    data = f10.prepare(TABLES, {})
    own = data[(data["part"] == "bin") & (data["regressor"] == "stock")]
    weeks = points().query("regressor == 'stock'")
    assert len(own) == f10.BINS
    np.testing.assert_allclose(own["dose"], weeks["dose"].to_numpy().reshape(10, 4).mean(axis=1))
    np.testing.assert_allclose(
        own["growth"], weeks["growth"].to_numpy().reshape(10, 4).mean(axis=1)
    )


def test_the_facts_of_f10():
    found = f10.facts(f10.prepare(TABLES, {}))
    assert (found["units"], found["deciders"], found["vectors"]) == (5, 2, 16)
    assert (found["alignment"], found["alignment_low"]) == pytest.approx((0.03, -0.01))
    assert (found["stock_least"], found["stock_most"]) == pytest.approx((-0.03, -0.03))
    assert (found["outside"], found["failing"], found["leads"], found["lags"]) == (1, 2, 1, 2)
    assert (found["lead_p"], found["leads_p"]) == (0.3, 0.7)
    # Sums do not count; of 12 effects by lag all are within 0.04 of zero.
    assert (found["holding"], found["shown"]) == (12, 12)
    assert found["end"] == pd.Timestamp("2021-01-03")


def test_the_alternative_text_of_f10_tells_the_extremes_by_lag():
    data = f10.prepare(TABLES, {})
    found = f10.facts(data)
    effects = data[(data["part"] == "effect") & (data["clusters"] == "units")]
    for name in f10.PANELS:
        own = effects[(effects["regressor"] == name) & (effects["term"] != "sum")]
        top = own.sort_values("estimate").iloc[-1]
        assert found[f"{name}_peak"] == top["estimate"]
        at = own.set_index("lag")["estimate"]
        assert at[found[f"{name}_peak_lag"]] == at.max()
        assert at[found[f"{name}_bottom_lag"]] == found[f"{name}_bottom"] == at.min()
    bins = data.loc[data["part"] == "bin", "growth"]
    assert (found["bins_low"], found["bins_high"]) == (bins.min(), bins.max())


@pytest.mark.parametrize("language", ["en", "id"])
def test_ranks_of_the_curve_are_written_as_the_language_does(language):
    words = Language(language)
    _, figure = drawn(f11, words)
    below = [axes for axes in figure.axes if not axes.get_title(loc="left")]
    assert below
    for axes in below:
        assert axes.xaxis.get_major_formatter()(1000, 0) == words.number(1000)


# --- F11


def test_the_curve_is_sorted_and_drawn_in_its_order(language):
    data, figure = drawn(f11, language)
    own = data[data["group"] == "cooperation"]
    assert own["effect"].is_monotonic_increasing
    assert own["rank"].tolist() == list(range(1, 9))
    marks = [each for each in figure.axes[0].collections if isinstance(each, PathCollection)]
    places = np.vstack([np.asarray(each.get_offsets()) for each in marks])
    order = places[:, 0].argsort()
    np.testing.assert_allclose(places[order, 1], own["effect"])
    told = np.asarray(marks[1].get_offsets())[:, 1]
    np.testing.assert_allclose(np.sort(told), [-0.1, 0.15, 0.2])


def strokes(axes):
    """Return rank, height of its middle and length of every stroke of a matrix."""
    return [
        (*segment.mean(axis=0), np.ptp(segment[:, 1]))
        for each in axes.collections
        if isinstance(each, LineCollection)
        for segment in each.get_segments()
    ]


def test_each_cell_has_one_mark_in_each_dimension(language):
    data, figure = drawn(f11, language)
    rows_ = f11.matrix_rows(data)
    heights = f11.row_heights(rows_)
    # Each row has two lanes, of which strokes fill one or the other.
    marks = [
        (rank, min(heights, key=lambda row, at=height: abs(row - at)))
        for rank, height, _ in strokes(figure.axes[1])
    ]
    for dimension in dose_words.DIMENSIONS:
        own = [h for (name, _), h in zip(rows_, heights, strict=True) if name == dimension]
        held = sorted(rank for rank, height in marks if np.isclose(own, height).any())
        assert held == list(range(1, 9))
    lowest = data[data["group"] == "cooperation"].iloc[0]
    at = heights[rows_.index(("definition", lowest["definition"]))]
    assert any(rank == 1 and np.isclose(height, at) for rank, height in marks)


def test_significant_strokes_are_as_tall_as_the_others_and_below_them(language):
    data, figure = drawn(f11, language)
    drawn_strokes = strokes(figure.axes[1])
    np.testing.assert_allclose([length for *_, length in drawn_strokes], f11.STROKE)
    told = set(data.loc[(data["group"] == "cooperation") & (data["p"] <= 0.05), "rank"])
    heights = np.array(f11.row_heights(f11.matrix_rows(data)))
    for rank, middle, _ in drawn_strokes:
        row = heights[np.abs(heights - middle).argmin()]
        # The axis points down.
        assert (middle > row) == (rank in told)


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_heading_has_both_joint_p(code):
    language = Language(code)
    _data, figure = drawn(f11, language)
    for axes, (shifted, exchanged) in zip(
        (figure.axes[0], figure.axes[2]), ((0.3, 0.35), (0.1, 0.15)), strict=True
    ):
        heading = axes.get_title(loc="left")
        assert language.number(shifted, ".3f") in heading
        assert language.number(exchanged, ".3f") in heading


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_title_of_the_curve_has_both_significant_sides(code):
    language = Language(code)
    title = language.fill(f11.TITLE, f11.facts(f11.prepare(TABLES, {})))
    assert language.number(1 / 8, ".0%") in title
    assert language.number(2 / 8, ".0%") in title


def test_a_cell_without_an_estimate_is_in_the_data_and_not_in_the_curve():
    data = f11.prepare(TABLES, {})
    assert len(data) == 10
    assert data.loc[data["not_estimated"] != "", "rank"].isna().all()
    found = f11.facts(data)
    assert (found["cells"], found["strict_cells"], found["absent"]) == (8, 1, 1)
    assert found["negative"] == 2 / 8
    assert (found["told_below"], found["told_above"]) == (1 / 8, 2 / 8)
    assert (found["p"], found["p_exchanged"]) == pytest.approx((0.3, 0.35))
    assert (found["strict_p"], found["moves"], found["draws"]) == (0.1, 69, 199)


def test_a_choice_without_a_name_keeps_its_key():
    renamed = TABLES | {"specifications": cells().assign(sample="new_sample")}
    rows_ = f11.matrix_rows(f11.prepare(renamed, {}))
    assert ("sample", "new_sample") in rows_


# --- T05


def test_the_table_counts_cells_by_choice():
    data = t05.prepare(TABLES, {}).set_index(["group", "dimension", "choice"])
    row = data.loc[("cooperation", "definition", "stock all")]
    assert (row["cells"], row["estimated"], row["negative_share"]) == (4, 4, 0.25)
    assert (row["significant_negative"], row["significant_positive"]) == (0.25, 0)
    assert row["median_effect"] == pytest.approx((0.1 + 0.5) / 2 / 2)
    row = data.loc[("strictness", "estimator", "two_way 3")]
    assert (row["cells"], row["estimated"]) == (1, 0)
    assert pd.isna(row["negative_share"])


def test_every_dimension_counts_every_cell_once():
    data = t05.prepare(TABLES, {})
    assert set(data.groupby(["group", "dimension"])["cells"].sum()) == {8, 2}


def test_every_declared_choice_has_words_in_both_languages(results):
    declared = results.choices["specifications"]
    named = {
        "definition": {
            f"{name} {form}" for name, forms in declared["definitions"].items() for form in forms
        },
        "outcome": set(declared["outcomes"]),
        "estimator": {f"{each['kind']} {each['lag']}" for each in declared["estimators"]},
        "without": set(declared["without"]),
        "sample": set(declared["samples"]),
    }
    assert {name: set(words) for name, words in dose_words.CHOICES.items()} == named


def test_the_table_is_written_in_both_languages():
    data = t05.prepare(TABLES, {})
    for code in LANGUAGES:
        written = rows(data, t05.COLUMNS, Language(code))
        assert len(written) == len(data)
