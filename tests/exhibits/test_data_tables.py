"""T09 to T11: sources, corrections and missing counts, as their registers and panels have them."""

from string import Formatter

import pandas as pd
import pytest

from gotong import contracts
from gotong.corrections import Correction
from gotong.exhibits import registers
from gotong.exhibits import t09_sources as t09
from gotong.exhibits import t10_corrections as t10
from gotong.exhibits import t11_missing as t11
from gotong.exhibits.html_table import table_page
from gotong.html import rows
from gotong.i18n import Language
from gotong.sources.registry import Source, read_registry

EN, INDONESIAN = Language("en"), Language("id")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
MIRRORED = {
    "id": "satgas",
    "tables": ("cases/a.csv", "cases/b.csv"),
    "origin": "mirror",
    "publisher": "Satuan Tugas",
    "short": "Satgas",
    "measures": "new cases",
    "unit": "persons per day",
    "coverage": {"regions": "34 provinces", "start": "2020-03-01", "end": "2022-09-30"},
    "licence": "None found in the mirror",
    "citation": "Satgas (2022).",
    "defects": ("One day is missing.", "Another is doubled."),
    "repository": "owner/name",
    "commit": COMMIT,
    "files": (
        {"path": "data/a b.csv", "sha256": "a" * 64, "bytes": 7},
        {"path": "data/c.csv", "sha256": "b" * 64, "bytes": 8},
    ),
}
CODED = {
    "id": "coded",
    "tables": ("policy/x.csv",),
    "origin": "project",
    "publisher": "this project",
    "short": "this project",
    "measures": "regimes",
    "unit": "one row per period",
    "coverage": {"regions": "Jabodetabek"},
    "licence": "MIT, with the project",
    "citation": "Gotong Royong.",
    "files": ({"path": "x.csv", "sha256": "c" * 64, "bytes": 7},),
}
WRITTEN = CODED | {"id": "written", "files": ()}
FLAG = {
    "id": "K05",
    "table": "cases/a.csv",
    "action": "flag",
    "where": {"region_code": "32"},
    "expect": {"rows": 2},
    "reason": {"id": "entri borongan", "en": "bulk entry"},
    "evidence": "the press",
    "status": "open",
}
DROP = FLAG | {
    "id": "K01",
    "table": "cases/b.csv",
    "action": "drop",
    "reason": {"id": "ganda", "en": "doubled"},
}
REGIONS = pd.DataFrame(
    {
        "region_code": ["32", "3216", "3275"],
        "kemendagri_code": ["32", "3216", "3275"],
        "level": ["province", "kabupaten", "kota"],
        "name": ["Jawa Barat", "Kab. Bekasi", "Kota Bekasi"],
        "province_code": ["32", "32", "32"],
    }
)
TOUCHED = pd.DataFrame(
    [
        ("K01", "cases/b.csv", "merge", "", None, "measure_id=CM091", "", "", "measure_id=CM090"),
        (
            "K05",
            "cases/a.csv",
            "flag",
            "32",
            "2020-05-04",
            "region_code=32, date=2020-05-04",
            "cases",
            "9000",
            "9000",
        ),
        (
            "K05",
            "cases/a.csv",
            "flag",
            "32",
            "2020-05-05",
            "region_code=32, date=2020-05-05",
            "cases",
            "8",
            "8",
        ),
    ],
    columns=list(contracts.PROCESSED["corrections"].columns),
)


@pytest.fixture(scope="module")
def listed():
    sources = {entry["id"]: Source.model_validate(entry) for entry in (MIRRORED, CODED, WRITTEN)}
    given = {entry["id"]: Correction.model_validate(entry) for entry in (FLAG, DROP)}
    return registers.as_tables(sources, given)


def test_a_source_is_one_row_with_its_first_file(listed):
    found = listed["sources"].set_index("source")
    assert found.index.tolist() == ["satgas", "coded", "written"]
    satgas = found.loc["satgas"].to_dict()
    assert satgas["address"] == (
        f"https://raw.githubusercontent.com/owner/name/{COMMIT}/data/a%20b.csv"
    )
    assert (satgas["files"], satgas["sha256"]) == (2, "a" * 64)
    assert satgas["tables"] == "cases/a.csv, cases/b.csv"
    assert satgas["defects"] == "One day is missing. Another is doubled."
    assert (satgas["start"], satgas["end"]) == ("2020-03-01", "2022-09-30")
    # What was coded here lies at no publisher's address.
    assert found.loc["coded", ["address", "sha256", "files"]].tolist() == ["", "c" * 64, 1]
    assert found.loc["written", ["address", "sha256", "files"]].tolist() == ["", "", 0]


def test_the_table_of_sources_counts_what_its_texts_say(listed):
    data = t09.prepare(listed, {})
    assert data["source"].tolist() == ["satgas", "coded", "written"]
    assert t09.facts(data) == {
        "sources": 3,
        "publishers": 2,
        "files": 3,
        "unlicensed": 1,
        "coded": 2,
    }


