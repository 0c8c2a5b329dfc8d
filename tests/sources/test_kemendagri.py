"""Area and registered residents: codes made whole and crossed over, sums held, faults found."""

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.kemendagri import (
    AREA_FILE,
    AREA_TABLE,
    POPULATION_FILE,
    POPULATION_TABLE,
    read_area,
    read_population,
    region_of_2020,
)

REGIONS = pd.DataFrame(
    [
        ("12", "12", "province", "Sumatera Utara"),
        ("1201", "1204", "kabupaten", "Kab. Nias"),
        ("1207", "1210", "kabupaten", "Kab. Labuhan Batu"),
        ("31", "31", "province", "DKI Jakarta"),
        ("3171", "3174", "kota", "Jakarta Selatan"),
        ("3173", "3171", "kota", "Jakarta Pusat"),
        ("94", "91", "province", "Papua"),
        ("9401", "9101", "kabupaten", "Kab. Merauke"),
    ],
    columns=["region_code", "kemendagri_code", "level", "name"],
)
GAZETTEER = Gazetteer(REGIONS)

AREAS = [
    "('12','Sumatera Utara',3000.001);",
    "('12.04','Kabupaten Nias',1000.0),",
    "('12.1','Kabupaten Labuhan Batu',2000.0);",
    "('31.0','Daerah Khusus Ibukota Jakarta',192.507),",
    "('31.71','Kota Administrasi Jakarta Pusat',47.565),",
    "('31.74','Kota Administrasi Jakarta Selatan',144.942);",
    "('93.01','Kabupaten Merauke',44071.0);",
]
PEOPLE = [
    "('0','INDONESIA','61','66','127'),",
    "('12','Sumatera Utara','30','33','63'),",
    "('12.04','Kabupaten Nias','10','11','21'),",
    "('12.10','Kabupaten Labuhan Batu','20','22','42'),",
    "('31','Daerah Khusus Ibukota Jakarta','30','32','62'),",
    "('31.71','Kota Administrasi Jakarta Pusat','10','12','22'),",
    "('31.74','Kota Administrasi Jakarta Selatan','20','20','40'),",
    "('93','Papua Selatan','1','1','2'),",
    "('93.01','Kabupaten Merauke','1','1','2');",
]
INSERT_AREA = "INSERT INTO wilayah_luas(kode,nama,luas)"
INSERT_PEOPLE = "INSERT INTO wilayah_penduduk(kode, nama, pria, wanita, total)"


def sql(insert: str, rows: list[str]) -> bytes:
    """Return rows as the publisher writes them, in two statements."""
    first, rest = "\n".join(rows[:1]), "\n".join(rows[1:])
    head = "/*\na licence\n*/\nDROP TABLE x;\n"
    return "\n".join([head, insert, "VALUES", first, "", insert, "VALUES", rest, ""]).encode()


def areas(rows: list[str] = AREAS) -> dict[str, bytes]:
    return {AREA_FILE: sql(INSERT_AREA, rows), "another.sql": b""}


def people(rows: list[str] = PEOPLE) -> dict[str, bytes]:
    return {POPULATION_FILE: sql(INSERT_PEOPLE, rows), "another.sql": b""}


def test_areas_stand_under_bps_codes():
    frame = check(read_area(areas(), GAZETTEER, None), RAW[AREA_TABLE], AREA_TABLE, "")
    assert dict(zip(frame["region_code"], frame["area"], strict=True)) == {
        "1201": 1000,
        "1207": 2000,  # 12.1 in the file, which is 12.10
        "3171": 144.942,  # 31.74
        "3173": 47.565,  # 31.71
        "9401": 44071,  # 93.01, since 2022
    }


def test_residents_stand_under_bps_codes():
    frame = read_population(people(), GAZETTEER, None)
    check(frame, RAW[POPULATION_TABLE], POPULATION_TABLE, "")
    assert frame.to_numpy().tolist() == [
        ["1201", 10, 11, 21],
        ["1207", 20, 22, 42],
        ["3171", 20, 20, 40],
        ["3173", 10, 12, 22],
        ["9401", 1, 1, 2],
    ]


def swapped(rows: list[str], old: str, new: str) -> list[str]:
    text = "\n".join(rows)
    assert old in text
    return text.replace(old, new, 1).split("\n")


