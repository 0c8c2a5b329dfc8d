"""How far coders agree on nominal codes: Krippendorff's alpha and Cohen's kappa.

Codes are whole numbers, 0 and up, by unit and coder; `MISSING` where a coder gave none.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from gotong.intervals import CONFIDENCE, Interval, percentile_interval

MISSING: Final = -1
"""Code of a unit that a coder did not code."""


def code_matrix(
    codings: pd.DataFrame, column: str, unit: str = "measure_id", coder: str = "coder"
) -> tuple[np.ndarray, list[str], list[str]]:
    """Return the codes of one variable by unit and coder.

    Parameters
    ----------
    codings : pandas.DataFrame
        One row per unit and coder, for example ``cooperation/codings.csv``.
    column : str
        Variable; blank or missing where not coded.
    unit, coder : str
        Columns that say which unit and which coder.

    Returns
    -------
    codes : numpy.ndarray of int, shape (units, coders)
        Positions in `categories`, or `MISSING`. Units and coders are in sorted order.
    categories : list of str
        Values that occur, sorted.
    coders : list of str
        Sorted, those that coded nothing of this variable left out.

    Raises
    ------
    ValueError
        A coder has coded a unit twice.
    """
    if codings.duplicated([unit, coder]).any():
        raise ValueError("a coder may code a unit once only")
    stated = codings[column].where(codings[column] != "")
    coded = codings.assign(value=stated)
    wide = coded.pivot(index=unit, columns=coder, values="value").dropna(axis=1, how="all")
    categories = sorted(stated.dropna().unique())
    codes = pd.Index(categories, dtype="object").get_indexer(wide.to_numpy(object).ravel())
    return codes.reshape(wide.shape), categories, list(wide.columns)


def krippendorff_alpha(codes: ArrayLike) -> float:
    """Return Krippendorff's alpha for nominal data, any number of coders, values missing or not.

    Parameters
    ----------
    codes : array_like of int, shape (units, coders)
        0 and up; `MISSING` where a coder gave none.

    Returns
    -------
    float
        1 for perfect agreement, 0 for that of chance, below 0 for less. NaN where no unit has
        two values or all values are the same: agreement on a constant shows nothing.

    Raises
    ------
    ValueError
        Codes that are not whole numbers by unit and coder.

    Notes
    -----
    Krippendorff 2011, part C: ``1 - D_o / D_e`` of the coincidence matrix,
    ``D_o = sum_c (n_c - o_cc)`` and ``D_e = sum_c n_c (n - n_c) / (n - 1)``.
    """
    observed, expected = _disagreements(*_pairable(codes))
    return float(_alpha(observed.sum(), expected.sum()))


def alpha_by_category(codes: ArrayLike) -> np.ndarray:
    """Return alpha for each category against all the others.

    Parameters
    ----------
    codes : array_like of int, shape (units, coders)
        See `krippendorff_alpha`.

    Returns
    -------
    numpy.ndarray, shape (categories,)
        By code; NaN for a category that is never given or the only one. Alpha of the whole is
        their mean, weighted by ``n_c (n - n_c)``.

    Raises
    ------
    ValueError
        See `krippendorff_alpha`.
    """
    return _alpha(*_disagreements(*_pairable(codes)))


def bootstrap_alpha(
    codes: ArrayLike,
    rng: np.random.Generator,
    draws: int = 9_999,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Return alpha with the percentile interval over resampled units.

    Parameters
    ----------
    codes : array_like of int, shape (units, coders)
        See `krippendorff_alpha`. Units with fewer than two values are left aside.
    rng : numpy.random.Generator
        Source of the draws.
    draws : int
        Resamples of the units, with replacement.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        `undefined` counts the resamples in which all values were the same. Perfect agreement
        gives an interval of 1 to 1, which is no certainty: show the score interval of the
        percentage beside it.

    Raises
    ------
    ValueError
        See `krippendorff_alpha`; also no unit with two values.

    Notes
    -----
    Units, not pairs of values, are resampled, because values of one unit depend on each other;
    by simulation the interval holds its level (Zapf et al. 2016, 10.1186/s12874-016-0200-9).
    """
    counts, weight = _pairable(codes)
    times = _resamples(len(counts), rng, draws)
    observed, expected = _disagreements(counts, weight, times)
    resampled = _alpha(observed.sum(axis=-1), expected.sum(axis=-1))
    return percentile_interval(krippendorff_alpha(codes), resampled, confidence)


