"""The join: cases, regimes, measures, population and beds, one row per region and day.

Every panel has the same columns (`contracts.PANEL`). A missing observation is null and has a
reason beside it; nothing is filled in. Rows exist for every region and day of the panel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gotong import contracts
from gotong.config import Area, Measures, Span, StrictnessScale
from gotong.epidemic import WEEK, incidence_per_100k, rolling_mean
from gotong.regions import DKI_UNITS, blocks, province_of
from gotong.tables import DATE, looked_up
from gotong.timeline import NOT_YET, active_measures, regime_by_day, strictness

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
    first = looked_up(joined["region_code"], known["min"])
    last = looked_up(joined["region_code"], known["max"])
    stated = looked_up(joined["region_code"], reasons or {}).astype("str")
    stated = stated.fillna("no_public_series")
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

    Null where one of the seven days is missing, or is no count, at which the contract stops. The
    rows must be sorted by region and day.
    """
    mean = rolling_mean(cases.astype("float64").where(cases >= 0))
    # A window that begins in the region before is none.
    mean[region.groupby(region, sort=False).cumcount() < WEEK - 1] = np.nan
    per_100k = incidence_per_100k(mean[:, np.newaxis] * WEEK, population)[:, 0]
    found = {"cases_mean_7d": mean, "incidence_7d_per_100k": per_100k}
    return pd.DataFrame(found, index=cases.index)


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
    residents = looked_up(panel["region_code"], population).astype("Int64")
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
        holder=looked_up(panel["region_code"], holders).astype("str"), regime_layer=""
    )
    joined[["regime", "level"]] = ""
    for layer in layers:
        chosen = regimes[regimes["layer"] == layer]
        by_day = regime_by_day(chosen, coded, days).rename(columns={"region_code": "holder"})
        found = panel.assign(holder=joined["holder"])[["holder", "date"]].merge(
            by_day, how="left", on=["holder", "date"], validate="many_to_one"
        )
        new = found["regime"].notna() & (joined["regime_layer"] == "")
        for name, values in (*found[["regime", "level"]].items(), ("regime_layer", layer)):
            joined[name] = joined[name].mask(new, values)
    starts = regimes[regimes["layer"] == layers[0]].groupby("region_code")["start_date"].min()
    first = starts.reindex(joined["holder"]).to_numpy()
    early = (joined["date"] < first) & (joined["regime_layer"] == "")
    joined["regime"] = joined["regime"].mask(early, NOT_YET)
    joined["regime_layer"] = joined["regime_layer"].mask(early, "before_first")
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
        region_code, date, dyad, active; counts of distinct measures. Every dyad has the same
        regions and days, in the same order.
    coverage : mapping of str to str
        ``coded`` or ``part`` by region; others are ``not_coded`` and have null counts. Only
        Greater Jakarta was searched: of a province, ``part`` counts what touches its units
        there.
    """
    key, names = ["region_code", "date"], [dyad_column(dyad) for dyad in contracts.DYADS]
    by_dyad = [active[active["dyad"] == dyad] for dyad in contracts.DYADS]
    wide = by_dyad[0][key].assign(
        **{name: rows["active"].array for name, rows in zip(names, by_dyad, strict=True)}
    )
    joined = panel.merge(wide, how="left", on=key, validate="one_to_one")
    searched = looked_up(joined["region_code"], coverage).astype("str").fillna("not_coded")
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
    by_province = totals.assign(province=totals["region_code"].str[:PROVINCE_DIGITS])
    wanted = keys[["date"]].assign(province=keys["region_code"].str[:PROVINCE_DIGITS])
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
        Layers of the timeline, the one that counts first first; those of the area where none.
    """

    table: str
    cases: Callable[[pd.DataFrame], pd.DataFrame]
    layers: tuple[str, ...]


_WESTJAVA = "cases/westjava_daily.csv"

LEVELS = {
    "jabodetabek": Level(_WESTJAVA, kabkota_cases, ("primary",)),
    "area": Level(_WESTJAVA, kabkota_cases, ()),
    "westjava": Level(_WESTJAVA, kabkota_cases, ("wj27", "primary")),
    "province": Level("cases/province_daily.csv", province_cases, ("primary", "comparison")),
}


