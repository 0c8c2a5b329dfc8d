"""Effects of restrictions (C6) and of their easing (C8): all designs, estimators and checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses import effect_panels, staggered, synthetic_jakarta
from gotong.analyses.designs import Panel, Specification
from gotong.analyses.effect_panels import Tables, Weekly
from gotong.analyses.staggered import Outcome, Row, Study
from gotong.config import Effects
from gotong.contracts.columns import Schema, dtypes
from gotong.contracts.results_effects import EFFECT_CHECKS, EFFECT_PATHS, EFFECTS, SYNTHETIC_PATHS
from gotong.epidemic import incidence_per_100k

CASES: Final = ("growth", "level")
PROVINCES: Final = "first_psbb_province"
UNITS: Final = {"growth": "log points per day", "level": "log points"}
MOBILITY_UNIT: Final = "percentage points"

MORE_AT_HOME: Final = "residential"
"""The one place of Google's reports where restrictions are claimed to raise what is measured."""


def claim_of(design: str, chosen: Effects) -> str:
    """Return the claim that a design bears on: easing on C8, restrictions on C6."""
    return "C8" if design in chosen.easings else "C6"


def direction_of(design: str, outcome: str, chosen: Effects) -> int:
    """Return the claimed sign: restrictions slow growth and keep people at home, easing undoes it.

    The study names the New Normal as a factor and no sign. It is held to mean that growth and
    movement rise after an easing.
    """
    sign = 1 if outcome == MORE_AT_HOME else -1
    return -sign if design in chosen.easings else sign


def unit_of(outcome: str) -> str:
    """Return the unit of the effects on an outcome."""
    return UNITS.get(outcome, MOBILITY_UNIT)


def studies(tables: Tables, chosen: Effects) -> Iterator[Study]:
    """Yield every design with staggered adoption and every outcome."""
    for name, design in chosen.staggered.items():
        if design.provinces:
            weekly = effect_panels.kabkota_cases(tables, design)
        else:
            weekly = effect_panels.province_cases(tables, design.weeks)
        for outcome in CASES:
            yield _case_study(name, tables, weekly, outcome, chosen)
        if design.mobility_weeks is not None:
            for place in chosen.mobility:
                yield _mobility_study(name, tables, place, chosen)


def _case_study(name: str, tables: Tables, weekly: Weekly, outcome: str, chosen: Effects) -> Study:
    """Return a study of cases with its variants."""
    design = chosen.staggered[name]

    def panel(offset: float = chosen.log_offset) -> Panel:
        return effect_panels.assemble(name, tables, weekly, outcome, chosen, offset)

    def unflagged(whole: Panel) -> Panel:
        if not design.leave_out_flagged:
            return whole
        return whole.keep([unit not in weekly.flagged for unit in whole.units])

    main = unflagged(panel())
    others = {f"offset_{c:g}": unflagged(panel(c)) for c in chosen.other_offsets}
    if design.leave_out_flagged and weekly.flagged & set(panel().units):
        others["with_flagged"] = panel()
    prior = prior_incidence(weekly, main, design.prior_weeks)
    if prior:
        others["trimmed"] = staggered.trimmed(main, prior)
    base = chosen.base.growth if outcome == "growth" else chosen.base.level
    how = Specification(design.control, base, chosen.counted_weeks.cases)
    return Study(name, outcome, main, how, chosen, design, others, prior)


def prior_incidence(weekly: Weekly, panel: Panel, weeks: int) -> dict[str, float]:
    """Return weekly cases per 100,000 residents in the weeks before the first rule, by unit."""
    if not weeks:
        return {}
    start = panel.weeks[int(panel.first[panel.treated].min())]
    times = pd.date_range(end=start, periods=weeks + 1, freq="7D", unit="s")[:-1]
    mean = weekly.table.reindex(index=list(panel.units), columns=times).mean(axis="columns")
    residents = weekly.population.reindex(mean.index)
    rate = incidence_per_100k(mean.to_numpy()[:, np.newaxis], residents)[:, 0]
    return dict(zip(panel.units, rate.tolist(), strict=True))


def _mobility_study(name: str, tables: Tables, place: str, chosen: Effects) -> Study:
    """Return a study of mobility."""
    design = chosen.staggered[name]
    assert design.mobility_weeks is not None
    weekly = effect_panels.province_mobility(
        tables, design.mobility_weeks, place, chosen.majority_days
    )
    panel = effect_panels.assemble(name, tables, weekly, place, chosen, chosen.log_offset)
    how = Specification(design.control, chosen.base.mobility, chosen.counted_weeks.mobility)
    return Study(name, place, panel, how, chosen, design)


