"""F05: cells and bars carry the counts; what has no date is counted and stands apart."""

from string import Formatter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.text import Text

from gotong import contracts, style, timeline
from gotong.exhibits import f05_measures as f05
from gotong.exhibits import vocabulary
from gotong.i18n import Language
from gotong.tables import DATE, to_csv

EN = Language("en")
AUDITS = {
    "first": {"tested": 40, "wrong": 4, "too_late": 1},
    "second": {"tested": 50, "wrong": 20, "too_late": 13},
}
CHOICES = {"start_date_audits": AUDITS}
SAID = {"title": "Title", "sources": "Sources"}

MEASURES = [
    # dyad, act, start, units of Greater Jakarta
    ("G-G", "action", "2020-03-31", "3171"),
    ("G-G", "action", "2020-04-01", "3171 3276"),
    ("G-G", "rule", "2020-04-30", "3276"),
    ("G-G", "statement", "2020-04-15", "3276"),
    ("G-C", "action", "2020-04-02", "3171"),
    ("G-C", "action", "2020-04-03", ""),
    ("G-C", "rule", None, "3171"),
    ("C-C", "action", "2020-06-01", "3171"),
    ("C-C", "action", None, ""),
]


def tables():
    frame = pd.DataFrame(MEASURES, columns=["dyad", "act", "start_date", "region_codes"])
    frame["start_date"] = pd.to_datetime(frame["start_date"]).astype(DATE)
    frame = frame.astype({"dyad": "str", "act": "str", "region_codes": "str"})
    return {
        "cooperation/measures.csv": frame,
        "measures_monthly": timeline.monthly_starts(frame),
    }


@pytest.fixture(scope="module")
def data():
    return f05.prepare(tables(), CHOICES)


@pytest.fixture(scope="module")
def figure(data):
    with style.settings():
        return f05.draw(data, EN, SAID)


def test_every_month_dyad_and_kind_is_there_once_and_the_undated_after_them(data):
    assert len(data) == (4 + 1) * 6 * 3  # March to June, and no date
    assert not data.duplicated(["month", "dyad", "act"]).any()
    assert data["month"].isna().tolist() == [False] * 72 + [True] * 18
    some = data[data["measures"] > 0]
    assert [tuple(row)[1:5] for row in some.itertuples(index=False)] == [
        ("G-G", "action", 1, 0),
        ("G-G", "action", 1, 0),
        ("G-G", "rule", 1, 0),
        ("G-G", "statement", 1, 0),
        ("G-C", "action", 2, 1),
        ("C-C", "action", 1, 0),
        ("G-C", "rule", 1, 0),
        ("C-C", "action", 1, 1),
    ]
    assert some["month"].dt.month.tolist()[:6] == [3, 4, 4, 4, 4, 6]


def test_prepared_data_are_written_as_one_plain_table(data):
    lines = to_csv(data).decode().splitlines()
    assert lines[0] == (
        "month,dyad,act,measures,elsewhere,tested_first,wrong_first,too_late_first,"
        "tested_second,wrong_second,too_late_second"
    )
    assert lines[1] == "2020-03-01,G-G,action,1,0,40,4,1,50,20,13"
    assert lines[-1] == ",C-C,statement,0,0,40,4,1,50,20,13"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "en",
            "4 of 40 (10%) and 20 of 50 (40%) were wrong in two audits, 14 of these 24 too late",
        ),
        ("id", "4 dari 40 (10%) dan 20 dari 50 (40%) keliru dalam dua audit, 14 dari 24 itu"),
    ],
)
def test_the_caption_tells_the_audits_of_start_dates_as_configured(data, code, told):
    assert told in Language(code).fill(f05.CAPTION, f05.facts(data))


def test_facts(data):
    found = f05.facts(data)
    assert (found["measures"], found["dated"], found["undated"]) == (9, 7, 2)
    assert (found["action"], found["rule"], found["statement"]) == (6, 2, 1)
    assert found["elsewhere"] == 2
    assert (found["top_month"], found["top_count"]) == (pd.Timestamp("2020-04-01"), 5)
    assert found["top_share"] == 5 / 7
    assert (found["top_between"], found["top_dyad_count"]) == ("between governments", 3)
    assert (found["next_month"], found["next_count"]) == (pd.Timestamp("2020-03-01"), 1)
    assert (found["most_count"], found["least_count"]) == (4, 0)
    assert (found["months"], found["dyads"]) == (4, 6)
    assert found["end"] == pd.Timestamp("2020-06-01")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "en",
            "0, for government – hospitals, government – private firms, government – NGOs.",
        ),
        (
            "id",
            "0, untuk pemerintah – rumah sakit, pemerintah – perusahaan swasta, pemerintah –",
        ),
    ],
)
def test_the_alt_text_names_every_dyad_that_ties(data, code, told):
    assert told in Language(code).fill(f05.ALT, f05.facts(data))


