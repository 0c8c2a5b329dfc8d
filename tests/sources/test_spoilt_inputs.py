"""Spoilt files of publishers: read to the same figures, or refused in one clear message."""

import os
from collections import Counter

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoiling import WAYS

from gotong.contracts import RAW
from gotong.errors import InputError
from gotong.sources import fetch, snapshot
from gotong.sources.registry import read_registry
from gotong.tables import to_csv

TABLES = tuple(snapshot.READERS)
EXAMPLES = int(os.environ.get("GOTONG_SPOILT", "48"))
"""Spoilt inputs per table in the slow suite: more than 2,000 in all."""

PLACES = st.floats(0, 1, exclude_max=True, allow_nan=False)


@pytest.fixture(scope="module")
def bench(project, upstream):
    raw = project / "data/raw"
    registry = read_registry((raw / "sources.yaml").read_bytes())
    return snapshot.Workbench(registry, fetch.mirror(upstream), raw)


@pytest.fixture(scope="module")
def gazetteer(bench):
    return bench.gazetteer()


@pytest.fixture(scope="module")
def sound():
    """Keep the files and the figures of the table that was asked for last."""
    return {}


def figures(read):
    """Return what a reader gave as bytes."""
    return read if isinstance(read, bytes) else to_csv(read)


def of_table(table, bench, gazetteer, sound):
    """Return the sound files of a table and the figures in them."""
    if table not in sound:
        sound.clear()
        files = bench.files(table)
        sound[table] = files, figures(snapshot.READERS[table](files, gazetteer))
    return sound[table]


def outcome(table, files, wanted, gazetteer):
    """Return what becomes of spoilt files: ``same`` or ``refused``; fail on anything else."""
    try:
        found = figures(snapshot.READERS[table](files, gazetteer))
    except InputError as error:
        assert error.dataset
        assert error.file
        assert error.expected
        assert error.found
        assert error.remedy
        assert "\n" not in error.found.strip()
        return "refused"
    assert found == wanted, "the reader took the spoilt file and gave other figures"
    return "same"


def try_out(table, bench, gazetteer, sound, examples):
    """Spoil the files of a table in many ways and return how often each outcome was met."""
    seen = Counter()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(WAYS), PLACES, PLACES, PLACES)
    def attempt(spoil, which, where, other):
        files, wanted = of_table(table, bench, gazetteer, sound)
        name = sorted(files)[int(which * len(files))]
        spoilt = spoil(files[name], where, other)
        if spoilt is None or spoilt == files[name]:
            seen["nothing to spoil"] += 1
            return
        seen[outcome(table, {**files, name: spoilt}, wanted, gazetteer)] += 1

    attempt()
    return seen


@pytest.mark.upstream
@pytest.mark.parametrize("table", TABLES)
def test_a_few_spoilt_files_of_each_table(table, bench, gazetteer, sound):
    seen = try_out(table, bench, gazetteer, sound, examples=3)
    assert seen["same"] + seen["refused"] + seen["nothing to spoil"] > 0


@pytest.mark.slow
@pytest.mark.upstream
@pytest.mark.parametrize("table", TABLES)
def test_many_spoilt_files_of_each_table(table, bench, gazetteer, sound, record_property):
    seen = try_out(table, bench, gazetteer, sound, EXAMPLES)
    record_property("outcomes", dict(seen))
    print(table, dict(seen))
    assert seen["refused"] > 0


def test_the_slow_suite_spoils_two_thousand_files():
    assert EXAMPLES * len(TABLES) >= 2000
    assert set(TABLES) - {name for name in TABLES if name.endswith(".geojson")} <= set(RAW)


@pytest.mark.parametrize("spoil", WAYS, ids=lambda spoil: spoil.__name__)
def test_every_way_spoils_something(spoil):
    import io

    import openpyxl

    text = b"date,name,count,more\n2020-04-01,Depok,12,3\n2020-04-02,Bogor,14,5\n"
    book = openpyxl.Workbook()
    book.active.append([1, 2])
    book.active.append([3, 4])
    packed = io.BytesIO()
    book.save(packed)
    spoilt = [spoil(content, 0.5, 0.9) for content in (text, packed.getvalue())]
    assert any(
        found is not None and found != content
        for found, content in zip(spoilt, (text, packed.getvalue()), strict=True)
    )
    assert pd.notna(len(spoilt))
