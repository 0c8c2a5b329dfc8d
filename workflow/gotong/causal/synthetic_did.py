"""Synthetic difference in differences: weights on units and on periods.

Outcomes have units along the first axis and periods along the second, without gaps. All
treated units start in the same period (block adoption).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from gotong.causal.synthetic import checked_panel, simplex_least_squares

MOST_LISTED: Final = 2_000
"""Sets of placebo units up to which all are listed; beyond, they are drawn."""

_TIME_RIDGE: Final = 1e-6
"""Ridge of the period weights over the noise; only makes them unique."""

_SAME: Final = 1e-12
"""Noise, as a share of the outcome's size, below which it is rounding."""


@dataclass(frozen=True, eq=False)
class SyntheticDiD:
    """An estimate by synthetic difference in differences.

    Attributes
    ----------
    effect : float
        Mean effect on the treated units after the treatment.
    gap : numpy.ndarray, shape (periods,)
        Treated minus weighted control outcome, less its weighted mean before the treatment;
        its mean after the treatment is the effect.
    unit_weights : numpy.ndarray, shape (controls,)
        In the order of the controls; they sum to 1.
    time_weights : numpy.ndarray, shape (pre-periods,)
        They sum to 1.
    noise : float
        Standard deviation of the controls' changes from period to period before the treatment.
    ridge : float
        Penalty on unit weights, zeta: it spreads them over more controls.
    """

    effect: float
    gap: np.ndarray
    unit_weights: np.ndarray
    time_weights: np.ndarray
    noise: float
    ridge: float


@dataclass(frozen=True, eq=False)
class Placebos:
    """Estimates where controls stand in for the treated units.

    Attributes
    ----------
    effects : numpy.ndarray, shape (sets,)
        One for each set of controls.
    listed : bool
        Whether these are all sets; otherwise they were drawn.
    """

    effects: np.ndarray
    listed: bool

    @property
    def standard_error(self) -> float:
        """Standard deviation of the effects about their mean (Arkhangelsky, algorithm 4)."""
        return float(self.effects.std())


def synthetic_did(outcomes: ArrayLike, treated: Sequence[int], pre_periods: int) -> SyntheticDiD:
    """Estimate the effect on treated units by synthetic difference in differences.

    Parameters
    ----------
    outcomes : array_like, shape (units, periods)
        One outcome of all units; those that are not treated are the controls.
    treated : sequence of int
        Positions of the treated units, which all start after `pre_periods`.
    pre_periods : int
        How many periods lie before the treatment, 2 or more; at least one must lie after.

    Returns
    -------
    SyntheticDiD
        With exact weights: the convex problems are solved, not approached.

    Raises
    ------
    ValueError
        A value is missing, there are fewer than 2 controls or 2 pre-periods, a position is out
        of range, or the controls do not differ before the treatment.

    Notes
    -----
    Arkhangelsky et al. 2021 (10.1257/aer.20190159), algorithm 1 and equations 4 to 6. The
    authors' code ends its Frank-Wolfe steps early; its estimates differ from these by about
    one part in ten thousand.
    """
    control, target = _split(outcomes, treated, pre_periods)
    return _estimate(control, target, len(treated), pre_periods)


def difference_in_differences(
    outcomes: ArrayLike, treated: Sequence[int], pre_periods: int
) -> float:
    """Return the plain difference in differences, all units and periods weighted alike.

    Parameters
    ----------
    outcomes, treated, pre_periods
        See `synthetic_did`.

    Returns
    -------
    float
        In the unit of the outcome; beside the synthetic one it shows what the weights do.

    Raises
    ------
    ValueError
        See `synthetic_did`.
    """
    control, target = _split(outcomes, treated, pre_periods)
    gap = target - control.mean(axis=0)
    return float(gap[pre_periods:].mean() - gap[:pre_periods].mean())


def placebo_estimates(
    outcomes: ArrayLike,
    treated: Sequence[int],
    pre_periods: int,
    rng: np.random.Generator | None = None,
    draws: int = 500,
) -> Placebos:
    """Estimate the effect on controls that were not treated.

    Parameters
    ----------
    outcomes, treated, pre_periods
        See `synthetic_did`.
    rng : numpy.random.Generator, optional
        Needed where there are more than `MOST_LISTED` sets of as many controls as there are
        treated units.
    draws : int
        How many sets are drawn then.

    Returns
    -------
    Placebos
        Without the treated units. The standard error holds if noise is alike in all units: a
        single treated unit gives no information on its own.

    Raises
    ------
    ValueError
        See `synthetic_did`; also when fewer than 2 controls would be left, or when a generator
        is needed and not given.

    Notes
    -----
    Arkhangelsky et al. 2021, algorithm 4; all sets are listed where they are few.
    """
    control, _ = _split(outcomes, treated, pre_periods)
    size = len(treated)
    if len(control) < size + 2:
        raise ValueError(f"{len(control)} controls are too few for placebos of {size} units")
    listed = comb(len(control), size) <= MOST_LISTED
    effects = []
    for chosen in _sets(len(control), size, rng, draws):
        rest = np.delete(control, chosen, axis=0)
        stand_in = control[chosen].mean(axis=0)
        effects.append(_estimate(rest, stand_in, size, pre_periods).effect)
    return Placebos(np.array(effects), listed)


