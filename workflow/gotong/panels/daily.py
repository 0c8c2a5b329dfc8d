"""The join: cases, regimes, measures, population and beds, one row per region and day.

Every panel has the same columns (`contracts.PANEL`). A missing observation is null and has a
reason beside it; nothing is filled in. Rows exist for every region and day of the panel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gotong import contracts
from gotong.config import Area, Measures, Span, StrictnessScale
from gotong.regions import DKI_UNITS, province_of
from gotong.tables import DATE
from gotong.timeline import NOT_YET, active_measures, regime_by_day, strictness

WEEK = 7
PROVINCE_DIGITS = 2
UNKNOWN_UNIT = "xx"
WEST_JAVA = "32"


def grid(regions: Sequence[str], start: str, end: str) -> pd.DataFrame:
    """Return one row per region and day, sorted, first and last day included."""
    days = pd.date_range(start, end, freq="D", unit="s")
    index = pd.MultiIndex.from_product([sorted(regions), days], names=["region_code", "date"])
    return index.to_frame(index=False)


def province_cases(daily: pd.DataFrame) -> pd.DataFrame:
    """Return cases by province and day with the running total.

    Parameters
    ----------
    daily : pandas.DataFrame
        ``cases/province_daily.csv``.

    Returns
    -------
    pandas.DataFrame
        region_code, date, cases, deaths, recovered (persons per day), cumulative_cases.
    """
    ordered = daily.sort_values(["region_code", "date"], ignore_index=True)
    cumulative = ordered.groupby("region_code", sort=False)["cases"].cumsum()
    return ordered.assign(cumulative_cases=cumulative)


def kabkota_cases(cumulative: pd.DataFrame) -> pd.DataFrame:
    """Return new cases by kab/kota and day from running totals.

    A day's new cases are the step from the day before in the same file. The first day of a
    file has none: the steps from one file to the next would mix two vintages and a gap.
    Deaths and recoveries of the source are not trusted by kab/kota and stay null.

    Parameters
    ----------
    cumulative : pandas.DataFrame
        ``cases/westjava_daily.csv``.
    """
    ordered = cumulative.sort_values(["region_code", "date"], ignore_index=True)
    groups = ordered.groupby(["region_code", "source"], sort=False)
    one_day = groups["date"].diff() == pd.Timedelta(days=1)
    steps = groups["cumulative_cases"].diff().where(one_day)
    return pd.DataFrame(
        {
            "region_code": ordered["region_code"],
            "date": ordered["date"],
            "cases": steps.astype("Int64"),
            "deaths": pd.array([pd.NA] * len(ordered), dtype="Int64"),
            "recovered": pd.array([pd.NA] * len(ordered), dtype="Int64"),
            "cumulative_cases": ordered["cumulative_cases"],
        }
    )


def with_cases(
    keys: pd.DataFrame, cases: pd.DataFrame, reasons: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Join cases to a grid and say why a count is missing.

    Parameters
    ----------
    keys : pandas.DataFrame
        From `grid`.
    cases : pandas.DataFrame
        From `province_cases` or `kabkota_cases`.
    reasons : mapping of str to str, optional
        Why a region has no series at all.

    Returns
    -------
    pandas.DataFrame
        The grid with the case columns and ``cases_missing``: blank where there is a count;
        ``before_first_report``, ``after_last_report``, ``gap_in_source``, ``no_day_before`` (a
        running total without that of the day before, so that its step is not known),
        ``corrected`` or the reason given for the region.
    """
    joined = keys.merge(
        cases, how="left", on=["region_code", "date"], validate="one_to_one", indicator="found"
    )
    reported = joined.pop("found") == "both"
    known = cases.groupby("region_code")["date"].agg(["min", "max"])
    first = joined["region_code"].map(known["min"])
    last = joined["region_code"].map(known["max"])
    stated = joined["region_code"].map(dict(reasons or {})).astype("str").fillna("no_public_series")
    joined["cases_missing"] = np.select(
        [
            joined["cases"].notna(),
            first.isna(),
            joined["date"] < first,
            joined["date"] > last,
            ~reported,
            joined["cumulative_cases"].notna(),
        ],
        [
            "",
            stated,
            "before_first_report",
            "after_last_report",
            "gap_in_source",
            "no_day_before",
        ],
        default="corrected",
    )
    return joined


