"""F09: DKI Jakarta and its synthetic control, with every donor as a placebo."""

from __future__ import annotations

from typing import Final

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gotong import style
from gotong.exhibits import drawing, effect_words
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import DKI, Gazetteer
from gotong.tables import DATE

TITLE = N_(
    "After the brake of September 2020 visits to work differed by {workplaces:.1f} points (p "
    "{workplaces_p:.3f}) and time at home by {residential:.1f} (p {residential_p:.3f}; smallest "
    "possible {smallest:.3f}) from a synthetic Jakarta; cases {cases}"
)
CAPTION = N_(
    "Left: DKI Jakarta and the mix of other provinces that was closest to it before the change "
    "(dashed line), up to a constant. Right: actual less synthetic (dark), and that of every "
    "donor taken as if it had changed (grey). Means of seven days counted from the change "
    "(dotted), drawn at their middle; cases by week, without the week of the change (a gap), "
    "whose reports are of infections before it. Synthetic control on past outcomes alone (Abadie "
    "et al. 2010; with a constant, Ferman and Pinto 2021); p is the rank of the ratio of errors "
    "after and before among all provinces and cannot fall below one over their number. Banten "
    "(PSBB from 7 September) and Jawa Barat (Bodebek) are no donors for the brake, provinces "
    "with PSBB none for the transition. For mobility there are {days} days before the brake, but "
    "only {weeks} weeks, for {donors} donors: neighbouring days are alike, so that the fit "
    "flatters. Corrected for the kinds of places that were looked at p is {together:.3f} for "
    "time at home. A comparison that failed its checks carries no verdict. Mobility: Google's "
    "reports, per cent against early 2020."
)
ALT = N_(
    "Four rows of two line charts: DKI Jakarta beside its synthetic control, and the gap between "
    "them among the gaps of all donors. After the brake the gap is {workplaces:.1f} points for "
    "visits to workplaces and {residential:.1f} points for time at home; it is widest in the "
    "seven days from {workplaces_day} ({workplaces_widest:.1f}) and from {residential_day} "
    "({residential_widest:.1f}), and before the brake never wider than {workplaces_before:.1f} "
    "and {residential_before:.1f} points. By the ratio of errors after and before DKI Jakarta "
    "ranks {workplaces_rank} of {workplaces_units} and {residential_rank} of "
    "{residential_units}. The gap of cases lies between {cases_low:.2f} and {cases_high:.2f} "
    "after the brake (log)."
)
MIDDLE: Final = pd.Timedelta(days=3)
"""From the first day of a week to its middle, where it is drawn."""

ACTUAL = N_("DKI Jakarta")
SYNTHETIC = N_("synthetic")
MIX = N_("mix: {donors}")
OTHERS = N_("others {share:.0%}")
RANK = N_("rank {rank} of {units}, p {p:.3f} (smallest possible {smallest:.3f})")
DIFFERENCE = N_("{estimate:.1f} points after the change")
DIFFERENCE_CASES = N_("{estimate:.2f} after the change")
PASSED = N_("checks passed")
FAILED = N_("checks failed: {checks}")
GAP_NAME = N_("{letter}  Difference from the mix")
GAP = {"level": N_("difference (log)"), "mobility": N_("difference (points)")}
CASES_PASSED = N_("passed the checks")
CASES_FAILED = N_("failed the checks")
PANEL = N_("{letter}  {design}: {outcome}")
AXIS = {
    "level": N_("log(weekly cases + 1)"),
    "mobility": N_("% against early 2020"),
}

SHOWN: Final = (
    ("brake", "workplaces"),
    ("brake", "residential"),
    ("brake", "level"),
    ("transition_june", "workplaces"),
)
"""Designs and outcomes, row by row."""

CASES: Final = "level"
WEEK: Final = 7
TICKS: Final = 5
LETTERS: Final = "abcdefgh"
HEADS: Final = (226, 198)
"""Points that words above a panel may take, left (with the names at line ends) and right."""

