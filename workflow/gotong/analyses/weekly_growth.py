"""Growth of weekly cases from one week to the next, unit by unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.growth import doubling_time, weekly_dispersion, weekly_growth
from gotong.tables import DATE

LEFT_OUT: Final = ("", "end_points")
"""Kinds of cases that tell of no growth: none, and those spread evenly between two known days."""

POISSON: Final = 1.0


def make(tables: Mapping[str, pd.DataFrame], choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the growth of every unit between consecutive weeks.

    Returns
    -------
    pandas.DataFrame
        region_code, week_start (Monday of the later week), cases_kind, cases_before and cases
        (per week), growth, low and high (per day, 95 %), dispersion (multiple of Poisson's
        variance, one for all weeks of a unit), doubling_days (null where cases stand still);
        sorted by its key. Pairs of weeks are left out where one has no count, no cases, a flag
        of a correction, or a count that was spread between two known days.

    Notes
    -----
    `growth.weekly_growth` with `growth.weekly_dispersion`, the latter taken as 1 where it is
    less, so that no interval is narrower than Poisson's. Bounds of the doubling time are not
    given: where the interval of growth holds 0 they make no interval.
    """
    panel = tables["panel_java"]
    usable = ~panel["cases_kind"].isin(LEFT_OUT) & (panel["cases_flag"] == "")
    cases = _by_unit_and_week(panel.assign(cases=panel["cases"].where(usable)))
    counts = cases.to_numpy(dtype="float64")
    found = weekly_growth(counts, np.maximum(weekly_dispersion(counts), POISSON))
    columns = {
        "cases_before": cases.shift(axis="columns").to_numpy(dtype="float64"),
        "cases": counts,
        "growth": found.rate,
        "low": found.low,
        "high": found.high,
        "dispersion": found.dispersion,
        "doubling_days": _finite(doubling_time(found.rate)),
    }
    unit, week = np.nonzero(~np.isnan(found.rate))
    table = pd.DataFrame(
        {
            "region_code": pd.Series(cases.index[unit].to_numpy(), dtype="str"),
            "week_start": pd.Series(cases.columns[week]).astype(DATE),
        }
    )
    table = table.assign(**{name: values[unit, week] for name, values in columns.items()})
    key = ["region_code", "week_start"]
    kinds = table[key].merge(panel[[*key, "cases_kind"]], on=key, validate="one_to_one")
    table.insert(len(key), "cases_kind", kinds["cases_kind"])
    return table


def _by_unit_and_week(panel: pd.DataFrame) -> pd.DataFrame:
    """Return cases with a row per unit and a column for every week, known or not."""
    wide = panel.pivot(index="region_code", columns="week_start", values="cases").sort_index()
    first, last = wide.columns.min(), wide.columns.max()
    # A week that the panel lacks would make neighbours of weeks that are not.
    return wide.reindex(columns=pd.date_range(first, last, freq="7D", unit="s"))


def _finite(values: np.ndarray) -> np.ndarray:
    """Return values with NaN in place of infinities."""
    return np.where(np.isfinite(values), values, np.nan)
