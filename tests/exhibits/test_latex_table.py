"""Tables in LaTeX: what they say, and that nothing in their data is a command."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong.exhibits import latex_table
from gotong.html import Column
from gotong.i18n import Language

COLUMNS = (
    Column("name", "Region"),
    Column("share", "Rows", "share"),
    Column("seen", "Reason", "date"),
    Column("address", "Source", "link"),
)
SAID = {"title": "A 5% title", "caption": "A caption_", "sources": "Sources: R&D."}
DATA = pd.DataFrame(
    {
        "name": ["Kota {Depok} & more", "50% \\input{x} $y$ #1 ~^_"],
        "share": [0.25, float("nan")],
        "seen": pd.to_datetime(["2020-04-10", None]),
        "address": ["https://example.org/a_b?c=1&d=%20", ""],
    }
)


def table(language):
    return latex_table.table_text("T99", DATA, COLUMNS, Language(language), SAID)


def test_numbers_below_zero_have_a_minus_that_latex_prints():
    assert latex_table.escaped(Language("id").number(-0.5)) == r"\textminus{}0,5"


def test_a_row_is_written_as_the_language_writes_it():
    indonesian, english = table("id"), table("en")
    wanted = r"Kota \{Depok\} \& more & 25.0\% & 10 April 2020 & "
    address = r"https://example.org/a\_b?c=1\&d=\%20"
    assert wanted + address + r" \\" in english.replace(latex_table.BREAK, "")
    assert r"& 25,0\% &" in indonesian
    assert r"\caption{A 5\% title. A caption\_ Sources: R\&D.}\label{tab:T99}" in english


def test_a_cell_of_data_is_never_a_command():
    line = next(line for line in table("en").splitlines() if line.startswith("50"))
    assert line.startswith(r"50\% \textbackslash{}input\{x\} \$y\$ \#1 ")
    assert line.endswith(r"\textasciitilde{}\textasciicircum{}\_ &  &  &  \\")


def test_numbers_have_the_decimals_that_the_page_gives_them():
    columns = (
        Column("name", "Row"),
        Column("n", "N", "number", form=".2f", form_by="name", forms={"ratio": ".1f"}),
    )
    data = pd.DataFrame({"name": ["Gini", "ratio"], "n": [0.4, 13.84]})
    page = latex_table.table_text("T99", data, columns, Language("id"), SAID)
    assert "Gini & 0,40 \\\\" in page
    assert "ratio & 13,8 \\\\" in page


@pytest.mark.parametrize("first", ["[5cm] of water", "*"])
def test_a_row_does_not_begin_with_what_the_row_before_would_take(first):
    data = DATA.assign(name=[first, "x"])
    page = latex_table.table_text("T99", data, COLUMNS, Language("en"), SAID)
    assert "\n{}" + first in page
    assert not re.search(r"\\(\\|[a-z]+rule)\s*[\[*]", page)


def test_every_row_has_as_many_cells_as_there_are_columns():
    body = table("en").split(r"\endhead")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == len(DATA)
    for line in body:
        assert len(re.findall(r"(?<!\\)&", line)) == len(COLUMNS) - 1


def test_numbers_stand_to_the_right_and_text_to_the_left():
    kinds = next(line for line in table("en").splitlines() if "{longtable}{" in line)
    assert re.findall(r">{.ragged(left|right)", kinds) == ["right", "left", "right", "right"]
    shares = [float(share) for share in re.findall(r"([\d.]+).linewidth-2.tabcolsep", kinds)]
    assert len(shares) == len(COLUMNS)
    assert sum(shares) <= 1


def test_a_long_text_stands_below_its_row_on_the_same_page_under_its_own_head():
    columns = (*COLUMNS, Column("why", "Caveat"))
    data = DATA.assign(why=["It is [so]. " * 90, ""])
    page = latex_table.table_text("T99", data, columns, Language("en"), SAID)
    body = page.split(r"\endhead")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == 5, "two rows, one text below, and room after each row"
    assert body[0].endswith(r"\\*")
    assert body[1].startswith(r"\multicolumn{4}{>{\raggedright\arraybackslash}p{")
    assert body[1].count("It is [so].") == 90
    assert r"\quad \emph{Caveat:} It is" in body[1]
    assert body[1].endswith(r"} \\")
    assert r"\begin{landscape}" in page
    assert r"\emph" not in body[3]


def test_a_table_that_fits_stands_upright():
    page = latex_table.table_text("T99", DATA[["name"]], COLUMNS[:1], Language("en"), SAID)
    assert "landscape}" not in page
    assert page.count(r"\begingroup") == page.count(r"\endgroup") == 1


def test_two_hyphens_of_an_address_stay_two():
    assert latex_table.escaped("a--b ``c'' ?`") == "a-{}-b `{}`c'{}' ?{}`"


@given(st.text())
def test_whatever_text_is_given_no_special_character_stands_alone(text):
    found = latex_table.escaped(text)
    assert "\n" not in found
    assert not found.startswith(("[", "*")), "the end of the row before would take it"
    found = found.removeprefix("{}")
    bare = re.sub(
        r"\\(allowbreak|textbackslash|textasciicircum|textasciitilde|textless|textgreater"
        r"|textminus)\{\}",
        "",
        found,
    )
    bare = re.sub(r"\\[{}$&#%_]", "", bare)
    bare = re.sub(r"(?<=[-`',!?])\{\}", "", bare)
    assert not set(bare) & set("\\{}$&#%_^~<>")
