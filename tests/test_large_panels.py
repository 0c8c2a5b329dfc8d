"""Panels of many regions: block by block they are what they are at once, and grow no faster."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from gotong import specification, tables
from gotong.causal import twfe
from gotong.causal.distributed_lag import distributed_lag
from gotong.causal.event_study import event_study
from gotong.cooperation import alignment
from gotong.inference import fixed_effects
from gotong.regions import blocks
from gotong.timeline import active_measures
from gotong.validation.nation import Nation

SMALL = Nation(regions=5, days=130)


@pytest.fixture
def tools(project, monkeypatch):
    """Return the modules of the benchmark, which are scripts and not of the library."""
    monkeypatch.syspath_prepend(project / "workflow/scripts")
    monkeypatch.chdir(project)
    import bench_growth
    import growth_stages

    monkeypatch.setattr(growth_stages, "DAYS", SMALL.days)
    return bench_growth, growth_stages


# Blocks


@given(st.lists(st.text(), max_size=30), st.integers(1, 40))
def test_blocks_hold_every_region_once_and_in_order(codes, size):
    found = list(blocks(codes, size))
    assert [code for block in found for code in block] == codes
    assert all(1 <= len(block) <= size for block in found)
    assert len(found) == -(-len(codes) // size)


def made_in_blocks(stages, monkeypatch, folder, size):
    """Return the tables of a country that is worked on some regions at a time."""
    folder.mkdir()
    monkeypatch.setattr(stages, "blocks", partial(blocks, size=size))
    for stage in ("raw", "panel", "rt", "stock", "alignment", "weekly"):
        stages.STAGES[stage](SMALL, folder)
    parquet = {path.stem: tables.read_parquet(path) for path in folder.glob("*.parquet")}
    groups = len(list(tables.read_row_groups(folder / "panel.parquet", ["cases"])))
    return parquet, groups, {path.stem: np.load(path) for path in folder.glob("*.npy")}


def test_tables_do_not_depend_on_the_size_of_the_blocks(tools, monkeypatch, tmp_path):
    whole, one, weeks = made_in_blocks(tools[1], monkeypatch, tmp_path / "whole", 5)
    assert one == 1
    assert set(whole) == {"cases", "regimes", "measures", "panel", "rt", "stock", "alignment"}
    parts, groups, same_weeks = made_in_blocks(tools[1], monkeypatch, tmp_path / "parts", 2)
    assert groups == 3
    for name, table in whole.items():
        pd.testing.assert_frame_equal(parts[name], table, check_exact=True)
    for name, values in weeks.items():
        np.testing.assert_array_equal(same_weeks[name], values)


def test_the_generated_panel_is_what_was_generated(tools, monkeypatch, tmp_path):
    made, _, weeks = made_in_blocks(tools[1], monkeypatch, tmp_path / "made", 4)
    panel = made["panel"]
    assert len(panel) == 5 * 130
    counts = SMALL.counts(range(5))
    np.testing.assert_array_equal(panel["cases"].to_numpy("int64").reshape(5, 130), counts)
    np.testing.assert_array_equal(weeks["cases"][:, 0], counts[:, :7].sum(axis=1))
    # Every region decides for itself from the 32nd day on.
    own = panel[panel["region_code"] == SMALL.codes[3]].reset_index(drop=True)
    assert (own.loc[:30, "regime"] == "belum PSBB").all()
    assert (own.loc[31:, "regime_layer"] == "primary").all()
    first = SMALL.regimes([3]).iloc[0]
    assert own.loc[31, "regime"] == first["regime"]
    assert made["rt"]["mean"].notna().mean() > 0.8


def test_every_estimator_of_the_benchmark_runs(tools, monkeypatch, tmp_path):
    _, stages = tools
    for name, fewer in {"DRAWS": 99, "PRE_PERIODS": 9, "COHORTS": (8, 12, np.inf)}.items():
        monkeypatch.setattr(stages, name, fewer)
    monkeypatch.setattr(stages, "WINDOW", (-2, 3))
    made_in_blocks(stages, monkeypatch, tmp_path / "made", 5)
    for stage in list(stages.STAGES)[6:]:
        stages.STAGES[stage](SMALL, tmp_path / "made")


def test_a_region_is_generated_alike_in_any_company():
    alone, together = SMALL.cases([4]), SMALL.cases(range(5))
    same = together[together["region_code"] == SMALL.codes[4]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)
    partners = SMALL.partners(range(5))
    assert (partners != np.arange(5)[:, np.newaxis]).all()
    assert Nation(500, 60).codes == sorted(set(Nation(500, 60).codes))


def test_measures_of_some_regions_are_those_of_all_less_the_others():
    measures = SMALL.measures(range(5))
    counted = {code: code for code in SMALL.codes}
    whole = active_measures(measures, SMALL.dates, 14, counted_in=counted)
    some = active_measures(measures, SMALL.dates, 14, counted_in=counted, regions=SMALL.codes[2:4])
    expected = whole[whole["region_code"].isin(SMALL.codes[2:4])].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, expected)


# Row groups


def rows(*codes):
    return pd.DataFrame(
        {
            "region_code": pd.Series(codes, dtype="str"),
            "date": pd.Series(pd.date_range("2020-03-01", periods=len(codes), unit="s")),
            "cases": pd.Series([None, *range(1, len(codes))], dtype="Int64"),
        }
    )


def test_row_groups_make_up_the_table_and_are_read_one_by_one(tmp_path):
    parts = [rows("31", "32"), rows("33"), rows("34", "35", "36")]
    path = tmp_path / "table.parquet"
    tables.write_row_groups(path, iter(parts), iter(["b.csv", "a.csv"]))
    pd.testing.assert_frame_equal(tables.read_parquet(path), pd.concat(parts, ignore_index=True))
    for found, part in zip(tables.read_row_groups(path), parts, strict=True):
        pd.testing.assert_frame_equal(found, part)
    columns = [list(found) for found in tables.read_row_groups(path, ["cases"])]
    assert columns == [["cases"]] * 3
    assert tables.parquet_origins(path) == ("a.csv", "b.csv")


def test_one_row_group_is_the_plain_file(tmp_path):
    tables.write_row_groups(tmp_path / "table.parquet", [rows("31", "32")], ["a.csv"])
    plain = tables.to_parquet(rows("31", "32"), ["a.csv"])
    assert (tmp_path / "table.parquet").read_bytes() == plain


def test_a_fault_half_way_leaves_the_old_file(tmp_path):
    path = tmp_path / "table.parquet"
    tables.write_row_groups(path, [rows("31")])
    before = path.read_bytes()

    def failing():
        yield rows("32")
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        tables.write_row_groups(path, failing())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@given(st.lists(st.sampled_from(["31", "32", "33"])), st.booleans())
def test_looking_up_distinct_keys_is_looking_up_all(keys, as_series):
    column = pd.Series(keys, dtype="str", index=range(5, 5 + len(keys)))
    values = {"31": 1.5, "33": 2.0}
    values = pd.Series(values) if as_series else values
    found = tables.looked_up(column, values)
    assert found.index.equals(column.index)
    for key, value in zip(keys, found, strict=True):
        np.testing.assert_equal(float(value), values.get(key, np.nan))


# Estimators


def panel(seed, units=17, periods=23, regressors=2):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(units, periods)), rng.normal(size=(regressors, units, periods))


def same_regression(found, expected):
    assert_allclose(found.coefficients, expected.coefficients, rtol=1e-10, atol=1e-13)
    assert_allclose(found.covariance, expected.covariance, rtol=1e-9, atol=1e-15)
    assert (found.observations, found.clusters) == (expected.observations, expected.clusters)


@pytest.mark.parametrize("cells", [1, 200, 500])
@pytest.mark.parametrize("clustered", [False, True])
def test_regressions_do_not_depend_on_the_size_of_the_blocks(monkeypatch, cells, clustered):
    y, x = panel(1)
    # A unit and the first two periods are missing: what is left is complete.
    y[4], y[:, :2] = np.nan, np.nan
    clusters = np.arange(17) // 3 if clustered else None
    whole = twfe.two_way_fixed_effects(y, x, clusters), distributed_lag(y, x[0], 2, 1, clusters)
    monkeypatch.setattr(twfe, "CELLS_AT_ONCE", cells)
    same_regression(twfe.two_way_fixed_effects(y, x, clusters), whole[0])
    same_regression(distributed_lag(y, x[0], 2, 1, clusters).regression, whole[1].regression)


def test_an_event_study_in_blocks_is_the_one_at_once(monkeypatch):
    y, _ = panel(2)
    first = np.resize([6, 9, np.inf], 17)
    whole = event_study(y, first, (-3, 4)).regression
    monkeypatch.setattr(twfe, "CELLS_AT_ONCE", 50)
    same_regression(event_study(y, first, (-3, 4)).regression, whole)


def test_dummies_may_be_boolean():
    y, x = panel(3)
    dummies = x > 0
    same_regression(
        twfe.two_way_fixed_effects(y, dummies),
        twfe.two_way_fixed_effects(y, dummies.astype("float64")),
    )


@pytest.mark.parametrize("share", [0.2, 0.7, 1])
def test_effects_of_many_units_are_solved_by_periods_and_are_the_same(monkeypatch, share):
    rng = np.random.default_rng(int(10 * share))
    unit, period = np.nonzero(rng.random((15, 6)) < share)
    columns, cluster = rng.normal(size=(len(unit), 2)), unit % 4
    by_units = fixed_effects.TwoWayEffects(unit, period)
    monkeypatch.setattr(fixed_effects, "MOST_SOLVED", 1)
    by_periods = fixed_effects.TwoWayEffects(unit, period)
    assert_allclose(by_periods.residuals(columns), by_units.residuals(columns), atol=1e-12)
    sums = [by_units.sums_by_cluster(column, cluster, 4) for column in columns.T]
    assert_allclose(
        by_periods.explained_products(*sums), by_units.explained_products(*sums), atol=1e-12
    )


@pytest.mark.parametrize("kind", ["two_way", "first_differences", "lag_sum"])
def test_a_cell_does_not_depend_on_how_many_arrangements_are_held_at_once(monkeypatch, kind):
    y, x = panel(5, regressors=7)
    y[2, 5] = np.nan
    whole = specification.estimate(y, x, kind, 2)
    monkeypatch.setattr(specification, "CELLS_AT_ONCE", 1_000)
    found = specification.estimate(y, x, kind, 2)
    assert_allclose(found.t, whole.t, rtol=1e-10)
    assert_allclose([found.estimate, found.scale], [whole.estimate, whole.scale], rtol=1e-10)


@given(st.integers(0, 1_000))
def test_alignment_with_partners_is_the_one_with_all_where_the_rest_weigh_nothing(seed):
    rng = np.random.default_rng(seed)
    strict = rng.integers(0, 6, (7, 5)).astype("float64")
    strict[rng.random(strict.shape) < 0.2] = np.nan
    partners = np.array([rng.permutation(np.delete(np.arange(7), own))[:3] for own in range(4)])
    weights = rng.random((4, 3)) + 0.1
    among_all = np.zeros((7, 7))
    np.put_along_axis(among_all[:4], partners, weights, axis=1)
    # Regions without a partner of their own need some weight to have an alignment at all.
    among_all[4:, 0] = 1
    found = alignment(strict, weights, 5, partners)
    assert found.shape == (4, 5)
    assert_allclose(found, alignment(strict, among_all, 5)[:4], rtol=1e-12)


def test_a_region_is_no_partner_of_itself():
    with pytest.raises(ValueError, match="that of itself zero"):
        alignment(np.zeros((3, 2)), np.ones((2, 1)), 5, np.array([[1], [1]]))


# The benchmark


def test_the_exponent_of_a_power_is_the_power(tools):
    bench, _ = tools
    sizes = np.array([34, 514, 7_000, 83_000])
    for power in (0, 1, 1.1, 2):
        assert bench.exponent(sizes, 3 * sizes**power) == pytest.approx(power)


def test_what_a_run_takes_by_hand(tools):
    bench, _ = tools
    work = bench.Work(by_block=100, blocks=10, serial=7, estimators=(5, 20), cell=2)
    assert work.steps(1, 1_000) == (100, 7, 25, 2_000)
    assert work.steps(4, 1_000) == (pytest.approx(30), 7, 20, 500)
    # No more cores than blocks and cells are of use, and the longest estimator stays.
    assert work.steps(5_000, 1_000) == (pytest.approx(10), 7, 20, 2)


def made_up_runs(bench, stages, sizes):
    """Return runs whose time is the stage's number times the regions, in ms."""
    return {
        stage: {size: bench.Run(size, number * size / 1_000, 0.0, 300.0) for size in sizes}
        for number, stage in enumerate(stages.STAGES, start=1)
    }


