"""F04: days from each change of DKI's regime to the nearest like change of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke

from gotong import style
from gotong.exhibits import vocabulary
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import Gazetteer

TITLE = N_(
    "Before the national PPKM another decider matched DKI's change of regime within {within} days "
    "in {followed} of {pairs} cases; from it on, by one instruction, in {followed_from} of "
    "{pairs_from}"
)
CAPTION = N_(
    "Above, each row is a day on which the regime of DKI Jakarta became stricter (▲) or less "
    "strict (▼), {changes} before the first national PPKM and {changes_from} from it on; a mark "
    "stands where the nearest change in the same direction of the {regions} other regions lies, "
    "at most {window} days away, and holds the number of regions. Below, the mean distance in "
    "days, before or after (none within the window counts as {beyond}), against the distances "
    "when DKI's changes are shifted in a circle through the period (Lotwick and Silverman 1982): "
    "grey is the middle 95% of {arrangements} and {arrangements_from} arrangements, the stroke "
    "their mean; the bar at a dot spans the distances when any one change of DKI's is left out; "
    "p is one-sided, the share of arrangements at least as close. Here and in the title one "
    "region stands for each decider: {representatives}, ringed above. By decider, before the "
    "national PPKM: {distance:.1f} days against {chance:.1f} by chance, p = {p:.3f}, smallest "
    "attainable {smallest_p:.3f}; the share matched within {within} days is {share:.0%} (95% "
    "Wilson interval {share_low:.0%} to {share_high:.0%}). With any change of name as a change "
    "it is {named:.1f} days. With {changes} changes and {deciders} other deciders this is little "
    "to go by, and a change close in time may answer a common epidemic or instruction: the first "
    "PSBB needed the approval of the health minister everywhere. From the national PPKM on, "
    "distances of 0 are so by construction. {glossary}"
)
ALT = N_(
    "Above, a chart of {all_changes} changes of DKI's regime by the days to the nearest like "
    "change of {deciders} other deciders. Of the {pairs} cases before the national PPKM "
    "{followed} lie within {within} days, and {unmatched} have none within {window}. Below, mean "
    "distances with their chance bands: {distance:.1f} days before the national PPKM, "
    "{distance_from:.1f} from it on, by chance {chance:.1f} and {chance_from:.1f}."
)

LAGS = N_("a  Days to the nearest like change")
RINGED = N_("in a mark: number of regions; ringed: with the one that stands for its decider")
AXIS = N_("days (below 0: the others first)")
NONE = N_("none in\n{window} days")
EARLY = N_("before the national PPKM")
LATE = N_("from the national PPKM on: one instruction for all")
CLOSENESS = N_("b  Mean distance against chance, one-sided p")
DISTANCE = N_("days")
SHOWN_AS = N_("dot: observed; bar: without any one change of DKI; grey: middle 95% by chance")
P_VALUE = N_("p = {p:.3f} (smallest {smallest:.3f})")
KINDS = {
    ("before_ppkm", "deciders"): N_("before, by decider"),
    ("before_ppkm", "regions"): N_("before, by region"),
    ("from_ppkm", "deciders"): N_("from PPKM, by decider"),
    ("from_ppkm", "regions"): N_("from PPKM, by region"),
}

MAIN, NOMINAL, LEVELLED = "main", "same_label", "PPKM level"
BEFORE, FROM = "before_ppkm", "from_ppkm"
MARKERS = ("o", "s", "D", "^")
RING_WIDTH = 2.4
RING = (Stroke(linewidth=RING_WIDTH, foreground=style.INK), Normal())
"""Around the marks that hold the region that stands for its decider."""
GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
BETWEEN, ROOM = 1.4, 0.48
"""Room between two periods, and between the marks of a row, in rows."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: marks of the upper chart, then rows of the lower.

    Returns
    -------
    pandas.DataFrame
        part (``change``: a mark; ``test``: a row below), variant, period, date, direction,
        regime and level (of DKI from that day), group, lag (days; missing where none lies
        within the window), regions (at that lag), representative (of the group, where it is one
        of them), followers, and the numbers of the tests; window and within in days.
    """
    area, chosen = choices["area"], choices["following"]
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    group_of = {code: group["name"] for group in area["deciders"] for code in group["members"]}
    # The first that is named stands for its group, as in the tests.
    names = {group["members"][0]: gazetteer.name(group["members"][0]) for group in area["deciders"]}
    lags = tables["following"]
    lags = lags[(lags["variant"] == MAIN) & lags["period"].isin([BEFORE, FROM])]
    key = ["variant", "period", "date", "direction", "group", "lag"]
    marks = (
        lags.assign(
            group=lags["region_code"].map(group_of),
            representative=lags["region_code"].map(names).fillna(""),
        )
        .groupby(key, dropna=False, sort=False)
        .agg(regions=("region_code", "size"), representative=("representative", "max"))
        .reset_index()
    )
    regimes = tables["policy/regimes.csv"]
    core = regimes[(regimes["layer"] == "primary") & (regimes["region_code"] == area["core"])]
    begun = core[["start_date", "regime", "level"]].rename(columns={"start_date": "date"})
    marks = marks.merge(begun, on="date", how="left")
    tests = tables["following_tests"]
    tests = tests[tests["variant"].isin([MAIN, NOMINAL]) & tests["period"].isin([BEFORE, FROM])]
    data = pd.concat(
        [marks.assign(part="change"), tests.assign(part="test")], ignore_index=True
    ).assign(window=chosen["window_days"], within=chosen["within_days"])
    for column in ("group", "regime", "level", "representative", "followers"):
        data[column] = data[column].fillna("")
    first = ["part", "variant", "period", "date", "direction", "regime", "level", "group"]
    rest = [name for name in data.columns if name not in first]
    order = {name: number for number, name in enumerate([*dict.fromkeys(group_of.values()), ""])}
    rank = data["group"].map(order)
    ordered = data.assign(rank=rank).sort_values(
        ["part", "variant", "period", "date", "rank", "lag", "followers"], ignore_index=True
    )
    return ordered[[*first, *rest]].astype({"regions": "Int64", "lag": "Int64"})


def _test(data: pd.DataFrame, variant: str, period: str, followers: str) -> dict[Any, Any]:
    """Return one row of the tests."""
    keys = ["part", "variant", "period", "followers"]
    chosen = (data[keys] == ["test", variant, period, followers]).all(axis=1)
    return data[chosen].to_dict("records")[0]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    marks = data[data["part"] == "change"]
    early = _test(data, MAIN, BEFORE, "deciders")
    late = _test(data, MAIN, FROM, "deciders")
    before = marks[marks["period"] == BEFORE]
    per_change = before.groupby("date")["regions"].sum()
    unmatched = before[before["lag"].isna()].groupby(["date", "group"]).size()
    named = before[before["representative"] != ""].drop_duplicates("group")
    return {
        "within": int(data["within"].iloc[0]),
        "window": int(data["window"].iloc[0]),
        "beyond": int(data["window"].iloc[0]) + 1,
        "regions": int(per_change.max()),
        "deciders": int(before["group"].nunique()),
        "representatives": ", ".join(named["representative"] + " (" + named["group"] + ")"),
        "glossary": vocabulary.REGIMES,
        "changes": int(early["changes"]),
        "changes_from": int(late["changes"]),
        "all_changes": int(early["changes"] + late["changes"]),
        "pairs": int(early["pairs"]),
        "pairs_from": int(late["pairs"]),
        "followed": int(early["followed"]),
        "followed_from": int(late["followed"]),
        "unmatched": len(unmatched),
        "share": float(early["followed_share"]),
        "share_low": float(early["followed_low"]),
        "share_high": float(early["followed_high"]),
        "distance": float(early["distance"]),
        "distance_from": float(late["distance"]),
        "chance": float(early["chance"]),
        "chance_from": float(late["chance"]),
        "p": float(early["p"]),
        "smallest_p": float(early["smallest_p"]),
        "arrangements": int(early["arrangements"]),
        "arrangements_from": int(late["arrangements"]),
        "named": float(_test(data, NOMINAL, BEFORE, "deciders")["distance"]),
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: lags by change, and mean distances against chance."""
    figure = style.new_figure(206, said["title"], said["sources"])
    upper, lower = figure.subplots(2, 1, height_ratios=(142, 30))
    marks = data[data["part"] == "change"]
    window = int(data["window"].iloc[0])
    _lags(upper, marks, window, language)
    tests = data[(data["part"] == "test") & (data["variant"] == MAIN)]
    _closeness(lower, tests, language)
    return figure


