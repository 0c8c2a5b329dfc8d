"""Make one raw table from the publishers' files, in mode mirror or download."""

from pathlib import Path

from gotong import config, jobs, tables
from gotong.sources import fetch, snapshot
from gotong.sources.registry import read_registry

CACHE = Path("data/processed/downloads")


def main(input, output, params):
    raw = Path("data/raw")
    inputs = config.Inputs.model_validate(params.inputs["inputs"])
    if inputs.mode == "mirror":
        bring = fetch.mirror(Path(inputs.mirror), sieves=snapshot.SIEVES)
    else:
        bring = fetch.download(CACHE, fetch.Manners(inputs.server), snapshot.SIEVES)
    bench = snapshot.Workbench(read_registry((raw / "sources.yaml").read_bytes()), bring, raw)
    tables.write_bytes(output[0], snapshot.make_table(params.table, bench))


if "snakemake" in globals():
    jobs.run(main, snakemake)
