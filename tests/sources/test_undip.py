"""The reader of the weeks of Jawa Tengah: its calendar, its units, what it leaves out."""

import datetime

import pandas as pd
import pytest

from gotong import contracts
from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import undip

KABUPATEN = (
    "Cilacap Banyumas Purbalingga Banjarnegara Kebumen Purworejo Wonosobo Magelang Boyolali Klaten "
    "Sukoharjo Wonogiri Karanganyar Sragen Grobogan Blora Rembang Pati Kudus Jepara Demak Semarang "
    "Temanggung Kendal Batang Pekalongan Pemalang Tegal Brebes"
)
KOTA = "Magelang Surakarta Salatiga Semarang Pekalongan Tegal"
NAMES = {str(code): f"Kab. {name}" for code, name in enumerate(KABUPATEN.split(), start=3301)}
NAMES |= {str(code): f"Kota {name}" for code, name in enumerate(KOTA.split(), start=3371)}

HEADER = "\ufeff,minggu,kabupaten,PPKM,sembuh,meninggal,total_kasus"
# Row number, week, id, PPKM, recovered, died, cases. The two rows at the ends are those that the
# project's database lacks; id 62 is a second spelling of Kab. Tegal (31), id 41 is from elsewhere.
LINES = (
    "0,1,1,1,3,1,4",
    "1,1,2,1,5,0,5",
    "2,6,9,2,10,2,12",
    "3,6,41,2,7,3,10",
    "4,41,36,2,4,0,4",
    "5,42,36,2,6,1,7",
    "6,66,31,2,2,0,2",
    "7,66,62,2,1,0,1",
    "8,69,2,3,8,1,9",
    "9,111,32,7,85,0,85",
)
PAGE = b"<!DOCTYPE html>\n<html></html>\n"


def content(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines, ""]).encode()


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    levels = {"Kab.": "kabupaten", "Kota": "kota"}
    regions = [(code, code, levels[name[:4]], name, "33") for code, name in NAMES.items()]
    columns = ["region_code", "kemendagri_code", "level", "name", "province_code"]
    return Gazetteer(pd.DataFrame(regions, columns=columns))


@pytest.fixture
def table(gazetteer) -> pd.DataFrame:
    return undip.by_calendar_week(undip.read_rows(content(*LINES)), gazetteer)


def refusal(read, *arguments) -> InputError:
    """Return the error that reading ends in."""
    with pytest.raises(InputError) as caught:
        read(*arguments)
    assert (caught.value.dataset, caught.value.file) == (undip.DATASET, undip.FILE)
    assert caught.value.remedy
    return caught.value


def counted(table: pd.DataFrame) -> list[list]:
    """Return the rows that are not zero."""
    rows = table[table["closed_cases"] > 0].astype({"week_start": "str"})
    return rows.to_numpy().tolist()


@pytest.mark.parametrize(
    ("number", "monday"),
    [
        (1, "2020-03-23"),
        (6, "2020-04-27"),
        (41, "2020-12-28"),
        (42, "2020-12-28"),
        (43, "2021-01-04"),
        (68, "2021-06-28"),
        (69, "2021-07-05"),
        (94, "2021-12-27"),
        (95, "2021-12-27"),
        (96, "2022-01-03"),
        (111, "2022-04-18"),
    ],
)
def test_a_week_begins_on_its_monday(number, monday):
    assert undip.week_start(number) == pd.Timestamp(monday)


def test_a_week_of_the_file_begins_on_a_monday_or_on_new_year_s_day():
    # By hand: weeks run from Monday, and a year's last is cut off on 1 January.
    begins, day = [], datetime.date(2020, 3, 23)
    while day <= datetime.date(2022, 4, 24):
        begins.append(day)
        monday = day + datetime.timedelta(days=7 - day.weekday())
        new_year = datetime.date(day.year + 1, 1, 1)
        day = min(monday, new_year)
    assert len(begins) == 111
    mondays = [day - datetime.timedelta(days=day.weekday()) for day in begins]
    assert [undip.week_start(number).date() for number in range(1, 112)] == mondays
    assert len(set(mondays)) == 109


