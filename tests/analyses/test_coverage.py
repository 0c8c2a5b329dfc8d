"""What is known where: stretches of days by hand, and on the snapshot without gap or overlap."""

import pandas as pd
import pytest

from gotong.analyses import coverage
from gotong.tables import DATE

SPAN = {"start": "2020-03-02", "end": "2020-03-22"}
CHOICES = {
    "area": {
        "id": "small",
        "units": ["3171", "3276"],
        "core": "31",
        "deciders": [{"name": "all", "members": ["31", "3276"]}],
    },
    "panels": dict.fromkeys(("province", "jabodetabek", "westjava", "java"), SPAN),
}
DAYS = pd.date_range(SPAN["start"], SPAN["end"], unit="s")
PANELS = (
    "panel_province",
    "panel_westjava",
    "panel_jabodetabek",
    "panel_java",
    "panel_kelurahan",
    "panel_country",
)


def daily(code, missing, flag=None, regime_missing="", deaths=None, strictness=2.0):
    """Return the rows of one region of a daily panel."""
    return pd.DataFrame(
        {
            "region_code": code,
            "date": DAYS,
            "cases_missing": missing,
            "cases_flag": flag or [""] * len(DAYS),
            "regime_missing": regime_missing,
            "strictness": strictness,
            "deaths": pd.array(deaths or [1] * len(DAYS), dtype="Int64"),
        }
    )


def series(column, first, last, values=1, **others):
    """Return a table with one value on each of some days."""
    days = pd.date_range(first, last, unit="s")
    return pd.DataFrame({**others, "date": days, column: values})


@pytest.fixture
def tables():
    weeks = pd.date_range("2020-03-02", periods=3, freq="7D", unit="s")
    java = pd.DataFrame(
        {
            "region_code": "3171",
            "week_start": weeks,
            "cases_kind": ["", "scaled", "scaled"],
            "cases_missing": ["before_first_report", "", ""],
            "cases_flag": ["", "", "K20"],
        }
    )
    zones = pd.DataFrame(
        {"region_code": ["3276", "3201"], "date": pd.to_datetime(["2020-03-15"] * 2).astype(DATE)}
    ).assign(zone="low")
    google = pd.concat(
        [
            series("transit", "2020-03-10", "2020-03-12", [1.0, None, 2.0], region_code="32"),
            series("transit", "2020-03-01", "2020-03-30", 5.0, region_code="51"),
        ]
    ).assign(workplaces=[None, None, 3.0, *[5.0] * 30])
    return {
        "panel_province": pd.concat(
            [
                daily("31", "", deaths=[None] * 20 + [4]),
                daily("32", "", ["", "", "K5", *[""] * 18]),
                daily("51", ""),
            ]
        ),
        "panel_jabodetabek": pd.concat(
            [
                daily("3171", "weekly_only", regime_missing="not_coded", strictness=None),
                daily(
                    "3276",
                    [*["no_day_before"] * 2, *[""] * 19],
                    strictness=[2.0] * 18 + [None] * 3,
                ),
            ]
        ),
        "panel_java": java,
        "cases/risk_zones_2020.csv": zones,
        "cases/risk_zones_2022.csv": zones.iloc[:0],
        "mobility/google_daily.csv": google,
        "mobility/apple_jakarta_daily.csv": series("driving", "2020-01-13", "2020-03-04"),
        "facilities/dki_covid_patients_daily.csv": series(
            "isolation_patients", "2021-01-01", "2021-02-01"
        ),
        "epidemic/dki_2020_daily.csv": series("burials", "2020-03-21", "2020-04-30"),
    }


def shown(found, indicator, code):
    """Return the stretches of an indicator and region: first day, last day, state."""
    own = found[(found["indicator"] == indicator) & (found["region_code"] == code)]
    dates = (own[name].dt.strftime("%m-%d") for name in ("start", "end"))
    return list(zip(*dates, own["state"], strict=True))


def test_the_stretches_of_a_small_study_by_hand(tables):
    found = coverage.make(tables, CHOICES)
    whole = ("03-02", "03-22")
    assert shown(found, "cases_daily", "31") == [(*whole, "observed")]
    assert shown(found, "cases_daily", "32") == [
        ("03-02", "03-03", "observed"),
        ("03-04", "03-04", "flagged"),
        ("03-05", "03-22", "observed"),
    ]
    assert shown(found, "cases_daily", "3171") == [(*whole, "weekly_only")]
    assert shown(found, "cases_daily", "3276") == [
        ("03-02", "03-03", "no_day_before"),
        ("03-04", "03-22", "observed"),
    ]
    assert shown(found, "cases_weekly", "3171") == [
        ("03-02", "03-08", "before_first_report"),
        ("03-09", "03-15", "scaled"),
        ("03-16", "03-22", "flagged"),
    ]
    assert shown(found, "regime", "3171") == [(*whole, "absent")]
    assert shown(found, "regime", "3276") == [
        ("03-02", "03-19", "observed"),
        ("03-20", "03-22", "name_only"),
    ]
    assert shown(found, "deaths_daily", "31") == [
        ("03-02", "03-21", "absent"),
        ("03-22", "03-22", "observed"),
    ]


def test_a_zone_stands_for_the_week_that_ends_on_its_day(tables):
    found = coverage.make(tables, CHOICES)
    assert shown(found, "risk_zone", "3276") == [
        ("03-02", "03-08", "absent"),
        ("03-09", "03-15", "observed"),
        ("03-16", "03-22", "absent"),
    ]


