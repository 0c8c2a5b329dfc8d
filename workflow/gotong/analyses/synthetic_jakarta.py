"""DKI Jakarta against a mix of other provinces, at a change of its rules.

Each design goes through the same estimators and checks: a synthetic control with an intercept
(the main one: DKI Jakarta lies outside what the levels of others span), one without, synthetic
difference in differences and the plain difference; placebos in space and in time, and each
donor left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses import designs, effect_panels
from gotong.analyses.effect_panels import GOOGLE, Tables
from gotong.analyses.staggered import (
    FAILED,
    MAIN,
    PASSED,
    SHOWN,
    Outcome,
    Row,
    named,
)
from gotong.causal import synthetic, synthetic_did
from gotong.config import Effects, Span, SyntheticDesign
from gotong.inference.multiplicity import holm
from gotong.inference.permutation import permutation_p
from gotong.inference.power import detectable_by_permutation
from gotong.inference.randomisation import difference_in_means, randomisation_test
from gotong.intervals import NORMAL
from gotong.regions import DKI

CASES: Final = ("growth", "level")
"""Outcomes of cases; the others are places of Google's reports."""

FEWEST_DONORS: Final = 2
"""Donors without which a mix has no meaning and the methods no answer."""

OTHER_CHOICES: Final = (
    "without_donor",
    "by_weeks",
    "without_doubtful_days",
    "placebos_without_treated",
)
"""Checks that hold the effect and its p by a choice that no row of estimates stands for."""


@dataclass(frozen=True, eq=False)
class Series:
    """One outcome of DKI Jakarta, in the first row, and its donors.

    Attributes
    ----------
    outcome : numpy.ndarray, shape (provinces, periods)
        Without gaps.
    codes : tuple of str
        Provinces.
    times : pandas.DatetimeIndex
        Days, or Mondays of weeks.
    before : int
        Periods before the change.
    step : int
        Days of a period.
    """

    outcome: np.ndarray
    codes: tuple[str, ...]
    times: pd.DatetimeIndex
    before: int
    step: int

    @property
    def donors(self) -> int:
        """How many provinces may be mixed."""
        return len(self.codes) - 1


@dataclass(frozen=True, eq=False)
class Comparison:
    """A design and an outcome."""

    design: str
    outcome: str
    settings: SyntheticDesign
    chosen: Effects


def weekly_times(settings: SyntheticDesign, chosen: Effects) -> tuple[pd.DatetimeIndex, int]:
    """Return the Mondays of a design, and how many lie before the change.

    Weeks after the change that do not count for cases are left out.
    """
    start = designs.first_week(pd.Timestamp(settings.after.start), chosen.majority_days)
    first = designs.first_week(pd.Timestamp(settings.before.start), designs.DAYS)
    low, high = chosen.counted_weeks.cases
    week = pd.Timedelta(days=designs.DAYS)
    before = pd.date_range(first, start - week, freq="7D", unit="s")
    after = pd.date_range(start + low * week, start + high * week, freq="7D", unit="s")
    return pd.DatetimeIndex([*before, *after]), len(before)


def series(
    tables: Tables, what: Comparison, donors: str = MAIN, offset: float | None = None
) -> Series:
    """Return DKI Jakarta and its donors.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
    what : Comparison
    donors : str
        ``main``; ``all_donors`` without the exclusions; ``without_psbb``.
    offset : float, optional
        Added to weekly cases before the logarithm; by default that of the configuration.

    Returns
    -------
    Series
        Donors with a gap are left out, and for cases those with few of them.
    """
    if what.outcome in CASES:
        frame, before = _cases(tables, what, what.chosen.log_offset if offset is None else offset)
        step = designs.DAYS
    else:
        frame, before, step = *_mobility(tables, what), 1
    out = _no_donors(tables, what.settings, donors)
    kept = frame.drop(index=[code for code in out if code in frame.index]).dropna()
    ordered = [DKI, *(code for code in kept.index if code != DKI)]
    values = kept.loc[ordered].to_numpy(dtype="float64")
    return Series(values, tuple(ordered), pd.DatetimeIndex(frame.columns), before, step)


