"""Panel regression with unit and period effects and clustered errors.

The effects are taken out of the outcome and of each regressor first; least squares on what
is left gives the coefficients of the full regression (Frisch and Waugh 1933; Lovell 1963).
A coefficient is an average over units and periods whose weights may be negative when the
effect differs between cohorts (Goodman-Bacon 2021, 10.1016/j.jeconom.2021.03.014): see
`gotong.causal.bacon` for the weights and `gotong.causal.group_time` for what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from gotong.causal.clustering import JointTest, cluster_index, cluster_sums, f_test
from gotong.intervals import CONFIDENCE

COLLINEAR: Final = 1e-10
"""Share of a regressor's variation below which what is left of it counts as nothing."""

ROUNDING: Final = 1e-26
"""Share of a regressor's sum of squares that rounding alone may leave."""


CELLS_AT_ONCE: Final = 2**20
"""Cells of all variables that are worked on together: all of a small panel, else some units."""

Part = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Outcome and regressors of some units, the same without effects, and the weights of the cells."""


@dataclass(frozen=True, eq=False)
class PanelRegression:
    """Coefficients of a panel regression and their clustered covariance.

    Attributes
    ----------
    coefficients : numpy.ndarray, shape (regressors,)
        In units of the outcome per unit of the regressor.
    covariance : numpy.ndarray, shape (regressors, regressors)
        Clustered by groups of units (CRV1).
    observations : int
        Cells that were used.
    clusters : int
        Clusters that were used.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    observations: int
    clusters: int

    @property
    def standard_errors(self) -> np.ndarray:
        """Clustered standard errors, shape (regressors,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def p_values(self) -> np.ndarray:
        """Two-sided p-values by Student's t with ``clusters - 1`` degrees of freedom."""
        return 2 * stdtr(self.clusters - 1, -np.abs(self.coefficients / self.standard_errors))

    def interval(self, level: float = CONFIDENCE) -> np.ndarray:
        """Return confidence intervals by Student's t with ``clusters - 1`` degrees of freedom.

        Parameters
        ----------
        level : float
            Probability that an interval holds its coefficient, above 0 and below 1.

        Returns
        -------
        numpy.ndarray, shape (2, regressors)
            Lower and upper ends.
        """
        reach = stdtrit(self.clusters - 1, (1 + level) / 2) * self.standard_errors
        return np.stack([self.coefficients - reach, self.coefficients + reach])

    def joint_test(self, which: ArrayLike) -> JointTest:
        """Test that the chosen coefficients are all zero.

        Parameters
        ----------
        which : array_like
            Positions of the coefficients, or a flag for each.

        Returns
        -------
        JointTest
        """
        chosen = np.arange(len(self.coefficients))[np.asarray(which)]
        covariance = self.covariance[np.ix_(chosen, chosen)]
        return f_test(self.coefficients[chosen], covariance, self.clusters)


