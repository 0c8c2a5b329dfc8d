"""Effects under staggered adoption: the first PPKM, and kab/kota of Jawa Barat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gotong.analyses import designs
from gotong.causal.event_study import event_study
from gotong.causal.group_time import Aggregation, aggregate, group_time_effects
from gotong.causal.honest import event_path, relative_magnitudes, smoothness
from gotong.causal.influence import Estimates
from gotong.causal.synthetic_did import jackknife_standard_error, synthetic_did
from gotong.causal.twfe import PanelRegression, two_way_fixed_effects
from gotong.inference.fixed_effects import TwoWayEffects
from gotong.inference.randomisation import panel_slope, randomisation_test
from gotong.inference.wild_bootstrap import bootstrap_weights, wild_cluster_bootstrap
from gotong.validation import epidemics
from gotong.validation.experiments import (
    LEVELS,
    NORMAL,
    Experiment,
    Question,
    both_levels,
    both_tests,
    reached,
    rejected,
)

EFFECT: Final = -0.02
"""Effect on growth per day that the claims call meaningful."""

DRAWS: Final = 999

VERDICTS_UNITS: Final = "C6, C8 (designs assigned by units)"
VERDICTS_CHECKS: Final = "C6, C8 (a check that can only withhold a verdict)"


@dataclass(frozen=True, eq=False)
class Design:
    """Who adopts when, and what is read off.

    Attributes
    ----------
    first : numpy.ndarray, shape (units,)
        First period under the rule, infinite for never.
    periods : int
    how : designs.Specification
        Main specification, as in the analysis.
    leads : int
        Periods before adoption that are tested.
    groups : numpy.ndarray of int, shape (units,)
        Who decides for each unit.
    """

    first: np.ndarray
    periods: int
    how: designs.Specification
    leads: int
    groups: np.ndarray

    def panel(self, outcome: np.ndarray) -> designs.Panel:
        """Return the panel of an outcome."""
        units = tuple(f"{unit:04d}" for unit in range(len(self.first)))
        weeks = pd.date_range("2020-06-01", periods=self.periods, freq="7D", unit="s")
        deciders = tuple(str(group) for group in self.groups)
        return designs.Panel(outcome, self.first, units, deciders, weeks)

    @property
    def under(self) -> np.ndarray:
        """Which cells are under the rule, shape (units, periods)."""
        return epidemics.adopted(self.first, self.periods)

    def growing(self, full: Sequence[float]) -> np.ndarray:
        """Return effects that build up and differ between cohorts, shape (units, periods)."""
        cohorts = np.unique(self.first[np.isfinite(self.first)])
        by_unit = np.zeros(len(self.first))
        for cohort, effect in zip(cohorts, full, strict=True):
            by_unit[self.first == cohort] = effect
        return epidemics.growing_effect(self.first, self.periods, by_unit)


PPKM: Final = Design(
    np.repeat([13.0, 15.0, np.inf], [43, 7, 12]),
    24,
    designs.Specification("never", "mean", (1, 3)),
    8,
    np.arange(62),
)
"""62 kab/kota, 43 in from one week, 7 two weeks later, 12 not; 24 weeks."""

WESTJAVA: Final = Design(
    np.repeat([6.0, 7.0, 9.0], [5, 5, 17]),
    12,
    designs.Specification("not_yet", "mean", (1, 2)),
    4,
    np.repeat([0, 1, 2], [5, 5, 17]),
)
"""27 kab/kota in three cohorts of 5, 5 and 17, nobody left untreated; 12 weeks."""


def group_time(design: Design, outcome: np.ndarray, effect: np.ndarray) -> list[float]:
    """Return whether analytic intervals of the mean of the counted weeks hold it."""
    found, truth = (
        _dynamic(design, values).estimates for values in (outcome + effect, 1.0 * effect)
    )
    label = _dynamic(design, effect).label
    low, high = design.how.counted
    counted = (label >= low) & (label <= high)
    weight = counted / counted.sum()
    error = float(np.linalg.norm(found.cluster_influence @ weight))
    return reached(float(found.effects @ weight), float(truth.effects @ weight), error, NORMAL)


def _dynamic(design: Design, outcome: np.ndarray) -> Aggregation:
    """Return group-time effects by weeks since adoption; estimates are linear in the outcome."""
    result = group_time_effects(outcome, design.first, design.how.control, "universal")
    return aggregate(result, "dynamic")


def uniform_band(
    rng: np.random.Generator, design: Design, outcome: np.ndarray, effect: np.ndarray
) -> list[float]:
    """Return whether the band of the whole path holds all of it."""
    found: Estimates = _dynamic(design, outcome + effect).estimates
    truth = _dynamic(design, effect).estimates.effects
    answers = []
    for level in LEVELS:
        low, high = found.uniform_band(rng, DRAWS, level)
        # The reference week is 0 on both sides but for rounding.
        inside = (low <= truth) & (truth <= high) | (found.standard_errors == 0)
        answers.append(float(inside.all()))
    return answers


def two_way(design: Design, outcome: np.ndarray, effect: np.ndarray) -> list[float]:
    """Return whether clustered intervals of the coefficient hold the effect on the treated."""
    found: PanelRegression = two_way_fixed_effects(outcome + effect, design.under)
    truth = float(effect[design.under > 0].mean())
    return [
        float(low <= truth <= high)
        for low, high in (found.interval(level)[:, 0] for level in LEVELS)
    ]


def regression_path(design: Design, outcome: np.ndarray, effect: np.ndarray) -> list[float]:
    """Return whether intervals of the mean of the counted lags of an event study hold it."""
    low, high = design.how.counted
    reach = int(design.periods - 1 - design.first.min())
    found = event_study(outcome + effect, design.first, (-design.leads, min(high + 1, reach)))
    counted = (found.since_adoption >= low) & (found.since_adoption <= high)
    weight = counted / counted.sum()
    error = float(np.sqrt(weight @ found.regression.covariance @ weight))
    estimate = float(weight @ found.regression.coefficients)
    return reached(estimate, _average_effect(design, effect), error, NORMAL)


def _average_effect(design: Design, effect: np.ndarray) -> float:
    """Return the mean effect over the counted weeks, each counting alike, units by number."""
    low, high = design.how.counted
    since = np.arange(design.periods) - design.first[:, np.newaxis]
    return float(np.mean([effect[since == week].mean() for week in range(low, high + 1)]))


def wild(rng: np.random.Generator, design: Design, outcome: np.ndarray) -> list[float]:
    """Return whether the wild bootstrap by unit rejects that there is no effect."""
    units, periods = outcome.shape
    unit, period = np.divmod(np.arange(outcome.size), periods)
    weights = bootstrap_weights(units, rng, DRAWS)
    effects = TwoWayEffects(unit, period)
    test = wild_cluster_bootstrap(
        outcome.ravel(), design.under.ravel(), unit, effects, weights=weights
    )
    return rejected(test.p_value)


def reassigned(
    rng: np.random.Generator, design: Design, outcome: np.ndarray, effect: np.ndarray
) -> tuple[float, designs.Reading]:
    """Return whether the interval by reassignment holds the effect, and the whole reading."""
    found = designs.reading(design.panel(outcome + effect), design.how, rng, DRAWS)
    truth = designs.estimate(design.panel(effect), design.how)
    low, high = found.interval()
    return float(low <= truth <= high), found


def pre_tests(design: Design, outcome: np.ndarray, reading: designs.Reading) -> list[float]:
    """Return whether the tests of the weeks before reject at 10 %, though nothing is there."""
    leads = (reading.since < 0) & (reading.since >= -design.leads)
    wald = group_time_effects(outcome, design.first, design.how.control, "universal").pre_test()
    reach = int(design.periods - 1 - design.first.min())
    window = (-design.leads, min(design.how.counted[1] + 1, reach))
    regression = event_study(outcome, design.first, window).leads_test()
    tests = (reading.joint_p(leads)[1], wald.p_value, regression.p_value)
    return [answer for p in tests for answer in rejected(p, (0.10,))]


HONEST_LAGS: Final = 3
WORST_BEND: Final = 0.01
"""Largest change of the difference in trends, in growth per day, that is simulated."""


def honest(design: Design, outcome: np.ndarray, effect: np.ndarray) -> list[float]:
    """Return whether intervals hold where trends part as far as the bound allows.

    Before adoption the difference in trends zigzags by `WORST_BEND`, afterwards it goes on in
    one direction by as much each week: a violation of just one times that before. For the bound
    on bends its slope changes by the bound in every week.
    """
    adopting = np.isfinite(design.first)[:, np.newaxis]
    after_last = np.arange(design.periods) - design.first[:, np.newaxis] + 1
    after_last = np.where(adopting, after_last, 0)
    zigzag = WORST_BEND * np.where(after_last < 0, after_last % 2, after_last)
    parabola = WORST_BEND * after_last * (after_last + 1) / 2
    answers = []
    for violation, method in ((zigzag, relative_magnitudes), (parabola, smoothness)):
        found = _dynamic(design, outcome + effect + violation)
        truth = _dynamic(design, effect)
        kept = (found.label >= -design.leads) & (found.label < HONEST_LAGS) & (found.label != -1)
        estimates, label = found.estimates, found.label[kept]
        bound = 1.0 if method is relative_magnitudes else WORST_BEND
        covariance = estimates.covariance[np.ix_(kept, kept)]
        effects = estimates.effects[kept]
        path = event_path(effects[label < 0], effects[label >= 0], covariance)
        mean = float(truth.estimates.effects[kept][label >= 0].mean())
        for level in LEVELS:
            bounds = method(path, bound, level=level)
            answers.append(float(bounds.interval_lower <= mean <= bounds.interval_upper))
    return answers


def block(outcome: np.ndarray, effect: np.ndarray, design: Design) -> list[float]:
    """Return whether intervals of synthetic difference in differences hold the effect.

    The first cohort against those never treated, from its adoption on.
    """
    start = int(design.first.min())
    kept = (design.first == start) | np.isinf(design.first)
    treated = np.flatnonzero(design.first[kept] == start).tolist()
    y = (outcome + effect)[kept]
    found = synthetic_did(y, treated, start)
    truth = float(effect[kept][treated, start:].mean())
    return reached(found.effect, truth, jackknife_standard_error(y, treated, start), NORMAL)


def first_ppkm(rng: np.random.Generator) -> list[float]:
    """Return the answers for the design of the first PPKM."""
    design = PPKM
    outcome = epidemics.weekly_growth(rng, len(design.first), design.periods + 1)
    constant = EFFECT * design.under
    growing = design.growing((1.5 * EFFECT, 0.5 * EFFECT))
    inside, _ = reassigned(rng, design, outcome, constant)
    inside_growing, _ = reassigned(rng, design, outcome, growing)
    _, null = reassigned(rng, design, outcome, 0 * constant)
    return [
        inside,
        *rejected(null.p_value),
        inside_growing,
        *group_time(design, outcome, growing),
        *uniform_band(rng, design, outcome, growing),
        *two_way(design, outcome, constant),
        *two_way(design, outcome, growing),
        *wild(rng, design, outcome),
        *regression_path(design, outcome, growing),
        *block(outcome, constant, design),
        *pre_tests(design, outcome, null),
    ]


CONSTANT, GROWING = "constant effect", "effects grow, differ between cohorts"
NO_EFFECT: Final = "no effect"

FIRST_PPKM = Experiment(
    "first ppkm",
    "First PPKM: 62 kab/kota, 43 adopt, 7 follow two weeks later, 12 do not",
    "24 weeks of growth from negative binomial counts with late batches, a median of 120 cases a "
    "week; growth is autocorrelated and shared in part. Dates are given to units by chance.",
    2_000,
    (
        Question("group-time, reassignment", CONSTANT, "coverage", 0.95, VERDICTS_UNITS),
        *both_tests("group-time, reassignment", NO_EFFECT, VERDICTS_UNITS),
        Question("group-time, reassignment", GROWING, "coverage", 0.95, VERDICTS_UNITS),
        *both_levels("group-time, analytic errors", GROWING),
        *both_levels("group-time, uniform band of the path", GROWING),
        *both_levels("two-way effects, clustered t", CONSTANT),
        *both_levels("two-way effects, clustered t", GROWING),
        *both_tests("two-way effects, wild bootstrap by unit", NO_EFFECT),
        *both_levels("event study by regression", GROWING),
        *both_levels("synthetic difference in differences, jackknife", CONSTANT),
        Question("pre-period, reassignment", NO_EFFECT, "rejection", 0.10, VERDICTS_CHECKS),
        Question("pre-period, Wald of group-time effects", NO_EFFECT, "rejection", 0.10),
        Question("pre-period, F of the event study", NO_EFFECT, "rejection", 0.10),
    ),
    first_ppkm,
)


def parted_trends(rng: np.random.Generator) -> list[float]:
    """Return the answers for trends that part as far as the bounds allow."""
    outcome = epidemics.weekly_growth(rng, len(PPKM.first), PPKM.periods + 1)
    return honest(PPKM, outcome, EFFECT * PPKM.under)


HONEST = Experiment(
    "honest",
    "First PPKM, trends not parallel",
    "The same panel; the difference in trends changes after adoption as much as the bound allows.",
    2_000,
    (
        *both_levels("honest interval, relative magnitudes of 1", "violated at the bound"),
        *both_levels("honest interval, bounded bends", "violated at the bound"),
    ),
    parted_trends,
)


SHARED: Final = epidemics.WeeklyModel(group=0.10, own=0.07)
"""As much growth of their own as otherwise, most of it shared by the regions of one decider."""


def westjava(rng: np.random.Generator) -> list[float]:
    """Return the answers for three cohorts, regions being independent."""
    design = WESTJAVA
    outcome = epidemics.weekly_growth(rng, len(design.first), design.periods + 1)
    constant, growing = EFFECT * design.under, design.growing((2 * EFFECT, EFFECT, EFFECT))
    _, null = reassigned(rng, design, outcome, 0 * constant)
    labels = np.unique(design.first, return_inverse=True)[1]
    paths = epidemics.adopted(np.unique(design.first), design.periods)
    slope = randomisation_test(panel_slope(outcome, paths), labels, rng=rng, draws=DRAWS)
    inside, _ = reassigned(rng, design, outcome, constant)
    return [
        inside,
        *rejected(null.p_value),
        *rejected(slope.p_value),
        *group_time(design, outcome, growing),
        *two_way(design, outcome, constant),
        *two_way(design, outcome, growing),
        *regression_path(design, outcome, growing),
        *pre_tests(design, outcome, null)[::2],
    ]


THREE_COHORTS = Experiment(
    "three cohorts",
    "First PSBB of Jawa Barat: 27 kab/kota in cohorts of 5, 5 and 17, none left untreated",
    "12 weeks of growth as above; dates are given to units by chance.",
    2_000,
    (
        Question("group-time, reassignment", CONSTANT, "coverage", 0.95, VERDICTS_UNITS),
        *both_tests("group-time, reassignment", NO_EFFECT, VERDICTS_UNITS),
        *both_tests("randomisation of the two-way slope", NO_EFFECT),
        *both_levels("group-time, analytic errors", GROWING),
        *both_levels("two-way effects, clustered t", CONSTANT),
        *both_levels("two-way effects, clustered t", GROWING),
        *both_levels("event study by regression", GROWING),
        Question("pre-period, reassignment", NO_EFFECT, "rejection", 0.10, VERDICTS_CHECKS),
        Question("pre-period, F of the event study", NO_EFFECT, "rejection", 0.10),
    ),
    westjava,
)


LONG: Final = Design(
    np.repeat([4.0, 9.0, 14.0, 19.0], [8, 9, 9, 8]),
    24,
    designs.Specification("not_yet", "mean", (1, 3)),
    4,
    np.arange(34),
)
"""34 provinces that all adopt, five weeks apart; 24 weeks."""


def half_a_year(rng: np.random.Generator) -> list[float]:
    """Return the answers for adoption drawn out over half a year, effects growing all the time."""
    design = LONG
    outcome = epidemics.weekly_growth(rng, len(design.first), design.periods + 1)
    since = np.arange(design.periods) - design.first[:, np.newaxis]
    growing = 0.2 * EFFECT * np.maximum(since + 1, 0)
    return [
        *two_way(design, outcome, EFFECT * design.under),
        *two_way(design, outcome, growing),
        *regression_path(design, outcome, growing),
        *group_time(design, outcome, growing),
        reassigned(rng, design, outcome, growing)[0],
    ]


LATE_AND_EARLY = Experiment(
    "half a year",
    "34 provinces in four cohorts, five weeks apart, none left untreated",
    "24 weeks of growth as above. Effects grow by a fifth of the meaningful effect each week: "
    "units that adopted early make poor controls for those that adopt late.",
    2_000,
    (
        *both_levels("two-way effects, clustered t", CONSTANT),
        *both_levels("two-way effects, clustered t", "effects grow all the time"),
        *both_levels("event study by regression", "effects grow all the time"),
        *both_levels("group-time, analytic errors", "effects grow all the time"),
        Question("group-time, reassignment", "effects grow all the time", "coverage", 0.95),
    ),
    half_a_year,
)


def few_deciders(rng: np.random.Generator) -> list[float]:
    """Return the answers for three cohorts that are three decisions over regions alike."""
    design = WESTJAVA
    outcome = epidemics.weekly_growth(
        rng, len(design.first), design.periods + 1, SHARED, design.groups
    )
    _, null = reassigned(rng, design, outcome, np.zeros_like(outcome))
    p_deciders, _ = designs.by_deciders(design.panel(outcome), design.how)
    return [
        *rejected(null.p_value),
        *rejected(p_deciders),
        *group_time(design, outcome, np.zeros_like(outcome)),
    ]


FEW_DECIDERS = Experiment(
    "few deciders",
    "The same three cohorts, each one decision over regions that share most of their growth",
    "What regions of one decider share cannot be told from the effect of its decision.",
    2_000,
    (
        *both_tests("group-time, reassignment of units", "growth shared by deciders"),
        *both_tests(
            "group-time, reassignment of deciders",
            "growth shared by deciders",
            "C6 (designs assigned by deciders)",
        ),
        *both_levels("group-time, analytic errors", "growth shared by deciders"),
    ),
    few_deciders,
)


def two_provinces(rng: np.random.Generator) -> list[float]:
    """Return the answers for the first PPKM where growth is shared by the province.

    All that never adopt lie in Jawa Tengah, so that between provinces the rule and what a
    province shares cannot be told apart.
    """
    outcome = epidemics.weekly_growth(
        rng, len(PPKM.first), PPKM.periods + 1, BY_PROVINCE, PROVINCE_OF
    )
    answers = []
    for kept in (PROVINCE_OF >= 0, PROVINCE_OF == 1):
        panel = PPKM.panel(outcome).keep(kept)
        answers += rejected(designs.reading(panel, PPKM.how, rng, DRAWS).p_value)
    return answers


PROVINCE_OF: Final = np.repeat([0, 1, 0, 1], [20, 23, 7, 12])
"""Jawa Barat has 20 in the first stage and 7 in the second, Jawa Tengah 23 and 12 without."""

BY_PROVINCE: Final = epidemics.WeeklyModel(group=0.05)
"""Provinces differ in growth by half as much as regions do."""

TWO_PROVINCES = Experiment(
    "two provinces",
    "First PPKM over two provinces that differ in growth",
    "As above, with some growth shared by the kab/kota of a province; all 12 without the rule lie "
    "in Jawa Tengah, as they did.",
    2_000,
    (
        *both_tests(
            "group-time, reassignment of units",
            "two provinces, growth shared by province",
        ),
        *both_tests(
            "group-time, reassignment of units",
            "Jawa Tengah alone, growth shared by province",
            "C6 (first PPKM within Jawa Tengah)",
        ),
    ),
    two_provinces,
)

EXPERIMENTS: Final = (
    FIRST_PPKM,
    TWO_PROVINCES,
    HONEST,
    THREE_COHORTS,
    LATE_AND_EARLY,
    FEW_DECIDERS,
)
