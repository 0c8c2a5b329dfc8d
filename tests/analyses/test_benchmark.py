"""Three countries: deaths so far, the months that have ended, rows by dyad."""

import numpy as np
import pandas as pd
import pytest

from gotong.analyses import benchmark, outcome_evidence


@pytest.fixture(scope="module")
def found(results):
    return results["benchmark"]


def value(found, quantity, source, country, end):
    row = found[
        (found["quantity"] == quantity)
        & (found["source"] == source)
        & (found["country_code"] == country)
        & (found["end"] == pd.Timestamp(end))
    ]
    assert len(row) == 1
    return float(row["value"].iloc[0])


def test_reported_deaths_are_those_that_others_give(found):
    # 850 deaths in Taiwan and 619,056 in Brazil by the end of 2021, as the research notes say.
    assert value(found, "deaths_per_million", "JHU", "TWN", "2021-12-31") == pytest.approx(
        850 / 23_816_775 * 1e6
    )
    brazil = value(found, "deaths_per_million", "JHU", "BRA", "2021-12-31")
    assert brazil == pytest.approx(619_056 / 212_559_409 * 1e6, rel=0.001)


def test_excess_is_summed_over_the_months_that_have_ended(results, found):
    months = results["international/excess_deaths.csv"]
    taiwan = months[(months["country_code"] == "TWN") & (months["end_date"] <= "2023-03-01")]
    expected = taiwan["excess_deaths"].sum() / taiwan["population"].iloc[0] * 1e5
    # 9 March 2023 lies inside a month: February is the last that has ended.
    assert value(found, "excess_per_100k", "Economist", "TWN", "2023-02-28") == pytest.approx(
        expected
    )
    assert not (found["end"] == pd.Timestamp("2023-03-31")).any()


def test_indonesia_has_only_the_months_of_jakarta_and_the_others_beside_it(found):
    excess = found[found["quantity"] == "excess_per_100k"]
    indonesia = excess[excess["country_code"] == "IDN"]
    assert indonesia["region_code"].tolist() == ["31"]
    end = indonesia["end"].iloc[0]
    assert set(excess.loc[excess["end"] == end, "country_code"]) == {"BRA", "IDN", "TWN"}


def test_stringency_ends_with_its_record(results, found):
    strict = found[found["quantity"] == "stringency"]
    assert strict["end"].max() == pd.Timestamp("2022-12-31")
    daily = results["policy/oxcgrt_daily.csv"]
    own = daily[(daily["country_code"] == "IDN") & (daily["date"].dt.year == 2021)]
    assert value(found, "stringency", "OxCGRT", "IDN", "2021-12-31") == pytest.approx(
        own["stringency"].mean()
    )


def test_a_source_by_month_counts_on_days_that_end_one_only(found):
    at = benchmark.at(found, "TWN", pd.Timestamp("2022-12-31"))
    assert set(at) == {"JHU", "Economist"}
    assert at["Economist"] == value(found, "deaths_per_million", "Economist", "TWN", "2022-12-31")
    # 9 March 2023 lies inside a month: the deaths of two days are not compared.
    assert set(benchmark.at(found, "TWN", pd.Timestamp("2023-03-09"))) == {"JHU"}
    # Nor are those of DKI Jakarta taken for Indonesia's.
    assert set(benchmark.at(found, "IDN", pd.Timestamp("2020-12-31"))) == {"JHU"}


def test_deaths_of_dki_are_all_up_to_a_day_over_its_census(results, found):
    days = results["panel_province"].query("region_code == '31' and date <= '2020-12-31'")
    counted = results["context/population_sp2020.csv"]
    residents = counted.loc[counted["region_code"].str.startswith("31"), "total"].sum()
    assert value(found, "deaths_per_million", "Satgas", "IDN", "2020-12-31") == pytest.approx(
        days["deaths"].sum() / residents * 1e6
    )
    # Its series ends before the later days.
    assert set(found.loc[found["source"] == "Satgas", "end"].dt.year) == {2020, 2021}


@pytest.mark.parametrize(("source", "last"), [("JHU", "2023-03-09"), ("Economist", "2023-02-28")])
def test_most_deaths_of_taiwan_came_in_2022_as_a_caveat_says(found, source, last):
    assert "most deaths of Taiwan came in 2022" in outcome_evidence.DEATHS_CAVEAT
    before, after, all_days = (
        value(found, "deaths_per_million", source, "TWN", day)
        for day in ("2021-12-31", "2022-12-31", last)
    )
    assert (after - before) / all_days > 0.75


def test_rows_by_dyad_are_those_of_the_research_notes(results):
    rows = results["benchmark_measures"].set_index(["country_code", "dyad"])
    taiwan = {"G-G": 8, "G-H": 8, "G-P": 13, "G-C": 7, "G-N": 6, "C-C": 6, "counter": 10}
    brazil = {"G-G": 6, "G-H": 6, "G-P": 10, "G-C": 7, "G-N": 9, "C-C": 8, "counter": 16}
    for country, counts in (("TWN", taiwan), ("BRA", brazil)):
        assert rows.loc[country, "measures"].to_dict() == counts
        assert (rows.loc[country, "coded"] == sum(counts.values())).all()
    np.testing.assert_allclose(rows.groupby("country_code")["share"].sum(), 1)
    share = rows["share"]
    assert ((rows["low"] < share) & (share < rows["high"])).all()
