"""What figures draw alike: stretches, bands of regimes, axes of time and of numbers."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from gotong.exhibits.drawing import bands, number_ticks, runs, time_axis
from gotong.i18n import Language
from gotong.style import STRICTNESS, new_figure
from gotong.tables import DATE


def stretches(values):
    days = pd.Series(pd.date_range("2020-04-01", periods=len(values))).astype(DATE)
    found = runs(days, values)
    return [
        (row.start.day, row.end.day, None if pd.isna(row.value) else row.value)
        for row in found.itertuples()
    ]


def test_runs_of_numbers_with_missing_days():
    values = pd.Series([np.nan, np.nan, 4.0, 4.0, 0.0, np.nan, 4.0])
    assert stretches(values) == [(1, 2, None), (3, 4, 4.0), (5, 5, 0.0), (6, 6, None), (7, 7, 4.0)]


def test_runs_of_text_whatever_the_index():
    values = pd.Series(["PSBB", "PSBB", "PPKM", "PSBB"], index=[7, 3, 9, 1])
    assert stretches(values) == [(1, 2, "PSBB"), (3, 3, "PPKM"), (4, 4, "PSBB")]


@given(st.lists(st.sampled_from([np.nan, 0.0, 1.0, 2.5]), min_size=1, max_size=30))
def test_runs_cover_every_day_once_with_its_value(values):
    found = stretches(pd.Series(values))
    spread = [value for start, end, value in found for _ in range(start, end + 1)]
    assert spread == [None if np.isnan(value) else value for value in values]
    assert all(before[1] + 1 == after[0] for before, after in pairwise(found))
    assert all(before[2] != after[2] for before, after in pairwise(found))


def test_bands_shade_last_days_and_leave_out_what_has_no_strictness():
    axes = Figure().add_subplot()
    days = pd.to_datetime(["2020-04-10", "2020-06-05", "2020-09-14"])
    ends = pd.to_datetime(["2020-06-04", "2020-09-13", "2020-09-14"])
    bands(axes, days, ends, [4.0, np.nan, 0.0], STRICTNESS, 5.0, alpha=0.5)
    shaded = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]
    expected = [("2020-04-10", "2020-06-05"), ("2020-09-14", "2020-09-15")]
    assert shaded == [tuple(date2num(pd.to_datetime(pair))) for pair in expected]
    colours = [to_hex(patch.get_facecolor()) for patch in axes.patches]
    assert colours == [to_hex(STRICTNESS(0.8)), to_hex(STRICTNESS(0.0))]
    assert {patch.get_alpha() for patch in axes.patches} == {0.5}
    assert {patch.get_linewidth() for patch in axes.patches} == {0}


def month_labels(start, end, code):
    figure = Figure(figsize=(6, 2))
    axes = figure.add_subplot()
    time_axis(axes, pd.Timestamp(start), pd.Timestamp(end), Language(code))
    figure.draw_without_rendering()
    low, high = axes.get_xlim()
    ticks = axes.xaxis.get_major_ticks()
    return [tick.label1.get_text() for tick in ticks if low <= tick.get_loc() <= high]


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        ("en", ["Apr\n2020", "Jul", "Oct", "Jan\n2021", "Apr", "Jul"]),
        ("id", ["Apr\n2020", "Jul", "Okt", "Jan\n2021", "Apr", "Jul"]),
    ],
)
def test_months_are_named_by_the_language_and_years_below_the_first_and_january(code, labels):
    assert month_labels("2020-03-02", "2021-08-31", code) == labels


def test_the_first_tick_may_stand_on_the_first_day():
    assert month_labels("2020-10-01", "2021-02-01", "en") == ["Oct\n2020", "Jan\n2021"]


def test_the_axis_ends_where_it_is_told():
    axes = Figure().add_subplot()
    start, end = pd.Timestamp("2020-03-02"), pd.Timestamp("2020-05-30")
    time_axis(axes, start, end, Language("en"))
    assert axes.get_xlim() == (date2num(start), date2num(end))


@pytest.mark.parametrize(
    ("code", "form", "value", "label"),
    [
        ("en", "", 1500.0, "1,500"),
        ("id", "", 1500.0, "1.500"),
        ("id", ".1f", 0.5, "0,5"),
        ("en", ".0%", 0.25, "25%"),
    ],
)
def test_numbers_of_the_axis_follow_the_language(code, form, value, label):
    axes = Figure().add_subplot()
    number_ticks(axes, Language(code), form)
    assert axes.yaxis.get_major_formatter()(value, 0) == label


def test_room_for_names_beyond_the_data_has_no_ticks():
    axes = Figure(figsize=(6, 2)).add_subplot()
    start, end, room = pd.Timestamp("2020-03-02"), pd.Timestamp("2020-08-31"), pd.Timedelta(days=90)
    time_axis(axes, start, end, Language("en"), months=(4, 8), room=room)
    assert axes.get_xlim() == (date2num(start), date2num(end + room))
    named = pd.to_datetime(["2020-04-01", "2020-08-01"])
    assert list(axes.get_xticks()) == list(date2num(named))
    assert axes.xaxis.get_minorticklocs().max() == date2num(pd.Timestamp("2020-07-01"))


def test_a_source_line_does_not_end_on_a_lone_word():
    sources = "Sources: " + "; ".join(["A publisher"] * 20) + ". Corrections apply (table T10)."
    _, footing = new_figure(100, "A title", sources).texts
    lines = footing.get_text().split("\n")
    assert " ".join(lines) == sources
    assert len(lines) == 3
    assert all(len(line) <= 150 for line in lines)
    assert len(lines[-1]) >= 25
