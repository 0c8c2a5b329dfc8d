"""Gross regional domestic product per head, by QuaRCS Lab from BPS.

Three defects of the file are met here. The 42 rows of Papua carry the names of the provinces
of 2022 and the values of the old order of BPS: "Kota Jayapura" has the numbers of Mimika. They
are read by position; GRDP of 2021 over the census then agrees with them to 1.4 per cent
(median), and to 46 by the printed names. All eleven units of Jambi jump by 17 to 57 per cent
from 2015 to 2016 and add up to the province's GRDP at current prices from then on. Kab. Bima
and Kota Bima were divided by each other's population until 2015. The last two stay as
published and are named in the column ``suspect``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer, province_of
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, csv_rows, expect_header

DATASET = "quarcs_grdp"
FILE = "gdp/gdp_pc.csv"
TABLE = "context/grdp_per_capita.csv"
_CONTROL = ControlTotal(12_850, "79f405e8b75b99fd")

YEARS = range(2000, 2025)
FIRST_BY_CENSUS = 2020
"""From this year on the publisher divides by the census of 2020 and what follows from it."""

_LABELS = ("districtID", "district", "provinceID", "province", "islandID", "island")
_HEADER = (*_LABELS, *(f"grdp_pc_{year}" for year in YEARS))
_PAPUA = ("91", "94")
_PAPUA_TODAY = ("91", "92", "94", "95", "96", "97")
_NUMBER = re.compile(r" [0-9]{1,3}(,[0-9]{3}){0,2} ")

_JAMBI, _FIRST_AT_CURRENT_PRICES = "15", 2016
_BIMA, _LAST_EXCHANGED = ("5206", "5272"), 2015


def read_grdp_per_capita(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read gross regional domestic product per head of every kabupaten and kota, 2000 to 2024.

    Parameters
    ----------
    files : mapping of str to bytes
        The CSV file (`FILE`), by registered path.
    gazetteer : Gazetteer
        Its kabupaten and kota must be exactly those of the file.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/grdp_per_capita.csv``: region_code, year, grdp_per_capita (thousand rupiah
        per person at prices of 2010), after_break, suspect; 514 x 25 rows.

    Raises
    ------
    InputError
        Another header or number of rows or fields; a code out of order, or beside another
        region's name; a cell that is not a number as the file writes them; other figures.
    """
    if FILE not in files:
        raise InputError(DATASET, FILE, "", "this file", "no such file", REMEDY)
    header, *rows = csv_rows(files[FILE], DATASET, FILE)
    expect_header(header, _HEADER, DATASET, FILE)
    _expect_units(rows, gazetteer)
    units = _units(gazetteer)
    records = [
        (unit, year, _number(cell, number, year), year >= FIRST_BY_CENSUS, _suspect(unit, year))
        for number, (unit, row) in enumerate(zip(units, rows, strict=True), start=2)
        for year, cell in zip(YEARS, row[len(_LABELS) :], strict=True)
    ]
    columns = dtypes(RAW[TABLE])
    frame = pd.DataFrame(records, columns=list(columns)).astype(columns)
    return expect_total(frame, control, DATASET, FILE)


def _units(gazetteer: Gazetteer) -> list[str]:
    """Return the codes of all kabupaten and kota in the order of BPS, and of the file's values."""
    return sorted((*gazetteer.codes("kabupaten"), *gazetteer.codes("kota")))


def _expect_units(rows: list[list[str]], gazetteer: Gazetteer) -> None:
    """Stop unless the rows are those of all units, each under its own code and name."""
    units = _units(gazetteer)
    if len(rows) != len(units):
        expected = f"{len(units)} rows, one per kab/kota"
        raise InputError(DATASET, FILE, "", expected, f"{len(rows)}", REMEDY)
    for number, (unit, row) in enumerate(zip(units, rows, strict=True), start=2):
        if len(row) != len(_HEADER):
            expected, found = f"{len(_HEADER)} fields", f"{len(row)}"
            raise InputError(DATASET, FILE, f"row {number}", expected, found, REMEDY)
        _expect_label(unit, row, number, gazetteer)
    printed = [row[0] for row in rows]
    for number, (above, below) in enumerate(pairwise(printed), start=3):
        if below <= above:
            place, expected = f"row {number}, column 'districtID'", f"a code after {above}"
            raise InputError(DATASET, FILE, place, expected, below, REMEDY)


def _expect_label(unit: str, row: list[str], number: int, gazetteer: Gazetteer) -> None:
    """Stop at a row whose code or name is not that of the unit at its position.

    In Papua the labels are newer than the values, so that they need only be some unit's there.
    """
    code, name, province = row[:3]
    place = f"row {number}, column 'district'"
    plain = name if name.startswith("Kota ") else f"Kab. {name}"
    named = gazetteer.resolve(name, DATASET, FILE, place, read_as=plain)
    if province_of(unit) in _PAPUA:
        known = province_of(named) in _PAPUA and province in _PAPUA_TODAY
        expected, right = "a code and a name of Papua", known and province_of(code) == province
    else:
        expected = f"{unit} {gazetteer.name(unit)}"
        right = (code, named, province) == (unit, unit, province_of(unit))
    if not right:
        raise InputError(DATASET, FILE, place, expected, f"{code} {name}", REMEDY)


def _number(cell: str, number: int, year: int) -> int:
    """Return a cell such as ``" 12,345 "`` as a number."""
    if not _NUMBER.fullmatch(cell):
        place = f"row {number}, column 'grdp_pc_{year}'"
        raise InputError(DATASET, FILE, place, "a number such as ' 12,345 '", repr(cell), REMEDY)
    return int(cell.replace(",", ""))


def _suspect(unit: str, year: int) -> str:
    """Return why a number is not what the table says, or blank."""
    if province_of(unit) == _JAMBI and year >= _FIRST_AT_CURRENT_PRICES:
        return "current_prices"
    if unit in _BIMA and year <= _LAST_EXCHANGED:
        return "exchanged_population"
    return ""


TABLES = {TABLE: read_grdp_per_capita}
"""Reader of each table that is made here."""
