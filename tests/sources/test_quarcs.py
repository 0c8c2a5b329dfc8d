"""GRDP per head: values under their own codes in Papua, breaks and doubts marked, faults found."""

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.quarcs import FILE, TABLE, YEARS, read_grdp_per_capita

REGIONS = pd.DataFrame(
    [
        ("1501", "kabupaten", "Kab. Kerinci"),
        ("3101", "kabupaten", "Kepulauan Seribu"),
        ("3171", "kota", "Jakarta Selatan"),
        ("5206", "kabupaten", "Kab. Bima"),
        ("5272", "kota", "Kota Bima"),
        ("91", "province", "Papua Barat"),
        ("9106", "kabupaten", "Kab. Sorong Selatan"),
        ("9107", "kabupaten", "Kab. Sorong"),
    ],
    columns=["region_code", "level", "name"],
)
GAZETTEER = Gazetteer(REGIONS.assign(kemendagri_code=REGIONS["region_code"]))

# Each row's first number is told apart from all others by its thousands.
LABELS = [
    ("1501", "Kerinci", "15"),
    ("3101", "Administrasi Kepulauan Seribu", "31"),
    ("3171", "Kota Administrasi Jakarta Selatan", "31"),
    ("5206", "Bima", "52"),
    ("5272", "Kota Bima", "52"),
    ("9201", "Sorong", "92"),
    ("9202", "Sorong Selatan", "92"),
]


def line(place: int, code: str, name: str, province: str) -> str:
    cells = [f'" {place},{year - 2000:03d} "' for year in YEARS]
    return ",".join([code, name, province, "a province", "1", "an island", *cells])


LINES = [line(place, *labels) for place, labels in enumerate(LABELS, start=1)]
HEADER = ",".join(["districtID", "district", "provinceID", "province", "islandID", "island"])
HEADER = ",".join([HEADER, *(f"grdp_pc_{year}" for year in YEARS)])
EMPTY = "," * (6 + len(YEARS) - 1)


def published(lines: list[str] = LINES, header: str = HEADER) -> dict[str, bytes]:
    return {FILE: ("\ufeff" + "\r\n".join([header, *lines, EMPTY]) + "\r\n").encode()}


def read(files: dict[str, bytes]) -> pd.DataFrame:
    return read_grdp_per_capita(files, GAZETTEER, None)


def test_numbers_with_blanks_and_commas_are_read():
    frame = check(read(published()), RAW[TABLE], TABLE, "")
    assert len(frame) == 7 * 25
    assert frame.iloc[0].tolist() == ["1501", 2000, 1000, False, ""]
    jakarta = frame[(frame["region_code"] == "3171") & (frame["year"] == 2024)]
    assert jakarta["grdp_per_capita"].tolist() == [3024]


def test_papua_is_read_by_position_and_not_by_its_newer_names():
    first = read(published()).query("year == 2000").set_index("region_code")["grdp_per_capita"]
    assert first["9106"] == 6000  # printed as 9201 Sorong
    assert first["9107"] == 7000  # printed as 9202 Sorong Selatan


def test_the_break_and_the_doubtful_numbers_are_marked():
    frame = read(published())
    assert set(frame.loc[frame["after_break"], "year"]) == set(range(2020, 2025))
    doubts = {
        (why, region): (years.min(), years.max(), len(years))
        for (why, region), years in frame[frame["suspect"] != ""].groupby(
            ["suspect", "region_code"]
        )["year"]
    }
    assert doubts == {
        ("current_prices", "1501"): (2016, 2024, 9),
        ("exchanged_population", "5206"): (2000, 2015, 16),
        ("exchanged_population", "5272"): (2000, 2015, 16),
    }


def changed(place: int, old: str, new: str) -> list[str]:
    assert old in LINES[place]
    return [*LINES[:place], LINES[place].replace(old, new, 1), *LINES[place + 1 :]]