def test_counts_stand_under_the_code_and_the_monday_and_the_rest_is_zero(table):
    check(table, RAW["cases/centraljava_weekly.csv"], "", "")
    assert len(table) == 35 * 109
    assert counted(table) == [
        ["3301", "2020-03-23", 5, 0, True],
        ["3301", "2021-07-05", 9, 1, False],
        ["3328", "2021-06-14", 3, 0, True],
        ["3329", "2020-12-28", 11, 1, True],
        ["3374", "2020-04-27", 12, 2, True],
    ]


def test_weeks_are_usable_until_4_july_2021(table):
    usable = table.groupby("week_start")["usable"].agg(["min", "max"])
    assert usable["min"].equals(usable["max"])
    assert usable.index[usable["max"]].max() == pd.Timestamp("2021-06-28")
    assert usable["max"].sum() == 67


def test_a_row_that_the_database_lacks_is_known_by_its_cases_too(gazetteer):
    lines = ("0,1,1,1,4,1,5",)
    table = undip.by_calendar_week(undip.read_rows(content(*lines)), gazetteer)
    assert counted(table) == [["3302", "2020-03-23", 5, 1, True]]


@pytest.mark.parametrize(
    ("row", "line", "column", "expected", "found"),
    [
        (4, "2,6,9,2,10,2", "", "7 fields", "6"),
        (4, "2,6,9,2,10 org,2,12", "sembuh", "a whole number", "10 org"),
        (4, "2,6,9,2,,2,12", "sembuh", "0 or more", "a blank"),
        (4, "2,6,9,2,-2,14,12", "sembuh", "0 or more", "-2"),
        (4, "2,6,9,2,10,3,12", "total_kasus", "13", "12"),
        (4, "2,6,9,10,2,2,12", "total_kasus", "4", "12"),
        (4, "2,6,9,3,10,2,12", "PPKM", "2", "3"),
        (4, "2,5,9,2,10,2,12", "PPKM", "1", "2"),
        (4, "3,6,9,2,10,2,12", "", "2", "3"),
        (4, "2,112,9,2,10,2,12", "minggu", "1 to 111", "112"),
        (4, "2,6,77,2,10,2,12", "kabupaten", "an id from 1 to 76", "77"),
        (4, "2,1,2,1,10,2,12", "kabupaten", "above that of the row above", "2"),
        (3, "1,1,1,1,5,0,5", "kabupaten", "above that of the row above", "1"),
    ],
    ids=[
        "cut row",
        "text",
        "blank",
        "below zero",
        "another sum",
        "columns exchanged",
        "another PPKM",
        "another week",
        "another row number",
        "no such week",
        "no such id",
        "row out of order",
        "row again",
    ],
)
def test_a_fault_in_a_row_is_refused_with_its_place(row, line, column, expected, found):
    lines = list(LINES)
    lines[row - 2] = line
    error = refusal(undip.read_rows, content(*lines))
    assert error.place.startswith(f"row {row}")
    assert expected in error.expected
    assert found in error.found
    assert expected.endswith("fields") or f"column '{column}'" in error.place


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (PAGE, "start of the file"),
        (b"minggu,kabupaten\n", "row 1 (header)"),
        (b"", "row 1 (header)"),
        (HEADER.encode("utf-16"), "byte 0"),
    ],
    ids=["HTML page", "another header", "empty", "UTF-16"],
)
def test_what_is_no_table_is_refused(broken, place):
    assert refusal(undip.read_rows, broken).place == place


def test_a_missing_file_is_named(gazetteer):
    assert refusal(undip.read_centraljava_weekly, {}, gazetteer).found == "no such file"


def test_a_file_that_is_cut_short_is_not_taken_for_weeks_without_cases(gazetteer):
    error = refusal(undip.read_centraljava_weekly, {undip.FILE: content(*LINES)}, gazetteer)
    assert (error.place, error.found) == ("column 'sembuh'", "131")


@pytest.fixture(scope="module")
def original(upstream) -> bytes:
    return (upstream / "rickyrivaldo98+ecovid" / undip.FILE).read_bytes()


@pytest.fixture(scope="module")
def published(original, gazetteer) -> pd.DataFrame:
    return undip.read_centraljava_weekly({undip.FILE: original}, gazetteer)


