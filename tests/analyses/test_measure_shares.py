"""Shares, places and sources of measures: small tables counted by hand, and the project's own."""

import pandas as pd
import pytest

from gotong import config, contracts
from gotong.analyses import measure_shares
from gotong.tables import DATE

MEASURES = [
    # id, dyad, act, reach, confidence, units, start, audit, second text, first text
    ("CM001", "G-G", "action", "cross_border", "high", "3171 3276", "2020-04-01", "confirmed"),
    ("CM002", "G-C", "action", "neighbourhood", "medium", "3171 3172", "2020-04-20", "confirmed"),
    ("CM003", "C-C", "action", "within_region", "low", "3276", "2020-05-01", "unverified"),
    ("CM004", "G-C", "rule", "within_region", "high", "", None, "unverified"),
    ("CM005", "G-P", "statement", "cross_border", "high", "3276", "2020-06-01", "corrected"),
]
CODINGS = [
    # id, coder, dyad, act, reach
    *((f"CM00{number}", "a", "G-G", "action", "cross_border") for number in range(1, 4)),
    *((f"CM00{number}", "a", "C-C", "action", "national") for number in range(4, 7)),
    *((f"CM00{number}", "b", "G-C", "action", "national") for number in range(1, 7)),
    *((f"CM00{number}", "first", "C-C", "", "") for number in range(1, 7)),
]
CHOICES = {
    "measure_shares": {"draws": 9999},
    "area": {
        "id": "small",
        "units": ["3171", "3172", "3276"],
        "core": "31",
        "deciders": [{"name": "D", "members": ["31"]}, {"name": "B", "members": ["3276"]}],
    },
    "dose": {
        "lags": 4,
        "leads": 2,
        "steps": {"alignment": 0.1, "stock": 1, "strictness": 1},
        "open_end_days": [30],
        "confidence_weights": {"high": 1.0, "medium": 0.5, "low": 0.25},
        "contrast": 0.05,
        "quiet_p": 0.1,
    },
}


def measures():
    names = ["measure_id", "dyad", "act", "reach", "confidence", "region_codes", "start_date"]
    frame = pd.DataFrame(MEASURES, columns=[*names, "audit"])
    frame["start_date"] = pd.to_datetime(frame["start_date"]).astype(DATE)
    schema = contracts.RAW["cooperation/measures.csv"]
    whole = pd.DataFrame({column: frame.get(column, "") for column in schema.columns})
    whole["end_date"] = pd.Series(pd.NaT, index=whole.index, dtype=DATE)
    whole["source_url"] = "https://www.kompas.com/a"
    whole["audit_source"] = "https://tempo.co/b"
    text = [name for name in whole.columns if not name.endswith("_date")]
    return whole.astype(dict.fromkeys(text, "str"))


@pytest.fixture(scope="module")
def tables():
    codings = pd.DataFrame(CODINGS, columns=["measure_id", "coder", "dyad", "act", "reach"])
    return {"cooperation/measures.csv": measures(), "cooperation/codings.csv": codings}


@pytest.fixture(scope="module")
def shares(tables):
    made = measure_shares.make(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["measure_shares"], "f", "r")
    return made.set_index(["quantity", "act", "classes", "weighting"])


def counts(shares, *key):
    row = shares.loc[key]
    return int(row["of_kind"]), int(row["measures"])


def test_shares_are_counted_by_act(shares):
    assert counts(shares, "cross_border", "all", "corrected", "equal") == (2, 5)
    assert counts(shares, "cross_border", "action", "corrected", "equal") == (1, 3)
    assert counts(shares, "community", "all", "corrected", "equal") == (3, 5)
    assert counts(shares, "community", "action", "corrected", "equal") == (2, 3)
    assert shares.loc[("community", "action", "corrected", "equal"), "share"] == 2 / 3


def test_the_interval_is_that_of_wilson(shares):
    # 2 of 5 by the formula of Wilson 1927 with z = 1.959964.
    row = shares.loc[("cross_border", "all", "corrected", "equal")]
    assert (row["low"], row["high"]) == pytest.approx((0.117621, 0.769276), abs=1e-5)


def test_codings_give_the_table_without_corrections_and_another_reading(shares):
    assert counts(shares, "cross_border", "all", "published", "equal") == (3, 6)
    assert counts(shares, "community", "all", "published", "equal") == (3, 6)
    assert counts(shares, "cross_border", "all", "second_coding", "equal") == (0, 6)
    assert counts(shares, "community", "all", "second_coding", "equal") == (6, 6)


