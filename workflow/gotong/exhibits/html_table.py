"""A table exhibit as a page of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from gotong.html import Column, render, row_ids, rows, sort_keys
from gotong.i18n import Language


def table_page(
    exhibit: str,
    data: pd.DataFrame,
    columns: Sequence[Column],
    language: Language,
    said: Mapping[str, str],
) -> str:
    """Return a self-contained page with one table, its caption and its source line."""
    return render(
        "table.html.j2",
        language,
        exhibit=exhibit,
        said=said,
        columns=columns,
        rows=rows(data, columns, language),
        keys=sort_keys(data, columns, language),
        ids=row_ids(data, columns, exhibit),
    )
