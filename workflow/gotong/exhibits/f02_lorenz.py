"""F02: Lorenz curves, and inequality between and within groups of regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gotong import style
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.inequality import lorenz

TITLE = N_(
    "Hospital beds and output are spread unequally over Indonesia's kab/kota (Gini "
    "{gini_country_beds:.2f} and {gini_country_grdp:.2f}); {between_country_beds:.0%} of the "
    "inequality of beds lies between provinces"
)
CAPTION = N_(
    "a, b: the share of beds, output and so on that the regions with the least per head have "
    "(Lorenz curve), each region weighing as its residents do (census of 2020), for the "
    "{country} kabupaten and kota of Indonesia (a) and the {local} units of {area} (b). Below "
    "them: Gini coefficient, its 95% jackknife interval over regions (Johnson and Rust 1992), "
    "and n, the regions that are compared. HDI is a bounded index, so that its curve lies near "
    "the line of equality. c, d: Theil's T (Theil 1967) and the share of it that lies between "
    "groups (Shorrocks 1980): provinces (c), groups that decide together (d; {deciders} of "
    "them); T with the same kind of interval, and as a stroke the range of the share when any "
    "one group is left out and two or more remain. Left out: {flags} units of Banten with "
    "incomplete referral flags ({area_flags} of them in {area}, where referral beds are compared "
    "over {area_referral_groups} groups), {suspect} with suspect GRDP ({area_suspect} in "
    "{area}), {unlisted} without Puskesmas in the list ({area_unlisted} in {area}). {zeros} "
    "kabupaten and kota have no bed in the list, and {referral_zeros} of those compared have "
    "none in a referral hospital ({area_referral_zeros} in {area}), which raises the indices of "
    "beds. Inequality inside a region is not seen."
)
ALT = N_(
    "Two charts of Lorenz curves (a, b) and two of bars (c, d). Gini coefficients in Indonesia: "
    "hospital beds {gini_country_beds:.2f}, GRDP {gini_country_grdp:.2f}, expenditure "
    "{gini_country_expenditure:.2f}, HDI {gini_country_hdi:.2f}; in {area}: "
    "{gini_area_beds:.2f}, {gini_area_grdp:.2f}, "
    "{gini_area_expenditure:.2f}, {gini_area_hdi:.2f}. The share of Theil's T "
    "between provinces of Indonesia is {between_country_beds:.0%} for hospital beds and "
    "{between_country_grdp:.0%} for GRDP per head."
)

INDICATORS: Final = {
    "beds": N_("hospital beds"),
    "referral_beds": N_("referral beds"),
    "puskesmas": N_("Puskesmas"),
    "grdp": N_("GRDP"),
    "expenditure": N_("expenditure"),
    "hdi": N_("HDI"),
    "poverty": N_("poverty"),
}
CURVES: Final = {
    "referral_beds": (style.VERMILION, (0, (1, 1))),
    "beds": (style.VERMILION, "-"),
    "grdp": (style.BLUE, "--"),
    "expenditure": (style.GREEN, (0, (5, 1, 1, 1))),
    "hdi": (style.PURPLE, (0, (6, 1, 1, 1, 1, 1))),
}
"""Indicators that are drawn as curves, with colour and dashes."""

COUNTRY: Final = "country"
SCOPES: Final = {"country": N_("a  Indonesia"), "area": N_("b  {area}")}
"""Charts from left to right, and what stands above them; the scope of the area is its id."""
PARTS: Final = {
    "country": N_("c  Theil's T: share between provinces (dark)\n    and within them (light)"),
    "area": N_("d  Theil's T: share between deciders (dark)\n    and within them (light)"),
}
PEOPLE = N_("share of residents, least per head first")
HELD = N_("share of the whole")
GINI = N_("Gini")
INTERVAL = N_("95% interval")
COUNT = N_("n")
RANGE = N_("{low:.2f}–{high:.2f}")
FINE_RANGE = N_("{low:.3f}–{high:.3f}")
THEIL = N_("T")
GROUPS = N_("groups")
KEYED: Final = {"gini": (0.59, GINI), "interval": (0.84, INTERVAL), "units": (0.96, COUNT)}
"""Columns of the key of the curves: where they end, in widths of a chart, and their heading."""
BESIDE: Final = {
    "theil": (1.31, THEIL),
    "interval": (2.0, INTERVAL),
    "units": (2.28, COUNT),
    "groups": (2.82, GROUPS),
}
"""Likewise those beside the bars, of which the longest ends at 1."""


AT: Final = 0.24
"""How far below the middle of a bar the stroke of its range lies, in bars."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: corners of the curves, then the parts of Theil's index.

    Returns
    -------
    pandas.DataFrame
        part (curve, theil), scope, indicator, units, left_out_units, zero_units, groups,
        population_share, value_share (curves only), gini, gini_low, gini_high, theil, theil_low,
        theil_high, between_share and its least and greatest without any one group,
        between_share_low and between_share_high (Theil only), deciders.
    """
    found, scopes = tables["inequality"], (COUNTRY, choices["area"]["id"])
    main = found[(found["variant"] == "main") & found["scope"].isin(scopes)]
    rank = {name: number for number, name in enumerate([*scopes, *INDICATORS])}
    main = main.sort_values(
        ["scope", "indicator"], key=lambda column: column.map(rank), ignore_index=True
    )
    columns = ["scope", "indicator", "units", "left_out_units", "zero_units", "groups"]
    numbers = [
        *("gini", "gini_low", "gini_high", "theil", "theil_low", "theil_high"),
        *("between_share", "between_share_low", "between_share_high"),
    ]
    bars = main[[*columns, *numbers]].assign(part="theil")
    values = tables["inequality_values"]
    values = values[(values["variant"] == "main") & (values["left_out"] == "")]
    units = choices["area"]["units"]
    parts = []
    for scope in scopes:
        inside = values if scope == COUNTRY else values[values["region_code"].isin(units)]
        for indicator in CURVES:
            shown = inside[inside["indicator"] == indicator]
            people, held = lorenz(shown["value"], shown["population"].astype("float64"))
            corners = pd.DataFrame({"population_share": people, "value_share": held})
            parts.append(corners.assign(part="curve", scope=scope, indicator=indicator))
    data = pd.concat([*parts, bars], ignore_index=True)
    data["deciders"] = len(choices["area"]["deciders"])
    ordered = ["part", *columns, "population_share", "value_share", *numbers, "deciders"]
    return data[ordered]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    bars = data[data["part"] == "theil"].set_index(["scope", "indicator"])
    counts = bars[["units", "left_out_units", "zero_units", "groups"]].astype("int64")
    scopes = dict(zip(SCOPES, _scopes(data), strict=True))
    found: dict[str, Any] = {
        "country": int(counts["units"][COUNTRY].max()),
        "local": int(counts["units"][scopes["area"]].max()),
        "deciders": int(data["deciders"].iloc[0]),
        "zeros": int(counts["zero_units"][COUNTRY, "beds"]),
        "referral_zeros": int(counts["zero_units"][COUNTRY, "referral_beds"]),
        "area_referral_zeros": int(counts["zero_units"][scopes["area"], "referral_beds"]),
    }
    for word, name in (("flags", "referral_beds"), ("suspect", "grdp"), ("unlisted", "puskesmas")):
        found[word] = int(counts["left_out_units"][COUNTRY, name])
        found[f"area_{word}"] = int(counts["left_out_units"][scopes["area"], name])
    found["area_referral_groups"] = int(counts["groups"][scopes["area"], "referral_beds"])
    for word, scope in scopes.items():
        for name in CURVES:
            found[f"gini_{word}_{name}"] = float(bars["gini"][scope, name])
            found[f"between_{word}_{name}"] = float(bars["between_share"][scope, name])
    return found


def _scopes(data: pd.DataFrame) -> list[str]:
    """Return the scopes of the data in the order of `SCOPES`."""
    return sorted(data["scope"].unique(), key=lambda scope: scope != COUNTRY)


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: two charts of curves with their keys above two of bars."""
    figure = style.new_figure(176, said["title"], said["sources"])
    cells = figure.subplots(3, 2, height_ratios=(1.5, 0.46, 0.92))
    for column, (word, scope) in enumerate(zip(SCOPES, _scopes(data), strict=True)):
        curves, key, shares = cells[:, column]
        inside = data[data["scope"] == scope]
        bars = inside[inside["part"] == "theil"].set_index("indicator")
        _curves(curves, inside[inside["part"] == "curve"])
        curves.set_title(language(SCOPES[word]))
        curves.set_xlabel(language(PEOPLE))
        _ticks(curves, language)
        _key(key, bars, language)
        _bars(shares, bars, language, named=column == 0)
        shares.set_title(language(PARTS[word]), pad=16)
    cells[0, 0].set_ylabel(language(HELD))
    return figure


