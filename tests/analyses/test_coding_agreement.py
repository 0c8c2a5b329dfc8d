"""Agreement of codings: small tables worked out by hand, and the project's own."""

import pandas as pd
import pytest

from gotong import contracts
from gotong.analyses import coding_agreement

ROWS = {
    # id: dyad by a, b, first; act by a, b (the first coding gives the dyad only)
    "CM001": ("G-G", "G-G", "G-G", "action", "action"),
    "CM002": ("G-G", "G-G", "G-P", "action", "rule"),
    "CM003": ("G-P", "G-P", "G-P", "rule", "rule"),
    "CM004": ("G-P", "G-P", "G-P", "rule", "rule"),
}


def codings():
    listed = []
    for name, (a, b, first, act_a, act_b) in ROWS.items():
        listed += [
            (name, "a", a, act_a),
            (name, "b", b, act_b),
            (name, "first", first, ""),
        ]
    frame = pd.DataFrame(listed, columns=["measure_id", "coder", "dyad", "act"])
    return frame.assign(factor=frame["act"], reach=frame["act"]).astype("str")


def made():
    table = coding_agreement.make({"cooperation/codings.csv": codings()}, {})
    contracts.check(table, contracts.PROCESSED["coding_agreement"], "f", "r")
    return table.set_index(["field", "coders", "category"])


def test_agreement_of_a_field():
    row = made().loc[("dyad", "a first", "all")]
    assert (row["units"], row["agreed"], row["share"]) == (4, 3, 0.75)
    # Values: G-G 3, G-P 5 of 8. Disagreement 2/8 observed, 3*5*2/(8*7) expected.
    assert row["alpha"] == pytest.approx(1 - (2 / 8) / (30 / 56))
    # Chance of kappa: a is half G-G, first a quarter: 1/2*1/4 + 1/2*3/4.
    assert row["kappa"] == pytest.approx((0.75 - 0.5) / 0.5)
    assert row["kappa_low"] <= row["kappa"] <= row["kappa_high"]
    assert row["alpha_low"] <= row["alpha"] <= row["alpha_high"]


def test_agreement_on_a_category_is_of_the_measures_that_either_gave_it():
    table = made()
    first = table.loc[("dyad", "a first", "G-G")]
    assert (first["units"], first["agreed"]) == (2, 1)
    second = table.loc[("dyad", "a first", "G-P")]
    assert (second["units"], second["agreed"]) == (3, 2)


def test_perfect_agreement_still_has_an_interval_of_the_share():
    row = made().loc[("dyad", "a b", "all")]
    assert (row["share"], row["alpha"]) == (1, 1)
    assert row["low"] == pytest.approx(0.510109, abs=1e-5)  # Wilson, 4 of 4


def test_fields_that_a_coding_does_not_give_have_no_row():
    pairs = made().reset_index()[["field", "coders"]].drop_duplicates()
    by_field = pairs.groupby("field")["coders"].apply(list).to_dict()
    assert by_field == {
        "act": ["a b"],
        "dyad": ["a b", "a first", "b first"],
        "factor": ["a b"],
        "reach": ["a b"],
    }


def test_a_blank_is_no_agreement():
    frame = codings()
    frame.loc[(frame["measure_id"] == "CM001") & (frame["coder"] != "first"), "act"] = ""
    table = coding_agreement.make({"cooperation/codings.csv": frame}, {})
    row = table.set_index(["field", "coders", "category"]).loc[("act", "a b", "all")]
    assert (row["units"], row["agreed"]) == (3, 2)


def test_the_codings_of_the_project(project):
    name = "cooperation/codings.csv"
    table = contracts.read_any(str(project / "data/raw" / name))
    found = coding_agreement.make({name: table}, {}).set_index(["field", "coders", "category"])
    wide = {
        field: table.pivot(index="measure_id", columns="coder", values=field)
        for field in ("dyad", "act", "factor", "reach")
    }
    for field, codes in wide.items():
        assert found.loc[(field, "a b", "all"), "agreed"] == (codes["a"] == codes["b"]).sum()
    assert found.loc[("dyad", "a b", "all"), "agreed"] == len(wide["dyad"]) == 117
    first = wide["dyad"]["a"] == wide["dyad"]["first"]
    assert found.loc[("dyad", "a first", "all"), "agreed"] == first.sum() == 108