def two_way_fixed_effects(
    outcome: ArrayLike,
    regressors: ArrayLike,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> PanelRegression:
    """Regress an outcome on regressors with an effect for each unit and each period.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        NaN where missing.
    regressors : array_like, shape (regressors, units, periods) or (units, periods)
        NaN where missing; dummies may be boolean.
    clusters : array_like, shape (units,), optional
        A label for the cluster of each unit; without it each unit is a cluster.
    weights : array_like, shape (units, periods), optional
        Analytic weights, 0 or more: how much each cell counts.

    Returns
    -------
    PanelRegression

    Raises
    ------
    ValueError
        Shapes do not fit, a value is infinite, a weight is negative or missing, fewer than two
        clusters or no cells remain, or the effects and the other regressors leave nothing
        of a regressor.

    Notes
    -----
    A cell whose outcome, weight or any regressor is missing or zero-weighted is left out, and so
    is, one after the other, a unit or period with a single cell left, which its effect fits
    perfectly (Correia 2015). The small-sample factor is that of fixest: ``G / (G - 1)`` times
    ``(n - 1) / (n - k)`` with k the regressors and periods, for unit effects are nested in the
    clusters. Without weights and with no cell missing in the units and periods that are left,
    the work goes through the units in blocks, and little is held besides the data.
    """
    y, x, cell_weights = _cells(outcome, regressors, weights)
    used = _without_singletons(_complete(y, x) & (cell_weights > 0))
    if not used.any():
        raise ValueError("no cell is left that says anything about the regressors")
    units, periods = np.flatnonzero(used.any(axis=1)), np.flatnonzero(used.any(axis=0))
    index = cluster_index(_labels(clusters, units, len(used)), len(units))
    cells = int(used.sum())
    if weights is None and cells == len(units) * len(periods):
        parts: Iterable[Part] = _Blocks(y, x, units, periods)
    else:
        parts = [_whole(y, x, cell_weights, used)]
    return _least_squares(parts, cells, len(periods), index)


def _whole(y: np.ndarray, x: np.ndarray, weights: np.ndarray, used: np.ndarray) -> Part:
    """Return all units in one part, where cells are missing or differ in weight."""
    stack = np.concatenate([y[None], x])
    if not used.all():
        stack, weights = np.where(used, stack, 0), np.where(used, weights, 0)
        rows, columns = np.flatnonzero(used.any(axis=1))[:, None], np.flatnonzero(used.any(axis=0))
        stack, weights = stack[:, rows, columns], weights[rows, columns]
    return stack, weighted_double_demean(stack, weights), weights


class _Blocks:
    """A panel without gaps and weights, some units at a time, as often as it is gone through."""

    def __init__(
        self, y: np.ndarray, x: np.ndarray, units: np.ndarray, periods: np.ndarray
    ) -> None:
        self._y, self._x, self._periods = y, x, periods
        self._all = y.shape == (len(units), len(periods))
        size = max(CELLS_AT_ONCE // ((1 + len(x)) * len(periods)), 1)
        self._blocks = [units[start : start + size] for start in range(0, len(units), size)]
        sums = [self._raw(block).sum(axis=-2, keepdims=True) for block in self._blocks]
        self._period = reduce(np.add, sums) / len(units)
        self._only = [self._part(self._blocks[0])] if len(self._blocks) == 1 else []

    def __iter__(self) -> Iterator[Part]:
        return iter(self._only or map(self._part, self._blocks))

    def _part(self, units: np.ndarray) -> Part:
        raw = self._raw(units)
        return raw, double_demean(raw, self._period), np.ones(raw.shape[1:])

    def _raw(self, units: np.ndarray) -> np.ndarray:
        rows = slice(units[0], units[-1] + 1)
        stack = np.concatenate([self._y[None, rows], self._x[:, rows]])
        return stack if self._all else stack[:, (units - units[0])[:, None], self._periods]


def double_demean(x: np.ndarray, period: np.ndarray | None = None) -> np.ndarray:
    """Take unit and period means out of a balanced panel.

    Parameters
    ----------
    x : numpy.ndarray, shape (..., units, periods)
        Values without gaps.
    period : numpy.ndarray, shape (..., 1, periods), optional
        Period means of the whole panel, where these are some of its units.

    Returns
    -------
    numpy.ndarray, shape (..., units, periods)
    """
    unit = x.mean(axis=-1, keepdims=True)
    period = x.mean(axis=-2, keepdims=True) if period is None else period
    return x - unit - (period - period.mean(axis=-1, keepdims=True))


def weighted_double_demean(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Take weighted unit and period effects out of a panel, whatever its gaps.

    Parameters
    ----------
    x : numpy.ndarray, shape (..., units, periods)
        Values, any finite number where the weight is 0.
    weights : numpy.ndarray, shape (units, periods)
        Weights, 0 where a cell is missing; each unit and period has one above 0.

    Returns
    -------
    numpy.ndarray, shape (..., units, periods)
        What weighted least squares on both sets of dummies leaves. It is exact: the longer side
        is eliminated by hand, and the normal equations of the shorter side are solved.
    """
    if weights.shape[1] > weights.shape[0]:
        turned = weighted_double_demean(np.swapaxes(x, -1, -2), weights.T)
        return np.swapaxes(turned, -1, -2)
    unit_weight, period_weight = weights.sum(axis=1), weights.sum(axis=0)
    share = weights / unit_weight[:, None]
    unit_mean = (share * x).sum(axis=-1)
    period_sum = (weights * (x - unit_mean[..., None])).sum(axis=-2)
    normal = np.diag(period_weight) - weights.T @ share
    # Effects are known up to a constant per connected part of the panel; any solution does.
    right = period_sum.reshape(-1, len(normal)).T
    solved = np.linalg.lstsq(normal, right, rcond=None)[0].T
    period = solved.reshape(period_sum.shape)
    return x - (unit_mean - period @ share.T)[..., None] - period[..., None, :]


def _cells(
    outcome: ArrayLike, regressors: ArrayLike, weights: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return outcome, regressors and weights after checks."""
    y, x = np.asarray(outcome, dtype="float64"), np.asarray(regressors)
    # Dummies stay small until a block of them is worked on.
    x = x if x.dtype == np.bool_ else x.astype("float64", copy=False)
    x = x[None] if x.ndim == 2 else x
    if y.ndim != 2 or x.ndim != 3 or x.shape[1:] != y.shape or len(x) == 0:
        raise ValueError(f"regressors of shape {x.shape} do not fit an outcome of {y.shape}")
    if any(np.isinf(values).any() for values in (y, *x)):
        raise ValueError("an outcome or a regressor is infinite")
    if weights is None:
        return y, x, np.ones(y.shape)
    w = np.asarray(weights, dtype="float64")
    if w.shape != y.shape or not (np.isfinite(w) & (w >= 0)).all():
        raise ValueError("each cell needs a weight of 0 or more")
    return y, x, w


def _complete(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return where neither the outcome nor a regressor is missing."""
    known = ~np.isnan(y)
    for values in x:
        known &= ~np.isnan(values)
    return known


def _labels(clusters: ArrayLike | None, kept: np.ndarray, units: int) -> np.ndarray | None:
    """Return the cluster labels of the units that are kept."""
    if clusters is None:
        return None
    labels = np.asarray(clusters)
    if labels.shape != (units,):
        raise ValueError(f"{units} units need as many clusters, not {labels.shape}")
    return labels[kept]


def _without_singletons(used: np.ndarray) -> np.ndarray:
    """Return the cells without units and periods that have a single cell left."""
    while True:
        lonely = (used.sum(axis=1) == 1)[:, None] | (used.sum(axis=0) == 1)
        if not (lonely & used).any():
            return used
        used = used & ~lonely


def _least_squares(
    parts: Iterable[Part], n: int, periods: int, index: np.ndarray
) -> PanelRegression:
    """Return the regression of the first demeaned variable on the others.

    The parts are gone through twice: for the coefficients, then for the scores of the units.
    """
    sums = zip(*map(_sums, parts), strict=True)
    gram, moments, square, mean, weight = (np.add.reduce(each) for each in sums)
    _refuse_collinear(gram, np.maximum(square - mean**2 / weight, 0), square)
    bread = np.linalg.inv(gram)
    coefficients = bread @ moments
    scores = cluster_sums(np.concatenate([_scores(part, coefficients) for part in parts]), index)
    clusters, parameters = len(scores), len(gram) + periods
    factor = clusters / (clusters - 1) * (n - 1) / (n - parameters)
    return PanelRegression(coefficients, factor * bread @ (scores.T @ scores) @ bread, n, clusters)


def _sums(part: Part) -> tuple[np.ndarray, ...]:
    """Return cross products without effects; squares, sums and weights with them."""
    raw, residual, weights = part
    y, x = residual[0], residual[1:]
    flat, weighted = x.reshape(len(x), -1), (x * weights).reshape(len(x), -1)
    square = np.einsum("it,kit,kit->k", weights, raw[1:], raw[1:])
    mean = np.einsum("it,kit->k", weights, raw[1:])
    return weighted @ flat.T, weighted @ y.ravel(), square, mean, weights.sum()


def _scores(part: Part, coefficients: np.ndarray) -> np.ndarray:
    """Return the scores of units, shape (units, regressors)."""
    _, residual, weights = part
    y, x = residual[0], residual[1:]
    left = y - (coefficients @ x.reshape(len(x), -1)).reshape(y.shape)
    return np.einsum("kit,it->ik", x * weights, left)


def _refuse_collinear(gram: np.ndarray, variation: np.ndarray, square: np.ndarray) -> None:
    """Stop if the effects or the other regressors leave nothing of a regressor."""
    left = np.diag(gram)
    absorbed = np.flatnonzero(~(left > COLLINEAR * variation + ROUNDING * square))
    if absorbed.size:
        raise ValueError(f"unit and period effects leave nothing of regressor {absorbed[0]}")
    scale = np.sqrt(left)
    if np.linalg.eigvalsh(gram / np.outer(scale, scale))[0] < COLLINEAR:
        raise ValueError("the regressors are collinear with each other")
