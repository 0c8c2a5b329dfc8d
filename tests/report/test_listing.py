"""The list of exhibits and made tables: the committed one, with every entry once."""

import re

import pytest

from gotong.analyses.catalogue import ANALYSES
from gotong.exhibits.catalogue import EXHIBITS
from gotong.report.listing import listing


@pytest.fixture(scope="module")
def document():
    return listing()


def test_the_committed_document_is_the_one_that_is_generated(document, project):
    committed = (project / "docs/exhibits.md").read_text(encoding="utf-8")
    assert committed == document, "run `make documents`"


def test_every_exhibit_and_every_made_table_has_one_row(document):
    names = re.findall(r"^\| `?(\w+)`? \|", document, flags=re.MULTILINE)
    rows = [name for name in names if name not in ("id", "table")]
    assert sorted(rows) == sorted([*EXHIBITS, *ANALYSES])


def test_every_row_leads_to_a_module_that_is_there(document, project):
    links = re.findall(r"\]\(\.\./(workflow/gotong/[\w/]+\.py)\)", document)
    assert len(links) == len(EXHIBITS) + len(ANALYSES)
    assert all((project / link).is_file() for link in links)
