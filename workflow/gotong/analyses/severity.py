"""Deaths among confirmed cases and the steepest growth, by province and half-year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.config import Severity
from gotong.delays import shifted
from gotong.growth import growth_interval
from gotong.intervals import wilson
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]

WINDOW: Final = 28
"""Days of one growth rate."""

_PER_CENT = 100.0
_HALVES: Final = 2
_MONTHS_OF_A_HALF: Final = 6


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return fatality with the delay to death, and the steepest growth.

    Returns
    -------
    pandas.DataFrame
        region_code, start and end (of the half-year, as far as all delays reach), cases, deaths
        (with the delay in the middle), cfr (per cent, the same), low and high (the least and the
        greatest over all delays, each with its 95 % interval), crude (no delay), growth (per
        day, the steepest of 28 days), growth_low and growth_high (95 %, quasi-Poisson with
        residuals that hang together over a week), growth_end (last day of those 28).

    Notes
    -----
    Deaths of a half-year are those counted so many days after its cases (`delays.shifted`).
    """
    chosen = Severity.model_validate(choices["severity"])
    panel = tables["panel_province"]
    rows = [
        row
        for region in sorted(chosen.regions)
        for row in _region(region, panel[panel["region_code"] == region], chosen.delays)
    ]
    types: dict[str, Any] = {"region_code": "str", "start": DATE, "end": DATE, "growth_end": DATE}
    types |= {"cases": "Int64", "deaths": "Int64"}
    return pd.DataFrame(rows).astype(types)


def _region(region: str, days: pd.DataFrame, delays: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    """Yield the half-years of one province."""
    dates = days["date"].reset_index(drop=True)
    cases = days["cases"].astype("float64").to_numpy()
    deaths = {lag: shifted(days["deaths"].astype("float64"), lag) for lag in (0, *delays)}
    growth = growth_interval(cases, WINDOW, lags=7)
    known = ~np.isnan(np.array([cases, *deaths.values()])).any(axis=0)
    half = dates.dt.year * _HALVES + (dates.dt.month - 1) // _MONTHS_OF_A_HALF
    for _, own in dates.groupby(half):
        inside = own.index.to_numpy()
        counted = inside[known[inside]]
        if counted.size < WINDOW or np.isnan(growth.rate[inside]).all():
            continue
        total = cases[counted].sum()
        died = {lag: float(values[counted].sum()) for lag, values in deaths.items()}
        middle = died[sorted(delays)[len(delays) // 2]]
        low, high = wilson(list(died.values()), total)
        steepest = inside[int(np.nanargmax(growth.rate[inside]))]
        yield {
            "region_code": region,
            "start": dates[counted[0]],
            "end": dates[counted[-1]],
            "cases": total,
            "deaths": middle,
            "cfr": _PER_CENT * middle / total,
            "low": _PER_CENT * float(low.min()),
            "high": _PER_CENT * float(high.max()),
            "crude": _PER_CENT * died[0] / total,
            "growth": growth.rate[steepest],
            "growth_low": growth.low[steepest],
            "growth_high": growth.high[steepest],
            "growth_end": dates[steepest],
        }
