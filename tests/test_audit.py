"""The audit of the locks: what is known is a failure, what cannot be asked is said."""

import http.server
import json
import socket
import subprocess
import sys
import threading

import pytest

pytest.importorskip("pip_audit", reason="pip-audit is not installed")

LOCK = """wheel==0.45.0 \\
    --hash=sha256:{0}
six==1.17.0 ; python_version >= '3' \\
    --hash=sha256:{0}
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{0}
""".format("a" * 64)


@pytest.fixture
def database():
    """Answer like the OSV database, on loopback: `known` names what has a vulnerability."""
    known, asked = {"requests"}, []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name, version = question["package"]["name"], question["version"]
            asked.append(name)
            hole = {
                "id": "PYSEC-0000-1",
                "summary": "a hole",
                "published": "2020-01-01T00:00:00Z",
                "affected": [
                    {
                        "package": {"name": name, "ecosystem": "PyPI"},
                        "versions": [version],
                        "ranges": [
                            {
                                "type": "ECOSYSTEM",
                                "events": [{"introduced": "0"}, {"fixed": "99"}],
                            }
                        ],
                    }
                ],
            }
            content = json.dumps({"vulns": [hole]} if name in known else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments):
            pass

    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield known, asked, f"http://127.0.0.1:{served.server_port}/v1/query"
    served.shutdown()
    served.server_close()


def audit(project, tmp_path, address, lock=LOCK):
    (tmp_path / "lock.txt").write_text(lock, encoding="utf-8")
    script = str(project / "workflow/scripts/audit_locks.py")
    run = subprocess.run(
        [sys.executable, script, "--database", address, "lock.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


def test_packages_without_a_known_vulnerability_pass(project, tmp_path, database):
    _, asked, address = database
    status, said = audit(project, tmp_path, address)
    assert (status, said) == (0, "[audit] lock.txt: nothing known against 2 packages\n")
    assert sorted(asked) == ["requests", "six", "wheel"]


def test_a_package_with_a_known_vulnerability_fails(project, tmp_path, database):
    known, _, address = database
    known.add("six")
    status, said = audit(project, tmp_path, address)
    assert (status, said) == (1, "[audit] lock.txt: six 1.17.0: PYSEC-0000-1, mended in 99\n")


def test_a_lock_that_cannot_be_audited_fails(project, tmp_path, database):
    status, said = audit(project, tmp_path, database[2], "six>=1\n")
    assert status == 1
    assert "the audit did not end" in said


def test_without_a_database_the_audit_is_skipped_and_says_so(project, tmp_path, database):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1/query"
    status, said = audit(project, tmp_path, address)
    assert status == 0
    assert said.startswith("[audit] skipped: the vulnerability database cannot be reached (")
    known, asked, address = database
    known.clear()
    status, said = audit(project, tmp_path, address)
    assert status == 0
    assert "skipped" in said
    assert asked == ["requests"]
