"""Conditions of life and outcomes: the numbers behind them, the checks, the family."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from gotong.analyses import factor_values, factors
from gotong.analyses.factor_values import KABKOTA_IN, UNITS
from gotong.config import Factors, Headline
from gotong.inference.multiplicity import holm

SIGNS = {
    "poverty_rate": 1,
    "density": 1,
    "unemployment_rate": 1,
    "grdp_per_capita": -1,
    "hdi": -1,
    "schooling_years": -1,
    "sanitation": -1,
    "beds": -1,
    "referral_beds": -1,
    "puskesmas": -1,
    "load": 1,
}
"""Poor, dense, without work or crowded is adverse; well off, schooled and served is not."""


@pytest.fixture(scope="module")
def wide(results):
    values = results["factor_values"]
    return values.pivot(index="region_code", columns="variable", values="value")


@pytest.fixture(scope="module")
def found(results):
    return results["factors"].set_index(["factor", "outcome", "scope"])


# --- the values


def test_units_and_regions_are_complete(results, wide):
    values = results["factor_values"]
    assert set(values["unit"]) == set(UNITS.values())
    by_length = wide.groupby(wide.index.str.len()).size()
    assert by_length[2] == 34
    # 6 of DKI, 27 of Jawa Barat, 35 of Jawa Tengah.
    assert by_length[4] == 68
    assert set(wide.index[wide.index.str.len() == 4].str[:2]) == set(KABKOTA_IN)


def test_density_is_census_over_area(results, wide):
    people = results["context/population_sp2020.csv"].set_index("region_code")["total"]
    area = results["context/area.csv"].set_index("region_code")["area"]
    assert wide.loc["3276", "density"] == pytest.approx(people["3276"] / area["3276"])
    dki = people.index.str.startswith("31")
    assert wide.loc["31", "density"] == pytest.approx(people[dki].sum() / area[dki].sum())


def test_load_is_the_worst_fortnight_over_all_beds(results, wide):
    days = results["panel_province"].query("region_code == '32' and date <= '2021-05-31'")
    cases = days["cases"].to_numpy(dtype="float64", na_value=np.nan)
    worst = np.nanmax([cases[at : at + 14].sum() for at in range(len(cases) - 13)])
    beds = days["beds"].iloc[0]
    assert wide.loc["32", "load"] == pytest.approx(100 * worst / beds)
    weeks = results["panel_java"].query("region_code == '3276' and week_start <= '2021-05-25'")
    pairs = weeks["cases"].to_numpy(dtype="float64", na_value=np.nan)
    assert wide.loc["3276", "load"] == pytest.approx(
        100 * np.nanmax(pairs[1:] + pairs[:-1]) / weeks["beds"].iloc[0]
    )


def test_other_residents_turn_rates_and_density_the_other_way(results, wide):
    counted = results["context/population_sp2020.csv"].set_index("region_code")["total"]
    projected = results["context/population_province_projection.csv"].set_index("region_code")
    more = projected.loc["31", "persons"] / counted[counted.index.str.startswith("31")].sum()
    assert more != 1
    own = wide.loc["31"]
    assert own["beds_other_residents"] == pytest.approx(own["beds"] / more)
    assert own["density_other_residents"] == pytest.approx(own["density"] * more)
    registered = results["context/population_dukcapil_2024.csv"].set_index("region_code")["total"]
    kota = wide.loc["3276"]
    assert kota["incidence_other_residents"] == pytest.approx(
        kota["incidence"] * counted["3276"] / registered["3276"]
    )
    # Deaths over cases, and output per head as published, have no residents of ours below them.
    assert not {"cfr_other_residents", "grdp_per_capita_other_residents"} & set(wide.columns)


def test_the_check_with_other_residents_is_their_rank_correlation(results, wide):
    checks = results["factor_checks"].set_index(["factor", "outcome", "check"])
    own = wide[wide.index.str.len() == 2].dropna(subset=["beds_other_residents", "cfr"])
    expected = spearmanr(own["beds_other_residents"], own["cfr"]).statistic
    assert checks.loc[("beds", "cfr", "other_residents"), "estimate"] == pytest.approx(expected)
    assert ("hdi", "cfr", "other_residents") not in checks.index


def test_doubtful_output_is_not_used(wide):
    # The figures of Jambi are at current prices, as the register of sources says.
    assert np.isnan(wide.loc["15", "grdp_per_capita"])
    assert wide.loc["3276", "grdp_per_capita"] == 20802


def test_a_province_has_the_mean_of_its_units_weighted_by_residents(results, wide):
    people = results["context/population_sp2020.csv"].set_index("region_code")["total"]
    lived = results["context/kabkota_2021.csv"].set_index("region_code")["sanitation"]
    own = people.index[people.index.str.startswith("36")]
    expected = np.average(lived[own], weights=people[own].astype(float))
    assert wide.loc["36", "sanitation"] == pytest.approx(expected)


def test_incidence_is_the_sum_of_its_halves(wide):
    known = wide.dropna(subset="incidence")
    total = known["incidence_earlier"] + known["incidence_later"]
    np.testing.assert_allclose(known["incidence"], total)


def test_incidence_of_a_unit_is_its_weeks_over_its_residents(results, wide):
    weeks = results["panel_java"]
    own = weeks[(weeks["region_code"] == "3276") & (weeks["week_start"] <= "2021-05-25")]
    expected = own["cases"].sum() / own["population"].iloc[0] * 1e5
    assert wide.loc["3276", "incidence"] == pytest.approx(expected)


def test_deaths_of_jawa_barat_end_before_they_stop_being_updated(results, wide):
    daily = results["cases/westjava_daily.csv"].set_index(["region_code", "date"])
    day = daily.loc[("3276", pd.Timestamp("2020-12-31"))]
    expected = 100 * day["cumulative_deaths"] / day["cumulative_cases"]
    assert wide.loc["3276", "cfr"] == pytest.approx(expected)


def test_mobility_is_the_mean_of_two_places_over_the_first_psbb(results, wide):
    google = results["mobility/google_daily.csv"]
    days = google[
        (google["region_code"] == "31") & google["date"].between("2020-04-10", "2020-05-09")
    ]
    assert len(days) == 30
    expected = days[["workplaces", "retail_and_recreation"]].mean().mean()
    assert wide.loc["31", "mobility"] == pytest.approx(expected)


@pytest.mark.parametrize(("known", "is_known"), [(95, True), (94, False)])
def test_a_province_has_no_mean_if_too_few_of_its_residents_are_counted(results, known, is_known):
    choices = results.choices["factors"]
    frame = pd.DataFrame(
        {"residents": [known, 100 - known], "sanitation": [80.0, np.nan]}, index=["3601", "3602"]
    )
    mean = factor_values._weighted(frame, "sanitation", choices["covered_share"])["36"]
    assert (mean == 80.0) if is_known else np.isnan(mean)


# --- the associations


def test_signs_are_those_that_the_study_claims_and_facilities_only_save_lives(found):
    facilities = {"beds", "referral_beds", "puskesmas"}
    for (factor, outcome, _scope), sign in found["claimed_sign"].items():
        is_claimed = factor not in facilities or outcome == "cfr"
        assert sign == (SIGNS[factor] if is_claimed else 0), (factor, outcome)


def test_a_scope_with_too_few_regions_gives_no_association(results):
    for fewest, scopes in ((5, {"within", "32", "33"}), (6, {"within", "32"})):
        chosen = Factors.model_validate(results.choices["factors"] | {"fewest_units": fewest})
        samples = factors._samples(factors._wide(small_values(1)), chosen)
        assert {each.scope for each in samples if each.factor == "density"} == scopes


@pytest.mark.parametrize(
    ("factor", "outcome", "scope", "start"),
    [("poverty_rate", "incidence", "32", "32"), ("density", "cfr", "33", "33")],
)
def test_one_province_is_spearman_s(wide, found, factor, outcome, scope, start):
    own = wide[wide.index.str.startswith(start) & (wide.index.str.len() == 4)]
    expected = spearmanr(own[factor], own[outcome]).statistic
    assert found.loc[(factor, outcome, scope), "estimate"] == pytest.approx(expected)


def test_two_provinces_are_ranked_each_by_itself(wide, found):
    ranked = []
    for start in ("32", "33"):
        own = wide[wide.index.str.startswith(start) & (wide.index.str.len() == 4)]
        ranks = own[["hdi", "incidence"]].rank() / (len(own) + 1) - 0.5
        ranked.append(ranks)
    both = pd.concat(ranked)
    expected = np.corrcoef(both["hdi"], both["incidence"])[0, 1]
    row = found.loc[("hdi", "incidence", "within")]
    assert row["estimate"] == pytest.approx(expected)
    assert row["units"] == 62


def test_every_scope_that_may_be_judged_is_one_that_is_estimated(results):
    fields = Headline.model_fields
    for outcome, scopes in factors._OUTCOMES.items():
        allowed = set(get_args(fields[outcome].annotation))
        assert allowed == {scope for scope in scopes if scope in (factors.PROVINCES, factors.BOTH)}
    assert set(fields) == set(factors._OUTCOMES)


def test_the_family_is_every_headline_association_and_no_other(found):
    headline = found[found["headline"].astype(bool)]
    # Ten conditions with cases, they and load with deaths, seven with mobility.
    assert len(headline) == 28
    np.testing.assert_allclose(headline["p_holm"], holm(headline["p"]))
    assert found.loc[~found["headline"].astype(bool), "p_holm"].isna().all()


def test_intervals_for_all_together_hold_those_of_each_alone(found):
    headline = found[found["headline"].astype(bool)]
    assert (headline["low_all"] < headline["low"]).all()
    assert (headline["high"] < headline["high_all"]).all()


def test_neighbours_make_regions_worth_fewer(found):
    assert (found["effective_units"] <= found["units"]).all()
    few = found[found["units"] < 10]
    assert (few["effective_units"] == few["units"]).all()
    assert found.loc[("poverty_rate", "incidence", "within"), "effective_units"] < 55
    # Fewer regions make the interval wider: that of Bonett and Wright for all 62.
    row = found.loc[("poverty_rate", "incidence", "within")]
    margin = 1.959964 * np.sqrt((1 + row["estimate"] ** 2 / 2) / (62 - 4))
    assert row["low"] < np.tanh(np.arctanh(row["estimate"]) - margin)
    assert row["high"] > np.tanh(np.arctanh(row["estimate"]) + margin)


def test_effective_kabkota_of_jawa_barat_are_those_of_distances_by_hand(results, wide, found):
    outlines = results["geography/boundaries_kabkota.geojson"].set_index("region_code")["geometry"]
    own = wide[wide.index.str.startswith("32") & (wide.index.str.len() == 4)]
    count = len(own)
    middle = np.radians(
        [(outlines[code].centroid.y, outlines[code].centroid.x) for code in own.index]
    )
    north, east = middle.T
    half = (
        np.sin(np.subtract.outer(north, north) / 2) ** 2
        + np.outer(np.cos(north), np.cos(north)) * np.sin(np.subtract.outer(east, east) / 2) ** 2
    )
    pairs = sorted((half[i, j], i, j) for i in range(count) for j in range(i))
    x, y = (own[name].rank().to_numpy() / (count + 1) - 0.5 for name in ("beds", "incidence"))
    # 351 pairs make eight classes of 43 or 44; a pair at a border may be in either.
    variance = 1 / count
    for part in np.array_split(np.array(pairs), len(pairs) // 40):
        first, second = part[:, 1].astype(int), part[:, 2].astype(int)
        alike = (x[first] * x[second]).mean() * (y[first] * y[second]).mean()
        variance += 2 * len(part) * alike / (count**2 * (x**2).mean() * (y**2).mean())
    effective = found.loc[("beds", "incidence", "32"), "effective_units"]
    assert effective == pytest.approx(1 + 1 / variance, rel=0.02)
    assert effective < 25


def test_no_sign_is_claimed_for_facilities_and_cases(found):
    assert found.loc[("beds", "incidence", "within"), "claimed_sign"] == 0
    assert found.loc[("beds", "cfr", "province"), "claimed_sign"] == -1
    assert np.isnan(found.loc[("beds", "incidence", "within"), "sign_share"])


def test_a_failed_check_is_one_whose_sign_differs(results, found):
    checks = results["factor_checks"]
    for key, part in checks.groupby(["factor", "outcome", "scope"]):
        main = found.loc[key]
        differs = part[np.sign(part["estimate"]) != np.sign(main["estimate"])]
        assert set(main["failed_checks"].split()) == set(differs["check"])
        assert main["checks"] == len(part)
        if main["claimed_sign"]:
            share = (np.sign(part["estimate"]) == main["claimed_sign"]).mean()
            assert main["sign_share"] == pytest.approx(share)


def test_leave_one_out_is_the_worst_region(results, wide):
    checks = results["factor_checks"].set_index(["factor", "outcome", "check"])
    own = wide[(wide.index.str.len() == 2)].dropna(subset=["density", "cfr"])
    without = [
        spearmanr(own.drop(code)["density"], own.drop(code)["cfr"]).statistic for code in own.index
    ]
    # The association is positive: the least of them is the worst.
    assert checks.loc[("density", "cfr", "leave_one_out"), "estimate"] == pytest.approx(
        min(without)
    )


def small_values(sign):
    """Return kab/kota of two provinces; in the smaller the factor goes with the outcome or not."""
    rows = []
    for province, extra, units in (("32", 0, 9), ("33", 100, 5)):
        for unit in range(units):
            code = f"{province}{unit + 1:02d}"
            direction = sign if province == "33" else 1
            values = {
                "density": float(unit),
                "incidence": extra + direction * unit + 0.1 * (unit % 2),
                "incidence_earlier": extra + direction * unit,
                "incidence_later": extra + direction * unit,
                "beds": float((unit * 4) % units),
            }
            values |= {
                f"{name}_other_residents": values[name] for name in ("density", "incidence", "beds")
            }
            rows += [(code, name, value, "") for name, value in values.items()]
    frame = pd.DataFrame(rows, columns=["region_code", "variable", "value", "unit"])
    missing = [
        ("3201", name, np.nan, "")
        for name in (*SIGNS, "cfr", "cfr_earlier", "cfr_later", "mobility", "workplaces")
        if name not in ("density", "beds")
    ]
    missing.append(("3201", "retail_and_recreation", np.nan, ""))
    return pd.concat([frame, pd.DataFrame(missing, columns=frame.columns)])


@pytest.mark.parametrize(("sign", "expected"), [(1, set()), (-1, {"jawa_tengah"})])
def test_a_province_that_goes_the_other_way_fails_the_check(results, sign, expected):
    checks = factors.checks({"factor_values": small_values(sign)}, results.choices)
    own = checks[(checks["factor"] == "density") & (checks["outcome"] == "incidence")]
    assert set(own.loc[~own["agrees"].astype(bool), "check"]) == expected
    assert len(own) == 7
