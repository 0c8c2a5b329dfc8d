"""The whole workflow, run as a user runs it, in a temporary copy of the project."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import LANGUAGES

pytestmark = pytest.mark.workflow

PARTS = ("Snakefile", "config.yaml", "requirements.txt", "workflow", "notebooks", "data/raw")


def copy_project(project: Path, to: Path) -> Path:
    """Copy what a run needs, without anything that a run makes."""
    for part in PARTS:
        source = project / part
        target = to / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(
                source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        else:
            shutil.copy2(source, target)
    return to


def snakemake(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run Snakemake in a copy as `make` does, on the library of that copy."""
    env = {**os.environ, "PYTHONPATH": str(folder / "workflow"), **environment}
    command = [sys.executable, "workflow/scripts/run_workflow.py", "--cores", "2", *arguments]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=1800
    )


def said(run: subprocess.CompletedProcess) -> str:
    return run.stdout + run.stderr


JOB = re.compile(
    r"^\s*Job \d+: (?:Making|Correcting|Drawing figure|Writing table)? ?(.+?)(?::.*)?$", re.M
)
"""The line that announces a job: the name of what it makes, or its whole message."""


def planned(folder: Path) -> set[str]:
    """Return what a run would make: names of tables and exhibits, or messages of other jobs."""
    return set(JOB.findall(said(snakemake(folder, "--dry-run", "all")))) - {"All results are there"}


@pytest.fixture(scope="module")
def finished(project, tmp_path_factory):
    """Return a copy in which the whole analysis has run, under odd surroundings."""
    folder = copy_project(project, tmp_path_factory.mktemp("run"))
    run = snakemake(
        folder, "all", TZ="Asia/Jakarta", LC_ALL="C", PYTHONHASHSEED="11", MPLBACKEND="Agg"
    )
    assert run.returncode == 0, said(run)[-4000:]
    return folder


def test_every_exhibit_is_made_in_both_languages(finished):
    for name, entry in EXHIBITS.items():
        is_figure = name.startswith("F")
        folder, forms = (
            ("figures", ("png", "svg", "pdf")) if is_figure else ("tables", ("html", "tex"))
        )
        assert entry.module.startswith(name.lower())
        for ending in ("csv", "json", *(f"{code}.{form}" for code in LANGUAGES for form in forms)):
            assert (finished / f"results/{folder}/{name}.{ending}").stat().st_size > 100
    assert '<html lang="id">' in (finished / "results/report/index.html").read_text("utf-8")
    assert '<html lang="en">' in (finished / "results/report/index.en.html").read_text("utf-8")


def test_a_second_run_has_nothing_to_do(finished):
    run = snakemake(finished, "all")
    assert run.returncode == 0
    assert "Nothing to be done" in said(run)


def test_a_run_by_hand_finds_nothing_to_do_either(finished):
    """Snakemake has pandas then, which the run of `make` keeps from it."""
    command = [sys.executable, "-m", "snakemake", "--profile", "workflow/profiles/default", "-n"]
    env = {**os.environ, "PYTHONPATH": str(finished / "workflow")}
    run = subprocess.run(
        command, cwd=finished, env=env, capture_output=True, text=True, check=True, timeout=600
    )
    assert "Nothing to be done" in said(run)


def test_a_result_that_is_lost_is_made_again_though_others_made_from_it_are_there(finished):
    for path, name in (
        ("results/tables/T02.en.tex", "T02"),
        ("data/processed/alignment.parquet", "alignment"),
    ):
        aside = (finished / path).rename(finished / "aside")
        assert name in planned(finished)
        aside.rename(finished / path)


def test_the_results_are_those_of_the_reference(finished, project):
    from gotong.report.manifest import differences

    made = json.loads((finished / "results/MANIFEST.json").read_text("utf-8"))
    wanted = json.loads((project / "results/MANIFEST.reference.json").read_text("utf-8"))
    field = "sha256" if made["made_on"] == wanted["made_on"] else "content"
    assert differences(made["results"], wanted["results"], field) == []
    # What the manifest says of code, configuration and raw data is the reference's, too.
    assert made["inputs"] == wanted["inputs"]
    if field == "sha256":
        assert made["jobs"] == wanted["jobs"]


