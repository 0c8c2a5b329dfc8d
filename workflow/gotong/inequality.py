"""Inequality between regions, each weighing as much as the people who live there.

The value of a region is an amount per person (beds, gross regional product) or an index or
rate that is treated as one (human development, poverty). What is measured is inequality
between the averages of regions; inequality within a region is not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import rel_entr, stdtrit

from gotong.intervals import CONFIDENCE, Interval, check_confidence, percentile_interval

Measure = Literal["gini", "theil"]

TINY: Final = 1e-12
"""Share of an index below which its changes are those of rounding."""


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Theil's index split into inequality between groups and within them.

    Attributes
    ----------
    total, between, within : float
        In nats; `between` and `within` sum to `total`.
    groups : pandas.DataFrame
        group, population_share, value_share, theil (inside the group; missing where the group
        has nothing to share), between, within (contributions, which sum to those above; that
        to `between` is negative for a group with less than its share). Sorted by group.
    """

    total: float
    between: float
    within: float
    groups: pd.DataFrame


def gini(values: ArrayLike, population: ArrayLike) -> float:
    """Return the population-weighted Gini coefficient of regions.

    Parameters
    ----------
    values : array_like, shape (n,)
        Amount per person, 0 or more, in any unit.
    population : array_like, shape (n,)
        Persons, above 0.

    Returns
    -------
    float
        From 0 (the same everywhere) to 1: half the mean difference between two random
        persons, as a share of the mean, where everyone has the average of their region. With
        equal populations it is at most ``1 - 1 / n``.

    Raises
    ------
    ValueError
        Arrays that do not fit, a missing or negative value, no population, or only zeros.

    Notes
    -----
    ``sum_ij p_i p_j |y_i - y_j| / (2 mu)``, p the shares of the population and mu the weighted
    mean (Sen 1973, On Economic Inequality, chapter 2), computed as one minus twice the area
    under the Lorenz curve, which is exact, with ties too. No small-sample correction.
    """
    return float(_gini(*_checked(values, population)))


def theil(values: ArrayLike, population: ArrayLike) -> float:
    """Return the population-weighted Theil T index of regions.

    Parameters
    ----------
    values, population : array_like, shape (n,)
        See `gini`.

    Returns
    -------
    float
        In nats, 0 or more: ``sum_i s_i ln(s_i / p_i)``, s the shares of the whole amount and p
        those of the population. A region with nothing contributes 0, the limit of the term.

    Raises
    ------
    ValueError
        See `gini`.

    Notes
    -----
    Theil 1967, Economics and Information Theory, chapter 4.
    """
    return float(_theil(*_checked(values, population)))


def decompose(values: ArrayLike, population: ArrayLike, groups: ArrayLike) -> Decomposition:
    """Split Theil's T into inequality between groups of regions and within them.

    Parameters
    ----------
    values, population : array_like, shape (n,)
        See `gini`.
    groups : array_like, shape (n,)
        Group of each region, for example its province.

    Returns
    -------
    Decomposition

    Raises
    ------
    ValueError
        See `gini`; also groups that do not fit.

    Notes
    -----
    ``T = sum_g S_g ln(S_g / P_g) + sum_g S_g T_g``, exact for this index (Shorrocks 1980,
    10.2307/1913126; for regions Akita 2003, 10.1007/s001680200107).
    """
    amounts, persons = _checked(values, population)
    labels, member = np.unique(np.asarray(groups), return_inverse=True)
    if member.shape != amounts.shape:
        raise ValueError("every region needs one group")
    people, held = _shares(amounts, persons)
    group_people = np.bincount(member, people)
    group_held = np.bincount(member, held)
    # What each region would hold if its group's amount were spread evenly inside the group.
    even = group_held[member] * people / group_people[member]
    between = group_held * np.log(
        group_held / group_people, out=np.zeros_like(group_held), where=group_held > 0
    )
    within = np.bincount(member, rel_entr(held, even))
    inside = np.divide(within, group_held, out=np.full_like(within, np.nan), where=group_held > 0)
    table = pd.DataFrame(
        {
            "group": labels,
            "population_share": group_people,
            "value_share": group_held,
            "theil": inside,
            "between": between,
            "within": within,
        }
    )
    return Decomposition(
        float(_theil(amounts, persons)), float(between.sum()), float(within.sum()), table
    )


