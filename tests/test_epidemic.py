"""Reproduction number, growth and incidence: against EpiEstim, by hand, by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.stats import gamma

from gotong import epidemic

NAN = np.nan
SEVEN = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)

# Influenza in a school, Pennsylvania 2009 (Cauchemez et al. 2011), as in EpiEstim.
FLU = [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11]
FLU += [12, 6, 6, 6, 3, 1, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0]
FLU_W = [0, 0.233, 0.359, 0.198, 0.103, 0.053, 0.027, 0.014, 0.007, 0.003, 0.002, 0.001]

# Hong Kong 2003 (Cori et al. 2009) and Kosovo 1972 (Gani and Leach 2001), as in EpiEstim, with
# what its version 2.2.4 gives for some windows: first and last day, mean, sd, seven quantiles.
SARS = [1, 0, 0, 1, 0, 0, 2, 0, 2, 2, 1, 1, 1, 0, 0, 0, 4, 1, 2, 4, 13, 23, 35, 26, 12, 17, 19]
SARS += [17, 28, 23, 27, 27, 11, 21, 21, 25, 31, 103, 96, 69, 58, 48, 33, 25, 43, 37, 30, 29, 28]
SARS += [34, 34, 32, 24, 17, 16, 23, 18, 15, 11, 19, 16, 9, 17, 14, 6, 4, 8, 9, 11, 11, 11, 6, 13]
SARS += [3, 8, 2, 4, 4, 6, 4, 5, 4, 8, 2, 3, 2, 5, 3, 3, 4, 3, 1, 2, 0, 1, 3, 3, 1, 1, 1, 1, 1, 1]
SARS += [1, 0, 2, 0]
SARS_W = [0, 0.001, 0.012, 0.043, 0.078, 0.104, 0.117, 0.116, 0.108, 0.094, 0.078, 0.063, 0.049]
SARS_W += [0.038, 0.028, 0.021, 0.015, 0.011, 0.008, 0.005, 0.004, 0.003, 0.002, 0.001, 0.001]
SMALLPOX = [1] + [0] * 13 + [1, 1, 1, 2, 1, 3] + [0] * 8 + [2, 1, 0, 3, 8, 8, 16, 6, 20, 19, 7]
SMALLPOX += [4, 4, 1, 0, 0, 1, 3, 2, 4, 0, 0, 1, 1, 0, 1, 1, 1, 0]
SMALLPOX_W = [0] * 8 + [0.001, 0.002, 0.005, 0.009, 0.014, 0.021, 0.029, 0.038, 0.046, 0.054, 0.06]
SMALLPOX_W += [0.065, 0.067, 0.067, 0.066, 0.063, 0.058, 0.053, 0.048, 0.042, 0.036, 0.031, 0.026]
SMALLPOX_W += [0.021, 0.017, 0.014, 0.011, 0.009, 0.007, 0.005, 0.004, 0.003, 0.002, 0.002, 0.001]
SMALLPOX_W += [0.001, 0.001, 0.001]
SARS_R = [
    [
        8,
        14,
        2.50234594932749,
        0.88471289482208,
        1.08033536964295,
        1.24517447175142,
        1.86303091920801,
        2.398889409603,
        3.02922430725438,
        4.11264116435162,
        4.51131540872768,
    ],
    [
        30,
        36,
        1.21902618562018,
        0.0976002062717084,
        1.03523863470865,
        1.06305181957441,
        1.15185358711193,
        1.21642242059149,
        1.28336077941226,
        1.38388251588155,
        1.417609516848,
    ],
    [
        42,
        48,
        0.763062797586736,
        0.0486511070346267,
        0.670679456979247,
        0.684840718079112,
        0.729708996672704,
        0.762029086598245,
        0.795289830328369,
        0.844811029495036,
        0.861320330290599,
    ],
    [
        101,
        107,
        0.556615776081425,
        0.210380988475238,
        0.223788410585231,
        0.261236934788062,
        0.404155288063655,
        0.530346459490281,
        0.680539662690842,
        0.941666320962173,
        1.03844418117992,
    ],
]
SARS_GAMMA_R = [
    [
        8,
        14,
        2.50659709589439,
        0.886215902104715,
        1.08217071299305,
        1.24728985439153,
        1.86619595619993,
        2.40296479753277,
        3.03437054873135,
        4.11962798420816,
        4.51897952208384,
    ],
    [
        30,
        36,
        1.22052495578017,
        0.0977202039210573,
        1.03651144147234,
        1.06435882213473,
        1.15326976980383,
        1.21791798947051,
        1.28493864776601,
        1.38558397385202,
        1.41935244154268,
    ],
    [
        42,
        48,
        0.764062134622685,
        0.048714822436889,
        0.671557805160719,
        0.685737612404804,
        0.730664652259827,
        0.763027069845648,
        0.796331373153251,
        0.84591742722904,
        0.86244834925391,
    ],
    [
        101,
        107,
        0.555175807353345,
        0.209836731453779,
        0.223209468473281,
        0.260561113094034,
        0.403109735635736,
        0.528974449659567,
        0.678779102040923,
        0.93923022390431,
        1.03575771915169,
    ],
]
SMALLPOX_R = [
    [
        30,
        36,
        16.4184803360061,
        2.50379477827491,
        11.8821356288534,
        12.5283081556298,
        14.6676057679594,
        16.2913821873993,
        18.0308783183674,
        20.7422476085352,
        21.6768991135894,
    ],
    [
        42,
        48,
        1.62403572878603,
        0.468818732594093,
        0.839162959632185,
        0.93709737631413,
        1.28821576191119,
        1.57915322141626,
        1.91102652764439,
        2.4641378063207,
        2.66369448007876,
    ],
    [
        51,
        57,
        0.16604400166044,
        0.0677871798196535,
        0.060935222180458,
        0.0723125707540147,
        0.116762401634645,
        0.156916042305578,
        0.205415852650341,
        0.29093773097389,
        0.32290942519227,
    ],
]

COVID_W = epidemic.discretised_gamma(5.2, 2.9, 30)
COUNTS = arrays("int64", 40, elements=st.integers(1, 500))


def by_window(estimate):
    """Return first and last day (from 1), mean, sd and quantiles, one row per window."""
    last = estimate.end + 1
    first = last - estimate.end[0] + 1
    return np.column_stack([first, last, estimate.mean, estimate.sd, estimate.quantiles.T])


# Serial interval


def test_serial_interval_is_that_of_epiestim():
    short = epidemic.discretised_gamma(2.6, 1.5, 6)
    longer = epidemic.discretised_gamma(4.7, 2.9, 6)
    printed = [0, 0.23317213, 0.35857940, 0.19811083, 0.10334266, 0.05290518]
    assert_allclose(short, printed, atol=5e-9)
    printed = [0, 0.05650079, 0.17807427, 0.18541801, 0.15573441, 0.12075137]
    assert_allclose(longer, printed, atol=5e-9)
    assert short[0] == 0


def test_serial_interval_is_the_density_under_triangles():
    # Scipy's own quadrature of the definition: lag k collects the shifted density under a
    # triangle that stands on k - 1 and k + 1; far in the tail too.
    density = gamma((4.2 / 2.9) ** 2, scale=2.9**2 / 4.2).pdf
    w = epidemic.discretised_gamma(5.2, 2.9, 60)
    for lag in (1, 2, 5, 12, 40):

        def weighted(x, centre=lag - 1):
            return density(x) * (1 - abs(x - centre))

        halves = [quad(weighted, x, x + 1, epsabs=0)[0] for x in (lag - 2, lag - 1) if x >= 0]
        assert_allclose(w[lag], sum(halves), rtol=1e-7)


@given(st.floats(2, 12), st.floats(0.5, 4))
def test_serial_interval_keeps_the_mean(mean, sd):
    w = epidemic.discretised_gamma(mean, sd, 1000)
    assert (w >= 0).all()
    assert_allclose(w.sum(), 1, rtol=1e-9)
    assert_allclose(w @ np.arange(1000), mean, rtol=1e-9)


def test_serial_interval_leaves_out_its_tail():
    assert 0.95 < epidemic.discretised_gamma(5.2, 2.9, 12).sum() < 0.97
    assert_array_equal(epidemic.discretised_gamma(5.2, 2.9, 12), COVID_W[:12])


# Infectiousness


def lambda_by_hand(cases, w):
    """Return the infectiousness of one row, day by day and lag by lag."""
    found = [NAN]
    for day in range(1, len(cases)):
        lags = [lag for lag in range(1, min(day + 1, len(w))) if w[lag] > 0]
        found.append(sum(w[lag] * cases[day - lag] for lag in lags))
    return found


@given(
    arrays("float64", (2, 25), elements=st.sampled_from([0, 1, 7, 400, NAN])),
    st.sampled_from([FLU_W, [0, 0, 0.5, 0, 0.5], [0, 1], COVID_W]),
)
def test_infectiousness_is_the_sum_by_hand_missing_days_included(cases, w):
    found = epidemic.infectiousness(cases, w)
    assert_allclose(found, [lambda_by_hand(row, w) for row in cases], rtol=1e-13)


def test_missing_day_matters_only_at_lags_that_infect():
    cases = [4, NAN, 4, 4, 4, 4]
    found = epidemic.infectiousness(cases, [0, 0, 0.5, 0, 0.5])
    assert_array_equal(found, [NAN, 0, 2, NAN, 4, NAN])


# Reproduction number


def test_flu_2009_is_that_of_epiestim():
    rows = by_window(epidemic.reproduction_number(FLU, FLU_W))
    assert_array_equal(rows[[0, -1], :2], [[2, 8], [26, 32]])
    printed = [
        [2, 8, 1.735609, 0.409087, 1.028632, 1.703576, 2.624496],
        [14, 20, 0.936932, 0.114464, 0.726109, 0.932275, 1.174216],
        [26, 32, 1.004016, 0.449010, 0.326001, 0.937934, 2.056544],
    ]
    assert_allclose(rows[[0, 12, 24]], printed, atol=5e-7)


def test_flu_2009_with_a_gamma_serial_interval_is_that_of_epiestim():
    w = epidemic.discretised_gamma(2.6, 1.5, len(FLU))
    rows = by_window(epidemic.reproduction_number(FLU, w))
    assert_allclose(rows[:3, 2], [1.7357977, 1.7491678, 1.5370581], atol=5e-8)
    assert_allclose(rows[0, [3, 4, 6]], [0.40913143, 1.02874370, 2.6247813], atol=5e-8)


@pytest.mark.upstream
@pytest.mark.parametrize("name", ["Flu2009", "Flu1918", "Measles1861"])
def test_every_window_is_that_of_epiestim(reference, name):
    cases, w, expected = (
        np.genfromtxt(reference / "epiestim" / f"{name}_{part}.csv", delimiter=",", skip_header=1)
        for part in ("I", "w", "nonparam7")
    )
    found = by_window(epidemic.reproduction_number(cases, w, levels=SEVEN))
    # Missing where EpiEstim says NA: the first seven windows of Measles1861.
    assert_allclose(found, expected, rtol=1e-10)
    assert np.isnan(expected[:, 2]).sum() == (7 if name == "Measles1861" else 0)


@pytest.mark.upstream
def test_every_window_with_a_gamma_serial_interval_is_that_of_epiestim(reference):
    file = reference / "epiestim" / "Flu2009_param.csv"
    expected = np.genfromtxt(file, delimiter=",", skip_header=1)
    w = epidemic.discretised_gamma(2.6, 1.5, len(FLU))
    found = by_window(epidemic.reproduction_number(FLU, w, levels=SEVEN))
    assert_allclose(found, expected, rtol=1e-10)
    # EpiEstim leaves the tail out; sharing it among the lags would be seen.
    shared_out = by_window(epidemic.reproduction_number(FLU, w / w.sum(), levels=SEVEN))
    assert not np.allclose(shared_out, expected, rtol=1e-10, atol=0)


@pytest.mark.parametrize(
    ("cases", "w", "printed", "missing"),
    [
        (SARS, SARS_W, SARS_R, 1),
        (SARS, epidemic.discretised_gamma(8.4, 3.8, len(SARS)), SARS_GAMMA_R, 1),
        (SMALLPOX, SMALLPOX_W, SMALLPOX_R, 15),
    ],
    ids=["SARS2003", "SARS2003-gamma", "Smallpox1972"],
)
def test_sars_and_smallpox_are_those_of_epiestim(cases, w, printed, missing):
    rows = by_window(epidemic.reproduction_number(cases, w, levels=SEVEN))
    windows = np.array(printed)[:, 0].astype(int) - 2
    assert_allclose(rows[windows], printed, rtol=1e-10)
    # The first windows have no estimate in EpiEstim either.
    assert_array_equal(np.isnan(rows[:, 2]), np.arange(len(rows)) < missing)


def test_posterior_by_hand():
    # Infectiousness 4 and 2; cases 2 and 3; the prior of mean 3 and sd 1.5 has shape 4, rate 4/3.
    found = epidemic.reproduction_number([4, 2, 3], [0, 1], 2, 3, 1.5, levels=(0.5,))
    assert found.end.tolist() == [2]
    assert_allclose(found.shape, [4 + 5])
    assert_allclose(found.rate, [4 / 3 + 6])
    assert_allclose(found.mean, [9 / (22 / 3)])
    assert_allclose(found.sd, [3 / (22 / 3)])
    assert found.levels == (0.5,)


@given(COUNTS)
def test_quantiles_hold_their_share_of_the_posterior(cases):
    found = epidemic.reproduction_number(cases, COVID_W, levels=SEVEN)
    assert found.quantiles.shape == (7, 33)
    share = gamma(found.shape, scale=1 / found.rate).cdf(found.quantiles)
    assert_allclose(share, np.broadcast_to(np.array(SEVEN)[:, None], share.shape), rtol=1e-9)


@given(arrays("float64", (2, 3, 30), elements=st.sampled_from([0, 1, 9, 300, NAN])))
def test_regions_do_not_touch_each_other(cases):
    together = epidemic.reproduction_number(cases, FLU_W)
    assert together.quantiles.shape == (3, 2, 3, 23)
    for place in np.ndindex(2, 3):
        alone = epidemic.reproduction_number(cases[place], FLU_W)
        assert_array_equal(together.shape[place], alone.shape)
        assert_array_equal(together.rate[place], alone.rate)
        assert_array_equal(together.quantiles[:, *place], alone.quantiles)


@given(COUNTS, st.integers(1, 1000))
def test_more_cases_on_the_last_day_raise_the_last_estimate_only(cases, more):
    before = epidemic.reproduction_number(cases, COVID_W)
    cases[-1] += more
    after = epidemic.reproduction_number(cases, COVID_W)
    assert (after.quantiles[:, -1] > before.quantiles[:, -1]).all()
    assert_array_equal(after.quantiles[:, :-1], before.quantiles[:, :-1])


@given(COUNTS, st.integers(1, 20))
def test_days_without_cases_before_the_first_shift_the_estimates(cases, days):
    alone = epidemic.reproduction_number(cases, COVID_W)
    late = epidemic.reproduction_number(np.r_[np.zeros(days), cases], COVID_W)
    assert_allclose(late.mean[days:], alone.mean, rtol=1e-12)
    assert_array_equal(late.end[days:], alone.end + days)


@given(COUNTS)
def test_with_many_cases_the_prior_fades_and_cases_per_infectiousness_remain(cases):
    found = epidemic.reproduction_number(cases * 1e9, COVID_W)
    fewer = epidemic.reproduction_number(cases * 1e7, COVID_W)
    infecting = epidemic.infectiousness(cases, COVID_W)
    ratio = [
        cases[end - 6 : end + 1].sum() / infecting[end - 6 : end + 1].sum() for end in found.end
    ]
    assert_allclose(found.mean, ratio, rtol=1e-6)
    assert_allclose(fewer.sd / found.sd, 10, rtol=1e-4)


def test_early_windows_wait_for_the_mean_serial_interval():
    # Mean 10 days: the window that ends on day 10 is still too early, day 11 is not.
    w = [0] * 9 + [0.25, 0.5, 0.25]
    found = epidemic.reproduction_number(np.full(20, 50), w)
    assert (found.end[np.isfinite(found.mean)] + 1).tolist() == list(range(11, 21))
    assert_array_equal(np.isnan(found.quantiles).all(axis=0), np.isnan(found.mean))


def test_without_infectious_cases_there_is_no_estimate():
    # The wave is large and fractional: a difference of cumulative sums would leave a rest of it.
    cases = np.r_[np.full(20, 1e9 / 3), np.zeros(40)]
    found = epidemic.reproduction_number(cases, FLU_W)
    # The last infectious day is 11 days after the last case, on position 19 + 11.
    assert np.isfinite(found.mean[found.end <= 30 + 6]).all()
    assert np.isnan(found.mean[found.end > 30 + 6]).all()
    assert np.isnan(epidemic.reproduction_number(np.zeros(20), FLU_W).quantiles).all()


def test_missing_day_leaves_no_estimate_where_it_is_needed():
    cases = np.array(FLU * 2, dtype="float64")
    gap = cases.copy()
    gap[30] = NAN
    whole = epidemic.reproduction_number(cases, FLU_W)
    found = epidemic.reproduction_number(gap, FLU_W)
    # In the window on positions 30 to 36; behind infectiousness up to 11 days later, 31 to 47.
    lost = (found.end >= 30) & (found.end <= 30 + 11 + 6)
    assert_array_equal(np.isnan(found.shape), lost)
    assert_array_equal(np.isnan(found.rate), lost)
    assert_array_equal(np.isnan(found.quantiles[0]), lost)
    assert_array_equal(found.mean[~lost], whole.mean[~lost])


def simulated(rng, r, dispersion=np.inf, runs=300, days=60, seed_days=30, seed=1000):
    """Return renewal epidemics of constant R; with a dispersion, few infect most.

    Infectors differ by a gamma factor of mean 1 and shape `dispersion`; those of a day share
    the sum of theirs on all days that follow.
    """
    cases = np.zeros((runs, days))
    weighted = np.zeros((runs, days))
    for day in range(days):
        lags = np.arange(1, min(day, 29) + 1)
        rate = r * weighted[:, day - lags] @ COVID_W[lags]
        cases[:, day] = seed if day < seed_days else rng.poisson(rate)
        weighted[:, day] = cases[:, day]
        if np.isfinite(dispersion):
            weighted[:, day] = rng.gamma(dispersion * cases[:, day]) / dispersion
    return cases


def share_covered(estimate, r):
    low, _, high = estimate.quantiles[:, :, -1]
    return ((low < r) & (r < high)).mean()


@pytest.mark.parametrize("r", [0.7, 1.0, 1.6])
def test_known_reproduction_number_is_recovered(r):
    found = epidemic.reproduction_number(simulated(np.random.default_rng(20200310), r), COVID_W)
    assert_allclose(found.mean[:, -1].mean(), r, rtol=0.005)
    assert 0.92 <= share_covered(found, r) <= 0.98


def test_interval_is_too_narrow_where_few_infect_most():
    rng = np.random.default_rng(20200628)
    found = epidemic.reproduction_number(simulated(rng, 1.0, dispersion=0.06, days=37), COVID_W)
    assert 0.3 <= share_covered(found, 1.0) <= 0.55


@pytest.mark.parametrize("growth", [-0.08, 0.0, 0.03, 0.15])
def test_exponential_epidemic_has_the_growth_rate_and_the_r_of_lotka(growth):
    cases = 1e9 * np.exp(growth * np.arange(80))
    assert_allclose(epidemic.growth_rate(cases)[19:], growth, atol=1e-12)
    # Before day 30 the infectious days of the serial interval do not all lie in the series.
    found = epidemic.reproduction_number(cases, COVID_W).mean[30:]
    lotka = 1 / np.sum(COVID_W * np.exp(-growth * np.arange(30)))
    assert_allclose(found, lotka, rtol=1e-6)


# Growth rate


def test_growth_rate_starts_when_its_days_are_there():
    growth = epidemic.growth_rate(np.full(30, 7.0))
    assert np.isnan(growth[:19]).all()
    assert_allclose(growth[19:], 0, atol=1e-15)
    assert np.isnan(epidemic.growth_rate(np.full(10, 7.0))).all()


@given(COUNTS, st.floats(0.01, 1000))
def test_growth_rate_is_numpys_slope_whatever_the_unit(cases, unit):
    found = epidemic.growth_rate(cases * unit, window=10)
    means = np.convolve(cases, np.ones(7) / 7, "valid")
    slopes = [np.polyfit(np.arange(10), np.log(means[i : i + 10]), 1)[0] for i in range(25)]
    assert_allclose(found[15:], slopes, atol=1e-10)


def test_growth_rate_is_missing_where_a_mean_is_zero_or_missing():
    cases = np.full((3, 60), 5.0)
    cases[0, 30] = NAN
    cases[1, 30:37] = 0
    found = np.isnan(epidemic.growth_rate(cases))[:, 19:]
    day = np.arange(19, 60)
    assert_array_equal(found[0], (day >= 30) & (day <= 30 + 6 + 13))
    assert_array_equal(found[1], (day >= 36) & (day <= 36 + 13))
    assert not found[2].any()


# Mean and incidence


def test_rolling_mean_ends_on_its_day():
    found = epidemic.rolling_mean([[1, 2, 3, 4, 5, 6, 7, 15]])
    assert_array_equal(found, [[NAN] * 6 + [4, 6]])
    assert_array_equal(epidemic.rolling_mean([3, 5], window=1), [3, 5])
    assert_array_equal(epidemic.rolling_mean([3, 5]), [NAN, NAN])


def test_rolling_mean_is_missing_while_a_day_is():
    found = epidemic.rolling_mean([2, 4, NAN, 6, 8, 10], window=2)
    assert_array_equal(found, [NAN, 3, NAN, NAN, 7, 9])


def test_incidence_is_by_the_residents_of_its_own_region():
    # Residents of Jakarta Pusat and Kepulauan Seribu in the census of 2020.
    found = epidemic.incidence_per_100k([[1056.896, NAN], [27.749, 55.498]], [1_056_896, 27_749])
    assert_allclose(found, [[100, NAN], [100, 200]], rtol=1e-12)
    assert_allclose(epidemic.incidence_per_100k([3, 6], 300_000), [1, 2])


# Faults


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        ([[3, 4], [5, -2]], r"0 or more, or NaN; at \(1, 1\) stands -2"),
        ([3, np.inf], r"at \(1,\) stands inf"),
        ([], "no day"),
        (3, "no day"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        epidemic.growth_rate,
        lambda cases: epidemic.infectiousness(cases, FLU_W),
        lambda cases: epidemic.reproduction_number(cases, FLU_W, window=1),
        lambda cases: epidemic.incidence_per_100k(cases, np.full(np.shape(cases)[:-1], 9)),
    ],
    ids=["growth", "infectiousness", "reproduction", "per_100k"],
)
def test_impossible_cases_are_refused(function, cases, message):
    with pytest.raises(ValueError, match=message):
        function(cases)


@pytest.mark.parametrize(
    ("w", "message"),
    [
        ([0.1, 0.9], "starts with 0"),
        ([], "starts with 0"),
        ([[0, 1]], "starts with 0"),
        ([0, 1.5, -0.5], "negative or missing"),
        ([0, NAN], "negative or missing"),
        ([0, 0.6, 0.3], "sum to 1, not 0.9"),
        ([0, np.inf], "sum to 1, not inf"),
    ],
)
def test_what_is_no_serial_interval_is_refused(w, message):
    with pytest.raises(ValueError, match=message):
        epidemic.reproduction_number(FLU, w)
    with pytest.raises(ValueError, match=message):
        epidemic.infectiousness(FLU, w)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"window": 0}, "1 day or more, not 0"),
        ({"window": 32}, "need 33 days, not 32"),
        ({"prior_mean": 0}, "prior needs mean and sd above 0"),
        ({"prior_sd": -1}, "prior needs mean and sd above 0"),
        ({"prior_sd": NAN}, "prior needs mean and sd above 0"),
        ({"levels": (0.5, 1)}, "above 0 and below 1"),
        ({"levels": (NAN,)}, "above 0 and below 1"),
    ],
)
def test_choices_out_of_range_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        epidemic.reproduction_number(FLU, FLU_W, **choices)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ((1, 2.9, 30), "above 1 day, not 1"),
        ((NAN, 2.9, 30), "above 1 day"),
        ((5.2, 0, 30), "above 0 days, not 0"),
        ((5.2, np.inf, 30), "above 0 days"),
        ((5.2, 2.9, 1), "2 entries or more, not 1"),
    ],
)
def test_impossible_gamma_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        epidemic.discretised_gamma(*parameters)


def test_other_faults_are_refused():
    with pytest.raises(ValueError, match="2 days or more, not 1"):
        epidemic.growth_rate(FLU, window=1)
    with pytest.raises(ValueError, match="1 day or more, not 0"):
        epidemic.rolling_mean(FLU, window=0)
    with pytest.raises(ValueError, match=r"population of shape \(1,\) does not fit"):
        epidemic.incidence_per_100k([[1, 2], [3, 4]], [100])
    for population in ([100, 0], [100, np.inf]):
        with pytest.raises(ValueError, match="above 0 and finite"):
            epidemic.incidence_per_100k([[1, 2], [3, 4]], population)
