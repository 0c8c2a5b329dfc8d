"""Fatality, burials and ascertainment: by hand, by definition, on constructed epidemics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import brentq
from scipy.stats import binom, binomtest

from gotong import delays, severity

NAN = np.nan
TO_DEATH = delays.lognormal_delay(np.log(13), 0.6, 80)


def bounds(estimate):
    """Return value and interval, one row each."""
    return np.array([estimate.value, estimate.low, estimate.high])


# Exact intervals


@given(st.integers(0, 60), st.integers(0, 60))
def test_share_bounds_are_those_of_clopper_and_pearson(hits, rest):
    found = severity.share_interval(hits, hits + rest)
    if hits + rest == 0:
        assert np.isnan(bounds(found)).all()
        return
    expected = binomtest(hits, hits + rest).proportion_ci(0.95, "exact")
    assert_allclose([found.low, found.high], expected, rtol=1e-7, atol=1e-12)
    assert_allclose(found.value, hits / (hits + rest))


def test_effective_trials_lie_between_whole_ones():
    whole = [severity.share_interval(7, trials) for trials in (40, 41)]
    between = severity.share_interval(7, 40.5)
    assert whole[1].low < between.low < whole[0].low
    assert whole[1].high < between.high < whole[0].high


def test_impossible_shares_have_no_estimate():
    found = bounds(severity.share_interval([5, 0, NAN, 3], [4, 0, 9, NAN]))
    assert np.isnan(found).all()


# Fatality


def test_fatality_by_hand():
    # 10 cases on the first day, 30 on the second; half of the fatal die at once, half a day on.
    cases, died = [10, 30, 0], [0, 2, 2]
    u = [0.5, (10 + 15) / 40, 1]
    assert_allclose(severity.underestimation(cases, [0.5, 0.5]), u)
    crude = severity.crude_fatality(cases, died)
    assert_allclose(crude.value, [0, 2 / 40, 4 / 40])
    found = severity.adjusted_fatality(cases, died, [0.5, 0.5])
    assert_allclose(found.value, [0, 2 / 25, 4 / 40])
    high = brentq(lambda p: binom.cdf(2, 25, p) - 0.025, 0.01, 0.9)
    low = brentq(lambda p: binom.sf(1, 25, p) - 0.025, 1e-6, 0.9)
    assert_allclose([found.low[1], found.high[1]], [low, high], rtol=1e-9)
    assert_allclose(bounds(found)[:, 2], bounds(crude)[:, 2])


@pytest.mark.parametrize("growth", [-0.03, 0.0, 0.08])
def test_known_fatality_is_found_at_any_time_where_the_crude_ratio_is_too_low(growth):
    cases = 1e6 * np.exp(growth * np.arange(90))
    died = 0.05 * np.convolve(cases, TO_DEATH)[:90]
    found = severity.adjusted_fatality(cases, died, TO_DEATH)
    assert_allclose(found.value[5:], 0.05, rtol=1e-9)
    crude = severity.crude_fatality(cases, died).value
    assert (crude < 0.05).all()
    assert_allclose(crude, 0.05 * severity.underestimation(cases, TO_DEATH), rtol=1e-9)
    if growth > 0:
        # In steady growth the factor is the delay's transform at the rate of growth (Nishiura).
        transform = TO_DEATH @ np.exp(-growth * np.arange(80))
        assert_allclose(severity.underestimation(cases, TO_DEATH)[-1], transform, rtol=0.01)


def test_intervals_hold_a_known_fatality_as_often_as_they_say():
    # Each case dies or not, after its own delay. 400 runs: four standard errors are 0.044;
    # an exact interval may hold more often than it says.
    rng = np.random.default_rng(20200302)
    cases = np.round(3 * np.exp(0.07 * np.arange(60))).astype(int)
    delay = TO_DEATH / TO_DEATH.sum()
    day = np.repeat(np.arange(60), cases)
    held = []
    for _ in range(400):
        fatal = day[rng.random(day.size) < 0.08]
        dies = fatal + rng.choice(delay.size, fatal.size, p=delay)
        died = np.bincount(dies, minlength=200)[:60]
        found = severity.adjusted_fatality(cases, died, delay)
        held.append(found.low[-1] < 0.08 < found.high[-1])
    assert 0.95 - 0.044 <= np.mean(held) <= 0.995
    assert severity.crude_fatality(cases, died).high[-1] < 0.08


def test_fatality_is_missing_where_it_cannot_be_known():
    delay = [0, 0, 1]
    cases, died = np.array([0, 4, 4, 4, 4, NAN, 4.0]), np.array([0, 0, 0, 1, 8, 0, 0.0])
    found = severity.adjusted_fatality(cases, died, delay)
    # Day 0: no case; 1 and 2: no outcome; 4: nine dead of eight; from 5 on a gap.
    assert_array_equal(np.isnan(found.value), [True, True, True, False, True, True, True])
    assert_allclose(found.value[3], 1 / 4)
    assert_array_equal(
        np.isnan(severity.underestimation(cases, delay)), np.isin(range(7), [0, 5, 6])
    )


def test_regions_are_taken_one_by_one():
    rng = np.random.default_rng(3)
    cases, died = rng.poisson(50, (2, 3, 40)), rng.poisson(1, (2, 3, 40))
    together = bounds(severity.adjusted_fatality(cases, died, TO_DEATH))
    alone = bounds(severity.adjusted_fatality(cases[1, 2], died[1, 2], TO_DEATH))
    assert_allclose(together[:, 1, 2], alone, rtol=1e-12)


# Burials


def test_ratio_of_burials_to_deaths_by_hand():
    # 3.3 burials for each confirmed death, as Djaafara et al. found for Jakarta.
    found = severity.count_ratio(330, 100)
    margin = np.exp(1.959964 * np.sqrt(1 / 330 + 1 / 100))
    assert_allclose(bounds(found), [3.3, 3.3 / margin, 3.3 * margin], rtol=1e-6)
    wider = severity.count_ratio(330, 100, dispersion=4)
    assert_allclose(np.log(wider.high / 3.3), 2 * np.log(margin), rtol=1e-6)
    assert np.isnan(bounds(severity.count_ratio([0, 5, NAN], [5, 0, 5]))).all()


@given(st.integers(1, 50), st.integers(1, 50))
def test_the_exact_interval_of_a_ratio_is_wider_by_factors(above, below):
    # Given their sum the first count is binomial, and its share p makes the ratio p / (1 - p).
    share = binomtest(above, above + below).proportion_ci(0.95, "exact")
    low, high = (p / (1 - p) for p in share)
    rough = severity.count_ratio(above, below)
    assert high / low > rough.high / rough.low


def test_the_interval_of_a_ratio_is_close_to_the_exact_one_for_large_counts():
    share = binomtest(3300, 4300).proportion_ci(0.95, "exact")
    exact = [p / (1 - p) for p in share]
    found = severity.count_ratio(3300, 1000)
    assert_allclose([found.low, found.high], exact, rtol=5e-3)


# Ascertainment


def test_ascertainment_of_jakarta_by_hand():
    # March 2021: 44.5 % (42.5 to 46.5) of 10.6 million, 4,717,000 infected.
    found = severity.ascertainment(382_055, 0.445, 0.425, 0.465, 10_600_000)
    assert_allclose(found.value, 382_055 / 4_717_000)
    assert_allclose(found.low, 382_055 / (0.465 * 10.6e6))
    assert_allclose(found.high, 382_055 / (0.425 * 10.6e6))
    several = severity.ascertainment([10, NAN], [0.5, 0.5], [0.4, 0.4], [1, 1], [100, 100])
    assert_allclose(bounds(several), [[0.2, NAN], [0.1, NAN], [0.25, NAN]])


# Faults


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ((10, 0.5, 0.4, 0.6, 0), "population must be known and above 0"),
        ((10, 0.5, 0.4, 0.6, NAN), "population must be known and above 0"),
        ((10, 44.5, 42.5, 46.5, 100), "above 0 and not above 1"),
        ((10, 0.5, 0, 0.6, 100), "above 0 and not above 1"),
        ((10, 0.5, 0.4, NAN, 100), "above 0 and not above 1"),
        ((10, 0.3, 0.4, 0.6, 100), "must hold it"),
        ((-1, 0.5, 0.4, 0.6, 100), "0 or more and finite"),
    ],
)
def test_impossible_surveys_are_refused(figures, message):
    with pytest.raises(ValueError, match=message):
        severity.ascertainment(*figures)


def test_other_faults_are_refused():
    with pytest.raises(ValueError, match=r"cases of shape \(2,\), but deaths of shape \(3,\)"):
        severity.crude_fatality([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"at \(1,\) stands -2"):
        severity.adjusted_fatality([1, -2], [1, 2], [1])
    with pytest.raises(ValueError, match="delay must sum to 1"):
        severity.underestimation([1, 2], [0.5])
    with pytest.raises(ValueError, match="dispersion must be above 0"):
        severity.count_ratio(1, 2, dispersion=0)
    for function in (severity.share_interval, severity.count_ratio):
        with pytest.raises(ValueError, match="0 or more and finite"):
            function(np.inf, 3)
        with pytest.raises(ValueError, match="between 0 and 1"):
            function(1, 3, 0)
