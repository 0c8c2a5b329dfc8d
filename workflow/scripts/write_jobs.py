"""Write what each result is made from, and by which code and choices: the manifest lists it."""

import json

from gotong import jobs, tables


def main(input, output, params):
    tables.write_bytes(output[0], json.dumps(params.jobs, indent=1).encode())


if "snakemake" in globals():
    jobs.run(main, snakemake)
