"""F12: unmet need of COVID-19 beds alone, with neighbours and pooled, and border crossing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from gotong import style
from gotong.config import Pooling
from gotong.exhibits import drawing
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import Gazetteer
from gotong.tables import rows_equal

TITLE = N_(
    "In a model, pooling all beds leaves {first_still:.0%} ({first_still_low:.0%} to "
    "{first_still_high:.0%} over the assumptions varied) of the need that would otherwise go "
    "unmet from {first_start:month} to {first_end:month}, and {second_still:.0%} "
    "({second_still_low:.0%} to {second_still_high:.0%}) from {second_start:month} to "
    "{second_end:month}"
)
CAPTION = N_(
    "Patients without a bed in Greater Jakarta by day, if each region treats its own, if "
    "neighbours treat each other's too, and if all do within {farthest:.0f} km (transport "
    "problem by day, Hitchcock 1941). Lines: need of {share:.0%} of the cases of the last {stay} "
    "days in the regions but DKI Jakarta, and dated reports of capacity; bands: {low:.0%} to "
    "{high:.0%} and all sources of capacity. The two rows take the need of DKI Jakarta in two "
    "ways, as written above each: patients who found a bed, less those from elsewhere, are the "
    "least that it can have needed; scales differ. In the lower row pooling leaves "
    "{first_below:.0%} (c) and {second_below:.0%} (d) of what is unmet alone. In brackets in the "
    "title, the least and the most that it leaves under any assumption where regions alone leave "
    "any (table T06). a, c: cases of the regions' own series, {first_regions} regions, Tangerang "
    "Raya left out with its beds; single days hold cases entered late. b, d: a scenario, cases "
    "of the provinces shared out by residents, {second_regions} regions. e: share of a region's "
    "patients who live elsewhere, as reported (with 95% interval) and in the model with pooled "
    "beds. The model does not meet the shares of {missed_region}: at most {missed_most:.0%} "
    "under any assumption where {missed_observed:.0%} was reported on {missed_day}, and "
    "{later:.0%} under the main one where {later_least:.0%} to {later_most:.0%} was reported "
    "from {later_start} to {later_end}. A model of beds: staff, transport and consent are left "
    "out."
)
ALT = N_(
    "Four line charts of patients without a bed and one chart of shares. Alone the peak is "
    "{first_peak:.0f} patients in the first wave and {second_peak:.0f} in the second; pooled "
    "{first_pooled:.0f} and {second_pooled:.0f}. With the need of DKI Jakarta in the lower row "
    "the peaks are {first_below_peak:.0f} and {second_below_peak:.0f}; pooled, "
    "{second_below_pooled:.0f} in the second. Of DKI Jakarta's patients {observed:.0%} lived "
    "elsewhere on {observed_day}; the model says {modelled:.0%} ({modelled_low:.0%} to "
    "{modelled_high:.0%})."
)

WAYS: Final = {
    "alone": N_("each for itself"),
    "neighbours": N_("with neighbours"),
    "pooled": N_("all pooled"),
}
LOOKS: Final = {
    "alone": (style.VERMILION, "-", 1.3),
    "neighbours": (style.GREEN, "-", 3.2),
    "pooled": (style.BLUE, (0, (3, 1.5)), 1.3),
}
"""Colour, dashes and width: where two ways coincide the narrow dashes lie on the wide line."""
PANELS: Final = {
    "A": N_("a  Cases as reported, {n} regions"),
    "B": N_("b  Scenario: cases by residents, {n} regions"),
    "C": N_("c  As a"),
    "D": N_("d  As b"),
}
NEEDS: Final = {
    "residents": N_("need of DKI Jakarta: its patients who found a bed, less those from elsewhere"),
    "patients": N_("need of DKI Jakarta: all of its patients who found a bed"),
    "as_others": N_("need of DKI Jakarta: by the rule of the other regions"),
}
CROSSING = N_("e  Patients who live elsewhere, share of a region's COVID-19 patients")
AXIS = N_("patients without a bed")
BANDS = N_("bands up to thin lines: all shares and capacities")
REPORTED = N_("reported")
MODELLED = N_("model, pooled: main (dot) and range")
ROW = N_("{region}\n{day}, n = {patients}")
LEAST, MOST = "residents", "as_others"
"""Need of DKI Jakarta: the least that it can have been, and that which leaves most unmet."""
SHOWN: Final = {"A": ("reported", 0), "B": ("allocated", -1)}
"""Basis and wave of the upper charts; waves by their place in the configuration."""
BELOW: Final = {"A": "C", "B": "D"}
"""The chart below each: the same with another need of DKI Jakarta."""
SHARES: Final = "E"
"""The chart of patients from elsewhere."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: days by way of exchange, then shares of patients from elsewhere.

    Returns
    -------
    pandas.DataFrame
        panel (A to E), core_need (how the need of DKI Jakarta is taken in A to D), exchange,
        region_code, region, date, patients (of E), value, low, high (of A to D over the grid of
        shares and sources, of E over all assumptions of the model), observed, observed_low,
        observed_high (E only), regions, still, still_low and still_high (of A to D: share of what
        is unmet alone that pooling leaves, and its range over all assumptions), and the choices
        that the texts name.
    """
    chosen = Pooling.model_validate(choices["pooling"])
    farthest = LEAST if chosen.core_need == MOST else MOST
    waves = list(chosen.waves)
    parts = [
        _days(tables, chosen, basis, waves[place], need).assign(panel=panel)
        for upper, (basis, place) in SHOWN.items()
        for panel, need in ((upper, chosen.core_need), (BELOW[upper], farthest))
    ]
    crossing = _crossing(tables["non_resident_modelled"], tables["non_resident_observed"], chosen)
    data = pd.concat([*parts, crossing.assign(panel=SHARES)], ignore_index=True)
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    data["region"] = data["region_code"].map(gazetteer.name, na_action="ignore")
    share = chosen.hospitalised_share
    data = data.assign(
        share=share.mid,
        share_low=share.low,
        share_high=share.high,
        stay_days=chosen.stay_days,
        farthest_km=chosen.farthest_km,
    )
    columns = [
        "panel",
        "core_need",
        "exchange",
        "region_code",
        "region",
        "date",
        "patients",
        "value",
        "low",
    ]
    columns += ["high", "observed", "observed_low", "observed_high", "regions"]
    columns += ["still", "still_low", "still_high", "share"]
    return data[[*columns, "share_low", "share_high", "stay_days", "farthest_km"]]


def _days(tables: Tables, chosen: Pooling, basis: str, wave: str, core_need: str) -> pd.DataFrame:
    """Return unmet need by way and day of one wave, with its range over shares and sources."""
    front = chosen.front | {"core_need": core_need}
    span = chosen.waves[wave]
    days = tables["pooling_daily"]
    inside = days[
        (days["basis"] == basis) & days["date"].between(pd.Timestamp(span.start), span.end)
    ]
    own = inside[inside["core_need"] == core_need]
    grouped = own.groupby(["exchange", "date"])["unmet"]
    main = own[rows_equal(own, front)].set_index(["exchange", "date"])["unmet"]
    found = pd.DataFrame({"value": main, "low": grouped.min(), "high": grouped.max()})
    needed = tables["beds_needed"]
    regions = needed.loc[needed["basis"] == basis, "region_code"].nunique()
    left = _left(inside, front)
    return found.reset_index().assign(regions=regions, core_need=core_need, **left)


def _left(inside: pd.DataFrame, front: Mapping[str, Any]) -> dict[str, float]:
    """Return the share of the need unmet alone that pooling leaves, with its range."""
    scenario = list(front)
    totals = inside.pivot_table(values="unmet", index=scenario, columns="exchange", aggfunc="sum")
    # Where nothing is unmet alone there is nothing to avert.
    some = totals[totals["alone"] > 0]
    shares = (some["pooled"] / some["alone"]).rename("still").reset_index()
    return {
        "still": float(shares.loc[rows_equal(shares, front), "still"].item()),
        "still_low": shares["still"].min(),
        "still_high": shares["still"].max(),
    }


def _crossing(modelled: pd.DataFrame, observed: pd.DataFrame, chosen: Pooling) -> pd.DataFrame:
    """Return observed and modelled shares by region and day, on the basis that has the day.

    Where both have it, the one with the region's own series counts.
    """
    pooled = modelled[modelled["exchange"] == "pooled"]
    keys = ["region_code", "date"]
    own = pooled[pooled["basis"] == "reported"].set_index(keys).index
    taken = pooled[(pooled["basis"] == "reported") | ~pooled.set_index(keys).index.isin(own)]
    grouped = taken.groupby(keys)["modelled"]
    main = taken[rows_equal(taken, chosen.front)].set_index(keys)["modelled"]
    found = pd.DataFrame({"value": main, "low": grouped.min(), "high": grouped.max()})
    seen = observed.set_index(keys)[["share", "low", "high", "patients"]]
    seen.columns = pd.Index(["observed", "observed_low", "observed_high", "patients"])
    return found.join(seen).reset_index()


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts name."""
    first = data.iloc[0]
    found: dict[str, Any] = {
        "share": float(first["share"]),
        "low": float(first["share_low"]),
        "high": float(first["share_high"]),
        "stay": int(first["stay_days"]),
        "farthest": float(first["farthest_km"]),
    }
    for word, panel in (("first", "A"), ("second", "B")):
        part = data[data["panel"] == panel]
        by_way = part.groupby("exchange")["value"]
        found[f"{word}_regions"] = int(part["regions"].iloc[0])
        found[f"{word}_peak"] = float(by_way.max()["alone"])
        found[f"{word}_pooled"] = float(by_way.max()["pooled"])
        found |= {f"{word}_start": part["date"].min(), f"{word}_end": part["date"].max()}
        for name in ("still", "still_low", "still_high"):
            found[f"{word}_{name}"] = float(part[name].iloc[0])
        below = data[data["panel"] == BELOW[panel]]
        found[f"{word}_below"] = float(below["still"].iloc[0])
        of_way = below.groupby("exchange")["value"].max()
        found[f"{word}_below_peak"] = float(of_way["alone"])
        found[f"{word}_below_pooled"] = float(of_way["pooled"])
    crossing = data[data["panel"] == SHARES]
    top = crossing.iloc[0]
    found |= _missed(crossing[crossing["region_code"] != top["region_code"]])
    return found | {
        "observed": float(top["observed"]),
        "observed_day": top["date"],
        "modelled": float(top["value"]),
        "modelled_low": float(top["low"]),
        "modelled_high": float(top["high"]),
    }


