"""Cases and deaths of DKI Jakarta by day, from the province's own site (corona.jakarta.go.id).

The same count as that of the task force by another rule of dating: by quarter cases agree
within 3 and deaths within 9 per cent (but for 741 and 371 cases in the first), by day they do
not.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer
from gotong.sources.reading import REMEDY, decode
from gotong.sources.satgas import expect_cells
from gotong.tables import DATE, read_csv

DATASET = "dki_site_daily"
FILE = "data/jakarta/epi-data/epi_data.csv"
TABLE = "cases/dki_site_daily.csv"


_CASES, _DEATHS = "cases", "deaths"
# Running sums are printed as 0.0, for the blank ones of the last row.
_COLUMNS = {
    "date": DATE,
    "total_cases": "float64",
    "new_cases": "Int64",
    "total_deaths": "float64",
    "new_deaths": "Int64",
}

_FIRST_DAY = pd.Timestamp("2020-01-29")
"""A day of its own: the next one in the file is the second."""
_SECOND_DAY = pd.Timestamp("2020-03-01")
_UNREPORTED_DAY = pd.Timestamp("2023-04-18")
"""The last row, which has no running sums, and so no counts."""


def read_dki_site_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read new cases and deaths of DKI Jakarta by day.

    The last row, 2023-04-18, is left out: it holds no report, only zeros that were filled in.

    Parameters
    ----------
    files : mapping of str to bytes
        The file, by registered path.
    gazetteer : Gazetteer
        Not used: the file is of one province.

    Returns
    -------
    pandas.DataFrame
        ``cases/dki_site_daily.csv``: region_code, date, cases, deaths (persons per day);
        2020-01-29, then every day from 2020-03-01 to 2023-04-17.

    Raises
    ------
    InputError
        The file is missing; another header; a cell that is no date or number; a count below
        zero; a day left out, repeated or out of order, or after the last; a running sum that is
        not the sum of the days; more deaths than cases so far.
    """
    if FILE not in files:
        raise InputError(DATASET, FILE, "", "this file", "no such file", REMEDY)
    text = decode(files[FILE], DATASET, FILE)
    days = read_csv(text.encode("utf-8"), _COLUMNS, DATASET, FILE, REMEDY)
    _expect_days(days)
    for name in (_CASES, _DEATHS):
        _expect_counts(days, name)
    right = days["total_deaths"].fillna(0) <= days["total_cases"].fillna(0)
    _expect(days, "total_deaths", right, "no more than total_cases")
    columns = dtypes(RAW[TABLE])
    renamed = days.rename(columns={"new_cases": _CASES, "new_deaths": _DEATHS})
    return renamed.assign(region_code=DKI)[list(columns)].iloc[:-1].astype(columns)


def _expect_days(days: pd.DataFrame) -> None:
    """Stop unless the rows are the known days, in order."""
    rest = pd.date_range(_SECOND_DAY, _UNREPORTED_DAY, unit="s")
    due = pd.Series([_FIRST_DAY, *rest], dtype=DATE)
    if len(days) != len(due):
        expected = f"{len(due)} days, the last {_UNREPORTED_DAY.date()}"
        raise InputError(DATASET, FILE, "", expected, f"{len(days)} rows", REMEDY)
    _expect(days, "date", days["date"] == due, due.dt.date)


def _expect_counts(days: pd.DataFrame, name: str) -> None:
    """Stop unless the days of a count add up to its running sums, blank in the last row only."""
    count, total = f"new_{name}", f"total_{name}"
    _expect(days, count, days[count] >= 0, "a whole number, 0 or more")
    last = days.index == len(days) - 1
    blank = days[total].isna()
    _expect(days, total, ~blank | last, "a number")
    _expect(days, total, blank | ~last, "a blank in the row without a report")
    _expect(days, count, (days[count] == 0) | ~last, "0 in the row without a report")
    due = days[count].cumsum()
    _expect(days, total, (days[total] == due.astype("float64")) | last, due)


def _expect(days: pd.DataFrame, name: str, right: pd.Series, wanted: pd.Series | str) -> None:
    """Stop at the first cell of a column that is not right."""
    expect_cells(days, name, right, wanted, DATASET, FILE)


TABLES = {TABLE: read_dki_site_daily}
"""Reader of each table that is made here."""
