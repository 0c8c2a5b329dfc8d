"""Campaigns for health protocols and the growth of cases in the months around them.

A description, not a test. Campaigns ran in the whole country or were begun when cases rose,
nobody was left without, and their dates are good to a month. Growth in the months before a
campaign shows what the months after it owe to the choice of the moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.config import Campaigns
from gotong.growth import growth_interval
from gotong.inference.permutation import permutation_p
from gotong.intervals import percentile_interval
from gotong.provenance import seed_of
from gotong.regions import DKI, DKI_UNITS
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]

EDUCATION: Final = "education"
MASKS: Final = "h6_facial_coverings"
INFORMATION: Final = "h1_public_information"


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return growth in DKI Jakarta, campaigns and national indicators by month.

    Returns
    -------
    pandas.DataFrame
        month (first day), begun (measures coded `EDUCATION` for DKI, or for all of the country,
        that begin in the month), growth (per day, of the last days of the month), growth_low,
        growth_high (95 %, quasi-Poisson with residuals that hang together over a week),
        information and masks (mean of OxCGRT's H1 and H6 of Indonesia).
    """
    chosen = Campaigns.model_validate(choices["campaigns"])
    reach = max(abs(lag) for lag in chosen.lags)
    first, last = pd.Timestamp(chosen.months.start), pd.Timestamp(chosen.months.end)
    months = pd.period_range(first.to_period("M") - reach, last.to_period("M") + reach, freq="M")
    panel = tables["panel_province"]
    cases = panel[panel["region_code"] == DKI].set_index("date")["cases"].astype("float64")
    ends = pd.DatetimeIndex(months.end_time.normalize())
    table = pd.DataFrame({"month": months.start_time.astype(DATE)})
    table["begun"] = _begun(tables["cooperation/measures.csv"], months)
    for name, values in _growth(cases, ends, chosen.growth_days).items():
        table[name] = values
    oxcgrt = tables["policy/oxcgrt_daily.csv"]
    national = oxcgrt[oxcgrt["country_code"] == "IDN"].set_index("date")
    for name, column in (("information", INFORMATION), ("masks", MASKS)):
        monthly = (
            national[column]
            .astype("float64")
            .groupby(pd.DatetimeIndex(national.index).to_period("M"))
            .mean()
        )
        table[name] = monthly.reindex(months).to_numpy()
    return table.astype({"begun": "Int64"})


def _begun(measures: pd.DataFrame, months: pd.PeriodIndex) -> np.ndarray:
    """Return how many campaigns for DKI begin in each month."""
    dki = set(DKI_UNITS)
    reaches = measures["region_codes"].map(lambda codes: bool(dki & set(str(codes).split())))
    chosen = measures[(measures["factor"] == EDUCATION) & reaches].dropna(subset="start_date")
    counts = chosen["start_date"].dt.to_period("M").value_counts()
    return counts.reindex(months, fill_value=0).to_numpy()


def _growth(cases: pd.Series, ends: pd.DatetimeIndex, days: int) -> dict[str, np.ndarray]:
    """Return growth and its interval in the days that end with each month."""
    found = growth_interval(cases.to_numpy(), days, lags=7)
    columns = {"growth": found.rate, "growth_low": found.low, "growth_high": found.high}
    return {
        name: pd.Series(values, index=cases.index).reindex(ends).to_numpy()
        for name, values in columns.items()
    }


def lags(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return growth some months after months in which a campaign began, less that after others.

    Returns
    -------
    pandas.DataFrame
        lag (months from campaign to growth; below 0, growth comes first), difference (per day),
        low and high (95 %, from resampled blocks of months), p and smallest_p (all shifts of
        the campaigns along the months), with_campaign and without (months).
    """
    chosen = Campaigns.model_validate(choices["campaigns"])
    rng = np.random.default_rng(seed_of("campaign_lags"))
    monthly = tables["campaigns"]
    inside = monthly["month"].between(chosen.months.start, chosen.months.end)
    begun = monthly.loc[inside, "begun"].to_numpy() > 0
    rows = []
    for lag in sorted(chosen.lags):
        growth = monthly["growth"].shift(-lag)[inside].to_numpy()
        known = ~np.isnan(growth)
        rows.append({"lag": lag, **_contrast(begun[known], growth[known], chosen, rng)})
    types = {"lag": "Int64", "with_campaign": "Int64", "without": "Int64"}
    return pd.DataFrame(rows).astype(types)


def _contrast(
    begun: np.ndarray, growth: np.ndarray, chosen: Campaigns, rng: np.random.Generator
) -> dict[str, Any]:
    """Return the difference between two kinds of months, with interval and test."""
    months = begun.size
    starts = rng.integers(0, months, (chosen.draws, -(-months // chosen.block_months)))
    places = (starts[:, :, np.newaxis] + np.arange(chosen.block_months)) % months
    drawn = places.reshape(chosen.draws, -1)[:, :months]
    difference = float(_difference(begun, growth))
    interval = percentile_interval(difference, _difference(begun[drawn], growth[drawn]))
    shifted = np.array([np.roll(begun, shift) for shift in range(1, months)])
    test = permutation_p(_difference(shifted, growth), difference, "two-sided")
    return {
        "difference": difference,
        "low": interval.low,
        "high": interval.high,
        "p": test.p_value,
        "smallest_p": test.smallest,
        "with_campaign": int(begun.sum()),
        "without": int((~begun).sum()),
    }


def _difference(begun: np.ndarray, growth: np.ndarray) -> np.ndarray:
    """Return mean growth where campaigns began less that elsewhere, along the last axis."""
    first, second = (np.where(part, growth, 0).sum(axis=-1) for part in (begun, ~begun))
    ones = begun.sum(axis=-1)
    zeros = begun.shape[-1] - ones
    usable = (ones > 0) & (zeros > 0)
    one, other = np.maximum(ones, 1), np.maximum(zeros, 1)
    return np.where(usable, first / one - second / other, np.nan)
