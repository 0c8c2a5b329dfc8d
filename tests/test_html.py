"""Pages: every text is escaped, links lead where they say, cells follow the language."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from gotong.exhibits.html_table import table_page
from gotong.html import Column, cell, render, row_ids, rows
from gotong.i18n import Language
from gotong.tables import DATE

ID, EN = Language("id"), Language("en")
KINDS = ("text", "term", "date", "number", "share", "link", "words")
SAID = {"title": "Title", "caption": "Caption", "alt": "Alt", "sources": "Sources"}

HOSTILE = (
    "<script>alert(1)</script>",
    "</td></table><h1>x</h1>",
    '"><img src=x onerror=alert(1)>',
    "'><b>",
    "<!-- ",
    "]]>",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/'><script>",
    "</style><script>",
)


class Read(HTMLParser):
    """What a browser would find: the tags with their attributes, and the text of each cell."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.cells, self._inside = [], [], False
        self.feed(str(page))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "td":
            self.cells.append("")
            self._inside = True

    def handle_endtag(self, tag):
        self.tags.append((f"/{tag}", {}))
        if tag == "td":
            self._inside = False

    def handle_comment(self, data):
        self.tags.append(("comment", {"data": data}))

    def handle_data(self, data):
        if self._inside:
            self.cells[-1] += data


def one_cell(value, kind):
    data = pd.DataFrame({"what": [value]})
    return Read(table_page("T99", data, (Column("what", "What", kind),), EN, SAID))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("missing", ["", None, np.nan, pd.NaT, pd.NA])
def test_a_missing_value_is_blank(kind, missing):
    assert cell(missing, kind, ID) == ""


@pytest.mark.parametrize(
    ("value", "kind", "indonesian", "english"),
    [
        (12345, "number", "12.345", "12,345"),
        (np.int64(0), "number", "0", "0"),
        (0.5, "number", "0,5", "0.5"),
        (pd.Timestamp("2020-08-17"), "date", "17 Agustus 2020", "17 August 2020"),
        ("high", "term", "tinggi", "high"),
        ("high", "text", "high", "high"),
        ("no such term", "term", "no such term", "no such term"),
        (0.1234, "share", "12,3%", "12.3%"),
        (1, "share", "100,0%", "100.0%"),
        ("high", "words", "high", "high"),
    ],
)
def test_a_cell_follows_the_language(value, kind, indonesian, english):
    assert cell(value, kind, ID) == indonesian
    assert cell(value, kind, EN) == english


def test_a_term_is_shown_by_its_words_also_where_the_code_is_a_blank():
    words = {"": "high", "x": "medium"}
    assert [cell(code, "term", ID, words) for code in ("", "x", "y")] == ["tinggi", "sedang", "y"]
    assert cell("", "term", ID, {"x": "high"}) == ""
    assert cell(np.nan, "term", ID, words) == ""


def test_words_stand_in_a_column_per_language_and_that_of_the_page_is_shown():
    data = pd.DataFrame(
        {"what_id": ["satu", "<b>"], "what_en": ["one", ""], "n": [1, 2]},
    )
    columns = (Column("what", "What", "words"), Column("n", "N", "number"))
    assert rows(data, columns, ID) == [["satu", "1"], ["<b>", "2"]]
    assert rows(data, columns, EN) == [["one", "1"], ["", "2"]]
    page = Read(table_page("T99", data, columns, ID, SAID))
    assert page.cells == ["satu", "1", "<b>", "2"]


def test_rows_keep_the_order_of_rows_and_of_columns():
    data = pd.DataFrame(
        {
            "n": pd.array([1000, None], dtype="Int64"),
            "unused": ["x", "y"],
            "day": pd.to_datetime(["2020-04-10", None]).astype(DATE),
        }
    )
    shown = rows(data, (Column("day", "Day", "date"), Column("n", "N", "number")), ID)
    assert shown == [["10 April 2020", "1.000"], ["", ""]]


def test_numbers_have_as_many_decimals_as_their_column_or_their_row_says():
    data = pd.DataFrame({"what": ["a", "ratio", "b"], "n": [1.0, 1234.5, np.nan], "m": [0.5, 2, 3]})
    columns = (
        Column("n", "N", "number", form=".2f", form_by="what", forms={"ratio": ".1f"}),
        Column("m", "M", "number", form=".1f"),
    )
    assert rows(data, columns, EN) == [["1.00", "0.5"], ["1,234.5", "2.0"], ["", "3.0"]]
    assert rows(data, columns, ID) == [["1,00", "0,5"], ["1.234,5", "2,0"], ["", "3,0"]]


