"""The choices of ``config.yaml``: typed, checked, refused with an explanation when wrong.

The models here are the only definition. The JSON schema in ``workflow/schemas`` is written
from them (`json_schema`), and a test fails when the two differ.
"""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from gotong import decisions
from gotong.decisions import Claim, ClaimId, Decision
from gotong.errors import ConfigError
from gotong.text import expectation, unfit_within


def _quoted_date(value: Any) -> Any:
    """Refuse a date that YAML has already turned into something else."""
    if isinstance(value, dt.date):
        raise ValueError("a date must stand in quotes")
    if isinstance(value, str):
        dt.date.fromisoformat(value)
    return value


def _quoted_code(value: Any) -> Any:
    """Refuse a region code that YAML has read as a number."""
    if isinstance(value, int | float):
        raise ValueError("a region code must stand in quotes")
    return value


Day = Annotated[
    str,
    BeforeValidator(_quoted_date),
    Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=['"2020-04-10"'], description="a day, quoted"),
]
Code = Annotated[
    str,
    BeforeValidator(_quoted_code),
    Field(pattern=r"^(\d{2}|\d{4})$", examples=['"3276"'], description="a BPS code, quoted"),
]
Strictness = Annotated[float, Field(ge=0, le=10, examples=["2"])]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Strict):
    """First and last day, both included."""

    start: Day
    """first day"""
    end: Day
    """last day"""

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.start > self.end:
            raise ValueError(f"the first day {self.start} lies after the last day {self.end}")
        return self


class Inputs(_Strict):
    """Where the raw tables come from."""

    mode: Literal["snapshot", "mirror", "download"]
    """snapshot (offline, the default), mirror (a local folder) or download"""
    mirror: Annotated[str, Field(examples=["../shared/upstream"])] = ""
    """folder with the publishers' files, for mode mirror"""
    server: Annotated[
        str,
        Field(
            pattern=r"^(https://[\w.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?$",
            examples=["https://raw.githubusercontent.com"],
        ),
    ] = "https://raw.githubusercontent.com"
    """where the pinned addresses begin, for mode download; https, or this machine"""

    @model_validator(mode="after")
    def _mirror_named(self) -> Inputs:
        if self.mode == "mirror" and not self.mirror:
            raise ValueError("mode mirror needs the folder in inputs.mirror")
        return self


class Decider(_Strict):
    """Regions that follow one decision."""

    name: str
    """name of the group"""
    members: tuple[Code, ...]
    """regions with a regime of their own in the timeline, in the order of the figures"""


class Name(_Strict):
    """A name in both languages."""

    id: Annotated[str, Field(pattern=r"^[^{}<>]+$", examples=["Jabodetabek"])]
    """in Indonesian"""
    en: Annotated[str, Field(pattern=r"^[^{}<>]+$", examples=["Greater Jakarta"])]
    """in English"""


Layer = Literal["primary", "comparison", "wj27"]

HOME = "jabodetabek"
"""Id of the area that the study is about; its results lie in ``results`` itself."""

HOME_NAME = Name(id="Jabodetabek", en="Greater Jakarta")

Holding = Literal[
    "regimes",
    "timeline",
    "daily_cases",
    "measures",
    "patients",
    "outlines",
    "claims",
]
"""What an area may have; the report says what the lack of each leaves out."""

FOR_ANY_AREA = ("regimes", "daily_cases")
"""Those that another area than Jabodetabek may have: rows of tables are enough for them."""


