"""The join of countries: cases and deaths, population, indices of the response."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gotong import contracts

INDICES = ("stringency", "containment_health", "government_response", "economic_support")


def build(raw: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the panel of countries.

    Parameters
    ----------
    raw : mapping of str to pandas.DataFrame
        cases (running totals), countries (population), indices.

    Returns
    -------
    pandas.DataFrame
        See `contracts.PANELS`. A running total that falls, as published, gives no count that
        day: how the fall belongs to earlier days is not known. Nor does one without that of
        the day before.
    """
    panel = raw["cases"].sort_values(["country_code", "date"], ignore_index=True)
    rows = panel.groupby("country_code", sort=False)
    one_day = rows["date"].diff() == pd.Timedelta(days=1)
    for name in ("cases", "deaths"):
        steps = rows[f"cumulative_{name}"].diff()
        panel[name] = steps.where(one_day & (steps >= 0)).astype("Int64")
    reasons = np.select(
        [panel["cases"].notna(), ~one_day], ["", "no_day_before"], default="total_fell"
    )
    panel["cases_missing"] = pd.Series(reasons, dtype="str")
    residents = raw["countries"].set_index("country_code")["population"]
    panel["population"] = panel["country_code"].map(residents).astype("Int64")
    per_million = panel["cumulative_deaths"] / panel["population"] * 1e6
    panel["deaths_per_million"] = per_million.astype("float64")
    indices = raw["indices"][["country_code", "date", *INDICES]]
    panel = panel.merge(indices, on=["country_code", "date"], how="left", validate="one_to_one")
    schema = contracts.PANELS["country"]
    remedy = "a raw table or the join is at fault: see the row named, then data/raw"
    file = f"data/processed/{schema.name}.parquet"
    return contracts.check(panel[list(schema.columns)], schema, file, remedy)
