"""Evidence: each number is the one in the row that it names, with bounds that hold it."""

import numpy as np
import pandas as pd
import pytest
from evidence_words import alike, untranslated

from gotong import contracts
from gotong.analyses import inequality_evidence as analysis
from gotong.analyses.inequality_tables import UNITS
from gotong.i18n import Language

AREA = {
    "id": "a",
    "units": ["3101", "3276", "3671"],
    "core": "31",
    "deciders": [
        {"name": "DKI Jakarta", "members": ["31"]},
        {"name": "Some others", "members": ["3276", "3671"]},
    ],
}
POOLING = {
    "waves": {"first": {"start": "2021-01-01", "end": "2021-01-02"}},
    "hospitalised_share": {"low": 0.1, "mid": 0.2, "high": 0.5},
    "stay_days": 2,
    "capacity_sources": ["reported", "planned"],
    "core_need": "residents",
    "planned_by": {},
    "farthest_km": 60,
    "adjacent_gap": 0.001,
}


def inequality():
    rows = []
    for scope in ("country", "java", "jabodetabek"):
        for place, indicator in enumerate(UNITS):
            for step, variant in enumerate(analysis.OVER_SOURCES):
                gini = 0.3 + 0.01 * place + 0.05 * step
                ratio = np.nan if indicator == "referral_beds" else 5.0 + place
                rows.append((scope, indicator, variant, 14, gini, gini - 0.02, gini + 0.02, ratio))
    names = ["scope", "indicator", "variant", "units", "gini", "gini_low", "gini_high", "ratio"]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("between_share", "between_share_low", "between_share_high"):
        frame[name] = 0.4
    return frame.assign(ratio_low=2.0)


def pooling():
    rows = []
    for basis in ("reported", "allocated"):
        for share, source, core, averted in (
            (0.1, "reported", "residents", np.nan),
            (0.2, "reported", "as_others", 0.9),
            (0.2, "reported", "residents", 0.6),
            (0.5, "planned", "residents", 0.3),
        ):
            rows += [
                (basis, share, source, core, "first", way, averted, share, 1 - share)
                for way in ("alone", "neighbours", "pooled")
            ]
    names = ["basis", "hospitalised_share", "capacity_source", "core_need", "wave", "exchange"]
    numbers = ["averted_share", "unmet_share", "to_better_supplied"]
    return pd.DataFrame(rows, columns=[*names, *numbers])


VALUES = pd.DataFrame(
    [
        ("3101", "main", 4.0, 100),
        ("3276", "main", 1.0, 300),
        ("3671", "main", 1.0, 100),
        ("1101", "main", 0.0, 500),
        ("3276", "as_printed", 2.0, 300),
        ("3671", "as_printed", 1.0, 100),
    ],
    columns=["region_code", "variant", "value", "population"],
).assign(indicator="beds")
TABLES = {
    "inequality": inequality(),
    "inequality_values": VALUES,
    "rank_agreement": pd.DataFrame(
        {
            "scope": ["country", "jabodetabek"],
            "measure": "kendall_w",
            "value": [0.6, 0.7],
            "low": [0.65, 0.6],
            "high": [0.66, 0.8],
            "units": [500, 14],
        }
    ),
    "beds_needed": pd.DataFrame(
        {"basis": ["reported", "allocated", "allocated"], "region_code": ["31", "31", "36"]}
    ),
    "pooling": pooling(),
    "non_resident_observed": pd.DataFrame(
        {
            "region_code": ["31", "3271"],
            "date": pd.to_datetime(["2021-01-17", "2021-07-04"]),
            "share": [0.24, 0.51],
            "low": [0.23, 0.48],
            "high": [0.25, 0.54],
            "source": ["CM018", "facts"],
        }
    ),
    "cooperation/measures.csv": pd.DataFrame(
        {"measure_id": ["CM016"], "magnitude": ["26% of 1,000 December cases in DKI"]}
    ),
    "partners": pd.DataFrame(
        {
            "variant": ["main", "main", "main", "dki_register_2021"],
            "helper_code": ["3101", "3101", "3171", "3101"],
            "helped_code": ["3276", "3671", "3671", "3276"],
            "need": [100.0, 50.0, 50.0, 100.0],
            "can_meet": [80.0, 50.0, 10.0, 20.0],
            "share_of_draws": [0.9, 0.1, 0.5, 0.4],
            "chosen": [True, False, True, True],
        }
    ),
}


@pytest.fixture(scope="module")
def found():
    made = analysis.make(TABLES, {"area": AREA, "pooling": POOLING})
    contracts.check(made, contracts.PROCESSED["evidence_inequality"], "f", "r")
    return made.set_index("evidence")


