"""Both languages: numbers, dates and messages as each writes them."""

import ast
import re
import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from babel.messages.pofile import read_po

from gotong.i18n import CATALOGUES, Language, with_facts, without_facts

LIBRARY = Path(__file__).parents[1] / "workflow" / "gotong"
TEMPLATES = LIBRARY / "templates"
ID, EN = Language("id"), Language("en")


@pytest.mark.parametrize(
    ("value", "form", "indonesian", "english"),
    [
        (1425878, "", "1.425.878", "1,425,878"),
        (np.int64(3), "", "3", "3"),
        (0.98765, "", "0,988", "0.988"),
        (0.00012345, "", "0,000123", "0.000123"),
        (-0.0004, "", "−0,0004", "−0.0004"),
        (0.0000263, "", "0,00003", "0.00003"),
        (-0.00000355, "", "−0,000004", "−0.000004"),
        (1234.5678, ".1f", "1.234,6", "1,234.6"),
        (-1234.5, ".1f", "−1.234,5", "−1,234.5"),
        (-3, "", "−3", "−3"),
        (-0.25, ".0%", "−25%", "−25%"),
        (12.0, ".0f", "12", "12"),
        (0.2345, ".0%", "23%", "23%"),
        (0.2345, ".1%", "23,4%", "23.4%"),
        (2020, "year", "2020", "2020"),
        (pd.Timestamp("2020-05-01"), "", "1 Mei 2020", "1 May 2020"),
        (np.datetime64("2021-08-14"), "day", "14 Agustus 2021", "14 August 2021"),
        (pd.Timestamp("2020-12-31"), "month", "Desember 2020", "December 2020"),
        (pd.Timestamp("2020-10-01"), "tick", "Okt", "Oct"),
        (pd.Timestamp("2003-01-01"), "year", "2003", "2003"),
        (0.0000263, "p", "<0,001", "<0.001"),
        (0.001, "p", "0,001", "0.001"),
        (0.0476, "p", "0,048", "0.048"),
    ],
)
def test_numbers_and_dates(value, form, indonesian, english):
    assert (ID.show(value, form), EN.show(value, form)) == (indonesian, english)


def test_fields_are_filled_in_the_language():
    message = "{n} days from {day}, {share:.0%}"
    facts = {"n": 12345, "day": pd.Timestamp("2020-08-17"), "share": 0.5}
    assert EN.fill(message, facts) == "12,345 days from 17 August 2020, 50%"
    assert ID.fill(message, facts) == "12.345 days from 17 Agustus 2020, 50%"


def test_a_message_travels_with_its_facts():
    text = with_facts("second extension, to {day}", day=pd.Timestamp("2020-08-01"))
    assert text == "second extension, to {day} [day=2020-08-01]"
    assert ID(text) == "perpanjangan kedua, sampai 1 Agustus 2020"
    # What is shown already stays as it is when it is put into another message.
    assert ID.fill("{label}.", {"label": text}) == "perpanjangan kedua, sampai 1 Agustus 2020."
    assert ID(ID(text)) == ID(text)
    several = with_facts("{n} of {group}", n=1200, group="Tangerang Raya")
    assert without_facts(several) == ("{n} of {group}", {"n": 1200, "group": "Tangerang Raya"})
    assert EN(several) == "1,200 of Tangerang Raya"


HOSTILE = (
    "{n.__class__} [n=1]",
    "{n[0]} [n=ab]",
    "{other} [n=1]",
    "{n} {m} [n=1]",
    "{n:{m}} [n=1; m=2]",
    "{n:zzz} [n=1]",
    "{n!r} [n=1]",
    "{n [n=1]",
    "} [n=1]",
    "no field [n=1]",
    "{n} [n]",
)


@pytest.mark.parametrize(
    "text", ["", "share", "a [note]", "Kepgub 959/2020 (diktum 2)", "a=b", *HOSTILE]
)
def test_a_text_without_facts_is_left_alone(text):
    assert without_facts(text) == (text, {})
    assert EN(text) == text


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="'fr'"):
        Language("fr")


def marked_messages() -> set[str]:
    """Return every message marked in the code and in the templates."""
    found = set()
    for path in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
                found.add(ast.literal_eval(node.args[0]))
    for path in TEMPLATES.glob("*.j2"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"""_\("([^"]+)"\)""", text))
        found |= set(re.findall(r"""_\('([^']+)'\)""", text))
    return found


def catalogue() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((CATALOGUES / "id").glob("*.po")):
        with path.open("rb") as file:
            listed = [(str(entry.id), str(entry.string)) for entry in read_po(file) if entry.id]
        entries = dict(listed)
        assert len(entries) == len(listed), path.name
        # A message that two files translate could be translated in two ways.
        assert not entries.keys() & found.keys(), path.name
        found |= entries
    return found


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_every_message_is_translated_and_no_translation_is_left_over():
    assert set(catalogue()) == marked_messages() | set(PUBLISHERS)
    assert not [message for message, text in catalogue().items() if not text.strip()]


def test_translations_keep_the_fields():
    wrong = {m: t for m, t in catalogue().items() if fields(m) != fields(t)}
    assert not wrong


def _own_areas(code: str) -> list[str]:
    """Return the functions that fill messages, or give their facts, and name one `area`."""
    return [
        function.name
        for function in ast.walk(ast.parse(code))
        if isinstance(function, ast.FunctionDef)
        and (function.name.endswith("facts") or ".fill(" in ast.unparse(function))
        for node in ast.walk(function)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value == "area"
    ]


def test_no_field_of_its_own_is_called_as_the_area_of_the_study():
    # The field is filled before all others: a fact of that name would never be seen.
    assert EN.fill("{area}", {"area": "Tanjung Priok"}) == "Greater Jakarta"
    assert _own_areas("def label(row):\n    return en.fill(WORDS, {'area': row})") == ["label"]
    for path in LIBRARY.rglob("*.py"):
        assert not _own_areas(path.read_text(encoding="utf-8")), path.name


# Short names of sources that are words, not names: they stand in the register of sources.
PUBLISHERS = (
    "this project",
    "this project (regimes)",
    "this project (measures)",
    "published estimates (press)",
    "Djaafara et al. (phone records)",
    "this project (first PPKM)",
    "this project (measures abroad)",
    "this project (single figures)",
    "this project (codings)",
    "Satgas COVID-19 (zones)",
    "Google mobility",
    "Apple mobility",
    "Ariawan et al.; Herlinda et al.",
    "Pikobar (February 2022)",
    "Ariawan et al.; Herlinda et al.",
    "Pemprov DKI (burials)",
    "Provinces, KawalCOVID19",
)
NAMES_IN_BRACKETS = ("Universitas Diponegoro (ecovid)",)


def test_the_register_uses_those_words(project):
    text = (project / "data/raw/sources.yaml").read_text(encoding="utf-8")
    assert all(f'short: "{name}"' in text for name in PUBLISHERS)
    shorts = set(re.findall('short: "(.+)"', text))
    words = re.compile(r"\(|^this |mobility|et al")
    worded = {short for short in shorts if words.search(short)}
    assert worded <= {*PUBLISHERS, *NAMES_IN_BRACKETS}
