"""The reader of DKI's own cases and deaths: what it keeps and what it refuses."""

import datetime

import pandas as pd
import pytest

from gotong import contracts
from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import dki_site

HEADER = "date,total_cases,new_cases,total_deaths,new_deaths"
NEW = {"2020-03-03": (3, 0), "2020-03-04": (2, 1), "2023-04-17": (1, 0)}
"""Cases and deaths of a day; all others have none."""

NOWHERE = Gazetteer(
    pd.DataFrame(columns=["region_code", "kemendagri_code", "level", "name"], dtype="str")
)
"""The file is of one province and names none."""


def lines() -> list[str]:
    """Return the rows of a file of all days with few cases."""
    days = [datetime.date(2020, 1, 29), datetime.date(2020, 3, 1)]
    while days[-1] < datetime.date(2023, 4, 17):
        days.append(days[-1] + datetime.timedelta(days=1))
    rows, cases, deaths = [HEADER], 0, 0
    for day in days:
        new_cases, new_deaths = NEW.get(day.isoformat(), (0, 0))
        cases, deaths = cases + new_cases, deaths + new_deaths
        rows.append(f"{day},{cases}.0,{new_cases},{deaths}.0,{new_deaths}")
    return [*rows, "2023-04-18,,0,,0"]


def read(rows: list[str] | bytes) -> pd.DataFrame:
    content = rows if isinstance(rows, bytes) else "\n".join([*rows, ""]).encode()
    return dki_site.read_dki_site_daily({dki_site.FILE: content}, NOWHERE)


def refusal(rows: list[str] | bytes) -> InputError:
    """Return the error that reading ends in."""
    with pytest.raises(InputError) as caught:
        read(rows)
    assert (caught.value.dataset, caught.value.file) == (dki_site.DATASET, dki_site.FILE)
    assert caught.value.remedy
    return caught.value


def test_days_are_kept_but_the_last_row_has_none():
    frame = read(lines())
    check(frame, RAW["cases/dki_site_daily.csv"], "", "")
    assert frame["date"].iloc[[0, 1, -1]].dt.strftime("%Y-%m-%d").tolist() == [
        "2020-01-29",
        "2020-03-01",
        "2023-04-17",
    ]
    found = frame[(frame["cases"] > 0) | (frame["deaths"] > 0)].astype({"date": "str"})
    assert found.to_numpy().tolist() == [["31", day, *counts] for day, counts in NEW.items()]


@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        ("04,5.0,2,1.0,1", "04,5.0,2,1.0", "row 6", "5 fields", "4"),
        ("04,5.0,2,1.0,1", "04,5.0,2 org,1.0,1", "row 6, column 'new_cases'", "number", "2 org"),
        ("04,5.0,2,1.0,1", "04,5.0,,1.0,1", "row 6, column 'new_cases'", "0 or more", "a blank"),
        ("04,5.0,2,1.0,1", "04,5.0,-2,1.0,1", "row 6, column 'new_cases'", "0 or more", "-2"),
        ("04,5.0,2,1.0,1", "04,5.0,1,1.0,2", "row 6, column 'total_cases'", "4", "5.0"),
        ("04,5.0,2,1.0,1", "04,5.5,2,1.0,1", "row 6, column 'total_cases'", "5", "5.5"),
        ("04,5.0,2,1.0,1", "04,,2,1.0,1", "row 6, column 'total_cases'", "number", "a blank"),
        ("04,5.0,2,1.0,1", "04,5.0,2,0.0,1", "row 6, column 'total_deaths'", "1", "0.0"),
        ("2020-03-04", "2020-03-03", "row 6, column 'date'", "2020-03-04", "2020-03-03"),
        ("2020-03-04", "2030-03-04", "row 6, column 'date'", "2020-03-04", "2030-03-04"),
        ("2020-03-04", "04/03/2020", "row 6, column 'date'", "a date", "04/03/2020"),
        ("2020-03-04,5.0,2,1.0,1\n", "", "", "1145 days", "1144 rows"),
        ("2023-04-18,,0,,0\n", "", "", "the last 2023-04-18", "1144 rows"),
        ("18,,0,,0", "18,6.0,0,1.0,0", "row 1146, column 'total_cases'", "a blank", "6.0"),
        ("18,,0,,0", "18,,4,,0", "row 1146, column 'new_cases'", "without a report", "4"),
        ("total_cases,new_cases", "new_cases,total_cases", "row 1 (header)", "total", "order"),
    ],
    ids=[
        "cut row",
        "text",
        "blank",
        "below zero",
        "cases for deaths",
        "half a person",
        "blank sum",
        "another sum",
        "day again",
        "future day",
        "not ISO",
        "day left out",
        "cut short",
        "sums after the end",
        "cases after the end",
        "header exchanged",
    ],
)
def test_a_fault_is_refused_with_its_place(old, new, place, expected, found):
    text = "\n".join([*lines(), ""])
    assert text.count(old) == 1
    error = refusal(text.replace(old, new).encode())
    assert error.place == place
    assert expected in error.expected
    assert found in error.found


def test_deaths_in_the_place_of_cases_are_refused():
    rows = [",".join(row.split(",")[i] for i in (0, 3, 4, 1, 2)) for row in lines()]
    error = refusal([HEADER, *rows[1:]])
    assert (error.place, error.expected) == (
        "row 5, column 'total_deaths'",
        "no more than total_cases",
    )


@pytest.mark.parametrize("broken", [b"", b"<html></html>", HEADER.encode(), b"\xff\xfe\x00"])
def test_what_is_no_table_is_refused(broken):
    assert refusal(broken).expected


def test_a_missing_file_is_named():
    with pytest.raises(InputError) as caught:
        dki_site.read_dki_site_daily({}, NOWHERE)
    assert caught.value.found == "no such file"


@pytest.fixture(scope="module")
def published(upstream) -> pd.DataFrame:
    content = (upstream / "ngozzi+covid-behavior-models" / dki_site.FILE).read_bytes()
    return dki_site.read_dki_site_daily({dki_site.FILE: content}, NOWHERE)


@pytest.mark.upstream
def test_the_pinned_file_holds_the_published_counts(published):
    assert len(published) == 1_144
    assert published[["cases", "deaths"]].sum().tolist() == [1_551_717, 16_009]
    month = published["date"].dt.strftime("%Y-%m")
    deaths = published.groupby(month)["deaths"].sum()
    official = {
        "2020-09": 529,
        "2021-01": 980,
        "2021-02": 1_211,
        "2021-06": 1_159,
        "2021-07": 3_649,
        "2021-08": 1_155,
    }
    assert deaths[list(official)].to_dict() == official


@pytest.mark.upstream
def test_quarters_agree_with_the_task_force_s(published, project):
    province = contracts.read_any(str(project / "data/raw/cases/province_daily.csv"))
    jakarta = province[province["region_code"] == "31"]
    until = published[published["date"] <= "2022-09-30"]
    own, official = (
        table.groupby(table["date"].dt.to_period("Q").astype("str"))[["cases", "deaths"]].sum()
        for table in (until, jakarta)
    )
    assert (own.loc["2020Q1", "cases"], official.loc["2020Q1", "cases"]) == (741, 371)
    later = (own / official).drop("2020Q1").astype("float64")
    assert len(later) == 10
    assert later["cases"].between(0.97, 1.03).all()
    # Deaths are fewer and dated by other days: they may stand in the next quarter.
    assert later["deaths"].between(0.97, 1.09).all()
