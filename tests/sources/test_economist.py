"""The Economist's months: every figure follows from the others, and a count that ended is blank."""

import calendar
import csv
import datetime
import io

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.sources.economist import (
    AREAS,
    JAKARTA_FILE,
    read_excess_deaths,
    read_jakarta_deaths,
)

BRAZIL, JAKARTA, TAIWAN = AREAS


def month(year, number, total, covid, expected, place=("Taiwan", "Taiwan"), population=2_000_000):
    """Return one row of the publisher's file, every derived figure worked out from its inputs."""
    days = calendar.monthrange(year, number)[1]
    excess, other = total - expected, total - covid
    rates = (covid / population * 1e5, excess / population * 1e5)
    return [
        *place,
        0,
        datetime.date(year, number, 1),
        datetime.date(year, number, days),
        days,
        year,
        number,
        population,
        *(total, covid, expected, excess, other),
        *rates,
        excess / expected,
        *(figure / days * 7 for figure in (total, covid, expected, excess, other)),
        *(rate / days * 7 for rate in rates),
    ]


COLUMNS = (
    "country,region,region_code,start_date,end_date,days,year,month,population,total_deaths,"
    "covid_deaths,expected_deaths,excess_deaths,non_covid_deaths,covid_deaths_per_100k,"
    "excess_deaths_per_100k,excess_deaths_pct_change,total_deaths_per_7_days,"
    "covid_deaths_per_7_days,expected_deaths_per_7_days,excess_deaths_per_7_days,"
    "non_covid_deaths_per_7_days,covid_deaths_per_100k_per_7_days,"
    "excess_deaths_per_100k_per_7_days"
)
HEADER = COLUMNS.split(",")


def as_file(*rows, header=HEADER):
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerows([header, *rows])
    return sink.getvalue().encode()


ROWS = [
    month(2023, 2, 1_500, 12, 1_400.25),
    month(2023, 3, 1_600, 3, 1_700.5),
    month(2023, 4, 1_450, 0, 1_450.125),
]
FILES = {
    BRAZIL: as_file(month(2020, 1, 100.5, 0, 90.0, ("Brazil", "Brazil"))),
    JAKARTA: as_file(month(2020, 4, 4_550, 297, 3_023.5, ("Indonesia", "Jakarta"))),
    TAIWAN: as_file(*ROWS),
}


def read(files):
    return read_excess_deaths(files, None, control=None)


def refusal(reader, files):
    with pytest.raises(InputError) as caught:
        reader(files, None, control=None)
    assert caught.value.remedy
    return caught.value


def test_months_are_kept_under_the_codes_of_their_areas():
    frame = read(FILES)
    check(frame, RAW["international/excess_deaths.csv"], "", "")
    shown = frame[["country_code", "region_code", "total_deaths", "excess_deaths"]]
    assert shown.to_numpy().tolist() == [
        ["BRA", "", 100.5, 10.5],
        ["IDN", "31", 4_550.0, 1_526.5],
        ["TWN", "", 1_500.0, 99.75],
        ["TWN", "", 1_600.0, -100.5],
        ["TWN", "", 1_450.0, -0.125],
    ]


def test_a_month_after_the_count_had_ended_has_no_covid_deaths_rather_than_none():
    taiwan = read(FILES)["covid_deaths"].tail(3)
    assert taiwan.isna().tolist() == [False, False, True]
    assert taiwan.head(2).tolist() == [12, 3]


def test_a_death_counted_after_the_count_had_ended_is_refused():
    error = refusal(read_excess_deaths, FILES | {TAIWAN: as_file(month(2023, 4, 1_450, 1, 1.0))})
    assert error.place == "row 2, column 'covid_deaths'"
    assert (error.expected, error.found) == ("0, as the count had ended", "1")


def test_the_order_of_months_makes_no_difference():
    pd.testing.assert_frame_equal(read(FILES | {TAIWAN: as_file(*ROWS[::-1])}), read(FILES))


@pytest.mark.parametrize("column", [name for name in HEADER if name != "region_code"])
def test_no_cell_can_change_unseen(column):
    row = list(ROWS[1])
    at = HEADER.index(column)
    # A small change of the kind that a hand or a program makes, in the cell's own type.
    row[at] = {
        str: lambda cell: "Other",
        datetime.date: lambda cell: cell + datetime.timedelta(days=1),
        int: lambda cell: cell + 1,
        float: lambda cell: cell * 1.001,
    }[type(row[at])](row[at])
    error = refusal(read_excess_deaths, FILES | {TAIWAN: as_file(ROWS[0], row, ROWS[2])})
    assert error.dataset == "economist_excess_deaths"
    assert error.file == TAIWAN


@pytest.mark.parametrize("column", ["start_date", "total_deaths", "covid_deaths", "population"])
def test_a_blank_cell_is_refused(column):
    row = list(ROWS[1])
    row[HEADER.index(column)] = None
    error = refusal(read_excess_deaths, FILES | {TAIWAN: as_file(ROWS[0], row, ROWS[2])})
    assert error.place.startswith("row 3")


