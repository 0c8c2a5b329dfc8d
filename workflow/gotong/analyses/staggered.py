"""One design with staggered adoption, taken through its estimators and its checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from gotong.analyses import designs
from gotong.analyses.designs import Panel, Specification
from gotong.causal.bacon import bacon_decomposition
from gotong.causal.event_study import event_study
from gotong.causal.group_time import aggregate, group_time_effects
from gotong.causal.honest import breakdown, event_path, relative_magnitudes, smoothness
from gotong.causal.synthetic import effect_interval, placebos_in_space
from gotong.causal.synthetic_did import jackknife_standard_error, synthetic_did
from gotong.config import Effects, StaggeredDesign
from gotong.inference.fixed_effects import TwoWayEffects
from gotong.inference.multiplicity import holm, romano_wolf
from gotong.inference.power import detectable_by_permutation, minimum_detectable_effect
from gotong.inference.randomisation import panel_slope, randomisation_test
from gotong.inference.wild_bootstrap import WildBootstrap, bootstrap_weights, wild_cluster_bootstrap
from gotong.intervals import NORMAL
from gotong.provenance import seed_of
from gotong.regions import province_of

Row = dict[str, Any]

MAIN: Final = "main"
PASSED, FAILED, SHOWN = "passed", "failed", "shown"
"""A check that counts and was passed or failed; a number that is only shown."""

FEWEST_FOR_BLOCK: Final = 2
"""Treated units of one date that make a block for the synthetic methods."""

FORBIDDEN: Final = ("later_vs_earlier", "later_vs_always")
"""Comparisons of Goodman-Bacon that take treated units as controls."""


@dataclass(frozen=True, eq=False)
class Study:
    """A design and an outcome, with all that its estimates need.

    Attributes
    ----------
    design, outcome : str
        Names.
    panel : Panel
        Main panel.
    how : Specification
        Main specification.
    others : mapping of str to Panel
        Other panels to which the main specification is applied, by the name of the variant.
    prior : mapping of str to float
        Incidence before the first rule by unit; empty where it is not compared.
    chosen : Effects
    settings : StaggeredDesign
    """

    design: str
    outcome: str
    panel: Panel
    how: Specification
    chosen: Effects
    settings: StaggeredDesign
    others: Mapping[str, Panel] = field(default_factory=dict)
    prior: Mapping[str, float] = field(default_factory=dict)

    def generator(self, variant: str) -> np.random.Generator:
        """Return the source of chance of one estimate: it follows from its name."""
        return np.random.default_rng(seed_of(f"effects {self.design} {self.outcome} {variant}"))

    def read(self, panel: Panel, how: Specification, variant: str) -> designs.Reading:
        """Return the effects of a panel with those of other assignments."""
        return designs.reading(panel, how, self.generator(variant), self.chosen.draws)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a study.

    Attributes
    ----------
    rows : list of dict
        One per estimate.
    checks : list of dict
        One per check.
    path : list of dict
        One per week since adoption.
    """

    rows: list[Row]
    checks: list[Row]
    path: list[Row]


def run(study: Study) -> Outcome:
    """Return all estimates, checks and the path of a study.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Outcome
        The main estimate carries what the checks found.
    """
    main = study.read(study.panel, study.how, MAIN)
    checks = [*counted_checks(study, main), *shown_numbers(study)]
    failed = [named(check) for check in checks if check["verdict"] == FAILED]
    rows = list(estimates(study, main))
    for row in rows:
        row.update(failed_checks=" ".join(failed), passed=not failed)
    return Outcome(rows, checks, path_rows(study, main))


def named(check: Row) -> str:
    """Return the name of a check, with the case that it was made for."""
    return f"{check['check']}_{check['case']}" if check["case"] else str(check["check"])


# Estimates ----------------------------------------------------------------------------------


def estimates(study: Study, main: designs.Reading) -> Iterator[Row]:
    """Yield a row for each estimator and variant."""
    yield reading_row(study, study.panel, study.how, MAIN, main)
    for name, how in specifications(study).items():
        yield reading_row(study, study.panel, how, name, study.read(study.panel, how, name))
    for name, panel in study.others.items():
        yield reading_row(study, panel, study.how, name, study.read(panel, study.how, name))
    for make in (analytic_row, two_way_row, event_study_row):
        yield make(study)
    yield from block_rows(study)


