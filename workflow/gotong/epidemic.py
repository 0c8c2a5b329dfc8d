"""How fast the epidemic grows: reproduction number, growth rate, incidence.

Arrays hold daily counts with days along the last axis and regions, if any, along the axes
before it. A missing day is NaN and stays missing: whatever would need it is NaN too. Filling
with zeros is a statement about the epidemic (nobody fell ill) that only the caller can make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike
from scipy.special import gammaincc, gammaincinv

from gotong.intervals import QUANTILES

WEEK: Final = 7

_SUM_TOLERANCE = 0.01
"""How far from 1 a serial interval may sum, as in EpiEstim: published ones are rounded."""


def discretised_gamma(mean: float, sd: float, length: int) -> np.ndarray:
    """Return a serial interval by whole days from a gamma distribution shifted by one day.

    Parameters
    ----------
    mean : float
        Mean in days, above 1: nobody falls ill on the day of their infector.
    sd : float
        Standard deviation in days of the continuous distribution, above 0.
    length : int
        Number of entries, for lags of 0 to ``length - 1`` days. EpiEstim takes as many as the
        series has days. A shorter one forgets a missing day sooner (see `infectiousness`).

    Returns
    -------
    numpy.ndarray, shape (length,)
        Probability of each lag; the first is 0. What lies beyond the last lag is left out and
        not shared among the others, as in EpiEstim, so that the sum is a little below 1.

    Raises
    ------
    ValueError
        A parameter is out of its range.

    Notes
    -----
    Cori et al. 2013 (10.1093/aje/kwt133), web appendix 11; ``discr_si`` of EpiEstim. Infector
    and infected fall ill at any hour of their days, which puts the gamma density of X under
    triangles two days wide. Those are second differences of E[max(X - x, 0)]; EpiEstim takes
    them of E[max(x - X, 0)], which is the same but drowns in rounding far in the tail.
    """
    if not (np.isfinite(mean) and mean > 1):
        raise ValueError(f"the mean of the serial interval must be above 1 day, not {mean}")
    if not (np.isfinite(sd) and sd > 0):
        raise ValueError(f"the sd of the serial interval must be above 0 days, not {sd}")
    if length < 2:
        raise ValueError(f"the serial interval needs 2 entries or more, not {length}")
    shape = ((mean - 1) / sd) ** 2
    scale = sd**2 / (mean - 1)
    x = np.arange(-1, length)
    lag = np.maximum(x, 0) / scale
    excess = (mean - 1) * gammaincc(shape + 1, lag) - x * gammaincc(shape, lag)
    # Where X has hardly begun, the differences are rounding noise of either sign.
    return np.concatenate([[0.0], np.maximum(np.diff(excess, n=2), 0)])


def infectiousness(incidence: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Return the overall infectiousness: past cases weighted by the serial interval.

    Parameters
    ----------
    incidence : array_like, shape (..., days)
        New cases per day, NaN where missing.
    w : array_like, shape (lags,)
        Serial interval: probability of a lag of 0, 1, 2, ... days; the first is 0.

    Returns
    -------
    numpy.ndarray, shape (..., days)
        Cases expected per day if R were 1 (Cori et al. 2013, equation 1). NaN on the first
        day, whose cases count as imported, and on each day that lies a lag of positive
        probability after a missing one. Cases before the first day are taken as none. Days
        before a region's first report are missing days like any other.

    Raises
    ------
    ValueError
        A count is negative or infinite, or `w` is no serial interval.
    """
    cases, weights = daily_counts(incidence), _serial_interval(w)
    missing = np.isnan(cases)
    known = np.where(missing, 0, cases)
    total = np.zeros_like(cases)
    unknown = np.zeros_like(missing)
    unknown[..., 0] = True
    for lag in np.flatnonzero(weights[: cases.shape[-1]]):
        total[..., lag:] += weights[lag] * known[..., :-lag]
        unknown[..., lag:] |= missing[..., :-lag]
    total[unknown] = np.nan
    return total


