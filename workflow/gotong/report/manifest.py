"""The list of all results: what each file is and says, and from what it was made.

Bytes are the same in the locked environment on one kind of machine; libraries that compress
pictures may write other bytes elsewhere for the same picture. The second hash is of the
content alone: the values of a table, the pixels of a picture.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from gotong.provenance import sha256_bytes, sha256_file
from gotong.tables import read_parquet

Listed = Mapping[str, Mapping[str, Any]]
"""Results by path: bytes, sha256, content, job."""


def content_hash(path: Path) -> str:
    """Return the sha256 of what a file says, whatever way it is written."""
    if path.suffix == ".parquet":
        return _values_hash(read_parquet(path))
    if path.suffix == ".png":
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGBA"))
        return sha256_bytes(repr(pixels.shape).encode() + pixels.tobytes())
    if path.suffix == ".json":
        record = json.loads(path.read_bytes())
        # Versions of Python write the same code in slightly other ways before it is hashed.
        record.get("made_by", {}).pop("code", None)
        return sha256_bytes(json.dumps(record, sort_keys=True).encode())
    return sha256_file(path)


def _values_hash(table: pd.DataFrame) -> str:
    """Return the sha256 of a table's shape, names, types and values."""
    said = [repr(table.shape), *(f"{name} {_column_hash(table[name])}" for name in table.columns)]
    return sha256_bytes("\n".join(said).encode())


def _column_hash(column: pd.Series) -> str:
    """Return the sha256 of the values of a column and of where they are missing."""
    missing = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_datetime64_any_dtype(column):
        values = column.to_numpy(dtype="datetime64[s]").astype("<i8")
    elif pd.api.types.is_float_dtype(column):
        values = column.to_numpy(dtype="<f8")
    elif pd.api.types.is_numeric_dtype(column):
        values = column.fillna(0).to_numpy(dtype="<i8")
    else:
        # No text of a table holds a NUL.
        return sha256_bytes(b"\0".join(str(text).encode() for text in column))
    known = np.where(missing, 0, values)
    return sha256_bytes(f"{column.dtype}".encode() + missing.tobytes() + known.tobytes())


def manifest(
    paths: Iterable[str | Path], jobs: Mapping[str, Mapping[str, Any]], lock: str
) -> dict[str, Any]:
    """List results with their hashes, and the jobs that made them with theirs.

    Parameters
    ----------
    paths : iterable of path
        The results.
    jobs : mapping
        By a job's name: ``rule``, ``code`` (hash of the code that it uses), ``choices`` (the
        parts of the configuration that it reads), ``inputs`` and ``outputs`` (paths).
    lock : str
        sha256 of the locked environment.

    Returns
    -------
    dict
        ``made_on``, ``lock``; ``results``: bytes, sha256, content and job of each; ``jobs``:
        rule, hashes of code and choices, paths of inputs and outputs; ``inputs``: sha256 of the
        inputs that no job makes.

    Raises
    ------
    LookupError
        No job makes a result.
    """
    made_by = {output: name for name, job in jobs.items() for output in job["outputs"]}
    results = {}
    for path in sorted(map(Path, paths)):
        if str(path) not in made_by:
            raise LookupError(f"no job is known to make {path}")
        results[str(path)] = {
            "bytes": path.stat().st_size,
            "sha256": sha256_file(path),
            "content": content_hash(path),
            "job": made_by[str(path)],
        }
    made = {output for job in jobs.values() for output in job["outputs"]}
    read = {path for job in jobs.values() for path in job["inputs"]}
    return {
        "made_on": machine(),
        "lock": lock,
        "results": results,
        "jobs": {name: _job(job) for name, job in jobs.items()},
        "inputs": {path: sha256_file(path) for path in sorted(read - made)},
    }


def _job(job: Mapping[str, Any]) -> dict[str, Any]:
    choices = json.dumps(job["choices"], sort_keys=True, ensure_ascii=False)
    return {
        "rule": job["rule"],
        "code": job["code"],
        "config": sha256_bytes(choices.encode()),
        "inputs": list(job["inputs"]),
        "outputs": list(job["outputs"]),
    }