def specifications(study: Study) -> dict[str, Specification]:
    """Return the other ways to read the same panel, by the name of the variant."""
    how = study.how
    found = {}
    if not study.panel.treated.all():
        other: designs.Control = "never" if how.control == "not_yet" else "not_yet"
        found[f"control_{other}"] = replace(how, control=other)
    base: designs.Base = "last" if how.base == "mean" else "mean"
    found[f"base_{base}"] = replace(how, base=base)
    first, last = how.counted
    found["from_first_week" if first else "from_second_week"] = replace(
        how, counted=(0 if first else 1, last)
    )
    return found


def frame(study: Study, panel: Panel, estimator: str, variant: str) -> Row:
    """Return a row without its numbers."""
    return {
        "design": study.design,
        "outcome": study.outcome,
        "estimator": estimator,
        "variant": variant,
        "units": len(panel.units),
        "treated": int(panel.treated.sum()),
        "deciders": len(set(panel.deciders)),
        "periods": len(panel.weeks),
        "p_deciders": np.nan,
        "smallest_p_deciders": np.nan,
    }


def reading_row(
    study: Study, panel: Panel, how: Specification, variant: str, found: designs.Reading
) -> Row:
    """Return a group-time estimate with its tests by reassignment."""
    low, high = found.interval()
    p_deciders, smallest = designs.by_deciders(panel, how)
    if len(set(panel.deciders)) == len(panel.units):
        p_deciders, smallest = found.p_value, found.smallest_p
    return frame(study, panel, "group_time", variant) | {
        "estimate": found.estimate,
        "standard_error": found.standard_error,
        "low": low,
        "high": high,
        "interval": "reassignment",
        "p_units": found.p_value,
        "smallest_p_units": found.smallest_p,
        "p_deciders": p_deciders,
        "smallest_p_deciders": smallest,
        "p_kind": "reassignment",
        "detectable": found.detectable,
    }


def analytic_row(study: Study) -> Row:
    """Return the estimate of Callaway and Sant'Anna with errors from influence functions."""
    panel = study.panel
    result = group_time_effects(panel.outcome, panel.first, study.how.control, "universal")
    dynamic = aggregate(result, "dynamic")
    weight = _counted_weights(dynamic.label, study.how)
    error = float(np.linalg.norm(dynamic.estimates.cluster_influence @ weight))
    estimate = float(dynamic.estimates.effects @ weight)
    return frame(study, panel, "callaway_santanna", MAIN) | _normal_numbers(estimate, error)


def _counted_weights(label: np.ndarray, how: Specification) -> np.ndarray:
    """Return equal weights of the counted weeks."""
    counted = (label >= how.counted[0]) & (label <= how.counted[1])
    return counted / counted.sum()


def _normal_numbers(estimate: float, error: float) -> Row:
    """Return the numbers of an estimate whose error is asymptotic; it has no smallest p."""
    return {
        "estimate": estimate,
        "standard_error": error,
        "low": estimate - NORMAL * error,
        "high": estimate + NORMAL * error,
        "interval": "analytic",
        "p_units": np.nan,
        "smallest_p_units": np.nan,
        "p_kind": "none",
        "detectable": float(minimum_detectable_effect(error)),
    }


def two_way_row(study: Study) -> Row:
    """Return the two-way fixed effects coefficient with its wild cluster bootstrap."""
    panel = study.panel
    units = bootstrap(study, panel.units)
    who = len(set(panel.deciders))
    row = frame(study, panel, "two_way", MAIN)
    if 1 < who < len(panel.units):
        grouped = bootstrap(study, panel.deciders)
        row |= {"p_deciders": grouped.p_value, "smallest_p_deciders": grouped.smallest_p}
    elif who == len(panel.units):
        row |= {"p_deciders": units.p_value, "smallest_p_deciders": units.smallest_p}
    low, high = units.interval()
    return row | {
        "estimate": units.estimate,
        "standard_error": units.standard_error,
        "low": low,
        "high": high,
        "interval": "wild_bootstrap",
        "p_units": units.p_value,
        "smallest_p_units": units.smallest_p,
        "p_kind": "wild_bootstrap",
        "detectable": float(
            minimum_detectable_effect(units.standard_error, degrees_of_freedom=units.clusters - 1)
        ),
    }


