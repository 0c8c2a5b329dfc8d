"""Corrections: what an entry must say, what it changes, and when it stops the run."""

import copy
import json

import pandas as pd
import pytest

from gotong import contracts, correcting, corrections
from gotong.errors import ConfigError, InputError
from gotong.tables import DATE

TABLE = "cases/province_daily.csv"
SCHEMA = contracts.RAW[TABLE]
ENTRY = {
    "table": TABLE,
    "action": "override",
    "where": {"region_code": "32"},
    "dates": {"start": "2020-05-08", "end": "2020-05-08"},
    "column": "cases",
    "value": "60",
    "expect": {"rows": 1, "cells": {"cases": "608"}},
    "reason": {"id": "menumpuk", "en": "a backlog"},
    "evidence": "https://example.org/a",
    "status": "open",
}


def register(**entries):
    return corrections.read_corrections(json.dumps(entries).encode())


def one(**changes):
    """Return the correction of `ENTRY` with some keys changed; None leaves a key out."""
    entry = {name: value for name, value in {**ENTRY, **changes}.items() if value is not None}
    return register(K01=entry)["K01"]


@pytest.fixture
def cases():
    days = pd.to_datetime(["2020-05-07", "2020-05-08", "2020-05-08"]).astype(DATE)
    return pd.DataFrame(
        {
            "region_code": pd.Series(["32", "32", "36"], dtype="str"),
            "date": days,
            "cases": pd.array([20, 608, 9], dtype="Int64"),
            "deaths": pd.array([1, 2, 3], dtype="Int64"),
            "recovered": pd.array([0, 0, 0], dtype="Int64"),
        }
    )


def test_an_override_changes_one_cell_and_leaves_the_published_table_alone(cases):
    before = cases.copy()
    found = correcting.apply(cases, SCHEMA, [one()])
    assert found["cases"].tolist() == [20, 60, 9]
    assert found.dtypes.equals(cases.dtypes)
    pd.testing.assert_frame_equal(cases, before)
    pd.testing.assert_frame_equal(found.drop(columns="cases"), before.drop(columns="cases"))


def test_an_override_with_nothing_blanks_the_cell(cases):
    found = correcting.apply(cases, SCHEMA, [one(value="")])
    assert found["cases"].isna().tolist() == [False, True, False]


def test_dropped_and_merged_rows_are_gone_and_flagged_ones_stay(cases):
    dropped = correcting.apply(cases, SCHEMA, [one(action="drop")])
    assert list(dropped.itertuples(index=False)) == list(cases.iloc[[0, 2]].itertuples(index=False))
    merged = one(action="merge", into={"region_code": "36"})
    assert correcting.apply(cases, SCHEMA, [merged])["region_code"].tolist() == ["32", "36"]
    assert correcting.apply(cases, SCHEMA, [one(action="flag")]).equals(cases)


def test_several_values_choose_rows_with_any_of_them(cases):
    both = one(
        where={"region_code": "32|36"}, expect={"rows": 2, "sums": {"cases": 617, "deaths": 5}}
    )
    assert correcting.apply(cases, SCHEMA, [both])["cases"].tolist() == [20, 60, 60]


@pytest.mark.parametrize(
    ("changes", "expected", "found"),
    [
        ({"expect": {"rows": 2}}, "2 rows", "1"),
        ({"where": {"region_code": "99"}}, "1 rows", "0"),
        ({"expect": {"rows": 1, "cells": {"cases": "607"}}}, "cases = '607'", "'608'"),
        ({"expect": {"rows": 1, "sums": {"cases": 600}}}, "a sum of 600 in cases", "608"),
        ({"column": "infected"}, "one of the columns", "'infected'"),
        ({"where": {"region": "32"}}, "one of the columns", "'region'"),
        ({"action": "merge", "into": {"region_code": "99"}}, "one row to merge into", "none"),
    ],
)
def test_a_publisher_s_figure_that_is_another_one_stops_the_run(cases, changes, expected, found):
    with pytest.raises(InputError) as caught:
        correcting.apply(cases, SCHEMA, [one(**changes)])
    error = caught.value
    assert (error.dataset, error.file, error.place) == (TABLE, corrections.FILE, "entry 'K01'")
    assert expected in error.expected
    assert found in error.found
    assert "status: fixed_upstream" in error.remedy


