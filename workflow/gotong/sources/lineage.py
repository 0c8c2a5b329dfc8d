"""Which registered sources stand behind some tables."""

from __future__ import annotations

from collections.abc import Iterable

from gotong.errors import InputError
from gotong.sources.registry import Source, sources_of
from gotong.tables import parquet_sources


def lineage(paths: Iterable[str], registry: dict[str, Source]) -> tuple[str, ...]:
    """Return the ids of all sources behind some files, in the order of the register.

    Parameters
    ----------
    paths : iterable of str
        Raw tables (under ``data/raw`` or ``data/processed/sources``) and made Parquet tables,
        which carry the ids of their own sources.
    registry : dict of str to Source

    Raises
    ------
    InputError
        A table names a source that is not registered.
    """
    found: set[str] = set()
    for path in paths:
        if path.endswith(".parquet"):
            found.update(parquet_sources(path))
        else:
            found.update(sources_of(registry, "/".join(path.split("/")[-2:])))
    unknown = sorted(found - set(registry))
    if unknown:
        names = ", ".join(unknown)
        remedy = "remove data/processed and run make again"
        raise InputError("sources", "data/raw/sources.yaml", "", "every source", names, remedy)
    return tuple(name for name in registry if name in found)
