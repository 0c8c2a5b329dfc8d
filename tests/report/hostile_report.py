"""A small report of hostile registers, names, claims and evidence, for the tests that read it."""

from dataclasses import replace

import pandas as pd
import small_report
import yaml

import hostile
from gotong import claims
from gotong.corrections import read_corrections
from gotong.decisions import Decision, read_claims
from gotong.errors import ConfigError, InputError
from gotong.sources.registry import read_registry

EVIDENCE = ("label", "unit", "interval", "caveat", "rows", "failed_checks")
"""Texts of a number that the analyses write and the report shows."""

SHORT = " ".join(text for text in hostile.SHOWN if len(text) < 100)


def material(project, results, choices):
    """Return what a small report is written from, a hostile text in each place that takes one."""
    plain = small_report.material(project, results, choices, SHORT)
    stated, taken = hostile.saturated(choices["claims"], is_taken(read_claims))
    assert len(taken) > 100
    judged = read_claims(stated)
    decision = Decision.model_validate(choices["decision"])
    votes = plain.tables["votes"].copy()
    for place, column in enumerate(EVIDENCE):
        texts = [f"{row} {text_at(row + place)}" for row in votes.index]
        votes[column] = pd.Series(texts, index=votes.index, dtype="str")
    regions = plain.tables["geography/regions.csv"]
    names = [f"{row} {text_at(row)}" for row in range(len(regions))]
    days = plain.tables["panel_jabodetabek"]
    regimes = days["regime"].map({"PSBB": hostile.SHOWN[4], "belum PSBB": hostile.SHOWN[0]})
    tables = {
        "votes": votes,
        "claims": claims.ledger(votes, judged, decision),
        "geography/regions.csv": regions.assign(name=pd.Series(names, dtype="str")),
        "panel_jabodetabek": days.assign(regime=regimes),
    }
    return replace(
        plain,
        claims=judged,
        registry=_sources(project),
        corrections=_corrections(project),
        tables={**plain.tables, **tables},
    )


def text_at(number):
    return hostile.SHOWN[number % len(hostile.SHOWN)]


def is_taken(read):
    """Return what tells whether a reader takes a value."""

    def taken(value):
        try:
            read(value)
        except (InputError, ConfigError, ValueError):
            return False
        return True

    return taken


def _sources(project):
    """Return the sources of the one raw table of the small report, spoilt."""
    listed = yaml.safe_load((project / "data/raw/sources.yaml").read_bytes())
    named = [entry for entry in listed if "cases/province_daily.csv" in entry["tables"]]
    value, taken = hostile.saturated(
        [entry | {"files": entry["files"][:2]} for entry in named],
        is_taken(lambda entries: read_registry(yaml.safe_dump(entries).encode())),
    )
    assert {"publisher", "path"} <= {place[-1] for place in taken}
    return read_registry(yaml.safe_dump(value).encode())


def _corrections(project):
    """Return the correction that the small report names, spoilt."""
    listed = yaml.safe_load((project / "data/raw/corrections.yaml").read_bytes())
    value, taken = hostile.saturated(
        {"K01": listed["K01"]},
        is_taken(lambda entries: read_corrections(yaml.safe_dump(entries).encode())),
    )
    assert ("K01", "reason", "en") in taken
    return read_corrections(yaml.safe_dump(value).encode())