def _no_donors(tables: Tables, settings: SyntheticDesign, donors: str) -> set[str]:
    """Return the provinces that are no donors."""
    if donors == "all_donors":
        return set()
    out = set(settings.left_out)
    if settings.without_psbb or donors == "without_psbb":
        covered = {*effect_panels.first_psbb_province(tables)}
        out |= (covered | effect_panels.partly_covered(tables)) - {DKI}
    return out


def _mobility(tables: Tables, what: Comparison) -> tuple[pd.DataFrame, int]:
    """Return mobility by province and day, and the days before."""
    before, after = what.settings.before, what.settings.after
    days = pd.date_range(before.start, after.end, unit="s")
    rows = tables[GOOGLE]
    rows = rows[rows["region_code"].str.fullmatch(r"\d\d") & rows["date"].isin(days)]
    wide = rows.pivot(index="region_code", columns="date", values=what.outcome)
    return wide.reindex(columns=days).astype("float64"), _days(before)


def _days(span: Span) -> int:
    """Return how many days a span has."""
    return (pd.Timestamp(span.end) - pd.Timestamp(span.start)).days + 1


def _cases(tables: Tables, what: Comparison, offset: float) -> tuple[pd.DataFrame, int]:
    """Return growth or log of weekly cases by province, and the weeks before."""
    times, before = weekly_times(what.settings, what.chosen)
    week = pd.Timedelta(days=designs.DAYS)
    span = Span(
        start=str((times[0] - week).date()), end=str((times[-1] + pd.Timedelta(days=6)).date())
    )
    cases = effect_panels.province_cases(tables, span).table
    enough = cases[times[:before]].mean(axis="columns") >= what.chosen.least_weekly_cases
    cases = cases[enough | (cases.index == DKI)]
    if what.outcome == "level":
        return cases.loc[:, list(times)].add(offset).map(np.log), before
    change = pd.DataFrame(
        designs.growth(cases.to_numpy(dtype="float64"), offset), cases.index, cases.columns[1:]
    )
    return change.loc[:, list(times)], before


def run(tables: Tables, what: Comparison) -> Outcome:
    """Return all estimates and checks of a comparison."""
    main = series(tables, what)
    if main.donors < FEWEST_DONORS or main.before < FEWEST_DONORS:
        return without_comparison(what, main)
    checks = [*counted_checks(what, main), *shown_numbers(what, main)]
    failed = " ".join(named(check) for check in checks if check["verdict"] == FAILED)
    rows = [*control_rows(what, main), *other_rows(tables, what, main)]
    for row in rows:
        row.update(failed_checks=failed, passed=not failed)
    return Outcome(rows, checks, [])


def without_comparison(what: Comparison, main: Series) -> Outcome:
    """Return the outcome where there is nothing to mix."""
    fewest = what.chosen.fewest_controls
    checks = [_check(what, "comparison", value=main.donors, limit=fewest, passed=False)]
    row = _frame(what, main, "synthetic_control", MAIN) | dict.fromkeys(
        ("estimate", "standard_error", "low", "high", "p_units", "smallest_p_units", "detectable"),
        np.nan,
    )
    row |= {"interval": "none", "p_kind": "none", "failed_checks": "comparison", "passed": False}
    return Outcome([row], checks, [])


def _frame(what: Comparison, data: Series, estimator: str, variant: str) -> Row:
    """Return a row without its numbers."""
    return {
        "design": what.design,
        "outcome": what.outcome,
        "estimator": estimator,
        "variant": variant,
        "units": len(data.codes),
        "treated": 1,
        # Each province decides for itself.
        "deciders": len(data.codes),
        "periods": len(data.times),
    }


def _placebo_numbers(placebos: synthetic.PlacebosInSpace) -> Row:
    """Return the numbers of a synthetic control with its placebos in space."""
    others = placebos.effects[1:]
    low, high = synthetic.effect_interval(placebos)
    return {
        "estimate": float(placebos.effects[0]),
        "standard_error": float(others.std()),
        "low": low,
        "high": high,
        "interval": "placebo",
        "detectable": detectable_by_permutation(others),
    } | _ranked(placebos.test.p_value, placebos.test.smallest)


