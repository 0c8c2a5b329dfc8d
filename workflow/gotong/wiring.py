"""What the Snakefile asks for: where a table lies, what a rule's code and choices are.

Snakemake watches files by time and scripts by text. Results must follow content instead:
every rule carries, as params, the hash of the code it really uses, of the raw tables it
reads and of the locked environment. Nothing here imports pandas, so that the Snakefile is
parsed quickly.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from snakemake.io import ancient
from snakemake.iocontainers import Wildcards
from snakemake.rules import Rule

from gotong import areas
from gotong import config as configuration
from gotong.analyses.catalogue import ANALYSES, BEHIND_CLAIMS, BY_REGION, GATHERED
from gotong.config import Config
from gotong.corrections import Corrections, of_tables, read_corrections
from gotong.errors import InputError
from gotong.exhibits.catalogue import EXHIBITS, FIGURES, TABLES
from gotong.provenance import LIBRARY, code_fingerprint, place_of, sha256_bytes, sha256_file
from gotong.sources.registry import Source, read_registry, sources_of

RAW = "data/raw"
PROCESSED = "data/processed"
SCRIPTS = "workflow/scripts"
REGISTER = f"{RAW}/sources.yaml"
CORRECTIONS = f"{RAW}/corrections.yaml"


def stage(name: str) -> int:
    """Return how many tables that are estimated in parts follow one another behind a made table.

    The tables of one stage may be made as one job of a cluster: whatever leads from one of them
    to another stays in the stage.
    """
    entry = ANALYSES.get(name) or GATHERED.get(name)
    behind = entry.made if entry else ()
    return max(map(stage, behind), default=0) + (name in GATHERED)


def jobs_behind(paths: Iterable[str], rules: Iterable[Rule]) -> dict[str, dict[str, Any]]:
    """Return the jobs that make some files, and those that make what they are made from.

    Parameters
    ----------
    paths : iterable of str
        Files that rules make.
    rules : iterable of snakemake.rules.Rule

    Returns
    -------
    dict
        By the job's name, sorted: ``rule``, ``code`` (its hash), ``choices`` (the parts of the
        configuration that it reads), ``inputs`` and ``outputs`` (paths).
    """
    known, waiting, jobs = list(rules), list(map(str, paths)), {}
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        rule = None if path in seen else next((r for r in known if r.is_producer(path)), None)
        seen.add(path)
        if rule is None:
            continue
        wanted = rule.get_wildcards(path)
        cards = Wildcards(fromdict=wanted)
        name = " ".join([rule.name, *map(str, wanted.values())])
        jobs[name] = {
            "rule": rule.name,
            "code": _param(rule, "code", cards),
            "choices": {part: _param(rule, part, cards) for part in ("choices", "dpi")},
            "inputs": sorted(map(str, rule.expand_input(cards)[0])),
            "outputs": sorted(map(str, rule.expand_output(cards)[0])),
        }
        seen.update(jobs[name]["outputs"])
        waiting += jobs[name]["inputs"]
    return dict(sorted(jobs.items()))


def _param(rule: Rule, name: str, cards: Wildcards) -> Any:
    """Return what a param of a rule is for a job."""
    value = rule.params.get(name)
    return value(cards) if callable(value) else value


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
        The configuration, the register of sources or that of corrections is wrong.
    """

    def __init__(self, choices: Mapping[str, Any], files: Iterable[str]) -> None:
        names = list(map(str, files))
        for name in names:
            configuration.read_choices(name)
        self.config: Config = configuration.validate(choices, ", ".join(names))
        self.registry: dict[str, Source] = read_registry(Path(REGISTER).read_bytes())
        self.corrections: Corrections = read_corrections(Path(CORRECTIONS).read_bytes())
        self.register = ancient(REGISTER)
        self.correction_register = ancient(CORRECTIONS)
        self._lock = sha256_file("requirements.txt")
        self._registered = {
            name: source.model_dump(mode="json") for name, source in self.registry.items()
        }
        self._codes: dict[tuple[Path, ...], str] = {}
        self._everything = self.config.model_dump(mode="json")

    def look_for_raw_tables(self) -> None:
        """Stop before anything runs if a table of the snapshot is not there.

        Raises
        ------
        InputError
            A table is missing or may not be read.
        """
        named = {table: name for name, source in self.registry.items() for table in source.tables}
        for table, name in named.items():
            path = f"{RAW}/{table}"
            if self._is_snapshot(table) and not os.access(path, os.R_OK):
                found = "a file that may not be read" if Path(path).exists() else "no file"
                remedy = "restore it: git checkout -- data/raw"
                raise InputError(name, path, "", "the table, readable", found, remedy)

    # What the area has, and where its results lie

    def _folder(self, base: str) -> str:
        """Return a folder of results: that of another area lies within that of Jabodetabek."""
        return base if self.config.area.is_home else f"{base}/{self.config.area.id}"

    @property
    def results(self) -> str:
        """Folder of the exhibits and the report."""
        return self._folder("results")

    @property
    def processed(self) -> str:
        """Folder of the made tables."""
        return self._folder(PROCESSED)

    @property
    def logs(self) -> str:
        """Folder of the logs."""
        return self._folder("logs")

    @property
    def place(self) -> dict[str, Any]:
        """Return what texts call the area, and whether it is that of the study."""
        area = self.config.area
        return {"name": area.name.model_dump(), "is_home": area.is_home}

    @cached_property
    def exhibits(self) -> tuple[str, ...]:
        """Exhibits that the area can have."""
        return areas.exhibits(self.config.area)

    @property
    def figures(self) -> list[str]:
        """Those of them that are figures."""
        return [name for name in self.exhibits if name in FIGURES]

    @property
    def tables(self) -> list[str]:
        """Those of them that are tables."""
        return [name for name in self.exhibits if name in TABLES]

    @cached_property
    def made(self) -> list[str]:
        """Return the paths of all tables that are made for the area."""
        return self._inputs((), ("corrections", *areas.made(self.config.area)))

    @property
    def picked(self) -> list[str]:
        """Return the tables that the report reads besides its exhibits."""
        voted = () if areas.lacking(("claims",), self.config.area) else ("claims", "votes")
        return self._inputs(("geography/regions.csv",), (*voted, *areas.PICKED))

    @property
    def behind_claims(self) -> list[str]:
        """Return the tables whose rows stand behind the numbers on the claims."""
        raw = [name for name in BEHIND_CLAIMS if name.endswith(".csv")]
        return self._inputs(raw, [name for name in BEHIND_CLAIMS if name not in raw])

    # Where tables lie

    def raw(self, table: str) -> str:
        """Return where a table lies as published: in the snapshot, or made from files by a rule.

        Tables of the snapshot are ``ancient``: a fresh clone has new file times and the same
        content, and content is what a rule's params follow (`content`).
        """
        if self._is_snapshot(table):
            return ancient(f"{RAW}/{table}")
        return f"{PROCESSED}/sources/{table}"

    def table(self, table: str) -> str:
        """Return where a raw table lies for the analysis: with its corrections, if it has any."""
        if of_tables(self.corrections, table):
            return f"{PROCESSED}/corrected/{table}"
        return self.raw(table)

    def touched(self, table: str) -> str:
        """Return where the rows that corrections of a raw table touch are listed."""
        return f"{PROCESSED}/touched/{table.removesuffix('.csv')}.parquet"

    @cached_property
    def corrected(self) -> tuple[str, ...]:
        """Return the raw tables that have a correction in force, sorted."""
        tables = {correction.table for correction in self.corrections.values()}
        return tuple(sorted(table for table in tables if of_tables(self.corrections, table)))

    def _is_snapshot(self, table: str) -> bool:
        origins = {self.registry[name].origin for name in sources_of(self.registry, table)}
        return self.config.inputs.mode == "snapshot" or "mirror" not in origins

    # What a rule follows besides its files

    def content(self, *tables: str) -> dict[str, str]:
        """Return the sha256 of raw tables that are read from the snapshot, for a rule's params.

        A param that is worked out from a rule's input does not make Snakemake run the rule
        again; this one is worked out from names, and does.
        """
        plain = [table for table in tables if table not in self.corrected]
        return self.published_content(*plain)

    def published_content(self, *tables: str) -> dict[str, str]:
        """Return the sha256 of raw tables of the snapshot, corrected elsewhere or not."""
        paths = [f"{RAW}/{table}" for table in tables if self._is_snapshot(table)]
        return {path: sha256_file(path) for path in paths}

    def entries(self, *tables: str) -> list[dict[str, Any]]:
        """Return the corrections of some tables as plain values, for a rule's params."""
        return [
            correction.model_dump(mode="json")
            for correction in of_tables(self.corrections, *tables).values()
        ]

    def choices(self, *sections: str) -> dict[str, Any]:
        """Return parts of the configuration as plain values, for a rule's params.

        A rule that names the parts it reads is run again when one of them changes, and only
        then.
        """
        return {section: self._everything[section] for section in sections}

    def code(self, script: str, *modules: str) -> str:
        """Return the hash of a script, of modules and of all that they import, and of the lock."""
        files = (Path(SCRIPTS, script), *(LIBRARY / module for module in modules))
        if files not in self._codes:
            self._codes[files] = sha256_bytes(f"{code_fingerprint(*files)} {self._lock}".encode())
        return self._codes[files]

    def texts(self, *templates: str) -> str:
        """Return the hash of the translations, and of templates (patterns of names)."""
        pages = {file for name in templates for file in (LIBRARY / "templates").glob(name)}
        files = sorted([*(LIBRARY / "locales").rglob("*.po"), *pages])
        return sha256_bytes("".join(map(sha256_file, files)).encode())

    # The publishers' files

    def _sources(self, table: str) -> list[Source]:
        return [self.registry[name] for name in sources_of(self.registry, table)]

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

    # Corrected tables

    def correct_input(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the table that ``{table}`` is corrected from, and the register."""
        return {"table": self.raw(f"{wildcards.table}.csv"), "register": self.correction_register}

    def correct_content(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the sha256 of that table."""
        return self.published_content(f"{wildcards.table}.csv")

    def correct_entries(self, wildcards: Wildcards) -> list[dict[str, Any]]:
        """Return the corrections of that table."""
        return self.entries(f"{wildcards.table}.csv")

    # Made tables

    def _inputs(self, raw: Iterable[str], made: Iterable[str]) -> list[str]:
        """Return where tables lie, as the area has them; corrections are those of all areas."""
        raw, made = (areas.tables(names, self.config.area) for names in (raw, made))
        folders = {"corrections": PROCESSED}
        return [
            *(self.table(name) for name in raw),
            *(f"{folders.get(name, self.processed)}/{name}.parquet" for name in made),
        ]

    def _own_inputs(self, raw: Iterable[str], made: Iterable[str]) -> list[str]:
        """Return where tables lie, of the list of corrections only the part on these raw tables.

        A change of the corrections of others then makes nothing run again, and they are not among
        what is named as applied. Where none of the raw tables has a correction, the list is whole.
        """
        others = [name for name in made if name != "corrections"]
        if len(others) == len(tuple(made)):
            return self._inputs(raw, made)
        own = areas.tables(raw, self.config.area)
        listed = [self.touched(table) for table in own if table in self.corrected]
        return [*self._inputs(raw, others), *(listed or self._inputs((), ("corrections",)))]

    def analysis_inputs(self, wildcards: Wildcards) -> list[str]:
        """Return the tables that ``{analysis}`` is made from."""
        entry = ANALYSES[wildcards.analysis]
        return self._own_inputs(entry.raw, entry.made)

    def analysis_origins(self, wildcards: Wildcards) -> list[str]:
        """Return the names of all raw tables behind it."""
        entry = ANALYSES[wildcards.analysis]
        return list(areas.raw_behind(entry.raw, entry.made, self.config.area))

    def analysis_content(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the sha256 of the raw tables that it reads."""
        return self.content(*areas.tables(ANALYSES[wildcards.analysis].raw, self.config.area))

    def analysis_choices(self, wildcards: Wildcards) -> dict[str, Any]:
        """Return the parts of the configuration that it reads."""
        return self.choices(*ANALYSES[wildcards.analysis].choices)

    def analysis_code(self, wildcards: Wildcards) -> str:
        """Return the hash of the code that it really uses."""
        return self.code("make_analysis.py", f"analyses/{ANALYSES[wildcards.analysis].module}.py")

    def analysis_shows(self, wildcards: Wildcards) -> str:
        """Return what it holds, in one line."""
        return ANALYSES[wildcards.analysis].shows

    def analysis_group(self, wildcards: Wildcards) -> str:
        """Return what a cluster makes ``{analysis}`` along with: the panels, or its stage."""
        name = str(wildcards.analysis)
        return "panels" if name.startswith("panel_") else f"tables_{stage(name)}"

    # Made tables that are estimated in parts

    @property
    def specification_parts(self) -> list[str]:
        """Return the parts of the specification curve."""
        parts = range(self.config.specifications.parts)
        return [f"{self.processed}/specifications/{number}.parquet" for number in parts]

    @property
    def _blocks(self) -> list[tuple[str, ...]]:
        """Return the regions of each block of a table that is made region by region."""
        regions, size = self.config.rt.regions, self.config.blocks.regions
        return [regions[start : start + size] for start in range(0, len(regions), size)]

    def region_blocks(self, table: str) -> list[str]:
        """Return the parts of a table that is made region by region."""
        return [f"{self.processed}/{table}/{number}.parquet" for number in range(len(self._blocks))]

    def block_choices(self, wildcards: Wildcards) -> dict[str, Any]:
        """Return the parts of the configuration that a block reads, its own regions alone."""
        chosen = self.gathered_choices(str(wildcards.analysis))
        chosen["rt"] = chosen["rt"] | {"regions": list(self._blocks[int(wildcards.block)])}
        return chosen

    def block_content(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the sha256 of the raw tables that a block reads."""
        return self.content(*areas.tables(BY_REGION[wildcards.analysis].raw, self.config.area))

    def block_code(self, wildcards: Wildcards) -> str:
        """Return the hash of the code that a block really uses."""
        return self.code("make_analysis.py", f"analyses/{BY_REGION[wildcards.analysis].module}.py")

    def gathered_inputs(self, table: str) -> list[str]:
        """Return the tables that each part of a gathered table is estimated from."""
        return self._inputs(GATHERED[table].raw, GATHERED[table].made)

    def gathered_origins(self, table: str) -> list[str]:
        """Return the names of all raw tables behind a gathered table."""
        return list(areas.raw_behind(GATHERED[table].raw, GATHERED[table].made, self.config.area))

    def gathered_choices(self, table: str) -> dict[str, Any]:
        """Return the parts of the configuration that its parts read."""
        return self.choices(*GATHERED[table].choices)

    # Exhibits

    def exhibit_inputs(self, wildcards: Wildcards) -> list[str]:
        """Return the tables that ``{exhibit}`` is drawn from, and the registers."""
        entry = EXHIBITS[wildcards.exhibit]
        tables = self._own_inputs(entry.raw, entry.tables)
        return [*tables, self.register, self.correction_register]

    def exhibit_content(self, wildcards: Wildcards) -> dict[str, str]:
        """Return the sha256 of its raw tables."""
        return self.content(*areas.tables(EXHIBITS[wildcards.exhibit].raw, self.config.area))

    def exhibit_sources(self, wildcards: Wildcards) -> list[dict[str, Any]]:
        """Return what the registers say of the tables behind it: it is printed with it."""
        entry = EXHIBITS[wildcards.exhibit]
        behind = areas.raw_behind(entry.raw, entry.tables, self.config.area)
        if entry.registers:
            behind = tuple(
                {table: None for source in self.registry.values() for table in source.tables}
            )
        named = {name: None for table in behind for name in sources_of(self.registry, table)}
        sources = [self._registered[name] for name in named]
        return [*sources, *self.entries(*behind)]

    def exhibit_registers(self, wildcards: Wildcards) -> bool:
        """Return whether ``{exhibit}`` shows the registers themselves."""
        return EXHIBITS[wildcards.exhibit].registers

    def exhibit_choices(self, wildcards: Wildcards) -> dict[str, Any]:
        """Return the parts of the configuration that ``{exhibit}`` reads.

        Of what others published only its own numbers, so that those of another do not redraw it.
        """
        entry = EXHIBITS[wildcards.exhibit]
        read = self.choices(*entry.choices)
        if entry.published:
            published = self._everything["published"]
            read["published"] = {name: published[name] for name in entry.published}
        return read

    def exhibit_code(self, wildcards: Wildcards) -> str:
        """Return the hash of the code that ``{exhibit}`` really uses."""
        return self.code("make_exhibit.py", f"exhibits/{EXHIBITS[wildcards.exhibit].module}.py")

    def category(self, wildcards: Wildcards) -> str:
        """Return where ``{exhibit}`` stands in Snakemake's report."""
        return EXHIBITS[wildcards.exhibit].category

    def shows(self, wildcards: Wildcards) -> str:
        """Return what ``{exhibit}`` shows, in one line."""
        return EXHIBITS[wildcards.exhibit].shows

    # The report

    def places(self) -> list[str]:
        """Return where the functions that the report names stand: it follows lines that move."""
        named = [(f"exhibits.{entry.module}", "prepare") for entry in EXHIBITS.values()]
        made = [*ANALYSES.values(), *GATHERED.values()]
        named += [(f"analyses.{entry.module}", entry.function) for entry in made]
        found = [place_of(module, function) for module, function in dict.fromkeys(named)]
        return [f"{place.path}:{place.line} {place.function}" for place in found]
