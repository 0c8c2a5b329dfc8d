"""Which unit with more hospital beds than the mean could stand by which with fewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses.places import Places, places
from gotong.config import Area, Partners, Pooling
from gotong.partners import (
    CRITERIA,
    dirichlet_weights,
    match,
    pair_shares,
    pairing_cost,
    surplus_over_average,
    weight_grid,
)
from gotong.provenance import seed_of

Tables = Mapping[str, pd.DataFrame]

MAP: Final = "geography/boundaries_jabodetabek.geojson"
COUNTRY: Final = "geography/boundaries_kabkota.geojson"
"""Outlines of Greater Jakarta in detail, and those that any other area has."""
POPULATION: Final = "context/population_sp2020.csv"

GRID_STEPS: Final = 10
"""Steps from 0 to 1 of each weight on the grid."""

_PER_1000 = 1e3
_KEY = ["variant", "helper_code", "helped_code"]


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return every pair of a unit with a surplus of beds and one with a lack.

    Surplus and lack are beds above and below the mean rate of the area. Each helper stands by one
    unit at most (`partners.match`); the weights of the criteria are those of the configuration,
    and drawn evenly from all mixtures to see whether a pair depends on them. A grid of mixtures
    shows that it is not the draws that decide.

    Returns
    -------
    pandas.DataFrame
        See the contract ``partners``; one block per variant of the beds, sorted by its key.
    """
    area = Area.model_validate(choices["area"])
    chosen = Partners.model_validate(choices["partners"])
    gap = Pooling.model_validate(choices["pooling"]).adjacent_gap
    counted = tables[POPULATION].set_index("region_code")["total"].astype("float64")
    beds = tables["inequality_values"]
    beds = beds[(beds["indicator"] == "beds") & beds["region_code"].isin(area.units)]
    where = places(tables[MAP if MAP in tables else COUNTRY], counted, sorted(area.units), gap)
    parts = [
        _pairs(part.set_index("region_code").reindex(where.codes), where, chosen).assign(
            variant=variant
        )
        for variant, part in beds.groupby("variant")
        # A list with DKI Jakarta as one has no beds of its units.
        if set(area.units) == set(part["region_code"])
    ]
    found = pd.concat(parts, ignore_index=True)
    numbers = ["surplus", "need", "can_meet", "distance", "cost", "share_of_draws", "share_of_grid"]
    columns = [*_KEY, *numbers[:4], "adjacent", *numbers[4:], "chosen"]
    types = dict.fromkeys(_KEY, "str") | dict.fromkeys(("adjacent", "chosen"), "boolean")
    return found[columns].astype(types).sort_values(_KEY, ignore_index=True)


def _pairs(units: pd.DataFrame, where: Places, chosen: Partners) -> pd.DataFrame:
    """Return all pairs of one variant, with the matching and how far it depends on weights."""
    people = units["population"].to_numpy(dtype="float64")
    beds = units["value"].to_numpy(dtype="float64") * people / _PER_1000
    surplus = surplus_over_average(beds, people)
    helper, helped = np.flatnonzero(surplus > 0), np.flatnonzero(surplus < 0)
    given, lacking = surplus[helper], -surplus[helped]
    apart = where.distance[np.ix_(helper, helped)]
    weights = [getattr(chosen.weights, name) for name in CRITERIA]
    cost = pairing_cost(given, lacking, apart, weights)
    taken = np.zeros(cost.shape, dtype=bool)
    taken[tuple(match(cost).T)] = True
    rng = np.random.default_rng(seed_of("partners"))
    shares, on_grid = (
        pair_shares(given, lacking, apart, mixtures)
        for mixtures in (dirichlet_weights(rng, chosen.draws), weight_grid(GRID_STEPS))
    )
    codes = np.array(where.codes)
    rows, columns = (index.ravel() for index in np.indices(cost.shape))
    return pd.DataFrame(
        {
            "helper_code": codes[helper][rows],
            "helped_code": codes[helped][columns],
            "surplus": given[rows],
            "need": lacking[columns],
            "can_meet": np.minimum(given[rows], lacking[columns]),
            "distance": apart.ravel(),
            "adjacent": where.adjacent[np.ix_(helper, helped)].ravel(),
            "cost": cost.ravel(),
            "share_of_draws": shares.ravel(),
            "share_of_grid": on_grid.ravel(),
            "chosen": taken.ravel(),
        }
    )
