"""F05: reported measures of cooperation by dyad and month of their start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gotong import style
from gotong.contracts import DYADS
from gotong.exhibits import vocabulary
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language, with_facts
from gotong.tables import DATE
from gotong.timeline import undated, unplaced

TITLE = N_(
    "{top_share:.0%} of {dated} dated measures of cooperation were reported to start in "
    "{top_month:month}, most often {top_between} ({top_dyad_count} of {top_count})"
)
CAPTION = N_(
    "{measures} measures of cooperation in Greater Jakarta by who cooperated with whom and by the "
    "month of their reported start; at the right, all of a dyad by kind: {action} actions, {rule} "
    "rules and {statement} statements. A blank cell says that none was found. Counts are what was "
    "reported and searched, not how intense cooperation was: never compare the counts of regions. "
    "Dates are months at best: of the start dates that a second text could test, {wrong_first} of "
    "{tested_first} ({share_first:.0%}) and {wrong_second} of {tested_second} ({share_second:.0%}) "
    "were wrong in two audits, {too_late} of these {wrong} too late. {undated} have no known start "
    "and stand in a column of their own. A few rows may tell one event twice{abroad}."
)
ALT = N_(
    "Heat-map of {dyads} dyads by {months} months from {start:month} to {end:month}, with the "
    "number of measures that start in each, and bars of the totals. {top_month:month} has the "
    "most, {top_count}; {next_month:month} follows with {next_count}. By dyad the total is "
    "largest, {most_count}, for {most_dyads}, and smallest, {least_count}, for {least_dyads}."
)

ABROAD = N_(", and some took place outside Greater Jakarta")
BY_MONTH = N_("Measures by month of reported start (blank: none found)")
BY_ACT = N_("By kind")
UNDATED = N_("no\ndate")

ACTS = {"action": style.BLUE, "rule": "#e9a15b", "statement": "#d3d8de"}
"""Kinds of measures with their colours: dark, middle, light."""

COUNTS = sns.light_palette(style.PURPLE, as_cmap=True)
"""Colours of the heat-map; those of strictness and of the kinds mean something else."""

DARK = 0.77
"""Share of the highest count from which white letters stand out from a cell more than dark."""

AUDITS = ("first", "second")
"""Audits of start dates, as the configuration names them."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: one row per month, dyad and kind, zeros included.

    Returns
    -------
    pandas.DataFrame
        month (its first day; missing for measures without a known start), dyad, act, measures
        (that start in the month), elsewhere (those of them outside Greater Jakarta); the same in
        all rows, of the first and second audit of start dates: tested, wrong and too_late.
    """
    measures = tables["cooperation/measures.csv"]
    counts = tables["measures_monthly"]
    key = ["dyad", "act"]
    without = _count(undated(measures), key)
    every = counts[key].drop_duplicates().merge(without, on=key, how="left")
    data = pd.concat([counts, every.fillna({"measures": 0})], ignore_index=True)
    month = measures["start_date"].to_numpy().astype("datetime64[M]")
    abroad = _count(unplaced(measures.assign(month=month.astype(DATE))), ["month", *key])
    data = data.merge(
        abroad.rename(columns={"measures": "elsewhere"}), on=["month", *key], how="left"
    )
    data["elsewhere"] = data["elsewhere"].fillna(0)
    order = data["dyad"].map(DYADS.index)
    ordered = data.assign(order=order).sort_values(["month", "order", "act"], ignore_index=True)
    return ordered.drop(columns="order").assign(**audited(choices["start_date_audits"]))


def audited(audits: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return the counts of the audits of start dates, by the name of their column.

    Parameters
    ----------
    audits : mapping of str to mapping of str to int
        By audit: tested, wrong and too_late (dates), as configured.
    """
    return {
        f"{count}_{audit}": audits[audit][count]
        for audit in AUDITS
        for count in ("tested", "wrong", "too_late")
    }


