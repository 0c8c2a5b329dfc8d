"""Building blocks of the contracts: kinds of columns, and tables of them.

A contract is plain data, and the pandera schema is built from it when a table is held against
it: every job reads the contracts of all tables, and needs those of few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gotong.tables import DATE

if TYPE_CHECKING:
    import pandera.pandas as pa

REGION = r"\d{2}|\d{4}|\d{2}xx"
DYADS = ("G-G", "G-H", "G-P", "G-C", "G-N", "C-C")
"""Who cooperates with whom: G government, H hospital, P private firm, C community, N NGO."""

COUNTRIES = ("BRA", "IDN", "TWN")
"""ISO 3166-1 alpha-3 codes of the countries that are compared."""

CONFIDENCE = ("high", "medium", "low")
AUDIT = ("confirmed", "corrected", "added", "unverified")

# Types and not their names: pandera imports geopandas to look up a name.
_TYPES = {
    "str": pd.StringDtype(na_value=np.nan),
    "Int64": pd.Int64Dtype(),
    "float64": np.dtype("float64"),
    "boolean": pd.BooleanDtype(),
    DATE: np.datetime64,
}


@dataclass(frozen=True)
class Column:
    """What a column holds: type, a sentence and a unit, and what a cell may be."""

    dtype: str
    description: str
    unit: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    low: float | pd.Timestamp | None = None
    high: float | pd.Timestamp | None = None

    def to_pandera(self) -> pa.Column:
        """Return the column as pandera checks it."""
        import pandera.pandas as pa

        checks = []
        if self.allowed:
            checks.append(pa.Check.isin(self.allowed))
        if self.pattern:
            checks.append(pa.Check.str_matches(f"^({self.pattern})$"))
        if self.low is not None and self.high is not None:
            checks.append(pa.Check.in_range(self.low, self.high))
        elif self.low is not None:
            checks.append(pa.Check.ge(self.low))
        elif self.high is not None:
            checks.append(pa.Check.le(self.high))
        return pa.Column(_TYPES[self.dtype], checks, nullable=self.nullable)


@dataclass(frozen=True)
class RowRule:
    """What must hold between the columns of a table, row by row."""

    name: str
    holds: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Schema:
    """Contract of a table: exactly these columns, in this order, one row per key."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    rules: tuple[RowRule, ...] = ()

    @cached_property
    def pandera(self) -> pa.DataFrameSchema:
        """The contract as pandera checks it."""
        import pandera.pandas as pa

        return pa.DataFrameSchema(
            {name: column.to_pandera() for name, column in self.columns.items()},
            checks=[pa.Check(rule.holds, name=rule.name) for rule in self.rules],
            name=self.name,
            unique=list(self.key),
            strict=True,
            ordered=True,
        )

    def with_gaps(self) -> Schema:
        """Return the contract of the same table in which any figure may be missing."""
        columns = {
            name: column if name in self.key else replace(column, nullable=True)
            for name, column in self.columns.items()
        }
        return replace(self, columns=columns)


def code(about: str = "BPS code of the region", pattern: str = REGION) -> Column:
    """Return a column of region codes."""
    return Column("str", about, pattern=pattern)


def text(about: str, values: tuple[str, ...] = (), pattern: str = "") -> Column:
    """Return a text column; blank text is an empty string, never missing."""
    return Column("str", about, allowed=values, pattern=pattern)


def date(
    about: str, missing: bool = False, first: str = "2000-01-01", last: str = "2023-12-31"
) -> Column:
    """Return a column of days between two days, by default those of 2000 to 2023."""
    return Column(DATE, about, nullable=missing, low=pd.Timestamp(first), high=pd.Timestamp(last))


def whole(
    about: str, unit: str, low: int | None = 0, high: int | None = None, missing: bool = False
) -> Column:
    """Return a column of whole numbers, by default none below zero."""
    return Column("Int64", about, unit, missing, low=low, high=high)


def number(
    about: str, unit: str, low: float | None = 0, high: float | None = None, missing: bool = False
) -> Column:
    """Return a column of real numbers, by default none below zero."""
    return Column("float64", about, unit, missing, low=low, high=high)


def flag(about: str) -> Column:
    """Return a yes/no column."""
    return Column("boolean", about)


def table(
    name: str,
    about: str,
    key: tuple[str, ...],
    columns: Mapping[str, Column],
    *rules: RowRule,
) -> Schema:
    """Return the contract of a table: exactly these columns, in this order, one row per key.

    Parameters
    ----------
    name, about : str
        Path under ``data/raw`` or name of a made table, and a sentence on what it holds.
    key : tuple of str
        Columns that name a row.
    columns : mapping of str to Column
    *rules : RowRule
        What must hold between columns, row by row.
    """
    return Schema(name, about, key, dict(columns), rules)


def dtypes(schema: Schema) -> dict[str, str]:
    """Return the column names and dtypes of a contract, as `tables.read_csv` takes them."""
    return {name: column.dtype for name, column in schema.columns.items()}
