"""The smallest effect that a design would have seen."""

from __future__ import annotations

from math import ceil, floor, inf

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from gotong.inference.permutation import TIE


def minimum_detectable_effect(
    standard_error: ArrayLike,
    alpha: float = 0.05,
    power: float = 0.8,
    degrees_of_freedom: int | None = None,
) -> np.ndarray:
    """Return the effect that a two-sided t test finds with a given chance.

    Parameters
    ----------
    standard_error : array_like
        Of the estimate, in its unit.
    alpha, power : float
        Level of the test, and the chance to reject; both above 0 and below 1.
    degrees_of_freedom : int, optional
        Of the t distribution, for example clusters minus 1; by default the normal.

    Returns
    -------
    numpy.ndarray
        In the unit of the standard error, of its shape. Rejections with the wrong sign do not
        count as finding the effect.

    Raises
    ------
    ValueError
        A choice is out of range or a standard error is negative or missing.

    Notes
    -----
    Bloom 1995 (10.1177/0193841X9501900504).
    """
    _check(alpha, power)
    error = np.asarray(standard_error, dtype="float64")
    if not (error >= 0).all():
        raise ValueError("standard errors must be known and 0 or more")
    levels = np.array([1 - alpha / 2, power])
    if degrees_of_freedom is None:
        return ndtri(levels).sum() * error
    if degrees_of_freedom < 1:
        raise ValueError(f"a t test needs 1 degree of freedom, not {degrees_of_freedom}")
    return stdtrit(degrees_of_freedom, levels).sum() * error


def detectable_by_permutation(
    placebo_effects: ArrayLike, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the effect that a permutation test finds with a given chance.

    Parameters
    ----------
    placebo_effects : array_like, shape (placebos,)
        Estimates where there was no effect: of other units, dates or arrangements.
    alpha, power : float
        Level of the two-sided test, and the chance to reject; above 0 and below 1.

    Returns
    -------
    float
        In the unit of the effects: a constant effect beyond it, in either direction, is found
        if the estimate errs as one of the placebos does. Infinite where so few placebos cannot
        give a p-value of alpha.

    Raises
    ------
    ValueError
        A choice is out of range, or an effect is missing.
    """
    _check(alpha, power)
    effects = np.asarray(placebo_effects, dtype="float64")
    if effects.ndim != 1 or effects.size == 0 or not np.isfinite(effects).all():
        raise ValueError("placebo effects must be one row of numbers, none missing")
    # Rejected is what at most this many placebos reach; see permutation.permutation_p.
    allowed = floor(alpha * (1 + effects.size) + TIE) - 1
    if allowed < 0:
        return inf
    magnitude = np.sort(np.abs(effects))[::-1]
    critical = magnitude[allowed] if allowed < effects.size else 0.0
    found = ceil(power * effects.size - TIE)
    return float(max(critical - np.sort(sign * effects)[-found] for sign in (1, -1)))


def _check(alpha: float, power: float) -> None:
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError(f"alpha and power must lie between 0 and 1, not {alpha} and {power}")
