"""The claims ledger: each number's vote, and the verdict on each claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gotong import claims
from gotong.contracts import dtypes
from gotong.contracts.evidence import evidence
from gotong.decisions import Decision, read_claims

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]


def votes(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return every number of the tables of evidence with its vote.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The tables of evidence, by name; with none at all, nothing has a vote.
    choices : mapping
        Sections ``claims`` and ``decision`` of the configuration.
    """
    decision = Decision.model_validate(choices["decision"])
    return claims.votes(_gathered(tables), read_claims(choices["claims"]), decision)


def make(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the claims ledger from the votes.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        ``votes``.
    choices : mapping
        Sections ``claims`` and ``decision`` of the configuration.
    """
    decision = Decision.model_validate(choices["decision"])
    return claims.ledger(tables["votes"], read_claims(choices["claims"]), decision)


def _gathered(tables: Tables) -> pd.DataFrame:
    """Return the rows of all tables of evidence, each with the name of its table."""
    types = dtypes(evidence("evidence", ""))
    empty = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in types.items()})
    parts = [tables[name].assign(evidence_table=name) for name in sorted(tables)]
    if not parts:
        return empty.assign(evidence_table=pd.Series(dtype="str"))
    return pd.concat(parts, ignore_index=True)
