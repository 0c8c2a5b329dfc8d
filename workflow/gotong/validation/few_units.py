"""Tests for one treated province, for two deciders over eleven units, and for families."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from gotong import specification
from gotong.causal.synthetic import effect_interval, placebos_in_space
from gotong.causal.synthetic_did import placebo_estimates, synthetic_did
from gotong.causal.twfe import two_way_fixed_effects
from gotong.epidemic import rolling_mean
from gotong.inference.fixed_effects import TwoWayEffects
from gotong.inference.multiplicity import holm, romano_wolf
from gotong.inference.permutation import permutation_p
from gotong.inference.randomisation import difference_in_means, randomisation_test
from gotong.inference.wild_bootstrap import WildBootstrap, wild_cluster_bootstrap
from gotong.validation import epidemics
from gotong.validation.experiments import (
    NORMAL,
    Experiment,
    Question,
    both_levels,
    both_tests,
    held,
    reached,
    rejected,
)

# One treated province ------------------------------------------------------------------------

PROVINCES: Final = 34
BEFORE, AFTER = 98, 28
"""Days before and after the brake of September 2020."""

BRAKE: Final = -0.3
"""Effect on the log of 7-day means that is simulated."""


def log_incidence(rng: np.random.Generator) -> np.ndarray:
    """Return the log of 7-day means of daily reports of provinces, shape (provinces, days)."""
    days = BEFORE + AFTER + epidemics.DAYS_A_WEEK
    growth = epidemics.autoregressive(rng, (PROVINCES, days), 0.015, 0.9)
    waves = epidemics.autoregressive(rng, (2, days), 0.015, 0.95)
    growth = growth + rng.normal(1, 0.5, (PROVINCES, 2)) @ waves
    level = rng.normal(np.log(60), 1.0, (PROVINCES, 1))
    expected = np.exp(np.clip(level + growth.cumsum(axis=1), 0, np.log(5_000)))
    cases = rng.poisson(expected * rng.gamma(10, 1 / 10, expected.shape))
    reports = np.array([epidemics.reported(rng, row) for row in cases])
    return np.log(rolling_mean(reports)[:, epidemics.DAYS_A_WEEK :] + 1)


def one_province(rng: np.random.Generator, largest: bool) -> list[float]:
    """Return the answers for one treated province: any, or the one with most cases."""
    outcome = log_incidence(rng)
    treated = int(outcome[:, :BEFORE].mean(axis=1).argmax()) if largest else 0
    order = np.roll(np.arange(PROVINCES), -treated)
    null = outcome[order]
    braked = null.copy()
    braked[0, BEFORE:] += BRAKE
    none = placebos_in_space(null, 0, BEFORE, intercept=True)
    seen = placebos_in_space(braked, 0, BEFORE, intercept=True)
    intervals = [effect_interval(seen, alpha) for alpha in (0.10, 0.05)]
    effect = synthetic_did(null, [0], BEFORE).effect
    placebos = placebo_estimates(null, [0], BEFORE)
    rank = permutation_p(placebos.effects, effect, "two-sided").p_value
    return [
        *rejected(none.test.p_value),
        # An interval without a value, where all are rejected, does not hold the truth.
        *(float(low <= BRAKE <= high) for low, high in intervals),
        *rejected(rank),
        *reached(effect, 0.0, placebos.standard_error, NORMAL),
    ]


def _province_experiment(name: str, setting: str, about: str, *, largest: bool) -> Experiment:
    leans = "C6, C8 (synthetic Jakarta)"
    return Experiment(
        f"one province {name}",
        f"Synthetic control: {setting} of {PROVINCES} provinces",
        about,
        1_000,
        (
            *both_tests("synthetic control, placebos in space", setting, leans),
            *both_levels("synthetic control, inverted placebo test", setting, leans),
            *both_tests("synthetic difference in differences, rank of placebos", setting),
            *both_levels("synthetic difference in differences, placebo error", setting),
        ),
        partial(one_province, largest=largest),
    )


# Two deciders over eleven units --------------------------------------------------------------

DECIDERS: Final = np.repeat([0, 1], [6, 5])
UNITS, WEEKS = len(DECIDERS), 60
LAG: Final = 2


def _regressor(rng: np.random.Generator) -> np.ndarray:
    """Return a measure of cooperation that is decided for a group and differs a little within."""
    decided = np.repeat(rng.normal(size=(2, WEEKS // 6)), 6, axis=1)[DECIDERS]
    return decided + epidemics.autoregressive(rng, (UNITS, WEEKS), 0.5, 0.8)


def two_deciders(rng: np.random.Generator, model: epidemics.WeeklyModel) -> list[float]:
    """Return the answers of regressions of growth on a measure that does nothing."""
    growth = epidemics.weekly_growth(rng, UNITS, WEEKS + 1, model, DECIDERS)
    measure = _regressor(rng)
    unit, week = np.divmod(np.arange(UNITS * WEEKS), WEEKS)
    effects = TwoWayEffects(unit, week)

    def bootstrap(clusters: np.ndarray) -> WildBootstrap:
        return wild_cluster_bootstrap(growth.ravel(), measure.ravel(), clusters, effects)

    by_unit = bootstrap(unit)
    intervals = [by_unit.interval(level) for level in (0.90, 0.95)]
    paths = np.concatenate([measure[np.newaxis], specification.shifted(measure)])
    curve = [specification.estimate(growth, paths, "two_way", lag) for lag in (LAG, LAG + 1)]
    shifted = specification.joint_tests(
        np.array([cell.t for cell in curve]), np.full(len(curve), UNITS - 1)
    )
    return [
        *rejected(float(two_way_fixed_effects(growth, measure).p_values[0])),
        *rejected(by_unit.p_value),
        *(held(low, 0.0, high) for low, high in intervals),
        *rejected(bootstrap(DECIDERS[unit]).p_value),
        *rejected(shifted["median_t"].p_value),
    ]


def _decider_experiment(name: str, setting: str, model: epidemics.WeeklyModel) -> Experiment:
    return Experiment(
        f"two deciders {name}",
        f"Cooperation and growth, {UNITS} units under two deciders: {setting}",
        f"{WEEKS} weeks; a measure that is decided for six and for five units and does nothing. "
        "Verdicts are by decider; what is clustered by unit is shown beside it as too sure.",
        2_000,
        (
            *both_tests("two-way effects, clustered t by unit", setting),
            *both_tests("exact wild bootstrap, 11 clusters", setting),
            *both_levels("exact wild bootstrap, 11 clusters, interval", setting),
            *both_tests("exact wild bootstrap, 2 clusters", setting, "C11"),
            *both_tests("curve, paths moved in time together", setting, "C11 (its curve)"),
        ),
        partial(two_deciders, model=model),
    )


# Families and exchanges ----------------------------------------------------------------------

OUTCOMES: Final = 5
TRUE_EFFECTS: Final = 2
LARGE: Final = 2.0


def family(rng: np.random.Generator) -> list[float]:
    """Return whether a true null hypothesis is rejected among several outcomes."""
    clusters = np.repeat(np.arange(12), 10)
    treated = (clusters % 2).astype("float64")
    design = np.column_stack([treated, np.ones(clusters.size)])
    shared = rng.normal(size=(12, 1))
    by_cluster = 0.8 * shared + 0.6 * rng.normal(size=(12, OUTCOMES))
    noise = by_cluster[clusters] + rng.normal(size=(clusters.size, OUTCOMES))
    answers = []
    for effects in (0, TRUE_EFFECTS):
        outcomes = noise.copy()
        outcomes[:, :effects] += LARGE * treated[:, np.newaxis]
        tests = [wild_cluster_bootstrap(column, design, clusters) for column in outcomes.T]
        plain = np.array([test.p_value for test in tests])
        stepped = romano_wolf([test.t for test in tests], np.stack([t.t_star for t in tests], 1))
        for p in (plain, holm(plain), stepped):
            answers += rejected(float(p[effects:].min()))
    return answers


def _family_questions() -> tuple[Question, ...]:
    found: list[Question] = []
    for setting in ("all five are nothing", "three of five are nothing"):
        for method in (
            "smallest of five p, not adjusted",
            "Holm, family-wise",
            "Romano-Wolf, family-wise",
        ):
            leans = "C4, C5, C11 (checks)" if method.startswith("Holm") else "nothing"
            found += both_tests(method, setting, leans)
    return tuple(found)


FAMILY = Experiment(
    "family",
    "Several outcomes at once",
    "Five correlated outcomes of 12 clusters, six of them treated, exact wild bootstrap.",
    2_000,
    _family_questions(),
    family,
)


def exchange(rng: np.random.Generator) -> list[float]:
    """Return whether exchanging five of thirteen treated units rejects, with heavy tails."""
    outcome = rng.standard_t(2, size=13)
    treatment = np.repeat([1, 0], [5, 8])
    test = randomisation_test(difference_in_means(outcome), treatment)
    return rejected(test.p_value)


EXCHANGE = Experiment(
    "exchange",
    "Randomisation test of a difference in means",
    "13 units, 5 treated, all 1,287 arrangements listed; outcomes with heavy tails.",
    2_000,
    both_tests("randomisation test, all arrangements", "heavy tails, 13 units"),
    exchange,
)


EXPERIMENTS: Final = (
    _province_experiment(
        "any",
        "any province",
        f"{BEFORE} days before and {AFTER} after; the log of 7-day means of negative binomial "
        "counts, two common waves, weekend and batch reporting. Any province could be the one.",
        largest=False,
    ),
    _province_experiment(
        "largest",
        "the largest province",
        "The same, but it is always the province with most cases, as DKI Jakarta is: its counts "
        "are less noisy, and no other province lies above it.",
        largest=True,
    ),
    _decider_experiment("apart", "units independent", epidemics.WeeklyModel()),
    _decider_experiment(
        "together", "growth shared by deciders", epidemics.WeeklyModel(group=0.10, own=0.07)
    ),
    FAMILY,
    EXCHANGE,
)
