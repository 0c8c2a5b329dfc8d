"""Bounds under violated parallel trends, against linear programs, simulation and diff-diff."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from scipy.optimize import linprog, minimize

from gotong.causal.group_time import aggregate, group_time_effects
from gotong.causal.honest import (
    Bounds,
    breakdown,
    event_path,
    relative_magnitudes,
    smoothness,
)

SHAPES = [(1, 1), (1, 3), (4, 1), (5, 4), (3, 6)]
METHODS = [relative_magnitudes, smoothness]


def made_up_study(seed, leads=5, lags=4, scale=0.2):
    """Return coefficients of an event study around one period, and their covariance."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(200, leads + lags + 1)).cumsum(axis=1)
    steps -= steps[:, [leads]]
    covariance = np.delete(np.delete(np.cov(steps.T), leads, 0), leads, 1) * scale**2 / 10
    before, after = rng.normal(size=leads) * scale, rng.normal(size=lags) * scale - 1
    return before, after, covariance


def program(before, after, weights, rows, limit):
    """Return the identified set by linear programming, or NaN where there is none.

    `rows` are the combinations of the violations, the reference period among them, that lie
    within plus or minus `limit`.
    """
    leads = len(before)
    total = leads + 1 + len(after)
    seen = np.eye(total)[: leads + 1]
    objective = np.r_[np.zeros(leads + 1), weights]
    ends = []
    for direction in (1, -1):
        found = linprog(
            direction * objective,
            A_ub=np.vstack([rows, -rows]),
            b_ub=np.full(2 * len(rows), limit),
            A_eq=seen,
            b_eq=np.r_[before, 0],
            bounds=(None, None),
        )
        ends.append(direction * found.fun if found.status == 0 else np.nan)
    return weights @ after - ends[1], weights @ after - ends[0]


# Identified sets


@pytest.mark.parametrize(("leads", "lags"), SHAPES)
@pytest.mark.parametrize("bound", [0, 0.4, 1, 2.5])
def test_set_under_relative_magnitudes_solves_its_linear_program(leads, lags, bound):
    for seed in range(3):
        before, after, covariance = made_up_study(seed, leads, lags)
        weights = np.random.default_rng(seed).normal(size=lags)
        found = relative_magnitudes(event_path(before, after, covariance, weights), bound)
        changes = np.diff(np.eye(leads + lags + 1), axis=0)
        largest = np.abs(np.diff(np.r_[before, 0])).max()
        expected = program(before, after, weights, changes[leads:], bound * largest)
        assert_allclose([found.lower, found.upper], expected, atol=1e-9)


@pytest.mark.parametrize(("leads", "lags"), SHAPES)
@pytest.mark.parametrize("bound", [0, 0.1, 0.8, 3])
def test_set_under_smoothness_solves_its_linear_program(leads, lags, bound):
    for seed in range(3):
        before, after, covariance = made_up_study(seed, leads, lags)
        weights = np.random.default_rng(seed).normal(size=lags)
        found = smoothness(event_path(before, after, covariance, weights), bound)
        bends = np.diff(np.eye(leads + lags + 1), n=2, axis=0)
        expected = program(before, after, weights, bends, bound)
        assert_allclose([found.lower, found.upper], expected, atol=1e-8)


