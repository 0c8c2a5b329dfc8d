"""What conditions of life, facilities, campaigns and other countries say of the claims.

Nothing is estimated here: rows of other made tables are handed to the ledger, each with the
checks that it failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses import benchmark
from gotong.analyses.factors import FACILITIES
from gotong.config import Benchmark
from gotong.contracts.columns import dtypes
from gotong.contracts.evidence import evidence
from gotong.evidence_rows import ANY, FURTHER, first_of, rows_where
from gotong.i18n import N_, with_facts
from gotong.intervals import bounds

Tables = Mapping[str, pd.DataFrame]
Row = dict[str, Any]

CORRELATION = N_("rank correlation")
RATIO = N_("ratio")
SHARE = N_("share")
PER_DAY = N_("per day")

TOGETHER = N_("95% for all headline associations together (Bonferroni); p by Holm")
BLOCKS = N_("95%, blocks of months resampled")
APART = N_("95%, errors of two months taken as independent")
SOURCES = N_("bounds over two sources, which differ in residents, not in deaths; Indonesia has one")
ONE_SOURCE = N_("one source on this day")
WILSON = N_("95%, Wilson, as if rows were drawn at random")
SCALED = N_("95% of the burials of DKI Jakarta alone")
NO_INTERVAL = N_("none published")

LABELS: Final = {
    "poverty_rate_incidence": N_("Poverty and reported cases per resident"),
    "grdp_per_capita_incidence": N_("GRDP per head and reported cases per resident"),
    "density_incidence": N_("Density and reported cases per resident"),
    "hdi_incidence": N_("HDI and reported cases per resident"),
    "unemployment_rate_incidence": N_("Unemployment and reported cases per resident"),
    "schooling_years_incidence": N_("Years of schooling and reported cases per resident"),
    "sanitation_incidence": N_("Adequate sanitation and reported cases per resident"),
    "poverty_rate_cfr": N_("Poverty and deaths among confirmed cases"),
    "grdp_per_capita_cfr": N_("GRDP per head and deaths among confirmed cases"),
    "density_cfr": N_("Density and deaths among confirmed cases"),
    "hdi_cfr": N_("HDI and deaths among confirmed cases"),
    "unemployment_rate_cfr": N_("Unemployment and deaths among confirmed cases"),
    "schooling_years_cfr": N_("Years of schooling and deaths among confirmed cases"),
    "sanitation_cfr": N_("Adequate sanitation and deaths among confirmed cases"),
    "poverty_rate_mobility": N_("Poverty and mobility in the first month of PSBB"),
    "grdp_per_capita_mobility": N_("GRDP per head and mobility in the first month of PSBB"),
    "density_mobility": N_("Density and mobility in the first month of PSBB"),
    "hdi_mobility": N_("HDI and mobility in the first month of PSBB"),
    "unemployment_rate_mobility": N_("Unemployment and mobility in the first month of PSBB"),
    "schooling_years_mobility": N_("Years of schooling and mobility in the first month of PSBB"),
    "sanitation_mobility": N_("Adequate sanitation and mobility in the first month of PSBB"),
    "beds_cfr": N_("Hospital beds per head and deaths among confirmed cases"),
    "referral_beds_cfr": N_("Referral beds per head and deaths among confirmed cases"),
    "puskesmas_cfr": N_("Puskesmas per head and deaths among confirmed cases"),
    "load_cfr": N_("Cases of the worst weeks per hospital bed and deaths among confirmed cases"),
}
CAVEATS: Final = {
    "incidence": N_(
        "An association between kab/kota, ranked within Jawa Barat and within Jawa Tengah; no "
        "cause. Cases count tests, which are not public by kab/kota: hospital beds stand in for "
        "them. Interval and p allow for neighbours that are alike."
    ),
    "cfr": N_(
        "An association between provinces; no cause. Deaths over cases to the same day, the delay "
        "between the two ignored; where fewer were tested the share is higher. Interval and p "
        "allow for neighbours that are alike."
    ),
    "mobility": N_(
        "An association between provinces; no cause. Phones of Google users only, on the days of "
        "the first PSBB, partly Ramadan; most provinces had no PSBB. Interval and p allow for "
        "neighbours that are alike."
    ),
}

AFTER = N_(
    "Growth in DKI Jakarta after months with a campaign, less that after other months (lag in "
    "months: {months})"
)
BEFORE = N_(
    "Growth in DKI Jakarta before months with a campaign, less that before other months (lead in "
    "months: {months})"
)
DURING = N_("Growth in DKI Jakarta in months with a campaign, less that in other months")
MASK_RULE = N_("Growth in DKI Jakarta after the month of the mask rule, less that before")
CAMPAIGN_CAVEAT = N_(
    "Campaigns reached all of the city or the country at once, were begun by people who watched "
    "the cases, and have dates good to a month. Without regions or weeks left out there is no "
    "comparison."
)
MASK_CAVEAT = N_(
    "The rule held in the whole country and came within the days in which PSBB began; what each "
    "did cannot be told apart."
)
INFORMATION = N_("Months in which public information was at its highest grade (OxCGRT H1)")
INFORMATION_CAVEAT = N_("An indicator that never changes cannot go with what does.")

DEATHS_OF: Final = {
    "TWN": N_("Reported deaths per million, Taiwan over Indonesia, up to {day}"),
    "BRA": N_("Reported deaths per million, Brazil over Indonesia, up to {day}"),
}
DEATHS_OVER_DKI: Final = {
    "TWN": N_("Reported deaths per million, Taiwan over DKI Jakarta, up to {day}"),
    "BRA": N_("Reported deaths per million, Brazil over DKI Jakarta, up to {day}"),
}
OVER_DKI_CAVEAT = N_(
    "DKI Jakarta reported more deaths per resident than the rest of Indonesia; its series ends "
    "before the later days. Not what the rule asks for."
)
DEATHS_CAVEAT = N_(
    "Deaths as reported, which Indonesia perhaps counted least completely. The answer depends on "
    "the day: most deaths of Taiwan came in 2022."
)
SCALED_OF: Final = {
    "TWN": N_(
        "Deaths per million, Taiwan over Indonesia raised as Jakarta's burials suggest, up to {day}"
    ),
    "BRA": N_(
        "Deaths per million, Brazil over Indonesia raised as Jakarta's burials suggest, up to {day}"
    ),
}
SCALED_CAVEAT = N_(
    "What Jakarta left out in 2020 need not be what Indonesia left out later; an illustration."
)
EXCESS_OF: Final = {
    "TWN": N_("Excess deaths of Taiwan per 100,000, up to {day}"),
    "BRA": N_("Excess deaths of Brazil per 100,000, up to {day}"),
    "IDN": N_("Excess deaths of Jakarta per 100,000, up to {day}"),
}
EXCESS_CAVEAT = N_("For Indonesia only the first five months of Jakarta are public.")
COUNTER_OF: Final = {
    "TWN": N_("Rows of Taiwan that speak against the claim, of all its coded rows"),
    "BRA": N_("Rows of Brazil that speak against the claim, of all its coded rows"),
}
COUNTER_CAVEAT = N_(
    "Rows show what was searched for and reported, not how much there was; shares of two countries "
    "must not be compared."
)

LEVEL, EFFECT = "level", "effect"


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the evidence; see `contracts.evidence`."""
    chosen = Benchmark.model_validate(choices["benchmark"])
    days = [pd.Timestamp(day) for day in chosen.dates]
    rows = [
        *_associations(tables["factors"]),
        *_campaigns(tables["campaign_lags"]),
        *_national(tables["campaigns"]),
        *_deaths(tables["benchmark"], tables["ascertainment"], days),
        *_deaths_over_dki(tables["benchmark"]),
        *_excess(tables["benchmark"]),
        *_counter(tables["benchmark_measures"]),
    ]
    types = dtypes(evidence("evidence_outcomes", ""))
    found = pd.DataFrame(rows, columns=list(types)).astype(types)
    return found.sort_values(["claim", "evidence"], ignore_index=True)


