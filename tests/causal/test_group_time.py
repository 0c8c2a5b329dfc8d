"""Group-time effects, against the published figures of R's did, by hand, and diff-diff."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from gotong.causal.group_time import aggregate, group_time_effects
from gotong.causal.influence import Estimates

NEVER = np.inf
KINDS = ("simple", "dynamic", "group", "calendar")


def made_up_panel(seed=1, sizes=(9, 4, 5, 6), cohorts=(NEVER, 3, 5, 6), periods=8):
    """Return random walks and the first treated period of each unit."""
    first = np.repeat(cohorts, sizes)
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(len(first), periods)).cumsum(axis=1)
    return y - 1.5 * (np.arange(periods) >= first[:, None]), first


def effect_of(result, cohort, period):
    """Return one effect and its influence function."""
    cell = np.flatnonzero((result.cohort == cohort) & (result.period == period))[0]
    return result.estimates.effects[cell], result.estimates.influence[:, cell]


# Published figures


@pytest.fixture(scope="module")
def counties(reference):
    """Return log teen employment of 500 counties and their first treated year."""
    rows = pd.read_csv(reference / "did" / "mpdta.csv")
    outcome = rows.pivot(index="countyreal", columns="year", values="lemp")
    year = rows.groupby("countyreal")["first_treat"].first().loc[outcome.index].to_numpy()
    return outcome.to_numpy(), np.where(year == 0, NEVER, year - 2003)


def test_counties_give_the_twelve_published_effects_and_their_errors(counties):
    found = group_time_effects(*counties)
    assert (found.cohort + 2003).tolist() == [2004] * 4 + [2006] * 4 + [2007] * 4
    assert (found.period + 2003).tolist() == [2004, 2005, 2006, 2007] * 3
    effects = [
        *(-0.01050325, -0.07042316, -0.13725874, -0.10081136),
        *(0.00652011, -0.00275082, -0.00459461, -0.04122447),
        *(0.03050666, -0.00272589, -0.03108712, -0.02605441),
    ]
    errors = [
        *(0.023251, 0.030985, 0.036436, 0.034359),
        *(0.023327, 0.019559, 0.017755, 0.020229),
        *(0.015034, 0.016396, 0.017878, 0.016655),
    ]
    assert_allclose(found.estimates.effects, effects, rtol=0, atol=6e-9)
    assert_allclose(found.estimates.standard_errors, errors, rtol=0, atol=6e-7)


def test_counties_give_the_published_averages(counties):
    found = group_time_effects(*counties)
    simple = aggregate(found, "simple")
    assert_allclose(simple.estimates.effects, [-0.0399512752], atol=6e-11)
    assert_array_equal(simple.overall.effects, simple.estimates.effects)
    dynamic = aggregate(found, "dynamic")
    assert dynamic.label.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    published = [0.03050666, -0.00056308, -0.02445874, -0.01993182, -0.05095737]
    assert_allclose(
        dynamic.estimates.effects, [*published, -0.13725874, -0.10081136], rtol=0, atol=6e-9
    )
    assert_allclose(dynamic.overall.effects, [-0.0772398215], atol=6e-11)
    group = aggregate(found, "group")
    assert_allclose(group.estimates.effects, [-0.0797491, -0.0229095, -0.0260544], atol=6e-8)
    assert_allclose(group.overall.effects, [-0.0310182822], atol=6e-11)


# By hand


@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize("control", ["never", "not_yet"])
def test_effect_is_the_change_of_the_cohort_less_that_of_its_controls(control, base):
    y, first = made_up_panel()
    found = group_time_effects(y, first, control, base)
    assert len(found.cohort) == 3 * (7 if base == "varying" else 8)
    for cohort, period in zip(found.cohort, found.period, strict=True):
        before = period - 1 if base == "varying" and period < cohort else cohort - 1
        treated = np.flatnonzero(first == cohort)
        controls = [
            unit
            for unit in range(len(first))
            if first[unit] == NEVER
            or (control == "not_yet" and first[unit] > max(period, before) and unit not in treated)
        ]
        change = y[:, period] - y[:, before]
        effect, influence = effect_of(found, cohort, period)
        assert_allclose(effect, change[treated].mean() - change[controls].mean(), atol=1e-14)
        by_hand = np.zeros(len(first))
        by_hand[treated] = (change[treated] - change[treated].mean()) / len(treated)
        by_hand[controls] = -(change[controls] - change[controls].mean()) / len(controls)
        assert_allclose(influence, by_hand, atol=1e-14)


def test_without_noise_the_effects_are_those_put_in_whatever_the_design():
    _, first = made_up_panel()
    period = np.arange(8)
    since = period - first[:, None]
    size = np.where(np.isinf(first), 0, first)[:, None] % 4
    effect = size * np.maximum(since + 1, 0, where=size > 0, out=np.zeros(since.shape))
    y = effect + np.arange(24)[:, None] ** 2 + np.sin(period) * 9
    for control in ("never", "not_yet"):
        for base in ("varying", "universal"):
            found = group_time_effects(y, first, control, base)
            since = found.period - found.cohort
            known = np.where(since >= 0, (since + 1) * (found.cohort % 4), 0)
            assert_allclose(found.estimates.effects, known, atol=1e-12)
            assert_allclose(found.estimates.standard_errors, 0, atol=1e-12)
    dynamic = aggregate(found, "dynamic")
    # Right at adoption: 4 units of 3, 5 of 1, 6 of 2; after two periods the cohort of 6 is gone.
    at = dict(zip(dynamic.label, dynamic.estimates.effects, strict=True))
    assert_allclose([at[0], at[2]], [(4 * 3 + 5 * 1 + 6 * 2) / 15, 3 * (4 * 3 + 5 * 1) / 9])
    simple = [4 * 3 * k for k in range(1, 6)] + [5 * k for k in range(1, 4)] + [6 * 2, 6 * 4]
    assert_allclose(aggregate(found, "simple").overall.effects, sum(simple) / (20 + 15 + 12))


def test_cells_without_controls_are_left_out():
    y, first = made_up_panel(sizes=(5, 5), cohorts=(3, 6))
    found = group_time_effects(y, first, "not_yet")
    cells = set(zip(found.cohort.tolist(), found.period.tolist(), strict=True))
    # When cohort 6 adopts nobody is left; before cohort 3 adopts each is a control of the other.
    assert cells == {(3, t) for t in range(1, 6)} | {(6, 1), (6, 2)}
    with pytest.raises(ValueError, match="no cohort has a unit"):
        group_time_effects(y, np.full(10, 3), "not_yet")


@pytest.mark.parametrize("kind", KINDS)
def test_influence_of_averages_is_their_derivative_in_the_weights_of_units(kind):
    """Count one unit a little more, and the average moves by what its influence says."""
    y, first = made_up_panel()
    base = aggregate(group_time_effects(y, first), kind)
    copies = 400
    for unit in (0, 10, 23):
        # One copy more of a unit among 400 of each is a weight of 1 + 1/400.
        repeated = np.repeat(np.arange(len(first)), copies + (np.arange(len(first)) == unit))
        moved = aggregate(group_time_effects(y[repeated], first[repeated]), kind)
        for ours, theirs in [(base.estimates, moved.estimates), (base.overall, moved.overall)]:
            slope = (theirs.effects - ours.effects) * copies
            assert_allclose(slope, ours.influence[unit], rtol=0.01, atol=1e-3)


def test_standard_errors_hold_in_repeated_samples():
    rng = np.random.default_rng(2)
    found = []
    for _ in range(600):
        # Cohorts are drawn too, for their sizes are part of what is estimated.
        first = rng.choice([NEVER, 2, 3], size=120, p=[0.4, 0.3, 0.3])
        since = np.arange(5) - first[:, None]
        effect = np.where(since >= 0, np.where(first[:, None] == 2, 4.0, 1.0), 0)
        y = rng.normal(size=(120, 1)) + rng.normal(size=(120, 5)) + effect
        overall = aggregate(group_time_effects(y, first), "simple").overall
        found.append((overall.effects[0], overall.standard_errors[0]))
    effects, errors = np.array(found).T
    assert_allclose(errors.mean(), effects.std(), rtol=0.08)
    # Three of five cells from treatment on are of the cohort of 2, which all count alike.
    assert_allclose(effects.mean(), (3 * 4 + 2 * 1) / 5, atol=0.03)


# Clusters, tests and bands


def test_clusters_add_up_the_influence_of_their_units():
    y, first = made_up_panel()
    clusters = np.arange(24) // 2
    alone = group_time_effects(y, first)
    grouped = group_time_effects(y, first, clusters=[f"decree {c}" for c in clusters + 10])
    assert_array_equal(grouped.estimates.effects, alone.estimates.effects)
    sums = alone.estimates.influence[::2] + alone.estimates.influence[1::2]
    errors = np.sqrt(12 / 11 * (sums**2).sum(axis=0))
    assert_allclose(grouped.estimates.standard_errors, errors)
    assert_allclose(np.sqrt(np.diag(grouped.estimates.covariance)), errors)
    overall = aggregate(grouped, "dynamic").overall
    sums = aggregate(alone, "dynamic").overall.influence.reshape(12, 2).sum(axis=1)
    assert_allclose(overall.standard_errors, np.sqrt(12 / 11 * (sums**2).sum()))


def test_pre_test_is_the_wald_test_of_effects_before_treatment():
    y, first = made_up_panel(sizes=(40, 20, 20), cohorts=(NEVER, 2, 4))
    found = group_time_effects(y, first)
    before = found.period < found.cohort
    assert before.sum() == 4
    effects = found.estimates.effects[before]
    covariance = found.estimates.covariance[np.ix_(before, before)]
    statistic = effects @ np.linalg.inv(covariance) @ effects
    test = found.pre_test()
    assert_allclose([test.statistic, test.p_value], [statistic, stats.chi2.sf(statistic, 4)])
    assert test.restrictions == 4


def test_pre_test_does_not_depend_on_the_base():
    # Differences against one period and from period to period say the same, in other words.
    y, first = made_up_panel(sizes=(40, 20, 20), cohorts=(NEVER, 2, 4))
    varying = group_time_effects(y, first, base="varying").pre_test()
    universal = group_time_effects(y, first, base="universal").pre_test()
    assert varying.restrictions == universal.restrictions == 4
    assert_allclose(universal.statistic, varying.statistic)


def test_counties_give_the_published_pre_test(counties):
    assert_allclose(group_time_effects(*counties).pre_test().p_value, 0.16812, atol=6e-6)


def test_pre_test_of_more_effects_than_units_is_missing():
    y, first = made_up_panel(sizes=(3, 3), cohorts=(NEVER, 9), periods=11)
    assert np.isnan(group_time_effects(y, first).pre_test().p_value)


def test_pointwise_interval_is_normal():
    found = group_time_effects(*made_up_panel()).estimates
    low, high = found.interval(0.9)
    assert_allclose((high - low) / 2, stats.norm.ppf(0.95) * found.standard_errors)
    assert_allclose((high + low) / 2, found.effects)


def test_uniform_band_of_independent_effects_is_that_of_sidak():
    rng = np.random.default_rng(3)
    influence = np.kron(np.eye(10), rng.normal(size=(300, 1)))
    estimates = Estimates(np.arange(10.0), influence, None)
    low, high = estimates.uniform_band(np.random.default_rng(4), draws=20_000, level=0.9)
    reach = (high - low) / 2 / estimates.standard_errors
    assert_allclose(reach, reach[0])
    assert_allclose(reach[0], stats.norm.ppf((1 + 0.9**0.1) / 2), rtol=0.02)
    assert_allclose((high + low) / 2, np.arange(10))


def test_uniform_band_of_one_effect_is_the_pointwise_interval():
    rng = np.random.default_rng(5)
    estimates = Estimates(np.zeros(1), rng.normal(size=(400, 1)), None)
    band = estimates.uniform_band(np.random.default_rng(6), draws=40_000)
    assert_allclose(band, estimates.interval(), rtol=0.02)


def test_uniform_band_repeats_with_its_seed_and_spares_the_base_period():
    found = aggregate(group_time_effects(*made_up_panel(), base="universal"), "dynamic")
    bands = [found.estimates.uniform_band(np.random.default_rng(7), draws=99) for _ in range(2)]
    assert_array_equal(*bands)
    assert_array_equal(bands[0][:, found.label == -1], 0)
    assert (bands[0][1] > bands[0][0]).sum() == len(found.label) - 1


# Faults


@pytest.mark.parametrize(
    ("first", "control", "message"),
    [
        ([0, 3, NEVER], "never", "unit 0 is treated in the first period"),
        ([2, 3, 3], "never", "not_yet"),
        ([2, 4, NEVER], "never", "position from 0 to 3"),
        ([2, 1.5, NEVER], "never", "position from 0 to 3"),
        ([NEVER] * 3, "never", "no unit is ever treated"),
        ([2, NEVER], "never", "as many first treated periods"),
    ],
)
def test_impossible_adoption_is_refused(first, control, message):
    with pytest.raises(ValueError, match=message):
        group_time_effects(np.ones((3, 4)), first, control)


def test_gaps_are_refused_with_their_place():
    y, first = made_up_panel()
    y[4, 2] = np.nan
    with pytest.raises(ValueError, match="unit 4 in period 2 is missing"):
        group_time_effects(y, first)


def test_averages_need_a_period_under_treatment():
    y, first = made_up_panel(sizes=(5, 5), cohorts=(3, 6))
    found = group_time_effects(y[:, :4], np.where(first == 6, NEVER, 3), "not_yet")
    assert aggregate(found, "simple").overall.effects.shape == (1,)
    later = found.period < found.cohort
    only_before = type(found)(
        found.cohort[later],
        found.period[later],
        Estimates(found.estimates.effects[later], found.estimates.influence[:, later], None),
        found.first_treated,
        found.base,
    )
    with pytest.raises(ValueError, match="from treatment on"):
        aggregate(only_before, "simple")


# Oracle


@pytest.fixture(scope="module")
def diff_diff():
    """Return diff-diff, or skip with a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(
            "diff_diff", reason="diff-diff is in .venv-oracles: make oracles"
        )


