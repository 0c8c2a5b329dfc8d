"""Randomisation inference: what the estimate would be had the treatment fallen elsewhere.

Treatments are exchanged between deciders: units that one government decides for change
together, because only the decisions could have fallen otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import factorial, prod
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from gotong.inference.permutation import Alternative, permutation_p

MOST_LISTED: Final = 20_000
"""Arrangements up to which all are listed; beyond, they are drawn."""

Statistic = Callable[[np.ndarray], np.ndarray]
"""From treatments, shape (arrangements, units), to one number per arrangement."""


@dataclass(frozen=True, eq=False)
class RandomisationTest:
    """The estimate, and its distribution over other assignments of the treatment.

    Attributes
    ----------
    observed : float
        The statistic under the treatment that took place.
    others : numpy.ndarray, shape (arrangements,)
        The statistic under the other arrangements.
    listed : bool
        Whether these are all that there are; otherwise they were drawn.
    p_value, smallest_p : float
        See `permutation.PermutationP`.
    """

    observed: float
    others: np.ndarray
    listed: bool
    p_value: float
    smallest_p: float


def count_arrangements(treatment: ArrayLike) -> int:
    """Return in how many ways treatments can be shared out among deciders.

    Parameters
    ----------
    treatment : array_like, shape (deciders,)
        Treatment of each decider; equal ones are exchangeable.

    Returns
    -------
    int
        The multinomial coefficient, the observed arrangement among them.
    """
    _, counts = np.unique(np.asarray(treatment), return_counts=True)
    return factorial(int(counts.sum())) // prod(factorial(int(count)) for count in counts)


def other_arrangements(
    treatment: ArrayLike, rng: np.random.Generator | None = None, draws: int = 9_999
) -> tuple[np.ndarray, bool]:
    """Return the other ways in which treatments could have been shared out among deciders.

    Parameters
    ----------
    treatment : array_like, shape (deciders,)
        Treatment of each decider.
    rng : numpy.random.Generator, optional
        Needed where there are more than `MOST_LISTED` arrangements.
    draws : int
        How many arrangements are drawn then.

    Returns
    -------
    arrangements : numpy.ndarray, shape (arrangements, deciders)
        All but the observed one; or drawn ones, which may be the observed one by chance.
    listed : bool
        Whether these are all.

    Raises
    ------
    ValueError
        There are too many to list and no generator is given, or `draws` is below 1.
    """
    observed = np.asarray(treatment)
    if count_arrangements(observed) <= MOST_LISTED:
        labels, codes = np.unique(observed, return_inverse=True)
        every = np.array(list(_distinct_orders(sorted(codes.tolist()))))
        return labels[every[(every != codes).any(axis=1)]], True
    if rng is None:
        raise ValueError("there are too many arrangements to list: give a random generator")
    if draws < 1:
        raise ValueError(f"the test needs 1 draw or more, not {draws}")
    return rng.permuted(np.broadcast_to(observed, (draws, observed.size)), axis=1), False


def randomisation_test(
    statistic: Statistic,
    treatment: ArrayLike,
    deciders: ArrayLike | None = None,
    rng: np.random.Generator | None = None,
    draws: int = 9_999,
    alternative: Alternative = "two-sided",
) -> RandomisationTest:
    """Test the sharp null hypothesis that no unit's outcome depends on the treatment.

    Parameters
    ----------
    statistic : callable
        Takes treatments of shape (arrangements, units), returns one number for each.
    treatment : array_like, shape (units,)
        Treatment of each unit: a label or an amount.
    deciders : array_like, shape (units,), optional
        Who decided for each unit; by default each unit decides for itself.
    rng, draws
        See `other_arrangements`.
    alternative : {"two-sided", "greater", "less"}
        Which statistics count as extreme.

    Returns
    -------
    RandomisationTest
        The p-value is exact where all arrangements are listed.

    Raises
    ------
    ValueError
        Units of one decider differ in treatment, all deciders were treated alike, there are
        too many arrangements to list and no generator, or the statistic is missing for one.

    Notes
    -----
    Fisher's test; for groups of units MacKinnon and Webb 2020
    (10.1016/j.jeconom.2020.04.024). Deciders of different size make arrangements
    with more or fewer treated units, so the statistic should be a mean or a slope, not a sum.
    """
    observed = np.asarray(treatment)
    who = np.arange(observed.size) if deciders is None else np.asarray(deciders)
    if who.shape != observed.shape or observed.ndim != 1:
        raise ValueError(f"{who.shape} deciders do not fit treatments of shape {observed.shape}")
    _, first, position = np.unique(who, return_index=True, return_inverse=True)
    if (observed[first][position] != observed).any():
        raise ValueError("units of one decider differ in treatment")
    arrangements, listed = other_arrangements(observed[first], rng, draws)
    if not len(arrangements):
        raise ValueError("all deciders were treated alike: there is no other arrangement")
    others = np.asarray(statistic(arrangements[:, position]), dtype="float64")
    seen = float(np.asarray(statistic(observed[np.newaxis, :])).item())
    result = permutation_p(others, seen, alternative)
    return RandomisationTest(seen, others, listed, result.p_value, result.smallest)


def difference_in_means(outcome: ArrayLike) -> Statistic:
    """Return the statistic: mean outcome of treated units minus that of the others.

    Parameters
    ----------
    outcome : array_like, shape (units,)
        One number per unit, in any unit of measure.

    Returns
    -------
    callable
        For treatments of 0 and 1; see `Statistic`.
    """
    values = np.asarray(outcome, dtype="float64")

    def statistic(treatments: np.ndarray) -> np.ndarray:
        treated = treatments.astype("float64")
        return treated @ values / treated.sum(axis=1) - (1 - treated) @ values / (1 - treated).sum(
            axis=1
        )

    return statistic


def panel_slope(outcomes: ArrayLike, paths: ArrayLike) -> Statistic:
    """Return the statistic: slope on the treatment in a regression with unit and period effects.

    Parameters
    ----------
    outcomes : array_like, shape (units, periods)
        A balanced panel, without gaps.
    paths : array_like, shape (labels, periods)
        Treatment over time of a unit with label 0, 1, 2, ...; for example 0 before the day of
        a decree and 1 after it.

    Returns
    -------
    callable
        For treatments that are labels; see `Statistic`.

    Raises
    ------
    ValueError
        The outcomes have gaps, or the periods do not fit.

    Notes
    -----
    Exchanging rows changes only which outcome meets which path, so that all slopes come from
    one matrix of units by labels: the sum of products of demeaned outcomes and paths.
    """
    y, x = np.asarray(outcomes, dtype="float64"), np.asarray(paths, dtype="float64")
    if y.ndim != 2 or x.ndim != 2 or y.shape[1] != x.shape[1]:
        raise ValueError(f"outcomes of shape {y.shape} do not fit paths of shape {x.shape}")
    if not np.isfinite(y).all() or not np.isfinite(x).all():
        raise ValueError("the panel must be balanced: a value is missing or infinite")
    units = len(y)
    demeaned = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0) + y.mean()
    x = x - x.mean(axis=1, keepdims=True)
    products, square = demeaned @ x.T, (x**2).sum(axis=1)

    def statistic(treatments: np.ndarray) -> np.ndarray:
        covariance = products[np.arange(units), treatments].sum(axis=1)
        holders = np.stack([(treatments == label).sum(axis=1) for label in range(len(x))], axis=1)
        by_period = holders @ x / units
        return covariance / (holders @ square - units * (by_period**2).sum(axis=1))

    return statistic


def _distinct_orders(items: list[int]) -> Iterator[list[int]]:
    """Yield each distinct order of sorted items once, in lexicographic order."""
    while True:
        yield list(items)
        rises = [place for place in range(len(items) - 1) if items[place] < items[place + 1]]
        if not rises:
            return
        pivot = rises[-1]
        swap = max(place for place in range(pivot, len(items)) if items[place] > items[pivot])
        items[pivot], items[swap] = items[swap], items[pivot]
        items[pivot + 1 :] = reversed(items[pivot + 1 :])
