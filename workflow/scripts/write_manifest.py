"""List every result with its hashes."""

from gotong import jobs, tables
from gotong.report import manifest


def main(input, output, params):
    tables.write_bytes(output[0], manifest.to_json(manifest.manifest(map(str, input))))


if "snakemake" in globals():
    jobs.run(main, snakemake)
