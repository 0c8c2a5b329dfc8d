"""No text of data acts: it is refused where it comes in, or shown as it is wherever it goes.

docs/security.md names the test behind each of its lines. The report has its own tests, in
tests/report/test_hostile_report.py.
"""

import ast
import csv
import html
import io
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

import hostile
from gotong import config, contracts, corrections, style, tables, text
from gotong.analyses import measure_shares
from gotong.errors import ConfigError, InputError
from gotong.exhibits import f06_dyads_by_region as f06
from gotong.exhibits import making, registers
from gotong.exhibits.html_table import table_page
from gotong.exhibits.latex_table import HEAD, SPACING, TYPE, table_text
from gotong.html import Column
from gotong.i18n import LANGUAGES, Language
from gotong.sources import registry

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
FEW = settings(max_examples=60, derandomize=True, database=None, deadline=None)
TEXTS = st.one_of(
    st.lists(st.sampled_from([*hostile.SHOWN, *hostile.FORMULAS, ";", "\\", "[", " "]), max_size=4),
    st.lists(st.characters(), max_size=30),
).map("".join)


# Which text may pass

TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def may_pass(given_text):
    """Tell by Unicode's own tables, and by what a spreadsheet would read, whether text is fit."""
    for sign in given_text:
        broken = unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign in "\ufffe\uffff"
        if broken or unicodedata.bidirectional(sign) in TURNING:
            return False
    return not any(is_formula(cell) for cell in (given_text, *given_text.split(";")[1:]))


