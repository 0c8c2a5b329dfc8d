"""What was not counted: ratios by hand, and against what others published."""

import numpy as np
import pandas as pd
import pytest

from gotong.analyses import ascertainment
from gotong.config import Ascertainment
from gotong.growth import weekly_dispersion
from gotong.tables import DATE


@pytest.fixture(scope="module")
def found(results):
    return results["ascertainment"]


def chosen(results, **others):
    """Return the choices of the configuration, but for some."""
    return {"ascertainment": results.choices["ascertainment"] | others}


def of_all_days(daily, results, **others):
    """Return the row of all days of some burials and deaths."""
    settings = Ascertainment.model_validate(chosen(results, **others)["ascertainment"])
    return next(iter(ascertainment._burials(daily, settings))).row()


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
    assert row["value"] == pytest.approx(row["above"] / row["below"])
    assert row["low"] / row["value"] == pytest.approx(0.425 / 0.445)
    assert row["high"] / row["value"] == pytest.approx(0.465 / 0.445)


@pytest.mark.parametrize(("days", "until"), [(14, "2021-03-09"), (0, "2021-03-23")])
def test_cases_are_counted_as_long_before_the_middle_of_the_survey_as_chosen(results, days, until):
    found = ascertainment.make(results, chosen(results, seroconversion_days=days))
    # The survey ran from 15 to 31 March 2021.
    cases = results["cases/dki_site_daily.csv"].set_index("date")["cases"]
    assert only(found, "infections_per_case")["below"] == cases.loc[:until].sum()


def test_a_survey_with_its_own_count_is_taken_by_it(found):
    row = only(found, "infections_per_case", "Tanjung Priok")
    assert row["value"] == pytest.approx(28.52 / 2.4)


def test_fatality_is_highest_where_fewest_were_infected(found):
    row = only(found, "infection_fatality")
    assert row["low"] < row["value"] < row["high"]
    assert row["value"] == pytest.approx(100 * row["above"] / row["below"])


def test_deaths_are_counted_to_the_end_of_the_survey(results, found):
    deaths = results["cases/dki_site_daily.csv"].set_index("date")["deaths"]
    assert only(found, "infection_fatality")["above"] == deaths.loc[:"2021-03-31"].sum()


def test_a_month_is_as_uncertain_as_the_more_variable_of_burials_and_deaths(results, found):
    daily = results["epidemic/dki_2020_daily.csv"].sort_values("date")
    weeks = daily.iloc[: len(daily) // 7 * 7].groupby(np.arange(len(daily) // 7 * 7) // 7)
    of_both = [
        float(weekly_dispersion(weeks[name].sum().to_numpy(dtype=float)))
        for name in ("burials", "deaths")
    ]
    assert abs(of_both[0] - of_both[1]) > 0.5
    months = found[(found["quantity"] == "burials_per_death") & (found["below"] < 1237)]
    april = months.iloc[1]
    margin = np.exp(1.959964 * np.sqrt(max(of_both) * (1 / 1241 + 1 / 297)))
    assert april["high"] == pytest.approx(1241 / 297 * margin)
    assert april["low"] == pytest.approx(1241 / 297 / margin)


def test_the_last_weeks_are_resampled_like_the_others(results):
    days = pd.date_range("2020-03-01", periods=140).astype(DATE)
    burials = np.where(np.arange(140) >= 133, 100, 30)
    daily = pd.DataFrame({"date": days, "burials": burials, "deaths": 10})
    assert of_all_days(daily, results)["high"] > 3.5


def test_longer_blocks_widen_the_interval_of_counts_that_hang_together(results):
    days = pd.date_range("2020-03-01", periods=280).astype(DATE)
    burials = np.where(np.arange(280) // 28 % 2 == 0, 100, 30)
    daily = pd.DataFrame({"date": days, "burials": burials, "deaths": 10})
    widths = []
    for weeks in (1, 4):
        row = of_all_days(daily, results, block_weeks=weeks)
        widths.append(row["high"] - row["low"])
    assert widths[1] > 1.1 * widths[0]


def test_weeks_that_are_alike_leave_no_doubt(results):
    days = pd.date_range("2020-03-01", periods=70).astype(DATE)
    daily = pd.DataFrame({"date": days, "burials": 30, "deaths": 10})
    row = of_all_days(daily, results)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((3, 3, 3))


def test_one_odd_month_widens_the_interval(results):
    days = pd.date_range("2020-03-01", periods=140).astype(DATE)
    burials = np.where(np.arange(140) < 28, 100, 30)
    daily = pd.DataFrame({"date": days, "burials": burials, "deaths": 10})
    row = of_all_days(daily, results)
    assert row["low"] < 3.5 < row["value"] < row["high"]
