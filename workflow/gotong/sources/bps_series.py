"""Badan Pusat Statistik: indicators of kab/kota and series of provinces."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer, province_of
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, csv_rows, expect_header
from gotong.sources.workbook import sheet_rows

KABKOTA, SERIES, PROVINCE_2021 = "bps_kabkota_2021", "bps_province_series", "bps_province_2021"

KABKOTA_TABLE = "context/kabkota_2021.csv"
SERIES_TABLE = "context/province_series.csv"
PROVINCE_TABLE = "context/province_2021.csv"

KABKOTA_FILE = "Data/Klasifikasi Tingkat Kemiskinan di Indonesia.xlsx"
PROVINCE_FILE = "Data 34 Provinsi 2021.csv"

_KABKOTA_CONTROL = ControlTotal(514, "feffdfdd33c31fc0")
_SERIES_CONTROL = ControlTotal(2_660, "007a4792320bdd44")
_PROVINCE_CONTROL = ControlTotal(34, "d587a44f56af4077")

COUNTRY = "IDN"

_KABKOTA_COLUMNS = {
    "Provinsi": "",
    "Kab/Kota": "",
    "Persentase Penduduk Miskin (P0) Menurut Kabupaten/Kota (Persen)": "poverty_rate",
    "Rata-rata Lama Sekolah Penduduk 15+ (Tahun)": "schooling_years",
    "Pengeluaran per Kapita Disesuaikan (Ribu Rupiah/Orang/Tahun)": "expenditure",
    "Indeks Pembangunan Manusia": "hdi",
    "Umur Harapan Hidup (Tahun)": "life_expectancy",
    "Persentase rumah tangga yang memiliki akses terhadap sanitasi layak": "sanitation",
    "Persentase rumah tangga yang memiliki akses terhadap air minum layak": "safe_water",
    "Tingkat Pengangguran Terbuka": "unemployment_rate",
    "Tingkat Partisipasi Angkatan Kerja": "participation_rate",
    # Called rupiah in the file; census times GRDP per head says that these are millions.
    "PDRB atas Dasar Harga Konstan menurut Pengeluaran (Rupiah)": "grdp",
    "Klasifikasi Kemiskinan": "",
}
_PROVINCE_COLUMNS = {
    "Provinsi": "",
    "PDRB_KAPITA": "grdp_per_capita_current",
    "IPM": "",
    "TPT": "",
    "PST_KEMISKINAN": "",
    "AHH_L": "life_expectancy_male",
    "AHH_P": "life_expectancy_female",
    "APS_07_12": "",
    "APS_13_15": "",
    "APS_16_18": "",
    "APS_19_23": "",
    "PST_PEROKOK": "smoking_rate",
}
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_LARGEST = 1e12
"""Above any number of these files; a cell beyond it is damaged."""


class _Indicator(NamedTuple):
    """One workbook of the provinces' series."""

    name: str
    file: str
    last: int
    comparable_from: int
    """First year of the method that the last one has, too."""


INDICATORS = (
    _Indicator("hdi", "Indeks Pembangunan Manusia.xlsx", 2021, 2013),
    _Indicator("poverty_rate", "persentasemiskin.xlsx", 2022, 2010),
    _Indicator("unemployment_rate", "pengangguran.xlsx", 2022, 2010),
    _Indicator("gini", "giniratio.xlsx", 2022, 2010),
    _Indicator("grdp_growth", "Laju PDRB.xlsx", 2022, 2013),
    _Indicator("fiscal_capacity", "KFD.xlsx", 2021, 2017),
)
FIRST_YEAR = 2010

_SINCE_2012, _FIRST_SERVED = "65", 2016
"""Kalimantan Utara: made in 2012, and last to have every indicator, in 2016."""

_INTERPOLATED_YEAR = 2013
"""The index of fiscal capacity of this year is the mean of its neighbours in every row."""


def _content(files: Mapping[str, bytes], dataset: str, file: str) -> bytes:
    """Return a file, or say that it is missing."""
    if file not in files:
        raise InputError(dataset, file, "", "this file", "no such file", REMEDY)
    return files[file]


