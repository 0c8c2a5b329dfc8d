"""Names of the numbers on inequality, beds and partners, in English; translated where shown."""

from __future__ import annotations

from typing import Final

from gotong.i18n import N_
from gotong.regions import DKI

GINI_UNIT, RATIO_UNIT, SHARE = N_("Gini"), N_("ratio"), N_("share")
CORRELATION: Final = N_("rank correlation")
"""Units."""

GINI: Final = {
    ("beds", "country"): N_(
        "Gini coefficient, hospital beds per head, between kab/kota of Indonesia"
    ),
    ("referral_beds", "country"): N_(
        "Gini coefficient, beds of COVID-19 referral hospitals per head, between kab/kota of "
        "Indonesia"
    ),
    ("puskesmas", "country"): N_(
        "Gini coefficient, Puskesmas per head, between kab/kota of Indonesia"
    ),
    ("grdp", "country"): N_("Gini coefficient, GRDP per head, between kab/kota of Indonesia"),
    ("expenditure", "country"): N_(
        "Gini coefficient, expenditure per head, between kab/kota of Indonesia"
    ),
    ("hdi", "country"): N_(
        "Gini coefficient, human development index, between kab/kota of Indonesia"
    ),
    ("poverty", "country"): N_("Gini coefficient, poverty rate, between kab/kota of Indonesia"),
    ("beds", "jabodetabek"): N_(
        "Gini coefficient, hospital beds per head, between units of Greater Jakarta"
    ),
    ("referral_beds", "jabodetabek"): N_(
        "Gini coefficient, beds of COVID-19 referral hospitals per head, between units of "
        "Greater Jakarta"
    ),
    ("puskesmas", "jabodetabek"): N_(
        "Gini coefficient, Puskesmas per head, between units of Greater Jakarta"
    ),
    ("grdp", "jabodetabek"): N_(
        "Gini coefficient, GRDP per head, between units of Greater Jakarta"
    ),
    ("expenditure", "jabodetabek"): N_(
        "Gini coefficient, expenditure per head, between units of Greater Jakarta"
    ),
    ("hdi", "jabodetabek"): N_(
        "Gini coefficient, human development index, between units of Greater Jakarta"
    ),
    ("poverty", "jabodetabek"): N_(
        "Gini coefficient, poverty rate, between units of Greater Jakarta"
    ),
}
"""By indicator and scope."""

GINI_OVER_SOURCES: Final = {
    "country": N_(
        "Gini coefficient, hospital beds per head, between kab/kota of Indonesia, over sources"
    ),
    "jabodetabek": N_(
        "Gini coefficient, hospital beds per head, between units of Greater Jakarta, over sources"
    ),
}
"""By scope."""

BETWEEN: Final = {
    ("beds", "country"): N_("Share of Theil T between provinces, hospital beds per head"),
    ("referral_beds", "country"): N_(
        "Share of Theil T between provinces, beds of COVID-19 referral hospitals per head"
    ),
    ("puskesmas", "country"): N_("Share of Theil T between provinces, Puskesmas per head"),
    ("grdp", "country"): N_("Share of Theil T between provinces, GRDP per head"),
    ("expenditure", "country"): N_("Share of Theil T between provinces, expenditure per head"),
    ("hdi", "country"): N_("Share of Theil T between provinces, human development index"),
    ("poverty", "country"): N_("Share of Theil T between provinces, poverty rate"),
    ("beds", "jabodetabek"): N_(
        "Share of Theil T between deciding groups of Greater Jakarta, hospital beds per head"
    ),
    ("referral_beds", "jabodetabek"): N_(
        "Share of Theil T between deciding groups of Greater Jakarta, beds of COVID-19 "
        "referral hospitals per head"
    ),
    ("puskesmas", "jabodetabek"): N_(
        "Share of Theil T between deciding groups of Greater Jakarta, Puskesmas per head"
    ),
    ("grdp", "jabodetabek"): N_(
        "Share of Theil T between deciding groups of Greater Jakarta, GRDP per head"
    ),
    ("expenditure", "jabodetabek"): N_(
        "Share of Theil T between deciding groups of Greater Jakarta, expenditure per head"
    ),
    ("hdi", "jabodetabek"): N_(
        "Share of Theil T between deciding groups of Greater Jakarta, human development index"
    ),
    ("poverty", "jabodetabek"): N_(
        "Share of Theil T between deciding groups of Greater Jakarta, poverty rate"
    ),
}
"""By indicator and scope."""

RATIO: Final = {
    "beds": N_("Highest to lowest unit of Greater Jakarta, hospital beds per head"),
    "referral_beds": N_(
        "Highest to lowest unit of Greater Jakarta, beds of COVID-19 referral hospitals per head"
    ),
    "puskesmas": N_("Highest to lowest unit of Greater Jakarta, Puskesmas per head"),
    "grdp": N_("Highest to lowest unit of Greater Jakarta, GRDP per head"),
    "expenditure": N_("Highest to lowest unit of Greater Jakarta, expenditure per head"),
    "hdi": N_("Highest to lowest unit of Greater Jakarta, human development index"),
    "poverty": N_("Highest to lowest unit of Greater Jakarta, poverty rate"),
}
"""By indicator."""

