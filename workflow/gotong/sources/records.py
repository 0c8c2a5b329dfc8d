"""Rows of a publisher's CSV whose cells know where they stand, and the last check of a table."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, csv_rows, expect_header
from gotong.text import quoted

Value = TypeVar("Value")

ISO_DAY = "%Y-%m-%d"
INDONESIAN_DAY = "%d/%m/%Y"

_DAYS = {ISO_DAY: r"[0-9]{4}-[0-9]{2}-[0-9]{2}", INDONESIAN_DAY: r"[0-9]{2}/[0-9]{2}/[0-9]{4}"}
# No count of persons or beds has more digits; a longer run of digits is damage.
_COUNT = re.compile(r"[0-9]{1,10}")
_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,20})?")


@dataclass(frozen=True)
class Record:
    """One row of a file.

    Parameters
    ----------
    dataset, file : str
        Where it stands, for the message when something is wrong.
    number : int
        Number of the row; the header is row 1.
    cells : dict of str to str
        By the names of the header.
    """

    dataset: str
    file: str
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell as it stands in the file."""
        return self.cells[column]

    def place(self, column: str) -> str:
        """Say where a cell stands."""
        return f"row {self.number}, column '{column}'"

    def fault(self, column: str, expected: str) -> InputError:
        """Return the error for a cell that is not what it should be."""
        found = quoted(self[column])
        return InputError(self.dataset, self.file, self.place(column), expected, found, REMEDY)

    def expect(self, column: str, due: str) -> None:
        """Stop unless a cell is exactly what it must be."""
        if self[column] != due:
            raise self.fault(column, repr(due))

    def whole(self, column: str) -> int:
        """Return a cell as a whole number of zero or more."""
        if not _COUNT.fullmatch(self[column]):
            raise self.fault(column, "a whole number, 0 or more")
        return int(self[column])

    def signed(self, column: str) -> int:
        """Return a cell as a whole number of either sign."""
        if not _COUNT.fullmatch(self[column].removeprefix("-")):
            raise self.fault(column, "a whole number")
        return int(self[column])

    def whole_or_blank(self, column: str, blank: str = "") -> int | None:
        """Return a cell as a whole number, None where it holds what the file has for blanks."""
        return None if self[column] == blank else self.whole(column)

    def number_in(self, column: str, low: float, high: float) -> float:
        """Return a cell as a real number within bounds."""
        value = float(self[column]) if _NUMBER.fullmatch(self[column]) else None
        if value is None or not low <= value <= high:
            raise self.fault(column, f"a number from {low:g} to {high:g}")
        return value

    def day(self, column: str, form: str) -> pd.Timestamp:
        """Return a cell as a day, written as `ISO_DAY` or `INDONESIAN_DAY`."""
        try:
            if re.fullmatch(_DAYS[form], self[column]):
                return pd.to_datetime(self[column], format=form)
        except ValueError:
            pass
        example = pd.Timestamp("2020-04-30").strftime(form)
        raise self.fault(column, f"a day such as {example}")

    def one_of(self, column: str, values: Mapping[str, Value]) -> Value:
        """Return what a word of a closed list stands for."""
        if self[column] not in values:
            raise self.fault(column, "one of " + ", ".join(repr(word) for word in values))
        return values[self[column]]


def read_records(
    files: Mapping[str, bytes], file: str, header: Sequence[str], dataset: str
) -> list[Record]:
    """Return the rows of one CSV file, each as long as the header.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `file`, by registered path.
    file, dataset : str
        What to read, and for which source.
    header : sequence of str
        The header that the file must have, exactly.

    Raises
    ------
    InputError
        No such file; what `csv_rows` refuses; another header; a row of another length.
    """
    if file not in files:
        raise InputError(dataset, file, "", "this file", "no such file", REMEDY)
    found, *rows = csv_rows(files[file], dataset, file)
    expect_header(found, header, dataset, file)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            expected = f"{len(header)} fields"
            raise InputError(dataset, file, f"row {number}", expected, f"{len(row)}", REMEDY)
    return [
        Record(dataset, file, number, dict(zip(header, row, strict=True)))
        for number, row in enumerate(rows, start=2)
    ]


def as_table(
    rows: Sequence[Mapping[str, object]] | Sequence[Mapping[Hashable, object]],
    table: str,
    control: ControlTotal | None,
    dataset: str,
    file: str,
) -> pd.DataFrame:
    """Return rows as a table of ``data/raw``, held to its control total.

    Parameters
    ----------
    rows : sequence of mapping
        One mapping per row, with at least the columns of the contract.
    table : str
        Path of the table, which is also that of its contract.
    control : ControlTotal or None
        What the table comes to; None accepts any rows.
    dataset, file : str
        For the message when something is wrong.

    Returns
    -------
    pandas.DataFrame
        With the columns and dtypes of the contract, sorted by its key.

    Raises
    ------
    InputError
        A key twice, or another control total.
    """
    schema = RAW[table]
    columns, key = dtypes(schema), list(schema.key)
    frame = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    frame = frame.sort_values(key, ignore_index=True)
    repeated = frame[frame.duplicated(key)]
    if not repeated.empty:
        named = ", ".join(str(value) for value in repeated[key].iloc[0])
        raise InputError(dataset, file, "", f"each {', '.join(key)} once", named, REMEDY)
    return expect_total(frame, control, dataset, file)
