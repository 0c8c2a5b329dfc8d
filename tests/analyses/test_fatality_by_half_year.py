"""Fatality by half-year: by hand on a small series, and what the snapshot says."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from gotong.analyses import severity

CHOICES = {"severity": {"regions": ["31"], "delays": [5, 10, 20], "growth_days": 28}}


def panel(cases, deaths, start="2020-07-01"):
    return pd.DataFrame(
        {
            "region_code": pd.Series(["31"] * len(cases), dtype="str"),
            "date": pd.date_range(start, periods=len(cases), unit="s"),
            "cases": pd.array(cases, dtype="Int64"),
            "deaths": pd.array(deaths, dtype="Int64"),
        }
    )


def made(*columns):
    return severity.make({"panel_province": panel(*columns)}, CHOICES)


def test_the_delay_divides_by_cases_that_are_old_enough():
    days = 60
    cases = np.full(days, 100)
    deaths = np.full(days, 2)
    row = made(cases, deaths).iloc[0]
    assert (row["cases"], row["deaths"]) == (6000, 120)
    assert row["crude"] == pytest.approx(100 * 120 / 6000)
    # Ten days take as long as ten: cases of 50 of the 60 days have a known outcome.
    assert row["cfr"] == pytest.approx(100 * 120 / 5000)
    assert row["low"] < row["crude"]
    assert row["high"] > 100 * 120 / 4000


def test_fatality_to_date_counts_from_the_first_case():
    found = made(np.full(250, 100), np.full(250, 2))
    # 184 days to the end of December, 66 more; of all but ten days the outcome is known.
    assert found["crude_to_date"].tolist() == pytest.approx([2, 2])
    assert found["adjusted_to_date"].tolist() == pytest.approx([2 * 184 / 174, 2 * 250 / 240])
    exact = binomtest(500, 25_000).proportion_ci(0.95, "exact")
    row = found.iloc[-1]
    assert [row["crude_to_date_low"], row["crude_to_date_high"]] == pytest.approx(
        [100 * exact.low, 100 * exact.high]
    )
    effective = binomtest(500, 24_000).proportion_ci(0.95, "exact")
    assert row["adjusted_to_date_high"] == pytest.approx(100 * effective.high)


def test_steady_cases_do_not_grow():
    row = made(np.full(60, 100), np.full(60, 2)).iloc[0]
    assert row["growth"] == pytest.approx(0, abs=1e-9)


def test_cases_that_double_in_a_week_grow_by_a_tenth_a_day():
    cases = np.round(100 * 2 ** (np.arange(60) / 7)).astype(int)
    row = made(cases, np.ones(60, dtype=int)).iloc[0]
    assert row["growth"] == pytest.approx(np.log(2) / 7, rel=1e-3)
    assert row["growth_low"] <= row["growth"] <= row["growth_high"]


@pytest.mark.parametrize("span", [28, 21])
def test_the_steepest_days_also_have_the_slope_of_the_log_of_the_mean(span):
    cases = np.round(1000 * np.exp(np.sin(np.arange(120) / 15))).astype(int)
    choices = {"severity": CHOICES["severity"] | {"growth_days": span}}
    tables = {"panel_province": panel(cases, np.ones(120, dtype=int))}
    row = severity.make(tables, choices).iloc[0]
    end = (row["growth_end"] - pd.Timestamp("2020-07-01")).days
    mean = pd.Series(cases).rolling(7).mean().loc[end - span + 1 : end]
    assert row["growth_log"] == pytest.approx(np.polyfit(np.arange(span), np.log(mean), 1)[0])


def test_days_after_a_gap_are_left_out():
    cases = [100] * 60 + [None] + [100] * 20
    row = made(cases, [1] * 81).iloc[0]
    assert row["end"] == pd.Timestamp("2020-08-29")
    assert row["cases"] == 6000


def test_a_half_year_of_few_days_says_nothing():
    found = made([100] * 200, [1] * 200)
    # 184 days to the end of December, then 16 of January.
    assert found["start"].tolist() == [pd.Timestamp("2020-07-01")]


def test_halves_of_the_snapshot_add_up_and_fall(results):
    found = results["severity"]
    dki = found[found["region_code"] == "31"]
    panel_dki = results["panel_province"].query("region_code == '31'")
    assert dki["deaths"].sum() == panel_dki["deaths"].sum()
    assert dki["cases"].sum() == panel_dki["cases"].sum()
    assert (found["low"] <= found["cfr"]).all()
    assert (found["cfr"] <= found["high"]).all()
    assert dki["cfr"].iloc[0] > 5 > 0.5 > dki["cfr"].iloc[-1]
