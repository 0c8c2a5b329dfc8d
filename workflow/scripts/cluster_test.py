"""Run the workflow on a real Slurm on this machine, and take nodes and jobs away from it.

    python workflow/scripts/cluster_test.py               every trial, and docs/cluster.md
    python workflow/scripts/cluster_test.py --only lost   one of them, nothing is written

It needs Debian's Slurm, the packages of workflow/envs/slurm.txt and the results of a local run,
which is what every file that comes out of the cluster is held against. All happens in copies.
Status 0: every check of every trial holds, or Slurm is not installed, which is said.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from loopback_slurm import Cluster, ClusterError, why_not

PROJECT = Path(__file__).resolve().parents[2]
PLUGIN = "snakemake_executor_plugin_slurm"
PROFILE = "workflow/profiles/slurm"
DOCUMENT = PROJECT / "docs/cluster.md"
BEGIN = "<!-- begin: measured by `make cluster-test` -->\n"
END = "<!-- end: measured -->"
MANIFEST = "results/MANIFEST.json"
PARTS = ("Snakefile", "config.yaml", "requirements.txt", "workflow", "notebooks", "data/raw")
MADE = ("data/processed", "results", ".snakemake")
NOT_COPIED = ("__pycache__", "*.egg-info", "log", "locks", "slurm_logs", "conda*", "singularity")

CURVE = ("data/processed/specifications.parquet", "data/processed/specification_tests.parquet")
CELLS = "rule_specification_cells"
CELLS_SCRIPT = "workflow/scripts/estimate_specifications.py"
GATHER_SCRIPT = "workflow/scripts/gather_specifications.py"
TASK = "def main(input, output, params):\n"
ONCE = """\
    from pathlib import Path

    try:
        Path("failed-once-" + Path(__file__).stem).open("x").close()
    except FileExistsError:
        pass
    else:
        raise OSError(5, "Input/output error, once and on trial", output[0])
"""
ONCE_SAID = "Input/output error, once and on trial: "
ALWAYS = """\
    if str(params.part) == "1":
        raise OSError(28, "No space left on device, on trial", output[0])
"""
ALWAYS_SAID = "No space left on device, on trial: data/processed/specifications/1.parquet"

# A cluster without accounting is asked by squeue; and a trial does not wait as long as a queue.
OF_THE_TRIAL = ("--slurm-status-command=squeue", "--slurm-init-seconds-before-status-checks=5")
PATIENCE_SECONDS = 5400


@dataclass
class Trial:
    """What a trial did and which of its checks hold."""

    name: str
    checks: dict[str, bool] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def holds(self):
        """Whether all of its checks do."""
        return bool(self.checks) and all(self.checks.values())


class Run:
    """A run of Snakemake through the profile, in a copy and on a cluster."""

    def __init__(self, copy, cluster, *targets):
        self.copy = copy
        self.cluster = cluster
        self.log = copy / "cluster-run.log"
        env = {**cluster.environment, "PYTHONPATH": str(copy / "workflow"), "MPLBACKEND": "Agg"}
        env["OPENBLAS_NUM_THREADS"] = "1"
        command = [sys.executable, "-m", "snakemake", "--profile", PROFILE, *OF_THE_TRIAL, *targets]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=copy, env=env, stdout=log, stderr=subprocess.STDOUT
            )

    def is_over(self):
        """Return whether it has ended."""
        return self._process.poll() is not None

    def status(self):
        """Wait for the end and return the exit status."""
        return self._process.wait(timeout=PATIENCE_SECONDS)

    def stop(self):
        """End it, if it is still there."""
        if not self.is_over():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=30)
        if not self.is_over():
            self._process.kill()
            self._process.wait()

    @property
    def said(self):
        """All that it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for_script(self, name):
        """Wait until a node is at work on a script, and return the node; None at the end."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.is_over() and time.monotonic() < end:
            for node in self.cluster.nodes:
                if any(name in command for command in self.cluster.commands(node)):
                    return node
            time.sleep(0.2)
        return None


def copied(to, *, finished):
    """Copy the project without what a run makes, or with it; return the folder."""
    ignore = shutil.ignore_patterns(*NOT_COPIED)
    for part in (*PARTS, *(MADE if finished else ())):
        (to / part).parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / part).is_dir():
            shutil.copytree(PROJECT / part, to / part, ignore=ignore, symlinks=True)
        else:
            shutil.copy2(PROJECT / part, to / part)
    return to


def without_curve(copy):
    """Take the specification curve out of a finished copy: it and what follows is made anew."""
    for name in CURVE:
        (copy / name).unlink()
    return copy


def spoilt(copy, script, fault):
    """Put a fault into a script of a copy."""
    path = copy / script
    text = path.read_text(encoding="utf-8")
    if text.count(TASK) != 1:
        raise ClusterError(f"{script} has no single line {TASK!r} to put a fault behind")
    path.write_text(text.replace(TASK, TASK + fault), encoding="utf-8")
    return copy


def differing(copy):
    """Return which files of the local run's manifest the copy has with other bytes, or lacks."""
    listed = json.loads((PROJECT / MANIFEST).read_text(encoding="utf-8"))["results"]
    return [
        name
        for name, entry in listed.items()
        if not (copy / name).exists()
        or hashlib.sha256((copy / name).read_bytes()).hexdigest() != entry["sha256"]
    ]


