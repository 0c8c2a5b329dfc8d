"""Several outcomes: against worked examples, definitions and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from gotong.inference.multiplicity import holm, romano_wolf

probabilities = arrays("float64", st.integers(1, 8), elements=st.floats(0, 1))


def test_holm_by_hand():
    assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    assert_array_equal(holm([0.9, 0.8]), [1, 1])


@given(probabilities)
def test_holm_lies_between_the_raw_and_the_bonferroni_value(p):
    found = holm(p)
    assert (found >= p).all()
    assert (found <= np.minimum(1, p.size * p)).all()


@given(probabilities, st.floats(0.01, 0.5))
def test_holm_rejects_what_the_stepwise_rule_rejects(p, alpha):
    rejected = np.zeros(p.size, dtype=bool)
    for step, place in enumerate(np.argsort(p)):
        if p[place] * (p.size - step) > alpha:
            break
        rejected[place] = True
    assert_array_equal(holm(p) <= alpha, rejected)


def step_down(t, t_star):
    """Return adjusted p-values by the words of the algorithm."""
    left, adjusted, previous = list(range(len(t))), [0.0] * len(t), 0.0
    while left:
        top = max(left, key=lambda test: abs(t[test]))
        count = sum(max(abs(row[test]) for test in left) >= abs(t[top]) for row in t_star)
        previous = max(previous, (1 + count) / (1 + len(t_star)))
        adjusted[top] = previous
        left.remove(top)
    return adjusted


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_romano_wolf_is_the_algorithm_step_by_step(seed, tests):
    rng = np.random.default_rng(seed)
    t, t_star = 2 * rng.normal(size=tests), rng.normal(size=(40, tests))
    assert_allclose(romano_wolf(t, t_star), step_down(t, t_star))


def test_one_test_needs_no_adjustment_and_copies_of_it_cost_nothing():
    t_star = np.random.default_rng(1).normal(size=(199, 1))
    single = romano_wolf([1.5], t_star)
    assert single == (1 + (np.abs(t_star) >= 1.5).sum()) / 200
    assert_array_equal(romano_wolf([1.5, -1.5], np.hstack([t_star, -t_star])), [*single, *single])


def test_the_family_is_rejected_as_often_as_stated():
    rng = np.random.default_rng(2)
    correlated = rng.normal(size=(400, 200, 1)) + rng.normal(size=(400, 200, 4))
    smallest = [romano_wolf(sample[0], sample[1:]).min() for sample in correlated]
    assert np.mean(np.array(smallest) <= 0.1) == pytest.approx(0.1, abs=0.04)


def test_faults():
    with pytest.raises(ValueError, match="0 to 1"):
        holm([0.5, 1.1])
    with pytest.raises(ValueError, match="0 to 1"):
        holm([np.nan])
    with pytest.raises(ValueError, match="does not fit"):
        romano_wolf([1, 2], [[1, 2, 3]])
    with pytest.raises(ValueError, match="missing"):
        romano_wolf([1, 2], [[1, np.nan]])
