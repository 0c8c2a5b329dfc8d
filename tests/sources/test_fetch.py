"""Files come from a mirror or over HTTP, and only the registered bytes are taken."""

import gzip
import http.server
import socket
import threading
import time
from dataclasses import dataclass, field, replace

import pytest
import registered

from gotong.errors import InputError
from gotong.sources import fetch
from gotong.sources.registry import Source

CONTENT = b"tanggal,KASUS\n2020-03-01,2\n"


def source(content: bytes = CONTENT, origin: str = "mirror") -> Source:
    return registered.source("data/a b.csv", content, origin)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "upstream" / "owner+name" / "data"
    path.mkdir(parents=True)
    (path / "a b.csv").write_bytes(CONTENT)
    return tmp_path / "upstream"


def test_a_mirror_gives_the_registered_bytes(folder):
    assert fetch.mirror(folder)(source()) == {"data/a b.csv": CONTENT}


def test_hand_coded_tables_lie_beside_the_mirror(folder):
    (folder.parent / "curated" / "data").mkdir(parents=True)
    (folder.parent / "curated" / "data" / "a b.csv").write_bytes(CONTENT)
    assert fetch.mirror(folder)(source(origin="project")) == {"data/a b.csv": CONTENT}


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda path: path.unlink(), "No such file"),
        (lambda path: path.write_bytes(CONTENT[:-5]), "cut short?"),
        (lambda path: path.write_bytes(CONTENT.replace(b"2\n", b"3\n")), f"{len(CONTENT)} bytes"),
    ],
)
def test_a_spoilt_mirror_is_refused(folder, spoil, found):
    spoil(folder / "owner+name/data/a b.csv")
    with pytest.raises(InputError) as error:
        fetch.mirror(folder)(source())
    assert found in error.value.found
    assert "a b.csv" in error.value.file
    assert error.value.dataset == "a_source"


def test_a_file_of_a_mirror_that_is_far_too_long_is_not_read(folder, monkeypatch):
    path = folder / "owner+name/data/a b.csv"
    with path.open("r+b") as file:
        file.truncate(10**12)
    monkeypatch.setattr(type(path), "read_bytes", lambda _path: pytest.fail("it was read"))
    with pytest.raises(InputError) as error:
        fetch.mirror(folder)(source())
    assert error.value.found == "1000000000000 bytes"
    assert f"{len(CONTENT)} bytes, sha256 " in error.value.expected
    assert error.value.file == str(path)


def test_the_address_is_https_at_the_pinned_commit():
    file = source().files[0]
    wanted = "https://raw.githubusercontent.com/owner/name/" + "0" * 40 + "/data/a%20b.csv"
    assert source().address(file) == wanted


@dataclass
class Answer:
    """What the server does when it is asked: a status, headers, a body, then a silence."""

    status: int = 200
    body: bytes = CONTENT
    headers: dict = field(default_factory=dict)
    announced: int | None = None
    silence: float = 0
    ranges: bool = False
    drop: float = 0
    """Seconds after each byte, for a server that sends them one by one."""


