"""Make all files of one figure or table: both languages, data, provenance."""

from pathlib import Path

from gotong import contracts, jobs, tables
from gotong.corrections import of_tables, read_corrections
from gotong.exhibits import making, registers
from gotong.provenance import sha256_file
from gotong.sources.lineage import lineage, raw_tables
from gotong.sources.registry import read_registry

REGISTERS = ("data/raw/sources.yaml", "data/raw/corrections.yaml")


def main(input, output, params):
    paths = [str(path) for path in input if str(path) not in REGISTERS]
    registry, listed = (Path(register).read_bytes() for register in REGISTERS)
    known = read_registry(registry)
    sources = tuple(known[name] for name in lineage(paths, known))
    corrected = tuple(of_tables(read_corrections(listed), *raw_tables(paths)).values())
    inputs = {path: sha256_file(path) for path in paths}
    read = contracts.read_all(paths)
    if params.registers:
        read |= registers.as_tables(known, read_corrections(listed))
    is_figure = params.exhibit.startswith("F")
    rule = "figure" if is_figure else "table"
    place = making.Place(**params.place)
    origin = making.Origin(rule, inputs, sources, params.choices, params.code, corrected, place)
    if is_figure:
        made = making.make_figure(params.exhibit, read, origin, params.dpi)
    else:
        made = making.make_table(params.exhibit, read, origin)
    for name, content in made.items():
        tables.write_bytes(output[name], content)


if "snakemake" in globals():
    jobs.run(main, snakemake)
