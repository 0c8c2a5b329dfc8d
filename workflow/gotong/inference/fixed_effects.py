"""Unit and period effects of a panel, balanced or not, taken out exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

MOST_SOLVED: Final = 512
"""Units up to which the equations of the units are solved; with more, those of the periods."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of some columns within each unit and within each period.

    Attributes
    ----------
    by_unit : numpy.ndarray, shape (columns, units)
    by_period : numpy.ndarray, shape (columns, periods)
    """

    by_unit: np.ndarray
    by_period: np.ndarray


def numbered(labels: ArrayLike) -> tuple[int, np.ndarray]:
    """Return how many different labels there are, and the number of each in their order.

    Parameters
    ----------
    labels : array_like
        Whole numbers from 0 are counted out, which takes no sorting; others are sorted.

    Returns
    -------
    count : int
    number : numpy.ndarray of int
        From 0, of the shape of the labels.
    """
    values = np.asarray(labels)
    if values.dtype.kind == "i" and values.size and 0 <= values.min() <= values.max() < values.size:
        present = np.zeros(values.max() + 1, dtype="int64")
        present[values] = 1
        number = present.cumsum() - 1
        return int(number[-1]) + 1, number[values]
    different, number = np.unique(values, return_inverse=True)
    return len(different), number


class TwoWayEffects:
    """The space spanned by one dummy per unit and one per period.

    Parameters
    ----------
    unit, period : array_like, shape (observations,)
        Label of the unit and of the period of each observation.

    Raises
    ------
    ValueError
        The labels do not match in number.

    Notes
    -----
    Frisch-Waugh-Lovell in two steps: period means first, then the unit dummies without their
    period means, which takes one pseudo-inverse of units by units. On a balanced panel the
    second step is the mean of each unit. Nothing is iterated, so that residuals are exact. With
    more than `MOST_SOLVED` units, and fewer periods, the two change places, which is the same
    but for rounding: work and memory then grow with the units and not with a power of them.
    """

    def __init__(self, unit: ArrayLike, period: ArrayLike) -> None:
        self.units, self.unit = numbered(unit)
        self.periods, self.period = numbered(period)
        if self.unit.shape != self.period.shape or self.unit.ndim != 1:
            raise ValueError("each observation needs one unit and one period")
        cells = np.bincount(
            self.unit * self.periods + self.period, minlength=self.units * self.periods
        )
        observed = cells.reshape(self.units, self.periods).astype("float64")
        self._units_are_solved = self.units <= max(MOST_SOLVED, self.periods)
        if not self._units_are_solved:
            observed = observed.T
        self._in_mean = observed.sum(axis=0)
        self._share = observed / self._in_mean
        gram = np.diag(observed.sum(axis=1)) - self._share @ observed.T
        self._inverse = np.linalg.pinv(gram, hermitian=True)

    def residuals(self, columns: np.ndarray) -> np.ndarray:
        """Return columns without what unit and period effects explain of them.

        Parameters
        ----------
        columns : numpy.ndarray, shape (observations,) or (observations, k)
            One or more variables, in any unit.

        Returns
        -------
        numpy.ndarray
            Of the same shape and unit.
        """
        table = columns.reshape(len(columns), -1)
        solved, averaged = self._sides(self.sums(table.T))
        solved_effect = (solved - averaged @ self._share.T) @ self._inverse
        averaged_effect = averaged / self._in_mean - solved_effect @ self._share
        unit_effect, period_effect = self._turned(solved_effect, averaged_effect)
        fitted = unit_effect[:, self.unit] + period_effect[:, self.period]
        return (table - fitted.T).reshape(columns.shape)

    def sums(self, columns: np.ndarray) -> Sums:
        """Return the sums of variables within units and within periods.

        Parameters
        ----------
        columns : numpy.ndarray, shape (k, observations)
            One variable per row.

        Returns
        -------
        Sums
        """
        weighted = [
            (np.bincount(self.unit, row, self.units), np.bincount(self.period, row, self.periods))
            for row in columns
        ]
        return Sums(np.array([unit for unit, _ in weighted]), np.array([by for _, by in weighted]))

    def sums_by_cluster(self, column: np.ndarray, cluster: np.ndarray, clusters: int) -> Sums:
        """Return, for each cluster, the sums of a variable that is zero outside it.

        Parameters
        ----------
        column, cluster : numpy.ndarray, shape (observations,)
            The variable, and the position of each observation's cluster.
        clusters : int
            How many clusters there are.

        Returns
        -------
        Sums
            One row per cluster.
        """

        def table(label: np.ndarray, labels: int) -> np.ndarray:
            flat = np.bincount(cluster * labels + label, column, clusters * labels)
            return flat.reshape(clusters, labels)

        return Sums(table(self.unit, self.units), table(self.period, self.periods))

    def explained_products(self, left: Sums, right: Sums) -> np.ndarray:
        """Return the products of what the effects explain of two sets of variables.

        Parameters
        ----------
        left, right : Sums
            Of k and of m variables.

        Returns
        -------
        numpy.ndarray, shape (k, m)
            ``left' P right`` with P the projection on all dummies.
        """
        (solved, averaged), (solved_right, averaged_right) = map(self._sides, (left, right))
        excess = solved - averaged @ self._share.T
        excess_right = solved_right - averaged_right @ self._share.T
        by_mean = (averaged / self._in_mean) @ averaged_right.T
        return by_mean + excess @ self._inverse @ excess_right.T

    def units_lie_within(self, cluster: np.ndarray) -> bool:
        """Return whether all observations of each unit are of one cluster.

        Parameters
        ----------
        cluster : numpy.ndarray of int, shape (observations,)
            The position of each observation's cluster.

        Returns
        -------
        bool
        """
        of_unit = np.empty(self.units, dtype=cluster.dtype)
        of_unit[self.unit] = cluster
        return bool((of_unit[self.unit] == cluster).all())

    def _sides(self, sums: Sums) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of the side whose equations are solved, then of the averaged one."""
        return self._turned(sums.by_unit, sums.by_period)

    def _turned(self, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return two things of units and periods in the order of solved and averaged, or back."""
        return (one, other) if self._units_are_solved else (other, one)
