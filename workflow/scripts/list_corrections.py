"""List every row that a correction touches, with the figure before and after."""

from gotong import contracts, jobs, tables


def main(input, output, params):
    listed = contracts.read_all(map(str, input))["corrections"]
    tables.write_bytes(output[0], tables.to_parquet(listed, params.origins))


if "snakemake" in globals():
    jobs.run(main, snakemake)
