"""F17: what is drawn is what was counted, and the texts say so."""

import numpy as np
import pandas as pd
import pytest

from gotong import style
from gotong.exhibits import f17_ascertainment as f17
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import Language


@pytest.fixture(scope="module")
def tables(results):
    entry = EXHIBITS["F17"]
    return {name: results[name] for name in (*entry.tables, *entry.raw)}


@pytest.fixture(scope="module")
def data(results, tables):
    return f17.prepare(tables, {"severity": results.choices["severity"]})


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
    (published,) = lines(axes, "published")
    assert published.get_xdata()[0] == f17.PUBLISHED
    assert "infection_fatality" not in set(ratios["series"])


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


def test_names_that_end_close_by_are_moved_apart():
    ends = pd.DataFrame({"series": ["a", "b", "c"], "value": [1.0, 1.1, 9.0]})
    assert f17._apart(ends, "b") > 1 > f17._apart(ends, "a")
    assert f17._apart(ends, "c") == 1
