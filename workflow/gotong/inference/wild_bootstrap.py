"""Wild cluster restricted bootstrap: tests and intervals for a coefficient with few clusters."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, inf, isfinite, sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from gotong.inference.fixed_effects import TwoWayEffects, numbered
from gotong.inference.permutation import TIE, permutation_p
from gotong.intervals import CONFIDENCE

MOST_LISTED: Final = 14
"""Clusters up to which all sign vectors are listed: 2^14 = 16,384 before symmetry."""

WEBB: Final = np.sqrt([0.5, 1.0, 1.5])
"""Sizes of the six-point weights, each with either sign (Webb 2023, 10.1111/caje.12661)."""

_FARTHEST: Final = 2.0**20
"""Standard errors from the estimate at which the search for an interval's end gives up."""

_VANISHING: Final = 1e-18
"""Share of the largest squared score below which a squared score is rounding."""


def sign_vectors(clusters: int) -> np.ndarray:
    """Return all vectors of signs but the observed one, each standing for its mirror too.

    Parameters
    ----------
    clusters : int
        From 2 to `MOST_LISTED`.

    Returns
    -------
    numpy.ndarray, shape (2 ** (clusters - 1) - 1, clusters)
        The first sign is +1: turning all signs turns the sign of t and nothing else, so that
        one half tells all for a two-sided test. The vector without a turned sign is the sample
        itself and left out.

    Raises
    ------
    ValueError
        There are fewer than 2 clusters or too many.
    """
    if not 2 <= clusters <= MOST_LISTED:
        raise ValueError(f"sign vectors are listed for 2 to {MOST_LISTED} clusters, not {clusters}")
    number = np.arange(1, 2 ** (clusters - 1))
    turned = number[:, np.newaxis] >> np.arange(clusters - 1) & 1
    return np.column_stack([np.ones(len(number)), 1.0 - 2.0 * turned])


