"""Where a result came from: hashes of content, and of the code that a rule really uses.

Snakemake watches a script but not the modules that it imports. `code_fingerprint` follows
the imports by static analysis and hashes what they say, not how they are written: a comment
or a docstring changes nothing.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path(__file__).resolve().parent
"""Folder of the library whose modules are followed."""

NOTES = LIBRARY.parents[1] / ".snakemake" / "gotong-modules.json"
"""Notes on modules that were read before: nothing but time is lost with them."""


def sha256_bytes(content: bytes) -> str:
    """Return the sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: str | Path) -> str:
    """Return the sha256 of a file's content, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seed_of(name: str) -> int:
    """Return the seed of a table's random numbers: it follows from its name and nothing else."""
    return int(sha256_bytes(name.encode())[:8], 16)


class _Module(NamedTuple):
    """What a Python file says."""

    code: str
    """sha256 of its code without comments and docstrings"""
    imports: tuple[str, ...]
    """names that it imports"""
    functions: dict[str, int]
    """lines of the functions at its top"""


@cache
def _module(path: Path) -> _Module:
    """Return what a Python file says, from the notes of an earlier run if they know the file."""
    content = path.read_bytes()
    key = sha256_bytes(content)
    notes = _notes()
    if key not in notes:
        notes[key] = _read(content)
    return notes[key]


@cache
def _notes() -> dict[str, _Module]:
    """Return what earlier runs noted of Python files, by the sha256 of their bytes.

    Taking two hundred modules apart takes longer than the rest of a run that has nothing to do.
    """
    try:
        listed = json.loads(NOTES.read_bytes())
        known = {
            key: _Module(code, tuple(imports), functions)
            for key, (code, imports, functions) in listed.items()
        }
    except (OSError, ValueError, TypeError):
        # None yet, or cut off: they are taken anew.
        known = {}
    atexit.register(_keep, known, len(known))
    return known


def _keep(notes: dict[str, _Module], before: int) -> None:
    """Write the notes down if there are new ones and Snakemake has a folder for its own."""
    if len(notes) > before and NOTES.parent.is_dir():
        scratch = NOTES.with_suffix(f".{os.getpid()}")
        try:
            scratch.write_text(json.dumps(notes), encoding="utf-8")
            scratch.replace(NOTES)
        except OSError:
            # A full disk, say: the run tells of it where something is lost, here is nothing.
            with contextlib.suppress(OSError):
                scratch.unlink(missing_ok=True)


def _read(content: bytes) -> _Module:
    """Take a Python file apart."""
    tree = ast.parse(content)
    functions = {node.name: node.lineno for node in tree.body if isinstance(node, ast.FunctionDef)}
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module)
            imported.update(f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = _without_docstrings(node.body)
    code = sha256_bytes(ast.unparse(tree).encode())
    return _Module(code, tuple(sorted(imported)), functions)


def _without_docstrings(body: list[ast.stmt]) -> list[ast.stmt]:
    """Drop string expressions: docstrings, and those that describe an attribute."""
    kept = [
        statement
        for statement in body
        if not (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
            and isinstance(statement.value.value, str)
        )
    ]
    return kept or [ast.Pass()]


@cache
def _module_file(name: str, library: Path) -> Path | None:
    """Return the file of a module of the library, or None for any other name."""
    package, *rest = name.split(".")
    if package != library.name:
        return None
    stem = library.joinpath(*rest)
    for candidate in (stem.with_suffix(".py"), stem / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def modules_used(file: str | Path, library: Path = LIBRARY) -> tuple[Path, ...]:
    """Return a Python file and every module of the library that it imports, near or far.

    Parameters
    ----------
    file : path
        A script or module.
    library : path
        The package folder that is followed; imports of anything else are left to the lock.

    Returns
    -------
    tuple of pathlib.Path
        Sorted; packages' ``__init__`` files included.
    """
    waiting, seen = [Path(file).resolve()], set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        waiting += _imported(_module(current).imports, library) - seen
    return tuple(sorted(seen))


@cache
def _imported(names: tuple[str, ...], library: Path) -> frozenset[Path]:
    """Return the files of the library that an import of some names runs."""
    files = set()
    for name in names:
        # Importing a module runs the packages above it, too.
        above = name.split(".")
        files |= {
            _module_file(".".join(above[:depth]), library) for depth in range(1, len(above) + 1)
        }
    return frozenset(file for file in files if file)


def code_fingerprint(*files: str | Path, library: Path = LIBRARY) -> str:
    """Return one hash of what some Python files and all their library imports say."""
    used = sorted({module for file in files for module in modules_used(file, library)})
    digest = hashlib.sha256()
    for module in used:
        digest.update(f"{module.name} {_module(module).code}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class Place:
    """Where a function stands in the project's code."""

    function: str
    path: str
    line: int


def place_of(module: str, function: str) -> Place:
    """Return where a function of the library stands.

    Parameters
    ----------
    module : str
        Below ``gotong``, for example ``analyses.ledger``.
    function : str
        One that the module defines at its top.

    Raises
    ------
    LookupError
        The module defines no such function.
    """
    path = LIBRARY.joinpath(*module.split(".")).with_suffix(".py")
    line = _module(path).functions.get(function)
    if line is None:
        raise LookupError(f"{path} defines no function {function}")
    return Place(function, f"workflow/{path.relative_to(LIBRARY.parent)}", line)
