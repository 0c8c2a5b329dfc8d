"""Made tables: the joined panels first, then what is measured and estimated from them.

Needs:  the tables that workflow/gotong/analyses/catalogue.py names for each.
Makes:  data/processed/<name>.parquet, held to its contract.

A new one: a module in workflow/gotong/analyses, an entry in its catalogue, a contract.
"""


rule analysis:
    input:
        study.analysis_inputs,
    output:
        "<processed>/{analysis}.parquet",
    log:
        "<logs>/analysis/{analysis}.log",
    benchmark:
        "<logs>/benchmarks/analysis/{analysis}.tsv"
    wildcard_constraints:
        analysis="|".join(ANALYSES),
    group:
        study.analysis_group
    conda:
        "../envs/gotong.yaml"
    params:
        analysis="{analysis}",
        shows=study.analysis_shows,
        choices=study.analysis_choices,
        origins=study.analysis_origins,
        content=study.analysis_content,
        code=study.analysis_code,
    message:
        "Making {wildcards.analysis}: {params.shows}"
    script:
        "../scripts/make_analysis.py"