def webb_weights(clusters: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draw six-point weights.

    Parameters
    ----------
    clusters, draws : int
        How many weights in a vector and how many vectors.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    numpy.ndarray, shape (draws, clusters)
        With mean 0 and variance 1. Unlike signs they give thousands of different vectors for
        as few as five clusters.
    """
    points = np.concatenate([-WEBB, WEBB])
    return points.take(rng.integers(points.size, size=(draws, clusters), dtype="uint8"))


def bootstrap_weights(
    clusters: int, rng: np.random.Generator | None = None, draws: int = 9_999
) -> np.ndarray:
    """Return all sign vectors of few clusters, or drawn six-point weights of many.

    Parameters
    ----------
    clusters : int
        How many clusters there are.
    rng : numpy.random.Generator, optional
        Needed for more than `MOST_LISTED` clusters.
    draws : int
        How many vectors are drawn then.

    Returns
    -------
    numpy.ndarray, shape (vectors, clusters)
        See `sign_vectors` and `webb_weights`. Outcomes that are tested together must share
        one such matrix (see `multiplicity.romano_wolf`).

    Raises
    ------
    ValueError
        There are fewer than 2 clusters, or too many to list and no generator is given.
    """
    if clusters <= MOST_LISTED:
        return sign_vectors(clusters)
    if rng is None:
        raise ValueError(f"{clusters} clusters have too many sign vectors: give a generator")
    return webb_weights(clusters, draws, rng)


@dataclass(frozen=True, eq=False)
class WildBootstrap:
    """A coefficient with its bootstrap test.

    Attributes
    ----------
    estimate, standard_error : float
        In units of the outcome per unit of the regressor; clustered, with the usual correction
        G / (G - 1) * (n - 1) / (n - k).
    null : float
        Value that is tested.
    t : float
        (estimate - null) / standard_error.
    t_star : numpy.ndarray, shape (vectors,)
        The same in each bootstrap sample, the null hypothesis being true in it.
    p_value : float
        Two-sided; the sample itself counts among the samples.
    smallest_p : float
        The p-value as the effect grows without bound: the design gives no smaller one.
    clusters : int
        How many there are.
    """

    estimate: float
    standard_error: float
    null: float
    t: float
    t_star: np.ndarray
    p_value: float
    smallest_p: float
    clusters: int
    _samples: _Samples

    def interval(self, level: float = CONFIDENCE) -> tuple[float, float]:
        """Return the stretch of values around the estimate that the test does not reject.

        Parameters
        ----------
        level : float
            Confidence, above 0 and below 1.

        Returns
        -------
        low, high : float
            In the unit of the estimate; infinite where no value is rejected.

        Raises
        ------
        ValueError
            `level` is out of range.
        """
        if not 0 < level < 1:
            raise ValueError(f"the level must lie above 0 and below 1, not {level}")
        low, high = (self._samples.reach(1 - level, sign) for sign in (-1, 1))
        return self.estimate - low, self.estimate + high


def wild_cluster_bootstrap(
    outcome: ArrayLike,
    regressors: ArrayLike,
    clusters: ArrayLike,
    effects: TwoWayEffects | None = None,
    coefficient: int = 0,
    null: float = 0.0,
    weights: np.ndarray | None = None,
) -> WildBootstrap:
    """Test a coefficient of a linear regression by the wild cluster restricted bootstrap.

    Parameters
    ----------
    outcome : array_like, shape (observations,)
        Left-hand side.
    regressors : array_like, shape (observations, k) or (observations,)
        Right-hand side; without effects, a column of ones is the caller's to add.
    clusters : array_like, shape (observations,)
        Label of the cluster: who decided, not who was counted.
    effects : TwoWayEffects, optional
        Unit and period effects of the observations; they are taken out here.
    coefficient : int
        Column of the regressor in question.
    null : float
        Its value under the null hypothesis.
    weights : numpy.ndarray, shape (vectors, clusters), optional
        From `bootstrap_weights`; by default all sign vectors, for up to 14 clusters.

    Returns
    -------
    WildBootstrap
        With test; its interval is worked out when asked for.

    Raises
    ------
    ValueError
        A number is missing, shapes do not fit, the regressors are collinear, the fit is
        perfect, or a choice is out of range.

    Notes
    -----
    Cameron, Gelbach and Miller 2008 (10.1162/rest.90.3.414), with the null imposed; signs
    turn whole clusters of restricted residuals. The fast form of Roodman et al. 2019
    (10.1177/1536867X19830877): scores are matrices of clusters by clusters times
    the weights, and linear in the null, so that an interval costs a few vector operations.
    Period effects cut across clusters: they are estimated anew in every sample, which the
    matrices contain; turning signs of demeaned residuals alone would ignore it.
    """
    y, x = _sample(outcome, regressors)
    if not isfinite(null):
        raise ValueError(f"the null hypothesis must be a number, not {null}")
    count, cluster = numbered(clusters)
    if cluster.shape != y.shape or count < 2:
        raise ValueError("each observation needs a cluster, and there must be 2 or more clusters")
    vectors = bootstrap_weights(count) if weights is None else np.asarray(weights)
    if vectors.ndim != 2 or vectors.shape[1] != count:
        raise ValueError(f"weights of shape {vectors.shape} do not fit {count} clusters")
    fit = _fit(y, x, cluster, count, effects, coefficient)
    samples = _resample(fit, null, vectors)
    return WildBootstrap(
        fit.estimate,
        fit.standard_error,
        null,
        samples.distance / fit.standard_error,
        samples.t_star(),
        samples.p_value,
        samples.smallest_p,
        count,
        samples,
    )


def _sample(outcome: ArrayLike, regressors: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return outcome and regressors as float64, or say what is wrong with them."""
    y, x = np.asarray(outcome, dtype="float64"), np.asarray(regressors, dtype="float64")
    x = x[:, np.newaxis] if x.ndim == 1 else x
    if y.ndim != 1 or x.ndim != 2 or len(x) != len(y):
        raise ValueError(f"outcome of shape {y.shape} does not fit regressors of shape {x.shape}")
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("the bootstrap needs complete observations: a value is missing")
    return y, x


@dataclass(frozen=True, eq=False)
class _Fit:
    """A regression reduced to the coefficient in question.

    `direction` is the regressor without what the other regressors and the effects explain of
    it; its product with an outcome, over its sum of squares, is the coefficient.
    """

    x: np.ndarray
    inverse: np.ndarray
    direction: np.ndarray
    residual: np.ndarray
    estimate: float
    cluster: np.ndarray
    clusters: int
    effects: TwoWayEffects | None
    correction: float

    @property
    def square(self) -> float:
        """Sum of squares of the direction."""
        return float(self.direction @ self.direction)

    @property
    def standard_error(self) -> float:
        """Clustered standard error of the estimate."""
        scores = self.within(self.direction * self.residual)
        return self.correction * float(np.linalg.norm(scores)) / self.square

    def within(self, values: np.ndarray) -> np.ndarray:
        """Return sums within clusters."""
        return np.bincount(self.cluster, values, self.clusters)

    def scores(self, *residuals: np.ndarray) -> np.ndarray:
        """Return the scores after a new fit to residuals of one cluster at a time.

        Returns
        -------
        numpy.ndarray, shape (len(residuals) * clusters, clusters)
            Score of the cluster in the row when only the cluster in the column has residuals,
            for each of the residuals one below the other.
        """
        own = self._products(self.direction) @ self.inverse
        parts = [
            np.diag(self.within(self.direction * residual)) - own @ self._products(residual).T
            for residual in residuals
        ]
        if self.effects is not None:
            left, *right = (
                self.effects.sums_by_cluster(values, self.cluster, self.clusters)
                for values in (self.direction, *residuals)
            )
            for part, sums in zip(parts, right, strict=True):
                part -= self.effects.explained_products(left, sums)
        return np.concatenate(parts)

    def _products(self, values: np.ndarray) -> np.ndarray:
        return np.stack([self.within(values * column) for column in self.x.T], axis=1)


def _fit(
    y: np.ndarray,
    x: np.ndarray,
    cluster: np.ndarray,
    clusters: int,
    effects: TwoWayEffects | None,
    coefficient: int,
) -> _Fit:
    """Fit the regression, or say why it cannot be fitted."""
    if effects is not None:
        before = np.linalg.norm(x, axis=0)
        y, x = effects.residuals(y), effects.residuals(x)
        # A regressor that effects explain leaves rounding, which would pass for variation.
        x[:, np.linalg.norm(x, axis=0) <= TIE * before] = 0
    sizes = np.linalg.norm(x, axis=0)
    scaled = x / np.where(sizes > 0, sizes, 1)
    if np.linalg.matrix_rank(scaled) < x.shape[1]:
        raise ValueError("the regressors, or they and the effects, are collinear")
    inverse = np.linalg.inv(scaled.T @ scaled) / np.outer(sizes, sizes)
    direction = x @ inverse[:, coefficient] / inverse[coefficient, coefficient]
    beta = inverse @ (x.T @ y)
    residual = y - x @ beta
    correction = _correction(len(x), x.shape[1], cluster, clusters, effects)
    estimate = float(beta[coefficient])
    fit = _Fit(x, inverse, direction, residual, estimate, cluster, clusters, effects, correction)
    if not fit.standard_error * sqrt(fit.square) > TIE * np.linalg.norm(y):
        raise ValueError("the fit leaves the clusters no residual: there is nothing to bootstrap")
    return fit


def _correction(
    observations: int,
    regressors: int,
    cluster: np.ndarray,
    clusters: int,
    effects: TwoWayEffects | None,
) -> float:
    """Return the factor of the standard error that corrects for few clusters.

    Unit effects inside clusters do not count as parameters, as in fixest: their scores are
    zero in each cluster.
    """
    parameters = regressors
    if effects is not None:
        parameters += effects.periods
        if not effects.units_lie_within(cluster):
            parameters += effects.units - 1
    if parameters >= observations:
        raise ValueError(f"{observations} observations cannot carry {parameters} parameters")
    return sqrt(clusters / (clusters - 1) * (observations - 1) / (observations - parameters))


@dataclass(frozen=True, eq=False)
class _Samples:
    """All bootstrap samples, as functions of how far the null is moved up from the one tested.

    In each, ``top + shift * top_slope`` is the distance of the coefficient from the null, and
    the squared length of the scores is the parabola ``size + shift * ...``, both in units in
    which their ratio is t.
    """

    top: np.ndarray
    top_slope: np.ndarray
    size: tuple[np.ndarray, np.ndarray, np.ndarray]
    distance: float
    standard_error: float

    def t_star(self, shift: float = 0.0) -> np.ndarray:
        """Return t in each sample."""
        constant, linear, square = self.size
        length = np.sqrt(np.maximum(constant + shift * (2 * linear + shift * square), 0))
        top = self.top + shift * self.top_slope
        return np.divide(top, length, out=np.copysign(inf, top), where=length > 0)

    @property
    def p_value(self) -> float:
        """Two-sided p-value, ties counting against the finding."""
        t = abs(self.distance) / self.standard_error
        return permutation_p(self.t_star(), t, "two-sided").p_value

    @property
    def smallest_p(self) -> float:
        """P-value of an infinite effect: samples without residual stay tied with the data."""
        square = self.size[2]
        tied = int((square <= _VANISHING * square.max(initial=0)).sum())
        return (1 + tied) / (1 + square.size)

    def reach(self, alpha: float, sign: int) -> float:
        """Return how far from the estimate, up or down, the null can move until rejected.

        A null is not rejected as long as `needed` samples are as extreme as the data. The
        `needed`-th largest t is continuous in the null, unlike the p-value, so that a root
        finder lands on the very point where the p-value steps below alpha.
        """
        needed = floor(alpha * (1 + self.top.size) + TIE)
        if needed == 0 or self.smallest_p > alpha:
            return inf
        place = self.top.size - needed

        def margin(reach: float) -> float:
            t_star = np.abs(self.t_star(self.distance + sign * reach))
            return float(np.partition(t_star, place)[place] - reach / self.standard_error)

        inner, outer = 0.0, self.standard_error
        while margin(outer) >= 0:
            inner, outer = outer, 2 * outer
            if outer > _FARTHEST * self.standard_error:
                return inf
        return float(brentq(margin, inner, outer, xtol=TIE * outer))


def _resample(fit: _Fit, null: float, vectors: np.ndarray) -> _Samples:
    """Return the bootstrap samples of a regression.

    Restricted residuals are those of the fit plus the direction times the distance between
    estimate and null, so that moving the null adds a multiple of the direction.
    """
    distance = fit.estimate - null
    restricted = fit.residual + distance * fit.direction
    scores = fit.correction * fit.scores(restricted, -fit.direction)
    tops = [fit.within(fit.direction * part) for part in (restricted, -fit.direction)]
    drawn = vectors @ np.vstack([scores, tops]).T
    base, slope = drawn[:, : fit.clusters], drawn[:, fit.clusters : -2]
    return _Samples(
        drawn[:, -2].copy(),
        drawn[:, -1].copy(),
        (_products(base, base), _products(base, slope), _products(slope, slope)),
        distance,
        fit.standard_error,
    )


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the scalar products of rows."""
    return np.asarray(np.einsum("vg,vg->v", left, right))