def with_flags(panel: pd.DataFrame, corrections: pd.DataFrame, table: str) -> pd.DataFrame:
    """Add ``cases_flag``: the corrections that flag a region's day, by id, joined by spaces.

    Parameters
    ----------
    panel : pandas.DataFrame
    corrections : pandas.DataFrame
        The made table ``corrections``.
    table : str
        Name of the raw table of cases.
    """
    flagged = corrections[(corrections["table"] == table) & (corrections["action"] == "flag")]
    named = flagged.groupby(["region_code", "date"])["correction"].agg(" ".join)
    joined = panel.merge(
        named.rename("cases_flag").reset_index(),
        how="left",
        on=["region_code", "date"],
        validate="one_to_one",
    )
    return joined.assign(cases_flag=joined["cases_flag"].astype("str").fillna(""))


def weekly_incidence(cases: pd.Series, region: pd.Series, population: pd.Series) -> pd.DataFrame:
    """Return the mean of seven days and the incidence of seven days per 100,000 residents.

    Null where one of the seven days is missing. The rows must be sorted by region and day.
    """
    mean = (
        cases.astype("float64")
        .groupby(region, sort=False)
        .rolling(WEEK, min_periods=WEEK)
        .mean()
        .reset_index(level=0, drop=True)
        .reindex(cases.index)
    )
    per_100k = mean * WEEK / population.astype("float64") * 1e5
    return pd.DataFrame({"cases_mean_7d": mean, "incidence_7d_per_100k": per_100k})


def population_by_region(census: pd.DataFrame) -> pd.Series:
    """Return residents by kab/kota and by province (the sum of its kab/kota)."""
    units = census.set_index("region_code")["total"]
    provinces = units.groupby(units.index.str[:2]).sum()
    return pd.concat([units, provinces])


def beds_by_region(hospitals: pd.DataFrame) -> pd.DataFrame:
    """Return hospitals and beds by kab/kota and by province.

    Rows that repeat an earlier one are left out. A hospital whose kab/kota is not stated
    counts for its province only.

    Returns
    -------
    pandas.DataFrame
        Indexed by region_code: hospitals, beds, referral_beds.
    """
    counted = hospitals[~hospitals["is_duplicate"].astype(bool)].copy()
    is_referral = counted["referral_tier"].isin(["national", "provincial"])
    counted["referral_beds"] = counted["beds"].where(is_referral, 0)

    def total(by: str) -> pd.DataFrame:
        named = counted[counted[by] != ""]
        return named.groupby(by).agg(
            hospitals=("beds", "size"), beds=("beds", "sum"), referral_beds=("referral_beds", "sum")
        )

    return pd.concat([total("region_code"), total("province_code")]).astype("Int64")


def with_capacity(panel: pd.DataFrame, population: pd.Series, beds: pd.DataFrame) -> pd.DataFrame:
    """Join residents and beds. A region without a hospital in the list has null, not zero."""
    residents = panel["region_code"].map(population).astype("Int64")
    joined = panel.assign(population=residents)
    joined[["hospitals", "beds", "referral_beds"]] = beds.reindex(panel["region_code"]).to_numpy()
    for name in ("hospitals", "beds", "referral_beds"):
        joined[name] = joined[name].astype("Int64")
    joined["beds_per_1000"] = (joined["beds"] / residents * 1000).astype("float64")
    return joined


def regime_holders(regions: Sequence[str], coded: Sequence[str]) -> dict[str, str]:
    """Return the region whose regime holds in each region: its own, else its province's."""
    known = set(coded)
    holders = {}
    for region in regions:
        if region in known:
            holders[region] = region
        elif province_of(region) in known:
            holders[region] = province_of(region)
    return holders


