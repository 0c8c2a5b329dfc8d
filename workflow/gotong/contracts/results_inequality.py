"""Inequality between regions, pooled capacity, partners (C1, C9)."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, date, flag, number, table, text, whole
from gotong.contracts.evidence import evidence

_INDICATORS = ("beds", "referral_beds", "puskesmas", "grdp", "expenditure", "hdi", "poverty")
_VARIANTS = (
    "main",
    "as_printed",
    "dki_sirs_2020",
    "dki_register_2021",
    "sirs_2020",
    "dki_as_one",
    "dukcapil_2024",
    "all_rows",
)
_INDICATOR = text("what is compared between regions", _INDICATORS)
_VARIANT = text(
    "main, or the choice that is changed: as_printed (hospitals before the corrections), "
    "dki_sirs_2020 and dki_register_2021 (other totals of beds for DKI Jakarta), sirs_2020 (another"
    " list of beds; Java, DKI Jakarta as one), dki_as_one (the main list cut in the same way), "
    "dukcapil_2024 (residents), all_rows (nothing left out)",
    _VARIANTS,
)
_SCOPE = text(
    "regions compared: the country, Java, or the area by its id", pattern=r"[a-z][a-z0-9_]*"
)
_VALUE = "unit of the indicator"
_NATS = "nats"
_SHARE = "share"

_VALUES = table(
    "inequality_values",
    "What kab/kota have per head: beds, Puskesmas, output, spending, development, poverty.",
    ("region_code", "indicator", "variant"),
    {
        "region_code": code("BPS code; 31 for DKI Jakarta as one", r"\d{4}|31"),
        "indicator": _INDICATOR,
        "variant": _VARIANT,
        "value": number(
            "the number; blank where there is none", "see the column unit", missing=True
        ),
        "unit": text("unit of the value"),
        "population": whole("residents that the region weighs", "persons", 1),
        "left_out": text(
            "why it is left out; blank if it is not",
            ("", "not_listed", "flags_incomplete", "current_prices", "exchanged_population"),
        ),
    },
)
_INEQUALITY = table(
    "inequality",
    "Inequality between kab/kota, weighted by residents, and its parts between and within groups.",
    ("scope", "indicator", "variant"),
    {
        "scope": _SCOPE,
        "indicator": _INDICATOR,
        "variant": _VARIANT,
        "units": whole("regions compared", "regions", 3),
        "zero_units": whole("of them with nothing", "regions"),
        "left_out_units": whole("regions left out", "regions"),
        "mean": number("mean, weighted by residents", _VALUE),
        "gini": number("Gini coefficient", "0 to 1", 0, 1),
        "gini_low": number("lower end of the 95 % jackknife interval", "0 to 1"),
        "gini_high": number("upper end", "0 to 1"),
        "gini_resampled_low": number(
            "lower end of the 95 % interval over resampled regions, which may lie low", "0 to 1"
        ),
        "gini_resampled_high": number("upper end", "0 to 1"),
        "theil": number("Theil's T", _NATS),
        "theil_low": number("lower end of the 95 % jackknife interval", _NATS),
        "theil_high": number("upper end", _NATS),
        "theil_resampled_low": number(
            "lower end of the 95 % interval over resampled regions, which may lie low", _NATS
        ),
        "theil_resampled_high": number("upper end", _NATS),
        "groups": whole("provinces, or deciding groups in Greater Jakarta", "groups", 1),
        "theil_between": number("part between groups", _NATS, low=0),
        "theil_within": number("part within groups", _NATS),
        "between_share": number("share of the part between groups", _SHARE, 0, 1, missing=True),
        "between_share_low": number(
            "least share when any one group is left out", _SHARE, 0, 1, missing=True
        ),
        "between_share_high": number(
            "greatest share when any one group is left out", _SHARE, 0, 1, missing=True
        ),
        "top_region": code("region with the highest value", r"\d{4}|31"),
        "top_value": number("its value", _VALUE),
        "bottom_region": code("region with the lowest value", r"\d{4}|31"),
        "bottom_value": number("its value", _VALUE),
        "ratio": number("highest to lowest; blank where the lowest is 0", "ratio", 1, missing=True),
        "ratio_low": number(
            "least ratio when any one region is left out", "ratio", 1, missing=True
        ),
    },
)
_RANKS = table(
    "rank_agreement",
    "How far indicators put regions in the same order, poverty turned round.",
    ("scope", "first", "second"),
    {
        "scope": _SCOPE,
        "first": text("indicator, or all", (*_INDICATORS, "all")),
        "second": text("indicator, or all", (*_INDICATORS, "all")),
        "measure": text("rank correlation, or concordance of all", ("spearman", "kendall_w")),
        "value": number("agreement", "-1 to 1", -1, 1),
        "low": number("lower end: 95 % (Fisher), for all without any one region", "-1 to 1", -1, 1),
        "high": number("upper end, likewise", "-1 to 1", -1, 1),
        "units": whole("regions", "regions", 3),
    },
)

_BASIS = text(
    "reported: cases of the region's own series, Tangerang Raya left out; allocated: cases of the "
    "province by share of the residents",
    ("reported", "allocated"),
)
_H_SHARE = number("share of the cases of the last days who need a bed", _SHARE, 0, 1)
_SOURCE = text(
    "capacity: reported (dated reports, else planned), planned (August 2020 by province), "
    "dki_share (the share of all beds that DKI Jakarta set aside)",
    ("reported", "planned", "dki_share"),
)
_EXCHANGE = text("who may treat whose patients", ("alone", "neighbours", "pooled"))
_PATIENTS = "patients"
_BED_DAYS = "bed-days"
_CORE_NEED = text(
    "need of DKI Jakarta: residents (patients in its beds, less those who live elsewhere), "
    "patients (all of them), as_others (by the rule of the other regions, where that gives more "
    "than residents)",
    ("residents", "patients", "as_others"),
)
_SCENARIO = {
    "basis": _BASIS,
    "hospitalised_share": _H_SHARE,
    "capacity_source": _SOURCE,
    "core_need": _CORE_NEED,
}

_NEEDED = table(
    "beds_needed",
    "Beds for COVID-19 that residents needed, by region and day of the waves.",
    ("basis", "hospitalised_share", "core_need", "region_code", "date"),
    {
        "basis": _BASIS,
        "hospitalised_share": _H_SHARE,
        "core_need": _CORE_NEED,
        "region_code": code(),
        "date": date("day"),
        "needed": number("beds needed by residents", "beds"),
        "from": text(
            "observed_patients and observed_patients_or_cases (DKI Jakarta, the greater), cases, "
            "province_cases",
            ("observed_patients", "observed_patients_or_cases", "cases", "province_cases"),
        ),
    },
)
_COVID_BEDS = table(
    "covid_beds",
    "Beds for COVID-19, isolation and intensive care, by source, region and day of the waves.",
    ("capacity_source", "region_code", "date"),
    {
        "capacity_source": _SOURCE,
        "region_code": code(),
        "date": date("day"),
        "beds": number("beds", "beds"),
        "basis": text(
            "dated_reports (evenly between two), plan_of_province (by share of beds), share_of_dki",
            ("dated_reports", "plan_of_province", "share_of_dki"),
        ),
    },
)
_FLOWS = table(
    "bed_flows",
    "Where patients are treated in the model, by scenario, way of exchange and day.",
    (*_SCENARIO, "exchange", "date", "home_code", "place_code"),
    {
        **_SCENARIO,
        "exchange": _EXCHANGE,
        "date": date("day"),
        "home_code": code("BPS code of the region where they live"),
        "place_code": code("BPS code of the region where they are treated"),
        "patients": number("patients in beds on the day", _PATIENTS),
        "km": number("between the middles of the two regions, as the crow flies", "km"),
    },
)
_POOLING_DAILY = table(
    "pooling_daily",
    "Need of beds, unmet need and journeys by scenario, way of exchange and day.",
    (*_SCENARIO, "exchange", "date"),
    {
        **_SCENARIO,
        "exchange": _EXCHANGE,
        "date": date("day"),
        "needed": number("beds needed in all regions", "beds"),
        "unmet": number("patients without a bed", _PATIENTS),
        "away": number("patients treated in another region than their own", _PATIENTS),
        "to_better_supplied": number(
            "of them in a region with more hospital beds per resident than their own", _PATIENTS
        ),
        "patient_km": number("patients times the distance to their bed", "patient km"),
    },
)
_POOLING = table(
    "pooling",
    "Need of beds, unmet need and what sharing changes, by wave and scenario.",
    (*_SCENARIO, "wave", "exchange"),
    {
        **_SCENARIO,
        "wave": text("wave, as the configuration names it", pattern=r"[a-z][a-z0-9_]*"),
        "exchange": _EXCHANGE,
        "days": whole("days counted", "days", 1),
        "needed": number("beds needed", _BED_DAYS),
        "unmet": number("of them without a bed", _BED_DAYS),
        "unmet_share": number("of those needed", _SHARE, 0, 1, missing=True),
        "averted_share": number(
            "share of the unmet need alone that goes away; blank where there was none",
            _SHARE,
            -1e-9,
            1,
            missing=True,
        ),
        "days_unmet": whole("days with unmet need", "days"),
        "away": number("treated in another region", _BED_DAYS),
        "treated_elsewhere": number("share of those treated", _SHARE, 0, 1, missing=True),
        "to_better_supplied": number(
            "share of those treated in another region for whom that one has more hospital beds "
            "per resident than their own",
            _SHARE,
            0,
            1 + 1e-9,
            missing=True,
        ),
        "km_per_patient": number(
            "mean distance of those treated in another region", "km", missing=True
        ),
    },
)
_OBSERVED = table(
    "non_resident_observed",
    "Patients in a region's COVID-19 beds who lived elsewhere, as reported.",
    ("region_code", "date"),
    {
        "region_code": code(),
        "date": date("day of the count"),
        "from_elsewhere": whole("patients who live elsewhere", _PATIENTS),
        "patients": whole("all patients", _PATIENTS, 1),
        "share": number("share who live elsewhere", _SHARE, 0, 1),
        "low": number("lower end: Wilson 95 %, with rounding of the report", _SHARE, 0, 1),
        "high": number("upper end", _SHARE, 0, 1),
        "source": text("measure that names it, or facts (epidemic/facts.csv)"),
    },
)
_MODELLED = table(
    "non_resident_modelled",
    "The same share in the model, on the days that it was reported.",
    (*_SCENARIO, "exchange", "region_code", "date"),
    {
        **_SCENARIO,
        "exchange": _EXCHANGE,
        "region_code": code(),
        "date": date("day of the count"),
        "observed": number("share who live elsewhere, as reported", _SHARE, 0, 1),
        "low": number("lower end of its interval", _SHARE, 0, 1),
        "high": number("upper end", _SHARE, 0, 1),
        "modelled": number("the same share in the model", _SHARE, 0, 1),
    },
)

_PARTNERS = table(
    "partners",
    "Units of Greater Jakarta with more hospital beds than the mean beside those with fewer.",
    ("variant", "helper_code", "helped_code"),
    {
        "variant": _VARIANT,
        "helper_code": code("BPS code of the unit with more than the mean", r"\d{4}"),
        "helped_code": code("BPS code of the unit with fewer", r"\d{4}"),
        "surplus": number("beds of the helper above the mean rate", "beds"),
        "need": number("beds that the other lacks to the mean rate", "beds"),
        "can_meet": number("the smaller of the two", "beds"),
        "distance": number("between their middles, as the crow flies", "km"),
        "adjacent": flag("whether they have a common border"),
        "cost": number("how poorly they go together, by the weights", "0 to 1", 0, 1),
        "share_of_draws": number("share of drawn weights that pair them", _SHARE, 0, 1),
        "share_of_grid": number(
            "share of all mixtures of weights in steps of a tenth that pair them", _SHARE, 0, 1
        ),
        "chosen": flag("whether the weights of the configuration pair them"),
    },
)
EVIDENCE = evidence(
    "evidence_inequality",
    "Numbers on inequality, beds, pooled capacity and partners (C1, C5, C9).",
)

TABLES: tuple[Schema, ...] = (
    _VALUES,
    _INEQUALITY,
    _RANKS,
    _NEEDED,
    _COVID_BEDS,
    _FLOWS,
    _POOLING_DAILY,
    _POOLING,
    _OBSERVED,
    _MODELLED,
    _PARTNERS,
    EVIDENCE,
)
"""Contracts of these made tables."""