def _ranked(p: float, smallest: float) -> Row:
    """Return p-values by rank among provinces, which are the deciders too."""
    return {
        "p_units": p,
        "smallest_p_units": smallest,
        "p_deciders": p,
        "smallest_p_deciders": smallest,
        "p_kind": "placebo",
    }


def control_rows(what: Comparison, main: Series) -> Iterator[Row]:
    """Yield the synthetic control with and without an intercept."""
    for variant, intercept in ((MAIN, True), ("levels", False)):
        placebos = synthetic.placebos_in_space(main.outcome, 0, main.before, intercept)
        yield _frame(what, main, "synthetic_control", variant) | _placebo_numbers(placebos)


def other_rows(tables: Tables, what: Comparison, main: Series) -> Iterator[Row]:
    """Yield the other estimators, donors and offsets."""
    yield _did_row(what, main)
    yield _plain_row(what, main)
    for donors in ("all_donors", "without_psbb"):
        data = series(tables, what, donors)
        if data.codes != main.codes and data.donors >= FEWEST_DONORS:
            yield _variant(what, data, donors)
    if what.outcome in CASES:
        for offset in what.chosen.other_offsets:
            yield _variant(what, series(tables, what, offset=offset), f"offset_{offset:g}")


def _variant(what: Comparison, data: Series, name: str) -> Row:
    """Return the main estimator on other data."""
    placebos = synthetic.placebos_in_space(data.outcome, 0, data.before, intercept=True)
    return _frame(what, data, "synthetic_control", name) | _placebo_numbers(placebos)


def _did_row(what: Comparison, main: Series) -> Row:
    """Return synthetic difference in differences, with the placebo error."""
    found = synthetic_did.synthetic_did(main.outcome, [0], main.before)
    placebos = synthetic_did.placebo_estimates(main.outcome, [0], main.before)
    error = placebos.standard_error
    rank = permutation_p(placebos.effects, found.effect, "two-sided")
    return (
        _frame(what, main, "synthetic_did", MAIN)
        | {
            "estimate": found.effect,
            "standard_error": error,
            "low": found.effect - NORMAL * error,
            "high": found.effect + NORMAL * error,
            "interval": "placebo_error",
            "detectable": detectable_by_permutation(placebos.effects),
        }
        | _ranked(rank.p_value, rank.smallest)
    )


def _plain_row(what: Comparison, main: Series) -> Row:
    """Return the plain difference in differences, with the donors as placebos."""
    estimate = synthetic_did.difference_in_differences(main.outcome, [0], main.before)
    before, after = main.outcome[:, : main.before], main.outcome[:, main.before :]
    change = after.mean(axis=1) - before.mean(axis=1)
    # DKI Jakarta alone was treated: the other assignments are those of each donor alone.
    test = randomisation_test(difference_in_means(change), np.arange(len(change)) == 0)
    error = float(test.others.std())
    return (
        _frame(what, main, "difference", MAIN)
        | {
            "estimate": estimate,
            "standard_error": error,
            "low": estimate - NORMAL * error,
            "high": estimate + NORMAL * error,
            "interval": "placebo_error",
            "detectable": detectable_by_permutation(test.others),
        }
        | _ranked(test.p_value, test.smallest_p)
    )


def _check(what: Comparison, name: str, **found: Any) -> Row:
    """Return a check; without `passed` it is a number that is only shown."""
    passed = found.pop("passed", None)
    row = _shown(what.design, what.outcome, name, **found)
    return row if passed is None else row | {"verdict": PASSED if passed else FAILED}


def _shown(design: str, outcome: str, name: str, **found: Any) -> Row:
    """Return a number that is only shown."""
    blank = dict.fromkeys(("value", "p", "limit"), np.nan)
    return {
        "design": design,
        "outcome": outcome,
        "check": name,
        "case": str(found.pop("case", "")),
        **blank,
        **{key: float(value) for key, value in found.items()},
        "verdict": SHOWN,
    }


