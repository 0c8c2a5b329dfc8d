"""Control totals, for figures that nothing else in their file can prove.

A series of counts or a typed table has few sums of its own: a digit that changed would go
unseen. As with ledgers, a total over all cells is taken once, when the figures were checked
against their publisher, and held against every later reading. It is a total of what was read,
not of bytes, so that the order of rows, a byte-order mark or line ends make no difference.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import pandas as pd

from gotong.errors import InputError
from gotong.tables import to_csv

REMEDY = "restore the file; if it was corrected on purpose, look at the change and renew the control total beside the reader"  # noqa: E501


@dataclass(frozen=True)
class ControlTotal:
    """What a table comes to.

    Parameters
    ----------
    rows : int
        Its rows.
    checksum : str
        CRC-32 of the sorted table as CSV, in eight hexadecimal digits. It guards against
        slips; against intent there is the sha256 of the file in ``data/raw/sources.yaml``.
    """

    rows: int
    checksum: str

    def __str__(self) -> str:
        """Return the total in words, for messages."""
        return f"{self.rows} rows with checksum {self.checksum}"


def control_total(frame: pd.DataFrame) -> ControlTotal:
    """Return what a table comes to."""
    return ControlTotal(len(frame), f"{zlib.crc32(to_csv(frame)):08x}")


def expect_total(
    frame: pd.DataFrame, total: ControlTotal | None, dataset: str, file: str
) -> pd.DataFrame:
    """Return the table unchanged if it comes to the total.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table as its reader made it, sorted.
    total : ControlTotal or None
        What it should come to; None accepts any file of the layout.
    dataset, file : str
        For the message.

    Raises
    ------
    InputError
        A row or a cell is not the one that was checked.
    """
    found = control_total(frame)
    if total is not None and found != total:
        raise InputError(dataset, file, "whole table", str(total), str(found), REMEDY)
    return frame