def _row(claim: str, name: str, kind: str, **values: Any) -> Row:
    """Return a row with what it does not say left blank."""
    blank: Row = {
        "claim": claim,
        "evidence": name,
        "kind": kind,
        "low": np.nan,
        "high": np.nan,
        "p": np.nan,
        "smallest_p": np.nan,
        "detectable": np.nan,
        "units": pd.NA,
        "deciders": pd.NA,
        "direction": 0,
        "passed": True,
        "failed_checks": "",
        "sign_share": np.nan,
        "curve_estimates": pd.NA,
    }
    return blank | values


def _associations(factors: pd.DataFrame) -> Iterator[Row]:
    """Yield the headline associations: facilities with deaths, all others with every outcome."""
    headline = factors[factors["headline"].astype(bool)]
    for each in headline.to_dict("records"):
        factor, outcome = str(each["factor"]), str(each["outcome"])
        is_facility = factor in FACILITIES
        if is_facility and outcome != "cfr":
            continue
        name = f"{factor}_{outcome}"
        yield _row(
            "C5" if is_facility else "C4",
            f"facility_{name}" if is_facility else f"factor_{name}",
            EFFECT,
            label=LABELS[name],
            unit=CORRELATION,
            estimate=each["estimate"],
            low=each["low_all"],
            high=each["high_all"],
            interval=TOGETHER,
            p=each["p_holm"],
            smallest_p=min(1.0, each["smallest_p"] * len(headline)),
            detectable=each["detectable"],
            units=each["units"],
            direction=each["claimed_sign"],
            passed=each["failed_checks"] == "",
            failed_checks=each["failed_checks"],
            sign_share=each["sign_share"],
            curve_estimates=each["checks"],
            made_table="factors",
            rows=rows_where({"factor": factor, "outcome": outcome, "scope": each["scope"]})
            + f"{FURTHER}factor_values: {rows_where({'variable': [factor, outcome]})}",
            caveat=CAVEATS[outcome],
        )


