"""Effective units: exact cases, by hand, and what simulated neighbours do to chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import pearsonr

from gotong.inference.association import rank_association, rank_scores
from gotong.inference.neighbours import (
    FEWEST_PAIRS,
    NO_CLASS,
    correlation_p,
    effective_units,
    pair_classes,
)


def apart(count, seed=0):
    points = np.random.default_rng(seed).normal(size=(count, 2))
    return np.linalg.norm(points[:, None] - points, axis=2)


# Classes


def test_pairs_of_a_group_are_a_class_and_distance_parts_the_others():
    distance, groups = apart(30), np.repeat(np.arange(6), 5)
    classes = pair_classes(distance, groups)
    own = np.equal.outer(groups, groups) & ~np.eye(30, dtype=bool)
    assert (classes[own] == 0).all()
    assert (np.diag(classes) == NO_CLASS).all()
    far = ~own & ~np.eye(30, dtype=bool)
    # 30 x 25 / 2 = 375 pairs in classes of at least 40, of equal size.
    sizes = np.bincount(classes[far]) // 2
    assert sizes[0] == 0
    assert len(sizes[1:]) == 8
    assert sizes[1:].min() >= FEWEST_PAIRS
    assert np.ptp(sizes[1:]) <= 1
    furthest = [distance[classes == number].max() for number in range(1, 9)]
    nearest = [distance[classes == number].min() for number in range(1, 9)]
    assert (np.array(nearest[1:]) >= furthest[:-1]).all()


def test_pairs_across_strata_are_never_compared():
    strata = np.repeat([0, 1], [12, 20])
    classes = pair_classes(apart(32), strata=strata)
    assert (classes[~np.equal.outer(strata, strata)] == NO_CLASS).all()
    inside = np.equal.outer(strata, strata) & ~np.eye(32, dtype=bool)
    assert set(np.unique(classes[inside])) == set(range((66 + 190) // FEWEST_PAIRS))


def test_too_few_pairs_make_no_class():
    assert (pair_classes(apart(8)) == NO_CLASS).all()


@pytest.mark.parametrize(
    ("distance", "groups", "strata"),
    [
        (np.zeros(3), None, None),
        (np.zeros((2, 3)), None, None),
        (np.array([[0.0, 1], [2, 0]]), None, None),
        (np.array([[0.0, np.nan], [np.nan, 0]]), None, None),
        (apart(3), [1, 2], None),
        (apart(3), None, [1, 2]),
    ],
)
def test_what_does_not_fit_is_refused(distance, groups, strata):
    with pytest.raises(ValueError, match=r"shape|do not fit"):
        pair_classes(distance, groups, strata)


# Effective units


@given(st.integers(3, 12), st.integers(2, 6), st.integers(0, 999))
def test_regions_that_are_wholly_alike_in_groups_are_worth_as_many_as_groups(groups, size, seed):
    labels = np.repeat(np.arange(groups), size)
    x, y = np.random.default_rng(seed).normal(size=(2, groups))[:, labels]
    classes = np.where(np.equal.outer(labels, labels), 0, 1)
    np.fill_diagonal(classes, NO_CLASS)
    # Every pair of a group has the covariance of a region with itself, all others that which
    # makes the scores sum to 0: the variance of the correlation is 1 / (groups - 1) exactly.
    found = effective_units(x - x.mean(), y - y.mean(), classes)
    assert found == pytest.approx(groups, rel=1e-9)


def test_the_variance_is_the_sum_over_all_pairs_by_hand():
    rng = np.random.default_rng(5)
    smooth = np.linalg.cholesky(np.exp(-apart(20) / 4) + 1e-9 * np.eye(20))
    x, y = (rank_scores(smooth @ rng.normal(size=20)) for _ in range(2))
    classes = pair_classes(apart(20))
    total = 20 * (x @ x / 20) * (y @ y / 20)
    for number in range(classes.max() + 1):
        pairs = [(i, j) for i in range(20) for j in range(20) if classes[i, j] == number]
        likeness = [sum(z[i] * z[j] for i, j in pairs) / len(pairs) for z in (x, y)]
        total += len(pairs) * likeness[0] * likeness[1]
    variance = total / (20**2 * (x @ x / 20) * (y @ y / 20))
    assert effective_units(x, y, classes) == pytest.approx(min(20, 1 + 1 / variance))
    assert effective_units(x, y, classes) < 20


@given(st.integers(10, 40), st.integers(0, 999))
def test_there_are_never_more_than_regions(count, seed):
    x, y = np.random.default_rng(seed).normal(size=(2, count))
    assert 1 <= effective_units(x - x.mean(), y - y.mean(), pair_classes(apart(count))) <= count


def test_without_pairs_every_region_counts():
    x = np.arange(5.0) - 2
    assert effective_units(x, x[::-1], pair_classes(apart(5))) == 5


# The test


@pytest.mark.parametrize("count", [5, 20, 62])
def test_independent_regions_have_the_p_of_pearson(count):
    x, y = np.random.default_rng(count).normal(size=(2, count))
    expected = pearsonr(x, y)
    assert correlation_p(float(expected.statistic), count) == pytest.approx(float(expected.pvalue))


def test_each_further_stratum_costs_a_region():
    assert correlation_p(0.4, 21, strata=2) == pytest.approx(correlation_p(0.4, 20))
    assert correlation_p(0.4, 12) > correlation_p(0.4, 20)


def test_the_ends_of_p():
    assert correlation_p(0.9, 2) == 1
    assert correlation_p(0.9, 1.5) == 1
    assert correlation_p(1.0, 10) == 0
    assert correlation_p(-1.0, 10) == 0


# In an association


def test_neighbours_make_interval_and_p_larger_and_leave_the_estimate():
    labels = np.repeat(np.arange(7), [10, 6, 4, 5, 6, 1, 2])
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(2, 7))[:, labels] + 0.3 * rng.normal(size=(2, 34))
    pairs = pair_classes(apart(34, 1), labels)
    plain = rank_association(x, y, np.random.default_rng(0), draws=499)
    found = rank_association(x, y, np.random.default_rng(0), pairs=pairs, draws=499)
    assert found.estimate == plain.estimate
    assert found.units == plain.units == plain.effective == 34
    assert found.effective < 15
    assert found.low < plain.low < plain.high < found.high
    assert found.p_value > plain.p_value
    assert found.detectable > plain.detectable


def test_false_alarms_among_neighbours_are_as_rare_as_promised():
    labels = np.repeat(np.arange(7), [10, 6, 4, 5, 6, 1, 2])
    pairs = pair_classes(apart(34, 1), labels)
    rng = np.random.default_rng(11)
    alarms = []
    for _ in range(400):
        x, y = rng.normal(size=(2, 7))[:, labels] + rng.normal(size=(2, 34))
        x, y = rank_scores(x), rank_scores(y)
        estimate = float(x @ y / np.sqrt((x @ x) * (y @ y)))
        alarms.append(
            [correlation_p(estimate, units) <= 0.10 for units in (34, effective_units(x, y, pairs))]
        )
    naive, allowed = np.mean(alarms, axis=0)
    # Four standard errors of a share of 0.1 in 400 are 0.06.
    assert allowed < 0.16
    assert naive > 0.18
    assert_allclose(allowed, 0.09, atol=0.06)
