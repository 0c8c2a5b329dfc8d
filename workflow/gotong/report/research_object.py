"""What the archive says of itself: an RO-Crate description of inputs, code, lock, run and results.

A research object is a folder with a file `ro-crate-metadata.json` that says in linked data what
each file is, who published it and what was made from what. The description follows RO-Crate 1.1
and its profile Workflow Run Crate 0.5: the Snakefile is the main entity, one `CreateAction` leads
from the raw tables, choices and lock to the results. Nothing in it depends on when or where it
is written.

Sources
-------
RO-Crate 1.1, doi:10.5281/zenodo.4541002. Workflow Run RO-Crate: Leo et al. (2024), PLoS ONE
19(9): e0309210.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from gotong.analyses.catalogue import ANALYSES, GATHERED, raw_behind
from gotong.exhibits.catalogue import EXHIBITS
from gotong.sources.registry import Source, sources_of

DESCRIPTION: Final = "ro-crate-metadata.json"
"""Name of the file that makes a folder a research object."""

SNAKEFILE: Final = "Snakefile"
LOCK: Final = "requirements.txt"
CHOICES: Final = "config.yaml"
RAW: Final = "data/raw"
RUN: Final = "#run"
COMMIT: Final = "#commit"
MAINTAINERS: Final = "#maintainers"

PROFILES: Final = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
BIOSCHEMAS: Final = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
TERMS: Final = "https://w3id.org/ro/terms/workflow-run/context"
"""Where the terms of the profile are defined that RO-Crate 1.1 lacks, among them sha256."""

MEDIA_TYPES: Final = {
    ".cff": "application/yaml",
    ".css": "text/css",
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".po": "text/x-gettext-translation",
    ".py": "text/x-python",
    ".rst": "text/x-rst",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
LANGUAGES: Final = {"id": "Indonesian", "en": "English"}

KNOWN: Final = {
    "results/MANIFEST.json": "The sha256 of every result.",
    "results/checks.json": "What was checked of the tables and exhibits.",
    "results/claims/ledger.csv": "The verdict on every claim.",
    "results/claims/ledger.json": "The verdict on every claim, with its numbers.",
    "results/claims/evidence.csv": "The numbers that the verdicts rest on.",
    "results/report/index.html": "The report, in Indonesian.",
    "results/report/index.en.html": "The report, in English.",
    "data/raw/sources.yaml": "The register of sources: publishers, pinned copies, licences.",
    "data/raw/corrections.yaml": "Where the analysis departs from what was published, and why.",
    CHOICES: "Every choice of the analysis, and the rule of every verdict.",
    LOCK: "The locked environment: every package with its version and sha256.",
}
"""What some files hold, where no catalogue says it."""


@dataclass(frozen=True)
class Described:
    """One file of the archive.

    Parameters
    ----------
    size : int
        Bytes.
    sha256 : str
        Of its content, in hexadecimal.
    """

    size: int
    sha256: str


@dataclass(frozen=True)
class Origin:
    """Which state of the project is archived.

    Parameters
    ----------
    files : tuple of str
        The project's own files, by path, sorted; not the results.
    date : str
        When that state was recorded: ISO 8601, in UTC.
    commit : str
        Its commit, in hexadecimal.
    """

    files: tuple[str, ...]
    date: str
    commit: str


def describe(
    files: Mapping[str, Described],
    results: Iterable[str],
    origin: Origin,
    citation: Mapping[str, Any],
    registry: Mapping[str, Source],
    machine: Mapping[str, str],
) -> bytes:
    """Return the description of an archive.

    Parameters
    ----------
    files : mapping
        Every file of the archive but the description, by path.
    results : iterable of str
        Those that the run made.
    origin : Origin
        The state of the project.
    citation : mapping
        CITATION.cff, read.
    registry : mapping
        The register of sources, by id.
    machine : mapping
        What the results were made on, as in results/MANIFEST.json.

    Returns
    -------
    bytes
        JSON-LD; the same for the same arguments.
    """
    made = sorted(results)
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    used = _sources_used(files, registry)
    _root(crate, origin, citation)
    _workflow(crate, files[SNAKEFILE], citation)
    for path in sorted(set(files) - {SNAKEFILE}):
        properties = _file(path, files[path]) | _origins(path, files, dict(registry))
        crate.add_file(dest_path=path, properties=properties)
    for source in used:
        _source(crate, source)
    _run(crate, [path for path in sorted(files) if _is_input(path)], made, machine)
    record = crate.metadata.generate()
    return (json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_origin(description: bytes) -> tuple[Origin, dict[str, str]]:
    """Return the state that a description speaks of, and the sha256 of the project's own files.

    Parameters
    ----------
    description : bytes
        What `describe` returned.
    """
    graph = {entity["@id"]: entity for entity in json.loads(description)["@graph"]}
    made = {reference["@id"] for reference in _listed(graph[RUN].get("result", []))}
    own = {
        reference["@id"]: str(graph[reference["@id"]]["sha256"])
        for reference in _listed(graph["./"]["hasPart"])
        if reference["@id"] not in made
    }
    date, commit = graph["./"]["datePublished"], graph[COMMIT]["value"]
    return Origin(tuple(sorted(own)), date, commit), own


def _listed(value: Any) -> list[Any]:
    """Return a value of linked data as a list (`_references`)."""
    return value if isinstance(value, list) else [value]


def _references(identifiers: Iterable[str]) -> Any:
    """Return references as linked data: one stands without brackets."""
    references = [{"@id": identifier} for identifier in identifiers]
    return references[0] if len(references) == 1 else references


def _entity(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> None:
    """Add something that the files refer to, once."""
    if crate.get(identifier) is None:
        filled = {name: value for name, value in properties.items() if value}
        crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **filled}))


def _root(crate: ROCrate, origin: Origin, citation: Mapping[str, Any]) -> None:
    """Describe the whole."""
    licence = f"https://spdx.org/licenses/{citation['license']}"
    _entity(
        crate,
        licence,
        "CreativeWork",
        name=f"{citation['license']} License",
        description="Of the code. Each raw table keeps the licence of its publisher.",
    )
    _entity(
        crate,
        MAINTAINERS,
        "Organization",
        name=", ".join(author["name"] for author in citation["authors"]),
    )
    _entity(
        crate,
        COMMIT,
        "PropertyValue",
        name="commit",
        description="The state of the project's repository that was archived.",
        value=origin.commit,
    )
    for profile, (name, version) in PROFILES.items():
        _entity(crate, profile, "CreativeWork", name=name, version=version)
    about = {
        "name": citation["title"],
        "description": citation["abstract"],
        "keywords": ", ".join(citation["keywords"]),
        "version": str(citation["version"]),
        "datePublished": origin.date,
        "license": {"@id": licence},
        "author": {"@id": MAINTAINERS},
        "publisher": {"@id": MAINTAINERS},
        "identifier": {"@id": COMMIT},
        "conformsTo": _references(PROFILES),
    }
    for name, value in about.items():
        crate.root_dataset[name] = value


def _workflow(crate: ROCrate, file: Described, citation: Mapping[str, Any]) -> None:
    """Describe the Snakefile as what was run."""
    properties = _file(SNAKEFILE, file) | {
        "name": citation["title"],
        "description": "The workflow: stages in workflow/rules, choices in config.yaml.",
        "version": str(citation["version"]),
        "author": {"@id": MAINTAINERS},
        "license": {"@id": f"https://spdx.org/licenses/{citation['license']}"},
        "softwareRequirements": {"@id": LOCK},
        "conformsTo": {"@id": BIOSCHEMAS},
    }
    _entity(crate, BIOSCHEMAS, "CreativeWork", name="ComputationalWorkflow", version="1.0")
    crate.add_workflow(dest_path=SNAKEFILE, main=True, lang="snakemake", properties=properties)
    # The library names the profile with its own words; the list of the root is ours.
    crate.root_dataset["conformsTo"] = _references(PROFILES)


def _file(path: str, file: Described) -> dict[str, Any]:
    """Return what is said of every file."""
    name, description = _words(path)
    return {
        "name": name,
        "description": description,
        "contentSize": str(file.size),
        "encodingFormat": MEDIA_TYPES.get(PurePosixPath(path).suffix, "text/plain"),
        "sha256": file.sha256,
    }


def _words(path: str) -> tuple[str, str]:
    """Return the name of a file and what it holds."""
    stem, _, ending = PurePosixPath(path).name.partition(".")
    if path in KNOWN:
        return path, KNOWN[path]
    if exhibit := _exhibit_of(path):
        parts = [LANGUAGES.get(part, part.upper()) for part in ending.split(".")]
        return f"{exhibit}, {', '.join(parts)}", EXHIBITS[exhibit].shows
    if path.startswith("data/processed/") and (entry := ANALYSES.get(stem) or GATHERED.get(stem)):
        return stem, entry.shows
    return path, f"A file of {PurePosixPath(path).parent}, described in README.md."


def _exhibit_of(path: str) -> str:
    """Return the exhibit that a file belongs to, or nothing."""
    place = PurePosixPath(path)
    stem = place.name.partition(".")[0]
    is_exhibit = str(place.parent) in ("results/figures", "results/tables") and stem in EXHIBITS
    return stem if is_exhibit else ""


def _is_input(path: str) -> bool:
    """Return whether a file is something that the run reads, other than code."""
    return path in (CHOICES, LOCK) or path.startswith((f"{RAW}/", "notebooks/"))


def _table_of(path: str) -> str:
    """Return the name of a raw table, or nothing for a file that is none."""
    return path.removeprefix(f"{RAW}/") if path.startswith(f"{RAW}/") else ""


def _origins(
    path: str, files: Mapping[str, Described], registry: dict[str, Source]
) -> dict[str, Any]:
    """Return what a file comes from: a raw table from sources, an exhibit from raw tables."""
    if sources := sources_of(registry, _table_of(path)):
        return {
            "description": "; ".join(registry[name].measures for name in sources) + ".",
            "isBasedOn": _references(f"#source-{name}" for name in sources),
            "license": _references(f"#licence-{name}" for name in sources),
            "publisher": _references(f"#publisher-{name}" for name in sources),
        }
    if exhibit := _exhibit_of(path):
        entry = EXHIBITS[exhibit]
        behind = [f"{RAW}/{table}" for table in raw_behind(entry.raw, entry.tables)]
        return {"isBasedOn": _references(table for table in behind if table in files)}
    return {"about": {"@id": "./"}} if path == "README.md" else {}


def _sources_used(files: Mapping[str, Described], registry: Mapping[str, Source]) -> list[Source]:
    """Return the sources of which a table is in the archive."""
    tables = {_table_of(path) for path in files}
    return [source for source in registry.values() if tables.intersection(source.tables)]


def _source(crate: ROCrate, source: Source) -> None:
    """Describe a source: publisher, licence, known defects, and its files as they were pinned."""
    _entity(crate, f"#publisher-{source.id}", "Organization", name=source.publisher)
    _entity(
        crate,
        f"#licence-{source.id}",
        "CreativeWork",
        name=f"Licence of {source.short}",
        description=source.licence,
    )
    pinned = [file for file in source.files if source.repository]
    days = "/".join(filter(None, (source.coverage.start, source.coverage.end)))
    _entity(
        crate,
        f"#source-{source.id}",
        "CreativeWork",
        name=f"{source.short}: {source.measures}",
        description=" ".join(
            [f"Unit: {source.unit}. Regions: {source.coverage.regions}.", *source.defects]
        ),
        citation=source.citation,
        temporalCoverage=days,
        version=source.commit,
        publisher={"@id": f"#publisher-{source.id}"},
        license={"@id": f"#licence-{source.id}"},
        isBasedOn=_references(source.address(file) for file in pinned),
    )
    for file in pinned:
        _entity(
            crate,
            source.address(file),
            "DataDownload",
            name=file.path,
            description=f"A file of {source.short}, as pinned; not in the archive.",
            contentSize=str(file.bytes),
            sha256=file.sha256,
        )


def _run(
    crate: ROCrate, inputs: Iterable[str], results: Iterable[str], machine: Mapping[str, str]
) -> None:
    """Describe the run that led from inputs to results.

    It has no time: the results do not depend on it, and the description would.
    """
    where = f"{machine['system']} {machine['machine']}, Python {machine['python']}"
    _entity(
        crate,
        RUN,
        "CreateAction",
        name="Run of the whole analysis",
        description=f"snakemake --cores 2 all, in the environment of {LOCK}, on {where}.",
        instrument={"@id": SNAKEFILE},
        object=_references(inputs),
        result=_references(results),
        agent={"@id": MAINTAINERS},
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    crate.root_dataset["mentions"] = _references([RUN])
