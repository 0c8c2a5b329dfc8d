"""Claims as the report shows them: verdict, numbers in words, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gotong.decisions import CONTEXT, INCOMPLETE
from gotong.exhibits.claim_words import REASON, VERDICT, VOTE, criteria_in_words, spoken
from gotong.html import Column
from gotong.i18n import N_, Language
from gotong.provenance import Place
from gotong.report.material import Material
from gotong.report.provenance_section import verdict_functions

LEVELS_TALLY = N_(
    "Of {numbers} numbers that the rule asks for, {supports} lie on the claimed side of their "
    "threshold with their whole interval, {contradicts} on the other side, and {undecided} are "
    "undecided."
)
EFFECTS_TALLY = N_(
    "Of {numbers} estimates that the rule asks for, {failed} come from designs that failed their "
    "own checks and have no vote. Of the others {supports} support the claim, {contradicts} "
    "contradict it, {unstable} turn with other defensible choices, {no_effect} see no effect "
    "though one that matters would have been seen, {imprecise} could have missed one, and "
    "{incomplete} lack a number that the rule needs."
)
IN_FRONT = N_("{label}: {estimate} {unit}.")
IN_FRONT_WITH_INTERVAL = N_("{label}: {estimate} {unit} ({low} to {high}; {interval}).")
DETECTABLE = N_("The smallest effect that this design would have seen is {detectable} {unit}.")
SMALLEST = N_("The smallest p that this design can give is {smallest_p}.")
BY_CRITERION = N_("Each criterion alone: {parts}.")
FIRST_RECORDED = N_("From the fewer numbers of the first record of the rule: {verdict}.")
THRESHOLD = {"above": N_("above {threshold}"), "below": N_("below {threshold}")}
MEANINGFUL = N_("an effect that matters: {meaningful}")
BY_P = N_("by its p, for which {smallest_p} is the smallest it can be")
FAILED_CHECKS = N_("failed: {failed_checks}")
WORKED_OUT_FROM = N_("{made_table}, rows {rows}")

NUMBERS_SHOWN = (
    Column("number", N_("Number")),
    Column("estimate", N_("Estimate"), "number"),
    Column("unit", N_("Unit")),
    Column("low", N_("Lower end"), "number"),
    Column("high", N_("Upper end"), "number"),
    Column("interval", N_("Interval")),
    Column("p", N_("p"), "number", form="p"),
    Column("smallest_p", N_("Smallest p attainable"), "number", form="p"),
    Column("detectable", N_("Smallest effect seen"), "number"),
    Column("sign_share", N_("Share of the curve"), "share"),
    Column("deciders", N_("Deciders"), "number"),
    Column("asked", N_("Threshold, or effect that matters")),
    Column("vote", N_("What it says")),
    Column("worked_out", N_("Worked out from")),
    Column("caveat", N_("Caveat")),
)
"""Columns of the table of numbers of a claim."""


@dataclass(frozen=True)
class View:
    """One claim, ready to be shown."""

    id: str
    sentence: str
    quantity: str
    verdict: str
    verdict_words: str
    reason: str
    prose: tuple[str, ...]
    missing: str
    caveat: str
    needed: str
    numbers: pd.DataFrame
    columns: tuple[Column, ...]
    reasons_for_thresholds: tuple[tuple[str, str], ...]
    functions: tuple[Place, ...]
    config_href: str
    shown: tuple[str, ...]
    elsewhere: tuple[str, ...]


def views(
    material: Material, placed: Mapping[str, Iterable[str]], language: Language
) -> list[View]:
    """Return all claims; an exhibit that carries several is shown with the first of them."""
    seen: set[str] = set()
    found = []
    for row in material.tables["claims"].to_dict("records"):
        listed = list(placed[row["claim"]])
        shown = tuple(name for name in listed if name not in seen)
        seen.update(shown)
        elsewhere = tuple(name for name in listed if name not in shown)
        found.append(_view(row, material, shown, elsewhere, language))
    return found


def _view(
    row: Mapping[Any, Any],
    material: Material,
    shown: tuple[str, ...],
    elsewhere: tuple[str, ...],
    language: Language,
) -> View:
    """Return one claim."""
    claim = material.claims[row["claim"]]
    names = {each.evidence: getattr(each.name, language.code) for each in claim.criteria}
    votes = material.tables["votes"]
    told = numbers(votes[votes["claim"] == row["claim"]], language)
    return View(
        id=row["claim"],
        sentence=getattr(claim.sentence, language.code),
        quantity=getattr(claim.quantity, language.code),
        verdict=row["verdict"],
        verdict_words=language(VERDICT[spoken(row["verdict"], row["reason"])]),
        reason=_reason(row, names, language),
        prose=tuple(_prose(row, names, language)),
        missing=row["missing"],
        caveat=getattr(claim.caveat, language.code),
        needed=getattr(claim.needed, language.code),
        numbers=told,
        columns=tuple(column for column in NUMBERS_SHOWN if _says_something(told[column.name])),
        reasons_for_thresholds=tuple(
            (criterion.evidence, getattr(criterion.why, language.code))
            for criterion in claim.criteria
        ),
        functions=verdict_functions(claim.rule),
        config_href=f"{material.up}config.yaml",
        shown=shown,
        elsewhere=elsewhere,
    )


def _reason(row: Mapping[Any, Any], names: Mapping[str, str], language: Language) -> str:
    """Say why the verdict is what it is; one on a part of the claim says on which."""
    why = language(REASON[row["reason"]])
    if spoken(row["verdict"], row["reason"]) == row["verdict"]:
        return why
    return f"{why} {_criteria(row, names, language)}"


def _criteria(row: Mapping[Any, Any], names: Mapping[str, str], language: Language) -> str:
    """Say what each criterion says alone."""
    parts = criteria_in_words(row["by_criterion"], names, language)
    return language.fill(BY_CRITERION, {"parts": parts})


def _prose(row: Mapping[Any, Any], names: Mapping[str, str], language: Language) -> Iterable[str]:
    """Yield the sentences on a claim's numbers, each filled from the ledger."""
    translated = {name: language(row[name]) for name in ("label", "unit", "interval")}
    facts = {**row, **translated}
    if row["evidence"] and pd.notna(row["estimate"]):
        has_interval = pd.notna(row["low"]) and pd.notna(row["high"])
        yield language.fill(IN_FRONT_WITH_INTERVAL if has_interval else IN_FRONT, facts)
    if pd.notna(row["detectable"]):
        yield language.fill(DETECTABLE, facts)
    if pd.notna(row["smallest_p"]):
        yield language.fill(SMALLEST, facts)
    if row["numbers"]:
        tally = LEVELS_TALLY if row["rule"] == "levels" else EFFECTS_TALLY
        yield language.fill(tally, facts)
    if row["by_criterion"]:
        yield _criteria(row, names, language)
    if row["first_recorded"]:
        then = language(VERDICT[row["first_recorded"]])
        yield language.fill(FIRST_RECORDED, {"verdict": then})


