"""Which comparisons a two-way fixed effects coefficient is made of, and with what weight.

Goodman-Bacon 2021 (10.1016/j.jeconom.2021.03.014): under staggered adoption the coefficient is
a weighted mean of simple differences in differences between two cohorts. Some take units as
controls that are treated already; where effects grow with time, these bend the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from gotong.causal.adoption import balanced_outcome, first_treated_periods

KINDS = ("treated_vs_never", "earlier_vs_later", "later_vs_earlier", "later_vs_always")
"""Kinds of comparison; the last two take units as controls that are treated already."""


@dataclass(frozen=True, eq=False)
class BaconDecomposition:
    """Comparisons of two cohorts that make up a two-way fixed effects coefficient.

    Attributes
    ----------
    kind : numpy.ndarray of str, shape (comparisons,)
        One of `KINDS`.
    treated, control : numpy.ndarray, shape (comparisons,)
        First treated period of the two cohorts, infinite for never.
    weight : numpy.ndarray, shape (comparisons,)
        Weights above 0 that sum to 1.
    estimate : numpy.ndarray, shape (comparisons,)
        Differences in differences, in units of the outcome.
    """

    kind: np.ndarray
    treated: np.ndarray
    control: np.ndarray
    weight: np.ndarray
    estimate: np.ndarray

    @property
    def coefficient(self) -> float:
        """The two-way fixed effects coefficient."""
        return float(self.weight @ self.estimate)

    def by_kind(self) -> dict[str, tuple[float, float]]:
        """Return the weight and the mean estimate of each kind of comparison that occurs.

        Returns
        -------
        dict
            Kind to its weight and its weighted mean estimate.
        """
        found = {}
        for kind in KINDS:
            chosen = self.kind == kind
            if chosen.any():
                weight = self.weight[chosen].sum()
                mean = self.weight[chosen] @ self.estimate[chosen] / weight
                found[kind] = (float(weight), float(mean))
        return found


def bacon_decomposition(outcome: ArrayLike, first_treated: ArrayLike) -> BaconDecomposition:
    """Decompose the coefficient of a treatment that units adopt and keep.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        Outcomes of a panel without gaps.
    first_treated : array_like, shape (units,)
        Position of the first treated period, counted from 0 (treated throughout); infinite or
        NaN for never.

    Returns
    -------
    BaconDecomposition
        Comparisons by treated, then control cohort.

    Raises
    ------
    ValueError
        The panel has gaps, or no unit changes while another does not.

    Notes
    -----
    Theorem 1, with the weights of equations 7 to 10. Two cohorts are compared while just one
    of them changes: before the later one adopts, and after the earlier one has.
    """
    y = balanced_outcome(outcome)
    first = first_treated_periods(first_treated, *y.shape)
    cohorts, member = np.unique(first, return_inverse=True)
    size = np.bincount(member)
    total = np.zeros((len(cohorts), y.shape[1]))
    np.add.at(total, member, y)
    mean = total / size[:, None]
    rows = [
        (
            _kind(cohorts[k], cohorts[c]),
            cohorts[k],
            cohorts[c],
            *_compare(mean, size, cohorts, k, c),
        )
        for k, c in product(range(len(cohorts)), repeat=2)
        if _comparable(cohorts[k], cohorts[c])
    ]
    if not rows:
        raise ValueError("no unit changes while another does not: there is nothing to compare")
    kind, treated, control, weight, estimate = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return BaconDecomposition(kind, treated, control, weight / weight.sum(), estimate)


def _comparable(treated: float, control: float) -> bool:
    """Return whether the treated cohort changes while the control cohort does not."""
    return treated != control and 0 < treated < np.inf


def _kind(treated: float, control: float) -> str:
    """Return the kind of a comparison."""
    if control == np.inf:
        return "treated_vs_never"
    if control == 0:
        return "later_vs_always"
    return "earlier_vs_later" if treated < control else "later_vs_earlier"


def _compare(
    mean: np.ndarray, size: np.ndarray, cohorts: np.ndarray, treated: int, control: int
) -> tuple[float, float]:
    """Return the weight, up to scale, and the difference in differences of two cohorts."""
    periods = mean.shape[1]
    adopts, other = int(cohorts[treated]), cohorts[control]
    start = int(other) if other < adopts else 0
    end = int(min(other, periods)) if other > adopts else periods
    difference = mean[treated] - mean[control]
    estimate = difference[adopts:end].mean() - difference[start:adopts].mean()
    # Equations 7 to 10 multiplied out, without what all comparisons have in common.
    weight = size[treated] * size[control] * (adopts - start) * (end - adopts)
    return float(weight), float(estimate)
