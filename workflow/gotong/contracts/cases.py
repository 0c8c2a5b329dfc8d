"""Cases, deaths and recoveries by region and day or week."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, date, flag, table, text, whole

ZONES = ("unaffected", "no_cases", "low", "medium", "high")
"""Risk zones of the task force; unaffected had no case so far, no_cases has none any more."""

_PROVINCE_CASES = table(
    "cases/province_daily.csv",
    "New confirmed cases, deaths and recoveries by province and day.",
    ("region_code", "date"),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "date": date("day of the report"),
        "cases": whole("new confirmed cases", "persons per day"),
        "deaths": whole("new deaths among confirmed cases", "persons per day"),
        "recovered": whole("new recoveries", "persons per day"),
    },
)
_WESTJAVA_CASES = table(
    "cases/westjava_daily.csv",
    "Cumulative confirmed cases by kab/kota of Jawa Barat and day; 32xx where it is unknown. Rows "
    "of another area may be added (docs/new-area.md).",
    ("region_code", "date"),
    {
        "region_code": code(pattern=r"\d{4}|32xx"),
        "date": date("day of the report"),
        "cumulative_cases": whole("confirmed so far", "persons"),
        "cumulative_recovered": whole("recovered so far", "persons"),
        "cumulative_deaths": whole("died so far; not usable after 2020", "persons"),
        "source": text("source id of the row"),
    },
)

_WESTJAVA_CASES_2022 = table(
    "cases/westjava_daily_2022.csv",
    "Cumulative confirmed cases by kab/kota of Jawa Barat and day, as the export of February 2022"
    " has them: for sensitivity only, never to be joined to cases/westjava_daily.csv, whose"
    " levels differ; a third of cases is in 32xx.",
    ("region_code", "date"),
    {
        "region_code": code(pattern=r"32\d{2}|32xx"),
        "date": date("day of the report"),
        "cumulative_cases": whole("confirmed so far", "persons"),
        "cumulative_recovered": whole("recovered so far", "persons"),
        "cumulative_deaths": whole("died so far", "persons"),
    },
)
_CENTRALJAVA_CASES = table(
    "cases/centraljava_weekly.csv",
    "New cases whose outcome became known, by kab/kota of Jawa Tengah and week.",
    ("region_code", "week_start"),
    {
        "region_code": code(pattern=r"33\d{2}"),
        "week_start": date("Monday of the week of the case"),
        "closed_cases": whole("new cases that later recovered or died", "persons per week"),
        "cohort_deaths": whole("those of them who died, whenever that was", "persons per week"),
        "usable": flag("yes to 2021-07-04; later weeks hold bulk entries and omissions"),
    },
)


def _risk_zones(year: str, span: str) -> Schema:
    """Return the contract of the zones of one of the two spans that are known."""
    return table(
        f"cases/risk_zones_{year}.csv",
        f"Risk zone that the national task force assigned to each kab/kota, {span}.",
        ("region_code", "date"),
        {
            "region_code": code("BPS code of the kab/kota", r"\d{4}"),
            "date": date("day that the zones were dated; not every week has one"),
            "zone": text("zone, an order without a distance", ZONES),
        },
    )


_RISK_ZONES_2020 = _risk_zones("2020", "July 2020 to January 2021")
_RISK_ZONES_2022 = _risk_zones("2022", "November 2021 to July 2022")
_DKI_CASES = table(
    "cases/dki_site_daily.csv",
    "New confirmed cases and deaths of DKI Jakarta by day, from the province's own site.",
    ("region_code", "date"),
    {
        "region_code": code("BPS code of DKI Jakarta", "31"),
        "date": date("day of the report on the site"),
        "cases": whole("new confirmed cases", "persons per day"),
        "deaths": whole("new deaths among confirmed cases", "persons per day"),
    },
)
_NATIONAL_CASES = table(
    "cases/national_daily.csv",
    "New confirmed cases, deaths and recoveries of Indonesia, and active cases, by day.",
    ("date",),
    {
        "date": date("day of the announcement"),
        "cases": whole("new confirmed cases", "persons per day"),
        "deaths": whole("new deaths among confirmed cases", "persons per day"),
        "recovered": whole("new recoveries", "persons per day"),
        "active": whole("confirmed so far less recovered and dead", "persons"),
    },
)
_NATIONAL_TESTS = table(
    "cases/national_tests.csv",
    "Specimens and people tested in Indonesia by day; blank on days without a report.",
    ("date",),
    {
        "date": date("day of the announcement"),
        "pcr_specimens": whole("specimens tested by PCR or TCM", "per day", missing=True),
        "antigen_specimens": whole("specimens tested for antigen", "per day", missing=True),
        "pcr_people": whole("people tested by PCR or TCM", "persons per day", missing=True),
        "antigen_people": whole("people tested for antigen", "persons per day", missing=True),
    },
)
_NATIONAL_VACCINATION = table(
    "cases/national_vaccination.csv",
    "Vaccinations in Indonesia by day; blank on days without a report, below zero after"
    " corrections.",
    ("date",),
    {
        "date": date("day of the announcement"),
        "first_doses": whole("first doses given", "doses per day", low=None, missing=True),
        "second_doses": whole("second doses given", "doses per day", low=None, missing=True),
    },
)

TABLES: tuple[Schema, ...] = (
    _PROVINCE_CASES,
    _WESTJAVA_CASES,
    _WESTJAVA_CASES_2022,
    _CENTRALJAVA_CASES,
    _RISK_ZONES_2020,
    _RISK_ZONES_2022,
    _DKI_CASES,
    _NATIONAL_CASES,
    _NATIONAL_TESTS,
    _NATIONAL_VACCINATION,
)
"""Contracts of ``data/raw/cases``."""
