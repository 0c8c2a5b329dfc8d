"""One run of the workflow in a process group of its own, which can be killed as a whole."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LOCK = ".snakemake/run.lock"
FRONT = "workflow/scripts/run_workflow.py"
LONGEST = 3600


def surroundings(tree: Path) -> dict[str, str]:
    """Return the environment of a run: the library of the copy, and what the Makefile sets."""
    own = {
        "PYTHONPATH": str(tree / "workflow"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
    }
    return {**os.environ, **own}


class Run:
    """A run that was started in a tree.

    Parameters
    ----------
    tree : pathlib.Path
    targets : str
        ``all`` by default.
    command : sequence of str
        What is run, before the targets: what `make` runs by default.
    said_in : pathlib.Path, optional
        Folder for what it prints; that of the tree by default.
    limits : dict
        More arguments of `subprocess.Popen`, such as another user.
    """

    def __init__(self, tree, *targets, command=(FRONT, "--cores", "2"), said_in=None, **limits):
        self.tree, self.started = tree, time.monotonic()
        self._said = (said_in or tree.parent) / f"{tree.name}.{time.monotonic_ns()}.txt"
        with self._said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, *command, *(targets or ["all"])],
                cwd=tree,
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **{"env": surroundings(tree), **limits},
            )

    @property
    def said(self):
        """What it has printed."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    @property
    def has_ended(self):
        """Whether it is over."""
        return self.process.poll() is not None

    @property
    def finished_jobs(self):
        """How many jobs it has finished."""
        return self.said.count("\nFinished jobid")

    def wait(self):
        """Wait for its end; return its status."""
        status = self.process.wait(LONGEST)
        self.seconds = time.monotonic() - self.started
        return status

    def wait_until(self, holds, within=300):
        """Wait until something holds; return whether it came to that while the run was alive."""
        end = time.monotonic() + within
        while not self.has_ended and time.monotonic() < end:
            if holds():
                return True
            time.sleep(0.01)
        return False

    def signal(self, number):
        """Send a signal to the whole group."""
        os.killpg(self.process.pid, number)

    def kill(self):
        """Kill the whole group at once; return whether it was still at work."""
        if self.has_ended:
            return False
        self.signal(signal.SIGKILL)
        return self.wait() == -signal.SIGKILL

    def workers(self):
        """Return the processes of jobs, by number, with their command."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,pgid=,args="], capture_output=True, text=True, check=True
        ).stdout
        found = {}
        for line in listed.splitlines():
            number, group, command = line.split(None, 2)
            if int(group) == self.process.pid and "/.snakemake/scripts/" in command:
                found[int(number)] = command
        return found
