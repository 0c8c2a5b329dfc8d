"""Codes, names and shapes of regions."""

from __future__ import annotations

from gotong.contracts.columns import Schema, code, table, text

_REGIONS = table(
    "geography/regions.csv",
    "Provinces, kabupaten and kota with the codes of BPS and of Kemendagri, 2020 semester 2.",
    ("region_code",),
    {
        "region_code": code("BPS code", r"\d{2}|\d{4}"),
        "kemendagri_code": code("Kemendagri code of the same region", r"\d{2}|\d{4}"),
        "level": text("administrative level", ("province", "kabupaten", "kota")),
        "name": text("name, with Kab. or Kota for the second level"),
        "province_code": code("BPS code of the province", r"\d{2}"),
    },
)
_SPELLINGS = table(
    "geography/spellings.csv",
    "Spellings in sources that do not resolve by rule, and what each stands for.",
    ("dataset", "spelling"),
    {
        "dataset": text("source id; blank for any"),
        "spelling": text("as it stands in the source"),
        "region_code": text("BPS code; blank where it names no single region", pattern=r"|\d{2,4}"),
        "reason": text("why"),
    },
)

TABLES: tuple[Schema, ...] = (_REGIONS, _SPELLINGS)
"""Contracts of ``data/raw/geography``."""
