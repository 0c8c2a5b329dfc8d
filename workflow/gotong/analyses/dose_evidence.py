"""What the regressions on cooperation, their curve, and its breadth and duration say of C11.

Nothing is estimated here: rows of other made tables are handed to the ledger, each with the
checks that its design failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses.cooperation_weekly import ACTION, ALL, WHOLE
from gotong.analyses.dose_response import DECIDERS, FLAGGED, MAIN_SAMPLE, REGRESSORS, SUM, UNITS
from gotong.analyses.specifications import COOPERATION, SHIFTED
from gotong.config import Area, Dose, Measures
from gotong.contracts.columns import dtypes
from gotong.contracts.evidence import evidence
from gotong.evidence_rows import FURTHER, first_of, rows_where
from gotong.i18n import N_, with_facts
from gotong.inference.multiplicity import holm
from gotong.intervals import QUANTILES

Tables = Mapping[str, pd.DataFrame]
Row = dict[str, Any]

CLAIM: Final = "C11"
CLAIMED: Final = -1
"""More cooperation, lower growth."""

_COLUMNS: Final = ("estimate", "low", "high", "p", "smallest_p", "detectable", "units")

PER_DAY = N_("log points per day")
DYADS = N_("dyads")
SHARE_OF_DAYS = N_("share of days")
STANDARD = N_("standard deviations per standard deviation")

BY_DECIDERS = N_("95%, exact wild bootstrap by deciders: unbounded where no value is rejected")
BY_UNITS = N_("95%, exact wild bootstrap by units, as if each decided for itself")
OVER_CELLS = N_("middle 95% of the cells of the curve")
OVER_LENGTHS = N_("bounds over the days that a measure without a known end counts")

JOINT: Final = {"arrangement": SHIFTED, "statistic": "median_t"}
"""The joint test of the curve that is shown."""

LABELS: Final = {
    "dose_alignment": N_("Growth for alignment higher by {step} over the {lags} weeks before"),
    "dose_stock": N_("Growth for active measures more by {step} over the {lags} weeks before"),
    "strictness_deciders": N_(
        "Growth for strictness higher by {step} over the {lags} weeks before"
    ),
    "units_alignment": N_(
        "Growth for alignment higher by {step} over the {lags} weeks before, errors by unit"
    ),
    "units_stock": N_(
        "Growth for active measures more by {step} over the {lags} weeks before, errors by unit"
    ),
    "strictness_units": N_(
        "Growth for strictness higher by {step} over the {lags} weeks before, errors by unit"
    ),
    "curve_cooperation": N_("Median of the specification curve of cooperation"),
    "curve_alignment": N_("Median of the specification curve of alignment"),
    "curve_stock": N_("Median of the specification curve of active measures"),
    "curve_diversity": N_("Median of the specification curve of active dyads"),
}
AREA_LABELS: Final = {
    "diversity": N_("Dyads with an active measure, mean of days, whole area"),
    "continuity": N_("Days with an active measure, whole area"),
    "continuity_actions": N_("Days with an active action, whole area"),
}
GROUP_LABELS: Final = {
    "diversity": N_("Dyads with an active measure, mean of days, {group}"),
    "continuity": N_("Days with an active measure, {group}"),
    "continuity_actions": N_("Days with an active action, {group}"),
}
FEW = N_(
    "Two deciders have case series, DKI and Bodebek: at that level no p can lie below 0.5, and "
    "nothing can be told from zero. Measures answer to cases, and count reports."
)
AS_IF = N_(
    "As if the eleven units had decided independently, which they did not: six are one government "
    "and five follow one decree. The true uncertainty is larger."
)
CURVE = N_(
    "Cells share their data. The p moves all paths in time together, in a circle, which keeps how "
    "units differ and how weeks follow each other; it takes the weeks as exchangeable."
)
REPORTED = N_(
    "Counts reports, not cooperation, and depends on how long a measure without a known end is "
    "taken to last: most have none. No region without cooperation is there to compare with."
)


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the numbers that bear on whether cooperation helps, and lasts.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        continuity, dose_response, dose_contrast, specifications, specification_tests.
    choices : mapping
        area, measures, dose.

    Returns
    -------
    pandas.DataFrame
        See `gotong.contracts.evidence`.
    """
    area = Area.model_validate(choices["area"])
    dose = Dose.model_validate(choices["dose"])
    lasts = Measures.model_validate(choices["measures"]).open_end_days
    failed = failed_checks(tables["dose_response"], tables["dose_contrast"], dose)
    rows = [
        *_effects(tables["dose_response"], tables["specification_tests"], failed, dose),
        *_curves(tables["specifications"], tables["specification_tests"], failed),
        *_levels(tables["continuity"], area, lasts),
    ]
    schema = evidence("evidence_dose", "")
    made = pd.DataFrame(rows).astype(dtypes(schema))[list(schema.columns)]
    return made.sort_values(["claim", "evidence"], ignore_index=True)


