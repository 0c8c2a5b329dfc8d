"""The verdict on each claim, by the rules that ``config.yaml`` states.

Every number of the evidence casts a vote by itself (`votes`), and a claim's verdict follows
from its votes alone (`ledger`), so that both can be worked out by hand from the tables.

Levels: a number supports the claim when its whole interval lies on the claimed side of the
threshold, contradicts it when the whole interval lies on the other, and is undecided otherwise.

Effects: only a design that passed its own checks votes. It supports the claim when its interval
excludes zero in the claimed direction and most of the specification curve has that sign. Where
few units leave no small p to attain, the p of the permutation stands in for the interval. An
effect not told from zero says that there is none only if the design could have seen one that
matters (its minimum detectable effect is no larger than the meaningful one).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd

from gotong.decisions import (
    CONTEXT,
    CONTRADICTED,
    CONTRADICTS,
    FAILED,
    IMPRECISE,
    INCOMPLETE,
    MIXED,
    NO_EFFECT,
    NOT_SUPPORTED,
    NOT_TESTABLE,
    SUPPORTED,
    SUPPORTS,
    UNDECIDED,
    UNSTABLE,
    VOTES,
    Claim,
    Decision,
    Effect,
    Threshold,
    fingerprint,
    registration,
)


def votes(evidence: pd.DataFrame, claims: Mapping[str, Claim], decision: Decision) -> pd.DataFrame:
    """Return the evidence with the criterion applied to each number and the number's vote.

    Parameters
    ----------
    evidence : pandas.DataFrame
        Rows of the contract of evidence, with the table that each came from in
        ``evidence_table``; one row per claim, table and number.
    claims : mapping of str to Claim
        By identifier. Evidence on any other claim is left out.
    decision : Decision
        The rules for effects.

    Returns
    -------
    pandas.DataFrame
        The columns of `evidence` and ``criterion`` (the pattern that asked for the number),
        ``threshold`` and ``side``, or ``meaningful``, ``told_by`` (``interval`` or ``p``),
        ``lacks`` (what the rule needed and did not find) and ``vote``. In the order of the
        claims, their criteria, and the evidence.
    """
    order = {name: number for number, name in enumerate(claims)}
    known = evidence[evidence["claim"].isin(list(order))]
    texts = ["criterion", "side", "told_by", "lacks", "vote"]
    judged = pd.DataFrame(
        [_judge(row, claims[str(row["claim"])], decision) for row in known.to_dict("records")],
        columns=["place", "criterion", "threshold", "side", "meaningful", *texts[2:]],
        index=known.index,
    ).astype({"threshold": "float64", "meaningful": "float64", "place": "int64"})
    found = known.join(judged.astype(dict.fromkeys(texts, "str")))
    found["claim_place"] = found["claim"].map(order)
    keys = ["claim_place", "place", "evidence_table", "evidence"]
    return found.sort_values(keys, ignore_index=True).drop(columns=["claim_place", "place"])


def _judge(row: Mapping[Any, Any], claim: Claim, decision: Decision) -> tuple[Any, ...]:
    """Return the place of a number's criterion, what it asks, and the vote."""
    for place, criterion in enumerate(claim.criteria):
        if not fnmatchcase(row["evidence"], criterion.evidence):
            continue
        if isinstance(criterion, Threshold):
            vote, lacks = level_vote(row, criterion)
            asked: tuple[float, str, float, str]
            asked = (criterion.level, criterion.side, np.nan, "interval")
        else:
            vote, lacks = effect_vote(row, criterion, decision)
            told_by = "p" if _judged_by_p(row, decision) else "interval"
            asked = (np.nan, "", criterion.meaningful, told_by)
        return place, criterion.evidence, *asked, lacks, vote
    return len(claim.criteria), "", np.nan, "", np.nan, "", "", CONTEXT


