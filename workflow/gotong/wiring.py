"""What the Snakefile asks for: where a table lies, what a rule's code and choices are.

Snakemake watches files by time and scripts by text. Results must follow content instead:
every rule carries, as params, the hash of the code it really uses, of the raw tables it
reads and of the locked environment. Nothing here imports pandas, so that the Snakefile is
parsed quickly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from snakemake.io import ancient
from snakemake.iocontainers import Wildcards

from gotong import config as configuration
from gotong.config import Config
from gotong.exhibits.catalogue import EXHIBITS
from gotong.provenance import LIBRARY, code_fingerprint, sha256_bytes, sha256_file
from gotong.sources.registry import Source, read_registry, sources_of

RAW = "data/raw"
PROCESSED = "data/processed"
SCRIPTS = "workflow/scripts"
REGISTER = f"{RAW}/sources.yaml"

PANEL_CASES = {
    "province": "cases/province_daily.csv",
    "westjava": "cases/westjava_daily.csv",
    "jabodetabek": "cases/westjava_daily.csv",
}
"""Table of cases that each panel joins."""

PANEL_TABLES = {
    "regimes": "policy/regimes.csv",
    "measures": "cooperation/measures.csv",
    "hospitals": "facilities/hospitals.csv",
    "population": "context/population_sp2020.csv",
    "regions": "geography/regions.csv",
}
"""Tables that every panel joins, by the name that the rule's input gives them."""


class Study:
    """One configured run of the analysis, as the Snakefile sees it.

    Parameters
    ----------
    choices : mapping
        The merged configuration, as Snakemake read it.
    files : iterable of str
        The configuration files, read again to find what merging hides (keys that stand twice).

    Raises
    ------
    GotongError
        The configuration or the register of sources is wrong.
    """

    def __init__(self, choices: Mapping[str, Any], files: Iterable[str]) -> None:
        names = list(files)
        for name in names:
            configuration.parse_yaml(Path(name).read_text(encoding="utf-8"), name)
        self.config: Config = configuration.validate(choices, ", ".join(names))
        self.registry: dict[str, Source] = read_registry(Path(REGISTER).read_bytes())
        self.register = ancient(REGISTER)
        self._lock = sha256_file("requirements.txt")

    def raw(self, table: str) -> str:
        """Return where a raw table lies: in the snapshot, or made from files by a rule.

        Tables of the snapshot are ``ancient``: a fresh clone has new file times and the same
        content, and content is what a rule's params follow (`content`).
        """
        if self._is_snapshot(table):
            return ancient(f"{RAW}/{table}")
        return f"{PROCESSED}/sources/{table}"

    def _is_snapshot(self, table: str) -> bool:
        origins = {self.registry[name].origin for name in sources_of(self.registry, table)}
        return self.config.inputs.mode == "snapshot" or "mirror" not in origins

    def content(self, *tables: str) -> dict[str, str]:
        """Return the sha256 of raw tables of the snapshot, for a rule's params.

        A param that is worked out from a rule's input does not make Snakemake run the rule
        again; this one is worked out from names, and does.
        """
        paths = [f"{RAW}/{table}" for table in tables if self._is_snapshot(table)]
        return {path: sha256_file(path) for path in paths}

    def _sources(self, table: str) -> list[Source]:
        return [self.registry[name] for name in sources_of(self.registry, table)]

    def sources(self, *tables: str) -> list[str]:
        """Return the ids of the sources of some raw tables."""
        return sorted({source.id for table in tables for source in self._sources(table)})

    def mirror_files(self, wildcards: Wildcards) -> list[str]:
        """Return the publishers' files that ``{table}`` is made from, in mode mirror."""
        if self.config.inputs.mode != "mirror":
            return []
        return [
            f"{self.config.inputs.mirror}/{source.folder}/{file.path}"
            for source in self._sources(wildcards.table)
            for file in source.files
        ]

    def pins(self, wildcards: Wildcards) -> list[str]:
        """Return the sha256 of those files: a new pin makes the table anew."""
        return [file.sha256 for source in self._sources(wildcards.table) for file in source.files]

    def choices(self, *sections: str) -> dict[str, Any]:
        """Return parts of the configuration as plain values, for a rule's params.

        A rule that names the parts it reads is run again when one of them changes, and only
        then.
        """
        everything = self.config.model_dump(mode="json")
        return {section: everything[section] for section in sections}

    def code(self, script: str, *modules: str) -> str:
        """Return the hash of a script, of modules and of all that they import, and of the lock."""
        files = [Path(SCRIPTS, script), *(LIBRARY / module for module in modules)]
        return sha256_bytes(f"{code_fingerprint(*files)} {self._lock}".encode())

    def texts(self) -> str:
        """Return the hash of the translations and of the templates of pages."""
        files = sorted([*(LIBRARY / "locales").iterdir(), *(LIBRARY / "templates").iterdir()])
        return sha256_bytes("".join(map(sha256_file, files)).encode())

    def panel_inputs(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the raw tables that the panel of ``{level}`` joins, by name."""
        tables = {"cases": PANEL_CASES[wildcards.level], **PANEL_TABLES}
        return {name: self.raw(table) for name, table in tables.items()}

    def panel_sources(self, wildcards: Wildcards) -> list[str]:
        """Return the ids of the sources of those tables."""
        return self.sources(PANEL_CASES[wildcards.level], *PANEL_TABLES.values())

    def panel_content(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the sha256 of those tables."""
        return self.content(PANEL_CASES[wildcards.level], *PANEL_TABLES.values())

    def exhibit_inputs(self, wildcards: Wildcards) -> list[str]:
        """Return the tables that ``{exhibit}`` is drawn from, and the register of sources."""
        entry = EXHIBITS[wildcards.exhibit]
        made = [f"{PROCESSED}/{name}.parquet" for name in entry.tables]
        return [*made, *(self.raw(table) for table in entry.raw), self.register]

    def exhibit_content(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the sha256 of its raw tables and of the register."""
        return self.content(*EXHIBITS[wildcards.exhibit].raw, "sources.yaml")

    def exhibit_choices(self, wildcards: Wildcards) -> dict[str, Any]:
        """Return the parts of the configuration that ``{exhibit}`` reads."""
        return self.choices(*EXHIBITS[wildcards.exhibit].choices)

    def exhibit_code(self, wildcards: Wildcards) -> str:
        """Return the hash of the code that ``{exhibit}`` really uses."""
        return self.code("make_exhibit.py", f"exhibits/{EXHIBITS[wildcards.exhibit].module}.py")

    def category(self, wildcards: Wildcards) -> str:
        """Return where ``{exhibit}`` stands in Snakemake's report."""
        return EXHIBITS[wildcards.exhibit].category

    def shows(self, wildcards: Wildcards) -> str:
        """Return what ``{exhibit}`` shows, in one line."""
        return EXHIBITS[wildcards.exhibit].shows
