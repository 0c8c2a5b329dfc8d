"""Intervals about an estimate: of a share, over resampled draws, over sources that disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

CONFIDENCE: Final = 0.95
"""Probability that intervals are meant to have unless told otherwise."""

NORMAL: Final = float(ndtri((1 + CONFIDENCE) / 2))
"""Standard errors on either side of an estimate in such an interval of a normal distribution."""

QUANTILES: Final = (0.025, 0.5, 0.975)
"""Ends of such an interval and the median, written out: ``1 - 0.95`` is not quite 0.05."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval.

    Attributes
    ----------
    estimate, low, high : float
        In the unit of the estimate; NaN where there is none.
    undefined : int
        Draws that had no value and are left out of the interval.
    """

    estimate: float
    low: float
    high: float
    undefined: int = 0


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest of the values that several sources give.

    Attributes
    ----------
    low, high : float
        In the unit of the values.
    low_source, high_source : str
        The sources that give them; of equal ones, the first named.
    """

    low: float
    high: float
    low_source: str
    high_source: str


def check_confidence(confidence: float) -> None:
    """Stop unless a confidence lies between 0 and 1.

    Parameters
    ----------
    confidence : float
        Probability of an interval.

    Raises
    ------
    ValueError
        It does not.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, {confidence} does not")


def wilson(
    successes: ArrayLike, trials: ArrayLike, confidence: float = CONFIDENCE
) -> tuple[np.ndarray, np.ndarray]:
    """Return the score interval of one or more shares.

    Parameters
    ----------
    successes, trials : array_like of int, same shape
        How many of how many.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    low, high : numpy.ndarray
        Shares from 0 to 1, of the same shape; 0 and 1 where there are no trials.

    Raises
    ------
    ValueError
        Counts that are no counts, or a confidence that is none.

    Notes
    -----
    Wilson 1927 (10.1080/01621459.1927.10502953); method 3 of Newcombe 1998
    (10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), without continuity
    correction. It takes each trial for an independent draw.
    """
    check_confidence(confidence)
    hits, total = np.broadcast_arrays(np.asarray(successes, float), np.asarray(trials, float))
    if not ((hits >= 0) & (hits <= total) & (hits % 1 == 0) & (total % 1 == 0)).all():
        raise ValueError("successes and trials are whole numbers, with no more of the former")
    z = ndtri((1 + confidence) / 2)
    spread = np.divide(hits * (total - hits), total, out=np.zeros_like(total), where=total > 0)
    centre = hits + z**2 / 2
    half = z * np.sqrt(spread + z**2 / 4)
    low, high = (centre - half) / (total + z**2), (centre + half) / (total + z**2)
    # Rounding would leave a bound that is 0 or 1 by algebra a hair within or beyond it.
    return np.where(hits == 0, 0.0, low), np.where(hits == total, 1.0, high)


def percentile_interval(
    estimate: float, draws: ArrayLike, confidence: float = CONFIDENCE
) -> Interval:
    """Return the percentile interval of resampled estimates.

    Parameters
    ----------
    estimate : float
        From the data themselves.
    draws : array_like, shape (draws,)
        From resampled data; NaN where a resample has no value. Those are left out and counted.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        Its bounds are NaN where no draw has a value.

    Raises
    ------
    ValueError
        No draws, or a confidence that is none.

    Notes
    -----
    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    check_confidence(confidence)
    values = np.asarray(draws, dtype="float64")
    if not values.size:
        raise ValueError("an interval needs draws")
    known = values[~np.isnan(values)]
    undefined = values.size - known.size
    if not known.size:
        return Interval(estimate, np.nan, np.nan, undefined)
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(estimate, float(low), float(high), undefined)


def bounds(values: Mapping[str, float]) -> Bounds:
    """Return the range of one quantity over sources that disagree.

    It is no confidence interval: nothing says that the truth lies within it.

    Parameters
    ----------
    values : mapping of str to float
        The quantity by source.

    Returns
    -------
    Bounds

    Raises
    ------
    ValueError
        No source, or one without a value.
    """
    missing = sorted(source for source, value in values.items() if not np.isfinite(value))
    if missing or not values:
        raise ValueError(f"bounds need a value from each source; none from {missing or 'any'}")
    low_source = min(values, key=lambda source: values[source])
    high_source = max(values, key=lambda source: values[source])
    return Bounds(values[low_source], values[high_source], low_source, high_source)
