"""How far the codings of the measures agree, by field and by category.

All codings were made by machine from the same press texts, each without sight of the others:
their agreement overstates what human coders would reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from gotong import agreement
from gotong.intervals import wilson
from gotong.provenance import seed_of

FIELDS: Final = ("dyad", "act", "factor", "reach")
ALL: Final = "all"
_OF_FIELDS: Final = ("alpha_low", "alpha_high", "kappa", "kappa_low", "kappa_high")
"""Columns that single categories leave blank."""


class _Draws(NamedTuple):
    """Sources of the resamples; each coefficient has its own, so that neither moves the other."""

    alpha: np.random.Generator
    kappa: np.random.Generator


def make(tables: Mapping[str, pd.DataFrame], choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the agreement of every two codings that have a field in common.

    Returns
    -------
    pandas.DataFrame
        One row per field, pair of codings and category, and per field and pair `ALL` together.
    """
    codings = tables["cooperation/codings.csv"]
    draws = _Draws(
        np.random.default_rng(seed_of("coding_agreement")),
        np.random.default_rng(seed_of("coding_agreement kappa")),
    )
    rows = [
        {"field": field, "coders": " ".join(pair), **row}
        for field in FIELDS
        for pair in combinations(sorted(codings["coder"].unique()), 2)
        for row in _rows(codings[codings["coder"].isin(pair)], field, draws)
    ]
    counts = {"units": "Int64", "agreed": "Int64"}
    found = pd.DataFrame(rows).astype(counts)
    return found.sort_values(["field", "coders", "category"], ignore_index=True)


def _rows(codings: pd.DataFrame, field: str, draws: _Draws) -> Iterator[dict[str, Any]]:
    """Yield the agreement of two codings on a field, and on each category of it."""
    codes, categories, coders = agreement.code_matrix(codings, field)
    if len(coders) < 2:
        return
    codes = codes[(codes != agreement.MISSING).all(axis=1)]
    alpha = agreement.bootstrap_alpha(codes, draws.alpha)
    kappa = agreement.bootstrap_kappa(codes, draws.kappa)
    alike = codes[:, 0] == codes[:, 1]
    yield {
        **_row(ALL, int(alike.sum()), len(codes), alpha.estimate),
        "alpha_low": alpha.low,
        "alpha_high": alpha.high,
        "kappa": agreement.cohen_kappa(codes),
        "kappa_low": kappa.low,
        "kappa_high": kappa.high,
    }
    by_category = agreement.alpha_by_category(codes)
    for number, category in enumerate(categories):
        given = (codes == number).any(axis=1)
        row = _row(category, int((alike & given).sum()), int(given.sum()), by_category[number])
        yield row | dict.fromkeys(_OF_FIELDS, np.nan)


def _row(category: str, agreed: int, units: int, alpha: float) -> dict[str, Any]:
    """Return a row with the share of agreement and its Wilson interval."""
    low, high = wilson(agreed, units)
    return {
        "category": category,
        "units": units,
        "agreed": agreed,
        "share": agreed / units,
        "low": float(low),
        "high": float(high),
        "alpha": float(alpha),
    }
