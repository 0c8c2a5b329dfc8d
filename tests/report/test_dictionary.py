"""The data dictionary: it is the committed one, and says of every column what it is."""

import re

import pytest

from gotong.contracts import PROCESSED, RAW
from gotong.contracts.columns import code, date, number, table, text, whole
from gotong.report import dictionary as written
from gotong.sources.registry import read_registry

EVERY = {**RAW, **PROCESSED}
TYPES = {"text", "whole number", "number", "date", "yes or no"}
CELL = re.compile(r"(?<!\\)\|")


@pytest.fixture(scope="module")
def register(project):
    return read_registry((project / "data/raw/sources.yaml").read_bytes())


@pytest.fixture(scope="module")
def document(register):
    return written.dictionary(register)


@pytest.fixture(scope="module")
def sections(document):
    """Return the text below the heading of each table, by its name."""
    parts = re.split(r"^### `(.+)`$", document, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows_of(section):
    """Return the cells of the rows that describe columns."""
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in CELL.split(line)[1:-1]] for line in lines]


def test_the_committed_document_is_the_one_that_is_generated(document, project):
    committed = (project / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert committed == document, "run `make documents` and look at the change"


def test_every_table_has_a_section(sections):
    assert list(sections) == [*sorted(RAW), *PROCESSED]


@pytest.mark.parametrize("name", EVERY)
def test_every_column_has_its_row_with_a_type_and_a_sentence(sections, name):
    schema = EVERY[name]
    described = rows_of(sections[name])
    assert [row[0] for row in described] == [f"`{column}`" for column in schema.columns]
    for _, kind, unit, _, about in described:
        assert kind in TYPES
        assert len(about) > 2
        assert bool(unit) == (kind in {"whole number", "number"}), name


@pytest.mark.parametrize("name", RAW)
def test_a_raw_table_names_its_sources(sections, register, name):
    named = re.findall(r"^- source `(.+?)`: ", sections[name], flags=re.MULTILINE)
    assert named == [source.id for source in register.values() if name in source.tables]


def test_a_made_table_names_what_it_is_made_from(sections):
    about = sections["panel_country"]
    assert (
        "- from `international/jhu_daily.csv`, `international/countries.csv`, "
        "`policy/oxcgrt_daily.csv` (3 raw tables in all)"
    ) in about
    assert "- one row per `country_code`, `date`" in about
    from_register = [name for name in PROCESSED if "corrections.yaml`" in sections[name]]
    assert from_register == ["corrections"]
    assert "- holds: active_all is the sum of the dyads" in sections["panel_java"]


def test_a_table_by_hand():
    columns = {
        "region_code": code("region", r"31|32"),
        "day": date("day", missing=True, first="2020-03-01", last="2020-04-30"),
        "cases": whole("new cases", "persons"),
        "change": whole("change", "persons", low=None, missing=True),
        "share": number("share", "share", 0, 1),
        "depth": number("depth", "metres", None, 0),
        "zone": text("zone", ("", "low")),
    }
    schema = table("t", "A table.", ("region_code", "day"), columns)
    section = written._table(schema, ["- source"])
    assert section.splitlines()[:7] == [
        *("### `t`", "", "A table.", "", "- one row per `region_code`, `day`", "- source", "")
    ]
    assert rows_of(section) == [
        ["`region_code`", "text", "", r"`^(31\|32)$`", "region"],
        ["`day`", "date", "", "2020-03-01 to 2020-04-30, missing", "day"],
        ["`cases`", "whole number", "persons", "0 or more", "new cases"],
        ["`change`", "whole number", "persons", "missing", "change"],
        ["`share`", "number", "share", "0 to 1", "share"],
        ["`depth`", "number", "metres", "up to 0", "depth"],
        ["`zone`", "text", "", "blank, `low`", "zone"],
    ]
