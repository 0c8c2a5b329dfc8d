"""Inequality: published numbers, double sums, the axioms that the measures are chosen for."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import norm as normal
from scipy.stats import t as student

from gotong import inequality

ONE_TO_FOUR = [1, 2, 3, 4]
EVEN = [1, 1, 1, 1]
INDICES = {"gini": inequality.gini, "theil": inequality.theil}


def brute_gini(values, population):
    """Return the coefficient as a sum over all pairs of regions."""
    total = mass = 0.0
    for value, weight in zip(values, population, strict=True):
        mass += value * weight
        for other, other_weight in zip(values, population, strict=True):
            total += weight * other_weight * abs(value - other)
    return total / (2 * sum(population) * mass)


def brute_theil(values, population):
    mean = np.dot(values, population) / sum(population)
    terms = [
        weight * value / mean * np.log(value / mean)
        for value, weight in zip(values, population, strict=True)
        if value
    ]
    return sum(terms) / sum(population)


AMOUNTS = st.sampled_from([0.0, 1.0, 1.0, 2.5, 7.0]) | st.floats(0.01, 1e6)
PEOPLE = st.integers(1, 6_000_000).map(float)


@st.composite
def situations(draw, least=2):
    count = draw(st.integers(least, 12))
    values = draw(st.lists(AMOUNTS, min_size=count, max_size=count))
    population = draw(st.lists(PEOPLE, min_size=count, max_size=count))
    assume(any(values))
    return np.array(values), np.array(population)


def test_the_numbers_of_libpysal():
    assert inequality.gini(ONE_TO_FOUR, EVEN) == pytest.approx(0.25, abs=1e-15)
    assert inequality.theil(ONE_TO_FOUR, EVEN) == pytest.approx(0.1064401353, abs=1e-10)


def test_two_regions_by_hand():
    # A quarter of the people have half: the Lorenz curve bends once, at (3/4, 1/2).
    values, population = [6, 2], [1, 3]
    assert inequality.gini(values, population) == pytest.approx(0.25)
    by_hand = 0.5 * np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.75)
    assert inequality.theil(values, population) == pytest.approx(by_hand)
    people, held = inequality.lorenz(values, population)
    assert people.tolist() == [0, 0.75, 1]
    assert held.tolist() == [0, 0.5, 1]


def test_one_region_with_everything_is_the_most_unequal():
    assert inequality.gini([0, 0, 0, 5], EVEN) == pytest.approx(0.75)
    assert inequality.theil([0, 0, 0, 5], EVEN) == pytest.approx(np.log(4))


@given(situations())
def test_the_indices_are_those_of_double_sums(situation):
    assert inequality.gini(*situation) == pytest.approx(brute_gini(*situation), abs=1e-12)
    assert inequality.theil(*situation) == pytest.approx(brute_theil(*situation), abs=1e-12)


@given(situations(), st.sampled_from([1e-9, 0.3, 1000.0, 1e12]))
def test_neither_the_unit_nor_the_size_of_the_whole_matters(situation, factor):
    values, population = situation
    for index in INDICES.values():
        found = index(values, population)
        assert index(values * factor, population) == pytest.approx(found, abs=1e-12)
        assert index(values, population * factor) == pytest.approx(found, abs=1e-12)


@given(situations(), st.integers(2, 4), st.randoms(use_true_random=False))
def test_neither_copies_nor_the_order_of_regions_matter(situation, copies, random):
    values, population = (np.tile(array, copies) for array in situation)
    order = list(range(len(values)))
    random.shuffle(order)
    for index in INDICES.values():
        found = index(values[order], population[order])
        assert found == pytest.approx(index(*situation), abs=1e-12)


@given(situations())
def test_a_region_cut_in_two_alike_changes_nothing(situation):
    values, population = situation
    halves = np.append(population, population[0] * 0.3)
    halves[0] *= 0.7
    for index in INDICES.values():
        assert index(np.append(values, values[0]), halves) == pytest.approx(
            index(values, population), abs=1e-12
        )


@given(st.lists(st.floats(1, 100), min_size=3, max_size=10), PEOPLE, PEOPLE, st.floats(0.05, 0.9))
def test_a_transfer_from_richer_to_poorer_lessens_inequality(others, rich, poor, part):
    values = np.array([300.0, 120.0, *others])
    population = np.array([rich, poor, *np.full(len(others), 1e5)])
    # People together stay as rich, and the order of the two is kept.
    amount = part * (300.0 - 120.0) / (1 / rich + 1 / poor)
    after = values + np.array([-amount / rich, amount / poor, *np.zeros(len(others))])
    for index in INDICES.values():
        assert index(after, population) < index(values, population)


@given(situations())
def test_equal_regions_are_exactly_equal(situation):
    _, population = situation
    flat = np.full(len(population), 3.7)
    assert inequality.gini(flat, population) == pytest.approx(0, abs=1e-14)
    assert inequality.theil(flat, population) == pytest.approx(0, abs=1e-14)
    assert min(INDICES[name](flat, population) for name in INDICES) >= 0


@given(situations(), st.data())
def test_the_parts_of_theil_sum_to_the_whole(situation, data):
    values, population = situation
    labels = st.sampled_from(["31", "32", "36"])
    groups = np.array(data.draw(st.lists(labels, min_size=len(values), max_size=len(values))))
    found = inequality.decompose(values, population, groups)
    assert found.total == inequality.theil(values, population)
    assert found.between + found.within == pytest.approx(found.total, abs=1e-12)
    table = found.groups
    assert table["between"].sum() == pytest.approx(found.between, abs=1e-12)
    assert table["within"].sum() == pytest.approx(found.within, abs=1e-12)
    assert table["group"].tolist() == sorted(set(groups))
    means = []
    for row in table.itertuples():
        inside = groups == row.group
        means.append(np.average(values[inside], weights=population[inside]))
        if values[inside].any():
            by_itself = inequality.theil(values[inside], population[inside])
            assert row.theil == pytest.approx(by_itself, abs=1e-12)
        else:
            assert np.isnan(row.theil)
            assert row.within == 0
    people = [population[groups == group].sum() for group in table["group"]]
    assert found.between == pytest.approx(brute_theil(means, people), abs=1e-12)


def test_decomposition_by_hand():
    found = inequality.decompose([1, 3, 4, 8], EVEN, ["a", "a", "b", "b"])
    between = 0.25 * np.log(0.25 / 0.5) + 0.75 * np.log(0.75 / 0.5)
    first = 0.25 * np.log(0.25 / 0.5) + 0.75 * np.log(0.75 / 0.5)
    second = 1 / 3 * np.log(2 / 3) + 2 / 3 * np.log(4 / 3)
    assert found.between == pytest.approx(between)
    assert found.groups["theil"].tolist() == pytest.approx([first, second])
    assert found.groups["within"].tolist() == pytest.approx([first / 4, second * 3 / 4])
    assert found.groups["value_share"].tolist() == pytest.approx([0.25, 0.75])


@given(situations())
def test_the_lorenz_curve_bends_upwards_and_holds_the_coefficient(situation):
    values, population = situation
    people, held = inequality.lorenz(values, population)
    assert people[[0, -1]].tolist() == held[[0, -1]].tolist() == [0, 1]
    assert (np.diff(people) > 0).all()
    slopes = np.diff(held) / np.diff(people)
    assert (np.diff(slopes) >= -1e-6 * slopes.max()).all()
    area = np.trapezoid(held, people)
    assert 1 - 2 * area == pytest.approx(inequality.gini(values, population), abs=1e-12)


@pytest.mark.parametrize("measure", ["gini", "theil"])
def test_the_jackknife_is_that_of_leaving_out_each_region_by_hand(measure):
    values, population = np.array([1.0, 5, 2, 9]), np.array([3.0, 1, 4, 2])
    index = INDICES[measure]
    without = [index(np.delete(values, i), np.delete(population, i)) for i in range(4)]
    moved = [(value - np.mean(without)) ** 2 for value in without]
    error = np.sqrt(3 / 4 * sum(moved))
    freedom = sum(moved) ** 2 / sum(each**2 for each in moved)
    centre = max(index(values, population), 4 * index(values, population) - 3 * np.mean(without))
    found = inequality.jackknife_interval(measure, values, population)
    assert found.estimate == index(values, population)
    half = student.ppf(0.975, freedom) * error / centre
    assert np.log(found.low) == pytest.approx(np.log(centre) - half)
    high = np.log(centre) + half
    assert np.log(found.high) == pytest.approx(min(high, 0) if measure == "gini" else high)


def test_the_jackknife_corrects_no_bias_downwards():
    values, population = [1.0, 5, 9, 3], [2.0, 4, 1, 1]
    index = INDICES["theil"]
    without = [index(np.delete(values, i), np.delete(population, i)) for i in range(4)]
    found = inequality.jackknife_interval("theil", values, population)
    assert 4 * found.estimate - 3 * np.mean(without) < 0.9 * found.estimate
    assert np.sqrt(found.low * found.high) == pytest.approx(found.estimate)


@pytest.mark.parametrize("measure", ["gini", "theil"])
def test_the_jackknife_of_equal_regions_has_no_width(measure):
    found = inequality.jackknife_interval(measure, [3.0, 3, 3, 3], [1, 2, 3, 4])
    assert found.low == found.high == found.estimate == pytest.approx(0, abs=1e-15)


def test_the_jackknife_of_many_regions_is_that_of_the_normal_distribution():
    rng = np.random.default_rng(4)
    values, population = rng.lognormal(0, 0.3, 2_000), rng.lognormal(0, 0.3, 2_000)
    found = inequality.jackknife_interval("gini", values, population)
    index = INDICES["gini"]
    error = found.estimate * np.log(found.high / found.low) / 2 / 1.96
    halves = [index(values[i::10], population[i::10]) for i in range(10)]
    # The spread of tenths, over the root of ten, is another way to the same error.
    assert error == pytest.approx(np.std(halves, ddof=1) / np.sqrt(10), rel=0.5)
    truth = 2 * normal.cdf(0.3 / np.sqrt(2)) - 1
    assert found.low < truth < found.high


@pytest.mark.parametrize(("regions", "sigma"), [(14, 0.5), (14, 1.0)])
def test_the_jackknife_holds_the_truth_as_often_as_promised(regions, sigma):
    rng = np.random.default_rng(regions)
    truth = 2 * normal.cdf(sigma / np.sqrt(2)) - 1
    inside = []
    for _ in range(400):
        values = rng.lognormal(0, sigma, regions)
        population = rng.lognormal(14, 0.8, regions)
        found = inequality.jackknife_interval("gini", values, population)
        inside.append(found.low <= truth <= found.high)
    # Three standard errors of a share of 0.95 in 400 are 0.033.
    assert np.mean(inside) > 0.917


def test_the_jackknife_has_no_bounds_where_one_region_has_everything():
    found = inequality.jackknife_interval("gini", [0, 0, 5], [1, 1, 1])
    assert found.estimate == pytest.approx(2 / 3)
    assert np.isnan([found.low, found.high]).all()
    assert found.undefined == 1


@pytest.mark.parametrize("measure", ["gini", "theil"])
def test_the_bootstrap_is_that_of_drawing_regions(measure):
    values, population = np.array([1.0, 5, 2, 9, 0]), np.array([3.0, 1, 4, 2, 2])
    found = inequality.bootstrap_interval(
        measure, values, population, np.random.default_rng(5), draws=4_000, confidence=0.8
    )
    rng = np.random.default_rng(6)
    drawn = []
    for _ in range(4_000):
        chosen = rng.integers(5, size=5)
        if values[chosen].any():
            drawn.append(INDICES[measure](values[chosen], population[chosen]))
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=0.02)
    # All five draws hit the region with nothing: once in 3,125.
    assert 0 <= found.undefined <= 8


def test_the_bootstrap_repeats_with_its_seed():
    def interval(seed):
        rng = np.random.default_rng(seed)
        values, population = [1, 2, 6, 9, 4, 7], [1, 1, 2, 3, 5, 1]
        return inequality.bootstrap_interval("theil", values, population, rng, draws=50)

    assert interval(3) == interval(3)
    assert interval(3) != interval(4)


@pytest.mark.parametrize(
    ("values", "population", "message"),
    [
        ([1, 2], [1], "do not fit"),
        ([], [], "do not fit"),
        ([1, np.nan], [1, 1], "must be known"),
        ([1, -1], [1, 1], "must be known"),
        ([1, 2], [1, 0], "population above 0"),
        ([1, 2], [1, np.nan], "population above 0"),
        ([0, 0], [1, 1], "nothing to share"),
    ],
)
def test_what_cannot_be_measured_is_refused(values, population, message):
    for measure in (inequality.gini, inequality.theil, inequality.lorenz):
        with pytest.raises(ValueError, match=message):
            measure(values, population)


def test_groups_and_regions_that_do_not_suffice_are_refused():
    with pytest.raises(ValueError, match="one group"):
        inequality.decompose([1, 2], [1, 1], ["a"])
    with pytest.raises(ValueError, match="three regions"):
        inequality.jackknife_interval("gini", [1, 2], [1, 1])