def is_formula(cell):
    if not unicodedata.normalize("NFKC", cell[:1]).startswith(("=", "+", "-", "@")):
        return False
    return not re.fullmatch(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", cell, re.ASCII)


@pytest.mark.parametrize("unfit", hostile.REFUSED)
def test_what_acts_as_it_stands_may_not_pass(unfit):
    assert text.expectation(unfit)
    assert not may_pass(unfit)


@pytest.mark.parametrize("fit", [*hostile.SHOWN, "", "-5", "+3.25e-4", "3-4", "a; -b", "x = 1"])
def test_what_can_be_shown_may_pass(fit):
    assert text.expectation(fit) == ""
    assert may_pass(fit)


@FEW
@given(TEXTS)
def test_the_rule_is_that_of_unicode_and_of_spreadsheets(given_text):
    # NFKC turns a few signs of other scripts (small plus, superscript) into those of formulas,
    # which no spreadsheet does.
    if text.expectation(given_text) == "" and not may_pass(given_text):
        assert any(cell[:1] not in "=+-@\uff1d\uff0b\uff0d\uff20" for cell in given_text.split(";"))
    else:
        assert (text.expectation(given_text) == "") == may_pass(given_text)


# What comes in: tables, maps, registers, configuration


def first_rows(table):
    """Return the header and three rows of a table of data/raw, as text."""
    with (RAW / table).open(encoding="utf-8", newline="") as file:
        read = csv.reader(file)
        return [next(read), *(row for _, row in zip(range(3), read, strict=False))]


def written(rows):
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\n").writerows(rows)
    return sink.getvalue().encode("utf-8", "surrogatepass")


def text_columns(table):
    return [name for name, kind in contracts.dtypes(contracts.RAW[table]).items() if kind == "str"]


def with_cell(rows, column, cell):
    """Return rows with another text in the last cell of a column."""
    place = rows[0].index(column)
    return [*rows[:-1], [*rows[-1][:place], cell, *rows[-1][place + 1 :]]]


@pytest.mark.parametrize("table", contracts.RAW)
def test_every_text_column_of_every_raw_table_refuses_what_acts(table):
    rows, schema = first_rows(table), contracts.RAW[table]
    assert len(contracts.read_raw(written(rows), schema, table)) == len(rows) - 1
    for number, column in enumerate(text_columns(table)):
        unfit = hostile.REFUSED[number % len(hostile.REFUSED)]
        with pytest.raises(InputError) as error:
            contracts.read_raw(written(with_cell(rows, column, unfit)), schema, table)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", str(error.value))


def test_the_message_names_the_row_and_the_column():
    rows = first_rows("geography/regions.csv")
    with pytest.raises(InputError) as error:
        contracts.read_raw(
            written(with_cell(rows, "name", "=1+1")), contracts.RAW["geography/regions.csv"], "f"
        )
    assert error.value.place == f"row {len(rows)}, column 'name'"
    assert error.value.found == "'=1+1'"
    assert error.value.expected == text.NO_FORMULA


@pytest.mark.parametrize("unfit", hostile.REFUSED)
def test_a_name_on_a_map_may_not_act_either(unfit):
    names = contracts.MAPS["geography/boundaries_jabodetabek.geojson"]
    feature = {
        "properties": dict.fromkeys(names, "x") | {"name": unfit},
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    }
    content = json.dumps({"features": [feature]}).encode()
    with pytest.raises(InputError) as error:
        contracts.read_map(content, "geography/boundaries_jabodetabek.geojson", "map")
    assert error.value.expected == text.expectation(unfit)
    feature["properties"]["name"] = hostile.SHOWN[0]
    read = contracts.read_map(
        json.dumps({"features": [feature]}).encode(),
        "geography/boundaries_jabodetabek.geojson",
        "map",
    )
    assert read["name"].tolist() == [hostile.SHOWN[0]]


def read_registers(given_registers):
    sources, corrected, chosen = given_registers
    return (
        registry.read_registry(yaml.safe_dump(sources).encode()),
        corrections.read_corrections(yaml.safe_dump(corrected).encode()),
        config.validate(chosen),
    )


@pytest.fixture(scope="module")
def given_registers(project):
    """Return two sources, two corrections and the configuration, as YAML gives them."""
    sources = yaml.safe_load((RAW / "sources.yaml").read_bytes())
    mirror = next(each for each in sources if each["origin"] == "mirror" and "defects" in each)
    listed = yaml.safe_load((RAW / "corrections.yaml").read_bytes())
    return (
        [mirror | {"files": mirror["files"][:1]}],
        dict(list(listed.items())[:2]),
        config.parse_yaml((project / "config.yaml").read_text(encoding="utf-8"), "config.yaml"),
    )


def refuses(read, value):
    try:
        read(value)
    except (InputError, ConfigError):
        return True
    return False


READ = {
    "sources": lambda value: registry.read_registry(yaml.safe_dump(value).encode()),
    "corrections": lambda value: corrections.read_corrections(yaml.safe_dump(value).encode()),
    "config": config.validate,
}


@pytest.mark.parametrize("register", READ)
def test_every_text_of_every_register_refuses_what_acts(given_registers, register):
    value = hostile.plain(given_registers[list(READ).index(register)])
    places = list(hostile.leaves(value))
    assert len(places) > 15
    READ[register](value)
    for number, place in enumerate(places):
        before = hostile.put(value, place, hostile.REFUSED[number % len(hostile.REFUSED)])
        assert refuses(READ[register], value), place
        hostile.put(value, place, before)


@pytest.mark.parametrize("register", READ)
def test_every_key_of_every_register_refuses_what_acts(given_registers, register):
    value = hostile.plain(given_registers[list(READ).index(register)])
    whole = value[0] if isinstance(value, list) else value
    for unfit in hostile.REFUSED:
        assert refuses(
            READ[register], [whole | {unfit: 1}] if whole is not value else {**value, unfit: 1}
        )


# What goes out: pages, LaTeX, CSV, JSON


KIND = (
    r">\{\\ragged(?:left|right)\\arraybackslash\}"
    r"p\{\\dimexpr [01]\.\d{4}\\linewidth-2\\tabcolsep\\relax\}"
)
AROUND = {r"\begingroup": r"\endgroup", r"\begin{landscape}": r"\end{landscape}"}


def parts_of_latex(page, columns):
    """Return caption and rows of a LaTeX table as LaTeX prints them; nothing else may stand.

    A row has its cells, then what stands below them as ``head: text``.
    """
    before, kinds, table, named, *body, after, last = page.removeprefix(HEAD).splitlines()
    assert AROUND[before] == last
    assert kinds == TYPE + SPACING
    assert re.fullmatch(rf"\\begin{{longtable}}\{{(?:{KIND})+\}}", table)
    assert after == r"\end{longtable}"
    caption = re.fullmatch(r"\\caption\{(.*)\}\\label\{tab:T\d\d\}\\\\", named)
    assert caption
    top = [r"\toprule", body[1], r"\midrule"]
    assert body[:8] == [*top, r"\endfirsthead", *top, r"\endhead"]
    assert body.pop() == r"\bottomrule"
    cells = []
    for line in (body[1], *body[8:]):
        if line == r"\addlinespace[2pt]":
            continue
        assert not line.startswith(("[", "*")), "it would belong to the line before"
        inner = re.fullmatch(r"(.*) \\\\\*?", line)
        assert inner
        below = re.fullmatch(rf"\\multicolumn{{\d+}}\{{{KIND}\}}\{{\\quad (.*)\}}", inner[1])
        if below:
            notes = [re.fullmatch(r"\\emph\{(.*?:)\} (.*)", n) for n in below[1].split(r"\quad ")]
            assert all(notes)
            assert len(cells[0]) + len(notes) <= columns
            cells[-1] += [hostile.latex_cell(note[2]) for note in notes]
            assert [hostile.latex_cell(note[1]) for note in notes]
        else:
            row = re.split(r"(?<!\\) & ", inner[1])
            assert len(row) == len(cells[0] if cells else row) == table.count("p{")
            cells.append([hostile.latex_cell(cell) for cell in row])
    return hostile.latex_cell(caption.group(1)), cells


def in_a_line(shown):
    return re.sub(r"\s+", " ", shown).strip()


SAID = dict.fromkeys(("title", "caption", "alt", "sources"), "plain")
PLAIN_SHAPE = hostile.Seen(
    table_page(
        "T99", pd.DataFrame({"what": ["plain"]}), (Column("what", "What"),), Language("en"), SAID
    )
).shape


@FEW
@given(TEXTS.filter(may_pass))
def test_any_text_that_may_pass_is_shown_as_it_is_in_every_form(shown):
    columns = (Column("what", "What"),)
    data = pd.DataFrame({"what": [shown]})
    said = dict.fromkeys(SAID, shown)
    page = hostile.Seen(table_page("T99", data, columns, Language("en"), said))
    assert page.shape == PLAIN_SHAPE
    assert page.acting() == []
    assert shown == "" or page.texts.count(shown) >= 5
    caption, cells = parts_of_latex(table_text("T99", data, columns, Language("en"), said), 1)
    assert cells[1] == [in_a_line(shown)]
    assert caption == "{0}. {0} {0}".format(in_a_line(shown))
    (_, row) = csv.reader(io.StringIO(tables.to_csv(data).decode(), newline=""))
    assert row == [shown]


@FEW
@given(TEXTS.filter(lambda given_text: not may_pass(given_text)))
def test_any_text_that_may_not_pass_never_gets_into_a_csv_file(unfit):
    if text.expectation(unfit):
        with pytest.raises(ValueError, match="column 'what'"):
            tables.to_csv(pd.DataFrame({"what": ["x", unfit]}, dtype="object"))


def test_numbers_below_zero_are_exact_and_no_formula():
    data = pd.DataFrame({"a": [-0.1, 1e-300], "b": ["-5", "+0.25"], "c": [-7, 8]})
    written_out = tables.to_csv(data)
    assert written_out == b"a,b,c\n-0.1,-5,-7\n1e-300,+0.25,8\n"
    again = tables.read_csv(written_out, {"a": "float64", "b": "str", "c": "Int64"}, "d", "f", "r")
    assert again["a"].tolist() == [-0.1, 1e-300]
    assert again["b"].tolist() == ["-5", "+0.25"]


def test_no_csv_file_of_the_project_holds_a_formula(project):
    """Numbers aside: the same for raw tables, and for results where there are any."""
    seen = 0
    for path in sorted([*RAW.rglob("*.csv"), *(project / "results").rglob("*.csv")]):
        content = path.read_text(encoding="utf-8")
        # Only what may begin a cell for some spreadsheet needs a closer look.
        if re.search(r"(^|[,;\t\"\n])[=+@\uff0b\uff0d\uff1d\uff20]|(^|[,;\t\"\n])-\D", content):
            rows = list(csv.reader(io.StringIO(content, newline="")))
            cells = {part for row in rows for cell in row for part in (cell, *cell.split(";")[1:])}
            assert not [cell for cell in cells if is_formula(cell)], path
        seen += 1
    assert seen > 40


def saturated_table(table, keep):
    """Return some rows of a raw table with hostile texts in all columns that take them."""
    frame = keep(contracts.read_any(str(RAW / table))).reset_index(drop=True)
    taken = set()
    for number, column in enumerate(text_columns(table)):
        texts = [
            f"{hostile.SHOWN[(number + row) % len(hostile.SHOWN)]} {row}"
            for row in range(len(frame))
        ]
        spoilt = frame.assign(**{column: pd.Series(texts, dtype="str")})
        try:
            frame = contracts.check(spoilt, contracts.RAW[table], table, "")
            taken.add(column)
        except InputError:
            continue
    return frame, taken


SHOWN_ROWS = {
    "cooperation/measures.csv": lambda frame: frame.head(40),
    "policy/regimes.csv": lambda frame: frame[frame["layer"] == "primary"].iloc[::3],
    "geography/regions.csv": lambda frame: frame,
}


@pytest.fixture(scope="module")
def spoilt(given_registers):
    """Return hostile tables and registers, and what of them is hostile."""
    sources, corrected, chosen = given_registers
    sources, in_sources = hostile.saturated(
        sources, lambda value: not refuses(READ["sources"], value)
    )
    corrected, in_corrections = hostile.saturated(
        corrected, lambda value: not refuses(READ["corrections"], value)
    )
    raw = {}
    for table, keep in SHOWN_ROWS.items():
        raw[table], taken = saturated_table(table, keep)
        assert taken, table
    return raw, *read_registers((sources, corrected, chosen)), in_sources, in_corrections


def free_texts(model):
    """Return the fields of a model that take any text, by its own annotations."""
    fields = model.model_fields.items()
    return {
        name
        for name, field in fields
        if not field.metadata and field.annotation in (str, tuple[str, ...])
    }


def test_the_hostile_registers_are_hostile_in_every_field_that_takes_text(spoilt):
    *_, in_sources, in_corrections = spoilt
    for model, taken in ((registry.Source, in_sources), (corrections.Correction, in_corrections)):
        named = {part for place in taken for part in place}
        assert free_texts(model) - named - {"column", "value"} == set()
        assert len(free_texts(model)) >= 2
    assert {"regions", "start", "end"} <= {place[-1] for place in in_sources}
    assert {"id", "en"} <= {place[-1] for place in in_corrections}
    # What has a pattern is no free text: nothing hostile gets into an id or a table.
    assert not {"tables", "sha256", "repository", "commit"} & {
        part for place in in_sources for part in place
    }


HEADS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "p", "div"}
PAGE = HEADS | {"table", "caption", "thead", "tbody", "tr", "th", "td", "a", "span"}


