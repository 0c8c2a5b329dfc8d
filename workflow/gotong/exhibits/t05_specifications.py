"""T05: the specification curve by choice."""

from __future__ import annotations

from typing import Final

import pandas as pd

from gotong.exhibits.dose_words import CHOICES, DIMENSIONS, GROUPS, labelled
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_
from gotong.specification import sign_shares

TITLE = N_(
    "By choice, {least:.0%} to {most:.0%} of the estimates say that cooperation went before lower "
    "growth or incidence"
)
CAPTION = N_(
    "The specification curve of figure F11 by choice: of the cells that make a choice, how many "
    "have an estimate, how many of these lie below zero (the claimed side), how many are told "
    "from zero at 0.05 by t with errors by unit, as if each unit decided for itself, and their "
    "median in standard deviations of the outcome per one of the regressor. {all_cells} cells, "
    "{absent} without an estimate: without DKI the five regions of Bodebek are equally strict. "
    "Cells share their data. On the whole curve of cooperation {negative:.0%} lie below zero. "
    "Shares of significant cells overstate, for the units are {deciders} deciders."
)
ALT = N_(
    "Table of the choices of the specification curve with cells, share below zero, shares told "
    "from zero and median effect."
)

COLUMNS: Final = (
    Column("group", N_("Coefficient of"), "term", GROUPS),
    Column("dimension", N_("Choice"), "term", DIMENSIONS),
    Column(
        "choice",
        N_("Taken as"),
        "term",
        {key: words for names in CHOICES.values() for key, words in names.items()},
    ),
    Column("cells", N_("Cells"), "number"),
    Column("estimated", N_("With an estimate"), "number"),
    Column("negative_share", N_("Below zero"), "share"),
    Column("significant_negative", N_("Significantly below"), "share"),
    Column("significant_positive", N_("Significantly above"), "share"),
    Column("median_effect", N_("Median coefficient (SD per SD)"), "number", form=".3f"),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return one row per group, dimension and choice."""
    cells = labelled(tables["specifications"])
    response = tables["dose_response"]
    deciders = response.loc[response["clusters"] == "deciders", "groups"].max()
    rows = []
    for group in GROUPS:
        own = cells[cells["group"] == group]
        for dimension in DIMENSIONS:
            for choice, part in own.groupby(dimension, sort=False):
                known = part[part["not_estimated"] == ""]
                rows.append(
                    {
                        "group": group,
                        "dimension": dimension,
                        "choice": choice,
                        "cells": len(part),
                        "estimated": len(known),
                        **sign_shares(known["estimate"], known["p"]),
                        "median_effect": known["effect"].median(),
                        "deciders": deciders,
                    }
                )
    whole = dict.fromkeys(("cells", "estimated", "deciders"), "Int64")
    return pd.DataFrame(rows).astype(whole)


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    own = data[data["group"] == "cooperation"]
    whole = data[data["dimension"] == "outcome"]
    mine = own[own["dimension"] == "outcome"]
    negative = (mine["negative_share"] * mine["estimated"]).sum() / mine["estimated"].sum()
    return {
        "least": float(own["negative_share"].min()),
        "most": float(own["negative_share"].max()),
        "negative": float(negative),
        "all_cells": int(whole["cells"].sum()),
        "absent": int((whole["cells"] - whole["estimated"]).sum()),
        "deciders": int(data["deciders"].iloc[0]),
    }
