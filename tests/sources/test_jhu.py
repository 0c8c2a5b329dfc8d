"""Johns Hopkins: three countries, every day, no count changed on the way."""

import re

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.sources.jhu import CASES_FILE, DEATHS_FILE, read_jhu_daily

DAYS = pd.date_range("2020-01-22", "2023-03-09")
HEADER = ",".join(
    ["Province/State", "Country/Region", "Lat", "Long"]
    + [f"{day.month}/{day.day}/{day.year - 2000}" for day in DAYS]
)


def line(country, counts, province=""):
    """Return a country's row: the counts of its first days, the last one carried on."""
    cells = [*counts, *[counts[-1]] * (len(DAYS) - len(counts))]
    return f"{province},{country},1.0,-2.5,{','.join(map(str, cells))}"


def as_file(*lines):
    return ("\n".join([HEADER, *lines]) + "\n").encode()


CASES = [
    line("Brazil", [0, 10, 9]),
    line("Canada", [4], "Alberta"),
    line("Canada", [5], "Ontario"),
    line("Indonesia", [0, 0, 2]),
    line("Taiwan*", [1]),
]
DEATHS = [line("Brazil", [0, 3]), line("Indonesia", [0]), line("Taiwan*", [0, 1])]
FILES = {CASES_FILE: as_file(*CASES), DEATHS_FILE: as_file(*DEATHS)}


def read(files):
    return read_jhu_daily(files, None, control=None)


def refusal(files):
    with pytest.raises(InputError) as caught:
        read(files)
    assert caught.value.remedy
    return caught.value


def test_three_countries_are_kept_on_every_day_and_a_correction_stays_a_fall():
    frame = read(FILES)
    check(frame, RAW["international/jhu_daily.csv"], "", "")
    assert frame.groupby("country_code").size().to_dict() == {"BRA": 1143, "IDN": 1143, "TWN": 1143}
    early = frame[frame["date"] <= "2020-01-24"]
    assert early[["cumulative_cases", "cumulative_deaths"]].to_numpy().tolist() == [
        *([0, 0], [10, 3], [9, 3]),
        *([0, 0], [0, 0], [2, 0]),
        *([1, 0], [1, 1], [1, 1]),
    ]
    assert frame["date"].agg(["min", "max"]).dt.strftime("%Y-%m-%d").tolist() == [
        "2020-01-22",
        "2023-03-09",
    ]


def test_the_order_of_rows_and_other_countries_make_no_difference():
    other = FILES | {CASES_FILE: as_file(*CASES[::-1], line("France", [9]))}
    pd.testing.assert_frame_equal(read(other), read(FILES))


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        pytest.param(",3/9/23\n", "\n", "row 1, column 1147", "nothing", id="a day less"),
        pytest.param(",1/23/20,", ",1/24/20,", "row 1, column 6", "1/24/20", id="day twice"),
        pytest.param("1/22/20,1/23/20", "1/23/20,1/22/20", "row 1, column 5", "1/23/20", id="days"),
        pytest.param(
            ",3/9/23\n", ",3/9/23,3/10/23\n", "row 1, column 1148", "3/10/23", id="a day more"
        ),
        pytest.param("0,10,9,", "0,9,", "row 2", "1146", id="row cut"),
        pytest.param("0,10,9,", "0,ten,9,", "row 2, column '1/23/20'", "'ten'", id="words"),
        pytest.param("0,10,9,", "0,10.5,9,", "row 2, column '1/23/20'", "10.5", id="fraction"),
        pytest.param("0,10,9,", "0,-10,9,", "row 2, column '1/23/20'", "-10", id="below zero"),
        pytest.param("0,10,9,", "0,,9,", "row 2, column '1/23/20'", "''", id="blank"),
        pytest.param("0,10,9,", "0,2,9,", "BRA, 2020-01-23", "3", id="fewer cases than deaths"),
        pytest.param("0,10,9,", f"0,{10**30},9,", "row 2, column '1/23/20'", "10000", id="huge"),
        pytest.param(",Taiwan*,", ",Taiwan,", "column 'Country/Region'", "0 rows", id="renamed"),
        pytest.param(
            ",Indonesia,", "Bali,Indonesia,", "column 'Country/Region'", "1 rows", id="part"
        ),
    ],
)
def test_a_fault_is_refused_with_its_place(old, new, place, said):
    text = FILES[CASES_FILE].decode()
    assert old in text
    error = refusal(FILES | {CASES_FILE: text.replace(old, new, 1).encode()})
    assert place in error.place
    assert said in error.found


def test_a_country_twice_is_refused():
    error = refusal(FILES | {DEATHS_FILE: as_file(*DEATHS, DEATHS[1])})
    assert (error.dataset, error.file) == ("jhu_csse", DEATHS_FILE)
    assert error.expected == "one row for all of Indonesia"
    assert error.found == "2 rows"


def test_the_two_files_cannot_be_exchanged():
    error = refusal({CASES_FILE: FILES[DEATHS_FILE], DEATHS_FILE: FILES[CASES_FILE]})
    assert "the cases of that day" in error.expected


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><html></html>", b"\xff\xfe\x00", b""])
def test_what_is_no_table_is_refused(content):
    assert refusal(FILES | {DEATHS_FILE: content}).file == DEATHS_FILE


def test_counts_other_than_the_published_ones_are_refused():
    with pytest.raises(InputError) as caught:
        read_jhu_daily(FILES, None)
    assert caught.value.place == "whole table"


@pytest.fixture(scope="module")
def pinned(upstream):
    folder = upstream / "SyntheticAdil+COVID-Statistical-Analysis"
    return {name: (folder / name).read_bytes() for name in (CASES_FILE, DEATHS_FILE)}


@pytest.fixture(scope="module")
def published(pinned):
    return read_jhu_daily(pinned, None)


@pytest.mark.upstream
def test_the_pinned_files_end_at_the_published_counts(published):
    last = published[published["date"] == "2023-03-09"].set_index("country_code")
    assert last[["cumulative_cases", "cumulative_deaths"]].to_numpy().tolist() == [
        [37_076_053, 699_276],
        [6_738_225, 160_941],
        [9_970_937, 17_672],
    ]


@pytest.mark.upstream
def test_counts_fall_on_the_known_days_only(published):
    falls = {}
    for code, days in published.groupby("country_code"):
        for name in ("cumulative_cases", "cumulative_deaths"):
            falls[code, name] = int((days[name].diff() < 0).sum())
    assert falls == {
        ("BRA", "cumulative_cases"): 4,
        ("BRA", "cumulative_deaths"): 3,
        ("IDN", "cumulative_cases"): 0,
        ("IDN", "cumulative_deaths"): 0,
        ("TWN", "cumulative_cases"): 2,
        ("TWN", "cumulative_deaths"): 0,
    }


@pytest.mark.upstream
def test_a_changed_digit_that_breaks_no_rule_is_refused(pinned):
    text = pinned[CASES_FILE].decode()
    # Between its neighbours, 30,514 and 31,186 cases, either number would do.
    changed = re.sub(r"(,Indonesia,.*?,30514,)31186,", r"\g<1>31187,", text)
    assert changed != text
    with pytest.raises(InputError) as caught:
        read_jhu_daily(pinned | {CASES_FILE: changed.encode()}, None)
    assert caught.value.place == "whole table"
