"""How two properties of regions go together: rank correlation, within strata where need be.

Counts of two provinces that are made in different ways cannot be compared in level, but the
order of the regions within each can: ranks are taken within strata, and only then pooled.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri
from scipy.stats import rankdata

from gotong.inference.neighbours import correlation_p, effective_units
from gotong.inference.permutation import TIE, permutation_p
from gotong.inference.power import minimum_detectable_effect
from gotong.inference.randomisation import MOST_LISTED, other_arrangements
from gotong.intervals import CONFIDENCE, check_confidence

DRAWS: Final = 9_999
"""Arrangements that are drawn where there are too many to list them all."""


@dataclass(frozen=True)
class RankAssociation:
    """A rank correlation with what is needed to judge it.

    Attributes
    ----------
    estimate : float
        Spearman's correlation of the ranks within strata, from -1 to 1.
    low, high : float
        Confidence interval; NaN with two orders that are the same.
    p_value, smallest_p : float
        Two-sided, by permutation within strata, and the smallest that the design can give. With
        neighbours, the larger of that and Student's t on the effective units.
    detectable : float
        Size of the correlation that would have been found in four of five samples.
    units, strata : int
        How many there are.
    effective : float
        Independent units that they are worth; all of them without neighbours.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    smallest_p: float
    detectable: float
    units: int
    strata: int
    effective: float


def rank_scores(values: ArrayLike, strata: ArrayLike | None = None) -> np.ndarray:
    """Return the ranks of values within their strata, centred.

    Parameters
    ----------
    values : array_like, shape (units,)
        In any unit.
    strata : array_like, shape (units,), optional
        Label of the stratum of each unit; by default all are of one.

    Returns
    -------
    numpy.ndarray, shape (units,)
        Mid-ranks over one more than the units of the stratum, less one half: between -1/2 and
        1/2 in strata of every size, with a mean of 0 in each.
    """
    numbers, labels = _paired(values, strata)
    scores = np.empty(numbers.size)
    for label in np.unique(labels):
        own = labels == label
        scores[own] = rankdata(numbers[own]) / (own.sum() + 1) - 0.5
    return scores


def rank_correlation(x: ArrayLike, y: ArrayLike, strata: ArrayLike | None = None) -> float:
    """Return the rank correlation of two properties within strata.

    Parameters
    ----------
    x, y : array_like, shape (units,)
        In any unit.
    strata : array_like, shape (units,), optional
        Label of the stratum of each unit.

    Returns
    -------
    float
        Correlation of `rank_scores`: Spearman's with one stratum, the partial one on the strata
        with several. NaN where a property is the same in all units.

    Raises
    ------
    ValueError
        A value is missing, or the lengths differ.
    """
    return float(_correlations(rank_scores(x, strata)[np.newaxis], rank_scores(y, strata))[0])


def partial_rank_correlation(
    x: ArrayLike, y: ArrayLike, given: ArrayLike, strata: ArrayLike | None = None
) -> float:
    """Return the rank correlation of two properties that is left with a third held fixed.

    Parameters
    ----------
    x, y, given : array_like, shape (units,)
        In any unit.
    strata : array_like, shape (units,), optional
        Label of the stratum of each unit.

    Returns
    -------
    float
        NaN where the third property fixes the order of one of the two.

    Notes
    -----
    Kendall and Stuart 1973, The Advanced Theory of Statistics, volume 2, chapter 27, on ranks.
    """
    xy = rank_correlation(x, y, strata)
    xz, yz = rank_correlation(x, given, strata), rank_correlation(y, given, strata)
    left = (1 - xz**2) * (1 - yz**2)
    return float((xy - xz * yz) / np.sqrt(left)) if left > 0 else np.nan


def leave_one_out(x: ArrayLike, y: ArrayLike, strata: ArrayLike | None = None) -> np.ndarray:
    """Return the rank correlations without each unit in turn.

    Parameters
    ----------
    x, y : array_like, shape (units,)
        In any unit.
    strata : array_like, shape (units,), optional
        Label of the stratum of each unit.

    Returns
    -------
    numpy.ndarray, shape (units,)
        Ranks are taken anew without the unit.
    """
    first, labels = _paired(x, strata)
    second, _ = _paired(y, strata)
    kept = ~np.eye(first.size, dtype=bool)
    return np.array([rank_correlation(first[row], second[row], labels[row]) for row in kept])


