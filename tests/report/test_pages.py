"""The report: every claim and exhibit with its words and files, nothing fetched or injected."""

import base64
import hashlib
import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

import pandas as pd
import pytest
import small_report
from hypothesis import given
from hypothesis import strategies as st

from gotong.analyses.catalogue import ANALYSES, BEHIND_CLAIMS
from gotong.config import parse_yaml, read_config
from gotong.exhibits.catalogue import EXHIBITS
from gotong.exhibits.claim_words import REASON, VERDICT
from gotong.exhibits.html_table import table_page
from gotong.html import Column
from gotong.i18n import LANGUAGES, Language
from gotong.provenance import place_of
from gotong.report import claims_section, exhibits_section, pages, picker
from gotong.wiring import Study

NAMES = small_report.NAMES
words = small_report.words
HOSTILE = "<script>alert('x')</script> \"><img src=https://evil.example/x.png> &lt;b&gt; 'a'"
VERDICTS_GIVEN = {
    "C1": "supported",
    "C2": "mixed",
    "C5": "not_testable",
    "C6": "contradicted",
    "C8": "not_supported",
    "C11": "not_testable",
}


class Read(HTMLParser):
    """The tags of a page with their attributes, and its text by the tag it stands in."""

    VOID = ("meta", "img", "br", "input")

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

    def text(self):
        return " ".join(" ".join(self.texts["body"]).split())


@pytest.fixture(scope="module")
def material(project, choices, tmp_path_factory):
    return small_report.material(project, tmp_path_factory.mktemp("results"), choices)


@pytest.fixture(scope="module")
def text(material, code):
    return pages.page(material, code, NAMES)


@pytest.fixture(scope="module")
def found(text):
    return Read(text)


def section(text, name):
    """Return what stands between an element's id and the end of its article."""
    begin = text.index(f'<article id="{name}"')
    return text[begin : text.index("</article>", begin)]


def test_the_page_is_whole_and_in_its_language(text, found, code):
    assert text.startswith("<!doctype html>\n")
    assert found.open == []
    assert found.all("html") == [{"lang": code}]
    assert len(found.all("h1")) == 1
    assert len(found.all("title")) == 1
    assert found.all("meta")[0] == {"charset": "utf-8"}


def test_headings_step_down_one_level_at_a_time(found):
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_the_verdicts_stand_first_and_then_each_claim_with_its_own(text, found, code, choices):
    language = Language(code)
    for claim, verdict in VERDICTS_GIVEN.items():
        said = language(VERDICT[verdict])
        row = next(row for row in found.texts["tr"] if row.startswith(claim))
        assert said in row
        own = Read(section(text, claim))
        assert own.all("span")[1] == {"class": f"verdict {verdict}"}
        assert said in own.texts["p"][0]
    sentences = [choices["claims"][claim]["sentence"][code] for claim in choices["claims"]]
    places = [text.index(f'id="{claim}"') for claim in choices["claims"]]
    assert places == sorted(places)
    assert text.index('<section id="verdicts"') < places[0]
    summary = text[text.index('<section id="verdicts"') : text.index('<section id="limits"')]
    shown = Read(summary).texts["td"]
    assert [shown.count(sentence) for sentence in sentences] == [1] * len(sentences)


def test_the_summary_says_what_each_verdict_means_and_whose_it_is(text, code):
    summary = text[text.index('<ul class="kinds">') : text.index('<table class="verdicts"')]
    told = dict(
        zip(
            Read(summary[: summary.index("</ul>") + 5]).texts["span"],
            [*_items(summary)],
            strict=True,
        )
    )
    language = Language(code)
    for claim, verdict in VERDICTS_GIVEN.items():
        item = told[language(VERDICT[verdict])]
        assert f'<a href="#{claim}">{claim}</a>' in item
        assert language(claims_section.MEANING[verdict]) in item
    assert language(VERDICT["supported_in_part"]) not in told
    assert set(claims_section.MEANING) == set(VERDICT)


def _items(page):
    """Return the items of a list as they stand in a page."""
    return re.findall(r"<li>(.*)</li>", page)


