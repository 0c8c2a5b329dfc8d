"""F16: reproduction number of the provinces beside the values that others published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from gotong import style
from gotong.exhibits import drawing
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import Gazetteer
from gotong.tables import DATE

TITLE = N_(
    "Rₜ was above 1 on {above:.0%} of the days in {core}; of {compared} values that others "
    "published for it, {inside} lie inside our 95% band"
)
CAPTION = N_(
    "Lines: median of Rₜ, the number of persons that one case infects, by the method of Cori et "
    "al. (2013) from reported cases, in windows of {window} days dated on their last day; serial "
    "interval with a mean of {si_mean} and a standard deviation of {si_sd} days. Marks: {drawn} "
    "values that others published, as read in the press; {left_out} more, for "
    "{left_out_regions}, have no estimate to stand beside and are not drawn. Ours go by the date "
    "of report, those published for DKI Jakarta by the onset of symptoms, so that ours trail "
    "theirs by the delay between the two. Of the {compared} values published for {core} that "
    "meet an estimate on their day, half differ from our median by less than {difference:.2f}, "
    "and {opposite} lie on the other side of 1. On {turn_day} our median for DKI Jakarta is "
    "{turn:.2f} ({turn_low:.2f} to {turn_high:.2f}); whether Rₜ was above 1 that day depends on "
    "which of the two case series of DKI Jakarta is used. The {doubtful} published for "
    "{doubtful_day} cannot be this quantity, as cases were falling steeply (ours: "
    "{doubtful_ours:.2f}); it is drawn and counted all the same. The band is the Poisson "
    "posterior alone and too narrow here, for a few cases infect most of the others (dispersion "
    "k = {dispersion} published for Jakarta and Depok, medRxiv 2020.06.28.20142133) and cases "
    "are entered in bulk. Bulk entries, of which the largest are marked, make a false peak, and "
    "a false trough when they leave the window. On {beyond} of {days} days the median lies "
    "beyond the axis (lowest {lowest:.2f}, highest {highest:.1f}; days of all provinces together)."
)
ALT = N_(
    "Line charts, one above another, of Rₜ in {regions} from {start} to {end}, on one "
    "logarithmic scale with a line at 1; each line has a narrow 95% band, and {drawn} published "
    "values are marked. {core} first falls below 1 on {first_below} and is above 1 on "
    "{above:.0%} of the days, the others on {others_low:.0%} to {others_high:.0%}. {inside} of "
    "{compared} published values for {core} lie inside its band."
)

AXIS = N_("Rₜ: persons infected by one case (log scale)")
PANEL = N_("{region}: above 1 on {above:.0%} of {days} days")
BULK_LABEL = N_("bulk entry\n{day:short}")
DOUBTFUL_LABEL = N_("not this quantity:\ncases were falling steeply")
KEY_OURS = N_("our median and 95% band")
KEY_OTHERS = N_("Published by others: Rₜ was")
KEY_KINDS = {
    "at": N_("at the mark"),
    "about": N_("about at the mark"),
    "below": N_("below the mark"),
}
KEY_PERIOD = N_("in a week or month, not on a day")
NOT_ESTIMATED = N_("not estimated")
NO_REGION = N_("no region")

DKI: Final = "31"
TURN: Final = pd.Timestamp("2020-06-04")
"""Day on which the two case series of DKI disagree whether R_t was above 1; the restrictions
were eased on the grounds of a published 0.99."""

DOUBTFUL: Final = (DKI, pd.Timestamp("2021-08-14"))
"""Published point that cannot be R_t, as the register of sources says."""

BULK: Final = {
    "32": ("2020-05-08", "2020-07-09", "2021-08-25"),
    "36": ("2021-04-04",),
}
"""Days on which backlogs entered. Jawa Barat 2020: as registered for the series. The others hold
over three times the median of the 15 days around them: 5,254, 5,463 and 5,059 cases on 24, 25
and 26 August 2021 (median near 1,400), and 3,501 on 4 April 2021 (median 259)."""

DISPERSION: Final = 0.06
"""Published for the first cases of Jakarta and Depok (medRxiv 2020.06.28.20142133)."""

LOW, HIGH = 0.4, 5.0
TICKS = (0.5, 0.7, 1, 1.5, 2, 3, 4)
KINDS: Final[dict[str, dict[str, Any]]] = {
    # The flat side of the triangle lies on the value, so that it hangs below.
    "below": {"marker": 11, "markersize": 4.5, "markerfacecolor": style.VERMILION},
    "about": {"marker": "o", "markersize": 4, "markerfacecolor": "white"},
    "at": {"marker": "o", "markersize": 4, "markerfacecolor": style.VERMILION},
}
"""How a published value is drawn, by what was said of it."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: estimates by region and day, then published values.

    Returns
    -------
    pandas.DataFrame
        role (estimate; published; left_out: published, but for a region without an estimate or
        outside the span, and so not drawn), region_code, region, date, first_day and last_day
        (those that the number is about: window or period), q025, median, q975 and, the same in
        every row of an estimate, serial_mean and serial_sd (days); value, statement, precision,
        author and reported_by of a published one; note (bulk_entry, doubtful or blank).
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    rt, span = choices["rt"], choices["figures"]["rt"]
    rank = {code: number for number, code in enumerate(rt["regions"])}
    parts = [
        _estimates(tables["rt"], rt, span),
        _published(tables["epidemic/published_rt.csv"], rt["regions"], span),
    ]
    data = pd.concat(
        [part.sort_values(["region_code", "date"], key=_ranked(rank)) for part in parts],
        ignore_index=True,
    )
    data["region"] = data["region_code"].map(gazetteer.name)
    words = ["statement", "precision", "author", "reported_by", "note"]
    data[words] = data[words].fillna("")
    return data[
        [
            *("role", "region_code", "region", "date", "first_day", "last_day"),
            *("q025", "median", "q975", "serial_mean", "serial_sd"),
            *("value", *words),
        ]
    ]