def fisher_interval(
    estimate: float, units: float, strata: int = 1, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the interval of a rank correlation, on Fisher's scale and taken back.

    Parameters
    ----------
    estimate : float
        Rank correlation, from -1 to 1.
    units : float
        How many there are, or how many independent ones they are worth.
    strata : int
        How many there are.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    low, high : float
        From -1 to 1 with too few units, which say nothing. NaN where two orders agree wholly: they
        have no spread on this scale, which is not certainty.

    Notes
    -----
    Variance ``(1 + r^2 / 2) / (n - 3)`` of Bonett and Wright 2000 (10.1007/BF02294183), one
    degree of freedom less for each stratum beyond the first.
    """
    check_confidence(confidence)
    freedom = units - 2 - strata
    if not abs(estimate) < 1 - TIE:
        return np.nan, np.nan
    if freedom < 1:
        return -1.0, 1.0
    margin = ndtri((1 + confidence) / 2) * np.sqrt((1 + estimate**2 / 2) / freedom)
    centre = np.arctanh(estimate)
    return float(np.tanh(centre - margin)), float(np.tanh(centre + margin))


def rank_association(
    x: ArrayLike,
    y: ArrayLike,
    rng: np.random.Generator,
    strata: ArrayLike | None = None,
    *,
    pairs: np.ndarray | None = None,
    draws: int = DRAWS,
    confidence: float = CONFIDENCE,
) -> RankAssociation:
    """Return the rank correlation of two properties with interval and permutation test.

    Parameters
    ----------
    x, y : array_like, shape (units,)
        In any unit.
    rng : numpy.random.Generator
        Draws the arrangements where there are too many to list.
    strata : array_like, shape (units,), optional
        Label of the stratum of each unit; values change places within strata only.
    pairs : numpy.ndarray of int, shape (units, units), optional
        Class of each pair of neighbours (`neighbours.pair_classes`); by default the units are
        taken as independent.
    draws : int
        How many arrangements are drawn then.
    confidence : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    RankAssociation

    Raises
    ------
    ValueError
        A value is missing, the lengths differ, or a property is the same in all units.

    Notes
    -----
    Interval: `fisher_interval` on the effective units. Without `pairs` test and interval take the
    units as independent, and say too much where neighbours are alike.
    """
    first, second = rank_scores(x, strata), rank_scores(y, strata)
    labels = _paired(x, strata)[1]
    estimate = float(_correlations(first[np.newaxis], second)[0])
    if np.isnan(estimate):
        raise ValueError("a property is the same in all units and has no order")
    others = _correlations(_rearranged(first, labels, rng, draws), second)
    test = permutation_p(others, estimate, "two-sided")
    count = len(np.unique(labels))
    units = float(first.size) if pairs is None else effective_units(first, second, pairs)
    p = test.p_value if pairs is None else max(test.p_value, correlation_p(estimate, units, count))
    freedom = units - 2 - count
    low, high = fisher_interval(estimate, units, count, confidence)
    error = 1 / np.sqrt(freedom) if freedom > 0 else np.nan
    detectable = float(np.tanh(minimum_detectable_effect(error))) if freedom > 0 else np.nan
    return RankAssociation(
        estimate, low, high, p, test.smallest, detectable, first.size, count, units
    )


def _paired(values: ArrayLike, strata: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """Return values as numbers, with a label each; or say why not."""
    numbers = np.asarray(values, dtype="float64")
    labels = np.zeros(numbers.size) if strata is None else np.asarray(strata)
    if numbers.ndim != 1 or labels.shape != numbers.shape:
        raise ValueError(f"values of shape {numbers.shape} do not fit strata of {labels.shape}")
    if np.isnan(numbers).any():
        raise ValueError("a value is missing (NaN) and has no rank")
    return numbers, labels


def _correlations(rows: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the correlation of each row of centred scores with one more; NaN without spread."""
    if rows.shape[-1] != column.size:
        raise ValueError(f"{rows.shape[-1]} and {column.size} values cannot be paired")
    spread = np.sqrt((rows**2).sum(axis=-1) * (column**2).sum())
    return np.divide(rows @ column, spread, out=np.full(len(rows), np.nan), where=spread > 0)


def _rearranged(
    scores: np.ndarray, labels: np.ndarray, rng: np.random.Generator, draws: int
) -> np.ndarray:
    """Return other arrangements of scores within strata: all if these are few, else drawn."""
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    if len(members) == 1 and factorial(min(scores.size, 20)) <= MOST_LISTED:
        return other_arrangements(scores)[0]
    drawn = np.empty((draws, scores.size))
    for own in members:
        drawn[:, own] = rng.permuted(np.broadcast_to(scores[own], (draws, own.size)), axis=1)
    return drawn
