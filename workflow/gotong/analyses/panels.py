"""The joined panels, one per level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gotong import panel
from gotong.config import Area, Measures, Panels, StrictnessScale

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]


def province(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the 34 provinces."""
    return _build("province", tables, choices)


def westjava(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the 27 kab/kota of Jawa Barat."""
    return _build("westjava", tables, choices)


def jabodetabek(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of the units of the area."""
    return _build("jabodetabek", tables, choices)


def _build(level: str, tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the panel of one level."""
    raw = {
        "cases": tables[panel.LEVELS[level].table],
        "corrections": tables["corrections"],
        "regimes": tables["policy/regimes.csv"],
        "measures": tables["cooperation/measures.csv"],
        "hospitals": tables["facilities/hospitals.csv"],
        "population": tables["context/population_sp2020.csv"],
        "regions": tables["geography/regions.csv"],
    }
    chosen = panel.Choices(
        area=Area.model_validate(choices["area"]),
        span=getattr(Panels.model_validate(choices["panels"]), level),
        scale=StrictnessScale.model_validate(choices["strictness"]),
        measures=Measures.model_validate(choices["measures"]),
    )
    return panel.build(level, raw, chosen)
