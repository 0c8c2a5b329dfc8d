"""Simulated epidemics of the shape of these panels, with the truth that they were made from.

Daily counts come from a renewal process in which few may infect most; weekly growth is
autocorrelated, shared in part between regions, and seen through negative binomial counts.
Laboratories report less at weekends and now and then hold a batch over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import lfilter

from gotong.epidemic import discretised_gamma

DAYS_A_WEEK: Final = 7

SERIAL_MEAN, SERIAL_SD, LAGS = 5.2, 2.9, 30
"""Serial interval of the configuration, in days, and entries of its discrete form."""

SEED_DAYS: Final = 25
"""Days with a fixed number of cases, with which an epidemic starts."""

WEEKDAY_SHARES: Final = np.array([0.85, 0.95, 1.0, 1.0, 1.0, 0.75, 0.6])
"""Share of a day's cases that is reported at once, from Monday on; the rest comes a day late."""

BATCH_CHANCE, BATCH_SHARE = 0.08, 0.6
"""How often a laboratory holds cases over for three days, and which share of a day's cases."""

BATCH_DAYS: Final = 3


def serial_interval(mean: float = SERIAL_MEAN) -> np.ndarray:
    """Return the serial interval, summing to 1."""
    w = discretised_gamma(mean, SERIAL_SD, LAGS)
    return w / w.sum()


def swinging_r(days: int) -> np.ndarray:
    """Return an R that swings slowly around 1, between 0.75 and 1.25."""
    return 1 + 0.25 * np.sin(2 * np.pi * np.arange(days) / 90)


def renewal(
    rng: np.random.Generator,
    r: np.ndarray,
    w: np.ndarray,
    k: float = np.inf,
    per_day: float = 100.0,
) -> np.ndarray:
    """Return the cases of one renewal epidemic.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    r : numpy.ndarray, shape (days,)
        Reproduction number.
    w : numpy.ndarray, shape (lags,)
        Serial interval.
    k : float
        Dispersion of the offspring of one case: negative binomial with variance
        ``1 + R / k`` times the mean; infinite for Poisson. The infectors of a day share a gamma
        factor on all days that follow.
    per_day : float
        Cases of each of the first days.

    Returns
    -------
    numpy.ndarray, shape (days,)
    """
    cases, infectious = np.zeros(len(r)), np.zeros(len(r))
    backwards = w[:0:-1]
    for day in range(len(r)):
        past = infectious[max(day - len(backwards), 0) : day]
        rate = r[day] * (past @ backwards[len(backwards) - len(past) :])
        cases[day] = per_day if day < SEED_DAYS else rng.poisson(rate)
        infectious[day] = cases[day]
        if np.isfinite(k) and cases[day] > 0:
            infectious[day] = rng.gamma(k * cases[day]) / k
    return cases


def reported(rng: np.random.Generator, cases: np.ndarray) -> np.ndarray:
    """Return the day-by-day reports of cases: fewer at weekends, and now and then a batch late.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    cases : numpy.ndarray, shape (days,)
        Whole numbers.

    Returns
    -------
    numpy.ndarray, shape (days,)
        With the same sum but for what is reported after the last day.
    """
    days = np.arange(len(cases))
    reports = np.zeros(len(cases) + BATCH_DAYS)
    batched = np.where(rng.random(len(cases)) < BATCH_CHANCE, BATCH_SHARE, 0.0)
    held_over = rng.binomial(cases.astype(int), batched)
    left = cases - held_over
    at_once = rng.binomial(left.astype(int), WEEKDAY_SHARES[days % DAYS_A_WEEK])
    reports[days] += at_once
    reports[days + 1] += left - at_once
    reports[days + BATCH_DAYS] += held_over
    return reports[: len(cases)]