def test_the_summary_says_in_short_what_a_verdict_rests_on(text, code):
    summary = text[text.index('<section id="verdicts"') : text.index('<section id="limits"')]
    why = Read(summary).texts["td"][2::3]
    told = {
        "en": ("Numbers that the rule asks for: 1; 1 for the claim.", "1 with failed checks."),
        "id": ("Angka yang diminta aturan: 1; 1 mendukung klaim.", "1 tidak lulus pemeriksaan."),
    }[code]
    assert told[0] in why[0]
    # A claim of several criteria says what each of them says.
    assert {"en": "Each criterion alone: ", "id": "Tiap kriteria tersendiri: "}[code] in why[1]
    assert told[1] in why[4]


def test_it_is_said_what_the_number_in_front_says_of_the_claim(text, code):
    told = {
        "C1": {"en": "supports the claim", "id": "mendukung klaim"},
        "C6": {"en": "contradicts the claim", "id": "membantah klaim"},
    }
    for claim, words_of in told.items():
        assert Read(section(text, claim)).texts["dd"][2].startswith(words_of[code])
    # A design that failed is never put in front.
    assert Language(code)("That number") not in section(text, "C5")


def test_numbers_with_a_vote_stand_first_and_those_not_asked_for_last(material):
    votes = material.tables["votes"]
    three = pd.concat([votes[votes["claim"] == "C1"]] * 3, ignore_index=True)
    mixed = three.assign(vote=["context", "failed", "supports"], label=["c", "b", "a"])
    assert list(claims_section.numbers(mixed, Language("en"))["number"]) == ["a", "b", "c"]


def test_a_claim_says_its_numbers_in_words_from_the_ledger(text, code):
    expected = {
        "id": "A number on C1: 0,4 parts (0,3 sampai 0,5; 95 % interval).",
        "en": "A number on C1: 0.4 parts (0.3 to 0.5; 95 % interval).",
    }
    assert expected[code] in Read(section(text, "C1")).texts["dd"][1]
    tally = {"id": "Dari 1 taksiran", "en": "Of 1 estimates"}
    assert tally[code] in Read(section(text, "C4")).texts["dd"][1]


def test_a_tally_names_only_the_votes_that_there_are(text, code):
    told = {
        "C1": {
            "en": "lay with the whole interval on the claimed side of the threshold.",
            "id": "berada dengan seluruh intervalnya di sisi ambang yang diklaim.",
        },
        "C5": {
            "en": "1 came from designs that failed their own checks and have no vote.",
            "id": "1 berasal dari rancangan yang tidak lulus pemeriksaannya sendiri dan tidak "
            "diperhitungkan.",
        },
    }
    for claim, sentence in told.items():
        own = Read(section(text, claim)).texts["dd"][1]
        assert sentence[code] in own
        assert not re.search(r"\b0 (lay|came|spoke|stayed|berada|berasal|belum)\b", own)


def test_a_registered_rule_has_its_day_and_a_changed_one_a_warning_beside_each_verdict(
    material, text, code
):
    day = {
        "en": "registered on 30 November 2026, after estimates on these data had been seen",
        "id": "didaftarkan pada 30 November 2026, setelah taksiran atas data ini terlihat",
    }[code]
    warning = {"en": "the verdict is exploratory", "id": "putusan ini eksploratif"}[code]
    tally = {"en": "Exploratory verdicts: 1,", "id": "Putusan eksploratif: 1,"}[code]
    assert text.count(day) == len(material.claims)
    for claim in material.tables["claims"].to_dict("records"):
        assert claim["fingerprint"] in section(text, claim["claim"])
    assert warning not in text
    assert tally[:12] not in text
    ledger = material.tables["claims"].copy()
    ledger.loc[ledger["claim"] == "C2", ["registered", "registered_stage"]] = ""
    changed = pages.page(
        replace(material, tables={**material.tables, "claims": ledger}), code, NAMES
    )
    assert tally in Read(changed).text()
    summary = Read(changed[: changed.index('<section id="limits"')]).texts["td"]
    assert [warning in cell for cell in summary].count(True) == 1
    assert warning in section(changed, "C2")
    assert day not in section(changed, "C2")
    assert changed.count(day) == len(material.claims) - 1


