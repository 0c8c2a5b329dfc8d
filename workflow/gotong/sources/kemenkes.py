"""Health ministry (Pusdatin): hospitals with beds, COVID-19 referral tier and place."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping

import pandas as pd

from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer, province_of
from gotong.sources.control import ControlTotal
from gotong.sources.reading import REMEDY
from gotong.sources.records import Record, as_table, read_records

DATASET = "kemenkes_hospitals"
FILE = "rumah_sakit.csv"
TABLE = "facilities/hospitals.csv"

TIERS = {
    "RS_RUJUKAN_NASIONAL": "national",
    "RS_RUJUKAN_PROVINSI": "provincial",
    "RS": "none",
    "": "unstated",
    "NA": "unstated",
}
"""What ``tipe`` says; the export writes a missing text as NA or as nothing."""

DECIMALS = 5
"""Decimals of coordinates that are kept: about a metre."""

_CONTROL = ControlTotal(2_921, "8db5a1a02c5ac0ed")

_HEADER = (
    *("nama", "kode_rs", "tempat_tidur", "telepon", "lokasi.lat", "lokasi.lon"),
    *("alamat", "tipe", "wilayah"),
)
_BEDS = re.compile(r" *[0-9]{1,5}")
_LIMITS = {"lokasi.lat": 90, "lokasi.lon": 180}


def read_hospitals(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read the hospitals of Indonesia, as the ministry listed them in September 2021.

    Every row is kept where the list puts it. Know before use: rows that repeat an earlier one
    in every field are flagged, not removed; a hospital may also stand under two codes or two
    names; some stand in a neighbouring district (those of Tapanuli Selatan, Porsea and Sungai
    Penuh, and by their coordinates 18 of Kota Bekasi, with 1,293 beds, under Kab. Bekasi);
    when a hospital became a referral hospital is not said.

    ``wilayah`` is "PLACE, PROVINCE". KOTA before a place makes it the kota, nothing before it
    the kabupaten, and in DKI Jakarta the place is the unit's whole name; a spelling that
    does not resolve so stands in ``geography/spellings.csv``. A province alone leaves the
    kab/kota blank. Coordinates of zero or NA are missing; others stay as they are, also
    the two that lie outside Indonesia.

    Parameters
    ----------
    files : mapping of str to bytes
        The list (`FILE`), by registered path.
    gazetteer : Gazetteer
        Resolves the places.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/hospitals.csv``: hospital_code, entry (numbers the rows of one code in
        the order of the list), name (surplus blanks taken out), region_code, province_code,
        beds, referral_tier, latitude and longitude (degrees), is_duplicate; 2,921 rows in
        the pinned file.

    Raises
    ------
    InputError
        The file is missing or has another header; a row has another length, no code or no
        name; beds are no whole number; a coordinate is no number or off the globe; the tier
        is unknown; the place or province is unknown, or they do not belong together; figures
        other than the registered ones.
    """
    entries: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    rows = []
    provinces = frozenset(gazetteer.codes("province"))
    for record in read_records(files, FILE, _HEADER, DATASET):
        hospital = _hospital(record, gazetteer, provinces)
        cells = tuple(record.cells.values())
        code = str(hospital["hospital_code"])
        entries[code] += 1
        rows.append(hospital | {"entry": entries[code], "is_duplicate": cells in seen})
        seen.add(cells)
    return as_table(rows, TABLE, control, DATASET, FILE)


def _hospital(
    record: Record, gazetteer: Gazetteer, provinces: Collection[str]
) -> dict[str, object]:
    """Return one hospital; `provinces` are the codes of all provinces."""
    for column in ("nama", "kode_rs"):
        if not record[column].strip():
            raise record.fault(column, "text")
    region, province = _place(record, gazetteer, provinces)
    return {
        "hospital_code": record["kode_rs"].strip(),
        "name": " ".join(record["nama"].split()),
        "region_code": region,
        "province_code": province,
        "beds": _beds(record),
        "referral_tier": record.one_of("tipe", TIERS),
        "latitude": _degrees(record, "lokasi.lat"),
        "longitude": _degrees(record, "lokasi.lon"),
    }


def _beds(record: Record) -> int:
    """Return the beds, which the list sets off with blanks."""
    if not _BEDS.fullmatch(record["tempat_tidur"]):
        raise record.fault("tempat_tidur", "a whole number, 0 or more")
    return int(record["tempat_tidur"])


def _place(record: Record, gazetteer: Gazetteer, provinces: Collection[str]) -> tuple[str, str]:
    """Return the codes of the kab/kota (blank where not stated) and of the province."""
    wilayah, where = record["wilayah"], record.place("wilayah")
    spelling, _, province_name = wilayah.rpartition(", ")
    province = gazetteer.resolve(province_name, DATASET, FILE, where)
    if province not in provinces:
        raise record.fault("wilayah", "PLACE, PROVINCE")
    if not spelling:
        return "", province
    whole_name = province == DKI or spelling.startswith("KOTA ")
    full = spelling if whole_name else f"KAB. {spelling}"
    code = gazetteer.resolve(spelling, DATASET, FILE, where, read_as=full)
    if code and province_of(code) != province:
        expected = f"a place in {gazetteer.name(province)}"
        found = f"{wilayah!r}, which would be {gazetteer.name(code)} ({code})"
        raise InputError(DATASET, FILE, where, expected, found, REMEDY)
    return code, province


def _degrees(record: Record, column: str) -> float:
    """Return a coordinate; missing where it is NA or zero, which no hospital's is."""
    text, limit = record[column].strip(), _LIMITS[column]
    if text in ("", "NA"):
        return math.nan
    value = float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else math.inf
    if abs(value) > limit:
        raise record.fault(column, f"degrees from -{limit} to {limit}")
    return round(value, DECIMALS) or math.nan


TABLES = {TABLE: read_hospitals}
"""Reader of each table that is made here."""
