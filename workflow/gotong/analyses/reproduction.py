"""The reproduction number, region by region."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gotong.delays import deconvolved, gamma_delay, in_sequence, lognormal_delay
from gotong.epidemic import WEEK, ReproductionNumber, discretised_gamma, reproduction_number
from gotong.errors import ConfigError
from gotong.provenance import seed_of
from gotong.regions import DKI
from gotong.tables import DATE
from gotong.uncertainty import (
    Distribution,
    block_bootstrap,
    dispersion_of,
    inflated,
    mixed_reproduction_number,
    serial_intervals,
)

DAY = pd.Timedelta(days=1)

OVERDISPERSED, SERIAL, OWN_SITE = "overdispersed", "serial_interval", "own_site"
"""Variants: Poisson's variance widened; the serial interval uncertain; DKI's own-site series,
whose band is widened as well."""
RESAMPLED, INFECTIONS = "block_bootstrap", "infections"
"""Variants: deviations of the counts resampled in blocks; infections in place of reports, whose
band is widened as well."""

INCUBATION_DAYS, REPORT_DAYS = 25, 40
"""Entries of the delays from infection to onset and from onset to report; what lies beyond is
below one in a thousand."""
MOSTLY_REPORTED = 0.9
"""Least chance to be among the reports with which infections of a day are taken to be known."""


def make(tables: Mapping[str, pd.DataFrame], choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t of the configured provinces; see `rt_table`."""
    return rt_table(tables["panel_province"], choices["rt"])


