"""Which reader makes which table of ``data/raw``, and making them.

The snapshot in the repository, the mirror mode and the download mode all go through
`make_table`, so that all three give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gotong.contracts import RAW, check, read_raw
from gotong.regions import Gazetteer
from gotong.sources import (
    apple,
    boundaries,
    bppsdmk,
    bps,
    bps_series,
    coded,
    coded_cooperation,
    coded_facts,
    coded_policy,
    coronanet,
    djaafara,
    dki_health,
    dki_kelurahan,
    dki_site,
    dki_units,
    dukcapil,
    economist,
    google,
    jhu,
    kemendagri,
    kemenkes,
    movement,
    owid,
    oxcgrt,
    pikobar,
    quarcs,
    rs_online,
    satgas,
    satgas_zones,
    siranap,
    undip,
)
from gotong.sources.fetch import Fetch, Sieve
from gotong.sources.registry import Source, sources_of
from gotong.tables import to_csv

Files = Mapping[str, bytes]
Reader = Callable[[Files, Gazetteer], pd.DataFrame | bytes]

REGIONS = "geography/regions.csv"
SPELLINGS = "geography/spellings.csv"

_MODULES = (
    satgas,
    pikobar,
    undip,
    dki_site,
    satgas_zones,
    dki_kelurahan,
    dki_units,
    dki_health,
    coded,
    coded_policy,
    coded_cooperation,
    coded_facts,
    oxcgrt,
    coronanet,
    google,
    apple,
    movement,
    kemenkes,
    rs_online,
    siranap,
    bppsdmk,
    djaafara,
    bps,
    bps_series,
    quarcs,
    dukcapil,
    kemendagri,
    boundaries,
    jhu,
    owid,
    economist,
)

READERS: dict[str, Reader] = {
    table: read for module in _MODULES for table, read in module.TABLES.items()
}
"""The reader of each table that is read from files, besides the regions themselves.

A reader gives a table, which is held to its contract and written as CSV, or GeoJSON as bytes.
"""

SIEVES: dict[str, Sieve] = {google.DATASET: google.of_country}
"""What takes the rows that are read from the files of a source which may be of the whole world."""

WRITTEN_HERE = (SPELLINGS, "epidemic/published_rt.csv", "epidemic/seroprevalence.csv")
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
    return _made(table, bench.files(table), bench.gazetteer())


def _made(table: str, files: Files, gazetteer: Gazetteer) -> bytes:
    """Return the bytes of a table, held to its contract before anything is written."""
    read = READERS[table](files, gazetteer)
    if isinstance(read, bytes):
        return read
    remedy = "the reader or its source is at fault: nothing was written"
    return to_csv(check(read, RAW[table], table, remedy))


def published_tables(registry: dict[str, Source]) -> tuple[str, ...]:
    """Return the tables that are read from publishers' files, not coded by hand here."""
    return tuple(
        table
        for table in (REGIONS, *READERS)
        if all(registry[name].origin == "mirror" for name in sources_of(registry, table))
    )


def make_all(
    bench: Workbench, tables: Collection[str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every table that a reader makes, or of those named."""
    chosen = (REGIONS, *READERS) if tables is None else tables
    gazetteer = bench.gazetteer()
    for table in chosen:
        if table == REGIONS:
            yield table, bench.regions()
        else:
            yield table, _made(table, bench.files(table), gazetteer)
