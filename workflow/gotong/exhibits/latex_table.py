"""A table exhibit in LaTeX: a longtable with booktabs rules, to be put into a manuscript."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gotong.html import Column, cell, name_in
from gotong.i18n import Language

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}
_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL)))
_BREAKS = re.compile(r"\s+")

NUMBERS = ("number", "share")
TEXT_WIDTH = 0.96
"""Share of the line that the columns of text divide among themselves."""

HEAD = "% needs \\usepackage{booktabs,longtable}, and for long text a landscape page\n"


def escaped(text: str) -> str:
    """Return text in one line in which nothing is a command of LaTeX, or belongs to one."""
    line = _SPECIAL.sub(lambda found: SPECIAL[found.group()], _BREAKS.sub(" ", text).strip())
    # The end of a row and the rules look for a star or a bracket in what follows them.
    return "{}" + line if line.startswith(("[", "*")) else line


def table_text(
    exhibit: str,
    data: pd.DataFrame,
    columns: Sequence[Column],
    language: Language,
    said: Mapping[str, str],
) -> str:
    """Return one table with its title, caption and source line.

    Addresses stand as text: what a link shows on a page would name the site only.
    """
    heads = [escaped(language(column.heading)) for column in columns]
    lines = [_line(row, columns, language) for row in data.to_dict("records")]
    caption = f"{escaped(said['title'])}. {escaped(said['caption'])} {escaped(said['sources'])}"
    return "\n".join(
        [
            HEAD + rf"\begin{{longtable}}{{{_layout(columns)}}}",
            rf"\caption{{{caption}}}\label{{tab:{exhibit}}}\\",
            r"\toprule",
            " & ".join(heads) + r" \\",
            r"\midrule",
            r"\endhead",
            *lines,
            r"\bottomrule",
            r"\end{longtable}",
            "",
        ]
    )


def _layout(columns: Sequence[Column]) -> str:
    """Return the kinds of columns: numbers to the right, text in paragraphs."""
    texts = sum(column.kind not in NUMBERS for column in columns)
    width = TEXT_WIDTH / max(len(columns), texts, 1)
    paragraph = rf"p{{{width:.3f}\linewidth}}"
    return "".join("r" if column.kind in NUMBERS else paragraph for column in columns)


def _line(row: Mapping[Any, Any], columns: Sequence[Column], language: Language) -> str:
    """Return one row."""
    cells = [escaped(_shown(row, column, language)) for column in columns]
    return " & ".join(cells) + r" \\"


def _shown(row: Mapping[Any, Any], column: Column, language: Language) -> str:
    """Return what a cell says, in plain text."""
    value = row[name_in(column, language)]
    kind = "text" if column.kind == "link" else column.kind
    return str(cell(value, kind, language, column.words, column.form_of(row)))