def failed_checks(
    response: pd.DataFrame, contrasts: pd.DataFrame, dose: Dose
) -> dict[str, list[str]]:
    """Return the checks that the effect of each regressor fails.

    Parameters
    ----------
    response, contrasts : pandas.DataFrame
        ``dose_response`` and ``dose_contrast``.
    dose : Dose
        How much contrast is asked for, and from which p on a lead counts as quiet.

    Returns
    -------
    dict of str to list of str
        ``leads``: one is told from zero, by units and after Holm's correction, or all of them
        together by the F test. ``contrast``:
        too little is left between units within weeks. ``leave_unit_out``, ``leave_decider_out``,
        ``flagged_days``: without a unit, a decider or the flagged weeks the sum has another
        sign, or cannot be estimated.
    """
    failed = {}
    for name in REGRESSORS:
        own = response[(response["regressor"] == name) & (response["clusters"] == UNITS)]
        whole = own[own["term"] == SUM].set_index("sample")
        sums = whole["estimate"].copy()
        sign = np.sign(sums.pop(MAIN_SAMPLE))
        # A sum that cannot be estimated has no sign, and differs from any.
        kept = np.sign(sums) == sign
        without = kept.index.str.removeprefix("without_")
        is_unit = without.str.fullmatch(r"\d{4}")
        is_flagged = without == FLAGGED
        leads = own[own["term"].str.startswith("lead_")]["p"]
        left = contrasts[contrasts["sample"].eq(MAIN_SAMPLE) & contrasts["regressor"].eq(name)]
        holds = {
            "leads": min(holm(leads).min(), whole.loc[MAIN_SAMPLE, "leads_p"]) > dose.quiet_p,
            "contrast": bool(left["share_left"].iloc[0] >= dose.contrast),
            "leave_unit_out": bool(kept[is_unit].all()),
            "leave_decider_out": bool(kept[~is_unit & ~is_flagged].all()),
            "flagged_days": bool(kept[is_flagged].all()),
        }
        failed[name] = [check for check, is_met in holds.items() if not is_met]
    return failed


def name_of(regressor: str, level: str) -> str:
    """Return the identifier of a sum over the lags, clustered at a level, as C11 asks for it."""
    if regressor not in COOPERATION:
        return f"{regressor}_{level}"
    return f"{'dose' if level == DECIDERS else level}_{regressor}"


def _effects(
    response: pd.DataFrame, tests: pd.DataFrame, failed: Mapping[str, list[str]], dose: Dose
) -> Iterator[Row]:
    """Yield the sums over the lags, at both levels of clustering."""
    steps: dict[str, float] = dict(dose.steps.items())
    sums = response[(response["sample"] == MAIN_SAMPLE) & (response["term"] == SUM)]
    deciders = int(sums.loc[sums["clusters"] == DECIDERS, "groups"].iloc[0])
    for row in sums.to_dict("records"):
        name, level = str(row["regressor"]), str(row["clusters"])
        curve = tests[tests["group"] == name].iloc[0]
        by_decider = level == DECIDERS
        yield _row(
            name_of(name, level),
            label=with_facts(LABELS[name_of(name, level)], step=steps[name], lags=dose.lags),
            kind="effect",
            unit=PER_DAY,
            **{column: row[column] for column in _COLUMNS},
            interval=BY_DECIDERS if by_decider else BY_UNITS,
            deciders=deciders,
            direction=CLAIMED,
            passed=not failed[name],
            failed_checks=" ".join(failed[name]),
            sign_share=curve["negative_share"],
            curve_estimates=curve["cells"],
            made_table="dose_response",
            rows=FURTHER.join(
                [
                    rows_where(
                        {"sample": MAIN_SAMPLE, "regressor": name, "clusters": level, "term": SUM}
                    ),
                    f"specification_tests: {rows_where({'group': name})}",
                ]
            ),
            caveat=FEW if by_decider else AS_IF,
        )