def _curves(axes: Axes, corners: pd.DataFrame) -> None:
    """Draw the Lorenz curves of one scope."""
    axes.set_aspect("equal", anchor="W")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.plot([0, 1], [0, 1], color=style.QUIET, linewidth=0.7)
    for name, (colour, dashes) in CURVES.items():
        part = corners[corners["indicator"] == name]
        axes.plot(
            part["population_share"],
            part["value_share"],
            color=colour,
            linestyle=dashes,
            label=name,
        )


def _ticks(axes: Axes, language: Language) -> None:
    """Write both axes of a chart of curves in per cent."""
    ticks = np.linspace(0, 1, 6)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(ticks, [language.number(tick, ".0%") for tick in ticks])


def _key(axes: Axes, bars: pd.DataFrame, language: Language) -> None:
    """Name the curves from the most unequal down, with their coefficients and numbers."""
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.6, len(CURVES) + 0.6)
    for at, words in KEYED.values():
        axes.text(at, len(CURVES), language(words), **_beside(style.QUIET))
    order = bars["gini"].loc[list(CURVES)].sort_values()
    for place, name in enumerate(order.index):
        colour, dashes = CURVES[name]
        row = bars.loc[name]
        axes.plot([0.0, 0.1], [place, place], color=colour, linestyle=dashes, label=name)
        axes.text(0.12, place, language(INDICATORS[name]), size=6.5, va="center")
        ends = {"low": row["gini_low"], "high": row["gini_high"]}
        written = {
            "gini": language.number(row["gini"], ".2f"),
            "interval": language.fill(RANGE, ends),
            "units": language.number(int(row["units"])),
        }
        for column, (at, _) in KEYED.items():
            axes.text(at, place, written[column], **_beside())


