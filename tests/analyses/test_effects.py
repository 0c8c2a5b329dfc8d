"""The tables of effects: contracts, what is main, signs, and evidence from them."""

import numpy as np
import pandas as pd
import pytest
from evidence_words import alike, untranslated

from gotong import contracts
from gotong.analyses import effect_evidence, effects
from gotong.analyses.effect_panels import GOOGLE, PPKM, REGIMES
from gotong.config import Effects, read_config
from gotong.contracts import read_any
from gotong.contracts.results_effects import (
    EFFECT_CHECKS,
    EFFECT_PATHS,
    EFFECTS,
    EVIDENCE_EFFECTS,
    SYNTHETIC_PATHS,
)
from gotong.evidence_rows import behind, select
from gotong.exhibits import effect_words
from gotong.i18n import Language
from gotong.regions import province_of
from gotong.tables import DATE


@pytest.fixture(scope="module")
def choices(project):
    plain = read_config(project / "config.yaml").model_dump(mode="json")
    return {"effects": plain["effects"] | {"draws": 199}}


@pytest.fixture(scope="module")
def chosen(choices):
    return Effects.model_validate(choices["effects"])


@pytest.fixture(scope="module")
def tables(project):
    """Return the coded tables, mobility, and cases drawn at random around a common wave."""
    raw = {name: read_any(str(project / "data/raw" / name)) for name in (REGIMES, PPKM, GOOGLE)}
    regions = read_any(str(project / "data/raw/geography/regions.csv"))
    codes = regions["region_code"]
    kabkota = sorted(c for c in codes if len(c) == 4 and c[:2] in ("32", "33"))
    provinces = sorted(c for c in codes if len(c) == 2)
    rng = np.random.default_rng(11)
    weeks = pd.date_range("2020-03-02", "2021-06-28", freq="7D", unit="s")
    days = pd.date_range("2020-03-01", "2021-03-31", unit="s")
    java = pd.DataFrame(
        {
            "region_code": np.repeat(kabkota, len(weeks)),
            "week_start": np.tile(weeks, len(kabkota)),
            "cases": rng.poisson(80, len(kabkota) * len(weeks)).astype(float),
            "cases_flag": "",
        }
    )
    java["province_code"] = java["region_code"].map(province_of)
    java["population"] = pd.array([100_000] * len(java), dtype="Int64")
    flagged = (java["region_code"] == "3204") & (java["week_start"] == pd.Timestamp("2020-12-07"))
    java.loc[flagged, "cases_flag"] = "K99"
    daily = pd.DataFrame(
        {
            "region_code": np.repeat(provinces, len(days)),
            "date": np.tile(days, len(provinces)),
            "cases": pd.array(rng.poisson(40, len(provinces) * len(days)), dtype="Int64"),
            "cases_missing": "",
        }
    )
    daily["population"] = pd.array([1_000_000] * len(daily), dtype="Int64")
    dated = {"panel_java": java.astype({"week_start": DATE}), "panel_province": daily}
    return raw | dated


@pytest.fixture(scope="module")
def made(tables, choices):
    return {
        "effects": effects.make(tables, choices),
        "effect_checks": effects.checks(tables, choices),
        "effect_paths": effects.paths(tables, choices),
        "synthetic_paths": effects.synthetic(tables, choices),
    }


def test_every_table_meets_its_contract_and_is_sorted_by_its_key(made):
    for schema in (EFFECTS, EFFECT_CHECKS, EFFECT_PATHS, SYNTHETIC_PATHS):
        frame = made[schema.name]
        contracts.check(frame, schema, schema.name, "")
        key = list(schema.key)
        pd.testing.assert_frame_equal(frame, frame.sort_values(key, ignore_index=True))
        numbers = frame.select_dtypes("float64").to_numpy()
        assert not np.isinf(numbers).any()


def test_each_comparison_has_one_main_estimate_and_stands_as_it_was_checked(made):
    found, checks = made["effects"], made["effect_checks"]
    mains = found[found["main"].astype(bool)]
    pairs = found[["design", "outcome"]].drop_duplicates()
    assert len(mains) == len(pairs)
    failed = checks[checks["verdict"] == "failed"].groupby(["design", "outcome"]).size()
    for row in mains.itertuples():
        assert row.passed == ((row.design, row.outcome) not in failed.index)
        assert row.passed == (row.failed_checks == "")


def test_places_of_one_design_are_tested_together_and_change_no_verdict(made, choices):
    rows = made["effect_checks"]
    rows = rows[rows["check"].str.startswith("family_")]
    assert set(rows["verdict"]) == {"shown"}
    of_synthetic = rows["design"].isin(choices["effects"]["synthetic"])
    assert set(rows.loc[of_synthetic, "check"]) == {"family_holm"}
    rows = rows[~of_synthetic]
    assert set(rows["design"]) == {"first_psbb_province"}
    for kind in ("family_romano_wolf", "family_holm"):
        assert set(rows.loc[rows["check"] == kind, "outcome"]) == set(
            choices["effects"]["mobility"]
        )
    # No p of a family is below that of its outcome alone, by the same assignments.
    effects_of = made["effects"].query("design == 'first_psbb_province' and main")
    alone = effects_of.set_index("outcome")["p_units"]
    assert (rows["p"] >= rows["outcome"].map(alone) - 1e-12).all()


