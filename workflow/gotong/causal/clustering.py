"""What all estimators share: sums by cluster and tests of several coefficients at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc

from gotong.inference.fixed_effects import numbered


@dataclass(frozen=True)
class JointTest:
    """Test that several coefficients are all zero.

    Attributes
    ----------
    statistic : float
        F or chi-squared statistic, NaN where the covariance is singular.
    restrictions : int
        How many coefficients are tested.
    p_value : float
        Probability of a statistic as large, if all were zero; NaN where the statistic is.
    """

    statistic: float
    restrictions: int
    p_value: float


def cluster_index(clusters: ArrayLike | None, units: int) -> np.ndarray:
    """Return the number of the cluster of each unit, counted from 0.

    Parameters
    ----------
    clusters : array_like, shape (units,), or None
        A label for the cluster of each unit; None makes each unit a cluster.
    units : int
        How many units there are.

    Returns
    -------
    numpy.ndarray of int, shape (units,)

    Raises
    ------
    ValueError
        There is not one label for each unit, a label is missing, or there are fewer than two
        clusters.
    """
    if clusters is None:
        index = np.arange(units)
    else:
        labels = np.asarray(clusters)
        if labels.shape != (units,):
            raise ValueError(f"{units} units need as many clusters, not {labels.shape}")
        if labels.dtype.kind == "f" and np.isnan(labels).any():
            raise ValueError("the cluster of a unit is missing")
        index = numbered(labels)[1]
    if units == 0 or index.max() == 0:
        raise ValueError("clustered errors need two clusters or more")
    return index


def cluster_sums(contributions: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Return the sums of the units' contributions by cluster.

    Parameters
    ----------
    contributions : numpy.ndarray, shape (units, columns)
        What each unit adds to each sum.
    index : numpy.ndarray of int, shape (units,)
        Number of the cluster of each unit, as from `cluster_index`.

    Returns
    -------
    numpy.ndarray, shape (clusters, columns)
    """
    clusters = int(index.max()) + 1
    if clusters == len(index) and (index == np.arange(clusters)).all():
        return contributions
    return np.stack([np.bincount(index, column, clusters) for column in contributions.T], axis=1)


def quadratic_form(estimates: np.ndarray, covariance: np.ndarray) -> float:
    """Return the Wald statistic of all estimates; NaN where the covariance is singular.

    Parameters
    ----------
    estimates : numpy.ndarray, shape (restrictions,)
        Estimates that are zero under the null hypothesis.
    covariance : numpy.ndarray, shape (restrictions, restrictions)
        Their covariance.

    Returns
    -------
    float
    """
    scale = np.sqrt(np.diag(covariance))
    if len(estimates) == 0 or not (scale > 0).all():
        return float("nan")
    correlation = covariance / np.outer(scale, scale)
    if np.linalg.matrix_rank(correlation, hermitian=True) < len(estimates):
        return float("nan")
    standardised = estimates / scale
    return float(standardised @ np.linalg.solve(correlation, standardised))


def f_test(estimates: np.ndarray, covariance: np.ndarray, clusters: int) -> JointTest:
    """Test coefficients of a regression with clustered errors.

    Parameters
    ----------
    estimates : numpy.ndarray, shape (restrictions,)
        Coefficients that are zero under the null hypothesis.
    covariance : numpy.ndarray, shape (restrictions, restrictions)
        Their clustered covariance.
    clusters : int
        Number of clusters. The reference distribution is F with ``clusters - 1`` degrees of
        freedom below, as in fixest.

    Returns
    -------
    JointTest
        NaN where the covariance is singular, as it always is with more coefficients than
        ``clusters - 1``.
    """
    restrictions = len(estimates)
    if restrictions >= clusters:
        return JointTest(float("nan"), restrictions, float("nan"))
    statistic = quadratic_form(estimates, covariance) / max(restrictions, 1)
    p_value = float(fdtrc(restrictions, clusters - 1, statistic))
    return JointTest(statistic, restrictions, p_value)


def chi_squared_test(estimates: np.ndarray, covariance: np.ndarray) -> JointTest:
    """Test estimates whose covariance comes from influence functions.

    Parameters
    ----------
    estimates : numpy.ndarray, shape (restrictions,)
        Estimates that are zero under the null hypothesis.
    covariance : numpy.ndarray, shape (restrictions, restrictions)
        Their covariance.

    Returns
    -------
    JointTest
        NaN where the covariance is singular.
    """
    statistic = quadratic_form(estimates, covariance)
    return JointTest(statistic, len(estimates), float(chdtrc(len(estimates), statistic)))
