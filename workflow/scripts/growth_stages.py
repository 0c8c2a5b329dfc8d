"""The stages whose growth is measured: each reads and writes files of one folder.

.venv/bin/python workflow/scripts/growth_stages.py STAGE REGIONS FOLDER

Runs one stage on a generated country (`gotong.validation.nation`) in this process and prints
seconds and memory as JSON. Stages of days go from block to block of regions and hold no more
than one of them; stages of weeks hold all regions.
"""

import argparse
import json
import resource
import sys
import time
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from gotong import contracts, specification
from gotong.analyses.reproduction import rt_table
from gotong.causal.distributed_lag import distributed_lag
from gotong.causal.event_study import event_study
from gotong.causal.group_time import aggregate, group_time_effects
from gotong.causal.synthetic import placebos_in_space
from gotong.causal.twfe import two_way_fixed_effects
from gotong.config import Span, read_config
from gotong.contracts.columns import code
from gotong.cooperation import alignment
from gotong.inference.fixed_effects import TwoWayEffects
from gotong.inference.wild_bootstrap import bootstrap_weights, wild_cluster_bootstrap
from gotong.panels import daily
from gotong.regions import blocks
from gotong.tables import read_row_groups, write_row_groups
from gotong.timeline import active_measures
from gotong.validation.nation import Nation

DAYS = 900
WEEK_DAYS = 7

FEW_REGIONS = 1_000
"""Regions up to which a stage is run once more than is counted, and three times."""

HOSPITALS_EVERY = 28
"""Regions per hospital in the finest division, which makes about three thousand."""

DRAWS = 9_999
LAGS, LEADS = 4, 2
WINDOW = (-8, 12)
COHORTS = (20, 32, 44, 56, 68, 80, np.inf)
"""Weeks in which units come under a rule, each as many; infinite for never."""

PRE_PERIODS, DONORS = 60, 200
OTHERS = 4
"""Other arrangements of the regressor that the cells of the specification curve are run under."""

KB_PER_MB = 1024


@cache
def config():
    """Return the configuration of the study, whose scales and choices the stages use."""
    return read_config("config.yaml")


def numbered_blocks(nation):
    """Yield the positions of the regions of each block."""
    yield from blocks(range(nation.regions))


def raw(nation, folder):
    """Generate cases, regimes and measures."""
    for make in (nation.cases, nation.regimes, nation.measures):
        write_row_groups(folder / f"{make.__name__}.parquet", map(make, numbered_blocks(nation)))


def no_corrections():
    """Return a table of corrections without a row."""
    names = ("correction", "table", "action", "region_code")
    columns = {name: pd.Series([], dtype="str") for name in names}
    return pd.DataFrame(columns | {"date": pd.Series([], dtype="datetime64[s]")})


def hospitals(codes):
    """Return the list of hospitals, of which few villages have one."""
    placed = codes[::HOSPITALS_EVERY]
    return pd.DataFrame(
        {
            "region_code": pd.Series(placed, dtype="str"),
            "province_code": pd.Series([code[:2] for code in placed], dtype="str"),
            "beds": pd.Series([100] * len(placed), dtype="Int64"),
            "referral_tier": pd.Series(["none"] * len(placed), dtype="str"),
            "is_duplicate": pd.Series([False] * len(placed), dtype="boolean"),
        }
    )


def panel_contract():
    """Return the contract of the panel of provinces with longer codes."""
    schema = contracts.PANELS["province"]
    return replace(schema, columns={**schema.columns, "region_code": code(pattern=r"\d{3,10}")})


