"""Write the result page in both languages."""

from pathlib import Path

from gotong import jobs, tables
from gotong.report import pages


def main(input, output, params):
    for code, path in output.items():
        tables.write_bytes(path, pages.page(Path(path).parent, code).encode())


if "snakemake" in globals():
    jobs.run(main, snakemake)
