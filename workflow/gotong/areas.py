"""Areas: which there are, what each has, and which exhibits and tables follow from it.

An area is a file in ``workflow/areas`` that goes over ``config.yaml``. Every entry of the
catalogues says what it needs; what an area lacks is left out and said. Nothing here imports
pandas, for the Snakefile asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gotong.analyses.catalogue import ANALYSES, GATHERED, Analysis
from gotong.config import HOME, Area, Config, read_config
from gotong.errors import ConfigError
from gotong.exhibits.catalogue import EXHIBITS

BASE: Final = "config.yaml"
FOLDER: Final = "workflow/areas"

PICKED: Final = ("panel_java", "panel_jabodetabek")
"""Made tables that the report's picker shows, whatever the exhibits need."""

STAND_INS: Final = {
    "panel_jabodetabek": "panel_area",
    "geography/boundaries_jabodetabek.geojson": "geography/boundaries_kabkota.geojson",
}
"""Tables of Greater Jakarta, and what is read in their place for another area."""


OF_DKI: Final = (
    "mobility/apple_jakarta_daily.csv",
    "facilities/dki_covid_patients_daily.csv",
    "epidemic/dki_2020_daily.csv",
)
"""Raw tables that hold nothing of an area without DKI Jakarta."""


def known(folder: str | Path = FOLDER) -> dict[str, str]:
    """Return the file of every area by its id; that of Greater Jakarta is ``config.yaml``."""
    files = {path.stem: str(path) for path in sorted(Path(folder).glob("*.yaml"))}
    return {HOME: BASE, **files}


def read_area(area: str, folder: str | Path = FOLDER) -> Config:
    """Return the choices of an area.

    Raises
    ------
    ConfigError
        An area without a file, a file whose area has another id, or a wrong choice.
    """
    files = known(folder)
    if area not in files:
        raise ConfigError(
            f"{folder}/{area}.yaml",
            "",
            f"an area that there is: {', '.join(files)}",
            repr(area),
            "make AREA=bandung_raya; docs/new-area.md shows how to add one",
        )
    config = read_config(BASE) if area == HOME else read_config(BASE, files[area])
    if config.area.id != area:
        raise ConfigError(
            files[area], "area.id", "the name of the file", config.area.id, f"id: {area}"
        )
    return config


def lacking(needs: Iterable[str], area: Area) -> tuple[str, ...]:
    """Return what an area lacks of what something needs."""
    return tuple(need for need in needs if need not in area.holdings)


def exhibits(area: Area) -> tuple[str, ...]:
    """Return the exhibits of an area, in the order of the catalogue."""
    return tuple(name for name, entry in EXHIBITS.items() if not lacking(entry.needs, area))


def left_out(area: Area) -> dict[str, tuple[str, ...]]:
    """Return the exhibits that an area cannot have, sorted, with what it lacks for each."""
    found = {name: lacking(entry.needs, area) for name, entry in sorted(EXHIBITS.items())}
    return {name: lacks for name, lacks in found.items() if lacks}


def stand_in(table: str, area: Area) -> str:
    """Return the table that is read for an area where another names that of Greater Jakarta."""
    return table if area.is_home else STAND_INS.get(table, table)


def tables(names: Iterable[str], area: Area) -> tuple[str, ...]:
    """Return tables as an area has them: without those that it lacks, each once."""
    chosen = dict.fromkeys(stand_in(name, area) for name in names)
    return tuple(name for name in chosen if not lacking(_needs(name), area))


def made(area: Area) -> tuple[str, ...]:
    """Return the tables that are made for an area, in the order of making.

    For Greater Jakarta all of its tables; else those behind the exhibits and the report.
    """
    if area.is_home:
        return tuple(name for name in (*GATHERED, *ANALYSES) if name not in STAND_INS.values())
    shown = (table for name in exhibits(area) for table in EXHIBITS[name].tables)
    waiting, behind = list(tables((*shown, *PICKED), area)), set()
    while waiting:
        name = waiting.pop()
        if name not in behind and (entry := _entry(name)):
            behind.add(name)
            waiting += tables(entry.made, area)
    return tuple(name for name in (*GATHERED, *ANALYSES) if name in behind)


def raw_behind(raw: Iterable[str], made: Iterable[str], area: Area) -> tuple[str, ...]:
    """Return all raw tables behind some raw and made tables of an area, sorted."""
    found = set(tables(raw, area))
    for name in tables(made, area):
        if entry := _entry(name):
            found.update(raw_behind(entry.raw, entry.made, area))
    return tuple(sorted(found))


def _entry(table: str) -> Analysis | None:
    """Return what makes a table; None for raw tables and for the list of corrections."""
    return ANALYSES.get(table) or GATHERED.get(table)


def _needs(table: str) -> tuple[str, ...]:
    if table in OF_DKI:
        return ("dki",)
    entry = _entry(table)
    return entry.needs if entry else ()
