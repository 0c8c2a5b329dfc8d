"""Growth from week to week: by hand, and only between weeks that tell of it."""

import numpy as np
import pandas as pd
import pytest

from gotong import contracts
from gotong.analyses import weekly_growth
from gotong.tables import DATE

NORMAL_975 = 1.959963984540054


def panel(cases, kinds=None, flags=None, code="3201", start="2020-06-01"):
    """Return the columns of the weekly panel that matter here, of one unit."""
    weeks = pd.Series(pd.date_range(start, periods=len(cases), freq="7D")).astype(DATE)
    return pd.DataFrame(
        {
            "region_code": pd.Series([code] * len(cases), dtype="str"),
            "week_start": weeks,
            "cases": pd.Series(cases, dtype="float64"),
            "cases_kind": pd.Series(kinds or ["count"] * len(cases), dtype="str"),
            "cases_flag": pd.Series(flags or [""] * len(cases), dtype="str"),
        }
    )


def made(*units):
    table = weekly_growth.make({"panel_java": pd.concat(units, ignore_index=True)}, {})
    return contracts.check(table, contracts.PROCESSED["weekly_growth"], "weekly_growth", "")


def test_growth_its_interval_and_doubling_time_by_hand():
    found = made(panel([50, 200, 100])).set_index("week_start")
    assert found.index.tolist() == [pd.Timestamp("2020-06-08"), pd.Timestamp("2020-06-15")]
    # log(100) lies log 8 below what the two weeks before it point to.
    dispersion = np.log(8) ** 2 / (1 / 50 + 4 / 200 + 1 / 100)
    up = found.loc["2020-06-08"]
    assert up["dispersion"] == pytest.approx(dispersion)
    assert up["growth"] == pytest.approx(np.log(4) / 7)
    margin = NORMAL_975 * np.sqrt(dispersion * (1 / 50 + 1 / 200)) / 7
    assert up["low"] == pytest.approx(np.log(4) / 7 - margin)
    assert up["high"] == pytest.approx(np.log(4) / 7 + margin)
    assert found["doubling_days"].tolist() == pytest.approx([3.5, -7])
    assert found[["cases_before", "cases"]].to_numpy().tolist() == [[50, 200], [200, 100]]


def test_no_interval_is_narrower_than_poisson():
    found = made(panel([10, 20, 40, 80]))
    assert found["dispersion"].tolist() == [1, 1, 1]
    expected = 2 * NORMAL_975 * np.sqrt(1 / 40 + 1 / 80) / 7
    assert found["high"].iloc[-1] - found["low"].iloc[-1] == pytest.approx(expected)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"flags": ["", "", "K35", "", ""]},
        {"kinds": ["scaled", "scaled", "end_points", "scaled", "scaled"]},
    ],
)
def test_a_week_with_a_flag_or_between_known_days_spoils_both_its_pairs(spoilt):
    found = made(panel([10, 20, 40, 80, 160], **spoilt))
    weeks = found["week_start"].dt.strftime("%m-%d").tolist()
    assert weeks == ["06-08", "06-29"]
    # Two weeks in a row tell of growth, and not of how much chance moves it.
    assert found[["low", "high", "dispersion"]].isna().all(axis=None)


def test_weeks_without_cases_or_a_count_have_no_growth():
    kinds = ["count", "count", "count", "", "count"]
    assert made(panel([10, 0, 10, np.nan, 10], kinds)).empty


def test_weeks_on_either_side_of_one_that_the_panel_lacks_are_no_pair():
    rows = panel([10, 20, 30, 40, 50]).drop(index=2)
    weeks = made(rows)["week_start"].dt.strftime("%m-%d").tolist()
    assert weeks == ["06-08", "06-29"]


def test_cases_that_stand_still_have_no_doubling_time():
    found = made(panel([30, 30, 30]))
    assert found["growth"].tolist() == [0, 0]
    assert found["doubling_days"].isna().all()


def test_units_keep_their_own_dispersion():
    steady = panel([10, 20, 40, 80], code="3301")
    jumping = panel([50, 200, 50, 200], code="3201")
    found = made(steady, jumping)
    pd.testing.assert_frame_equal(
        found[found["region_code"] == "3301"].reset_index(drop=True), made(steady)
    )
    assert found["region_code"].tolist() == ["3201"] * 3 + ["3301"] * 3


def test_the_snapshot_has_growth_of_every_unit_with_counts(results):
    panel_java, found = results["panel_java"], results["weekly_growth"]
    good = panel_java["cases_kind"].isin(["count", "closed", "scaled"])
    good &= (panel_java["cases_flag"] == "") & (panel_java["cases"] > 0)
    usable = panel_java[good]
    following = set(zip(usable["region_code"], usable["week_start"], strict=True))
    week = pd.Timedelta(days=7)
    expected = {(unit, day) for unit, day in following if (unit, day - week) in following}
    assert set(zip(found["region_code"], found["week_start"], strict=True)) == expected
    assert found["region_code"].nunique() == usable["region_code"].nunique()
    assert ((found["low"] < found["growth"]) & (found["growth"] < found["high"])).all()
