"""Copies of the project that may be spoilt: what is in them, and what was cut off in them."""

import csv
import hashlib
import shutil
import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torture.runs import surroundings

CODE = ("Snakefile", "config.yaml", "requirements.txt", "workflow", "notebooks", "data/raw")
MADE = ("data/processed", "results", "logs", ".snakemake/metadata")
KEPT = ("results/MANIFEST.reference.json",)
SCRATCH = ".*.part"
IGNORED = shutil.ignore_patterns("__pycache__", "*.egg-info", "downloads", "snakemake-report.html")


@dataclass(frozen=True)
class Job:
    """One job of the workflow: what it makes from what, and how long that took."""

    name: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    seconds: float
    passing: bool
    """Whether its outputs are removed once they have been used."""


def copy(project: Path, to: Path, finished: bool = True) -> Path:
    """Copy a project, with or without what its runs have made; file times stay."""
    for part in (*CODE, *(MADE if finished else KEPT)):
        source, target = project / part, to / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=IGNORED, dirs_exist_ok=True)
        elif source.exists():
            shutil.copy2(source, target)
    return to


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def contents(tree: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the hashes of those files that are there."""
    return {path: sha256(tree / path) for path in paths if (tree / path).is_file()}


def scratch_files(tree: Path) -> list[Path]:
    """Return files that were being written and are not under their name yet."""
    return [path for part in ("data/processed", "results") for path in (tree / part).rglob(SCRATCH)]


def cut_off(tree: Path) -> set[str]:
    """Return the files that Snakemake knows were in the making: it makes them again."""
    base = tree / ".snakemake/incomplete"
    # A name that is too long for one is cut into folders, whose names begin with @.
    coded = (path.relative_to(base).parts for path in base.rglob("*") if path.is_file())
    return {
        urlsafe_b64decode("".join(part.removeprefix("@") for part in parts)).decode()
        for parts in coded
    }


def half_made(
    found: Mapping[str, str], marked: Iterable[str], *whole: Mapping[str, str]
) -> list[str]:
    """Return files that a next run would take for whole, and that are not.

    Parameters
    ----------
    found : mapping
        Hashes of the files after the kill.
    marked : iterable of str
        Files that are known to have been cut off.
    whole : mappings
        Hashes that a file may have: as it should be, and as it was before.
    """
    known = set(marked)
    return sorted(
        path
        for path, is_now in found.items()
        if path not in known and all(is_now != hashes.get(path) for hashes in whole)
    )


def jobs(tree: Path, targets: Iterable[str] = ("all",)) -> list[Job]:
    """Return the jobs behind some targets, as Snakemake lists them."""
    command = [sys.executable, "-m", "snakemake", "--detailed-summary", *targets]
    listed = subprocess.run(
        command, cwd=tree, env=surroundings(tree), capture_output=True, text=True, check=True
    ).stdout
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(listed.splitlines(), delimiter="\t"):
        grouped.setdefault(row["log-file(s)"], []).append(row)
    return [
        Job(
            name=log.removeprefix("logs/").removesuffix(".log"),
            outputs=tuple(row["output_file"] for row in rows),
            inputs=tuple(rows[0]["input-file(s)"].split(",")),
            seconds=_seconds(tree, log),
            passing=any("temp" in row["status"] for row in rows),
        )
        for log, rows in grouped.items()
    ]


def _seconds(tree: Path, log: str) -> float:
    measured = tree / log.replace("logs/", "logs/benchmarks/", 1).replace(".log", ".tsv")
    try:
        return float(measured.read_text().splitlines()[1].split("\t")[0])
    except (OSError, IndexError, ValueError):
        return 5.0


def rerun(all_jobs: Iterable[Job], lost: Iterable[str]) -> list[Job]:
    """Return the jobs that must run again when some files are lost, in their order of old."""
    known = list(all_jobs)
    missing, wanted = set(lost), set()
    grew = True
    while grew:
        before = len(missing)
        for job in known:
            if missing & {*job.outputs, *job.inputs}:
                wanted.add(job.name)
                missing |= set(job.outputs)
        needed = {path for job in known if job.name in wanted for path in job.inputs}
        passing = [job for job in known if job.passing and needed & set(job.outputs)]
        missing |= {path for job in passing for path in job.outputs}
        grew = len(missing) > before
    return [job for job in known if job.name in wanted]


def draw_losses(all_jobs, share, rng) -> list[str]:
    """Return outputs, of jobs drawn at random, whose loss makes about a share of jobs run again."""
    known, lost = list(all_jobs), []
    for index in rng.permutation(len(known)):
        job = known[index]
        if job.passing:
            continue
        # All that a job made, or part of it: either must be noticed.
        some = 1 + int(rng.integers(len(job.outputs)))
        drawn = [str(path) for path in rng.permutation(job.outputs)[:some]]
        if len(rerun(known, [*lost, *drawn])) <= share * len(known):
            lost += drawn
    return lost
