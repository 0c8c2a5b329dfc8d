"""The part `methods` of docs/performance.md: each method beside a package of other authors.

Both have the same data: medians, and the ratio of the medians. Before a pair is timed its
numbers are held equal, in the same run. Times of a machine mean little; ratios measured side by
side mean more.
"""

import importlib.metadata
import platform
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gotong import epidemic
from gotong.causal.group_time import group_time_effects
from gotong.causal.synthetic import placebos_in_space
from gotong.causal.twfe import two_way_fixed_effects
from gotong.inference import wild_bootstrap

UNITS, DAYS = 34, 700
PRE_PERIODS, PERIODS = 120, 150
DRAWS = 9_999

LOSS_TOLERANCE = 1e-9
"""Share by which rounding may make the loss of exact weights look larger than the peer's."""

P_TOLERANCE = 0.03
"""Six Monte Carlo standard errors of two p-values of 9,999 draws: they do not share draws."""

EPIESTIM_LEVELS = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
"""The quantiles that EpiEstim always makes."""

HEAD = """## Methods beside the packages of other authors

Each of our methods ran beside a package of other authors, in turn, on the same simulated data, on
one core, after the numbers of both had been held equal. A time is the processor time that a run
takes, the median of seven (five in R) after one that does not count. Both run in one process, but
for R, which takes its own time without its start. The machine ({machine}) is small and
shared with other work: read the ratios, not the times.

| method | data | beside | ours | theirs | times as quick | wanted | held equal |
|---|---|---|---|---|---|---|---|
"""

WHY = """
### Where the time goes, and where a wish is not met

- **Two-way effects** of a balanced panel are taken out by subtracting means. pyfixest also reads
  a formula and a table and looks for single cells and collinear columns, which is most of its
  time. On panels with gaps both iterate, and the ratio is smaller.
- **Group-time effects** of a cohort are one product of matrices; diff-diff goes from cell to
  cell and makes tables.
- **Synthetic control** turns the panel once for all units and ends at exact weights by an
  active-set method; the general optimiser of pysyncon stops within its tolerance, as the losses
  show. Its optimiser alone is timed, not its preparation of data.
- **Wild bootstrap**: about four tenths of our time are the drawing of {draws:,} x {units} weights
  and three tenths two products with that matrix, so that the wish for 200 times is out of reach
  without other weights: their stream of chance is part of the committed results and stays.
  With up to 14 clusters, as in the designs here, all sign vectors are listed and nothing is drawn.
- **R_t without quantiles** is a few sums on either side; there is little left to save, and the
  wish for 50 times is not met.
- **R_t with quantiles**: windows of counts share few totals, so that the gamma distribution is
  inverted once for each distinct total and not once for each window. Series whose totals are all
  different gain nothing by that: nine tenths of the time are then the inversion, as in R.
- All peers do more than is compared here: formulas, checks of data, other estimators, printed
  summaries. What is compared is the time to the same numbers.
"""


@dataclass(frozen=True)
class Pair:
    """One method and its peer.

    `theirs` is a task without arguments, or the seconds that the peer took by its own clock;
    `passes` is how often our task is repeated within one measurement.
    """

    method: str
    data: str
    peer: str
    ours: Callable
    theirs: Callable | float
    wanted: int
    equal: str
    passes: int = 1


def processor_time(task, passes):
    """Return the processor seconds of a task, the mean of some passes."""
    start = time.process_time()
    for _ in range(passes):
        task()
    return (time.process_time() - start) / passes


def median_times(pair, runs=7):
    """Return the median seconds of ours and of theirs, measured in turn."""
    tasks = [(pair.ours, pair.passes)]
    if not isinstance(pair.theirs, float):
        tasks.append((pair.theirs, 1))
    for task, _ in tasks:
        task()
    times = [[processor_time(task, passes) for task, passes in tasks] for _ in range(runs)]
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    return medians if len(medians) == len(("ours", "theirs")) else (*medians, pair.theirs)


def hold_equal(ours, theirs, tolerance):
    """Stop unless two results are equal; return the tolerance in words."""
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
    return f"to {tolerance:g}"


def version(package):
    """Return the name of a Python package with its version."""
    return f"{package} {importlib.metadata.version(package)}"


def long_table(**panels):
    """Return panels of one shape as a table with a row per unit and period."""
    units, periods = next(iter(panels.values())).shape
    columns = {name: panel.ravel() for name, panel in panels.items()}
    where = {
        "unit": np.repeat(np.arange(units), periods),
        "period": np.tile(np.arange(1, periods + 1), units),
    }
    return pd.DataFrame(columns | where)