MOST_NAMED: Final = 3
"""Donors that are named, by weight."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data.

    Returns
    -------
    pandas.DataFrame
        panel, design, outcome, region_code, region, date (first day of the seven), actual,
        synthetic, gap, weight, after; and, the same in all rows of a panel: effect, p,
        smallest_p, p_together (for all kinds of places of the design, by Holm; missing for cases),
        misfit (before, as a share of the own spread), p_pretended (at the pretended date), rank,
        units, periods_before (days or weeks), passed, failed_checks.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    parts = [
        _panel_data(number, design, outcome, tables)
        for number, (design, outcome) in enumerate(SHOWN)
    ]
    data = pd.concat(parts, ignore_index=True)
    data.insert(4, "region", data["region_code"].map(gazetteer.name).astype("str"))
    return data


def _panel_data(number: int, design: str, outcome: str, tables: Tables) -> pd.DataFrame:
    """Return the rows of one design and outcome."""
    paths, effects, checks = (
        of_comparison(tables[name], design, outcome)
        for name in ("synthetic_paths", "effects", "effect_checks")
    )
    main = effects[effects["main"].astype(bool)].iloc[0]
    before = paths.loc[~paths["after"].astype(bool), "date"].nunique()
    rows = paths if outcome == CASES else in_sevens(paths)
    # Of checks that were made several times one is kept; none of them is told here.
    told = checks.drop_duplicates("check").set_index("check")
    values, p_values = told["value"], told["p"]
    rows = rows.assign(
        panel=number,
        effect=main["estimate"],
        p=main["p_units"],
        smallest_p=main["smallest_p_units"],
        p_together=p_values.get("family_holm", np.nan),
        misfit=values["donors_span"],
        p_pretended=p_values["placebo_date"],
        rank=int(values["rank"]),
        units=int(main["units"]),
        periods_before=before,
        passed=bool(main["passed"]),
        failed_checks=main["failed_checks"],
    )
    return rows[["panel", *[name for name in rows.columns if name != "panel"]]]


def of_comparison(table: pd.DataFrame, design: str, outcome: str) -> pd.DataFrame:
    """Return the rows of one design and outcome."""
    return table[(table["design"] == design) & (table["outcome"] == outcome)]


def in_sevens(paths: pd.DataFrame) -> pd.DataFrame:
    """Return means of seven days counted from the day of the change, both ways.

    Parameters
    ----------
    paths : pandas.DataFrame
        ``synthetic_paths`` of one design and outcome by day.
    """
    change = paths.loc[paths["after"].astype(bool), "date"].min()
    block = np.floor((paths["date"] - change).dt.days / WEEK).astype("int64")
    start = (change + pd.to_timedelta(block * WEEK, unit="D")).astype(DATE)
    keys = ["design", "outcome", "region_code", "start"]
    means = (
        paths.assign(start=start)
        .groupby(keys, as_index=False)
        .agg(
            actual=("actual", "mean"),
            synthetic=("synthetic", "mean"),
            gap=("gap", "mean"),
            weight=("weight", "first"),
            after=("after", "first"),
        )
    )
    return means.rename(columns={"start": "date"})


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    panels = data.drop_duplicates("panel").set_index(["design", "outcome"])
    effect = panels["effect"]
    work = of_comparison(data, "brake", "workplaces").iloc[0]
    own = _own(data, CASES)
    cases = own.loc[own["after"].astype(bool), "gap"]
    return {
        "workplaces": float(effect["brake", "workplaces"]),
        "residential": float(effect["brake", "residential"]),
        "workplaces_p": float(panels["p"]["brake", "workplaces"]),
        "residential_p": float(panels["p"]["brake", "residential"]),
        "smallest": float(panels["smallest_p"]["brake", "residential"]),
        "together": float(panels["p_together"]["brake", "residential"]),
        "cases": CASES_PASSED if panels["passed"]["brake", CASES] else CASES_FAILED,
        "days": int(work["periods_before"]),
        "weeks": int(work["periods_before"]) // WEEK,
        "donors": int(work["units"]) - 1,
        **_widest(data, "workplaces"),
        **_widest(data, "residential"),
        "cases_low": float(cases.min()),
        "cases_high": float(cases.max()),
    }


def _own(data: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the rows of DKI Jakarta around the brake."""
    rows = of_comparison(data, "brake", outcome)
    return rows[rows["region_code"] == DKI]


def _widest(data: pd.DataFrame, outcome: str) -> Facts:
    """Return when and how wide the gap was widest after the brake, and how wide before it."""
    own = _own(data, outcome).reset_index(drop=True)
    after = own["after"].astype(bool)
    top = own.iloc[[int(own["gap"].abs().where(after).argmax())]].to_dict("records")[0]
    return {
        f"{outcome}_day": top["date"],
        f"{outcome}_widest": float(top["gap"]),
        f"{outcome}_before": float(own.loc[~after, "gap"].abs().max()),
        f"{outcome}_rank": int(top["rank"]),
        f"{outcome}_units": int(top["units"]),
    }


def draw(data: pd.DataFrame, language: Language, said: dict[str, str]) -> Figure:
    """Draw a row of two panels for each design and outcome."""
    panels = [rows for _, rows in data.groupby("panel")]
    figure = style.new_figure(24 + 50 * len(panels), said["title"], said["sources"])
    grid = figure.subplots(len(panels), 2, squeeze=False)
    for number, ((left, right), rows) in enumerate(zip(grid, panels, strict=True)):
        # Drawn at its first day, a mean of days after the change would fall before it.
        rows = rows.assign(date=rows["date"] + MIDDLE)
        _both(left, rows, LETTERS[2 * number], language)
        _gaps(right, rows, LETTERS[2 * number + 1], language)
        for axes in (left, right):
            _time(axes, rows, language)
    return figure


