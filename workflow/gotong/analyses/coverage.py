"""What is known where and when: stretches of days with and without each indicator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from gotong.config import Area, Panels
from gotong.panels.area import of_area
from gotong.regions import DKI_UNITS, province_of
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]

OBSERVED, FLAGGED, CORRECTED, ABSENT = "observed", "flagged", "corrected", "absent"
NAME_ONLY = "name_only"
"""State of a regime that is coded by its name, but not how strict it was."""
DKI = province_of(DKI_UNITS[0])
_DAY = pd.Timedelta(days=1)

_PANEL_MEASURE = {
    "panel_province": "cases",
    "panel_westjava": "cases",
    "panel_jabodetabek": "cases",
    "panel_area": "cases",
    "panel_java": "cases",
    "panel_kelurahan": "cases",
    "panel_country": "cases",
}
_REGION = {"panel_kelurahan": "kelurahan_code", "panel_country": "country_code"}


def missing(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return how many rows of each panel lack a count of cases, and why.

    Returns
    -------
    pandas.DataFrame
        panel, reason (blank: there is a count), rows, regions (with such a row), share (of the
        rows of the panel); sorted by panel and reason.
    """
    parts = []
    for name in (panel for panel in _PANEL_MEASURE if panel in tables):
        panel, region = tables[name], _REGION.get(name, "region_code")
        rows = panel.groupby("cases_missing").agg(
            rows=(region, "size"), regions=(region, "nunique")
        )
        part = rows.reset_index(names="reason").assign(panel=name, share=rows["rows"].to_numpy())
        parts.append(part.assign(share=part["share"] / len(panel)))
    columns = {"panel": "str", "reason": "str", "rows": "Int64", "regions": "Int64"}
    found = pd.concat(parts).astype(columns | {"share": "float64"})
    return found[[*columns, "share"]].sort_values(["panel", "reason"], ignore_index=True)


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return stretches of days on which an indicator of a region is known, or not and why.

    Returns
    -------
    pandas.DataFrame
        indicator, region_code, start, end (both included), state (`OBSERVED`, `FLAGGED`,
        `CORRECTED`, `NAME_ONLY`, or the reason for a missing count), days. Within the span of
        the panel of the area, the stretches of an indicator and region follow each other without
        a gap.
    """
    area = Area.model_validate(choices["area"])
    span = Panels.model_validate(choices["panels"]).of_area
    days = pd.date_range(span.start, span.end, unit="s")
    parts = [
        _stretches(indicator, region, states.reindex(days).fillna(ABSENT))
        for indicator, region, states in _states(tables, area)
    ]
    found = pd.concat(parts, ignore_index=True).astype({"start": DATE, "end": DATE})
    return found.sort_values(["indicator", "region_code", "start"], ignore_index=True)


def _stretches(indicator: str, region: str, states: pd.Series) -> pd.DataFrame:
    """Return the runs of one series of states by day."""
    run = (states != states.shift()).cumsum().to_numpy()
    frame = pd.DataFrame({"day": states.index, "state": states.to_numpy(), "run": run})
    runs = frame.groupby("run").agg(
        start=("day", "min"), end=("day", "max"), state=("state", "first"), days=("day", "size")
    )
    runs.insert(0, "indicator", indicator)
    runs.insert(1, "region_code", region)
    types = {"indicator": "str", "region_code": "str", "state": "str", "days": "Int64"}
    return runs.astype(types).reset_index(drop=True)


def _states(tables: Tables, area: Area) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield indicator, region and its state by day, for the area and its provinces."""
    provinces = sorted({province_of(unit) for unit in area.units})
    daily = {
        "panel_province": (tables["panel_province"], provinces),
        "panel_area": (of_area(tables), list(area.units)),
    }
    for name, (panel, codes) in daily.items():
        for region, rows in _of(panel, codes):
            yield "cases_daily", region, _daily_state(rows)
            yield "regime", region, _regime_state(rows)
            if name == "panel_province":
                known = rows.set_index("date")["deaths"].notna()
                yield "deaths_daily", region, _present(known)
    for region, rows in _of(tables["panel_java"], area.units):
        yield "cases_weekly", region, _spread(rows.set_index("week_start"), _weekly_state(rows))
    zones = pd.concat([tables[f"cases/risk_zones_{year}.csv"] for year in ("2020", "2022")])
    for region, rows in _of(zones, area.units):
        # A zone stands for the week that ends on its date.
        weeks = rows.set_index(rows["date"] - 6 * _DAY)
        yield "risk_zone", region, _spread(weeks, OBSERVED)
    yield from _single_series(tables, provinces)


def _single_series(tables: Tables, provinces: list[str]) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield the indicators that have a table of their own."""
    google = tables["mobility/google_daily.csv"]
    measured = [name for name in google.columns if name not in ("region_code", "date")]
    for region, rows in _of(google, provinces):
        known = rows.set_index("date")[measured].notna().any(axis="columns")
        yield "mobility_google", region, _present(known)
    for indicator, table, column in (
        ("mobility_apple", "mobility/apple_jakarta_daily.csv", "driving"),
        ("patients", "facilities/dki_covid_patients_daily.csv", "isolation_patients"),
        ("burials", "epidemic/dki_2020_daily.csv", "burials"),
    ):
        if DKI in provinces:
            known = tables[table].set_index("date")[column].notna()
            yield indicator, DKI, _present(known)


def _of(panel: pd.DataFrame, codes: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows of each of some regions that a panel holds."""
    for region, rows in panel[panel["region_code"].isin(list(codes))].groupby("region_code"):
        yield str(region), rows


def _present(known: pd.Series) -> pd.Series:
    """Return the state of days on which something is known or absent."""
    return known.map({True: OBSERVED, False: ABSENT})


def _regime_state(rows: pd.DataFrame) -> pd.Series:
    """Return the state of each day's regime: known, known by name alone, or absent."""
    days = rows.set_index("date")
    state = _present(days["regime_missing"] == "")
    return state.mask((state == OBSERVED) & days["strictness"].isna(), NAME_ONLY)


def _daily_state(rows: pd.DataFrame) -> pd.Series:
    """Return the state of each day's count."""
    days = rows.set_index("date")
    state = days["cases_missing"].where(days["cases_missing"] != "", OBSERVED)
    return state.mask((state == OBSERVED) & (days["cases_flag"] != ""), FLAGGED)


def _weekly_state(rows: pd.DataFrame) -> list[str]:
    """Return the state of each week's count: its kind, or why there is none."""
    state = rows["cases_kind"].where(rows["cases_missing"] == "", rows["cases_missing"])
    return list(state.mask((state == rows["cases_kind"]) & (rows["cases_flag"] != ""), FLAGGED))


def _spread(weeks: pd.DataFrame, states: list[str] | str) -> pd.Series:
    """Return the state of each day of some weeks."""
    by_week = pd.Series(states, index=weeks.index, dtype="str")
    mondays = pd.DatetimeIndex(weeks.index)
    parts = [pd.Series(by_week.to_numpy(), index=mondays + day * _DAY) for day in range(7)]
    days = pd.concat(parts).sort_index()
    return days[~days.index.duplicated(keep="last")]
