"""How a printed table shares out its line: what stands in a row, how wide, and what below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

UPRIGHT, TURNED = 170.0, 257.0
"""Millimetres of a line on a page of A4 with margins of 20 mm, and on one that lies."""

EM = 3.0
"""Millimetres of an em of the type of 8 points (2.8), with a little room."""
GAP = 2.2
"""Millimetres between two columns."""

LINES_UPRIGHT, LINES = 2, 4
"""Lines that the fullest row may take about, in a page that stands and in one that lies."""
RAGGED = 1.2
"""Room that a text in lines takes over its length, for no line is full."""

WORD = 16
"""Letters of a word, as of an address or a path, over which it may be broken at its signs."""
RUN = 24
"""Letters or signs on end, as of a digest, over which they may be broken anywhere."""
_PARTS = re.compile(rf"[^\W_]{{1,{RUN}}}[\W_]{{0,{RUN}}}|[\W_]{{1,{RUN}}}")

_WIDTHS = {
    **dict.fromkeys("fijlrst.,:;!'|()[]-– ", 0.37),
    **dict.fromkeys("mw%&@", 0.82),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 0.76),
    **dict.fromkeys("MW", 1.03),
}
OTHER_WIDTH = 0.53
"""Ems of a letter that is neither narrow nor broad, and of a digit."""


@dataclass(frozen=True)
class Need:
    """Millimetres that a column needs at least, and for its longest cell in one line."""

    least: float
    longest: float

    def at(self, lines: int) -> float:
        """Return the width at which the longest cell takes about so many lines, with the gap."""
        ragged = RAGGED * self.longest / lines
        return GAP + (self.longest if lines == 1 else min(max(self.least, ragged), self.longest))


@dataclass(frozen=True)
class Layout:
    """Where the columns of a table stand.

    Parameters
    ----------
    turned : bool
        Whether the page lies on its side.
    shares : mapping of int to float
        Share of the line that each column of the row takes, by its number, the gap included.
    below : tuple of int
        Numbers of the columns that stand below each row, over the whole width.
    is_tall : bool
        Whether rows take more than a line, so that they need to be told apart.
    """

    turned: bool
    shares: Mapping[int, float]
    below: tuple[int, ...] = ()
    is_tall: bool = False

    @property
    def width(self) -> float:
        """Share of the line that the table takes."""
        return sum(self.shares.values())


def parts(word: str) -> list[str]:
    """Return the pieces between which a line may break in one word; nothing is lost."""
    return _PARTS.findall(word) if len(word) > WORD else [word]


def millimetres(text: str) -> float:
    """Return about how long a text is in one line."""
    return EM * sum(_WIDTHS.get(letter, OTHER_WIDTH) for letter in text)


def layout(heads: Sequence[str], rows: Sequence[Sequence[str]], whole: Sequence[bool]) -> Layout:
    """Return where the columns stand, so that no row is wider than the line or absurdly tall.

    A table that fits stands upright, one that does not is turned. While its rows do not fit in
    a few lines even so, the column with the longest text goes below the row; the first, by which
    a row is known, never does.

    Parameters
    ----------
    heads : sequence of str
    rows : sequence of sequence of str
        Cells as shown.
    whole : sequence of bool
        Which columns hold numbers or days, whose cells are not broken.
    """
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(heads)
    needs = [
        _need(head, cells, is_whole)
        for head, cells, is_whole in zip(heads, columns, whole, strict=True)
    ]
    standing = dict(enumerate(needs))
    upright = _fitted(standing, UPRIGHT, LINES_UPRIGHT)
    if upright:
        return upright
    below: list[int] = []
    while not (turned := _fitted(standing, TURNED, LINES, below)):
        if len(standing) == 1:
            return Layout(True, dict.fromkeys(standing, 1.0), tuple(sorted(below)), True)
        longest = max(list(standing)[1:], key=lambda number: standing[number].longest)
        below.append(longest)
        del standing[longest]
    return turned


def _need(head: str, cells: Sequence[str], is_whole: bool) -> Need:
    """Return what a column needs."""
    longest = max(map(millimetres, cells), default=0.0)
    broken = [head] if is_whole else [head, *cells]
    pieces = {part for text in broken for word in text.split() for part in parts(word)}
    least = max(map(millimetres, pieces), default=0.0)
    return Need(max(least, longest) if is_whole else least, max(least, longest))


def _fitted(
    needs: Mapping[int, Need], line: float, most_lines: int, below: Sequence[int] = ()
) -> Layout | None:
    """Return the layout of the fewest lines a row in which columns fit a line, if one does."""
    for lines in range(1, most_lines + 1):
        widths = {number: need.at(lines) for number, need in needs.items()}
        if sum(widths.values()) <= line:
            is_tall = lines > 1 or bool(below)
            if is_tall:
                widths = _filled(widths, needs, line)
            shares = {number: width / line for number, width in widths.items()}
            return Layout(line == TURNED, shares, tuple(sorted(below)), is_tall)
    return None


def _filled(
    widths: Mapping[int, float], needs: Mapping[int, Need], line: float
) -> dict[int, float]:
    """Return widths that fill a line: whole cells first where least is lacking, the rest evenly."""
    filled = dict(widths)
    lacking = {number: needs[number].at(1) - width for number, width in widths.items()}
    for number in sorted(lacking, key=lambda number: lacking[number]):
        if lacking[number] <= line - sum(filled.values()):
            filled[number] += lacking[number]
    stretch = line / sum(filled.values())
    return {number: width * stretch for number, width in filled.items()}
