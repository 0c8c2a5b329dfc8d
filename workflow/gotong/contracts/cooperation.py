"""Acts of cooperation, coded by hand."""

from __future__ import annotations

from gotong.contracts.columns import AUDIT, CONFIDENCE, DYADS, Schema, date, table, text

_MEASURES = table(
    "cooperation/measures.csv",
    "Dated acts of cooperation in Greater Jakarta, coded by hand from press and decrees.",
    ("measure_id",),
    {
        "measure_id": text("identifier", pattern=r"CM\d{3}"),
        "name": text("what was done, in Indonesian"),
        "dyad": text("who cooperated with whom", DYADS),
        "act": text("what kind of event", ("action", "rule", "statement")),
        "factor": text(
            "factor that it answers",
            ("socioeconomic", "facilities", "psbb", "education", "new_normal"),
        ),
        "reach": text(
            "how far it reaches", ("cross_border", "within_region", "neighbourhood", "national")
        ),
        "parties": text("who took part"),
        "regions": text("where, as the coder wrote it"),
        "region_codes": text(
            "BPS codes of the units of Greater Jakarta that it covers, blank where none",
            pattern=r"|\d{4}( \d{4})*",
        ),
        "start_date": date("first day as reported; often late by days or weeks", missing=True),
        "end_date": date("last day; blank where not found", missing=True),
        "instrument": text("decree or agreement"),
        "magnitude": text("how much"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "audit": text("what the audit found", AUDIT),
        "source_url": text("address of the text it was read in"),
        "audit_source": text("address of the second text"),
        "note": text("remark of the coder"),
    },
)

TABLES: tuple[Schema, ...] = (_MEASURES,)
"""Contracts of ``data/raw/cooperation``."""
