"""Growth of counts with intervals that hold when counts vary more than Poisson's.

The variance of a count is taken as a multiple of its mean (quasi-Poisson); the multiple is
called the dispersion. Arrays hold counts with time along the last axis and regions, if any,
along the axes before it; a missing count is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from gotong.epidemic import WEEK, daily_counts, trailing
from gotong.intervals import CONFIDENCE, check_confidence

STEEPEST: Final = 2.0
"""Growth per day beyond which a fit is given up. Cases that stand on one end of their window
alone are fitted best by an infinite growth."""

_LONGEST_STEP = 0.5
_MOST_STEPS = 100
_PRECISION = 1e-12


@dataclass(frozen=True, eq=False)
class Growth:
    """Growth rates with intervals; NaN where there is no estimate.

    Attributes
    ----------
    rate : numpy.ndarray, shape (..., time)
        Growth per day of the log of the expected counts.
    standard_error : numpy.ndarray, shape (..., time)
        Per day.
    low, high : numpy.ndarray, shape (..., time)
        Confidence interval of the rate, per day.
    dispersion : numpy.ndarray, shape (..., time)
        Variance of the counts as a multiple of their mean; 1 for Poisson counts.
    """

    rate: np.ndarray
    standard_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    dispersion: np.ndarray


@dataclass(frozen=True, eq=False)
class _Fit:
    """Log-linear fits.

    Attributes
    ----------
    slope, information : numpy.ndarray, shape (...)
        Growth per day and its Fisher information for Poisson counts; NaN where there is none.
    mean : numpy.ndarray, shape (..., days)
        Expected counts.
    lever : numpy.ndarray, shape (..., days)
        Time less the mean time of the group, weighted by the expected counts.
    levels : numpy.ndarray, shape (...)
        How many groups have a case and with it a level.
    """

    slope: np.ndarray
    information: np.ndarray
    mean: np.ndarray
    lever: np.ndarray
    levels: np.ndarray


def growth_interval(
    incidence: ArrayLike,
    window: int = 3 * WEEK,
    *,
    weekdays: bool = True,
    lags: int = 0,
    confidence: float = CONFIDENCE,
) -> Growth:
    """Return the growth of daily counts by a quasi-Poisson regression on sliding windows.

    Parameters
    ----------
    incidence : array_like, shape (..., days)
        New cases per day, NaN where missing.
    window : int
        Days of one fit: two weeks or more with `weekdays`, three days or more without.
    weekdays : bool
        Give each day of the week a level of its own.
    lags : int
        Days over which deviations may hang together (Newey-West with Bartlett weights); 0 takes
        them as independent, with a variance proportional to the mean.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    Growth
        Of the `window` days that end on each day. NaN where the window is not full or holds a
        missing day, and where its counts allow no finite growth (no cases at all, or cases on
        one end only). A day of the week without any case says nothing and takes no part.

    Raises
    ------
    ValueError
        A count is negative or infinite, or a choice is out of range.

    Notes
    -----
    McCullagh and Nelder 1989, Generalized Linear Models, chapter 9: log link, variance
    ``dispersion * mean``, dispersion from Pearson's chi-squared over the residual degrees of
    freedom. The levels of the weekdays are concentrated out, which leaves one equation for the
    growth and the same solution as the full regression. With `lags`, Newey and West 1987
    (10.2307/1913610) with the small-sample factor n / (n - p). Bounds are by Student's t.

    Newey-West variances of so few days tend to be too small. Either way the interval speaks of
    the window alone: swings of the epidemic that are slower than the window are not in it.
    """
    _check_choices(window, weekdays, lags, confidence)
    observed = trailing(daily_counts(incidence), window)
    usable = ~np.isnan(observed).any(axis=-1)
    counts = np.where(usable[..., np.newaxis], observed, 0)
    fit = _log_linear(counts, np.arange(window) % (WEEK if weekdays else 1))

    takes_part = fit.mean > 0
    days = takes_part.sum(axis=-1)
    spare = days - fit.levels - 1
    freedom = np.where((spare > 0) & ~np.isnan(fit.slope), spare, np.nan)
    squares = (counts - fit.mean) ** 2 / np.where(takes_part, fit.mean, 1)
    dispersion = squares.sum(axis=-1) / freedom
    variance = dispersion / fit.information
    if lags:
        scores = _newey_west((counts - fit.mean) * fit.lever, lags)
        variance = scores / fit.information**2 * days / freedom
    error = np.sqrt(variance)
    margin = stdtrit(freedom, (1 + confidence) / 2) * error
    rate = np.where(np.isnan(freedom), np.nan, fit.slope)
    return Growth(rate, error, rate - margin, rate + margin, dispersion)


def weekly_growth(
    weekly: ArrayLike, dispersion: ArrayLike = 1.0, confidence: float = CONFIDENCE
) -> Growth:
    """Return the growth from one week to the next.

    Parameters
    ----------
    weekly : array_like, shape (..., weeks)
        Counts of consecutive weeks, NaN where missing.
    dispersion : array_like, shape () or (...)
        Variance of weekly counts as a multiple of their mean, as from `weekly_dispersion`;
        1 takes them as Poisson.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    Growth
        Per day. NaN in the first week and where one of the two counts is missing or zero.

    Raises
    ------
    ValueError
        A count is negative or infinite, a dispersion is not above 0 or does not fit the
        regions, or the confidence is none.

    Notes
    -----
    ``log(C[w] / C[w - 1]) / 7``. By the delta method the log of a count C has a variance of
    ``dispersion / C``; the two weeks are taken as independent. Bounds are by the normal
    distribution. Below some ten cases a week the approximation is poor.
    """
    check_confidence(confidence)
    counts = daily_counts(weekly)
    factor = checked_dispersion(dispersion, counts.shape[:-1])
    now = np.where(counts > 0, counts, np.nan)
    before = np.concatenate([np.full_like(now[..., :1], np.nan), now[..., :-1]], axis=-1)
    rate = np.log(now / before) / WEEK
    error = np.sqrt(factor * (1 / now + 1 / before)) / WEEK
    margin = ndtri((1 + confidence) / 2) * error
    return Growth(rate, error, rate - margin, rate + margin, factor + 0 * rate)


def weekly_dispersion(weekly: ArrayLike) -> np.ndarray:
    """Return the variance of weekly counts as a multiple of their mean.

    Parameters
    ----------
    weekly : array_like, shape (..., weeks)
        Counts of consecutive weeks, NaN where missing.

    Returns
    -------
    numpy.ndarray, shape (...)
        NaN without three consecutive weeks with cases.

    Raises
    ------
    ValueError
        A count is negative or infinite.

    Notes
    -----
    From how far the log of a week lies from the middle of its neighbours (difference-based, as
    Gasser, Sroka and Jennen-Steinmetz 1986, 10.1093/biomet/73.3.625): steady growth cancels,
    and the square has the expectation ``dispersion * (1 / C[w - 1] + 4 / C[w] + 1 / C[w + 1])``
    by the delta method. Turns of the epidemic count as noise, which errs on the safe side.
    """
    counts = daily_counts(weekly)
    positive = np.where(counts > 0, counts, np.nan)
    bend = np.diff(np.log(positive), n=2)
    inverse = 1 / positive
    scale = inverse[..., :-2] + 4 * inverse[..., 1:-1] + inverse[..., 2:]
    known = ~np.isnan(bend)
    ratio = np.where(known, bend**2 / scale, 0).sum(axis=-1)
    weeks = known.sum(axis=-1)
    return np.where(weeks > 0, ratio / np.maximum(weeks, 1), np.nan)


def doubling_time(growth: ArrayLike) -> np.ndarray:
    """Return the days in which counts double at a growth rate.

    Parameters
    ----------
    growth : array_like
        Growth per day.

    Returns
    -------
    numpy.ndarray
        Days, of the same shape; negative where counts halve in so many days, infinite where
        they stand still. Bounds of a growth rate on either side of 0 make no interval of the
        doubling time: it then lies above the one or below the other, through infinity.
    """
    rate = np.asarray(growth, dtype="float64")
    return np.divide(np.log(2), rate, out=np.full_like(rate, np.inf), where=rate != 0)


def checked_dispersion(values: ArrayLike, regions: tuple[int, ...]) -> np.ndarray:
    """Return dispersions that stand against arrays by region and time.

    Parameters
    ----------
    values : array_like, shape () or that of the regions
        Variance as a multiple of the mean; NaN where unknown.
    regions : tuple of int
        Shape of the regions.

    Returns
    -------
    numpy.ndarray, shape (1,) or (..., 1)

    Raises
    ------
    ValueError
        One is not above 0 or infinite, or they do not fit the regions.
    """
    dispersion = np.asarray(values, dtype="float64")
    if dispersion.shape not in ((), regions):
        raise ValueError(
            f"dispersion of shape {dispersion.shape} does not fit regions of shape {regions}"
        )
    if (dispersion <= 0).any() or np.isinf(dispersion).any():
        raise ValueError("a dispersion must be above 0 and finite, or NaN")
    return dispersion[..., np.newaxis]


def _log_linear(counts: np.ndarray, group: np.ndarray) -> _Fit:
    """Fit a common slope of the log mean, with a level of its own for each group of days.

    Given the total of a group, Poisson counts are multinomial with shares proportional to
    ``exp(slope * day)``; the total says nothing of the slope. That likelihood is concave, and
    Newton's method meets its top. Where it has none, mean and lever are those of slope 0.

    `counts` has the shape (..., days) and no missing day; `group` numbers the days' groups.
    """
    day = np.arange(counts.shape[-1]) - (counts.shape[-1] - 1) / 2
    member = (group == np.arange(group.max() + 1)[:, np.newaxis]).astype("float64")
    totals = counts @ member.T

    def moments(slope: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        share = np.exp(slope[..., np.newaxis] * day)
        norm = share @ member.T
        lever = day - ((share * day) @ member.T / norm) @ member
        mean = share * ((totals / norm) @ member)
        return mean, lever, (mean * lever**2).sum(axis=-1)

    slope = np.zeros(counts.shape[:-1])
    longest = np.full(slope.shape, _LONGEST_STEP)
    before = np.zeros(slope.shape)
    climbing = np.ones(slope.shape, dtype="bool")
    for _ in range(_MOST_STEPS):
        mean, _, information = moments(slope)
        # How much later the cases fall than the fitted shares say.
        score = (counts - mean) @ day
        step = np.divide(score, information, out=np.zeros_like(score), where=information > 0)
        climbing = (np.abs(step) > _PRECISION) & (np.abs(slope) < STEEPEST)
        if not climbing.any():
            break
        # In long windows a full step may pass the top, and the next one pass it back.
        longest = np.where(step * before < 0, longest / 2, longest)
        before = step
        slope += np.where(climbing, np.clip(step, -longest, longest), 0)
    finite = (np.abs(slope) < STEEPEST) & (information > 0) & ~climbing
    mean, lever, information = moments(np.where(finite, slope, 0))
    unknown = np.where(finite, 0, np.nan)
    return _Fit(slope + unknown, information + unknown, mean, lever, (totals > 0).sum(axis=-1))


def _newey_west(scores: np.ndarray, lags: int) -> np.ndarray:
    """Return the variance of the sum of scores that hang together over some lags."""
    total = (scores**2).sum(axis=-1)
    for lag in range(1, lags + 1):
        together = (scores[..., lag:] * scores[..., :-lag]).sum(axis=-1)
        total += 2 * (1 - lag / (lags + 1)) * together
    # Bartlett weights leave it at 0 or above, but for rounding.
    return np.maximum(total, 0)


def _check_choices(window: int, weekdays: bool, lags: int, confidence: float) -> None:
    """Stop at choices for which the regression has no degree of freedom or no meaning."""
    check_confidence(confidence)
    least = 2 * WEEK if weekdays else 3
    if window < least:
        raise ValueError(f"this regression needs a window of {least} days or more, not {window}")
    if not 0 <= lags < window:
        raise ValueError(f"lags must be 0 or more and below the window of {window}, not {lags}")