def parts_of(config, *names):
    """Return sections of a configuration as an exhibit is given them."""
    plain = config.model_dump(mode="json")
    return {name: plain[name] for name in names}


def hostile_exhibit(exhibit, spoilt):
    raw, sources, listed, chosen, *_ = spoilt
    read = raw | registers.as_tables(sources, listed)
    read["corrections"] = pd.DataFrame(
        {
            name: [f"{shown} {name}" for shown in hostile.SHOWN]
            for name in ("table", "key", "column", "before", "after")
        }
    ).assign(correction=next(iter(listed)), action="flag")
    origin = making.Origin(
        rule="table",
        inputs={"data/raw/x.csv": "0" * 64},
        sources=tuple(sources.values()),
        choices=parts_of(chosen, "area", "start_date_audits"),
        corrections=tuple(listed.values()),
    )
    return making.make_table(exhibit, read, origin), read


@pytest.mark.parametrize("exhibit", ["T02", "T03", "T09", "T10"])
def test_a_table_of_hostile_texts_shows_them_and_nothing_of_them_acts(exhibit, spoilt):
    made, _ = hostile_exhibit(exhibit, spoilt)
    header, *rows = csv.reader(io.StringIO(made["csv"].decode(), newline=""))
    assert not [cell for row in rows for cell in row if is_formula(cell)]
    hostile_cells = {cell for row in rows for cell in row if re.search(r"pwned|\\input", cell)}
    assert hostile_cells
    record = json.loads(made["json"])
    assert record["data"]["rows"] == len(rows)
    sources = spoilt[1]
    assert [each["publisher"] for each in record["sources"]] == [
        source.publisher for source in sources.values()
    ]
    for code in LANGUAGES:
        page = hostile.Seen(made[f"html_{code}"].decode())
        assert page.acting() == []
        assert page.comments == []
        names = {name for name, _ in page.tags}
        assert names <= PAGE
        assert [name for name, _ in page.tags].count("tr") == len(rows) + 1
        assert all(link.startswith(("https://", "http://")) for link in page.values("href"))
        shown_on = module_columns(exhibit)
        page_text = " ".join(page.texts)
        visible = {
            row[header.index(name)] for row in rows for name in shown_on if name in header
        } & hostile_cells
        assert visible
        assert [cell for cell in visible if cell not in page_text] == []
        caption, cells = parts_of_latex(made[f"tex_{code}"].decode(), len(page_columns(exhibit)))
        words = {kind: in_a_line(said) for kind, said in record["texts"][code].items()}
        assert caption == f"{words['title']}. {words['caption']} {words['sources']}"
        printed = {cell for row in cells for cell in row}
        assert {in_a_line(cell) for cell in visible} <= printed


