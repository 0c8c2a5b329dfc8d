"""From tables to files: what is drawn is what is written, and all files tell the same."""

import hashlib
import io
import json
import re
import sys
from dataclasses import replace
from types import ModuleType
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from gotong import areas, style, timeline
from gotong.config import read_config
from gotong.corrections import Correction
from gotong.exhibits import f05_measures as f05
from gotong.exhibits import f18_coverage as f18
from gotong.exhibits import making
from gotong.exhibits import t02_regimes as t02
from gotong.exhibits import t03_measures as t03
from gotong.exhibits.catalogue import EXHIBITS, Entry
from gotong.i18n import Language
from gotong.sources.registry import Source
from gotong.tables import DATE, to_csv

COMMIT, PIN = "a" * 40, "b" * 64


def source(name, short, **fields):
    plain = {
        "tables": ("cases/x.csv",),
        "origin": "project",
        "publisher": f"Publisher of {name}",
        "measures": "new cases",
        "unit": "persons",
        "coverage": {"regions": "all"},
        "licence": "MIT",
        "citation": "cite it",
    }
    return Source.model_validate({"id": name, "short": short} | plain | fields)


SOURCES = (
    source(
        "pikobar_cases",
        "Pikobar",
        origin="mirror",
        repository="owner/name",
        commit=COMMIT,
        files=({"path": "data/a b.csv", "sha256": PIN, "bytes": 7},),
        defects=("one day is missing",),
    ),
    source("pikobar_deaths", "Pikobar"),
    source("measures", "this project (measures)"),
)
AUDITS = {
    "start_date_audits": {
        "first": {"tested": 40, "wrong": 4, "too_late": 1},
        "second": {"tested": 50, "wrong": 20, "too_late": 13},
    }
}
ORIGIN = making.Origin(
    rule="figure",
    inputs={"data/z.csv": "1" * 64, "data/a.csv": "2" * 64},
    sources=SOURCES,
    choices=AUDITS,
    code="3" * 64,
)


def measures():
    rows = [
        # id, dyad, act, start, units of Greater Jakarta, audit
        ("CM002", "G-G", "action", "2020-04-01", "3171 3276", "confirmed"),
        ("CM001", "G-G", "rule", "2020-03-30", "3276", "unverified"),
        ("CM003", "G-C", "statement", "2020-04-02", "", "corrected"),
        ("CM004", "C-C", "action", None, "3171", "unverified"),
    ]
    names = ["measure_id", "dyad", "act", "start_date", "region_codes", "audit"]
    frame = pd.DataFrame(rows, columns=names).astype({"dyad": "str", "act": "str"})
    blank = {column.name: "" for column in t03.COLUMNS if column.name not in frame}
    frame = frame.assign(**blank | {"source_url": "https://www.a.example/x", "end_date": None})
    for name in ("start_date", "end_date"):
        frame[name] = pd.to_datetime(frame[name]).astype(DATE)
    return frame


def regimes():
    frame = pd.DataFrame({"start_date": ["2020-04-10", "2020-04-24"]}, dtype="str")
    blank = {column.name: "" for column in t02.COLUMNS[2:]}
    frame = frame.assign(**blank, layer="primary", region_code="31")
    frame = frame.assign(
        end_date=["2020-04-23", "2020-06-04"], regime="PSBB", audit=["confirmed", "unverified"]
    )
    for name in ("start_date", "end_date"):
        frame[name] = pd.to_datetime(frame[name]).astype(DATE)
    return frame


REGIONS = pd.DataFrame(
    {
        "region_code": ["31"],
        "kemendagri_code": ["31"],
        "level": ["province"],
        "name": ["DKI Jakarta"],
        "province_code": ["31"],
    }
)
TABLES = {
    "cooperation/measures.csv": measures(),
    "measures_monthly": timeline.monthly_starts(measures()),
    "policy/regimes.csv": regimes(),
    "geography/regions.csv": REGIONS,
}
AREA = {"area": {"layers": ["primary"], "deciders": [{"name": "DKI Jakarta", "members": ["31"]}]}}


