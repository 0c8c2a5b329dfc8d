"""T04: order, words of failed checks, and the numbers that the texts name."""

from string import Formatter

import numpy as np
import pandas as pd
import pytest

from gotong.contracts import results_effects
from gotong.exhibits import effect_words
from gotong.exhibits import t04_effects as t04
from gotong.html import rows as shown_rows
from gotong.i18n import Language

CHOICES = {"area": {"designs": None}, "effects": {"counted_weeks": {"cases": [1, 3]}}}
ROWS = [
    # design, outcome, estimator, variant, main, estimate, passed, failed
    ("transition_june", "growth", "synthetic_control", "main", True, np.nan, False, "comparison"),
    ("first_ppkm", "growth", "two_way", "main", False, 0.02, False, "placebo_date_4"),
    ("first_ppkm", "growth", "group_time", "main", True, 0.01, False, "placebo_date_4"),
    ("first_ppkm", "growth", "callaway_santanna", "main", False, 0.02, False, "placebo_date_4"),
    ("brake", "workplaces", "synthetic_control", "main", True, -3.0, True, ""),
]

CHECKS = [
    ("first_ppkm", "growth", "honest_breakdown", "", 0.5, np.nan),
    ("first_ppkm", "growth", "honest_smoothness", "", 0.02, np.nan),
    ("first_ppkm", "growth", "pre_period", "", 3.0, 0.4),
    ("first_ppkm", "growth", "placebo_date", "3", 0.01, 0.3),
    ("first_ppkm", "growth", "placebo_date", "4", 0.02, 0.06),
    ("brake", "workplaces", "donors_span", "", 0.37, np.nan),
    ("brake", "workplaces", "placebo_date", "28", -1.0, 0.5),
    ("brake", "workplaces", "family_holm", "", 4.0, 0.125),
]


@pytest.fixture
def effects():
    names = ["design", "outcome", "estimator", "variant", "main", "estimate", "passed"]
    frame = pd.DataFrame(ROWS, columns=[*names, "failed_checks"])
    for column in t04.COLUMNS:
        made = (*frame, *t04.HONEST, *t04.BESIDE_MAIN)
        if column.name not in made and column.kind != "words":
            frame[column.name] = "C6" if column.name == "claim" else 1.0
    frame["unit"] = "log points"
    checks = pd.DataFrame(CHECKS, columns=["design", "outcome", "check", "case", "value", "p"])
    return {"effects": frame.astype({"main": "boolean"}), "effect_checks": checks}


@pytest.fixture
def data(effects):
    return t04.prepare(effects, CHOICES)


def test_restrictions_come_first_and_the_main_estimate_leads(data):
    found = data[["design", "estimator"]].to_numpy().tolist()
    assert found == [
        ["first_ppkm", "group_time"],
        ["first_ppkm", "callaway_santanna"],
        ["first_ppkm", "two_way"],
        ["brake", "synthetic_control"],
        ["transition_june", "synthetic_control"],
    ]


def test_checks_stand_in_words_of_both_languages(data):
    assert data["checks_en"].tolist() == [
        "an effect at a pretended date",
        "an effect at a pretended date",
        "an effect at a pretended date",
        "passed all",
        "too few regions to compare with",
    ]
    assert data["checks_id"].iloc[3] == "semua lulus"


def test_how_far_trends_may_differ_stands_beside_the_effect_that_it_is_about(data):
    about = data.set_index("estimator").loc["callaway_santanna"]
    assert about[list(t04.HONEST)].tolist() == [0.5, 0.02]
    others = data[data["estimator"] != "callaway_santanna"]
    assert others[list(t04.HONEST)].isna().all(axis=None)


def test_what_the_checks_found_stands_beside_the_main_estimate_alone(data):
    main = data[data["main"]].set_index("design")[[*t04.BESIDE_MAIN]].astype(object)
    told = main.where(main.notna(), None).to_dict("index")
    assert told["first_ppkm"] == {
        "p_together": None,
        "p_before": 0.4,
        "misfit_before": None,
        "p_pretended": 0.06,
    }
    assert told["brake"] == {
        "p_together": 0.125,
        "p_before": None,
        "misfit_before": 0.37,
        "p_pretended": 0.5,
    }
    assert data.loc[~data["main"], list(t04.BESIDE_MAIN)].isna().all(axis=None)


def test_facts_count_comparisons_by_their_main_estimate(data):
    facts = t04.facts(data)
    assert (facts["estimates"], facts["comparisons"], facts["passed"]) == (4, 3, 1)
    assert facts["estimates"] + facts["without"] == len(data)
    assert (facts["first"], facts["last"]) == (1, 3)
    for code in ("id", "en"):
        for message in (t04.TITLE, t04.CAPTION, t04.ALT):
            assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(facts)
            assert "{" not in Language(code).fill(message, facts)


def test_a_missing_estimate_is_blank(data):
    cells = shown_rows(data, t04.COLUMNS, Language("en"))
    place = [column.name for column in t04.COLUMNS].index("estimate")
    assert [row[place] for row in cells] == ["0.010", "0.020", "0.020", "−3.000", ""]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (effect_words.DESIGNS, results_effects.DESIGNS),
        (effect_words.OUTCOMES, results_effects.OUTCOMES),
        (effect_words.ESTIMATORS, results_effects.ESTIMATORS),
    ],
)
def test_every_code_of_the_contract_has_words(words, codes):
    assert set(words) == set(codes)
    translated = [Language("id")(text) != text for text in words.values()]
    assert sum(translated) == len(words)


def test_every_check_that_counts_has_words_for_its_failure():
    shown = {
        "pre_period_wald",
        "pre_period_regression",
        "forbidden_weight",
        "honest_breakdown",
        "honest_smoothness",
        "two_way_exchange",
        "family_romano_wolf",
        "family_holm",
        "prior_difference",
        "donors_span_levels",
        "rank",
        "placebo_in_time",
        "weeks_before",
        "without_donor",
        "by_weeks",
        "without_doubtful_days",
        "placebos_without_treated",
    }
    assert set(effect_words.CHECKS) == set(results_effects.CHECKS) - shown
    for check in effect_words.CHECKS:
        assert effect_words.failed(check, Language("en")) == effect_words.CHECKS[check]
        assert effect_words.failed(f"{check}_28", Language("en")) == effect_words.CHECKS[check]


def test_an_area_has_the_designs_that_it_is_in(effects):
    choices = CHOICES | {"area": {"designs": ["first_ppkm", "akb_westjava"]}}
    found = t04.prepare(effects, choices)
    assert found["design"].tolist() == ["first_ppkm"] * 3
    assert t04.facts(found)["comparisons"] == 1
