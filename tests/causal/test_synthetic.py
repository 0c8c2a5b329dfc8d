"""Synthetic control: against the tobacco study, by hand, by optimality, by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from gotong.causal import synthetic


@pytest.fixture(scope="module")
def prop99(reference):
    """Return cigarette packs per head, states by years 1970 to 2000, and the states."""
    rows = np.genfromtxt(
        reference / "synth" / "prop99.csv", delimiter=";", skip_header=1, dtype=None, encoding=None
    )
    states = sorted({row[0] for row in rows})
    packs = np.full((len(states), 31), np.nan)
    for state, year, value, _ in rows:
        packs[states.index(state), year - 1970] = value
    return packs, states


def walks(seed, units=12, periods=30):
    """Return random walks: outcomes that drift apart, as those of regions do."""
    return np.random.default_rng(seed).normal(size=(units, periods)).cumsum(axis=1)


seeds = st.integers(0, 2**32 - 1)


# Weights


def test_weights_by_hand():
    # The point of the segment from (0, 0) to (4, 0) that is nearest to (1, 2).
    found = synthetic.simplex_least_squares(np.array([[0, 4.0], [0, 0]]), np.array([1.0, 2]))
    assert_allclose(found, [0.75, 0.25], rtol=1e-14)


def test_a_target_beyond_the_donors_gets_the_nearest_one():
    found = synthetic.simplex_least_squares(np.array([[1.0, 2, 5]]), np.array([9.0]))
    assert_array_equal(found, [0, 0, 1])


@given(seeds, st.integers(1, 40), st.integers(2, 20), st.sampled_from([1e-9, 1, 1e6]))
def test_weights_meet_the_optimality_conditions(seed, rows, columns, scale):
    rng = np.random.default_rng(seed)
    design, target = scale * rng.normal(size=(rows, columns)), scale * rng.normal(size=rows)
    weights = synthetic.simplex_least_squares(design, target)
    assert (weights >= 0).all()
    assert_allclose(weights.sum(), 1, rtol=1e-13)
    # Convex, so that no slope towards any vertex means the minimum (Frank-Wolfe gap of zero).
    slope = design.T @ (design @ weights - target)
    assert weights @ slope - slope.min() <= 1e-10 * scale**2 * rows


@given(seeds, st.floats(-1e3, 1e3))
def test_weights_do_not_depend_on_level_or_unit_of_measure(seed, shift):
    rng = np.random.default_rng(seed)
    design, target = rng.normal(size=(15, 6)), rng.normal(size=15)
    found = synthetic.simplex_least_squares(3 * design + shift, 3 * target + shift)
    assert_allclose(found, synthetic.simplex_least_squares(design, target), atol=1e-8)


# Tobacco control in California (Abadie, Diamond and Hainmueller 2010)


@pytest.mark.upstream
def test_california_is_that_of_the_exact_optimum(prop99):
    packs, states = prop99
    found = synthetic.synthetic_control(packs, states.index("California"), 19)
    assert_allclose(found.effect, -19.513630, atol=5e-7)
    assert_allclose(found.gap[2000 - 1970], -26.596643, atol=5e-7)
    assert_allclose(found.pre_rmspe, 1.656400, atol=5e-7)
    weights = {
        states[unit]: round(float(found.weights[unit]), 4) for unit in np.flatnonzero(found.weights)
    }
    assert weights == {
        "Colorado": 0.0148,
        "Connecticut": 0.1091,
        "Montana": 0.2318,
        "Nevada": 0.2049,
        "New Hampshire": 0.0454,
        "Utah": 0.3939,
    }
    # Near the estimate of the authors of synthetic DiD (-19.62), whose steps end early.
    assert abs(found.effect + 19.62) < 0.15


@pytest.mark.upstream
def test_california_is_third_of_39(prop99):
    packs, states = prop99
    found = synthetic.placebos_in_space(packs, states.index("California"), 19)
    assert (found.test.rank, found.test.others) == (3, 38)
    assert found.test.p_value == pytest.approx(3 / 39)
    assert found.test.smallest == pytest.approx(1 / 39)


# Fit


def test_a_mix_of_donors_is_found_exactly_and_the_effect_with_it():
    y = walks(1)
    mix = np.zeros(12)
    mix[[3, 7]] = 0.25, 0.75
    y[0] = mix @ y
    y[0, 20:] += 5
    found = synthetic.synthetic_control(y, 0, 20)
    assert_allclose(found.weights, mix, atol=1e-10)
    assert_allclose(found.gap, np.repeat([0, 5.0], [20, 10]), atol=1e-10)
    assert found.pre_rmspe == 0
    assert found.ratio == np.inf
    assert found.relative_fit == 0
    assert not found.overfitted


def test_a_unit_above_all_donors_needs_the_intercept():
    y = walks(2)
    y[0] = 0.5 * (y[3] + y[4]) + 100
    without = synthetic.synthetic_control(y, 0, 20)
    assert without.relative_fit > 10
    within = synthetic.synthetic_control(y, 0, 20, intercept=True)
    assert_allclose(within.intercept, 100, rtol=1e-10)
    assert within.relative_fit < 1e-8


@given(seeds, st.booleans())
def test_gap_is_what_the_weights_say(seed, intercept):
    y = walks(seed)
    found = synthetic.synthetic_control(y, 4, 20, intercept)
    assert found.weights[4] == 0
    gap = y[4] - sum(found.weights[unit] * y[unit] for unit in range(12))
    assert_allclose(found.gap, gap - found.intercept, atol=1e-11)
    assert (found.intercept != 0) == intercept
    assert_allclose(found.gap[:20].mean() if intercept else 0, 0, atol=1e-12)
    assert_allclose(found.effect, found.gap[20:].mean())
    assert_allclose(found.ratio, found.post_rmspe / found.pre_rmspe)
    assert_allclose(found.relative_fit, found.pre_rmspe / np.std(y[4, :20]))


def test_few_periods_are_flagged_because_donors_fit_whatever_happened():
    y = walks(3, units=12, periods=14)
    y[:, :8] -= y[:, :8].mean(axis=0)
    assert synthetic.synthetic_control(y, 0, 11).overfitted
    assert not synthetic.synthetic_control(y, 0, 12).overfitted


# Placebos


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("pre_periods", [8, 20])
def test_all_placebos_at_once_are_those_one_by_one(pre_periods, intercept):
    y = walks(4)
    found = synthetic.placebos_in_space(y, 5, pre_periods, intercept)
    singles = [synthetic.synthetic_control(y, unit, pre_periods, intercept) for unit in range(12)]
    assert_allclose(found.weights, [single.weights for single in singles], atol=1e-9)
    assert_allclose(found.gaps, [single.gap for single in singles], atol=1e-9)
    assert_allclose(found.effects, [single.effect for single in singles], atol=1e-9)
    assert_allclose(found.ratio, [single.ratio for single in singles], rtol=1e-7)
    larger = sum(single.ratio > singles[5].ratio for single in singles)
    assert found.test.p_value == pytest.approx((1 + larger) / 12)


def test_units_that_fit_exactly_tie_instead_of_ranking_by_rounding():
    # Four points of a square and its centre: with two pre-periods the centre is a mix exactly,
    # twice over.
    y = np.array([[0.0, 0, 1], [2, 0, 1], [0, 2, 1], [2, 2, 1], [1, 1, 3], [1, 1, 7]])
    found = synthetic.placebos_in_space(y, 4, 2)
    assert_array_equal(found.ratio[4:], [np.inf, np.inf])
    assert found.test.rank == 2


def test_a_date_at_which_nothing_happened_shows_nothing_and_never_sees_the_true_one():
    y = walks(5)
    y[0] = y[[3, 7]].mean(axis=0)
    y[0, 20:] += 50
    found = synthetic.placebos_in_time(y, 0, 20, [14, 17])
    assert [control.pre_periods for control in found] == [14, 17]
    assert [control.gap.size for control in found] == [20, 20]
    assert_allclose([control.effect for control in found], 0, atol=1e-9)


def test_a_break_before_the_treatment_is_seen_at_the_fake_date():
    y = walks(6)
    y[0] = y[[3, 7]].mean(axis=0)
    y[0, 15:] += 3
    (found,) = synthetic.placebos_in_time(y, 0, 20, [15])
    assert_allclose(found.effect, 3, atol=1e-9)


@pytest.mark.parametrize("start", [0, 20, 25])
def test_a_fake_date_must_lie_before_the_true_one(start):
    with pytest.raises(ValueError, match="fake starts"):
        synthetic.placebos_in_time(walks(7), 0, 20, [start])


def test_leaving_out_a_donor_is_as_if_it_had_not_been_there():
    y = walks(8)
    whole = synthetic.synthetic_control(y, 2, 20)
    found = synthetic.leave_one_out(y, 2, 20)
    assert list(found) == np.flatnonzero(whole.weights).tolist()
    assert len(found) > 1
    for dropped, control in found.items():
        rest = np.delete(np.arange(12), dropped)
        alone = synthetic.synthetic_control(y[rest], int(np.flatnonzero(rest == 2)[0]), 20)
        assert control.weights[dropped] == 0
        assert_allclose(control.weights[rest], alone.weights, atol=1e-9)
        assert_allclose(control.effect, alone.effect, atol=1e-9)
        assert control.pre_rmspe >= whole.pre_rmspe


# Interval


def p_of(y, effect, treated=0, pre_periods=30):
    """Return the p-value after an effect is taken off the treated unit, everything anew."""
    rest = y.copy()
    rest[treated, pre_periods:] -= effect
    return synthetic.placebos_in_space(rest, treated, pre_periods).test.p_value


@given(seeds)
def test_interval_ends_where_the_test_begins_to_reject(seed):
    y = walks(seed, units=8, periods=40)
    low, high = synthetic.effect_interval(synthetic.placebos_in_space(y, 0, 30), alpha=0.3)
    for end, outwards in ((low, -1), (high, 1)):
        if np.isfinite(end):
            step = outwards * 1e-5 * max(1, abs(end))
            assert p_of(y, end + step) <= 0.3 < p_of(y, end - step)
    if np.isnan(low):
        assert max(p_of(y, effect) for effect in np.linspace(-20, 20, 41)) <= 0.3


def test_interval_shifts_with_the_effect():
    y = walks(9)
    before = synthetic.effect_interval(synthetic.placebos_in_space(y, 0, 20), 0.2)
    y[0, 20:] += 7
    after = synthetic.effect_interval(synthetic.placebos_in_space(y, 0, 20), 0.2)
    assert np.isfinite(before).all()
    assert_allclose(np.subtract(after, before), 7, atol=1e-9)


def test_interval_has_no_end_where_units_are_too_few():
    placebos = synthetic.placebos_in_space(walks(10), 0, 20)
    assert synthetic.effect_interval(placebos, alpha=0.08) == (-np.inf, np.inf)


def test_a_gap_that_no_constant_effect_explains_has_no_interval():
    y = 0.1 * walks(11)
    y[0] = 0.5 * (y[1] + y[2]) + np.tile([0.001, -0.001], 15)
    y[0, 20:] += np.tile([100.0, -100], 5)
    low, high = synthetic.effect_interval(synthetic.placebos_in_space(y, 0, 20), 0.2)
    assert np.isnan(low)
    assert np.isnan(high)


def exact(placebos_too):
    """Return outcomes whose first unit, and with it some others, is met exactly before day 20.

    The second and third unit mix to the first; units of one constant level mix to each other.
    """
    y = 100 + 10 * walks(12)
    y[0, :20] = (0.25 * y[1] + 0.75 * y[2])[:20]
    if placebos_too:
        y[3:6, :20] = [[5.0], [6.0], [7.0]]
    return y


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.2, 0.3, 0.5])
@pytest.mark.parametrize("placebos_too", [False, True])
def test_where_the_past_is_met_exactly_all_or_no_effects_are_rejected(placebos_too, alpha):
    y = exact(placebos_too)
    placebos = synthetic.placebos_in_space(y, 0, 20)
    met = placebos.pre_rmspe == 0
    assert met[0]
    assert met[1:].any() == placebos_too
    p = {p_of(y, effect, pre_periods=20) for effect in (-50.0, 0.0, 0.3, 1e6)}
    assert p == {met.sum() / 12}
    expected = (-np.inf, np.inf) if met.sum() / 12 > alpha else (np.nan, np.nan)
    assert_array_equal(synthetic.effect_interval(placebos, alpha), expected)


# Faults


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"treated": 12}, "treated units must lie"),
        ({"treated": -1}, "treated units must lie"),
        ({"pre_periods": 0}, "pre_periods must lie"),
        ({"pre_periods": 30}, "pre_periods must lie"),
        ({"outcomes": walks(0)[:2]}, "fewer than 2 donors"),
        ({"outcomes": walks(0)[0]}, "units by periods"),
    ],
)
def test_what_allows_no_comparison_is_refused(change, word):
    choices = {"outcomes": walks(0), "treated": 0, "pre_periods": 20} | change
    for function in (
        synthetic.synthetic_control,
        synthetic.placebos_in_space,
        synthetic.leave_one_out,
    ):
        with pytest.raises(ValueError, match=word):
            function(**choices)


def test_a_missing_value_is_refused_and_not_filled():
    y = walks(0)
    y[3, 4] = np.nan
    with pytest.raises(ValueError, match="without a missing value"):
        synthetic.synthetic_control(y, 0, 20)


@pytest.mark.parametrize("alpha", [0, 1, np.nan])
def test_a_level_that_is_none_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        synthetic.effect_interval(synthetic.placebos_in_space(walks(0), 0, 20), alpha)


# Other implementations


@pytest.mark.oracle
@pytest.mark.parametrize("donors", [8, 20])
def test_weights_are_those_of_pysyncon(donors):
    # With all predictors weighted alike, its inner problem is ours; SLSQP stops a little early.
    base = pytest.importorskip("pysyncon.base", reason="pysyncon is in .venv-oracles: make oracles")
    y = walks(12, units=donors + 1, periods=60)
    design, target = y[1:].T, y[0]
    theirs, _ = base.VanillaOptimMixin.w_optimize(V_mat=np.eye(60), X0=design, X1=target)
    ours = synthetic.simplex_least_squares(design, target)

    def loss(weights):
        return ((design @ weights - target) ** 2).sum()

    assert loss(ours) <= loss(theirs) * (1 + 1e-9)
    assert_allclose(loss(ours), loss(theirs), rtol=1e-4)
    assert_allclose(ours, theirs, atol=5e-3)
