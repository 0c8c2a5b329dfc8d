"""What several figures draw alike: axes of time, bands of regimes, names at line ends."""

from __future__ import annotations

from collections.abc import Iterable

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.ticker import FuncFormatter

from gotong.i18n import Language

QUARTERS = (1, 4, 7, 10)
"""Months that carry a tick with a name."""


def time_axis(axes: Axes, start: pd.Timestamp, end: pd.Timestamp, language: Language) -> None:
    """Set an axis of months: a tick a quarter, the year under each January and the first."""
    first_tick, last_tick = (float(mdates.date2num(day)) for day in (start, end))
    axes.set_xlim(first_tick, last_tick)
    axes.xaxis.set_major_locator(mdates.MonthLocator(bymonth=QUARTERS))
    axes.xaxis.set_minor_locator(mdates.MonthLocator())
    axes.tick_params(axis="x", which="minor", length=2, width=0.4)
    quarters = [day for day in pd.date_range(start, end, freq="MS") if day.month in QUARTERS]
    first = float(mdates.date2num(quarters[0])) if quarters else None

    def label(value: float, _position: int | None) -> str:
        day = pd.Timestamp(mdates.num2date(value).replace(tzinfo=None))
        month = language.date(day, "tick")
        return f"{month}\n{day.year}" if value == first or day.month == 1 else month

    axes.xaxis.set_major_formatter(FuncFormatter(label))


def number_ticks(axes: Axes, language: Language, form: str = "") -> None:
    """Write the numbers of the vertical axis as the language does."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: language.number(value, form)))


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
