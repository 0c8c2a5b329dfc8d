"""Corrections: where the analysis departs from figures as published, and what that touches.

Needs:  data/raw/corrections.yaml and the tables that it names.
Makes:  data/processed/corrected/<table>, and data/processed/corrections.parquet, every row that a
        correction touches with the figure before and after.

A new correction: an entry in data/raw/corrections.yaml, with what it expects to find.
"""


rule correct:
    input:
        unpack(study.correct_input),
    output:
        "data/processed/corrected/{table}",
    log:
        "logs/correct/{table}.log",
    benchmark:
        "logs/benchmarks/correct/{table}.tsv"
    wildcard_constraints:
        table=r"[a-z]+/[a-z0-9_]+\.csv",
    conda:
        "../envs/gotong.yaml"
    params:
        table="{table}",
        content=study.correct_content,
        entries=study.correct_entries,
        code=study.code("correct_table.py"),
    message:
        "Correcting {wildcards.table}"
    script:
        "../scripts/correct_table.py"


rule corrections:
    input:
        tables=[study.raw(table) for table in study.corrected],
        register=study.correction_register,
    output:
        "data/processed/corrections.parquet",
    log:
        "logs/corrections.log",
    benchmark:
        "logs/benchmarks/corrections.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        content=study.published_content(*study.corrected),
        entries=study.entries(*study.corrected),
        origins=list(study.corrected),
        code=study.code("list_corrections.py"),
    message:
        "Listing what corrections touch"
    script:
        "../scripts/list_corrections.py"
