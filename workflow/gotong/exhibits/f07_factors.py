"""F07: which conditions of life go with which outcomes, and growth around campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from gotong import style
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import DKI

TITLE = N_(
    "{seen} of {all} rank correlations can be told from zero, {cases_part} with reported cases; "
    "{against} run against what is claimed, {along} with it"
)
CAPTION = N_(
    "Rank correlations (Spearman) between regions; they show what goes together and never what "
    "causes what. a: reported cases per resident in {kabkota} kab/kota of Jawa Barat and Jawa "
    "Tengah to {until}, ranked within each province, for the two count in different ways; small "
    "marks: each province, and the {dki} units of DKI Jakarta, alone. b: deaths among confirmed "
    "cases of {provinces} provinces to the same day, the delay from case to death ignored; small "
    "marks: kab/kota. c: visits to workplaces and shops in the first month of PSBB against early "
    "2020 (Google), by province; a mobility nearer to the usual is the weaker response. Thick "
    "line: 95% interval (Bonett and Wright 2000); thin: 95% for all {all} together. Neighbours "
    "are alike, so that intervals and p count {effective_cases:.0f} to "
    "{effective_cases_most:.0f} independent kab/kota and {effective_provinces:.0f} to "
    "{effective_provinces_most:.0f} provinces (Clifford, Richardson and Hémon 1989). p by Holm "
    "is {p_seen:.4f} at most for the {seen}; {smallest:.4f} is the smallest that it can be. "
    "Correlations below {detectable:.2f} to {detectable_most:.2f} (kab/kota) or "
    "{detectable_provinces:.2f} to {detectable_provinces_most:.2f} (provinces) would often have "
    "been missed by one test alone, and larger ones by all together. Of the {seen} told from "
    "zero {unclaimed} have no claimed sign. Hollow: the sign changes when one region, one "
    "province, half of the time or (by hospital beds or cases found) testing is taken out, with "
    "another count of residents, with kab/kota in the place of provinces (b), or with one kind "
    "of place alone (c). Cases count tests, and richer regions may test more; tests by kab/kota "
    "are not public. Worst weeks' cases per bed: perhaps where more cases were found, a smaller "
    "share of them died. GRDP leaves out {dropped}, whose figures are of another kind. d: growth "
    "in DKI Jakarta around months with a campaign for health protocols, less that of other "
    "months; n: months of either kind whose growth is known, p: all shifts of the campaigns "
    "along the months (at least {lag_smallest:.2f}, here {lag_p:.2f} or more), lines: 95% "
    "interval from resampled blocks of months. Blocks of so few months can make an interval too "
    "narrow, and p counts: a month after, the interval is {after_low:.3f} to {after_high:.3f} "
    "and p is {after_p:.2f}. Dates are good to a month and nobody was left without, so that this "
    "describes and tests nothing."
)
ALT = N_(
    "Four charts of marks with intervals. Three (a, b, c) show rank correlations of {factors} "
    "conditions with reported cases, deaths among cases, and mobility. With cases the strongest is "
    "{strongest_factor} ({strongest:.2f}), with deaths {strongest_cfr_factor} "
    "({strongest_cfr:.2f}), with mobility {strongest_mobility_factor} ({strongest_mobility:.2f}). "
    "The fourth (d) shows growth before and after campaigns: {after:.3f} per day a month after "
    "({after_low:.3f} to {after_high:.3f}, p = {after_p:.2f}) and {before:.3f} a month before "
    "({before_low:.3f} to {before_high:.3f}, p = {before_p:.2f})."
)
ALL = N_("all")

FACTORS: Final = {
    "poverty_rate": N_("poverty rate"),
    "unemployment_rate": N_("unemployment"),
    "density": N_("people per km²"),
    "grdp_per_capita": N_("GRDP per head"),
    "hdi": N_("HDI"),
    "schooling_years": N_("years of schooling"),
    "sanitation": N_("adequate sanitation"),
    "beds": N_("hospital beds per head"),
    "referral_beds": N_("referral beds per head"),
    "puskesmas": N_("Puskesmas per head"),
    "load": N_("worst weeks' cases per bed"),
}
"""Conditions in the order of the figure, from the top; facilities last."""

OUTCOMES: Final = {
    "incidence": N_("a  Reported cases per resident:\n    {units} kab/kota"),
    "cfr": N_("b  Deaths among cases:\n    {units} provinces"),
    "mobility": N_("c  Mobility, first month\n    of PSBB: {units} provinces"),
}
MAIN_AT: Final = -0.22
"""How far from its row's middle an association stands, in rows."""
SMALL_AT: Final = (0.05, 0.20, 0.35)
"""Likewise the small marks, each in a lane of its own, so that none hides another."""
SMALL_MARKS: Final = {
    "32": ("s", N_("kab/kota of Jawa Barat alone")),
    "33": ("D", N_("kab/kota of Jawa Tengah alone")),
    DKI: ("^", N_("units of DKI Jakarta alone")),
}
KEY_ALONE = N_("95% interval of each alone")
KEY_TOGETHER = N_("95% for all of them together")
CLAIMED = N_("shaded: the side that is claimed")
KEY_PASSED = N_("passes its checks")
KEY_FAILED = N_("fails a check")
KEY_DESCRIBES = N_("d: describes, tests nothing")
LAGS = N_("d  Growth in DKI Jakarta around months with a campaign,\n    less that of other months")
LAG_AXIS = N_("difference in growth per day")
LAG_P, LAG_N = N_("p"), N_("n with, without")
LAG_COUNTS = N_("{with_campaign}, {without}")
LAG = {
    -2: N_("two months before"),
    -1: N_("the month before"),
    0: N_("the same month"),
    1: N_("the month after"),
    2: N_("two months after"),
}
LAG_MANY = N_("months after: {lag}")
LAG_TOP: Final = -1.3
"""Upper end of the chart of lags, in rows: a row is left for the heads of the numbers."""
NOT_COMPARED = N_("not compared")
_ABSENT: dict[str, Any] = {"size": 6.2, "style": "italic", "va": "center", "color": style.QUIET}
CORRELATION = N_("rank correlation")

