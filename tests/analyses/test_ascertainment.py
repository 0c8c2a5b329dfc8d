"""What was not counted: ratios by hand, and against what others published."""

import numpy as np
import pandas as pd
import pytest

from gotong.analyses import ascertainment
from gotong.tables import DATE


@pytest.fixture(scope="module")
def found(results):
    return results["ascertainment"]


def only(found, quantity, area="DKI Jakarta"):
    rows = found[(found["quantity"] == quantity) & (found["area"] == area)]
    return rows.nlargest(1, "below").iloc[0]


def test_burials_are_four_for_each_confirmed_death(found):
    row = only(found, "burials_per_death")
    # The sums of the file: 4,979 burials and 1,237 deaths.
    assert (row["above"], row["below"]) == (4979, 1237)
    assert row["value"] == pytest.approx(4979 / 1237)
    assert row["low"] < row["value"] < row["high"]


def test_months_are_whole_and_hold_their_ratio(found):
    months = found[(found["quantity"] == "burials_per_death") & (found["below"] < 1237)]
    assert months["start"].dt.month.tolist() == [3, 4, 5, 6, 7, 8]
    assert ((months["low"] < months["value"]) & (months["value"] < months["high"])).all()
    april = months.iloc[1]
    assert (april["above"], april["below"]) == (1241, 297)


def test_excess_is_against_the_same_months_of_two_years(found):
    row = only(found, "excess_per_death")
    # Deaths of March to May: 2020 4,422 4,550 4,355; 2018 2,940 3,145 2,890; 2019 3,153 2,790
    # 2,806; confirmed 520.
    in_2020, in_2018, in_2019 = 13_327, 8_975, 8_749
    assert row["value"] == pytest.approx((in_2020 - (in_2018 + in_2019) / 2) / 520)
    assert row["low"] == pytest.approx((in_2020 - in_2018) / 520)
    assert row["high"] == pytest.approx((in_2020 - in_2019) / 520)


def test_infections_agree_with_what_the_survey_says(found):
    row = only(found, "infections_per_case")
    # 4,717,000 infected by the authors' own population, of whom about one in eleven was a case.
    assert row["above"] == pytest.approx(4_717_000, rel=0.01)
    assert 10 < row["value"] < 15
    assert row["low"] / row["value"] == pytest.approx(0.425 / 0.445)
    assert row["high"] / row["value"] == pytest.approx(0.465 / 0.445)


def test_a_survey_with_its_own_count_is_taken_by_it(found):
    row = only(found, "infections_per_case", "Tanjung Priok")
    assert row["value"] == pytest.approx(28.52 / 2.4)


def test_fatality_is_highest_where_fewest_were_infected(found):
    row = only(found, "infection_fatality")
    assert row["low"] < row["value"] < row["high"]
    assert row["value"] == pytest.approx(100 * row["above"] / row["below"])
    # Herlinda et al. give 0.08 % for Tanjung Priok, from confirmed deaths too.
    assert 0.05 < row["value"] < 0.3


def test_weeks_that_are_alike_leave_no_doubt():
    days = pd.date_range("2020-03-01", periods=70).astype(DATE)
    daily = pd.DataFrame({"date": days, "burials": 30, "deaths": 10})
    row = next(iter(ascertainment._burials(daily))).row()
    assert (row["value"], row["low"], row["high"]) == pytest.approx((3, 3, 3))


def test_one_odd_month_widens_the_interval():
    days = pd.date_range("2020-03-01", periods=140).astype(DATE)
    burials = np.where(np.arange(140) < 28, 100, 30)
    daily = pd.DataFrame({"date": days, "burials": burials, "deaths": 10})
    row = next(iter(ascertainment._burials(daily))).row()
    assert row["low"] < 3.5 < row["value"] < row["high"]
