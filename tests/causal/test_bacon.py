"""The Goodman-Bacon decomposition, against the regression it decomposes and by hand."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gotong.causal.bacon import bacon_decomposition
from gotong.causal.twfe import two_way_fixed_effects

NEVER = np.inf
FIRST = np.array([NEVER, NEVER, NEVER, 2, 2, 5, 5, 5, 5, 0, 0, 8])


def outcome(units=12, periods=10, seed=1):
    """Return a panel of random walks."""
    return np.random.default_rng(seed).normal(size=(units, periods)).cumsum(axis=1)


@given(
    st.lists(st.sampled_from([NEVER, 0, 1, 3, 4, 6]), min_size=4, max_size=15),
    st.integers(0, 10**6),
)
def test_weighted_comparisons_give_the_coefficient_of_the_regression(cohorts, seed):
    first = np.array([*cohorts, 2, 5])
    y = outcome(len(first), 7, seed)
    found = bacon_decomposition(y, first)
    regression = two_way_fixed_effects(y, np.arange(7) >= first[:, None])
    assert_allclose(found.coefficient, regression.coefficients[0], rtol=1e-9, atol=1e-12)
    assert_allclose(found.weight.sum(), 1, rtol=1e-12)
    assert (found.weight > 0).all()


def test_comparisons_are_those_of_two_cohorts_while_one_of_them_changes():
    y = outcome()
    found = bacon_decomposition(y, FIRST)
    pair = dict(zip(zip(found.treated, found.control, strict=True), found.estimate, strict=True))
    # Each cohort of 2, 5 and 8 with the four others.
    assert len(pair) == 12

    def change(units, before, after):
        return y[units, after].mean() - y[units, before].mean()

    early, late, never, always = slice(3, 5), slice(5, 9), slice(0, 3), slice(9, 11)
    start, middle, end = slice(0, 2), slice(2, 5), slice(5, 10)
    by_hand = {
        (5, NEVER): change(late, slice(0, 5), end) - change(never, slice(0, 5), end),
        (2, 5): change(early, start, middle) - change(late, start, middle),
        (5, 2): change(late, middle, end) - change(early, middle, end),
        (5, 0): change(late, slice(0, 5), end) - change(always, slice(0, 5), end),
    }
    for cohorts, estimate in by_hand.items():
        assert_allclose(pair[cohorts], estimate, rtol=1e-12)


def test_weights_are_shares_of_the_variance_of_treatment():
    found = bacon_decomposition(outcome(), FIRST)
    # Cohorts of 2 and 5: 2 units, 4 units; treated in 8 and 5 of 10 periods. Goodman-Bacon's
    # equations 10f and 10g, without the common factor.
    earlier = 6**2 * (1 - 0.5) ** 2 * (2 / 6 * 4 / 6) * (0.3 / 0.5) * (0.2 / 0.5)
    later = 6**2 * 0.8**2 * (2 / 6 * 4 / 6) * (0.5 / 0.8) * (0.3 / 0.8)
    weight = dict(zip(zip(found.treated, found.control, strict=True), found.weight, strict=True))
    assert_allclose(weight[2, 5] / weight[5, 2], earlier / later)


def test_kinds_say_who_is_the_control():
    found = bacon_decomposition(outcome(), FIRST)
    kinds = dict(zip(zip(found.treated, found.control, strict=True), found.kind, strict=True))
    assert kinds[2, NEVER] == "treated_vs_never"
    assert kinds[2, 5] == "earlier_vs_later"
    assert kinds[5, 2] == "later_vs_earlier"
    assert kinds[5, 0] == "later_vs_always"
    parts = found.by_kind()
    assert_allclose(sum(weight for weight, _ in parts.values()), 1)
    assert_allclose(sum(w * mean for w, mean in parts.values()), found.coefficient)


def test_growing_effects_bend_the_comparisons_with_treated_units_only():
    first = np.repeat([NEVER, 3, 6], 4)
    y = np.maximum(np.arange(10) - first[:, None] + 1, 0)
    parts = bacon_decomposition(y, first).by_kind()
    # The cohort of 6 rises to a mean of 2.5 in four periods; the control of 3 rises alike.
    assert parts["earlier_vs_later"][1] == 2
    assert parts["later_vs_earlier"][1] == 2.5 - (5.5 - 2)


def test_with_one_cohort_the_coefficient_is_one_comparison():
    first = np.repeat([NEVER, 4], [3, 2])
    found = bacon_decomposition(outcome(5), first)
    assert found.kind.tolist() == ["treated_vs_never"]
    assert found.weight.tolist() == [1]


def test_impossible_panels_are_refused():
    y = outcome()
    with pytest.raises(ValueError, match="nothing to compare"):
        bacon_decomposition(y, np.full(12, 4))
    with pytest.raises(ValueError, match="nothing to compare"):
        bacon_decomposition(y, np.repeat([0, NEVER], 6))
    with pytest.raises(ValueError, match="no unit is ever treated"):
        bacon_decomposition(y, np.full(12, NEVER))
    y[3, 4] = np.nan
    with pytest.raises(ValueError, match="unit 3 in period 4 is missing"):
        bacon_decomposition(y, FIRST)
    with pytest.raises(ValueError, match="units by periods"):
        bacon_decomposition(np.zeros((0, 4)), [])


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_comparisons_equal_those_of_diff_diff():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pytest.importorskip(
            "diff_diff", reason="diff-diff is in .venv-oracles: make oracles"
        )
    # It counts units that are treated throughout with those never treated, so these are left out.
    first = FIRST[FIRST > 0]
    y = outcome(len(first))
    table = pd.DataFrame(
        {
            "y": y.ravel(),
            "unit": np.repeat(np.arange(len(first)), 10),
            "period": np.tile(np.arange(1, 11), len(first)),
            "first": np.repeat(np.where(np.isinf(first), 0, first + 1), 10),
        }
    )
    columns = {"outcome": "y", "unit": "unit", "time": "period", "first_treat": "first"}
    theirs = peer.BaconDecomposition(weights="exact").fit(table, **columns).comparisons
    found = bacon_decomposition(y, first)
    assert len(theirs) == len(found.weight) == 9
    ours = dict(
        zip(
            zip(found.treated, found.control, strict=True),
            zip(found.weight, found.estimate, strict=True),
            strict=True,
        )
    )
    for comparison in theirs:
        control = comparison.control_group
        control = NEVER if control == "never_treated" else control - 1
        expected = comparison.weight, comparison.estimate
        assert_allclose(ours[comparison.treated_group - 1, control], expected, rtol=0, atol=1e-10)
