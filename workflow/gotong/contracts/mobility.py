"""Where people were."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, number, table, text

_MOVEMENT = table(
    "mobility/movement_java.csv",
    "Where people of a region were on later days, from phone records; rows sum to 1.",
    ("period", "origin_code", "destination_code"),
    {
        "period": text("normal days or Ramadan", ("normal", "ramadan")),
        "origin_code": code("BPS code; 31 is all of DKI, 99 everything outside Java"),
        "destination_code": code("BPS code; 31 is all of DKI, 99 everything outside Java"),
        "share": number("share of the origin's person-days", "share", 0, 1),
    },
)

TABLES: tuple[Schema, ...] = (_MOVEMENT,)
"""Contracts of ``data/raw/mobility``."""
