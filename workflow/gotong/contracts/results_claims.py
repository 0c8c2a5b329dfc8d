"""The claims ledger, and the evidence with each number's vote."""

from __future__ import annotations

from gotong.contracts.columns import Schema, number, table, text, whole
from gotong.contracts.evidence import evidence
from gotong.decisions import AFTER_ESTIMATES, BEFORE_ESTIMATES, REASONS, VERDICTS, VOTES

_CLAIM = r"C\d{1,2}"

VOTES_CAST = table(
    "votes",
    "Every number that bears on a claim, with the criterion applied to it and its vote.",
    ("claim", "evidence_table", "evidence"),
    {
        **evidence("votes", "").columns,
        "evidence_table": text("made table that the number stands in", pattern=r"evidence_\w+"),
        "criterion": text("pattern of the claim that asks for the number; blank for context"),
        "threshold": number("level held against it", "see unit", low=None, missing=True),
        "side": text("side of the threshold on which the claim holds", ("above", "below", "")),
        "meaningful": number("smallest effect that would matter", "see unit", 0, missing=True),
        "told_by": text(
            "what tells the number from its threshold, or the effect from none; blank for context",
            ("interval", "p", ""),
        ),
        "lacks": text("what the rule needs and the row does not have"),
        "vote": text("what the number says of the claim", VOTES),
    },
)
LEDGER = table(
    "claims",
    "One row per claim: the number in front, the votes of all numbers, and the verdict.",
    ("claim",),
    {
        "claim": text("identifier of the claim", pattern=_CLAIM),
        "sentence_id": text("the claim, in Indonesian"),
        "sentence_en": text("the claim, in English"),
        "quantity_id": text("what is measured, in Indonesian"),
        "quantity_en": text("what is measured, in English"),
        "rule": text("which rule judges it", ("levels", "effects")),
        "fingerprint": text(
            "digest of the rule in force: sentence, quantity, criteria, rules for effects",
            pattern=r"[0-9a-f]{12}",
        ),
        "registered": text(
            "day on which this very rule was registered in the configuration; blank where it was "
            "changed since, or never registered",
            pattern=r"(\d{4}-\d\d-\d\d)?",
        ),
        "registered_stage": text(
            "whether estimates on the data at hand had been seen by that day; blank with it",
            (BEFORE_ESTIMATES, AFTER_ESTIMATES, ""),
        ),
        "evidence": text("identifier of the number in front; blank where there is none"),
        "label": text("what that number is, in English; translated where shown"),
        "unit": text("unit of estimate and interval"),
        "interval": text("what the interval is"),
        "estimate": number("the number in front", "see unit", low=None, missing=True),
        "low": number("lower end of its interval or bounds", "see unit", low=None, missing=True),
        "high": number("upper end of its interval or bounds", "see unit", low=None, missing=True),
        "p": number("its p-value", "probability", 0, 1, missing=True),
        "smallest_p": number(
            "smallest p that its design can give", "probability", 0, 1, missing=True
        ),
        "detectable": number("its minimum detectable effect", "see unit", 0, missing=True),
        "numbers": whole("numbers that the criteria ask for", "numbers"),
        **{vote: whole(f"numbers whose vote is {vote}", "numbers") for vote in VOTES},
        "verdict": text("verdict", VERDICTS),
        "reason": text("why, in a word", REASONS),
        "by_criterion": text(
            "verdict that each criterion would give alone, as pattern=verdict, joined by spaces; "
            "blank where there is one criterion"
        ),
        "first_recorded": text(
            "verdict by the rule as it was first recorded; blank where it is the one in force",
            (*VERDICTS, ""),
        ),
        "missing": text("numbers, or parts of them, that are missing, joined by spaces"),
        "exhibits": text("exhibits that carry the claim, joined by spaces"),
        "caveat_id": text("what a reader must know, in Indonesian"),
        "caveat_en": text("what a reader must know, in English"),
        "needed_id": text("what would have to be public, in Indonesian"),
        "needed_en": text("what would have to be public, in English"),
    },
)
TABLES: tuple[Schema, ...] = (VOTES_CAST, LEDGER)
"""Contracts of these made tables."""
