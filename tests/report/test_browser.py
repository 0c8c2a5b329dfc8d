"""The report in a browser: it opens from disk, works by keyboard, and has no serious barrier.

Looked at with Debian's Chromium. A small report is always looked at; that of the last run is,
too, where there is one.
"""

import shutil
from pathlib import Path

import hostile_report
import pytest
import small_report

from gotong.config import read_config
from gotong.report import pages

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed (apt-get install chromium)", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe_run = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not there")

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
A4 = {"width": 688, "height": 1017}
"""What the margins leave of a page, in CSS pixels."""
WIDEST = """() => Math.ceil(Math.max(
  ...[...document.querySelectorAll('.scroll:not(.wide) table')].map(e => e.offsetWidth)))"""
BOTTOM = "e => e.getBoundingClientRect().bottom + scrollY"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PROJECT = Path(__file__).resolve().parents[2]
LAST_RUN = PROJECT / "results" / "report"
REPORTS = ["small", *(["last run"] if (LAST_RUN / "index.html").exists() else [])]


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        # A container has no room for Chromium's sandbox; the page is our own.
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def small(project, tmp_path_factory):
    """Return the folder of a small report in both languages."""
    results = tmp_path_factory.mktemp("results")
    choices = read_config(project / "config.yaml").model_dump(mode="json")
    material = small_report.material(project, results, choices)
    folder = results / "report"
    folder.mkdir()
    for code, file in pages.FILES.items():
        text = pages.page(material, code, small_report.NAMES)
        (folder / file).write_text(text, encoding="utf-8")
    return folder


class Opened:
    """A page with what went wrong while it was open."""

    def __init__(self, page, path):
        self.page, self.faults, self.requests = page, [], []
        page.on("console", lambda message: self._console(message))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("requestfailed", lambda request: self.faults.append(request.url[:80]))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(path.as_uri())

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(message.text)


@pytest.fixture
def opened(browser, small):
    """Return what opens a report in a fresh window."""
    contexts = []

    def at(report="small", file="index.en.html", viewport=DESK, **options):
        context = browser.new_context(viewport=viewport, offline=True, **options)
        contexts.append(context)
        return Opened(context.new_page(), (small if report == "small" else LAST_RUN) / file)

    yield at
    for context in contexts:
        context.close()


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("file", pages.FILES.values())
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_it_opens_from_disk_without_a_network_and_without_an_error(opened, report, file, viewport):
    shown = opened(report, file, viewport)
    assert shown.faults == []
    assert [url for url in shown.requests if not url.startswith(("file:", "data:"))] == []
    broken = "[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length"
    assert shown.page.evaluate(broken) == 0
    assert shown.page.evaluate("document.images.length") > 0
    # Nothing sticks out sideways: what is wide scrolls inside its own frame.
    assert shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def barriers(page):
    """Return the serious violations that axe finds, with a few of the places."""
    found = axe_run.Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return {
        each["id"]: [node["html"][:120] for node in each["nodes"][:3]]
        for each in found
        if each["impact"] in ("serious", "critical")
    }


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("file", pages.FILES.values())
def test_axe_finds_no_serious_barrier(opened, report, file):
    page = opened(report, file).page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert barriers(page) == {}


def test_axe_would_find_a_barrier(opened):
    page = opened().page
    page.evaluate("document.querySelector('img').removeAttribute('alt')")
    assert list(barriers(page)) == ["image-alt"]


def table_with(page, text):
    """Return the table that has some text, as a locator."""
    return page.locator("main table").filter(has_text=text)


def column(table, number):
    """Return the shown texts of one column."""
    return table.locator(f"tbody tr:not([hidden]) td:nth-child({number})").all_inner_texts()


def test_a_table_is_sorted_by_keyboard_and_says_so(opened):
    page = opened().page
    table = table_with(page, "cell 3 of T02")
    before = column(table, 1)
    table.get_by_role("button", name="Number").focus()
    page.keyboard.press("Enter")
    numbers = column(table, 3)
    # By value, not by letters, and what is missing stands last.
    assert [text.replace(",", "") for text in numbers if text] == sorted(
        (text.replace(",", "") for text in numbers if text), key=float
    )
    assert numbers[-1] == ""
    assert table.locator("th[aria-sort]").all_inner_texts() == ["Number"]
    assert table.locator("th[aria-sort=ascending]").count() == 1
    page.keyboard.press("Space")
    assert [text for text in column(table, 3) if text] == [text for text in numbers if text][::-1]
    assert column(table, 3)[-1] == ""
    assert table.locator("th[aria-sort=descending]").count() == 1
    assert sorted(column(table, 1)) == sorted(before)


