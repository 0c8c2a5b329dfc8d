"""Cooperation between regions: how alike their regimes are, who follows whom, and measures.

Arrays are ordered by the sequence of regions that the caller gives, the same for all
functions, with days along the last axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gotong.config import Span, StrictnessScale
from gotong.errors import InputError
from gotong.tables import DATE
from gotong.timeline import (
    NOT_YET,
    Scale,
    active_measures,
    label_codes,
    regime_by_day,
    strictness,
)

MOVEMENT = "mobility/movement_java.csv"

MAIN, SAME_LABEL = "main", "same_label"
"""The scale of strictness that the study uses, and the comparison that needs no scale."""

CROSS_BORDER = "cross_border"
"""Reach of a measure with parties from, or benefits to, more than one region."""


@dataclass(frozen=True, eq=False)
class FollowingTest:
    """How close the changes of others lie to those of the core, and how close by chance.

    Attributes
    ----------
    observed : float
        Mean days from a change of the core to the nearest change of another region in the
        same direction, before or after; one outside the window counts as a day beyond it.
    by_chance : numpy.ndarray, shape (arrangements,)
        The same with the dates of the core's changes moved.
    p_value : float
        Share of all arrangements, the observed one among them, that are as close or closer.
    smallest_p : float
        What the p-value would be if no other arrangement were as close.
    """

    observed: float
    by_chance: np.ndarray
    p_value: float
    smallest_p: float


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


def similarity(
    strictness: np.ndarray, scale_range: float, others: np.ndarray | None = None
) -> np.ndarray:
    """Return how alike the strictness of every two regions is on each day.

    Parameters
    ----------
    strictness : numpy.ndarray, shape (n, T)
        By region and day, in steps of the scale; NaN where missing.
    scale_range : float
        Distance between the least and the most strict regime of the scale, in steps.
    others : numpy.ndarray, shape (n, T), optional
        A region for each to be compared with, in place of every two.

    Returns
    -------
    numpy.ndarray, shape (n, n, T), or (n, T) with others
        ``1 - |s_i - s_j| / scale_range``, from 0 (opposite ends) to 1 (equally strict); NaN
        where either is missing. Equal steps are assumed.

    Raises
    ------
    ValueError
        The range is not positive, or smaller than the distances that occur.
    """
    one, other = _paired(strictness, others)
    highest = max(np.nanmax(values, initial=-np.inf) for values in (one, other))
    lowest = min(np.nanmin(values, initial=np.inf) for values in (one, other))
    if not scale_range > 0 or highest - lowest > scale_range:
        raise ValueError(f"a range of {scale_range} does not hold the strictness that occurs")
    return 1 - np.abs(one - other) / scale_range


def _paired(values: np.ndarray, others: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return what is to be compared: every two regions, or each with its other."""
    if others is None:
        return values[:, None], values[None, :]
    return values, others