def test_straight_trend_is_taken_off_exactly():
    # Before: a slope of 0.1; after: the same, and an effect of 2.
    slope = 0.1 * np.arange(-3, 4)
    before, after = slope[:3], slope[4:] + 2
    covariance = np.diag(np.full(6, 0.01))
    found = smoothness(event_path(before, after, covariance), 0)
    assert_allclose([found.lower, found.upper], 2, rtol=1e-9)
    assert_allclose((found.interval_lower + found.interval_upper) / 2, 2, rtol=1e-9)
    # Each step before was 0.1; after one, two, three such steps the violation is 0.1 to 0.3.
    magnitudes = relative_magnitudes(event_path(before, after, covariance), 1)
    assert_allclose([magnitudes.lower, magnitudes.upper], [2, 2.4], rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_effect_is_the_mean_unless_weights_say_otherwise(method):
    before, after, covariance = made_up_study(4)
    plain = method(event_path(before, after, covariance), 2)
    assert plain == method(event_path(before, after, covariance, np.full(4, 0.25)), 2)
    first = method(event_path(before, after, covariance, [1, 0, 0, 0]), 2)
    kept = list(range(6))
    alone = method(event_path(before, after[:1], covariance[np.ix_(kept, kept)]), 2)
    assert_allclose([first.lower, first.upper], [alone.lower, alone.upper])


# Intervals


def test_without_violation_the_interval_is_the_usual_one():
    before, after, covariance = made_up_study(5)
    found = relative_magnitudes(event_path(before, after, covariance), 0, level=0.9)
    reach = stats.norm.ppf(0.95) * np.sqrt(covariance[5:, 5:].mean())
    ends = [found.interval_lower, found.interval_upper]
    assert_allclose(ends, after.mean() + np.array([-reach, reach]))
    assert_allclose([found.lower, found.upper], after.mean())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("shape", [(1, 1), (5, 4), (8, 1), (12, 3)])
@pytest.mark.parametrize("independent", [False, True])
def test_interval_under_a_straight_trend_is_that_of_least_squares(seed, shape, independent):
    leads, lags = shape
    before, after, covariance = made_up_study(seed, leads, lags)
    covariance = np.eye(leads + lags) if independent else covariance
    found = smoothness(event_path(before, after, covariance), 0)
    # Coefficients are a slope times time plus, afterwards, an effect of their own.
    design = np.zeros((leads + lags, 1 + lags))
    design[:, 0] = np.delete(np.arange(-leads, lags + 1), leads)
    design[leads:, 1:] = np.eye(lags)
    inverse = np.linalg.inv(covariance)
    spread = np.linalg.inv(design.T @ inverse @ design)
    solution = spread @ design.T @ inverse @ np.r_[before, after]
    effect, variance = solution[1:].mean(), spread[1:, 1:].mean()
    expected = effect + stats.norm.ppf([0.025, 0.975]) * np.sqrt(variance)
    assert_allclose([found.interval_lower, found.interval_upper], expected, rtol=1e-7)


def half_length(v, bound, covariance, weights, leads):
    """Return the half length of the interval around a combination of coefficients."""
    # Its bias is that of the worst bends; a straight line must cost nothing.
    total = leads + len(weights) + 1
    full = np.insert(v, leads, 0)
    time = np.arange(total) - leads
    assert abs(full @ time) < 1e-8
    basis = np.array(
        [
            np.maximum(time - bend, 0) if bend >= 0 else np.maximum(bend - time, 0)
            for bend in range(-leads + 1, len(weights))
        ]
    )
    bias = bound * np.abs(basis @ full).sum()
    sd = np.sqrt(v @ covariance @ v)
    return sd * np.sqrt(stats.ncx2.ppf(0.95, 1, (bias / sd) ** 2))


def combination(bound, covariance, leads):
    """Return the weights on the coefficients of the interval's centre, and its half length.

    The centre is linear in the coefficients, and the length does not depend on them.
    """
    units = np.eye(len(covariance))
    found = [
        smoothness(event_path(unit[:leads], unit[leads:], covariance), bound) for unit in units
    ]
    v = np.array([(f.interval_lower + f.interval_upper) / 2 for f in found])
    return v, (found[0].interval_upper - found[0].interval_lower) / 2


@pytest.mark.parametrize("bound", [0.003, 0.01, 0.02, 0.05, 0.1, 0.5])
@pytest.mark.parametrize(("leads", "lags"), [(1, 2), (2, 3), (5, 4), (8, 1), (12, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_no_other_combination_of_coefficients_has_a_shorter_interval(bound, leads, lags, seed):
    _, _, covariance = made_up_study(seed, leads, lags)
    weights = np.full(lags, 1 / lags)
    v, half = combination(bound, covariance, leads)
    assert_allclose(half, half_length(v, bound, covariance, weights, leads), rtol=1e-9)
    # The length is convex in the weights: what is best nearby is best of all.
    rng = np.random.default_rng(seed)
    for size in 10.0 ** -np.arange(5).repeat(30):
        step = np.zeros(len(v))
        step[: leads - 1] = size * rng.normal(size=leads - 1) * (rng.random(leads - 1) < 0.5)
        # The last weight before the policy keeps the combination free of trends.
        step[leads - 1] = -step[: leads - 1] @ np.arange(leads, 1, -1)
        assert half_length(v + step, bound, covariance, weights, leads) >= half * (1 - 1e-9)


@pytest.mark.parametrize("bound", np.geomspace(0.002, 0.5, 9))
def test_interval_is_the_shortest_that_a_search_finds(bound):
    for leads in (2, 3):
        before, after, covariance = made_up_study(leads, leads, 3)
        weights = np.full(3, 1 / 3)

        def objective(free, spread=covariance, chosen=weights):
            trend = 2 - free @ np.arange(len(free) + 1, 1, -1)
            return half_length(np.r_[free, trend, chosen], bound, spread, chosen, len(free) + 1)

        options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000, "maxfev": 2000}
        searched = minimize(objective, np.zeros(leads - 1), method="Nelder-Mead", options=options)
        found = smoothness(event_path(before, after, covariance), bound)
        assert_allclose(found.interval_upper - found.interval_lower, 2 * searched.fun, rtol=1e-6)


EFFECT = np.array([-0.5, -1.0])


@pytest.mark.parametrize(
    ("trend", "bound"),
    [
        ([0, 0, 0, 0, 0, 0], 0),
        ([0.3, 0.2, 0.1, 0, 0.1, 0.2], 1),  # the worst that is allowed, upwards
        ([0.3, 0.2, 0.1, 0, -0.2, -0.4], 2),  # and downwards
        ([0, 0, 0, 0, 0, 0], 1),  # nothing before, so nothing after
        ([5, 5, 0, 0, 5, 10], 1),  # one step before stands out
    ],
)
def test_interval_under_relative_magnitudes_holds_what_it_promises(trend, bound):
    _, _, covariance = made_up_study(8, 3, 2)
    true = np.delete(trend, 3) + np.r_[np.zeros(3), EFFECT]
    draws = np.random.default_rng(9).multivariate_normal(true, covariance, size=1500)
    found = [relative_magnitudes(event_path(b[:3], b[3:], covariance), bound) for b in draws]
    low, high = np.array([(f.interval_lower, f.interval_upper) for f in found]).T
    assert np.mean((low <= EFFECT.mean()) & (EFFECT.mean() <= high)) >= 0.935


def exact_coverage(bound, trend):
    """Return the probability that the interval under smoothness holds the mean effect."""
    _, _, covariance = made_up_study(8, 3, 2)
    v, half = combination(bound, covariance, 3)
    true = np.delete(trend, 3) + np.r_[np.zeros(3), EFFECT]
    off = stats.norm(v @ true - EFFECT.mean(), np.sqrt(v @ covariance @ v))
    return off.cdf(half) - off.cdf(-half)


def test_interval_under_smoothness_holds_what_it_promises():
    assert_allclose(exact_coverage(0, [0.6, 0.4, 0.2, 0, -0.2, -0.4]), 0.95, atol=1e-9)
    # All bends that are as large as is allowed, upwards or downwards, on any slope.
    found = []
    for signs in np.ndindex(2, 2, 2, 2):
        steps = np.cumsum(np.r_[0.3, 0.1 * (2 * np.array(signs) - 1)])
        trend = np.r_[0, np.cumsum(steps)]
        found.append(exact_coverage(0.1, trend - trend[3]))
    # The worst of them is what the length is made for.
    assert_allclose(min(found), 0.95, atol=1e-9)
    assert max(found) > 0.96


@given(st.integers(0, 10**6), st.sampled_from(SHAPES), st.floats(0, 3))
def test_signs_and_units_turn_the_bounds_with_them(seed, shape, bound):
    before, after, covariance = made_up_study(seed, *shape)
    for method, unit in [(relative_magnitudes, 1), (smoothness, 7)]:
        found = method(event_path(before, after, covariance), bound)
        turned = method(event_path(-7 * before, -7 * after, 49 * covariance), unit * bound)
        assert_allclose(
            [turned.lower, turned.upper], [-7 * found.upper, -7 * found.lower], atol=1e-9
        )
        ends = [-7 * found.interval_upper, -7 * found.interval_lower]
        assert_allclose([turned.interval_lower, turned.interval_upper], ends, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("shape", SHAPES)
def test_sets_and_intervals_grow_with_the_bound(seed, shape):
    study = made_up_study(seed, *shape)
    for method in METHODS:
        found = [method(event_path(*study), bound) for bound in (0, 0.2, 0.7, 2)]
        lengths = [f.interval_upper - f.interval_lower for f in found]
        assert (np.diff(lengths) >= -1e-12).all()
        assert (np.diff([f.upper for f in found if np.isfinite(f.upper)]) >= 0).all()
        assert (np.diff([f.lower for f in found if np.isfinite(f.lower)]) <= 0).all()


def test_covariance_without_an_error_before_the_policy_leaves_one_source():
    # Steps before are known to be 0.5; the interval is that of the estimate, 0.5 further out.
    covariance = np.diag([0, 0, 0.04])
    found = relative_magnitudes(event_path([1.0, 0.5], [3.0], covariance), 1)
    # Either end alone can fail, for the set is far wider than its error.
    reach = 0.2 * stats.norm.ppf(0.975)
    assert found.interval_upper <= 3.5 + reach + 1e-9
    assert_allclose(found.interval_upper, 3.5 + reach, atol=0.2 * (1.96 - 1.64))
    exact = relative_magnitudes(event_path([1.0, 0.5], [3.0], np.zeros((3, 3))), 1)
    assert_allclose([exact.interval_lower, exact.interval_upper], [2.5, 3.5])


# Breakdown


@pytest.mark.parametrize("method", METHODS)
def test_breakdown_is_where_the_interval_reaches_zero(method):
    study = made_up_study(10)

    def bounds_at(bound):
        return method(event_path(*study), bound)

    value = breakdown(bounds_at, 0.05)
    assert value > 0
    assert bounds_at(0.99 * value).interval_upper < 0 < bounds_at(1.01 * value).interval_upper
    assert_allclose(breakdown(bounds_at, 50), value, rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_effect_that_is_not_seen_at_all_breaks_down_at_once(method):
    before, after, covariance = made_up_study(11)
    assert (
        breakdown(lambda bound: method(event_path(before, 0 * after, 9 * covariance), bound)) == 0
    )


def test_trends_that_did_not_move_at_all_never_break_an_effect():
    def bounds_at(bound):
        return relative_magnitudes(event_path([0, 0], [2], np.diag([0, 0, 0.01])), bound)

    assert breakdown(bounds_at) == np.inf


def test_breakdown_of_a_rising_effect_is_found_from_below():
    assert_allclose(breakdown(lambda m: Bounds(m, 0, 0, 6 - m**2, 9)), 6**0.5)
    assert_allclose(breakdown(lambda m: Bounds(m, 0, 0, -9, m - 6)), 6)


# Faults


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"before": []}, "before and after"),
        ({"after": np.zeros((2, 2))}, "before and after"),
        ({"covariance": np.eye(8)}, "9 coefficients do not fit"),
        ({"covariance": np.triu(np.ones((9, 9)))}, "not symmetric"),
        ({"covariance": -np.eye(9)}, "negative variance"),
        ({"after": [1, 2, 3, np.nan]}, "missing or infinite"),
        ({"weights": [1, 0, 0]}, "as many weights"),
        ({"weights": [0, 0, 0, 0]}, "not all 0"),
    ],
)
def test_impossible_studies_are_refused(change, message):
    before, after, covariance = made_up_study(12)
    arguments = {"before": before, "after": after, "covariance": covariance}
    with pytest.raises(ValueError, match=message):
        event_path(**(arguments | change))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"bound": -1}, "0 or more, not -1"),
        ({"bound": np.inf}, "0 or more, not inf"),
        ({"bound": 1, "level": 0.5}, "above 0.5"),
        ({"bound": 1, "level": 1}, "below 1, not 1"),
    ],
)
def test_choices_out_of_range_are_refused(method, choices, message):
    with pytest.raises(ValueError, match=message):
        method(event_path(*made_up_study(12)), **choices)


