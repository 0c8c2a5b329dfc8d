"""F03: regimes of the nine deciding regions over time, and how aligned they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from textwrap import fill
from typing import Any, NamedTuple

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from gotong import style
from gotong.exhibits import drawing, vocabulary
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import DKI, Gazetteer
from gotong.tables import DATE
from gotong.timeline import NOT_YET, regime_by_day, strictness

TITLE = N_(
    "The {regions} regions were equally strict on {same_before:.0%} of the days before the "
    "national PPKM, and on {same_after:.0%} of the days from its start"
)
CAPTION = N_(
    "Regimes of {regions} regions from {start} to {end}, and their alignment. Alignment is the "
    "mean similarity of a region's regime with those of the regions that it exchanges people "
    "with, weighted by that exchange (phone records, normal days). It is 1 when nobody acts as "
    "well as when all act, and it is about labels, not about enforcement. The {regions} regions "
    "are about {deciders} independent deciders, for within a group most follow one decree; PPKM, "
    "from {national_day}, followed national instructions. The scale of strictness is ordinal, "
    "with equal steps assumed. The alignment of {core} is lowest, {low:.2f}, from {low_day}, "
    "when {waiting} of the {regions} regions had no PSBB yet; after the last had begun "
    "({all_day}) it is lowest from {later_day}, {later:.2f}. All {regions} regions were equally "
    "strict on {same:.0%} of {days} days ({same_before:.0%} before PPKM, {same_after:.0%} from "
    "its start), and under the same name and level on {same_name:.0%} (PPKM darurat counts as "
    "one). The mean alignment of {core} is {mean:.2f} on the main scale, {mean_least:.2f} to "
    "{mean_most:.2f} on the other scales and {mean_nominal:.2f} by name alone. From {seen_from} "
    "to PPKM the mean over the {deciders} deciders is {seen:.3f} (line in b); the band shows "
    "where it lies by chance, when the timelines of all but {core} are moved in a circle, each "
    "by days drawn by lot: {chance:.3f} in the middle, 95% from {chance_low:.3f} to "
    "{chance_high:.3f}. On {unknown} days of a region its PPKM level is not known; these days "
    "are left out of means. {glossary}"
)
ALT = N_(
    "Above, one bar for each of {regions} regions from {start} to {end}, coloured by the "
    "strictness of the regime in force; the mean of the regions is highest, {peak:.1f} steps, "
    "from {peak_day}. Below, two line charts of alignment from 0 to 1: the mean of each of "
    "{deciders} groups that decide together, and that of {core} on {variants} definitions. That "
    "of {core} is lowest, {low:.2f}, from {low_day}, is {later:.2f} from {later_day}, and is "
    "{last:.2f} at the end; by name alone it is 0 on {none_alike:.0%} of days. A band before PPKM "
    "holds mean alignments by chance, {chance_low:.3f} to {chance_high:.3f}; a line shows the mean "
    "as it was, {seen:.3f}."
)
ELSEWHERE = {
    "title": N_(
        "The {regions} regions of {area} were equally strict on {same:.0%} of the {days} days "
        "whose rules are coded"
    ),
    "caption": N_(
        "Regimes of {regions} regions from {start} to {end}, and their alignment. Alignment is "
        "the mean similarity of a region's regime with those of the regions that it exchanges "
        "people with, weighted by that exchange (phone records, normal days). It is 1 when nobody "
        "acts as well as when all act, and it is about labels, not about enforcement. Groups of "
        "regions that decide together: {deciders}. The scale of strictness is ordinal, with "
        "equal steps assumed. The alignment of {core} is lowest, {low:.2f}, from {low_day}, and "
        "{mean:.2f} in the mean ({mean_nominal:.2f} by name alone). All {regions} regions were "
        "equally strict on {same:.0%} of {days} days, and under the same name and level on "
        "{same_name:.0%}. Days before {start} and after {end} are not coded."
    ),
    "alt": N_(
        "Above, one bar for each of {regions} regions from {start} to {end}, coloured by the "
        "strictness of the regime in force; the mean of the regions is highest, {peak:.1f} steps, "
        "from {peak_day}. Below, two line charts of alignment from 0 to 1: the mean of each "
        "group that decides together ({deciders}), and that of {core} on {variants} definitions. "
        "That of {core} is lowest, {low:.2f}, from {low_day}, and {last:.2f} at the end; by name "
        "alone it is 0 on {none_alike:.0%} of days."
    ),
}
"""What another area than Greater Jakarta has in the place of these messages."""

BARS = N_("a  Regime in force, coloured by strictness (L1–L4: PPKM level)")
GROUPS = N_("b  Alignment of those who decide together: mean of their regions, main scale")
VARIANTS = N_("c  Alignment of {core} on each definition")
AXIS = N_("alignment (0 to 1)")
BY_CHANCE = N_("mean {start:short} to PPKM {seen:.3f};\nby chance {low:.3f} to {high:.3f}")
BRAKE_MARK = N_("DKI's brake, {day}")
NATIONAL_MARK = N_("PPKM, by national instruction, from {day}")
LEVEL = N_("L{level}")
KEY = N_("Regimes by strictness, from none to the strictest")
STEP = N_("{step}  {names}")
UNKNOWN = N_("PPKM level not known")
VARIANT_NAMES = {
    "main": N_("main scale"),
    "by_label": N_("first PPKM by its local name"),
    "darurat_by_level": N_("PPKM darurat by level"),
    "lenient_banten": N_("PSBB se-Banten less strict"),
    "same_label": N_("same name or not, no scale"),
}
"""What the definitions of alignment are called; one that is added keeps its key."""

CHANCE, RULED = "chance", "ruled_before_ppkm"
SEEN, MIDDLE, LEAST, MOST = "seen", "median", "low", "high"
"""Means over the days before PPKM that are drawn: the true one, and those by chance."""

MAIN, NOMINAL = "main", "same_label"
LEVELLED = "PPKM level"
BRAKE = pd.Timestamp("2020-09-14")
"""First day of DKI's return to strict PSBB (Pergub DKI 88/2020)."""

