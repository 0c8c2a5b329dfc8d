"""Which text may pass: none that a terminal, a page, a picture or a spreadsheet acts upon.

The one rule for every text of the raw and the made tables, the registers and the configuration.
What cannot be shown as it stands is refused where it comes in, with a message; what can is
escaped where it goes out. Nothing is changed in silence in between, so that a CSV file holds
exactly the text of its source and reads back as it was.

Numbers are no formulas: a column of text may hold -5, where a spreadsheet has nothing to work out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

_UNSHOWABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f"  # controls: NUL, tabs, line breaks, escape sequences of terminals
    r"\u2028\u2029"  # separators of lines and paragraphs
    r"\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text after it
    r"\ud800-\udfff"  # halves of a pair, which UTF-8 cannot hold
    r"\ufffe\uffff]"  # what XML may not hold
)

# Full-width signs count, too. A semicolon begins a new cell in a spreadsheet that takes it for
# the separator, as those set to Indonesian do.
_FORMULA: Final = re.compile(r"(?:^|;)[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")

LONGEST_SHOWN: Final = 80
"""Characters of a text that a message shows."""

SHOWABLE: Final = "text without control characters, turned direction or broken characters"
NO_FORMULA: Final = "text that no spreadsheet takes for a formula: not begun with = + - @"


def expectation(text: str) -> str:
    """Return what a text should have been, or nothing where it may pass.

    The signs that begin a formula are those that OWASP lists for CSV injection.
    """
    if _UNSHOWABLE.search(text):
        return SHOWABLE
    if _FORMULA.search(text) and not _NUMBER.fullmatch(text):
        return NO_FORMULA
    return ""


def quoted(text: str) -> str:
    """Return a text as a message shows it: in quotation marks, the rest of a long one left out."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")


def first_unfit(cells: Iterable[object]) -> str | None:
    """Return the first text that may not pass, or None; what is no text is left alone."""
    texts = dict.fromkeys(cell for cell in cells if isinstance(cell, str))
    return next((text for text in texts if expectation(text)), None)


def unfit_within(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield place and text of all that may not pass in nested values, keys included.

    Parameters
    ----------
    value : object
        As read from YAML: mappings, lists, texts and what is none of them.
    place : str
        Where the value itself stands.
    """
    if isinstance(value, str) and expectation(value):
        yield place, value
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        parts = value.items()
        yield from ((place, key) for key in value if isinstance(key, str) and expectation(key))
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    for name, part in parts:
        yield from unfit_within(part, f"{place}.{name}" if place else str(name))