def joined_blocks(nation, folder):
    """Yield the panel, block by block."""
    codes, schema, choices = nation.codes, panel_contract(), config()
    span = Span(start=str(nation.dates[0].date()), end=str(nation.dates[-1].date()))
    chosen = daily.Choices(choices.area, span, choices.strictness, choices.measures)
    residents = pd.Series(nation.residents, index=pd.Index(codes, dtype="str"), dtype="Int64")
    beds = daily.beds_by_region(hospitals(codes))
    files = (
        read_row_groups(folder / f"{name}.parquet") for name in ("cases", "regimes", "measures")
    )
    for own, cases, regimes, measures in zip(blocks(codes), *files, strict=True):
        parts = daily.Parts(
            cases=daily.province_cases(cases),
            corrections=no_corrections(),
            population=residents,
            beds=beds,
            regimes=regimes,
            measures=measures,
            counted=dict(zip(own, own, strict=True)),
            coverage=dict.fromkeys(own, "coded"),
        )
        yield daily.join(own, daily.LEVELS["province"], parts, chosen, schema)


def panel(nation, folder):
    """Join the panel."""
    write_row_groups(folder / "panel.parquet", joined_blocks(nation, folder))


def rt(nation, folder):
    """Estimate R_t of every region and day with its interval."""
    chosen = config().rt.model_dump()
    columns = ["region_code", "date", "cases"]
    estimates = (
        rt_table(days, chosen | {"regions": list(days["region_code"].unique())})
        for days in read_row_groups(folder / "panel.parquet", columns)
    )
    write_row_groups(folder / "rt.parquet", estimates)


def stock(nation, folder):
    """Count the measures active by region, day and dyad."""
    lasts = config().measures.open_end_days
    found = (
        active_measures(measures, nation.dates, lasts, counted_in=dict(zip(own, own, strict=True)))
        for own, measures in zip(
            blocks(nation.codes), read_row_groups(folder / "measures.parquet"), strict=True
        )
    )
    write_row_groups(folder / "stock.parquet", found)


def by_day(folder, column):
    """Yield one column of the panel by block, shape (regions, days)."""
    for days in read_row_groups(folder / "panel.parquet", [column]):
        yield days[column].to_numpy("float64", na_value=np.nan).reshape(-1, DAYS)


def aligned(nation, folder):
    """Align each region with its neighbours and the core."""
    strict = np.empty((nation.regions, DAYS), dtype="float32")
    for own, values in zip(numbered_blocks(nation), by_day(folder, "strictness"), strict=True):
        strict[own] = values
    span = config().strictness.span

    def tables():
        for own in numbered_blocks(nation):
            partners = nation.partners(own)
            needed, place = np.unique(partners, return_inverse=True)
            known = np.concatenate([strict[own], strict[needed]]).astype("float64")
            weights = np.full(partners.shape, 1 / partners.shape[1])
            found = alignment(known, weights, span, len(own) + place.reshape(partners.shape))
            yield pd.DataFrame({"alignment": found.ravel()})

    write_row_groups(folder / "alignment.parquet", tables())


def weekly(nation, folder):
    """Sum and average days to weeks: the arrays that the estimators take."""
    weeks = DAYS // WEEK_DAYS
    for name, average in (("cases", False), ("strictness", True), ("active_all", True)):
        table = np.empty((nation.regions, weeks))
        for own, values in zip(numbered_blocks(nation), by_day(folder, name), strict=True):
            by_week = values[:, : weeks * WEEK_DAYS].reshape(len(own), weeks, WEEK_DAYS)
            table[own] = by_week.mean(axis=2) if average else by_week.sum(axis=2)
        np.save(folder / f"{name}.npy", table)


def weeks_of(folder, name):
    """Return one variable by region and week."""
    return np.load(folder / f"{name}.npy")


def growth(folder):
    """Return the change of the log of weekly cases; the first week has none and is left out."""
    return np.diff(np.log1p(weeks_of(folder, "cases")), axis=1) / WEEK_DAYS


def regressors(folder):
    """Return strictness and active measures of the weeks that have a growth."""
    return np.stack([weeks_of(folder, name)[:, 1:] for name in ("strictness", "active_all")])


def adoption(nation):
    """Return the week in which each region comes under a rule."""
    return np.random.default_rng(nation.seed).permuted(np.resize(COHORTS, nation.regions))


