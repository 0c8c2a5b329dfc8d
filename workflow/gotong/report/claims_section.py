"""Claims as the report shows them: verdict, numbers in words, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from gotong.analyses.catalogue import BEHIND_CLAIMS, file_of_rows
from gotong.decisions import (
    AFTER_ESTIMATES,
    BEFORE_ESTIMATES,
    CONTEXT,
    FAILED,
    INCOMPLETE,
    Decision,
)
from gotong.evidence_rows import behind
from gotong.exhibits.check_words import checks_in_words
from gotong.exhibits.claim_words import REASON, VERDICT, VOTE, criteria_in_words, spoken
from gotong.html import Column
from gotong.i18n import N_, Language
from gotong.provenance import Place
from gotong.report.material import Material
from gotong.report.provenance_section import verdict_functions

LEVELS_TALLY = N_("Of {numbers} numbers that the rule asks for, {parts}.")
LEVELS_PARTS = {
    "supports": N_("{supports} lay with the whole interval on the claimed side of the threshold"),
    "contradicts": N_(
        "{contradicts} lay with the whole interval on the other side of the threshold"
    ),
    "undecided": N_("{undecided} stayed undecided"),
}
EFFECTS_TALLY = N_("Of {numbers} estimates that the rule asks for, {parts}.")
EFFECTS_PARTS = {
    "failed": N_("{failed} came from designs that failed their own checks and have no vote"),
    "supports": N_("{supports} spoke for the claim"),
    "contradicts": N_("{contradicts} spoke against the claim"),
    "unstable": N_("{unstable} turned with other defensible choices"),
    "no_effect": N_("{no_effect} saw no effect though one that matters would have been seen"),
    "imprecise": N_("{imprecise} could have missed an effect that matters"),
    "incomplete": N_("{incomplete} lacked a number that the rule needs"),
}
"""What is said of the numbers with each vote; nothing of a vote that none has."""

COUNTED = N_("Numbers that the rule asks for: {numbers}; {parts}.")
COUNTED_PARTS = {
    "supports": N_("{supports} for the claim"),
    "contradicts": N_("{contradicts} against it"),
    "no_effect": N_("{no_effect} with no effect"),
    "undecided": N_("{undecided} undecided"),
    "unstable": N_("{unstable} unstable"),
    "imprecise": N_("{imprecise} too imprecise to tell"),
    "failed": N_("{failed} with failed checks"),
    "incomplete": N_("{incomplete} incomplete"),
}
"""The same in the summary of verdicts, where there is room for a glance only."""

MEANING = {
    "supported": N_("what counts speaks for the claim, and nothing against it"),
    "supported_in_part": N_("one outcome is as claimed; another could not be tested"),
    "mixed": N_("some of what counts speaks for the claim, some against it or for neither side"),
    "not_supported": N_("nothing speaks for the claim, though it would have been seen"),
    "contradicted": N_("what counts speaks against the claim, and nothing for it"),
    "contradicted_in_part": N_(
        "one outcome is the other way than claimed; another could not be tested"
    ),
    "not_testable": N_(
        "what there is was not sound or precise enough to tell; the claim may be true or false"
    ),
}
"""What each verdict means, for those who read it first; by the codes of `VERDICT`."""

PURE = frozenset(
    {
        "Gini",
        "p-value",
        "share",
        "ratio",
        "rank correlation",
        "alignment (0 to 1)",
        "Krippendorff's alpha",
    }
)
"""Units that are names of pure numbers: nothing is measured in them."""

IN_FRONT = {
    "unit": N_("{label}: {estimate} {unit}."),
    "kind": N_("{label}: {unit} {estimate}."),
    "bare": N_("{label}: {estimate}."),
}
IN_FRONT_WITH_INTERVAL = {
    "unit": N_("{label}: {estimate} {unit} ({low} to {high}; {interval})."),
    "kind": N_("{label}: {unit} {estimate} ({low} to {high}; {interval})."),
    "bare": N_("{label}: {estimate} ({low} to {high}; {interval})."),
}
"""A number with its unit, with what kind of number it is, or bare, where its label says that."""

DETECTABLE = N_("The smallest effect that this design would have seen is {detectable} {unit}.")
DETECTABLE_PURE = N_(
    "The smallest effect that this design would have seen is {detectable} ({unit})."
)
P_VALUE = N_("Its p is {p:p}; the smallest that this design can give is {smallest_p:p}.")
SMALLEST = N_("The smallest p that this design can give is {smallest_p:p}.")
BY_CRITERION = N_("Each criterion alone: {parts}.")
FIRST_RECORDED = N_("From the fewer numbers of the first record of the rule: {verdict}.")
REGISTERED = {
    BEFORE_ESTIMATES: N_(
        "registered on {day}, before estimates on these data had been seen, and not changed since; "
        "fingerprint {fingerprint}"
    ),
    AFTER_ESTIMATES: N_(
        "registered on {day}, after estimates on these data had been seen, and not changed since; "
        "fingerprint {fingerprint}"
    ),
}
NOT_REGISTERED = N_(
    "The rule was changed after it was registered, or never registered: the verdict is exploratory."
)
DECISION = N_(
    "An effect is told from none by its 95% interval, or, where no p up to {coarse_p:.3f} can be "
    "attained, by a p of at most {permutation_p:.2f}; and at least {curve_share:.0%} of its curve "
    "must have its sign. Of the estimates that the rule asks for, {numbers} in all, {by_p} are "
    "told by p."
)
"""Which limits of the rules for effects decide on a claim, and on how many of its numbers."""
THRESHOLD = {"above": N_("above {threshold}"), "below": N_("below {threshold}")}
MEANINGFUL = N_("an effect that matters: {meaningful}")
BY_P = N_("by its p, for which {smallest_p} is the smallest it can be")
FAILED_CHECKS = N_("failed: {failed_checks}")
WORKED_OUT_FROM = N_("{made_table}, rows {rows}")

NUMBERS_SHOWN = (
    Column("number", N_("Number")),
    Column("estimate", N_("Estimate"), "number"),
    Column("low", N_("Lower end"), "number"),
    Column("high", N_("Upper end"), "number"),
    Column("unit", N_("Unit")),
    Column("vote", N_("What it says")),
    Column("asked", N_("Threshold, or effect that matters")),
    Column("caveat", N_("Caveat"), "number"),
    Column("p", N_("p"), "number", form="p"),
    Column("smallest_p", N_("Smallest p attainable"), "number", form="p"),
    Column("detectable", N_("Smallest effect seen"), "number"),
    Column("sign_share", N_("Share of the curve"), "share"),
    Column("curve_estimates", N_("Estimates on the curve"), "number"),
    Column("units", N_("Units counted"), "number"),
    Column("deciders", N_("Deciders compared"), "number"),
    Column("interval", N_("Interval")),
    Column("worked_out", N_("Worked out from")),
)
"""Columns of the table of numbers of a claim: first what is seen without scrolling.

