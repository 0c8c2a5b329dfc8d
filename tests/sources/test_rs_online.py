"""The register of hospitals: read from a JavaScript array as text, every record held."""

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.rs_online import FILE, read_hospital_register

GAZETTEER = Gazetteer(
    pd.DataFrame(
        [
            ("21", "21", "province", "Kepulauan Riau", "21"),
            ("34", "34", "province", "DI Yogyakarta", "34"),
            ("35", "35", "province", "Jawa Timur", "35"),
            ("3578", "3578", "kota", "Kota Surabaya", "35"),
        ],
        columns=["region_code", "kemendagri_code", "level", "name", "province_code"],
    )
)


def array(*records: tuple[str, ...]) -> str:
    """Return records as the publisher's file has them; a cell is given with its quotes."""
    keys = ("d.kode_rs", "d.nama_rs", "d.nama_prop", "d.jenis_rs", "d.kelas", "d.pemilik")
    texts = [
        "  {\n"
        + ",\n".join(
            f'    "{key}": {cell}' for key, cell in zip((*keys, "(d.total_tt)"), cells, strict=True)
        )
        + "\n  }"
        for cells in records
    ]
    return "dataRumahSakit = [\n" + ",\n".join(texts) + "\n]"


FIRST = ("3578016", '"RSUD  Satu"', '"JAWA TIMUR"', '"RSU"', '"A"', '"Pemprop"', '"1,103"')
CONTENT = array(
    FIRST,
    ('"3578797S"', '"RS Dua"', '"JAWA TIMUR"', '"RSK PARU"', '"D PRATAMA"', '"TNI AD"', "0"),
    ("2071003", '"RS Tiga"', '"KEPULAUAN RIAU"', '"RSIA"', '"Belum Ditetapkan"', '"BUMN"', "12"),
    ("3404011", '"RS Empat"', '"D I YOGYAKARTA"', '"RSU"', '"C"', '"Pemkab"', "55"),
)


def read(content: str) -> pd.DataFrame:
    # The few records above are not the registered ones.
    return read_hospital_register({FILE: content.encode()}, GAZETTEER, None)


def refused(content: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read(content)
    assert (caught.value.dataset, caught.value.file) == ("rs_online_hospitals", FILE)
    return caught.value


def test_hospitals_are_kept_with_their_code_but_without_a_district():
    frame = read(CONTENT)
    check(frame, RAW["facilities/hospital_register.csv"], "", "")
    assert frame.to_numpy().tolist() == [
        ["2071003", "2071", "RS Tiga", "21", "mother and child", "unset", "state company", 12],
        ["3404011", "3404", "RS Empat", "34", "general", "C", "kabupaten", 55],
        ["3578016", "3578", "RSUD Satu", "35", "general", "A", "province", 1_103],
        ["3578797S", "3578", "RS Dua", "35", "lung", "D pratama", "army", 0],
    ]


def test_blanks_between_records_say_nothing():
    crammed = CONTENT.replace("\n", "").replace("},  {", "} , {")
    assert read(crammed).equals(read(CONTENT))
    assert read(CONTENT + "\n \n").equals(read(CONTENT))


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ("dataRumahSakit", "alert(1); dataRumahSakit", "from line 1", "dataRumahSakit = ["),
        ('"RSUD  Satu"', '"RSUD" + f()', "from line 1", "a record"),
        ('"RSUD  Satu"', '"RS \\u0041"', "from line 1", "a record"),
        ("  },\n  {", "  }\n  {", "from line 11", "a comma"),
        ("  },\n  {", "  },\n  ,{", "from line 10", "a record"),
        ("d.kelas", "d.class", "from line 1", "a record"),
        ("\n]", "", "from line 37", "a comma, or the end"),
        ("\n]", ",\n]", "from line 37", "a record"),
        ("\n]", "\n]; evil()", "from line 38", "a comma, or the end"),
        ('"1,103"', '"1,10"', "row 1, column 'total_tt'", "a whole number"),
        ('"1,103"', '"1.103"', "row 1, column 'total_tt'", "a whole number"),
        ('"1,103"', "-1", "from line 1", "a record"),
        ('"RSU"', '"RS"', "row 1, column 'jenis_rs'", "one of 'RSU'"),
        ('"A"', '"E"', "row 1, column 'kelas'", "one of 'A'"),
        ('"Pemprop"', '"Pemprov"', "row 1, column 'pemilik'", "one of 'SWASTA/ LAINNYA'"),
        ("3578016", "3404016", "row 1, column 'kode_rs'", "a code of Jawa Timur"),
        ("3578016", "357801", "row 1, column 'kode_rs'", "seven digits"),
        ("3404011", "2071011", "row 4, column 'kode_rs'", "a code of DI Yogyakarta"),
        ('"JAWA TIMUR"', '"KOTA SURABAYA"', "row 1, column 'nama_prop'", "the name of a province"),
        ('"RSUD  Satu"', '" "', "row 1, column 'nama_rs'", "a name"),
        ("2071003", "3578016", "row 3, column 'kode_rs'", "a code of Kepulauan Riau"),
    ],
)
def test_a_text_that_is_no_array_of_hospitals_is_refused(old, new, place, expected):
    assert old in CONTENT
    error = refused(CONTENT.replace(old, new, 1))
    assert error.place == place
    assert error.expected.startswith(expected)


