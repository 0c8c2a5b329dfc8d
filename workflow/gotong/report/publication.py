"""Files for those who find, cite or check the project, written from what is said once elsewhere.

`codecheck.yml` lists the exhibits for a codechecker, `codemeta.json` describes the software for
catalogues. Both follow from CITATION.cff, the catalogue of exhibits and the list of dependencies.

Sources
-------
CODECHECK configuration file, version 1.0, https://codecheck.org.uk/spec/config/1.0. CodeMeta 3.0,
https://w3id.org/codemeta/3.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import yaml

from gotong.exhibits.catalogue import EXHIBITS

CODECHECK: Final = """---
# For a codechecker: what `make` must produce. Written by `make documents`; a test fails when it has
# drifted. Nobody has checked it yet, so that the codechecker, the certificate and its report are
# absent; there is no paper, so that the paper has the project's name and no reference.
"""
WIDTH: Final = 98

LEDGER: Final = ("results/claims/ledger.csv", "The verdict on every claim, with its numbers.")


def codecheck(citation: Mapping[str, Any]) -> str:
    """Return codecheck.yml: the exhibits in English and the ledger, each with what it shows.

    Parameters
    ----------
    citation : mapping
        CITATION.cff, read.
    """
    shown = [
        (_shown_file(name), f"{name}. {entry.shows}") for name, entry in sorted(EXHIBITS.items())
    ]
    record = {
        "version": "https://codecheck.org.uk/spec/config/1.0",
        "paper": {
            "title": citation["title"],
            "authors": [{"name": author["name"]} for author in citation["authors"]],
        },
        "manifest": [{"file": file, "comment": comment} for file, comment in (LEDGER, *shown)],
    }
    return CODECHECK + yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=WIDTH)


def _shown_file(exhibit: str) -> str:
    """Return the file of an exhibit that a person would look at."""
    folder, form = ("figures", "png") if exhibit.startswith("F") else ("tables", "html")
    return f"results/{folder}/{exhibit}.en.{form}"


def codemeta(citation: Mapping[str, Any], pythons: str, requirements: str) -> str:
    """Return codemeta.json.

    Parameters
    ----------
    citation : mapping
        CITATION.cff, read.
    pythons : str
        Versions of Python that are supported, as in pyproject.toml.
    requirements : str
        requirements.in: one direct dependency a line.
    """
    record = {
        "@context": "https://w3id.org/codemeta/3.0",
        "type": "SoftwareSourceCode",
        "name": citation["title"],
        "description": citation["abstract"],
        "version": str(citation["version"]),
        "license": f"https://spdx.org/licenses/{citation['license']}",
        "author": [
            {"type": "Organization", "name": author["name"]} for author in citation["authors"]
        ],
        "keywords": citation["keywords"],
        "programmingLanguage": ["Python", "Snakemake"],
        "runtimePlatform": f"Python {pythons}",
        "operatingSystem": ["Linux"],
        "applicationCategory": "Epidemiology",
        "readme": "README.md",
        "softwareRequirements": [
            {"type": "SoftwareApplication", "name": name, "version": version}
            for name, version in _dependencies(requirements)
        ],
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def _dependencies(requirements: str) -> list[tuple[str, str]]:
    """Return name and version of each dependency."""
    stated = [line.partition("#")[0].strip() for line in requirements.splitlines()]
    parts = [re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?([=<>].+)", line) for line in stated if line]
    return [(match[1], match[2]) for match in parts if match]
