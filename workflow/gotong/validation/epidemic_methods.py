"""Intervals of R_t and of growth rates, where counts vary far more than Poisson's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from gotong import uncertainty
from gotong.epidemic import reproduction_number
from gotong.growth import Growth, growth_interval, weekly_dispersion, weekly_growth
from gotong.validation import epidemics
from gotong.validation.experiments import Experiment, Question, both_levels, held

DAYS: Final = 160
WINDOW: Final = 7
LEVELS: Final = (0.025, 0.05, 0.95, 0.975)
"""Quantiles of intervals of 95 and of 90 %."""

SETTLED: Final = 70
"""Day from which on windows are judged: the start, whose counts are fixed, is behind."""

PER_DAY: Final = 100.0
"""Cases of each of the first days."""

FEWEST: Final = 20.0
"""Cases a day, on the mean of the days judged, below which an epidemic counts as over."""

SIMULATIONS: Final = 1_000

BOOTSTRAP_DRAWS: Final = 400

R_METHODS: Final = (
    "R_t, Poisson posterior",
    "R_t, posterior widened by the dispersion of weeks",
    "R_t, block bootstrap",
)


def reproduction(rng: np.random.Generator, k: float, late: bool) -> list[float]:
    """Return the shares of windows whose intervals hold R, by method and level.

    Parameters
    ----------
    rng : numpy.random.Generator
    k : float
        Dispersion of offspring.
    late : bool
        Whether reports come late.
    """
    r, w = epidemics.swinging_r(DAYS), epidemics.serial_interval()
    cases = epidemics.renewal(rng, r, w, k, PER_DAY)
    cases = epidemics.reported(rng, cases) if late else cases
    if cases[SETTLED:].mean() < FEWEST:
        return [float("nan")] * (2 * len(R_METHODS))
    poisson = reproduction_number(cases, w, levels=LEVELS)
    wide = uncertainty.inflated(poisson, uncertainty.dispersion_of(cases, w))
    drawn = uncertainty.block_bootstrap(cases, w, rng, BOOTSTRAP_DRAWS, levels=LEVELS)
    truth = np.convolve(r, np.full(WINDOW, 1 / WINDOW), "valid")[poisson.end - WINDOW + 1]
    judged = (poisson.end >= SETTLED) & (poisson.end % WINDOW == 0)
    return [
        held(quantiles[low][judged], truth[judged], quantiles[high][judged])
        for quantiles in (poisson.quantiles, wide.quantiles, drawn.quantiles)
        for low, high in ((1, 2), (0, 3))
    ]


def _r_experiment(name: str, setting: str, k: float, *, late: bool) -> Experiment:
    questions: list[Question] = []
    for method in R_METHODS:
        questions += both_levels(method, setting)
    return Experiment(
        f"reproduction {name}",
        f"R_t: {setting}",
        f"Renewal epidemics of {DAYS} days that start with {PER_DAY:.0f} cases a day, R between "
        f"0.75 and 1.25; windows a week apart. Epidemics that fall below {FEWEST:.0f} cases a day "
        "do not count.",
        SIMULATIONS,
        tuple(questions),
        partial(reproduction, k=k, late=late),
    )


SERIAL_ERROR: Final = 0.153
"""Standard error of the mean of the serial interval in the configuration, in days."""


def uncertain_interval(rng: np.random.Generator) -> list[float]:
    """Return the shares of windows held when the serial interval is one of those that may be."""
    true_w = epidemics.serial_interval(epidemics.SERIAL_MEAN + SERIAL_ERROR * rng.normal())
    r = np.full(DAYS, 1.15)
    cases = epidemics.renewal(rng, r, true_w, per_day=300)
    fixed = reproduction_number(cases, epidemics.serial_interval(), levels=LEVELS)
    intervals = uncertainty.serial_intervals(
        epidemics.SERIAL_MEAN, SERIAL_ERROR, epidemics.SERIAL_SD, 0, epidemics.LAGS
    )
    mixed = uncertainty.mixed_reproduction_number(cases, intervals, levels=LEVELS)
    judged = (fixed.end >= SETTLED) & (fixed.end % WINDOW == 0)
    return [
        held(quantiles[low][judged], r[0], quantiles[high][judged])
        for quantiles in (fixed.quantiles, mixed.quantiles)
        for low, high in ((1, 2), (0, 3))
    ]


SERIAL = Experiment(
    "serial interval",
    "R_t: the mean of the serial interval is known to 0.15 days",
    "Poisson epidemics that grow by about 3 % a day to many thousand cases, so that the serial "
    "interval is most of what is not known; its mean is drawn anew each time.",
    SIMULATIONS,
    (
        *both_levels("R_t, serial interval taken as known", "uncertain serial interval"),
        *both_levels("R_t, mixed over serial intervals", "uncertain serial interval"),
    ),
    uncertain_interval,
)


GROWTH_WINDOW: Final = 28
GROWTH_DAYS: Final = 84
NOISE: Final = 5.0
"""Variance of independent daily counts as a multiple of their mean."""

GROWTH_METHODS: Final = ("growth, quasi-Poisson", "growth, Newey-West over 7 days")


def _growth_answers(cases: np.ndarray, truth: np.ndarray) -> list[float]:
    """Return the shares held of windows that do not overlap."""
    ends = np.arange(GROWTH_WINDOW, cases.shape[-1] + 1, GROWTH_WINDOW) - 1
    answers = []
    for lags in (0, WINDOW):
        for confidence in (0.90, 0.95):
            found = growth_interval(cases, GROWTH_WINDOW, lags=lags, confidence=confidence)
            answers.append(held(found.low[ends], truth[ends], found.high[ends]))
    return answers


def steady_growth(rng: np.random.Generator) -> list[float]:
    """Return the shares held for independent counts with a weekly pattern."""
    day = np.arange(GROWTH_DAYS)
    rate = rng.normal(0, 0.02)
    weekly = np.resize([1.2, 1.1, 1.0, 1.0, 1.0, 0.9, 0.7], GROWTH_DAYS)
    mean = 60 * weekly * np.exp(rate * (day - day.mean()))
    cases = rng.negative_binomial(mean / (NOISE - 1), 1 / NOISE).astype("float64")
    return _growth_answers(cases, np.full(GROWTH_DAYS, rate))


def spreading_growth(rng: np.random.Generator, k: float, late: bool) -> list[float]:
    """Return the shares held for renewal epidemics, whose deviations last for weeks."""
    w = epidemics.serial_interval()
    r = np.full(epidemics.SEED_DAYS + 20 + GROWTH_DAYS, rng.uniform(0.9, 1.15))
    cases = epidemics.renewal(rng, r, w, k, PER_DAY)
    cases = epidemics.reported(rng, cases) if late else cases
    settled = cases[-GROWTH_DAYS:]
    if settled.mean() < FEWEST:
        return [float("nan")] * (2 * len(GROWTH_METHODS))
    return _growth_answers(settled, np.full(GROWTH_DAYS, _growth_of(r[0], w)))


def _growth_of(r: float, w: np.ndarray) -> float:
    """Return the growth per day of an epidemic of constant R (equation of Euler and Lotka)."""
    lag, rate = np.arange(len(w)), 0.0
    for _ in range(50):
        weight = w * np.exp(-rate * lag)
        rate += (weight.sum() - 1 / r) / (weight @ lag)
    return float(rate)


def _growth_experiment(
    name: str, setting: str, about: str, run: Callable[[np.random.Generator], Sequence[float]]
) -> Experiment:
    questions: list[Question] = []
    for method in GROWTH_METHODS:
        questions += both_levels(method, setting)
    return Experiment(
        f"growth {name}",
        f"Growth by regression on {GROWTH_WINDOW} days: {setting}",
        about,
        SIMULATIONS,
        tuple(questions),
        run,
    )


WEEKS: Final = 24
REGIONS: Final = 27


def week_to_week(rng: np.random.Generator) -> list[float]:
    """Return the shares held of the growth of expected cases from week to week."""
    reports, expected = epidemics.weekly_cases(rng, REGIONS, WEEKS)
    truth = np.diff(np.log(expected), axis=1) / epidemics.DAYS_A_WEEK

    def share(found: Growth) -> float:
        return held(found.low[:, 1:], truth, found.high[:, 1:])

    dispersion = weekly_dispersion(reports)
    levels = (0.90, 0.95)
    return [share(weekly_growth(reports, confidence=level)) for level in levels] + [
        share(weekly_growth(reports, dispersion, level)) for level in levels
    ]


WEEKLY = Experiment(
    "weekly growth",
    "Growth from one week to the next",
    f"{REGIONS} regions and {WEEKS} weeks, a median of 120 cases a week, negative binomial "
    "counts, growth that wanders, batches that come a week late.",
    SIMULATIONS,
    (
        *both_levels("weekly growth, Poisson", "negative binomial, late batches"),
        *both_levels("weekly growth, dispersion of the series", "negative binomial, late batches"),
    ),
    week_to_week,
)

EXPERIMENTS: Final = (
    _r_experiment("Poisson", "Poisson offspring", np.inf, late=False),
    _r_experiment("k 0.3", "k = 0.3", 0.3, late=False),
    _r_experiment("k 0.06", "k = 0.06", 0.06, late=False),
    _r_experiment("k 0.3 late", "k = 0.3, fewer reports at weekends, late batches", 0.3, late=True),
    SERIAL,
    _growth_experiment(
        "steady",
        "independent counts",
        "Counts of a variance five times their mean, fewer at weekends, growth constant.",
        steady_growth,
    ),
    _growth_experiment(
        "late",
        "Poisson offspring, late batches",
        "Renewal epidemics of constant R; fewer reports at weekends, batches three days late.",
        partial(spreading_growth, k=np.inf, late=True),
    ),
    _growth_experiment(
        "k 0.3",
        "k = 0.3",
        "Renewal epidemics of constant R in which few infect most: what deviates lasts.",
        partial(spreading_growth, k=0.3, late=False),
    ),
    WEEKLY,
)
