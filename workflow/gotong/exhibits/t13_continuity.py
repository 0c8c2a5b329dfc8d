"""T13: how many dyads were active, and on how many days any measure was, by quarter."""

from __future__ import annotations

from typing import Final

import pandas as pd

from gotong.analyses.cooperation_weekly import ACTION
from gotong.config import Area, Measures
from gotong.contracts import DYADS
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_, with_facts

TITLE = N_(
    "Actions of cooperation were under way on {continuity:.0%} of {days} days; the most dyads were "
    "active in {top_period} ({top:.1f} on a mean day), none in {silent} of {quarters} quarters"
)
CAPTION = N_(
    "Actions of cooperation by quarter, for the whole area and for each group of regions that "
    "decides together. Dyads: kinds of partners (of {kinds}) with an active action, mean of the "
    "days; days: share with any active action. An action whose end was not reported counts "
    "{open_end} days; bounds: {shortest} to {longest} days, and also decrees and statements. The "
    "fall to nothing at the end is one of what was searched and reported as much as of "
    "cooperation, and nothing is known of days without a report. The first and the last quarter "
    "are cut. An action counts once in an area, however many of its regions it names."
)
ALT = N_(
    "Table of {areas} areas by quarter with the dyads that had an active action and the share of "
    "days with one."
)

WHOLE: Final = "whole"
QUARTER: Final = N_("Q{quarter} {year:year}")
PERIODS: Final = {WHOLE: N_("whole time")}
AREAS: Final = {WHOLE: N_("whole area")}
COLUMNS: Final = (
    Column("area", N_("Area"), "term", AREAS),
    Column("quarter", N_("Quarter"), "term", PERIODS),
    Column("days", N_("Days"), "number"),
    Column("diversity", N_("Active dyads, mean"), "number", form=".1f"),
    Column("diversity_low", N_("Dyads, least"), "number", form=".1f"),
    Column("diversity_high", N_("Dyads, most"), "number", form=".1f"),
    Column("most_dyads", N_("Most on one day"), "number"),
    Column("continuity", N_("Days with an action"), "share"),
    Column("continuity_low", N_("Days, least"), "share"),
    Column("continuity_high", N_("Days, most"), "share"),
)
_KEY: Final = ["area", "period"]


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return a row for each area and quarter, the whole area and the whole time first.

    Returns
    -------
    pandas.DataFrame
        area, quarter (in words), days; diversity (dyads), most_dyads and continuity (share of
        days) of actions with the configured length; their bounds over all lengths and over all
        measures; period (quarter as a code), open_end, shortest and longest (days).
    """
    table = tables["continuity"]
    area = Area.model_validate(choices["area"])
    length = Measures.model_validate(choices["measures"]).open_end_days
    main = table[(table["definition"] == ACTION) & (table["open_end_days"] == length)]
    bounds = table.groupby(_KEY).agg(
        diversity_low=("diversity", "min"),
        diversity_high=("diversity", "max"),
        continuity_low=("continuity", "min"),
        continuity_high=("continuity", "max"),
    )
    found = main.merge(bounds.reset_index(), on=_KEY, validate="one_to_one").assign(
        open_end=length,
        shortest=table["open_end_days"].min(),
        longest=table["open_end_days"].max(),
        area=lambda rows: rows["area"].replace(area.id, WHOLE),
        quarter=[_in_words(str(period)) for period in main["period"]],
    )
    found = found.sort_values(_KEY, key=lambda keys: keys.where(keys != WHOLE, ""))
    columns = [*(column.name for column in COLUMNS), "period", "open_end", "shortest", "longest"]
    return found[columns].reset_index(drop=True)


def _in_words(period: str) -> str:
    """Return a quarter as a message with its facts; the whole time as it is."""
    year, _, quarter = period.partition("Q")
    return with_facts(QUARTER, quarter=quarter, year=year) if quarter else period


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    everywhere = data[data["area"] == WHOLE]
    whole = everywhere[everywhere["period"] == WHOLE].iloc[0]
    quarters = everywhere[everywhere["period"] != WHOLE]
    top = quarters.iloc[int(quarters["diversity"].argmax())]
    return {
        "top_period": top["quarter"],
        "top": float(top["diversity"]),
        "quarters": len(quarters),
        "silent": int((quarters["most_dyads"] == 0).sum()),
        "kinds": len(DYADS),
        "continuity": float(whole["continuity"]),
        "days": int(whole["days"]),
        "areas": data["area"].nunique(),
        **{name: int(whole[name]) for name in ("open_end", "shortest", "longest")},
    }
