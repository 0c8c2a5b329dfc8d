"""The joined panels, one per level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gotong.config import Area, Measures, Panels, StrictnessScale
from gotong.panels import country as countries
from gotong.panels import daily, weekly
from gotong.panels import kelurahan as wards

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]

JOINED = {
    "regimes": "policy/regimes.csv",
    "measures": "cooperation/measures.csv",
    "hospitals": "facilities/hospitals.csv",
    "population": "context/population_sp2020.csv",
    "regions": "geography/regions.csv",
    "corrections": "corrections",
}
"""What the panels of provinces and of kab/kota join to their cases, by the join's own names."""

WEEKLY = {
    "westjava": "cases/westjava_daily.csv",
    "centraljava": "cases/centraljava_weekly.csv",
    "units": "kelurahan/units_daily.csv",
    "monthly": "kelurahan/cases_monthly.csv",
    "kelurahan": "kelurahan/kelurahan.csv",
    "zones_2020": "cases/risk_zones_2020.csv",
    "zones_2022": "cases/risk_zones_2022.csv",
    "ppkm": "policy/ppkm_january_2021.csv",
    **JOINED,
}
KELURAHAN = {
    "daily": "kelurahan/cases_daily.csv",
    "monthly": "kelurahan/cases_monthly.csv",
    "names": "kelurahan/kelurahan.csv",
    "residents": "kelurahan/population_2019.csv",
    "vaccination": "kelurahan/vaccination_monthly.csv",
}
COUNTRY = {
    "cases": "international/jhu_daily.csv",
    "countries": "international/countries.csv",
    "indices": "policy/oxcgrt_daily.csv",
}


def province(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the 34 provinces."""
    return _daily("province", tables, choices)


def westjava(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the 27 kab/kota of Jawa Barat."""
    return _daily("westjava", tables, choices)


def jabodetabek(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the units of the area."""
    return _daily("jabodetabek", tables, choices)


def area(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the units of another area than Greater Jakarta."""
    return _daily("area", tables, choices)


def java(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the weekly panel of Java."""
    chosen = weekly.Choices(**_models(choices), span=_spans(choices).java)
    return weekly.build(_named(tables, WEEKLY), chosen)


def kelurahan(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the kelurahan of DKI Jakarta."""
    return wards.build(_named(tables, KELURAHAN))


def country(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of Indonesia, Taiwan and Brazil."""
    return countries.build(_named(tables, COUNTRY))


def _daily(level: str, tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the daily panel of one level."""
    raw = _named(tables, JOINED) | {"cases": tables[daily.LEVELS[level].table]}
    spans = _spans(choices)
    span = spans.of_area if level == "area" else getattr(spans, level)
    chosen = daily.Choices(**_models(choices), span=span)
    return daily.build(level, raw, chosen)


def _named(tables: Tables, names: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return tables by the names that a join knows them by."""
    return {name: tables[table] for name, table in names.items()}


def _spans(choices: Choices) -> Panels:
    return Panels.model_validate(choices["panels"])


def _models(choices: Choices) -> dict[str, Any]:
    """Return the choices that all panels read."""
    return {
        "area": Area.model_validate(choices["area"]),
        "scale": StrictnessScale.model_validate(choices["strictness"]),
        "measures": Measures.model_validate(choices["measures"]),
    }
