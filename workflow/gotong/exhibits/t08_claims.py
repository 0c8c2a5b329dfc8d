"""T08: the claims ledger, one row per claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gotong.decisions import AFTER_ESTIMATES, VERDICTS
from gotong.exhibits.claim_words import REASON, VERDICT, criteria_in_words, spoken
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import LANGUAGES, N_, Language

TITLE = N_(
    "Verdicts on {claims} claims: {full} supported, {in_part} supported in part, {mixed} mixed, "
    "{not_supported} not supported, {contradicted} contradicted, {not_testable} not testable "
    "with public data"
)
CAPTION = N_(
    "Each verdict follows from rules that stand in the configuration, said to have been written "
    "before the first estimates were seen, which no record shows; docs/decision-rules.md tells "
    "what it shows and what changed, and where the first record of a rule is another, the "
    "verdict from that is shown too. {registered} of the {claims} rules are as they were "
    "registered, {after} of them after estimates had been seen; for a rule that was changed "
    "since, or never registered, the day is blank and the verdict exploratory. Described levels "
    "are held against stated thresholds by their whole interval; effects count only from designs "
    "that passed their own checks, with at least {curve:.0%} of the specification curve on their "
    "side, and are told from none by their interval, or by p of at most {permutation:.2f} where "
    "few units leave no p up to {coarse:.3f} to attain. The number shown is the first that the "
    "rule of the claim asks for and that speaks for or against it, if any does, of a design that "
    "passed its checks; all {numbers} numbers with their votes are in "
    "results/claims/evidence.csv, from which every verdict can be worked out by hand. A verdict "
    "is on the claim as measured here, with about three independent deciders in Greater Jakarta, "
    "and not on the study."
)
ALT = N_("Table of the {claims} claims with verdict, number, interval, exhibits and caveats.")

P_VALUES = ("permutation_p", "coarse_p")
COLUMNS = (
    Column("claim", N_("Claim")),
    Column("sentence", N_("What is claimed"), "words"),
    Column("spoken", N_("Verdict"), "term", VERDICT),
    Column("reason", N_("Why"), "term", REASON),
    Column("label", N_("Number"), "term"),
    Column("estimate", N_("Estimate"), "number"),
    Column("low", N_("Lower end"), "number"),
    Column("high", N_("Upper end"), "number"),
    Column("unit", N_("Unit"), "term"),
    Column("interval", N_("Interval"), "term"),
    Column("p", N_("p"), "number", form="p"),
    Column("smallest_p", N_("Smallest p attainable"), "number", form="p"),
    Column("detectable", N_("Effect that could be seen"), "number"),
    Column("criteria", N_("Each criterion alone"), "words"),
    Column("registered", N_("Rule registered (blank: not, or changed since)"), "date"),
    Column("first_recorded", N_("By the rule as first recorded"), "term", VERDICT),
    Column("missing", N_("Missing")),
    Column("exhibits", N_("Exhibits")),
    Column("caveat", N_("Caveat"), "words"),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the ledger as shown, with the number of votes and the share that a curve needs."""
    pairs = zip(tables["claims"]["verdict"], tables["claims"]["reason"], strict=True)
    ledger = tables["claims"].assign(
        spoken=[spoken(verdict, reason) for verdict, reason in pairs],
        **{
            f"criteria_{code}": _criteria(tables["claims"], choices["claims"], Language(code))
            for code in LANGUAGES
        },
    )
    plain = [column.name for column in COLUMNS if column.kind != "words"]
    words = [f"{name}_{code}" for name in ("sentence", "criteria", "caveat") for code in LANGUAGES]
    shown = ledger[[*plain, *words, "verdict", "numbers", "registered_stage"]]
    return shown.assign(
        **{name: float(choices["decision"][name]) for name in ("curve_share", *P_VALUES)}
    )


def _criteria(ledger: pd.DataFrame, claims: Mapping[str, Any], language: Language) -> list[str]:
    """Return what the criteria of each claim say alone, in one language."""
    return [
        criteria_in_words(
            row["by_criterion"],
            {
                each["evidence"]: each["name"][language.code]
                for each in claims[row["claim"]][row["rule"]]
            },
            language,
        )
        for row in ledger.to_dict("records")
    ]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    counts = data["verdict"].value_counts()
    return {
        "claims": len(data),
        "full": int((data["spoken"] == "supported").sum()),
        "in_part": int((data["spoken"] == "supported_in_part").sum()),
        "numbers": int(data["numbers"].sum()),
        "registered": int((data["registered"] != "").sum()),
        "after": int((data["registered_stage"] == AFTER_ESTIMATES).sum()),
        "curve": float(data["curve_share"].iloc[0]),
        "permutation": float(data["permutation_p"].iloc[0]),
        "coarse": float(data["coarse_p"].iloc[0]),
        **{verdict: int(counts.get(verdict, 0)) for verdict in VERDICTS},
    }
