"""Cooperation against growth: the panel, the regression, its checks, and what the ledger gets."""

import itertools

import numpy as np
import pandas as pd
import pytest
from evidence_words import alike, untranslated
from scipy.stats import t as student

from gotong import contracts
from gotong.analyses import (
    dose_evidence,
    dose_panel,
    dose_response,
    specifications,
)
from gotong.config import Area, Dose, Sample, read_config
from gotong.evidence_rows import behind, select
from gotong.i18n import Language, without_facts
from gotong.regions import DKI

AREA = {
    "id": "jabodetabek",
    "units": ["3171", "3172", "3173", "3271", "3275", "3276"],
    "core": "31",
    "deciders": [
        {"name": "DKI Jakarta", "members": ["31"]},
        {"name": "Bodebek", "members": ["3271", "3275", "3276"]},
    ],
}
DOSE = {
    "lags": 2,
    "leads": 1,
    "steps": {"alignment": 0.1, "stock": 1, "strictness": 1},
    "open_end_days": [14, 30],
    "confidence_weights": {"high": 1, "medium": 0.5, "low": 0.25},
    "contrast": 0.05,
    "quiet_p": 0.10,
}
CHOICES = {
    "area": AREA,
    "dose": DOSE,
    "measures": {"open_end_days": 30},
    "panels": {
        name: {"start": "2020-03-02", "end": "2020-05-03"}
        for name in ("province", "jabodetabek", "westjava", "java")
    },
}
CURVE = {
    "parts": 2,
    "definitions": {"alignment": ["main"], "stock": ["all"], "strictness": ["main"]},
    "outcomes": ["growth", "log_incidence"],
    "estimators": [{"kind": "two_way", "lag": 1}, {"kind": "lag_sum", "lag": 2}],
    "without": {"none": [], "one": ["3171"]},
    "samples": {"main": {}, "satgas": {"series": "satgas"}},
    "draws": 99,
}
UNITS = len(AREA["units"])
WEEKS = pd.date_range("2020-03-02", periods=20, freq="7D", unit="s")


def java(cases, kinds=None, flags=None):
    """Return the columns of the weekly panel that matter here, from units by weeks."""
    rows = []
    for (place, unit), (number, week) in itertools.product(
        enumerate(AREA["units"]), enumerate(WEEKS)
    ):
        rows.append(
            {
                "region_code": unit,
                "week_start": week,
                "cases": cases[place][number],
                "cases_kind": "count" if kinds is None else kinds[place][number],
                "cases_flag": "" if flags is None else flags[place][number],
                "population": 100_000 * (place + 1),
            }
        )
    return pd.DataFrame(rows)


def weekly(**paths):
    """Return ``cooperation_weekly`` with the main definition of each regressor."""
    forms = {"alignment": "main", "stock": "all", "strictness": "main"}
    dyads = {"stock": "all"}
    parts = [
        pd.DataFrame(
            {
                "quantity": name,
                "definition": forms[name],
                "dyad": dyads.get(name, ""),
                "region_code": np.repeat(AREA["units"], len(WEEKS)),
                "week_start": np.tile(WEEKS, len(AREA["units"])),
                "value": np.asarray(values, dtype="float64").ravel(),
            }
        )
        for name, values in paths.items()
    ]
    return pd.concat(parts, ignore_index=True)


def random_tables(seed=0, effect=0.0):
    """Return tables in which one measure more lowers the growth of the next week by `effect`."""
    rng = np.random.default_rng(seed)
    shape = (len(AREA["units"]), len(WEEKS))
    paths = {
        "alignment": rng.uniform(0.5, 1, shape),
        "stock": rng.poisson(3, shape).astype(float),
        "strictness": rng.integers(0, 5, shape).astype(float),
    }
    growth = rng.normal(0, 0.01, shape)
    growth[:, 1:] -= effect * paths["stock"][:, :-1]
    level = 1000 * np.exp(7 * (growth - growth.mean(axis=1, keepdims=True)).cumsum(axis=1))
    return {"panel_java": java(level - 0.5), "cooperation_weekly": weekly(**paths)}


@pytest.fixture(scope="module")
def random():
    return random_tables()


def panel_of(tables):
    return dose_panel.dose_panel(
        tables["panel_java"], tables["cooperation_weekly"], Area.model_validate(AREA)
    )


