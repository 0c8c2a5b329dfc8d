"""The 267 kelurahan of DKI Jakarta, and the six units that they make up."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, date, number, table, text, whole

_KELURAHAN = r"31[0-9]{8}"
_OR_NONE = f"{_KELURAHAN}|outside|unknown"
_CODE = "Kemendagri code of the kelurahan; its first four digits are not the code of BPS"
_CODE_OR_NONE = f"{_CODE}; outside: lives outside DKI Jakarta, unknown: address unknown"

_NAMES = table(
    "kelurahan/kelurahan.csv",
    "The kelurahan of DKI Jakarta.",
    ("kelurahan_code",),
    {
        "kelurahan_code": code(_CODE, _KELURAHAN),
        "name": text("name, as the health office spells it", pattern=".+"),
        "kecamatan": text("name of its kecamatan, as the health office spells it", pattern=".+"),
        "unit_code": code("BPS code of its kabupaten or kota", r"31\d{2}"),
    },
)
_CASES_DAILY = table(
    "kelurahan/cases_daily.csv",
    "Cumulative confirmed cases and deaths by kelurahan and day, addresses known only.",
    ("kelurahan_code", "date"),
    {
        "kelurahan_code": code(_CODE, _KELURAHAN),
        "date": date("day of the report"),
        "cumulative_cases": whole("confirmed so far; falls where cases move", "persons"),
        "cumulative_deaths": whole("died so far; falls where cases move", "persons"),
    },
)
_CASES_MONTHLY = table(
    "kelurahan/cases_monthly.csv",
    "Cumulative confirmed cases and deaths by kelurahan at the ends of 17 months.",
    ("kelurahan_code", "date"),
    {
        "kelurahan_code": code(_CODE_OR_NONE, _OR_NONE),
        "date": date("day of the report: the last of the month, in January 2021 the 30th"),
        "cumulative_cases": whole("confirmed so far; falls where cases move", "persons"),
        "cumulative_deaths": whole("died so far; falls where cases move", "persons"),
    },
)
_UNITS_DAILY = table(
    "kelurahan/units_daily.csv",
    "Cumulative cases, recoveries and deaths by unit and day, and those without a unit.",
    ("unit_code", "date"),
    {
        "unit_code": code(
            "BPS code of the kabupaten or kota; outside: lives outside DKI Jakarta, "
            "unknown: address unknown",
            r"31\d{2}|outside|unknown",
        ),
        "date": date("day of the report; August 2020 and two days of July 2020 are missing"),
        "cumulative_cases": whole("confirmed so far; falls where cases move", "persons"),
        "cumulative_recovered": whole("recovered so far; falls where cases move", "persons"),
        "cumulative_deaths": whole("died so far; falls where cases move", "persons"),
    },
)
_VACCINATION = table(
    "kelurahan/vaccination_monthly.csv",
    "Persons vaccinated so far by kelurahan of residence at the ends of twelve months.",
    ("kelurahan_code", "date"),
    {
        "kelurahan_code": code(_CODE, _KELURAHAN),
        "date": date("day of the report: the last of the month, in February 2022 the 27th"),
        "target": whole("population to be vaccinated, the same on all dates", "persons", 1),
        "dose_1": whole("had a first dose so far", "persons"),
        "dose_2": whole("had a second dose so far", "persons"),
        "dose_3": whole(
            "had a third dose so far; blank before March 2022", "persons", missing=True
        ),
    },
)
_AGES = (*(f"{age}_{age + 4}" for age in range(0, 75, 5)), "75_up")
_POPULATION = table(
    "kelurahan/population_2019.csv",
    "Registered residents by kelurahan and age on 2019-06-30, and area.",
    ("kelurahan_code",),
    {
        "kelurahan_code": code(_CODE, _KELURAHAN),
        "residents": whole("registered residents", "persons", 1),
        "area_km2": number("area, to two decimals", "km2", 0.01, 100),
        **{
            f"age_{ages}": whole(f"residents aged {ages.replace('_', ' to ')} years", "persons")
            for ages in _AGES
        },
    },
)

TABLES: tuple[Schema, ...] = (
    _NAMES,
    _CASES_DAILY,
    _CASES_MONTHLY,
    _UNITS_DAILY,
    _VACCINATION,
    _POPULATION,
)
"""Contracts of ``data/raw/kelurahan``."""
