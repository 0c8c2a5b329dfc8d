"""Synthetic control: a treated unit against the mix of others that followed it before.

Outcomes have units along the first axis and periods along the second, without gaps. The
weights rest on past outcomes alone: no covariates, no weights of predictors to search for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import nnls

from gotong.inference.permutation import PermutationP, permutation_p

_EXACT: Final = 1e-10
"""Pre-period error, as a share of the outcome's size, that is rounding and counts as zero."""

_ITERATIONS: Final = 30
"""Steps per donor that the active-set solver may take; it needs about one."""


def simplex_least_squares(design: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the weighted mean of columns that comes closest to a target.

    Parameters
    ----------
    design : numpy.ndarray, shape (rows, columns)
        Columns to be mixed.
    target : numpy.ndarray, shape (rows,)
        What the mix should be, in the same unit.

    Returns
    -------
    numpy.ndarray, shape (columns,)
        Weights, none negative, that sum to 1; the exact least squares solution. Columns out of
        the mix have a weight of exactly 0.

    Notes
    -----
    With D the columns minus the target, ``|D u|^2 + (sum(u) - 1)^2`` over ``u >= 0`` is, for
    ``u = s w`` and the best s, an increasing function of ``|D w|^2``: its minimiser points at
    the best w (Wolfe 1976, 10.1007/BF01580381, nearest point in a polytope). So the active-set
    method of Lawson and Hanson, which ends at an exact solution, does for the simplex too.
    Where several mixes are equally close one of them is returned.
    """
    differences = design - target[:, np.newaxis]
    # With columns of size about 1 neither of the two terms drowns the other.
    size = np.linalg.norm(differences) / np.sqrt(differences.shape[1])
    ones = np.full((1, differences.shape[1]), size if size > 0 else 1.0)
    stacked = np.concatenate([differences, ones])
    goal = np.zeros(len(stacked))
    goal[-1] = ones[0, 0]
    solution, _ = nnls(stacked, goal, maxiter=_ITERATIONS * differences.shape[1])
    return solution / solution.sum()


def checked_panel(outcomes: ArrayLike, treated: Sequence[int], pre_periods: int) -> np.ndarray:
    """Return outcomes as float64, or say why they allow no comparison.

    Parameters
    ----------
    outcomes : array_like, shape (units, periods)
        One outcome of all units.
    treated : sequence of int
        Positions of the treated units.
    pre_periods : int
        How many periods lie before the treatment.

    Returns
    -------
    numpy.ndarray, shape (units, periods)

    Raises
    ------
    ValueError
        A value is missing, fewer than 2 donors are left, a treated unit is named twice or does
        not exist, or there is no period before or after the treatment.
    """
    y = np.asarray(outcomes, dtype="float64")
    if y.ndim != 2 or not np.isfinite(y).all():
        raise ValueError("outcomes must be units by periods, without a missing value")
    if len(y) < len(treated) + 2:
        raise ValueError(f"{len(y)} units leave fewer than 2 donors")
    if len(treated) == 0 or len(set(treated)) < len(treated):
        raise ValueError("name each treated unit once, and at least one")
    if not all(0 <= unit < len(y) for unit in treated):
        raise ValueError(f"treated units must lie from 0 to {len(y) - 1}, not at {treated}")
    if not 1 <= pre_periods < y.shape[1]:
        raise ValueError(f"pre_periods must lie from 1 to {y.shape[1] - 1}, not {pre_periods}")
    return y


@dataclass(frozen=True, eq=False)
class SyntheticControl:
    """A treated unit and its synthetic control.

    Attributes
    ----------
    weights : numpy.ndarray, shape (units,)
        Weight of each unit; that of the treated unit is 0, the sum is 1.
    intercept : float
        Constant difference that is allowed between the treated unit and the mix; 0 without.
    gap : numpy.ndarray, shape (periods,)
        Treated minus synthetic outcome.
    pre_periods : int
        How many periods lie before the treatment.
    pre_rmspe, post_rmspe : float
        Root mean squared gap before and after the treatment.
    spread : float
        Standard deviation of the treated unit's outcome over the pre-periods.
    donors : int
        How many units could have been used.
    """

    weights: np.ndarray
    intercept: float
    gap: np.ndarray
    pre_periods: int
    pre_rmspe: float
    post_rmspe: float
    spread: float
    donors: int

    @property
    def effect(self) -> float:
        """Mean gap after the treatment."""
        return float(self.gap[self.pre_periods :].mean())

    @property
    def ratio(self) -> float:
        """Post-period over pre-period root mean squared gap; infinite after an exact fit."""
        return float(_ratio(np.array(self.post_rmspe), np.array(self.pre_rmspe)))

    @property
    def relative_fit(self) -> float:
        """Pre-period error over the spread of the outcome: near 0, the donors span the unit.

        At 1 the mix tells no more than the unit's own mean. The number says nothing where
        `overfitted` is true.
        """
        return float(_ratio(np.array(self.pre_rmspe), np.array(self.spread)))

    @property
    def overfitted(self) -> bool:
        """Whether there are so few pre-periods that donors can fit whatever happened."""
        return self.pre_periods <= self.donors


def synthetic_control(
    outcomes: ArrayLike, treated: int, pre_periods: int, intercept: bool = False
) -> SyntheticControl:
    """Compare a treated unit with the mix of the others that was closest before.

    Parameters
    ----------
    outcomes : array_like, shape (units, periods)
        One outcome of all units, the untreated ones being donors.
    treated : int
        Position of the treated unit.
    pre_periods : int
        How many periods lie before the treatment, 1 or more; at least one must lie after.
    intercept : bool
        Whether the treated unit may differ from the mix by a constant: then changes are
        matched and not levels, and a unit of extreme level may be spanned.

    Returns
    -------
    SyntheticControl
        With the exact weights: convex, outcome only.

    Raises
    ------
    ValueError
        A value is missing, there are fewer than 3 units, or a position is out of range.

    Notes
    -----
    Abadie, Diamond and Hainmueller 2010 (10.1198/jasa.2009.ap08746), with all pre-period
    outcomes as predictors of equal weight; with intercept Ferman and Pinto 2021
    (10.3982/QE1596).
    """
    y = checked_panel(outcomes, [treated], pre_periods)
    weights = np.zeros(len(y))
    donors = np.delete(np.arange(len(y)), treated)
    weights[donors] = _weights(_matched(y, pre_periods, intercept), treated, donors)
    return _control(y, treated, weights, pre_periods, intercept, donors.size)


@dataclass(frozen=True, eq=False)
class PlacebosInSpace:
    """Every unit as if it had been the treated one.

    Attributes
    ----------
    treated : int
        Position of the unit that was.
    pre_periods : int
        How many periods lie before the treatment.
    weights : numpy.ndarray, shape (units, units)
        Row by row, the weights of the others in the control of a unit.
    gaps : numpy.ndarray, shape (units, periods)
        Outcome minus synthetic outcome.
    pre_rmspe, post_rmspe, ratio : numpy.ndarray, shape (units,)
        Root mean squared gaps before and after the treatment, and their ratio.
    effects : numpy.ndarray, shape (units,)
        Mean gaps after the treatment.
    test : PermutationP
        Rank of the treated unit's ratio, its p-value, and the smallest that there could be.
    """

    treated: int
    pre_periods: int
    weights: np.ndarray
    gaps: np.ndarray
    pre_rmspe: np.ndarray
    post_rmspe: np.ndarray
    ratio: np.ndarray
    effects: np.ndarray
    test: PermutationP


def placebos_in_space(
    outcomes: ArrayLike, treated: int, pre_periods: int, intercept: bool = False
) -> PlacebosInSpace:
    """Take each unit in turn as the treated one, all others as donors.

    Parameters
    ----------
    outcomes, treated, pre_periods, intercept
        See `synthetic_control`.

    Returns
    -------
    PlacebosInSpace
        The truly treated unit is a donor of the placebos, as in Abadie et al.: so all units
        are handled alike, and the rank is uniform if the treatment did nothing and could have
        fallen on any of them.

    Raises
    ------
    ValueError
        See `synthetic_control`.
    """
    y = checked_panel(outcomes, [treated], pre_periods)
    matched = _matched(y, pre_periods, intercept)
    weights = np.zeros((len(y), len(y)))
    for unit in range(len(y)):
        donors = np.delete(np.arange(len(y)), unit)
        weights[unit, donors] = _weights(matched, unit, donors)
    gaps = y - weights @ y
    if intercept:
        gaps -= gaps[:, :pre_periods].mean(axis=1, keepdims=True)
    pre, post = _errors(gaps, y, pre_periods)
    ratio = _ratio(post, pre)
    test = permutation_p(np.delete(ratio, treated), float(ratio[treated]))
    effects = gaps[:, pre_periods:].mean(axis=1)
    return PlacebosInSpace(treated, pre_periods, weights, gaps, pre, post, ratio, effects, test)


def effect_interval(placebos: PlacebosInSpace, alpha: float = 0.05) -> tuple[float, float]:
    """Return the constant effects that the placebos in space do not reject.

    Parameters
    ----------
    placebos : PlacebosInSpace
        From `placebos_in_space`.
    alpha : float
        Level of the test, above 0 and below 1.

    Returns
    -------
    low, high : float
        In the unit of the outcome, the lowest and highest effect that is not rejected.
        Infinite where there are too few units for the level; NaN where every constant effect
        is rejected, because the gap is not constant. A treated unit whose past is met exactly
        has an infinite ratio at every effect: then all or none are rejected.

    Raises
    ------
    ValueError
        `alpha` is out of range.

    Notes
    -----
    Firpo and Possebom 2018 (10.1515/jci-2016-0026): subtract an effect from the
    treated unit's outcomes and test that nothing is left. Weights do not change by that, and
    squared errors are parabolas in the effect, so that the points where a placebo overtakes the
    treated unit are roots and the interval is exact.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie above 0 and below 1, not {alpha}")
    leads = _leads(placebos)
    roots = np.sort(np.concatenate([_real_roots(row) for row in leads]))
    if roots.size == 0:
        middles = np.array([0.0])
    else:
        step = 1 + np.ptp(roots)
        middles = np.concatenate(
            [[roots[0] - step], (roots[:-1] + roots[1:]) / 2, [roots[-1] + step]]
        )
    constant, linear, square = leads.T
    values = constant + middles[:, np.newaxis] * (linear + middles[:, np.newaxis] * square)
    kept = np.flatnonzero((1 + (values >= 0).sum(axis=1)) / (1 + len(leads)) > alpha)
    if kept.size == 0:
        return nan, nan
    ends = np.concatenate([[-inf], roots, [inf]])
    return float(ends[kept[0]]), float(ends[kept[-1] + 1])


def placebos_in_time(
    outcomes: ArrayLike,
    treated: int,
    pre_periods: int,
    fake_starts: Sequence[int],
    intercept: bool = False,
) -> tuple[SyntheticControl, ...]:
    """Pretend that the treatment came earlier, and look at the periods before it really came.

    Parameters
    ----------
    outcomes, treated, pre_periods, intercept
        See `synthetic_control`.
    fake_starts : sequence of int
        Numbers of pre-periods to pretend, each from 1 to ``pre_periods - 1``.

    Returns
    -------
    tuple of SyntheticControl
        One for each fake start, without the periods after the true one. Their effects should
        be near zero.

    Raises
    ------
    ValueError
        A fake start is out of range, or see `synthetic_control`.
    """
    y = checked_panel(outcomes, [treated], pre_periods)
    wrong = [start for start in fake_starts if not 1 <= start < pre_periods]
    if wrong:
        raise ValueError(f"fake starts must lie from 1 to {pre_periods - 1}, not at {wrong}")
    before = y[:, :pre_periods]
    return tuple(synthetic_control(before, treated, start, intercept) for start in fake_starts)


def leave_one_out(
    outcomes: ArrayLike, treated: int, pre_periods: int, intercept: bool = False
) -> dict[int, SyntheticControl]:
    """Leave out each donor in turn.

    Parameters
    ----------
    outcomes, treated, pre_periods, intercept
        See `synthetic_control`; at least 3 donors.

    Returns
    -------
    dict of int to SyntheticControl
        By position of the donor left out, for those that have weight: without one of the
        others the control would be the same.

    Raises
    ------
    ValueError
        See `synthetic_control`.
    """
    y = checked_panel(outcomes, [treated], pre_periods)
    whole = synthetic_control(y, treated, pre_periods, intercept)
    matched = _matched(y, pre_periods, intercept)
    found = {}
    for dropped in np.flatnonzero(whole.weights).tolist():
        donors = np.delete(np.arange(len(y)), [treated, dropped])
        weights = np.zeros(len(y))
        weights[donors] = _weights(matched, treated, donors)
        control = _control(y, treated, weights, pre_periods, intercept, donors.size)
        found[dropped] = control
    return found


def _matched(y: np.ndarray, pre_periods: int, intercept: bool) -> np.ndarray:
    """Return what is matched, turned so that it has no more rows than needed.

    A rotation keeps all distances, and one QR for all units leaves rows for units instead of
    periods.

    Returns
    -------
    numpy.ndarray, shape (min(units, pre_periods), units)
    """
    before = y[:, :pre_periods]
    if intercept:
        before = before - before.mean(axis=1, keepdims=True)
    if pre_periods <= len(y):
        return before.T
    return np.linalg.qr(before.T).R


def _weights(matched: np.ndarray, unit: int, donors: np.ndarray) -> np.ndarray:
    return simplex_least_squares(matched[:, donors], matched[:, unit])


def _control(
    y: np.ndarray,
    treated: int,
    weights: np.ndarray,
    pre_periods: int,
    intercept: bool,
    donors: int,
) -> SyntheticControl:
    """Return the control that some weights make."""
    gap = y[treated] - weights @ y
    constant = float(gap[:pre_periods].mean()) if intercept else 0.0
    before = y[treated, :pre_periods]
    gap = gap - constant
    pre, post = _errors(gap, y[treated], pre_periods)
    spread = float(before.std())
    return SyntheticControl(
        weights, constant, gap, pre_periods, float(pre), float(post), spread, donors
    )


def _errors(
    gaps: np.ndarray, outcomes: np.ndarray, pre_periods: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the root mean squared gaps before and after the treatment.

    Those that are rounding become zero, so that exact fits tie with each other.
    """
    smallest = _EXACT * np.abs(outcomes).max(axis=-1)
    pre, post = (
        np.sqrt((part**2).mean(axis=-1))
        for part in (gaps[..., :pre_periods], gaps[..., pre_periods:])
    )
    return np.where(pre <= smallest, 0.0, pre), np.where(post <= smallest, 0.0, post)


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Return a ratio that is infinite over zero, and 0 for nothing over nothing."""
    over_zero = np.where(top > 0, inf, 0.0)
    return np.divide(top, bottom, out=over_zero, where=bottom > 0)


def _leads(placebos: PlacebosInSpace) -> np.ndarray:
    """Return how far each placebo is ahead of the treated unit, as parabolas in the effect.

    Returns
    -------
    numpy.ndarray, shape (placebos, 3)
        Coefficients of 1, effect and effect squared; 0 or more means ahead or tied. Both sides
        are multiplied by the pre-period errors, which may be zero.
    """
    treated = placebos.treated
    others = np.delete(np.arange(len(placebos.ratio)), treated)
    after = placebos.gaps[:, placebos.pre_periods :]
    mean, square = after.mean(axis=1), (after**2).mean(axis=1)
    share = placebos.weights[others, treated]
    placebo = np.stack([square[others], 2 * share * mean[others], share**2], axis=1)
    own = np.array([square[treated], -2 * mean[treated], 1.0])
    errors = placebos.pre_rmspe**2
    return errors[treated] * placebo - errors[others, np.newaxis] * own


def _real_roots(parabola: np.ndarray) -> np.ndarray:
    """Return where a parabola, given from its constant term up, crosses zero."""
    coefficients = np.trim_zeros(parabola, "b")
    # Two exact fits tie at every effect: a parabola that is zero throughout crosses nowhere.
    if coefficients.size == 0:
        return np.empty(0)
    roots = np.polynomial.polynomial.polyroots(coefficients)
    return np.real(roots[np.isreal(roots)]) if roots.size else roots.astype("float64")