NO_CORE = pd.Series(dtype="float64", index=pd.DatetimeIndex([]))


# --- the panel


def test_growth_is_the_daily_change_of_the_log_of_weekly_cases():
    cases = np.full((UNITS, 20), 9.5)
    cases[1, 3:] = 19.5
    panel = panel_of({"panel_java": java(cases), "cooperation_weekly": weekly(stock=cases)})
    growth = dose_panel.outcomes(panel, Sample(), NO_CORE)["growth"]
    assert np.isnan(growth[:, 0]).all()
    assert growth[1, 3] == pytest.approx(np.log(2) / 7)
    assert np.nansum(np.abs(growth)) == pytest.approx(np.log(2) / 7)
    level = dose_panel.outcomes(panel, Sample(), NO_CORE)["log_incidence"]
    # 10 cases among 200,000 residents.
    assert level[1, 0] == pytest.approx(np.log(5))


def test_a_count_read_off_a_line_is_never_used():
    kinds = [["count"] * 20 for _ in range(UNITS)]
    kinds[1][10:] = ["end_points"] * 10
    kinds[-1] = [""] * 20
    cases = np.full((UNITS, 20), 50.0)
    panel = panel_of({"panel_java": java(cases, kinds), "cooperation_weekly": weekly(stock=cases)})
    assert panel.units == ("3171", "3172", "3173", "3271", "3275")
    assert np.isnan(panel.cases[1]).tolist() == [False] * 10 + [True] * 10
    assert panel.decider == ("DKI Jakarta",) * 3 + ("Bodebek",) * 2


def test_a_flagged_week_takes_the_growth_into_and_out_of_it():
    flags = [[""] * 20 for _ in range(UNITS)]
    flags[3][5] = "K11"
    cases = np.full((UNITS, 20), 50.0)
    tables = {"panel_java": java(cases, flags=flags), "cooperation_weekly": weekly(stock=cases)}
    found = dose_panel.outcomes(panel_of(tables), Sample(flagged=False), NO_CORE)
    assert np.flatnonzero(np.isnan(found["growth"][3])).tolist() == [0, 5, 6]
    assert np.flatnonzero(np.isnan(found["log_incidence"][3])).tolist() == [5]


def test_the_province_count_is_shared_out_as_the_addresses_are():
    cases = np.full((UNITS, 20), 30.0)
    cases[0] = 10
    cases[1, 7] = np.nan
    panel = panel_of({"panel_java": java(cases), "cooperation_weekly": weekly(stock=cases)})
    core = pd.Series(np.full(20, 140.0), index=WEEKS)
    found = dose_panel.outcomes(panel, Sample(series="satgas"), core)["log_incidence"]
    assert found[0, 0] == pytest.approx(np.log(20 + 0.5))
    assert found[1, 0] == pytest.approx(np.log((60 + 0.5) / 2))
    assert found[3, 0] == pytest.approx(np.log((30 + 0.5) / 4))
    # With one unit unknown, the count cannot be shared out.
    assert np.isnan(found[:3, 7]).all()
    assert not np.isnan(found[3:, 7]).any()


def test_smoothing_and_weeks_are_as_declared():
    cases = np.full((UNITS, 20), 10.0)
    cases[:, 1] = 20.0
    panel = panel_of({"panel_java": java(cases), "cooperation_weekly": weekly(stock=cases)})
    chosen = {"smoothing_weeks": 2, "weeks": {"start": "2020-03-09", "end": "2020-03-22"}}
    found = dose_panel.outcomes(panel, Sample.model_validate(chosen), NO_CORE)["log_incidence"]
    assert found[0, 1] == pytest.approx(np.log(15.5))
    assert np.flatnonzero(~np.isnan(found[0])).tolist() == [1, 2]


def test_a_week_of_a_province_needs_all_its_days():
    days = pd.DataFrame(
        {
            "region_code": "31",
            "date": pd.date_range("2020-03-02", periods=14, unit="s"),
            "cases": pd.array([1] * 7 + [1] * 6 + [None], dtype="Int64"),
        }
    )
    found = specifications.province_weeks(days, "31")
    assert found.loc["2020-03-02"] == 7
    assert np.isnan(found.loc["2020-03-09"])