def bootstrap(study: Study, clusters: tuple[str, ...]) -> WildBootstrap:
    """Return the wild cluster bootstrap of the two-way coefficient."""
    panel = study.panel
    units, weeks = panel.outcome.shape
    unit, week = np.divmod(np.arange(units * weeks), weeks)
    under = (week >= panel.first[unit]).astype("float64")
    rng = study.generator("wild")
    weights = bootstrap_weights(len(set(clusters)), rng, study.chosen.draws)
    labels = np.array(clusters)[unit]
    effects = TwoWayEffects(unit, week)
    return wild_cluster_bootstrap(panel.outcome.ravel(), under, labels, effects, weights=weights)


def event_study_row(study: Study) -> Row:
    """Return the mean of the counted lags of an event study by panel regression."""
    found = _event_study(study)
    weight = _counted_weights(found.since_adoption, study.how)
    regression = found.regression
    error = float(np.sqrt(weight @ regression.covariance @ weight))
    numbers = _normal_numbers(float(weight @ regression.coefficients), error)
    return frame(study, study.panel, "event_study", MAIN) | numbers


def _event_study(study: Study) -> Any:
    """Return the event study, with ends that stand for what lies beyond them."""
    panel, treated = study.panel, study.panel.first[study.panel.treated]
    # An end beyond the reach of the earliest (latest) cohort has no unit.
    start = max(-study.settings.leads, -int(treated.max()))
    end = min(study.how.counted[1] + 1, panel.outcome.shape[1] - 1 - int(treated.min()))
    return event_study(panel.outcome, panel.first, (min(start, -2), end))


def block_rows(study: Study) -> Iterator[Row]:
    """Yield the synthetic methods for the first cohort, taken as a block."""
    panel = study.panel
    start = int(panel.first[panel.treated].min())
    first = panel.first == start
    never = ~panel.treated
    low, high = study.how.counted
    last = min(start + high, panel.outcome.shape[1] - 1)
    # Weeks of the rule that do not count are cut out, so that pre and post meet.
    weeks = [*range(start), *range(start + low, last + 1)]
    if first.sum() < FEWEST_FOR_BLOCK or never.sum() <= FEWEST_FOR_BLOCK or start < 2:
        return
    block = panel.keep(first | never)
    y, treated = block.outcome[:, weeks], np.flatnonzero(block.treated).tolist()
    found = synthetic_did(y, treated, start)
    numbers = _normal_numbers(found.effect, jackknife_standard_error(y, treated, start))
    yield frame(study, block, "synthetic_did", MAIN) | numbers
    mean = np.vstack([y[treated].mean(axis=0), np.delete(y, treated, axis=0)])
    placebos = placebos_in_space(mean, 0, start, intercept=True)
    low_end, high_end = effect_interval(placebos)
    yield frame(study, block, "synthetic_control", MAIN) | {
        "estimate": float(placebos.effects[0]),
        "standard_error": float(placebos.effects[1:].std()),
        "low": low_end,
        "high": high_end,
        "interval": "placebo",
        "p_units": placebos.test.p_value,
        "smallest_p_units": placebos.test.smallest,
        "p_kind": "placebo",
        "detectable": detectable_by_permutation(placebos.effects[1:]),
    }


# Checks -------------------------------------------------------------------------------------


def check(
    study: Study,
    name: str,
    *,
    case: str = "",
    value: float = np.nan,
    p: float = np.nan,
    limit: float = np.nan,
    passed: bool | None = None,
) -> Row:
    """Return a check; without `passed` it is a number that is only shown."""
    verdict = SHOWN if passed is None else (PASSED if passed else FAILED)
    return {
        "design": study.design,
        "outcome": study.outcome,
        "check": name,
        "case": case,
        "value": float(value),
        "p": float(p),
        "limit": float(limit),
        "verdict": verdict,
    }


