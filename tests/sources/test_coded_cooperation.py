"""Codings and acts abroad: complete, numbered, dated no more exactly than they were stated."""

import csv
import io
from collections import Counter
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong.contracts import RAW, check, read_any
from gotong.errors import InputError
from gotong.sources.coded_cooperation import (
    CODINGS_FILE,
    INTERNATIONAL_FILE,
    read_codings,
    read_measures_international,
)
from gotong.sources.coded_table import stated_date

CODING = {
    "id": "CM001",
    "coder": "a",
    "dyad": "G-G",
    "act": "rule",
    "factor": "psbb",
    "level": "cross_border",
}
FIRST = {"coder": "first", "act": "", "factor": "", "level": ""}
ACT = {
    "country": "TWN",
    "id": "TW001",
    "name": "Mask national team",
    "dyad": "government-private",
    "parties": "Ministry of Economic Affairs; TMBA",
    "regions": "national",
    "start_date": "2020-02-06",
    "end_date": "",
    "instrument": "",
    "magnitude": "60 production lines",
    "source_url": "https://example.org/1",
    "confidence": "high",
    "note": "",
}
COUNTER = {"dyad": "", "note": "counter-evidence: conflict of mayors"}


def as_csv(template, changes):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, template, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**template, **change} for change in changes)
    return sink.getvalue().encode()


def codings(*changes):
    return read_codings({CODINGS_FILE: as_csv(CODING, changes)}, None, control=None)


def acts(*changes):
    files = {INTERNATIONAL_FILE: as_csv(ACT, changes)}
    return read_measures_international(files, None, control=None)


def refusal(read, *changes):
    with pytest.raises(InputError) as caught:
        read(*changes)
    return caught.value


def test_each_measure_has_a_row_for_each_coding():
    frame = codings(FIRST, {}, {"coder": "b", "dyad": "G-H"})
    check(frame, RAW["cooperation/codings.csv"], "", "")
    assert frame.to_numpy().tolist() == [
        ["CM001", "a", "G-G", "rule", "psbb", "cross_border"],
        ["CM001", "b", "G-H", "rule", "psbb", "cross_border"],
        ["CM001", "first", "G-G", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("rows", "place", "found"),
    [
        ([{}, {"coder": "b"}], "id CM001, coder a", "beyond these"),
        ([{}, {}, {"coder": "b"}, FIRST], "coder", "CM001"),
        (
            [{"id": "CM002", **row} for row in ({}, {"coder": "b"}, FIRST)],
            "id CM001, coder a",
            "missing",
        ),
        ([{}, {"coder": "b", "act": ""}, FIRST], "row 3, column 'act'", "a blank"),
        ([{}, {"coder": "b"}, {**FIRST, "level": "national"}], "column 'level'", "national"),
        ([{}, {"coder": "c"}, FIRST], "column 'coder'", "c"),
        ([{}, {"coder": "b", "dyad": "H-G"}, FIRST], "column 'dyad'", "H-G"),
    ],
)
def test_a_coding_left_out_repeated_or_blank_is_refused(rows, place, found):
    error = refusal(codings, *rows)
    assert place in error.place
    assert found in error.found


def test_an_act_is_kept_under_the_letters_of_its_parties():
    (row,) = acts({}).to_dict("records")
    assert (row["country_code"], row["measure_id"], row["dyad"]) == ("TWN", "TW001", "G-P")
    assert not row["is_counter_evidence"]
    assert (row["start_date"], row["start_precision"]) == (pd.Timestamp("2020-02-06"), "day")
    assert (row["end_date"], row["end_precision"]) == (pd.NaT, "")


@pytest.mark.parametrize(
    ("dyad", "code"),
    [
        ("government-government", "G-G"),
        ("government-hospital", "G-H"),
        ("government-private", "G-P"),
        ("government-community", "G-C"),
        ("government-NGO", "G-N"),
        ("community-community", "C-C"),
    ],
)
def test_dyads_are_those_of_greater_jakarta(dyad, code):
    assert acts({"dyad": dyad})["dyad"].tolist() == [code]


def test_counter_evidence_has_no_dyad_and_says_what_it_is():
    frame = acts({}, {"id": "TW002", **COUNTER})
    check(frame, RAW["cooperation/measures_international.csv"], "", "")
    assert frame["is_counter_evidence"].tolist() == [False, True]
    assert frame["dyad"].tolist() == ["G-P", ""]
    for slip in ({"dyad": ""}, {"note": COUNTER["note"]}):
        assert refusal(acts, slip).place == "row 2, column 'dyad'"


@pytest.mark.parametrize(
    ("start", "end", "days", "precisions"),
    [
        ("2003", "2003", ("2003-01-01", "2003-12-31"), ("year", "year")),
        ("2020-02", "2020-02", ("2020-02-01", "2020-02-29"), ("month", "month")),
        ("2020-05-20", "2020-05", ("2020-05-20", "2020-05-31"), ("day", "month")),
        ("1989", "1996-01-02", ("1989-01-01", "1996-01-02"), ("year", "day")),
    ],
)
def test_a_partial_date_spans_all_that_it_may_mean(start, end, days, precisions):
    (row,) = acts({"start_date": start, "end_date": end}).to_dict("records")
    assert (str(row["start_date"].date()), str(row["end_date"].date())) == days
    assert (row["start_precision"], row["end_precision"]) == precisions


@given(st.dates(pd.Timestamp("1980-01-01").date(), pd.Timestamp("2022-12-31").date()))
def test_a_day_lies_within_its_month_and_its_month_within_its_year(day):
    spans = [stated_date(text) for text in (str(day), str(day)[:7], str(day)[:4])]
    assert [span.precision for span in spans] == ["day", "month", "year"]
    assert spans[0].first == spans[0].last == pd.Timestamp(day)
    for inner, outer in pairwise(spans):
        assert outer.first <= inner.first <= inner.last <= outer.last


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"start_date": "2020-13"}, "start_date", "2020-13"),
        ({"start_date": "2021-02-29"}, "start_date", "2021-02-29"),
        ({"start_date": "February 2020"}, "start_date", "February 2020"),
        ({"start_date": "0000"}, "start_date", "0000"),
        ({"start_date": "1950"}, "start_date", "1950"),
        ({"end_date": "2031"}, "end_date", "2031"),
        ({"end_date": "2020-01"}, "end_date", "2020-01-31"),
        ({"dyad": "government-press"}, "dyad", "government-press"),
        ({"dyad": "NGO-NGO"}, "dyad", "N-N"),
        ({"country": "IDN"}, "country", "IDN"),
        ({"id": "BR002"}, "id", "BR002"),
        ({"id": "TW003"}, "id", "TW003"),
        ({"id": "TW001"}, "id", "TW001"),
        ({"confidence": "sure"}, "confidence", "sure"),
        ({"source_url": "example.org"}, "source_url", "example.org"),
        ({"name": "two\nlines"}, "name", "two"),
    ],
)
def test_a_slip_in_an_act_is_refused_with_its_row(change, column, said):
    error = refusal(acts, {}, {"id": "TW002", **change})
    assert f"column '{column}'" in error.place
    assert said in error.found


