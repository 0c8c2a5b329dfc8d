"""The join of the kelurahan of DKI Jakarta: daily to July 2020, at month-ends after it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong import contracts


def build(raw: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the panel of kelurahan.

    Parameters
    ----------
    raw : mapping of str to pandas.DataFrame
        daily, monthly (cumulative cases), names, residents, vaccination.

    Returns
    -------
    pandas.DataFrame
        See `contracts.PANELS`. On days that both files hold, the daily one counts; a test holds
        them against each other.
    """
    after = raw["monthly"]["date"] > raw["daily"]["date"].max()
    is_placed = raw["monthly"]["kelurahan_code"].isin(raw["names"]["kelurahan_code"])
    both = pd.concat([raw["daily"], raw["monthly"][after & is_placed]], ignore_index=True)
    panel = both.sort_values(["kelurahan_code", "date"], ignore_index=True)
    rows = panel.groupby("kelurahan_code", sort=False)
    panel["days_since"] = rows["date"].diff().dt.days.astype("Int64")
    panel["cases"] = rows["cumulative_cases"].diff().astype("Int64")
    panel["cases_missing"] = panel["cases"].isna().map({True: "no_day_before", False: ""})
    panel["cases_missing"] = panel["cases_missing"].astype("str")
    names = raw["names"][["kelurahan_code", "unit_code"]]
    residents = raw["residents"][["kelurahan_code", "residents"]]
    doses = raw["vaccination"][["kelurahan_code", "date", "dose_1", "dose_2"]]
    panel = (
        panel.merge(names, on="kelurahan_code", how="left", validate="many_to_one")
        .merge(residents, on="kelurahan_code", how="left", validate="many_to_one")
        .merge(doses, on=["kelurahan_code", "date"], how="left", validate="one_to_one")
    )
    per_1000 = panel["cumulative_cases"] / panel["residents"] * 1000
    panel["cumulative_per_1000"] = per_1000.astype("float64")
    schema = contracts.PANELS["kelurahan"]
    remedy = "a raw table or the join is at fault: see the row named, then data/raw"
    file = f"data/processed/{schema.name}.parquet"
    return contracts.check(panel[list(schema.columns)], schema, file, remedy)
