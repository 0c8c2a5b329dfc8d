"""Free beds by district, and beds with them on one day: what is counted, what is refused."""

import gzip

import pandas as pd
import pytest
import rdata

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import JABODETABEK, Gazetteer
from gotong.sources.siranap import (
    BEKASI_FILE,
    COVID_FILES,
    DKI_FILE,
    OTHER_FILES,
    read_bed_availability,
    read_bed_snapshot,
)

GAZETTEER = Gazetteer(
    pd.DataFrame(
        [
            ("31", "31", "province", "DKI Jakarta", "31"),
            ("3171", "3174", "kota", "Jakarta Selatan", "31"),
            ("32", "32", "province", "Jawa Barat", "32"),
            ("3275", "3275", "kota", "Kota Bekasi", "32"),
        ],
        columns=["region_code", "kemendagri_code", "level", "name", "province_code"],
    )
)
FIRST, SECOND = COVID_FILES
OTHER_FIRST, OTHER_SECOND = OTHER_FILES
COVID = """\
"","hospital","address","bed_availability","queue","last_update","tlp_number",\
"province","district","scraped_at","bed_type"
"1","RS A","Jl.
A","Bed IGD Penuh!","dengan antrian 12 pasien","2 jam","1","31","3171",DAY 21:00:01,"COVID-19"
"2","RS B","","Tersedia 3 bed kosong IGD","tanpa antrian pasien.","1 menit","2","31","3171",\
DAY 21:00:01,"COVID-19"
"3","RS C","","Tersedia 10 bed kosong IGD","tanpa antrian pasien.","","","32","3275",\
DAY 21:00:02,"COVID-19"
"""
OTHER = """\
"","hospital","address","bed_class1","last_update_class1","bed_class2","last_update_class2",\
"bed_class3","last_update_class3","tlp_number","province","district","scraped_at","bed_type"
"1","RS A","",4,"2 jam",NA,NA,0,"","1","31","3171",DAY 22:00:00,"Non COVID-19"
"2","RS B","",0,"2 jam",NA,NA,NA,NA,"2","31","3171",DAY 22:00:00,"Non COVID-19"
"""


def pages(**changes: str) -> dict[str, bytes]:
    """Return the four pages, the first of each kind as given."""
    texts = {
        FIRST: changes.get("covid", COVID).replace("DAY", "2021-07-12"),
        SECOND: COVID.replace("DAY", "2021-08-24"),
        OTHER_FIRST: changes.get("other", OTHER).replace("DAY", "2021-07-12"),
        OTHER_SECOND: OTHER.replace("DAY", "2021-08-24"),
    }
    return {file: text.encode() for file, text in texts.items()}


def read(files: dict[str, bytes]) -> pd.DataFrame:
    # The few rows above are not the registered ones.
    return read_bed_availability(files, GAZETTEER, None)


def test_hospitals_full_ones_and_free_beds_are_counted_by_district():
    frame = read(pages())
    check(frame, RAW["facilities/bed_availability_daily.csv"], "", "")
    first = frame[frame["date"] == "2021-07-12"].drop(columns="date").astype(object)
    assert first.where(first.notna(), None).to_numpy().tolist() == [
        ["3171", "class_1", 2, 1, 4, None],
        ["3171", "class_3", 1, 1, 0, None],
        ["3171", "covid_emergency", 2, 1, 3, 12],
        ["3275", "covid_emergency", 1, 0, 10, 0],
    ]
    # No hospital stated a ward of class 2, and nothing is made up for it.
    assert "class_2" not in set(frame["bed_kind"])
    assert len(frame) == 8


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("Tersedia 3 bed", "Tersedia -3 bed", "row 3, column 'bed_availability'"),
        ("Tersedia 3 bed", "Tersedia 3,5 bed", "row 3, column 'bed_availability'"),
        ("Bed IGD Penuh!", "Bed IGD Penuh", "row 2, column 'bed_availability'"),
        ("antrian 12 ", "antrian 0 ", "row 2, column 'queue'"),
        ('"31","3171"', '"32","3171"', "row 2, column 'province'"),
        ('"31","3171"', '"31","3199"', "row 2, column 'district'"),
        ('"31","3171"', '"31","31"', "row 2, column 'district'"),
        ("DAY 21:00:01", "2021-07-13 21:00:01", "row 2, column 'scraped_at'"),
        ("DAY 21:00:01", "DAY 21:00:03", "row 3, column 'scraped_at'"),
        ('"2","RS B"', '"3","RS B"', "row 3, column ''"),
        ('"COVID-19"', '"Non COVID-19"', "row 2, column 'bed_type'"),
        ('"queue",', '"queues",', "row 1 (header)"),
    ],
)
def test_a_page_that_is_wrong_is_refused_with_its_place(old, new, place):
    assert old in COVID
    with pytest.raises(InputError) as caught:
        read(pages(covid=COVID.replace(old, new, 1)))
    error = caught.value
    assert (error.dataset, error.file, error.place) == ("siranap_daily", FIRST, place)


