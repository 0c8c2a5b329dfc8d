"""Following, shares, stocks and codings of cooperation (C2, C3)."""

from __future__ import annotations

from gotong.contracts.columns import Schema

TABLES: tuple[Schema, ...] = ()
"""Contracts of these made tables."""
