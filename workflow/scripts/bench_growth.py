"""The part `growth` of docs/performance.md: time and memory from 34 regions to every village.

workflow/scripts/bench_growth.py [--sizes REGIONS ...] prints the part for other sizes.

Each stage of `growth_stages` runs in a process of its own, so that its memory is its own. What
a run of the whole country would take is worked out from the table, and says so.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import growth_stages
import numpy as np

from gotong.regions import REGIONS_AT_ONCE

SIZES = (34, 514, 7_000, 83_000)
UNITS = (
    ("days", 86_400, 172_800),
    ("h", 3_600, 7_200),
    ("min", 60, 120),
    ("s", 1, 1),
    ("ms", 0.001, 0),
)
"""Units of time, the seconds of each, and from how many seconds on it is used."""

LEAST_TIME = 1e-6

LINEAR = 1.1
"""Exponent up to which growth counts as linear."""

MOST_MEMORY = 4_096
"""Memory in MB that the wish for this growth allows."""

SPECIFICATIONS = 10_000
CORES = (1, 16, 256)

GENERATED = "raw"
BY_BLOCK = ("panel", "rt", "stock", "alignment")
GATHERED = "weekly"
ESTIMATORS = ("two_way", "event_study", "distributed_lag", "group_time", "bootstrap", "synthetic")

SHOWN = {
    "raw": "generated cases, regimes, measures",
    "panel": "panel, joined and held to its contract",
    "rt": "R_t with intervals",
    "stock": "measures active by day and dyad",
    "alignment": "alignment with eight neighbours and the core",
    "weekly": "days to weeks",
    "two_way": "two-way fixed effects, 2 regressors",
    "event_study": "event study, 20 coefficients",
    "distributed_lag": "distributed lag, 7 coefficients",
    "group_time": "group-time effects, 6 cohorts",
    "bootstrap": "wild bootstrap, 9,999 draws, 34 clusters",
    "synthetic": "synthetic control, 200 donors, all placebos",
    "cells": "4 cells of the specification curve",
    "cells_arranged": "the same under 4 other arrangements",
}

HEAD = """## Growth: from 34 provinces to every village

A generated country with the cases of Indonesia, divided ever more finely: into up to
{finest:,} regions of {days} days, which are {rows:,} rows. Days are worked on in
blocks of {block} regions, each a row group of one Parquet file, so that memory does not grow with
the country; the estimators take the {weeks} weeks of all regions at once. Each stage ran in a
process of its own, reading and writing included. Times are by the clock, in brackets of the
processor; memory is the most that the process held, of which the libraries are some 200 MB. Up to
{few:,} regions the middle of three runs counts. The exponent is the slope of the log of the
processor's time, which other work on the machine lengthens little, on the log of the regions: over
all sizes, then over the last step alone, for at few regions fixed costs make it flatter than it is.

"""

METHODS = """
- **Alignment** is of each region with nine partners. That of all pairs grows with the square of
  the regions by its nature, and most pairs of villages exchange nothing.
- **Synthetic control** with all placebos compares each donor with all others, which is the square
  of the donors by its nature. One unit is compared with the {donors} regions that were nearest to
  it before, found in one pass over all, and each of these is a placebo. Which regions may be
  donors is a choice of the study.
- **Wild bootstrap** has matrices of clusters by clusters. Clusters are who decides, here the 34
  provinces; with each village as a cluster it would grow with the square.
- **R_t** gains from small regions: the cases of the country are the same at every size, so that
  villages have few and equal totals, and the gamma distribution is inverted once for each total.
"""

ASSUMED = """
### What a run of the country with {specifications:,} specifications would take

Worked out from the processor's times at {finest:,} regions, not measured. The {blocks} blocks of
days are jobs that need nothing of each other; summing days to weeks is one job; the {estimators}
estimators are a job each, and the longest bounds the rest; then come the cells of the
specification curve, a job each of {cell}, or of {tested} if its regressor is also moved and
exchanged {arranged} times, as the joint tests of the study do. No number of cores shortens
{undivided}, which is a share of {share:.2g} of the work without arrangements; {most} cores are
{gain:.0f} times as quick as one. Assumed are cores as quick as this machine's, memory and
storage that serve all of them as quickly as one, and jobs that start in no time. Memory is that of
a cell with arrangements on every core.

