"""The reviewer's checklist: what it names is there, and what it tells to run can be run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

MARKED = re.compile(r"`([^`]+)`")
VERDICTS = {"met", "partly", "not met"}
HEAD = ["item", "what is asked", "", "shown by"]

# What each standard has: an item left out would be an item hidden.
ACM = [
    "Available",
    *(
        f"Functional: {word}"
        for word in ("documented", "consistent", "complete", "exercisable", "verified")
    ),
    "Reusable",
    "Results reproduced",
    "Results replicated",
]
FAIR4RS = [
    *("F1", "F1.1", "F1.2", "F2", "F3", "F4"),
    *("A1", "A1.1", "A1.2", "A2"),
    *("I1", "I2"),
    *("R1", "R1.1", "R1.2", "R2", "R3"),
]
STANDARDS = {"ACM": ACM, "FAIR": FAIR4RS, "CODECHECK": 5, "TIER": 11, "The Turing": 18}


def tables(text: str) -> dict[str, list[list[str]]]:
    """Return the rows of each table under its heading."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|") and not line.startswith("|---"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells != HEAD:
                found.setdefault(heading, []).append(cells)
    return found


@pytest.fixture(scope="module")
def text(project):
    return (project / "docs/checklist.md").read_text("utf-8")


@pytest.fixture(scope="module")
def marked(text):
    return sorted(set(MARKED.findall(text)))


@pytest.fixture(scope="module")
def targets(project):
    return set(re.findall(r"^([a-z]+):", (project / "Makefile").read_text("utf-8"), re.M))


def kind_of(name: str) -> str:
    """Return what a marked text of the checklist is: a command or a file."""
    return name.split()[0] if name.split()[0] in ("make", "snakemake") else "file"


def is_made(path: str, project: Path) -> bool:
    """Return whether a path is one that a run makes."""
    wanted = json.loads((project / "results/MANIFEST.reference.json").read_text("utf-8"))
    # The manifest cannot list itself; corrected tables are made on the way to results.
    apart = ("results/MANIFEST.json", "data/processed/corrected")
    return path in wanted["results"] or path in apart


def test_every_file_it_names_is_there_or_is_made_by_a_run(marked, project):
    files = [name for name in marked if kind_of(name) == "file"]
    assert len(files) > 40
    missing = [name for name in files if not (project / name).exists()]
    assert [name for name in missing if not is_made(name, project)] == []


def test_every_make_target_it_names_is_one(marked, targets):
    named = {name.partition(" ")[2] or "all" for name in marked if kind_of(name) == "make"}
    assert {"all", "test", "verify", "archive"} <= named
    assert named <= targets


def test_make_help_lists_what_it_names(project, marked):
    shown = subprocess.run(
        ["make", "help"], cwd=project, capture_output=True, text=True, check=True
    ).stdout
    listed = {line.split()[0] for line in shown.splitlines()}
    named = {name.partition(" ")[2] or "all" for name in marked if kind_of(name) == "make"}
    assert named <= listed


@pytest.mark.workflow
def test_the_snakemake_commands_it_names_plan_the_whole_run(marked, project, tmp_path):
    from test_workflow import copy_project

    commands = [name for name in marked if kind_of(name) == "snakemake"]
    assert commands == ["snakemake -n", "snakemake -n -s workflow/Snakefile"]
    folder = copy_project(project, tmp_path / "copy")
    for command in commands:
        run = subprocess.run(
            [sys.executable, "-m", *command.split(), "--quiet", "rules", "--cores", "1"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder / "workflow")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-2000:]


def test_every_item_has_a_verdict_and_every_met_one_something_that_shows_it(text):
    rows = [row for each in tables(text).values() for row in each]
    assert all(len(row) == len(HEAD) for row in rows)
    assert {row[2] for row in rows} <= VERDICTS
    bare = [row[0] for row in rows if row[2] != "not met" and not MARKED.search(row[3])]
    assert bare == []


def test_what_is_not_met_says_why(text):
    rows = [row for each in tables(text).values() for row in each]
    silent = [row[0] for row in rows if row[2] != "met" and not MARKED.sub("", row[3]).strip(" ,;")]
    assert silent == []


@pytest.mark.parametrize(("standard", "wanted"), STANDARDS.items())
def test_no_item_of_a_standard_is_left_out(text, standard, wanted):
    [rows] = [rows for heading, rows in tables(text).items() if heading.startswith(standard)]
    items = [row[0] for row in rows]
    assert len(set(items)) == len(items)
    assert items == wanted if isinstance(wanted, list) else len(items) == wanted


def test_the_readme_has_the_words_that_the_catalog_looks_for(project):
    words = (project / "README.md").read_text("utf-8").lower()
    assert "snakemake" in words
    assert "workflow" in words
