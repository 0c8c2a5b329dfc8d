"""Getting the publishers' files: from a local mirror, or downloaded; verified either way."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pooch
from tqdm import tqdm

from gotong.errors import InputError
from gotong.provenance import sha256_bytes
from gotong.sources.download import REMEDY, Manners, Transfer
from gotong.sources.registry import Source, SourceFile

Fetch = Callable[[Source], dict[str, bytes]]
"""What brings the files of a source: registered path to verified bytes."""

Sieve = Callable[[Iterator[bytes], str], bytes]
"""What takes from a file, block by block, the part that its reader needs; it is told the name.

The reader makes the same table of what was taken as of the whole file.
"""

NO_SIEVES: Final[Mapping[str, Sieve]] = MappingProxyType({})

BLOCK: Final = 1 << 20
"""Bytes of a file that is sieved which are held at once; about what a processor's cache holds."""


def verified(content: bytes, source: Source, file: SourceFile, where: str) -> bytes:
    """Return the bytes if they are the registered ones.

    Raises
    ------
    InputError
        Another length or sha256 than ``data/raw/sources.yaml`` says.
    """
    _expect(sha256_bytes(content), len(content), source, file, where)
    return content


def sieved(path: Path, sieve: Sieve, source: Source, file: SourceFile, where: str) -> bytes:
    """Return what a sieve keeps of a file if the whole file is the registered one.

    The file is read once, and no more than a block of it and what was kept is held.

    Raises
    ------
    InputError
        As `verified`; else what the sieve says.
    """
    digest = hashlib.sha256()
    coming = _hashed(path, digest)
    content, fault = b"", None
    try:
        content = sieve(coming, where)
    except InputError as error:
        fault = error
    # What a sieve finds wrong matters only in the registered file: first read on to its end.
    deque(coming, maxlen=0)
    _expect(digest.hexdigest(), path.stat().st_size, source, file, where)
    if fault:
        raise fault
    return content


def _hashed(path: Path, digest: hashlib._Hash) -> Iterator[bytes]:
    """Yield a file block by block, each after it was added to the digest."""
    with path.open("rb", buffering=0) as opened:
        while block := opened.read(BLOCK):
            digest.update(block)
            yield block


def _expect(sha256: str, size: int, source: Source, file: SourceFile, where: str) -> None:
    """Stop unless a file is the registered one."""
    if sha256 == file.sha256:
        return
    what = f"{size} bytes, sha256 {sha256}"
    if size < file.bytes:
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


def mirror(
    folder: Path, coded: Path | None = None, sieves: Mapping[str, Sieve] = NO_SIEVES
) -> Fetch:
    """Return what reads files from a local mirror laid out as ``owner+name/path``.

    Parameters
    ----------
    folder : pathlib.Path
        The mirror.
    coded : pathlib.Path, optional
        Folder of the tables coded by hand; by default ``curated`` beside the mirror.
    sieves : mapping of str to callable
        The sieve of each source, by id, whose files may be too large to hold.
    """
    coded = coded or folder.parent / "curated"

    def fetch(source: Source) -> dict[str, bytes]:
        base = folder / source.folder if source.origin == "mirror" else coded
        sieve = sieves.get(source.id)
        return {file.path: _read(base / file.path, source, file, sieve) for file in source.files}

    return fetch


def _read(path: Path, source: Source, file: SourceFile, sieve: Sieve | None) -> bytes:
    """Read one file of a mirror and verify it; one that is too long is not read at all."""
    try:
        size = path.stat().st_size
        if size > file.bytes:
            raise _another_file(source, file, str(path), f"{size} bytes")
        return _kept(path, source, file, str(path), sieve)
    except OSError as error:
        raise InputError(
            source.id,
            str(path),
            "whole file",
            "the file, readable",
            str(error.strerror or error),
            "check inputs.mirror: the files lie in <mirror>/<owner>+<name>/<path>",
        ) from None


def _kept(path: Path, source: Source, file: SourceFile, where: str, sieve: Sieve | None) -> bytes:
    """Return a verified file, or what the sieve keeps of it if there is one."""
    if sieve is None:
        return verified(path.read_bytes(), source, file, where)
    return sieved(path, sieve, source, file, where)


def download(
    cache: Path, manners: Manners | None = None, sieves: Mapping[str, Sieve] = NO_SIEVES
) -> Fetch:
    """Return what downloads files by pinned address into a folder, verified by sha256.

    A file that lies there already with the right sha256 is not fetched again; one that is
    being fetched never shows under its name. A bar on the terminal shows how much has come.

    Parameters
    ----------
    cache : pathlib.Path
        Folder of finished downloads, laid out as a mirror.
    manners : Manners, optional
        How to ask the server.
    sieves : mapping of str to callable
        See `mirror`.
    """
    chosen = manners or Manners()
    pooch.get_logger().setLevel("WARNING")

    def fetch(source: Source) -> dict[str, bytes]:
        total = sum(file.bytes for file in source.files)
        # disable=None: no bar where standard error is no terminal.
        bar = tqdm(total=total, desc=source.id, unit="B", unit_scale=True, disable=None)
        with bar:
            return {
                file.path: _download(
                    Transfer(source, file, cache, chosen, bar.update), sieves.get(source.id)
                )
                for file in source.files
            }

    return fetch


def _download(transfer: Transfer, sieve: Sieve | None) -> bytes:
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
    return _kept(Path(local), source, file, address, sieve)
