"""Hold the results against the committed reference, or make them the reference.

    python workflow/scripts/reference.py verify    run all from scratch elsewhere, and compare
    python workflow/scripts/reference.py compare   compare the results that are here
    python workflow/scripts/reference.py renew     make the results that are here the reference

Bytes are compared on a machine like that of the reference, and elsewhere what they say. The
reference is results/MANIFEST.reference.json, and in results/reference the made tables themselves,
so that a difference can be named down to its cell, and a sketch of each picture, so that a test
sees whether a figure of another machine looks the same.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from shrink_pictures import sketch

from gotong import contracts
from gotong.provenance import sha256_file
from gotong.report import manifest
from gotong.tables import read_parquet, write_bytes

MADE = Path("results/MANIFEST.json")
REFERENCE = Path("results/MANIFEST.reference.json")
TABLES = Path("results/reference")
SKETCHES = TABLES / "figures"
PROJECT = ("Snakefile", "config.yaml", "requirements.txt", "workflow", "notebooks", "data/raw")
SHOWN = 12
"""Differing results that are listed by name."""


def run_in(folder, cores):
    """Run the whole analysis on a copy of code and raw data in a folder; return its status."""
    for part in PROJECT:
        source, target = Path(part), folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    front = "workflow/scripts/run_workflow.py"
    command = [sys.executable, front, "--cores", str(cores), "all"]
    env = {**os.environ, "PYTHONPATH": str(folder / "workflow")}
    return subprocess.run(command, cwd=folder, env=env, check=False).returncode


def table(path):
    """Return a table that results hold, typed if it is one of the made tables."""
    if path.suffix == ".parquet":
        return read_parquet(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def key_of(path):
    """Return the columns that name a row of a result."""
    name = contracts.table_name(path)
    schema = contracts.PROCESSED.get(name) or contracts.RAW.get(name)
    return schema.key if schema else ()


def wanted(path, record):
    """Return where the reference's table lies, or None: in the store, or among results here."""
    stored = TABLES / Path(path).relative_to("data/processed") if "processed" in path else None
    if stored and stored.exists():
        return stored
    here = Path(path)
    if here.exists() and sha256_file(here) == record["results"][path]["sha256"]:
        return here
    return None


def cell(folder, path, record):
    """Say where a result first differs from the reference."""
    found = folder / path
    if path not in record["results"] or not found.exists():
        return "one of the two is not there"
    reference = wanted(path, record)
    if found.suffix not in (".parquet", ".csv") or reference is None:
        return "no table of the reference is here to name the cell"
    return manifest.first_cell(table(found), table(reference), key_of(path))


def committed(path):
    """Return a raw table as it was committed, or None where there is no repository to ask."""
    shown = subprocess.run(["git", "show", f"HEAD:./{path}"], capture_output=True, check=False)
    if shown.returncode or not path.endswith(".csv"):
        return None
    return pd.read_csv(io.BytesIO(shown.stdout), dtype=str, keep_default_na=False)


def tell_inputs(inputs):
    """Print which raw data differ from those of the reference, each with its first cell."""
    for path, sha256 in inputs.items():
        if not Path(path).exists():
            print(f"{path}: not here, and the reference was made with it")
        elif sha256_file(path) != sha256:
            before = committed(path)
            where = None if before is None else manifest.first_cell(table(Path(path)), before)
            print(f"{path}: raw data of other bytes than the reference's; {where or 'no cell'}")


def as_they_lie(folder, results):
    """Return the results of a manifest with the hashes of their files as they lie there now."""
    lying = {}
    for path, entry in results.items():
        file = folder / path
        if file.exists():
            sha256 = sha256_file(file)
            same = sha256 == entry["sha256"]
            content = entry["content"] if same else manifest.content_hash(file)
            lying[path] = {**entry, "sha256": sha256, "content": content}
    return lying


def compare(folder):
    """Compare the results in a folder with the reference; say what differs; return the status."""
    found, record = (json.loads(path.read_bytes()) for path in (folder / MADE, REFERENCE))
    found["results"] = as_they_lie(folder, found["results"])
    alike = all(found[part] == record[part] for part in ("made_on", "lock"))
    field = "sha256" if alike else "content"
    how = "byte for byte" if alike else "in content (another machine or environment)"
    differing = manifest.differences(found["results"], record["results"], field)
    if not differing:
        print(f"all {len(record['results'])} results as the reference, {how}")
        return 0
    print(f"{len(differing)} of {len(record['results'])} results differ, compared {how}:")
    for path in differing[:SHOWN]:
        print(f"  {path}")
    if len(differing) > SHOWN:
        print(f"  and {len(differing) - SHOWN} more")
    tables = [path for path in differing if path.endswith(".parquet")] or differing
    first = manifest.first_made(tables, found["jobs"])
    print(f"first difference: {first}: {cell(folder, first, record)}")
    return 1


def verify(cores):
    """Run everything from scratch in a temporary folder and compare; return the status."""
    tell_inputs(json.loads(REFERENCE.read_bytes())["inputs"])
    with tempfile.TemporaryDirectory(prefix="gotong-verify-") as name:
        if run_in(Path(name), cores):
            print("not verified: the run from scratch stopped; what it said stands above")
            return 1
        return compare(Path(name))


def renew():
    """Make the results that are here the reference."""
    record = json.loads(MADE.read_bytes())
    shutil.rmtree(TABLES, ignore_errors=True)
    for path in record["results"]:
        if path.endswith(".parquet"):
            target = TABLES / Path(path).relative_to("data/processed")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        elif path.endswith(".png"):
            write_bytes(SKETCHES / Path(path).name, sketch(path))
    REFERENCE.write_bytes(MADE.read_bytes())
    return compare(Path())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("verify", "compare", "renew"))
    parser.add_argument("--cores", type=int, default=2, help="for verify")
    given = parser.parse_args()
    if given.action == "verify":
        return verify(given.cores)
    return compare(Path()) if given.action == "compare" else renew()


if __name__ == "__main__":
    sys.exit(main())
