"""Evidence on conditions, facilities, campaigns and other countries: the rows as handed over."""

import numpy as np
import pytest
from evidence_words import alike, untranslated

from gotong import contracts
from gotong.analyses import outcome_evidence
from gotong.i18n import Language


@pytest.fixture(scope="module")
def found(results):
    return results["evidence_outcomes"].set_index("evidence")


def test_names_meet_the_criteria_of_the_claims(results, found):
    wanted = {"C4": "factor_", "C5": "facility_", "C7": "education_", "C10": "deaths_"}
    for claim, start in wanted.items():
        criteria = results.choices["claims"][claim]
        patterns = [each["evidence"] for each in criteria["levels"] + criteria["effects"]]
        assert patterns == [f"{start}*"]
        assert (found["claim"] == claim).any()
        assert found.index[found["claim"] == claim].str.startswith(start).any()


def test_an_association_is_handed_over_with_its_own_numbers(results, found):
    factors = results["factors"].set_index(["factor", "outcome", "scope"])
    own = factors.loc[("density", "incidence", "within")]
    row = found.loc["factor_density_incidence"]
    assert row["estimate"] == own["estimate"]
    # The interval that holds for all together, and the p that does.
    assert (row["low"], row["high"], row["p"]) == (own["low_all"], own["high_all"], own["p_holm"])
    assert row["direction"] == 1
    assert row["units"] == 62


def test_passed_means_that_no_check_failed(found):
    effects = found[found["kind"] == "effect"]
    assert (effects["passed"].astype(bool) == (effects["failed_checks"] == "")).all()


def test_a_label_names_its_day_and_its_lag(found):
    label = found.loc["excess_per_100k_bra_2021_12_31", "label"]
    assert Language("id")(label) == "Kematian berlebih Brasil per 100.000, sampai 31 Desember 2021"
    assert Language("en")(label) == "Excess deaths of Brazil per 100,000, up to 31 December 2021"
    assert Language("en")(found.loc["education_growth_after_2_months", "label"]).endswith(
        "(lag in months: 2)"
    )


def test_where_a_number_was_worked_out_is_told_without_words_of_one_language(found):
    assert not found["rows"].str.contains(r"\b(?:and|as|over|of|all)\b").any()


def test_campaigns_have_no_design_that_passes(found):
    campaigns = found[found.index.str.startswith("education_")]
    assert len(campaigns) == 6
    assert not campaigns["passed"].astype(bool).any()
    assert campaigns["failed_checks"].str.contains("no_control").all()
    assert found.loc["education_mask_rule", "failed_checks"] == "no_control same_days_as_psbb"


def test_the_mask_rule_is_held_against_the_months_beside_it(results, found):
    monthly = results["campaigns"].set_index("month")["growth"]
    row = found.loc["education_mask_rule"]
    assert row["estimate"] == pytest.approx(monthly["2020-05-01"] - monthly["2020-03-01"])


def test_information_never_changes(found):
    row = found.loc["information_at_highest"]
    assert (row["kind"], row["estimate"]) == ("level", 1.0)


def test_the_order_of_taiwan_depends_on_the_day(found):
    taiwan = found[found.index.str.startswith("deaths_per_million_twn")]["estimate"]
    assert taiwan["deaths_per_million_twn_vs_idn_2020_12_31"] < 0.01
    assert taiwan["deaths_per_million_twn_vs_idn_2021_12_31"] < 0.1
    assert taiwan["deaths_per_million_twn_vs_idn_2023_03_09"] > 1


def test_brazil_has_more_deaths_at_every_day_and_by_either_source(found):
    brazil = found[found.index.str.startswith("deaths_per_million_bra")]
    assert len(brazil) == 4
    assert (brazil["low"] > 1).all()
    assert (brazil["low"] <= brazil["estimate"]).all()
    assert (brazil["estimate"] <= brazil["high"]).all()


def test_what_was_not_counted_lowers_the_ratios(results, found):
    burials = results["ascertainment"].query("quantity == 'burials_per_death' and below > 1000")
    reported = found.loc["deaths_per_million_bra_vs_idn_2023_03_09", "estimate"]
    raised = found.loc["raised_bra_vs_idn_2023_03_09"]
    assert raised["estimate"] == pytest.approx(reported / burials["value"].iloc[0])
    assert raised["low"] < raised["estimate"] < raised["high"]


def test_rows_point_at_tables_that_are_made(found):
    assert set(found["made_table"]) <= set(contracts.PROCESSED)
    assert (found[["label", "unit", "interval", "rows", "caveat"]] != "").all(axis=None)


def test_no_two_numbers_look_alike_and_all_words_are_translated(found):
    assert alike(found) == []
    assert untranslated(found) == set()


def test_a_rule_on_masks_at_the_edge_of_the_months_says_nothing(results):
    late = results["campaigns"].assign(masks=0.0)
    late.loc[late.index[-1], "masks"] = 4.0
    rows = list(outcome_evidence._national(late))
    assert [row["evidence"] for row in rows] == ["information_at_highest"]
    assert np.isnan(rows[0]["low"])