def level_vote(row: Mapping[Any, Any], threshold: Threshold) -> tuple[str, str]:
    """Return what a described level says of the claim, and what it lacks to say more.

    Parameters
    ----------
    row : mapping
        A row of evidence.
    threshold : Threshold
        What the claim asks of it.

    Returns
    -------
    tuple of str
        The vote; and ``interval`` where there is none to hold against the threshold.
    """
    if not row["passed"]:
        return FAILED, ""
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return INCOMPLETE, "interval"
    if row["low"] > threshold.level:
        return (SUPPORTS if threshold.side == "above" else CONTRADICTS), ""
    if row["high"] < threshold.level:
        return (SUPPORTS if threshold.side == "below" else CONTRADICTS), ""
    return UNDECIDED, ""


def effect_vote(row: Mapping[Any, Any], effect: Effect, decision: Decision) -> tuple[str, str]:
    """Return what a design's estimate says of the claim, and what it lacks to say more.

    Parameters
    ----------
    row : mapping
        A row of evidence.
    effect : Effect
        How large an effect would matter.
    decision : Decision
        The rules for effects.

    Returns
    -------
    tuple of str
        The vote; and which number the rule needs that the row does not have: ``direction``,
        ``estimate``, ``interval``, ``p`` or ``curve``.
    """
    if not row["passed"]:
        return FAILED, ""
    lacks = _lacking(row, decision)
    if lacks:
        return INCOMPLETE, lacks
    if not _told_from_zero(row, decision):
        detectable = row["detectable"]
        precise = pd.notna(detectable) and detectable <= effect.meaningful
        return (NO_EFFECT if precise else IMPRECISE), ""
    if pd.isna(row["sign_share"]):
        return INCOMPLETE, "curve"
    as_claimed = row["estimate"] * row["direction"] > 0
    agreeing = row["sign_share"] if as_claimed else 1 - row["sign_share"]
    if agreeing < decision.curve_share:
        return UNSTABLE, ""
    return (SUPPORTS if as_claimed else CONTRADICTS), ""


def _judged_by_p(row: Mapping[Any, Any], decision: Decision) -> bool:
    """Return whether a design has too few units for a small p."""
    return bool(pd.notna(row["smallest_p"]) and row["smallest_p"] > decision.coarse_p)


def _lacking(row: Mapping[Any, Any], decision: Decision) -> str:
    """Return the number that must be there to tell an effect from zero, and is not."""
    if pd.isna(row["estimate"]):
        return "estimate"
    if not row["direction"]:
        return "direction"
    if _judged_by_p(row, decision):
        return "p" if pd.isna(row["p"]) else ""
    return "interval" if pd.isna(row["low"]) or pd.isna(row["high"]) else ""


def _told_from_zero(row: Mapping[Any, Any], decision: Decision) -> bool:
    """Return whether an estimate is told from zero, by its p or by its interval."""
    if _judged_by_p(row, decision):
        return bool(row["p"] <= decision.permutation_p)
    return bool(row["low"] > 0 or row["high"] < 0)


def missing_numbers(counted: pd.DataFrame, claim: Claim) -> list[str]:
    """Return the patterns of evidence that no number answers, in the order of the claim."""
    there = set(counted["criterion"])
    return [each.evidence for each in claim.criteria if each.evidence not in there]


def level_verdict(cast: Iterable[str]) -> tuple[str, str]:
    """Return verdict and reason from the votes of levels.

    All must lie on the claimed side for the claim to be supported. Numbers on both sides, or
    some on the claimed side and some undecided, are mixed. One that could not be held against
    its threshold leaves the claim untested.
    """
    told = set(cast)
    if told & {INCOMPLETE, FAILED}:
        return NOT_TESTABLE, "numbers_missing"
    if told == {SUPPORTS}:
        return SUPPORTED, "all_on_the_claimed_side"
    if told == {CONTRADICTS}:
        return CONTRADICTED, "all_on_the_other_side"
    if SUPPORTS in told:
        return MIXED, "both_sides" if CONTRADICTS in told else "some_reach_it"
    return NOT_SUPPORTED, "none_reaches_it"


