"""Estimates and counts of the epidemic that others published."""

from __future__ import annotations

from gotong.contracts.columns import (
    CONFIDENCE,
    COUNTRIES,
    Schema,
    code,
    date,
    number,
    table,
    text,
    whole,
)

_PUBLISHED_RT = table(
    "epidemic/published_rt.csv",
    "Reproduction numbers that others published, read in the press.",
    ("region_code", "date", "statement"),
    {
        "region_code": code(),
        "date": date("day that the number is about; the middle of the period if a period"),
        "precision": text("how exactly the date is known", ("day", "week", "month")),
        "value": number("reproduction number", "persons infected per person"),
        "statement": text("how it was said: at, about, below", ("at", "about", "below")),
        "author": text("who estimated it"),
        "reported_by": text("where it was read"),
    },
)

_JAKARTA_DEATHS = table(
    "epidemic/jakarta_deaths_monthly.csv",
    "Deaths from all causes in DKI Jakarta by month, from burials.",
    ("region_code", "start_date"),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "start_date": date("first day of the month"),
        "end_date": date("last day of the month"),
        "total_deaths": whole("deaths from all causes", "persons per month"),
        "covid_deaths": whole("deaths reported as COVID-19", "persons per month"),
    },
)
_FACTS = table(
    "epidemic/facts.csv",
    "Figures read in press and reports: beds, patients, commuters, passengers, countries.",
    ("area", "indicator", "period"),
    {
        "area": text("place or network, as the coder wrote it"),
        "region_code": text(
            "BPS code where the area is one region, else blank", pattern=r"|\d{2}|\d{4}"
        ),
        "country_code": text("ISO 3166-1 alpha-3 code of the country", COUNTRIES),
        "indicator": text("what is counted, as the coder wrote it"),
        "period": text("when, as the coder wrote it"),
        "precision": text(
            "how exactly the period is known", ("day", "week", "month", "year", "unstated")
        ),
        "start_date": date("first day of the period; blank where unstated", missing=True),
        "end_date": date("last day of the period; blank where unstated", missing=True),
        "value": number("the figure", "see unit_of_measure"),
        "unit_of_measure": text("unit of the figure"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "source_title": text("publication that it was read in"),
        "source_url": text("address of the text it was read in"),
    },
)
_PER_DAY = "persons per day"
_DKI_DAILY = table(
    "epidemic/dki_2020_daily.csv",
    "Days of DKI Jakarta from March to September 2020, as the city's own site gave them.",
    ("region_code", "date"),
    {
        "region_code": code("BPS code of DKI Jakarta", "31"),
        "date": date("day that the city counts by"),
        "cases": whole("new confirmed cases", _PER_DAY),
        "deaths": whole("new confirmed deaths", _PER_DAY),
        "burials": whole("burials under COVID-19 protocol, tested or not", _PER_DAY),
        "in_hospital": whole("in hospital on the day", "persons", missing=True),
        "self_isolating": whole("isolating at home on the day", "persons", missing=True),
        "cases_national": whole("cases that the government announced for the city", _PER_DAY),
        "deaths_national": whole(
            "deaths that the government announced for the city", _PER_DAY, missing=True
        ),
    },
)
_TESTS = table(
    "epidemic/tests_2020_daily.csv",
    "Tests for SARS-CoV-2 in DKI Jakarta and in Indonesia (IDN), March to September 2020.",
    ("region_code", "date"),
    {
        "region_code": code("31 DKI Jakarta, IDN Indonesia", "31|IDN"),
        "date": date("day of the report"),
        "specimens": whole("specimens tested", "specimens per day", missing=True),
        "positive_specimens": whole("of them positive", "specimens per day", missing=True),
        "people_tested": whole("people newly tested", _PER_DAY, missing=True),
        "people_positive": whole("people newly found positive", _PER_DAY, missing=True),
    },
)
_ANNOUNCED = table(
    "epidemic/announced_2020_daily.csv",
    "Cases and deaths of every province by the day they were announced, March to September 2020.",
    ("region_code", "date"),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "date": date("day of the announcement"),
        # Riau and DI Yogyakarta took back one case each on 2020-03-20.
        "cases": whole("new confirmed cases; below zero where taken back", _PER_DAY, -1),
        "deaths": whole("new confirmed deaths", _PER_DAY),
    },
)
_JAVA_DEATHS = table(
    "epidemic/java_deaths_2020.csv",
    "Confirmed, suspected and probable deaths of Java's provinces by week, to August 2020.",
    ("region_code", "start_date"),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "start_date": date("first day of the period, a week but for the first"),
        "end_date": date("last day of the period"),
        "confirmed": whole("deaths of confirmed cases", "persons"),
        "suspected": whole("deaths of patients suspected to have COVID-19", "persons"),
        "probable": whole("deaths of probable cases", "persons"),
    },
)

_SEROPREVALENCE = table(
    "epidemic/seroprevalence.csv",
    "Shares of residents with antibodies against SARS-CoV-2, as two surveys published them.",
    ("region_code", "area", "start_date"),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "area": text("area of the survey"),
        "start_date": date("first day of the survey"),
        "end_date": date("last day of the survey"),
        "respondents": whole("people who gave blood", "persons", 1),
        "share": number("residents with antibodies, weighted", "share", 0, 1),
        "low": number("lower end of the 95 % interval", "share", 0, 1),
        "high": number("upper end of the 95 % interval", "share", 0, 1),
        "reported_share": number(
            "residents reported as cases by then, where the survey gives it",
            "share",
            0,
            1,
            missing=True,
        ),
        "author": text("who published it"),
        "source_url": text("address of the text it was read in"),
    },
)

TABLES: tuple[Schema, ...] = (
    _PUBLISHED_RT,
    _JAKARTA_DEATHS,
    _FACTS,
    _DKI_DAILY,
    _TESTS,
    _ANNOUNCED,
    _JAVA_DEATHS,
    _SEROPREVALENCE,
)
"""Contracts of ``data/raw/epidemic``."""
