"""The list of made tables: what makes each, and from what.

Snakemake reads this when it works out what to do, so nothing here imports pandas.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Analysis:
    """One made table.

    Parameters
    ----------
    module : str
        Module of `gotong.analyses` that makes it.
    shows : str
        What it holds, in one line.
    raw : tuple of str
        Tables of data/raw that it is made from.
    made : tuple of str
        Other made tables that it is made from.
    choices : tuple of str
        Sections of the configuration that it reads.
    function : str
        Function of the module, where it is not ``make``.
    """

    module: str
    shows: str
    raw: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    function: str = "make"


REGIONS = "geography/regions.csv"
REGIMES = "policy/regimes.csv"
MEASURES = "cooperation/measures.csv"
MOVEMENT = "mobility/movement_java.csv"
POPULATION = "context/population_sp2020.csv"
HOSPITALS = "facilities/hospitals.csv"

_JOINED = (REGIMES, MEASURES, HOSPITALS, POPULATION, REGIONS)
"""What every panel joins to its cases."""

_PANEL_CHOICES = ("area", "panels", "strictness", "measures")

ANALYSES: dict[str, Analysis] = {
    "panel_province": Analysis(
        module="panels",
        function="province",
        shows="The 34 provinces by day: cases, regimes, measures, population and beds.",
        raw=("cases/province_daily.csv", *_JOINED),
        made=("corrections",),
        choices=_PANEL_CHOICES,
    ),
    "panel_westjava": Analysis(
        module="panels",
        function="westjava",
        shows="The 27 kab/kota of Jawa Barat by day.",
        raw=("cases/westjava_daily.csv", *_JOINED),
        made=("corrections",),
        choices=_PANEL_CHOICES,
    ),
    "panel_jabodetabek": Analysis(
        module="panels",
        function="jabodetabek",
        shows="The units of Greater Jakarta by day.",
        raw=("cases/westjava_daily.csv", *_JOINED),
        made=("corrections",),
        choices=_PANEL_CHOICES,
    ),
    "panel_java": Analysis(
        module="panels",
        function="java",
        shows="Kab/kota of Jawa Barat, Jawa Tengah and Greater Jakarta by week.",
        raw=(
            "cases/westjava_daily.csv",
            "cases/centraljava_weekly.csv",
            "kelurahan/units_daily.csv",
            "kelurahan/cases_monthly.csv",
            "kelurahan/kelurahan.csv",
            "cases/risk_zones_2020.csv",
            "cases/risk_zones_2022.csv",
            "policy/ppkm_january_2021.csv",
            *_JOINED,
        ),
        made=("corrections",),
        choices=_PANEL_CHOICES,
    ),
    "panel_kelurahan": Analysis(
        module="panels",
        function="kelurahan",
        shows="The kelurahan of DKI Jakarta, by day to July 2020 and at month-ends after it.",
        raw=(
            "kelurahan/cases_daily.csv",
            "kelurahan/cases_monthly.csv",
            "kelurahan/kelurahan.csv",
            "kelurahan/population_2019.csv",
            "kelurahan/vaccination_monthly.csv",
        ),
    ),
    "panel_country": Analysis(
        module="panels",
        function="country",
        shows="Indonesia, Taiwan and Brazil by day.",
        raw=(
            "international/jhu_daily.csv",
            "international/countries.csv",
            "policy/oxcgrt_daily.csv",
        ),
    ),
    "coverage": Analysis(
        module="coverage",
        shows="Which region has which indicator on which days.",
        raw=(
            "cases/risk_zones_2020.csv",
            "cases/risk_zones_2022.csv",
            "mobility/google_daily.csv",
            "mobility/apple_jakarta_daily.csv",
            "facilities/dki_covid_patients_daily.csv",
            "epidemic/dki_2020_daily.csv",
        ),
        made=("panel_province", "panel_jabodetabek", "panel_java"),
        choices=("area", "panels"),
    ),
    "missing": Analysis(
        module="coverage",
        function="missing",
        shows="How many rows of each panel lack a count, and why.",
        made=(
            "panel_province",
            "panel_westjava",
            "panel_jabodetabek",
            "panel_java",
            "panel_kelurahan",
            "panel_country",
        ),
    ),
    "rt": Analysis(
        module="reproduction",
        shows="Reproduction number by province and day.",
        made=("panel_province",),
        choices=("rt",),
    ),
    "alignment": Analysis(
        module="aligned",
        shows="How alike the regimes of a region and of its partners are, by day.",
        raw=(REGIMES, MOVEMENT),
        choices=("area", "panels", "strictness"),
    ),
    "measures_monthly": Analysis(
        module="monthly_measures",
        shows="Measures by month of their start, dyad and kind.",
        raw=(MEASURES,),
    ),
}
"""All made tables but ``corrections``, by name; the order is that of making."""


def raw_behind(raw: Iterable[str], made: Iterable[str]) -> tuple[str, ...]:
    """Return all raw tables behind some raw and made tables, sorted."""
    found = set(raw)
    for name in made:
        # `corrections` speaks of the tables that its reader joins anyway.
        if name in ANALYSES:
            found.update(raw_behind(ANALYSES[name].raw, ANALYSES[name].made))
    return tuple(sorted(found))
