"""Run Snakemake in this folder: one run at a time, and on from where a killed one stopped.

    python workflow/scripts/run_workflow.py [arguments of Snakemake]

Snakemake marks a folder as taken by files, which stay behind when it is killed, and then asks the
user whether the run that left them is alive. The lock that is held here ends with its process:
whoever gets it knows that what else is marked is left over, and clears it away.
"""

import atexit
import contextlib
import fcntl
import gc
import logging
import os
import shutil
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source
from pathlib import Path

WRITTEN = (".snakemake", "logs", "data/processed", "results")
MADE = ("data/processed", "results")
DATED = ("data", "notebooks", "results")
LIBRARY = Path("workflow/gotong")
PROFILE = "workflow/profiles/default"
HELD = Path(".snakemake/run.lock")
MARKS = Path(".snakemake/locks")
SKEW = 60 * 10**9
"""Nanoseconds by which the clock of a file server may be ahead."""
LITTLE = 2**20
"""Bytes: a disk with less is full. Logs may have found no room to say so."""
OBJECTS = 1_000_000
"""More of them than before: only then does Python look for garbage."""
LONGEST = 12
"""Lines of a log that are shown: the last ones tell."""
SILENT = (
    "Ended without a word; what stands above may tell why. If nobody stopped the run, most often\n"
    "memory ran out. Run again with fewer cores: make CORES=1"
)
"""What is said for a job that could not even write to its log."""
SCRATCH = ".*.part"
"""What `gotong.tables.write_bytes` writes before it moves a file into place."""


def unwritable(folders):
    """Return the uppermost of the folders and those below them that may not be written into."""
    below = [
        Path(place)
        for folder in folders
        if Path(folder).exists()
        for place, _, _ in os.walk(folder)
    ]
    # A folder that is missing will be made here.
    closed = [place for place in [Path(), *below] if not os.access(place, os.W_OK | os.X_OK)]
    return [place for place in closed if place.parent not in closed or place == Path()]


def hold(path):
    """Return the lock file, held until this process ends, and whether its last holder was killed.

    Raises
    ------
    BlockingIOError
        Another process holds it; its number is the error's text.
    """
    path.parent.mkdir(exist_ok=True)
    handle = path.open("a+", encoding="ascii")
    handle.seek(0)
    holder = handle.read()
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.close()
        raise BlockingIOError(error.errno, holder) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle, holder != ""


