"""Sheets of Excel workbooks (.xlsx), read with the bounds that a file from outside needs.

A workbook is a zip archive of XML. Its size, packed and unpacked, is bounded before it is
opened, every packed file is held against its checksum, and nothing in it is computed or
followed: a formula counts as the number that was stored beside it, and links to other
workbooks are left alone.
"""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl

from gotong.errors import InputError
from gotong.sources.reading import REMEDY

_MOST_UNPACKED = 64_000_000
"""Bytes that all packed files may take together; the largest workbook read takes 5 million."""

_MOST_RATIO = 200
"""Unpacked over packed size of one file. XML of plain tables stays below 30; only what is made
to burst comes near the 1,032 that the method of packing can reach."""

_RATIO_FROM = 1_000_000
"""Bytes, unpacked, below which the ratio tells nothing: a short file of one letter is harmless."""

_MOST_CELLS = 2_000_000
"""Cells of a sheet. A single cell far down or far right makes the empty ones before it."""

_ENCRYPTED = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def sheet_rows(
    content: bytes, dataset: str, file: str, sheet: str | None = None
) -> list[list[object]]:
    """Return the cells of one sheet, row by row.

    Parameters
    ----------
    content : bytes
        The workbook.
    dataset, file : str
        Where it comes from, for the message when something is wrong.
    sheet : str, optional
        The sheet's name; None for the only sheet of a workbook of one.

    Returns
    -------
    list of list
        All rows equally long, from row 1 and column A to the last ones that hold anything.
        A cell is str, int, float or datetime.datetime; None where blank. What is none of
        these (yes or no, a time of day) is given as text, so that it never passes for a
        number.

    Raises
    ------
    InputError
        No workbook, or a damaged, encrypted or oversized one; no such sheet, or several and
        none named; an empty sheet.
    """
    _expect_sound_archive(content, dataset, file)
    try:
        with warnings.catch_warnings():
            # Said of decoration (styles, validation lists) that is not read.
            warnings.simplefilter("ignore")
            rows = _read(content, dataset, file, sheet)
    except InputError:
        raise
    except Exception as error:
        # Damaged XML fails in many ways inside the parser; the user needs to know only that.
        reason = str(error)[:200] or type(error).__name__
        raise InputError(dataset, file, "", "an Excel workbook", reason, REMEDY) from None
    if not rows:
        raise InputError(dataset, file, f"sheet '{sheet or 1}'", "rows", "none", REMEDY)
    return rows


def whole_cell(cell: object, dataset: str, file: str, place: str) -> int:
    """Return a cell as a whole number of zero or more, also where it is stored as 12.0.

    Raises
    ------
    InputError
        The cell is anything else; `place` is named.
    """
    if isinstance(cell, int | float) and _is_count(cell):
        return int(cell)
    raise InputError(dataset, file, place, "a whole number, 0 or more", repr(cell), REMEDY)


def _is_count(cell: float) -> bool:
    """Tell whether a number is a count; from 2**53 on a float can no longer tell."""
    return not isinstance(cell, bool) and 0 <= cell < 2**53 and cell == int(cell)


def _expect_sound_archive(content: bytes, dataset: str, file: str) -> None:
    """Stop unless the bytes are a zip archive of bounded size whose every checksum holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wrong = _unsound(archive)
    except Exception as error:
        # Damaged archives fail in more ways than BadZipFile (zlib, struct, offsets below 0).
        reason = str(error)[:200] or type(error).__name__
        raise InputError(dataset, file, "", "an Excel workbook (.xlsx)", reason, REMEDY) from None
    if wrong:
        place, expected, found = wrong
        raise InputError(dataset, file, place, expected, found, REMEDY)


def _unsound(archive: zipfile.ZipFile) -> tuple[str, str, str] | None:
    """Return place, what is expected and what is found, where an archive must not be opened."""
    members = archive.infolist()
    names = [member.filename for member in members]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        return repeated, "each packed file once", "the name twice"
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MOST_UNPACKED:
        return "", f"at most {_MOST_UNPACKED:,} bytes unpacked", f"{unpacked:,} declared"
    return next(filter(None, (_unsound_member(archive, member) for member in members)), None)


def _unsound_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo
) -> tuple[str, str, str] | None:
    """Return what `_unsound` returns, of one packed file, which is unpacked for it."""
    place = member.filename
    if member.flag_bits & _ENCRYPTED:
        return place, "a workbook without a password", "an encrypted one"
    if member.compress_type not in _PACKINGS:
        return place, "the packing of a workbook", f"method {member.compress_type}"
    limit = _MOST_RATIO * max(member.compress_size, 1)
    if member.file_size > max(limit, _RATIO_FROM):
        ratio = f"{member.file_size:,} bytes from {member.compress_size:,}"
        return place, f"at most {_MOST_RATIO} times the packed size", ratio
    # Reading to the end is what holds the bytes against their checksum.
    with archive.open(member) as packed:
        data = packed.read(member.file_size + 1)
    if len(data) != member.file_size:
        return place, f"{member.file_size:,} bytes, as declared", f"{len(data):,} bytes"
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        # A workbook never defines entities; a few of them can grow without bound.
        return place, "XML without a document type", "a document type"
    return None


def _read(content: bytes, dataset: str, file: str, sheet: str | None) -> list[list[object]]:
    """Return the rows of a sheet, without the blank ones at its end and right side."""
    workbook = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    try:
        chosen = _sheet(workbook, dataset, file, sheet)
        # The size that a sheet declares is not always the size that it has.
        chosen.reset_dimensions()
        rows = list(_bounded(chosen.iter_rows(values_only=True), dataset, file))
    finally:
        workbook.close()
    width = max((_used(row) for row in rows), default=0)
    while rows and not _used(rows[-1]):
        rows.pop()
    return [[*row[:width], *[None] * (width - len(row))] for row in rows]


def _sheet(workbook: Any, dataset: str, file: str, sheet: str | None) -> Any:
    """Return the sheet of a name, or the only one."""
    sheets = {found.title: found for found in workbook.worksheets}
    if sheet is None and len(sheets) == 1:
        return next(iter(sheets.values()))
    if sheet not in sheets:
        expected = "a single sheet" if sheet is None else f"a sheet '{sheet}'"
        found = ", ".join(f"'{name}'" for name in sheets) or "no sheet"
        raise InputError(dataset, file, "", expected, found, REMEDY)
    return sheets[sheet]


def _bounded(rows: Iterator[Sequence[object]], dataset: str, file: str) -> Iterator[list[object]]:
    """Yield rows as plain cells until there are more of them than a sheet may hold."""
    cells = 0
    for row in rows:
        cells += max(len(row), 1)
        if cells > _MOST_CELLS:
            found = "more, most of them empty ones before a cell far out"
            raise InputError(dataset, file, "", f"at most {_MOST_CELLS:,} cells", found, REMEDY)
        yield [_plain(cell) for cell in row]


def _plain(cell: object) -> object:
    """Return a cell as one of the few kinds that `sheet_rows` promises."""
    if cell is None or isinstance(cell, str):
        return cell or None
    if isinstance(cell, datetime.datetime) or type(cell) in (int, float):
        return cell
    return str(cell)


def _used(row: Sequence[object]) -> int:
    """Return how many cells a row takes up to its last one that is not blank."""
    return max((place for place, cell in enumerate(row, start=1) if cell is not None), default=0)
