"""Weekly risk zones of the 514 kab/kota, by the national task force."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