"""


@dataclass(frozen=True)
class Run:
    """One stage at one size: seconds by the clock, of the processor and of it the system's; MB."""

    wall: float
    processor: float
    system: float
    peak: float

    @property
    def own(self):
        """Seconds of the processor without those in which the system serves the process."""
        return max(self.processor - self.system, LEAST_TIME)


def run_stage(stage, regions, folder):
    """Run a stage in a process of its own."""
    command = [sys.executable, growth_stages.__file__, stage, str(regions), str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(f"{stage} of {regions} regions failed:\n{said.stderr}")
    return Run(**json.loads(said.stdout))


def measure(sizes):
    """Return the runs of every stage, by stage and then size."""
    runs = {stage: {} for stage in growth_stages.STAGES}
    for regions in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for stage, found in runs.items():
                found[regions] = run_stage(stage, regions, folder)
                print(f"[growth] {regions:,} {stage}: {found[regions]}", flush=True)
    return runs


def exponent(sizes, values):
    """Return the power of the size with which values grow: least squares of the logs."""
    slope, _ = np.polyfit(np.log(sizes), np.log(values), 1)
    return float(slope)


def exponents(runs, what):
    """Return the exponent of one quantity over all sizes, and over the last step alone."""
    sizes = list(runs)
    values = [getattr(run, what) for run in runs.values()]
    return exponent(sizes, values), exponent(sizes[-2:], values[-2:])


def duration(seconds):
    """Return seconds in the unit that a person would use."""
    unit, length = next((unit, length) for unit, length, least in UNITS if seconds >= least)
    shown = seconds / length
    return f"{shown:,.0f} {unit}" if shown >= 100 else f"{shown:.3g} {unit}"


def lines(header, rows):
    """Return a Markdown table."""
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *rows]
    )


def time_table(runs, sizes):
    """Return the table of times with their exponents."""
    rows = [
        [
            SHOWN[stage],
            *(f"{duration(run.wall)} ({duration(run.processor)})" for run in found.values()),
            *(f"{value:.2f}" for value in exponents(found, "processor")),
        ]
        for stage, found in runs.items()
    ]
    return lines(["time", *(f"{size:,}" for size in sizes), "exponent", "last step"], rows)


def memory_table(runs, sizes):
    """Return the table of memory with the exponent of the last step."""
    rows = [
        [
            SHOWN[stage],
            *(f"{run.peak:,.0f} MB" for run in found.values()),
            f"{exponents(found, 'peak')[1]:.2f}",
        ]
        for stage, found in runs.items()
    ]
    return lines(["most memory", *(f"{size:,}" for size in sizes), "last step"], rows)


def verdict(runs, finest):
    """Say which stages grow faster than linear, and whether the memory sufficed."""
    steep = [
        f"{SHOWN[stage]} ({high:.2f}, {max(exponents(found, 'own')):.2f} without the system)"
        for stage, found in runs.items()
        if (high := max(exponents(found, "processor"))) > LINEAR
    ]
    at_end = {stage: found[finest] for stage, found in runs.items()}
    total = duration(sum(run.wall for run in at_end.values()))
    busy = duration(sum(run.processor for run in at_end.values()))
    largest = max(at_end, key=lambda stage: at_end[stage].peak)
    peak = at_end[largest].peak
    grown = (
        f"Above an exponent of {LINEAR}, in one of the two, lie: {'; '.join(steep)}. What the "
        "system adds is the time in which it hands out memory that the process had not yet held."
        if steep
        else f"No stage has an exponent above {LINEAR}, over all sizes or in the last step."
    )
    kept = "within" if peak <= MOST_MEMORY else "NOT within"
    return (
        f"{grown} At {finest:,} regions all stages one after the other took {total}, {busy} of the "
        f"processor; the most memory was {peak:,.0f} MB ({SHOWN[largest]}), {kept} "
        f"{MOST_MEMORY:,} MB."
    )


