"""How many cases die, and how many cases and deaths were never counted as such.

Counts are arrays of any shape; where days matter they lie along the last axis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri

from gotong.delays import checked_delay
from gotong.epidemic import daily_counts
from gotong.intervals import CONFIDENCE, check_confidence

_TINY = float(np.finfo(float).tiny)
"""Stands for a parameter of 0, of which the beta distribution has none; the bound is known."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """Estimates with intervals.

    Attributes
    ----------
    value, low, high : numpy.ndarray
        Of one shape; NaN where there is no estimate.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def share_interval(
    successes: ArrayLike, trials: ArrayLike, confidence: float = CONFIDENCE
) -> Estimate:
    """Return exact intervals of shares.

    Parameters
    ----------
    successes, trials : array_like
        How many of how many, which need not be whole: an effective number of trials will do.
        NaN where missing.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        From 0 to 1; NaN where there are no trials, or more successes than trials.

    Raises
    ------
    ValueError
        A count is negative or infinite, or the confidence is none.

    Notes
    -----
    Clopper and Pearson 1934 (10.1093/biomet/26.4.404), by the beta distribution.
    """
    check_confidence(confidence)
    hits, total = np.broadcast_arrays(_counts(successes), _counts(trials))
    usable = (total > 0) & (hits <= total)
    some, rest = np.where(usable, hits, np.nan), np.where(usable, total - hits, np.nan)
    below, above = (1 - confidence) / 2, (1 + confidence) / 2
    low = np.where(some == 0, 0, betaincinv(np.maximum(some, _TINY), rest + 1, below))
    high = np.where(rest == 0, 1, betaincinv(some + 1, np.maximum(rest, _TINY), above))
    unknown = np.where(usable, 0, np.nan)
    return Estimate(some / (some + rest), low + unknown, high + unknown)


