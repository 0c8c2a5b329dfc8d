"""Evidence on the claims: the one shape in which every analysis hands its numbers to the ledger."""

from __future__ import annotations

from gotong.contracts.columns import Schema, flag, number, table, text, whole


def evidence(name: str, about: str) -> Schema:
    """Return the contract of a table of evidence.

    A row is one number that bears on a claim, with what is needed to judge it and to find the
    rows that it was worked out from.
    """
    return table(
        name,
        about,
        ("claim", "evidence"),
        {
            "claim": text("identifier of the claim", pattern=r"C\d{1,2}"),
            "evidence": text("identifier of the number", pattern=r"[a-z][a-z0-9_]*"),
            "label": text(
                "what the number is, in English; translated where shown, its fields filled from "
                "what stands in square brackets behind it"
            ),
            "kind": text(
                "level: a described level; effect: an estimate of a design", ("level", "effect")
            ),
            "unit": text("unit of estimate and interval"),
            "estimate": number("the number", "see unit", low=None, missing=True),
            "low": number(
                "lower end of the interval or bounds", "see unit", low=None, missing=True
            ),
            "high": number(
                "upper end of the interval or bounds", "see unit", low=None, missing=True
            ),
            "interval": text("what the interval is: 95% of which kind, or bounds over what"),
            "p": number("p-value", "probability", 0, 1, missing=True),
            "smallest_p": number(
                "smallest p that the design can give", "probability", 0, 1, missing=True
            ),
            "detectable": number("minimum detectable effect", "see unit", 0, missing=True),
            "units": whole("units in the design", "units", missing=True),
            "deciders": whole(
                "independent deciders among them, those only compared with too",
                "deciders",
                missing=True,
            ),
            "direction": whole("claimed sign: 1 or -1; 0 for a level", "sign", low=-1),
            "passed": flag("whether the design passed all of its own checks; yes for a level"),
            "failed_checks": text("names of the checks that it failed, joined by spaces"),
            "sign_share": number(
                "share of the specification curve with the claimed sign",
                "share",
                0,
                1,
                missing=True,
            ),
            "curve_estimates": whole(
                "estimates or checks that this share is of", "estimates", 1, missing=True
            ),
            "made_table": text("made table that it was worked out from"),
            "rows": text(
                "which rows of it, as column=value, joined by commas; all values joined by | are "
                "used, and where others serve the bounds alone, the first is that of the estimate; "
                "* is any that is there; further tables behind +"
            ),
            "caveat": text("what a reader must know, in English; translated where shown"),
        },
    )
