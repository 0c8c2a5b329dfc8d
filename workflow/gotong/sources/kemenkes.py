"""Health ministry (Pusdatin): hospitals with beds, COVID-19 referral tier and place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer, province_of
from gotong.sources.reading import REMEDY, csv_rows, expect_header, whole

DATASET = "kemenkes_hospitals"
FILE = "rumah_sakit.csv"
DKI = "31"

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

_HEADER = (
    *("nama", "kode_rs", "tempat_tidur", "telepon", "lokasi.lat", "lokasi.lon"),
    *("alamat", "tipe", "wilayah"),
)
_LIMITS = {"lokasi.lat": 90, "lokasi.lon": 180}


def read_hospitals(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
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
        is unknown; the place or province is unknown, or they do not belong together.
    """
    if FILE not in files:
        raise InputError(DATASET, FILE, "", "this file", "no such file", REMEDY)
    header, *rows = csv_rows(files[FILE], DATASET, FILE)
    expect_header(header, _HEADER, DATASET, FILE)
    records = [_hospital(row, gazetteer, number) for number, row in enumerate(rows, start=2)]
    frame = pd.DataFrame(records)
    frame["entry"] = frame.groupby("hospital_code").cumcount() + 1
    frame["is_duplicate"] = pd.Series([tuple(row) for row in rows]).duplicated()
    columns = dtypes(RAW["facilities/hospitals.csv"])
    key = ["hospital_code", "entry"]
    return frame[list(columns)].astype(columns).sort_values(key, ignore_index=True)


def _hospital(row: list[str], gazetteer: Gazetteer, number: int) -> dict[str, object]:
    """Return one hospital."""
    if len(row) != len(_HEADER):
        expected = f"{len(_HEADER)} fields"
        raise InputError(DATASET, FILE, f"row {number}", expected, f"{len(row)}", REMEDY)
    cells = dict(zip(_HEADER, row, strict=True))
    place = {column: f"row {number}, column '{column}'" for column in _HEADER}
    for column in ("nama", "kode_rs"):
        if not cells[column].strip():
            raise InputError(DATASET, FILE, place[column], "text", repr(cells[column]), REMEDY)
    if cells["tipe"] not in TIERS:
        expected = ", ".join(tier for tier in TIERS if tier) + " or nothing"
        raise InputError(DATASET, FILE, place["tipe"], expected, repr(cells["tipe"]), REMEDY)
    region, province = _place(cells["wilayah"], gazetteer, place["wilayah"])
    return {
        "hospital_code": cells["kode_rs"].strip(),
        "name": " ".join(cells["nama"].split()),
        "region_code": region,
        "province_code": province,
        "beds": whole(cells["tempat_tidur"], DATASET, FILE, place["tempat_tidur"]),
        "referral_tier": TIERS[cells["tipe"]],
        "latitude": _degrees(cells["lokasi.lat"], "lokasi.lat", place["lokasi.lat"]),
        "longitude": _degrees(cells["lokasi.lon"], "lokasi.lon", place["lokasi.lon"]),
    }


def _place(wilayah: str, gazetteer: Gazetteer, where: str) -> tuple[str, str]:
    """Return the codes of the kab/kota (blank where not stated) and of the province."""
    spelling, _, province_name = wilayah.rpartition(", ")
    province = gazetteer.resolve(province_name, DATASET, FILE, where)
    if province not in gazetteer.codes("province"):
        raise InputError(DATASET, FILE, where, "PLACE, PROVINCE", repr(wilayah), REMEDY)
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


def _degrees(cell: str, column: str, place: str) -> float:
    """Return a coordinate; missing where it is NA or zero, which no hospital's is."""
    text, limit = cell.strip(), _LIMITS[column]
    if text in ("", "NA"):
        return math.nan
    value = float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else math.inf
    if abs(value) > limit:
        expected = f"degrees from -{limit} to {limit}"
        raise InputError(DATASET, FILE, place, expected, repr(cell), REMEDY)
    return round(value, DECIMALS) or math.nan


TABLES = {"facilities/hospitals.csv": read_hospitals}
"""Reader of each table that is made here."""
