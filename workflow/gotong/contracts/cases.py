"""Cases, deaths and recoveries by region and day or week."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, date, table, text, whole

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
    "Cumulative confirmed cases by kab/kota of Jawa Barat and day; 32xx where it is unknown.",
    ("region_code", "date"),
    {
        "region_code": code(pattern=r"32\d{2}|32xx"),
        "date": date("day of the report"),
        "cumulative_cases": whole("confirmed so far", "persons"),
        "cumulative_recovered": whole("recovered so far", "persons"),
        "cumulative_deaths": whole("died so far; not usable after 2020", "persons"),
        "source": text("source id of the row"),
    },
)

TABLES: tuple[Schema, ...] = (_PROVINCE_CASES, _WESTJAVA_CASES)
"""Contracts of ``data/raw/cases``."""