def made_table(exhibit):
    origin = making.Origin("table", {}, SOURCES, AREA if exhibit == "T02" else AUDITS)
    return making.make_table(exhibit, TABLES, origin)


@pytest.fixture(scope="module")
def figure():
    return making.make_figure("F05", TABLES, ORIGIN, 50)


@pytest.fixture(scope="module")
def record(figure):
    return json.loads(figure["json"])


def test_a_figure_has_every_file_that_its_rule_names(figure):
    assert set(figure) == {
        "csv",
        "json",
        "png_id",
        "png_en",
        "svg_id",
        "svg_en",
        "pdf_id",
        "pdf_en",
    }
    for code in ("id", "en"):
        picture = Image.open(io.BytesIO(figure[f"png_{code}"]))
        assert picture.format == "PNG"
        assert picture.width == pytest.approx(180 / 25.4 * 50, abs=1)
        assert ElementTree.fromstring(figure[f"svg_{code}"]).tag.endswith("}svg")
    assert figure["png_id"] != figure["png_en"]
    assert figure["svg_id"] != figure["svg_en"]


def test_the_same_tables_give_the_same_bytes(figure):
    again = making.make_figure("F05", TABLES, ORIGIN, 50)
    assert [name for name in figure if figure[name] != again[name]] == []


def test_pictures_carry_neither_date_nor_version(figure):
    for code in ("id", "en"):
        assert b"matplotlib version" not in figure[f"png_{code}"].lower()
        assert b"<dc:date>" not in figure[f"svg_{code}"]
        assert figure[f"pdf_{code}"].startswith(b"%PDF-")
        assert not re.search(rb"/(CreationDate|ModDate|Producer|Creator)", figure[f"pdf_{code}"])


def test_provenance_of_a_figure(figure, record):
    data = f05.prepare(TABLES, AUDITS)
    assert record["exhibit"] == "F05"
    assert record["claims"] == ["C3"]
    assert record["data"] == {
        "file": "F05.csv",
        "sha256": hashlib.sha256(figure["csv"]).hexdigest(),
        "rows": len(data),
        "columns": list(data.columns),
    }
    assert figure["csv"] == to_csv(data)
    assert record["made_by"] == {
        "rule": "figure",
        "module": "workflow/gotong/exhibits/f05_measures.py",
        "code": "3" * 64,
    }
    assert list(record["inputs"].items()) == [("data/a.csv", "2" * 64), ("data/z.csv", "1" * 64)]
    assert record["choices"] == AUDITS


def test_facts_are_written_as_they_are(record):
    facts = f05.facts(f05.prepare(TABLES, AUDITS))
    written = record["facts"]
    assert set(written) == set(facts)
    assert (written["measures"], written["undated"], written["top_count"]) == (4, 1, 2)
    assert written["top_share"] == 2 / 3
    days = {name for name, fact in facts.items() if isinstance(fact, pd.Timestamp)}
    assert days == {"start", "end", "top_month", "next_month"}
    assert (written["start"], written["top_month"]) == ("2020-03-01", "2020-04-01")
    assert {name: written[name] for name in written if name not in days} == {
        name: fact for name, fact in facts.items() if name not in days
    }


def test_sources_are_written_with_the_addresses_of_their_files(record):
    assert [each["id"] for each in record["sources"]] == [
        "pikobar_cases",
        "pikobar_deaths",
        "measures",
    ]
    first, second, _ = record["sources"]
    assert first["files"] == [
        {
            "address": f"https://raw.githubusercontent.com/owner/name/{COMMIT}/data/a%20b.csv",
            "sha256": PIN,
            "bytes": 7,
        }
    ]
    assert first["defects"] == ["one day is missing"]
    assert (first["publisher"], first["licence"]) == ("Publisher of pikobar_cases", "MIT")
    assert second["files"] == []