@pytest.mark.parametrize(
    ("label", "unit", "said"),
    [
        ("Gini coefficient, beds", "Gini", "Gini coefficient, beds: 0.5 (0.4 to 0.6; 95%)."),
        ("Mean alignment", "alignment (0 to 1)", "Mean alignment: 0.5 (0.4 to 0.6; 95%)."),
        ("Unmet need", "share", "Unmet need: share 0.5 (0.4 to 0.6; 95%)."),
        (
            "Time at home",
            "percentage points",
            "Time at home: 0.5 percentage points (0.4 to 0.6; 95%).",
        ),
    ],
)
def test_a_unit_stands_behind_a_number_only_where_it_is_one(material, label, unit, said):
    row = material.tables["claims"].iloc[0].to_dict() | {"label": label, "unit": unit}
    row |= {"estimate": 0.5, "low": 0.4, "high": 0.6, "interval": "95%"}
    assert next(iter(claims_section._prose(row, {}, Language("en")))) == said


def test_caveats_of_numbers_stand_once_below_their_table(text, code):
    own = section(text, "C1")
    assert own.count("A caveat of the number.") == 1
    assert own.index("</table>") < own.index("A caveat of the number.")
    table = Read(exhibits_section.table_of(own.replace("<table ", "<table>")))
    place = table.texts["th"].index(Language(code)("Caveat"))
    assert table.texts["td"][place] == "1"


def test_what_a_number_says_stands_beside_its_interval(text, code):
    heads = Read(section(text, "C4")).texts["th"]
    wanted = ("Number", "Estimate", "Lower end", "Upper end", "Unit", "What it says")
    assert heads[: len(wanted)] == [Language(code)(head) for head in wanted]


def test_a_picture_that_carries_its_title_and_sources_is_not_told_twice_in_sight(text, code):
    begin = text.index('<section id="F03"')
    figure = text[begin : text.index("<details", begin)]
    assert f'<span class="twice">{words("F03", code)["title"]}</span>' in figure
    assert f'<p class="quiet twice">{words("F03", code)["sources"]}</p>' in figure
    begin = text.index('id="T02-title"')
    table = text[begin : text.index("<details", begin)]
    assert "twice" not in table


def test_one_more_file_is_one(project, material, tmp_path, choices):
    few = small_report.material(project, tmp_path, choices)
    path = tmp_path / "figures" / "F05.json"
    record = json.loads(path.read_text("utf-8"))
    record["sources"][0]["files"] = record["sources"][0]["files"][:4]
    path.write_text(json.dumps(record), encoding="utf-8")
    told = " ".join(Read(pages.page(few, "en", NAMES)).texts["details"])
    assert "1 more file, in the provenance file" in told
    assert "1 more files" not in told


def test_the_ledger_stands_behind_what_cannot_be_said(text):
    assert text.index('<section id="limits"') < text.index('<details class="paper" id="T08">')
    assert text.index('<details class="paper" id="T08">') < text.index('<article id="C1"')


def test_a_claim_shows_what_counts_and_what_each_number_says(text, code):
    table = Read(section(text, "C1"))
    cells = table.texts["td"]
    assert {"id": "di atas 0,2", "en": "above 0.2"}[code] in cells
    assert {"id": "mendukung klaim", "en": "supports the claim"}[code] in cells
    assert any("indicator=beds" in cell for cell in cells)
    failed = Read(section(text, "C5")).texts["td"]
    word = {"id": "pengaruh pada tanggal plasebo", "en": "an effect at a pretended date"}[code]
    assert any(word in cell for cell in failed)


def test_columns_of_numbers_that_are_blank_all_over_are_left_out(text, code):
    levels = Read(section(text, "C1")).texts["th"]
    effects = Read(section(text, "C4")).texts["th"]
    word = {"id": "Proporsi kurva", "en": "Share of the curve"}[code]
    assert word in effects
    assert word not in levels


def test_the_limits_that_effects_are_held_to_are_told_where_effects_decide(text, code, choices):
    said = {claim: section(text, claim) for claim in ("C1", "C6")}
    assert "<code>decision</code>" not in said["C1"]
    language = Language(code)
    for limit, form in (("coarse_p", ".3f"), ("permutation_p", ".2f"), ("curve_share", ".0%")):
        assert language.number(choices["decision"][limit], form) in said["C6"]
    by_p = {"id": "{0} dinilai menurut p", "en": "{0} are told by p"}[code]
    # Estimates of the small report attain a p of 0.001: their intervals tell.
    assert by_p.format(0) in said["C6"]


