"""Periods and measures spread over days and months: regimes in force, measures active.

Regimes become numbers on an ordinal scale (`strictness`); measures become counts, active by
day or started by month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gotong import contracts
from gotong.errors import InputError
from gotong.regions import JABODETABEK
from gotong.tables import DATE, looked_up

REGIMES = "policy/regimes.csv"
MEASURES = "cooperation/measures.csv"

NOT_YET = "belum PSBB"
"""Regime of a region on the days before its first restriction."""

Scale = Mapping[str, float | None]
"""Strictness by regime; None says that it follows from the PPKM level."""


def _fault(dataset: str, place: str, expected: str, found: str, remedy: str) -> InputError:
    return InputError(dataset, f"data/raw/{dataset}", place, expected, found, remedy)


def _day(value: pd.Timestamp) -> str:
    """Write a date, or say that there is none."""
    return "no day" if pd.isna(value) else value.date().isoformat()


def _stated(text: pd.Series) -> pd.Series:
    """Return where a text is neither missing nor blank."""
    return text.notna() & (text != "")


def _levelled(regime: pd.Series, scale: Scale) -> pd.Series:
    """Return where the regime is one whose strictness follows from its level."""
    unknown = sorted(set(regime[_stated(regime)].unique()) - set(scale))
    if unknown:
        names = ", ".join(repr(name) for name in unknown)
        raise ValueError(f"the scale of strictness does not name the regime {names}")
    return regime.isin([name for name, value in scale.items() if value is None])


def strictness(
    regime: pd.Series, level: pd.Series, scale: Scale, level_scale: Mapping[str, float]
) -> pd.Series:
    """Return how strict each regime is, on an ordinal scale.

    Parameters
    ----------
    regime : pandas.Series of str
        Restriction in force; blank or missing where none is coded.
    level : pandas.Series of str
        PPKM level, same index; read only where `scale` says None.
    scale : mapping of str to float or None
        Strictness by regime. None takes it from `level_scale`.
    level_scale : mapping of str to float
        Strictness by PPKM level.

    Returns
    -------
    pandas.Series of float64
        In steps of the scale. Missing where no regime is coded, and where the regime needs a
        level that the decree does not give: it is not guessed from neighbours or dates.

    Raises
    ------
    ValueError
        A regime or a level that the scales do not name; the message names it.
    """
    levelled = _levelled(regime, scale)
    needed = level[levelled & _stated(level)]
    unknown = sorted(set(needed.unique()) - set(level_scale))
    if unknown:
        names = ", ".join(repr(name) for name in unknown)
        raise ValueError(f"the scale of strictness does not name the PPKM level {names}")
    fixed = {name: value for name, value in scale.items() if value is not None}
    by_regime = looked_up(regime, fixed).astype("float64")
    by_level = looked_up(level, level_scale).astype("float64")
    return by_regime.where(~levelled, by_level).rename("strictness")


def label_codes(regime: pd.Series, level: pd.Series, scale: Scale) -> pd.Series:
    """Return a whole number for each label, for the nominal comparison of regimes.

    A label is the regime, with its level where `scale` says None: two regions under PPKM
    level 2 and 3 differ, two under PPKM darurat do not, whatever they were assessed at.

    Parameters
    ----------
    regime, level, scale
        See `strictness`.

    Returns
    -------
    pandas.Series of int64
        0 and up, in alphabetical order of labels; -1 where regime or needed level is missing.
    """
    levelled = _levelled(regime, scale)
    known = _stated(regime) & (~levelled | _stated(level))
    label = regime.where(~levelled, regime + " " + level).where(known)
    codes, _ = pd.factorize(label, sort=True)
    return pd.Series(codes, index=regime.index, dtype="int64", name="label_code")


def regime_by_day(
    periods: pd.DataFrame, regions: Sequence[str], days: pd.DatetimeIndex
) -> pd.DataFrame:
    """Spread periods over days.

    Parameters
    ----------
    periods : pandas.DataFrame
        region_code, start_date, end_date (both days included), regime, level; of one layer.
    regions : sequence of str
        Codes to spread; other regions of `periods` are left aside.
    days : pandas.DatetimeIndex
        Ascending.

    Returns
    -------
    pandas.DataFrame
        region_code, date, regime, level: one row per region and day, in the order of
        `regions`, then of `days`, so that a column reshaped to ``(len(regions), -1)`` fits
        `alignment`. Missing on days outside every period, and so on every day of a region
        that the timeline does not code (the units of DKI: it codes ``31``).

    Raises
    ------
    InputError
        Two periods of one region share a day, or a period has no end or ends before it
        starts: which regime held cannot be told.
    """
    chosen = periods[periods["region_code"].isin(regions)].sort_values(
        ["start_date", "region_code"], ignore_index=True
    )
    _check_periods(chosen)
    grid = pd.MultiIndex.from_product([days, regions], names=["date", "region_code"])
    spread = pd.merge_asof(
        grid.to_frame(index=False).astype({"date": DATE, "region_code": "str"}),
        chosen.astype({"start_date": DATE, "end_date": DATE, "region_code": "str"}),
        left_on="date",
        right_on="start_date",
        by="region_code",
    )
    over = ~(spread["date"] <= spread["end_date"])
    spread[["regime", "level"]] = spread[["regime", "level"]].mask(over)
    by_region = np.arange(len(spread)).reshape(len(days), len(regions)).T.ravel()
    spread = spread.take(by_region).reset_index(drop=True)
    return spread[["region_code", "date", "regime", "level"]]


def _check_periods(periods: pd.DataFrame) -> None:
    """Stop at the first period, sorted by start, that is no period or overlaps another."""
    start, end = periods["start_date"], periods["end_date"]
    before = periods.groupby("region_code")["end_date"].shift()
    faults = (
        (~(end >= start), end, "a last day, not before the first", "{}"),
        (start <= before, before, "one regime per day", "another period that lasts to {}"),
    )
    for wrong, day, expected, found in faults:
        for row in np.flatnonzero(wrong)[:1]:
            raise _fault(
                REGIMES,
                f"region {periods['region_code'].iloc[row]}, period from {_day(start.iloc[row])}",
                expected,
                found.format(_day(day.iloc[row])),
                "mend the dates of the period, or choose one layer of the timeline",
            )


def undated(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the measures without a start, which no count by day or month can hold."""
    return measures[measures["start_date"].isna()]