def _campaigns(lags: pd.DataFrame) -> Iterator[Row]:
    """Yield growth around campaigns: no design, and so none that passed."""
    for each in lags.to_dict("records"):
        lag = int(each["lag"])
        side = "after" if lag > 0 else "before"
        name = f"{side}_{abs(lag)}_months" if lag else "same_month"
        yield _row(
            "C7",
            f"education_growth_{name}",
            EFFECT,
            label=with_facts(AFTER if lag > 0 else BEFORE, months=abs(lag)) if lag else DURING,
            unit=PER_DAY,
            estimate=each["difference"],
            low=each["low"],
            high=each["high"],
            interval=BLOCKS,
            p=each["p"],
            smallest_p=each["smallest_p"],
            units=each["with_campaign"] + each["without"],
            direction=-1,
            passed=False,
            failed_checks="no_control dates_to_a_month",
            made_table="campaign_lags",
            rows=rows_where({"lag": lag}),
            caveat=CAMPAIGN_CAVEAT,
        )


def _national(monthly: pd.DataFrame) -> Iterator[Row]:
    """Yield what the two national indicators allow: one step of masks, none of information."""
    known = monthly["information"].notna()
    highest = monthly.loc[known, "information"] == monthly["information"].max()
    yield _row(
        "C7",
        "information_at_highest",
        LEVEL,
        label=INFORMATION,
        unit=SHARE,
        estimate=float(highest.mean()),
        interval=NO_INTERVAL,
        units=int(known.sum()),
        made_table="campaigns",
        rows=rows_where({"information": ANY}),
        caveat=INFORMATION_CAVEAT,
    )
    step = int(monthly["masks"].diff().fillna(0).to_numpy().argmax())
    if not 0 < step < len(monthly) - 1:
        return
    before, after = monthly.iloc[step - 1], monthly.iloc[step + 1]
    error = np.hypot(
        *((month["growth_high"] - month["growth_low"]) / 2 for month in (before, after))
    )
    change = after["growth"] - before["growth"]
    yield _row(
        "C7",
        "education_mask_rule",
        EFFECT,
        label=MASK_RULE,
        unit=PER_DAY,
        estimate=change,
        low=change - error,
        high=change + error,
        interval=APART,
        units=1,
        deciders=1,
        direction=-1,
        passed=False,
        failed_checks="no_control same_days_as_psbb",
        made_table="campaigns",
        rows=rows_where({"month": [after["month"], before["month"]]}),
        caveat=MASK_CAVEAT,
    )


