"""Beds for COVID-19 in Greater Jakarta, each region for itself or shared.

Need. DKI Jakarta, ``residents``: the patients in its isolation beds and intensive care, as
observed, less the share of them who lived elsewhere. Those are the patients who found a bed: when
beds ran out need was greater. ``patients``: all of them, as if none had lived elsewhere.
``as_others``: by the rule of the other regions where that gives more. Other regions:
``H(t) = h * sum(cases of the last L days)``, h the hospitalised share and L the days that a bed is
taken. On the basis ``reported`` the cases are those of the region's own series, and Tangerang Raya,
which has none, is left out with its beds. On the basis ``allocated`` they are those of its
province, by its share of the residents: a labelled scenario, for the days after the series end and
for Tangerang Raya.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, Final, NamedTuple, get_args

import numpy as np
import pandas as pd

from gotong.analyses.places import Places, places
from gotong.capacity import beds_needed, exchanges, treat
from gotong.config import Area, CoreNeed, Pooling
from gotong.errors import InputError
from gotong.intervals import wilson
from gotong.panels.daily import beds_by_region
from gotong.regions import DKI, province_of
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]

MAP: Final = "geography/boundaries_jabodetabek.geojson"
POPULATION: Final = "context/population_sp2020.csv"
HOSPITALS: Final = "facilities/hospitals.csv"
PATIENTS: Final = "facilities/dki_covid_patients_daily.csv"
FACTS: Final = "epidemic/facts.csv"
MEASURES: Final = "cooperation/measures.csv"

REPORTED, ALLOCATED = "reported", "allocated"
BASES: Final = (REPORTED, ALLOCATED)
AS_OTHERS: Final = "as_others"
KOTA_BOGOR: Final = "3271"

_REMEDY = "write the new wording into gotong/analyses/pooling.py"


class Figure(NamedTuple):
    """A number of beds that a measure names in words, and on which day it held."""

    measure: str
    day: str
    pattern: str


DKI_IN_WORDS: Final = (
    Figure("CM018", "2021-01-17", r"([\d,]+) isolation beds .*?; ([\d,]+) ICU"),
    Figure("CM037", "2021-06-17", r"([\d,]+) beds and ([\d,]+) ICU on 17 June"),
    Figure("CM037", "2021-07-02", r"([\d,]+) beds and ([\d,]+) ICU on 2 July"),
)
"""Isolation and intensive-care beds of DKI Jakarta."""

FROM_OUTSIDE: Final = Figure("CM018", "2021-01-17", r"(\d+)% of patients from outside DKI")
"""Share of the patients in DKI Jakarta's beds who live elsewhere, in whole per cent."""

CASES_FROM_OUTSIDE: Final = Figure("CM016", "2020-12-31", r"(\d+)% of ([\d,]+) December cases")

_ISOLATION = (
    "COVID isolation bed capacity",
    "COVID isolation beds, capacity",
    "COVID isolation bed capacity (21 hospitals)",
)
_INTENSIVE = ("COVID ICU bed capacity", "COVID ICU beds, capacity")
_BOTH = ("COVID bed capacity (21 hospitals)",)
_RESIDENT = "COVID inpatients resident in Kota Bogor"
_ELSEWHERE = ("COVID inpatients resident in Kabupaten Bogor", "COVID inpatients resident elsewhere")

SCENARIO = ("basis", "hospitalised_share", "capacity_source", "core_need")
_OF_NEED = ("basis", "hospitalised_share", "core_need")
_WAY = (*SCENARIO, "exchange")


def in_words(measures: pd.DataFrame, figure: Figure) -> tuple[float, ...]:
    """Return the numbers that the text of a measure names.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``cooperation/measures.csv``: measure_id, magnitude.
    figure : Figure

    Raises
    ------
    InputError
        The measure or the wording is not there.
    """
    texts = measures.loc[measures["measure_id"] == figure.measure, "magnitude"]
    said = texts.iloc[0] if len(texts) else ""
    found = re.search(figure.pattern, said)
    if not found:
        raise InputError(
            MEASURES,
            MEASURES,
            f"measure {figure.measure}, column 'magnitude'",
            figure.pattern,
            said,
            _REMEDY,
        )
    return tuple(float(group.replace(",", "")) for group in found.groups())


