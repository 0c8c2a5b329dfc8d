"""The result page: every exhibit with its words and files, nothing fetched, nothing injected."""

import base64
import json
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong.exhibits.catalogue import EXHIBITS
from gotong.exhibits.html_table import table_page
from gotong.html import Column
from gotong.i18n import LANGUAGES, Language
from gotong.report import pages

NAMES = ("F05", "T03")
HOSTILE = "<script>alert('x')</script> \"><img src=https://evil.example/x.png> &lt;b&gt; 'a'"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><text>%s</text></svg>'


def words(name, code, hostile=""):
    fields = ("title", "caption", "alt", "sources")
    return {field: f"{field} of {name} in {code} {hostile}".strip() for field in fields}


def write_results(results, hostile=""):
    """Write what the rules of one figure and one table would leave behind."""
    for name in NAMES:
        folder = results / ("figures" if name.startswith("F") else "tables")
        folder.mkdir(exist_ok=True)
        texts = {code: words(name, code, hostile) for code in LANGUAGES}
        source = {
            "publisher": f"Satgas {hostile}",
            "measures": f"cases {hostile}",
            "licence": f"MIT {hostile}",
            "defects": [f"a day is missing {hostile}"],
            "files": [{"address": "https://a.example/x.csv", "sha256": "f" * 64}] * 1200,
        }
        record = {
            "texts": texts,
            "made_by": {"rule": "figure", "module": "workflow/gotong/x.py"},
            "inputs": {f"data/raw/{name}.csv": "e" * 64},
            "sources": [source],
        }
        (folder / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
        for code in LANGUAGES:
            if name.startswith("F"):
                (folder / f"{name}.{code}.svg").write_bytes(SVG % code.encode())
            else:
                data = pd.DataFrame({"what": [f"cell in {code} {hostile}".strip()]})
                columns = (Column("what", "What"),)
                page = table_page(name, data, columns, Language(code), texts[code])
                (folder / f"{name}.{code}.html").write_text(page, encoding="utf-8")
    return results


class Read(HTMLParser):
    """The tags of a page with their attributes, and its text by the tag it stands in."""

    VOID = ("meta", "img", "br")

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.texts = [], [], {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module", params=LANGUAGES)
def code(request):
    return request.param


@pytest.fixture(scope="module")
def text(results, code):
    return pages.page(results, code, NAMES)


@pytest.fixture(scope="module")
def found(text):
    return Read(text)


def test_the_page_is_whole_and_in_its_language(text, found, code):
    assert text.startswith("<!doctype html>\n")
    assert found.open == []
    assert found.all("html") == [{"lang": code}]
    assert len(found.all("h1")) == 1
    assert len(found.all("title")) == 1
    assert found.all("meta")[0] == {"charset": "utf-8"}


def test_every_exhibit_has_its_title_alternative_caption_and_sources(text, found, code):
    body = " ".join(found.texts["body"])
    for name in NAMES:
        said = words(name, code)
        assert any(said["title"] in heading for heading in found.texts["h2"])
        for field in ("caption", "sources"):
            assert said[field] in body
    assert [image["alt"] for image in found.all("img")] == [words("F05", code)["alt"]]
    assert found.texts["caption"] == [words("T03", code)["alt"]]
    other = next(name for name in LANGUAGES if name != code)
    assert f"of F05 in {other}" not in text


def test_the_picture_and_the_table_are_those_of_the_language(found, code):
    (image,) = found.all("img")
    head, content = image["src"].split(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(content) == SVG % code.encode()
    assert found.texts["td"] == [f"cell in {code}"]
    assert len(found.all("table")) == 1


def test_caveats_stand_before_the_first_exhibit_and_are_translated(text, found, code):
    language = Language(code)
    for caveat in pages.CAVEATS:
        assert language(caveat) in found.texts["li"]
        assert text.index(str(language(caveat))) < text.index('<section id="F05"')
    assert (language(pages.CAVEATS[0]) == pages.CAVEATS[0]) is (code == "en")


def test_nothing_is_loaded_from_elsewhere(text, found):
    for tag, attributes in found.tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "form", "base", "video"}
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("src", "data:").startswith("data:")
        assert "srcset" not in attributes
    style = "".join(found.texts["style"])
    assert "url(" not in style
    assert "@import" not in style
    policies = [
        meta["content"]
        for meta in found.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    (policy,) = policies
    allowed = dict(each.split(maxsplit=1) for each in policy.split("; "))
    assert allowed["default-src"] == "'none'"
    assert allowed["img-src"] == "data:"
    assert "script-src" not in allowed
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_links_of_the_page_are_relative_and_lead_to_files_of_the_results(found, code):
    links = [link["href"] for link in found.all("a")]
    assert [link for link in links if ":" in link or link.startswith("/")] == []
    for name, folder, endings in (
        ("F05", "figures", (f"{code}.png", f"{code}.svg", "csv", "json")),
        ("T03", "tables", (f"{code}.html", "csv", "json")),
    ):
        wanted = [f"{folder}/{name}.{ending}" for ending in endings]
        assert [link for link in links if link.startswith(f"{folder}/{name}.")] == wanted
    assert "MANIFEST.json" in links
    assert pages.FILES[next(name for name in LANGUAGES if name != code)] in links
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    labels = [each["aria-labelledby"] for _, each in found.tags if "aria-labelledby" in each]
    assert set(labels) <= set(ids)


def test_provenance_is_told(found, code):
    told = " ".join(found.texts["details"])
    for said in ("data/raw/F05.csv", "e" * 64, "workflow/gotong/x.py", "Satgas"):
        assert said in told
    assert "https://a.example/x.csv" in told
    assert "a day is missing" in told
    assert {"id": "1.200", "en": "1,200"}[code] in told


def test_hostile_words_are_shown_and_add_no_tag(results, code, tmp_path):
    hostile = Read(pages.page(write_results(tmp_path, HOSTILE), code, NAMES))
    plain = Read(pages.page(results, code, NAMES))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    title = words("F05", code, HOSTILE)["title"]
    assert any(title in heading for heading in hostile.texts["h2"])
    assert hostile.all("img")[0]["alt"] == words("F05", code, HOSTILE)["alt"]
    assert hostile.texts["td"] == [f"cell in {code} {HOSTILE}"]


@given(st.text(alphabet="<>/\"'&; tablescript!-"))
def test_the_table_of_a_page_is_cut_out_whole(hostile):
    data = pd.DataFrame({"what": [f"|{hostile}|"]})
    said = dict.fromkeys(("title", "caption", "alt", "sources"), hostile)
    page = table_page(hostile, data, (Column("what", "What"),), Language("en"), said)
    table = Read(pages.table_of(page))
    assert table.tags[0] == ("table", {})
    assert table.open == []
    assert table.texts["td"] == [f"|{hostile}|"]


def test_the_page_is_the_same_every_time(results, code, text):
    assert pages.page(results, code, NAMES) == text


def test_each_exhibit_of_the_catalogue_stands_once_and_the_epidemic_first():
    order = pages.order()
    assert sorted(order) == sorted(EXHIBITS)
    categories = [EXHIBITS[name].category for name in order]
    assert categories[0] == "Epidemic"
    blocks = [
        category
        for place, category in enumerate(categories)
        if place == 0 or categories[place - 1] != category
    ]
    assert len(blocks) == len(set(blocks))
    for category in blocks:
        kinds = [name[0] for name in order if EXHIBITS[name].category == category]
        assert kinds == sorted(kinds)


def test_a_missing_exhibit_is_no_page(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"F05\.json"):
        pages.page(tmp_path, "en", ["F05"])
