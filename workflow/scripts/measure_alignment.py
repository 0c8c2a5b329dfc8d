"""Measure how aligned the regimes of the deciding regions were, on every scale."""

from gotong import contracts, cooperation, jobs, tables
from gotong.config import Area, Panels, StrictnessScale


def main(input, output, params):
    choices = params.choices
    aligned = cooperation.alignment_table(
        regimes=contracts.read_any(input.regimes),
        movement=contracts.read_any(input.movement),
        regions=Area.model_validate(choices["area"]).policy_regions,
        span=Panels.model_validate(choices["panels"]).jabodetabek,
        scale=StrictnessScale.model_validate(choices["strictness"]),
    )
    contracts.check(aligned, contracts.ALIGNMENT, output[0], "the measure is at fault")
    tables.write_bytes(output[0], tables.to_parquet(aligned, params.sources))


if "snakemake" in globals():
    jobs.run(main, snakemake)
