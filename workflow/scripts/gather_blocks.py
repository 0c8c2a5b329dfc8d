"""Gather the blocks of a table that is made region by region."""

import pandas as pd

from gotong import contracts, jobs, tables


def main(input, output, params):
    contract = contracts.PROCESSED[params.analysis]
    parts = [tables.read_parquet(path) for path in map(str, input)]
    made = pd.concat(parts, ignore_index=True).sort_values(list(contract.key), ignore_index=True)
    contracts.check(made, contract, output[0], "the blocks are at fault: nothing was written")
    tables.write_bytes(output[0], tables.to_parquet(made, params.origins))


if "snakemake" in globals():
    jobs.run(main, snakemake)
