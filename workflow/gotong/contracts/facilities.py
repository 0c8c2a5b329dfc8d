"""Hospitals, beds and other health facilities."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, flag, number, table, text, whole

_HOSPITALS = table(
    "facilities/hospitals.csv",
    "Hospitals with beds, referral tier and place, one row per row of the publisher's list.",
    ("hospital_code", "entry"),
    {
        "hospital_code": text("registration code of the health ministry"),
        "entry": whole("1, or 2 and up where the list repeats a code", "", 1),
        "name": text("name"),
        "region_code": text("BPS code of the kab/kota; blank where not stated", pattern=r"|\d{4}"),
        "province_code": code("BPS code of the province", r"\d{2}"),
        "beds": whole("all beds, not only for COVID-19", "beds"),
        "referral_tier": text(
            "COVID-19 referral tier", ("national", "provincial", "none", "unstated")
        ),
        "latitude": number("WGS84", "degrees", -90, 90, missing=True),
        "longitude": number("WGS84", "degrees", -180, 180, missing=True),
        "is_duplicate": flag("whether an earlier row says exactly the same"),
    },
)

TABLES: tuple[Schema, ...] = (_HOSPITALS,)
"""Contracts of ``data/raw/facilities``."""