A caveat is the same for many rows: the column holds its number in the list below the table.
"""


@dataclass(frozen=True)
class First:
    """What the number says of the claim that its prose begins with, and where it comes from."""

    says: str
    worked_out: Markup


@dataclass(frozen=True)
class View:
    """One claim, ready to be shown."""

    id: str
    sentence: str
    quantity: str
    verdict: str
    spoken: str
    verdict_words: str
    reason: str
    counted: str
    prose: tuple[str, ...]
    first: First | None
    missing: str
    caveat: str
    needed: str
    numbers: pd.DataFrame
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    reasons_for_thresholds: tuple[tuple[str, str], ...]
    decides: str
    functions: tuple[Place, ...]
    config_href: str
    registered: str
    rows: tuple[str, ...]
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


@dataclass(frozen=True)
class Kind:
    """One verdict with what it means and the claims that have it."""

    verdict: str
    words: str
    meaning: str
    claims: tuple[str, ...]


def kinds(told: Iterable[View], language: Language) -> list[Kind]:
    """Return the verdicts that there are, each with its meaning and its claims."""
    listed = list(told)
    found = []
    for code, meaning in MEANING.items():
        claims = [claim for claim in listed if claim.spoken == code]
        if claims:
            ids = tuple(claim.id for claim in claims)
            words = language(VERDICT[code])
            found.append(Kind(claims[0].verdict, words, language(meaning), ids))
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
    own = votes[votes["claim"] == row["claim"]]
    told = numbers(own, language)
    return View(
        id=row["claim"],
        sentence=getattr(claim.sentence, language.code),
        quantity=getattr(claim.quantity, language.code),
        verdict=row["verdict"],
        spoken=spoken(row["verdict"], row["reason"]),
        verdict_words=language(VERDICT[spoken(row["verdict"], row["reason"])]),
        reason=_reason(row, names, language),
        counted=_counted(row, names, language),
        prose=tuple(_prose(row, names, language)),
        first=_first(row, own, language),
        missing=row["missing"],
        caveat=getattr(claim.caveat, language.code),
        needed=getattr(claim.needed, language.code),
        numbers=told,
        columns=tuple(column for column in NUMBERS_SHOWN if _says_something(told[column.name])),
        notes=tuple(language(caveat) for caveat in caveats(own)),
        reasons_for_thresholds=tuple(
            (criterion.evidence, getattr(criterion.why, language.code))
            for criterion in claim.criteria
        ),
        decides=_decides(row, own, material.decision, language),
        functions=verdict_functions(claim.rule),
        config_href=f"{material.up}config.yaml",
        registered=_registered(row, language),
        rows=_files_of_rows(own),
        shown=shown,
        elsewhere=elsewhere,
    )


def _reason(row: Mapping[Any, Any], names: Mapping[str, str], language: Language) -> str:
    """Say why the verdict is what it is, on which part, and whether its rule was changed."""
    said = [language(REASON[row["reason"]])]
    if _in_part(row):
        said.append(_criteria(row, names, language))
    if not row["registered"]:
        said.append(language(NOT_REGISTERED))
    return " ".join(said)


def _counted(row: Mapping[Any, Any], names: Mapping[str, str], language: Language) -> str:
    """Say in short what the verdict rests on: its criteria where it has several, else its votes."""
    if not row["numbers"] or _in_part(row):
        return ""
    if row["by_criterion"]:
        return _criteria(row, names, language)
    parts = [language.fill(part, row) for vote, part in COUNTED_PARTS.items() if row[vote]]
    return language.fill(COUNTED, {"numbers": row["numbers"], "parts": ", ".join(parts)})


def _files_of_rows(votes: pd.DataFrame) -> tuple[str, ...]:
    """Return where the rows behind the numbers of a claim lie, each file once."""
    tables = (
        name
        for made_table, rows in zip(votes["made_table"], votes["rows"], strict=True)
        for name in behind(made_table, rows)
    )
    return tuple(dict.fromkeys(filter(None, map(_href_of_rows, tables))))


def _registered(row: Mapping[Any, Any], language: Language) -> str:
    """Say when the rule in force was registered; nothing of one that was not."""
    if not row["registered"]:
        return ""
    facts = {"day": pd.Timestamp(row["registered"]), "fingerprint": row["fingerprint"]}
    return language.fill(REGISTERED[row["registered_stage"]], facts)


def _decides(
    row: Mapping[Any, Any], votes: pd.DataFrame, decision: Decision, language: Language
) -> str:
    """Say which limits the effects of a claim are held to; nothing of a claim on levels."""
    if row["rule"] != "effects":
        return ""
    by_p = int((votes["told_by"] == "p").sum())
    facts = {**decision.model_dump(), "numbers": row["numbers"], "by_p": by_p}
    return language.fill(DECISION, facts)


def _in_part(row: Mapping[Any, Any]) -> bool:
    """Return whether a verdict rests on a part of the claim."""
    return spoken(row["verdict"], row["reason"]) != row["verdict"]


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
        form = (IN_FRONT_WITH_INTERVAL if has_interval else IN_FRONT)[_unit_said(row)]
        yield language.fill(form, facts)
    if pd.notna(row["detectable"]):
        yield language.fill(DETECTABLE_PURE if row["unit"] in PURE else DETECTABLE, facts)
    if pd.notna(row["smallest_p"]):
        yield language.fill(P_VALUE if pd.notna(row["p"]) else SMALLEST, facts)
    if row["numbers"]:
        yield _tally(row, language)
    if row["by_criterion"] and not _in_part(row):
        yield _criteria(row, names, language)
    if row["first_recorded"]:
        then = language(VERDICT[row["first_recorded"]])
        yield language.fill(FIRST_RECORDED, {"verdict": then})


def _unit_said(row: Mapping[Any, Any]) -> str:
    """Return how the unit of a number stands in a sentence; see `IN_FRONT`."""
    if row["unit"] not in PURE:
        return "unit"
    kind = row["unit"].partition(" (")[0]
    return "bare" if kind.lower() in row["label"].lower() else "kind"


def _tally(row: Mapping[Any, Any], language: Language) -> str:
    """Return how many numbers of a claim have each vote; votes that none has are left out."""
    levels = row["rule"] == "levels"
    parts = [
        language.fill(part, row)
        for vote, part in (LEVELS_PARTS if levels else EFFECTS_PARTS).items()
        if row[vote]
    ]
    told = {"numbers": row["numbers"], "parts": "; ".join(parts)}
    return language.fill(LEVELS_TALLY if levels else EFFECTS_TALLY, told)


def numbers(votes: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return the table of numbers of a claim: those with a vote first, the context last."""
    noted = {caveat: place for place, caveat in enumerate(caveats(votes), start=1)}
    ordered = _in_order(votes).to_dict("records")
    shown = [_number(row, noted, language) for row in ordered]
    told = pd.DataFrame(shown, columns=[column.name for column in NUMBERS_SHOWN])
    # A column of texts would not keep the links in them.
    links = [_worked_out(row, language) for row in ordered]
    return told.assign(worked_out=pd.Series(links, dtype="object"))


