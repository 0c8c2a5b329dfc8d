"""Delays: against quadrature, by conservation, and by curves that must come back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.stats import gamma, lognorm

from gotong import delays
from gotong.config import read_config

NAN = np.nan


def incubation(length):
    return delays.lognormal_delay(1.621, 0.418, length)


def onset_to_report(length):
    return delays.gamma_delay(6.4, 3.2 * 2**0.5, length)


REPORTING = delays.in_sequence(incubation(25), onset_to_report(40))
REPORTS = arrays("float64", (2, 30), elements=st.sampled_from([0, 1, 7, 400, NAN]))


def mean_delay(delay):
    """Return the mean of a delay in days, of what its entries hold."""
    return delay @ np.arange(len(delay)) / delay.sum()


def shifted(series, days):
    """Return a series moved back in time, NaN at its end."""
    return np.append(series[..., days:], np.full((*series.shape[:-1], days), NAN), axis=-1)


# Distributions


@pytest.mark.parametrize(
    ("found", "distribution"),
    [
        (delays.gamma_delay(6.4, 4.5, 60), gamma((6.4 / 4.5) ** 2, scale=4.5**2 / 6.4)),
        (delays.gamma_delay(0.4, 0.6, 60), gamma((0.4 / 0.6) ** 2, scale=0.6**2 / 0.4)),
        (delays.lognormal_delay(1.621, 0.418, 60), lognorm(0.418, scale=np.exp(1.621))),
    ],
)
def test_delay_is_the_difference_of_the_distribution_averaged_over_the_first_day(
    found, distribution
):
    for day in (0, 1, 2, 5, 11, 20):

        def by_hour(hour, day=day):
            return distribution.cdf(day + 1 - hour) - distribution.cdf(day - hour)

        # In two steps over the first day, whose difference has a kink at its end.
        assert_allclose(found[day], quad(by_hour, 0, 1, epsabs=1e-13)[0], rtol=1e-7, atol=1e-11)


@given(st.floats(0.5, 12), st.floats(0.3, 1.5), st.booleans())
def test_delay_keeps_its_mean_and_its_sum(mean, relative_sd, is_gamma):
    if is_gamma:
        delay = delays.gamma_delay(mean, mean * relative_sd, 3000)
    else:
        log_sd = np.sqrt(np.log(1 + relative_sd**2))
        delay = delays.lognormal_delay(np.log(mean) - log_sd**2 / 2, log_sd, 3000)
    assert (delay >= 0).all()
    assert_allclose(delay.sum(), 1, rtol=1e-6)
    assert_allclose(delay @ np.arange(3000), mean, rtol=1e-3)


def test_published_delays_are_as_published(project):
    rt = read_config(project / "config.yaml").rt
    assert (rt.incubation.log_mean, rt.incubation.log_sd) == (1.621, 0.418)
    assert (rt.onset_to_report.shape, rt.onset_to_report.scale) == (2, 3.2)
    # Lauer et al.: median 5.1 days, 97.5 % within 11.5 days. epyestim: mean 6.4 days.
    found = incubation(60)
    assert_allclose(lognorm(0.418, scale=np.exp(1.621)).ppf([0.5, 0.975]), [5.06, 11.5], rtol=0.003)
    assert_allclose(mean_delay(found), np.exp(1.621 + 0.418**2 / 2), rtol=1e-6)
    report = onset_to_report(80)
    day = np.arange(80)
    assert_allclose(mean_delay(report), 6.4, rtol=1e-6)
    # Whole days add the variance of two hours of the day, 1/12 each.
    variance = report @ day**2 - 6.4**2
    assert_allclose(variance, 2 * 3.2**2 + 1 / 6, rtol=1e-2)


def test_delays_in_sequence_add_their_means():
    found = delays.in_sequence([0.5, 0.5], [0, 0.25, 0.75])
    assert_allclose(found, [0, 0.125, 0.5, 0.375])
    assert_allclose(mean_delay(found), 0.5 + 1.75)


def test_a_cut_delay_leaves_out_its_tail():
    assert_array_equal(onset_to_report(40)[:12], onset_to_report(12))
    assert onset_to_report(12).sum() < 0.9


# Deconvolution


@given(REPORTS)
def test_without_delay_reports_are_the_infections(reports):
    found = delays.deconvolved(reports, [1])
    assert_array_equal(found.day, np.arange(30))
    assert_allclose(found.infections, reports, rtol=1e-12)
    assert_array_equal(found.iterations, np.where(np.isnan(reports).all(axis=1), 0, 1))


@given(REPORTS)
def test_a_fixed_delay_is_a_shift(reports):
    found = delays.deconvolved(reports, [0, 0, 0, 1])
    assert_array_equal(found.day, np.arange(-3, 30))
    assert_allclose(found.infections[:, :30], reports, rtol=1e-12)
    assert_allclose(found.infections[:, 3:], shifted(reports, 3), rtol=1e-12)


@given(REPORTS, st.integers(1, 12))
def test_infections_heard_of_sum_to_the_reports(reports, steps):
    found = delays.deconvolved(reports, REPORTING, dispersion=1e-12, most_steps=steps)
    heard_of = np.nansum(found.infections * found.observed, axis=-1)
    assert_allclose(heard_of, np.nansum(reports, axis=-1), rtol=1e-9)
    assert (found.infections[~np.isnan(found.infections)] >= 0).all()
    assert_array_equal(np.isnan(found.infections), found.observed == 0)


def test_one_step_by_hand():
    # Infections on days -1, 0, 1; half of them reported at once, half a day later; 3 and 5 reports.
    found = delays.deconvolved([3, 5], [0.5, 0.5], most_steps=1, dispersion=1e-9)
    assert_allclose(found.observed, [0.5, 1, 0.5])
    # From 8 / 2 = 4 on each day, 4 and 4 are expected.
    infections = [4 * 0.75, 4 * (0.5 * 0.75 + 0.5 * 1.25), 4 * 1.25]
    assert_allclose(found.infections, infections)
    expected = [(infections[0] + infections[1]) / 2, (infections[1] + infections[2]) / 2]
    chi = ((3 - expected[0]) ** 2 / expected[0] + (5 - expected[1]) ** 2 / expected[1]) / 2
    assert_allclose(found.chi_squared, chi)
    assert found.iterations == 1


def test_a_known_wave_comes_back():
    day = np.arange(-64, 120)
    truth = 1000 * np.exp(-(((day - 50) / 15) ** 2)) + 20
    reports = np.convolve(truth, REPORTING)[64 : 64 + 120]
    found = delays.deconvolved(reports, REPORTING, dispersion=1e-4, most_steps=500)
    assert_array_equal(found.day, np.arange(1 - REPORTING.size, 120))
    assert found.chi_squared < 1e-4
    inside = (found.day >= 0) & (found.observed > 0.9)
    assert inside.sum() > 90
    behind = truth[found.day[inside] + 64]
    assert_allclose(found.infections[inside], behind, atol=0.02 * 1020)
    # A plain shift misses the peak by four times the tolerance and more.
    mean = round(mean_delay(REPORTING))
    moved = shifted(reports, mean)[found.day[inside]]
    assert np.nanmax(np.abs(moved - behind)) > 0.08 * 1020


def test_it_stops_when_the_reports_are_met_as_closely_as_chance_allows():
    rng = np.random.default_rng(5)
    truth = 400 * np.exp(-(((np.arange(120) - 60) / 20) ** 2)) + 50
    reports = rng.poisson(np.convolve(truth, REPORTING)[:120])[30:].astype(float)
    found = delays.deconvolved(reports, REPORTING)
    assert found.chi_squared < 1
    sooner = delays.deconvolved(reports, REPORTING, most_steps=int(found.iterations) - 1)
    assert sooner.chi_squared >= 1
    # More noise allowed, fewer steps; more steps, rougher infections.
    assert delays.deconvolved(reports, REPORTING, dispersion=3).iterations < found.iterations
    longer = delays.deconvolved(reports, REPORTING, dispersion=1e-9, most_steps=2000)

    def roughness(result):
        return np.abs(np.diff(result.infections[result.observed > 0.9], n=2)).sum()

    assert roughness(longer) > 3 * roughness(found)


def test_missing_reports_are_unobserved_and_not_none():
    truth = np.full(164, 100.0)
    reports = np.convolve(truth, REPORTING)[64:164]
    reports[40:44] = NAN
    found = delays.deconvolved(reports, REPORTING)
    inside = (found.day >= 10) & (found.day < 60)
    assert_allclose(found.infections[inside], 100, rtol=0.01)
    assert found.observed[found.day == 32] < 0.85
    none = delays.deconvolved([[NAN, NAN], [2, 2]], REPORTING)
    assert np.isnan(none.infections[0]).all()
    assert_array_equal(none.iterations == 0, [True, False])


def test_regions_do_not_touch_each_other():
    reports = np.random.default_rng(1).poisson(30, (2, 2, 40)).astype(float)
    together = delays.deconvolved(reports, REPORTING)
    for place in np.ndindex(2, 2):
        alone = delays.deconvolved(reports[place], REPORTING)
        assert_array_equal(together.infections[place], alone.infections)
        assert together.iterations[place] == alone.iterations


# Faults


@pytest.mark.parametrize(
    ("delay", "message"),
    [
        ([], "one row"),
        ([[1]], "one row"),
        ([1.5, -0.5], "negative or missing"),
        ([NAN, 1], "negative or missing"),
        ([0.5, 0.4], "sum to 1, not 0.9: give it more days"),
    ],
)
def test_what_is_no_delay_is_refused(delay, message):
    functions = (
        lambda delay: delays.in_sequence([1], delay),
        lambda delay: delays.deconvolved([1, 2], delay),
    )
    for function in functions:
        with pytest.raises(ValueError, match=message):
            function(delay)


def test_other_faults_are_refused():
    with pytest.raises(ValueError, match="dispersion must be above 0, not 0"):
        delays.deconvolved([1, 2], [1], dispersion=0)
    with pytest.raises(ValueError, match="1 step or more, not 0"):
        delays.deconvolved([1, 2], [1], most_steps=0)
    with pytest.raises(ValueError, match=r"at \(1,\) stands -2"):
        delays.deconvolved([1, -2], [1])
    with pytest.raises(ValueError, match="1 entry or more"):
        delays.gamma_delay(6, 4, 0)
    with pytest.raises(ValueError, match="mean and sd above 0"):
        delays.gamma_delay(6, 0, 10)
    with pytest.raises(ValueError, match="log sd 0"):
        delays.lognormal_delay(1, 0, 10)
