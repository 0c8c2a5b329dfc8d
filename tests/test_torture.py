"""A killed run is picked up where it stopped, and the tool that tries it sees what it must.

The whole of it is `make torture`, which writes docs/reliability.md; here is a short slice.
"""

import io
import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from importlib.util import cache_from_source
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gotong import tables

SCRIPTS = Path(__file__).parents[1] / "workflow" / "scripts"
QUICK = "results/tables/T02.json"


@pytest.fixture(scope="module")
def tool():
    """Return the modules of the tool."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        from torture import faults, kills, page, runs, trees
    finally:
        sys.path.remove(str(SCRIPTS))
    return SimpleNamespace(faults=faults, kills=kills, page=page, runs=runs, trees=trees)


@pytest.fixture(scope="module")
def trees(tool):
    return tool.trees


@pytest.fixture(scope="module")
def front():
    """Return the script that `make` runs."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import run_workflow
    finally:
        sys.path.remove(str(SCRIPTS))
    return run_workflow


# What a run does before Snakemake starts


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("results/tables", "data/processed", "logs", ".snakemake/locks"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_is_held_by_one_process_and_free_when_that_one_ends(front, folder):
    path = folder / front.HELD
    first, cut_off = front.hold(path)
    assert not cut_off
    with pytest.raises(BlockingIOError) as told:
        front.hold(path)
    assert told.value.strerror == str(os.getpid())
    # An end in order empties the file; a kill leaves the number in it.
    first.truncate(0)
    first.close()
    second, cut_off = front.hold(path)
    assert not cut_off
    second.close()
    third, cut_off = front.hold(path)
    assert cut_off
    third.close()


def test_a_second_run_is_told_who_is_at_work(front, folder):
    first, _ = front.hold(folder / front.HELD)
    with pytest.raises(SystemExit) as told:
        front.prepare()
    assert f"Another run is at work in this folder (process {os.getpid()})" in told.value.code
    first.close()


def test_a_mark_that_no_run_of_ours_left_is_not_removed(front, folder):
    mark = folder / front.MARKS / "0.input.lock"
    mark.write_text("data/raw/a.csv\n")
    with pytest.raises(SystemExit) as told:
        front.prepare()
    assert "snakemake --unlock" in told.value.code
    assert mark.exists()
    # And the next run is not told that this one was killed.
    handle, cut_off = front.hold(folder / front.HELD)
    assert not cut_off
    handle.close()


def _write_and_be_killed(path):
    def frames():
        os.kill(os.getpid(), signal.SIGKILL)
        yield

    tables.write_row_groups(path, frames())


def test_what_a_killed_writer_left_is_cleared_away_and_nothing_else(front, folder, trees):
    made = folder / "results/tables/T02.csv"
    made.write_bytes(b"whole")
    writer = multiprocessing.get_context("spawn").Process(target=_write_and_be_killed, args=(made,))
    writer.start()
    writer.join()
    assert writer.exitcode == -signal.SIGKILL
    assert made.read_bytes() == b"whole"
    assert len(trees.scratch_files(folder)) == 1
    (folder / front.MARKS).rmdir()
    front.clear_away()
    assert trees.scratch_files(folder) == []
    assert [path.name for path in made.parent.iterdir()] == ["T02.csv"]


def test_folders_that_may_not_be_written_into_are_named(front, folder, monkeypatch):
    closed = folder / "results/tables"
    (closed / "below").mkdir()
    may = os.access
    monkeypatch.setattr(
        os,
        "access",
        lambda path, how: not Path(path).resolve().is_relative_to(closed) and may(path, how),
    )
    assert front.unwritable(front.WRITTEN) == [Path("results/tables")]
    with pytest.raises(SystemExit) as told:
        front.prepare()
    assert "No permission to write into: results/tables" in told.value.code


def test_results_of_a_clock_that_was_ahead_become_older_than_the_rest_in_their_order(
    front, folder, capsys
):
    year, now = 365 * 86_400, int(time.time())
    ages = {"a.csv": -2 * year, "b.csv": -year, "c.csv": 10, "d.csv": 2 * year}
    for name, age in ages.items():
        path = folder / "results" / name
        path.write_text(name)
        os.utime(path, (now - age, now - age))

    def by_age():
        made = [path for path in (folder / "results").iterdir() if path.is_file()]
        return "".join(path.stem for path in sorted(made, key=lambda path: -path.stat().st_mtime))

    assert by_age() == "abcd"
    front.set_back()
    assert by_age() == "cdab"
    assert "dated after now" in capsys.readouterr().out
    # All is in order now, and nothing is touched any more.
    front.set_back()
    assert by_age() == "cdab"
    assert capsys.readouterr().out == ""


def test_a_full_disk_is_one_message_though_no_log_could_be_written(
    front, folder, monkeypatch, capsys
):
    (folder / "logs/bad.log").touch()
    front.tell({})
    said = capsys.readouterr().out
    assert "No space left" not in said
    # Nor would there be a word if memory had run out.
    assert "logs/bad.log:\n  Ended without a word" in said
    assert "make CORES=1" in said
    monkeypatch.setattr(front.shutil, "disk_usage", lambda _path: SimpleNamespace(free=4096))
    front.tell({})
    assert capsys.readouterr().out == (
        "\nNo space left on device. Free some room.\n"
        "The run stopped. What is done is kept; run make again to go on.\n"
    )
    (folder / "logs/bad.log").write_text("No space left on device: results/tables/T02.csv.\n")
    front.tell({})
    assert "logs/bad.log:\n  No space left on device: results" in capsys.readouterr().out


def test_a_full_disk_is_told_though_no_job_was_begun(front, folder, monkeypatch, capsys):
    front.tell({})
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(front.shutil, "disk_usage", lambda _path: SimpleNamespace(free=4096))
    front.tell({})
    assert "No space left on device" in capsys.readouterr().out


def test_a_log_that_was_cut_within_a_letter_can_be_read(front, folder):
    (folder / "logs/cut.log").write_bytes("expected: 5 \u2013".encode()[:-1])
    ((_, said),) = front.logs().values()
    assert said.startswith("expected: 5 ")


def test_what_failing_jobs_said_stands_last(front, folder, capsys):
    old = folder / "logs/old.log"
    old.write_text("failed last year\n")
    before = front.logs()
    (folder / "logs/good.log").write_text("done\n")
    (folder / "logs/bad.log").write_text("".join(f"line {n}\n" for n in range(30)))
    front.tell(before)
    said = capsys.readouterr().out
    assert said.endswith("line 29\n")
    assert "logs/bad.log" in said
    assert "line 17" not in said
    assert "good.log" not in said
    assert "last year" not in said


# Compiled modules


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Return a folder with one module; what compiling sets for the process is set back."""
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "")
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "module.py").write_text("WORDS = ['musyawarah', 'mufakat']\nprint(len(WORDS))\n")
    return folder


def imported(library):
    """Import the module in a Python of its own, as a job does."""
    return subprocess.run(
        [sys.executable, "-c", "import module"],
        env={**os.environ, "PYTHONPATH": str(library), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def compiled_module(library):
    return Path(cache_from_source(library / "module.py"))


def test_a_module_whose_compiled_form_was_cut_short_is_compiled_again(front, library):
    front.compile_library(library)
    compiled = compiled_module(library)
    whole = compiled.read_bytes()
    # Behind the header, Python does not look whether a file is whole.
    compiled.write_bytes(whole[:60])
    assert "marshal data too short" in imported(library).stderr
    front.compile_library(library)
    assert compiled.read_bytes() == whole
    assert imported(library).stdout == "2\n"


@pytest.mark.parametrize("length", [0, 3, 16, 17, -1])
def test_a_compiled_form_is_made_whole_wherever_it_was_cut(front, library, length):
    front.compile_library(library)
    compiled = compiled_module(library)
    whole = compiled.read_bytes()
    compiled.write_bytes(whole[:length])
    front.compile_library(library)
    assert compiled.read_bytes() == whole


def test_a_module_that_was_edited_is_compiled_again_and_another_is_not(front, library):
    front.compile_library(library)
    compiled, source = compiled_module(library), library / "module.py"
    os.utime(compiled, (1, 1))
    front.compile_library(library)
    assert compiled.stat().st_mtime == 1
    text = source.read_text()
    source.write_text(text.replace("len(WORDS)", "WORDS[0][:4]"))
    front.compile_library(library)
    assert compiled.stat().st_mtime > 1
    assert imported(library).stdout == "musy\n"


FULL = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import run_workflow
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
run_workflow.compile_library(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("room", [0, 60])
@pytest.mark.parametrize("half", [False, True])
def test_without_room_no_compiled_form_is_kept_rather_than_half_of_one(front, library, room, half):
    compiled = compiled_module(library)
    if half:
        front.compile_library(library)
        compiled.write_bytes(compiled.read_bytes()[:60])
    command = [sys.executable, "-c", FULL, str(SCRIPTS), str(library), str(room)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert not compiled.parent.exists() or list(compiled.parent.iterdir()) == []
    assert imported(library).stdout == "2\n"


def test_a_module_that_is_no_python_is_left_for_the_run_to_tell(front, library, capfd):
    (library / "module.py").write_text("def broken(:\n")
    front.compile_library(library)
    assert not compiled_module(library).exists()
    assert capfd.readouterr() == ("", "")


def test_jobs_of_a_run_compile_nothing_themselves(front, library):
    front.compile_library(library)
    assert os.environ["PYTHONDONTWRITEBYTECODE"] == "1"
    assert sys.dont_write_bytecode


# What is said of a system that refuses


@pytest.fixture
def snakemakes_logger(monkeypatch):
    """Return the logger of Snakemake and what is written by it; all is set back afterwards."""
    from snakemake.logging import logger

    screen = io.StringIO()
    monkeypatch.setattr(logging, "raiseExceptions", True)
    monkeypatch.setattr(logger, "filters", [])
    monkeypatch.setattr(logger, "handlers", [logging.StreamHandler(screen)])
    monkeypatch.setattr(logger, "propagate", False)
    return logger, screen


def _raised(error):
    try:
        raise error
    except type(error) as caught:
        return caught


def test_snakemake_tells_a_full_disk_in_one_line(front, snakemakes_logger):
    from snakemake.exceptions import print_exception

    _, screen = snakemakes_logger
    full = _raised(OSError(28, "No space left on device"))
    print_exception(full)
    assert "Traceback" in screen.getvalue()
    screen.truncate(0)
    screen.seek(0)
    front.be_plain()
    print_exception(full)
    assert screen.getvalue() == "OSError: [Errno 28] No space left on device\n"
    # Another error is a defect, and where it was met must be known.
    print_exception(_raised(ZeroDivisionError("by nought")))
    assert "Traceback" in screen.getvalue()


def test_every_tenth_of_a_run_says_how_long_is_left(front, capsys):
    now = [100.0]
    told = front.TimeLeft(lambda: now[0])
    for done in range(1, 41):
        now[0] += 6
        assert told(SimpleNamespace(done=done, total=40))
    assert told(SimpleNamespace(msg="another line"))
    lines = capsys.readouterr().out.splitlines()
    # 6 s for each of 40 steps; the first tenth ends with the fourth.
    assert lines[0] == "4 of 40 steps done, about 4 min left"
    assert lines[1:3] == [
        "8 of 40 steps done, about 3 min left",
        "12 of 40 steps done, about 3 min left",
    ]
    assert lines[-2:] == [
        "32 of 40 steps done, about 50 s left",
        "36 of 40 steps done, about 20 s left",
    ]
    assert len(lines) == 9


class _FullFile(io.StringIO):
    def flush(self):
        raise OSError(28, "No space left on device")


def test_a_log_of_snakemake_that_finds_no_room_is_no_matter(front, snakemakes_logger, capfd):
    logger, _ = snakemakes_logger
    logger.handlers.append(logging.StreamHandler(_FullFile()))
    logger.warning("before")
    assert "--- Logging error ---" in capfd.readouterr().err
    front.be_plain()
    logger.warning("after")
    assert capfd.readouterr().err == ""


# What the tool sees


def marked(tree, path):
    mark = tree / ".snakemake/incomplete" / urlsafe_b64encode(path.encode()).decode()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def test_a_half_made_file_is_found_unless_it_is_known_as_cut_off(trees, tmp_path):
    names = ("results/whole.csv", "results/half.csv", "results/old.csv", "results/cut.csv")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("all of it")
    reference = trees.contents(tmp_path, names)
    (tmp_path / "results/old.csv").write_text("as it was")
    before = trees.contents(tmp_path, names)
    for name in ("results/half.csv", "results/cut.csv"):
        (tmp_path / name).write_text("all o")
    marked(tmp_path, "results/cut.csv")
    found = trees.contents(tmp_path, names)
    cut_off = trees.cut_off(tmp_path)
    assert cut_off == {"results/cut.csv"}
    assert trees.half_made(found, cut_off, reference, before) == ["results/half.csv"]
    assert trees.half_made(found, cut_off, reference) == ["results/half.csv", "results/old.csv"]


def test_marks_with_long_names_are_read(trees, tmp_path):
    name = "results/" + "a" * 300 + ".csv"
    coded = urlsafe_b64encode(name.encode()).decode()
    mark = tmp_path / ".snakemake/incomplete" / f"@{coded[:254]}" / coded[254:]
    mark.parent.mkdir(parents=True)
    mark.touch()
    assert trees.cut_off(tmp_path) == {name}


@pytest.fixture
def chain(trees):
    def job(name, inputs, passing=False):
        return trees.Job(name, (f"{name}.1", f"{name}.2"), inputs, 1.0, passing)

    return [
        job("page", ("left.1", "right.1")),
        job("left", ("part.1", "part.2")),
        job("part", ("base.1",), passing=True),
        job("right", ("base.2",)),
        job("base", ("raw",)),
    ]


def test_what_reruns_is_all_that_depends_and_the_parts_that_are_gone(trees, chain):
    def names(lost):
        return [job.name for job in trees.rerun(chain, lost)]

    assert names(["page.2"]) == ["page"]
    assert names(["right.1"]) == ["page", "right"]
    assert names(["left.2"]) == ["page", "left", "part"]
    assert names(["base.1"]) == ["page", "left", "part", "right", "base"]
    assert names([]) == []


@pytest.mark.parametrize("seed", range(5))
def test_losses_are_drawn_within_the_share_and_again_the_same(trees, chain, seed):
    drawn = [
        trees.draw_losses(chain, 0.6, np.random.default_rng(number)) for number in (seed, seed)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0]
    assert not {"part.1", "part.2"} & set(drawn[0])
    assert len(trees.rerun(chain, drawn[0])) <= 3


def test_a_trial_is_good_only_if_nothing_half_was_taken_for_whole(tool):
    assert tool.kills.Trial("lost", 3, recovered=True, identical=True).is_good
    assert not tool.kills.Trial("lost", 3, recovered=True, identical=True, half=["a"]).is_good
    assert not tool.kills.Trial("lost", 3, recovered=True).is_good


def test_a_fault_is_met_only_with_its_message_and_without_a_traceback(tool):
    def seen(said, half=0, identical=True):
        return tool.faults.Seen("made", said, half, "by itself", identical, ("No space",)).is_good

    assert seen("No space left")
    assert not seen("Something went wrong")
    assert not seen("No space left\nTraceback (most recent call last)")
    assert not seen("No space left", half=1)
    assert not seen("No space left", identical=False)


def test_the_message_of_a_run_is_what_stands_last(tool):
    def said(text):
        return tool.faults.message(SimpleNamespace(said=text))

    assert said("Another run is at work\nNothing was run.") == (
        "Another run is at work\nNothing was run."
    )
    host = "SNAKEMAKE\n  Config MD5: 1f\nBuilding DAG\n"
    assert said(f"{host}WorkflowError:\nno file\n") == "Building DAG\nWorkflowError:\nno file"
    assert said(f"{host}Traceback\n\nThe run stopped. Go on.\nlog:\n  full") == (
        "The run stopped. Go on.\nlog:\n  full"
    )


def test_an_account_of_python_above_the_message_is_not_passed_over(tool):
    def said(text):
        return tool.faults.plain_message(SimpleNamespace(said=text))

    stopped = "The run stopped. Go on."
    assert said(f"Building DAG\n\n{stopped}") == stopped
    assert "Traceback" in said(f"Traceback (most recent call last)\nOSError\n\n{stopped}")


def test_the_page_counts_what_was_tried(tool):
    trials = [
        tool.kills.Trial("lost", 3, [0], [[]], recovered=True, identical=True),
        tool.kills.Trial("lost", 9, [2, 4], [["figure/F03"], []], ["a"], 1, recovered=True),
    ]
    assert tool.page.kill_rows(trials) == [
        "| lost | 2 | 3 | 2 | 1 | 1 |",
        "| together | 2 | 3 | 2 | 1 | 1 |",
    ]
    assert "Of 3 kills 1 came before the first job and 1 between jobs" in tool.page.moments(trials)
    assert "figure 1" in tool.page.moments(trials)
    bad = tool.faults.Seen("made", "a word", 1, "by itself", True)
    assert tool.page._fault_row("Fire", bad).startswith("| Fire (NOT MET) | made | a word | 1 |")
    assert tool.page._fault_row("Flood", "no water here").startswith(
        "| Flood | not tried: no water"
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a | b\n  c", "a \\| b<br>c"),
        ("<frozen importlib>", "&lt;frozen importlib>"),
        ('process 12 in "/tmp/x/tree-1-2/Snakefile"', 'process N in "Snakefile"'),
        ("/mnt/disk/tree/a.csv, /mnt/disk/tree/b.csv", "a.csv, b.csv"),
        (f"{sys.prefix}/lib/python3.11/site-packages/snakemake/cli.py", "snakemake/cli.py"),
        (f"{sys.base_prefix}/lib/python3.11/logging/__init__.py", "logging/__init__.py"),
        (f"python {sys.prefix}/bin/python", "python bin/python"),
        (f"{Path(__file__).parents[1]}/config.yaml", "config.yaml"),
        (f"in {tempfile.gettempdir()}/tmp1x/make.py", "in make.py"),
        (f"in '{tempfile.gettempdir()}/tmp1x.py'", "in 'tmp1x.py'"),
    ],
)
def test_a_cell_of_the_page_is_the_same_on_every_machine(tool, said, told):
    assert tool.page.cell(said) == told


def test_a_long_text_is_a_cell_of_a_few_lines_and_marked(tool):
    few = "\n".join(f"line {n}" for n in range(12))
    assert tool.page.cell(few).count("<br>") == 11
    assert tool.page.cell(f"{few}\nmore\nand more") == f"{tool.page.cell(few)}<br>(cut)"
    wide = tool.page.cell("a | b < " * 400)
    assert 990 <= len(wide) <= 1000
    assert wide.endswith(" (cut)")
    # What was escaped is so to the end.
    assert set(wide.removesuffix(" (cut)").split()) == {"a", "\\|", "b", "&lt;"}


def test_a_fault_is_one_line_of_the_page_whatever_was_said(tool):
    bad = tool.faults.Seen("made |", "one\ntwo", 0, "NOT RECOVERED:\nlog:\n | ", False)
    row = tool.page._fault_row("Fire", bad)
    assert "\n" not in row
    assert row == (
        "| Fire (NOT MET) | made \\| | one<br>two | 0 | NOT RECOVERED:<br>log:<br>\\| | NO |"
    )


# The slice: a run that is killed, another beside it, and the next one


@pytest.mark.workflow
def test_a_killed_run_is_picked_up_by_the_next_one(project, tmp_path, trees, tool):
    from gotong.report.manifest import content_hash

    tree = trees.copy(project, tmp_path / "tree", finished=False)
    first = tool.runs.Run(tree, QUICK)
    assert first.wait_until(lambda: trees.cut_off(tree)), first.said
    second = tool.runs.Run(tree, QUICK)
    assert second.wait() == 1
    assert "Another run is at work in this folder" in second.said
    assert first.kill(), first.said
    # As if the kill had come between two files of the job: there, not whole, and marked.
    data = QUICK.replace(".json", ".csv")
    assert data in trees.cut_off(tree)
    (tree / data).parent.mkdir(parents=True, exist_ok=True)
    (tree / data).write_text("half of it")
    assert trees.half_made(trees.contents(tree, [data]), []) == [data]
    last = tool.runs.Run(tree, QUICK)
    assert last.wait() == 0, last.said
    assert "The last run was cut off" in last.said
    assert trees.cut_off(tree) == set()
    assert trees.scratch_files(tree) == []
    wanted = json.loads((project / "results/MANIFEST.reference.json").read_text("utf-8"))
    assert content_hash(tree / data) == wanted["results"][data]["content"]
