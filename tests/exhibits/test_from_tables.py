"""All files of an exhibit from the files of its tables: what its record says of them."""

import hashlib
import json
from types import SimpleNamespace

import pytest

from gotong.exhibits import from_tables


@pytest.fixture(scope="module")
def registers(project):
    return [(project / f"data/raw/{name}.yaml").read_bytes() for name in ("sources", "corrections")]


def ordered(exhibit, shows_registers=False, **choices):
    place = {"name": {"id": "Tempat", "en": "Somewhere"}, "is_home": True}
    return SimpleNamespace(
        exhibit=exhibit, choices=choices, code="abc", place=place, registers=shows_registers
    )


def test_the_record_names_the_files_their_sources_and_the_code(registers, monkeypatch, project):
    monkeypatch.chdir(project)
    path = "data/raw/cooperation/measures.csv"
    audit = {"tested": 9, "wrong": 3, "too_late": 1}
    wanted = ordered("T03", start_date_audits={"first": audit, "second": audit})
    made = from_tables.made([path], wanted, *registers)
    assert set(made) == {"csv", "json", "html_id", "html_en", "tex_id", "tex_en"}
    record = json.loads(made["json"])
    assert record["inputs"] == {path: hashlib.sha256((project / path).read_bytes()).hexdigest()}
    assert record["made_by"]["rule"] == "table"
    assert record["made_by"]["code"] == "abc"
    assert record["choices"] == wanted.choices
    assert [source["id"] for source in record["sources"]] == ["gotong_measures"]


def test_the_registers_are_read_where_an_exhibit_shows_them(registers):
    made = from_tables.made([], ordered("T09", shows_registers=True), *registers)
    assert b"pikobar_2021_06" in made["csv"]
    with pytest.raises(KeyError, match="sources"):
        from_tables.made([], ordered("T09"), *registers)
