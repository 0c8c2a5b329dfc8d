"""The smallest detectable effect: against the distribution functions and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from gotong.inference.permutation import permutation_p
from gotong.inference.power import detectable_by_permutation, minimum_detectable_effect


def test_the_usual_multiple_of_the_standard_error():
    assert_allclose(minimum_detectable_effect(1), 2.801585, atol=1e-6)
    assert_allclose(minimum_detectable_effect([2, 0]), [2 * 2.801585, 0], atol=1e-5)


@given(st.floats(0.01, 0.2), st.floats(0.5, 0.95), st.integers(2, 40))
def test_an_effect_of_that_size_is_found_with_that_chance(alpha, power, freedom):
    effect = minimum_detectable_effect(1, alpha, power)
    assert_allclose(stats.norm.sf(stats.norm.isf(alpha / 2), loc=effect), power)
    effect = minimum_detectable_effect(1, alpha, power, freedom)
    assert_allclose(stats.t.sf(stats.t.isf(alpha / 2, freedom) - effect, freedom), power)


def test_few_clusters_see_less():
    few, many = (minimum_detectable_effect(1, degrees_of_freedom=df) for df in (3, 33))
    assert few > many > minimum_detectable_effect(1)


@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.1, 0.25]), st.sampled_from([0.5, 0.8]))
def test_beyond_it_and_not_below_the_permutation_test_finds_the_effect(seed, alpha, power):
    placebos = np.random.default_rng(seed).normal(size=33)
    effect = detectable_by_permutation(placebos, alpha, power)

    def found(size):
        signs = []
        for sign in (1, -1):
            estimates = sign * size + placebos
            rejected = [permutation_p(placebos, e, "two-sided").p_value <= alpha for e in estimates]
            signs.append(np.mean(rejected & (np.sign(estimates) == sign)))
        return min(signs)

    assert found(effect + 1e-6) >= power
    assert found(effect - 1e-6) < power


def test_too_few_placebos_detect_nothing():
    assert detectable_by_permutation(np.arange(13.0), alpha=0.05) == np.inf
    assert np.isfinite(detectable_by_permutation(np.arange(19.0), alpha=0.05))


@pytest.mark.parametrize(("alpha", "power"), [(0, 0.8), (1, 0.8), (0.05, 0), (0.05, 1)])
def test_levels_out_of_range_are_refused(alpha, power):
    with pytest.raises(ValueError, match="alpha and power"):
        minimum_detectable_effect(1, alpha, power)
    with pytest.raises(ValueError, match="alpha and power"):
        detectable_by_permutation([1, 2], alpha, power)


def test_missing_numbers_are_refused():
    with pytest.raises(ValueError, match="standard errors"):
        minimum_detectable_effect([1, np.nan])
    with pytest.raises(ValueError, match="degree of freedom"):
        minimum_detectable_effect(1, degrees_of_freedom=0)
    with pytest.raises(ValueError, match="none missing"):
        detectable_by_permutation([1, np.nan])
