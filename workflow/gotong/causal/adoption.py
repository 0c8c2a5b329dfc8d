"""When units adopt a policy: the checks that all designs with staggered adoption share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def first_treated_periods(first_treated: ArrayLike, units: int, periods: int) -> np.ndarray:
    """Return the first treated period of each unit, infinite for those never treated.

    Parameters
    ----------
    first_treated : array_like, shape (units,)
        Position of the first treated period, counted from 0; infinite or NaN for never.
    units, periods : int
        Shape of the panel.

    Returns
    -------
    numpy.ndarray, shape (units,)
        Whole numbers from 0 to ``periods - 1``, or infinite.

    Raises
    ------
    ValueError
        There is not one position for each unit, one lies outside the panel, or nobody adopts.
    """
    first = np.array(first_treated, dtype="float64")
    if first.shape != (units,):
        raise ValueError(f"{units} units need as many first treated periods, not {first.shape}")
    first[np.isnan(first)] = np.inf
    known = first[np.isfinite(first)]
    if not ((known >= 0) & (known < periods) & (known == np.floor(known))).all():
        raise ValueError(
            f"a first treated period is a position from 0 to {periods - 1}, or infinite for never"
        )
    if known.size == 0:
        raise ValueError("no unit is ever treated")
    return first


def balanced_outcome(outcome: ArrayLike) -> np.ndarray:
    """Return the outcome of a panel without gaps.

    Parameters
    ----------
    outcome : array_like, shape (units, periods)
        Outcomes.

    Returns
    -------
    numpy.ndarray, shape (units, periods)

    Raises
    ------
    ValueError
        It is no panel, or a cell is missing or infinite. Which units or periods to leave out
        is the caller's decision, for it changes who is compared.
    """
    y = np.asarray(outcome, dtype="float64")
    if y.ndim != 2 or 0 in y.shape:
        raise ValueError(f"an outcome of units by periods is needed, not of shape {y.shape}")
    gaps = np.argwhere(~np.isfinite(y))
    if len(gaps):
        unit, period = gaps[0]
        raise ValueError(f"the outcome of unit {unit} in period {period} is missing or infinite")
    return y