def _lags(axes: Axes, marks: pd.DataFrame, window: int, language: Language) -> None:
    """Draw a row per change of the core, with a mark per decider and lag."""
    aside = window * 1.32
    axes.set_title(language(LAGS), pad=12)
    _below_title(axes, language(RINGED))
    place, ticks = 0.0, []
    for period, heading in ((BEFORE, EARLY), (FROM, LATE)):
        rows = marks[marks["period"] == period]
        axes.text(
            -window - 1,
            place - 0.15,
            language(heading),
            size=7,
            style="italic",
            va="bottom",
            bbox=GROUND,
        )
        for _, change in rows.groupby("date", sort=True):
            place += 1
            axes.axhline(place, color=style.GRID, linewidth=0.5, zorder=0)
            ticks.append((place, _name(change.to_dict("records")[0], language)))
            _marks(axes, change, place, aside)
        place += BETWEEN
    _names(axes, marks, aside)
    axes.axvline(0, color=style.INK, linewidth=0.8, zorder=0)
    axes.axvline(window + 0.12 * window, color=style.QUIET, linewidth=0.5, linestyle=(0, (2, 2)))
    axes.set_xlim(-window - 1, aside + 0.14 * window)
    axes.set_ylim(place - BETWEEN + 0.6, -0.9)
    axes.set_yticks([at for at, _ in ticks], [name for _, name in ticks])
    steps = [day for day in range(-window, window + 1) if day % 7 == 0]
    axes.set_xticks(
        [*steps, aside],
        [*(language.number(day) for day in steps), language.fill(NONE, {"window": window})],
    )
    axes.tick_params(axis="y", length=0, labelsize=6.5)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(language(AXIS), labelpad=1)