def test_texts_are_in_both_languages_with_their_fields_filled(record):
    assert list(record["texts"]) == ["id", "en"]
    for said in record["texts"].values():
        assert list(said) == ["title", "caption", "alt", "sources"]
        assert not any("{" in text or "}" in text for text in said.values())
    indonesian, english = record["texts"]["id"], record["texts"]["en"]
    assert english["title"].startswith("67% of 3 dated measures")
    assert "April 2020" in english["title"]
    assert "Maret 2020" in indonesian["alt"]
    assert all(indonesian[name] != english[name] for name in english)


def test_a_source_line_names_the_corrections_that_touch_the_exhibit():
    line = making.source_line("F99", SOURCES, ["K01", "K04"], Language("en"))
    assert line.endswith("Corrections K01, K04 apply (table T10).")
    many = ["K01", "K02", "K05", "K06", "K07", "K09"]
    line = making.source_line("F99", SOURCES, many, Language("en"))
    assert line.endswith("Corrections K01, K02, K05–K07, K09 apply (table T10).")


CORRECTION = {
    "id": "K01",
    "table": "cases/province_daily.csv",
    "action": "flag",
    "where": {"region_code": "3275|3276"},
    "dates": {"start": "2020-05-04", "end": "2020-05-06"},
    "expect": {"rows": 1},
    "reason": {"id": "a", "en": "a"},
    "evidence": "e",
    "status": "open",
}


@pytest.mark.parametrize(
    ("regions", "first", "last", "touched"),
    [
        (["3276"], "2020-05-01", "2020-05-04", ["K01"]),
        (["32"], "2020-05-01", "2020-06-01", ["K01"]),
        (["3174"], "2020-05-01", "2020-06-01", []),
        (["3276"], "2020-05-07", "2020-06-01", []),
        (["3276"], "2020-04-01", "2020-05-03", []),
    ],
)
def test_a_correction_of_other_regions_or_days_is_not_named(regions, first, last, touched):
    shown = pd.DataFrame(
        {"region_code": regions * 2, "date": pd.to_datetime([first, last])},
    )
    assert making.touching([Correction.model_validate(CORRECTION)], shown) == touched
    assert making.touching([Correction.model_validate(CORRECTION)], shown[[]]) == ["K01"]


@pytest.mark.parametrize(
    ("shown", "touched"),
    [
        # Of a province whose parts are shown the figures are its own.
        ({"region_code": ["3174", "32"]}, []),
        ({"region_code": ["3275", "32"]}, ["K01"]),
        # Data of pairs names regions in two columns.
        ({"helper_code": ["3174"], "helped_code": ["3276"]}, ["K01"]),
        ({"helper_code": ["3174"], "helped_code": ["3173"]}, []),
        # A row without a region is of all of them together.
        ({"region_code": ["3174", None]}, ["K01"]),
    ],
)
def test_a_correction_is_named_for_the_regions_that_are_shown(shown, touched):
    known = [Correction.model_validate(CORRECTION)]
    assert making.touching(known, pd.DataFrame(shown)) == touched


def test_a_correction_of_units_or_of_where_a_row_goes_is_named_for_those_regions():
    units = CORRECTION | {"where": {"unit_code": "3174"}}
    moved = CORRECTION | {
        "action": "override",
        "where": {"hospital_code": "1", "region_code": "3216"},
        "column": "region_code",
        "value": "3174",
    }
    for entry in (units, moved):
        known = [Correction.model_validate(entry)]
        assert making.touching(known, pd.DataFrame({"region_code": ["3174"]})) == ["K01"]
        assert making.touching(known, pd.DataFrame({"region_code": ["3276"]})) == []


