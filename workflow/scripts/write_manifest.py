"""List every result with its hashes, and what made it."""

import json
from pathlib import Path

from gotong import jobs, tables
from gotong.report import manifest


def main(input, output, params):
    made_by = json.loads(Path(input.jobs).read_bytes())
    results = [path for path in map(str, input) if path != input.jobs]
    listed = manifest.manifest(results, made_by, params.lock)
    tables.write_bytes(output[0], manifest.to_json(listed))


if "snakemake" in globals():
    jobs.run(main, snakemake)