class Area(_Strict):
    """The regions that are looked at."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", examples=["jabodetabek"])]
    """name of the area in file names"""
    name: Name = HOME_NAME
    """what the texts call the area"""
    units: Annotated[tuple[Code, ...], Field(min_length=1)]
    """kabupaten and kota of the area"""
    core: Code
    """the region whose changes the others may follow"""
    deciders: Annotated[tuple[Decider, ...], Field(min_length=1)]
    """who sets the rules"""
    proxies: tuple[Code, ...] = ()
    """provinces shown in the place of units without a case series"""
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, examples=['["primary"]'])] = (
        "primary",
    )
    """layers of policy/regimes.csv that rule the area, the one that counts first first"""
    has: Annotated[tuple[Holding, ...], Field(examples=["[regimes, daily_cases]"])] = get_args(
        Holding
    )
    """what there is of the area in data/raw; exhibits that need more are left out"""
    designs: Annotated[tuple[str, ...] | None, Field(examples=["[first_psbb_westjava]"])] = None
    """designs of the section `effects` that its units take part in; null for all designs"""

    @property
    def is_home(self) -> bool:
        """Whether this is the area that the study is about."""
        return self.id == HOME

    @property
    def holdings(self) -> frozenset[str]:
        """What the area has: what it states, and what follows from its units and deciders."""
        follows = {
            "dki": any(unit.startswith("31") for unit in self.units),
            "westjava": any(unit.startswith("32") for unit in self.units),
            "groups": len(self.deciders) > 1,
            "designs": self.designs is None or len(self.designs) > 0,
        }
        return frozenset({*self.has, *(name for name, holds in follows.items() if holds)})

    @property
    def searched_units(self) -> tuple[str, ...]:
        """Units for which measures of cooperation were searched."""
        return self.units if "measures" in self.has else ()

    @property
    def policy_regions(self) -> tuple[str, ...]:
        """All regions with a regime of their own, in the order of the figures."""
        return tuple(code for decider in self.deciders for code in decider.members)


class Panels(_Strict):
    """First and last day of each joined panel."""

    province: Span
    jabodetabek: Span
    westjava: Span
    java: Span
    """by week, whole weeks from Monday to Sunday"""
    area: Span | None = None
    """of the area, where it is another than Jabodetabek"""

    @property
    def of_area(self) -> Span:
        """Days of the units of the area."""
        return self.area or self.jabodetabek


class StrictnessScale(_Strict):
    """How strict each regime is."""

    regimes: Annotated[dict[str, Strictness | None], Field(examples=['{"PSBB transisi": 2}'])]
    """strictness by regime; null takes it from the PPKM level"""
    levels: dict[Literal["1", "2", "3", "4"], Strictness]
    """strictness by PPKM level"""
    alternatives: dict[str, dict[str, Strictness | None]] = Field(default_factory=dict)
    """other values for some regimes, run beside the main scale"""

    @property
    def span(self) -> float:
        """Distance between the least and the most strict regime of the main scale."""
        values = [value for value in self.regimes.values() if value is not None]
        return max([*values, *self.levels.values()]) - min([*values, *self.levels.values()])

    @model_validator(mode="after")
    def _known_regimes(self) -> StrictnessScale:
        for name, changed in self.alternatives.items():
            unknown = sorted(set(changed) - set(self.regimes))
            if unknown:
                raise ValueError(f"alternative {name!r} names unknown regimes: {unknown}")
        return self


class Measures(_Strict):
    """How measures of cooperation are counted."""

    open_end_days: Annotated[int, Field(ge=14, le=365, strict=True, examples=["30"])]
    """days that a measure without a known end counts as active; 14 or more"""


class MeasureShares(_Strict):
    """Shares of measures that are weighted by the confidence in them."""

    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["9999"])]
    """resamples of the measures"""


class Following(_Strict):
    """Who follows the core region, and phases over which alignment is summed up."""

    window_days: Annotated[int, Field(ge=1, le=90, strict=True, examples=["28"])]
    """most days between a change of the core and that of another"""
    other_windows: tuple[Annotated[int, Field(ge=1, le=90, strict=True)], ...]
    """windows that the days to the nearest change are counted with besides"""
    shifts: Annotated[int, Field(ge=99, le=9999, strict=True, examples=["999"])]
    """arrangements of the timelines by chance that alignment is held against"""
    within_days: Annotated[int, Field(ge=0, le=90, strict=True, examples=["14"])]
    """days within which a change counts as followed"""
    national_from: Day
    """first day on which national instructions set the regimes"""
    aligned_from: Annotated[float, Field(gt=0, le=1, examples=["0.8"])]
    """alignment from which a day counts as aligned"""
    phases: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Span], Field(min_length=1)
    ]
    """first and last day of each phase, by its name in the numbers"""

    @model_validator(mode="after")
    def _share_within_window(self) -> Following:
        if self.within_days > self.window_days:
            raise ValueError(f"within_days {self.within_days} exceeds the window")
        return self


class MeanSd(_Strict):
    """Mean and standard deviation of a gamma distribution."""

    mean: Annotated[float, Field(gt=0, examples=["5.2"])]
    """mean"""
    sd: Annotated[float, Field(gt=0, examples=["2.9"])]
    """standard deviation"""


class SerialInterval(MeanSd):
    """Days between the onset of symptoms in an infector and in the infected."""

    mean: Annotated[float, Field(gt=1, examples=["5.2"])]
    """mean in days; above 1, for the distribution starts a day late"""


class LogNormal(_Strict):
    """Lognormal distribution of a delay."""

    log_mean: Annotated[float, Field(ge=-3, le=5, examples=["1.621"])]
    """mean of the log of the days"""
    log_sd: Annotated[float, Field(gt=0, le=3, examples=["0.418"])]
    """standard deviation of the log of the days"""


class Gamma(_Strict):
    """Gamma distribution of a delay."""

    shape: Annotated[float, Field(gt=0, le=100, examples=["2"])]
    """shape, a pure number"""
    scale: Annotated[float, Field(gt=0, le=100, examples=["3.2"])]
    """scale in days; the mean is shape times scale"""


class Rt(_Strict):
    """Estimation of the reproduction number."""

    regions: tuple[Code, ...]
    """provinces to estimate for"""
    window_days: Annotated[int, Field(ge=1, le=28, strict=True, examples=["7"])]
    """days over which R_t is taken as constant"""
    serial_interval: SerialInterval
    serial_mean_error: Annotated[float, Field(ge=0, lt=1, examples=["0.153"])] = 0.153
    """standard error in days of the mean of the serial interval, for a sensitivity run"""
    prior: MeanSd
    dispersion_days: Annotated[int, Field(ge=46, le=366, strict=True, examples=["91"])]
    """days on either side of the middle of a quarter from which its dispersion is taken"""
    block_days: Annotated[int, Field(ge=1, le=28, strict=True, examples=["7"])]
    """days whose deviations are resampled together"""
    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["1000"])]
    """resamples of the band"""
    incubation: LogNormal
    """days from infection to onset"""
    onset_to_report: Gamma
    """days from onset to report"""


class Blocks(_Strict):
    """What is made in parts that do not depend on each other."""

    regions: Annotated[int, Field(ge=1, le=10_000, strict=True, examples=["2"])]
    """regions that one job takes"""


Factor = Literal[
    "poverty_rate",
    "grdp_per_capita",
    "density",
    "hdi",
    "unemployment_rate",
    "schooling_years",
    "sanitation",
    "beds",
    "referral_beds",
    "puskesmas",
    "load",
]


class Headline(_Strict):
    """Regions on which each outcome is judged: kab/kota within two provinces, or provinces."""

    incidence: Annotated[Literal["within"], Field(examples=["within"])]
    """cases per resident, which no two provinces count alike"""
    cfr: Literal["within", "province"]
    """deaths among confirmed cases"""
    mobility: Annotated[Literal["province"], Field(examples=["province"])]
    """mobility, which is published by province only"""

    def of(self, outcome: str) -> str:
        """Return the regions on which an outcome is judged."""
        return str(getattr(self, outcome))


class Factors(_Strict):
    """Conditions of life against outcomes."""

    until: Day
    """last day of the cases and deaths"""
    second_half: Day
    """first day of the later half"""
    grdp_year: Annotated[int, Field(ge=2010, le=2021, strict=True, examples=["2019"])]
    """year of GRDP and, for provinces, of HDI, poverty and unemployment"""
    mobility: Span
    """days of the mobility response"""
    covered_share: Annotated[float, Field(gt=0, le=1, examples=["0.95"])]
    """least share of a province's residents whose units must have a value for it to have one"""
    load_weeks: Annotated[int, Field(ge=1, le=8, strict=True, examples=["2"])]
    """weeks whose cases, at their most, are set against hospital beds"""
    fewest_units: Annotated[int, Field(ge=4, le=34, strict=True, examples=["5"])]
    """regions below which an association is not estimated"""
    headline: Headline
    claimed_sign: dict[Factor, Literal[-1, 1]]
    """sign of the association with a worse outcome that is claimed"""
    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["9999"])]
    """arrangements that a permutation test draws"""

    @model_validator(mode="after")
    def _two_halves(self) -> Factors:
        if self.second_half >= self.until:
            raise ValueError(f"the later half begins on {self.second_half}, after {self.until}")
        return self

    @field_validator("claimed_sign")
    @classmethod
    def _all_signed(cls, signs: dict[Factor, Literal[-1, 1]]) -> dict[Factor, Literal[-1, 1]]:
        # A factor without a sign would leave the family of tests, and nobody would see it go.
        if missing := [factor for factor in get_args(Factor) if factor not in signs]:
            raise ValueError(f"a sign of every factor, also of {', '.join(missing)}")
        return signs


