"""F18: which region has which indicator on which days, from whom, with gaps and corrections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from gotong import style
from gotong.exhibits import drawing
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import DKI, Gazetteer

TITLE = N_(
    "Who counted what, and when: {complete} of {units} units have daily cases on at least half of "
    "the days, and {without} have neither daily nor weekly ones"
)
CAPTION = N_(
    "Days from {start} to {end} on which an indicator of a region is known. Daily and weekly "
    "cases of kabupaten and kota, regimes and weekly risk zones by unit; deaths, mobility, "
    "patients in isolation and burials by province. Weekly cases of the units of DKI Jakarta are "
    "scaled to include cases of unknown address; where only the ends of a longer span are known "
    "they say how many there were, not when. On {name_only} days of a unit the name of the "
    "regime is known and its PPKM level is not. Flagged days are kept as published and named in "
    "table T10; they are drawn taller, and at least {least} days wide to be seen. A blank says "
    "that no public figure was found; weekly cases are joined up to {weekly_end}."
)
ALT = N_(
    "Chart of {rows} rows, one per indicator and region, over the days from {start} to {end}. "
    "Filled where a figure is known. Of {units} units, {without} have no case series: {names}. "
    "The longest daily series of a unit holds {longest} days, and regimes are known with their "
    "strictness on {regime_share:.1%} of the days of units."
)

ELSEWHERE = {
    "caption": N_(
        "Days from {start} to {end} on which an indicator of a region is known. Daily and weekly "
        "cases of kabupaten and kota, regimes and weekly risk zones by unit; deaths and mobility "
        "by province. Flagged days are kept as published and named in table T10; they are "
        "drawn taller, and at least {least} days wide to be seen. A blank says that no public "
        "figure was found."
    ),
    "alt": N_(
        "Chart of {rows} rows, one per indicator and region, over the days from {start} to {end}. "
        "Filled where a figure is known. Of {units} units, {without} have no case series. The "
        "longest daily series of a unit holds {longest} days, and regimes are known with their "
        "strictness on {regime_share:.1%} of the days of units."
    ),
}
"""What another area than Greater Jakarta has in the place of these messages."""

INDICATORS = {
    "regime": N_("Regime"),
    "cases_daily": N_("Cases, daily"),
    "cases_weekly": N_("Cases, weekly"),
    "risk_zone": N_("Risk zone, weekly"),
    "deaths_daily": N_("Deaths, daily"),
    "mobility_google": N_("Mobility (Google)"),
    "mobility_apple": N_("Mobility (Apple)"),
    "patients": N_("Patients in isolation"),
    "burials": N_("Burials under protocol"),
}
"""Indicators in the order of the figure, by province below those of units."""

STATES = {
    "observed": (N_("known"), style.BLUE),
    "partly": (
        N_("known in part: scaled, between end points, or a regime without its strictness"),
        "#8fb4d4",
    ),
    "flagged": (N_("flagged, see table T10"), "#fbd9c2"),
}
"""What a stretch is drawn as; all other states stay blank."""

_STATE_OF = {
    "observed": "observed",
    "count": "observed",
    "closed": "observed",
    "scaled": "partly",
    "end_points": "partly",
    "name_only": "partly",
    "flagged": "flagged",
}
TABLE_OF = {
    "regime": ("policy/regimes.csv",),
    "cases_daily": ("cases/westjava_daily.csv",),
    "cases_weekly": ("cases/westjava_daily.csv", "kelurahan/units_daily.csv"),
    "risk_zone": ("cases/risk_zones_2020.csv", "cases/risk_zones_2022.csv"),
    "deaths_daily": ("cases/province_daily.csv",),
    "mobility_google": ("mobility/google_daily.csv",),
    "mobility_apple": ("mobility/apple_jakarta_daily.csv",),
    "patients": ("facilities/dki_covid_patients_daily.csv",),
    "burials": ("epidemic/dki_2020_daily.csv",),
}
"""Raw tables of each indicator, from which the register knows the publishers."""

OF_DKI = "kelurahan/units_daily.csv"
"""The table that only the units of DKI Jakarta are in."""

PROVINCES = {"cases_daily": ("cases/province_daily.csv",)}
"""The same for provinces, where it is another table."""

FROM = N_("{indicator} – {publishers}")
BETWEEN = "; "
BY_PROVINCE = N_("By province")
FLAGGED = "flagged"
LEAST = 6
"""Days that a flagged stretch is drawn wide at least."""
_FLAG: Final[dict[str, Any]] = {
    "facecolor": STATES[FLAGGED][1],
    "edgecolor": style.VERMILION,
    "linewidth": 0.9,
    "zorder": 3,
}
HALF = 0.5
FREE = 0.38
"""Share of the days that the key needs right of a chart; else it stands below all."""
KEY_ROWS = 5
"""Rows that it takes there."""
HEADS, ROW = 60.0, 158 / 71
"""Millimetres of all headings together, and of a row."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: stretches of days by indicator and region.

    Returns
    -------
    pandas.DataFrame
        indicator, region_code, region, start, end, state (as in the made table ``coverage``),
        shown (a key of `STATES`, or blank), days, publishers; in the order of the figure.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    coverage = tables["coverage"]
    table_of = TABLE_OF
    if not coverage["region_code"].str.startswith(DKI).any():
        table_of = {
            name: tuple(table for table in listed if table != OF_DKI)
            for name, listed in TABLE_OF.items()
        }
    order = {name: number for number, name in enumerate(INDICATORS)}
    data = coverage.assign(
        region=coverage["region_code"].map(gazetteer.name),
        shown=coverage["state"].map(_STATE_OF).fillna("").astype("str"),
        order=coverage["indicator"].map(order),
        publishers=coverage["indicator"].map(_publishers(tables["sources"], table_of)),
    )
    is_province = data["region_code"].str.len() == len(DKI)
    by_province = data["indicator"].map(_publishers(tables["sources"], table_of | PROVINCES))
    data["publishers"] = data["publishers"].mask(is_province, by_province)
    data = data.sort_values(["order", "region_code", "start"], ignore_index=True)
    columns = ["indicator", "region_code", "region", "start", "end", "state", "shown", "days"]
    return data[[*columns, "publishers"]]


