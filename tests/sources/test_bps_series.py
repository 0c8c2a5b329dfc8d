"""Indicators of BPS: every number under its own unit and year, known gaps blank, faults found."""

import io
import itertools

import openpyxl
import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import bps_series
from gotong.sources.bps_series import (
    INDICATORS,
    KABKOTA_FILE,
    KABKOTA_TABLE,
    PROVINCE_FILE,
    PROVINCE_TABLE,
    SERIES_TABLE,
    read_kabkota,
    read_province_2021,
    read_province_series,
)

REGIONS = pd.DataFrame(
    [
        ("31", "province", "DKI Jakarta"),
        ("3101", "kabupaten", "Kepulauan Seribu"),
        ("32", "province", "Jawa Barat"),
        ("3201", "kabupaten", "Kab. Bogor"),
        ("3271", "kota", "Kota Bogor"),
        ("65", "province", "Kalimantan Utara"),
    ],
    columns=["region_code", "level", "name"],
)
GAZETTEER = Gazetteer(REGIONS.assign(kemendagri_code=REGIONS["region_code"]))

UNITS = [
    ["DKI JAKARTA", "Kepulauan Seribu", 15.06, 8.96, 12849, 72.1, 68.9, 97.5, 99, 8.6, 70, 4e6, 0],
    ["JAWA BARAT", "Bogor", 8.13, "8.31", 10410, 70.6, 71.36, 64, 90, 12.22, 64, 157000000, 0],
    ["JAWA BARAT", "Kota Bogor", 7.24, 10.53, 11585, 76.59, 73.65, 67, 93, 11.79, 64, 33000000, 0],
]
UNIT_HEADER = [*bps_series._KABKOTA_COLUMNS]


def workbook(*rows: list) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def kabkota(*rows: list, header: list = UNIT_HEADER) -> dict[str, bytes]:
    return {KABKOTA_FILE: workbook(header, *(rows or UNITS))}


def test_a_name_without_kota_is_the_kabupaten():
    frame = read_kabkota(kabkota(), GAZETTEER, None)
    check(frame, RAW[KABKOTA_TABLE], KABKOTA_TABLE, "")
    assert frame["region_code"].tolist() == ["3101", "3201", "3271"]
    assert frame["poverty_rate"].tolist() == [15.06, 8.13, 7.24]
    assert frame["schooling_years"].tolist() == [8.96, 8.31, 10.53]  # one stands as text
    assert frame["grdp"].tolist() == [4_000_000, 157_000_000, 33_000_000]


def altered(row: int, column: int, cell: object) -> list[list]:
    rows = [list(cells) for cells in UNITS]
    rows[row][column] = cell
    return rows


@pytest.mark.parametrize(
    ("files", "place", "expected", "found"),
    [
        ({}, "", "this file", "no such file"),
        (kabkota(*UNITS[:2]), "", "3 rows", "2"),
        (kabkota(UNITS[0], UNITS[2], UNITS[1]), "row 3", "Kab. Bogor in Jawa Barat", "Kota Bogor"),
        (kabkota(*altered(1, 0, "DKI JAKARTA")), "row 3", "Kab. Bogor in Jawa", "Bogor, DKI"),
        (kabkota(*altered(1, 1, "Bogar")), "row 3", "the name of a region", "'Bogar'"),
        (kabkota(*altered(0, 2, -15.06)), "row 2, column 'Persentase", "0 or more", "-15.06"),
        (kabkota(*altered(0, 2, None)), "row 2, column 'Persentase", "0 or more", "None"),
        (kabkota(*altered(0, 2, "15,06")), "row 2, column 'Persentase", "0 or more", "'15,06'"),
        (kabkota(*altered(0, 2, True)), "row 2, column 'Persentase", "0 or more", "True"),
        (kabkota(*altered(0, 11, 4e6 + 0.5)), "row 2", "a whole number", "4000000.5"),
        (kabkota(*altered(0, 11, 10**40)), "row 2, column 'PDRB", "0 or more", "1e+40"),
        (kabkota(header=UNIT_HEADER[::-1]), "row 1 (header)", "Provinsi", "Klasifikasi"),
        ({KABKOTA_FILE: b"<html>"}, "", "workbook", "zip"),
    ],
)
def test_a_workbook_of_units_that_is_not_as_it_should_be_is_refused(files, place, expected, found):
    with pytest.raises(InputError) as caught:
        read_kabkota(files, GAZETTEER, None)
    error = caught.value
    assert (error.dataset, error.file) == ("bps_kabkota_2021", KABKOTA_FILE)
    assert place in error.place
    assert expected in error.expected
    assert found in error.found


