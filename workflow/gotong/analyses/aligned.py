"""How aligned the regimes of the deciding regions were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gotong import cooperation
from gotong.config import Area, Panels, StrictnessScale


def make(tables: Mapping[str, pd.DataFrame], choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the alignment of the deciding regions by day, on every scale."""
    area = Area.model_validate(choices["area"])
    return cooperation.alignment_table(
        regimes=tables["policy/regimes.csv"],
        movement=tables["mobility/movement_java.csv"],
        regions=area.policy_regions,
        span=Panels.model_validate(choices["panels"]).of_area,
        scale=StrictnessScale.model_validate(choices["strictness"]),
        layer=area.layers[0],
    )