def _missed(rows: pd.DataFrame) -> Facts:
    """Return modelled and reported shares of the region whose shares the model does not meet."""
    first, later = rows.iloc[0], rows.iloc[1:]
    return {
        "missed_region": first["region"],
        "missed_day": first["date"],
        "missed_most": float(first["high"]),
        "missed_observed": float(first["observed"]),
        "later_start": later["date"].min(),
        "later_end": later["date"].max(),
        "later": float(later["value"].mean()),
        "later_least": float(later["observed"].min()),
        "later_most": float(later["observed"].max()),
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: two rows of two charts of days above one of shares."""
    figure = style.new_figure(195, said["title"], said["sources"])
    grid = figure.add_gridspec(3, 2, height_ratios=(1.2, 1.2, 1.0))
    for row, panels in enumerate((tuple(BELOW), tuple(BELOW.values()))):
        first = figure.add_subplot(grid[row, 0])
        second = figure.add_subplot(grid[row, 1], sharey=first)
        for axes, panel in zip((first, second), panels, strict=True):
            part = data[data["panel"] == panel]
            words = language.fill(PANELS[panel], {"n": int(part["regions"].iloc[0])})
            # The line left empty has room for what is said above the row.
            axes.set_title(f"\n{words}")
            _lines(axes, part, language, keyed=panel == "A")
        own = data[data["panel"].isin(panels)]
        first.set_ylim(0, 1.04 * own["high"].max())
        first.set_ylabel(language(AXIS))
        second.tick_params(labelleft=False)
        _say_need(first, str(own["core_need"].iloc[0]), language)
    _shares(figure.add_subplot(grid[2, :]), data[data["panel"] == SHARES], language)
    return figure


def _say_need(axes: Axes, core_need: str, language: Language) -> None:
    """Say above a row of charts how the need of DKI Jakarta is taken in it."""
    said = axes.annotate(
        language(NEEDS[core_need]),
        (0, 1),
        xytext=(0, 17),
        xycoords="axes fraction",
        textcoords="offset points",
        size=7,
        color=style.QUIET,
        va="bottom",
    )
    # It runs on over the second chart, and must not push it aside.
    said.set_in_layout(False)


def _lines(axes: Axes, part: pd.DataFrame, language: Language, *, keyed: bool) -> None:
    """Draw unmet need by day for each way of exchange."""
    _months(axes, part["date"], language)
    drawing.number_ticks(axes, language)
    for way, (colour, dashes, width) in LOOKS.items():
        days = part[part["exchange"] == way]
        axes.fill_between(
            days["date"], days["low"], days["high"], color=colour, alpha=0.16, linewidth=0
        )
        # Bands lie on one another: their upper ends are drawn in the dashes of their lines.
        axes.plot(
            days["date"],
            days["high"],
            color=colour,
            linestyle=dashes,
            linewidth=width / 2,
            alpha=0.7,
        )
        axes.plot(
            days["date"],
            days["value"],
            color=colour,
            linestyle=dashes,
            linewidth=width,
            label=way,
            zorder=3 if way == "pooled" else 2,
            clip_on=False,
            solid_capstyle="butt",
        )
    if keyed:
        for place, (way, words) in enumerate(WAYS.items()):
            colour, dashes, width = LOOKS[way]
            height = 0.95 - 0.075 * place
            axes.plot(
                [0.03, 0.10],
                [height, height],
                color=colour,
                linestyle=dashes,
                linewidth=width,
                transform=axes.transAxes,
            )
            shown = axes.text(0.12, height, language(words), size=7, va="center")
            shown.set(transform=axes.transAxes)
        foot = axes.text(0.03, 0.95 - 0.075 * len(WAYS), language(BANDS), size=6.5, va="center")
        foot.set(transform=axes.transAxes, color=style.QUIET)


def _months(axes: Axes, days: pd.Series, language: Language) -> None:
    """Set an axis with a tick on the first day of every month and half-way."""
    axes.set_xlim(days.min(), days.max())
    axes.xaxis.set_major_locator(mdates.MonthLocator())
    axes.xaxis.set_minor_locator(mdates.MonthLocator(bymonthday=15))

    def label(value: float, _position: int | None) -> str:
        return language.date(pd.Timestamp(mdates.num2date(value).replace(tzinfo=None)), "tick_year")

    axes.xaxis.set_major_formatter(FuncFormatter(label))
    for words in axes.get_xticklabels():
        words.set_horizontalalignment("left")


def _shares(axes: Axes, part: pd.DataFrame, language: Language) -> None:
    """Draw observed and modelled shares of patients from elsewhere, a row for each day."""
    axes.set_title(language(CROSSING))
    rows = np.arange(len(part))[::-1]
    names = []
    for row, one in zip(rows, part.to_dict("records"), strict=True):
        axes.plot(
            [one["low"], one["high"]],
            [row - 0.16] * 2,
            color=style.BLUE,
            linewidth=4,
            alpha=0.3,
            solid_capstyle="butt",
        )
        # A share of nothing lies on the axis, which must not cut its dot.
        axes.plot(
            one["value"], row - 0.16, "o", color=style.BLUE, markersize=4, clip_on=False, zorder=3
        )
        axes.plot(
            [one["observed_low"], one["observed_high"]],
            [row + 0.16] * 2,
            color=style.INK,
            solid_capstyle="butt",
        )
        axes.plot(one["observed"], row + 0.16, "D", color=style.INK, markersize=4)
        facts_of = {"region": one["region"], "day": one["date"], "patients": int(one["patients"])}
        names.append(language.fill(ROW, facts_of))
    axes.set_yticks(rows, names, size=6.5)
    axes.set_ylim(-0.6, len(part) - 0.3)
    axes.set_xlim(0, 1)
    ticks = np.linspace(0, 1, 6)
    axes.set_xticks(ticks, [language.number(tick, ".0%") for tick in ticks])
    top = part.iloc[0]
    for height, at, words, colour in (
        (rows[0] + 0.16, top["observed_high"], REPORTED, style.INK),
        (rows[0] - 0.16, top["high"], MODELLED, style.BLUE),
    ):
        axes.annotate(
            language(words),
            (at, height),
            xytext=(6, 0),
            textcoords="offset points",
            size=6.8,
            va="center",
            color=colour,
        )