@dataclass(frozen=True, eq=False)
class ReproductionNumber:
    """Posterior of R_t: one gamma distribution per region and window.

    Attributes
    ----------
    end : numpy.ndarray of int, shape (windows,)
        Position of the last day of each window along the days of the incidence.
    shape, rate : numpy.ndarray, shape (..., windows)
        Parameters of the gamma distributions; NaN where there is no estimate.
    levels : tuple of float
        Probabilities of the quantiles.
    quantiles : numpy.ndarray, shape (levels, ..., windows)
        Quantiles, in persons infected per person.
    """

    end: np.ndarray
    shape: np.ndarray
    rate: np.ndarray
    levels: tuple[float, ...]
    quantiles: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Posterior mean, in persons infected per person."""
        return self.shape / self.rate

    @property
    def sd(self) -> np.ndarray:
        """Posterior standard deviation, in persons infected per person."""
        return np.sqrt(self.shape) / self.rate


def reproduction_number(
    incidence: ArrayLike,
    w: ArrayLike,
    window: int = WEEK,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    levels: Sequence[float] = QUANTILES,
) -> ReproductionNumber:
    """Estimate the reproduction number R_t by sliding windows.

    Parameters
    ----------
    incidence : array_like, shape (..., days)
        New cases per day, NaN where missing; more days than `window`.
    w : array_like, shape (lags,)
        Serial interval: probability of a lag of 0, 1, 2, ... days; the first is 0.
    window : int
        Days over which R_t is taken as constant.
    prior_mean, prior_sd : float
        Mean and standard deviation of the gamma prior.
    levels : sequence of float
        Probabilities of the quantiles, above 0 and below 1.

    Returns
    -------
    ReproductionNumber
        One window for each day but the first `window`; the first window is days 2 to
        ``window + 1``. NaN where the window holds a missing day or needs one for its
        infectiousness, where it ends no later than the mean serial interval after the start
        (EpiEstim), and where no past case can have infected anyone (EpiEstim gives the
        prior there).

    Raises
    ------
    ValueError
        A count is negative or infinite, `w` is no serial interval, or a choice is out of range.

    Notes
    -----
    Cori et al. 2013 (10.1093/aje/kwt133). With cases Poisson around R_t times the overall
    infectiousness, the gamma prior stays gamma: the shape grows by the cases of the window,
    the rate by its infectiousness.

    The interval is too narrow for Jakarta. Poisson holds when everybody infects alike; in the
    first chains of Jakarta and Depok a few infected nearly all (dispersion k = 0.06, medRxiv
    2020.06.28.20142133). The offspring of one case then vary by 1 + R/k times the Poisson
    variance, 18 times at R = 1, so that the interval may be up to four times too narrow even
    if every case were reported on its day; in simulated epidemics of that kind the 95 %
    interval holds R in about four of ten runs. Delays, batches and changes in testing come on
    top. None of this is in the interval.
    """
    cases = daily_counts(incidence)
    weights = _serial_interval(w)
    _check_window(window)
    if cases.shape[-1] <= window:
        raise ValueError(f"windows of {window} days need {window + 1} days, not {cases.shape[-1]}")
    if not (np.isfinite([prior_mean, prior_sd]).all() and prior_mean > 0 and prior_sd > 0):
        raise ValueError(f"the prior needs mean and sd above 0, not {prior_mean} and {prior_sd}")
    probabilities = np.asarray(levels, dtype="float64")
    if not ((probabilities > 0) & (probabilities < 1)).all():
        raise ValueError(f"levels must lie above 0 and below 1, not {tuple(levels)}")

    end = np.arange(window, cases.shape[-1])
    infected = trailing(cases, window)[..., end, :].sum(axis=-1)
    infecting = trailing(infectiousness(cases, weights), window)[..., end, :].sum(axis=-1)
    too_early = end + 1 <= weights @ np.arange(weights.size)
    unusable = np.isnan(infected + infecting) | (infecting == 0) | too_early
    shape = np.where(unusable, np.nan, (prior_mean / prior_sd) ** 2 + infected)
    rate = np.where(unusable, np.nan, prior_mean / prior_sd**2 + infecting)
    standard = _gamma_quantiles(shape, probabilities)
    return ReproductionNumber(
        end, shape, rate, tuple(float(level) for level in levels), standard / rate
    )


def _gamma_quantiles(shape: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return quantiles of gamma distributions of rate 1: one array like `shape` each."""
    if not probabilities.size:
        return np.empty((0, *shape.shape))
    # Windows share few totals of cases, and inverting the distribution is nearly all the work.
    distinct, place = np.unique(shape, return_inverse=True)
    return gammaincinv(distinct, probabilities[:, np.newaxis])[:, place.reshape(shape.shape)]