def test_a_share_of_the_curve_stands_beside_the_number_of_its_estimates(text, code):
    word = {"id": "Taksiran pada kurva", "en": "Estimates on the curve"}[code]
    assert word in Read(section(text, "C4")).texts["th"]
    assert word not in Read(section(text, "C1")).texts["th"]


def test_what_is_missing_is_named_and_what_would_settle_it_is_said(text, code, choices):
    own = Read(section(text, "C11"))
    (asked,) = (each["evidence"] for each in choices["claims"]["C11"]["effects"])
    assert asked in own.texts["code"]
    assert choices["claims"]["C11"]["needed"][code] in own.texts["dd"]
    assert choices["claims"]["C11"]["caveat"][code] in own.texts["dd"]
    assert Language(code)(REASON["numbers_missing"]) in own.texts["p"][0]


def test_a_verdict_leads_to_the_lines_that_make_it(text, project):
    own = Read(section(text, "C1"))
    links = {link["href"] for link in own.all("a")}
    assert {"../../workflow/gotong/claims.py", "../../config.yaml"} <= links
    said = own.texts["details"][-1]
    for function in ("level_vote", "level_verdict"):
        line = place_of("claims", function).line
        source = (project / "workflow/gotong/claims.py").read_text("utf-8").splitlines()
        assert source[line - 1].startswith(f"def {function}(")
        assert re.search(rf"\D{line}: {function}", said)


def test_every_exhibit_has_its_title_alternative_caption_and_sources(text, found, code):
    body = found.text()
    for name in NAMES:
        said = words(name, code)
        headings = [*found.texts["h3"], *found.texts["h4"]]
        assert sum(said["title"] in heading for heading in headings) == 1
        for field in ("caption", "sources"):
            assert said[field] in body
    figures = [name for name in NAMES if name.startswith("F")]
    assert [image["alt"] for image in found.all("img")] == [words(n, code)["alt"] for n in figures]
    other = next(name for name in LANGUAGES if name != code)
    assert f"of F05 in {other}" not in text


def test_an_exhibit_stands_with_the_first_claim_it_carries_and_others_lead_there(project, choices):
    stated = read_config(project / "config.yaml").claims
    placed = exhibits_section.by_claim(stated, ("F03", "F07", "T02", "F15"))
    assert placed["C2"] == ("F03", "T02")
    assert [claim for claim, names in placed.items() if "F07" in names] == ["C4", "C5", "C7"]
    assert exhibits_section.without_claim(placed, ("F03", "F07", "F15", "T09", "T08")) == (
        "F15",
        "T09",
    )


def test_the_exhibits_that_claims_name_are_in_the_catalogue(project):
    stated = read_config(project / "config.yaml").claims
    named = {name for claim in stated.values() for name in claim.exhibits}
    assert named <= set(EXHIBITS)


def test_every_exhibit_of_the_catalogue_is_shown_once(project):
    stated = read_config(project / "config.yaml").claims
    placed = exhibits_section.by_claim(stated)
    with_claim = {name for names in placed.values() for name in names}
    rest = exhibits_section.without_claim(placed)
    assert with_claim | set(rest) | {exhibits_section.LEDGER} == set(EXHIBITS)
    assert not with_claim & set(rest)
    assert EXHIBITS[rest[0]].category == "Epidemic"


def test_the_picture_and_the_table_are_those_of_the_language(found, code):
    pictures = [image["src"] for image in found.all("img")]
    assert [picture.split(",")[0] for picture in pictures] == ["data:image/svg+xml"] * 3
    assert unquote(pictures[0].split(",", 1)[1]) == small_report.SVG % f"F03 {code}"
    assert f"cell 3 of T03 in {code}" in found.texts["td"]


def test_cells_carry_what_they_are_sorted_by(found, code):
    cells = dict(zip(found.texts["td"], found.all("td"), strict=True))
    day = {"id": "14 September 2020", "en": "14 September 2020"}[code]
    assert cells[day]["data-sort"] == "2020-09-14"
    number = {"id": "1.000", "en": "1,000"}[code]
    assert cells[number]["data-sort"] == "1000.5"
    assert "data-sort" not in cells[f"cell 3 of T03 in {code}"]