class Campaigns(_Strict):
    """Campaigns for health protocols against growth."""

    months: Span
    """months in which campaigns may begin"""
    lags: Annotated[tuple[int, ...], Field(min_length=1, examples=["[-1, 0, 1]"])]
    """months from campaign to growth; below 0, growth comes first"""
    growth_days: Annotated[int, Field(ge=14, le=31, strict=True, examples=["28"])]
    """days at the end of a month from which its growth is taken"""
    block_months: Annotated[int, Field(ge=1, le=12, strict=True, examples=["3"])]
    """months that are resampled together"""
    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["1999"])]
    """resamples of the interval"""


class Ascertainment(_Strict):
    """What confirmed cases and deaths leave out."""

    seroconversion_days: Annotated[int, Field(ge=0, le=60, strict=True, examples=["14"])]
    """days before the middle of a survey at which the cases are counted that may show in it"""
    base_years: Annotated[
        tuple[Annotated[int, Field(ge=2010, le=2019, strict=True)], ...],
        Field(min_length=2, max_length=2, examples=["[2018, 2019]"]),
    ]
    """two years before the epidemic, from which deaths of a month are expected"""
    block_weeks: Annotated[int, Field(ge=1, le=12, strict=True, examples=["4"])]
    """weeks that are resampled together"""
    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["1999"])]
    """resamples of the interval"""


