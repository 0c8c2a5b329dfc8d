"""Who changed the regime when the core region did, and how alike regimes were by phase.

What changes on one day may follow a common instruction or a common epidemic; the chance
benchmark (`cooperation.following_test`) does not tell these from following. From the first
national PPKM on they do follow one instruction, so that the days before it stand apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong import cooperation
from gotong.config import Area, Following, Panels, StrictnessScale
from gotong.cooperation import MAIN, SAME_LABEL
from gotong.inference.permutation import permutation_p
from gotong.intervals import CONFIDENCE, wilson
from gotong.provenance import seed_of
from gotong.tables import DATE
from gotong.timeline import NOT_YET, label_codes

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]

WHOLE, BEFORE, FROM = "whole", "before_ppkm", "from_ppkm"
PERIODS: Final = (WHOLE, BEFORE, FROM)
"""All days, those before the first national PPKM, and those from it on."""

REGIONS, DECIDERS = "regions", "deciders"
RULED: Final = "ruled_before_ppkm"
"""The days before the first national PPKM from the first regime of any region on.

Before it nobody could differ: days on which all have no rule make timelines alike, and moved ones
less so.
"""

ALL: Final = "all"
"""The mean over deciders, each of which counts once."""

_TAILS: Final = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)


def make(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the days from each change of the core to the nearest like change of the others.

    Returns
    -------
    pandas.DataFrame
        variant, period, date, region_code, direction, lag; see `cooperation.follow_lags`. A
        period knows no changes but its own. Sorted by its key.
    """
    area, window = _area(choices), _following(choices).window_days
    regions = area.policy_regions
    parts = [
        cooperation.follow_lags(changes, days, regions, area.core, window).assign(
            variant=variant, period=period
        )
        for variant, period, days, changes in _changes(tables, choices)
    ]
    key = ["variant", "period", "date", "region_code"]
    whole = pd.concat(parts, ignore_index=True).astype({"direction": "Int64"})
    return whole[[*key, "direction", "lag"]].sort_values(key, ignore_index=True)


