"""Gotong Royong: regional cooperation, PSBB policy and COVID-19 outcomes in Greater Jakarta.

    make                      the whole analysis (snakemake --cores 2 all)
    make test                 every check
    snakemake -n              what would be made anew, and why

The stages stand in workflow/rules, one file each; choices in config.yaml.
"""

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

from gotong.analyses.catalogue import ANALYSES, BY_REGION
from gotong.config import merged, read_choices
from gotong.errors import GotongError
from gotong.wiring import Study

min_version("9.0")


# Not by `configfile:`, which runs Python that a configuration may carry (YTE, `__use_yte__`) and
# takes its time for it. What the command line names goes over what stands in the file.
try:
    config = merged(read_choices("config.yaml"), config)
    study = Study(config, ["config.yaml", *workflow.configfiles])
    study.look_for_raw_tables()
except GotongError as error:
    raise WorkflowError(str(error)) from None


# Those of another area lie in folders of their own, so that areas stand side by side.
pathvars:
    results=study.results,
    processed=study.processed,
    logs=study.logs,


localrules:
    all,


include: "workflow/rules/sources.smk"
include: "workflow/rules/corrections.smk"
include: "workflow/rules/analysis.smk"
include: "workflow/rules/specifications.smk"
include: "workflow/rules/regions.smk"
include: "workflow/rules/exhibits.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/checks.smk"


rule all:
    default_target: True
    input:
        "<results>/MANIFEST.json",
        # By name: a lost result that nobody asks for is not made again while its heirs are there.
        rules.manifest.input,
    message:
        "All results are there"