BAR = 0.84
"""Height of a bar, where the next is 1 below."""
SMALL, NAME = 6.2, 6.5
TOP, ROOM, LEADING, ACROSS = 1.2, 0.14, 0.08, 390
"""Top of an axis of alignment, the height that a name takes there, what each further line of it
takes, and points from end to end."""
ASIDE = 2.5
"""Points between a name and its line."""
LONG, STRUCK = 16, 120
"""Letters after which a name goes on below, and how many days an upright is as bad as."""

HEIGHT, CHARTS = 158, (27, 40, 46)
"""Millimetres of all but the bars, and heights of the key and the charts below them."""
LEAST_ROWS = 6
"""Rows that the key has room for at least."""
ROW, DENSE_ROW, MANY = 64 / 11, 4.2, 15
"""Millimetres of a row of bars, where there are few and where there are many, and how many."""
DASHES = ((0, (1, 1)), (0, (5, 1.2)), (0, (5, 1.2, 1, 1.2)))
"""Lines are told apart without colour."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: one row per stretch of days without a change.

    Returns
    -------
    pandas.DataFrame
        part (``regime``: a bar; ``group`` or ``variant``: a line of alignment; ``chance``: a mean
        over days before PPKM, where the area has it), series (region code, group, variant, or
        ``seen`` and ``median``, ``low``, ``high`` by chance), name (of the region or group), group
        (of deciders), start_date, end_date (last day, included), regime, level (both blank for
        alignment), value: strictness in steps of the scale, or alignment from 0 to 1 in six
        decimals; missing where the PPKM level is not known.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    area, scale = choices["area"], choices["strictness"]
    group_of = {code: group["name"] for group in area["deciders"] for code in group["members"]}
    regimes = tables["policy/regimes.csv"]
    periods = regimes[
        (regimes["layer"] == area["layers"][0]) & regimes["region_code"].isin(list(group_of))
    ]
    days = pd.date_range(periods["start_date"].min(), periods["end_date"].max(), unit="s")
    aligned = tables["alignment"]
    aligned = aligned[aligned["date"].isin(days)]
    by_day = pd.concat(
        [
            _regimes(periods, list(group_of), days, scale),
            _groups(aligned[aligned["variant"] == MAIN], group_of),
            _variants(aligned[aligned["region_code"] == area["core"]], scale["alternatives"]),
        ],
        ignore_index=True,
    )
    data = _stretches(by_day.fillna({"regime": "", "level": ""}))
    region = data["series"].where(data["part"] == "regime", area["core"])
    is_group = data["part"] == "group"
    data.insert(2, "name", data["series"].where(is_group, region.map(gazetteer.table["name"])))
    data.insert(3, "group", data["series"].where(is_group, region.map(group_of)))
    if "alignment_chance" not in tables:
        return data
    chance = _chance(tables["alignment_chance"], days)
    chance = chance.reindex(columns=data.columns, fill_value="")
    return pd.concat([data, chance], ignore_index=True)


def _chance(table: pd.DataFrame, shown: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the mean alignment before PPKM on the main scale, and its middle and range by chance.

    It stands on those of its days that are shown, and is left out where none is.
    """
    row = table[(table["period"] == RULED) & (table["variant"] == MAIN)].iloc[0]
    columns = {SEEN: "alignment", MIDDLE: "chance", LEAST: "chance_low", MOST: "chance_high"}
    means = pd.DataFrame(
        {
            "part": CHANCE,
            "series": list(columns),
            "start_date": max(row["start"], shown[0]),
            "end_date": min(row["end"], shown[-1]),
            "value": [round(float(row[name]), 6) for name in columns.values()],
        }
    )
    known = means[means["start_date"] <= means["end_date"]]
    return known.astype({"start_date": DATE, "end_date": DATE})


