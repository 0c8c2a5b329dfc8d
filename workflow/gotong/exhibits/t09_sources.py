"""T09: every source, with its publisher, pinned copy, licence and known defects."""

from __future__ import annotations

import pandas as pd

from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_

TITLE = N_("{sources} sources from {publishers} publishers, {files} files pinned by their sha256")
CAPTION = N_(
    "Where every figure comes from. Files of publishers are read from mirrors at a pinned commit; "
    "the repository carries the figures, never the files. For {unlicensed} sources no licence was "
    "found in the mirror: cite the publisher. {coded} tables were made for this project; the rows "
    "of those on events carry addresses. Defects are those known when the source was registered. "
    "Texts of the register are not translated: they are in English, in which it is kept."
)
ALT = N_("Table of sources with publisher, coverage, licence, citation and known defects.")

COLUMNS = (
    Column("source", N_("Id"), names_row=True),
    Column("publisher", N_("Publisher"), lang="en"),
    Column("measures", N_("What it measures"), lang="en"),
    Column("regions", N_("Regions"), lang="en"),
    Column("start", N_("From")),
    Column("end", N_("To")),
    Column("licence", N_("Licence"), lang="en"),
    Column("citation", N_("Citation")),
    Column("tables", N_("Tables")),
    Column("files", N_("Files"), "number"),
    Column("address", N_("First file"), "link"),
    Column("sha256", N_("sha256 of it")),
    Column("defects", N_("Known defects"), lang="en"),
)

NO_LICENCE = ("none", "not stated")
"""How the register begins the licence of a source for which none was found."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return all sources, in the order of the register."""
    return tables["sources"][[column.name for column in COLUMNS] + ["origin"]]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    return {
        "sources": len(data),
        "publishers": data["publisher"].nunique(),
        "files": int(data["files"].sum()),
        "unlicensed": int(data["licence"].str.lower().str.startswith(NO_LICENCE).sum()),
        "coded": int((data["origin"] == "project").sum()),
    }
