"""Pooled beds: need, capacity between reports, journeys, and what sharing changes, by hand."""

import numpy as np
import pandas as pd
import pytest
import shapely

from gotong import contracts
from gotong.analyses import pooling as analysis
from gotong.analyses.places import places
from gotong.errors import InputError

DAYS = pd.date_range("2021-01-10", "2021-01-14", unit="s")
CHOICES = {
    "area": {
        "id": "a",
        "units": ["3171", "3172", "3276", "3275", "3671"],
        "core": "31",
        "deciders": [
            {"name": "DKI", "members": ["31"]},
            {"name": "B", "members": ["3276", "3275"]},
            {"name": "T", "members": ["3671"]},
        ],
    },
    "pooling": {
        "waves": {"first": {"start": "2021-01-12", "end": "2021-01-14"}},
        "hospitalised_share": {"low": 0.1, "mid": 0.2, "high": 0.5},
        "stay_days": 2,
        "capacity_sources": ["reported", "planned", "dki_share"],
        "core_need": "residents",
        "planned_by": {"32": "referral_beds", "36": "beds"},
        "farthest_km": 60,
        "adjacent_gap": 0.001,
    },
}
MEASURES = pd.DataFrame(
    {
        "measure_id": ["CM018", "CM037", "CM016"],
        "magnitude": [
            "25% of patients from outside DKI; 1,000 isolation beds (9 filled); 200 ICU",
            "140 hospitals; 2,000 beds and 400 ICU on 17 June; 3,000 beds and 600 ICU on 2 July",
            "26% of 63,742 December cases in DKI were Bodetabek residents",
        ],
    }
)


def long(wide):
    """Return a panel from region -> values by day."""
    frame = pd.DataFrame(wide, index=DAYS)
    found = frame.rename_axis("date").melt(
        ignore_index=False, var_name="region_code", value_name="cases"
    )
    return found.reset_index()


def facts(*rows):
    names = ["region_code", "indicator", "start_date", "value"]
    frame = pd.DataFrame(rows, columns=names).assign(precision="day")
    return frame.assign(start_date=pd.to_datetime(frame["start_date"]))


FACTS = facts(
    ("31", "COVID isolation bed capacity", "2021-01-12", 700.0),
    ("31", "COVID ICU bed capacity", "2021-01-12", 100.0),
    ("31", "COVID isolation bed capacity", "2021-01-13", 5_000.0),
    ("3275", "COVID isolation bed capacity", "2021-03-15", 90.0),
    ("3271", "COVID inpatients resident in Kota Bogor", "2021-07-04", 452.0),
    ("3271", "COVID inpatients resident in Kabupaten Bogor", "2021-07-04", 268.0),
    ("3271", "COVID inpatients resident elsewhere", "2021-07-04", 203.0),
)
PATIENTS = pd.DataFrame(
    {
        "date": DAYS.append(pd.DatetimeIndex(["2021-01-17"])),
        "isolation_patients": [300, 310, 320, 330, 340, 700],
        "icu_patients": [20, 20, 80, 70, 60, 100],
    }
)
POPULATION = pd.DataFrame(
    {
        "region_code": ["3171", "3172", "3276", "3275", "3277", "3671"],
        "total": [10, 10, 30, 10, 40, 5],
    }
)
HOSPITALS = pd.DataFrame(
    {
        "hospital_code": list("abcdef"),
        "entry": 1,
        "region_code": ["3171", "3172", "3276", "3275", "3277", "3671"],
        "province_code": ["31", "31", "32", "32", "32", "36"],
        "beds": [600, 400, 100, 50, 300, 80],
        "referral_tier": ["national", "none", "provincial", "unstated", "provincial", "unstated"],
        "is_duplicate": False,
    }
)
CAPACITY = pd.DataFrame(
    {"region_code": ["32", "36"], "isolation_beds": [70, 30], "icu_beds": [10, 10]}
)
TABLES = {
    analysis.PATIENTS: PATIENTS,
    analysis.MEASURES: MEASURES,
    analysis.FACTS: FACTS,
    analysis.POPULATION: POPULATION,
    analysis.HOSPITALS: HOSPITALS,
    "facilities/covid_capacity.csv": CAPACITY,
    "panel_jabodetabek": long(
        {"3276": [10, 20, 30, 40, 50], "3275": [0, 0, 100, 0, 0], "3671": [np.nan] * 5}
    ),
    "panel_province": long(
        {"31": [0.0, 900.0, 100.0, 400.0, 700.0], "32": [80.0] * 5, "36": [100.0] * 5}
    ),
}


@pytest.fixture(scope="module")
def need():
    return analysis.need(TABLES, CHOICES)


def of(frame, **wanted):
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    return frame