def page_columns(exhibit):
    from importlib import import_module

    entry = making.EXHIBITS[exhibit]
    return import_module(f"gotong.exhibits.{entry.module}").COLUMNS


def module_columns(exhibit):
    return [column.name for column in page_columns(exhibit) if column.kind == "text"]


# Pictures

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {"svg", "g", "path", "use", "defs", "style", "metadata", "clipPath", "rect", "image"}


def drawn(svg):
    """Return the elements of a picture by name and attributes, comments included."""
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    return list(ElementTree.fromstring(svg, parser).iter())


@pytest.fixture(scope="module")
def hostile_picture(spoilt, project):
    """Return F06 with hostile names of regions and hostile texts around it."""
    chosen = config.read_config(project / "config.yaml").model_dump(mode="json")
    raw = {"geography/regions.csv": spoilt[0]["geography/regions.csv"]}
    raw["cooperation/measures.csv"] = contracts.read_any(str(RAW / "cooperation/measures.csv"))
    counts = measure_shares.by_region(raw, chosen)
    data = f06.prepare(raw | {"dyads_by_region": counts}, chosen)
    said = {
        "title": " ".join(hostile.SHOWN[:6]),
        "sources": making.source_line("F06", spoilt[1].values(), (), Language("en")),
    }
    with style.settings():
        figure = f06.draw(data, Language("en"), said)
    return data, figure, style.save(figure, "svg", 50)


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
@pytest.mark.filterwarnings("ignore:constrained_layout not applied")
def test_a_picture_of_hostile_names_is_drawn_and_holds_nothing_that_acts(hostile_picture):
    data, figure, svg = hostile_picture
    elements = drawn(svg)
    comments = [each.text for each in elements if each.tag is ElementTree.Comment]
    shapes = [each for each in elements if isinstance(each.tag, str)]
    outside = {each.tag for each in shapes if not each.tag.startswith(SVG)}
    assert all("rdf" in tag or "purl.org" in tag or "creativecommons" in tag for tag in outside)
    assert {each.tag.removeprefix(SVG) for each in shapes} - outside <= DRAWN
    for each in shapes:
        for name, value in each.attrib.items():
            assert not name.startswith("on")
            assert not name.endswith("href") or value.startswith(("#", "data:image/png"))
    # Each name is drawn letter by letter, once: its comment says so, and no dollar is a formula.
    texts = [found.get_text() for found in figure.findobj(Text) if found.get_text()]
    assert not [found for found in figure.findobj(Text) if found.get_parse_math()]
    names = set(data["name"])
    assert sum("$" in name for name in names) >= 1
    assert names <= set(texts)
    said = {spaced(html.unescape(comment)) for comment in comments}
    assert {spaced(name) for name in names} <= said


