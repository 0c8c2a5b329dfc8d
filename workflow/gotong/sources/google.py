"""Google Community Mobility Reports: visits by place category, province and day.

Google compares the visits of a day with the median of the same weekday in the five weeks from
2020-01-03 to 2020-02-06, and withholds a figure where too few people were seen. No figure of a
report can be checked against another, so that the figures are held to a control total.

The publisher's file of the whole world has the same columns. `of_country` takes the Indonesian rows
out of it while it streams, wherever they lie; what it gives is read like the file of Indonesia.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, decode
from gotong.sources.rows import read_rows
from gotong.sources.sieve import country_lines
from gotong.tables import DATE, csv_cells

DATASET = "google_mobility"
TABLE = "mobility/google_daily.csv"

COUNTRY = "ID"
"""ISO 3166-1 code of Indonesia, which Google and this table print for the whole country."""

FIRST_DAY, LAST_DAY = "2020-02-15", "2022-10-15"

CATEGORIES = (
    "retail_and_recreation",
    "grocery_and_pharmacy",
    "parks",
    "transit_stations",
    "workplaces",
    "residential",
)

_CHANGE = "_percent_change_from_baseline"
_REGION, _DAY = "sub_region_1", "date"
_FINER = ("sub_region_2", "metro_area", "census_fips_code")
_CELLS = (
    dict.fromkeys(("country_region_code", "country_region", _REGION, *_FINER[:2]), "str")
    | dict.fromkeys(("iso_3166_2_code", "census_fips_code", "place_id"), "str")
    | {_DAY: DATE}
    | {f"{category}{_CHANGE}": "Int64" for category in CATEGORIES}
)
HEADER = ",".join(_CELLS)
"""First line of every report."""

# Of the columns sub_region_1, date and CATEGORIES, sorted by the first two.
CONTROL = ControlTotal(34_090, "270ac52979b031a6")


def of_country(blocks: Iterable[bytes], file: str) -> bytes:
    """Return the header and the Indonesian rows of a report, which may be that of the world.

    Parameters
    ----------
    blocks : iterable of bytes
        The file in order, cut anywhere.
    file : str
        For the message.

    Returns
    -------
    bytes
        A report of Indonesia, its rows in the order of the file.

    Raises
    ------
    InputError
        See `sieve.country_lines`.
    """
    return b"".join(country_lines(blocks, COUNTRY, DATASET, file))


def parse_rows(block: bytes, file: str) -> pd.DataFrame:
    """Read whole lines of a report, without its header.

    Parameters
    ----------
    block : bytes
        Lines of any number, of one country, from anywhere in the file.
    file : str
        For the message; rows count from 2 at the start of the block.

    Returns
    -------
    pandas.DataFrame
        sub_region_1 (blank for the country as a whole), date, and `CATEGORIES` in per cent of
        the baseline, missing where Google withheld the figure.

    Raises
    ------
    InputError
        A row of another length; a cell that is no date or whole number; a change below -100;
        a row of another country, or of a part of a province.
    """
    text = decode(block, DATASET, file).encode("utf-8")
    rows = read_rows(text, _CELLS, DATASET, file)
    _refuse(rows["country_region_code"] != COUNTRY, rows, "country_region_code", COUNTRY, file)
    for name in _FINER:
        _refuse(rows[name] != "", rows, name, "a blank: no part of a province", file)
    _refuse(rows[_DAY].isna(), rows, _DAY, "a date such as 2020-04-10", file)
    for category in CATEGORIES:
        name = f"{category}{_CHANGE}"
        _refuse((rows[name] < -100).fillna(False), rows, name, "-100 or more", file)
    rows.columns = rows.columns.str.removesuffix(_CHANGE)
    return rows[[_REGION, _DAY, *CATEGORIES]]


def _refuse(wrong: pd.Series, rows: pd.DataFrame, name: str, expected: str, file: str) -> None:
    """Stop at the first row that is wrong."""
    for row in wrong.index[wrong]:
        found = repr(str(rows.loc[row, name]))
        place = f"row {row + 2} of {COUNTRY}, column '{name}'"
        raise InputError(DATASET, file, place, expected, found, REMEDY)


def read_reports(files: Mapping[str, bytes]) -> pd.DataFrame:
    """Read the days of all files together, each region with each day exactly once.

    Parameters
    ----------
    files : mapping of str to bytes
        Reports of Indonesia or of the world, for any spans of days.

    Returns
    -------
    pandas.DataFrame
        As `parse_rows`, sorted by sub_region_1 and date.

    Raises
    ------
    InputError
        A header other than the known one; no row of Indonesia; a day from `FIRST_DAY` to
        `LAST_DAY` that a region lacks or has twice; any other day; and see `parse_rows`.
    """
    parts = []
    for file in sorted(files):
        header, _, rows = _own(files[file], file).partition(b"\n")
        cells = csv_cells(decode(header, DATASET, file), DATASET, file, REMEDY)
        if cells != [list(_CELLS)]:
            found = ",".join(cells[0]) if cells else "nothing"
            raise InputError(DATASET, file, "row 1 (header)", HEADER, found, REMEDY)
        parts.append(parse_rows(rows, file))
    if not parts:
        raise InputError(DATASET, "", "", "a report", "no file", REMEDY)
    days = pd.concat(parts).sort_values([_REGION, _DAY], ignore_index=True)
    file = ", ".join(sorted(files))
    if days.empty:
        raise InputError(DATASET, file, "", f"rows that begin with '{COUNTRY},'", "none", REMEDY)
    _expect_calendar(days, file)
    return days


def _own(content: bytes, file: str) -> bytes:
    """Return what `of_country` takes of a report, at once where it holds no other line."""
    starts = content.count(f"\n{COUNTRY},".encode())
    alone = content.endswith(b"\n") and content.count(b"\n") == starts + 1
    return content if alone else of_country([content], file)


def _expect_calendar(days: pd.DataFrame, file: str) -> None:
    """Stop unless every region has every day exactly once."""
    found = pd.MultiIndex.from_frame(days[[_REGION, _DAY]])
    calendar = pd.date_range(FIRST_DAY, LAST_DAY, unit="s")
    due = pd.MultiIndex.from_product([days[_REGION].unique(), calendar])
    faults = {
        "twice": found[found.duplicated()],
        "none": due.difference(found),
        f"a day outside {FIRST_DAY} to {LAST_DAY}": found.difference(due),
    }
    for fault, keys in faults.items():
        for region, day in keys[:1]:
            place = f"{region or COUNTRY}, {day.date()}"
            raise InputError(DATASET, file, place, "each day once", fault, REMEDY)


def read_google_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the changes of visits in the 34 provinces and the country, by day.

    Parameters
    ----------
    files : mapping of str to bytes
        The reports of Indonesia of 2020, 2021 and 2022, by registered path, or the one of the
        whole world.
    gazetteer : Gazetteer
        Every printed name but the blank one must resolve to a province.

    Returns
    -------
    pandas.DataFrame
        ``mobility/google_daily.csv``: region_code (``ID`` for the country), date, and
        `CATEGORIES` in per cent. Of 34,090 rows retail is withheld in 50, grocery in 99, parks
        in 118, transit in 954; workplaces and residential in none.

    Raises
    ------
    InputError
        A name that is no province; a province without days; figures other than the registered
        ones (`expect_total`); and see `read_reports`.
    """
    days = read_reports(files)
    file = ", ".join(sorted(files))
    codes = {
        name: gazetteer.resolve(name, DATASET, file, f"column '{_REGION}'") if name else COUNTRY
        for name in days[_REGION].unique()
    }
    provinces = gazetteer.codes("province")
    if sorted(codes.values()) != sorted([COUNTRY, *provinces]):
        found = ",".join(sorted(codes.values()))
        expected = f"{COUNTRY} and {len(provinces)} provinces, each once"
        raise InputError(DATASET, file, f"column '{_REGION}'", expected, found, REMEDY)
    expect_total(days, CONTROL, DATASET, file)
    columns = dtypes(RAW[TABLE])
    frame = days.assign(region_code=days[_REGION].map(codes))[list(columns)].astype(columns)
    return frame.sort_values(["region_code", "date"], ignore_index=True)


TABLES = {TABLE: read_google_daily}
"""Reader of each table that is made here."""