def caveats(votes: pd.DataFrame) -> list[str]:
    """Return the caveats of a claim's numbers, each once, in the order of the table."""
    return [caveat for caveat in _in_order(votes)["caveat"].unique() if caveat]


def _in_order(votes: pd.DataFrame) -> pd.DataFrame:
    """Return numbers as they are shown: those with a vote first, those not asked for last."""
    last = votes["vote"].map({FAILED: 1, INCOMPLETE: 1, CONTEXT: 2}).fillna(0)
    return votes.assign(last=last).sort_values("last", kind="stable")


def _says_something(column: pd.Series) -> bool:
    """Return whether a column of a table of numbers is not blank all over."""
    return bool((column.notna() & (column != "")).any())


def _number(row: Mapping[Any, Any], noted: Mapping[str, int], language: Language) -> dict[str, Any]:
    """Return one number of a claim in words, its caveat by its number among those noted."""
    plain = (
        *("estimate", "low", "high", "p", "smallest_p"),
        *("detectable", "sign_share", "curve_estimates", "units", "deciders"),
    )
    vote = language(VOTE[row["vote"]])
    if row["failed_checks"]:
        failed = {"failed_checks": checks_in_words(row["failed_checks"], language)}
        vote = f"{vote} ({language.fill(FAILED_CHECKS, failed)})"
    elif row["told_by"] == "p" and row["vote"] != INCOMPLETE:
        vote = f"{vote} ({language.fill(BY_P, row)})"
    return {
        "number": language(row["label"]),
        **{name: row[name] for name in plain},
        "unit": language(row["unit"]),
        "interval": language(row["interval"]),
        "asked": _asked(row, language),
        "vote": vote,
        "caveat": noted.get(row["caveat"]),
    }