CLAIM_SHADE = "#eceff3"
_NUMBERS = ["estimate", "low", "high", "low_all", "high_all", "p", "smallest_p", "p_holm"]
ASSOCIATION, CAMPAIGN = "association", "campaign"


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: associations, then growth around campaigns.

    Returns
    -------
    pandas.DataFrame
        part (association or campaign), factor, outcome, scope, headline, claimed_sign, units,
        estimate, low, high, low_all and high_all (all headline associations together), p,
        smallest_p, p_holm, effective_units, detectable, failed_checks, lag (months),
        with_campaign and without (months), until (last day of the cases) and dropped (provinces
        without a usable GRDP).
    """
    factors = tables["factors"].assign(part=ASSOCIATION)
    rank = factors["factor"].map({name: number for number, name in enumerate(FACTORS)})
    outcome = factors["outcome"].map({name: number for number, name in enumerate(OUTCOMES)})
    factors = factors.assign(first=outcome, second=rank).sort_values(
        ["first", "second", "scope"], ignore_index=True
    )
    lags = tables["campaign_lags"].rename(columns={"difference": "estimate"})
    lags = lags.assign(part=CAMPAIGN, factor="", outcome="", scope="", failed_checks="")
    data = pd.concat([factors, lags], ignore_index=True)
    data["until"] = pd.Timestamp(choices["factors"]["until"])
    data["dropped"] = _dropped(tables)
    texts = ["part", "factor", "outcome", "scope", "headline", "claimed_sign", "units"]
    rest = [
        "effective_units",
        "detectable",
        "failed_checks",
        "lag",
        "with_campaign",
        "without",
        "until",
        "dropped",
    ]
    return data[[*texts, *_NUMBERS, *rest]]


def _dropped(tables: Tables) -> str:
    """Return the names of the provinces whose GRDP is not used."""
    regions = tables["geography/regions.csv"]
    names = regions[regions["level"] == "province"].set_index("region_code")["name"]
    values = tables["factor_values"]
    known = values.loc[values["variable"] == "grdp_per_capita", "region_code"]
    return ", ".join(names[~names.index.isin(known)])


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and names that the texts state."""
    headline = data[(data["part"] == ASSOCIATION) & data["headline"].fillna(False).astype(bool)]
    seen = headline[(headline["low_all"] > 0) | (headline["high_all"] < 0)]
    against = seen["estimate"] * seen["claimed_sign"].astype("float64") < 0
    seen_cases = int((seen["outcome"] == "incidence").sum())
    cases = headline[headline["outcome"] == "incidence"]
    by_province = headline[headline["outcome"] != "incidence"]
    alone = data[(data["part"] == ASSOCIATION) & (data["scope"] == DKI)]
    return {
        "all": len(headline),
        "factors": headline["factor"].nunique(),
        "seen": len(seen),
        "seen_cases": seen_cases,
        "cases_part": ALL if seen_cases == len(seen) else seen_cases,
        "against": int(against.sum()),
        "along": int((seen["estimate"] * seen["claimed_sign"].astype("float64") > 0).sum()),
        "until": data["until"].iloc[0],
        "dropped": data["dropped"].iloc[0],
        "kabkota": int(cases["units"].max()),
        "dki": int(alone["units"].max()),
        "provinces": int(by_province["units"].max()),
        "effective_cases": float(cases["effective_units"].min()),
        "effective_cases_most": float(cases["effective_units"].max()),
        "effective_provinces": float(by_province["effective_units"].min()),
        "effective_provinces_most": float(by_province["effective_units"].max()),
        "p_seen": float(seen["p_holm"].max()) if len(seen) else float(headline["p_holm"].min()),
        "smallest": float(headline["smallest_p"].min() * len(headline)),
        "detectable": float(cases["detectable"].min()),
        "detectable_most": float(cases["detectable"].max()),
        "detectable_provinces": float(by_province["detectable"].min()),
        "detectable_provinces_most": float(by_province["detectable"].max()),
        "unclaimed": int((seen["claimed_sign"] == 0).sum()),
        **_strongest(headline),
        **_around(data[data["part"] == CAMPAIGN]),
    }


