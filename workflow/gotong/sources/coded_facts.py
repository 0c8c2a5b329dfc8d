"""Reader of figures that were found as text: beds, patients, commuters, passengers, countries."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, check
from gotong.regions import Gazetteer
from gotong.sources.coded_table import (
    REMEDY,
    CodedTable,
    StatedDate,
    read_coded,
    stated_date,
)
from gotong.sources.control import ControlTotal, expect_total
from gotong.tables import DATE

DATASET = "gotong_facts"
TABLE = "epidemic/facts.csv"
FILE = "facts_socioeconomic.csv"

_COLUMNS = {
    "unit": "str",
    "indicator": "str",
    "year": "str",
    "value": "float64",
    "unit_of_measure": "str",
    "source_title": "str",
    "source_url": "str",
    "confidence": "str",
}
_ABROAD = {"Brazil": "BRA", "Taiwan": "TWN"}
_WEEK = re.compile(r"(?P<first>[\d-]{10})/(?P<last>[\d-]{10})( \(inferred week\))?")
_LAST_OF_WEEK = pd.Timedelta(days=6)
_UNSTATED = ("CDR period not stated in repo", "OWID static, as of 2021-01")
"""Periods that say of which file a figure is, and not of which time."""

_CONTROL = ControlTotal(209, "bb419a63db886137")


def read_facts(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read the figures found in press, reports and notes of data.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``facts_socioeconomic.csv``.
    gazetteer : Gazetteer
        Every region's code and name; areas that are no single region are among its spellings.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``epidemic/facts.csv``, one row per row of the file, sorted by area,
        indicator and period. A share stays a share of what its source shares out, a count of
        beds excludes what its source excludes: `indicator` says so, and rows are not summed.

    Raises
    ------
    InputError
        Another layout; an unknown area; a period that is no day, week, month or year; a
        figure that is no number; an address that is not http(s); a value that the contract
        does not allow; another control total.
    """
    coded = read_coded(files, FILE, _COLUMNS, DATASET)
    coded.expect_addresses("source_url")
    frame = coded.frame
    for column in ("indicator", "unit_of_measure"):
        coded.refuse(frame[column] == "", column, "words")
    periods = [_period(coded, row, text) for row, text in enumerate(frame["year"])]
    regions = [
        gazetteer.resolve(area, DATASET, FILE, f"row {row + 2}, column 'unit'")
        for row, area in enumerate(frame["unit"])
    ]
    schema = RAW[TABLE]
    named = frame.rename(columns={"unit": "area", "year": "period"}).assign(
        region_code=pd.Series(regions, dtype="str"),
        country_code=[_ABROAD.get(area, "IDN") for area in frame["unit"]],
        precision=pd.Series([period.precision for period in periods], dtype="str"),
        start_date=pd.Series([period.first for period in periods], dtype=DATE),
        end_date=pd.Series([period.last for period in periods], dtype=DATE),
    )[list(schema.columns)]
    check(named, schema, FILE, REMEDY)
    named = named.sort_values(["area", "indicator", "period"], ignore_index=True)
    return expect_total(named, control, DATASET, FILE)


def _period(coded: CodedTable, row: int, text: str) -> StatedDate:
    """Return the days that a period may mean; none for a period that is not stated."""
    if text in _UNSTATED:
        return StatedDate("unstated")
    week = _WEEK.fullmatch(text)
    first = stated_date(week["first"] if week else text)
    if first is None or first.first is None:
        raise coded.fault(row, "year", "a day, week, month or year", repr(text))
    if week is None:
        return first
    last = first.first + _LAST_OF_WEEK
    if week["last"] != last.date().isoformat():
        raise coded.fault(row, "year", f"a week from {week['first']}", repr(text))
    return StatedDate("week", first.first, last)


TABLES = {TABLE: read_facts}
"""Reader of each table that is made here."""
