"""F07: the dots and intervals are those of the tables, and the texts say what they show."""

from itertools import pairwise
from string import Formatter

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from gotong import style
from gotong.exhibits import f07_factors as f07
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import Language


@pytest.fixture(scope="module")
def tables(results):
    entry = EXHIBITS["F07"]
    return {name: results[name] for name in (*entry.tables, *entry.raw)}


@pytest.fixture(scope="module")
def data(results, tables):
    return f07.prepare(tables, {"factors": results.choices["factors"]})


def drawn(data, code="en"):
    with style.settings():
        return f07.draw(data, Language(code), {"title": "A title", "sources": "Sources"})


@pytest.fixture(scope="module")
def figure(data):
    return drawn(data)


def lines(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def test_every_association_is_plotted_once(data, tables, figure):
    for axes, outcome in zip(figure.axes, f07.OUTCOMES, strict=False):
        own = tables["factors"][tables["factors"]["outcome"] == outcome]
        headline = own[own["headline"].astype(bool)].set_index("factor")
        estimates = lines(axes, "estimate")
        shown = {float(line.get_xdata()[0]) for line in estimates}
        assert shown == set(headline["estimate"])
        places = {
            float(line.get_xdata()[0]): list(f07.FACTORS)[round(line.get_ydata()[0])]
            for line in estimates
        }
        assert all(headline.loc[factor, "estimate"] == value for value, factor in places.items())
        ends = {tuple(line.get_xdata()) for line in lines(axes, "interval")}
        assert ends == set(zip(headline["low"], headline["high"], strict=True))
        ends = {tuple(line.get_xdata()) for line in lines(axes, "together")}
        assert ends == set(zip(headline["low_all"], headline["high_all"], strict=True))
        for scope in f07.SMALL_MARKS:
            alone = {float(line.get_xdata()[0]) for line in lines(axes, f"small {scope}")}
            assert alone == set(own.loc[own["scope"] == scope, "estimate"])
    assert len(data) == len(tables["factors"]) + len(tables["campaign_lags"])


def test_what_fails_a_check_is_hollow(tables, figure):
    own = tables["factors"].query("outcome == 'cfr'")
    headline = own[own["headline"].astype(bool)].set_index("estimate")
    for line in lines(figure.axes[1], "estimate"):
        failed = headline.loc[float(line.get_xdata()[0]), "failed_checks"] != ""
        assert (line.get_markerfacecolor() == "white") == failed


def test_the_claimed_side_is_shaded_and_no_other(figure):
    def sides(axes):
        shades = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
        return {round(patch.get_y() + 0.44): patch.get_width() for patch in shades}

    cases, deaths, mobility = (sides(axes) for axes in figure.axes[:3])
    names = list(f07.FACTORS)
    assert cases[names.index("poverty_rate")] == 1
    assert deaths[names.index("beds")] == -1
    assert mobility[names.index("hdi")] == -1
    # Nobody claims that beds lower the number of cases.
    assert cases.get(names.index("beds"), 0) == 0


def test_what_is_not_compared_with_an_outcome_is_said(data, figure):
    for axes, outcome in zip(figure.axes[:3], f07.OUTCOMES, strict=True):
        shown = data[(data["part"] == "association") & (data["outcome"] == outcome)]
        absent = [
            place for place, name in enumerate(f07.FACTORS) if name not in set(shown["factor"])
        ]
        said = [text for text in axes.texts if text.get_text() == "not compared"]
        assert [text.get_position()[1] for text in said] == absent
    assert absent  # of the last outcome, mobility


def test_growth_around_campaigns_is_that_of_the_table(tables, figure):
    lags = tables["campaign_lags"]
    axes = figure.axes[3]
    shown = [float(line.get_xdata()[0]) for line in lines(axes, "estimate")]
    assert shown == lags["difference"].tolist()
    ends = [tuple(line.get_xdata()) for line in lines(axes, "interval")]
    assert ends == list(zip(lags["low"], lags["high"], strict=True))
    assert axes.get_yticklabels()[0].get_text() == "two months before"


def test_growth_around_campaigns_carries_p_and_months_and_no_mark_of_a_check(tables, figure):
    lags = tables["campaign_lags"]
    beside = [text.get_text() for text in figure.axes[4].texts]
    assert beside[:2] == ["p", "n with, without"]
    assert beside[2::2] == [f"{p:.2f}" for p in lags["p"]]
    months = zip(lags["with_campaign"], lags["without"], strict=True)
    assert beside[3::2] == [f"{one}, {other}" for one, other in months]
    # The months differ by lag: no one number holds for all.
    assert lags["with_campaign"].nunique() > 1
    marks = {line.get_marker() for line in lines(figure.axes[3], "estimate")}
    assert not marks & {line.get_marker() for line in lines(figure.axes[0], "estimate")}


def test_the_caption_names_the_interval_of_campaigns_and_why_p_counts(data, tables):
    row = tables["campaign_lags"].query("lag == 1").iloc[0]
    # The interval leaves out zero and the test does not: both are stated.
    assert row["high"] < 0
    assert row["p"] > 0.05
    said = Language("en").fill(f07.CAPTION, f07.facts(data))
    assert "resampled blocks of months" in said
    told = f"is {row['low']:.3f} to {row['high']:.3f} and p is {row['p']:.2f}"
    assert told.replace("-", "\N{MINUS SIGN}") in said


def test_headings_count_the_regions_of_every_row(tables, figure):
    for axes, outcome in zip(figure.axes, f07.OUTCOMES, strict=False):
        own = tables["factors"][tables["factors"]["outcome"] == outcome]
        units = own.loc[own["headline"].astype(bool), "units"]
        counted = "–".join(str(end) for end in sorted({units.min(), units.max()}))
        assert f"{counted} " in axes.get_title(loc="left")


def test_small_marks_of_a_row_do_not_hide_each_other(data):
    figure = drawn(data)
    figure.draw_without_rendering()
    for axes in figure.axes[:2]:
        marks = [line for line in axes.get_lines() if line.get_label().startswith("small")]
        places = [axes.transData.transform(line.get_xydata()[0]) for line in marks]
        for second, place in enumerate(places):
            for first in range(second):
                gap = np.abs(place - places[first]).max() * 72 / figure.dpi
                # Marks of neighbouring lanes may touch and no more.
                assert gap > 0.75 * marks[first].get_markersize()


def test_the_title_says_all_where_all_are_meant(data):
    found = f07.facts(data)
    assert found["seen"] == found["seen_cases"]
    assert "all with reported cases" in Language("en").fill(f07.TITLE, found)
    assert "semuanya dengan kasus" in Language("id").fill(f07.TITLE, found)
    fewer = data.copy()
    first = fewer.index[(fewer["outcome"] == "cfr") & fewer["headline"].fillna(False).astype(bool)]
    fewer.loc[first[0], ["low_all", "high_all"]] = 0.1, 0.9
    told = Language("en").fill(f07.TITLE, f07.facts(fewer))
    assert f"{found['seen'] + 1} of {found['all']}" in told
    assert f"{found['seen']} with reported cases" in told


def test_the_facts_count_what_excludes_zero(data, tables):
    found = f07.facts(data)
    headline = tables["factors"][tables["factors"]["headline"].astype(bool)]
    told = headline[(headline["low_all"] > 0) | (headline["high_all"] < 0)]
    assert (found["all"], found["seen"]) == (len(headline), len(told))
    assert found["seen_cases"] == (told["outcome"] == "incidence").sum()
    other = (np.sign(told["estimate"]) == -told["claimed_sign"].astype(float)).sum()
    assert found["against"] == other
    assert found["dropped"] == "Jambi"


def test_every_field_is_filled_in_both_languages(data):
    found = f07.facts(data)
    for message in (f07.TITLE, f07.CAPTION, f07.ALT):
        for code in ("id", "en"):
            text = Language(code).fill(message, found)
            assert "{" not in text
            assert "nan" not in text.lower().split()


def test_no_number_of_the_title_is_typed():
    plain = "".join(text for text, *_ in Formatter().parse(f07.TITLE + f07.ALT))
    assert not any(map(str.isdigit, plain))


def test_no_text_leaves_the_figure(data):
    for code in ("id", "en"):
        figure = drawn(data, code)
        style.save(figure, "png", 100)  # lays the figure out
        for axes in figure.axes:
            texts = [*axes.texts, *axes.get_yticklabels(), axes.title, axes._left_title]
            # Charts that share their rows write the names once.
            for text in filter(lambda each: each.get_visible(), texts):
                box = text.get_window_extent()
                assert box.x0 >= 0
                assert box.x1 <= figure.bbox.x1


@pytest.mark.parametrize("code", ["id", "en"])
def test_numbers_at_the_ends_of_neighbouring_axes_stand_apart(data, code):
    figure = drawn(data, code)
    style.save(figure, "png", 100)  # lays the figure out
    for left, right in pairwise(figure.axes[:3]):
        last = left.get_xticklabels()[-1].get_window_extent()
        first = right.get_xticklabels()[0].get_window_extent()
        assert first.x0 - last.x1 > last.height


def test_a_lag_without_a_name_is_written_as_a_number(data):
    far = data.copy()
    far.loc[far.index[-1], "lag"] = 5
    labels = [text.get_text() for text in drawn(far).axes[3].get_yticklabels()]
    assert labels[-1] == "months after: 5"


def test_the_data_says_which_days_it_is_about(data):
    assert (data["until"] == pd.Timestamp("2021-05-31")).all()
