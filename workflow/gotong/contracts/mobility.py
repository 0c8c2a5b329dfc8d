"""Where people were."""

from __future__ import annotations

from gotong.contracts.columns import Column, Schema, code, date, number, table, text, whole

_MOVEMENT = table(
    "mobility/movement_java.csv",
    "Where people of a region were on later days, from phone records; rows sum to 1.",
    ("period", "origin_code", "destination_code"),
    {
        "period": text("normal days or Ramadan", ("normal", "ramadan")),
        "origin_code": code("BPS code; 31 is all of DKI, 99 everything outside Java"),
        "destination_code": code("BPS code; 31 is all of DKI, 99 everything outside Java"),
        "share": number("share of the origin's person-days", "share", 0, 1),
    },
)


def _change(category: str) -> Column:
    """Return a column of changes of visits; Google prints whole numbers, some withheld."""
    return whole(f"visits to {category} against the baseline", "per cent", -100, missing=True)


_GOOGLE = table(
    "mobility/google_daily.csv",
    "Visits by category of place against the median of the same weekday from 2020-01-03 to "
    "2020-02-06, as Google published them; blank where Google withheld the figure.",
    ("region_code", "date"),
    {
        # Not a code of BPS: the country is none of its regions. ISO 3166-1, as Google prints it.
        "region_code": code("BPS code of the province; ID is the whole country", r"\d{2}|ID"),
        "date": date("day"),
        "retail_and_recreation": _change("shops, restaurants, museums and cinemas"),
        "grocery_and_pharmacy": _change("markets, food shops and pharmacies"),
        "parks": _change("parks, beaches and plazas"),
        "transit_stations": _change("stations of public transport"),
        "workplaces": _change("workplaces"),
        "residential": whole("time spent at home against the baseline", "per cent", -100),
    },
)

_APPLE = table(
    "mobility/apple_jakarta_daily.csv",
    "Requests for directions in Jakarta as an index, not adjusted for weekdays.",
    ("region_code", "date"),
    {
        "region_code": code(pattern="31"),
        "date": date("day"),
        "driving": number(
            "requests for driving, 100 on 2020-01-13; blank on 2020-05-11 and 12",
            "index",
            missing=True,
        ),
        "walking": number(
            "requests for walking, 100 on 2020-01-13; blank on 2020-05-11 and 12",
            "index",
            missing=True,
        ),
    },
)

TABLES: tuple[Schema, ...] = (_MOVEMENT, _GOOGLE, _APPLE)
"""Contracts of ``data/raw/mobility``."""
