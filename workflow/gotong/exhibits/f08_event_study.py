"""F08: effects by weeks since a rule, in the designs with staggered dates."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MultipleLocator

from gotong import style
from gotong.analyses.effect_evidence import name_of
from gotong.exhibits import drawing, effect_words
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language

TITLE = N_(
    "{passed} of {comparisons} comparisons of regions before and after a rule passed their own "
    "checks; those that failed carry no verdict"
)
CAPTION = N_(
    "Points: difference between regions under a rule and those that are not, by weeks since it "
    "began, in {units_least} to {units_most} regions; bars: pointwise 95% intervals, the "
    "estimate plus and minus what other assignments of the same dates to regions rarely exceed. "
    "Group-time effects after Callaway and Sant'Anna (2021, without covariates), growth against "
    "the mean of all weeks before and mobility against the last, which is 0 for that. Filled "
    "points make the number above a panel, with its 95% interval, which takes regions as "
    "independent, its p (by region, or by decision where whole groups got their date at once), "
    "the least that this p can be, n, the number of regions, how many of them had the rule and "
    "how many governments decided. A panel that failed its checks is grey. The smallest effect "
    "to be seen is that at p of 0.05 with a power of 80%. Shaded: weeks before the rule, which "
    "should show nothing. Regions were often chosen by their cases, and few governments decided: "
    "{deciders_least} to {deciders_most} in a comparison. Growth is of reported cases, which "
    "trail infections by a week or more and depend on testing. {glossary}"
)
ALT = N_(
    "{comparisons} small charts of differences by weeks since a rule began, with intervals, "
    "weeks before it shaded. Growth differs by {low:.3f} ({low_design}) to {high:.3f} "
    "({high_design}) per day; {below} intervals lie below zero, {above} above it. {passed} "
    "passed their checks. {worst} failed the check of the weeks before."
)
PANEL = N_("{letter}  {design}: {outcome}")
PASSED = N_("checks passed")
FAILED = N_("checks failed: {checks}")
NUMBER = N_("{estimate:.3f} ({low:.3f} to {high:.3f} by region)")
NUMBER_MOBILITY = N_("{estimate:.1f} ({low:.1f} to {high:.1f} by region)")
TEST = {
    "units": N_("{p} by region (least {least})"),
    "deciders": N_("{p} by decision (least {least})"),
}
"""By the level at which dates were given."""
SIZES = N_("n = {units}, {treated} under it; deciders: {deciders}")
DETECTABLE = N_("smallest effect to be seen: {detectable:.3f}")
DETECTABLE_MOBILITY = N_("smallest effect to be seen: {detectable:.1f}")
UNDETECTABLE = N_("too few decisions to see any effect")
COUNTED = N_("makes the number above")
NOT_COUNTED = N_("does not")
AXIS_TIME = N_("weeks since the rule began")
AXIS_GROWTH = N_("log points per day")
AXIS_MOBILITY = N_("percentage points")

SHOWN: Final = (
    ("first_ppkm", "growth"),
    ("first_ppkm_centraljava", "growth"),
    ("first_psbb_westjava", "growth"),
    ("first_psbb_java", "growth"),
    ("first_psbb_province", "growth"),
    ("akb_westjava", "growth"),
    ("first_psbb_province", "workplaces"),
    ("first_psbb_province", "retail_and_recreation"),
    ("first_psbb_province", "residential"),
)
"""Designs and outcomes, in the order of the panels, row by row; an area has those it is in."""

COLUMNS: Final = 3
LETTERS: Final = "abcdefghi"
HEAD: Final = 128
"""Points that words above a panel may take: as wide as the panel."""

GROWTH: Final = "growth"
ROOM: Final = 1.05
"""Height of an axis over the longest interval."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the paths that are shown, each row with the one number of its design.

    Returns
    -------
    pandas.DataFrame
        panel, design, outcome, event_time, estimate, low, high, kind, counted; and, the same in
        all rows of a panel: effect, effect_low, effect_high, p and smallest_p (at the level at
        which was decided, level), detectable, units, treated, deciders, passed, failed_checks.
    """
    paths, evidence = tables["effect_paths"], tables["evidence_effects"]
    mains = tables["effects"][tables["effects"]["main"].astype(bool)]
    named = mains[["design", "outcome", "treated"]].assign(
        evidence=[
            name_of(*map(str, key))
            for key in zip(mains["design"], mains["outcome"], mains["claim"], strict=True)
        ]
    )
    numbers = named.merge(evidence, on="evidence", validate="1:1").rename(
        columns={"estimate": "effect", "low": "effect_low", "high": "effect_high"}
    )
    designs = effect_words.of_area(choices["area"])
    shown = [pair for pair in SHOWN if pair[0] in designs]
    order = {pair: number for number, pair in enumerate(shown)}
    pairs = zip(paths["design"], paths["outcome"], strict=True)
    placed = paths.assign(panel=pd.array([order.get(pair) for pair in pairs], dtype="Int64"))
    kept = [
        *(
            "design",
            "outcome",
            "effect",
            "effect_low",
            "effect_high",
            "p",
            "smallest_p",
            "detectable",
        ),
        *("units", "treated", "deciders", "passed", "failed_checks"),
    ]
    found = placed.dropna(subset="panel").merge(
        numbers[kept], on=["design", "outcome"], validate="m:1"
    )
    level = {name: each["assigned_by"] for name, each in choices["effects"]["staggered"].items()}
    found["level"] = found["design"].map(level)
    names = ["panel", *paths.columns, *kept[2:], "level"]
    return found.sort_values(["panel", "event_time"], ignore_index=True)[names]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    panels = data.drop_duplicates("panel")
    return {
        "comparisons": len(panels),
        "passed": int(panels["passed"].sum()),
        "worst": int(panels["failed_checks"].str.contains("pre_period").sum()),
        **_shape(panels),
        "units_least": int(panels["units"].min()),
        "units_most": int(panels["units"].max()),
        "deciders_least": int(panels["deciders"].min()),
        "deciders_most": int(panels["deciders"].max()),
        "glossary": effect_words.RULES,
    }


def _shape(panels: pd.DataFrame) -> Facts:
    """Return between which numbers growth lies, of which designs, and which intervals tell."""
    growth = panels[panels["outcome"] == GROWTH].set_index("design")["effect"]
    below, above = panels["effect_high"] < 0, panels["effect_low"] > 0
    return {
        "low": _rounded(growth.min()),
        "low_design": effect_words.DESIGNS[str(growth.idxmin())],
        "high": _rounded(growth.max()),
        "high_design": effect_words.DESIGNS[str(growth.idxmax())],
        "below": int(below.sum()),
        "above": int(above.sum()),
    }


def draw(data: pd.DataFrame, language: Language, said: dict[str, str]) -> Figure:
    """Draw the panels."""
    panels = [rows for _, rows in data.groupby("panel")]
    lines = -(-len(panels) // COLUMNS)
    figure = style.new_figure(18 + 70 * lines, said["title"], said["sources"])
    grid = figure.subplots(lines, COLUMNS, squeeze=False)
    growth = data.loc[data["outcome"] == GROWTH, ["low", "high"]]
    reach = ROOM * float(np.abs(growth.to_numpy()).max())
    for letter, axes, rows in zip(LETTERS, grid.ravel(), panels, strict=False):
        _panel(axes, rows, letter, language)
        if rows["outcome"].iloc[0] == GROWTH:
            axes.set_ylim(-reach, reach)
    _key(grid[0, 0], language)
    for axes in grid.ravel()[len(panels) :]:
        axes.set_axis_off()
    for axes in grid[-1]:
        axes.set_xlabel(language(AXIS_TIME))
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, letter: str, language: Language) -> None:
    """Draw one design and outcome."""
    growth = rows["outcome"].iloc[0] == GROWTH
    first, last = int(rows["event_time"].min()), int(rows["event_time"].max())
    axes.axvspan(first - 0.6, -0.5, color=style.GRID, alpha=0.55, linewidth=0, zorder=0)
    axes.axhline(0, color=style.QUIET, linewidth=0.6, zorder=1)
    colour = style.BLUE if rows["passed"].iloc[0] else style.QUIET
    since = rows["event_time"].astype("float64").to_numpy()
    axes.vlines(since, rows["low"], rows["high"], color=colour, linewidth=1.4, alpha=0.55, zorder=2)
    for filled, part in rows.groupby(rows["counted"].astype(bool)):
        axes.plot(
            part["event_time"].astype("float64"),
            part["estimate"],
            linestyle="none",
            marker="o",
            markersize=3.6,
            color=colour,
            markerfacecolor=colour if filled else "white",
            zorder=3,
        )
    axes.set_xlim(first - 0.6, last + 0.6)
    axes.set_ylabel(language(AXIS_GROWTH if growth else AXIS_MOBILITY), labelpad=3)
    drawing.number_ticks(axes, language, ".1f" if growth else "")
    axes.xaxis.set_major_locator(MultipleLocator(2))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda week, _: language.number(week)))
    name, lines = _heading(rows.iloc[0], letter, language)
    drawing.head(axes, name, lines, HEAD)


def _key(axes: Axes, language: Language) -> None:
    """Say in one panel what filled and hollow points are."""
    marks = [
        Line2D([], [], linestyle="none", marker="o", markersize=3.6, color=style.QUIET, mfc=face)
        for face in (style.QUIET, "white")
    ]
    axes.legend(
        marks,
        [language(COUNTED), language(NOT_COUNTED)],
        loc="lower left",
        fontsize=drawing.WORDS,
        frameon=False,
        handletextpad=0.1,
        borderaxespad=0.2,
    )


def _heading(row: pd.Series, letter: str, language: Language) -> tuple[str, list[str]]:
    """Return what a panel shows, its one number, the test of it, and whether it passed."""
    name = language.fill(
        PANEL,
        {
            "letter": letter,
            "design": effect_words.DESIGNS[row["design"]],
            "outcome": effect_words.OUTCOMES[row["outcome"]],
        },
    )
    failed = effect_words.failed(row["failed_checks"], language)
    said = language(PASSED) if row["passed"] else language.fill(FAILED, {"checks": failed})
    shown = language.fill(
        NUMBER if row["outcome"] == GROWTH else NUMBER_MOBILITY,
        {
            field: _rounded(row[name])
            for field, name in (
                ("estimate", "effect"),
                ("low", "effect_low"),
                ("high", "effect_high"),
            )
        },
    )
    test = {
        "p": effect_words.p_value(row["p"], language),
        "least": language.number(row["smallest_p"], "p"),
    }
    sizes = {name: int(row[name]) for name in ("units", "treated", "deciders")}
    lines = [
        shown,
        language.fill(TEST[row["level"]], test),
        language.fill(SIZES, sizes),
        _detectable(row, language),
        said,
    ]
    return name, lines


def _detectable(row: pd.Series, language: Language) -> str:
    """Return the smallest effect that the design could have seen, if any."""
    if pd.isna(row["detectable"]):
        return language(UNDETECTABLE)
    message = DETECTABLE if row["outcome"] == GROWTH else DETECTABLE_MOBILITY
    return language.fill(message, {"detectable": float(row["detectable"])})


def _rounded(value: float) -> float:
    """Return a number to three decimals, without the sign of a zero."""
    return round(float(value), 3) + 0.0
