"""docs/reliability.md: what was tried, and what came of it."""

import importlib.metadata
import json
import platform
import re
import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path

MOST_LINES, MOST_CHARACTERS = 12, 1000
"""What a cell of a table holds: a longer text is told by its beginning."""
CUT = "(cut)"
PROJECT = Path(__file__).resolve().parents[3]

HEAD = """# Reliability

Written by `make torture` ({arguments})
with Snakemake {snakemake} on Python {python}, {system}. Every trial works in a copy of the
finished project; the reference is what lies there, {files} files{reference},
and all of them are compared byte for byte.

## Killed and run again

SIGKILL to the whole process group, at a moment drawn uniformly from the time that the run takes;
then the same command again, without help. Draws that fall after the end of a run are drawn
again and do not count. Seed {seed}.

| what the run had to do | tried | kills | recovered | identical | wrongly taken for whole |
|---|---|---|---|---|---|
"""

KINDS = """
- *results lost*: outputs of jobs drawn at random over the whole graph are removed, all or some of
  a job's, so that {low:.0%} to {high:.0%} of the jobs must run again.
- *another choice before*: the tree was finished under another choice of `config.yaml`, so that
  what is made anew differs from what lies there.
- *from nothing*: a fresh clone.

{moments}
Every file that stands under its name after a kill is compared with the one that
belongs there: it must be whole, or known to Snakemake as cut off. {scratch} scratch files were left
by kills; the next run clears them away.
"""

FAULTS = """
## Faults

A fault is counted as met when the message holds what it must and no traceback, no file that is
not whole would be taken for whole by the next run, and the results are the reference's in the end.
{met} of {tried} were met{skipped}.

| fault | how it was made | what is said | wrongly taken for whole | what recovers | identical |
|---|---|---|---|---|---|
"""

TAIL = """
File times are moved, not the clock itself: Snakemake knows the clock by them alone. Permissions do
not bind the administrator: as root, the runs of those trials belong to another user.
"""


def as_committed(bench):
    """Say how far the finished tree is what the committed manifest lists."""
    names = ("MANIFEST.json", "MANIFEST.reference.json")
    try:
        read = [json.loads((bench.finished / "results" / name).read_bytes()) for name in names]
    except FileNotFoundError:
        return ""
    made, wanted = ({path: of["sha256"] for path, of in each["results"].items()} for each in read)
    same = sum(made.get(path) == sha256 for path, sha256 in wanted.items())
    return f" ({same} of the {len(wanted)} in the committed manifest have its sha256)"


def kill_rows(trials):
    """Return the lines of the table of kills, one per kind, and their sum."""
    kinds = list(dict.fromkeys(trial.kind for trial in trials))
    groups = [(kind, [trial for trial in trials if trial.kind == kind]) for kind in kinds]
    return [_kill_row(*group) for group in [*groups, ("together", trials)]]


def _kill_row(kind, trials):
    cells = (
        kind,
        len(trials),
        sum(len(trial.done) for trial in trials),
        sum(trial.recovered for trial in trials),
        sum(trial.identical for trial in trials),
        sum(len(trial.half) for trial in trials),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def moments(trials):
    """Say in words what was being done when the kills came."""
    kills = [pair for each in trials for pair in zip(each.done, each.running, strict=True)]
    rules = Counter(name.split("/")[0] for _, running in kills for name in running)
    before = sum(not done and not running for done, running in kills)
    between = sum(bool(done) and not running for done, running in kills)
    listed = ", ".join(f"{rule} {count}" for rule, count in rules.most_common())
    return (
        f"Of {len(kills)} kills {before} came before the first job and {between} between jobs; "
        f"jobs that were cut off: {listed or 'none'}."
    )


def _without_places(text):
    """Return a text without what is another in every trial or on another machine."""
    text = re.sub(r"process \d+", "process N", text)
    # A copy of the project first: what stands below it is known by its name in the project.
    text = re.sub(r"""/[^\s"'=:,]*/tree(-[\d-]+)?/""", "", text)
    packages = r"(/lib/python[\d.]+(/site-packages)?)?/"
    for prefix in (sys.prefix, sys.base_prefix):
        text = re.sub(re.escape(prefix) + packages, "", text)
    text = text.replace(f"{PROJECT}/", "").replace(f"{Path.home()}/", "~/")
    return re.sub(re.escape(tempfile.gettempdir()) + r"""/([^\s/"']+/)?""", "", text)


def cell(text):
    """Return a text as a cell of a table: short, and the same on every machine."""
    lines = [" ".join(line.split()) for line in _without_places(text).strip().splitlines()]
    kept = lines[:MOST_LINES] + [CUT] * (len(lines) > MOST_LINES)
    escaped = [line.replace("|", "\\|").replace("<", "&lt;") for line in kept]
    return textwrap.shorten("<br>".join(escaped), MOST_CHARACTERS, placeholder=f" {CUT}")


def _fault_row(name, seen):
    if isinstance(seen, str):
        return f"| {name} | not tried: {cell(seen)} | | | | |"
    name += "" if seen.is_good else " (NOT MET)"
    cells = (name, cell(seen.made), cell(seen.said), seen.half, cell(seen.recovery))
    verdict = "yes" if seen.identical else "NO"
    return "| " + " | ".join(map(str, (*cells, verdict))) + " |"


def page(trials, seen, bench, choices):
    """Return the document."""
    tried = {name: each for name, each in seen.items() if not isinstance(each, str)}
    met = sum(each.is_good for each in tried.values())
    skipped = len(seen) - len(tried)
    head = HEAD.format(
        arguments=f"`python -m torture --kills {choices.kills} --changed {choices.changed} "
        f"--cold {choices.cold} --seed {choices.seed}`",
        snakemake=importlib.metadata.version("snakemake"),
        python=".".join(platform.python_version_tuple()[:2]),
        system=f"{platform.system()} {platform.machine()}",
        files=len(bench.lasting),
        reference=as_committed(bench),
        seed=choices.seed,
    )
    kinds = KINDS.format(
        low=choices.share[0],
        high=choices.share[1],
        moments=moments(trials),
        scratch=sum(trial.scratch for trial in trials),
    )
    told = FAULTS.format(
        met=met,
        tried=len(tried),
        skipped=f"; {skipped} could not be made on this machine" if skipped else "",
    )
    rows = [_fault_row(name, each) for name, each in seen.items()]
    return "\n".join(
        [head.rstrip("\n"), *kill_rows(trials), kinds.rstrip("\n"), told.rstrip("\n"), *rows, TAIL]
    )