NAMES = ("DKI JAKARTA", "JAWA BARAT", "KALIMANTAN UTARA", "INDONESIA")
SERVED_FROM = {
    "hdi": 2013,
    "poverty_rate": 2015,
    "unemployment_rate": 2015,
    "gini": 2015,
    "grdp_growth": 2013,
    "fiscal_capacity": 2016,
}


def cell(indicator: str, name: str, year: int) -> float | None:
    """Return what the invented workbooks hold: place and year, with the known gaps."""
    if name == "INDONESIA" and indicator == "fiscal_capacity":
        return None
    if name == "KALIMANTAN UTARA" and year < SERVED_FROM[indicator]:
        return 0
    return NAMES.index(name) + 1 + (year - 2000) / 100


def book(indicator: str, last: int, names: tuple[str, ...] = NAMES) -> bytes:
    years = range(2010, last + 1)
    rows = ([name, *(cell(indicator, name, year) for year in years)] for name in names)
    return workbook(["Tahun", *years], *rows)


SERIES = {chosen.file: book(chosen.name, chosen.last) for chosen in INDICATORS}


@pytest.fixture
def series() -> pd.DataFrame:
    frame = read_province_series(SERIES, GAZETTEER, None)
    return check(frame, RAW[SERIES_TABLE], SERIES_TABLE, "")


def test_every_indicator_stands_under_its_region_and_year(series):
    assert len(series) == 4 * (4 * 13 + 2 * 12)
    values = series.set_index(["region_code", "indicator", "year"])["value"]
    assert values["31", "hdi", 2010] == 1.1
    assert values["32", "gini", 2022] == 2.22
    assert values["IDN", "unemployment_rate", 2020] == 4.2


def test_what_the_publisher_does_not_have_is_blank(series):
    blank = series[series["value"].isna()]
    gaps = {
        key: years.tolist() for key, years in blank.groupby(["region_code", "indicator"])["year"]
    }
    assert gaps == {
        ("31", "fiscal_capacity"): [2013],
        ("32", "fiscal_capacity"): [2013],
        ("65", "fiscal_capacity"): [*range(2010, 2016)],
        ("65", "gini"): [*range(2010, 2015)],
        ("65", "grdp_growth"): [*range(2010, 2013)],
        ("65", "hdi"): [*range(2010, 2013)],
        ("65", "poverty_rate"): [*range(2010, 2015)],
        ("65", "unemployment_rate"): [*range(2010, 2015)],
        ("IDN", "fiscal_capacity"): [*range(2010, 2022)],
        ("IDN", "grdp_growth"): [*range(2013, 2023)],
    }


def test_years_of_an_earlier_method_are_marked(series):
    marked = series[series["earlier_method"]].groupby("indicator")["year"].max()
    assert marked.to_dict() == {"fiscal_capacity": 2016, "grdp_growth": 2012, "hdi": 2012}


HDI = INDICATORS[0]


@pytest.mark.parametrize(
    ("content", "place", "expected", "found"),
    [
        (book("hdi", 2020), "row 1 (header)", "2021", "2020"),
        (book("hdi", 2021, NAMES[:3]), "", "4 rows", "3"),
        (book("hdi", 2021, (*NAMES[1::-1], *NAMES[2:])), "row 2", "DKI Jakarta", "'JAWA BARAT'"),
        (book("hdi", 2021, (*NAMES[:2], NAMES[3], NAMES[2])), "row 4", "Kalimantan U", "INDONESIA"),
        (b"PK\x03\x04", "", "workbook", "zip"),
    ],
)
def test_a_series_that_is_not_as_it_should_be_is_refused(content, place, expected, found):
    with pytest.raises(InputError) as caught:
        read_province_series(SERIES | {HDI.file: content}, GAZETTEER, None)
    error = caught.value
    assert (error.dataset, error.file) == ("bps_province_series", HDI.file)
    assert place in error.place
    assert expected in error.expected
    assert found in error.found


