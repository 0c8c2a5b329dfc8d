"""Intervals: published examples, defining equations, what has no value."""

import re
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from gotong import intervals
from gotong.intervals import CONFIDENCE, NORMAL, QUANTILES


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_score_interval_of_published_examples(successes, trials, low, high):
    found = intervals.wilson(successes, trials)
    assert [value.round(4) for value in found] == [low, high]


@given(st.integers(1, 500), st.data(), st.floats(0.5, 0.999))
def test_the_score_interval_ends_where_the_score_test_rejects(trials, data, confidence):
    successes = data.draw(st.integers(1, trials)) if trials > 1 else 1
    low, high = intervals.wilson(successes, trials, confidence)
    share = successes / trials
    z = norm.ppf((1 + confidence) / 2)
    assert low < share <= high
    assert share - low == pytest.approx(z * np.sqrt(low * (1 - low) / trials), rel=1e-6)
    if successes < trials:
        assert high - share == pytest.approx(z * np.sqrt(high * (1 - high) / trials), rel=1e-6)


def test_the_score_interval_of_none_and_of_all_reaches_the_end_exactly():
    low, high = intervals.wilson([0, 7, 0], [7, 7, 0])
    assert low.tolist()[::2] == [0, 0]
    assert high.tolist()[1:] == [1, 1]
    assert low[1] == pytest.approx(1 - high[0])


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 2), (0.5, 2), (np.nan, 2)])
def test_what_is_no_count_is_refused(successes, trials):
    with pytest.raises(ValueError, match="whole numbers"):
        intervals.wilson(successes, trials)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_what_is_no_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        intervals.wilson(1, 2, confidence)
    with pytest.raises(ValueError, match="confidence"):
        intervals.percentile_interval(1, [1, 2], confidence)


def test_draws_without_a_value_are_left_out_and_counted():
    draws = [*range(101), np.nan, np.nan]
    found = intervals.percentile_interval(50, draws, 0.9)
    assert [found.estimate, found.low, found.high] == pytest.approx([50, 5, 95])
    assert found.undefined == 2
    nothing = intervals.percentile_interval(50, [np.nan, np.nan])
    assert np.isnan([nothing.low, nothing.high]).all()
    assert nothing.undefined == 2
    with pytest.raises(ValueError, match="draws"):
        intervals.percentile_interval(50, [])


def test_bounds_name_the_sources_that_give_them():
    # Beds of DKI by three publishers.
    found = intervals.bounds({"sirs": 23_660, "satgas": 24_313, "rs_online": 18_554})
    assert found == intervals.Bounds(18_554, 24_313, "rs_online", "satgas")
    assert intervals.bounds({"b": 1, "a": 1}).low_source == "b"


@pytest.mark.parametrize("values", [{}, {"a": 1.0, "b": np.nan}])
def test_bounds_need_a_value_from_each_source(values):
    with pytest.raises(ValueError, match="from each source"):
        intervals.bounds(values)


def test_one_level_gives_the_quantile_of_the_normal_and_the_ends_of_draws():
    assert pytest.approx(NormalDist().inv_cdf(0.975), rel=1e-12) == NORMAL
    assert CONFIDENCE == 0.95
    assert list(QUANTILES) == [0.025, 0.5, 0.975]
    assert QUANTILES[-1] - QUANTILES[0] == pytest.approx(CONFIDENCE)


def test_the_level_stands_in_one_place(project):
    library = project / "workflow/gotong"
    spelled = re.compile(r"1\.9[56]\d|0\.975|: float = 0\.95\b|= 0\.95\n")
    found = [path.name for path in library.rglob("*.py") if spelled.search(path.read_text("utf-8"))]
    # Validation tries other levels beside it.
    assert sorted(set(found) - {"epidemic_methods.py"}) == ["intervals.py"]
