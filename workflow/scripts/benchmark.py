"""Time each method beside a package of other authors, on the same data, in one process.

.venv-oracles/bin/python workflow/scripts/benchmark.py

Writes docs/performance.md: medians, and the ratio of the medians. Before a pair is timed its
numbers are held equal. Times of a machine mean little; ratios measured side by side mean more.
"""

import platform
import statistics
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gotong import epidemic
from gotong.causal.group_time import group_time_effects
from gotong.causal.synthetic import placebos_in_space, simplex_least_squares
from gotong.causal.twfe import two_way_fixed_effects
from gotong.inference import wild_bootstrap
from gotong.tables import write_bytes

PAGE = Path("docs/performance.md")
HEAD = """# Performance

Written by `make bench`. Every pair ran in one process on the same data, ours and theirs in
turn, after their numbers had been held equal; a time is the median of the runs. The machine is
shared and small ({machine}, {cores} cores used: 1): read the ratios, not the times.

| method | data | beside | ours | theirs | ratio | wanted | equal to |
|---|---|---|---|---|---|---|---|
"""


@dataclass
class Pair:
    """One method and its peer: tasks without arguments, and how equal their numbers are."""

    method: str
    data: str
    peer: str
    ours: object
    theirs: object
    wanted: int
    equal: str
    runs: int = 5
    passes: int = 1


def median_time(task, runs, passes=1):
    """Return the median seconds of a task, after one run that does not count."""
    task()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        for _ in range(passes):
            task()
        times.append((time.perf_counter() - start) / passes)
    return statistics.median(times)


def equal(ours, theirs, tolerance):
    """Stop unless two results are equal; return the tolerance in words."""
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
    return f"{tolerance:g}"


def regression():
    import pyfixest

    rng = np.random.default_rng(1)
    y, x = rng.normal(size=(2, 34, 700)).cumsum(axis=2)
    table = pd.DataFrame(
        {
            "y": y.ravel(),
            "x": x.ravel(),
            "unit": np.repeat(np.arange(34), 700),
            "day": np.tile(np.arange(700), 34),
        }
    )

    def theirs():
        return pyfixest.feols("y ~ x | unit + day", table, vcov={"CRV1": "unit"})

    def ours():
        return two_way_fixed_effects(y, x)

    fit, found = theirs(), ours()
    same = equal(
        [found.coefficients[0], found.standard_errors[0]],
        [fit.coef().iloc[0], fit.se().iloc[0]],
        1e-6,
    )
    name = "two-way fixed effects, clustered errors"
    return Pair(name, "34 x 700", "pyfixest", ours, theirs, 50, same, 9, 10)


def group_time():
    import diff_diff

    rng = np.random.default_rng(2)
    first = np.repeat([np.inf, 20, 40, 60, 80], [10, 6, 6, 6, 6])
    y = rng.normal(size=(34, 100)).cumsum(axis=1)
    table = pd.DataFrame(
        {
            "y": y.ravel(),
            "unit": np.repeat(np.arange(34), 100),
            "period": np.tile(np.arange(1, 101), 34),
            "first": np.repeat(np.where(np.isinf(first), 0, first + 1), 100),
        }
    )

    def theirs():
        peer = diff_diff.CallawaySantAnna()
        return peer.fit(table, outcome="y", unit="unit", time="period", first_treat="first")

    def ours():
        return group_time_effects(y, first)

    found, fit = ours(), theirs().group_time_effects
    keys = list(zip((found.cohort + 1).astype(int), found.period + 1, strict=True))
    wanted = [fit[key]["effect"] for key in keys]
    same = equal(found.estimates.effects, wanted, 1e-10)
    return Pair("group-time effects", "34 x 100", "diff-diff", ours, theirs, 50, same, 9, 10)


def synthetic_control():
    from pysyncon.base import VanillaOptimMixin

    rng = np.random.default_rng(3)
    y = rng.normal(size=(34, 150)).cumsum(axis=1) + 50
    start = 120

    def theirs():
        losses = []
        for unit in range(34):
            donors = np.delete(y[:, :start], unit, axis=0).T
            target = y[unit, :start]
            weights, _ = VanillaOptimMixin.w_optimize(V_mat=np.eye(start), X0=donors, X1=target)
            losses.append(((donors @ weights - target) ** 2).sum())
        return np.array(losses)

    def ours():
        return placebos_in_space(y, start)

    losses = []
    for unit in range(34):
        donors = np.delete(y[:, :start], unit, axis=0).T
        target = y[unit, :start]
        weights = simplex_least_squares(donors, target)
        losses.append(((donors @ weights - target) ** 2).sum())
    reached = np.array(losses) / theirs()
    if (reached > 1 + 1e-9).any():
        raise AssertionError("a peer reached a smaller loss")
    same = f"loss {reached.min():.4f} to {reached.max():.4f} of theirs"
    name = "synthetic control, all placebos"
    return Pair(name, "34 x 120 before", "pysyncon", ours, theirs, 100, same, 5)


