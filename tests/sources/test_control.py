"""A control total sees every changed cell, and nothing but a change."""

import pandas as pd
import pytest

from gotong.errors import InputError
from gotong.sources.control import ControlTotal, control_total, expect_total

FRAME = pd.DataFrame({"area": ["31", "32"], "persons": pd.array([7, None], "Int64")})


def crc_32(content):
    """Return the CRC-32 by the bits of its definition (ISO 3309), without a library."""
    register = 0xFFFFFFFF
    for byte in content:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0xEDB88320 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def test_the_checksum_is_the_crc_32_of_the_table_as_csv():
    # The check value that every description of the algorithm gives.
    assert crc_32(b"123456789") == 0xCBF43926
    assert control_total(pd.DataFrame({"a": [1]})) == ControlTotal(
        1, format(crc_32(b"a\n1\n"), "08x")
    )


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
