"""Figures and tables, each in Indonesian and English, with the data behind them.

Needs:  the tables that workflow/gotong/exhibits/catalogue.py names for each exhibit.
Makes:  results/figures/F??.{id,en}.{png,svg}, results/tables/T??.{id,en}.html, and beside each
        its data as .csv and its provenance (sources, hashes, choices, texts) as .json

A new exhibit: a module in workflow/gotong/exhibits and an entry in its catalogue.
"""


def inputs_of(wildcards):
    """The tables that an exhibit is drawn from."""
    return ancient_raw(study.exhibit_inputs(wildcards.exhibit))


def ancient_raw(paths):
    """Raw tables are followed by content (params), not by time."""
    return [ancient(path) if path.startswith("data/raw/") else path for path in paths]


def choices_of(wildcards):
    """The parts of the configuration that an exhibit reads."""
    return study.choices(*EXHIBITS[wildcards.exhibit].choices)


def code_of(wildcards):
    """The code that an exhibit really uses."""
    return study.code("make_exhibit.py", f"exhibits/{EXHIBITS[wildcards.exhibit].module}.py")


def category_of(wildcards):
    """Where an exhibit stands in Snakemake's report."""
    return EXHIBITS[wildcards.exhibit].category


def shows(wildcards):
    """What an exhibit shows, in one line."""
    return EXHIBITS[wildcards.exhibit].shows


rule figure:
    input:
        inputs_of,
    output:
        png_id="results/figures/{exhibit}.id.png",
        png_en=report(
            "results/figures/{exhibit}.en.png",
            caption="../report/exhibit.rst",
            category=category_of,
            labels={"exhibit": "{exhibit}", "kind": "figure", "language": "English"},
        ),
        svg_id=report(
            "results/figures/{exhibit}.id.svg",
            caption="../report/exhibit.rst",
            category=category_of,
            labels={"exhibit": "{exhibit}", "kind": "figure", "language": "Bahasa Indonesia"},
        ),
        svg_en="results/figures/{exhibit}.en.svg",
        csv=report(
            "results/figures/{exhibit}.csv",
            caption="../report/exhibit.rst",
            category=category_of,
            labels={"exhibit": "{exhibit}", "kind": "plotted data", "language": "-"},
        ),
        json="results/figures/{exhibit}.json",
    log:
        "logs/figure/{exhibit}.log",
    benchmark:
        "logs/benchmarks/figure/{exhibit}.tsv"
    params:
        exhibit="{exhibit}",
        shows=shows,
        choices=choices_of,
        dpi=study.config.figures.dpi,
        content=raw_content,
        code=code_of,
        texts=study.texts(),
    wildcard_constraints:
        exhibit=r"F\d\d",
    message:
        "Drawing figure {wildcards.exhibit}"
    script:
        "../scripts/make_exhibit.py"


rule table:
    input:
        inputs_of,
    output:
        html_id=report(
            "results/tables/{exhibit}.id.html",
            caption="../report/exhibit.rst",
            category=category_of,
            labels={"exhibit": "{exhibit}", "kind": "table", "language": "Bahasa Indonesia"},
        ),
        html_en=report(
            "results/tables/{exhibit}.en.html",
            caption="../report/exhibit.rst",
            category=category_of,
            labels={"exhibit": "{exhibit}", "kind": "table", "language": "English"},
        ),
        csv="results/tables/{exhibit}.csv",
        json="results/tables/{exhibit}.json",
    log:
        "logs/table/{exhibit}.log",
    benchmark:
        "logs/benchmarks/table/{exhibit}.tsv"
    params:
        exhibit="{exhibit}",
        shows=shows,
        choices=choices_of,
        content=raw_content,
        code=code_of,
        texts=study.texts(),
    wildcard_constraints:
        exhibit=r"T\d\d",
    message:
        "Writing table {wildcards.exhibit}"
    script:
        "../scripts/make_exhibit.py"