def test_text_that_is_not_translated_carries_its_language_on_a_page_in_another():
    data = pd.DataFrame({"licence": ["none found"], "regime": ["PSBB"]})
    columns = (Column("licence", "Licence", lang="en"), Column("regime", "Regime", lang="id"))
    marks = {}
    for language in (ID, EN):
        tags = Read(table_page("T99", data, columns, language, SAID)).tags
        marks[language.code] = [attributes.get("lang") for tag, attributes in tags if tag == "td"]
    assert marks == {"id": ["en", None], "en": [None, "id"]}


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.kompas.example/read?a=1&b=2", "kompas.example"),
        ("http://jdih.jakarta.example/x/y", "jdih.jakarta.example"),
    ],
)
def test_a_link_keeps_its_address_and_shows_the_site_only(address, site):
    found = Read(f"<td>{cell(address, 'link', EN)}</td>")
    links = [attributes for tag, attributes in found.tags if tag == "a"]
    assert links == [{"href": address, "rel": "noreferrer"}]
    assert found.cells == [site]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript://www.a.example/%0aalert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/hosts",
        "//a.example/x",
        " https://a.example",
        "a.example (no address kept)",
    ],
)
def test_what_is_no_web_address_is_text(address):
    found = one_cell(address, "link")
    assert "a" not in [tag for tag, _ in found.tags]
    assert found.cells == [address]


NEUTRAL = {kind: one_cell("plain", kind).tags for kind in ("text", "term")}


@given(
    st.one_of(
        st.sampled_from(HOSTILE),
        st.lists(st.sampled_from([*HOSTILE, "<", ">", "&", '"', "'", "\n", "é", "a"])).map("".join),
        st.text(),
    )
)
def test_a_cell_holds_exactly_its_text_and_adds_no_tag(hostile):
    for kind, tags in NEUTRAL.items():
        found = one_cell(hostile, kind)
        assert found.cells == [hostile]
        assert found.tags == tags


@given(st.text(alphabet="<>\"'&=` \nab/:?#[]@"))
def test_a_hostile_address_stays_inside_its_attribute(rest):
    address = f"https://{rest}"
    found = one_cell(address, "link")
    links = [(tag, attributes) for tag, attributes in found.tags if tag == "a"]
    assert links in ([], [("a", {"href": address, "rel": "noreferrer"})])
    others = [tag for tag, _ in found.tags if tag not in ("a", "/a")]
    assert others == [tag for tag, _ in NEUTRAL["text"]]


@pytest.mark.parametrize("field", list(SAID))
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_beside_a_table_add_no_tag(field, hostile):
    data = pd.DataFrame({"what": ["plain"]})
    page = table_page(hostile, data, (Column("what", hostile),), EN, SAID | {field: hostile})
    names = [tag for tag, _ in Read(page).tags]
    assert names == [tag for tag, _ in NEUTRAL["text"]]


def test_the_first_row_of_each_name_that_can_be_an_id_has_one():
    data = pd.DataFrame({"k": ["K01", "K01", "K 2", "<b>", "K03"], "v": range(5)})
    columns = (Column("v", "V", "number"), Column("k", "K", names_row=True))
    assert row_ids(data, columns, "T10") == ["T10-K01", "", "", "", "T10-K03"]
    assert row_ids(data, columns[:1], "T10") == [""] * 5
    page = table_page("T10", data, columns, EN, SAID)
    assert re.findall(r'<tr id="([^"]*)"', page) == ["T10-K01", "T10-K03"]


@pytest.mark.parametrize("language", [ID, EN])
def test_a_table_page_stands_alone(language):
    data = pd.DataFrame({"when": [pd.Timestamp("2020-05-01")], "n": [1500]})
    columns = (Column("when", "First day", "date"), Column("n", "Level", "number"))
    page = table_page("T99", data, columns, language, SAID)
    found = Read(page)
    assert page.startswith("<!doctype html>\n<html ")
    assert ("html", {"lang": language.code}) in found.tags
    assert found.cells == (["1 Mei 2020", "1.500"] if language is ID else ["1 May 2020", "1,500"])
    assert f'<th scope="col" class="date">{language("First day")}</th>' in page
    # A head stands over its numbers, on their side; and the page says which table it is.
    assert f'<th scope="col" class="number">{language("Level")}</th>' in page
    assert '<h1><span class="id">T99</span>Title</h1>' in page
    assert [tag for tag, _ in found.tags].count("h1") == 1
    assert not {"script", "link", "iframe", "img"} & {tag for tag, _ in found.tags}


def test_a_template_with_a_value_left_out_is_refused():
    with pytest.raises(UndefinedError, match="said"):
        render("table.html.j2", EN, exhibit="T99", columns=(), rows=[])


@pytest.mark.parametrize(
    "text",
    [
        'https://a.example/"onmouseover="alert(1)',
        "https://nakita.example (article 12; slug not kept)",
        "https://",
        "https://[",
        "https://a.example]/x",
        "https://a\uff0fb.example",
        "article of 3 May 2020",
    ],
)
def test_what_is_no_whole_address_is_shown_as_text(text):
    assert cell(text, "link", EN) == text


def test_a_link_shows_where_it_really_leads():
    shown = str(cell("https://kompas.example@evil.example/x?a=1", "link", EN))
    assert ">evil.example</a>" in shown
