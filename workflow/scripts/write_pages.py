"""Write the report in both languages."""

from pathlib import Path

from gotong import contracts, jobs, tables
from gotong.config import Area
from gotong.corrections import read_corrections
from gotong.decisions import Decision, read_claims
from gotong.report import area, pages
from gotong.report.material import Material
from gotong.sources.registry import read_registry


def main(input, output, params):
    read = [str(path) for path in input.tables]
    material = Material(
        results=Path(output[0]).parents[1],
        tables=contracts.read_all(read),
        registry=read_registry(Path(input.sources).read_bytes()),
        corrections=read_corrections(Path(input.corrections).read_bytes()),
        claims=read_claims(params.choices["claims"]),
        decision=Decision.model_validate(params.choices["decision"]),
        area=Area.model_validate(params.choices["area"]),
        notebooks=tuple(params.notebooks),
        up="../" * len(Path(output[0]).parents[:-1]),
    )
    page = pages.page if material.area.is_home else area.page
    for code, path in output.items():
        tables.write_bytes(path, page(material, code, params.exhibits).encode())


if "snakemake" in globals():
    jobs.run(main, snakemake)