# --- the regression


def by_dummies(tables, kept=tuple(range(UNITS))):
    """Return the coefficients of the regression by least squares on all dummies.

    By regressor and lag: lead 1, the week itself, lags 1 and 2.
    """
    panel = panel_of(tables)
    growth = dose_panel.outcomes(panel, Sample(), NO_CORE)["growth"]
    forms = {"alignment": ("main", 0.1), "stock": ("all", 1), "strictness": ("main", 1)}
    paths = [panel.regressor(name, form) / step for name, (form, step) in forms.items()]
    y, x, dummies = [], [], []
    for unit, week in itertools.product(kept, range(2, 19)):
        y.append(growth[unit, week])
        x.append([path[unit, week - lag] for path in paths for lag in (-1, 0, 1, 2)])
        dummies.append([unit == each for each in kept] + [week == each for each in range(3, 19)])
    design = np.hstack([np.array(x), np.array(dummies, dtype="float64")])
    return np.linalg.lstsq(design, np.array(y), rcond=None)[0][:12].reshape(3, 4), len(y)


def test_effects_are_those_of_the_regression_with_all_dummies(random):
    found = dose_response.make(random, CHOICES)
    contracts.check(found, contracts.PROCESSED["dose_response"], "", "")
    expected, observations = by_dummies(random)
    main = found[(found["sample"] == "main") & (found["clusters"] == "units")]
    assert set(main["observations"]) == {observations}
    for place, name in enumerate(dose_response.REGRESSORS):
        own = main[main["regressor"] == name].set_index("term")["estimate"]
        np.testing.assert_allclose(
            own[["lead_1", "lag_0", "lag_1", "lag_2"]], expected[place], rtol=1e-8
        )
        assert own["sum"] == pytest.approx(expected[place, 2:].sum(), rel=1e-8)


def test_leaving_a_unit_out_leaves_it_out_of_everything(random):
    found = dose_response.make(random, CHOICES)
    expected, observations = by_dummies(random, kept=(0, 1, 2, 3, 5))
    own = found[found["sample"] == "without_3275"].set_index("regressor")
    assert set(own["observations"]) == {observations}
    assert own.loc["stock", "estimate"] == pytest.approx(expected[1, 2:].sum(), rel=1e-7)


def test_both_levels_share_the_estimate_and_state_their_smallest_p(random):
    found = dose_response.make(random, CHOICES)
    main = found[found["sample"] == "main"]
    units, deciders = (
        main[main["clusters"] == level].set_index(["regressor", "term"])
        for level in ("units", "deciders")
    )
    np.testing.assert_allclose(units["estimate"], deciders["estimate"], rtol=1e-12)
    assert set(deciders["groups"]) == {2}
    # Two clusters have one other sign vector: a p of a half at best, and no bounded interval.
    assert (deciders["p"] >= 0.5).all()
    assert set(deciders["smallest_p"]) <= {0.5, 1.0}
    assert deciders[["low", "high"]].isna().all(axis=None)
    assert (units["smallest_p"] >= 1 / 2 ** (UNITS - 1)).all()


def test_the_leads_are_tested_together(random):
    found = dose_response.make(random, CHOICES)
    sums = found[found["term"] == "sum"].set_index(["sample", "clusters", "regressor"])["leads_p"]
    # With one lead the F test is the t test of its coefficient, here by hand on all dummies.
    design = dose_response.design(panel_of(random), Dose.model_validate(DOSE), np.arange(UNITS))
    columns = design.lagged.reshape(-1, len(design.growth)).T
    dummies = [each[:, None] == np.unique(each) for each in (design.unit, design.week)]
    lead, others = columns[:, 4], np.hstack([np.delete(columns, 4, axis=1), *dummies])
    left = lead - others @ np.linalg.lstsq(others, lead, rcond=None)[0]
    every = np.column_stack([lead, others])
    fitted = np.linalg.lstsq(every, design.growth, rcond=None)[0]
    by_unit = np.bincount(design.unit, left * (design.growth - every @ fitted))
    free = len(left) - (columns.shape[1] + dummies[1].shape[1])
    correction = UNITS / (UNITS - 1) * (len(left) - 1) / free
    t = fitted[0] * (left @ left) / np.sqrt(correction * (by_unit**2).sum())
    expected = 2 * student.sf(abs(t), UNITS - 1)
    assert sums["main", "units", "stock"] == pytest.approx(expected, rel=1e-6)
    assert found.loc[found["term"] != "sum", "leads_p"].isna().all()
    assert sums.drop(index="main").isna().all()