def regression():
    """Return the pair of regressions with unit and period effects and clustered errors."""
    import pyfixest

    y, x = np.random.default_rng(1).normal(size=(2, UNITS, DAYS)).cumsum(axis=2)
    table = long_table(y=y, x=x)

    def theirs():
        return pyfixest.feols("y ~ x | unit + period", table, vcov={"CRV1": "unit"})

    def ours():
        return two_way_fixed_effects(y, x)

    fit, found = theirs(), ours()
    same = hold_equal(
        [found.coefficients[0], found.standard_errors[0]],
        [fit.coef().iloc[0], fit.se().iloc[0]],
        1e-6,
    )
    return Pair(
        "two-way fixed effects, clustered errors",
        f"{UNITS} units x {DAYS} days",
        version("pyfixest"),
        ours,
        theirs,
        50,
        f"coefficient and error {same}",
        passes=20,
    )


def group_time():
    """Return the pair of group-time effects with their standard errors."""
    import diff_diff

    first = np.repeat([np.inf, 20, 40, 60, 80], [10, 6, 6, 6, 6])
    y = np.random.default_rng(2).normal(size=(UNITS, 100)).cumsum(axis=1)
    adopted = np.broadcast_to(np.where(np.isinf(first), 0, first + 1)[:, np.newaxis], y.shape)
    table = long_table(y=y, first=adopted)

    def theirs():
        peer = diff_diff.CallawaySantAnna()
        return peer.fit(table, outcome="y", unit="unit", time="period", first_treat="first")

    def ours():
        found = group_time_effects(y, first)
        return found, found.estimates.standard_errors

    (found, errors), cells = ours(), theirs().group_time_effects
    keys = list(zip((found.cohort + 1).astype(int), found.period + 1, strict=True))
    same = hold_equal(
        [found.estimates.effects, errors],
        [[cells[key][name] for key in keys] for name in ("effect", "se")],
        1e-10,
    )
    return Pair(
        "group-time effects and errors",
        f"{UNITS} units x 100 periods, 4 cohorts",
        version("diff-diff"),
        ours,
        theirs,
        50,
        f"{len(keys)} effects and errors {same}",
        passes=20,
    )


def synthetic_control():
    """Return the pair of synthetic controls, each unit in turn being the treated one."""
    from pysyncon.base import VanillaOptimMixin

    y = np.random.default_rng(3).normal(size=(UNITS, PERIODS)).cumsum(axis=1) + 50
    before = y[:, :PRE_PERIODS]
    problems = [(np.delete(before, unit, axis=0).T, before[unit]) for unit in range(UNITS)]
    alike = np.eye(PRE_PERIODS)

    def theirs():
        return [
            VanillaOptimMixin.w_optimize(V_mat=alike, X0=donors, X1=target)[0]
            for donors, target in problems
        ]

    def ours():
        return placebos_in_space(y, 0, PRE_PERIODS)

    mine = [np.delete(weights, unit) for unit, weights in enumerate(ours().weights)]
    reached = []
    for (donors, target), own, other in zip(problems, mine, theirs(), strict=True):
        # Theirs sum to 1 within a tolerance only, and off the simplex any loss is possible.
        on_simplex = np.maximum(other, 0) / np.maximum(other, 0).sum()
        losses = [((donors @ weights - target) ** 2).sum() for weights in (own, on_simplex)]
        reached.append(losses[0] / losses[1])
    if max(reached) > 1 + LOSS_TOLERANCE:
        raise AssertionError(f"the peer reached a smaller loss: {max(reached)} of it is ours")
    return Pair(
        "synthetic control, all placebos",
        f"{UNITS} units, {PRE_PERIODS} periods before",
        version("pysyncon"),
        ours,
        theirs,
        100,
        f"our loss is {min(reached):.4f} to {max(reached):.7f} of theirs",
        passes=3,
    )


def bootstrap():
    """Return the pair of wild cluster bootstraps with six-point weights."""
    from wildboottest.wildboottest import WildboottestCL

    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(UNITS), DAYS)
    design = np.column_stack([rng.normal(size=cluster.size), np.ones(cluster.size)])
    y = 0.02 * design[:, 0] + rng.normal(size=cluster.size)

    def theirs():
        test = WildboottestCL(X=design, Y=y, cluster=cluster, R=np.array([1, 0]), B=DRAWS, seed=1)
        test.get_scores(bootstrap_type="11", impose_null=True)
        test.get_weights(weights_type="webb")
        test.get_numer()
        test.get_denom()
        test.get_tboot()
        test.get_vcov()
        test.get_tstat()
        test.get_pvalue(pval_type="two-tailed")
        return test

    def ours():
        weights = wild_bootstrap.bootstrap_weights(UNITS, np.random.default_rng(1), DRAWS)
        return wild_bootstrap.wild_cluster_bootstrap(y, design, cluster, weights=weights)

    found, peer = ours(), theirs()
    same = hold_equal(found.t, float(np.ravel(peer.t_stat)[0]), 1e-9)
    apart = abs(found.p_value - float(np.ravel(peer.pvalue)[0]))
    if apart > P_TOLERANCE:
        raise AssertionError(f"p-values differ by {apart}, more than the draws can tell")
    return Pair(
        f"wild cluster bootstrap, {DRAWS:,} draws",
        f"{UNITS} clusters of {DAYS}",
        version("wildboottest"),
        ours,
        theirs,
        200,
        f"t {same}, p to {P_TOLERANCE} (other draws)",
        passes=3,
    )


