"""Distributed lags: known effects, what is left out, and what the leads say."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from gotong.causal.distributed_lag import distributed_lag, shift
from gotong.causal.twfe import two_way_fixed_effects

NAN = np.nan
UNITS, PERIODS = 16, 30


def regressors(seed=1, count=2):
    """Return regressors that change from period to period."""
    return np.random.default_rng(seed).normal(size=(count, UNITS, PERIODS))


def lagged(x, effects):
    """Return the outcome of known effects by lag; what comes before the panel is zero."""
    y = np.zeros(x.shape)
    for lag, effect in enumerate(effects):
        y[:, lag:] += effect * x[:, : PERIODS - lag]
    return y


def test_value_of_some_periods_ago_is_missing_where_the_panel_ends():
    x = np.array([[1.0, 2, 3], [4, 5, 6]])
    assert_array_equal(shift(x, 1), [[NAN, 1, 2], [NAN, 4, 5]])
    assert_array_equal(shift(x, -2), [[3, NAN, NAN], [6, NAN, NAN]])
    assert_array_equal(shift(x, 0), x)
    assert np.isnan(shift(x, 5)).all()
    assert np.isnan(shift(x, -3)).all()


def test_known_effects_are_recovered_by_regressor_and_lag():
    x = regressors()
    y = lagged(x[0], [1, -2, 0.5]) + lagged(x[1], [0, 3, 0.25])
    # The first regressor also follows the outcome, by a period.
    y[:, :-1] += 4 * x[0, :, 1:]
    y = y + np.arange(UNITS)[:, None] + np.sqrt(np.arange(PERIODS))
    found = distributed_lag(y, x, lags=2, leads=1)
    assert found.lag.tolist() == [-1, 0, 1, 2]
    assert_allclose(found.effects, [[4, 1, -2, 0.5], [0, 0, 3, 0.25]], atol=1e-12)
    assert_allclose(found.standard_errors, 0, atol=1e-12)
    sums = found.cumulative().coefficients.reshape(2, 3)
    assert_allclose(sums, [[1, -1, -0.5], [0, 3, 3.25]], atol=1e-12)


def test_first_and_last_periods_are_those_without_lag_or_lead():
    x = regressors()
    y = np.random.default_rng(2).normal(size=(UNITS, PERIODS))
    assert distributed_lag(y, x, lags=3, leads=2).regression.observations == UNITS * (PERIODS - 5)
    by_hand = np.stack([x[0, :, 3:], x[0, :, 2:-1], x[0, :, 1:-2], x[0, :, :-3]])
    found = distributed_lag(y, x[0], lags=3).regression
    expected = two_way_fixed_effects(y[:, 3:], by_hand)
    assert_allclose(found.coefficients, expected.coefficients, rtol=1e-10)
    assert_allclose(found.covariance, expected.covariance, rtol=1e-10)


def test_missing_regressor_costs_each_cell_that_needs_it():
    x = regressors(count=1)
    y = np.random.default_rng(3).normal(size=(UNITS, PERIODS))
    x[0, 4, 15] = NAN
    found = distributed_lag(y, x, lags=2, leads=1).regression
    assert found.observations == UNITS * (PERIODS - 3) - 4


def test_cumulative_effect_of_lags_alone_is_the_coefficient_of_a_steady_regressor():
    """Sum of effects and its error come from one regression in which the sum is a coefficient."""
    x = regressors(count=1)
    y = np.random.default_rng(4).normal(size=(UNITS, PERIODS)).cumsum(axis=1)
    clusters = np.arange(UNITS) // 2
    total = distributed_lag(y, x, lags=2, clusters=clusters).cumulative()
    # b0 x0 + b1 x1 + b2 x2 = (b0 + b1 + b2) x2 + b0 (x0 - x1) + (b0 + b1) (x1 - x2)
    now, once, twice = shift(x[0], 0), shift(x[0], 1), shift(x[0], 2)
    turned = np.stack([now - once, once - twice, twice])
    expected = two_way_fixed_effects(y, turned, clusters)
    assert_allclose(total.coefficients, expected.coefficients, rtol=1e-9)
    assert_allclose(total.standard_errors, expected.standard_errors, rtol=1e-9)
    assert total.clusters == 8


def test_leads_see_an_outcome_that_moves_the_regressor():
    rng = np.random.default_rng(5)
    y = rng.normal(size=(UNITS, PERIODS))
    # The policy answers to last period's outcome and does nothing.
    answering = shift(y, 1) + 0.5 * rng.normal(size=y.shape)
    answering[:, 0] = 0
    reverse = distributed_lag(y, answering, lags=2, leads=2)
    assert reverse.leads_test().p_value < 1e-6
    assert reverse.leads_test().restrictions == 2
    assert reverse.leads_test() == reverse.regression.joint_test([0, 1])
    p_values = [
        distributed_lag(z, regressors(seed), lags=1, leads=1).leads_test().p_value
        for seed, z in enumerate(rng.normal(size=(200, UNITS, PERIODS)))
    ]
    assert stats.binomtest(sum(np.array(p_values) < 0.05), 200, 0.05).pvalue > 0.001


def test_without_leads_there_is_nothing_to_test():
    found = distributed_lag(np.random.default_rng(6).normal(size=(UNITS, PERIODS)), regressors(), 1)
    assert np.isnan(found.leads_test().p_value)
    assert found.leads_test().restrictions == 0


@pytest.mark.parametrize(
    ("x", "lags", "leads", "message"),
    [
        (np.zeros((2, 3)), -1, 0, "do not fit 3 periods"),
        (np.zeros((2, 3)), 0, -1, "do not fit 3 periods"),
        (np.zeros((2, 3)), 2, 1, "2 lags and 1 leads do not fit 3 periods"),
        (np.zeros(3), 0, 0, "not by units and periods"),
    ],
)
def test_impossible_lags_are_refused(x, lags, leads, message):
    with pytest.raises(ValueError, match=message):
        distributed_lag(np.zeros((2, 3)), x, lags, leads)