def _worked_out(row: Mapping[Any, Any], language: Language) -> Markup:
    """Say which rows of which tables a number was worked out from; a table leads to them."""
    parts = behind(row["made_table"], row["rows"])
    return Markup("; ").join(
        Markup(escape(language(WORKED_OUT_FROM))).format(
            made_table=_led_to_rows(name), rows=_with_room(conditions)
        )
        for name, conditions in parts.items()
    )


def _first(row: Mapping[Any, Any], votes: pd.DataFrame, language: Language) -> First | None:
    """Return what is said of the number that a claim's prose begins with, if it has one."""
    found = votes[votes["evidence"] == row["evidence"]].to_dict("records")
    if not found:
        return None
    return First(language(VOTE[found[0]["vote"]]), _worked_out(found[0], language))


def _led_to_rows(table: str) -> str | Markup:
    """Return the name of a table, leading to its rows behind the numbers where it has such."""
    href = _href_of_rows(table)
    return Markup('<a href="{}">{}</a>').format(href, table) if href else table


def _with_room(rows: str) -> str:
    """Return conditions on rows written so that a line of them can be broken."""
    return rows.replace(",", ", ").replace("|", " | ")


def _href_of_rows(table: str) -> str:
    """Return where the rows behind numbers lie; nothing for a table that is not published."""
    return f"../claims/rows/{file_of_rows(table)}" if table in BEHIND_CLAIMS else ""


def _asked(row: Mapping[Any, Any], language: Language) -> str:
    """Say what a rule asks of one number; nothing where it does not ask for it."""
    if row["side"]:
        return language.fill(THRESHOLD[row["side"]], row)
    return language.fill(MEANINGFUL, row) if pd.notna(row["meaningful"]) else ""
