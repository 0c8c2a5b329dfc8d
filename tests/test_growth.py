"""Growth with intervals: against a brute-force regression, by hand, by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm, t

from gotong import growth

NAN = np.nan
WEEKS = arrays("int64", 21, elements=st.integers(1, 300))


def regression(counts, weekdays, lags):
    """Return growth, variance and dispersion by Newton's method on all coefficients at once."""
    days = len(counts)
    day = np.arange(days)
    levels = np.eye(7)[day % 7] if weekdays else np.ones((days, 1))
    levels = levels[:, levels.T @ counts > 0]
    keep = levels.any(axis=1)
    x = np.column_stack([day - day.mean(), levels])[keep]
    y = counts[keep]
    beta = np.r_[0, np.log(levels.T @ counts / levels.sum(axis=0))]
    for _ in range(100):
        mean = np.exp(x @ beta)
        bread = np.linalg.inv(x.T @ (mean[:, None] * x))
        step = bread @ x.T @ (y - mean)
        beta += step / max(1, np.abs(step).max() / 0.5)
    freedom = len(y) - x.shape[1]
    dispersion = ((y - mean) ** 2 / mean).sum() / freedom
    if not lags:
        return beta[0], dispersion * bread[0, 0], dispersion, freedom
    scores = np.zeros((days, x.shape[1]))
    scores[keep] = x * (y - mean)[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        together = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (together + together.T)
    variance = bread @ meat @ bread * len(y) / freedom
    return beta[0], variance[0, 0], dispersion, freedom


@given(WEEKS, st.booleans(), st.sampled_from([0, 1, 6]))
def test_interval_is_that_of_the_full_regression(counts, weekdays, lags):
    found = growth.growth_interval(counts, weekdays=weekdays, lags=lags)
    rate, variance, dispersion, freedom = regression(counts, weekdays, lags)
    assert_allclose(found.rate[-1], rate, atol=1e-9)
    assert_allclose(found.standard_error[-1] ** 2, variance, rtol=1e-6, atol=1e-14)
    assert_allclose(found.dispersion[-1], dispersion, rtol=1e-7, atol=1e-12)
    margin = t.ppf(0.975, freedom) * found.standard_error[-1]
    assert_allclose(found.high[-1] - found.rate[-1], margin, rtol=1e-9)
    assert_allclose(found.rate[-1] - found.low[-1], margin, rtol=1e-9)


def test_a_weekday_without_cases_takes_no_part():
    counts = np.random.default_rng(3).poisson(40, 28).astype(float)
    counts[3::7] = 0
    found = growth.growth_interval(counts, 28)
    rate, variance, dispersion, freedom = regression(counts, True, 0)
    assert freedom == 24 - 7
    assert_allclose(found.rate[-1], rate, atol=1e-12)
    assert_allclose(found.standard_error[-1] ** 2, variance)
    assert_allclose(found.dispersion[-1], dispersion)


@pytest.mark.parametrize("rate", [-0.1, 0.0, 0.04, 0.6])
def test_exponential_growth_is_found_whatever_the_weekday_pattern(rate):
    pattern = np.array([0.4, 1.2, 1.1, 1, 1, 1.3, 0.7])[np.arange(35) % 7]
    found = growth.growth_interval(1e6 * np.exp(rate * np.arange(35)) * pattern)
    assert np.isnan(found.rate[:20]).all()
    assert_allclose(found.rate[20:], rate, atol=1e-12)
    assert_allclose(found.dispersion[20:], 0, atol=1e-8)


def test_windows_end_on_their_day_and_regions_do_not_touch():
    counts = np.random.default_rng(5).poisson(30, (2, 3, 40)).astype(float)
    counts[1, 2, 10] = NAN
    found = growth.growth_interval(counts)
    alone = growth.growth_interval(counts[0, 1, 5:26])
    assert_allclose(found.rate[0, 1, 25], alone.rate[-1], rtol=1e-12)
    assert_allclose(found.low[0, 1, 25], alone.low[-1], rtol=1e-12)
    day = np.arange(40)
    assert_array_equal(np.isnan(found.rate[1, 2]), (day < 20) | ((day >= 10) & (day <= 30)))
    assert_array_equal(np.isnan(found.high), np.isnan(found.rate))


@pytest.mark.parametrize("case", [[], [20], [0]])
def test_counts_that_allow_no_finite_growth_give_none(case):
    counts = np.zeros(21)
    counts[case] = 5
    found = growth.growth_interval(counts, weekdays=False)
    assert np.isnan([found.rate[-1], found.low[-1], found.high[-1], found.dispersion[-1]]).all()


def test_steep_growth_by_hand():
    # A geometric tail with its mean half a day before the end: growth log 3.
    counts = np.zeros(41)
    counts[-2:] = 5
    found = growth.growth_interval(counts, 41, weekdays=False)
    assert_allclose(found.rate[-1], np.log(3), rtol=1e-12)


@pytest.mark.parametrize(("early", "is_finite"), [(176, True), (140, False)])
def test_growth_of_two_a_day_and_more_is_given_up(early, is_finite):
    # A geometric tail of ratio q has its mean q / (1 - q) days before the end.
    counts = np.zeros(41)
    counts[-2:] = early, 1000 - early
    rate = -np.log(early / (1000 + early))
    assert (rate < 2) == is_finite
    assert 1.85 < rate < 2.15
    found = growth.growth_interval(counts, 41, weekdays=False)
    assert_allclose(found.rate[-1], rate if is_finite else NAN, rtol=1e-9)


def test_intervals_hold_the_growth_as_often_as_they_say():
    # Counts three times as variable as Poisson's, with a weekday pattern. The bounds allow for
    # four standard errors of a share of 400 runs.
    rng = np.random.default_rng(20200914)
    pattern = np.array([0.6, 1.1, 1.1, 1.1, 1.1, 1.1, 0.9])[np.arange(21) % 7]
    mean = 80 * np.exp(0.03 * np.arange(21)) * pattern
    counts = rng.negative_binomial(mean / 2, 1 / 3, (400, 21))
    found = growth.growth_interval(counts)
    held = ((found.low < 0.03) & (found.high > 0.03))[:, -1].mean()
    assert abs(held - 0.95) <= 4 * np.sqrt(0.95 * 0.05 / 400)
    assert_allclose(found.dispersion[:, -1].mean(), 3, rtol=0.1)
    # Taken as Poisson, the same errors hold it far less often.
    poisson = norm.ppf(0.975) * found.standard_error / np.sqrt(found.dispersion)
    assert (np.abs(found.rate - 0.03) < poisson)[:, -1].mean() < 0.85


def test_newey_west_is_wider_where_deviations_last():
    rng = np.random.default_rng(7)
    lasting = np.repeat(rng.gamma(5, 1 / 5, (200, 9)), 3, axis=1)
    counts = rng.poisson(200 * lasting)
    plain = growth.growth_interval(counts, 27, weekdays=False)
    robust = growth.growth_interval(counts, 27, weekdays=False, lags=3)
    held = [
        (np.abs(found.rate) < found.high - found.rate)[:, -1].mean() for found in (plain, robust)
    ]
    assert held[0] + 0.05 < held[1] < 0.95


# Weeks


def test_weekly_growth_by_hand():
    found = growth.weekly_growth([[50, 100, 0, 40, NAN, 20, 10]], dispersion=[4])
    rates = [[NAN, np.log(2) / 7, NAN, NAN, NAN, NAN, -np.log(2) / 7]]
    assert_allclose(found.rate, rates)
    assert_allclose(found.standard_error[0, 1], np.sqrt(4 * (1 / 50 + 1 / 100)) / 7)
    assert_allclose(found.high[0, 6], -np.log(2) / 7 + 1.959964 * np.sqrt(4 * 0.15) / 7, rtol=1e-6)
    assert_allclose(found.low[0, 1], np.log(2) / 7 - 1.959964 * np.sqrt(0.12) / 7, rtol=1e-6)
    assert_array_equal(np.isnan(found.dispersion), np.isnan(rates))
    assert found.dispersion[0, 1] == 4


def test_weekly_dispersion_by_hand():
    # One bend: log 50 - 2 log 200 + log 100 against 1/50 + 4/200 + 1/100.
    bend = np.log(50 * 100 / 200**2)
    assert_allclose(growth.weekly_dispersion([50, 200, 100]), bend**2 / 0.05)
    # Steady growth has no bend; what holds a missing or empty week is left out.
    assert_allclose(growth.weekly_dispersion([[1, 2, 4, 8], [NAN, 2, 4, 8]]), 0, atol=1e-28)
    assert_array_equal(growth.weekly_dispersion([[5, 0, 5, 5], [5, NAN, 5, 5]]), [NAN, NAN])


@pytest.mark.parametrize("dispersion", [1, 9])
def test_weekly_dispersion_and_growth_hold_in_simulation(dispersion):
    rng = np.random.default_rng(dispersion)
    mean = 2000 * np.exp(0.1 * np.arange(40))
    counts = mean + np.sqrt(dispersion * mean) * rng.standard_normal((200, 40))
    estimate = growth.weekly_dispersion(counts)
    assert_allclose(estimate.mean(), dispersion, rtol=0.1)
    found = growth.weekly_growth(counts, estimate)
    held = ((found.low < 0.1 / 7) & (found.high > 0.1 / 7))[:, 1:].mean()
    assert abs(held - 0.95) < 0.02


def test_doubling_time_by_hand():
    assert_allclose(growth.doubling_time([np.log(2) / 5, -np.log(2), 0, NAN]), [5, -1, np.inf, NAN])


# Faults


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"window": 13}, "14 days or more, not 13"),
        ({"window": 2, "weekdays": False}, "3 days or more, not 2"),
        ({"lags": -1}, "0 or more and below"),
        ({"lags": 21}, "below the window of 21, not 21"),
        ({"confidence": 1}, "between 0 and 1"),
    ],
)
def test_choices_out_of_range_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        growth.growth_interval(np.ones(30), **choices)


def test_other_faults_are_refused():
    with pytest.raises(ValueError, match=r"at \(1,\) stands -2"):
        growth.growth_interval([3, -2])
    with pytest.raises(ValueError, match=r"at \(1,\) stands -2"):
        growth.weekly_dispersion([3, -2])
    with pytest.raises(ValueError, match="above 0 and finite"):
        growth.weekly_growth([3, 4], dispersion=0)
    with pytest.raises(ValueError, match=r"shape \(3,\) does not fit regions of shape \(2,\)"):
        growth.weekly_growth([[3, 4], [5, 6]], dispersion=[1, 1, 1])