def counted_checks(study: Study, main: designs.Reading) -> Iterator[Row]:
    """Yield the checks that a design must pass."""
    quiet = study.chosen.quiet_p
    controls = int((~study.panel.treated).sum())
    fewest = study.chosen.fewest_controls
    yield check(study, "comparison", value=controls, limit=fewest, passed=controls >= fewest)
    if study.settings.provinces:
        alone = without_own_comparison(study.panel)
        yield check(study, "own_province", value=alone, limit=0, passed=alone == 0)
    leads = (main.since < 0) & (main.since >= -study.settings.leads)
    statistic, p = main.joint_p(leads)
    yield check(study, "pre_period", value=statistic, p=p, limit=quiet, passed=p > quiet)
    for weeks in study.settings.placebo_weeks:
        yield placebo_check(study, weeks)
    for name, found in (
        ("leave_one_region", designs.without_each_unit(study.panel, study.how)),
        ("leave_one_week", designs.without_each_week(study.panel, study.how)),
    ):
        turned = designs.sign_turns(list(found.values()), main.estimate)
        yield check(study, name, value=turned, limit=0, passed=turned == 0)


def without_own_comparison(panel: Panel) -> int:
    """Return how many treated kab/kota have no comparison in their own province.

    Their province adopts, whole and at once or in the end, while others do not: what is shared
    within a province cannot be told from the effect, and exchanging regions gives false alarms
    (docs/validation.md). A panel whose kab/kota are all of one province, or in which every unit
    adopts, compares earlier with later ones and has no such province.
    """
    provinces = np.array([province_of(unit) for unit in panel.units])
    if panel.treated.all() or len(set(provinces)) == 1:
        return 0
    own = np.isin(provinces, provinces[~panel.treated])
    return int((panel.treated & ~own).sum())


def placebo_check(study: Study, weeks: int) -> Row:
    """Pretend that the rule came earlier, and look only at weeks before it came."""
    low, high = study.how.counted
    how = replace(study.how, earlier=weeks, counted=(low, min(high, weeks - 1 + (low > 0))))
    try:
        found = study.read(study.panel, how, f"placebo {weeks}")
    except ValueError:
        return check(study, "placebo_date", case=str(weeks), passed=False)
    quiet, p = study.chosen.quiet_p, found.p_value
    passed = p > quiet
    return check(
        study,
        "placebo_date",
        case=str(weeks),
        value=found.estimate,
        p=p,
        limit=quiet,
        passed=passed,
    )


def shown_numbers(study: Study) -> Iterator[Row]:
    """Yield what a reader should know and no rule counts."""
    panel = study.panel
    control = study.how.control
    result = group_time_effects(panel.outcome, panel.first, control, "universal")
    test = result.pre_test()
    yield check(study, "pre_period_wald", value=test.statistic, p=test.p_value)
    leads = _event_study(study).leads_test()
    yield check(study, "pre_period_regression", value=leads.statistic, p=leads.p_value)
    by_kind = bacon_decomposition(panel.outcome, panel.first).by_kind()
    weight = sum(share for kind, (share, _) in by_kind.items() if kind in FORBIDDEN)
    yield check(study, "forbidden_weight", value=weight)
    yield from honest_breakdowns(study)
    yield two_way_exchange(study)
    yield from prior_differences(study)


def two_way_exchange(study: Study) -> Row:
    """Return the two-way coefficient, tested by exchanging the dates between regions.

    Its wild bootstrap takes errors of regions as symmetric; this test takes only the dates as
    if they could have fallen otherwise. The smallest p that it could give is the limit.
    """
    panel = study.panel
    dates, labels = np.unique(panel.first, return_inverse=True)
    under = np.arange(panel.outcome.shape[1]) >= dates[:, np.newaxis]
    test = randomisation_test(
        panel_slope(panel.outcome, under),
        labels,
        rng=study.generator("two_way_exchange"),
        draws=study.chosen.draws,
    )
    value, p, smallest = test.observed, test.p_value, test.smallest_p
    return check(study, "two_way_exchange", value=value, p=p, limit=smallest)


