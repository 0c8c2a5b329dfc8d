"""P-values by rank: how many of the other outcomes of chance are as extreme as what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

Alternative = Literal["two-sided", "greater", "less"]

TIE: Final = 1e-10
"""Relative difference below which two statistics count as equal.

Arrangements that mirror each other have the same statistic but for rounding. A tie counts
against the finding, so that rounding never makes a p-value smaller than it is.
"""


@dataclass(frozen=True)
class PermutationP:
    """A p-value by rank, with what the design could have given at best.

    Attributes
    ----------
    p_value : float
        Share of all arrangements, the observed one among them, that are as extreme.
    smallest : float
        The p-value of the most extreme arrangement if none ties with it.
    rank : int
        Place of the observed statistic, 1 for the most extreme; of ties, the last place.
    others : int
        Arrangements besides the observed one.
    """

    p_value: float
    smallest: float
    rank: int
    others: int


def extremity(statistics: ArrayLike, alternative: Alternative) -> np.ndarray:
    """Return statistics so turned that larger is more extreme.

    Parameters
    ----------
    statistics : array_like
        In any unit, positive and negative about 0.
    alternative : {"two-sided", "greater", "less"}
        Whether both signs, large values or small values speak against the null hypothesis.

    Returns
    -------
    numpy.ndarray
        Of the same shape.

    Raises
    ------
    ValueError
        The alternative is none of the three.
    """
    values = np.asarray(statistics, dtype="float64")
    if alternative == "two-sided":
        return np.abs(values)
    if alternative == "greater":
        return values
    if alternative == "less":
        return -values
    raise ValueError(f"alternative must be two-sided, greater or less, not {alternative!r}")


def as_extreme(others: np.ndarray, observed: float) -> np.ndarray:
    """Return which statistics are at least as large as the observed one, ties included.

    Parameters
    ----------
    others : numpy.ndarray
        Statistics under other arrangements; larger is more extreme; infinite allowed.
    observed : float
        The statistic that was seen.

    Returns
    -------
    numpy.ndarray of bool
        Of the shape of `others`.
    """
    if np.isinf(observed):
        return others >= observed
    return others >= observed - TIE * abs(observed)


def permutation_p(
    others: ArrayLike, observed: float, alternative: Alternative = "greater"
) -> PermutationP:
    """Return the p-value of a statistic among those of other arrangements.

    Parameters
    ----------
    others : array_like, shape (arrangements,)
        The statistic under every other arrangement, or under arrangements drawn at random.
    observed : float
        The statistic under the arrangement that took place.
    alternative : {"two-sided", "greater", "less"}
        What counts as extreme, see `extremity`.

    Returns
    -------
    PermutationP
        With ``(1 + count) / (1 + arrangements)``. It is the rank over the number of units where
        all arrangements are listed, and valid, not only nearly so, where they are drawn.

    Raises
    ------
    ValueError
        There is no other arrangement, or a statistic is missing.

    Notes
    -----
    Phipson and Smyth 2010 (10.2202/1544-6115.1585).
    """
    values = extremity(others, alternative).ravel()
    seen = float(extremity(observed, alternative))
    if values.size == 0:
        raise ValueError("without another arrangement there is nothing to compare with")
    if np.isnan(seen) or np.isnan(values).any():
        raise ValueError("a statistic is missing (NaN) and has no rank")
    rank = 1 + int(as_extreme(values, seen).sum())
    total = 1 + values.size
    return PermutationP(rank / total, 1 / total, rank, values.size)
