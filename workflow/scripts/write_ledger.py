"""Write the claims ledger and the evidence behind it."""

from gotong import contracts, jobs, tables
from gotong.report import ledger


def main(input, output, params):
    made = ledger.files(
        contracts.read_any(input.claims), contracts.read_any(input.votes), params.choices
    )
    for name, content in made.items():
        tables.write_bytes(output[name], content)


if "snakemake" in globals():
    jobs.run(main, snakemake)
