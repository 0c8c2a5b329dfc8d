"""Evidence on C6 and C8: the main estimate of each design, whether it passed its checks or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from gotong.analyses.synthetic_jakarta import OTHER_CHOICES
from gotong.config import Effects
from gotong.contracts.columns import dtypes
from gotong.contracts.results_effects import EVIDENCE_EFFECTS
from gotong.evidence_rows import FURTHER, first_of, rows_where, select
from gotong.i18n import N_, with_facts

Tables = Mapping[str, pd.DataFrame]

GROWTH: Final = "growth"
LEVEL: Final = "level"
"""Log cases are shown in the tables but are no evidence: the claims speak of growth."""

EASING: Final = "C8"

LABELS: Final = {
    ("first_ppkm", GROWTH): N_("Growth of cases after the first PPKM, Jawa Barat and Jawa Tengah"),
    ("first_ppkm_centraljava", GROWTH): N_("Growth of cases after the first PPKM, Jawa Tengah"),
    ("first_psbb_westjava", GROWTH): N_("Growth of cases after the first PSBB, Jawa Barat"),
    ("first_psbb_java", GROWTH): N_(
        "Growth of cases after the first PSBB, Jawa Barat against Jawa Tengah"
    ),
    ("first_psbb_province", GROWTH): N_("Growth of cases after the first PSBB, provinces"),
    ("first_psbb_province", "workplaces"): N_(
        "Visits to workplaces after the first PSBB, provinces"
    ),
    ("first_psbb_province", "retail_and_recreation"): N_(
        "Visits to shops and recreation after the first PSBB, provinces"
    ),
    ("first_psbb_province", "transit_stations"): N_(
        "Visits to transit stations after the first PSBB, provinces"
    ),
    ("first_psbb_province", "residential"): N_("Time at home after the first PSBB, provinces"),
    ("brake", GROWTH): N_("Growth of cases after the brake of September 2020, DKI Jakarta"),
    ("brake", "workplaces"): N_("Visits to workplaces after the brake, DKI Jakarta"),
    ("brake", "retail_and_recreation"): N_(
        "Visits to shops and recreation after the brake, DKI Jakarta"
    ),
    ("brake", "transit_stations"): N_("Visits to transit stations after the brake, DKI Jakarta"),
    ("brake", "residential"): N_("Time at home after the brake, DKI Jakarta"),
    ("akb_westjava", GROWTH): N_("Growth of cases after PSBB gave way to AKB, Jawa Barat"),
    ("transition_june", GROWTH): N_(
        "Growth of cases after the transition of June 2020, DKI Jakarta"
    ),
    ("transition_june", "workplaces"): N_(
        "Visits to workplaces after the transition of June 2020, DKI Jakarta"
    ),
    ("transition_june", "retail_and_recreation"): N_(
        "Visits to shops and recreation after the transition of June 2020, DKI Jakarta"
    ),
    ("transition_june", "transit_stations"): N_(
        "Visits to transit stations after the transition of June 2020, DKI Jakarta"
    ),
    ("transition_june", "residential"): N_(
        "Time at home after the transition of June 2020, DKI Jakarta"
    ),
    ("transition_october", GROWTH): N_(
        "Growth of cases after the transition of October 2020, DKI Jakarta"
    ),
    ("transition_october", "workplaces"): N_(
        "Visits to workplaces after the transition of October 2020, DKI Jakarta"
    ),
    ("transition_october", "retail_and_recreation"): N_(
        "Visits to shops and recreation after the transition of October 2020, DKI Jakarta"
    ),
    ("transition_october", "transit_stations"): N_(
        "Visits to transit stations after the transition of October 2020, DKI Jakarta"
    ),
    ("transition_october", "residential"): N_(
        "Time at home after the transition of October 2020, DKI Jakarta"
    ),
    ("first_ppkm_end", GROWTH): N_("Growth of cases after the end of the first PPKM, Java"),
}
INTERVALS: Final = {
    "reassignment": N_("95%: effects not rejected when dates are exchanged between regions"),
    "placebo": N_("95%: constant effects not rejected by placebos in space"),
    "none": N_("none"),
}
CAVEATS: Final = {
    "first_ppkm": N_(
        "Two governors decided, and chose regions by their cases and hospital load; exchanging "
        "whole decrees leaves nothing to compare. The second list of Jawa Tengah (26 January) was "
        "not found, so that some regions held as untreated may have been treated for two weeks."
    ),
    "first_ppkm_centraljava": N_(
        "One governor decided, and chose regions by their cases and hospital load. The second "
        "list (26 January) was not found."
    ),
    "first_psbb_westjava": N_(
        "Three decisions in all, so that p cannot fall below one in six whatever happened; few "
        "cases in April 2020, and tests grew at the same time. The interval takes regions as "
        "independent and is too narrow."
    ),
    "first_psbb_java": N_(
        "Four decisions in all. The two provinces count cases differently. The interval takes "
        "regions as independent and is too narrow."
    ),
    "first_psbb_province": N_(
        "Three provinces adopted PSBB whole; people had cut movement weeks before, most of all in "
        "DKI Jakarta. Ramadan fell into the same weeks."
    ),
    "brake": N_(
        "One province, compared with others, each a decider of its own. The smallest p is one over "
        "the number of provinces; the donors may have changed their own rules."
    ),
    "akb_westjava": N_(
        "One governor decided by the level of alert of each region, that is by its cases; few "
        "cases in June 2020."
    ),
    "transition_june": N_(
        "One province, compared with others, each a decider of its own. The whole country eased in "
        "June 2020, donors too, so that only what came on top is seen; Lebaran lies in the weeks "
        "before."
    ),
    "transition_october": N_(
        "One province, compared with others, each a decider of its own, and four weeks before the "
        "change."
    ),
    "first_ppkm_end": N_(
        "PPKM mikro replaced the first PPKM in all of Java on 9 February 2021: there is no region "
        "to compare with."
    ),
}


P_UNIT = N_("p-value")
OVER_CHOICES = N_(
    "least and greatest over donors, estimators, each donor left out, weeks in place of days, "
    "doubtful days left out, and placebos without DKI Jakarta among their donors"
)
P_LABELS = {
    ("brake", "growth"): N_("p of growth of cases after the brake, DKI Jakarta"),
    ("brake", "residential"): N_("p of time at home after the brake, DKI Jakarta"),
    ("brake", "retail_and_recreation"): N_(
        "p of visits to shops and recreation after the brake, DKI Jakarta"
    ),
    ("brake", "transit_stations"): N_(
        "p of visits to transit stations after the brake, DKI Jakarta"
    ),
    ("brake", "workplaces"): N_("p of visits to workplaces after the brake, DKI Jakarta"),
}
"""Of effects that may have a vote by their p: the same number by other choices."""

HOLM_LABELS = {
    ("brake", "residential"): N_(
        "p of time at home after the brake, DKI Jakarta, corrected for {places} kinds of places "
        "(Holm)"
    ),
    ("brake", "retail_and_recreation"): N_(
        "p of visits to shops and recreation after the brake, DKI Jakarta, corrected for {places} "
        "kinds of places (Holm)"
    ),
    ("brake", "transit_stations"): N_(
        "p of visits to transit stations after the brake, DKI Jakarta, corrected for {places} "
        "kinds of places (Holm)"
    ),
    ("brake", "workplaces"): N_(
        "p of visits to workplaces after the brake, DKI Jakarta, corrected for {places} kinds of "
        "places (Holm)"
    ),
}
"""The same p as one of several, which one event was looked at by; the rule does not ask for it."""


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the evidence of all designs; see the contract ``evidence_effects``."""
    chosen = Effects.model_validate(choices["effects"])
    effects, checks = tables["effects"], tables["effect_checks"]
    estimated = effects.groupby(["design", "outcome"])["estimate"].count()
    mains = effects[effects["main"].astype(bool) & (effects["outcome"] != LEVEL)]
    found = [
        _evidence(row, chosen) | {"curve_estimates": _curve(row, estimated)}
        for row in mains.to_dict("records")
    ]
    types = dtypes(EVIDENCE_EFFECTS)
    blank = dict.fromkeys(types)
    others = [blank | row for row in _p_otherwise(effects, checks)]
    rows = pd.DataFrame([*found, *others])
    return rows[list(types)].astype(types).sort_values(["claim", "evidence"], ignore_index=True)


