"""Checks of a finished run: tables meet their contracts, exhibits agree with their provenance.

Needs:  every made table and exhibit.
Makes:  results/checks.json, only when all checks hold; otherwise the run ends with what differs.
"""


rule checks:
    input:
        tables=study.made,
        records=[
            *expand("<results>/figures/{exhibit}.json", exhibit=study.figures),
            *expand("<results>/tables/{exhibit}.json", exhibit=study.tables),
        ],
    output:
        "<results>/checks.json",
    log:
        "<logs>/checks.log",
    benchmark:
        "<logs>/benchmarks/checks.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        code=study.code("check_results.py"),
    message:
        "Checking the results against contracts and provenance"
    script:
        "../scripts/check_results.py"
