"""The weekly join of Java: kab/kota of Jawa Barat, Jawa Tengah and Greater Jakarta.

Three kinds of counts stand side by side, and ``cases_kind`` says which:

- Jawa Barat: sums of seven daily counts (``count``).
- Jawa Tengah: new cases whose outcome became known, by the week of the case (``closed``).
- The six units of DKI: steps of the running total with a known address, to which the cases of
  unknown address are added in proportion (``scaled``). Where the files leave days out (August
  2020, and all days but month-ends after November 2020), the step between the days that are
  known is spread evenly over the weeks between them (``end_points``): good for sums, not for
  growth.

Levels of the kinds are not to be compared; each unit's own changes are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gotong import contracts, epidemic
from gotong.config import Area, Measures, Span, StrictnessScale
from gotong.panels import daily
from gotong.regions import province_of
from gotong.tables import DATE
from gotong.timeline import active_measures

WEEK = pd.Timedelta(days=7)
BRIDGED = pd.Timedelta(days=3)
"""Known days as far apart as this bridge a day or two between them, as in the middle of July and
of September 2020, without a word."""

WESTJAVA, CENTRALJAVA = "32", "33"
NO_ADDRESS = "unknown"

CASE_TABLES = (
    "cases/westjava_daily.csv",
    "cases/centraljava_weekly.csv",
    "kelurahan/units_daily.csv",
    "kelurahan/cases_monthly.csv",
)
"""Raw tables that the counts come from, whose flags stand beside them."""

CASES = ["region_code", "week_start", "cases", "cases_kind", "why_null"]
"""Columns of the tables of weekly cases; the last says why a reported week has no count."""


def mondays(span: Span) -> pd.DatetimeIndex:
    """Return the Mondays of all whole weeks of a span."""
    first = pd.Timestamp(span.start)
    first += pd.Timedelta(days=(7 - first.weekday()) % 7)
    last = pd.Timestamp(span.end) - pd.Timedelta(days=6)
    return pd.date_range(first, last, freq="7D", unit="s")


def westjava_weeks(cumulative: pd.DataFrame) -> pd.DataFrame:
    """Return new cases of Jawa Barat by week: sums of seven daily counts, all of them known.

    Parameters
    ----------
    cumulative : pandas.DataFrame
        ``cases/westjava_daily.csv``.

    Returns
    -------
    pandas.DataFrame
        The columns `CASES`; a week of which a day is missing is null.
    """
    steps = daily.kabkota_cases(cumulative)
    steps = steps[~steps["region_code"].str.endswith(daily.UNKNOWN_UNIT)]
    steps["week_start"] = monday_of(steps["date"])
    weeks = steps.groupby(["region_code", "week_start"])["cases"].agg(["sum", "count"])
    whole = weeks["sum"].astype("float64").where(weeks["count"] == epidemic.WEEK)
    return (
        whole.rename("cases")
        .reset_index()
        .assign(cases_kind="count", why_null="part_of_week")[CASES]
    )


def centraljava_weeks(weekly: pd.DataFrame) -> pd.DataFrame:
    """Return new cases of Jawa Tengah by week, as far as they are usable.

    Parameters
    ----------
    weekly : pandas.DataFrame
        ``cases/centraljava_weekly.csv``.
    """
    usable = weekly[weekly["usable"]]
    cases = usable["closed_cases"].astype("float64")
    return usable.assign(cases=cases, cases_kind="closed", why_null="")[CASES]


def monday_of(days: pd.Series) -> pd.Series:
    """Return the Monday of the week that each day lies in."""
    return (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).astype(DATE)


def dki_totals(units: pd.DataFrame, monthly: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return running totals of the six units of DKI, those of unknown address shared out.

    ``C_i = c_i (1 + u / (sum_j c_j + o))``, where c are cases with an address in a unit, o
    those outside DKI and u those of unknown address: u is taken to be spread like the others.

    Parameters
    ----------
    units : pandas.DataFrame
        ``kelurahan/units_daily.csv``.
    monthly, names : pandas.DataFrame
        ``kelurahan/cases_monthly.csv`` and ``kelurahan/kelurahan.csv``, for the ends of the
        months after the daily files.

    Returns
    -------
    pandas.DataFrame, index date, one column per unit
        Persons, not whole numbers.
    """
    unit_of = dict(zip(names["kelurahan_code"], names["unit_code"], strict=True))
    placed = monthly.assign(
        unit_code=monthly["kelurahan_code"].map(unit_of).fillna(monthly["kelurahan_code"])
    )
    later = placed[placed["date"] > units["date"].max()]
    both = pd.concat([units, later])
    totals = both.groupby(["date", "unit_code"])["cumulative_cases"].sum().unstack()
    totals = totals.astype("float64")
    known = totals.drop(columns=NO_ADDRESS)
    scale = 1 + totals[NO_ADDRESS] / known.sum(axis="columns")
    return known.drop(columns="outside").mul(scale, axis="index")


