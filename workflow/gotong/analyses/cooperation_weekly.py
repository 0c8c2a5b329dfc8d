"""Cooperation of each unit by week, on every definition, and its continuity over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from gotong import cooperation
from gotong.config import Area, Dose, Measures, Panels, Span, StrictnessScale
from gotong.panels import daily, weekly
from gotong.tables import DATE
from gotong.timeline import active_measures

Tables = Mapping[str, pd.DataFrame]

ALIGNMENT, STOCK, DIVERSITY, STRICTNESS = "alignment", "stock", "diversity", "strictness"
ALL, CONFIDENCE, ACTION, MAIN = "all", "confidence", "action", "main"
ACTS: Final = (ACTION, "rule", "statement")
EVERY_DYAD = "all"
WHOLE = "whole"
_KEY: Final = ["quantity", "definition", "dyad", "region_code", "week_start"]
_DAYS: Final = ["region_code", "date"]


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return alignment, active measures, diversity and strictness by unit and whole week.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        alignment, ``policy/regimes.csv``, ``cooperation/measures.csv``.
    choices : mapping
        area, panels, strictness, measures, dose.

    Returns
    -------
    pandas.DataFrame
        See the contract ``cooperation_weekly``: means over the known days of each week, and how
        many days are known. A unit without a regime of its own has its province's: the six units
        of DKI share one alignment and one strictness.
    """
    area = Area.model_validate(choices["area"])
    span = Panels.model_validate(choices["panels"]).jabodetabek
    scale = StrictnessScale.model_validate(choices["strictness"])
    lasts = Measures.model_validate(choices["measures"]).open_end_days
    weights: Mapping[Any, float] = Dose.model_validate(choices["dose"]).confidence_weights
    days = pd.date_range(span.start, span.end, unit="s")
    units = {unit: unit for unit in area.units}
    measures = tables["cooperation/measures.csv"]
    equal, weighted = (
        cooperation.cooperation_stock(measures, days, lasts, counts, units)
        for counts in (None, weights)
    )
    parts = [
        _aligned(tables["alignment"], area),
        _strict(tables["policy/regimes.csv"], area, span, scale),
        *_by_dyad(equal, weighted),
        *(
            cooperation.diversity(rows.rename(columns={"stock": "active"}))
            .rename(columns={"diversity": "value"})
            .assign(quantity=DIVERSITY, definition=name, dyad="")
            for name, rows in ((ALL, equal), (ACTION, equal[equal["act"] == ACTION]))
        ),
    ]
    by_day = pd.concat(parts, ignore_index=True).astype({"value": "float64"})
    by_day["week_start"] = weekly.monday_of(by_day["date"])
    by_day = by_day[by_day["week_start"].isin(weekly.mondays(span))]
    weeks = by_day.groupby(_KEY)["value"].agg(value="mean", days="count").reset_index()
    weeks = weeks.astype({"days": "Int64", "week_start": DATE})
    return weeks.sort_values(_KEY, ignore_index=True)


def _aligned(alignment: pd.DataFrame, area: Area) -> pd.DataFrame:
    """Return the alignment of each unit by day: its own or its province's."""
    holders = daily.regime_holders(list(area.units), list(alignment["region_code"].unique()))
    held = pd.DataFrame({"unit": list(holders), "region_code": list(holders.values())})
    by_unit = alignment.merge(held, on="region_code").drop(columns="region_code")
    named = {"unit": "region_code", "variant": "definition", "alignment": "value"}
    return by_unit.rename(columns=named).assign(quantity=ALIGNMENT, dyad="")


