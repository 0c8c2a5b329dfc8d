"""Acts of cooperation, as coded."""

from __future__ import annotations

from gotong.contracts.columns import (
    AUDIT,
    CONFIDENCE,
    COUNTRIES,
    DYADS,
    Schema,
    date,
    flag,
    table,
    text,
)

_ACTS = ("action", "rule", "statement")
_FACTORS = ("socioeconomic", "facilities", "psbb", "education", "new_normal")
_REACHES = ("cross_border", "within_region", "neighbourhood", "national")
_PRECISIONS = ("", "day", "month", "year")

_MEASURES = table(
    "cooperation/measures.csv",
    "Dated acts of cooperation in Greater Jakarta, coded from press and decrees.",
    ("measure_id",),
    {
        "measure_id": text("identifier", pattern=r"CM\d{3}"),
        "name": text("what was done, in Indonesian"),
        "dyad": text("who cooperated with whom", DYADS),
        "act": text("what kind of event", _ACTS),
        "factor": text("factor that it answers", _FACTORS),
        "reach": text("how far it reaches", _REACHES),
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

_CODINGS = table(
    "cooperation/codings.csv",
    "How three codings by machine, each without sight of the others, classed the measures.",
    ("measure_id", "coder"),
    {
        "measure_id": text("identifier", pattern=r"CM\d{3}"),
        "coder": text("which coding; the first gives the dyad only", ("a", "b", "first")),
        "dyad": text("who cooperated with whom", DYADS),
        "act": text("what kind of event, blank where not coded", ("", *_ACTS)),
        "factor": text("factor that it answers, blank where not coded", ("", *_FACTORS)),
        "reach": text("how far it reaches, blank where not coded", ("", *_REACHES)),
    },
)
_INTERNATIONAL = table(
    "cooperation/measures_international.csv",
    "Acts of cooperation in Brazil and Taiwan, and what speaks against success by cooperation.",
    ("country_code", "measure_id"),
    {
        "country_code": text("ISO 3166-1 alpha-3 code of the country", COUNTRIES),
        "measure_id": text("identifier", pattern=r"(BR|TW)\d{3}"),
        "name": text("what was done or found"),
        "dyad": text("who cooperated with whom; blank for counter-evidence", ("", *DYADS)),
        "is_counter_evidence": flag("whether it speaks against success by cooperation"),
        "parties": text("who took part"),
        "regions": text("where, as the coder wrote it"),
        "start_date": date(
            "first day that the stated start may mean", missing=True, first="1980-01-01"
        ),
        "start_precision": text("how exactly the start is stated, blank where not", _PRECISIONS),
        "end_date": date("last day that the stated end may mean", missing=True, first="1980-01-01"),
        "end_precision": text("how exactly the end is stated, blank where not", _PRECISIONS),
        "instrument": text("law or agreement"),
        "magnitude": text("how much"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "source_url": text("address of the text it was read in"),
        "note": text("remark of the coder"),
    },
)

TABLES: tuple[Schema, ...] = (_MEASURES, _CODINGS, _INTERNATIONAL)
"""Contracts of ``data/raw/cooperation``."""
