"""Synthetic difference in differences: against the tobacco study, by optimality, by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from gotong.causal import synthetic_did as sdid

seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def prop99(reference):
    """Return cigarette packs per head, states by years 1970 to 2000, and California's row."""
    rows = np.genfromtxt(
        reference / "synth" / "prop99.csv", delimiter=";", skip_header=1, dtype=None, encoding=None
    )
    states = sorted({row[0] for row in rows})
    packs = np.full((len(states), 31), np.nan)
    for state, year, value, _ in rows:
        packs[states.index(state), year - 1970] = value
    return packs, states.index("California")


def walks(seed, units=14, periods=24):
    return np.random.default_rng(seed).normal(size=(units, periods)).cumsum(axis=1)


# Tobacco control in California (Arkhangelsky et al. 2021)


@pytest.mark.upstream
def test_california_is_that_of_the_exact_optimum(prop99):
    packs, california = prop99
    found = sdid.synthetic_did(packs, [california], 19)
    assert_allclose(found.effect, -15.605398, atol=5e-7)
    assert_allclose(found.ridge, 10.226233, atol=5e-7)
    assert_allclose(found.noise, 5.494401, atol=5e-7)
    assert_allclose(found.time_weights[-3:], [0.366, 0.206, 0.427], atol=1e-3)
    assert_array_equal(found.time_weights[:-3], 0)
    # The estimate in the paper, -15.6, and the plain one, -27.3.
    assert_allclose(sdid.difference_in_differences(packs, [california], 19), -27.349111, atol=5e-7)


@pytest.mark.upstream
def test_standard_error_of_california_is_near_the_published_one(prop99):
    # The paper draws 38 controls by chance and prints 8.4; here each is taken once.
    packs, california = prop99
    found = sdid.placebo_estimates(packs, [california], 19)
    assert found.listed
    assert found.effects.size == 38
    assert 8 < found.standard_error < 10


# Weights


@given(seeds)
def test_weights_meet_the_optimality_conditions(seed):
    y = walks(seed)
    found = sdid.synthetic_did(y, [0, 1], 16)
    control, target = y[2:], y[:2].mean(axis=0)
    before, after = control[:, :16], control[:, 16:]

    def gap(design, goal, weights, penalty):
        centred = design - design.mean(axis=0)
        slope = centred.T @ (centred @ weights - (goal - goal.mean())) + penalty * weights
        return weights @ slope - slope.min()

    assert gap(before.T, target[:16], found.unit_weights, 16 * found.ridge**2) < 1e-8
    assert gap(before, after.mean(axis=1), found.time_weights, 0) < 1e-6
    for weights in (found.unit_weights, found.time_weights):
        assert (weights >= 0).all()
        assert_allclose(weights.sum(), 1)


def test_noise_and_ridge_by_hand():
    # Changes of the controls before: 1, 3, -1, 5; sd 2.581989, two treated units, three periods.
    y = np.array(
        [[0.0, 1, 4, 0, 0, 0], [0, -1, 4, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1]]
    )
    found = sdid.synthetic_did(y, [2, 3], 3)
    assert_allclose(found.noise, np.sqrt(20 / 3))
    assert_allclose(found.ridge, 6**0.25 * np.sqrt(20 / 3))


@given(seeds)
def test_effect_is_the_weighted_difference_in_differences(seed):
    y = walks(seed)
    found = sdid.synthetic_did(y, [3, 5, 8], 16)
    control = np.delete(y, [3, 5, 8], axis=0)

    def change(row):
        return row[16:].mean() - found.time_weights @ row[:16]

    own = np.mean([change(y[unit]) for unit in (3, 5, 8)])
    assert_allclose(found.effect, own - found.unit_weights @ [change(row) for row in control])
    assert_allclose(found.gap[16:].mean(), found.effect)
    assert_allclose(found.time_weights @ found.gap[:16], 0, atol=1e-10)


@given(seeds)
def test_the_level_of_a_unit_changes_nothing(seed):
    y = walks(seed)
    before = sdid.synthetic_did(y, [0, 1], 16)
    levels = 10 * np.random.default_rng(seed).normal(size=(14, 1))
    after = sdid.synthetic_did(y + levels, [0, 1], 16)
    assert_allclose(after.gap, before.gap, atol=1e-6)


@given(seeds, st.floats(-100, 100))
def test_a_constant_effect_is_added(seed, effect):
    y = walks(seed)
    before = sdid.synthetic_did(y, [0, 1], 16).effect
    y[:2, 16:] += effect
    assert_allclose(sdid.synthetic_did(y, [0, 1], 16).effect, before + effect, atol=1e-9)


def test_difference_in_differences_by_hand():
    y = np.array([[1.0, 3, 10], [0, 2, 4], [2, 2, 2]])
    # Treated from 2 to 10; controls from 0 to 3 and 2 to 2, so from 1.5 to 3.
    assert_allclose(sdid.difference_in_differences(y, [0], 2), 8 - 1.5)


# Variance


