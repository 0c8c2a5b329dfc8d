"""Reading workbooks: what a sheet gives, and what is refused before it can do harm."""

import datetime
import io
import struct
import zipfile

import openpyxl
import pytest

from gotong.errors import InputError
from gotong.sources import workbook

SHEET = "xl/worksheets/sheet1.xml"


def made(rows, title="data", others=()) -> bytes:
    """Return a workbook of one sheet with rows, and blank sheets of other names."""
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name in others:
        book.create_sheet(name)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def repacked(content: bytes, change, packing=zipfile.ZIP_DEFLATED) -> bytes:
    """Return a workbook with each packed file replaced by what `change` makes of it."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w", packing) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return sink.getvalue()


def in_sheet(old: bytes, new: bytes):
    """Return a change that replaces bytes of the first sheet."""

    def change(name, data):
        if name != SHEET:
            return data
        assert old in data
        return data.replace(old, new, 1)

    return change


def refusal(content: bytes, sheet: str | None = "data") -> InputError:
    """Return the error that a workbook ends in."""
    with pytest.raises(InputError) as caught:
        workbook.sheet_rows(content, "some_source", "book.xlsx", sheet)
    assert (caught.value.dataset, caught.value.file) == ("some_source", "book.xlsx")
    return caught.value


GOOD = made([["code", "cases"], ["3171", 12]])


def test_cells_keep_their_kind_and_rows_are_equally_long():
    day = datetime.datetime.fromisoformat("2020-04-10")
    rows = [["name", 1, 2.5, day, None], [], [" x ", None], [None, None, True], [None] * 5, ["", 7]]
    assert workbook.sheet_rows(made([*rows, [None], [""]]), "d", "f") == [
        ["name", 1, 2.5, day],
        [None, None, None, None],
        [" x ", None, None, None],
        [None, None, "True", None],
        [None, None, None, None],
        [None, 7, None, None],
    ]


def test_a_formula_is_not_computed():
    assert workbook.sheet_rows(made([[1, "=A1+1"]]), "d", "f") == [[1]]
    stored = repacked(made([[1, "=A1+1"]]), in_sheet(b"<v />", b"<v>5</v>"))
    assert workbook.sheet_rows(stored, "d", "f") == [[1, 5]]


def test_a_sheet_that_declares_itself_smaller_is_read_whole():
    small = repacked(GOOD, in_sheet(b'ref="A1:B2"', b'ref="A1:A1"'))
    assert workbook.sheet_rows(small, "d", "f") == [["code", "cases"], ["3171", 12]]


def test_the_sheet_is_found_by_name_and_never_guessed():
    two = made([["x"]], "first", ("second",))
    assert workbook.sheet_rows(two, "d", "f", "first") == [["x"]]
    assert refusal(two, "First").found == "'first', 'second'"
    error = refusal(two, None)
    assert (error.expected, error.found) == ("a single sheet", "'first', 'second'")
    error = refusal(two, "second")
    assert (error.place, error.expected, error.found) == ("sheet 'second'", "rows", "none")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html>404</html>",
        GOOD[:-30],
        GOOD[: len(GOOD) // 2],
        # What Excel makes when a workbook is given a password: no zip archive any more.
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000),
        repacked(GOOD, lambda name, data: b"" if name == "xl/workbook.xml" else data),
        repacked(GOOD, in_sheet(b"</sheetData>", b"")),
        repacked(GOOD, in_sheet(b"<v>12</v>", b"<v>12 persons</v>")),
        repacked(GOOD, in_sheet(b't="n"', b't="s"')),
    ],
    ids=[
        *("empty", "HTML page", "cut end", "half", "password"),
        *("no list of sheets", "broken XML", "text as number", "string out of range"),
    ],
)
def test_what_is_no_sound_workbook_is_refused(content):
    assert "Excel workbook" in refusal(content).expected


def test_a_zip_archive_of_something_else_is_refused():
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("data.csv", "a,b\n")
    assert "Excel workbook" in refusal(sink.getvalue()).expected


def test_no_single_byte_can_be_changed_and_change_a_number():
    # Every byte of the packed sheet: either it is refused or the rows are the same.
    stored = repacked(GOOD, lambda _, data: data, zipfile.ZIP_STORED)
    start = stored.index(b"<sheetData>")
    for place in range(start, stored.index(b"</sheetData>", start)):
        changed = bytearray(stored)
        changed[place] ^= 1
        assert "CRC" in refusal(bytes(changed)).found


def test_an_encrypted_member_is_refused():
    content = bytearray(GOOD)
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 8] |= 1
    assert refusal(bytes(content)).found == "an encrypted one"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_no_workbook_uses_is_refused(packing):
    error = refusal(repacked(GOOD, lambda _, data: data, packing))
    assert error.found == f"method {packing}"


def test_what_would_burst_is_refused_before_it_is_unpacked():
    blank = in_sheet(b"<sheetData>", b" " * 3_000_000 + b"<sheetData>")
    assert refusal(repacked(GOOD, blank)).place == SHEET

    # Seven packed files of ten million letters that packing cannot shorten much.
    filler = bytes(range(256)) * 40_000
    sink = io.BytesIO(GOOD)
    with zipfile.ZipFile(sink, "a", zipfile.ZIP_STORED) as archive:
        for number in range(7):
            archive.writestr(f"xl/media/{number}.bin", filler)
    assert "declared" in refusal(sink.getvalue()).found


def test_a_size_that_is_declared_too_small_is_refused():
    # The directory at the end says one byte; the packed sheet holds more.
    content = bytearray(GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        names = archive.namelist()
    entry = content.index(b"PK\x01\x02")
    for name in names:
        if name == SHEET:
            break
        entry = content.index(b"PK\x01\x02", entry + 4)
    content[entry + 24 : entry + 28] = struct.pack("<I", 1)
    assert "CRC" in refusal(bytes(content)).found


def test_entities_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet '
    assert refusal(repacked(GOOD, in_sheet(b"<worksheet ", bomb))).found == "a document type"


def test_a_name_packed_twice_is_refused():
    sink = io.BytesIO(GOOD)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(sink, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    assert (refusal(sink.getvalue()).place, refusal(sink.getvalue()).found) == (
        SHEET,
        "the name twice",
    )


@pytest.mark.parametrize("row", [b"99999999", b"1000001"])
def test_a_cell_far_out_does_not_fill_the_memory(row):
    far = b'</row><row r="%b"><c r="XFD%b"><v>1</v></c></row>' % (row, row)
    far += b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (int(row) + 10**6, int(row) + 10**6)
    error = refusal(repacked(GOOD, in_sheet(b"</row></sheetData>", far + b"</sheetData>")))
    assert "2,000,000 cells" in error.expected


@pytest.mark.parametrize(
    ("cell", "value"), [(0, 0), (12, 12), (12.0, 12), (2**53 - 1, 9007199254740991)]
)
def test_a_whole_number_is_one_however_it_is_stored(cell, value):
    assert workbook.whole_cell(cell, "d", "f", "p") == value


@pytest.mark.parametrize(
    "cell", [None, "12", "", True, -1, 1.5, float("nan"), float("inf"), 2.0**53, 10**30]
)
def test_what_is_no_count_is_refused(cell):
    with pytest.raises(InputError) as caught:
        workbook.whole_cell(cell, "d", "f", "row 3, column 'cases'")
    assert caught.value.place == "row 3, column 'cases'"
    assert caught.value.found == repr(cell)
