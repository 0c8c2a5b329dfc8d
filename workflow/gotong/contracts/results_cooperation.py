"""Following, shares, places and codings of cooperation (C2, C3)."""

from __future__ import annotations

from gotong.contracts.columns import DYADS, Schema, code, date, number, table, text, whole
from gotong.contracts.evidence import evidence

_VARIANT = text("main, or an alternative of the configuration, or same_label")
_PERIOD = text(
    "all days, those before the first national PPKM, or those from it on",
    ("whole", "before_ppkm", "from_ppkm"),
)
_ACT = text("kind of event", ("action", "rule", "statement"))
_REACH = text("how far it reaches", ("cross_border", "within_region", "neighbourhood", "national"))

_FOLLOWING = table(
    "following",
    "Days from each change of the core region's regime to the nearest like change of the others.",
    ("variant", "period", "date", "region_code"),
    {
        "variant": _VARIANT,
        "period": _PERIOD,
        "date": date("day of the core's change"),
        "region_code": code("BPS code of the other region"),
        "direction": whole("1 stricter (or another label), -1 less strict", "direction", low=-1),
        "lag": whole(
            "days to the other's nearest like change; negative where it came first, blank where "
            "none lies within the window",
            "days",
            low=None,
            missing=True,
        ),
    },
)
_DAYS = "days"
_TESTS = table(
    "following_tests",
    "How close in time others changed their regime, against shifts of the core's changes.",
    ("variant", "period", "followers"),
    {
        "variant": _VARIANT,
        "period": _PERIOD,
        "followers": text(
            "regions: every other region; deciders: one for each other decider",
            ("deciders", "regions"),
        ),
        "changes": whole("changes of the core", "changes", 1),
        "pairs": whole("changes times followers", "pairs", 1),
        "followed": whole("pairs with a like change within the days that count", "pairs"),
        "followed_share": number("share of pairs that are followed", "share", 0, 1),
        "followed_low": number("lower end of its 95 % Wilson interval", "share", 0, 1),
        "followed_high": number("upper end of it", "share", 0, 1),
        "distance": number(
            "mean days to the nearest like change, before or after; none within the window "
            "counts as a day beyond it",
            _DAYS,
        ),
        "least": number("least distance when one change of the core is left out", _DAYS),
        "most": number("greatest distance when one change of the core is left out", _DAYS),
        "chance": number("mean distance over all shifts", _DAYS),
        "chance_low": number("2.5 % quantile over all shifts", _DAYS),
        "chance_high": number("97.5 % quantile over all shifts", _DAYS),
        "p": number("share of arrangements that are as close or closer", "probability", 0, 1),
        "smallest_p": number("smallest p that the design can give", "probability", 0, 1),
        "arrangements": whole("shifts, the observed arrangement among them", "arrangements", 2),
    },
)
_WINDOWS = table(
    "following_windows",
    "Days to the nearest like change before the first national PPKM, by the window they are "
    "counted in.",
    ("window_days", "variant", "followers"),
    {
        "window_days": whole("most days between two changes that are held together", _DAYS, 1),
        **{
            name: _TESTS.columns[name]
            for name in (
                *("variant", "followers", "changes", "pairs", "distance", "least", "most"),
                *("chance", "p", "smallest_p"),
            )
        },
    },
)
_CHANCE = table(
    "alignment_chance",
    "Mean alignment before the first national PPKM, against timelines moved in a circle by lot.",
    ("period", "variant"),
    {
        "period": text(
            "before_ppkm: all days; ruled_before_ppkm: from the first regime of any region on",
            ("before_ppkm", "ruled_before_ppkm"),
        ),
        "variant": _VARIANT,
        "start": date("first day"),
        "end": date("last day"),
        "alignment": number("mean alignment, each decider counted once", "share", 0, 1),
        "chance": number("median over the moved timelines", "share", 0, 1),
        "chance_low": number("2.5 % quantile over them", "share", 0, 1),
        "chance_high": number("97.5 % quantile over them", "share", 0, 1),
        "p": number("share of arrangements that are as alike or more", "probability", 0, 1),
        "smallest_p": number("smallest p that so many can give", "probability", 0, 1),
        "arrangements": whole("draws, the observed arrangement among them", "arrangements", 2),
    },
)
_SUMMARY = table(
    "alignment_summary",
    "Mean alignment and strictness by phase of the core region's regime.",
    ("phase", "variant", "decider"),
    {
        "phase": text("phase of the configuration"),
        "variant": _VARIANT,
        "decider": text("who decides; all: the mean of the deciders, each counted once"),
        "start": date("first day of the phase"),
        "end": date("last day of the phase"),
        "days": whole("days with a known alignment", "days", 1),
        "alignment": number("mean alignment", "share", 0, 1),
        "aligned": number("share of days at or above the stated alignment", "share", 0, 1),
        "strictness": number("mean strictness of the regimes", "steps of the scale"),
    },
)
_SHARES = table(
    "measure_shares",
    "Shares of measures that cross borders and that are of residents and community groups.",
    ("quantity", "act", "classes", "weighting"),
    {
        "quantity": text(
            "cross_border: reaches across borders; community: dyads G-C and C-C",
            ("cross_border", "community"),
        ),
        "act": text("kind of event, or all", ("all", "action", "rule", "statement")),
        "classes": text(
            "corrected: the table with its corrections; published: without, as coding a; "
            "second_coding: coding b",
            ("corrected", "published", "second_coding"),
        ),
        "weighting": text("equal, or by the confidence in a measure", ("equal", "confidence")),
        "measures": whole("measures", "measures"),
        "of_kind": whole("measures of the kind", "measures"),
        "share": number("share, weighted as stated", "share", 0, 1, missing=True),
        "low": number("lower end of the 95 % interval", "share", 0, 1, missing=True),
        "high": number("upper end of the 95 % interval", "share", 0, 1, missing=True),
        "interval": text(
            "Wilson score interval, or percentiles over resampled measures",
            ("wilson", "bootstrap"),
        ),
    },
)
_BY_REGION = table(
    "dyads_by_region",
    "Measures of each deciding region by dyad, as shares within the region.",
    ("region_code", "dyad"),
    {
        "region_code": code(),
        "dyad": text("who with whom; community is G-C and C-C", (*DYADS, "community")),
        "of_kind": whole("measures of the dyad that name the region", "measures"),
        "alone": whole("those of them that name no other region", "measures"),
        "two_texts": whole("measures of the dyad that rest on two texts", "measures"),
        "sites": whole("sites that their first texts stand on", "sites"),
        "measures": whole("all measures that name the region", "measures"),
        "share": number("share of the region's measures", "share", 0, 1, missing=True),
        "low": number("lower end of its 95 % Wilson interval", "share", 0, 1),
        "high": number("upper end of it", "share", 0, 1),
    },
)
_COMMUNITY = table(
    "community_measures",
    "Measures of residents and community groups, by unit of Greater Jakarta that they name.",
    ("measure_id", "region_code"),
    {
        "measure_id": text("identifier", pattern=r"CM\d{3}"),
        "region_code": text("BPS code of the unit; blank where none is named", pattern=r"|\d{4}"),
        "dyad": text("who with whom", ("G-C", "C-C")),
        "act": _ACT,
        "reach": _REACH,
        "name": text("what was done, in Indonesian"),
        "month": date("first day of the month of the reported start", missing=True),
        "start_date": date("first day as reported", missing=True),
        "end_date": date("last day; blank where not found", missing=True),
        "magnitude": text("how much, where stated"),
        "units_named": whole("units of Greater Jakarta that the measure names", "units"),
        "texts": whole("texts that it rests on", "texts", 1),
        "site": text("site of the first text"),
    },
)
_ALPHA, _KAPPA = "alpha", "kappa"
_AGREEMENT = table(
    "coding_agreement",
    "Agreement of every two codings of the measures, by field and category.",
    ("field", "coders", "category"),
    {
        "field": text("what was coded", ("dyad", "act", "factor", "reach")),
        "coders": text("the two codings", pattern=r"\S+ \S+"),
        "category": text("value of the field against all others; all: the whole field"),
        "units": whole("measures that both coded, or that either gave the category", "measures", 1),
        "agreed": whole("those of them that both coded alike", "measures"),
        "share": number("share of agreement", "share", 0, 1),
        "low": number("lower end of its 95 % Wilson interval", "share", 0, 1),
        "high": number("upper end of it", "share", 0, 1),
        "alpha": number("Krippendorff's alpha, nominal", _ALPHA, -1, 1, missing=True),
        "alpha_low": number(
            "lower end of its 95 % interval over resampled measures", _ALPHA, -1, 1, missing=True
        ),
        "alpha_high": number("upper end of it", _ALPHA, -1, 1, missing=True),
        "kappa": number("Cohen's kappa", _KAPPA, -1, 1, missing=True),
        "kappa_low": number(
            "lower end of its 95 % interval over resampled measures", _KAPPA, -1, 1, missing=True
        ),
        "kappa_high": number("upper end of it", _KAPPA, -1, 1, missing=True),
    },
)

TABLES: tuple[Schema, ...] = (
    _FOLLOWING,
    _TESTS,
    _WINDOWS,
    _CHANCE,
    _SUMMARY,
    _SHARES,
    _BY_REGION,
    _COMMUNITY,
    _AGREEMENT,
    evidence(
        "evidence_cooperation", "Numbers that bear on cooperation of governments and residents."
    ),
)
"""Contracts of these made tables."""
