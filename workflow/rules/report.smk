"""The report, the claims ledger as files, the walk-throughs, and the list of all results.

Needs:  every figure and table, the claims and their votes, the panels that the picker shows.
        Another area than Greater Jakarta has neither claims nor walk-throughs.
Makes:  results/report/index.html (Indonesian) and index.en.html, results/report/<notebook>.html,
        results/claims/{ledger.csv,ledger.json,evidence.csv}, results/claims/rows/*.csv,
        results/MANIFEST.json

A new walk-through: a notebook without outputs in notebooks/, and its name in NOTEBOOKS.
"""

from gotong.analyses.catalogue import BEHIND_CLAIMS, file_of_rows
from gotong.provenance import sha256_file
from gotong.wiring import jobs_behind

# The walk-throughs and the ledger are on the claims, and those are on Greater Jakarta.
NOTEBOOKS = ["reading-the-panel", "moving-a-claim"]
TOLD = NOTEBOOKS if "T08" in study.exhibits else []
REPORT = [
    "<results>/report/index.html",
    "<results>/report/index.en.html",
    *expand("<results>/report/{notebook}.html", notebook=TOLD),
]
ROWS = expand("<results>/claims/rows/{file}", file=map(file_of_rows, BEHIND_CLAIMS))
LEDGER = [
    "<results>/claims/ledger.csv",
    "<results>/claims/ledger.json",
    "<results>/claims/evidence.csv",
    *ROWS,
]
JUDGED = LEDGER if "T08" in study.exhibits else []


rule ledger:
    input:
        claims="<processed>/claims.parquet",
        votes="<processed>/votes.parquet",
        behind=study.behind_claims,
    output:
        csv=report(
            "<results>/claims/ledger.csv",
            caption="../report/ledger.rst",
            category="Claims",
            labels={"exhibit": "ledger", "kind": "table", "language": "-"},
        ),
        json="<results>/claims/ledger.json",
        evidence="<results>/claims/evidence.csv",
        rows=ROWS,
    log:
        "<logs>/ledger.log",
    benchmark:
        "<logs>/benchmarks/ledger.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        choices=study.choices("claims", "decision"),
        behind=BEHIND_CLAIMS,
        code=study.code("write_ledger.py"),
    message:
        "Writing the claims ledger"
    script:
        "../scripts/write_ledger.py"


rule notebook:
    input:
        notebook=ancient("notebooks/{notebook}.ipynb"),
        panel="<processed>/panel_jabodetabek.parquet",
        votes="<processed>/votes.parquet",
    output:
        "<results>/report/{notebook}.html",
    log:
        "<logs>/notebook/{notebook}.log",
    benchmark:
        "<logs>/benchmarks/notebook/{notebook}.tsv"
    wildcard_constraints:
        notebook="|".join(NOTEBOOKS),
    conda:
        "../envs/gotong.yaml"
    params:
        stored=lambda wildcards: sha256_file(f"notebooks/{wildcards.notebook}.ipynb"),
        choices=study.choices("claims", "decision"),
        code=study.code(
            "run_notebook.py",
            "claims.py",
            "config.py",
            "exhibits/claim_words.py",
            "style.py",
        ),
        texts=study.texts("notebook.html.j2", "_head.html.j2", "style.css"),
    message:
        "Running the walk-through {wildcards.notebook}"
    script:
        "../scripts/run_notebook.py"


rule pages:
    input:
        figures=expand(
            "<results>/figures/{exhibit}.{ending}",
            exhibit=study.figures,
            ending=["json", "csv", "id.svg", "en.svg"],
        ),
        exhibits=expand(
            "<results>/tables/{exhibit}.{ending}",
            exhibit=study.tables,
            ending=["json", "csv", "id.html", "en.html"],
        ),
        tables=study.picked,
        ledger=JUDGED,
        sources=study.register,
        corrections=study.correction_register,
    output:
        id="<results>/report/index.html",
        en="<results>/report/index.en.html",
    log:
        "<logs>/pages.log",
    benchmark:
        "<logs>/benchmarks/pages.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        choices=study.choices("area", "claims", "decision"),
        exhibits=study.exhibits,
        notebooks=TOLD,
        content=study.content(
            "sources.yaml", "corrections.yaml", "geography/regions.csv"
        ),
        places=study.places(),
        code=study.code("write_pages.py", "claims.py"),
        texts=study.texts("*"),
    message:
        "Writing the report"
    script:
        "../scripts/write_pages.py"


rule jobs:
    output:
        "<processed>/jobs.json",
    log:
        "<logs>/jobs.log",
    benchmark:
        "<logs>/benchmarks/jobs.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        jobs=lambda wildcards: jobs_behind(rules.manifest.input[1:], workflow.rules),
        code=study.code("write_jobs.py"),
    message:
        "Listing what every result is made from"
    script:
        "../scripts/write_jobs.py"


rule manifest:
    input:
        jobs="<processed>/jobs.json",
        report=REPORT,
        ledger=JUDGED,
        checks="<results>/checks.json",
        figures=expand(
            "<results>/figures/{exhibit}.{ending}",
            exhibit=study.figures,
            ending=[
                "json",
                "csv",
                *[
                    f"{code}.{form}"
                    for code in ("id", "en")
                    for form in ("svg", "png", "pdf")
                ],
            ],
        ),
        tables=expand(
            "<results>/tables/{exhibit}.{ending}",
            exhibit=study.tables,
            ending=["json", "csv", "id.html", "en.html", "id.tex", "en.tex"],
        ),
        made=study.made,
        corrected=[study.table(table) for table in study.corrected],
        touched=[study.touched(table) for table in study.corrected],
    output:
        "<results>/MANIFEST.json",
    log:
        "<logs>/manifest.log",
    benchmark:
        "<logs>/benchmarks/manifest.tsv"
    conda:
        "../envs/gotong.yaml"
    params:
        lock=sha256_file("requirements.txt"),
        code=study.code("write_manifest.py"),
    message:
        "Listing the results with their hashes"
    script:
        "../scripts/write_manifest.py"