def test_no_job_took_more_than_the_cluster_profile_asks_for(finished, project, monkeypatch):
    monkeypatch.syspath_prepend(str(project / "workflow/scripts"))
    import measure_resources

    profile = (project / measure_resources.PROFILE).read_text(encoding="utf-8")
    asked = measure_resources.requested(profile)
    needs = measure_resources.measured(finished / "logs")
    assert set(asked) - set(needs) == {"read_source"}
    for rule, need in needs.items():
        megabytes, minutes = asked[rule]
        assert need.megabytes < megabytes, "run `make resources`"
        assert need.seconds < 60 * minutes, "run `make resources`"


def test_provenance_leads_to_the_publishers_file(finished):
    record = json.loads((finished / "results/figures/F15.json").read_text("utf-8"))
    files = [file for source in record["sources"] for file in source["files"]]
    dki = [file for file in files if file["address"].endswith("provinsi/DKI_JAKARTA.csv")]
    assert dki[0]["sha256"] == "5f7268a8449cb4ec20c3b6e9364b2543b96551a8e88a6d89099e0baa782db6b9"
    assert all(len(sha256) == 64 for sha256 in record["inputs"].values())


def test_snakemakes_own_report_shows_the_exhibits(finished):
    run = snakemake(finished, "--report", "results/report.html")
    assert run.returncode == 0, said(run)[-2000:]
    page = (finished / "results/report.html").read_text("utf-8")
    assert "Cooperation between governments" in page
    assert "Bahasa Indonesia" in page


@pytest.fixture(scope="module")
def shrinking(project):
    """Return the script that makes small pictures of figures."""
    sys.path.insert(0, str(project / "workflow/scripts"))
    try:
        import shrink_pictures
    finally:
        sys.path.pop(0)
    return shrink_pictures


BLOCK = 16
"""Pixels of a sketch, each way, in which two pictures are compared: a word or two, a few marks."""

ALIKE = 16.0
"""Steps of grey, of 255, that no block of two pictures that look the same differs by. Erasing a
thin line from one block makes twenty."""


