"""Cases by kelurahan of DKI Jakarta: by day to July 2020, at month-ends to July 2021.

The month-ends are workbooks of the health office; the days come from a copy that a map of the
same figures kept, in which cases without a kelurahan are missing (a third in July 2020). The
copy knows kelurahan by name only and is held, count by count, against the workbooks of the four
month-ends that both cover.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.dki_sheets import (
    COUNTS,
    LABELS,
    OUTSIDE,
    UNKNOWN,
    date_in_words,
    expect_parts,
    plain_name,
    read_sheet,
)
from gotong.sources.reading import REMEDY, decode
from gotong.sources.workbook import sheet_rows
from gotong.tables import DATE

MONTHLY = "dki_kelurahan_monthly"
DAILY = "dki_kelurahan_daily"
DAILY_FILE = "public/data.json"

MONTH_ENDS = (
    *("2020-03-31", "2020-04-30", "2020-05-31", "2020-06-30", "2020-07-31", "2020-08-31"),
    *("2020-09-30", "2020-10-31", "2020-11-30", "2020-12-31"),
    # The file of January 2021 is a day early.
    *("2021-01-30", "2021-02-28", "2021-03-31", "2021-04-30", "2021-05-31"),
    *("2021-06-30", "2021-07-31"),
)
"""Days of the workbooks, in their order."""

_FIRST_DAY, _LAST_DAY = "2020-03-26", "2020-07-18"
"""First and last day of the map."""

_LABELLED = ["kelurahan_code", *LABELS]
_KEPT = {"cases": "cumulative_cases", "deaths": "cumulative_deaths"}

_MONTHLY_CONTROL = ControlTotal(4_573, "10b2d1b8f298c3da")
_DAILY_CONTROL = ControlTotal(30_705, "4adf3ff6d736aa38")

_DAILY_COUNTS = dict(
    zip(("positif", "dirawat", "sembuh", "meninggal", "isolasi"), COUNTS, strict=True)
)
_DAILY_FIELDS = {"odp", "odppp", "odpsp", "pdp", "pdpmd", "pdpps", *_DAILY_COUNTS}

_NO_PARTS = ("2020-07-17", "2020-07-18")
"""Days on which the copy's count of those in isolation is another one, so that the parts do
not sum to the cases."""


def read_month_ends(
    files: Mapping[str, bytes], gazetteer: Gazetteer, wanted: Iterable[str] = MONTH_ENDS
) -> pd.DataFrame:
    """Read the workbooks of month-ends.

    Parameters
    ----------
    files : mapping of str to bytes
        The 17 workbooks by registered path; other files are left alone.
    gazetteer : Gazetteer
        Every unit's codes and name.
    wanted : iterable of str
        Days to read.

    Returns
    -------
    pandas.DataFrame
        What `dki_sheets.read_sheet` gives, with date and file; sorted by date and code.

    Raises
    ------
    InputError
        Not one workbook for each day of `MONTH_ENDS`; a kelurahan whose labels differ between
        workbooks; and see `dki_sheets.read_sheet` and `dki_sheets.expect_parts`.
    """
    paths = _workbook_paths(files)
    parts: list[pd.DataFrame] = []
    for day in wanted:
        file = paths[day]
        rows = sheet_rows(files[file], MONTHLY, file, "data")
        sheet = read_sheet(rows, MONTHLY, file, gazetteer)
        expect_parts(sheet, MONTHLY, file)
        if parts and not sheet[_LABELLED].equals(parts[0][_LABELLED]):
            expected = f"the kelurahan and their labels as in {parts[0]['file'].iloc[0]}"
            raise InputError(MONTHLY, file, "", expected, "others", REMEDY)
        parts.append(sheet.assign(date=pd.Timestamp(day), file=file))
    return pd.concat(parts, ignore_index=True)


def _workbook_paths(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the path of the workbook of each month-end, by its date."""
    paths: dict[str, str] = {}
    for file in sorted(files):
        named = re.search(r"\((\d{1,2}) (\w+) (\d{4}) Pukul [\d.]+\)\.xlsx$", file)
        if named is None:
            continue
        day = date_in_words(*named.groups())
        if day not in MONTH_ENDS or day in paths:
            found = day or "no date"
            raise InputError(MONTHLY, file, "file name", "a month-end, each once", found, REMEDY)
        paths[day] = file
    missing = [day for day in MONTH_ENDS if day not in paths]
    if missing:
        expected, found = "a workbook for each month-end", "none of " + ", ".join(missing)
        raise InputError(MONTHLY, "", "file names", expected, found, REMEDY)
    return paths


