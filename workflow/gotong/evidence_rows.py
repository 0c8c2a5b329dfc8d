"""Which rows of made tables a number of the evidence was worked out from.

They are written as ``column=value``, joined by commas. Of values joined by ``|`` all are used;
where others serve the bounds alone, the first is that of the estimate. ``*`` is any value that is
there. What was worked out from a second table too says so behind a plus:
``quantity=ratio,end=2020-12-31 + ascertainment: quantity=burials_per_death``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

ANY: Final = "*"
FURTHER: Final = " + "


def rows_where(conditions: Mapping[str, Any]) -> str:
    """Return conditions as the evidence names rows.

    Parameters
    ----------
    conditions : mapping of str to value, or to a sequence of values that serve alike
        By column; days as ISO dates.
    """
    return ",".join(f"{column}={_alternatives(value)}" for column, value in conditions.items())


def first_of(value: Any, values: Iterable[Any]) -> list[Any]:
    """Return one value in front of the others, in their order, each once."""
    return [value, *sorted(set(values) - {value})]


def behind(made_table: str, rows: str) -> dict[str, str]:
    """Return the conditions on the rows of each table behind a number, its own table first."""
    own, *others = rows.split(FURTHER)
    further = (each.partition(": ") for each in others)
    return {made_table: own, **{name: conditions for name, _, conditions in further}}


def select(table: pd.DataFrame, conditions: str) -> pd.DataFrame:
    """Return the rows of a table that meet all conditions.

    Parameters
    ----------
    table : pandas.DataFrame
    conditions : str
        As `rows_where` writes them; blank for all rows.

    Returns
    -------
    pandas.DataFrame
        Rows of the first alternatives in front, otherwise in the order of the table.

    Raises
    ------
    KeyError
        When the table has no such column.
    """
    for condition in reversed(conditions.split(",") if conditions else []):
        column, _, wanted = condition.partition("=")
        values = _as_written(table[column])
        if wanted == ANY:
            table = table[values != ""]
            continue
        places = {value: place for place, value in enumerate(wanted.split("|"))}
        place = values.map(places)
        table = table[place.notna()].loc[place.dropna().sort_values(kind="stable").index]
    return table


def _alternatives(value: Any) -> str:
    """Return one value, or several that serve alike, as they are written."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "|".join(_written(each) for each in value)
    return _written(value)


def _written(value: Any) -> str:
    """Return a value as it is written: a day as ISO date, truth as yes or no, else its text."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _as_written(column: pd.Series) -> pd.Series:
    """Return the values of a column as they are written."""
    return column.astype(object).map(_written).astype(str)
