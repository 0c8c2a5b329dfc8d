"""The reproduction number, region by region."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gotong.epidemic import discretised_gamma, reproduction_number
from gotong.errors import ConfigError
from gotong.tables import DATE


def make(tables: Mapping[str, pd.DataFrame], choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t of the configured provinces; see `rt_table`."""
    return rt_table(tables["panel_province"], choices["rt"])


def rt_table(panel: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the reproduction number R_t by province and day.

    Parameters
    ----------
    panel : pandas.DataFrame
        The panel of provinces.
    choices : mapping
        The section ``rt`` of the configuration.

    Returns
    -------
    pandas.DataFrame
        region_code, date (last day of the window), mean, sd, q025, median, q975, from each
        region's first day with a count; missing where R_t cannot be estimated.

    Raises
    ------
    ConfigError
        A region that the panel does not hold.
    """
    unknown = sorted(set(choices["regions"]) - set(panel["region_code"]))
    if unknown:
        found = ", ".join(unknown)
        raise ConfigError(
            "config.yaml", "rt.regions", "codes of provinces", found, 'regions: ["31"]'
        )
    return pd.concat(
        [
            _rt_of(panel[panel["region_code"] == region], choices)
            for region in sorted(choices["regions"])
        ],
        ignore_index=True,
    )


def _lags(mean: float, sd: float) -> int:
    """Return how many days a serial interval reaches back: ten standard deviations past its mean.

    What lies beyond is below any figure shown; without an end, one missing day would blank
    every later estimate.
    """
    return math.ceil(mean + 10 * sd)


def _rt_of(series: pd.DataFrame, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return R_t of one region from its first day with a count."""
    series = series.loc[series["cases"].first_valid_index() :]
    interval, prior = choices["serial_interval"], choices["prior"]
    found = reproduction_number(
        series["cases"].astype("float64").to_numpy(),
        discretised_gamma(interval["mean"], interval["sd"], _lags(**interval)),
        choices["window_days"],
        prior["mean"],
        prior["sd"],
    )
    columns = {"mean": found.mean, "sd": found.sd}
    columns |= dict(zip(("q025", "median", "q975"), found.quantiles, strict=True))
    table = pd.DataFrame(index=pd.RangeIndex(len(series)), columns=list(columns), dtype="float64")
    for name, values in columns.items():
        table.loc[np.asarray(found.end), name] = values
    table.insert(0, "date", series["date"].astype(DATE).to_numpy())
    table.insert(0, "region_code", pd.Series(series["region_code"].to_numpy(), dtype="str"))
    return table
