"""Methods on the panels: reproduction number, alignment of regimes, measures by month.

Needs:  the panels; regimes, movement and measures of data/raw.
Makes:  data/processed/{rt,alignment,measures_monthly}.parquet
"""


rule reproduction:
    input:
        "data/processed/panel_province.parquet",
    output:
        "data/processed/rt.parquet",
    log:
        "logs/reproduction.log",
    benchmark:
        "logs/benchmarks/reproduction.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        choices=study.choices("rt"),
        code=study.code("estimate_rt.py"),
    message:
        "Estimating the reproduction number"
    script:
        "../scripts/estimate_rt.py"


rule alignment:
    input:
        regimes=study.raw("policy/regimes.csv"),
        movement=study.raw("mobility/movement_java.csv"),
    output:
        "data/processed/alignment.parquet",
    log:
        "logs/alignment.log",
    benchmark:
        "logs/benchmarks/alignment.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        choices=study.choices("area", "panels", "strictness"),
        sources=study.sources("policy/regimes.csv", "mobility/movement_java.csv"),
        content=study.content("policy/regimes.csv", "mobility/movement_java.csv"),
        code=study.code("measure_alignment.py"),
    message:
        "Measuring how aligned the regimes were"
    script:
        "../scripts/measure_alignment.py"


rule measures_monthly:
    input:
        study.raw("cooperation/measures.csv"),
    output:
        "data/processed/measures_monthly.parquet",
    log:
        "logs/measures_monthly.log",
    benchmark:
        "logs/benchmarks/measures_monthly.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        sources=study.sources("cooperation/measures.csv"),
        content=study.content("cooperation/measures.csv"),
        code=study.code("count_measures.py"),
    message:
        "Counting measures of cooperation by month"
    script:
        "../scripts/count_measures.py"