def test_a_code_twice_is_refused():
    assert refused(array(FIRST, FIRST)).found == "3578016"


def test_a_page_or_an_absent_file_is_refused():
    assert refused("<html>404</html>").found == "an HTML page"
    assert refused("dataRumahSakit = []").expected.startswith("a record")
    with pytest.raises(InputError, match="no such file"):
        read_hospital_register({}, GAZETTEER)


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    return Gazetteer(pd.read_csv(project / "data/raw/geography/regions.csv", dtype="str"))


@pytest.fixture(scope="module")
def content(upstream) -> bytes:
    return (upstream / "clumsyyyy+Milestone02_K01" / FILE).read_bytes()


@pytest.fixture(scope="module")
def register(content, gazetteer) -> pd.DataFrame:
    frame = read_hospital_register({FILE: content}, gazetteer)
    return check(frame, RAW["facilities/hospital_register.csv"], "", "")


@pytest.mark.upstream
def test_the_register_has_the_published_numbers(register):
    assert len(register) == 2_925
    assert register["beds"].sum() == 271_859
    assert (register["beds"] == 0).sum() == 120
    assert register["province_code"].nunique() == 34
    assert register["code_prefix"].nunique() == 486
    assert register["hospital_class"].value_counts().to_dict() == {
        "C": 1_524,
        "D": 816,
        "B": 430,
        "A": 60,
        "unset": 53,
        "D pratama": 42,
    }
    assert register.loc[register["province_code"] == "31", "beds"].sum() == 18_554
    assert register["beds"].nlargest(2).tolist() == [1_103, 1_054]
    assert "3578797S" in set(register["hospital_code"])


@pytest.mark.upstream
def test_the_beds_of_bodetabek_are_those_of_the_notes_under_the_prefixes(register):
    # The eight prefixes together; which hospital is in which of them cannot be told.
    eight = ("3201", "3216", "3271", "3275", "3276", "3603", "3671", "3674")
    beds = register.groupby("code_prefix")["beds"].sum()
    assert beds.loc[list(eight)].sum() == 21_333


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"(d.total_tt)": 63\n', b'"(d.total_tt)": 36\n'),
        (b'"d.kelas": "D"', b'"d.kelas": "C"'),
        (b"Charitas", b"Caritas"),
    ],
)
def test_one_changed_word_or_figure_is_refused(content, gazetteer, old, new):
    changed = content.replace(old, new, 1)
    assert changed != content
    with pytest.raises(InputError, match="whole table"):
        read_hospital_register({FILE: changed}, gazetteer)
