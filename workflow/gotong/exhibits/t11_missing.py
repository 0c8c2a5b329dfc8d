"""T11: rows of each panel without a count of cases, and why."""

from __future__ import annotations

import pandas as pd

from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_

TITLE = N_("{share:.0%} of {rows} rows of {panels} panels hold a count; every other says why not")
CAPTION = N_(
    "Every region and day (or week) of a panel is a row, once. A count that is missing is null "
    "and has a reason beside it; nothing is filled in."
)
ALT = N_("Table of the panels with the number of rows with and without a count, by reason.")

PANELS = {
    "panel_province": N_("34 provinces by day"),
    "panel_westjava": N_("27 kab/kota of Jawa Barat by day"),
    "panel_jabodetabek": N_("{area} by day"),
    "panel_area": N_("{area} by day"),
    "panel_java": N_("Jawa Barat, Jawa Tengah and {area} by week"),
    "panel_kelurahan": N_("kelurahan of DKI Jakarta"),
    "panel_country": N_("three countries by day"),
}
REASONS = {
    "": N_("there is a count"),
    "after_last_report": N_("after the last report"),
    "before_first_report": N_("before the first report"),
    "corrected": N_("left out by a correction"),
    "gap_in_source": N_("the source leaves these days out"),
    "no_day_before": N_("the running total of the day before is not known"),
    "no_public_series": N_("no public series was found"),
    "part_of_week": N_("some days of the week are missing"),
    "total_fell": N_("the running total fell"),
    "weekly_only": N_("known by week only, see the panel of weeks"),
}
COLUMNS = (
    Column("panel", N_("Panel"), "term", PANELS),
    Column("reason", N_("Count, or why there is none"), "term", REASONS),
    Column("rows", N_("Rows"), "number"),
    Column("regions", N_("Regions"), "number"),
    Column("share", N_("Share of the panel"), "share"),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the counts, panels in the order of `PANELS`."""
    counts = tables["missing"]
    order = {name: number for number, name in enumerate(PANELS)}
    rank = counts["panel"].map(order)
    ordered = counts.assign(rank=rank).sort_values(["rank", "reason"], ignore_index=True)
    return ordered.drop(columns="rank")


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    counted = data.loc[data["reason"] == "", "rows"].sum()
    return {
        "panels": data["panel"].nunique(),
        "rows": int(data["rows"].sum()),
        "share": float(counted / data["rows"].sum()),
    }
