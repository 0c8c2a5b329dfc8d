"""Factors, other countries and under-ascertainment (C4, C5, C7, C10)."""

from __future__ import annotations

from gotong.contracts.columns import Schema

TABLES: tuple[Schema, ...] = ()
"""Contracts of these made tables."""
