"""Panel regression of an outcome on past, and as a falsification future, regressors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gotong.causal.clustering import JointTest
from gotong.causal.twfe import PanelRegression, two_way_fixed_effects


@dataclass(frozen=True, eq=False)
class DistributedLag:
    """Coefficients by regressor and lag.

    Attributes
    ----------
    lag : numpy.ndarray of int, shape (lags,)
        Periods by which the regressor precedes the outcome; negative for leads.
    regression : PanelRegression
        Coefficients of the first regressor by lag, then of the second, and so on.
    """

    lag: np.ndarray
    regression: PanelRegression

    @property
    def effects(self) -> np.ndarray:
        """Effect of one unit of a regressor after each lag, shape (regressors, lags)."""
        return self.regression.coefficients.reshape(-1, len(self.lag))

    @property
    def standard_errors(self) -> np.ndarray:
        """Clustered standard errors of the effects, shape (regressors, lags)."""
        return self.regression.standard_errors.reshape(-1, len(self.lag))

    def cumulative(self) -> PanelRegression:
        """Return the effects summed from lag 0 up to each lag.

        Returns
        -------
        PanelRegression
            Sums of the first regressor by lag from 0, then of the second, and so on. The last
            of a regressor is the lasting effect of one unit more of it.
        """
        sums = (self.lag >= 0) & (self.lag <= self.lag[self.lag >= 0][:, None])
        transform = np.kron(np.eye(len(self.effects)), sums)
        return PanelRegression(
            transform @ self.regression.coefficients,
            transform @ self.regression.covariance @ transform.T,
            self.regression.observations,
            self.regression.clusters,
        )

    def leads_test(self) -> JointTest:
        """Test that the leads of all regressors are zero: the future has no effect.

        Returns
        -------
        JointTest
            F test; NaN without leads or with as many leads as clusters.
        """
        return self.regression.joint_test(np.tile(self.lag < 0, len(self.effects)))


def distributed_lag(
    outcome: ArrayLike,
    regressors: ArrayLike,
    lags: int,
    leads: int = 0,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> DistributedLag:
    """Regress an outcome on lags and leads of regressors, with unit and period effects.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        NaN where missing.
    regressors : array_like, shape (regressors, units, periods) or (units, periods)
        NaN where missing.
    lags, leads : int
        How many periods back and ahead the regressors are taken, besides their own.
    clusters : array_like, shape (units,), optional
        A label for the cluster of each unit; without it each unit is a cluster.
    weights : array_like, shape (units, periods), optional
        Analytic weights, 0 or more.

    Returns
    -------
    DistributedLag

    Raises
    ------
    ValueError
        A number of lags or leads is negative or leaves no period, or the regression cannot be
        made (see `two_way_fixed_effects`).

    Notes
    -----
    Whoever lacks a lag or lead is left out: the first `lags` and last `leads` periods, and each
    cell that would need a missing one. All lags are thus estimated on the same cells.
    """
    x = np.asarray(regressors, dtype="float64")
    x = x[None] if x.ndim == 2 else x
    if x.ndim != 3:
        raise ValueError(f"regressors of shape {x.shape} are not by units and periods")
    if lags < 0 or leads < 0 or lags + leads >= x.shape[2]:
        raise ValueError(f"{lags} lags and {leads} leads do not fit {x.shape[2]} periods")
    lag = np.arange(-leads, lags + 1)
    shifted = np.empty((len(x), len(lag), *x.shape[1:]))
    for place, by in enumerate(lag.tolist()):
        shifted[:, place] = shift(x, by)
    stacked = shifted.reshape(-1, *x.shape[1:])
    return DistributedLag(lag, two_way_fixed_effects(outcome, stacked, clusters, weights))


def shift(x: np.ndarray, by: int) -> np.ndarray:
    """Return the value of some periods ago.

    Parameters
    ----------
    x : numpy.ndarray, shape (..., periods)
        Values.
    by : int
        How many periods ago; negative for periods ahead.

    Returns
    -------
    numpy.ndarray, shape (..., periods)
        NaN where that lies outside the panel.
    """
    moved = np.full(x.shape, np.nan)
    periods = x.shape[-1]
    start, end = max(by, 0), min(periods, periods + by)
    moved[..., start:end] = x[..., start - by : end - by]
    return moved