class Severity(_Strict):
    """Deaths among confirmed cases."""

    regions: Annotated[tuple[Code, ...], Field(min_length=1)]
    """provinces"""
    delays: Annotated[
        tuple[Annotated[int, Field(ge=0, le=60, strict=True)], ...],
        Field(min_length=1, examples=["[7, 9, 11]"]),
    ]
    """days from report to death"""
    growth_days: Annotated[int, Field(ge=14, le=91, strict=True, examples=["28"])]
    """days of one growth rate"""


class Benchmark(_Strict):
    """Comparison of countries."""

    dates: Annotated[tuple[Day, ...], Field(min_length=1)]
    """days at which deaths so far are compared"""


class Dose(_Strict):
    """Cooperation against growth."""

    lags: Annotated[int, Field(ge=1, le=8, strict=True, examples=["4"])]
    """weeks by which cooperation may precede the growth that it changes"""
    leads: Annotated[int, Field(ge=1, le=4, strict=True, examples=["2"])]
    """weeks by which growth precedes cooperation, where no effect can be"""
    steps: dict[Literal["alignment", "stock", "strictness"], Annotated[float, Field(gt=0)]]
    """how much more of each the effects are stated for"""
    open_end_days: Annotated[tuple[int, ...], Field(min_length=1, examples=["[14, 30, 60]"])]
    """lengths of measures without a known end for which diversity and continuity are shown"""
    confidence_weights: dict[Literal["high", "medium", "low"], Annotated[float, Field(ge=0, le=1)]]
    """how much a measure counts by the confidence in it, where measures are weighted"""
    contrast: Annotated[float, Field(gt=0, lt=1, examples=["0.05"])]
    """least share of variation that must lie between units within weeks"""
    quiet_p: Annotated[float, Field(gt=0, lt=1, examples=["0.10"])]
    """p-value up to which a lead counts as an effect of the future"""


class Estimator(_Strict):
    """One way to estimate a cell of the specification curve."""

    kind: Literal["two_way", "first_differences", "lag_sum"]
    """unit and week effects at one lag; differences at one lag; sum over lags 1 to `lag`"""
    lag: Annotated[int, Field(ge=1, le=8, strict=True, examples=["2"])]
    """weeks between cooperation and outcome"""


class Sample(_Strict):
    """One choice of cases and weeks."""

    smoothing_weeks: Annotated[int, Field(ge=1, le=4, strict=True)] = 1
    """weeks of the moving mean of the counts"""
    flagged: bool = True
    """whether weeks that a correction flags take part"""
    series: Literal["address", "satgas"] = "address"
    """counts of DKI by address, or these scaled to the province's count of the week"""
    weeks: Span | None = None
    """first and last day of the outcome; null for all"""


class Specifications(_Strict):
    """The specification curve: every combination of these choices is a cell."""

    parts: Annotated[int, Field(ge=1, le=64, strict=True, examples=["4"])]
    """parts that are estimated apart; the results do not depend on it"""
    definitions: dict[
        Literal["alignment", "stock", "diversity", "strictness"],
        Annotated[tuple[str, ...], Field(min_length=1)],
    ]
    """definitions of each regressor: mappings of strictness, or which measures count"""
    outcomes: Annotated[tuple[Literal["growth", "log_incidence"], ...], Field(min_length=1)]
    """what is explained"""
    estimators: Annotated[tuple[Estimator, ...], Field(min_length=1)]
    """how"""
    without: Annotated[dict[str, tuple[Code, ...]], Field(min_length=1)]
    """units that are left out, by the name of the choice"""
    samples: Annotated[dict[str, Sample], Field(min_length=1)]
    """cases and weeks, by the name of the choice"""
    draws: Annotated[int, Field(ge=99, le=9999, strict=True, examples=["199"])]
    """arrangements drawn when paths are exchanged between units"""


