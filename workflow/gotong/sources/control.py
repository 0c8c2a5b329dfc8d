"""Control totals, for figures that nothing else in their file can prove.

A series of counts or a typed table has few sums of its own: a digit that changed would go
unseen. As with ledgers, a total over all cells is taken once, when the figures were checked
against their publisher, and held against every later reading. It is a total of what was read,
not of bytes: the sha256 in ``data/raw/sources.yaml`` holds the bytes of one file, while here
the order of rows, a byte-order mark, line ends or a larger file make no difference.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pandas as pd

from gotong.errors import InputError
from gotong.tables import to_csv

CHECKSUM_DIGITS = 16
"""Of the 64 digits of a sha256: tables that differ agree in these once in 1.8e19."""

REMEDY = "fetch or restore the file; if it was changed on purpose, look at the change and renew the control total beside the reader"  # noqa: E501


@dataclass(frozen=True)
class ControlTotal:
    """What a table comes to.

    Parameters
    ----------
    rows : int
        Its rows.
    checksum : str
        First `CHECKSUM_DIGITS` hexadecimal digits of the sha256 of the table as CSV.
    """

    rows: int
    checksum: str

    def __str__(self) -> str:
        """Return the total in words, for messages."""
        return f"{self.rows} rows with checksum {self.checksum}"


def control_total(frame: pd.DataFrame) -> ControlTotal:
    """Return what a table comes to, its rows and columns in the order that they have."""
    digest = hashlib.sha256(to_csv(frame)).hexdigest()
    return ControlTotal(len(frame), digest[:CHECKSUM_DIGITS])


def expect_total(
    frame: pd.DataFrame, total: ControlTotal | None, dataset: str, file: str
) -> pd.DataFrame:
    """Return the table unchanged if it comes to the total.

    Parameters
    ----------
    frame : pandas.DataFrame
        What was read, sorted by its key.
    total : ControlTotal or None
        What it should come to; None accepts any file of the layout.
    dataset, file : str
        For the message.

    Raises
    ------
    InputError
        A row or a cell is not the one that was checked, is missing or is there twice.
    """
    if total is None:
        return frame
    found = control_total(frame)
    if found != total:
        raise InputError(dataset, file, "whole table", str(total), str(found), REMEDY)
    return frame