def dki_weeks(totals: pd.DataFrame, weeks: pd.DatetimeIndex) -> pd.DataFrame:
    """Return new cases of the six units of DKI by week, from their running totals.

    Parameters
    ----------
    totals : pandas.DataFrame
        From `dki_totals`.
    weeks : pandas.DatetimeIndex
        Mondays.

    Returns
    -------
    pandas.DataFrame
        The columns `CASES`. A week is ``scaled`` when the totals of the Sunday before it and of
        its own Sunday are known, or lie between known days at most `BRIDGED` apart;
        ``end_points`` when one is read off a longer straight line between two known days; null
        before the first and after the last known day, and where re-assignment of addresses
        makes the step negative.
    """
    ends = weeks.union(weeks[-1:] + WEEK) - pd.Timedelta(days=1)
    every_day = pd.date_range(
        min(totals.index.min(), ends.min()), max(totals.index.max(), ends.max()), unit="s"
    )
    line = totals.reindex(every_day).interpolate(limit_area="inside").reindex(ends)
    is_known = _bridged(totals.index, ends)
    steps = line.diff().iloc[1:]
    kinds = np.where(is_known & is_known.shift(fill_value=False), "scaled", "end_points")[1:]
    steps.index, steps.columns.name = pd.DatetimeIndex(weeks, name="week_start"), "region_code"
    kind_of = dict(zip(weeks, kinds, strict=True))
    found = steps.where(steps >= 0).melt(ignore_index=False, value_name="cases").reset_index()
    kinds_by_row = found["week_start"].map(kind_of)
    return found.assign(cases_kind=kinds_by_row, why_null="total_fell")[CASES]


def _bridged(known: pd.Index, days: pd.DatetimeIndex) -> pd.Series:
    """Return which days are known or lie between known days at most `BRIDGED` apart."""
    ordered = pd.DatetimeIndex(known).sort_values()
    after = np.searchsorted(ordered, days)
    inside = (after > 0) & (after < len(ordered))
    later = ordered[np.minimum(after, len(ordered) - 1)]
    earlier = ordered[np.maximum(after - 1, 0)]
    is_near = inside & np.asarray(later - earlier <= BRIDGED)
    return pd.Series(is_near | days.isin(ordered), index=days)


@dataclass(frozen=True)
class Choices:
    """The parts of the configuration that the panel depends on."""

    area: Area
    span: Span
    scale: StrictnessScale
    measures: Measures


def members(area: Area, regions: pd.DataFrame) -> list[str]:
    """Return the units of the panel: Jawa Barat, Jawa Tengah and the area, sorted."""
    is_unit = regions["level"] != "province"
    in_java = regions["province_code"].isin([WESTJAVA, CENTRALJAVA])
    return sorted({*regions.loc[is_unit & in_java, "region_code"], *area.units})


