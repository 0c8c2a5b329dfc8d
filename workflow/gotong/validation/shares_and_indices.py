"""Intervals of shares, of agreement between coders, and of inequality between regions."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from scipy.special import ndtr

from gotong.agreement import bootstrap_alpha, bootstrap_kappa
from gotong.inequality import Measure, bootstrap_interval, jackknife_interval
from gotong.intervals import wilson
from gotong.severity import share_interval
from gotong.validation.experiments import NOTHING, Experiment, Question, both_levels, held

LEVELS: Final = (0.90, 0.95)
DRAWS: Final = 999

SHARES: Final = (24, 150)
RARE: Final = 0.02


def shares(rng: np.random.Generator) -> list[float]:
    """Return whether score and exact intervals of a random and of a rare share hold it."""
    settings = [(rng.random(), SHARES[0]), (rng.random(), SHARES[1]), (RARE, SHARES[1])]
    answers = []
    for truth, trials in settings:
        hits = rng.binomial(trials, truth)
        for level in LEVELS:
            low, high = wilson(hits, trials, level)
            answers.append(held(low, truth, high))
        for level in LEVELS:
            exact = share_interval(hits, trials, level)
            answers.append(held(exact.low, truth, exact.high))
    return answers


SHARE_EVIDENCE: Final = "C2, C9 (shares)"


def _share_questions() -> tuple[Question, ...]:
    found: list[Question] = []
    few, many = (f"{trials} trials, any share" for trials in SHARES)
    for setting in (few, many, f"{SHARES[1]} trials, a share of 2 %"):
        found += both_levels("Wilson", setting, SHARE_EVIDENCE)
        found += both_levels("Clopper-Pearson", setting)
    return tuple(found)


WILSON = Experiment(
    "shares",
    "Intervals of a share",
    "Binomial counts; the share is anything from 0 to 1, or 2 %. For a single share the number "
    "of trials makes the probability jump about the promise: it holds on average over shares.",
    5_000,
    _share_questions(),
    shares,
)

CATEGORIES: Final = np.array([0.4, 0.25, 0.2, 0.1, 0.05])
AGREEMENT: Final = 0.7
UNITS: Final = (40, 150)


def coders(rng: np.random.Generator, units: int, share: float) -> list[float]:
    """Return whether intervals of agreement between two coders hold it.

    With probability `share` both see what is there and say the same, else each says anything in
    proportion to the categories: alpha and kappa of all units are then that share.
    """
    both = rng.choice(len(CATEGORIES), units, p=CATEGORIES)
    apart = rng.choice(len(CATEGORIES), (units, 2), p=CATEGORIES)
    codes = np.where(rng.random((units, 1)) < share, both[:, np.newaxis], apart)
    answers = []
    for method in (bootstrap_alpha, bootstrap_kappa):
        for level in LEVELS:
            found = method(codes, rng, DRAWS, level)
            answers.append(held(found.low, share, found.high))
    return answers


def _coder_experiment(units: int, share: float) -> Experiment:
    setting = f"{units} units, true value {share}"
    return Experiment(
        f"coders {units} {share}",
        f"Agreement of two coders on {units} units, true value {share}",
        "Five categories, the most frequent four in ten.",
        1_000,
        (
            *both_levels("Krippendorff's alpha, bootstrap", setting, "C3 (agreement)"),
            *both_levels("Cohen's kappa, bootstrap", setting),
        ),
        partial(coders, units=units, share=share),
    )


MEASURES: Final[tuple[Measure, ...]] = ("gini", "theil")


def inequality(rng: np.random.Generator, regions: int, sigma: float) -> list[float]:
    """Return whether intervals of inequality hold that of all regions like these.

    Values are lognormal and unrelated to the population, so that the inequality of infinitely
    many regions is known: ``2 Phi(sigma / sqrt 2) - 1`` and ``sigma ** 2 / 2``.
    """
    values = rng.lognormal(0, sigma, regions)
    population = rng.lognormal(14, 0.8, regions)
    truth = {"gini": 2 * float(ndtr(sigma / np.sqrt(2))) - 1, "theil": sigma**2 / 2}
    answers = []
    for measure in MEASURES:
        for level in LEVELS:
            found = jackknife_interval(measure, values, population, level)
            answers.append(held(found.low, truth[measure], found.high))
        answers.append(float(found.low > truth[measure]))
        for level in LEVELS:
            found = bootstrap_interval(measure, values, population, rng, DRAWS, level)
            answers.append(held(found.low, truth[measure], found.high))
    return answers


def _inequality_experiment(regions: int, sigma: float) -> Experiment:
    setting = f"{regions} regions, lognormal, sigma {sigma}"
    questions: list[Question] = []
    for name in ("Gini", "Theil"):
        # Thresholds are asked of the Gini coefficient alone.
        leans = "C1" if name == "Gini" else NOTHING
        questions += both_levels(f"{name}, jackknife", setting, leans)
        questions.append(
            Question(
                f"{name}, jackknife of 95 %: low end above the truth",
                setting,
                "rejection",
                0.025,
                leans,
            )
        )
        questions += both_levels(f"{name}, bootstrap", setting)
    return Experiment(
        f"inequality {regions} {sigma}",
        f"Inequality between {regions} regions, values with a sigma of {sigma}",
        "Regions of unequal population, drawn from infinitely many of the same kind. Few regions "
        "are less unequal than all of them, which intervals have to make up for.",
        1_000,
        tuple(questions),
        partial(inequality, regions=regions, sigma=sigma),
    )


EXPERIMENTS: Final = (
    WILSON,
    _coder_experiment(UNITS[0], AGREEMENT),
    _coder_experiment(UNITS[1], AGREEMENT),
    _inequality_experiment(34, 0.5),
    _inequality_experiment(14, 0.5),
    _inequality_experiment(14, 1.0),
)