def bootstrap():
    from wildboottest.wildboottest import WildboottestCL

    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(34), 700)
    design = np.column_stack([rng.normal(size=cluster.size), np.ones(cluster.size)])
    y = 0.02 * design[:, 0] + rng.normal(size=cluster.size)

    def theirs():
        test = WildboottestCL(X=design, Y=y, cluster=cluster, R=np.array([1, 0]), B=9_999, seed=1)
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
        weights = wild_bootstrap.bootstrap_weights(34, np.random.default_rng(1))
        return wild_bootstrap.wild_cluster_bootstrap(y, design, cluster, weights=weights)

    found, peer = ours(), theirs()
    same = "t to " + equal(found.t, float(np.ravel(peer.t_stat)[0]), 1e-9)
    if abs(found.p_value - peer.pvalue) > 0.03:
        raise AssertionError("p-values differ by more than the draws can tell")
    name = "wild cluster bootstrap, 9,999 draws"
    return Pair(name, "34 clusters of 700", "wildboottest", ours, theirs, 200, same, 5, 5)


def reproduction_posterior():
    from epyestim import estimate_r

    rng = np.random.default_rng(5)
    cases = rng.poisson(60, size=(34, 700)).astype(float)
    w = epidemic.discretised_gamma(4.7, 2.9, 30)
    w /= w.sum()
    days = pd.date_range("2020-03-01", periods=700)
    series = [pd.Series(row, days) for row in cases]

    def theirs():
        return [estimate_r.estimate_r(row, w, 1, 5, window_size=7) for row in series]

    def ours():
        return epidemic.reproduction_number(cases, w, levels=())

    found, peer = ours(), theirs()
    usable = np.isfinite(found.shape[0])
    wanted = peer[0]["a_posterior"].iloc[1:].to_numpy()[usable]
    same = equal(found.shape[0][usable], wanted, 1e-10)
    name = "R_t posterior without quantiles"
    return Pair(name, "34 x 700", "epyestim", ours, theirs, 50, same, 5, 3)


R_SCRIPT = """
library(EpiEstim)
cases <- as.matrix(read.csv("{folder}/cases.csv", header = FALSE))
w <- scan("{folder}/w.csv", quiet = TRUE)
estimate <- function(row) suppressWarnings(suppressMessages(estimate_R(
  row, method = "non_parametric_si", config = make_config(list(si_distr = w)))))
first <- estimate(cases[1, ])
write.csv(first$R[, c("Mean(R)", "Std(R)", "Quantile.0.025(R)", "Median(R)", "Quantile.0.975(R)")],
          "{folder}/r.csv", row.names = FALSE)
times <- sapply(1:3, function(i) system.time(apply(cases, 1, estimate))["elapsed"])
cat(median(times))
"""


def reproduction_with_quantiles():
    """Return the pair with R's EpiEstim, whose time R takes itself; None where R is missing."""
    rng = np.random.default_rng(6)
    cases = rng.poisson(60, size=(34, 700)).astype(float)
    w = epidemic.discretised_gamma(4.7, 2.9, 30)
    w /= w.sum()

    def ours():
        return epidemic.reproduction_number(cases, w)

    with tempfile.TemporaryDirectory() as folder:
        pd.DataFrame(cases.astype(int)).to_csv(f"{folder}/cases.csv", index=False, header=False)
        np.savetxt(f"{folder}/w.csv", w)
        try:
            said = subprocess.run(
                ["Rscript", "-e", R_SCRIPT.replace("{folder}", folder)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        except (OSError, subprocess.CalledProcessError):
            return None
        peer = pd.read_csv(f"{folder}/r.csv").to_numpy()
    found = ours()
    mine = np.column_stack([found.mean[0], found.sd[0], *(q[0] for q in found.quantiles)])
    usable = np.isfinite(mine[:, 0]) & np.isfinite(peer[: len(mine), 0])
    same = equal(mine[usable], peer[: len(mine)][usable], 1e-8)
    pair = Pair("R_t with quantiles", "34 x 700", "EpiEstim (R)", ours, None, 100, same, 7)
    return pair, float(said.split()[-1])


def row(pair, theirs=None):
    """Return one line of the table; measure what is not given."""
    mine = median_time(pair.ours, pair.runs, pair.passes)
    peers = median_time(pair.theirs, max(3, pair.runs // 2)) if theirs is None else theirs
    ratio = peers / mine
    met = "" if ratio >= pair.wanted else " (not met)"
    return (
        f"| {pair.method} | {pair.data} | {pair.peer} | {mine * 1000:.3g} ms | "
        f"{peers * 1000:.4g} ms | {ratio:.0f} | {pair.wanted}{met} | {pair.equal} |"
    )


def main():
    warnings.simplefilter("ignore")
    lines = []
    for make in (regression, group_time, synthetic_control, bootstrap, reproduction_posterior):
        lines.append(row(make()))
        print(lines[-1], flush=True)
    with_r = reproduction_with_quantiles()
    if with_r is None:
        lines.append("| R_t with quantiles | 34 x 700 | EpiEstim (R) | | | | 100 | R is not here |")
    else:
        lines.append(row(*with_r))
    print(lines[-1], flush=True)
    head = HEAD.format(machine=f"{platform.system()} {platform.machine()}", cores="2")
    write_bytes(PAGE, (head + "\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main()