def test_every_number_says_what_it_is_and_where_it_comes_from(found):
    texts = found[["label", "unit", "interval", "made_table", "rows", "caveat"]]
    assert (texts != "").all(axis=None)
    assert set(found["claim"]) == {"C1", "C5", "C9"}


def test_bounds_hold_the_estimate_wherever_there_are_any(found):
    known = found.dropna(subset=["estimate", "low", "high"])
    assert (known["low"] <= known["estimate"]).all()
    assert (known["estimate"] <= known["high"]).all()


def test_no_two_numbers_look_alike_and_all_words_are_translated(found):
    assert alike(found) == []
    assert untranslated(found) == set()


def test_a_label_names_its_wave_its_day_and_its_group(found):
    english = found["label"].map(Language("en"))
    assert "1 January 2021 to 2 January 2021" in english["unmet_alone_vs_pooled_first"]
    assert english["non_resident_kota_bogor_2021_07"].endswith("lived elsewhere, 4 July 2021")
    assert english["beds_per_1000_some_others"] == "Hospital beds per 1,000 residents, Some others"


def test_gini_is_the_main_one_and_its_bounds_span_the_sources(found):
    row = found.loc["gini_beds_country_over_sources"]
    # Variants step by 0.05 from the main 0.3.
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx((0.3, 0.3, 0.5))
    plain = found.loc["gini_hdi_jabodetabek"]
    place = list(UNITS).index("hdi")
    assert (plain["estimate"], plain["low"]) == pytest.approx(
        (0.3 + 0.01 * place, 0.28 + 0.01 * place)
    )
    assert (plain["deciders"], found.loc["gini_hdi_country", "deciders"]) == (2, pd.NA)


def test_a_ratio_to_nothing_is_no_number(found):
    assert "ratio_top_bottom_referral_beds_jabodetabek" not in found.index
    assert found.loc["ratio_top_bottom_beds_jabodetabek", ["low", "high"]].tolist() == [2.0, 5.0]


def test_beds_of_a_group_are_weighed_by_residents(found):
    assert found.loc["beds_per_1000_country", "estimate"] == pytest.approx(800 / 1000)
    assert found.loc["beds_per_1000_jabodetabek", "estimate"] == pytest.approx(800 / 500)
    row = found.loc["beds_per_1000_some_others"]
    assert row["estimate"] == pytest.approx(1.0)
    assert row["high"] == pytest.approx((2 * 300 + 100) / 400)
    assert row["rows"].endswith("region_code=3276|3671")
    assert found.loc["beds_per_1000_dki_jakarta", "estimate"] == pytest.approx(4.0)


def test_what_sharing_averts_is_bounded_over_scenarios_with_unmet_need(found):
    row = found.loc["unmet_alone_vs_pooled_first"]
    assert (row["estimate"], row["low"], row["high"]) == (0.6, 0.3, 0.9)
    assert row["units"] == 1
    # In one of the four scenarios nothing is unmet alone.
    assert "3 of 4 scenarios" in Language("en")(row["interval"])
    assert "core_need=residents|as_others" in row["rows"]
    sent = found.loc["to_better_supplied_first"]
    assert (sent["estimate"], sent["low"], sent["high"]) == (0.8, 0.5, 0.9)
    assert found.loc["unmet_alone_vs_pooled_first_allocated", "units"] == 2
    unmet = found.loc["need_unmet_alone_first"]
    assert (unmet["estimate"], unmet["low"], unmet["high"]) == (0.2, 0.1, 0.5)


def test_observed_shares_are_named_by_region_and_month(found):
    assert found.loc["non_resident_dki_2021_01", "estimate"] == 0.24
    assert found.loc["non_resident_kota_bogor_2021_07", "high"] == 0.54
    # And lead to what they were counted from.
    behind = found.loc[["non_resident_dki_2021_01", "non_resident_kota_bogor_2021_07"], "rows"]
    assert behind.iloc[0].endswith("cooperation/measures.csv: measure_id=CM018")
    assert behind.iloc[1].endswith("epidemic/facts.csv: region_code=3271,start_date=2021-07-04")
    row = found.loc["cases_from_outside_dki_2020_12"]
    assert row["low"] < 0.255 < 0.265 < row["high"]


def test_partners_meet_what_their_pairs_can(found):
    assert found.loc["partners_need_met", "estimate"] == pytest.approx(90 / 150)
    assert found.loc["partners_need_met", "low"] == pytest.approx(20 / 100)
    row = found.loc["partners_share_of_draws"]
    assert (row["estimate"], row["low"], row["high"]) == (pytest.approx(0.7), 0.5, 0.9)


def test_the_agreement_of_ranks_holds_its_own_value(found):
    row = found.loc["rank_agreement_country"]
    assert (row["low"], row["high"]) == (0.6, 0.66)
