"""Estimates and counts of the epidemic that others published."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, date, number, table, text

_PUBLISHED_RT = table(
    "epidemic/published_rt.csv",
    "Reproduction numbers that others published, read in the press.",
    ("region_code", "date", "statement"),
    {
        "region_code": code(),
        "date": date("day that the number is about; the middle of the period if a period"),
        "precision": text("how exactly the date is known", ("day", "week", "month")),
        "value": number("reproduction number", "persons infected per person"),
        "statement": text("how it was said: at, about, below", ("at", "about", "below")),
        "author": text("who estimated it"),
        "reported_by": text("where it was read"),
    },
)

TABLES: tuple[Schema, ...] = (_PUBLISHED_RT,)
"""Contracts of ``data/raw/epidemic``."""