def spaced(comment):
    """Return text as a comment of XML can hold it: no two hyphens side by side."""
    return re.sub(r"-(?=-)", "- ", comment.strip())


# Paths

CLIMBING = (
    "../x.csv",
    "a/../../x.csv",
    "/etc/x.csv",
    "a//x.csv",
    "./x.csv",
    "C:/x.csv",
    "a\\..\\x.csv",
    "",
    "..",
)


@pytest.mark.parametrize("path", CLIMBING)
def test_a_registered_path_stays_in_its_folder(given_registers, path):
    entry = hostile.plain(given_registers[0][0])
    entry["files"][0]["path"] = path
    with pytest.raises(InputError, match=r"files\.0\.path"):
        READ["sources"]([entry])


@FEW
@given(st.lists(st.sampled_from(["..", ".", "/", "\\", "a", "~", ":", " ", "+"]), max_size=6))
def test_whatever_path_is_registered_it_stays_in_its_folder(parts):
    try:
        file = registry.SourceFile(path="".join(parts), sha256="0" * 64, bytes=1)
    except ValueError:
        return
    folder = Path("/cache/owner+name")
    assert (folder / file.path).resolve().is_relative_to(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tables", ["../x.csv"]),
        ("tables", ["cases/../../x.csv"]),
        ("tables", ["cases/x.py"]),
        ("tables", ["/x/y.csv"]),
        ("repository", "../.."),
        ("repository", "owner/.."),
        ("repository", "owner/name/more"),
        ("repository", "evil.example/x?y"),
        ("repository", "owner/name#"),
        ("id", "../x"),
    ],
)
def test_a_table_a_repository_or_an_id_is_a_name_and_no_path(given_registers, field, value):
    entry = hostile.plain(given_registers[0][0]) | {field: value}
    with pytest.raises(InputError, match=field):
        READ["sources"]([entry])


