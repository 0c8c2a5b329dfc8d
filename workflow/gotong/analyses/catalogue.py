"""The list of made tables: what makes each, and from what.

Snakemake reads this when it works out what to do, so nothing here imports pandas.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath


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
    needs : tuple of str
        What an area must have for it (`gotong.areas`); another goes without.
    """

    module: str
    shows: str
    raw: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    function: str = "make"
    needs: tuple[str, ...] = ()


REGIONS = "geography/regions.csv"
REGIMES = "policy/regimes.csv"
MEASURES = "cooperation/measures.csv"
CODINGS = "cooperation/codings.csv"
MOVEMENT = "mobility/movement_java.csv"
POPULATION = "context/population_sp2020.csv"
HOSPITALS = "facilities/hospitals.csv"
OUTLINES = "geography/boundaries_jabodetabek.geojson"

_JOINED = (REGIMES, MEASURES, HOSPITALS, POPULATION, REGIONS)
"""What every panel joins to its cases."""

_PANEL_CHOICES = ("area", "panels", "strictness", "measures")

_EFFECTS_RAW = (REGIMES, "policy/ppkm_january_2021.csv", "mobility/google_daily.csv")

_EFFECTS: dict[str, Analysis] = {
    name: Analysis(
        module="effects",
        function=function,
        shows=shows,
        raw=_EFFECTS_RAW,
        made=("panel_java", "panel_province"),
        choices=("effects",),
    )
    for name, function, shows in (
        ("effects", "make", "Effects of restrictions and of their easing, by every estimator."),
        ("effect_checks", "checks", "What each design had to pass, and whether it did."),
        ("effect_paths", "paths", "Effects by weeks since adoption."),
        ("synthetic_paths", "synthetic", "DKI Jakarta and its synthetic control by day."),
    )
} | {
    "evidence_effects": Analysis(
        module="effect_evidence",
        shows="Main effects of restrictions and their easing as evidence on C6 and C8.",
        made=("effects", "effect_checks"),
        choices=("effects",),
    )
}
"""Effects of restrictions and of their easing."""

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
        needs=("westjava",),
    ),
    "panel_jabodetabek": Analysis(
        module="panels",
        function="jabodetabek",
        shows="The units of Greater Jakarta by day.",
        raw=("cases/westjava_daily.csv", *_JOINED),
        made=("corrections",),
        choices=_PANEL_CHOICES,
    ),
    "panel_area": Analysis(
        module="panels",
        function="area",
        shows="The units of another area than Greater Jakarta by day.",
        raw=("cases/westjava_daily.csv", *_JOINED),
        made=("corrections",),
        choices=_PANEL_CHOICES,
    ),
    "panel_java": Analysis(
        module="panels",
        function="java",
        shows="Kab/kota of Jawa Barat, Jawa Tengah and the area by week.",
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
        needs=("dki",),
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
        needs=("claims",),
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
    "following": Analysis(
        module="following",
        shows="Days from each change of DKI's regime to the nearest of each other region.",
        raw=(REGIMES,),
        choices=("area", "panels", "strictness", "following"),
    ),
    "following_tests": Analysis(
        module="following",
        function="tests",
        shows="How close in time others changed their regime, and how close by chance.",
        raw=(REGIMES,),
        choices=("area", "panels", "strictness", "following"),
    ),
    "following_windows": Analysis(
        module="following",
        function="windows",
        shows="How close in time others changed their regime, by the window looked at.",
        raw=(REGIMES,),
        choices=("area", "panels", "strictness", "following"),
    ),
    "alignment_chance": Analysis(
        module="following",
        function="alignment_chance",
        shows="Mean alignment, and how high it is when timelines are moved by lot.",
        raw=(REGIMES, MOVEMENT),
        choices=("area", "panels", "strictness", "following"),
        needs=("timeline",),
    ),
    "alignment_summary": Analysis(
        module="following",
        function="alignment_summary",
        shows="Mean alignment and strictness by phase.",
        raw=(REGIMES,),
        made=("alignment",),
        choices=("area", "panels", "strictness", "following"),
    ),
    "measure_shares": Analysis(
        module="measure_shares",
        shows="Shares of measures that cross borders and that are of residents.",
        raw=(MEASURES, CODINGS),
        choices=("dose", "measure_shares"),
    ),
    "dyads_by_region": Analysis(
        module="measure_shares",
        function="by_region",
        shows="Measures of each region by dyad, as shares within the region.",
        raw=(MEASURES,),
        choices=("area",),
    ),
    "community_measures": Analysis(
        module="measure_shares",
        function="community",
        shows="Measures of residents and community groups by unit.",
        raw=(MEASURES,),
    ),
    "coding_agreement": Analysis(
        module="coding_agreement",
        shows="Agreement of the codings of the measures.",
        raw=(CODINGS,),
    ),
    "evidence_cooperation": Analysis(
        module="cooperation_evidence",
        shows="Numbers on cooperation of governments and of residents.",
        made=(
            "following_tests",
            "following_windows",
            "alignment_chance",
            "alignment_summary",
            "measure_shares",
            "community_measures",
            "coding_agreement",
        ),
        choices=("area", "panels", "measures", "following"),
    ),
    "factor_values": Analysis(
        module="factor_values",
        shows="Living conditions, facilities and outcomes of kab/kota and provinces.",
        raw=(
            POPULATION,
            "context/population_province_projection.csv",
            "context/population_dukcapil_2024.csv",
            "context/area.csv",
            "context/kabkota_2021.csv",
            "context/grdp_per_capita.csv",
            "context/province_series.csv",
            "facilities/puskesmas.csv",
            "mobility/google_daily.csv",
            "cases/westjava_daily.csv",
            "cases/centraljava_weekly.csv",
            "kelurahan/cases_monthly.csv",
            "kelurahan/kelurahan.csv",
        ),
        made=("panel_province", "panel_java"),
        choices=("factors",),
    ),
    "factor_checks": Analysis(
        module="factors",
        function="checks",
        shows="What associations become when what could undo them is changed.",
        made=("factor_values",),
        choices=("factors",),
    ),
    "factors": Analysis(
        module="factors",
        shows="Rank correlations of conditions of life with outcomes.",
        raw=("context/population_sp2020.csv", "geography/boundaries_kabkota.geojson"),
        made=("factor_values", "factor_checks"),
        choices=("factors",),
    ),
    "campaigns": Analysis(
        module="campaigns",
        shows="Growth in DKI Jakarta and campaigns for health protocols by month.",
        raw=(MEASURES, "policy/oxcgrt_daily.csv"),
        made=("panel_province",),
        choices=("campaigns",),
    ),
    "campaign_lags": Analysis(
        module="campaigns",
        function="lags",
        shows="Growth some months after campaigns less growth after other months.",
        made=("campaigns",),
        choices=("campaigns",),
    ),
    "benchmark": Analysis(
        module="benchmark",
        shows="Deaths, excess deaths and strictness of rules of three countries.",
        raw=("international/excess_deaths.csv", "policy/oxcgrt_daily.csv"),
        made=("panel_country", "panel_province"),
        choices=("benchmark",),
    ),
    "benchmark_measures": Analysis(
        module="benchmark",
        function="measures",
        shows="Coded rows of Taiwan and Brazil by dyad, and those against the claim.",
        raw=("cooperation/measures_international.csv",),
    ),
    "ascertainment": Analysis(
        module="ascertainment",
        shows="What confirmed cases and deaths of DKI Jakarta leave out.",
        raw=(
            "epidemic/dki_2020_daily.csv",
            "epidemic/jakarta_deaths_monthly.csv",
            "epidemic/seroprevalence.csv",
            "cases/dki_site_daily.csv",
            POPULATION,
        ),
        choices=("ascertainment",),
    ),
    "severity": Analysis(
        module="severity",
        shows="Deaths among confirmed cases and the steepest growth by half-year.",
        made=("panel_province",),
        choices=("severity",),
    ),
    "weekly_growth": Analysis(
        module="weekly_growth",
        shows="Growth from week to week of the kab/kota of Java, with intervals.",
        made=("panel_java",),
    ),
    "evidence_outcomes": Analysis(
        module="outcome_evidence",
        shows="Numbers that bear on conditions, facilities, education and other countries.",
        made=(
            "factors",
            "campaigns",
            "campaign_lags",
            "benchmark",
            "benchmark_measures",
            "ascertainment",
        ),
        choices=("benchmark",),
    ),
    "cooperation_weekly": Analysis(
        module="cooperation_weekly",
        shows="Alignment, active measures, diversity and strictness by unit and week.",
        raw=(REGIMES, MEASURES),
        made=("alignment",),
        choices=("area", "panels", "strictness", "measures", "dose"),
    ),
    "continuity": Analysis(
        module="cooperation_weekly",
        function="continuity",
        shows="Dyads active and days with an active measure, by area and quarter.",
        raw=(MEASURES,),
        choices=("area", "panels", "dose"),
    ),
    "dose_response": Analysis(
        module="dose_response",
        shows="Growth on cooperation of the weeks before and after, and their sum.",
        made=("panel_java", "cooperation_weekly"),
        choices=("area", "dose"),
    ),
    "dose_contrast": Analysis(
        module="dose_response",
        function="contrast",
        shows="What unit and week effects leave of each regressor.",
        made=("panel_java", "cooperation_weekly"),
        choices=("area", "dose"),
    ),
    "dose_points": Analysis(
        module="dose_response",
        function="points",
        shows="Growth and cooperation of the weeks before, without unit and week effects.",
        made=("panel_java", "cooperation_weekly"),
        choices=("area", "dose"),
    ),
    "evidence_dose": Analysis(
        module="dose_evidence",
        shows="Numbers on cooperation against growth, its breadth and duration.",
        made=(
            "continuity",
            "dose_response",
            "dose_contrast",
            "specifications",
            "specification_tests",
        ),
        choices=("area", "measures", "dose"),
    ),
    "inequality_values": Analysis(
        module="inequality_tables",
        function="values",
        shows="What kab/kota have per head, by indicator and variant.",
        raw=(
            POPULATION,
            "context/population_dukcapil_2024.csv",
            HOSPITALS,
            "facilities/hospital_register.csv",
            "facilities/java_beds.csv",
            "facilities/puskesmas.csv",
            "context/grdp_per_capita.csv",
            "context/kabkota_2021.csv",
        ),
        made=("corrections",),
        choices=("inequality",),
    ),
    "inequality": Analysis(
        module="inequality_tables",
        shows="Gini and Theil between regions, and the parts between and within groups.",
        made=("inequality_values",),
        choices=("area", "inequality"),
    ),
    "rank_agreement": Analysis(
        module="inequality_tables",
        function="rank_agreement",
        shows="How far indicators put regions in the same order.",
        made=("inequality_values",),
        choices=("area",),
    ),
    "non_resident_observed": Analysis(
        module="pooling",
        function="non_resident",
        shows="Patients in a region's COVID-19 beds who lived elsewhere, as reported.",
        raw=("facilities/dki_covid_patients_daily.csv", "epidemic/facts.csv", MEASURES),
    ),
    "beds_needed": Analysis(
        module="pooling",
        function="need",
        shows="Beds for COVID-19 that residents needed, by region and day.",
        raw=("facilities/dki_covid_patients_daily.csv", MEASURES, POPULATION),
        made=("panel_jabodetabek", "panel_province"),
        choices=("area", "pooling"),
    ),
    "covid_beds": Analysis(
        module="pooling",
        function="capacity",
        shows="Beds for COVID-19 by source, region and day.",
        raw=("epidemic/facts.csv", MEASURES, HOSPITALS, "facilities/covid_capacity.csv"),
        choices=("area", "pooling"),
    ),
    "bed_flows": Analysis(
        module="pooling",
        function="flows",
        shows="Where patients are treated, by scenario, way of exchange and day.",
        raw=(OUTLINES, POPULATION),
        made=("beds_needed", "covid_beds"),
        choices=("area", "pooling"),
    ),
    "pooling_daily": Analysis(
        module="pooling",
        function="daily",
        shows="Need of beds, unmet need and journeys by scenario and day.",
        raw=(HOSPITALS, POPULATION),
        made=("beds_needed", "bed_flows"),
    ),
    "pooling": Analysis(
        module="pooling",
        shows="Need of beds, unmet need and what sharing changes, by wave and scenario.",
        made=("pooling_daily",),
        choices=("pooling",),
    ),
    "non_resident_modelled": Analysis(
        module="pooling",
        function="compared",
        shows="Share of patients from elsewhere in the model, on the days it was reported.",
        made=("non_resident_observed", "bed_flows"),
    ),
    "partners": Analysis(
        module="partnering",
        shows="Units with more beds than the mean beside those with fewer, and the best pairs.",
        raw=(OUTLINES, POPULATION),
        made=("inequality_values",),
        choices=("area", "pooling", "partners"),
    ),
    "evidence_inequality": Analysis(
        module="inequality_evidence",
        shows="Numbers on inequality, beds, pooled capacity and partners.",
        raw=(MEASURES,),
        made=(
            "inequality_values",
            "inequality",
            "rank_agreement",
            "beds_needed",
            "pooling",
            "non_resident_observed",
            "partners",
        ),
        choices=("area", "pooling"),
    ),
    **_EFFECTS,
}
"""All made tables but ``corrections``, by name; the order is that of making."""