def counted_checks(what: Comparison, main: Series) -> Iterator[Row]:
    """Yield the checks that a comparison must pass."""
    chosen = what.chosen
    fewest = chosen.fewest_controls
    yield _check(what, "comparison", value=main.donors, limit=fewest, passed=main.donors >= fewest)
    whole = synthetic.synthetic_control(main.outcome, 0, main.before, intercept=True)
    misfit, limit = whole.relative_fit, chosen.largest_misfit
    yield _check(what, "donors_span", value=misfit, limit=limit, passed=misfit <= limit)
    yield _check(what, "overfit", value=main.before, limit=main.donors, passed=not whole.overfitted)
    yield _placebo_date(what, main)
    without = synthetic.leave_one_out(main.outcome, 0, main.before, intercept=True)
    turned = designs.sign_turns([each.effect for each in without.values()], whole.effect)
    yield _check(what, "leave_one_donor", value=turned, limit=0, passed=turned == 0)


def _placebo_date(what: Comparison, main: Series) -> Row:
    """Pretend that the change came earlier, and rank the periods before it really came."""
    days = what.settings.placebo_days
    start = main.before - days // main.step
    if start < FEWEST_DONORS:
        return _check(what, "placebo_date", case=days, passed=False)
    before = main.outcome[:, : main.before]
    placebos = synthetic.placebos_in_space(before, 0, start, intercept=True)
    p, quiet = placebos.test.p_value, what.chosen.quiet_p
    effect = float(placebos.effects[0])
    return _check(what, "placebo_date", case=days, value=effect, p=p, limit=quiet, passed=p > quiet)