def same_manifest(copy):
    made = copy / MANIFEST
    return made.exists() and made.read_bytes() == (PROJECT / MANIFEST).read_bytes()


def counted(trial, run):
    """Note how many jobs of either kind there were."""
    jobs = run.cluster.jobs()
    kinds = Counter(job["Comment"].removeprefix("rule_") for job in jobs)
    trial.figures["Slurm jobs"] = len(jobs)
    trial.figures["jobs of Snakemake that ended well"] = run.said.count("Finished jobid: ")
    trial.figures["nodes used"] = len({job["NodeList"] for job in jobs})
    trial.figures["requeued by Slurm"] = sum(int(job["Restarts"]) for job in jobs)
    trial.figures["failed Slurm jobs"] = sum(job["JobState"] == "FAILED" for job in jobs)
    trial.figures["retried by Snakemake"] = run.said.count("Trying to restart job")
    return kinds


def same(trial, run):
    """Check a run of the whole analysis."""
    trial.checks["the run ends well"] = run.status() == 0
    listed = json.loads((PROJECT / MANIFEST).read_text(encoding="utf-8"))["results"]
    trial.figures["files compared"] = len(listed)
    trial.checks["every file has the bytes of the local run"] = differing(run.copy) == []
    trial.checks["the manifest is that of the local run"] = same_manifest(run.copy)
    kinds = counted(trial, run)
    parts = sum(count for kind, count in kinds.items() if CELLS.removeprefix("rule_") in kind)
    trial.figures["parts of the curve, each a Slurm job"] = parts
    trial.checks["the curve is scattered"] = parts > 1
    small = trial.figures["jobs of Snakemake that ended well"]
    trial.checks["small jobs travel together"] = 3 * len(run.cluster.jobs()) < small


def lost(trial, run):
    """Kill a node in the middle of a job, drain another, and check what becomes of the run."""
    cluster = run.cluster
    dead = run.wait_for_script(Path(CELLS_SCRIPT).name)
    trial.checks["a part of the curve is at work on the node to be lost"] = dead is not None
    if dead is None:
        return
    running = [job for job in cluster.jobs() if job["JobState"] == "RUNNING"]
    taken = {job["JobId"] for job in running if job["NodeList"] == dead}
    trial.figures["processes killed with the node"] = cluster.kill_node(dead)
    drained = next((job["NodeList"] for job in running if job["NodeList"] != dead), None)
    trial.checks["another job is at work on the node to be drained"] = drained is not None
    if drained is None:
        return
    cluster.drain(drained)
    held = {job["JobId"] for job in cluster.jobs() if job["NodeList"] == drained}
    trial.checks["the run ends well"] = run.status() == 0
    jobs = {job["JobId"]: job for job in cluster.jobs()}
    trial.checks["Slurm finds the node down"] = cluster.state_of(dead).startswith("down")
    trial.checks["its jobs are queued again and end elsewhere"] = all(
        jobs[name]["Restarts"] != "0"
        and jobs[name]["JobState"] == "COMPLETED"
        and jobs[name]["NodeList"] != dead
        for name in taken
    )
    trial.checks["the drained node ends what it has and is given nothing more"] = (
        cluster.state_of(drained) == "drained"
        and {name for name, job in jobs.items() if job["NodeList"] == drained} == held
        and all(jobs[name]["JobState"] == "COMPLETED" for name in held)
    )
    trial.checks["every file has the bytes of the local run"] = differing(run.copy) == []
    trial.checks["the manifest is that of the local run"] = same_manifest(run.copy)
    counted(trial, run)


def once(trial, run):
    """Check a run in which a job alone and a job in a group fail at their first try."""
    trial.checks["the run ends well"] = run.status() == 0
    counted(trial, run)
    trial.checks["the messages of both are shown, and no traceback"] = (
        f"{ONCE_SAID}data/processed/specifications/" in run.said
        and f"{ONCE_SAID}{CURVE[0]}" in run.said
        and "Traceback" not in run.said
    )
    trial.checks["both are tried again"] = trial.figures["retried by Snakemake"] == 2
    trial.checks["Slurm knows of both"] = trial.figures["failed Slurm jobs"] == 2
    trial.checks["the curve and the claims have the bytes of the local run"] = not (
        {*CURVE, "data/processed/claims.parquet"} & {*differing(run.copy)}
    )


