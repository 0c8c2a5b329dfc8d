"""The exhibits: which there are, what each shows, which module draws it, from which tables.

Kept apart from the modules that draw, so that asking for an exhibit's inputs does not import
matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass

from gotong.analyses.catalogue import HOSPITALS, MEASURES, MOVEMENT, REGIMES, REGIONS
from gotong.analyses.catalogue import POPULATION as RESIDENTS


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
    drawn : tuple of str
        Raw tables behind the figures that it shows, where the tables that it reads hold more: a
        panel has columns that it leaves out. The line below it names the sources and corrections
        of these alone. Empty: those of all that it reads.
    choices : tuple of str
        Parts of the configuration that it reads.
    published : tuple of str
        Numbers of others that it shows: parts of the section ``published`` of the configuration.
    claims : tuple of str
        Claims of the study that it bears on.
    registers : bool
        Whether it shows the registers of sources and corrections themselves.
    needs : tuple of str
        What an area must have for it (`gotong.areas`); another goes without, and says so.
    """

    module: str
    category: str
    shows: str
    tables: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    registers: bool = False
    needs: tuple[str, ...] = ()


MOBILITY = "mobility/google_daily.csv"
OUTLINES = ("geography/boundaries_jabodetabek.geojson", "geography/boundaries_kabkota.geojson")

# Where the columns of the panels come from that exhibits draw.
CASES_OF_PROVINCES = "cases/province_daily.csv"
CASES_OF_UNITS = "cases/westjava_daily.csv"
WEEKLY_CASES = (
    CASES_OF_UNITS,
    "cases/centraljava_weekly.csv",
    "kelurahan/units_daily.csv",
    "kelurahan/cases_monthly.csv",
    "kelurahan/kelurahan.csv",
)
RULES = (REGIMES, "policy/ppkm_january_2021.csv")
RISK_ZONES = ("cases/risk_zones_2020.csv", "cases/risk_zones_2022.csv")
_EFFECTS = (CASES_OF_PROVINCES, *WEEKLY_CASES, RESIDENTS, MOBILITY, *RULES)
_BEDS = (
    CASES_OF_PROVINCES,
    CASES_OF_UNITS,
    RESIDENTS,
    HOSPITALS,
    MEASURES,
    "epidemic/facts.csv",
    "facilities/dki_covid_patients_daily.csv",
    "facilities/covid_capacity.csv",
    OUTLINES[0],
    REGIONS,
)
_DOSES = (*WEEKLY_CASES, RESIDENTS, REGIMES, MEASURES, MOVEMENT)

