"""Other countries, and Indonesia beside them."""

from __future__ import annotations

from gotong.contracts.columns import Schema

TABLES: tuple[Schema, ...] = ()
"""Contracts of ``data/raw/international``."""
