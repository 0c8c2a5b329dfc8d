"""F14: reported deaths, excess deaths and strictness in Indonesia, Taiwan and Brazil."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from gotong import style
from gotong.exhibits import drawing
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language

TITLE = N_(
    "Per million, Brazil reported {bra_ratio:.1f} times the deaths of Indonesia by {last}; Taiwan "
    "{twn_first_ratio:.3f} times by {first} and {twn_ratio:.2f} times by {last}"
)
CAPTION = N_(
    "a: cumulative reported deaths per million residents of 2020 (Johns Hopkins University), on a "
    "logarithmic scale; marks: the days of table T07. Reported deaths count what was tested "
    "and registered, which Indonesia perhaps did least (figure F17): its line is a lower bound. b: "
    "cumulative deaths above those expected from earlier years, per million residents (The "
    "Economist). For Indonesia only {city_months} months of DKI Jakarta are public. By "
    "{excess_last} they come to {excess_bra:.0f} in Brazil and {excess_twn:.0f} in Taiwan, which "
    "was below what was expected until {twn_above:month}. c: mean stringency of each month, drawn "
    "at its middle (OxCGRT, 0 to 100): rules as written, not as kept. The three countries differ "
    "in age, wealth, borders and luck; the figure does not say that cooperation made the "
    "difference."
)
ALT = N_(
    "Three charts of three lines from {start} to {end}. Deaths per million end at {bra_end:.0f} in "
    "Brazil, {twn_end:.0f} in Taiwan and {idn_end:.0f} in Indonesia; that of Taiwan stays below "
    "{twn_low:.0f} until the end of {low_year:year} and crosses that of Indonesia on {crossing}. "
    "Excess deaths per million end at {excess_bra:.0f} in Brazil and {excess_twn:.0f} in Taiwan. "
    "Stringency is highest in {strictest} at {strictest_value:.0f} in {strictest_month:month}."
)

COUNTRIES: Final = {"BRA": N_("Brazil"), "IDN": N_("Indonesia"), "TWN": N_("Taiwan")}
COLOURS: Final = {"BRA": style.VERMILION, "IDN": style.INK, "TWN": style.BLUE}
DASHES: Final = {"BRA": "-", "IDN": (0, (5, 1.4)), "TWN": (0, (1.2, 1))}
PARTS: Final = {
    "deaths": N_("a  Cumulative reported deaths per million residents (log scale)"),
    "excess": N_("b  Cumulative excess deaths per million residents"),
    "stringency": N_("c  Stringency of rules, mean of each month (0 to 100)"),
}
JAKARTA = N_("DKI Jakarta only")
JAKARTA_LOOK: Final = {"color": style.PURPLE, "linestyle": (0, (5, 1.2, 1.2, 1.2))}
"""One city is not the country, and does not look like it."""

ROOM: Final = pd.Timedelta(days=150)
"""What the axis of time goes on beyond the data, for names."""
NEVER = N_("no day")
LOWEST: Final = 0.2
"""Deaths per million below which the logarithmic axis does not reach."""

TICKS: Final = (1, 10, 100, 1000)
_PER_MILLION: Final = 1e6
MID_MONTH: Final = 14
"""Days from the first of a month to its middle."""
INDONESIA, TAIWAN, BRAZIL = "IDN", "TWN", "BRA"


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data.

    Returns
    -------
    pandas.DataFrame
        part (a key of `PARTS`), country_code, date (of excess deaths, which are sums, the last
        day of the month; of a mean its middle), value,
        compared (whether the day is one of those that table T07 compares).
    """
    days = pd.DatetimeIndex(choices["benchmark"]["dates"])
    panel = tables["panel_country"]
    deaths = panel[["country_code", "date"]].assign(
        part="deaths", value=panel["deaths_per_million"], compared=panel["date"].isin(days)
    )
    excess = tables["international/excess_deaths.csv"].sort_values(["country_code", "start_date"])
    excess = excess[excess["end_date"] <= days.max()]
    ratio = excess["excess_deaths"] / excess["population"] * _PER_MILLION
    above = excess[["country_code"]].assign(
        part="excess",
        date=excess["end_date"],
        value=ratio.groupby(excess["country_code"]).cumsum(),
        compared=False,
    )
    data = pd.concat([deaths, above, _stringency(tables["policy/oxcgrt_daily.csv"])])
    data["order"] = data["part"].map({name: number for number, name in enumerate(PARTS)})
    data = data.sort_values(["order", "country_code", "date"], ignore_index=True)
    return data[["part", "country_code", "date", "value", "compared"]]


