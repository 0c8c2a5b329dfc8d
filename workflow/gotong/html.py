"""Pages and tables as HTML: templates with every text escaped, nothing fetched from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from gotong.i18n import Language

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")

_TEMPLATES = Environment(
    loader=PackageLoader("gotong", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Column:
    """One column of a shown table.

    Parameters
    ----------
    name : str
        Column of the data.
    heading : str
        Message for its head.
    kind : str
        ``text`` as it is, ``term`` by its words, ``date``, ``number``, ``share`` (as per cent),
        ``link``, or ``words``: text that stands in one column per language (``reason_id``).
    words : mapping of str to str
        Message for each code of a ``term`` column; a code without one is shown as it is.
    """

    name: str
    heading: str
    kind: Literal["text", "term", "date", "number", "share", "link", "words"] = "text"
    words: Mapping[str, str] = field(default_factory=dict)


def render(template: str, language: Language, **values: Any) -> str:
    """Return a filled template; ``_`` translates and ``show`` writes numbers and dates."""
    return _TEMPLATES.get_template(template).render(
        _=language, show=language.show, lang=language.code, **values
    )


def cell(
    value: Any, kind: str, language: Language, words: Mapping[str, str] = MappingProxyType({})
) -> str | Markup:
    """Return one cell of a table; missing values are blank.

    A link is made of a whole http or https address only; it shows the site it leads to.
    Whatever else stands in a column of links is shown as text.
    """
    if pd.isna(value) or value == "":
        return ""
    if kind == "link":
        return _link(str(value))
    if kind in ("number", "share"):
        return language.number(value, ".1%" if kind == "share" else "")
    if kind == "date":
        return language.date(value)
    text = str(value)
    return language(words.get(text, text)) if kind == "term" else text


def _link(address: str) -> str | Markup:
    """Return a link that shows the site it leads to, or the text where it is no address."""
    site = (urlsplit(address).hostname or "") if _ADDRESS.fullmatch(address) else ""
    if not site:
        return address
    shown = site.removeprefix("www.")
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(escape(address), shown)


def rows(
    data: pd.DataFrame, columns: Sequence[Column], language: Language
) -> list[list[str | Markup]]:
    """Return a table's cells as shown."""
    shown = [
        [
            cell(value, column.kind, language, column.words)
            for value in data[_name(column, language)]
        ]
        for column in columns
    ]
    return [list(row) for row in zip(*shown, strict=True)]


def _name(column: Column, language: Language) -> str:
    """Return the column of the data that a column shows in a language."""
    return f"{column.name}_{language.code}" if column.kind == "words" else column.name