def with_regimes(
    panel: pd.DataFrame,
    regimes: pd.DataFrame,
    layers: Sequence[str],
    holders: Mapping[str, str],
) -> pd.DataFrame:
    """Join the regime in force, its level and the layer that it was coded in.

    Parameters
    ----------
    panel : pandas.DataFrame
        With region_code and date.
    regimes : pandas.DataFrame
        ``policy/regimes.csv``.
    layers : sequence of str
        Layers of the timeline; where two speak of the same day, the one named first counts.
        The first layer follows its regions from their first restriction on: the days before
        are `NOT_YET`.
    holders : mapping of str to str
        From `regime_holders`.

    Returns
    -------
    pandas.DataFrame
        With regime, level, regime_layer and ``regime_missing``: blank, or ``not_coded``.
    """
    days = pd.DatetimeIndex(panel["date"].unique()).sort_values()
    coded = sorted(set(holders.values()))
    joined = panel.assign(
        holder=panel["region_code"].map(dict(holders)).astype("str"), regime_layer=""
    )
    joined[["regime", "level"]] = ""
    for layer in layers:
        chosen = regimes[regimes["layer"] == layer]
        by_day = regime_by_day(chosen, coded, days).rename(columns={"region_code": "holder"})
        found = panel.assign(holder=joined["holder"])[["holder", "date"]].merge(
            by_day, how="left", on=["holder", "date"], validate="many_to_one"
        )
        new = found["regime"].notna() & (joined["regime_layer"] == "")
        joined.loc[new, ["regime", "level"]] = found.loc[new, ["regime", "level"]]
        joined.loc[new, "regime_layer"] = layer
    starts = regimes[regimes["layer"] == layers[0]].groupby("region_code")["start_date"].min()
    first = starts.reindex(joined["holder"]).to_numpy()
    early = (joined["date"] < first) & (joined["regime_layer"] == "")
    joined.loc[early, ["regime", "regime_layer"]] = [NOT_YET, "before_first"]
    is_coded = joined["regime_layer"] != ""
    return joined.assign(regime_missing=np.where(is_coded, "", "not_coded")).drop(columns="holder")


def with_strictness(panel: pd.DataFrame, scale: StrictnessScale) -> pd.DataFrame:
    """Add how strict the regime is; null where no regime is coded.

    The comparison layer calls strict and lenient phases alike "PSBB", so that its rows have
    a regime and no strictness.
    """
    usable = (panel["regime_missing"] == "") & (panel["regime_layer"] != "comparison")
    known = strictness(
        panel["regime"].where(usable),
        panel["level"],
        scale.regimes,
        {str(level): value for level, value in scale.levels.items()},
    )
    return panel.assign(strictness=known)


def dyad_column(dyad: str) -> str:
    """Return the column of a dyad's active measures: ``active_g_h`` for ``G-H``."""
    return "active_" + dyad.lower().replace("-", "_")


def with_measures(
    panel: pd.DataFrame, active: pd.DataFrame, coverage: Mapping[str, str]
) -> pd.DataFrame:
    """Join the number of measures active on each day, by dyad and in all.

    Parameters
    ----------
    panel : pandas.DataFrame
    active : pandas.DataFrame
        region_code, date, dyad, active; counts of distinct measures.
    coverage : mapping of str to str
        ``coded`` or ``part`` by region; others are ``not_coded`` and have null counts. Only
        Greater Jakarta was searched: of a province, ``part`` counts what touches its units
        there.
    """
    wide = active.pivot(index=["region_code", "date"], columns="dyad", values="active")
    wide = wide.reindex(columns=list(contracts.DYADS)).astype("Int64")
    wide.columns = pd.Index([dyad_column(dyad) for dyad in wide.columns])
    joined = panel.merge(
        wide.reset_index(), how="left", on=["region_code", "date"], validate="one_to_one"
    )
    searched = joined["region_code"].map(dict(coverage)).astype("str").fillna("not_coded")
    names = list(wide.columns)
    for name in names:
        joined[name] = joined[name].where(searched != "not_coded").astype("Int64")
    joined["active_all"] = joined[names].sum(axis=1, min_count=len(names)).astype("Int64")
    return joined.assign(measures_coverage=searched.astype("str"))


def finish(panel: pd.DataFrame, schema: contracts.Schema) -> pd.DataFrame:
    """Add incidence, put the columns in order, sort by key and hold the panel to its contract."""
    ordered = panel.sort_values(["region_code", "date"], ignore_index=True)
    weekly = weekly_incidence(ordered["cases"], ordered["region_code"], ordered["population"])
    ordered = pd.concat([ordered, weekly], axis=1)[list(schema.columns)]
    ordered["date"] = ordered["date"].astype(DATE)
    remedy = "a raw table or the join is at fault: see the row named, then data/raw"
    return contracts.check(ordered, schema, f"data/processed/{schema.name}.parquet", remedy)


def unattributed(keys: pd.DataFrame, cases: pd.DataFrame) -> pd.Series:
    """Return the province's cases so far without a known kab/kota, by row of the grid.

    Null where the source has none such: a share of attribution tells how far the counts of
    kab/kota can be trusted.
    """
    totals = cases[cases["region_code"].str.endswith(UNKNOWN_UNIT)]
    by_province = totals.assign(province=totals["region_code"].map(province_of))
    wanted = keys[["date"]].assign(province=keys["region_code"].map(province_of))
    has_units = keys["region_code"].str.len() > PROVINCE_DIGITS
    joined = wanted.merge(by_province, how="left", on=["province", "date"], validate="many_to_one")
    return joined["cumulative_cases"].where(has_units).astype("Int64")


