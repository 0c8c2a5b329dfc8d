"""What every table must hold: columns, types, units, keys and ranges.

One contract per table, raw and made. Each column carries a sentence and, where it
measures something, a unit; the data dictionary is written from them. One module per folder of
``data/raw``, and one for the tables that the rules make.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from gotong.contracts import (
    cases,
    context,
    cooperation,
    epidemic,
    facilities,
    geography,
    international,
    kelurahan,
    mobility,
    policy,
)
from gotong.contracts.checking import RESTORE, check, read_raw
from gotong.contracts.columns import AUDIT, CONFIDENCE, DYADS, REGION, Schema, dtypes
from gotong.contracts.maps import MAPS, read_map
from gotong.contracts.panels import MISSING, PANELS
from gotong.contracts.processed import ALIGNMENT, MONTHLY_MEASURES, PROCESSED, RT
from gotong.errors import InputError
from gotong.tables import read_parquet

__all__ = [
    "ALIGNMENT",
    "AUDIT",
    "CONFIDENCE",
    "DYADS",
    "MAPS",
    "MISSING",
    "MONTHLY_MEASURES",
    "PANELS",
    "PROCESSED",
    "RAW",
    "REGION",
    "RT",
    "Schema",
    "check",
    "dtypes",
    "read_all",
    "read_any",
    "read_raw",
    "table_name",
]

_FOLDERS = (
    cases,
    context,
    cooperation,
    epidemic,
    facilities,
    geography,
    international,
    kelurahan,
    mobility,
    policy,
)

RAW: dict[str, Schema] = {schema.name: schema for folder in _FOLDERS for schema in folder.TABLES}
"""Contracts of the text tables of ``data/raw``, by path."""


def table_name(path: str) -> str:
    """Return the name of a table's contract from the path of its file."""
    if "/touched/" in path:
        return "corrections"
    if path.endswith(".parquet"):
        return Path(path).stem
    return "/".join(Path(path).parts[-2:])


def read_all(paths: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Read tables by name, each held against its contract; one that lies in parts as one.

    Raises
    ------
    InputError
        See `read_any`.
    """
    read: dict[str, pd.DataFrame] = {}
    for path in paths:
        name, part = table_name(path), read_any(path)
        if name in read:
            whole = pd.concat([read[name], part], ignore_index=True)
            part = whole.sort_values(list(PROCESSED[name].key), ignore_index=True)
        read[name] = part
    return read


def read_any(path: str) -> pd.DataFrame:
    """Read a raw or a made table, or a map, and hold it to its contract.

    Maps have the shapes of the regions in their column ``geometry``; see `maps.read_map`.

    Raises
    ------
    InputError
        The file is missing or does not meet its contract.
    """
    name = table_name(path)
    if path.endswith(".parquet"):
        remedy = "remove the file and run make again"
        return check(read_parquet(path), PROCESSED[name], path, remedy)
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(
            name, path, "whole file", "the file, readable", str(error.strerror), RESTORE
        ) from None
    if name in MAPS:
        return read_map(content, name, path)
    # A correction may blank a figure.
    schema = RAW[name].with_gaps() if "/corrected/" in path else RAW[name]
    return read_raw(content, schema, path)