def read_kelurahan(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read which kelurahan there are.

    Parameters
    ----------
    files : mapping of str to bytes
        The 17 workbooks of month-ends by registered path.
    gazetteer : Gazetteer
        Every unit's codes and name.

    Returns
    -------
    pandas.DataFrame
        ``kelurahan/kelurahan.csv``: kelurahan_code, name, kecamatan, unit_code. The labels are
        those of all 17 workbooks; six islands are spelled as they are since April 2020.

    Raises
    ------
    InputError
        See `read_month_ends`.
    """
    frame = read_month_ends(files, gazetteer)
    last = frame[(frame["date"] == frame["date"].max()) & _lives_in_kelurahan(frame)]
    return _as_contracted(last, "kelurahan/kelurahan.csv", "kelurahan_code")


def read_cases_monthly(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read cumulative cases and deaths at the ends of 17 months.

    A third of the cases had no known address in 2020 and got one later, so that the rise of a
    kelurahan over a month is more than its new cases.

    Parameters
    ----------
    files : mapping of str to bytes
        The 17 workbooks of month-ends by registered path.
    gazetteer : Gazetteer
        Every unit's codes and name.

    Returns
    -------
    pandas.DataFrame
        ``kelurahan/cases_monthly.csv``: kelurahan_code, date, cumulative_cases and
        cumulative_deaths (persons); 267 kelurahan, ``outside`` and ``unknown`` a date.

    Raises
    ------
    InputError
        See `read_month_ends`; also sums that are not those of the pinned files.
    """
    frame = read_month_ends(files, gazetteer)
    named = frame.rename(columns=_KEPT)
    table = _as_contracted(named, "kelurahan/cases_monthly.csv", "kelurahan_code", "date")
    return expect_total(table, _MONTHLY_CONTROL, MONTHLY, "all workbooks")


def read_cases_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read cumulative cases and deaths of every kelurahan and day, 2020-03-26 to 2020-07-18.

    Cases who live outside DKI Jakarta or whose address is unknown are not in the file, so that
    sums are below those of the province: 10,912 of 15,981 on the last day. Six islands are
    spelled in one way on 16 days and in another on the other 99; no day has both, and they are
    put together. On 2020-03-29 and 2020-03-30 the cases of 2 and 20 persons are counted that
    the office's own sheet of the day lacks: as published.

    Parameters
    ----------
    files : mapping of str to bytes
        ``public/data.json`` and the 17 workbooks of month-ends, by registered path.
    gazetteer : Gazetteer
        Every unit's codes and name.

    Returns
    -------
    pandas.DataFrame
        ``kelurahan/cases_daily.csv``: kelurahan_code, date, cumulative_cases and
        cumulative_deaths (persons); 267 kelurahan a day, none left out.

    Raises
    ------
    InputError
        A file is missing or is no JSON of the known shape; a name that no workbook has; a day
        of a kelurahan twice or not at all; cases that are not the sum of their parts; another
        count than a workbook of the same day has; sums that are not those of the pinned file.
    """
    if DAILY_FILE not in files:
        raise InputError(DAILY, DAILY_FILE, "", "this file", "no such file", REMEDY)
    common = [day for day in MONTH_ENDS if _FIRST_DAY <= day <= _LAST_DAY]
    month_ends = read_month_ends(files, gazetteer, common)
    month_ends = month_ends[_lives_in_kelurahan(month_ends)]
    labelled = month_ends.drop_duplicates("kelurahan_code")
    codes = dict(zip(labelled["name"], labelled["kelurahan_code"], strict=True))
    frame = _daily(_json(files[DAILY_FILE]), codes)
    _expect_every_day(frame, codes)
    _expect_daily_parts(frame)
    _expect_same(frame, month_ends)
    named = frame.rename(columns=_KEPT)
    table = _as_contracted(named, "kelurahan/cases_daily.csv", "kelurahan_code", "date")
    return expect_total(table, _DAILY_CONTROL, DAILY, DAILY_FILE)


def _lives_in_kelurahan(frame: pd.DataFrame) -> pd.Series:
    """Tell which rows are a kelurahan's."""
    return ~frame["kelurahan_code"].isin((OUTSIDE, UNKNOWN))


def _as_contracted(frame: pd.DataFrame, table: str, *key: str) -> pd.DataFrame:
    """Return the columns of a contract, sorted by its key."""
    columns = dtypes(RAW[table])
    return frame[list(columns)].astype(columns).sort_values(list(key), ignore_index=True)


def _fault(place: str, expected: str, found: str) -> InputError:
    """Return what the user is told of the file of the days."""
    return InputError(DAILY, DAILY_FILE, place, expected, found, REMEDY)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; one that names a member twice would lose the first."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError(f"an object with a member twice, among {list(members)[:5]}")
    return members


def _json(content: bytes) -> dict[str, Any]:
    """Return the object that the file of the days is."""
    text = decode(content, DAILY, DAILY_FILE)
    try:
        parsed = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise _fault("", "JSON, every member once", str(error)[:200]) from None
    if not isinstance(parsed, dict):
        raise _fault("", "an object of kelurahan", type(parsed).__name__)
    return parsed


def _daily(parsed: dict[str, Any], codes: Mapping[str, str]) -> pd.DataFrame:
    """Return kelurahan_code, date and `COUNTS` of every kelurahan and day, sorted by both."""
    records = []
    for spelling, days in parsed.items():
        code = codes.get(plain_name(spelling))
        if code is None or not isinstance(days, dict):
            raise _fault("", "days under the name of a kelurahan", repr(spelling))
        for day, counts in days.items():
            place = f"{spelling}, {day}"
            if not isinstance(counts, dict) or set(counts) != _DAILY_FIELDS:
                raise _fault(place, ", ".join(sorted(_DAILY_FIELDS)), repr(counts)[:200])
            numbers = [counts[name] for name in _DAILY_COUNTS]
            if any(type(number) is not int or not 0 <= number < 2**31 for number in numbers):
                raise _fault(place, "whole numbers, 0 or more", repr(numbers)[:200])
            records.append((code, day, *numbers))
    frame = pd.DataFrame(records, columns=["kelurahan_code", "date", *COUNTS])
    iso = frame["date"].astype("str").str.fullmatch(r"\d{4}-\d{2}-\d{2}").astype(bool)
    frame["date"] = pd.to_datetime(
        frame["date"].where(iso), format="%Y-%m-%d", errors="coerce"
    ).astype(DATE)
    return frame.sort_values(["date", "kelurahan_code"], ignore_index=True)


def _expect_every_day(frame: pd.DataFrame, codes: Mapping[str, str]) -> None:
    """Stop unless every kelurahan stands once on every day of the map, and on no other."""
    days = pd.date_range(_FIRST_DAY, _LAST_DAY, unit="s")
    due = pd.MultiIndex.from_product([days, sorted(codes.values())])
    found = pd.MultiIndex.from_frame(frame[["date", "kelurahan_code"]])
    if found.equals(due):
        return
    repeated, missing = found[found.duplicated()], due.difference(found)
    stray = found.difference(due)
    wrong = ", ".join(
        f"{name}: {code} on {day:%Y-%m-%d}" if pd.notna(day) else f"{name}: {code} on no day"
        for name, index in (("twice", repeated), ("missing", missing), ("stray", stray))
        for day, code in index[:1]
    )
    expected = f"each of {len(codes)} kelurahan once on each day {_FIRST_DAY} to {_LAST_DAY}"
    raise _fault("", expected, wrong)


def _expect_daily_parts(frame: pd.DataFrame) -> None:
    """Stop at cases that are not the sum of their parts."""
    for day, sheet in frame.groupby(frame["date"].astype("str")):
        if day not in _NO_PARTS:
            expect_parts(sheet, DAILY, f"{DAILY_FILE} ({day!s})")


def _expect_same(frame: pd.DataFrame, month_ends: pd.DataFrame) -> None:
    """Stop at a count that is another one in the workbook of the same day."""
    key = ["date", "kelurahan_code"]
    both = frame.merge(month_ends[[*key, *COUNTS]].astype({"date": DATE}), on=key)
    for name in COUNTS:
        differing = both[both[f"{name}_x"] != both[f"{name}_y"]]
        for row in differing[:1].itertuples():
            place = f"{name} of {row.kelurahan_code} on {row.date:%Y-%m-%d}"
            expected = f"{getattr(row, f'{name}_y')}, as in the workbook of the day"
            raise _fault(place, expected, f"{getattr(row, f'{name}_x')}")


TABLES = {
    "kelurahan/kelurahan.csv": read_kelurahan,
    "kelurahan/cases_daily.csv": read_cases_daily,
    "kelurahan/cases_monthly.csv": read_cases_monthly,
}
"""Reader of each table that is made here."""
