"""What data/raw holds of an area, against what its file says it has.

Nothing is guessed from the tables: an area states what it has, and this says where a statement
and the tables differ, and which table to fill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from gotong.config import Area, Config

Tables = Mapping[str, pd.DataFrame]

REGIONS: Final = "geography/regions.csv"
POPULATION: Final = "context/population_sp2020.csv"
HOSPITALS: Final = "facilities/hospitals.csv"
REGIMES: Final = "policy/regimes.csv"
CASES: Final = "cases/westjava_daily.csv"
OUTLINES: Final = "geography/boundaries_kabkota.geojson"
READ: Final = (REGIONS, POPULATION, HOSPITALS, REGIMES, CASES, OUTLINES)
"""Tables that are looked at."""


@dataclass(frozen=True)
class Finding:
    """What a table holds of an area.

    Parameters
    ----------
    what : str
        ``names``, ``residents``, ``outlines``, ``hospitals``: every area needs the first three;
        ``regimes``, ``daily_cases``: those that have them, as `config.Area.has` says.
    table : str
        Where it stands.
    found, lacking : tuple of str
        Regions that the table holds, and that it does not.
    days : str
        First and last day; blank where the table has none.
    fault : str
        What is wrong with it; blank where nothing is.
    """

    what: str
    table: str
    found: tuple[str, ...]
    lacking: tuple[str, ...]
    days: str = ""
    fault: str = ""

    @property
    def line(self) -> str:
        """One line for a person."""
        total = len(self.found) + len(self.lacking)
        parts = [f"{len(self.found)} of {total}", self.days]
        if self.lacking:
            parts.append(f"not there: {', '.join(self.lacking)}")
        said = "; ".join(part for part in (*parts, self.fault) if part)
        return f"{'FAULT ' if self.fault else 'ok    '}{self.what:<12} {self.table}: {said}"


def findings(config: Config, tables: Tables) -> list[Finding]:
    """Return what the tables hold of an area.

    Parameters
    ----------
    config : Config
        The choices of the area.
    tables : mapping of str to pandas.DataFrame
        Those of `READ`, as their contracts have them.
    """
    area = config.area
    always = [
        _always("names", REGIONS, _codes(tables[REGIONS]), area.units),
        _always("residents", POPULATION, _codes(tables[POPULATION]), area.units),
        _always("outlines", OUTLINES, _codes(tables[OUTLINES]), area.units),
    ]
    # A unit without a hospital in the list has none: that is a figure.
    hospitals = _split(_codes(tables[HOSPITALS]), area.units)
    regimes = tables[REGIMES]
    coded = regimes[
        (regimes["layer"] == area.layers[0])
        & regimes["regime"].isin(list(config.strictness.regimes))
    ]
    cases = tables[CASES]
    return [
        *always,
        Finding("hospitals", HOSPITALS, *hospitals),
        _stated(
            area, "regimes", REGIMES, coded, area.policy_regions, ("start_date", "end_date"), all
        ),
        _stated(area, "daily_cases", CASES, cases, area.units, ("date", "date"), any),
        *_core(area, cases),
        *_designs(config),
    ]


def _codes(table: pd.DataFrame) -> set[str]:
    return set(table["region_code"])


def _split(there: set[str], wanted: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the wanted regions that are there, and those that are not."""
    asked = tuple(wanted)
    return (
        tuple(code for code in asked if code in there),
        tuple(code for code in asked if code not in there),
    )


def _always(what: str, table: str, there: set[str], wanted: Iterable[str]) -> Finding:
    """Return a finding that is at fault when a region lacks."""
    found, lacking = _split(there, wanted)
    return Finding(what, table, found, lacking, fault="every unit needs a row" if lacking else "")


def _stated(
    area: Area,
    what: str,
    table: str,
    rows: pd.DataFrame,
    wanted: tuple[str, ...],
    days: tuple[str, str],
    enough: Callable[[Iterable[bool]], bool],
) -> Finding:
    """Return a finding that is at fault when the area says otherwise."""
    own = rows[rows["region_code"].isin(wanted)]
    found, lacking = _split(_codes(own), wanted)
    first, last = days
    span = f"{own[first].min():%Y-%m-%d} to {own[last].max():%Y-%m-%d}" if len(own) else ""
    is_there, says = enough(code in found for code in wanted), what in area.has
    fault = ""
    if says and not is_there:
        fault = f"area.has names {what}: add rows, or take it out"
    elif is_there and not says:
        fault = f"area.has does not name {what}: add it, to have the exhibits that need it"
    return Finding(what, table, found, lacking, span, fault)


def _core(area: Area, cases: pd.DataFrame) -> list[Finding]:
    """Return a finding where the core region cannot be shown as one."""
    faults = []
    if area.core not in area.policy_regions:
        faults.append("area.core is no member of area.deciders")
    if "daily_cases" in area.has and not (area.is_home or area.core in _codes(cases)):
        faults.append("area.core has no daily cases")
    return [Finding("core", CASES, (), (area.core,), fault=fault) for fault in faults]


def _designs(config: Config) -> list[Finding]:
    """Return a finding for each design that is not there or that no unit is in."""
    faults = {}
    for name in config.area.designs or ():
        design = config.effects.staggered.get(name)
        if design is None:
            faults[name] = "effects.staggered has no such design"
        elif design.provinces and not any(
            unit.startswith(design.provinces) for unit in config.area.units
        ):
            faults[name] = "no unit lies in the provinces of this design"
    return [
        Finding("designs", "config.yaml", (), (name,), fault=fault)
        for name, fault in faults.items()
    ]
