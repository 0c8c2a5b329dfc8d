"""The walk-throughs: notebooks without outputs, run anew and written as pages.

A notebook is run from the project's folder in a fresh kernel, and nothing of when or how long
it ran is kept, so that the same data give the same page.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import mistune
import nbformat
from jupyter_client.manager import KernelManager
from markupsafe import Markup
from nbclient import NotebookClient

from gotong.html import render
from gotong.i18n import Language
from gotong.report.languages import FILES, NAMES

KERNEL = "python3"
LONGEST_CELL = 600
"""Seconds after which a cell is given up."""

_markdown = mistune.create_markdown(escape=True)


def run(text: str, folder: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of a fresh run.

    Parameters
    ----------
    text : str
        The notebook as stored.
    folder : pathlib.Path
        Where it runs: the project's folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell failed; the message holds its code and the error.
    """
    notebook = nbformat.reads(text, as_version=4)
    with tempfile.TemporaryDirectory() as scratch:
        # Kernels write settings and history; a run leaves nothing behind in the user's home, and
        # what it says to its kernel goes through files that only this user can read.
        manager = KernelManager(
            kernel_name=KERNEL, transport="ipc", connection_file=str(Path(scratch, "kernel.json"))
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=LONGEST_CELL,
            record_timing=False,
            # What one cell prints comes in pieces, cut by time.
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )
        surroundings = {**os.environ, "IPYTHONDIR": scratch, "MPLBACKEND": "Agg"}
        client.execute(env=surroundings, cleanup_kc=True)
    return notebook


def page(notebook: nbformat.NotebookNode, name: str) -> str:
    """Return a run notebook as a page of its own, in English.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        As `run` returns it.
    name : str
        Its file under ``notebooks``, without the ending.
    """
    cells = [_cell(cell) for cell in notebook.cells]
    first = notebook.cells[0].source.splitlines()[0]
    return render(
        "notebook.html.j2",
        Language("en"),
        name=name,
        title=first.lstrip("# "),
        cells=cells,
        reports=[(code, FILES[code], NAMES[code]) for code in FILES],
    )


def _cell(cell: nbformat.NotebookNode) -> dict[str, Any]:
    """Return what the page shows of one cell."""
    if cell.cell_type == "markdown":
        return {"text": Markup(_markdown(cell.source)), "code": "", "outputs": []}
    return {"text": "", "code": cell.source, "outputs": [_output(each) for each in cell.outputs]}


def _output(output: nbformat.NotebookNode) -> dict[str, str]:
    """Return one output: a picture with its alternative text, or plain text."""
    if output.output_type == "stream":
        return {"image": "", "alt": "", "text": output.text}
    data = output.data
    if "image/png" in data:
        alt = output.metadata.get("image/png", {}).get("alt", "")
        return {"image": "".join(data["image/png"].split()), "alt": alt, "text": ""}
    return {"image": "", "alt": "", "text": data.get("text/plain", "")}