def effect_verdict(counted: pd.DataFrame) -> tuple[str, str]:
    """Return verdict and reason from the votes of effects.

    Parameters
    ----------
    counted : pandas.DataFrame
        Columns criterion, vote, estimate and direction of the estimates that criteria asked for.

    Notes
    -----
    Where a claim on several outcomes, each asked for by a criterion of its own, follows from some
    of them because another could not be tested, the reason says so.

    Designs disagree when two effects are told from zero with different signs, or when one is
    and another, precise enough to have seen it, has an estimate of the other sign. Two
    estimates that are both not told from zero do not disagree, whatever their signs.
    """
    said, reason = _verdict_of_effects(counted)
    if said in (SUPPORTED, CONTRADICTED):
        outcomes = [_verdict_of_effects(part)[0] for _, part in counted.groupby("criterion")]
        if NOT_TESTABLE in outcomes:
            return said, f"{reason}_in_part"
    return said, reason


def _verdict_of_effects(counted: pd.DataFrame) -> tuple[str, str]:
    """Return verdict and reason from estimates as if they were all of one outcome."""
    told = set(counted["vote"])
    if told <= {FAILED}:
        return NOT_TESTABLE, "no_design_passed"
    if UNSTABLE in told:
        return MIXED, "curve_disagrees"
    if told & {SUPPORTS, CONTRADICTS}:
        return _from_effects_seen(counted, told)
    if NO_EFFECT in told:
        return NOT_SUPPORTED, "no_effect_seen"
    return NOT_TESTABLE, "too_imprecise" if IMPRECISE in told else "numbers_missing"


def _from_effects_seen(counted: pd.DataFrame, told: set[str]) -> tuple[str, str]:
    """Return verdict and reason where at least one effect is told from zero."""
    precise = counted[counted["vote"].isin([SUPPORTS, CONTRADICTS, NO_EFFECT])]
    as_claimed = precise["estimate"] * precise["direction"] > 0
    if as_claimed.nunique() > 1:
        return MIXED, "designs_disagree"
    if SUPPORTS in told:
        return SUPPORTED, "effect_as_claimed"
    return CONTRADICTED, "effect_the_other_way"


def verdict(counted: pd.DataFrame, claim: Claim) -> tuple[str, str, str]:
    """Return verdict, reason and what is missing for one claim.

    Parameters
    ----------
    counted : pandas.DataFrame
        The rows of `votes` of this claim that a criterion asked for.
    claim : Claim
        What is asked.

    Returns
    -------
    tuple of str
        One of `VERDICTS`, one of `REASONS`, and the names of numbers, or of the parts of them,
        that are missing, joined by spaces; blank where the verdict does not rest on that.
    """
    absent = missing_numbers(counted, claim)
    if absent:
        return NOT_TESTABLE, "numbers_missing", " ".join(absent)
    if claim.rule == "levels":
        said, reason = level_verdict(counted["vote"])
    else:
        said, reason = effect_verdict(counted)
    return said, reason, _parts_missing(counted) if reason == "numbers_missing" else ""


def by_criterion(counted: pd.DataFrame, claim: Claim) -> str:
    """Return what each criterion of a claim would say alone, as ``pattern=verdict``.

    Parameters
    ----------
    counted : pandas.DataFrame
        The rows of `votes` of this claim that a criterion asked for.
    claim : Claim
        What is asked.

    Returns
    -------
    str
        Joined by spaces, in the order of the claim; blank where it has one criterion only.
    """
    if len(claim.criteria) < 2:
        return ""
    parts = []
    for criterion in claim.criteria:
        alone = claim.model_copy(update={claim.rule: (criterion,)})
        said, _, _ = verdict(counted[counted["criterion"] == criterion.evidence], alone)
        parts.append(f"{criterion.evidence}={said}")
    return " ".join(parts)


