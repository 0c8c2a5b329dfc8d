"""The list of hospitals: every row kept, each in its own kab/kota, repeats flagged."""

import csv
import io

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import JABODETABEK, Gazetteer
from gotong.sources.kemenkes import FILE, read_hospitals

CONTENT = """\
"nama","kode_rs","tempat_tidur","telepon","lokasi.lat","lokasi.lon","alamat","tipe","wilayah"
"RS SATU","3271013", 283,"0251","-6.598433","106.8056971","JL. A, 1","RS","KOTA BOGOR, JAWA BARAT"
" RS  DUA","3201002",   0,"", -6.50000000,106.70000000,"","RS_RUJUKAN_PROVINSI","BOGOR, JAWA BARAT"
"RS SATU","3271013", 283,"0251","-6.598433","106.8056971","JL. A, 1","RS","KOTA BOGOR, JAWA BARAT"
"RS TIGA","3271013",  40,"","NA","NA","","NA","JAWA BARAT"
"RS EMPAT","0", 361,"",  0.0,  0.0,"","RS_RUJUKAN_NASIONAL","JAKARTA UTARA, DKI JAKARTA"
"RS LIMA","0",  12,"",  6.00000000,  2.00000000,"","","KEPULAUAN SERIBU, DKI JAKARTA"
"RS ENAM","3207001",   7,"", -7.30000000,108.40000000,"","RS"," CIAMISS, JAWA BARAT"
"""

GAZETTEER = Gazetteer(
    pd.DataFrame(
        [
            ("31", "31", "province", "DKI Jakarta", "31"),
            ("3101", "3101", "kabupaten", "Kepulauan Seribu", "31"),
            ("3175", "3172", "kota", "Jakarta Utara", "31"),
            ("32", "32", "province", "Jawa Barat", "32"),
            ("3201", "3201", "kabupaten", "Kab. Bogor", "32"),
            ("3207", "3207", "kabupaten", "Kab. Ciamis", "32"),
            ("3271", "3271", "kota", "Kota Bogor", "32"),
            ("36", "36", "province", "Banten", "36"),
        ],
        columns=["region_code", "kemendagri_code", "level", "name", "province_code"],
    ),
    pd.DataFrame(
        [
            ("kemenkes_hospitals", " CIAMISS", "3207", "another spelling"),
            ("kemenkes_hospitals", "BODEBEK", "", "several regions"),
        ],
        columns=["dataset", "spelling", "region_code", "reason"],
    ),
)


def read(content: str) -> pd.DataFrame:
    # The few rows above are not the registered ones.
    return read_hospitals({FILE: content.encode()}, GAZETTEER, None)


def refused(content: str | bytes) -> InputError:
    """Return the error that a changed list ends in."""
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(InputError) as caught:
        read_hospitals({FILE: content}, GAZETTEER)
    assert (caught.value.dataset, caught.value.file) == ("kemenkes_hospitals", FILE)
    assert caught.value.remedy
    return caught.value


def test_every_row_is_kept_and_a_repeated_one_flagged():
    frame = read(CONTENT)
    check(frame, RAW["facilities/hospitals.csv"], "", "")
    assert len(frame) == 7
    kept = frame[["hospital_code", "entry", "name", "beds", "is_duplicate"]]
    assert kept.to_numpy().tolist() == [
        ["0", 1, "RS EMPAT", 361, False],
        ["0", 2, "RS LIMA", 12, False],
        ["3201002", 1, "RS DUA", 0, False],
        ["3207001", 1, "RS ENAM", 7, False],
        ["3271013", 1, "RS SATU", 283, False],
        ["3271013", 2, "RS SATU", 283, True],
        ["3271013", 3, "RS TIGA", 40, False],
    ]


def test_a_row_that_differs_in_any_field_is_no_duplicate():
    frame = read(CONTENT.replace("JL. A, 1", "JL. A, 2", 1))
    assert not frame["is_duplicate"].any()


def test_a_place_without_kota_is_the_kabupaten_except_in_jakarta():
    frame = read(CONTENT).set_index("name")
    places = frame[["region_code", "province_code"]].agg(tuple, axis=1)
    assert places["RS DUA"] == ("3201", "32")
    assert set(places["RS SATU"]) == {("3271", "32")}
    assert places["RS EMPAT"] == ("3175", "31")
    assert places["RS LIMA"] == ("3101", "31")
    # Stated in spellings.csv; the province alone leaves the kab/kota blank.
    assert places["RS ENAM"] == ("3207", "32")
    assert places["RS TIGA"] == ("", "32")
    assert read(CONTENT.replace(" CIAMISS", "BODEBEK")).set_index("name").loc[
        "RS ENAM", ["region_code", "province_code"]
    ].tolist() == ["", "32"]