def _regimes(
    periods: pd.DataFrame, regions: Sequence[str], days: pd.DatetimeIndex, scale: Choices
) -> pd.DataFrame:
    """Return regime, level and strictness by region and day."""
    by_day = regime_by_day(periods, regions, days)
    first = by_day["region_code"].map(periods.groupby("region_code")["start_date"].min())
    by_day["regime"] = by_day["regime"].mask(by_day["date"] < first, NOT_YET)
    steps = strictness(by_day["regime"], by_day["level"], scale["regimes"], scale["levels"])
    return by_day.rename(columns={"region_code": "series"}).assign(part="regime", value=steps)


def _groups(aligned: pd.DataFrame, group_of: Mapping[str, str]) -> pd.DataFrame:
    """Return the mean alignment of each group by day, over its regions that have one."""
    group = aligned["region_code"].map(group_of).rename("series")
    means = aligned.groupby([group, "date"])["alignment"].mean().rename("value")
    ordered = means.reindex(list(dict.fromkeys(group_of.values())), level="series")
    return ordered.reset_index().assign(part="group")


def _variants(aligned: pd.DataFrame, alternatives: Sequence[str]) -> pd.DataFrame:
    """Return the alignment of one region by variant and day: main, alternatives, by name."""
    order = [MAIN, *alternatives, NOMINAL]
    wide = aligned.pivot(index="date", columns="variant", values="alignment")
    # A scale on which nothing here changes would be a line below the main one from end to end.
    same = [name for name in alternatives if wide[name].equals(wide[MAIN])]
    told = aligned[~aligned["variant"].isin(same)]
    named = told.rename(columns={"variant": "series", "alignment": "value"})
    ordered = named.sort_values("series", key=lambda names: names.map(order.index), kind="stable")
    return ordered[["series", "date", "value"]].assign(part="variant")


def _stretches(by_day: pd.DataFrame) -> pd.DataFrame:
    """Merge neighbouring days of one series on which nothing changes."""
    what = ["part", "series", "regime", "level", "value"]
    # Weighted sums of the same regimes may differ in their last digit from day to day.
    told = by_day[what].assign(value=by_day["value"].round(6))
    compared = told.fillna({"value": -1.0})
    number = (compared != compared.shift()).any(axis=1).cumsum()
    spans = by_day.groupby(number)["date"].agg(start_date="min", end_date="max")
    stretches = pd.concat([told.groupby(number).first(), spans], axis=1)
    return stretches[
        ["part", "series", "start_date", "end_date", "regime", "level", "value"]
    ].reset_index(drop=True)