EXHIBITS: dict[str, Entry] = {
    "F01": Entry(
        module="f01_map",
        category="Inequality and capacity",
        shows="Hospital beds and GRDP per head, in Greater Jakarta and in the country.",
        tables=("inequality_values",),
        raw=OUTLINES,
        drawn=(HOSPITALS, RESIDENTS, "context/grdp_per_capita.csv", *OUTLINES),
        choices=("inequality",),
        claims=("C1", "C5"),
        needs=("outlines",),
    ),
    "F02": Entry(
        module="f02_lorenz",
        category="Inequality and capacity",
        shows="Lorenz curves, and inequality between and within groups of regions.",
        tables=("inequality_values", "inequality"),
        drawn=(
            HOSPITALS,
            RESIDENTS,
            "context/grdp_per_capita.csv",
            "context/kabkota_2021.csv",
            "facilities/puskesmas.csv",
        ),
        choices=("area",),
        claims=("C1",),
        needs=("groups",),
    ),
    "F12": Entry(
        module="f12_pooling",
        category="Inequality and capacity",
        shows="Unmet need of COVID-19 beds alone, with neighbours and pooled, and border crossing.",
        tables=("beds_needed", "pooling_daily", "non_resident_observed", "non_resident_modelled"),
        drawn=_BEDS,
        raw=(REGIONS,),
        choices=("pooling",),
        claims=("C5", "C9"),
        needs=("patients",),
    ),
    "F13": Entry(
        module="f13_partners",
        category="Inequality and capacity",
        shows="Units with more hospital beds than the mean matched with those with fewer.",
        tables=("partners",),
        raw=(REGIONS,),
        drawn=(HOSPITALS, RESIDENTS, OUTLINES[0], REGIONS),
        choices=("partners",),
        claims=("C9",),
    ),
    "T01": Entry(
        module="t01_inequality",
        category="Inequality and capacity",
        shows="The units of the area by indicator, and measures of inequality.",
        tables=("inequality_values", "inequality"),
        raw=(REGIONS,),
        choices=("area",),
        claims=("C1", "C5"),
    ),
    "T04": Entry(
        module="t04_effects",
        category="Effects of restrictions",
        shows="Every effect of restrictions and of their easing, with the checks of its design.",
        tables=("effects", "effect_checks"),
        drawn=_EFFECTS,
        choices=("area", "effects"),
        claims=("C6", "C8"),
        needs=("designs",),
    ),
    "T06": Entry(
        module="t06_pooling",
        category="Inequality and capacity",
        shows="Unmet need of beds in every scenario, and what sharing averts of it.",
        tables=("pooling",),
        drawn=_BEDS,
        choices=("pooling",),
        claims=("C9",),
        needs=("patients",),
    ),
    "F03": Entry(
        module="f03_regimes",
        category="Cooperation between governments",
        shows="Regimes of the deciding regions over time, and how aligned they were.",
        tables=("alignment", "alignment_chance"),
        raw=(REGIMES, REGIONS),
        choices=("area", "strictness"),
        claims=("C2",),
        needs=("regimes",),
    ),
    "F04": Entry(
        module="f04_follow",
        category="Cooperation between governments",
        shows="Days from each change of DKI's regime to the nearest like change of the others.",
        tables=("following", "following_tests"),
        raw=(REGIMES, REGIONS),
        choices=("area", "following"),
        claims=("C2",),
        needs=("timeline",),
    ),
    "F05": Entry(
        module="f05_measures",
        category="Measures of cooperation",
        shows="Reported measures of cooperation by dyad and month of their start.",
        tables=("measures_monthly",),
        raw=(MEASURES,),
        choices=("start_date_audits",),
        claims=("C3",),
        needs=("measures",),
    ),
    "F07": Entry(
        module="f07_factors",
        category="Conditions and campaigns",
        shows="Which conditions and facilities go with which outcomes; growth at campaigns.",
        tables=("factors", "factor_values", "campaign_lags"),
        raw=(REGIONS,),
        drawn=(
            CASES_OF_PROVINCES,
            *WEEKLY_CASES,
            RESIDENTS,
            HOSPITALS,
            MOBILITY,
            MEASURES,
            "context/population_province_projection.csv",
            "context/population_dukcapil_2024.csv",
            "context/area.csv",
            "context/kabkota_2021.csv",
            "context/grdp_per_capita.csv",
            "context/province_series.csv",
            "facilities/puskesmas.csv",
            OUTLINES[1],
            REGIONS,
        ),
        choices=("factors",),
        claims=("C4", "C5", "C7"),
        needs=("claims",),
    ),
    "F10": Entry(
        module="f10_dose_response",
        category="Cooperation and growth",
        shows="Growth of cases before and after more cooperation, by lag and by dose.",
        tables=("dose_response", "dose_points", "evidence_dose"),
        drawn=_DOSES,
        claims=("C11",),
        needs=("measures",),
    ),
    "F11": Entry(
        module="f11_specification_curve",
        category="Cooperation and growth",
        shows="Every defensible estimate of cooperation on growth, sorted, with its choices.",
        tables=("specifications", "specification_tests", "dose_response"),
        drawn=(*_DOSES, CASES_OF_PROVINCES),
        claims=("C11",),
        needs=("measures",),
    ),
    "F08": Entry(
        module="f08_event_study",
        category="Effects of restrictions",
        shows="Effects by weeks since a rule, with the weeks before it, and which designs passed.",
        tables=("effect_paths", "effects", "evidence_effects"),
        drawn=_EFFECTS,
        choices=("area", "effects"),
        claims=("C6", "C8"),
        needs=("designs",),
    ),
    "F09": Entry(
        module="f09_synthetic_jakarta",
        category="Effects of restrictions",
        shows="DKI Jakarta beside its synthetic control, with every donor as a placebo.",
        tables=("synthetic_paths", "effects", "effect_checks"),
        raw=(REGIONS,),
        drawn=(CASES_OF_PROVINCES, MOBILITY, REGIMES, REGIONS),
        claims=("C6",),
        needs=("dki",),
    ),
    "F14": Entry(
        module="f14_benchmark",
        category="Other countries",
        shows="Reported deaths, excess deaths and strictness in Indonesia, Taiwan and Brazil.",
        tables=("panel_country",),
        raw=("international/excess_deaths.csv", "policy/oxcgrt_daily.csv"),
        choices=("benchmark",),
        claims=("C10",),
        needs=("claims",),
    ),
    "F06": Entry(
        module="f06_dyads_by_region",
        category="Measures of cooperation",
        shows="Measures of each region by dyad, as shares within the region.",
        tables=("dyads_by_region",),
        raw=(REGIONS,),
        choices=("area",),
        claims=("C3",),
        needs=("measures",),
    ),
    "F15": Entry(
        module="f15_curves",
        category="Epidemic",
        shows="Incidence by region under the regimes in force.",
        tables=("panel_jabodetabek", "panel_province"),
        raw=(REGIMES, REGIONS, *RISK_ZONES),
        drawn=(CASES_OF_PROVINCES, CASES_OF_UNITS, RESIDENTS, REGIMES, REGIONS, *RISK_ZONES),
        choices=("area", "strictness", "figures"),
        claims=(),
        needs=("daily_cases", "regimes"),
    ),
    "F16": Entry(
        module="f16_reproduction",
        category="Epidemic",
        shows="Reproduction number of three provinces beside the values that others published.",
        tables=("rt", "rt_sensitivity", "panel_province", "corrections"),
        raw=("epidemic/published_rt.csv", REGIONS),
        drawn=(
            CASES_OF_PROVINCES,
            "cases/dki_site_daily.csv",
            "epidemic/published_rt.csv",
            REGIONS,
        ),
        choices=("rt", "figures"),
        published=("dispersion",),
        needs=("dki",),
    ),
    "F17": Entry(
        module="f17_ascertainment",
        category="Epidemic",
        shows="Burials, all deaths and antibodies against confirmed cases and deaths of Jakarta.",
        tables=("ascertainment", "severity"),
        raw=(
            "epidemic/dki_2020_daily.csv",
            "epidemic/jakarta_deaths_monthly.csv",
            "epidemic/seroprevalence.csv",
            REGIONS,
        ),
        drawn=(
            CASES_OF_PROVINCES,
            "cases/dki_site_daily.csv",
            "epidemic/dki_2020_daily.csv",
            "epidemic/jakarta_deaths_monthly.csv",
            "epidemic/seroprevalence.csv",
            RESIDENTS,
            REGIONS,
        ),
        choices=("severity", "ascertainment"),
        published=("burials_per_death",),
        needs=("dki",),
    ),
    "F18": Entry(
        module="f18_coverage",
        category="Data",
        shows="Which region has which indicator on which days, with gaps and corrections.",
        tables=("coverage",),
        raw=(REGIONS,),
        drawn=(
            CASES_OF_PROVINCES,
            *WEEKLY_CASES,
            *RISK_ZONES,
            REGIMES,
            MOBILITY,
            "mobility/apple_jakarta_daily.csv",
            "facilities/dki_covid_patients_daily.csv",
            "epidemic/dki_2020_daily.csv",
            REGIONS,
        ),
        registers=True,
    ),
    "T02": Entry(
        module="t02_regimes",
        category="Cooperation between governments",
        shows="Every regime of the deciding regions with its decree and source.",
        raw=(REGIMES, REGIONS),
        choices=("area",),
        claims=("C2",),
        needs=("regimes",),
    ),
    "T03": Entry(
        module="t03_measures",
        category="Measures of cooperation",
        shows="Every measure of cooperation with its dyad, dates, confidence and source.",
        raw=(MEASURES,),
        choices=("start_date_audits",),
        claims=("C3",),
        needs=("measures",),
    ),
    "T05": Entry(
        module="t05_specifications",
        category="Cooperation and growth",
        shows="The specification curve by choice: shares by sign and significance.",
        tables=("specifications", "dose_response"),
        drawn=(*_DOSES, CASES_OF_PROVINCES),
        claims=("C11",),
        needs=("measures",),
    ),
    "T07": Entry(
        module="t07_benchmark",
        category="Other countries",
        shows="Three countries in numbers, and what was found of cooperation and against it.",
        tables=("benchmark", "benchmark_measures"),
        raw=("cooperation/measures_international.csv",),
        drawn=(
            "cooperation/measures_international.csv",
            "international/jhu_daily.csv",
            "international/excess_deaths.csv",
            "policy/oxcgrt_daily.csv",
            CASES_OF_PROVINCES,
            RESIDENTS,
        ),
        claims=("C10",),
        needs=("claims",),
    ),
    "T08": Entry(
        module="t08_claims",
        category="Claims",
        shows="The verdict on every claim, with its number, interval and caveats.",
        tables=("claims",),
        choices=("claims", "decision"),
        needs=("claims",),
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
        raw=(REGIONS,),
        registers=True,
    ),
    "T11": Entry(
        module="t11_missing",
        category="Data",
        shows="Rows of each panel without a count of cases, and why.",
        tables=("missing",),
        drawn=(
            CASES_OF_PROVINCES,
            *WEEKLY_CASES,
            "kelurahan/cases_daily.csv",
            "international/jhu_daily.csv",
        ),
    ),
    "T12": Entry(
        module="t12_agreement",
        category="Measures of cooperation",
        shows="How far the codings of the measures agree, by field and category.",
        tables=("coding_agreement",),
        claims=("C3",),
        needs=("measures",),
    ),
    "T13": Entry(
        module="t13_continuity",
        category="Measures of cooperation",
        shows="How many dyads were active, and on how many days, by quarter.",
        tables=("continuity",),
        claims=("C11",),
        choices=("area", "measures"),
        needs=("measures",),
    ),
}
"""All exhibits, by id."""

FIGURES = tuple(name for name in EXHIBITS if name.startswith("F"))
TABLES = tuple(name for name in EXHIBITS if name.startswith("T"))
