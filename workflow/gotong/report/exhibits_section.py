"""Exhibits as the report shows them: picture or table, words, files, origin."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from gotong.decisions import Claim
from gotong.exhibits.catalogue import EXHIBITS, FIGURES, TABLES
from gotong.exhibits.making import CORRECTIONS
from gotong.i18n import Language
from gotong.report.material import Material
from gotong.report.provenance_section import Origin, exhibit_origin

LEDGER = "T08"
"""The exhibit that stands with the summary of verdicts."""

LONG = 15
"""Rows of a table from which on a reader at a keyboard is offered a way past it."""

_ROW = re.compile(r'<tr id="([^"]+)"')
_CORRECTION = re.compile(r"\b(K\d+)\b")

_PLAIN = " /:=;,.-+()!*~@$'"
"""What may stand unescaped in a picture's data address; base64 would be a fifth longer."""


@dataclass(frozen=True)
class View:
    """One exhibit, ready to be shown."""

    id: str
    said: Mapping[str, str]
    image: str
    table: Markup
    columns: int
    is_long: bool
    files: tuple[tuple[str, str], ...]
    origin: Origin


def view(name: str, material: Material, language: Language) -> View:
    """Return what the report shows of one exhibit, read from its files."""
    folder = "figures" if name in FIGURES else "tables"
    stem = material.results / folder / name
    record: dict[str, Any] = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    image, table = "", Markup("")
    if name in FIGURES:
        endings = [*(f"{language.code}.{form}" for form in ("png", "svg", "pdf")), "csv", "json"]
        picture = stem.with_name(f"{name}.{language.code}.svg").read_text(encoding="utf-8")
        image = "data:image/svg+xml," + quote(" ".join(picture.splitlines()), safe=_PLAIN)
    else:
        endings = [f"{language.code}.html", f"{language.code}.tex", "csv", "json"]
        page = stem.with_name(f"{name}.{language.code}.html").read_text(encoding="utf-8")
        table = Markup(table_of(page))
    return View(
        id=name,
        said=record["texts"][language.code],
        image=image,
        table=table,
        columns=table.count('<th scope="col"'),
        is_long=table.count("<tr") - 1 > LONG,
        files=tuple(
            (ending.split(".")[-1].upper(), f"../{folder}/{name}.{ending}") for ending in endings
        ),
        origin=exhibit_origin(name, record, material, language),
    )


def table_of(page: str) -> str:
    """Return the one table that a table's page holds."""
    return page[page.index("<table>") : page.index("</table>") + len("</table>")]


def places(shown: Mapping[str, View]) -> Callable[[str, str], str]:
    """Return what gives the address of a row by its exhibit and name.

    It is that of the exhibit where the row has none, and blank where the exhibit is not shown.
    """
    rows = {row for each in shown.values() for row in _ROW.findall(each.table)}

    def place(exhibit: str, name: str) -> str:
        row = f"{exhibit}-{name}"
        if row in rows:
            return f"#{row}"
        return f"#{exhibit}-title" if exhibit in shown else ""

    return place


def with_places(text: str, place: Callable[[str, str], str]) -> Markup:
    """Return a line on sources in which each correction leads to its row."""
    parts = _CORRECTION.split(text)
    return Markup("").join(
        _led_to(part, place(CORRECTIONS, part)) if odd % 2 else part
        for odd, part in enumerate(parts)
    )


def _led_to(name: str, address: str) -> Markup:
    """Return a name that leads to an address, where there is one."""
    return Markup('<a href="{}">{}</a>').format(address, name) if address else escape(name)


def by_claim(
    claims: Mapping[str, Claim], names: Iterable[str] = tuple(EXHIBITS)
) -> dict[str, tuple[str, ...]]:
    """Return the exhibits that carry each claim: those its rule names, then all others on it.

    Parameters
    ----------
    claims : mapping of str to Claim
    names : iterable of str
        The exhibits that there are.
    """
    there = [name for name in (*FIGURES, *TABLES) if name in set(names)]
    return {
        claim: tuple(
            dict.fromkeys(
                [
                    *(name for name in stated.exhibits if name in there),
                    *(name for name in there if claim in EXHIBITS[name].claims),
                ]
            )
        )
        for claim, stated in claims.items()
    }


def without_claim(
    placed: Mapping[str, Iterable[str]], names: Iterable[str] = tuple(EXHIBITS)
) -> tuple[str, ...]:
    """Return the exhibits that carry no claim: on the epidemic first, figures before tables."""
    taken = {LEDGER, *(name for listed in placed.values() for name in listed)}
    there = [name for name in (*FIGURES, *TABLES) if name in set(names) - taken]
    return tuple(sorted(there, key=lambda name: EXHIBITS[name].category != "Epidemic"))
