"""Which panel holds the units of the area."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

HOME, ELSEWHERE = "panel_jabodetabek", "panel_area"
"""Panel of the units of Greater Jakarta, and that of another area."""


def of_area(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the panel of the units of the area, of those that there are."""
    return tables[ELSEWHERE if ELSEWHERE in tables else HOME]
