"""Figures and tables, each in Indonesian and English, with the data behind them.

Needs:  the tables that workflow/gotong/exhibits/catalogue.py names for each exhibit.
Makes:  results/figures/F??.{id,en}.{png,svg,pdf}, results/tables/T??.{id,en}.{html,tex}, beside each
        its data as .csv and its provenance (sources, hashes, choices, texts) as .json

A new exhibit: a module in workflow/gotong/exhibits and an entry in its catalogue.
"""


rule figure:
    input:
        study.exhibit_inputs,
    output:
        png_id="<results>/figures/{exhibit}.id.png",
        png_en=report(
            "<results>/figures/{exhibit}.en.png",
            caption="../report/exhibit.rst",
            category=study.category,
            labels={"exhibit": "{exhibit}", "kind": "figure", "language": "English"},
        ),
        svg_id=report(
            "<results>/figures/{exhibit}.id.svg",
            caption="../report/exhibit.rst",
            category=study.category,
            labels={
                "exhibit": "{exhibit}",
                "kind": "figure",
                "language": "Bahasa Indonesia",
            },
        ),
        svg_en="<results>/figures/{exhibit}.en.svg",
        pdf_id="<results>/figures/{exhibit}.id.pdf",
        pdf_en="<results>/figures/{exhibit}.en.pdf",
        csv=report(
            "<results>/figures/{exhibit}.csv",
            caption="../report/exhibit.rst",
            category=study.category,
            labels={"exhibit": "{exhibit}", "kind": "plotted data", "language": "-"},
        ),
        json="<results>/figures/{exhibit}.json",
    log:
        "<logs>/figure/{exhibit}.log",
    benchmark:
        "<logs>/benchmarks/figure/{exhibit}.tsv"
    wildcard_constraints:
        exhibit=r"F\d\d",
    conda:
        "../envs/gotong.yaml"
    params:
        exhibit="{exhibit}",
        shows=study.shows,
        choices=study.exhibit_choices,
        dpi=study.config.figures.dpi,
        content=study.exhibit_content,
        sources=study.exhibit_sources,
        registers=study.exhibit_registers,
        code=study.exhibit_code,
        place=study.place,
        texts=study.texts(),
    message:
        "Drawing figure {wildcards.exhibit}"
    script:
        "../scripts/make_exhibit.py"


rule table:
    input:
        study.exhibit_inputs,
    output:
        html_id=report(
            "<results>/tables/{exhibit}.id.html",
            caption="../report/exhibit.rst",
            category=study.category,
            labels={
                "exhibit": "{exhibit}",
                "kind": "table",
                "language": "Bahasa Indonesia",
            },
        ),
        html_en=report(
            "<results>/tables/{exhibit}.en.html",
            caption="../report/exhibit.rst",
            category=study.category,
            labels={"exhibit": "{exhibit}", "kind": "table", "language": "English"},
        ),
        tex_id="<results>/tables/{exhibit}.id.tex",
        tex_en="<results>/tables/{exhibit}.en.tex",
        csv="<results>/tables/{exhibit}.csv",
        json="<results>/tables/{exhibit}.json",
    log:
        "<logs>/table/{exhibit}.log",
    benchmark:
        "<logs>/benchmarks/table/{exhibit}.tsv"
    wildcard_constraints:
        exhibit=r"T\d\d",
    conda:
        "../envs/gotong.yaml"
    params:
        exhibit="{exhibit}",
        shows=study.shows,
        choices=study.exhibit_choices,
        content=study.exhibit_content,
        sources=study.exhibit_sources,
        registers=study.exhibit_registers,
        code=study.exhibit_code,
        place=study.place,
        texts=study.texts(
            "table.html.j2", "_head.html.j2", "_table.html.j2", "style.css"
        ),
    message:
        "Writing table {wildcards.exhibit}"
    script:
        "../scripts/make_exhibit.py"
