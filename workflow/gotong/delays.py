"""Delays between infection, onset and report, and how to look through them.

Arrays hold daily counts with days along the last axis and regions, if any, along the axes
before it. A delay is a row of probabilities of 0, 1, 2, ... days between two calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc, ndtr

from gotong.epidemic import daily_counts

_SUM_TOLERANCE = 0.01
"""How far from 1 a delay may sum: a cut tail, or published figures that are rounded."""


@dataclass(frozen=True, eq=False)
class Deconvolution:
    """Infections (or onsets) behind reports.

    Attributes
    ----------
    day : numpy.ndarray of int, shape (infection days,)
        Position along the days of the reports; negative before the first of them.
    infections : numpy.ndarray, shape (..., infection days)
        Per day; NaN where no report can tell of them.
    observed : numpy.ndarray, shape (..., infection days)
        Probability that an infection of that day is reported on a day of the series. Where it
        is small, at both ends, the infections rest on few reports.
    iterations : numpy.ndarray of int, shape (...)
        Steps taken.
    chi_squared : numpy.ndarray, shape (...)
        Mean squared deviation of the reports from what the infections let expect, as a multiple
        of that expectation.
    """

    day: np.ndarray
    infections: np.ndarray
    observed: np.ndarray
    iterations: np.ndarray
    chi_squared: np.ndarray


def lognormal_delay(log_mean: float, log_sd: float, length: int) -> np.ndarray:
    """Return a lognormal delay by whole days.

    Parameters
    ----------
    log_mean, log_sd : float
        Mean and standard deviation of the log of the delay in days; the latter above 0.
    length : int
        Number of entries, for 0 to ``length - 1`` days.

    Returns
    -------
    numpy.ndarray, shape (length,)
        Probability of each number of days; see `gamma_delay`.

    Raises
    ------
    ValueError
        A parameter is out of its range.
    """
    if not (np.isfinite([log_mean, log_sd]).all() and log_sd > 0):
        raise ValueError(f"a lognormal delay cannot have log mean {log_mean}, log sd {log_sd}")
    mean = np.exp(log_mean + log_sd**2 / 2)
    day = _days(length)
    z = (log_mean - np.log(np.maximum(day, np.finfo(float).tiny))) / log_sd
    return _by_day(mean * ndtr(z + log_sd) - day * ndtr(z), mean)


def gamma_delay(mean: float, sd: float, length: int) -> np.ndarray:
    """Return a gamma delay by whole days.

    Parameters
    ----------
    mean, sd : float
        In days, above 0.
    length : int
        Number of entries, for 0 to ``length - 1`` days.

    Returns
    -------
    numpy.ndarray, shape (length,)
        Probability of each number of days. What lies beyond the last is left out and not
        shared among the others, so that the sum is a little below 1.

    Raises
    ------
    ValueError
        A parameter is out of its range.

    Notes
    -----
    The first event falls at any hour of its day; the probability of a number of calendar days
    is then the difference of the cumulative distribution at the two ends of the second day,
    averaged over the hours of the first (Charniga et al. 2024, 10.1371/journal.pcbi.1012520). As a
    second difference of E[max(X - day, 0)] it is exact, and it keeps the mean, which the
    difference of the distribution between whole days would lower by half a day.
    """
    if not (np.isfinite([mean, sd]).all() and mean > 0 and sd > 0):
        raise ValueError(f"a gamma delay needs mean and sd above 0, not {mean} and {sd}")
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    day = _days(length)
    return _by_day(
        mean * gammaincc(shape + 1, day / scale) - day * gammaincc(shape, day / scale), mean
    )


def in_sequence(first: ArrayLike, second: ArrayLike) -> np.ndarray:
    """Return the delay over two independent delays, one after the other.

    Parameters
    ----------
    first, second : array_like, shape (n,) and (m,)
        Delays.

    Returns
    -------
    numpy.ndarray, shape (n + m - 1,)

    Raises
    ------
    ValueError
        One is no delay.
    """
    return np.convolve(checked_delay(first), checked_delay(second))


def deconvolved(
    reports: ArrayLike, delay: ArrayLike, dispersion: float = 1.0, most_steps: int = 100
) -> Deconvolution:
    """Return the infections behind reports by Richardson-Lucy deconvolution.

    Parameters
    ----------
    reports : array_like, shape (..., days)
        Reports per day, NaN where missing.
    delay : array_like, shape (n,)
        Delay from infection (or onset) to report.
    dispersion : float
        Variance of reports as a multiple of their mean, above 0; 1 takes them as Poisson.
    most_steps : int
        Steps after which it ends in any case, 1 or more.

    Returns
    -------
    Deconvolution
        From the earliest day whose infections may stand among the reports. Missing reports are
        taken as unobserved, not as none. NaN throughout where no report is there.

    Raises
    ------
    ValueError
        A count is negative or infinite, `delay` is none, or a choice is out of range.

    Notes
    -----
    Goldstein et al. 2009 (10.1073/pnas.0902958106): expectation-maximisation for Poisson
    reports, with each infection weighted by its chance to have been reported in the series.
    The stopping rule is theirs: end when `chi_squared` falls below `dispersion`, that is, when
    the reports are met as closely as chance allows; more steps would fit chance. At least one
    step is taken. Daily reports with a rhythm of the week never come so close: give their
    7-day mean, or the dispersion. It starts from the same number of infections on each day,
    for a zero at the start would stay zero.

    After each step the infections times their chance to be reported sum to the reports.
    """
    counts, probability = daily_counts(reports), checked_delay(delay)
    if not (np.isfinite(dispersion) and dispersion > 0):
        raise ValueError(f"the dispersion must be above 0, not {dispersion}")
    if most_steps < 1:
        raise ValueError(f"deconvolution needs 1 step or more, not {most_steps}")
    day = np.arange(1 - probability.size, counts.shape[-1])
    lag = np.arange(counts.shape[-1])[:, np.newaxis] - day
    within = (lag >= 0) & (lag < probability.size)
    blur = np.where(within, probability[np.where(within, lag, 0)], 0)
    regions = counts.shape[:-1]
    infections = np.full((*regions, day.size), np.nan)
    observed = np.zeros_like(infections)
    iterations, chi_squared = np.zeros(regions, dtype="int64"), np.full(regions, np.nan)
    for region in np.ndindex(regions):
        known = ~np.isnan(counts[region])
        if known.any():
            found = _richardson_lucy(counts[region][known], blur[known], dispersion, most_steps)
            infections[region], observed[region] = found[:2]
            iterations[region], chi_squared[region] = found[2:]
    return Deconvolution(day, infections, observed, iterations, chi_squared)


def checked_delay(values: ArrayLike) -> np.ndarray:
    """Return a delay as float64, or say why it is none.

    Parameters
    ----------
    values : array_like, shape (n,)
        Probability of 0, 1, 2, ... days.

    Returns
    -------
    numpy.ndarray, shape (n,)

    Raises
    ------
    ValueError
        It is empty or not one row, holds a negative or missing probability, or does not sum
        to 1 within a hundredth.
    """
    delay = np.asarray(values, dtype="float64")
    if delay.ndim != 1 or delay.size == 0:
        raise ValueError("a delay must be one row of probabilities, for 0, 1, 2, ... days")
    if not (delay >= 0).all():
        raise ValueError("a delay holds a negative or missing probability")
    if not abs(delay.sum() - 1) <= _SUM_TOLERANCE:
        raise ValueError(f"a delay must sum to 1, not {delay.sum():.6g}: give it more days")
    return delay


def _richardson_lucy(
    reports: np.ndarray, blur: np.ndarray, dispersion: float, most_steps: int
) -> tuple[np.ndarray, np.ndarray, int, float]:
    """Return infections, their chance to be reported, the steps taken and the last chi-squared.

    `blur` has the shape (days with a report, infection days).
    """
    observed = blur.sum(axis=0)
    heard_of = observed > 0
    blur, chance = blur[:, heard_of], observed[heard_of]
    infections = np.full(chance.size, reports.sum() / chance.sum())
    steps, misfit = 0, np.inf
    while steps < most_steps and misfit >= dispersion:
        expected = blur @ infections
        ratio = np.divide(reports, expected, out=np.zeros_like(expected), where=expected > 0)
        infections = infections * (ratio @ blur) / chance
        expected = blur @ infections
        squares = (reports - expected) ** 2
        relative = np.divide(squares, expected, out=np.zeros_like(squares), where=expected > 0)
        steps, misfit = steps + 1, float(relative.mean())
    everywhere = np.full(observed.size, np.nan)
    everywhere[heard_of] = infections
    return everywhere, observed, steps, misfit


def _days(length: int) -> np.ndarray:
    """Return the days at which a delay of so many entries is to be looked up."""
    if length < 1:
        raise ValueError(f"a delay needs 1 entry or more, not {length}")
    return np.arange(length + 1)


def _by_day(excess: np.ndarray, mean: float) -> np.ndarray:
    """Return second differences of E[max(X - day, 0)], which is ``mean + 1`` at day -1."""
    # Where X has hardly begun, the differences are rounding noise of either sign.
    return np.maximum(np.diff(np.concatenate([[mean + 1], excess]), n=2), 0)
