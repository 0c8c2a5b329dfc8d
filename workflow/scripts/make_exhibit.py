"""Make all files of one figure or table: both languages, data, provenance."""

from pathlib import Path

from gotong import jobs, tables
from gotong.exhibits.from_tables import made

REGISTERS = ("data/raw/sources.yaml", "data/raw/corrections.yaml")


def main(input, output, params):
    paths = [str(path) for path in input if str(path) not in REGISTERS]
    registers = [Path(register).read_bytes() for register in REGISTERS]
    for name, content in made(paths, params, *registers).items():
        tables.write_bytes(output[name], content)


if "snakemake" in globals():
    jobs.run(main, snakemake)