def test_tiers_and_coordinates_say_what_the_list_says():
    frame = read(CONTENT).drop_duplicates("name").set_index("name")
    assert frame["referral_tier"].to_dict() == {
        "RS SATU": "none",
        "RS DUA": "provincial",
        "RS TIGA": "unstated",
        "RS EMPAT": "national",
        "RS LIMA": "unstated",
        "RS ENAM": "none",
    }
    assert frame.loc["RS SATU", ["latitude", "longitude"]].tolist() == [-6.59843, 106.8057]
    # Zero and NA are missing; a point off the coast of Africa stays.
    assert frame.loc[["RS TIGA", "RS EMPAT"], ["latitude", "longitude"]].isna().all(axis=None)
    assert frame.loc["RS LIMA", ["latitude", "longitude"]].tolist() == [6, 2]


@pytest.mark.parametrize(
    ("old", "new", "place", "found"),
    [
        ('"tempat_tidur",', "", "row 1 (header)", "kode_rs,telepon"),
        (" 283", "28O", "row 2, column 'tempat_tidur'", "'28O'"),
        (" 283", "-3", "row 2, column 'tempat_tidur'", "'-3'"),
        (" 283", '"1,283"', "row 2, column 'tempat_tidur'", "'1,283'"),
        (" 283", "", "row 2, column 'tempat_tidur'", "''"),
        ('"3201002"', '" "', "row 3, column 'kode_rs'", "' '"),
        ('"RS TIGA"', '""', "row 5, column 'nama'", "''"),
        ("-6.50000000", "6,5", "row 3", "10"),
        ("-6.50000000", "6S5", "row 3, column 'lokasi.lat'", "6S5'"),
        ("-6.50000000", "nan", "row 3, column 'lokasi.lat'", "nan'"),
        ("-6.50000000", "-90.1", "row 3, column 'lokasi.lat'", "-90.1'"),
        ("106.70000000", "1067", "row 3, column 'lokasi.lon'", "'1067'"),
        ("RS_RUJUKAN_PROVINSI", "RS_RUJUKAN", "row 3, column 'tipe'", "'RS_RUJUKAN'"),
        ('"BOGOR, JAWA', '"BOGAR, JAWA', "row 3, column 'wilayah'", "'BOGAR'"),
        ('"BOGOR, JAWA', '"DEPOK, BOGOR, JAWA', "row 3, column 'wilayah'", "'DEPOK, BOGOR'"),
        ('"BOGOR, JAWA BARAT', '"BOGOR', "row 3, column 'wilayah'", "'BOGOR'"),
        ('"BOGOR, JAWA BARAT', '"KAB. BOGOR', "row 3, column 'wilayah'", "'KAB. BOGOR'"),
        ('"BOGOR, JAWA BARAT', '"', "row 3, column 'wilayah'", "''"),
        ('"BOGOR, JAWA BARAT', '"BOGOR, BANTEN', "row 3, column 'wilayah'", "Kab. Bogor (3201)"),
        ('"BOGOR, JAWA BARAT', '"BOGOR, BATAVIA', "row 3, column 'wilayah'", "'BATAVIA'"),
        ("UTARA, DKI", "BARAT LAUT, DKI", "row 6, column 'wilayah'", "'JAKARTA BARAT LAUT'"),
    ],
)
def test_a_faulty_list_is_refused(old, new, place, found):
    assert old in CONTENT
    error = refused(CONTENT.replace(old, new, 1))
    assert error.place == place
    assert found in error.found


def test_an_unknown_place_names_the_nearest():
    remedy = refused(CONTENT.replace('"BOGOR, JAWA', '"BOGAR, JAWA')).remedy
    assert "KABUPATEN BOGOR (3201)" in remedy
    assert "spellings.csv" in remedy


def test_a_file_that_is_no_utf8_table_is_refused():
    assert refused(CONTENT.replace("RS ENAM", "RS É").encode("latin-1")).found == "byte 0xc9"
    assert refused("<html>404</html>").found == "an HTML page"
    assert refused(CONTENT.splitlines()[0]).found == "1 rows"
    cut_off = refused(CONTENT[: CONTENT.index('"","RS"," CIAMISS')])
    assert (cut_off.place, cut_off.expected) == ("row 8", "9 fields")
    with pytest.raises(InputError, match="no such file"):
        read_hospitals({}, GAZETTEER)


@pytest.fixture(scope="module")
def content(upstream) -> bytes:
    return (upstream / "zakiego+data-pusdatin-kemenkes" / FILE).read_bytes()


@pytest.fixture(scope="module")
def hospitals(content, project) -> pd.DataFrame:
    folder = project / "data/raw/geography"
    regions = pd.read_csv(folder / "regions.csv", dtype="str")
    spellings = pd.read_csv(folder / "spellings.csv", dtype="str", keep_default_na=False)
    frame = read_hospitals({FILE: content}, Gazetteer(regions, spellings))
    return check(frame, RAW["facilities/hospitals.csv"], "", "")


