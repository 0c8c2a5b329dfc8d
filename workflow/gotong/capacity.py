"""What pooling hospital beds between regions could have done: a transport problem by day.

Arrays are ordered by the sequence of regions that the caller gives, with days along the last
axis. Flows have the region where patients live first and the one where they are treated second.

It is a model of beds, not of care: every bed serves every patient, patients may be moved at
once, and nothing is known of staff, intensive care or a patient's wish to stay near home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.optimize import linprog

DAYS_AT_ONCE: Final = 32
"""Days solved in one linear programme; they do not touch each other, and it is faster."""

ROUNDING: Final = 1e-9
"""Share of the day's largest demand below which unmet need is an error of rounding."""


@dataclass(frozen=True, eq=False)
class Treatment:
    """Where patients are treated.

    Attributes
    ----------
    flows : numpy.ndarray, shape (n, n, T)
        Patients of one region (first axis) in the beds of another (second axis).
    unmet : numpy.ndarray, shape (n, T)
        Patients of a region without a bed. The sum over regions is the least possible; how it
        falls on regions follows from the travel of the others and is not a rule of fairness.
    patient_kilometres : numpy.ndarray, shape (T,)
        Patients times the distance to their bed (in the unit of the distances given).
    """

    flows: np.ndarray
    unmet: np.ndarray
    patient_kilometres: np.ndarray


def beds_needed(cases: ArrayLike, hospitalised_share: float, stay_days: int) -> np.ndarray:
    """Return how many beds the cases of the last days need.

    Parameters
    ----------
    cases : array_like, shape (n, T)
        New cases by region and day; NaN where missing.
    hospitalised_share : float
        Share of cases that need a bed, 0 to 1, from the day they are reported.
    stay_days : int
        Days that a bed is taken, 1 or more.

    Returns
    -------
    numpy.ndarray, shape (n, T)
        Beds; the first days count the cases since the series began. NaN where a case count of
        the stay is missing.

    Raises
    ------
    ValueError
        A share, a stay or cases out of their range.
    """
    new = np.asarray(cases, dtype="float64")
    if not 0 <= hospitalised_share <= 1 or stay_days < 1 or (new < 0).any():
        raise ValueError("a share of 0 to 1, a stay of a day or more, and no negative cases")
    before = np.zeros((*new.shape[:-1], stay_days - 1))
    padded = np.concatenate([before, new], axis=-1)
    stays = np.lib.stride_tricks.sliding_window_view(padded, stay_days, axis=-1)
    return hospitalised_share * stays.sum(axis=-1)


def exchanges(adjacency: ArrayLike) -> dict[str, np.ndarray]:
    """Return which exchanges of patients are allowed under the three ways of cooperation.

    Parameters
    ----------
    adjacency : array_like of bool, shape (n, n)
        Whether patients may go from one region to the other; the diagonal is not read.

    Returns
    -------
    dict of str to numpy.ndarray of bool, shape (n, n)
        ``alone``: only in the own region; ``neighbours``: there and in adjacent ones;
        ``pooled``: anywhere.

    Raises
    ------
    ValueError
        No square matrix.
    """
    adjacent = np.asarray(adjacency, dtype=bool)
    if adjacent.ndim != 2 or adjacent.shape[0] != adjacent.shape[1]:
        raise ValueError(f"adjacency must be regions by regions, not {adjacent.shape}")
    own = np.eye(len(adjacent), dtype=bool)
    return {"alone": own, "neighbours": adjacent | own, "pooled": np.ones_like(own)}