@pytest.mark.parametrize(
    ("indicator", "row", "held", "expected"),
    [
        ("hdi", 1, "80,76", "a number"),
        ("hdi", 1, None, "a number"),
        ("hdi", 1, 1e300, "a number"),
        ("fiscal_capacity", 4, 1.5, "a blank"),
    ],
)
def test_a_cell_that_is_no_number_or_no_gap_is_refused(indicator, row, held, expected):
    chosen = next(one for one in INDICATORS if one.name == indicator)
    opened = openpyxl.load_workbook(io.BytesIO(SERIES[chosen.file]))
    opened.active.cell(row=row + 1, column=11).value = held
    stream = io.BytesIO()
    opened.save(stream)
    with pytest.raises(InputError) as caught:
        read_province_series(SERIES | {chosen.file: stream.getvalue()}, GAZETTEER, None)
    assert caught.value.place == f"row {row + 1}, column '2019'"
    assert expected in caught.value.expected


PROVINCES = [
    line.split(",")
    for line in (
        ",".join(bps_series._PROVINCE_COLUMNS),
        "DKI Jakarta,274660,81.11,8.5,4.72,72.58,78.12,99.53,98.68,72.32,26.91,24.44",
        "Jawa Barat,45234,72.45,9.82,8.4,71.9,76.97,99.5,95.09,67.8,24.82,32.68",
        "Kalimantan Utara,157092,71.19,4.58,7.36,71.3,75.8,98.67,96.51,76.5,27.5,27.46",
    )
]


def provinces(rows: list[list[str]] = PROVINCES) -> dict[str, bytes]:
    return {PROVINCE_FILE: "\n".join(map(",".join, rows)).encode()}


def test_the_provinces_of_2021():
    frame = read_province_2021(provinces(), GAZETTEER, None)
    check(frame, RAW[PROVINCE_TABLE], PROVINCE_TABLE, "")
    assert frame.iloc[0].tolist() == ["31", 274660, 72.58, 78.12, 24.44]
    assert frame["region_code"].tolist() == ["31", "32", "65"]


@pytest.mark.parametrize(
    ("rows", "place", "expected", "found"),
    [
        (PROVINCES[:-1], "", "3 rows", "2"),
        ([PROVINCES[0], PROVINCES[2], PROVINCES[1], PROVINCES[3]], "row 2", "DKI", "Jawa Barat"),
        ([*PROVINCES[:-1], PROVINCES[-1][:-1]], "", "12 rows", "11"),
        ([*PROVINCES[:-1], [*PROVINCES[-1][:-1], ""]], "row 4, column 'PST_P", "a number", "''"),
    ],
)
def test_provinces_that_are_not_as_they_should_be_are_refused(rows, place, expected, found):
    with pytest.raises(InputError) as caught:
        read_province_2021(provinces(rows), GAZETTEER, None)
    assert caught.value.dataset == "bps_province_2021"
    assert place in caught.value.place
    assert expected in caught.value.expected
    assert found in caught.value.found


@pytest.mark.parametrize(
    ("read", "files"),
    [(read_kabkota, kabkota()), (read_province_series, SERIES), (read_province_2021, provinces())],
)
def test_figures_other_than_the_checked_ones_are_refused(read, files):
    with pytest.raises(InputError, match="whole table"):
        read(files, GAZETTEER)


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    tables = ("geography/regions.csv", "geography/spellings.csv")
    raw = project / "data/raw"
    return Gazetteer(*(read_raw((raw / name).read_bytes(), RAW[name], name) for name in tables))


@pytest.fixture(scope="module")
def units(upstream, gazetteer) -> pd.DataFrame:
    folder = upstream / "MahirBye+KLASIFIKASI-TINGKAT-KEMISKINAN-DI-INDONESIA"
    files = {KABKOTA_FILE: (folder / KABKOTA_FILE).read_bytes()}
    return read_kabkota(files, gazetteer).set_index("region_code")


@pytest.fixture(scope="module")
def published(upstream) -> dict[str, bytes]:
    folder = upstream / "haekalyulianto+Capaian_Indikator_Utama_Pembangunan"
    return {chosen.file: (folder / chosen.file).read_bytes() for chosen in INDICATORS}


@pytest.fixture(scope="module")
def values(published, gazetteer) -> pd.Series:
    frame = read_province_series(published, gazetteer)
    return frame.set_index(["region_code", "indicator", "year"])["value"]


@pytest.mark.upstream
def test_poverty_and_human_development_of_the_study_area(units):
    assert len(units) == 514
    assert not units.isna().any(axis=None)
    wanted = {
        "3101": (15.06, 72.10),
        "3171": (3.56, 84.90),
        "3172": (4.28, 82.97),
        "3173": (4.94, 81.56),
        "3174": (4.31, 81.76),
        "3175": (7.24, 80.51),
        "3201": (8.13, 70.60),
        "3216": (5.21, 74.45),
        "3271": (7.24, 76.59),
        "3275": (4.74, 81.95),
        "3276": (2.58, 81.37),
        "3603": (7.12, 72.29),
        "3671": (5.93, 78.50),
        "3674": (2.57, 81.60),
    }
    found = units.loc[list(wanted), ["poverty_rate", "hdi"]]
    assert dict(zip(found.index, found.itertuples(index=False, name=None), strict=True)) == wanted


