"""What several figures draw alike: axes of time, bands of regimes, names at line ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FixedLocator, FuncFormatter

from gotong.i18n import Language

QUARTERS = (1, 4, 7, 10)
"""Months that carry a tick with a name."""

NAME, WORDS = 7.0, 6.4
"""Points of the name above a small panel, and of the lines below that name."""

NO_ROOM = pd.Timedelta(0)


def time_axis(
    axes: Axes,
    start: pd.Timestamp,
    end: pd.Timestamp,
    language: Language,
    months: Collection[int] = QUARTERS,
    room: pd.Timedelta = NO_ROOM,
) -> None:
    """Set an axis of months: a named tick a quarter, the year under each January and the first.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    start, end : pandas.Timestamp
        First and last day of the data.
    language : Language
    months : collection of int
        Months that carry a tick with a name.
    room : pandas.Timedelta
        What the axis goes on beyond the data, for names at the ends of lines; without ticks.
    """
    axes.set_xlim(float(mdates.date2num(start)), float(mdates.date2num(end + room)))
    firsts = pd.date_range(start, end, freq="MS")
    named = [float(mdates.date2num(day)) for day in firsts if day.month in months]
    axes.xaxis.set_major_locator(FixedLocator(named))
    axes.xaxis.set_minor_locator(FixedLocator([float(mdates.date2num(day)) for day in firsts]))
    axes.tick_params(axis="x", which="minor", length=2, width=0.4)

    def label(value: float, _position: int | None) -> str:
        day = pd.Timestamp(mdates.num2date(value).replace(tzinfo=None))
        month = language.date(day, "tick")
        return f"{month}\n{day.year}" if value in named[:1] or day.month == 1 else month

    axes.xaxis.set_major_formatter(FuncFormatter(label))


def number_ticks(
    axes: Axes, language: Language, form: str = "", which: Literal["x", "y"] = "y"
) -> None:
    """Write the numbers of an axis, the vertical one unless told, as the language does."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: language.number(value, form)))


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Return the points that a line of text takes as it is drawn."""
    letters = FontProperties(size=size, weight=weight)
    return float(TextToPath().get_text_width_height_descent(text, letters, ismath=False)[0])


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Break a text into lines that are no wider than so many points."""
    first, *others = text.split(" ")
    lines = [first]
    for word in others:
        longer = f"{lines[-1]} {word}"
        if width_of(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def head(axes: Axes, name: str, lines: Sequence[str], width: float) -> None:
    """Write the name of a small panel above it and lines below the name, within a width.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    name : str
        Letter and name, bold.
    lines : sequence of str
    width : float
        Points that they may take from the left edge of the panel.
    """
    below = axes.annotate(
        "\n".join(wrapped(line, width, WORDS) for line in lines),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 3),
        textcoords="offset points",
        size=WORDS,
        va="bottom",
        linespacing=1.25,
    )
    rows = below.get_text().count("\n") + 1
    pad = 5 + 1.35 * WORDS * rows
    axes.set_title(wrapped(name, width, NAME, "bold"), size=NAME, linespacing=1.2, pad=pad)


def bands(
    axes: Axes,
    starts: Iterable[pd.Timestamp],
    ends: Iterable[pd.Timestamp],
    strictness: Iterable[float],
    colours: Colormap,
    highest: float,
    **style: float,
) -> None:
    """Shade an axis by the strictness of the regimes in force, last days included."""
    for start, end, value in zip(starts, ends, strictness, strict=True):
        if not np.isnan(value):
            axes.axvspan(
                float(mdates.date2num(start)),
                float(mdates.date2num(end)) + 1,
                color=colours(value / highest),
                linewidth=0,
                zorder=0,
                **style,
            )


def runs(days: pd.Series, values: pd.Series) -> pd.DataFrame:
    """Return the stretches of days on which a value stays the same.

    Parameters
    ----------
    days : pandas.Series of datetime64
        Consecutive, sorted.
    values : pandas.Series
        One value a day; neighbouring missing values make one stretch.

    Returns
    -------
    pandas.DataFrame
        start, end (included), value.
    """
    marked = values.astype("object").where(values.notna(), "")
    changes = (marked != marked.shift()).cumsum()
    frame = pd.DataFrame({"day": days.to_numpy(), "value": values.to_numpy(), "run": changes})
    return frame.groupby("run").agg(
        start=("day", "min"), end=("day", "max"), value=("value", "first")
    )
