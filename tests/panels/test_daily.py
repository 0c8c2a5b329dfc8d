"""The join: small tables by hand, and the panels of the snapshot against published counts."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong import contracts
from gotong.config import Area, Measures, Span, StrictnessScale, read_config
from gotong.contracts import DYADS, read_any
from gotong.errors import InputError
from gotong.panels import daily as panel
from gotong.regions import BODEBEK, DKI_UNITS, TANGERANG_RAYA
from gotong.tables import DATE

SCALE = StrictnessScale(
    regimes={"belum PSBB": 0, "PSBB": 4, "PPKM darurat": 5, "PPKM level": None},
    levels={"1": 1, "2": 2, "3": 3, "4": 4},
)


def day(text):
    return pd.Timestamp(text).as_unit("s")


def days(*texts):
    return pd.Series([day(text) for text in texts], dtype=DATE)


def text(*values):
    return pd.Series(values, dtype="str")


def whole(*values):
    return pd.Series(values, dtype="Int64")


def listed(series):
    """Return a column as a list with None for what is missing."""
    return [None if pd.isna(value) else value for value in series]


def running_totals(*rows):
    """Return cumulative cases as ``cases/westjava_daily.csv`` holds them."""
    codes, dates, totals, sources = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "region_code": text(*codes),
            "date": days(*dates),
            "cumulative_cases": whole(*totals),
            "cumulative_recovered": whole(*totals),
            "cumulative_deaths": whole(*totals),
            "source": text(*sources),
        }
    )


def daily_counts(*rows):
    """Return new cases as ``cases/province_daily.csv`` holds them."""
    codes, dates, cases = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "region_code": text(*codes),
            "date": days(*dates),
            "cases": whole(*cases),
            "deaths": whole(*[0] * len(rows)),
            "recovered": whole(*[1] * len(rows)),
        }
    )


def regimes(*rows):
    """Return periods: layer, region, first day, last day, regime, level."""
    layers, codes, starts, ends, names, levels = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "layer": text(*layers),
            "region_code": text(*codes),
            "start_date": days(*starts),
            "end_date": days(*ends),
            "regime": text(*names),
            "level": text(*levels),
        }
    )


def hospitals(*rows):
    """Return hospitals: kab/kota, province, beds, tier, whether repeated."""
    units, provinces, beds, tiers, repeated = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "region_code": text(*units),
            "province_code": text(*provinces),
            "beds": whole(*beds),
            "referral_tier": text(*tiers),
            "is_duplicate": pd.array(repeated, dtype="boolean"),
        }
    )


def test_the_grid_has_every_region_and_day_first_and_last_included():
    found = panel.grid(["3276", "31"], "2020-02-28", "2020-03-01")
    assert found["region_code"].tolist() == ["31"] * 3 + ["3276"] * 3
    assert found["date"].tolist() == [*days("2020-02-28", "2020-02-29", "2020-03-01")] * 2
    assert found["date"].dtype == DATE


def test_a_grid_of_one_day_has_one_row_per_region():
    assert len(panel.grid(["31", "32"], "2020-03-01", "2020-03-01")) == 2


def test_running_totals_of_provinces_do_not_mix_and_do_not_depend_on_the_order_of_rows():
    rows = [
        ("31", "2020-03-03", 5),
        ("32", "2020-03-01", 100),
        ("31", "2020-03-01", 2),
        ("31", "2020-03-02", 0),
        ("32", "2020-03-02", 1),
    ]
    found = panel.province_cases(daily_counts(*rows)).set_index(["region_code", "date"])
    totals = found["cumulative_cases"]
    assert totals["31"].sort_index().tolist() == [2, 2, 7]
    assert totals["32"].sort_index().tolist() == [100, 101]
    assert found["cases"].sum() == 108


def test_new_cases_are_steps_within_one_file_and_none_on_its_first_day():
    # Two files without a gap: the step from 12 to 40 is a new vintage, not 28 new cases.
    totals = running_totals(
        ("3276", "2020-07-20", 40, "b"),
        ("3276", "2020-07-18", 10, "a"),
        ("3276", "2020-07-19", 12, "a"),
        ("3276", "2020-07-21", 41, "b"),
        ("3201", "2020-07-18", 7, "a"),
    )
    found = panel.kabkota_cases(totals)
    assert found["region_code"].tolist() == ["3201"] + ["3276"] * 4
    assert listed(found["cases"]) == [None, None, 2, None, 1]
    assert found["cumulative_cases"].tolist() == [7, 10, 12, 40, 41]
    assert found["deaths"].isna().all()
    assert found["recovered"].isna().all()
    assert found[["cases", "deaths", "recovered"]].dtypes.astype(str).tolist() == ["Int64"] * 3


def test_a_step_over_a_gap_is_not_one_days_cases():
    totals = running_totals(
        ("3276", "2020-07-01", 10, "a"),
        ("3276", "2020-07-03", 30, "a"),
        ("3276", "2020-07-04", 31, "a"),
    )
    assert listed(panel.kabkota_cases(totals)["cases"]) == [None, None, 1]


def test_a_falling_total_is_shown_and_not_repaired():
    totals = running_totals(("3276", "2020-07-01", 10, "a"), ("3276", "2020-07-02", 8, "a"))
    assert listed(panel.kabkota_cases(totals)["cases"]) == [None, -2]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30))
def test_new_cases_of_a_file_add_up_to_its_growth(totals):
    dates = pd.date_range("2020-07-01", periods=len(totals))
    rows = [("3276", date, total, "a") for date, total in zip(dates, totals, strict=True)]
    found = panel.kabkota_cases(running_totals(*rows))["cases"]
    assert found.isna().sum() == 1
    assert found.sum() == totals[-1] - totals[0]


def test_every_missing_count_says_why():
    cases = panel.kabkota_cases(
        running_totals(
            ("3276", "2020-03-02", 1, "a"),
            ("3276", "2020-03-03", 4, "a"),
            ("3276", "2020-03-05", 9, "b"),
            ("3276", "2020-03-06", 9, "b"),
        )
    )
    keys = panel.grid(["3171", "3276", "3603"], "2020-03-01", "2020-03-07")
    found = panel.with_cases(keys, cases, {"3171": "weekly_only"})
    by_region = found.groupby("region_code")["cases_missing"].agg(list)
    assert by_region["3171"] == ["weekly_only"] * 7
    assert by_region["3603"] == ["no_public_series"] * 7
    assert by_region["3276"] == [
        "before_first_report",
        "no_day_before",
        "",
        "gap_in_source",
        "no_day_before",
        "",
        "after_last_report",
    ]
    depok = found[found["region_code"] == "3276"]
    assert listed(depok["cases"]) == [None, None, 3, None, None, 0, None]
    assert listed(depok["cumulative_cases"]) == [None, 1, 4, None, 9, 9, None]
    assert found[["region_code", "date"]].equals(keys)


def test_a_count_of_zero_is_a_count():
    cases = panel.province_cases(daily_counts(("31", "2020-03-01", 0)))
    found = panel.with_cases(panel.grid(["31"], "2020-03-01", "2020-03-01"), cases)
    assert found["cases"].tolist() == [0]
    assert found["cases_missing"].tolist() == [""]


def test_two_counts_of_one_day_are_refused():
    cases = daily_counts(("31", "2020-03-01", 1), ("31", "2020-03-01", 2))
    keys = panel.grid(["31"], "2020-03-01", "2020-03-02")
    with pytest.raises(pd.errors.MergeError):
        panel.with_cases(keys, panel.province_cases(cases))


def test_weekly_incidence_needs_seven_days_of_one_region():
    cases = whole(*range(1, 9), *[70] * 7, *[7] * 4, None, *[7] * 8)
    region = text(*["31"] * 8, *["32"] * 7, *["36"] * 13)
    population = whole(*[100_000] * 8, *[4_900_000] * 7, *[49_000] * 13)
    found = panel.weekly_incidence(cases, region, population)
    # 31: 1..7 and 2..8. 32: on its seventh day only. 36: seven days after the missing one.
    mean = [*[None] * 6, 4, 5, *[None] * 6, 70, *[None] * 11, 7, 7]
    per_100k = [*[None] * 6, 28, 35, *[None] * 6, 10, *[None] * 11, 100, 100]
    assert listed(found["cases_mean_7d"]) == mean
    assert listed(found["incidence_7d_per_100k"].round(9)) == per_100k


def test_weekly_incidence_keeps_the_rows_where_they_are():
    index = pd.Index(range(100, 114))
    region = pd.Series(["31"] * 7 + ["32"] * 7, index)
    cases = pd.Series([1] * 7 + [2] * 7, index, dtype="Int64")
    found = panel.weekly_incidence(cases, region, pd.Series([100_000] * 14, index))
    assert found.index.equals(index)
    assert found["cases_mean_7d"].dropna().to_dict() == {106: 1.0, 113: 2.0}


def test_cases_without_a_kab_kota_stand_beside_the_units_of_their_province_only():
    totals = running_totals(
        ("3276", "2020-03-01", 5, "a"),
        ("32xx", "2020-03-01", 11, "a"),
        ("32xx", "2020-03-02", 13, "a"),
        ("36xx", "2020-03-02", 99, "a"),
    )
    keys = panel.grid(["32", "3171", "3201", "3276"], "2020-03-01", "2020-03-03")
    found = panel.unattributed(keys, panel.kabkota_cases(totals))
    assert listed(found) == [None] * 6 + [11, 13, None] * 2
    assert found.dtype == "Int64"


def test_without_an_unattributed_row_all_is_null():
    cases = panel.province_cases(daily_counts(("31", "2020-03-01", 1)))
    found = panel.unattributed(panel.grid(["31", "3171"], "2020-03-01", "2020-03-02"), cases)
    assert found.isna().all()


def test_a_province_has_the_residents_of_its_units():
    census = pd.DataFrame(
        {"region_code": text("3101", "3276", "3171", "3201"), "total": whole(1, 20, 300, 4000)}
    )
    found = panel.population_by_region(census)
    assert found.to_dict() == {
        "3101": 1,
        "3276": 20,
        "3171": 300,
        "3201": 4000,
        "31": 301,
        "32": 4020,
    }


def test_beds_leave_out_repeated_rows_and_count_an_unstated_unit_for_its_province():
    found = panel.beds_by_region(
        hospitals(
            ("3276", "32", 100, "provincial", False),
            ("3276", "32", 100, "provincial", True),
            ("3276", "32", 10, "none", False),
            ("3201", "32", 7, "unstated", False),
            ("", "32", 1000, "national", False),
            ("3171", "31", 5, "national", False),
        )
    )
    assert found.loc["3276"].to_dict() == {"hospitals": 2, "beds": 110, "referral_beds": 100}
    assert found.loc["3201"].to_dict() == {"hospitals": 1, "beds": 7, "referral_beds": 0}
    assert found.loc["32"].to_dict() == {"hospitals": 4, "beds": 1117, "referral_beds": 1100}
    assert found.loc["31"].to_dict() == {"hospitals": 1, "beds": 5, "referral_beds": 5}
    assert sorted(found.index) == ["31", "3171", "32", "3201", "3276"]


def test_a_region_without_a_hospital_has_null_beds():
    beds = panel.beds_by_region(hospitals(("3276", "32", 50, "none", False)))
    residents = pd.Series({"3276": 20_000, "3279": 500})
    rows = pd.DataFrame({"region_code": text("3279", "3276", "3276")})
    found = panel.with_capacity(rows, residents, beds)
    assert listed(found["population"]) == [500, 20_000, 20_000]
    assert listed(found["beds"]) == [None, 50, 50]
    assert listed(found["hospitals"]) == [None, 1, 1]
    assert listed(found["referral_beds"]) == [None, 0, 0]
    assert listed(found["beds_per_1000"]) == [None, 2.5, 2.5]


def test_a_regime_is_the_regions_own_before_its_provinces():
    found = panel.regime_holders(["3171", "3276", "3201", "31", "36"], ["31", "32", "3276"])
    assert found == {"3171": "31", "3276": "3276", "3201": "32", "31": "31"}


def joined_regimes(regions, layers, periods, start="2020-04-01", end="2020-04-06"):
    """Return regime, layer and reason by region, day by day."""
    coded = periods.loc[periods["layer"].isin(layers), "region_code"]
    holders = panel.regime_holders(regions, list(coded.unique()))
    found = panel.with_regimes(panel.grid(regions, start, end), periods, layers, holders)
    assert "holder" not in found
    assert found.columns.is_unique
    return found.groupby("region_code")[["regime", "level", "regime_layer", "regime_missing"]].agg(
        list
    )


def test_the_layer_named_first_counts_and_the_next_fills_where_it_is_silent():
    periods = regimes(
        ("wj27", "3276", "2020-04-02", "2020-04-03", "PSBB", ""),
        ("primary", "3276", "2020-04-03", "2020-04-04", "PPKM level", "3"),
        ("overlay", "3276", "2020-04-01", "2020-04-06", "PPKM darurat", ""),
    )
    both = joined_regimes(["3276"], ("wj27", "primary"), periods).loc["3276"]
    assert both["regime"] == ["belum PSBB", "PSBB", "PSBB", "PPKM level", "", ""]
    assert both["level"] == ["", "", "", "3", "", ""]
    assert both["regime_layer"] == ["before_first", "wj27", "wj27", "primary", "", ""]
    assert both["regime_missing"] == ["", "", "", "", "not_coded", "not_coded"]
    turned = joined_regimes(["3276"], ("primary", "wj27"), periods).loc["3276"]
    assert turned["regime"] == ["belum PSBB", "PSBB", "PPKM level", "PPKM level", "", ""]
    assert turned["regime_layer"] == ["before_first", "wj27", "primary", "primary", "", ""]


def test_only_the_first_layer_says_that_a_region_had_no_restriction_yet():
    periods = regimes(
        ("primary", "31", "2020-04-03", "2020-04-04", "PSBB", ""),
        ("comparison", "36", "2020-04-03", "2020-04-04", "PSBB", ""),
    )
    found = joined_regimes(["3171", "31", "36", "51"], ("primary", "comparison"), periods)
    assert found.loc["31", "regime"] == ["belum PSBB"] * 2 + ["PSBB"] * 2 + [""] * 2
    assert found.loc["3171"].tolist() == found.loc["31"].tolist()
    assert found.loc["36", "regime"] == [""] * 2 + ["PSBB"] * 2 + [""] * 2
    assert found.loc["36", "regime_missing"] == ["not_coded"] * 2 + [""] * 2 + ["not_coded"] * 2
    assert found.loc["51", "regime"] == [""] * 6
    assert found.loc["51", "regime_missing"] == ["not_coded"] * 6


def test_regions_that_no_layer_codes_are_not_coded():
    periods = regimes(("primary", "31", "2020-04-01", "2020-04-04", "PSBB", ""))
    for layers in (("wj27", "primary"), ("wj27",)):
        found = joined_regimes(["3276", "51"], layers, periods)
        assert found.loc["3276", "regime"] == found.loc["51", "regime"] == [""] * 6
        assert found.loc["51", "regime_missing"] == ["not_coded"] * 6


def test_a_first_layer_without_a_period_leaves_the_next_to_speak():
    periods = regimes(("primary", "31", "2020-04-03", "2020-04-06", "PSBB", ""))
    found = joined_regimes(["31"], ("wj27", "primary"), periods).loc["31"]
    assert found["regime"] == ["", "", *["PSBB"] * 4]
    assert found["regime_layer"] == ["", "", *["primary"] * 4]


def test_two_regimes_of_one_layer_on_one_day_are_refused():
    periods = regimes(
        ("primary", "31", "2020-04-01", "2020-04-04", "PSBB", ""),
        ("primary", "31", "2020-04-04", "2020-04-06", "PPKM darurat", ""),
    )
    with pytest.raises(InputError, match="one regime per day"):
        joined_regimes(["31"], ("primary",), periods)


def test_strictness_is_null_where_the_comparison_layer_speaks_or_nothing_is_coded():
    rows = pd.DataFrame(
        {
            "regime": text("belum PSBB", "PSBB", "PPKM level", "PPKM level", "PSBB", ""),
            "level": text("", "", "3", "", "", ""),
            "regime_layer": text("before_first", "primary", "wj27", "primary", "comparison", ""),
            "regime_missing": text("", "", "", "", "", "not_coded"),
        }
    )
    found = panel.with_strictness(rows, SCALE)
    assert listed(found["strictness"]) == [0, 4, 3, None, None, None]
    assert found.drop(columns="strictness").equals(rows)


@pytest.mark.parametrize(("dyad", "name"), [("G-H", "active_g_h"), ("C-C", "active_c_c")])
def test_a_dyad_has_a_column_of_the_contract(dyad, name):
    assert panel.dyad_column(dyad) == name
    assert name in contracts.PANELS["province"].columns


def test_counts_of_measures_are_null_where_nobody_searched():
    keys = panel.grid(["31", "32", "51"], "2020-04-01", "2020-04-02")
    active = keys[keys["region_code"] != "51"].merge(
        pd.DataFrame({"dyad": text(*DYADS), "active": whole(*range(len(DYADS)))}), how="cross"
    )
    found = panel.with_measures(keys, active, {"31": "coded", "32": "part"})
    assert found["measures_coverage"].tolist() == ["coded"] * 2 + ["part"] * 2 + ["not_coded"] * 2
    names = [panel.dyad_column(dyad) for dyad in DYADS]
    assert found.loc[0, names].tolist() == [0, 1, 2, 3, 4, 5]
    assert listed(found["active_all"]) == [15] * 4 + [None] * 2
    assert found.loc[4:, names].isna().all(axis=None)
    assert (found[[*names, "active_all"]].dtypes == "Int64").all()


def test_counts_of_a_region_that_was_not_searched_do_not_leak():
    keys = panel.grid(["31"], "2020-04-01", "2020-04-01")
    active = keys.merge(pd.DataFrame({"dyad": text(*DYADS), "active": whole(*[3] * 6)}), "cross")
    found = panel.with_measures(keys, active, {})
    assert found["active_all"].isna().all()
    assert found["active_g_g"].isna().all()


def test_units_count_in_themselves_or_in_their_province():
    units = ["3171", "3276"]
    assert panel.counted_in("jabodetabek", units) == {"3171": "3171", "3276": "3276"}
    assert panel.counted_in("westjava", units) == {"3171": "3171", "3276": "3276"}
    assert panel.counted_in("province", units) == {"3171": "31", "3276": "32"}


def test_a_province_is_searched_in_whole_only_when_all_its_units_are():
    country = ["3101", "3171", "3201", "3276", "3603"]
    units = ["3101", "3171", "3276"]
    provinces = panel.counted_in("province", units)
    assert panel.search_coverage(provinces, units, country) == {"31": "coded", "32": "part"}
    own = panel.counted_in("jabodetabek", units)
    assert panel.search_coverage(own, units, country) == dict.fromkeys(units, "coded")


AREA = Area(
    id="small",
    units=("3171", "3276", "3603"),
    core="31",
    deciders=({"name": "all", "members": ("31", "3276", "3603")},),
)
CODES = {
    "31": "province",
    "32": "province",
    "36": "province",
    "3171": "kota",
    "3201": "kabupaten",
    "3276": "kota",
    "3603": "kabupaten",
}


def flagged(*rows):
    """Return the made table of corrections: (correction, table, action, region, day)."""
    columns = ["correction", "table", "action", "region_code", "date"]
    frame = pd.DataFrame([(*row[:4], day(row[4])) for row in rows], columns=columns)
    return frame.astype({"date": DATE} | dict.fromkeys(columns[:4], "str"))


def small_raw(level):
    """Return raw tables of three provinces and four units."""
    week = pd.date_range("2020-04-01", periods=8)
    if level == "province":
        cases = daily_counts(*[("31", date, 10) for date in week])
    else:
        rows = [("3276", date, 2 * number, "a") for number, date in enumerate(week)]
        cases = running_totals(*rows, ("32xx", week[0], 50, "a"))
    units = [code for code, kind in CODES.items() if kind != "province"]
    return {
        "cases": cases,
        "corrections": flagged(),
        "regimes": regimes(
            ("primary", "31", "2020-04-03", "2020-04-08", "PSBB", ""),
            ("primary", "3276", "2020-04-05", "2020-04-08", "PSBB", ""),
        ),
        "measures": pd.DataFrame(
            {
                "measure_id": text("CM001", "CM002", "CM003"),
                "dyad": text("G-G", "G-H", "G-H"),
                "region_codes": text("3171 3276", "3276", ""),
                "start_date": days("2020-04-02", "2020-04-04", "2020-04-04"),
                "end_date": days("2020-04-03", None, None),
            }
        ),
        "hospitals": hospitals(("3276", "32", 10, "none", False)),
        "population": pd.DataFrame(
            {"region_code": text(*units), "total": whole(*[100_000] * len(units))}
        ),
        "regions": pd.DataFrame(
            {
                "region_code": text(*CODES),
                "level": text(*CODES.values()),
                "province_code": text(*[code[:2] for code in CODES]),
            }
        ),
    }


CHOSEN = panel.Choices(
    AREA, Span(start="2020-04-01", end="2020-04-08"), SCALE, Measures(open_end_days=14)
)


def test_each_level_has_its_regions():
    regions = small_raw("province")["regions"]
    assert panel.members("province", AREA, regions) == ["31", "32", "36"]
    assert panel.members("westjava", AREA, regions) == ["3201", "3276"]
    assert panel.members("jabodetabek", AREA, regions) == ["3171", "3276", "3603"]


def test_the_small_panel_of_units_by_hand():
    found = panel.build("jabodetabek", small_raw("jabodetabek"), CHOSEN)
    assert list(found.columns) == list(contracts.PANELS["jabodetabek"].columns)
    by_region = found.set_index("region_code")
    depok, jaksel, tangerang = (by_region.loc[code] for code in ("3276", "3171", "3603"))
    assert listed(depok["cases"]) == [None, *[2] * 7]
    assert listed(depok["cases_mean_7d"]) == [None] * 7 + [2.0]
    assert listed(depok["incidence_7d_per_100k"].round(9)) == [None] * 7 + [14.0]
    assert listed(depok["cumulative_unattributed"]) == [50, *[None] * 7]
    assert depok["regime"].tolist() == ["belum PSBB"] * 4 + ["PSBB"] * 4
    assert depok["strictness"].tolist() == [0] * 4 + [4] * 4
    assert depok["active_g_g"].tolist() == [0, 1, 1, 0, 0, 0, 0, 0]
    assert depok["active_g_h"].tolist() == [0, 0, 0, 1, 1, 1, 1, 1]
    assert depok["active_all"].tolist() == [0, 1, 1, 1, 1, 1, 1, 1]
    assert depok["beds_per_1000"].tolist() == [0.1] * 8
    assert set(jaksel["cases_missing"]) == {"weekly_only"}
    assert jaksel["regime"].tolist() == ["belum PSBB"] * 2 + ["PSBB"] * 6
    assert set(tangerang["cases_missing"]) == {"no_public_series"}
    assert set(tangerang["regime_missing"]) == {"not_coded"}
    assert tangerang["strictness"].isna().all()
    assert tangerang["active_all"].tolist() == [0] * 8


def test_the_small_panel_of_provinces_counts_a_measure_once_in_each():
    found = panel.build("province", small_raw("province"), CHOSEN).set_index("region_code")
    assert found.loc["31", "active_all"].tolist() == [0, 1, 1, 0, 0, 0, 0, 0]
    assert found.loc["32", "active_all"].tolist() == [0, 1, 1, 1, 1, 1, 1, 1]
    assert found.loc["31", "measures_coverage"].tolist() == ["coded"] * 8
    assert found.loc["32", "measures_coverage"].tolist() == ["part"] * 8
    assert found.loc["31", "cumulative_cases"].tolist() == list(range(10, 90, 10))
    assert found.loc["32", "population"].tolist() == [200_000] * 8
    # Depok's regime is not that of its province.
    assert set(found.loc["32", "regime_missing"]) == {"not_coded"}


def test_the_small_panel_of_west_java_leaves_measures_outside_it_aside():
    found = panel.build("westjava", small_raw("westjava"), CHOSEN).set_index("region_code")
    assert sorted(set(found.index)) == ["3201", "3276"]
    assert set(found.loc["3201", "measures_coverage"]) == {"not_coded"}
    assert found.loc["3201", "active_all"].isna().all()
    assert found.loc["3276", "active_all"].tolist() == [0, 1, 1, 1, 1, 1, 1, 1]


def test_a_flag_stands_beside_the_day_and_leaves_the_count():
    raw = small_raw("jabodetabek")
    table = panel.LEVELS["jabodetabek"].table
    raw["corrections"] = flagged(
        ("K08", table, "flag", "3276", "2020-04-03"),
        ("K09", table, "flag", "3276", "2020-04-03"),
        ("K10", table, "override", "3276", "2020-04-04"),
        ("K11", "cases/province_daily.csv", "flag", "3276", "2020-04-05"),
    )
    found = panel.build("jabodetabek", raw, CHOSEN)
    depok = found[found["region_code"] == "3276"].set_index("date")
    assert depok.loc["2020-04-03", "cases_flag"] == "K08 K09"
    assert depok.loc["2020-04-03", "cases"] == 2
    assert set(depok["cases_flag"].drop(day("2020-04-03"))) == {""}


def test_a_total_that_a_correction_blanks_is_no_count_and_neither_is_the_next():
    raw = small_raw("jabodetabek")
    at = raw["cases"].index[raw["cases"]["date"] == day("2020-04-04")]
    raw["cases"].loc[at, "cumulative_cases"] = pd.NA
    found = panel.build("jabodetabek", raw, CHOSEN)
    depok = found[found["region_code"] == "3276"].set_index("date")
    assert depok.loc["2020-04-04", "cases_missing"] == "corrected"
    assert depok.loc["2020-04-05", "cases_missing"] == "no_day_before"
    assert depok.loc["2020-04-06", "cases"] == 2


def test_a_total_that_falls_stops_the_join_at_its_row():
    raw = small_raw("jabodetabek")
    at = raw["cases"].index[(raw["cases"]["date"] == day("2020-04-05"))][0]
    raw["cases"].loc[at, "cumulative_cases"] = 3
    with pytest.raises(InputError) as caught:
        panel.build("jabodetabek", raw, CHOSEN)
    assert caught.value.dataset == "panel_jabodetabek"
    assert "region_code=3276, date=2020-04-05" in caught.value.place
    assert "'cases'" in caught.value.place
    assert caught.value.found == "-3"


def test_a_region_without_a_census_count_stops_the_join():
    raw = small_raw("jabodetabek")
    raw["population"] = raw["population"][raw["population"]["region_code"] != "3603"]
    with pytest.raises(InputError) as caught:
        panel.build("jabodetabek", raw, CHOSEN)
    assert "region_code=3603" in caught.value.place
    assert "'population'" in caught.value.place


TABLES = {
    "regimes": "policy/regimes.csv",
    "measures": "cooperation/measures.csv",
    "hospitals": "facilities/hospitals.csv",
    "population": "context/population_sp2020.csv",
    "regions": "geography/regions.csv",
    "province": "cases/province_daily.csv",
    "westjava": "cases/westjava_daily.csv",
    "jabodetabek": "cases/westjava_daily.csv",
}
HOME = tuple(level for level in panel.LEVELS if level != "area")
"""Levels of the study; that of another area has tests of its own."""

ALL = pytest.mark.parametrize("level", HOME)


@pytest.fixture(scope="module")
def snapshot(project):
    """Return the raw tables, the choices and the three panels."""
    folder = project / "data" / "raw"
    raw = {name: read_any(str(folder / path)) for name, path in TABLES.items()}
    raw["corrections"] = flagged()
    config = read_config(project / "config.yaml")
    panels = {
        level: panel.build(
            level,
            raw | {"cases": raw[level]},
            panel.Choices(
                config.area, getattr(config.panels, level), config.strictness, config.measures
            ),
        )
        for level in HOME
    }
    return SimpleNamespace(raw=raw, config=config, panels=panels)


def cells(table, code, column, *dates):
    """Return the cells of a region on some days."""
    own = table[table["region_code"] == code].set_index("date")[column]
    return [own[day(date)] for date in dates]


@ALL
def test_the_panel_has_each_region_and_day_once(snapshot, level):
    found, span = snapshot.panels[level], getattr(snapshot.config.panels, level)
    regions = {"province": 34, "westjava": 27, "jabodetabek": 14}[level]
    wanted = (pd.Timestamp(span.end) - pd.Timestamp(span.start)).days + 1
    assert found["region_code"].nunique() == regions
    assert len(found) == regions * wanted
    assert not found.duplicated(["region_code", "date"]).any()
    by_region = found.groupby("region_code")["date"].agg(["min", "max", "nunique"])
    assert by_region.eq([day(span.start), day(span.end), wanted]).all(axis=None)


@ALL
def test_a_count_is_null_exactly_where_a_reason_stands(snapshot, level):
    found = snapshot.panels[level]
    assert (found["cases"].isna() == (found["cases_missing"] != "")).all()
    assert ((found["regime"] == "") == (found["regime_missing"] == "not_coded")).all()
    not_searched = found["measures_coverage"] == "not_coded"
    assert (found["active_all"].isna() == not_searched).all()


def test_dki_reaches_the_published_total(snapshot):
    assert cells(snapshot.panels["province"], "31", "cumulative_cases", "2022-09-30") == [1_425_878]


def test_no_count_of_the_provinces_is_lost_in_the_join(snapshot):
    daily, found = snapshot.raw["province"], snapshot.panels["province"]
    span = snapshot.config.panels.province
    inside = daily[daily["date"].between(span.start, span.end)]
    columns = ["cases", "deaths", "recovered"]
    assert found[columns].sum().tolist() == inside[columns].sum().tolist()
    assert found["cases"].notna().sum() == len(inside)


def test_west_java_reaches_the_published_total_with_the_cases_of_unknown_place(snapshot):
    found = snapshot.panels["westjava"]
    last = found[found["date"] == day("2020-07-19")]
    assert len(last) == 27
    assert last["cumulative_unattributed"].tolist() == [1_596] * 27
    assert last["cumulative_cases"].sum() + 1_596 == 5_488


def test_the_two_files_of_west_java_are_not_joined_by_a_step(snapshot):
    found = snapshot.panels["westjava"]
    gap = pd.date_range("2020-07-20", "2020-07-31")
    assert set(found.loc[found["date"].isin(gap), "cases_missing"]) == {"gap_in_source"}
    firsts = found["date"].isin([day("2020-03-06"), day("2020-08-01")])
    assert set(found.loc[firsts, "cases_missing"]) == {"no_day_before"}
    assert set(found.loc[~found["date"].isin(gap) & ~firsts, "cases_missing"]) == {""}
    # No mean may reach over the gap: the first whole week ends on 8 August.
    means = found[found["date"].between("2020-07-20", "2020-08-07")]["cases_mean_7d"]
    assert means.isna().all()
    assert found.loc[found["date"] == day("2020-08-08"), "cases_mean_7d"].notna().all()


def test_both_panels_of_units_tell_the_same_of_bodebek(snapshot):
    columns = ["region_code", "date", "cases", "cumulative_cases", "population", "beds"]
    tables = [
        table[
            table["region_code"].isin(BODEBEK) & table["date"].between("2020-03-06", "2021-06-02")
        ]
        for table in (snapshot.panels["jabodetabek"], snapshot.panels["westjava"])
    ]
    first, second = (table[columns].reset_index(drop=True) for table in tables)
    assert len(first) == 5 * 454
    pd.testing.assert_frame_equal(first, second)


def test_units_without_a_series_say_so(snapshot):
    found = snapshot.panels["jabodetabek"].groupby("region_code")["cases_missing"].agg(set)
    assert all(found[code] == {"no_public_series"} for code in TANGERANG_RAYA)
    assert all(found[code] == {"weekly_only"} for code in DKI_UNITS)
    assert all("" in found[code] for code in BODEBEK)


def test_the_cities_of_jakarta_are_not_exchanged(snapshot):
    found = snapshot.panels["jabodetabek"]
    names = snapshot.raw["regions"].set_index("region_code")["name"]
    residents = {
        "Kepulauan Seribu": 27_749,
        "Jakarta Selatan": 2_226_812,
        "Jakarta Timur": 3_037_139,
        "Jakarta Pusat": 1_056_896,
        "Jakarta Barat": 2_434_511,
        "Jakarta Utara": 1_778_981,
    }
    jakarta = found[found["region_code"].isin(DKI_UNITS)]
    by_unit = jakarta.groupby("region_code")["population"].agg(["min", "max"])
    assert list(names[list(DKI_UNITS)]) == list(residents)
    assert by_unit["min"].tolist() == by_unit["max"].tolist() == list(residents.values())
    cities = by_unit["min"].drop("3101")
    assert (cities.idxmax(), cities.idxmin()) == ("3172", "3173")
    # BPS published 10,562,088 residents of DKI and 270,203,917 of the country.
    assert cells(snapshot.panels["province"], "31", "population", "2020-03-01") == [10_562_088]
    country = snapshot.panels["province"].groupby("region_code")["population"].first().sum()
    assert country == 270_203_917


def test_regimes_of_dki_on_days_that_are_known(snapshot):
    dates = ("2020-04-09", "2020-04-10", "2020-09-20", "2020-10-12", "2021-07-03")
    expected = [
        *("belum PSBB", "PSBB", "PSBB ketat (rem darurat)"),
        *("PSBB transisi", "PPKM darurat"),
    ]
    for level, code in (("province", "31"), ("jabodetabek", "3171")):
        assert cells(snapshot.panels[level], code, "regime", *dates) == expected
        assert cells(snapshot.panels[level], code, "strictness", *dates) == [0, 4, 4, 2, 5]


def test_the_six_units_of_dki_share_its_regime(snapshot):
    columns = ["regime", "level", "regime_layer", "strictness"]
    province, units = snapshot.panels["province"], snapshot.panels["jabodetabek"]
    last = day(snapshot.config.panels.jabodetabek.end)
    dki = province[(province["region_code"] == "31") & (province["date"] <= last)]
    expected = dki[["date", *columns]].reset_index(drop=True)
    for code in DKI_UNITS:
        own = units.loc[units["region_code"] == code, ["date", *columns]].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, expected)


@ALL
def test_strictness_lies_on_the_scale_and_is_null_for_a_reason(snapshot, level):
    found = snapshot.panels[level]
    known = found["strictness"].dropna()
    assert known.between(0, 5).all()
    assert known.nunique() > 3
    silent = found[found["strictness"].isna()]
    no_level = (silent["regime"] == "PPKM level") & (silent["level"] == "")
    other = silent["regime_layer"].isin(["", "comparison"])
    assert (no_level | other).all()
    # Greater Jakarta is coded day by day: what is missing there is a level, never a regime.
    if level == "jabodetabek":
        assert no_level.all()


@pytest.mark.parametrize("date", ["2020-05-01", "2020-09-20", "2021-07-15"])
@pytest.mark.parametrize(
    ("level", "code"),
    [("jabodetabek", "3276"), ("jabodetabek", "3173"), ("province", "31"), ("province", "36")],
)
def test_active_measures_are_those_that_a_reader_of_the_list_would_count(
    snapshot, level, code, date
):
    counts = dict.fromkeys(DYADS, 0)
    for row in snapshot.raw["measures"].itertuples():
        here = any(unit.startswith(code) for unit in row.region_codes.split())
        if not here or pd.isna(row.start_date):
            continue
        length = pd.Timedelta(days=snapshot.config.measures.open_end_days - 1)
        end = row.start_date + length if pd.isna(row.end_date) else row.end_date
        counts[row.dyad] += row.start_date <= day(date) <= end
    assert sum(counts.values()) > 0
    found = snapshot.panels[level]
    for dyad, count in counts.items():
        assert cells(found, code, panel.dyad_column(dyad), date) == [count]
    assert cells(found, code, "active_all", date) == [sum(counts.values())]


def test_only_provinces_of_the_area_have_counts_of_measures(snapshot):
    found = snapshot.panels["province"].groupby("region_code")["measures_coverage"].agg(set)
    assert found["31"] == {"coded"}
    assert found["32"] == found["36"] == {"part"}
    assert all(value == {"not_coded"} for value in found.drop(["31", "32", "36"]))


@ALL
def test_incidence_is_seven_times_the_mean_over_the_residents(snapshot, level):
    found = snapshot.panels[level].dropna(subset=["cases_mean_7d"])
    assert len(found) > 1000
    expected = found["cases_mean_7d"] * 7 / found["population"].astype("float64") * 1e5
    np.testing.assert_allclose(found["incidence_7d_per_100k"], expected)
    sample = found.iloc[len(found) // 2]
    table = snapshot.panels[level]
    own = table[table["region_code"] == sample["region_code"]].set_index("date")["cases"]
    week = own[sample["date"] - pd.Timedelta(days=6) : sample["date"]]
    assert len(week) == 7
    assert sample["cases_mean_7d"] == pytest.approx(week.sum() / 7)
