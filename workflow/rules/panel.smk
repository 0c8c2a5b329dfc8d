"""The join: one panel per level, one row per region and day.

Needs:  cases, regimes, measures, hospitals, census and codes of data/raw.
Makes:  data/processed/panel_{jabodetabek,westjava,province}.parquet, each held to its contract.
"""


rule panel:
    input:
        province_cases=ancient(study.raw("cases/province_daily.csv")),
        westjava_cases=ancient(study.raw("cases/westjava_daily.csv")),
        regimes=ancient(study.raw("policy/regimes.csv")),
        measures=ancient(study.raw("cooperation/measures.csv")),
        hospitals=ancient(study.raw("facilities/hospitals.csv")),
        population=ancient(study.raw("context/population_sp2020.csv")),
        regions=ancient(study.raw("geography/regions.csv")),
    output:
        "data/processed/panel_{level}.parquet",
    log:
        "logs/panel/{level}.log",
    benchmark:
        "logs/benchmarks/panel/{level}.tsv"
    params:
        level="{level}",
        choices=study.choices("area", "panels", "strictness", "measures"),
        content=raw_content,
        code=study.code("join_panel.py"),
    wildcard_constraints:
        level="jabodetabek|westjava|province",
    message:
        "Joining the panel of {wildcards.level}"
    script:
        "../scripts/join_panel.py"