def test_wards_hold_counts_or_na_and_nothing_else():
    for old, new in ((",4,", ",,"), (",4,", ",-4,"), (",4,", ",4.5,"), (",4,", ",penuh,")):
        with pytest.raises(InputError, match="bed_class1"):
            read(pages(other=OTHER.replace(old, new, 1)))
    # One page given as both kinds, as the publisher once did.
    with pytest.raises(InputError, match="header"):
        read(pages(other=COVID))


def r_data(path, name: str, rows: list[tuple], columns: tuple[str, ...]) -> bytes:
    """Return a table as R writes it without packing."""
    frame = pd.DataFrame(rows, columns=list(columns)).astype(
        {column: object for column in columns if column != "n_kamar" and "kosong" not in column}
    )
    rdata.write_rda(path / "t.rda", {name: frame}, compression=None)
    return (path / "t.rda").read_bytes()


ROOMS = [
    ("RS A", "Jl. 1", "IGD Khusus Covid", 5.0, 2.0),
    ("RS A", "Jl. 2", "IGD Khusus Covid", 7.0, 0.0),
    ("RS B", "", "Isolasi Tekanan Negatif", 38.0, 5.0),
    ("RS B", "", "Isolasi Tekanan Negatif", 9.0, 0.0),
]
LINES = [
    ("RS C", "", "Isolasi Tanpa Tekanan Negatif", 28.0, "Kapasitas"),
    ("RS C", "", "8", 0.0, "Kosong"),
]
ROOM_COLUMNS = ("nama_rs", "alamat_rs", "jenis_kamar", "n_kamar", "n_kamar_kosong")
LINE_COLUMNS = (*ROOM_COLUMNS[:4], "keterangan")


def snapshot(path, rooms: list[tuple] = ROOMS, lines: list[tuple] = LINES) -> pd.DataFrame:
    files = {
        DKI_FILE: r_data(path, "dki", rooms, ROOM_COLUMNS),
        BEKASI_FILE: r_data(path, "bekasi", lines, LINE_COLUMNS),
    }
    return read_bed_snapshot(files, GAZETTEER, None)


def test_beds_stand_by_hospital_and_kind_and_what_is_ambiguous_says_so(tmp_path):
    frame = snapshot(tmp_path)
    check(frame, RAW["facilities/bed_snapshot.csv"], "", "")
    assert frame.to_numpy().tolist() == [
        ["31", "RS A", 1, "emergency", 1, 5, 2, False],
        ["31", "RS A", 2, "emergency", 1, 7, 0, False],
        ["31", "RS B", 1, "isolation_negative_pressure", 1, 38, 5, True],
        ["31", "RS B", 1, "isolation_negative_pressure", 2, 9, 0, True],
        ["3275", "RS C", 1, "isolation", 1, 28, 0, False],
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("RS A", "", "IGD Khusus Covid", 5.0, 6.0), "at most 5 free beds"),
        (("RS A", "", "IGD Khusus Covid", 5.5, 2.0), "a whole number"),
        (("RS A", "", "IGD Khusus Covid", -5.0, 2.0), "a whole number"),
        (("RS A", "", "IGD Khusus Covid", float("nan"), 2.0), "a whole number"),
        (("RS A", "", "IGD", 5.0, 2.0), "one of 'ICU"),
    ],
)
def test_beds_that_cannot_be_are_refused(tmp_path, row, expected):
    with pytest.raises(InputError) as caught:
        snapshot(tmp_path, rooms=[row])
    assert (caught.value.dataset, caught.value.file) == ("siranap_snapshot", DKI_FILE)
    assert caught.value.expected.startswith(expected)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(LINES[:1], id="odd"),
        pytest.param(LINES[::-1], id="exchanged"),
        pytest.param([LINES[0], ("RS D", *LINES[1][1:])], id="another hospital"),
        pytest.param(
            [LINES[0], ("RS C", "", "IGD Khusus Covid", 0.0, "Kosong")], id="another kind"
        ),
    ],
)
def test_rows_of_beds_and_of_free_beds_must_be_pairs(tmp_path, lines):
    with pytest.raises(InputError) as caught:
        snapshot(tmp_path, lines=lines)
    assert caught.value.file == BEKASI_FILE


