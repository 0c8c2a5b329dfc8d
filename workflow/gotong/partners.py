"""Which region could help which: matching by what can be given, what is needed, and distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth (IUGG)."""

CRITERIA: Final = ("surplus", "need_met", "distance")
"""What the cost of a pair is made of, in the order of the weights."""

_WEIGHT_TOLERANCE = 1e-9


def great_circle(latitude: ArrayLike, longitude: ArrayLike) -> np.ndarray:
    """Return the distances between every two points along great circles.

    Parameters
    ----------
    latitude, longitude : array_like, shape (n,)
        Degrees north and east.

    Returns
    -------
    numpy.ndarray, shape (n, n)
        Kilometres on a sphere, off by up to 0.6 % on the real Earth. Symmetric, 0 on the
        diagonal. As the crow flies: roads are longer.

    Raises
    ------
    ValueError
        Coordinates that do not fit each other or lie on no Earth.

    Notes
    -----
    Haversine formula (Sinnott 1984, Virtues of the haversine, Sky and Telescope 68:159), which
    keeps its digits at short distances.
    """
    north = np.asarray(latitude, dtype="float64")
    east = np.asarray(longitude, dtype="float64")
    if north.ndim != 1 or north.shape != east.shape:
        raise ValueError(f"latitudes {north.shape} and longitudes {east.shape} do not fit")
    if not ((np.abs(north) <= 90) & (np.abs(east) <= 180)).all():
        raise ValueError("latitudes lie between -90 and 90, longitudes between -180 and 180")
    phi, lam = np.radians(north), np.radians(east)
    rise = np.sin((phi[:, None] - phi) / 2) ** 2
    turn = np.sin((lam[:, None] - lam) / 2) ** 2
    haversine = rise + np.cos(phi)[:, None] * np.cos(phi) * turn
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))


def surplus_over_average(capacity: ArrayLike, population: ArrayLike) -> np.ndarray:
    """Return how much more a region has than at the average rate of all regions together.

    Parameters
    ----------
    capacity : array_like, shape (n,)
        For example beds.
    population : array_like, shape (n,)
        Persons, above 0.

    Returns
    -------
    numpy.ndarray, shape (n,)
        In the unit of the capacity; negative for a region with less. Sums to 0.

    Raises
    ------
    ValueError
        Arrays that do not fit, negative or missing numbers, or no population.
    """
    beds = np.asarray(capacity, dtype="float64")
    persons = np.asarray(population, dtype="float64")
    if beds.shape != persons.shape or not ((beds >= 0).all() and (persons > 0).all()):
        raise ValueError("every region needs a capacity, 0 or more, and a population above 0")
    return beds - persons * beds.sum() / persons.sum()


def pairing_cost(
    surplus: ArrayLike, need: ArrayLike, distance: ArrayLike, weights: ArrayLike
) -> np.ndarray:
    """Return how poorly each helper and each helped region go together.

    ``w_1 (1 - u_i / max u) + w_2 (1 - m_ij / max m) + w_3 d_ij / max d``, where u is the
    surplus, ``m_ij = min(u_i, n_j)`` the need that the helper can meet, and d the distance.

    Parameters
    ----------
    surplus : array_like, shape (h,)
        What each helper can give, above 0.
    need : array_like, shape (k,)
        What each helped region lacks, above 0, in the same unit.
    distance : array_like, shape (h, k)
        Between them, 0 or more, in any unit.
    weights : array_like, shape (..., 3)
        Of `CRITERIA`: 0 or more, summing to 1.

    Returns
    -------
    numpy.ndarray, shape (..., h, k)
        From 0 to 1. The first part is the same for all partners of a helper: it bears on who
        helps where there are more helpers than helped, and else changes nothing.

    Raises
    ------
    ValueError
        Arrays that do not fit or numbers out of their range.
    """
    given = np.asarray(surplus, dtype="float64")
    lacking = np.asarray(need, dtype="float64")
    apart = np.asarray(distance, dtype="float64")
    if apart.shape != (given.size, lacking.size) or not apart.size:
        raise ValueError(f"distances {apart.shape} do not fit {given.size} by {lacking.size}")
    if not ((given > 0).all() and (lacking > 0).all() and (apart >= 0).all()):
        raise ValueError("surplus and need must be above 0, distances not below it")
    met = np.minimum.outer(given, lacking)
    farthest = apart.max() or 1.0
    criteria = np.stack(
        [
            np.broadcast_to((1 - given / given.max())[:, None], met.shape),
            1 - met / met.max(),
            apart / farthest,
        ]
    )
    return np.tensordot(_checked_weights(weights), criteria, axes=1)


