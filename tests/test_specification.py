"""The specification curve: cells as declared, estimates as by least squares, tests as counted."""

import numpy as np
import pytest
from scipy import stats

from gotong import specification
from gotong.causal.distributed_lag import distributed_lag
from gotong.causal.twfe import two_way_fixed_effects
from gotong.config import Specifications

UNITS, WEEKS = 6, 15
GRID = {
    "parts": 3,
    "definitions": {"alignment": ["main", "same_label"], "stock": ["all"]},
    "outcomes": ["growth", "log_incidence"],
    "estimators": [{"kind": "two_way", "lag": 2}, {"kind": "lag_sum", "lag": 3}],
    "without": {"none": [], "dki": ["3101", "3171", "3172", "3173", "3174", "3175"]},
    "samples": {"main": {}, "satgas": {"series": "satgas"}},
    "draws": 99,
}


def panel(seed, gaps=0):
    """Return an outcome with some missing weeks, and a complete regressor."""
    rng = np.random.default_rng(seed)
    outcome = rng.normal(size=(UNITS, WEEKS))
    outcome.flat[rng.choice(outcome.size, gaps, replace=False)] = np.nan
    return outcome, rng.normal(size=(UNITS, WEEKS)).cumsum(axis=1)


def with_dummies(y, columns, unit, week):
    """Return coefficients and residuals of least squares with a dummy for each unit and week."""
    dummies = [unit == each for each in np.unique(unit)]
    dummies += [week == each for each in np.unique(week)[1:]]
    x = np.column_stack([*columns, *dummies]).astype("float64")
    found = np.linalg.lstsq(x, y, rcond=None)[0]
    return found[: len(columns)], y - x @ found


# --- the grid


def test_every_combination_is_one_cell_but_scaling_what_is_left_out():
    grid = specification.cells(Specifications.model_validate(GRID))
    # 3 regressors, 2 outcomes, 2 estimators, 4 pairs of units and sample less one.
    assert len(grid) == 3 * 2 * 2 * 3
    assert grid["cell"].tolist() == list(range(36))
    assert not grid.drop(columns="cell").duplicated().any()
    assert not ((grid["without"] == "dki") & (grid["sample"] == "satgas")).any()


@pytest.mark.parametrize("parts", [1, 2, 5, 36, 40])
def test_the_parts_hold_every_cell_once(parts):
    grid = specification.cells(Specifications.model_validate(GRID))
    held = [specification.part(grid, number, parts) for number in range(parts)]
    assert sorted(cell for each in held for cell in each["cell"]) == list(range(36))
    assert max(map(len, held)) - min(map(len, held)) <= 1


def test_a_part_beyond_the_last_is_refused():
    with pytest.raises(ValueError, match="no part 3 of 3"):
        specification.part(specification.cells(Specifications.model_validate(GRID)), 3, 3)


# --- one cell


@pytest.mark.parametrize("gaps", [0, 9])
def test_two_way_is_the_regression_on_the_earlier_regressor(gaps):
    outcome, regressor = panel(1, gaps)
    found = specification.estimate(outcome, regressor[np.newaxis], "two_way", 2)
    earlier = np.full_like(regressor, np.nan)
    earlier[:, 2:] = regressor[:, :-2]
    expected = two_way_fixed_effects(outcome, earlier)
    assert found.estimate == pytest.approx(expected.coefficients[0], rel=1e-10)
    assert found.standard_error == pytest.approx(expected.standard_errors[0], rel=1e-10)
    assert found.p_value == pytest.approx(expected.p_values[0], rel=1e-9)
    assert found.interval() == pytest.approx(expected.interval()[:, 0], rel=1e-9)
    assert found.observations == expected.observations


