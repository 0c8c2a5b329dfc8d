"""A control total sees every changed cell, and nothing but a change."""

import pandas as pd
import pytest

from gotong.errors import InputError
from gotong.sources.control import ControlTotal, control_total, expect_total

FRAME = pd.DataFrame({"area": ["31", "32"], "persons": pd.array([7, None], "Int64")})


def test_the_checksum_begins_the_sha256_of_the_table_as_csv():
    # By another program: printf 'region_code,date,zone\n3171,2020-07-26,low\n' | sha256sum
    day = pd.Series(pd.to_datetime(["2020-07-26"]))
    table = pd.DataFrame({"region_code": ["3171"], "date": day, "zone": ["low"]})
    assert control_total(table) == ControlTotal(1, "1634a1c470e32633")


def test_a_table_that_comes_to_its_total_is_returned_as_it_is():
    assert expect_total(FRAME, control_total(FRAME), "d", "f") is FRAME


def test_without_a_total_any_table_is_accepted():
    assert expect_total(FRAME, None, "d", "f") is FRAME


@pytest.mark.parametrize(
    "changed",
    [
        FRAME.assign(persons=pd.array([8, None], "Int64")),
        FRAME.assign(persons=pd.array([7, 0], "Int64")),
        FRAME.assign(persons=pd.array([None, 7], "Int64")),
        FRAME.assign(area=["31", "33"]),
        FRAME.iloc[:1],
        FRAME.iloc[::-1],
        FRAME.rename(columns={"persons": "deaths"}),
    ],
    ids=["number", "blank filled", "numbers swapped", "text", "row cut", "order", "column"],
)
def test_a_change_is_refused_with_both_totals(changed):
    with pytest.raises(InputError) as caught:
        expect_total(changed, control_total(FRAME), "jhu_csse", "cases.csv")
    error = caught.value
    assert (error.dataset, error.file, error.place) == ("jhu_csse", "cases.csv", "whole table")
    assert error.expected == str(control_total(FRAME))
    assert error.found == str(control_total(changed)) != error.expected
    assert error.found.startswith(f"{len(changed)} rows")