def crude_fatality(cases: ArrayLike, deaths: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Return deaths over cases, both to date.

    Parameters
    ----------
    cases, deaths : array_like, shape (..., days)
        New cases and deaths per day from the first on, NaN where missing.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Shape (..., days). NaN from the first missing day on, and before the first case.

    Raises
    ------
    ValueError
        A count is negative or infinite, the shapes differ, or the confidence is none.

    Notes
    -----
    Too low while an epidemic grows, since some of the cases have yet to die.
    """
    fell_ill, died = _pair(cases, deaths)
    return share_interval(np.cumsum(died, axis=-1), np.cumsum(fell_ill, axis=-1), confidence)


def underestimation(cases: ArrayLike, onset_to_death: ArrayLike) -> np.ndarray:
    """Return by what factor the crude fatality is too low on each day.

    Parameters
    ----------
    cases : array_like, shape (..., days)
        New cases per day from the first on, NaN where missing.
    onset_to_death : array_like, shape (n,)
        Probability that a fatal case dies 0, 1, 2, ... days after the day on which it is
        counted among the cases.

    Returns
    -------
    numpy.ndarray, shape (..., days)
        Share, from 0 to 1, of those who will die of the cases to date that have died. NaN from
        the first missing day on, and before the first case.

    Raises
    ------
    ValueError
        A count is negative or infinite, or `onset_to_death` is no delay.

    Notes
    -----
    u_t of Nishiura et al. 2009 (10.1371/journal.pone.0006852): the cases whose outcome would be
    known by day t over all cases by day t.
    """
    fell_ill, delay = daily_counts(cases), checked_delay(onset_to_death)
    days = fell_ill.shape[-1]
    dead_by = np.minimum(np.cumsum(delay), 1)
    dead_by = np.concatenate([dead_by, np.full(max(days - dead_by.size, 0), dead_by[-1])])[:days]
    lag = np.arange(days) - np.arange(days)[:, np.newaxis]
    known = np.where(lag >= 0, dead_by[np.abs(lag)], 0)
    gap = np.isnan(np.cumsum(fell_ill, axis=-1))
    outcome = np.where(np.isnan(fell_ill), 0, fell_ill) @ known
    total = np.cumsum(np.where(np.isnan(fell_ill), 0, fell_ill), axis=-1)
    share = np.divide(outcome, total, out=np.full_like(total, np.nan), where=total > 0)
    return np.where(gap, np.nan, share)


def adjusted_fatality(
    cases: ArrayLike, deaths: ArrayLike, onset_to_death: ArrayLike, confidence: float = CONFIDENCE
) -> Estimate:
    """Return the fatality of cases, allowing for those whose outcome is not yet known.

    Parameters
    ----------
    cases, deaths : array_like, shape (..., days)
        New cases and deaths per day from the first on, NaN where missing.
    onset_to_death : array_like, shape (n,)
        Probability that a fatal case dies 0, 1, 2, ... days after the day on which it is
        counted among the cases: from report, where cases are dated by report.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    Estimate
        Shape (..., days). NaN from the first missing day on, before any outcome can be known,
        and where more died than have a known outcome, which no fatality explains.

    Raises
    ------
    ValueError
        A count is negative or infinite, the shapes differ, `onset_to_death` is no delay, or the
        confidence is none.

    Notes
    -----
    Nishiura et al. 2009 (10.1371/journal.pone.0006852): deaths to date over cases to date times
    `underestimation`; the interval is binomial with that effective number of cases, here that
    of Clopper and Pearson. For COVID-19, Linton et al. 2020 (10.3390/jcm9020538) give a median
    of 13 days from onset to death, 17 days once right truncation is allowed for.

    It concerns confirmed cases and confirmed deaths. Where either is missed, the ratio is not
    that of the infected.
    """
    fell_ill, died = _pair(cases, deaths)
    effective = np.cumsum(fell_ill, axis=-1) * underestimation(fell_ill, onset_to_death)
    return share_interval(np.cumsum(died, axis=-1), effective, confidence)


def count_ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    confidence: float = CONFIDENCE,
    dispersion: float = 1.0,
) -> Estimate:
    """Return the ratio of two counts, such as protocol burials over confirmed deaths.

    Parameters
    ----------
    numerator, denominator : array_like
        Counts of the same time and place, NaN where missing.
    confidence : float
        Probability of the interval, between 0 and 1.
    dispersion : float
        Variance of a count as a multiple of its mean, above 0; 1 takes them as Poisson.

    Returns
    -------
    Estimate
        NaN where a count is missing or zero.

    Raises
    ------
    ValueError
        A count is negative or infinite, the dispersion is not above 0, or the confidence is
        none.

    Notes
    -----
    Log-normal: the log of the ratio has a variance of ``dispersion * (1 / a + 1 / b)`` by the
    delta method (Rothman, Greenland and Lash 2008, Modern Epidemiology, chapter 14). The counts
    are taken as independent. Burials include most confirmed deaths, which ties the two
    together and would make the interval narrower; places of residence and of burial differ.
    """
    check_confidence(confidence)
    if not (np.isfinite(dispersion) and dispersion > 0):
        raise ValueError(f"the dispersion must be above 0, not {dispersion}")
    above, below = np.broadcast_arrays(_counts(numerator), _counts(denominator))
    above, below = (np.where(count > 0, count, np.nan) for count in (above, below))
    ratio = above / below
    margin = np.exp(ndtri((1 + confidence) / 2) * np.sqrt(dispersion * (1 / above + 1 / below)))
    return Estimate(ratio, ratio / margin, ratio * margin)


def ascertainment(
    cases: ArrayLike,
    seroprevalence: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    population: ArrayLike,
) -> Estimate:
    """Return the share of infections that were counted as cases.

    Parameters
    ----------
    cases : array_like
        Confirmed cases up to some two weeks before the survey, when antibodies would show.
    seroprevalence, low, high : array_like
        Share of the population with antibodies and its interval, above 0 and up to 1.
    population : array_like
        Residents, above 0.

    Returns
    -------
    Estimate
        Cases over infected residents. The bounds carry over those of the seroprevalence; the
        cases are a count and have none. A value above 1 says that the figures do not fit.

    Raises
    ------
    ValueError
        A figure is out of its range, or the interval does not hold its estimate.
    """
    counted = _counts(cases)
    residents = np.asarray(population, dtype="float64")
    shares = [np.asarray(share, dtype="float64") for share in (low, seroprevalence, high)]
    if not ((residents > 0) & np.isfinite(residents)).all():
        raise ValueError("every population must be known and above 0")
    if not all(((share > 0) & (share <= 1)).all() for share in shares):
        raise ValueError("a seroprevalence must lie above 0 and not above 1")
    if not ((shares[0] <= shares[1]) & (shares[1] <= shares[2])).all():
        raise ValueError("the interval of a seroprevalence must hold it")
    most, value, least = (counted / (share * residents) for share in shares)
    return Estimate(value, least, most)


def _counts(values: ArrayLike) -> np.ndarray:
    """Return counts as float64, or say that they are none."""
    counts = np.asarray(values, dtype="float64")
    if ((counts < 0) | np.isinf(counts)).any():
        raise ValueError("counts must be 0 or more and finite, or NaN")
    return counts


def _pair(cases: ArrayLike, deaths: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return daily cases and deaths of one shape, or say that they differ."""
    fell_ill, died = daily_counts(cases), daily_counts(deaths)
    if fell_ill.shape != died.shape:
        raise ValueError(f"cases of shape {fell_ill.shape}, but deaths of shape {died.shape}")
    return fell_ill, died
