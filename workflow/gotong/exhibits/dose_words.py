"""The choices of the specification curve and what they are called in figures and tables."""

from __future__ import annotations

from typing import Final

import pandas as pd

from gotong.exhibits import check_words
from gotong.i18n import N_

COOPERATION: Final = ("alignment", "stock", "diversity")

REGRESSORS: Final = {
    "alignment": N_("alignment"),
    "stock": N_("active measures"),
    "diversity": N_("active dyads"),
    "strictness": N_("strictness"),
}
GROUPS: Final = {"cooperation": N_("cooperation"), "strictness": N_("strictness")}
DIMENSIONS: Final = {
    "definition": N_("regressor"),
    "outcome": N_("outcome"),
    "estimator": N_("estimator"),
    "without": N_("units left out"),
    "sample": N_("cases and weeks"),
}
CHOICES: Final = {
    "definition": {
        "alignment main": N_("alignment, main scale"),
        "alignment by_label": N_("alignment, PPKM by its local name"),
        "alignment lenient_banten": N_("alignment, Banten less strict"),
        "alignment same_label": N_("alignment, same name or not"),
        "stock all": N_("measures, all"),
        "stock confidence": N_("measures, by confidence"),
        "stock action": N_("measures, actions only"),
        "diversity all": N_("dyads with a measure"),
        "strictness main": N_("strictness, main scale"),
    },
    "outcome": {
        "growth": N_("growth rate"),
        "log_incidence": N_("log incidence"),
    },
    "estimator": {
        "two_way 2": N_("unit and week effects, 2 weeks later"),
        "two_way 3": N_("unit and week effects, 3 weeks later"),
        "first_differences 2": N_("first differences, 2 weeks later"),
        "lag_sum 4": N_("sum over 1 to 4 weeks later"),
    },
    "without": {
        "none": N_("no unit"),
        "kep_seribu": N_("Kep. Seribu"),
        "dki": N_("DKI (Bodebek only)"),
    },
    "sample": {
        "main": N_("counts by address, all weeks"),
        "smoothed": N_("means of two weeks"),
        "without_flagged": N_("without flagged weeks"),
        "satgas": N_("DKI scaled to its Satgas count"),
        "to_november_2020": N_("to November 2020"),
        "from_june_2020": N_("from June 2020"),
    },
}
"""Names of the choices; one that the configuration adds keeps its key."""

CHECKS: Final = check_words.OF_DOSE
"""What a check that a design fails is called."""


def labelled(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with group, standardised numbers, and choices as `CHOICES` keys them.

    Parameters
    ----------
    cells : pandas.DataFrame
        ``specifications``.

    Returns
    -------
    pandas.DataFrame
        The cells with ``group``, and ``effect``, ``effect_low``, ``effect_high`` in standard
        deviations of the outcome per one of the regressor; ``definition`` is led by the
        regressor and ``estimator`` followed by the lag.
    """
    is_cooperation = cells["regressor"].isin(COOPERATION)
    return cells.assign(
        group=is_cooperation.map({True: "cooperation", False: "strictness"}),
        definition=cells["regressor"] + " " + cells["definition"],
        estimator=cells["estimator"] + " " + cells["lag"].astype("str"),
        effect=cells["estimate"] * cells["scale"],
        effect_low=cells["low"] * cells["scale"],
        effect_high=cells["high"] * cells["scale"],
    )
