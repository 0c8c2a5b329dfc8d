"""Cases by kab/kota of Jawa Tengah and week, collected at Universitas Diponegoro.

The file numbers its weeks and its kab/kota. Its name says "dummy" for the column of PPKM; the
counts are those of the project's database, but for two rows (`_NOT_IN_DATABASE`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.reading import REMEDY, decode
from gotong.sources.satgas import expect_cells
from gotong.tables import read_csv

DATASET = "undip_centraljava_weekly"
FILE = "PYTHON_FLASK_ecovid/outputdummy.csv"
TABLE = "cases/centraljava_weekly.csv"

_ROW, _WEEK, _UNIT, _PPKM = "", "minggu", "kabupaten", "PPKM"
_RECOVERED, _DEATHS, _CASES = "sembuh", "meninggal", "total_kasus"
_COLUMNS = dict.fromkeys((_ROW, _WEEK, _UNIT, _PPKM, _RECOVERED, _DEATHS, _CASES), "Int64")

_TOTALS = {_RECOVERED: 698_970, _DEATHS: 43_694, _CASES: 742_664}
"""Sums over all rows: a week without a row is a zero, so that a row lost would pass for one."""

_FIRST_MONDAY = pd.Timestamp("2020-03-23")
_SECOND_HALVES = (42, 95)
"""Weeks cut at New Year: each is the rest of the calendar week of the number before it."""
_LAST_WEEK = 111

_USABLE_UNTIL = pd.Timestamp("2021-07-04")
"""Later weeks hold entries in bulk (2021-07-19, 2021-08-16), those of 2022 too few cases."""

_PPKM_CODES = {1: 1, 6: 2, 69: 3, 71: 2, 72: 4, 75: 5, 77: 6, 84: 7, 96: 6, 98: 7, 102: 6}
_PPKM_CODES |= {103: 5, 107: 6, 109: 7}
"""Week from which each code of PPKM stands in all kab/kota.

Week 69 begins on 2021-07-05, as PPKM darurat did: the changes date the weeks.
"""

_UNITS = {
    1: "Kab. Banyumas",
    2: "Kab. Cilacap",
    3: "Kab. Demak",
    4: "Kab. Karanganyar",
    5: "Kab. Kendal",
    6: "Kab. Klaten",
    7: "Kota Magelang",
    8: "Kota Pekalongan",
    9: "Kota Semarang",
    10: "Kota Surakarta",
    11: "Kab. Magelang",
    12: "Kab. Pati",
    13: "Kab. Pemalang",
    14: "Kab. Purbalingga",
    15: "Kab. Purworejo",
    16: "Kab. Rembang",
    17: "Kab. Semarang",
    18: "Kab. Sukoharjo",
    19: "Kab. Temanggung",
    20: "Kab. Wonogiri",
    21: "Kab. Batang",
    22: "Kab. Boyolali",
    23: "Kab. Grobogan",
    24: "Kab. Jepara",
    25: "Kab. Kebumen",
    26: "Kota Salatiga",
    27: "Kota Tegal",
    28: "Kab. Kudus",
    29: "Kab. Pekalongan",
    30: "Kab. Sragen",
    31: "Kab. Tegal",
    32: "Kab. Wonosobo",
    33: "Kab. Banjarnegara",
    34: "Kab. Blora",
    36: "Kab. Brebes",
}
"""Name of each id of a kab/kota."""

_OTHER_SPELLINGS = {35: 10, 44: 26, 62: 31, 73: 17, 74: 22, 75: 9}
"""Ids of a second spelling, and of the first: one to 17 cases each.

Surakarta, Salatiga, Tegal, Semarang, "Bayolali" and Kota Semarang; Tegal and Semarang without
Kota are taken for the kabupaten, as the file calls these.
"""

_ELSEWHERE = tuple(unit for unit in range(37, 77) if unit not in _OTHER_SPELLINGS)
"""Ids of patients from outside the province, or of a place that cannot be read."""

_NOT_IN_DATABASE = ((1, 1, 4), (111, 32, 85))
"""Week, id and cases of two rows that the project's own database lacks: left out."""


def week_start(number: int) -> pd.Timestamp:
    """Return the Monday of the calendar week that a week of the file lies in.

    Parameters
    ----------
    number : int
        From 1; 42 and 95 begin on 1 January, in the middle of a calendar week.

    Returns
    -------
    pandas.Timestamp
        2020-03-23 for week 1, and 2020-12-28 for both 41 and 42.
    """
    cuts = sum(number >= second for second in _SECOND_HALVES)
    return _FIRST_MONDAY + pd.Timedelta(weeks=number - 1 - cuts)


