"""Cases and deaths of DKI Jakarta as the province's own site counted them."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
