"""Unit and period effects of a panel, balanced or not, taken out exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


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
    second step is the mean of each unit. Nothing is iterated, so that residuals are exact.
    """

    def __init__(self, unit: ArrayLike, period: ArrayLike) -> None:
        units, self.unit = np.unique(np.asarray(unit), return_inverse=True)
        periods, self.period = np.unique(np.asarray(period), return_inverse=True)
        if self.unit.shape != self.period.shape or self.unit.ndim != 1:
            raise ValueError("each observation needs one unit and one period")
        self.units, self.periods = len(units), len(periods)
        cells = np.bincount(
            self.unit * self.periods + self.period, minlength=self.units * self.periods
        )
        observed = cells.reshape(self.units, self.periods).astype("float64")
        in_period = observed.sum(axis=0)
        self._in_period = in_period
        self._share = observed / in_period
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
        sums = self.sums(table.T)
        unit_effect = self._unit_excess(sums) @ self._inverse
        period_effect = sums.by_period / self._in_period - unit_effect @ self._share
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
        by_period = (left.by_period / self._in_period) @ right.by_period.T
        return by_period + self._unit_excess(left) @ self._inverse @ self._unit_excess(right).T

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

    def _unit_excess(self, sums: Sums) -> np.ndarray:
        """Return the sums within units after the period means are taken out."""
        return sums.by_unit - sums.by_period @ self._share.T
