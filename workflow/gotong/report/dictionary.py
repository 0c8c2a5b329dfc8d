"""The data dictionary: every column of every table, written from the contracts."""

from __future__ import annotations

from collections.abc import Mapping

from gotong.analyses.catalogue import ANALYSES, GATHERED, raw_behind
from gotong.contracts import PROCESSED, RAW, Schema, dtypes
from gotong.contracts.columns import Column
from gotong.sources.registry import Source, sources_of
from gotong.tables import DATE

HEAD = """# Data dictionary

Written from the contracts in `workflow/gotong/contracts` and the register of sources by
`make documents`; a test fails when it has drifted. A blank cell of a table is a missing value
where the column says that one may be missing, and an empty text elsewhere.

"""


def dictionary(registry: Mapping[str, Source]) -> str:
    """Return the data dictionary as Markdown: raw tables first, then the made ones."""
    known = dict(registry)
    raw = [_table(schema, _raw_origin(name, known)) for name, schema in sorted(RAW.items())]
    made = [_table(schema, _made_origin(name)) for name, schema in PROCESSED.items()]
    return "\n".join(
        [
            HEAD.rstrip("\n"),
            "",
            "## Tables of `data/raw`",
            "",
            *raw,
            "## Tables of `data/processed`",
            "",
            *made,
        ]
    )


def _raw_origin(name: str, registry: dict[str, Source]) -> list[str]:
    """Return a line for each source of a raw table: who, which regions, which days."""
    lines = []
    for source in (registry[key] for key in sources_of(registry, name)):
        covered = source.coverage
        days = " to ".join(filter(None, (covered.start, covered.end)))
        where = f"{covered.regions}, {days}" if days else covered.regions
        lines.append(f"- source `{source.id}`: {source.publisher}; {where}")
    return lines


def _made_origin(name: str) -> list[str]:
    """Return the line that says what a made table is made from."""
    entry = ANALYSES.get(name) or GATHERED.get(name)
    if entry is None:
        return ["- from `data/raw/corrections.yaml` and the tables that it names"]
    near = ", ".join(f"`{table}`" for table in (*entry.raw, *entry.made))
    behind = len(raw_behind(entry.raw, entry.made))
    return [f"- from {near} ({behind} raw tables in all)"]


def _table(schema: Schema, origin: list[str]) -> str:
    """Return the section of one table."""
    key = ", ".join(f"`{name}`" for name in schema.key)
    types = {name: _TYPES[dtype] for name, dtype in dtypes(schema).items()}
    rows = [_row(str(name), types[str(name)], column) for name, column in schema.columns.items()]
    return "\n".join(
        [
            f"### `{schema.name}`",
            "",
            schema.description,
            "",
            f"- one row per {key}",
            *origin,
            *(f"- holds: {rule.name}" for rule in schema.rules),
            "",
            "| column | type | unit | may hold | what it is |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _row(name: str, kind: str, column: Column) -> str:
    """Return the row of one column."""
    allowed = [_allowed(column), "missing" if column.nullable else ""]
    cells = (
        f"`{name}`",
        kind,
        column.unit,
        ", ".join(filter(None, allowed)),
        column.description,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


_TYPES = {
    "Int64": "whole number",
    "float64": "number",
    "boolean": "yes or no",
    DATE: "date",
    "str": "text",
}


def _allowed(column: Column) -> str:
    """Return what a cell may be, in a few words."""
    if column.allowed:
        return ", ".join(f"`{value}`" if value else "blank" for value in column.allowed)
    if column.pattern:
        return f"`^({column.pattern})$`"
    low, high = _plain(column.low), _plain(column.high)
    if low and high:
        return f"{low} to {high}"
    if low:
        return f"{low} or more"
    return f"up to {high}" if high else ""


def _plain(value: object) -> str:
    """Return a bound: a day without its hours, and nothing for none."""
    return "" if value is None else str(value).removesuffix(" 00:00:00")
