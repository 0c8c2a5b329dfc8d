"""What is asked of a method in repeated samples, and how the answer is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.special import ndtri

from gotong.provenance import seed_of

Kind = Literal["coverage", "rejection"]
Verdict = Literal["holds", "holds, wide", "fails"]

LEVELS: Final = (0.90, 0.95)
"""Probabilities of the intervals that are tried."""

NORMAL: Final = tuple(float(ndtri((1 + level) / 2)) for level in LEVELS)
"""Standard errors on either side of an estimate in such intervals of a normal distribution."""

TOLERATED: Final = 3.0
"""Monte Carlo standard errors by which a share may miss what was promised."""

PSEUDO: Final = 2.0
"""Successes and failures added for the Monte Carlo error (Agresti and Coull 1998,
10.1080/00031305.1998.10480550): with all or none held it would else be 0."""

NOTHING: Final = "nothing"
"""What leans on a method that no verdict rests on."""


@dataclass(frozen=True)
class Question:
    """One promise of a method.

    Attributes
    ----------
    method, setting : str
        What is tried, on which data.
    kind : {"coverage", "rejection"}
        Whether an interval should hold the truth, or a test should seldom reject a true null
        hypothesis.
    nominal : float
        The promise: least share of intervals that hold, or largest share of rejections.
    leans : str
        Which verdicts lean on it.
    """

    method: str
    setting: str
    kind: Kind
    nominal: float
    leans: str = NOTHING


@dataclass(frozen=True)
class Experiment:
    """Questions that are answered by the same simulated data.

    Attributes
    ----------
    name : str
        Names the random numbers, so that they do not depend on other experiments.
    title, about : str
        Heading, and what is simulated.
    simulations : int
        How many data sets.
    questions : tuple of Question
    run : callable
        Takes a generator and returns, for one data set, the answer to each question: a share
        from 0 to 1 (of windows, or simply 0 or 1), or NaN where the method gives none.
    """

    name: str
    title: str
    about: str
    simulations: int
    questions: tuple[Question, ...]
    run: Callable[[np.random.Generator], Sequence[float]]


@dataclass(frozen=True)
class Answer:
    """What came of one question.

    Attributes
    ----------
    question : Question
    share : float
        Mean share of intervals that held, or of rejections.
    error : float
        Its Monte Carlo standard error.
    answered : int
        Data sets in which the method gave an answer.
    """

    question: Question
    share: float
    error: float
    answered: int

    @property
    def verdict(self) -> Verdict:
        """Whether the promise holds within `TOLERATED` Monte Carlo standard errors.

        ``holds, wide``: more intervals hold than promised, or fewer tests reject. The method is
        safe, and less sharp than it could be.
        """
        excess = self.share - self.question.nominal
        if self.question.kind == "rejection":
            excess = -excess
        if excess < -TOLERATED * self.error:
            return "fails"
        return "holds, wide" if excess > TOLERATED * self.error else "holds"


def both_levels(method: str, setting: str, leans: str = NOTHING) -> tuple[Question, Question]:
    """Return the questions for intervals of 90 and of 95 %; the study itself uses the latter."""
    return (
        Question(method, setting, "coverage", 0.90),
        Question(method, setting, "coverage", 0.95, leans),
    )


def both_tests(method: str, setting: str, leans: str = NOTHING) -> tuple[Question, Question]:
    """Return the questions for tests at 10 and at 5 %."""
    large, small = (Question(method, setting, "rejection", alpha, leans) for alpha in (0.10, 0.05))
    return large, small


def generator(experiment: Experiment, number: int) -> np.random.Generator:
    """Return the random numbers of one data set: they follow from names and its number."""
    return np.random.default_rng([seed_of(f"validation {experiment.name}"), number])


def simulate(experiment: Experiment) -> np.ndarray:
    """Return the answers of all data sets, shape (simulations, questions).

    Raises
    ------
    ValueError
        A data set did not answer each question once.
    """
    answers = np.array(
        [experiment.run(generator(experiment, number)) for number in range(experiment.simulations)],
        dtype="float64",
    )
    if answers.shape != (experiment.simulations, len(experiment.questions)):
        raise ValueError(f"{experiment.name}: answers {answers.shape} do not fit the questions")
    return answers


def judge(questions: Sequence[Question], values: np.ndarray) -> list[Answer]:
    """Return the share and its Monte Carlo error for each question.

    Parameters
    ----------
    questions : sequence of Question
    values : numpy.ndarray, shape (simulations, questions)
        From `simulate`.

    Returns
    -------
    list of Answer
        Data sets without an answer are left out and not counted.
    """
    return [_answer(each, column) for each, column in zip(questions, values.T, strict=True)]


def _answer(question: Question, column: np.ndarray) -> Answer:
    known = column[~np.isnan(column)]
    if not known.size:
        return Answer(question, float("nan"), float("nan"), 0)
    padded = np.concatenate([known, np.tile([0.0, 1.0], int(PSEUDO))])
    error = float(padded.std() / np.sqrt(padded.size))
    return Answer(question, float(known.mean()), error, known.size)


def held(low: np.ndarray | float, truth: np.ndarray | float, high: np.ndarray | float) -> float:
    """Return the share of intervals that hold the truth; NaN without an interval.

    Parameters
    ----------
    low, truth, high : float or numpy.ndarray of one shape
        Intervals with a missing bound are left out.
    """
    low, high = np.asarray(low, dtype="float64"), np.asarray(high, dtype="float64")
    known = ~(np.isnan(low) | np.isnan(high))
    inside = (low <= truth) & (truth <= high)
    return float(inside[known].mean()) if known.any() else float("nan")


def reached(estimate: float, truth: float, error: float, quantiles: Sequence[float]) -> list[float]:
    """Return whether an estimate lies within so many standard errors of the truth, for each."""
    return [float(abs(estimate - truth) <= quantile * error) for quantile in quantiles]


def rejected(p_value: float, alphas: Sequence[float] = (0.10, 0.05)) -> list[float]:
    """Return whether a test rejects, at each level; NaN where it has no p-value."""
    if np.isnan(p_value):
        return [float("nan")] * len(alphas)
    return [float(p_value <= alpha) for alpha in alphas]
