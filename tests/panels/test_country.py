"""The join of countries: steps of running totals by hand, and the published last totals."""

import numpy as np
import pandas as pd
import pytest

from gotong.panels import country
from gotong.tables import DATE


def listed(series):
    """Return a column as a list with None for what is missing."""
    return [None if pd.isna(value) else value for value in series]


def small():
    """Return raw tables of two countries; Taiwan's third day is missing."""
    rows = [
        ("TWN", "2020-03-01", 40, 1),
        ("TWN", "2020-03-02", 41, 1),
        ("TWN", "2020-03-04", 50, 1),
        ("TWN", "2020-03-05", 51, 3),
        ("IDN", "2020-03-02", 10, 2),
        ("IDN", "2020-03-01", 6, 0),
        ("IDN", "2020-03-03", 8, 2),
        ("IDN", "2020-03-04", 8, 1),
        ("IDN", "2020-03-05", 12, 4),
    ]
    names = ["country_code", "date", "cumulative_cases", "cumulative_deaths"]
    cases = pd.DataFrame(rows, columns=names)
    cases["date"] = pd.to_datetime(cases["date"]).astype(DATE)
    countries = pd.DataFrame({"country_code": ["IDN", "TWN"], "population": [4_000_000, 500_000]})
    indices = pd.DataFrame(
        {"country_code": ["IDN", "BRA"], "date": cases["date"].iloc[[4, 4]].to_numpy()}
    ).assign(**{name: [50.5, 99.0] for name in country.INDICES}, other=1)
    return {
        "cases": cases.astype(
            {"country_code": "str", "cumulative_cases": "Int64", "cumulative_deaths": "Int64"}
        ),
        "countries": countries.astype({"country_code": "str", "population": "Int64"}),
        "indices": indices.astype({"country_code": "str", "date": DATE}),
    }


def test_the_small_panel_by_hand():
    found = country.build(small()).set_index("country_code")
    indonesia, taiwan = found.loc["IDN"], found.loc["TWN"]
    assert listed(indonesia["cases"]) == [None, 4, None, 0, 4]
    assert indonesia["cases_missing"].tolist() == ["no_day_before", "", "total_fell", "", ""]
    # Deaths fall on a day on which cases do not.
    assert listed(indonesia["deaths"]) == [None, 2, 0, None, 3]
    assert listed(taiwan["cases"]) == [None, 1, None, 1]
    assert taiwan["cases_missing"].tolist() == ["no_day_before", "", "no_day_before", ""]
    assert listed(taiwan["deaths"]) == [None, 0, None, 2]
    assert indonesia["deaths_per_million"].tolist() == [0, 0.5, 0.5, 0.25, 1]
    assert taiwan["deaths_per_million"].tolist() == [2, 2, 2, 6]
    assert listed(indonesia["stringency"]) == [None, 50.5, None, None, None]
    assert taiwan["stringency"].isna().all()


@pytest.fixture(scope="module")
def panel(results):
    return results["panel_country"]


def test_the_panel_has_three_countries_on_every_day(panel):
    days = pd.date_range("2020-01-22", "2023-03-09", unit="s")
    assert len(panel) == 3 * len(days) == 3 * 1143
    for code in ("BRA", "IDN", "TWN"):
        assert panel.loc[panel["country_code"] == code, "date"].tolist() == days.tolist()


@pytest.mark.parametrize(
    ("code", "cases", "deaths"),
    [("IDN", 6_738_225, 160_941), ("TWN", 9_970_937, 17_672), ("BRA", 37_076_053, 699_276)],
)
def test_countries_reach_the_published_totals(panel, code, cases, deaths):
    own = panel[panel["country_code"] == code]
    last = own.iloc[-1]
    assert (last["cumulative_cases"], last["cumulative_deaths"]) == (cases, deaths)
    per_million = deaths / last["population"] * 1e6
    assert last["deaths_per_million"] == pytest.approx(per_million, rel=1e-12)
    for name, total in (("cases", cases), ("deaths", deaths)):
        steps = np.diff(own[f"cumulative_{name}"].to_numpy(dtype="int64"))
        # The counts are the rises; the falls of the published totals are left out.
        assert own[name].sum() == steps[steps >= 0].sum()
        assert own[name].sum() + steps[steps < 0].sum() + own[f"cumulative_{name}"].iloc[0] == total


def test_falls_are_as_many_as_published(panel):
    fell = panel[panel["cases_missing"] == "total_fell"].groupby("country_code").size()
    assert fell.to_dict() == {"BRA": 4, "TWN": 2}
    assert panel.loc[panel["country_code"] == "BRA", "deaths"].isna().sum() == 1 + 3
    first = panel["date"] == panel["date"].min()
    assert (panel["cases_missing"] == "no_day_before").tolist() == first.tolist()
    assert (panel["cases"].notna() == (panel["cases_missing"] == "")).all()


def test_indices_stand_on_their_day(panel, results):
    indices = results["policy/oxcgrt_daily.csv"].set_index(["country_code", "date"])
    own = panel.set_index(["country_code", "date"])
    for key in (("IDN", "2020-04-10"), ("BRA", "2021-03-01"), ("TWN", "2020-02-02")):
        for name in country.INDICES:
            assert own.loc[key, name] == indices.loc[key, name]
