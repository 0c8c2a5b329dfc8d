"""SIRANAP of the health ministry: free beds by day, and rooms on one day."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