def test_claimed_signs_turn_round_at_home_and_after_an_easing(chosen):
    assert effects.direction_of("brake", "workplaces", chosen) == -1
    assert effects.direction_of("brake", "residential", chosen) == 1
    assert effects.direction_of("brake", "growth", chosen) == -1
    assert effects.direction_of("transition_june", "growth", chosen) == 1
    assert effects.direction_of("akb_westjava", "growth", chosen) == 1
    assert effects.direction_of("transition_june", "residential", chosen) == -1


def test_the_configuration_says_which_designs_ease(choices, chosen):
    assert chosen.easings == {
        "akb_westjava",
        "transition_june",
        "transition_october",
        "first_ppkm_end",
    }
    assert effects.claim_of("first_ppkm_end", chosen) == "C8"
    assert effects.claim_of("first_ppkm", chosen) == "C6"
    synthetic = choices["effects"]["synthetic"]
    turned = synthetic | {"brake": synthetic["brake"] | {"eases": True}}
    other = Effects.model_validate(choices["effects"] | {"synthetic": turned})
    assert effects.claim_of("brake", other) == "C8"
    assert effects.direction_of("brake", "growth", other) == 1


def test_the_share_of_the_claimed_sign_is_that_of_all_estimates_of_a_comparison(made):
    for _, rows in made["effects"].groupby(["design", "outcome"]):
        known = rows.dropna(subset="estimate")
        if known.empty:
            assert rows["sign_share"].isna().all()
        else:
            agree = (np.sign(known["estimate"]) == known["direction"]).mean()
            assert rows["sign_share"].eq(agree).all()


def test_the_flagged_region_is_out_of_the_main_estimate_and_in_the_variant(made):
    rows = made["effects"].query("design == 'first_ppkm' and outcome == 'growth'")
    units = rows.set_index(["estimator", "variant"])["units"]
    assert units["group_time", "main"] == 61
    assert units["group_time", "with_flagged"] == 62


def test_every_variant_and_failed_check_has_words(made):
    assert set(made["effects"]["variant"]) <= set(effect_words.VARIANTS)
    for failed in made["effects"]["failed_checks"]:
        assert effect_words.failed(failed, Language("en"))


def test_an_easing_without_a_comparison_is_listed_and_failed(made):
    (row,) = made["effects"].query("design == 'first_ppkm_end'").to_dict("records")
    assert np.isnan(row["estimate"])
    assert (row["passed"], row["failed_checks"], row["claim"]) == (False, "comparison", "C8")


def test_cases_without_an_effect_seldom_pass_for_one(made):
    mains = made["effects"].query("main and outcome == 'growth'").dropna(subset="estimate")
    told = mains[(mains["p_units"] <= 0.05) & mains["passed"].astype(bool)]
    assert len(told) <= 1


def test_prior_incidence_is_the_mean_of_the_weeks_before_the_first_rule(tables, choices):
    chosen = effects.Effects.model_validate(choices["effects"])
    study = next(each for each in effects.studies(tables, chosen) if each.design == "first_ppkm")
    java = tables["panel_java"]
    before = java["week_start"].between(pd.Timestamp("2020-12-14"), pd.Timestamp("2021-01-04"))
    expected = java[before & (java["region_code"] == "3301")]["cases"].mean()
    # Of 100,000 residents: cases are the rate.
    assert study.prior["3301"] == pytest.approx(expected)


def test_p_of_a_synthetic_control_is_corrected_for_all_places_of_its_design(made, choices):
    rows = made["effect_checks"].query("design == 'brake' and check == 'family_holm'")
    mains = made["effects"].query("design == 'brake' and main").set_index("outcome")["p_units"]
    places = choices["effects"]["mobility"]
    assert sorted(rows["outcome"]) == sorted(places)
    assert (rows["value"] == len(places)).all()
    # Holm by hand: the least p times the number of places, the next times one less, and so on.
    ordered = mains[places].sort_values(kind="stable")
    stepped = [p * (len(places) - place) for place, p in enumerate(ordered)]
    expected = pd.Series(np.minimum(np.maximum.accumulate(stepped), 1), ordered.index)
    found = rows.set_index("outcome")["p"]
    pd.testing.assert_series_equal(found, expected[found.index], check_names=False)
    assert found[["residential", "workplaces"]].tolist() == pytest.approx([0.125, 0.125])


