"""The join: one panel per level, one row per region and day.

Needs:  cases, regimes, measures, hospitals, census and codes of data/raw.
Makes:  data/processed/panel_{jabodetabek,westjava,province}.parquet, each held to its contract.
"""


rule panel:
    input:
        unpack(study.panel_inputs),
    output:
        "data/processed/panel_{level}.parquet",
    log:
        "logs/panel/{level}.log",
    benchmark:
        "logs/benchmarks/panel/{level}.tsv"
    wildcard_constraints:
        level="jabodetabek|westjava|province",
    conda:
        "../envs/gotong.yaml"
    params:
        level="{level}",
        choices=study.choices("area", "panels", "strictness", "measures"),
        sources=study.panel_sources,
        content=study.panel_content,
        code=study.code("join_panel.py"),
    message:
        "Joining the panel of {wildcards.level}"
    script:
        "../scripts/join_panel.py"
