"""Running one task for a rule: a log, a clear message when something is wrong, no traceback."""

from __future__ import annotations

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
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        task(job.input, job.output, job.params)
    except GotongError as error:
        message = str(error)
    except MemoryError:
        message = "Out of memory. Run with fewer cores: make CORES=1"
    except OSError as error:
        message = f"{error.strerror}: {error.filename}. Mend it and run make again."
    except Exception:
        log.write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(f"{traceback.format_exc(limit=-1).splitlines()[-1]}\nlog: {log}\n{UNFORESEEN}")
    else:
        log.write_text("done\n", encoding="utf-8")
        return
    log.write_text(message + "\n", encoding="utf-8")
    sys.exit(message)