def non_resident(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the observed shares of patients in a region's COVID-19 beds who live elsewhere.

    Returns
    -------
    pandas.DataFrame
        See the contract ``non_resident_observed``. The interval is Wilson's; where the share was
        reported in whole per cent it also spans what rounds to it.
    """
    patients = _dki_patients(tables[PATIENTS])
    day = pd.Timestamp(FROM_OUTSIDE.day)
    (per_cent,) = in_words(tables[MEASURES], FROM_OUTSIDE)
    total = int(patients[day])
    ends = [round((per_cent + step) / 100 * total) for step in (-0.5, 0, 0.5)]
    lows, highs = wilson(ends, [total] * 3)
    rows: list[tuple[Any, ...]] = [
        (DKI, day, ends[1], total, per_cent / 100, lows[0], highs[2], FROM_OUTSIDE.measure)
    ]
    facts = tables[FACTS]
    bogor = facts[(facts["region_code"] == KOTA_BOGOR) & facts["start_date"].notna()]
    wide = bogor.pivot(index="start_date", columns="indicator", values="value")
    for when, row in wide.dropna(subset=[_RESIDENT, *_ELSEWHERE]).iterrows():
        away = int(row[list(_ELSEWHERE)].sum())
        whole = away + int(row[_RESIDENT])
        low, high = wilson(away, whole)
        rows.append((KOTA_BOGOR, when, away, whole, away / whole, float(low), float(high), "facts"))
    names = ["region_code", "date", "from_elsewhere", "patients", "share", "low", "high", "source"]
    types = dict.fromkeys(("from_elsewhere", "patients"), "Int64")
    types |= {"region_code": "str", "source": "str", "date": DATE}
    found = pd.DataFrame(rows, columns=names).astype(types)
    return found.sort_values(["region_code", "date"], ignore_index=True)


def _dki_patients(daily: pd.DataFrame) -> pd.Series:
    """Return the patients in DKI Jakarta's beds by day."""
    both = daily["isolation_patients"] + daily["icu_patients"]
    return pd.Series(both.to_numpy(dtype="float64"), index=pd.DatetimeIndex(daily["date"]))


def _regions(area: Area) -> tuple[str, ...]:
    """Return the regions that decide, each with its own patients and beds."""
    return area.policy_regions


def _days(chosen: Pooling) -> pd.DatetimeIndex:
    """Return the days of all waves, in order."""
    spans = [pd.date_range(wave.start, wave.end, unit="s") for wave in chosen.waves.values()]
    return pd.DatetimeIndex(sorted({day for span in spans for day in span}))


def need(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the beds needed by region and day.

    Returns
    -------
    pandas.DataFrame
        See the contract ``beds_needed``; sorted by its key. Days on which a region's need is not
        known are left out for it.
    """
    chosen = Pooling.model_validate(choices["pooling"])
    area = Area.model_validate(choices["area"])
    days, residents = _days(chosen), _residents(tables[POPULATION])
    others = [region for region in _regions(area) if region != DKI]
    provinces = _wide(tables["panel_province"], "cases")
    patients = _dki_patients(tables[PATIENTS])
    of_basis = {
        REPORTED: _own_cases(tables["panel_jabodetabek"], others),
        ALLOCATED: _allocated_cases(provinces, others, residents),
    }
    parts = []
    for (basis, cases), share, way in product(
        of_basis.items(), chosen.hospitalised_share.all, get_args(CoreNeed)
    ):
        beds = _by_rule(cases, share, chosen.stay_days)
        by_rule = _by_rule(provinces[[DKI]], share, chosen.stay_days)[DKI]
        beds[DKI] = _core_need(way, patients, _share_from_outside(tables), by_rule)
        known = beds.reindex(days).rename_axis("date").stack().reset_index()
        known.columns = pd.Index(["date", "region_code", "needed"])
        scenario = {"basis": basis, "hospitalised_share": share, "core_need": way}
        parts.append(known.dropna().assign(**scenario))
    found = pd.concat(parts, ignore_index=True)
    core = found["region_code"] == DKI
    found["from"] = np.where(found["basis"] == ALLOCATED, "province_cases", "cases")
    found.loc[core, "from"] = "observed_patients"
    found.loc[core & (found["core_need"] == AS_OTHERS), "from"] = "observed_patients_or_cases"
    return _sorted(found, [*_OF_NEED, "region_code", "date", "needed", "from"])


def _wide(panel: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a column of a panel by day and region."""
    return panel.pivot(index="date", columns="region_code", values=column).astype("float64")


def _by_rule(cases: pd.DataFrame, share: float, stay_days: int) -> pd.DataFrame:
    """Return the beds that cases by day and region need, the share and the stay given."""
    beds = beds_needed(cases.T.to_numpy(), share, stay_days).T
    return pd.DataFrame(beds, index=cases.index, columns=cases.columns)


def _core_need(way: str, patients: pd.Series, outside: float, by_rule: pd.Series) -> pd.Series:
    """Return the beds that residents of DKI Jakarta needed by day, taken in one of three ways.

    By the rule of the others need is no less than what was observed: patients who found a bed
    needed one. The cases are all of the province's, some of whom may live elsewhere.
    """
    residents = patients * (1 - outside)
    needs = {
        "residents": residents,
        "patients": patients,
        AS_OTHERS: residents.combine(by_rule.reindex(residents.index), np.maximum),
    }
    return needs[way]


def _sorted(found: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return columns of a table in order and type, rows sorted by all but the numbers."""
    numbers = found.select_dtypes("number").columns.difference(["hospitalised_share"])
    texts = [name for name in columns if name not in (*numbers, "date", "hospitalised_share")]
    typed = found[columns].astype(dict.fromkeys(texts, "str"))
    if "date" in columns:
        typed = typed.astype({"date": DATE})
    keys = [name for name in columns if name not in numbers]
    return typed.sort_values(keys, ignore_index=True)


def _residents(counted: pd.DataFrame) -> pd.Series:
    """Return residents by kab/kota."""
    return counted.set_index("region_code")["total"].astype("float64")


def _share_from_outside(tables: Tables) -> float:
    """Return the share of DKI Jakarta's patients who live elsewhere."""
    return in_words(tables[MEASURES], FROM_OUTSIDE)[0] / 100


def _own_cases(panel: pd.DataFrame, regions: list[str]) -> pd.DataFrame:
    """Return new cases by day and region, of those that have a series."""
    wide = _wide(panel, "cases")
    held = [region for region in regions if wide[region].notna().any()]
    return wide[held]


def _allocated_cases(wide: pd.DataFrame, regions: list[str], residents: pd.Series) -> pd.DataFrame:
    """Return the cases of the province of each region, by its share of the residents."""
    of_province = residents.groupby(residents.index.map(province_of)).sum()
    return pd.DataFrame(
        {
            region: wide[province_of(region)]
            * (residents[region] / of_province[province_of(region)])
            for region in regions
        }
    )


def capacity(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the beds for COVID-19 by source, region and day.

    Between two dated reports beds change evenly, before the first and after the last not at all.

    Returns
    -------
    pandas.DataFrame
        See the contract ``covid_beds``; sorted by its key.
    """
    chosen = Pooling.model_validate(choices["pooling"])
    area = Area.model_validate(choices["area"])
    days = _days(chosen)
    reports = _reports(tables[FACTS], tables[MEASURES])
    listed = beds_by_region(tables[HOSPITALS]).astype("float64")
    planned = _planned(tables["facilities/covid_capacity.csv"], listed, chosen.planned_by)
    in_dki = _between_reports(reports[DKI], days)
    all_beds = dict(zip(listed.index, listed["beds"].to_numpy(), strict=True))
    rows = []
    for source in chosen.capacity_sources:
        for region in _regions(area):
            dated = region == DKI or (source == "reported" and region in reports)
            if dated:
                beds, basis = _between_reports(reports[region], days), "dated_reports"
            elif source == "dki_share":
                beds = in_dki * (all_beds[region] / all_beds[DKI])
                basis = "share_of_dki"
            else:
                beds, basis = np.full(len(days), planned[region]), "plan_of_province"
            rows.append(
                pd.DataFrame({"date": days, "beds": beds}).assign(
                    capacity_source=source, region_code=region, basis=basis
                )
            )
    return _sorted(
        pd.concat(rows, ignore_index=True),
        ["capacity_source", "region_code", "date", "beds", "basis"],
    )


def _reports(facts: pd.DataFrame, measures: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the dated reports of COVID-19 beds by region: isolation and intensive care together.

    Kota Bekasi reported isolation beds only; they stand for all.
    """
    dated = facts[facts["start_date"].notna() & (facts["precision"] == "day")]
    found: dict[str, pd.Series] = {}
    for region, rows in dated.groupby("region_code"):
        both = _by_day(rows, _BOTH)
        parts = _by_day(rows, _ISOLATION) + _by_day(rows, _INTENSIVE)
        beds = both.combine_first(parts.dropna())
        if beds.empty:
            beds = _by_day(rows, _ISOLATION)
        if not beds.empty:
            found[str(region)] = beds.sort_index()
    words = {pd.Timestamp(f.day): sum(in_words(measures, f)) for f in DKI_IN_WORDS}
    found[DKI] = found.get(DKI, pd.Series(dtype="float64")).combine_first(pd.Series(words))
    return found


def _by_day(rows: pd.DataFrame, indicators: tuple[str, ...]) -> pd.Series:
    """Return a figure by day, whichever of some names it goes by."""
    named = rows[rows["indicator"].isin(indicators)]
    return named.groupby("start_date")["value"].first()


def _between_reports(reports: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """Return beds by day, evenly between two reports."""
    known = _day_numbers(reports.index)
    return np.interp(_day_numbers(days), known, reports.to_numpy(dtype="float64"))


def _day_numbers(days: pd.Index) -> np.ndarray:
    """Return days as whole numbers."""
    return days.to_numpy().astype("datetime64[D]").astype("int64")


def _planned(
    planned: pd.DataFrame, listed: pd.DataFrame, shared_by: Mapping[str, str]
) -> dict[str, float]:
    """Return the planned beds of each kab/kota: those of its province by its share of beds."""
    whole = planned.set_index("region_code")[["isolation_beds", "icu_beds"]].sum(axis="columns")
    found: dict[str, float] = {}
    for province, kind in shared_by.items():
        of_units = listed.loc[
            (listed.index.str[:2] == province) & (listed.index.str.len() > len(province)), kind
        ]
        beds = of_units.to_numpy() / of_units.sum() * float(whole[province])
        found |= dict(zip(of_units.index, beds, strict=True))
    return found


def flows(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return where patients are treated, in every scenario, way of exchange and day.

    Returns
    -------
    pandas.DataFrame
        See the contract ``bed_flows``: pairs of regions with patients; sorted by its key.
    """
    chosen = Pooling.model_validate(choices["pooling"])
    area = Area.model_validate(choices["area"])
    residents = _residents(tables[POPULATION])
    parts = []
    for scenario, needed, beds in _scenarios(tables, area, chosen):
        where = places(tables[MAP], residents, list(needed.columns), chosen.adjacent_gap)
        for way, allowed in exchanges(where.adjacent).items():
            near = allowed & (where.distance <= chosen.farthest_km)
            found = treat(needed.T.to_numpy(), beds.T.to_numpy(), where.distance, near)
            parts.append(_listed(found.flows, where, needed.index, {**scenario, "exchange": way}))
    return _sorted(
        pd.concat(parts, ignore_index=True),
        [*_WAY, "date", "home_code", "place_code", "patients", "km"],
    )


def _scenarios(
    tables: Tables, area: Area, chosen: Pooling
) -> Iterable[tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]]:
    """Yield each scenario with need and beds by day and region.

    A wave counts on a basis only where the need of every region is known on all of its days.
    """
    needed, beds = tables["beds_needed"], tables["covid_beds"]
    supply = {
        str(source): part.pivot(index="date", columns="region_code", values="beds")
        for source, part in beds.groupby("capacity_source")
    }
    for known, part in needed.groupby(list(_OF_NEED)):
        wide = part.pivot(index="date", columns="region_code", values="needed").dropna()
        wide = wide[_in_whole_waves(wide.index, chosen)]
        held = wide[[region for region in _regions(area) if region in wide]]
        for source, by_day in supply.items():
            scenario = dict(zip(_OF_NEED, known, strict=True)) | {"capacity_source": source}
            yield scenario, held, by_day.loc[held.index, held.columns]


def _in_whole_waves(days: pd.Index, chosen: Pooling) -> np.ndarray:
    """Return which days belong to a wave that they cover from its first day to its last."""
    inside = np.zeros(len(days), dtype=bool)
    for wave in chosen.waves.values():
        span = pd.date_range(wave.start, wave.end, unit="s")
        if span.isin(days).all():
            inside |= np.asarray(days.isin(span))
    return inside


def _listed(
    patients: np.ndarray, where: Places, days: pd.Index, named: Mapping[str, Any]
) -> pd.DataFrame:
    """Return flows as a table, without pairs of regions that exchange nobody."""
    home, place, day = np.nonzero(patients)
    codes = np.array(where.codes)
    return pd.DataFrame(
        {
            "date": days[day],
            "home_code": codes[home],
            "place_code": codes[place],
            "patients": patients[home, place, day],
            "km": where.distance[home, place],
        }
    ).assign(**named)


def daily(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return need, unmet need and journeys by day in every scenario and way of exchange.

    Returns
    -------
    pandas.DataFrame
        See the contract ``pooling_daily``; sorted by its key.
    """
    moved = tables["bed_flows"]
    beds = _beds_per_resident(tables[HOSPITALS], tables[POPULATION])
    upwards = moved["home_code"].map(beds) < moved["place_code"].map(beds)
    moved = moved.assign(
        away=moved["patients"].where(moved["home_code"] != moved["place_code"], 0.0),
        to_better_supplied=moved["patients"].where(upwards, 0.0),
        patient_km=moved["patients"] * moved["km"],
    )
    summed = ["patients", "away", "to_better_supplied", "patient_km"]
    by_day = moved.groupby([*_WAY, "date"])[summed].sum().reset_index()
    keys = [*_OF_NEED, "date"]
    needed = tables["beds_needed"].groupby(keys)["needed"].sum().reset_index()
    found = by_day.merge(needed, on=keys, how="left", validate="many_to_one")
    # What the solver leaves of rounding must not count as patients without a bed.
    unmet = (found["needed"] - found["patients"]).round(6)
    found["unmet"] = unmet.clip(lower=0.0)
    return _sorted(found, [*_WAY, "date", "needed", "unmet", *summed[1:]])


def _beds_per_resident(hospitals: pd.DataFrame, counted: pd.DataFrame) -> pd.Series:
    """Return all hospital beds per resident, of provinces too."""
    residents = _residents(counted)
    of_province = residents.groupby(residents.index.map(province_of)).sum()
    everyone = pd.concat([residents, of_province])
    return beds_by_region(hospitals)["beds"].astype("float64") / everyone


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return need, unmet need and what sharing changes, by wave and scenario.

    Returns
    -------
    pandas.DataFrame
        See the contract ``pooling``; sorted by its key. Waves without days are left out.
    """
    chosen = Pooling.model_validate(choices["pooling"])
    days = tables["pooling_daily"]
    parts = []
    for wave, span in chosen.waves.items():
        inside = days[days["date"].between(pd.Timestamp(span.start), pd.Timestamp(span.end))]
        grouped = inside.groupby(list(_WAY))
        part = grouped[["needed", "unmet", "away", "to_better_supplied", "patient_km"]].sum()
        part["days"] = grouped.size()
        part["days_unmet"] = (inside["unmet"] > 0).groupby([inside[name] for name in _WAY]).sum()
        parts.append(part.reset_index().assign(wave=wave))
    found = pd.concat(parts, ignore_index=True)
    alone = found[found["exchange"] == "alone"].set_index([*SCENARIO, "wave"])["unmet"]
    without = alone.reindex(pd.MultiIndex.from_frame(found[[*SCENARIO, "wave"]])).to_numpy()
    treated = found["needed"] - found["unmet"]
    found["unmet_share"] = found["unmet"] / found["needed"]
    found["averted_share"] = 1 - found["unmet"] / np.where(without > 0, without, np.nan)
    found["treated_elsewhere"] = found["away"] / treated
    sent = found["away"].where(found["away"] > 0)
    found["to_better_supplied"] = found["to_better_supplied"] / sent
    found["km_per_patient"] = found["patient_km"] / sent
    found = found.astype({"days": "Int64", "days_unmet": "Int64"})
    names = ["days", "needed", "unmet", "unmet_share", "averted_share", "days_unmet"]
    names += ["away", "treated_elsewhere", "to_better_supplied", "km_per_patient"]
    keys = [*SCENARIO, "wave", "exchange"]
    return _sorted(found[[*keys, *names]], [*keys, *names])


def compared(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return the share of patients from elsewhere in the model on the days it was observed.

    Only where regions exchange patients: alone it is nothing by definition.

    Returns
    -------
    pandas.DataFrame
        See the contract ``non_resident_modelled``; sorted by its key. Days outside the waves,
        and regions that treat nobody, are left out.
    """
    observed = tables["non_resident_observed"]
    moved = tables["bed_flows"]
    moved = moved[moved["exchange"] != "alone"]
    keys = [*_WAY, "date", "place_code"]
    treated = moved.groupby(keys)["patients"].sum()
    away = moved[moved["home_code"] != moved["place_code"]].groupby(keys)["patients"].sum()
    share = (away.reindex(treated.index).fillna(0.0) / treated).rename("modelled").reset_index()
    share = share.rename(columns={"place_code": "region_code"})
    wanted = observed[["region_code", "date", "share", "low", "high"]]
    found = wanted.merge(share, on=["region_code", "date"], how="inner")
    found = found.rename(columns={"share": "observed"})
    keys = [*_WAY, "region_code", "date"]
    return _sorted(found, [*keys, "observed", "low", "high", "modelled"])
