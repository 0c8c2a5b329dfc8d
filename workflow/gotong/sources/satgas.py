"""Daily counts of the national COVID-19 task force (Satgas, data.covid19.go.id).

By province: the mirror's later versions, and five earlier ones, are just as regular and hold
0.80 of the official counts. No check made here could tell them apart; the sha256 of each file
in ``data/raw/sources.yaml`` pins the complete version. The national files are of a later
version of the same mirror, in which they are complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.reading import REMEDY, decode
from gotong.tables import DATE, read_csv

DATASET = "satgas_province_daily"
TABLE = "cases/province_daily.csv"

_CASES, _DEATHS, _RECOVERED, _ACTIVE = "KASUS", "MENINGGAL", "SEMBUH", "DIRAWAT_OR_ISOLASI"
_COLUMNS = {"tanggal": DATE} | dict.fromkeys(
    (
        _CASES,
        _DEATHS,
        _RECOVERED,
        _ACTIVE,
        f"AKUMULASI_{_CASES}",
        # The running sums stand in another order than the days' numbers.
        f"AKUMULASI_{_RECOVERED}",
        f"AKUMULASI_{_DEATHS}",
        f"AKUMULASI_{_ACTIVE}",
    ),
    "Int64",
)
_KEPT = {"tanggal": "date", _CASES: "cases", _DEATHS: "deaths", _RECOVERED: "recovered"}

_LAST_DAY = pd.Timestamp("2022-09-30")
_OTHER_LAST_DAYS = {"82": pd.Timestamp("2022-09-29")}
"""Maluku Utara ends a day before the others. A file that was cut short ends earlier still."""

NATIONAL = "satgas_national"
_STAMP, _MILLISECONDS, _REPORTS = "key_as_string", "key", "doc_count"


@dataclass(frozen=True)
class _National:
    """One national file: its columns, its span, and where its running sums end.

    ``counts`` gives the column of a day's number and that of its running sum. ``kept`` gives
    each column of the table its column here. ``ends`` pins the last running sums: only they
    tell a pair of columns exchanged whole for another. ``reports`` pins on how many days there
    was one: a zero without a report is no number. ``signed`` names the counts that may be below
    zero.
    """

    table: str
    file: str
    header: tuple[str, ...]
    stamp: str
    first_day: pd.Timestamp
    last_day: pd.Timestamp
    counts: Mapping[str, str]
    kept: Mapping[str, str]
    ends: Mapping[str, int]
    reports: int
    signed: tuple[str, ...] = ()


def _running(*counts: str) -> dict[str, str]:
    """Return the column of the running sum of each count."""
    return {count: f"{count}_kum" for count in counts}


_NATIONAL_DAILY = _National(
    table="cases/national_daily.csv",
    file="nasional/harian.csv",
    header=(
        *("jumlah_meninggal", "jumlah_sembuh", "jumlah_positif", "jumlah_dirawat"),
        *("jumlah_positif_kum", "jumlah_sembuh_kum"),
        *("jumlah_meninggal_kum", "jumlah_dirawat_kum"),
    ),
    stamp="%Y-%m-%dT00:00:00.000Z",
    first_day=pd.Timestamp("2020-03-02"),
    last_day=pd.Timestamp("2022-12-25"),
    counts=_running("jumlah_positif", "jumlah_sembuh", "jumlah_meninggal", "jumlah_dirawat"),
    kept={
        "cases": "jumlah_positif",
        "deaths": "jumlah_meninggal",
        "recovered": "jumlah_sembuh",
        "active": "jumlah_dirawat_kum",
    },
    ends={
        "jumlah_positif_kum": 6_716_124,
        "jumlah_sembuh_kum": 6_535_356,
        "jumlah_meninggal_kum": 160_537,
        "jumlah_dirawat_kum": 20_231,
    },
    reports=1_029,
    signed=("jumlah_dirawat",),
)
_NATIONAL_TESTS = _National(
    table="cases/national_tests.csv",
    file="nasional/pemeriksaan.csv",
    header=(
        *("jumlah_spesimen_pcr_tcm", "jumlah_spesimen_antigen"),
        *("jumlah_orang_antigen", "jumlah_orang_pcr_tcm"),
        *("jumlah_spesimen_pcr_tcm_kum", "jumlah_spesimen_antigen_kum"),
        *("jumlah_orang_pcr_tcm_kum", "jumlah_orang_antigen_kum"),
    ),
    stamp="%Y-%m-%d",
    first_day=pd.Timestamp("2021-03-17"),
    last_day=pd.Timestamp("2022-12-25"),
    counts=_running(
        *("jumlah_spesimen_pcr_tcm", "jumlah_spesimen_antigen"),
        *("jumlah_orang_pcr_tcm", "jumlah_orang_antigen"),
    ),
    kept={
        "pcr_specimens": "jumlah_spesimen_pcr_tcm",
        "antigen_specimens": "jumlah_spesimen_antigen",
        "pcr_people": "jumlah_orang_pcr_tcm",
        "antigen_people": "jumlah_orang_antigen",
    },
    ends={
        "jumlah_spesimen_pcr_tcm_kum": 45_525_369,
        "jumlah_spesimen_antigen_kum": 68_176_704,
        "jumlah_orang_pcr_tcm_kum": 26_796_496,
        "jumlah_orang_antigen_kum": 46_530_918,
    },
    reports=522,
)
_NATIONAL_VACCINATION = _National(
    table="cases/national_vaccination.csv",
    file="nasional/vaksinasi.csv",
    header=(
        *("jumlah_vaksinasi_2", "jumlah_vaksinasi_1"),
        *("jumlah_jumlah_vaksinasi_1_kum", "jumlah_jumlah_vaksinasi_2_kum"),
    ),
    stamp="%Y-%m-%d",
    first_day=pd.Timestamp("2021-02-01"),
    last_day=pd.Timestamp("2022-12-25"),
    counts={
        "jumlah_vaksinasi_1": "jumlah_jumlah_vaksinasi_1_kum",
        "jumlah_vaksinasi_2": "jumlah_jumlah_vaksinasi_2_kum",
    },
    kept={"first_doses": "jumlah_vaksinasi_1", "second_doses": "jumlah_vaksinasi_2"},
    ends={
        "jumlah_jumlah_vaksinasi_1_kum": 203_974_918,
        "jumlah_jumlah_vaksinasi_2_kum": 174_696_295,
    },
    reports=650,
    signed=("jumlah_vaksinasi_1", "jumlah_vaksinasi_2"),
)


def read_province_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read new cases, deaths and recoveries of every province and day.

    Parameters
    ----------
    files : mapping of str to bytes
        One CSV file per province, by registered path; the province is the file's name, as in
        ``provinsi/DKI_JAKARTA.csv``.
    gazetteer : Gazetteer
        Its provinces must be exactly those of the files.

    Returns
    -------
    pandas.DataFrame
        ``cases/province_daily.csv``: region_code, date, cases, deaths, recovered, in persons
        per day. Each province runs without a gap from its own first day, which is not the
        same for all, to its own last (Maluku Utara ends on 2022-09-29, the others a day
        later). On some early days deaths or recoveries exceed the cases so far: as published.

    Raises
    ------
    InputError
        A file that names no province, or one that another file names; a province without a
        file; a header other than the known one; a cell that is no date or number; a count
        below zero; a day left out, repeated or out of order; a running sum that is not the
        sum of the days; a file that ends on another day.
    """
    tables: dict[str, pd.DataFrame] = {}
    for file in sorted(files):
        province = _province(file, gazetteer)
        if province in tables:
            named = f"{gazetteer.name(province)} again"
            raise InputError(DATASET, file, "file name", "each province once", named, REMEDY)
        tables[province] = _read_days(files[file], file).assign(region_code=province)
        _expect_last_day(tables[province], province, file)
    absent = [code for code in gazetteer.codes("province") if code not in tables]
    if absent:
        named = f"none for {', '.join(f'{gazetteer.name(code)} ({code})' for code in absent)}"
        raise InputError(DATASET, "provinsi", "", "a file for each province", named, REMEDY)
    columns = dtypes(RAW[TABLE])
    frame = pd.concat(tables.values())[list(columns)].astype(columns)
    return frame.sort_values(["region_code", "date"], ignore_index=True)


