"""The reader of the task force's counts by province: what it keeps and what it refuses."""

import csv
import io
from collections.abc import Mapping

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import bps, satgas

HEADER = (
    "tanggal,KASUS,MENINGGAL,SEMBUH,DIRAWAT_OR_ISOLASI,"
    "AKUMULASI_KASUS,AKUMULASI_SEMBUH,AKUMULASI_MENINGGAL,AKUMULASI_DIRAWAT_OR_ISOLASI\n"
)
# Row 2 has a death more than cases, row 4 more recoveries than cases: both occur in the source.
JAKARTA = (
    "2020-03-01,1,2,0,-1,1,0,2,-1\n"
    "2020-03-02,7,0,1,6,8,1,2,5\n"
    "2020-03-03,2,1,4,-3,10,5,3,2\n"
    "2020-03-04,0,0,0,0,10,5,3,2\n"
)
YOGYAKARTA = "2020-03-15,3,0,0,3,3,0,0,3\n2020-03-16,1,1,0,0,4,0,1,3\n"
FILES = {
    "provinsi/DKI_JAKARTA.csv": (HEADER + JAKARTA).encode(),
    "provinsi/DAERAH_ISTIMEWA_YOGYAKARTA.csv": (HEADER + YOGYAKARTA).encode(),
}
FILE = "provinsi/DKI_JAKARTA.csv"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    regions = [
        ("31", "31", "province", "DKI Jakarta", "31"),
        ("34", "34", "province", "DI Yogyakarta", "34"),
        ("3471", "3471", "kota", "Kota Yogyakarta", "34"),
    ]
    columns = ["region_code", "kemendagri_code", "level", "name", "province_code"]
    return Gazetteer(pd.DataFrame(regions, columns=columns))


def refusal(files: Mapping[str, bytes], gazetteer: Gazetteer) -> InputError:
    """Return the error that files end in."""
    with pytest.raises(InputError) as caught:
        satgas.read_province_daily(files, gazetteer)
    assert caught.value.dataset == "satgas_province_daily"
    assert caught.value.remedy
    return caught.value


def test_days_are_kept_as_published_under_the_codes_of_their_files(gazetteer):
    frame = satgas.read_province_daily(FILES, gazetteer)
    check(frame, RAW["cases/province_daily.csv"], "", "")
    assert frame.astype({"date": "str"}).to_numpy().tolist() == [
        ["31", "2020-03-01", 1, 2, 0],
        ["31", "2020-03-02", 7, 0, 1],
        ["31", "2020-03-03", 2, 1, 4],
        ["31", "2020-03-04", 0, 0, 0],
        ["34", "2020-03-15", 3, 0, 0],
        ["34", "2020-03-16", 1, 1, 0],
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        pytest.param(
            "2020-03-02,7,0,1,6,8,1,2,5", "2020-03-02,7,0,1", "row 3", "9 fields", "4", id="cut row"
        ),
        pytest.param(
            "KASUS,MENINGGAL,",
            "MENINGGAL,KASUS,",
            "row 1 (header)",
            "tanggal,KASUS,MENINGGAL",
            "another order",
            id="swapped columns, named",
        ),
        pytest.param(
            "2020-03-02,7,0,1,6,8,1,2,5",
            "2020-03-02,7,1,0,6,8,1,2,5",
            "row 3, column 'AKUMULASI_MENINGGAL'",
            "3",
            "2",
            id="swapped columns, under the header's names",
        ),
        pytest.param(
            "-02,7,",
            "-02,7 org,",
            "row 3, column 'KASUS'",
            "number",
            "'7 org'",
            id="text in number",
        ),
        pytest.param("-02,7,", "-02,,", "row 3, column 'KASUS'", "0 or more", "blank", id="blank"),
        pytest.param(
            "-02,7,", "-02,-7,", "row 3, column 'KASUS'", "0 or more", "-7", id="below zero"
        ),
        pytest.param(
            "-03,2,1,4,-3,",
            "-03,2,1,4,,",
            "row 4, column 'DIRAWAT_OR_ISOLASI'",
            "a whole number",
            "blank",
            id="blank change",
        ),
        pytest.param(
            "2020-03-03,",
            "2020-03-02,",
            "row 4, column 'tanggal'",
            "2020-03-03",
            "2020-03-02",
            id="duplicate day",
        ),
        pytest.param(
            "2020-03-02,7,0,1,6,8,1,2,5\n",
            "",
            "row 3, column 'tanggal'",
            "2020-03-02",
            "2020-03-03",
            id="missing day",
        ),
        pytest.param(
            "2020-03-02,", ",", "row 3, column 'tanggal'", "2020-03-02", "blank", id="blank day"
        ),
        pytest.param(
            "2020-03-01,", ",", "row 2, column 'tanggal'", "a date", "blank", id="blank first day"
        ),
        pytest.param(
            "2020-03-02",
            "2020-02-30",
            "row 3, column 'tanggal'",
            "a date",
            "2020-02-30",
            id="no day",
        ),
        pytest.param(
            "2020-03-02", "02/03/2020", "row 3, column 'tanggal'", "a date", "02/03", id="not ISO"
        ),
        pytest.param(
            "2020-03-01,1,2,0,-1,1,0,2,-1\n",
            "",
            "row 2, column 'AKUMULASI_KASUS'",
            "7",
            "8",
            id="first day cut off",
        ),
        pytest.param(
            ",10,5,3,2\n2020-03-04",
            ",9,5,3,2\n2020-03-04",
            "row 4, column 'AKUMULASI_KASUS'",
            "10",
            "9",
            id="another sum",
        ),
    ],
)
def test_a_fault_is_refused_with_its_place(gazetteer, old, new, place, expected, found):
    text = FILES[FILE].decode()
    assert old in text
    error = refusal(FILES | {FILE: text.replace(old, new, 1).encode()}, gazetteer)
    assert (error.file, error.place) == (FILE, place)
    assert expected in error.expected
    assert found in error.found


