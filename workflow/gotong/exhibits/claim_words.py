"""Verdicts, votes and their reasons in words, as the ledger and the report show them."""

from collections.abc import Mapping

from gotong.i18n import N_, Language

VERDICT = {
    "supported": N_("supported"),
    "supported_in_part": N_("supported in part"),
    "mixed": N_("mixed"),
    "not_supported": N_("not supported"),
    "contradicted": N_("contradicted"),
    "contradicted_in_part": N_("contradicted in part"),
    "not_testable": N_("not testable with public data"),
}
VOTE = {
    "supports": N_("supports the claim"),
    "contradicts": N_("contradicts the claim"),
    "undecided": N_("undecided: its interval holds the threshold"),
    "unstable": N_("told from zero, but other defensible choices turn its sign"),
    "no_effect": N_("no effect, though one that matters would have been seen"),
    "imprecise": N_("says nothing: an effect that matters could have been missed"),
    "failed": N_("no vote: the design failed its own checks"),
    "incomplete": N_("no vote: a number that the rule needs is missing"),
    "context": N_("context: not asked for by the rule"),
}
REASON = {
    "all_on_the_claimed_side": N_("Every number lies on the claimed side of its threshold."),
    "all_on_the_other_side": N_("Every number lies on the other side of its threshold."),
    "both_sides": N_("Some numbers lie on the claimed side of their threshold, some on the other."),
    "some_reach_it": N_(
        "Some numbers lie on the claimed side of their threshold; the others are undecided."
    ),
    "none_reaches_it": N_("No number lies on the claimed side of its threshold."),
    "effect_as_claimed": N_(
        "A design that passed its checks sees an effect in the claimed direction, and no other "
        "that could tell sees another."
    ),
    "effect_the_other_way": N_(
        "A design that passed its checks sees an effect against the claimed direction, and no "
        "other that could tell sees another."
    ),
    "designs_disagree": N_("Designs that passed their checks disagree in sign."),
    "curve_disagrees": N_(
        "A design sees an effect, but too few of the other defensible choices give its sign."
    ),
    "effect_as_claimed_in_part": N_(
        "An effect in the claimed direction is seen on one outcome of the claim; another could not "
        "be tested, and nothing is said of it."
    ),
    "effect_the_other_way_in_part": N_(
        "An effect against the claimed direction is seen on one outcome of the claim; another "
        "could not be tested, and nothing is said of it."
    ),
    "no_effect_seen": N_(
        "Designs that passed their checks could have seen an effect that matters, and see none."
    ),
    "no_design_passed": N_("No design that the rule asks for passed its own checks."),
    "too_imprecise": N_(
        "No design that passed its checks could have seen an effect as small as one that matters."
    ),
    "numbers_missing": N_("A number that the rule asks for is missing."),
}


def spoken(verdict: str, reason: str) -> str:
    """Return the code in `VERDICT` of a verdict: one that rests on a part of the claim says so."""
    return f"{verdict}_in_part" if reason.endswith("_in_part") else verdict


def criteria_in_words(by_criterion: str, names: Mapping[str, str], language: Language) -> str:
    """Return what each criterion of a claim says alone.

    Parameters
    ----------
    by_criterion : str
        As in the ledger.
    names : mapping of str to str
        What each criterion is called in the language, by its pattern.
    language : Language
    """
    pairs = (part.split("=") for part in by_criterion.split())
    return "; ".join(f"{names[pattern]}: {language(VERDICT[said])}" for pattern, said in pairs)
