"""Measures of cooperation by month of their reported start, dyad and kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gotong import timeline


def make(tables: Mapping[str, pd.DataFrame], choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the counts; see `timeline.monthly_starts`."""
    return timeline.monthly_starts(tables["cooperation/measures.csv"])
