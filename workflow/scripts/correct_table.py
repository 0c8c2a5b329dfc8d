"""Write a raw table with its corrections made."""

from pathlib import Path

from gotong import contracts, correcting, corrections, jobs, tables


def main(input, output, params):
    table = params.table
    register = corrections.read_corrections(Path(input.register).read_bytes())
    given = corrections.of_tables(register, table).values()
    published = contracts.read_any(str(input.table))
    corrected = correcting.apply(published, contracts.RAW[table], given)
    tables.write_bytes(output[0], tables.to_csv(corrected))


if "snakemake" in globals():
    jobs.run(main, snakemake)
