"""Indonesian and English: messages, numbers and dates, never the machine's locale.

Messages are written in English in the code, marked with `N_`, and translated in
``locales/id``, one file for each exhibit or part of the report and one for what they share. A
message may hold fields, ``{peak}``, which are filled from a mapping of facts: whole numbers
with separators, other numbers with three significant digits unless a format such as
``{share:.1%}`` says otherwise, dates as day, month name and year. The field ``{area}`` is filled
in every message: it is what a language calls the area that is looked at. A cell of a table holds
a message together with its facts as `with_facts` writes them.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("id", "en")
"""The languages that every exhibit and page is made in; the first is the default."""

AREA = "{area}"
"""Field of the area's name."""

GREATER_JAKARTA = {"id": "Jabodetabek", "en": "Greater Jakarta"}
"""Name of the area that the study is about, by language."""

SMALLEST_P = 0.001
"""The smallest p-value that is written out."""

MINUS = "\N{MINUS SIGN}"
"""Sign of numbers below zero, in both languages: a hyphen is too short, and lines end at it."""

TINY = 0.0001
"""Below it a number is written with one significant digit, for its size is all that it says."""

CATALOGUES = Path(__file__).parent / "locales"

_FORM = re.compile(r"(day|short|month|year|\.\d[f%])?")
_WITH_FACTS = re.compile(r"(?P<message>.+) \[(?P<facts>\w+=[^\[\]]+)\]")


def N_(message: str) -> str:  # noqa: N802 - the name by which extractors know it
    """Mark a message for translation and return it unchanged."""
    return message


def with_facts(message: str, **facts: Any) -> str:
    """Return a message and what fills its fields as one text, which a cell of a table can hold.

    A `Language` fills the message where the text is shown: ``up to {day} [day=2020-12-31]`` is
    shown as ``sampai 31 Desember 2020``.
    """
    said = "; ".join(
        f"{name}={value:%Y-%m-%d}" if isinstance(value, dt.date) else f"{name}={value}"
        for name, value in facts.items()
    )
    return f"{message} [{said}]"


def without_facts(text: str) -> tuple[str, dict[str, Any]]:
    """Return the message and the facts that `with_facts` joined; no facts for a plain message.

    A text that only looks like one, from whatever table, stays as it is: the fields of a message
    are its facts, by their bare names, all of them and no other.
    """
    found = _WITH_FACTS.fullmatch(text)
    pairs = [part.partition("=") for part in found["facts"].split("; ")] if found else []
    facts = {name: _fact(value) for name, _, value in pairs}
    if not found or _fields(found["message"]) != set(facts):
        return text, {}
    return found["message"], facts


def _fields(message: str) -> set[str] | None:
    """Return the fields of a message but the area; nothing where its braces make other things."""
    try:
        parts = [part for part in string.Formatter().parse(message) if part[1] is not None]
    except ValueError:
        return None
    plain = all(_FORM.fullmatch(form or "") and not change for _, _, form, change in parts)
    return {str(name) for _, name, _, _ in parts} - {AREA.strip("{}")} if plain else None


def _fact(value: str) -> Any:
    """Return a fact from its text: a number, a day, or words."""
    if value.isdecimal():
        return int(value)
    if re.fullmatch(r"[0-9]+\.[0-9]+", value):
        return float(value)
    return dt.date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Return the translations of one language; English is written in the code itself."""
    if language == "en":
        return {}
    found: dict[str, str] = {}
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as file:
            entries = read_po(file, locale=language)
        found |= {
            str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string
        }
    return found


class _Filler(string.Formatter):
    """Fill message fields with numbers and dates as one language writes them."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value; see the module's docstring for the forms."""
        return self.language.show(value, format_spec)


class Language:
    """One language: its messages, numbers and dates.

    Parameters
    ----------
    code : str
        ``id`` or ``en``.
    area : mapping of str to str
        Name of the area that is looked at, by language.
    """

    def __init__(self, code: str, area: Mapping[str, str] = MappingProxyType(GREATER_JAKARTA)):
        if code not in LANGUAGES:
            raise ValueError(f"language {code!r} is not one of {LANGUAGES}")
        self.code = code
        self.area = area[code]
        self.locale = Locale("id", "ID") if code == "id" else Locale("en", "GB")
        self._filler = _Filler(self)

    def __call__(self, message: str) -> str:
        """Return a message in this language with the area's name, its other fields untouched.

        Where its facts stand behind it (see `with_facts`) its fields are filled.
        """
        plain, facts = without_facts(message)
        if facts:
            return self.fill(plain, facts)
        return _catalogue(self.code).get(message, message).replace(AREA, self.area)

    def fill(self, message: str, facts: Mapping[str, Any]) -> str:
        """Return a message in this language with its fields filled from `facts`."""
        return self._filler.vformat(self(message), (), dict(facts))

    def show(self, value: Any, form: str = "") -> str:
        """Write one value: text as it is (translated), numbers and dates by the language.

        Parameters
        ----------
        value : str, int, float or date
        form : str
            ``.2f`` fixed decimals, ``.1%`` a share as per cent, ``p`` a p-value, ``month`` month
            and year, ``year`` bare digits; empty for the usual form.
        """
        if isinstance(value, str):
            return self(value)
        if isinstance(value, pd.Timestamp | dt.date | np.datetime64):
            return self.date(value, form or "day")
        if form == "year":
            return str(int(value))
        return self.number(value, form)

    def number(self, value: float, form: str = "") -> str:
        """Write a number with this language's separators and a true minus; see `show`."""
        return self._digits(value, form).replace("-", MINUS)

    def _digits(self, value: float, form: str) -> str:
        """Write a number as Babel does, with a hyphen before those below zero."""
        if form == "p":
            # Draws are too few to tell smaller ones apart, and no reader needs to.
            smallest = float(value) < SMALLEST_P
            return f"<{self.number(SMALLEST_P)}" if smallest else self.number(value, ".3f")
        if form.endswith("%"):
            digits = int(form[1:-1] or 0)
            pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
            return format_percent(float(value), format=pattern, locale=self.locale)
        if form.endswith("f"):
            digits = int(form[1:-1])
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            return format_decimal(float(value), format=pattern, locale=self.locale)
        if isinstance(value, int | np.integer) or float(value).is_integer():
            return format_decimal(int(value), locale=self.locale)
        # Babel's own pattern ends at three decimals and would write 0.0004 as 0.
        rounded = float(f"{float(value):.{1 if abs(value) < TINY else 3}g}")
        return format_decimal(rounded, format="#,##0." + "#" * 15, locale=self.locale)

    def date(self, value: Any, form: str = "day") -> str:
        """Write a date: ``day`` 10 April 2020, ``short`` 10 Apr, ``month`` April 2020, ``year``."""
        day = pd.Timestamp(value).date()
        patterns = {
            "day": "d MMMM y",
            "short": "d MMM",
            "month": "MMMM y",
            "year": "y",
            "tick": "MMM",
            "tick_year": "MMM y",
        }
        return str(format_date(day, patterns[form], locale=self.locale))
