"""Wild cluster bootstrap: against refits of every sample, by simulation, at the edges."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from gotong.inference import wild_bootstrap as wild
from gotong.inference.fixed_effects import TwoWayEffects


def dummies(labels):
    return (labels[:, np.newaxis] == np.unique(labels)).astype(float)


def refit(y, x, cluster, coefficient, null, vectors):
    """Return t in each bootstrap sample by fitting it, without the correction for clusters."""
    rest = np.delete(x, coefficient, axis=1)
    shifted = y - null * x[:, coefficient]
    fitted = rest @ np.linalg.lstsq(rest, shifted, rcond=None)[0]
    residual, inverse = shifted - fitted, np.linalg.inv(x.T @ x)
    found = []
    for vector in vectors:
        sample = fitted + null * x[:, coefficient] + vector[cluster] * residual
        beta = inverse @ x.T @ sample
        scores = [
            x[cluster == g].T @ (sample - x @ beta)[cluster == g] for g in range(vectors.shape[1])
        ]
        meat = sum(np.outer(score, score) for score in scores)
        error = np.sqrt((inverse @ meat @ inverse)[coefficient, coefficient])
        found.append((beta[coefficient] - null) / error)
    return np.array(found)


def panel(seed, share=0.8):
    """Return outcome, two regressors, unit and period of a panel with gaps."""
    rng = np.random.default_rng(seed)
    kept = rng.random(9 * 12) < share
    unit, period = np.divmod(np.flatnonzero(kept), 12)
    x = rng.normal(size=(unit.size, 2)) + 0.1 * period[:, np.newaxis]
    y = x @ [0.5, 0.3] + unit + rng.normal(size=9)[unit] * period * 0.1 + rng.normal(size=unit.size)
    return y, x, unit, period


CLUSTERINGS = {
    "unit": lambda unit, period: unit,
    "several units": lambda unit, period: unit // 2,
    "across units": lambda unit, period: (unit + period) % 6,
}


# The statistic


@pytest.mark.parametrize("share", [0.8, 1])
@pytest.mark.parametrize("clustering", CLUSTERINGS)
@pytest.mark.parametrize("null", [0, 0.7])
def test_every_sample_is_that_of_a_refit_with_all_dummies(clustering, share, null):
    y, x, unit, period = panel(1, share)
    cluster = CLUSTERINGS[clustering](unit, period)
    count = cluster.max() + 1
    found = wild.wild_cluster_bootstrap(
        y, x, cluster, TwoWayEffects(unit, period), coefficient=1, null=null
    )
    design = np.column_stack([x, dummies(unit), dummies(period)[:, 1:]])
    vectors = np.vstack([np.ones(count), wild.sign_vectors(count)])
    expected = refit(y, design, cluster, 1, null, vectors)
    # As in fixest: unit effects inside clusters are not counted.
    parameters = 2 + 12 + (8 if clustering == "across units" else 0)
    expected *= np.sqrt((count - 1) / count * (y.size - parameters) / (y.size - 1))
    assert_allclose(np.append(found.t, found.t_star), expected, rtol=0, atol=1e-12)
    assert_allclose(found.t, (found.estimate - null) / found.standard_error)
    assert found.clusters == count


def test_every_sample_is_that_of_a_refit_without_effects():
    y, x, unit, _ = panel(2)
    design = np.column_stack([x, np.ones(y.size)])
    vectors = wild.webb_weights(9, 200, np.random.default_rng(1))
    found = wild.wild_cluster_bootstrap(y, design, unit, weights=vectors)
    expected = refit(y, design, unit, 0, 0, vectors)
    expected *= np.sqrt(8 / 9 * (y.size - 3) / (y.size - 1))
    assert_allclose(found.t_star, expected, rtol=0, atol=1e-12)


def test_demeaned_data_give_the_same_as_raw_data():
    y, x, unit, period = panel(3)
    effects = TwoWayEffects(unit, period)
    raw = wild.wild_cluster_bootstrap(y, x, unit, effects)
    demeaned = wild.wild_cluster_bootstrap(
        effects.residuals(y), effects.residuals(x), unit, effects
    )
    assert_allclose(demeaned.t_star, raw.t_star, atol=1e-11)
    assert_allclose(demeaned.interval(), raw.interval(), atol=1e-9)


def test_turning_demeaned_residuals_alone_is_not_the_same():
    # Period effects are shared between clusters: each sample must estimate them anew.
    y, x, unit, period = panel(3)
    effects = TwoWayEffects(unit, period)
    right = wild.wild_cluster_bootstrap(y, x[:, 0], unit, effects)
    wrong = wild.wild_cluster_bootstrap(effects.residuals(y), effects.residuals(x[:, 0]), unit)
    ratio = (wrong.t_star / wrong.t) / (right.t_star / right.t)
    assert np.abs(ratio - 1).max() > 0.01


def test_units_of_the_regressors_do_not_matter():
    y, x, unit, period = panel(3)
    effects = TwoWayEffects(unit, period)
    plain = wild.wild_cluster_bootstrap(y, x, unit, effects)
    odd = wild.wild_cluster_bootstrap(y, x * [1e-9, 1e9], unit, effects)
    assert_allclose(odd.t_star, plain.t_star, atol=1e-11)
    assert_allclose(odd.estimate * 1e-9, plain.estimate)


# Weights


@pytest.mark.parametrize("clusters", [2, 5])
def test_sign_vectors_and_their_mirrors_are_all_that_there_are(clusters):
    half = wild.sign_vectors(clusters).tolist()
    mirrors = [[-sign for sign in vector] for vector in half]
    ones = [[1.0] * clusters, [-1.0] * clusters]
    assert sorted(half + mirrors + ones) == sorted(
        list(vector) for vector in product([-1.0, 1.0], repeat=clusters)
    )


def test_webb_weights_have_mean_0_and_variance_1():
    found = wild.webb_weights(6, 20_000, np.random.default_rng(1))
    points, counts = np.unique(found, return_counts=True)
    root = np.sqrt([1.5, 1, 0.5])
    assert_allclose(points, [*-root, *root[::-1]])
    assert_allclose(counts / found.size, 1 / 6, atol=0.005)
    assert_allclose((points**2).mean(), 1)


@pytest.mark.parametrize("clusters", [1, 15])
def test_sign_vectors_are_listed_for_a_few_clusters_only(clusters):
    with pytest.raises(ValueError, match="2 to 14 clusters"):
        wild.sign_vectors(clusters)


def test_few_clusters_are_listed_and_many_are_drawn():
    assert wild.bootstrap_weights(14).shape == (2**13 - 1, 14)
    drawn = wild.bootstrap_weights(15, np.random.default_rng(1), draws=99)
    assert drawn.shape == (99, 15)
    assert_array_equal(drawn, wild.bootstrap_weights(15, np.random.default_rng(1), draws=99))
    with pytest.raises(ValueError, match="generator"):
        wild.bootstrap_weights(15)


# P-values


def test_p_is_the_share_of_all_sign_vectors():
    y, x, unit, _ = panel(4)
    design = np.column_stack([x, np.ones(y.size)])
    every = np.array(list(product([-1.0, 1.0], repeat=9)))
    t = np.abs(refit(y, design, unit, 1, 0, every))
    observed = np.abs(refit(y, design, unit, 1, 0, np.ones((1, 9))))
    found = wild.wild_cluster_bootstrap(y, design, unit, coefficient=1)
    assert found.p_value == (t >= observed - 1e-9).mean()
    assert 2 / 512 < found.p_value < 1


def test_no_effect_is_large_enough_to_go_below_the_smallest_p():
    y, x, unit, period = panel(5)
    effects = TwoWayEffects(unit, period)
    found = wild.wild_cluster_bootstrap(y, x, unit, effects, null=1e6)
    assert found.p_value == found.smallest_p == 2 / 2**9


def test_clusters_without_contrast_do_not_count():
    # The regressor differs from zero in two of six clusters only. Signs of the others turn
    # nothing, so that an effect of any size ties with 32 of the 64 vectors.
    cluster = np.repeat(np.arange(6), 10)
    rng = np.random.default_rng(6)
    x = np.where(cluster < 2, rng.normal(size=60), 0)
    y = 1000 * x + rng.normal(size=60)
    found = wild.wild_cluster_bootstrap(y, x, cluster)
    assert found.smallest_p == 0.5
    assert found.p_value == 0.5
    assert found.interval() == (-np.inf, np.inf)


def test_a_true_null_is_rejected_as_often_as_stated():
    rng = np.random.default_rng(7)
    cluster = np.repeat(np.arange(8), 6)
    p = []
    for _ in range(400):
        shared = rng.normal(size=(8, 2))[cluster]
        x = rng.normal(size=48) + shared[:, 0]
        y = rng.normal(size=48) + shared[:, 1]
        design = np.column_stack([x, np.ones(48)])
        p.append(wild.wild_cluster_bootstrap(y, design, cluster).p_value)
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.04)
    # The normal distribution would not hold: that is what the bootstrap is for.
    assert np.mean(p) == pytest.approx(0.5, abs=0.05)


# Interval


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.8, 0.9]))
def test_interval_ends_where_the_test_begins_to_reject(seed, confidence):
    y, x, unit, period = panel(seed)
    effects = TwoWayEffects(unit, period)

    def p_of(null):
        return wild.wild_cluster_bootstrap(y, x, unit, effects, null=null).p_value

    found = wild.wild_cluster_bootstrap(y, x, unit, effects)
    alpha = 1 - confidence
    for end, outwards in zip(found.interval(confidence), (-1, 1), strict=True):
        step = outwards * 1e-7 * found.standard_error
        assert p_of(end + step) <= alpha < p_of(end - step)
        for part in np.linspace(0, 0.99, 8):
            assert p_of(found.estimate + part * (end - found.estimate)) > alpha


def test_interval_moves_with_the_effect_and_scales_with_the_unit():
    y, x, unit, period = panel(9)
    effects = TwoWayEffects(unit, period)
    found = wild.wild_cluster_bootstrap(y, x, unit, effects)
    moved = wild.wild_cluster_bootstrap(1000 * (y + 3 * x[:, 0]), x, unit, effects)
    assert np.isfinite(found.interval()).all()
    assert_allclose(moved.interval(), 1000 * (np.array(found.interval()) + 3), rtol=1e-8)
    tested = wild.wild_cluster_bootstrap(y, x, unit, effects, null=100)
    assert_allclose(tested.interval(), found.interval(), rtol=1e-7)


def test_interval_of_too_few_clusters_has_no_end():
    y, x, unit, period = panel(10)
    found = wild.wild_cluster_bootstrap(y, x, unit // 2, TwoWayEffects(unit, period))
    assert found.smallest_p == 2 / 2**5
    assert found.interval() == (-np.inf, np.inf)


@pytest.mark.parametrize("level", [0, 1, np.nan])
def test_a_level_that_is_none_is_refused(level):
    y, x, unit, _ = panel(10)
    with pytest.raises(ValueError, match="level"):
        wild.wild_cluster_bootstrap(y, x, unit).interval(level)


# Faults


def change_of(**changes):
    y, x, unit, period = panel(11)
    return {"outcome": y, "regressors": x, "clusters": unit} | changes, unit, period


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"outcome": panel(11)[0][:-1]}, "does not fit regressors"),
        ({"clusters": [1, 2]}, "needs a cluster"),
        ({"clusters": np.zeros(panel(11)[0].size)}, "2 or more clusters"),
        ({"null": np.inf}, "null hypothesis"),
        ({"weights": np.ones((5, 4))}, "do not fit 9 clusters"),
        ({"regressors": np.ones((panel(11)[0].size, 2))}, "collinear"),
        ({"outcome": panel(11)[1][:, 0]}, "nothing to bootstrap"),
        ({"clusters": np.arange(panel(11)[0].size)}, "generator"),
    ],
)
def test_what_cannot_be_tested_is_refused(changes, word):
    choices, _, _ = change_of(**changes)
    with pytest.raises(ValueError, match=word):
        wild.wild_cluster_bootstrap(**choices)


def test_a_missing_value_is_refused():
    choices, _, _ = change_of()
    choices["outcome"][3] = np.nan
    with pytest.raises(ValueError, match="missing"):
        wild.wild_cluster_bootstrap(**choices)


def test_a_regressor_that_the_effects_explain_is_refused():
    choices, unit, period = change_of(regressors=panel(11)[3] + 3.3 * panel(11)[2])
    with pytest.raises(ValueError, match="effects, are collinear"):
        wild.wild_cluster_bootstrap(**choices, effects=TwoWayEffects(unit, period))


def test_effects_need_enough_observations():
    # Units across clusters count: 1 slope, 3 periods and 3 further units for 7 observations.
    unit, period = np.array([0, 0, 1, 1, 2, 2, 3]), np.array([0, 1, 1, 2, 2, 0, 0])
    y, x = np.array([0.0, 2, 1, 5, 3, 3, 9]), np.array([1.0, 2, 4, 0, 3, 1, 0])
    with pytest.raises(ValueError, match="7 observations cannot carry 7 parameters"):
        wild.wild_cluster_bootstrap(y, x, [0, 1, 0, 1, 0, 1, 0], TwoWayEffects(unit, period))


# Other implementations


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("clusters", [6, 9])
def test_p_is_that_of_wildboottest(clusters):
    other = pytest.importorskip(
        "wildboottest.wildboottest", reason="wildboottest is in .venv-oracles: make oracles"
    )
    y, x, unit, _ = panel(12)
    cluster = unit % clusters
    design = np.column_stack([x, np.ones(y.size)])
    theirs = other.WildboottestCL(
        X=design, Y=y, cluster=cluster, R=np.array([1, 0, 0]), B=9_999, seed=1
    )
    theirs.get_scores(bootstrap_type="11", impose_null=True)
    theirs.get_weights(weights_type="rademacher")
    theirs.get_numer()
    theirs.get_denom()
    theirs.get_tboot()
    ours = wild.wild_cluster_bootstrap(y, design, cluster)
    # They list the vectors and their mirrors and the sample itself with its mirror.
    half = np.sort(np.abs(np.append(ours.t_star, ours.t)))
    assert_allclose(np.sort(np.abs(theirs.t_boot)), np.repeat(half, 2), rtol=1e-9)
    theirs.get_vcov()
    theirs.get_tstat()
    theirs.get_pvalue(pval_type="two-tailed")
    assert_allclose(theirs.t_stat, ours.t, rtol=1e-9)
    # They count strictly larger ones only: the sample and its mirror fall either way by rounding.
    assert theirs.pvalue <= ours.p_value <= theirs.pvalue + 2 / 2**clusters + 1e-12


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("share", [0.8, 1])
def test_panel_is_that_of_pyfixest(share):
    pyfixest = pytest.importorskip("pyfixest", reason="pyfixest is in .venv-oracles: make oracles")
    pandas = pytest.importorskip("pandas")
    y, x, unit, period = panel(13, share)
    table = pandas.DataFrame({"y": y, "x": x[:, 0], "z": x[:, 1], "unit": unit, "day": period})
    fit = pyfixest.feols("y ~ x + z | unit + day", table, vcov={"CRV1": "unit"})
    result, t_star = fit.wildboottest(
        reps=9_999, param="x", seed=1, return_bootstrapped_t_stats=True
    )
    ours = wild.wild_cluster_bootstrap(y, x, unit, TwoWayEffects(unit, period))
    assert_allclose(fit.coef()["x"], ours.estimate, rtol=1e-6)
    assert_allclose(fit.se()["x"], ours.standard_error, rtol=1e-6)
    # Its bootstrap counts all dummies as parameters; the p-value does not depend on that.
    half = np.sort(np.abs(np.append(ours.t_star, ours.t))) / abs(ours.t)
    scaled = np.sort(np.abs(t_star)) / abs(float(result["t value"]))
    assert_allclose(scaled, np.repeat(half, 2), rtol=1e-6)
    assert result["Pr(>|t|)"] <= ours.p_value <= result["Pr(>|t|)"] + 2 / 2**9 + 1e-12


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_drawn_p_is_near_that_of_wildboottest():
    other = pytest.importorskip(
        "wildboottest.wildboottest", reason="wildboottest is in .venv-oracles: make oracles"
    )
    rng = np.random.default_rng(14)
    cluster = np.repeat(np.arange(20), 5)
    design = np.column_stack([rng.normal(size=100), np.ones(100)])
    y = 0.15 * design[:, 0] + rng.normal(size=100)
    theirs = other.WildboottestCL(
        X=design, Y=y, cluster=cluster, R=np.array([1, 0]), B=9_999, seed=1
    )
    theirs.get_scores(bootstrap_type="11", impose_null=True)
    theirs.get_weights(weights_type="webb")
    theirs.get_numer()
    theirs.get_denom()
    theirs.get_tboot()
    theirs.get_vcov()
    theirs.get_tstat()
    theirs.get_pvalue(pval_type="two-tailed")
    weights = wild.bootstrap_weights(20, np.random.default_rng(1))
    ours = wild.wild_cluster_bootstrap(y, design, cluster, weights=weights)
    # Five standard deviations of the difference of two such shares.
    tolerance = 5 * np.sqrt(2 * ours.p_value * (1 - ours.p_value) / 9_999)
    assert_allclose(ours.p_value, theirs.pvalue, atol=tolerance)
