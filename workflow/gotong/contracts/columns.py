"""Building blocks of the contracts: kinds of columns, and tables of them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pandera.pandas as pa

from gotong.tables import DATE

Schema = pa.DataFrameSchema
"""Type of a contract."""

REGION = r"\d{2}|\d{4}|\d{2}xx"
DYADS = ("G-G", "G-H", "G-P", "G-C", "G-N", "C-C")
"""Who cooperates with whom: G government, H hospital, P private firm, C community, N NGO."""

COUNTRIES = ("BRA", "IDN", "TWN")
"""ISO 3166-1 alpha-3 codes of the countries that are compared."""

CONFIDENCE = ("high", "medium", "low")
AUDIT = ("confirmed", "corrected", "added", "unverified")


def _column(
    dtype: str,
    about: str,
    unit: str = "",
    *checks: pa.Check,
    missing: bool = False,
) -> pa.Column:
    return pa.Column(
        dtype,
        list(checks),
        nullable=missing,
        description=about,
        metadata={"unit": unit} if unit else None,
    )


def code(about: str = "BPS code of the region", pattern: str = REGION) -> pa.Column:
    """Return a column of region codes."""
    return _column("str", about, "", pa.Check.str_matches(f"^({pattern})$"))


def text(about: str, values: tuple[str, ...] = (), pattern: str = "") -> pa.Column:
    """Return a text column; blank text is an empty string, never missing."""
    checks = []
    if values:
        checks.append(pa.Check.isin(values))
    if pattern:
        checks.append(pa.Check.str_matches(f"^({pattern})$"))
    return _column("str", about, "", *checks)


def date(
    about: str, missing: bool = False, first: str = "2000-01-01", last: str = "2023-12-31"
) -> pa.Column:
    """Return a column of days between two days, by default those of 2000 to 2023."""
    span = pa.Check.in_range(pd.Timestamp(first), pd.Timestamp(last))
    return _column(DATE, about, "", span, missing=missing)


def whole(about: str, unit: str, low: int | None = 0, missing: bool = False) -> pa.Column:
    """Return a column of whole numbers, by default none below zero."""
    checks = [] if low is None else [pa.Check.ge(low)]
    return _column("Int64", about, unit, *checks, missing=missing)


def number(
    about: str, unit: str, low: float | None = 0, high: float | None = None, missing: bool = False
) -> pa.Column:
    """Return a column of real numbers, by default none below zero."""
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low))
    if high is not None:
        checks.append(pa.Check.le(high))
    return _column("float64", about, unit, *checks, missing=missing)


def flag(about: str) -> pa.Column:
    """Return a yes/no column."""
    return _column("boolean", about)


def table(
    name: str,
    about: str,
    key: tuple[str, ...],
    columns: Mapping[str, pa.Column],
    *checks: pa.Check,
) -> pa.DataFrameSchema:
    """Return the contract of a table: exactly these columns, in this order, one row per key.

    Parameters
    ----------
    name, about : str
        Path under ``data/raw`` or name of a made table, and a sentence on what it holds.
    key : tuple of str
        Columns that name a row.
    columns : mapping of str to pandera.Column
    *checks : pandera.Check
        What must hold between columns, row by row.
    """
    return pa.DataFrameSchema(
        dict(columns),
        checks=list(checks),
        name=name,
        description=about,
        unique=list(key),
        strict=True,
        ordered=True,
        metadata={"key": key},
    )


def dtypes(schema: pa.DataFrameSchema) -> dict[str, str]:
    """Return the column names and dtypes of a contract, as `tables.read_csv` takes them."""
    plain = {"string[pyarrow]": "str", "string": "str", "datetime64[ns]": DATE}
    named = {name: str(column.dtype) for name, column in schema.columns.items()}
    return {name: plain.get(dtype, dtype) for name, dtype in named.items()}
