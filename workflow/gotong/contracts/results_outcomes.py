"""Factors, other countries and under-ascertainment (C4, C5, C7, C10)."""

from __future__ import annotations

from gotong.contracts.columns import (
    COUNTRIES,
    DYADS,
    Schema,
    code,
    date,
    flag,
    number,
    table,
    text,
    whole,
)
from gotong.contracts.evidence import evidence

_CORRELATION = "rank correlation"
_SCOPE = text(
    "regions: province (34 provinces), within (kab/kota of Jawa Barat and Jawa Tengah, ranked "
    "within each), or the BPS code of the province whose kab/kota they are",
    ("province", "within", "31", "32", "33"),
)
_OUTCOME = text(
    "incidence: reported cases per resident; cfr: deaths among confirmed cases; mobility: visits "
    "to workplaces and shops against the usual",
    ("incidence", "cfr", "mobility"),
)

_FACTOR_VALUES = table(
    "factor_values",
    "Living conditions, health facilities and outcomes of kab/kota and provinces.",
    ("region_code", "variable"),
    {
        "region_code": code(pattern=r"\d{2}|3[123]\d{2}"),
        "variable": text("factor, or outcome of the whole time or of a half"),
        "value": number("the number", "see the column unit", low=None),
        "unit": text("unit of the value"),
    },
)
_FACTOR_CHECKS = table(
    "factor_checks",
    "What the headline associations become when what could undo them is changed.",
    ("factor", "outcome", "scope", "check"),
    {
        "factor": text("condition of life or health facility"),
        "outcome": _OUTCOME,
        "scope": _SCOPE,
        "check": text("what is changed: one region, one province, one half, testing, residents"),
        "estimate": number("Spearman's correlation of ranks", _CORRELATION, -1, 1),
        "units": whole("regions", "regions", 4),
        "agrees": flag("whether its sign is that of the headline association"),
    },
)
_FACTORS = table(
    "factors",
    "Rank correlations of conditions of life with outcomes, between regions.",
    ("factor", "outcome", "scope"),
    {
        "factor": text("condition of life or health facility"),
        "outcome": _OUTCOME,
        "scope": _SCOPE,
        "headline": flag("whether the outcome is judged on this scope"),
        "estimate": number("Spearman's correlation of ranks", _CORRELATION, -1, 1),
        "low": number("lower end of the 95 % interval", _CORRELATION, -1, 1, missing=True),
        "high": number("upper end of the 95 % interval", _CORRELATION, -1, 1, missing=True),
        "p": number(
            "two-sided p: the larger of permutation within provinces and t on effective regions",
            "probability",
            0,
            1,
        ),
        "smallest_p": number("smallest p that the design can give", "probability", 0, 1),
        "p_holm": number(
            "p adjusted for all headline associations (Holm)", "probability", 0, 1, missing=True
        ),
        "low_all": number(
            "lower end of the interval that holds for all headline ones together",
            _CORRELATION,
            -1,
            1,
            missing=True,
        ),
        "high_all": number("upper end of it", _CORRELATION, -1, 1, missing=True),
        "detectable": number(
            "size found in four of five samples", _CORRELATION, 0, 1, missing=True
        ),
        "units": whole("regions", "regions", 5),
        "effective_units": number(
            "independent regions that they are worth, neighbours being alike", "regions", 1
        ),
        "claimed_sign": whole("claimed sign, 1 or -1; 0 where none is claimed", "sign", -1),
        "sign_share": number(
            "share of the checks with the claimed sign", "share", 0, 1, missing=True
        ),
        "checks": whole("checks that were run", "checks", missing=True),
        "failed_checks": text("checks in which the sign changes, joined by spaces"),
    },
)

_GROWTH = "per day"
_CAMPAIGNS = table(
    "campaigns",
    "Growth of cases in DKI Jakarta, campaigns for health protocols and national rules by month.",
    ("month",),
    {
        "month": date("first day of the month"),
        "begun": whole("campaigns for DKI or the whole country that begin", "measures"),
        "growth": number(
            "growth in the last days, as many as the configuration says",
            _GROWTH,
            low=None,
            missing=True,
        ),
        "growth_low": number("lower end of its 95 % interval", _GROWTH, low=None, missing=True),
        "growth_high": number("upper end of its 95 % interval", _GROWTH, low=None, missing=True),
        "information": number("public information, OxCGRT H1", "0 to 2", 0, 2, missing=True),
        "masks": number("facial coverings, OxCGRT H6", "0 to 4", 0, 4, missing=True),
    },
)
_CAMPAIGN_LAGS = table(
    "campaign_lags",
    "Growth some months after months in which a campaign began, less that after other months.",
    ("lag",),
    {
        "lag": whole("months from campaign to growth; below 0, growth comes first", "months", -24),
        "difference": number("growth after campaigns less growth after none", _GROWTH, None),
        "low": number("lower end of the 95 % interval, blocks of months", _GROWTH, low=None),
        "high": number("upper end of it", _GROWTH, low=None),
        "p": number("two-sided, over all shifts of the campaigns", "probability", 0, 1),
        "smallest_p": number("smallest p that the design can give", "probability", 0, 1),
        "with_campaign": whole("months in which a campaign began", "months", 1),
        "without": whole("other months", "months", 1),
    },
)