def lorenz(values: ArrayLike, population: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of the Lorenz curve.

    Parameters
    ----------
    values, population : array_like, shape (n,)
        See `gini`.

    Returns
    -------
    population_share, value_share : numpy.ndarray, shape (n + 1,)
        Cumulative, from 0 to 1, regions with the least per person first. Between the corners
        the curve is straight, because inside a region all are taken to have its average.

    Raises
    ------
    ValueError
        See `gini`.
    """
    amounts, persons = _checked(values, population)
    order = np.argsort(amounts, kind="stable")
    corners = []
    for share in _shares(amounts[order], persons[order]):
        running = np.concatenate([[0.0], np.cumsum(share)])
        corners.append(running / running[-1])
    return corners[0], corners[1]


def jackknife_interval(
    measure: Measure, values: ArrayLike, population: ArrayLike, confidence: float = CONFIDENCE
) -> Interval:
    """Return how much an index hangs on single regions, leaving out each in turn.

    The regions are all that there are, not a sample: the interval says how far the index would
    carry over to other regions like these.

    Parameters
    ----------
    measure : {"gini", "theil"}
        Index.
    values, population : array_like, shape (n,)
        See `gini`; three regions or more.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        Estimate, and bounds that lie around the estimate corrected for bias, on the scale of its
        logarithm: Student's quantile times the jackknife standard error. A Gini coefficient is
        at most 1. Both bounds are NaN where the index does not exist without one of the regions.

    Raises
    ------
    ValueError
        See `gini`; also fewer than three regions.

    Notes
    -----
    Standard error and bias: Efron and Tibshirani 1993, chapter 11 (a correction downwards is left
    out). Degrees of freedom: ``(sum d^2)^2 / sum d^4`` of the deviations ``d``
    of the leave-one-out values (Satterthwaite's, of Johnson and Rust 1992), because a few large
    regions decide on the index; with n - 1, or without the logarithm, the high end lies too low.
    """
    check_confidence(confidence)
    amounts, persons = _checked(values, population)
    count = amounts.size
    if count < 3:
        raise ValueError(f"the jackknife needs three regions or more, not {count}")
    index = _INDICES[measure]
    estimate = float(index(amounts, persons))
    without = index(amounts, persons * ~np.eye(count, dtype=bool))
    lost = int(np.isnan(without).sum())
    squares = (without - without.mean()) ** 2
    if lost or not squares.sum() > (TINY * estimate) ** 2:
        bound = np.nan if lost else estimate
        return Interval(estimate, bound, bound, lost)
    error = np.sqrt((count - 1) / count * squares.sum())
    centre = max(estimate, count * estimate - (count - 1) * float(without.mean()))
    freedom = squares.sum() ** 2 / (squares**2).sum()
    factor = float(np.exp(stdtrit(freedom, (1 + confidence) / 2) * error / centre))
    most = 1.0 if measure == "gini" else np.inf
    return Interval(estimate, centre / factor, min(centre * factor, most), lost)


def bootstrap_interval(
    measure: Measure,
    values: ArrayLike,
    population: ArrayLike,
    rng: np.random.Generator,
    draws: int = 9_999,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Return the percentile interval of an index over resampled regions.

    Parameters
    ----------
    measure : {"gini", "theil"}
        Index.
    values, population : array_like, shape (n,)
        See `gini`.
    rng : numpy.random.Generator
        Source of the draws.
    draws : int
        Resamples of n regions with replacement; a region drawn k times weighs k times.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        What is said of regions in `jackknife_interval` holds here. Resamples of few regions
        repeat some and so are less unequal than the whole: the interval may lie low.

    Raises
    ------
    ValueError
        See `gini`.
    """
    amounts, persons = _checked(values, population)
    index = _INDICES[measure]
    count = amounts.size
    times = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    resampled = index(amounts, persons * times)
    return percentile_interval(float(index(amounts, persons)), resampled, confidence)


def _checked(values: ArrayLike, population: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return both as arrays, or say what is wrong with them."""
    amounts = np.asarray(values, dtype="float64")
    persons = np.asarray(population, dtype="float64")
    if amounts.ndim != 1 or amounts.shape != persons.shape or not amounts.size:
        raise ValueError(f"values {amounts.shape} and population {persons.shape} do not fit")
    if not (np.isfinite(amounts).all() and (amounts >= 0).all()):
        raise ValueError("values must be known and not negative; leave out regions without one")
    if not (np.isfinite(persons).all() and (persons > 0).all()):
        raise ValueError("every region needs a population above 0")
    if not amounts.any():
        raise ValueError("all values are 0: there is nothing to share")
    return amounts, persons


def _shares(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each region's share of the people and of the amount, for weights (..., n).

    Shares of an amount of nothing are NaN.
    """
    people = weights / weights.sum(axis=-1, keepdims=True)
    # Scaled first, so that very small amounts do not vanish in the products.
    amounts = weights * (values / values.max())
    whole = amounts.sum(axis=-1, keepdims=True)
    held = np.divide(amounts, whole, out=np.full(amounts.shape, np.nan), where=whole > 0)
    return people, held


def _gini(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the coefficient for each set of weights, shape (..., n)."""
    order = np.argsort(values, kind="stable")
    people, held = _shares(values[order], weights[..., order])
    area_twice = (people * (2 * np.cumsum(held, axis=-1) - held)).sum(axis=-1)
    # Equal values would else leave a rounding error on either side of 0.
    return np.maximum(1 - area_twice, 0.0)


def _theil(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the index for each set of weights, shape (..., n)."""
    people, held = _shares(values, weights)
    return np.maximum(rel_entr(held, people).sum(axis=-1), 0.0)


_INDICES: dict[Measure, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "gini": _gini,
    "theil": _theil,
}
