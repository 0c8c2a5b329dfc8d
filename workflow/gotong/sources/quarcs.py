"""Gross regional domestic product per head, by QuaRCS Lab from BPS."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
