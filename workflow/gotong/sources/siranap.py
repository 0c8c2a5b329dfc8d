"""SIRANAP of the health ministry: free beds on two days of 2021, and beds with them on one.

What the ministry's page showed by day is a bed free at the moment, by hospital. It says
nothing of how many beds a hospital has, so that no occupancy can be had from it: only how
many hospitals had none left. Both counts are had for one day and two areas, 2021-06-25, DKI
Jakarta and Kota Bekasi. All of it lies after the period of PSBB.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Hashable, Mapping, Sequence

import pandas as pd
import rdata

from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer, province_of
from gotong.sources.control import ControlTotal
from gotong.sources.reading import REMEDY
from gotong.sources.records import Record, as_table, read_records

DATASET = "siranap_daily"
TABLE = "facilities/bed_availability_daily.csv"

COVID_FILES = {
    "csv/covid_bed_data_all_0712.csv": "2021-07-12",
    "csv/covid_bed_data_all_0824.csv": "2021-08-24",
}
OTHER_FILES = {
    "csv/noncovid_bed_data_all_0712.csv": "2021-07-12",
    "csv/noncovid_bed_data_all_0824.csv": "2021-08-24",
}
"""Files and the day that each was gathered on, in the evening."""

EMERGENCY = "covid_emergency"
CLASSES = {f"bed_class{number}": f"class_{number}" for number in (1, 2, 3)}
"""Columns of wards by class of comfort, and what they are called here."""

SNAPSHOT_DATASET = "siranap_snapshot"
SNAPSHOT_TABLE = "facilities/bed_snapshot.csv"
DKI_FILE = "_posts/Covid Update/kapasitas RS/dki.rda"
BEKASI_FILE = "_posts/Covid Update/kapasitas RS/bekasi.rda"
KOTA_BEKASI = "3275"

BED_KINDS = {
    "ICU Tekanan Negatif dengan Ventilator": "icu_negative_pressure_ventilator",
    "ICU Tekanan Negatif tanpa Ventilator": "icu_negative_pressure",
    "ICU Tanpa Tekanan Negatif Dengan Ventilator": "icu_ventilator",
    "ICU Tanpa Tekanan Negatif Tanpa Ventilator": "icu",
    "Isolasi Tekanan Negatif": "isolation_negative_pressure",
    "Isolasi Tanpa Tekanan Negatif": "isolation",
    "IGD Khusus Covid": "emergency",
    "NICU Khusus Covid": "newborn_icu",
    "PICU Khusus Covid": "child_icu",
}

_AVAILABILITY_CONTROL = ControlTotal(2_273, "91b29bfe3269cdfe")
_SNAPSHOT_CONTROL = ControlTotal(530, "680486e892e0c597")

_R_DATA = b"RDX3\nX\n"

_COVID_HEADER = (
    *("", "hospital", "address", "bed_availability", "queue", "last_update", "tlp_number"),
    *("province", "district", "scraped_at", "bed_type"),
)
_OTHER_HEADER = (
    *("", "hospital", "address", "bed_class1", "last_update_class1", "bed_class2"),
    *("last_update_class2", "bed_class3", "last_update_class3", "tlp_number"),
    *("province", "district", "scraped_at", "bed_type"),
)
_FULL = "Bed IGD Penuh!"
_FREE = re.compile(r"Tersedia ([1-9][0-9]{0,3}) bed kosong IGD")
_NO_QUEUE = "tanpa antrian pasien."
_QUEUE = re.compile(r"dengan antrian ([1-9][0-9]{0,3}) pasien")


def read_bed_availability(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _AVAILABILITY_CONTROL,
) -> pd.DataFrame:
    """Read how many hospitals of each district had a bed free.

    A hospital is a row of the page, counted where the page put it. RSUD Saptosari
    (Gunungkidul) stands there twice on 2021-08-24, once full and once with a free bed. Hospitals
    gave their numbers from minutes to two days before.

    Parameters
    ----------
    files : mapping of str to bytes
        The pages of both kinds of beds, `COVID_FILES` and `OTHER_FILES`.
    gazetteer : Gazetteer
        Its districts; the page has the codes of BPS.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/bed_availability_daily.csv``, one row per district, day and kind of bed
        for which a hospital of the district gave a number. Kep. Seribu and other districts
        without a row had no hospital on the page.

    Raises
    ------
    InputError
        A file is missing or has another header; a row is left out or out of order; a
        district is unknown or beside another province; a cell says anything but how many
        beds are free or how many wait; figures other than the registered ones.
    """
    rows: list[tuple[str, str, str, int, int | None]] = []
    for file, day in COVID_FILES.items():
        for record in _page(files, file, day, _COVID_HEADER, "COVID-19", gazetteer):
            free = _number(record, "bed_availability", _FULL, _FREE)
            waiting = _number(record, "queue", _NO_QUEUE, _QUEUE)
            rows.append((record["district"], day, EMERGENCY, free, waiting))
    for file, day in OTHER_FILES.items():
        for record in _page(files, file, day, _OTHER_HEADER, "Non COVID-19", gazetteer):
            for column, kind in CLASSES.items():
                # NA: the hospital has no ward of this class.
                if record[column] != "NA":
                    rows.append((record["district"], day, kind, record.whole(column), None))
    return as_table(_by_district(rows), TABLE, control, DATASET, "csv")


def _by_district(
    rows: Sequence[tuple[str, str, str, int, int | None]],
) -> list[dict[Hashable, object]]:
    """Return one row per district, day and kind: hospitals, those without a bed, the sums."""
    frame = pd.DataFrame(rows, columns=["region_code", "date", "bed_kind", "free", "waiting"])
    frame["full"] = frame["free"] == 0
    frame["waiting"] = frame["waiting"].astype("Int64")
    counted = frame.groupby(["region_code", "date", "bed_kind"], as_index=False).agg(
        hospitals=("free", "size"),
        hospitals_full=("full", "sum"),
        free_beds=("free", "sum"),
        waiting=("waiting", lambda waiting: waiting.sum(min_count=1)),
    )
    counted["date"] = pd.to_datetime(counted["date"])
    return counted.to_dict("records")


def _page(
    files: Mapping[str, bytes],
    file: str,
    day: str,
    header: Sequence[str],
    kind: str,
    gazetteer: Gazetteer,
) -> list[Record]:
    """Return the rows of a page, numbered without a gap, all of one evening and of one kind."""
    records = read_records(files, file, header, DATASET)
    districts = gazetteer.codes("kabupaten") + gazetteer.codes("kota")
    before = ""
    for position, record in enumerate(records, start=1):
        record.expect("", str(position))
        record.expect("bed_type", kind)
        moment = record["scraped_at"]
        if not re.fullmatch(day + r" [0-9]{2}:[0-9]{2}:[0-9]{2}", moment) or moment < before:
            raise record.fault("scraped_at", f"a moment of {day}, not before the row above")
        before = moment
        if record["district"] not in districts:
            raise record.fault("district", "BPS code of a kabupaten or kota")
        record.expect("province", province_of(record["district"]))
    return records


def _number(record: Record, column: str, none: str, some: re.Pattern[str]) -> int:
    """Return the number that a sentence of the page states; zero for the one that says none."""
    match = some.fullmatch(record[column])
    if match is None:
        record.expect(column, none)
        return 0
    return int(match[1])


def read_bed_snapshot(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _SNAPSHOT_CONTROL,
) -> pd.DataFrame:
    """Read beds and free beds of the hospitals of DKI Jakarta and Kota Bekasi, 2021-06-25.

    The gatherer calls them rooms; that Wisma Atlet has 7,394, its beds, shows what they are.
    RS Umum Prikasih (DKI) has 38 beds of one kind of isolation and 9 of the other, and the
    gatherer's join put both under both: its four rows are ambiguous, and hold 47 beds too
    many. Of Kota Bekasi, each row of beds is followed by one of free beds; five of the
    latter, all zero, have a note in place of the kind, which is that of the row before.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `DKI_FILE` and `BEKASI_FILE`, R data.
    gazetteer : Gazetteer
        Not used: the files are of two areas.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/bed_snapshot.csv``, 530 rows.

    Raises
    ------
    InputError
        A file is missing, or no R data of one such table; an unknown kind; beds that are no
        whole number, or more free than there are; figures other than the registered ones.
    """
    columns = ("nama_rs", "alamat_rs", "jenis_kamar")
    rooms = _r_table(files, DKI_FILE, "dki", (*columns, "n_kamar", "n_kamar_kosong"))
    lines = _r_table(files, BEKASI_FILE, "bekasi", (*columns, "n_kamar", "keterangan"))
    paired = _paired(lines)
    rows = [*_snapshot_rows(rooms, DKI), *_snapshot_rows(paired, KOTA_BEKASI)]
    return as_table(rows, SNAPSHOT_TABLE, control, SNAPSHOT_DATASET, f"{DKI_FILE}, {BEKASI_FILE}")


def _r_table(
    files: Mapping[str, bytes], file: str, name: str, columns: Sequence[str]
) -> list[Record]:
    """Return the rows of the one table of an R data file, as text."""
    if file not in files:
        raise InputError(SNAPSHOT_DATASET, file, "", "this file", "no such file", REMEDY)
    if not files[file].startswith(_R_DATA):
        # Packed data could unpack to any size; these files are not packed.
        found = repr(files[file][: len(_R_DATA)])
        raise InputError(SNAPSHOT_DATASET, file, "", "R data, not packed", found, REMEDY)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # rdata only decodes values: no R code is run.
            found = rdata.conversion.convert(rdata.parser.parse_data(files[file], extension=".rda"))
        table = found[name]
        rows = list(table[list(columns)].itertuples(index=False, name=None))
    except Exception as error:
        # The parser meets damaged bytes in many ways; the user needs to know only that.
        reason = str(error)[:200] or type(error).__name__
        expected = f"R data with a table '{name}' of {', '.join(columns)}"
        raise InputError(SNAPSHOT_DATASET, file, "", expected, reason, REMEDY) from None
    return [
        Record(SNAPSHOT_DATASET, file, number, dict(zip(columns, map(_text, row), strict=True)))
        for number, row in enumerate(rows, start=1)
    ]


def _text(cell: object) -> str:
    """Return a cell as text; R keeps counts as real numbers."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _paired(lines: Sequence[Record]) -> list[Record]:
    """Return one record per kind of bed, from a row of beds and the row of free beds below it."""
    if len(lines) % 2:
        raise lines[-1].fault("keterangan", "a row of free beds below each row of beds")
    paired = []
    for beds, free in zip(lines[::2], lines[1::2], strict=True):
        beds.expect("keterangan", "Kapasitas")
        free.expect("keterangan", "Kosong")
        for column in ("nama_rs", "alamat_rs"):
            free.expect(column, beds[column])
        cells = beds.cells | {"n_kamar_kosong": free["n_kamar"]}
        if free["jenis_kamar"] in BED_KINDS:
            free.expect("jenis_kamar", beds["jenis_kamar"])
        paired.append(Record(beds.dataset, beds.file, beds.number, cells))
    return paired


