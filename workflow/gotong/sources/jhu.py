"""Johns Hopkins University (CSSE): cumulative cases and deaths of countries by day.

The series of recoveries is left out: it falls to zero in August 2021, when it was given up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest

import pandas as pd

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, csv_rows
from gotong.tables import DATE

DATASET = "jhu_csse"
TABLE = "international/jhu_daily.csv"
CASES_FILE = "time_series_covid19_confirmed_global.csv"
DEATHS_FILE = "time_series_covid19_deaths_global.csv"

_PLACE = ("Province/State", "Country/Region", "Lat", "Long")
_COUNTRIES = {"Brazil": "BRA", "Indonesia": "IDN", "Taiwan*": "TWN"}
_DAYS = pd.date_range("2020-01-22", "2023-03-09", unit="s")
_DAY_COLUMNS = tuple(f"{day.month}/{day.day}/{day:%y}" for day in _DAYS)
"""The calendar of the final files, spelt as their columns are."""

_COUNT = re.compile(r"[0-9]{1,10}")
"""A count of people: no more digits than there are people on earth."""

_CONTROL = ControlTotal(3_429, "56a33241a106cde2")


def read_jhu_daily(
    files: Mapping[str, bytes], _gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read the cumulative cases and deaths of Brazil, Indonesia and Taiwan.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `CASES_FILE` and `DEATHS_FILE`, one row per country or part of one, one column
        per day.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``international/jhu_daily.csv``, one row per country and day, in persons.
        Counts are as published, also where a correction makes them fall: Taiwan's cases on 2
        days, Brazil's on 4 and its deaths on 3. The other countries are left out.

    Raises
    ------
    InputError
        Another layout or calendar; a cell that is no whole number; a country that is missing,
        stands twice or is split into parts; more deaths than cases; another control total.
    """
    frame = pd.DataFrame(
        {
            "cumulative_cases": _series(files[CASES_FILE], CASES_FILE),
            "cumulative_deaths": _series(files[DEATHS_FILE], DEATHS_FILE),
        }
    ).reset_index()
    check(frame, RAW[TABLE], f"{CASES_FILE}, {DEATHS_FILE}", REMEDY)
    above = frame[frame["cumulative_deaths"] > frame["cumulative_cases"]]
    for row in above.head(1).itertuples():
        raise InputError(
            DATASET,
            DEATHS_FILE,
            f"{row.country_code}, {row.date:%Y-%m-%d}",
            f"at most {row.cumulative_cases} deaths, the cases of that day",
            str(row.cumulative_deaths),
            REMEDY,
        )
    return expect_total(frame, control, DATASET, f"{CASES_FILE}, {DEATHS_FILE}")


def _series(content: bytes, file: str) -> pd.Series:
    """Return one file's counts by country_code and date, sorted."""
    header, *rows = csv_rows(content, DATASET, file)
    _expect_calendar(header, file)
    counts = [_counts(rows, country, file) for country in _COUNTRIES]
    index = pd.MultiIndex.from_product(
        [list(_COUNTRIES.values()), _DAYS.astype(DATE)], names=["country_code", "date"]
    )
    return pd.Series([count for days in counts for count in days], index=index, dtype="Int64")


def _expect_calendar(header: list[str], file: str) -> None:
    """Stop unless the columns are the place and every day of the final files in its order."""
    due = (*_PLACE, *_DAY_COLUMNS)
    for column, (wanted, found) in enumerate(zip_longest(due, header, fillvalue="nothing"), 1):
        if found != wanted:
            raise InputError(DATASET, file, f"row 1, column {column}", wanted, found, REMEDY)


def _counts(rows: list[list[str]], country: str, file: str) -> list[int]:
    """Return the counts of a country, which must have one row for the whole of it."""
    own = [(number, row) for number, row in enumerate(rows, 2) if country in row[1:2]]
    if len(own) != 1 or own[0][1][0] != "":
        place, expected = "column 'Country/Region'", f"one row for all of {country}"
        raise InputError(DATASET, file, place, expected, f"{len(own)} rows", REMEDY)
    number, row = own[0]
    cells = row[len(_PLACE) :]
    if len(cells) != len(_DAY_COLUMNS):
        place, expected = f"row {number}", f"{len(_PLACE) + len(_DAY_COLUMNS)} fields"
        raise InputError(DATASET, file, place, expected, f"{len(row)}", REMEDY)
    for day, cell in zip(_DAY_COLUMNS, cells, strict=True):
        if not _COUNT.fullmatch(cell):
            place, expected = f"row {number}, column '{day}'", "a whole number, 0 or more"
            raise InputError(DATASET, file, place, expected, repr(cell), REMEDY)
    return [int(cell) for cell in cells]


TABLES = {TABLE: read_jhu_daily}
"""Reader of each table that is made here."""
