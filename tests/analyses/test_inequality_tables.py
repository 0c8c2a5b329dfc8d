"""Inequality: what is weighed, left out and moved back, and indices that can be done by hand."""

import numpy as np
import pandas as pd
import pytest

from gotong import contracts, correcting, corrections
from gotong.analyses import inequality_tables as analysis
from gotong.inequality import bootstrap_interval
from gotong.provenance import seed_of

AREA = {
    "area": {
        "id": "jabodetabek",
        "units": ["3171", "3276", "3671"],
        "core": "31",
        "deciders": [
            {"name": "DKI", "members": ["31"]},
            {"name": "others", "members": ["3276", "3671"]},
        ],
    },
    "inequality": {"grdp_year": 2019, "draws": 999},
}


def values(rows, indicator="beds", variant="main"):
    """Return values from (region, value, people, why left out)."""
    frame = pd.DataFrame(rows, columns=["region_code", "value", "population", "left_out"])
    frame = frame.assign(indicator=indicator, variant=variant, unit="u")
    frame["population"] = frame["population"].astype("Int64")
    return frame


def made(*parts):
    tables = {"inequality_values": pd.concat(parts, ignore_index=True)}
    return analysis.make(tables, AREA).set_index(["scope", "indicator", "variant"])


@pytest.mark.parametrize("draws", [999, 199])
def test_regions_are_resampled_as_often_as_the_configuration_says(draws):
    codes = ["3171", "3276", "3671", *(f"11{number:02d}" for number in range(1, 18))]
    value = np.arange(20.0) ** 2 % 17
    people = np.arange(100.0, 120.0)
    rows = [(*row, "") for row in zip(codes, value, people, strict=True)]
    tables = {"inequality_values": values(rows)}
    choices = AREA | {"inequality": {"grdp_year": 2019, "draws": draws}}
    row = analysis.make(tables, choices).set_index(["scope", "indicator"]).loc[("country", "beds")]
    rng = np.random.default_rng(seed_of("inequality"))
    expected = bootstrap_interval("gini", value, people, rng, draws)
    found = (row["gini_resampled_low"], row["gini_resampled_high"])
    assert found == (expected.low, expected.high)


COUNTRY = values(
    [
        ("3171", 4.0, 100, ""),
        ("3276", 1.0, 100, ""),
        ("3671", 1.0, 200, ""),
        ("1101", 0.0, 400, ""),
        ("1102", 9.0, 50, "not_listed"),
    ]
)


def test_indices_of_few_regions_are_those_worked_out_by_hand():
    row = made(COUNTRY).loc[("jabodetabek", "beds", "main")]
    # Shares of people 1/4, 1/4, 1/2 and of beds 4/7, 1/7, 2/7.
    assert row["mean"] == pytest.approx(7 / 4)
    assert row["gini"] == pytest.approx(4 / 7 - 1 / 4)
    theil = 4 / 7 * np.log(16 / 7) + 3 / 7 * np.log(4 / 7)
    assert row["theil"] == pytest.approx(theil)
    # The two others have the same rate: all inequality lies between the deciding groups.
    assert row["between_share"] == pytest.approx(1)
    assert row["theil_within"] == pytest.approx(0, abs=1e-12)
    assert (row["top_region"], row["bottom_region"], row["ratio"]) == ("3171", "3276", 4.0)
    assert (row["ratio_low"], row["groups"], row["units"]) == (1.0, 2, 3)


def test_resampled_regions_may_all_be_the_same_one():
    row = made(COUNTRY).loc[("jabodetabek", "beds", "main")]
    # One in nine resamples is the same region three times. By Gini the most unequal is the first
    # with the second twice, a third of the people with two thirds of the beds; by Theil all three.
    assert (row["gini_resampled_low"], row["theil_resampled_low"]) == (0, 0)
    assert row["gini_resampled_high"] == pytest.approx(1 / 3)
    assert row["theil_resampled_high"] == pytest.approx(row["theil"])


def test_regions_left_out_do_not_weigh_and_are_counted():
    row = made(COUNTRY).loc[("country", "beds", "main")]
    assert (row["units"], row["left_out_units"], row["zero_units"]) == (4, 1, 1)
    assert row["mean"] == pytest.approx(7 / 8)
    assert np.isnan(row["ratio"])
    assert row["top_value"] == 4.0


def test_without_one_of_two_groups_there_is_nothing_between():
    row = made(COUNTRY).loc[("jabodetabek", "beds", "main")]
    assert np.isnan(row["between_share_low"])
    country = made(COUNTRY).loc[("country", "beds", "main")]
    assert country["between_share_low"] <= country["between_share"]
    assert country["between_share_high"] >= country["between_share"]


