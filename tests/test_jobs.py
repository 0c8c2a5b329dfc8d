"""A failing job says one clear thing, in the log and on the screen."""

from types import SimpleNamespace

import pytest

from gotong import jobs
from gotong.errors import InputError


@pytest.fixture
def job(tmp_path):
    return SimpleNamespace(input=["in"], output=["out"], params={}, log=[tmp_path / "l" / "a.log"])


def failing(error):
    def task(_input, _output, _params):
        raise error

    return task


def test_a_good_job_gets_the_rules_parts_and_logs_that_it_is_done(job):
    seen = []
    jobs.run(lambda *parts: seen.extend(parts), job)
    assert seen == [["in"], ["out"], {}]
    assert job.log[0].read_text() == "done\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("d", "f.csv", "row 2", "a number", "'x'", "mend it"), "row 2"),
        (MemoryError(), "make CORES=1"),
        (OSError(28, "No space left on device", "results/x"), "No space left on device: results/x"),
        (OSError(28, "No space left on device"), "No space left on device. Mend it"),
        (KeyboardInterrupt(), "Run make again to go on"),
    ],
)
def test_a_foreseen_fault_is_told_without_traceback(job, error, said):
    with pytest.raises(SystemExit) as stopped:
        jobs.run(failing(error), job)
    assert said in stopped.value.code
    assert "Traceback" not in stopped.value.code
    assert said in job.log[0].read_text()


def test_an_unforeseen_fault_keeps_its_traceback_in_the_log_only(job):
    with pytest.raises(SystemExit) as stopped:
        jobs.run(failing(KeyError("lost")), job)
    assert "KeyError: 'lost'" in stopped.value.code
    assert str(job.log[0]) in stopped.value.code
    assert "Traceback" not in stopped.value.code
    assert "Traceback" in job.log[0].read_text()


def test_an_error_without_words_of_the_system_is_unforeseen(job):
    with pytest.raises(SystemExit) as stopped:
        jobs.run(failing(OSError("odd")), job)
    assert "OSError: odd" in stopped.value.code
    assert jobs.UNFORESEEN in stopped.value.code
    assert "None" not in stopped.value.code


def test_the_log_of_a_job_that_is_killed_says_what_that_means(job):
    seen = []
    jobs.run(lambda *_parts: seen.append(job.log[0].read_text()), job)
    assert "memory ran out" in seen[0]
    assert "make CORES=1" in seen[0]
    assert job.log[0].read_text() == "done\n"


def test_a_log_that_cannot_be_written_hides_no_message(job):
    job.log[0].parent.write_text("a file where the folder should be")
    with pytest.raises(SystemExit) as stopped:
        jobs.run(failing(MemoryError()), job)
    assert "make CORES=1" in stopped.value.code
