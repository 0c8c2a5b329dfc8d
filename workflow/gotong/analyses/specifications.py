"""The specification curve of cooperation against growth: parts of it, and the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong import specification
from gotong.analyses.dose_panel import WEEK_DAYS, dose_panel, outcomes
from gotong.config import Area, Specifications
from gotong.panels.weekly import monday_of
from gotong.provenance import seed_of
from gotong.regions import DKI

Tables = Mapping[str, pd.DataFrame]

CELLS, TESTS = "specifications", "specification_tests"
SHIFTED, EXCHANGED = "shifted", "exchanged"
COOPERATION: Final = ("alignment", "stock", "diversity")
"""Regressors that measure cooperation; strictness is what else may change with it."""

_NUMBERS: Final = ("estimate", "standard_error", "low", "high", "p", "scale")
_COUNTS: Final = ("units", "weeks", "observations")
OWN_T: Final = "t"


def estimate_part(tables: Tables, choices: Mapping[str, Any], number: int) -> pd.DataFrame:
    """Estimate one part of the cells.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        panel_java, panel_province, cooperation_weekly.
    choices : mapping
        area, specifications.
    number : int
        Which part, from 0.

    Returns
    -------
    pandas.DataFrame
        The columns of the contract ``specifications``, then t under its own paths (``t``) and
        under each other arrangement (``shifted_1``, ..., ``exchanged_1``, ...), which only the
        joint tests need. A cell's numbers do not depend on the part that it falls in.
    """
    chosen = Specifications.model_validate(choices["specifications"])
    area = Area.model_validate(choices["area"])
    panel = dose_panel(tables["panel_java"], tables["cooperation_weekly"], area)
    core = province_weeks(tables["panel_province"], DKI)
    explained = {name: outcomes(panel, each, core) for name, each in chosen.samples.items()}
    rng = np.random.default_rng(seed_of(CELLS))
    exchanged = specification.orders(len(panel.units), chosen.draws, rng)
    grid = specification.part(specification.cells(chosen), number, chosen.parts)
    rows = []
    for (regressor, definition), same in grid.groupby(["regressor", "definition"], sort=False):
        paths = arrangements(panel.regressor(str(regressor), str(definition)), exchanged)
        for cell in same.to_dict("records"):
            kept = panel.without(chosen.without[cell["without"]])
            outcome = explained[cell["sample"]][cell["outcome"]][kept]
            found = specification.estimate(outcome, paths[:, kept], cell["estimator"], cell["lag"])
            rows.append(cell | _numbers(found) | _statistics(found, len(panel.weeks)))
    made = pd.DataFrame(rows).sort_values("cell", ignore_index=True)
    return made.astype(dict.fromkeys(("cell", "lag", *_COUNTS), "Int64"))


def arrangements(regressor: np.ndarray, exchanged: np.ndarray) -> np.ndarray:
    """Return a regressor's own paths, then shifted ones, then exchanged ones."""
    return np.concatenate(
        [regressor[np.newaxis], specification.shifted(regressor), regressor[exchanged]]
    )


def province_weeks(panel: pd.DataFrame, code: str) -> pd.Series:
    """Return a province's cases by week, for weeks whose seven days are known."""
    own = panel[panel["region_code"] == code]
    cases = own["cases"].astype("float64")
    return cases.groupby(monday_of(own["date"])).sum(min_count=WEEK_DAYS).rename("cases")


def _numbers(found: specification.Estimate) -> dict[str, Any]:
    """Return the columns of one cell."""
    low, high = found.interval()
    values = (found.estimate, found.standard_error, low, high, found.p_value, found.scale)
    reason = specification.NO_CONTRAST if np.isnan(found.estimate) else ""
    return {
        "not_estimated": reason,
        **dict(zip(_NUMBERS, values, strict=True)),
        "units": found.units,
        "weeks": found.weeks,
        "observations": found.observations,
    }


def _statistics(found: specification.Estimate, weeks: int) -> dict[str, float]:
    """Return the t statistics of one cell under every arrangement, by name."""
    own, moved, exchanged = np.split(found.t, [1, weeks])
    return {
        OWN_T: float(own[0]),
        **{f"{SHIFTED}_{place}": value for place, value in enumerate(moved, 1)},
        **{f"{EXCHANGED}_{place}": value for place, value in enumerate(exchanged, 1)},
    }


def gather(parts: Iterable[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the curve and its joint tests from all parts.

    Parameters
    ----------
    parts : iterable of pandas.DataFrame
        From `estimate_part`, all of them, in any order.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``specifications`` and ``specification_tests``; see their contracts.

    Raises
    ------
    ValueError
        A cell is missing or stands in two parts.
    """
    every = pd.concat(list(parts)).sort_values("cell", ignore_index=True)
    if every["cell"].tolist() != list(range(len(every))):
        raise ValueError("the parts do not make up the whole curve, each cell once")
    columns = ["cell", *specification.CHOICES, "not_estimated", *_NUMBERS, *_COUNTS]
    tests = [
        row
        for group in ("cooperation", *every["regressor"].unique())
        for row in _tested(every[_in_group(every["regressor"], group)], group)
    ]
    whole = ["arrangements", "cells"]
    tested = pd.DataFrame(tests).astype(dict.fromkeys(whole, "Int64") | {"listed": "boolean"})
    key = ["group", "arrangement", "statistic"]
    return {
        CELLS: every[columns],
        TESTS: tested.sort_values(key, ignore_index=True),
    }


def _in_group(regressor: pd.Series, group: str) -> pd.Series:
    """Return which cells a group holds."""
    return regressor.isin(COOPERATION if group == "cooperation" else (group,))


def _tested(cells: pd.DataFrame, group: str) -> list[dict[str, Any]]:
    """Return the joint tests of one group of cells."""
    known = cells[cells["not_estimated"] == ""]
    shares = specification.sign_shares(known["estimate"], known["p"])
    degrees = known["units"].to_numpy(dtype="float64") - 1
    rows = []
    for arrangement, is_listed in ((EXCHANGED, False), (SHIFTED, True)):
        others = known.filter(regex=f"^{arrangement}_")
        t = np.column_stack([known[OWN_T], others]).astype("float64")
        for name, test in specification.joint_tests(t, degrees).items():
            rows.append(
                {
                    "group": group,
                    "arrangement": arrangement,
                    "statistic": name,
                    "observed": test.observed,
                    "typical": test.typical,
                    "p": test.p_value,
                    "smallest_p": test.smallest_p,
                    "arrangements": test.arrangements,
                    "listed": is_listed,
                    "cells": len(known),
                    **shares,
                }
            )
    return rows