def _strict(regimes: pd.DataFrame, area: Area, span: Span, scale: StrictnessScale) -> pd.DataFrame:
    """Return the strictness of each unit by day, on every scale."""
    layers = ("primary", "wj27")
    codes = list(area.units)
    coded = regimes.loc[regimes["layer"].isin(layers), "region_code"].unique()
    grid = daily.grid(codes, span.start, span.end)
    held = daily.with_regimes(grid, regimes, layers, daily.regime_holders(codes, list(coded)))
    parts = []
    for name, changed in {MAIN: {}, **scale.alternatives}.items():
        chosen = scale.model_copy(update={"regimes": {**scale.regimes, **changed}})
        strict = daily.with_strictness(held, chosen)
        parts.append(
            strict[_DAYS].assign(
                value=strict["strictness"], quantity=STRICTNESS, definition=name, dyad=""
            )
        )
    return pd.concat(parts, ignore_index=True)


def _by_dyad(equal: pd.DataFrame, weighted: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the stock by unit, day and dyad, and of all dyads, on each definition."""
    counted = {ALL: equal, CONFIDENCE: weighted}
    counted |= {act: equal[equal["act"] == act] for act in ACTS}
    parts = []
    for name, rows in counted.items():
        named = {"quantity": STOCK, "definition": name}
        by_dyad = rows.groupby([*_DAYS, "dyad"])["stock"].sum()
        total = rows.groupby(_DAYS)["stock"].sum()
        parts.append(by_dyad.rename("value").reset_index().assign(**named))
        parts.append(total.rename("value").reset_index().assign(dyad=EVERY_DYAD, **named))
    return parts


def continuity(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return how many dyads were active and on how many days any measure was, over time.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        ``cooperation/measures.csv``.
    choices : mapping
        area, panels, dose.

    Returns
    -------
    pandas.DataFrame
        See the contract ``continuity``: for the area and each group that decides together, each
        length that a measure without a known end is taken to last, all measures and actions
        only; over the whole span and by quarter. A measure counts once in an area, however many
        of its units it names.
    """
    area = Area.model_validate(choices["area"])
    span = Panels.model_validate(choices["panels"]).jabodetabek
    dose = Dose.model_validate(choices["dose"])
    days = pd.date_range(span.start, span.end, unit="s")
    groups = (dict.fromkeys(area.units, area.id), deciders(area))
    parts = []
    for length in dose.open_end_days:
        for counted_in in groups:
            active = active_measures(
                tables["cooperation/measures.csv"], days, length, ("dyad", "act"), counted_in
            )
            for name, rows in ((ALL, active), (ACTION, active[active["act"] == ACTION])):
                parts.append(_spread(rows).assign(definition=name, open_end_days=length))
    found = pd.concat(parts, ignore_index=True)
    whole = {"open_end_days": "Int64", "days": "Int64", "most_dyads": "Int64"}
    columns = ["area", "definition", "open_end_days", "period"]
    numbers = ["days", "diversity", "most_dyads", "continuity"]
    return found.astype(whole)[[*columns, *numbers]].sort_values(columns, ignore_index=True)


def deciders(area: Area) -> dict[str, str]:
    """Return who decides for each unit: the group that names it or its province."""
    member_of = {code: group.name for group in area.deciders for code in group.members}
    holders = daily.regime_holders(list(area.units), list(member_of))
    return {unit: member_of[holder] for unit, holder in holders.items()}


def _spread(active: pd.DataFrame) -> pd.DataFrame:
    """Return dyads and days with a measure of each area, over all days and by quarter."""
    quarter = active["date"].dt.to_period("Q").astype("str")
    periods = [(WHOLE, active), *active.groupby(quarter)]
    return pd.concat(
        [_of_period(rows).assign(period=period) for period, rows in periods], ignore_index=True
    )


def _of_period(active: pd.DataFrame) -> pd.DataFrame:
    """Return days, dyads and the share of days with a measure of each area in a period."""
    dyads = cooperation.diversity(active).astype({"diversity": "float64"})
    grouped = dyads.groupby("region_code")["diversity"]
    counts = grouped.agg(days="size", diversity="mean", most_dyads="max").reset_index()
    shares = cooperation.continuity(active)
    joined = counts.merge(shares, on="region_code", validate="one_to_one")
    return joined.rename(columns={"region_code": "area"})
