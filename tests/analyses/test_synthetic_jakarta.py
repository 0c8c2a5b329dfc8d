"""Synthetic Jakarta: simulated provinces of known effect, and the brake on Google's reports."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from gotong.analyses import synthetic_jakarta as sj
from gotong.analyses.effect_panels import GOOGLE, REGIMES
from gotong.analyses.staggered import FAILED, PASSED
from gotong.causal import synthetic
from gotong.config import read_config
from gotong.contracts import read_any

BEFORE, AFTER = 98, 28


@pytest.fixture(scope="module")
def chosen(project):
    return read_config(project / "config.yaml").effects


@pytest.fixture(scope="module")
def tables(project):
    return {name: read_any(str(project / "data/raw" / name)) for name in (GOOGLE, REGIMES)}


def brake(chosen, outcome="workplaces"):
    return sj.Comparison("brake", outcome, chosen.synthetic["brake"], chosen)


def simulated(tables, effect=0.0, own=0.0, seed=0, inside=True):
    """Return tables in which every province follows two common courses.

    DKI Jakarta lies far below all, may follow a course of its own, and changes by the effect.
    """
    settings = read_days()
    rng = np.random.default_rng(seed)
    codes = sorted(code for code in tables[GOOGLE]["region_code"].unique() if code.isdigit())
    common = np.cumsum(rng.normal(0, 1, (2, len(settings))), axis=1)
    loads = rng.uniform(0, 1, (len(codes), 2))
    jakarta = codes.index("31")
    if inside:
        loads[jakarta] = 0.5
    values = loads @ common + rng.normal(0, 0.3, (len(codes), len(settings)))
    values[jakarta] -= 40
    values[jakarta] += own * np.cumsum(rng.normal(0, 1, len(settings)))
    values[jakarta, BEFORE:] += effect
    rows = pd.DataFrame(
        {
            "region_code": np.repeat(codes, len(settings)),
            "date": np.tile(settings, len(codes)),
            "workplaces": values.ravel(),
        }
    )
    return {**tables, GOOGLE: rows}


def read_days():
    return pd.date_range("2020-06-08", periods=BEFORE + AFTER, unit="s")


def main_row(found):
    (row,) = (
        row
        for row in found.rows
        if row["variant"] == "main" and row["estimator"] == "synthetic_control"
    )
    return row


def verdicts(found):
    return {check["check"]: check["verdict"] for check in found.checks}


def test_an_effect_is_found_and_the_comparison_passes(tables, chosen):
    found = sj.run(simulated(tables, effect=-5), brake(chosen))
    row = main_row(found)
    assert row["passed"]
    assert row["estimate"] == pytest.approx(-5, abs=0.3)
    assert row["low"] < -4
    assert row["high"] < 0
    # 34 provinces less Banten and Jawa Barat.
    assert (row["units"], row["p_units"]) == (32, pytest.approx(1 / 32))
    assert row["smallest_p_units"] == pytest.approx(1 / 32)


def test_no_effect_is_rarely_found_where_there_is_none(tables, chosen):
    # Ranks are uniform only if DKI Jakarta is one of many, not better spanned than others.
    found = [
        main_row(sj.run(simulated(tables, seed=seed, inside=False), brake(chosen)))
        for seed in range(20)
    ]
    assert sum(row["p_units"] <= 0.10 and row["passed"] for row in found) <= 4


def test_a_jakarta_that_no_mix_follows_fails_the_check(tables, chosen):
    found = sj.run(simulated(tables, own=2, seed=2), brake(chosen))
    assert verdicts(found)["donors_span"] == FAILED
    assert not main_row(found)["passed"]
    assert "donors_span" in main_row(found)["failed_checks"].split()


def test_a_change_before_the_change_fails_the_placebo_date(tables, chosen):
    moved = simulated(tables, seed=3)
    rows = moved[GOOGLE]
    early = (rows["region_code"] == "31") & (rows["date"] >= read_days()[BEFORE - 28])
    rows.loc[early, "workplaces"] += 6
    found = sj.run(moved, brake(chosen))
    assert verdicts(found)["placebo_date"] == FAILED


def test_pretended_dates_show_the_week_of_a_change_that_came_early(tables, chosen):
    moved = simulated(tables, effect=-5, seed=3)
    rows = moved[GOOGLE]
    early = (rows["region_code"] == "31") & (rows["date"] >= read_days()[BEFORE - 14])
    rows.loc[early & (rows["date"] < read_days()[BEFORE]), "workplaces"] += 6
    found = sj.run(moved, brake(chosen))
    seen = {row["case"]: row for row in found.checks if row["check"] == "placebo_in_time"}
    assert list(seen) == ["7", "14", "21", "28"]
    # At 14 days all of the days looked at are early ones, at 28 half of them are.
    assert seen["14"]["value"] == pytest.approx(6, abs=0.4)
    assert seen["28"]["value"] == pytest.approx(3, abs=0.4)
    assert {row["verdict"] for row in seen.values()} == {sj.SHOWN}
    for row in seen.values():
        assert row["limit"] == pytest.approx(abs(main_row(found)["estimate"]))
    (counted,) = (row for row in found.checks if row["check"] == "placebo_date")
    assert counted["value"] == pytest.approx(seen["28"]["value"])


def test_the_plain_difference_is_ranked_among_each_donor_taken_alone(tables, chosen):
    what = brake(chosen)
    data = sj.series(simulated(tables, effect=-5), what)
    change = data.outcome[:, BEFORE:].mean(axis=1) - data.outcome[:, :BEFORE].mean(axis=1)
    effects = [own - np.delete(change, unit).mean() for unit, own in enumerate(change)]
    (row,) = (
        each
        for each in sj.run(simulated(tables, effect=-5), what).rows
        if each["estimator"] == "difference"
    )
    assert row["estimate"] == pytest.approx(effects[0])
    assert row["standard_error"] == pytest.approx(np.std(effects[1:]))
    margin = norm.ppf(0.975) * np.std(effects[1:])
    assert row["low"] == pytest.approx(effects[0] - margin)
    assert row["high"] == pytest.approx(effects[0] + margin)
    as_far = sum(abs(effect) >= abs(effects[0]) for effect in effects)
    assert row["p_units"] == pytest.approx(as_far / 32)
    assert row["smallest_p_units"] == pytest.approx(1 / 32)


def test_without_a_constant_a_jakarta_far_below_all_is_not_met(tables, chosen):
    found = sj.run(simulated(tables), brake(chosen))
    (levels,) = (row for row in found.rows if row["variant"] == "levels")
    assert levels["estimate"] < -30
    assert abs(main_row(found)["estimate"]) < 0.5


def test_fewer_periods_than_donors_are_named(tables, chosen):
    settings = chosen.synthetic["brake"].model_copy(
        update={
            "before": chosen.synthetic["brake"].before.model_copy(update={"start": "2020-08-24"})
        }
    )
    what = sj.Comparison("brake", "workplaces", settings, chosen)
    found = verdicts(sj.run(tables, what))
    assert found["overfit"] == FAILED
    assert verdicts(sj.run(tables, brake(chosen)))["overfit"] == PASSED


def test_donors_are_those_that_the_configuration_leaves(tables, chosen):
    main = sj.series(tables, brake(chosen))
    assert main.codes[0] == "31"
    assert not {"32", "36"} & set(main.codes)
    assert (main.before, main.outcome.shape[1]) == (BEFORE, BEFORE + AFTER)
    everyone = sj.series(tables, brake(chosen), "all_donors")
    assert {"32", "36"} <= set(everyone.codes)
    june = sj.Comparison(
        "transition_june", "workplaces", chosen.synthetic["transition_june"], chosen
    )
    # Ten provinces had PSBB in part and three whole: DKI Jakarta is one of the latter.
    assert len(sj.series(tables, june).codes) == 34 - 10 - 3 + 1


def test_weeks_of_cases_leave_out_the_week_of_the_change(chosen):
    times, before = sj.weekly_times(chosen.synthetic["transition_june"], chosen)
    # 5 June 2020 was a Friday: its week is not yet one of the transition.
    assert f"{times[before - 1]:%m-%d}" == "06-01"
    assert [f"{day:%m-%d}" for day in times[before:]] == ["06-15", "06-22", "06-29"]
    times, before = sj.weekly_times(chosen.synthetic["brake"], chosen)
    assert before == 14
    assert [f"{day:%m-%d}" for day in times[before:]] == ["09-21", "09-28", "10-05"]


def test_donors_for_cases_had_enough_of_them_in_the_mean_week_before(tables, chosen):
    assert chosen.least_weekly_cases == 100
    # From the week before the first growth to the last week that counts; the brake is the 15th.
    mondays = pd.date_range("2020-06-01", "2020-10-05", freq="7D", unit="s")
    after = mondays >= pd.Timestamp("2020-09-14")
    weekly = {
        "31": np.full(len(mondays), 7),
        "33": np.full(len(mondays), 100),
        "34": np.full(len(mondays), 99),
        # 50 and 150 in turn over 14 weeks before, and hardly any afterwards.
        "35": np.where(after, 1, 50 + 100 * (np.arange(len(mondays)) % 2)),
        "51": np.where(after, 10_000, 1),
    }
    days = pd.date_range(mondays[0], periods=7 * len(mondays), unit="s")
    rows = [
        # All cases of a week are reported on its Monday.
        pd.DataFrame({"region_code": code, "date": days, "cases": np.kron(cases, [1] + [0] * 6)})
        for code, cases in weekly.items()
    ]
    panel = pd.concat(rows).assign(cases_missing="", population=1_000_000)
    data = sj.series({**tables, "panel_province": panel}, brake(chosen, "level"))
    assert data.codes == ("31", "33", "35")
    np.testing.assert_allclose(data.outcome[:2, 0], np.log([8, 101]))


def test_the_brake_on_googles_reports_can_be_worked_out_from_the_paths(tables, chosen):
    what = brake(chosen, "residential")
    paths, found = sj.paths(tables, what), sj.run(tables, what)
    own = paths[paths["region_code"] == "31"]
    google = tables[GOOGLE].pivot(index="date", columns="region_code", values="residential")
    weights = paths.drop_duplicates("region_code").set_index("region_code")["weight"]
    assert weights.sum() == pytest.approx(1)
    assert weights["31"] == 0
    mix = google.astype(float)[weights.index] @ weights
    gap = (google["31"].astype(float) - mix).reindex(read_days())
    gap -= gap.iloc[:BEFORE].mean()
    np.testing.assert_allclose(own["gap"], gap, atol=1e-9)
    row = main_row(found)
    assert row["estimate"] == pytest.approx(gap.iloc[BEFORE:].mean())
    # People of Jakarta stayed at home more than anywhere else, against before.
    ratios = paths.groupby("region_code").apply(
        lambda rows: np.sqrt(
            (rows.loc[rows["after"], "gap"] ** 2).mean()
            / (rows.loc[~rows["after"], "gap"] ** 2).mean()
        )
    )
    assert row["p_units"] == pytest.approx((ratios >= ratios["31"]).sum() / 32)


def test_weeks_are_counted_from_the_change_and_rank_as_days_do(tables, chosen):
    what = brake(chosen)
    days = sj.series(simulated(tables, effect=-5), what)
    weeks = sj.in_weeks(days)
    assert (weeks.before, weeks.step) == (BEFORE // 7, 7)
    assert weeks.times[weeks.before] == pd.Timestamp("2020-09-14")
    by_hand = [days.outcome[:, day : day + 7].mean(axis=1) for day in range(0, BEFORE + AFTER, 7)]
    np.testing.assert_allclose(weeks.outcome, np.transpose(by_hand))
    late = sj.Series(days.outcome[:, 3:-2], days.codes, days.times[3:-2], BEFORE - 3, 1)
    cut = sj.in_weeks(late)
    assert (cut.before, len(cut.times)) == (13, 16)
    assert cut.times[cut.before] == pd.Timestamp("2020-09-14")
    checks = sj.run(simulated(tables, effect=-5), what).checks
    (found,) = (row for row in checks if row["check"] == "by_weeks")
    assert found["value"] == pytest.approx(-5, abs=0.5)
    assert found["verdict"] == sj.SHOWN


def test_p_without_each_donor_and_with_placebos_that_jakarta_is_no_donor_of(tables, chosen):
    google = tables[GOOGLE]
    what, checks = brake(chosen, "residential"), sj.run(tables, brake(chosen, "residential")).checks
    main = sj.series(tables, what)
    left_out = {row["case"]: row["p"] for row in checks if row["check"] == "without_donor"}
    assert list(left_out) == list(main.codes[1:])
    code = max(left_out, key=left_out.get)
    rest = {**tables, GOOGLE: google[google["region_code"] != code]}
    assert left_out[code] == main_row(sj.run(rest, what))["p_units"]
    assert left_out[code] == pytest.approx(4 / 31)
    (apart,) = (row for row in checks if row["check"] == "placebos_without_treated")
    # Each placebo by itself, with all donors but DKI Jakarta.
    ratios = [
        synthetic.synthetic_control(main.outcome[1:], place, main.before, intercept=True).ratio
        for place in range(main.donors)
    ]
    own = synthetic.synthetic_control(main.outcome, 0, main.before, intercept=True)
    assert apart["value"] == pytest.approx(own.effect)
    assert apart["p"] == (1 + sum(ratio >= own.ratio for ratio in ratios)) / 32