class Inequality(_Strict):
    """Inequality between regions."""

    grdp_year: Annotated[int, Field(ge=2010, le=2021, strict=True, examples=["2019"])]
    """year of GRDP per head; from 2020 on the denominator is another one"""
    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["999"])]
    """resamples of the regions"""


class HospitalisedShare(_Strict):
    """Share of the cases of the last days who need a bed."""

    low: Annotated[float, Field(gt=0, lt=1, examples=["0.16"])]
    """least share"""
    mid: Annotated[float, Field(gt=0, lt=1, examples=["0.28"])]
    """share of the scenario in front"""
    high: Annotated[float, Field(gt=0, lt=1, examples=["0.40"])]
    """greatest share"""

    @model_validator(mode="after")
    def _in_order(self) -> HospitalisedShare:
        if not self.low < self.mid < self.high:
            raise ValueError(f"low < mid < high, not {self.low}, {self.mid}, {self.high}")
        return self

    @property
    def all(self) -> tuple[float, float, float]:
        """The three shares, least first."""
        return (self.low, self.mid, self.high)


CoreNeed = Literal["residents", "patients", "as_others"]


class Pooling(_Strict):
    """Beds for COVID-19, each region for itself or shared."""

    waves: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Span]
    """days of each wave, by its name in identifiers"""
    hospitalised_share: HospitalisedShare
    stay_days: Annotated[int, Field(ge=1, le=30, strict=True, examples=["10"])]
    """days that a bed is taken from the report of the case"""
    capacity_sources: Annotated[
        tuple[Literal["reported", "planned", "dki_share"], ...], Field(min_length=1)
    ]
    """sources of capacity, that of the scenario in front first"""
    core_need: CoreNeed
    """how the need of the core, DKI Jakarta, is taken in front; the bounds hold the other ways"""
    planned_by: dict[Code, Literal["referral_beds", "beds"]]
    """which beds share a province's planned capacity out to its units, by province"""
    farthest_km: Annotated[float, Field(gt=0, le=500, examples=["60"])]
    """longest way that patients may be sent, as the crow flies"""
    adjacent_gap: Annotated[float, Field(ge=0, lt=0.1, examples=["0.002"])]
    """degrees between two outlines that still count as a common border"""

    @property
    def front(self) -> dict[str, float | str]:
        """The scenario in front: column and value of each assumption but the basis of cases."""
        return {
            "hospitalised_share": self.hospitalised_share.mid,
            "capacity_source": self.capacity_sources[0],
            "core_need": self.core_need,
        }


class PartnerWeights(_Strict):
    """Weights of what makes a good pair; they sum to 1."""

    surplus: Annotated[float, Field(ge=0, le=1, examples=["0.2"])]
    """how much the helper can give"""
    need_met: Annotated[float, Field(ge=0, le=1, examples=["0.4"])]
    """how much of what the helped lacks the helper can meet"""
    distance: Annotated[float, Field(ge=0, le=1, examples=["0.4"])]
    """how near they are"""

    @model_validator(mode="after")
    def _whole(self) -> PartnerWeights:
        total = self.surplus + self.need_met + self.distance
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights sum to {total:g}, not to 1")
        return self


class Partners(_Strict):
    """Matching of regions with more beds than the mean and regions with fewer."""

    weights: PartnerWeights
    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["1999"])]
    """other weights that are drawn, all mixtures equally likely"""


class DateAudit(_Strict):
    """One audit of start dates: each was looked for in a second text."""

    tested: Annotated[int, Field(ge=1, strict=True, examples=["44"])]
    """start dates that a second text could test"""
    wrong: Annotated[int, Field(ge=0, strict=True, examples=["5"])]
    """those of them that were wrong"""
    too_late: Annotated[int, Field(ge=0, strict=True, examples=["2"])]
    """those of the wrong ones that lay after the true date"""

    @model_validator(mode="after")
    def _parts_of_one_another(self) -> DateAudit:
        if not self.too_late <= self.wrong <= self.tested:
            raise ValueError(
                f"too_late <= wrong <= tested, not {self.too_late}, {self.wrong}, {self.tested}"
            )
        return self


class StartDateAudits(_Strict):
    """Audits of the start dates of measures of cooperation, each of dates of its own."""

    first: DateAudit
    second: DateAudit


