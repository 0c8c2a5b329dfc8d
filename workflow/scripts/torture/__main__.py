"""Kill the workflow at random moments, make every fault, and write docs/reliability.md.

    PYTHONPATH=workflow/scripts python -m torture [--kills 50 --changed 12 --cold 3 --seed 1]

The project's own tree must be finished (`make`); it is copied and not touched.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import numpy as np

from torture import faults, kills, page

PROJECT = Path(__file__).resolve().parents[3]
QUICK = (
    "results/tables/T02.json",
    "results/tables/T03.json",
    "data/processed/alignment_summary.parquet",
)
"""Targets of the faults: raw tables, a corrected one and made ones stand behind them."""
EVERY = 5
"""Every so many trials the recovery is killed, too."""


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, default=PROJECT, help="a finished tree")
    parser.add_argument("--kills", type=int, default=50, help="trials in all")
    parser.add_argument("--changed", type=int, default=12, help="of these from another choice")
    parser.add_argument("--cold", type=int, default=3, help="of these from nothing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, nargs=2, default=(0.15, 0.30), help="jobs rerun")
    parser.add_argument("--targets", nargs="+", default=["all"])
    parser.add_argument("--faults", nargs="*", default=list(faults.ALL), help="names; all of them")
    parser.add_argument("--page", type=Path, default=PROJECT / "docs/reliability.md")
    return parser.parse_args(arguments)


def kill_trials(bench, choices):
    """Yield the trials one by one."""
    rng = np.random.default_rng(choices.seed)
    changed = kills.changed_tree(bench) if choices.changed else None
    kinds = [kills.CHANGED] * choices.changed + [kills.COLD] * choices.cold
    kinds = [kills.LOST] * (choices.kills - len(kinds)) + kinds
    for number, kind in enumerate(kinds):
        twice = number % EVERY == EVERY - 1
        yield kills.try_kill(bench, kind, rng, choices.share, twice, changed)


def try_all(choices, work):
    """Return the trials, what was seen of the faults, and the bench; print them as they come."""
    bench = kills.Bench(choices.project, work, choices.targets)
    bench.settle()
    trials, seen = [], {}
    for trial in kill_trials(bench, choices):
        trials.append(trial)
        print(f"[torture] {len(trials)}: {trial}", flush=True)
    quick = kills.Bench(bench.finished, work, QUICK)
    for name in choices.faults:
        seen[name] = faults.try_fault(quick, name)
        print(f"[torture] {name}: {seen[name]}", flush=True)
    return trials, seen, bench


def main(arguments):
    choices = parse(arguments)
    # A shell that starts this in the background has Ctrl-C ignored, and so would all runs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Not below the project: what stands in a repository is watched by some programs.
    work = Path(tempfile.mkdtemp(prefix="torture-"))
    # Another user must find the way to the copies.
    work.chmod(0o755)
    trials, seen, bench = try_all(choices, work)
    choices.page.write_text(page.page(trials, seen, bench, choices), encoding="utf-8")
    tried = [*trials, *(each for each in seen.values() if not isinstance(each, str))]
    bad = sum(not each.is_good for each in tried)
    if bad:
        print(f"[torture] {bad} of {len(tried)} not as wanted; see {work}", flush=True)
        return 1
    shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
