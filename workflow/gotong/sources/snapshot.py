"""Which reader makes which table of ``data/raw``, and making them.

The snapshot in the repository, the mirror mode and the download mode all go through
`make_table`, so that all three give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gotong.contracts import RAW, check, read_raw
from gotong.regions import Gazetteer
from gotong.sources import boundaries, bps, coded, kemenkes, movement, pikobar, satgas
from gotong.sources.fetch import Fetch
from gotong.sources.registry import Source, sources_of
from gotong.tables import to_csv

Files = Mapping[str, bytes]

REGIONS = "geography/regions.csv"
SPELLINGS = "geography/spellings.csv"


def _csv(read: Callable[[Files, Gazetteer], pd.DataFrame], table: str) -> Callable:
    """Return a maker of CSV bytes that holds the table to its contract before writing."""

    def make(files: Files, gazetteer: Gazetteer) -> bytes:
        frame = read(files, gazetteer)
        remedy = "the reader or its source is at fault: nothing was written"
        return to_csv(check(frame, RAW[table], table, remedy))

    return make


def _boundaries(draw: Callable[..., bytes]) -> Callable:
    """Return a maker of GeoJSON bytes."""

    def make(files: Files, gazetteer: Gazetteer) -> bytes:
        return draw(boundaries.read_units(files, gazetteer), gazetteer)

    return make


MAKERS: dict[str, Callable[[Files, Gazetteer], bytes]] = {
    "cases/province_daily.csv": _csv(satgas.read_province_daily, "cases/province_daily.csv"),
    "cases/westjava_daily.csv": _csv(pikobar.read_westjava_daily, "cases/westjava_daily.csv"),
    "policy/regimes.csv": _csv(coded.read_regimes, "policy/regimes.csv"),
    "cooperation/measures.csv": _csv(coded.read_measures, "cooperation/measures.csv"),
    "facilities/hospitals.csv": _csv(kemenkes.read_hospitals, "facilities/hospitals.csv"),
    "context/population_sp2020.csv": _csv(bps.read_population, "context/population_sp2020.csv"),
    "mobility/movement_java.csv": _csv(movement.read_movement, "mobility/movement_java.csv"),
    "geography/boundaries_jabodetabek.geojson": _boundaries(boundaries.jabodetabek_geojson),
    "geography/boundaries_provinces.geojson": _boundaries(boundaries.provinces_geojson),
}
"""The maker of each table that is read from files, besides the regions themselves."""

WRITTEN_HERE = (SPELLINGS, "epidemic/published_rt.csv")
"""Tables written by hand in ``data/raw`` itself: no reader makes them."""


@dataclass(frozen=True)
class Workbench:
    """What making a table needs.

    Parameters
    ----------
    registry : dict of str to Source
        The register of sources.
    fetch : callable
        Brings the verified files of a source.
    raw : pathlib.Path
        ``data/raw``, for the tables written by hand.
    """

    registry: dict[str, Source]
    fetch: Fetch
    raw: Path

    def files(self, table: str) -> dict[str, bytes]:
        """Return the verified files of all sources of a table, by registered path."""
        gathered: dict[str, bytes] = {}
        for source in sources_of(self.registry, table):
            gathered |= self.fetch(self.registry[source])
        return gathered

    def regions(self) -> bytes:
        """Return ``geography/regions.csv``."""
        frame = bps.read_regions(self.files(REGIONS))
        return to_csv(check(frame, RAW[REGIONS], REGIONS, "the crosswalk is at fault"))

    def gazetteer(self) -> Gazetteer:
        """Return every region and spelling."""
        spellings = (self.raw / SPELLINGS).read_bytes()
        return Gazetteer(
            read_raw(self.regions(), RAW[REGIONS], REGIONS),
            read_raw(spellings, RAW[SPELLINGS], f"data/raw/{SPELLINGS}"),
        )


def make_table(table: str, bench: Workbench) -> bytes:
    """Return one table of ``data/raw`` as its readers make it from the publishers' files.

    Raises
    ------
    InputError
        A file is missing, is not the registered one, or does not hold what it should.
    """
    if table == REGIONS:
        return bench.regions()
    return MAKERS[table](bench.files(table), bench.gazetteer())


def make_all(bench: Workbench) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every table that a reader makes."""
    yield REGIONS, bench.regions()
    gazetteer = bench.gazetteer()
    for table, make in MAKERS.items():
        yield table, make(bench.files(table), gazetteer)
