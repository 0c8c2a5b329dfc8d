"""Contrasts and tests by reassignment, against sums by hand and the published estimator."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from gotong.analyses import designs
from gotong.analyses.designs import Panel, Specification
from gotong.causal.group_time import aggregate, group_time_effects

NEVER = np.inf


def panel(outcome, first, deciders=None):
    outcome, first = np.asarray(outcome, dtype=float), np.asarray(first, dtype=float)
    units = tuple(f"u{number}" for number in range(len(outcome)))
    weeks = pd.date_range("2020-04-06", periods=outcome.shape[1], freq="7D", unit="s")
    return Panel(outcome, first, units, tuple(deciders or units), weeks)


def noise(units, weeks, seed=0):
    return np.random.default_rng(seed).normal(size=(units, weeks))


def read(chosen, how, draws=499):
    return designs.reading(chosen, how, np.random.default_rng(7), draws)


MIXED = panel(noise(12, 9), [3, 3, 3, 5, 5, 7, *[NEVER] * 6])


@pytest.mark.parametrize("control", ["never", "not_yet"])
def test_against_the_last_week_it_is_the_estimator_of_callaway_and_santanna(control):
    found = read(MIXED, Specification(control, "last", (0, 3)))
    result = group_time_effects(MIXED.outcome, MIXED.first, control, "universal")
    dynamic = aggregate(result, "dynamic")
    np.testing.assert_array_equal(found.since, dynamic.label)
    np.testing.assert_allclose(found.path, dynamic.estimates.effects, atol=1e-12)
    counted = (dynamic.label >= 0) & (dynamic.label <= 3)
    assert found.estimate == pytest.approx(dynamic.estimates.effects[counted].mean())


def test_against_the_mean_it_is_a_difference_of_differences_of_means():
    y = np.array([[1, 3, 5, 10, 12], [2, 2, 2, 4, 4], [0, 2, 4, 5, 7]])
    found = read(panel(y, [3, NEVER, NEVER]), Specification("never", "mean", (1, 1)))
    # Treated: 12 - 3 = 9. Controls: (4 - 2 + 7 - 2) / 2 = 3.5.
    assert found.estimate == pytest.approx(5.5)
    assert found.path[found.since == 0] == pytest.approx(10 - 3 - (2 + 3) / 2)
    assert found.path[found.since < 0].sum() == pytest.approx(0)


def test_a_pretended_date_looks_at_no_week_under_the_rule():
    outcome = noise(12, 9)
    spoilt = outcome + 100 * (np.arange(9) >= MIXED.first[:, None])
    how = Specification("never", "mean", (0, 1), earlier=2)
    clean, shifted = (designs.estimate(panel(y, MIXED.first), how) for y in (outcome, spoilt))
    assert shifted == pytest.approx(clean)


def test_skipped_weeks_are_neither_base_nor_effect():
    how = Specification("never", "last", (1, 3), skip=frozenset({-1, 2}))
    spoilt = MIXED.outcome.copy()
    for unit, first in enumerate(MIXED.first):
        if np.isfinite(first):
            spoilt[unit, int(first) - 1] += 50
            if first + 2 < 9:
                spoilt[unit, int(first) + 2] += 50
    found = [designs.estimate(panel(y, MIXED.first), how) for y in (MIXED.outcome, spoilt)]
    assert found[0] == pytest.approx(found[1])


def test_without_controls_there_is_no_estimate():
    everyone = panel(noise(4, 6), [3, 3, 3, 3])
    with pytest.raises(ValueError, match="no week after adoption"):
        designs.estimate(everyone, Specification("not_yet", "mean", (0, 2)))


def brute_force(chosen, how):
    """Return the estimate under each other assignment, one by one."""
    seen = {tuple(chosen.first)}
    for order in permutations(chosen.first):
        if order not in seen:
            seen.add(order)
            yield designs.estimate(panel(chosen.outcome, order), how)


def test_reassignments_are_all_tried_and_the_interval_holds_what_they_do_not_reject():
    small = panel(noise(7, 7, seed=3), [3, 3, *[NEVER] * 5])
    how = Specification("never", "mean", (0, 2))
    found = read(small, how)
    others = sorted(brute_force(small, how))
    assert found.listed
    assert len(others) == 20
    np.testing.assert_allclose(np.sort(found.others), others, atol=1e-12)
    as_large = sum(abs(other) >= abs(found.estimate) - 1e-12 for other in others)
    assert found.p_value == pytest.approx((1 + as_large) / 21)
    low, high = found.interval()

    def rejected(effect):
        under = np.arange(7) >= small.first[:, None]
        left = read(panel(small.outcome - effect * under, small.first), how)
        return left.p_value <= 0.05

    assert low < found.estimate < high
    assert not rejected(low + 1e-6)
    assert not rejected(high - 1e-6)
    assert rejected(low - 1e-6)
    assert rejected(high + 1e-6)


def test_a_mirrored_assignment_ties_with_the_true_one_whatever_the_effect():
    halves = panel(noise(6, 7), [3, 3, 3, NEVER, NEVER, NEVER])
    found = read(halves, Specification("never", "mean", (0, 2)))
    assert found.smallest_p == pytest.approx(2 / 20)
    assert found.interval() == (-np.inf, np.inf)


def test_too_few_assignments_bound_nothing():
    tiny = panel(noise(4, 6), [3, 3, NEVER, NEVER])
    assert read(tiny, Specification("never", "mean", (0, 2))).interval() == (-np.inf, np.inf)


def test_whole_decisions_are_exchanged():
    groups = ["a", "a", "b", "c", "c", "c"]
    chosen = panel(noise(6, 7, seed=5), [3, 3, 4, NEVER, NEVER, NEVER], groups)
    how = Specification("not_yet", "mean", (0, 1))
    p, smallest = designs.by_deciders(chosen, how)
    place = np.array([0, 0, 1, 2, 2, 2])
    others = [
        designs.estimate(panel(chosen.outcome, np.array(order)[place]), how)
        for order in permutations([3, 4, NEVER])
    ]
    seen = designs.estimate(chosen, how)
    assert smallest == pytest.approx(1 / 6)
    assert p == pytest.approx(sum(abs(other) >= abs(seen) - 1e-12 for other in others) / 6)


def test_a_decision_that_divides_its_regions_cannot_be_exchanged():
    chosen = panel(noise(4, 6), [3, NEVER, 3, NEVER], ["a", "a", "b", "b"])
    assert designs.by_deciders(chosen, Specification("never", "mean", (0, 2))) == (1.0, 1.0)


def test_leave_one_out_names_the_region_that_decides():
    outcome = np.zeros((6, 6))
    outcome[0, 3:] = 30
    outcome[1:3, 3:] = -1
    chosen = panel(outcome, [3, 3, 3, NEVER, NEVER, NEVER])
    how = Specification("never", "last", (0, 2))
    found = designs.without_each_unit(chosen, how)
    assert found["u0"] == pytest.approx(-1)
    assert designs.sign_turns(list(found.values()), designs.estimate(chosen, how)) == 1


def test_leave_one_week_names_the_week_that_decides():
    outcome = np.zeros((4, 6))
    outcome[:2, 3:] = [9, -1, -1]
    chosen = panel(outcome, [3, 3, NEVER, NEVER])
    found = designs.without_each_week(chosen, Specification("never", "last", (0, 2)))
    assert [week for week, value in found.items() if value < 0] == [0]


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2020-04-15", "2020-04-13"),  # Wednesday: five days of its week
        ("2020-04-16", "2020-04-13"),  # Thursday: four
        ("2020-06-05", "2020-06-08"),  # Friday: three
        ("2020-09-14", "2020-09-14"),
        ("2021-01-26", "2021-01-25"),
    ],
)
def test_a_week_belongs_to_the_rule_of_most_of_its_days(day, monday):
    assert designs.first_week(pd.Timestamp(day), 4) == pd.Timestamp(monday)


def test_growth_is_per_day():
    found = designs.growth(np.array([[1.0, 3.0, 3.0]]), 1)
    np.testing.assert_allclose(found, [[np.log(2) / 7, 0]])


def test_standardised_difference_and_common_support_by_hand():
    values = np.array([1.0, 3.0, 5.0, 2.0, 4.0, 9.0])
    treated = np.array([True, True, True, False, False, False])
    # Means 3 and 5, variances 4 and 13.
    assert designs.standardised_difference(values, treated) == pytest.approx(-2 / np.sqrt(8.5))
    kept = designs.common_support(values, treated)
    assert kept.tolist() == [False, True, True, True, True, False]
