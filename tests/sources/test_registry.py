"""The register of sources: complete, pinned by content, and refused when it is wrong."""

import csv
import hashlib
import json
import re

import pandas as pd
import pytest
import yaml

from gotong import contracts, tables
from gotong.errors import InputError
from gotong.sources import lineage, registry

MAPS = tuple(
    f"geography/boundaries_{level}.geojson"
    for level in ("jabodetabek", "provinces", "kabkota", "kelurahan")
)


@pytest.fixture(scope="module")
def content(project):
    return (project / "data/raw/sources.yaml").read_bytes()


@pytest.fixture(scope="module")
def register(content):
    return registry.read_registry(content)


@pytest.fixture
def entry():
    """Return one good entry, as YAML gives it."""
    return {
        "id": "a_source",
        "tables": ["cases/province_daily.csv"],
        "origin": "mirror",
        "publisher": "A publisher",
        "short": "AP",
        "measures": "new cases",
        "unit": "persons per day",
        "coverage": {"regions": "34 provinces"},
        "licence": "none found",
        "citation": "A publisher (2020).",
        "repository": "owner/name",
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "files": [{"path": "Some data/a+b.csv", "sha256": "ab" * 32, "bytes": 12}],
    }


def read(*entries):
    return registry.read_registry(json.dumps(entries).encode(), "sources.yaml")


def refused(*entries):
    with pytest.raises(InputError) as caught:
        read(*entries)
    assert (caught.value.dataset, caught.value.file) == ("sources", "sources.yaml")
    return caught.value


def test_ids_are_unique_and_none_is_lost(content, register):
    ids = [entry["id"] for entry in yaml.safe_load(content)]
    assert list(register) == ids
    assert len(set(ids)) == len(ids)
    assert all(source.id == name for name, source in register.items())


def test_every_source_is_pinned_or_made_here(register):
    for source in register.values():
        if source.origin == "mirror":
            assert source.files, source.id
            assert source.repository, source.id
            assert source.commit, source.id
        else:
            assert not source.repository, source.id


def test_every_raw_table_has_a_source_and_every_source_a_table(register):
    named = {table for source in register.values() for table in source.tables}
    assert named == {*contracts.RAW, *MAPS}
    assert all(source.tables for source in register.values())
    assert registry.sources_of(register, "cases/westjava_daily.csv") == (
        "pikobar_2020_07",
        "pikobar_2021_06",
    )
    assert registry.sources_of(register, "cases/of_mars.csv") == ()


def test_no_table_has_sources_of_both_origins(register):
    # The mirror and download modes make a table anew only where all of it is published.
    origins = {}
    for source in register.values():
        for table in source.tables:
            origins.setdefault(table, set()).add(source.origin)
    assert [table for table, found in origins.items() if len(found) > 1] == []
    assert origins["cases/risk_zones_2020.csv"] == {"project"}
    assert origins["cases/risk_zones_2022.csv"] == {"mirror"}


def test_every_address_is_https_at_the_pinned_commit(register):
    for source in register.values():
        if source.origin != "mirror":
            continue
        start = f"https://raw.githubusercontent.com/{source.repository}/{source.commit}/"
        assert re.search(r"/[0-9a-f]{40}/$", start)
        for file in source.files:
            assert source.address(file).startswith(start)
            assert re.fullmatch(r"[!-~]+", source.address(file)), "blanks must be escaped"


def test_an_address_escapes_what_a_url_may_not_hold(entry):
    source = read(entry)["a_source"]
    assert source.folder == "owner+name"
    assert source.address(source.files[0]) == (
        "https://raw.githubusercontent.com/owner/name/0123456789abcdef0123456789abcdef01234567"
        "/Some%20data/a%2Bb.csv"
    )


@pytest.mark.upstream
def test_the_pins_are_those_of_the_mirror(register, upstream):
    with (upstream / "SOURCES.tsv").open(encoding="utf-8", newline="") as file:
        listed = {(row["folder"], row["path"]): row for row in csv.DictReader(file, delimiter="\t")}
    compared = 0
    for source in register.values():
        for file in source.files if source.origin == "mirror" else ():
            row = listed[source.folder, file.path]
            assert (file.sha256, file.bytes) == (row["sha256"], int(row["bytes"])), file.path
            assert (source.repository, source.commit) == (row["repository"], row["commit"])
            compared += 1
    assert compared == sum(
        len(source.files) for source in register.values() if source.origin == "mirror"
    )


