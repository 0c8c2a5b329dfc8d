"""The community health centres: counted under BPS codes, each code held against its province."""

import io
from collections.abc import Sequence

import openpyxl
import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import JABODETABEK, Gazetteer
from gotong.sources.bppsdmk import FILE, read_puskesmas

HEADER = (
    *("kode_prov", "name_prov", "kode_faskes", "jenis_faskes", "nama_faskes"),
    *("alamat_faskes", "lat_", "long_", "medis_grp"),
)
ROWS = (
    (
        "31",
        "DKI JAKARTA",
        "P3171030205",
        "PUSKESMAS",
        "KEL. GUNUNG",
        "Jl.",
        "-6.239623",
        "106.8",
        2,
    ),
    ("31", "DKI JAKARTA", "P3171030101", "PUSKESMAS", "KEC. GAMBIR", "", "-6.2", "106.79003", 1),
    ("76", "SULAWESI BARAT", "P7602051101", "PUSKESMAS", "BINUANG", "", "-3.4", "119415581", 3),
    ("31", "DKI JAKARTA", "R3171123", "RUMAH SAKIT", "RS SATU", "", "0", "0", 3),
    ("31", "DKI JAKARTA", "D3100", "DINAS PROVINSI", "DINKES", "", "-6", "106", 1),
)
GAZETTEER = Gazetteer(
    pd.DataFrame(
        [
            ("31", "31", "province", "DKI Jakarta", "31"),
            ("3171", "3174", "kota", "Jakarta Selatan", "31"),
            ("76", "76", "province", "Sulawesi Barat", "76"),
            ("7602", "7604", "kabupaten", "Kab. Polewali Mandar", "76"),
        ],
        columns=["region_code", "kemendagri_code", "level", "name", "province_code"],
    )
)


def workbook(rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> bytes:
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content: bytes) -> pd.DataFrame:
    # The few centres above are not the registered ones.
    return read_puskesmas({FILE: content}, GAZETTEER, None)


def changed(row: int, column: str, cell: object) -> bytes:
    """Return the workbook with one other cell."""
    rows = [list(cells) for cells in ROWS]
    rows[row][HEADER.index(column)] = cell
    return workbook(rows)


def test_centres_are_kept_and_hospitals_and_offices_left_out():
    frame = read(workbook(ROWS))
    check(frame, RAW["facilities/puskesmas.csv"], "", "")
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    assert rows == [
        ["P3171030101", "3171", "inpatient", False, -6.2, 106.79],
        ["P3171030205", "3171", "outpatient", True, -6.2396, 106.8],
        # Its longitude lacks the decimal point.
        ["P7602051101", "7602", "inpatient", False, -3.4, None],
    ]


@pytest.mark.parametrize(
    ("row", "column", "cell"),
    [
        (0, "kode_faskes", "P3174030205"),
        (0, "kode_faskes", "P317103020"),
        (0, "kode_faskes", "P3171030305"),
        (0, "kode_faskes", "P7602030205"),
        (0, "kode_prov", "76"),
        (0, "name_prov", "SULAWESI BARAT"),
        (0, "jenis_faskes", "PUSKESMAS PEMBANTU"),
        (0, "lat_", "6S2"),
        (0, "lat_", "106.8"),
        (0, "long_", "-6.2"),
        (0, "long_", None),
        (0, "long_", "119415581"),
        (2, "long_", "119415582"),
    ],
)
def test_a_cell_that_is_wrong_is_refused_with_its_place(row, column, cell):
    with pytest.raises(InputError) as caught:
        read(changed(row, column, cell))
    error = caught.value
    assert (error.dataset, error.file) == ("bppsdmk_facilities", FILE)
    if column != "kode_faskes" or cell != "P7602030205":
        assert error.place == f"row {row + 2}, column '{column}'"


def test_a_centre_twice_and_another_header_are_refused():
    with pytest.raises(InputError, match="each puskesmas_code once"):
        read(workbook([*ROWS, ROWS[0]]))
    with pytest.raises(InputError, match="header"):
        read(workbook(ROWS, (*HEADER[:-2], "medis_grp", "long_")))


def test_what_is_no_workbook_is_refused():
    for content in (b"", b"<html>404</html>", workbook(ROWS)[:-300]):
        with pytest.raises(InputError):
            read(content)
    with pytest.raises(InputError, match="no such file"):
        read_puskesmas({}, GAZETTEER)


@pytest.fixture(scope="module")
def puskesmas(upstream, project) -> pd.DataFrame:
    content = (upstream / "akirawisnu+faskes-indonesia-2019-scrapper" / FILE).read_bytes()
    regions = pd.read_csv(project / "data/raw/geography/regions.csv", dtype="str")
    frame = read_puskesmas({FILE: content}, Gazetteer(regions))
    return check(frame, RAW["facilities/puskesmas.csv"], "", "")


# As the research notes count them; Kep. Seribu (3101) is absent.
UNITS = {
    "3171": 78,
    "3172": 84,
    "3173": 42,
    "3174": 75,
    "3175": 48,
    "3201": 98,
    "3216": 39,
    "3271": 24,
    "3275": 31,
    "3276": 32,
    "3603": 41,
    "3671": 25,
    "3674": 21,
}


@pytest.mark.upstream
def test_centres_of_greater_jakarta_are_those_of_the_notes(puskesmas):
    assert len(puskesmas) == 9_061
    counts = puskesmas["region_code"].value_counts()
    assert counts.reindex(JABODETABEK).dropna().to_dict() == UNITS
    # Kab. Tulang Bawang Barat (1812) is absent as well.
    assert counts.size == 512


@pytest.mark.upstream
def test_in_dki_most_centres_serve_a_kelurahan_and_one_each_kecamatan(puskesmas):
    dki = puskesmas["region_code"].str.startswith("31")
    # 42 kecamatan of the five cities, each with one centre of its own.
    assert (dki.sum(), (dki & ~puskesmas["of_kelurahan"]).sum()) == (327, 42)
    assert not puskesmas.loc[~dki, "of_kelurahan"].any()
    assert puskesmas["longitude"].isna().sum() == 1


@pytest.mark.upstream
def test_centres_of_each_city_of_jakarta_lie_where_the_city_does(puskesmas):
    middle = puskesmas.groupby("region_code")[["latitude", "longitude"]].median()
    cities = middle.loc[["3171", "3172", "3173", "3174", "3175"]]
    assert cities["latitude"].idxmax() == "3175"
    assert cities["latitude"].idxmin() == "3171"
    assert cities["longitude"].idxmin() == "3174"
    assert cities.loc["3172", "longitude"] > cities.loc["3173", "longitude"]
