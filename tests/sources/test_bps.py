"""Codes and census: Jakarta's cities are not exchanged, and no number is changed on the way."""

import bz2
import itertools
import re

import pandas as pd
import pytest
import rdata

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import DKI_UNITS, JABODETABEK, Gazetteer
from gotong.sources.bps import POPULATION, PROVINCES, UNITS, read_population, read_regions

# Names that BPS spaces out, abbreviates or joins by "dan"; 3171 and 3173 are exchanged
# between the two schemes; 91 and 94 are other numbers for Kemendagri.
PROVINCE_LIST = """\
kode_bps,nama_bps,kode_dagri,nama_dagri
91,PAPUA BARAT,92,PAPUA BARAT
21,KEP. RIAU,21,KEPULAUAN RIAU
31,DKI JAKARTA,31,DKI JAKARTA
34,DI YOGYAKARTA,34,DAERAH ISTIMEWA YOGYAKARTA
"""
UNIT_LIST = """\
kode_bps,nama_bps,kode_dagri,nama_dagri
3471,YOGYAKARTA,3471,KOTA YOGYAKARTA
3101,KEPULAUAN SERIBU,3101,KAB. ADM. KEP. SER
3171,JAKARTA SELATAN,3174,KOTA ADM. JAKARTA SELATAN
3173,JAKARTA PUSAT,3171,KOTA ADM. JAKARTA PUSAT
2171,B A T A M,2171,KOTA BATAM
9107,SORONG DAN LAUT,9201,KAB. SORONG
9171,SORONG,9271,KOTA SORONG
"""
LISTS = {PROVINCES: PROVINCE_LIST.encode(), UNITS: UNIT_LIST.encode()}

SEXES = {
    "2171": ("KEPULAUAN RIAU", "B A T A M", 611_286, 584_810),
    "3101": ("DKI JAKARTA", "KEPULAUAN SERIBU", 14_051, 13_698),
    "3171": ("DKI JAKARTA", "JAKARTA SELATAN", 1_122_094, 1_104_718),
    "3173": ("DKI JAKARTA", "JAKARTA PUSAT", 538_236, 518_660),
    "3471": ("DI YOGYAKARTA", "YOGYAKARTA", 181_841, 191_748),
    "9107": ("PAPUA BARAT", "SORONG DAN LAUT", 62_000, 56_679),
    "9171": ("PAPUA BARAT", "SORONG", 148_000, 136_410),
}


def census() -> pd.DataFrame:
    """Return the census of the seven units, as R holds it: text and real numbers."""
    rows = [
        (code, code[:2], code[2:], province, name, float(men), float(women), float(men + women))
        for code, (province, name, men, women) in SEXES.items()
    ]
    columns = [
        *("idkab", "kdprov", "kdkab", "nmprov", "nmkab"),
        *("Laki-laki", "Perempuan", "Total"),
    ]
    frame = pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1))
    return frame.astype(dict.fromkeys(columns[:5], "object"))


def rda(table: object, name: str = "pop_dt") -> bytes:
    data = rdata.conversion.convert_python_to_r_data({name: table}, file_type="rda")
    return bz2.compress(rdata.unparser.unparse_data(data, file_type="rda"))


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(read_regions(LISTS))


def refused_lists(file: str, content: str | bytes) -> InputError:
    """Return the error that a changed list of regions ends in."""
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(InputError) as caught:
        read_regions(LISTS | {file: content})
    assert (caught.value.dataset, caught.value.file) == ("bps_crosswalk", file)
    assert caught.value.remedy
    return caught.value


def refused_census(content: bytes, gazetteer: Gazetteer) -> InputError:
    """Return the error that a changed census ends in."""
    with pytest.raises(InputError) as caught:
        read_population({POPULATION: content}, gazetteer)
    assert (caught.value.dataset, caught.value.file) == ("bps_sp2020", POPULATION)
    assert caught.value.remedy
    return caught.value


