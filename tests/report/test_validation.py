"""docs/validation.md: its list of methods, some of its numbers made anew, and how it judges."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gotong.validation import document as page
from gotong.validation import epidemics
from gotong.validation.experiments import (
    Answer,
    Experiment,
    Question,
    both_levels,
    both_tests,
    generator,
    held,
    judge,
    reached,
    rejected,
    simulate,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "validation.md"
QUICK = ("shares", "weekly growth", "growth steady")
NAN = np.nan


# The document


@pytest.fixture(scope="module")
def written():
    return DOCUMENT.read_text(encoding="utf-8")


def test_document_lists_what_is_asked_and_nothing_else(written):
    assert page.listed(written) == page.promises(), "it has drifted: make validation"


@pytest.mark.parametrize("name", QUICK)
def test_numbers_come_out_as_they_are_written(written, name):
    (experiment,) = (each for each in page.EXPERIMENTS if each.name == name)
    (found,) = page.validate([experiment])
    for answer in found[1]:
        assert page.row(answer) in written, "numbers have changed: make validation"


def test_every_failing_row_stands_in_the_list_of_failures(written):
    failures, results = written.split("## All results")
    failing = [line.split(" | ") for line in results.splitlines() if " | fails | " in line]
    assert failing
    for cells in failing:
        method, data = cells[0].removeprefix("| "), cells[1]
        assert f"- **{method}** ({data})" in failures


def test_names_of_experiments_are_unique_for_they_are_seeds():
    names = [experiment.name for experiment in page.EXPERIMENTS]
    assert len(set(names)) == len(names)


def test_a_failure_says_whether_a_verdict_leans_on_it():
    questions = (
        Question("sure method", "any data", "coverage", 0.95),
        Question("hasty test", "noisy data", "rejection", 0.05, "C6"),
        Question("good method", "any data", "coverage", 0.95),
    )
    experiment = Experiment("x", "Title", "About.", 0, questions, lambda rng: [])
    answers = [
        Answer(questions[0], 0.5, 0.01, 900),
        Answer(questions[1], 0.2, 0.01, 1_000),
        Answer(questions[2], 0.95, 0.01, 1_000),
    ]
    text = page.document([(experiment, answers)])
    assert (
        "- **sure method** (any data) holds the truth in 50.0 % where 95.0 % was promised. "
        "No verdict leans on it." in text
    )
    assert (
        "- **hasty test** (noisy data) gives false alarms in 20.0 % where 5.0 % was promised. "
        "**Leans on it: C6.**" in text
    )
    assert "- **good method**" not in text
    assert (
        "| sure method | any data | holds the truth | 95.0 % | 50.0 % | 1.00 % | 900 | fails | "
        "nothing |" in text
    )
    assert page.listed(text) == page.promises([experiment])


# Judging


@pytest.mark.parametrize(
    ("kind", "share", "verdict"),
    [
        ("coverage", 0.91, "fails"),
        ("coverage", 0.93, "holds"),
        ("coverage", 0.97, "holds"),
        ("coverage", 0.99, "holds, wide"),
        ("rejection", 0.99, "fails"),
        ("rejection", 0.97, "holds"),
        ("rejection", 0.91, "holds, wide"),
    ],
)
def test_verdict_allows_for_three_errors_on_either_side(kind, share, verdict):
    question = Question("method", "data", kind, 0.95)
    assert Answer(question, share, 0.01, 100).verdict == verdict


def test_share_and_its_error_by_hand():
    question = Question("method", "data", "coverage", 0.95)
    column = np.array([[1.0], [0.0], [1.0], [NAN], [1.0], [1.0]])
    (found,) = judge([question], column)
    assert (found.share, found.answered) == (0.8, 5)
    # Two successes and two failures more: 6 of 9.
    assert_allclose(found.error, np.sqrt(6 / 9 * 3 / 9 / 9))


def test_all_held_is_no_certainty_and_no_answer_no_share():
    question = Question("method", "data", "coverage", 0.95)
    (found,) = judge([question], np.ones((20, 1)))
    assert found.error > 0.05
    (none,) = judge([question], np.full((3, 1), NAN))
    assert none.answered == 0
    assert np.isnan(none.share)


def test_share_held_leaves_out_missing_intervals_and_keeps_infinite_ones():
    low = np.array([0.0, NAN, 2.0, -np.inf])
    high = np.array([1.0, 1.0, 3.0, np.inf])
    assert held(low, 0.5, high) == pytest.approx(2 / 3)
    assert np.isnan(held(NAN, 0.5, 1.0))


def test_answers_of_tests_and_of_errors():
    assert rejected(0.05) == [1.0, 1.0]
    assert rejected(0.0501) == [1.0, 0.0]
    assert np.isnan(rejected(NAN)).all()
    assert reached(3.0, 1.0, 1.0, (1.9, 2.0)) == [0.0, 1.0]


def test_data_sets_have_their_own_numbers_and_do_not_depend_on_how_many_there_are():
    def run(rng):
        return [rng.random(), rng.random()]

    few, many = (Experiment("name", "", "", size, both_levels("m", "d"), run) for size in (3, 5))
    assert_allclose(simulate(few), simulate(many)[:3], rtol=0)
    assert len(np.unique(simulate(many))) == 10
    other = Experiment("other", "", "", 1, both_levels("m", "d"), run)
    assert generator(few, 0).random() != generator(other, 0).random()


def test_an_experiment_that_answers_too_little_is_stopped():
    short = Experiment("short", "", "", 2, both_tests("m", "d"), lambda rng: [1.0])
    with pytest.raises(ValueError, match="short"):
        simulate(short)


# Simulated epidemics


def test_late_reports_lose_no_case_but_at_the_end():
    rng = np.random.default_rng(1)
    cases = rng.poisson(40, 7_000).astype("float64")
    reports = epidemics.reported(rng, cases)
    assert cases[:-3].sum() <= reports.sum() <= cases.sum()
    # Batches are 8 % of days times 60 %; of the rest Sundays get 0.6 and a quarter of Saturday,
    # Mondays 0.85 and four tenths of Sunday.
    batched = 0.08 * 0.6
    weekday = reports.reshape(-1, 7).mean(axis=0)
    expected = [40 * ((1 - batched) * share + batched) for share in (0.85 + 0.4, 0.6 + 0.25)]
    assert_allclose([weekday[0], weekday[6]], expected, rtol=0.02)


def test_offspring_of_renewal_epidemics_are_as_dispersed_as_said():
    # At R = 1 the cases of a first generation vary by 1 + R / k times their mean, about.
    w = np.array([0.0, 1.0])
    r = np.ones(epidemics.SEED_DAYS + 2)
    for k, fano in ((np.inf, 1), (0.3, 1 + 1 / 0.3), (0.06, 1 + 1 / 0.06)):
        rng = np.random.default_rng(2)
        second = [
            epidemics.renewal(rng, r, w, k, per_day=200)[epidemics.SEED_DAYS] for _ in range(4_000)
        ]
        assert_allclose(np.mean(second), 200, rtol=0.01)
        assert_allclose(np.var(second) / 200, fano, rtol=0.1)


def test_growth_is_as_variable_and_as_lasting_as_said():
    rows = epidemics.autoregressive(np.random.default_rng(3), (4_000, 12), 0.1, 0.5)
    assert_allclose(rows.std(axis=0), 0.1, rtol=0.05)
    assert_allclose(np.corrcoef(rows[:, 5], rows[:, 6])[0, 1], 0.5, atol=0.04)


def test_weekly_reports_expect_what_they_are_drawn_from():
    model = epidemics.WeeklyModel(own=0, shared=0, spread=0, batch_chance=0.2)
    rng = np.random.default_rng(4)
    reports, expected = epidemics.weekly_cases(rng, 2_000, 6, model)
    assert_allclose(expected, 120)
    assert_allclose(reports[:, 1:].mean(axis=0), 120, rtol=0.03)
    plain = epidemics.WeeklyModel(own=0, shared=0, spread=0, batch_chance=0)
    reports, _ = epidemics.weekly_cases(rng, 4_000, 3, plain)
    assert_allclose(reports.var(axis=0), 120 + 120**2 / 15, rtol=0.1)


def test_effects_build_up_from_adoption_on():
    first = np.array([2.0, np.inf])
    found = epidemics.growing_effect(first, 6, np.array([-3.0, -3.0]))
    assert_allclose(found[0], [0, 0, *(-3 * (1 - np.exp(-np.arange(1, 5) / 3)))])
    assert (found[1] == 0).all()
    assert epidemics.adopted(first, 4).tolist() == [[0, 0, 1, 1], [0, 0, 0, 0]]


def test_no_verdict_leans_on_a_method_that_fails(written):
    listed = written.partition("## What fails")[2].partition("## All results")[0]
    assert listed.count("No verdict leans on it.") > 30
    assert "Leans on it" not in listed
