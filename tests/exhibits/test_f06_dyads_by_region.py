"""F06: cells, intervals and bars carry the shares and counts; communities are outlined."""

from itertools import pairwise
from string import Formatter

import numpy as np
import pandas as pd
import pytest
from drawn_words import assert_words_fit
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.patches import Rectangle

from gotong import config, contracts, style
from gotong.analyses import measure_shares
from gotong.exhibits import f06_dyads_by_region as f06
from gotong.exhibits import vocabulary
from gotong.i18n import Language

SAID = {"title": "Title", "sources": "Sources"}


@pytest.fixture(scope="module")
def data(project):
    choices = config.read_config(project / "config.yaml").model_dump(mode="json")
    names = ("cooperation/measures.csv", "geography/regions.csv")
    raw = {name: contracts.read_any(str(project / "data/raw" / name)) for name in names}
    counts = measure_shares.by_region(raw, choices)
    return f06.prepare(raw | {"dyads_by_region": counts}, choices)


@pytest.fixture(scope="module")
def figure(data):
    with style.settings():
        return f06.draw(data, Language("en"), SAID)


def test_rows_are_the_deciding_regions_with_every_dyad(data):
    assert data.groupby("region_code").size().unique().tolist() == [7]
    assert data["region_code"].iloc[0] == "31"
    assert data["name"].nunique() == 9
    plain = data[data["dyad"] != "community"]
    np.testing.assert_allclose(plain.groupby("region_code")["share"].sum(), 1)


def test_cells_are_shares_within_the_row(data, figure):
    (mesh,) = (each for each in figure.axes[0].collections if isinstance(each, QuadMesh))
    plain = data[data["dyad"] != "community"]
    expected = plain["share"].to_numpy().reshape(9, 6)
    np.testing.assert_allclose(np.asarray(mesh.get_array()).reshape(9, 6), expected)
    counts = [int(text.get_text().split("(")[1].rstrip(")")) for text in figure.axes[0].texts]
    assert counts == plain["of_kind"].tolist()


def test_the_dyads_of_communities_are_outlined_and_bold(figure):
    heat = figure.axes[0]
    boxes = [each for each in heat.patches if isinstance(each, Rectangle)]
    assert [box.get_x() for box in boxes] == [3, 5]
    bold = [label.get_text() for label in heat.get_xticklabels() if label.get_weight() == "bold"]
    assert [label.split("\n")[0] for label in bold] == ["G-C", "C-C"]


@pytest.mark.parametrize("code", ["en", "id"])
def test_dyads_and_axes_are_named_in_the_language(data, code):
    language = Language(code)
    with style.settings():
        drawn = f06.draw(data, language, SAID)
    heat, dots, bars = drawn.axes
    named = [label.get_text() for label in heat.get_xticklabels()]
    assert named == [f"{dyad}\n{language(vocabulary.DYAD_WITH[dyad])}" for dyad in contracts.DYADS]
    assert dots.get_xlabel() == language(f06.SHARE_AXIS)
    assert "95%" in dots.get_xlabel()
    assert bars.get_xlabel() == language(f06.NUMBER_AXIS)


def test_intervals_are_drawn_for_communities(data, figure):
    together = data[data["dyad"] == "community"]
    (lines,) = (each for each in figure.axes[1].collections if isinstance(each, LineCollection))
    ends = [sorted(path[:, 0]) for path in lines.get_segments()]
    np.testing.assert_allclose(ends, together[["low", "high"]].to_numpy())
    dots = next(line for line in figure.axes[1].lines if line.get_marker() == "o")
    np.testing.assert_allclose(dots.get_xdata(), together["share"])


def test_bars_are_measures_named_alone_and_all(data, figure):
    together = data[data["dyad"] == "community"]
    alone, rest = figure.axes[2].containers
    assert [bar.get_width() for bar in alone] == together["alone_all"].tolist()
    whole = [a.get_width() + b.get_width() for a, b in zip(alone, rest, strict=True)]
    assert whole == together["measures"].tolist()


@pytest.mark.parametrize("message", [f06.TITLE, f06.CAPTION, f06.ALT])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_field_of_the_texts_is_a_fact(data, message, language):
    found = f06.facts(data)
    assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(found)
    assert "{" not in Language(language).fill(message, found)


def test_facts(data):
    found = f06.facts(data)
    together = data[data["dyad"] == "community"].set_index("name")
    assert (found["least"], found["most"]) == (together["share"].min(), together["share"].max())
    assert (found["low"], found["high"]) == (together["low"].min(), together["high"].max())
    assert found["core_measures"] == together.loc["DKI Jakarta", "measures"]
    assert found["core_alone"] > found["other_alone"]
    assert found["without_own"] == (together["alone"] == 0).sum()


def test_regions_are_not_ranked_and_it_is_said_whether_their_intervals_overlap(data):
    for name in set(data["name"]):
        assert name not in Language("en").fill(f06.TITLE, f06.facts(data))
    together = data["dyad"] == "community"
    pairs = data[together].merge(data[together], how="cross")
    assert (pairs["low_x"] <= pairs["high_y"]).all()
    assert f06.facts(data)["overlap"] == f06.ALL_OVERLAP
    apart = data.copy()
    apart.loc[together & (data["region_code"] == "31"), ["low", "high"]] = 0.6, 0.7
    assert f06.facts(apart)["overlap"] == f06.SOME_APART


@pytest.mark.parametrize("code", ["en", "id"])
def test_nothing_is_cut_off_and_nothing_is_too_small(data, code):
    with style.settings():
        assert_words_fit(f06.draw(data, Language(code), SAID))


def test_titles_stand_apart(data):
    for code in ("en", "id"):
        with style.settings():
            drawn = f06.draw(data, Language(code), SAID)
            drawn.draw_without_rendering()
        left = [axes._left_title.get_window_extent() for axes in drawn.axes]
        assert all(a.x1 < b.x0 or a.y0 > b.y1 for a, b in pairwise(left))


def test_a_region_without_measures_keeps_its_row(project):
    area = {"deciders": [{"name": "D", "members": ["31"]}]}
    rows = pd.DataFrame({"region_code": ["31"] * 7, "dyad": [*contracts.DYADS, "community"]})
    rows = rows.assign(of_kind=0, alone=0, two_texts=0, sites=0, measures=0, share=np.nan)
    regions = contracts.read_any(str(project / "data/raw/geography/regions.csv"))
    tables = {"dyads_by_region": rows, "geography/regions.csv": regions}
    assert len(f06.prepare(tables, {"area": area})) == 7