def test_need_is_patients_less_those_from_elsewhere_or_a_share_of_the_last_days(need):
    contracts.check(need, contracts.PROCESSED["beds_needed"], "f", "r")
    mid = of(need, basis="reported", hospitalised_share=0.2, core_need="residents")
    # Observed 400 on each day, a quarter from outside.
    assert list(of(mid, region_code="31")["needed"]) == [300, 300, 300]
    # Two days of cases: 20 + 30, 30 + 40, 40 + 50.
    assert list(of(mid, region_code="3276")["needed"]) == pytest.approx([10, 14, 18])
    assert list(of(mid, region_code="3275")["needed"]) == pytest.approx([20, 20, 0])
    assert of(need, basis="reported", region_code="3671").empty


def test_allocated_need_is_the_share_of_residents_of_the_province(need):
    mid = of(need, basis="allocated", hospitalised_share=0.5, core_need="residents")
    assert list(of(mid, region_code="3276")["needed"]) == pytest.approx([0.5 * 160 * 30 / 80] * 3)
    assert list(of(mid, region_code="3671")["needed"]) == pytest.approx([0.5 * 200] * 3)
    assert set(of(mid, region_code="31")["from"]) == {"observed_patients"}
    assert set(of(mid, region_code="3671")["from"]) == {"province_cases"}


def test_the_need_of_the_core_is_taken_in_three_ways_and_that_of_others_in_one(need):
    mid = of(need, basis="reported", hospitalised_share=0.5)
    core = of(mid, region_code="31").set_index("core_need")
    # 400 in beds, a quarter from elsewhere; half of 1,000, then 500, then 1,100 of two days.
    assert list(core.loc["patients", "needed"]) == [400, 400, 400]
    assert list(core.loc["residents", "needed"]) == [300, 300, 300]
    assert list(core.loc["as_others", "needed"]) == [500, 300, 550]
    assert set(core.loc["as_others", "from"]) == {"observed_patients_or_cases"}
    others = mid[mid["region_code"] != "31"]
    assert (others.groupby(["region_code", "date"])["needed"].nunique() == 1).all()
    assert set(others["core_need"]) == set(core.index)


@pytest.fixture(scope="module")
def beds():
    return analysis.capacity(TABLES, CHOICES)


def test_beds_change_evenly_between_reports_that_have_both_kinds(beds):
    contracts.check(beds, contracts.PROCESSED["covid_beds"], "f", "r")
    # 800 on 12 January, 1,200 on the 17th; the 13th lacks intensive care and does not count.
    dki = of(beds, region_code="31")
    for source in CHOICES["pooling"]["capacity_sources"]:
        assert list(of(dki, capacity_source=source)["beds"]) == pytest.approx([800, 880, 960])


def test_planned_beds_are_shared_out_and_reports_come_before_them(beds):
    planned = of(beds, capacity_source="planned").groupby("region_code")["beds"].first()
    # 80 beds by referral beds 100 and 300; Kota Bekasi has none. Banten by all beds.
    assert planned["3276"] == pytest.approx(20)
    assert planned["3275"] == 0
    assert planned["3671"] == pytest.approx(40)
    reported = of(beds, capacity_source="reported").groupby("region_code")["beds"].first()
    assert (reported["3275"], reported["3276"]) == (90, pytest.approx(20))
    as_dki = of(beds, capacity_source="dki_share").groupby("region_code")["beds"].first()
    assert as_dki["3276"] == pytest.approx(800 / 1000 * 100)


def square(west, south):
    return shapely.box(west, south, west + 0.1, south + 0.1)


OUTLINES = pd.DataFrame(
    {
        "region_code": ["3171", "3172", "3276", "3275", "3671"],
        "geometry": [
            square(106.8, -6.3),
            square(106.9, -6.3),
            square(106.8, -6.4),
            square(107.0, -6.3),
            square(106.0, -6.3),
        ],
    }
)


def test_a_province_lies_in_the_middle_of_its_people_and_borders_where_its_units_do():
    residents = POPULATION.set_index("region_code")["total"].astype(float)
    where = places(OUTLINES, residents, ["31", "3276", "3275", "3671"], 0.001)
    assert where.adjacent.tolist() == [
        [False, True, True, False],
        [True, False, False, False],
        [True, False, False, False],
        [False, False, False, False],
    ]
    # Equal residents: middle at 106.9 E; 0.15 degrees of longitude at 6.25 S.
    assert where.distance[0, 2] == pytest.approx(0.15 * 111.19 * np.cos(np.radians(6.25)), rel=1e-3)
    with pytest.raises(ValueError, match="not on the map: 3201"):
        places(OUTLINES, residents, ["31", "3201"], 0.001)


