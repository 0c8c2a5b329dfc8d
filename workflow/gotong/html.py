"""Pages and tables as HTML: templates with every text escaped, nothing fetched from outside."""

from __future__ import annotations

import base64
import hashlib
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

_NAME = re.compile(r"[\w.-]+")
"""What can stand in the id of an element, and in a link to it, as it is."""

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
    form : str
        How its numbers are written, as `gotong.i18n.Language.number` takes it (``.2f``): all with
        as many decimals, so that they can be compared down the column. Blank: each with three
        significant digits. Of dates: ``month`` or ``year`` where they are good to that only.
    form_by : str
        Column of the data by whose codes ``forms`` goes, where rows have different units.
    forms : mapping of str to str
        Form of the rows with each code; rows with another have ``form``.
    lang : str
        Language of texts that are not translated (``en``); blank where they are, or are names.
    names_row : bool
        Whether a row is known by what stands here, so that others can lead to it.
    """

    name: str
    heading: str
    kind: Literal["text", "term", "date", "number", "share", "link", "words"] = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    form: str = ""
    form_by: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)
    lang: str = ""
    names_row: bool = False

    def form_of(self, row: Mapping[Any, Any]) -> str:
        """Return how the number of a row is written."""
        return self.forms.get(row[self.form_by], self.form) if self.form_by else self.form


@dataclass(frozen=True)
class Inline:
    """A style sheet or script that stands inside a page.

    Parameters
    ----------
    text : Markup
        Exactly what stands between the tags.
    """

    text: Markup

    @property
    def source(self) -> str:
        """The word by which the page's Content-Security-Policy allows it and nothing else."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


def inline(*names: str) -> Inline:
    """Return files of the templates as one style sheet or script.

    They are code of the project and are not escaped; nothing from data may be put into them.
    """
    loader = _TEMPLATES.loader
    assert loader is not None
    return Inline(Markup("".join(loader.get_source(_TEMPLATES, name)[0] for name in names)))


def render(template: str, language: Language, script: Inline | None = None, **values: Any) -> str:
    """Return a filled template.

    In it ``_`` translates, ``fill`` translates and fills fields, ``show`` writes numbers and
    dates, and ``style`` and ``script`` are what the policy of the page allows.
    """
    return _TEMPLATES.get_template(template).render(
        _=language,
        fill=language.fill,
        show=language.show,
        lang=language.code,
        style=inline("style.css"),
        script=script,
        **values,
    )


def cell(
    value: Any,
    kind: str,
    language: Language,
    words: Mapping[str, str] = MappingProxyType({}),
    form: str = "",
) -> str | Markup:
    """Return one cell of a table; missing values are blank, unless a term has words for a blank.

    A link is made of a whole http or https address only; it shows the site it leads to.
    Whatever else stands in a column of links is shown as text. Markup, which no table of data
    holds, stands as it is.
    """
    if pd.isna(value) or (value == "" and "" not in words):
        return ""
    if kind == "link":
        return _link(str(value))
    if kind in ("number", "share"):
        return language.number(value, form or (".1%" if kind == "share" else ""))
    if kind == "date":
        return language.date(value, form or "day")
    text = value if isinstance(value, Markup) else str(value)
    return language(words.get(text, text)) if kind == "term" else text


def _link(address: str) -> str | Markup:
    """Return a link that shows the site it leads to, or the text where it is no address."""
    try:
        site = (urlsplit(address).hostname or "") if _ADDRESS.fullmatch(address) else ""
    except ValueError:
        site = ""
    if not site:
        return address
    shown = site.removeprefix("www.")
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(escape(address), shown)


def rows(
    data: pd.DataFrame, columns: Sequence[Column], language: Language
) -> list[list[str | Markup]]:
    """Return a table's cells as shown."""
    return [
        [
            cell(
                row[name_in(column, language)],
                column.kind,
                language,
                column.words,
                column.form_of(row),
            )
            for column in columns
        ]
        for row in data.to_dict("records")
    ]


def name_in(column: Column, language: Language) -> str:
    """Return the column of the data that a column shows in a language."""
    return f"{column.name}_{language.code}" if column.kind == "words" else column.name


def row_ids(data: pd.DataFrame, columns: Sequence[Column], exhibit: str) -> list[str]:
    """Return the id of each row to which others can lead: ``T10-K01``.

    Of rows with the same name the first has the id; a name that can be no id gives none.
    """
    named = [column.name for column in columns if column.names_row]
    names = data[named[0]].astype("str") if named else pd.Series("", index=data.index)
    led_to = ~names.duplicated() & names.map(lambda name: bool(_NAME.fullmatch(name)))
    return [
        f"{exhibit}-{name}" if is_led_to else ""
        for name, is_led_to in zip(names, led_to, strict=True)
    ]


def sort_keys(data: pd.DataFrame, columns: Sequence[Column], language: Language) -> list[list[str]]:
    """Return what each cell is sorted by: ISO days, exact numbers, blank for the text itself."""
    keys = [
        [_sort_key(value, column.kind) for value in data[name_in(column, language)]]
        for column in columns
    ]
    return [list(row) for row in zip(*keys, strict=True)]


def _sort_key(value: Any, kind: str) -> str:
    """Return a date or number as a machine compares it, or nothing."""
    if kind not in ("date", "number", "share") or pd.isna(value) or value == "":
        return ""
    return f"{pd.Timestamp(value):%Y-%m-%d}" if kind == "date" else repr(float(value))