def test_the_part_of_the_page_follows_from_the_runs(tools, monkeypatch):
    bench, stages = tools
    monkeypatch.setattr(bench, "measure", partial(made_up_runs, bench, stages))
    text = bench.section((34, 514, 7_000, 83_000))
    assert "No stage has an exponent above 1.1" in text
    assert "within 4,096 MB" in text
    assert "NOT" not in text
    assert text.count("| 1.00 | 1.00 |") == len(stages.STAGES)
    # 14 stages of 1 to 14 ms a region: 105 ms of 83,000 regions are 8,715 seconds.
    assert "2.42 h of the processor" in text
    # The cells are stages 13 and 14: four estimators, and four other arrangements between them.
    assert bench.duration(13 * 83 / 4) in text
    arranged = bench.other_arrangements()
    assert bench.duration((13 + arranged / 4) * 83 / 4) in text


def test_a_steep_stage_and_too_much_memory_are_said(tools):
    bench, stages = tools
    runs = made_up_runs(bench, stages, (514, 7_000))
    runs["rt"] = {size: bench.Run(1, size**2 / 1e6, size**2 / 2e6, size) for size in (514, 7_000)}
    said = bench.verdict(runs, 7_000)
    assert "R_t with intervals (2.00, 2.00 without the system)" in said
    assert "NOT within" in said


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.0123, "12.3 ms"),
        (1.5, "1.5 s"),
        (119, "119 s"),
        (600, "10 min"),
        (7_300, "2.03 h"),
        (864_000, "10 days"),
    ],
)
def test_durations_are_shown_as_a_person_would(tools, seconds, shown):
    assert tools[0].duration(seconds) == shown


@given(st.lists(st.one_of(st.integers(-2, 6), st.sampled_from([900, 10**12]))))
def test_labels_are_numbered_in_their_order_however_they_are_counted(labels):
    count, number = fixed_effects.numbered(np.array(labels, dtype="int64"))
    different = sorted(set(labels))
    assert count == len(different)
    assert number.tolist() == [different.index(label) for label in labels]
