"""Designs with staggered adoption on simulated panels of known effect."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from gotong.analyses import staggered
from gotong.analyses.designs import Panel, Specification
from gotong.analyses.staggered import FAILED, PASSED, Study
from gotong.config import read_config

EFFECT = -0.08
SPREAD = 0.02
UNITS, TREATED, WEEKS, START = 36, 20, 16, 12


@pytest.fixture(scope="module")
def chosen(project):
    return read_config(project / "config.yaml").effects.model_copy(update={"draws": 499})


def panel(effect=0.0, drift=0.0, seed=1):
    """Return growth with a constant effect from `START`, and a trend that only some have."""
    rng = np.random.default_rng(seed)
    treated = np.arange(UNITS) < TREATED
    week = np.arange(WEEKS)
    growth = rng.normal(0, SPREAD, (UNITS, WEEKS)) + 0.1 * np.sin(week)
    growth += treated[:, None] * (effect * (week >= START) + drift * week)
    units = tuple(f"33{number:02d}" for number in range(UNITS))
    first = np.where(treated, START, np.inf)
    weeks = pd.date_range("2020-10-19", periods=WEEKS, freq="7D", unit="s")
    return Panel(growth, first, units, ("33",) * UNITS, weeks)


def study(chosen, data, **changes):
    settings = chosen.staggered["first_ppkm_centraljava"]
    how = Specification("never", "mean", (1, 3))
    return Study("first_ppkm_centraljava", "growth", data, how, chosen, settings, **changes)


def main_row(found):
    (row,) = (
        row for row in found.rows if row["variant"] == "main" and row["estimator"] == "group_time"
    )
    return row


def verdicts(found):
    return {staggered.named(check): check["verdict"] for check in found.checks}


def test_an_effect_is_found_by_every_estimator_and_the_design_passes(chosen):
    found = staggered.run(study(chosen, panel(effect=EFFECT)))
    row = main_row(found)
    assert row["passed"]
    assert row["low"] < EFFECT < row["high"] < 0
    assert row["p_units"] < 0.01
    for each in found.rows:
        # A single week before (base_last) is noisier, but no estimator is off.
        assert each["estimate"] == pytest.approx(EFFECT, abs=0.02), each["estimator"]
    estimators = {each["estimator"] for each in found.rows}
    assert estimators == {
        "group_time",
        "callaway_santanna",
        "two_way",
        "event_study",
        "synthetic_did",
        "synthetic_control",
    }


def test_no_effect_is_found_where_there_is_none(chosen):
    rejected = 0
    for seed in range(20):
        row = main_row(staggered.run(study(chosen, panel(seed=seed))))
        rejected += row["p_units"] <= 0.05 and row["passed"]
        assert (row["low"] <= 0 <= row["high"]) == (row["p_units"] > 0.05)
    assert rejected <= 3


def test_a_trend_before_the_rule_fails_the_check_and_takes_the_verdict(chosen):
    found = staggered.run(study(chosen, panel(drift=0.01)))
    seen = verdicts(found)
    assert seen["pre_period"] == FAILED
    assert {seen["placebo_date_4"], seen["placebo_date_8"]} & {FAILED}
    # It looks like an effect, and is none.
    row = main_row(found)
    assert row["low"] > 0
    assert not row["passed"]
    assert "pre_period" in row["failed_checks"].split()
    assert all(not each["passed"] for each in found.rows)


def test_leads_farther_than_those_chosen_are_not_judged(chosen):
    data = panel()
    # Weeks 0 and 1 lie twelve and eleven weeks before the rule; together they leave the mean.
    data.outcome[:TREATED, 0] += 1
    data.outcome[:TREATED, 1] -= 1
    assert study(chosen, data).settings.leads < START - 1
    assert verdicts(staggered.run(study(chosen, data)))["pre_period"] == PASSED
    data.outcome[:TREATED, START - 3] += 1
    assert verdicts(staggered.run(study(chosen, data)))["pre_period"] == FAILED


@pytest.mark.parametrize("weeks", [2, 4])
def test_a_pretended_date_does_not_see_the_weeks_of_the_rule(chosen, weeks):
    whole = study(chosen, panel(effect=50 * EFFECT))
    at_once = replace(whole, how=Specification("never", "last", (0, 3)))
    assert staggered.placebo_check(at_once, weeks)["verdict"] == PASSED


def test_a_region_that_decides_alone_fails_the_check(chosen):
    data = panel(seed=4)
    data.outcome[:TREATED, START:] += 0.01
    data.outcome[0, START:] -= 2
    found = staggered.run(study(chosen, data))
    assert main_row(found)["estimate"] < 0
    assert verdicts(found)["leave_one_region"] == FAILED


def honest(chosen, data):
    return {
        each["check"]: each["value"] for each in staggered.honest_breakdowns(study(chosen, data))
    }


def test_a_larger_effect_bears_trends_that_differ_more(chosen):
    none, some, large = (honest(chosen, panel(effect=effect)) for effect in (0, EFFECT, 3 * EFFECT))
    for name in ("honest_breakdown", "honest_smoothness"):
        assert none[name] == 0
        assert 0 < some[name] < large[name]


def test_a_bend_is_in_the_unit_of_the_outcome_and_a_multiple_has_none(chosen):
    data = panel(effect=EFFECT)
    twice = Panel(2 * data.outcome, data.first, data.units, data.deciders, data.weeks)
    one, other = honest(chosen, data), honest(chosen, twice)
    assert other["honest_breakdown"] == pytest.approx(one["honest_breakdown"], rel=1e-6)
    assert other["honest_smoothness"] == pytest.approx(2 * one["honest_smoothness"], rel=1e-6)


def test_more_weeks_than_regions_say_nothing_of_a_bend(chosen):
    few = panel(effect=EFFECT).keep([abs(unit - TREATED) < 4 for unit in range(UNITS)])
    found = honest(chosen, few)
    assert np.isnan(found["honest_smoothness"])
    assert found["honest_breakdown"] >= 0


def of_provinces(data, provinces):
    """Return a panel whose units lie in other provinces."""
    units = tuple(f"{code}{number:02d}" for number, code in enumerate(provinces))
    return Panel(data.outcome, data.first, units, data.deciders, data.weeks)


def test_a_province_without_a_comparison_of_its_own_fails_the_design(chosen):
    data = panel(effect=EFFECT)
    # Half of the treated in a province that adopted whole; the rest beside regions that did not.
    whole = of_provinces(data, ["32"] * 10 + ["33"] * (UNITS - 10))
    found = staggered.run(study(chosen, whole))
    assert verdicts(found)["own_province"] == FAILED
    assert main_row(found)["failed_checks"] == "own_province"
    (check,) = (each for each in found.checks if each["check"] == "own_province")
    assert check["value"] == 10
    one_left = of_provinces(data, ["32"] * 10 + ["33"] * (UNITS - 11) + ["32"])
    assert verdicts(staggered.run(study(chosen, one_left)))["own_province"] == PASSED


def test_where_all_adopt_in_the_end_earlier_are_compared_with_later():
    data = panel()
    late = of_provinces(data, ["32"] * 10 + ["33"] * (UNITS - 10))
    all_adopt = Panel(
        late.outcome, np.minimum(late.first, WEEKS - 1), late.units, late.deciders, late.weeks
    )
    assert staggered.without_own_comparison(all_adopt) == 0
    assert staggered.without_own_comparison(late) == 10
    assert staggered.without_own_comparison(data) == 0


def test_too_few_controls_fail_the_comparison(chosen):
    data = panel(effect=EFFECT)
    kept = data.keep([unit < TREATED + 4 for unit in range(UNITS)])
    found = staggered.run(study(chosen, kept))
    assert verdicts(found)["comparison"] == FAILED
    assert verdicts(staggered.run(study(chosen, data)))["comparison"] == PASSED


def test_as_many_controls_as_are_asked_for_are_enough(chosen):
    data = panel(effect=EFFECT)
    kept = data.keep([unit < TREATED + chosen.fewest_controls for unit in range(UNITS)])
    assert verdicts(staggered.run(study(chosen, kept)))["comparison"] == PASSED


def test_a_check_whose_p_is_the_quiet_one_fails(chosen):
    data = few(seed=3)
    p_values = {
        staggered.named(check): check["p"] for check in staggered.run(study(chosen, data)).checks
    }
    for name in ("pre_period", "placebo_date_4", "placebo_date_8"):
        p = p_values[name]
        assert 0 < p < 1
        at, below = (
            study(chosen.model_copy(update={"quiet_p": quiet}), data) for quiet in (p, p - 1e-6)
        )
        assert verdicts(staggered.run(at))[name] == FAILED
        assert verdicts(staggered.run(below))[name] == PASSED


def test_the_two_way_effect_that_would_be_seen_is_that_of_a_t_test_of_the_regions(chosen):
    row = staggered.two_way_row(study(chosen, few(effect=EFFECT)))
    # Eight regions leave seven degrees of freedom.
    expected = (student.ppf(0.975, 7) + student.ppf(0.8, 7)) * row["standard_error"]
    assert row["detectable"] == pytest.approx(expected)


def test_the_block_holds_the_weeks_before_and_those_that_count(chosen):
    short = panel()
    weeks = pd.date_range(short.weeks[0], periods=WEEKS + 2, freq="7D", unit="s")
    outcome = np.hstack([short.outcome, short.outcome[:, :2]])
    # Neither the week of the rule itself nor those after the third count.
    for week, effect in zip(range(START, WEEKS + 2), (50, -0.1, -0.2, -0.6, 50, 50), strict=True):
        outcome[:TREATED, week] += effect
    data = Panel(outcome, short.first, short.units, short.deciders, weeks)
    rows = list(staggered.block_rows(study(chosen, data)))
    assert [row["estimator"] for row in rows] == ["synthetic_did", "synthetic_control"]
    for row in rows:
        assert row["estimate"] == pytest.approx(-0.3, abs=0.02)


@pytest.mark.parametrize(
    ("treated", "never", "rows"), [(2, 3, 2), (1, 3, 0), (2, 2, 0), (1, 2, 0), (3, 4, 2)]
)
def test_a_block_needs_two_treated_regions_and_three_others(chosen, treated, never, rows):
    kept = panel().keep([TREATED - treated <= unit < TREATED + never for unit in range(UNITS)])
    assert len(list(staggered.block_rows(study(chosen, kept)))) == rows


def test_one_decree_for_all_leaves_nothing_to_exchange(chosen):
    row = main_row(staggered.run(study(chosen, panel(effect=EFFECT))))
    assert (row["p_deciders"], row["smallest_p_deciders"], row["deciders"]) == (1.0, 1.0, 1)


def test_two_decrees_give_no_small_p_to_the_bootstrap(chosen):
    data = panel(effect=EFFECT)
    two = Panel(data.outcome, data.first, data.units, ("32", "33") * (UNITS // 2), data.weeks)
    (row,) = (r for r in staggered.run(study(chosen, two)).rows if r["estimator"] == "two_way")
    assert row["smallest_p_deciders"] >= 0.5
    assert row["p_deciders"] >= row["smallest_p_deciders"]
    assert row["smallest_p_units"] < 0.01


def test_the_path_shows_the_weeks_before_and_what_counts(chosen):
    path = pd.DataFrame(staggered.run(study(chosen, panel(effect=EFFECT))).path)
    assert path["event_time"].tolist() == list(range(-8, 4))
    assert path.loc[path["counted"], "event_time"].tolist() == [1, 2, 3]
    assert set(path.loc[path["event_time"] < 0, "kind"]) == {"before"}
    after = path[path["event_time"] >= 0]
    assert (after["estimate"] < EFFECT / 2).all()
    before = path[path["event_time"] < 0]
    assert (before["estimate"].abs() < -EFFECT / 2).all()


def test_prior_incidence_is_compared_with_and_without_trimming(chosen):
    data = panel(effect=EFFECT)
    overlap = {unit: float(place % 7) for place, unit in enumerate(data.units)}
    overlap[data.units[0]] = 99.0
    cut = staggered.trimmed(data, overlap)
    assert data.units[0] not in cut.units
    assert len(cut.units) == UNITS - 1
    found = staggered.run(study(chosen, data, others={"trimmed": cut}, prior=overlap))
    shown = {
        check["case"]: check["value"]
        for check in found.checks
        if check["check"] == "prior_difference"
    }
    assert abs(shown["trimmed"]) < abs(shown[""])


def few(seed=0, effect=0.0):
    """Return eight regions, three of them treated: 56 assignments, that can all be tried."""
    whole = panel(effect=effect, seed=seed)
    return whole.keep([TREATED - 3 <= unit < TREATED + 5 for unit in range(UNITS)])


def test_the_exchanged_two_way_coefficient_is_the_difference_in_mean_changes(chosen):
    data = few(effect=-SPREAD / 2)
    change = data.outcome[:, START:].mean(axis=1) - data.outcome[:, :START].mean(axis=1)
    effects = [
        change[list(chosen_ones)].mean() - np.delete(change, chosen_ones).mean()
        for chosen_ones in combinations(range(8), 3)
    ]
    row = staggered.two_way_exchange(study(chosen, data))
    assert row["value"] == pytest.approx(effects[0])
    assert row["p"] == pytest.approx(np.mean(np.abs(effects) >= abs(effects[0]) - 1e-12))
    assert (row["limit"], row["verdict"]) == (pytest.approx(1 / 56), staggered.SHOWN)
    assert staggered.two_way_row(study(chosen, data))["estimate"] == pytest.approx(row["value"])


def family(chosen, *panels):
    """Return the adjusted p of several outcomes, by kind."""
    rows = list(staggered.family_checks([study(chosen, each) for each in panels]))
    assert {row["verdict"] for row in rows} == {staggered.SHOWN}
    return {
        kind: [row["p"] for row in rows if row["check"] == f"family_{kind}"]
        for kind in ("romano_wolf", "holm")
    }


def test_outcomes_that_are_one_outcome_need_no_adjustment_and_holm_does_not_see_it(chosen):
    data = few(effect=-SPREAD)
    p = study(chosen, data).read(data, study(chosen, data).how, "main").p_value
    assert 1 / 56 <= p < 1 / 3
    found = family(chosen, data, data, data)
    assert found["romano_wolf"] == pytest.approx([p] * 3)
    assert found["holm"] == pytest.approx([3 * p] * 3)


def test_drawn_assignments_are_the_same_for_every_outcome(chosen):
    # Of 36 regions most assignments are left out: other draws would pull equal outcomes apart.
    data = panel(seed=7)
    turned = Panel(-data.outcome, data.first, data.units, data.deciders, data.weeks)
    first, second = family(chosen, data, turned)["romano_wolf"]
    assert first == second
    assert first == pytest.approx(family(chosen, data)["romano_wolf"][0])


def test_a_family_rests_on_the_regions_that_all_outcomes_have(chosen):
    data, other = few(effect=-SPREAD), few(seed=5)
    kept = np.arange(8) != 6
    expected = family(chosen, data.keep(kept), other.keep(kept))
    assert family(chosen, data, other.keep(kept)) == expected
    assert family(chosen, data, other) != expected


def test_results_do_not_change_from_run_to_run(chosen):
    first, second = (staggered.run(study(chosen, panel(effect=EFFECT))) for _ in range(2))
    pd.testing.assert_frame_equal(pd.DataFrame(first.rows), pd.DataFrame(second.rows))
    pd.testing.assert_frame_equal(pd.DataFrame(first.checks), pd.DataFrame(second.checks))
