"""The ledger as files: each verdict can be worked out by hand from the CSV beside it."""

import csv
import io
import json

import pytest
import small_report

from gotong.decisions import VOTES
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
