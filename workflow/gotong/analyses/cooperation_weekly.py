"""Cooperation of each unit by week, on every definition, and its continuity over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong import cooperation
from gotong.config import Area, Dose, Measures, Panels, Span, StrictnessScale
from gotong.panels import daily, weekly
from gotong.tables import DATE
from gotong.timeline import active_measures

Tables = Mapping[str, pd.DataFrame]

ALIGNMENT, STOCK, DIVERSITY, STRICTNESS = "alignment", "stock", "diversity", "strictness"
ALL, CONFIDENCE, ACTION, MAIN = "all", "confidence", "action", "main"
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
    weights = Dose.model_validate(choices["dose"]).confidence_weights
    active = stocks(tables["cooperation/measures.csv"], area.units, span, lasts)
    parts = [
        _aligned(tables["alignment"], area),
        _strict(tables["policy/regimes.csv"], area, span, scale),
        *_by_dyad(active, weights),
        *(
            cooperation.diversity(rows)
            .rename(columns={"diversity": "value"})
            .assign(quantity=DIVERSITY, definition=name, dyad="")
            for name, rows in ((ALL, active), (ACTION, active[active["act"] == ACTION]))
        ),
    ]
    by_day = pd.concat(parts, ignore_index=True).astype({"value": "float64"})
    by_day["week_start"] = weekly.monday_of(by_day["date"])
    by_day = by_day[by_day["week_start"].isin(weekly.mondays(span))]
    weeks = by_day.groupby(_KEY)["value"].agg(value="mean", days="count").reset_index()
    weeks = weeks.astype({"days": "Int64", "week_start": DATE})
    return weeks.sort_values(_KEY, ignore_index=True)


def stocks(
    measures: pd.DataFrame, units: Sequence[str], span: Span, open_end_days: int
) -> pd.DataFrame:
    """Return active measures by unit, day, dyad, confidence and kind of act."""
    days = pd.date_range(span.start, span.end, unit="s")
    by = ("dyad", "confidence", "act")
    return active_measures(measures, days, open_end_days, by, {unit: unit for unit in units})


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


def _by_dyad(active: pd.DataFrame, weights: Mapping[Any, float]) -> list[pd.DataFrame]:
    """Return active measures by unit, day and dyad, and of all dyads, on each definition."""
    count = active["active"].astype("float64")
    counted = {
        ALL: count,
        CONFIDENCE: count * active["confidence"].map(dict(weights)).astype("float64"),
        ACTION: count.where(active["act"] == ACTION, 0.0),
    }
    parts = []
    for name, values in counted.items():
        rows = active[[*_DAYS, "dyad"]].assign(value=values)
        named = {"quantity": STOCK, "definition": name}
        parts.append(rows.groupby([*_DAYS, "dyad"])["value"].sum().reset_index().assign(**named))
        total = rows.groupby(_DAYS)["value"].sum().reset_index()
        parts.append(total.assign(dyad=EVERY_DYAD, **named))
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
    dyads = cooperation.diversity(active)
    quarter = dyads["date"].dt.to_period("Q").astype("str")
    periods = pd.concat([dyads.assign(period=WHOLE), dyads.assign(period=quarter)])
    periods = periods.assign(
        count=periods["diversity"].astype("float64"),
        some=np.where(periods["diversity"] > 0, 1.0, 0.0),
    )
    grouped = periods.groupby(["region_code", "period"]).agg(
        days=("date", "size"),
        diversity=("count", "mean"),
        most_dyads=("diversity", "max"),
        continuity=("some", "mean"),
    )
    return grouped.reset_index().rename(columns={"region_code": "area"})