def _publishers(sources: pd.DataFrame, table_of: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return who publishes each indicator, by their short names, joined by `BETWEEN`."""
    named = [
        (table, short)
        for tables, short in zip(sources["tables"], sources["short"], strict=True)
        for table in tables.split(", ")
    ]
    return {
        indicator: BETWEEN.join(
            dict.fromkeys(short for table in tables for known, short in named if known == table)
        )
        for indicator, tables in table_of.items()
    }


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and names that the texts state."""
    units = data[data["region_code"].str.len() > len(DKI)]
    span = int((data["end"].max() - data["start"].min()).days) + 1
    daily = units[(units["indicator"] == "cases_daily") & (units["shown"] != "")]
    days = daily.groupby("region_code")["days"].sum()
    counted = units[units["indicator"].str.startswith("cases") & (units["shown"] != "")]
    names = units.drop_duplicates("region_code").set_index("region_code")["region"]
    without = names.drop(counted["region_code"].unique())
    weekly = counted[counted["indicator"] == "cases_weekly"]
    regimes = units[units["indicator"] == "regime"]
    days_of = regimes.groupby("shown")["days"].sum()
    return {
        "start": data["start"].min(),
        "end": data["end"].max(),
        "rows": len(data.drop_duplicates(["indicator", "region_code"])),
        "units": len(names),
        "complete": int((days >= HALF * span).sum()),
        "without": len(without),
        "names": ", ".join(without),
        "longest": int(days.max()) if len(days) else 0,
        **({"weekly_end": weekly["end"].max()} if len(weekly) else {}),
        "regime_share": float(days_of.get("observed", 0) / regimes["days"].sum()),
        "name_only": int(days_of.get("partly", 0)),
        "least": LEAST,
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: one chart per indicator of units, one for all of provinces."""
    rows = len(data.drop_duplicates(["indicator", "region_code"]))
    figure = style.new_figure(HEADS + ROW * rows, said["title"], said["sources"])
    is_unit = data["region_code"].str.len() > len(DKI)
    unit_rows = [part for _, part in data[is_unit].groupby("indicator", sort=False)]
    charts = [*unit_rows, data[~is_unit]]
    heights = [len(part.drop_duplicates(["indicator", "region_code"])) for part in charts]
    place = _place_of_key(charts)
    if place == len(charts):
        heights.append(KEY_ROWS)
    cells = figure.subplots(
        len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    for axes, part in zip(cells, charts, strict=False):
        is_province = bool((part["region_code"].str.len() == len(DKI)).all())
        _chart(axes, part, language, by_indicator=is_province)
    drawing.time_axis(cells[len(charts) - 1], data["start"].min(), data["end"].max(), language)
    handles = [
        Patch(**(_FLAG if state == FLAGGED else {"color": colour}), label=language(words))
        for state, (words, colour) in STATES.items()
    ]
    if place == len(charts):
        cells[-2].tick_params(labelbottom=True)
        cells[-1].axis("off")
        cells[-1].legend(handles=handles, loc="center", ncols=len(handles), fontsize=6.5)
    else:
        cells[place].legend(handles=handles, loc="upper right", fontsize=6.5)
    return figure


def _place_of_key(charts: list[pd.DataFrame]) -> int:
    """Return the chart that ends first, where a corner is free, or the place below all."""
    first = min(part["start"].min() for part in charts)
    last = max(part["end"].max() for part in charts)
    ends = pd.Series([part.loc[part["shown"] != "", "end"].max() for part in charts])
    ends = ends.fillna(first)
    is_free = (last - ends.min()) / (last - first) >= FREE
    return int(ends.argmin()) if is_free else len(charts)


def _chart(axes: Axes, part: pd.DataFrame, language: Language, by_indicator: bool) -> None:
    """Draw the stretches of one indicator by region, or of provinces by indicator."""
    rows = part.drop_duplicates(["indicator", "region_code"])
    places = {key: -number for number, key in enumerate(_keys(rows))}
    for state, (_, colour) in STATES.items():
        shown = part[part["shown"] == state]
        for key, start, days in zip(_keys(shown), shown["start"], shown["days"], strict=True):
            day = float(mdates.date2num(start))
            if state == FLAGGED:
                _flag(axes, day, int(days), places[key])
            else:
                axes.broken_barh(
                    [(day, int(days))], (places[key] - 0.36, 0.72), color=colour, linewidth=0
                )
    labels = list(rows["region"])
    if by_indicator:
        words = rows["indicator"].map(INDICATORS).map(language)
        labels = list(rows["region"] + ": " + words)
    axes.set_yticks(list(places.values()), labels, fontsize=6)
    axes.set_ylim(-len(places) + 0.4, 0.6)
    axes.tick_params(axis="y", length=0)
    if not by_indicator:
        first = rows.iloc[0]
        publishers = BETWEEN.join(map(language, first["publishers"].split(BETWEEN)))
        named = {"indicator": INDICATORS[first["indicator"]], "publishers": publishers}
        axes.set_title(language.fill(FROM, named), fontsize=7.5)
    else:
        axes.set_title(language(BY_PROVINCE), fontsize=7.5)


def _flag(axes: Axes, first: float, days: int, place: float) -> None:
    """Draw a flagged stretch: taller, edged and never too narrow, to be told in grey print."""
    wide = max(days, LEAST)
    bar = [(first - (wide - days) / 2, wide)]
    axes.broken_barh(bar, (place - 0.48, 0.96), **_FLAG)


def _keys(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["indicator"], rows["region_code"], strict=True))