def numbers(votes: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return the table of numbers of a claim: those that count first, then the context."""
    order = votes.assign(context=votes["vote"] == CONTEXT).sort_values("context", kind="stable")
    shown = [_number(row, language) for row in order.to_dict("records")]
    return pd.DataFrame(shown, columns=[column.name for column in NUMBERS_SHOWN])


def _says_something(column: pd.Series) -> bool:
    """Return whether a column of a table of numbers is not blank all over."""
    return bool((column.notna() & (column != "")).any())


def _number(row: Mapping[Any, Any], language: Language) -> dict[str, Any]:
    """Return one number of a claim in words."""
    plain = ("estimate", "low", "high", "p", "smallest_p", "detectable", "sign_share", "deciders")
    vote = language(VOTE[row["vote"]])
    if row["failed_checks"]:
        vote = f"{vote} ({language.fill(FAILED_CHECKS, row)})"
    elif row["told_by"] == "p" and row["vote"] != INCOMPLETE:
        vote = f"{vote} ({language.fill(BY_P, row)})"
    return {
        "number": language(row["label"]),
        **{name: row[name] for name in plain},
        "unit": language(row["unit"]),
        "interval": language(row["interval"]),
        "asked": _asked(row, language),
        "vote": vote,
        "worked_out": language.fill(WORKED_OUT_FROM, row),
        "caveat": language(row["caveat"]),
    }


def _asked(row: Mapping[Any, Any], language: Language) -> str:
    """Say what a rule asks of one number; nothing where it does not ask for it."""
    if row["side"]:
        return language.fill(THRESHOLD[row["side"]], row)
    return language.fill(MEANINGFUL, row) if pd.notna(row["meaningful"]) else ""