def test_series_of_their_own_are_cut_to_the_span(tables):
    found = coverage.make(tables, CHOICES)
    assert shown(found, "mobility_google", "32") == [
        ("03-02", "03-09", "absent"),
        ("03-10", "03-10", "observed"),
        ("03-11", "03-11", "absent"),
        ("03-12", "03-12", "observed"),
        ("03-13", "03-22", "absent"),
    ]
    assert shown(found, "mobility_apple", "31") == [
        ("03-02", "03-04", "observed"),
        ("03-05", "03-22", "absent"),
    ]
    assert shown(found, "patients", "31") == [("03-02", "03-22", "absent")]
    assert shown(found, "burials", "31") == [
        ("03-02", "03-20", "absent"),
        ("03-21", "03-22", "observed"),
    ]


def test_regions_outside_the_area_and_its_provinces_are_left_aside(tables):
    found = coverage.make(tables, CHOICES)
    assert sorted(found["region_code"].unique()) == ["31", "3171", "32", "3276"]


def follow_each_other(found, start, end):
    """Fail unless the stretches of each series cover each day from start to end once."""
    for key, own in found.groupby(["indicator", "region_code"]):
        ordered = own.sort_values("start")
        assert ordered["start"].iloc[0] == pd.Timestamp(start), key
        assert ordered["end"].iloc[-1] == pd.Timestamp(end), key
        gaps = ordered["start"].iloc[1:].to_numpy() - ordered["end"].iloc[:-1].to_numpy()
        assert (gaps == pd.Timedelta(days=1)).all(), key
        assert (ordered["state"] != ordered["state"].shift()).all(), key
        lengths = (ordered["end"] - ordered["start"]).dt.days + 1
        assert ordered["days"].tolist() == lengths.tolist(), key


def test_stretches_follow_each_other_without_gap_or_overlap(tables, results):
    follow_each_other(coverage.make(tables, CHOICES), SPAN["start"], SPAN["end"])
    span = results.choices["panels"]["jabodetabek"]
    follow_each_other(results["coverage"], span["start"], span["end"])


def test_every_unit_and_province_of_the_snapshot_has_its_rows(results):
    found = results["coverage"]
    units = set(results.choices["area"]["units"])
    by_indicator = found.groupby("indicator")["region_code"].agg(set)
    provinces = {"31", "32", "36"}
    assert by_indicator["cases_daily"] == by_indicator["regime"] == units | provinces
    assert by_indicator["cases_weekly"] == by_indicator["risk_zone"] == units
    assert by_indicator["deaths_daily"] == by_indicator["mobility_google"] == provinces
    for name in ("mobility_apple", "patients", "burials"):
        assert by_indicator[name] == {"31"}


def test_days_of_the_snapshot_are_those_of_its_tables(results):
    found = results["coverage"]
    panel = results["panel_jabodetabek"]
    depok = found[(found["indicator"] == "cases_daily") & (found["region_code"] == "3276")]
    own = panel[panel["region_code"] == "3276"]
    counted = depok.loc[depok["state"].isin(["observed", "flagged"]), "days"].sum()
    assert counted == own["cases"].notna().sum()
    for reason, days in own["cases_missing"].value_counts().drop("").items():
        assert depok.loc[depok["state"] == reason, "days"].sum() == days
    # A week of zones for each of the 25 days of 2020 and those of 2021 and 2022 in the span.
    span = results.choices["panels"]["jabodetabek"]
    later = results["cases/risk_zones_2022.csv"]
    ends = later.loc[later["region_code"] == "3276", "date"]
    full = (ends <= span["end"]).sum()
    partly = (pd.Timestamp(span["end"]) - (ends[ends > span["end"]] - pd.Timedelta(days=6))).dt.days
    zones = found[(found["indicator"] == "risk_zone") & (found["region_code"] == "3276")]
    wanted = 7 * (25 + full) + (partly[partly >= 0] + 1).sum()
    assert zones.loc[zones["state"] == "observed", "days"].sum() == wanted


def counts(missing, region="region_code"):
    return pd.DataFrame({region: [code for code, _ in missing]}).assign(
        cases_missing=[reason for _, reason in missing]
    )


def test_reasons_are_counted_by_panel():
    given = dict.fromkeys(PANELS, counts([("31", "")]))
    given["panel_java"] = counts(
        [("31", ""), ("31", "total_fell"), ("32", "total_fell"), ("32", "")]
    )
    given["panel_kelurahan"] = counts([("3171010001", "no_day_before")], "kelurahan_code")
    given["panel_country"] = counts([("IDN", ""), ("IDN", ""), ("TWN", "")], "country_code")
    found = coverage.missing(given, {}).set_index(["panel", "reason"])
    assert found.loc[("panel_java", "")].tolist() == [2, 2, 0.5]
    assert found.loc[("panel_java", "total_fell")].tolist() == [2, 2, 0.5]
    assert found.loc[("panel_kelurahan", "no_day_before")].tolist() == [1, 1, 1.0]
    assert found.loc[("panel_country", "")].tolist() == [3, 2, 1.0]
    assert len(found) == 7


def test_counts_of_the_snapshot_sum_to_the_size_of_each_panel(results):
    found = results["missing"]
    assert set(found["panel"]) == set(PANELS)
    for name in PANELS:
        own = found[found["panel"] == name].set_index("reason")
        panel = results[name]
        assert own["rows"].sum() == len(panel)
        assert own["share"].sum() == pytest.approx(1)
        assert own.loc["", "rows"] == panel["cases"].notna().sum()
        assert own["rows"].drop("").sum() == panel["cases"].isna().sum()
