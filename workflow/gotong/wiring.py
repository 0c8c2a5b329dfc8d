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

from gotong import config as configuration
from gotong.config import Config
from gotong.exhibits import catalogue
from gotong.provenance import code_fingerprint, sha256_bytes, sha256_file
from gotong.sources.registry import Source, read_registry, sources_of

RAW = "data/raw"
PROCESSED = "data/processed"
SCRIPTS = "workflow/scripts"


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
        self.registry: dict[str, Source] = read_registry(Path(RAW, "sources.yaml").read_bytes())
        self.lock = sha256_file("requirements.txt")

    def raw(self, table: str) -> str:
        """Return where a raw table lies: in the snapshot, or made from files by a rule."""
        return f"{RAW}/{table}" if self._is_snapshot(table) else f"{PROCESSED}/sources/{table}"

    def _is_snapshot(self, table: str) -> bool:
        origins = {self.registry[name].origin for name in sources_of(self.registry, table)}
        return self.config.inputs.mode == "snapshot" or "mirror" not in origins

    def mirror_files(self, table: str) -> list[str]:
        """Return the publishers' files that a table is made from, in mode mirror."""
        if self.config.inputs.mode != "mirror":
            return []
        folder = self.config.inputs.mirror
        chosen = [self.registry[name] for name in sources_of(self.registry, table)]
        return [
            f"{folder}/{source.folder}/{file.path}" for source in chosen for file in source.files
        ]

    def pins(self, table: str) -> list[str]:
        """Return the sha256 of the files that a table is made from."""
        chosen = [self.registry[name] for name in sources_of(self.registry, table)]
        return [file.sha256 for source in chosen for file in source.files]

    def sources(self, *tables: str) -> list[str]:
        """Return the ids of the sources of some raw tables."""
        return sorted({name for table in tables for name in sources_of(self.registry, table)})

    def choices(self, *sections: str) -> dict[str, Any]:
        """Return parts of the configuration as plain values, for a rule's params.

        A rule that names the parts it reads is run again when one of them changes, and only
        then.
        """
        everything = self.config.model_dump(mode="json")
        return {section: everything[section] for section in sections}

    def code(self, script: str, *modules: str) -> str:
        """Return the hash of a script, of modules and of all that they import, and of the lock."""
        library = Path(__file__).parent
        files = [Path(SCRIPTS, script), *(library / module for module in modules)]
        return sha256_bytes(f"{code_fingerprint(*files)} {self.lock}".encode())

    def texts(self) -> str:
        """Return the hash of the translations."""
        folder = Path(__file__).parent / "locales"
        return sha256_bytes(
            "".join(sha256_file(path) for path in sorted(folder.iterdir())).encode()
        )

    def exhibit_inputs(self, exhibit: str) -> list[str]:
        """Return the tables that an exhibit is drawn from."""
        entry = catalogue.EXHIBITS[exhibit]
        made = [f"{PROCESSED}/{name}.parquet" for name in entry.tables]
        return [*made, *(self.raw(table) for table in entry.raw)]


def raw_content(_wildcards: object, input: Iterable[str]) -> dict[str, str]:  # noqa: A002
    """Return the sha256 of every raw table among a rule's inputs, for its params.

    The raw tables themselves are passed as ``ancient``: a fresh clone has new file times and
    the same content.
    """
    return {str(path): sha256_file(path) for path in input if str(path).startswith(f"{RAW}/")}