EVIDENCE = tuple(name for name in ANALYSES if name.startswith("evidence_"))
"""Tables of numbers that bear on a claim: whatever an analysis hands to the ledger."""

BEHIND_CLAIMS = (
    "alignment_chance",
    "alignment_summary",
    "ascertainment",
    "benchmark",
    "benchmark_measures",
    "campaign_lags",
    "campaigns",
    "coding_agreement",
    "community_measures",
    "continuity",
    "cooperation/measures.csv",
    "dose_response",
    "effect_checks",
    "effects",
    "epidemic/facts.csv",
    "factor_values",
    "factors",
    "following_tests",
    "following_windows",
    "inequality",
    "inequality_values",
    "measure_shares",
    "non_resident_observed",
    "partners",
    "pooling",
    "rank_agreement",
    "specification_tests",
    "specifications",
)
"""Tables that the numbers of the evidence are worked out from; their rows are published."""


def file_of_rows(table: str) -> str:
    """Return the name of the file with the rows of a table that stand behind the evidence."""
    return f"{PurePosixPath(table).stem}.csv"


ANALYSES["votes"] = Analysis(
    module="ledger",
    function="votes",
    shows="Every number that bears on a claim, the criterion applied to it, and its vote.",
    made=EVIDENCE,
    choices=("claims", "decision"),
)
ANALYSES["claims"] = Analysis(
    module="ledger",
    shows="The verdict on each claim.",
    made=("votes",),
    choices=("claims", "decision"),
)


