"""The weekly join of Java: weeks by hand, and the panel of the snapshot against its sources."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong.config import Area, Measures, Span, StrictnessScale
from gotong.contracts import DYADS
from gotong.panels import daily, weekly
from gotong.regions import DKI_UNITS
from gotong.tables import DATE

SCALE = StrictnessScale(
    regimes={"belum PSBB": 0, "PSBB": 4, "PPKM darurat": 5}, levels={"1": 1, "2": 2}
)
AREA = Area(
    id="small",
    units=("3171", "3276"),
    core="31",
    deciders=({"name": "all", "members": ("31", "3276")},),
)


def day(text):
    return pd.Timestamp(text).as_unit("s")


def days(*texts):
    return pd.Series([day(text) for text in texts], dtype=DATE)


def frame(columns, rows, types):
    """Return a typed table of some rows."""
    listed = pd.DataFrame(rows, columns=columns.split())
    for name in listed.columns:
        if "date" in name or name == "week_start":
            listed[name] = pd.to_datetime(listed[name]).astype(DATE)
    return listed.astype(types | {listed.columns[0]: "str"})


def listed(series):
    """Return a column as a list with None for what is missing."""
    return [None if pd.isna(value) else value for value in series]


def mondays(first, weeks):
    return pd.date_range(first, periods=weeks, freq="7D", unit="s")


def keys(codes, weeks):
    index = pd.MultiIndex.from_product([codes, weeks], names=["region_code", "week_start"])
    return index.to_frame(index=False).astype({"region_code": "str"})


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        ("2020-03-02", "2020-03-15", ["2020-03-02", "2020-03-09"]),
        ("2020-03-03", "2020-03-22", ["2020-03-09", "2020-03-16"]),
        ("2020-03-02", "2020-03-14", ["2020-03-02"]),
        ("2020-03-08", "2020-03-15", ["2020-03-09"]),
        ("2020-03-03", "2020-03-14", []),
    ],
)
def test_weeks_lie_wholly_within_the_span(start, end, wanted):
    found = weekly.mondays(Span(start=start, end=end))
    assert [str(monday.date()) for monday in found] == wanted


def test_a_day_belongs_to_the_monday_before_it():
    # 2 March 2020 was a Monday.
    found = weekly.monday_of(days("2020-03-01", "2020-03-02", "2020-03-05", "2020-03-08"))
    assert found.tolist() == days("2020-02-24", *["2020-03-02"] * 3).tolist()
    assert found.dtype == DATE


def west_java(*rows):
    """Return running totals: region, day, total, source."""
    return frame("region_code date cumulative_cases source", rows, {"cumulative_cases": "Int64"})


def test_a_week_of_west_java_is_seven_steps_and_null_where_one_is_missing():
    dates = pd.date_range("2020-03-08", "2020-03-29")
    totals = [10 + number * number for number in range(len(dates))]
    rows = [("3276", date, total, "a") for date, total in zip(dates, totals, strict=True)]
    without = [row for row in rows if row[1] != day("2020-03-19")]
    unknown = [("32xx", date, 5, "a") for date in dates]
    found = weekly.westjava_weeks(west_java(*without, *unknown))
    assert found["region_code"].unique().tolist() == ["3276"]
    weeks = found.set_index("week_start")
    # Seven steps from the Sunday before: 49 - 0, and 441 - 196 in the third week.
    assert listed(weeks.loc["2020-03-09":, "cases"]) == [49, None, 441 - 196]
    assert listed(weeks.loc[:"2020-03-08", "cases"]) == [None]
    assert set(weeks["cases_kind"]) == {"count"}
    assert set(weeks["why_null"]) == {"part_of_week"}


def test_a_week_in_which_two_files_meet_has_no_count():
    dates = pd.date_range("2020-03-08", "2020-03-15")
    rows = [("3276", date, number, "ab"[number > 3]) for number, date in enumerate(dates)]
    found = weekly.westjava_weeks(west_java(*rows)).set_index("week_start")
    assert pd.isna(found.loc["2020-03-09", "cases"])


def test_weeks_of_central_java_that_are_not_usable_are_left_out():
    rows = [
        ("3374", "2021-06-28", 7, True),
        ("3374", "2021-07-05", 900, False),
        ("3301", "2021-06-28", 0, True),
    ]
    types = {"closed_cases": "Int64", "usable": "boolean"}
    given = frame("region_code week_start closed_cases usable", rows, types)
    found = weekly.centraljava_weeks(given)
    assert found["region_code"].tolist() == ["3374", "3301"]
    assert found["cases"].tolist() == [7.0, 0.0]
    assert set(found["cases_kind"]) == {"closed"}


def units(*rows):
    return frame("unit_code date cumulative_cases", rows, {"cumulative_cases": "Int64"})


def kelurahan(*rows):
    return frame("kelurahan_code date cumulative_cases", rows, {"cumulative_cases": "Int64"})


NAMES = frame(
    "kelurahan_code unit_code",
    [("3174010001", "3171"), ("3174010002", "3171"), ("3175010001", "3172")],
    {"unit_code": "str"},
)


def test_cases_of_unknown_address_are_shared_out_in_proportion():
    # 100 with an address, 10 of them outside; 50 without: one and a half times each.
    daily_rows = [
        ("3171", "2020-04-01", 60),
        ("3172", "2020-04-01", 30),
        ("outside", "2020-04-01", 10),
        ("unknown", "2020-04-01", 50),
    ]
    monthly = [
        # Not used: the daily file speaks of this day.
        ("3174010001", "2020-04-01", 999),
        ("3174010001", "2020-04-30", 70),
        ("3174010002", "2020-04-30", 10),
        ("3175010001", "2020-04-30", 40),
        ("outside", "2020-04-30", 80),
        ("unknown", "2020-04-30", 40),
    ]
    found = weekly.dki_totals(units(*daily_rows), kelurahan(*monthly), NAMES)
    assert list(found.columns) == ["3171", "3172"]
    assert found.index.tolist() == [day("2020-04-01"), day("2020-04-30")]
    # On the later day 200 have an address and 40 have none: 1.2 times.
    np.testing.assert_allclose(found.to_numpy(), [[90, 45], [96, 48]])


@given(st.lists(st.integers(0, 5000), min_size=4, max_size=4).filter(lambda n: sum(n[:3]) > 0))
def test_sharing_out_neither_makes_nor_loses_cases(counts):
    names = ("3171", "3172", "outside", "unknown")
    rows = [(name, "2020-04-01", count) for name, count in zip(names, counts, strict=True)]
    found = weekly.dki_totals(units(*rows), kelurahan(("unknown", "2020-04-01", 1)), NAMES)
    first, second, outside, unknown = counts
    known = first + second + outside
    assert found.sum(axis="columns").item() == pytest.approx(
        (first + second) * (known + unknown) / known
    )


def dki(rows):
    """Return running totals of one unit by day."""
    index = pd.DatetimeIndex([day(text) for text in rows], name="date")
    totals = pd.DataFrame({"3171": list(rows.values())}, index=index, dtype="float64")
    return totals.rename_axis(columns="unit_code")


def test_weeks_of_dki_are_steps_between_sundays_known_or_read_off_a_line():
    totals = dki(
        {"2020-03-08": 10, "2020-03-15": 17, "2020-03-17": 21, "2020-03-29": 45, "2020-04-05": 45}
    )
    found = weekly.dki_weeks(totals, mondays("2020-03-02", 6)).set_index("week_start")
    # From the 17th on, 24 cases in 12 days: 31 on Sunday, the 22nd.
    assert listed(found["cases"]) == [None, 7, 14, 14, 0, None]
    kinds = found["cases_kind"].loc["2020-03-09":"2020-03-30"].tolist()
    assert kinds == ["scaled", "end_points", "end_points", "scaled"]


def test_a_day_or_two_without_a_total_are_bridged():
    nearest = {"2020-03-16": "scaled", "2020-03-17": "scaled", "2020-03-18": "end_points"}
    for later, kind in nearest.items():
        totals = dki({"2020-03-08": 0, "2020-03-14": 10, later: 20, "2020-03-22": 30})
        found = weekly.dki_weeks(totals, mondays("2020-03-09", 2))
        assert found["cases_kind"].tolist() == [kind] * 2
        assert found["cases"].sum() == 30


def test_a_total_of_dki_that_falls_gives_no_count():
    totals = dki({"2020-03-08": 10, "2020-03-15": 8, "2020-03-22": 12})
    found = weekly.dki_weeks(totals, mondays("2020-03-09", 2))
    assert listed(found["cases"]) == [None, 4]
    assert set(found["why_null"]) == {"total_fell"}


@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=12, unique=True),
    st.lists(st.integers(0, 400), min_size=12, max_size=12),
)
def test_weeks_of_dki_add_up_to_the_growth_between_known_sundays(places, steps):
    known = sorted({0, 63, *places})
    totals = dict.fromkeys(known, 0)
    for number, place in enumerate(known):
        totals[place] = sum(steps[: number % 13])
    grown = np.maximum.accumulate(list(totals.values())).tolist()
    first = datetime.date(2020, 3, 1)
    rows = {
        (first + datetime.timedelta(days=place)).isoformat(): total
        for place, total in zip(known, grown, strict=True)
    }
    found = weekly.dki_weeks(dki(rows), mondays("2020-03-02", 9))
    assert found["cases"].notna().all()
    assert found["cases"].sum() == pytest.approx(grown[-1] - grown[0], abs=1e-6)


def test_every_week_without_a_count_says_why():
    weeks = mondays("2020-03-02", 6)
    known = [None, 4.0, None, None, 6.0, None]
    cases = pd.DataFrame(
        {
            "region_code": pd.Series(["3171"] * 6, dtype="str"),
            "week_start": weeks,
            "cases": known,
            "cases_kind": "scaled",
            "why_null": "total_fell",
        }
    ).drop(index=3)
    found = weekly.with_cases(keys(["3171", "3603"], weeks), cases)
    own = found[found["region_code"] == "3171"]
    assert own["cases_missing"].tolist() == [
        "before_first_report",
        "",
        "total_fell",
        "gap_in_source",
        "",
        "after_last_report",
    ]
    assert own["cases_kind"].tolist() == ["", "scaled", "", "", "scaled", ""]
    assert set(found.loc[found["region_code"] == "3603", "cases_missing"]) == {"no_public_series"}


def regimes(*rows):
    """Return periods of a layer: layer, region, first day, last day, regime."""
    types = dict.fromkeys(("region_code", "regime", "level"), "str")
    columns = "layer region_code start_date end_date regime level"
    return frame(columns, [(*row, "") for row in rows], types)


def test_strictness_of_a_week_is_the_mean_of_its_coded_days():
    weeks = mondays("2020-03-30", 3)
    periods = regimes(("primary", "3276", "2020-04-02", "2020-04-08", "PSBB"))
    span = Span(start="2020-03-30", end="2020-04-19")
    found = weekly.with_regimes(keys(["3276", "3301"], weeks), periods, span, SCALE)
    depok = found[found["region_code"] == "3276"]
    # Three days before the first regime (0) and four under PSBB (4); then three coded days.
    assert listed(depok["strictness"]) == [16 / 7, 4, None]
    assert depok["strictness_days"].tolist() == [7, 3, 0]
    other = found[found["region_code"] == "3301"]
    assert other["strictness"].isna().all()
    assert other["strictness_days"].tolist() == [0, 0, 0]


def test_measures_of_a_week_are_the_mean_of_its_days_and_null_outside_the_area():
    measures = frame(
        "measure_id dyad region_codes start_date end_date",
        [
            ("CM1", "G-G", "3171 3276", "2020-04-01", "2020-04-02"),
            ("CM2", "G-H", "3276", "2020-04-05", None),
        ],
        {"dyad": "str", "region_codes": "str"},
    )
    span = Span(start="2020-03-30", end="2020-04-19")
    chosen = weekly.Choices(AREA, span, SCALE, Measures(open_end_days=14))
    panel = keys(["3171", "3276", "3301"], mondays("2020-03-30", 3))
    found = weekly.with_measures(panel, measures, AREA, chosen).set_index("region_code")
    assert found.loc["3276", "active_g_g"].tolist() == [2 / 7, 0, 0]
    # From Sunday, the 5th, for fourteen days, to Saturday, the 18th.
    assert found.loc["3276", "active_g_h"].tolist() == [1 / 7, 1, 6 / 7]
    assert found.loc["3276", "active_all"].tolist() == [pytest.approx(3 / 7), 1, 6 / 7]
    assert found.loc["3171", "active_all"].tolist() == [2 / 7, 0, 0]
    names = ["active_all", *(daily.dyad_column(dyad) for dyad in DYADS)]
    assert found.loc["3301", names].isna().all(axis=None)


def test_a_zone_belongs_to_the_week_that_it_is_dated_in():
    zones = frame(
        "region_code date zone",
        [
            ("3276", "2020-08-02", "low"),
            ("3276", "2020-08-05", "medium"),
            ("3276", "2020-08-09", "high"),
        ],
        {"zone": "str"},
    )
    found = weekly.with_zones(keys(["3276"], mondays("2020-07-27", 3)), zones)
    assert found["zone"].tolist() == ["low", "high", ""]


def flagged(*rows):
    columns = "correction table action region_code date"
    return frame(columns, rows, dict.fromkeys(("table", "action", "region_code"), "str"))


def test_flags_of_the_days_of_a_week_stand_beside_it_each_once():
    table = "cases/westjava_daily.csv"
    given = flagged(
        ("K1", table, "flag", "3276", "2020-03-03"),
        ("K1", table, "flag", "3276", "2020-03-04"),
        ("K2", "kelurahan/units_daily.csv", "flag", "3276", "2020-03-08"),
        ("K3", table, "drop", "3276", "2020-03-03"),
        # Of beds, not of cases.
        ("K4", "facilities/hospitals.csv", "flag", "3276", "2020-03-03"),
        ("K5", table, "flag", "3276", None),
    )
    found = weekly.with_flags(keys(["3171", "3276"], mondays("2020-03-02", 2)), given)
    assert found["cases_flag"].tolist() == ["", "", "K1 K2", ""]


def test_how_a_unit_came_under_the_first_ppkm():
    coded = frame(
        "region_code first_stage second_stage_from",
        [
            ("3201", True, "2021-01-26"),
            ("3203", False, "2021-01-26"),
            ("3301", False, None),
            ("3302", True, None),
        ],
        {"first_stage": "boolean", "second_stage_from": DATE},
    )
    found = weekly.first_ppkm(["3171", "3201", "3203", "3301", "3302"], coded)
    assert found.to_dict() == {
        "3171": "",
        "3201": "first",
        "3203": "second",
        "3301": "none",
        "3302": "first",
    }


# The panel of the snapshot.


@pytest.fixture(scope="module")
def panel(results):
    return results["panel_java"]


def test_the_panel_has_71_units_on_70_weeks_each_once(panel):
    weeks = sorted(panel["week_start"].unique())
    assert len(panel) == 71 * 70
    assert not panel.duplicated(["region_code", "week_start"]).any()
    assert weeks == list(mondays("2020-03-02", 70))
    by_province = panel.drop_duplicates("region_code")["province_code"].value_counts()
    assert by_province.to_dict() == {"33": 35, "32": 27, "31": 6, "36": 3}


def test_a_row_has_a_count_and_a_kind_or_a_reason(panel):
    counted = panel["cases"].notna()
    assert (counted == (panel["cases_missing"] == "")).all()
    assert (counted == (panel["cases_kind"] != "")).all()
    assert (panel["incidence_per_100k"].notna() == counted).all()
    kinds = panel[counted].groupby("province_code")["cases_kind"].unique().map(sorted)
    assert kinds.to_dict() == {"31": ["end_points", "scaled"], "32": ["count"], "33": ["closed"]}
    without = panel[panel["cases_missing"] == "no_public_series"]
    assert sorted(without["region_code"].unique()) == ["3603", "3671", "3674"]


def test_weeks_of_west_java_are_the_sums_of_the_daily_panel(panel, results):
    by_day = results["panel_westjava"].copy()
    by_day["week_start"] = [date - pd.Timedelta(days=date.weekday()) for date in by_day["date"]]
    by_day["week_start"] = by_day["week_start"].astype(DATE)
    weeks = by_day.groupby(["region_code", "week_start"])["cases"].agg(["sum", "count"])
    whole = weeks.loc[weeks["count"] == 7, "sum"].astype("float64")
    own = panel[panel["province_code"] == "32"].set_index(["region_code", "week_start"])["cases"]
    assert own.notna().sum() == len(whole) == 27 * 62
    pd.testing.assert_series_equal(own.dropna().sort_index(), whole, check_names=False)


def test_weeks_of_central_java_are_those_published(panel, results):
    published = results.published("cases/centraljava_weekly.csv")
    usable = published[published["usable"].astype(bool)].set_index(["region_code", "week_start"])
    own = panel[(panel["province_code"] == "33") & panel["cases"].notna()]
    own = own.set_index(["region_code", "week_start"])["cases"]
    wanted = usable.loc[own.index, "closed_cases"].astype("float64")
    pd.testing.assert_series_equal(own, wanted, check_names=False)
    inside = usable.index.get_level_values("week_start").isin(panel["week_start"])
    assert own.sum() == usable.loc[inside, "closed_cases"].sum()


def test_a_week_of_dki_by_hand(panel, results):
    # Monday, 12 to Sunday, 18 October 2020; both Sundays are in the file.
    published = results.published("kelurahan/units_daily.csv")
    wide = published.pivot(index="date", columns="unit_code", values="cumulative_cases")
    scaled = {}
    for sunday in ("2020-10-11", "2020-10-18"):
        totals = wide.loc[sunday].to_dict()
        unknown = totals.pop("unknown")
        factor = 1 + unknown / sum(totals.values())
        scaled[sunday] = {unit: totals[unit] * factor for unit in DKI_UNITS}
    week = panel[panel["week_start"] == "2020-10-12"].set_index("region_code")
    for unit in DKI_UNITS:
        step = scaled["2020-10-18"][unit] - scaled["2020-10-11"][unit]
        assert week.loc[unit, "cases"] == pytest.approx(step, rel=1e-12)
        assert week.loc[unit, "cases_kind"] == "scaled"
        residents = week.loc[unit, "population"]
        assert week.loc[unit, "incidence_per_100k"] == pytest.approx(step / residents * 1e5)


def test_weeks_of_dki_between_month_ends_are_equal_parts(panel):
    # 31 March to 30 April 2021: thirty days of the same step.
    april = panel["week_start"].between("2021-04-05", "2021-04-19")
    own = panel[april & (panel["province_code"] == "31")]
    assert set(own["cases_kind"]) == {"end_points"}
    spread = own.groupby("region_code")["cases"].agg(np.ptp)
    assert (spread < 1e-6).all()


def test_zones_of_both_files_reach_their_week(panel, results):
    zones = results["cases/risk_zones_2020.csv"]
    own = zones[zones["region_code"].isin(panel["region_code"])]
    assert (panel["zone"] != "").sum() == len(own) == 71 * 25
    weeks = panel.set_index(["region_code", "week_start"])["zone"]
    for row in own.iloc[::97].itertuples():
        assert weeks[row.region_code, row.date - pd.Timedelta(days=6)] == row.zone


def test_measures_are_known_in_the_area_only(panel):
    area = panel["region_code"].isin([*DKI_UNITS]) | panel["region_code"].isin(
        ["3201", "3216", "3271", "3275", "3276", "3603", "3671", "3674"]
    )
    assert (panel["active_all"].notna() == area).all()


def test_measures_of_a_week_are_the_mean_of_the_daily_panel(panel, results):
    by_day = results["panel_jabodetabek"]
    own = by_day[(by_day["region_code"] == "3276")].set_index("date")
    week = panel[panel["region_code"] == "3276"].set_index("week_start")
    for monday in ("2020-04-13", "2020-09-14", "2021-06-28"):
        seven = own.loc[pd.date_range(monday, periods=7)]
        assert week.loc[monday, "active_all"] == pytest.approx(seven["active_all"].mean())
        assert week.loc[monday, "strictness"] == pytest.approx(seven["strictness"].mean())