def outcomes(tables: Tables, choices: Mapping[str, Any]) -> list[Outcome]:
    """Return what came of all designs and outcomes."""
    chosen = Effects.model_validate(choices["effects"])
    every = list(studies(tables, chosen))
    compared = synthetic_jakarta.all_outcomes(tables, chosen)
    return [
        *(staggered.run(study) for study in every),
        *_families(every, chosen),
        *compared.values(),
        Outcome([], list(synthetic_jakarta.family_checks(compared)), []),
        *(_no_comparison(design, chosen) for design in chosen.without_comparison),
    ]


def _families(every: list[Study], chosen: Effects) -> Iterator[Outcome]:
    """Yield, for each design with mobility, the checks of all its places together."""
    for name in chosen.staggered:
        places = [each for each in every if each.design == name and each.outcome not in CASES]
        if len(places) > 1:
            yield Outcome([], list(staggered.family_checks(places)), [])


def _no_comparison(design: str, chosen: Effects) -> Outcome:
    """Return a change that nothing can be compared with, so that its absence is seen."""
    names = ("estimate", "standard_error", "low", "high", "detectable")
    tests = ("p_units", "smallest_p_units", "p_deciders", "smallest_p_deciders")
    row: Row = dict.fromkeys((*names, *tests), np.nan) | {
        "design": design,
        "outcome": "growth",
        "estimator": "none",
        "variant": staggered.MAIN,
        "interval": "none",
        "p_kind": "none",
        "units": 0,
        "treated": 0,
        "deciders": 0,
        "periods": 0,
        "failed_checks": "comparison",
        "passed": False,
    }
    check = {
        "design": design,
        "outcome": "growth",
        "check": "comparison",
        "case": "",
        "value": 0.0,
        "p": np.nan,
        "limit": float(chosen.fewest_controls),
        "verdict": staggered.FAILED,
    }
    return Outcome([row], [check], [])


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return every estimate of every design.

    Returns
    -------
    pandas.DataFrame
        See the contract ``effects``; sorted by its key. The main row of a design and outcome
        is the one that its verdict rests on.
    """
    rows = pd.DataFrame([row for found in outcomes(tables, choices) for row in found.rows])
    chosen = Effects.model_validate(choices["effects"])
    rows["claim"] = [claim_of(design, chosen) for design in rows["design"]]
    pairs = list(zip(rows["design"], rows["outcome"], strict=True))
    rows["direction"] = [direction_of(*pair, chosen) for pair in pairs]
    rows["unit"] = rows["outcome"].map(unit_of)
    mains = ("group_time", "synthetic_control", "none")
    # In a staggered design the synthetic control of the first cohort is a variant.
    is_main = (rows["variant"] == staggered.MAIN) & rows["estimator"].isin(mains)
    block = (rows["estimator"] == "synthetic_control") & rows["design"].isin(chosen.staggered)
    rows["main"] = is_main & ~block
    return _shaped(_with_sign_share(rows), EFFECTS)


def _with_sign_share(rows: pd.DataFrame) -> pd.DataFrame:
    """Add which share of the estimates of a design and outcome has the claimed sign."""
    claimed = (np.sign(rows["estimate"]) == rows["direction"]).where(rows["estimate"].notna())
    share = claimed.astype("float64").groupby([rows["design"], rows["outcome"]]).transform("mean")
    return rows.assign(sign_share=share)


def checks(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return every check of every design; see the contract ``effect_checks``."""
    found = [row for each in outcomes(tables, choices) for row in each.checks]
    return _shaped(pd.DataFrame(found), EFFECT_CHECKS)


def paths(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the effects by week since adoption; see the contract ``effect_paths``."""
    chosen = Effects.model_validate(choices["effects"])
    found = []
    for study in studies(tables, chosen):
        main = study.read(study.panel, study.how, staggered.MAIN)
        found += staggered.path_rows(study, main)
    return _shaped(pd.DataFrame(found), EFFECT_PATHS)


def synthetic(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return DKI Jakarta and its placebos by day; see the contract ``synthetic_paths``."""
    chosen = Effects.model_validate(choices["effects"])
    parts = [
        synthetic_jakarta.paths(tables, each) for each in synthetic_jakarta.comparisons(chosen)
    ]
    return _shaped(pd.concat([part for part in parts if len(part)]), SYNTHETIC_PATHS)


def _shaped(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """Return the columns of a contract with their types, sorted by its key.

    What has no end (an interval of a test that rejects nothing) is missing.
    """
    types = dtypes(schema)
    finite = frame[list(types)].replace([np.inf, -np.inf], np.nan)
    return finite.astype(types).sort_values(list(schema.key), ignore_index=True)
