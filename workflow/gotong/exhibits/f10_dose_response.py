"""F10: growth of cases before and after more cooperation, by lag and by dose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gotong import style
from gotong.analyses.dose_evidence import name_of
from gotong.analyses.dose_response import UNITS
from gotong.exhibits import drawing
from gotong.exhibits.dose_words import CHECKS
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.inference.multiplicity import holm

TITLE = N_(
    "Growth of cases differed by {alignment:.3f} per day for {alignment_step} more alignment and "
    "by {stock:.3f} for {stock_step} more active measure; clustered by its {deciders} deciders no "
    "p can be below {smallest_deciders:.2f}"
)
CAPTION = N_(
    "Above: association of the growth rate of weekly cases with more alignment, active measures "
    "and strictness, by weeks from these to growth: coefficients of one regression with unit and "
    "week effects; {observations} weeks of {units} units from {start} to {end}, months in which "
    "DKI's counts are known only at their ends left out. Bars are 95% intervals of the exact wild "
    "cluster bootstrap (Cameron, Gelbach and Miller 2008; all {vectors} sign vectors), by unit, as "
    "if each decided for itself: too narrow, for six units are DKI and five follow one decree of "
    "Jawa Barat. Clustered at {deciders} deciders no value can be rejected: what these intervals "
    "leave out is not excluded. Shaded weeks come too early for growth to answer: reports follow "
    "infection by a week or more. Sum over {lags} weeks: alignment {alignment:.3f} "
    "({alignment_low:.3f} to {alignment_high:.3f}; p {alignment_p:.2f}), measures {stock:.3f} "
    "({stock_low:.3f} to {stock_high:.3f}; p {stock_p:.2f}), strictness {strictness:.3f} "
    "({strictness_low:.3f} to {strictness_high:.3f}; p {strictness_p:.2f}); smallest possible p "
    "{smallest:.4f}, smallest detectable sums {alignment_detectable:.2f}, {stock_detectable:.2f} "
    "and {strictness_detectable:.2f} per day. Leads: smallest p after Holm {lead_p:.2f}, of all "
    "leads of one regressor together (F test by unit) {leads_p:.2f}. Without one unit the sum of "
    "measures lies between {stock_least:.3f} and {stock_most:.3f}, that of alignment between "
    "{alignment_least:.3f} and {alignment_most:.3f}. Below: growth against the mean of the {lags} "
    "weeks before, both as residuals after unit and week effects, in {bins} bins of equal size; "
    "{outside} of {observations} weeks have a growth beyond the axis. {failing} of the "
    "{regressors} sums fail checks of their own, named in the charts, and carry no verdict. "
    "Measures answer to cases, and count reports; strictness differs between units almost only "
    "between DKI and Bodebek."
)
ALT = N_(
    "Three charts of coefficients by lag from {leads} weeks before to {lags} weeks after: "
    "{holding} of {shown} intervals hold zero. From the lowest to the highest, with its week, "
    "the coefficient of alignment runs from {alignment_bottom:.3f} ({alignment_bottom_lag}) to "
    "{alignment_peak:.3f} ({alignment_peak_lag}), that of measures from {stock_bottom:.3f} "
    "({stock_bottom_lag}) to {stock_peak:.3f} ({stock_peak_lag}), that of strictness from "
    "{strictness_bottom:.3f} ({strictness_bottom_lag}) to {strictness_peak:.3f} "
    "({strictness_peak_lag}). The sum is {alignment:.3f} for alignment, {stock:.3f} for "
    "measures, {strictness:.3f} for strictness. Below each, a point for every week of a unit; "
    "the means of {bins} bins lie between {bins_low:.3f} and {bins_high:.3f} per day."
)
PANELS = {
    "alignment": N_("a  Alignment, per {step} more"),
    "stock": N_("b  Active measures, per {step} more"),
    "strictness": N_("c  Strictness, per {step} step"),
}
DOSES = {
    "alignment": N_("alignment: residual after\nunit and week effects"),
    "stock": N_("active measures: residual after\nunit and week effects"),
    "strictness": N_("strictness: residual after\nunit and week effects"),
}
EFFECT = N_("coefficient: growth per day")
GROWTH = N_("growth per day: residual after\nunit and week effects")
WEEKS = N_("weeks from cooperation or strictness to growth")
EARLY = N_("too early\nto answer")
SUM = N_("sum")
SUMMED = N_("{estimate:.3f}\n{low:.3f} to {high:.3f}")
FAILS = N_("fails its checks:")
NARROW = N_("95%, by unit:\ntoo narrow\n{deciders} deciders: no interval")
MEANS = N_("line: means of bins")

BINS = 10
REACH = 0.3
"""Largest residual of growth per day that is drawn."""
GAP = 1.6
"""Weeks between the last lag and the sum on the axis."""
EDGE = 1.3
"""Weeks between the sum and the end of the axis."""
STEPS = 5
"""Steps between the ticks of a dose at most: their numbers are long."""
WORDS = 4.6
"""Weeks that the numbers of the sum take, which end with the axis."""
ROOM = 0.1
"""Room for words below and above the intervals, as a share of the axis."""
SHADE = "#e9ecef"


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: effects, then bins, then weeks.

    Returns
    -------
    pandas.DataFrame
        part (effect, without: sums where a unit or more is left out, bin, week), regressor,
        term, lag, step, estimate, low, high (per day), p, smallest_p, detectable, groups
        (clusters), leads_p (of sums), clusters (level), sample, failed_checks of the regressor;
        dose and growth of bins and weeks, region_code and date (Monday) of weeks.
    """
    response = tables["dose_response"]
    is_main = response["sample"] == "main"
    effects = response.assign(part=np.where(is_main, "effect", "without"))
    order = {name: place for place, name in enumerate(PANELS)}
    effects = effects.sort_values(
        ["part", "clusters", "sample", "regressor", "lag"],
        key=lambda column: column.map(order) if column.name == "regressor" else column,
        ignore_index=True,
        kind="stable",
    )
    weeks = tables["dose_points"].assign(part="week").rename(columns={"week_start": "date"})
    data = pd.concat([effects, _bins(weeks), weeks], ignore_index=True)
    judged = tables["evidence_dose"].set_index("evidence")["failed_checks"]
    failed = {name: judged.loc[name_of(name, UNITS)] for name in PANELS}
    data["failed_checks"] = data["regressor"].map(failed).where(data["part"] == "effect")
    texts = ["region_code", "sample", "clusters", "term", "failed_checks"]
    data[texts] = data[texts].fillna("")
    return data[
        [
            *("part", "sample", "regressor", "clusters", "term", "lag", "step"),
            *("estimate", "low", "high", "p", "smallest_p", "detectable", "groups", "units"),
            *("leads_p", "observations", "failed_checks", "region_code", "date", "dose", "growth"),
        ]
    ]