def read_kabkota(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _KABKOTA_CONTROL,
) -> pd.DataFrame:
    """Read living conditions and output of every kabupaten and kota in 2021.

    The file states no year; its GRDP over the census of 2020 is that of 2021. It gives names
    without codes, and a kabupaten without that word: "Bogor" is Kab. Bogor. Some numbers stand
    as text. The class of poverty that the compiler added is left out.

    Parameters
    ----------
    files : mapping of str to bytes
        The workbook (`KABKOTA_FILE`), by registered path.
    gazetteer : Gazetteer
        Its kabupaten and kota must be exactly those of the file, in the order of their codes.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/kabkota_2021.csv``; GRDP in million rupiah; 514 rows.

    Raises
    ------
    InputError
        No workbook; another header or number of rows; a name that is unknown, in another
        province or out of order; a cell that is no number of zero or more; other figures.
    """
    content = _content(files, KABKOTA, KABKOTA_FILE)
    header, *rows = sheet_rows(content, KABKOTA, KABKOTA_FILE)
    expect_header([str(cell) for cell in header], [*_KABKOTA_COLUMNS], KABKOTA, KABKOTA_FILE)
    units = sorted((*gazetteer.codes("kabupaten"), *gazetteer.codes("kota")))
    _expect_count(rows, len(units), KABKOTA, KABKOTA_FILE)
    records = []
    for number, (unit, row) in enumerate(zip(units, rows, strict=True), start=2):
        province, name, *cells = row
        _expect_unit(unit, str(province), str(name), number, gazetteer)
        values = [
            _number(cell, KABKOTA, KABKOTA_FILE, f"row {number}, column '{printed}'")
            for cell, (printed, column) in zip(cells, [*_KABKOTA_COLUMNS.items()][2:], strict=True)
            if column
        ]
        records.append((unit, *values))
    frame = _frame(records, KABKOTA_TABLE, KABKOTA, KABKOTA_FILE)
    return expect_total(frame, control, KABKOTA, KABKOTA_FILE)


def _expect_count(rows: Sequence[object], wanted: int, dataset: str, file: str) -> None:
    """Stop at another number of rows."""
    if len(rows) != wanted:
        raise InputError(dataset, file, "", f"{wanted} rows", f"{len(rows)}", REMEDY)


def _expect_unit(unit: str, province: str, name: str, number: int, gazetteer: Gazetteer) -> None:
    """Stop at a row that is not that of the unit at its position."""
    place = f"row {number}, column 'Kab/Kota'"
    plain = name if name.startswith("Kota ") else f"Kab. {name}"
    named = gazetteer.resolve(name, KABKOTA, KABKOTA_FILE, place, read_as=plain)
    within = gazetteer.resolve(province, KABKOTA, KABKOTA_FILE, f"row {number}, column 'Provinsi'")
    if (named, within) != (unit, province_of(unit)):
        expected = f"{gazetteer.name(unit)} in {gazetteer.name(province_of(unit))}"
        raise InputError(KABKOTA, KABKOTA_FILE, place, expected, f"{name}, {province}", REMEDY)


def _number(cell: object, dataset: str, file: str, place: str) -> float:
    """Return a cell as a number of zero or more, also where it stands as text."""
    if isinstance(cell, str) and _DECIMAL.fullmatch(cell):
        return float(cell)
    if isinstance(cell, int | float) and 0 <= cell < _LARGEST:
        return float(cell)
    raise InputError(dataset, file, place, "a number, 0 or more", repr(cell), REMEDY)


def _frame(records: list[tuple[object, ...]], table: str, dataset: str, file: str) -> pd.DataFrame:
    """Return records as the columns of a table."""
    columns = dtypes(RAW[table])
    frame = pd.DataFrame(records, columns=list(columns))
    for name in (name for name, dtype in columns.items() if dtype == "Int64"):
        broken = frame.index[frame[name] != frame[name].round()]
        if broken.size:
            row, found = int(broken[0]), str(frame.at[broken[0], name])
            place = f"row {row + 2}, column for '{name}'"
            raise InputError(dataset, file, place, "a whole number", found, REMEDY)
    return frame.astype(columns)


def read_province_2021(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _PROVINCE_CONTROL,
) -> pd.DataFrame:
    """Read output at current prices, life expectancy and smoking of the provinces in 2021.

    Parameters
    ----------
    files : mapping of str to bytes
        The CSV file (`PROVINCE_FILE`), by registered path.
    gazetteer : Gazetteer
        Its provinces must be exactly those of the file, in the order of their codes.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/province_2021.csv``; 34 rows. HDI, unemployment and poverty stand in
        `read_province_series`, which has them for more years; school attendance is left out.

    Raises
    ------
    InputError
        Another header or number of rows or fields; a province out of order; a cell that is no
        number; other figures.
    """
    content = _content(files, PROVINCE_2021, PROVINCE_FILE)
    header, *rows = csv_rows(content, PROVINCE_2021, PROVINCE_FILE)
    expect_header(header, [*_PROVINCE_COLUMNS], PROVINCE_2021, PROVINCE_FILE)
    provinces = sorted(gazetteer.codes("province"))
    _expect_count(rows, len(provinces), PROVINCE_2021, PROVINCE_FILE)
    records: list[tuple[object, ...]] = []
    for number, (province, row) in enumerate(zip(provinces, rows, strict=True), start=2):
        _expect_count(row, len(header), PROVINCE_2021, f"{PROVINCE_FILE}, fields of row {number}")
        _expect_province(province, row[0], PROVINCE_2021, PROVINCE_FILE, number, gazetteer)
        values = [
            _number(cell, PROVINCE_2021, PROVINCE_FILE, f"row {number}, column '{printed}'")
            for cell, (printed, column) in zip(row, _PROVINCE_COLUMNS.items(), strict=True)
            if column
        ]
        records.append((province, *values))
    frame = _frame(records, PROVINCE_TABLE, PROVINCE_2021, PROVINCE_FILE)
    return expect_total(frame, control, PROVINCE_2021, PROVINCE_FILE)


