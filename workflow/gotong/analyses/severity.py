"""Deaths among confirmed cases and the steepest growth, by province and half-year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.config import Severity
from gotong.epidemic import growth_rate
from gotong.growth import growth_interval
from gotong.severity import (
    Estimate,
    adjusted_fatality,
    crude_fatality,
    share_interval,
    underestimation,
)
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]

NO_DELAY: Final = 0
_PER_CENT = 100.0
_HALVES: Final = 2
_MONTHS_OF_A_HALF: Final = 6


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return fatality with the delay to death, and the steepest growth.

    Returns
    -------
    pandas.DataFrame
        region_code, start and end (of the half-year, as far as counts are known), cases, deaths,
        cfr (per cent, with the delay in the middle), low and high (the least and the greatest
        over all delays and none, each with its exact 95 % interval), crude (no delay), growth
        (per day, the steepest of `growth_days`), growth_low and growth_high (95 %, quasi-Poisson
        with residuals that hang together over a week), growth_end (last day of those), growth_log
        (per day, slope of the log of the 7-day mean over the same days, without an interval);
        crude_to_date and adjusted_to_date with their exact 95 % intervals (per cent, from the
        first case to the end of the half-year; the latter with the delay in the middle).

    Notes
    -----
    Deaths of a half-year over the cases whose outcome became known in it: the difference of
    cases to date times u_t between its ends (Nishiura et al. 2009,
    10.1371/journal.pone.0006852; `severity.underestimation`), as if every death took as long.
    """
    chosen = Severity.model_validate(choices["severity"])
    panel = tables["panel_province"]
    rows = [
        row
        for region in sorted(chosen.regions)
        for row in _region(region, panel[panel["region_code"] == region], chosen)
    ]
    types: dict[str, Any] = {"region_code": "str", "start": DATE, "end": DATE, "growth_end": DATE}
    types |= {"cases": "Int64", "deaths": "Int64"}
    return pd.DataFrame(rows).astype(types)


def _region(region: str, panel: pd.DataFrame, chosen: Severity) -> Iterator[dict[str, Any]]:
    """Yield the half-years of one province, from its first count to the last before a gap."""
    both = panel[["cases", "deaths"]].notna().all(axis="columns")
    days = panel.loc[both.idxmax() :]
    days = days[days[["cases", "deaths"]].notna().all(axis="columns").cummin()]
    dates = days["date"].reset_index(drop=True)
    cases, deaths = (days[name].astype("float64").to_numpy() for name in ("cases", "deaths"))
    known = {lag: _outcomes_known(cases, lag) for lag in (NO_DELAY, *chosen.delays)}
    middle = sorted(chosen.delays)[len(chosen.delays) // 2]
    growth = growth_interval(cases, chosen.growth_days, lags=7)
    slope = growth_rate(cases, chosen.growth_days)
    to_date = {
        "crude_to_date": crude_fatality(cases, deaths),
        "adjusted_to_date": adjusted_fatality(cases, deaths, _one_day(middle)),
    }
    half = dates.dt.year * _HALVES + (dates.dt.month - 1) // _MONTHS_OF_A_HALF
    for _, own in dates.groupby(half):
        inside = own.index.to_numpy()
        if inside.size < chosen.growth_days or np.isnan(growth.rate[inside]).all():
            continue
        died = deaths[inside].sum()
        shares = {
            lag: share_interval(died, outcomes[inside].sum()) for lag, outcomes in known.items()
        }
        steepest = inside[int(np.nanargmax(growth.rate[inside]))]
        yield {
            "region_code": region,
            "start": dates[inside[0]],
            "end": dates[inside[-1]],
            "cases": cases[inside].sum(),
            "deaths": died,
            **_fatality(shares, middle),
            "growth": growth.rate[steepest],
            "growth_low": growth.low[steepest],
            "growth_high": growth.high[steepest],
            "growth_end": dates[steepest],
            "growth_log": slope[steepest],
            **_to_date(to_date, inside[-1]),
        }


def _outcomes_known(cases: np.ndarray, delay: int) -> np.ndarray:
    """Return the cases whose outcome becomes known on each day, if all take as long."""
    to_date = np.nan_to_num(np.cumsum(cases) * underestimation(cases, _one_day(delay)))
    return np.diff(to_date, prepend=0)


def _one_day(delay: int) -> np.ndarray:
    """Return the delay to death if every death took as long."""
    probability = np.zeros(delay + 1)
    probability[delay] = 1
    return probability


def _to_date(estimates: Mapping[str, Estimate], day: int) -> dict[str, float]:
    """Return each fatality to date with its interval on a day, in per cent."""
    return {
        f"{name}{end}": _PER_CENT * float(values[day])
        for name, each in estimates.items()
        for end, values in (("", each.value), ("_low", each.low), ("_high", each.high))
    }


def _fatality(shares: Mapping[int, Estimate], middle: int) -> dict[str, float]:
    """Return the fatality with one delay, and its bounds over all of them, in per cent."""
    return {
        "cfr": _PER_CENT * float(shares[middle].value),
        "low": _PER_CENT * min(float(each.low) for each in shares.values()),
        "high": _PER_CENT * max(float(each.high) for each in shares.values()),
        "crude": _PER_CENT * float(shares[NO_DELAY].value),
    }
