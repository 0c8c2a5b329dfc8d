"""Estimates that carry their influence function, and what follows from it.

An influence function says how far each unit moves an estimate. Here it is scaled so that the
variance of an estimate is the sum of its squares over units (or over sums by cluster).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from gotong.causal.clustering import JointTest, chi_squared_test, cluster_sums
from gotong.intervals import CONFIDENCE

GOLDEN: Final = (1 + 5**0.5) / 2
"""The two values of Mammen's multipliers are the golden ratio and one minus it."""


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates with the influence of each cluster on each of them.

    Attributes
    ----------
    effects : numpy.ndarray, shape (estimates,)
        In units of the outcome.
    influence : numpy.ndarray, shape (units, estimates)
        Influence function by unit.
    clusters : numpy.ndarray of int, shape (units,), or None
        Number of the cluster of each unit; None where each unit stands for itself, and then
        without a small-sample factor, as in the R package did.
    """

    effects: np.ndarray
    influence: np.ndarray
    clusters: np.ndarray | None

    @property
    def cluster_influence(self) -> np.ndarray:
        """Influence by cluster, with the factor for few clusters, shape (clusters, estimates)."""
        if self.clusters is None:
            return self.influence
        sums = cluster_sums(self.influence, self.clusters)
        return sums * np.sqrt(len(sums) / (len(sums) - 1))

    @property
    def covariance(self) -> np.ndarray:
        """Covariance of the estimates, shape (estimates, estimates)."""
        influence = self.cluster_influence
        return influence.T @ influence

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard errors, shape (estimates,)."""
        return np.sqrt((self.cluster_influence**2).sum(axis=0))

    def interval(self, level: float = CONFIDENCE) -> np.ndarray:
        """Return pointwise normal intervals, shape (2, estimates).

        Parameters
        ----------
        level : float
            Probability that an interval holds its effect, above 0 and below 1.

        Returns
        -------
        numpy.ndarray, shape (2, estimates)
        """
        reach = ndtri((1 + level) / 2) * self.standard_errors
        return np.stack([self.effects - reach, self.effects + reach])

    def uniform_band(
        self, rng: np.random.Generator, draws: int = 9999, level: float = CONFIDENCE
    ) -> np.ndarray:
        """Return intervals that hold all effects at once, by the multiplier bootstrap.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of the multipliers.
        draws : int
            How many samples are drawn.
        level : float
            Probability that the band holds all effects, above 0 and below 1.

        Returns
        -------
        numpy.ndarray, shape (2, estimates)

        Notes
        -----
        Callaway and Sant'Anna 2021, algorithm 1, with the multipliers of Mammen 1993, one for
        each unit or cluster. The largest absolute t statistic is compared with the analytic
        standard errors. An effect without sampling error, as one in its own base period, takes
        no part.
        """
        influence, errors = self.cluster_influence, self.standard_errors
        varies = errors > 0
        low = rng.random((draws, len(influence))) < GOLDEN / 5**0.5
        multipliers = np.where(low, 1 - GOLDEN, GOLDEN)
        statistics = multipliers @ (influence[:, varies] / errors[varies])
        largest = np.abs(statistics).max(axis=1, initial=0)
        reach = np.quantile(largest, level) * errors
        return np.stack([self.effects - reach, self.effects + reach])

    def joint_test(self, which: ArrayLike) -> JointTest:
        """Test that the chosen effects are all zero.

        Parameters
        ----------
        which : array_like
            Positions of the effects, or a flag for each.

        Returns
        -------
        JointTest
            Wald test; NaN where the covariance is singular, as it is with more effects than
            clusters.
        """
        chosen = np.arange(len(self.effects))[np.asarray(which)]
        return chi_squared_test(self.effects[chosen], self.covariance[np.ix_(chosen, chosen)])