def _expect_province(
    province: str, name: str, dataset: str, file: str, number: int, gazetteer: Gazetteer
) -> None:
    """Stop at a row that is not that of the province, or of Indonesia, at its position."""
    place = f"row {number}, first column"
    country = name == "INDONESIA"
    named = COUNTRY if country else gazetteer.resolve(name, dataset, file, place)
    if named != province:
        expected = "INDONESIA" if province == COUNTRY else gazetteer.name(province)
        raise InputError(dataset, file, place, expected, repr(name), REMEDY)


def read_province_series(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _SERIES_CONTROL
) -> pd.DataFrame:
    """Read six indicators of the provinces and of Indonesia, 2010 to 2021 or 2022.

    Blank in the table, and why:

    - Kalimantan Utara before it was counted apart (2010 to 2012, 2014 or 2015): the files say 0;
    - Indonesia's index of fiscal capacity, which has no such thing: blank in the file;
    - Indonesia's growth from 2013 on: the file holds the unweighted mean of the provinces;
    - fiscal capacity of 2013: the file holds the mean of 2012 and 2014.

    The first years are by other methods (`_Indicator.comparable_from`): HDI before 2013 is
    that before its revision, growth before 2013 fits GRDP per head, and fiscal capacity before
    2017 was divided by the number of the poor.

    Parameters
    ----------
    files : mapping of str to bytes
        One workbook per indicator (`INDICATORS`), by registered path.
    gazetteer : Gazetteer
        Its provinces must be exactly those of the files, in the order of their codes.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/province_series.csv``: region_code, indicator, year, value, earlier_method;
        35 x (4 x 13 + 2 x 12) rows.

    Raises
    ------
    InputError
        No workbook; other years or rows; a province out of order; a cell that is no number; a
        number where a gap is known, or a gap elsewhere; other figures.
    """
    records = [row for chosen in INDICATORS for row in _series(files, chosen, gazetteer)]
    columns = dtypes(RAW[SERIES_TABLE])
    frame = pd.DataFrame(records, columns=list(columns)).astype(columns)
    frame = frame.sort_values(["region_code", "indicator", "year"], ignore_index=True)
    return expect_total(frame, control, SERIES, "*.xlsx")


def _series(
    files: Mapping[str, bytes], chosen: _Indicator, gazetteer: Gazetteer
) -> list[tuple[str, str, int, float | None, bool]]:
    """Return the rows of one indicator."""
    header, *rows = sheet_rows(_content(files, SERIES, chosen.file), SERIES, chosen.file)
    years = range(FIRST_YEAR, chosen.last + 1)
    expect_header([str(cell) for cell in header], ["Tahun", *map(str, years)], SERIES, chosen.file)
    regions = [*sorted(gazetteer.codes("province")), COUNTRY]
    _expect_count(rows, len(regions), SERIES, chosen.file)
    records = []
    for number, (region, row) in enumerate(zip(regions, rows, strict=True), start=2):
        _expect_province(region, str(row[0]), SERIES, chosen.file, number, gazetteer)
        for year, cell in zip(years, row[1:], strict=True):
            place = f"row {number}, column '{year}'"
            value = _value(cell, region, year, chosen, place)
            records.append((region, chosen.name, year, value, year < chosen.comparable_from))
    return records


def _value(cell: object, region: str, year: int, chosen: _Indicator, place: str) -> float | None:
    """Return a cell as a number, or None where the publisher has none."""
    if region == COUNTRY and chosen.name == "fiscal_capacity":
        if cell is not None:
            raise InputError(SERIES, chosen.file, place, "a blank", repr(cell), REMEDY)
        return None
    if not (isinstance(cell, int | float) and abs(cell) < _LARGEST):
        raise InputError(SERIES, chosen.file, place, "a number", repr(cell), REMEDY)
    unserved = region == _SINCE_2012 and year < _FIRST_SERVED and cell == 0
    averaged = chosen.name == "grdp_growth" and region == COUNTRY and year >= chosen.comparable_from
    interpolated = chosen.name == "fiscal_capacity" and year == _INTERPOLATED_YEAR
    return None if unserved or averaged or interpolated else float(cell)


TABLES = {
    KABKOTA_TABLE: read_kabkota,
    SERIES_TABLE: read_province_series,
    PROVINCE_TABLE: read_province_2021,
}
"""Reader of each table that is made here."""
