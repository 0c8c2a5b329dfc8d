"""Rank correlations between regions: independent ones, and neighbours that are alike."""

from __future__ import annotations

from typing import Final

import numpy as np

from gotong.inference.association import RankAssociation, fisher_interval, rank_association
from gotong.inference.neighbours import pair_classes
from gotong.validation.experiments import (
    Experiment,
    Question,
    both_levels,
    both_tests,
    held,
    rejected,
)

DRAWS: Final = 499
TRUE_CORRELATION: Final = 0.5
TRUE_RANK_CORRELATION: Final = float(6 / np.pi * np.arcsin(TRUE_CORRELATION / 2))
"""Spearman's correlation of two normal properties with that of Pearson."""

ISLANDS: Final = np.repeat(np.arange(7), [10, 6, 4, 5, 6, 1, 2])
"""Provinces by group of islands."""

STRATA: Final = np.repeat([0, 1], [27, 35])
"""Kab/kota of two provinces that count in different ways."""

SHARED: Final = 0.7
"""Share of the variance that falls with distance; the rest is a region's own."""

REACH: Final = {"provinces": 800.0, "kab/kota": 80.0}
"""Kilometres over which likeness falls to a third."""


def _middles(groups: np.ndarray, width: float, height: float) -> np.ndarray:
    """Return kilometres between regions that lie about in fields, one beside the other."""
    rng = np.random.default_rng(len(groups))
    east = groups * width + rng.uniform(0, width, groups.size)
    north = rng.uniform(0, height, groups.size)
    return np.hypot(np.subtract.outer(east, east), np.subtract.outer(north, north))


APART: Final = {
    "provinces": _middles(ISLANDS, 700, 900),
    "kab/kota": _middles(STRATA, 330, 150),
}
PAIRS: Final = {
    "provinces": pair_classes(APART["provinces"], ISLANDS),
    "kab/kota": pair_classes(APART["kab/kota"], strata=STRATA),
}
LABELS: Final = {"provinces": np.zeros(ISLANDS.size, dtype="int64"), "kab/kota": STRATA}


def _root(level: str) -> np.ndarray:
    """Return a root of the covariance of regions whose likeness falls with distance."""
    apart = APART[level]
    return np.linalg.cholesky(
        SHARED * np.exp(-apart / REACH[level]) + (1 - SHARED) * np.eye(len(apart))
    )


ROOTS: Final = {
    ("provinces", "independent"): np.eye(ISLANDS.size),
    ("provinces", "alike within islands"): np.linalg.cholesky(
        0.5 * np.equal.outer(ISLANDS, ISLANDS) + 0.5 * np.eye(ISLANDS.size)
    ),
    ("provinces", "alike by distance"): _root("provinces"),
    ("kab/kota", "independent"): np.eye(STRATA.size),
    ("kab/kota", "alike by distance"): _root("kab/kota"),
}
"""By level and setting, a matrix that turns independent numbers into a property of regions."""


def _properties(
    rng: np.random.Generator, key: tuple[str, str], correlation: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return two properties of regions with a correlation, in strata that differ in level."""
    first, own = (ROOTS[key] @ rng.normal(size=len(ROOTS[key])) for _ in range(2))
    second = correlation * first + np.sqrt(1 - correlation**2) * own
    shift = 2.0 * LABELS[key[0]]
    return first + shift, second + shift


def _association(
    rng: np.random.Generator, key: tuple[str, str], correlation: float, *, allowed: bool
) -> RankAssociation:
    """Return the association of simulated properties, with or without regard to neighbours."""
    first, second = _properties(rng, key, correlation)
    pairs = PAIRS[key[0]] if allowed else None
    return rank_association(first, second, rng, LABELS[key[0]], pairs=pairs, draws=DRAWS)


def ranks(rng: np.random.Generator) -> list[float]:
    """Return the answers for all settings: intervals of a true correlation, tests of none."""
    answers: list[float] = []
    for allowed in (False, True):
        for key in ROOTS:
            found = _association(rng, key, TRUE_CORRELATION, allowed=allowed)
            strata = found.strata
            for level in (0.90, 0.95):
                low, high = fisher_interval(found.estimate, found.effective, strata, level)
                answers.append(held(low, TRUE_RANK_CORRELATION, high))
            answers += rejected(_association(rng, key, 0.0, allowed=allowed).p_value)
    return answers


def _questions() -> tuple[Question, ...]:
    """Return what is asked, in the order of the answers."""
    found: list[Question] = []
    for allowed in (False, True):
        how = "neighbours allowed for" if allowed else "regions as independent"
        leans = "C4, C5" if allowed else "nothing"
        for level, setting in ROOTS:
            where = f"{level}, {setting}"
            found += both_levels(f"rank correlation, {how}, interval", where, leans)
            found += both_tests(f"rank correlation, {how}, test", where, leans)
    return tuple(found)


RANKS: Final = Experiment(
    "ranks",
    "Rank correlation between regions",
    "34 provinces in seven groups of islands, or 27 and 35 kab/kota of two provinces that differ "
    "in level. Independent; half of the variance shared by islands; or 70 % of it falling with "
    f"distance, to a third over {REACH['provinces']:.0f} km (provinces) or "
    f"{REACH['kab/kota']:.0f} km (kab/kota). True rank correlation {TRUE_RANK_CORRELATION:.2f} for "
    "intervals, none for tests.",
    2_000,
    _questions(),
    ranks,
)

EXPERIMENTS: Final = (RANKS,)
