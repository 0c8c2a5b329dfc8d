"""P-values by rank: by hand and at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from gotong.inference.permutation import as_extreme, extremity, permutation_p


def test_rank_over_the_number_of_units():
    found = permutation_p([1, 5, 2], 3.0)
    assert (found.rank, found.others) == (2, 3)
    assert (found.p_value, found.smallest) == (2 / 4, 1 / 4)


@pytest.mark.parametrize(
    ("alternative", "p"), [("greater", 3 / 5), ("less", 3 / 5), ("two-sided", 1)]
)
def test_alternatives(alternative, p):
    assert permutation_p([-3, 2, 4, -9], 1.0, alternative).p_value == p


def test_a_tie_counts_against_the_finding_even_when_rounding_hides_it():
    assert permutation_p([0.1 + 0.2], 0.3).p_value == 1
    assert permutation_p([0.3], 0.1 + 0.2).p_value == 1
    assert permutation_p([np.inf, 1], np.inf).p_value == 2 / 3
    assert permutation_p([0, 0.0], 0).p_value == 1


@given(
    st.lists(st.integers(-5, 5), min_size=1), st.integers(-5, 5), st.sampled_from([1e-6, 1, 1e9])
)
def test_p_does_not_depend_on_the_unit_and_is_never_zero(others, observed, scale):
    found = permutation_p(scale * np.array(others), scale * observed)
    assert found.p_value == (1 + sum(other >= observed for other in others)) / (1 + len(others))
    assert found.smallest <= found.p_value <= 1


def test_as_extreme_says_which():
    assert_array_equal(as_extreme(np.array([1, 2, 3.0]), 2.0), [False, True, True])


def test_faults():
    with pytest.raises(ValueError, match="nothing to compare"):
        permutation_p([], 1.0)
    with pytest.raises(ValueError, match="missing"):
        permutation_p([1, np.nan], 1.0)
    with pytest.raises(ValueError, match="missing"):
        permutation_p([1, 2], np.nan)
    with pytest.raises(ValueError, match="alternative"):
        extremity([1], "both")
