"""Write the claims ledger and the evidence behind it."""

from gotong import contracts, jobs, tables
from gotong.report import ledger


def main(input, output, params):
    votes = contracts.read_any(input.votes)
    behind = ledger.rows(votes, contracts.read_all(map(str, input.behind)))
    made = ledger.files(contracts.read_any(input.claims), votes, params.choices)
    for name, content in made.items():
        tables.write_bytes(output[name], content)
    for name, path in zip(params.behind, output.rows, strict=True):
        tables.write_bytes(path, behind[name])


if "snakemake" in globals():
    jobs.run(main, snakemake)
