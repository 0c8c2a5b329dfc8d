"""Effects of restrictions and of their easing (C6, C8)."""

from __future__ import annotations

from gotong.contracts.columns import Schema

TABLES: tuple[Schema, ...] = ()
"""Contracts of these made tables."""
