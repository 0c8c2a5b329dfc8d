"""Other countries, and Indonesia beside them."""

from __future__ import annotations

from gotong.contracts.columns import COUNTRIES, Schema, date, number, table, text, whole

_COUNTRY = text("ISO 3166-1 alpha-3 code of the country", COUNTRIES)

_COUNTRIES = table(
    "international/countries.csv",
    "What is known of the compared countries; blank where the publisher has no figure.",
    ("country_code",),
    {
        "country_code": _COUNTRY,
        "name": text("name of the country"),
        "population": whole("residents in 2020 (projection)", "persons", 1),
        "population_density": number(
            "residents by area of land", "persons per square kilometre", missing=True
        ),
        "median_age": number("half of the residents are younger", "years", 0, 100),
        "aged_65_older": number("residents aged 65 or more", "per cent", 0, 100, missing=True),
        "gdp_per_capita": number(
            "gross domestic product at purchasing power parity",
            "international dollars of 2011 per person",
            missing=True,
        ),
        "extreme_poverty": number(
            "residents living in extreme poverty", "per cent", 0, 100, missing=True
        ),
        "hospital_beds_per_thousand": number(
            "hospital beds, latest year that the publisher has",
            "beds per 1,000 residents",
            missing=True,
        ),
        "life_expectancy": number("at birth", "years", 0, 120),
    },
)
_EXCESS = table(
    "international/excess_deaths.csv",
    "Deaths from all causes and those expected, by month: Brazil, Taiwan and the city of Jakarta.",
    ("country_code", "region_code", "start_date"),
    {
        "country_code": _COUNTRY,
        "region_code": text("BPS code of the region; blank for the whole country", ("", "31")),
        "start_date": date("first day of the month", last="2024-12-31"),
        "end_date": date("last day of the month", last="2024-12-31"),
        "population": whole("residents that the publisher reckons with", "persons", 1),
        "total_deaths": number("deaths from all causes", "persons per month"),
        "covid_deaths": whole(
            "deaths reported as COVID-19; blank once they were no longer counted",
            "persons per month",
            missing=True,
        ),
        "expected_deaths": number(
            "deaths expected from the trend and season of earlier years", "persons per month"
        ),
        "excess_deaths": number(
            "deaths above those expected, negative below", "persons per month", None
        ),
    },
)
_JHU = table(
    "international/jhu_daily.csv",
    "Cumulative confirmed cases and deaths by country and day; corrections let them fall.",
    ("country_code", "date"),
    {
        "country_code": _COUNTRY,
        "date": date("day of the report"),
        "cumulative_cases": whole("confirmed so far", "persons"),
        "cumulative_deaths": whole("died so far", "persons"),
    },
)
_TESTS = table(
    "international/owid_tests_daily.csv",
    "Cumulative COVID-19 tests by country, on the days to June 2020 that have a count.",
    ("country_code", "date"),
    {
        "country_code": _COUNTRY,
        "date": date("day of the count"),
        "total_tests": whole("tests so far, in the unit of tests_unit", "tests or persons"),
        "tests_unit": text("what was counted", ("people tested", "tests performed")),
    },
)

TABLES: tuple[Schema, ...] = (_COUNTRIES, _EXCESS, _JHU, _TESTS)
"""Contracts of ``data/raw/international``."""