def verdict_first_recorded(counted: pd.DataFrame, claim: Claim) -> str:
    """Return the verdict by the rule as it was first recorded.

    Parameters
    ----------
    counted : pandas.DataFrame
        The rows of `votes` of this claim that a criterion asked for.
    claim : Claim
        What is asked, and what was.

    Returns
    -------
    str
        One of `VERDICTS`; blank where that rule is the one in force.
    """
    if not claim.first_recorded:
        return ""
    then = claim.as_first_recorded()
    asked = [_first_match(name, claim.first_recorded) for name in counted["evidence"]]
    of_then = counted.assign(criterion=asked)
    return verdict(of_then[of_then["criterion"] != ""], then)[0]


def _first_match(name: str, patterns: Iterable[str]) -> str:
    """Return the first of some patterns that a name answers to, or nothing."""
    return next((pattern for pattern in patterns if fnmatchcase(name, pattern)), "")


def _parts_missing(counted: pd.DataFrame) -> str:
    """Name the numbers that cast no vote and what they lack, as ``name:part``."""
    rows = counted[counted["vote"].isin([INCOMPLETE, FAILED])]
    pairs = zip(rows["evidence"], rows["lacks"], strict=True)
    return " ".join(f"{name}:{lacks or 'check'}" for name, lacks in pairs)


def ledger(judged: pd.DataFrame, claims: Mapping[str, Claim], decision: Decision) -> pd.DataFrame:
    """Return one row per claim: what is claimed, the number in front, verdict and why.

    Parameters
    ----------
    judged : pandas.DataFrame
        What `votes` returns.
    claims : mapping of str to Claim
    decision : Decision
        The rules that all effects are judged by.

    Returns
    -------
    pandas.DataFrame
        In the order of `claims`; see the contract ``claims``.
    """
    entries = [_entry(name, claim, decision, judged) for name, claim in claims.items()]
    return pd.DataFrame(entries).astype(
        dict.fromkeys(("estimate", "low", "high", "p", "smallest_p", "detectable"), "float64")
        | dict.fromkeys(("numbers", *VOTES), "Int64")
    )


def _entry(name: str, claim: Claim, decision: Decision, judged: pd.DataFrame) -> dict[str, Any]:
    """Return the row of one claim."""
    counted = judged[(judged["claim"] == name) & (judged["vote"] != CONTEXT)]
    said, reason, missing = verdict(counted, claim)
    cast = judged.loc[judged["claim"] == name, "vote"].value_counts()
    record = registration(claim, decision)
    return {
        "claim": name,
        "sentence_id": claim.sentence.id,
        "sentence_en": claim.sentence.en,
        "quantity_id": claim.quantity.id,
        "quantity_en": claim.quantity.en,
        "rule": claim.rule,
        "fingerprint": fingerprint(claim, decision),
        "registered": record.when.isoformat() if record else "",
        "registered_stage": record.stage if record else "",
        **_in_front(counted),
        "numbers": len(counted),
        **{vote: int(cast.get(vote, 0)) for vote in VOTES},
        "verdict": said,
        "reason": reason,
        "by_criterion": by_criterion(counted, claim),
        "first_recorded": verdict_first_recorded(counted, claim),
        "missing": missing,
        "exhibits": " ".join(claim.exhibits),
        "caveat_id": claim.caveat.id,
        "caveat_en": claim.caveat.en,
        "needed_id": claim.needed.id,
        "needed_en": claim.needed.en,
    }


def _in_front(counted: pd.DataFrame) -> dict[str, Any]:
    """Return the number that stands for a claim: the first that speaks for it or against it.

    Where none does, the first of its first criterion. An estimate of a design that failed its
    checks is never put in front.
    """
    texts = ("evidence", "label", "unit", "interval")
    numbers = ("estimate", "low", "high", "p", "smallest_p", "detectable")
    valid = counted[counted["vote"] != FAILED]
    if valid.empty:
        return dict.fromkeys(texts, "") | dict.fromkeys(numbers, np.nan)
    telling = valid[valid["vote"].isin([SUPPORTS, CONTRADICTS])]
    first = (valid if telling.empty else telling).iloc[0]
    return {column: first[column] for column in (*texts, *numbers)}