class PublishedValue(_Strict):
    """A number that others found, and where it stands."""

    value: Annotated[float, Field(gt=0, examples=["3.3"])]
    """the number as published"""
    first_author: Annotated[str, Field(pattern=r"^[^{}<>\[\];=]+$", examples=["Djaafara"])]
    """family name of the first of several authors"""
    year: Annotated[int, Field(ge=2019, le=2100, strict=True, examples=["2021"])]
    """year of publication"""
    title: Annotated[str, Field(min_length=1)]
    """title of the publication"""
    address: Annotated[str, Field(pattern=r"^https://\S+$", examples=["https://doi.org/10.1/x"])]
    """where it can be read"""


class Published(_Strict):
    """Numbers of others that an exhibit shows beside ours."""

    burials_per_death: PublishedValue
    """burials under COVID-19 protocol for each reported death of DKI Jakarta"""
    dispersion: PublishedValue
    """k of the negative binomial number of persons that one case infects"""


class RtFigure(Span):
    """Days of R_t, and those that need a closer look."""

    enlarged: Span
    """days of DKI that are drawn once more, larger"""
    told: Day
    """day of DKI that the caption tells of"""


class Figures(_Strict):
    """What the figures show."""

    curves: Span
    rt: RtFigure
    dpi: Annotated[int, Field(ge=72, le=600, strict=True, examples=["300"])]
    """dots per inch of the PNG files"""


class UncomparedDesign(_Strict):
    """A change that came to all at once: it is listed, so that its absence is seen."""

    eases: bool = False
    """whether rules are eased (claim C8), or imposed (claim C6)"""


class StaggeredDesign(_Strict):
    """Regions that come under a rule at different times."""

    eases: bool = False
    """whether the rule eases another (claim C8), or restricts (claim C6)"""
    weeks: Span
    """days whose whole weeks are used"""
    mobility_weeks: Span | None = None
    """the same for mobility, whose series begins earlier; null where mobility is not tested"""
    provinces: tuple[Code, ...] = ()
    """provinces whose kab/kota take part; none where the regions are provinces"""
    control: Literal["never", "not_yet"]
    """compared with regions that never come under the rule, or that have not yet"""
    leads: Annotated[int, Field(ge=2, le=26, strict=True, examples=["8"])]
    """weeks before the rule that are tested"""
    placebo_weeks: Annotated[tuple[int, ...], Field(min_length=1, examples=["[4, 8]"])]
    """weeks by which the rule is pretended to have come earlier"""
    left_out: dict[Code, str] = Field(default_factory=dict)
    """regions left out, and why"""
    leave_out_flagged: bool = False
    """whether regions with a flagged week are left out"""
    assigned_by: Literal["units", "deciders"]
    """whether each region got its date by itself, or whole groups by one decision"""
    prior_weeks: Annotated[int, Field(ge=0, le=12, strict=True, examples=["4"])] = 0
    """weeks before the first rule whose incidence is compared; 0 where it is not"""


class SyntheticDesign(_Strict):
    """A change in one province against a mix of others."""

    eases: bool = False
    """whether rules are eased (claim C8), or imposed (claim C6)"""
    before: Span
    """days on which the mix is found, all under one rule"""
    after: Span
    """days on which the effect is read"""
    left_out: dict[Code, str] = Field(default_factory=dict)
    """provinces that are no donors, and why"""
    without_psbb: bool
    """whether only provinces that never had PSBB are donors"""
    placebo_days: Annotated[int, Field(ge=7, le=84, multiple_of=7, strict=True, examples=["28"])]
    """days by which the change is pretended to have come earlier"""
    doubtful: Span | None = None
    """days on which the donors' own figures are doubtful: the effect without them is shown"""


Mobility = Literal[
    "workplaces", "retail_and_recreation", "transit_stations", "residential", "parks"
]
Weeks = tuple[int, int]
Base = Literal["mean", "last"]


class CountedWeeks(_Strict):
    """First and last week since a rule whose effects are averaged; the week itself is 0."""

    cases: Annotated[Weeks, Field(examples=["[1, 3]"])]
    """for cases"""
    mobility: Annotated[Weeks, Field(examples=["[0, 3]"])]
    """for mobility"""


class Bases(_Strict):
    """What the weeks after a rule are compared with: mean of all weeks before, or the last."""

    growth: Base
    """growth of cases"""
    level: Base
    """log of cases"""
    mobility: Base
    """mobility"""