def always(trial, run):
    """Check a run in which a part of the curve fails at every try."""
    trial.checks["the run ends with an error"] = run.status() != 0
    counted(trial, run)
    jobs = [job for job in run.cluster.jobs() if job["Comment"].startswith(CELLS)]
    states = Counter(job["JobState"] for job in jobs)
    trial.checks["it is tried three times"] = states["FAILED"] == 3
    trial.checks["the other parts are made"] = states["COMPLETED"] == len(jobs) - 3 > 0
    trial.checks["its message is shown, and no traceback"] = (
        ALWAYS_SAID in run.said and "Traceback" not in run.said
    )
    trial.checks["nothing is made of a part of the curve"] = not any(
        (run.copy / name).exists() for name in CURVE
    )


@dataclass(frozen=True)
class Setting:
    """What a trial is on: its copy of the project, what is asked of the run, what is checked."""

    purpose: str
    prepare: Callable[[Path], Path]
    targets: tuple[str, ...]
    judge: Callable[[Trial, Run], None]


TRIALS = {
    "same": Setting(
        "The whole analysis, from nothing",
        lambda copy: copied(copy, finished=False),
        ("all",),
        same,
    ),
    "lost": Setting(
        "A node dies in the middle of a job, another is drained",
        lambda copy: copied(copy, finished=True),
        ("all", "--forcerun", "specification_cells"),
        lost,
    ),
    "once": Setting(
        "A job of its own and a job in a group fail at their first try",
        lambda copy: spoilt(
            spoilt(without_curve(copied(copy, finished=True)), CELLS_SCRIPT, ONCE),
            GATHER_SCRIPT,
            ONCE,
        ),
        ("data/processed/claims.parquet",),
        once,
    ),
    "always": Setting(
        "A part of the curve fails at every try",
        lambda copy: spoilt(without_curve(copied(copy, finished=True)), CELLS_SCRIPT, ALWAYS),
        (CURVE[0],),
        always,
    ),
}


def tried(name, folder):
    """Make one trial on a cluster of its own."""
    setting = TRIALS[name]
    trial = Trial(name)
    copy = setting.prepare(folder / name)
    start = time.monotonic()
    with Cluster(folder / f"{name}-slurm") as cluster:
        run = Run(copy, cluster, *setting.targets)
        try:
            setting.judge(trial, run)
        except subprocess.TimeoutExpired:
            trial.checks[f"the run ends within {PATIENCE_SECONDS} s"] = False
        finally:
            run.stop()
    trial.seconds = time.monotonic() - start
    if not trial.holds:
        print("\n".join(run.said.splitlines()[-60:]), flush=True)
    return trial


def told(trials):
    """Return the measured part of the document."""
    lines = []
    for trial in trials:
        lines += [f"### {TRIALS[trial.name].purpose}", ""]
        lines += [f"- {check}: {'yes' if holds else 'NO'}" for check, holds in trial.checks.items()]
        figures = "; ".join(f"{what} {number}" for what, number in trial.figures.items())
        lines += ["", f"{figures}; {trial.seconds / 60:.1f} minutes.", ""]
    return "\n".join(lines)


def written(document, trials):
    """Return the document with its measured part written anew."""
    before, _, rest = document.partition(BEGIN)
    return f"{before}{BEGIN}\n{told(trials)}\n{END}{rest.partition(END)[2]}"


def lacking():
    """Return why nothing can be tried here; empty if it can."""
    if importlib.util.find_spec(PLUGIN) is None:
        return (
            "skipped: Snakemake's executor for Slurm is not installed.\n"
            "  python3 workflow/environment.py --slurm"
        )
    return ""


def asked_to_end(*_signal):
    sys.exit("ended; the cluster is taken down")


def main(names, keep):
    if reason := why_not() or lacking():
        print(reason)
        return 0
    if not (PROJECT / MANIFEST).exists():
        sys.exit(f"{MANIFEST} is missing: a local run is what the trials compare with. Run make.")
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, asked_to_end)
    folder = Path(tempfile.mkdtemp(prefix="cluster-test-"))
    folder.chmod(0o755)  # munged asks that everyone may reach its socket
    trials = []
    try:
        for name in names:
            print(f"[cluster] {name}: {TRIALS[name].purpose}", flush=True)
            trials.append(tried(name, folder))
            print(told(trials[-1:]), flush=True)
    except ClusterError as error:
        sys.exit(f"[cluster] {error}")
    finally:
        if keep:
            print(f"[cluster] everything is in {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if list(names) == list(TRIALS):
        document = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(written(document, trials), encoding="utf-8")
    failed = [trial.name for trial in trials if not trial.holds]
    print(f"[cluster] {'failed: ' + ', '.join(failed) if failed else 'all trials hold'}")
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=TRIALS, action="append", help="a trial; may be repeated")
    parser.add_argument("--keep", action="store_true", help="leave the copies and logs there")
    asked = parser.parse_args()
    sys.exit(main(asked.only or list(TRIALS), asked.keep))