def test_a_figure_of_cases_names_no_correction_or_source_of_other_columns(monkeypatch):
    tables = {
        "K01": "cases/province_daily.csv",
        "K02": "mobility/google_daily.csv",
        "K03": "cases/national_tests.csv",
        "K04": "facilities/hospitals.csv",
    }
    entries = (CORRECTION | {"id": name, "table": table} for name, table in tables.items())
    read = tuple(map(Correction.model_validate, entries))
    names = list(map(str.lower, tables))
    behind = tuple(
        source(name, f"who {name}", tables=(table,))
        for name, table in zip(names, tables.values(), strict=True)
    )
    origin = making.Origin("figure", {}, behind, AUDITS, corrections=read)
    of_cases = replace(EXHIBITS["F05"], drawn=("cases/province_daily.csv",))
    monkeypatch.setitem(EXHIBITS, "F05", of_cases)
    record = json.loads(making.make_figure("F05", TABLES, origin, 20)["json"])
    line = record["texts"]["en"]["sources"]
    assert line == (
        "Sources: who k01. Own calculations; F05, Gotong Royong. Corrections K01 apply (table T10)."
    )
    # What was read is still told in full.
    assert record["corrections"] == list(tables)
    assert [each["id"] for each in record["sources"]] == names


def test_what_an_exhibit_draws_is_among_what_it_reads():
    home = read_config("config.yaml").area
    for name, entry in EXHIBITS.items():
        behind = areas.raw_behind(entry.raw, entry.tables, home)
        assert set(entry.drawn) <= set(behind), name


def test_figures_of_cases_draw_no_other_column_of_their_panels():
    others = {"facilities/hospitals.csv", "cooperation/measures.csv"}
    for name in ("F08", "F09", "F15", "F16", "F17", "F18"):
        assert EXHIBITS[name].drawn
        assert not others & set(EXHIBITS[name].drawn), name


def test_the_chart_of_coverage_draws_the_tables_whose_publishers_it_names():
    named = {table for listed in (f18.TABLE_OF | f18.PROVINCES).values() for table in listed}
    assert named <= set(EXHIBITS["F18"].drawn)


def test_a_source_line_names_those_whose_numbers_are_shown():
    other = {"value": 1, "first_author": "Someone", "year": 2022, "title": "t", "address": "a"}
    cited = making.cited({"published": {"a": other, "b": other}, "figures": {}})
    line = making.source_line("F99", SOURCES, (), Language("en"), cited)
    assert line.startswith("Sources: Pikobar; this project (measures); Someone et al. Own")
    line = making.source_line("F99", (), (), Language("id"), cited)
    assert line == "Sumber: Someone dkk. Perhitungan sendiri; F99, Gotong Royong."
    assert making.cited({"figures": {}}) == ()


def test_a_source_line_names_each_publisher_once_and_translates():
    assert making.source_line("F99", SOURCES, (), Language("en")) == (
        "Sources: Pikobar; this project (measures). Own calculations; F99, Gotong Royong."
    )
    assert making.source_line("F99", SOURCES, (), Language("id")) == (
        "Sumber: Pikobar; proyek ini (tindakan). Perhitungan sendiri; F99, Gotong Royong."
    )


@pytest.mark.parametrize("exhibit", ["T02", "T03"])
def test_a_table_has_every_file_that_its_rule_names(exhibit):
    made = made_table(exhibit)
    assert set(made) == {"csv", "json", "html_id", "html_en", "tex_id", "tex_en"}
    assert made == made_table(exhibit)
    record = json.loads(made["json"])
    assert record["data"]["sha256"] == hashlib.sha256(made["csv"]).hexdigest()
    assert record["data"]["rows"] == len(made["csv"].splitlines()) - 1
    assert ",".join(record["data"]["columns"]).encode() == made["csv"].splitlines()[0]
    for code in ("id", "en"):
        page = made[f"html_{code}"].decode()
        assert record["texts"][code]["title"] in page
        assert page.count("<tr") == record["data"]["rows"] + 1
        assert "{" not in "".join(record["texts"][code].values())