def _time(axes: Axes, rows: pd.DataFrame, language: Language) -> None:
    """Mark the change and write the days of the axis."""
    # Where weeks are left out after the change, the line stands where the rule began.
    after = rows.loc[rows["after"].astype(bool), "date"].min() - MIDDLE
    if rows["outcome"].iloc[0] == CASES:
        after -= pd.Timedelta(days=WEEK)
    axes.axvline(float(mdates.date2num(after)), color=style.INK, linewidth=0.7, linestyle=":")
    axes.xaxis.set_major_locator(mdates.MonthLocator())

    def label(value: float, _position: int | None) -> str:
        day = pd.Timestamp(mdates.num2date(value).replace(tzinfo=None))
        return language.date(day, "tick_year")

    axes.xaxis.set_major_formatter(FuncFormatter(label))


def _unbroken(part: pd.DataFrame) -> pd.DataFrame:
    """Return the weeks of one region by date, empty where one is left out: no line crosses it."""
    return part.set_index("date")[["actual", "synthetic", "gap"]].asfreq(f"{WEEK}D")


def _both(axes: Axes, rows: pd.DataFrame, letter: str, language: Language) -> None:
    """Draw DKI Jakarta and its synthetic control."""
    own = rows[rows["region_code"] == DKI]
    row = own.iloc[0]
    lines = _unbroken(own)
    axes.plot(lines.index, lines["actual"], color=style.INK, linewidth=1.4)
    axes.plot(lines.index, lines["synthetic"], color=style.VERMILION, linewidth=1.2, linestyle="--")
    _name_ends(axes, own, language)
    name = language.fill(
        PANEL,
        {
            "letter": letter,
            "design": effect_words.DESIGNS[row["design"]],
            "outcome": effect_words.OUTCOMES[row["outcome"]],
        },
    )
    drawing.head(axes, name, [language.fill(MIX, {"donors": _shares(rows, language)})], HEADS[0])
    axes.set_ylabel(language(AXIS[_kind(row["outcome"])]), labelpad=3)
    _ticks(axes, language)


def _shares(rows: pd.DataFrame, language: Language) -> str:
    """Return the largest donors of a mix with their shares, and that of all others."""
    weights = rows.drop_duplicates("region_code").set_index("region")["weight"]
    named = weights.nlargest(MOST_NAMED)
    listed = [f"{name} {language.number(share, '.0%')}" for name, share in named[named > 0].items()]
    rest = float(weights.sum() - named.sum())
    if round(rest, 2) > 0:
        listed.append(language.fill(OTHERS, {"share": rest}))
    return ", ".join(listed)


def _ticks(axes: Axes, language: Language) -> None:
    """Write the numbers of the vertical axis, all with the decimals that their step needs."""
    axes.yaxis.set_major_locator(MaxNLocator(TICKS))

    def label(value: float, _position: int | None) -> str:
        step = f"{np.diff(axes.yaxis.get_majorticklocs()).min():.6f}".rstrip("0")
        digits = len(step.partition(".")[2])
        return language.number(round(value, digits) + 0.0, f".{digits}f")

    axes.yaxis.set_major_formatter(FuncFormatter(label))


def _kind(outcome: str) -> str:
    """Return which axis an outcome has."""
    return CASES if outcome == CASES else "mobility"


def _name_ends(axes: Axes, own: pd.DataFrame, language: Language) -> None:
    """Write the names of the two lines at their ends, apart from each other."""
    last = own.iloc[-1]
    higher = last["actual"] > last["synthetic"]
    ends = (
        (ACTUAL, last["actual"], style.INK, 4 if higher else -4),
        (SYNTHETIC, last["synthetic"], style.VERMILION, -4 if higher else 4),
    )
    for message, height, colour, shift in ends:
        axes.annotate(
            language(message),
            (last["date"], height),
            xytext=(4, shift),
            textcoords="offset points",
            size=6.4,
            color=colour,
            va="center",
            annotation_clip=False,
        )
    axes.margins(x=0.02)


def _gaps(axes: Axes, rows: pd.DataFrame, letter: str, language: Language) -> None:
    """Draw the gap of DKI Jakarta among those of its donors."""
    row = rows.iloc[0]
    for code, part in rows.groupby("region_code"):
        if code != DKI:
            gaps = _unbroken(part)["gap"]
            axes.plot(gaps.index, gaps, color=style.QUIET, linewidth=0.5, alpha=0.45)
    own = _unbroken(rows[rows["region_code"] == DKI])["gap"]
    axes.axhline(0, color=style.QUIET, linewidth=0.6)
    axes.plot(own.index, own, color=style.INK, linewidth=1.6)
    failed = effect_words.failed(row["failed_checks"], language)
    said = language(PASSED) if row["passed"] else language.fill(FAILED, {"checks": failed})
    difference = language.fill(
        DIFFERENCE_CASES if row["outcome"] == CASES else DIFFERENCE,
        {"estimate": float(row["effect"])},
    )
    rank = language.fill(
        RANK,
        {
            "rank": int(row["rank"]),
            "units": int(row["units"]),
            "p": float(row["p"]),
            "smallest": float(row["smallest_p"]),
        },
    )
    name = language.fill(GAP_NAME, {"letter": letter})
    drawing.head(axes, name, [f"{difference}; {said}", rank], HEADS[1])
    axes.set_ylabel(language(GAP[_kind(row["outcome"])]), labelpad=3)
    _ticks(axes, language)
