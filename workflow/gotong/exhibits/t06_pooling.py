"""T06: unmet need of beds in every scenario and way of exchange."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_

TITLE = N_(
    "Of {scenarios} scenarios {some} leave need unmet when each region is for itself; pooling "
    "averts between {least:.0%} and {most:.0%} of it"
)
CAPTION = N_(
    "Need of COVID-19 beds in Greater Jakarta over the days of each wave, by the share of cases"
    " who need a bed, the source of capacity and who may treat whose patients. Cases: as "
    "reported by the regions' own series (Tangerang Raya left out with its beds), or those of "
    "the provinces shared out by residents (a scenario, Tangerang Raya with them). Capacity: "
    "dated reports of DKI Jakarta, Kota Bogor and Kota Bekasi, else the plan of August 2020; "
    "that plan; or the share of all beds that DKI Jakarta set aside. Transport problem by day "
    "(Hitchcock 1941), at most {farthest:.0f} km. Averted: share of the bed-days unmet alone. "
    "Who is treated elsewhere is the least needed, not what people would choose. In DKI Jakarta"
    " need is that of patients who found a bed, less the share from elsewhere."
)
ALT = N_("Table of scenarios with need, unmet need, share averted and journeys, by wave and way.")

BASES = {
    "reported": N_("as reported"),
    "allocated": N_("of the provinces, by residents"),
}
SOURCES = {
    "reported": N_("dated reports, else plan"),
    "planned": N_("plan of August 2020"),
    "dki_share": N_("share of beds as in DKI"),
}
WAYS = {
    "alone": N_("each for itself"),
    "neighbours": N_("with neighbours"),
    "pooled": N_("all pooled"),
}
COLUMNS = (
    Column("first_day", N_("From"), "date"),
    Column("last_day", N_("To"), "date"),
    Column("basis", N_("Cases"), "term", BASES),
    Column("hospitalised_share", N_("Share who need a bed"), "share"),
    Column("capacity_source", N_("Capacity"), "term", SOURCES),
    Column("exchange", N_("Exchange"), "term", WAYS),
    Column("needed", N_("Bed-days needed"), "number"),
    Column("unmet", N_("Bed-days unmet"), "number"),
    Column("unmet_share", N_("Share unmet"), "share"),
    Column("averted_share", N_("Averted"), "share"),
    Column("days_unmet", N_("Days with unmet need"), "number"),
    Column("treated_elsewhere", N_("Treated elsewhere"), "share"),
    Column("km_per_patient", N_("Kilometres per patient sent"), "number", form=".1f"),
)
_ORDER = ("basis", "capacity_source", "exchange")


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the scenarios by wave, that in front first in each."""
    chosen = choices["pooling"]
    waves = chosen["waves"]
    found = tables["pooling"]
    found = found.assign(
        first_day=pd.to_datetime(found["wave"].map({k: w["start"] for k, w in waves.items()})),
        last_day=pd.to_datetime(found["wave"].map({k: w["end"] for k, w in waves.items()})),
        farthest_km=chosen["farthest_km"],
    )
    for name in ("needed", "unmet"):
        found[name] = found[name].round().astype("Int64")
    middle = chosen["hospitalised_share"]["mid"]
    ranks = {name: place for place, name in enumerate(("reported", "allocated"))}
    orders = {
        "basis": ranks,
        "capacity_source": {name: at for at, name in enumerate(chosen["capacity_sources"])},
        "exchange": {name: at for at, name in enumerate(WAYS)},
    }
    keys = {f"{name}_rank": found[name].map(orders[name]) for name in _ORDER}
    keys["share_rank"] = (found["hospitalised_share"] - middle).abs().round(6)
    by = ["first_day", "basis_rank", "share_rank", "hospitalised_share"]
    by += ["capacity_source_rank", "exchange_rank"]
    ordered = found.assign(**keys).sort_values(by, ignore_index=True)
    names = ["wave", *(column.name for column in COLUMNS), "farthest_km"]
    return ordered[names]


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    alone = data[data["exchange"] == "alone"]
    pooled = data.loc[data["exchange"] == "pooled", "averted_share"].dropna()
    found: dict[str, Any] = {
        "scenarios": len(alone),
        "some": int((alone["unmet"] > 0).sum()),
        "least": float(pooled.min()),
        "most": float(pooled.max()),
        "farthest": float(data["farthest_km"].iloc[0]),
    }
    return found
