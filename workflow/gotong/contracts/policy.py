"""Restrictions in force."""

from __future__ import annotations

from gotong.contracts.columns import AUDIT, CONFIDENCE, Schema, code, date, table, text

_REGIMES = table(
    "policy/regimes.csv",
    "Restrictions in force by region and period, coded by hand from decrees and press.",
    ("layer", "region_code", "start_date", "regime"),
    {
        "layer": text("filter on it, never sum", ("primary", "overlay", "comparison", "wj27")),
        "region_code": code(pattern=r"\d{2}|\d{4}"),
        "start_date": date("first day"),
        "end_date": date("last day; blank where not found", missing=True),
        "regime": text("restriction in force"),
        "level": text("PPKM level 1 to 4, blank where none", ("", "1", "2", "3", "4")),
        "instrument": text("local decree"),
        "national_instrument": text("national instruction"),
        "ministry_decree": text("decision of the health minister"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "audit": text("what the audit found", AUDIT),
        "source_url": text("address of the text it was read in"),
        "source_url_2": text("second address"),
        "note": text("remark of the coder"),
    },
)

TABLES: tuple[Schema, ...] = (_REGIMES,)
"""Contracts of ``data/raw/policy``."""