@pytest.mark.parametrize(
    ("content", "place", "found"),
    [
        (b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "start of the file", "an HTML page"),
        ("tanggal,KASUS\xe9\n".encode("latin-1"), "byte 13", "byte 0xe9"),
        (HEADER.encode(), "", "none"),
        (b"", "row 1 (header)", "missing: tanggal"),
    ],
    ids=["HTML page", "Latin-1", "header only", "empty"],
)
def test_what_is_no_table_is_refused(gazetteer, content, place, found):
    error = refusal(FILES | {FILE: content}, gazetteer)
    assert (error.file, error.place) == (FILE, place)
    assert found in error.found


def test_every_province_has_one_file(gazetteer):
    error = refusal({FILE: FILES[FILE]}, gazetteer)
    assert "DI Yogyakarta (34)" in error.found

    error = refusal(FILES | {"provinsi/DI_YOGYAKARTA.csv": b""}, gazetteer)
    assert (error.place, error.found) == ("file name", "DI Yogyakarta again")


def test_a_file_is_named_after_a_province(gazetteer):
    error = refusal(FILES | {"provinsi/JAKARTA_RAYA.csv": FILES[FILE]}, gazetteer)
    assert (error.file, error.found) == ("provinsi/JAKARTA_RAYA.csv", "'JAKARTA_RAYA'")

    error = refusal(FILES | {"provinsi/KOTA_YOGYAKARTA.csv": FILES[FILE]}, gazetteer)
    assert (error.expected, error.found) == ("the name of a province", "KOTA_YOGYAKARTA")


@pytest.fixture(scope="module")
def all_provinces(upstream) -> Gazetteer:
    folder = upstream / "zakiego+Kode-Wilayah-Administrasi-Indonesia-Relasi-BPS-Kemendagri"
    paths = ("csv/provinsi.csv", "csv/kabkota.csv")
    return Gazetteer(bps.read_regions({path: (folder / path).read_bytes() for path in paths}))


@pytest.fixture(scope="module")
def published(upstream, all_provinces) -> pd.DataFrame:
    folder = upstream / "zakiego+data-sebaran-covid19goid"
    files = {f"provinsi/{path.name}": path.read_bytes() for path in folder.glob("provinsi/*.csv")}
    return satgas.read_province_daily(files, all_provinces)


@pytest.mark.upstream
def test_the_pinned_files_hold_the_published_counts(published):
    check(published, RAW["cases/province_daily.csv"], "", "")
    assert len(published) == 31_404
    assert published["region_code"].nunique() == 34
    jakarta = published[published["region_code"] == "31"]
    assert jakarta["date"].agg(["min", "max"]).dt.strftime("%Y-%m-%d").tolist() == [
        "2020-03-01",
        "2022-09-30",
    ]
    assert jakarta[["cases", "deaths"]].sum().tolist() == [1_425_878, 15_538]
    # A month-end total that the health office of DKI published by itself was 814,653.
    assert jakarta.loc[jakarta["date"] <= "2021-07-31", "cases"].sum() == 814_617


@pytest.mark.upstream
def test_only_maluku_utara_ends_a_day_early(published):
    last = published.groupby("region_code")["date"].max()
    assert last[last != pd.Timestamp("2022-09-30")].to_dict() == {"82": pd.Timestamp("2022-09-29")}


@pytest.mark.upstream
def test_no_province_is_thinned(published, all_provinces, upstream):
    # The ministry's own snapshot of a day, against which a thinned version is a fifth too low.
    content = (upstream / "zakiego+data-pusdatin-kemenkes" / "provinsi.csv").read_text("utf-8")
    official = {
        all_provinces.resolve(row["provinsi"], "", "", ""): int(row["kumulatif"])
        for row in csv.DictReader(io.StringIO(content))
        # One row of that day repeats Jawa Tengah, misspelt, with a single case.
        if row["tanggal"] == "2021-09-06" and row["provinsi"] != "PROVINSI JAWA TENGAH"
    }
    until = published[published["date"] <= "2021-09-06"]
    counted = until.groupby("region_code")["cases"].sum()
    assert counted.to_dict() == pytest.approx(official, rel=0.005)