def counted_in(level: str, units: Sequence[str]) -> dict[str, str]:
    """Return the region of a panel that each unit of the area counts in."""
    if level == "province":
        return {unit: province_of(unit) for unit in units}
    return {unit: unit for unit in units}


def search_coverage(
    counted: Mapping[str, str], units: Sequence[str], every_unit: Sequence[str]
) -> dict[str, str]:
    """Return how far each region was searched for measures: ``coded`` in whole, or ``part``.

    Parameters
    ----------
    counted : mapping of str to str
        From `counted_in`.
    units : sequence of str
        Units of the area, where measures were searched for.
    every_unit : sequence of str
        All kab/kota of the country.
    """
    searched = set(units)
    coverage = {}
    for region in set(counted.values()):
        own = [unit for unit in every_unit if unit.startswith(region)]
        coverage[region] = "coded" if searched.issuperset(own) else "part"
    return coverage


@dataclass(frozen=True)
class Choices:
    """The parts of the configuration that a panel depends on."""

    area: Area
    span: Span
    scale: StrictnessScale
    measures: Measures


@dataclass(frozen=True)
class Level:
    """How the panel of one level is joined.

    Parameters
    ----------
    table : str
        Raw table of cases.
    cases : callable
        Turns the raw table of cases into counts by region and day.
    layers : tuple of str
        Layers of the timeline, the one that counts first first.
    """

    table: str
    cases: Callable[[pd.DataFrame], pd.DataFrame]
    layers: tuple[str, ...]


_WESTJAVA = "cases/westjava_daily.csv"

LEVELS = {
    "jabodetabek": Level(_WESTJAVA, kabkota_cases, ("primary",)),
    "westjava": Level(_WESTJAVA, kabkota_cases, ("wj27", "primary")),
    "province": Level("cases/province_daily.csv", province_cases, ("primary", "comparison")),
}


def members(level: str, area: Area, regions: pd.DataFrame) -> list[str]:
    """Return the codes of the regions of a panel."""
    if level == "jabodetabek":
        return list(area.units)
    is_province = regions["level"] == "province"
    if level == "province":
        return list(regions.loc[is_province, "region_code"])
    return list(regions.loc[~is_province & (regions["province_code"] == WEST_JAVA), "region_code"])


def build(level: str, raw: Mapping[str, pd.DataFrame], chosen: Choices) -> pd.DataFrame:
    """Return the joined panel of one level.

    Parameters
    ----------
    level : str
        ``jabodetabek``, ``westjava`` or ``province``.
    raw : mapping of str to pandas.DataFrame
        Raw tables: cases, regimes, measures, hospitals, population, regions; and the made
        table corrections.
    chosen : Choices

    Returns
    -------
    pandas.DataFrame
        See `contracts.PANELS`.

    Raises
    ------
    InputError
        The joined table does not meet its contract.
    """
    how, regions = LEVELS[level], raw["regions"]
    codes = members(level, chosen.area, regions)
    keys = grid(codes, chosen.span.start, chosen.span.end)
    cases = how.cases(raw["cases"])
    panel = with_cases(keys, cases, dict.fromkeys(DKI_UNITS, "weekly_only"))
    panel = panel.assign(cumulative_unattributed=unattributed(keys, cases))
    panel = with_flags(panel, raw["corrections"], how.table)
    panel = with_capacity(
        panel, population_by_region(raw["population"]), beds_by_region(raw["hospitals"])
    )
    coded = raw["regimes"].loc[raw["regimes"]["layer"].isin(how.layers), "region_code"]
    holders = regime_holders(codes, list(coded.unique()))
    panel = with_strictness(with_regimes(panel, raw["regimes"], how.layers, holders), chosen.scale)
    counted = {
        unit: region
        for unit, region in counted_in(level, chosen.area.units).items()
        if region in set(codes)
    }
    active = active_measures(
        raw["measures"],
        pd.date_range(chosen.span.start, chosen.span.end, unit="s"),
        chosen.measures.open_end_days,
        counted_in=counted,
    )
    every_unit = list(regions.loc[regions["level"] != "province", "region_code"])
    panel = with_measures(panel, active, search_coverage(counted, chosen.area.units, every_unit))
    return finish(panel, contracts.PANELS[level])
