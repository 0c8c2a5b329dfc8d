"""The claims of the study and the rules that judge them, as ``config.yaml`` states them.

Where the first record of a rule is another, it is kept beside it; and each rule is registered by
its fingerprint, so that a run tells by itself which verdicts follow from a rule that was changed
since. A claim has either thresholds on described levels, or effects that a design must
have been able to see; never both, so that its verdict follows from one rule.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

SUPPORTS: Final = "supports"
CONTRADICTS: Final = "contradicts"
UNDECIDED: Final = "undecided"
UNSTABLE: Final = "unstable"
NO_EFFECT: Final = "no_effect"
IMPRECISE: Final = "imprecise"
FAILED: Final = "failed"
INCOMPLETE: Final = "incomplete"
CONTEXT: Final = "context"
VOTES: Final = (
    SUPPORTS,
    CONTRADICTS,
    UNDECIDED,
    UNSTABLE,
    NO_EFFECT,
    IMPRECISE,
    FAILED,
    INCOMPLETE,
    CONTEXT,
)
"""What a number can say; `CONTEXT` is one that no criterion of the claim asks for."""

SUPPORTED: Final = "supported"
CONTRADICTED: Final = "contradicted"
MIXED: Final = "mixed"
NOT_SUPPORTED: Final = "not_supported"
NOT_TESTABLE: Final = "not_testable"
VERDICTS: Final = (SUPPORTED, MIXED, NOT_SUPPORTED, CONTRADICTED, NOT_TESTABLE)

REASONS: Final = (
    "all_on_the_claimed_side",
    "all_on_the_other_side",
    "both_sides",
    "some_reach_it",
    "none_reaches_it",
    "effect_as_claimed",
    "effect_the_other_way",
    "designs_disagree",
    "curve_disagrees",
    "effect_as_claimed_in_part",
    "effect_the_other_way_in_part",
    "no_effect_seen",
    "no_design_passed",
    "too_imprecise",
    "numbers_missing",
)
"""Why a verdict is what it is."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Pattern = Annotated[
    str,
    Field(
        pattern=r"^[a-z*][a-z0-9_*]*$",
        examples=["gini_*"],
        description="the identifier of a number; a star stands for any letters",
    ),
]
ClaimId = Annotated[str, Field(pattern=r"^C\d{1,2}$", examples=["C1"])]
ExhibitId = Annotated[str, Field(pattern=r"^[FT]\d\d$", examples=["F08"])]
Share = Annotated[float, Field(gt=0, lt=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """One text in both languages."""

    id: Text
    """in Indonesian"""
    en: Text
    """in English"""


class Threshold(_Strict):
    """What a described level must be for the claim to hold."""

    evidence: Pattern
    """which numbers"""
    name: Words
    """what they are, in a word or two"""
    above: float | None = None
    """the claim holds above this, in the unit of the number"""
    below: float | None = None
    """the claim holds below this"""
    why: Words
    """where the threshold comes from"""

    @model_validator(mode="after")
    def _one_side(self) -> Threshold:
        if (self.above is None) == (self.below is None):
            raise ValueError("a threshold has either `above` or `below`")
        return self

    @property
    def side(self) -> Literal["above", "below"]:
        """On which side of the threshold the claim holds."""
        return "below" if self.above is None else "above"

    @property
    def level(self) -> float:
        """The threshold itself."""
        return float(self.below if self.above is None else self.above)  # type: ignore[arg-type]


class Effect(_Strict):
    """Which estimates count, and how large an effect would matter."""

    evidence: Pattern
    """which estimates"""
    name: Words
    """what they are estimates of, in a word or two"""
    meaningful: Annotated[float, Field(gt=0, examples=["0.05"])]
    """smallest effect that would matter, in the unit of the estimate, whatever its sign"""
    why: Words
    """why an effect of this size would matter"""


class Decision(_Strict):
    """The rules that all effects are judged by."""

    coarse_p: Annotated[Share, Field(examples=["0.025"])]
    """a design whose smallest attainable p lies above this is judged by its p"""
    permutation_p: Annotated[Share, Field(examples=["0.10"])]
    """largest p at which such a design tells an effect from none"""
    curve_share: Annotated[float, Field(gt=0.5, le=1, examples=["0.80"])]
    """share of the specification curve that must have the sign of the effect"""


BEFORE_ESTIMATES: Final = "before_estimates"
AFTER_ESTIMATES: Final = "after_estimates"


class Registration(_Strict):
    """When a rule was registered, and a digest that it has only as long as it is unchanged."""

    when: Annotated[dt.date, Field(examples=["2026-11-30"])]
    """day on which the rule was registered"""
    stage: Literal["before_estimates", "after_estimates"]
    """whether estimates on the data at hand had been seen by then"""
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", examples=["0123456789ab"])]
    """what `fingerprint` gives for the rule; the ledger has that of the rule in force"""


class Claim(_Strict):
    """One claim of the study and what decides on it."""

    sentence: Words
    """the claim"""
    quantity: Words
    """what is measured"""
    levels: tuple[Threshold, ...] = ()
    """thresholds on described levels, in the order in which their numbers are shown"""
    effects: tuple[Effect, ...] = ()
    """estimates of designs, in the order in which they are shown"""
    first_recorded: tuple[Pattern, ...] = ()
    """numbers that counted in the first record of the rule, where fewer did; thresholds alike"""
    registered: Registration | None = None
    """when the rule was registered; none for a rule that nobody registered"""
    exhibits: Annotated[tuple[ExhibitId, ...], Field(min_length=1)]
    """figures and tables that carry it"""
    caveat: Words
    """what a reader must know"""
    needed: Words
    """what would have to be public for a test, or for a better one"""

    @model_validator(mode="after")
    def _one_rule(self) -> Claim:
        if bool(self.levels) == bool(self.effects):
            raise ValueError("a claim is judged either by `levels` or by `effects`")
        patterns = [criterion.evidence for criterion in self.criteria]
        if len(set(patterns)) < len(patterns):
            raise ValueError("a pattern of evidence stands twice")
        for recorded in self.first_recorded:
            if not any(fnmatchcase(recorded, pattern) for pattern in patterns):
                raise ValueError(f"first_recorded: no criterion asks for {recorded}")
        return self

    @property
    def rule(self) -> Literal["levels", "effects"]:
        """Which of the two rules judges the claim."""
        return "levels" if self.levels else "effects"

    @property
    def criteria(self) -> tuple[Threshold | Effect, ...]:
        """The thresholds or the effects, whichever the claim has."""
        return self.levels or self.effects

    def as_first_recorded(self) -> Claim:
        """Return the claim with the criteria of its first record, each with the numbers of then."""
        criteria = tuple(
            next(
                criterion.model_copy(update={"evidence": recorded})
                for criterion in self.criteria
                if fnmatchcase(recorded, criterion.evidence)
            )
            for recorded in self.first_recorded
        )
        return self.model_copy(update={self.rule: criteria, "first_recorded": ()})


def fingerprint(claim: Claim, decision: Decision) -> str:
    """Return a digest of what decides on a claim.

    Parameters
    ----------
    claim : Claim
    decision : Decision
        Counts for claims that effects decide on.

    Returns
    -------
    str
        Twelve hexadecimal digits of the SHA-256 of sentence, quantity, criteria (patterns,
        thresholds and sizes that matter), the patterns first recorded, and `decision`, as JSON
        with sorted keys. Names, reasons, caveats and exhibits decide on nothing and do not
        change it.
    """
    criteria = [each.model_dump(mode="json", exclude={"name", "why"}) for each in claim.criteria]
    laid_down = {
        "sentence": claim.sentence.model_dump(),
        "quantity": claim.quantity.model_dump(),
        claim.rule: criteria,
        "first_recorded": claim.first_recorded,
        "decision": decision.model_dump(mode="json") if claim.effects else None,
    }
    text = json.dumps(laid_down, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def registration(claim: Claim, decision: Decision) -> Registration | None:
    """Return how the rule in force was registered; none where it is another, or never was."""
    record = claim.registered
    if record is None or record.fingerprint != fingerprint(claim, decision):
        return None
    return record


def read_claims(section: Mapping[str, Any]) -> dict[str, Claim]:
    """Return the claims from the plain values of the section ``claims``."""
    return TypeAdapter(dict[str, Claim]).validate_python(section)
