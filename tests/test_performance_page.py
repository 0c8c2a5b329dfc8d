"""Parts of docs/performance.md are renewed apart, and the file of the world that one part times."""

import csv
import io
import re
from importlib import import_module

import pytest

from gotong.contracts import RAW, read_raw
from gotong.regions import Gazetteer
from gotong.sources import google
from gotong.tables import to_csv

ROWS = 80_000


@pytest.fixture
def script(project, monkeypatch):
    """Return a function that imports a script by its name."""
    monkeypatch.syspath_prepend(str(project / "workflow" / "scripts"))
    monkeypatch.chdir(project)
    return import_module


def test_a_part_replaces_itself_and_nothing_else(script):
    with_part = script("benchmark").with_part
    page = with_part(with_part("# Performance\n", "one", "first"), "two", "second\n")
    assert page.startswith("# Performance\n")
    renewed = with_part(page, "one", "\nanother\n")
    assert renewed == page.replace("first", "another")
    assert with_part(renewed, "one", "first") == page
    assert page.index("first") < page.index("second")


def test_the_page_consists_of_known_parts_each_once(project, script):
    page = (project / "docs" / "performance.md").read_text(encoding="utf-8")
    starts, ends = (re.findall(f"<!-- {word}: (.*) -->\n", page) for word in ("part", "end"))
    assert starts == ends
    assert len(starts) == len(set(starts))
    assert {"methods", "mobility"} <= set(starts) <= set(script("benchmark").PARTS)


def test_a_synthetic_world_has_the_shape_of_the_reports_and_the_committed_rows(project, script):
    world = script("synthetic_mobility").World(ROWS)
    raw = project / "data" / "raw"
    regions, spellings = (
        read_raw((raw / name).read_bytes(), RAW[name], name)
        for name in ("geography/regions.csv", "geography/spellings.csv")
    )
    committed = (raw / google.TABLE).read_bytes()
    for order in ("sorted", "scattered"):
        content = b"".join(world.blocks(order))
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
        assert ",".join(header) == google.HEADER
        assert len(rows) == ROWS
        assert {len(row) for row in rows} == {len(header)}
        assert len({row[0] for row in rows}) == 135
        assert any("," in row[2] for row in rows)
        places = [row[0] for row in rows]
        assert (places == sorted(places)) == (order == "sorted")
        table = google.read_google_daily({"world.csv": content}, Gazetteer(regions, spellings))
        assert to_csv(table) == committed
