"""F11: the specification curve, every defensible estimate of cooperation on growth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gotong import style
from gotong.exhibits import drawing
from gotong.exhibits.dose_words import CHOICES, DIMENSIONS, GROUPS, labelled
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.specification import SIGNIFICANT

TITLE = N_(
    "{negative:.0%} of {cells} estimates say that cooperation went before lower growth or "
    "incidence, {told_below:.0%} significantly so and {told_above:.0%} significantly the other "
    "way; in {p:.0%} of arrangements by chance the curve lies as far from zero"
)
CAPTION = N_(
    "Specification curve (Simonsohn, Simmons and Nelson 2020): each of {all_cells} combinations of "
    "the choices below is estimated on weekly cases of {units} units ({absent} without an "
    "estimate: unit and week effects leave no contrast). It describes and proves nothing: only "
    "{deciders} deciders have case series (figure F10). Cells are sorted by coefficient, in "
    "standard deviations (SD) of the outcome per one of the regressor, both as residuals after "
    "unit and week effects; intervals are 95%, t by units, as if each decided for itself. The "
    "claim says below zero. Cooperation: {negative:.0%} of cells below zero, {told_below:.0%} "
    "significantly so, and {told_above:.0%} significantly above; median t {median:.2f}, joint p "
    "{p:.3f} with all paths moved in time in a circle ({moves} moves; smallest possible "
    "{smallest:.3f}), {p_exchanged:.3f} with paths exchanged between units ({draws} draws). "
    "Strictness: {strict_negative:.0%} below zero, joint p {strict_p:.3f} and "
    "{strict_p_exchanged:.3f}. Where cases go up first and measures answer, log incidence comes "
    "out above zero. Cells share their data and are not independent findings. {beyond} cells have "
    "an interval that leaves the axis."
)
ALT = N_(
    "Two sorted curves of estimates with intervals: {cells} of cooperation, from {least:.2f} to "
    "{most:.2f} and crossing zero after {negative:.0%}, and {strict_cells} of strictness, "
    "{strict_negative:.0%} of them below zero. Below each a matrix with a mark for every choice "
    "that a cell makes."
)
HEAD = N_(
    "{group}: {cells} cells\n{negative:.0%} below zero\njoint p:\n{p:.3f} moved in time\n"
    "{p_exchanged:.3f} between units"
)
AXIS = N_("coefficient (SD per SD)")
CLAIMED = N_("claimed side")
SORTED = N_("cells, from the lowest coefficient to the highest")
KEY_TOLD = N_("p at most 0.05 (larger dot, lower stroke)")
KEY_OTHER = N_("p above 0.05")

LOW, HIGH = -0.45, 0.45
"""Ends of the axis of effects; longer intervals are cut and counted."""
WIDTHS: Final = (4.2, 1.35)
STROKE, THIN = 0.42, 0.24
"""Height of a stroke in rows, and its width in points: a cell has about a quarter of one."""
TOLD, OTHER = style.VERMILION, style.BLUE
_COLUMNS: Final = [
    *("group", "rank", "cell", "effect", "effect_low", "effect_high", "p"),
    *DIMENSIONS,
    "not_estimated",
]
_TESTS: Final = ["joint_p", "joint_p_exchanged", "smallest_p", "median_t", "moves", "draws"]


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: one row per cell, in the order of the curve.

    Returns
    -------
    pandas.DataFrame
        group, rank (from 1; null where there is no estimate), cell, effect, effect_low and
        effect_high (standard deviations), p, the choices, not_estimated; units; and, the same in
        all rows of a group, joint_p and joint_p_exchanged (of the median t), smallest_p,
        median_t, moves and draws (arrangements), deciders.
    """
    cells = labelled(tables["specifications"])
    cells = cells.sort_values(["group", "effect", "cell"], ignore_index=True)
    known = cells["not_estimated"] == ""
    rank = cells.groupby("group").cumcount() + 1
    cells["rank"] = rank.astype("Int64").where(known)
    joint = tables["specification_tests"]
    joint = joint[joint["statistic"] == "median_t"].pivot(index="group", columns="arrangement")
    for name, column in zip(
        _TESTS,
        [
            *(("p", "shifted"), ("p", "exchanged"), ("smallest_p", "shifted")),
            *(("observed", "shifted"), ("arrangements", "shifted"), ("arrangements", "exchanged")),
        ],
        strict=True,
    ):
        cells[name] = cells["group"].map(joint[column])
    response = tables["dose_response"]
    deciders = response.loc[response["clusters"] == "deciders", "groups"].max()
    return cells[[*_COLUMNS, "units", *_TESTS]].assign(deciders=deciders)


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    known = data[data["not_estimated"] == ""]
    own, strict = (known[known["group"] == group] for group in GROUPS)
    told = own["p"] <= SIGNIFICANT
    first = own.iloc[0]
    return {
        "cells": len(own),
        "strict_cells": len(strict),
        "all_cells": len(data),
        "absent": len(data) - len(known),
        "units": int(known["units"].max()),
        "deciders": int(data["deciders"].iloc[0]),
        "negative": float((own["effect"] < 0).mean()),
        "told_below": float((told & (own["effect"] < 0)).mean()),
        "told_above": float((told & (own["effect"] > 0)).mean()),
        "least": float(own["effect"].min()),
        "most": float(own["effect"].max()),
        "median": float(first["median_t"]),
        "p": float(first["joint_p"]),
        "p_exchanged": float(first["joint_p_exchanged"]),
        "smallest": float(first["smallest_p"]),
        "moves": int(first["moves"]),
        "draws": int(first["draws"]),
        "strict_negative": float((strict["effect"] < 0).mean()),
        "strict_p": float(strict["joint_p"].iloc[0]),
        "strict_p_exchanged": float(strict["joint_p_exchanged"].iloc[0]),
        "beyond": int(((known["effect_low"] < LOW) | (known["effect_high"] > HIGH)).sum()),
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: a curve and a matrix of choices for each group."""
    figure = style.new_figure(206, said["title"], said["sources"])
    grid = figure.add_gridspec(2, 2, width_ratios=WIDTHS, height_ratios=(1, 1.75))
    rows = matrix_rows(data)
    left: Axes | None = None
    for column, group in enumerate(GROUPS):
        cells = data[(data["group"] == group) & (data["not_estimated"] == "")]
        curve = figure.add_subplot(grid[0, column], sharey=left)
        choices = figure.add_subplot(grid[1, column], sharex=curve)
        _curve(curve, cells, language)
        _matrix(choices, cells, rows, language, has_names=left is None)
        drawing.number_ticks(choices, language, which="x")
        if left is None:
            curve.set_ylabel(language(AXIS))
            drawing.number_ticks(curve, language, ".1f")
            choices.set_xlabel(language(SORTED))
            _key(curve, language)
        else:
            curve.tick_params(labelleft=False)
        left = left or curve
    return figure


def matrix_rows(data: pd.DataFrame) -> list[tuple[str, str]]:
    """Return dimension and choice of each row of the matrix, in the order of the names."""
    rows = []
    for dimension in DIMENSIONS:
        present = list(data[dimension].unique())
        named = [choice for choice in CHOICES[dimension] if choice in present]
        rows += [(dimension, choice) for choice in [*named, *sorted(set(present) - set(named))]]
    return rows


def _curve(axes: Axes, cells: pd.DataFrame, language: Language) -> None:
    """Draw coefficients and intervals of one group in their order."""
    told = (cells["p"] <= SIGNIFICANT).to_numpy()
    rank = cells["rank"].to_numpy(dtype="float64")
    low, high = (cells[name].clip(LOW, HIGH) for name in ("effect_low", "effect_high"))
    axes.axhspan(LOW, 0, color="#eef1f4", linewidth=0, zorder=0)
    axes.axhline(0, color=style.INK, linewidth=0.7, zorder=1)
    axes.vlines(rank, low, high, color="#b9c0c7", linewidth=0.3, zorder=2)
    for chosen, colour, size in ((~told, OTHER, 1.4), (told, TOLD, 1.9)):
        axes.scatter(
            rank[chosen], cells["effect"][chosen], s=size, color=colour, linewidth=0, zorder=3
        )
    axes.set_xlim(0, len(cells) + 1)
    axes.set_ylim(LOW, HIGH)
    head = language.fill(
        HEAD,
        {
            "group": language(GROUPS[cells["group"].iloc[0]]).capitalize(),
            "cells": len(cells),
            "negative": float((cells["effect"] < 0).mean()),
            "p": float(cells["joint_p"].iloc[0]),
            "p_exchanged": float(cells["joint_p_exchanged"].iloc[0]),
        },
    )
    axes.set_title(head, fontsize=7.5)
    axes.tick_params(axis="x", labelbottom=False, length=0)


def _matrix(
    axes: Axes,
    cells: pd.DataFrame,
    rows: list[tuple[str, str]],
    language: Language,
    *,
    has_names: bool,
) -> None:
    """Draw which choices each cell makes."""
    heights = row_heights(rows)
    told = cells["p"] <= SIGNIFICANT
    for (dimension, choice), height in zip(rows, heights, strict=True):
        chosen = cells[dimension] == choice
        # Two lanes tell them apart in print without colours, and neither hides the other.
        for which, colour, top in ((chosen & ~told, OTHER, -STROKE), (chosen & told, TOLD, 0)):
            places = cells.loc[which, "rank"].to_numpy(dtype="float64")
            axes.vlines(places, height + top, height + top + STROKE, color=colour, linewidth=THIN)
    axes.set_ylim(max(heights) + 0.8, min(heights) - 1.4)
    axes.set_xlim(0, len(cells) + 1)
    axes.set_yticks(heights)
    axes.tick_params(axis="y", length=0, labelsize=6.3)
    axes.tick_params(axis="x", labelsize=6.3)
    axes.spines["left"].set_visible(False)
    if not has_names:
        axes.tick_params(labelleft=False)
        return
    axes.set_yticklabels([language(CHOICES[name].get(choice, choice)) for name, choice in rows])
    for dimension in DIMENSIONS:
        top = next(h for (name, _), h in zip(rows, heights, strict=True) if name == dimension)
        axes.annotate(
            language(DIMENSIONS[dimension]),
            (0, top - 0.85),
            xycoords=("axes fraction", "data"),
            xytext=(-3, 0),
            textcoords="offset points",
            size=6.3,
            weight="bold",
            ha="right",
            va="center",
        )


def row_heights(rows: list[tuple[str, str]]) -> list[float]:
    """Return the height of each row, with room for a heading above each dimension."""
    heights, height, before = [], 0.0, rows[0][0]
    for dimension, _ in rows:
        height += 1.0 if dimension == before else 2.1
        heights.append(height)
        before = dimension
    return heights


def _key(axes: Axes, language: Language) -> None:
    """Name the colours and the side that the claim speaks of."""
    words = ((KEY_TOLD, TOLD, 0.95), (KEY_OTHER, OTHER, 0.87))
    for message, colour, height in words:
        axes.text(
            0.015,
            height,
            language(message),
            color=colour,
            size=6.8,
            va="top",
            path_effects=style.HALO,
            transform=axes.transAxes,
        )
    axes.text(
        0.985,
        0.04,
        language(CLAIMED),
        color=style.QUIET,
        size=6.8,
        ha="right",
        transform=axes.transAxes,
    )
