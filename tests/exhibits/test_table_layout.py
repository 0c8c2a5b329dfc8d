"""The layout of printed tables: no row wider than its line, none absurdly tall, nothing lost."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong.exhibits import table_layout
from gotong.exhibits.table_layout import LINES, TURNED, UPRIGHT, layout, millimetres, parts

SENTENCE = "Measures were found in the press, so that counts show what was reported. " * 6
ADDRESS = "https://raw.example.org/a-repository/1234567890abcdef1234567890abcdef/Data%20file.csv"

CELLS = st.text(st.characters(codec="utf-8"), max_size=300)
TABLES = st.integers(1, 22).flatmap(
    lambda columns: st.tuples(
        st.lists(st.text(max_size=40), min_size=columns, max_size=columns),
        st.lists(st.lists(CELLS, min_size=columns, max_size=columns), max_size=3),
        st.lists(st.booleans(), min_size=columns, max_size=columns),
    )
)


def lines_of(text, width):
    """Return how many lines a text takes in a column, filled word by word."""
    lines, used = 1, 0.0
    for word in text.split():
        for number, part in enumerate(parts(word)):
            long = millimetres(part) + (millimetres(" ") if number == 0 and used else 0)
            if used and used + long > width:
                lines, used = lines + 1, millimetres(part)
            else:
                used += long
    return lines


def widths(placed):
    """Return the millimetres of each column in the row, without the gaps."""
    line = TURNED if placed.turned else UPRIGHT
    return {number: share * line - table_layout.GAP for number, share in placed.shares.items()}


@given(TABLES)
def test_every_table_fits_its_line_and_no_column_is_lost(table):
    heads, rows, whole = table
    placed = layout(heads, rows, whole)
    assert placed.width <= 1 + 1e-9
    assert sorted([*placed.shares, *placed.below]) == list(range(len(heads)))
    assert 0 in placed.shares


def test_a_wide_table_of_long_texts_keeps_its_rows_low():
    heads = [f"Heading {number}" for number in range(17)]
    words = ["C1", SENTENCE[:135], "mixed", SENTENCE[:127], SENTENCE[:157], *["0.415"] * 3]
    row = [*words, "rank correlation", SENTENCE[:67], "0.003", *[SENTENCE[:118]] * 2, SENTENCE]
    row += ["17 September 2020", "F01 F02 T01", ADDRESS]
    whole = [number in (5, 6, 7, 10, 14) for number in range(17)]
    placed = layout(heads, [row], whole)
    assert placed.turned
    assert 13 in placed.below
    for number, width in widths(placed).items():
        assert lines_of(row[number], width) <= LINES + 1
        if len(row[number]) > 60:
            assert width >= 25, "millimetres of a column of sentences"
        if whole[number]:
            assert lines_of(row[number], width) == 1


def test_what_fits_in_a_line_stands_upright_and_is_not_stretched():
    placed = layout(["Region", "Share"], [["Kota Depok", "25.0%"]], [False, True])
    assert not placed.turned
    assert placed.below == ()
    assert not placed.is_tall
    assert placed.width < 0.3


def test_a_table_with_texts_below_its_rows_fills_the_line():
    placed = layout(["Id", "Caveat"], [["K01", SENTENCE * 3]], [False, False])
    assert placed.below == (1,)
    assert placed.is_tall
    assert placed.width == pytest.approx(1)


def test_a_column_is_wider_than_its_longest_word_and_than_that_of_its_head():
    heads = ["Id", "Keterangan", "Alpha (Krippendorff)"]
    rows = [["1", f"ketidaksetaraan {SENTENCE[:90]}", "0.9"]] * 2
    found = widths(layout(heads, rows, [False, False, True]))
    assert found[1] >= millimetres("ketidaksetaraan")
    assert found[2] >= millimetres("(Krippendorff)")


@given(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1))
def test_nothing_of_a_word_is_lost_where_it_may_break(word):
    assert "".join(parts(word)) == word
    assert len(word) > table_layout.WORD or parts(word) == [word]


def test_addresses_break_at_their_signs_and_digests_anywhere():
    assert all(part[-1] in "/-.%" or part == "csv" for part in parts(ADDRESS)[:3])
    assert "".join(parts(ADDRESS)) == ADDRESS
    digest = "0f" * 32
    assert len(parts(digest)) == math.ceil(64 / table_layout.RUN)
    assert len(parts("\\" * 64)) == math.ceil(64 / table_layout.RUN)