def members(level: str, area: Area, regions: pd.DataFrame) -> list[str]:
    """Return the codes of the regions of a panel."""
    if level in ("jabodetabek", "area"):
        return list(area.units)
    is_province = regions["level"] == "province"
    if level == "province":
        return list(regions.loc[is_province, "region_code"])
    return list(regions.loc[~is_province & (regions["province_code"] == WEST_JAVA), "region_code"])


@dataclass(frozen=True, eq=False)
class Parts:
    """What the days of regions are joined to, ready for any of the regions.

    Parameters
    ----------
    cases : pandas.DataFrame
        Counts by region and day; see `with_cases`.
    corrections : pandas.DataFrame
        The made table corrections.
    population : pandas.Series
        Residents by region.
    beds : pandas.DataFrame
        Hospitals and beds by region.
    regimes, measures : pandas.DataFrame
        ``policy/regimes.csv`` and ``cooperation/measures.csv``.
    counted : mapping of str to str
        Region that each unit with measures counts in.
    coverage : mapping of str to str
        How far each region was searched for measures.
    """

    cases: pd.DataFrame
    corrections: pd.DataFrame
    population: pd.Series
    beds: pd.DataFrame
    regimes: pd.DataFrame
    measures: pd.DataFrame
    counted: Mapping[str, str]
    coverage: Mapping[str, str]


def build(level: str, raw: Mapping[str, pd.DataFrame], chosen: Choices) -> pd.DataFrame:
    """Return the joined panel of one level.

    Parameters
    ----------
    level : str
        ``jabodetabek``, ``area``, ``westjava`` or ``province``.
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
    how = replace(how, layers=how.layers or chosen.area.layers)
    codes, searched = members(level, chosen.area, regions), chosen.area.searched_units
    counted = {
        unit: region for unit, region in counted_in(level, searched).items() if region in set(codes)
    }
    every_unit = list(regions.loc[regions["level"] != "province", "region_code"])
    parts = Parts(
        how.cases(raw["cases"]),
        raw["corrections"],
        population_by_region(raw["population"]),
        beds_by_region(raw["hospitals"]),
        raw["regimes"],
        raw["measures"],
        counted,
        search_coverage(counted, searched, every_unit),
    )
    schema = contracts.PANELS[level]
    return pd.concat(
        [join(block, how, parts, chosen, schema) for block in blocks(sorted(codes))],
        ignore_index=True,
    )


def join(
    codes: Sequence[str], how: Level, parts: Parts, chosen: Choices, schema: contracts.Schema
) -> pd.DataFrame:
    """Return the panel of some regions, which does not depend on what others there are.

    Parameters
    ----------
    codes : sequence of str
        The regions.
    how : Level
    parts : Parts
        Rows of other regions are left aside.
    chosen : Choices
    schema : Schema
        Contract of the panel.

    Returns
    -------
    pandas.DataFrame
        Sorted by region and day.

    Raises
    ------
    InputError
        See `build`.
    """
    keys = grid(codes, chosen.span.start, chosen.span.end)
    panel = with_cases(keys, parts.cases, dict.fromkeys(DKI_UNITS, "weekly_only"))
    panel = panel.assign(cumulative_unattributed=unattributed(keys, parts.cases))
    panel = with_flags(panel, parts.corrections, how.table)
    panel = with_capacity(panel, parts.population, parts.beds)
    coded = parts.regimes.loc[parts.regimes["layer"].isin(how.layers), "region_code"]
    holders = regime_holders(codes, list(coded.unique()))
    panel = with_regimes(panel, parts.regimes, how.layers, holders)
    panel = with_strictness(panel, chosen.scale)
    active = active_measures(
        parts.measures,
        pd.date_range(chosen.span.start, chosen.span.end, unit="s"),
        chosen.measures.open_end_days,
        counted_in=parts.counted,
        regions=codes,
    )
    panel = with_measures(panel, active, parts.coverage)
    return finish(panel, schema)
