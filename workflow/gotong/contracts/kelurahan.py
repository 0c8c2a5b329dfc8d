"""The 267 kelurahan of DKI Jakarta, and the six units that they make up."""

from __future__ import annotations

from gotong.contracts.columns import Schema

TABLES: tuple[Schema, ...] = ()
"""Contracts of ``data/raw/kelurahan``."""