def test_the_sum_over_lags_is_that_of_the_distributed_lag_without_its_own_week():
    outcome, regressor = panel(2, 7)
    found = specification.estimate(outcome, regressor[np.newaxis], "lag_sum", 3)
    # Lags 1 to 3 are lags 0 to 2 of the regressor of the week before.
    before = np.full_like(regressor, np.nan)
    before[:, 1:] = regressor[:, :-1]
    total = distributed_lag(outcome, before, lags=2).cumulative()
    assert found.estimate == pytest.approx(total.coefficients[-1], rel=1e-10)
    assert found.standard_error == pytest.approx(total.standard_errors[-1], rel=1e-10)


def test_first_differences_are_differences_with_week_effects():
    outcome, regressor = panel(3)
    found = specification.estimate(outcome, regressor[np.newaxis], "first_differences", 1)
    y = np.diff(outcome, axis=1)[:, 1:]
    x = np.diff(regressor, axis=1)[:, :-1]
    y, x = y - y.mean(axis=0), x - x.mean(axis=0)
    slope = (x * y).sum() / (x * x).sum()
    scores = (x * (y - slope * x)).sum(axis=1)
    n, weeks = y.size, y.shape[1]
    factor = UNITS / (UNITS - 1) * (n - 1) / (n - 1 - weeks)
    error = np.sqrt(factor * (scores**2).sum()) / (x * x).sum()
    assert (found.estimate, found.standard_error) == pytest.approx((slope, error), rel=1e-10)
    assert (found.weeks, found.observations) == (weeks, n)


def test_other_arrangements_are_estimated_as_if_they_were_the_data():
    outcome, regressor = panel(4, 5)
    paths = np.stack([regressor, regressor[::-1], np.roll(regressor, 4, axis=1)])
    for kind in ("two_way", "first_differences", "lag_sum"):
        together = specification.estimate(outcome, paths, kind, 2).t
        alone = [specification.estimate(outcome, path[np.newaxis], kind, 2).t[0] for path in paths]
        np.testing.assert_allclose(together, alone, rtol=1e-9)


def test_the_scale_turns_an_effect_into_a_partial_correlation():
    outcome, regressor = panel(5)
    found = specification.estimate(outcome, regressor[np.newaxis], "two_way", 1)
    y, x = outcome[:, 1:], regressor[:, :-1]
    unit, week = np.indices(y.shape)
    _, y = with_dummies(y.ravel(), [], unit.ravel(), week.ravel())
    _, x = with_dummies(x.ravel(), [], unit.ravel(), week.ravel())
    assert found.estimate * found.scale == pytest.approx(stats.pearsonr(x, y)[0], rel=1e-9)


def test_a_regressor_that_week_effects_explain_has_no_estimate():
    outcome, regressor = panel(6)
    common = np.tile(regressor[0], (UNITS, 1))
    found = specification.estimate(outcome, np.stack([common, regressor]), "two_way", 1)
    assert np.isnan([found.estimate, found.standard_error, found.t[0], found.scale]).all()
    assert np.isfinite(found.t[1])


def test_lags_that_cannot_be_told_apart_have_no_sum():
    outcome, _ = panel(7)
    trends = np.arange(UNITS)[:, np.newaxis] ** 2.0 * np.arange(WEEKS)
    found = specification.estimate(outcome, trends[np.newaxis], "lag_sum", 2)
    assert np.isnan(found.estimate)


def test_an_incomplete_regressor_or_a_lag_of_none_is_refused():
    outcome, regressor = panel(8)
    with pytest.raises(ValueError, match="0 weeks before"):
        specification.estimate(outcome, regressor[np.newaxis], "two_way", 0)
    regressor[0, 0] = np.nan
    with pytest.raises(ValueError, match="not complete"):
        specification.estimate(outcome, regressor[np.newaxis], "two_way", 1)


# --- the other arrangements


def test_shifted_paths_move_together_and_keep_each_week():
    regressor = np.arange(8.0).reshape(2, 4)
    moved = specification.shifted(regressor)
    assert moved.shape == (3, 2, 4)
    np.testing.assert_array_equal(moved[0], [[3, 0, 1, 2], [7, 4, 5, 6]])
    assert all(
        {tuple(week) for week in each.T} == {tuple(w) for w in regressor.T} for each in moved
    )