@pytest.fixture(scope="module")
def pooled(need, beds):
    tables = TABLES | {"beds_needed": need, "covid_beds": beds, analysis.MAP: OUTLINES}
    tables["bed_flows"] = analysis.flows(tables, CHOICES)
    tables["pooling_daily"] = analysis.daily(tables, CHOICES)
    tables["pooling"] = analysis.make(tables, CHOICES)
    for name in ("bed_flows", "pooling_daily", "pooling"):
        contracts.check(tables[name], contracts.PROCESSED[name], name, "r")
    return tables


def test_what_sharing_changes_is_what_can_be_counted_by_hand(pooled):
    scenario = {"basis": "reported", "hospitalised_share": 0.5, "capacity_source": "planned"}
    found = of(pooled["pooling"], **scenario, core_need="residents").set_index("exchange")
    # Half of 50, 70, 90 less 20 beds; half of 100, 100, 0 with no bed at all.
    assert found.loc["alone", "unmet"] == pytest.approx((5 + 15 + 25) + (50 + 50 + 0))
    assert found.loc["alone", "days_unmet"] == 3
    # Both border on DKI Jakarta, which has 500 free beds and more.
    assert found.loc["neighbours", "unmet"] == 0
    assert found.loc["neighbours", "averted_share"] == 1
    assert found.loc["pooled", "away"] == pytest.approx(145)
    assert found["needed"].nunique() == 1


def test_what_sharing_averts_shrinks_as_the_core_needs_its_beds_itself(pooled):
    by_rule = {"hospitalised_share": 0.5, "core_need": "as_others", "exchange": "pooled"}
    found = of(pooled["pooling"], basis="reported", capacity_source="planned", **by_rule)
    # DKI Jakarta's 800 to 960 beds hold its 500, 300 and 550 and all of the others' too.
    assert found["unmet"].item() == 0
    crowded = TABLES | {"panel_province": TABLES["panel_province"].assign(cases=2_000.0)}
    need = analysis.need(crowded, CHOICES)
    tables = crowded | {name: pooled[name] for name in ("covid_beds", analysis.MAP)}
    tables["beds_needed"] = need
    tables["bed_flows"] = analysis.flows(tables, CHOICES)
    tables["pooling_daily"] = analysis.daily(tables, CHOICES)
    full = of(analysis.make(tables, CHOICES), basis="reported", capacity_source="planned")
    full = full[(full["hospitalised_share"] == 0.5) & (full["exchange"] == "pooled")]
    averted = full.set_index("core_need")["averted_share"]
    # Half of 4,000 cases are more than its beds: nothing is left to share.
    assert averted["as_others"] == pytest.approx(0)
    assert averted["residents"] == 1


def test_who_goes_where_there_are_more_beds_per_resident_is_counted(pooled):
    scenario = {"basis": "reported", "hospitalised_share": 0.5, "core_need": "residents"}
    found = of(pooled["pooling"], **scenario, exchange="pooled").set_index("capacity_source")
    # Beds per resident: 1,000 / 20 in DKI Jakarta, 50 / 10 and 100 / 30 in the others.
    assert found.loc["planned", "to_better_supplied"] == 1
    moved = of(pooled["bed_flows"], **scenario, exchange="pooled", capacity_source="dki_share")
    rates = {"31": 50, "3275": 5, "3276": 100 / 30}
    away = moved[moved["home_code"] != moved["place_code"]]
    up = away["home_code"].map(rates) < away["place_code"].map(rates)
    share = away.loc[up, "patients"].sum() / away["patients"].sum()
    assert found.loc["dki_share", "to_better_supplied"] == pytest.approx(share)


def test_nobody_is_sent_farther_than_allowed(pooled):
    moved = pooled["bed_flows"]
    assert moved["km"].max() <= CHOICES["pooling"]["farthest_km"]
    # Tangerang is 90 km away: it is not helped although DKI Jakarta has beds.
    found = of(
        pooled["pooling"],
        basis="allocated",
        hospitalised_share=0.5,
        exchange="pooled",
        core_need="residents",
    )
    left = of(found, capacity_source="planned")["unmet"].iloc[0]
    assert left == pytest.approx(3 * (100 - 40))


def test_no_patient_is_lost_and_no_bed_is_used_twice(pooled):
    moved = pooled["bed_flows"]
    keys = ["capacity_source", "date"]
    used = moved.groupby([*analysis._WAY, "date", "place_code"])["patients"].sum().reset_index()
    beds = pooled["covid_beds"].rename(columns={"region_code": "place_code"})
    joined = used.merge(beds, on=[*keys, "place_code"])
    assert len(joined) == len(used)
    assert (joined["patients"] <= joined["beds"] + 1e-6).all()