BY_REGION: dict[str, Analysis] = {
    "rt_sensitivity": Analysis(
        module="reproduction",
        function="sensitivity",
        shows="R_t with wider intervals, by day of infection, and of DKI's second series.",
        raw=("cases/dki_site_daily.csv",),
        made=("panel_province",),
        choices=("rt",),
    ),
}
"""Made tables whose function makes some regions as well as all: made in blocks of regions."""

GATHERED: dict[str, Analysis] = BY_REGION | {
    name: Analysis(
        module="specifications",
        function="gather",
        shows=shows,
        made=("panel_java", "panel_province", "cooperation_weekly"),
        choices=("area", "specifications"),
    )
    for name, shows in (
        (
            "specifications",
            "The specification curve: one estimate for each combination of choices.",
        ),
        ("specification_tests", "Joint tests of the specification curve."),
    )
}
"""Made tables that are estimated in parts and gathered by rules of their own."""


def raw_behind(raw: Iterable[str], made: Iterable[str]) -> tuple[str, ...]:
    """Return all raw tables behind some raw and made tables, sorted."""
    found = set(raw)
    for name in made:
        # `corrections` speaks of the tables that its reader joins anyway.
        if entry := ANALYSES.get(name) or GATHERED.get(name):
            found.update(raw_behind(entry.raw, entry.made))
    return tuple(sorted(found))
