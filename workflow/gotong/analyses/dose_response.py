"""Growth of cases on cooperation of the weeks before, and what speaks against reading it so.

A distributed-lag regression with unit and week effects. Leads and the week itself come too
early to be effects: the leads test whether growth drives cooperation rather than the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses.cooperation_weekly import ALIGNMENT, ALL, MAIN, STOCK, STRICTNESS
from gotong.analyses.dose_panel import DosePanel, dose_panel, outcomes
from gotong.causal.distributed_lag import distributed_lag, shift
from gotong.config import Area, Dose, Sample
from gotong.inference.fixed_effects import TwoWayEffects
from gotong.inference.power import minimum_detectable_effect
from gotong.inference.wild_bootstrap import WildBootstrap, wild_cluster_bootstrap
from gotong.intervals import CONFIDENCE
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]

REGRESSORS: Final = {ALIGNMENT: MAIN, STOCK: ALL, STRICTNESS: MAIN}
"""Regressors of the one regression, and the definition of each."""

SUM, MAIN_SAMPLE, FLAGGED = "sum", "main", "flagged"
DECIDERS, UNITS = "deciders", "units"
LEAST_UNITS: Final = 3
"""Without effects two units mirror each other, and their errors add up to nothing."""

NOTHING: Final = 1e-8
"""Share of a regressor's variance below which what effects leave of it counts as nothing."""

_KEY: Final = ["sample", "regressor", "clusters", "term"]
_COUNTS: Final = ("lag", "groups", "units", "weeks", "observations")
_NUMBERS: Final = ("step", "estimate", "standard_error", "low", "high")
_PROBABILITIES: Final = ("p", "smallest_p", "leads_p", "detectable")


@dataclass(frozen=True, eq=False)
class Design:
    """The observations of one sample.

    Attributes
    ----------
    growth : numpy.ndarray, shape (n,)
        Growth rate per day.
    lagged : numpy.ndarray, shape (regressors, lags, n)
        Regressors in steps, at each lag.
    lag : numpy.ndarray of int, shape (lags,)
        Weeks from regressor to growth; negative for leads.
    unit, week : numpy.ndarray of int, shape (n,)
        Positions in the panel.
    """

    growth: np.ndarray
    lagged: np.ndarray
    lag: np.ndarray
    unit: np.ndarray
    week: np.ndarray

    @property
    def effects(self) -> TwoWayEffects:
        """Unit and week effects of the observations."""
        return TwoWayEffects(self.unit, self.week)

    @property
    def dose(self) -> np.ndarray:
        """Mean of each regressor over the lags from 1, shape (regressors, n)."""
        return np.asarray(self.lagged[:, self.lag > 0].mean(axis=1))


def design(panel: DosePanel, dose: Dose, kept: np.ndarray, has_flagged: bool = True) -> Design:
    """Return the observations of the regression.

    Parameters
    ----------
    panel : DosePanel
    dose : Dose
        Lags, leads and steps.
    kept : numpy.ndarray of int
        Positions of the units that take part.
    has_flagged : bool
        Whether weeks that a correction flags take part.

    Returns
    -------
    Design
        Weeks of a unit for which growth and every lag and lead are known; a week with a single
        unit is left out, for its effect would fit it.
    """
    growth, paths = _series(panel, dose, has_flagged)
    lag = np.arange(-dose.leads, dose.lags + 1)
    lagged = np.stack([shift(paths, by) for by in lag.tolist()], axis=1)
    used = ~np.isnan(growth) & ~np.isnan(lagged).any(axis=(0, 1))
    left_out = np.setdiff1d(np.arange(len(used)), kept)
    used[left_out] = False
    used &= (used.sum(axis=0) > 1)[np.newaxis, :]
    unit, week = np.nonzero(used)
    return Design(growth[used], lagged[:, :, used], lag, unit, week)


