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
    "Above: the share of beds, output and so on that the regions with the least per head have "
    "(Lorenz curve), each region weighing as its residents do (census of 2020); left {country} "
    "kabupaten and kota of Indonesia, right {local} units of {area}. In brackets: Gini "
    "coefficient and its 95 % jackknife interval over regions (Johnson and Rust 1992). HDI is "
    "a bounded index, so that its curve lies near the line of equality. Below: Theil's T (Theil "
    "1967) and the share of it that lies between groups (Shorrocks 1980): provinces for Indonesia, "
    "groups that decide together ({deciders}) for {area}. Left out in Indonesia: {flags} units of "
    "Banten with incomplete referral flags, {suspect} with suspect GRDP, {unlisted} without "
    "Puskesmas in the list. {zeros} kabupaten and kota have no bed in the list, which raises the "
    "indices of beds. Inequality inside a region is not seen."
)
ALT = N_(
    "Two charts of Lorenz curves and two of bars. Gini coefficients in Indonesia: hospital beds "
    "{gini_country_beds:.2f}, GRDP {gini_country_grdp:.2f}, expenditure "
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
    "hdi": (style.PURPLE, "-"),
}
"""Indicators that are drawn as curves, with colour and dashes."""

COUNTRY: Final = "country"
SCOPES: Final = {
    "country": N_("Indonesia, {n} kab/kota"),
    "area": N_("{area}, {n} units"),
}
"""Charts from left to right, and what stands above them; the scope of the area is its id."""
PEOPLE = N_("share of residents, least per head first")
HELD = N_("share of the whole")
CURVE = N_("{name} ({gini:.2f}; {low:.2f}–{high:.2f})")
PARTS = N_("share of Theil's T between groups (dark) and within them (light)")
TOTAL = N_("T = {theil:.3f}")
TOTAL_HEADING: Final = 1.02


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: corners of the curves, then the parts of Theil's index.

    Returns
    -------
    pandas.DataFrame
        part (curve, theil), scope, indicator, units, left_out_units, zero_units,
        population_share, value_share (curves only), gini, gini_low, gini_high, theil,
        between_share (Theil only), deciders.
    """
    found, scopes = tables["inequality"], (COUNTRY, choices["area"]["id"])
    main = found[(found["variant"] == "main") & found["scope"].isin(scopes)]
    rank = {name: number for number, name in enumerate([*scopes, *INDICATORS])}
    main = main.sort_values(
        ["scope", "indicator"], key=lambda column: column.map(rank), ignore_index=True
    )
    columns = ["scope", "indicator", "units", "left_out_units", "zero_units"]
    numbers = ["gini", "gini_low", "gini_high", "theil", "between_share"]
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
    counts = bars[["units", "left_out_units", "zero_units"]].astype("int64")
    scopes = dict(zip(SCOPES, _scopes(data), strict=True))
    found: dict[str, Any] = {
        "country": int(counts["units"][COUNTRY].max()),
        "local": int(counts["units"][scopes["area"]].max()),
        "deciders": int(data["deciders"].iloc[0]),
        "zeros": int(counts["zero_units"]["country", "beds"]),
    }
    for word, name in (("flags", "referral_beds"), ("suspect", "grdp"), ("unlisted", "puskesmas")):
        found[word] = int(counts["left_out_units"]["country", name])
    for word, scope in scopes.items():
        for name in CURVES:
            found[f"gini_{word}_{name}"] = float(bars["gini"][scope, name])
            found[f"between_{word}_{name}"] = float(bars["between_share"][scope, name])
    return found


def _scopes(data: pd.DataFrame) -> list[str]:
    """Return the scopes of the data in the order of `SCOPES`."""
    return sorted(data["scope"].unique(), key=lambda scope: scope != COUNTRY)


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: two charts of curves above two of bars."""
    figure = style.new_figure(156, said["title"], said["sources"])
    cells = figure.subplots(2, 2, height_ratios=(1.45, 1.0))
    for column, (scope, heading) in enumerate(zip(_scopes(data), SCOPES.values(), strict=True)):
        inside = data[data["scope"] == scope]
        bars = inside[inside["part"] == "theil"].set_index("indicator")
        _curves(cells[0, column], inside[inside["part"] == "curve"], bars, language)
        cells[0, column].set_title(language.fill(heading, {"n": int(bars["units"].max())}))
        _bars(cells[1, column], bars, language, named=column == 0)
    cells[0, 0].set_ylabel(language(HELD))
    cells[1, 0].set_title(language(PARTS), weight="normal", size=7.5)
    return figure


def _curves(axes: Axes, corners: pd.DataFrame, bars: pd.DataFrame, language: Language) -> None:
    """Draw the Lorenz curves of one scope, named from the most unequal down."""
    axes.set_aspect("equal")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    ticks = np.linspace(0, 1, 6)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(ticks, [language.number(tick, ".0%") for tick in ticks])
    axes.plot([0, 1], [0, 1], color=style.QUIET, linewidth=0.7)
    order = bars["gini"].loc[list(CURVES)].sort_values(ascending=False)
    place = 0.93
    for name in order.index:
        colour, dashes = CURVES[name]
        part = corners[corners["indicator"] == name]
        axes.plot(
            part["population_share"],
            part["value_share"],
            color=colour,
            linestyle=dashes,
            label=name,
        )
        row = bars.loc[name]
        words = language.fill(
            CURVE,
            {
                "name": INDICATORS[name],
                "gini": row["gini"],
                "low": row["gini_low"],
                "high": row["gini_high"],
            },
        )
        axes.plot([0.04, 0.12], [place, place], color=colour, linestyle=dashes)
        axes.text(0.14, place, words, size=6, va="center", path_effects=style.HALO)
        place -= 0.065
    axes.set_xlabel(language(PEOPLE))


def _bars(axes: Axes, bars: pd.DataFrame, language: Language, *, named: bool) -> None:
    """Draw the shares of Theil's index between and within groups, with its total beside."""
    rows = np.arange(len(bars))[::-1]
    between = bars["between_share"].to_numpy(dtype="float64")
    axes.barh(rows, between, color=style.BLUE, height=0.7)
    axes.barh(rows, 1 - between, left=between, color="#c9d8e6", height=0.7)
    for row, share, total in zip(rows, between, bars["theil"], strict=True):
        axes.text(
            max(share, 0.0) + 0.015, row, language.number(share, ".0%"), size=6.2, va="center"
        )
        words = language.fill(TOTAL, {"theil": float(total)})
        axes.text(TOTAL_HEADING, row, words, size=6.2, va="center", clip_on=False)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.spines[["bottom"]].set_visible(False)
    names = [language(INDICATORS[name]) for name in bars.index] if named else [""] * len(bars)
    axes.set_yticks(rows, names)
    axes.tick_params(axis="y", length=0)
