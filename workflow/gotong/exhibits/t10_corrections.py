"""T10: every correction, and every row that it touches."""

from __future__ import annotations

import pandas as pd

from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import LANGUAGES, N_

TITLE = N_("{corrections} corrections touch {rows} rows of {tables} tables")
CAPTION = N_(
    "Where the analysis departs from figures as published, why, and on what evidence. A dropped "
    "or merged row is left out, an overridden figure is replaced, a flagged one is kept and only "
    "marked. Each correction states what it expects to find: the run stops when a publisher's "
    "figure no longer is that. {flagged} rows are flagged, {changed} are changed or left out. "
    "The evidence is in English, in which the register is kept."
)
ALT = N_("Table of corrections with the figure as published, the one used, reason and evidence.")

ACTIONS = {
    "drop": N_("left out"),
    "override": N_("replaced"),
    "flag": N_("flagged"),
    "merge": N_("counted with another"),
}
COLUMNS = (
    Column("correction", N_("Id")),
    Column("table", N_("Table")),
    Column("key", N_("Row")),
    Column("action", N_("What is done"), "term", ACTIONS),
    Column("column", N_("Column")),
    Column("before", N_("As published")),
    Column("after", N_("As used")),
    Column("reason", N_("Reason"), "words"),
    Column("evidence", N_("Evidence"), lang="en"),
    Column("status", N_("Status")),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return every row that a correction touches, with what its entry says.

    Returns
    -------
    pandas.DataFrame
        The columns of the table, the reason once per language (``reason_id``, ``reason_en``).
    """
    register = tables["corrections_register"]
    rows = tables["corrections"].merge(register, on="correction", how="left", validate="m:1")
    names = [column.name for column in COLUMNS if column.kind != "words"]
    return rows[[*names, *(f"reason_{code}" for code in LANGUAGES)]]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    flagged = int((data["action"] == "flag").sum())
    return {
        "corrections": data["correction"].nunique(),
        "tables": data["table"].nunique(),
        "rows": len(data),
        "flagged": flagged,
        "changed": len(data) - flagged,
    }