def _checked_weights(weights: ArrayLike) -> np.ndarray:
    """Return weights of the criteria, or say what is wrong with them."""
    shares = np.asarray(weights, dtype="float64")
    fits = shares.ndim >= 1 and shares.shape[-1] == len(CRITERIA)
    if not fits or not (shares >= 0).all():
        raise ValueError(f"weights must be of {', '.join(CRITERIA)}, none negative")
    if (np.abs(shares.sum(axis=-1) - 1) > _WEIGHT_TOLERANCE).any():
        raise ValueError("weights must sum to 1")
    return shares


def match(cost: ArrayLike) -> np.ndarray:
    """Return the pairs of helpers and helped with the least total cost.

    Parameters
    ----------
    cost : array_like, shape (h, k)
        Of each pair, for example from `pairing_cost`.

    Returns
    -------
    numpy.ndarray of int, shape (min(h, k), 2)
        Positions of helper and helped, sorted by helper. Each appears once at most; of
        matchings that cost the same, one is taken.

    Raises
    ------
    ValueError
        A cost that is missing.

    Notes
    -----
    Linear assignment problem (Kuhn 1955, 10.1002/nav.3800020109), solved exactly by the
    algorithm of Crouse 2016 (10.1109/TAES.2016.140952).
    """
    table = np.asarray(cost, dtype="float64")
    if not np.isfinite(table).all():
        raise ValueError("every pair needs a cost")
    return np.column_stack(linear_sum_assignment(table))


def dirichlet_weights(
    rng: np.random.Generator, draws: int, concentration: Sequence[float] = (1.0, 1.0, 1.0)
) -> np.ndarray:
    """Draw weights of the criteria.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    draws : int
        How many.
    concentration : sequence of float
        Of the Dirichlet distribution, above 0; all 1 makes every mixture equally likely.

    Returns
    -------
    numpy.ndarray, shape (draws, 3)
        Rows sum to 1.
    """
    return rng.dirichlet(concentration, size=draws)


def weight_grid(steps: int) -> np.ndarray:
    """Return all mixtures of the criteria in equal steps.

    Parameters
    ----------
    steps : int
        Steps from 0 to 1, 1 or more.

    Returns
    -------
    numpy.ndarray, shape ((steps + 1) (steps + 2) / 2, 3)
        Rows sum to 1; sorted.

    Raises
    ------
    ValueError
        Fewer than one step.
    """
    if steps < 1:
        raise ValueError(f"a grid has one step or more, not {steps}")
    first, second = np.divmod(np.arange((steps + 1) ** 2), steps + 1)
    inside = first + second <= steps
    first, second = first[inside], second[inside]
    return np.column_stack([first, second, steps - first - second]) / steps


def pair_shares(
    surplus: ArrayLike, need: ArrayLike, distance: ArrayLike, weights: ArrayLike
) -> np.ndarray:
    """Return in what share of mixtures of the criteria each pair is part of the best matching.

    Parameters
    ----------
    surplus, need, distance : array_like
        See `pairing_cost`.
    weights : array_like, shape (draws, 3)
        From `dirichlet_weights` or `weight_grid`.

    Returns
    -------
    numpy.ndarray, shape (h, k)
        From 0 to 1; 1 for a pair that does not depend on the weights. The sum is the number
        of pairs in a matching.

    Raises
    ------
    ValueError
        See `pairing_cost`; also no weights.
    """
    mixtures = np.asarray(weights, dtype="float64")
    if mixtures.ndim != 2 or not len(mixtures):
        raise ValueError("one mixture of the criteria or more is needed, one a row")
    costs = pairing_cost(surplus, need, distance, mixtures)
    times = np.zeros(costs.shape[1:])
    for cost in costs:
        times[tuple(match(cost).T)] += 1
    return times / len(costs)
