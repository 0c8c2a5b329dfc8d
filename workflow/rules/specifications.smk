"""The specification curve (claim C11): estimated in parts side by side, then gathered.

Needs:  panel_java, panel_province and cooperation_weekly of data/processed.
Makes:  data/processed/specifications/{part}.parquet, and from all of them
        data/processed/specifications.parquet and data/processed/specification_tests.parquet.

How many parts there are is specifications.parts in config.yaml; the numbers do not depend on it.
A new choice: an entry in the section `specifications` of config.yaml.
"""


rule specification_cells:
    input:
        study.gathered_inputs("specifications"),
    output:
        temp("<processed>/specifications/{part}.parquet"),
    log:
        "<logs>/specification_cells/{part}.log",
    benchmark:
        "<logs>/benchmarks/specification_cells/{part}.tsv"
    wildcard_constraints:
        part=r"\d+",
    conda:
        "../envs/gotong.yaml"
    params:
        part="{part}",
        choices=study.gathered_choices("specifications"),
        code=study.code("estimate_specifications.py"),
    message:
        "Estimating part {wildcards.part} of the specification curve"
    script:
        "../scripts/estimate_specifications.py"


rule specifications:
    input:
        study.specification_parts,
    output:
        "<processed>/specifications.parquet",
        "<processed>/specification_tests.parquet",
    log:
        "<logs>/specifications.log",
    benchmark:
        "<logs>/benchmarks/specifications.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        origins=study.gathered_origins("specifications"),
        code=study.code("gather_specifications.py"),
    message:
        "Gathering the specification curve and testing it as a whole"
    script:
        "../scripts/gather_specifications.py"
