"""Getting the publishers' files: from a local mirror, or downloaded; verified either way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pooch
import requests

from gotong.errors import InputError
from gotong.provenance import sha256_bytes
from gotong.sources.registry import Source, SourceFile

Fetch = Callable[[Source], dict[str, bytes]]
"""What brings the files of a source: registered path to verified bytes."""

ATTEMPTS = 3
TIMEOUT_SECONDS = 60


def verified(content: bytes, source: Source, file: SourceFile, where: str) -> bytes:
    """Return the bytes if they are the registered ones.

    Raises
    ------
    InputError
        Another length or sha256 than ``data/raw/sources.yaml`` says.
    """
    found = sha256_bytes(content)
    if found == file.sha256:
        return content
    what = f"{len(content)} bytes, sha256 {found}"
    if len(content) < file.bytes:
        what += " (cut short?)"
    raise InputError(
        source.id,
        where,
        "whole file",
        f"{file.bytes} bytes, sha256 {file.sha256}",
        what,
        "fetch the pinned file again from " + source.address(file)
        if source.origin == "mirror"
        else "a hand-coded table was changed: renew its sha256 and bytes in data/raw/sources.yaml",
    )


def mirror(folder: Path, coded: Path | None = None) -> Fetch:
    """Return what reads files from a local mirror laid out as ``owner+name/path``.

    Parameters
    ----------
    folder : pathlib.Path
        The mirror.
    coded : pathlib.Path, optional
        Folder of the tables coded by hand; by default ``curated`` beside the mirror.
    """
    coded = coded or folder.parent / "curated"

    def fetch(source: Source) -> dict[str, bytes]:
        base = folder / source.folder if source.origin == "mirror" else coded
        return {file.path: _read(base / file.path, source, file) for file in source.files}

    return fetch


def _read(path: Path, source: Source, file: SourceFile) -> bytes:
    """Read one file of a mirror and verify it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            source.id,
            str(path),
            "whole file",
            "the file, readable",
            str(error.strerror or error),
            "check inputs.mirror: the files lie in <mirror>/<owner>+<name>/<path>",
        ) from None
    return verified(content, source, file, str(path))


def download(cache: Path) -> Fetch:
    """Return what downloads files by pinned address into a folder, verified by sha256.

    A file that lies there already with the right sha256 is not fetched again; one that is
    being fetched never shows under its name.
    """

    def fetch(source: Source) -> dict[str, bytes]:
        return {file.path: _download(source, file, cache) for file in source.files}

    return fetch


def _download(source: Source, file: SourceFile, cache: Path) -> bytes:
    """Download one file, with retries, and verify it."""
    address = source.address(file)
    keeper = pooch.create(
        path=cache / source.folder,
        base_url="",
        registry={file.path: f"sha256:{file.sha256}"},
        urls={file.path: address},
        retry_if_failed=ATTEMPTS - 1,
    )
    try:
        local = keeper.fetch(
            file.path, downloader=pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS, progressbar=False)
        )
    except (ValueError, OSError, requests.RequestException) as error:
        raise InputError(
            source.id,
            address,
            "whole file",
            f"{file.bytes} bytes, sha256 {file.sha256}",
            str(error).splitlines()[0],
            "try again later, or use inputs.mode: snapshot, which needs no network",
        ) from None
    return verified(Path(local).read_bytes(), source, file, address)
