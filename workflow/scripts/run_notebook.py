"""Run a walk-through and write it as a page."""

from pathlib import Path

from gotong import jobs, tables
from gotong.report import notebooks


def main(input, output, params):
    stored = Path(input.notebook)
    made = notebooks.run(stored.read_text(encoding="utf-8"), Path.cwd())
    tables.write_bytes(output[0], notebooks.page(made, stored.stem).encode())


if "snakemake" in globals():
    jobs.run(main, snakemake)
