"""Restrictions in force."""

from __future__ import annotations

from gotong.contracts.columns import (
    AUDIT,
    CONFIDENCE,
    COUNTRIES,
    Column,
    Schema,
    code,
    date,
    flag,
    number,
    table,
    text,
    whole,
)

_REGIMES = table(
    "policy/regimes.csv",
    "Restrictions in force by region and period, coded by hand from decrees and press.",
    ("layer", "region_code", "start_date", "regime"),
    {
        "layer": text("filter on it, never sum", ("primary", "overlay", "comparison", "wj27")),
        "region_code": code(pattern=r"\d{2}|\d{4}"),
        "start_date": date("first day"),
        "end_date": date("last day; blank where not found", missing=True),
        "regime": text("restriction in force"),
        "level": text("PPKM level 1 to 4, blank where none", ("", "1", "2", "3", "4")),
        "instrument": text("local decree"),
        "national_instrument": text("national instruction"),
        "ministry_decree": text("decision of the health minister"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "audit": text("what the audit found", AUDIT),
        "source_url": text("address of the text it was read in"),
        "source_url_2": text("second address"),
        "note": text("remark of the coder"),
    },
)

_PPKM = table(
    "policy/ppkm_january_2021.csv",
    "Which kab/kota of Jawa Barat and Jawa Tengah were under the first PPKM of January 2021.",
    ("region_code",),
    {
        "region_code": code(pattern=r"3[23]\d{2}"),
        "first_stage": flag("whether it was under the first stage, from 11 January"),
        "first_start": date("first day of the first stage; blank outside it", missing=True),
        "first_regime": text("regime from 11 January; blank where none was found"),
        "second_stage_from": date(
            "first day of the second stage; blank where its list was not found", missing=True
        ),
        "instrument": text("decree"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "source_url": text("address of the text it was read in"),
        "source_url_2": text("second address"),
        "note": text("remark of the coder"),
    },
)

OXCGRT_HIGHEST = {
    "c1_school_closing": 3,
    "c2_workplace_closing": 3,
    "c3_public_events": 2,
    "c4_gatherings": 4,
    "c5_public_transport": 2,
    "c6_stay_at_home": 3,
    "c7_internal_movement": 2,
    "c8_international_travel": 4,
    "e1_income_support": 2,
    "e2_debt_relief": 2,
    "h1_public_information": 2,
    "h2_testing": 3,
    "h3_contact_tracing": 2,
    "h6_facial_coverings": 4,
    "h7_vaccination": 5,
    "h8_elderly_protection": 3,
}
"""Highest level of each indicator of the Oxford tracker, by its codebook; the lowest is 0."""

_OXCGRT_ABOUT = {
    "c1_school_closing": "closing of schools and universities",
    "c2_workplace_closing": "closing of workplaces",
    "c3_public_events": "cancelling of public events",
    "c4_gatherings": "limits on the size of private gatherings",
    "c5_public_transport": "closing of public transport",
    "c6_stay_at_home": "orders to stay at home",
    "c7_internal_movement": "limits on movement between cities and regions",
    "c8_international_travel": "limits on international travel",
    "e1_income_support": "replacement of lost income",
    "e2_debt_relief": "freezing of payments of households",
    "h1_public_information": "public information campaigns",
    "h2_testing": "who has access to PCR testing",
    "h3_contact_tracing": "contact tracing",
    "h6_facial_coverings": "duty to wear facial coverings",
    "h7_vaccination": "groups that may be vaccinated",
    "h8_elderly_protection": "protection of the elderly",
}
_OXCGRT_FLAGS = {
    **dict.fromkeys(
        ("c1", "c2", "c3", "c4", "c5", "c6", "c7"),
        "1 in the whole country, 0 in a part of it",
    ),
    "e1": "1 for informal workers too, 0 for formal ones only",
    "h1": "1 in the whole country, 0 in a part of it",
    "h6": "1 in the whole country, 0 in a part of it",
    "h7": "1 at no or little cost to the person, 0 at cost",
    "h8": "1 in the whole country, 0 in a part of it",
}


def _ordinal(about: str, highest: int, missing: bool = False) -> Column:
    """Return a column of levels from 0 to the highest of a codebook."""
    return whole(f"{about}, 0 to {highest}", "level", 0, highest, missing)


_OXCGRT = table(
    "policy/oxcgrt_daily.csv",
    "Oxford tracker, nationwide codes: indices of its last release, indicators and their flags of "
    "the release before, which may differ where policies differed by vaccination.",
    ("country_code", "date"),
    {
        "country_code": text("ISO 3166-1 alpha-3 code", COUNTRIES),
        "date": date("day", first="2020-01-01", last="2022-12-31"),
        "stringency": number("mean of C1 to C8 and H1", "index", 0, 100),
        "containment_health": number("mean of C1 to C8 and H1 to H8", "index", 0, 100),
        "government_response": number("mean of all indicators", "index", 0, 100),
        "economic_support": number("mean of E1 and E2", "index", 0, 100),
        **{name: _ordinal(_OXCGRT_ABOUT[name], top) for name, top in OXCGRT_HIGHEST.items()},
        **{
            f"{name}_flag": _ordinal(f"scope of {name.upper()}: {about}; blank at level 0", 1, True)
            for name, about in _OXCGRT_FLAGS.items()
        },
    },
)

_CORONANET_COMPLIANCE = "implied|jail|fines|exceptions|other|voluntary"

_CORONANET = table(
    "policy/coronanet.csv",
    "Government measures as CoronaNet recorded them, facts only; one measure may be several "
    "records (one per kind of place, one per change).",
    ("country_code", "record_id"),
    {
        "country_code": text("ISO 3166-1 alpha-3 code", COUNTRIES),
        "record_id": text("identifier of the record", pattern="R_[A-Za-z0-9]+"),
        "policy_id": text("identifier of the measure that the record is about", pattern=".+"),
        "entry": text(
            "new measure; update without further word; change or end of an earlier measure",
            ("new", "update", "change", "end"),
        ),
        "level": text(
            "level of government that took the measure",
            ("national", "provincial", "municipal", "other", ""),
        ),
        "region_code": code(
            "BPS code of the province, kabupaten or kota that took the measure; blank for the "
            "whole of Indonesia and for other countries",
            r"|\d{2}|\d{4}",
        ),
        "province": text("province or state as printed"),
        "city": text("city or regency as printed"),
        "type": text("type of measure, label of the tracker", pattern=".+"),
        "sub_type": text("finer type, label of the tracker without its examples"),
        "compliance": text(
            "how binding: implied, under penalty of jail or fines, with exceptions, otherwise, "
            "or voluntary; several by semicolon",
            pattern=f"|({_CORONANET_COMPLIANCE})(;({_CORONANET_COMPLIANCE}))*",
        ),
        "announced_date": date("day of the announcement", missing=True, first="2019-12-31"),
        "start_date": date("first day", first="2019-12-31"),
        # One measure of Taiwan has an end in 2027.
        "end_date": date(
            "last day as published; blank where unknown", missing=True, last="2027-01-01"
        ),
        "end_kind": text(
            "whether the end is clear, comes by itself, is that of one day, never or unknown",
            ("clear", "natural", "once", "unlimited", "unknown", ""),
        ),
        "several_countries": flag("taken together with other countries"),
        "foreign_province": flag("printed province is Corsica; it is Kota Bekasi"),
        "end_before_start": flag("ends before it starts: one of the two dates is wrong"),
        "end_placeholder": flag("ends on 2023-12-02, which stands for no end"),
        "announced_after_entry": flag("announced after it was recorded: the year is wrong"),
    },
)

TABLES: tuple[Schema, ...] = (_REGIMES, _PPKM, _OXCGRT, _CORONANET)
"""Contracts of ``data/raw/policy``."""
