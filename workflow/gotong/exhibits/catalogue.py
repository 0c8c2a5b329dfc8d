"""The exhibits: which there are, what each shows, which module draws it, from which tables.

Kept apart from the modules that draw, so that asking for an exhibit's inputs does not import
matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One exhibit.

    Parameters
    ----------
    module : str
        Module of this package that prepares, describes and draws it.
    category : str
        Where it stands in Snakemake's report.
    shows : str
        One line on what it shows, without numbers (those come from the data).
    tables : tuple of str
        Made tables that it reads, by name.
    raw : tuple of str
        Raw tables that it reads, by path.
    choices : tuple of str
        Parts of the configuration that it reads.
    claims : tuple of str
        Claims of the study that it bears on.
    registers : bool
        Whether it shows the registers of sources and corrections themselves.
    """

    module: str
    category: str
    shows: str
    tables: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    registers: bool = False


REGIONS = "geography/regions.csv"

EXHIBITS: dict[str, Entry] = {
    "F03": Entry(
        module="f03_regimes",
        category="Cooperation between governments",
        shows="Regimes of the nine deciding regions over time, and how aligned they were.",
        tables=("alignment",),
        raw=("policy/regimes.csv", REGIONS),
        choices=("area", "strictness"),
        claims=("C2",),
    ),
    "F05": Entry(
        module="f05_measures",
        category="Measures of cooperation",
        shows="Reported measures of cooperation by dyad and month of their start.",
        tables=("measures_monthly",),
        raw=("cooperation/measures.csv",),
        claims=("C3",),
    ),
    "F15": Entry(
        module="f15_curves",
        category="Epidemic",
        shows="Incidence in DKI Jakarta, the five units of Bodebek and Banten under their regimes.",
        tables=("panel_jabodetabek", "panel_province"),
        raw=("policy/regimes.csv", REGIONS),
        choices=("area", "strictness", "figures"),
        claims=(),
    ),
    "F16": Entry(
        module="f16_reproduction",
        category="Epidemic",
        shows="Reproduction number of three provinces beside the values that others published.",
        tables=("rt",),
        raw=("epidemic/published_rt.csv", REGIONS),
        choices=("rt", "figures"),
    ),
    "F18": Entry(
        module="f18_coverage",
        category="Data",
        shows="Which region has which indicator on which days, with gaps and corrections.",
        tables=("coverage",),
        raw=(REGIONS,),
        registers=True,
    ),
    "T02": Entry(
        module="t02_regimes",
        category="Cooperation between governments",
        shows="Every regime of the nine deciding regions with its decree and source.",
        raw=("policy/regimes.csv", REGIONS),
        choices=("area",),
        claims=("C2",),
    ),
    "T03": Entry(
        module="t03_measures",
        category="Measures of cooperation",
        shows="Every measure of cooperation with its dyad, dates, confidence and source.",
        raw=("cooperation/measures.csv",),
        claims=("C3",),
    ),
    "T09": Entry(
        module="t09_sources",
        category="Data",
        shows="Every source with its publisher, pinned copy, licence and known defects.",
        registers=True,
    ),
    "T10": Entry(
        module="t10_corrections",
        category="Data",
        shows="Every correction, and every row that it touches.",
        tables=("corrections",),
        registers=True,
    ),
    "T11": Entry(
        module="t11_missing",
        category="Data",
        shows="Rows of each panel without a count of cases, and why.",
        tables=("missing",),
    ),
}
"""All exhibits, by id."""

FIGURES = tuple(name for name in EXHIBITS if name.startswith("F"))
TABLES = tuple(name for name in EXHIBITS if name.startswith("T"))