@pytest.mark.parametrize(
    ("files", "place", "expected", "found"),
    [
        ({}, "", "this file", "no such file"),
        (published(LINES[:-1]), "", "7 rows, one per kab/kota", "6"),
        (published([*LINES, LINES[-1]]), "", "7 rows", "8"),
        (published([LINES[0] + ",1", *LINES[1:]]), "row 2", "31 fields", "32"),
        (published(header=HEADER.replace("2000", "1999")), "row 1 (header)", "2000", "1999"),
        (
            published([LINES[1], LINES[0], *LINES[2:]]),
            "row 2, column 'district'",
            "1501 Kab. Kerinci",
            "3101 Administrasi",
        ),
        (
            published([*LINES[:-2], LINES[-1], LINES[-2]]),
            "row 8, column 'districtID'",
            "a code after 9202",
            "9201",
        ),
        (published(changed(3, "Bima", "Kota Bima")), "row 5", "5206 Kab. Bima", "5206 Kota Bima"),
        (published(changed(5, "Sorong", "Kota Bima")), "row 7", "of Papua", "9201 Kota Bima"),
        (published(changed(5, "9201", "9701")), "row 7", "of Papua", "9701 Sorong"),
        (published(changed(0, "Kerinci", "Kerincy")), "row 2", "name of a region", "'Kerincy'"),
        (published(changed(0, " 1,000 ", " -1,000 ")), "'grdp_pc_2000'", "12,345", "' -1,000 '"),
        (published(changed(0, " 1,001 ", "1.001")), "'grdp_pc_2001'", "12,345", "'1.001'"),
        (published(changed(0, " 1,001 ", " 1001 ")), "'grdp_pc_2001'", "12,345", "' 1001 '"),
        ({FILE: b"<!DOCTYPE html><html>"}, "start of the file", "data", "an HTML page"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(files, place, expected, found):
    with pytest.raises(InputError) as caught:
        read(files)
    error = caught.value
    assert (error.dataset, error.file) == ("quarcs_grdp", FILE)
    assert place in error.place
    assert expected in error.expected
    assert found in error.found


def test_a_plausible_number_that_was_changed_is_refused():
    # The seven units are not the figures that the reader was checked with.
    with pytest.raises(InputError, match="whole table"):
        read_grdp_per_capita(published(), GAZETTEER)


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    tables = ("geography/regions.csv", "geography/spellings.csv")
    raw = project / "data/raw"
    return Gazetteer(*(read_raw((raw / name).read_bytes(), RAW[name], name) for name in tables))


@pytest.fixture(scope="module")
def content(upstream) -> bytes:
    return (upstream / "quarcs-lab+indonesia514" / FILE).read_bytes()


@pytest.fixture(scope="module")
def table(content, gazetteer) -> pd.DataFrame:
    frame = read_grdp_per_capita({FILE: content}, gazetteer)
    return frame.pivot_table(index="region_code", columns="year", values="grdp_per_capita")


@pytest.fixture(scope="module")
def implied(project) -> pd.Series:
    """Return GRDP of 2021 per resident of the census, in thousand rupiah, from other sources."""
    folder = project / "data/raw/context"
    read_table = {"dtype": {"region_code": str}, "index_col": "region_code"}
    grdp = pd.read_csv(folder / "kabkota_2021.csv", **read_table)["grdp"]
    return grdp * 1000 / pd.read_csv(folder / "population_sp2020.csv", **read_table)["total"]


@pytest.mark.upstream
def test_the_study_area_in_2019(table):
    assert len(table) == 514
    assert (
        table[2019].to_dict().items()
        >= {
            "3101": 156281,
            "3171": 186215,
            "3172": 107890,
            "3173": 497777,
            "3174": 123115,
            "3175": 183771,
            "3201": 26709,
            "3216": 68158,
            "3271": 29643,
            "3275": 23580,
            "3276": 20802,
            "3603": 26329,
            "3671": 50244,
            "3674": 35852,
        }.items()
    )


@pytest.mark.upstream
def test_the_break_of_2020_is_where_the_notes_say(table):
    growth = table[2020] / table[2019] - 1
    assert growth["3674"] == pytest.approx(0.228, abs=0.001)
    assert growth["3216"] == pytest.approx(0.149, abs=0.001)


@pytest.mark.upstream
def test_papua_fits_other_sources_by_position_and_not_by_name(table, implied, content, gazetteer):
    papua = [code for code in table.index if code[:2] in {"91", "94"}]
    assert len(papua) == 42
    values = table.loc[papua, 2021]
    error = (values / implied[papua] - 1).abs()
    assert error.median() == pytest.approx(0.014, abs=0.001)
    assert error.max() < 0.1
    printed = [row.split(",")[1] for row in content.decode("utf-8-sig").splitlines()[1:-1]][-42:]
    named = [
        gazetteer.resolve(name, "", "", "", read_as=name if "Kota" in name else f"Kab. {name}")
        for name in printed
    ]
    by_name = pd.Series(values.to_numpy(), index=named)
    assert (by_name / implied[named] - 1).abs().median() > 0.4


@pytest.mark.upstream
def test_all_others_but_jambi_agree_with_other_sources(table, implied):
    ratio = table[2021] / implied
    off = ratio.index[(ratio - 1).abs() > 0.2]
    assert len(off) == 11
    assert {code[:2] for code in off} == {"15"}


@pytest.mark.upstream
def test_jambi_is_at_current_prices_from_2016_on(table, project):
    jambi = table[table.index.str.startswith("15")]
    jumps = jambi[2016] / jambi[2015] - 1
    assert jumps.min() > 0.17
    assert (jambi[2015] / jambi[2014] - 1).max() < 0.07
    context = project / "data/raw/context"
    census = pd.read_csv(context / "population_sp2020.csv", dtype={"region_code": str})
    people = census.set_index("region_code")["total"][jambi.index]
    provinces = pd.read_csv(context / "province_2021.csv", dtype={"region_code": str})
    current = provinces.set_index("region_code").at["15", "grdp_per_capita_current"]
    mean = (jambi[2021] * people).sum() / people.sum()
    assert mean == pytest.approx(current, rel=0.005)


@pytest.mark.upstream
def test_the_two_bimas_were_divided_by_each_other_s_population(table, project):
    census = pd.read_csv(
        project / "data/raw/context/population_sp2020.csv", dtype={"region_code": str}
    ).set_index("region_code")["total"]
    # Exchanging the denominators takes out the jump; the ratio of populations moves slowly.
    times = census["5206"] / census["5272"]
    assert table.at["5206", 2015] / times == pytest.approx(table.at["5206", 2016], rel=0.15)
    assert table.at["5272", 2015] * times == pytest.approx(table.at["5272", 2016], rel=0.15)


@pytest.mark.upstream
@pytest.mark.parametrize("swap", [("156,281", "156,282"), ("26,709", "29,643")])
def test_a_number_of_the_file_that_was_changed_is_found(content, gazetteer, swap):
    broken = content.decode("utf-8")
    assert broken.count(f" {swap[0]} ") >= 1
    broken = broken.replace(f" {swap[0]} ", f" {swap[1]} ", 1)
    with pytest.raises(InputError, match="whole table"):
        read_grdp_per_capita({FILE: broken.encode()}, gazetteer)
