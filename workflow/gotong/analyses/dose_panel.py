"""Growth and cooperation by unit and week, as arrays: what the regressions are run on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gotong.analyses.cooperation_weekly import EVERY_DYAD, STOCK, deciders
from gotong.causal.distributed_lag import shift
from gotong.config import Area, Sample
from gotong.regions import DKI

USABLE: Final = ("count", "scaled")
"""Kinds of counts that are good for growth; those read off a line between two days are not."""

WEEK_DAYS: Final = 7
HALF_CASE: Final = 0.5
"""Added to each count, so that weeks without a case have a logarithm."""


@dataclass(frozen=True, eq=False)
class DosePanel:
    """The units with a case series and all weeks of the panel.

    Attributes
    ----------
    units : tuple of str
        BPS codes, sorted.
    weeks : pandas.DatetimeIndex
        Mondays, ascending, without a gap.
    decider : tuple of str
        Who decides for each unit.
    cases : numpy.ndarray, shape (units, weeks)
        New cases; NaN where there is none that is good for growth.
    flagged : numpy.ndarray of bool, shape (units, weeks)
        Weeks that a correction flags.
    population : numpy.ndarray, shape (units,)
        Residents.
    cooperation : pandas.DataFrame
        ``cooperation_weekly`` of these units and weeks.
    """

    units: tuple[str, ...]
    weeks: pd.DatetimeIndex
    decider: tuple[str, ...]
    cases: np.ndarray
    flagged: np.ndarray
    population: np.ndarray
    cooperation: pd.DataFrame

    def regressor(self, quantity: str, definition: str) -> np.ndarray:
        """Return one regressor, shape (units, weeks).

        Parameters
        ----------
        quantity, definition : str
            See the contract ``cooperation_weekly``; of stock, that of all dyads.
        """
        rows = self.cooperation
        chosen = (rows["quantity"] == quantity) & (rows["definition"] == definition)
        if quantity == STOCK:
            chosen &= rows["dyad"] == EVERY_DYAD
        wide = rows[chosen].pivot(index="region_code", columns="week_start", values="value")
        return wide.reindex(index=list(self.units), columns=self.weeks).to_numpy(dtype="float64")

    def without(self, left_out: Sequence[str]) -> np.ndarray:
        """Return positions of the units that are not left out."""
        return np.flatnonzero([unit not in left_out for unit in self.units])


def dose_panel(panel: pd.DataFrame, cooperation: pd.DataFrame, area: Area) -> DosePanel:
    """Return the units of the area that have a case series.

    Parameters
    ----------
    panel, cooperation : pandas.DataFrame
        ``panel_java`` and ``cooperation_weekly``.
    area : Area
    """
    own = panel[panel["region_code"].isin(area.units)]
    is_usable = own["cases_kind"].isin(USABLE)
    units = sorted(own.loc[is_usable, "region_code"].unique())
    own = own[own["region_code"].isin(units)].assign(
        usable=own["cases"].where(is_usable), flagged=own["cases_flag"] != ""
    )
    wide = own.pivot(index="region_code", columns="week_start", values=["usable", "flagged"])
    weeks = pd.DatetimeIndex(wide["usable"].columns)
    of = deciders(area)
    return DosePanel(
        tuple(units),
        weeks,
        tuple(of[unit] for unit in units),
        wide["usable"].to_numpy(dtype="float64"),
        wide["flagged"].to_numpy(dtype=bool),
        own.groupby("region_code")["population"].first().loc[units].to_numpy(dtype="float64"),
        cooperation[cooperation["region_code"].isin(units) & cooperation["week_start"].isin(weeks)],
    )


def outcomes(panel: DosePanel, sample: Sample, core_weeks: pd.Series) -> Mapping[str, np.ndarray]:
    """Return what is explained, in one choice of cases and weeks.

    Parameters
    ----------
    panel : DosePanel
    sample : Sample
        The choice.
    core_weeks : pandas.Series, index week_start
        Cases of DKI as the national task force counted them, by week.

    Returns
    -------
    mapping of str to numpy.ndarray, shape (units, weeks)
        ``growth``: growth rate per day, the change from the week before of the log of weekly
        cases over seven days; ``log_incidence``: log of weekly cases per 100,000 residents. Half
        a case is added to each count. NaN where a count is missing.
    """
    cases = panel.cases if sample.flagged else np.where(panel.flagged, np.nan, panel.cases)
    if sample.series == "satgas":
        cases = _to_province_count(cases, panel, core_weeks)
    if sample.smoothing_weeks > 1:
        cases = np.mean([shift(cases, by) for by in range(sample.smoothing_weeks)], axis=0)
    log = np.log(cases + HALF_CASE)
    found = {
        "growth": (log - shift(log, 1)) / WEEK_DAYS,
        "log_incidence": log - np.log(panel.population / 1e5)[:, np.newaxis],
    }
    if sample.weeks is None:
        return found
    first, last = pd.Timestamp(sample.weeks.start), pd.Timestamp(sample.weeks.end)
    inside = (panel.weeks >= first) & (panel.weeks <= last)
    return {name: np.where(inside, values, np.nan) for name, values in found.items()}


def _to_province_count(cases: np.ndarray, panel: DosePanel, core_weeks: pd.Series) -> np.ndarray:
    """Return cases with those of DKI's units scaled to the province's count of the week.

    A week in which a unit is not known cannot be scaled and is missing.
    """
    in_core = np.array([unit.startswith(DKI) for unit in panel.units])
    counted = core_weeks.reindex(panel.weeks).to_numpy(dtype="float64")
    total = cases[in_core].sum(axis=0)
    ratio = np.divide(counted, total, out=np.full(total.shape, np.nan), where=total > 0)
    return np.where(in_core[:, np.newaxis], cases * ratio, cases)
