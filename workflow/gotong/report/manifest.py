"""The list of all results: the sha256 of each file's bytes and of what it says.

Bytes are the same in the locked environment on one kind of machine; libraries that compress
pictures may write other bytes elsewhere for the same picture. The second hash is of the
content alone: the values of a table, the pixels of a picture.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

import matplotlib.image as mpl_image
import numpy as np

from gotong.provenance import sha256_bytes
from gotong.tables import read_parquet, to_csv


def content_hash(path: Path) -> str:
    """Return the sha256 of what a file says, whatever way it is written."""
    if path.suffix == ".parquet":
        return sha256_bytes(to_csv(read_parquet(path)))
    if path.suffix == ".png":
        pixels = np.asarray(mpl_image.imread(path) * 255).round().astype(np.uint8)
        return sha256_bytes(repr(pixels.shape).encode() + pixels.tobytes())
    if path.suffix == ".json":
        record = json.loads(path.read_bytes())
        # Versions of Python write the same code in slightly other ways before it is hashed.
        record.get("made_by", {}).pop("code", None)
        return sha256_bytes(json.dumps(record, sort_keys=True).encode())
    return sha256_bytes(path.read_bytes())


def manifest(paths: Iterable[str | Path]) -> dict[str, dict[str, str | int]]:
    """Return bytes, sha256 and content hash of each file, by path, sorted."""
    listed: dict[str, dict[str, str | int]] = {}
    for path in sorted(map(Path, paths)):
        content = path.read_bytes()
        listed[str(path)] = {
            "bytes": len(content),
            "sha256": sha256_bytes(content),
            "content": content_hash(path),
        }
    return listed


def machine() -> dict[str, str]:
    """Return what identity of bytes depends on besides the lock."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": ".".join(platform.python_version_tuple()[:2]),
    }


def to_json(listed: Mapping[str, Mapping[str, str | int]]) -> bytes:
    """Return a manifest as JSON."""
    record = {"made_on": machine(), "results": listed}
    return (json.dumps(record, indent=1) + "\n").encode()


def differences(
    found: Mapping[str, Mapping], wanted: Mapping[str, Mapping], field: str
) -> list[str]:
    """Say in which files two manifests differ, one line each, sorted.

    Parameters
    ----------
    found, wanted : mapping
        The ``results`` of two manifests.
    field : str
        ``sha256`` or ``content``.
    """
    lines = [f"{path}: not made" for path in wanted if path not in found]
    lines += [f"{path}: not in the reference" for path in found if path not in wanted]
    lines += [
        f"{path}: {field} differs"
        for path in found
        if path in wanted and found[path][field] != wanted[path][field]
    ]
    return sorted(lines)
