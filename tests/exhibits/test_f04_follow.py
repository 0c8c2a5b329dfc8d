"""F04: marks stand at the lags, hollow where nobody moved; the tests stand below with their p."""

from string import Formatter

import numpy as np
import pandas as pd
import pytest
from drawn_words import assert_words_fit
from matplotlib.colors import to_rgb

from gotong import config, contracts, style
from gotong.analyses import following
from gotong.exhibits import f04_follow as f04
from gotong.i18n import Language
from gotong.tables import to_csv

SAID = {"title": "Title", "sources": "Sources"}


@pytest.fixture(scope="module")
def data(project):
    choices = config.read_config(project / "config.yaml").model_dump(mode="json")
    raw = {
        name: contracts.read_any(str(project / "data/raw" / name))
        for name in ("policy/regimes.csv", "geography/regions.csv")
    }
    made = {
        "following": following.make(raw, choices),
        "following_tests": following.tests(raw, choices),
    }
    return f04.prepare(raw | made, choices)


@pytest.fixture(scope="module")
def figure(data):
    with style.settings():
        return f04.draw(data, Language("en"), SAID)


def test_every_change_has_all_other_regions_once(data):
    marks = data[data["part"] == "change"]
    assert marks.groupby("date")["regions"].sum().unique().tolist() == [8]
    assert marks.groupby(["date", "group"])["regions"].sum().groupby("group").unique().apply(
        list
    ).to_dict() == {"Bodebek": [5], "Tangerang Raya": [3]}
    assert marks[marks["period"] == "before_ppkm"]["date"].nunique() == 4


def test_the_brake_of_september_has_no_like_change(data):
    brake = data[data["date"] == pd.Timestamp("2020-09-14")]
    assert brake["lag"].isna().all()
    assert brake["regime"].unique().tolist() == ["PSBB ketat (rem darurat)"]
    assert brake["direction"].unique().tolist() == [1]


def test_marks_stand_at_their_lags_and_are_hollow_where_there_is_none(data, figure):
    marks = data[data["part"] == "change"]
    drawn = [line for line in figure.axes[0].lines if line.get_marker() in f04.MARKERS]
    assert len(drawn) == len(marks)
    filled = [line for line in drawn if line.get_markerfacecolor() != "white"]
    assert sorted(float(line.get_xdata()[0]) for line in filled) == sorted(
        marks["lag"].dropna().astype(float)
    )
    window = int(data["window"].iloc[0])
    hollow = [line for line in drawn if line.get_markerfacecolor() == "white"]
    assert len(hollow) == marks["lag"].isna().sum()
    assert all(line.get_xdata()[0] > window for line in hollow)


def test_marks_with_the_region_that_stands_for_its_decider_are_ringed(data, figure):
    marks = data[data["part"] == "change"]
    # Each decider is counted once a change, at the lag of its representative.
    named = marks[marks["representative"] != ""]
    assert (named.groupby(["date", "group"]).size() == 1).all()
    assert len(named) == marks.groupby(["date", "group"]).ngroups
    ringed = [line for line in figure.axes[0].lines if line.get_path_effects()]
    assert len(ringed) == len(named)
    before = named[named["period"] == "before_ppkm"]
    assert f04.facts(data)["followed"] == (before["lag"].abs() <= 14).sum()


def test_the_caption_names_who_stands_for_whom_and_that_p_is_one_sided(data):
    said = Language("en").fill(f04.CAPTION, f04.facts(data))
    assert "Kota Depok (Bodebek), Kota Tangerang Selatan (Tangerang Raya)" in said
    assert "p is one-sided" in said


def contrast(one, other):
    """Return the contrast of two colours (WCAG 2)."""
    lights = []
    for colour in (one, other):
        shares = np.array(to_rgb(colour))
        linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
        lights.append(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return max(lights) / min(lights)


def test_marks_of_neighbouring_rows_do_not_touch(figure):
    axes = figure.axes[0]
    figure.draw_without_rendering()
    marks = [line for line in axes.lines if line.get_marker() in f04.MARKERS]
    points = np.concatenate([line.get_xydata() for line in marks])
    heights = np.unique(axes.transData.transform(points)[:, 1]) * 72 / figure.dpi
    assert np.diff(heights).min() > marks[0].get_markersize() + f04.RING_WIDTH


def test_numbers_stand_out_from_their_marks(figure):
    axes = figure.axes[0]
    marks = [line for line in axes.lines if line.get_marker() in f04.MARKERS]
    numbers = [text for text in axes.texts if text.get_text().isdigit()]
    for mark, number in zip(marks, numbers, strict=True):
        assert contrast(number.get_color(), mark.get_markerfacecolor()) > 4.4


def test_numbers_in_marks_are_the_regions(data, figure):
    marks = data[data["part"] == "change"]
    numbers = [text.get_text() for text in figure.axes[0].texts if text.get_text().isdigit()]
    assert sorted(numbers) == sorted(str(number) for number in marks["regions"])


def test_the_lower_chart_has_distances_and_chance(data, figure):
    tests = data[(data["part"] == "test") & (data["variant"] == "main")]
    rows = tests.set_index(["period", "followers"]).loc[list(f04.KINDS)]
    lower = figure.axes[1]
    dots = [line.get_xdata()[0] for line in lower.lines if line.get_marker() == "o"]
    assert dots == rows["distance"].tolist()
    edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in lower.patches]
    np.testing.assert_allclose(edges, rows[["chance_low", "chance_high"]].to_numpy())
    bars = [line.get_xdata() for line in lower.lines if line.get_path_effects()]
    np.testing.assert_allclose(bars, rows[["least", "most"]].to_numpy())
    assert "one-sided p" in lower.get_title(loc="left")
    shown_as, *said = [text.get_text() for text in lower.texts]
    assert "without any one change" in shown_as
    assert said == [f"p = {row.p:.3f} (smallest {row.smallest_p:.3f})" for row in rows.itertuples()]


@pytest.mark.parametrize("message", [f04.TITLE, f04.CAPTION, f04.ALT])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_field_of_the_texts_is_a_fact(data, message, language):
    found = f04.facts(data)
    assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(found)
    assert "{" not in Language(language).fill(message, found)


def test_facts_follow_from_the_marks(data):
    found = f04.facts(data)
    early = data[(data["part"] == "change") & (data["period"] == "before_ppkm")]
    matched = early[early["lag"].abs() <= found["within"]].groupby(["date", "group"]).size()
    assert found["followed"] == len(matched)
    assert found["pairs"] == found["changes"] * found["deciders"]
    assert found["unmatched"] == found["pairs"] - len(matched)
    assert found["smallest_p"] < found["p"] < 1


@pytest.mark.parametrize("code", ["en", "id"])
def test_nothing_is_cut_off_and_nothing_is_too_small(data, code):
    with style.settings():
        assert_words_fit(f04.draw(data, Language(code), SAID))


def test_prepared_data_are_one_plain_table(data):
    lines = to_csv(data).decode().splitlines()
    assert lines[0].startswith("part,variant,period,date,direction,regime,level,group")
    assert len(lines) == len(data) + 1