def test_a_value_that_the_column_cannot_hold_is_refused(cases):
    with pytest.raises(InputError) as caught:
        correcting.apply(cases, SCHEMA, [one(value="sixty")])
    assert "a whole number" in caught.value.expected


def test_what_a_correction_touches_is_listed_with_both_figures(cases):
    entries = [
        one(),
        *register(K02={**ENTRY, "action": "flag"}).values(),
        *register(
            K03={
                **ENTRY,
                "action": "merge",
                "into": {"region_code": "36"},
                "column": "",
            }
        ).values(),
    ]
    listed = correcting.in_order(correcting.touched(cases, SCHEMA, entries))
    contracts.check(listed, contracts.PROCESSED["corrections"], "", "")
    assert listed["correction"].tolist() == ["K01", "K02", "K03"]
    assert set(listed["key"]) == {"region_code=32, date=2020-05-08"}
    assert listed["before"].tolist() == ["608", "608", ""]
    assert listed["after"].tolist() == ["60", "608", "region_code=36"]
    assert set(listed["date"]) == {pd.Timestamp("2020-05-08")}


@pytest.mark.parametrize(
    ("key", "value", "place", "found"),
    [
        ("action", "double", "action", "'drop', 'override', 'flag' or 'merge'"),
        ("reason", {"en": "a backlog"}, "reason.id", "Field required"),
        ("expect", {"rows": 0}, "expect.rows", "greater than or equal to 1"),
        ("dates", {"start": "2020-05-09", "end": "2020-05-08"}, "dates", "lies after"),
        ("into", {"region_code": "36"}, "", "belongs to a merge"),
        ("column", "", "", "an override needs `column`"),
        ("colour", "red", "colour", "Extra inputs"),
    ],
)
def test_an_entry_that_breaks_the_model_is_named(key, value, place, found):
    entry = copy.deepcopy(ENTRY) | {key: value}
    with pytest.raises(InputError) as caught:
        register(K01=entry)
    assert caught.value.place == "entry 'K01'" + (f", {place}" if place else "")
    assert found in caught.value.found


def test_an_entry_must_say_which_rows_it_means():
    entry = {name: value for name, value in ENTRY.items() if name not in ("where", "dates")}
    with pytest.raises(InputError, match="neither `where` nor `dates`"):
        register(K01=entry)


def test_an_entry_that_is_no_mapping_is_named():
    with pytest.raises(InputError, match="entry 'K01'"):
        register(K01="drop it")


def test_an_id_twice_is_refused():
    with pytest.raises(ConfigError, match="stands twice"):
        corrections.read_corrections(b"K01: {}\nK01: {}\n")


def test_only_corrections_in_force_of_a_table_are_given():
    known = register(
        K01=ENTRY,
        K02={**ENTRY, "status": "fixed_upstream"},
        K03={**ENTRY, "table": "cooperation/measures.csv"},
    )
    assert list(corrections.of_tables(known, TABLE)) == ["K01"]


def test_the_corrections_of_the_repository_fit_the_tables_that_they_name(project):
    known = corrections.read_corrections((project / corrections.FILE).read_bytes())
    assert known
    for name in {correction.table for correction in known.values()}:
        published = contracts.read_any(str(project / "data/raw" / name))
        given = list(corrections.of_tables(known, name).values())
        corrected = correcting.apply(published, contracts.RAW[name], given)
        contracts.check(corrected, contracts.RAW[name].with_gaps(), name, "")
        assert len(correcting.touched(published, contracts.RAW[name], given))