def same_label(codes: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
    """Return whether every two regions are under the same label on each day.

    Parameters
    ----------
    codes : numpy.ndarray, shape (n, T)
        From `label_codes`: 0 and up; negative or NaN where missing.
    others : numpy.ndarray, shape (n, T), optional
        See `similarity`.

    Returns
    -------
    numpy.ndarray, shape (n, n, T), or (n, T) with others
        1 where the labels are the same, 0 where they differ, NaN where either is missing.
    """
    one, other = _paired(codes, others)
    same = (one == other).astype("float64")
    return np.where((one >= 0) & (other >= 0), same, np.nan)


def alignment(
    strictness: np.ndarray, weights: np.ndarray, span: float, partners: np.ndarray | None = None
) -> np.ndarray:
    """Return how alike a region's regime is to those of the regions it exchanges people with.

    ``a_it = sum_j w_ij (1 - |s_it - s_jt| / span)``. The weight of a partner whose regime is
    missing that day is spread over the others in proportion.

    It says that regimes are alike, not that anyone cooperated or that anything was done:
    alignment is 1 when nobody acts as well as when all act. Read it beside the strictness.

    Parameters
    ----------
    strictness : numpy.ndarray, shape (n, T)
        By region and day, in steps of the scale; NaN where missing.
    weights : numpy.ndarray, shape (n, n), or (m, k) with partners
        From `exchange_weights`.
    span : float
        See `similarity`.
    partners : numpy.ndarray of int, shape (m, k), optional
        Where those stand whom the first m regions exchange people with; by default all are
        partners of all. In a country of many regions most exchange nothing, and their number
        is that of the regions, not its square.

    Returns
    -------
    numpy.ndarray, shape (n, T), or (m, T) with partners
        From 0 to 1; NaN where the region's own regime or those of all its partners are missing.

    Raises
    ------
    ValueError
        See `similarity`; also when the weights do not fit.
    """
    return _partner_mean(
        strictness, weights, partners, lambda one, other: similarity(one, span, other)
    )


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
    return _partner_mean(codes, weights, None, same_label)


def _partner_mean(
    values: np.ndarray,
    weights: np.ndarray,
    partners: np.ndarray | None,
    alike: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Return the weighted mean over partners, of those that are known on the day."""
    if partners is None:
        partners = np.broadcast_to(np.arange(len(values)), (len(values), len(values)))
    own = np.arange(len(partners))[:, None]
    if (
        weights.shape != partners.shape
        or not (weights >= 0).all()
        or weights[partners == own].any()
    ):
        raise ValueError("weights must be (regions, partners), none negative, that of itself zero")
    total = np.zeros((len(partners), values.shape[1]))
    weight = np.zeros_like(total)
    # Both sums run in the same order, so that equal regimes give exactly 1, never 1 + 1e-16.
    for share, partner in zip(weights.T[..., None], partners.T, strict=True):
        found = alike(values[: len(partners)], values[partner])
        known = ~np.isnan(found)
        total += share * np.where(known, found, 0.0)
        weight += share * known
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


def regimes_in_force(
    regimes: pd.DataFrame, regions: Sequence[str], days: pd.DatetimeIndex, layer: str = "primary"
) -> pd.DataFrame:
    """Return the regime of each region on each day, with the days before its first one named.

    Parameters
    ----------
    regimes : pandas.DataFrame
        ``policy/regimes.csv``.
    regions : sequence of str
        Deciding regions.
    days : pandas.DatetimeIndex
        Ascending.
    layer : str
        Layer of the timeline that is used.

    Returns
    -------
    pandas.DataFrame
        As `timeline.regime_by_day`; the regime before the first of a region is `NOT_YET`.

    Raises
    ------
    InputError
        See `timeline.regime_by_day`.
    """
    chosen = regimes[regimes["layer"] == layer]
    by_day = regime_by_day(chosen, regions, days)
    first = by_day["region_code"].map(chosen.groupby("region_code")["start_date"].min())
    early = by_day["date"] < first
    return by_day.assign(regime=by_day["regime"].mask(early, NOT_YET))


def strictness_variants(by_day: pd.DataFrame, scale: StrictnessScale) -> dict[str, np.ndarray]:
    """Return the strictness of every region and day on the main scale and on the others.

    Parameters
    ----------
    by_day : pandas.DataFrame
        From `regimes_in_force`.
    scale : StrictnessScale
        The main scale and its alternatives.

    Returns
    -------
    dict of str to numpy.ndarray, shape (n, T)
        `MAIN` first, then each alternative, in steps of the scale; NaN where missing.

    Raises
    ------
    ValueError
        See `timeline.strictness`.
    """
    levels = {str(level): value for level, value in scale.levels.items()}
    scales: dict[str, Scale] = {MAIN: scale.regimes}
    scales |= {name: {**scale.regimes, **other} for name, other in scale.alternatives.items()}
    regions = by_day["region_code"].nunique()
    return {
        name: strictness(by_day["regime"], by_day["level"], chosen, levels)
        .to_numpy()
        .reshape(regions, -1)
        for name, chosen in scales.items()
    }


def alignment_table(
    regimes: pd.DataFrame,
    movement: pd.DataFrame,
    regions: Sequence[str],
    span: Span,
    scale: StrictnessScale,
    layer: str = "primary",
) -> pd.DataFrame:
    """Return the alignment of the deciding regions by day, on the main scale and the others.

    Parameters
    ----------
    regimes, movement : pandas.DataFrame
        ``policy/regimes.csv`` and ``mobility/movement_java.csv``.
    regions : sequence of str
        Deciding regions.
    span : Span
        First and last day.
    scale : StrictnessScale
        The main scale and its alternatives.
    layer : str
        Layer of the timeline that is used.

    Returns
    -------
    pandas.DataFrame
        variant (``main``, each alternative, ``same_label``), region_code, date, alignment;
        sorted by these.
    """
    days = pd.date_range(span.start, span.end, unit="s")
    by_day = regimes_in_force(regimes, regions, days, layer)
    weights = exchange_weights(movement, regions)
    parts = {
        name: alignment(strict, weights, scale.span)
        for name, strict in strictness_variants(by_day, scale).items()
    }
    codes = label_codes(by_day["regime"], by_day["level"], scale.regimes)
    shape = (len(regions), len(days))
    parts[SAME_LABEL] = nominal_alignment(codes.to_numpy().reshape(shape), weights)
    keys = by_day[["region_code", "date"]]
    table = pd.concat(
        keys.assign(variant=name, alignment=values.ravel()) for name, values in parts.items()
    )
    table["date"] = table["date"].astype(DATE)
    ordered = table[["variant", "region_code", "date", "alignment"]]
    return ordered.sort_values(["variant", "region_code", "date"], ignore_index=True)


def shifted(
    values: np.ndarray, groups: Sequence[Sequence[int]], shifts: Sequence[int]
) -> np.ndarray:
    """Return series with those of each group moved in a circle by its own days.

    What leaves at the end comes in at the beginning: how often, how long and in which order each
    value holds stays as it is, and only when it holds against the others does not.

    Parameters
    ----------
    values : numpy.ndarray, shape (n, T)
        By region and day.
    groups : sequence of sequence of int
        Places of the regions that are moved together.
    shifts : sequence of int
        Days for each group.

    Returns
    -------
    numpy.ndarray, shape (n, T)
    """
    moved = values.copy()
    for group, shift in zip(groups, shifts, strict=True):
        moved[list(group)] = np.roll(values[list(group)], shift, axis=1)
    return moved


def strictness_changes(strictness: np.ndarray) -> np.ndarray:
    """Return the days on which a region's regime becomes stricter or less strict.

    Parameters
    ----------
    strictness : numpy.ndarray, shape (n, T)
        By region and day, in steps of the scale; NaN where missing.

    Returns
    -------
    numpy.ndarray of int8, shape (n, T)
        1 where stricter than the day before, -1 where less, 0 where the same, on the first day
        and where either day is missing: when a change inside a gap took place is not known.
    """
    steps = np.diff(strictness, axis=1, prepend=strictness[:, :1])
    return np.sign(np.where(np.isnan(steps), 0, steps)).astype("int8")


def label_changes(codes: np.ndarray) -> np.ndarray:
    """Return the days on which a region's regime takes another name, whatever the direction.

    Parameters
    ----------
    codes : numpy.ndarray, shape (n, T)
        See `same_label`.

    Returns
    -------
    numpy.ndarray of int8, shape (n, T)
        1 where the label is another than the day before, else 0; 0 as in `strictness_changes`.
    """
    changed = np.zeros(codes.shape, dtype="int8")
    known = codes >= 0
    changed[:, 1:] = (codes[:, 1:] != codes[:, :-1]) & known[:, 1:] & known[:, :-1]
    return changed


def nearest_lags(occurs: np.ndarray) -> np.ndarray:
    """Return the days from each day to the nearest on which something occurs.

    Parameters
    ----------
    occurs : numpy.ndarray of bool, shape (n, T)
        By region and day.

    Returns
    -------
    numpy.ndarray, shape (n, T)
        Negative where the nearest lies before; of two equally near, the later is taken. NaN
        where nothing occurs on any day.
    """
    day = np.arange(occurs.shape[1], dtype="float64")
    last = np.maximum.accumulate(np.where(occurs, day, -np.inf), axis=1)
    coming = np.where(occurs, day, np.inf)[:, ::-1]
    after = np.minimum.accumulate(coming, axis=1)[:, ::-1] - day
    before = last - day
    lags = np.where(after <= -before, after, before)
    return np.where(np.isfinite(lags), lags, np.nan)


def follow_lags(
    changes: np.ndarray,
    days: pd.DatetimeIndex,
    regions: Sequence[str],
    core: str,
    window: int,
) -> pd.DataFrame:
    """Return how many days after each change of the core the others changed likewise.

    A change may be the nearest to more than one change of the core, and it is not known to
    answer any: regions also follow a common instruction or a common epidemic. Regions that one
    government decides for are one follower, not several.

    Parameters
    ----------
    changes : numpy.ndarray, shape (n, T)
        From `strictness_changes` or `label_changes`.
    days : pandas.DatetimeIndex, length T
        Every day, ascending.
    regions : sequence of str, length n
        Codes, in the order of `changes`.
    core : str
        Region whose changes are looked at.
    window : int
        Most days between two changes, before or after.

    Returns
    -------
    pandas.DataFrame
        date (of the core's change), direction (1 stricter or another label, -1 less strict),
        region_code (each other region), lag (days, Int64): negative where the other moved
        first, missing where it did not move in this direction within the window. By date and
        the order of `regions`.

    Raises
    ------
    ValueError
        Sizes that do not fit, a core that is not among the regions, or a negative window.
    """
    if changes.shape != (len(regions), len(days)) or window < 0:
        raise ValueError(f"changes {changes.shape} do not fit, or a window of {window} days")
    place = _core_place(regions, core)
    events, lags = _lags_of_core(changes, place)
    near = np.where(np.abs(lags) <= window, lags, np.nan)
    followers = [code for code in regions if code != core]
    return pd.DataFrame(
        {
            "date": pd.Series(days.to_numpy()[events].repeat(len(followers)), dtype=DATE),
            "direction": changes[place, events].repeat(len(followers)).astype("int64"),
            "region_code": pd.Series(followers * len(events), dtype="str"),
            "lag": pd.Series(near[:, np.arange(len(events)), events].T.ravel()).astype("Int64"),
        }
    )


def following_test(
    changes: np.ndarray,
    regions: Sequence[str],
    core: str,
    window: int,
    rng: np.random.Generator | None = None,
    draws: int = 9_999,
) -> FollowingTest:
    """Compare how closely others follow the core with how closely they would by chance.

    The others stay as they are, so that what they have in common with each other is kept.

    Parameters
    ----------
    changes, regions, core, window
        See `follow_lags`.
    rng : numpy.random.Generator, optional
        Without one, the core's series is shifted in a circle by every number of days, which
        keeps the time between its changes and needs no draws. With one, the days of its
        changes are drawn without replacement, which gives up their rhythm.
    draws : int
        How many sets of days are drawn.

    Returns
    -------
    FollowingTest

    Raises
    ------
    ValueError
        The core never changes, or see `follow_lags`.

    Notes
    -----
    The toroidal shift of Lotwick and Silverman 1982 (Journal of the Royal Statistical Society B
    44:406), in one dimension; the p-value counts the observed arrangement (Phipson and Smyth
    2010, 10.2202/1544-6115.1585). Decrees that run for two weeks make changes rhythmic: shifts
    keep this, drawn days do not, and are then the easier benchmark to beat.
    """
    place = _core_place(regions, core)
    if window < 0 or len(changes) != len(regions):
        raise ValueError(f"changes {changes.shape} do not fit, or a window of {window} days")
    events, lags = _lags_of_core(changes, place)
    if not events.size or len(regions) < 2:
        raise ValueError(f"the core {core} never changes, or there is nobody to follow it")
    # Whole numbers of days, so that equal distances tie exactly.
    capped = np.minimum(np.nan_to_num(np.abs(lags), nan=np.inf), window + 1).astype("int64")
    away = capped.sum(axis=0)
    length = changes.shape[1]
    if rng is None:
        moved = (events + np.arange(1, length)[:, None]) % length
    else:
        moved = rng.permuted(np.tile(np.arange(length), (draws, 1)), axis=1)[:, : events.size]
    each = np.arange(events.size)
    observed = away[each, events].sum()
    chance = away[each, moved].sum(axis=1)
    pairs = events.size * (len(regions) - 1)
    arrangements = len(chance) + 1
    return FollowingTest(
        observed=float(observed / pairs),
        by_chance=chance / pairs,
        p_value=float((1 + (chance <= observed).sum()) / arrangements),
        smallest_p=1 / arrangements,
    )


def _core_place(regions: Sequence[str], core: str) -> int:
    """Return where the core stands among the regions."""
    if core not in regions:
        raise ValueError(f"the core {core} is not among the regions")
    return list(regions).index(core)


def _lags_of_core(changes: np.ndarray, place: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the days of the core's changes, and the days to those of the others likewise.

    The second has the shape (n - 1, changes of the core, T): from every day, not only that of
    the change, to the nearest change in the direction of that change.
    """
    events = np.flatnonzero(changes[place])
    others = np.delete(changes, place, axis=0)
    lags = np.empty((len(others), events.size, changes.shape[1]))
    directions = changes[place, events]
    for direction in np.unique(directions):
        lags[:, directions == direction] = nearest_lags(others == direction)[:, None]
    return events, lags


def cooperation_stock(
    measures: pd.DataFrame,
    days: pd.DatetimeIndex,
    open_end_days: int,
    confidence_weights: Mapping[str, float] | None = None,
    counted_in: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return the stock of active measures by region, day, dyad and act.

    It counts what was reported, and DKI is reported on most: compare a region with itself over
    time, not its level with another's.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``cooperation/measures.csv``.
    days, open_end_days, counted_in
        See `active_measures`.
    confidence_weights : mapping of str to float, optional
        What a measure counts by the coder's confidence, 0 or more; 1 each by default.

    Returns
    -------
    pandas.DataFrame
        region_code, date, dyad, act, stock (measures, weighted): every combination once, zeros
        included, sorted.

    Raises
    ------
    InputError
        See `active_measures`.
    ValueError
        See there; also a weight that is negative or not given.
    """
    keys = ["region_code", "date", "dyad", "act"]
    by = ("dyad", "act") if confidence_weights is None else ("dyad", "act", "confidence")
    active = active_measures(measures, days, open_end_days, by, counted_in)
    stock = active["active"].astype("float64")
    if confidence_weights is not None:
        unnamed = sorted(set(active["confidence"]) - set(confidence_weights))
        if unnamed or not all(weight >= 0 for weight in confidence_weights.values()):
            raise ValueError(f"every confidence needs a weight of 0 or more; none for {unnamed}")
        stock *= active["confidence"].map(dict(confidence_weights)).astype("float64")
        classes = active["confidence"].nunique()
        # The rows of one key stand together, the classes of confidence in the order of sorting.
        summed = stock.to_numpy().reshape(-1, classes).sum(axis=1)
        return active[keys].iloc[::classes].reset_index(drop=True).assign(stock=summed)
    return active[keys].assign(stock=stock)
