"""Cases by unit of DKI Jakarta and day, from the health office's daily sheets of 2020.

The sheets of August were not kept. Those of July carry no date: they are the 31 files of one
folder, numbered as they were fetched, and their order and dates are known from the province's
own cumulative count, which each matches on one day only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.dki_sheets import (
    LABELS,
    date_in_words,
    expect_parts,
    read_sheet,
)
from gotong.sources.reading import REMEDY, csv_rows

DATASET = "dki_kelurahan_sheets"
TABLE = "kelurahan/units_daily.csv"

_JULY = (
    {number: number for number in range(1, 4)}
    | {number: number + 1 for number in range(4, 18)}
    | {number: number + 2 for number in range(18, 26)}
    | {27: 28, 28: 29, 29: 30, 30: 31}
)
"""Day of July 2020 of each numbered file; no file is of the 4th or the 19th."""

_REPEATED = {26: 25, 31: 29}
"""Numbered files of July that repeat another one, row by row."""

DAYS = tuple(
    str(day.date())
    for day in pd.date_range("2020-03-25", "2020-11-30")
    if day.month != 8 and (day.month, day.day) not in ((7, 4), (7, 19))
)
"""The 218 days of which there is a sheet."""

_NO_PARTS = "2020-09-13"
"""Day on which 1,200 cases of unknown address moved to kelurahan and back on the next, without
their parts; only the sums of the whole sheet agree."""

_CONTROL = ControlTotal(1_744, "6fda1e65b050beff")
"""Cases move between kelurahan as addresses become known, so that neither a fall nor a jump is
a fault, and two rows that change places look like any others."""

_KEPT = {
    "cases": "cumulative_cases",
    "recovered": "cumulative_recovered",
    "deaths": "cumulative_deaths",
}


def read_units_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read cumulative cases, recoveries and deaths by unit and day.

    Of the cases 0.57 to 0.71 have a unit, 0.20 to 0.30 an unknown address. Counts of a unit fall
    where cases move: on 2020-09-08 by 801 cases and on 2020-09-14 by 546 in the six units
    together, to unknown addresses.

    Parameters
    ----------
    files : mapping of str to bytes
        The 220 CSV files by registered path.
    gazetteer : Gazetteer
        Every unit's codes and name.

    Returns
    -------
    pandas.DataFrame
        ``kelurahan/units_daily.csv``: unit_code (BPS, ``outside`` or ``unknown``), date,
        cumulative_cases, cumulative_recovered and cumulative_deaths (persons); eight rows on
        each of `DAYS`, whose sum is the count of the whole sheet.

    Raises
    ------
    InputError
        Not one file for each day; a file of July that should repeat another one and does not;
        other kelurahan in one file than in the first; a sum over a whole sheet below that of
        the day before; another control total; and see `dki_sheets`.
    """
    frame = read_sheets(files, gazetteer)
    units = frame.groupby(["unit_code", "date"], as_index=False)[list(_KEPT)].sum()
    columns = dtypes(RAW[TABLE])
    table = units.rename(columns=_KEPT)[list(columns)].astype(columns)
    table = table.sort_values(["unit_code", "date"], ignore_index=True)
    return expect_total(table, _CONTROL, DATASET, "all files")


def read_sheets(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the 218 sheets by kelurahan, each held against the others; see `read_units_daily`.

    Returns
    -------
    pandas.DataFrame
        What `dki_sheets.read_sheet` gives, with the date; sorted by date and code.
    """
    paths = _paths(files)
    parts: list[pd.DataFrame] = []
    for day, file in paths.items():
        sheet = _sheet(files[file], file, gazetteer)
        if day != _NO_PARTS:
            expect_parts(sheet, DATASET, file)
        labels = ["kelurahan_code", *LABELS]
        if parts and not sheet[labels].equals(parts[0][labels]):
            expected = f"the kelurahan and their names as in {next(iter(paths.values()))}"
            raise InputError(DATASET, file, "", expected, "others", REMEDY)
        parts.append(sheet.assign(date=pd.Timestamp(day)))
    frame = pd.concat(parts, ignore_index=True)
    _expect_rising(frame, paths)
    return frame


def _sheet(content: bytes, file: str, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return one sheet as `dki_sheets.read_sheet` gives it."""
    return read_sheet(csv_rows(content, DATASET, file), DATASET, file, gazetteer)


def _expect_rising(frame: pd.DataFrame, paths: Mapping[str, str]) -> None:
    """Stop at a day on which the sum of a whole sheet is below that of the day before."""
    sums = frame.groupby(frame["date"].astype("str"))[list(_KEPT)].sum()
    for name in _KEPT:
        for day in sums.index[sums[name].diff() < 0][:1]:
            due = sums[name].shift()[day]
            expected, found = f"{due:.0f} or more, as the day before", str(sums.at[day, name])
            raise InputError(DATASET, paths[day], f"sum of {name}", expected, found, REMEDY)


def _paths(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the file of each day, in order; the repeated files of July are compared here."""
    paths: dict[str, str] = {}
    july: dict[int, str] = {}
    for file in sorted(files):
        numbered = re.search(r"bulan-juli-2020 \((\d+)\)\.csv$", file)
        if numbered:
            july[int(numbered[1])] = file
            continue
        dated = re.search(r"-(\d{1,2})-([a-z]+)-(2020)(?:-pukul-\d{4})?\.csv$", file)
        day = date_in_words(*dated.groups()) if dated else ""
        if day not in DAYS or day in paths:
            found = day or "no date"
            raise InputError(DATASET, file, "file name", "a known day, each once", found, REMEDY)
        paths[day] = file
    _expect_repeated(files, july)
    numbers = {f"2020-07-{number:02d}": file for file, number in _JULY.items()}
    paths |= {day: july[file] for day, file in numbers.items() if file in july}
    missing = [day for day in DAYS if day not in paths]
    if missing:
        expected, found = f"one for each of {len(DAYS)} days", "none of " + ", ".join(missing[:5])
        raise InputError(DATASET, "", "file names", expected, found, REMEDY)
    return {day: paths[day] for day in DAYS}


def _expect_repeated(files: Mapping[str, bytes], july: Mapping[int, str]) -> None:
    """Stop unless the files of July that are dropped say what the ones that are kept say."""
    for number, original in _REPEATED.items():
        if number not in july or original not in july:
            found = ", ".join(str(known) for known in sorted(july))
            raise InputError(DATASET, "", "file names", f"July ({number})", found, REMEDY)
        if files[july[number]].split() != files[july[original]].split():
            expected = f"the rows of {july[original]}"
            raise InputError(DATASET, july[number], "", expected, "others", REMEDY)


TABLES = {TABLE: read_units_daily}
"""Reader of each table that is made here."""
