"""F15: epidemic curves of DKI, the five units of Bodebek and Banten under their regimes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from gotong import style
from gotong.exhibits import drawing, effect_words, vocabulary
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.panels.area import of_area
from gotong.regions import Gazetteer, province_of

TITLE = N_(
    "Waves and the rules in force: {core_peak_region} peaked at {core_peak:.0f} new cases per "
    "100,000 in seven days on {core_peak_day}"
)
CAPTION = N_(
    "New confirmed cases of seven days per 100,000 residents (census of 2020), on a logarithmic "
    "scale; days without a case in the last seven are not drawn, and the {below} days of a "
    "region with fewer than {floor} are drawn at the lower edge. Shading: how strict the regime "
    "in force was, on the ordinal scale of the configuration. The series of kabupaten and kota "
    "have a gap of {gap_days} days up to {gap_end}, are not known for the first week of each "
    "file, and end on {local_end}. {proxy_peak_region} stands in the place of Tangerang Raya, "
    "which has no public series; its shading is that of {proxy_rules}. The strip in its chart "
    "has the risk zones that the national task force gave {zoned}, an order without a distance: "
    "high for at least one of them on {zone_high} of {zone_days} dated days; none is dated "
    "between {zone_end} and {zone_start}. Cases entered late make single days jump; lines at the "
    "upper edge mark the {flagged} days of a region that corrections flag, by their ids in table "
    "T10. Reported cases are a changing part of infections, and the figure says nothing of "
    "causes. {glossary}"
)
ALT = N_(
    "{charts} line charts on one logarithmic scale, from {start} to {end}, each shaded by the "
    "strictness of the regime in force: {names}. The largest peak of {core_peak_region} is "
    "{core_peak:.0f} per 100,000 in seven days on {core_peak_day}, that of {proxy_peak_region} "
    "{proxy_peak:.0f} on {proxy_peak_day}. Flagged days left out, the largest peak of a "
    "kabupaten or kota while its series lasts is {local_peak:.0f} in {local_peak_region} on "
    "{local_peak_day}."
)
ELSEWHERE = {
    "caption": N_(
        "New confirmed cases of seven days per 100,000 residents (census of 2020), on a "
        "logarithmic scale; days without a case in the last seven are not drawn, and the {below} "
        "days of a region with fewer than {floor} are drawn at the lower edge. Shading: how "
        "strict the regime in force was, on the ordinal scale of the configuration; white where "
        "it is not coded. The series have a gap of {gap_days} days up to {gap_end}, are not known "
        "for the first week of each file, and end on {local_end}. Cases entered late make single "
        "days jump; lines at the upper edge mark the {flagged} days of a region that corrections "
        "flag, by their ids in table T10. Reported cases are a changing part of infections, and "
        "the figure says nothing of causes. {glossary}"
    ),
    "alt": N_(
        "{charts} line charts on one logarithmic scale, from {start} to {end}, each shaded by the "
        "strictness of the regime in force: {names}. The largest peak of {core_peak_region} is "
        "{core_peak:.0f} per 100,000 in seven days on {core_peak_day}; that of the others is "
        "{local_peak:.0f} in {local_peak_region} on {local_peak_day}."
    ),
}
"""What another area than Greater Jakarta has in the place of these messages."""

AXIS = N_("new cases in 7 days per 100,000 residents (log scale)")
GAP = N_("gap")
ENDS = N_("ends {day}")
PROXY = N_("{region} (province, in place of Tangerang Raya)")
KEY_HEADING = N_("Shading: how strict the regime was")
UNKNOWN = N_("PPKM level not known")
NOT_CODED = N_("regime not coded")
STEP = N_("{step}  {names}")

LOW, HIGH = 0.3, 2000.0
FLAGS_BELOW = 0.06
"""How far below the upper edge, or the strip there, flagged days are marked, where a chart is 1."""
NEAR = pd.Timedelta(days=40)
"""Days to either side of a gap that its name reaches over."""

FEW = 9
"""Charts up to which there are two columns, and the key stands in the place after the last."""
COLUMNS = 4
"""Columns of more charts; the key then stands below them."""

HEIGHT, ROW, KEY = 205, 33, 34
"""Millimetres of a figure of few charts; of a row of many, and of all else about those."""
BELOW = 0.5
"""Height of the key below the charts, where a row of them is 1."""

ZONE: Final = "zone"
RISK_ZONES: Final = ("cases/risk_zones_2020.csv", "cases/risk_zones_2022.csv")
HIGHEST: Final = "high"
ZONES: Final = {
    "unaffected": (N_("no cases"), "#e3e8ee"),
    "no_cases": (N_("no cases"), "#e3e8ee"),
    "low": (N_("low"), "#a9c4de"),
    "medium": (N_("medium"), "#4f86b8"),
    "high": (N_("high"), "#0b2f57"),
}
"""Name and colour of each risk zone; darker is higher, in grey print too."""
KEY_ZONES = N_("Strip in the last chart: risk zones of regions without a series")
STRIP: Final = 0.058
"""Height of a row of the strip, as a share of the chart."""
WEEK: Final = 7
COLUMNS_OF_DATA: Final = [
    *("region_code", "region", "role", "ruled_by", "date", "incidence_7d_per_100k", "flag"),
    *("regime", "strictness", "zone"),
]

START_OF_FILE = 7
"""Days at the start of a file that have no mean of seven days of new cases."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: one row per region and day.

    Returns
    -------
    pandas.DataFrame
        region_code, region, role (core, local, proxy), ruled_by (name of the region whose
        regime shades the chart), date, incidence_7d_per_100k, flag (corrections that
        flag the cases of the day, by id; blank where none), regime (with its level), strictness,
        zone (blank). Then, with the role `ZONE`, the risk zones of the regions that a proxy
        stands for, on the days that they were dated.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    area, span = choices["area"], choices["figures"]["curves"]
    units, provinces = of_area(tables), tables["panel_province"]
    with_series = set(units.loc[units["cases"].notna(), "region_code"])
    holders = [code for group in area["deciders"] for code in group["members"]]
    core = area["core"]
    is_province = core == province_of(core)
    parts = [
        _part(provinces, core, _first_within(area["units"], core), units, "core")
        if is_province
        else _part(units, core, core, units, "core"),
        *(
            _part(units, code, code, units, "local")
            for code in holders
            if code in with_series and code != core
        ),
        *(
            _part(provinces, code, _first_within(holders, code), units, "proxy")
            for code in area["proxies"]
        ),
    ]
    data = pd.concat(parts, ignore_index=True)
    data = data[data["date"].between(span["start"], span["end"])]
    data.insert(1, "region", data["region_code"].map(gazetteer.name))
    data["ruled_by"] = data["ruled_by"].map(gazetteer.name)
    behind = [
        code for code in holders if province_of(code) in area["proxies"] and code not in with_series
    ]
    zones = _zones(tables, behind, span)
    zones["region"] = zones["region_code"].map(gazetteer.name)
    return pd.concat([data.assign(zone=""), zones], ignore_index=True)[COLUMNS_OF_DATA]


