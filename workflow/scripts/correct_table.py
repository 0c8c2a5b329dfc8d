"""Write a raw table with its corrections made, and the rows that they touch."""

from pathlib import Path

from gotong import contracts, correcting, corrections, jobs, tables


def main(input, output, params):
    table = params.table
    register = corrections.read_corrections(Path(input.register).read_bytes())
    given = corrections.of_tables(register, table).values()
    published = contracts.read_any(str(input.table))
    corrected = correcting.apply(published, contracts.RAW[table], given)
    touched = correcting.in_order(correcting.touched(published, contracts.RAW[table], given))
    wanted = contracts.PROCESSED["corrections"]
    contracts.check(touched, wanted, output.touched, "the list is at fault")
    tables.write_bytes(output.table, tables.to_csv(corrected))
    tables.write_bytes(output.touched, tables.to_parquet(touched, [table]))


if "snakemake" in globals():
    jobs.run(main, snakemake)
