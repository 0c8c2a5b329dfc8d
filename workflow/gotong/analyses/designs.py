"""What the designs with staggered adoption share: panels, contrasts, and tests by reassignment.

Every estimate here is linear in the outcomes, with weights that depend only on when a unit
adopts (`contrast`). So the estimate under another assignment of the same dates is a sum over
units, and thousands of them are one product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import floor
from typing import Final, Literal

import numpy as np
import pandas as pd

from gotong.inference.permutation import TIE, permutation_p
from gotong.inference.power import detectable_by_permutation
from gotong.inference.randomisation import MOST_LISTED, count_arrangements, other_arrangements
from gotong.intervals import CONFIDENCE

Control = Literal["never", "not_yet"]
Base = Literal["mean", "last"]

DAYS: Final = 7
"""Days of a week; growth is stated per day."""


@dataclass(frozen=True, eq=False)
class Panel:
    """An outcome of units by weeks, and when each came under the rule.

    Attributes
    ----------
    outcome : numpy.ndarray, shape (units, weeks)
        Without gaps.
    first : numpy.ndarray, shape (units,)
        Position of the first week under the rule, infinite for never.
    units : tuple of str
        Region codes.
    deciders : tuple of str
        Who decided for each unit.
    weeks : pandas.DatetimeIndex
        Mondays.
    """

    outcome: np.ndarray
    first: np.ndarray
    units: tuple[str, ...]
    deciders: tuple[str, ...]
    weeks: pd.DatetimeIndex

    def keep(self, kept: Sequence[bool] | np.ndarray) -> Panel:
        """Return the panel of some units."""
        chosen = np.flatnonzero(np.asarray(kept))
        return replace(
            self,
            outcome=self.outcome[chosen],
            first=self.first[chosen],
            units=tuple(self.units[unit] for unit in chosen),
            deciders=tuple(self.deciders[unit] for unit in chosen),
        )

    @property
    def treated(self) -> np.ndarray:
        """Which units come under the rule within the panel."""
        return np.isfinite(self.first)


@dataclass(frozen=True)
class Specification:
    """How an effect is read off a panel.

    Attributes
    ----------
    control : {"never", "not_yet"}
        Who is compared with a cohort.
    base : {"mean", "last"}
        What weeks are compared with: the mean of all weeks before adoption, or the last of them.
    counted : tuple of int
        First and last week since adoption whose effects are averaged.
    earlier : int
        Weeks by which all adoptions are pretended to have come earlier.
    skip : frozenset of int
        Weeks since adoption that are left out, as base and as effect.
    """

    control: Control
    base: Base
    counted: tuple[int, int]
    earlier: int = 0
    skip: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Contrast:
    """Weights that turn outcomes into effects by weeks since adoption.

    Attributes
    ----------
    cohorts : numpy.ndarray, shape (cohorts,)
        First week under the rule, infinite for never, ascending.
    since : numpy.ndarray of int, shape (effects,)
        Weeks since adoption.
    weights : numpy.ndarray, shape (cohorts, weeks, effects)
        Weight of each unit of a cohort.
    average : numpy.ndarray, shape (effects,)
        Share of each in the one number of the design.
    """

    cohorts: np.ndarray
    since: np.ndarray
    weights: np.ndarray
    average: np.ndarray


def contrast(first: np.ndarray, weeks: int, how: Specification) -> Contrast:
    """Return the weights of the effects by weeks since adoption.

    Parameters
    ----------
    first : numpy.ndarray, shape (units,)
        Position of the first week under the rule, infinite for never.
    weeks : int
        Weeks of the panel.
    how : Specification

    Returns
    -------
    Contrast
        The mean of each cohort less that of its controls, both less their base; cohorts count
        by their units. Cohorts without a week before, and cells without controls, are left out.

    Raises
    ------
    ValueError
        No counted week has both treated units and controls.

    Notes
    -----
    Callaway and Sant'Anna 2021 (10.1016/j.jeconom.2020.12.001), equations 2.8 and 2.9 without
    covariates, aggregated by section 3.1.1. With the mean of all weeks before as base it is what
    the imputation of Borusyak, Jaravel and Spiess 2024 (10.1093/restud/rdae007) gives for one
    cohort against units that are never treated: under parallel trends in all weeks before, the
    noise of a single week is averaged out.
    """
    moved = first - how.earlier
    cohorts, member = np.unique(moved, return_inverse=True)
    size = np.bincount(member)
    cells = [
        (int(week - cohort), position, _cell(cohorts, size, position, week, weeks, how))
        for position, cohort in enumerate(cohorts)
        if 1 <= cohort < np.inf
        for week in range(weeks)
    ]
    kept = [(since, position, cell) for since, position, cell in cells if cell is not None]
    since = np.unique([each[0] for each in kept]).astype(int)
    total = np.zeros((len(cohorts), weeks, len(since)))
    holders = np.zeros(len(since))
    for label, position, cell in kept:
        place = int(np.searchsorted(since, label))
        total[:, :, place] += size[position] * cell
        holders[place] += size[position]
    low, high = how.counted
    counted = (since >= low) & (since <= high)
    if not counted.any():
        raise ValueError("no week after adoption has both treated units and controls")
    return Contrast(cohorts + how.earlier, since, total / holders, counted / counted.sum())


def _cell(
    cohorts: np.ndarray, size: np.ndarray, own: int, week: int, weeks: int, how: Specification
) -> np.ndarray | None:
    """Return the weights of one cohort and week by cohort; None where it has no comparison."""
    adopts = int(cohorts[own])
    before = [past for past in range(adopts) if past - adopts not in how.skip]
    if not before or (week - adopts) in how.skip:
        return None
    base = np.zeros(weeks)
    base[before[-1:] if how.base == "last" else before] = 1
    change = -base / base.sum()
    change[week] += 1
    # As a base the week before adoption is always there; what counts is the later week.
    untouched = cohorts > max(week, adopts - 1)
    others = np.isinf(cohorts) if how.control == "never" else untouched
    others = others & (np.arange(len(cohorts)) != own)
    if not others.any():
        return None
    shares = np.where(others, -1 / max(size[others].sum(), 1), 0.0)
    shares[own] = 1 / size[own]
    return np.outer(shares, change)


@dataclass(frozen=True, eq=False)
class Reading:
    """Effects of a panel, and what they would have been under other assignments.

    Attributes
    ----------
    since : numpy.ndarray of int, shape (effects,)
        Weeks since adoption.
    path : numpy.ndarray, shape (effects,)
        Effects by weeks since adoption, in the unit of the outcome.
    other_paths : numpy.ndarray, shape (arrangements, effects)
        The same with the dates of adoption shared out otherwise.
    estimate : float
        Mean over the counted weeks.
    others, drift : numpy.ndarray, shape (arrangements,)
        The same under other assignments; and how far a constant effect of 1 moves each.
    listed : bool
        Whether these are all assignments.
    """

    since: np.ndarray
    path: np.ndarray
    other_paths: np.ndarray
    estimate: float
    others: np.ndarray
    drift: np.ndarray
    listed: bool

    @property
    def p_value(self) -> float:
        """Two-sided p-value by exchanging units."""
        return permutation_p(self.others, self.estimate, "two-sided").p_value

    @property
    def smallest_p(self) -> float:
        """P-value of an effect without bound: a mirrored assignment stays tied with the true."""
        tied = int((np.abs(self.drift) >= 1 - TIE).sum())
        return (1 + tied) / (1 + self.others.size)

    @property
    def standard_error(self) -> float:
        """Standard deviation over other assignments."""
        return float(self.others.std())

    @property
    def detectable(self) -> float:
        """Effect that the test would see with a power of 80 %."""
        return detectable_by_permutation(self.others)

    def interval(self) -> tuple[float, float]:
        """Return the constant effects that exchanging units does not reject."""
        return inverted(self.estimate, self.others, self.drift)

    def path_interval(self) -> np.ndarray:
        """Return the path plus and minus what other assignments rarely exceed, shape (2, effects).

        Without turning the test round: an effect before adoption has nothing to take away.
        """
        reach = np.quantile(np.abs(self.other_paths), CONFIDENCE, axis=0)
        return np.stack([self.path - reach, self.path + reach])

    def joint_p(self, chosen: np.ndarray) -> tuple[float, float]:
        """Test that some effects of the path are all zero.

        Parameters
        ----------
        chosen : numpy.ndarray of bool, shape (effects,)

        Returns
        -------
        statistic, p : float
            Wald statistic with the covariance over assignments, and its rank among theirs. NaN
            where no effect is chosen.
        """
        if not chosen.any():
            return float("nan"), float("nan")
        others, own = self.other_paths[:, chosen], self.path[chosen]
        inverse = np.linalg.pinv(np.atleast_2d(np.cov(others.T)), hermitian=True)
        statistics = np.einsum("ae,ef,af->a", others, inverse, others)
        seen = float(own @ inverse @ own)
        return seen, permutation_p(statistics, seen, "greater").p_value


def inverted(estimate: float, others: np.ndarray, drift: np.ndarray) -> tuple[float, float]:
    """Return the constant effects that a test by reassignment does not reject.

    Parameters
    ----------
    estimate : float
        The estimate; a constant effect of 1 moves it by 1.
    others, drift : numpy.ndarray, shape (arrangements,)
        Estimates under other assignments, and how far a constant effect of 1 moves each.

    Returns
    -------
    low, high : float
        Infinite where there are too few assignments to reject anything.

    Notes
    -----
    Without an effect of t, another assignment gives ``|others - t drift|``, to be held against
    ``|estimate - t|``. It is as large on a stretch of t around the estimate, whose two ends are
    roots; the interval ends where too few stretches are left.
    """
    needed = floor((1 - CONFIDENCE) * (1 + others.size) + TIE)
    if needed == 0:
        return -np.inf, np.inf
    # What a constant effect moves as much as the estimate is never left behind by it.
    tied = np.abs(drift) >= 1 - TIE
    room = np.where(tied, 0.5, drift)
    roots = np.stack([(estimate - others) / (1 - room), (estimate + others) / (1 + room)])
    low = np.where(tied, -np.inf, roots.min(axis=0))
    high = np.where(tied, np.inf, roots.max(axis=0))
    low, high = np.minimum(low, estimate), np.maximum(high, estimate)
    return float(np.sort(low)[needed - 1]), float(np.sort(high)[-needed])


def reading(panel: Panel, how: Specification, rng: np.random.Generator, draws: int) -> Reading:
    """Return the effects of a panel and those of other assignments of its dates to units.

    Parameters
    ----------
    panel : Panel
    how : Specification
    rng : numpy.random.Generator
        Source of chance, where there are too many assignments to list.
    draws : int
        How many are drawn then.

    Returns
    -------
    Reading

    Raises
    ------
    ValueError
        See `contrast`.
    """
    found = contrast(panel.first, panel.outcome.shape[1], how)
    own = np.searchsorted(found.cohorts, panel.first)
    if count_arrangements(own) <= MOST_LISTED:
        arrangements, listed = _every_other(tuple(own.tolist())), True
    else:
        arrangements, listed = other_arrangements(own, rng, draws)
    path = _paths(panel.outcome, found, own[np.newaxis])[0]
    others = _paths(panel.outcome, found, arrangements)
    under = (np.arange(len(panel.weeks)) >= panel.first[:, np.newaxis]).astype("float64")
    drift = _paths(under, found, arrangements) @ found.average
    average = found.average
    return Reading(
        found.since, path, others, float(path @ average), others @ average, drift, listed
    )


@lru_cache(maxsize=4)
def _every_other(labels: tuple[int, ...]) -> np.ndarray:
    """Return all other assignments of labels; many specifications share the same."""
    return other_arrangements(np.array(labels))[0]


def _paths(outcome: np.ndarray, found: Contrast, labels: np.ndarray) -> np.ndarray:
    """Return the path of each assignment of units to cohorts, shape (arrangements, effects)."""
    total = np.zeros((len(labels), len(found.since)))
    for cohort, weights in enumerate(found.weights):
        total += (labels == cohort).astype("float64") @ (outcome @ weights)
    return total


def estimate(panel: Panel, how: Specification) -> float:
    """Return the mean effect over the counted weeks.

    Raises
    ------
    ValueError
        See `contrast`.
    """
    found = contrast(panel.first, panel.outcome.shape[1], how)
    own = np.searchsorted(found.cohorts, panel.first)
    return float(_paths(panel.outcome, found, own[np.newaxis])[0] @ found.average)


def by_deciders(panel: Panel, how: Specification, most: int = 1_000) -> tuple[float, float]:
    """Test by exchanging the dates between those who decided.

    Parameters
    ----------
    panel : Panel
    how : Specification
    most : int
        Arrangements up to which they are tried; beyond, deciders are as many as units and
        exchanging units says all.

    Returns
    -------
    p, smallest_p : float
        Both 1 where units of one decider differ, or all follow the same date: whole decisions
        cannot be exchanged. NaN where there are too many arrangements.
    """
    names, place = np.unique(panel.deciders, return_inverse=True)
    dates = np.array([panel.first[place == number].min() for number in range(len(names))])
    if (dates[place] != panel.first).any() or len(np.unique(dates)) == 1:
        return 1.0, 1.0
    if count_arrangements(dates) > most:
        return float("nan"), float("nan")
    arrangements, _ = other_arrangements(dates)
    others = [
        found
        for arrangement in arrangements
        if not np.isnan(found := _or_nan(replace(panel, first=arrangement[place]), how))
    ]
    result = permutation_p(others, estimate(panel, how), "two-sided")
    return result.p_value, result.smallest


def _or_nan(panel: Panel, how: Specification) -> float:
    """Return the estimate, NaN where an arrangement leaves nothing to compare."""
    try:
        return estimate(panel, how)
    except ValueError:
        return float("nan")


def sign_turns(found: Sequence[float], whole: float) -> int:
    """Return how many estimates do not have the sign of the whole."""
    return int(sum(np.sign(value) != np.sign(whole) for value in found))


def without_each_unit(panel: Panel, how: Specification) -> dict[str, float]:
    """Return the estimate without each unit in turn, by its code; NaN where nothing is left."""
    everyone = np.arange(len(panel.units))
    return {
        unit: _or_nan(panel.keep(everyone != place), how) for place, unit in enumerate(panel.units)
    }


def without_each_week(panel: Panel, how: Specification) -> dict[int, float]:
    """Return the estimate without each week, as base or as effect, by weeks since adoption."""
    low, high = how.counted
    earliest = -int(panel.first[panel.treated].max())
    weeks = [*range(earliest, 0), *range(low, high + 1)]
    return {
        week: found
        for week in weeks
        if not np.isnan(found := _or_nan(panel, replace(how, skip=frozenset({week}))))
    }


def standardised_difference(values: np.ndarray, treated: np.ndarray) -> float:
    """Return the difference in means over the pooled standard deviation.

    Parameters
    ----------
    values : numpy.ndarray, shape (units,)
    treated : numpy.ndarray of bool, shape (units,)

    Returns
    -------
    float
        Imbens and Rubin 2015, equation 14.1; beyond 0.25 regression alone does not make groups
        alike. NaN where a group has fewer than two units.
    """
    first, second = values[treated], values[~treated]
    if min(len(first), len(second)) < 2:
        return float("nan")
    spread = np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    return float((first.mean() - second.mean()) / spread)


def common_support(values: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return which units lie where both groups have units, shape (units,)."""
    low = max(values[treated].min(), values[~treated].min())
    high = min(values[treated].max(), values[~treated].max())
    return (values >= low) & (values <= high)


def first_week(day: pd.Timestamp, majority: int) -> pd.Timestamp:
    """Return the Monday of the first week of which a rule holds on most days.

    Parameters
    ----------
    day : pandas.Timestamp
        First day under the rule.
    majority : int
        Days of a week that make it a week under the rule.
    """
    monday = day - pd.Timedelta(days=day.day_of_week)
    late = DAYS - day.day_of_week < majority
    return monday + pd.Timedelta(days=DAYS) if late else monday


def growth(cases: np.ndarray, offset: float) -> np.ndarray:
    """Return the growth per day from week to week.

    Parameters
    ----------
    cases : numpy.ndarray, shape (units, weeks)
        Weekly counts, NaN where missing.
    offset : float
        Added to each count, so that weeks without cases have a logarithm.

    Returns
    -------
    numpy.ndarray, shape (units, weeks - 1)
        Log points per day.
    """
    return np.diff(np.log(cases + offset), axis=1) / DAYS