@pytest.mark.parametrize("table", ["../x.csv", "/etc/passwd", "cases/../x.csv", "cases/x.geojson"])
def test_a_correction_names_a_table_and_no_path(given_registers, table):
    listed = hostile.plain(given_registers[1])
    next(iter(listed.values()))["table"] = table
    with pytest.raises(InputError, match="table"):
        READ["corrections"](listed)


@pytest.mark.parametrize("name", ["../x", "a/b", "/x", "", "a.b", "Jabodetabek"])
def test_an_area_is_a_name_and_no_path(given_registers, name):
    chosen = hostile.plain(given_registers[2])
    chosen["area"]["id"] = name
    with pytest.raises(ConfigError, match=r"area\.id"):
        config.validate(chosen)


@pytest.mark.parametrize(
    "server",
    [
        "http://raw.githubusercontent.com",
        "ftp://a.example",
        "https://a.example/x",
        "https://user@a.example",
        "https://a.example?x",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "file:///etc",
        "https://a.example\n",
    ],
)
def test_files_come_over_https_or_from_this_machine(server):
    assert config.Inputs(mode="download", server="http://127.0.0.1:8000").server
    with pytest.raises(ValueError, match="server"):
        config.Inputs(mode="download", server=server)


# Code


@pytest.mark.parametrize(
    "yaml_text",
    [
        "a: !!python/object/apply:os.system ['true']",
        "a: !!python/name:os.system",
        "a: &x [1, 2]\nb: *x",
        "a: &x {y: 1}\nb: {<<: *x}",
        "a: 'b\0c'",
    ],
)
def test_yaml_holds_values_and_nothing_else(yaml_text):
    with pytest.raises(ConfigError) as error:
        config.parse_yaml(yaml_text, "x.yaml")
    assert "YAML" in error.value.expected
    with pytest.raises(InputError) as refused:
        registry.read_registry(yaml_text.encode())
    assert refused.value.expected == "YAML"


def test_aliases_of_aliases_do_not_fill_the_memory():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(ConfigError, match="alias"):
        config.parse_yaml("\n".join(lines), "x.yaml")


@pytest.mark.workflow
def test_a_configuration_cannot_run_code_in_snakemake(project, tmp_path):
    """Snakemake evaluates a configuration that asks for it; ours is refused before."""
    flag = tmp_path / "pwned"
    (tmp_path / "config.yaml").write_text(
        f'__use_yte__: true\na: ?open("{flag}", "w").write("x")\n', encoding="utf-8"
    )
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--snakefile", str(project / "Snakefile")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "Configuration error" in run.stdout + run.stderr
    assert not flag.exists()


