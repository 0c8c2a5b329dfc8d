"""The archive: what it holds, that it says so truly, and that it can be run elsewhere."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from gotong.errors import InputError
from gotong.report import archive, manifest
from gotong.report.research_object import DESCRIPTION
from test_workflow import said, snakemake

rocrate = pytest.importorskip("rocrate.rocrate", reason="needs what packs the archive")

SOURCES = """
- id: province
  tables: [cases/province.csv]
  origin: mirror
  publisher: "Satgas, as mirrored by someone"
  short: Satgas
  measures: cases by province
  unit: persons
  coverage: {regions: 34 provinces, start: "2020-03-01", end: "2020-03-31"}
  licence: none found
  citation: "Satgas (2020). Cases."
  defects: ["Days of March were moved."]
  repository: someone/mirror
  commit: "0123456789012345678901234567890123456789"
  files:
    - path: a b.csv
      bytes: 12
      sha256: "0000000000000000000000000000000000000000000000000000000000000007"
- id: elsewhere
  tables: [cases/other.csv]
  origin: mirror
  publisher: Another
  short: Another
  measures: other cases
  unit: persons
  coverage: {regions: none}
  licence: unknown
  citation: "None."
"""

OWN = {
    ".gitignore": "results/\ndata/processed/\n.venv/\n",
    "CITATION.cff": (
        "title: A title\nabstract: What it is.\nversion: 1.2.3\nlicense: MIT\n"
        "authors: [{name: The makers}]\nkeywords: [one, two]\n"
    ),
    "README.md": "# Read me\n",
    "Snakefile": "rule all:\n",
    "config.yaml": "choice: 1\n",
    "data/raw/cases/province.csv": "region_code,cases\n31,1\n",
    "data/raw/sources.yaml": SOURCES,
    "requirements.txt": "numpy==1\n",
    "run": "#!/bin/sh\n",
}
MADE = {
    "data/processed/rt.parquet": "not really",
    "results/figures/F16.csv": "day,rt\n2020-03-01,1.5\n",
    "results/figures/F16.en.png": "picture",
    "results/report/index.html": "<p>report</p>\n",
}
DATE = "2021-02-03T04:05:06+07:00"
UTC_DATE = (2021, 2, 2, 21, 5, 6)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def sha256(text: str | bytes) -> str:
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()


def git(folder: Path, *command: str) -> None:
    """Run git without the settings of the person who runs the tests."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_DATE": DATE,
        "GIT_COMMITTER_DATE": DATE,
    }
    settings = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
    subprocess.run(
        ["git", *settings, *command], cwd=folder, env=env, check=True, capture_output=True
    )


def commit(folder: Path) -> None:
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "all of it")


def make_results(folder: Path) -> None:
    write(folder, MADE)
    results = {name: {"sha256": sha256(text), "bytes": len(text)} for name, text in MADE.items()}
    machine = {"system": "Linux", "machine": "x86_64", "python": "3.11"}
    record = {"made_on": machine, "results": results}
    write(folder, {"results/MANIFEST.json": json.dumps(record)})


@pytest.fixture
def finished(tmp_path):
    """Return a small project with a commit and the results of a run."""
    folder = tmp_path / "project"
    write(folder, OWN)
    commit(folder)
    make_results(folder)
    return folder