def _curves(
    cells: pd.DataFrame, tests: pd.DataFrame, failed: Mapping[str, list[str]]
) -> Iterator[Row]:
    """Yield the middle of the specification curve, with its joint test."""
    standard = (cells["estimate"] * cells["scale"]).where(cells["not_estimated"] == "")
    joint = tests[(tests[list(JOINT)] == list(JOINT.values())).all(axis=1)].set_index("group")
    for group in ("cooperation", *COOPERATION):
        named = COOPERATION if group == "cooperation" else (group,)
        own = standard[cells["regressor"].isin(named)].dropna()
        # A curve is no better than the design that it varies.
        varied = {name: failed[name] for name in named if name in failed}
        checks = list(dict.fromkeys(check for each in varied.values() for check in each))
        yield _row(
            f"curve_{group}",
            kind="effect",
            unit=STANDARD,
            estimate=own.median(),
            low=own.quantile(QUANTILES[0]),
            high=own.quantile(QUANTILES[-1]),
            interval=OVER_CELLS,
            p=joint.loc[group, "p"],
            smallest_p=joint.loc[group, "smallest_p"],
            units=cells["units"].max(),
            direction=CLAIMED,
            passed=bool(varied) and not checks,
            failed_checks=" ".join(checks) if varied else "not_checked",
            sign_share=joint.loc[group, "negative_share"],
            curve_estimates=joint.loc[group, "cells"],
            made_table="specifications",
            rows=FURTHER.join(
                [
                    rows_where({"regressor": named}),
                    f"specification_tests: {rows_where({'group': group, **JOINT})}",
                ]
            ),
            caveat=CURVE,
        )


def _levels(spread: pd.DataFrame, area: Area, lasts: int) -> Iterator[Row]:
    """Yield breadth and duration of the area and of each group, with bounds over open ends."""
    whole = spread[spread["period"] == WHOLE]
    columns = {
        "diversity": ("diversity", ALL, DYADS),
        "continuity": ("continuity", ALL, SHARE_OF_DAYS),
        "continuity_actions": ("continuity", ACTION, SHARE_OF_DAYS),
    }
    for name in (area.id, *(group.name for group in area.deciders)):
        for quantity, (column, definition, unit) in columns.items():
            own = whole[(whole["area"] == name) & (whole["definition"] == definition)]
            values = own.set_index("open_end_days")[column]
            yield _row(
                f"{quantity}_{name.lower().replace(' ', '_')}",
                label=AREA_LABELS[quantity]
                if name == area.id
                else with_facts(GROUP_LABELS[quantity], group=name),
                kind="level",
                unit=unit,
                estimate=values.get(lasts, np.nan),
                low=values.min(),
                high=values.max(),
                interval=OVER_LENGTHS,
                direction=0,
                passed=True,
                failed_checks="",
                made_table="continuity",
                rows=rows_where(
                    {
                        "area": name,
                        "definition": definition,
                        "period": WHOLE,
                        "open_end_days": first_of(lasts, own["open_end_days"]),
                    }
                ),
                caveat=REPORTED,
            )


def _row(identifier: str, **values: Any) -> Row:
    """Return a row of evidence; what is not given is missing."""
    empty = (
        *("p", "smallest_p", "detectable", "units", "deciders"),
        *("sign_share", "curve_estimates"),
    )
    return {
        "claim": CLAIM,
        "evidence": identifier,
        "label": LABELS.get(identifier, ""),
        **dict.fromkeys(empty, np.nan),
        **values,
    }
