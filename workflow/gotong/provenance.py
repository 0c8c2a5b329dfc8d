"""Where a result came from: hashes of content, and of the code that a rule really uses.

Snakemake watches a script but not the modules that it imports. `code_fingerprint` follows
the imports by static analysis and hashes what they say, not how they are written: a comment
or a docstring changes nothing.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).resolve().parent
"""Folder of the library whose modules are followed."""


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


@cache
def _normalised(path: Path) -> tuple[str, frozenset[str]]:
    """Return a module's code without comments and docstrings, and the names it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module)
            imported.update(f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = _without_docstrings(node.body)
    return ast.unparse(tree), frozenset(imported)


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
        for name in _normalised(current)[1]:
            # Importing a module runs the packages above it, too.
            above = name.split(".")
            for depth in range(1, len(above) + 1):
                found = _module_file(".".join(above[:depth]), library)
                if found:
                    waiting.append(found)
    return tuple(sorted(seen))


def code_fingerprint(*files: str | Path, library: Path = LIBRARY) -> str:
    """Return one hash of what some Python files and all their library imports say."""
    used = sorted({module for file in files for module in modules_used(file, library)})
    digest = hashlib.sha256()
    for module in used:
        digest.update(module.name.encode() + b"\0" + _normalised(module)[0].encode() + b"\0")
    return digest.hexdigest()


@dataclass(frozen=True)
class Place:
    """Where a function stands in the project's code."""

    function: str
    path: str
    line: int


@cache
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
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return Place(function, f"workflow/{path.relative_to(LIBRARY.parent)}", node.lineno)
    raise LookupError(f"{path} defines no function {function}")
