"""How many independent regions a set of neighbours is worth.

Two properties of regions go together by chance the more easily, the more alike neighbours are in
both. Clifford, Richardson and Hémon (1989) put that into one number: the regions that would have
to be independent for correlations of unrelated properties to spread as far.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr

CLASSES: Final = 8
"""Classes of distance, with as many pairs each."""

FEWEST_PAIRS: Final = 40
"""Pairs of a class: the likeness of fewer says next to nothing."""

NO_CLASS: Final = -1
"""Pairs that are never compared: regions of two strata, and a region with itself."""


def pair_classes(
    distance: ArrayLike,
    groups: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    *,
    classes: int = CLASSES,
) -> np.ndarray:
    """Return the class of each pair of regions, within which pairs are taken as equally alike.

    Parameters
    ----------
    distance : array_like, shape (units, units)
        In any unit; symmetric.
    groups : array_like, shape (units,), optional
        Label of the group (islands) of each region: pairs within one are a class of their own,
        and distance parts the others.
    strata : array_like, shape (units,), optional
        Label of the stratum of each region; pairs across two strata belong to no class.
    classes : int
        Most classes of distance; fewer where a class would hold under `FEWEST_PAIRS`.

    Returns
    -------
    numpy.ndarray of int, shape (units, units)
        From 0; `NO_CLASS` for pairs that are not compared.

    Raises
    ------
    ValueError
        Distances are missing, not square or not symmetric, or labels do not fit them.
    """
    apart = np.asarray(distance, dtype="float64")
    if apart.ndim != 2 or not np.array_equal(apart, apart.T):
        raise ValueError(f"distances of shape {apart.shape} are not those of pairs")
    count = len(apart)
    grouped = np.arange(count) if groups is None else np.asarray(groups)
    stratum = np.zeros(count, dtype="int64") if strata is None else np.asarray(strata)
    if grouped.shape != (count,) or stratum.shape != (count,):
        raise ValueError(f"{grouped.shape} and {stratum.shape} labels do not fit {count} regions")
    compared = np.equal.outer(stratum, stratum) & ~np.eye(count, dtype=bool)
    together = compared & np.equal.outer(grouped, grouped)
    far = compared & ~together
    found = np.full(apart.shape, NO_CLASS)
    found[together] = 0
    parts = min(classes, int(far.sum()) // 2 // FEWEST_PAIRS)
    if parts:
        ends = np.quantile(apart[far], np.linspace(0, 1, parts + 1)[1:-1])
        found[far] = np.searchsorted(ends, apart[far], side="right") + int(together.any())
    return found


def effective_units(first: ArrayLike, second: ArrayLike, classes: np.ndarray) -> float:
    """Return the number of independent regions that a correlation of two properties rests on.

    Parameters
    ----------
    first, second : array_like, shape (units,)
        Scores with a mean of 0 in each stratum.
    classes : numpy.ndarray of int, shape (units, units)
        What `pair_classes` returns.

    Returns
    -------
    float
        At most the number of regions; it is that also where no pair is compared.

    Notes
    -----
    ``1 + 1 / v`` with the variance of the correlation
    ``v = sum over classes of (pairs) C_x C_y / (n^2 s_x^2 s_y^2)``, the regions themselves being
    one class more: Clifford, Richardson and Hémon 1989 (10.2307/2532039, Biometrics 45, 123-134).
    More than there are regions, as from neighbours that differ, is not believed.
    """
    x, y = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    compared = classes != NO_CLASS
    of_pair = classes[compared]
    count = x.size
    if not of_pair.size:
        return float(count)
    pairs = np.bincount(of_pair)
    alike = [np.bincount(of_pair, np.multiply.outer(scores, scores)[compared]) for scores in (x, y)]
    own = (x**2).mean() * (y**2).mean()
    shared = np.divide(alike[0] * alike[1], pairs, out=np.zeros(pairs.size), where=pairs > 0)
    variance = (count * own + shared.sum()) / (count**2 * own)
    return float(min(count, 1 + 1 / variance)) if variance > 0 else float(count)


def correlation_p(estimate: float, units: float, strata: int = 1) -> float:
    """Return the two-sided p of a correlation of so many independent regions.

    Parameters
    ----------
    estimate : float
        Correlation, from -1 to 1.
    units : float
        Regions, or what `effective_units` makes of them.
    strata : int
        How many strata the scores were centred in.

    Returns
    -------
    float
        By Student's t with a degree of freedom less for each stratum beyond the first; 1 where
        none is left.
    """
    freedom = units - 1 - strata
    if freedom <= 0:
        return 1.0
    left = 1 - min(estimate**2, 1.0)
    if left <= 0:
        return 0.0
    return float(2 * stdtr(freedom, -abs(estimate) * np.sqrt(freedom / left)))
