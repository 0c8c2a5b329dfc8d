"""T08: the table says of every claim what the ledger says, in both languages."""

import pandas as pd
import pytest

from gotong import contracts
from gotong.analyses import ledger
from gotong.config import read_config
from gotong.decisions import REASONS, VERDICTS, VOTES
from gotong.exhibits import t08_claims
from gotong.exhibits.claim_words import REASON, VERDICT, VOTE, spoken
from gotong.exhibits.html_table import table_page
from gotong.i18n import Language
from gotong.report import claims_section


@pytest.fixture(scope="module")
def choices(project):
    return read_config(project / "config.yaml").model_dump(mode="json")


@pytest.fixture(scope="module")
def nothing_known(choices):
    """Return the ledger before any number is known."""
    votes = ledger.votes({}, choices)
    contracts.check(votes, contracts.PROCESSED["votes"], "votes", "")
    made = ledger.make({"votes": votes}, choices)
    return contracts.check(made, contracts.PROCESSED["claims"], "claims", "")


def test_without_evidence_every_claim_is_untested_and_names_what_it_lacks(nothing_known, choices):
    assert set(nothing_known["verdict"]) == {"not_testable"}
    for row in nothing_known.to_dict("records"):
        asked = choices["claims"][row["claim"]][row["rule"]]
        assert row["missing"].split() == [criterion["evidence"] for criterion in asked]


def test_the_eleven_claims_stand_in_their_order(nothing_known):
    assert nothing_known["claim"].tolist() == [f"C{number}" for number in range(1, 12)]


@pytest.mark.parametrize(("code", "said"), [("id", "tidak dapat diuji"), ("en", "not testable")])
def test_the_page_holds_sentence_verdict_and_caveat(nothing_known, choices, code, said):
    data = t08_claims.prepare({"claims": nothing_known}, choices)
    texts = dict.fromkeys(("title", "caption", "alt", "sources"), "x")
    page = table_page("T08", data, t08_claims.COLUMNS, Language(code), texts)
    words = f"{said} dengan data publik" if code == "id" else f"{said} with public data"
    recorded = (nothing_known["first_recorded"] == "not_testable").sum()
    assert page.count(f">{words}<") == 11 + recorded
    for claim in choices["claims"].values():
        assert claim["sentence"][code].split(":")[0] in page
        assert claim["caveat"][code].split("'")[0] in page


def test_the_title_counts_verdicts(nothing_known, choices):
    other = nothing_known.copy()
    other.loc[:2, "verdict"] = ["supported", "supported", "mixed"]
    said = t08_claims.facts(t08_claims.prepare({"claims": other}, choices))
    counted = {name: said[name] for name in VERDICTS}
    assert counted == {
        "supported": 2,
        "mixed": 1,
        "not_supported": 0,
        "contradicted": 0,
        "not_testable": 8,
    }
    assert said["curve"] == choices["decision"]["curve_share"]


def test_every_verdict_vote_and_reason_has_a_word():
    assert (set(VOTE), set(REASON)) == (set(VOTES), set(REASONS))
    in_part = {
        spoken(verdict, reason)
        for reason in REASONS
        if reason.endswith("_in_part")
        for verdict in ("supported", "contradicted")
    }
    assert set(VERDICT) == {*VERDICTS, *in_part}


@pytest.mark.parametrize(
    ("reason", "said", "other"),
    [
        ("effect_as_claimed", "supported", "supported in part"),
        ("effect_as_claimed_in_part", "supported in part", ""),
    ],
)
def test_a_verdict_on_a_part_of_the_claim_says_so(nothing_known, choices, reason, said, other):
    known = nothing_known.copy()
    known.loc[5, ["verdict", "reason"]] = ["supported", reason]
    known.loc[5, "by_criterion"] = "growth_*=not_testable mobility_*=supported"
    known.loc[2, "first_recorded"] = "mixed"
    data = t08_claims.prepare({"claims": known}, choices)
    page = table_page(
        "T08",
        data,
        t08_claims.COLUMNS,
        Language("en"),
        dict.fromkeys(("title", "caption", "alt", "sources"), "x"),
    )
    assert f">{said}<" in page
    assert not other or f">{other}<" not in page
    assert "growth of cases: not testable with public data; mobility: supported" in page
    assert ">mixed<" in page
    counted = t08_claims.facts(data)
    assert (counted["supported"], counted["in_part"]) == (1, int(reason.endswith("_in_part")))


def test_tables_of_evidence_are_put_together_with_their_names(choices):
    schema = contracts.PROCESSED["votes"]
    types = {
        name: dtype
        for name, dtype in contracts.dtypes(schema).items()
        if name in list(schema.columns)[: list(schema.columns).index("evidence_table")]
    }
    row = dict.fromkeys(types, "") | {
        "claim": "C1",
        "evidence": "gini_beds_country",
        "kind": "level",
        "estimate": 0.3,
        "low": 0.25,
        "high": 0.35,
        "passed": True,
        "direction": 0,
    }
    row |= {name: None for name, dtype in types.items() if row[name] == "" and dtype != "str"}
    one = pd.DataFrame([row]).astype(types)
    votes = ledger.votes({"evidence_a": one, "evidence_b": one}, choices)
    contracts.check(votes, schema, "votes", "")
    assert votes["evidence_table"].tolist() == ["evidence_a", "evidence_b"]
    assert votes["vote"].tolist() == ["supports", "supports"]


def test_p_values_of_claims_are_written_as_such():
    columns = [*t08_claims.COLUMNS, *claims_section.NUMBERS_SHOWN]
    assert {column.form for column in columns if column.name in ("p", "smallest_p")} == {"p"}