def _deaths(
    compared: pd.DataFrame, counted: pd.DataFrame, days: list[pd.Timestamp]
) -> Iterator[Row]:
    """Yield reported deaths per million over those of Indonesia, by day, as reported and raised."""
    burials = counted[counted["quantity"] == "burials_per_death"].nlargest(1, "below").iloc[0]
    ratio = ("quantity", "area", "start", "end")
    raised = rows_where({column: burials[column] for column in ratio})
    for country, label in DEATHS_OF.items():
        for day in days:
            base = benchmark.at(compared, "IDN", day)[benchmark.JHU]
            ratios = {
                source: deaths / base
                for source, deaths in benchmark.at(compared, country, day).items()
            }
            spread = bounds(ratios)
            name = f"{country.lower()}_vs_idn_{day:%Y_%m_%d}"
            of_deaths = {
                "quantity": "deaths_per_million",
                "end": day,
                "country_code": [country, "IDN"],
            }
            rows = rows_where(of_deaths | {"source": first_of(benchmark.JHU, ratios)})
            yield _row(
                "C10",
                f"deaths_per_million_{name}",
                LEVEL,
                label=with_facts(label, day=day),
                unit=RATIO,
                estimate=ratios[benchmark.JHU],
                low=spread.low,
                high=spread.high,
                interval=SOURCES if len(ratios) > 1 else ONE_SOURCE,
                made_table="benchmark",
                rows=rows,
                caveat=DEATHS_CAVEAT,
            )
            yield _row(
                "C10",
                f"raised_{name}",
                LEVEL,
                label=with_facts(SCALED_OF[country], day=day),
                unit=RATIO,
                estimate=ratios[benchmark.JHU] / burials["value"],
                low=ratios[benchmark.JHU] / burials["high"],
                high=ratios[benchmark.JHU] / burials["low"],
                interval=SCALED,
                made_table="benchmark",
                rows=rows_where(of_deaths | {"source": benchmark.JHU})
                + f"{FURTHER}ascertainment: {raised}",
                caveat=SCALED_CAVEAT,
            )


def _deaths_over_dki(compared: pd.DataFrame) -> Iterator[Row]:
    """Yield reported deaths per million over those of DKI Jakarta, as far as its series lasts."""
    of_dki = compared[compared["source"] == benchmark.SATGAS].set_index("end")["value"]
    for country, label in DEATHS_OVER_DKI.items():
        for day, below in of_dki.items():
            end = pd.Timestamp(str(day))
            yield _row(
                "C10",
                f"over_dki_deaths_per_million_{country.lower()}_{end:%Y_%m_%d}",
                LEVEL,
                label=with_facts(label, day=end),
                unit=RATIO,
                estimate=benchmark.at(compared, country, end)[benchmark.JHU] / below,
                interval=NO_INTERVAL,
                made_table="benchmark",
                rows=rows_where(
                    {
                        "quantity": "deaths_per_million",
                        "end": end,
                        "country_code": [country, "IDN"],
                        "source": [benchmark.JHU, benchmark.SATGAS],
                    }
                ),
                caveat=OVER_DKI_CAVEAT,
            )


def _excess(compared: pd.DataFrame) -> Iterator[Row]:
    """Yield excess deaths by country and day."""
    for each in compared[compared["quantity"] == benchmark.EXCESS].to_dict("records"):
        country, end = str(each["country_code"]), each["end"]
        yield _row(
            "C10",
            f"excess_per_100k_{country.lower()}_{end:%Y_%m_%d}",
            LEVEL,
            label=with_facts(EXCESS_OF[country], day=end),
            unit=str(each["unit"]),
            estimate=each["value"],
            interval=NO_INTERVAL,
            made_table="benchmark",
            rows=rows_where({"quantity": benchmark.EXCESS, "country_code": country, "end": end}),
            caveat=EXCESS_CAVEAT,
        )


def _counter(measures: pd.DataFrame) -> Iterator[Row]:
    """Yield the share of each country's rows that speak against the claim."""
    for each in measures[measures["dyad"] == benchmark.COUNTER].to_dict("records"):
        country = str(each["country_code"])
        yield _row(
            "C10",
            f"counter_evidence_share_{country.lower()}",
            LEVEL,
            label=COUNTER_OF[country],
            unit=SHARE,
            estimate=each["share"],
            low=each["low"],
            high=each["high"],
            interval=WILSON,
            units=each["coded"],
            made_table="benchmark_measures",
            rows=rows_where({"country_code": country, "dyad": benchmark.COUNTER}),
            caveat=COUNTER_CAVEAT,
        )
