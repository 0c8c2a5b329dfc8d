"""Cooperation between regions: how alike their regimes are, how varied and steady measures.

Arrays are ordered by the sequence of regions that the caller gives, the same for all
functions, with days along the last axis.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gotong.config import Span, StrictnessScale
from gotong.errors import InputError
from gotong.tables import DATE
from gotong.timeline import NOT_YET, Scale, label_codes, regime_by_day, strictness

MOVEMENT = "mobility/movement_java.csv"


def _fault(place: str, expected: str, found: str, remedy: str) -> InputError:
    return InputError(MOVEMENT, f"data/raw/{MOVEMENT}", place, expected, found, remedy)


def exchange_weights(
    movement: pd.DataFrame, regions: Sequence[str], period: str = "normal"
) -> np.ndarray:
    """Return how much of its exchange of people each region has with each of the others.

    Parameters
    ----------
    movement : pandas.DataFrame
        period, origin_code, destination_code, share: where people of a region were.
    regions : sequence of str
        Two or more codes; the matrix knows DKI as one region, ``31``.
    period : str
        ``normal`` or ``ramadan``.

    Returns
    -------
    numpy.ndarray, shape (n, n)
        Rows are origins and sum to 1; the diagonal is 0, because staying is no exchange. Not
        symmetric: DKI is most of Depok's exchange, and Depok a small part of DKI's.

    Raises
    ------
    InputError
        The matrix lacks a region or a pair, or a region exchanges people with none of the
        others.
    """
    remedy = "choose regions of the matrix (kab/kota of Java, DKI as 31) and a period it has"
    matrix = (
        movement[movement["period"] == period]
        .pivot(index="origin_code", columns="destination_code", values="share")
        .reindex(index=list(regions), columns=list(regions))
    )
    shares = matrix.to_numpy(dtype="float64", copy=True)
    absent = np.isnan(shares)
    if absent.any():
        whole = [code for code, row in zip(regions, absent, strict=True) if row.all()]
        origin, destination = np.argwhere(absent)[0]
        found = (
            f"nothing from {', '.join(whole)}"
            if whole
            else f"nothing from {regions[origin]} to {regions[destination]}"
        )
        raise _fault(f"period {period}", "a share for every pair", found, remedy)
    np.fill_diagonal(shares, 0)
    exchanged = shares.sum(axis=1, keepdims=True)
    if not exchanged.all():
        alone = regions[int(np.argmin(exchanged))]
        found = f"none from {alone}"
        raise _fault(f"period {period}", "exchange with other regions", found, remedy)
    return shares / exchanged


def similarity(strictness: np.ndarray, scale_range: float) -> np.ndarray:
    """Return how alike the strictness of every two regions is on each day.

    Parameters
    ----------
    strictness : numpy.ndarray, shape (n, T)
        By region and day, in steps of the scale; NaN where missing.
    scale_range : float
        Distance between the least and the most strict regime of the scale, in steps.

    Returns
    -------
    numpy.ndarray, shape (n, n, T)
        ``1 - |s_i - s_j| / scale_range``, from 0 (opposite ends) to 1 (equally strict); NaN
        where either is missing. Equal steps are assumed.

    Raises
    ------
    ValueError
        The range is not positive, or smaller than the distances that occur.
    """
    values = strictness[~np.isnan(strictness)]
    if not scale_range > 0 or (values.size and np.ptp(values) > scale_range):
        raise ValueError(f"a range of {scale_range} does not hold the strictness that occurs")
    return 1 - np.abs(strictness[:, None] - strictness[None, :]) / scale_range


def same_label(codes: np.ndarray) -> np.ndarray:
    """Return whether every two regions are under the same label on each day.

    Parameters
    ----------
    codes : numpy.ndarray, shape (n, T)
        From `label_codes`: 0 and up; negative or NaN where missing.

    Returns
    -------
    numpy.ndarray, shape (n, n, T)
        1 where the labels are the same, 0 where they differ, NaN where either is missing.
    """
    known = codes >= 0
    same = (codes[:, None] == codes[None, :]).astype("float64")
    return np.where(known[:, None] & known[None, :], same, np.nan)


def alignment(strictness: np.ndarray, weights: np.ndarray, span: float) -> np.ndarray:
    """Return how alike a region's regime is to those of the regions it exchanges people with.

    ``a_it = sum_j w_ij (1 - |s_it - s_jt| / span)``. The weight of a partner whose regime is
    missing that day is spread over the others in proportion.

    It says that regimes are alike, not that anyone cooperated or that anything was done:
    alignment is 1 when nobody acts as well as when all act. Read it beside the strictness.

    Parameters
    ----------
    strictness : numpy.ndarray, shape (n, T)
        By region and day, in steps of the scale; NaN where missing.
    weights : numpy.ndarray, shape (n, n)
        From `exchange_weights`.
    span : float
        See `similarity`.

    Returns
    -------
    numpy.ndarray, shape (n, T)
        From 0 to 1; NaN where the region's own regime or those of all its partners are missing.

    Raises
    ------
    ValueError
        See `similarity`; also when the weights do not fit.
    """
    return _partner_mean(similarity(strictness, span), weights)


def nominal_alignment(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the share of a region's exchange that is with regions under the same label.

    The alternative to `alignment` that needs no scale; what is said there holds here too.

    Parameters
    ----------
    codes : numpy.ndarray, shape (n, T)
        See `same_label`.
    weights : numpy.ndarray, shape (n, n)
        From `exchange_weights`.

    Returns
    -------
    numpy.ndarray, shape (n, T)
        From 0 to 1, NaN as in `alignment`.
    """
    return _partner_mean(same_label(codes), weights)


