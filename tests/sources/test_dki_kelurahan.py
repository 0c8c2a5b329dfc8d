"""Cases by kelurahan: the map's days, the month-ends, and what both must agree on."""

import io
import json
import re

import openpyxl
import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import dki_kelurahan

BLOG = "teojp3+IS415_Blog"
MAP = "emsifa+jakarta-covid-19-heatmap"
SIX = ("3174", "3173", "3171", "3172", "3175", "3101")
"""Barat, Pusat, Selatan, Timur, Utara, Kepulauan Seribu, as the research notes list them."""


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    content = (project / "data/raw/geography/regions.csv").read_bytes()
    return Gazetteer(read_raw(content, RAW["geography/regions.csv"], ""))


@pytest.fixture(scope="module")
def files(upstream) -> dict[str, bytes]:
    paths = [*(upstream / BLOG).rglob("*.xlsx"), upstream / MAP / dki_kelurahan.DAILY_FILE]
    held = {}
    for path in paths:
        folder = BLOG if BLOG in path.parts else MAP
        held[path.relative_to(upstream / folder).as_posix()] = path.read_bytes()
    return held


@pytest.fixture(scope="module")
def kelurahan(files, gazetteer) -> pd.DataFrame:
    return dki_kelurahan.read_kelurahan(files, gazetteer)


@pytest.fixture(scope="module")
def monthly(files, gazetteer) -> pd.DataFrame:
    return dki_kelurahan.read_cases_monthly(files, gazetteer)


@pytest.fixture(scope="module")
def daily(files, gazetteer) -> pd.DataFrame:
    return dki_kelurahan.read_cases_daily(files, gazetteer)


def by_unit(frame: pd.DataFrame, kelurahan: pd.DataFrame, day: str, count: str) -> list[int]:
    """Return the sums of the six units on a day."""
    joined = frame[frame["date"] == day].merge(kelurahan, on="kelurahan_code")
    sums = joined.groupby("unit_code")[f"cumulative_{count}"].sum()
    return [int(sums[unit]) for unit in SIX]


def refusal(read, files, gazetteer) -> InputError:
    """Return the error that files end in."""
    with pytest.raises(InputError) as caught:
        read(files, gazetteer)
    assert caught.value.remedy
    return caught.value


@pytest.mark.upstream
def test_there_are_267_kelurahan(kelurahan):
    check(kelurahan, RAW["kelurahan/kelurahan.csv"], "", "")
    assert kelurahan["unit_code"].value_counts().to_dict() == {
        "3172": 65,
        "3171": 65,
        "3174": 56,
        "3173": 44,
        "3175": 31,
        "3101": 6,
    }
    assert kelurahan["kecamatan"].nunique() == 44
    assert kelurahan["name"].is_unique


@pytest.mark.upstream
def test_month_ends_hold_the_published_totals(monthly, kelurahan):
    check(monthly, RAW["kelurahan/cases_monthly.csv"], "", "")
    assert len(monthly) == 17 * 269
    assert by_unit(monthly, kelurahan, "2021-07-31", "cases") == [
        *(141_165, 79_946, 163_518, 201_759, 99_045, 1_251),
    ]
    last = monthly[monthly["date"] == "2021-07-31"].set_index("kelurahan_code")
    assert last.loc[["outside", "unknown"], "cumulative_cases"].tolist() == [79_988, 47_981]
    assert last["cumulative_cases"].sum() == 814_653
    assert last["cumulative_deaths"].sum() == 12_135
    unknown = monthly[monthly["kelurahan_code"] == "unknown"].set_index("date")
    assert unknown.loc["2020-08-31", "cumulative_cases"] == 12_205


@pytest.mark.upstream
def test_two_independent_copies_agree_at_month_ends(daily, monthly, kelurahan):
    check(daily, RAW["kelurahan/cases_daily.csv"], "", "")
    assert len(daily) == 115 * 267
    known = {"2020-03-31": 534, "2020-04-30": 2_979, "2020-05-31": 5_235, "2020-06-30": 8_057}
    for day, cases in known.items():
        assert sum(by_unit(monthly, kelurahan, day, "cases")) == cases
        for count in ("cases", "deaths"):
            in_map = by_unit(daily, kelurahan, day, count)
            assert in_map == by_unit(monthly, kelurahan, day, count)
    assert sum(by_unit(daily, kelurahan, "2020-07-18", "cases")) == 10_912


@pytest.mark.upstream
def test_islands_spelled_twice_have_one_series(daily):
    tidung = daily[daily["kelurahan_code"] == "3101021002"]
    days = pd.date_range("2020-03-26", "2020-07-18")
    assert tidung["date"].tolist() == days.tolist()


def changed(files, change) -> dict[str, bytes]:
    """Return the files with another object in the place of the map's."""
    parsed = json.loads(files[dki_kelurahan.DAILY_FILE])
    change(parsed)
    return files | {dki_kelurahan.DAILY_FILE: json.dumps(parsed).encode()}


