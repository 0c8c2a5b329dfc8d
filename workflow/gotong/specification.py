"""The specification curve: every defensible choice as a cell, estimated alike and tested jointly.

After Simonsohn, Simmons and Nelson 2020 (10.1038/s41562-020-0912-z). Which estimate a study
reports depends on choices that could have been made otherwise. The curve shows the estimates
of all of them; since they share their data, one test asks of all at once whether they lie
further from zero than when the regressor's paths are moved or exchanged.

Arrays are by unit and week, weeks along the last axis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from math import sqrt
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from gotong.causal.clustering import cluster_index, cluster_sums
from gotong.causal.distributed_lag import shift
from gotong.config import Specifications
from gotong.inference.fixed_effects import TwoWayEffects
from gotong.inference.permutation import permutation_p
from gotong.intervals import CONFIDENCE
from gotong.regions import DKI_UNITS

Kind = Literal["two_way", "first_differences", "lag_sum"]

CHOICES: Final = (
    "regressor",
    "definition",
    "outcome",
    "estimator",
    "lag",
    "without",
    "sample",
)
"""What a cell is told by, from the outermost choice to the one that varies fastest."""

NO_CONTRAST: Final = "no_contrast"
"""Why a cell has no estimate: effects leave nothing of the regressor."""

COLLINEAR: Final = 1e-8
"""Share of a regressor's variation below which what effects leave of it counts as nothing."""

CELLS_AT_ONCE: Final = 2**22
"""Values of lagged regressors that are worked on together: all arrangements of a small panel."""

SIGNIFICANT: Final = 0.05
"""P-value up to which a cell counts as significant."""


def cells(choices: Specifications) -> pd.DataFrame:
    """Return every combination of the declared choices that differs from the others.

    Parameters
    ----------
    choices : Specifications
        The grid.

    Returns
    -------
    pandas.DataFrame
        cell (from 0), regressor, definition, outcome, estimator, lag, without, sample; in the
        order in which the configuration names the choices. Without the units of DKI, scaling
        their counts changes nothing, and is no cell.
    """
    defined = [(name, each) for name, named in choices.definitions.items() for each in named]
    rows = [
        (*regressor, outcome, estimator.kind, estimator.lag, without, sample)
        for regressor, outcome, estimator, without, sample in product(
            defined, choices.outcomes, choices.estimators, choices.without, choices.samples
        )
        if choices.samples[sample].series == "address"
        or not set(DKI_UNITS) <= set(choices.without[without])
    ]
    return pd.DataFrame(rows, columns=list(CHOICES)).rename_axis("cell").reset_index()


def part(grid: pd.DataFrame, number: int, parts: int) -> pd.DataFrame:
    """Return one part of the cells: every so many, so that parts take about as long.

    Parameters
    ----------
    grid : pandas.DataFrame
        From `cells`.
    number, parts : int
        Which part, from 0, of how many.

    Raises
    ------
    ValueError
        There is no such part.
    """
    if not 0 <= number < parts:
        raise ValueError(f"there is no part {number} of {parts}")
    return grid.iloc[number::parts]


@dataclass(frozen=True, eq=False)
class Estimate:
    """One cell, under the regressor's own paths and under others.

    Attributes
    ----------
    estimate, standard_error : float
        Effect of one unit of the regressor; clustered. NaN without contrast.
    t : numpy.ndarray, shape (1 + arrangements,)
        t statistic under its own paths, then under the others; NaN without contrast.
    scale : float
        Standard deviation of the regressor over that of the outcome, both without effects.
    units, weeks, observations : int
        What was used.
    """

    estimate: float
    standard_error: float
    t: np.ndarray
    scale: float
    units: int
    weeks: int
    observations: int

    @property
    def p_value(self) -> float:
        """Two-sided p by Student's t with units minus one degrees of freedom."""
        return float(2 * stdtr(self.units - 1, -abs(self.t[0])))

    def interval(self, level: float = CONFIDENCE) -> tuple[float, float]:
        """Return the confidence interval that goes with `p_value`."""
        reach = float(stdtrit(self.units - 1, (1 + level) / 2)) * self.standard_error
        return self.estimate - reach, self.estimate + reach


