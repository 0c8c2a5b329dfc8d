"""Join cases, regimes, measures, population and beds into the panel of one level."""

from gotong import contracts, jobs, panel, tables
from gotong.config import Area, Measures, Panels, StrictnessScale


def main(input, output, params):
    raw = {name: contracts.read_any(path) for name, path in input.items()}
    chosen = panel.Choices(
        area=Area.model_validate(params.choices["area"]),
        span=getattr(Panels.model_validate(params.choices["panels"]), params.level),
        scale=StrictnessScale.model_validate(params.choices["strictness"]),
        measures=Measures.model_validate(params.choices["measures"]),
    )
    joined = panel.build(params.level, raw, chosen)
    tables.write_bytes(output[0], tables.to_parquet(joined, params.sources))


if "snakemake" in globals():
    jobs.run(main, snakemake)