def shown_numbers(what: Comparison, main: Series) -> Iterator[Row]:
    """Yield what a reader should know and no rule counts."""
    levels = synthetic.synthetic_control(main.outcome, 0, main.before, intercept=False)
    yield _check(what, "donors_span_levels", value=levels.relative_fit)
    placebos = synthetic.placebos_in_space(main.outcome, 0, main.before, intercept=True)
    yield _check(what, "rank", value=placebos.test.rank, limit=len(main.codes))
    yield from _placebos_in_time(what, main)
    if main.step == 1:
        # Neighbouring days hang together: a week is nearer to one observation than a day.
        yield _check(what, "weeks_before", value=main.before // designs.DAYS, limit=main.donors)
        yield _ranked_check(what, "by_weeks", in_weeks(main))
        if what.settings.doubtful is not None:
            left = without(main, what.settings.doubtful)
            yield _ranked_check(what, "without_doubtful_days", left)
    yield from _other_placebos(what, main)


def in_weeks(data: Series) -> Series:
    """Return the means of seven days, counted from the change both ways; days left over go."""
    weeks = data.before // designs.DAYS, (len(data.times) - data.before) // designs.DAYS
    first, last = (
        data.before - weeks[0] * designs.DAYS,
        data.before + weeks[1] * designs.DAYS,
    )
    days = data.outcome[:, first:last].reshape(len(data.codes), sum(weeks), designs.DAYS)
    times = data.times[first : last : designs.DAYS]
    return Series(days.mean(axis=2), data.codes, times, weeks[0], designs.DAYS)


def without(data: Series, days: Span) -> Series:
    """Return a series without some of its days."""
    kept = ~data.times.to_series().between(pd.Timestamp(days.start), pd.Timestamp(days.end))
    mask = kept.to_numpy()
    before = int(mask[: data.before].sum())
    return Series(data.outcome[:, mask], data.codes, data.times[mask], before, data.step)


def _ranked_check(what: Comparison, name: str, data: Series, case: str = "") -> Row:
    """Return the effect on other data and its p by the main estimator, only shown."""
    placebos = synthetic.placebos_in_space(data.outcome, 0, data.before, intercept=True)
    effect = float(placebos.effects[0])
    return _check(what, name, case=case, value=effect, p=placebos.test.p_value)


def _other_placebos(what: Comparison, main: Series) -> Iterator[Row]:
    """Yield the effect and its p without each donor, and with placebos that DKI is no donor of.

    A donor that the mix for DKI Jakarta does not use is left out too: as a placebo, and as a donor
    of other placebos, it has a part in p all the same.
    """
    if main.donors <= FEWEST_DONORS:
        return
    for place, code in enumerate(main.codes[1:], start=1):
        rest = np.delete(main.outcome, place, axis=0)
        codes = tuple(each for each in main.codes if each != code)
        left = Series(rest, codes, main.times, main.before, main.step)
        yield _ranked_check(what, "without_donor", left, code)
    own = synthetic.synthetic_control(main.outcome, 0, main.before, intercept=True)
    others = synthetic.placebos_in_space(main.outcome[1:], 0, main.before, intercept=True)
    p = permutation_p(others.ratio, own.ratio).p_value
    yield _check(what, "placebos_without_treated", value=own.effect, p=p)


def family_checks(found: Mapping[tuple[str, str], Outcome]) -> Iterator[Row]:
    """Yield p by Holm 1979 over all places of each design that have an estimate; only shown.

    Parameters
    ----------
    found : mapping
        What came of every comparison, by design and outcome.

    Yields
    ------
    dict
        A check whose value is how many places there are.
    """
    rows = [
        row
        for (_, outcome), each in found.items()
        if outcome not in CASES
        for row in each.rows
        if (row["estimator"], row["variant"]) == ("synthetic_control", MAIN)
        and not np.isnan(row["p_units"])
    ]
    for design in dict.fromkeys(row["design"] for row in rows):
        family = [row for row in rows if row["design"] == design]
        adjusted = holm([row["p_units"] for row in family])
        for row, p in zip(family, adjusted, strict=True):
            yield _shown(design, row["outcome"], "family_holm", value=len(family), p=p)


def _placebos_in_time(what: Comparison, main: Series) -> Iterator[Row]:
    """Yield the effect at each week's pretended date, beside the size of the true one.

    The check on one pretended date ranks provinces; these show whether that date was chosen well.
    """
    whole = synthetic.synthetic_control(main.outcome, 0, main.before, intercept=True)
    starts = {
        days: main.before - days // main.step
        for days in range(designs.DAYS, what.settings.placebo_days + 1, designs.DAYS)
        if main.before - days // main.step >= FEWEST_DONORS
    }
    found = synthetic.placebos_in_time(
        main.outcome, 0, main.before, list(starts.values()), intercept=True
    )
    for days, control in zip(starts, found, strict=True):
        value, limit = control.effect, abs(whole.effect)
        yield _check(what, "placebo_in_time", case=days, value=value, limit=limit)


def paths(tables: Tables, what: Comparison) -> pd.DataFrame:
    """Return actual and synthetic outcomes of every province, taken in turn as the treated one.

    Returns
    -------
    pandas.DataFrame
        design, outcome, region_code, date, actual, synthetic, gap, weight (of the province in
        the mix for DKI Jakarta, the same on all its dates), after; empty where there is nothing
        to mix.
    """
    main = series(tables, what)
    if main.donors < FEWEST_DONORS or main.before < FEWEST_DONORS:
        return pd.DataFrame()
    placebos = synthetic.placebos_in_space(main.outcome, 0, main.before, intercept=True)
    count = len(main.times)
    return pd.DataFrame(
        {
            "design": what.design,
            "outcome": what.outcome,
            "region_code": np.repeat(main.codes, count),
            "date": np.tile(main.times, len(main.codes)),
            "actual": main.outcome.ravel(),
            "synthetic": (main.outcome - placebos.gaps).ravel(),
            "gap": placebos.gaps.ravel(),
            "weight": np.repeat(placebos.weights[0], count),
            "after": np.tile(np.arange(count) >= main.before, len(main.codes)),
        }
    )


def comparisons(chosen: Effects) -> Iterator[Comparison]:
    """Yield every design with every outcome."""
    for name, settings in chosen.synthetic.items():
        for outcome in (*chosen.mobility, *CASES):
            yield Comparison(name, outcome, settings, chosen)


def all_outcomes(tables: Tables, chosen: Effects) -> Mapping[tuple[str, str], Outcome]:
    """Return what came of every comparison, by design and outcome."""
    return {(each.design, each.outcome): run(tables, each) for each in comparisons(chosen)}