def test_a_measure_counts_by_the_confidence_in_it(shares):
    # All: 1 + 1/2 + 1/4 + 1 + 1; across borders: CM001 and CM005.
    assert shares.loc[("cross_border", "all", "corrected", "confidence"), "share"] == 2 / 3.75
    row = shares.loc[("community", "action", "corrected", "confidence")]
    assert row["share"] == pytest.approx(0.75 / 1.75)
    assert row["low"] < row["share"] < row["high"]


def test_the_draws_are_the_same_every_time(tables, shares):
    again = measure_shares.make(tables, CHOICES).set_index(shares.index.names)
    pd.testing.assert_frame_equal(again, shares)


def test_the_number_of_draws_moves_bounds_of_weighted_shares_only(tables, shares):
    fewer = measure_shares.make(tables, CHOICES | {"measure_shares": {"draws": 99}})
    fewer = fewer.set_index(shares.index.names)
    weighted = shares.index.get_level_values("weighting") == "confidence"
    pd.testing.assert_frame_equal(fewer[~weighted], shares[~weighted])
    pd.testing.assert_series_equal(fewer["share"], shares["share"])
    assert (fewer.loc[weighted, "low"] != shares.loc[weighted, "low"]).any()


def test_a_kind_without_measures_has_no_share(tables):
    none = {**tables, "cooperation/measures.csv": measures().query("act != 'statement'")}
    row = measure_shares.make(none, CHOICES).set_index(["quantity", "act", "classes", "weighting"])
    for weighting in ("equal", "confidence"):
        assert pd.isna(row.loc[("community", "statement", "corrected", weighting), "share"])


def test_units_of_the_core_are_one_region(tables):
    made = measure_shares.by_region(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["dyads_by_region"], "f", "r")
    row = made.set_index(["region_code", "dyad"])
    core = row.loc[("31", "G-C")]
    # CM002 names two units of the core and no other region; CM001 names both regions.
    assert (core["of_kind"], core["alone"], core["measures"]) == (1, 1, 2)
    shared = row.loc[("31", "G-G")]
    assert (shared["of_kind"], shared["alone"], shared["share"]) == (1, 0, 0.5)
    together = row.loc[("3276", "community")]
    assert (together["of_kind"], together["measures"]) == (1, 3)
    assert (together["two_texts"], together["sites"]) == (0, 1)


def test_community_measures_stand_once_for_each_unit(tables):
    made = measure_shares.community(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["community_measures"], "f", "r")
    rows = made[["measure_id", "region_code", "units_named", "texts"]].to_numpy().tolist()
    assert rows == [
        ["CM002", "3171", 2, 2],
        ["CM002", "3172", 2, 2],
        ["CM003", "3276", 1, 1],
        ["CM004", "", 0, 1],
    ]
    assert made["site"].unique().tolist() == ["kompas.com"]
    assert made["month"].dropna().dt.strftime("%m-%d").tolist() == ["04-01", "04-01", "05-01"]


@pytest.fixture(scope="module")
def real(project):
    def read(name):
        return contracts.read_any(str(project / "data/raw" / name))

    choices = config.read_config(project / "config.yaml").model_dump(mode="json")
    names = ("cooperation/measures.csv", "cooperation/codings.csv")
    return {name: read(name) for name in names}, choices


def test_coding_a_is_the_published_table(real):
    # What `published` rests on: a equals the table in every class, row by row.
    measures, codings = real[0].values()
    fields = ["measure_id", "dyad", "act", "factor", "reach"]
    coded = codings.loc[codings["coder"] == "a", fields].reset_index(drop=True)
    pd.testing.assert_frame_equal(coded, measures[fields].reset_index(drop=True))


def test_no_measure_of_the_project_is_lost(real):
    tables, choices = real
    made = measure_shares.make(tables, choices)
    every = made[(made["act"] == "all") & (made["classes"] == "published")]
    assert every["measures"].tolist() == [117, 117]
    across = every[(every["quantity"] == "cross_border") & (every["weighting"] == "equal")]
    assert across["of_kind"].tolist() == [32]
    regions = measure_shares.by_region(tables, choices)
    plain = regions[regions["dyad"] != "community"]
    assert (
        plain.groupby("region_code")["of_kind"].sum()
        == plain.groupby("region_code")["measures"].first()
    ).all()
    community = measure_shares.community(tables, choices)
    both = tables["cooperation/measures.csv"]["dyad"].isin(["G-C", "C-C"])
    assert community["measure_id"].nunique() == both.sum()
