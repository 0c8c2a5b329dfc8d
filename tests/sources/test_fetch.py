"""Files come from a mirror or over HTTP, and only the registered bytes are taken."""

import http.server
import threading

import pytest

from gotong.errors import InputError
from gotong.provenance import sha256_bytes
from gotong.sources import fetch
from gotong.sources.registry import Coverage, Source, SourceFile

CONTENT = b"tanggal,KASUS\n2020-03-01,2\n"


def source(content: bytes = CONTENT, origin: str = "mirror") -> Source:
    return Source(
        id="a_source",
        tables=("cases/x.csv",),
        origin=origin,
        publisher="p",
        short="p",
        measures="m",
        unit="u",
        coverage=Coverage(regions="r"),
        licence="l",
        citation="c",
        repository="owner/name",
        commit="0" * 40,
        files=(SourceFile(path="data/a b.csv", sha256=sha256_bytes(content), bytes=len(content)),),
    )


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


def test_the_address_is_https_at_the_pinned_commit():
    file = source().files[0]
    wanted = "https://raw.githubusercontent.com/owner/name/" + "0" * 40 + "/data/a%20b.csv"
    assert source().address(file) == wanted


@pytest.fixture
def server(monkeypatch):
    """Serve what `answers` says for each request in turn, on loopback; count the requests."""
    answers, asked = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, body, announced = answers[min(len(asked), len(answers)) - 1]
            self.send_response(status)
            self.send_header("Content-Length", str(announced))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{httpd.server_port}/file"
    monkeypatch.setattr(Source, "address", lambda _self, _file: address)
    monkeypatch.setattr(fetch, "TIMEOUT_SECONDS", 2)
    yield answers, asked
    httpd.shutdown()
    httpd.server_close()


GOOD = (200, CONTENT, len(CONTENT))


def test_a_download_is_verified_and_kept(server, tmp_path):
    answers, asked = server
    answers.append(GOOD)
    bring = fetch.download(tmp_path)
    assert bring(source()) == bring(source()) == {"data/a b.csv": CONTENT}
    assert len(asked) == 1


def test_a_download_is_tried_again(server, tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    answers, asked = server
    answers += [(503, b"busy", 4), GOOD]
    assert fetch.download(tmp_path)(source()) == {"data/a b.csv": CONTENT}
    assert len(asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        (404, b"not here", 8),
        (200, b"<html>login</html>", 18),
        (200, CONTENT[:-3], len(CONTENT)),
        (200, CONTENT.replace(b"2\n", b"3\n"), len(CONTENT)),
    ],
    ids=["not found", "page instead of data", "cut off", "changed"],
)
# A cut connection leaves a socket to the collector, inside the HTTP library.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_bad_download_is_one_error_and_leaves_nothing(server, tmp_path, monkeypatch, answer):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    answers, asked = server
    answers.append(answer)
    with pytest.raises(InputError) as error:
        fetch.download(tmp_path)(source())
    assert error.value.dataset == "a_source"
    assert "snapshot" in error.value.remedy
    assert len(asked) <= fetch.ATTEMPTS
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