@pytest.mark.upstream
def test_no_hospital_and_no_bed_of_the_list_is_lost(content, hospitals):
    listed = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    assert len(hospitals) == len(listed) == 2_921
    assert hospitals["beds"].sum() == sum(int(row["tempat_tidur"]) for row in listed)
    counts = hospitals["referral_tier"].value_counts()
    assert counts.to_dict() == {
        "unstated": 1_729,
        "provincial": 788,
        "none": 270,
        "national": 134,
    }
    repeats = hospitals[hospitals["is_duplicate"]]
    assert (len(repeats), repeats["beds"].sum()) == (10, 755)
    assert repeats.loc[repeats["region_code"] == "3271", "beds"].sum() == 703


@pytest.mark.upstream
def test_a_list_with_a_row_or_a_bed_less_is_refused(content, project):
    folder = project / "data/raw/geography"
    regions = pd.read_csv(folder / "regions.csv", dtype="str")
    spellings = pd.read_csv(folder / "spellings.csv", dtype="str", keep_default_na=False)
    gazetteer = Gazetteer(regions, spellings)
    cut = content[: content.rstrip().rindex(b"\n") + 1]
    fewer = content.replace(b" 283,", b" 282,", 1)
    for changed in (cut, fewer):
        assert changed != content
        with pytest.raises(InputError, match="whole table"):
            read_hospitals({FILE: changed}, gazetteer)


@pytest.mark.upstream
def test_where_the_list_does_not_say_the_place_stays_blank(hospitals):
    blank = hospitals[hospitals["region_code"] == ""]
    assert (len(blank), blank["beds"].sum(), blank["province_code"].nunique()) == (14, 420, 10)
    # Both are NA in 14 rows and zero in 16; one row has a zero latitude alone, one a longitude.
    assert hospitals[["latitude", "longitude"]].isna().sum().tolist() == [31, 31]
    assert hospitals[["latitude", "longitude"]].isna().all(axis=1).sum() == 30
    placed = hospitals.dropna(subset=["latitude", "longitude"])
    in_box = placed["latitude"].between(-11.5, 6.5) & placed["longitude"].between(94.5, 141.5)
    assert placed.loc[~in_box, "hospital_code"].tolist() == ["3312284", "3329045"]


# As the ministry's list has it: hospitals, beds, national and provincial referral hospitals,
# and beds of both, the repeats left out. Six of the ten repeats stand in Kota Bogor, which has
# 29 hospitals with 3,643 beds when they are counted, 12 of them referral hospitals with 1,873.
UNITS = {
    "3101": (1, 10, 0, 0, 0),
    "3171": (50, 4_611, 2, 17, 3_191),
    "3172": (48, 6_620, 2, 21, 5_498),
    "3173": (36, 5_270, 2, 20, 4_940),
    "3174": (28, 4_553, 1, 17, 4_221),
    "3175": (28, 3_249, 1, 17, 2_675),
    "3201": (28, 3_314, 1, 8, 1_956),
    "3216": (68, 5_082, 0, 8, 1_269),
    "3271": (23, 2_940, 0, 8, 1_316),
    "3275": (28, 3_362, 0, 14, 2_569),
    "3276": (24, 2_470, 0, 9, 1_356),
    "3603": (28, 2_737, 1, 3, 948),
    "3671": (35, 2_924, 0, 1, 0),
    "3674": (31, 2_163, 0, 0, 0),
}


@pytest.mark.upstream
@pytest.mark.parametrize("code", JABODETABEK)
def test_hospitals_and_beds_of_greater_jakarta_are_those_of_the_list(code, hospitals):
    unit = hospitals[(hospitals["region_code"] == code) & ~hospitals["is_duplicate"]]
    tiers = unit["referral_tier"]
    referral = unit.loc[tiers.isin(["national", "provincial"]), "beds"].sum()
    counted = (len(unit), unit["beds"].sum(), sum(tiers == "national"), sum(tiers == "provincial"))
    assert (*counted, referral) == UNITS[code]


@pytest.mark.upstream
def test_every_stated_spelling_stands_in_the_list(content, project):
    spellings = pd.read_csv(project / "data/raw/geography/spellings.csv", dtype="str")
    text = content.decode("utf-8")
    for spelling in spellings.loc[spellings["dataset"] == "kemenkes_hospitals", "spelling"]:
        assert f'"{spelling}, ' in text


@pytest.mark.upstream
def test_hospitals_of_each_city_of_jakarta_lie_where_the_city_does(hospitals):
    # Utara lies farthest north, Selatan south, Barat west; Timur lies east of Pusat. No
    # exchange of codes keeps all of this.
    middle = hospitals.groupby("region_code")[["latitude", "longitude"]].median()
    cities = middle.loc[["3171", "3172", "3173", "3174", "3175"]]
    assert cities["latitude"].idxmax() == "3175"
    assert cities["latitude"].idxmin() == "3171"
    assert cities["longitude"].idxmin() == "3174"
    assert cities.loc["3172", "longitude"] > cities.loc["3173", "longitude"]