def _snapshot_rows(records: Sequence[Record], region_code: str) -> list[dict[str, object]]:
    """Return the rows of one area, hospitals of one name and rows of one kind numbered."""
    sites: dict[str, list[str]] = {}
    kinds: dict[tuple[str, int, str], list[Record]] = {}
    for record in records:
        addresses = sites.setdefault(record["nama_rs"], [])
        if record["alamat_rs"] not in addresses:
            addresses.append(record["alamat_rs"])
        site = addresses.index(record["alamat_rs"]) + 1
        kind = record.one_of("jenis_kamar", BED_KINDS)
        kinds.setdefault((record["nama_rs"], site, kind), []).append(record)
    rows: list[dict[str, object]] = []
    for (hospital, site, kind), same in kinds.items():
        for entry, record in enumerate(same, start=1):
            beds, free = record.whole("n_kamar"), record.whole("n_kamar_kosong")
            if free > beds:
                raise record.fault("n_kamar_kosong", f"at most {beds} free beds")
            rows.append(
                {
                    "region_code": region_code,
                    "hospital": hospital,
                    "site": site,
                    "bed_kind": kind,
                    "entry": entry,
                    "beds": beds,
                    "free_beds": free,
                    "is_ambiguous": len(same) > 1,
                }
            )
    return rows


TABLES = {TABLE: read_bed_availability, SNAPSHOT_TABLE: read_bed_snapshot}
"""Reader of each table that is made here."""
