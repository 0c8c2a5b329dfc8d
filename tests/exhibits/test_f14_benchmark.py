"""F14 and T07: three countries as the tables have them."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num

from gotong import html, style
from gotong.exhibits import f14_benchmark as f14
from gotong.exhibits import t07_benchmark as t07
from gotong.exhibits.catalogue import EXHIBITS
from gotong.exhibits.making import Origin, make_table
from gotong.i18n import Language


@pytest.fixture(scope="module")
def data(results):
    entry = EXHIBITS["F14"]
    tables = {name: results[name] for name in (*entry.tables, *entry.raw)}
    return f14.prepare(tables, {"benchmark": results.choices["benchmark"]})


def drawn(data, code="en"):
    with style.settings():
        return f14.draw(data, Language(code), {"title": "A title", "sources": "Sources"})


def test_lines_are_those_of_the_data(data):
    for axes, part in zip(drawn(data).axes, f14.PARTS, strict=True):
        for country, rows in data[data["part"] == part].groupby("country_code"):
            (line,) = [each for each in axes.get_lines() if each.get_label() == country]
            values = rows["value"].astype(float)
            expected = values.where(values >= f14.LOWEST) if part == "deaths" else values
            np.testing.assert_array_equal(line.get_ydata(), expected)


def test_the_compared_days_are_marked(data, results):
    days = results.choices["benchmark"]["dates"]
    compared = data[data["compared"].astype(bool)]
    assert sorted(compared["date"].unique()) == list(pd.to_datetime(days))
    assert len(compared) == 3 * len(days)


def test_lines_differ_without_colour(data):
    styles = [
        str(line._dash_pattern)
        for line in drawn(data).axes[2].get_lines()
        if line.get_label() != "_"
    ]
    named = [name for name in styles if name != "None"]
    assert len(set(named)) >= 3


def test_names_at_the_ends_do_not_lie_on_one_another(data):
    for code in ("id", "en"):
        figure = drawn(data, code)
        style.save(figure, "png", 100)  # lays the figure out
        for axes in figure.axes:
            boxes = [text.get_window_extent() for text in axes.texts]
            assert len(boxes) == 3
            for number, box in enumerate(boxes):
                assert box.x0 >= 0
                assert box.x1 <= figure.bbox.x1
                assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_the_day_on_which_taiwan_passes_indonesia_is_worked_out(data):
    found = f14.facts(data)
    deaths = data[data["part"] == "deaths"].pivot(
        index="date", columns="country_code", values="value"
    )
    day = found["crossing"]
    before = day - pd.Timedelta(days=1)
    assert deaths.loc[day, "TWN"] > deaths.loc[day, "IDN"]
    assert deaths.loc[before, "TWN"] <= deaths.loc[before, "IDN"]


def test_excess_is_a_running_sum(data, results):
    months = results["international/excess_deaths.csv"].query("country_code == 'BRA'")
    months = months[months["end_date"] <= "2023-03-09"]
    expected = (months["excess_deaths"] / months["population"] * 1e6).sum()
    assert f14.facts(data)["excess_bra"] == pytest.approx(expected)


def test_deaths_and_excess_deaths_are_in_one_unit():
    for message in (*list(f14.PARTS.values())[:2], f14.TITLE):
        assert "million" in message
    for message in (f14.CAPTION, f14.ALT):
        assert "100,000" not in message
        assert "so far" not in message


def test_a_mean_stands_in_the_middle_of_its_month_and_a_sum_at_its_end(data, results):
    oxcgrt = results["policy/oxcgrt_daily.csv"].query("country_code == 'BRA'").set_index("date")
    means = data[(data["part"] == "stringency") & (data["country_code"] == "BRA")]
    own = means.set_index("date")["value"]
    assert own["2020-07-15"] == pytest.approx(oxcgrt.loc["2020-07", "stringency"].mean())
    assert (own.index.day == 15).all()
    assert data.loc[data["part"] == "excess", "date"].dt.is_month_end.all()


def test_one_city_is_named_and_looks_as_one(data):
    for code, name in (("en", "DKI Jakarta only"), ("id", "hanya DKI Jakarta")):
        axes = drawn(data, code).axes[1]
        lines = {line.get_label(): line for line in axes.get_lines()}
        (words,) = [text for text in axes.texts if text.get_text().startswith(name)]
        assert "Indonesia" not in words.get_text()
        assert words.get_color() == lines["IDN"].get_color() != f14.COLOURS["IDN"]
        others = [lines[code]._dash_pattern for code in ("BRA", "TWN")]
        country = {line.get_label(): line for line in drawn(data).axes[0].get_lines()}["IDN"]
        assert lines["IDN"]._dash_pattern not in [*others, country._dash_pattern]


def test_ticks_end_with_the_data(data):
    for axes in drawn(data).axes:
        assert axes.get_xticks().max() <= date2num(data["date"].max())


@pytest.mark.parametrize("module", [f14, t07])
@pytest.mark.parametrize("code", ["id", "en"])
def test_every_field_is_filled(module, code, data, table):
    found = module.facts(data if module is f14 else table)
    for message in (module.TITLE, module.CAPTION, module.ALT):
        text = Language(code).fill(message, found)
        assert "{" not in text
        assert "nan" not in text.lower().split()


def test_the_axis_of_time_holds_every_day(data):
    first, last = drawn(data).axes[0].get_xlim()
    assert first <= date2num(data["date"].min())
    assert last >= date2num(data["date"].max())


# --- T07


@pytest.fixture(scope="module")
def shown(results):
    entry = EXHIBITS["T07"]
    return {name: results[name] for name in (*entry.tables, *entry.raw)}


@pytest.fixture(scope="module")
def table(shown):
    return t07.prepare(shown, {})


def test_numbers_stand_in_the_column_of_their_country(table, shown):
    benchmark = shown["benchmark"]
    for row in benchmark.itertuples():
        own = table[
            (table["section"] == row.quantity)
            & (table["what"] == row.source)
            & (table["start"] == row.start)
            & (table["end"] == row.end)
        ]
        assert len(own) == 1
        assert own[row.country_code.lower()].iloc[0] == row.value


def test_indonesia_has_no_column_of_coded_rows(table):
    rows = table[table["section"] == "rows"]
    assert rows["idn"].isna().all()
    assert (rows[["twn", "bra"]] > 0).all(axis=None)


def test_all_rows_against_the_claim_are_listed_with_a_source(table, shown):
    against = table[table["section"] == "against"]
    coded = shown["cooperation/measures_international.csv"]
    assert len(against) == coded["is_counter_evidence"].sum() == 26
    assert (against["source_url"] != "").all()
    # The ranks of the index stand in the row that tells of it.
    assert against["magnitude"].str.contains("Brazil 98 of 98; Indonesia 85; Taiwan 3").any()


def test_dates_are_as_exact_as_they_are_known(table):
    names = [column.name for column in t07.COLUMNS]
    shown = pd.DataFrame(html.rows(table, t07.COLUMNS, Language("en")), columns=names)
    days = shown.set_index("event")[["start", "end"]]
    assert days.loc["HIV: mixed results after decentralisation"].tolist() == ["2003", "2009"]
    assert days.loc["Paraisopolis mortality rises"].tolist() == ["May 2020", "August 2020"]
    assert days.loc["Supreme Court on federal inaction"].tolist() == ["8 April 2021", ""]


def test_what_was_coded_in_english_stands_in_a_column_that_says_so(table, shown):
    columns = {column.name: column for column in t07.COLUMNS}
    against = shown["cooperation/measures_international.csv"].query("is_counter_evidence")
    assert columns["event"].lang == columns["magnitude"].lang == "en"
    assert set(table["event"]) - {""} == set(against["name"])
    assert set(table["what"]) - {""} <= set(columns["what"].words)


def test_the_title_counts_the_days(table):
    found = t07.facts(table)
    assert (found["dates"], found["bra_more"], found["twn_more"]) == (4, 4, 2)
    assert (found["counter"], found["coded"]) == (26, 120)


def test_the_page_is_made_in_both_languages(shown):
    files = make_table("T07", shown, Origin("table", {}, ()))
    assert "pemerintah dengan rumah sakit" in files["html_id"].decode()
    assert "government with hospitals" in files["html_en"].decode()
    assert files["csv"].decode().splitlines()[0].startswith("section,what,start,end,idn,twn,bra")