def unplaced(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the measures that name no unit of Greater Jakarta, active in no region."""
    return measures[measures["region_codes"] == ""]


def _classes(column: str) -> list[str]:
    """Return every value that a classifying column of the measures may hold, sorted."""
    closed = contracts.RAW[MEASURES].columns.get(column)
    if closed and closed.allowed:
        return sorted(closed.allowed)
    raise ValueError(f"measures cannot be counted by {column!r}: its values are not a closed list")


def active_measures(
    measures: pd.DataFrame,
    days: pd.DatetimeIndex,
    open_end_days: int,
    by: Sequence[str] = ("dyad",),
    counted_in: Mapping[str, str] | None = None,
    regions: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Count the measures that are active on each day in each region, by kind.

    A measure is active from its start to its end, both included; where no end was found, for
    `open_end_days` days. Measures without a start (`undated`) or without a unit of Greater
    Jakarta (`unplaced`) are active nowhere: the caller states them.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``cooperation/measures.csv``.
    days : pandas.DatetimeIndex
        Every day of the window, ascending, without a gap.
    open_end_days : int
        1 or more.
    by : sequence of str
        Columns with a closed list of values: dyad, act, factor, reach, confidence, audit.
    counted_in : mapping of str to str, optional
        Region that each unit counts in, for example ``31`` for all units of DKI; a measure
        counts once in a region, however many of its units it names. Units that are not
        among its keys are left aside. By default each unit of Greater Jakarta is a region.
    regions : sequence of str, optional
        The regions to count in, where not all that units count in are wanted.

    Returns
    -------
    pandas.DataFrame
        region_code, date, the columns of `by`, active (measures, Int64): every region, day
        and class once, zeros included, sorted.

    Raises
    ------
    InputError
        A measure that ends before it starts, a code that is no unit of Greater Jakarta, or a
        class that the contract does not know.
    ValueError
        Days with a gap, fewer than one open-end day, or a column that cannot be counted by.
    """
    if open_end_days < 1:
        raise ValueError(f"open_end_days must be 1 or more, not {open_end_days}")
    first = days.to_numpy().astype("datetime64[D]")
    if not (np.diff(first) == np.timedelta64(1, "D")).all() or not len(days):
        raise ValueError("days must be consecutive, and one at least")
    if counted_in is None:
        counted_in = {unit: unit for unit in JABODETABEK}
    counting = set(counted_in.values())
    regions = sorted(counting if regions is None else counting.intersection(regions))
    levels = [_classes(name) for name in by]
    shape = (len(regions), *map(len, levels), len(days) + 1)

    placed = _placed(measures[measures["start_date"].notna()], counted_in)
    placed = placed[placed["region_code"].isin(regions)]
    cell = [
        pd.Index(regions).get_indexer(pd.Index(placed["region_code"])),
        *(_positions(placed, name, values) for name, values in zip(by, levels, strict=True)),
    ]
    start, stop = _spells(placed, first[0], len(days), open_end_days)
    # One step up where a measure starts and one down after its end; the running sum counts.
    steps = np.zeros(shape, dtype="int64")
    np.add.at(steps, (*cell, start), 1)
    np.add.at(steps, (*cell, stop), -1)
    counts = np.moveaxis(steps[..., :-1].cumsum(axis=-1), -1, 1)

    index = pd.MultiIndex.from_product(
        [regions, days.astype(DATE), *levels], names=["region_code", "date", *by]
    )
    return pd.Series(counts.ravel(), index, dtype="Int64", name="active").reset_index()


def _placed(measures: pd.DataFrame, counted_in: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per measure and region that it is counted in."""
    by_unit = measures.assign(unit=measures["region_codes"].str.split()).explode("unit")
    by_unit = by_unit[by_unit["unit"].notna()]
    _check_cells(
        by_unit.assign(region_codes=by_unit["unit"]),
        "region_codes",
        by_unit["unit"].isin([*JABODETABEK, *counted_in]),
        "BPS codes of units of Greater Jakarta",
        "mend the code; leave it out if the measure was taken elsewhere",
    )
    region = by_unit["unit"].map(counted_in)
    placed = by_unit.assign(region_code=region)[region.notna()]
    return placed.drop_duplicates(["measure_id", "region_code"])


def _check_cells(
    measures: pd.DataFrame, column: str, good: np.ndarray | pd.Series, expected: str, remedy: str
) -> None:
    """Stop at the first measure whose cell is not good."""
    for row in np.flatnonzero(~np.asarray(good))[:1]:
        cell = measures[column].iloc[row]
        place = f"measure {measures['measure_id'].iloc[row]}, column '{column}'"
        found = _day(cell) if isinstance(cell, pd.Timestamp) else repr(cell)
        raise _fault(MEASURES, place, expected, found, remedy)


def _positions(measures: pd.DataFrame, column: str, values: list[str]) -> np.ndarray:
    """Return where each measure's class stands in the list of classes."""
    positions = pd.Index(values).get_indexer(pd.Index(measures[column]))
    remedy = "mend the cell; a new class belongs in the contract"
    _check_cells(measures, column, positions >= 0, ", ".join(values), remedy)
    return positions


def _spells(
    measures: pd.DataFrame, first: np.datetime64, length: int, open_end_days: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the first active day and the day after the last, as positions in the window."""
    _check_cells(
        measures,
        "end_date",
        measures["end_date"].isna() | (measures["end_date"] >= measures["start_date"]),
        "no day before that of the start",
        "mend one of the two dates; leave the end blank if it is not known",
    )
    start = measures["start_date"].to_numpy().astype("datetime64[D]")
    end = measures["end_date"].to_numpy().astype("datetime64[D]")
    stop = np.where(np.isnat(end), start + open_end_days, end + 1)
    # What lies outside the window starts and stops at the same edge, and so counts nowhere.
    inside = [np.clip((day - first).astype("int64"), 0, length) for day in (start, stop)]
    return inside[0], inside[1]


def monthly_starts(measures: pd.DataFrame, by: Sequence[str] = ("dyad", "act")) -> pd.DataFrame:
    """Count the measures whose reported start lies in each month, by kind.

    Months, because reported starts are good to a month at best: of those that a second text
    could test, 11 % and 31 % (two audits) were wrong, nearly all too late. Every measure
    counts once wherever it was taken; those without a start are in `undated`, not here.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``cooperation/measures.csv``.
    by : sequence of str
        See `active_measures`.

    Returns
    -------
    pandas.DataFrame
        month (its first day), the columns of `by`, measures (Int64): every month from the
        first start to the last and every class once, zeros included, sorted.

    Raises
    ------
    InputError
        A class that the contract does not know.
    ValueError
        A column that cannot be counted by.
    """
    levels = [_classes(name) for name in by]
    dated = measures[measures["start_date"].notna()]
    for name, values in zip(by, levels, strict=True):
        _positions(dated, name, values)
    month = dated["start_date"].to_numpy().astype("datetime64[M]")
    counts = dated.assign(month=month.astype(DATE)).groupby(["month", *by]).size()
    span = np.arange(month.min(), month.max() + 1) if len(month) else month
    months = pd.DatetimeIndex(span.astype(DATE))
    index = pd.MultiIndex.from_product([months, *levels], names=["month", *by])
    whole = counts.reindex(index, fill_value=0).astype("Int64")
    return whole.rename("measures").reset_index()