def _stringency(oxcgrt: pd.DataFrame) -> pd.DataFrame:
    """Return the mean stringency of each month by country."""
    known = oxcgrt.dropna(subset="stringency")
    month = known["date"].dt.to_period("M").rename("month")
    means = known.groupby(["country_code", month])["stringency"].mean().rename("value")
    frame = means.reset_index()
    middle = frame["month"].dt.start_time + pd.Timedelta(days=MID_MONTH)
    days = middle.astype("datetime64[s]")
    return frame.drop(columns="month").assign(part="stringency", date=days, compared=False)


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts state."""
    deaths = _by_country(data, "deaths")
    compared = sorted(data.loc[data["compared"].astype(bool), "date"].unique())
    first, last = pd.Timestamp(compared[0]), pd.Timestamp(compared[-1])
    brazil, indonesia, taiwan = deaths[BRAZIL], deaths[INDONESIA], deaths[TAIWAN]
    strict = data[data["part"] == "stringency"]
    top = strict.iloc[int(strict["value"].to_numpy().argmax())]
    # The two may be level at the very start, when nobody had died in either.
    higher = taiwan.index[(taiwan > indonesia) & (taiwan.index > first)]
    year_before = pd.Timestamp(year=last.year - 2, month=12, day=31)
    return {
        "first": first,
        "last": last,
        "start": data["date"].min(),
        "end": data["date"].max(),
        "bra_ratio": float(brazil[last] / indonesia[last]),
        "twn_ratio": float(taiwan[last] / indonesia[last]),
        "twn_first_ratio": float(taiwan[first] / indonesia[first]),
        "bra_end": float(brazil.iloc[-1]),
        "twn_end": float(taiwan.iloc[-1]),
        "idn_end": float(indonesia.iloc[-1]),
        "twn_low": float(np.ceil(taiwan[:year_before].max())),
        "low_year": year_before.year,
        "crossing": higher.min() if len(higher) else NEVER,
        **_excess_facts(_by_country(data, "excess")),
        "strictest": COUNTRIES[str(top["country_code"])],
        "strictest_value": float(top["value"]),
        "strictest_month": top["date"],
    }


def _by_country(data: pd.DataFrame, part: str) -> dict[str, Any]:
    """Return the series of one part by country."""
    own = data[data["part"] == part]
    return {
        str(name): rows.set_index("date")["value"] for name, rows in own.groupby("country_code")
    }


def _excess_facts(by_country: Mapping[str, Any]) -> Facts:
    """Return what the texts say of excess deaths."""
    taiwan = by_country[TAIWAN]
    below = taiwan.index[taiwan < 0]
    return {
        "city_months": len(by_country[INDONESIA]),
        "excess_last": taiwan.index.max(),
        "excess_bra": float(by_country[BRAZIL].iloc[-1]),
        "excess_twn": float(taiwan.iloc[-1]),
        "twn_above": below.max() if len(below) else taiwan.index.min(),
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: three charts one above another on one axis of time."""
    figure = style.new_figure(185, said["title"], said["sources"])
    cells = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": (1.5, 1, 1)})
    start, end = data["date"].min(), data["date"].max()
    for axes, (part, title) in zip(cells, PARTS.items(), strict=True):
        own = data[data["part"] == part]
        drawing.time_axis(axes, start, end, language, room=ROOM)
        axes.set_title(language(title), fontsize=7.5)
        _lines(axes, own, language)
        if part == "deaths":
            axes.set_yscale("log")
            axes.set_ylim(LOWEST, 6000)
            axes.yaxis.set_major_locator(FixedLocator(TICKS))
            axes.yaxis.set_minor_locator(NullLocator())
        else:
            axes.axhline(0, color=style.QUIET, linewidth=0.6, zorder=1)
        drawing.number_ticks(axes, language)
    return figure


def _lines(axes: Axes, own: pd.DataFrame, language: Language) -> None:
    """Draw one line per country with its name and last value at the end."""
    is_log = bool((own["part"] == "deaths").all())
    is_excess = bool((own["part"] == "excess").all())
    ends: list[tuple[float, pd.Timestamp, str, Any]] = []
    for country, rows in own.groupby("country_code"):
        code = str(country)
        values = rows["value"].astype(float)
        shown = values.where(values >= LOWEST) if is_log else values
        is_city = code == INDONESIA and is_excess
        look: dict[str, Any] = {"color": COLOURS[code], "linestyle": DASHES[code]}
        look |= JAKARTA_LOOK if is_city else {}
        axes.plot(rows["date"], shown, **look, linewidth=1.3, label=code)
        marked = rows[rows["compared"].astype(bool)]
        axes.plot(
            marked["date"], marked["value"], "o", color=COLOURS[code], markersize=3, label="_"
        )
        last = float(values.iloc[-1])
        number = language.number(last, ".0f")
        # Two lines of words stay clear of the lines that go on.
        words = (
            f"{language(JAKARTA)}\n{number}" if is_city else f"{language(COUNTRIES[code])} {number}"
        )
        ends.append((last, rows["date"].iloc[-1], words, look["color"]))
    _name(axes, ends, is_log)


def _name(axes: Axes, ends: list[tuple[float, pd.Timestamp, str, Any]], is_log: bool) -> None:
    """Write names at the ends of lines, apart from one another where these end close by."""
    places = [np.log(value) if is_log else value for value, *_ in ends]
    span = np.log(6000 / LOWEST) if is_log else np.ptp(axes.get_ylim())
    room = 0.055 * span if is_log else 0.09 * span
    order = np.argsort(places)
    lifted = np.array(places, dtype=float)
    for lower, upper in pairwise(order):
        same_day = ends[lower][1] == ends[upper][1]
        if same_day and lifted[upper] - lifted[lower] < room:
            lifted[upper] = lifted[lower] + room
    last_day = max(day for _, day, *_ in ends)
    for place, (_, day, words, colour) in zip(lifted, ends, strict=True):
        height = float(np.exp(place)) if is_log else float(place)
        ends_early = day < last_day - pd.Timedelta(days=90)
        axes.annotate(
            words,
            (float(mdates.date2num(day)), height),
            # A line that ends early is named above its end, clear of those that go on.
            xytext=(0, 3) if ends_early else (4, 0),
            textcoords="offset points",
            color=colour,
            size=7,
            ha="center" if ends_early else "left",
            va="bottom" if ends_early else "center",
            annotation_clip=False,
        )
