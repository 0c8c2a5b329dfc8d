"""Effects of restrictions and of their easing (C6, C8)."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, date, flag, number, table, text, whole
from gotong.contracts.evidence import evidence

DESIGNS = (
    "akb_westjava",
    "brake",
    "first_ppkm",
    "first_ppkm_centraljava",
    "first_ppkm_end",
    "first_psbb_java",
    "first_psbb_province",
    "first_psbb_westjava",
    "transition_june",
    "transition_october",
)
OUTCOMES = (
    "growth",
    "level",
    "parks",
    "residential",
    "retail_and_recreation",
    "transit_stations",
    "workplaces",
)
ESTIMATORS = (
    "group_time",
    "callaway_santanna",
    "two_way",
    "event_study",
    "synthetic_control",
    "synthetic_did",
    "difference",
    "none",
)
INTERVALS = ("reassignment", "analytic", "wild_bootstrap", "placebo", "placebo_error", "none")
TESTS = ("reassignment", "wild_bootstrap", "placebo", "none")
CHECKS = (
    "comparison",
    "pre_period",
    "placebo_date",
    "leave_one_region",
    "leave_one_week",
    "own_province",
    "donors_span",
    "overfit",
    "leave_one_donor",
    "pre_period_wald",
    "pre_period_regression",
    "forbidden_weight",
    "honest_breakdown",
    "honest_smoothness",
    "two_way_exchange",
    "family_romano_wolf",
    "family_holm",
    "prior_difference",
    "donors_span_levels",
    "rank",
    "placebo_in_time",
    "weeks_before",
    "without_donor",
    "by_weeks",
    "without_doubtful_days",
    "placebos_without_treated",
)

_DESIGN = {
    "design": text("what changed, and who is compared", DESIGNS),
    "outcome": text(
        "growth of weekly cases, log of weekly cases, or visits to places in Google's reports",
        OUTCOMES,
    ),
}

EFFECTS = table(
    "effects",
    "Every estimate of every design on restrictions and their easing.",
    ("design", "outcome", "estimator", "variant"),
    {
        **_DESIGN,
        "estimator": text(
            "group_time: Callaway and Sant'Anna, main base; callaway_santanna: against the last "
            "week, with its own errors; none: nothing to compare with",
            ESTIMATORS,
        ),
        "variant": text("what differs from the main specification", pattern=r"[a-z_0-9.]+"),
        "main": flag("whether the verdict of the design rests on this row"),
        "claim": text("claim that it bears on", ("C6", "C8")),
        "direction": whole("claimed sign", "sign", low=-1),
        "unit": text(
            "unit of the estimate", ("log points per day", "log points", "percentage points")
        ),
        "estimate": number("mean effect over the counted periods", "see unit", None, missing=True),
        "standard_error": number("standard error", "see unit", missing=True),
        "low": number("lower end of the 95 % interval", "see unit", None, missing=True),
        "high": number("upper end of the 95 % interval", "see unit", None, missing=True),
        "interval": text("how the interval was made", INTERVALS),
        "p_units": number("p by region", "probability", 0, 1, missing=True),
        "smallest_p_units": number(
            "smallest p that regions can give", "probability", 0, 1, missing=True
        ),
        "p_deciders": number(
            "p by decision; 1 where decisions cannot be exchanged",
            "probability",
            0,
            1,
            missing=True,
        ),
        "smallest_p_deciders": number(
            "smallest p that decisions can give", "probability", 0, 1, missing=True
        ),
        "p_kind": text("how both p were made", TESTS),
        "detectable": number(
            "effect seen with a power of 80 % at 5 %, by region", "see unit", missing=True
        ),
        "units": whole("regions", "regions"),
        "treated": whole("regions under the rule within the weeks", "regions"),
        "deciders": whole(
            "deciders among them; a province compared with others counts itself and each of these",
            "deciders",
        ),
        "periods": whole("days or weeks", "days or weeks"),
        "sign_share": number(
            "share of the estimates of the design and outcome with the claimed sign",
            "share",
            0,
            1,
            missing=True,
        ),
        "passed": flag("whether the design passed all of its checks for this outcome"),
        "failed_checks": text("checks that it failed, joined by spaces"),
    },
)
EFFECT_CHECKS = table(
    "effect_checks",
    "Every check of every design, and numbers that are shown beside them.",
    ("design", "outcome", "check", "case"),
    {
        **_DESIGN,
        "check": text(
            "what is checked; two_way_exchange: two-way coefficient with the smallest p as limit; "
            "family: t (of a synthetic control the number of places) and p for all places of a "
            "design together; without_donor, by_weeks, without_doubtful_days and "
            "placebos_without_treated: effect and p of a synthetic control without one donor, on "
            "means of seven days, without the days that the configuration doubts, and with "
            "placebos that the treated province is no donor of; honest_breakdown and "
            "honest_smoothness: how far trends may differ until the interval holds zero, as a "
            "multiple of before or by a bend per week; placebo_in_time: effect at a pretended date "
            "with the size of the true one as limit",
            CHECKS,
        ),
        "case": text(
            "weeks or days of a pretended date, the variant, or the donor left out; blank for the "
            "whole"
        ),
        "value": number("statistic, effect, share or count", "see check", None, missing=True),
        "p": number("p-value", "probability", 0, 1, missing=True),
        "limit": number("what p or value is held against", "see check", missing=True),
        "verdict": text("passed or failed; shown: does not count", ("passed", "failed", "shown")),
    },
)
EFFECT_PATHS = table(
    "effect_paths",
    "Effects by weeks since adoption in the designs with staggered adoption.",
    ("design", "outcome", "event_time"),
    {
        **_DESIGN,
        "event_time": whole("weeks since adoption", "weeks", low=None),
        "estimate": number("effect", "log points per day, log points or percentage points", None),
        "low": number("lower end of the pointwise 95 % interval", "as the estimate", None),
        "high": number("upper end of the pointwise 95 % interval", "as the estimate", None),
        "kind": text(
            "before or after adoption, or the week it is held against", ("before", "base", "after")
        ),
        "counted": flag("whether the week counts in the one number of the design"),
    },
)
SYNTHETIC_PATHS = table(
    "synthetic_paths",
    "DKI Jakarta and its synthetic control, and every donor as if it had been treated.",
    ("design", "outcome", "region_code", "date"),
    {
        **_DESIGN,
        "region_code": code("BPS code of the province; 31 is the treated one", r"\d{2}"),
        "date": date("day, or Monday of the week"),
        "actual": number("outcome", "per cent, log points or log points per day", None),
        "synthetic": number("mix of the others, with its constant", "as the outcome", None),
        "gap": number("outcome less synthetic outcome", "as the outcome", None),
        "weight": number("weight in the mix for DKI Jakarta", "share", 0, 1.000001),
        "after": flag("whether it lies after the change"),
    },
)
EVIDENCE_EFFECTS = evidence(
    "evidence_effects", "Effects of restrictions (C6) and of their easing (C8)."
)
TABLES: tuple[Schema, ...] = (
    EFFECTS,
    EFFECT_CHECKS,
    EFFECT_PATHS,
    SYNTHETIC_PATHS,
    EVIDENCE_EFFECTS,
)
"""Contracts of these made tables."""
