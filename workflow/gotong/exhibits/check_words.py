"""What a design or number that failed a check of its own is said to have failed."""

from __future__ import annotations

from typing import Final

from gotong.i18n import N_, Language

OF_EFFECTS: Final = {
    "comparison": N_("too few regions to compare with"),
    "pre_period": N_("effects before the rule"),
    "placebo_date": N_("an effect at a pretended date"),
    "leave_one_region": N_("one region turns the sign"),
    "leave_one_week": N_("one week turns the sign"),
    "own_province": N_("a province has no region to compare with"),
    "donors_span": N_("donors do not follow it"),
    "overfit": N_("more donors than periods"),
    "leave_one_donor": N_("one donor turns the sign"),
}
OF_DOSE: Final = {
    "leads": N_("leads are not quiet"),
    "contrast": N_("too little contrast"),
    "leave_unit_out": N_("sign turns without a unit"),
    "leave_decider_out": N_("sign rests on one decider"),
    "flagged_days": N_("sign turns without flagged weeks"),
    "not_checked": N_("its design was not checked"),
}
OF_FACTORS: Final = {
    "leave_one_out": N_("one region left out turns the sign"),
    "jawa_barat": N_("another sign in Jawa Barat"),
    "jawa_tengah": N_("another sign in Jawa Tengah"),
    "kabkota": N_("another sign between kab/kota"),
    "earlier": N_("another sign in the first half of the time"),
    "later": N_("another sign in the second half of the time"),
    "given_testing": N_("another sign with testing held fixed"),
    "workplaces": N_("another sign for workplaces"),
    "retail_and_recreation": N_("another sign for shops and recreation"),
    "outside_java": N_("another sign outside Java"),
    "other_residents": N_("another sign with another count of residents"),
}
OF_CAMPAIGNS: Final = {
    "no_control": N_("nothing to compare with"),
    "dates_to_a_month": N_("dates good to a month only"),
    "same_days_as_psbb": N_("PSBB began on the same days"),
}
CHECK: Final[dict[str, str]] = {**OF_EFFECTS, **OF_DOSE, **OF_FACTORS, **OF_CAMPAIGNS}
"""By code; a check that was made of several cases has the case behind its code."""


def checks_in_words(codes: str, language: Language) -> str:
    """Return failed checks in words, each once.

    Parameters
    ----------
    codes : str
        Codes joined by spaces, as tables of evidence have them: ``pre_period placebo_date_28``.
    language : Language
    """
    names = dict.fromkeys(_name(code) for code in codes.split())
    return "; ".join(language(CHECK.get(name, name)) for name in names)


def _name(code: str) -> str:
    """Return the check that a code is of: the code, or what stands before its case."""
    known = (name for name in CHECK if code == name or code.startswith(f"{name}_"))
    return next(known, code)