def test_pages_of_the_tables_show_the_rows_in_their_language():
    regimes_made, measures_made = made_table("T02"), made_table("T03")
    assert b'data-sort="2020-04-23">23 April 2020</td>' in regimes_made["html_en"]
    assert b'data-sort="2020-06-04">4 Juni 2020</td>' in regimes_made["html_id"]
    assert json.loads(regimes_made["json"])["facts"] == {
        "periods": 2,
        "first": "2020-04-10",
        "last": "2020-06-04",
        "regions": 1,
        "added": 0,
        "unverified": 1,
        "checked": 0.5,
        "periods_31": 2,
    }
    ids = [line.split(b",")[0] for line in measures_made["csv"].splitlines()[1:]]
    assert ids == [b"CM001", b"CM002", b"CM003", b"CM004"]
    assert b">aksi</td>" in measures_made["html_id"]
    assert b">action</td>" in measures_made["html_en"]


@pytest.fixture
def stand_in(monkeypatch):
    """Return an exhibit F99 that keeps whatever it is given to draw."""
    module = ModuleType("gotong.exhibits.f99_stand_in")
    module.drawn = []
    module.TITLE, module.CAPTION, module.ALT = "{highest} of {who}", "From {day}", "{share:.0%}"
    module.prepare = lambda tables, choices: tables["t"].query("x > @choices['least']")
    module.facts = lambda data: {
        "highest": data["x"].max(),
        "who": "Satgas {x} <b>",
        "day": data["day"].min(),
        "share": np.float64(0.25),
    }

    def draw(data, language, said):
        module.drawn.append((data, language.code, dict(said)))
        figure = style.new_figure(40, said["title"], said["sources"])
        figure.add_subplot().plot(data["x"])
        return figure

    module.draw = draw
    monkeypatch.setitem(sys.modules, "gotong.exhibits.f99_stand_in", module)
    entry = Entry("f99_stand_in", "Epidemic", "A stand-in.", claims=("C1", "C2"))
    monkeypatch.setitem(EXHIBITS, "F99", entry)
    return module


def test_what_is_written_is_what_is_drawn(stand_in):
    days = pd.date_range("2020-05-01", periods=4).astype(DATE)
    table = pd.DataFrame({"day": days, "x": pd.array([1, 2, 3, 4], dtype="Int64")})
    origin = making.Origin("figure", {}, (), {"least": 2})
    made = making.make_figure("F99", {"t": table}, origin, 40)
    assert made["csv"] == b"day,x\n2020-05-03,3\n2020-05-04,4\n"
    assert [code for _, code, _ in stand_in.drawn] == ["id", "en"]
    assert all(to_csv(data) == made["csv"] for data, _, _ in stand_in.drawn)
    record = json.loads(made["json"])
    assert record["claims"] == ["C1", "C2"]
    assert record["facts"] == {
        "highest": 4,
        "who": "Satgas {x} <b>",
        "day": "2020-05-03",
        "share": 0.25,
    }
    assert record["texts"] == {code: said for _, code, said in stand_in.drawn}
    assert record["texts"]["id"]["caption"] == "From 3 Mei 2020"
    assert record["texts"]["en"]["title"] == "4 of Satgas {x} <b>"
    assert record["texts"]["en"]["alt"] == "25%"


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (pd.Timestamp("2020-04-10"), "2020-04-10"),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (0.5, 0.5),
        ("PSBB", "PSBB"),
    ],
)
def test_a_fact_is_held_as_json_can(value, held):
    found = making.plain(value)
    assert found == held
    assert type(found) is type(held)


def test_the_table_of_corrections_does_not_point_to_itself():
    lines = [making.source_line(name, SOURCES, ["K01"], Language("en")) for name in ("T11", "T10")]
    assert ["table T10" in line for line in lines] == [True, False]
