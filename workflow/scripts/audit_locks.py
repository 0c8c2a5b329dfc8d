"""Ask the OSV database whether a locked package has a known vulnerability.

    python workflow/scripts/audit_locks.py [--database ADDRESS] [LOCK ...]

By default every lock file is asked about. The status is 1 when a package has one, or could not
be looked up. Where the database cannot be reached within five seconds the audit is skipped and
says so: that is no fault of the locks.
"""

import argparse
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

DATABASE = "https://api.osv.dev/v1/query"
PATIENCE = 5
KNOWN = {"package": {"name": "requests", "ecosystem": "PyPI"}, "version": "2.19.1"}
"""A package with a vulnerability known since 2018: a database that knows none is not asked on."""
AUDIT = [
    *(sys.executable, "-m", "pip_audit", "--disable-pip", "--vulnerability-service", "osv"),
    *("--timeout", str(PATIENCE), "--format", "json", "--progress-spinner", "off"),
]
LOCKS = ["requirements.txt", *map(str, sorted(Path("workflow/envs").glob("*.txt")))]


def unreachable(database):
    """Return why a database cannot be asked, or nothing."""
    question = urllib.request.Request(
        database, json.dumps(KNOWN).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(question, timeout=PATIENCE) as answer:
            known = json.load(answer).get("vulns")
    except (OSError, ValueError, AttributeError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return "" if known else "it does not know what has been known since 2018"


def report(lock, database):
    """Return what pip-audit says of each package of a lock, or None where it says nothing."""
    asked = subprocess.run(
        [*AUDIT, "--osv-url", database, "--requirement", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(asked.stderr, file=sys.stderr)
        return None


def faults(packages):
    """Return a line for each vulnerability, and for each package that was not looked up."""
    for package in packages:
        named = f"{package['name']} {package.get('version', '')}".strip()
        if "skip_reason" in package:
            yield f"{named}: not looked up, {package['skip_reason']}"
        for hole in package.get("vulns", ()):
            mended = ", ".join(hole["fix_versions"]) or "no version yet"
            yield f"{named}: {hole['id']}, mended in {mended}"


def main(locks, database):
    reason = unreachable(database)
    if reason:
        print(f"[audit] skipped: the vulnerability database cannot be reached ({reason})")
        return 0
    failed = False
    for lock in locks:
        packages = report(lock, database)
        lines = ["the audit did not end"] if packages is None else list(faults(packages))
        failed |= bool(lines)
        for line in lines:
            print(f"[audit] {lock}: {line}")
        if not lines:
            print(f"[audit] {lock}: nothing known against {len(packages)} packages")
    return int(failed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", default=DATABASE, help="address of an OSV database")
    parser.add_argument("locks", nargs="*", default=LOCKS, metavar="LOCK", help="by default all")
    asked = parser.parse_args()
    sys.exit(main(asked.locks, asked.database))