def machine() -> dict[str, str]:
    """Return what identity of bytes depends on besides the lock."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def to_json(record: Mapping[str, Any]) -> bytes:
    """Return a manifest as JSON."""
    return (json.dumps(record, indent=1) + "\n").encode()


def differences(found: Listed, wanted: Listed, field: str) -> list[str]:
    """Return the paths of results in which two manifests differ, sorted.

    Parameters
    ----------
    found, wanted : mapping
        The ``results`` of two manifests.
    field : str
        ``sha256`` or ``content``.
    """
    return sorted(
        path
        for path in {*found, *wanted}
        if path not in found or path not in wanted or found[path][field] != wanted[path][field]
    )


def outdated(
    record: Mapping[str, Any], jobs: Mapping[str, Mapping[str, Any]], sha256: Mapping[str, str]
) -> list[str]:
    """Return the files that jobs of today would not have made as they lie here, sorted.

    Parameters
    ----------
    record : mapping
        The manifest of the run that made them.
    jobs : mapping
        The jobs of today, as `manifest` takes them.
    sha256 : mapping
        Hashes of today's files, results and raw data; one that is not there has none.
    """
    found = set()
    for name, job in jobs.items():
        raw = [path for path in job["inputs"] if path in record["inputs"]]
        same = record["jobs"].get(name) == _job(job) and all(
            sha256.get(path) == record["inputs"][path] for path in raw
        )
        whole = [
            path in record["results"] and sha256.get(path) == record["results"][path]["sha256"]
            for path in job["outputs"]
        ]
        # What is no result, as the parts of a table, is not kept.
        kept = [path for path in job["outputs"] if path in record["results"] or path in sha256]
        if not same or (kept and not all(whole)):
            found.update(job["outputs"])
    # Parts are not kept, so that nothing but this tells what was gathered from outdated ones.
    parts = found - record["results"].keys()
    while parts:
        gathered = [job["outputs"] for job in jobs.values() if parts & set(job["inputs"])]
        more = set().union(*gathered) - found
        found |= more
        parts = more - record["results"].keys()
    return sorted(found)


def first_made(paths: Iterable[str], jobs: Mapping[str, Mapping[str, Any]]) -> str:
    """Return that of some files behind which no other of them stands.

    Parameters
    ----------
    paths : iterable of str
        At least one.
    jobs : mapping
        Those of a manifest, for what was made from what.
    """
    differing = sorted(paths)
    made_by = {output: job for job in jobs.values() for output in job["outputs"]}
    for path in differing:
        job = made_by.get(path, {"inputs": ()})
        if not set(differing) & _all_behind(job["inputs"], made_by):
            return path
    return differing[0]


def _all_behind(inputs: Iterable[str], made_by: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return some files and all that they were made from."""
    waiting, seen = list(inputs), set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += made_by[path]["inputs"] if path in made_by else ()
    return seen


def first_cell(found: pd.DataFrame, wanted: pd.DataFrame, key: Sequence[str] = ()) -> str:
    """Say where two tables differ first: the row, what names it, the column and both values.

    Parameters
    ----------
    found, wanted : pandas.DataFrame
    key : sequence of str
        Columns that name a row.

    Returns
    -------
    str
        Empty when they do not differ.
    """
    if list(found.columns) != list(wanted.columns):
        return f"columns: {', '.join(found.columns)}, and not {', '.join(wanted.columns)}"
    shared = min(len(found), len(wanted))
    one, two = (table.iloc[:shared].reset_index(drop=True) for table in (found, wanted))
    unlike = np.column_stack([_unlike(one[name], two[name]) for name in one.columns])
    if not unlike.any():
        return "" if len(found) == len(wanted) else f"rows: {len(found)}, and not {len(wanted)}"
    row, column = (int(index[0]) for index in np.nonzero(unlike))
    name = one.columns[column]
    named = ", ".join(f"{part}={_plain(two[part].iloc[row])}" for part in key)
    where = f"row {row + 2} ({named})" if named else f"row {row + 2}"
    values = (_plain(table[name].iloc[row]) for table in (one, two))
    return "{}, column '{}': {}, and not {}".format(where, name, *values)


def _unlike(one: pd.Series, two: pd.Series) -> np.ndarray:
    """Return in which rows two columns differ; what is missing in both does not."""
    one, two = one.astype(object), two.astype(object)
    missing = one.isna().to_numpy(), two.isna().to_numpy()
    return np.asarray((missing[0] != missing[1]) | ((one != two).to_numpy() & ~missing[0]))


def _plain(value: Any) -> str:
    """Return a cell as a person would write it."""
    if pd.isna(value):
        return "nothing"
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)