def test_placebos_are_estimates_without_the_treated_units():
    y = walks(1)
    found = sdid.placebo_estimates(y, [0, 1], 16)
    control = y[2:]
    first = sdid.synthetic_did(control, [0, 1], 16).effect
    last = sdid.synthetic_did(control, [10, 11], 16).effect
    assert found.effects.size == 12 * 11 / 2
    assert_allclose(found.effects[[0, -1]], [first, last], atol=1e-10)
    assert_allclose(found.standard_error**2, found.effects.var())
    y[:2] += 1000
    assert_allclose(sdid.placebo_estimates(y, [0, 1], 16).effects, found.effects)


def test_many_sets_of_placebos_are_drawn_and_the_same_seed_draws_the_same():
    y = walks(2, units=26)
    treated = list(range(6))

    def drawn(seed):
        rng = np.random.default_rng(seed)
        return sdid.placebo_estimates(y, treated, 16, rng, draws=20)

    assert not drawn(1).listed
    assert drawn(1).effects.size == 20
    assert_array_equal(drawn(1).effects, drawn(1).effects)
    assert (drawn(1).effects != drawn(2).effects).any()
    with pytest.raises(ValueError, match="generator"):
        sdid.placebo_estimates(y, treated, 16)


def test_jackknife_is_that_of_leaving_out_each_unit():
    y = walks(3)
    treated = [0, 4, 9]
    whole = sdid.synthetic_did(y, treated, 16)
    weights = np.zeros(14)
    controls = [unit for unit in range(14) if unit not in treated]
    weights[controls] = whole.unit_weights

    def estimate(units):
        own = np.mean([y[unit] for unit in treated if unit in units], axis=0)
        kept = [unit for unit in controls if unit in units]
        other = weights[kept] @ y[kept] / weights[kept].sum()
        gap = own - other
        return gap[16:].mean() - whole.time_weights @ gap[:16]

    left = [estimate([unit for unit in range(14) if unit != out]) for out in range(14)]
    expected = np.sqrt(13 / 14 * sum((value - whole.effect) ** 2 for value in left))
    assert_allclose(sdid.jackknife_standard_error(y, treated, 16), expected)


# Faults


def test_jackknife_of_one_treated_unit_is_refused():
    with pytest.raises(ValueError, match="use placebos"):
        sdid.jackknife_standard_error(walks(0), [0], 16)


def test_jackknife_is_refused_where_one_control_is_the_whole_comparison():
    y = walks(0)
    y[:2, :16] = 1000 * y[5, :16]
    assert sdid.synthetic_did(y, [0, 1], 16).unit_weights[5 - 2] == 1
    with pytest.raises(ValueError, match="all the weight"):
        sdid.jackknife_standard_error(y, [0, 1], 16)


def test_controls_that_never_differed_cannot_be_weighted():
    y = walks(0)
    y[1:, :16] = np.arange(13)[:, np.newaxis] + 0.1 * np.arange(16)
    with pytest.raises(ValueError, match="all change alike"):
        sdid.synthetic_did(y, [0], 16)


@pytest.mark.parametrize(
    ("treated", "pre_periods", "word"),
    [
        ([], 16, "at least one"),
        ([1, 1], 16, "once"),
        ([14], 16, "must lie from 0"),
        (list(range(13)), 16, "fewer than 2 donors"),
        ([0], 1, "2 pre-periods"),
        ([0], 24, "pre_periods must lie"),
    ],
)
def test_what_allows_no_comparison_is_refused(treated, pre_periods, word):
    for function in (
        sdid.synthetic_did,
        sdid.difference_in_differences,
        sdid.placebo_estimates,
        sdid.jackknife_standard_error,
    ):
        with pytest.raises(ValueError, match=word):
            function(walks(0), treated, pre_periods)


def test_placebos_need_controls_to_compare_with():
    with pytest.raises(ValueError, match="too few for placebos"):
        sdid.placebo_estimates(walks(0)[:5], [0, 1], 16)


# Other implementations


@pytest.mark.oracle
@pytest.mark.upstream
def test_california_is_near_diff_diff(prop99):
    # It follows the authors' code, whose Frank-Wolfe steps end before the optimum.
    other = pytest.importorskip("diff_diff", reason="diff-diff is in .venv-oracles: make oracles")
    pandas = pytest.importorskip("pandas")
    packs, california = prop99
    state, year = np.indices(packs.shape)
    table = pandas.DataFrame({"y": packs.ravel(), "state": state.ravel(), "year": year.ravel()})
    table["treated"] = (table["state"] == california).astype(int)
    fitted = other.SyntheticDiD(n_bootstrap=50, seed=1).fit(
        table, "y", "treated", "state", "year", post_periods=list(range(19, 31))
    )
    ours = sdid.synthetic_did(packs, [california], 19)
    assert_allclose(fitted.att, -15.603828, atol=1e-5)
    assert_allclose(ours.effect, fitted.att, atol=5e-3)
    assert_allclose(ours.noise, fitted.noise_level, rtol=1e-9)
    theirs = [fitted.unit_weights[unit] for unit in range(39) if unit != california]
    assert_allclose(ours.unit_weights, theirs, atol=5e-3)