def estimate(outcome: ArrayLike, paths: ArrayLike, kind: Kind, lag: int) -> Estimate:
    """Estimate one cell under the regressor's own paths and all other arrangements at once.

    Parameters
    ----------
    outcome : array_like, shape (units, weeks)
        NaN where missing.
    paths : array_like, shape (1 + arrangements, units, weeks)
        The regressor, complete: as it was, then otherwise arranged.
    kind : {"two_way", "first_differences", "lag_sum"}
        Unit and week effects with the regressor of `lag` weeks before; differences from week
        to week of both, with week effects; or unit and week effects with the regressor of
        each of 1 to `lag` weeks before, whose effects are added up.
    lag : int
        1 or more.

    Returns
    -------
    Estimate
        Errors are clustered by unit, with the small-sample factor of
        `gotong.causal.two_way_fixed_effects`.

    Raises
    ------
    ValueError
        A regressor is missing or shapes do not fit, or fewer than two units are left.
    """
    y, x = np.asarray(outcome, dtype="float64"), np.asarray(paths, dtype="float64")
    if x.ndim != 3 or x.shape[1:] != y.shape or not np.isfinite(x).all():
        raise ValueError(f"paths of shape {x.shape} are not complete for outcomes {y.shape}")
    if lag < 1:
        raise ValueError(f"the regressor must come before the outcome, not {lag} weeks before")
    lags = range(1, lag + 1) if kind == "lag_sum" else (lag,)
    change = _differences if kind == "first_differences" else np.asarray

    def lagged(some: np.ndarray) -> np.ndarray:
        return change(np.stack([shift(some, by) for by in lags], axis=1))

    y = change(y)
    used = _without_singletons(~np.isnan(y) & ~np.isnan(lagged(x[:1])[0]).any(axis=0))
    unit, week = np.nonzero(used)
    index = cluster_index(unit, len(unit))
    # Differencing has taken the unit effects out; one label for all takes out weeks alone.
    label = np.zeros_like(unit) if kind == "first_differences" else unit
    effects = TwoWayEffects(label, week)
    explained = effects.residuals(y[unit, week])
    at_once = max(CELLS_AT_ONCE // (len(lags) * len(unit)), 1)
    fits = []
    for start in range(0, len(x), at_once):
        columns = lagged(x[start : start + at_once])[:, :, unit, week].reshape(-1, len(unit)).T
        left = effects.residuals(columns).T.reshape(-1, len(lags), len(unit))
        raw = columns.T.reshape(left.shape)
        fits.append(_fit(explained, left, raw, index, effects.periods))
    return replace(fits[0], t=np.concatenate([fit.t for fit in fits]))


def _differences(x: np.ndarray) -> np.ndarray:
    """Return the changes from week to week, missing in the first."""
    return x - shift(x, 1)


def _without_singletons(used: np.ndarray) -> np.ndarray:
    """Return the usable cells without units and weeks that have a single one."""
    while True:
        lonely = (used.sum(axis=1) == 1)[:, None] | (used.sum(axis=0) == 1)
        if not (lonely & used).any():
            return used
        used = used & ~lonely


def _fit(y: np.ndarray, x: np.ndarray, raw: np.ndarray, index: np.ndarray, weeks: int) -> Estimate:
    """Return the sum of the coefficients of each arrangement's regressors.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
    x, raw : numpy.ndarray, shape (arrangements, k, n)
        Without effects and with them.
    index : numpy.ndarray of int, shape (n,)
        Cluster of each observation.
    weeks : int
        Week effects that were taken out.
    """
    arrangements, k, n = x.shape
    units = int(index.max()) + 1
    gram = np.einsum("aki,ali->akl", x, x)
    varies = _has_contrast(gram, raw)
    safe = np.where(varies[:, None, None], gram, np.eye(k))
    coefficients = np.linalg.solve(safe, (x @ y)[..., None])[..., 0]
    residual = y - np.einsum("ak,aki->ai", coefficients, x)
    # The sum is one linear form of the coefficients, and so is its score.
    weight = np.linalg.solve(safe, np.ones((arrangements, k, 1)))[..., 0]
    direction = np.einsum("ak,aki->ai", weight, x)
    scores = cluster_sums((direction * residual).T, index)
    factor = units / (units - 1) * (n - 1) / (n - k - weeks)
    error = np.sqrt(factor * (scores**2).sum(axis=0))
    total = coefficients.sum(axis=1)
    t = np.divide(total, error, out=np.full(arrangements, np.nan), where=varies & (error > 0))
    own = 0.0 if varies[0] else np.nan
    mean = x[0].mean(axis=0)
    scale = sqrt(float(mean @ mean) / float(y @ y)) + own
    return Estimate(float(total[0]) + own, float(error[0]) + own, t, scale, units, weeks, n)


def _has_contrast(gram: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return for which arrangements effects and other lags leave something of each regressor."""
    k = gram.shape[1]
    variation = raw.var(axis=2) * raw.shape[2]
    size = np.sqrt(np.einsum("akk->ak", gram))
    some = (size**2 > COLLINEAR * variation).all(axis=1) & (variation > 0).all(axis=1)
    scaled = gram / np.where(some[:, None, None], size[:, :, None] * size[:, None, :], 1)
    smallest = np.linalg.eigvalsh(np.where(some[:, None, None], scaled, np.eye(k)))[:, 0]
    return np.asarray(some & (smallest > COLLINEAR))


def shifted(regressor: np.ndarray) -> np.ndarray:
    """Return the paths of all units moved in time together, in a circle, by every number of weeks.

    Parameters
    ----------
    regressor : numpy.ndarray, shape (units, weeks)

    Returns
    -------
    numpy.ndarray, shape (weeks - 1, units, weeks)
        How units differ in a week, and how weeks follow each other, stays as it was.
    """
    return np.stack([np.roll(regressor, by, axis=1) for by in range(1, regressor.shape[1])])


def orders(units: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return random orders of the units, the same for all cells that are tested together.

    Parameters
    ----------
    units, draws : int
        How many units and orders.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    numpy.ndarray of int, shape (draws, units)
    """
    return rng.permuted(np.tile(np.arange(units), (draws, 1)), axis=1)


@dataclass(frozen=True)
class CurveTest:
    """A statistic of the whole curve and its p-value.

    Attributes
    ----------
    observed : float
        The statistic.
    typical : float
        Median of its size over the other arrangements.
    p_value, smallest_p : float
        See `gotong.inference.permutation_p`.
    arrangements : int
        Other arrangements that were compared.
    """

    observed: float
    typical: float
    p_value: float
    smallest_p: float
    arrangements: int


def joint_tests(t: ArrayLike, degrees: ArrayLike) -> dict[str, CurveTest]:
    """Test all cells of a curve at once.

    Parameters
    ----------
    t : array_like, shape (cells, 1 + arrangements)
        t statistics under the own paths, then under the others; NaN where a cell has no
        contrast under an arrangement, and is left out of it. An arrangement under which no
        cell has contrast is left out itself.
    degrees : array_like, shape (cells,)
        Degrees of freedom of each cell.

    Returns
    -------
    dict of str to CurveTest
        ``median_t``; ``sign_share``, the share of cells with the more frequent sign; and
        ``significant_share``, that of significant cells with the more frequent sign among
        these. Each is as large as far from zero, whatever the sign, but for the median, which
        keeps its own.

    Raises
    ------
    ValueError
        A cell has no contrast under its own paths, or none has under any other arrangement.
    """
    values = np.asarray(t, dtype="float64")
    values = values[:, ~np.isnan(values).all(axis=0)] if values.ndim == 2 else values
    known = ~np.isnan(values)
    if values.ndim != 2 or values.shape[1] < 2 or not known[:, 0].all():
        raise ValueError(f"t statistics of shape {values.shape} leave nothing to compare")
    limit = stdtrit(np.asarray(degrees, dtype="float64"), 1 - SIGNIFICANT / 2)[:, np.newaxis]
    count = known.sum(axis=0)
    negative = (values < 0).sum(axis=0) / count
    below, above = ((known & (sign * values >= limit)).sum(axis=0) / count for sign in (-1, 1))
    statistics = {
        "median_t": np.nanmedian(values, axis=0),
        "sign_share": np.maximum(negative, 1 - negative),
        "significant_share": np.maximum(below, above),
    }
    return {name: _against(found) for name, found in statistics.items()}


def _against(statistic: np.ndarray) -> CurveTest:
    """Hold the first value of a statistic against the others."""
    result = permutation_p(statistic[1:], float(statistic[0]), "two-sided")
    typical = float(np.median(np.abs(statistic[1:])))
    return CurveTest(float(statistic[0]), typical, result.p_value, result.smallest, result.others)


def sign_shares(estimates: Iterable[float], p_values: Iterable[float]) -> dict[str, float]:
    """Return shares of estimable cells by sign and significance.

    Parameters
    ----------
    estimates, p_values : iterable of float
        Of each cell; NaN where there is none.

    Returns
    -------
    dict of str to float
        negative_share, significant_negative, significant_positive; NaN without a cell.
    """
    value = np.array(list(estimates), dtype="float64")
    known = ~np.isnan(value)
    value, p = value[known], np.array(list(p_values), dtype="float64")[known]
    told = p <= SIGNIFICANT
    shares = {
        "negative_share": value < 0,
        "significant_negative": told & (value < 0),
        "significant_positive": told & (value > 0),
    }
    return {name: float(is_so.mean()) if len(is_so) else np.nan for name, is_so in shares.items()}
