"""Applying corrections to the tables that they were written for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from gotong.contracts import dtypes
from gotong.contracts.columns import Schema
from gotong.corrections import FILE, Correction
from gotong.errors import InputError
from gotong.tables import DATE, convert

REMEDY = (
    "the publisher's figures are no longer those that the correction was written for: look at "
    "them and at its evidence, then renew, retire (status: fixed_upstream) or remove the entry"
)

_DATES = ("date", "week_start", "start_date")
"""Columns that the days of a correction are looked for in, the first one that a table has."""

TOUCHED = ("correction", "table", "action", "region_code", "date", "key", "column")
"""Columns of `touched` before the two with the figures."""


def apply(frame: pd.DataFrame, schema: Schema, corrections: Iterable[Correction]) -> pd.DataFrame:
    """Return a table with its corrections made, in their order; the given one is unchanged.

    Parameters
    ----------
    frame : pandas.DataFrame
        As published; meets `schema`.
    schema : Schema
        Its contract.
    corrections : iterable of Correction
        Those of this table.

    Raises
    ------
    InputError
        The rows are not those that a correction expects, or it names a column or value that
        the table cannot hold.
    """
    corrected = frame
    for correction in corrections:
        rows = chosen(corrected, correction)
        if correction.action in ("drop", "merge"):
            corrected = corrected.drop(index=corrected.index[rows]).reset_index(drop=True)
        elif correction.action == "override":
            column = _known(frame, correction, correction.column)
            dtype = dtypes(schema)[column]
            where = (correction.table, FILE, correction.id, REMEDY)
            value = convert([correction.value], dtype, where).iloc[0]
            corrected = corrected.assign(**{column: corrected[column].mask(rows, value)})
            corrected[column] = corrected[column].astype(frame[column].dtype)
    return corrected


def touched(frame: pd.DataFrame, schema: Schema, corrections: Iterable[Correction]) -> pd.DataFrame:
    """Return every row that corrections touch, with the figure before and after.

    Returns
    -------
    pandas.DataFrame
        The columns `TOUCHED`, before, after; all text but the date. One row per row of the
        table and correction; ``key`` names the row, ``before`` is blank where the whole row is
        meant.
    """
    key = list(schema.key)
    parts = [_touched_by(frame, key, correction) for correction in corrections]
    columns = [*TOUCHED, "before", "after"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _touched_by(frame: pd.DataFrame, key: list[str], correction: Correction) -> pd.DataFrame:
    """Return the rows that one correction touches."""
    rows = frame[chosen(frame, correction)]
    day = next((name for name in _DATES if name in frame), "")
    region = "region_code" if "region_code" in frame else "unit_code"
    before = as_text(rows[correction.column]) if correction.column else ""
    after = {"override": correction.value, "flag": before}.get(correction.action, "")
    into = ", ".join(f"{name}={cell}" for name, cell in correction.into.items())
    return pd.DataFrame(
        {
            "correction": correction.id,
            "table": correction.table,
            "action": correction.action,
            "region_code": rows[region] if region in frame else "",
            "date": rows[day] if day else pd.NaT,
            "key": _named(rows, key),
            "column": correction.column,
            "before": before,
            "after": into or after,
        },
        index=rows.index,
    )


def _named(rows: pd.DataFrame, key: list[str]) -> list[str]:
    """Return what names each row: ``region_code=32, date=2020-05-08``."""
    cells = zip(*(as_text(rows[name]) for name in key), strict=True)
    return [", ".join(map("=".join, zip(key, row, strict=True))) for row in cells]


def in_order(listed: pd.DataFrame) -> pd.DataFrame:
    """Return a list of touched rows typed and sorted, as its contract wants it."""
    typed = {name: "str" for name in listed.columns if name != "date"} | {"date": DATE}
    order = ["correction", "key", "column"]
    return listed.astype(typed).sort_values(order, ignore_index=True)


def chosen(frame: pd.DataFrame, correction: Correction) -> np.ndarray:
    """Return which rows a correction means, after making sure that they are the expected ones.

    Returns
    -------
    numpy.ndarray of bool, shape (rows,)

    Raises
    ------
    InputError
        Another number of rows, another value or another total than the correction expects.
    """
    rows = _where(frame, correction, correction.where)
    if correction.dates is not None:
        day = next((name for name in _DATES if name in frame), "date")
        days = frame[_known(frame, correction, day)]
        rows &= days.between(correction.dates.start, correction.dates.end).to_numpy(dtype=bool)
    _expect(frame[rows], correction)
    if correction.into and int(_where(frame, correction, correction.into).sum()) != 1:
        raise _fault(correction, "one row to merge into", "none, or more than one")
    return rows


def _where(frame: pd.DataFrame, correction: Correction, cells: Mapping[str, str]) -> np.ndarray:
    """Return which rows hold some cells."""
    rows = np.ones(len(frame), dtype=bool)
    for column, wanted in cells.items():
        text = as_text(frame[_known(frame, correction, column)])
        rows &= text.isin(wanted.split("|")).to_numpy(dtype=bool)
    return rows


def _expect(rows: pd.DataFrame, correction: Correction) -> None:
    """Stop unless some rows hold what a correction was written for."""
    expect = correction.expect
    if len(rows) != expect.rows:
        raise _fault(correction, f"{expect.rows} rows", f"{len(rows)}")
    for column, wanted in expect.cells.items():
        text = as_text(rows[_known(rows, correction, column)])
        other = text[text != wanted]
        if len(other):
            raise _fault(correction, f"{column} = {wanted!r}", repr(other.iloc[0]))
    for column, total in expect.sums.items():
        found = float(rows[_known(rows, correction, column)].sum())
        if found != total:
            raise _fault(correction, f"a sum of {total:g} in {column}", f"{found:g}")


def _known(frame: pd.DataFrame, correction: Correction, column: str) -> str:
    """Return the name of a column if the table has it."""
    if column not in frame:
        raise _fault(correction, f"one of the columns {', '.join(frame.columns)}", repr(column))
    return column


def _fault(correction: Correction, expected: str, found: str) -> InputError:
    place = f"entry '{correction.id}'"
    return InputError(correction.table, FILE, place, expected, found, REMEDY)


def as_text(column: pd.Series) -> pd.Series:
    """Return cells as a CSV table writes them."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.strftime("%Y-%m-%d").fillna("").astype("str")
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "yes", False: "no"}).astype("str")
    return column.astype("str").where(column.notna(), "")
