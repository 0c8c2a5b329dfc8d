"""What the region picker draws: one region's cases, regimes, measures and beds.

Cases are weekly, for daily ones are not public in most units; regimes are days; measures are
the largest number that was active on a day of the week.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.colors import to_hex

from gotong.contracts import DYADS
from gotong.i18n import N_, Language
from gotong.panels.area import of_area
from gotong.report.material import Material
from gotong.style import STRICTNESS

KINDS = {
    "count": N_("Sums of daily counts."),
    "scaled": N_("Sums of kelurahan, scaled to the total of the province."),
    "end_points": N_(
        "In weeks without daily files, the rise between two known days is spread evenly; these "
        "weeks show sums, not growth."
    ),
    "closed": N_("By the week of the case, once its outcome was known."),
}
NO_SERIES = N_("No public series of cases was found for this region.")

WORDS = {
    "cases": N_("New cases per 100,000 residents and week"),
    "regime": N_("Regime, darker is stricter"),
    "measures": N_("Reported measures active at once"),
    "no_series": NO_SERIES,
    "picture": N_("Weekly cases, regimes and measures of"),
    "facts": N_("The region in numbers"),
    "population": N_("Residents (census of 2020)"),
    "hospitals": N_("Hospitals"),
    "beds": N_("Hospital beds, all classes"),
    "beds_per_1000": N_("Beds per 1,000 residents"),
    "referral_beds": N_("of them in COVID referral hospitals"),
    "highest": N_("Highest weekly cases per 100,000"),
    "week_of": N_("week from"),
    "weeks_known": N_("Weeks with a count"),
    "most_measures": N_("Most measures active at once"),
    "regimes": N_("Regimes in force"),
    "first_day": N_("First day"),
    "last_day": N_("Last day"),
    "regime_name": N_("Regime"),
    "strictness": N_("Strictness"),
    "level": N_("level"),
    "unknown": N_("not known"),
    "measures_note": N_(
        "Measures count in every region that they reach, including measures of all DKI, of "
        "{area} and of the nation."
    ),
    "no_measures": N_("Measures of cooperation were not searched for in this region."),
    "dyad_peak": N_("Most measures active at once, by dyad"),
}
"""Messages that the picker's script shows, by the name it knows them by."""


def data(material: Material, language: Language) -> dict[str, Any]:
    """Return everything that the picker's script needs, as plain values.

    Returns
    -------
    dict
        ``words``; ``weeks`` (Mondays); ``colours`` by strictness; ``end`` (last day);
        ``start`` (code of the region that is shown first); and
        ``regions`` with name, beds, weekly incidence (null where there is no count), stretches
        of regimes, and weekly measures by dyad.
    """
    days = of_area(material.tables)
    weeks = pd.date_range(_monday(days["date"].min()), days["date"].max(), freq="7D")
    names = material.tables["geography/regions.csv"].set_index("region_code")["name"]
    by_week = material.tables["panel_java"]
    known = days["strictness"].dropna()
    span = max(1, int(known.max())) if len(known) else 1
    return {
        "words": {name: language(message) for name, message in WORDS.items()},
        "weeks": [f"{week:%Y-%m-%d}" for week in weeks],
        "end": f"{days['date'].max():%Y-%m-%d}",
        "colours": [to_hex(STRICTNESS(step / span)) for step in range(span + 1)],
        "start": _first_shown(days, material.area.core),
        "regions": [
            {
                "code": code,
                "name": str(names[code]),
                **_beds(days[days["region_code"] == code]),
                **_cases(by_week[by_week["region_code"] == code], weeks, language),
                "regimes": _regimes(days[days["region_code"] == code]),
                "measures": _measures(days[days["region_code"] == code], weeks),
            }
            for code in material.area.units
        ],
    }


def _first_shown(days: pd.DataFrame, core: str) -> str:
    """Return the unit with most residents of the core's province, of all where it has none."""
    residents = days.groupby("region_code", sort=False)["population"].first()
    inside = residents[residents.index.str.startswith(core[:2])]
    return str((inside if len(inside) else residents).astype("float64").idxmax())


def _monday(day: pd.Timestamp) -> pd.Timestamp:
    """Return the Monday of a day's week."""
    return day - pd.Timedelta(days=day.weekday())


def _beds(days: pd.DataFrame) -> dict[str, Any]:
    """Return residents, hospitals and beds, which do not change over the days."""
    first = days.iloc[0]
    return {
        name: _plain(first[name], digits=2)
        for name in ("population", "hospitals", "beds", "referral_beds", "beds_per_1000")
    }


def _cases(rows: pd.DataFrame, weeks: pd.DatetimeIndex, language: Language) -> dict[str, Any]:
    """Return weekly incidence with what a reader must know of how it was counted."""
    incidence = rows.set_index("week_start")["incidence_per_100k"].reindex(weeks)
    kinds = [kind for kind in KINDS if (rows["cases_kind"] == kind).any()]
    told = " ".join(language(KINDS[kind]) for kind in kinds) or language(NO_SERIES)
    return {"cases": [_plain(value, digits=2) for value in incidence], "cases_note": told}


def _regimes(days: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the stretches of days under one regime and level; none of days that are not coded."""
    shown = days.sort_values("date")[["date", "regime", "level", "strictness"]]
    change = (shown[["regime", "level"]] != shown[["regime", "level"]].shift()).any(axis=1)
    return [
        {
            "start": f"{part['date'].iloc[0]:%Y-%m-%d}",
            "end": f"{part['date'].iloc[-1]:%Y-%m-%d}",
            "regime": str(part["regime"].iloc[0]),
            "level": str(part["level"].iloc[0]),
            "strictness": _plain(part["strictness"].iloc[0], digits=1),
        }
        for _, part in shown.groupby(change.cumsum())
        if part["regime"].iloc[0]
    ]


def _measures(days: pd.DataFrame, weeks: pd.DatetimeIndex) -> Mapping[str, list[int]]:
    """Return the most measures active on a day of each week by dyad; none if none were searched."""
    week = days["date"].map(_monday)
    columns = {dyad: f"active_{dyad.lower().replace('-', '_')}" for dyad in DYADS}
    if (days["measures_coverage"] == "not_coded").all():
        return {}
    most = days.groupby(week)[list(columns.values())].max().reindex(weeks).fillna(0)
    return {dyad: [int(value) for value in most[column]] for dyad, column in columns.items()}


def _plain(value: Any, digits: int) -> float | int | None:
    """Return a number as JSON can hold it, rounded; null where it is missing."""
    if pd.isna(value):
        return None
    rounded = round(float(value), digits)
    return int(rounded) if rounded.is_integer() else rounded