@pytest.mark.parametrize(
    ("file", "heading", "days"),
    [
        ("index.en.html", "First day", ["10 April 2020", "14 September 2020", "11 January 2021"]),
        ("index.html", "Hari pertama", ["10 April 2020", "14 September 2020", "11 Januari 2021"]),
    ],
)
def test_days_are_sorted_as_days(opened, file, heading, days):
    page = opened(file=file).page
    table = table_with(page, "cell 3 of T02")
    table.get_by_role("button", name=heading).click()
    assert list(dict.fromkeys(column(table, 2))) == days


def test_a_filter_shows_matching_rows_and_counts_them(opened):
    page = opened().page
    table = table_with(page, "cell 3 of T02")
    frame = page.locator(".filter", has=page.locator("xpath=following-sibling::*[1]//caption"))
    line = frame.filter(has=page.locator("input")).nth(
        page.locator("main table").evaluate_all(
            "(all, text) => all.filter(t => t.tBodies[0].rows.length > 11)"
            ".findIndex(t => t.textContent.includes(text))",
            "cell 3 of T02",
        )
    )
    field = line.get_by_role("searchbox")
    assert line.get_by_role("status").inner_text() == "12 rows shown of 12"
    field.focus()
    page.keyboard.type("CELL 1")
    assert column(table, 1) == [f"cell {n} of T02 in en" for n in (1, 10, 11)]
    assert line.get_by_role("status").inner_text() == "3 rows shown of 12"
    field.fill("")
    assert len(column(table, 1)) == 12


def test_the_picker_shows_another_region_by_keyboard(opened):
    page = opened().page
    place = page.locator("#picker-shown")
    assert place.locator("h3").inner_text() == "Jakarta Selatan"
    assert "40.25 (week from 20 April 2020)" in place.inner_text()
    select = page.get_by_label("Region", exact=True)
    select.focus()
    page.keyboard.press("ArrowDown")
    assert place.locator("h3").inner_text() == "Kota Depok"
    picture = place.locator("svg")
    assert picture.get_attribute("aria-label").endswith("of Kota Depok")
    # Five known weeks after an unknown one: one stroke that starts once.
    path = picture.locator("path").get_attribute("d")
    assert (path.count("M"), path.count("L")) == (1, 4)
    assert page.locator("#picker-status").inner_text() == "Kota Depok"
    regimes = place.get_by_role("region")
    assert "PSBB" in regimes.inner_text()
    page.keyboard.press("ArrowDown")
    assert "No public series of cases" in place.inner_text()
    assert place.locator("svg path").count() == 0


def test_the_picker_speaks_the_language_of_the_page(opened):
    place = opened(file="index.html").page.locator("#picker-shown")
    assert "40,25 (pekan mulai 20 April 2020)" in place.inner_text()


OUTSIDE = """() => {
  const chart = document.querySelector('#picker-shown svg').getBoundingClientRect();
  return [...document.querySelectorAll('#picker-shown svg text')].filter((label) => {
    const box = label.getBoundingClientRect();
    return box.left < chart.left || box.right > chart.right
      || box.top < chart.top || box.bottom > chart.bottom;
  }).map((label) => label.textContent);
}"""
"""Labels of the picker's chart that are cut at its edges."""


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("file", pages.FILES.values())
def test_on_the_narrowest_phone_no_label_of_the_picker_is_cut(opened, report, file):
    page = opened(report, file, NARROW).page
    select = page.locator("#picker-region")
    for unit in select.locator("option").evaluate_all("all => all.map(each => each.value)"):
        select.select_option(unit)
        assert page.locator("#picker-shown svg text").count() > 3
        assert page.evaluate(OUTSIDE) == []


