"""The reader of the risk zones: codes crossed, days read, every kab/kota on every day."""

import datetime

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import satgas_zones

REGIONS = (
    ("31", "31", "province", "DKI Jakarta", "31"),
    ("3171", "3174", "kota", "Jakarta Selatan", "31"),
    ("3173", "3171", "kota", "Jakarta Pusat", "31"),
    ("36", "36", "province", "Banten", "36"),
    ("3603", "3603", "kabupaten", "Kab. Tangerang", "36"),
    ("3671", "3671", "kota", "Kota Tangerang", "36"),
    ("91", "92", "province", "Papua Barat", "91"),
    ("9108", "9208", "kabupaten", "Kab. Raja Ampat", "91"),
)
PRINTED = (
    ("DKI JAKARTA", "31", "JAKARTA SELATAN", "3174"),
    ("DKI JAKARTA", "31", "JAKARTA PUSAT", "3171"),
    ("BANTEN", "36", "TANGERANG", "3603"),
    ("BANTEN", "36", "KOTA TANGERANG", "3671"),
    ("PAPUA BARAT", "92", "RAJA AMPAT", "9208"),
)
MONTH_NAMES = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
)
MONTHS = MONTH_NAMES.split()


def sundays(first: str, last: str, left_out: str) -> list[datetime.date]:
    day, days = datetime.date.fromisoformat(first), []
    while day <= datetime.date.fromisoformat(last):
        if day.isoformat() not in left_out:
            days.append(day)
        day += datetime.timedelta(days=7)
    return days


DAYS_2020 = sundays("2020-07-26", "2021-01-17", "2020-11-22")
DAYS_2022 = sundays(
    "2021-11-07",
    "2022-07-31",
    "2021-12-26 2022-01-23 2022-03-20 2022-04-17 2022-05-22 2022-06-05 2022-06-12",
)
MISPRINTS = {"2022-01-09": "09 Desember 2021", "2022-03-13": "13 Februari 2021"}


def printed(day: datetime.date) -> str:
    """Return a day as the file of 2022 prints it."""
    return MISPRINTS.get(day.isoformat(), f"{day.day} {MONTHS[day.month - 1]} {day.year}")


HEADER_2020 = "date,kemendagri_code,zone"
LINES_2020 = [f"{day},{code},medium" for day in DAYS_2020 for *_, code in PRINTED]
HEADER_2022 = "tanggal,prov,kode_prov,kota,kode_kota,hasil"
LINES_2022 = [
    f"{printed(day)},{','.join(unit)},RESIKO RENDAH" for unit in PRINTED for day in DAYS_2022
]
READERS = {
    "2020": (satgas_zones.read_2020, HEADER_2020, LINES_2020),
    "2022": (satgas_zones.read_2022, HEADER_2022, LINES_2022),
}
WHERE = {
    "2020": ("satgas_zones_2020", "risk_zones_2020.csv"),
    "2022": ("satgas_zones_2022", "zonasi.csv"),
}
both = pytest.mark.parametrize("file", ["2020", "2022"])


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    columns = ["region_code", "kemendagri_code", "level", "name", "province_code"]
    return Gazetteer(pd.DataFrame(REGIONS, columns=columns))


def read(file: str, text: str, gazetteer: Gazetteer) -> pd.DataFrame:
    """Read a text as one of the two files."""
    return READERS[file][0](text.encode(), gazetteer)


def text_of(file: str) -> str:
    """Return one of the two files."""
    _, header, lines = READERS[file]
    return "\n".join([header, *lines, ""])


def refusal(file: str, text: str, gazetteer: Gazetteer) -> InputError:
    """Return the error that reading ends in."""
    with pytest.raises(InputError) as caught:
        read(file, text, gazetteer)
    assert (caught.value.dataset, caught.value.file) == WHERE[file]
    assert caught.value.remedy
    return caught.value


def zone(frame: pd.DataFrame, region: str, day: str) -> str:
    found = frame[(frame["region_code"] == region) & (frame["date"] == day)]
    return str(found["zone"].item())


def test_zones_of_2020_stand_under_the_codes_of_bps(gazetteer):
    # 3171 is Jakarta Pusat here and Jakarta Selatan for BPS.
    text = text_of("2020").replace("2020-08-02,3171,medium", "2020-08-02,3171,high")
    frame = read("2020", text, gazetteer)
    assert len(frame) == 5 * 25
    assert set(frame["region_code"]) == {"3171", "3173", "3603", "3671", "9108"}
    assert zone(frame, "3173", "2020-08-02") == "high"
    assert zone(frame, "3171", "2020-08-02") == "medium"


