"""Hold all results of a run against their contracts and their provenance."""

import json
from pathlib import Path

from gotong import jobs, tables
from gotong.report import checks


def main(input, output, params):
    found = {
        "tables": checks.check_tables(map(Path, input.tables)),
        "exhibits": [checks.check_exhibit(Path(path)) for path in sorted(input.records)],
    }
    tables.write_bytes(output[0], (json.dumps(found, indent=1) + "\n").encode())


if "snakemake" in globals():
    jobs.run(main, snakemake)
