"""The report on another area: its exhibits, its picker, and what is left out and why."""

import json
import re
from dataclasses import replace

import pytest
import small_report

from gotong import areas
from gotong.config import Area
from gotong.report import area as report


@pytest.fixture
def material(project, tmp_path, monkeypatch):
    """Return a small report on three units that are called Bandung Raya."""
    monkeypatch.chdir(project)
    chosen = areas.read_area("bandung_raya")
    small = small_report.material(project, tmp_path, chosen.model_dump(mode="json"))
    days = small.tables["panel_jabodetabek"].assign(measures_coverage="not_coded")
    units = Area.model_validate({**chosen.area.model_dump(), "units": small_report.UNITS})
    return replace(small, area=units, up="../" * 3, tables={**small.tables, "panel_area": days})


@pytest.mark.parametrize(("code", "name"), [("id", "Bandung Raya"), ("en", "Greater Bandung")])
def test_the_report_names_its_area_and_leads_to_the_project(material, code, name):
    page = report.page(material, code, ("F03", "F15", "T02", "T10"))
    assert f"{name}</h1>" in page
    assert page.count("<article") == 4
    assert 'href="../../../workflow/rules/exhibits.smk"' in page
    assert '"../../workflow' not in page
    assert 'id="claims"' not in page


def test_the_report_says_what_is_left_out_and_why(material):
    page = report.page(material, "en", ("F03", "T02"))
    assert re.search(r"published for DKI Jakarta only\.\s+Left out:\s+F12, T06\.", page)
    assert "nobody has looked" in page
    headings = re.findall(r'<section id="section-\d" [^>]*>\s*<h2[^>]*>([^<]+)', page)
    assert headings == ["Cooperation between governments"]


def test_the_picker_does_not_show_measures_that_nobody_sought_as_none(material):
    page = report.page(material, "en", ("F03",))
    picked = json.loads(re.search(r'id="picker-data">(.*?)</script>', page)[1])
    assert [region["code"] for region in picked["regions"]] == list(small_report.UNITS)
    assert [region["measures"] for region in picked["regions"]] == [{}, {}, {}]
    assert "not searched for" in picked["words"]["no_measures"]
