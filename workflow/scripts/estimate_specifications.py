"""Estimate one part of the specification curve."""

from gotong import contracts, jobs, tables
from gotong.analyses import specifications


def main(input, output, params):
    read = contracts.read_all(map(str, input))
    made = specifications.estimate_part(read, params.choices, int(params.part))
    tables.write_bytes(output[0], tables.to_parquet(made))


if "snakemake" in globals():
    jobs.run(main, snakemake)
