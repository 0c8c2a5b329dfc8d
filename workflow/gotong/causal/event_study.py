"""Event study by panel regression: one coefficient for each period since adoption.

A contrast to `gotong.causal.group_time`: where effects differ between cohorts, a coefficient
mixes in effects of other periods (Sun and Abraham 2021, 10.1016/j.jeconom.2020.09.006).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gotong.causal.adoption import first_treated_periods
from gotong.causal.clustering import JointTest
from gotong.causal.twfe import PanelRegression, two_way_fixed_effects


@dataclass(frozen=True, eq=False)
class EventStudy:
    """Effects by periods since adoption.

    Attributes
    ----------
    since_adoption : numpy.ndarray of int, shape (coefficients,)
        Periods since adoption, in order and without the reference. The first and last stand
        for all earlier and all later periods too.
    regression : PanelRegression
        Effects in that order, against the reference period.
    reference : int
        The period since adoption whose effect is zero by construction.
    """

    since_adoption: np.ndarray
    regression: PanelRegression
    reference: int

    def leads_test(self) -> JointTest:
        """Test that the effects before adoption are all zero.

        Returns
        -------
        JointTest
            F test; NaN where there are as many leads as clusters.
        """
        return self.regression.joint_test(self.since_adoption < 0)


def event_study(
    outcome: ArrayLike,
    first_treated: ArrayLike,
    window: tuple[int, int],
    reference: int = -1,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> EventStudy:
    """Regress an outcome on dummies for the periods since adoption.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        NaN where missing.
    first_treated : array_like, shape (units,)
        Position of the first treated period, counted from 0; infinite or NaN for never.
    window : tuple of int
        First and last period since adoption; what lies beyond is counted with these ends
        (Schmidheiny and Siegloch 2023, 10.1002/jae.2971).
    reference : int
        The period since adoption that the others are compared with, inside the window.
    clusters : array_like, shape (units,), optional
        A label for the cluster of each unit; without it each unit is a cluster.
    weights : array_like, shape (units, periods), optional
        Analytic weights, 0 or more.

    Returns
    -------
    EventStudy

    Raises
    ------
    ValueError
        The reference lies outside the window, no cell has one of its periods, or the
        regression cannot be made (see `two_way_fixed_effects`).
    """
    y = np.asarray(outcome, dtype="float64")
    if y.ndim != 2:
        raise ValueError(f"an outcome of units by periods is needed, not of shape {y.shape}")
    start, end = window
    if not (start <= reference <= end and start < end):
        raise ValueError(f"the reference {reference} is not inside the window {start} to {end}")
    first = first_treated_periods(first_treated, *y.shape)
    since = np.clip(np.arange(y.shape[1]) - first[:, None], start, end)
    since[np.isinf(first)] = np.nan
    wanted = np.arange(start, end + 1)
    wanted = wanted[wanted != reference]
    dummies = since == wanted[:, None, None]
    empty = wanted[~dummies.any(axis=(1, 2))]
    if empty.size:
        raise ValueError(f"no unit is seen {empty[0]} periods since adoption")
    regression = two_way_fixed_effects(y, dummies, clusters, weights)
    return EventStudy(wanted, regression, reference)