def test_regions_are_named_as_people_name_them_and_sorted():
    frame = read_regions(LISTS)
    check(frame, RAW["geography/regions.csv"], "", "")
    assert frame.to_numpy().tolist() == [
        ["21", "21", "province", "Kep. Riau", "21"],
        ["2171", "2171", "kota", "Kota Batam", "21"],
        ["31", "31", "province", "DKI Jakarta", "31"],
        ["3101", "3101", "kabupaten", "Kepulauan Seribu", "31"],
        ["3171", "3174", "kota", "Jakarta Selatan", "31"],
        ["3173", "3171", "kota", "Jakarta Pusat", "31"],
        ["34", "34", "province", "DI Yogyakarta", "34"],
        ["3471", "3471", "kota", "Kota Yogyakarta", "34"],
        ["91", "92", "province", "Papua Barat", "91"],
        ["9107", "9201", "kabupaten", "Kab. Sorong dan Laut", "91"],
        ["9171", "9271", "kota", "Kota Sorong", "91"],
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "found"),
    [
        (UNITS, "3173,JAK", "317,JAK", "row 5, column 'kode_bps'", "'317'"),
        (UNITS, "3173,JAK", "317E,JAK", "row 5, column 'kode_bps'", "'317E'"),
        (UNITS, "PUSAT,3171", "PUSAT,31.71", "row 5, column 'kode_dagri'", "'31.71'"),
        (UNITS, "PUSAT,3171", "PUSAT,", "row 5, column 'kode_dagri'", "''"),
        (UNITS, "3173,JAK", "3171,JAK", "row 5, column 'kode_bps'", "'3171', as in row 4"),
        (UNITS, "PUSAT,3171", "PUSAT,3174", "row 5, column 'kode_dagri'", "'3174', as in row 4"),
        (UNITS, "SELATAN,3174", "PUSAT,3174", "row 5, column 'nama_bps'", "as in row 4"),
        (UNITS, "JAKARTA PUSAT,3171", " ,3171", "row 5, column 'nama_bps'", "' '"),
        (UNITS, "KOTA YOGYAKARTA", "KOTA,YOGYAKARTA", "row 2", "5"),
        (UNITS, "3471,YOG", "3571,YOG", "row 2, column 'kode_bps'", "3571"),
        (UNITS, "9171,SORONG,9271", "9171,SORONG,9171", "row 8, column 'kode_dagri'", "9171"),
        (UNITS, "nama_bps,", "", "row 1 (header)", "kode_bps,kode_dagri,nama_dagri"),
        (PROVINCES, "34,DI Y", "3,DI Y", "row 5, column 'kode_bps'", "'3'"),
        (PROVINCES, "21,KEP", "31,KEP", "row 4, column 'kode_bps'", "'31', as in row 3"),
    ],
)
def test_a_faulty_list_of_regions_is_refused(file, old, new, place, found):
    content = LISTS[file].decode()
    assert old in content
    error = refused_lists(file, content.replace(old, new, 1))
    assert error.place == place
    assert found in error.found


def test_lists_that_are_no_utf8_tables_are_refused():
    latin = UNIT_LIST.replace("YOGYAKARTA", "YOGYAKARTÉ").encode("latin-1")
    assert refused_lists(UNITS, latin).found == "byte 0xc9"
    assert refused_lists(UNITS, "<!DOCTYPE html><title>404</title>").found == "an HTML page"
    assert refused_lists(PROVINCES, PROVINCE_LIST.splitlines()[0]).found == "1 rows"
    with pytest.raises(InputError, match="no such file"):
        read_regions({PROVINCES: LISTS[PROVINCES]})


def test_the_census_is_kept_to_the_person(gazetteer):
    frame = read_population({POPULATION: rda(census()[::-1])}, gazetteer)
    check(frame, RAW["context/population_sp2020.csv"], "", "")
    assert frame["region_code"].tolist() == sorted(SEXES)
    assert frame.set_index("region_code").loc["3171"].tolist() == [1_122_094, 1_104_718, 2_226_812]
    assert frame["total"].sum() == sum(men + women for *_, men, women in SEXES.values())


