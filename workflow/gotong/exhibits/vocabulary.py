"""The codes of hand-coded tables in words, as tables and figures show them."""

from gotong.i18n import N_

REGIMES = N_(
    "PSBB are large-scale social restrictions, PPKM restrictions on public activities; belum: not "
    "yet, ketat: strict, transisi: in transition, proporsional: in proportion, se-Banten: in all "
    "of Banten, mikro: by neighbourhood, diperketat: tightened, darurat: emergency, rem darurat: "
    "DKI's brake."
)
"""What the names of regimes mean, which are not translated."""

CONFIDENCE = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}
AUDIT = {
    "confirmed": N_("confirmed"),
    "corrected": N_("corrected"),
    "added": N_("added"),
    "unverified": N_("unverified"),
}
ACT = {"action": N_("action"), "rule": N_("rule"), "statement": N_("statement")}
FACTOR = {
    "socioeconomic": N_("social and economic"),
    "facilities": N_("health facilities"),
    "psbb": N_("restrictions (PSBB)"),
    "education": N_("health education"),
    "new_normal": N_("New Normal"),
}
REACH = {
    "cross_border": N_("across borders"),
    "within_region": N_("within one region"),
    "neighbourhood": N_("neighbourhood"),
    "national": N_("national"),
}

DYAD = {
    "G-G": N_("government – government"),
    "G-H": N_("government – hospitals"),
    "G-P": N_("government – private firms"),
    "G-C": N_("government – residents"),
    "G-N": N_("government – NGOs"),
    "C-C": N_("residents – residents"),
}
"""Who cooperated with whom; C are residents and community groups, in every exhibit."""

DYAD_BETWEEN = {
    "G-G": N_("between governments"),
    "G-H": N_("between government and hospitals"),
    "G-P": N_("between government and private firms"),
    "G-C": N_("between government and residents"),
    "G-N": N_("between government and NGOs"),
    "C-C": N_("among residents"),
}
"""The same in a sentence."""

DYAD_WITH = {
    "G-G": N_("among\ngovern-\nments"),
    "G-H": N_("hospitals"),
    "G-P": N_("private\nfirms"),
    "G-C": N_("residents"),
    "G-N": N_("NGOs"),
    "C-C": N_("among\nresidents"),
}
"""With whom the first of a dyad acted, short enough for a column."""