def test_dki_as_one_stands_for_its_units_in_the_area_and_for_no_country():
    whole = values([("31", 4.0, 100, ""), ("3276", 1.0, 100, ""), ("3671", 1.0, 200, "")])
    found = made(COUNTRY, whole.assign(variant="sirs_2020"))
    assert found.loc[("jabodetabek", "beds", "sirs_2020"), "gini"] == pytest.approx(4 / 7 - 1 / 4)
    assert ("country", "beds", "sirs_2020") not in found.index
    assert set(found.index.get_level_values("variant")) == {"main", "sirs_2020"}


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        ([[1, 2, 3], [1, 2, 3]], 1.0),
        ([[1, 2, 3], [3, 2, 1]], 0.0),
        # Sums of ranks 3, 7 and 8 about a mean of 6: S = 9 + 1 + 4.
        ([[1, 2, 3], [1, 3, 2], [1, 2, 3]], 12 * 14 / (9 * 24)),
    ],
)
def test_concordance_of_few_judges_is_that_worked_out_by_hand(scores, wanted):
    assert analysis.kendall_w(np.array(scores, dtype=float).T) == pytest.approx(wanted)


def test_concordance_with_ties_follows_from_the_mean_rank_correlation():
    # W = ((m - 1) r + 1) / m, r the mean correlation of ranks, where all have as many ties.
    scores = np.array([[1, 1, 2, 5, 7, 9], [4, 6, 2, 2, 8, 9], [3, 5, 1, 7, 9, 9]], dtype=float).T
    ranks = pd.DataFrame(scores).rank()
    mean = ranks.corr().to_numpy()[np.triu_indices(3, 1)].mean()
    assert analysis.kendall_w(scores) == pytest.approx((2 * mean + 1) / 3)


def test_poverty_is_turned_round_before_ranks_are_compared():
    poor = {"3171": 1.0, "3276": 2.0, "3671": 3.0, "1101": 4.0}
    rows = [
        values(
            [
                (code, value if name == "poverty" else -value + 9, 10, "")
                for code, value in poor.items()
            ],
            name,
        )
        for name in analysis.RANKED
    ]
    found = analysis.rank_agreement(
        {"inequality_values": pd.concat(rows)},
        AREA | {"area": AREA["area"] | {"units": list(poor)}},
    )
    country = found[found["scope"] == "country"]
    assert country["value"].to_numpy() == pytest.approx(1.0)
    assert len(country) == 11


HOSPITALS = "facilities/hospitals.csv"


@pytest.fixture(scope="module")
def snapshot(project):
    """Return the published hospitals, the same corrected, and what was touched."""
    raw = contracts.read_any(str(project / "data/raw" / HOSPITALS))
    register = corrections.read_corrections((project / "data/raw/corrections.yaml").read_bytes())
    own = list(corrections.of_tables(register, HOSPITALS).values())
    schema = contracts.RAW[HOSPITALS]
    return raw, correcting.apply(raw, schema, own), correcting.touched(raw, schema, own)


def test_hospitals_go_back_to_where_the_list_printed_them(snapshot):
    raw, corrected, touched = snapshot
    moved = (raw["region_code"] != corrected["region_code"]).sum()
    assert moved > 0
    back = analysis.as_printed(corrected, touched)
    pd.testing.assert_series_equal(back["region_code"], raw["region_code"])


def test_values_of_the_snapshot_are_the_published_ones(project, snapshot):
    _, corrected, touched = snapshot
    names = [
        analysis.POPULATION,
        analysis.REGISTRY,
        "facilities/hospital_register.csv",
        "facilities/java_beds.csv",
        "facilities/puskesmas.csv",
        "context/grdp_per_capita.csv",
        "context/kabkota_2021.csv",
    ]
    tables = {name: contracts.read_any(str(project / "data/raw" / name)) for name in names}
    tables |= {HOSPITALS: corrected, "corrections": touched}
    found = analysis.values(tables, {"inequality": {"grdp_year": 2019, "draws": 999}})
    contracts.check(found, contracts.PROCESSED["inequality_values"], "f", "r")
    keyed = found.set_index(["region_code", "indicator", "variant"])
    assert keyed.loc[("3173", "grdp", "main"), "value"] == 497_777
    assert keyed.loc[("3101", "poverty", "main"), "value"] == 15.06
    assert keyed.loc[("3171", "hdi", "main"), "value"] == 84.90
    beds = found[(found["indicator"] == "beds") & found["region_code"].str.startswith("31")]
    totals = (
        (beds["value"] * beds["population"].astype(float) / 1000).groupby(beds["variant"]).sum()
    )
    # Three totals for DKI Jakarta: the list, SIRS of 2020, the register of 2021.
    assert totals["main"] == pytest.approx(24_313)
    assert totals["dki_sirs_2020"] == pytest.approx(23_660)
    assert totals["dki_register_2021"] == pytest.approx(18_554)
    assert totals["sirs_2020"] == pytest.approx(23_660)
    assert totals["dki_as_one"] == pytest.approx(24_313)
    reasons = found[found["variant"] == "main"].groupby(["indicator", "left_out"]).size()
    assert reasons["grdp", "current_prices"] == 11
    assert reasons["referral_beds", "flags_incomplete"] == 8
    assert reasons["puskesmas", "not_listed"] == 2
    none = found[(found["indicator"] == "beds") & (found["value"] == 0)].groupby("variant").size()
    assert (none["main"], none["as_printed"]) == (22, 24)
