"""Downloading one file from its pinned address: resumed, bounded, patient and polite.

`Transfer` is a downloader for pooch, which checks the sha256 of what it leaves and moves the
file to its name only then. What has come before a connection broke is kept beside the cache
under the wanted sha256, and the next attempt asks for the rest.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from gotong.errors import InputError
from gotong.sources.registry import SERVER, Source, SourceFile

REMEDY: Final = (
    "try again later; inputs.mode: snapshot, the default, needs no network. If the publisher has "
    "changed or moved the file, look at what changed before renewing its pin in sources.yaml"
)
PARTIAL: Final = ".partial"
"""Folder of the cache for what has come of unfinished files, by their sha256."""

BLOCK: Final = 1 << 16
RETRIED: Final = (429, 500, 502, 503, 504)
"""Answers after which it is worth asking again: too many requests, or a server in trouble."""


@dataclass(frozen=True)
class Manners:
    """How to ask a server.

    Parameters
    ----------
    server : str
        Where the pinned addresses begin: scheme and host.
    attempts : int
        How often one file is asked for before giving up.
    timeout : float
        Seconds without a byte after which a connection counts as stalled.
    pause : float
        Seconds before every request, so that hundreds of small files are no burst.
    backoff : float
        Seconds before the second attempt; twice as many before each one after it.
    longest_wait : float
        Seconds to wait at most when the server names a time (Retry-After).
    longest : float
        Seconds that one attempt may take, for a server that never stalls and never ends.
    """

    server: str = SERVER
    attempts: int = 4
    timeout: float = 30.0
    pause: float = 0.1
    backoff: float = 1.0
    longest_wait: float = 60.0
    longest: float = 900.0


class _AttemptError(Exception):
    """An attempt that failed and may be repeated, after `wait` seconds if the server said so."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


@dataclass(frozen=True)
class Transfer:
    """Brings one registered file into a place that pooch names.

    Parameters
    ----------
    source : Source
    file : SourceFile
    cache : pathlib.Path
        Folder of finished downloads.
    manners : Manners
    came : callable
        Told the number of bytes that have come, block by block (below zero when some of them
        have to be asked for again).
    """

    source: Source
    file: SourceFile
    cache: Path
    manners: Manners
    came: Callable[[int], Any]

    def __call__(self, address: str, place: str | Path, _keeper: object) -> None:
        """Bring the file, whole, into `place`.

        Raises
        ------
        InputError
            The server refuses it, sends it elsewhere, sends more than the registered bytes, or
            breaks off as often as `Manners.attempts` says.
        """
        part = self.cache / PARTIAL / self.file.sha256
        part.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, self.manners.attempts + 1):
            time.sleep(self.manners.pause)
            try:
                self._receive(address, part)
            except (_AttemptError, requests.RequestException) as error:
                if attempt == self.manners.attempts:
                    said = f"{_in_a_line(error)} ({attempt} attempts)"
                    raise self._fault(address, said) from None
                named = error.wait if isinstance(error, _AttemptError) else None
                time.sleep(self.manners.backoff * 2 ** (attempt - 1) if named is None else named)
            else:
                shutil.move(part, place)
                return

    def _receive(self, address: str, part: Path) -> None:
        """Add to `part` what it still lacks."""
        held = part.stat().st_size if part.exists() else 0
        with requests.get(
            address,
            # Lengths and ranges are those of the file itself, so nothing may pack it underway.
            headers={"Accept-Encoding": "identity"} | ({"Range": f"bytes={held}-"} if held else {}),
            stream=True,
            timeout=self.manners.timeout,
            allow_redirects=False,
        ) as answer:
            self._expect_file(address, answer)
            resumed = answer.status_code == requests.codes.partial_content
            if held and not resumed:
                self.came(-held)
                held = 0
            # Otherwise a break would take the last block with it; the length is looked at below.
            answer.raw.enforce_content_length = False
            with part.open("ab" if resumed else "wb") as kept:
                for block in self._blocks(answer):
                    held += len(block)
                    if held > self.file.bytes:
                        kept.close()
                        part.unlink()
                        raise self._fault(address, f"more than {self.file.bytes} bytes")
                    kept.write(block)
                    self.came(len(block))
        if held < self.file.bytes:
            raise _AttemptError(f"the connection ended after {held} bytes")

    def _blocks(self, answer: requests.Response) -> Iterator[bytes]:
        """Yield what comes, as it comes and as it was sent."""
        begun = time.monotonic()
        try:
            # Not `iter_content`: it waits for whole blocks, and unpacks what the server packed.
            while block := answer.raw.read1(BLOCK, decode_content=False):
                yield block
                if time.monotonic() - begun > self.manners.longest:
                    raise _AttemptError(f"not whole after {self.manners.longest:g} seconds")
        except ReadTimeoutError:
            raise requests.ReadTimeout from None
        except HTTPError as error:
            raise requests.ConnectionError(error) from None

    def _expect_file(self, address: str, answer: requests.Response) -> None:
        """Stop, or have another attempt made, where the answer is not the file."""
        status = f"{answer.status_code} {answer.reason}".strip()
        if answer.is_redirect:
            elsewhere = answer.headers.get("Location", "another address")
            raise self._fault(address, f"{status}: sent on to {elsewhere}, which is not registered")
        if answer.status_code in RETRIED:
            raise _AttemptError(status, self._named_wait(answer))
        if answer.status_code not in (requests.codes.ok, requests.codes.partial_content):
            raise self._fault(address, status)

    def _named_wait(self, answer: requests.Response) -> float | None:
        """Return the seconds that the server asks to wait, if it says so in seconds."""
        said = answer.headers.get("Retry-After", "")
        return min(float(said), self.manners.longest_wait) if said.isdigit() else None

    def _fault(self, address: str, found: str) -> InputError:
        wanted = f"{self.file.bytes} bytes, sha256 {self.file.sha256}"
        return InputError(self.source.id, address, "whole file", wanted, found, REMEDY)


def _in_a_line(error: Exception) -> str:
    """Return what went wrong in one short line."""
    if isinstance(error, requests.Timeout):
        return "the server stalled"
    if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return "the connection was refused or broke off"
    return (str(error).splitlines() or [type(error).__name__])[0]