def with_cases(keys: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Join weekly cases to a grid and say why a count is missing.

    Returns
    -------
    pandas.DataFrame
        With cases, cases_kind (blank where null) and ``cases_missing``: blank,
        ``before_first_report``, ``after_last_report``, ``gap_in_source``, ``no_public_series``
        or what the table of cases says: ``part_of_week``, ``total_fell``.
    """
    joined = keys.merge(
        cases,
        how="left",
        on=["region_code", "week_start"],
        validate="one_to_one",
        indicator="found",
    )
    reported = joined.pop("found") == "both"
    known = cases.dropna(subset="cases").groupby("region_code")["week_start"].agg(["min", "max"])
    first, last = (joined["region_code"].map(known[name]) for name in ("min", "max"))
    joined["cases_missing"] = np.select(
        [
            joined["cases"].notna(),
            first.isna(),
            joined["week_start"] < first,
            joined["week_start"] > last,
            reported,
        ],
        [
            "",
            "no_public_series",
            "before_first_report",
            "after_last_report",
            joined["why_null"].fillna(""),
        ],
        default="gap_in_source",
    )
    kind = joined["cases_kind"].where(joined["cases"].notna(), "")
    return joined.assign(cases_kind=kind.astype("str")).drop(columns="why_null")


def with_regimes(
    panel: pd.DataFrame, regimes: pd.DataFrame, span: Span, scale: StrictnessScale
) -> pd.DataFrame:
    """Add the mean strictness of each week and the days of it that are coded."""
    layers = ("primary", "wj27")
    codes = list(panel["region_code"].unique())
    coded = regimes.loc[regimes["layer"].isin(layers), "region_code"].unique()
    holders = daily.regime_holders(codes, list(coded))
    grid = daily.grid(codes, span.start, span.end)
    strict = daily.with_strictness(daily.with_regimes(grid, regimes, layers, holders), scale)
    strict["week_start"] = monday_of(strict["date"])
    weeks = strict.groupby(["region_code", "week_start"])["strictness"].agg(["mean", "count"])
    weeks = weeks.rename(columns={"mean": "strictness", "count": "strictness_days"}).reset_index()
    joined = panel.merge(weeks, how="left", on=["region_code", "week_start"], validate="one_to_one")
    return joined.astype({"strictness": "float64", "strictness_days": "Int64"})


def with_measures(
    panel: pd.DataFrame, measures: pd.DataFrame, area: Area, chosen: Choices
) -> pd.DataFrame:
    """Add the mean number of active measures by week and dyad; null where none were searched."""
    days = pd.date_range(chosen.span.start, chosen.span.end, unit="s")
    active = active_measures(
        measures,
        days,
        chosen.measures.open_end_days,
        counted_in={u: u for u in area.searched_units},
    )
    active["week_start"] = monday_of(active["date"])
    means = active.groupby(["region_code", "week_start", "dyad"])["active"].mean().unstack()
    means = means.reindex(columns=list(contracts.DYADS)).astype("float64")
    means.columns = pd.Index([daily.dyad_column(dyad) for dyad in means.columns])
    means["active_all"] = means.sum(axis="columns")
    return panel.merge(
        means.reset_index(), how="left", on=["region_code", "week_start"], validate="one_to_one"
    )


def with_zones(panel: pd.DataFrame, zones: pd.DataFrame) -> pd.DataFrame:
    """Add the risk zone that was dated in each week; blank where none was."""
    dated = zones.assign(week_start=monday_of(zones["date"]))
    last = dated.sort_values("date").drop_duplicates(["region_code", "week_start"], keep="last")
    joined = panel.merge(
        last[["region_code", "week_start", "zone"]],
        how="left",
        on=["region_code", "week_start"],
        validate="one_to_one",
    )
    return joined.assign(zone=joined["zone"].astype("str").fillna(""))


def with_flags(panel: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Add the corrections that flag a day's cases in the week, by id, joined by spaces."""
    of_cases = corrections["table"].isin(CASE_TABLES) & (corrections["action"] == "flag")
    flagged = corrections[of_cases].dropna(subset="date")
    flagged = flagged.assign(week_start=monday_of(flagged["date"]))
    flagged = flagged.drop_duplicates(["region_code", "week_start", "correction"])
    named = flagged.groupby(["region_code", "week_start"])["correction"].agg(" ".join)
    joined = panel.merge(
        named.rename("cases_flag").reset_index(),
        how="left",
        on=["region_code", "week_start"],
        validate="one_to_one",
    )
    return joined.assign(cases_flag=joined["cases_flag"].astype("str").fillna(""))


def first_ppkm(codes: Sequence[str], coded: pd.DataFrame) -> pd.Series:
    """Return how each unit came under the first PPKM of January 2021.

    Returns
    -------
    pandas.Series of str, index region code
        ``first`` (from 11 January), ``second`` (from 26 January), ``none`` (neither list names
        it), blank where it was not looked up.
    """
    by_region = coded.set_index("region_code")
    stage = pd.Series("none", index=by_region.index, dtype="str")
    stage = stage.mask(by_region["second_stage_from"].notna(), "second")
    stage = stage.mask(by_region["first_stage"].astype(bool), "first")
    return stage.reindex(list(codes)).fillna("").astype("str")


def build(raw: Mapping[str, pd.DataFrame], chosen: Choices) -> pd.DataFrame:
    """Return the weekly panel of Java.

    Parameters
    ----------
    raw : mapping of str to pandas.DataFrame
        westjava, centraljava, units, monthly, kelurahan (cases and names), zones_2020,
        zones_2022, ppkm, regimes, measures, hospitals, population, regions; and the made table
        corrections.
    chosen : Choices

    Returns
    -------
    pandas.DataFrame
        See `contracts.PANELS`; one row per unit and whole week of the span.

    Raises
    ------
    InputError
        The joined table does not meet its contract.
    """
    weeks = mondays(chosen.span)
    codes = members(chosen.area, raw["regions"])
    keys = pd.MultiIndex.from_product([codes, weeks], names=["region_code", "week_start"])
    cases = pd.concat(
        [
            westjava_weeks(raw["westjava"]),
            centraljava_weeks(raw["centraljava"]),
            dki_weeks(dki_totals(raw["units"], raw["monthly"], raw["kelurahan"]), weeks),
        ],
        ignore_index=True,
    )
    panel = with_cases(keys.to_frame(index=False), cases)
    panel = daily.with_capacity(
        panel,
        daily.population_by_region(raw["population"]),
        daily.beds_by_region(raw["hospitals"]),
    )
    panel = with_regimes(panel, raw["regimes"], chosen.span, chosen.scale)
    panel = with_measures(panel, raw["measures"], chosen.area, chosen)
    zones = pd.concat([raw["zones_2020"], raw["zones_2022"]], ignore_index=True)
    panel = with_flags(with_zones(panel, zones), raw["corrections"])
    stages = first_ppkm(codes, raw["ppkm"])
    # What is no count, at which the contract stops, has no incidence.
    counts = panel[["cases"]].where(panel[["cases"]] >= 0).to_numpy(dtype="float64")
    panel = panel.assign(
        province_code=panel["region_code"].map(province_of).astype("str"),
        first_ppkm=panel["region_code"].map(stages).astype("str"),
        incidence_per_100k=epidemic.incidence_per_100k(counts, panel["population"])[:, 0],
    )
    schema = contracts.PANELS["java"]
    ordered = panel.sort_values(["region_code", "week_start"], ignore_index=True)
    ordered = ordered[list(schema.columns)]
    remedy = "a raw table or the join is at fault: see the row named, then data/raw"
    return contracts.check(ordered, schema, f"data/processed/{schema.name}.parquet", remedy)
