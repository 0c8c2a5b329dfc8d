"""Words for the codes of the tables of effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gotong.exhibits import check_words
from gotong.i18n import N_, Language

DESIGNS: Final = {
    "first_ppkm": N_("First PPKM, kab/kota of Jawa Barat and Jawa Tengah"),
    "first_ppkm_centraljava": N_("First PPKM, kab/kota of Jawa Tengah"),
    "first_psbb_westjava": N_("First PSBB, kab/kota of Jawa Barat"),
    "first_psbb_java": N_("First PSBB, kab/kota of Jawa Barat and Jawa Tengah"),
    "first_psbb_province": N_("First PSBB, provinces"),
    "brake": N_("Brake of September 2020, DKI Jakarta"),
    "akb_westjava": N_("From PSBB to AKB, kab/kota of Jawa Barat"),
    "transition_june": N_("Transition of June 2020, DKI Jakarta"),
    "transition_october": N_("Transition of October 2020, DKI Jakarta"),
    "first_ppkm_end": N_("End of the first PPKM, Java"),
}
"""In the order of the exhibits: restrictions, then easings."""

OUTCOMES: Final = {
    "growth": N_("growth of cases"),
    "level": N_("log of cases"),
    "workplaces": N_("workplaces"),
    "retail_and_recreation": N_("shops and recreation"),
    "transit_stations": N_("transit stations"),
    "residential": N_("time at home"),
    "parks": N_("parks"),
}


def of_area(area: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the designs that the units of an area take part in, in the order of the exhibits."""
    chosen = area["designs"]
    return tuple(name for name in DESIGNS if chosen is None or name in chosen)


UNITS: Final = {
    "log points per day": N_("log points per day"),
    "log points": N_("log points"),
    "percentage points": N_("percentage points"),
}
ESTIMATORS: Final = {
    "group_time": N_("group-time effects"),
    "callaway_santanna": N_("group-time effects, against the last week, analytic errors"),
    "two_way": N_("two-way fixed effects"),
    "event_study": N_("event study by regression"),
    "synthetic_control": N_("synthetic control"),
    "synthetic_did": N_("synthetic difference in differences"),
    "difference": N_("plain difference in differences"),
    "none": N_("no estimate"),
}
VARIANTS: Final = {
    "main": N_("main"),
    "control_never": N_("controls: never under the rule"),
    "control_not_yet": N_("controls: not yet under the rule"),
    "base_mean": N_("base: mean of all weeks before"),
    "base_last": N_("base: last week before"),
    "from_first_week": N_("from the first week"),
    "from_second_week": N_("from the second week"),
    "offset_0.5": N_("log(cases + 0.5)"),
    "offset_5": N_("log(cases + 5)"),
    "with_flagged": N_("with flagged regions"),
    "trimmed": N_("regions of like prior incidence"),
    "levels": N_("without a constant"),
    "all_donors": N_("all provinces as donors"),
    "without_psbb": N_("donors without PSBB"),
}
CHECKS: Final = check_words.OF_EFFECTS
"""What a failed check says."""

PASSED_ALL: Final = N_("passed all")

RULES: Final = N_(
    "PSBB are large-scale social restrictions, PPKM restrictions on public activities, AKB the "
    "adaptation to new habits that followed PSBB."
)
"""What the abbreviations of the rules stand for."""

P_VALUE: Final = N_("p {p:.3f}")
P_SMALL: Final = N_("p < {p:.3f}")
P_LARGE: Final = N_("p > {p:.2f}")
SMALL, LARGE = 0.001, 0.99
"""Beyond these, what a p-value is does not matter."""


def p_value(p: float, language: Language) -> str:
    """Return a p-value in three decimals, or that it lies beyond what three decimals tell."""
    if p < SMALL:
        return language.fill(P_SMALL, {"p": SMALL})
    if p > LARGE:
        return language.fill(P_LARGE, {"p": LARGE})
    return language.fill(P_VALUE, {"p": p})


def failed(codes: str, language: Language) -> str:
    """Return failed checks in words, each once, or that all were passed."""
    if not codes:
        return language(PASSED_ALL)
    return check_words.checks_in_words(codes, language)
