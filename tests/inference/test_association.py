"""Rank correlations: known values, exact lists, and what must not change them."""

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import spearmanr

from gotong.inference.association import (
    fisher_interval,
    leave_one_out,
    partial_rank_correlation,
    rank_association,
    rank_correlation,
    rank_scores,
)

X = np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0])
Y = np.array([2.0, 7.0, 1.0, 8.0, 2.5, 8.5, 0.5])


def rng():
    return np.random.default_rng(1)


def test_one_stratum_is_spearman():
    assert rank_correlation(X, Y) == pytest.approx(spearmanr(X, Y).statistic, abs=1e-12)


def test_ties_take_the_middle_rank():
    tied = np.array([1.0, 1.0, 2.0, 3.0])
    # Ranks 1.5, 1.5, 3, 4 over 5, less one half.
    np.testing.assert_allclose(rank_scores(tied), [-0.2, -0.2, 0.1, 0.3])
    other = np.array([4.0, 3.0, 2.0, 1.0])
    assert rank_correlation(tied, other) == pytest.approx(spearmanr(tied, other).statistic)


def test_levels_of_strata_do_not_matter():
    strata = np.array(["a"] * 4 + ["b"] * 3)
    shifted = np.where(strata == "a", Y * 1000 + 5, Y)
    assert rank_correlation(X, shifted, strata) == rank_correlation(X, Y, strata)


def test_strata_of_opposite_order_cancel():
    x = np.array([1.0, 2, 3, 1, 2, 3])
    y = np.array([1.0, 2, 3, 3, 2, 1])
    strata = np.array([0, 0, 0, 1, 1, 1])
    assert rank_correlation(x, y, strata) == pytest.approx(0)
    # Without strata a difference in level alone would make an association.
    assert rank_correlation(x + 10 * strata, y + 10 * strata) > 0.6


def test_a_property_without_spread_has_no_correlation():
    assert np.isnan(rank_correlation(np.ones(5), X[:5]))
    with pytest.raises(ValueError, match="has no order"):
        rank_association(np.ones(5), X[:5], rng())


def test_the_partial_correlation_is_that_of_residuals():
    given = np.array([1.0, 2.0, 2.5, 4.0, 5.0, 0.5, 7.0])
    ranks = [rank_scores(values) for values in (X, Y, given)]
    left = [ranks[k] - ranks[2] * (ranks[k] @ ranks[2]) / (ranks[2] @ ranks[2]) for k in (0, 1)]
    expected = left[0] @ left[1] / np.sqrt((left[0] @ left[0]) * (left[1] @ left[1]))
    assert partial_rank_correlation(X, Y, given) == pytest.approx(expected)
    assert np.isnan(partial_rank_correlation(X, Y, X))


def test_each_unit_is_left_out_in_turn():
    found = leave_one_out(X, Y)
    expected = [spearmanr(np.delete(X, k), np.delete(Y, k)).statistic for k in range(7)]
    np.testing.assert_allclose(found, expected)


def test_few_units_are_all_arranged_and_the_p_is_exact():
    x, y = X[:5], Y[:5]
    every = [abs(spearmanr(order, y).statistic) for order in permutations(x)]
    seen = abs(spearmanr(x, y).statistic)
    expected = sum(value >= seen - 1e-9 for value in every) / len(every)
    found = rank_association(x, y, rng())
    assert found.p_value == pytest.approx(expected)
    assert found.smallest_p == pytest.approx(1 / 120)


def test_many_units_are_drawn_and_the_seed_decides():
    generator = np.random.default_rng(7)
    x = generator.normal(size=30)
    y = x + 0.3 * generator.normal(size=30)
    one, two = (rank_association(x, y, rng(), draws=499) for _ in range(2))
    assert one == two
    assert one.p_value == one.smallest_p == 1 / 500
    assert rank_association(x, generator.normal(size=30), rng(), draws=499).p_value > 0.01


def test_values_change_places_within_strata_only():
    # In each stratum two units whose order agrees: only 4 arrangements, half as extreme.
    x, y = np.array([1.0, 2, 1, 2]), np.array([1.0, 2, 1, 2])
    found = rank_association(x, y, rng(), np.array([0, 0, 1, 1]), draws=4000)
    assert found.p_value == pytest.approx(0.5, abs=0.03)


def test_the_interval_is_that_of_bonett_and_wright():
    # By hand: r = 0.5, n = 28: atanh(0.5) -+ 1.96 * sqrt(1.125 / 25).
    margin = 1.959963984540054 * np.sqrt(1.125 / 25)
    low, high = fisher_interval(0.5, 28)
    assert (low, high) == pytest.approx(
        (np.tanh(np.arctanh(0.5) - margin), np.tanh(np.arctanh(0.5) + margin))
    )


def test_each_further_stratum_costs_a_degree_of_freedom():
    assert fisher_interval(0.3, 30, strata=2) == fisher_interval(0.3, 29)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    generator = np.random.default_rng(3)
    x = generator.normal(size=(400, 40))
    y = 0.6 * x + 0.8 * generator.normal(size=(400, 40))
    truth = 6 / np.pi * np.arcsin(0.6 / 2)
    held = [
        low < truth < high
        for a, b in zip(x, y, strict=True)
        for low, high in [fisher_interval(rank_correlation(a, b), 40)]
    ]
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.parametrize(("estimate", "units"), [(1.0, 20), (-1.0, 20), (1.0, 3)])
def test_no_interval_where_there_is_none(estimate, units):
    assert np.isnan(fisher_interval(estimate, units)).all()


@pytest.mark.parametrize("units", [3, 3.9, 1.2])
def test_too_few_units_say_nothing(units):
    assert fisher_interval(0.2, units) == (-1, 1)


def test_missing_values_and_wrong_lengths_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        rank_correlation([1.0, np.nan, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="do not fit"):
        rank_correlation(X, Y, np.zeros(3))
    with pytest.raises(ValueError, match="cannot be paired"):
        rank_correlation(X, Y[:5])
