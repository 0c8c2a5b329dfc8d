"""The claims ledger as files: what a reader needs to work out each verdict by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gotong.errors import InputError
from gotong.evidence_rows import behind, select
from gotong.exhibits.making import plain
from gotong.tables import to_csv


def files(ledger: pd.DataFrame, votes: pd.DataFrame, rules: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of the ledger, by the name of the rule's output.

    Parameters
    ----------
    ledger, votes : pandas.DataFrame
        The made tables ``claims`` and ``votes``.
    rules : mapping
        Sections ``claims`` and ``decision`` of the configuration, which the JSON repeats so
        that it can be read alone.

    Returns
    -------
    dict of str to bytes
        ``csv`` (one row per claim), ``evidence`` (one row per number, with the threshold
        applied and the vote) and ``json`` (both, claim by claim, with the rules).
    """
    record = {
        "decision": rules["decision"],
        "claims": [_claim(row, votes, rules["claims"]) for row in _records(ledger)],
    }
    return {
        "csv": to_csv(ledger),
        "evidence": to_csv(votes),
        "json": (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode(),
    }


def rows(votes: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return the rows behind the numbers on the claims, as one file for each table.

    Parameters
    ----------
    votes : pandas.DataFrame
        The made table ``votes``.
    tables : mapping of str to pandas.DataFrame
        All tables that it names, by name.

    Returns
    -------
    dict of str to bytes
        CSV by the name of the table: the columns of the table, behind ``evidence``, the number
        that a row stands behind. Where rows serve the bounds alone, those of the estimate come
        first. Of a table that no number names, the head alone.

    Raises
    ------
    InputError
        When a number names a table that is not given, or conditions that no row meets.
    """
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in tables}
    for number in votes.to_dict("records"):
        for name, conditions in behind(number["made_table"], number["rows"]).items():
            chosen = select(tables[name], conditions) if name in tables else pd.DataFrame()
            if chosen.empty:
                raise InputError(
                    "votes",
                    number["evidence_table"],
                    f"evidence {number['evidence']}",
                    f"rows of {name} with {conditions}",
                    "none",
                    "the analysis is at fault: nothing was written",
                )
            found[name].append(_of_number(chosen, number["evidence"]))
    return {
        name: to_csv(pd.concat(parts) if parts else _of_number(tables[name].head(0), ""))
        for name, parts in found.items()
    }


def _of_number(rows: pd.DataFrame, evidence: str) -> pd.DataFrame:
    """Return rows with the number that they stand behind in front."""
    found = rows.copy()
    found.insert(0, "evidence", evidence)
    return found


def _claim(row: Mapping[str, Any], votes: pd.DataFrame, rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return one claim with its rule and its evidence."""
    cast = votes[votes["claim"] == row["claim"]].drop(columns="claim")
    return {**row, "criteria": rules[row["claim"]][row["rule"]], "evidence_rows": _records(cast)}


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON can hold them; a missing number is null."""
    return [
        {str(name): None if pd.isna(value) else plain(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
