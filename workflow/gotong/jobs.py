"""Running one task for a rule: a log, a clear message when something is wrong, no traceback."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gotong.errors import GotongError

UNFORESEEN = (
    "This was not foreseen, so it is a defect of the project, not of your data.\n"
    "Please report it with the log named above."
)
CUT_OFF = (
    "Cut off before it ended. If nobody stopped the run, the system ended this job, most often\n"
    "because memory ran out. Run again with fewer cores: make CORES=1"
)
"""What the log of a job says until the job itself says more: one that is killed no longer can."""


def run(task: Callable[[Any, Any, Any], None], job: Any) -> None:
    """Run a task with a rule's input, output and params.

    Parameters
    ----------
    task : callable
        Takes input, output and params.
    job : object
        Snakemake's object of the running job: input, output, params, log.

    Raises
    ------
    SystemExit
        With status 1 when the task fails; the message has gone to the log and to the screen.
    """
    log = Path(str(job.log[0]))
    _write(log, CUT_OFF)
    try:
        task(job.input, job.output, job.params)
    except (Exception, KeyboardInterrupt) as error:
        message, detail = foreseen(error), ""
        if not message:
            detail = traceback.format_exc()
            message = f"{detail.splitlines()[-1]}\nlog: {log}\n{UNFORESEEN}"
        _write(log, detail + message)
        sys.exit(message)
    _write(log, "done")


def foreseen(error: BaseException) -> str:
    """Return what an error means and what to do, or nothing when only its traceback can tell."""
    if isinstance(error, GotongError):
        return str(error)
    if isinstance(error, MemoryError):
        return "Out of memory. Run again with fewer cores: make CORES=1"
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename else ""
        return f"{error.strerror}{place}. Mend it and run make again."
    if isinstance(error, KeyboardInterrupt):
        return "Stopped from outside. Run make again to go on."
    return ""


def _write(log: Path, text: str) -> None:
    """Write to the log; where it cannot be written to, the screen must do."""
    with contextlib.suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"{text}\n", encoding="utf-8")