@dataclass(frozen=True)
class WeeklyModel:
    """How weekly growth and counts come about.

    Attributes
    ----------
    median_cases, spread : float
        Cases a week in the median region, and standard deviation of their log over regions.
    own, shared : float
        Standard deviation of weekly growth (log points a week): of the region, of all.
    group : float
        The same of the regions of one decider.
    memory : float
        Correlation of growth from one week to the next.
    size : float
        Size of the negative binomial: variance ``mean + mean ** 2 / size``.
    batch_chance : float
        How often a fifth to three fifths of a week's cases are reported a week late.
    """

    median_cases: float = 120.0
    spread: float = 0.8
    own: float = 0.10
    shared: float = 0.12
    group: float = 0.0
    memory: float = 0.5
    size: float = 15.0
    batch_chance: float = 0.04


MODEL: Final = WeeklyModel()

LEAST, MOST = 1.0, 1e5
"""Expected cases a week between which a region is held."""


def weekly_cases(
    rng: np.random.Generator,
    units: int,
    weeks: int,
    model: WeeklyModel = MODEL,
    groups: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return weekly reports of regions, and the cases that were expected.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    units, weeks : int
        Size of the panel.
    model : WeeklyModel
    groups : numpy.ndarray of int, shape (units,), optional
        Who decides for each region; needed where the model has growth that they share.

    Returns
    -------
    reports, expected : numpy.ndarray, shape (units, weeks)
    """
    growth = autoregressive(rng, (1, weeks), model.shared, model.memory)
    growth = growth + autoregressive(rng, (units, weeks), model.own, model.memory)
    if groups is not None:
        own = autoregressive(rng, (int(groups.max()) + 1, weeks), model.group, model.memory)
        growth = growth + own[groups]
    level = rng.normal(np.log(model.median_cases), model.spread, (units, 1))
    expected = np.exp(np.clip(level + growth.cumsum(axis=1), np.log(LEAST), np.log(MOST)))
    counts = rng.poisson(expected * rng.gamma(model.size, 1 / model.size, expected.shape))
    late = np.where(rng.random(counts.shape) < model.batch_chance, 1, 0)
    late = rng.binomial(counts, late * rng.uniform(0.2, 0.6, counts.shape)).astype("float64")
    reports = counts - late
    reports[:, 1:] += late[:, :-1]
    return reports, expected


def weekly_growth(
    rng: np.random.Generator,
    units: int,
    weeks: int,
    model: WeeklyModel = MODEL,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Return growth per day from week to week as the analysis takes it, shape (units, weeks - 1).

    Parameters
    ----------
    rng, units, weeks, model, groups
        See `weekly_cases`.
    """
    reports, _ = weekly_cases(rng, units, weeks, model, groups)
    return np.diff(np.log(reports + 1), axis=1) / DAYS_A_WEEK


def autoregressive(
    rng: np.random.Generator, shape: tuple[int, int], sd: float, memory: float
) -> np.ndarray:
    """Return stationary first-order autoregressive rows of a given standard deviation."""
    noise = rng.normal(0, sd, shape)
    noise[:, 1:] *= np.sqrt(1 - memory**2)
    return np.asarray(lfilter([1.0], [1.0, -memory], noise, axis=1))


def adopted(first: np.ndarray, periods: int) -> np.ndarray:
    """Return 1 where a unit is under the rule, else 0, shape (units, periods)."""
    return (np.arange(periods) >= first[:, np.newaxis]).astype("float64")


def growing_effect(first: np.ndarray, periods: int, full: np.ndarray) -> np.ndarray:
    """Return effects that build up over some weeks, shape (units, periods).

    Parameters
    ----------
    first : numpy.ndarray, shape (units,)
        First period under the rule, infinite for never.
    periods : int
    full : numpy.ndarray, shape (units,)
        Effect that is approached, by two thirds after three periods.
    """
    since = np.arange(periods) - np.where(np.isfinite(first), first, periods)[:, np.newaxis]
    return np.where(since >= 0, 1 - np.exp(-(since + 1) / 3), 0) * full[:, np.newaxis]
