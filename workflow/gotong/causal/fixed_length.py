"""The shortest interval of fixed length under a bounded bend of the difference in trends.

Armstrong and Kolesar 2018 (10.3982/ECTA14434); Rambachan and Roth 2023, section 4.1. An estimator
is a linear combination of the coefficients of an event study that is free of linear trends. What
bends can do to it, its bias, and its variance are traded against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr, ndtri

NODES_PER_WEIGHT: Final = 20
"""Nodes after which the search of a lasso path ends; it has about one per weight."""

ROUNDING: Final = 1e-12
"""Share of the penalty by which rounding may misplace a node."""


def bend_weights(weights: np.ndarray) -> np.ndarray:
    """Return what a bend in each period from the reference period on does to the effect.

    Parameters
    ----------
    weights : numpy.ndarray, shape (lags,)
        Weights of the effects after the policy.

    Returns
    -------
    numpy.ndarray, shape (lags,)
        Change of the weighted effect per unit of the bend; the first is also that per unit of
        the slope with which the reference period is reached.
    """
    return np.cumsum(np.cumsum(weights[::-1]))[::-1]


def shortest_interval(
    coefficients: np.ndarray,
    covariance: np.ndarray,
    weights: np.ndarray,
    bound: float,
    level: float,
) -> tuple[float, float]:
    """Return centre and half length of the shortest interval of fixed length.

    Parameters
    ----------
    coefficients : numpy.ndarray, shape (leads + lags,)
        Coefficients before and after the policy, without the reference period between them.
    covariance : numpy.ndarray, shape (leads + lags, leads + lags)
        Their covariance, of full rank.
    weights : numpy.ndarray, shape (lags,)
        The effect is this weighted sum of the effects after the policy.
    bound : float
        By how much the slope of the difference in trends may change between periods.
    level : float
        Probability that the interval holds the effect.

    Returns
    -------
    tuple of float
        Centre and half length.

    Notes
    -----
    An estimator is named by the weights u that it puts on the bends before the policy, going
    back in time. Its weights on the coefficients are the second differences of these, with the
    weight in front that cancels linear trends. The worst bias is the bound times the sum of
    absolute weights on bends, so that the estimators worth having, with the least variance for
    their bias, are the path of a lasso problem. The length has a single valley along it.
    """
    leads = len(coefficients) - len(weights)
    bends = bend_weights(weights)
    back_in_time = np.eye(leads) - 2 * np.eye(leads, k=1) + np.eye(leads, k=2)
    to_coefficients = back_in_time[::-1]
    trend_free = np.append(bends[0] * to_coefficients[:, 0], weights)
    moves = np.vstack([to_coefficients[:, 1:], np.zeros((len(weights), leads - 1))])
    path = _lasso_path(moves.T @ covariance @ moves, moves.T @ covariance @ trend_free)

    def interval(position: float) -> tuple[float, float]:
        u = _along(path, position)
        v = trend_free + moves @ u
        sd = np.sqrt(v @ covariance @ v)
        bias = bound * (np.abs(bends).sum() + np.abs(u).sum())
        return float(v @ coefficients), _folded_quantile(bias / sd, level) * float(sd)

    return interval(_lowest(lambda position: interval(position)[1], len(path) - 1))


def _along(path: np.ndarray, position: float) -> np.ndarray:
    """Return the point of a path of straight pieces; whole positions are its nodes."""
    node = min(int(position), len(path) - 1)
    if node == position:
        return path[node]
    share = position - node
    return (1 - share) * path[node] + share * path[node + 1]


def _lowest(height: Callable[[float], float], last: int) -> float:
    """Return where a function of positions 0 to last, with a single valley, is lowest."""
    best = float(np.argmin([height(node) for node in range(last + 1)]))
    low, high = max(best - 1, 0), min(best + 1, last)
    if high == low:
        return best
    options = {"xatol": 1e-10}
    inside = float(minimize_scalar(height, bounds=(low, high), options=options).x)
    return min(best, inside, key=height)


def _folded_quantile(mean: float, level: float) -> float:
    """Return the quantile of the absolute value of a normal of a given mean and sd 1."""

    def excess(c: float) -> float:
        return float(ndtr(c - mean) - ndtr(-c - mean) - level)

    low, high = mean + ndtri(level), mean + ndtri((1 + level) / 2)
    if excess(low) >= 0:
        return float(low)
    return float(brentq(excess, low, high + 1e-9, xtol=1e-13))


def _lasso_path(quadratic: np.ndarray, linear: np.ndarray) -> np.ndarray:
    """Return the nodes of the path of min u'Qu / 2 + p'u + penalty |u|, from 0 to no penalty.

    Homotopy of Osborne, Presnell and Turlach 2000 (10.1093/imanum/20.3.389): between nodes the
    solution is a straight line; at a node one weight leaves or reaches zero. Each point is an
    estimator whose bias and variance are known, so that an interval around it is valid even if
    ties should end the search before the path does; it would only be longer.
    """
    u, sign = np.zeros(len(linear)), np.zeros(len(linear))
    nodes = [u]
    penalty = np.abs(linear).max(initial=0)
    barred = None
    for _ in range(NODES_PER_WEIGHT * len(linear)):
        if penalty <= 0:
            break
        direction = np.zeros(len(sign))
        active = sign != 0
        direction[active] = np.linalg.solve(quadratic[np.ix_(active, active)], sign[active])
        entries = _entries(quadratic, quadratic @ u + linear, direction, penalty)
        entries[:, active] = np.inf
        if barred is not None:
            entries[barred] = np.inf
        exits = np.full(len(sign), np.inf)
        shrinking = direction * sign < 0
        exits[shrinking] = -u[shrinking] / direction[shrinking]
        taken = min(entries.min(), exits.min(), penalty)
        u, penalty, barred = u + taken * direction, penalty - taken, None
        if exits.min() == taken:
            gone = int(np.argmin(exits))
            barred = (int(sign[gone] > 0), gone)
            u[gone] = sign[gone] = 0
        elif entries.min() == taken:
            side, entering = np.unravel_index(np.argmin(entries), entries.shape)
            sign[entering] = 1 if side else -1
        if taken > 0:
            nodes.append(u)
    return np.array(nodes)


def _entries(
    quadratic: np.ndarray, slope: np.ndarray, direction: np.ndarray, penalty: float
) -> np.ndarray:
    """Return how far the path goes until each weight leaves zero downwards or upwards."""
    turn = quadratic @ direction
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.stack([(penalty - slope) / (1 + turn), (penalty + slope) / (1 - turn)])
    # One that lies behind by rounding is one that happens now.
    steps[np.abs(steps) < ROUNDING * penalty] = 0
    steps[~(steps >= 0)] = np.inf
    return steps
