"""Tables that are made region by region: in blocks side by side, then gathered.

Needs:  the tables that workflow/gotong/analyses/catalogue.py names for each (BY_REGION).
Makes:  data/processed/{analysis}/{block}.parquet, and from all of them
        data/processed/rt_sensitivity.parquet.

How many regions a block has is blocks.regions in config.yaml; the numbers do not depend on it.
"""


rule region_block:
    input:
        lambda wildcards: study.gathered_inputs(wildcards.analysis),
    output:
        temp("<processed>/{analysis}/{block}.parquet"),
    log:
        "<logs>/region_block/{analysis}/{block}.log",
    benchmark:
        "<logs>/benchmarks/region_block/{analysis}/{block}.tsv"
    wildcard_constraints:
        analysis="|".join(BY_REGION),
        block=r"\d+",
    conda:
        "../envs/gotong.yaml"
    params:
        analysis="{analysis}",
        choices=study.block_choices,
        origins=[],
        content=study.block_content,
        code=study.block_code,
    message:
        "Making block {wildcards.block} of {wildcards.analysis}"
    script:
        "../scripts/make_analysis.py"


rule rt_sensitivity:
    input:
        study.region_blocks("rt_sensitivity"),
    output:
        "<processed>/rt_sensitivity.parquet",
    log:
        "<logs>/rt_sensitivity.log",
    benchmark:
        "<logs>/benchmarks/rt_sensitivity.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        analysis="rt_sensitivity",
        origins=study.gathered_origins("rt_sensitivity"),
        code=study.code("gather_blocks.py"),
    message:
        "Making rt_sensitivity: its blocks of regions gathered"
    script:
        "../scripts/gather_blocks.py"
