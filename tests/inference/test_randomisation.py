"""Randomisation inference: against listing by hand, and against refits."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import mannwhitneyu

from gotong.inference import randomisation as ri


def dummies(units, periods):
    unit, period = np.repeat(np.eye(units), periods, axis=0), np.tile(np.eye(periods), (units, 1))
    return np.column_stack([unit, period[:, 1:]])


# Arrangements


@pytest.mark.parametrize("treatment", [[0, 1, 1, 0, 0], [2, 0, 1, 1], [0.5, 0.5], ["a", "b", "c"]])
def test_every_other_arrangement_is_listed_once(treatment):
    found, listed = ri.other_arrangements(treatment)
    expected = {tuple(order) for order in permutations(treatment)} - {tuple(treatment)}
    rows = [tuple(row) for row in found.tolist()]
    assert listed
    assert len(rows) == len(set(rows)) == ri.count_arrangements(treatment) - 1
    assert set(rows) == expected


def test_many_arrangements_are_drawn_with_the_same_treatments():
    treatment = np.repeat([0, 1, 2], 10)
    found, listed = ri.other_arrangements(treatment, np.random.default_rng(1), draws=50)
    again, _ = ri.other_arrangements(treatment, np.random.default_rng(1), draws=50)
    assert not listed
    assert_array_equal(np.sort(found, axis=1), np.broadcast_to(treatment, (50, 30)))
    assert_array_equal(found, again)
    assert (found[0] != found[1]).any()


def test_treatments_of_drawn_arrangements_reach_every_unit_alike():
    treatment = np.repeat([0, 1], [24, 6])
    found, _ = ri.other_arrangements(treatment, np.random.default_rng(2), draws=20_000)
    assert_allclose(found.mean(axis=0), 0.2, atol=0.02)


def test_too_many_to_list_need_a_generator():
    with pytest.raises(ValueError, match="generator"):
        ri.other_arrangements(np.repeat([0, 1], 15))
    with pytest.raises(ValueError, match="1 draw"):
        ri.other_arrangements(np.repeat([0, 1], 15), np.random.default_rng(1), draws=0)


# Test


def test_exact_p_by_hand():
    # Of six pairs of treated units, only units 3 and 4 have a mean as high as theirs; the pair
    # of the other two mirrors it.
    statistic = ri.difference_in_means([1.0, 2, 3, 5])
    two_sided = ri.randomisation_test(statistic, [0, 0, 1, 1])
    assert two_sided.observed == 4 - 1.5
    assert two_sided.listed
    assert two_sided.others.size == 5
    assert two_sided.p_value == 2 / 6
    one_sided = ri.randomisation_test(statistic, [0, 0, 1, 1], alternative="greater")
    assert one_sided.p_value == one_sided.smallest_p == 1 / 6


def test_units_of_one_decider_change_together():
    outcome = [5.0, 6, 7, 1, 2, 3]
    statistic = ri.difference_in_means(outcome)
    by_unit = ri.randomisation_test(statistic, [1, 1, 1, 0, 0, 0], alternative="greater")
    by_decider = ri.randomisation_test(
        statistic, [1, 1, 1, 0, 0, 0], ["A", "A", "A", "B", "C", "C"], alternative="greater"
    )
    assert by_unit.p_value == 1 / 20
    # Had B or C decided so instead of A: differences of 1 - 23 / 5 and 2.5 - 19 / 4.
    assert_allclose(np.sort(by_decider.others), [1 - 23 / 5, 2.5 - 19 / 4])
    assert by_decider.p_value == by_decider.smallest_p == 1 / 3


def test_drawn_p_counts_the_observed_arrangement_too():
    outcome = np.random.default_rng(4).normal(size=30)
    statistic = ri.difference_in_means(outcome)
    treatment = np.repeat([0, 1], [22, 8])
    drawn = ri.randomisation_test(statistic, treatment, rng=np.random.default_rng(5), draws=999)
    assert not drawn.listed
    assert drawn.smallest_p == 1 / 1000
    # A draw may be the observed arrangement, whose statistic then differs by rounding.
    count = (np.abs(drawn.others) >= abs(drawn.observed) - 1e-12).sum()
    assert drawn.p_value == (1 + count) / 1000


def test_drawn_p_is_that_of_a_rank_sum_test():
    # With ranks as outcomes the test is Wilcoxon's; scipy has its normal approximation.
    outcome = np.random.default_rng(6).permutation(40).astype(float)
    treatment = np.repeat([0, 1], [25, 15])
    drawn = ri.randomisation_test(
        ri.difference_in_means(outcome), treatment, rng=np.random.default_rng(7), draws=20_000
    )
    expected = mannwhitneyu(outcome[treatment == 1], outcome[treatment == 0]).pvalue
    assert_allclose(drawn.p_value, expected, atol=0.015)


def test_p_is_uniform_when_nothing_depends_on_the_treatment():
    # Over all arrangements of the treatment, each p-value up to a level comes up that often.
    outcome = np.random.default_rng(6).normal(size=7)
    statistic = ri.difference_in_means(outcome)
    treatment = [1, 1, 1, 0, 0, 0, 0]
    others, _ = ri.other_arrangements(treatment)
    every = np.vstack([others, [treatment]])
    p = [ri.randomisation_test(statistic, row, alternative="less").p_value for row in every]
    assert_allclose(np.sort(p), np.arange(1, 36) / 35)


def test_faults():
    statistic = ri.difference_in_means([1.0, 2, 3, 4])
    with pytest.raises(ValueError, match="one decider differ"):
        ri.randomisation_test(statistic, [0, 1, 1, 1], ["A", "A", "B", "B"])
    with pytest.raises(ValueError, match="treated alike"):
        ri.randomisation_test(statistic, [1, 1, 1, 1], alternative="less")
    with pytest.raises(ValueError, match="do not fit"):
        ri.randomisation_test(statistic, [1, 1, 0, 0], ["A", "B"])


# Slope of a panel


def test_slope_is_that_of_a_regression_with_dummies_for_every_arrangement():
    rng = np.random.default_rng(7)
    units, periods = 5, 8
    outcomes = rng.normal(size=(units, periods))
    # Never, from period 5, from period 3.
    paths = np.array([np.zeros(periods), np.arange(periods) >= 5, np.arange(periods) >= 3])
    treatment = np.array([0, 0, 1, 1, 2])
    others, _ = ri.other_arrangements(treatment)
    found = ri.panel_slope(outcomes, paths)(others)
    for slope, row in zip(found, others, strict=True):
        design = np.column_stack([paths[row].ravel(), dummies(units, periods)])
        expected = np.linalg.lstsq(design, outcomes.ravel(), rcond=None)[0][0]
        assert_allclose(slope, expected, atol=1e-12)


def test_slope_allows_deciders_of_different_size():
    rng = np.random.default_rng(8)
    outcomes = rng.normal(size=(6, 4))
    paths = np.array([[0, 0, 0, 0], [0, 0, 1, 1.0]])
    found = ri.randomisation_test(
        ri.panel_slope(outcomes, paths), [1, 1, 1, 0, 0, 0], ["A", "A", "A", "B", "C", "C"]
    )
    change = outcomes[:, 2:].mean(axis=1) - outcomes[:, :2].mean(axis=1)
    expected = [
        change[chosen].mean() - np.delete(change, chosen).mean() for chosen in ([3], [4, 5])
    ]
    assert_allclose(np.sort(found.others), np.sort(expected))


def test_slope_needs_a_full_panel():
    with pytest.raises(ValueError, match="balanced"):
        ri.panel_slope([[1, np.nan], [1, 2]], [[0, 0], [0, 1]])
    with pytest.raises(ValueError, match="do not fit"):
        ri.panel_slope([[1, 2, 3], [1, 2, 4]], [[0, 0], [0, 1]])