def _partner_mean(alike: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted mean over partners, of those that are known on the day."""
    if weights.shape != alike.shape[:2] or not (weights >= 0).all() or np.diag(weights).any():
        raise ValueError("weights must be (regions, regions), none negative, the diagonal zero")
    known = ~np.isnan(alike)
    # Both sums run in the same order, so that equal regimes give exactly 1, never 1 + 1e-16.
    total = np.einsum("ij,ijt->it", weights, np.where(known, alike, 0.0))
    weight = np.einsum("ij,ijt->it", weights, known.astype("float64"))
    return np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)


def diversity(active: pd.DataFrame) -> pd.DataFrame:
    """Count the dyads that have an active measure, by region and day.

    Parameters
    ----------
    active : pandas.DataFrame
        From `active_measures`, by dyad or by dyad and more.

    Returns
    -------
    pandas.DataFrame
        region_code, date, diversity (dyads, Int64, 0 to 6).
    """
    stock = active.groupby(["region_code", "date", "dyad"])["active"].sum()
    dyads = (stock > 0).groupby(level=["region_code", "date"]).sum()
    return dyads.astype("Int64").rename("diversity").reset_index()


def continuity(active: pd.DataFrame) -> pd.DataFrame:
    """Return the share of days on which a region has at least one active measure.

    It depends on how long a measure without a known end is taken to last: show it for more
    than one length.

    Parameters
    ----------
    active : pandas.DataFrame
        From `active_measures`, over the period in question.

    Returns
    -------
    pandas.DataFrame
        region_code, continuity (share of days, 0 to 1).
    """
    stock = active.groupby(["region_code", "date"])["active"].sum()
    share = (stock > 0).groupby(level="region_code").mean()
    return share.astype("float64").rename("continuity").reset_index()


def alignment_table(
    regimes: pd.DataFrame,
    movement: pd.DataFrame,
    regions: Sequence[str],
    span: Span,
    scale: StrictnessScale,
) -> pd.DataFrame:
    """Return the alignment of the deciding regions by day, on the main scale and the others.

    Parameters
    ----------
    regimes, movement : pandas.DataFrame
        ``policy/regimes.csv`` (its primary layer is used) and ``mobility/movement_java.csv``.
    regions : sequence of str
        Deciding regions.
    span : Span
        First and last day.
    scale : StrictnessScale
        The main scale and its alternatives.

    Returns
    -------
    pandas.DataFrame
        variant (``main``, each alternative, ``same_label``), region_code, date, alignment;
        sorted by these.
    """
    days = pd.date_range(span.start, span.end, unit="s")
    primary = regimes[regimes["layer"] == "primary"]
    by_day = regime_by_day(primary, regions, days)
    first = by_day["region_code"].map(primary.groupby("region_code")["start_date"].min())
    by_day["regime"] = by_day["regime"].mask(by_day["date"] < first, NOT_YET)
    weights = exchange_weights(movement, regions)
    shape = (len(regions), len(days))
    levels = {str(level): value for level, value in scale.levels.items()}
    scales: dict[str, Scale] = {"main": scale.regimes}
    scales |= {name: {**scale.regimes, **other} for name, other in scale.alternatives.items()}
    parts = {}
    for name, chosen in scales.items():
        strict = strictness(by_day["regime"], by_day["level"], chosen, levels)
        parts[name] = alignment(strict.to_numpy().reshape(shape), weights, scale.span)
    codes = label_codes(by_day["regime"], by_day["level"], scale.regimes)
    parts["same_label"] = nominal_alignment(codes.to_numpy().reshape(shape), weights)
    keys = by_day[["region_code", "date"]]
    table = pd.concat(
        keys.assign(variant=name, alignment=values.ravel()) for name, values in parts.items()
    )
    table["date"] = table["date"].astype(DATE)
    ordered = table[["variant", "region_code", "date", "alignment"]]
    return ordered.sort_values(["variant", "region_code", "date"], ignore_index=True)