class Effects(_Strict):
    """Effects of restrictions and of their easing."""

    log_offset: Annotated[float, Field(gt=0, examples=["1"])]
    """c in log(weekly cases + c)"""
    other_offsets: tuple[Annotated[float, Field(gt=0)], ...]
    """values of c that are run beside it"""
    majority_days: Annotated[int, Field(ge=1, le=7, strict=True, examples=["4"])]
    """days of a week that make it a week under a rule, and a mean of mobility one of the week"""
    counted_weeks: CountedWeeks
    base: Bases
    mobility: tuple[Mobility, ...]
    """places of Google's reports that are tested"""
    quiet_p: Annotated[float, Field(gt=0, lt=1, examples=["0.10"])]
    """a check is failed at this p or below"""
    fewest_controls: Annotated[int, Field(ge=2, le=34, strict=True, examples=["5"])]
    """regions that a comparison needs"""
    largest_misfit: Annotated[float, Field(gt=0, le=1, examples=["0.5"])]
    """error of a synthetic province before the change over the spread of the true one"""
    least_weekly_cases: Annotated[float, Field(ge=0, examples=["100"])]
    """mean weekly cases before the change that make a province a donor for cases"""
    draws: Annotated[int, Field(ge=99, le=99_999, strict=True, examples=["4999"])]
    """arrangements that are drawn where they are too many to list"""
    staggered: dict[str, StaggeredDesign]
    """designs with regions that follow at different times"""
    synthetic: dict[str, SyntheticDesign]
    """designs with DKI Jakarta alone"""
    without_comparison: dict[str, UncomparedDesign] = Field(default_factory=dict)
    """changes that nothing can be compared with"""

    @property
    def easings(self) -> frozenset[str]:
        """Designs in which rules are eased."""
        every: dict[str, StaggeredDesign | SyntheticDesign | UncomparedDesign] = {
            **self.staggered,
            **self.synthetic,
            **self.without_comparison,
        }
        return frozenset(name for name, design in every.items() if design.eases)


class Config(_Strict):
    """All choices of the analysis."""

    inputs: Inputs
    area: Area
    panels: Panels
    strictness: StrictnessScale
    measures: Measures
    measure_shares: MeasureShares
    following: Following
    rt: Rt
    blocks: Blocks
    factors: Factors
    campaigns: Campaigns
    ascertainment: Ascertainment
    severity: Severity
    benchmark: Benchmark
    inequality: Inequality
    pooling: Pooling
    partners: Partners
    dose: Dose
    specifications: Specifications
    effects: Effects
    start_date_audits: StartDateAudits
    published: Published
    figures: Figures
    decision: Decision
    claims: dict[ClaimId, Claim]


# The parser in C, where PyYAML has one, takes a tenth of the time.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StrictLoader(_SafeLoader):  # type: ignore[misc]
    """Safe YAML that refuses what YAML lets pass in silence: a key twice, and aliases.

    A few lines of aliases of aliases stand for more values than a machine can hold.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Return the value of a node, which must stand there in full: an alias comes twice."""
        if node in self.constructed_objects or node in self.recursive_objects:
            raise yaml.composer.ComposerError(
                None, None, "an alias of other values", node.start_mark
            )
        return super().construct_object(node, deep)


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    values: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in values:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} stands twice", key_node.start_mark
            )
        values[key] = loader.construct_object(value_node, deep=True)
    return values


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse_yaml(text: str, file: str) -> dict[str, Any]:
    """Return a YAML mapping.

    Raises
    ------
    ConfigError
        Not YAML, a key twice, an alias, or not a mapping; line and column are named.
    """
    try:
        loaded = yaml.load(text, Loader=StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(file, place, "YAML with every key once", str(error.problem)) from None
    except yaml.YAMLError as error:
        # What the reader itself refuses, such as a control character, has no mark.
        raise ConfigError(file, "", "YAML", " ".join(str(error).split())) from None
    if not isinstance(loaded, dict):
        raise ConfigError(file, "", "keys and values", type(loaded).__name__, "inputs: ...")
    return loaded


def validate(choices: Mapping[str, Any], file: str = "config.yaml") -> Config:
    """Return the choices as typed models.

    Parameters
    ----------
    choices : mapping
        As read from YAML.
    file : str
        For the message.

    Raises
    ------
    ConfigError
        An unknown key, an unquoted date or code, a wrong type, a value out of range or a text
        that `gotong.text` does not let pass, with the key's path, what was expected and an
        example.
    """
    for place, unfit in unfit_within(choices):
        raise ConfigError(file, place, expectation(unfit), _shown(unfit))
    try:
        return Config.model_validate(choices)
    except ValidationError as error:
        first = error.errors()[0]
        path = tuple(part for part in first["loc"] if part != "[key]")
        key = ".".join(str(part) for part in path)
        raise ConfigError(file, key, _expected(first), _found(first), _example(path)) from None


def _expected(problem: Mapping[str, Any]) -> str:
    """Say what a failed validation wanted."""
    if problem["type"] == "extra_forbidden":
        return "no such key"
    if problem["type"] == "missing":
        return "this key"
    return str(problem["msg"]).removeprefix("Value error, ")


def _found(problem: Mapping[str, Any]) -> str:
    """Say what stood there, in one short line."""
    if problem["type"] == "missing":
        return "nothing"
    return _shown(problem["input"])


def _shown(value: object) -> str:
    """Return a value in one short line."""
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _example(path: tuple[Any, ...]) -> str:
    """Return a line of configuration that would be right, from the schema's examples."""
    schema = Config.model_json_schema()
    node: Mapping[str, Any] = schema
    for part in path:
        node = _resolved(node, schema)
        if "properties" in node and part in node["properties"]:
            node = node["properties"][part]
        elif isinstance(part, int) and "items" in node:
            node = node["items"]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]
        else:
            known = ", ".join(node.get("properties", {}))
            return f"one of: {known}" if known else ""
    node = _resolved(node, schema)
    examples = node.get("examples") or node.get("enum")
    return f"{path[-1]}: {examples[0]}" if examples and path else ""


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a schema reference."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def read_config(*paths: str | Path) -> Config:
    """Read and check a configuration file, and files whose keys go before those of it.

    Raises
    ------
    ConfigError
        See `parse_yaml`, `check_whole_area` and `validate`.
    """
    choices: dict[str, Any] = {}
    for path in paths:
        choices = merged(choices, read_choices(path))
    return validate(choices, ", ".join(map(str, paths)))