@pytest.mark.parametrize(
    ("rows", "place", "expected", "found"),
    [
        (swapped(AREAS, "1000.0", "1001.0"), "region 12", "sum to 3000.001", "3001.000"),
        (swapped(AREAS, "47.565", "-47.565"), "line 15", "('kode','nama',...)", "-47.565"),
        (swapped(AREAS, "47.565", "47,565"), "line 15", "('kode','nama',...)", "47,565"),
        (swapped(AREAS, "'12.1'", "'12.100'"), "12.100", "a code such as", "12.100"),
        (swapped(AREAS, "'12.1'", "'12.03'"), "line 13, 12.03", "after 12.04", "12.03"),
        (swapped(AREAS, "Jakarta Pusat", "Jakarta Barat"), "31.71", "name of a region", "Barat"),
        (
            swapped(swapped(AREAS, "Pusat", "Timur"), "Selatan", "Pusat"),
            "31.71",
            "name of a region",
            "Timur",
        ),
        (
            swapped(AREAS, "Kota Administrasi Jakarta Pusat", "Jakarta Selatan"),
            "31.71",
            "Pusat",
            "S",
        ),
        (AREAS[:-1], "", "all 5 kab/kota", "9401"),
        ([*AREAS, AREAS[-1]], "93.01", "a code after 93.01", "93.01"),
        ([*AREAS, "DROP TABLE wilayah;"], "line 18", "('kode'", "DROP TABLE"),
    ],
)
def test_areas_that_are_not_as_they_should_be_are_refused(rows, place, expected, found):
    with pytest.raises(InputError) as caught:
        read_area(areas(rows), GAZETTEER, None)
    error = caught.value
    assert (error.dataset, error.file) == ("kemendagri_wilayah", AREA_FILE)
    assert place in error.place
    assert expected in error.expected
    assert found in error.found


@pytest.mark.parametrize(
    ("rows", "expected", "found"),
    [
        (swapped(PEOPLE, "'10','11','21'", "'11','11','21'"), "pria + wanita", "11 + 11, total 21"),
        (swapped(PEOPLE, "'10','11','21'", "'11','10','21'"), "parts that sum to 30", "31"),
        (swapped(PEOPLE, "'61','66'", "'60','67'"), "parts that sum to 60", "61"),
        (swapped(PEOPLE, "'66'", "'" + "6" * 5000 + "'"), "('kode'", "'0','INDONESIA'"),
        (swapped(PEOPLE, "('93.01','Kabupaten Merauke'", "('93.01','Kab. Nias'"), "Papua", "1201"),
    ],
)
def test_residents_that_do_not_add_up_are_refused(rows, expected, found):
    with pytest.raises(InputError) as caught:
        read_population(people(rows), GAZETTEER, None)
    assert expected in caught.value.expected
    assert found in caught.value.found


@pytest.mark.parametrize("read", [read_area, read_population])
def test_a_missing_file_is_named(read):
    with pytest.raises(InputError, match="no such file"):
        read({}, GAZETTEER)


@pytest.mark.parametrize(("read", "files"), [(read_area, areas()), (read_population, people())])
def test_figures_other_than_the_checked_ones_are_refused(read, files):
    with pytest.raises(InputError, match="whole table"):
        read(files, GAZETTEER)


def test_codes_of_jakarta_and_of_papua_are_crossed_over():
    where = ("a source", "a file", "line 1")
    assert region_of_2020("31.71", "", GAZETTEER, *where) == "3173"
    assert region_of_2020("93.01", "Kabupaten Merauke", GAZETTEER, *where) == "9401"
    with pytest.raises(InputError, match="as it was in 2020"):
        region_of_2020("93.01", "Papua", GAZETTEER, *where)


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    tables = ("geography/regions.csv", "geography/spellings.csv")
    raw = project / "data/raw"
    return Gazetteer(*(read_raw((raw / name).read_bytes(), RAW[name], name) for name in tables))


@pytest.fixture(scope="module")
def published(upstream) -> dict[str, bytes]:
    folder = upstream / "cahyadsn+wilayah"
    return {name: (folder / name).read_bytes() for name in (AREA_FILE, POPULATION_FILE)}


@pytest.mark.upstream
def test_the_official_areas(published, gazetteer):
    area = read_area(published, gazetteer).set_index("region_code")["area"]
    assert len(area) == 514
    assert area.sum() == pytest.approx(1_890_179.784)
    assert area["3173"] == 47.565
    assert area["3201"] == 2991.778
    assert area["3216"] == 1255.001
    assert area["3276"] == 199.906
    assert area["3674"] == 164.86
    assert area[area.index.str.startswith("31")].sum() == pytest.approx(661.53)
    assert area["1207"] == 2772.346  # Labuhan Batu, 12.1 in the file
    assert area["9401"] > 40_000  # Merauke, the largest


@pytest.mark.upstream
def test_the_civil_registry_of_2024(published, gazetteer, project):
    people = read_population(published, gazetteer).set_index("region_code")
    assert people.sum().to_dict() == {
        "male": 143_863_392,
        "female": 141_110_251,
        "total": 284_973_643,
    }
    assert people.at["3172", "total"] == 3_230_417
    census = pd.read_csv(
        project / "data/raw/context/population_sp2020.csv", dtype={"region_code": str}
    ).set_index("region_code")["total"]
    ratio = people["total"] / census
    assert ratio.median() == pytest.approx(1.06, abs=0.005)
    assert ratio["9410"] == ratio.min() == pytest.approx(0.57, abs=0.005)
    assert ratio["8202"] == ratio.max() == pytest.approx(1.87, abs=0.01)


@pytest.mark.upstream
def test_areas_exchanged_within_a_province_are_found(published, gazetteer):
    content = published[AREA_FILE]
    broken = (
        content.replace(b"47.565", b"@").replace(b"144.942", b"47.565").replace(b"@", b"144.942")
    )
    assert broken != content
    with pytest.raises(InputError, match="whole table"):
        read_area({AREA_FILE: broken}, gazetteer)