IN_SIGHT = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
}"""


def test_everything_that_can_be_used_can_be_reached_and_its_focus_is_seen(opened):
    page = opened().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    seen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        tag, outline = page.evaluate(
            "(at => [at.tagName, getComputedStyle(at).outlineStyle])(document.activeElement)"
        )
        seen.add(tag)
        assert outline != "none", tag
    assert {"INPUT", "BUTTON", "A", "SUMMARY", "DIV"} <= seen


def test_a_long_table_can_be_passed_by_keyboard(opened):
    page = opened().page
    way = page.get_by_role("link", name="Skip the rows of T03")
    assert way.bounding_box()["x"] < 0
    assert page.locator("a.past").count() == 1
    way.focus()
    assert page.evaluate(IN_SIGHT)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "after-T03"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("HTML")


def test_a_correction_leads_to_its_row_which_is_then_in_sight_and_marked(opened):
    page = opened().page
    page.evaluate("location.hash = 'T10-K02'")
    row = page.locator("tr:target")
    assert row.locator("td").first.inner_text() == "K02"
    head = row.evaluate("e => e.closest('table').tHead.getBoundingClientRect().bottom")
    assert head <= row.bounding_box()["y"] + 1
    assert row.locator("td").first.evaluate("e => getComputedStyle(e).backgroundColor") != (
        page.locator("tr:not(:target) td").first.evaluate(
            "e => getComputedStyle(e).backgroundColor"
        )
    )


def test_each_language_leads_to_the_other(opened):
    page = opened().page
    page.get_by_role("link", name="Bahasa Indonesia").click()
    assert page.evaluate("document.documentElement.lang") == "id"
    page.get_by_role("link", name="English").click()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_without_scripts_tables_and_figures_are_there_and_the_picker_says_why_it_is_not(opened):
    page = opened(java_script_enabled=False).page
    assert page.get_by_text("cell 3 of T02 in en").is_visible()
    assert page.get_by_text("The picker needs JavaScript").is_visible()
    assert page.locator("#picker-region").is_disabled()


@pytest.mark.parametrize("file", pages.FILES.values())
def test_on_a_phone_a_verdict_is_read_with_its_reason_without_scrolling(opened, file):
    page = opened(file=file, viewport=PHONE).page
    cells = page.locator(".verdicts td, .verdicts .verdict")
    assert cells.count() == 4 * 11
    for box in cells.evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())"):
        assert box["left"] >= 0
        assert box["right"] <= PHONE["width"]
    # It is laid out in blocks and stays a table for those who hear it.
    assert page.get_by_role("row").filter(has_text="C11").get_by_role("rowheader").count() == 1
    page.get_by_role("columnheader").get_by_role("button").first.click()
    assert page.locator(".verdicts th[aria-sort]").count() == 1


def test_on_a_phone_a_picture_keeps_a_size_that_can_be_read_and_scrolls(opened):
    page = opened(viewport=PHONE).page
    frame = page.locator(".picture").first
    assert frame.locator("img").evaluate("e => e.clientWidth") >= 700
    assert frame.evaluate("e => e.clientWidth") <= PHONE["width"]
    frame.focus()
    # Whoever has no finger to push it can reach it, and then moves it with the arrows.
    assert page.evaluate("document.activeElement.className") == "picture"
    assert page.locator("figure ~ .twice").first.is_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_first_column_and_the_caption_stay_when_numbers_scroll(opened, viewport):
    page = opened(viewport=viewport).page
    frame = page.locator("#C4 .numbers")
    where = "e => e.getBoundingClientRect().left"
    kept = [frame.locator("caption span"), frame.locator("tbody td").first]
    frame.evaluate("e => { e.style.width = '20rem'; e.scrollLeft = 300; }")
    left = frame.evaluate(where)
    assert frame.evaluate("e => e.scrollLeft") == 300
    assert all(0 <= part.evaluate(where) - left < 20 for part in kept)
    assert kept[0].evaluate("e => e.clientWidth") < 320


def test_at_a_desk_what_a_number_says_is_seen_without_scrolling(opened):
    page = opened().page
    frame = page.locator("#C4 .numbers")
    right = "e => e.getBoundingClientRect().right"
    assert frame.locator("tbody td").nth(5).evaluate(right) <= frame.evaluate(right)


def test_the_picker_says_that_measures_of_wider_reach_are_counted(opened):
    place = opened().page.locator("#picker-shown")
    assert "including measures of all DKI, of Greater Jakarta and of the nation" in (
        place.inner_text()
    )


def test_on_paper_the_ledger_is_open_and_nothing_is_cut(opened):
    page = opened().page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    # Where things come from would fill more pages than all else: it stands in the files.
    assert page.locator("details[open]").evaluate_all("all => all.map(e => e.className)") == [
        "paper"
    ]
    assert page.locator("details:not([open])").evaluate_all(
        "all => all.every(e => e.checkVisibility() === false)"
    )
    assert page.locator("nav").is_hidden()
    # A button as a box of its own keeps a head from being repeated on the next page.
    shown = "all => [...new Set(all.map(b => getComputedStyle(b).display))]"
    assert page.locator("th button").evaluate_all(shown) == ["contents"]
    heights = page.locator(".scroll").evaluate_all(
        "all => all.filter(d => d.scrollHeight > d.clientHeight + 1).length"
    )
    assert heights == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


def test_on_paper_what_stands_above_a_wide_table_lies_on_the_same_page(opened):
    page = opened().page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    lies = "e => getComputedStyle(e).page"
    for part in ("#claims-title", "#T08 > p", "#T08 .scroll", "#T08-title"):
        inside = page.locator(part).first
        assert "wide" in (inside.evaluate(lies), inside.locator("xpath=..").evaluate(lies)), part
    assert page.locator("#C1").evaluate(lies) == "auto"
    # A line of links that cannot be followed would begin a page of its own.
    assert not page.locator("#T08 .files").is_visible()


@pytest.mark.parametrize("report", REPORTS[1:])
@pytest.mark.parametrize("file", pages.FILES.values())
def test_on_paper_the_verdicts_and_what_cannot_be_said_fill_one_page(opened, report, file):
    """The ledger behind them lies across, and begins a page of its own."""
    page = opened(report, file, A4).page
    page.emulate_media(media="print")
    # Everything is printed smaller, until the widest table that lies along its page fits.
    width = max(A4["width"], page.evaluate(WIDEST))
    page.set_viewport_size({"width": width, "height": A4["height"]})
    height = A4["height"] * width / A4["width"]
    assert height / 2 < page.locator("#limits").evaluate(BOTTOM) <= height


def test_a_foreign_script_would_not_run(opened, small, tmp_path):
    """The policy of the page is in force: a script that was slipped in is refused."""
    text = (small / "index.en.html").read_text(encoding="utf-8")
    spoilt = small / "spoilt.html"
    spoilt.write_text(text.replace("</footer>", "<script>window.bad = 1</script></footer>"))
    shown = opened(file="spoilt.html")
    spoilt.unlink()
    assert shown.page.evaluate("window.bad") is None
    assert any("Content Security Policy" in fault for fault in shown.faults)


def test_hostile_texts_run_no_script(browser, project, tmp_path):
    """Names, claims and registers full of scripts, opened, unfolded, picked and filtered."""
    choices = read_config(project / "config.yaml").model_dump(mode="json")
    (tmp_path / "report").mkdir()
    path = tmp_path / "report" / "index.en.html"
    material = hostile_report.material(project, tmp_path, choices)
    path.write_text(pages.page(material, "en", small_report.NAMES), encoding="utf-8")
    context = browser.new_context(viewport=DESK, offline=True)
    shown = Opened(context.new_page(), path)
    page, dialogs = shown.page, []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for unit in small_report.UNITS:
        page.select_option("#picker-region", unit)
        name = material.tables["geography/regions.csv"].set_index("region_code")["name"][unit]
        assert page.locator("#picker-shown h3").inner_text() == " ".join(name.split())
    page.locator("input[type=search]").first.fill("<script>")
    page.locator("th button").first.click()
    assert page.locator("#picker-shown").inner_text().count("window.pwned = 1") > 0
    assert page.evaluate("window.pwned") is None
    assert dialogs == []
    assert shown.faults == []
    assert [url for url in shown.requests if not url.startswith(("file:", "data:"))] == []
    context.close()
