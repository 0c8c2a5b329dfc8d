"""From an exhibit's tables to all its files: pictures or pages, data, provenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from gotong.corrections import Correction
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import GREATER_JAKARTA, LANGUAGES, N_, Language, with_facts
from gotong.provenance import sha256_bytes
from gotong.sources.registry import Source
from gotong.tables import to_csv

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]
Facts = dict[str, Any]

SOURCE_LINE = N_("Sources: {names}. Own calculations; {exhibit}, Gotong Royong.")
OWN_LINE = N_("Own table; {exhibit}, Gotong Royong.")
CORRECTIONS = "T10"
"""The table that lists the corrections, and need not point to itself."""
CORRECTION_LINE = N_("Corrections {names} apply (table T10).")
AUTHORS = N_("{first_author} et al.")


@dataclass(frozen=True)
class Place:
    """The area that an exhibit shows.

    Parameters
    ----------
    name : mapping of str to str
        What each language calls it.
    is_home : bool
        Whether it is the area that the study is about. Another has the messages that a module
        names in ``ELSEWHERE`` (title, caption, alt) in the place of its own.
    """

    name: Mapping[str, str] = field(default_factory=lambda: GREATER_JAKARTA)
    is_home: bool = True


HOME = Place()


@dataclass(frozen=True)
class Origin:
    """Where an exhibit comes from, as its provenance file will say.

    Parameters
    ----------
    rule : str
        Rule that makes it.
    inputs : mapping of str to str
        Path and sha256 of every table that it is made from.
    sources : tuple of Source
        Registered sources behind those tables.
    choices : mapping
        Parts of the configuration that it reads.
    code : str
        Hash of the code that it uses.
    corrections : tuple of Correction
        Corrections in force of the raw tables behind it.
    place : Place
        The area that it shows.
    """

    rule: str
    inputs: Mapping[str, str]
    sources: tuple[Source, ...]
    choices: Choices = field(default_factory=dict)
    code: str = ""
    corrections: tuple[Correction, ...] = ()
    place: Place = HOME


def authors(first_author: str) -> str:
    """Return who wrote a publication of several, as a text that a language can show."""
    return with_facts(AUTHORS, first_author=first_author)


def cited(choices: Choices) -> tuple[str, ...]:
    """Return who published the numbers of others that an exhibit is given to show."""
    return tuple(authors(each["first_author"]) for each in choices.get("published", {}).values())


def source_line(
    exhibit: str,
    sources: Iterable[Source],
    touching: Iterable[str],
    language: Language,
    others: Iterable[str] = (),
) -> str:
    """Return the line below an exhibit: its publishers, and the corrections that touch it."""
    named = [*(source.short for source in sources), *others]
    names = list(dict.fromkeys(map(language, named)))
    if names:
        # A short name may end in a full stop itself (et al.).
        joined = "; ".join(names).removesuffix(".")
        line = language.fill(SOURCE_LINE, {"names": joined, "exhibit": exhibit})
    else:
        line = language.fill(OWN_LINE, {"exhibit": exhibit})
    listed = ", ".join(_ranges(touching))
    if not listed or exhibit == CORRECTIONS:
        return line
    return f"{line} {language.fill(CORRECTION_LINE, {'names': listed})}"


def _ranges(names: Iterable[str]) -> list[str]:
    """Return ids with those that follow each other drawn together: K01, K05–K07."""
    runs: list[list[str]] = []
    for name in names:
        if runs and int(name[1:]) == int(runs[-1][-1][1:]) + 1:
            runs[-1].append(name)
        else:
            runs.append([name])
    return [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs]


def drawn_of(exhibit: str, origin: Origin) -> tuple[tuple[Source, ...], tuple[Correction, ...]]:
    """Return the sources and corrections behind the figures that an exhibit shows.

    The tables that it reads may hold more: a panel of cases also has beds and measures.
    """
    drawn = set(EXHIBITS[exhibit].drawn)
    if not drawn:
        return origin.sources, origin.corrections
    sources = tuple(source for source in origin.sources if drawn & set(source.tables))
    return sources, tuple(each for each in origin.corrections if each.table in drawn)


def touching(corrections: Iterable[Correction], data: pd.DataFrame) -> list[str]:
    """Return the ids of the corrections that touch what an exhibit shows.

    A correction of other regions or days than those shown is left out, as far as it names
    regions or days and the shown data has them. A province is touched by a correction of a part of
    it only where no parts are shown: where they are, its figures are its own.
    """
    return [correction.id for correction in corrections if _touches(correction, data)]


_REGION_COLUMNS = ("region_code", "helper_code", "helped_code")
"""Columns in which data to be shown names regions."""
_PROVINCE = 2
"""Digits of a province's code, with which those of its parts begin."""


def _regions(correction: Correction) -> list[str]:
    """Return the codes of the regions that a correction is about; none if it does not say.

    A correction that moves rows names the region that they go to in its value.
    """
    where = correction.where.get("region_code") or correction.where.get("unit_code", "")
    into = correction.value if correction.column == "region_code" else ""
    return [code for part in (where, into) for code in part.split("|") if code]


