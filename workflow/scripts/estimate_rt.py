"""Estimate the reproduction number of the configured provinces."""

from gotong import contracts, estimates, jobs, tables
from gotong.config import Rt


def main(input, output, params):
    cases = contracts.read_any(input[0])
    found = estimates.rt_table(cases, Rt.model_validate(params.choices["rt"]).model_dump())
    contracts.check(found, contracts.RT, output[0], "the estimator is at fault")
    tables.write_bytes(output[0], tables.to_parquet(found, tables.parquet_sources(input[0])))


if "snakemake" in globals():
    jobs.run(main, snakemake)