@dataclass(frozen=True)
class Work:
    """What a run of the whole country consists of, in seconds.

    `blocks` are so many equal jobs that take `by_block` together, `serial` is one job,
    `estimators` are jobs that cannot be divided, and `cell` is one specification.
    """

    by_block: float
    blocks: int
    serial: float
    estimators: tuple[float, ...]
    cell: float

    def steps(self, cores, specifications=SPECIFICATIONS):
        """Return the seconds of the four steps, one after the other, on some cores."""
        return (
            self.by_block * math.ceil(self.blocks / cores) / self.blocks,
            self.serial,
            max(max(self.estimators), sum(self.estimators) / cores),
            math.ceil(specifications / cores) * self.cell,
        )


def work(runs, finest, arrangements):
    """Return the work of a run with some arrangements of the regressor beside its own path."""

    def seconds(stage):
        return runs[stage][finest].processor

    estimators = len(growth_stages.config().specifications.estimators)
    more = (seconds("cells_arranged") - seconds("cells")) / growth_stages.OTHERS
    return Work(
        sum(map(seconds, BY_BLOCK)),
        math.ceil(finest / REGIONS_AT_ONCE),
        seconds(GATHERED),
        tuple(map(seconds, ESTIMATORS)),
        (seconds("cells") + arrangements * more) / estimators,
    )


def other_arrangements():
    """Return how many other arrangements a cell is tested against: shifts of weeks, and draws."""
    weeks = growth_stages.DAYS // growth_stages.WEEK_DAYS - 1
    return weeks - 1 + growth_stages.config().specifications.draws


def projection(runs, finest):
    """Return what a run of the whole country would take, worked out from the measured stages."""
    arranged = other_arrangements()
    plain, tested = work(runs, finest, 0), work(runs, finest, arranged)
    peak = runs["cells_arranged"][finest].peak
    rows = []
    for cores in CORES:
        blocks, serial, estimators, cells = plain.steps(cores)
        *others, tested_cells = tested.steps(cores)
        rows.append(
            [
                f"{cores}",
                duration(blocks),
                duration(serial + estimators),
                duration(cells),
                duration(blocks + serial + estimators + cells),
                duration(tested_cells),
                duration(sum(others) + tested_cells),
                f"{cores * peak / 1024:,.0f} GB",
            ]
        )
    header = [
        "cores",
        "blocks of days",
        "weeks, estimators",
        f"{SPECIFICATIONS:,} cells",
        "in all",
        f"cells with {arranged} arrangements",
        "in all, so",
        "memory",
    ]
    total, most = sum(plain.steps(CORES[0])), sum(plain.steps(CORES[-1]))
    undivided = plain.serial + max(plain.estimators)
    text = ASSUMED.format(
        specifications=SPECIFICATIONS,
        finest=finest,
        blocks=plain.blocks,
        estimators=len(plain.estimators),
        cell=duration(plain.cell),
        tested=duration(tested.cell),
        arranged=arranged,
        undivided=duration(undivided),
        share=undivided / total,
        most=CORES[-1],
        gain=total / most,
    )
    return text + lines(header, rows) + "\n"


def section(sizes=SIZES):
    """Measure, and return the part of the page."""
    runs = measure(sizes)
    finest, days = max(sizes), growth_stages.DAYS
    head = HEAD.format(
        finest=finest,
        days=days,
        rows=finest * days,
        block=REGIONS_AT_ONCE,
        weeks=days // growth_stages.WEEK_DAYS,
        few=growth_stages.FEW_REGIONS,
    )
    return (
        head
        + time_table(runs, sizes)
        + "\n\n"
        + memory_table(runs, sizes)
        + f"\n\n{verdict(runs, finest)}\n"
        + METHODS.format(donors=growth_stages.DONORS)
        + projection(runs, finest)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    print(section(tuple(parser.parse_args().sizes)))