_COUNTRY = text("ISO 3166-1 alpha-3 code of the country", COUNTRIES)
_BENCHMARK = table(
    "benchmark",
    "Deaths, excess deaths and strictness of rules in Indonesia, Taiwan and Brazil.",
    ("quantity", "source", "country_code", "region_code", "start", "end"),
    {
        "quantity": text(
            "what is compared", ("deaths_per_million", "excess_per_100k", "stringency")
        ),
        "source": text("whose figures", ("JHU", "Economist", "OxCGRT", "Satgas")),
        "country_code": _COUNTRY,
        "region_code": text("31 where only Jakarta is known, else blank", ("", "31")),
        "start": date("first day"),
        "end": date("last day"),
        "value": number("so far, or the mean of an index", "see the column unit", low=None),
        "unit": text("unit of the value"),
    },
)
_BENCHMARK_MEASURES = table(
    "benchmark_measures",
    "Coded rows of Taiwan and Brazil by dyad, and those that speak against the claim.",
    ("country_code", "dyad"),
    {
        "country_code": _COUNTRY,
        "dyad": text("who with whom; counter: speaks against the claim", (*DYADS, "counter")),
        "measures": whole("rows", "rows", 1),
        "coded": whole("all rows of the country", "rows", 1),
        "share": number("of the country's own rows", "share", 0, 1),
        "low": number("lower end of the 95 % interval (Wilson)", "share", 0, 1),
        "high": number("upper end of it", "share", 0, 1),
    },
)
_ASCERTAINMENT = table(
    "ascertainment",
    "What confirmed cases and deaths of DKI Jakarta leave out.",
    ("quantity", "area", "start", "end"),
    {
        "quantity": text(
            "what is compared with what was confirmed",
            (
                "burials_per_death",
                "excess_per_death",
                "infection_fatality",
                "infections_per_case",
            ),
        ),
        "area": text("DKI Jakarta, or the area of a survey"),
        "start": date("first day"),
        "end": date("last day"),
        "value": number("the ratio", "see the column unit"),
        "low": number("lower end of interval or bounds", "see the column unit"),
        "high": number("upper end of interval or bounds", "see the column unit"),
        "above": number("what was divided", "persons, or share"),
        "below": number("what it was divided by", "persons, or share"),
        "unit": text("unit of the ratio"),
    },
)
_SEVERITY = table(
    "severity",
    "Deaths among confirmed cases and the steepest growth, by province and half-year.",
    ("region_code", "start"),
    {
        "region_code": code(pattern=r"\d{2}"),
        "start": date("first day of the half-year that is known"),
        "end": date("last day of it"),
        "cases": whole("confirmed cases", "persons", 1),
        "deaths": whole("confirmed deaths", "persons"),
        "cfr": number("deaths among cases, with the delay in the middle", "per cent", 0, 100),
        "low": number("least over all delays, with its 95 % interval", "per cent", 0, 100),
        "high": number("greatest over all delays, with its 95 % interval", "per cent", 0, 100),
        "crude": number("deaths among cases, without a delay", "per cent", 0, 100),
        "growth": number(
            "steepest growth of as many days as the configuration says", _GROWTH, low=None
        ),
        "growth_low": number("lower end of its 95 % interval", _GROWTH, low=None),
        "growth_high": number("upper end of its 95 % interval", _GROWTH, low=None),
        "growth_end": date("last day of those 28"),
        "growth_log": number(
            "slope of the log of the 7-day mean over the same days", _GROWTH, None, missing=True
        ),
        "crude_to_date": number(
            "deaths over cases from the first to the end of the half-year", "per cent", 0, 100
        ),
        "crude_to_date_low": number("lower end of its exact 95 % interval", "per cent", 0, 100),
        "crude_to_date_high": number("upper end of it", "per cent", 0, 100),
        "adjusted_to_date": number(
            "the same over cases whose outcome is known, with the delay in the middle",
            "per cent",
            0,
            100,
            missing=True,
        ),
        "adjusted_to_date_low": number(
            "lower end of its exact 95 % interval", "per cent", 0, 100, missing=True
        ),
        "adjusted_to_date_high": number("upper end of it", "per cent", 0, 100, missing=True),
    },
)
_WEEKLY_GROWTH = table(
    "weekly_growth",
    "Growth from one week to the next in kab/kota of Jawa Barat, Jawa Tengah and Greater Jakarta.",
    ("region_code", "week_start"),
    {
        "region_code": code(pattern=r"3[1236]\d{2}"),
        "week_start": date("Monday of the later week"),
        "cases_kind": text(
            "what the counts are, as in panel_java; weeks with a flag or between two known days "
            "are left out",
            ("count", "closed", "scaled"),
        ),
        "cases_before": number("new cases of the week before", "per week"),
        "cases": number("new cases of the week", "per week"),
        "growth": number("growth of the log of cases", _GROWTH, low=None),
        "low": number("lower end of its 95 % interval", _GROWTH, low=None, missing=True),
        "high": number("upper end of its 95 % interval", _GROWTH, low=None, missing=True),
        "dispersion": number(
            "variance of weekly counts over their mean, of the unit; blank without three weeks "
            "in a row",
            "multiple of Poisson's",
            1,
            missing=True,
        ),
        "doubling_days": number(
            "time in which cases double, below zero where they halve; null without growth",
            "days",
            low=None,
            missing=True,
        ),
    },
)
_EVIDENCE = evidence(
    "evidence_outcomes",
    "Numbers that bear on the claims about conditions, facilities, education and other countries.",
)

TABLES: tuple[Schema, ...] = (
    _FACTOR_VALUES,
    _FACTOR_CHECKS,
    _FACTORS,
    _CAMPAIGNS,
    _CAMPAIGN_LAGS,
    _BENCHMARK,
    _BENCHMARK_MEASURES,
    _ASCERTAINMENT,
    _SEVERITY,
    _WEEKLY_GROWTH,
    _EVIDENCE,
)
"""Contracts of these made tables."""
