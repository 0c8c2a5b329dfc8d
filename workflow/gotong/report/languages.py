"""The report's file in each language, and what each language calls itself."""

from __future__ import annotations

FILES = {"id": "index.html", "en": "index.en.html"}
"""File of the report in each language."""

NAMES = {"id": "Bahasa Indonesia", "en": "English"}
"""What each language calls itself."""