def test_an_effect_that_is_there_is_found():
    found = dose_response.make(random_tables(3, effect=0.05), CHOICES)
    main = found[(found["sample"] == "main") & (found["clusters"] == "units")]
    own = main[main["regressor"] == "stock"].set_index("term")["estimate"]
    assert own["lag_1"] == pytest.approx(-0.05, abs=0.01)
    assert own["sum"] == pytest.approx(-0.05, abs=0.015)
    assert own[["lead_1", "lag_0", "lag_2"]].abs().max() < 0.01


def shared_strictness(seed=4):
    """Return tables in which the units of a decider share one strictness."""
    tables = random_tables(seed)
    rows = tables["cooperation_weekly"]
    is_strict = rows["quantity"] == "strictness"
    core = rows["region_code"].str.startswith("31") & is_strict
    first = rows.loc[is_strict & (rows["region_code"] == "3171"), "value"].to_numpy()
    other = rows.loc[is_strict & (rows["region_code"] == "3275"), "value"].to_numpy()
    rows.loc[core, "value"] = np.tile(first, 3)
    rows.loc[is_strict & ~core, "value"] = np.tile(other, 3)
    return tables


def test_what_differs_only_between_deciders_has_no_estimate_within_one():
    tables = shared_strictness()
    found = dose_response.make(tables, CHOICES)
    own = found[(found["regressor"] == "strictness") & (found["term"] == "sum")]
    known = own[own["clusters"] == "units"].set_index("sample")["estimate"].notna()
    assert not known["without_DKI Jakarta"]
    assert not known["without_Bodebek"]
    assert known["main"]
    assert known["without_3171"]
    contrast = dose_response.contrast(tables, CHOICES).set_index(["sample", "regressor"])
    assert contrast.loc[("without_Bodebek", "strictness"), "share_left"] == 0
    assert contrast.loc[("main", "strictness"), "share_left"] > 0.2


def test_the_points_are_the_residuals_of_both_sides(random):
    found = dose_response.points(random, CHOICES)
    contracts.check(found, contracts.PROCESSED["dose_points"], "", "")
    own = found[found["regressor"] == "alignment"]
    for key in ("region_code", "week_start"):
        sums = own.groupby(key)[["dose", "growth"]].sum()
        np.testing.assert_allclose(sums, 0, atol=1e-12)
    panel = panel_of(random)
    path = panel.regressor("alignment", "main")
    mean = np.array(
        [[(path[u, w - 1] + path[u, w - 2]) / 2 for w in range(2, 19)] for u in range(UNITS)]
    )
    left = mean - mean.mean(axis=0) - mean.mean(axis=1, keepdims=True) + mean.mean()
    np.testing.assert_allclose(own["dose"].to_numpy().reshape(UNITS, 17), left, atol=1e-12)


def test_the_share_left_is_one_of_variances(random):
    found = dose_response.contrast(random, CHOICES).set_index(["sample", "regressor"])
    panel = panel_of(random)
    for name, form in (("alignment", "main"), ("stock", "all"), ("strictness", "main")):
        path = panel.regressor(name, form)
        mean = (path[:, 1:18] + path[:, :17]) / 2
        left = mean - mean.mean(axis=0) - mean.mean(axis=1, keepdims=True) + mean.mean()
        row = found.loc[("main", name)]
        assert row["share_left"] == pytest.approx(left.var() / mean.var())
        assert row["sd"] == pytest.approx(mean.std())
        assert row["sd_left"] == pytest.approx(left.std())


