"""The joined panels: one row per key, a reason beside every missing count."""

from __future__ import annotations

import pandas as pd

from gotong.contracts.cases import ZONES
from gotong.contracts.columns import DYADS, RowRule, Schema, code, date, number, table, text, whole

MISSING = (
    "",
    "corrected",
    "before_first_report",
    "after_last_report",
    "gap_in_source",
    "no_day_before",
    "weekly_only",
    "part_of_week",
    "total_fell",
    "no_public_series",
)
"""Why a count is null."""


def _counted_on(frame: pd.DataFrame) -> pd.Series:
    """Return where a running total does not fall below the one before it."""
    known = frame.dropna(subset="cumulative_cases")
    steps = known.groupby("region_code")["cumulative_cases"].diff()
    return (~(steps < 0).fillna(False)).reindex(frame.index, fill_value=True).astype(bool)


def _adds_up(frame: pd.DataFrame) -> pd.Series:
    """Return where the measures of all dyads make up those in all."""
    parts = [name for name in frame.columns if name in _DYAD_COLUMNS]
    total = frame[parts].sum(axis="columns", min_count=len(parts))
    gap = (total.astype("float64") - frame["active_all"].astype("float64")).abs()
    return ~(gap > 1e-9)


def _reasoned(frame: pd.DataFrame) -> pd.Series:
    """Return where either a count or the reason for its absence stands, never both or none."""
    return frame["cases"].notna() == (frame["cases_missing"] == "")


_DYAD_COLUMNS = tuple(f"active_{dyad.lower().replace('-', '_')}" for dyad in DYADS)
_WHOLES = (
    RowRule("active_all is the sum of the dyads", _adds_up),
    RowRule("a count, or a reason in cases_missing, and not both", _reasoned),
)


def _panel(name: str, about: str) -> Schema:
    """Return the contract that all daily panels share."""
    dyads = {
        f"active_{dyad.lower().replace('-', '_')}": whole(
            f"measures of dyad {dyad} active that day", "measures", missing=True
        )
        for dyad in DYADS
    }
    return table(
        name,
        about,
        ("region_code", "date"),
        {
            "region_code": code(pattern=r"\d{2}|\d{4}"),
            "date": date("day"),
            "cases": whole("new confirmed cases", "persons per day", missing=True),
            "deaths": whole("new confirmed deaths", "persons per day", missing=True),
            "recovered": whole("new recoveries", "persons per day", missing=True),
            "cumulative_cases": whole("confirmed so far", "persons", missing=True),
            "cumulative_unattributed": whole(
                "cases of the province so far whose kab/kota is unknown", "persons", missing=True
            ),
            "cases_mean_7d": number("mean of seven days to this one", "persons/day", missing=True),
            "incidence_7d_per_100k": number(
                "new cases of seven days per 100,000 residents", "per 100,000", missing=True
            ),
            "cases_flag": text("corrections that flag the day, by id; blank where none"),
            "cases_missing": text("why `cases` is null; blank where it is not", MISSING),
            "population": whole("residents, census of 2020", "persons", 1),
            "hospitals": whole("hospitals in the list of 2021", "hospitals", missing=True),
            "beds": whole("hospital beds, all purposes", "beds", missing=True),
            "referral_beds": whole("beds of COVID-19 referral hospitals", "beds", missing=True),
            "beds_per_1000": number("beds per 1,000 residents", "per 1,000", missing=True),
            "regime": text("restriction in force; blank where not coded"),
            "level": text("PPKM level", ("", "1", "2", "3", "4")),
            "regime_layer": text(
                "layer of the timeline", ("", "before_first", "primary", "comparison", "wj27")
            ),
            "regime_missing": text("why the regime is blank", ("", "not_coded")),
            "strictness": number("ordinal strictness of the regime", "steps", 0, 10, missing=True),
            **dyads,
            "active_all": whole("measures active that day", "measures", missing=True),
            "measures_coverage": text(
                "whether measures were searched for", ("coded", "part", "not_coded")
            ),
        },
        *_WHOLES,
        RowRule("cumulative_cases that do not fall", _counted_on),
    )


