"""Which raw tables, and which registered sources, stand behind some tables."""

from __future__ import annotations

from collections.abc import Iterable

from gotong.errors import InputError
from gotong.sources.registry import Source, sources_of
from gotong.tables import parquet_origins


def raw_tables(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the raw tables behind some files, sorted.

    Parameters
    ----------
    paths : iterable of str
        Raw tables (under ``data/raw``, ``data/processed/sources`` or ``.../corrected``) and made
        Parquet tables, which carry the names of the raw tables behind them.
    """
    found: set[str] = set()
    for path in paths:
        if path.endswith(".parquet"):
            found.update(parquet_origins(path))
        else:
            found.add("/".join(path.split("/")[-2:]))
    return tuple(sorted(found))


def lineage(paths: Iterable[str], registry: dict[str, Source]) -> tuple[str, ...]:
    """Return the ids of all sources behind some files, in the order of the register.

    Parameters
    ----------
    paths : iterable of str
        See `raw_tables`.
    registry : dict of str to Source

    Raises
    ------
    InputError
        A table that no registered source fills.
    """
    found: set[str] = set()
    for table in raw_tables(paths):
        sources = sources_of(registry, table)
        if not sources:
            remedy = "remove data/processed and run make again"
            raise InputError(
                "sources", "data/raw/sources.yaml", "", "a source of every table", table, remedy
            )
        found.update(sources)
    return tuple(name for name in registry if name in found)
