"""Risk zones that the national task force assigned to each kab/kota, mostly week by week.

Two spans are known, 2020-07-26 to 2021-01-17 and 2021-11-07 to 2022-07-31; nothing between.
Both name the kab/kota by the codes of Kemendagri, which are crossed over here. The zone is a
class of 15 indicators, an order without a distance, and no measure of cases.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.contracts.cases import ZONES
from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer, province_of
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, decode
from gotong.sources.satgas import expect_cells
from gotong.tables import DATE, read_csv

DATASET_2020, DATASET_2022 = "satgas_zones_2020", "satgas_zones_2022"
FILE_2020, FILE_2022 = "risk_zones_2020.csv", "zonasi.csv"
TABLE_2020, TABLE_2022 = "cases/risk_zones_2020.csv", "cases/risk_zones_2022.csv"

"""Its units bear no Kota or Kab. before their names."""


def _sundays(first: str, last: str, left_out: tuple[str, ...]) -> pd.DatetimeIndex:
    """Return the Sundays between two, both included, but for some."""
    every = pd.date_range(first, last, freq="W-SUN", unit="s")
    return every.drop([pd.Timestamp(day) for day in left_out])


DAYS_2020 = _sundays("2020-07-26", "2021-01-17", ("2020-11-22",))
"""Days of the zones of 2020."""

DAYS_2022 = _sundays(
    "2021-11-07",
    "2022-07-31",
    (
        *("2021-12-26", "2022-01-23", "2022-03-20", "2022-04-17"),
        *("2022-05-22", "2022-06-05", "2022-06-12"),
    ),
)
"""Days of the zones of 2022."""

_CONTROL_2020 = ControlTotal(12_850, "8f2daea89386e37a")
_CONTROL_2022 = ControlTotal(16_448, "da2b21ef860d55ee")
"""Nothing else in a file would tell one zone put for another."""

_COLUMNS_2020 = {"date": DATE, "kemendagri_code": "str", "zone": "str"}
_COLUMNS_2022 = dict.fromkeys(("tanggal", "prov", "kode_prov", "kota", "kode_kota", "hasil"), "str")

_PRINTED_ZONES = {
    "TIDAK TERDAMPAK": "unaffected",
    "TIDAK ADA KASUS": "no_cases",
    "RESIKO RENDAH": "low",
    "RESIKO SEDANG": "medium",
    "RESIKO TINGGI": "high",
}

_MONTHS = {
    name: month
    for month, name in enumerate(
        (
            *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
            *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
        ),
        start=1,
    )
}
"""Number of each month by its Indonesian name."""

_MISPRINTED_DAYS = {
    "09 Desember 2021": pd.Timestamp("2022-01-09"),
    "13 Februari 2021": pd.Timestamp("2022-03-13"),
}
"""Days printed with the month or year of another, and the Sunday meant.

Neither is a Sunday. In every kab/kota the first stands between 2 and 16 January 2022, the
second between 6 and 27 March 2022, and the zones lie between those of the two neighbours.
"""


def read_risk_zones_2020(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the risk zone of all 514 kab/kota on the 25 days of 2020-07-26 to 2021-01-17.

    Parameters
    ----------
    files : mapping of str to bytes
        The zones (`FILE_2020`), by registered path.
    gazetteer : Gazetteer
        Its kab/kota must be exactly those of the file.

    Returns
    -------
    pandas.DataFrame
        ``cases/risk_zones_2020.csv``: region_code, date, zone.

    Raises
    ------
    InputError
        The file is missing; its figures are not the registered ones; see `read_2020`.
    """
    if FILE_2020 not in files:
        raise InputError(DATASET_2020, FILE_2020, "", "this file", "no such file", REMEDY)
    zones = read_2020(files[FILE_2020], gazetteer)
    return _registered(zones, TABLE_2020, _CONTROL_2020, DATASET_2020, FILE_2020)


