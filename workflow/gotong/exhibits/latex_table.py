"""A table exhibit in LaTeX: a longtable with booktabs rules, to be put into a manuscript."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gotong.exhibits.table_layout import Layout, layout, parts
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
    "\N{MINUS SIGN}": r"\textminus{}",
}
NEXT = r"\quad "
"""What stands between two texts below a row."""

BREAK = r"\allowbreak{}"
"""What lets a line end within a word and prints nothing."""

_SPECIAL = re.compile("|".join(map(re.escape, SPECIAL)))
_JOINED = re.compile(r"([-`',])(?=\1)|[!?](?=`)")
"""Signs that LaTeX prints as another one with the next, as two hyphens of an address."""
_BREAKS = re.compile(r"\s+")

NUMBERS = ("number", "share")
WHOLE = (*NUMBERS, "date")
"""Kinds of columns whose cells are not broken over lines."""

HEAD = (
    "% needs \\usepackage[T1]{fontenc} and \\usepackage{array,booktabs,longtable,pdflscape};\n"
    "% made for pages of A4 with margins of 20 mm\n"
)
TYPE = r"\fontsize{8}{9.6}\selectfont"
# Patterns of one language would break the words of another.
SPACING = r"\setlength{\tabcolsep}{3pt}\setlength{\LTcapwidth}{\linewidth}\hyphenpenalty=10000"


def escaped(text: str) -> str:
    """Return text in one line in which nothing is a command of LaTeX, or belongs to one.

    Long words, as addresses, are given places at which a line may break.
    """
    words = _BREAKS.sub(" ", text).strip().split(" ")
    line = " ".join(BREAK.join(map(_plain, parts(word))) for word in words)
    # The end of a row and the rules look for a star or a bracket in what follows them.
    return "{}" + line if line.startswith(("[", "*")) else line


def _plain(text: str) -> str:
    """Return text with every character written so that it is printed as it is."""
    special = _SPECIAL.sub(lambda found: SPECIAL[found.group()], text)
    return _JOINED.sub(r"\g<0>{}", special)


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
    heads = [language(column.heading) for column in columns]
    rows = [
        [_shown(row, column, language) for column in columns] for row in data.to_dict("records")
    ]
    placed = layout(heads, rows, [column.kind in WHOLE for column in columns])
    caption = f"{escaped(said['title'])}. {escaped(said['caption'])} {escaped(said['sources'])}"
    top = [r"\toprule", _cells(heads, placed) + r" \\", r"\midrule"]
    return "\n".join(
        [
            HEAD + (r"\begin{landscape}" if placed.turned else r"\begingroup"),
            TYPE + SPACING,
            r"\begin{longtable}{" + "".join(_kinds(columns, placed)) + "}",
            rf"\caption{{{caption}}}\label{{tab:{exhibit}}}\\",
            *[*top, r"\endfirsthead"],
            *[*top, r"\endhead"],
            *(line for row in rows for line in _row(row, heads, placed)),
            r"\bottomrule",
            r"\end{longtable}",
            r"\end{landscape}" if placed.turned else r"\endgroup",
            "",
        ]
    )


def _kinds(columns: Sequence[Column], placed: Layout) -> list[str]:
    """Return the kind of each column in the row: numbers to the right, text to the left."""
    return [
        _paragraph(share, "left" if columns[number].kind in NUMBERS else "right")
        for number, share in placed.shares.items()
    ]


def _paragraph(share: float, ragged: str) -> str:
    """Return a kind of column that takes a share of the line, rounded down, its gap included."""
    width = math.floor(share * 1e4) / 1e4
    kind = rf"p{{\dimexpr {width:.4f}\linewidth-2\tabcolsep\relax}}"
    return rf">{{\ragged{ragged}\arraybackslash}}{kind}"


def _cells(texts: Sequence[str], placed: Layout) -> str:
    """Return the cells that stand in the row itself."""
    return " & ".join(escaped(texts[number]) for number in placed.shares)


def _row(texts: Sequence[str], heads: Sequence[str], placed: Layout) -> list[str]:
    """Return the lines of one row: its cells, and what stands below them under its own head."""
    notes = [
        rf"\emph{{{escaped(heads[number])}:}} {escaped(texts[number])}"
        for number in placed.below
        if texts[number]
    ]
    lines = [_cells(texts, placed)]
    if notes:
        kind = _paragraph(placed.width, "right")
        lines += [rf"\multicolumn{{{len(placed.shares)}}}{{{kind}}}{{\quad {NEXT.join(notes)}}}"]
    # The star keeps a row and what is below it on one page.
    return [" \\\\*\n".join(lines) + r" \\", *[r"\addlinespace[2pt]"] * placed.is_tall]


def _shown(row: Mapping[Any, Any], column: Column, language: Language) -> str:
    """Return what a cell says, in plain text."""
    value = row[name_in(column, language)]
    kind = "text" if column.kind == "link" else column.kind
    return str(cell(value, kind, language, column.words, column.form_of(row)))
