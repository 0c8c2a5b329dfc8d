"""RS Online of the health ministry: all hospitals of Indonesia with class, owner and beds.

The list was saved as a JavaScript array. It is read as text, record by record, and never run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal
from gotong.sources.reading import REMEDY, decode
from gotong.sources.records import Record, as_table

DATASET = "rs_online_hospitals"
FILE = "data/dataRumahSakit.js"
TABLE = "facilities/hospital_register.csv"

KINDS = {
    "RSU": "general",
    "RSIA": "mother and child",
    "RSK Jiwa": "mental health",
    "RSK Mata": "eye",
    "RSK GM": "dental",
    "RSK BEDAH": "surgery",
    "RSK PARU": "lung",
    "RSK THT-KL": "ear nose throat",
    "RSK JANTUNG": "heart",
    "RSK KANKER": "cancer",
    "RSK KUSTA": "leprosy",
    "RSK Orthopedi": "orthopaedic",
    "RSK GINJAL": "kidney",
    "RSKO": "addiction",
    "RSK STROKE": "stroke",
    "RSK OTAK": "brain",
    "RSK INFEKSI": "infection",
}
CLASSES = {word: word for word in ("A", "B", "C", "D")} | {
    "D PRATAMA": "D pratama",
    "Belum Ditetapkan": "unset",
}
OWNERS = {
    "SWASTA/ LAINNYA": "private or other",
    "Perusahaan": "company",
    "Perorangan": "individual",
    "Organisasi Sosial": "social organisation",
    "Organisasi Islam": "Islamic organisation",
    "Organisasi Katholik": "Catholic organisation",
    "Organisasi Protestan": "Protestant organisation",
    "Organisasi Hindu": "Hindu organisation",
    "BUMN": "state company",
    "Pemkab": "kabupaten",
    "Pemkot": "kota",
    "Pemprop": "province",
    "Kemkes": "health ministry",
    "Kementerian Lain": "other ministry",
    "TNI AD": "army",
    "TNI AL": "navy",
    "TNI AU": "air force",
    "POLRI": "police",
}
"""What the list calls kinds, classes and owners of hospitals, and what they are called here."""

OLD_PREFIXES = {"21": ("20",), "65": ("64",), "91": ("92",), "94": ("91", "92")}
"""Provinces of hospitals whose code begins with other digits, those of an older numbering."""

_CONTROL = ControlTotal(2_925, "3dd7b792e523da6c")

_OPENING, _CLOSING = "dataRumahSakit = [", "]"
_FIELDS = ("kode_rs", "nama_rs", "nama_prop", "jenis_rs", "kelas", "pemilik", "total_tt")
_KEYS = (*(f"d.{name}" for name in _FIELDS[:-1]), "(d.total_tt)")
_RECORD = re.compile(
    r"\s*\{"
    + ",".join(rf'\s*"{re.escape(key)}": (?:"([^"\\\n]*)"|([0-9]{{1,10}}))' for key in _KEYS)
    + r"\s*\}\s*"
)
# One field hospital in Surabaya carries a letter in its code.
_CODE = re.compile(r"[0-9]{7}[A-Z]?")
_THOUSANDS = re.compile(r"([0-9]{1,3}),([0-9]{3})")


def read_hospital_register(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read every hospital that was registered in August 2021.

    The kab/kota is not stated. The first four digits of a code are those of the district in
    which the hospital was first registered, often before a city was set apart: of 335
    hospitals of Greater Jakarta 42 stand elsewhere. They are given as ``code_prefix`` and
    are not to be taken for the place. 120 hospitals state no beds (0).

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `FILE`.
    gazetteer : Gazetteer
        Its provinces.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/hospital_register.csv``, 2,925 rows.

    Raises
    ------
    InputError
        A text that is not one array of such records; an unknown province, kind, class or
        owner; a code twice, of another form or of another province; beds that are no number;
        figures other than the registered ones.
    """
    if FILE not in files:
        raise InputError(DATASET, FILE, "", "this file", "no such file", REMEDY)
    text = decode(files[FILE], DATASET, FILE)
    provinces = frozenset(gazetteer.codes("province"))
    rows = [_hospital(record, gazetteer, provinces) for record in _records(text)]
    return as_table(rows, TABLE, control, DATASET, FILE)


def _records(text: str) -> Iterator[Record]:
    """Yield the records of the array; nothing but blanks and commas may stand between them."""
    if not text.startswith(_OPENING):
        raise _unreadable(text, 0, _OPENING)
    position, number = len(_OPENING), 0
    while True:
        match = _RECORD.match(text, position)
        if match is None:
            raise _unreadable(text, position, f"a record of {', '.join(_KEYS)}")
        number += 1
        pairs = zip(match.groups()[::2], match.groups()[1::2], strict=True)
        cells = [bare if quoted is None else quoted for quoted, bare in pairs]
        yield Record(DATASET, FILE, number, dict(zip(_FIELDS, cells, strict=True)))
        position = match.end()
        if text.startswith(_CLOSING, position) and not text[position + 1 :].strip():
            return
        if text[position : position + 1] != ",":
            raise _unreadable(text, position, "a comma, or the end of the array")
        position += 1


def _unreadable(text: str, position: int, expected: str) -> InputError:
    """Return the error for a place where the text is no array of records."""
    line = text.count("\n", 0, position) + 1
    found = repr(text[position : position + 60])
    return InputError(DATASET, FILE, f"from line {line}", expected, found, REMEDY)


def _hospital(
    record: Record, gazetteer: Gazetteer, provinces: Collection[str]
) -> dict[str, object]:
    """Return one hospital; `provinces` are the codes of all provinces."""
    place = record.place("nama_prop")
    province = gazetteer.resolve(record["nama_prop"], DATASET, FILE, place)
    if province not in provinces:
        raise record.fault("nama_prop", "the name of a province")
    code = record["kode_rs"]
    if not _CODE.fullmatch(code):
        raise record.fault("kode_rs", "seven digits")
    if code[:2] not in (province, *OLD_PREFIXES.get(province, ())):
        raise record.fault("kode_rs", f"a code of {gazetteer.name(province)}")
    name = " ".join(record["nama_rs"].split())
    if not name:
        raise record.fault("nama_rs", "a name")
    return {
        "hospital_code": code,
        "code_prefix": code[:4],
        "name": name,
        "province_code": province,
        "kind": record.one_of("jenis_rs", KINDS),
        "hospital_class": record.one_of("kelas", CLASSES),
        "owner": record.one_of("pemilik", OWNERS),
        "beds": _beds(record),
    }


def _beds(record: Record) -> int:
    """Return the beds; the two hospitals with more than 999 have a comma after thousands."""
    match = _THOUSANDS.fullmatch(record["total_tt"])
    return int(match[1] + match[2]) if match else record.whole("total_tt")


TABLES = {TABLE: read_hospital_register}
"""Reader of each table that is made here."""
