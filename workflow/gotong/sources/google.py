"""Google Community Mobility Reports: visits by place category, province and day.

Google compares the visits of a day with the median of the same weekday in the five weeks from
2020-01-03 to 2020-02-06, and withholds a figure where too few people were seen. No figure of a
report can be checked against another, so that the figures are held to a control total.

The publisher's file of the whole world has the same columns. `country_lines` takes the lines of
one country out of it while it streams; what it gives is read like the file of that country.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, decode
from gotong.tables import DATE, csv_cells, read_csv

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
_HEADER_LINE = ",".join(_CELLS).encode() + b"\n"

# Of the columns sub_region_1, date and CATEGORIES, sorted by the first two.
_CONTROL = ControlTotal(34_090, "270ac52979b031a6")


def country_lines(blocks: Iterable[bytes], country: str = COUNTRY) -> Iterator[bytes]:
    """Yield the header and the lines of one country from a file that comes block by block.

    The lines of 1 per cent of a file are found several times faster than a CSV parser reads all
    of it. The country is the first column and no field of the reports holds a line break; one
    that did would give rows of too few fields, which `parse_rows` refuses.

    Parameters
    ----------
    blocks : iterable of bytes
        The file in order, cut anywhere.
    country : str
        Code of the country as it stands in the first column.

    Yields
    ------
    bytes
        Whole lines, each with its line feed.
    """
    start = f"{country},".encode()
    kept: tuple[bytes, ...] = (b"",)  # of the first line, whatever it is: the header
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            if line.startswith(kept):
                yield line + b"\n"
            kept = (start,)
    if rest and rest.startswith(kept):
        yield rest + b"\n"


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
    rows = read_csv(_HEADER_LINE + text, _CELLS, DATASET, file, REMEDY)
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
        A header other than the known one; a day from `FIRST_DAY` to `LAST_DAY` that a region
        lacks or has twice; any other day; and see `parse_rows`.
    """
    parts = []
    for file in sorted(files):
        header, *lines = country_lines([files[file]]) if files[file] else (b"",)
        cells = csv_cells(decode(header, DATASET, file), DATASET, file, REMEDY)
        if cells != [list(_CELLS)]:
            found = ",".join(cells[0]) if cells else "nothing"
            raise InputError(DATASET, file, "row 1 (header)", ",".join(_CELLS), found, REMEDY)
        parts.append(parse_rows(b"".join(lines), file))
    if not parts:
        raise InputError(DATASET, "", "", "a report", "no file", REMEDY)
    days = pd.concat(parts).sort_values([_REGION, _DAY], ignore_index=True)
    _expect_calendar(days, ", ".join(sorted(files)))
    return days


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
    expect_total(days, _CONTROL, DATASET, file)
    columns = dtypes(RAW[TABLE])
    frame = days.assign(region_code=days[_REGION].map(codes))[list(columns)].astype(columns)
    return frame.sort_values(["region_code", "date"], ignore_index=True)


TABLES = {TABLE: read_google_daily}
"""Reader of each table that is made here."""