def test_what_it_cannot_say_stands_before_the_first_claim_and_is_translated(text, found, code):
    language = Language(code)
    for caveat in pages.CAVEATS:
        assert [language(caveat) in item for item in found.texts["li"]].count(True) == 1
        assert text.index(language(caveat)[:40]) < text.index('id="C1"')
    assert (language(pages.REPORTED) == pages.REPORTED) is (code == "en")


def test_what_it_cannot_say_leads_to_where_it_is_seen(text, code):
    limits = text[text.index('<section id="limits"') : text.index('<section id="claims"')]
    items = re.findall(r"<li>(.*)</li>", limits)
    for caveat, item in zip(pages.CAVEATS, items, strict=True):
        named = [name for name in pages.CAVEATS[caveat] if name in NAMES]
        led_to = [link["href"] for link in Read(f"<body>{item}</body>").all("a")]
        document = ["../../docs/decision-rules.md"] if caveat == pages.RULES else []
        assert led_to == [*(f"#{name}" for name in named), *document]
    assert {name for names in pages.CAVEATS.values() for name in names} <= set(EXHIBITS)


def test_a_number_leads_to_the_rows_that_it_was_worked_out_from(material):
    votes = material.tables["votes"].copy()
    own = votes["claim"] == "C1"
    known, unknown = BEHIND_CLAIMS[0], "<b>no table</b>"
    votes.loc[own, "made_table"] = [known, *[unknown] * (own.sum() - 1)]
    votes.loc[own, "rows"] = ["a=1|2,b=<i> + ascertainment: c=3", *["d=4"] * (own.sum() - 1)]
    page = pages.page(replace(material, tables={**material.tables, "votes": votes}), "en", NAMES)
    told = Read(section(page, "C1"))
    links = [link["href"] for link in told.all("a") if "/rows/" in link["href"]]
    # From the number in words, from that in the table, and from where the verdict comes from.
    assert links == [f"../claims/rows/{name}.csv" for name in (known, "ascertainment")] * 3
    assert f"{known}, rows a=1 | 2, b=<i>; ascertainment, rows c=3" in told.texts["dd"][2]
    assert f"{known}, rows a=1 | 2, b=<i>; ascertainment, rows c=3" in told.texts["td"]
    assert "<b>no table" not in page
    assert "<i>" not in page