def test_packed_damaged_or_other_data_are_refused(tmp_path):
    good = r_data(tmp_path, "dki", ROOMS, ROOM_COLUMNS)
    other = r_data(tmp_path, "bekasi", ROOMS, ROOM_COLUMNS)
    for content in (b"", b"<html>", gzip.compress(good), good[:-40], good[:60], other):
        with pytest.raises(InputError) as caught:
            read_bed_snapshot({DKI_FILE: content}, GAZETTEER)
        assert caught.value.file == DKI_FILE


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    return Gazetteer(pd.read_csv(project / "data/raw/geography/regions.csv", dtype="str"))


@pytest.fixture(scope="module")
def availability(upstream, gazetteer) -> pd.DataFrame:
    folder = upstream / "jswsean+siranap_hospital_data"
    files = {file: (folder / file).read_bytes() for file in (*COVID_FILES, *OTHER_FILES)}
    frame = read_bed_availability(files, gazetteer)
    return check(frame, RAW["facilities/bed_availability_daily.csv"], "", "")


# Hospitals with an emergency room for COVID-19 on 2021-07-12, as the research notes count
# them by name; two hospitals of Kota Bekasi are called RS Primaya, so that the notes have 30.
UNITS = {
    "3101": 1,
    "3171": 33,
    "3172": 31,
    "3173": 24,
    "3174": 23,
    "3175": 22,
    "3201": 21,
    "3216": 27,
    "3271": 17,
    "3275": 31,
    "3276": 20,
    "3603": 17,
    "3671": 27,
    "3674": 20,
}


@pytest.mark.upstream
def test_hospitals_of_greater_jakarta_are_those_of_the_notes(availability):
    emergency = availability[availability["bed_kind"] == "covid_emergency"]
    july = emergency[emergency["date"] == "2021-07-12"].set_index("region_code")
    assert july["hospitals"].reindex(JABODETABEK).to_dict() == UNITS
    totals = emergency.groupby("date")[["hospitals", "hospitals_full", "free_beds"]].sum()
    # Delta wave and after it: three in four emergency rooms full, then three in ten.
    assert totals.to_numpy().tolist() == [[1_482, 1_110, 1_310], [1_713, 508, 6_723]]
    assert emergency.groupby("date").size().tolist() == [345, 375]


@pytest.mark.upstream
def test_wards_are_counted_where_a_hospital_states_them(availability):
    wards = availability[availability["bed_kind"] == "class_3"]
    assert wards.groupby("date")["hospitals"].sum().tolist() == [755 - 43, 839 - 39]
    first = availability[availability["bed_kind"] == "class_1"]
    assert first.groupby("date")["hospitals"].sum().tolist() == [755 - 65, 839 - 82]


@pytest.fixture(scope="module")
def beds(upstream, gazetteer) -> pd.DataFrame:
    folder = upstream / "ikanx101+ikanx101.github.io"
    files = {file: (folder / file).read_bytes() for file in (DKI_FILE, BEKASI_FILE)}
    frame = read_bed_snapshot(files, gazetteer)
    return check(frame, RAW["facilities/bed_snapshot.csv"], "", "")


@pytest.mark.upstream
def test_the_snapshot_has_the_rows_of_the_notes_and_wisma_atlet(beds):
    dki, bekasi = (beds[beds["region_code"] == code] for code in ("31", "3275"))
    assert len(dki) == 429
    # 202 rows are 101 pairs of beds and free beds.
    assert len(bekasi) == 101
    assert dki[["beds", "free_beds"]].sum().tolist() == [18_726, 1_455]
    assert bekasi[["beds", "free_beds"]].sum().tolist() == [1_929, 57]
    largest = beds.loc[beds["beds"].idxmax()]
    assert (largest["hospital"], largest["beds"], largest["free_beds"]) == (
        *("RS Darurat Covid Wisma Atlet", 7_394, 400),
    )


@pytest.mark.upstream
def test_one_hospital_is_ambiguous_and_two_names_are_of_two_hospitals(beds):
    ambiguous = beds[beds["is_ambiguous"]]
    assert set(ambiguous["hospital"]) == {"RS Umum Prikasih"}
    assert sorted(ambiguous["beds"]) == [9, 9, 38, 38]
    assert set(beds.loc[beds["site"] == 2, "hospital"]) == {"RS Umum Yadika", "RS Primaya"}
