"""Agreement: Krippendorff's worked examples, sums over pairs, what alpha and kappa promise."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gotong import agreement


def coders(*rows):
    """Return codes by unit and coder from a text per coder; a dot where none was given."""
    return np.array(
        [[-1 if mark == "." else ord(mark) - ord("0") for mark in row] for row in rows]
    ).T


def letters(*rows):
    return np.array([[ord(mark) - ord("a") for mark in row] for row in rows]).T


# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, parts A, B and C.
MEG_AND_OWEN = coders("0100000010", "1110010000")
BEN_AND_GERRY = letters("aabbdcccedda", "babbbccceddd")
FOUR_OBSERVERS = coders("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def brute_alpha(codes):
    """Return alpha by listing every ordered pair of values inside units and over all."""
    units = [[value for value in unit if value >= 0] for unit in codes.tolist()]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    observed = sum(
        (one != other) / (len(unit) - 1) for unit in units for one, other in permutations(unit, 2)
    ) / len(values)
    pairs = list(permutations(values, 2))
    return 1 - observed / (sum(one != other for one, other in pairs) / len(pairs))


@pytest.mark.parametrize(
    ("codes", "published"),
    [(MEG_AND_OWEN, 0.095), (BEN_AND_GERRY, 0.692), (FOUR_OBSERVERS, 0.743)],
    ids=["binary", "nominal", "missing"],
)
def test_alpha_of_the_published_examples(codes, published):
    assert round(agreement.krippendorff_alpha(codes), 3) == published


CODES = st.integers(-1, 3)


@st.composite
def codings(draw, least=2, most=4):
    units, number = draw(st.integers(1, 9)), draw(st.integers(least, most))
    return draw(arrays("int64", (units, number), elements=CODES))


@given(codings())
def test_alpha_is_that_of_all_pairs(codes):
    pairable = codes[(codes >= 0).sum(axis=1) > 1]
    varied = len(np.unique(pairable[pairable >= 0])) > 1
    found = agreement.krippendorff_alpha(codes)
    if varied:
        assert found == pytest.approx(brute_alpha(codes), abs=1e-12)
        assert -1 <= found <= 1
    else:
        assert np.isnan(found)


@given(codings(), st.permutations(range(4)), st.randoms(use_true_random=False))
def test_neither_names_nor_order_nor_units_of_one_value_matter(codes, names, random):
    renamed = np.where(codes >= 0, np.array(names)[codes], -1)
    order = list(range(codes.shape[1]))
    random.shuffle(order)
    alone = np.full((1, codes.shape[1]), -1)
    alone[0, 0] = 2
    other = np.concatenate([alone, renamed[::-1][:, order]])
    assert agreement.krippendorff_alpha(other) == pytest.approx(
        agreement.krippendorff_alpha(codes), nan_ok=True, abs=1e-12
    )


@given(codings())
def test_alpha_is_the_weighted_mean_of_those_by_category(codes):
    each = agreement.alpha_by_category(codes)
    pairable = codes[(codes >= 0).sum(axis=1) > 1]
    given_values = np.bincount(pairable[pairable >= 0], minlength=codes.max() + 1)
    weights = given_values * (given_values.sum() - given_values)
    whole = agreement.krippendorff_alpha(codes)
    if np.isnan(whole):
        assert np.isnan(each).all()
    else:
        known = weights > 0
        assert (np.isnan(each) == ~known).all()
        assert np.average(each[known], weights=weights[known]) == pytest.approx(whole, abs=1e-12)


def test_alpha_of_a_category_is_that_of_the_category_against_the_rest():
    each = agreement.alpha_by_category(FOUR_OBSERVERS)
    for code in range(1, 6):
        against = np.where(FOUR_OBSERVERS < 0, -1, np.equal(FOUR_OBSERVERS, code))
        assert each[code] == pytest.approx(brute_alpha(against))
    assert np.isnan(each[0])
    assert each[5] == 1


def test_perfect_agreement_and_the_opposite():
    same = coders("01201", "01201", "01201")
    assert agreement.krippendorff_alpha(same) == 1
    # Two coders who never agree, by closed form: 1 - (n - 1) n_d / (2 n_0 n_1), n = 8 values.
    opposed = coders("0101", "1010")
    assert agreement.krippendorff_alpha(opposed) == pytest.approx(1 - 7 * 4 / (4 * 4))
    assert np.isnan(agreement.krippendorff_alpha(coders("000", "000")))


def test_kappa_by_hand():
    # 50 units: both yes 20, first yes only 5, second yes only 10, both no 15.
    codes = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [20, 5, 10, 15], axis=0)
    assert agreement.cohen_kappa(codes) == pytest.approx((0.7 - 0.5) / 0.5)
    more = np.concatenate([codes, [[1, -1], [-1, 0], [-1, -1]]])
    assert agreement.cohen_kappa(more) == agreement.cohen_kappa(codes)


@given(codings(2, 2))
def test_kappa_is_that_of_counting(codes):
    both = [(one, other) for one, other in codes.tolist() if min(one, other) >= 0]
    found = agreement.cohen_kappa(codes)
    if not both:
        assert np.isnan(found)
        return
    agreed = sum(one == other for one, other in both) / len(both)
    chance = sum(one == other for one, _ in both for _, other in both) / len(both) ** 2
    expected = (agreed - chance) / (1 - chance) if chance < 1 else np.nan
    assert found == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_alpha_is_close_to_kappa_for_many_units_coded_alike():
    # With equal margins they differ by the correction for few values: (1 - kappa) / n.
    codes = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [40, 10, 10, 40], axis=0)
    kappa, alpha = agreement.cohen_kappa(codes), agreement.krippendorff_alpha(codes)
    assert alpha - kappa == pytest.approx((1 - kappa) / 200)


def test_the_bootstrap_resamples_units():
    found = agreement.bootstrap_alpha(FOUR_OBSERVERS, np.random.default_rng(2), 4_000, 0.8)
    rng = np.random.default_rng(3)
    pairable = FOUR_OBSERVERS[(FOUR_OBSERVERS >= 0).sum(axis=1) > 1]
    drawn = [brute_alpha(pairable[rng.integers(len(pairable), size=11)]) for _ in range(1_500)]
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=0.03)
    assert round(found.estimate, 3) == 0.743


def test_the_bootstrap_of_kappa_resamples_units():
    found = agreement.bootstrap_kappa(BEN_AND_GERRY, np.random.default_rng(2), 4_000, 0.8)
    rng = np.random.default_rng(3)
    drawn = [agreement.cohen_kappa(BEN_AND_GERRY[rng.integers(12, size=12)]) for _ in range(4_000)]
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=0.03)
    assert found.estimate == agreement.cohen_kappa(BEN_AND_GERRY)


def test_the_interval_of_alpha_covers_the_truth_about_as_often_as_it_says():
    # Each coder reads the true one of three classes with chance 0.8, else any of the three:
    # two agree with chance 0.64 beyond agreement by luck, which is alpha in the long run.
    rng = np.random.default_rng(11)
    covered = 0
    for _ in range(300):
        truth = rng.integers(3, size=(100, 1))
        codes = np.where(rng.random((100, 2)) < 0.8, truth, rng.integers(3, size=(100, 2)))
        interval = agreement.bootstrap_alpha(codes, rng, 400)
        covered += interval.low <= 0.64 <= interval.high
    assert 0.91 <= covered / 300 <= 0.98


def test_resamples_of_one_value_only_are_counted():
    codes = coders("0001", "0001")
    found = agreement.bootstrap_alpha(codes, np.random.default_rng(1), 2_000)
    # None or all four draws hit the last unit: (3/4)^4 + (1/4)^4 of the resamples.
    assert found.undefined / 2_000 == pytest.approx(82 / 256, abs=0.03)
    assert (found.low, found.high) == (1, 1)


def test_intervals_repeat_with_their_seed():
    for function in (agreement.bootstrap_alpha, agreement.bootstrap_kappa):
        first = function(BEN_AND_GERRY, np.random.default_rng(9), 200)
        assert first == function(BEN_AND_GERRY, np.random.default_rng(9), 200)
        assert first != function(BEN_AND_GERRY, np.random.default_rng(8), 200)


@pytest.mark.parametrize(
    "codes", [[0, 1], [[0.0, 1.0]], [[0, -2]], [["a", "b"]]], ids=["flat", "real", "low", "text"]
)
def test_what_are_no_codes_is_refused(codes):
    with pytest.raises(ValueError, match="codes are whole numbers"):
        agreement.krippendorff_alpha(codes)


def test_too_few_codings_are_refused():
    with pytest.raises(ValueError, match="two coders"):
        agreement.cohen_kappa(FOUR_OBSERVERS)
    for function in (agreement.bootstrap_alpha, agreement.bootstrap_kappa):
        with pytest.raises(ValueError, match="coded twice"):
            function(coders("0.", ".1"), np.random.default_rng(1))


def test_codes_are_taken_from_a_table_of_codings():
    table = pd.DataFrame(
        {
            "measure_id": ["CM002", "CM001", "CM001", "CM002", "CM001", "CM002"],
            "coder": ["a", "a", "b", "b", "first", "first"],
            "act": ["rule", "action", "action", "", "", None],
        }
    ).astype("str")
    codes, categories, names = agreement.code_matrix(table, "act")
    assert categories == ["action", "rule"]
    assert names == ["a", "b"]
    assert codes.tolist() == [[0, 0], [1, -1]]
    twice = pd.concat([table, table.iloc[:1]])
    with pytest.raises(ValueError, match="once"):
        agreement.code_matrix(twice, "act")
