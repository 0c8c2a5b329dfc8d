"""The result page: every exhibit made so far, what it shows and where it comes from."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from gotong.exhibits.catalogue import EXHIBITS, FIGURES, TABLES
from gotong.html import render
from gotong.i18n import LANGUAGES, N_, Language

FILES = {"id": "index.html", "en": "index.en.html"}
"""File of the page in each language."""

_NAMES = {"id": "Bahasa Indonesia", "en": "English"}

CAVEATS = (
    N_(
        "Tangerang Raya (Kab. Tangerang, Kota Tangerang, Tangerang Selatan) has no public case "
        "series. Banten is shown in its place and labelled so."
    ),
    N_(
        "Measures of cooperation were found in the press. Counts show what was reported and "
        "searched, not how much cooperation there was, and dates are good to a month at best."
    ),
    N_(
        "Nine regions set restrictions, but the five of Bodebek follow one provincial decree and "
        "two cities of Tangerang Raya another: about three independent deciders."
    ),
    N_(
        "Reported cases are a part of all infections, and the part changed over time. Population "
        "is the census of 2020; beds are all beds of one list of 2021."
    ),
)
"""What a reader must know before the first figure."""


def order() -> tuple[str, ...]:
    """Return the exhibits in the order of the page: by category, figures before tables."""
    categories = list(dict.fromkeys(EXHIBITS[name].category for name in (*FIGURES, *TABLES)))
    categories.sort(key=lambda category: category != "Epidemic")
    return tuple(
        name
        for category in categories
        for name in (*FIGURES, *TABLES)
        if EXHIBITS[name].category == category
    )


def exhibit(name: str, results: Path, language: Language) -> dict[str, Any]:
    """Return what the page shows of one exhibit, read from its files in `results`."""
    folder = "figures" if name in FIGURES else "tables"
    stem = results / folder / name
    record = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    endings = [f"{language.code}.png", f"{language.code}.svg", "csv", "json"]
    shown: dict[str, Any] = {"image": "", "table": ""}
    if name in FIGURES:
        picture = stem.with_name(f"{name}.{language.code}.svg").read_bytes()
        shown["image"] = base64.b64encode(picture).decode()
    else:
        endings = [f"{language.code}.html", "csv", "json"]
        page = stem.with_name(f"{name}.{language.code}.html").read_text(encoding="utf-8")
        shown["table"] = Markup(table_of(page))
    return shown | {
        "id": name,
        "said": record["texts"][language.code],
        "record": record,
        "files": [
            {"name": ending.split(".")[-1].upper(), "path": f"{folder}/{name}.{ending}"}
            for ending in endings
        ],
    }


def table_of(page: str) -> str:
    """Return the one table that a table's page holds."""
    return page[page.index("<table>") : page.index("</table>") + len("</table>")]


def page(results: Path, code: str, names: Sequence[str] | None = None) -> str:
    """Return the whole result page in one language.

    Parameters
    ----------
    results : pathlib.Path
        Folder with ``figures`` and ``tables``.
    code : str
        Language.
    names : sequence of str, optional
        Exhibits, by default all of the catalogue.
    """
    language = Language(code)
    other = next(name for name in LANGUAGES if name != code)
    switch: Mapping[str, str] = {"code": other, "file": FILES[other], "name": _NAMES[other]}
    chosen = order() if names is None else names
    return render(
        "index.html.j2",
        language,
        exhibits=[exhibit(name, results, language) for name in chosen],
        caveats=CAVEATS,
        other=switch,
    )
