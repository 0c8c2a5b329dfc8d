"""The readers of the task force's counts: what they keep and what they refuse."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace

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


@pytest.fixture(autouse=True)
def _last_days(monkeypatch):
    """Let the files of these tests be whole, though they have a few days."""
    days = {"31": pd.Timestamp("2020-03-04"), "34": pd.Timestamp("2020-03-16")}
    monkeypatch.setattr(satgas, "_OTHER_LAST_DAYS", days)


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


def test_a_file_that_is_cut_short_at_the_end_of_a_row_is_refused(gazetteer):
    text = FILES[FILE].decode()
    short = text[: text.index("2020-03-04")]
    error = refusal(FILES | {FILE: short.encode()}, gazetteer)
    assert (error.file, error.place) == (FILE, "last row")
    assert (error.expected, error.found) == ("days to 2020-03-04", "2020-03-03")


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


DAYS = ("2020-03-02", "2020-03-03", "2020-03-04")
KEYS = (1583107200000, 1583193600000, 1583280000000)
"""Milliseconds since 1970 at the start of each day, in UTC."""

DAILY = (
    "key_as_string,key,doc_count,jumlah_meninggal,jumlah_sembuh,jumlah_positif,jumlah_dirawat,"
    "jumlah_positif_kum,jumlah_sembuh_kum,jumlah_meninggal_kum,jumlah_dirawat_kum\n"
    f"2020-03-02T00:00:00.000Z,{KEYS[0]},1,0,1,9,8,9,1,0,8\n"
    f"2020-03-03T00:00:00.000Z,{KEYS[1]},2,2,4,3,-3,12,5,2,5\n"
    f"2020-03-04T00:00:00.000Z,{KEYS[2]},1,0,0,0,0,12,5,2,5\n"
)
TESTS = (
    "key_as_string,key,doc_count,jumlah_spesimen_pcr_tcm,jumlah_spesimen_antigen,"
    "jumlah_orang_antigen,jumlah_orang_pcr_tcm,jumlah_spesimen_pcr_tcm_kum,"
    "jumlah_spesimen_antigen_kum,jumlah_orang_pcr_tcm_kum,jumlah_orang_antigen_kum\n"
    f"2020-03-02,{KEYS[0]},1,40,30,20,10,40,30,10,20\n"
    f"2020-03-03,{KEYS[1]},0,0,0,0,0,40,30,10,20\n"
    f"2020-03-04,{KEYS[2]},1,4,0,2,1,44,30,11,22\n"
)
VACCINATION = (
    "key_as_string,key,doc_count,jumlah_vaksinasi_2,jumlah_vaksinasi_1,"
    "jumlah_jumlah_vaksinasi_1_kum,jumlah_jumlah_vaksinasi_2_kum\n"
    f"2020-03-02,{KEYS[0]},1,5,70,70,5\n"
    f"2020-03-03,{KEYS[1]},0,0,0,70,5\n"
    f"2020-03-04,{KEYS[2]},2,20,-10,60,25\n"
)
NATIONAL = {
    "daily": ("_NATIONAL_DAILY", satgas.read_national_daily, DAILY, (12, 5, 2, 5), 3),
    "tests": ("_NATIONAL_TESTS", satgas.read_national_tests, TESTS, (44, 30, 11, 22), 2),
    "vaccination": (
        "_NATIONAL_VACCINATION",
        satgas.read_national_vaccination,
        VACCINATION,
        (60, 25),
        2,
    ),
}


@pytest.fixture
def national(monkeypatch, gazetteer):
    """Return what reads a text as one of the national files, of three days."""
    for name, _, _, ends, reports in NATIONAL.values():
        layout = getattr(satgas, name)
        short = replace(
            layout,
            first_day=pd.Timestamp(DAYS[0]),
            last_day=pd.Timestamp(DAYS[-1]),
            ends=dict(zip(layout.ends, ends, strict=True)),
            reports=reports,
        )
        monkeypatch.setattr(satgas, name, short)

    def read(which: str, content: bytes) -> pd.DataFrame:
        name, reader, *_ = NATIONAL[which]
        return reader({getattr(satgas, name).file: content}, gazetteer)

    return read


@pytest.mark.parametrize(
    ("which", "rows"),
    [
        (
            "daily",
            [
                ["2020-03-02", 9, 0, 1, 8],
                ["2020-03-03", 3, 2, 4, 5],
                ["2020-03-04", 0, 0, 0, 5],
            ],
        ),
        (
            "tests",
            [
                ["2020-03-02", 40, 30, 10, 20],
                ["2020-03-03", None, None, None, None],
                ["2020-03-04", 4, 0, 1, 2],
            ],
        ),
        (
            "vaccination",
            [["2020-03-02", 70, 5], ["2020-03-03", None, None], ["2020-03-04", -10, 20]],
        ),
    ],
)
def test_national_days_are_kept_and_a_day_without_a_report_is_blank(national, which, rows):
    frame = national(which, NATIONAL[which][2].encode())
    check(frame, RAW[f"cases/national_{which}.csv"], "", "")
    shown = frame.astype({"date": "str"}).astype("object")
    assert shown.where(frame.notna(), None).to_numpy().tolist() == rows


@pytest.mark.parametrize(
    ("which", "old", "new", "place", "expected"),
    [
        ("daily", ",2,2,4,3,-3,", ",2,2,4,3,", "row 3", "11 fields"),
        ("daily", ",2,2,4,3,-3,", ",2,2,4,3 org,-3,", "row 3, column 'jumlah_positif'", "number"),
        ("daily", ",2,2,4,3,-3,", ",2,2,4,,-3,", "row 3, column 'jumlah_positif'", "0 or more"),
        ("daily", ",2,2,4,3,-3,", ",2,2,4,-3,-3,", "row 3, column 'jumlah_positif'", "0 or more"),
        ("daily", ",2,2,4,3,-3,", ",2,4,2,3,-3,", "row 3, column 'jumlah_sembuh_kum'", "3"),
        ("daily", "9,8,9,1,0,8\n", "9,7,9,1,0,7\n", "row 3, column 'jumlah_dirawat_kum'", "4"),
        ("daily", "03T00", "04T00", "row 3, column 'key_as_string'", "2020-03-03T00"),
        ("daily", str(KEYS[1]), str(KEYS[2]), "row 3, column 'key'", str(KEYS[1])),
        ("daily", ",2,2,4,3,-3,", ",,2,4,3,-3,", "row 3, column 'doc_count'", "0 or more"),
        ("daily", ",2,2,4,3,-3,", ",0,2,4,3,-3,", "column 'doc_count'", "3 days with a report"),
        ("tests", ",0,0,0,0,0,", ",1,0,0,0,0,", "column 'doc_count'", "2 days with a report"),
        ("tests", ",1,40,30,20,10,", ",1,30,40,20,10,", "row 2, column 'jumlah_spe", "30"),
        ("vaccination", ",2,20,-10,60,25", ",2,20,-9,61,25", "last row", "60"),
    ],
    ids=[
        "cut row",
        "text",
        "blank",
        "below zero",
        "exchanged",
        "another change of active cases",
        "another stamp",
        "another key",
        "blank reports",
        "a report taken away",
        "a report added",
        "tests exchanged",
        "another end",
    ],
)
def test_a_fault_in_a_national_file_is_refused(national, which, old, new, place, expected):
    text = NATIONAL[which][2]
    assert text.count(old) == 1
    with pytest.raises(InputError) as caught:
        national(which, text.replace(old, new).encode())
    error = caught.value
    assert error.dataset == "satgas_national"
    assert error.place.startswith(place)
    assert expected in error.expected
    assert error.remedy


def test_active_cases_are_the_others_less_who_recovered_or_died(national):
    # The running sums agree with each other, but one active case has gone.
    text = DAILY.replace("9,8,9,1,0,8\n", "9,7,9,1,0,7\n")
    text = text.replace("-3,12,5,2,5\n", "-2,12,5,2,5\n")
    with pytest.raises(InputError) as caught:
        national("daily", text.encode())
    assert caught.value.place == "row 2, column 'jumlah_dirawat'"
    assert (caught.value.expected, caught.value.found) == ("8", "7")


@pytest.mark.parametrize("which", list(NATIONAL))
def test_numbers_on_a_day_without_a_report_are_refused(national, which):
    _, _, text, *_ = NATIONAL[which]
    header, first, *rest = text.splitlines()
    key, stamp, _, *counts = first.split(",")
    with pytest.raises(InputError) as caught:
        national(which, "\n".join([header, ",".join([key, stamp, "0", *counts]), *rest]).encode())
    assert "report" in caught.value.expected


@pytest.mark.parametrize("which", list(NATIONAL))
def test_recoveries_in_the_place_of_deaths_and_the_like_are_refused(national, which):
    # Two counts exchanged with their running sums under an unchanged header agree in all else.
    text = NATIONAL[which][2]
    header, *rows = (line.split(",") for line in text.splitlines())
    one, two = {
        "daily": ("jumlah_sembuh", "jumlah_meninggal"),
        "tests": ("jumlah_spesimen_pcr_tcm", "jumlah_spesimen_antigen"),
        "vaccination": ("jumlah_vaksinasi_1", "jumlah_vaksinasi_2"),
    }[which]
    other = {one: two, two: one}
    sums = {
        column: next(name for name in header if name.endswith(f"{column}_kum")) for column in other
    }
    other |= {sums[one]: sums[two], sums[two]: sums[one]}
    order = [header.index(other.get(name, name)) for name in header]
    lines = [header, *([row[position] for position in order] for row in rows)]
    with pytest.raises(InputError) as caught:
        national(which, "\n".join(",".join(line) for line in lines).encode())
    assert "_kum" in caught.value.place


@pytest.mark.parametrize("which", list(NATIONAL))
@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_national_file_that_is_cut_short_is_refused(national, which, rows):
    lines = NATIONAL[which][2].splitlines(keepends=True)[:rows]
    with pytest.raises(InputError) as caught:
        national(which, "".join(lines).encode())
    assert caught.value.found


@pytest.mark.parametrize("reader", [reader for _, reader, *_ in NATIONAL.values()])
def test_a_missing_national_file_is_named(gazetteer, reader):
    with pytest.raises(InputError) as caught:
        reader({}, gazetteer)
    assert caught.value.found == "no such file"


@pytest.fixture(scope="module")
def country(upstream, all_provinces) -> dict[str, pd.DataFrame]:
    folder = upstream / "zakiego+data-sebaran-covid19goid"
    names = ("harian", "pemeriksaan", "vaksinasi")
    files = {
        f"nasional/{name}.csv": (folder / f"nasional/{name}.csv").read_bytes() for name in names
    }
    return {which: reader(files, all_provinces) for which, (_, reader, *_) in NATIONAL.items()}


@pytest.mark.upstream
def test_the_national_files_hold_the_published_counts(country):
    for which, frame in country.items():
        check(frame, RAW[f"cases/national_{which}.csv"], "", "")
    spans = {
        which: [len(frame), *frame["date"].agg(["min", "max"]).dt.strftime("%Y-%m-%d")]
        for which, frame in country.items()
    }
    assert spans == {
        "daily": [1_029, "2020-03-02", "2022-12-25"],
        "tests": [649, "2021-03-17", "2022-12-25"],
        "vaccination": [693, "2021-02-01", "2022-12-25"],
    }
    assert country["daily"][["cases", "deaths"]].sum().tolist() == [6_716_124, 160_537]
    doses = country["vaccination"][["first_doses", "second_doses"]].sum()
    assert doses.tolist() == [203_974_918, 174_696_295]


@pytest.mark.upstream
def test_what_the_docstrings_say_of_the_national_files(country):
    tests = country["tests"].set_index("date")
    assert tests.isna().all(axis="columns").sum() == tests["pcr_people"].isna().sum() == 127
    more = tests[(tests["antigen_people"] > tests["antigen_specimens"]).fillna(False)]
    assert more.index.tolist() == [pd.Timestamp("2021-03-17")]
    assert tests["pcr_specimens"].idxmax() == pd.Timestamp("2022-12-19")

    doses = country["vaccination"].set_index("date")
    assert doses["first_doses"].isna().sum() == 43
    below = doses[(doses < 0).any(axis="columns")]
    assert below.index.strftime("%Y-%m-%d").tolist() == ["2022-09-13", "2022-11-28", "2022-12-02"]


@pytest.mark.upstream
def test_the_national_cases_are_not_thinned(country):
    # Johns Hopkins has 6,715,586 for 2022-12-24; the provinces of this version hold a fifth less.
    until = country["daily"][country["daily"]["date"] <= "2022-12-24"]
    assert until["cases"].sum() == 6_715_586


@pytest.mark.upstream
def test_provinces_add_up_to_the_country_by_quarter(published, country):
    # The day that all provinces have; Maluku Utara lacks the next.
    provinces = published[published["date"] <= "2022-09-29"]
    national = country["daily"][country["daily"]["date"] <= "2022-09-29"]
    ours, theirs = (
        table.groupby(table["date"].dt.to_period("Q").astype("str"))[["cases", "deaths"]].sum()
        for table in (provinces, national)
    )
    ratio = (ours / theirs).astype("float64")
    assert len(ratio) == 11
    # Provinces date by the day of the examination or death, the country by its announcement: in
    # the first quarters, of few cases, much is moved across their ends.
    first = {"cases": 0.67, "deaths": 1.37}
    assert ratio.loc["2020Q1"].to_dict() == pytest.approx(first, abs=0.005)
    assert ratio.loc["2020Q2", "deaths"] == pytest.approx(1.14, abs=0.005)
    later = ratio.drop("2020Q1")
    assert later["cases"].between(0.99, 1.035).all()
    assert later["deaths"].drop("2020Q2").between(0.965, 1.03).all()
