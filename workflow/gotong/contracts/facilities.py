"""Hospitals, beds and other health facilities."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, date, flag, number, table, text, whole

_HOSPITALS = table(
    "facilities/hospitals.csv",
    "Hospitals with beds, referral tier and place, one row per row of the publisher's list.",
    ("hospital_code", "entry"),
    {
        "hospital_code": text("registration code of the health ministry"),
        "entry": whole("1, or 2 and up where the list repeats a code", "running number", 1),
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
_DISTRICT_CODE = r"\d{4}"
_JAVA_BEDS = table(
    "facilities/java_beds.csv",
    "Hospital beds of the districts of Java, 2020.",
    ("region_code",),
    {
        "region_code": code(
            "BPS code of the kab/kota; 31 for DKI Jakarta, 99 for all outside Java",
            f"{_DISTRICT_CODE}|31|99",
        ),
        "beds": whole("all beds, not only for COVID-19", "beds", 1),
        "beds_per_1000": number("beds on the population beside", "beds per 1,000 persons", 0, 20),
        "icu_beds_per_1000": number(
            "intensive-care beds on that population", "beds per 1,000 persons", 0, 1
        ),
        "population": whole("residents, projected before the census of 2020", "persons", 1),
    },
)
_COVID_CAPACITY = table(
    "facilities/covid_capacity.csv",
    "Beds set aside for COVID-19 in the provinces of Java, August 2020.",
    ("region_code",),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "isolation_beds": whole("isolation beds", "beds", 1),
        "icu_beds": whole("intensive-care beds", "beds", 1),
    },
)
_HOSPITALISED = table(
    "facilities/hospitalised_daily.csv",
    "People in hospital with COVID-19 in the provinces of Java, to August 2020.",
    ("region_code", "date"),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "date": date("day"),
        "suspected": whole("suspected cases in hospital", "persons", missing=True),
        "confirmed": whole("confirmed cases in hospital", "persons", missing=True),
    },
)
_REGISTER = table(
    "facilities/hospital_register.csv",
    "All registered hospitals of Indonesia with class, owner and beds, August 2021.",
    ("hospital_code",),
    {
        "hospital_code": text("registration code of the health ministry", pattern=r"\d{7}[A-Z]?"),
        "code_prefix": text(
            "first four digits of the code: not reliably the district", pattern=r"\d{4}"
        ),
        "name": text("name"),
        "province_code": code("BPS code of the province", r"\d{2}"),
        "kind": text("general, or what it is for"),
        "hospital_class": text(
            "class of services, A the highest", ("A", "B", "C", "D", "D pratama", "unset")
        ),
        "owner": text("who owns it"),
        "beds": whole("all beds; 0 where none are stated", "beds"),
    },
)
_PUSKESMAS = table(
    "facilities/puskesmas.csv",
    "Community health centres (Puskesmas) of Indonesia, 2019.",
    ("puskesmas_code",),
    {
        "puskesmas_code": text("code of the health ministry", pattern=r"P\d{10}"),
        "region_code": code("BPS code of the kab/kota", _DISTRICT_CODE),
        "kind": text("with beds or without", ("inpatient", "outpatient")),
        "of_kelurahan": flag("whether it serves a kelurahan only (DKI Jakarta)"),
        "latitude": number("WGS84", "degrees", -11.5, 6.5),
        "longitude": number("WGS84", "degrees", 94.5, 141.5, missing=True),
    },
)
_AVAILABILITY = table(
    "facilities/bed_availability_daily.csv",
    "Hospitals with a bed free, by district, on two days of 2021; no capacity, so no occupancy.",
    ("region_code", "date", "bed_kind"),
    {
        "region_code": code("BPS code of the kab/kota", _DISTRICT_CODE),
        "date": date("day, in the evening"),
        "bed_kind": text(
            "emergency room for COVID-19, or ward for others by class of comfort",
            ("covid_emergency", "class_1", "class_2", "class_3"),
        ),
        "hospitals": whole("hospitals that gave a number", "hospitals", 1),
        "hospitals_full": whole("of them without a free bed", "hospitals"),
        "free_beds": whole("free beds", "beds"),
        "waiting": whole(
            "patients waiting for a bed of the emergency room; blank for wards",
            "persons",
            missing=True,
        ),
    },
)
_BED_SNAPSHOT = table(
    "facilities/bed_snapshot.csv",
    "Beds for COVID-19 and free ones, by hospital, DKI Jakarta and Kota Bekasi, 2021-06-25.",
    ("region_code", "hospital", "site", "bed_kind", "entry"),
    {
        "region_code": code("31 DKI Jakarta, 3275 Kota Bekasi", "31|3275"),
        "hospital": text("name"),
        "site": whole("1, or 2 for another hospital of the same name", "running number", 1),
        "bed_kind": text(
            "intensive care (icu), isolation or emergency; with negative pressure or ventilator",
            (
                "icu_negative_pressure_ventilator",
                "icu_negative_pressure",
                "icu_ventilator",
                "icu",
                "isolation_negative_pressure",
                "isolation",
                "emergency",
                "newborn_icu",
                "child_icu",
            ),
        ),
        "entry": whole("1, or 2 where the list has the kind twice", "running number", 1),
        "beds": whole("beds", "beds"),
        "free_beds": whole("free beds", "beds"),
        "is_ambiguous": flag("whether the list has the kind twice, so that one is not its own"),
    },
)
_DKI_PATIENTS = table(
    "facilities/dki_covid_patients_daily.csv",
    "Patients of COVID-19 in the hospitals of DKI Jakarta by day.",
    ("date",),
    {
        "date": date("day"),
        "isolation_patients": whole("in isolation beds", "persons"),
        "icu_patients": whole("in intensive care", "persons"),
    },
)

TABLES: tuple[Schema, ...] = (
    _DKI_PATIENTS,
    _HOSPITALS,
    _JAVA_BEDS,
    _COVID_CAPACITY,
    _HOSPITALISED,
    _REGISTER,
    _PUSKESMAS,
    _AVAILABILITY,
    _BED_SNAPSHOT,
)
"""Contracts of ``data/raw/facilities``."""
