"""Make every job of the workflow in this one process, one after another, and print the times.

python workflow/scripts/warm_calls.py     in a copy of the project in which nothing is made

The last line is JSON: seconds of all calls, seconds by rule, numbers of rules and jobs. What the
jobs are, Snakemake says; it runs none of them.
"""

import json
import pkgutil
import sys
import time
from importlib import import_module
from pathlib import Path

from snakemake.api import (
    DAGSettings,
    OutputSettings,
    ResourceSettings,
    SnakemakeApi,
    StorageSettings,
)
from snakemake.settings.types import Quietness

import gotong

WARM_UP = "F15"
"""Drawn once more without the clock: fonts and the like are read once in a process."""


def planned():
    """Return all jobs in an order in which they can be made, and the number of rules."""
    settings = OutputSettings(quiet={Quietness.ALL})
    with SnakemakeApi(settings) as api:
        flow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            storage_settings=StorageSettings(),
            snakefile=Path("Snakefile"),
        )
        flow.dag(DAGSettings(targets={"all"})).execute_workflow(executor="dryrun")
        graph = flow._workflow.dag
        jobs = [job for level in graph.toposorted() for job in sorted(level, key=str)]
        return [job for job in jobs if job.rule.script], len(flow._workflow.rules)


def call(job):
    """Make one job by the function of its script; return the seconds."""
    task = import_module(Path(job.rule.script).stem).main
    for path in job.output:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    task(job.input, job.output, job.params)
    return time.perf_counter() - began


def main():
    sys.path.insert(0, "workflow/scripts")
    for module in pkgutil.walk_packages(gotong.__path__, "gotong."):
        import_module(module.name)
    jobs, rules = planned()
    by_rule = {}
    for job in jobs:
        if job.wildcards.get("exhibit") == WARM_UP:
            call(job)
        by_rule[job.rule.name] = by_rule.get(job.rule.name, 0) + call(job)
    found = {"seconds": sum(by_rule.values()), "by_rule": by_rule}
    print(json.dumps({**found, "jobs": len(jobs), "rules": rules}))


if __name__ == "__main__":
    main()
