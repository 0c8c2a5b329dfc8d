"""Growth of counts with intervals that hold when counts vary more than Poisson's.

A log-linear trend is fitted to the counts themselves, so that zeros need no repair, and the
variance is taken as a multiple of the mean (quasi-Poisson). Arrays hold counts with time along
the last axis and regions, if any, along the axes before it; a missing count is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from gotong.epidemic import WEEK, daily_counts, trailing
from gotong.intervals import CONFIDENCE, check_confidence

HALF_WIDTH: Final = 14
"""Days on either side from which the trend of a day is taken; see `trend`."""

_STEEPEST = 3.0
"""Growth per step beyond which a fit is given up: counts that stand on one end of the window
alone would be fitted best by an infinite growth."""

_LONGEST_STEP = 0.5
_MOST_STEPS = 100
_PRECISION = 1e-13


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
class Trend:
    """A smooth course of counts, with what is left of them.

    Attributes
    ----------
    mean : numpy.ndarray, shape (..., time)
        Expected counts; NaN where too few counts lie around.
    residual : numpy.ndarray, shape (..., time)
        Counts less their mean as a multiple of the square root of the mean (Pearson), divided
        by the square root of one less the leverage, so that a count's own pull on its mean
        does not make it look quieter. NaN where the count is missing.
    """

    mean: np.ndarray
    residual: np.ndarray


@dataclass(frozen=True, eq=False)
class _Fit:
    """A log-linear fit; its arrays have the shape of the leading axes, or those and time.

    Attributes
    ----------
    slope : numpy.ndarray, shape (...)
    mean : numpy.ndarray, shape (..., time)
    lever : numpy.ndarray, shape (..., time)
        Time less its mean within the group, weighted by the expected counts.
    information : numpy.ndarray, shape (...)
        Fisher information of the slope for Poisson counts.
    """

    slope: np.ndarray
    mean: np.ndarray
    lever: np.ndarray
    information: np.ndarray


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
        Days of one fit. With weekday effects two weeks or more.
    weekdays : bool
        Give each day of the week a level of its own.
    lags : int
        Days over which residuals may hang together (Newey-West with Bartlett weights); 0 takes
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
    ``dispersion * mean``, dispersion from Pearson's chi-squared over the degrees of freedom.
    The levels of the weekdays are concentrated out, which leaves one equation in the growth
    rate and the same solution as the full regression. With `lags`, Newey and West 1987
    (10.2307/1913610), with the small-sample factor n / (n - p). Quantiles are Student's t with
    the residual degrees of freedom.

    Even so the interval speaks of the window alone: growth that bends inside it, and swings
    slower than it, are in neither of the two errors.
    """
    _check_choices(window, weekdays, lags, confidence)
    observed = trailing(daily_counts(incidence), window)
    usable = ~np.isnan(observed).any(axis=-1)
    counts = np.where(usable[..., np.newaxis], observed, 0)
    groups = np.arange(window) % (WEEK if weekdays else 1)
    fit = _log_linear(counts, np.ones(window), groups)

    takes_part = fit.mean > 0
    parameters = 1 + _groups_with_cases(counts, groups)
    freedom = takes_part.sum(axis=-1) - parameters
    freedom = np.where(freedom > 0, freedom, np.nan)
    squares = (counts - fit.mean) ** 2 / np.where(takes_part, fit.mean, 1)
    dispersion = np.where(np.isnan(fit.slope), np.nan, squares.sum(axis=-1) / freedom)
    if lags:
        scores = (counts - fit.mean) * fit.lever
        factor = takes_part.sum(axis=-1) / freedom
        variance = factor * _newey_west(scores, lags) / fit.information**2
    else:
        variance = dispersion / fit.information
    error = np.sqrt(variance)
    margin = stdtrit(freedom, (1 + confidence) / 2) * error
    return Growth(fit.slope, error, fit.slope - margin, fit.slope + margin, dispersion)


