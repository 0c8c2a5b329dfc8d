"""Getting the publishers' files: from a local mirror, or downloaded; verified either way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pooch
from tqdm import tqdm

from gotong.errors import InputError
from gotong.provenance import sha256_bytes
from gotong.sources.download import REMEDY, Manners, Transfer
from gotong.sources.registry import Source, SourceFile

Fetch = Callable[[Source], dict[str, bytes]]
"""What brings the files of a source: registered path to verified bytes."""


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
    raise _another_file(source, file, where, what)


def _another_file(source: Source, file: SourceFile, where: str, what: str) -> InputError:
    """Return the error for a file that is not the registered one; `what` says what it is."""
    return InputError(
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
    """Read one file of a mirror and verify it; one that is too long is not read at all."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= file.bytes else b""
    except OSError as error:
        raise InputError(
            source.id,
            str(path),
            "whole file",
            "the file, readable",
            str(error.strerror or error),
            "check inputs.mirror: the files lie in <mirror>/<owner>+<name>/<path>",
        ) from None
    if size > file.bytes:
        raise _another_file(source, file, str(path), f"{size} bytes")
    return verified(content, source, file, str(path))


def download(cache: Path, manners: Manners | None = None) -> Fetch:
    """Return what downloads files by pinned address into a folder, verified by sha256.

    A file that lies there already with the right sha256 is not fetched again; one that is
    being fetched never shows under its name. A bar on the terminal shows how much has come.

    Parameters
    ----------
    cache : pathlib.Path
        Folder of finished downloads, laid out as a mirror.
    manners : Manners, optional
        How to ask the server.
    """
    chosen = manners or Manners()
    pooch.get_logger().setLevel("WARNING")

    def fetch(source: Source) -> dict[str, bytes]:
        total = sum(file.bytes for file in source.files)
        # disable=None: no bar where standard error is no terminal.
        bar = tqdm(total=total, desc=source.id, unit="B", unit_scale=True, disable=None)
        with bar:
            return {
                file.path: _download(Transfer(source, file, cache, chosen, bar.update))
                for file in source.files
            }

    return fetch


def _download(transfer: Transfer) -> bytes:
    """Bring one file into the cache, unless it lies there, and verify it."""
    source, file = transfer.source, transfer.file
    address = source.address(file, transfer.manners.server)
    keeper = pooch.create(
        path=transfer.cache / source.folder,
        base_url="",
        registry={file.path: f"sha256:{file.sha256}"},
        urls={file.path: address},
        # A file that came whole and is another one may have been spoilt underway: once more.
        retry_if_failed=1,
    )
    try:
        local = keeper.fetch(file.path, downloader=transfer)
    except ValueError as error:
        raise InputError(
            source.id,
            address,
            "whole file",
            f"{file.bytes} bytes, sha256 {file.sha256}",
            f"another file of that length: {str(error).splitlines()[0]}",
            REMEDY,
        ) from None
    return verified(Path(local).read_bytes(), source, file, address)
