"""F06: measures of each region by dyad, as shares within the region."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gotong import style
from gotong.contracts import DYADS
from gotong.exhibits import vocabulary
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import Gazetteer

TITLE = N_(
    "Residents and community groups took part in {least:.0%} to {most:.0%} of the measures "
    "reported for each of {regions} regions; {overlap}"
)
CAPTION = N_(
    "Left, of the measures that name a region, the share of each dyad, with their number in "
    "brackets; outlined are those in which residents or community groups take part (G-C, C-C). "
    "Middle, the share of these two together with its 95% Wilson interval, which takes measures "
    "for independent draws. Right, how many measures name the region, and how many of these no "
    "other region (dark). Read along rows and never compare numbers down a column: they show "
    "what was reported and searched, and {core} is over-represented ({core_alone} of its "
    "{core_measures} measures name it alone, {other_alone} at most elsewhere). A measure counts "
    "once in each region that it names, national campaigns in all of them, so that rows are not "
    "independent and the share of a region with few measures of its own is mostly that of the "
    "whole area: only {community_alone} measures of residents name one region alone, and "
    "{without_own} of {regions} regions have none of that kind. Of the {core_community} measures "
    "of residents that name {core}, {core_texts} rest on two texts; their first texts stand on "
    "{core_sites} sites, those of a region elsewhere on {other_sites} at most."
)
ALT = N_(
    "Heat-map of {regions} regions by {dyads} dyads with shares within each region; beside it the "
    "share of G-C and C-C together, {least:.0%} to {most:.0%}, with intervals from {low:.0%} to "
    "{high:.0%} ({overlap}), and bars of the number of measures, highest for {core} "
    "({core_measures})."
)

SHARES = N_("a  Share of each dyad (number)")
TOGETHER = N_("b  G-C and C-C together")
NUMBERS = N_("c  Measures")
ONLY = N_("it alone")
OTHERS = N_("with others")
ALL_OVERLAP = N_("the 95% intervals of all of them overlap")
SOME_APART = N_("the 95% intervals of some lie apart")
WITH_WHOM = N_("G: government with whom; C: residents and community groups")
SHARE_AXIS = N_("share of a region's measures,\n95% interval (number)")
NUMBER_AXIS = N_("measures that name the\nregion: it alone / all")
CELL = N_("{share:.0%}\n({count})")

COMMUNITY = "community"
OUTLINED = ("G-C", "C-C")
SHADES = sns.light_palette(style.PURPLE, as_cmap=True)
LIGHT = "#cfd4da"
STEP = 40
"""Measures between two ticks."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: one row per region and dyad, in the order of the configuration.

    Returns
    -------
    pandas.DataFrame
        region_code, name, group (of deciders), dyad, of_kind, alone, two_texts, sites,
        measures, share, low, high; see the contract of ``dyads_by_region``. alone_all: all
        measures that name no other region.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    groups = choices["area"]["deciders"]
    group_of = {code: group["name"] for group in groups for code in group["members"]}
    counts = tables["dyads_by_region"]
    data = counts[counts["region_code"].isin(list(group_of))].copy()
    data.insert(1, "name", data["region_code"].map(gazetteer.table["name"]))
    data.insert(2, "group", data["region_code"].map(group_of))
    plain = data[data["dyad"] != COMMUNITY]
    data["alone_all"] = data["region_code"].map(plain.groupby("region_code")["alone"].sum())
    rank = data["region_code"].map({code: place for place, code in enumerate(group_of)})
    dyad = data["dyad"].map({name: place for place, name in enumerate((*DYADS, COMMUNITY))})
    ordered = data.assign(rank=rank, place=dyad).sort_values(["rank", "place"], ignore_index=True)
    return ordered.drop(columns=["rank", "place"])


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and names that the texts name; the first region is the core."""
    together = data[data["dyad"] == COMMUNITY].reset_index(drop=True)
    # Intervals overlap two by two just when there is something that all of them hold.
    is_shared = together["low"].max() <= together["high"].min()
    core, others = together.iloc[0], together.iloc[1:]
    return {
        "regions": len(together),
        "dyads": len(DYADS),
        "least": float(together["share"].min()),
        "most": float(together["share"].max()),
        "low": float(together["low"].min()),
        "high": float(together["high"].max()),
        "overlap": ALL_OVERLAP if is_shared else SOME_APART,
        "core": str(core["name"]),
        "core_measures": int(core["measures"]),
        "core_alone": int(core["alone_all"]),
        "core_community": int(core["of_kind"]),
        "core_texts": int(core["two_texts"]),
        "core_sites": int(core["sites"]),
        "other_alone": int(others["alone_all"].max()),
        "other_sites": int(others["sites"].max()),
        "community_alone": int(together["alone"].sum()),
        "without_own": int((together["alone"] == 0).sum()),
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: a heat-map, shares with intervals, and numbers of measures."""
    figure = style.new_figure(110, said["title"], said["sources"])
    heat, dots, bars = figure.subplots(1, 3, sharey=True, width_ratios=(62, 34, 30))
    names = list(dict.fromkeys(data["name"]))
    plain = data[data["dyad"] != COMMUNITY]
    together = data[data["dyad"] == COMMUNITY]
    _cells(heat, plain, names, language)
    _intervals(dots, together, language)
    _numbers(bars, together, language)
    group = together["group"].to_numpy()
    for axes in (heat, dots, bars):
        for place in np.flatnonzero(group[1:] != group[:-1]) + 1:
            look = {"color": "white", "linewidth": 2.5} if axes is heat else {"linewidth": 0.6}
            axes.axhline(place, **{"color": style.QUIET, **look})
    return figure


