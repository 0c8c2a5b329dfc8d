"""Health ministry: hospitals with beds, COVID-19 referral tier and place.

All rows of the list are kept; those that say exactly the same as an earlier one are flagged.
Three hospitals are known to stand under a neighbouring district; they are left there.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.reading import REMEDY, csv_rows, expect_header, whole

DATASET = "kemenkes_hospitals"
HEADER = (
    "nama",
    "kode_rs",
    "tempat_tidur",
    "telepon",
    "lokasi.lat",
    "lokasi.lon",
    "alamat",
    "tipe",
    "wilayah",
)
TIERS = {
    "RS_RUJUKAN_NASIONAL": "national",
    "RS_RUJUKAN_PROVINSI": "provincial",
    "RS": "none",
    "": "unstated",
    "NA": "unstated",  # one row of the mirror writes the blank as R does
}
DECIMALS = 5


def read_hospitals(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Return ``facilities/hospitals.csv``.

    ``wilayah`` is "PLACE, PROVINCE". A place with KOTA before it is the kota and one without
    is the kabupaten; what does not resolve so stands in ``geography/spellings.csv``. Where
    only the province is given, the kab/kota stays blank. Coordinates of zero are missing.

    Raises
    ------
    InputError
        Another header, beds that are no whole number, an unknown tier or place.
    """
    ((path, content),) = files.items()
    header, *rows = csv_rows(content, DATASET, path)
    expect_header(header, HEADER, DATASET, path)
    records = [_hospital(row, gazetteer, path, number) for number, row in enumerate(rows, start=2)]
    frame = pd.DataFrame(records)
    frame["is_duplicate"] = pd.Series([tuple(row) for row in rows]).duplicated()
    frame.insert(1, "entry", frame.groupby("hospital_code").cumcount() + 1)
    types = {"entry": "Int64", "beds": "Int64", "is_duplicate": "boolean"}
    return frame.astype(types).sort_values(["hospital_code", "entry"], ignore_index=True)


def _hospital(row: list[str], gazetteer: Gazetteer, path: str, number: int) -> dict[str, object]:
    """Return one hospital."""
    if len(row) != len(HEADER):
        expected = f"{len(HEADER)} fields"
        raise InputError(DATASET, path, f"row {number}", expected, str(len(row)), REMEDY)
    cells = dict(zip(HEADER, row, strict=True))
    if cells["tipe"] not in TIERS:
        place, expected = f"row {number}, column 'tipe'", ", ".join(filter(None, TIERS))
        raise InputError(DATASET, path, place, expected, repr(cells["tipe"]), REMEDY)
    region, province = _place(cells["wilayah"], gazetteer, path, f"row {number}, column 'wilayah'")
    return {
        "hospital_code": cells["kode_rs"].strip(),
        "name": " ".join(cells["nama"].split()),
        "region_code": region,
        "province_code": province,
        "beds": whole(cells["tempat_tidur"], DATASET, path, f"row {number}, column 'tempat_tidur'"),
        "referral_tier": TIERS[cells["tipe"]],
        "latitude": _coordinate(cells["lokasi.lat"], path, f"row {number}, column 'lokasi.lat'"),
        "longitude": _coordinate(cells["lokasi.lon"], path, f"row {number}, column 'lokasi.lon'"),
    }


def _place(text: str, gazetteer: Gazetteer, path: str, where: str) -> tuple[str, str]:
    """Return the codes of kab/kota (blank where not stated) and province."""
    place, _, name = text.rpartition(", ")
    province = gazetteer.resolve(name, DATASET, path, where)
    if not place:
        return "", province
    spelling = place
    if not gazetteer.is_stated(place, DATASET) and not place.startswith("KOTA "):
        spelling = place if province == "31" else f"KAB. {place}"
    code = gazetteer.resolve(spelling, DATASET, path, where)
    if code[:2] != province:
        found = f"{text!r}, whose place is {code}"
        raise InputError(DATASET, path, where, f"a place in province {province}", found, REMEDY)
    return code, province


def _coordinate(cell: str, path: str, where: str) -> float:
    """Return a coordinate rounded to about a metre; blank, null and zero are missing."""
    text = cell.strip()
    if text in ("", "NA", "null"):
        return float("nan")
    try:
        value = round(float(text), DECIMALS)
    except ValueError:
        raise InputError(DATASET, path, where, "degrees", repr(cell), REMEDY) from None
    return value if value else float("nan")