def audit_facts(data: pd.DataFrame) -> Facts:
    """Return what the texts say of the audits of start dates, from the columns of `audited`."""
    row = data.iloc[0]
    counts = {
        f"{count}_{audit}": int(row[f"{count}_{audit}"])
        for audit in AUDITS
        for count in ("tested", "wrong")
    }
    shares = {
        f"share_{audit}": counts[f"wrong_{audit}"] / counts[f"tested_{audit}"] for audit in AUDITS
    }
    return {
        **counts,
        **shares,
        "wrong": sum(counts[f"wrong_{audit}"] for audit in AUDITS),
        "too_late": sum(int(row[f"too_late_{audit}"]) for audit in AUDITS),
    }


def _count(measures: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return the number of measures by some columns."""
    counts = measures.groupby(key, dropna=False).size().astype("Int64")
    return counts.rename("measures").reset_index()


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers, months and dyads that the texts name."""
    dated = data[data["month"].notna()]
    months = dated.groupby("month")["measures"].sum().sort_values(ascending=False, kind="stable")
    top = months.index[0]
    at_top = dated[dated["month"] == top].groupby("dyad", sort=False)["measures"].sum()
    dyads = data.groupby("dyad", sort=False)["measures"].sum()
    acts = data.groupby("act")["measures"].sum()
    return {
        "measures": int(data["measures"].sum()),
        "dated": int(months.sum()),
        "undated": int(data["measures"].sum() - months.sum()),
        "elsewhere": int(data["elsewhere"].sum()),
        "abroad": ABROAD if data["elsewhere"].any() else "",
        **{act: int(acts[act]) for act in ACTS},
        "dyads": len(dyads),
        "months": len(months),
        "start": dated["month"].min(),
        "end": dated["month"].max(),
        "top_month": top,
        "top_count": int(months.iloc[0]),
        "top_share": float(months.iloc[0] / months.sum()),
        "top_between": vocabulary.DYAD_BETWEEN[str(at_top.idxmax())],
        "top_dyad_count": int(at_top.max()),
        "next_month": months.index[1],
        "next_count": int(months.iloc[1]),
        "most_dyads": _named(dyads[dyads == dyads.max()].index),
        "most_count": int(dyads.max()),
        "least_dyads": _named(dyads[dyads == dyads.min()].index),
        "least_count": int(dyads.min()),
        **audit_facts(data),
    }


def _named(dyads: Iterable[str]) -> str:
    """Return the names of one dyad, or of several that tie, as a text that a language can show."""
    names = {f"dyad_{place}": vocabulary.DYAD[dyad] for place, dyad in enumerate(dyads)}
    return with_facts(", ".join(f"{{{field}}}" for field in names), **names)


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: a heat-map of dyads by month with the totals of both."""
    figure = style.new_figure(104, said["title"], said["sources"])
    dated = data[data["month"].notna()]
    cells = dated.pivot_table(
        index="dyad", columns="month", values="measures", aggfunc="sum", sort=False
    )
    rest = data[data["month"].isna()].groupby("dyad", sort=False)["measures"].sum()
    acts = data.pivot_table(index="dyad", columns="act", values="measures", aggfunc="sum")
    acts = acts.loc[cells.index, list(ACTS)].astype(int)

    grid = figure.add_gridspec(
        2, 3, width_ratios=(len(cells.columns), 1, 8), height_ratios=(17, 58)
    )
    heat = figure.add_subplot(grid[1, 0])
    above = figure.add_subplot(grid[0, 0], sharex=heat)
    column = figure.add_subplot(grid[1, 1], sharey=heat)
    top = figure.add_subplot(grid[0, 1], sharex=column, sharey=above)
    beside = figure.add_subplot(grid[1, 2], sharey=heat)
    corner = figure.add_subplot(grid[0, 2])

    highest = int(cells.to_numpy().max())
    _cells(heat, cells.astype(int), highest)
    _cells(column, rest.loc[cells.index].to_frame().astype(int), highest)
    _month_totals(above, cells.sum().astype(int).to_numpy())
    _month_totals(top, np.array([int(rest.sum())]))
    _kinds(beside, acts, language)
    _name_axes(heat, column, cells, language)
    above.set_title(language(BY_MONTH))
    corner.axis("off")
    corner.set_title(language(BY_ACT))
    return figure


def _cells(axes: Axes, counts: pd.DataFrame, highest: int) -> None:
    """Draw the heat-map; cells without a measure stay blank."""
    sns.heatmap(
        counts,
        ax=axes,
        cmap=COUNTS,
        vmin=0,
        vmax=highest,
        mask=counts == 0,
        annot=True,
        fmt="d",
        annot_kws={"size": 7},
        cbar=False,
        linewidths=0.8,
        linecolor="white",
        xticklabels=False,
        yticklabels=False,
    )
    for words, count in zip(axes.texts, counts.to_numpy()[counts.to_numpy() > 0], strict=True):
        words.set_color("white" if count > DARK * highest else style.INK)
    axes.set(xlabel="", ylabel="", facecolor="#f4f5f6")


def _name_axes(heat: Axes, column: Axes, cells: pd.DataFrame, language: Language) -> None:
    """Write dyads beside the rows and months below the columns."""
    names = [_label(dyad, language) for dyad in cells.index]
    heat.set_yticks(np.arange(len(names)) + 0.5, names)
    heat.tick_params(axis="y", length=0, rotation=0)
    months = [language.date(month, "tick") for month in cells.columns]
    for place, month in enumerate(pd.DatetimeIndex(cells.columns)):
        if place == 0 or month.month == 1:
            months[place] += f"\n{month.year}"
    heat.set_xticks(np.arange(len(months)) + 0.5, months)
    column.set_xticks([0.5], [language(UNDATED)])
    for axes in (heat, column):
        axes.tick_params(axis="x", length=0, labelsize=6.3, rotation=0)
    column.tick_params(axis="y", left=False, labelleft=False)


def _label(dyad: str, language: Language) -> str:
    """Return the letters and the words of a dyad in two lines."""
    return f"{dyad}  {language(vocabulary.DYAD[dyad])}".replace(" – ", " –\n")


def _month_totals(axes: Axes, totals: np.ndarray) -> None:
    """Draw the total of each column of the heat-map as a bar with its number."""
    bars = axes.bar(np.arange(len(totals)) + 0.5, totals, width=0.72, color=style.PURPLE)
    axes.bar_label(bars, labels=[str(total) for total in totals], size=6.5, padding=1)
    axes.margins(y=0.2)
    axes.set_axis_off()


def _kinds(axes: Axes, acts: pd.DataFrame, language: Language) -> None:
    """Draw the total of each dyad as a bar of its kinds, each named above its first stretch."""
    places = np.arange(len(acts)) + 0.5
    before = np.zeros(len(acts))
    for number, (act, colour) in enumerate(ACTS.items()):
        counts = acts[act].to_numpy()
        bars = axes.barh(
            places, counts, 0.62, left=before, color=colour, edgecolor="white", label=act
        )
        labels = [str(count) if count else "" for count in counts]
        ink = "white" if colour == style.BLUE else style.INK
        axes.bar_label(bars, labels=labels, label_type="center", size=6.5, color=ink)
        for row in np.flatnonzero(counts)[:1]:
            middle = before[row] + counts[row] / 2
            axes.annotate(
                language(act),
                (middle, places[row] - 0.31),
                xytext=(0, 10 + 9 * (len(ACTS) - 1 - number)),
                textcoords="offset points",
                size=6.5,
                ha="center",
                in_layout=False,
                arrowprops={"arrowstyle": "-", "color": style.QUIET, "linewidth": 0.5},
            )
        before += counts
    for place, total in zip(places, before, strict=True):
        axes.text(total + 0.6, place, f"{total:.0f}", size=7, weight="bold", va="center")
    axes.set_xlim(0, before.max() * 1.12)
    axes.set_axis_off()
