"""The kill test: SIGKILL to the whole group at a random moment, then a run without interference."""

import shutil
from dataclasses import dataclass, field

from torture import trees
from torture.runs import Run

LOST, CHANGED, COLD = "results lost", "another choice before", "from nothing"
CHOICE = ("window_days: 7", "window_days: 5")
"""In config.yaml: what it says, and what it said when the tree of another choice was made."""

CORES = 2


@dataclass
class Trial:
    """What happened in one trial."""

    kind: str
    jobs: int
    """Jobs that had to run."""
    done: list[int] = field(default_factory=list)
    """Jobs finished before each kill."""
    running: list[list[str]] = field(default_factory=list)
    """Jobs that were being run at each kill."""
    half: list[str] = field(default_factory=list)
    scratch: int = 0
    recovered: bool = False
    identical: bool = False
    too_late: int = 0
    """Draws that fell after the end of the run, and were drawn again."""

    @property
    def is_good(self):
        """Whether the results came out as they should, and nothing half was taken for whole."""
        return self.recovered and self.identical and not self.half


class Bench:
    """A finished tree, of which a copy is kept, what is in it, and how long its runs take here.

    Parameters
    ----------
    finished : pathlib.Path
        A tree in which nothing is left to do.
    work : pathlib.Path
        Folder for copies.
    targets : sequence of str
        What is run; everything by default.
    """

    def __init__(self, finished, work, targets=("all",)):
        self.work, self._number = work, 0
        self.finished = trees.copy(finished, self._new())
        self.jobs = trees.jobs(self.finished, targets)
        self.outputs = [path for job in self.jobs for path in job.outputs]
        # What is asked for by name is made again when it is lost; `all` asks for everything.
        self.targets = ("all",) if "all" in targets else tuple(self.lasting)
        self.reference = trees.contents(self.finished, self.outputs)
        self.made_by = {path: job.name for job in self.jobs for path in job.outputs}
        self.start, self.pace = 10.0, 1.0

    def sweep(self):
        """Remove all copies but the first, which the others are made of."""
        for tree in self.work.glob(f"tree-{id(self)}-*"):
            if tree.is_dir() and tree != self.finished:
                shutil.rmtree(tree)

    def _new(self):
        self._number += 1
        return self.work / f"tree-{id(self)}-{self._number}"

    def settle(self):
        """Run once in a copy: nothing may be left to do, and the start takes so long.

        The parts that a finished tree no longer has are made, too, to know their content.
        """
        tree = self.copy()
        idle = Run(tree, *self.targets)
        if idle.wait() or "Nothing to be done" not in idle.said:
            raise SystemExit(f"The tree is not finished, run make first:\n{idle.said[-3000:]}")
        self.start = idle.seconds
        passing = [path for job in self.jobs if job.passing for path in job.outputs]
        if passing:
            parts = Run(tree, "--notemp", "--force", "--", *passing)
            if parts.wait():
                raise SystemExit(parts.said[-3000:])
            self.reference |= trees.contents(tree, passing)
        self.sweep()

    def copy(self, finished=True, of=None):
        """Return a new copy of the finished tree, or of its code alone."""
        return trees.copy(of or self.finished, self._new(), finished)

    def expected(self, jobs, share=1.0):
        """Return the seconds that a run of some jobs takes, as far as runs until now tell."""
        return self.start + self.pace * share * sum(job.seconds for job in jobs) / CORES

    def learn(self, jobs, share, seconds):
        """Take a run of a share of some jobs into account: half of what is known is its word."""
        plain = share * sum(job.seconds for job in jobs) / CORES
        if plain:
            self.pace = (self.pace + max(seconds - self.start, 0.1) / plain) / 2

    def same(self, tree):
        """Return whether all results of a tree are those of the finished one, and nothing else."""
        wanted = {path: self.reference[path] for path in self.lasting}
        return trees.contents(tree, self.lasting) == wanted and not trees.scratch_files(tree)

    @property
    def lasting(self):
        """Outputs that stay."""
        return [path for job in self.jobs if not job.passing for path in job.outputs]

    def running(self, tree):
        """Return the names of the jobs that were cut off."""
        return sorted({self.made_by.get(path, path) for path in trees.cut_off(tree)})


def changed_tree(bench):
    """Return a tree that was finished under another choice, and the jobs that differ by it."""
    tree = bench.copy()
    config = tree / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(*CHOICE, 1), encoding="utf-8")
    run = Run(tree, *bench.targets)
    if run.wait():
        raise SystemExit(run.said[-3000:])
    config.write_text(text, encoding="utf-8")
    made = trees.contents(tree, bench.lasting)
    differing = [path for path in bench.lasting if made.get(path) != bench.reference[path]]
    return tree, trees.rerun(bench.jobs, differing)


def begin(bench, kind, rng, share, changed=None):
    """Return a tree with work to do, and the jobs that it will take."""
    if kind == COLD:
        return bench.copy(finished=False), bench.jobs
    if kind == CHANGED:
        return bench.copy(of=changed[0]), changed[1]
    tree = bench.copy()
    lost = trees.draw_losses(bench.jobs, rng.uniform(*share), rng)
    for path in lost:
        (tree / path).unlink()
    return tree, trees.rerun(bench.jobs, lost)


def kill_once(bench, tree, trial, seconds):
    """Start a run, kill it after some time, and note what that left; return whether it lived."""
    before = trees.contents(tree, bench.outputs)
    run = Run(tree, *bench.targets)
    run.wait_until(lambda: False, within=seconds)
    if not run.kill():
        return False
    trial.done.append(run.finished_jobs)
    trial.running.append(bench.running(tree))
    trial.scratch += len(trees.scratch_files(tree))
    found = trees.contents(tree, bench.outputs)
    trial.half += trees.half_made(found, trees.cut_off(tree), bench.reference, before)
    return True


def try_kill(bench, kind, rng, share=(0.15, 0.30), twice=False, changed=None):
    """Return one trial: a run that is killed at a random moment, or two, and one left alone."""
    trial, too_late = None, 0
    while trial is None:
        tree, jobs = begin(bench, kind, rng, share, changed)
        trial = Trial(kind, len(jobs), too_late=too_late)
        for _ in range(2 if twice else 1):
            left = 1 - sum(trial.done) / (len(jobs) + 1)
            seconds = bench.expected(jobs, left)
            if not kill_once(bench, tree, trial, rng.uniform() * seconds):
                # The run was quicker than thought, and all is done: begin again.
                bench.learn(jobs, left, 0.9 * seconds)
                trial, too_late = None, too_late + 1
                break
    last = Run(tree, *bench.targets)
    trial.recovered = last.wait() == 0
    if trial.recovered:
        bench.learn(jobs, last.finished_jobs / (len(jobs) + 1), last.seconds)
    trial.identical = trial.recovered and bench.same(tree)
    if trial.is_good:
        shutil.rmtree(tree)
    return trial
