"""Which rows a number was worked out from: what is written is found again, and nothing else."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong.analyses.catalogue import BEHIND_CLAIMS, file_of_rows
from gotong.evidence_rows import ANY, FURTHER, behind, first_of, rows_where, select
from gotong.tables import DATE

TABLE = pd.DataFrame(
    {
        "name": ["a", "b", "c", "a"],
        "day": pd.to_datetime(["2020-09-14", "2020-09-15", "2020-09-14", None]).astype(DATE),
        "share": [0.28, 0.16, 0.28, 0.5],
        "lag": pd.array([1, -2, None, 1], dtype="Int64"),
        "chosen": pd.array([True, False, True, False], dtype="boolean"),
    }
)


@pytest.mark.parametrize(
    ("conditions", "written", "rows"),
    [
        ({"name": "a"}, "name=a", [0, 3]),
        ({"name": ["b", "a"]}, "name=b|a", [1, 0, 3]),
        ({"day": pd.Timestamp("2020-09-14")}, "day=2020-09-14", [0, 2]),
        ({"share": 0.28, "name": "c"}, "share=0.28,name=c", [2]),
        ({"lag": -2}, "lag=-2", [1]),
        ({"lag": ANY}, "lag=*", [0, 1, 3]),
        ({"chosen": True}, "chosen=yes", [0, 2]),
        ({"chosen": False, "name": "a"}, "chosen=no,name=a", [3]),
        ({"name": "z"}, "name=z", []),
        ({}, "", [0, 1, 2, 3]),
    ],
)
def test_the_rows_that_are_written_are_found(conditions, written, rows):
    assert rows_where(conditions) == written
    assert select(TABLE, written).index.tolist() == rows


def test_the_rows_of_the_estimate_come_first_whichever_column_tells_them():
    found = select(TABLE, "share=0.16|0.28,name=c|b|a")
    assert found.index.tolist()[0] == 1
    assert set(found.index) == {0, 1, 2}


def test_a_column_that_is_not_there_is_an_error():
    with pytest.raises(KeyError, match="nothing"):
        select(TABLE, "nothing=1")


@given(st.lists(st.sampled_from("abcdef"), min_size=1))
def test_a_value_in_front_stands_once_and_the_others_in_order(values):
    front = values[-1]
    found = first_of(front, values)
    assert found[0] == front
    assert found[1:] == sorted(set(values) - {front})


def test_further_tables_are_named_with_their_own_conditions():
    rows = f"a=1,b=2|3{FURTHER}other: c=4{FURTHER}third: d=5,e=6"
    assert behind("own", rows) == {"own": "a=1,b=2|3", "other": "c=4", "third": "d=5,e=6"}
    assert behind("own", "a=1") == {"own": "a=1"}


def test_all_tables_that_the_evidence_names_are_published_and_no_other(last_run):
    votes = last_run("votes")
    named = {
        name
        for made_table, rows in zip(votes["made_table"], votes["rows"], strict=True)
        for name in behind(made_table, rows)
    }
    assert named == set(BEHIND_CLAIMS)
    assert len({file_of_rows(name) for name in BEHIND_CLAIMS}) == len(BEHIND_CLAIMS)


def test_most_numbers_stand_as_they_are_in_the_rows_that_they_name(last_run):
    """No more than a first look: tests of each analysis ask for the very column.

    The others are worked out from several rows.
    """
    votes = last_run("votes")
    found = pd.Series(False, index=votes.index)
    for number in votes.itertuples():
        conditions = behind(number.made_table, number.rows)
        rows = select(last_run(number.made_table), conditions[number.made_table])
        assert len(rows), number.evidence
        numbers = rows.select_dtypes("number").to_numpy(dtype="float64", na_value=float("nan"))
        found[number.Index] = bool((abs(numbers[:1] - number.estimate) < 1e-12).any())
    worked_out = set(votes.loc[~found & votes["estimate"].notna(), "evidence"])
    starts = (
        *("beds_per_1000_", "cases_from_outside_", "community_", "curve_", "deaths_per_million_"),
        *("education_mask_rule", "information_at_highest", "over_dki_", "partners_", "raised_"),
    )
    assert {name for name in worked_out if not name.startswith(starts)} == set()