def _cells(axes: Axes, plain: pd.DataFrame, names: list[str], language: Language) -> None:
    """Draw the heat-map, with the dyads of communities outlined."""
    share = plain.pivot(index="name", columns="dyad", values="share").loc[names, list(DYADS)]
    count = plain.pivot(index="name", columns="dyad", values="of_kind").loc[names, list(DYADS)]
    words = [
        [
            language.fill(CELL, {"share": part, "count": int(number)})
            for part, number in zip(shares, numbers, strict=True)
        ]
        for shares, numbers in zip(share.to_numpy(), count.to_numpy(), strict=True)
    ]
    sns.heatmap(
        share,
        ax=axes,
        cmap=SHADES,
        vmin=0,
        annot=np.array(words),
        fmt="",
        annot_kws={"size": 6.2, "linespacing": 1.0},
        cbar=False,
        linewidths=0.8,
        linecolor="white",
    )
    axes.set(ylabel="")
    axes.set_xlabel(language(WITH_WHOM), size=6.2)
    axes.set_title(language(SHARES))
    axes.tick_params(axis="both", length=0, rotation=0)
    named = [f"{dyad}\n{language(vocabulary.DYAD_WITH[dyad])}" for dyad in share.columns]
    axes.set_xticks(axes.get_xticks(), named, size=6.2)
    for label, dyad in zip(axes.get_xticklabels(), share.columns, strict=True):
        label.set_fontweight("bold" if dyad in OUTLINED else "normal")
    for dyad in OUTLINED:
        corner = (DYADS.index(dyad), 0)
        box = Rectangle(corner, 1, len(names), fill=False, edgecolor=style.INK, linewidth=1.3)
        box.set_clip_on(False)
        axes.add_patch(box)


def _intervals(axes: Axes, together: pd.DataFrame, language: Language) -> None:
    """Draw the share of communities in each region with its interval."""
    axes.set_title(language(TOGETHER))
    places = np.arange(len(together)) + 0.5
    share = together["share"].to_numpy()
    axes.hlines(places, together["low"], together["high"], color=style.PURPLE, linewidth=1.2)
    axes.plot(share, places, "o", color=style.PURPLE, markersize=4)
    for place, value, number in zip(places, share, together["of_kind"], strict=True):
        text = language.fill(CELL, {"share": value, "count": int(number)}).replace("\n", " ")
        axes.annotate(
            text, (value, place), xytext=(0, 3), textcoords="offset points", size=6, ha="center"
        )
    axes.set_xlabel(language(SHARE_AXIS), size=6.2)
    axes.set_xlim(0, float(together["high"].max()) * 1.05)
    axes.xaxis.set_major_formatter(lambda value, _: language.number(value, ".0%"))
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _numbers(axes: Axes, together: pd.DataFrame, language: Language) -> None:
    """Draw how many measures name each region, and how many of these no other."""
    axes.set_title(language(NUMBERS), pad=13)
    places = np.arange(len(together)) + 0.5
    alone = together["alone_all"].to_numpy(dtype="int64")
    total = together["measures"].to_numpy(dtype="int64")
    axes.barh(places, alone, 0.6, color=style.PURPLE, label=ONLY)
    axes.barh(places, total - alone, 0.6, left=alone, color=LIGHT, label=OTHERS)
    for place, own, every in zip(places, alone, total, strict=True):
        axes.text(every + 1, place, f"{own} / {every}", size=6.5, va="center")
    axes.set_xlabel(language(NUMBER_AXIS), size=6.2)
    axes.set_xlim(0, float(total.max()) * 1.3)
    axes.set_xticks(np.arange(0, total.max() + 1, STEP))
    for at, message, colour, side in (
        (0.0, ONLY, style.PURPLE, "left"),
        (1.0, OTHERS, style.QUIET, "right"),
    ):
        axes.annotate(
            language(message),
            (at, 1),
            xycoords="axes fraction",
            xytext=(0, 3),
            textcoords="offset points",
            size=6.5,
            ha=side,
            color=colour,
            weight="bold",
        )
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
