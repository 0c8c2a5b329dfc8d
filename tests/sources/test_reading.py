"""What the readers share: bytes become rows and numbers, or one error that says where."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong import tables
from gotong.errors import InputError
from gotong.sources import reading

GOOD = b"kota,kasus\nBogor,7\nDepok,12\n"


def refused(read, *arguments):
    """Return the one error that a reading ends in, after what all of them say."""
    with pytest.raises(InputError) as caught:
        read(*arguments)
    error = caught.value
    assert (error.dataset, error.file, error.remedy) == ("a_source", "a.csv", reading.REMEDY)
    return error


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert reading.csv_rows(b"\xef\xbb\xbf" + GOOD, "a_source", "a.csv")[0] == ["kota", "kasus"]


def test_bytes_that_are_not_utf8_are_named():
    error = refused(reading.decode, b"kota\nPati\xe9\n", "a_source", "a.csv")
    assert (error.place, error.found) == ("byte 9", "byte 0xe9")


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>404", b"\n  <HTML>\n<body>busy</body>"])
def test_an_error_page_saved_as_data_is_refused(page):
    assert refused(reading.decode, page, "a_source", "a.csv").found == "an HTML page"


def test_data_that_speaks_of_html_is_data():
    assert reading.decode(b"note\nsee <html>\n", "a_source", "a.csv") == "note\nsee <html>\n"


@pytest.mark.parametrize("tail", [b"", b"\n\n", b",\n,\n", b"\r\n"])
def test_blank_last_lines_are_no_rows(tail):
    rows = reading.csv_rows(GOOD + tail, "a_source", "a.csv")
    assert rows == [["kota", "kasus"], ["Bogor", "7"], ["Depok", "12"]]


def test_a_blank_line_between_rows_is_kept():
    # Its place counts: leaving it out would shift the row numbers of every later error.
    rows = reading.csv_rows(b"a,b\n\n1,2\n", "a_source", "a.csv")
    assert rows == [["a", "b"], [], ["1", "2"]]


@pytest.mark.parametrize(("content", "found"), [(b"", "0 rows"), (b"kota,kasus\n\n", "1 rows")])
def test_a_file_without_rows_is_refused(content, found):
    assert refused(reading.csv_rows, content, "a_source", "a.csv").found == found


def test_a_quotation_mark_left_open_for_too_long_is_refused_with_its_row():
    content = GOOD + b'"Bekasi,3\n' + b"Bogor,7\n" * 20_000
    error = refused(reading.csv_rows, content, "a_source", "a.csv")
    assert error.place == "row 4"
    assert "quotation mark" in error.expected


def test_a_nul_is_refused_with_its_place():
    error = refused(reading.csv_rows, GOOD.replace(b"12", b"1\x002"), "a_source", "a.csv")
    assert (error.place, error.found) == ("row 3, field 2", "a NUL")


def test_the_tables_of_data_raw_are_read_as_strictly():
    dtypes = {"kota": "str", "kasus": "Int64"}
    for content, place in (
        (GOOD + b'"Bekasi,3\n' + b"Bogor,7\n" * 20_000, "row 4"),
        (GOOD.replace(b"Depok", b"De\x00pok"), "row 3, field 1"),
    ):
        with pytest.raises(InputError) as caught:
            tables.read_csv(content, dtypes, "a_table", "a.csv", "do this")
        assert caught.value.place == place
        assert caught.value.remedy == "do this"


@pytest.mark.parametrize("other", ["1", ""])
@pytest.mark.parametrize("number", [f"{2**63}", f"{-(2**63) - 1}", "9" * 19, "9" * 40, "9" * 5000])
def test_a_whole_number_beyond_64_bits_is_refused(other, number):
    content = f"kota,kasus\nBogor,{other}\nDepok,{number}\n".encode()
    with pytest.raises(InputError) as caught:
        tables.read_csv(content, {"kota": "str", "kasus": "Int64"}, "a_table", "a.csv", "do this")
    assert caught.value.place == "row 3, column 'kasus'"
    assert caught.value.expected.startswith("a whole number")
    shown = caught.value.found.strip("'")
    assert number.startswith(shown.removesuffix("…"))
    assert len(shown) == min(len(number), 80)


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=6))
def test_whole_numbers_are_read_exactly_beside_blanks(numbers):
    cells = "\n".join("x," + ("" if number is None else str(number)) for number in numbers)
    content = f"kota,kasus\n{cells}\n".encode()
    frame = tables.read_csv(content, {"kota": "str", "kasus": "Int64"}, "d", "f", "r")
    assert [None if cell is pd.NA else cell for cell in frame["kasus"]] == numbers


def test_the_header_must_be_the_known_one():
    reading.expect_header(["a", "b"], ("a", "b"), "a_source", "a.csv")
    error = refused(reading.expect_header, ["b", "a"], ["a", "b"], "a_source", "a.csv")
    assert (error.place, error.expected, error.found) == ("row 1 (header)", "a,b", "b,a")


@pytest.mark.parametrize(
    ("cell", "value"), [("0", 0), (" 7 ", 7), ("007", 7), ("1234567", 1234567)]
)
def test_whole_numbers_are_read(cell, value):
    assert reading.whole(cell, "a_source", "a.csv", "row 2") == value


@pytest.mark.parametrize(
    "cell",
    ["", "-1", "-0", "+1", "1.0", "1,200", "1 200", "1_000", "٣", "²", "nan", f"{2**63}", "1\n2"],
)
def test_whatever_is_not_a_plain_whole_number_is_refused(cell):
    error = refused(reading.whole, cell, "a_source", "a.csv", "row 2, column 'kasus'")
    assert (error.place, error.found) == ("row 2, column 'kasus'", repr(cell))


def test_more_digits_than_a_number_can_have_are_refused_and_not_all_shown():
    # Python itself refuses to read more than 4,300 digits, with an error of its own.
    error = refused(reading.whole, "9" * 5000, "a_source", "a.csv", "row 2")
    assert error.found == repr("9" * 79 + "…")
    assert reading.whole(f"{2**63 - 1}", "a_source", "a.csv", "row 2") == 2**63 - 1