@pytest.mark.parametrize("message", [f05.TITLE, f05.CAPTION, f05.ALT])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_field_of_the_texts_is_a_fact(data, message, language):
    found = f05.facts(data)
    assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(found)
    assert "{" not in Language(language).fill(message, found)


def test_the_title_names_who_acted_in_a_sentence(data):
    given = data.assign(dyad=data["dyad"].replace({"G-G": "G-C", "G-C": "G-G"}))
    found = f05.facts(given)
    assert Language("en").fill("{top_between}", found) == "between government and residents"
    assert Language("id").fill("{top_between}", found) == "antara pemerintah dan warga"
    assert list(vocabulary.DYAD_BETWEEN) == list(contracts.DYADS)


def test_measures_outside_the_area_are_told_of_only_where_there_are_any(data):
    told = Language("en").fill(f05.CAPTION, f05.facts(data))
    assert told.endswith("event twice, and some took place outside Greater Jakarta.")
    none = Language("en").fill(f05.CAPTION, f05.facts(data.assign(elsewhere=0)))
    assert none.endswith("event twice.")


def test_numbers_stand_out_from_their_cells(figure):
    def lightness(colour):
        channels = np.array([int(to_hex(colour)[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return linear @ [0.2126, 0.7152, 0.0722] + 0.05

    for share in np.linspace(0.05, 1, 20):
        letters = "white" if share > f05.DARK else style.INK
        pair = sorted([lightness(f05.COUNTS(share)), lightness(letters)])
        assert pair[1] / pair[0] > 4, share


def drawn_cells(axes):
    """Return the counts of a heat-map, masked where nothing is drawn."""
    (mesh,) = (each for each in axes.collections if isinstance(each, QuadMesh))
    return np.ma.asarray(mesh.get_array()).reshape(6, -1)


def test_cells_hold_the_counts_and_a_month_without_any_is_blank(figure):
    heat, undated = figure.axes[0], figure.axes[2]
    expected = np.zeros((6, 4), dtype=int)
    expected[0] = [1, 3, 0, 0]  # G-G
    expected[3] = [0, 2, 0, 0]  # G-C
    expected[5] = [0, 0, 0, 1]  # C-C
    assert drawn_cells(heat).filled(0).tolist() == expected.tolist()
    assert (drawn_cells(heat).mask == (expected == 0)).all()
    assert sorted(text.get_text() for text in heat.texts) == ["1", "1", "2", "3"]
    assert drawn_cells(undated).filled(0).ravel().tolist() == [0, 0, 0, 1, 0, 1]
    assert sorted(text.get_text() for text in undated.texts) == ["1", "1"]


def test_both_heat_maps_share_their_colours(figure):
    meshes = [figure.axes[number].collections[0] for number in (0, 2)]
    assert {mesh.get_clim() for mesh in meshes} == {(0, 3)}


def test_bars_above_are_the_totals_of_months(figure):
    above, top = figure.axes[1], figure.axes[3]
    assert [bar.get_height() for bar in above.patches] == [1, 5, 0, 1]
    assert [text.get_text() for text in above.texts] == ["1", "5", "0", "1"]
    assert [bar.get_height() for bar in top.patches] == [2]
    assert above.get_ylim() == top.get_ylim()


def test_bars_beside_are_the_kinds_of_each_dyad_with_its_undated(figure):
    beside = figure.axes[4]
    widths = {bars.get_label(): [bar.get_width() for bar in bars] for bars in beside.containers}
    assert widths == {
        "action": [2, 0, 0, 2, 0, 2],
        "rule": [1, 0, 0, 1, 0, 0],
        "statement": [1, 0, 0, 0, 0, 0],
    }
    starts = {bars.get_label(): bars[0].get_x() for bars in beside.containers}
    assert starts == {"action": 0, "rule": 2, "statement": 3}
    totals = [text.get_text() for text in beside.texts if text.get_weight() == "bold"]
    assert totals == ["4", "0", "0", "3", "0", "2"]
    assert beside.get_ylim() == figure.axes[0].get_ylim()


def test_each_kind_is_named_once_above_its_first_stretch(figure):
    beside = figure.axes[4]
    named = {text.get_text(): text.xy for text in beside.texts if text.get_text() in f05.ACTS}
    assert {act: place[0] for act, place in named.items()} == {
        "action": 1.0,
        "rule": 2.5,
        "statement": 3.5,
    }


def test_kinds_are_told_apart_in_grey():
    lightness = []
    for colour in f05.ACTS.values():
        red, green, blue = (int(to_hex(colour)[place : place + 2], 16) for place in (1, 3, 5))
        lightness.append(0.299 * red + 0.587 * green + 0.114 * blue)
    assert np.diff(sorted(lightness)).min() > 40


def test_rows_are_named_in_words(figure):
    names = [label.get_text().replace("\n", " ") for label in figure.axes[0].get_yticklabels()]
    assert names == [f"{dyad}  {words}" for dyad, words in vocabulary.DYAD.items()]
    for words in (vocabulary.DYAD, vocabulary.DYAD_BETWEEN, vocabulary.DYAD_WITH):
        assert list(words) == list(contracts.DYADS)


@pytest.mark.parametrize(("code", "word"), [("en", "residents"), ("id", "warga")])
def test_the_dyads_of_residents_have_one_word_in_every_exhibit(code, word):
    language = Language(code)
    for words in (vocabulary.DYAD, vocabulary.DYAD_BETWEEN, vocabulary.DYAD_WITH):
        for dyad in ("G-C", "C-C"):
            assert word in language(words[dyad])


def test_months_are_named_with_the_first_and_each_january_carrying_the_year(figure):
    names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert names == ["Mar\n2020", "Apr", "May", "Jun"]
    assert figure.axes[2].get_xticklabels()[0].get_text() == "no\ndate"


def test_drawing_opens_no_window(data):
    plt.close("all")
    with style.settings():
        f05.draw(data, EN, SAID)
    assert plt.get_fignums() == []


@pytest.fixture(scope="module")
def real(project):
    """Return the prepared data of the project itself, and the table they come from."""
    measures = contracts.read_any(str(project / "data/raw/cooperation/measures.csv"))
    both = {
        "cooperation/measures.csv": measures,
        "measures_monthly": timeline.monthly_starts(measures),
    }
    return f05.prepare(both, CHOICES), measures


def test_no_measure_of_the_project_is_lost(real):
    data, measures = real
    found = f05.facts(data)
    assert found["measures"] == len(measures)
    assert found["undated"] == measures["start_date"].isna().sum()
    by_dyad = data.groupby("dyad")["measures"].sum()
    assert by_dyad.to_dict() == measures["dyad"].value_counts().to_dict()
    april = measures["start_date"].dt.strftime("%Y-%m") == "2020-04"
    assert found["top_count"] == april.sum()
    assert found["top_share"] == april.sum() / measures["start_date"].notna().sum()


@pytest.mark.parametrize("code", ["en", "id"])
def test_nothing_is_cut_off_and_nothing_is_too_small(real, code):
    with style.settings():
        drawn = f05.draw(real[0], Language(code), SAID)
        drawn.draw_without_rendering()
    for axes in drawn.axes:
        for text in axes.findobj(Text):
            if text.get_text() and text.get_visible() and axes.axison:
                extent = text.get_window_extent()
                assert drawn.bbox.x0 <= extent.x0 <= extent.x1 <= drawn.bbox.x1, text.get_text()
                assert text.get_size() >= 6


def test_the_same_data_give_the_same_bytes(data):
    def svg():
        with style.settings():
            return style.save(f05.draw(data, EN, SAID), "svg", 100)

    assert svg() == svg()


def test_the_saved_layout_holds_no_last_digits_of_the_solver(data):
    figure = f05.draw(data, EN, SAID)
    style.save(figure, "svg", 100)
    bounds = np.array([axes.get_position().bounds for axes in figure.axes])
    # Bounds are edge minus edge, which leaves 1e-16 of each.
    np.testing.assert_allclose(bounds, bounds.round(6), rtol=0, atol=1e-12)


def test_the_configured_audits_are_those_that_the_notes_of_the_table_tell_of(project, choices):
    published = contracts.read_any(str(project / "data/raw/cooperation/measures.csv"))
    first = published["note"].str.extract(r"(?:start was|dates were) (\d{4}-\d\d-\d\d)")[0]
    before = pd.to_datetime(first)
    counts = f05.audited(choices["start_date_audits"])
    assert counts["wrong_first"] + counts["wrong_second"] == before.notna().sum()
    late = (before > published["start_date"]).sum()
    assert counts["too_late_first"] + counts["too_late_second"] == late
    testable = published["start_date"].notna() & (published["audit"] != "unverified")
    assert counts["tested_first"] + counts["tested_second"] <= testable.sum()
    told = (project / "data/raw/sources.yaml").read_text(encoding="utf-8")
    wrong = counts["wrong_first"] + counts["wrong_second"]
    assert (
        "In two audits {wrong_first} of {tested_first} and {wrong_second} of {tested_second} start "
        "dates that could be tested were wrong, "
    ).format_map(counts) + f"{late} of these {wrong} too late" in told