@pytest.mark.parametrize(
    ("read", "file", "template"),
    [
        (read_codings, CODINGS_FILE, CODING),
        (read_measures_international, INTERNATIONAL_FILE, ACT),
    ],
)
def test_another_table_than_the_coded_one_is_refused(read, file, template):
    rows = [{}, {"coder": "b"}, FIRST] if template is CODING else [{}]
    with pytest.raises(InputError) as caught:
        read({file: as_csv(template, rows)}, None)
    assert caught.value.place == "whole table"


@pytest.fixture(scope="module")
def coded(shared):
    files = (CODINGS_FILE, INTERNATIONAL_FILE)
    return {file: (shared / "curated" / file).read_bytes() for file in files}


@pytest.mark.upstream
def test_the_coded_acts_are_those_of_the_research_notes(coded):
    frame = read_measures_international(coded, None)
    order = ["G-G", "G-H", "G-P", "G-C", "G-N", "C-C", ""]
    counts = frame.groupby("country_code")["dyad"].apply(
        lambda dyads: [Counter(dyads)[dyad] for dyad in order]
    )
    assert counts.to_dict() == {
        "TWN": [8, 8, 13, 7, 6, 6, 10],
        "BRA": [6, 6, 10, 7, 9, 8, 16],
    }
    assert frame["is_counter_evidence"].sum() == 26


@pytest.mark.upstream
def test_no_stated_date_is_made_more_exact(coded):
    typed = list(csv.DictReader(io.StringIO(coded[INTERNATIONAL_FILE].decode("utf-8"))))
    frame = read_measures_international(coded, None).set_index("measure_id")
    lengths = {"": 0, "year": 4, "month": 7, "day": 10}
    for row in typed:
        for column in ("start", "end"):
            made = frame.loc[row["id"]]
            text = row[f"{column}_date"]
            assert lengths[made[f"{column}_precision"]] == len(text)
            if text:
                assert str(made[f"{column}_date"].date()).startswith(text)


@pytest.mark.upstream
def test_the_first_coding_differs_and_the_second_is_the_table_of_measures(coded, project):
    frame = read_codings(coded, None)
    first = frame[frame["coder"] == "first"]["dyad"].value_counts()
    assert first.to_dict() == {"G-G": 30, "G-H": 17, "G-P": 24, "G-C": 24, "G-N": 11, "C-C": 11}
    measures = read_any(str(project / "data/raw/cooperation/measures.csv"))
    fields = ["measure_id", "dyad", "act", "factor", "reach"]
    second = frame.loc[frame["coder"] == "a", fields].reset_index(drop=True)
    pd.testing.assert_frame_equal(second, measures[fields])
