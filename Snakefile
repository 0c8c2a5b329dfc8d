"""Gotong Royong: regional cooperation, PSBB policy and COVID-19 outcomes in Greater Jakarta.

    make                      the whole analysis (snakemake --cores 2 all)
    make test                 every check
    snakemake -n              what would be made anew, and why

The stages stand in workflow/rules, one file each; choices in config.yaml.
"""

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

from gotong.analyses.catalogue import ANALYSES, GATHERED
from gotong.errors import GotongError
from gotong.exhibits.catalogue import FIGURES, TABLES
from gotong.wiring import Study

min_version("9.0")


configfile: "config.yaml"


try:
    study = Study(config, workflow.configfiles)
except GotongError as error:
    raise WorkflowError(str(error)) from None


localrules:
    all,


include: "workflow/rules/sources.smk"
include: "workflow/rules/corrections.smk"
include: "workflow/rules/analysis.smk"
include: "workflow/rules/specifications.smk"
include: "workflow/rules/exhibits.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/checks.smk"


rule all:
    default_target: True
    input:
        REPORT,
        LEDGER,
        "results/MANIFEST.json",
