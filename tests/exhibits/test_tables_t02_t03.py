"""T02 and T03: which rows, in which order, and the numbers that their texts name."""

from string import Formatter

import pandas as pd
import pytest

from gotong import contracts
from gotong.exhibits import t02_regimes as t02
from gotong.exhibits import t03_measures as t03
from gotong.i18n import Language
from gotong.tables import DATE

CHOICES = {
    "area": {
        "layers": ["primary"],
        "deciders": [
            {"name": "DKI Jakarta", "members": ["31"]},
            {"name": "Bodebek", "members": ["3276", "3271"]},
        ],
    }
}
AUDITS = {
    "start_date_audits": {
        "first": {"tested": 40, "wrong": 4, "too_late": 1},
        "second": {"tested": 50, "wrong": 20, "too_late": 13},
    }
}
REGIONS = pd.DataFrame(
    {
        "region_code": ["31", "3271", "3276", "32"],
        "kemendagri_code": ["31", "3271", "3276", "32"],
        "level": ["province", "kota", "kota", "province"],
        "name": ["DKI Jakarta", "Kota Bogor", "Kota Depok", "Jawa Barat"],
        "province_code": ["31", "32", "32", "32"],
    }
)
PERIODS = [
    # layer, region, first day, last day, regime, audit
    ("primary", "3271", "2020-04-15", "2020-04-28", "PSBB", "confirmed"),
    ("primary", "3276", "2020-04-29", "2020-05-12", "PSBB", "unverified"),
    ("primary", "3276", "2020-04-15", "2020-04-28", "PSBB", "corrected"),
    ("overlay", "31", "2020-03-01", "2020-12-31", "PSBMK", "unverified"),
    ("primary", "32", "2020-03-01", "2020-12-31", "PSBB", "confirmed"),
    ("primary", "31", "2020-04-10", None, "PSBB", "added"),
]
MEASURES = [
    # id, act, first day, last day, audit
    ("CM003", "statement", "2020-05-01", None, "confirmed"),
    ("CM001", "action", None, None, "unverified"),
    ("CM004", "action", "2020-04-01", "2020-04-30", "unverified"),
    ("CM002", "rule", "2020-04-02", None, "corrected"),
]


def filled(name, frame):
    """Return some columns of a raw table with all its others, blank."""
    schema = contracts.RAW[name]
    whole = pd.DataFrame({column: frame.get(column, "") for column in schema.columns})
    for column in ("start_date", "end_date"):
        whole[column] = pd.to_datetime(whole[column]).astype(DATE)
    return whole


def regimes_tables():
    names = ["layer", "region_code", "start_date", "end_date", "regime", "audit"]
    frame = pd.DataFrame(PERIODS, columns=names)
    return {
        "policy/regimes.csv": filled("policy/regimes.csv", frame),
        "geography/regions.csv": REGIONS,
    }


def measures_tables():
    frame = pd.DataFrame(MEASURES, columns=["measure_id", "act", "start_date", "end_date", "audit"])
    return {"cooperation/measures.csv": filled("cooperation/measures.csv", frame)}


@pytest.fixture
def regimes():
    return t02.prepare(regimes_tables(), CHOICES)


@pytest.fixture
def measures():
    return t03.prepare(measures_tables(), AUDITS)


def test_regimes_of_deciders_only_in_their_order_then_by_day(regimes):
    assert regimes[["region_code", "region"]].drop_duplicates().to_numpy().tolist() == [
        ["31", "DKI Jakarta"],
        ["3276", "Kota Depok"],
        ["3271", "Kota Bogor"],
    ]
    days = regimes["start_date"].dt.strftime("%m-%d").tolist()
    assert days == ["04-10", "04-15", "04-29", "04-15"]
    assert regimes["audit"].tolist() == ["added", "corrected", "unverified", "confirmed"]
    assert regimes.index.tolist() == [0, 1, 2, 3]


def test_the_order_of_regions_is_that_of_the_configuration():
    area = CHOICES["area"]
    turned = {"area": area | {"deciders": area["deciders"][::-1]}}
    found = t02.prepare(regimes_tables(), turned)
    assert found["region_code"].tolist() == ["3276", "3276", "3271", "31"]


def test_facts_of_the_regimes(regimes):
    assert t02.facts(regimes) == {
        "periods": 4,
        "first": pd.Timestamp("2020-04-10"),
        "last": pd.Timestamp("2020-05-12"),
        "unverified": 1,
        "regions": 3,
        "added": 1,
        "checked": 0.5,
        "periods_31": 1,
        "periods_3276": 2,
        "periods_3271": 1,
    }


