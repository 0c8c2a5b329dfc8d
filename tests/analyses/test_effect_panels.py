"""Who came under which rule since when, on the coded tables and in small panels."""

import numpy as np
import pandas as pd
import pytest

from gotong.analyses import effect_panels
from gotong.analyses.effect_panels import GOOGLE, PPKM, REGIMES
from gotong.config import Span, read_config
from gotong.contracts import read_any
from gotong.tables import DATE


@pytest.fixture(scope="module")
def tables(project):
    return {name: read_any(str(project / "data/raw" / name)) for name in (REGIMES, PPKM, GOOGLE)}


@pytest.fixture(scope="module")
def chosen(project):
    return read_config(project / "config.yaml").effects


def counts(adoption):
    return pd.Series(adoption).value_counts().rename(lambda day: f"{day:%Y-%m-%d}").to_dict()


def test_the_first_ppkm_came_to_43_kabkota_and_two_weeks_later_to_7(tables):
    assert counts(effect_panels.first_ppkm(tables)) == {"2021-01-11": 43, "2021-01-26": 7}


def test_the_first_psbb_came_to_jawa_barat_in_three_decisions(tables):
    found = effect_panels.first_psbb_westjava(tables)
    assert counts(found) == {"2020-04-15": 5, "2020-04-22": 5, "2020-05-06": 17}
    bodebek = {code for code, day in found.items() if day == pd.Timestamp("2020-04-15")}
    assert bodebek == {"3201", "3216", "3271", "3275", "3276"}


def test_psbb_gave_way_to_akb_on_three_days_in_june(tables):
    found = effect_panels.akb_westjava(tables)
    assert counts(found) == {"2020-06-01": 15, "2020-06-27": 4, "2020-06-13": 3}
    assert "3275" not in found


def test_a_province_adopts_only_when_it_is_covered_whole_from_the_start(tables):
    found = effect_panels.first_psbb_province(tables)
    assert {code: f"{day:%m-%d}" for code, day in found.items()} == {
        "31": "04-10",
        "13": "04-22",
        "75": "05-04",
    }
    # Jawa Barat and Banten began in parts, the others never went further.
    partly = effect_panels.partly_covered(tables)
    assert {"32", "36", "33", "35"} <= partly
    assert not partly & set(found)


def java(rows):
    frame = pd.DataFrame(rows, columns=["region_code", "week_start", "cases", "cases_flag"])
    return frame.assign(
        week_start=pd.to_datetime(frame["week_start"]).astype(DATE),
        province_code=frame["region_code"].str[:2],
        population=pd.array([1000] * len(frame), dtype="Int64"),
        cases=frame["cases"].astype("float64"),
    )


def week_rows(code, cases, flags=None):
    weeks = pd.date_range("2020-12-28", periods=len(cases), freq="7D")
    return [
        (code, week, count, (flags or {}).get(place, ""))
        for place, (week, count) in enumerate(zip(weeks, cases, strict=True))
    ]


def test_a_panel_holds_growth_and_positions_without_gaps_or_left_out_regions(tables, chosen):
    panel = java(
        [
            *week_rows("3301", [0, 1, 3, 7, 7]),  # from 11 January
            *week_rows("3306", [1, 1, 1, 1, 1], {2: "K99"}),  # never
            *week_rows("3307", [1, np.nan, 1, 1, 1]),
            *week_rows("3376", [5, 5, 5, 5, 5]),
            *week_rows("3203", [9, 9, 9, 9, 9]),
        ]
    )
    design = chosen.staggered["first_ppkm_centraljava"].model_copy(
        update={
            "weeks": Span(start="2020-12-28", end="2021-01-31"),
            "left_out": {"3376": "a test"},
        }
    )
    altered = chosen.model_copy(
        update={"staggered": dict(chosen.staggered) | {"first_ppkm_centraljava": design}}
    )
    weekly = effect_panels.kabkota_cases(tables | {"panel_java": panel}, design)
    assert weekly.flagged == {"3306"}
    found = effect_panels.assemble("first_ppkm_centraljava", tables, weekly, "growth", altered, 1.0)
    assert found.units == ("3301", "3306")
    # Growth loses the first week: 4, 11, 18 and 25 January are left.
    np.testing.assert_allclose(
        found.outcome, [[np.log(2) / 7, np.log(2) / 7, np.log(2) / 7, 0], [0, 0, 0, 0]]
    )
    assert found.first.tolist() == [1, np.inf]
    assert found.deciders == ("33", "33")


def test_who_is_under_the_rule_from_the_first_week_has_no_week_before():
    weeks = pd.date_range("2020-04-06", periods=4, freq="7D", unit="s")
    days = {"a": pd.Timestamp("2020-03-01"), "b": pd.Timestamp("2020-04-22"), "c": weeks[-1]}
    late = {"d": pd.Timestamp("2020-06-01")}
    found = effect_panels.positions(("a", "b", "c", "d", "e"), days | late, weeks, 4)
    assert found.tolist() == [0, 2, 3, np.inf, np.inf]


def test_weekly_mobility_is_the_mean_of_weeks_with_enough_days(tables):
    span = Span(start="2020-04-06", end="2020-04-19")
    found = effect_panels.province_mobility(tables, span, "workplaces", 4)
    google = tables[GOOGLE].set_index("region_code").loc["31"].set_index("date")["workplaces"]
    expected = google.loc["2020-04-13":"2020-04-19"].astype(float).mean()
    assert found.table.loc["31", pd.Timestamp("2020-04-13")] == pytest.approx(expected)
    assert "ID" not in found.table.index
    strict = effect_panels.province_mobility(tables, span, "transit_stations", 7)
    assert strict.table.isna().any(axis=None)


def test_cases_before_the_first_report_are_none_and_a_broken_week_has_no_sum():
    days = pd.date_range("2020-03-09", periods=14, unit="s")
    missing = ["before_first_report"] * 7 + [""] * 6 + ["corrected"]
    cases = pd.array([None] * 7 + [1] * 6 + [None], dtype="Int64")
    rows = pd.DataFrame(
        {
            "region_code": "75",
            "date": days,
            "cases": cases,
            "cases_missing": missing,
            "population": pd.array([10] * 14, dtype="Int64"),
        }
    )
    span = Span(start="2020-03-09", end="2020-03-22")
    found = effect_panels.province_cases({"panel_province": rows}, span).table.loc["75"]
    assert found.iloc[0] == 0
    assert np.isnan(found.iloc[1])