def unlike(one: bytes, two: bytes) -> float:
    """Return how far two sketches differ where they differ most: RMS of grey in a block."""
    grey = []
    for content in (one, two):
        with Image.open(io.BytesIO(content)) as picture:
            grey.append(np.asarray(picture.convert("L"), dtype=float))
    if grey[0].shape != grey[1].shape:
        return 255.0
    apart = (grey[0] - grey[1]) ** 2
    apart = np.pad(apart, [(0, -length % BLOCK) for length in apart.shape])
    rows, columns = (length // BLOCK for length in apart.shape)
    blocks = apart.reshape(rows, BLOCK, columns, BLOCK)
    return float(np.sqrt(blocks.mean(axis=(1, 3)).max()))


def test_every_figure_looks_like_that_of_the_reference(finished, project, shrinking):
    for name in (name for name in EXHIBITS if name.startswith("F")):
        for language in LANGUAGES:
            file = f"{name}.{language}.png"
            made = shrinking.sketch(finished / f"results/figures/{file}")
            stored = (project / f"results/reference/figures/{file}").read_bytes()
            assert unlike(made, stored) < ALIKE, f"{file}: look at it, then `make reference`"
            # The measure tells pictures apart that differ in nothing but their words.
            other = f"{name}.{next(each for each in LANGUAGES if each != language)}.png"
            stored = (project / f"results/reference/figures/{other}").read_bytes()
            assert unlike(made, stored) > 3 * ALIKE, file


@pytest.mark.parametrize("grey", [255, 160])
def test_a_mark_that_went_missing_or_was_added_makes_a_picture_unlike(project, grey):
    path = project / "results/reference/figures/F16.en.png"
    with Image.open(path) as picture:
        changed = picture.convert("L")
    # A block of the middle chart that its curve runs through, wherever the title lets it stand.
    shades, middle = np.asarray(changed), changed.height // 2
    across = range(changed.width // 4, changed.width // 2, BLOCK)
    blocks = [(left, middle + down) for down in range(0, 3 * BLOCK, BLOCK) for left in across]
    left, top = next(
        (left, top)
        for left, top in blocks
        if shades[top : top + BLOCK, left : left + BLOCK].min() < 128
        and shades[top : top + BLOCK, left : left + BLOCK].max() > 200
    )
    changed.paste(grey, (left, top, left + BLOCK, top + BLOCK))
    sink = io.BytesIO()
    changed.save(sink, "PNG")
    assert unlike(sink.getvalue(), path.read_bytes()) > ALIKE


def test_pictures_of_the_readme_look_like_the_figures_on_every_machine(
    finished, project, shrinking, tmp_path
):
    for name in shrinking.SHOWN:
        made = tmp_path / f"{name}.png"
        made.write_bytes(shrinking.shrunk(finished / f"results/figures/{name}.en.png"))
        sketches = [shrinking.sketch(path) for path in (made, project / f"docs/images/{made.name}")]
        assert unlike(*sketches) < ALIKE, "run `make pictures`"


def test_pictures_of_the_readme_are_the_figures_byte_for_byte(finished, project, shrinking):
    record = json.loads((project / "results/MANIFEST.reference.json").read_text("utf-8"))
    made = json.loads((finished / "results/MANIFEST.json").read_text("utf-8"))
    if record["made_on"] != made["made_on"]:
        pytest.skip("another kind of machine draws other bytes")
    for name in shrinking.SHOWN:
        small = shrinking.shrunk(finished / f"results/figures/{name}.en.png")
        assert small == (project / f"docs/images/{name}.png").read_bytes(), "run `make pictures`"


def edited(folder: Path, file: str, old: str, new: str):
    """Return a context in which one text in a file of the copy is another."""

    class Edit:
        def __enter__(self):
            self.path = folder / file
            self.before = self.path.read_bytes()
            text = self.before.decode()
            assert old in text
            self.path.write_text(text.replace(old, new, 1), encoding="utf-8")

        def __exit__(self, *_exception):
            self.path.write_bytes(self.before)

    return Edit()


MODULE = "workflow/gotong/analyses/reproduction.py"


def test_touching_files_reruns_nothing(finished):
    for path in ("data/raw/cases/province_daily.csv", "data/raw/sources.yaml", MODULE):
        os.utime(finished / path)
    assert planned(finished) == set()


def test_a_comment_or_a_docstring_reruns_nothing(finished):
    with edited(finished, MODULE, '"""The reproduction', '"""Other words on the reproduction'):
        assert planned(finished) == set()
    with edited(finished, MODULE, "import math\n", "import math  # a remark\n"):
        assert planned(finished) == set()


def test_a_comment_that_moves_lines_renews_only_the_report_that_links_to_them(finished):
    with edited(finished, MODULE, '"""The reproduction', '# a remark\n"""The reproduction'):
        assert planned(finished) <= {"Writing the report", "Listing the results with their hashes"}


def test_a_changed_function_reruns_what_uses_it(finished):
    half_width = "HALF_WIDTH: Final = 3 * WEEK", "HALF_WIDTH: Final = 4 * WEEK"
    with edited(finished, "workflow/gotong/uncertainty.py", *half_width):
        made = planned(finished)
    assert {"rt_sensitivity", "F16"} <= made
    assert not made & {"panel_province", "alignment", "measures_monthly", "F03", "F05", "T02"}


def test_a_changed_choice_reruns_what_reads_it(finished):
    with edited(finished, "config.yaml", "window_days: 7", "window_days: 5"):
        made = planned(finished)
    assert {"rt", "rt_sensitivity", "F16"} <= made
    assert not made & {"panel_province", "alignment", "measures_monthly", "effects", "F03", "F15"}


def test_a_changed_raw_value_reruns_what_depends_on_it(finished):
    with edited(finished, "data/raw/cooperation/measures.csv", "Jabodetabek", "Jabodetabek "):
        made = planned(finished)
    assert {"cooperation/measures.csv", "panel_jabodetabek", "measures_monthly", "T03"} <= made
    assert not made & {"alignment", "following", "panel_country", "panel_kelurahan", "F14", "T02"}


def test_a_changed_value_of_a_corrected_table_reruns_what_reads_that_table(finished):
    with edited(finished, "data/raw/cases/national_tests.csv", "2021-03-17,", "2021-03-17 ,"):
        made = planned(finished)
    assert {"cases/national_tests.csv", "Listing what corrections touch", "T10"} <= made
    # They read the corrections of other tables only.
    assert not made & {"panel_province", "panel_jabodetabek", "panel_java", "F15", "F16", "T03"}


@pytest.fixture
def copied(finished, tmp_path):
    """Return a copy of the finished run without Snakemake's records, all its times the same."""
    folder = tmp_path / "copied"
    shutil.copytree(finished, folder, ignore=shutil.ignore_patterns(".snakemake", "logs"))
    for path in folder.rglob("*"):
        os.utime(path, (1e9, 1e9))
    return folder


def adopt(folder: Path) -> str:
    """Take over the results of a copy, as `make` does before it runs; return what it says."""
    command = [sys.executable, "workflow/scripts/adopt_results.py"]
    env = {**os.environ, "PYTHONPATH": str(folder / "workflow")}
    run = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=True, timeout=600
    )
    return run.stdout


def test_results_of_a_copied_tree_are_not_made_again(copied):
    assert "0 files are made anew" in adopt(copied)
    assert planned(copied) == set()


def test_stale_and_spoilt_results_of_a_copied_tree_are_not_taken_for_fresh(copied):
    config = copied / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("window_days: 7", "window_days: 5", 1))
    (copied / "results/tables/T02.csv").write_bytes(b"")
    (copied / "results/figures/F14.csv").unlink()
    adopt(copied)
    made = planned(copied)
    assert {"rt", "rt_sensitivity", "F16", "T02", "F14", "Writing the report"} <= made
    assert not made & {"panel_province", "alignment", "effects", "F03", "F15", "T03"}


