"""The snapshot in the repository is what the readers make, and nothing but that."""

from pathlib import PurePosixPath

import pandas as pd
import pytest

from gotong import contracts
from gotong.errors import InputError
from gotong.sources import fetch, snapshot
from gotong.sources.registry import read_registry

MADE = (snapshot.REGIONS, *snapshot.READERS)
LARGEST = 25_000_000
"""Bytes that all of ``data/raw`` may take: a clone must stay small."""


@pytest.fixture(scope="module")
def raw(project):
    return project / "data/raw"


@pytest.fixture(scope="module")
def register(raw):
    return read_registry((raw / "sources.yaml").read_bytes())


@pytest.fixture(scope="module")
def bench(raw, register, upstream):
    return snapshot.Workbench(register, fetch.mirror(upstream), raw)


@pytest.fixture(scope="module")
def made(bench):
    """Return every table that the readers make from the mirror, by path."""
    return dict(snapshot.make_all(bench))


@pytest.mark.upstream
@pytest.mark.parametrize("table", MADE)
def test_the_readers_make_the_snapshot_byte_for_byte(made, raw, table):
    committed = (raw / table).read_bytes()
    same = made[table] == committed
    assert same, f"{table} is not what its readers make: run `make snapshot` and look at the change"


@pytest.mark.upstream
def test_all_tables_are_made_and_no_other(made):
    assert tuple(made) == MADE


@pytest.mark.upstream
@pytest.mark.parametrize("table", [snapshot.REGIONS, "context/population_sp2020.csv"])
def test_one_table_alone_is_made_the_same(bench, made, table):
    assert snapshot.make_table(table, bench) == made[table]


@pytest.mark.upstream
def test_a_publisher_s_file_that_was_changed_makes_no_table(raw, register, upstream, tmp_path):
    source = register["bps_crosswalk"]
    for file in source.files:
        copy = tmp_path / source.folder / file.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        original = (upstream / source.folder / file.path).read_bytes()
        copy.write_bytes(original.replace(b"1", b"2", 1))
    bench = snapshot.Workbench(register, fetch.mirror(tmp_path), raw)
    with pytest.raises(InputError) as caught:
        snapshot.make_table(snapshot.REGIONS, bench)
    assert caught.value.dataset == "bps_crosswalk"
    assert "sha256" in caught.value.expected


def test_a_mirror_that_lacks_the_file_is_refused(raw, register, tmp_path):
    bench = snapshot.Workbench(register, fetch.mirror(tmp_path), raw)
    with pytest.raises(InputError) as caught:
        snapshot.make_table(snapshot.REGIONS, bench)
    assert caught.value.dataset == "bps_crosswalk"
    assert str(tmp_path) in caught.value.file
    assert "inputs.mirror" in caught.value.remedy


def test_a_table_is_made_from_the_files_of_all_its_sources(raw, register):
    asked = []

    def bring(source):
        asked.append(source.id)
        return {file.path: b"" for file in source.files}

    files = snapshot.Workbench(register, bring, raw).files("cases/westjava_daily.csv")
    assert asked == ["pikobar_2020_07", "pikobar_2021_06"]
    assert set(files) == {file.path for name in asked for file in register[name].files}


def test_no_two_files_of_a_table_share_a_path(register):
    # They are gathered by path: one would hide the other.
    for table in MADE:
        sources = [source for source in register.values() if table in source.tables]
        paths = [file.path for source in sources for file in source.files]
        assert len(set(paths)) == len(paths), table


def test_what_a_reader_makes_is_held_to_its_contract_before_it_is_written(monkeypatch):
    def read(_files, _gazetteer):
        return pd.DataFrame(
            {"region_code": ["3171"], "male": [1], "female": [1], "total": [0]}
        ).astype({"region_code": "str", "male": "Int64", "female": "Int64", "total": "Int64"})

    table = "context/population_sp2020.csv"
    monkeypatch.setitem(snapshot.READERS, table, read)
    with pytest.raises(InputError) as caught:
        snapshot._made(table, {}, None)
    assert caught.value.place == "row 2 (region_code=3171), column 'total'"


def test_every_raw_table_has_a_maker_or_is_written_here():
    tables = {table for table in (*MADE, *snapshot.WRITTEN_HERE) if table.endswith(".csv")}
    assert tables == set(contracts.RAW)
    assert not set(MADE) & set(snapshot.WRITTEN_HERE)


def test_data_raw_holds_the_tables_and_the_register_and_nothing_else(raw):
    found = {path.relative_to(raw).as_posix() for path in raw.rglob("*") if path.is_file()}
    beside = {"sources.yaml", "corrections.yaml", "README.md"}
    assert found == {*MADE, *snapshot.WRITTEN_HERE, *beside}


def test_data_raw_is_small(raw):
    assert sum(path.stat().st_size for path in raw.rglob("*") if path.is_file()) < LARGEST


@pytest.mark.parametrize(
    "table", sorted({*MADE, *snapshot.WRITTEN_HERE, "sources.yaml", "corrections.yaml"})
)
def test_the_bytes_are_plain_text(raw, table):
    content = (raw / table).read_bytes()
    content.decode("utf-8")
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert b"\0" not in content
    assert content.endswith(b"\n") or PurePosixPath(table).suffix == ".geojson"


@pytest.mark.parametrize("table", sorted(contracts.RAW))
def test_a_raw_table_meets_its_contract_and_is_sorted_by_its_key(project, raw, table):
    frame = contracts.read_any(str(raw / table))
    assert len(frame)
    key = list(contracts.RAW[table].key)
    rows = list(frame[key].itertuples(index=False, name=None))
    assert rows == sorted(rows)