def treat(
    demand: ArrayLike, capacity: ArrayLike, distance: ArrayLike, allowed: ArrayLike
) -> Treatment:
    """Give beds to as many patients as possible each day, and among such ways travel least.

    Parameters
    ----------
    demand : array_like, shape (n, T)
        Beds needed by region and day, 0 or more.
    capacity : array_like, shape (n,) or (n, T)
        Beds by region, 0 or more.
    distance : array_like, shape (n, n)
        From where patients live to where they are treated, 0 or more and 0 on the diagonal.
    allowed : array_like of bool, shape (n, n)
        Exchanges allowed, the diagonal among them: one of `exchanges`.

    Returns
    -------
    Treatment

    Raises
    ------
    ValueError
        Arrays that do not fit, missing or negative numbers, a region that may not treat its own.
    RuntimeError
        The solver stopped without an optimum.

    Notes
    -----
    Transport problem (Hitchcock 1941, 10.1002/sapm1941201224), solved by HiGHS (Huangfu and
    Hall 2018, 10.1007/s12532-017-0130-5). The order of the two aims is exact, not a matter of
    a large number: each patient treated earns ``(n + 1) max(distance)``. Were one more patient
    treatable, a path of shifted patients would lead there that passes each region once, so
    that it adds fewer than ``n + 1`` journeys: it costs less than it earns, and the optimum
    contains it. Where two ways tie, as on a straight road, one of them is taken.
    """
    needed, beds = _checked_load(demand, capacity)
    journeys, arcs = _checked_network(distance, allowed, len(needed))
    count, length = needed.shape
    flows = np.zeros((count, count, length))
    diagonal = np.arange(count)
    # Where every region has beds for its own, nobody travels; nor where nobody may.
    flows[diagonal, diagonal] = np.minimum(needed, beds)
    if arcs.sum() > count:
        strained = np.flatnonzero((needed > beds).any(axis=0))
        for start in range(0, strained.size, DAYS_AT_ONCE):
            days = strained[start : start + DAYS_AT_ONCE]
            flows[:, :, days] = _solve(needed[:, days], beds[:, days], journeys, arcs)
    unmet = needed - flows.sum(axis=1)
    # The solver leaves hairs of patients, which would count as days with unmet need.
    unmet[unmet <= ROUNDING * needed.max(axis=0)] = 0
    return Treatment(flows, unmet, np.einsum("ijt,ij->t", flows, journeys))


def _checked_load(demand: ArrayLike, capacity: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return demand and capacity, both (n, T), or say what is wrong with them."""
    needed = np.asarray(demand, dtype="float64")
    beds = np.asarray(capacity, dtype="float64")
    if beds.ndim == 1 and needed.ndim == 2:
        beds = np.broadcast_to(beds[:, None], (beds.size, needed.shape[1]))
    if needed.ndim != 2 or beds.shape != needed.shape:
        raise ValueError(f"demand {needed.shape} and capacity {beds.shape} do not fit")
    for name, values in (("demand", needed), ("capacity", beds)):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise ValueError(f"{name} must be known and not negative; leave out days without it")
    return needed, beds


def _checked_network(
    distance: ArrayLike, allowed: ArrayLike, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return distances and allowed exchanges, both (n, n), or say what is wrong with them."""
    journeys = np.asarray(distance, dtype="float64")
    arcs = np.asarray(allowed, dtype=bool)
    if journeys.shape != (count, count) or arcs.shape != (count, count):
        raise ValueError(f"distances {journeys.shape} or exchanges {arcs.shape} do not fit")
    if not (np.isfinite(journeys) & (journeys >= 0)).all() or np.diag(journeys).any():
        raise ValueError("distances must be known, not negative, and 0 inside a region")
    if not np.diag(arcs).all():
        raise ValueError("every region may treat its own patients")
    return journeys, arcs


def _solve(
    needed: np.ndarray, beds: np.ndarray, journeys: np.ndarray, arcs: np.ndarray
) -> np.ndarray:
    """Return optimal flows (n, n, days) of a few days, in one linear programme."""
    count, days = needed.shape
    home, place = np.nonzero(arcs)
    arc = np.arange(home.size)
    one_day = sparse.csr_array(
        (
            np.ones(2 * home.size),
            (np.concatenate([home, count + place]), np.concatenate([arc, arc])),
        ),
        shape=(2 * count, home.size),
    )
    # In units of the longest journey and of the largest load, for the solver's tolerances.
    longest = journeys.max() or 1.0
    largest = needed.max()
    cost = journeys[home, place] / longest - (count + 1)
    limits = np.concatenate([needed, beds]).T.ravel() / largest
    found = linprog(
        np.tile(cost, days),
        A_ub=sparse.kron(sparse.eye_array(days), one_day, format="csr"),
        b_ub=limits,
        bounds=(0, None),
        method="highs-ds",
    )
    if not found.success:
        raise RuntimeError(f"no optimal treatment was found: {found.message}")
    flows = np.zeros((count, count, days))
    flows[home, place] = np.maximum(found.x, 0).reshape(days, home.size).T * largest
    return flows
