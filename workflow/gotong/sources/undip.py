"""Cases by kab/kota of Jawa Tengah and week, collected at Universitas Diponegoro."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
