"""Area of kabupaten and kota, by the interior ministry."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
