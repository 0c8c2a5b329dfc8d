"""The archive: the project's files and the results of the last run as one zip, a research object.

The same state gives the same bytes: entries are sorted and carry the time of the commit. What
is archived is a commit and what was made from it, so a folder with uncommitted changes, or with
results other than results/MANIFEST.json lists, is refused. An unpacked archive has no repository;
its description says what belongs to it, and packing it again gives the same archive.
"""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from gotong.errors import InputError
from gotong.provenance import sha256_bytes, sha256_file
from gotong.report.research_object import DESCRIPTION, Described, Origin, describe, read_origin
from gotong.sources.registry import read_registry

MANIFEST: Final = "results/MANIFEST.json"
SHOWN: Final = 5
"""How many files a message names."""

PLAIN_MODE, PROGRAM_MODE = 0o100644, 0o100755
"""Unix modes of a file and of a program."""

UNIX: Final = 3
"""How a zip names the system that gave an entry its mode."""


def pack(root: Path) -> bytes:
    """Return the archive of a finished project.

    Parameters
    ----------
    root : path
        The project's folder: a clean clone or an unpacked archive, with the results of a run.

    Raises
    ------
    InputError
        There are no results, or they are not those that the run listed; the folder differs from
        its commit, or from the archive that it was unpacked from.
    """
    origin = find_origin(root)
    manifest = _manifest(root)
    results = [*manifest["results"], MANIFEST]
    content = {path: (root / path).read_bytes() for path in sorted({*origin.files, *results})}
    description = describe(
        {path: Described(len(data), sha256_bytes(data)) for path, data in content.items()},
        results,
        origin,
        yaml.safe_load(content["CITATION.cff"]),
        read_registry(content["data/raw/sources.yaml"]),
        manifest["made_on"],
    )
    return zipped({DESCRIPTION: description} | content, datetime.fromisoformat(origin.date))


def find_origin(root: Path) -> Origin:
    """Return which state of the project a folder holds, from its repository or description."""
    if (root / ".git").exists():
        return _of_repository(root)
    if (root / DESCRIPTION).exists():
        return _of_description(root)
    raise _refusal(
        str(root),
        "a clone of the repository, or an unpacked archive",
        f"neither .git nor {DESCRIPTION}",
        "clone the repository and run make there",
    )


def zipped(content: Mapping[str, bytes], time: datetime) -> bytes:
    """Return files as a zip whose bytes depend on names, contents and the time given alone.

    Parameters
    ----------
    content : mapping
        Contents by path, in the order in which they are to stand.
    time : datetime
        The time that every entry carries.
    """
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in content.items():
            entry = zipfile.ZipInfo(path, time.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = UNIX
            # Not every tool that unpacks keeps a mode, so that it is told from the content.
            mode = PROGRAM_MODE if data.startswith(b"#!") else PLAIN_MODE
            entry.external_attr = mode << 16
            archive.writestr(entry, data)
    return sink.getvalue()


def _of_repository(root: Path) -> Origin:
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        raise _refusal(
            str(root),
            "the files of a commit and nothing else",
            f"uncommitted changes: {_some(line[3:] for line in changed)}",
            "commit them, or set them aside, and run make archive again",
        )
    files = sorted(_git(root, "ls-files", "-z").rstrip("\0").split("\0"))
    commit, date = _git(root, "log", "-1", "--format=%H %cI").split()
    return Origin(tuple(files), datetime.fromisoformat(date).astimezone(UTC).isoformat(), commit)


def _git(root: Path, *command: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise _refusal(
            str(root / ".git"),
            f"an answer of git {command[0]}",
            done.stderr.strip(),
            "mend the repository, or clone it again",
        )
    return done.stdout


def _of_description(root: Path) -> Origin:
    origin, hashes = read_origin((root / DESCRIPTION).read_bytes())
    _expect(
        root, hashes, "the archive that it was unpacked from", "put back what the archive holds"
    )
    return origin


def _manifest(root: Path) -> dict[str, Any]:
    path = root / MANIFEST
    if not path.exists():
        raise _refusal(str(path), "the results of a run", "no such file", "run make first")
    manifest: dict[str, Any] = json.loads(path.read_bytes())
    hashes = {name: entry["sha256"] for name, entry in manifest["results"].items()}
    _expect(root, hashes, MANIFEST, "run make, which makes anew what was changed by hand")
    return manifest


def _expect(root: Path, hashes: Mapping[str, str], like: str, remedy: str) -> None:
    """Refuse a folder in which files are missing or are not what their hashes say."""
    other = [
        path
        for path, sha256 in hashes.items()
        if not (root / path).is_file() or sha256_file(root / path) != sha256
    ]
    if other:
        raise _refusal(
            str(root), f"files as in {like}", f"other or missing: {_some(other)}", remedy
        )


def _some(names: Any) -> str:
    """Return the first names of many, and how many there are."""
    every = sorted(names)
    rest = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + rest


def _refusal(file: str, expected: str, found: str, remedy: str) -> InputError:
    return InputError("archive", file, "", expected, found, remedy)