@pytest.mark.parametrize(
    ("hasil", "expected"),
    [
        ("TIDAK TERDAMPAK", "unaffected"),
        ("TIDAK ADA KASUS", "no_cases"),
        ("RESIKO RENDAH", "low"),
        ("RESIKO SEDANG", "medium"),
        ("RESIKO TINGGI", "high"),
    ],
)
def test_zones_of_2022_are_read_with_their_indonesian_days(gazetteer, hasil, expected):
    line = "1 Mei 2022,DKI JAKARTA,31,JAKARTA PUSAT,3171,RESIKO RENDAH"
    assert text_of("2022").count(line) == 1
    changed = text_of("2022").replace(line, line.replace("RESIKO RENDAH", hasil))
    frame = read("2022", changed, gazetteer)
    assert len(frame) == 5 * 32
    assert zone(frame, "3173", "2022-05-01") == expected
    assert zone(frame, "3171", "2022-05-01") == "low"


@pytest.mark.parametrize(
    ("misprint", "day"), [("09 Desember 2021", "2022-01-09"), ("13 Februari 2021", "2022-03-13")]
)
def test_a_misprinted_day_is_the_sunday_that_its_place_shows(gazetteer, misprint, day):
    line = f"{misprint},BANTEN,36,TANGERANG,3603,"
    assert text_of("2022").count(line) == 1
    text = text_of("2022").replace(f"{line}RESIKO RENDAH", f"{line}RESIKO TINGGI")
    frame = read("2022", text, gazetteer)
    high = frame[frame["zone"] == "high"].astype({"date": "str"})
    assert high.to_numpy().tolist() == [["3603", day, "high"]]


@both
def test_the_order_of_the_rows_does_not_matter(gazetteer, file):
    _, header, lines = READERS[file]
    turned = "\n".join([header, *reversed(lines), ""])
    assert read(file, turned, gazetteer).equals(read(file, text_of(file), gazetteer))


@both
def test_a_row_left_out_or_repeated_is_refused(gazetteer, file):
    _, header, lines = READERS[file]
    error = refusal(file, "\n".join([header, *lines[:-1], ""]), gazetteer)
    assert "Kab. Raja Ampat (9108) on " in error.expected

    error = refusal(file, "\n".join([header, *lines, lines[0], ""]), gazetteer)
    assert error.place.startswith(f"row {len(lines) + 2}")


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "expected"),
    [
        ("2020", "2020-08-02,3171,medium", "2020-08-02,3171", "row 8", "3 fields"),
        ("2020", "2020-08-02,3171,medium", "2020-08-02,3171,", "row 8, column 'zone'", "low"),
        ("2020", "2020-08-02,3171,medium", "2020-08-02,3171,9", "row 8, column 'zone'", "low"),
        ("2020", "2020-08-02,3171", "2020-08-02,3199", "row 8, column 'kemen", "Kemendagri"),
        ("2020", "2020-08-02,3171", "2020-08-02,31", "row 8, column 'region", "of a kab/kota"),
        ("2020", "2020-08-02,3171", "2030-08-02,3171", "row 8, column 'date'", "known days"),
        ("2020", "2020-08-02,3171", ",3171", "row 8, column 'date'", "known days"),
        ("2020", "2020-08-02,3171", "2 Agustus,3171", "row 8, column 'date'", "a date"),
        ("2022", "1 Mei 2022,DKI JAKARTA,31,JAKARTA PUSAT", "1 Mei", "row", "6 fields"),
        ("2022", "1 Mei 2022,DKI JAKARTA,31,JAKARTA PUSAT", "", "row", "6 fields"),
    ],
)
def test_a_fault_in_a_row_is_refused_with_its_place(gazetteer, file, old, new, place, expected):
    text = text_of(file)
    assert text.count(old) == 1
    error = refusal(file, text.replace(old, new), gazetteer)
    assert error.place.startswith(place)
    assert expected in error.expected


@pytest.mark.parametrize(
    ("field", "cell", "column", "expected"),
    [
        (0, "1 Mai 2022", "tanggal", "31 Juli 2022"),
        (0, "31 April 2022", "tanggal", "31 Juli 2022"),
        (0, "00 Mei 0000", "tanggal", "31 Juli 2022"),
        (0, "2022-05-01", "tanggal", "31 Juli 2022"),
        (0, "", "tanggal", "31 Juli 2022"),
        (0, "2 Mei 2022", "date", "32 known days"),
        (0, "1 Mei 2032", "date", "32 known days"),
        (0, "24 April 2022", "region_code", "once a day"),
        (1, "BANTEN", "prov", "DKI Jakarta (31)"),
        (2, "36", "kode_prov", "DKI Jakarta (31)"),
        (3, "JAKARTA SELATAN", "kota", "Jakarta Pusat (3173)"),
        (4, "3174", "kota", "Jakarta Selatan (3171)"),
        (4, "9999", "kode_kota", "Kemendagri code"),
        (5, "RISIKO RENDAH", "hasil", "RESIKO RENDAH"),
        (5, "", "hasil", "RESIKO RENDAH"),
    ],
)
def test_a_fault_in_a_row_of_2022_is_refused(gazetteer, field, cell, column, expected):
    line = "1 Mei 2022,DKI JAKARTA,31,JAKARTA PUSAT,3171,RESIKO RENDAH"
    row = 2 + LINES_2022.index(line)
    cells = line.split(",")
    cells[field] = cell
    error = refusal("2022", text_of("2022").replace(line, ",".join(cells)), gazetteer)
    assert error.place == f"row {row}, column '{column}'"
    assert expected in error.expected