def _recount(parsed):
    parsed["ANGKE"]["2020-05-05"]["positif"] += 1


def _exchange_names(parsed):
    parsed["ANGKE"], parsed["ANCOL"] = parsed["ANCOL"], parsed["ANGKE"]


def _exchange_counts(parsed):
    for counts in (days["2020-04-07"] for days in parsed.values() if "2020-04-07" in days):
        counts["sembuh"], counts["meninggal"] = counts["meninggal"], counts["sembuh"]


def _recount_odd_day(parsed):
    parsed["ANGKE"]["2020-07-18"]["positif"] += 1


def _forget(parsed):
    del parsed["ANGKE"]["2020-05-05"]


def _add_day(parsed):
    parsed["ANGKE"]["2030-05-05"] = parsed["ANGKE"]["2020-05-05"]


def _rename(parsed):
    parsed["ANGKEH"] = parsed.pop("ANGKE")


def _write_out(parsed):
    parsed["ANGKE"]["2020-05-05"]["positif"] = "10"


def _spell_twice(parsed):
    parsed["PULAU PARI"]["2020-04-01"] = parsed["P. PARI"]["2020-04-01"]


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_recount, "parts that sum to"),
        (_exchange_names, ""),
        (_exchange_counts, ""),
        (_recount_odd_day, "whole table 30705 rows"),
        (_forget, "missing: 3173041007 on 2020-05-05"),
        (_add_day, "stray: 3173041007 on 2030-05-05"),
        (_rename, "'ANGKEH'"),
        (_write_out, "'10'"),
        (_spell_twice, "twice: 3101021003 on 2020-04-01"),
    ],
)
def test_a_map_with_other_figures_is_refused(files, gazetteer, change, found):
    error = refusal(dki_kelurahan.read_cases_daily, changed(files, change), gazetteer)
    assert error.dataset == "dki_kelurahan_daily"
    assert found in f"{error.place} {error.found}"


@pytest.mark.upstream
@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"a": 1, "a": 1}', b"<html></html>", b"[" * 100_000, b'{"a": NaN}'],
)
def test_what_is_no_map_is_refused(files, gazetteer, content):
    held = files | {dki_kelurahan.DAILY_FILE: content}
    refusal(dki_kelurahan.read_cases_daily, held, gazetteer)


@pytest.mark.upstream
def test_the_order_of_the_map_makes_no_difference(files, gazetteer, daily):
    def reverse(parsed):
        for name in list(parsed)[::-1]:
            parsed[name] = dict(reversed(parsed.pop(name).items()))

    assert dki_kelurahan.read_cases_daily(changed(files, reverse), gazetteer).equals(daily)


def rewritten(content: bytes, change) -> bytes:
    """Return a workbook after a change to its sheet of kelurahan."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    change(book["data"])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _exchange_columns(sheet):
    # Hospital and deaths, third and first from the end of the counts, header left alone.
    for row in sheet.iter_rows(min_row=2, min_col=sheet.max_column - 4):
        row[0].value, row[2].value = row[2].value, row[0].value


def _exchange_rows(sheet):
    first, second = (next(sheet.iter_rows(row, row, 6)) for row in (50, 51))
    for one, other in zip(first, second, strict=True):
        one.value, other.value = other.value, one.value


def _drop_row(sheet):
    sheet.delete_rows(50)


def _add_case(sheet):
    sheet.cell(50, sheet.max_column - 5).value += 1


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_exchange_columns, "whole table"),
        (_exchange_rows, "whole table"),
        (_drop_row, "row of totals"),
        (_add_case, "row of totals"),
    ],
)
def test_a_workbook_with_other_figures_is_refused(files, gazetteer, change, place):
    file = next(file for file in files if "31 Juli 2021" in file)
    held = files | {file: rewritten(files[file], change)}
    error = refusal(dki_kelurahan.read_cases_monthly, held, gazetteer)
    assert error.dataset == "dki_kelurahan_monthly"
    read = "all workbooks" if place == "whole table" else file
    assert (error.file, error.place) == (read, place)


@pytest.mark.upstream
def test_each_month_end_has_one_workbook(files, gazetteer):
    march = next(file for file in files if "31 Maret 2020" in file)
    fewer = {file: content for file, content in files.items() if file != march}
    error = refusal(dki_kelurahan.read_kelurahan, fewer, gazetteer)
    assert error.found == "none of 2020-03-31"

    twice = files | {re.sub("08.00", "09.00", march): files[march]}
    assert refusal(dki_kelurahan.read_kelurahan, twice, gazetteer).found == "2020-03-31"

    stray = files | {"a (31 Maret 2023 Pukul 08.00).xlsx": files[march]}
    assert refusal(dki_kelurahan.read_kelurahan, stray, gazetteer).found == "2023-03-31"

    april = next(file for file in files if "30 April 2020" in file)
    exchanged = files | {march: files[april], april: files[march]}
    error = refusal(dki_kelurahan.read_cases_monthly, exchanged, gazetteer)
    assert error.file == "all workbooks"
