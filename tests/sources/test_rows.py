"""Rows read by their distinct cells are those that are read one by one, or the same refusal."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotong.errors import InputError
from gotong.sources.reading import REMEDY
from gotong.sources.rows import read_rows
from gotong.tables import DATE, read_csv

KINDS = {"name": "str", "day": DATE, "change": "Int64"}
PLAIN = "Aceh,2020-04-10,-5\nBali,2020-04-11,\n,,7\nAceh,2020-04-10,-5\n"


def outcome(read, *arguments):
    """Return a table, or the message of the refusal."""
    try:
        return read(*arguments)
    except InputError as error:
        return str(error)


def expect_same(text: str) -> None:
    """Hold what is read to what the strict reader gives."""
    content = text.encode()
    found = outcome(read_rows, content, KINDS, "d", "f")
    wanted = outcome(read_csv, b"name,day,change\n" + content, KINDS, "d", "f", REMEDY)
    assert type(found) is type(wanted), (found, wanted)
    if isinstance(wanted, str):
        assert found == wanted
    else:
        pd.testing.assert_frame_equal(found, wanted)


def test_cells_have_their_type_and_blanks_are_missing():
    frame = read_rows(PLAIN.encode(), KINDS, "d", "f")
    assert frame["name"].tolist() == ["Aceh", "Bali", "", "Aceh"]
    assert frame["day"].isna().tolist() == [False, False, True, False]
    assert frame["change"].fillna(0).tolist() == [-5, 0, 7, -5]
    expect_same(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        PLAIN + "\n",
        "\n" + PLAIN,
        PLAIN[:-1],
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("Aceh", '"Aceh, a ""part"""'),
        PLAIN.replace("Aceh", 'A"ceh'),
        PLAIN.replace("Aceh", '"Aceh', 1),
        PLAIN.replace("Aceh", "NA"),
        PLAIN.replace("Aceh", " null "),
        PLAIN.replace("Aceh", "\\Aceh"),
        PLAIN.replace("Aceh", "A\0ceh"),
        PLAIN.replace("-5", " -5"),
        PLAIN.replace("-5", "-5.0"),
        PLAIN.replace("-5", "9" * 19),
        PLAIN.replace("04-11", "4-11"),
        PLAIN.replace("Bali,", "Bali"),
        PLAIN.replace("Bali,", "Bali,,"),
    ],
)
def test_what_is_unusual_is_read_or_refused_as_strictly_with_its_row(text):
    expect_same(text)


CELLS = st.sampled_from(
    ["", "x", " ", "é", "NA", "nan", "-5", "+3", "007", "2020-04-10", '"', "\t"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=4))
def test_any_cells_are_read_or_refused_as_strictly(rows):
    expect_same("".join(",".join(row) + "\n" for row in rows))