@pytest.mark.parametrize(
    ("row", "column", "value", "place", "found"),
    [
        (3, "Total", 2_226_812.5, "row 3 (3171), column 'Total'", "2226812.5"),
        (3, "Perempuan", -1.0, "row 3 (3171), column 'Perempuan'", "-1.0"),
        (3, "Laki-laki", float("nan"), "row 3 (3171), column 'Laki-laki'", "nan"),
        (3, "Total", float("inf"), "row 3 (3171), column 'Total'", "inf"),
        (3, "Laki-laki", 1_122_095.0, "row 3 (3171)", "1122095 + 1104718, Total 2226812"),
        (3, "idkab", "3171X", "row 3 (3171X), column 'idkab'", "'3171X'"),
        (3, "idkab", "3172", "row 3 (3172), column 'idkab'", "'3172'"),
        (3, "idkab", "31", "row 3 (31), column 'idkab'", "'31'"),
        (4, "idkab", "3171", "row 4 (3171), column 'idkab'", "'3171'"),
        (3, "idkab", None, "row 3 (<NA>), column 'idkab'", "NA"),
        (3, "nmkab", "JAKARTA PUSAT", "row 3 (3171), column 'idkab'", "'JAKARTA PUSAT'"),
        (3, "nmkab", "JAKARTA SELATEN", "row 3 (3171), column 'idkab'", "'JAKARTA SELATEN'"),
    ],
)
def test_a_faulty_cell_of_the_census_is_refused(row, column, value, place, found, gazetteer):
    table = census()
    table.loc[row, column] = value
    error = refused_census(rda(table), gazetteer)
    assert error.place == place
    assert found in error.found


def test_exchanged_codes_of_the_census_are_refused(gazetteer):
    # The codes of Kemendagri: every code is known, and the sum does not move.
    table = census().replace({"idkab": {"3171": "3173", "3173": "3171"}})
    error = refused_census(rda(table), gazetteer)
    assert error.expected == "Jakarta Pusat beside 3173"


def test_an_unknown_name_of_the_census_names_the_nearest(gazetteer):
    table = census().replace({"nmkab": {"SORONG": "SORONGG"}})
    assert "KOTA SORONG (9171)" in refused_census(rda(table), gazetteer).remedy


def test_a_missing_unit_of_the_census_is_refused(gazetteer):
    error = refused_census(rda(census().drop(index=3)), gazetteer)
    assert error.found == "none for 3171"


def test_a_census_that_is_no_r_table_is_refused(gazetteer, recwarn):
    good = rda(census())
    for content in (b"", b"<html>404</html>", good[:-400], bz2.compress(b"RDX3\n"), b"\x00" * 99):
        assert refused_census(content, gazetteer).expected == "R data"
    assert refused_census(rda(census(), "alokasi_dt"), gazetteer).found == "alokasi_dt"
    assert refused_census(rda([1.0, 2.0]), gazetteer).found == "pop_dt"
    without = census().drop(columns="Total")
    assert refused_census(rda(without), gazetteer).found.endswith("Laki-laki,Perempuan")
    with pytest.raises(InputError, match="no such file"):
        read_population({}, gazetteer)
    assert not recwarn


@pytest.fixture(scope="module")
def crosswalk(upstream) -> pd.DataFrame:
    folder = upstream / "zakiego+Kode-Wilayah-Administrasi-Indonesia-Relasi-BPS-Kemendagri"
    return read_regions({file: (folder / file).read_bytes() for file in (PROVINCES, UNITS)})


@pytest.fixture(scope="module")
def spelled(crosswalk, project) -> Gazetteer:
    spellings = pd.read_csv(
        project / "data/raw/geography/spellings.csv", dtype="str", keep_default_na=False
    )
    return Gazetteer(crosswalk, spellings)


@pytest.fixture(scope="module")
def residents(upstream, spelled) -> pd.Series:
    content = (upstream / "cran+samplingin" / POPULATION).read_bytes()
    frame = read_population({POPULATION: content}, spelled)
    check(frame, RAW["context/population_sp2020.csv"], "", "")
    return frame.set_index("region_code")["total"]


