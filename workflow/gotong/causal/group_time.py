"""Group-time average treatment effects under staggered adoption.

Callaway and Sant'Anna 2021 (10.1016/j.jeconom.2020.12.001), without covariates: each cohort,
the units first treated in the same period, is compared in each period with units that are
never treated, or not yet. No unit that is already treated serves as a control.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gotong.causal.adoption import balanced_outcome, first_treated_periods
from gotong.causal.clustering import JointTest, cluster_index
from gotong.causal.influence import Estimates

Control = Literal["never", "not_yet"]
Base = Literal["varying", "universal"]
Kind = Literal["simple", "dynamic", "group", "calendar"]


@dataclass(frozen=True, eq=False)
class GroupTimeEffects:
    """Average effects by cohort and period.

    Attributes
    ----------
    cohort, period : numpy.ndarray of int, shape (cells,)
        First treated period of the cohort, and the period that is compared with its base.
    estimates : Estimates
        Average effects on the treated, ATT(g, t); placebo effects where the period lies before
        the cohort.
    first_treated : numpy.ndarray, shape (units,)
        First treated period of each unit, infinite for never.
    base : {"varying", "universal"}
        How the base periods were chosen.
    """

    cohort: np.ndarray
    period: np.ndarray
    estimates: Estimates
    first_treated: np.ndarray
    base: Base

    def pre_test(self) -> JointTest:
        """Test that all effects before treatment are zero.

        Returns
        -------
        JointTest
            Wald test; NaN where there are as many such effects as clusters. The base period of
            a universal base, whose effect is zero by construction, takes no part.
        """
        last_before = self.cohort - 1 if self.base == "universal" else self.cohort
        return self.estimates.joint_test(self.period < last_before)


@dataclass(frozen=True, eq=False)
class Aggregation:
    """Averages of group-time effects.

    Attributes
    ----------
    label : numpy.ndarray of int, shape (estimates,)
        What an average belongs to: periods since adoption (``dynamic``), the cohort
        (``group``) or the period (``calendar``); 0 for the one average of ``simple``.
    estimates : Estimates
        The averages.
    overall : Estimates
        One number: the average over cohorts (``group``, by their size) or over labels from 0
        (``dynamic``) or all labels (``calendar``), each counting the same.
    """

    label: np.ndarray
    estimates: Estimates
    overall: Estimates


def group_time_effects(
    outcome: ArrayLike,
    first_treated: ArrayLike,
    control: Control = "never",
    base: Base = "varying",
    clusters: ArrayLike | None = None,
) -> GroupTimeEffects:
    """Estimate the average effect on each cohort in each period.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        Outcomes of a panel without gaps.
    first_treated : array_like, shape (units,)
        Position of the first treated period, from 1; infinite or NaN for never.
    control : {"never", "not_yet"}
        Who is compared with a cohort: units that are never treated, or all that are not
        treated up to the later of the period and its base.
    base : {"varying", "universal"}
        What a period before treatment is compared with: the period before it, or the last
        period before treatment. From treatment on it is always the latter.
    clusters : array_like, shape (units,), optional
        A label for the cluster of each unit. Errors then carry the factor ``G / (G - 1)``;
        without clusters they carry none, as in the R package did.

    Returns
    -------
    GroupTimeEffects
        By cohort, then period. A cell without controls is left out; so is, under a varying
        base, the first period, which has none before it.

    Raises
    ------
    ValueError
        The panel has gaps, a unit is treated in the first period (leave such units out: they
        have no period before), or there is no unit to compare with.

    Notes
    -----
    Callaway and Sant'Anna 2021, equations 2.8 and 2.9 without covariates: ATT(g, t) is the mean
    change of the cohort less the mean change of its controls. Errors are asymptotic in the
    number of treated and of control units; a cohort of one unit has no error of its own, so
    that its standard error is far too small.
    """
    y = balanced_outcome(outcome)
    first = first_treated_periods(first_treated, *y.shape)
    _check_comparison(first, control)
    index = None if clusters is None else cluster_index(clusters, len(y))
    cohorts = np.unique(first[np.isfinite(first)]).astype(int)
    parts = [_cohort_effects(y, first, cohort, control, base) for cohort in cohorts]
    cohort = np.repeat(cohorts, [len(period) for period, _, _ in parts])
    if len(cohort) == 0:
        raise ValueError("no cohort has a unit to be compared with: all adopt at the same time")
    period, effects, influence = (np.concatenate(x, axis=-1) for x in zip(*parts, strict=True))
    return GroupTimeEffects(cohort, period, Estimates(effects, influence, index), first, base)


def aggregate(result: GroupTimeEffects, kind: Kind) -> Aggregation:
    """Average group-time effects, each cohort counting by its number of units.

    Parameters
    ----------
    result : GroupTimeEffects
        Effects by cohort and period.
    kind : {"simple", "dynamic", "group", "calendar"}
        One average over all cells from treatment on; one for each number of periods since
        adoption, also before it; one for each cohort; or one for each period.

    Returns
    -------
    Aggregation

    Raises
    ------
    ValueError
        There is no cell from treatment on.

    Notes
    -----
    Callaway and Sant'Anna 2021, section 3 (table 1). Standard errors count that cohort sizes are
    estimates too.
    """
    treated = result.period >= result.cohort
    if not treated.any():
        raise ValueError("no cohort has an effect from treatment on")
    key, counted = {
        "simple": (np.zeros_like(result.cohort), treated),
        "dynamic": (result.period - result.cohort, np.ones_like(treated)),
        "group": (result.cohort, treated),
        "calendar": (result.period, treated),
    }[kind]
    label = np.unique(key[counted])
    members = (key == label[:, None]) & counted
    averages = _average(result.estimates, result.cohort, members, result.first_treated)
    return Aggregation(label, averages, _overall(kind, label, averages, result.first_treated))


def _check_comparison(first: np.ndarray, control: Control) -> None:
    """Stop if there is nobody to compare with, or a unit without a period before."""
    if (first == 0).any():
        raise ValueError(
            f"unit {int(np.argmin(first))} is treated in the first period and can be neither "
            "treated nor control: leave it out"
        )
    if control == "never" and np.isfinite(first).all():
        raise ValueError('every unit is treated at some time: compare with "not_yet"')


def _cohort_effects(
    y: np.ndarray, first: np.ndarray, cohort: int, control: Control, base: Base
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the periods, effects and influence functions of one cohort."""
    period = np.arange(y.shape[1])
    before = np.full(len(period), cohort - 1)
    if base == "varying":
        period, before = period[1:], np.minimum(period[1:], cohort) - 1
    treated = (first == cohort)[:, None]
    if control == "never":
        controls = np.broadcast_to(np.isinf(first)[:, None], (len(y), len(period)))
    else:
        # The cohort itself is not yet treated before it adopts, but is no control of its own.
        controls = (first[:, None] > np.maximum(period, before)) & ~treated
    kept = controls.any(axis=0)
    if not kept.all():
        period, before, controls = period[kept], before[kept], controls[:, kept]
    change = y[:, period] - y[:, before]
    # 1 / n for the treated, -1 / n for the controls of a cell, else 0.
    weight = treated / treated.sum() - controls / controls.sum(axis=0)
    mean_treated = change[treated[:, 0]].mean(axis=0)
    effects = (weight * change).sum(axis=0)
    centre = np.where(treated, mean_treated, mean_treated - effects)
    return period, effects, weight * (change - centre)


def _average(
    estimates: Estimates, cohort: np.ndarray, members: np.ndarray, first: np.ndarray
) -> Estimates:
    """Return averages of estimates, each counting by the units of its cohort.

    The second term of the influence is that of the cohorts' shares: a unit more of a cohort
    moves the average towards that cohort's effects.
    """
    belongs = first[:, None] == cohort
    counted = members * belongs.sum(axis=0)
    weight = counted / counted.sum(axis=1, keepdims=True)
    effects = weight @ estimates.effects
    pull = members * (estimates.effects - effects[:, None]) / counted.sum(axis=1, keepdims=True)
    influence = estimates.influence @ weight.T + belongs @ pull.T
    return Estimates(effects, influence, estimates.clusters)


def _overall(kind: Kind, label: np.ndarray, averages: Estimates, first: np.ndarray) -> Estimates:
    """Return the one number of an aggregation."""
    if kind == "group":
        return _average(averages, label, np.ones((1, len(label)), dtype=bool), first)
    counted = label >= 0
    weight = (counted / counted.sum())[:, None]
    return Estimates(averages.effects @ weight, averages.influence @ weight, averages.clusters)