def read_choices(path: str | Path) -> dict[str, Any]:
    """Read a configuration file, or one that goes over another, as plain values.

    Raises
    ------
    ConfigError
        See `parse_yaml` and `check_whole_area`.
    """
    given = parse_yaml(Path(path).read_text(encoding="utf-8"), str(path))
    check_whole_area(given, str(path))
    return given


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return choices with those of another file put over them, as Snakemake does.

    Mappings are merged key by key; lists and single values are replaced.
    """
    both = dict(under)
    for key, value in over.items():
        below = both.get(key)
        if isinstance(value, Mapping):
            both[key] = merged(below if isinstance(below, Mapping) else {}, value)
        else:
            both[key] = value
    return both


def check_whole_area(choices: Mapping[str, Any], file: str) -> None:
    """Refuse a file that states a part of an area only: the rest would be that of Jabodetabek.

    Raises
    ------
    ConfigError
        A key of the section ``area`` that the file leaves out, or something in ``has`` that only
        Jabodetabek has.
    """
    area = choices.get("area")
    if not isinstance(area, Mapping):
        return
    for name in Area.model_fields:
        if name not in area:
            example = _example(("area", name))
            raise ConfigError(file, f"area.{name}", "every key of the area", "nothing", example)
    beyond = [
        word for word in get_args(Holding) if word not in FOR_ANY_AREA and word in area["has"]
    ]
    if beyond and area["id"] != HOME:
        allowed = f"of {', '.join(FOR_ANY_AREA)}: the others are of Jabodetabek only"
        raise ConfigError(file, "area.has", allowed, ", ".join(beyond), "see docs/new-area.md")


def json_schema() -> str:
    """Return the JSON schema of ``config.yaml``, as ``workflow/schemas`` holds it."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= Config.model_json_schema()
    # Pydantic can do the same at every import (use_attribute_docstrings), and slowly.
    said = _attribute_docstrings(Path(__file__)) | _attribute_docstrings(Path(decisions.__file__))
    models = vars(decisions) | globals()
    for name, part in {**schema["$defs"], "Config": schema}.items():
        for model in models[name].__mro__:
            for field, text in said.get(model.__name__, {}).items():
                part["properties"][field].setdefault("description", text)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _attribute_docstrings(path: Path) -> dict[str, dict[str, str]]:
    """Return what a module says of the attributes of its classes, below each of them."""
    described: dict[str, dict[str, str]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            for statement, after in pairwise(node.body):
                match statement, after:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(text))),
                    ):
                        described.setdefault(node.name, {})[name] = inspect.cleandoc(text)
    return described


def area_schema() -> str:
    """Return the JSON schema of the files of ``workflow/areas``, which hold what differs.

    Nothing is required but the whole of the area; all else is that of ``config.yaml``.
    """
    schema = json.loads(json_schema())
    for part in (schema, *schema["$defs"].values()):
        part.pop("required", None)
    schema["required"] = ["area"]
    schema["$defs"]["Area"]["required"] = list(Area.model_fields)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