def test_a_correction_leads_to_its_first_row_and_else_to_its_table(text, material):
    origin = Read(section(text, "T10")).all("a")
    assert {"href": "#T10-K01"} in origin
    ids = [attributes["id"] for _, attributes in Read(text).tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [name for name in ids if name.startswith("T10-")] == ["T10-title", "T10-K01", "T10-K02"]
    without = pages.page(material, "en", [name for name in NAMES if name != "T10"])
    assert "#T10" not in without
    assert "<dd>K01: " in without


def test_whatever_a_link_within_the_page_leads_to_is_there(found):
    ids = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
    inner = {link["href"][1:] for link in found.all("a") if link["href"].startswith("#")}
    assert inner - ids == set()
    assert len(inner) > len(VERDICTS_GIVEN)


def test_each_correction_below_a_table_leads_to_its_row_and_hostile_text_stays_text():
    place = {"K01": "#T10-K01", "K02": "#T10-title"}.get
    line = exhibits_section.with_places(
        "Corrections K01–K02, K03 apply <b>.", lambda table, name: place(name, "")
    )
    assert line == (
        'Corrections <a href="#T10-K01">K01</a>–<a href="#T10-title">K02</a>, K03 apply &lt;b&gt;.'
    )


def test_p_stands_beside_the_smallest_that_there_can_be(material, code):
    row = material.tables["claims"].iloc[0].to_dict() | {"p": 0.03125, "smallest_p": 1 / 34}
    expected = {
        "en": "Its p is 0.031; the smallest that this design can give is 0.029.",
        "id": "Nilai p-nya 0,031; yang terkecil yang dapat diberikan rancangan ini adalah 0,029.",
    }
    assert expected[code] in list(claims_section._prose(row, {}, Language(code)))
    alone = row | {"p": float("nan")}
    said = " ".join(claims_section._prose(alone, {}, Language(code)))
    assert expected[code] not in said
    assert {"en": "0.029", "id": "0,029"}[code] in said


def policy_of(found):
    """Return the page's Content-Security-Policy by directive."""
    (content,) = (
        meta["content"]
        for meta in found.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    return dict(each.split(maxsplit=1) for each in content.split("; "))


def sha256_word(content):
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def test_nothing_is_loaded_from_elsewhere(text, found):
    for tag, attributes in found.tags:
        assert tag not in {"link", "iframe", "object", "embed", "form", "base", "video"}
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert attributes.get("src", "data:").startswith("data:")
        assert "srcset" not in attributes
    (style,) = found.texts["style"]
    assert "url(" not in style
    assert "@import" not in style
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_the_policy_allows_this_style_and_this_script_and_nothing_else(found):
    (style,), scripts = found.texts["style"], found.texts["script"]
    (running,) = (
        content
        for content, attributes in zip(scripts, found.all("script"), strict=True)
        if attributes.get("type") != "application/json"
    )
    assert policy_of(found) == {
        "default-src": "'none'",
        "img-src": "data:",
        "style-src": sha256_word(style),
        "script-src": sha256_word(running),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_links_of_the_page_are_relative_and_lead_somewhere(found, code):
    links = [link["href"] for link in found.all("a")]
    assert [link for link in links if ":" in link or link.startswith("/")] == []
    for name in NAMES:
        folder = "figures" if name.startswith("F") else "tables"
        forms = ("png", "svg", "pdf") if name.startswith("F") else ("html", "tex")
        endings = [f"{code}.{form}" for form in forms]
        wanted = [f"../{folder}/{name}.{ending}" for ending in (*endings, "csv", "json")]
        assert [link for link in links if link.startswith(f"../{folder}/{name}.")] == wanted
    assert {"../claims/ledger.csv", "../claims/evidence.csv", "../MANIFEST.json"} <= set(links)
    assert pages.FILES[next(name for name in LANGUAGES if name != code)] in links
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    labels = [each["aria-labelledby"] for _, each in found.tags if "aria-labelledby" in each]
    assert set(labels) <= set(ids)


def test_links_into_the_project_lead_to_files_of_it(found, project):
    inner = {link["href"] for link in found.all("a") if link["href"].startswith("../../")}
    made = [link for link in inner if link.startswith("../../data/processed/")]
    assert inner - set(made)
    assert [link for link in inner - set(made) if not (project / link[6:]).is_file()] == []


def test_provenance_is_told(found, code):
    told = " ".join(found.texts["details"])
    for said in ("data/raw/cases/province_daily.csv", "e" * 64, "f" * 64, "Satgas"):
        assert said in told
    assert "https://a.example/0.csv" in told
    assert "https://a.example/3.csv" not in told
    assert "a day is missing" in told
    assert {"id": "1.197", "en": "1,197"}[code] in told
    prepare = place_of("exhibits.f05_measures", "prepare")
    assert f"{prepare.line}: prepare" in " ".join(told.split())


def test_a_raw_table_names_its_publishers_and_a_correction_its_reason(material, text, code):
    first = next(iter(material.corrections.values()))
    assert getattr(first.reason, code) in Read(text).text()
    read = exhibits_section.view("F05", material, Language(code)).origin.inputs
    by_path = {table.path: table.publishers for table in read}
    assert len(by_path["data/raw/cases/province_daily.csv"]) >= 1
    assert by_path["data/processed/alignment.parquet"] == ()


def test_hostile_words_are_shown_and_add_no_tag(project, choices, material, code, tmp_path):
    bad = small_report.material(project, tmp_path, choices, HOSTILE)
    hostile = Read(pages.page(bad, code, NAMES))
    plain = Read(pages.page(material, code, NAMES))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    title = words("F05", code, HOSTILE)["title"]
    assert any(title in heading for heading in hostile.texts["h4"])
    assert hostile.all("img")[0]["alt"] == words("F03", code, HOSTILE)["alt"]
    assert f"cell 3 of T03 in {code} {HOSTILE}" in hostile.texts["td"]


def test_what_the_register_says_is_marked_as_english_and_said_to_be(text, code):
    begin = text.index("<dt>", text.index('id="F05-title"'))
    origin = text[begin : text.index("</details>", begin)]
    for said in ("</strong>: cases", "</span> MIT", "<li>a day is missing"):
        place = origin.index(said)
        assert origin[origin.rindex("<dd", 0, place) :].startswith('<dd lang="en">')
    assert re.search(r'province_daily.csv</code></a> \(<span lang="en">Satuan Tugas', origin)
    assert ("Keterangan tentang sumber tidak diterjemahkan" in origin) == (code == "id")


@given(st.text(alphabet="<>/\"'&; tablescript!-"))
def test_the_table_of_a_page_is_cut_out_whole(hostile):
    data = pd.DataFrame({"what": [f"|{hostile}|"]})
    said = dict.fromkeys(("title", "caption", "alt", "sources"), hostile)
    page = table_page(hostile, data, (Column("what", "What"),), Language("en"), said)
    table = Read(exhibits_section.table_of(page))
    assert table.tags[0] == ("table", {})
    assert table.open == []
    assert table.texts["td"] == [f"|{hostile}|"]


def test_the_page_is_the_same_every_time(material, code, text):
    assert pages.page(material, code, NAMES) == text


def test_a_missing_exhibit_is_no_page(material, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"F05\.json"):
        pages.page(replace(material, results=tmp_path), "en", ["F05", "T08"])


def test_the_picker_gets_the_numbers_of_the_panels(material, found):
    data = picker.data(material, Language("en"))
    assert data["weeks"] == [f"{week:%Y-%m-%d}" for week in small_report.WEEKS]
    jakarta, depok, tangerang = data["regions"]
    assert [region["code"] for region in data["regions"]] == list(small_report.UNITS)
    assert jakarta["cases"] == [5, 10, 40.25, 20, 10, None]
    assert jakarta["cases_note"] == picker.KINDS["scaled"]
    assert tangerang["cases"] == [None] * 6
    assert tangerang["cases_note"] == picker.NO_SERIES
    assert depok["regimes"] == [
        {
            "start": "2020-04-08",
            "end": "2020-04-19",
            "regime": "belum PSBB",
            "level": "",
            "strictness": 0,
        },
        {
            "start": "2020-04-20",
            "end": "2020-05-14",
            "regime": "PSBB",
            "level": "",
            "strictness": 4,
        },
    ]
    assert depok["measures"]["G-C"] == [0, 0, 3, 0, 0, 0]
    assert depok["measures"]["G-G"] == [0] * 6
    assert (depok["beds"], depok["population"], depok["beds_per_1000"]) == (15, 1000, 15)
    assert len(data["colours"]) == 5
    embedded = next(
        content
        for content, attributes in zip(found.texts["script"], found.all("script"), strict=True)
        if attributes.get("id") == "picker-data"
    )
    assert json.loads(embedded)["regions"][0]["cases"] == jakarta["cases"]


def test_the_picker_starts_with_the_largest_unit_of_the_core(material):
    days = material.tables["panel_jabodetabek"]
    more = pd.Series({"3171": 5, "3173": 7, "3276": 9})
    shown = pd.concat(
        days[days["region_code"] == "3171"].assign(region_code=unit, population=residents)
        for unit, residents in more.items()
    )
    assert picker._first_shown(shown, "31") == "3173"
    assert picker._first_shown(shown, "36") == "3276"


def test_the_page_selects_the_region_that_the_picker_starts_with(material, found):
    start = picker.data(material, Language("en"))["start"]
    selected = [each["value"] for each in found.all("option") if "selected" in each]
    assert selected == [start]


def test_the_report_follows_the_lines_that_it_names(project, monkeypatch):
    monkeypatch.chdir(project)
    text = (project / "config.yaml").read_text(encoding="utf-8")
    places = Study(parse_yaml(text, "config.yaml"), ["config.yaml"]).places()
    line = place_of("analyses.ledger", "votes").line
    assert f"workflow/gotong/analyses/ledger.py:{line} votes" in places
    assert len(places) == len(set(places)) >= len(EXHIBITS)
    assert any(
        place.startswith(f"workflow/gotong/analyses/{ANALYSES['rt'].module}") for place in places
    )


def test_a_function_that_is_not_there_is_no_place():
    with pytest.raises(LookupError, match="defines no function lost"):
        place_of("claims", "lost")


def test_units_that_are_names_of_pure_numbers_are_units_of_the_evidence(last_run):
    """They are written out in two places: one that no number has any more would go unseen."""
    assert set(last_run("votes")["unit"]) >= claims_section.PURE