@pytest.mark.parametrize(
    ("rows", "place", "expected"),
    [
        ([ROWS[0], ROWS[2]], "row 3, column 'start_date'", "each month once, none left out"),
        ([ROWS[0], ROWS[1], ROWS[1]], "column 'start_date'", "each month once, none left out"),
        ([], "", "rows below the header"),
    ],
    ids=["left out", "twice", "none"],
)
def test_months_follow_each_other(rows, place, expected):
    error = refusal(read_excess_deaths, FILES | {TAIWAN: as_file(*rows)})
    assert place in error.place
    assert error.expected == expected


def test_two_columns_exchanged_under_their_names_are_refused():
    at, other = HEADER.index("total_deaths"), HEADER.index("expected_deaths")
    row = list(ROWS[0])
    row[at], row[other] = row[other], row[at]
    assert refusal(read_excess_deaths, FILES | {TAIWAN: as_file(row)}).place.startswith("row 2")


def test_one_area_s_file_does_not_pass_for_another_s():
    error = refusal(read_excess_deaths, FILES | {BRAZIL: FILES[TAIWAN]})
    assert (error.place, error.expected, error.found) == (
        "row 2, column 'country'",
        "Brazil",
        "Taiwan",
    )


def test_population_of_zero_is_refused_without_a_warning():
    row = list(ROWS[0])
    row[HEADER.index("population")] = 0
    assert refusal(read_excess_deaths, FILES | {TAIWAN: as_file(row)}).place.startswith("row 2")


BURIALS = (
    "country,region,start_date,end_date,year,month,population,total_deaths,covid_deaths\n"
    "Indonesia,Jakarta,01/01/2020,31/01/2020,2020,1,10770000,3303,0\n"
    "Indonesia,Jakarta,01/02/2020,29/02/2020,2020,2,10770000,2744,0\n"
    "Indonesia,Jakarta,01/03/2020,31/03/2020,2020,3,10770000,4422,84\n"
)


def test_burials_are_read_by_month_day_first():
    frame = read_jakarta_deaths({JAKARTA_FILE: BURIALS.encode()}, None, control=None)
    check(frame, RAW["epidemic/jakarta_deaths_monthly.csv"], "", "")
    assert frame.astype({"start_date": "str", "end_date": "str"}).to_numpy().tolist() == [
        ["31", "2020-01-01", "2020-01-31", 3303, 0],
        ["31", "2020-02-01", "2020-02-29", 2744, 0],
        ["31", "2020-03-01", "2020-03-31", 4422, 84],
    ]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("01/02/2020", "2020-02-01", "row 3, column 'start_date'"),
        ("29/02/2020", "30/02/2020", "row 3, column 'end_date'"),
        ("29/02/2020", "28/02/2020", "row 3, column 'end_date'"),
        (",2020,2,", ",2020,3,", "row 3, column 'month'"),
        ("Jakarta,01/02", "Bogor,01/02", "row 3, column 'region'"),
        (",2744,", ",-2744,", "row 3"),
        (",2744,", ",,", "row 3"),
        (",2744,", ",many,", "row 3, column 'total_deaths'"),
        ("Indonesia,Jakarta,01/02/2020,29/02/2020,2020,2,10770000,2744,0\n", "", "row 3"),
    ],
)
def test_a_fault_in_the_burials_is_refused_with_its_place(old, new, place):
    assert old in BURIALS
    error = refusal(read_jakarta_deaths, {JAKARTA_FILE: BURIALS.replace(old, new, 1).encode()})
    assert error.place.startswith(place)
    assert error.file == JAKARTA_FILE


def test_burials_other_than_the_published_ones_are_refused():
    with pytest.raises(InputError) as caught:
        read_jakarta_deaths({JAKARTA_FILE: BURIALS.encode()}, None)
    assert caught.value.place == "whole table"


@pytest.fixture(scope="module")
def pinned(upstream):
    folder = upstream / "TheEconomist+covid-19-excess-deaths-tracker"
    return {file: (folder / file).read_bytes() for file in (*AREAS, JAKARTA_FILE)}


@pytest.mark.upstream
def test_the_pinned_months(pinned):
    frame = read_excess_deaths(pinned, None)
    spans = frame.groupby(["country_code", "region_code"])["end_date"].agg(["size", "max"])
    assert {key: (rows, str(last.date())) for key, rows, last in spans.itertuples()} == {
        ("BRA", ""): (51, "2024-03-31"),
        ("IDN", "31"): (5, "2020-05-31"),
        ("TWN", ""): (60, "2024-12-31"),
    }
    # Up to the end of the count, Taiwan's months add up to the final count of Johns Hopkins.
    covid = frame.groupby("country_code")["covid_deaths"].sum()
    assert covid.to_dict() == {"BRA": 699_402, "IDN": 520, "TWN": 17_672}
    assert frame["covid_deaths"].isna().sum() == (51 - 39) + (60 - 39)
    assert frame.loc[frame["country_code"] == "IDN", "excess_deaths"].sum() == pytest.approx(
        4_523.3, abs=0.05
    )


@pytest.mark.upstream
def test_the_pinned_burials_agree_with_the_months_of_the_tracker(pinned):
    burials = read_jakarta_deaths(pinned, None)
    assert len(burials) == 29
    by_month = burials.set_index("start_date")["total_deaths"]
    assert by_month["2020-04-01"] == 4_550
    months = read_excess_deaths(pinned, None)
    jakarta = months[months["region_code"] == "31"].set_index("start_date")["total_deaths"]
    assert by_month[jakarta.index].tolist() == jakarta.tolist()