@pytest.fixture
def server():
    """Answer each request in turn on loopback, the last answer for all that follow."""
    answers, asked = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append((self.path, self.headers.get("Range")))
            answer = answers[min(len(asked), len(answers)) - 1]
            body, status = answer.body, answer.status
            if answer.ranges and self.headers.get("Range"):
                first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
                body, status = body[first:], 206
            self.send_response(status)
            length = len(body) if answer.announced is None else answer.announced
            for name, value in {"Content-Length": str(length), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for part in [body[at : at + 1] for at in range(len(body))] if answer.drop else [body]:
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(answer.drop)
            time.sleep(answer.silence)
            self.close_connection = True

        def log_message(self, *_arguments):
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield answers, asked, f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def brisk(address: str, timeout: float = 10) -> fetch.Manners:
    """Return manners with hardly any waiting, but for a server that is slow to answer."""
    return fetch.Manners(
        address, attempts=3, timeout=timeout, pause=0, backoff=0.01, longest_wait=1
    )


def kept(cache) -> list[str]:
    """Return the finished files of a cache."""
    folder = cache / source().folder
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_download_is_verified_and_kept(server, tmp_path):
    answers, asked, address = server
    answers.append(Answer())
    bring = fetch.download(tmp_path, brisk(address))
    assert bring(source()) == bring(source()) == {"data/a b.csv": CONTENT}
    assert asked == [("/owner/name/" + "0" * 40 + "/data/a%20b.csv", None)]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(server, tmp_path, status):
    answers, asked, address = server
    answers += [Answer(status, b"busy", {"Retry-After": "0"}), Answer()]
    assert fetch.download(tmp_path, brisk(address))(source()) == {"data/a b.csv": CONTENT}
    assert len(asked) == 2


def test_the_wait_that_a_server_names_is_kept_within_bounds(server, tmp_path, monkeypatch):
    answers, _, address = server
    answers += [Answer(429, b"", {"Retry-After": "86400"}), Answer()]
    waited = []
    monkeypatch.setattr("gotong.sources.download.time.sleep", waited.append)
    fetch.download(tmp_path, brisk(address))(source())
    assert max(waited) == 1


# A cut connection leaves a socket to the collector, inside the HTTP library.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("ranges", [True, False], ids=["with ranges", "without ranges"])
def test_a_download_that_breaks_off_goes_on_where_it_was(server, tmp_path, ranges):
    answers, asked, address = server
    answers += [Answer(body=CONTENT[:9], announced=len(CONTENT)), Answer(ranges=ranges)]
    assert fetch.download(tmp_path, brisk(address))(source()) == {"data/a b.csv": CONTENT}
    assert [wanted for _, wanted in asked] == [None, "bytes=9-"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_next_run_asks_only_for_the_rest(server, tmp_path):
    answers, asked, address = server
    answers.append(Answer(body=CONTENT[:9], announced=len(CONTENT)))
    with pytest.raises(InputError):
        fetch.download(tmp_path, brisk(address))(source())
    answers[:] = [Answer(ranges=True)]
    asked.clear()
    assert fetch.download(tmp_path, brisk(address))(source()) == {"data/a b.csv": CONTENT}
    assert [wanted for _, wanted in asked] == ["bytes=9-"]


FAULTS = {
    "not found": (Answer(404, b"not here"), "404 Not Found", 1),
    "too many requests": (Answer(429, b""), "429 Too Many Requests (3 attempts)", 3),
    "server in trouble": (Answer(500, b""), "500 Internal Server Error (3 attempts)", 3),
    "page instead of data": (Answer(body=b"<html>login</html>"), "connection ended after", 3),
    "cut off": (Answer(body=CONTENT[:-3], announced=len(CONTENT)), "connection ended after", 3),
    "stalled": (Answer(body=CONTENT[:-3], announced=len(CONTENT), silence=2), "(3 attempts)", 3),
    "changed": (Answer(body=CONTENT.replace(b"2\n", b"3\n")), "another file of that length", 2),
    "too long": (Answer(body=CONTENT * 9), f"more than {len(CONTENT)} bytes", 1),
    "sent elsewhere": (
        Answer(302, b"", {"Location": "https://example.org/x"}),
        "302 Found: sent on to https://example.org/x, which is not registered",
        1,
    ),
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_download_is_one_error_and_no_file(server, tmp_path, fault):
    answers, asked, address = server
    answer, found, requests_made = FAULTS[fault]
    answers.append(answer)
    manners = brisk(address, timeout=0.5) if answer.silence else brisk(address)
    with pytest.raises(InputError) as error:
        fetch.download(tmp_path, manners)(source())
    assert (error.value.dataset, error.value.place) == ("a_source", "whole file")
    assert found in error.value.found
    assert error.value.file.startswith(address)
    assert "inputs.mode: snapshot" in error.value.remedy
    assert "\n" not in error.value.found
    assert len(asked) == requests_made
    assert kept(tmp_path) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_server_that_never_ends_is_left(server, tmp_path):
    """Byte by byte, each in time: no pause is a stall, and all of it would take too long."""
    answers, asked, address = server
    answers.append(Answer(drop=0.1))
    hasty = replace(brisk(address), attempts=1, longest=0.4)
    begun = time.monotonic()
    with pytest.raises(InputError) as error:
        fetch.download(tmp_path, hasty)(source())
    assert error.value.found == "not whole after 0.4 seconds (1 attempts)"
    assert time.monotonic() - begun < 0.1 * len(CONTENT)
    assert len(asked) == 1
    assert kept(tmp_path) == []


def test_what_a_server_packs_is_not_unpacked(server, tmp_path):
    """A few packed bytes can unpack to any number; those that were sent are the file."""
    answers, _, address = server
    packed = gzip.compress(CONTENT * 1000)
    answers.append(Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    bring = fetch.download(tmp_path, brisk(address))
    assert bring(source(packed)) == {"data/a b.csv": packed}


def test_a_link_in_a_mirror_gives_the_registered_bytes_or_none(folder, tmp_path):
    """A mirror may lie anywhere and hold links: it is only read, and its bytes are verified."""
    path = folder / "owner+name/data/a b.csv"
    path.unlink()
    outside = tmp_path / "outside"
    outside.write_bytes(CONTENT)
    path.symlink_to(outside)
    assert fetch.mirror(folder)(source()) == {"data/a b.csv": CONTENT}
    outside.write_bytes(b"a secret of another kind...\n")
    with pytest.raises(InputError) as error:
        fetch.mirror(folder)(source())
    assert "secret" not in str(error.value)


def test_a_server_that_does_not_answer_is_one_error(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError) as error:
        fetch.download(tmp_path, brisk(address))(source())
    assert "refused" in error.value.found
    assert kept(tmp_path) == []
