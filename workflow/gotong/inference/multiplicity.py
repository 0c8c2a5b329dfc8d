"""Several outcomes at once: p-values that hold for the whole family."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gotong.inference.permutation import as_extreme


def holm(p_values: ArrayLike) -> np.ndarray:
    """Return p-values adjusted for the number of tests, whatever their dependence.

    Parameters
    ----------
    p_values : array_like, shape (tests,)
        From 0 to 1.

    Returns
    -------
    numpy.ndarray, shape (tests,)
        Adjusted p-values in the order given: rejecting those up to alpha keeps the chance of
        one false rejection or more at alpha.

    Raises
    ------
    ValueError
        A value is no probability.

    Notes
    -----
    Holm 1979 (Scandinavian Journal of Statistics 6, 65-70).
    """
    p = np.asarray(p_values, dtype="float64")
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p-values must be one row of numbers from 0 to 1")
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def romano_wolf(t: ArrayLike, t_star: ArrayLike) -> np.ndarray:
    """Return p-values adjusted for several outcomes, using how their statistics go together.

    Parameters
    ----------
    t : array_like, shape (tests,)
        Observed t statistics; the tests are two-sided.
    t_star : array_like, shape (vectors, tests)
        The same under the null hypotheses. One row is one resampling of all tests with the
        same weights or the same arrangement, the observed one not among them.

    Returns
    -------
    numpy.ndarray, shape (tests,)
        Adjusted p-values in the order given.

    Raises
    ------
    ValueError
        Shapes do not fit or a statistic is missing.

    Notes
    -----
    Romano and Wolf 2016 (10.1016/j.spl.2016.02.012): step down from the largest
    statistic, comparing each with the largest of those that are not yet rejected.
    """
    observed = np.abs(np.asarray(t, dtype="float64"))
    resampled = np.abs(np.asarray(t_star, dtype="float64"))
    if resampled.ndim != 2 or observed.shape != resampled.shape[1:]:
        raise ValueError(f"t of shape {observed.shape} does not fit t* of {resampled.shape}")
    if np.isnan(observed).any() or np.isnan(resampled).any():
        raise ValueError("a statistic is missing (NaN)")
    order = np.argsort(-observed, kind="stable")
    # Largest statistic among this test and all with smaller t: the family still in question.
    largest = np.maximum.accumulate(resampled[:, order[::-1]], axis=1)[:, ::-1]
    counts = [
        int(as_extreme(column, float(seen)).sum())
        for column, seen in zip(largest.T, observed[order], strict=True)
    ]
    adjusted = np.empty_like(observed)
    adjusted[order] = np.maximum.accumulate((1 + np.array(counts)) / (1 + len(resampled)))
    return adjusted
