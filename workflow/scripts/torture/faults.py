"""Faults, one by one: what is said, whether a half result is left, and what recovers the run.

Each fault is a function of a bench that makes a copy, ill-treats it, and returns what was seen.
The quick targets are enough for most of them: what is tried is the way a run ends.
"""

import contextlib
import os
import platform
import resource
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from torture import trees
from torture.runs import LOCK, Run, surroundings

NOBODY = 65534
ATTEMPTS = 5
EDIT = ("data/raw/cooperation/measures.csv", b"Sinkronisasi kebijakan", b"Penyelarasan kebijakan")
"""A raw table, and a word of it that may be another."""
YEAR = 365 * 86_400
AMPLE = 16 * 1024
"""KiB of room that are more than a run of the faults takes."""
CUT_OFF = "Cut off before it ended"
ONE_COMMAND = "remove the file and run make again"


class SkippedError(Exception):
    """The fault cannot be made on this machine; the text says why."""


@dataclass
class Seen:
    """What was seen of a fault."""

    made: str
    """How the fault was made."""
    said: str
    """The message, or what was said instead."""
    half: int
    """Files that a next run would have taken for whole, and that were not."""
    recovery: str
    identical: bool
    """Whether all results were those of the finished tree in the end."""
    wanted: tuple[str, ...] = ()
    """What the message must say."""

    @property
    def is_good(self):
        """Whether one clear message was given, nothing half was left, and all was well again."""
        told = all(word in self.said for word in self.wanted)
        return told and "Traceback" not in self.said and not self.half and self.identical


def message(run):
    """Return what a run that failed says in the end, without the messages of Snakemake."""
    said = run.said
    for mark in ("\nNo space left on device", "\nThe run stopped."):
        if mark in said:
            return mark.strip() + said.rpartition(mark)[2]
    # Snakemake begins with what it is and where.
    _, headed, rest = said.rpartition("Config MD5")
    lines = (rest.partition("\n")[2] if headed else said).splitlines()
    return "\n".join(line for line in lines if not line.startswith("Using profile"))


def plain_message(run):
    """Return the message of a run, and a word if Python's own account stands above it."""
    account = "\nTraceback, above the message" if "Traceback" in run.said else ""
    return message(run) + account


def lose(bench, tree):
    """Remove the quick results, so that there is something to do."""
    for path in bench.lasting:
        if path.startswith("results/"):
            (tree / path).unlink(missing_ok=True)
    return tree


def half(bench, tree, *before):
    """Return how many files a next run would take for whole wrongly."""
    found = trees.contents(tree, bench.outputs)
    return len(trees.half_made(found, trees.cut_off(tree), bench.reference, *before))


def again(bench, tree, how="the next run, by itself", **limits):
    """Run again, undisturbed; return the words on recovery and whether all is as it should be."""
    run = Run(tree, *bench.targets, **limits)
    if run.wait():
        return f"NOT RECOVERED: {message(run)}", False
    return how, bench.same(tree)


def in_a_job(bench, tree, act, **limits):
    """Start a run, act on it while a worker is inside its job, and return the run that failed."""

    def is_inside():
        return any(CUT_OFF in text for text in map(_text, (tree / "logs").rglob("*.log")))

    for _ in range(ATTEMPTS):
        for log in (tree / "logs").rglob("*.log"):
            log.unlink()
        run = Run(tree, *bench.targets, **limits)
        if run.wait_until(is_inside):
            act(run)
        if run.wait():
            return run
        # The job was over before it could be acted upon.
        lose(bench, tree)
    raise SkippedError(f"no job was caught at work: {run.said[-300:]}")


