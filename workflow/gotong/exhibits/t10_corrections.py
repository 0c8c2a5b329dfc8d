"""T10: every correction, and every row that it touches."""

from __future__ import annotations

import pandas as pd

from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import LANGUAGES, N_, Language
from gotong.regions import Gazetteer

TITLE = N_("{corrections} corrections touch {rows} rows of {tables} tables")
CAPTION = N_(
    "Where the analysis departs from figures as published, why, and on what evidence. A dropped "
    "or merged row is left out, an overridden figure is replaced, a flagged one is kept and only "
    "marked. Each correction states what it expects to find: the run stops when a publisher's "
    "figure no longer is that. {flagged} rows are flagged, {changed} are changed or left out. "
    "{reported} of the {corrections} corrections have been reported to their publishers. "
    "The evidence is in English, in which the register is kept."
)
ALT = N_("Table of corrections with the figure as published, the one used, reason and evidence.")

ACTIONS = {
    "drop": N_("left out"),
    "override": N_("replaced"),
    "flag": N_("flagged"),
    "merge": N_("counted with another"),
}
REGION_CODES = ("region_code", "unit_code")
NO_REGION = {
    "32xx": N_("Jawa Barat, kab/kota not known"),
    "outside": N_("residents of places outside DKI Jakarta"),
    "unknown": N_("DKI Jakarta, address not known"),
}
"""Words for what stands in the place of a region's code where cases have no region."""
KEYS = {"hospital_code": N_("hospital {code}"), "entry": N_("entry {code}")}
"""How the other columns that name a row are read out, where their values do not do alone."""

COLUMNS = (
    Column("correction", N_("Id"), names_row=True),
    Column("table", N_("Table")),
    Column("key", N_("Row"), "words"),
    Column("action", N_("What is done"), "term", ACTIONS),
    Column("column", N_("Column")),
    Column("before", N_("As published"), "words"),
    Column("after", N_("As used"), "words"),
    Column("reason", N_("Reason"), "words"),
    Column("evidence", N_("Evidence"), lang="en"),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return every row that a correction touches, with what its entry says.

    Returns
    -------
    pandas.DataFrame
        The columns of the table, those in words once per language (``reason_id``,
        ``reason_en``), and the status of the correction.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    register = tables["corrections_register"]
    rows = tables["corrections"].merge(register, on="correction", how="left", validate="m:1")
    codes = rows["column"].isin(REGION_CODES)
    for name in ("before", "after"):
        rows[name] = rows[name].mask(codes, "region_code=" + rows[name])
    said = {
        f"{name}_{code}": [_said(cell, gazetteer, Language(code)) for cell in rows[name]]
        for name in ("key", "before", "after")
        for code in LANGUAGES
    }
    names = [column.name for column in COLUMNS if column.kind != "words"]
    reasons = [f"reason_{code}" for code in LANGUAGES]
    return rows.assign(**said)[[*names, *said, *reasons, "status"]]


def _said(cell: str, gazetteer: Gazetteer, language: Language) -> str:
    """Return what names a row or stands in it, as a reader reads it.

    Parameters
    ----------
    cell : str
        ``region_code=32, date=2020-05-08``, a number, or blank.
    gazetteer : Gazetteer
    language : Language
    """
    if "=" not in cell:
        return language.number(int(cell)) if cell.isdecimal() else cell
    pairs = [part.split("=", 1) for part in cell.split(", ")]
    return ", ".join(_part(name, value, gazetteer, language) for name, value in pairs)


def _part(name: str, value: str, gazetteer: Gazetteer, language: Language) -> str:
    """Return one part of what names a row."""
    if name in REGION_CODES:
        return language(NO_REGION[value]) if value in NO_REGION else gazetteer.name(value)
    if name == "date":
        return language.date(value)
    return language.fill(KEYS[name], {"code": value}) if name in KEYS else value


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    flagged = int((data["action"] == "flag").sum())
    status = data.drop_duplicates("correction")["status"]
    return {
        "corrections": len(status),
        "reported": int((status != "open").sum()),
        "tables": data["table"].nunique(),
        "rows": len(data),
        "flagged": flagged,
        "changed": len(data) - flagged,
    }