def tests(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return how close in time the others changed, and how close by chance.

    Once with every region as a follower, and once with one region for each other decider, the
    first that the configuration names: what one government decides for five is one answer.

    Returns
    -------
    pandas.DataFrame
        One row per variant, period and kind of followers; see the contract.
    """
    area, chosen = _area(choices), _following(choices)
    regions = area.policy_regions
    one_each = [area.core, *_representatives(area)]
    rows = [
        {
            "variant": variant,
            "period": period,
            "followers": kind,
            **_closeness(changes[[regions.index(code) for code in codes]], days, codes, chosen),
        }
        for variant, period, days, changes in _changes(tables, choices)
        for kind, codes in ((DECIDERS, one_each), (REGIONS, list(regions)))
    ]
    counts = ("changes", "pairs", "followed", "arrangements")
    found = pd.DataFrame(rows).astype(dict.fromkeys(counts, "Int64"))
    return found.sort_values(["variant", "period", "followers"], ignore_index=True)


def windows(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return what `tests` does for the days before the first national PPKM, by window.

    Returns
    -------
    pandas.DataFrame
        One row per window, variant and kind of followers; see the contract.
    """
    chosen = _following(choices)
    parts = []
    for days in sorted({chosen.window_days, *chosen.other_windows}):
        other = {**choices["following"], "window_days": days}
        other["within_days"] = min(chosen.within_days, days)
        found = tests(tables, {**choices, "following": other})
        parts.append(found[found["period"] == BEFORE].assign(window_days=days))
    columns = ["window_days", "variant", "followers", "changes", "pairs"]
    numbers = ["distance", "least", "most", "chance", "p", "smallest_p"]
    table = pd.concat(parts, ignore_index=True).astype({"window_days": "Int64"})
    ordered = table[[*columns, *numbers]]
    return ordered.sort_values(["window_days", "variant", "followers"], ignore_index=True)


def alignment_chance(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the mean alignment before the first national PPKM, and how high it is by chance.

    The timelines of all deciders but that of the core are moved in a circle, those of one decider
    together (`cooperation.shifted`), each by days drawn by lot; all variants meet the same draws.

    Returns
    -------
    pandas.DataFrame
        One row per period and variant; see the contract.
    """
    area, chosen = _area(choices), _following(choices)
    scale = StrictnessScale.model_validate(choices["strictness"])
    by_day, days = _in_force(tables, choices)
    ruled = pd.DatetimeIndex(by_day.loc[by_day["regime"] != NOT_YET, "date"]).min()
    before = days < pd.Timestamp(chosen.national_from)
    weights = cooperation.exchange_weights(tables[cooperation.MOVEMENT], area.policy_regions)
    groups = [
        [area.policy_regions.index(code) for code in group.members] for group in area.deciders
    ]
    moved = [place for place, group in enumerate(area.deciders) if area.core not in group.members]
    rows = []
    for period, inside in ((BEFORE, before), (RULED, before & (days >= ruled))):
        span = days[inside]
        rng = np.random.default_rng(seed_of("alignment_chance"))
        drawn = np.zeros((chosen.shifts, len(groups)), dtype="int64")
        drawn[:, moved] = rng.integers(0, len(span), (chosen.shifts, len(moved)))
        for variant, (values, align) in _aligning(by_day, scale, weights).items():
            found = values[:, inside]
            seen = _mean_of_groups(align(found), groups)
            by_chance = [
                _mean_of_groups(align(cooperation.shifted(found, groups, shifts)), groups)
                for shifts in drawn.tolist()
            ]
            rows.append(
                {"period": period, "variant": variant, "start": span[0], "end": span[-1]}
                | _against_chance(seen, np.array(by_chance))
            )
    types = {"start": DATE, "end": DATE, "arrangements": "Int64"}
    table = pd.DataFrame(rows).astype(types)
    return table.sort_values(["period", "variant"], ignore_index=True)


def _aligning(
    by_day: pd.DataFrame, scale: StrictnessScale, weights: np.ndarray
) -> dict[str, tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]]:
    """Return for each variant what is compared, by region and day, and how."""
    strict = cooperation.strictness_variants(by_day, scale)
    codes = label_codes(by_day["regime"], by_day["level"], scale.regimes)

    def on_the_scale(values: np.ndarray) -> np.ndarray:
        return cooperation.alignment(values, weights, scale.span)

    def by_name(values: np.ndarray) -> np.ndarray:
        return cooperation.nominal_alignment(values, weights)

    found = {name: (values, on_the_scale) for name, values in strict.items()}
    return found | {SAME_LABEL: (codes.to_numpy().reshape(strict[MAIN].shape), by_name)}


def _mean_of_groups(aligned: np.ndarray, groups: list[list[int]]) -> float:
    """Return the mean over days of the mean over groups, each counted once, of those known."""
    by_group = np.array([_known_mean(aligned[group]) for group in groups])
    return float(_known_mean(_known_mean(by_group)[:, np.newaxis])[0])


def _known_mean(values: np.ndarray) -> np.ndarray:
    """Return the mean of the rows that are known in each column; NaN where none is."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _against_chance(seen: float, by_chance: np.ndarray) -> dict[str, Any]:
    """Return a mean alignment, its middle and range by chance, and its p."""
    test = permutation_p(by_chance, seen, "greater")
    low, high = np.quantile(by_chance, _TAILS)
    return {
        "alignment": seen,
        "chance": float(np.median(by_chance)),
        "chance_low": float(low),
        "chance_high": float(high),
        "p": test.p_value,
        "smallest_p": test.smallest,
        "arrangements": len(by_chance) + 1,
    }


def alignment_summary(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the mean alignment by phase, definition and decider, with strictness beside it.

    Returns
    -------
    pandas.DataFrame
        One row per phase, variant and decider; the decider `ALL` is the mean of the others.
    """
    chosen = _following(choices)
    daily = _by_decider(tables, choices)
    parts = []
    for name, span in chosen.phases.items():
        start, end = pd.Timestamp(span.start), pd.Timestamp(span.end)
        days = daily[daily["date"].between(start, end) & daily["alignment"].notna()]
        means = days.assign(aligned=days["alignment"] >= chosen.aligned_from).groupby(
            ["variant", "decider"]
        )
        summed = means.agg(
            days=("date", "size"),
            alignment=("alignment", "mean"),
            aligned=("aligned", "mean"),
            strictness=("strictness", "mean"),
        )
        parts.append(summed.reset_index().assign(phase=name, start=start, end=end))
    types = {"start": DATE, "end": DATE, "days": "Int64"}
    columns = ["phase", "variant", "decider", "start", "end", "days"]
    table = pd.concat(parts, ignore_index=True).astype(types)
    ordered = table[[*columns, "alignment", "aligned", "strictness"]]
    return ordered.sort_values(["phase", "variant", "decider"], ignore_index=True)


def _area(choices: Choices) -> Area:
    return Area.model_validate(choices["area"])


def _following(choices: Choices) -> Following:
    return Following.model_validate(choices["following"])


def _representatives(area: Area) -> list[str]:
    """Return one region for each decider but that of the core: the first that is named."""
    return [group.members[0] for group in area.deciders if area.core not in group.members]


def _in_force(tables: Tables, choices: Choices) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Return the regimes of the deciding regions by day, and the days."""
    span = Panels.model_validate(choices["panels"]).jabodetabek
    days = pd.date_range(span.start, span.end, unit="s")
    regions = _area(choices).policy_regions
    return cooperation.regimes_in_force(tables["policy/regimes.csv"], regions, days), days


def _changes(
    tables: Tables, choices: Choices
) -> Iterator[tuple[str, str, pd.DatetimeIndex, np.ndarray]]:
    """Yield variant, period, its days and the changes of every region on them.

    Changes are found on all days and then cut, so that one on the first day of a period counts.
    """
    scale = StrictnessScale.model_validate(choices["strictness"])
    by_day, days = _in_force(tables, choices)
    found = {
        name: cooperation.strictness_changes(strict)
        for name, strict in cooperation.strictness_variants(by_day, scale).items()
    }
    codes = label_codes(by_day["regime"], by_day["level"], scale.regimes)
    shape = (by_day["region_code"].nunique(), len(days))
    found[SAME_LABEL] = cooperation.label_changes(codes.to_numpy().reshape(shape))
    early = days < pd.Timestamp(_following(choices).national_from)
    inside = {WHOLE: np.ones(len(days), dtype=bool), BEFORE: early, FROM: ~early}
    for variant, changes in found.items():
        for period in PERIODS:
            yield variant, period, days[inside[period]], changes[:, inside[period]]


def _closeness(
    changes: np.ndarray, days: pd.DatetimeIndex, codes: list[str], chosen: Following
) -> dict[str, Any]:
    """Return one row of `tests` for the followers that are among the codes beside the core."""
    core, window = codes[0], chosen.window_days
    lags = cooperation.follow_lags(changes, days, codes, core, window)
    away = lags["lag"].abs().fillna(window + 1).astype("float64")
    answered = int((away <= chosen.within_days).sum())
    low, high = wilson(answered, len(away))
    by_change = away.groupby(lags["date"]).mean().to_numpy()
    without_one = (by_change.sum() - by_change) / max(len(by_change) - 1, 1)
    test = cooperation.following_test(changes, codes, core, window)
    chance_low, chance_high = np.quantile(test.by_chance, _TAILS)
    return {
        "changes": len(by_change),
        "pairs": len(away),
        "followed": answered,
        "followed_share": answered / len(away),
        "followed_low": float(low),
        "followed_high": float(high),
        "distance": test.observed,
        "least": float(without_one.min()),
        "most": float(without_one.max()),
        "chance": float(test.by_chance.mean()),
        "chance_low": float(chance_low),
        "chance_high": float(chance_high),
        "p": test.p_value,
        "smallest_p": test.smallest_p,
        "arrangements": len(test.by_chance) + 1,
    }


def _by_decider(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return alignment and strictness by variant, decider and day; `ALL` is their mean."""
    group_of = {code: group.name for group in _area(choices).deciders for code in group.members}
    both = tables["alignment"].merge(
        _strictness_table(tables, choices), on=["variant", "region_code", "date"]
    )
    both["decider"] = both["region_code"].map(group_of)
    columns = ["alignment", "strictness"]
    groups = both.groupby(["variant", "decider", "date"])[columns].mean().reset_index()
    together = groups.groupby(["variant", "date"])[columns].mean().reset_index()
    return pd.concat([groups, together.assign(decider=ALL)], ignore_index=True)


def _strictness_table(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return strictness by variant, region and day; that of the main scale beside `SAME_LABEL`."""
    scale = StrictnessScale.model_validate(choices["strictness"])
    by_day, _ = _in_force(tables, choices)
    keys = by_day[["region_code", "date"]]
    variants = cooperation.strictness_variants(by_day, scale)
    variants[SAME_LABEL] = variants[MAIN]
    return pd.concat(
        [keys.assign(variant=name, strictness=values.ravel()) for name, values in variants.items()],
        ignore_index=True,
    )
