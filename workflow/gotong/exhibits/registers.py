"""The registers of sources and of corrections as tables, for the exhibits that show them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong.corrections import Corrections
from gotong.sources.registry import Source


def as_tables(sources: Mapping[str, Source], corrections: Corrections) -> dict[str, pd.DataFrame]:
    """Return both registers: ``sources`` and ``corrections_register``.

    Returns
    -------
    dict of str to pandas.DataFrame
        One row per source (source, origin, publisher, short, measures, unit, regions, start, end,
        licence, citation, tables, files, address and sha256 of the first file, defects) and one
        per correction (correction, reason_id, reason_en, evidence, status).
    """
    return {
        "sources": pd.DataFrame([_source(source) for source in sources.values()]),
        "corrections_register": pd.DataFrame(
            [
                {
                    "correction": correction.id,
                    "reason_id": correction.reason.id,
                    "reason_en": correction.reason.en,
                    "evidence": correction.evidence,
                    "status": correction.status,
                }
                for correction in corrections.values()
            ]
        ),
    }


def _source(source: Source) -> dict[str, object]:
    """Return the row of one source."""
    first = source.files[0] if source.files else None
    is_published = source.origin == "mirror" and first is not None
    return {
        "source": source.id,
        "origin": source.origin,
        "publisher": source.publisher,
        "short": source.short,
        "measures": source.measures,
        "unit": source.unit,
        "regions": source.coverage.regions,
        "start": source.coverage.start,
        "end": source.coverage.end,
        "licence": source.licence,
        "citation": source.citation,
        "tables": ", ".join(source.tables),
        "files": len(source.files),
        "address": source.address(first) if is_published and first else "",
        "sha256": first.sha256 if first else "",
        "defects": " ".join(source.defects),
    }
