"""Write what each rule needs into the cluster profile, from the benchmark files of a run.

    python workflow/scripts/measure_resources.py

A rule asks for what its hungriest job took, and for the two processes of Snakemake that a Slurm
job starts before it, with a margin for another machine. Time is that of the processor, so that
other work on the machine counts for nothing. A rule that has not run, such as read_source while
the snapshot is used, keeps what it had.
"""

import math
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

PROFILE = Path("workflow/profiles/slurm/config.yaml")
LOGS = Path("logs")
BENCHMARKS = "benchmarks"
BEGIN = "# begin: measured by `make resources`\n"
END = "# end: measured\n"

MEMORY_MARGIN = 1.5
MEMORY_STEP = 50
TIME_MARGIN = 10
"""A slower machine, its disks shared with others, may take so many times longer."""
SNAKEMAKES = 2
"""Processes of Snakemake that start within a Slurm job, one in the other."""

HEADING = """\
# Memory and processor time of the hungriest job of each rule, and of Snakemake itself in a
# Slurm job (twice {own_mb:.0f} MB and {own_seconds:.0f} s), times {memory_margin}
# and {time_margin}. Asked for in MB and minutes.
set-resources:
"""


@dataclass(frozen=True)
class Need:
    """What the jobs of a rule took at most: processor time, resident memory."""

    jobs: int
    seconds: float
    megabytes: float


def rule_of(file, logs):
    """Return the rule that wrote a benchmark file: its folder, or its name where it has none."""
    parts = file.relative_to(logs).parts
    return parts[parts.index(BENCHMARKS) + 1].removesuffix(".tsv")


def measured(logs):
    """Return what each rule needed, from the benchmark files below a folder of logs."""
    taken = {}
    for file in sorted(logs.rglob(f"{BENCHMARKS}/**/*.tsv")):
        header, *rows = (line.split("\t") for line in file.read_text().splitlines())
        for row in rows:
            cells = dict(zip(header, row, strict=True))
            # NA: a job that ended before it was looked at.
            pair = tuple(float(cells[name].replace("NA", "0")) for name in ("cpu_time", "max_rss"))
            taken.setdefault(rule_of(file, logs), []).append(pair)
    return {
        rule: Need(len(pairs), max(pair[0] for pair in pairs), max(pair[1] for pair in pairs))
        for rule, pairs in taken.items()
    }


def own_need():
    """Return what one process of Snakemake takes to read the workflow: processor time, memory."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "all"]
    subprocess.run(command, check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Need(1, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)


def request(need, own):
    """Return megabytes and minutes to ask for."""
    megabytes = MEMORY_MARGIN * (need.megabytes + SNAKEMAKES * own.megabytes)
    minutes = TIME_MARGIN * (need.seconds + SNAKEMAKES * own.seconds) / 60
    return math.ceil(megabytes / MEMORY_STEP) * MEMORY_STEP, math.ceil(minutes)


def entry(rule, need, own):
    """Return the lines of the profile for a rule."""
    megabytes, minutes = request(need, own)
    jobs = "1 job" if need.jobs == 1 else f"{need.jobs} jobs"
    return (
        f"  {rule}:  # {jobs}: {need.megabytes:.0f} MB, {need.seconds:.1f} s\n"
        f"    mem_mb: attempt * {megabytes}\n"
        f"    runtime: {minutes}\n"
    )


def former(block):
    """Return the lines of each rule that stand in the profile now."""
    entries = block.split("set-resources:\n")[-1] if "set-resources:" in block else ""
    found, name = {}, ""
    for line in entries.splitlines(keepends=True):
        if not line.startswith("    "):
            name = line.strip().partition(":")[0]
        found[name] = found.get(name, "") + line
    return found


def renewed(text, needs, own):
    """Return the profile with its measured part written anew."""
    before, _, rest = text.partition(BEGIN)
    block, _, after = rest.partition(END)
    entries = former(block) | {rule: entry(rule, need, own) for rule, need in needs.items()}
    heading = HEADING.format(
        own_mb=own.megabytes,
        own_seconds=own.seconds,
        memory_margin=MEMORY_MARGIN,
        time_margin=TIME_MARGIN,
    )
    return (
        f"{before}{BEGIN}{heading}{''.join(entries[rule] for rule in sorted(entries))}{END}{after}"
    )


def requested(profile):
    """Return the megabytes and minutes that a first try of each rule asks for."""
    return {
        rule: (int(str(asked["mem_mb"]).removeprefix("attempt * ")), int(asked["runtime"]))
        for rule, asked in yaml.safe_load(profile)["set-resources"].items()
    }


def main():
    needs = measured(LOGS)
    if not needs:
        sys.exit(f"No benchmark files in {LOGS}: run make first.")
    text = renewed(PROFILE.read_text(encoding="utf-8"), needs, own_need())
    PROFILE.write_text(text, encoding="utf-8")
    for rule, (megabytes, minutes) in requested(text).items():
        print(f"{rule:20} {megabytes:6} MB {minutes:4} min")


if __name__ == "__main__":
    main()
