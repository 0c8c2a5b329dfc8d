"""The part `run` of docs/performance.md: the whole analysis beside the bare calls of its library.

All of it happens in copies of the project in a temporary folder. Takes ten minutes.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = ("Snakefile", "config.yaml", "requirements.txt", "workflow", "notebooks", "data/raw")
FRONT = "workflow/scripts/run_workflow.py"
REPETITIONS = 5
CORES = 2
WANTED = {"whole": 1.5, "nothing": 1.3, "figure": 6.0}
FIGURE = "F05"
DRAWN = "workflow/gotong/exhibits/f05_measures.py"


def copy(to):
    """Copy what a run needs, without what runs make."""
    for part in PROJECT:
        source, target = Path(part), to / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.egg-info"))
        else:
            shutil.copy2(source, target)
    return to


def run(folder, *command):
    """Run a Python file in a copy; return its wall time in seconds and what it printed."""
    env = {**os.environ, "PYTHONPATH": str(folder / "workflow"), "OPENBLAS_NUM_THREADS": "1"}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - began
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return took, done.stdout


def empty_workflow(folder, rules, jobs, params=""):
    """Write a workflow of as many rules and jobs, each of which makes a file by `touch`."""
    folder.mkdir()
    split = [range(number, jobs, rules) for number in range(rules)]
    texts = [
        f"rule r{number}:\n    output:\n        'o{number}_{{i}}'\n{params}    shell:\n"
        "        'touch {output}'\n"
        for number in range(rules)
    ]
    made = [f"o{number}_{job}" for number, its in enumerate(split) for job in its]
    head = f"rule all:\n    input: {made!r}\n"
    (folder / "Snakefile").write_text("\n".join([head, *texts]), encoding="utf-8")
    (folder / "workflow").mkdir()
    return folder


def in_turn(*tasks):
    """Return the wall times of tasks that take turns."""
    times = [[] for _ in tasks]
    for _ in range(REPETITIONS):
        for kept, task in zip(times, tasks, strict=True):
            kept.append(task())
    return [statistics.median(each) for each in times]


def measured():
    """Return the times of all that the section tells."""
    with tempfile.TemporaryDirectory(prefix="gotong-bench-") as scratch:
        bench = Path(scratch)
        tree, warm = copy(bench / "tree"), copy(bench / "warm")
        whole, _ = run(tree, FRONT, "--cores", str(CORES), "all")
        calls = json.loads(run(warm, "workflow/scripts/warm_calls.py")[1].splitlines()[-1])
        size = calls["rules"], calls["jobs"]
        empty = empty_workflow(bench / "empty", *size)
        one = empty_workflow(bench / "one", *size, "    params:\n        tracked=1\n")
        for folder in (empty, one):
            run(folder, "-m", "snakemake", "--cores", str(CORES), "all")
        bare, front, idle, param = in_turn(
            lambda: run(tree, "-m", "snakemake", "--cores", str(CORES), "all")[0],
            lambda: run(tree, FRONT, "--cores", str(CORES), "all")[0],
            lambda: run(empty, "-m", "snakemake", "--cores", str(CORES), "all")[0],
            lambda: run(one, "-m", "snakemake", "--cores", str(CORES), "all")[0],
        )
        code, figure = tree / DRAWN, f"results/figures/{FIGURE}.en.png"

        def redraw():
            code.write_text(code.read_text("utf-8") + "\nREDRAWN = True\n", encoding="utf-8")
            return run(tree, FRONT, "--cores", str(CORES), figure)[0]

        (drawn,) = in_turn(redraw)
    return {
        "whole": whole,
        "calls": calls,
        "bare": bare,
        "front": front,
        "idle": idle,
        "param": param,
        "drawn": drawn,
    }


def judged(ratio, wanted, unit=""):
    """Return what is wanted, and whether it is met."""
    return f"{wanted:g}{unit}" if ratio <= wanted else f"{wanted:g}{unit}: not met"


def section():
    """Measure, and return the section as Markdown."""
    found = measured()
    calls, whole = found["calls"], found["whole"]
    best = calls["seconds"] / CORES
    slowest = sorted(calls["by_rule"].items(), key=lambda item: -item[1])
    shares = ", ".join(f"{name} {seconds / calls['seconds']:.0%}" for name, seconds in slowest[:5])
    rows = [
        (
            "the whole analysis, from nothing",
            f"{whole:.0f} s",
            f"{calls['seconds']:.0f} s: the same calls in one warm process, one after another",
            f"{whole / calls['seconds']:.2f}",
            judged(whole / calls["seconds"], WANTED["whole"]),
        ),
        (
            "the same",
            f"{whole:.0f} s",
            f"{best:.0f} s: those calls, could they be shared out evenly between two cores",
            f"{whole / best:.2f}",
            "",
        ),
        (
            "a run with nothing to do (`make`)",
            f"{found['front']:.2f} s",
            f"{found['idle']:.2f} s: Snakemake on {calls['rules']} empty rules with as many jobs",
            f"{found['front'] / found['idle']:.2f}",
            judged(found["front"] / found["idle"], WANTED["nothing"]),
        ),
        (
            "the same by hand (`snakemake all`)",
            f"{found['bare']:.2f} s",
            f"{found['idle']:.2f} s",
            f"{found['bare'] / found['idle']:.2f}",
            judged(found["bare"] / found["idle"], WANTED["nothing"]),
        ),
        (
            f"one changed figure ({FIGURE}) drawn anew, six files",
            f"{found['drawn']:.2f} s",
            "",
            "",
            judged(found["drawn"], WANTED["figure"], " s"),
        ),
    ]
    table = ["| what | takes | beside | ratio | wanted at most |", "|---|---|---|---|---|"]
    table += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(
        [
            "## The whole run",
            "",
            f"Wall times on {CORES} cores, of copies of the project, environment ready: the",
            f"first once, the others medians of {REPETITIONS}, taken in turn with what they are",
            "held against. One warm process has every module imported before it makes all",
            f"{calls['jobs']} jobs one after another, which keeps one core busy; half of its time",
            "is what two cores could reach if jobs cost nothing to start and none waited.",
            "",
            *table,
            "",
            f"Of the warm calls, by rule: {shares}. Beyond them a run pays for the start of one",
            "Python for each job (modules are kept compiled, and each job imports what it needs:",
            "no plotting where nothing is plotted) and for waiting at the end, where the report",
            "waits for all exhibits and the manifest for the report.",
            "",
            f"With nothing to do, Snakemake started by hand takes {found['param']:.2f} s for the",
            "same empty rules once each has a tracked param, for it then imports pandas; all rules",
            "here track by params the code, choices and raw values behind them, without which a",
            "changed value would pass for fresh. `make` keeps pandas from the process that plans,",
            "and the search for garbage, during the run and at its end. What is left is reading",
            "the configuration and registers, held against their models at every start, and a",
            "graph with many inputs and outputs for each job.",
        ]
    )
