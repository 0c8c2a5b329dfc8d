"""T12: how far the codings of the measures agree, by field and category."""

from __future__ import annotations

import pandas as pd

from gotong.exhibits import vocabulary
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_

TITLE = N_(
    "Codings by machine agree on {least:.0%} ({least_field}) to {most:.0%} ({most_field}) of "
    "{units} measures, by the pair of codings that tells something on a field"
)
CAPTION = N_(
    "Agreement of three codings (first, a, b) of {units} measures as published, by field and by "
    "category against all others: Krippendorff's alpha for nominal data with its 95% interval "
    "over resampled measures, Cohen's kappa likewise, and the share of agreement with its 95% "
    "Wilson interval; for a category, of the measures that either gave it. All codings were made "
    "by machine from the same press texts, each without sight of the others, so that their "
    "agreement overstates what human coders would reach. Coding a equals the published table in "
    "all fields, and a and b agree on the dyad of {same_dyads} measures: on the dyad only the "
    "first coding against a tells anything (alpha {alpha:.2f}, {alpha_low:.2f} to "
    "{alpha_high:.2f}). The first coding gives the dyad only. Krippendorff's limit for tentative "
    "conclusions is {limit:.3f}; the weakest category is {weakest} ({weakest_alpha:.2f})."
)
ALT = N_("Table of the agreement of the codings by field, pair and category.")

FIELDS = {
    "dyad": N_("Dyad"),
    "act": N_("Kind"),
    "factor": N_("Factor"),
    "reach": N_("Reach"),
}
PAIRS = {
    "a b": N_("a and b"),
    "a first": N_("a and the first"),
    "b first": N_("b and the first"),
}
CATEGORIES = {
    "all": N_("all categories"),
    **vocabulary.ACT,
    **vocabulary.FACTOR,
    **vocabulary.REACH,
}
COLUMNS = (
    Column("field", N_("Field"), "term", FIELDS),
    Column("coders", N_("Codings"), "term", PAIRS),
    Column("category", N_("Category"), "term", CATEGORIES),
    Column("units", N_("Measures"), "number"),
    Column("agreed", N_("Coded alike"), "number"),
    Column("share", N_("Agreement"), "share"),
    Column("low", N_("Lower end (Wilson)"), "share"),
    Column("high", N_("Upper end (Wilson)"), "share"),
    Column("alpha", N_("Alpha (Krippendorff)"), "number", form=".3f"),
    Column("alpha_low", N_("Alpha, lower end"), "number", form=".3f"),
    Column("alpha_high", N_("Alpha, upper end"), "number", form=".3f"),
    Column("kappa", N_("Cohen's kappa"), "number", form=".3f"),
    Column("kappa_low", N_("Kappa, lower end"), "number", form=".3f"),
    Column("kappa_high", N_("Kappa, upper end"), "number", form=".3f"),
)
TENTATIVE = 0.667
"""Smallest alpha for tentative conclusions (Krippendorff 2004, Content Analysis, chapter 11)."""

INFORMATIVE = {"dyad": "a first", "act": "a b", "factor": "a b", "reach": "a b"}
"""The pair of codings that tells something on each field."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the agreement, fields in the order of `FIELDS`, the whole field before its parts."""
    table = tables["coding_agreement"]
    rank = table["field"].map({name: place for place, name in enumerate(FIELDS)})
    part = table["category"] != "all"
    ordered = table.assign(rank=rank, part=part).sort_values(
        ["rank", "coders", "part", "category"], ignore_index=True
    )
    return ordered[[column.name for column in COLUMNS]]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    telling = data[data["field"].map(INFORMATIVE) == data["coders"]]
    parts = telling[telling["category"] != "all"].sort_values("alpha", kind="stable")
    whole = {
        str(row["field"]): row for row in telling[telling["category"] == "all"].to_dict("records")
    }
    shares = {field: float(row["share"]) for field, row in whole.items()}
    least, most = min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)
    same = data[(data[["field", "coders", "category"]] == ["dyad", "a b", "all"]).all(axis=1)]
    weakest = str(parts["category"].iloc[0])
    return {
        "units": int(telling["units"].max()),
        "least": shares[least],
        "least_field": FIELDS[least],
        "most": shares[most],
        "most_field": FIELDS[most],
        "same_dyads": int(same["agreed"].iloc[0]),
        "alpha": float(whole["dyad"]["alpha"]),
        "alpha_low": float(whole["dyad"]["alpha_low"]),
        "alpha_high": float(whole["dyad"]["alpha_high"]),
        "weakest": CATEGORIES.get(weakest, weakest),
        "weakest_alpha": float(parts["alpha"].iloc[0]),
        "limit": TENTATIVE,
    }
