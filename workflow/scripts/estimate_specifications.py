"""Estimate one part of the specification curve."""

from gotong import contracts, jobs, tables
from gotong.analyses import specifications


def main(input, output, params):
    read = {contracts.table_name(path): contracts.read_any(path) for path in map(str, input)}
    made = specifications.estimate_part(read, params.choices, int(params.part))
    tables.write_bytes(output[0], tables.to_parquet(made))


if "snakemake" in globals():
    jobs.run(main, snakemake)