def test_evidence_is_named_as_the_claims_ask_and_carries_the_main_numbers(made, choices, project):
    found = effect_evidence.make(made, choices)
    contracts.check(found, EVIDENCE_EFFECTS, "evidence_effects", "")
    assert alike(found) == []
    assert untranslated(found) == set()
    rows = found.set_index("evidence")
    claims = read_config(project / "config.yaml").claims
    for claim in ("C6", "C8"):
        for criterion in claims[claim].criteria:
            asked = criterion.evidence.rstrip("*")
            named = rows[rows["claim"] == claim].index
            assert any(name.startswith(asked) for name in named), criterion.evidence
    assert rows.loc["growth_first_ppkm", "unit"] == "log points per day"
    assert rows.loc["easing_transition_june", "claim"] == "C8"
    assert not found["evidence"].str.contains("level").any()
    for row in found.to_dict("records"):
        conditions = behind(row["made_table"], row["rows"])
        parts = [select(made[name], rows) for name, rows in conditions.items()]
        source = parts[0]
        if row["evidence"].startswith("p_holm_of_"):
            assert source["p"].tolist() == [row["estimate"]]
            assert row["label"].endswith(f" [places={source['value'].item():.0f}]")
            continue
        if row["kind"] == "level":
            ps = pd.concat([parts[0]["p_units"], parts[1]["p"]]).dropna()
            assert ps.iloc[0] == row["estimate"]
            assert (ps.min(), ps.max()) == (row["low"], row["high"])
            continue
        assert len(source) == 1
        for name in ("estimate", "low", "high", "sign_share"):
            np.testing.assert_equal(row[name], source[name].iloc[0])
        same = made["effects"][["design", "outcome"]].eq(source[["design", "outcome"]].iloc[0])
        counted = made["effects"].loc[same.all(axis="columns"), "estimate"].notna().sum()
        assert (0 if pd.isna(row["curve_estimates"]) else row["curve_estimates"]) == counted


def test_p_over_donors_and_estimators_is_told_of_effects_that_may_vote(made, choices):
    found = effect_evidence.make(made, choices)
    told = found[found["evidence"].str.startswith("p_of_")]
    votes = found[found["evidence"].str.startswith("mobility_brake_") & found["passed"]]
    assert set(told["evidence"].str.removeprefix("p_of_")) >= set(
        votes["evidence"].str.removeprefix("mobility_")
    )
    assert (told["low"] <= told["estimate"]).all()
    assert (told["high"] > told["low"]).any()
    together = found[found["evidence"].str.startswith("p_holm_of_")].set_index("evidence")
    for row in votes.to_dict("records"):
        name = row["evidence"].replace("mobility_", "p_holm_of_")
        assert together.loc[name, "estimate"] >= row["p"]


def test_what_the_report_of_the_brake_says_of_p_is_so(made, choices):
    rows = effect_evidence.make(made, choices).set_index("evidence")
    checks = made["effect_checks"].query("design == 'brake'").set_index(["check", "outcome"])
    left_out = checks.loc["without_donor", "p"]
    assert left_out["residential"].max() == pytest.approx(4 / 31)
    assert left_out["workplaces"].max() == pytest.approx(4 / 31)
    assert checks.loc[("by_weeks", "residential"), "p"].item() == pytest.approx(3 / 32)
    assert checks.loc[("by_weeks", "workplaces"), "p"].item() == pytest.approx(18 / 32)
    without = checks.loc[("placebos_without_treated", "residential"), "p"].item()
    assert without == pytest.approx(2 / 32)
    # The least of workplaces is without the doubtful days, which no row of estimates leaves out.
    least = checks.loc[("without_doubtful_days", "workplaces"), "p"].item()
    assert least == pytest.approx(2 / 32)
    assert rows.loc["p_of_brake_workplaces", "low"] == least < left_out["workplaces"].min()


def test_evidence_is_tested_at_the_level_at_which_was_decided(made, choices):
    rows = effect_evidence.make(made, choices).set_index("evidence")
    decided = rows.loc["growth_first_psbb_westjava"]
    assert decided["smallest_p"] == pytest.approx(1 / 6)
    assert np.isnan(decided["detectable"])
    assert rows.loc["growth_first_ppkm", "smallest_p"] < 0.01
    assert rows.loc["mobility_brake_workplaces", "smallest_p"] == pytest.approx(1 / 32)


NUMBERS = {"One": 1, "Two": 2, "Three": 3, "Four": 4}


def test_caveats_count_the_decisions_that_the_estimates_rest_on(last_run):
    made = last_run("effects")
    main = made[made["main"].astype(bool) & (made["outcome"] == "growth")].set_index("design")
    for design, row in main.iterrows():
        first, subject, *_ = effect_evidence.CAVEATS[design].split()
        if subject in ("governor", "governors", "decisions"):
            assert NUMBERS[first] == row["deciders"], design
        elif subject in ("province,", "provinces"):
            assert NUMBERS[first] == row["treated"], design
    # Three dates can be dealt out to three deciders in six ways, one of which is what happened.
    assert "one in six" in effect_evidence.CAVEATS["first_psbb_westjava"]
    assert main.loc["first_psbb_westjava", "smallest_p_deciders"] == pytest.approx(1 / 6)
