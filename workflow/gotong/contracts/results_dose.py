"""Cooperation against growth, and the specification curve (C11)."""

from __future__ import annotations

from gotong.contracts.columns import Schema

TABLES: tuple[Schema, ...] = ()
"""Contracts of these made tables."""
