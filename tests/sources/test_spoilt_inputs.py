"""Spoilt files of publishers: read to the same figures, or refused in one clear message."""

import io
import os
import random
from collections import Counter

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spoiling import WAYS

from gotong.errors import InputError
from gotong.sources import fetch, snapshot
from gotong.sources.registry import read_registry
from gotong.tables import to_csv

TABLES = tuple(snapshot.READERS)
USUAL = 2 * len(WAYS)
"""Spoilt inputs per table in the slow suite: each way twice."""

EXAMPLES = int(os.environ.get("GOTONG_SPOILT", USUAL))
SLOW = (
    "facilities/puskesmas.csv",
    "geography/boundaries_jabodetabek.geojson",
    "geography/boundaries_kabkota.geojson",
    "geography/boundaries_provinces.geojson",
    "kelurahan/cases_monthly.csv",
    "kelurahan/kelurahan.csv",
    "kelurahan/units_daily.csv",
    "kelurahan/vaccination_monthly.csv",
)
"""Tables that take seconds to read, which are spoilt a quarter as often."""


def share_of(table, examples):
    """Return how often a table is spoilt when most are so many times."""
    return max(1, examples // 4) if table in SLOW else examples


@pytest.fixture(scope="module")
def bench(project, upstream):
    raw = project / "data/raw"
    registry = read_registry((raw / "sources.yaml").read_bytes())
    return snapshot.Workbench(registry, fetch.mirror(upstream), raw)


@pytest.fixture(scope="module")
def gazetteer(bench):
    return bench.gazetteer()


def read(table, files, gazetteer):
    """Return what a reader gave as bytes, or the one error that it may end in."""
    try:
        made = snapshot.READERS[table](files, gazetteer)
    except InputError as error:
        return error
    return made if isinstance(made, bytes) else to_csv(made)


def outcome(found, wanted):
    """Return what became of spoilt files: ``same`` or ``refused``; fail on anything else."""
    if isinstance(found, InputError):
        said = (found.dataset, found.file, found.expected, found.found, found.remedy)
        assert all(said), "an error that does not say all"
        assert "\n" not in found.found.strip(), "an error of several lines"
        return "refused"
    assert found == wanted, "the reader took the spoilt file and gave other figures"
    return "same"


def spoilt_in_some_way(content, first, chance):
    """Return a file spoilt in the way of this number, or in the next that changes anything."""
    for number in range(first, first + len(WAYS)):
        spoil = WAYS[number % len(WAYS)]
        spoilt = spoil(content, chance.random(), chance.random())
        if spoilt is not None and spoilt != content:
            return spoil.__name__, spoilt
    raise AssertionError("no way changes anything")


def try_out(table, bench, gazetteer, examples):
    """Spoil the files of a table in many ways and return how often each outcome was met."""
    files = bench.files(table)
    wanted = read(table, files, gazetteer)
    assert isinstance(wanted, bytes)
    seen = Counter()
    first = random.Random(table).randrange(len(WAYS))
    for number in range(examples):
        chance = random.Random(f"{table} {number}")
        name = chance.choice(sorted(files))
        way, spoilt = spoilt_in_some_way(files[name], first + number, chance)
        try:
            seen[outcome(read(table, {**files, name: spoilt}, gazetteer), wanted)] += 1
        except Exception as error:
            error.add_note(f"{table}, input {number}: {way} in {name}")
            raise
    return seen


@pytest.mark.upstream
@pytest.mark.parametrize("table", TABLES)
def test_a_few_spoilt_files_of_each_table(table, bench, gazetteer):
    examples = share_of(table, 3)
    seen = try_out(table, bench, gazetteer, examples)
    assert seen["same"] + seen["refused"] == examples


@pytest.mark.slow
@pytest.mark.upstream
@pytest.mark.parametrize("table", TABLES)
def test_many_spoilt_files_of_each_table(table, bench, gazetteer, record_property):
    examples = share_of(table, EXAMPLES)
    seen = try_out(table, bench, gazetteer, examples)
    record_property("outcomes", dict(seen))
    print(table, dict(seen))
    assert seen["same"] + seen["refused"] == examples
    # Some ways leave the figures alone, such as another order of rows; most must be seen.
    assert seen["refused"] > 0


QUICK = (
    "cases/dki_site_daily.csv",
    "cooperation/codings.csv",
    "context/area.csv",
    "international/excess_deaths.csv",
    "context/kabkota_2021.csv",
)
"""Tables of several kinds of files that are read in a tenth of a second."""
PLACES = st.floats(0, 1, exclude_max=True, allow_nan=False)


@pytest.mark.upstream
@pytest.mark.parametrize("table", QUICK)
def test_wherever_a_file_is_spoilt_its_figures_stay_or_are_refused(table, bench, gazetteer):
    files = bench.files(table)
    wanted = read(table, files, gazetteer)

    @settings(max_examples=20, derandomize=True, database=None, deadline=None)
    @given(st.sampled_from(sorted(files)), st.sampled_from(WAYS), PLACES, PLACES)
    def holds(name, spoil, where, other):
        spoilt = spoil(files[name], where, other)
        # Some files have nothing of a kind: no separator, no date, no sheet.
        if spoilt is not None:
            found = read(table, {**files, name: spoilt}, gazetteer)
            assert outcome(found, wanted) in ("same", "refused")

    holds()


def test_the_slow_suite_spoils_two_thousand_files():
    assert sum(share_of(table, USUAL) for table in TABLES) >= 2000
    assert set(SLOW) <= set(TABLES)


@pytest.mark.parametrize("spoil", WAYS, ids=lambda spoil: spoil.__name__)
def test_every_way_spoils_something(spoil):
    text = b"date,name,count,more\n2020-04-01,Depok,12,3\n2020-04-02,Bogor,14,5\n"
    book = openpyxl.Workbook()
    book.active.append([1, 2])
    book.active.append([3, 4])
    packed = io.BytesIO()
    book.save(packed)
    contents = (text, packed.getvalue())
    spoilt = [spoil(content, 0.5, 0.9) for content in contents]
    assert any(
        found is not None and found != content
        for found, content in zip(spoilt, contents, strict=True)
    )