def _touches(correction: Correction, data: pd.DataFrame) -> bool:
    """Return whether the regions and days of a correction meet those of some data."""
    regions = _regions(correction)
    named = data[[name for name in _REGION_COLUMNS if name in data]]
    shown = set(named.to_numpy().ravel())
    # A row without a region is of all of them together.
    if regions and shown and named.notna().all(axis=None):
        sizes = {len(code) for code in shown}
        meant = {code if len(code) in sizes else code[:_PROVINCE] for code in regions}
        if not shown & meant:
            return False
    if correction.dates is not None and "date" in data and len(data):
        days = data["date"]
        first, last = correction.dates.start, correction.dates.end
        return bool(days.max() >= pd.Timestamp(first) and days.min() <= pd.Timestamp(last))
    return True


def texts(
    exhibit: str,
    facts: Facts,
    sources: Iterable[Source],
    touched: Iterable[str] = (),
    place: Place = HOME,
    others: Iterable[str] = (),
) -> dict[str, dict[str, str]]:
    """Return title, caption, alternative text and source line in every language."""
    module = import_module(f"gotong.exhibits.{EXHIBITS[exhibit].module}")
    listed, corrected, shown = tuple(sources), tuple(touched), tuple(others)
    messages = {"title": module.TITLE, "caption": module.CAPTION, "alt": module.ALT}
    if not place.is_home:
        messages |= getattr(module, "ELSEWHERE", {})
    said = {}
    for code in LANGUAGES:
        language = Language(code, place.name)
        said[code] = {
            **{name: language.fill(message, facts) for name, message in messages.items()},
            "sources": source_line(exhibit, listed, corrected, language, shown),
        }
    return said


def texts_of(
    exhibit: str, origin: Origin, facts: Facts, data: pd.DataFrame
) -> dict[str, dict[str, str]]:
    """Return the texts of an exhibit; its source line names what is behind the figures shown."""
    sources, corrections = drawn_of(exhibit, origin)
    touched, others = touching(corrections, data), cited(origin.choices)
    return texts(exhibit, facts, sources, touched, origin.place, others)


def provenance(
    exhibit: str,
    origin: Origin,
    said: Mapping[str, Mapping[str, str]],
    facts: Facts,
    data: pd.DataFrame,
    csv: bytes,
) -> bytes:
    """Return the provenance of an exhibit as JSON."""
    entry = EXHIBITS[exhibit]
    record = {
        "exhibit": exhibit,
        "claims": list(entry.claims),
        "texts": said,
        "facts": {name: plain(value) for name, value in facts.items()},
        "data": {
            "file": f"{exhibit}.csv",
            "sha256": sha256_bytes(csv),
            "rows": len(data),
            "columns": list(data.columns),
        },
        "made_by": {
            "rule": origin.rule,
            "module": f"workflow/gotong/exhibits/{entry.module}.py",
            "code": origin.code,
        },
        "inputs": dict(sorted(origin.inputs.items())),
        "sources": [_listed(source) for source in origin.sources],
        "corrections": touching(origin.corrections, data),
        "choices": origin.choices,
    }
    return (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()


def plain(value: Any) -> Any:
    """Return a fact as JSON can hold it: dates as ISO text, numpy numbers as Python's."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return value


def _listed(source: Source) -> dict[str, Any]:
    """Return what the provenance says of a source."""
    return {
        "id": source.id,
        "publisher": source.publisher,
        "measures": source.measures,
        "licence": source.licence,
        "citation": source.citation,
        "defects": list(source.defects),
        "files": [
            {
                "address": source.address(file) if source.origin == "mirror" else file.path,
                "sha256": file.sha256,
                "bytes": file.bytes,
            }
            for file in source.files
        ],
    }


def make_figure(exhibit: str, tables: Tables, origin: Origin, dpi: int) -> dict[str, bytes]:
    """Return all files of a figure, by the name of the rule's output.

    The figure is drawn from the very table that is written as its CSV.
    """
    from gotong import style

    module = import_module(f"gotong.exhibits.{EXHIBITS[exhibit].module}")
    data = module.prepare(tables, origin.choices)
    facts = module.facts(data)
    said = texts_of(exhibit, origin, facts, data)
    csv = to_csv(data)
    made = {"csv": csv, "json": provenance(exhibit, origin, said, facts, data, csv)}
    for code in LANGUAGES:
        with style.settings():
            figure = module.draw(data, Language(code, origin.place.name), said[code])
        for form in ("png", "svg", "pdf"):
            made[f"{form}_{code}"] = style.save(figure, form, dpi)
    return made


def make_table(exhibit: str, tables: Tables, origin: Origin) -> dict[str, bytes]:
    """Return all files of a table, by the name of the rule's output."""
    from gotong.exhibits.html_table import table_page
    from gotong.exhibits.latex_table import table_text

    module = import_module(f"gotong.exhibits.{EXHIBITS[exhibit].module}")
    data = module.prepare(tables, origin.choices)
    facts = module.facts(data)
    said = texts_of(exhibit, origin, facts, data)
    csv = to_csv(data)
    made = {"csv": csv, "json": provenance(exhibit, origin, said, facts, data, csv)}
    for code in LANGUAGES:
        shown = (exhibit, data, module.COLUMNS, Language(code, origin.place.name), said[code])
        made[f"html_{code}"] = table_page(*shown).encode()
        made[f"tex_{code}"] = table_text(*shown).encode()
    return made