def weekly_growth(
    weekly: ArrayLike, dispersion: ArrayLike = 1.0, confidence: float = CONFIDENCE
) -> Growth:
    """Return the growth from one week to the next.

    Parameters
    ----------
    weekly : array_like, shape (..., weeks)
        Counts of consecutive weeks, NaN where missing.
    dispersion : array_like, shape (...)
        Variance of weekly counts as a multiple of their mean, from `dispersion_of` of the
        weekly counts or from elsewhere; 1 takes them as Poisson.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    Growth
        Per day. NaN in the first week and where one of the two counts is missing or zero.

    Raises
    ------
    ValueError
        A count is negative or infinite, a dispersion is not above 0, or the confidence is none.

    Notes
    -----
    ``log(C[w] / C[w - 1]) / 7``. By the delta method the variance of the log of a count is
    about ``dispersion / C``; the two weeks are taken as independent. Below some ten cases a
    week the approximation is poor.
    """
    check_confidence(confidence)
    counts = daily_counts(weekly)
    factor = _dispersions(dispersion, counts.shape[:-1])
    positive = np.where(counts > 0, counts, np.nan)
    before = np.full_like(positive, np.nan)
    before[..., 1:] = positive[..., :-1]
    rate = np.log(positive / before) / WEEK
    error = np.sqrt(factor * (1 / positive + 1 / before)) / WEEK
    margin = ndtri((1 + confidence) / 2) * error
    return Growth(rate, error, rate - margin, rate + margin, np.where(np.isnan(rate), rate, factor))


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
        they stand still. Bounds of a growth rate on either side of 0 are no interval of the
        doubling time: it then lies above the one or below the other, through infinity.
    """
    rate = np.asarray(growth, dtype="float64")
    return np.divide(np.log(2), rate, out=np.full_like(rate, np.inf), where=rate != 0)


def trend(incidence: ArrayLike, half_width: int = HALF_WIDTH) -> Trend:
    """Return the smooth course of counts by local log-linear fits.

    Parameters
    ----------
    incidence : array_like, shape (..., time)
        Counts per day (or per week), NaN where missing.
    half_width : int
        Days (or weeks) on either side that take part in the fit of a day.

    Returns
    -------
    Trend
        Missing counts and those beyond the ends are left out of a fit. NaN where fewer than
        half of the ``2 * half_width + 1`` counts are there or allow no finite growth.

    Raises
    ------
    ValueError
        A count is negative or infinite, or `half_width` is below 2.

    Notes
    -----
    Loader 1999, Local Regression and Likelihood, chapter 4: Poisson likelihood, log link,
    degree 1, tricube weights.

    The half-width is a judgement between two faults. A trend that follows the counts too
    closely leaves residuals whose sums over a week are near zero by construction: around a
    7-day mean they hold about a sixth of the variance of weekly sums, and intervals made of
    them are too narrow. One too stiff counts turns of the epidemic as noise.
    """
    if half_width < 2:
        raise ValueError(f"a trend needs a half-width of 2 or more, not {half_width}")
    counts = daily_counts(incidence)
    offset = np.arange(-half_width, half_width + 1)
    beyond = np.full((*counts.shape[:-1], half_width), np.nan)
    around = trailing(np.concatenate([counts, beyond], axis=-1), offset.size)[..., half_width:, :]
    there = ~np.isnan(around)
    weights = there * (1 - (np.abs(offset) / (half_width + 1)) ** 3) ** 3
    usable = there.sum(axis=-1) * 2 > half_width
    fit = _log_linear(np.where(there, around, 0), weights * usable[..., np.newaxis])

    mean = fit.mean[..., half_width]
    spread = np.sqrt(mean * _residual_variance(fit, weights, half_width))
    residual = np.divide(counts - mean, spread, out=np.zeros_like(mean), where=spread > 0)
    unknown = ~usable
    return Trend(np.where(unknown, np.nan, mean), np.where(unknown | np.isnan(counts), np.nan, residual))


def dispersion_of(incidence: ArrayLike, block: int = WEEK, half_width: int = HALF_WIDTH) -> np.ndarray:
    """Return the variance of sums of counts around their trend as a multiple of their mean.

    Parameters
    ----------
    incidence : array_like, shape (..., time)
        Counts per day, NaN where missing.
    block : int
        Days of a sum. One tells how days vary; a week tells how weeks do, which is more where
        deviations last for days and less where reports are merely late.
    half_width : int
        Of the trend; see there. Longer than `block`.

    Returns
    -------
    numpy.ndarray, shape (...)
        The Fano factor: 1 for Poisson counts, 18 where each case infects one other on average
        with a dispersion k of 0.06. NaN where no full block has a trend and cases.

    Raises
    ------
    ValueError
        A count is negative or infinite, or a choice is out of range.

    Notes
    -----
    Pearson's chi-squared over the blocks that end on each day, divided by their number and by
    the share of the variance of independent counts that the trend leaves in them (it follows
    the rest), which is that of a steady mean.
    """
    if not 1 <= block <= half_width:
        raise ValueError(f"a block needs 1 day to the half-width of {half_width}, not {block}")
    counts = daily_counts(incidence)
    mean = trend(counts, half_width).mean
    deviation = trailing(counts - mean, block).sum(axis=-1)
    expected = trailing(mean, block).sum(axis=-1)
    usable = (expected > 0) & ~np.isnan(deviation)
    squares = np.divide(deviation**2, expected, out=np.zeros_like(expected), where=usable)
    blocks = usable.sum(axis=-1)
    average = np.divide(
        squares.sum(axis=-1), blocks, out=np.full(blocks.shape, np.nan), where=blocks > 0
    )
    return average / share_left(block, half_width)


def share_left(block: int, half_width: int) -> float:
    """Return the share of the variance of a block's sum that the trend leaves in it.

    Parameters
    ----------
    block, half_width : int
        Days of the block and on either side of a day that take part in its trend.

    Returns
    -------
    float
        Above 0 and below 1, for independent counts around a steady mean.
    """
    kernel = _tricube(half_width)
    pull = np.convolve(np.ones(block), kernel / kernel.sum())
    pull[half_width : half_width + block] -= 1
    return float(pull @ pull / block)


def _tricube(half_width: int) -> np.ndarray:
    """Return weights from 1 in the middle towards 0 one day beyond the half-width."""
    offset = np.arange(-half_width, half_width + 1)
    return (1 - (np.abs(offset) / (half_width + 1)) ** 3) ** 3


def _residual_variance(fit: _Fit, weights: np.ndarray, centre: int) -> np.ndarray:
    """Return the variance of the centre's residual as a share of that of its count.

    The fitted log of the centre moves by ``pull[j]`` with each case more at j (Loader 1999,
    section 4.4); the centre's own weight is 1.
    """
    level = (weights * fit.mean).sum(axis=-1, keepdims=True)
    tilt = np.divide(
        fit.lever[..., [centre]],
        fit.information[..., np.newaxis],
        out=np.zeros_like(level),
        where=fit.information[..., np.newaxis] > 0,
    )
    flat = np.divide(1, level, out=np.zeros_like(level), where=level > 0)
    pull = weights * (flat + tilt * fit.lever)
    mean = fit.mean[..., centre]
    return 1 - 2 * mean * pull[..., centre] + mean * (pull**2 * fit.mean).sum(axis=-1)


def _log_linear(counts: np.ndarray, weights: np.ndarray, groups: np.ndarray | None = None) -> _Fit:
    """Fit a common slope of the log mean, with a level of its own for each group.

    Parameters
    ----------
    counts : numpy.ndarray, shape (..., time)
        Without missing counts; what takes no part has weight 0.
    weights : numpy.ndarray, shape (..., time) or (time,)
        Of each count in the likelihood.
    groups : numpy.ndarray of int, shape (time,)
        From 0; None for one group.

    Notes
    -----
    Given the total of a group, Poisson counts are multinomial with shares proportional to
    ``exp(slope * time)``. The likelihood is concave, and Newton's method meets its top. Where it
    has none, the slope is NaN and mean and lever are those of a slope of 0.
    """
    time = np.arange(counts.shape[-1]) - (counts.shape[-1] - 1) / 2
    group = np.zeros(time.size, dtype="int64") if groups is None else groups
    member = (group == np.arange(group.max() + 1)[:, np.newaxis]).astype("float64")
    weighted = counts * weights
    totals = weighted @ member.T
    timed = weighted @ time

    def moments(slope: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        share = np.exp(slope[..., np.newaxis] * time)
        norm = (share * weights) @ member.T
        norm = np.where(norm > 0, norm, 1)
        centre = (share * weights * time) @ member.T / norm
        lever = time - centre @ member
        mean = share * ((totals / norm) @ member)
        return mean, lever, (weights * mean * lever**2).sum(axis=-1)

    slope = np.zeros(counts.shape[:-1])
    longest = np.full(slope.shape, _LONGEST_STEP)
    before = np.zeros_like(slope)
    for _ in range(_MOST_STEPS):
        mean, _, information = moments(slope)
        # How much later the cases fall than the fitted shares say.
        score = timed - (weights * mean) @ time
        step = np.divide(score, information, out=np.zeros_like(score), where=information > 0)
        climbing = (np.abs(step) > _PRECISION) & (np.abs(slope) < _STEEPEST)
        if not climbing.any():
            break
        # Overshooting the top and back would otherwise go on for ever in long windows.
        longest = np.where(step * before < 0, longest / 2, longest)
        before = step
        slope += np.where(climbing, np.clip(step, -longest, longest), 0)
    finite = (np.abs(slope) < _STEEPEST) & (information > 0) & ~climbing
    mean, lever, information = moments(np.where(finite, slope, 0))
    unknown = np.where(finite, 0, np.nan)
    return _Fit(slope + unknown, mean, lever, information + unknown)


def _newey_west(scores: np.ndarray, lags: int) -> np.ndarray:
    """Return the variance of the sum of scores that hang together over some lags."""
    total = (scores**2).sum(axis=-1)
    for lag in range(1, lags + 1):
        together = (scores[..., lag:] * scores[..., :-lag]).sum(axis=-1)
        total += 2 * (1 - lag / (lags + 1)) * together
    return total


def _groups_with_cases(counts: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return how many groups have a case."""
    member = groups == np.arange(groups.max() + 1)[:, np.newaxis]
    return ((counts @ member.T.astype("float64")) > 0).sum(axis=-1)


def _check_choices(window: int, weekdays: bool, lags: int, confidence: float) -> None:
    """Stop at choices for which the regression has no degree of freedom or no meaning."""
    check_confidence(confidence)
    least = 2 * WEEK if weekdays else 3
    if window < least:
        raise ValueError(f"this regression needs a window of {least} days or more, not {window}")
    if not 0 <= lags < window:
        raise ValueError(f"lags must be 0 or more and below the window of {window}, not {lags}")


def _dispersions(values: ArrayLike, regions: tuple[int, ...]) -> np.ndarray:
    """Return dispersions that stand against counts by region and time, or say why they are none."""
    dispersion = np.asarray(values, dtype="float64")
    if dispersion.shape not in ((), regions):
        raise ValueError(
            f"dispersion of shape {dispersion.shape} does not fit regions of shape {regions}"
        )
    if (dispersion <= 0).any() or np.isinf(dispersion).any():
        raise ValueError("a dispersion must be above 0 and finite")
    return dispersion[..., np.newaxis]