def _province(file: str, gazetteer: Gazetteer) -> str:
    """Return the code of the province that a file is named after."""
    spelling = PurePosixPath(file).stem
    found = gazetteer.resolve(spelling, DATASET, file, "file name")
    if found not in gazetteer.codes("province"):
        raise InputError(DATASET, file, "file name", "the name of a province", spelling, REMEDY)
    return found


def _read_days(content: bytes, file: str) -> pd.DataFrame:
    """Return the days of one province, each number held against the others of its file."""
    text = decode(content, DATASET, file)
    days = read_csv(text.encode("utf-8"), _COLUMNS, DATASET, file, REMEDY)
    if days.empty:
        raise InputError(DATASET, file, "", "rows below the header", "none", REMEDY)
    due = days["tanggal"].shift() + pd.Timedelta(days=1)
    due.iloc[0] = days["tanggal"].iloc[0]
    expect_cells(days, "tanggal", days["tanggal"] == due, due.dt.date, DATASET, file)
    for name in (_CASES, _DEATHS, _RECOVERED):
        expect_cells(days, name, days[name] >= 0, "a whole number, 0 or more", DATASET, file)
    # The change in active cases is the only number of a day that may be below zero.
    expect_cells(days, _ACTIVE, days[_ACTIVE].notna(), "a whole number", DATASET, file)
    for name in (_CASES, _DEATHS, _RECOVERED, _ACTIVE):
        # Also on the first row: a file that starts above its first day's number is cut off.
        total = days[name].cumsum()
        expect_cells(
            days, f"AKUMULASI_{name}", days[f"AKUMULASI_{name}"] == total, total, DATASET, file
        )
    return days[list(_KEPT)].rename(columns=_KEPT)