@pytest.mark.upstream
def test_the_pins_of_hand_coded_tables_are_those_of_their_files(register, shared):
    pinned = [
        file for source in register.values() if source.origin == "project" for file in source.files
    ]
    assert pinned
    for file in pinned:
        coded = (shared / "curated" / file.path).read_bytes()
        assert (hashlib.sha256(coded).hexdigest(), len(coded)) == (file.sha256, file.bytes)


@pytest.mark.parametrize(
    ("field", "value", "place", "found"),
    [
        ("colour", "red", "colour", "not permitted"),
        ("publisher", None, "publisher", "string"),
        ("origin", "web", "origin", "'mirror' or 'project'"),
        ("id", "A Source", "id", "pattern"),
        ("commit", "main", "commit", "pattern"),
        ("coverage", {"regions": "x", "days": 3}, "coverage.days", "not permitted"),
        ("files", [{"path": "a", "sha256": "ab" * 31, "bytes": 1}], "files.0.sha256", "pattern"),
        ("files", [{"path": "a", "sha256": "AB" * 32, "bytes": 1}], "files.0.sha256", "pattern"),
        ("files", [{"path": "a", "sha256": "ab" * 32, "bytes": 0}], "files.0.bytes", "greater"),
        ("files", [{"path": "a", "sha256": "ab" * 32}], "files.0.bytes", "required"),
    ],
)
def test_an_entry_that_breaks_the_model_is_named_with_its_field(entry, field, value, place, found):
    error = refused(entry | {field: value})
    assert error.place == f"entry '{value if field == 'id' else 'a_source'}', {place}"
    assert found in error.found
    assert "sources.yaml" in error.remedy


def test_a_missing_field_is_named(entry):
    del entry["licence"]
    assert refused(entry).place == "entry 'a_source', licence"


def test_an_entry_without_an_id_is_named_by_its_number(entry):
    assert refused(entry, {"tables": []}).place.startswith("entry 'number 2'")


def test_an_id_twice_is_refused(entry):
    assert refused(entry, entry | {"short": "other"}).expected == "every id once"


@pytest.mark.parametrize("wrong", ["a line of text", 3, None, ["a", "b"]])
def test_an_entry_that_is_no_mapping_is_refused(entry, wrong):
    error = refused(entry, wrong)
    assert error.place.startswith("entry 'number 2'")
    assert "dictionary" in error.found


@pytest.mark.parametrize("content", [b"- id: [", b"- id: a\n id: b\n", b"\xff\xfe\x00"])
def test_what_is_not_yaml_is_refused(content):
    with pytest.raises(InputError) as caught:
        registry.read_registry(content, "sources.yaml")
    assert caught.value.expected == "YAML"
    assert caught.value.file == "sources.yaml"


def test_lineage_joins_raw_and_made_tables_in_the_order_of_the_register(register, tmp_path):
    made = tmp_path / "panel.parquet"
    frame = pd.DataFrame({"region_code": ["31"]}).astype("str")
    made.write_bytes(
        tables.to_parquet(frame, ["facilities/hospitals.csv", "cases/westjava_daily.csv"])
    )
    paths = [
        "data/raw/geography/regions.csv",
        str(made),
        "data/processed/corrected/cases/westjava_daily.csv",
        "data/raw/geography/boundaries_provinces.geojson",
    ]
    assert lineage.lineage(paths, register) == (
        "pikobar_2020_07",
        "pikobar_2021_06",
        "kemenkes_hospitals",
        "bps_crosswalk",
        "wilayah_boundaries",
    )


def test_a_table_without_a_source_has_no_lineage(register):
    with pytest.raises(InputError) as caught:
        lineage.lineage(["data/raw/cases/made_up.csv"], register)
    assert caught.value.found == "cases/made_up.csv"


def test_lineage_of_nothing_is_nothing(register):
    assert lineage.lineage([], register) == ()


def test_the_maps_are_geojson(project):
    for table in MAPS:
        drawn = json.loads((project / "data/raw" / table).read_bytes())
        assert drawn["type"] == "FeatureCollection"
        assert drawn["features"]