def _bins(weeks: pd.DataFrame) -> pd.DataFrame:
    """Return the mean dose and growth of bins with equally many weeks."""
    order = weeks.groupby("regressor")["dose"].rank(method="first") - 1
    size = weeks.groupby("regressor")["dose"].transform("size")
    number = (order * BINS // size).astype("int64").rename("bin")
    means = weeks.groupby(["regressor", number])[["dose", "growth"]].mean()
    return means.reset_index().drop(columns="bin").assign(part="bin")


def _main(data: pd.DataFrame, level: str = "units") -> pd.DataFrame:
    """Return the effects of the main sample at one level of clustering."""
    return data[(data["part"] == "effect") & (data["clusters"] == level)]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts name."""
    main, weeks = _main(data), data[data["part"] == "week"]
    sums = main[main["term"] == "sum"].set_index("regressor")
    left_out = data[(data["part"] == "without") & data["sample"].str.fullmatch(r"without_\d+")]
    deciders = _main(data, "deciders")
    leads = main[main["lag"] < 0]
    own = weeks[weeks["regressor"] == "stock"]
    found: Facts = {
        "units": int(main["units"].iloc[0]),
        "deciders": int(deciders["groups"].iloc[0]),
        "observations": int(main["observations"].iloc[0]),
        "start": own["date"].min(),
        "end": own["date"].max() + pd.Timedelta(days=6),
        "vectors": 2 ** (int(main["groups"].iloc[0]) - 1),
        "lags": int(main["lag"].max()),
        "leads": -int(main["lag"].min()),
        "smallest": float(main["smallest_p"].min()),
        "smallest_deciders": float(deciders["smallest_p"].min()),
        "lead_p": min(float(holm(part["p"]).min()) for _, part in leads.groupby("regressor")),
        "leads_p": float(sums["leads_p"].min()),
        "bins": BINS,
        "regressors": len(PANELS),
        "failing": int((sums["failed_checks"] != "").sum()),
        "shown": int((main["term"] != "sum").sum()),
        "holding": int(((main["low"] < 0) & (main["high"] > 0) & (main["term"] != "sum")).sum()),
        "outside": int((own["growth"].abs() > REACH).sum()),
    }
    growth = data.loc[data["part"] == "bin", "growth"]
    found |= {"bins_low": float(growth.min()), "bins_high": float(growth.max())}
    for name in PANELS:
        row = sums.loc[[name]].iloc[0]
        found |= {
            name: row["estimate"],
            f"{name}_step": row["step"],
            **{f"{name}_{key}": row[key] for key in ("low", "high", "p", "detectable")},
        }
        found |= _range_by_lag(main[main["regressor"] == name], name)
        others = left_out.loc[left_out["regressor"] == name, "estimate"]
        found |= {f"{name}_least": float(others.min()), f"{name}_most": float(others.max())}
    return found


def _range_by_lag(effects: pd.DataFrame, name: str) -> Facts:
    """Return the lowest and highest coefficient of a regressor, each with its lag in weeks."""
    by_lag = effects[effects["term"] != "sum"].set_index("lag")["estimate"].astype("float64")
    return {
        f"{name}_bottom": float(by_lag.min()),
        f"{name}_bottom_lag": int(str(by_lag.idxmin())),
        f"{name}_peak": float(by_lag.max()),
        f"{name}_peak_lag": int(str(by_lag.idxmax())),
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: coefficients by lag above, growth by dose below, for each regressor."""
    figure = style.new_figure(150, said["title"], said["sources"])
    axes = figure.subplots(2, len(PANELS), sharey="row")
    deciders = int(_main(data, "deciders")["groups"].iloc[0])
    for place, name in enumerate(PANELS):
        above, below = axes[:, place]
        _profile(above, _main(data[data["regressor"] == name]), name, language)
        _say_too_narrow(above, deciders, language)
        _doses(below, data[data["regressor"] == name], name, language)
        if place == 0:
            above.set_ylabel(language(EFFECT))
            below.set_ylabel(language(GROWTH))
            drawing.number_ticks(above, language, ".1f")
            drawing.number_ticks(below, language, ".1f")
        if place == 1:
            above.set_xlabel(language(WEEKS))
    lowest, highest = axes[0, 0].get_ylim()
    room = ROOM * (highest - lowest)
    axes[0, 0].set_ylim(lowest - room, highest + room)
    return figure


def _profile(axes: Axes, effects: pd.DataFrame, name: str, language: Language) -> None:
    """Draw the effects of one regressor by lag, and their sum."""
    by_lag = effects[effects["term"] != "sum"].sort_values("lag")
    total = effects[effects["term"] == "sum"].iloc[0]
    lag = by_lag["lag"].to_numpy(dtype="float64")
    first, last = float(lag.min()), float(lag.max())
    axes.axvspan(first - 0.6, 0.5, color=SHADE, linewidth=0, zorder=0)
    axes.axhline(0, color=style.INK, linewidth=0.7, zorder=1)
    early = lag <= 0
    for chosen, face in ((early, "white"), (~early, style.BLUE)):
        axes.vlines(
            lag[chosen],
            by_lag["low"][chosen],
            by_lag["high"][chosen],
            color=style.BLUE,
            linewidth=1.0,
            zorder=2,
        )
        axes.scatter(
            lag[chosen],
            by_lag["estimate"][chosen],
            s=16,
            facecolor=face,
            edgecolor=style.BLUE,
            linewidth=0.9,
            zorder=3,
        )
    at, edge = last + GAP, last + GAP + EDGE
    # No heavier than the lags: its interval is too narrow as theirs are.
    axes.vlines([at], total["low"], total["high"], color=style.VERMILION, linewidth=1.0, zorder=2)
    axes.scatter([at], [total["estimate"]], s=16, marker="D", color=style.VERMILION, zorder=3)
    values = {key: float(total[key]) for key in ("estimate", "low", "high")}
    axes.annotate(
        language.fill(SUMMED, values),
        # Clear of the intervals beside it, over which the words are wide enough to stand.
        (edge, max(float(total["high"]), float(by_lag["high"][lag > edge - WORDS].max()))),
        xytext=(0, 4),
        textcoords="offset points",
        size=6.2,
        color=style.VERMILION,
        ha="right",
        va="bottom",
    )
    axes.annotate(
        language(EARLY),
        ((first - 0.1) / 2, 0.03),
        xycoords=("data", "axes fraction"),
        size=6.2,
        color=style.QUIET,
        ha="center",
    )
    checks = str(total["failed_checks"]).split()
    if checks:
        said = [language(FAILS), *(language(CHECKS.get(check, check)) for check in checks)]
        axes.text(
            0.99,
            0.985,
            "\n".join(said),
            size=6.2,
            color=style.PURPLE,
            ha="right",
            va="top",
            linespacing=1.2,
            transform=axes.transAxes,
        )
    axes.margins(y=0.12)
    axes.set_title(language.fill(PANELS[name], {"step": float(total["step"])}))
    axes.set_xlim(first - 0.6, edge)
    axes.set_xticks([*lag, at])
    labels = {value: language.number(int(value)) for value in lag} | {at: language(SUM)}
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: labels.get(value, "")))