def test_every_touched_row_stands_with_the_reason_of_its_correction(listed):
    data = t10.prepare(listed | {"corrections": TOUCHED, "geography/regions.csv": REGIONS}, {})
    assert data["key_en"].tolist() == ["CM091", "Jawa Barat, 4 May 2020", "Jawa Barat, 5 May 2020"]
    assert data["key_id"].tolist()[1] == "Jawa Barat, 4 Mei 2020"
    assert data["before_id"].tolist() == ["", "9.000", "8"]
    assert data["after_en"].tolist() == ["CM090", "9,000", "8"]
    assert data["reason_en"].tolist() == ["doubled", "bulk entry", "bulk entry"]
    assert data["reason_id"].tolist() == ["ganda", "entri borongan", "entri borongan"]
    assert t10.facts(data) == {
        "corrections": 2,
        "reported": 0,
        "tables": 2,
        "rows": 3,
        "flagged": 2,
        "changed": 1,
    }
    names = [column.name for column in t10.COLUMNS]
    for language, action, reason in (
        (EN, "counted with another", "doubled"),
        (INDONESIAN, "dihitung bersama yang lain", "ganda"),
    ):
        first = dict(zip(names, rows(data, t10.COLUMNS, language)[0], strict=True))
        assert (first["action"], first["reason"]) == (action, reason)


def missing(*counts):
    columns = ["panel", "reason", "rows", "regions", "share"]
    frame = pd.DataFrame(counts, columns=columns)
    return {"missing": frame.astype({"rows": "Int64", "regions": "Int64"})}


MISSING = missing(
    ("panel_country", "", 30, 3, 1.0),
    ("panel_java", "", 6, 2, 0.6),
    ("panel_java", "total_fell", 4, 1, 0.4),
)


def test_panels_stand_in_their_order_and_rows_with_a_count_say_so():
    data = t11.prepare(MISSING, {})
    assert data["panel"].tolist() == ["panel_java", "panel_java", "panel_country"]
    assert t11.facts(data) == {"panels": 2, "rows": 40, "share": 36 / 40}
    shown = rows(data, t11.COLUMNS, EN)
    assert [row[1:] for row in shown] == [
        ["there is a count", "6", "2", "60.0%"],
        ["the running total fell", "4", "1", "40.0%"],
        ["there is a count", "30", "3", "100.0%"],
    ]
    assert rows(data, t11.COLUMNS, INDONESIAN)[0][1] == "ada angka"


def test_every_panel_and_reason_has_words():
    reasons = {""}
    for schema in contracts.PANELS.values():
        reasons |= set(schema.columns["cases_missing"].allowed)
    assert set(t11.REASONS) == reasons
    assert set(t11.PANELS) == {schema.name for schema in contracts.PANELS.values()}
    assert set(t10.ACTIONS) == set(contracts.PROCESSED["corrections"].columns["action"].allowed)


@pytest.mark.parametrize("module", [t09, t10, t11])
def test_texts_headings_and_terms_are_translated(module):
    messages = {module.TITLE, module.CAPTION, module.ALT}
    messages |= {column.heading for column in module.COLUMNS} - {"Id", "Panel"}
    messages |= {words for column in module.COLUMNS for words in column.words.values()}
    assert [message for message in messages if INDONESIAN(message) == message] == []


@pytest.fixture(scope="module")
def whole(results, project):
    """Return the registers and counts of the snapshot."""
    register = read_registry((project / "data/raw/sources.yaml").read_bytes())
    return registers.as_tables(register, results.corrections) | {
        "missing": results["missing"],
        "corrections": results["corrections"],
        "geography/regions.csv": results["geography/regions.csv"],
    }


@pytest.mark.parametrize("module", [t09, t10, t11])
@pytest.mark.parametrize("language", [EN, INDONESIAN])
def test_the_tables_of_the_snapshot_are_whole_pages(whole, module, language):
    data = module.prepare(whole, {})
    facts = module.facts(data)
    for message in (module.TITLE, module.CAPTION, module.ALT):
        assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(facts)
    said = {
        name: language.fill(getattr(module, name.upper()), facts)
        for name in ("title", "caption", "alt")
    }
    page = table_page("T99", data, module.COLUMNS, language, said | {"sources": ""})
    assert page.count("<tr") == len(data) + 1
    assert not any("{" in text for text in said.values())


def test_the_table_of_sources_has_every_source_and_correct_counts(whole, project):
    register = read_registry((project / "data/raw/sources.yaml").read_bytes())
    data = t09.prepare(whole, {})
    assert data["source"].tolist() == list(register)
    facts = t09.facts(data)
    assert facts["files"] == sum(len(source.files) for source in register.values())
    by_hand = [source for source in register.values() if source.origin == "project"]
    assert facts["coded"] == len(by_hand)
    assert all(address.startswith("https://") for address in data["address"] if address)


def test_every_active_correction_is_listed(whole, results):
    data = t10.prepare(whole, {})
    assert set(data["correction"]) == set(results.corrections)
    assert (data[["reason_id", "reason_en", "evidence"]] != "").all(axis=None)
    assert len(data) == sum(each.expect.rows for each in results.corrections.values())
    shown = data[[f"{name}_{code}" for name in ("key", "before", "after") for code in ("id", "en")]]
    assert not shown.apply(lambda column: column.str.contains("=|_")).any(axis=None)


def test_a_code_is_no_number(whole):
    data = t10.prepare(whole, {})
    moved = data[data["column"] == "region_code"].iloc[0]
    assert (moved["before_en"], moved["after_en"]) == ("Kab. Bekasi", "Kota Bekasi")
    assert moved["key_id"] == "rumah sakit 3216174, entri 1"
