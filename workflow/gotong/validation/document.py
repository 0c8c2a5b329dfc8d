"""docs/validation.md: what was asked, what came of it, and what fails."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from gotong.validation import (
    associations,
    epidemic_methods,
    few_units,
    panel_methods,
    shares_and_indices,
)
from gotong.validation.experiments import (
    NOTHING,
    TOLERATED,
    Answer,
    Experiment,
    Question,
    judge,
    simulate,
)

EXPERIMENTS: Final[tuple[Experiment, ...]] = (
    *epidemic_methods.EXPERIMENTS,
    *panel_methods.EXPERIMENTS,
    *few_units.EXPERIMENTS,
    *associations.EXPERIMENTS,
    *shares_and_indices.EXPERIMENTS,
)

HEAD: Final = f"""# Validation by simulation

Written by `make validation`. Every method is tried on simulated data of the shape of this study's
panels, with a truth that is known: how often do its intervals hold the truth, and how often do
its tests reject a null hypothesis that is true? Random numbers follow from the name of an
experiment and the number of the data set, so that every run gives these numbers;
`tests/report/test_validation.py` makes some of them anew.

- **promised**: the least share of intervals that should hold the truth, or the largest share of
  false alarms (a test rejects a null hypothesis that is true).
- **found**: the share in the simulated data sets; **error**: its Monte Carlo standard error.
- **verdict**: `holds` within {TOLERATED:.0f} Monte Carlo standard errors; `holds, wide` where more
  intervals hold than promised, or fewer alarms are false (safe, and less sharp than it could be);
  `fails` otherwise.
- **leans on it**: the verdicts on claims that use the method on such data.

Data that break an assumption are among them on purpose: a method that holds only where nothing
goes wrong is of little use here.

Not simulated are the bounds over sources and choices, which promise no probability, and the models
of pooled beds and of partners, which have no interval.
"""

COLUMNS: Final = (
    "method",
    "data",
    "asked",
    "promised",
    "found",
    "error",
    "data sets",
    "verdict",
    "leans on it",
)


def document(answers: Sequence[tuple[Experiment, Sequence[Answer]]]) -> str:
    """Return the document as Markdown.

    Parameters
    ----------
    answers : sequence of (Experiment, sequence of Answer)
        In the order in which they are shown.
    """
    parts = [HEAD, "## What fails", "", *_failures(answers), "## All results", ""]
    for experiment, found in answers:
        parts += [f"### {experiment.title}", "", experiment.about, "", _line(COLUMNS)]
        parts += [_line(["---"] * len(COLUMNS)), *map(row, found), ""]
    return "\n".join(parts)


def validate(
    experiments: Iterable[Experiment] = EXPERIMENTS,
) -> list[tuple[Experiment, list[Answer]]]:
    """Return the answers of experiments; takes minutes for all."""
    return [(each, judge(each.questions, simulate(each))) for each in experiments]


def row(answer: Answer) -> str:
    """Return the line of one answer."""
    asked = answer.question
    return _line(
        (
            asked.method,
            asked.setting,
            _asked(asked),
            _percent(asked.nominal),
            _percent(answer.share),
            _percent(answer.error, digits=2),
            f"{answer.answered:,}",
            answer.verdict,
            asked.leans,
        )
    )


def listed(text: str) -> list[tuple[str, ...]]:
    """Return method, data, question and promise of each row of a document.

    Parameters
    ----------
    text : str
        The document.
    """
    rows = [re.split(r" ?\| ?", line)[1:5] for line in text.splitlines() if line.startswith("| ")]
    return [tuple(cells) for cells in rows if cells[0] not in ("method", "---")]


def promises(experiments: Iterable[Experiment] = EXPERIMENTS) -> list[tuple[str, ...]]:
    """Return the same of the questions themselves, in order."""
    return [
        (asked.method, asked.setting, _asked(asked), _percent(asked.nominal))
        for experiment in experiments
        for asked in experiment.questions
    ]


def _failures(answers: Sequence[tuple[Experiment, Sequence[Answer]]]) -> list[str]:
    """Return a line for each method that fails, under its experiment, and what leans on it."""
    found = []
    for experiment, answered in answers:
        lines: dict[tuple[str, str, str], list[Answer]] = {}
        for answer in answered:
            if answer.verdict == "fails":
                asked = answer.question
                lines.setdefault((asked.method, asked.setting, asked.kind), []).append(answer)
        if lines:
            found += [f"{experiment.title}:", ""]
            found += [*(_failure(failed) for failed in lines.values()), ""]
    return found or ["Nothing.", ""]


def _failure(failed: Sequence[Answer]) -> str:
    """Return the line of one method on one kind of data."""
    asked = failed[0].question
    said = " and ".join(
        f"{_percent(each.share)} where {_percent(each.question.nominal)} was promised"
        for each in failed
    )
    leans = next((a.question.leans for a in failed if a.question.leans != NOTHING), NOTHING)
    what = "holds the truth in" if asked.kind == "coverage" else "gives false alarms in"
    return f"- **{asked.method}** ({asked.setting}) {what} {said}. {_leaning(leans)}"


def _leaning(leans: str) -> str:
    """Return the sentence on what leans on a method that fails."""
    return "No verdict leans on it." if leans == NOTHING else f"**Leans on it: {leans}.**"


def _asked(question: Question) -> str:
    return "holds the truth" if question.kind == "coverage" else "false alarm"


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
