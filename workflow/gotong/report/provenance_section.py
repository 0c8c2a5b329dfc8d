"""Where an exhibit or a verdict comes from: rule, functions, inputs, corrections, data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gotong.analyses.catalogue import ANALYSES, GATHERED, Analysis
from gotong.contracts import table_name
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import Language
from gotong.provenance import Place, place_of
from gotong.report.material import Material
from gotong.sources.registry import sources_of

SHOWN_FILES = 3
"""How many of a publisher's files are listed in full; the provenance file holds all."""


@dataclass(frozen=True)
class Input:
    """A table that something is made from."""

    path: str
    sha256: str
    publishers: tuple[str, ...]
    href: str


@dataclass(frozen=True)
class Corrected:
    """A correction that touches what is shown."""

    id: str
    reason: str


@dataclass(frozen=True)
class Origin:
    """Where an exhibit comes from, ready to be shown."""

    rule: str
    functions: tuple[Place, ...]
    inputs: tuple[Input, ...]
    sources: tuple[Mapping[str, Any], ...]
    corrections: tuple[Corrected, ...]


def exhibit_origin(
    name: str, record: Mapping[str, Any], material: Material, language: Language
) -> Origin:
    """Return where an exhibit comes from.

    Parameters
    ----------
    name : str
        The exhibit.
    record : mapping
        Its provenance file.
    material : Material
    language : Language
    """
    entry = EXHIBITS[name]
    functions = [
        place_of(f"exhibits.{entry.module}", "prepare"),
        *(place_of(f"analyses.{made.module}", made.function) for made in _behind(entry.tables)),
    ]
    return Origin(
        rule=record["made_by"]["rule"],
        functions=tuple(dict.fromkeys(functions)),
        inputs=tuple(_inputs(record["inputs"], material)),
        sources=tuple(_source(source) for source in record["sources"]),
        corrections=tuple(
            Corrected(each, getattr(material.corrections[each].reason, language.code))
            for each in record["corrections"]
            if each in material.corrections
        ),
    )


def _behind(made: Iterable[str]) -> Iterator[Analysis]:
    """Yield what makes some tables and all made tables behind them, each once, nearest first."""
    known = ANALYSES | GATHERED
    waiting, seen = list(made), set()
    while waiting:
        name = waiting.pop(0)
        if name in known and name not in seen:
            seen.add(name)
            yield known[name]
            waiting += known[name].made


def _inputs(inputs: Mapping[str, str], material: Material) -> Iterator[Input]:
    """Yield the tables that something reads, raw ones with their publishers."""
    for path, sha256 in inputs.items():
        names = sources_of(material.registry, table_name(path))
        publishers = dict.fromkeys(material.registry[name].publisher for name in names)
        yield Input(path, sha256, tuple(publishers), material.up + path)


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of one source: the first of its files, and how many there are."""
    return {
        **source,
        "shown_files": source["files"][:SHOWN_FILES],
        "other_files": max(0, len(source["files"]) - SHOWN_FILES),
    }


def verdict_functions(rule: str) -> tuple[Place, ...]:
    """Return the functions that a verdict of one rule follows from, in the order of work."""
    vote, verdict = {
        "levels": ("level_vote", "level_verdict"),
        "effects": ("effect_vote", "effect_verdict"),
    }[rule]
    return (place_of("claims", vote), place_of("claims", verdict), place_of("claims", "ledger"))
