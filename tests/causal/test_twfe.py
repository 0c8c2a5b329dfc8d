"""Two-way fixed effects and event study, against dummies, exact panels and pyfixest."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from gotong.causal.event_study import event_study
from gotong.causal.twfe import double_demean, two_way_fixed_effects, weighted_double_demean

NAN = np.nan


def made_up_panel(seed, units=12, periods=20, regressors=2):
    """Return an outcome, regressors and clusters of units without any exact relation."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(regressors, units, periods)).cumsum(axis=2)
    effects = rng.normal(size=(units, 1)) + rng.normal(size=periods)
    noise = rng.normal(size=(units, periods)).cumsum(axis=1)
    return effects + x.sum(axis=0) / 3 + noise, x, rng.permutation(units) // 2


def by_dummies(y, x, clusters, weights=None):
    """Return coefficients and clustered errors of the regression on all dummies."""
    units, periods = y.shape
    w = np.ones(y.shape) if weights is None else weights
    row, column = np.nonzero(~np.isnan(y) & ~np.isnan(x).any(axis=0) & (w > 0))
    dummies = np.hstack([np.eye(units)[row], np.eye(periods)[column]])
    design = np.hstack([x[:, row, column].T, dummies])
    root = np.sqrt(w[row, column])
    solution = np.linalg.lstsq(root[:, None] * design, root * y[row, column], rcond=None)[0]
    score = (w[row, column] * (y[row, column] - design @ solution))[:, None] * design
    groups = np.unique(clusters[row])
    sums = np.array([score[clusters[row] == group].sum(axis=0) for group in groups])
    bread = np.linalg.pinv(design.T @ (w[row, column][:, None] * design), hermitian=True)
    n, g, k = len(row), len(groups), len(x) + len(np.unique(column))
    covariance = g / (g - 1) * (n - 1) / (n - k) * bread @ sums.T @ sums @ bread
    return solution[: len(x)], np.sqrt(np.diag(covariance))[: len(x)]


def with_gaps(y, seed):
    """Return a copy of a panel without a fifth of its cells."""
    gaps = np.random.default_rng(seed).random(y.shape) < 0.2
    return np.where(gaps, NAN, y)


# Regression


@pytest.mark.parametrize("shape", [(12, 20), (20, 7)])
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_regression_is_the_one_on_all_dummies(shape, gaps, weighted):
    y, x, clusters = made_up_panel(3, *shape)
    y = with_gaps(y, 4) if gaps else y
    weights = np.random.default_rng(5).uniform(0.2, 3, shape) if weighted else None
    found = two_way_fixed_effects(y, x, clusters, weights)
    coefficients, errors = by_dummies(y, x, clusters, weights)
    assert_allclose(found.coefficients, coefficients, rtol=1e-9)
    assert_allclose(found.standard_errors, errors, rtol=1e-9)
    assert found.observations == np.isfinite(y).sum()
    assert found.clusters == len(set(clusters))


def test_outcome_made_of_effects_and_regressors_gives_back_the_coefficients():
    _, x, _ = made_up_panel(7)
    y = 3 * x[0] - 0.5 * x[1] + np.arange(12)[:, None] ** 2 + np.arange(20) * 1e4
    found = two_way_fixed_effects(with_gaps(y, 8), x)
    assert_allclose(found.coefficients, [3, -0.5], rtol=1e-8)
    assert_allclose(found.standard_errors, 0, atol=1e-8)


def test_each_unit_is_a_cluster_unless_clusters_are_named():
    y, x, _ = made_up_panel(9)
    alone = two_way_fixed_effects(y, x)
    named = two_way_fixed_effects(y, x, [f"unit {i}" for i in range(12)])
    assert_allclose(alone.covariance, named.covariance, rtol=1e-12)
    assert alone.clusters == 12


def test_missing_and_weightless_cells_count_as_absent():
    y, x, clusters = made_up_panel(10)
    weights = np.ones(y.shape)
    weights[2, 3] = 0
    missing_outcome, missing_regressor = y.copy(), x.copy()
    missing_outcome[2, 3] = missing_regressor[1, 2, 3] = NAN
    # What stands in a cell without weight is of no account.
    wrong = y.copy()
    wrong[2, 3] = 1e9
    by_weight = two_way_fixed_effects(wrong, x, clusters, weights)
    for found in (
        two_way_fixed_effects(missing_outcome, x, clusters),
        two_way_fixed_effects(y, missing_regressor, clusters),
    ):
        assert_allclose(found.coefficients, by_weight.coefficients, rtol=1e-12)
        assert_allclose(found.covariance, by_weight.covariance, rtol=1e-12)
        assert found.observations == by_weight.observations == y.size - 1


