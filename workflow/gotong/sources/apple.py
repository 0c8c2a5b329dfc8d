"""Apple Mobility Trends: requests for directions in Jakarta, from a file of 2020-06-02.

The file is wide by day, one row per place and kind of transport. No figure of it can be checked
against another, so that the two rows read here are held to a control total.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, csv_rows, expect_header

DATASET = "apple_mobility"
TABLE = "mobility/apple_jakarta_daily.csv"

_PLACE = ("geo_type", "region", "transportation_type", "alternative_name", "sub-region", "country")
_DAYS = pd.date_range("2020-01-13", "2020-06-02", unit="s")
_CITY = "Jakarta"
_TRANSPORT = ("driving", "walking")
_WITHHELD = ("2020-05-11", "2020-05-12")
"""Days that Apple left blank in every place."""

# Of the columns date, driving and walking.
_CONTROL = ControlTotal(142, "2fc50cd57c01f776")


def read_city(content: bytes, file: str, city: str = _CITY) -> pd.DataFrame:
    """Read the driving and walking rows of one city of Indonesia.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        For the message.
    city : str
        The city as it is printed.

    Returns
    -------
    pandas.DataFrame
        date, driving, walking: index, 100 on 2020-01-13; missing on 2020-05-11 and 12.

    Raises
    ------
    InputError
        A header other than the known one; a row of another length; none or several rows of
        the city for a kind of transport; a cell that is no number of 0 or more; a blank on any
        but the two days, or a number there; an index other than 100 on the first day.
    """
    header, *rows = csv_rows(content, DATASET, file)
    expect_header(header, [*_PLACE, *_DAYS.strftime("%Y-%m-%d")], DATASET, file)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            expected = f"{len(header)} fields"
            raise InputError(DATASET, file, f"row {number}", expected, str(len(row)), REMEDY)
    series = {}
    for transport in _TRANSPORT:
        place = ["city", city, transport, "", "", "Indonesia"]
        chosen = [row[len(place) :] for row in rows if row[: len(place)] == place]
        if len(chosen) != 1:
            found = f"{len(chosen)} rows"
            raise InputError(DATASET, file, f"{city}, {transport}", "one row", found, REMEDY)
        series[transport] = _index(chosen[0], f"{city}, {transport}", file)
    return pd.DataFrame({"date": _DAYS} | series)


def _index(cells: list[str], row: str, file: str) -> list[float | None]:
    """Return the days of one row as numbers, or say which is wrong."""
    values: list[float | None] = []
    for day, cell in zip(_DAYS.strftime("%Y-%m-%d"), cells, strict=True):
        expected, right = "a number, 0 or more", re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell)
        if day in _WITHHELD:
            expected, right = "a blank", re.fullmatch("", cell)
        elif day == _DAYS[0].strftime("%Y-%m-%d"):
            expected, right = "100, the baseline", re.fullmatch(r"100(\.0+)?", cell)
        if not right:
            raise InputError(DATASET, file, f"{row}, {day}", expected, repr(cell), REMEDY)
        values.append(float(cell) if cell else None)
    return values


def read_apple_jakarta(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read requests for directions in Jakarta by day, 2020-01-13 to 2020-06-02.

    Parameters
    ----------
    files : mapping of str to bytes
        The one file, by registered path.
    gazetteer : Gazetteer
        Where ``Jakarta`` resolves to DKI.

    Returns
    -------
    pandas.DataFrame
        ``mobility/apple_jakarta_daily.csv``: region_code, date, driving, walking (index, 100
        on 2020-01-13). Apple does not adjust for weekdays: compare a day with the same weekday.

    Raises
    ------
    InputError
        Not exactly one file; figures other than the registered ones (`expect_total`); and see
        `read_city`.
    """
    if len(files) != 1:
        raise InputError(DATASET, "", "", "one file", f"{len(files)} files", REMEDY)
    ((file, content),) = files.items()
    frame = read_city(content, file)
    expect_total(frame, _CONTROL, DATASET, file)
    region = gazetteer.resolve(_CITY, DATASET, file, "column 'region'")
    columns = dtypes(RAW[TABLE])
    return frame.assign(region_code=region)[list(columns)].astype(columns)


TABLES = {TABLE: read_apple_jakarta}
"""Reader of each table that is made here."""
