"""The report of hostile registers, tables and evidence: all of it is shown, none of it acts."""

import json

import hostile_report
import pytest
import small_report

import hostile
from gotong.exhibits import making
from gotong.html import inline
from gotong.i18n import LANGUAGES
from gotong.report import pages

NAMES = small_report.NAMES


@pytest.fixture(scope="module")
def plain(project, tmp_path_factory, choices):
    return small_report.material(project, tmp_path_factory.mktemp("plain"), choices)


@pytest.fixture(scope="module")
def spoilt(project, tmp_path_factory, choices):
    return hostile_report.material(project, tmp_path_factory.mktemp("spoilt"), choices)


@pytest.fixture(scope="module")
def shown(spoilt, code):
    return hostile.Seen(pages.page(spoilt, code, NAMES))


STEADY = ("script", "style", "img", "svg", "h1", "table", "form", "iframe", "meta", "select")
"""Elements whose number does not follow the data."""


def test_hostile_texts_add_no_element_and_no_attribute(shown, plain, code):
    usual = hostile.Seen(pages.page(plain, code, NAMES))
    assert set(shown.shape) <= set(usual.shape)
    assert shown.acting() == []
    assert shown.comments == []
    found, expected = ([tag for tag, _ in page.tags] for page in (shown, usual))
    for name in STEADY:
        assert found.count(name) == expected.count(name), name


def test_links_lead_into_the_project_and_nowhere_else(shown):
    links = shown.values("href")
    assert len(links) > 50
    assert [link for link in links if not link.startswith(("#", "../", "index", "reading"))] == []
    assert [link for link in links if "pwned" in link or '"' in link] == []


def test_each_text_of_the_claims_and_registers_is_there_letter_by_letter(shown, spoilt, code):
    said = " ".join(shown.texts)
    wanted = {words(claim.sentence, code) for claim in spoilt.claims.values()}
    for part in ("quantity", "caveat", "needed"):
        wanted |= {words(getattr(claim, part), code) for claim in spoilt.claims.values()}
    wanted |= {source.publisher for source in spoilt.registry.values()}
    wanted |= {words(spoilt.corrections["K01"].reason, code)}
    wanted |= set(spoilt.tables["votes"]["caveat"])
    assert len([text for text in wanted if "pwned" in text]) > 10
    assert [text for text in wanted if text not in said] == []


def words(both, code):
    return getattr(both, code)


def test_data_for_the_scripts_is_json_and_holds_the_names_as_they_are(shown, spoilt):
    data = [json.loads(script) for script in shown.scripts if script.startswith("{")]
    assert len(data) == 2
    (picked,) = (each for each in data if "regions" in each)
    names = spoilt.tables["geography/regions.csv"].set_index("region_code")["name"]
    assert [region["name"] for region in picked["regions"]] == list(names[list(small_report.UNITS)])
    assert any("</script>" in part["regime"] for part in picked["regions"][0]["regimes"])


def test_the_one_script_that_runs_is_the_project_s_own(shown):
    running = [script for script in shown.scripts if not script.startswith("{")]
    assert running == [str(inline("tables.js", "picker.js").text)]


def test_the_ledger_of_hostile_claims_is_a_table_like_any_other(spoilt, choices):
    origin = making.Origin("table", {}, tuple(spoilt.registry.values()), choices)
    made = making.make_table("T08", {"claims": spoilt.tables["claims"]}, origin)
    for code in LANGUAGES:
        page = hostile.Seen(made[f"html_{code}"].decode())
        assert page.acting() == []
        assert not {"script", "img", "svg", "a"} & {tag for tag, _ in page.tags}
        assert "window.pwned" in " ".join(page.texts)