def test_periods_and_units_without_cells_leave_a_balanced_panel():
    y, x, clusters = made_up_panel(11)
    trimmed = two_way_fixed_effects(y[1:, 2:-1], x[:, 1:, 2:-1], clusters[1:])
    y[0], y[:, :2], y[:, -1] = NAN, NAN, NAN
    found = two_way_fixed_effects(y, x, clusters)
    assert_allclose(found.covariance, trimmed.covariance, rtol=1e-12)
    assert found.observations == 11 * 17


def test_single_cells_are_left_out_with_all_that_hangs_on_them():
    y, x, clusters = made_up_panel(12)
    # Unit 0 is left with two cells; one is the only cell of its period, so that both go.
    y[0, 2:] = NAN
    y[1:, 0] = NAN
    found = two_way_fixed_effects(y, x, clusters)
    without = two_way_fixed_effects(y[1:, 1:], x[:, 1:, 1:], clusters[1:])
    assert found.observations == without.observations == 11 * 19
    assert_allclose(found.covariance, without.covariance, rtol=1e-12)


def test_equal_weights_are_no_weights():
    y, x, clusters = made_up_panel(13)
    plain = two_way_fixed_effects(y, x, clusters)
    weighted = two_way_fixed_effects(y, x, clusters, np.full(y.shape, 7.0))
    assert_allclose(weighted.coefficients, plain.coefficients, rtol=1e-12)
    assert_allclose(weighted.covariance, plain.covariance, rtol=1e-10)


def test_demeaned_panel_has_means_of_zero_and_loses_nothing_but_effects():
    y = made_up_panel(14)[0]
    weights = np.random.default_rng(15).uniform(0, 2, y.shape)
    weights[0, :5] = 0
    effects = np.arange(12)[:, None] * 5.0 + np.arange(20) ** 2
    for left, w in [
        (double_demean(y), np.ones(y.shape)),
        (weighted_double_demean(y, weights), weights),
    ]:
        assert_allclose((w * left).sum(axis=0), 0, atol=1e-11)
        assert_allclose((w * left).sum(axis=1), 0, atol=1e-11)
    assert_allclose(double_demean(y + effects), double_demean(y), atol=1e-11)
    assert_allclose(
        weighted_double_demean(y + effects, weights), weighted_double_demean(y, weights), atol=1e-11
    )


def test_panel_in_two_parts_without_common_periods_is_solved():
    y, x, clusters = made_up_panel(16)
    y[:6, 10:] = NAN
    y[6:, :10] = NAN
    found = two_way_fixed_effects(y, x, clusters)
    coefficients, errors = by_dummies(y, x, clusters)
    assert_allclose(found.coefficients, coefficients, rtol=1e-9)
    assert_allclose(found.standard_errors, errors, rtol=1e-9)


def test_intervals_p_values_and_joint_test_are_those_of_t_and_f():
    found = two_way_fixed_effects(*made_up_panel(17))
    t = found.coefficients / found.standard_errors
    assert_allclose(found.p_values, 2 * stats.t.sf(np.abs(t), 5))
    low, high = found.interval(0.9)
    assert_allclose((high + low) / 2, found.coefficients)
    assert_allclose((high - low) / 2, stats.t.ppf(0.95, 5) * found.standard_errors)
    single = found.joint_test([1])
    assert_allclose([single.statistic, single.p_value], [t[1] ** 2, found.p_values[1]])
    both = found.joint_test([True, True])
    statistic = found.coefficients @ np.linalg.inv(found.covariance) @ found.coefficients / 2
    assert_allclose([both.statistic, both.p_value], [statistic, stats.f.sf(statistic, 2, 5)])


