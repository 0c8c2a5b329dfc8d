"""Make a table of data/processed, or a block of it, by the function that the catalogue names."""

from importlib import import_module

from gotong import contracts, jobs, tables
from gotong.analyses.catalogue import ANALYSES, BY_REGION


def main(input, output, params):
    entry = (ANALYSES | BY_REGION)[params.analysis]
    read = contracts.read_all(map(str, input))
    make = getattr(import_module(f"gotong.analyses.{entry.module}"), entry.function)
    made = make(read, params.choices)
    remedy = "the analysis is at fault: nothing was written"
    contracts.check(made, contracts.PROCESSED[params.analysis], output[0], remedy)
    tables.write_bytes(output[0], tables.to_parquet(made, params.origins))


if "snakemake" in globals():
    jobs.run(main, snakemake)
