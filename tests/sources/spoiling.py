"""Ways in which a publisher's file may arrive spoilt, as functions of its bytes.

Each takes the bytes and two numbers from 0 to 1 that say where, and returns other bytes, or
None where the file has nothing of the kind to spoil.
"""

import io
import re
import zipfile
from collections.abc import Callable

PAGE = b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not Found</body></html>\n"
NUMBER = re.compile(rb"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
DAY = re.compile(rb"20(?:19|20|21|22|23)(?=[-/]\d\d?[-/]\d\d?)|(?<=[/-])20(?:20|21|22)(?!\d)")

Spoil = Callable[[bytes, float, float], bytes | None]


def _pick(count: int, where: float) -> int:
    return min(int(where * count), count - 1)


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content[:4096] and not content.startswith((b"\x1f\x8b", b"PK", b"BZh"))


def cut(content: bytes, where: float, _other: float) -> bytes:
    """Cut the end off."""
    return content[: _pick(len(content), where)]


def lose_line(content: bytes, where: float, _other: float) -> bytes | None:
    """Lose one line."""
    lines = _lines(content)
    if not _is_text(content) or len(lines) < 2:
        return None
    del lines[_pick(len(lines), where)]
    return b"".join(lines)


def repeat_line(content: bytes, where: float, other: float) -> bytes | None:
    """Say one line twice, the second time somewhere else."""
    lines = _lines(content)
    if not _is_text(content) or len(lines) < 2:
        return None
    lines.insert(_pick(len(lines), other), lines[_pick(len(lines), where)])
    return b"".join(lines)


def exchange_lines(content: bytes, where: float, other: float) -> bytes | None:
    """Exchange two lines."""
    lines = _lines(content)
    if not _is_text(content) or len(lines) < 3:
        return None
    one, two = _pick(len(lines), where), _pick(len(lines), other)
    lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


def exchange_columns(content: bytes, where: float, other: float) -> bytes | None:
    """Exchange two columns in all lines below the first."""
    lines = _lines(content)
    if not _is_text(content) or len(lines) < 2:
        return None
    separator = max((b",", b";", b"\t"), key=lines[0].count)
    width = lines[0].count(separator) + 1
    if width < 2:
        return None
    one, two = _pick(width, where), _pick(width, other)

    def exchanged(line: bytes) -> bytes:
        ending = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        cells = line.rstrip(b"\r\n").split(separator)
        if len(cells) != width:
            return line
        cells[one], cells[two] = cells[two], cells[one]
        return separator.join(cells) + ending

    return lines[0] + b"".join(map(exchanged, lines[1:]))


def lose_cell(content: bytes, where: float, _other: float) -> bytes | None:
    """Lose one separator and what stands before it."""
    if not _is_text(content):
        return None
    places = [match.start() for match in re.finditer(rb",", content)]
    if not places:
        return None
    place = places[_pick(len(places), where)]
    start = max(content.rfind(b",", 0, place), content.rfind(b"\n", 0, place)) + 1
    return content[:start] + content[place + 1 :]


def _in_a_number(content: bytes, where: float, change: Callable[[bytes], bytes]) -> bytes | None:
    if not _is_text(content):
        return None
    numbers = list(NUMBER.finditer(content))
    if not numbers:
        return None
    found = numbers[_pick(len(numbers), where)]
    return content[: found.start()] + change(found.group()) + content[found.end() :]


def text_in_number(content: bytes, where: float, _other: float) -> bytes | None:
    """Write letters into a number."""
    return _in_a_number(content, where, lambda number: number[:1] + b"x" + number[1:])


def below_zero(content: bytes, where: float, _other: float) -> bytes | None:
    """Put a minus before a number."""
    return _in_a_number(content, where, lambda number: b"-" + number)


def huge(content: bytes, where: float, _other: float) -> bytes | None:
    """Make a number impossibly large."""
    return _in_a_number(content, where, lambda number: number + b"0" * 25)


def infinite(content: bytes, where: float, _other: float) -> bytes | None:
    """Write a number that is none."""
    return _in_a_number(content, where, lambda _number: b"1e999")


def future(content: bytes, where: float, _other: float) -> bytes | None:
    """Move a date into the future."""
    days = list(DAY.finditer(content)) if _is_text(content) else []
    if not days:
        return None
    found = days[_pick(len(days), where)]
    return content[: found.start()] + b"2099" + content[found.end() :]


def unknown_name(content: bytes, where: float, _other: float) -> bytes | None:
    """Misspell a word of capital letters or one that begins with one."""
    words = list(re.finditer(rb"[A-Z][A-Za-z]{3,}", content)) if _is_text(content) else []
    if not words:
        return None
    found = words[_pick(len(words), where)]
    return content[: found.start()] + b"Zyzzyx" + content[found.end() :]


def latin_1(content: bytes, where: float, _other: float) -> bytes | None:
    """Put a byte of another encoding somewhere."""
    place = _pick(len(content), where)
    return content[:place] + b"\xe9" + content[place:]


def utf_16(content: bytes, _where: float, _other: float) -> bytes | None:
    """Encode the text anew."""
    return content.decode("utf-8", "replace").encode("utf-16") if _is_text(content) else None


def windows_lines(content: bytes, _where: float, _other: float) -> bytes | None:
    """End lines as Windows does."""
    return content.replace(b"\n", b"\r\n") if _is_text(content) else None


def byte_order_mark(content: bytes, _where: float, _other: float) -> bytes | None:
    """Begin with a byte-order mark."""
    return b"\xef\xbb\xbf" + content if _is_text(content) else None


def semicolons(content: bytes, _where: float, _other: float) -> bytes | None:
    """Separate by semicolons."""
    return content.replace(b",", b";") if _is_text(content) else None


def open_quotation(content: bytes, where: float, _other: float) -> bytes | None:
    """Open a quotation mark and never close it."""
    place = _pick(len(content), where)
    return content[:place] + b'"' + content[place:] if _is_text(content) else None


def page(_content: bytes, _where: float, _other: float) -> bytes:
    """Send an error page instead."""
    return PAGE


def nothing(_content: bytes, _where: float, _other: float) -> bytes:
    """Send nothing."""
    return b""


def noise(content: bytes, where: float, other: float) -> bytes:
    """Turn all bits of a byte over."""
    place = _pick(len(content), where)
    flipped = bytes([content[place] ^ (1 + _pick(255, other))])
    # Text may turn into other text, which only the sha256 can tell: turn it into no text.
    if _is_text(content):
        flipped = b"\xff"
    return content[:place] + flipped + content[place + 1 :]


def zip_bomb(content: bytes, _where: float, _other: float) -> bytes | None:
    """Pack far more into an archive than its size tells."""
    if not content.startswith(b"PK"):
        return None
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            is_sheet = name.startswith("xl/worksheets/")
            new.writestr(name, b" " * 300_000_000 if is_sheet else old.read(name))
    return bomb.getvalue()


def _in_a_sheet(
    content: bytes, where: float, change: Callable[[bytes, float], bytes | None]
) -> bytes | None:
    """Change what a workbook says, and pack it soundly again."""
    if not content.startswith(b"PK"):
        return None
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        sheets = [name for name in old.namelist() if name.startswith("xl/worksheets/sheet")]
        chosen = sheets[_pick(len(sheets), 1 - where)] if sheets else ""
        for name in old.namelist():
            part = old.read(name)
            if name == chosen:
                new_part = change(part, where)
                if new_part is None:
                    return None
                part = new_part
            new.writestr(name, part)
    return changed.getvalue()


def lose_sheet_row(content: bytes, where: float, _other: float) -> bytes | None:
    """Lose one row of a workbook's sheet."""

    def change(sheet: bytes, place: float) -> bytes | None:
        rows = list(re.finditer(rb"<row .*?</row>", sheet, re.DOTALL))
        if not rows:
            return None
        row = rows[_pick(len(rows), place)]
        return sheet[: row.start()] + sheet[row.end() :]

    return _in_a_sheet(content, where, change)


def sheet_number_below_zero(content: bytes, where: float, _other: float) -> bytes | None:
    """Put a minus before a number of a workbook's sheet."""

    def change(sheet: bytes, place: float) -> bytes | None:
        cell = rb'<c r="[A-Z]+\d+"(?: s="\d+")?(?: t="n")?><v>(\d+)</v>'
        numbers = list(re.finditer(cell, sheet))
        if not numbers:
            return None
        start = numbers[_pick(len(numbers), place)].start(1)
        return sheet[:start] + b"-" + sheet[start:]

    return _in_a_sheet(content, where, change)


WAYS: tuple[Spoil, ...] = (
    cut,
    lose_line,
    repeat_line,
    exchange_lines,
    exchange_columns,
    lose_cell,
    text_in_number,
    below_zero,
    huge,
    infinite,
    future,
    unknown_name,
    latin_1,
    utf_16,
    windows_lines,
    byte_order_mark,
    semicolons,
    open_quotation,
    page,
    nothing,
    noise,
    zip_bomb,
    lose_sheet_row,
    sheet_number_below_zero,
)