def test_more_coefficients_than_clusters_cannot_be_tested_together():
    y, x, _ = made_up_panel(18, regressors=3)
    found = two_way_fixed_effects(y, x, np.arange(12) // 4)
    assert found.clusters == 3
    assert np.isfinite(found.joint_test([0, 2]).statistic)
    assert np.isnan(found.joint_test([0, 1, 2]).p_value)


def test_counties_of_the_minimum_wage_study_give_the_published_coefficient(reference):
    y, first = counties(reference)
    found = two_way_fixed_effects(y, np.arange(5) >= first[:, None])
    assert_allclose(found.coefficients, [-0.03654894], atol=5e-9)
    assert_allclose(found.standard_errors, [0.01326516], atol=5e-9)


def counties(reference):
    """Return log employment by county and year, and the position of the first treated year."""
    rows = pd.read_csv(reference / "did" / "mpdta.csv")
    outcome = rows.pivot(index="countyreal", columns="year", values="lemp")
    year = rows.groupby("countyreal")["first_treat"].first().loc[outcome.index].to_numpy()
    return outcome.to_numpy(), np.where(year == 0, np.inf, year - 2003)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"regressors": np.zeros((2, 12, 19))}, "do not fit an outcome"),
        ({"regressors": np.zeros((0, 12, 20))}, "do not fit an outcome"),
        ({"outcome": np.full((12, 20), np.inf)}, "infinite"),
        ({"outcome": np.full((12, 20), NAN)}, "no cell is left"),
        ({"outcome": np.r_[np.zeros((1, 20)), np.full((11, 20), NAN)]}, "no cell is left"),
        ({"clusters": np.zeros(12)}, "two clusters or more"),
        ({"clusters": np.zeros(11)}, "as many clusters"),
        ({"clusters": np.r_[NAN, np.ones(11)]}, "cluster of a unit is missing"),
        ({"weights": np.full((12, 20), -1.0)}, "weight of 0 or more"),
        ({"weights": np.full((12, 20), NAN)}, "weight of 0 or more"),
        ({"weights": np.ones(20)}, "weight of 0 or more"),
    ],
)
def test_impossible_panels_are_refused(change, message):
    y, x, clusters = made_up_panel(19)
    arguments = {"outcome": y, "regressors": x, "clusters": clusters} | change
    with pytest.raises(ValueError, match=message):
        two_way_fixed_effects(**arguments)


def test_regressors_that_say_nothing_are_refused():
    y, x, _ = made_up_panel(20)
    for empty in (
        np.ones(y.shape),
        np.full(y.shape, 1e6 / 3),
        1e6 + np.arange(12.0)[:, None] + np.arange(20) / 3,
    ):
        with pytest.raises(ValueError, match="leave nothing of regressor 2"):
            two_way_fixed_effects(y, np.r_[x, empty[None]])
    with pytest.raises(ValueError, match="collinear with each other"):
        two_way_fixed_effects(y, np.r_[x, (x[0] - 2 * x[1] + np.arange(20))[None]])
    with pytest.raises(ValueError, match="collinear with each other"):
        two_way_fixed_effects(y[:2, :2], x[:, :2, :2])


def test_small_changes_on_a_large_level_are_no_rounding():
    y, x, _ = made_up_panel(21)
    assert_allclose(
        two_way_fixed_effects(y, x + 1e6).coefficients,
        two_way_fixed_effects(y, x).coefficients,
        rtol=1e-6,
    )


# Event study

FIRST = np.array([np.inf, np.inf, 5, 5, 8, 8, 11, NAN])


def test_effects_that_cohorts_share_are_recovered_and_ends_are_binned():
    since = np.arange(16) - FIRST[:, None]
    effect = np.select([since <= -4, since == -3, since == 0, since == 1, since >= 2], range(1, 6))
    y = effect + np.arange(8)[:, None] + np.sin(np.arange(16))
    found = event_study(y, FIRST, (-4, 2))
    assert found.since_adoption.tolist() == [-4, -3, -2, 0, 1, 2]
    assert_allclose(found.regression.coefficients, [1, 2, 0, 3, 4, 5], atol=1e-12)
    shifted = event_study(y, FIRST, (-4, 2), reference=-3)
    assert_allclose(shifted.regression.coefficients, [-1, -2, -2, 1, 2, 3], atol=1e-12)


def test_leads_test_is_the_joint_test_of_the_coefficients_before_adoption():
    rng = np.random.default_rng(22)
    found = event_study(rng.normal(size=(8, 16)), FIRST, (-3, 2))
    assert found.leads_test() == found.regression.joint_test([0, 1])
    assert found.leads_test().restrictions == 2