def family_checks(studies: Sequence[Study]) -> Iterator[Row]:
    """Yield p-values that hold for several outcomes of one design together.

    Parameters
    ----------
    studies : sequence of Study
        Two or more outcomes of one design and the same weeks.

    Yields
    ------
    dict
        The group-time effect over its standard deviation among other assignments, with p by
        Romano and Wolf 2016 and by Holm 1979; shown, not counted. Regions that lack one of the
        outcomes are left out, so that one set of assignments serves all.
    """
    shared = set.intersection(*(set(study.panel.units) for study in studies))
    found = []
    for study in studies:
        panel = study.panel.keep([unit in shared for unit in study.panel.units])
        # One seed for the design: every outcome must meet the same assignments in one order.
        rng = np.random.default_rng(seed_of(f"effects {study.design} family"))
        found.append(designs.reading(panel, study.how, rng, study.chosen.draws))
    t = np.array([each.estimate / each.standard_error for each in found])
    t_star = np.column_stack([each.others / each.standard_error for each in found])
    adjusted = {
        "family_romano_wolf": romano_wolf(t, t_star),
        "family_holm": holm([each.p_value for each in found]),
    }
    for name, p_values in adjusted.items():
        for study, value, p in zip(studies, t, p_values, strict=True):
            yield check(study, name, value=value, p=p)


def honest_breakdowns(study: Study) -> Iterator[Row]:
    """Yield how far trends may differ until zero is inside the interval.

    Rambachan and Roth 2023, on the path of Callaway and Sant'Anna against the last week before:
    as a multiple of the largest change of trends before (relative magnitudes), and by how much
    the difference in trends may bend from week to week (smoothness), in the unit of the outcome.
    The latter is missing where the covariance of the path is singular.
    """
    panel = study.panel
    result = group_time_effects(panel.outcome, panel.first, study.how.control, "universal")
    dynamic = aggregate(result, "dynamic")
    last = study.how.counted[1]
    chosen = (dynamic.label >= -study.settings.leads) & (dynamic.label <= last)
    chosen &= dynamic.label != -1
    label = dynamic.label[chosen]
    effects = dynamic.estimates.effects[chosen]
    covariance = dynamic.estimates.covariance[np.ix_(chosen, chosen)]
    weights = _counted_weights(label[label >= 0], study.how)
    path = event_path(effects[label < 0], effects[label >= 0], covariance, weights)
    times = breakdown(lambda bound: relative_magnitudes(path, bound))
    yield check(study, "honest_breakdown", value=times)
    bend = np.nan
    if np.linalg.matrix_rank(covariance, hermitian=True) == len(covariance):
        size = float(np.abs(path.after).mean())
        bend = breakdown(lambda bound: smoothness(path, bound), guess=size)
    yield check(study, "honest_smoothness", value=bend)


def prior_differences(study: Study) -> Iterator[Row]:
    """Yield how much more the treated were hit before, with and without trimming."""
    panels: dict[str, Panel] = {"": study.panel}
    panels |= {name: panel for name, panel in study.others.items() if name == "trimmed"}
    for case, panel in panels.items():
        if study.prior:
            prior = np.array([study.prior[unit] for unit in panel.units])
            value = designs.standardised_difference(prior, panel.treated)
            yield check(study, "prior_difference", case=case, value=value)


# Path ---------------------------------------------------------------------------------------


def path_rows(study: Study, main: designs.Reading) -> list[Row]:
    """Return the effects by weeks since adoption, from the tested leads on."""
    low, high = main.path_interval()
    first, last = study.how.counted
    base = -1 if study.how.base == "last" else None
    return [
        {
            "design": study.design,
            "outcome": study.outcome,
            "event_time": int(since),
            "estimate": float(main.path[place]),
            "low": float(low[place]),
            "high": float(high[place]),
            "kind": "base" if since == base else ("before" if since < 0 else "after"),
            "counted": bool(first <= since <= last),
        }
        for place, since in enumerate(main.since)
        if -study.settings.leads <= since <= last + 1
    ]


def trimmed(panel: Panel, prior: Mapping[str, float]) -> Panel:
    """Return the units whose prior incidence lies where both groups have units."""
    values = np.array([prior[unit] for unit in panel.units])
    return panel.keep(designs.common_support(values, panel.treated))