AGREEMENT: Final = {
    "country": N_("Agreement of five indicators on the order of kab/kota of Indonesia (Kendall W)"),
    "jabodetabek": N_(
        "Agreement of five indicators on the order of units of Greater Jakarta (Kendall W)"
    ),
}
"""By scope."""

BEDS: Final = {
    "country": N_("Hospital beds per 1,000 residents, Indonesia"),
    "jabodetabek": N_("Hospital beds per 1,000 residents, Greater Jakarta"),
}
"""By scope."""

BEDS_OF_GROUP: Final = N_("Hospital beds per 1,000 residents, {group}")

AVERTED: Final = {
    ("neighbours", "reported"): N_(
        "Unmet need of beds that goes away when neighbours treat each other's patients, {start} "
        "to {end}; cases as reported, without Tangerang Raya"
    ),
    ("neighbours", "allocated"): N_(
        "Unmet need of beds that goes away when neighbours treat each other's patients, {start} "
        "to {end}; cases shared out from the provinces"
    ),
    ("pooled", "reported"): N_(
        "Unmet need of beds that goes away when all beds are pooled, {start} to {end}; cases "
        "as reported, without Tangerang Raya"
    ),
    ("pooled", "allocated"): N_(
        "Unmet need of beds that goes away when all beds are pooled, {start} to {end}; cases "
        "shared out from the provinces"
    ),
}
"""By way of exchange and basis."""

UNMET_ALONE: Final = {
    "reported": N_(
        "Need of beds that is unmet, each region for itself, {start} to {end}; cases as reported, "
        "without Tangerang Raya"
    ),
    "allocated": N_(
        "Need of beds that is unmet, each region for itself, {start} to {end}; cases shared out "
        "from the provinces"
    ),
}
"""By basis."""

TO_BETTER_SUPPLIED: Final = {
    "reported": N_(
        "Patients sent elsewhere who go where there are more hospital beds per resident, all beds "
        "pooled, {start} to {end}; cases as reported, without Tangerang Raya"
    ),
    "allocated": N_(
        "Patients sent elsewhere who go where there are more hospital beds per resident, all beds "
        "pooled, {start} to {end}; cases shared out from the provinces"
    ),
}
"""By basis."""

NON_RESIDENT: Final = {
    DKI: N_("Patients in DKI Jakarta's COVID-19 beds who lived elsewhere, {day}"),
    "3271": N_("Patients in Kota Bogor's COVID-19 beds who lived elsewhere, {day}"),
}
"""By region of treatment."""

CASES_FROM_OUTSIDE: Final = N_(
    "Residents of Bodetabek among the cases of DKI Jakarta, December 2020"
)

NEED_MET: Final = N_("Lack of hospital beds that the matched partners could meet")

STABILITY: Final = N_("Share of drawn weights that give the matched pairs")

JACKKNIFE: Final = N_("95% jackknife over regions")

OVER_SOURCES: Final = N_("bounds over lists, totals and residents")

WITHOUT_GROUP: Final = N_("bounds when any one group is left out")

WITHOUT_UNIT: Final = N_("bounds when any one region is left out")

OVER_GRID: Final = N_(
    "bounds over hospitalised share, source of capacity and need of DKI Jakarta: {some} of {all} "
    "scenarios, those with something to share out"
)

WILSON: Final = N_("95% Wilson, with the rounding of the report")

PAIRS: Final = N_("least and greatest of the pairs")

ABOUT_INEQUALITY: Final = N_(
    "Regions are all there are, not a sample; inequality inside a region is not seen."
)

ABOUT_REFERRAL: Final = N_("Banten is left out, because its referral flags are incomplete.")

ABOUT_HDI: Final = N_(
    "A bounded index: its Gini coefficient is small whatever the inequality of lives."
)

ABOUT_GRDP: Final = N_(
    "Output where it is made, not income where people live; suspect rows are left out. Where one "
    "region is far ahead an end of the interval can be 1."
)

ABOUT_BEDS: Final = N_(
    "Beds are not staffed beds, and patients cross borders; three totals for DKI Jakarta differ."
)

ABOUT_RANKS: Final = N_(
    "GRDP, HDI, expenditure, beds and poverty turned round; they overlap in what they measure."
)

ABOUT_POOLING: Final = N_(
    "A model: every bed serves every patient at once; need is that of reported cases. In front "
    "DKI Jakarta's is that of patients who found a bed, less the observed share from elsewhere; "
    "the bounds hold all its patients and the rule of the others too. That share is of one day, "
    "and is taken off every day."
)

ABOUT_ALLOCATED: Final = N_(
    "A scenario: the cases of a province are shared out by residents, with no knowledge of "
    "where they lived. In front DKI Jakarta's need is that of patients who found a bed; by the "
    "rule of the others, which the bounds hold too, it needed all its beds itself in a high wave."
)

ABOUT_NON_RESIDENT: Final = N_(
    "A count of one day from the press; the interval takes patients for independent draws."
)

ABOUT_CASES: Final = N_("Cases, not beds; as the press gave them.")

ABOUT_PARTNERS: Final = N_(
    "All hospital beds, not those for COVID-19; each helper stands by one unit at most."
)
