"""From the files of its tables to all files of an exhibit, with where each number came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gotong import contracts
from gotong.corrections import of_tables, read_corrections
from gotong.exhibits import making, registers
from gotong.provenance import sha256_file
from gotong.sources.lineage import lineage, raw_tables
from gotong.sources.registry import read_registry


class Ordered(Protocol):
    """What the rule of an exhibit asks for."""

    exhibit: str
    """identifier of the figure or table"""
    choices: making.Choices
    """parts of the configuration that it reads"""
    code: str
    """hash of the code that it uses"""
    place: dict
    """the area that it shows, as `making.Place` takes it"""
    registers: bool
    """whether it shows the registers themselves"""
    dpi: int
    """dots per inch, of a figure"""


def made(paths: Sequence[str], ordered: Ordered, sources: bytes, corrections: bytes) -> dict:
    """Return all files of a figure or table.

    Parameters
    ----------
    paths : sequence of str
        Files of the tables that it is made from.
    ordered : Ordered
    sources, corrections : bytes
        The registers, as their files hold them.

    Returns
    -------
    dict of str to bytes
        By the name of the rule's output; see `making.make_figure` and `making.make_table`.
    """
    known, listed = read_registry(sources), read_corrections(corrections)
    origin = making.Origin(
        rule="figure" if is_figure(ordered.exhibit) else "table",
        inputs={path: sha256_file(path) for path in paths},
        sources=tuple(known[name] for name in lineage(paths, known)),
        choices=ordered.choices,
        code=ordered.code,
        corrections=tuple(of_tables(listed, *raw_tables(paths)).values()),
        place=making.Place(**ordered.place),
    )
    tables = contracts.read_all(paths)
    if ordered.registers:
        tables |= registers.as_tables(known, listed)
    if is_figure(ordered.exhibit):
        return making.make_figure(ordered.exhibit, tables, origin, ordered.dpi)
    return making.make_table(ordered.exhibit, tables, origin)


def is_figure(exhibit: str) -> bool:
    """Return whether an exhibit is a figure."""
    return exhibit.startswith("F")