def fit(diff_diff, y, first, clusters=None, **choices):
    """Return what diff-diff makes of a panel; its periods count from 1."""
    units, periods = y.shape
    table = pd.DataFrame(
        {
            "y": y.ravel(),
            "unit": np.repeat(np.arange(units), periods),
            "period": np.tile(np.arange(1, periods + 1), units),
            "first": np.repeat(np.where(np.isinf(first), 0, first + 1), periods),
            "cluster": np.repeat(np.arange(units) if clusters is None else clusters, periods),
        }
    )
    peer = diff_diff.CallawaySantAnna(cluster=None if clusters is None else "cluster", **choices)
    return peer.fit(table, outcome="y", unit="unit", time="period", first_treat="first")


def peers_estimates(rows):
    """Return effects and errors of diff-diff by key, without those of base periods."""
    return {key: (r["effect"], r["se"]) for key, r in rows.items() if np.isfinite(r["se"])}


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize("control", ["never", "not_yet"])
@pytest.mark.parametrize("grouped", [False, True])
def test_effects_equal_diff_diff(diff_diff, control, base, grouped):
    y, first = made_up_panel(8)
    clusters = np.arange(24) // 2 if grouped else None
    name = "never_treated" if control == "never" else "not_yet_treated"
    peer = fit(diff_diff, y, first, clusters, control_group=name, base_period=base)
    found = group_time_effects(y, first, control, base, clusters)
    ours = dict(
        zip(
            zip(found.cohort + 1, found.period + 1, strict=True),
            zip(found.estimates.effects, found.estimates.standard_errors, strict=True),
            strict=True,
        )
    )
    theirs = peers_estimates(peer.group_time_effects)
    # Base periods of a universal base have no error; diff-diff leaves them out.
    assert theirs.keys() == {key for key, (_, error) in ours.items() if error > 0}
    for key, expected in theirs.items():
        assert_allclose(ours[key], expected, rtol=0, atol=1e-10)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("grouped", [False, True])
def test_averages_equal_diff_diff(diff_diff, grouped):
    y, first = made_up_panel(9)
    clusters = np.arange(24) // 2 if grouped else None
    peer = fit(diff_diff, y, first, clusters)
    found = group_time_effects(y, first, clusters=clusters)
    simple = aggregate(found, "simple").overall
    expected = [peer.overall_att, peer.overall_se]
    assert_allclose([simple.effects[0], simple.standard_errors[0]], expected, rtol=0, atol=1e-10)
    for kind, name, add in [("dynamic", "event_study", 0), ("group", "group", 1)]:
        averages = aggregate(found, kind)
        theirs = peer.aggregate(name)
        key = "event_time" if kind == "dynamic" else "label"
        table = theirs.to_dataframe()
        table = table.set_index(key if key in table else table.columns[0])
        ours = averages.estimates
        effects, errors = table["att"], table["se"]
        for place, label in enumerate(averages.label + add):
            pair = [ours.effects[place], ours.standard_errors[place]]
            assert_allclose(pair, [effects.loc[label], errors.loc[label]], rtol=0, atol=1e-10)