def rt_table(panel: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the reproduction number R_t by province and day.

    Parameters
    ----------
    panel : pandas.DataFrame
        The panel of provinces.
    choices : mapping
        The section ``rt`` of the configuration.

    Returns
    -------
    pandas.DataFrame
        region_code, date (last day of the window), mean, sd, q025, median, q975, from each
        region's first day with a count; missing where R_t cannot be estimated.

    Raises
    ------
    ConfigError
        A region that the panel does not hold.
    """
    _check_regions(panel, choices)
    chosen = panel[panel["region_code"].isin(choices["regions"])]
    return _rt_of(chosen.sort_values("region_code", kind="stable"), choices)


def _lags(mean: float, sd: float) -> int:
    """Return how many days a serial interval reaches back: ten standard deviations past its mean.

    What lies beyond is below any figure shown; without an end, one missing day would blank
    every later estimate.
    """
    return math.ceil(mean + 10 * sd)


def sensitivity(tables: Mapping[str, pd.DataFrame], choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t with what its Poisson interval leaves out, and of DKI's second series.

    Returns
    -------
    pandas.DataFrame
        variant (`OVERDISPERSED`, `SERIAL`, `RESAMPLED`, `INFECTIONS` or `OWN_SITE`),
        region_code, date (last day of the window; of `INFECTIONS` by day of infection), q025,
        median, q975, dispersion (variance of weekly counts as a multiple of their mean; blank
        where the band does not come from one); sorted by its key.

    Raises
    ------
    ConfigError
        A region that the panel does not hold.
    """
    chosen = choices["rt"]
    panel = tables["panel_province"]
    _check_regions(panel, chosen)
    parts = []
    for region in sorted(chosen["regions"]):
        days = _from_first(panel[panel["region_code"] == region])
        parts += [
            _overdispersed(OVERDISPERSED, days, chosen),
            _uncertain_interval(days, chosen),
            _resampled(days, chosen),
            _of_infections(days, chosen),
        ]
    site = tables["cases/dki_site_daily.csv"]
    if DKI in chosen["regions"]:
        own = site[(site["region_code"] == DKI) & (site["date"] >= panel["date"].min())]
        parts.append(_overdispersed(OWN_SITE, _from_first(own), chosen))
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values(["variant", "region_code", "date"], ignore_index=True)


def _check_regions(panel: pd.DataFrame, choices: Mapping[str, Any]) -> None:
    """Stop where a region is chosen that the panel does not hold."""
    unknown = sorted(set(choices["regions"]) - set(panel["region_code"]))
    if unknown:
        found = ", ".join(unknown)
        raise ConfigError(
            "config.yaml", "rt.regions", "codes of provinces", found, 'regions: ["31"]'
        )


def _from_first(series: pd.DataFrame) -> pd.DataFrame:
    """Return the days of a region from the first with a count."""
    return series.loc[series["cases"].first_valid_index() :]


def _estimate(cases: np.ndarray, choices: Mapping[str, Any]) -> ReproductionNumber:
    """Return the Poisson posterior of daily cases, shape (..., days)."""
    prior = choices["prior"]
    return reproduction_number(
        cases,
        _interval(choices),
        choices["window_days"],
        prior["mean"],
        prior["sd"],
    )


def _interval(choices: Mapping[str, Any]) -> np.ndarray:
    """Return the serial interval by whole days."""
    interval = choices["serial_interval"]
    return discretised_gamma(interval["mean"], interval["sd"], _lags(**interval))


def _overdispersed(variant: str, series: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t with a band that holds when counts vary more than Poisson's.

    The variance is a multiple of the mean by quarter: from a few hundred cases a day to many
    thousand no single multiple holds.
    """
    return _widened(variant, series, series, choices)


def _widened(
    variant: str, series: pd.DataFrame, reports: pd.DataFrame, choices: Mapping[str, Any]
) -> pd.DataFrame:
    """Return R_t of a series with a band of the dispersion of the reports that it rests on."""
    counts = series["cases"].astype("float64").to_numpy()
    estimate, w = _estimate(counts, choices), _interval(choices)
    days = pd.DatetimeIndex(reports["date"])
    cases = reports["cases"].astype("float64").to_numpy()
    quarter = pd.DatetimeIndex(series["date"]).to_period("Q")
    reach = choices["dispersion_days"] * DAY
    parts = []
    for each in quarter[estimate.end].unique():
        middle = each.start_time + (each.end_time - each.start_time) / 2
        # The first days of a stretch have no expectation: whom they caught it from lies before.
        near = (days >= middle - reach - len(w) * DAY) & (days <= middle + reach)
        dispersion = float(dispersion_of(cases[near], w))
        wide = _variant(variant, series, inflated(estimate, dispersion))
        parts.append(wide[quarter[estimate.end] == each].assign(dispersion=dispersion))
    return pd.concat(parts, ignore_index=True)


def _uncertain_interval(series: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t with the mean of the serial interval uncertain and Poisson counts."""
    interval, prior = choices["serial_interval"], choices["prior"]
    error = choices.get("serial_mean_error", 0.0)
    found = mixed_reproduction_number(
        series["cases"].astype("float64").to_numpy(),
        serial_intervals(interval["mean"], error, interval["sd"], 0.0, _lags(**interval)),
        choices["window_days"],
        prior["mean"],
        prior["sd"],
    )
    return _variant(SERIAL, series, found).assign(dispersion=np.nan)


def _resampled(series: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t with a band from resampled deviations; see `uncertainty.block_bootstrap`.

    Each region is drawn from the same seed, so that which others are chosen changes nothing.
    """
    prior = choices["prior"]
    found = block_bootstrap(
        series["cases"].astype("float64").to_numpy(),
        _interval(choices),
        np.random.default_rng(seed_of("rt_sensitivity")),
        choices["draws"],
        choices["window_days"],
        choices["block_days"],
        prior_mean=prior["mean"],
        prior_sd=prior["sd"],
    )
    return _variant(RESAMPLED, series, found).assign(dispersion=np.nan)


def _of_infections(series: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t by day of infection, the serial interval standing for the generation interval.

    The band is that of as many reports and leaves out that the delays are not known for Jakarta.
    """
    return _widened(INFECTIONS, infections(series, choices), series, choices)


def infections(series: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the infections behind the reports of one region.

    Parameters
    ----------
    series : pandas.DataFrame
        region_code, date and cases (persons per day) of consecutive days.
    choices : mapping
        The section ``rt`` of the configuration.

    Returns
    -------
    pandas.DataFrame
        The same columns by day of infection, from the first to the last day whose infections
        stand among the reports with a chance of `MOSTLY_REPORTED`.

    Notes
    -----
    Richardson-Lucy deconvolution (Goldstein et al. 2009, 10.1073/pnas.0902958106) of the centred
    7-day mean by incubation and onset to report. It ends when that mean is met as
    closely as chance allows, which is told from how far single days lie from it; more steps
    would turn bulk entries into waves of infections.
    """
    cases = series["cases"].astype("float64").reset_index(drop=True)
    smooth = cases.rolling(WEEK, center=True).mean().to_numpy()
    found = deconvolved(smooth, _reporting(choices), _chance_of_mean(cases.to_numpy(), smooth))
    known = found.observed >= MOSTLY_REPORTED
    table = pd.DataFrame(
        {
            "date": (series["date"].iloc[0] + found.day[known] * DAY).astype(DATE),
            "cases": found.infections[known],
        }
    )
    table.insert(
        0, "region_code", pd.Series([series["region_code"].iloc[0]] * len(table), dtype="str")
    )
    return table


def _reporting(choices: Mapping[str, Any]) -> np.ndarray:
    """Return the delay from infection to report by whole days."""
    incubation, report = choices["incubation"], choices["onset_to_report"]
    shape, scale = report["shape"], report["scale"]
    return in_sequence(
        lognormal_delay(incubation["log_mean"], incubation["log_sd"], INCUBATION_DAYS),
        gamma_delay(shape * scale, scale * shape**0.5, REPORT_DAYS),
    )


def _chance_of_mean(cases: np.ndarray, smooth: np.ndarray) -> float:
    """Return the variance of a 7-day mean as a multiple of the mean; at least Poisson's."""
    known = smooth > 0
    if not known.any():
        return 1 / WEEK
    ratio = float(np.mean((cases[known] - smooth[known]) ** 2 / smooth[known]))
    # A day is part of its own mean: the squares hold six sevenths of the dispersion.
    return max(ratio / (WEEK - 1), 1 / WEEK)


def _variant(
    variant: str, series: pd.DataFrame, found: ReproductionNumber | Distribution
) -> pd.DataFrame:
    """Return the quantiles of a variant by day, from its first window on."""
    days = series.iloc[found.end]
    table = pd.DataFrame(
        {
            "variant": pd.Series([variant] * len(days), dtype="str"),
            "region_code": pd.Series(days["region_code"].to_numpy(), dtype="str"),
            "date": days["date"].astype(DATE).to_numpy(),
        }
    )
    for name, values in zip(("q025", "median", "q975"), found.quantiles, strict=True):
        table[name] = values
    return table


def _rt_of(series: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t of regions whose rows stand together, each from its first day with a count."""
    region = pd.factorize(series["region_code"])[0]
    known = series["cases"].notna().groupby(region)
    kept = (known.cummax() | ~known.transform("any")).to_numpy()
    series, region = series[kept], region[kept]
    since_first = np.arange(len(region)) - np.searchsorted(region, region)
    # Series are as long as the longest; what would lie after the end of one is missing.
    cases = np.full((region.max(initial=0) + 1, since_first.max(initial=0) + 1), np.nan)
    cases[region, since_first] = series["cases"].to_numpy("float64", na_value=np.nan)
    found = _estimate(cases, choices)
    table = pd.DataFrame(
        {
            "region_code": pd.Series(series["region_code"].to_numpy(), dtype="str"),
            "date": series["date"].astype(DATE).to_numpy(),
        }
    )
    estimated = since_first >= found.end[0]
    place = region[estimated], since_first[estimated] - found.end[0]
    columns = {"mean": found.mean, "sd": found.sd}
    columns |= dict(zip(("q025", "median", "q975"), found.quantiles, strict=True))
    for name, values in columns.items():
        column = np.full(len(table), np.nan)
        column[estimated] = values[place]
        table[name] = column
    return table