def test_a_name_that_no_region_bears_is_refused(gazetteer):
    error = refusal("2022", text_of("2022").replace("RAJA AMPAT", "RAJA EMPAT"), gazetteer)
    assert "Raja Ampat" in error.remedy or "RAJA AMPAT" in error.remedy


@both
@pytest.mark.parametrize("broken", ["", "<html></html>", "tanggal,zone\n", "HEADER"])
def test_what_is_no_table_is_refused(gazetteer, file, broken):
    refusal(file, READERS[file][1] if broken == "HEADER" else broken, gazetteer)


@both
def test_figures_other_than_the_registered_ones_make_no_table(gazetteer, file):
    dataset, name = WHERE[file]
    make = satgas_zones.TABLES[f"cases/risk_zones_{file}.csv"]
    with pytest.raises(InputError) as caught:
        make({name: text_of(file).encode()}, gazetteer)
    assert caught.value.dataset == dataset
    assert caught.value.place == "whole table"

    with pytest.raises(InputError) as caught:
        make({}, gazetteer)
    assert (caught.value.dataset, caught.value.found) == (dataset, "no such file")


@pytest.fixture(scope="module")
def originals(shared) -> dict[str, bytes]:
    zonasi = shared / "upstream" / "zakiego+data-zonasi-covid19goid" / "zonasi.csv"
    zones_2020 = shared / "curated" / "risk_zones_2020.csv"
    return {path.name: path.read_bytes() for path in (zones_2020, zonasi)}


@pytest.fixture(scope="module")
def regions(project) -> Gazetteer:
    raw = project / "data/raw"
    tables = ("geography/regions.csv", "geography/spellings.csv")
    return Gazetteer(*(read_raw((raw / name).read_bytes(), RAW[name], name) for name in tables))


@pytest.fixture(scope="module")
def published(originals, regions) -> dict[str, pd.DataFrame]:
    """Return the zones of each span, by its year."""
    return {
        year: satgas_zones.TABLES[f"cases/risk_zones_{year}.csv"](originals, regions)
        for year in ("2020", "2022")
    }


@pytest.mark.upstream
def test_the_pinned_files_hold_the_published_zones(published):
    for year, days in (("2020", DAYS_2020), ("2022", DAYS_2022)):
        zones = published[year]
        check(zones, RAW[f"cases/risk_zones_{year}.csv"], "", "")
        assert len(zones) == {"2020": 12_850, "2022": 16_448}[year]
        assert (zones.groupby("date").size() == 514).all()
        assert sorted(day.date() for day in zones["date"].unique()) == days
    assert published["2022"]["zone"].value_counts().to_dict() == {
        "low": 12_860,
        "no_cases": 2_184,
        "medium": 1_402,
        "high": 2,
    }


@pytest.mark.upstream
def test_no_list_of_2020_is_a_stale_copy_of_the_one_before(published):
    wide = published["2020"].pivot(index="date", columns="region_code", values="zone")
    changed = (wide != wide.shift()).iloc[1:].sum(axis="columns")
    assert (changed.min(), changed.max()) == (90, 166)


@pytest.mark.upstream
def test_the_misprinted_days_lie_between_their_neighbours(published):
    # Of a span in which the zones fell week by week: a list of February 2021 would not fit.
    late = published["2022"]
    medium = late[late["zone"] == "medium"].groupby("date").size()
    spring = medium["2022-02-27":"2022-04-10"]
    assert spring.is_monotonic_decreasing
    assert spring["2022-03-13"] == 217
    none = late[late["zone"] == "no_cases"].groupby("date").size()["2021-12-05":"2022-01-16"]
    assert none.is_monotonic_increasing
    assert none["2022-01-09"] == 130


@pytest.mark.upstream
def test_the_rows_of_a_misprinted_day_stand_between_the_days_that_it_lies_between(originals):
    lines = originals["zonasi.csv"].decode().splitlines()[1:]
    units = [lines[start : start + 32] for start in range(0, len(lines), 32)]
    assert len(units) == 514
    for unit in units:
        days = [line.split(",")[0] for line in unit]
        assert days[7:10] == ["02 Januari 2022", "09 Desember 2021", "16 Januari 2022"]
        assert days[15:18] == ["06 Maret 2022", "13 Februari 2021", "27 Maret 2022"]


@pytest.mark.upstream
def test_zones_exchanged_between_two_units_are_refused(originals, regions):
    text = originals["risk_zones_2020.csv"].decode()
    pair = "2020-07-26,1101,low\n2020-07-26,1102,unaffected\n"
    other = "2020-07-26,1101,unaffected\n2020-07-26,1102,low\n"
    assert text.count(pair) == 1
    files = originals | {"risk_zones_2020.csv": text.replace(pair, other).encode()}
    with pytest.raises(InputError) as caught:
        satgas_zones.read_risk_zones_2020(files, regions)
    assert caught.value.dataset == "satgas_zones_2020"