def test_a_week_that_one_unit_alone_has_takes_no_part(random):
    rows = random["panel_java"]
    alone = (rows["week_start"] == WEEKS[9]) & (rows["region_code"] != "3172")
    kinds = rows["cases_kind"].mask(alone, "end_points")
    tables = random | {"panel_java": rows.assign(cases_kind=kinds)}
    found = dose_response.design(panel_of(tables), Dose.model_validate(DOSE), np.arange(UNITS))
    # Without a count in week 9, there is no growth of weeks 9 and 10.
    assert sorted(set(found.week.tolist())) == [*range(2, 9), *range(11, 19)]
    assert len(found.growth) == 15 * UNITS
    two = alone & (rows["region_code"] != "3275")
    kinds = rows["cases_kind"].mask(two, "end_points")
    tables = random | {"panel_java": rows.assign(cases_kind=kinds)}
    found = dose_response.design(panel_of(tables), Dose.model_validate(DOSE), np.arange(UNITS))
    assert np.bincount(found.week)[8:12].tolist() == [UNITS, 2, 2, UNITS]


# --- the checks


def response(sums, leads=(0.5, 0.6), regressor="stock", together=0.5):
    """Return a ``dose_response`` of one regressor, and of others without fault."""
    rows = [
        {"sample": sample, "term": "sum", "estimate": value, "p": 0.5, "leads_p": together}
        for sample, value in sums.items()
    ]
    rows += [
        {"sample": "main", "term": f"lead_{number}", "estimate": 0.0, "p": p}
        for number, p in enumerate(leads, 1)
    ]
    quiet = [
        {"sample": name, "term": "sum", "estimate": 1.0, "p": 0.5, "leads_p": 0.5} for name in sums
    ]
    quiet.append({"sample": "main", "term": "lead_1", "estimate": 0.0, "p": 0.5})
    parts = [
        pd.DataFrame(rows if name == regressor else quiet).assign(regressor=name)
        for name in dose_response.REGRESSORS
    ]
    return pd.concat(parts, ignore_index=True).assign(clusters="units")


GOOD = {
    "main": -0.02,
    "without_flagged": -0.01,
    "without_3171": -0.03,
    "without_3276": -0.02,
    "without_Bodebek": -0.01,
    "without_DKI Jakarta": -0.04,
}
SHARES = pd.DataFrame(
    {"sample": "main", "regressor": list(dose_response.REGRESSORS), "share_left": 0.2}
)


@pytest.mark.parametrize(
    ("changed", "leads", "failed"),
    [
        ({}, (0.5, 0.6), []),
        ({"without_3171": 0.001}, (0.5, 0.6), ["leave_unit_out"]),
        ({"without_Bodebek": np.nan}, (0.5, 0.6), ["leave_decider_out"]),
        ({"without_flagged": 0.001}, (0.5, 0.6), ["flagged_days"]),
        # Two tests: 0.06 is 0.12 after Holm, 0.05 is 0.10.
        ({}, (0.06, 0.6), []),
        ({}, (0.05, 0.6), ["leads"]),
        ({"main": 0.02}, (0.5, 0.6), ["leave_unit_out", "leave_decider_out", "flagged_days"]),
    ],
)
def test_a_design_fails_by_name(changed, leads, failed):
    table = response(GOOD | changed, leads)
    found = dose_evidence.failed_checks(table, SHARES, Dose.model_validate(DOSE))
    assert found == {"alignment": [], "stock": failed, "strictness": []}


@pytest.mark.parametrize(("together", "failed"), [(0.101, []), (0.10, ["leads"])])
def test_leads_that_are_quiet_one_by_one_may_fail_together(together, failed):
    table = response(GOOD, together=together)
    found = dose_evidence.failed_checks(table, SHARES, Dose.model_validate(DOSE))
    assert found["stock"] == failed


def test_too_little_contrast_fails():
    little = SHARES.assign(share_left=[0.049, 0.05, 0.2])
    found = dose_evidence.failed_checks(response(GOOD), little, Dose.model_validate(DOSE))
    assert found == {"alignment": ["contrast"], "stock": [], "strictness": []}


# --- the curve


def curve_tables(tables):
    days = pd.date_range(WEEKS[0], periods=7 * len(WEEKS), unit="s")
    province = pd.DataFrame({"region_code": "31", "date": days})
    province["cases"] = pd.array([700] * len(days), dtype="Int64")
    return tables | {"panel_province": province}


def gathered(tables, parts):
    choices = CHOICES | {"specifications": CURVE | {"parts": parts}}
    found = [specifications.estimate_part(tables, choices, number) for number in range(parts)]
    return specifications.gather(found[::-1])