def _zones(tables: Tables, regions: list[str], span: Mapping[str, Any]) -> pd.DataFrame:
    """Return the risk zones of regions without a series, in the order of the regions and days."""
    both = pd.concat([tables[name] for name in RISK_ZONES], ignore_index=True)
    place = both["region_code"].map({code: at for at, code in enumerate(regions)})
    own = both.assign(place=place)[place.notna() & both["date"].between(span["start"], span["end"])]
    ordered = own.sort_values(["place", "date"]).drop(columns="place")
    texts = dict.fromkeys(("ruled_by", "flag", "regime"), "")
    return ordered.assign(role=ZONE, **texts)


def _curves(data: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of curves, without those of zones."""
    return data[data["role"] != ZONE]


def _first_within(regions: list[str], province: str) -> str:
    """Return the first of some regions that lies in a province."""
    return next(code for code in regions if province_of(code) == province)


def _part(
    curves: pd.DataFrame, region: str, ruled_by: str, units: pd.DataFrame, role: str
) -> pd.DataFrame:
    """Return the curve of one region beside the regime of the region whose rules held."""
    shown = {"date": "date", "incidence_7d_per_100k": "incidence_7d_per_100k", "cases_flag": "flag"}
    curve = curves.loc[curves["region_code"] == region, list(shown)].rename(columns=shown)
    rules = units[units["region_code"] == ruled_by]
    named = rules["regime"].str.cat(
        rules["level"].where(rules["regime"] == "PPKM level", ""), sep=" "
    )
    rules = rules.assign(regime=named.str.strip())[["date", "regime", "strictness"]]
    joined = curve.merge(rules, on="date", how="inner", validate="one_to_one")
    joined.insert(0, "region_code", region)
    joined.insert(1, "role", role)
    joined.insert(2, "ruled_by", ruled_by)
    return joined


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts name."""
    zones, data = data[data["role"] == ZONE], _curves(data)
    names = list(data["region"].unique())
    found: dict[str, Any] = {
        "start": data["date"].min(),
        "end": data["date"].max(),
        "charts": len(names),
        "names": ", ".join(names),
        # Some names of regimes are of Greater Jakarta alone, where Banten is a proxy.
        "glossary": vocabulary.REGIMES if "proxy" in set(data["role"]) else effect_words.RULES,
    }
    for role in ("core", "local", "proxy"):
        part = data[data["role"] == role].dropna(subset="incidence_7d_per_100k")
        # What was entered late is no peak of an epidemic.
        part = part[part["flag"] == ""] if (part["flag"] == "").any() else part
        if part.empty:
            continue
        top = part.iloc[int(part["incidence_7d_per_100k"].argmax())]
        found[f"{role}_peak"] = float(top["incidence_7d_per_100k"])
        found[f"{role}_peak_day"] = top["date"]
        found[f"{role}_peak_region"] = top["region"]
    found["floor"] = LOW
    found["flagged"] = int((data["flag"] != "").sum())
    found["below"] = int(data["incidence_7d_per_100k"].between(0, LOW, inclusive="neither").sum())
    found["proxy_rules"] = ", ".join(data.loc[data["role"] == "proxy", "ruled_by"].unique())
    local = data[data["role"] == "local"].dropna(subset="incidence_7d_per_100k")
    steps = local.groupby("region_code")["date"].diff().dt.days
    after = local.iloc[int(steps.argmax())]["date"]
    # A mean of seven days needs a week of new cases, and the first day of a file has none.
    found["gap_days"] = int(steps.max()) - 1 - START_OF_FILE
    found["gap_end"] = after - pd.Timedelta(days=START_OF_FILE + 1)
    found["local_end"] = local["date"].max()
    if len(zones):
        high = zones[zones["zone"] == HIGHEST]
        days = zones["date"].drop_duplicates().sort_values(ignore_index=True)
        gap = int(days.diff().argmax()) if len(days) > 1 else 0
        found["zoned"] = ", ".join(zones["region"].unique())
        found["zone_days"] = int(zones["date"].nunique())
        found["zone_high"] = int(high["date"].nunique())
        found |= {"zone_end": days[max(gap - 1, 0)], "zone_start": days[gap]}
    return found


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: one small chart per region and a key."""
    zones, data = data[data["role"] == ZONE], _curves(data)
    regions = list(data["region_code"].unique())
    columns = 2 if len(regions) <= FEW else COLUMNS
    rows = -(-(len(regions) + 1) // columns)
    tall = HEIGHT if len(regions) <= FEW else KEY + ROW * rows
    figure = style.new_figure(tall, said["title"], said["sources"])
    is_below = len(regions) > FEW
    ratios = [1.0] * rows + [BELOW] * is_below
    grid = figure.subplots(
        len(ratios), columns, sharex=True, sharey=True, squeeze=False, height_ratios=ratios
    )
    cells = list(grid.flat)
    highest = data["strictness"].max()
    for axes, region in zip(cells, regions, strict=False):
        part = data[data["region_code"] == region]
        is_zoned = part["role"].iloc[0] == "proxy" and len(zones) > 0
        _curve(axes, part, highest, language)
        _flags(axes, part, _strip(axes, zones) if is_zoned else 1.0)
    for axes in cells[len(regions) :]:
        axes.axis("off")
    if is_below:
        _key_below(cells[rows * columns], data, highest, language)
    else:
        top = _key(cells[len(regions)], data, highest, language)
        if len(zones):
            _zone_key(cells[len(regions)], top, set(zones["zone"]), language)
    for axes in cells[len(regions) - columns : len(regions)]:
        axes.tick_params(labelbottom=True)
    figure.supylabel(language(AXIS), size=7.5)
    return figure


def _curve(axes: Axes, part: pd.DataFrame, highest: float, language: Language) -> None:
    """Draw one region: shading, curve, gap and end."""
    first = part.iloc[0]
    name = first["region"]
    axes.set_title(language.fill(PROXY, {"region": name}) if first["role"] == "proxy" else name)
    stretches = drawing.runs(part["date"], part["strictness"])
    drawing.bands(
        axes, stretches["start"], stretches["end"], stretches["value"], style.STRICTNESS, highest
    )
    is_unknown = drawing.runs(part["date"], part["strictness"].isna() & (part["regime"] != ""))
    for stretch in is_unknown[is_unknown["value"].astype(bool)].itertuples():
        first_day, last_day = (float(mdates.date2num(day)) for day in (stretch.start, stretch.end))
        axes.axvspan(first_day, last_day + 1, **style.UNKNOWN, linewidth=0, zorder=0)
    drawing.time_axis(axes, part["date"].min(), part["date"].max(), language)
    axes.set_yscale("log")
    axes.set_ylim(LOW, HIGH)
    drawing.number_ticks(axes, language)
    values = part["incidence_7d_per_100k"].astype(float)
    axes.plot(
        part["date"],
        # A logarithmic axis has no place for nothing.
        values.where(values > 0).clip(lower=LOW),
        color=style.INK,
        linewidth=1.1,
        path_effects=style.HALO,
    )
    known = part.loc[values.notna(), "date"]
    if known.max() < part["date"].max():
        axes.annotate(
            language.fill(ENDS, {"day": known.max()}),
            (known.max(), LOW),
            xytext=(2, 3),
            textcoords="offset points",
            size=6.5,
            va="bottom",
            path_effects=style.HALO,
        )
    holes = known.diff().dt.days
    for index in known.index[holes > 1]:
        end, start = known[index], known[index] - pd.Timedelta(days=int(holes[index]))
        middle = start + (end - start) / 2
        axes.annotate(
            language(GAP),
            (middle, values[(part["date"] - middle).abs() <= NEAR].max()),
            xytext=(0, 3),
            textcoords="offset points",
            size=6.5,
            ha="center",
            path_effects=style.HALO,
        )


def _flags(axes: Axes, part: pd.DataFrame, edge: float) -> None:
    """Mark the days that corrections flag below an upper edge, with the ids of these."""
    height = edge - FLAGS_BELOW
    stretches = drawing.runs(part["date"], part["flag"])
    for stretch in stretches[stretches["value"] != ""].itertuples():
        first, last = (float(mdates.date2num(day)) for day in (stretch.start, stretch.end))
        ends = (first, last + 1)
        axes.plot(
            ends,
            [height] * 2,
            marker="|",
            markersize=4,
            color=style.INK,
            linewidth=1.2,
            path_effects=style.HALO,
            transform=axes.get_xaxis_transform(),
            label="flag",
        )
        axes.annotate(
            str(stretch.value),
            (sum(ends) / 2, height),
            xycoords=axes.get_xaxis_transform(),
            xytext=(0, -3),
            textcoords="offset points",
            size=6,
            ha="center",
            va="top",
            path_effects=style.HALO,
        )


def _strip(axes: Axes, zones: pd.DataFrame) -> float:
    """Draw the risk zones of the regions that have no series, a row for each, above the curve.

    Returns the height of the lower edge, where the chart is 1.
    """
    names = list(zones["region"].unique())
    top = 1 - STRIP * np.arange(1, len(names) + 1)
    axes.add_patch(
        Rectangle(
            (0, float(top.min())), 1, 1, transform=axes.transAxes, color="white", zorder=4, lw=0
        )
    )
    blend = axes.get_xaxis_transform()
    for height, name in zip(top, names, strict=True):
        own = zones[zones["region"] == name]
        starts = mdates.date2num(own["date"])
        for start, zone in zip(starts, own["zone"], strict=True):
            axes.add_patch(
                Rectangle(
                    (float(start), float(height) + 0.1 * STRIP),
                    WEEK,
                    0.8 * STRIP,
                    transform=blend,
                    facecolor=ZONES[zone][1],
                    linewidth=0,
                    zorder=5,
                )
            )
        gap = int(np.argmax(np.diff(starts)))
        middle = (starts[gap] + starts[gap + 1]) / 2 if len(starts) > 1 else starts[0]
        said = axes.text(middle, height + STRIP / 2, name, size=5.2, ha="center", va="center")
        said.set(transform=blend, zorder=6)
    return float(top.min())


def _zone_key(axes: Axes, top: float, drawn: set[str], language: Language) -> None:
    """Draw the key of the risk zones in one line, of those that are drawn."""
    words = axes.text(0, top, language(KEY_ZONES), size=6, va="top")
    words.set(transform=axes.transAxes, in_layout=False)
    at = 0.0
    for words_of, colour in dict.fromkeys(ZONES[zone] for zone in ZONES if zone in drawn):
        box = Rectangle((at, top - 0.14), 0.05, 0.06, transform=axes.transAxes, facecolor=colour)
        box.set(edgecolor=style.QUIET, linewidth=0.4, clip_on=False)
        axes.add_patch(box)
        shown = axes.text(at + 0.07, top - 0.08, language(words_of), size=6, va="top")
        shown.set(transform=axes.transAxes, in_layout=False)
        at += 0.25


def _key(axes: Axes, data: pd.DataFrame, highest: float, language: Language) -> float:
    """Draw the key: a swatch per step of strictness with its regimes; return where it ends."""
    entries = _entries(data, highest, language)
    heading = axes.text(0, 1.0, language(KEY_HEADING), weight="bold", size=7.5, va="top")
    heading.set(transform=axes.transAxes, in_layout=False)
    top = 0.86
    for words, look in entries:
        text = textwrap.fill(words, 64, subsequent_indent="    ", break_on_hyphens=False)
        box = Rectangle((0, top - 0.08), 0.05, 0.08, transform=axes.transAxes, **look)
        box.set(linewidth=0.4, clip_on=False)
        axes.add_patch(box)
        shown = axes.text(0.07, top, text, size=6, va="top", linespacing=1.2)
        shown.set(transform=axes.transAxes, in_layout=False)
        top -= 0.055 + 0.075 * (text.count("\n") + 1)
    return top


def _key_below(axes: Axes, data: pd.DataFrame, highest: float, language: Language) -> None:
    """Draw the key below all charts, where no place among them is wide enough."""
    handles = [
        Patch(**look, linewidth=0.4, label=words)
        for words, look in _entries(data, highest, language)
    ]
    legend = axes.legend(
        handles=handles,
        title=language(KEY_HEADING),
        loc="upper left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0,
        frameon=False,
        ncols=2,
        fontsize=6,
        title_fontsize=7.5,
        alignment="left",
    )
    # It is wider than the one chart whose column it begins in.
    legend.set_in_layout(False)


def _entries(
    data: pd.DataFrame, highest: float, language: Language
) -> list[tuple[str, dict[str, Any]]]:
    """Return the words and the look of each step of strictness."""
    known = data.dropna(subset="strictness")
    steps = known.groupby("strictness")["regime"].agg(
        # Hard spaces: a line ends between names, not in one.
        lambda names: ", ".join(names.value_counts().index.str.replace(" ", "\N{NO-BREAK SPACE}"))
    )
    entries = [
        (
            language.fill(STEP, {"step": language.number(float(str(value))), "names": names}),
            {
                "facecolor": style.STRICTNESS(float(str(value)) / highest),
                "edgecolor": style.QUIET,
            },
        )
        for value, names in steps.items()
    ]
    unknown = data.loc[data["strictness"].isna(), "regime"]
    if (unknown != "").any():
        entries.append((language(UNKNOWN), style.UNKNOWN))
    if (unknown == "").any():
        entries.append((language(NOT_CODED), {"facecolor": "white", "edgecolor": style.QUIET}))
    return entries