def jackknife_standard_error(
    outcomes: ArrayLike, treated: Sequence[int], pre_periods: int
) -> float:
    """Return the standard error from leaving out one unit at a time, the weights kept.

    Parameters
    ----------
    outcomes, treated, pre_periods
        See `synthetic_did`; 2 treated units or more.

    Returns
    -------
    float
        In the unit of the outcome; somewhat too large rather than too small.

    Raises
    ------
    ValueError
        See `synthetic_did`; also when there is one treated unit, or one control has all weight:
        without it nothing is left.

    Notes
    -----
    Arkhangelsky et al. 2021, algorithm 3.
    """
    control, target = _split(outcomes, treated, pre_periods)
    if len(treated) < 2:
        raise ValueError("the jackknife needs 2 treated units or more: use placebos")
    whole = _estimate(control, target, len(treated), pre_periods)
    if whole.unit_weights.max() >= 1:
        raise ValueError("one control has all the weight: the jackknife cannot leave it out")
    contrast = np.full(len(target), 1 / (len(target) - pre_periods))
    contrast[:pre_periods] = -whole.time_weights
    own = np.asarray(outcomes, dtype="float64")[list(treated)] @ contrast
    others = control @ contrast
    mean = whole.unit_weights @ others
    without_treated = (own.sum() - own) / (own.size - 1) - mean
    kept = 1 - whole.unit_weights
    without_control = own.mean() - (mean - whole.unit_weights * others) / kept
    deviations = np.concatenate([without_treated, without_control]) - whole.effect
    return float(np.sqrt((1 - 1 / deviations.size) * (deviations**2).sum()))


def _split(
    outcomes: ArrayLike, treated: Sequence[int], pre_periods: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the controls' outcomes and the mean of the treated units', or say what is wrong."""
    y = checked_panel(outcomes, treated, pre_periods)
    if pre_periods < 2:
        raise ValueError("the noise is judged by changes, which take 2 pre-periods or more")
    chosen = list(treated)
    return np.delete(y, chosen, axis=0), y[chosen].mean(axis=0)


def _estimate(
    control: np.ndarray, target: np.ndarray, treated: int, pre_periods: int
) -> SyntheticDiD:
    """Return the estimate for the mean outcome of some treated units."""
    before, after = control[:, :pre_periods], control[:, pre_periods:]
    noise = float(np.diff(before, axis=1).std(ddof=1))
    if not noise > _SAME * np.abs(before).max():
        raise ValueError("the controls all change alike before the treatment: no weights to find")
    ridge = float((treated * after.shape[1]) ** 0.25 * noise)
    unit_weights = _ridge_weights(before.T, target[:pre_periods], ridge)
    time_weights = _ridge_weights(before, after.mean(axis=1), _TIME_RIDGE * noise)
    gap = target - unit_weights @ control
    gap = gap - time_weights @ gap[:pre_periods]
    effect = float(gap[pre_periods:].mean())
    return SyntheticDiD(effect, gap, unit_weights, time_weights, noise, ridge)


def _ridge_weights(design: np.ndarray, target: np.ndarray, ridge: float) -> np.ndarray:
    """Return simplex weights with an intercept and a ridge of so much per row.

    Centring takes the intercept out; the ridge is one more row per column with target 0.
    """
    rows, columns = design.shape
    penalty = ridge * np.sqrt(rows) * np.eye(columns)
    centred = design - design.mean(axis=0)
    stacked = np.concatenate([centred, penalty])
    goal = np.concatenate([target - target.mean(), np.zeros(columns)])
    return simplex_least_squares(stacked, goal)


def _sets(
    controls: int, size: int, rng: np.random.Generator | None, draws: int
) -> Iterator[list[int]]:
    """Yield sets of controls: all where they are few, otherwise drawn ones."""
    if comb(controls, size) <= MOST_LISTED:
        yield from map(list, combinations(range(controls), size))
        return
    if rng is None:
        raise ValueError("there are too many sets of controls to list: give a random generator")
    for _ in range(draws):
        yield sorted(rng.choice(controls, size, replace=False).tolist())
