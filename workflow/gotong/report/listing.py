"""The list of exhibits and made tables, written from their catalogues."""

from __future__ import annotations

from gotong.analyses.catalogue import ANALYSES
from gotong.exhibits.catalogue import EXHIBITS

HEAD = """# Exhibits and made tables

Written from `workflow/gotong/exhibits/catalogue.py` and `workflow/gotong/analyses/catalogue.py` by
`make documents`; a test fails when it has drifted. Each exhibit lies in `results/figures` or
`results/tables` under its id, in Indonesian and English, with its data as `.csv` and where it
comes from as `.json`.

"""


def listing() -> str:
    """Return the list as Markdown: exhibits by id, then made tables in the order of making."""
    exhibits = [
        _row(name, entry.shows, " ".join(entry.claims), f"exhibits/{entry.module}.py")
        for name, entry in sorted(EXHIBITS.items())
    ]
    made = [
        _row(f"`{name}`", entry.shows, _from(entry.raw, entry.made), f"analyses/{entry.module}.py")
        for name, entry in ANALYSES.items()
    ]
    return "\n".join(
        [
            HEAD.rstrip("\n"),
            "",
            "## Exhibits",
            "",
            "| id | what it shows | claims | module |",
            "|---|---|---|---|",
            *exhibits,
            "",
            "## Made tables",
            "",
            "| table | what it holds | made from | module |",
            "|---|---|---|---|",
            *made,
            "",
        ]
    )


def _row(name: str, shows: str, third: str, module: str) -> str:
    link = f"[`{module}`](../workflow/gotong/{module})"
    return f"| {name} | {shows} | {third} | {link} |"


def _from(raw: tuple[str, ...], made: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in (*made, *raw))
