"""The ledger as files: each verdict can be worked out by hand from the CSV beside it."""

import csv
import io
import json

import pandas as pd
import pytest
import small_report

from gotong.analyses.catalogue import BEHIND_CLAIMS
from gotong.decisions import VOTES
from gotong.errors import InputError
from gotong.report import ledger


@pytest.fixture(scope="module")
def made(project, choices, tmp_path_factory):
    shown = small_report.material(project, tmp_path_factory.mktemp("results"), choices).tables
    return ledger.files(shown["claims"], shown["votes"], choices)


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def by_hand(cast):
    """Return a verdict from votes alone, in other words than the library's.

    Holds where every number that the rule asks for is there.
    """
    told = {vote for vote, number in cast.items() if number and vote != "context"}
    if "incomplete" in told or told == {"failed"}:
        return "not_testable"
    told -= {"failed"}
    if len(told & {"supports", "contradicts"}) == 2 or "unstable" in told:
        return "mixed"
    if told == {"supports"}:
        return "supported"
    if told == {"contradicts"}:
        return "contradicted"
    return "not_supported"


def test_every_verdict_follows_by_hand_from_the_votes(made):
    evidence = rows(made["evidence"])
    for claim in rows(made["csv"]):
        own = [row["vote"] for row in evidence if row["claim"] == claim["claim"]]
        counted = {vote: own.count(vote) for vote in VOTES}
        assert {vote: int(claim[vote]) for vote in VOTES} == counted
        if not claim["missing"]:
            assert claim["verdict"] == by_hand(counted)
        else:
            assert claim["verdict"] == "not_testable"


def test_every_vote_on_a_level_follows_by_hand_from_its_numbers(made):
    checked = 0
    for row in rows(made["evidence"]):
        if row["side"] and row["low"]:
            low, high, threshold = (float(row[name]) for name in ("low", "high", "threshold"))
            beyond = low > threshold if row["side"] == "above" else high < threshold
            short = high < threshold if row["side"] == "above" else low > threshold
            wanted = "supports" if beyond else "contradicts" if short else "undecided"
            assert row["vote"] == wanted
            checked += 1
    assert checked >= 3


def test_the_json_holds_claims_rules_and_evidence_and_nulls_for_what_is_missing(made, choices):
    read = json.loads(made["json"])
    assert read["decision"] == choices["decision"]
    first, *_ = read["claims"]
    assert first["claim"] == "C1"
    assert first["criteria"] == choices["claims"]["C1"]["levels"]
    assert [row["evidence"] for row in first["evidence_rows"]] == [
        row["evidence"] for row in rows(made["evidence"]) if row["claim"] == "C1"
    ]
    assert first["p"] is None
    last = read["claims"][-1]
    assert (last["claim"], last["evidence_rows"], last["estimate"]) == ("C11", [], None)


def test_the_files_are_the_same_every_time(project, choices, tmp_path, made):
    shown = small_report.material(project, tmp_path, choices).tables
    assert ledger.files(shown["claims"], shown["votes"], choices) == made


def numbers(**rows):
    """Return votes with what tells the rows behind them: name=(table, rows)."""
    return pd.DataFrame(
        [
            {"evidence": name, "evidence_table": "evidence_x", "made_table": table, "rows": told}
            for name, (table, told) in rows.items()
        ]
    )


TABLES = {
    "a": pd.DataFrame({"name": ["x", "y", "z"], "value": [1.0, 2.0, 3.0]}),
    "b": pd.DataFrame({"day": ["1"], "value": [4.0]}),
    "c": pd.DataFrame({"name": ["x"]}),
}


def test_the_rows_behind_each_number_are_those_that_it_names_the_estimate_first():
    votes = numbers(first=("a", "name=z|x"), second=("a", "name=y + b: day=1"))
    found = {name: rows(content) for name, content in ledger.rows(votes, TABLES).items()}
    assert found["a"] == [
        {"evidence": "first", "name": "z", "value": "3.0"},
        {"evidence": "first", "name": "x", "value": "1.0"},
        {"evidence": "second", "name": "y", "value": "2.0"},
    ]
    assert found["b"] == [{"evidence": "second", "day": "1", "value": "4.0"}]


def test_a_table_that_no_number_names_has_a_head_alone():
    """As when a claim is left out of the configuration."""
    found = ledger.rows(numbers(first=("a", "name=x")), TABLES)
    assert found["c"] == b"evidence,name\n"


@pytest.mark.parametrize(
    ("told", "named"),
    [(("a", "name=nobody"), "rows of a with name=nobody"), (("d", "name=x"), "rows of d with")],
)
def test_a_number_that_names_no_row_is_an_error_that_names_it(told, named):
    with pytest.raises(InputError, match=named) as caught:
        ledger.rows(numbers(first=told), TABLES)
    assert "evidence first" in str(caught.value)


def test_every_number_of_the_last_complete_run_names_rows(last_run):
    votes = last_run("votes")
    found = ledger.rows(votes, {name: last_run(name) for name in BEHIND_CLAIMS})
    told = {row["evidence"] for content in found.values() for row in rows(content)}
    assert told == set(votes["evidence"])
