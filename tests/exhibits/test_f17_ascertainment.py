"""F17: what is drawn is what was counted, and the texts say so."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num

from gotong import style
from gotong.exhibits import f17_ascertainment as f17
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import Language
from gotong.tables import to_csv

OTHERS = {
    "burials_per_death": {
        "value": 2.7,
        "first_author": "Someone",
        "year": 2022,
        "title": "On burials",
        "address": "https://example.org/burials",
    }
}


def chosen(results, others):
    sections = {name: results.choices[name] for name in ("severity", "ascertainment")}
    return {**sections, "published": others}


@pytest.fixture(scope="module")
def tables(results):
    entry = EXHIBITS["F17"]
    return {name: results[name] for name in (*entry.tables, *entry.raw)}


@pytest.fixture(scope="module")
def data(results, tables):
    return f17.prepare(tables, chosen(results, OTHERS))


def drawn(data, code="en"):
    with style.settings():
        return f17.draw(data, Language(code), {"title": "A title", "sources": "Sources"})


@pytest.fixture(scope="module")
def figure(data):
    return drawn(data)


def lines(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def test_weeks_are_whole_and_run_from_monday_to_sunday(data, tables):
    weekly = data[data["part"] == "weekly"]
    assert (weekly["start"].dt.day_of_week == 0).all()
    assert (weekly["end"] - weekly["start"] == pd.Timedelta(days=6)).all()
    daily = tables["epidemic/dki_2020_daily.csv"].set_index("date")
    row = weekly[(weekly["series"] == "burials") & (weekly["start"] == "2020-04-06")].iloc[0]
    assert row["value"] == daily.loc["2020-04-06":"2020-04-12", "burials"].sum()
    # 1 March was a Sunday, and 2 September a Wednesday: neither makes a week.
    assert weekly["start"].min() == pd.Timestamp("2020-03-02")
    assert weekly["end"].max() == pd.Timestamp("2020-08-30")


def test_both_series_are_drawn_by_week(data, figure):
    weekly = data[data["part"] == "weekly"]
    for series in ("burials", "deaths"):
        (line,) = lines(figure.axes[0], series)
        expected = weekly.loc[weekly["series"] == series, "value"]
        np.testing.assert_array_equal(line.get_ydata(), expected)


def test_the_texts_tell_the_weeks_that_are_drawn_from_all_days(data, tables):
    found = f17.facts(data)
    daily = tables["epidemic/dki_2020_daily.csv"].set_index("date")
    whole = daily.loc["2020-03-02":"2020-08-30"]
    assert found["drawn_buried"] == whole["burials"].sum() < found["buried"]
    assert found["drawn_died"] == whole["deaths"].sum() < found["died"]
    for name in ("{drawn_buried}", "{drawn_died}", "{buried}", "{died}"):
        assert name in f17.CAPTION


def test_weeks_lie_within_their_frame(figure):
    axes = figure.axes[0]
    (line,) = lines(axes, "burials")
    days = date2num(line.get_xdata())
    first, last = axes.get_xlim()
    assert first < days[0]
    assert days[-1] < last


def test_the_months_of_2020_lie_over_the_range_of_the_years_before(data, figure):
    axes = figure.axes[1]
    (line,) = lines(axes, "2020")
    assert list(line.get_ydata()) == [3303, 2744, 4422, 4550, 4355]
    band = np.concatenate([path.vertices for path in axes.collections[0].get_paths()])
    # April: 3,145 in 2018 and 2,790 in 2019.
    assert {(4.0, 2790.0), (4.0, 3145.0)} <= set(map(tuple, band))


def test_ratios_are_drawn_with_their_intervals(data, figure):
    ratios = data[data["part"] == "ratio"]
    axes = figure.axes[2]
    shown = [float(line.get_xdata()[0]) for line in lines(axes, "value")]
    assert shown == ratios["value"].tolist()
    ends = [tuple(line.get_xdata()) for line in lines(axes, "interval")]
    assert ends == list(zip(ratios["low"], ratios["high"], strict=True))
    assert "infection_fatality" not in set(ratios["series"])


def test_the_mark_of_others_is_the_one_configured_and_stands_in_the_data(data):
    row = data[data["part"] == "published"].iloc[0]
    assert (row["series"], row["value"]) == ("burials_per_death", 2.7)
    assert (row["first_author"], row["year"]) == ("Someone", 2022)
    assert (row["title"], row["address"]) == ("On burials", "https://example.org/burials")
    written = next(
        line for line in to_csv(data).decode().splitlines() if line.startswith("published,")
    )
    assert written.startswith("published,burials_per_death,,,,2.7,")
    assert written.endswith(",Someone,2022,On burials,https://example.org/burials")
    for code, name in (("id", "Someone dkk."), ("en", "Someone et al.")):
        axes = drawn(data, code).axes[2]
        (mark,) = lines(axes, "published")
        assert (list(mark.get_xdata()), list(mark.get_ydata())) == ([2.7], [0])
        (words,) = [text for text in axes.texts if text.get_text() == name]
        assert words.xy == (2.7, 0)
        told = Language(code).fill(f17.CAPTION, f17.facts(data))
        assert f"{name} (2022)" in told
        assert Language(code).show(2.7, ".1f") in told


def test_every_ratio_has_a_label_of_its_own(data):
    places = set(data.loc[data["series"] == "infections_per_case", "area"])
    for code in ("id", "en"):
        axes = drawn(data, code).axes[2]
        labels = [label.get_text() for label in axes.get_yticklabels()]
        assert len(set(labels)) == len(labels) == (data["part"] == "ratio").sum()
        assert {label.split(": ")[1] for label in labels[-2:]} == places
        assert places == {"Tanjung Priok", "DKI Jakarta"}


def test_a_survey_stands_with_its_month_and_size_beside_its_own_row(data, figure):
    surveys = data[data["series"] == "infections_per_case"]
    texts = [text for text in figure.axes[2].texts if "n =" in text.get_text()]
    assert [text.get_text() for text in texts] == [
        "survey to Feb 2021, n = 3,196",
        "survey to Mar 2021, n = 4,919",
    ]
    assert [text.xy[0] for text in texts] == surveys["low"].tolist()


def test_bars_end_where_their_intervals_do(figure):
    for axes, label in ((figure.axes[2], "interval"), (figure.axes[3], "interval")):
        assert {line.get_solid_capstyle() for line in lines(axes, label)} == {"butt"}


def test_half_years_have_their_years_and_end_with_the_data(data, figure):
    axes = figure.axes[3]
    figure.draw_without_rendering()
    ticks = axes.get_xticks()
    assert ticks[-1] <= date2num(data.loc[data["part"] == "fatality", "end"].max())
    assert axes.xaxis.get_minorticklocs().max() <= ticks[-1] + 92
    words = [label.get_text() for label in axes.get_xticklabels()]
    assert words == ["Jul\n2020", "Jan\n2021", "Jul", "Jan\n2022", "Jul"]


def test_one_ratio_is_of_all_days_and_the_others_of_months(data):
    series = data.loc[data["part"] == "ratio", "series"].value_counts()
    assert series["burials_per_death"] == 1
    assert series["burials_month"] == 6


def test_fatality_is_drawn_by_province(data, figure, tables):
    axes = figure.axes[3]
    severity = tables["severity"]
    for code, name in (("31", "DKI Jakarta"), ("32", "Jawa Barat"), ("36", "Banten")):
        (line,) = lines(axes, name)
        expected = severity.loc[severity["region_code"] == code, "cfr"]
        np.testing.assert_array_equal(line.get_ydata(), expected)


def test_the_survey_of_the_whole_city_is_named_in_the_texts(data):
    found = f17.facts(data)
    assert (found["respondents"], found["share"]) == (4919, 0.445)
    assert found["infections"] == pytest.approx(13.3, abs=0.1)
    assert (found["delay"], found["delay_low"], found["delay_high"]) == (9, 7, 11)


def test_every_field_is_filled_in_both_languages(data):
    found = f17.facts(data)
    for message in (f17.TITLE, f17.CAPTION, f17.ALT):
        for code in ("id", "en"):
            text = Language(code).fill(message, found)
            assert "{" not in text
            assert "nan" not in text.lower().split()


def test_no_text_leaves_the_figure(data):
    for code in ("id", "en"):
        figure = drawn(data, code)
        style.save(figure, "png", 100)  # lays the figure out
        for axes in figure.axes:
            for text in (*axes.texts, axes._left_title):
                box = text.get_window_extent()
                assert box.x0 >= 0
                assert box.x1 <= figure.bbox.x1
        heads = [axes._left_title.get_window_extent() for axes in figure.axes]
        assert not any(one.overlaps(other) for one, other in combinations(heads, 2))


def test_names_that_end_close_by_are_moved_apart():
    ends = pd.DataFrame({"series": ["a", "b", "c"], "value": [1.0, 1.1, 9.0]})
    assert f17._apart(ends, "b") > 1 > f17._apart(ends, "a")
    assert f17._apart(ends, "c") == 1
