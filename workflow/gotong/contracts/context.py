"""Who lives where, and how they live."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, table, whole

_POPULATION = table(
    "context/population_sp2020.csv",
    "Residents counted by the census of 2020 (SP2020).",
    ("region_code",),
    {
        "region_code": code(pattern=r"\d{4}"),
        "male": whole("men and boys", "persons"),
        "female": whole("women and girls", "persons"),
        "total": whole("all residents", "persons", 1),
    },
)

TABLES: tuple[Schema, ...] = (_POPULATION,)
"""Contracts of ``data/raw/context``."""
