"""Holding a table against its contract, and saying in words what is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gotong.contracts.columns import Schema, dtypes
from gotong.errors import InputError
from gotong.tables import read_csv
from gotong.text import expectation, first_unfit, quoted

RESTORE = "restore the file (git checkout -- data/raw) or make it anew with `make snapshot`"


def check(frame: pd.DataFrame, schema: Schema, file: str, remedy: str) -> pd.DataFrame:
    """Return the table unchanged if it meets its contract.

    Parameters
    ----------
    frame : pandas.DataFrame
    schema : Schema
    file : str
        The file that the table stands in, for the message.
    remedy : str
        What the user can do when it does not.

    Raises
    ------
    InputError
        Names the first offending row and column, what was expected and what was found. Text
        that `gotong.text` does not let pass is refused in every column.
    """
    from pandera.errors import SchemaErrors

    for name, dtype in dtypes(schema).items():
        if dtype == "str" and name in frame:
            _expect_plain_text(frame[name], schema.name, file, remedy)
    try:
        schema.pandera.validate(frame.reset_index(drop=True), lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        # A cell that is wrong in itself says more than what then fails to hold of its row.
        of_cells = cases[cases["schema_context"] == "Column"]
        worst = (cases if of_cells.empty else of_cells).iloc[0].copy()
        if worst["check"] in {rule.name for rule in schema.rules}:
            # Pandera lists each cell of the row: none of them is at fault by itself.
            worst[["column", "failure_case"]] = [None, "it does not hold"]
        index = worst["index"]
        place = f"column '{worst['column']}'" if pd.notna(worst["column"]) else ""
        if pd.notna(index) and int(index) < len(frame):
            row = frame.iloc[int(index)]
            shown = ", ".join(f"{name}={_plain(row[name])}" for name in schema.key if name in row)
            place = f"row {int(index) + 2}" + (f" ({shown})" if shown else "") + f", {place}"
        raise InputError(
            schema.name,
            file,
            place.strip(", "),
            _expectation(str(worst["check"]), schema.key),
            _plain(worst["failure_case"]),
            remedy,
        ) from None
    return frame


def _expect_plain_text(column: pd.Series, table: str, file: str, remedy: str) -> None:
    """Stop at the first text of a column that may not pass."""
    unfit = first_unfit(column.unique())
    if unfit is not None:
        row = int(np.flatnonzero((column == unfit).to_numpy(dtype=bool))[0])
        place = f"row {row + 2}, column '{column.name}'"
        raise InputError(table, file, place, expectation(unfit), quoted(unfit), remedy)


def _plain(value: object) -> str:
    """Return a cell as a person would write it."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value) or "a blank"


def _expectation(check_name: str, key: tuple[str, ...]) -> str:
    """Say in words what a failed check wanted."""
    if "unique" in check_name:
        return f"one row per {', '.join(key)}"
    if "not_nullable" in check_name:
        return "a value"
    if "column_in_dataframe" in check_name:
        return "this column"
    if "column_in_schema" in check_name:
        return "no such column"
    return check_name


def read_raw(content: bytes, schema: Schema, file: str) -> pd.DataFrame:
    """Read a raw CSV table and hold it against its contract.

    Raises
    ------
    InputError
        See `tables.read_csv` and `check`.
    """
    frame = read_csv(content, dtypes(schema), schema.name, file, RESTORE)
    return check(frame, schema, file, RESTORE)