def unpack(content: bytes, to: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(to)
    return to


def test_it_holds_the_committed_files_and_the_listed_results_and_nothing_else(finished):
    write(finished, {".venv/lib.py": "x = 1\n", "results/archive/old.zip": "old", "results/x": ""})
    with zipfile.ZipFile(io.BytesIO(archive.pack(finished))) as packed:
        names = packed.namelist()
        content = {name: packed.read(name) for name in names}
    expected = {**OWN, **MADE}
    assert names[0] == DESCRIPTION
    assert sorted(names[1:]) == sorted([*expected, "results/MANIFEST.json"])
    assert {name: content[name] for name in expected} == {
        name: text.encode() for name, text in expected.items()
    }


def test_the_same_commit_gives_the_same_bytes_whenever_and_wherever_it_is_packed(
    finished, tmp_path
):
    first = archive.pack(finished)
    os.utime(finished / "README.md", (0, 0))
    (finished / "config.yaml").chmod(0o600)
    elsewhere = tmp_path / "elsewhere"
    git(tmp_path, "clone", "--quiet", str(finished), str(elsewhere))
    make_results(elsewhere)
    assert archive.pack(elsewhere) == first


def test_an_unpacked_archive_packs_to_the_same_archive(finished, tmp_path):
    content = archive.pack(finished)
    assert archive.pack(unpack(content, tmp_path / "unpacked")) == content


def test_another_commit_or_another_result_gives_another_archive(finished):
    first = archive.pack(finished)
    write(finished, {"README.md": "# Read me again\n"})
    commit(finished)
    second = archive.pack(finished)
    record = json.loads((finished / "results/MANIFEST.json").read_bytes())
    name = "results/report/index.html"
    write(finished, {name: "<p>other</p>\n"})
    record["results"][name]["sha256"] = sha256("<p>other</p>\n")
    write(finished, {"results/MANIFEST.json": json.dumps(record)})
    assert len({first, second, archive.pack(finished)}) == 3


def test_entries_carry_the_time_of_the_commit_and_the_mode_of_their_kind(finished):
    with zipfile.ZipFile(io.BytesIO(archive.pack(finished))) as packed:
        entries = {entry.filename: entry for entry in packed.infolist()}
    assert {entry.date_time for entry in entries.values()} == {UTC_DATE}
    assert entries["run"].external_attr >> 16 == 0o100755
    assert entries["README.md"].external_attr >> 16 == 0o100644


def test_the_description_is_a_crate_that_leads_from_inputs_to_results(finished, tmp_path):
    folder = unpack(archive.pack(finished), tmp_path / "unpacked")
    crate = rocrate.ROCrate(folder)
    assert crate.name == "A title"
    assert crate.root_dataset["datePublished"] == "2021-02-02T21:05:06+00:00"
    assert crate.root_dataset["license"].id == "https://spdx.org/licenses/MIT"
    assert crate.mainEntity.id == "Snakefile"
    assert set(crate.mainEntity.type) == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert crate.mainEntity["programmingLanguage"]["name"] == "Snakemake"
    assert crate.mainEntity["softwareRequirements"].id == "requirements.txt"
    run = crate.dereference("#run")
    assert run.type == "CreateAction"
    assert run["instrument"] is crate.mainEntity
    inputs = {entity.id for entity in run["object"]}
    assert {"data/raw/cases/province.csv", "config.yaml", "requirements.txt"} <= inputs
    assert {entity.id for entity in run["result"]} == {*MADE, "results/MANIFEST.json"}
    assert "Linux x86_64, Python 3.11" in run["description"]


def test_the_description_names_every_file_with_its_size_and_hash(finished, tmp_path):
    folder = unpack(archive.pack(finished), tmp_path / "unpacked")
    crate = rocrate.ROCrate(folder)
    files = {entity.id: entity for entity in crate.data_entities}
    packed = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert set(files) == packed - {DESCRIPTION}
    for name, entity in files.items():
        content = (folder / name).read_bytes()
        assert entity["sha256"] == sha256(content)
        assert entity["contentSize"] == str(len(content))
    assert files["results/figures/F16.en.png"]["encodingFormat"] == "image/png"
    assert files["results/figures/F16.en.png"]["name"] == "F16, English, PNG"


def test_a_raw_table_leads_to_its_publisher_its_licence_and_the_publishers_file(finished, tmp_path):
    crate = rocrate.ROCrate(unpack(archive.pack(finished), tmp_path / "unpacked"))
    table = crate.dereference("data/raw/cases/province.csv")
    assert table["publisher"]["name"] == "Satgas, as mirrored by someone"
    assert table["license"]["description"] == "none found"
    source = table["isBasedOn"]
    assert "Days of March were moved." in source["description"]
    assert source["temporalCoverage"] == "2020-03-01/2020-03-31"
    pinned = source["isBasedOn"]
    commit_id = "0123456789012345678901234567890123456789"
    assert pinned.id.endswith(f"/someone/mirror/{commit_id}/a%20b.csv")
    assert pinned["sha256"] == f"{7:064d}"
    # A source of which no table is there is not spoken of.
    assert crate.dereference("#source-elsewhere") is None


def test_uncommitted_changes_are_refused_by_name(finished):
    write(finished, {"config.yaml": "choice: 2\n", "new.py": "x = 1\n"})
    with pytest.raises(InputError, match=r"uncommitted changes: config\.yaml, new\.py"):
        archive.pack(finished)


def test_a_result_that_was_changed_or_is_missing_is_refused_by_name(finished):
    write(finished, {"results/report/index.html": "<p>mine</p>\n"})
    (finished / "results/figures/F16.csv").unlink()
    expected = r"missing: results/figures/F16\.csv, results/report/index\.html"
    with pytest.raises(InputError, match=expected):
        archive.pack(finished)


def test_without_results_it_says_what_to_do(finished):
    shutil.rmtree(finished / "results")
    with pytest.raises(InputError, match="run make first"):
        archive.pack(finished)


def test_an_unpacked_archive_that_was_changed_is_refused(finished, tmp_path):
    folder = unpack(archive.pack(finished), tmp_path / "unpacked")
    write(folder, {"config.yaml": "choice: 2\n"})
    with pytest.raises(InputError, match=r"other or missing: config\.yaml"):
        archive.pack(folder)


def test_a_folder_that_is_neither_clone_nor_archive_is_refused(finished):
    shutil.rmtree(finished / ".git")
    with pytest.raises(InputError, match=r"neither \.git nor"):
        archive.pack(finished)


TABLE = "results/tables/T02"


def own_files(project: Path) -> list[str]:
    """Return the project's own files, new ones included, in a clone and in an unpacked archive."""
    if not (project / ".git").exists():
        return list(archive.find_origin(project).files)
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    shown = subprocess.run(listed, cwd=project, capture_output=True, text=True, check=True).stdout
    return [name for name in shown.splitlines() if (project / name).is_file()]


@pytest.fixture(scope="module")
def elsewhere(project, tmp_path_factory):
    """Return a folder with an archive of this project unpacked, of which one table was made."""
    clone = tmp_path_factory.mktemp("clone")
    for name in own_files(project):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(project / name, clone / name)
    commit(clone)
    run = snakemake(clone, f"{TABLE}.csv")
    assert run.returncode == 0, said(run)[-3000:]
    made = sorted(clone.glob(f"{TABLE}.*"))
    here = Path.cwd()
    os.chdir(clone)
    try:
        outputs = [str(path.relative_to(clone)) for path in made]
        made_by = {
            "table T02": {
                **dict.fromkeys(("rule", "code"), "table"),
                "choices": {},
                "inputs": [],
                "outputs": outputs,
            }
        }
        listed = manifest.manifest(outputs, made_by, "lock")
    finally:
        os.chdir(here)
    (clone / "results/MANIFEST.json").write_bytes(manifest.to_json(listed))
    return unpack(archive.pack(clone), tmp_path_factory.mktemp("elsewhere"))


@pytest.mark.workflow
def test_unpacked_elsewhere_a_result_is_made_again_byte_for_byte(elsewhere):
    archived = {path.name: path.read_bytes() for path in elsewhere.glob(f"{TABLE}.*")}
    assert len(archived) == 6
    for name in archived:
        (elsewhere / "results/tables" / name).unlink()
    run = snakemake(elsewhere, f"{TABLE}.csv")
    assert run.returncode == 0, said(run)[-3000:]
    made = {path.name: path.read_bytes() for path in elsewhere.glob(f"{TABLE}.*")}
    assert made == archived


@pytest.mark.workflow
def test_unpacked_elsewhere_make_trusts_no_result_of_which_it_has_no_record(elsewhere, project):
    def planned(folder: Path) -> str:
        command = ["make", "--dry-run", "--always-make", "all"]
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=True
        ).stdout

    shutil.rmtree(elsewhere / ".snakemake", ignore_errors=True)
    assert "adopt_results.py" in planned(elsewhere)
    write(elsewhere, {".snakemake/metadata/of-a-result": "{}"})
    assert "adopt_results.py" not in planned(elsewhere)


@pytest.mark.slow
@pytest.mark.workflow
def test_the_archive_of_the_last_run_verifies_where_it_is_unpacked(project, tmp_path):
    packed = project / "results/archive/gotong-royong.zip"
    if not packed.exists():
        pytest.skip("there is no archive: make unpacked makes it first")
    folder = unpack(packed.read_bytes(), tmp_path / "unpacked")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(["make", "verify"], cwd=folder, env=env, check=False)
    assert run.returncode == 0