def test_orders_follow_from_the_generator():
    first, second = (specification.orders(7, 50, np.random.default_rng(seed)) for seed in (1, 1))
    np.testing.assert_array_equal(first, second)
    assert (np.sort(first, axis=1) == np.arange(7)).all()
    assert len(np.unique(first, axis=0)) > 40


# --- the joint tests


def test_the_joint_tests_count_arrangements_as_far_from_zero():
    # Columns: own paths, then three other arrangements; limits are 2.0 at 60.4 degrees.
    t = [[3.0, -1.0, 2.5, 4.0], [2.5, 1.0, -0.5, 3.0], [-1.0, 0.5, 0.2, 5.0]]
    found = specification.joint_tests(t, [60, 60, 60])
    assert found["median_t"].observed == 2.5
    # Medians of the others are 0.5, 0.2 and 4: one is as far.
    assert found["median_t"].p_value == 2 / 4
    assert found["median_t"].typical == 0.5
    assert found["sign_share"].observed == pytest.approx(2 / 3)
    # Two thirds, two thirds and all: every one is as one-sided.
    assert found["sign_share"].p_value == 1.0
    assert found["significant_share"].observed == pytest.approx(2 / 3)
    assert found["significant_share"].p_value == 2 / 4
    assert {test.smallest_p for test in found.values()} == {1 / 4}


def test_turning_all_signs_changes_no_p():
    t = np.random.default_rng(9).normal(size=(20, 40))
    plain, turned = (specification.joint_tests(sign * t, np.full(20, 9)) for sign in (1, -1))
    for name, test in plain.items():
        assert turned[name].p_value == test.p_value
    assert turned["median_t"].observed == -plain["median_t"].observed


def test_a_cell_without_contrast_is_left_out_of_an_arrangement_and_an_empty_one_altogether():
    t = [[2.0, np.nan, 1.0, np.nan], [2.0, -3.0, 1.0, np.nan]]
    found = specification.joint_tests(t, [5, 5])
    assert found["median_t"].arrangements == 2
    assert found["median_t"].p_value == 2 / 3


def test_a_cell_without_an_estimate_of_its_own_is_refused():
    with pytest.raises(ValueError, match="nothing to compare"):
        specification.joint_tests([[np.nan, 1.0], [1.0, 1.0]], [5, 5])


def test_a_curve_of_noise_is_rejected_about_as_often_as_it_may_be():
    rng = np.random.default_rng(11)
    rejected = [
        specification.joint_tests(rng.normal(size=(5, 20)), np.full(5, 10))["median_t"].p_value
        <= 0.1
        for _ in range(400)
    ]
    assert stats.binomtest(sum(rejected), 400, 0.1).pvalue > 0.01


def test_an_effect_in_every_cell_is_seen_by_all_statistics():
    rng = np.random.default_rng(12)
    t = rng.normal(size=(30, 60))
    t[:, 0] += 4
    found = specification.joint_tests(t, np.full(30, 10))
    assert {test.p_value for test in found.values()} == {1 / 60}


def test_shares_leave_out_what_has_no_estimate():
    found = specification.sign_shares([-1, -2, 3, np.nan], [0.01, 0.2, 0.05, np.nan])
    assert found == {
        "negative_share": pytest.approx(2 / 3),
        "significant_negative": pytest.approx(1 / 3),
        "significant_positive": pytest.approx(1 / 3),
    }
    assert np.isnan(list(specification.sign_shares([np.nan], [np.nan]).values())).all()


def test_a_cell_is_significant_to_a_p_of_five_per_cent_and_no_further():
    found = specification.sign_shares([-1, -1, 1], [0.055, 0.05, 0.051])
    assert found["significant_negative"] == pytest.approx(1 / 3)
    assert found["significant_positive"] == 0