def simulated_cases():
    """Return daily cases of some regions and a serial interval."""
    cases = np.random.default_rng(5).poisson(60, size=(UNITS, DAYS))
    w = epidemic.discretised_gamma(4.7, 2.9, 30)
    return cases.astype("float64"), w / w.sum()


def reproduction_posterior():
    """Return the pair of posteriors of R_t, as parameters of gamma distributions."""
    from epyestim import estimate_r

    cases, w = simulated_cases()
    days = pd.date_range("2020-03-01", periods=DAYS)
    series = [pd.Series(row, days) for row in cases]

    def theirs():
        return [estimate_r.estimate_r(row, w, 1, 5, window_size=7) for row in series]

    def ours():
        return epidemic.reproduction_number(cases, w, levels=())

    found, peer = ours(), theirs()
    usable = np.isfinite(found.shape[0])
    wanted = np.array([frame["a_posterior"].iloc[1:].to_numpy()[usable] for frame in peer])
    same = hold_equal(found.shape[:, usable], wanted, 1e-10)
    return Pair(
        "R_t, posterior without quantiles",
        f"{UNITS} regions x {DAYS} days",
        version("epyestim"),
        ours,
        theirs,
        50,
        f"cases behind R_t {same}",
        passes=10,
    )


R_SCRIPT = """
library(EpiEstim)
cases <- as.matrix(read.csv("{folder}/cases.csv", header = FALSE))
w <- scan("{folder}/w.csv", quiet = TRUE)
estimate <- function(row) suppressWarnings(suppressMessages(estimate_R(
  row, method = "non_parametric_si", config = make_config(list(si_distr = w)))))
write.csv(estimate(cases[1, ])$R[, -(1:2)], "{folder}/r.csv", row.names = FALSE)
times <- sapply(1:5, function(i) sum(system.time(apply(cases, 1, estimate))[1:2]))
cat(as.character(packageVersion("EpiEstim")), median(times))
"""


def reproduction_in_r(cases, w):
    """Return version, seconds for all regions and estimates for the first of R's EpiEstim."""
    with tempfile.TemporaryDirectory() as folder:
        pd.DataFrame(cases.astype(int)).to_csv(f"{folder}/cases.csv", index=False, header=False)
        np.savetxt(f"{folder}/w.csv", w)
        said = subprocess.run(
            ["Rscript", "-e", R_SCRIPT.replace("{folder}", folder)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        return said[-2], float(said[-1]), pd.read_csv(f"{folder}/r.csv").to_numpy()


def reproduction_with_quantiles():
    """Return the pairs with R's EpiEstim: its seven quantiles, and the three that we use."""
    cases, w = simulated_cases()
    number, seconds, theirs = reproduction_in_r(cases, w)

    def ours():
        return epidemic.reproduction_number(cases, w, levels=EPIESTIM_LEVELS)

    def as_used():
        return epidemic.reproduction_number(cases, w)

    found = ours()
    mine = np.column_stack([found.mean[0], found.sd[0], *found.quantiles[:, 0]])
    usable = np.isfinite(mine[:, 0])
    same = hold_equal(mine[usable], theirs[usable], 1e-8)
    data, peer = f"{UNITS} regions x {DAYS} days", f"EpiEstim {number} (R)"
    equal = f"mean, sd, quantiles {same}"
    return [
        Pair("R_t with 7 quantiles, as the peer", data, peer, ours, seconds, 100, equal),
        Pair("R_t with 3 quantiles, as used here", data, peer, as_used, seconds, 100, equal),
    ]


def row(pair):
    """Return one line of the table; measure what is not given."""
    mine, other = median_times(pair)
    ratio = other / mine
    wanted = f"{pair.wanted}" if ratio >= pair.wanted else f"{pair.wanted}: not met"
    cells = (
        pair.method,
        pair.data,
        pair.peer,
        f"{mine * 1000:.3g} ms",
        f"{other * 1000:.3g} ms",
        f"{ratio:.0f}",
        wanted,
        pair.equal,
    )
    return "| " + " | ".join(cells) + " |"


def rows():
    """Yield the lines of the table."""
    for pair in (regression, group_time, synthetic_control, bootstrap, reproduction_posterior):
        yield row(pair())
    try:
        with_quantiles = reproduction_with_quantiles()
    except (FileNotFoundError, subprocess.CalledProcessError):
        yield "| R_t with quantiles | | EpiEstim (R) | | | | 100 | not measured: no R here |"
    else:
        yield from map(row, with_quantiles)


def section():
    """Measure all pairs and return the part of the page."""
    warnings.simplefilter("ignore")
    lines = []
    for line in rows():
        print(line, flush=True)
        lines.append(line)
    head = HEAD.format(machine=f"{platform.system()} {platform.machine()}")
    return head + "\n".join(lines) + "\n" + WHY.format(draws=DRAWS, units=UNITS)