def _expect_last_day(days: pd.DataFrame, province: str, file: str) -> None:
    """Stop unless the days of a province run to the known last one."""
    due = _OTHER_LAST_DAYS.get(province, _LAST_DAY)
    last = days["date"].iloc[-1]
    if last != due:
        expected = f"days to {due.date()}"
        raise InputError(DATASET, file, "last row", expected, str(last.date()), REMEDY)


def read_national_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read new cases, deaths and recoveries of Indonesia, and active cases, by day.

    Parameters
    ----------
    files : mapping of str to bytes
        The national files, by registered path.
    gazetteer : Gazetteer
        Not used: the country is the only region.

    Returns
    -------
    pandas.DataFrame
        ``cases/national_daily.csv``: date, cases, deaths, recovered (persons per day),
        active (persons); 2020-03-02 to 2022-12-25.

    Raises
    ------
    InputError
        The file is missing; another header; a cell that is no number; a day that is left out
        or out of order, or whose two stamps differ; a count below zero; a running sum that is
        not the sum of the days, or ends elsewhere; active cases that are not the cases less
        recoveries and deaths.
    """
    days = _read_national(files, _NATIONAL_DAILY)
    due = days["jumlah_positif"] - days["jumlah_sembuh"] - days["jumlah_meninggal"]
    name = "jumlah_dirawat"
    expect_cells(days, name, days[name] == due, due, NATIONAL, _NATIONAL_DAILY.file)
    return _kept(days, _NATIONAL_DAILY)


def read_national_tests(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read specimens and people tested in Indonesia by day.

    On 127 of 649 days the site had no report: blank, not zero. As published, 2021-03-17 has
    more people than specimens tested for antigen, and 2022-12-19 holds 18 million PCR
    specimens that earlier days lack. Parameters and errors are those of
    `read_national_daily`.

    Returns
    -------
    pandas.DataFrame
        ``cases/national_tests.csv``: date, pcr_specimens, antigen_specimens (per day),
        pcr_people, antigen_people (persons per day); 2021-03-17 to 2022-12-25.
    """
    return _kept(_read_national(files, _NATIONAL_TESTS), _NATIONAL_TESTS)


