"""What the readers share: decoding, rows, cells, each with an error that says where."""

from __future__ import annotations

from collections.abc import Sequence

from gotong import tables
from gotong.errors import InputError
from gotong.tables import csv_cells
from gotong.text import quoted

REMEDY = "fetch the file again from its address in data/raw/sources.yaml; if it is intact, its layout is new and the reader must be adapted"  # noqa: E501


def decode(content: bytes, dataset: str, file: str) -> str:
    """Return the text of a UTF-8 file, without a byte-order mark.

    Raises
    ------
    InputError
        The bytes are not UTF-8, or the file is an HTML page (an error page saved as data).
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            dataset,
            file,
            f"byte {error.start}",
            "UTF-8 text",
            f"byte 0x{content[error.start]:02x}",
            REMEDY,
        ) from None
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html")):
        raise InputError(dataset, file, "start of the file", "data", "an HTML page", REMEDY)
    return text


def csv_rows(content: bytes, dataset: str, file: str) -> list[list[str]]:
    """Return all rows of a CSV file as text, the header first; blank last lines are left out.

    Raises
    ------
    InputError
        See `decode` and `tables.csv_cells`; also when the file holds no row below its header.
    """
    rows = csv_cells(decode(content, dataset, file), dataset, file, REMEDY)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) < 2:
        raise InputError(
            dataset, file, "", "a header and rows below it", f"{len(rows)} rows", REMEDY
        )
    return rows


def expect_header(found: Sequence[str], wanted: Sequence[str], dataset: str, file: str) -> None:
    """Stop unless a header is exactly the one that the reader was written for."""
    if list(found) != list(wanted):
        raise InputError(dataset, file, "row 1 (header)", ",".join(wanted), ",".join(found), REMEDY)


def whole(cell: str, dataset: str, file: str, place: str) -> int:
    """Return a cell as a whole number of zero or more that 64 bits hold.

    Raises
    ------
    InputError
        The cell is anything else; `place` is named.
    """
    value = tables.whole(cell.strip())
    if value is None or value < 0 or "-" in cell:
        raise InputError(dataset, file, place, "a whole number, 0 or more", quoted(cell), REMEDY)
    return value
