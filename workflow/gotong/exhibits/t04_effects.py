"""T04: every effect of restrictions and of their easing, with what its design failed."""

from __future__ import annotations

from functools import partial

import pandas as pd

from gotong.exhibits import effect_words
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import LANGUAGES, N_, Language

TITLE = N_("{passed} of {comparisons} comparisons on restrictions and easings passed their checks")
CAPTION = N_(
    "{estimates} estimates of {designs} designs; {without} more rows have no estimate, for there "
    "was too little to compare with. The verdict on a design and outcome rests on its main "
    "estimate, and only if it passed all checks. Group-time effects after Callaway and "
    "Sant'Anna (2021), synthetic control after Abadie et al. (2010) with a constant (Ferman and "
    "Pinto 2021), synthetic difference in differences after Arkhangelsky et al. (2021), wild "
    "cluster bootstrap after Cameron et al. (2008). Effects on cases are means of weeks {first} to "
    "{last} after the start. A missing end of an interval has no bound. p by region takes regions "
    "as if each had decided for itself; p by decision exchanges whole decisions and is 1 where "
    "there is no other arrangement. No estimate is causal evidence where checks failed; a region "
    "was often chosen by its cases. An estimate near zero easily fails the checks on its sign. The "
    "effect that could be seen is by region, with a power of {power:.0%}, and too small where a "
    "few decided for all. How far trends may differ after the start until the interval of an "
    "effect against the last week holds zero (Rambachan and Roth 2023) stands beside that effect: "
    "as a multiple of the largest change of trends before, and by a bend per week, of which the "
    "interval is somewhat too short in simulations of few regions; 0 where it holds zero even so. "
    "Beside each main estimate stand the p of the effects before the rule, the misfit of the mix "
    "before (1: no better than the own mean), the least p of its pretended dates, and its p by "
    "region corrected for all kinds of places of the design (Holm 1979); rules ask for the first "
    "three and not for the last."
)
ALT = N_(
    "Table of {estimates} estimates by design, outcome, estimator and variant with interval, "
    "p-values, the smallest p that could be, and the checks that failed."
)

FORMS = {"log points per day": ".4f", "log points": ".3f", "percentage points": ".2f"}
"""How effects in each unit are written."""
FINE = ".4f"
"""The smallest p of thousands of draws, and a bend that is not 0, need as many decimals."""

_Effect = partial(Column, kind="number", form_by="unit", forms=FORMS)

COLUMNS = (
    Column("claim", N_("Claim")),
    Column("design", N_("Design"), "term", effect_words.DESIGNS),
    Column("outcome", N_("Outcome"), "term", effect_words.OUTCOMES),
    Column("estimator", N_("Estimator"), "term", effect_words.ESTIMATORS),
    Column("variant", N_("Variant"), "term", effect_words.VARIANTS),
    _Effect("estimate", N_("Effect")),
    _Effect("low", N_("Low (95%)")),
    _Effect("high", N_("High (95%)")),
    Column("unit", N_("Unit"), "term", effect_words.UNITS),
    Column("p_units", N_("p by region"), "number", form=FINE),
    Column("smallest_p_units", N_("smallest p by region"), "number", form=FINE),
    Column("p_deciders", N_("p by decision"), "number", form=FINE),
    Column("smallest_p_deciders", N_("smallest p by decision"), "number", form=FINE),
    Column("p_together", N_("p for all kinds of places (Holm)"), "number", form=FINE),
    Column("p_before", N_("p of effects before"), "number", form=FINE),
    Column("misfit_before", N_("Misfit before"), "number", form=".3f"),
    Column("p_pretended", N_("p at a pretended date"), "number", form=FINE),
    _Effect("detectable", N_("Effect that could be seen")),
    Column("honest_breakdown", N_("Trends may differ, times before"), "number", form=FINE),
    Column("honest_smoothness", N_("Trends may bend, per week"), "number", form=FINE),
    Column("units", N_("Regions"), "number"),
    Column("treated", N_("Under the rule"), "number"),
    Column("deciders", N_("Deciders compared"), "number"),
    Column("sign_share", N_("Estimates with the claimed sign"), "share"),
    Column("checks", N_("Checks of the design"), "words"),
)
HONEST = ("honest_breakdown", "honest_smoothness")
BESIDE_MAIN = {
    "p_together": ("family_holm", "p"),
    "p_before": ("pre_period", "p"),
    "misfit_before": ("donors_span", "value"),
    "p_pretended": ("placebo_date", "p"),
}
"""Which check stands beside a main estimate, and which of its numbers; of several the least."""
POWER = 0.8
"""Of the effect that could be seen; see `gotong.inference.power`."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return all estimates: restrictions first, the main estimate of each design before others.

    Returns
    -------
    pandas.DataFrame
        The columns of the table, ``main``, the failed checks as codes and in words once per
        language, and the weeks that count for cases.
    """
    effects = tables["effects"]
    effects = effects[effects["design"].isin(effect_words.of_area(choices["area"]))]
    order = {name: number for number, name in enumerate(effect_words.DESIGNS)}
    outcomes = {name: number for number, name in enumerate(effect_words.OUTCOMES)}
    ranked = effects.assign(
        rank=effects["design"].map(order),
        outcome_rank=effects["outcome"].map(outcomes),
        later=~effects["main"].astype(bool),
    )
    by = ["rank", "outcome_rank", "later", "estimator", "variant"]
    ordered = ranked.sort_values(by, ignore_index=True)
    words = {
        f"checks_{code}": [
            effect_words.failed(failed, Language(code)) for failed in ordered["failed_checks"]
        ]
        for code in LANGUAGES
    }
    first, last = choices["effects"]["counted_weeks"]["cases"]
    checks = tables["effect_checks"]
    shown = _with_checks(_with_honest(ordered, checks), checks)
    shown = shown.assign(**words, first_week=first, last_week=last)
    names = [column.name for column in COLUMNS if column.kind != "words"]
    return shown[[*names, "main", "passed", "failed_checks", *words, "first_week", "last_week"]]


def _with_honest(effects: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """Add how far trends may differ, to the one estimate of a design and outcome it is about."""
    key = ["design", "outcome"]
    wide = checks[checks["check"].isin(HONEST)].pivot(index=key, columns="check", values="value")
    found = wide.reindex(pd.MultiIndex.from_frame(effects[key]), columns=list(HONEST))
    about = effects["estimator"] == "callaway_santanna"
    return effects.assign(
        **{name: found[name].where(about.to_numpy()).to_numpy() for name in HONEST}
    )


def _with_checks(effects: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """Add to each main estimate what stands behind its verdict and what corrects its p."""
    key = ["design", "outcome"]
    places = pd.MultiIndex.from_frame(effects[key])
    is_main = effects["main"].astype(bool).to_numpy()
    added = {
        name: checks[checks["check"] == check]
        .groupby(key)[number]
        .min()
        .reindex(places)
        .where(is_main)
        .to_numpy()
        for name, (check, number) in BESIDE_MAIN.items()
    }
    return effects.assign(**added)


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    mains = data[data["main"].astype(bool)]
    return {
        "estimates": int(data["estimate"].notna().sum()),
        "without": int(data["estimate"].isna().sum()),
        "designs": data["design"].nunique(),
        "comparisons": len(mains),
        "passed": int(mains["passed"].sum()),
        "first": int(data["first_week"].iloc[0]),
        "last": int(data["last_week"].iloc[0]),
        "power": POWER,
    }