def test_the_curve_does_not_depend_on_how_it_is_divided(random):
    tables = curve_tables(random)
    one, three = gathered(tables, 1), gathered(tables, 3)
    for name, table in one.items():
        contracts.check(table, contracts.PROCESSED[name], "", "")
        pd.testing.assert_frame_equal(table, three[name], check_exact=True)
    assert len(one["specifications"]) == 3 * 2 * 2 * 2 * 2


def test_a_missing_part_is_seen(random):
    tables = curve_tables(random)
    choices = CHOICES | {"specifications": CURVE | {"parts": 3}}
    with pytest.raises(ValueError, match="whole curve"):
        specifications.gather([specifications.estimate_part(tables, choices, 0)])


def test_a_cell_is_the_regression_that_it_names(random):
    cells = gathered(curve_tables(random), 2)["specifications"]
    chosen = cells.query(
        "regressor == 'stock' and outcome == 'growth' and estimator == 'two_way' and "
        "without == 'one' and sample == 'main'"
    )
    panel = panel_of(random)
    growth = dose_panel.outcomes(panel, Sample(), NO_CORE)["growth"][1:, 1:]
    stock = panel.regressor("stock", "all")[1:, :-1]

    def left(x):
        return x - x.mean(axis=0) - x.mean(axis=1, keepdims=True) + x.mean()

    slope = (left(stock) * growth).sum() / (left(stock) ** 2).sum()
    assert chosen["estimate"].item() == pytest.approx(slope, rel=1e-9)
    assert chosen["units"].item() == UNITS - 1


def test_groups_are_tested_over_their_own_cells(random):
    found = gathered(curve_tables(random), 1)
    tests = found["specification_tests"].set_index(["group", "arrangement", "statistic"])
    assert set(tests.index.get_level_values(0)) == {
        *("cooperation", "alignment", "stock", "strictness")
    }
    assert tests.loc[("cooperation", "shifted", "median_t"), "cells"] == 32
    assert tests.loc[("stock", "shifted", "median_t"), "arrangements"] == 19
    assert tests.loc[("stock", "exchanged", "median_t"), "arrangements"] == 99
    cells = found["specifications"]
    own = cells.loc[cells["regressor"] == "stock"]
    t = own["estimate"] / own["standard_error"]
    assert tests.loc[("stock", "shifted", "median_t"), "observed"] == pytest.approx(t.median())
    negative = tests.loc[("stock", "shifted", "median_t"), "negative_share"]
    assert negative == pytest.approx((own["estimate"] < 0).mean())


# --- the evidence