def test_a_wrong_choice_is_refused_before_anything_runs(finished):
    with edited(finished, "config.yaml", "window_days: 7", "window_days: seven"):
        run = snakemake(finished, "all")
    assert run.returncode != 0
    assert "rt.window_days" in said(run)
    assert "window_days: 7" in said(run)
    assert "Traceback" not in said(run)


def test_a_spoilt_raw_table_is_one_clear_error_and_no_result(finished):
    table = "cases/province_daily.csv"
    corrected = finished / "data/processed/corrected" / table
    panel = finished / "data/processed/panel_province.parquet"
    before = panel.read_bytes()
    with edited(finished, f"data/raw/{table}", "11,2020-03-26,", "11,2020-03-26,x"):
        run = snakemake(finished, "all")
    assert run.returncode != 0
    assert "column 'cases'" in said(run)
    assert "git checkout -- data/raw" in said(run)
    assert "Traceback" not in said(run)
    # What could not be made is not there; what was made before is whole, and older.
    assert not corrected.exists()
    assert panel.read_bytes() == before
    again = snakemake(finished, "data/processed/panel_province.parquet")
    assert again.returncode == 0, said(again)[-2000:]
    assert corrected.exists()
    assert panel.read_bytes() == before


@pytest.mark.upstream
def test_a_mirror_gives_the_bytes_of_the_snapshot(project, upstream, tmp_path):
    folder = copy_project(project, tmp_path / "mirrored")
    table = "cases/province_daily.csv"
    choice = f"mode: mirror\n  mirror: {json.dumps(str(upstream))}"
    with edited(folder, "config.yaml", 'mode: snapshot\n  mirror: ""', choice):
        run = snakemake(folder, "data/processed/panel_province.parquet")
    assert run.returncode == 0, said(run)[-3000:]
    made = (folder / "data/processed/sources" / table).read_bytes()
    assert made == (project / "data/raw" / table).read_bytes()
    assert (folder / "data/processed/panel_province.parquet").exists()