@pytest.mark.upstream
def test_the_pinned_file_holds_the_published_counts(original, published):
    rows = undip.read_rows(original)
    assert len(rows) == 4_365
    assert rows[["total_kasus", "meninggal"]].sum().tolist() == [742_664, 43_694]
    # Less those from elsewhere (2,873 and 438) and the two rows that the database lacks (89, 1).
    kept = published[["closed_cases", "cohort_deaths"]].sum().tolist()
    assert kept == [742_664 - 2_873 - 89, 43_694 - 438 - 1]
    bulk = published[published["region_code"] == "3374"].set_index("week_start")["closed_cases"]
    assert bulk[["2021-07-19", "2021-08-16"]].tolist() == [8_996, 26_765]


@pytest.mark.upstream
def test_one_row_changed_among_all_is_refused(original, gazetteer):
    lines = original.decode("utf-8-sig").splitlines()
    # Recovered and died exchanged: the sum of the row does not tell.
    assert lines[3000].startswith("2999,")
    number, week, unit, ppkm, recovered, died, cases = lines[3000].split(",")
    assert recovered != died
    lines[3000] = ",".join([number, week, unit, ppkm, died, recovered, cases])
    error = refusal(
        undip.read_centraljava_weekly, {undip.FILE: "\n".join(lines).encode()}, gazetteer
    )
    assert error.place == "column 'sembuh'"


@pytest.mark.upstream
def test_the_weeks_stand_against_the_task_force_s_as_the_research_found(published, project):
    province = contracts.read_any(str(project / "data/raw/cases/province_daily.csv"))
    days = province[province["region_code"] == "33"]
    monday = days["date"] - pd.to_timedelta(days["date"].dt.day_of_week, unit="D")
    official = days.groupby(monday)[["cases", "deaths"]].sum()
    own = published.groupby("week_start")[["closed_cases", "cohort_deaths"]].sum()
    both = own.join(official, how="left").fillna(0).astype("float64")
    spans = {
        ("2020-03-23", "2020-12-21"): (1.22, 2.01),
        ("2021-01-04", "2021-06-28"): (1.09, 1.87),
        ("2021-07-05", "2021-10-25"): (1.53, 1.00),
        ("2021-11-01", "2022-04-18"): (0.74, 0.84),
    }
    for (first, last), ratios in spans.items():
        sums = both.loc[first:last].sum()
        found = (
            sums["closed_cases"] / sums["cases"],
            sums["cohort_deaths"] / sums["deaths"],
        )
        assert found == pytest.approx(ratios, abs=0.006), first
    assert both["closed_cases"].corr(both["cases"]) == pytest.approx(0.73, abs=0.005)
    # Deaths stand in the week of the case: they lead the official ones by two to three weeks.
    lagged = {lag: both["cohort_deaths"].shift(lag).corr(both["deaths"]) for lag in range(6)}
    assert max(lagged, key=lagged.get) in (2, 3)
    assert lagged[2] == pytest.approx(0.92, abs=0.006)


@pytest.mark.upstream
def test_higher_zones_had_more_cases_per_head(published, project):
    # Ids and weeks against another source: a wrong id would blur the classes. The published means
    # rest on other counts of people, hence the tolerance.
    zones = contracts.read_any(str(project / "data/raw/cases/risk_zones_2020.csv"))
    people = contracts.read_any(str(project / "data/raw/context/population_sp2020.csv"))
    people = people.set_index("region_code")["total"]
    cases = published.set_index(["region_code", "week_start"])["closed_cases"]
    own = zones[zones["region_code"].str.startswith("33")]
    rates: dict[str, list[float]] = {"low": [], "medium": [], "high": []}
    for region, day, zone in own[["region_code", "date", "zone"]].itertuples(index=False):
        weeks = [day - pd.Timedelta(days=13), day - pd.Timedelta(days=6)]
        recent = sum(cases[region, week] for week in weeks)
        rates[zone].append(100_000 * recent / people[region])
    assert {zone: len(found) for zone, found in rates.items()} == {
        "low": 112,
        "medium": 591,
        "high": 172,
    }
    means = {zone: sum(found) / len(found) for zone, found in rates.items()}
    assert means == pytest.approx({"low": 4.2, "medium": 26.9, "high": 42.2}, rel=0.07)
