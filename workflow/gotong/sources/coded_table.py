"""Reading a table that was typed by hand: its rows, its dates, and refusing one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gotong.errors import InputError
from gotong.sources.reading import decode
from gotong.tables import read_csv
from gotong.text import quoted

REMEDY = "mend the row in the coded table; a day that is not known stays blank, with a word in note"

ADDRESS = r'https?://[\w.-]+(/[^\s"<>]*)?'
"""Pattern of an address on the web."""

_STATED = re.compile(r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?")
_FREQUENCIES = {"day": "D", "month": "M", "year": "Y"}


@dataclass(frozen=True)
class CodedTable:
    """A coded table as it was typed, and how to refuse one of its rows.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows in the order of the file, the columns typed.
    dataset, file : str
        For messages.
    """

    frame: pd.DataFrame
    dataset: str
    file: str

    def fault(self, row: int, column: str, expected: str, found: str) -> InputError:
        """Return the error for one cell; `row` counts from 0 below the header."""
        place = f"row {row + 2}, column '{column}'"
        return InputError(self.dataset, self.file, place, expected, found, REMEDY)

    def refuse(self, wrong: pd.Series, column: str, expected: str) -> None:
        """Stop at the first row for which `wrong` holds."""
        for row in np.flatnonzero(wrong):
            raise self.fault(int(row), column, expected, shown(self.frame[column].iloc[row]))

    def expect_addresses(self, column: str, blank: bool = False) -> None:
        """Stop at a cell that is no address; a blank is allowed where `blank` says so."""
        pattern = f"({ADDRESS})?" if blank else ADDRESS
        self.refuse(~self.frame[column].str.fullmatch(pattern), column, "an http(s) address")


def shown(cell: object) -> str:
    """Return a cell as it was typed."""
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat()
    if isinstance(cell, str) and cell:
        return quoted(cell)
    return "a blank" if cell is pd.NaT or cell == "" else repr(cell)


def read_coded(
    files: Mapping[str, bytes], file: str, columns: Mapping[str, str], dataset: str
) -> CodedTable:
    """Return a coded table with its columns typed, its rows in the order of the file.

    Raises
    ------
    InputError
        Another layout; no rows; a cell that is not of its column's type, or of several lines.
    """
    content = decode(files[file], dataset, file).encode("utf-8")
    coded = CodedTable(read_csv(content, columns, dataset, file, REMEDY), dataset, file)
    if coded.frame.empty:
        raise InputError(dataset, file, "", "rows below the header", "none", REMEDY)
    for name in (name for name, dtype in columns.items() if dtype == "str"):
        # A quotation mark that is never closed would swallow the rows after it.
        coded.refuse(coded.frame[name].str.contains(r"[\r\n]"), name, "a cell of one line")
    return coded


@dataclass(frozen=True)
class StatedDate:
    """A date as exactly as it was stated: the days that it may mean, from first to last.

    Parameters
    ----------
    precision : str
        ``day``, ``month`` or ``year``; blank where nothing is stated.
    first, last : pandas.Timestamp, optional
        The same for a day; none where nothing is stated.
    """

    precision: str
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None


def stated_date(text: str) -> StatedDate | None:
    """Return what ``2020-04-10``, ``2020-04``, ``2020`` or a blank states; None for all else."""
    if text == "":
        return StatedDate("")
    match = _STATED.fullmatch(text)
    if match is None:
        return None
    precision = next(name for name in _FREQUENCIES if match[name])
    try:
        period = pd.Period(text, freq=_FREQUENCIES[precision])
        return StatedDate(precision, period.start_time, period.end_time.normalize())
    except ValueError:
        return None
