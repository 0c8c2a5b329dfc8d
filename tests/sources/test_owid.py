"""Our World in Data: facts that are the same on all days, tests that fit the population."""

import csv
import io

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_any
from gotong.errors import InputError
from gotong.sources.owid import FILE, read_countries, read_tests_daily

COLUMNS = (
    "iso_code,continent,location,date,total_cases,new_cases,total_deaths,new_deaths,"
    "total_cases_per_million,new_cases_per_million,total_deaths_per_million,"
    "new_deaths_per_million,total_tests,new_tests,total_tests_per_thousand,"
    "new_tests_per_thousand,new_tests_smoothed,new_tests_smoothed_per_thousand,tests_units,"
    "stringency_index,population,population_density,median_age,aged_65_older,aged_70_older,"
    "gdp_per_capita,extreme_poverty,cvd_death_rate,diabetes_prevalence,female_smokers,"
    "male_smokers,handwashing_facilities,hospital_beds_per_thousand,life_expectancy"
)
HEADER = COLUMNS.split(",")
BRAZIL = {
    "iso_code": "BRA",
    "location": "Brazil",
    "date": "12/31/2019",
    "population": "2000000",
    "population_density": "25.04",
    "median_age": "33.5",
    "aged_65_older": "8.552",
    "gdp_per_capita": "14103.452",
    "extreme_poverty": "3.4",
    "hospital_beds_per_thousand": "2.2",
    "life_expectancy": "75.88",
}
INDONESIA = BRAZIL | {"iso_code": "IDN", "location": "Indonesia", "median_age": "29.3"}
TAIWAN = {
    "iso_code": "TWN",
    "location": "Taiwan",
    "date": "3/6/2020",
    "total_tests": "1500",
    "total_tests_per_thousand": "0.75",
    "tests_units": "tests performed",
    "population": "2000000",
    "median_age": "42.2",
    "life_expectancy": "80.46",
}
ELSEWHERE = BRAZIL | {"iso_code": "AFG", "location": "Afghanistan"}


def as_files(*rows):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return {FILE: sink.getvalue().encode()}


FILES = as_files(ELSEWHERE, BRAZIL, BRAZIL | {"date": "1/1/2020"}, INDONESIA, TAIWAN)


def refusal(read, files):
    with pytest.raises(InputError) as caught:
        read(files, None, control=None)
    assert (caught.value.dataset, caught.value.file) == ("owid_2020_06", FILE) or (
        caught.value.dataset.startswith("international/")
    )
    return caught.value


def test_a_country_has_one_row_and_what_is_not_known_stays_blank():
    frame = read_countries(FILES, None, control=None)
    check(frame, RAW["international/countries.csv"], "", "")
    assert frame["country_code"].tolist() == ["BRA", "IDN", "TWN"]
    assert frame["median_age"].tolist() == [33.5, 29.3, 42.2]
    taiwan = frame.set_index("country_code").loc["TWN"]
    assert taiwan.index[taiwan.isna()].tolist() == [
        "population_density",
        "aged_65_older",
        "gdp_per_capita",
        "extreme_poverty",
        "hospital_beds_per_thousand",
    ]


def test_days_with_tests_are_kept_and_no_other():
    frame = read_tests_daily(FILES, None, control=None)
    check(frame, RAW["international/owid_tests_daily.csv"], "", "")
    assert frame.astype({"date": "str"}).to_numpy().tolist() == [
        ["TWN", "2020-03-06", 1500, "tests performed"]
    ]


@pytest.mark.parametrize("name", ["population", "gdp_per_capita", "life_expectancy", "location"])
@pytest.mark.parametrize("cell", ["7", ""])
def test_a_fact_that_changes_from_day_to_day_is_refused(name, cell):
    error = refusal(read_countries, as_files(BRAZIL, BRAZIL | {name: cell}, INDONESIA, TAIWAN))
    assert error.place == f"BRA, column '{name}'"
    assert error.found == "more than one value"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([BRAZIL, INDONESIA], "none"),
        ([BRAZIL, INDONESIA, TAIWAN | {"location": "China"}], "China"),
        ([BRAZIL, INDONESIA, TAIWAN | {"median_age": ""}], "nan"),
        ([BRAZIL, INDONESIA, TAIWAN | {"median_age": "-1"}], "-1"),
        ([BRAZIL, INDONESIA, TAIWAN | {"median_age": "old"}], "'old'"),
        ([BRAZIL, INDONESIA, TAIWAN | {"population": "1e7"}], "'1e7'"),
    ],
    ids=["no country", "another name", "blank", "below zero", "words", "not whole"],
)
def test_a_fault_in_the_facts_is_refused(rows, said):
    assert said in refusal(read_countries, as_files(*rows)).found


@pytest.mark.parametrize(
    "change",
    [
        {"total_tests": "1502"},
        {"total_tests": "15000"},
        {"total_tests_per_thousand": "0.76"},
        {"total_tests_per_thousand": ""},
        {"population": "3000000"},
        {"population": ""},
    ],
)
def test_tests_must_fit_the_published_rate(change):
    error = refusal(read_tests_daily, as_files(BRAZIL, INDONESIA, TAIWAN | change))
    assert error.place == "row 4, column 'total_tests'"


@pytest.mark.parametrize("day", ["2020-03-06", "13/1/2020", "", "3/6/1020"])
def test_a_date_that_is_none_is_refused(day):
    error = refusal(read_tests_daily, as_files(TAIWAN | {"date": day}))
    assert "date" in error.place


def test_a_day_twice_is_refused():
    error = refusal(read_tests_daily, as_files(TAIWAN, TAIWAN))
    assert error.expected == "one row per country_code, date"


@pytest.mark.parametrize("read", [read_countries, read_tests_daily])
def test_figures_other_than_the_published_ones_are_refused(read):
    with pytest.raises(InputError) as caught:
        read(FILES, None)
    assert caught.value.place == "whole table"


@pytest.fixture(scope="module")
def pinned(upstream):
    return {FILE: (upstream / "c0deface+covid-owid" / FILE).read_bytes()}


@pytest.mark.upstream
def test_the_pinned_facts_are_those_of_a_later_file_of_the_publisher(pinned, project):
    frame = read_countries(pinned, None).set_index("country_code")
    assert frame["gdp_per_capita"].round(1).dropna().to_dict() == {"IDN": 11_188.7, "BRA": 14_103.5}
    assert frame["hospital_beds_per_thousand"].dropna().to_dict() == {"IDN": 1.04, "BRA": 2.2}
    # The facts hold the same figures, read by another hand in the publisher's file of 2021.
    facts = read_any(str(project / "data/raw/epidemic/facts.csv"))
    later = facts[facts["period"] == "OWID static, as of 2021-01"]
    compared = later[later["indicator"].isin(list(frame.columns))]
    assert len(compared) == 19
    for row in compared.itertuples():
        assert frame.loc[row.country_code, row.indicator] == row.value


@pytest.mark.upstream
def test_the_pinned_tests(pinned):
    frame = read_tests_daily(pinned, None)
    assert frame["country_code"].value_counts().to_dict() == {"TWN": 94, "IDN": 87, "BRA": 3}
    last = frame.groupby("country_code")["total_tests"].last()
    assert last.to_dict() == {"BRA": 485_000, "IDN": 348_278, "TWN": 74_699}
    for _, days in frame.groupby("country_code"):
        assert pd.Index(days["total_tests"]).is_monotonic_increasing
