"""Panel regression with unit and period effects and clustered errors.

The effects are taken out of the outcome and of each regressor first; least squares on what
is left gives the coefficients of the full regression (Frisch and Waugh 1933; Lovell 1963).
A coefficient is an average over units and periods whose weights may be negative when the
effect differs between cohorts (Goodman-Bacon 2021, 10.1016/j.jeconom.2021.03.014): see
`gotong.causal.bacon` for the weights and `gotong.causal.group_time` for what to do instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from gotong.causal.clustering import JointTest, cluster_index, cluster_sums, f_test

COLLINEAR: Final = 1e-10
"""Share of a regressor's variation below which what is left of it counts as nothing."""

ROUNDING: Final = 1e-26
"""Share of a regressor's sum of squares that rounding alone may leave."""


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

    def interval(self, level: float = 0.95) -> np.ndarray:
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
        NaN where missing.
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
    clusters.
    """
    stack, cell_weights = _cells(outcome, regressors, weights)
    used = _without_singletons(~np.isnan(stack).any(axis=0) & (cell_weights > 0))
    if not used.any():
        raise ValueError("no cell is left that says anything about the regressors")
    units = np.flatnonzero(used.any(axis=1))
    index = cluster_index(_labels(clusters, units, len(used)), len(units))
    if not used.all():
        stack, cell_weights = np.where(used, stack, 0), np.where(used, cell_weights, 0)
        rows, columns = units[:, None], np.flatnonzero(used.any(axis=0))
        stack = stack[:, rows, columns]
        cell_weights, used = cell_weights[rows, columns], used[rows, columns]
    if weights is None and used.all():
        residual = double_demean(stack)
    else:
        residual = weighted_double_demean(stack, cell_weights)
    return _least_squares(stack, residual, cell_weights, int(used.sum()), index)


def double_demean(x: np.ndarray) -> np.ndarray:
    """Take unit and period means out of a balanced panel.

    Parameters
    ----------
    x : numpy.ndarray, shape (..., units, periods)
        Values without gaps.

    Returns
    -------
    numpy.ndarray, shape (..., units, periods)
    """
    unit = x.mean(axis=-1, keepdims=True)
    period = x.mean(axis=-2, keepdims=True)
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
) -> tuple[np.ndarray, np.ndarray]:
    """Return outcome and regressors in one array, and the weights, after checks."""
    y = np.asarray(outcome, dtype="float64")
    x = np.asarray(regressors, dtype="float64")
    x = x[None] if x.ndim == 2 else x
    if y.ndim != 2 or x.ndim != 3 or x.shape[1:] != y.shape or len(x) == 0:
        raise ValueError(f"regressors of shape {x.shape} do not fit an outcome of {y.shape}")
    stack = np.concatenate([y[None], x])
    if np.isinf(stack).any():
        raise ValueError("an outcome or a regressor is infinite")
    if weights is None:
        return stack, np.ones(y.shape)
    w = np.asarray(weights, dtype="float64")
    if w.shape != y.shape or not (np.isfinite(w) & (w >= 0)).all():
        raise ValueError("each cell needs a weight of 0 or more")
    return stack, w


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
    raw: np.ndarray, residual: np.ndarray, weights: np.ndarray, n: int, index: np.ndarray
) -> PanelRegression:
    """Return the regression of the first demeaned variable on the others."""
    y, x = residual[0], residual[1:]
    weighted = x * weights
    flat = x.reshape(len(x), -1)
    gram = weighted.reshape(len(x), -1) @ flat.T
    _refuse_collinear(gram, raw[1:], weights)
    bread = np.linalg.inv(gram)
    coefficients = bread @ (weighted.reshape(len(x), -1) @ y.ravel())
    left = y - (coefficients @ flat).reshape(y.shape)
    scores = cluster_sums(np.einsum("kit,it->ik", weighted, left), index)
    clusters, parameters = len(scores), len(x) + y.shape[1]
    factor = clusters / (clusters - 1) * (n - 1) / (n - parameters)
    return PanelRegression(coefficients, factor * bread @ (scores.T @ scores) @ bread, n, clusters)


def _refuse_collinear(gram: np.ndarray, x: np.ndarray, weights: np.ndarray) -> None:
    """Stop if the effects or the other regressors leave nothing of a regressor."""
    square = np.einsum("it,kit,kit->k", weights, x, x)
    mean_square = np.einsum("it,kit->k", weights, x) ** 2 / weights.sum()
    variation = np.maximum(square - mean_square, 0)
    left = np.diag(gram)
    absorbed = np.flatnonzero(~(left > COLLINEAR * variation + ROUNDING * square))
    if absorbed.size:
        raise ValueError(f"unit and period effects leave nothing of regressor {absorbed[0]}")
    scale = np.sqrt(left)
    if np.linalg.eigvalsh(gram / np.outer(scale, scale))[0] < COLLINEAR:
        raise ValueError("the regressors are collinear with each other")
