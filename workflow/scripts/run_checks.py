"""Every check that fits in a quarter of an hour: formats, lint, types, tests with coverage.

    python workflow/scripts/run_checks.py [--no-tests]

All checks run even when one fails, so that one run shows everything; the status is that of
the worst.
"""

import argparse
import subprocess
import sys
from pathlib import Path

STATIC = {
    "format of Python": ["ruff", "format", "--check", "."],
    "lint of Python": ["ruff", "check", "."],
    "format of Snakemake": [
        "snakefmt",
        "--check",
        "Snakefile",
        "workflow/Snakefile",
        "workflow/rules",
    ],
    "lint of Snakemake": ["snakemake", "--lint"],
    "types": ["mypy"],
}
# A file's tests stay together, for those of the workflow share one run of it.
SPREAD = ["-n", "2", "--dist", "loadfile"]
TESTS = {"tests": ["pytest", *SPREAD, "--cov", "--cov-report=term"]}
ORACLE_TESTS = {"tests against oracles": ["pytest", "-m", "oracle"]}
ORACLES = Path(".venv-oracles/bin/python")


def run(checks, python):
    """Run checks with an interpreter and return the names of those that failed."""
    failed = []
    for name, command in checks.items():
        print(f"[checks] {name}: {' '.join(command)}", flush=True)
        if subprocess.run([python, "-m", *command], check=False).returncode:
            failed.append(name)
    return failed


def main(wants_tests):
    failed = run(STATIC | (TESTS if wants_tests else {}), sys.executable)
    if wants_tests and ORACLES.exists():
        failed += run(ORACLE_TESTS, str(ORACLES))
    print(f"[checks] {'failed: ' + ', '.join(failed) if failed else 'all passed'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-tests", action="store_true", help="static checks only")
    sys.exit(main(not parser.parse_args().no_tests))