def spread():
    """Return a ``continuity`` of the area and its groups, over the whole span."""
    rows = [
        {
            "area": area,
            "definition": form,
            "open_end_days": length,
            "period": "whole",
            "diversity": length / 10,
            "continuity": length / 100,
        }
        for area, form, length in itertools.product(
            ("jabodetabek", "DKI Jakarta", "Bodebek"), ("all", "action"), (14, 30)
        )
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def evidence(random):
    curve = gathered(curve_tables(random), 1)
    curve["specification_tests"] = pd.concat(
        [
            curve["specification_tests"],
            curve["specification_tests"].query("group == 'stock'").assign(group="diversity"),
        ]
    )
    tables = {
        **curve,
        "continuity": spread(),
        "dose_response": dose_response.make(random, CHOICES),
        "dose_contrast": dose_response.contrast(random, CHOICES),
    }
    return tables, dose_evidence.make(tables, CHOICES).set_index("evidence")


@pytest.mark.parametrize(("step", "lags"), [(0.1, 4), (0.5, 3)])
def test_labels_name_the_step_and_the_weeks_of_the_configuration(evidence, step, lags):
    tables, _ = evidence
    steps = CHOICES["dose"]["steps"] | {"alignment": step}
    choices = CHOICES | {"dose": CHOICES["dose"] | {"steps": steps, "lags": lags}}
    labels = dose_evidence.make(tables, choices).set_index("evidence")["label"]
    message, facts = without_facts(labels["dose_alignment"])
    assert facts == {"step": step, "lags": lags}
    shown = Language("id").fill(message, facts)
    assert str(step).replace(".", ",") in shown
    assert f"{lags} pekan sebelumnya" in shown


def test_the_evidence_meets_its_contract_and_points_to_its_rows(evidence):
    tables, found = evidence
    contracts.check(
        found.reset_index()[list(contracts.PROCESSED["evidence_dose"].columns)],
        contracts.PROCESSED["evidence_dose"],
        "",
        "",
    )
    for _, row in found[found["made_table"].isin(["dose_response", "continuity"])].iterrows():
        conditions = behind(row["made_table"], row["rows"])
        table = select(tables[row["made_table"]], conditions[row["made_table"]])
        if row["kind"] == "effect":
            assert table["estimate"].tolist() == [row["estimate"]]
            curve = select(tables["specification_tests"], conditions["specification_tests"])
            assert curve["negative_share"].unique().tolist() == [row["sign_share"]]
            assert curve["cells"].unique().tolist() == [row["curve_estimates"]]
        else:
            values = table[row.name.split("_")[0]]
            assert values.iloc[0] == row["estimate"]
            assert (values.min(), values.max()) == (row["low"], row["high"])


def test_no_two_numbers_look_alike_and_all_words_are_translated(evidence):
    assert alike(evidence[1]) == []
    assert untranslated(evidence[1]) == set()


def test_effects_are_judged_at_the_level_at_which_was_decided(evidence):
    _, found = evidence
    asked = found[found.index.str.startswith("dose_")]
    assert set(asked.index) == {"dose_alignment", "dose_stock"}
    assert (asked["smallest_p"] >= 0.5).all()
    assert set(asked["deciders"]) == {2}
    assert set(asked["direction"]) == {-1}
    # Of two deciders no p can be small enough for any effect to be told from none.
    assert asked["detectable"].isna().all()


def test_breadth_and_duration_carry_the_bounds_of_the_open_end(evidence):
    _, found = evidence
    row = found.loc["diversity_jabodetabek"]
    assert (row["low"], row["estimate"], row["high"]) == (1.4, 3.0, 3.0)
    row = found.loc["continuity_actions_dki_jakarta"]
    assert (row["low"], row["estimate"], row["high"]) == (0.14, 0.3, 0.3)


def test_the_curve_carries_the_failures_of_the_design_that_it_varies(evidence):
    _, found = evidence
    for name in ("alignment", "stock"):
        failed = found.loc[f"dose_{name}", "failed_checks"]
        assert found.loc[f"curve_{name}", "failed_checks"] == failed
    assert not found.loc["curve_diversity", "passed"]


# --- on the snapshot


def test_the_units_of_dki_share_alignment_and_strictness(results):
    found = results["cooperation_weekly"]
    contracts.check(found, contracts.PROCESSED["cooperation_weekly"], "", "")
    shared = found[
        found["quantity"].isin(["alignment", "strictness"])
        & found["region_code"].str.startswith("31")
    ]
    assert (shared.groupby(["definition", "quantity", "week_start"])["value"].nunique() <= 1).all()


def test_a_week_of_alignment_is_the_mean_of_its_days(results):
    daily = results["alignment"]
    week = daily[
        (daily["variant"] == "main")
        & (daily["region_code"] == "3276")
        & daily["date"].between("2020-09-14", "2020-09-20")
    ]
    found = results["cooperation_weekly"].set_index(
        ["quantity", "definition", "dyad", "region_code", "week_start"]
    )
    row = found.loc[("alignment", "main", "", "3276", pd.Timestamp("2020-09-14"))]
    assert (row["value"], row["days"]) == (pytest.approx(week["alignment"].mean()), 7)


def test_weights_and_kinds_only_lower_the_stock(results):
    stock = results["cooperation_weekly"].query("quantity == 'stock'")
    wide = stock.pivot(
        index=["dyad", "region_code", "week_start"], columns="definition", values="value"
    )
    assert (wide["confidence"] <= wide["all"] + 1e-9).all()
    kinds = wide[["action", "rule", "statement"]]
    assert (kinds >= 0).all(axis=None)
    np.testing.assert_allclose(kinds.sum(axis=1), wide["all"], atol=1e-9)
    parts = wide.drop("all", level="dyad").groupby(["region_code", "week_start"]).sum()
    np.testing.assert_allclose(parts, wide.loc["all"].to_numpy(), atol=1e-9)


def test_the_weekly_strictness_is_that_of_the_joined_panel(results):
    panel = results["panel_java"]
    found = results["cooperation_weekly"].query("quantity == 'strictness' and definition == 'main'")
    both = panel.merge(found, on=["region_code", "week_start"], how="inner")
    assert len(both) == 14 * panel["week_start"].nunique()
    np.testing.assert_allclose(both["strictness"], both["value"], atol=1e-12)


def test_the_units_of_dki_alone_leave_no_contrast(results):
    shares = results["dose_contrast"].set_index(["sample", "regressor"])["share_left"]
    assert shares["without_Bodebek", "alignment"] == 0
    assert shares["without_Bodebek", "strictness"] == 0
    # The five of Bodebek are equally strict, but exchange people with different regions.
    assert shares["without_DKI Jakarta", "strictness"] == 0
    assert shares["without_DKI Jakarta", "alignment"] > 0


def test_no_week_read_off_a_line_is_in_the_regression(results):
    points = results["dose_points"]
    panel = results["panel_java"][["region_code", "week_start", "cases_kind"]]
    kinds = points.merge(panel, on=["region_code", "week_start"])["cases_kind"]
    assert len(kinds) == len(points)
    assert set(kinds) == {"count", "scaled"}


def test_a_part_of_the_declared_curve_is_the_same_however_it_is_divided(results):
    tables = {
        name: results[name] for name in ("panel_java", "panel_province", "cooperation_weekly")
    }

    def first_of(parts):
        declared = results.choices["specifications"] | {"parts": parts, "draws": 99}
        choices = {"area": results.choices["area"], "specifications": declared}
        return specifications.estimate_part(tables, choices, 0)

    few, many = first_of(32), first_of(64)
    assert (len(few), len(many)) == (39, 20)
    shared = few[few["cell"].isin(many["cell"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(shared, many, check_exact=True)


def test_longer_open_ends_never_lessen_breadth_or_duration(results):
    found = results["continuity"]
    contracts.check(found, contracts.PROCESSED["continuity"], "", "")
    key = ["area", "definition", "period"]
    for number in ("diversity", "continuity"):
        wide = found.pivot(index=key, columns="open_end_days", values=number)
        assert (wide.diff(axis=1).iloc[:, 1:] >= -1e-12).all(axis=None)
    whole = found[found["period"] == "whole"].set_index(["definition", "open_end_days"])
    area, dki = (whole[whole["area"] == name] for name in ("jabodetabek", "DKI Jakarta"))
    assert (area["continuity"] >= dki["continuity"]).all()
    assert set(whole["days"]) == {765}


def test_quarters_make_up_the_whole(results):
    found = results["continuity"]
    key = ["area", "definition", "open_end_days"]
    weighted = found.assign(active=found["continuity"] * found["days"].astype("float64"))
    is_whole = found["period"] == "whole"
    parts = weighted[~is_whole].groupby(key)["active"].sum()
    whole = weighted[is_whole].set_index(key)["active"]
    np.testing.assert_allclose(parts.loc[whole.index], whole, rtol=1e-12)


def test_caveats_count_the_deciders_and_units_that_the_estimates_rest_on(last_run, project):
    made = last_run("dose_response")
    main = made[made["sample"] == "main"]
    groups = main.groupby("clusters")["groups"].unique()
    assert groups["deciders"].tolist() == [2]
    assert groups["units"].tolist() == [11]
    # With two clusters there are two signs of each, one pair of which is the estimate itself.
    assert main.loc[main["clusters"] == "deciders", "smallest_p"].min() >= 0.5
    assert dose_evidence.FEW.startswith("Two deciders have case series, DKI and Bodebek")
    assert "no p can lie below 0.5" in dose_evidence.FEW
    assert "the eleven units" in dose_evidence.AS_IF
    assert "six are one government and five follow one decree" in dose_evidence.AS_IF
    area = read_config(project / "config.yaml").area
    left_out = set(made["sample"].str.removeprefix("without_")) & set(area.units)
    by_name = {group.name: set(group.members) for group in area.deciders}
    assert sum(unit.startswith(DKI) for unit in left_out) == 6
    assert left_out & by_name["Bodebek"] == by_name["Bodebek"]
    assert len(by_name["Bodebek"]) == 5
    assert len(left_out) == 11
