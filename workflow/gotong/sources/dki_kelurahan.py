"""Cases by kelurahan of DKI Jakarta, and by the six units that they make up."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