@pytest.mark.upstream
def test_the_crosswalk_holds_every_region_of_2020(crosswalk):
    check(crosswalk, RAW["geography/regions.csv"], "", "")
    # 416 kabupaten and 98 kota since 2014, the six of DKI Jakarta among them.
    counts = crosswalk["level"].value_counts()
    assert counts.to_dict() == {"kabupaten": 416, "kota": 98, "province": 34}
    names = crosswalk.set_index("region_code")["name"]
    assert names[list(JABODETABEK)].tolist() == [
        *("Kepulauan Seribu", "Jakarta Selatan", "Jakarta Timur", "Jakarta Pusat"),
        *("Jakarta Barat", "Jakarta Utara", "Kab. Bogor", "Kab. Bekasi", "Kota Bogor"),
        *("Kota Bekasi", "Kota Depok", "Kab. Tangerang", "Kota Tangerang"),
        "Kota Tangerang Selatan",
    ]
    assert not names.duplicated().any()


@pytest.mark.upstream
def test_every_kemendagri_code_leads_back_to_its_region(crosswalk, spelled):
    crossed = crosswalk.set_index("region_code")["kemendagri_code"]
    for code, kemendagri in crossed.items():
        assert spelled.from_kemendagri(kemendagri, "x", "x", "") == code
    # Selatan, Timur, Pusat, Barat, Utara of BPS's order; Kemendagri begins with Pusat.
    assert crossed[list(DKI_UNITS)].tolist() == ["3101", "3174", "3175", "3171", "3173", "3172"]
    assert spelled.name("3171") == "Jakarta Selatan"


@pytest.mark.upstream
def test_a_second_list_of_kemendagris_codes_and_names_agrees(upstream, spelled):
    # Names beside Kemendagri's codes in a list of 2025. Those that are spelled otherwise than
    # by BPS, or have a new code since Papua was divided, say nothing.
    folder = upstream / "cahyadsn+wilayah_boundaries/db/kab"
    agreeing = set()
    for path in folder.glob("*.sql"):
        listed = re.findall(r"\('(\d\d)\.(\d\d)','([^']+)'", path.read_text(encoding="utf-8"))
        for province, unit, name in listed:
            try:
                crossed = spelled.from_kemendagri(province + unit, "x", "x", "")
                resolved = spelled.resolve(name, "x", "x", "")
            except InputError:
                continue
            assert resolved == crossed, name
            agreeing.add(crossed)
    assert set(JABODETABEK) <= agreeing
    assert len(agreeing) == 469


@pytest.mark.upstream
def test_the_census_is_the_published_one(residents):
    assert len(residents) == 514
    assert residents.sum() == 270_203_917
    # BPS, Hasil Sensus Penduduk 2020, January 2021.
    provinces = residents.groupby(residents.index.str[:2]).sum()
    published = {"31": 10_562_088, "32": 48_274_162, "35": 40_665_696, "36": 11_904_562}
    assert provinces[list(published)].to_dict() == published


@pytest.mark.upstream
def test_each_city_of_jakarta_has_its_own_residents(residents):
    # BPS DKI Jakarta, Berita Resmi Statistik 5/01/31/Th. XXIII, 22 January 2021: per cent of
    # the province in Seribu, Selatan, Timur, Pusat, Barat, Utara.
    shares = 100 * residents[list(DKI_UNITS)] / residents[list(DKI_UNITS)].sum()
    assert shares.astype("float64").round(2).tolist() == [0.26, 21.08, 28.76, 10.01, 23.05, 16.84]


@pytest.mark.upstream
def test_only_the_right_order_of_cities_agrees_with_the_register_of_residents(residents):
    # Dukcapil, December 2019, in the order of Kemendagri's codes 3171 to 3175: Pusat, Utara,
    # Barat, Selatan, Timur. The census counts a little fewer than are registered, everywhere.
    registered = [1_147_917, 1_811_898, 2_525_194, 2_328_846, 3_169_571]
    orders = itertools.permutations(("3171", "3172", "3173", "3174", "3175"))
    fitting = [
        order
        for order in orders
        if all(
            0.9 < residents[code] / people < 1
            for code, people in zip(order, registered, strict=True)
        )
    ]
    assert fitting == [("3173", "3175", "3174", "3171", "3172")]