def test_smoothness_needs_more_clusters_than_coefficients():
    before, after, covariance = made_up_study(13)
    covariance[0] = covariance[1]
    covariance[:, 0] = covariance[:, 1]
    with pytest.raises(ValueError, match="singular"):
        smoothness(event_path(before, after, covariance), 1)
    relative_magnitudes(event_path(before, after, covariance), 1)


# Oracle


@pytest.fixture(scope="module")
def studies():
    """Return diff-diff's event study of a panel, and ours as arrays."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        diff_diff = pytest.importorskip(
            "diff_diff", reason="diff-diff is in .venv-oracles: make oracles"
        )
        rng = np.random.default_rng(14)
        first = np.repeat([np.inf, 5, 6, 7], [24, 12, 12, 12])
        units, periods = len(first), 10
        y = 0.3 * rng.normal(size=(units, periods)).cumsum(axis=1)
        y -= np.arange(periods) >= first[:, None]
        table = pd.DataFrame(
            {
                "y": y.ravel(),
                "unit": np.repeat(np.arange(units), periods),
                "period": np.tile(np.arange(1, periods + 1), units),
                "first": np.repeat(np.where(np.isinf(first), 0, first + 1), periods),
            }
        )
        fitted = diff_diff.CallawaySantAnna(base_period="universal").fit(
            table, outcome="y", unit="unit", time="period", first_treat="first"
        )
        theirs = fitted.aggregate("event_study")
    dynamic = aggregate(group_time_effects(y, first, base="universal"), "dynamic")
    before, after = dynamic.label < -1, dynamic.label >= 0
    kept = before | after
    ours = (
        dynamic.estimates.effects[before],
        dynamic.estimates.effects[after],
        dynamic.estimates.covariance[np.ix_(kept, kept)],
    )
    return diff_diff, theirs, ours


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("bound", [0, 0.01, 0.05, 0.2, 0.5])
def test_smoothness_equals_diff_diff(studies, bound):
    diff_diff, theirs, ours = studies
    peer = diff_diff.compute_honest_did(theirs, method="smoothness", M=bound)
    found = smoothness(event_path(*ours), bound)
    assert_allclose([found.lower, found.upper], [peer.lb, peer.ub], atol=1e-9)
    # Theirs comes from a search on a grid and may be a little longer, and its centre a little off.
    length, length_theirs = found.interval_upper - found.interval_lower, peer.ci_ub - peer.ci_lb
    assert length <= length_theirs * (1 + 1e-9)
    assert_allclose(length, length_theirs, rtol=1e-6)
    assert_allclose(found.interval_lower, peer.ci_lb, atol=1e-4)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("bound", [0, 0.5, 1, 2])
def test_set_under_relative_magnitudes_equals_diff_diff(studies, bound):
    diff_diff, theirs, ours = studies
    peer = diff_diff.compute_honest_did(theirs, method="relative_magnitude", M=bound)
    found = relative_magnitudes(event_path(*ours), bound)
    assert_allclose([found.lower, found.upper], [peer.lb, peer.ub], atol=1e-9)
    # Its interval takes the largest step before the policy as known without error. Ours does not,
    # so that both agree only where no violation is allowed.
    ends, ends_theirs = [found.interval_lower, -found.interval_upper], [peer.ci_lb, -peer.ci_ub]
    if bound == 0:
        assert_allclose(ends, ends_theirs, atol=1e-9)
    else:
        assert (np.array(ends) < ends_theirs).all()
