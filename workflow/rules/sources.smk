"""Raw tables from the publishers' files, when config.yaml asks for it.

Needs:  the files of data/raw/sources.yaml, in a mirror (inputs.mode: mirror) or from their
        pinned addresses (inputs.mode: download). With inputs.mode: snapshot, the default, the
        tables of data/raw are used as they are and no rule of this file runs.
Makes:  data/processed/sources/<table>, the same bytes as data/raw/<table>.

A new publisher: a reader in workflow/gotong/sources, an entry in data/raw/sources.yaml, a
maker in sources/snapshot.py.
"""


rule read_source:
    input:
        study.mirror_files,
    output:
        "data/processed/sources/{table}",
    log:
        "logs/read_source/{table}.log",
    benchmark:
        "logs/benchmarks/read_source/{table}.tsv"
    wildcard_constraints:
        table=r"[a-z]+/[a-z0-9_]+\.(csv|geojson)",
    conda:
        "../envs/gotong.yaml"
    params:
        table="{table}",
        inputs=study.choices("inputs"),
        pins=study.pins,
        code=study.code("read_source.py"),
    message:
        "Reading {wildcards.table} from the publishers' files"
    script:
        "../scripts/read_source.py"
