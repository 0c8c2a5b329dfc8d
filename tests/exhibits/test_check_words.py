"""Failed checks in words: every code that a design can give has some.

Those of the designs of effects are held against their contract in ``test_t04_effects``.
"""

import numpy as np
import pandas as pd

from gotong.analyses import dose_evidence
from gotong.analyses.dose_response import FLAGGED, MAIN_SAMPLE, REGRESSORS, SUM, UNITS
from gotong.config import Dose
from gotong.exhibits.check_words import CHECK, checks_in_words
from gotong.i18n import Language


def of_dose(choices):
    """Return the codes of a regression that fails all of its checks."""
    samples = {MAIN_SAMPLE: 1.0, "without_3171": -1.0, "without_dki": -1.0}
    samples[f"without_{FLAGGED}"] = np.nan
    rows = [
        *((SUM, sample, estimate, 0.5, 0.0) for sample, estimate in samples.items()),
        ("lead_1", MAIN_SAMPLE, 1.0, 0.0, np.nan),
    ]
    response = pd.DataFrame(rows, columns=["term", "sample", "estimate", "p", "leads_p"])
    names = list(REGRESSORS)
    response = response.assign(clusters=UNITS).merge(
        pd.Series(names, name="regressor"), how="cross"
    )
    contrasts = pd.DataFrame({"sample": MAIN_SAMPLE, "regressor": names, "share_left": 0.0})
    dose = Dose.model_validate(choices["dose"])
    failed = dose_evidence.failed_checks(response, contrasts, dose)
    return {code for codes in failed.values() for code in codes}


def test_every_code_has_a_word(results, choices):
    dose = of_dose(choices)
    assert len(dose) == 5
    codes = dose | {"not_checked"} | set(results["factor_checks"]["check"])
    failed = results["evidence_outcomes"]["failed_checks"]
    codes |= {code for each in failed for code in each.split()}
    for code in codes:
        words = checks_in_words(code, Language("en"))
        assert words, code
        assert "_" not in words
        assert checks_in_words(code, Language("id")) != words


def test_a_check_of_several_cases_is_named_once():
    said = checks_in_words("placebo_date_28 leads placebo_date_3", Language("en"))
    assert said == "an effect at a pretended date; leads are not quiet"


def test_no_failed_check_says_nothing():
    assert checks_in_words("", Language("id")) == ""


def test_no_two_checks_have_the_same_words():
    assert len(set(CHECK.values())) == len(CHECK)


def test_a_code_without_words_is_shown_as_it_is():
    """None is, by the test above; a spoilt table is shown all the same."""
    assert checks_in_words("{0} pre_period", Language("en")) == "{0}; effects before the rule"
