"""Taking the records of one country out of a CSV file that is too large to hold.

Reports of the whole world name the country in the first column, by two letters. A parser would
split millions of rows into fields to keep one in three hundred. Here the two letters are looked
for, with a line feed before and a comma behind them, and nothing else is looked at but quotation
marks: a line feed within quotation marks ends no record.

Whether a byte stands within quotation marks follows from the marks before it, for in CSV they
come in pairs: an even number lies before every record. That holds for a doubled mark within a
field too, which is two. It does not hold for a single mark within a field that has none around
it, which CSV does not allow; rows that this would hide are missed by a reader that knows which
rows are due.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gotong.errors import InputError
from gotong.sources.reading import REMEDY

_QUOTE = b'"'
_LETTERS = 2
"""Of a country's code: as many bytes as two, which are compared as one number."""

_AHEAD = 2
"""Windows that are read before the first of them is searched to its end."""


@dataclass(frozen=True)
class _Window:
    """A stretch of the file with the first bytes of the next one, and what was found in it.

    Parameters
    ----------
    text : bytes
    settled : int
        Length of the stretch: the bytes behind it come again in the next one.
    even, odd : list of int
        Where a line feed, the letters and a comma begin in the stretch, with an even or an odd
        number of quotation marks before them in it.
    turns : bool
        Whether the number of all its quotation marks is odd.
    """

    text: bytes
    settled: int
    even: list[int]
    odd: list[int]
    turns: bool


def country_lines(
    blocks: Iterable[bytes], country: str, dataset: str, file: str
) -> Iterator[bytes]:
    """Yield the header and the records of one country, in the order of the file.

    The records may lie anywhere in the file; no more of it is held than a few blocks.

    Parameters
    ----------
    blocks : iterable of bytes
        The file in order, cut anywhere. Lines end with a line feed, after a carriage return or
        not; a byte-order mark before the header stays there.
    country : str
        Code of two letters, as it stands in the first column, without quotation marks.
    dataset, file : str
        For the message when something is wrong.

    Yields
    ------
    bytes
        Pieces which together are the lines, byte for byte; a line feed is added to the last
        line if it has none.

    Raises
    ------
    InputError
        A quotation mark that is left open; a record far longer than any row.
    """
    quoted, taking, length = False, True, 0  # The first record is the header, whatever it is.
    for window in _searched(_stretches(blocks), f"\n{country},".encode()):
        text, settled = window.text, window.settled
        if taking:
            end = _end_of_record(text, 0, settled, quoted)
            yield text[: end or settled]
            taking, length = end == 0, length + settled
        for place in window.odd if quoted else window.even:
            end = _end_of_record(text, place + 1, settled, quoted=False)
            yield text[place + 1 : end or settled]
            taking, length = end == 0, settled - place
        quoted ^= window.turns
        if taking and length > csv.field_size_limit():
            expected = f"a line feed within {csv.field_size_limit()} bytes"
            raise InputError(dataset, file, "", expected, "none", REMEDY)
    if quoted:
        raise InputError(dataset, file, "", "quotation marks in pairs", "one left open", REMEDY)
    if taking:
        yield b"\n"


def _stretches(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield texts, and of each how many bytes are settled: the next one repeats the others.

    What is as long as a line feed, the letters and a comma, and begins among the settled bytes,
    lies whole in the text.
    """
    text = b""
    for block in blocks:
        text += block
        settled = len(text) - _LETTERS - 1
        if settled > 0:
            yield text, settled
            text = text[settled:]
    yield text + bytes(_LETTERS + 2), len(text)


def _searched(stretches: Iterator[tuple[bytes, int]], start: bytes) -> Iterator[_Window]:
    """Search each stretch, in a thread of its own while the next ones are read."""
    coming: deque[Future[_Window]] = deque()
    with ThreadPoolExecutor(1) as searcher:
        for text, settled in stretches:
            coming.append(searcher.submit(_search, text, settled, start))
            if len(coming) > _AHEAD:
                yield coming.popleft().result()
        for window in coming:
            yield window.result()


def _search(text: bytes, settled: int, start: bytes) -> _Window:
    """Find the places where a record of the country may start, and what may make them none."""
    places = _places(text, settled, start)
    if text.find(_QUOTE, 0, settled) < 0:
        return _Window(text, settled, places, [], turns=False)
    marks = np.frombuffer(text, "u1", settled) == _QUOTE[0]
    even: list[int] = []
    odd: list[int] = []
    turned, before = False, 0
    for place in places:
        turned ^= _is_odd(marks[before:place])
        (odd if turned else even).append(place)
        before = place
    return _Window(text, settled, even, odd, turned ^ _is_odd(marks[before:]))


def _is_odd(marks: np.ndarray) -> bool:
    """Return whether the number of marks is odd."""
    return bool(np.count_nonzero(marks) % 2)


def _places(text: bytes, settled: int, start: bytes) -> list[int]:
    """Return where a line feed, the letters and a comma begin among the settled bytes.

    The two letters are compared as one number, once for each way in which they may lie in the
    pairs of bytes of the text: that is several times as quick as a search for bytes.
    """
    letters = np.frombuffer(start[1:-1], "u2")[0]
    pairs = settled // 2 + 1
    found = bytearray(pairs)
    same = np.frombuffer(found, "?")
    for shift in range(_LETTERS):
        same |= np.frombuffer(text, "u2", pairs, shift) == letters
    places = []
    pair = found.find(b"\1")
    while pair >= 0:
        # The letters are the pair or one byte behind it, and a line feed is before them.
        place = text.find(start, max(2 * pair - 1, 0), 2 * pair + len(start))
        if 0 <= place < settled:
            places.append(place)
        pair = found.find(b"\1", pair + 1)
    return places


def _end_of_record(text: bytes, start: int, settled: int, quoted: bool) -> int:
    """Return where a record ends, behind its line feed, or 0 if not among the settled bytes."""
    while end := text.find(b"\n", start, settled) + 1:
        quoted ^= bool(text.count(_QUOTE, start, end) % 2)
        if not quoted:
            return end
        start = end
    return 0
