"""Texts that someone might slip into a table or a register, and readers that would notice.

The readers are parsers of others (or a few lines of their own), never the functions that escape.
"""

import copy
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

SHOWN = (
    "<script>window.pwned = 1</script>",
    "</td></table><h1 onclick=alert(1)>x</h1>",
    '"><img src=x onerror=window.pwned=1>',
    "' onmouseover='window.pwned=1' x='",
    "</script><script>window.pwned = 1</script><!-- ",
    "<svg onload=window.pwned=1><foreignObject/></svg>",
    "x--><a href='javascript:window.pwned=1'>x</a>",
    "]]> &lt;b&gt; &#60;i&#62; &amp;amp; -- - -",
    "{{ 7 * 7 }}{% raw %}{# #} {0.__class__} %s %(x)s ${HOME} `id`",
    r"\input{/etc/hosts} \write18{id} ^^5cinput \\ [5cm] \end{longtable} %",
    r"$\frac{$ a_1^2 & b # c ~ d \$ $x$",
    "[5cm] x",
    "*[1ex] x",
    "../../../etc/passwd ~/x C:\\x file:///x //x/y",
    "javascript:window.pwned=1",
    "https://a.example/'onmouseover='window.pwned=1",
    "Kab. Müller – 50 % „é‟ 北京 \u0627\u0644 \U0001f600",
    "x" * 3000,
    "a, b; c\"d\"'e'",
)
"""What may stand in a text and has to be shown as it is, wherever it is shown."""

FORMULAS = (
    "=1+1",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1;1)",
    '=HYPERLINK("https://a.example";"x")',
    "x;=1+1",
    "\uff1d1+1",
)
BROKEN = (
    "a\0b",
    "a\tb",
    "a\r\nb",
    "\x1b[31mred",
    "a\x85b",
    "a\u2028b",
    "abc\u202edcba",
    "\u2066x\u2069",
    "\ud800",
    "a\uffffb",
)
REFUSED = FORMULAS + BROKEN
"""What may not stand in a text at all."""


SCRIPT_ADDRESS = re.compile(r"\s*(javascript|vbscript|data:text)", re.I)


class Seen(HTMLParser):
    """What a browser would make of a page: tags with their attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shape: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.comments: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.shape.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.shape.append((f"/{tag}",))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.shape[-1][0] == "script":
            self.scripts.append(data)
        self.texts.append(data)

    def values(self, name: str) -> list[str]:
        """Return all values of an attribute."""
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]

    def acting(self) -> list[tuple[str, str, str | None]]:
        """Return attributes that could run a script or fetch something."""
        return [
            (tag, name, value)
            for tag, attributes in self.tags
            for name, value in attributes.items()
            if name.startswith("on")
            or name in ("style", "srcdoc", "formaction")
            or (name in ("href", "src") and SCRIPT_ADDRESS.match(value or ""))
        ]


WORD = re.compile(r"\\([A-Za-z]+|.)", re.S)
LATEX_TEXT = {
    "textbackslash": "\\",
    "textasciicircum": "^",
    "textasciitilde": "~",
    "textless": "<",
    "textgreater": ">",
    "allowbreak": "",
}


def latex_cell(written: str) -> str:
    """Return what LaTeX would print of a cell, or stop at the first sign that is a command."""
    printed, place = [], 0
    while place < len(written):
        sign = written[place]
        if sign == "\\":
            found = WORD.match(written, place)
            assert found, written[place : place + 20]
            name, place = found.group(1), found.end()
            if name in LATEX_TEXT:
                assert written.startswith("{}", place), f"\\{name} swallows what follows"
                printed.append(LATEX_TEXT[name])
                place += 2
            else:
                assert name in tuple("{}$&#%_"), f"\\{name} is a command"
                printed.append(name)
        elif written.startswith("{}", place):
            place += 2
        else:
            assert sign not in "{}$&#%_^~", f"{sign} is special at {written[place - 9 : place + 9]}"
            printed.append(sign)
            place += 1
    return "".join(printed)


Path = tuple[str | int, ...]


def leaves(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the place of every text in nested mappings and lists."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from leaves(part, (*path, number))


def plain(value: object) -> object:
    """Return a copy with lists for tuples, so that it can be changed in place."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return copy.copy(value)


def put(value: object, path: Path, text: str) -> str:
    """Set the text at a place and return what stood there."""
    for part in path[:-1]:
        value = value[part]
    before, value[path[-1]] = value[path[-1]], text
    return before


def saturated(
    given: object, accepts: Callable[[object], bool], texts: tuple[str, ...] = SHOWN
) -> tuple[object, set[Path]]:
    """Return a copy with a hostile text wherever its model takes one, and all such places.

    What takes it is for the model itself to say: no list of fields is kept here.
    """
    spoilt, taken = plain(given), set()
    for number, path in enumerate(list(leaves(spoilt))):
        before = put(spoilt, path, f"x{number} {texts[number % len(texts)]}")
        if accepts(spoilt):
            taken.add(path)
        else:
            put(spoilt, path, before)
    return spoilt, taken
