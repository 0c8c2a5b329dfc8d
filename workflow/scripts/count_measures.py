"""Count measures of cooperation by month of their reported start, dyad and kind."""

from gotong import contracts, jobs, tables, timeline


def main(input, output, params):
    counts = timeline.monthly_starts(contracts.read_any(input[0]))
    contracts.check(counts, contracts.MONTHLY_MEASURES, output[0], "the count is at fault")
    tables.write_bytes(output[0], tables.to_parquet(counts, params.sources))


if "snakemake" in globals():
    jobs.run(main, snakemake)
