"""Inequality between regions, pooled capacity, partners (C1, C9)."""

from __future__ import annotations

from gotong.contracts.columns import Schema

TABLES: tuple[Schema, ...] = ()
"""Contracts of these made tables."""