def _say_too_narrow(axes: Axes, deciders: int, language: Language) -> None:
    """Say what the bars are, and that deciders, who are too few, give none."""
    axes.text(
        0.99,
        0.03,
        language.fill(NARROW, {"deciders": deciders}),
        size=6.2,
        color=style.INK,
        ha="right",
        linespacing=1.2,
        transform=axes.transAxes,
    )


def _doses(axes: Axes, data: pd.DataFrame, name: str, language: Language) -> None:
    """Draw growth against the dose of the weeks before, and the means of bins."""
    weeks, bins = (data[data["part"] == part] for part in ("week", "bin"))
    shown = weeks[weeks["growth"].abs() <= REACH]
    axes.axhline(0, color=style.INK, linewidth=0.7, zorder=1)
    axes.scatter(shown["dose"], shown["growth"], s=3, color="#aab3bc", linewidth=0, zorder=2)
    axes.plot(
        bins["dose"],
        bins["growth"],
        color=style.BLUE,
        marker="o",
        markersize=3.6,
        linewidth=0.8,
        zorder=3,
    )
    # Above the frame: weeks lie all over the ground within it.
    axes.set_title(language(MEANS), size=6.2, color=style.BLUE, weight="normal", loc="right", pad=2)
    axes.set_ylim(-REACH, REACH)
    axes.set_xlabel(language(DOSES[name]))
    axes.xaxis.set_major_locator(MaxNLocator(STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: language.number(value)))
