"""The README: what it says of the findings is what the ledger says."""

import re

import pandas as pd

from gotong.exhibits.claim_words import VERDICT, spoken


def ledger(project):
    """Return the claims of the last run, or of the committed reference where there is none."""
    last = project / "results" / "claims" / "ledger.csv"
    if last.exists():
        return pd.read_csv(last)
    return pd.read_parquet(project / "results" / "reference" / "claims.parquet")


def test_the_verdicts_of_the_readme_are_those_of_the_ledger(project):
    text = (project / "README.md").read_text("utf-8")
    said = {
        verdict: re.findall(r"\bC\d+\b", claims)
        for verdict, claims in re.findall(r"^\| ([a-z ]+) \| (.+) \|$", text, re.MULTILINE)
        if verdict in VERDICT.values()
    }
    given = {}
    for row in ledger(project).to_dict("records"):
        verdict = VERDICT[spoken(row["verdict"], row["reason"])]
        given.setdefault(verdict, []).append(row["claim"])
    assert {verdict: claims for verdict, claims in said.items() if claims} == given
    empty = [row for row in text.splitlines() if row.endswith("| none |")]
    assert len(empty) == len(said) - len(given)
