"""Figures from text: each with a place, a period as exact as it was stated, and an address."""

import csv
import io

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_any
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.coded_facts import FILE, read_facts

REGIONS = [("31", "province", "DKI Jakarta"), ("3603", "kabupaten", "Kab. Tangerang")]
GAZETTEER = Gazetteer(
    pd.DataFrame(
        [(code, code, level, name, code[:2]) for code, level, name in REGIONS],
        columns=["region_code", "kemendagri_code", "level", "name", "province_code"],
    ),
    pd.DataFrame(
        [("gotong_facts", name, "", "") for name in ("Jabodetabek KRL network", "Taiwan")],
        columns=["dataset", "spelling", "region_code", "reason"],
    ),
)
FACT = {
    "unit": "DKI Jakarta",
    "indicator": "COVID ICU bed capacity",
    "year": "2020-10-10",
    "value": "766",
    "unit_of_measure": "beds",
    "source_title": "Satgas",
    "source_url": "https://example.org/1",
    "confidence": "high",
}


def read(*changes, control=None):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, FACT, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**FACT, **change} for change in changes)
    return read_facts({FILE: sink.getvalue().encode()}, GAZETTEER, control=control)


@pytest.mark.parametrize(
    ("area", "region", "country"),
    [
        ("DKI Jakarta", "31", "IDN"),
        ("Kabupaten Tangerang", "3603", "IDN"),
        ("Jabodetabek KRL network", "", "IDN"),
        ("Taiwan", "", "TWN"),
    ],
)
def test_an_area_has_a_code_where_it_is_one_region(area, region, country):
    frame = read({"unit": area})
    check(frame, RAW["epidemic/facts.csv"], "", "")
    assert frame[["area", "region_code", "country_code"]].iloc[0].tolist() == [
        area,
        region,
        country,
    ]


@pytest.mark.parametrize(
    ("period", "precision", "first", "last"),
    [
        ("2020-10-10", "day", "2020-10-10", "2020-10-10"),
        ("2020-09", "month", "2020-09-01", "2020-09-30"),
        ("2014", "year", "2014-01-01", "2014-12-31"),
        ("2020-09-14/2020-09-20", "week", "2020-09-14", "2020-09-20"),
        ("2020-09-07/2020-09-13 (inferred week)", "week", "2020-09-07", "2020-09-13"),
        ("CDR period not stated in repo", "unstated", "NaT", "NaT"),
        # The month of the publisher's file, not of the figure.
        ("OWID static, as of 2021-01", "unstated", "NaT", "NaT"),
    ],
)
def test_a_period_is_as_exact_as_it_was_stated(period, precision, first, last):
    (row,) = (
        read({"year": period}).astype({"start_date": "str", "end_date": "str"}).to_dict("records")
    )
    assert row["period"] == period
    assert row["precision"] == precision
    stated = [first, last]
    assert [str(row["start_date"]), str(row["end_date"])] == [
        "nan" if day == "NaT" else day for day in stated
    ]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"unit": "Bogor"}, "unit", "Bogor"),
        ({"year": ""}, "year", "''"),
        ({"year": "2020/10"}, "year", "2020/10"),
        ({"year": "2020-09-14/2020-09-21"}, "year", "2020-09-21"),
        ({"year": "2020-13-14/2020-13-20"}, "year", "2020-13"),
        ({"year": "2120"}, "start_date", "2120"),
        ({"value": ""}, "value", "nan"),
        ({"value": "-1"}, "value", "-1"),
        ({"value": "78 %"}, "value", "78 %"),
        ({"value": "1.009.362"}, "value", "1.009.362"),
        ({"indicator": ""}, "indicator", "a blank"),
        ({"unit_of_measure": ""}, "unit_of_measure", "a blank"),
        ({"confidence": "?"}, "confidence", "?"),
        ({"source_url": "www.example.org"}, "source_url", "www"),
    ],
)
def test_a_slip_is_refused_with_its_row(change, column, said):
    with pytest.raises(InputError) as caught:
        read({"year": "2019"}, change)
    assert caught.value.place.startswith("row 3")
    assert f"column '{column}'" in caught.value.place
    assert said in caught.value.found


def test_a_fact_twice_is_refused():
    with pytest.raises(InputError) as caught:
        read({}, {"value": "767"})
    assert caught.value.expected == "one row per area, indicator, period"


@pytest.fixture(scope="module")
def inputs(shared, project):
    raw = project / "data/raw/geography"
    tables = [read_any(str(raw / name)) for name in ("regions.csv", "spellings.csv")]
    return (shared / "curated" / FILE).read_bytes(), Gazetteer(*tables)


@pytest.mark.upstream
def test_all_coded_facts_are_kept_and_none_changed(inputs):
    content, gazetteer = inputs
    frame = read_facts({FILE: content}, gazetteer)
    assert len(frame) == 209
    typed = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    key = ["area", "indicator", "period"]
    made = frame.set_index(key)["value"].to_dict()
    assert made == {
        (row["unit"], row["indicator"], row["year"]): float(row["value"]) for row in typed
    }
    assert frame["precision"].value_counts().to_dict() == {
        "day": 123,
        "unstated": 53,
        "year": 30,
        "week": 2,
        "month": 1,
    }


@pytest.mark.upstream
def test_patients_of_kota_bogor_add_up_to_its_occupied_beds(inputs):
    content, gazetteer = inputs
    frame = read_facts({FILE: content}, gazetteer)
    bogor = frame[(frame["region_code"] == "3271") & (frame["period"] == "2021-07-04")]
    by_name = bogor.set_index("indicator")["value"]
    residents = by_name[by_name.index.str.startswith("COVID inpatients resident")]
    assert sorted(residents) == [203, 268, 452]
    assert residents.sum() == by_name["COVID beds occupied"] == 923
    january = frame[(frame["region_code"] == "3271") & (frame["period"] == "2021-02-01")]
    by_name = january.set_index("indicator")["value"]
    assert by_name.filter(like="inpatients").sum() == by_name["COVID isolation beds occupied"]


@pytest.mark.upstream
def test_a_changed_figure_that_breaks_no_rule_is_refused(inputs):
    content, gazetteer = inputs
    changed = content.replace(b",766,beds", b",776,beds", 1)
    assert changed != content
    with pytest.raises(InputError) as caught:
        read_facts({FILE: changed}, gazetteer)
    assert caught.value.place == "whole table"
