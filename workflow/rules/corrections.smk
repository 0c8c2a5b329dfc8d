"""Corrections: where the analysis departs from figures as published, and what that touches.

Needs:  data/raw/corrections.yaml and the tables that it names.
Makes:  data/processed/corrected/<table>, and beside it data/processed/touched/<table>.parquet,
        every row that a correction touches with the figure before and after;
        data/processed/corrections.parquet, those of all tables.

A new correction: an entry in data/raw/corrections.yaml, with what it expects to find.
"""


rule correct:
    input:
        unpack(study.correct_input),
    output:
        table="data/processed/corrected/{table}.csv",
        touched="data/processed/touched/{table}.parquet",
    log:
        "logs/correct/{table}.log",
    benchmark:
        "logs/benchmarks/correct/{table}.tsv"
    wildcard_constraints:
        table=r"[a-z]+/[a-z0-9_]+",
    conda:
        "../envs/gotong.yaml"
    params:
        table="{table}.csv",
        content=study.correct_content,
        entries=study.correct_entries,
        code=study.code("correct_table.py"),
    message:
        "Correcting {wildcards.table}.csv"
    script:
        "../scripts/correct_table.py"


rule corrections:
    input:
        [study.touched(table) for table in study.corrected],
    output:
        "data/processed/corrections.parquet",
    log:
        "logs/corrections.log",
    benchmark:
        "logs/benchmarks/corrections.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        origins=list(study.corrected),
        code=study.code("list_corrections.py"),
    message:
        "Listing what corrections touch"
    script:
        "../scripts/list_corrections.py"