def growth_rate(incidence: ArrayLike, window: int = 14) -> np.ndarray:
    """Return the growth of incidence: slope of the log of its 7-day mean.

    Parameters
    ----------
    incidence : array_like, shape (..., days)
        New cases per day, NaN where missing.
    window : int
        Days of the line that is fitted by least squares, 2 or more.

    Returns
    -------
    numpy.ndarray, shape (..., days)
        Growth per day of the `window` days that end on each day; it draws on ``window + 6``
        days. Cases double in ``log(2) / growth`` days. NaN before the first full window and
        where a mean is zero or missing.

    Raises
    ------
    ValueError
        A count is negative or infinite, or `window` is below 2.

    Notes
    -----
    Needs no serial interval, and so checks what R_t owes to it. It comes without a standard
    error on purpose: neighbouring 7-day means share six of their seven days, so that the
    residuals of the line hang together and the usual formula would be too small, about
    threefold for steady Poisson counts.
    """
    if window < 2:
        raise ValueError(f"a slope needs a window of 2 days or more, not {window}")
    mean = rolling_mean(daily_counts(incidence))
    log_mean = np.log(np.where(mean > 0, mean, np.nan))
    day = np.arange(window) - (window - 1) / 2
    return trailing(log_mean, window) @ (day / (day @ day))


def rolling_mean(x: ArrayLike, window: int = WEEK) -> np.ndarray:
    """Return the mean of the `window` days that end on each day.

    Parameters
    ----------
    x : array_like, shape (..., days)
        Daily values, NaN where missing.
    window : int
        Days of the mean.

    Returns
    -------
    numpy.ndarray, shape (..., days)
        In the unit of `x`; NaN before the first full window and where a day of it is missing.

    Raises
    ------
    ValueError
        `window` is below 1.
    """
    _check_window(window)
    return trailing(np.asarray(x, dtype="float64"), window).mean(axis=-1)


def incidence_per_100k(cases: ArrayLike, population: ArrayLike) -> np.ndarray:
    """Return cases per 100,000 residents.

    Parameters
    ----------
    cases : array_like, shape (..., days)
        Cases, NaN where missing.
    population : array_like, shape (...)
        Residents of each region, above 0; NaN where unknown.

    Returns
    -------
    numpy.ndarray, shape (..., days)
        Per 100,000 residents, over the same time as `cases`; NaN where either is missing.

    Raises
    ------
    ValueError
        A count is negative or infinite, the regions do not match, or a population is not above
        0.
    """
    counts = daily_counts(cases)
    residents = np.asarray(population, dtype="float64")
    if residents.shape != counts.shape[:-1]:
        raise ValueError(
            f"population of shape {residents.shape} does not fit cases of shape {counts.shape}"
        )
    if ((residents <= 0) | np.isinf(residents)).any():
        raise ValueError("every population must be above 0 and finite, or NaN")
    return counts / residents[..., np.newaxis] * 1e5


def daily_counts(values: ArrayLike) -> np.ndarray:
    """Return counts as float64, or say which one cannot be a count.

    Parameters
    ----------
    values : array_like, shape (..., days)
        Counts, NaN where missing.

    Returns
    -------
    numpy.ndarray, shape (..., days)

    Raises
    ------
    ValueError
        There is no day, or a count is negative or infinite.
    """
    counts = np.asarray(values, dtype="float64")
    if counts.ndim == 0 or counts.shape[-1] == 0:
        raise ValueError("the cases hold no day")
    wrong = np.argwhere((counts < 0) | np.isinf(counts))
    if wrong.size:
        place = tuple(wrong[0].tolist())
        raise ValueError(f"cases must be 0 or more, or NaN; at {place} stands {counts[place]}")
    return counts


def trailing(x: np.ndarray, window: int) -> np.ndarray:
    """Return, per day, the `window` values that end on it.

    Parameters
    ----------
    x : numpy.ndarray of float, shape (..., days)
        Daily values.
    window : int
        Days, 1 or more.

    Returns
    -------
    numpy.ndarray, shape (..., days, window)
        A view that is not to be written to; NaN stands for days before the first.

    Notes
    -----
    Sums over these hold no rounding of other days, which differences of cumulative sums would:
    zero stays zero after a large wave, and a missing day stays in its own windows.
    """
    before = np.full((*x.shape[:-1], window - 1), np.nan)
    return sliding_window_view(np.concatenate([before, x], axis=-1), window, axis=-1)


def _serial_interval(values: ArrayLike) -> np.ndarray:
    """Return a serial interval as float64, or say why it is none."""
    w = np.asarray(values, dtype="float64")
    if w.ndim != 1 or w.size == 0 or w[0] != 0:
        raise ValueError("the serial interval must be one row that starts with 0, for lag 0")
    if not (w >= 0).all():
        raise ValueError("the serial interval holds a negative or missing probability")
    if not abs(w.sum() - 1) <= _SUM_TOLERANCE:
        raise ValueError(f"the serial interval must sum to 1, not {w.sum():.6g}")
    return w


def _check_window(window: int) -> None:
    if window < 1:
        raise ValueError(f"a window needs 1 day or more, not {window}")