def _beside(colour: str = style.INK) -> dict[str, Any]:
    """Return how a number of a column is written, which ends at its place."""
    return {"size": 6.5, "ha": "right", "va": "center", "color": colour}


def _bars(axes: Axes, bars: pd.DataFrame, language: Language, *, named: bool) -> None:
    """Draw the shares of Theil's index between and within groups, with its total beside."""
    rows = np.arange(len(bars))[::-1]
    between = bars["between_share"].to_numpy(dtype="float64")
    axes.barh(rows, between, color=style.BLUE, height=0.7)
    axes.barh(rows, 1 - between, left=between, color="#c9d8e6", height=0.7)
    for at, words in BESIDE.values():
        axes.text(at, len(bars), language(words), **_beside(style.QUIET))
    axes.hlines(
        rows - AT,
        bars["between_share_low"],
        bars["between_share_high"],
        color=style.INK,
        linewidth=1.4,
        path_effects=style.HALO,
    )
    for row, share, (_, one) in zip(rows, between, bars.iterrows(), strict=True):
        inside = share > 0.5  # beyond a long bar there is no room for its share
        axes.text(
            share + (-0.015 if inside else 0.015),
            row + AT / 2,
            language.number(share, ".0%"),
            size=6.5,
            ha="right" if inside else "left",
            va="center",
            color="white" if inside else style.INK,
        )
        written = {
            "theil": language.number(one["theil"], ".3f"),
            "interval": language.fill(
                FINE_RANGE, {"low": one["theil_low"], "high": one["theil_high"]}
            ),
            "units": language.number(int(one["units"])),
            "groups": language.number(int(one["groups"])),
        }
        for column, (at, _) in BESIDE.items():
            axes.text(at, row, written[column], **_beside())
    axes.set_xlim(0, max(at for at, _ in BESIDE.values()))
    axes.set_ylim(-0.6, len(bars) - 0.4)
    axes.set_xticks([])
    axes.spines[["bottom"]].set_visible(False)
    names = [language(INDICATORS[name]) for name in bars.index] if named else [""] * len(bars)
    axes.set_yticks(rows, names)
    axes.tick_params(axis="y", length=0)
