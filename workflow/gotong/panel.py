"""The join: cases, regimes, measures, population and beds, one row per region and day.

Every panel has the same columns (`contracts.PANEL`). A missing observation is null and has a
reason beside it; nothing is filled in. Rows exist for every region and day of the panel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gotong import contracts
from gotong.regions import DKI_UNITS, province_of
from gotong.tables import DATE

NOT_YET = "belum PSBB"
"""Regime of a region on the days before its first restriction."""

CASE_COLUMNS = ("cases", "deaths", "recovered", "cumulative_cases")
WEEK = 7


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
    cumulative = daily.groupby("region_code", sort=False)["cases"].cumsum()
    return daily.assign(cumulative_cases=cumulative)


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
        ``before_first_report``, ``after_last_report``, ``gap_in_source``, ``first_day_of_file``
        or the reason given for the region.
    """
    joined = keys.merge(cases, how="left", on=["region_code", "date"], validate="one_to_one")
    known = cases.groupby("region_code")["date"].agg(["min", "max"])
    first = joined["region_code"].map(known["min"])
    last = joined["region_code"].map(known["max"])
    stated = joined["region_code"].map(reasons or {}).fillna("no_public_series")
    joined["cases_missing"] = np.select(
        [
            joined["cases"].notna(),
            first.isna(),
            joined["date"] < first,
            joined["date"] > last,
            joined["cumulative_cases"].notna(),
        ],
        ["", stated, "before_first_report", "after_last_report", "first_day_of_file"],
        default="gap_in_source",
    )
    return joined


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


def timeline_of(
    regimes: pd.DataFrame, layers: Sequence[str], regions: Sequence[str]
) -> pd.DataFrame:
    """Return the periods of one or more layers for some regions, the earlier layer first.

    Where two layers speak of the same region and day, the layer named first counts.
    """
    chosen = regimes[regimes["layer"].isin(layers) & regimes["region_code"].isin(regions)]
    rank = {layer: number for number, layer in enumerate(layers)}
    return chosen.sort_values("layer", key=lambda names: names.map(rank), kind="stable")


def with_regimes(
    panel: pd.DataFrame, periods: pd.DataFrame, holders: Mapping[str, str], before_first: bool
) -> pd.DataFrame:
    """Join the regime in force, its level and the layer that it was coded in.

    Parameters
    ----------
    panel : pandas.DataFrame
        With region_code and date.
    periods : pandas.DataFrame
        From `timeline_of`.
    holders : mapping of str to str
        From `regime_holders`.
    before_first : bool
        Whether days before a region's first period are known to be `NOT_YET`.

    Returns
    -------
    pandas.DataFrame
        With regime, level, regime_layer and ``regime_missing``: blank, or ``not_coded``.
    """
    holder = panel["region_code"].map(holders)
    day = panel["date"].to_numpy()
    columns = {name: np.full(len(panel), "", dtype=object) for name in ("regime", "level", "layer")}
    taken = np.zeros(len(panel), dtype=bool)
    rows_of = {code: np.flatnonzero(holder == code) for code in set(holders.values())}
    for period in periods.itertuples():
        rows = rows_of[str(period.region_code)]
        inside = (day[rows] >= period.start_date) & (day[rows] <= period.end_date)
        rows = rows[inside & ~taken[rows]]
        taken[rows] = True
        columns["regime"][rows] = period.regime
        columns["level"][rows] = period.level
        columns["layer"][rows] = period.layer
    first = periods.groupby("region_code")["start_date"].min()
    early = (panel["date"] < holder.map(first)).to_numpy() & ~taken
    if before_first:
        columns["regime"][early] = NOT_YET
        columns["layer"][early] = "before_first"
        taken |= early
    return panel.assign(
        regime=pd.Series(columns["regime"], index=panel.index, dtype="str"),
        level=pd.Series(columns["level"], index=panel.index, dtype="str"),
        regime_layer=pd.Series(columns["layer"], index=panel.index, dtype="str"),
        regime_missing=np.where(taken, "", "not_coded"),
    )


def with_strictness(panel: pd.DataFrame, strictness: pd.Series) -> pd.DataFrame:
    """Add how strict the regime is; null where no regime is coded.

    The comparison layer calls strict and lenient phases alike "PSBB", so that its rows have
    a regime and no strictness.
    """
    usable = (panel["regime_missing"] == "") & (panel["regime_layer"] != "comparison")
    return panel.assign(strictness=strictness.where(usable).astype("float64"))


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
    searched = joined["region_code"].map(coverage).fillna("not_coded")
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


MISSING_SERIES = dict.fromkeys(DKI_UNITS, "not_in_snapshot")
"""DKI's six units: series by kelurahan exist and are not yet read; Tangerang Raya has none."""