def test_quiet_leads_are_seldom_rejected_and_a_trend_is_seen():
    rng = np.random.default_rng(23)
    first = np.repeat([np.inf, 6, 9], [14, 13, 13])
    noise = rng.normal(size=(200, 40, 14))
    p_values = [event_study(y, first, (-4, 3)).leads_test().p_value for y in noise]
    assert 0.01 <= np.mean(np.array(p_values) < 0.05) <= 0.1
    trend = 0.8 * np.isfinite(first)[:, None] * np.arange(14)
    assert event_study(noise[0] + trend, first, (-4, 3)).leads_test().p_value < 0.001


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"window": (0, 3)}, "not inside the window"),
        ({"window": (-1, -1)}, "not inside the window"),
        ({"window": (-12, 3)}, "no unit is seen -12 periods"),
        ({"first_treated": FIRST[:7]}, "as many first treated periods"),
        ({"first_treated": np.full(8, np.inf)}, "no unit is ever treated"),
        ({"first_treated": np.full(8, 16)}, "position from 0 to 15"),
        ({"first_treated": np.full(8, 2.5)}, "position from 0 to 15"),
        ({"outcome": np.zeros(16)}, "units by periods"),
    ],
)
def test_impossible_event_studies_are_refused(choices, message):
    arguments = {"outcome": np.ones((8, 16)), "first_treated": FIRST, "window": (-3, 2)}
    with pytest.raises(ValueError, match=message):
        event_study(**(arguments | choices))


# Oracle


@pytest.fixture(scope="module")
def pyfixest():
    """Return pyfixest, or skip with a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("pyfixest", reason="pyfixest is in .venv-oracles: make oracles")


def long_table(y, **columns):
    """Return a panel as a table with one row for each cell that is not missing."""
    units, periods = y.shape
    cells = {"y": y, "unit": np.arange(units)[:, None], "period": np.arange(periods)} | columns
    table = pd.DataFrame({n: np.broadcast_to(v, y.shape).ravel() for n, v in cells.items()})
    return table.dropna(subset="y")


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("grouped", [False, True])
def test_regression_equals_pyfixest(pyfixest, gaps, weighted, grouped):
    y, x, clusters = made_up_panel(31, 34, 60)
    y = with_gaps(y, 32) if gaps else y
    clusters = clusters if grouped else np.arange(34)
    weights = np.random.default_rng(33).uniform(0.2, 3, y.shape) if weighted else None
    found = two_way_fixed_effects(y, x, clusters, weights)
    w = np.ones(y.shape) if weights is None else weights
    table = long_table(y, a=x[0], b=x[1], cluster=clusters[:, None], w=w)
    peer = pyfixest.feols(
        "y ~ a + b | unit + period",
        table,
        vcov={"CRV1": "cluster"},
        weights="w" if weighted else None,
        fixef_tol=1e-12,
    )
    assert_allclose(found.coefficients, peer.coef().to_numpy(), rtol=0, atol=1e-8)
    assert_allclose(found.standard_errors, peer.se().to_numpy(), rtol=0, atol=1e-8)
    assert_allclose(found.p_values, peer.pvalue().to_numpy(), rtol=0, atol=1e-8)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_event_study_and_its_test_equal_pyfixest(pyfixest):
    rng = np.random.default_rng(34)
    first = np.repeat([np.inf, 6, 9], [14, 13, 13])
    y = rng.normal(size=(40, 14)).cumsum(axis=1)
    found = event_study(y, first, (-4, 3))
    since = np.clip(np.arange(14) - first[:, None], -4, 3)
    columns = {
        f"e{e + 4}": (since == e) & np.isfinite(first)[:, None] for e in found.since_adoption
    }
    table = long_table(y, **{name: flag.astype(float) for name, flag in columns.items()})
    peer = pyfixest.feols(
        f"y ~ {' + '.join(columns)} | unit + period", table, vcov={"CRV1": "unit"}, fixef_tol=1e-12
    )
    assert_allclose(found.regression.coefficients, peer.coef().to_numpy(), rtol=0, atol=1e-8)
    assert_allclose(found.regression.standard_errors, peer.se().to_numpy(), rtol=0, atol=1e-8)
    peer.wald_test(R=np.eye(7)[:3])
    assert_allclose(found.leads_test().statistic, peer._f_statistic, rtol=1e-8)
    # Of a part of the coefficients pyfixest gives chi-squared p-values only; F of all.
    peer.wald_test(R=np.eye(7), distribution="F")
    together = found.regression.joint_test(np.arange(7))
    assert_allclose([together.statistic, together.p_value], [peer._f_statistic, peer._p_value])
