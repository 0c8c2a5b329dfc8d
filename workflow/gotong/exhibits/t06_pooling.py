"""T06: unmet need of beds in every scenario, and what sharing averts of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from gotong.config import Pooling
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_

TITLE = N_(
    "Of {scenarios} scenarios {some} leave need unmet when each region is for itself; pooling "
    "averts between {least:.0%} and {most:.0%} of it"
)
CAPTION = N_(
    "Need of COVID-19 beds in Greater Jakarta over the days of each wave, by the share of cases"
    " who need a bed, the source of capacity and how the need of DKI Jakarta is taken. Cases: as "
    "reported by the regions' own series (Tangerang Raya left out with its beds), or those of "
    "the provinces shared out by residents (a scenario, Tangerang Raya with them). Capacity: "
    "dated reports of DKI Jakarta, Kota Bogor and Kota Bekasi, else the plan of August 2020; "
    "that plan; or the share of all beds that DKI Jakarta set aside. Need of DKI Jakarta: its "
    "patients who found a bed, less the share from elsewhere (the least); all of them; or the "
    "rule of the other regions where that gives more than the first. Transport "
    "problem by day (Hitchcock 1941), at most {farthest:.0f} km. Averted: share of the bed-days "
    "unmet alone, blank where there are none. The last three columns are with all beds pooled: "
    "who is treated elsewhere is the least needed, not what people would choose, and better "
    "supplied are regions with more hospital beds per resident than the patient's own."
)
ALT = N_(
    "Table of scenarios with need, unmet need, the share that neighbours and pooling avert, and "
    "journeys, by wave."
)

BASES = {
    "reported": N_("as reported"),
    "allocated": N_("of the provinces, by residents"),
}
SOURCES = {
    "reported": N_("dated reports, else plan"),
    "planned": N_("plan of August 2020"),
    "dki_share": N_("share of beds as in DKI"),
}
CORE_NEEDS = {
    "residents": N_("patients, less those from elsewhere"),
    "patients": N_("all patients"),
    "as_others": N_("rule of the others"),
}
COLUMNS = (
    Column("first_day", N_("From"), "date"),
    Column("last_day", N_("To"), "date"),
    Column("basis", N_("Cases"), "term", BASES),
    Column("hospitalised_share", N_("Share who need a bed"), "share"),
    Column("capacity_source", N_("Capacity"), "term", SOURCES),
    Column("core_need", N_("Need of DKI Jakarta"), "term", CORE_NEEDS),
    Column("needed", N_("Bed-days needed"), "number"),
    Column("unmet_share", N_("Share unmet, each for itself"), "share"),
    Column("days_unmet", N_("Days with unmet need"), "number"),
    Column("averted_neighbours", N_("Averted by neighbours"), "share"),
    Column("averted_pooled", N_("Averted, all pooled"), "share"),
    Column("treated_elsewhere", N_("Treated elsewhere"), "share"),
    Column("to_better_supplied", N_("Of them, in a better supplied region"), "share"),
    Column("km_per_patient", N_("Kilometres per patient sent"), "number", form=".1f"),
)
_SCENARIO: Final = ("wave", "basis", "hospitalised_share", "capacity_source", "core_need")
_JOURNEYS: Final = ("treated_elsewhere", "to_better_supplied", "km_per_patient")


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the scenarios by wave, that in front first in each.

    Returns
    -------
    pandas.DataFrame
        One row for each wave and scenario: what is unmet alone, what neighbours and all
        together avert of it, and the journeys when all beds are pooled.
    """
    chosen = Pooling.model_validate(choices["pooling"])
    found = tables["pooling"].set_index([*_SCENARIO, "exchange"]).unstack("exchange")
    table = pd.DataFrame(
        {
            **{name: found[name, "alone"] for name in ("needed", "unmet_share", "days_unmet")},
            "averted_neighbours": found["averted_share", "neighbours"],
            "averted_pooled": found["averted_share", "pooled"],
            **{name: found[name, "pooled"] for name in _JOURNEYS},
        }
    ).reset_index()
    waves = chosen.waves
    table = table.assign(
        first_day=pd.to_datetime(table["wave"].map({k: w.start for k, w in waves.items()})),
        last_day=pd.to_datetime(table["wave"].map({k: w.end for k, w in waves.items()})),
        needed=table["needed"].round().astype("Int64"),
        farthest_km=chosen.farthest_km,
    )
    names = ["wave", *(column.name for column in COLUMNS), "farthest_km"]
    return table.sort_values(["first_day", *_SCENARIO[1:]], key=_places(chosen))[names].reset_index(
        drop=True
    )


def _places(chosen: Pooling) -> Callable[[pd.Series], pd.Series]:
    """Return where each assumption of a column comes: that in front first, as configured."""
    middle = chosen.hospitalised_share.mid
    shares = sorted(chosen.hospitalised_share.all)
    shares.sort(key=lambda share: round(abs(share - middle), 6))
    orders: Mapping[str, Sequence[Any]] = {
        "basis": tuple(BASES),
        "hospitalised_share": shares,
        "capacity_source": chosen.capacity_sources,
        "core_need": (chosen.core_need, *CORE_NEEDS),
    }

    def place(values: pd.Series) -> pd.Series:
        order = orders.get(str(values.name))
        return values if order is None else values.map(order.index)

    return place


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    pooled = data["averted_pooled"].dropna()
    return {
        "scenarios": len(data),
        "some": int((data["unmet_share"] > 0).sum()),
        "least": float(pooled.min()),
        "most": float(pooled.max()),
        "farthest": float(data["farthest_km"].iloc[0]),
    }