def read_centraljava_weekly(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read new cases and deaths of the 35 kab/kota of Jawa Tengah by calendar week.

    A case counts in its week once it ended, and its death in the same week: a cohort, so that
    these deaths precede those reported by two to three weeks. Left out of 4,365 rows are 629 of
    people from elsewhere (35 ids; 2,873 cases, 438 deaths) and the two of `_NOT_IN_DATABASE`
    (89 cases, 1 death), so that 739,702 cases and 43,255 deaths remain. 22 rows of a second
    spelling of a kab/kota (23 cases) are added to the first. The codes of PPKM are periods of
    the whole country, no treatment, and are not kept.

    Parameters
    ----------
    files : mapping of str to bytes
        The file, by registered path.
    gazetteer : Gazetteer
        Gives the code of each kab/kota by its name.

    Returns
    -------
    pandas.DataFrame
        ``cases/centraljava_weekly.csv``: region_code, week_start, closed_cases, cohort_deaths
        (persons per week), usable; 35 kab/kota times 109 weeks.

    Raises
    ------
    InputError
        The file is missing; sums over its rows other than the known ones; see `read_rows`.
    """
    if FILE not in files:
        raise InputError(DATASET, FILE, "", "this file", "no such file", REMEDY)
    rows = read_rows(files[FILE])
    for name, total in _TOTALS.items():
        found = int(rows[name].sum())
        if found != total:
            expected = f"{total} in all"
            raise InputError(DATASET, FILE, f"column '{name}'", expected, f"{found}", REMEDY)
    return by_calendar_week(rows, gazetteer)


def read_rows(content: bytes) -> pd.DataFrame:
    """Return the rows of the file, each number held against the others.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    pandas.DataFrame
        Columns as printed, whole numbers.

    Raises
    ------
    InputError
        Another header; a cell that is no whole number, 0 or more; a row number that does not
        follow the one above; an unknown week or id; a week and id that come again or out of
        order; cases that are not recoveries and deaths; a week with the PPKM of another.
    """
    text = decode(content, DATASET, FILE)
    rows = read_csv(text.encode("utf-8"), _COLUMNS, DATASET, FILE, REMEDY)
    for name in _COLUMNS:
        _expect(rows, name, rows[name] >= 0, "a whole number, 0 or more")
    numbers = pd.Series(range(len(rows)), dtype="Int64")
    _expect(rows, _ROW, rows[_ROW] == numbers, numbers)
    _expect(rows, _WEEK, rows[_WEEK].between(1, _LAST_WEEK), f"1 to {_LAST_WEEK}")
    known = [*_UNITS, *_OTHER_SPELLINGS, *_ELSEWHERE]
    _expect(rows, _UNIT, rows[_UNIT].isin(known), f"an id from 1 to {max(known)}")
    # Weeks are checked by now to be few, so that no id reaches into the next.
    place = rows[_WEEK] * (max(known) + 1) + rows[_UNIT]
    rising = place.diff().fillna(1) > 0
    _expect(rows, _UNIT, rising, "an id above that of the row above, or a later week")
    due = rows[_RECOVERED] + rows[_DEATHS]
    _expect(rows, _CASES, rows[_CASES] == due, due)
    code = rows[_WEEK].map(_ppkm).astype("Int64")
    _expect(rows, _PPKM, rows[_PPKM] == code, code)
    return rows


def _expect(rows: pd.DataFrame, name: str, right: pd.Series, wanted: pd.Series | str) -> None:
    """Stop at the first cell of a column that is not right."""
    expect_cells(rows, name, right, wanted, DATASET, FILE)


def _ppkm(week: int) -> int:
    """Return the code of PPKM of a week."""
    return _PPKM_CODES[max(first for first in _PPKM_CODES if first <= week)]


def by_calendar_week(rows: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return cases and deaths of every kab/kota and calendar week; a week without a row has none.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of the file, as `read_rows` returns them.
    gazetteer : Gazetteer
        Gives the code of each kab/kota by its name.

    Returns
    -------
    pandas.DataFrame
        ``cases/centraljava_weekly.csv``.
    """
    codes = {unit: gazetteer.resolve(name, DATASET, FILE, "") for unit, name in _UNITS.items()}
    second = {unit: codes[first] for unit, first in _OTHER_SPELLINGS.items()}
    labels = zip(rows[_WEEK], rows[_UNIT], rows[_CASES], strict=True)
    stray = pd.Series([label in _NOT_IN_DATABASE for label in labels], dtype="bool")
    kept = pd.DataFrame(
        {
            "region_code": rows[_UNIT].map(codes | second),
            "week_start": rows[_WEEK].map(week_start),
            "closed_cases": rows[_CASES],
            "cohort_deaths": rows[_DEATHS],
        }
    )[~stray]
    weeks = [week_start(number) for number in range(1, _LAST_WEEK + 1)]
    key = ["region_code", "week_start"]
    grid = pd.MultiIndex.from_product([sorted(codes.values()), sorted(set(weeks))], names=key)
    # Ids from elsewhere have no code, and a group without a key falls out.
    counted = kept.groupby(key).sum().reindex(grid, fill_value=0).reset_index()
    counted["usable"] = counted["week_start"] <= _USABLE_UNTIL
    columns = dtypes(RAW[TABLE])
    return counted[list(columns)].astype(columns)


TABLES = {TABLE: read_centraljava_weekly}
"""Reader of each table that is made here."""