_JAVA = table(
    "panel_java",
    "Kab/kota of Jawa Barat, Jawa Tengah and Greater Jakarta by week.",
    ("region_code", "week_start"),
    {
        "region_code": code(pattern=r"\d{4}"),
        "province_code": code("BPS code of the province", r"\d{2}"),
        "week_start": date("Monday"),
        "cases": number("new cases, of the kind that cases_kind says", "per week", missing=True),
        "cases_kind": text(
            "count: sum of daily counts; closed: by week of the case, outcome known; scaled: "
            "cases of unknown address shared out; end_points: read off a line between two known "
            "days, not for growth; blank where null",
            ("", "count", "closed", "scaled", "end_points"),
        ),
        "cases_flag": text("corrections that flag a day of the week, by id"),
        "cases_missing": text("why `cases` is null; blank where it is not", MISSING),
        "incidence_per_100k": number("new cases per 100,000 residents", "per week", missing=True),
        "population": whole("residents, census of 2020", "persons", 1),
        "hospitals": whole("hospitals in the list of 2021", "hospitals", missing=True),
        "beds": whole("hospital beds, all purposes", "beds", missing=True),
        "referral_beds": whole("beds of COVID-19 referral hospitals", "beds", missing=True),
        "beds_per_1000": number("beds per 1,000 residents", "per 1,000", missing=True),
        "strictness": number("mean strictness of the coded days", "steps", 0, 10, missing=True),
        "strictness_days": whole("days of the week whose strictness is coded", "days"),
        "zone": text(
            "risk zone dated in the week; blank where none",
            ("", *ZONES),
        ),
        "first_ppkm": text(
            "first PPKM of January 2021: first from 11, second from 26 January, none; blank where "
            "not looked up",
            ("", "first", "second", "none"),
        ),
        **{
            name: number("mean measures of the dyad active", "measures", missing=True)
            for name in _DYAD_COLUMNS
        },
        "active_all": number(
            "mean measures active; null where none were searched", "measures", missing=True
        ),
    },
    *_WHOLES,
)
_KELURAHAN = table(
    "panel_kelurahan",
    "The 267 kelurahan of DKI Jakarta on every day to July 2020 and at month-ends after it.",
    ("kelurahan_code", "date"),
    {
        "kelurahan_code": code("Kemendagri code of the kelurahan", r"31\d{8}"),
        "unit_code": code("BPS code of its kabupaten or kota", r"31\d{2}"),
        "date": date("day of the report"),
        "cumulative_cases": whole("confirmed so far with a known address", "persons"),
        "cumulative_deaths": whole("died so far with a known address", "persons"),
        "days_since": whole("days since the row before; null in the first", "days", missing=True),
        "cases": whole(
            "confirmed since the row before; below zero where cases move between addresses",
            "persons",
            low=None,
            missing=True,
        ),
        "cases_missing": text("why `cases` is null", ("", "no_day_before")),
        "residents": whole("registered residents in 2019", "persons", 1),
        "cumulative_per_1000": number("confirmed so far per 1,000 residents", "per 1,000"),
        "dose_1": whole(
            "had a first dose so far; known on the last day, 31 July 2021, only",
            "persons",
            missing=True,
        ),
        "dose_2": whole(
            "had a second dose so far; known on the last day only", "persons", missing=True
        ),
    },
)
_COUNTRY = table(
    "panel_country",
    "Indonesia, Taiwan and Brazil by day.",
    ("country_code", "date"),
    {
        "country_code": text("ISO 3166 code", ("BRA", "IDN", "TWN")),
        "date": date("day"),
        "cases": whole("new confirmed cases; null where the total fell", "persons", missing=True),
        "deaths": whole("new deaths; null where the total fell", "persons", missing=True),
        "cases_missing": text("why `cases` is null", ("", "no_day_before", "total_fell")),
        "cumulative_cases": whole("confirmed so far", "persons"),
        "cumulative_deaths": whole("died so far", "persons"),
        "population": whole("residents", "persons", 1),
        "deaths_per_million": number("died so far per million residents", "per million"),
        "stringency": number("OxCGRT stringency", "index", 0, 100, missing=True),
        "government_response": number("OxCGRT response", "index", 0, 100, missing=True),
        "containment_health": number("OxCGRT health", "index", 0, 100, missing=True),
        "economic_support": number("OxCGRT support", "index", 0, 100, missing=True),
    },
)

PANELS: dict[str, Schema] = {
    "jabodetabek": _panel("panel_jabodetabek", "The units of Greater Jakarta by day."),
    "area": _panel("panel_area", "The units of another area than Greater Jakarta by day."),
    "westjava": _panel("panel_westjava", "The 27 kab/kota of Jawa Barat by day."),
    "province": _panel("panel_province", "The 34 provinces by day."),
    "java": _JAVA,
    "kelurahan": _KELURAHAN,
    "country": _COUNTRY,
}
"""Contracts of the joined panels."""