def provinces(nation):
    """Return the province of each region."""
    return np.array([code[:2] for code in nation.codes])


def two_way(nation, folder):
    """Regress growth on strictness and measures; errors clustered by region."""
    two_way_fixed_effects(growth(folder), regressors(folder))


def events(nation, folder):
    """Regress growth on the weeks since a rule."""
    event_study(growth(folder), adoption(nation), WINDOW).leads_test()


def lags(nation, folder):
    """Regress growth on lags and leads of strictness."""
    distributed_lag(growth(folder), regressors(folder)[0], LAGS, LEADS).cumulative()


def cohorts(nation, folder):
    """Estimate the effect on each cohort in each week, and by weeks since the rule."""
    aggregate(group_time_effects(growth(folder), adoption(nation)), "dynamic").estimates.interval()


def bootstrap(nation, folder):
    """Test the coefficient of strictness by the wild bootstrap, clusters being provinces."""
    outcome, x = growth(folder), regressors(folder)
    unit, week = (index.ravel() for index in np.indices(outcome.shape))
    groups = np.unique(provinces(nation), return_inverse=True)[1]
    weights = bootstrap_weights(groups.max() + 1, np.random.default_rng(nation.seed), DRAWS)
    wild_cluster_bootstrap(
        outcome.ravel(),
        x.reshape(len(x), -1).T,
        groups[unit],
        TwoWayEffects(unit, week),
        weights=weights,
    )


def synthetic(nation, folder):
    """Compare the core with the mix of the regions that were nearest before, and these alike."""
    log_cases = np.log1p(weeks_of(folder, "cases"))
    before = log_cases[:, :PRE_PERIODS]
    distance = ((before - before[0]) ** 2).sum(axis=1)
    nearest = np.argsort(distance, kind="stable")[: DONORS + 1]
    placebos_in_space(log_cases[nearest], 0, PRE_PERIODS)


def cells(nation, folder, others):
    """Estimate cells of the specification curve, one for each estimator of the configuration."""
    outcome, path = growth(folder), regressors(folder)[0]
    paths = np.stack([np.roll(path, by, axis=1) for by in range(others + 1)])
    for how in config().specifications.estimators:
        specification.estimate(outcome, paths, how.kind, how.lag).interval()


STAGES = {
    "raw": raw,
    "panel": panel,
    "rt": rt,
    "stock": stock,
    "alignment": aligned,
    "weekly": weekly,
    "two_way": two_way,
    "event_study": events,
    "distributed_lag": lags,
    "group_time": cohorts,
    "bootstrap": bootstrap,
    "synthetic": synthetic,
    "cells": partial(cells, others=0),
    "cells_arranged": partial(cells, others=OTHERS),
}
"""The stages by name, each after those whose files it reads."""


def peak_memory():
    """Return the most memory that this process has held, in MB.

    A process that Linux starts takes over the peak of the one that started it in `getrusage`.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / KB_PER_MB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / KB_PER_MB / (KB_PER_MB if sys.platform == "darwin" else 1)


def seconds_so_far():
    """Return seconds by the clock, of the processor, and of the system for this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return np.array([time.perf_counter(), used.ru_utime + used.ru_stime, used.ru_stime])


def measured(task, few):
    """Return the seconds of `seconds_so_far` that a task takes: of one run, or middle of three."""
    times = []
    for _ in range(4 if few else 1):
        before = seconds_so_far()
        task()
        times.append(seconds_so_far() - before)
    # The first of several runs loads what the others find loaded.
    return np.median(times[1:] or times, axis=0).tolist()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("regions", type=int)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    generated = Nation(asked.regions, DAYS)
    task = partial(STAGES[asked.stage], generated, asked.folder)
    wall, processor, system = measured(task, asked.regions <= FEW_REGIONS)
    found = {"wall": wall, "processor": processor, "system": system, "peak": peak_memory()}
    print(json.dumps(found))