def read_risk_zones_2022(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the risk zone of all 514 kab/kota on the 32 days of 2021-11-07 to 2022-07-31.

    Returns
    -------
    pandas.DataFrame
        ``cases/risk_zones_2022.csv``: region_code, date, zone.

    Raises
    ------
    InputError
        The file (`FILE_2022`) is missing; its figures are not the registered ones; see
        `read_2022`.
    """
    if FILE_2022 not in files:
        raise InputError(DATASET_2022, FILE_2022, "", "this file", "no such file", REMEDY)
    zones = read_2022(files[FILE_2022], gazetteer)
    return _registered(zones, TABLE_2022, _CONTROL_2022, DATASET_2022, FILE_2022)


def _registered(
    zones: pd.DataFrame, table: str, control: ControlTotal, dataset: str, file: str
) -> pd.DataFrame:
    """Return zones typed as their contract says; stop unless they are the registered ones."""
    columns = dtypes(RAW[table])
    return expect_total(zones[list(columns)].astype(columns), control, dataset, file)


def read_2020(content: bytes, gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the zones of 2020-07-26 to 2021-01-17.

    Parameters
    ----------
    content : bytes
        The file: date, Kemendagri code, zone. It was taken from copies of the site's list in
        which 2020-08-16 and 2020-08-23 stand twice; the later copy was kept, which differs from
        the earlier in 22 kab/kota on the second day.
    gazetteer : Gazetteer
        Its kab/kota must be exactly those of the file.

    Returns
    -------
    pandas.DataFrame
        region_code, date, zone; sorted by both.

    Raises
    ------
    InputError
        Another header; a cell that is no date; an unknown day, code or zone; a kab/kota that is
        missing or comes twice on a day.
    """
    rows = _rows(content, _COLUMNS_2020, DATASET_2020, FILE_2020)
    right = rows["zone"].isin(ZONES)
    expect_cells(rows, "zone", right, ", ".join(ZONES), DATASET_2020, FILE_2020)
    crossed = _crossed(rows, "kemendagri_code", gazetteer, DATASET_2020, FILE_2020)
    zones = rows[["date", "zone"]].assign(region_code=crossed)
    return _grid(zones, DAYS_2020, gazetteer, (DATASET_2020, FILE_2020))


def read_2022(content: bytes, gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the zones of 2021-11-07 to 2022-07-31.

    Two days are misprinted (`_MISPRINTED_DAYS`). Parameters and returns are those of
    `read_2020`.

    Raises
    ------
    InputError
        See `read_2020`; also a name that is not that of the code beside it.
    """
    rows = _rows(content, _COLUMNS_2022, DATASET_2022, FILE_2022)
    zones = rows["hasil"].map(_PRINTED_ZONES)
    expected = ", ".join(_PRINTED_ZONES)
    expect_cells(rows, "hasil", zones.notna(), expected, DATASET_2022, FILE_2022)
    printed = {text: _day(text) for text in rows["tanggal"].unique()}
    dates = rows["tanggal"].map(printed).astype(DATE)
    expected = "a day such as 31 Juli 2022"
    expect_cells(rows, "tanggal", dates.notna(), expected, DATASET_2022, FILE_2022)
    crossed = _crossed(rows, "kode_kota", gazetteer, DATASET_2022, FILE_2022)
    _expect_names(rows.assign(region_code=crossed), gazetteer)
    table = pd.DataFrame({"region_code": crossed, "date": dates, "zone": zones})
    return _grid(table, DAYS_2022, gazetteer, (DATASET_2022, FILE_2022))


def _rows(content: bytes, columns: Mapping[str, str], dataset: str, file: str) -> pd.DataFrame:
    """Return the rows of a file, typed; there is at least one."""
    text = decode(content, dataset, file)
    rows = read_csv(text.encode("utf-8"), columns, dataset, file, REMEDY)
    if rows.empty:
        raise InputError(dataset, file, "", "rows below the header", "none", REMEDY)
    return rows


def _day(text: str) -> pd.Timestamp | None:
    """Return the day of an Indonesian date, or None where it is none."""
    if text in _MISPRINTED_DAYS:
        return _MISPRINTED_DAYS[text]
    match = re.fullmatch(r"([0-9]{1,2}) ([A-Za-z]+) ([0-9]{4})", text)
    if not match or match[2] not in _MONTHS:
        return None
    try:
        return pd.Timestamp(int(match[3]), _MONTHS[match[2]], int(match[1]))
    except ValueError:
        return None


def _crossed(
    rows: pd.DataFrame, column: str, gazetteer: Gazetteer, dataset: str, file: str
) -> pd.Series:
    """Return the BPS code of each row's Kemendagri code."""
    firsts = rows[~rows.duplicated(column)]
    known = {
        code: gazetteer.from_kemendagri(code, dataset, file, f"row {row + 2}, column '{column}'")
        for row, code in firsts[[column]].itertuples(name=None)
    }
    return rows[column].map(known)


def _expect_names(rows: pd.DataFrame, gazetteer: Gazetteer) -> None:
    """Stop at a name of a kab/kota or province that is not that of the code beside it."""
    names = ["prov", "kode_prov", "kota", "region_code"]
    for row, province, province_code, name, code in (
        rows[names].drop_duplicates().itertuples(name=None)
    ):
        full = name if name.startswith("KOTA ") or province_of(code) == DKI else f"KAB. {name}"
        place = {column: f"row {row + 2}, column '{column}'" for column in names}
        crossed = gazetteer.from_kemendagri(
            province_code, DATASET_2022, FILE_2022, place["kode_prov"]
        )
        stated = {
            "kota": gazetteer.resolve(name, DATASET_2022, FILE_2022, place["kota"], read_as=full),
            "prov": gazetteer.resolve(province, DATASET_2022, FILE_2022, place["prov"]),
            "kode_prov": crossed,
        }
        for column, region in stated.items():
            due = code if column == "kota" else province_of(code)
            if region != due:
                expected = f"that of {gazetteer.name(due)} ({due})"
                found = f"that of {region or 'no single region'}"
                raise InputError(DATASET_2022, FILE_2022, place[column], expected, found, REMEDY)


def _grid(
    zones: pd.DataFrame, days: pd.DatetimeIndex, gazetteer: Gazetteer, where: tuple[str, str]
) -> pd.DataFrame:
    """Return zones by region and day; stop unless each kab/kota has each day exactly once."""
    dataset, file = where
    expected = f"one of the {len(days)} known days from {days[0].date()} to {days[-1].date()}"
    expect_cells(zones, "date", zones["date"].isin(days), expected, dataset, file)
    again = zones.duplicated(["region_code", "date"])
    expect_cells(zones, "region_code", ~again, "each kab/kota once a day", dataset, file)
    units = [code for code in gazetteer.codes() if code != province_of(code)]
    stray = ~zones["region_code"].isin(units)
    expect_cells(zones, "region_code", ~stray, "the code of a kab/kota", dataset, file)
    present = set(zip(zones["region_code"], zones["date"], strict=True))
    for unit in units:
        for day in days:
            if (unit, day) not in present:
                expected = f"a row for {gazetteer.name(unit)} ({unit}) on {day.date()}"
                raise InputError(dataset, file, "", expected, "none", REMEDY)
    columns = ["region_code", "date", "zone"]
    return zones[columns].sort_values(["region_code", "date"], ignore_index=True)


TABLES = {TABLE_2020: read_risk_zones_2020, TABLE_2022: read_risk_zones_2022}
"""Reader of each table that is made here."""
