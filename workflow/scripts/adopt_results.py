"""Take over results that lie here without Snakemake's records of how they were made.

That is so in an unpacked archive and in a copied tree: file times say nothing there, and Snakemake
would take every result for up to date. The manifest tells which of them this code would make from
this configuration and these raw data; the others are removed, so that they are made anew.

    python workflow/scripts/adopt_results.py [arguments of Snakemake]
"""

import json
import subprocess
import sys
from pathlib import Path

from gotong.provenance import sha256_file
from gotong.report.manifest import outdated

MANIFEST = Path("results/MANIFEST.json")
JOBS = Path("data/processed/jobs.json")
NOTHING = {"results": {}, "jobs": {}, "inputs": {}}


def snakemake(*arguments):
    """Run Snakemake and return whether it ended well."""
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", *arguments]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def main(given):
    if not any(Path("results").glob("*/*.json")) and not MANIFEST.exists():
        return
    # What is wrong with code or configuration, the run itself will say.
    if not snakemake(*given, "--force", str(JOBS)):
        return
    jobs = json.loads(JOBS.read_bytes())
    record = json.loads(MANIFEST.read_bytes()) if MANIFEST.exists() else NOTHING
    paths = {path for job in jobs.values() for path in (*job["inputs"], *job["outputs"])}
    old = outdated(record, jobs, {path: sha256_file(path) for path in paths if Path(path).exists()})
    lost = [path for path in (*old, str(MANIFEST)) if not Path(path).exists()]
    for path in lost:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()
    # Records everything as made by the code of today; the removed files are made again.
    if not snakemake(*given, "--touch", "--forceall", "all"):
        old = sorted(paths - set(record["inputs"]))
    for path in {*old, *lost}:
        Path(path).unlink(missing_ok=True)
    kept = len(record["results"].keys() - set(old))
    print(f"{kept} results of an earlier run are up to date; {len(old)} files are made anew.")


if __name__ == "__main__":
    main(sys.argv[1:])