RUNS_CODE = {"eval", "exec", "compile", "__import__", "read_pickle", "to_pickle", "unsafe_load"}
MODULES = {"pickle", "shelve", "marshal", "dill", "joblib"}
SUSPECT = re.compile("|".join([*RUNS_CODE, *MODULES, "shell", "allow_pickle", r"yaml\.load"]))


def dangers(source):
    """Yield what in some code could run data."""
    if not re.search(SUSPECT, source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.split(".")[0] for alias in node.names}
            names |= {(getattr(node, "module", None) or "").split(".")[0]}
            yield from names & MODULES
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            holder = getattr(getattr(called, "value", None), "id", "")
            if name in RUNS_CODE and holder != "re":
                yield name
            given_words = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if given_words.get("shell") == "True" or given_words.get("allow_pickle") == "True":
                yield f"{name} with {given_words}"
            if (holder, name) == ("yaml", "load") and given_words.get("Loader") != "StrictLoader":
                yield "yaml.load"


def test_no_code_of_the_project_runs_data(project):
    files = sorted((project / "workflow").rglob("*.py"))
    found = {
        f"{path.relative_to(project)}: {danger}"
        for path in files
        for danger in dangers(path.read_text(encoding="utf-8"))
    }
    assert found == set()
    assert len(files) > 100


def test_code_that_runs_data_would_be_seen():
    assert list(dangers("import pickle")) == ["pickle"]
    assert list(dangers("x = eval(y); frame.eval('a')")) == ["eval", "eval"]
    assert list(dangers("yaml.load(x, Loader=yaml.FullLoader)")) == ["yaml.load"]
    assert len(list(dangers("run(x, shell=True)"))) == 1
    assert list(dangers("re.compile(x); yaml.load(x, Loader=StrictLoader)")) == []


def test_templates_and_scripts_of_pages_put_text_in_as_text(project):
    folder = project / "workflow/gotong/templates"
    for path in sorted(folder.iterdir()):
        content = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|{%\s*autoescape", content), path
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", content
        )
        assert not re.search(
            r"new Function|setTimeout\(\s*[\"']|\son[a-z]+=|javascript:", content
        ), path
        if path.name.endswith(".html.j2") and "<html" in content:
            assert '{% include "_head.html.j2" %}' in content, "the policy is missing"
    assert "default-src 'none'" in (folder / "_head.html.j2").read_text(encoding="utf-8")


# What is installed


@pytest.fixture(scope="module")
def locks(project):
    return [project / "requirements.txt", *sorted((project / "workflow/envs").glob("*.txt"))]


def test_every_locked_package_is_pinned_by_version_and_hash(locks):
    assert len(locks) >= 5
    for lock in locks:
        content = lock.read_text(encoding="utf-8")
        joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", content))
        entries = joined.splitlines()
        assert entries, lock
        for entry in entries:
            assert re.match(r"[A-Za-z0-9._-]+==[^\s;]+", entry), f"{lock.name}: {entry[:60]}"
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"{lock.name}: {entry[:60]}"


def test_no_lock_names_an_address_or_an_index(locks):
    for lock in locks:
        content = lock.read_text(encoding="utf-8")
        assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|git\+", content)


def test_the_environment_is_built_with_hashes_required(project):
    builder = (project / "workflow/environment.py").read_text(encoding="utf-8")
    installs = re.findall(r"install\((.*)", builder)
    assert builder.count("--require-hashes") >= 2
    assert installs


# What is said of it


def test_a_message_shows_control_signs_as_codes():
    said = str(InputError("d", "f\x1b[2J", "row\r1", "x", "\u202ex\x07\u2028", "r"))
    assert r"f\x1b[2J" in said
    assert r"row\r1" in said
    assert r"\u202ex\x07\u2028" in said
    assert all(sign.isprintable() or sign == "\n" for sign in said)


def test_the_document_names_tests_that_there_are(project):
    said = (project / "docs/security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", said)
    assert len(named) > 10
    for file, test in named:
        content = (project / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in content, test