@pytest.mark.upstream
def test_poverty_of_the_units_averages_to_that_of_their_provinces(units, upstream, project):
    # March 2021 by another compiler; weights are residents of 2020, so that it is not exact.
    census = pd.read_csv(
        project / "data/raw/context/population_sp2020.csv", dtype={"region_code": str}
    ).set_index("region_code")["total"]
    poor = (units["poverty_rate"] * census).groupby(units.index.str[:2]).sum()
    mean = poor / census.groupby(census.index.str[:2]).sum()
    lines = (upstream / "sainsdataid+dataset" / PROVINCE_FILE).read_text().splitlines()[1:]
    stated = pd.Series([float(line.split(",")[4]) for line in lines], index=mean.index)
    assert len(mean) == 34
    assert (mean - stated).abs().median() < 0.1
    assert (mean - stated).abs().max() < 1.5


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("region", "indicator", "of_2019", "of_2020"),
    [
        ("31", "hdi", 80.76, 80.77),
        ("31", "poverty_rate", 3.42, 4.69),
        ("31", "unemployment_rate", 6.54, 10.95),
        ("31", "gini", 0.391, 0.400),
        ("31", "grdp_growth", 5.82, -2.39),
        ("31", "fiscal_capacity", 11.473, 6.207),
        ("32", "hdi", 72.03, 72.09),
        ("32", "poverty_rate", 6.82, 8.43),
        ("32", "unemployment_rate", 8.04, 10.46),
        ("32", "gini", 0.398, 0.398),
        ("32", "grdp_growth", 5.02, -2.52),
        ("32", "fiscal_capacity", 3.171, 4.676),
        ("36", "hdi", 72.44, 72.45),
        ("36", "poverty_rate", 4.94, 6.63),
        ("36", "unemployment_rate", 8.11, 10.64),
        ("36", "gini", 0.361, 0.365),
        ("36", "grdp_growth", 5.26, -3.39),
        ("36", "fiscal_capacity", 1.135, 0.847),
    ],
)
def test_the_series_of_the_study_area(values, region, indicator, of_2019, of_2020):
    assert values[region, indicator, 2019] == of_2019
    assert values[region, indicator, 2020] == of_2020


@pytest.mark.upstream
def test_the_gaps_of_the_series(values):
    blank = values[values.isna()].reset_index()
    assert len(values) == 2660
    assert blank.groupby("region_code").size()[["65", "IDN"]].tolist() == [27, 22]
    assert len(blank) == 27 + 22 + 33
    assert set(blank.loc[~blank["region_code"].isin(["65", "IDN"]), "year"]) == {2013}


@pytest.mark.upstream
def test_what_is_left_blank_was_a_mean_and_no_figure(published):
    # When the compiler mends these, they can be read.
    capacity = openpyxl.load_workbook(io.BytesIO(published["KFD.xlsx"]), data_only=True)["Sheet1"]
    for row in itertools.islice(capacity.iter_rows(values_only=True), 1, 35):
        assert row[4] == pytest.approx((row[3] + row[5]) / 2)
    growth = openpyxl.load_workbook(io.BytesIO(published["Laju PDRB.xlsx"]), data_only=True)[
        "Sheet1"
    ]
    *provinces, country = itertools.islice(growth.iter_rows(values_only=True), 1, 36)
    for column in range(4, 14):
        assert country[column] == pytest.approx(sum(row[column] for row in provinces) / 34)


@pytest.mark.upstream
def test_the_provinces_of_2021_are_the_published_ones(upstream, gazetteer, values):
    content = (upstream / "sainsdataid+dataset" / PROVINCE_FILE).read_bytes()
    frame = read_province_2021({PROVINCE_FILE: content}, gazetteer).set_index("region_code")
    assert len(frame) == 34
    assert frame.loc["31"].tolist() == [274660, 72.58, 78.12, 24.44]
    # Human development stands in both files, and says that the rows are the same provinces'.
    lines = content.decode().splitlines()[1:]
    hdi = [float(line.split(",")[2]) for line in lines]
    assert hdi == values[:, "hdi", 2021].drop("IDN").tolist()