def test_all_measures_in_the_order_of_their_ids(measures):
    assert measures["measure_id"].tolist() == ["CM001", "CM002", "CM003", "CM004"]
    assert measures["act"].tolist() == ["action", "rule", "statement", "action"]
    assert measures["start_date"].isna().tolist() == [True, False, False, False]
    assert measures.index.tolist() == [0, 1, 2, 3]


def test_facts_of_the_measures(measures):
    assert t03.facts(measures) == {
        "measures": 4,
        "actions": 2,
        "undated": 1,
        "open_ended": 3,
        "single": 2,
        "tested_first": 40,
        "wrong_first": 4,
        "share_first": 0.1,
        "tested_second": 50,
        "wrong_second": 20,
        "share_second": 0.4,
        "wrong": 24,
        "too_late": 14,
    }


def test_the_counts_of_the_audits_stand_in_every_row_of_the_data_and_not_on_the_page(measures):
    assert (measures["tested_first"] == 40).all()
    assert (measures["too_late_second"] == 13).all()
    assert not {column.name for column in t03.COLUMNS} & {"tested_first", "too_late_second"}
    told = Language("en").fill(t03.CAPTION, t03.facts(measures))
    assert "4 of 40 (10%) and 20 of 50 (40%) were wrong in two audits, 14 of these 24 too" in told


@pytest.mark.parametrize("module", [t02, t03])
@pytest.mark.parametrize("code", ["id", "en"])
def test_every_field_of_the_texts_is_a_fact(module, code, regimes, measures):
    facts = module.facts(regimes if module is t02 else measures)
    for message in (module.TITLE, module.CAPTION, module.ALT):
        assert {name for _, name, _, _ in Formatter().parse(message) if name} <= {*facts, "area"}
        assert "{" not in Language(code).fill(message, facts)


@pytest.mark.parametrize("module", [t02, t03])
def test_texts_headings_and_terms_are_translated(module):
    language = Language("id")
    same_in_both = {"Id", "Level", "Audit"}
    messages = {module.TITLE, module.CAPTION, module.ALT}
    messages |= {column.heading for column in module.COLUMNS} - same_in_both
    assert [message for message in messages if language(message) == message] == []


@pytest.mark.parametrize(
    ("module", "name"),
    [(t02, "policy/regimes.csv"), (t03, "cooperation/measures.csv")],
)
def test_every_code_that_a_term_column_may_hold_has_words_in_both_languages(module, name):
    for column in module.COLUMNS:
        # Places are names but for the few that t03 has words for.
        if column.kind == "term" and column.name != "regions":
            allowed = contracts.RAW[name].columns[column.name].allowed
            values = allowed
            assert set(column.words) == set(values)
            plain = [words for words in column.words.values() if "_" in words]
            assert plain == [], "a code is no word"
            same = [words for words in column.words.values() if Language("id")(words) == words]
            assert set(same) <= {"New Normal"}


def test_places_that_are_not_names_alone_have_words(results):
    places = results["cooperation/measures.csv"]["regions"]
    worded = places[places.str.contains("national|others|outside")]
    assert set(worded) <= set(t03.WHERE)
    assert all(Language("id")(words) != words for words in t03.WHERE.values())


@pytest.mark.parametrize(
    ("decree", "indonesian", "english"),
    [
        (
            "Kepgub Jabar 443/Kep.398-Hukham/2020 (second extension, to 2020-08-01)",
            "Kepgub Jabar 443/Kep.398-Hukham/2020 (perpanjangan kedua, sampai 1 Agustus 2020)",
            "Kepgub Jabar 443/Kep.398-Hukham/2020 (second extension, to 1 August 2020)",
        ),
        (
            "HK.01.07/MENKES/239/2020 (2020-04-07)",
            "HK.01.07/MENKES/239/2020 (7 April 2020)",
            "HK.01.07/MENKES/239/2020 (7 April 2020)",
        ),
        ("Kepgub 180-297-2020", "Kepgub 180-297-2020", "Kepgub 180-297-2020"),
    ],
)
def test_days_behind_a_decree_are_in_the_language(decree, indonesian, english):
    tables = regimes_tables()
    tables["policy/regimes.csv"]["instrument"] = decree
    data = t02.prepare(tables, CHOICES)
    assert set(data["instrument_id"]) == {indonesian}
    assert set(data["instrument_en"]) == {english}