def _strongest(headline: pd.DataFrame) -> Facts:
    """Return the largest correlation with each outcome and its condition."""
    found: Facts = {}
    for outcome, name in (
        ("incidence", "strongest"),
        ("cfr", "strongest_cfr"),
        ("mobility", "strongest_mobility"),
    ):
        own = headline[headline["outcome"] == outcome]
        top = own.iloc[int(own["estimate"].abs().to_numpy().argmax())]
        found |= {name: float(top["estimate"]), f"{name}_factor": FACTORS[str(top["factor"])]}
    return found


def _around(lags: pd.DataFrame) -> Facts:
    """Return growth a month after and a month before campaigns."""
    found: Facts = {
        "lag_p": float(lags["p"].min()),
        "lag_smallest": float(lags["smallest_p"].min()),
    }
    for lag, name in ((1, "after"), (-1, "before")):
        row = lags[lags["lag"] == lag].iloc[0]
        found |= {name: float(row["estimate"])}
        found |= {f"{name}_{end}": float(row[end]) for end in ("low", "high", "p")}
    return found


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: three charts of correlations side by side, one of growth below."""
    figure = style.new_figure(176, said["title"], said["sources"])
    # Apart enough for the numbers at the ends of two neighbouring axes.
    grid = figure.add_gridspec(2, 3, height_ratios=(2.6, 1), wspace=0.05)
    names = list(FACTORS)
    first: Axes | None = None
    for column, (outcome, title) in enumerate(OUTCOMES.items()):
        axes = figure.add_subplot(grid[0, column], sharey=first)
        own = data[(data["part"] == ASSOCIATION) & (data["outcome"] == outcome)]
        _correlations(axes, own, names, language)
        counted = _counted(own.loc[own["headline"].astype(bool), "units"], language)
        axes.set_title(language.fill(title, {"units": counted}), fontsize=7.5)
        if first is None:
            first = axes
            axes.set_yticks(range(len(names)), [language(FACTORS[name]) for name in names])
            axes.set_ylim(len(names) - 0.4, -0.6)
        else:
            axes.tick_params(labelleft=False)
        if column == 1:
            axes.set_xlabel(language(CORRELATION))
    below = grid[1, :2].subgridspec(1, 2, width_ratios=(2.7, 1))
    chart, beside = (figure.add_subplot(below[0, column]) for column in range(2))
    lags = data[data["part"] == CAMPAIGN]
    _lags(chart, lags, language)
    _numbers(beside, lags, language)
    _key(figure.add_subplot(grid[1, 2]), language)
    return figure


def _counted(units: pd.Series, language: Language) -> str:
    """Return how many regions stand behind a chart: one number, or the least and the most."""
    ends = dict.fromkeys((int(units.min()), int(units.max())))
    return "–".join(language.number(end) for end in ends)


def _correlations(axes: Axes, own: pd.DataFrame, names: list[str], language: Language) -> None:
    """Draw the correlations of one outcome by condition."""
    axes.axvline(0, color=style.INK, linewidth=0.7, zorder=1)
    for row in own.to_dict("records"):
        place = names.index(str(row["factor"]))
        if not row["headline"]:
            if row["scope"] in SMALL_MARKS:
                marker, _ = SMALL_MARKS[str(row["scope"])]
                lane = place + SMALL_AT[list(SMALL_MARKS).index(str(row["scope"]))]
                axes.plot(row["estimate"], lane, **_small(marker), label=f"small {row['scope']}")
            continue
        sign = int(row["claimed_sign"])
        axes.add_patch(
            Rectangle((0, place - 0.44), sign, 0.88, facecolor=CLAIM_SHADE, linewidth=0, zorder=0)
        )
        at = place + MAIN_AT
        axes.plot([row["low_all"], row["high_all"]], [at] * 2, **_line(0.6), label="together")
        axes.plot([row["low"], row["high"]], [at] * 2, **_line(1.9), label="interval")
        axes.plot(row["estimate"], at, **_dot(row["failed_checks"] == ""), label="estimate")
    for place, name in enumerate(names):
        if name not in set(own["factor"]):
            axes.text(0.05, place, language(NOT_COMPARED), **_ABSENT)
    axes.set_xlim(-1, 1)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: language.number(value)))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _line(width: float) -> dict[str, Any]:
    return {"color": style.BLUE, "linewidth": width, "solid_capstyle": "butt", "zorder": 2}


def _dot(passed: bool) -> dict[str, Any]:
    return {
        "marker": "o",
        "markersize": 5,
        "linestyle": "none",
        "color": style.BLUE,
        "markerfacecolor": style.BLUE if passed else "white",
        "zorder": 4,
    }


def _stroke() -> dict[str, Any]:
    """Return the mark of what is described and not checked."""
    return {
        "marker": "|",
        "markersize": 8,
        "markeredgewidth": 1.8,
        "linestyle": "none",
        "color": style.INK,
        "zorder": 4,
    }


def _small(marker: str) -> dict[str, Any]:
    return {
        "marker": marker,
        "markersize": 3.8,
        "linestyle": "none",
        "color": style.VERMILION,
        "markeredgewidth": 0,
        "zorder": 3,
    }


def _lags(axes: Axes, lags: pd.DataFrame, language: Language) -> None:
    """Draw the differences in growth around campaigns."""
    axes.axvline(0, color=style.INK, linewidth=0.7, zorder=1)
    labels = []
    for place, row in enumerate(lags.to_dict("records")):
        ends = [row["low"], row["high"]]
        axes.plot(ends, [place] * 2, **_line(1.9) | {"color": style.QUIET}, label="interval")
        axes.plot(row["estimate"], place, **_stroke(), label="estimate")
        lag = int(row["lag"])
        labels.append(language(LAG[lag]) if lag in LAG else language.fill(LAG_MANY, {"lag": lag}))
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, LAG_TOP)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: language.number(value, ".2f")))
    axes.set_xlabel(language(LAG_AXIS))
    axes.set_title(language(LAGS), fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _numbers(axes: Axes, lags: pd.DataFrame, language: Language) -> None:
    """Write p and the months with and without a campaign beside each lag."""
    axes.axis("off")
    axes.set(xlim=(0, 1), ylim=(len(lags) - 0.5, LAG_TOP))
    rows = [(language(LAG_P), language(LAG_N))]
    for row in lags.to_dict("records"):
        counts = {name: int(row[name]) for name in ("with_campaign", "without")}
        rows.append((language.number(row["p"], ".2f"), language.fill(LAG_COUNTS, counts)))
    for place, written in enumerate(rows, start=-1):
        colour = style.QUIET if place < 0 else style.INK
        for at, words in zip((0.16, 1.0), written, strict=True):
            axes.text(at, place, words, size=6.5, ha="right", va="center", color=colour)


def _key(axes: Axes, language: Language) -> None:
    """Draw what the marks mean."""
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    rows: list[tuple[dict[str, Any], str]] = [
        (_dot(passed=True), KEY_PASSED),
        (_dot(passed=False), KEY_FAILED),
        (_stroke(), KEY_DESCRIBES),
        (_line(1.9), KEY_ALONE),
        (_line(0.6), KEY_TOGETHER),
        *((_small(marker), name) for marker, name in SMALL_MARKS.values()),
        ({}, CLAIMED),
    ]
    step = 1 / len(rows)
    for number, (mark, words) in enumerate(rows):
        height = 1 - step * (number + 0.3)
        if "marker" in mark:
            axes.plot(0.06, height, **mark)
        elif mark:
            axes.plot([0.02, 0.10], [height, height], **mark)
        else:
            low = height - step / 3
            axes.add_patch(
                Rectangle((0.02, low), 0.08, 2 * step / 3, facecolor=CLAIM_SHADE, linewidth=0)
            )
        axes.text(0.13, height, language(words), size=6.5, va="center")
