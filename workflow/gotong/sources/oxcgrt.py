"""Oxford COVID-19 Government Response Tracker: indices and indicators."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
