"""Snapshot, mirror and download: three ways in, one result, and faults that change nothing."""

import functools
import hashlib
import http.server
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote

import pytest

from gotong.sources import fetch
from gotong.sources.registry import read_registry

TABLES = ("cases/dki_site_daily.csv", "kelurahan/vaccination_monthly.csv", "context/area.csv")
"""Tables that are made anew in each way: text, workbooks, and SQL that is read as text."""


class Publisher(http.server.BaseHTTPRequestHandler):
    """Serve a mirror as the pinned addresses name its files, ranges and faults included."""

    def __init__(self, folder: Path, spoil: dict, *arguments) -> None:
        self.folder, self.spoil = folder, spoil
        super().__init__(*arguments)

    def do_GET(self):
        owner, name, _commit, *parts = unquote(self.path).lstrip("/").split("/")
        path = self.folder / f"{owner}+{name}" / Path(*parts)
        status, content = 200, path.read_bytes()
        if path.name in self.spoil:
            status, content = self.spoil[path.name](content)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def publisher(upstream):
    """Return the address of the mirror served on loopback, and how to spoil its files."""
    spoil = {}
    handler = functools.partial(Publisher, upstream, spoil)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spoil
    server.shutdown()
    server.server_close()


@pytest.fixture
def copy(project, tmp_path):
    """Return a copy of what making the snapshot needs."""
    for name in ("workflow/scripts", "data/raw"):
        shutil.copytree(
            project / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path


def make_snapshot(folder, address, *tables):
    script = [sys.executable, "workflow/scripts/make_snapshot.py", "--source", "download"]
    only = ["--only", *tables] if tables else []
    return subprocess.run(
        [*script, "--server", address, *only],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.upstream
def test_every_published_file_comes_by_its_address_as_it_lies_in_the_mirror(
    project, upstream, publisher, tmp_path
):
    address, _ = publisher
    registry = read_registry((project / "data/raw/sources.yaml").read_bytes())
    manners = fetch.Manners(address, attempts=1, pause=0)
    by_address, by_folder = fetch.download(tmp_path, manners), fetch.mirror(upstream)
    published = [source for source in registry.values() if source.origin == "mirror"]
    assert len(published) > 30
    for source in published:
        assert by_address(source) == by_folder(source), source.id


@pytest.mark.upstream
def test_downloaded_tables_are_those_of_the_snapshot(copy, publisher):
    address, _ = publisher
    before = hashes(copy / "data/raw")
    for table in TABLES:
        (copy / "data/raw" / table).unlink()
    run = make_snapshot(copy, address, *TABLES)
    assert run.returncode == 0, run.stderr
    assert hashes(copy / "data/raw") == before


FAULTS = {
    "changed": lambda content: (200, content.replace(b"1", b"2", 1)),
    "cut": lambda content: (200, content[:-10]),
    "page": lambda _content: (200, b"<!DOCTYPE html><html>sign in</html>"),
    "gone": lambda _content: (404, b"not here"),
    "too long": lambda content: (200, content * 2),
}


@pytest.mark.upstream
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_server_is_one_message_and_changes_no_table(copy, publisher, fault):
    address, spoil = publisher
    spoil["epi_data.csv"] = FAULTS[fault]
    before = hashes(copy / "data/raw")
    run = make_snapshot(copy, address, "context/area.csv", "cases/dki_site_daily.csv")
    assert run.returncode == 1
    assert "Input error in dataset 'dki_site_daily'" in run.stderr
    assert "remedy:" in run.stderr
    assert "Traceback" not in run.stderr
    assert hashes(copy / "data/raw") == before