def _below_title(axes: Axes, words: str) -> None:
    """Say in a small line below the title of a chart how its marks are read."""
    axes.annotate(
        words,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 3),
        textcoords="offset points",
        size=6.5,
        color=style.QUIET,
    )


def _name(change: dict[Any, Any], language: Language) -> str:
    """Return day, regime and direction of a change."""
    level = f" {change['level']}" if change["regime"] == LEVELLED else ""
    sign = "▲" if change["direction"] > 0 else "▼"
    day = f"{language.date(change['date'], 'short')} {pd.Timestamp(change['date']).year}"
    return f"{language(change['regime'])}{level}  {day}  {sign}"


def _look(marks: pd.DataFrame) -> dict[str, tuple[int, str, str]]:
    """Return number, marker and colour of each decider; the core has the first colour."""
    return {
        name: (number, MARKERS[number], style.DECIDERS[(number + 1) % len(style.DECIDERS)])
        for number, name in enumerate(marks["group"].unique())
    }


def _marks(axes: Axes, change: pd.DataFrame, place: float, aside: float) -> None:
    """Draw the marks of one change; hollow where no like change lies within the window.

    The mark of the region that stands for its decider has a dark ring.
    """
    look = _look(change)
    for row in change.to_dict("records"):
        number, marker, colour = look[row["group"]]
        missing = pd.isna(row["lag"])
        at = aside if missing else float(row["lag"])
        # One above the other, so that neither hides the other where both changed on one day.
        high = place + ROOM * (number / max(len(look) - 1, 1) - 0.5)
        axes.plot(
            at,
            high,
            marker,
            markersize=5.8,
            color=colour,
            markerfacecolor="white" if missing else colour,
            markeredgewidth=0.8,
            path_effects=RING if row["representative"] else None,
            label=row["group"],
        )
        axes.text(
            at,
            high,
            str(row["regions"]),
            size=6,
            ha="center",
            va="center_baseline",
            color=style.INK if missing else _readable_on(colour),
            weight="bold",
        )


def _readable_on(ground: str) -> str:
    """Return white or ink, whichever stands out more from a ground (WCAG's contrast)."""
    shares = np.array(to_rgb(ground))
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    # Equal where the ratios to white (1.05) and to ink (about 0.06) are.
    return "white" if luminance < 0.2 else style.INK


def _names(axes: Axes, marks: pd.DataFrame, aside: float) -> None:
    """Name the deciders beside their marks of the first change."""
    first = marks[marks["date"] == marks["date"].min()]
    for name, (number, _, colour) in _look(first).items():
        lag = first.loc[first["group"] == name, "lag"].iloc[0]
        at = aside if pd.isna(lag) else float(lag)
        high = 1 + ROOM * (number / max(len(marks["group"].unique()) - 1, 1) - 0.5)
        axes.annotate(
            name,
            (at, high),
            xytext=(6, 0),
            textcoords="offset points",
            va="center_baseline",
            size=7,
            weight="bold",
            color=colour,
        )


def _closeness(axes: Axes, tests: pd.DataFrame, language: Language) -> None:
    """Draw the observed mean distances with those by chance, and their p."""
    axes.set_title(language(CLOSENESS), pad=12)
    _below_title(axes, language(SHOWN_AS))
    rows = {(row["period"], row["followers"]): row for row in tests.to_dict("records")}
    reach = float(tests["chance_high"].max())
    for place, (key, message) in enumerate(KINDS.items()):
        row = rows[key]
        axes.barh(
            place,
            row["chance_high"] - row["chance_low"],
            0.5,
            left=row["chance_low"],
            color=style.GRID,
        )
        axes.plot([row["chance"]] * 2, [place - 0.25, place + 0.25], color=style.QUIET)
        axes.plot(
            [row["least"], row["most"]],
            [place] * 2,
            color=style.INK,
            linewidth=1.6,
            path_effects=style.HALO,
        )
        axes.plot(row["distance"], place, "o", color=style.INK, markersize=5, label=message)
        p = {"p": row["p"], "smallest": row["smallest_p"]}
        axes.text(
            reach * 1.02, place, language.fill(P_VALUE, p), size=6.5, va="center", in_layout=False
        )
    axes.set_yticks(np.arange(len(KINDS)), [language(message) for message in KINDS.values()])
    axes.set_ylim(len(KINDS) - 0.5, -0.5)
    axes.set_xlim(0, reach * 1.45)
    axes.tick_params(axis="y", length=0)
    axes.set_xticks(np.arange(0, reach + 1, 7))
    axes.set_xlabel(language(DISTANCE), labelpad=1)
    axes.xaxis.set_major_formatter(lambda value, _: language.number(value))
    axes.grid(axis="x")
    axes.set_axisbelow(True)
