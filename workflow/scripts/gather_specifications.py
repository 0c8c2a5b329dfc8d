"""Gather the parts of the specification curve and test it as a whole."""

from pathlib import Path

from gotong import contracts, jobs, tables
from gotong.analyses import specifications


def main(input, output, params):
    found = specifications.gather(map(tables.read_parquet, map(str, input)))
    for path in map(str, output):
        name = Path(path).stem
        remedy = "the parts are at fault: nothing was written"
        contracts.check(found[name], contracts.PROCESSED[name], path, remedy)
    for path in map(str, output):
        tables.write_bytes(path, tables.to_parquet(found[Path(path).stem], params.origins))


if "snakemake" in globals():
    jobs.run(main, snakemake)
