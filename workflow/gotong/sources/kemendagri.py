"""Area and registered residents of kabupaten and kota, by the interior ministry.

The files are SQL of one known form; they are read as text and never executed. They follow the
38 provinces of 2025: `region_of_2020` crosses their codes over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer, province_of
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, decode

DATASET = "kemendagri_wilayah"
AREA_FILE, POPULATION_FILE = "db/wilayah_luas.sql", "db/wilayah_penduduk.sql"
AREA_TABLE, POPULATION_TABLE = "context/area.csv", "context/population_dukcapil_2024.csv"
_AREA_CONTROL = ControlTotal(514, "3d26254953c33bdc")
_POPULATION_CONTROL = ControlTotal(514, "8b827988f2b00f92")

CARVED_OUT = {"93": "94", "94": "94", "95": "94", "96": "91"}
"""Kemendagri codes of the provinces made in 2022, and the BPS codes of those of 2020 that they
were carved out of. Their units were renumbered: 93.01 is Merauke, 91.01 before."""

COUNTRY = "0"

_ROUNDING_KM2 = 0.002
"""Areas have three decimals; those of a province and the sum of its units differ by no more."""

_CODE, _NAME = r"'(?P<code>[0-9.]+)'", r"'(?P<name>(?:[^']|'')+)'"
_COUNT = r"'([0-9]{1,9})'"
_AREA_ROW = re.compile(rf"\({_CODE},{_NAME},([0-9]{{1,6}}\.[0-9]{{1,3}})\)[,;]")
_POPULATION_ROW = re.compile(rf"\({_CODE},{_NAME},{_COUNT},{_COUNT},{_COUNT}\)[,;]")
_INSERT = re.compile(r"INSERT INTO wilayah_\w+\([\w, ]+\)")
_CLIPPED = re.compile(r"[0-9]{2}\.[0-9]")
_PLAIN = re.compile(r"[0-9]{2}(\.[0-9]{2})?")


class _Row(NamedTuple):
    """One region as the ministry lists it, and where it stands."""

    code: str
    name: str
    numbers: tuple[str, ...]
    place: str


def region_of_2020(
    code: str, name: str, gazetteer: Gazetteer, dataset: str, file: str, place: str
) -> str:
    """Return the BPS code of a kabupaten or kota by its Kemendagri code of today.

    Parameters
    ----------
    code : str
        Kemendagri code with a stop, such as ``31.74``.
    name : str
        The unit's name, which decides in the provinces made in 2022 (`CARVED_OUT`).
    gazetteer : Gazetteer
        Regions of 2020.
    dataset, file, place : str
        Where it stands, for the message.

    Raises
    ------
    InputError
        The code or the name is unknown, or the name is of a unit of another province.
    """
    parent = CARVED_OUT.get(code[:2])
    if parent is None:
        return gazetteer.from_kemendagri(code.replace(".", ""), dataset, file, place)
    region = gazetteer.resolve(name, dataset, file, place)
    if province_of(region) != parent or region == parent:
        expected = f"a unit of {gazetteer.name(parent)} as it was in 2020"
        raise InputError(dataset, file, place, expected, f"{name} ({region})", REMEDY)
    return region


def read_area(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _AREA_CONTROL
) -> pd.DataFrame:
    """Read the land area of every kabupaten and kota, as measured by BIG in December 2024.

    Parameters
    ----------
    files : mapping of str to bytes
        The SQL file (`AREA_FILE`), by registered path; others are left alone.
    gazetteer : Gazetteer
        Every kabupaten and kota in it must be found once.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/area.csv``: region_code, area (km2); 514 rows.

    Raises
    ------
    InputError
        The file is missing; a line is not what it holds; codes are out of order, unknown,
        beside another region's name or missing; units do not sum to their province; other
        figures.
    """
    rows = _rows(files, AREA_FILE, _AREA_ROW)
    areas = {row.code: (float(row.numbers[0]),) for row in rows}
    _expect_sums(areas, AREA_FILE, _ROUNDING_KM2)
    frame = _by_region(rows, areas, AREA_FILE, AREA_TABLE, gazetteer)
    return expect_total(frame, control, DATASET, AREA_FILE)


def read_population(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _POPULATION_CONTROL,
) -> pd.DataFrame:
    """Read the residents of every kabupaten and kota in the civil registry, end of 2024.

    Parameters
    ----------
    files : mapping of str to bytes
        The SQL file (`POPULATION_FILE`), by registered path; others are left alone.
    gazetteer : Gazetteer
        Every kabupaten and kota in it must be found once.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/population_dukcapil_2024.csv``: region_code, male, female, total (persons);
        514 rows. Registration is not residence: over the residents of the census of 2020,
        Paniai has 0.57 and Halmahera Tengah 1.87 (median 1.06).

    Raises
    ------
    InputError
        As `read_area`; also where the sexes do not sum to the total, or the provinces not to
        the country.
    """
    rows = _rows(files, POPULATION_FILE, _POPULATION_ROW)
    counts = {row.code: tuple(int(number) for number in row.numbers) for row in rows}
    for row in rows:
        male, female, total = counts[row.code]
        if male + female != total:
            found = f"{male} + {female}, total {total}"
            expected = "pria + wanita = total"
            raise InputError(DATASET, POPULATION_FILE, row.place, expected, found, REMEDY)
    _expect_sums(counts, POPULATION_FILE, 0)
    frame = _by_region(rows, counts, POPULATION_FILE, POPULATION_TABLE, gazetteer)
    return expect_total(frame, control, DATASET, POPULATION_FILE)


def _rows(files: Mapping[str, bytes], file: str, pattern: re.Pattern[str]) -> list[_Row]:
    """Return the rows of a file, ascending by code; refuse lines that it does not hold."""
    if file not in files:
        raise InputError(DATASET, file, "", "this file", "no such file", REMEDY)
    rows = list(_parsed(decode(files[file], DATASET, file), file, pattern))
    for above, below in pairwise(rows):
        if below.code <= above.code:
            expected = f"a code after {above.code}"
            raise InputError(DATASET, file, below.place, expected, below.code, REMEDY)
    return rows


def _parsed(text: str, file: str, pattern: re.Pattern[str]) -> Iterator[_Row]:
    """Yield the rows of a file in its order."""
    begun = False
    for number, line in enumerate(map(str.strip, text.split("\n")), start=1):
        row = pattern.fullmatch(line) if begun else None
        if row:
            place = f"line {number}, {row['code']}"
            yield _Row(_code(row["code"], file, place), row["name"], row.groups()[2:], place)
        elif _INSERT.fullmatch(line):
            begun = True
        elif begun and line and line != "VALUES":
            expected = "('kode','nama',...)"
            raise InputError(DATASET, file, f"line {number}", expected, line[:60], REMEDY)


def _code(printed: str, file: str, place: str) -> str:
    """Return a code whole again.

    Four codes and one province of the area file went through a number and lost or gained an
    end: 12.1 is 12.10, and 31.0 is 31.
    """
    if printed.endswith(".0"):
        return printed.removesuffix(".0")
    code = f"{printed}0" if _CLIPPED.fullmatch(printed) else printed
    if not (_PLAIN.fullmatch(code) or code == COUNTRY):
        raise InputError(DATASET, file, place, "a code such as 31 or 31.74", printed, REMEDY)
    return code


def _expect_sums(numbers: Mapping[str, tuple[float, ...]], file: str, slack: float) -> None:
    """Stop unless units sum to their province, and provinces to the country where it stands."""
    wholes = {code: [other for other in numbers if other[:2] == code != other] for code in numbers}
    wholes[COUNTRY] = [code for code in numbers if len(code) == len(DKI)]
    for code, parts in wholes.items():
        if code not in numbers or "." in code:
            continue
        for stated, *summed in zip(numbers[code], *(numbers[part] for part in parts), strict=True):
            if abs(sum(summed) - stated) > slack:
                expected, found = f"parts that sum to {stated}", f"{sum(summed):.3f}"
                raise InputError(DATASET, file, f"region {code}", expected, found, REMEDY)


def _by_region(
    rows: list[_Row],
    numbers: Mapping[str, tuple[float, ...]],
    file: str,
    table: str,
    gazetteer: Gazetteer,
) -> pd.DataFrame:
    """Return the numbers of all kabupaten and kota by BPS code."""
    records: dict[str, tuple[float, ...]] = {}
    for row in (row for row in rows if "." in row.code):
        region = region_of_2020(row.code, row.name, gazetteer, DATASET, file, row.place)
        if gazetteer.resolve(row.name, DATASET, file, row.place) != region:
            expected = f"{gazetteer.name(region)} beside {row.code}"
            raise InputError(DATASET, file, row.place, expected, row.name, REMEDY)
        records[region] = numbers[row.code]
    units = {*gazetteer.codes("kabupaten"), *gazetteer.codes("kota")}
    if units != set(records):
        found = f"none for {', '.join(sorted(units - set(records))[:5])}"
        raise InputError(DATASET, file, "", f"all {len(units)} kab/kota", found, REMEDY)
    columns = dtypes(RAW[table])
    cells = [(region, *values) for region, values in sorted(records.items())]
    return pd.DataFrame(cells, columns=list(columns)).astype(columns)


TABLES = {AREA_TABLE: read_area, POPULATION_TABLE: read_population}
"""Reader of each table that is made here."""