def _curve(row: Mapping[Any, Any], estimated: pd.Series) -> int | None:
    """Return how many estimates the share with the claimed sign is of, where there are any."""
    return int(estimated[row["design"], row["outcome"]]) or None


def _p_otherwise(effects: pd.DataFrame, checks: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the p of effects that passed their checks by other choices, and as one of several."""
    passed = effects[effects["passed"].astype(bool) & effects["p_units"].notna()]
    for (design, outcome), part in passed.groupby(["design", "outcome"], sort=True):
        main = part[part["main"].astype(bool)]
        if (design, outcome) not in P_LABELS or main.empty:
            continue
        first = main.iloc[0]
        shared = {
            **{name: first[name] for name in ("claim", "units", "deciders")},
            "kind": "level",
            "unit": P_UNIT,
            "direction": 0,
            "passed": True,
            "failed_checks": "",
            "caveat": CAVEATS[str(design)],
        }
        yield shared | _p_elsewhere(part, first, checks)
        if (design, outcome) in HOLM_LABELS:
            yield shared | _p_together(str(design), str(outcome), checks)


def _p_elsewhere(part: pd.DataFrame, first: pd.Series, checks: pd.DataFrame) -> dict[str, Any]:
    """Return how far the p of a main estimate depends on choices."""
    about = {"design": first["design"], "outcome": first["outcome"]}
    elsewhere = rows_where(about | {"check": OTHER_CHOICES})
    values = pd.concat([part["p_units"], select(checks, elsewhere)["p"]])
    estimated = rows_where(
        about
        | {
            "estimator": first_of(first["estimator"], part["estimator"]),
            "variant": first_of("main", part["variant"]),
            "passed": True,
        }
    )
    return {
        "evidence": "p_of_{design}_{outcome}".format(**about),
        "label": P_LABELS[about["design"], about["outcome"]],
        "estimate": first["p_units"],
        "low": values.min(),
        "high": values.max(),
        "interval": OVER_CHOICES,
        "made_table": "effects",
        "rows": f"{estimated}{FURTHER}effect_checks: {elsewhere}",
    }


def _p_together(design: str, outcome: str, checks: pd.DataFrame) -> dict[str, Any]:
    """Return the p of a main estimate as one of all kinds of places of its design."""
    rows = rows_where({"design": design, "outcome": outcome, "check": "family_holm"})
    found = select(checks, rows).iloc[0]
    return {
        "evidence": f"p_holm_of_{design}_{outcome}",
        "label": with_facts(HOLM_LABELS[design, outcome], places=int(found["value"])),
        "estimate": found["p"],
        "interval": INTERVALS["none"],
        "made_table": "effect_checks",
        "rows": rows,
    }


def name_of(design: str, outcome: str, claim: str) -> str:
    """Return the identifier of a number: by what is measured, as the claims ask for it."""
    if outcome == GROWTH:
        return f"easing_{design}" if claim == EASING else f"growth_{design}"
    return f"mobility_{design}_{outcome}"


def _evidence(row: Mapping[Any, Any], chosen: Effects) -> dict[str, Any]:
    """Return the evidence of one main estimate, tested at the level at which was decided."""
    design, outcome = row["design"], row["outcome"]
    staggered = chosen.staggered.get(design)
    by_decision = staggered is not None and staggered.assigned_by == "deciders"
    level = "deciders" if by_decision else "units"
    same = ("claim", "unit", "estimate", "low", "high", "units", "deciders", "direction")
    return {name: row[name] for name in same} | {
        "evidence": name_of(design, outcome, row["claim"]),
        "label": LABELS[design, outcome],
        "kind": "effect",
        "interval": INTERVALS[row["interval"]],
        "p": row[f"p_{level}"],
        "smallest_p": row[f"smallest_p_{level}"],
        # Exchanging a handful of decisions sees no effect at 5 %, however large.
        "detectable": float("nan") if by_decision else row["detectable"],
        "passed": row["passed"],
        "failed_checks": row["failed_checks"],
        "sign_share": row["sign_share"],
        "made_table": "effects",
        "rows": rows_where(
            {
                "design": design,
                "outcome": outcome,
                "estimator": row["estimator"],
                "variant": "main",
            }
        ),
        "caveat": CAVEATS[design],
    }