def test_a_wave_that_is_not_known_to_its_end_does_not_count(need, beds):
    short = need[~((need["region_code"] == "3275") & (need["date"] == DAYS[-1]))]
    tables = TABLES | {"beds_needed": short, "covid_beds": beds, analysis.MAP: OUTLINES}
    choices = CHOICES | {
        "pooling": CHOICES["pooling"]
        | {
            "waves": {
                "first": {"start": "2021-01-12", "end": "2021-01-14"},
                "part": {"start": "2021-01-12", "end": "2021-01-13"},
            }
        }
    }
    assert set(analysis.flows(tables, choices)["date"]) == set(DAYS[2:4])


@pytest.mark.parametrize(
    ("unknown", "spans", "days"),
    [
        (None, [(2, 2), (3, 4)], [2, 3, 4]),
        (3, [(2, 4), (4, 4)], [4]),
        (3, [(2, 3), (4, 4)], [4]),
        (4, [(2, 2), (3, 4)], [2]),
        (2, [(2, 3), (3, 3), (4, 4)], [3, 4]),
    ],
)
def test_every_wave_that_is_known_whole_counts_and_no_other(need, beds, unknown, spans, days):
    waves = {
        f"wave_{place}": {"start": f"{DAYS[first]:%Y-%m-%d}", "end": f"{DAYS[last]:%Y-%m-%d}"}
        for place, (first, last) in enumerate(spans)
    }
    missing = DAYS[[]] if unknown is None else DAYS[[unknown]]
    short = need[~((need["region_code"] == "3275") & need["date"].isin(missing))]
    tables = TABLES | {"beds_needed": short, "covid_beds": beds, analysis.MAP: OUTLINES}
    # Whichever the configuration names last.
    for named in (waves, dict(reversed(waves.items()))):
        choices = CHOICES | {"pooling": CHOICES["pooling"] | {"waves": named}}
        assert set(analysis.flows(tables, choices)["date"]) == {DAYS[day] for day in days}


def test_observed_shares_carry_their_interval_and_rounding():
    found = analysis.non_resident(TABLES, CHOICES)
    contracts.check(found, contracts.PROCESSED["non_resident_observed"], "f", "r")
    dki, bogor = (
        found.set_index("region_code").loc["31"],
        found.set_index("region_code").loc["3271"],
    )
    assert (bogor["from_elsewhere"], bogor["patients"]) == (471, 923)
    # Wilson's interval of 471 of 923, by its formula.
    z, p, n = 1.959964, 471 / 923, 923
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    assert (bogor["low"], bogor["high"]) == (
        pytest.approx(centre - half),
        pytest.approx(centre + half),
    )
    assert (dki["share"], dki["patients"]) == (0.25, 800)
    # 24.5 to 25.5 % would be reported alike, so the interval is wider than Wilson's of 25 %.
    assert dki["high"] - dki["low"] > 2 * 1.96 * np.sqrt(0.25 * 0.75 / 800)


def test_another_wording_of_a_measure_stops_with_its_name():
    reworded = MEASURES.assign(magnitude="a quarter of the patients")
    with pytest.raises(InputError, match="CM018"):
        analysis.in_words(reworded, analysis.FROM_OUTSIDE)
    with pytest.raises(InputError, match="CM018"):
        analysis.in_words(MEASURES.iloc[1:], analysis.FROM_OUTSIDE)


def test_the_measures_of_the_snapshot_name_the_published_numbers(project):
    measures = contracts.read_any(str(project / "data/raw" / analysis.MEASURES))
    beds = [analysis.in_words(measures, figure) for figure in analysis.DKI_IN_WORDS]
    assert beds == [(7827, 1063), (8524, 1186), (11134, 1344)]
    assert sum(beds[0]) == 8890
    assert analysis.in_words(measures, analysis.FROM_OUTSIDE) == (24,)
    assert analysis.in_words(measures, analysis.CASES_FROM_OUTSIDE) == (26, 63742)


def test_borders_of_the_snapshot_are_those_of_the_atlas(project):
    outlines = contracts.read_any(str(project / "data/raw" / analysis.MAP))
    residents = pd.Series(1.0, index=outlines["region_code"])
    where = places(outlines, residents, list(outlines["region_code"]), 0.002)
    near = {
        code: {other for other, touches in zip(where.codes, row, strict=True) if touches}
        for code, row in zip(where.codes, where.adjacent, strict=True)
    }
    assert near["3173"] == {"3171", "3172", "3174", "3175"}
    assert near["3175"] == {"3172", "3173", "3174", "3216", "3603"}
    assert near["3271"] == {"3201"}
    assert near["3101"] == set()
    assert (where.adjacent == where.adjacent.T).all()
