"""Panels of the designs with staggered adoption: which regions, which weeks, since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gotong.analyses import designs
from gotong.config import Effects, Span, StaggeredDesign
from gotong.regions import DKI, province_of
from gotong.timeline import NOT_YET

Tables = Mapping[str, pd.DataFrame]
Adoption = Mapping[str, pd.Timestamp]

REGIMES = "policy/regimes.csv"
PPKM = "policy/ppkm_january_2021.csv"
GOOGLE = "mobility/google_daily.csv"
NEW_NORMAL = "AKB"
PSBB = "PSBB"


@dataclass(frozen=True, eq=False)
class Weekly:
    """Values of regions by week.

    Attributes
    ----------
    table : pandas.DataFrame, index region code, columns Mondays
        NaN where missing.
    flagged : frozenset of str
        Regions with a flagged week.
    population : pandas.Series, index region code
        Residents; empty where incidence is not looked at.
    """

    table: pd.DataFrame
    flagged: frozenset[str]
    population: pd.Series


def whole_weeks(span: Span) -> pd.DatetimeIndex:
    """Return the Mondays of the whole weeks of a span."""
    first = designs.first_week(pd.Timestamp(span.start), designs.DAYS)
    last = pd.Timestamp(span.end) - pd.Timedelta(days=designs.DAYS - 1)
    return pd.date_range(first, last, freq="7D", unit="s")


def first_ppkm(tables: Tables) -> dict[str, pd.Timestamp]:
    """Return the first day of the first PPKM of each kab/kota that came under it."""
    coded = tables[PPKM].set_index("region_code")
    day = coded["first_start"].fillna(coded["second_stage_from"]).dropna()
    return {str(code): pd.Timestamp(start) for code, start in day.items()}


def first_psbb_westjava(tables: Tables) -> dict[str, pd.Timestamp]:
    """Return the first day of PSBB of each kab/kota of Jawa Barat."""
    days = _westjava(tables)
    return _first_days(days[days["regime"] != NOT_YET])


def first_psbb_java(tables: Tables) -> dict[str, pd.Timestamp]:
    """Return the same; the kab/kota of Jawa Tengah had none but for Kota Tegal, left out."""
    return first_psbb_westjava(tables)


def akb_westjava(tables: Tables) -> dict[str, pd.Timestamp]:
    """Return the first day of AKB of each kab/kota of Jawa Barat that entered it by July 2020."""
    days = _westjava(tables)
    return _first_days(days[days["regime"] == NEW_NORMAL])


def _westjava(tables: Tables) -> pd.DataFrame:
    regimes = tables[REGIMES]
    return regimes[regimes["layer"] == "wj27"]


def _first_days(periods: pd.DataFrame) -> dict[str, pd.Timestamp]:
    first = periods.groupby("region_code")["start_date"].min()
    return {str(code): pd.Timestamp(day) for code, day in first.items()}


def first_psbb_province(tables: Tables) -> dict[str, pd.Timestamp]:
    """Return the first day of PSBB of each province that it covered whole from the start."""
    regimes = tables[REGIMES]
    chosen = regimes["layer"].isin(["primary", "comparison"])
    own = _first_days(regimes[chosen & (regimes["region_code"].str.len() == len(DKI))])
    parts = _parts(tables)
    return {code: day for code, day in own.items() if day <= parts.get(code, day)}


def _parts(tables: Tables) -> dict[str, pd.Timestamp]:
    """Return the first day on which some kab/kota of a province was under PSBB."""
    regimes = tables[REGIMES]
    chosen = regimes["layer"].isin(["primary", "comparison"])
    parts = regimes[chosen & (regimes["region_code"].str.len() > len(DKI))]
    return _first_days(parts.assign(region_code=parts["region_code"].map(province_of)))


def partly_covered(tables: Tables) -> frozenset[str]:
    """Return the provinces where PSBB held in some kab/kota only, or in some of them first."""
    return frozenset(set(_parts(tables)) - set(first_psbb_province(tables)))


ADOPTION = {
    "first_ppkm": first_ppkm,
    "first_ppkm_centraljava": first_ppkm,
    "first_psbb_westjava": first_psbb_westjava,
    "first_psbb_java": first_psbb_java,
    "first_psbb_province": first_psbb_province,
    "akb_westjava": akb_westjava,
}
"""First day under the rule by region, for each design."""


def kabkota_cases(tables: Tables, design: StaggeredDesign) -> Weekly:
    """Return weekly cases of the kab/kota of some provinces."""
    panel, weeks = tables["panel_java"], whole_weeks(design.weeks)
    inside = panel["week_start"].isin(weeks) & panel["province_code"].isin(design.provinces)
    rows = panel[inside]
    flagged = frozenset(rows.loc[rows["cases_flag"] != "", "region_code"])
    population = rows.groupby("region_code")["population"].first().astype("float64")
    return Weekly(_wide(rows, "week_start", "cases", weeks), flagged, population)


def province_cases(tables: Tables, span: Span) -> Weekly:
    """Return weekly cases of provinces; no province had a case before its first report."""
    panel, weeks = tables["panel_province"], whole_weeks(span)
    rows = panel[panel["date"].between(weeks[0], weeks[-1] + pd.Timedelta(days=6))]
    cases = rows["cases"].astype("float64")
    early = rows["cases_missing"] == "before_first_report"
    monday = rows["date"] - pd.to_timedelta(rows["date"].dt.day_of_week, unit="D")
    rows = rows.assign(cases=cases.mask(early, 0.0), week_start=monday)
    by_week = rows.groupby(["region_code", "week_start"])["cases"]
    # A week with a missing day has no sum.
    sums = by_week.sum().where(by_week.count() == designs.DAYS).reset_index()
    population = rows.groupby("region_code")["population"].first().astype("float64")
    return Weekly(_wide(sums, "week_start", "cases", weeks), frozenset(), population)


def province_mobility(tables: Tables, span: Span, place: str, least_days: int) -> Weekly:
    """Return weekly means of the mobility of provinces, of weeks with enough days."""
    weeks = whole_weeks(span)
    rows = tables[GOOGLE]
    rows = rows[rows["region_code"].str.fullmatch(r"\d\d")]
    monday = rows["date"] - pd.to_timedelta(rows["date"].dt.day_of_week, unit="D")
    rows = rows.assign(week_start=monday, value=rows[place].astype("float64"))
    by_week = rows.groupby(["region_code", "week_start"])["value"]
    means = by_week.mean().where(by_week.count() >= least_days).reset_index()
    empty = pd.Series(dtype="float64")
    return Weekly(_wide(means, "week_start", "value", weeks), frozenset(), empty)


def _wide(rows: pd.DataFrame, time: str, value: str, times: pd.DatetimeIndex) -> pd.DataFrame:
    """Return values with regions as rows and times as columns, sorted."""
    return rows.pivot(index="region_code", columns=time, values=value).reindex(columns=times)


def assemble(
    name: str, tables: Tables, weekly: Weekly, outcome: str, chosen: Effects, offset: float
) -> designs.Panel:
    """Return the panel of a design, without the regions that its configuration leaves out.

    Parameters
    ----------
    name : str
        Design.
    tables : mapping of str to pandas.DataFrame
        Raw tables with the dates.
    weekly : Weekly
        Weekly cases, or weekly means of mobility.
    outcome : str
        ``growth`` and ``level`` are of cases, any other is taken as it is.
    chosen : Effects
    offset : float
        Added to weekly cases before the logarithm.

    Returns
    -------
    designs.Panel
        Regions whose outcome has a gap are left out, and those that come under the rule in the
        first week, which have no week before. Who comes under it after the last week is, within
        the panel, never treated.
    """
    design = chosen.staggered[name]
    values = weekly.table.drop(index=list(_left_out(name, tables, design)), errors="ignore")
    numbers, weeks = values.to_numpy(dtype="float64"), pd.DatetimeIndex(values.columns)
    if outcome == "growth":
        numbers, weeks = designs.growth(numbers, offset), weeks[1:]
    elif outcome == "level":
        numbers = np.log(numbers + offset)
    units = tuple(str(code) for code in values.index)
    first = positions(units, ADOPTION[name](tables), weeks, chosen.majority_days)
    panel = designs.Panel(numbers, first, units, deciders(design, units, first), weeks)
    return panel.keep(np.isfinite(numbers).all(axis=1) & (first > 0))


def _left_out(name: str, tables: Tables, design: StaggeredDesign) -> frozenset[str]:
    """Return the regions that a design leaves out by its configuration."""
    partly = partly_covered(tables) if name == "first_psbb_province" else frozenset()
    return frozenset(design.left_out) | partly


def positions(
    units: tuple[str, ...], adoption: Adoption, weeks: pd.DatetimeIndex, majority: int
) -> np.ndarray:
    """Return the position of each unit's first week under the rule, infinite for none.

    Returns
    -------
    numpy.ndarray, shape (units,)
        0 also for those under the rule before the first week.
    """
    found = np.full(len(units), np.inf)
    for place, unit in enumerate(units):
        if unit in adoption:
            week = designs.first_week(adoption[unit], majority)
            if week <= weeks[-1]:
                found[place] = int((weeks < week).sum())
    return found


def deciders(design: StaggeredDesign, units: tuple[str, ...], first: np.ndarray) -> tuple[str, ...]:
    """Return who decided for each region.

    Provinces decide for themselves. Kab/kota follow a decree of their province; where whole
    groups got their dates by one decision, each group of a province and date is a decider.
    """
    if not design.provinces:
        return units
    if design.assigned_by == "units":
        return tuple(province_of(unit) for unit in units)
    return tuple(f"{province_of(unit)} {week}" for unit, week in zip(units, first, strict=True))
