"""The cluster profile covers the workflow, and what `make cluster-test` is made of works."""

import importlib.util
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gotong.analyses.catalogue import ANALYSES, GATHERED
from gotong.wiring import stage

PROFILE = "workflow/profiles/slurm/config.yaml"
SCATTERED = {"specification_cells", "region_block"}
BY_THEMSELVES = {"analysis"}
"""Rules whose jobs bring their group along."""


@pytest.fixture(scope="module")
def scripts(project):
    """Return the modules of the tools, which are scripts and not of the library."""
    sys.path.insert(0, str(project / "workflow/scripts"))
    try:
        import cluster_test
        import loopback_slurm
        import measure_resources
    finally:
        sys.path.pop(0)
    return cluster_test, loopback_slurm, measure_resources


@pytest.fixture(scope="module")
def profile(project):
    return yaml.safe_load((project / PROFILE).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rules(project):
    """Return the names of the rules that run as jobs."""
    texts = [path.read_text("utf-8") for path in (project / "workflow/rules").glob("*.smk")]
    return set(re.findall(r"^rule (\w+):", "\n".join(texts), re.M))


def test_every_rule_asks_for_measured_memory_and_time(profile, rules, project, scripts):
    text = (project / PROFILE).read_text(encoding="utf-8")
    measured = text[text.index(scripts[2].BEGIN) : text.index(scripts[2].END)]
    assert set(yaml.safe_load(measured)["set-resources"]) == rules
    for asked in profile["set-resources"].values():
        assert re.fullmatch(r"attempt \* [1-9]\d+", asked["mem_mb"])
        assert asked["runtime"] >= 1


def test_every_rule_is_in_a_group_or_scattered_on_purpose(profile, rules):
    assert set(profile["groups"]) | SCATTERED | BY_THEMSELVES == rules
    assert not set(profile["groups"]) & (SCATTERED | BY_THEMSELVES)
    named = {*profile["groups"].values(), *(f"tables_{stage(name)}" for name in ANALYSES)}
    assert set(profile["group-components"]) == named


def behind(name):
    """Return all made tables that one is made from, in any number of steps."""
    entry = ANALYSES.get(name) or GATHERED.get(name)
    direct = entry.made if entry else ()
    return set(direct).union(*map(behind, direct))


def test_no_way_from_a_stage_leads_back_into_it():
    # Otherwise a Slurm job would wait for itself.
    for last, between in itertools.product(ANALYSES, [*ANALYSES, *GATHERED]):
        if between in behind(last):
            for first in behind(between) - {"corrections"}:
                if stage(first) == stage(last):
                    assert stage(between) == stage(last), (first, between, last)
    assert {stage(name) for name in GATHERED} == {1}
    assert stage("panel_java") == 0
    assert stage("claims") == 1


def test_panels_are_made_from_nothing_but_panels():
    for name, entry in ANALYSES.items():
        if name.startswith("panel_"):
            assert all(made == "corrections" or made.startswith("panel_") for made in entry.made)


def test_requests_are_worked_out_from_benchmarks(tmp_path, scripts):
    measure = scripts[2]
    folder = tmp_path / "benchmarks"
    (folder / "figure").mkdir(parents=True)
    head = "s\th:m:s\tmax_rss\tcpu_time\n"
    (folder / "figure/F01.tsv").write_text(f"{head}9.0\t0:00:09\t300.0\t4.0\n")
    (folder / "figure/F02.tsv").write_text(f"{head}7.0\t0:00:07\t200.0\t10.0\n")
    (folder / "checks.tsv").write_text(f"{head}1.5\t0:00:01\tNA\t1.0\n")
    needs = measure.measured(tmp_path)
    assert needs == {"figure": measure.Need(2, 10.0, 300.0), "checks": measure.Need(1, 1.0, 0.0)}
    # By hand: 1.5 * (300 + 2 * 110) = 780, up to a multiple of 50; 10 * (10 + 2 * 7) / 60 = 4.
    assert measure.request(needs["figure"], measure.Need(1, 7.0, 110.0)) == (800, 4)


def test_a_rule_that_has_not_run_keeps_what_it_asks_for(scripts):
    measure = scripts[2]
    own = measure.Need(1, 7.0, 110.0)
    text = f"jobs: 5\n{measure.BEGIN}{measure.END}# last\n"
    first = measure.renewed(text, {"read_source": measure.Need(60, 20.0, 500.0)}, own)
    second = measure.renewed(first, {"checks": measure.Need(1, 1.0, 200.0)}, own)
    assert measure.requested(second) == {"checks": (650, 3), "read_source": (1100, 6)}
    assert second.startswith("jobs: 5\n")
    assert second.endswith("# last\n")
    assert measure.renewed(second, {"checks": measure.Need(1, 1.0, 200.0)}, own) == second


def test_without_slurm_the_test_is_skipped_with_a_word(project, tmp_path):
    script = """\
import loopback_slurm, sys
loopback_slurm.PROGRAMS = ("sbatch-that-is-nowhere",)
import cluster_test
sys.exit(cluster_test.main(["same"], False))
"""
    env = {**os.environ, "PYTHONPATH": str(project / "workflow/scripts")}
    run = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0
    assert run.stdout.startswith("skipped: Slurm is not installed (no sbatch-that-is-nowhere)")


def test_a_node_is_known_by_the_log_that_it_holds_open(tmp_path, scripts):
    slurm = scripts[1]
    log = tmp_path / "slurmd-node1.log"
    # The child speaks once it has let go of the log: until then it holds it too.
    shell = "exec 9>>slurmd-node1.log; { exec 9>&-; echo; exec sleep 60; } & wait"
    with subprocess.Popen(["sh", "-c", shell], cwd=tmp_path, stdout=subprocess.PIPE) as node:
        try:
            node.stdout.readline()
            assert slurm.processes_holding(log) == {node.pid}
            family = slurm.with_descendants([node.pid])
            assert node.pid in family
            assert len(family) == 2
            assert os.getpid() not in family
        finally:
            slurm.end(slurm.with_descendants([node.pid]))
    assert slurm.processes_holding(log) == set()


def test_the_document_is_written_between_its_marks(project, scripts):
    tool = scripts[0]
    document = (project / "docs/cluster.md").read_text(encoding="utf-8")
    trial = tool.Trial("lost", {"the run ends well": True, "it shines": False}, {"Slurm jobs": 9})
    text = tool.written(document, [trial])
    assert "- the run ends well: yes\n- it shines: NO\n\nSlurm jobs 9; 0.0 minutes." in text
    assert tool.written(text, [trial]) == text
    assert text.startswith(document.partition(tool.BEGIN)[0])


def test_faults_go_into_scripts_that_are_there(project, scripts):
    tool = scripts[0]
    for script in (tool.CELLS_SCRIPT, tool.GATHER_SCRIPT):
        assert (project / script).read_text(encoding="utf-8").count(tool.TASK) == 1


@pytest.mark.workflow
def test_the_profile_plans_the_whole_analysis(project, tmp_path):
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip("python3 workflow/environment.py --slurm installs the executor")
    command = [sys.executable, "-m", "snakemake", "--profile", str(Path(PROFILE).parent)]
    env = {**os.environ, "PYTHONPATH": str(project / "workflow")}
    run = subprocess.run(
        [*command, "--dry-run", "--forceall", "--nolock", "all"],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said[-3000:]
    groups = re.findall(r"Group job (\w+) \(", said)
    assert {"panels", "tables_0", "tables_1", "exhibits", "report"} == set(groups)
    # A handful of Slurm jobs, and none that waits for itself.
    jobs = int(re.search(r"^total +(\d+)", said, re.M).group(1))
    assert 3 * len(groups) < jobs
