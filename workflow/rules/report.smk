"""The pages that show the exhibits, and the list of all results with their hashes.

Needs:  every figure and table.
Makes:  results/index.html (Indonesian), results/index.en.html, results/MANIFEST.json
"""


rule pages:
    input:
        figures=expand(
            "results/figures/{exhibit}.{ending}",
            exhibit=FIGURES,
            ending=["json", "csv", "id.svg", "en.svg"],
        ),
        tables=expand(
            "results/tables/{exhibit}.{ending}",
            exhibit=TABLES,
            ending=["json", "csv", "id.html", "en.html"],
        ),
        sources=study.register,
    output:
        id="results/index.html",
        en="results/index.en.html",
    log:
        "logs/pages.log",
    benchmark:
        "logs/benchmarks/pages.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        content=study.content("sources.yaml"),
        code=study.code("write_pages.py"),
        texts=study.texts(),
    message:
        "Writing the result pages"
    script:
        "../scripts/write_pages.py"


rule manifest:
    input:
        pages=["results/index.html", "results/index.en.html"],
        checks="results/checks.json",
        figures=expand(
            "results/figures/{exhibit}.{ending}",
            exhibit=FIGURES,
            ending=["json", "csv", "id.svg", "en.svg", "id.png", "en.png"],
        ),
        tables=expand(
            "results/tables/{exhibit}.{ending}",
            exhibit=TABLES,
            ending=["json", "csv", "id.html", "en.html"],
        ),
        made=expand("data/processed/{name}.parquet", name=["corrections", *ANALYSES]),
    output:
        "results/MANIFEST.json",
    log:
        "logs/manifest.log",
    benchmark:
        "logs/benchmarks/manifest.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        code=study.code("write_manifest.py"),
    message:
        "Listing the results with their hashes"
    script:
        "../scripts/write_manifest.py"
