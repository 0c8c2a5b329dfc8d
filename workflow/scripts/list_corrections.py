"""List every row that a correction touches, with the figure before and after."""

from pathlib import Path

import pandas as pd

from gotong import contracts, correcting, corrections, jobs, tables


def main(input, output, params):
    register = corrections.read_corrections(Path(input.register).read_bytes())
    parts = []
    for path in map(str, input.tables):
        table = contracts.table_name(path)
        given = corrections.of_tables(register, table).values()
        parts.append(correcting.touched(contracts.read_any(path), contracts.RAW[table], given))
    listed = correcting.in_order(pd.concat(parts, ignore_index=True))
    contracts.check(listed, contracts.PROCESSED["corrections"], output[0], "the list is at fault")
    tables.write_bytes(output[0], tables.to_parquet(listed, params.origins))


if "snakemake" in globals():
    jobs.run(main, snakemake)
