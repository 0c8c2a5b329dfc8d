"""Registered residents of the kelurahan of DKI Jakarta, and their ages."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