def clear_away():
    """Remove what a killed run left: half-written scratch files and Snakemake's marks."""
    for folder in MADE:
        for scratch in Path(folder).rglob(SCRATCH):
            scratch.unlink()
    if MARKS.exists():
        unlock = [sys.executable, "-m", "snakemake", "--unlock"]
        done = subprocess.run(unlock, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
    print("The last run was cut off; going on from where it stopped.", flush=True)


def set_back():
    """Make files that are dated after now older than all others, in the order that they have.

    They are from a time when a clock was wrong. What is made now from a raw table of tomorrow
    would be refused; what is made now would seem older than what had been made from it, which
    would stay as it is if the run were cut off in between.
    """
    files = [path for folder in DATED for path in Path(folder).rglob("*") if path.is_file()]
    times = {path: path.stat().st_mtime_ns for path in files}
    now = time.time_ns() + SKEW
    ahead = {path: dated for path, dated in times.items() if dated > now}
    if ahead:
        oldest = min([now - SKEW, *(dated for dated in times.values() if dated <= now)])
        shift = max(ahead.values()) - oldest + 1
        for path, dated in ahead.items():
            os.utime(path, ns=(dated - shift, dated - shift))
        print("Some files are dated after now; taking them for older than the rest.", flush=True)


class WholeLoader(SourceFileLoader):
    """Python's way to compile a module; 3.11 takes what a full disk has cut short for whole."""

    def set_data(self, path, data, **how):
        """Write the compiled module, or nothing."""
        super().set_data(path, data, **how)
        written = Path(path)
        if written.exists() and written.stat().st_size < len(data):
            written.unlink()


def compile_module(source):
    """Compile a module unless its compiled form is that of the source as it is now, and whole."""
    loader = WholeLoader(source.stem, str(source))
    try:
        loader.get_code(source.stem)
    except (EOFError, ImportError, TypeError, ValueError):
        # Cut short, by another program than this: nothing that imports it would run again.
        Path(cache_from_source(source)).unlink(missing_ok=True)
        loader.get_code(source.stem)


def compile_library(folder=LIBRARY):
    """Compile what is new in the library, for a hundred jobs import it, and only here."""
    sys.dont_write_bytecode = False
    for source in folder.rglob("*.py"):
        # Where it cannot be kept, the jobs compile it; a line that is no Python is told by them.
        with contextlib.suppress(OSError, SyntaxError, ValueError):
            compile_module(source)
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def prepare():
    """Take the folder for this run, or end with a message; return the lock."""
    closed = unwritable(WRITTEN)
    if closed:
        sys.exit(
            f"No permission to write into: {', '.join(map(str, closed))}\n"
            "Nothing was run. Give it (chmod -R u+w, or chown after a run as another user) and "
            "run make again."
        )
    try:
        handle, cut_off = hold(HELD)
    except BlockingIOError as error:
        sys.exit(
            f"Another run is at work in this folder (process {error.strerror}).\n"
            "Nothing was run. Wait until it has ended, or stop it, and run make again."
        )
    set_back()
    if cut_off:
        clear_away()
    elif MARKS.exists() and any(MARKS.iterdir()):
        handle.truncate(0)
        handle.close()
        sys.exit(
            "A snakemake that was started by hand is at work in this folder, or was killed.\n"
            "Nothing was run. Wait until it has ended; if it was killed: "
            ".venv/bin/snakemake --unlock"
        )
    return handle


def logs():
    """Return what the logs of jobs say, each with the time of its last change."""
    found = Path("logs").rglob("*.log")
    # One that was cut off may end within a letter.
    return {
        path: (path.stat().st_mtime_ns, path.read_text("utf-8", "replace").strip())
        for path in found
    }


def tell(before):
    """Print what the jobs that failed have said: the messages of Snakemake have buried it."""
    failed = {
        path: said
        for path, (changed, said) in logs().items()
        if said != "done" and before.get(path) != (changed, said)
    }
    full = shutil.disk_usage(Path()).free < LITTLE
    if full:
        # A log that found no room to say so is no use to anyone.
        failed = {path: said for path, said in failed.items() if said}
    if full or failed:
        print("\nNo space left on device. Free some room." if full else "", flush=True)
        print("The run stopped. What is done is kept; run make again to go on.", flush=True)
    for path, said in sorted(failed.items()):
        lines = (said or SILENT).splitlines()
        print(f"{path}:", *lines[-LONGEST:], sep="\n  ", flush=True)


def without_traceback(record):
    """Shorten what Snakemake says of a system that refuses to write to the reason."""
    if getattr(record, "exception", "") == OSError.__name__:
        record.msg = str(record.msg).strip().rpartition("\n")[2]
    return True


def be_plain():
    """Keep from the screen where in Snakemake's code a full disk was met."""
    # What cannot be written to the log of Snakemake stands on the screen all the same.
    logging.raiseExceptions = False
    logging.getLogger("snakemake.logging").addFilter(without_traceback)


class TimeLeft:
    """Says at every tenth of a run how long the rest will take, at the pace so far."""

    def __init__(self, clock=time.monotonic):
        self.clock, self.began, self.tenth = clock, clock(), 0

    def __call__(self, record):
        """Look at what Snakemake logs; keep all of it."""
        done, total = getattr(record, "done", 0), getattr(record, "total", 0)
        tenth = 10 * done // total if total else 0
        if self.tenth < tenth < 10:
            self.tenth = tenth
            left = (self.clock() - self.began) * (total - done) / done
            words = f"{left / 60:.0f} min" if left >= 90 else f"{max(10, round(left, -1)):.0f} s"
            print(f"{done} of {total} steps done, about {words} left", flush=True)
        return True


def start_quickly():
    """Spare Snakemake what this workflow has no use for.

    It would import pandas in order to ask of every param whether it is a table, and here none is;
    jobs are processes of their own and import it as ever. And it makes some hundred thousand
    objects that live as long as the run, among which Python would look for garbage all the time,
    and once more when it ends.
    """
    sys.modules["pandas"] = None
    gc.set_threshold(OBJECTS)
    atexit.register(gc.freeze)


def main(arguments):
    try:
        handle = prepare()
        before = logs()
        compile_library()
    except OSError as error:
        sys.exit(f"{error.strerror}: {error.filename or HELD}. Mend it and run make again.")
    start_quickly()
    # Only now, for it takes a second and everything above is told at once.
    from snakemake.cli import main as snakemake

    be_plain()
    logging.getLogger("snakemake.logging").addFilter(TimeLeft())
    # Snakemake looks for a default profile beside the Snakefile only.
    profile = [] if "--profile" in arguments else ["--profile", PROFILE]
    # A person at a terminal sees bars, a log keeps lines: both how much is done.
    watched = sys.stdout.isatty() and not {"--logger", "-n", "--dry-run"} & {*arguments}
    try:
        snakemake([*profile, *(["--logger", "rich"] if watched else []), *arguments])
    except SystemExit as end:
        if end.code:
            tell(before)
        raise
    finally:
        handle.truncate(0)


if __name__ == "__main__":
    main(sys.argv[1:])
