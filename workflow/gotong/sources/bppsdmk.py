"""Puskesmas (community health centres), as the health ministry's BPPSDMK listed them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal
from gotong.sources.reading import REMEDY, expect_header
from gotong.sources.records import Record, as_table
from gotong.sources.workbook import sheet_rows

DATASET = "bppsdmk_facilities"
FILE = "finfile_faskes_indonesia_2019_distrib.v3.xlsx"
TABLE = "facilities/puskesmas.csv"

PUSKESMAS = "PUSKESMAS"
OTHERS = ("RUMAH SAKIT", "DINAS PROVINSI")
"""Kinds that are left out: the hospitals (1,221, a minority of all) and two offices."""

KINDS = {"1": "inpatient", "2": "outpatient"}
"""Digit 8 of the code: with beds or without."""

DECIMALS = 4
"""Decimals of coordinates that are kept: about ten metres."""

_CONTROL = ControlTotal(9_061, "e6565609de68b2c7")

_HEADER = (
    *("kode_prov", "name_prov", "kode_faskes", "jenis_faskes", "nama_faskes"),
    *("alamat_faskes", "lat_", "long_", "medis_grp"),
)
_CODE = re.compile(r"P(?P<district>[0-9]{4})[0-9]{3}(?P<kind>[12])[0-9]{2}")
_OF_A_KELURAHAN = re.compile(r"KEL\b")

_LONGITUDES_WITHOUT_A_POINT = {"P7602051101": "119415581"}
"""One longitude lacks its decimal point, and is left blank."""

_LATITUDES, _LONGITUDES = (-11.5, 6.5), (94.5, 141.5)
"""What Indonesia lies between, in degrees."""


def read_puskesmas(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read the community health centres of Indonesia, 2019.

    The kab/kota is that of the centre's code, which is BPS's. In DKI Jakarta, where most
    kelurahan have a centre of their own, they count as `of_kelurahan`. Kep. Seribu and Kab.
    Tulang Bawang Barat are absent from the list, though they have centres.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `FILE`, an Excel workbook.
    gazetteer : Gazetteer
        Its districts and provinces.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/puskesmas.csv``, 9,061 rows.

    Raises
    ------
    InputError
        No sound workbook, another layout, an unknown kind, code, district or province, a
        code beside another province, a coordinate outside Indonesia, a code twice, or figures
        other than the registered ones.
    """
    rows = [_centre(record, gazetteer) for record in _records(files) if _is_centre(record)]
    return as_table(rows, TABLE, control, DATASET, FILE)


def _records(files: Mapping[str, bytes]) -> list[Record]:
    """Return the rows of the workbook's sheet, their cells as text."""
    if FILE not in files:
        raise InputError(DATASET, FILE, "", "this file", "no such file", REMEDY)
    header, *rows = sheet_rows(files[FILE], DATASET, FILE)
    expect_header([str(cell) for cell in header], _HEADER, DATASET, FILE)
    return [
        Record(DATASET, FILE, number, dict(zip(_HEADER, map(_text, row), strict=True)))
        for number, row in enumerate(rows, start=2)
    ]


def _text(cell: object) -> str:
    """Return a cell as text; numbers are stored as text in this workbook, but for one column."""
    return "" if cell is None else str(cell)


def _is_centre(record: Record) -> bool:
    """Tell whether a row is of a community health centre."""
    kinds: Sequence[str] = (PUSKESMAS, *OTHERS)
    record.one_of("jenis_faskes", dict.fromkeys(kinds, 0))
    return record["jenis_faskes"] == PUSKESMAS


def _centre(record: Record, gazetteer: Gazetteer) -> dict[str, object]:
    """Return one centre; its code, province code and province name must belong together."""
    code = record["kode_faskes"]
    match = _CODE.fullmatch(code)
    if match is None or match["district"] not in gazetteer.codes():
        raise record.fault("kode_faskes", "P, BPS code of a district, 000 to 999, 1 or 2, 00 to 99")
    district = match["district"]
    record.expect("kode_prov", district[:2])
    place = record.place("name_prov")
    if gazetteer.resolve(record["name_prov"], DATASET, FILE, place) != district[:2]:
        raise record.fault("name_prov", gazetteer.name(district[:2]))
    longitude = None
    if record["long_"] != _LONGITUDES_WITHOUT_A_POINT.get(code):
        longitude = round(record.number_in("long_", *_LONGITUDES), DECIMALS)
    return {
        "puskesmas_code": code,
        "region_code": district,
        "kind": KINDS[match["kind"]],
        "of_kelurahan": _OF_A_KELURAHAN.match(record["nama_faskes"]) is not None,
        "latitude": round(record.number_in("lat_", *_LATITUDES), DECIMALS),
        "longitude": longitude,
    }


TABLES = {TABLE: read_puskesmas}
"""Reader of each table that is made here."""