def _daily(data: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return the stretches of one part by day again."""
    rows = data[data["part"] == part]
    lengths = (rows["end_date"] - rows["start_date"]).dt.days + 1
    days = rows.loc[rows.index.repeat(lengths)]
    passed = pd.to_timedelta(days.groupby(level=0).cumcount(), unit="D")
    return days.assign(date=days["start_date"] + passed)


def _by_day(data: pd.DataFrame, part: str, values: str = "value") -> pd.DataFrame:
    """Return one column of a part as days by series, in the order of the data."""
    daily = _daily(data, part)
    wide = daily.pivot(index="date", columns="series", values=values)
    return wide[list(daily["series"].unique())]


def _label(regimes: pd.DataFrame) -> pd.Series:
    """Return the name of each regime, with its level where the level makes the rule."""
    level = regimes["level"].where(regimes["regime"] == LEVELLED, "")
    return regimes["regime"].str.cat(level, sep=" ").str.strip()


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts name."""
    bars = data[data["part"] == "regime"]
    strict = _by_day(data, "regime")
    names = _by_day(data.assign(label=_label(data)), "regime", "label")
    lines = _by_day(data, "variant")
    main, others = lines[MAIN], lines.drop(columns=[MAIN, NOMINAL]).mean()
    waiting = names == NOT_YET
    all_day = waiting.index[~waiting.any(axis=1)].min()
    later = main[main.index >= all_day]
    return {
        "regions": bars["series"].nunique(),
        "deciders": bars["group"].nunique(),
        "core": data.loc[data["part"] == "variant", "name"].iloc[0],
        "start": strict.index.min(),
        "end": strict.index.max(),
        "days": len(strict),
        "same": _share_alike(strict),
        **_before_and_after(strict, _national_day(bars)),
        "same_name": _share_alike(names.where(strict.notna())),
        "unknown": int(strict.isna().to_numpy().sum()),
        "peak": float(strict.mean(axis=1).max()),
        "peak_day": strict.mean(axis=1).idxmax(),
        "low": float(main.min()),
        "low_day": main.idxmin(),
        "waiting": int(waiting.iloc[int(main.argmin())].sum()),
        "all_day": all_day,
        "later": float(later.min()),
        "later_day": later.idxmin(),
        "last": float(main.dropna().iloc[-1]),
        "mean": float(main.mean()),
        **(
            {"mean_least": float(others.min()), "mean_most": float(others.max())}
            if len(others)
            else {}
        ),
        "mean_nominal": float(lines[NOMINAL].mean()),
        "none_alike": float((lines[NOMINAL].dropna() == 0).mean()),
        "variants": lines.shape[1],
        "glossary": vocabulary.REGIMES,
        **_by_chance(data),
    }


def _by_chance(data: pd.DataFrame) -> Facts:
    """Return the mean alignment before PPKM and what it is by chance; nothing where not known."""
    found = data[data["part"] == CHANCE].set_index("series")
    if found.empty:
        return {}
    names = {"seen": SEEN, "chance": MIDDLE, "chance_low": LEAST, "chance_high": MOST}
    means = {name: float(found["value"][series]) for name, series in names.items()}
    return means | {"seen_from": found["start_date"].iloc[0]}


def _before_and_after(strict: pd.DataFrame, national_day: pd.Timestamp) -> Facts:
    """Return the shares of days alike before and after PPKM; nothing where there was none."""
    if pd.isna(national_day):
        return {}
    return {
        "same_before": _share_alike(strict[strict.index < national_day]),
        "same_after": _share_alike(strict[strict.index >= national_day]),
        "national_day": national_day,
    }


def _share_alike(by_region: pd.DataFrame) -> float:
    """Return the share of days on which all regions have the same value.

    A day on which some are not known counts only where the others already differ.
    """
    differ = by_region.nunique(axis=1) > 1
    decided = differ | by_region.notna().all(axis=1)
    return float((~differ)[decided].mean())


def _national_day(regimes: pd.DataFrame) -> pd.Timestamp:
    """Return the first day of PPKM, which followed national instructions."""
    return regimes.loc[regimes["regime"].str.startswith("PPKM"), "start_date"].min()


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: bars of regimes, their key, and two charts of alignment."""
    regimes = data[data["part"] == "regime"]
    rows = regimes["series"].nunique() + sum(
        list(members.unique()) != [group] for group, members in regimes.groupby("group")["name"]
    )
    tall = rows * (ROW if rows < MANY else DENSE_ROW)
    figure = style.new_figure(HEIGHT + tall, said["title"], said["sources"])
    grid = figure.add_gridspec(4, 1, height_ratios=(tall, *CHARTS))
    bars = figure.add_subplot(grid[0])
    key = figure.add_subplot(grid[1])
    groups = figure.add_subplot(grid[2], sharex=bars)
    variants = figure.add_subplot(grid[3], sharex=bars)
    highest = float(regimes["value"].max())

    names = _bars(bars, regimes, highest, language)
    _key(key, regimes, highest, language)
    _groups_chart(groups, data, language)
    _variants_chart(variants, data, language)
    margin = pd.Timedelta(days=5)
    first, last = data["start_date"].min() - margin, data["end_date"].max() + margin
    for axes in (bars, groups, variants):
        drawing.time_axis(axes, first, last, language)
    _marks((bars, groups, variants), data, language)
    _drop_names_that_do_not_fit(figure, names)
    return figure


def _bars(
    axes: Axes, regimes: pd.DataFrame, highest: float, language: Language
) -> list[tuple[Text, Rectangle]]:
    """Draw a bar per region, groups apart; return the names in the bars with their stretches."""
    axes.set_title(language(BARS), pad=13)
    place, ticks, names = 0.0, [], []
    for number, (group, members) in enumerate(regimes.groupby("group", sort=False)):
        heading = {"color": style.DECIDERS[number % len(style.DECIDERS)], "weight": "bold"}
        if list(members["name"].unique()) != [group]:
            place += 1
            ticks.append((place - 0.1, group, heading))
        for name, rows in members.groupby("name", sort=False):
            place += 1
            ticks.append((place, name, heading if name == group else {"color": style.INK}))
            for row in rows.itertuples():
                names += _stretch(axes, row, place, highest, language)
        place += 0.3
    axes.set_ylim(place + 0.3, 0.4)
    axes.set_yticks([place for place, _, _ in ticks], [str(name) for _, name, _ in ticks])
    for label, (_, _, look) in zip(axes.get_yticklabels(), ticks, strict=True):
        label.set(**look)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return names


def _stretch(
    axes: Axes, row: Any, place: float, highest: float, language: Language
) -> list[tuple[Text, Rectangle]]:
    """Draw one stretch of a bar; return its name and itself, nothing if it is not known."""
    left = mdates.date2num(row.start_date)
    width = mdates.date2num(row.end_date) + 1 - left
    box = _swatch((left, place - BAR / 2), width, BAR, row.value / highest)
    axes.add_patch(box)
    if np.isnan(row.value):
        return []
    levelled = row.regime == LEVELLED
    text = axes.text(
        left + width / 2,
        place,
        language.fill(LEVEL, {"level": row.level}) if levelled else language(row.regime),
        size=SMALL,
        ha="center",
        va="center_baseline",
        color="white" if row.value / highest > 0.65 else style.INK,
        in_layout=False,
    )
    return [(text, box)]


def _swatch(corner: tuple[float, float], width: float, height: float, share: float) -> Rectangle:
    """Return a box in the colour of a strictness, hatched where that is missing."""
    if np.isnan(share):
        look = style.UNKNOWN
    else:
        look = {"facecolor": style.STRICTNESS(share), "edgecolor": "white"}
    return Rectangle(corner, width, height, linewidth=0.4, **look)


def _drop_names_that_do_not_fit(figure: Figure, names: list[tuple[Text, Rectangle]]) -> None:
    """Take away the names that are wider than their stretch, once the layout is known."""
    figure.draw_without_rendering()
    for text, box in names:
        if text.get_window_extent().width > 0.96 * box.get_window_extent().width:
            text.remove()


def _key(axes: Axes, regimes: pd.DataFrame, highest: float, language: Language) -> None:
    """Draw the key: a swatch per step of strictness with the regimes that stand on it."""
    axes.axis("off")
    axes.set_title(language(KEY), size=7.5)
    lengths = (regimes["end_date"] - regimes["start_date"]).dt.days + 1
    days = lengths.groupby([regimes["value"], _label(regimes)]).sum()
    lines = []
    for value, part in days.groupby(level=0):
        listed = part.sort_values(ascending=False).index.get_level_values(1)
        # Hard spaces: a line ends between names, not in one.
        names = ", ".join(language(name).replace(" ", "\N{NO-BREAK SPACE}") for name in listed)
        strict = float(str(value))
        step = {"step": language.number(strict), "names": names}
        lines.append((strict, fill(language.fill(STEP, step), 112)))
    if regimes["value"].isna().any():
        lines.append((np.nan, language(UNKNOWN)))
    rows = max(LEAST_ROWS, sum(text.count("\n") + 1 for _, text in lines))
    height, top = 1 / rows, 1.0
    for value, text in lines:
        box = _swatch((0, top - 0.9 * height), 0.03, 0.75 * height, value / highest)
        box.set(transform=axes.transAxes, edgecolor=style.QUIET)
        axes.add_patch(box)
        axes.text(0.04, top, text, size=SMALL, va="top", transform=axes.transAxes, in_layout=False)
        top -= (text.count("\n") + 1) * height


def _alignment_axis(axes: Axes, title: str, language: Language) -> None:
    """Set an axis of alignment, with room for names above the line of 1."""
    axes.set_title(title)
    axes.set_ylabel(language(AXIS))
    axes.set_ylim(-0.03, TOP)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    drawing.number_ticks(axes, language, ".2f")
    axes.grid(axis="y")
    axes.set_axisbelow(True)


def _line(axes: Axes, data: pd.DataFrame, part: str, series: str, **look: Any) -> None:
    """Draw the steps of one series; a gap where it is missing."""
    rows = data[(data["part"] == part) & (data["series"] == series)]
    days = [*rows["start_date"], rows["end_date"].iloc[-1] + pd.Timedelta(days=1)]
    values = [*rows["value"], rows["value"].iloc[-1]]
    axes.plot(days, values, drawstyle="steps-post", label=series, **look)


class _Box(NamedTuple):
    """What a name takes: places in the index of days (the last not included), and heights."""

    first: int
    last: int
    bottom: float
    top: float


@dataclass(frozen=True)
class _Ground:
    """What the names of lines must keep clear of: the lines by day, marks, and other names."""

    lines: pd.DataFrame
    marked: list[pd.Timestamp]
    names: list[_Box] = field(default_factory=list)


def _groups_chart(axes: Axes, data: pd.DataFrame, language: Language) -> None:
    """Draw the mean alignment of each group of deciders."""
    _alignment_axis(axes, language(GROUPS), language)
    ground = _Ground(_by_day(data, "group"), [day for day, _, _ in _marked_days(data)])
    if (data["part"] == CHANCE).any():
        _band(axes, data, ground, language)
    for number, name in enumerate(ground.lines.columns):
        colour = style.DECIDERS[number % len(style.DECIDERS)]
        dashes = ("-", *DASHES)[number % (len(DASHES) + 1)]
        _line(axes, data, "group", name, color=colour, linewidth=1.4, linestyle=dashes)
        _name_line(axes, ground, name, name, color=colour, weight="bold")


def _band(axes: Axes, data: pd.DataFrame, ground: _Ground, language: Language) -> None:
    """Draw where the mean lies by chance, and where it lay, named behind the end of its days."""
    rows = data[data["part"] == CHANCE].set_index("series")
    mean = rows["value"]
    first, after = rows["start_date"].iloc[0], rows["end_date"].iloc[0] + pd.Timedelta(days=1)
    ends = [float(mdates.date2num(day)) for day in (first, after)]
    axes.fill_between(
        ends, mean[LEAST], mean[MOST], color=style.QUIET, alpha=0.25, linewidth=0, zorder=0.6
    )
    axes.hlines(mean[MIDDLE], *ends, color=style.QUIET, linewidth=0.8, linestyle=":", zorder=0.7)
    axes.hlines(mean[SEEN], *ends, color=style.INK, linewidth=0.8, zorder=0.7)
    facts = {"seen": mean[SEEN], "low": mean[LEAST], "high": mean[MOST], "start": first}
    words = language.fill(BY_CHANCE, facts)
    lines = words.split("\n")
    top = float(mean[MOST])
    axes.annotate(
        words,
        (after, top),
        xytext=(ASIDE, 0),
        textcoords="offset points",
        size=NAME,
        va="top",
        color=style.QUIET,
        linespacing=1.1,
    )
    wide = max(drawing.width_of(line, NAME, "normal") for line in lines) + 2 * ASIDE
    days = ground.lines.index
    place = int((after - days[0]).days)
    long = ceil(wide / ACROSS * len(days))
    low = top - ROOM - LEADING * (len(lines) - 1)
    ground.names.append(_Box(place, place + long, low, top))


def _variants_chart(axes: Axes, data: pd.DataFrame, language: Language) -> None:
    """Draw the alignment of the core region: the main scale thick, other definitions thin."""
    core = data.loc[data["part"] == "variant", "name"].iloc[0]
    _alignment_axis(axes, language.fill(VARIANTS, {"core": core}), language)
    ground = _Ground(_by_day(data, "variant"), [day for day, _, _ in _marked_days(data)])
    colours = (style.VERMILION, style.GREEN, style.PURPLE)
    for number, series in enumerate(ground.lines.columns):
        name = language(VARIANT_NAMES.get(series, series.replace("_", " ")))
        if series == MAIN:
            look = {"color": style.BLUE, "linewidth": 2.6, "linestyle": "-"}
        elif series == NOMINAL:
            look = {"color": style.INK, "linewidth": 0.8, "linestyle": "-"}
        else:
            at = (number - 1) % len(colours)
            look = {"color": colours[at], "linewidth": 1.1, "linestyle": DASHES[at]}
        # Above the others, so that they show only where they differ from it.
        _line(axes, data, "variant", series, zorder=3 if series == MAIN else 2, **look)
        weight = "bold" if series == MAIN else "normal"
        _name_line(axes, ground, series, name, color=look["color"], weight=weight)


def _name_line(axes: Axes, ground: _Ground, series: str, name: str, **look: Any) -> None:
    """Write the name of a line where it runs alone for long and nothing is in the way.

    Ends will not do: most lines end on the same value. The main line, which others cover most
    of the time, is drawn thick and may be named where they do.
    """
    lines, own = ground.lines, ground.lines[series]
    gaps = lines.drop(columns=series).sub(own, axis=0).abs()
    alone = gaps.where((gaps > 0) | (series != MAIN)).min(axis=1)
    run = ((own.diff() != 0) | (alone.diff() != 0)).cumsum()
    length = alone.groupby(run).sum().sort_values(ascending=False, kind="stable")
    longest = length.index[: max(1, min(6, (length > 0).sum()))]
    spans = [np.flatnonzero(run == number)[[0, -1]] for number in longest]
    places = [
        place
        for words in (name, fill(name, LONG))
        for place in _places(own, spans, words, look.get("weight", "normal"))
    ]
    # Days on which another line hides it do not tell whose the name is.
    told = own.where(alone > 0)
    words, box, at, side = min(places, key=lambda place: _obstacles(ground, told, *place[1:3]))
    ground.names.append(box)
    up = box.bottom == own.iloc[at]
    edge = box.first if side == "left" else box.last
    axes.annotate(
        words,
        (lines.index[0] + pd.Timedelta(days=int(edge)), own.iloc[at]),
        xytext=(ASIDE if side == "left" else -ASIDE, ASIDE if up else -ASIDE),
        textcoords="offset points",
        size=NAME,
        ha=side,
        va="bottom" if up else "top",
        linespacing=1.1,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3, "alpha": 0.8},
        **look,
    )


def _places(
    own: pd.Series, spans: Sequence[np.ndarray], words: str, weight: str
) -> Iterator[tuple[str, _Box, int, str]]:
    """Return where a name may stand beside its line.

    Best along the line, else from its end on, else up to its beginning; clear of its own steps.

    Parameters
    ----------
    own : pandas.Series
        The line by day.
    spans : sequence of numpy.ndarray
        First and last place of each stretch that may be named.
    words, weight : str
        The name in its lines, and how bold it is.

    Yields
    ------
    tuple of (str, _Box, int, str)
        The name, what it takes, the place of the day whose value it stands at, and its side.
    """
    rows = words.split("\n")
    points = 2 * ASIDE + max(drawing.width_of(row, NAME, weight) for row in rows)
    width, height = ceil(points / ACROSS * len(own)), ROOM + LEADING * (len(rows) - 1)
    for first, at, side in (
        *((first + 1, first, "left") for first, _ in spans),
        *((last + 1 - width, last, "right") for _, last in spans),
        *((last + 2, last, "left") for _, last in spans),
        *((first - width, first, "right") for first, _ in spans),
    ):
        value = float(own.iloc[at])
        for bottom in (value - height, value):
            yield words, _Box(first, first + width, bottom, bottom + height), at, side


def _obstacles(ground: _Ground, own: pd.Series, box: _Box, at: int) -> int:
    """Return how much is in the way of a name that takes a box beside its line on a day.

    Parameters
    ----------
    ground : _Ground
    own : pandas.Series
        The line by day, missing where it is hidden.
    box : _Box
    at : int
        Place of the day whose value the name stands at.

    Returns
    -------
    int
        Four times the days on which it meets a line or leaves the axis, those on which its own line
        is elsewhere than on that day, and `STRUCK` for each upright that would run through it
        (a mark or the step of a line) and for each day of another name.
    """
    first, last, bottom, top = box
    lines = ground.lines
    if bottom < -ROOM / 3 or top > TOP:
        return (4 + STRUCK) * (last - first)
    ends = np.stack([lines.to_numpy(), lines.shift().to_numpy()])
    crossing = (ends.min(axis=0) < top - 1e-9) & (ends.max(axis=0) > bottom + 1e-9)
    upright = (crossing & (lines.diff().abs() > 0).to_numpy()).any(axis=1)
    upright |= lines.index.isin(ground.marked)
    gone = (own != own.iloc[at]).to_numpy()
    cost = 4 * crossing.any(axis=1) + gone + STRUCK * upright
    within = cost[max(first, 0) : last]
    met = sum(
        max(0, min(last, end) - max(first, start))
        for start, end, low, high in ground.names
        if bottom < high and top > low
    )
    return int(within.sum()) + 4 * (last - first - len(within)) + STRUCK * met


def _marked_days(data: pd.DataFrame) -> list[tuple[Any, str, str]]:
    """Return DKI's brake and the start of national rules, if shown, with words and their side."""
    regimes = data[data["part"] == "regime"]
    brake = BRAKE if DKI in set(regimes["series"]) else pd.NaT
    days = ((brake, BRAKE_MARK, "right"), (_national_day(regimes), NATIONAL_MARK, "left"))
    first, last = data["start_date"].min(), data["end_date"].max()
    return [(day, message, side) for day, message, side in days if first <= day <= last]


def _marks(charts: Sequence[Axes], data: pd.DataFrame, language: Language) -> None:
    """Mark DKI's brake and the start of national rules on all axes of time."""
    for day, message, side in _marked_days(data):
        for axes in charts:
            # Below the bars, whose names it would strike through.
            axes.axvline(
                float(mdates.date2num(day)),
                color=style.INK,
                linewidth=0.7,
                linestyle=(0, (2, 1.5)),
                zorder=0.5,
            )
        charts[0].annotate(
            language.fill(message, {"day": day}),
            (day, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-2 if side == "right" else 2, 2.5),
            textcoords="offset points",
            size=6.3,
            ha=side,
            color=style.QUIET,
        )