def cohen_kappa(codes: ArrayLike) -> float:
    """Return Cohen's kappa of two coders.

    Parameters
    ----------
    codes : array_like of int, shape (units, 2)
        Units that one of them did not code are left aside.

    Returns
    -------
    float
        1 for perfect agreement, 0 for that of coders who code independently, each with their
        own frequencies. NaN where both gave one and the same code only, or no unit has two.

    Raises
    ------
    ValueError
        Not two coders, or see `krippendorff_alpha`.

    Notes
    -----
    Cohen 1960 (10.1177/001316446002000104), equation 1.
    """
    return float(_kappa(_joint(codes)))


def bootstrap_kappa(
    codes: ArrayLike,
    rng: np.random.Generator,
    draws: int = 9_999,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Return Cohen's kappa with the percentile interval over resampled units.

    Parameters
    ----------
    codes : array_like of int, shape (units, 2)
        See `cohen_kappa`.
    rng, draws, confidence
        See `bootstrap_alpha`.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        See `cohen_kappa`; also no unit with two codes.
    """
    joint = _joint(codes)
    units = int(joint.sum())
    if not units:
        raise ValueError("no unit was coded twice")
    # Units with the same two codes are exchangeable: cells are drawn, not single units.
    cells = rng.multinomial(units, joint.ravel() / units, size=draws)
    resampled = _kappa(cells.reshape(draws, *joint.shape).astype("float64"))
    return percentile_interval(float(_kappa(joint)), resampled, confidence)


def _checked(codes: ArrayLike) -> np.ndarray:
    """Return codes as an array, or say what is wrong with them."""
    array = np.asarray(codes)
    if array.ndim != 2 or array.dtype.kind not in "iu" or not (array >= MISSING).all():
        raise ValueError("codes are whole numbers, 0 and up or -1, by unit and coder")
    return array


def _pairable(codes: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each unit got each code, and the worth of its pairs.

    Shapes (units, categories) and (units,), of the units with two values or more.
    """
    array = _checked(codes)
    categories = np.arange(array.max(initial=MISSING) + 1)
    counts = (array[:, :, None] == categories).sum(axis=1).astype("float64")
    values = counts.sum(axis=1)
    chosen = values >= 2
    return counts[chosen], 1 / (values[chosen] - 1)


def _disagreements(
    counts: np.ndarray, weight: np.ndarray, times: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return observed and expected disagreement by category, over its row of coincidences.

    With `times`, shape (draws, units), each unit counts that often, in each draw.
    """
    times = np.ones(len(counts)) if times is None else times
    others = counts.sum(axis=1, keepdims=True) - counts
    observed = times @ (counts * others * weight[:, None])
    given = times @ counts
    values = given.sum(axis=-1, keepdims=True)
    # Without values both are 0, and alpha is undefined whatever the divisor.
    expected = given * (values - given) / np.maximum(values - 1, 1)
    return observed, expected


def _alpha(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return one minus the ratio of the disagreements; NaN where none is expected."""
    ratio = np.full(np.shape(expected), np.nan)
    return 1 - np.divide(observed, expected, out=ratio, where=expected > 0)


def _resamples(units: int, rng: np.random.Generator, draws: int) -> np.ndarray:
    """Return how often each unit is drawn, shape (draws, units)."""
    if not units:
        raise ValueError("no unit was coded twice")
    return rng.multinomial(units, np.full(units, 1 / units), size=draws)


def _joint(codes: ArrayLike) -> np.ndarray:
    """Return how often the first coder's code met the second's, shape (categories, categories)."""
    array = _checked(codes)
    if array.shape[1] != 2:
        raise ValueError(f"two coders are needed, not {array.shape[1]}")
    size = int(array.max(initial=MISSING)) + 1
    both = array[(array != MISSING).all(axis=1)]
    joint = np.zeros((size, size))
    np.add.at(joint, (both[:, 0], both[:, 1]), 1)
    return joint


def _agreement(joint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of agreement and that expected by chance, of tables (..., C, C)."""
    units = joint.sum(axis=(-2, -1))
    chance = (joint.sum(axis=-1) * joint.sum(axis=-2)).sum(axis=-1)
    nothing = np.full(np.shape(units), np.nan)
    observed = np.divide(
        np.trace(joint, axis1=-2, axis2=-1), units, out=nothing.copy(), where=units > 0
    )
    return observed, np.divide(chance, units**2, out=nothing, where=units > 0)


def _kappa(joint: np.ndarray) -> np.ndarray:
    """Return kappa of tables (..., C, C); NaN where chance alone agrees wholly."""
    observed, chance = _agreement(joint)
    undefined = np.full(np.shape(observed), np.nan)
    return np.divide(observed - chance, 1 - chance, out=undefined, where=chance < 1)
