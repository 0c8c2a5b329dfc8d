"""Series and tables that Djaafara et al. (2021) gathered for Java."""

from __future__ import annotations

from collections.abc import Callable

TABLES: dict[str, Callable] = {}
"""Reader of each table that is made here."""