def read_national_vaccination(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read first and second doses given in Indonesia by day.

    On 43 of 693 days the site had no report: blank, not zero. As published, 2021-03-15 holds
    all doses since January, and three days are below zero, one of them by 1.7 million first
    doses that became second ones (2022-11-28). Parameters and errors are those of
    `read_national_daily`.

    Returns
    -------
    pandas.DataFrame
        ``cases/national_vaccination.csv``: date, first_doses, second_doses (doses per day);
        2021-02-01 to 2022-12-25.
    """
    return _kept(_read_national(files, _NATIONAL_VACCINATION), _NATIONAL_VACCINATION)


def _read_national(files: Mapping[str, bytes], layout: _National) -> pd.DataFrame:
    """Return a national file, typed, each number held against the others of its file."""
    file = layout.file
    if file not in files:
        raise InputError(NATIONAL, file, "", "this file", "no such file", REMEDY)
    types = {_STAMP: "str", _MILLISECONDS: "Int64", _REPORTS: "Int64"}
    types |= dict.fromkeys(layout.header, "Int64")
    text = decode(files[file], NATIONAL, file)
    days = read_csv(text.encode("utf-8"), types, NATIONAL, file, REMEDY)
    _expect_span(days, layout)
    for count, total in layout.counts.items():
        right = days[count].notna() & ((days[count] >= 0) | (count in layout.signed))
        expect_cells(days, count, right, "a whole number, 0 or more", NATIONAL, file)
        silent = days[_REPORTS] == 0
        expected = "0 on a day without a report"
        expect_cells(days, count, ~silent | (days[count] == 0), expected, NATIONAL, file)
        due = days[count].cumsum()
        expect_cells(days, total, days[total] == due, due, NATIONAL, file)
        if days[total].iloc[-1] != layout.ends[total]:
            place, found = f"last row, column '{total}'", str(days[total].iloc[-1])
            raise InputError(NATIONAL, file, place, str(layout.ends[total]), found, REMEDY)
    return days


def _expect_span(days: pd.DataFrame, layout: _National) -> None:
    """Stop unless the rows are the days of the file in order, as both stamps say."""
    span = pd.Series(pd.date_range(layout.first_day, layout.last_day, unit="ms"))
    if len(days) != len(span):
        expected = f"{len(span)} days, {layout.first_day.date()} to {layout.last_day.date()}"
        raise InputError(NATIONAL, layout.file, "", expected, f"{len(days)} rows", REMEDY)
    stamps = span.dt.strftime(layout.stamp)
    expect_cells(days, _STAMP, days[_STAMP] == stamps, stamps, NATIONAL, layout.file)
    due = span.astype("int64")
    right = days[_MILLISECONDS] == due
    expect_cells(days, _MILLISECONDS, right, due, NATIONAL, layout.file)
    right = days[_REPORTS] >= 0
    expect_cells(days, _REPORTS, right, "a whole number, 0 or more", NATIONAL, layout.file)
    reports = int((days[_REPORTS] > 0).sum())
    if reports != layout.reports:
        place, expected = f"column '{_REPORTS}'", f"{layout.reports} days with a report"
        raise InputError(NATIONAL, layout.file, place, expected, f"{reports} days", REMEDY)


def _kept(days: pd.DataFrame, layout: _National) -> pd.DataFrame:
    """Return the columns of a national table; blank where a day had no report."""
    columns = dtypes(RAW[layout.table])
    reported = days[_REPORTS] > 0
    kept = {name: days[printed].where(reported) for name, printed in layout.kept.items()}
    dates = pd.to_datetime(days[_MILLISECONDS].astype("int64"), unit="ms")
    return pd.DataFrame({"date": dates} | kept)[list(columns)].astype(columns)


def expect_cells(
    frame: pd.DataFrame,
    column: str,
    right: pd.Series,
    wanted: pd.Series | str,
    dataset: str,
    file: str,
) -> None:
    """Stop at the first cell of a column that is not right; a blank is never right.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows of a file, in its order; the header is row 1.
    column : str
        The column that is held against `right`.
    right : pandas.Series of bool
        Row by row; missing counts as wrong.
    wanted : pandas.Series or str
        What was expected, row by row or of all rows.
    dataset, file : str
        For the message.

    Raises
    ------
    InputError
        A cell is not right.
    """
    wrong = np.flatnonzero(~right.fillna(False).to_numpy(dtype=bool))
    if not wrong.size:
        return
    row = wrong[0]
    cell = frame[column].iloc[row]
    shown = str(cell.date()) if isinstance(cell, pd.Timestamp) else str(cell)
    found = "a blank" if pd.isna(cell) else shown
    expected = wanted if isinstance(wanted, str) else str(wanted.iloc[row])
    if expected == "NaT":
        expected = "a date such as 2020-04-10"
    raise InputError(dataset, file, f"row {row + 2}, column '{column}'", expected, found, REMEDY)


TABLES = {
    TABLE: read_province_daily,
    _NATIONAL_DAILY.table: read_national_daily,
    _NATIONAL_TESTS.table: read_national_tests,
    _NATIONAL_VACCINATION.table: read_national_vaccination,
}
"""Reader of each table that is made here."""
