"""How far parallel trends may be violated before an effect is no longer seen.

Rambachan and Roth 2023 (10.1093/restud/rdad018). An event study estimates, for each period, the
effect of the policy plus the difference in trends that would have been there without it. Before
the policy only the latter is seen; what it may be afterwards is bounded by what it was before,
either in size (*relative magnitudes*) or in how fast it bends (*smoothness*).

Coefficients are ordered in time, one for each period, without the reference period that lies
between those before and those after and whose coefficient is zero. Ends of an event study that
stand for many periods do not belong here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, owens_t

from gotong.causal.fixed_length import bend_weights, shortest_interval
from gotong.intervals import CONFIDENCE

ROUNDING: Final = 1e-12
"""Share of the largest coefficient by which rounding may bend a straight line."""

DOUBLINGS: Final = 60
"""How often the first guess of a breakdown value is doubled before it counts as infinite."""


@dataclass(frozen=True)
class Bounds:
    """What an event study says of an effect if violations of parallel trends are bounded.

    Attributes
    ----------
    bound : float
        The bound on the violation.
    lower, upper : float
        Ends of the identified set, taking the coefficients as exact; NaN where coefficients
        before the policy alone violate the bound.
    interval_lower, interval_upper : float
        Ends of the confidence interval of the effect.
    """

    bound: float
    lower: float
    upper: float
    interval_lower: float
    interval_upper: float


@dataclass(frozen=True, eq=False)
class EventPath:
    """Coefficients of an event study, and the effect that is asked for; see `event_path`.

    Attributes
    ----------
    before, after : numpy.ndarray, shapes (leads,) and (lags,)
        Coefficients before and after the policy, in order of time.
    covariance : numpy.ndarray, shape (leads + lags, leads + lags)
        Covariance of both.
    weights : numpy.ndarray, shape (lags,)
        The effect is the weighted sum of the effects after the policy.
    """

    before: np.ndarray
    after: np.ndarray
    covariance: np.ndarray
    weights: np.ndarray

    @property
    def coefficients(self) -> np.ndarray:
        """All coefficients, shape (leads + lags,)."""
        return np.concatenate([self.before, self.after])

    @property
    def estimate(self) -> float:
        """The effect if trends are parallel."""
        return float(self.weights @ self.after)


def event_path(
    before: ArrayLike, after: ArrayLike, covariance: ArrayLike, weights: ArrayLike | None = None
) -> EventPath:
    """Return the coefficients of an event study, after checks.

    Parameters
    ----------
    before, after : array_like, shapes (leads,) and (lags,)
        Coefficients before and after the policy, in order of time.
    covariance : array_like, shape (leads + lags, leads + lags)
        Covariance of both.
    weights : array_like, shape (lags,), optional
        The effect is the weighted sum of the effects after the policy; by default their mean.

    Returns
    -------
    EventPath

    Raises
    ------
    ValueError
        Shapes do not fit, a number is missing, or the covariance is none.
    """
    pre, post = np.asarray(before, dtype="float64"), np.asarray(after, dtype="float64")
    if pre.ndim != 1 or post.ndim != 1 or 0 in (pre.size, post.size):
        raise ValueError("coefficients before and after the policy are needed")
    total = pre.size + post.size
    matrix = np.asarray(covariance, dtype="float64")
    if matrix.shape != (total, total):
        raise ValueError(f"{total} coefficients do not fit a covariance of {matrix.shape}")
    chosen = (
        np.full(post.size, 1 / post.size) if weights is None else np.asarray(weights, "float64")
    )
    if chosen.shape != post.shape or not chosen.any():
        raise ValueError(f"{post.size} effects need as many weights, not all 0")
    if not all(np.isfinite(x).all() for x in (pre, post, matrix, chosen)):
        raise ValueError("a coefficient, weight or covariance is missing or infinite")
    scale = np.abs(matrix).max()
    if not np.allclose(matrix, matrix.T, rtol=0, atol=1e-9 * scale):
        raise ValueError("the covariance is not symmetric")
    if np.linalg.eigvalsh(matrix)[0] < -1e-9 * scale:
        raise ValueError("the covariance has a negative variance")
    return EventPath(pre, post, matrix, chosen)


def relative_magnitudes(path: EventPath, bound: float, level: float = CONFIDENCE) -> Bounds:
    """Bound an effect if trends differ after the policy no more than they did before.

    Parameters
    ----------
    path : EventPath
        From `event_path`.
    bound : float
        How many times the largest change of the difference in trends between neighbouring
        periods before the policy such a change may be afterwards; 0 or more.
    level : float
        Probability that the interval holds the effect, above 0.5 and below 1.

    Returns
    -------
    Bounds

    Raises
    ------
    ValueError
        A choice is out of range.

    Notes
    -----
    The identified set is that of Rambachan and Roth 2023, equations 5 and 6, in closed form.

    For the interval, the restriction is a union: the largest change may have been at any step
    before the policy, up or down. For each, both ends of the identified set are linear in the
    coefficients, so that the least favourable test of these two moment inequalities has an exact
    critical value (section 3, after Andrews, Roth and Pakes 2023). The interval is the hull of the
    intervals of all parts. It takes the largest change before the policy as the estimate that it
    is. Their conditional and hybrid intervals are shorter where one inequality is far from binding.
    """
    _check_choices(bound, level)
    reach = bound * _change_reach(path.weights)
    changes = _changes(len(path.before))
    largest = np.abs(changes @ path.before).max()
    ends = [_least_favourable(path, reach * change, level) for change in changes]
    lower, upper = np.array(ends).T
    return Bounds(
        bound,
        float(path.estimate - reach * largest),
        float(path.estimate + reach * largest),
        float(lower.min()),
        float(upper.max()),
    )


def smoothness(path: EventPath, bound: float, level: float = CONFIDENCE) -> Bounds:
    """Bound an effect if the difference in trends is linear but for a bounded bend.

    Parameters
    ----------
    path : EventPath
        From `event_path`, with a covariance of full rank.
    bound : float
        By how much the slope of the difference in trends may change from one period to the
        next, in units of the outcome per period; 0 (a straight line) or more.
    level : float
        Probability that the interval holds the effect, above 0.5 and below 1.

    Returns
    -------
    Bounds
        The interval exists even where the identified set, at these coefficients, does not.

    Raises
    ------
    ValueError
        The covariance is singular, or a choice is out of range.

    Notes
    -----
    The identified set is that of Rambachan and Roth 2023, equations 5 and 6, in closed form: the
    last slope before the policy goes on, and each bend adds what it can. The interval is the
    shortest of fixed length around a linear combination of coefficients (section 4.1).
    """
    _check_choices(bound, level)
    if np.linalg.matrix_rank(path.covariance, hermitian=True) < len(path.covariance):
        raise ValueError("the covariance is singular: fewer clusters than coefficients?")
    lower, upper = _smooth_identified_set(path, bound)
    centre, half = shortest_interval(path.coefficients, path.covariance, path.weights, bound, level)
    return Bounds(bound, lower, upper, centre - half, centre + half)


def breakdown(bounds_at: Callable[[float], Bounds], guess: float = 1.0) -> float:
    """Return the bound on violations from which on the interval holds zero.

    Parameters
    ----------
    bounds_at : callable
        Returns the `Bounds` for a bound on the violation, as
        ``lambda bound: relative_magnitudes(path, bound)``.
    guess : float
        A bound of the right order, above 0.

    Returns
    -------
    float
        0 where even the smallest bound leaves zero in the interval, infinite where none does.

    Notes
    -----
    Intervals widen with the bound but for one case, an effect and a change before the policy that
    are almost perfectly correlated. The value is then one at which the interval begins to hold
    zero, and some larger bound may not.
    """

    def distance(bound: float) -> float:
        found = bounds_at(bound)
        return max(found.interval_lower, -found.interval_upper)

    if distance(0.0) <= 0:
        return 0.0
    low, high = 0.0, guess
    for _ in range(DOUBLINGS):
        if distance(high) <= 0:
            return float(brentq(distance, low, high, xtol=1e-12 * high, rtol=1e-12))
        low, high = high, 2 * high
    return float("inf")


def _check_choices(bound: float, level: float) -> None:
    """Stop if a choice is out of range."""
    if not (np.isfinite(bound) and bound >= 0):
        raise ValueError(f"the bound must be 0 or more, not {bound}")
    if not 0.5 < level < 1:
        raise ValueError(f"the level must lie above 0.5 and below 1, not {level}")


def _changes(leads: int) -> np.ndarray:
    """Return the matrix that takes differences up to the reference period, whose value is 0."""
    return np.eye(leads, k=1) - np.eye(leads)


def _change_reach(weights: np.ndarray) -> float:
    """Return how far changes of up to 1 in each period after the policy can move the effect."""
    return float(np.abs(np.cumsum(weights[::-1])).sum())


def _least_favourable(path: EventPath, spread: np.ndarray, level: float) -> tuple[float, float]:
    """Return the interval if the identified set is the estimate plus or minus a spread.

    The spread is linear in the coefficients before the policy; either sign is allowed.
    """
    ends = np.array([np.append(-spread, path.weights), np.append(spread, path.weights)])
    values = ends @ path.coefficients
    covariance = ends @ path.covariance @ ends.T
    errors = np.sqrt(np.diag(covariance))
    # The two inequalities look in opposite directions.
    correlation = -covariance[0, 1] / (errors[0] * errors[1]) if errors.all() else -1.0
    reach = _critical_value(float(np.clip(correlation, -1, 1)), level) * errors
    return float((values - reach).min()), float((values + reach).max())


def _critical_value(correlation: float, level: float) -> float:
    """Return the quantile of the larger of two correlated standard normals.

    Owen 1956: both lie below c with probability Phi(c) - 2 T(c, sqrt((1 - r) / (1 + r))).
    """
    slope = np.sqrt((1 - correlation) / (1 + correlation)) if correlation > -1 else np.inf
    low, high = ndtri(level), ndtri((1 + level) / 2)

    def excess(c: float) -> float:
        return float(ndtr(c) - 2 * owens_t(c, slope) - level)

    if excess(low) >= 0:
        return float(low)
    return float(brentq(excess, low, high + 1e-9, xtol=1e-13))


def _smooth_identified_set(path: EventPath, bound: float) -> tuple[float, float]:
    """Return the identified set under smoothness: the last slope goes on, but for the bends."""
    seen = np.append(path.before, 0.0)
    bend = np.abs(np.diff(seen, n=2)).max(initial=0)
    if bend > bound + ROUNDING * np.abs(seen).max():
        return float("nan"), float("nan")
    bends = bend_weights(path.weights)
    centre = path.estimate - bends[0] * (seen[-1] - seen[-2])
    reach = bound * np.abs(bends).sum()
    return float(centre - reach), float(centre + reach)
