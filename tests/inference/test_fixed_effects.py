"""Unit and period effects: against regressions with dummies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gotong.inference.fixed_effects import TwoWayEffects


def panel(seed, units=6, periods=9, share=0.7):
    """Return unit and period labels of a panel with gaps."""
    kept = np.random.default_rng(seed).random(units * periods) < share
    kept[0] = True
    unit, period = np.divmod(np.flatnonzero(kept), periods)
    return unit, period


def dummies(unit, period):
    return np.column_stack([label[:, np.newaxis] == np.unique(label) for label in (unit, period)])


# Few observations leave units without a common period: the dummies then lose more ranks.
@given(st.integers(0, 10_000), st.sampled_from([0.15, 0.3, 0.7, 1]))
def test_residuals_are_those_of_a_regression_with_dummies(seed, share):
    unit, period = panel(seed, share=share)
    columns = np.random.default_rng(seed).normal(size=(unit.size, 3)) + unit[:, np.newaxis]
    design = dummies(unit, period).astype(float)
    expected = columns - design @ np.linalg.lstsq(design, columns, rcond=None)[0]
    effects = TwoWayEffects(unit, period)
    found = effects.residuals(columns)
    assert_allclose(found, expected, atol=1e-12)
    assert_allclose(effects.residuals(columns[:, 0]), expected[:, 0], atol=1e-12)
    assert_allclose(effects.residuals(found), found, atol=1e-12)


@given(st.integers(0, 10_000))
def test_products_are_those_of_the_projections(seed):
    unit, period = panel(seed)
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(2, unit.size)), rng.normal(size=(3, unit.size))
    design = dummies(unit, period).astype(float)
    effects = TwoWayEffects(unit, period)
    found = effects.explained_products(effects.sums(left), effects.sums(right))
    assert_allclose(found, left @ design @ np.linalg.pinv(design) @ right.T, atol=1e-11)


def test_sums_by_cluster_by_hand():
    effects = TwoWayEffects(["a", "a", "b", "b"], [1, 2, 1, 2])
    found = effects.sums_by_cluster(np.array([1.0, 2, 4, 8]), np.array([0, 1, 1, 1]), 2)
    assert found.by_unit.tolist() == [[1, 0], [2, 12]]
    assert found.by_period.tolist() == [[1, 0], [4, 10]]


def test_units_within_clusters_are_told_from_units_across():
    effects = TwoWayEffects(["a", "a", "b", "b"], [1, 2, 1, 2])
    assert effects.units_lie_within(np.array([0, 0, 1, 1]))
    assert effects.units_lie_within(np.array([0, 0, 0, 0]))
    assert not effects.units_lie_within(np.array([0, 1, 1, 1]))


def test_labels_must_match():
    with pytest.raises(ValueError, match="one unit and one period"):
        TwoWayEffects([1, 2, 3], [1, 2])
