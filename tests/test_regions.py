"""Spellings: one form to compare in, one code per name, and nothing guessed."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong import regions
from gotong.errors import InputError
from gotong.regions import DKI, JAVA, Gazetteer, normalise

REGIONS = [
    ("31", "31", "province", "DKI Jakarta", "31"),
    ("3101", "3101", "kabupaten", "Kepulauan Seribu", "31"),
    ("3171", "3174", "kota", "Jakarta Selatan", "31"),
    ("3173", "3171", "kota", "Jakarta Pusat", "31"),
    ("32", "32", "province", "Jawa Barat", "32"),
    ("3201", "3201", "kabupaten", "Kab. Bogor", "32"),
    ("3271", "3271", "kota", "Kota Bogor", "32"),
    ("34", "34", "province", "DI Yogyakarta", "34"),
    ("3471", "3471", "kota", "Kota Yogyakarta", "34"),
    ("21", "21", "province", "Kep. Riau", "21"),
    ("7206", "7204", "kabupaten", "Kab. Toli-Toli", "72"),
    ("7209", "7209", "kabupaten", "Kab. Tojo Una-Una", "72"),
]
TABLE = pd.DataFrame(
    REGIONS, columns=["region_code", "kemendagri_code", "level", "name", "province_code"]
)
SPELLINGS = pd.DataFrame(
    [
        ("hospitals", "KOTA JOGJA", "3471", "colloquial"),
        ("", "Jogja", "34", "colloquial"),
        ("hospitals", "BODETABEK", "", "several regions"),
        ("hospitals", "JAWA BARAT", "3201", "shows that what is stated goes first"),
    ],
    columns=["dataset", "spelling", "region_code", "reason"],
)
GAZETTEER = Gazetteer(TABLE, SPELLINGS)


def resolve(spelling: str, dataset: str = "x", read_as: str = "") -> str:
    return GAZETTEER.resolve(spelling, dataset, "file.csv", "row 7", read_as)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Kab. Bogor", "3201"),
        ("KAB.BOGOR", "3201"),
        ("Kabupaten Bogor", "3201"),
        ("kab  bogor ", "3201"),
        ("Kota Bogor", "3271"),
        ("KOTA_BOGOR", "3271"),
        ("Kab. Adm. Kep. Seribu", "3101"),
        ("Kabupaten Administrasi Kepulauan Seribu", "3101"),
        ("KEPULAUAN SERIBU", "3101"),
        ("Kep.Seribu", "3101"),
        ("Kota Adm. Jakarta Selatan", "3171"),
        ("Kota Administrasi Jakarta Selatan", "3171"),
        ("KOTA JAKARTA SELATAN", "3171"),
        ("Jakarta\xa0Selatan", "3171"),
        ("DAERAH ISTIMEWA YOGYAKARTA", "34"),
        ("D.I. Yogyakarta", "34"),
        ("D. I. Yogyakarta", "34"),
        ("DI Yogyakarta", "34"),
        ("Provinsi DI Yogyakarta", "34"),
        ("DAERAH_ISTIMEWA_YOGYAKARTA", "34"),
        ("D.K.I. Jakarta", "31"),
        ("Prov. DKI Jakarta", "31"),
        ("Daerah Khusus Ibukota Jakarta", "31"),
        ("Daerah Khusus Ibu Kota Jakarta", "31"),
        ("KEPULAUAN RIAU", "21"),
        ("Kab. Toli - Toli", "7206"),
    ],
)
def test_ways_to_write_a_name_lead_to_its_code(spelling, code):
    assert resolve(spelling) == code


@pytest.mark.parametrize(
    "spelling",
    [
        "Bogor",  # Kabupaten or Kota?
        "Kabupaten Jakarta Selatan",
        "Kota DKI Jakarta",
        "Selatan",
        "Bandung",
        "",
    ],
)
def test_what_names_no_single_region_is_refused(spelling):
    with pytest.raises(InputError) as caught:
        resolve(spelling)
    error = caught.value
    assert (error.dataset, error.file, error.place) == ("x", "file.csv", "row 7")
    assert error.found == repr(spelling)
    assert "spellings.csv" in error.remedy


def test_a_refusal_names_the_nearest_names_but_takes_none():
    with pytest.raises(InputError, match=r"KABUPATEN BOGOR \(3201\)"):
        resolve("Kab. Bogar")
    with pytest.raises(InputError) as caught:
        resolve("Atlantis")
    assert "nearest" not in caught.value.remedy


def test_a_stated_spelling_goes_first_and_for_its_dataset_only():
    assert resolve("KOTA JOGJA", "hospitals") == "3471"
    assert resolve("Jogja") == resolve("Jogja", "hospitals") == "34"
    assert resolve("BODETABEK", "hospitals") == ""
    assert (resolve("JAWA BARAT", "hospitals"), resolve("JAWA BARAT")) == ("3201", "32")
    with pytest.raises(InputError):
        resolve("KOTA JOGJA", "cases")


def test_a_reader_may_add_what_its_source_leaves_out():
    assert resolve("BOGOR", read_as="KAB. BOGOR") == "3201"
    assert resolve("KOTA JOGJA", "hospitals", read_as="KOTA BOGOR") == "3471"
    with pytest.raises(InputError) as caught:
        resolve("BOGAR", read_as="KAB. BOGAR")
    # The message shows what stands in the source: that is what a line of spellings.csv needs.
    assert caught.value.found == "'BOGAR'"
    assert "KABUPATEN BOGOR (3201)" in caught.value.remedy


def test_codes_of_the_two_schemes_are_crossed_not_copied():
    assert GAZETTEER.from_kemendagri("3171", "x", "f", "row 2") == "3173"
    assert GAZETTEER.from_kemendagri("3174", "x", "f", "row 2") == "3171"
    assert GAZETTEER.name("3171") == "Jakarta Selatan"
    with pytest.raises(InputError) as caught:
        GAZETTEER.from_kemendagri("31.74", "x", "f", "row 2")
    assert (caught.value.place, caught.value.found) == ("row 2", "'31.74'")


def test_codes_are_listed_by_level():
    assert GAZETTEER.codes("province") == ("31", "32", "34", "21")
    assert GAZETTEER.codes("kota") == ("3171", "3173", "3271", "3471")
    assert len(GAZETTEER.codes()) == len(REGIONS)


def test_the_study_area_is_of_fourteen_units_in_three_provinces():
    assert len(set(regions.JABODETABEK)) == 14
    provinces = [regions.province_of(code) for code in regions.JABODETABEK]
    assert [provinces.count(code) for code in ("31", "32", "36")] == [6, 5, 3]
    assert regions.province_of("31") == "31"


DECORATED = st.tuples(
    st.sampled_from(["", " ", "Prov. ", "PROVINSI "]),
    st.sampled_from([name for *_, name, _ in REGIONS]),
    st.sampled_from([str, str.upper, str.lower]),
    st.sampled_from([" ", "  ", "_", "\t", "\n", "\xa0"]),
).map(lambda parts: (parts[2](parts[0] + parts[1]).replace(" ", parts[3]), parts[1]))


@given(DECORATED)
def test_case_blanks_and_stops_change_nothing(spelling_and_name):
    spelling, name = spelling_and_name
    assert normalise(spelling) == normalise(name)
    assert normalise(normalise(spelling)) == normalise(spelling)


def test_no_two_regions_of_indonesia_share_a_spelling(project):
    table = pd.read_csv(project / "data/raw/geography/regions.csv", dtype="str")
    assert len(table) == 548
    assert not table["name"].map(normalise).duplicated().any()
    gazetteer = Gazetteer(table)
    found = [gazetteer.resolve(name, "x", "x", "") for name in table["name"]]
    assert found == table["region_code"].tolist()
    # "Kota X" and "X" as well where the name goes without its level: the five cities and Seribu.
    assert gazetteer.resolve("Kota Jakarta Timur", "x", "x", "") == "3172"


def test_every_stated_spelling_is_needed_and_leads_to_a_known_region(project):
    folder = project / "data/raw/geography"
    table = pd.read_csv(folder / "regions.csv", dtype="str")
    stated = pd.read_csv(folder / "spellings.csv", dtype="str", keep_default_na=False)
    gazetteer = Gazetteer(table)
    assert set(stated["region_code"]) - {""} <= set(gazetteer.codes())
    for spelling in stated["spelling"]:
        with pytest.raises(InputError):
            gazetteer.resolve(spelling, "x", "x", "")
        with pytest.raises(InputError):
            gazetteer.resolve(spelling, "x", "x", "", read_as=f"Kab. {spelling}")


def test_the_code_of_dki_stands_in_one_place(project):
    library = project / "workflow/gotong"
    found = {
        str(path.relative_to(library))
        for path in library.rglob("*.py")
        if re.search(r'[ (]"31"[,):\n ]', path.read_text("utf-8"))
    }
    # Below the floor of regions, or beside it: the configuration, and contracts of one province.
    apart = {path for path in found if path == "config.py" or path.startswith("contracts/")}
    assert found - apart <= {"regions.py", "analyses/pooling.py"}
    assert "regions.py" in found


def test_the_provinces_of_java_are_those_of_the_gazetteer(project):
    names = {"DKI Jakarta", "Jawa Barat", "Jawa Tengah", "DI Yogyakarta", "Jawa Timur", "Banten"}
    table = pd.read_csv(project / "data/raw/geography/regions.csv", dtype=str)
    found = table.loc[table["level"] == "province"].set_index("region_code")["name"]
    assert set(found[list(JAVA)]) == names
    assert found[DKI] == "DKI Jakarta"