def _series(panel: DosePanel, dose: Dose, has_flagged: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return growth (units, weeks) and the regressors in steps (regressors, units, weeks)."""
    none = pd.Series(dtype="float64", index=pd.DatetimeIndex([]))
    growth = outcomes(panel, Sample(flagged=has_flagged), none)["growth"]
    steps: Mapping[Any, float] = dose.steps
    paths = [panel.regressor(name, form) / steps[name] for name, form in REGRESSORS.items()]
    return growth, np.stack(paths)


def samples(panel: DosePanel) -> Iterator[tuple[str, np.ndarray, bool]]:
    """Yield each sample: its name, the units that take part, whether flagged weeks do."""
    every = np.arange(len(panel.units))
    yield MAIN_SAMPLE, every, True
    yield f"without_{FLAGGED}", every, False
    for place, unit in enumerate(panel.units):
        yield f"without_{unit}", np.delete(every, place), True
    for name in dict.fromkeys(panel.decider):
        yield f"without_{name}", np.flatnonzero(np.array(panel.decider) != name), True


def _panel(tables: Tables, choices: Choices) -> tuple[DosePanel, Dose]:
    """Return the panel and the choices of the regression."""
    area = Area.model_validate(choices["area"])
    panel = dose_panel(tables["panel_java"], tables["cooperation_weekly"], area)
    return panel, Dose.model_validate(choices["dose"])


def make(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the effects of alignment, stock and strictness on growth, by lag and in sum.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        panel_java, cooperation_weekly.
    choices : mapping
        area, dose.

    Returns
    -------
    pandas.DataFrame
        See the contract ``dose_response``. All three stand in one regression. The main sample
        has every lag at both levels of clustering and the joint tests of the leads; the others
        only the sums, clustered by unit. A regressor of which a sample leaves nothing has no
        estimate there.
    """
    panel, dose = _panel(tables, choices)
    rows: list[dict[str, Any]] = []
    for name, kept, has_flagged in samples(panel):
        found = design(panel, dose, kept, has_flagged)
        levels = (UNITS, DECIDERS) if name == MAIN_SAMPLE else (UNITS,)
        lags = found.lag.tolist() if name == MAIN_SAMPLE else []
        for level in levels:
            joint = leads_p(panel, dose, level) if name == MAIN_SAMPLE else {}
            rows += [
                {"sample": name, "clusters": level, **row}
                | ({"leads_p": joint.get(row["regressor"])} if row["term"] == SUM else {})
                for row in _estimated(found, panel, dose, level, lags)
            ]
    made = pd.DataFrame(rows).astype(dict.fromkeys(_COUNTS, "Int64"))
    made = made.astype(dict.fromkeys((*_NUMBERS, *_PROBABILITIES), "float64"))
    columns = [*_KEY, "lag", *_NUMBERS, *_PROBABILITIES, *_COUNTS[1:]]
    return made[columns].sort_values(_KEY, ignore_index=True)


def _estimated(
    found: Design, panel: DosePanel, dose: Dose, level: str, lags: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one sample and level of clustering."""
    effects = found.effects
    varies = has_contrast(found, effects)
    labels = found.unit if level == UNITS else np.array(panel.decider)[found.unit]
    counts = {
        "groups": len(np.unique(labels)),
        "units": effects.units,
        "weeks": effects.periods,
        "observations": len(found.growth),
    }
    steps: Mapping[Any, float] = dose.steps
    for place, name in enumerate(REGRESSORS):
        shared = {"regressor": name, "step": steps[name], **counts}
        for lag in (*lags, None):
            row = shared | {"term": _term(lag), "lag": lag}
            columns = regressors_with(found, varies, place, lag)
            if columns is None or counts["units"] < LEAST_UNITS:
                yield row
                continue
            test = wild_cluster_bootstrap(found.growth, columns, labels, effects)
            yield row | _numbers(test)


def leads_p(panel: DosePanel, dose: Dose, level: str) -> dict[str, float]:
    """Return p of the test that all leads of a regressor are zero, by regressor.

    The same regression on the main sample with clustered errors and an F test. The bootstrap
    tests one coefficient at a time; this asks whether the future as a whole has an effect.

    Parameters
    ----------
    panel : DosePanel
    dose : Dose
        Lags, leads and steps.
    level : str
        `UNITS` or `DECIDERS`.

    Returns
    -------
    dict of str to float
        NaN with as many leads as clusters. Empty where lags hang together so closely that the
        regression has no answer.
    """
    growth, paths = _series(panel, dose, has_flagged=True)
    clusters = panel.units if level == UNITS else panel.decider
    try:
        found = distributed_lag(growth, paths, dose.lags, dose.leads, clusters)
    except ValueError:
        return {}
    asked = np.kron(np.eye(len(REGRESSORS)), found.lag < 0).astype(bool)
    return {
        name: found.regression.joint_test(leads).p_value
        for name, leads in zip(REGRESSORS, asked, strict=True)
    }


def has_contrast(found: Design, effects: TwoWayEffects) -> np.ndarray:
    """Return of which lags of which regressors unit and week effects leave something.

    Returns
    -------
    numpy.ndarray of bool, shape (regressors, lags)
    """
    columns = found.lagged.reshape(-1, len(found.growth))
    left = effects.residuals(columns.T).T.var(axis=1)
    varies = left > NOTHING * np.maximum(columns.var(axis=1), NOTHING)
    return np.asarray(varies.reshape(found.lagged.shape[:2]))


def regressors_with(
    found: Design, varies: np.ndarray, place: int, lag: int | None
) -> np.ndarray | None:
    """Return the right-hand side with the coefficient in question first.

    Parameters
    ----------
    found : Design
    varies : numpy.ndarray of bool, shape (regressors, lags)
        Columns that take part: those of which the effects leave something.
    place : int
        Regressor in question.
    lag : int or None
        Its lag; None for the sum of its coefficients over the lags from 1.

    Returns
    -------
    numpy.ndarray, shape (n, columns), or None
        None where a column of the coefficient takes no part. For a sum S = b_1 + ... + b_L, the
        regression is written as ``S x_1 + b_2 (x_2 - x_1) + ...``, so that S is a coefficient
        and has an exact bootstrap.
    """
    asked = found.lag > 0 if lag is None else found.lag == lag
    if not varies[place, asked].all():
        return None
    first = int(np.flatnonzero(asked)[0])
    columns = found.lagged.copy()
    columns[place, asked] -= columns[place, first]
    columns[place, first] = found.lagged[place, first]
    others = varies.copy()
    others[place, first] = False
    return np.concatenate([columns[place, [first]], columns[others]]).T


def _term(lag: int | None) -> str:
    """Return the name of a coefficient."""
    if lag is None:
        return SUM
    return f"lag_{lag}" if lag >= 0 else f"lead_{-lag}"


def _numbers(test: WildBootstrap) -> dict[str, float]:
    """Return what the table says of a tested coefficient."""
    low, high = test.interval()
    detectable = minimum_detectable_effect(
        test.standard_error, degrees_of_freedom=test.clusters - 1
    )
    # Where no p can be small enough, no effect of any size would be told from none.
    can_tell = test.smallest_p <= 1 - CONFIDENCE
    return {
        "estimate": test.estimate,
        "standard_error": test.standard_error,
        "low": low if np.isfinite(low) else np.nan,
        "high": high if np.isfinite(high) else np.nan,
        "p": test.p_value,
        "smallest_p": test.smallest_p,
        "detectable": float(detectable) if can_tell else np.nan,
    }


def contrast(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return how much of each regressor unit and week effects leave.

    Parameters
    ----------
    tables, choices
        See `make`.

    Returns
    -------
    pandas.DataFrame
        See the contract ``dose_contrast``: of the mean over the lags from 1, for all units and
        without each decider.
    """
    panel, dose = _panel(tables, choices)
    whole = {MAIN_SAMPLE, *(f"without_{name}" for name in panel.decider)}
    steps: Mapping[Any, float] = dose.steps
    rows = []
    for sample, kept, has_flagged in samples(panel):
        if sample not in whole:
            continue
        found = design(panel, dose, kept, has_flagged)
        left = found.effects.residuals(found.dose.T).T
        for place, name in enumerate(REGRESSORS):
            total, remains = float(found.dose[place].std()), float(left[place].std())
            # A path that effects explain leaves rounding, which is nothing.
            share = (remains / total) ** 2 if total else 0.0
            share = share if share > NOTHING else 0.0
            rows.append(
                {
                    "sample": sample,
                    "regressor": name,
                    "sd": total * steps[name],
                    "sd_left": total * steps[name] * share**0.5,
                    "share_left": share,
                    "observations": len(found.growth),
                }
            )
    made = pd.DataFrame(rows).astype({"observations": "Int64"})
    return made.sort_values(["sample", "regressor"], ignore_index=True)


def points(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return growth and the mean of each regressor over its lags, without effects.

    Parameters
    ----------
    tables, choices
        See `make`.

    Returns
    -------
    pandas.DataFrame
        See the contract ``dose_points``: the observations of the main sample.
    """
    panel, dose = _panel(tables, choices)
    found = design(panel, dose, np.arange(len(panel.units)))
    left = found.effects.residuals(np.column_stack([found.growth, *found.dose]))
    steps: Mapping[Any, float] = dose.steps
    parts = [
        pd.DataFrame(
            {
                "regressor": name,
                "region_code": np.array(panel.units)[found.unit],
                "week_start": panel.weeks[found.week].astype(DATE),
                "dose": left[:, place] * steps[name],
                "growth": left[:, 0],
            }
        )
        for place, name in enumerate(REGRESSORS, start=1)
    ]
    columns = {"regressor": "str", "region_code": "str"}
    made = pd.concat(parts, ignore_index=True).astype(columns)
    return made.sort_values(["regressor", "region_code", "week_start"], ignore_index=True)
