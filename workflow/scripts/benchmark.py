"""Measure how quick and how large things are, part by part, into docs/performance.md.

.venv-oracles/bin/python workflow/scripts/benchmark.py [--part NAME ...]

A part is a module `bench_NAME` beside this file whose function `section` measures and returns
Markdown. It stands on the page between two comments and replaces nothing but itself there, so
that parts can be run apart; a part that the page does not have yet comes last.
"""

import argparse
from importlib import import_module
from pathlib import Path

from gotong.tables import write_bytes

PAGE = Path("docs/performance.md")
PARTS = ("run", "methods", "mobility", "growth")
HEAD = """# Performance

Written by `make bench`; one part of it by `workflow/scripts/benchmark.py --part NAME`.
"""


def with_part(page, name, text):
    """Return a page with the text of one part renewed, or added at its end."""
    start, end = f"<!-- part: {name} -->\n", f"<!-- end: {name} -->\n"
    part = f"{start}\n{text.strip()}\n\n{end}"
    if start not in page:
        return f"{page}\n{part}"
    before, rest = page.split(start, 1)
    return before + part + rest.split(end, 1)[1]


def write_part(name, text):
    """Renew one part of the page, which is made when there is none."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    write_bytes(PAGE, with_part(page, name, text).encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS, help="these alone")
    for part in parser.parse_args().part:
        write_part(part, import_module(f"bench_{part}").section())
