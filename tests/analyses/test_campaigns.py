"""Growth around campaigns: the contrast, its interval, and all shifts."""

import numpy as np
import pandas as pd
import pytest

from gotong.analyses import campaigns
from gotong.growth import growth_interval
from gotong.tables import DATE

CHOICES = {
    "campaigns": {
        "months": {"start": "2020-04-01", "end": "2020-12-31"},
        "lags": [-1, 0, 1],
        "growth_days": 28,
        "block_months": 2,
        "draws": 199,
    }
}


def monthly(begun, growth):
    return pd.DataFrame(
        {
            "month": pd.date_range("2020-03-01", periods=len(growth), freq="MS").astype(DATE),
            "begun": pd.array(begun, dtype="Int64"),
            "growth": growth,
        }
    )


def test_growth_is_taken_from_the_lagged_month():
    # A campaign in May; growth is 1 in June and 0 elsewhere.
    begun = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    growth = np.array([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0.0])
    found = campaigns.lags({"campaigns": monthly(begun, growth)}, CHOICES).set_index("lag")
    assert found.loc[1, "difference"] == pytest.approx(1.0)
    # In the month itself: 0 less the mean of the eight others, one of which is 1.
    assert found.loc[0, "difference"] == pytest.approx(-1 / 8)
    assert found.loc[-1, "difference"] == pytest.approx(-1 / 8)
    assert (found["with_campaign"] == 1).all()
    assert (found["without"] == 8).all()


@pytest.mark.parametrize("days", [28, 21])
def test_growth_is_that_of_the_last_days_of_the_month_that_are_configured(results, days):
    choices = {"campaigns": results.choices["campaigns"] | {"growth_days": days}}
    table = campaigns.make(results, choices).set_index("month")
    panel = results["panel_province"]
    cases = panel[panel["region_code"] == "31"].set_index("date")["cases"].astype(float)
    # The last days of October 2020 alone: nothing of September or November takes part.
    own = growth_interval(cases.loc[:"2020-10-31"].to_numpy()[-days:], days, lags=7)
    row = table.loc["2020-10-01"]
    found = (row["growth"], row["growth_low"], row["growth_high"])
    assert found == pytest.approx((own.rate[-1], own.low[-1], own.high[-1]))


def test_the_p_is_the_rank_among_all_shifts():
    begun = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    growth = np.array([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0.0])
    found = campaigns.lags({"campaigns": monthly(begun, growth)}, CHOICES).set_index("lag")
    # Nine months, eight other shifts, none as extreme.
    assert found.loc[1, "p"] == pytest.approx(1 / 9)
    np.testing.assert_allclose(found["smallest_p"], 1 / 9)


def test_months_without_a_growth_are_left_out():
    begun = [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    growth = np.array([np.nan, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0.0])
    found = campaigns.lags({"campaigns": monthly(begun, growth)}, CHOICES).set_index("lag")
    # Growth before the campaign of April is that of March, which is not known.
    assert found.loc[-1, "with_campaign"] == 1
    assert found.loc[0, "with_campaign"] == 2
    assert found.loc[0, "difference"] == pytest.approx(0.25)


def test_the_draws_follow_from_the_name_of_the_table():
    table = monthly([0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0], np.sin(np.arange(11.0)))
    one, two = (campaigns.lags({"campaigns": table}, CHOICES) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert (one["low"] <= one["high"]).all()


def test_only_education_that_reaches_dki_counts(results):
    measures = results["cooperation/measures.csv"]
    found = results["campaigns"].set_index("month")["begun"]
    starts = measures.loc[
        (measures["factor"] == "education") & measures["region_codes"].str.contains(r"\b3171\b"),
        "start_date",
    ]
    inside = starts[starts.between(found.index.min(), pd.Timestamp("2021-11-30"))]
    assert found.sum() == len(inside)
    # Depok's campaign of July 2020 is none of DKI's.
    assert found[pd.Timestamp("2020-07-01")] == 0
    assert found[pd.Timestamp("2020-04-01")] == 3


def test_the_national_indicators_are_those_of_oxcgrt(results):
    found = results["campaigns"].set_index("month")
    assert (found["information"] == 2).all()
    # 1 on 5 April, 4 from 6 April on, none before.
    assert found.loc[pd.Timestamp("2020-04-01"), "masks"] == pytest.approx((1 + 25 * 4) / 30)
    assert found.loc[pd.Timestamp("2020-03-01"), "masks"] == 0


def test_growth_rises_and_falls_with_delta(results):
    found = results["campaigns"].set_index("month")
    assert found.loc[pd.Timestamp("2021-06-01"), "growth_low"] > 0.05
    assert found.loc[pd.Timestamp("2021-08-01"), "growth_high"] < 0