def _text(path):
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def send(number, to):
    """Send a signal to a process, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(to, number)


# Other processes


def two_runs_at_once(bench):
    tree = lose(bench, bench.copy())
    first = Run(tree, *bench.targets)
    first.wait_until(lambda: (tree / LOCK).exists() and (tree / LOCK).read_text() != "")
    second = Run(tree, *bench.targets)
    second.wait()
    recovery = "the first run is not disturbed"
    if first.wait():
        recovery = f"NOT UNDISTURBED: {message(first)}"
    return Seen(
        "a second run is started while one is at work",
        second.said,
        half(bench, tree),
        recovery,
        bench.same(tree),
        ("Another run is at work in this folder", "Nothing was run"),
    )


def snakemake_by_hand_beside(bench):
    tree = lose(bench, bench.copy())
    command = ("-m", "snakemake", "--cores", "1")
    first = Run(tree, *bench.targets, command=command)
    locks = tree / ".snakemake/locks"
    first.wait_until(lambda: locks.exists() and any(locks.iterdir()))
    second = Run(tree, *bench.targets)
    second.wait()
    first.kill()
    unlock = Run(tree, "--unlock", command=("-m", "snakemake"))
    unlock.wait()
    recovery, identical = again(bench, tree, "`.venv/bin/snakemake --unlock`, the command it names")
    return Seen(
        "a bare `snakemake` is at work when `make` is started, and is killed",
        second.said,
        half(bench, tree),
        recovery,
        identical,
        ("started by hand", "snakemake --unlock"),
    )


def job_killed(bench):
    tree = lose(bench, bench.copy())

    def kill_worker(run):
        for number in run.workers():
            send(signal.SIGKILL, number)

    run = in_a_job(bench, tree, kill_worker)
    left = half(bench, tree)
    return Seen(
        "SIGKILL to the processes of the jobs at work, as the system does when memory runs out",
        message(run),
        left,
        *again(bench, tree),
        (CUT_OFF, "memory ran out", "make CORES=1"),
    )


def out_of_memory(bench):
    if platform.system() != "Linux":
        raise SkippedError("a limit on a running process needs Linux")
    tree = lose(bench, bench.copy())

    def starve(run):
        for number in run.workers():
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                pages = int(Path(f"/proc/{number}/statm").read_text().split()[0])
                limit = pages * resource.getpagesize()
                resource.prlimit(number, resource.RLIMIT_AS, (limit, limit))

    run = in_a_job(bench, tree, starve)
    left = half(bench, tree)
    return Seen(
        "the address space of the jobs at work is limited to what they have (RLIMIT_AS)",
        message(run),
        left,
        *again(bench, tree),
        ("emory", "make CORES=1"),
    )


def only_snakemake_killed(bench):
    tree = lose(bench, bench.copy())
    in_a_job(bench, tree, lambda it: send(signal.SIGKILL, it.process.pid))
    left = half(bench, tree)
    return Seen(
        "SIGKILL to Snakemake alone; the next run starts while its workers live on",
        "nothing: it cannot",
        left,
        *again(bench, tree),
    )


def _stopped_by(bench, number, made, wanted):
    tree = lose(bench, bench.copy())
    run = in_a_job(bench, tree, lambda run: run.signal(number))
    left = half(bench, tree)
    return Seen(made, message(run), left, *again(bench, tree), wanted)


def interrupted(bench):
    made = "Ctrl-C: SIGINT to the whole group"
    return _stopped_by(bench, signal.SIGINT, made, ("What is done is kept", "run make again"))


def terminated(bench):
    made = "SIGTERM to the whole group, as when a machine is shut down"
    return _stopped_by(bench, signal.SIGTERM, made, ("What is done is kept", "run make again"))


# Disks and permissions


@contextlib.contextmanager
def small_disk(megabytes):
    """Give a folder on a file system of its own, of some size."""
    folder = tempfile.mkdtemp(prefix="small-disk-")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        Path(folder).rmdir()
        raise SkippedError("no small file system may be mounted here")
    try:
        yield Path(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        Path(folder).rmdir()


@contextlib.contextmanager
def on_a_small_disk(bench):
    """Give a copy with something to do, on a disk that has room for all of it."""
    taken = sum(path.stat().st_size for path in bench.finished.rglob("*"))
    # Small files take a page each, and a run makes some more.
    with small_disk(64 + 2 * taken // 2**20) as disk:
        tree = lose(bench, trees.copy(bench.finished, disk / "tree"))
        (tree / ".snakemake").mkdir(exist_ok=True)
        yield tree


def fill(tree, room, name="ballast"):
    """Fill the disk of a tree but for so many KiB; return the file that does."""
    ballast = tree.parent / name
    ballast.write_bytes(bytes(max(shutil.disk_usage(tree).free - room * 1024, 0)))
    return ballast


def _full(bench, tree, run, made, *ballast):
    """Return what was seen of a run on a full disk, and of the next one on one with room."""
    left = half(bench, tree)
    for file in ballast:
        file.unlink()
    recovery = again(bench, tree, "the next run, by itself, once there is room", said_in=bench.work)
    return Seen(made, plain_message(run), left, *recovery, ("No space left on device",))


def full_disk(bench, room):
    """Try a disk with so many KiB of room, where nothing has been compiled yet."""
    with on_a_small_disk(bench) as tree:
        ballast = fill(tree, room)
        # What a run prints goes elsewhere, or it could not say anything.
        run = Run(tree, *bench.targets, said_in=bench.work)
        run.wait()
        made = f"a file system (tmpfs) with {room} KiB of room"
        return _full(bench, tree, run, made, ballast)


def disk_filled_in_a_job(bench):
    """Try a disk that somebody else fills while a job is at work."""
    with on_a_small_disk(bench) as tree:
        # Most of it beforehand: the rest must be quicker than the job.
        ballast = fill(tree, AMPLE)
        rest = tree.parent / "rest"
        run = in_a_job(bench, tree, lambda _run: fill(tree, 0, rest.name), said_in=bench.work)
        made = "a file system (tmpfs) that is filled to the last byte while a job is at work"
        return _full(bench, tree, run, made, ballast, rest)


def files_too_large(bench):
    tree = lose(bench, bench.copy())
    limit = 65_536

    def confine():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    run = Run(tree, *bench.targets, preexec_fn=confine)
    run.wait()
    left = half(bench, tree)
    made = f"no file may be larger than {limit} bytes (RLIMIT_FSIZE), where no disk can be filled"
    return Seen(made, plain_message(run), left, *again(bench, tree), ("File too large",))


def _handed_over(bench, tree):
    """Give a tree to a user whom permissions bind, and return how to run as that user."""
    if os.geteuid():
        return {}
    home = tree / "home"
    home.mkdir()
    for place in (tree, *tree.rglob("*")):
        os.chown(place, NOBODY, NOBODY)
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "MPLCONFIGDIR": str(home)}
    environment = {**surroundings(tree), **own}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": [], "env": environment}


def _close(folder):
    """Take the permission to write from a folder and all in it."""
    for place in (folder, *folder.rglob("*")):
        place.chmod(place.stat().st_mode & ~0o222)


def _open(folder):
    for place in (folder, *folder.rglob("*")):
        place.chmod(place.stat().st_mode | 0o200)


def raw_data_read_only(bench):
    tree = lose(bench, bench.copy())
    user = _handed_over(bench, tree)
    _close(tree / "data/raw")
    recovery, identical = again(bench, tree, "nothing to recover: the run simply ends well", **user)
    _open(tree / "data/raw")
    return Seen(
        "no write permission in data/raw and all below",
        "nothing; raw data are never written",
        half(bench, tree),
        recovery,
        identical,
    )


def no_permission(bench, folder):
    """Try a folder that may not be written into."""
    tree = lose(bench, bench.copy())
    user = _handed_over(bench, tree)
    (tree / folder).mkdir(exist_ok=True)
    if user:
        os.chown(tree / folder, NOBODY, NOBODY)
    _close(tree / folder)
    run = Run(tree, *bench.targets, **user)
    run.wait()
    left = half(bench, tree)
    _open(tree / folder)
    return Seen(
        f"no write permission in {folder}",
        message(run),
        left,
        *again(bench, tree, "the next run, once permission is given", **user),
        ("No permission to write into", folder, "Nothing was run"),
    )


# Clocks


def _set_times(tree, draw):
    """Set the time of every file under its name, without another change."""
    for part in ("data", "results", "config.yaml", "workflow", "notebooks"):
        place = tree / part
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file():
                shift = draw()
                os.utime(path, (path.stat().st_mtime + shift, path.stat().st_mtime + shift))


def clock_jumped(bench, made, draw):
    """Try a finished tree whose file times are others: nothing is to be done."""
    tree = bench.copy()
    _set_times(tree, draw)
    run = Run(tree, *bench.targets)
    status = run.wait()
    said = f"{run.finished_jobs} jobs were run again" if run.finished_jobs else "Nothing to be done"
    if status:
        said = message(run)
    recovery = "nothing to recover"
    return Seen(made, said, half(bench, tree), recovery, bench.same(tree), ("Nothing to be done",))


def clock_jumped_and_killed(bench):
    """Try a clock that was a year ahead: results that follow a raw table as it no longer is."""
    tree, (raw, old, new) = bench.copy(), EDIT
    right = (tree / raw).read_bytes()
    (tree / raw).write_bytes(right.replace(old, new, 1))
    other = Run(tree, *bench.targets)
    if other.wait() or bench.same(tree):
        raise SkippedError(f"nothing follows {raw}: {message(other)}")
    before = trees.contents(tree, bench.outputs)
    (tree / raw).write_bytes(right)
    _set_times(tree, lambda: YEAR)
    run = Run(tree, *bench.targets)
    # Killed between what is made from the table and what is made from that.
    run.wait_until(lambda: run.finished_jobs)
    run.kill()
    return Seen(
        f"made files a year ahead, {raw} as it was before them; the run is killed after a job",
        next((line for line in run.said.splitlines() if "dated after now" in line), "nothing"),
        half(bench, tree, before),
        *again(bench, tree),
    )


_RANDOM = Random(1)
CLOCKS = (
    ("a year ahead", "all a year ahead of now", lambda: YEAR),
    ("a year back", "all a year behind", lambda: -YEAR),
    ("to and fro", "each moved at random, by up to a year", lambda: _RANDOM.uniform(-YEAR, YEAR)),
)
"""Moves of the clock: name, words, and what is added to the time of a file, in seconds."""


# Files that others spoil


def truncated(bench, path):
    """Try a result that was cut in two behind the back of the workflow, and a file beside it."""
    tree = bench.copy()
    whole = (tree / path).read_bytes()
    (tree / path).write_bytes(whole[: len(whole) // 2])
    (tree / _one_after(bench, path)).unlink()
    run = Run(tree, *bench.targets)
    run.wait()
    said = message(run)
    (tree / path).unlink()
    return Seen(
        f"{path} is cut in two between runs, and is needed again",
        said,
        0,
        *again(bench, tree, ONE_COMMAND + ", as the message says"),
        (path, ONE_COMMAND),
    )


def _one_after(bench, path):
    """Return an output of a job that reads a file."""
    return next(job.outputs[0] for job in bench.jobs if path in job.inputs)


def raw_file_lost(bench):
    tree = lose(bench, bench.copy())
    lost = tree / "data/raw/policy/regimes.csv"
    kept = lost.read_bytes()
    lost.unlink()
    run = Run(tree, *bench.targets)
    run.wait()
    left = half(bench, tree)
    lost.write_bytes(kept)
    return Seen(
        "a table of data/raw is removed",
        message(run),
        left,
        *again(bench, tree, "`git checkout -- data/raw`, the command it names"),
        ("policy/regimes.csv", "git checkout -- data/raw"),
    )


def result_spoilt(bench, path="results/tables/T02.csv"):
    """Try a result that was cut in two, its time being kept: no run can know; `verify` must."""
    tree = bench.copy()
    # What was made of the code as it is now, were the reference that of another.
    shutil.copyfile(tree / "results/MANIFEST.json", tree / "results/MANIFEST.reference.json")
    spoilt = tree / path
    whole, times = spoilt.read_bytes(), spoilt.stat()
    spoilt.write_bytes(whole[: len(whole) // 2])
    os.utime(spoilt, ns=(times.st_atime_ns, times.st_mtime_ns))
    verify = Run(tree, "compare", command=("workflow/scripts/reference.py",))
    verify.wait()
    spoilt.unlink()
    return Seen(
        f"{path} is cut in two, its time kept; then `make verify`",
        "\n".join(line for line in verify.said.splitlines() if path in line) or verify.said[-200:],
        0,
        *again(bench, tree, "remove the file and run `make`"),
        (path, "differ"),
    )


ALL = {
    "Two runs at once": two_runs_at_once,
    "A run beside a snakemake by hand": snakemake_by_hand_beside,
    "A job is killed by the system": job_killed,
    "Out of memory in a job": out_of_memory,
    "Only Snakemake is killed": only_snakemake_killed,
    "Ctrl-C": interrupted,
    "Shut down": terminated,
    **{
        f"Full disk, {room} KiB of room": partial(full_disk, room=room)
        for room in (0, 16, 256, 1024)
    },
    "Full disk, in a job": disk_filled_in_a_job,
    "Full disk, by a limit on files": files_too_large,
    "Raw data read-only": raw_data_read_only,
    **{
        f"No write permission: {folder}": partial(no_permission, folder=folder)
        for folder in ("results/tables", "data/processed", "logs", ".snakemake")
    },
    **{
        f"Clock jumps: {name}": partial(clock_jumped, made=f"file times: {made}", draw=draw)
        for name, made, draw in CLOCKS
    },
    "Clock jumps, and a kill": clock_jumped_and_killed,
    "A table is cut in two": partial(truncated, path="data/processed/alignment.parquet"),
    "A result is cut in two": result_spoilt,
    "A raw table is lost": raw_file_lost,
}
"""Every fault, by its name."""


def try_fault(bench, name):
    """Return what was seen of a fault, or the words why this machine cannot make it."""
    try:
        return ALL[name](bench)
    except SkippedError as skipped:
        return str(skipped)
    finally:
        bench.sweep()
