"""Partners: known distances, all permutations, how a matching depends on its weights."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gotong import partners


def test_distances_along_a_quarter_and_a_half_of_the_earth():
    # The pole, the equator at two meridians, and the antipode of the first of them.
    apart = partners.great_circle([90, 0, 0, 0], [0, 0, 90, 180])
    quarter = np.pi / 2 * 6371.0088
    assert apart[0, 1:] == pytest.approx([quarter] * 3)
    assert apart[1, 2:] == pytest.approx([quarter, 2 * quarter])
    assert (apart == apart.T).all()
    assert not np.diag(apart).any()


def test_short_distances_keep_their_digits():
    # A second of arc on the equator, and a hundredth of a millimetre.
    second = partners.great_circle([0, 0], [106, 106 + 1 / 3600])[0, 1]
    assert second == pytest.approx(6371.0088 * np.pi / 180 / 3600, rel=1e-8)
    tiny = partners.great_circle([-6, -6 + 1e-10], [106, 106])[0, 1]
    assert tiny == pytest.approx(6371.0088 * np.pi / 180 * 1e-10, rel=1e-4)


@given(arrays("float64", (6, 2), elements=st.floats(-90, 90)))
def test_distances_agree_with_the_angle_between_unit_vectors(points):
    phi, lam = np.radians(points.T)
    vectors = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    angle = np.arccos(np.clip(vectors.T @ vectors, -1, 1))
    found = partners.great_circle(*points.T)
    assert found == pytest.approx(6371.0088 * angle, abs=0.5)
    assert found[0, 2] <= found[0, 1] + found[1, 2] + 1e-6


@pytest.mark.parametrize("latitude", [[0, 91], [0, np.nan], [0, 0, 0]])
def test_coordinates_on_no_earth_are_refused(latitude):
    with pytest.raises(ValueError, match="latitudes"):
        partners.great_circle(latitude, [106, 107])


def test_the_surplus_is_measured_from_the_average_rate():
    # 40 beds for 20 persons: two each.
    found = partners.surplus_over_average([30, 10, 0], [5, 10, 5])
    assert found.tolist() == [20, -10, -10]
    with pytest.raises(ValueError, match="population"):
        partners.surplus_over_average([30, 10], [5, 0])


SURPLUS, NEED = np.array([10.0, 4.0]), np.array([8.0, 2.0, 5.0])
DISTANCE = np.array([[10.0, 20, 40], [5, 5, 0]])


def test_the_cost_of_pairs_by_hand():
    met = np.array([[8, 2, 5], [4, 2, 4]])
    first, second, third = partners.pairing_cost(SURPLUS, NEED, DISTANCE, np.eye(3))
    assert first == pytest.approx(np.array([[0, 0, 0], [0.6, 0.6, 0.6]]))
    assert second == pytest.approx(1 - met / 8)
    assert third == pytest.approx(DISTANCE / 40)
    mixed = partners.pairing_cost(SURPLUS, NEED, DISTANCE, [0.2, 0.3, 0.5])
    assert mixed == pytest.approx(0.2 * first + 0.3 * second + 0.5 * third)


def test_neighbours_at_no_distance_cost_no_travel():
    assert not partners.pairing_cost([1], [1], [[0]], [0, 0, 1]).any()


@pytest.mark.parametrize(
    ("surplus", "need", "distance", "weights", "message"),
    [
        (SURPLUS, NEED, DISTANCE.T, [1, 0, 0], "do not fit"),
        (-SURPLUS, NEED, DISTANCE, [1, 0, 0], "above 0"),
        (SURPLUS, NEED * 0, DISTANCE, [1, 0, 0], "above 0"),
        (SURPLUS, NEED, DISTANCE * np.nan, [1, 0, 0], "above 0"),
        (SURPLUS, NEED, DISTANCE, [0.5, 0.5], "weights must be of"),
        (SURPLUS, NEED, DISTANCE, [1.5, -0.5, 0], "none negative"),
        (SURPLUS, NEED, DISTANCE, [0.5, 0.5, 0.5], "sum to 1"),
    ],
)
def test_what_cannot_be_paired_is_refused(surplus, need, distance, weights, message):
    with pytest.raises(ValueError, match=message):
        partners.pairing_cost(surplus, need, distance, weights)


def cheapest(cost):
    """Return the least total cost over all matchings."""
    cost = cost if cost.shape[0] <= cost.shape[1] else cost.T
    helpers = range(cost.shape[0])
    return min(
        sum(cost[helper, helped] for helper, helped in zip(helpers, order, strict=True))
        for order in permutations(range(cost.shape[1]), cost.shape[0])
    )


@given(st.integers(1, 4), st.integers(1, 5), st.data())
def test_no_permutation_is_cheaper_than_the_matching(helpers, helped, data):
    costs = st.floats(0, 10) | st.integers(0, 3).map(float)
    cost = data.draw(arrays("float64", (helpers, helped), elements=costs))
    pairs = partners.match(cost)
    assert len(pairs) == min(helpers, helped)
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    assert cost[tuple(pairs.T)].sum() == pytest.approx(cheapest(cost), abs=1e-12)


def test_a_pair_without_a_cost_is_refused():
    with pytest.raises(ValueError, match="cost"):
        partners.match([[1, np.nan]])


def test_pairs_do_not_depend_on_weights_where_only_distance_differs():
    grid = partners.weight_grid(4)
    shares = partners.pair_shares([5, 5], [5, 5], [[3, 1], [1, 3]], grid[grid[:, 2] > 0])
    assert shares.tolist() == [[0, 1], [1, 0]]


def test_a_pair_changes_where_distance_outweighs_need():
    # One helper, two regions: the needier one is farther. Need met 4 of 4 against 2 of 4
    # (half a point), distance 1 against 1/4 (three quarters): distance decides from 0.4 on.
    weights = np.column_stack([np.zeros(101), 1 - np.arange(101) / 100, np.arange(101) / 100])
    shares = partners.pair_shares([4], [4, 2], [[8, 2]], weights)
    assert shares[0, 1] == pytest.approx(0.6, abs=0.011)
    assert shares.sum() == pytest.approx(1)


def test_the_grid_holds_every_mixture_once():
    grid = partners.weight_grid(4)
    assert len(grid) == 15
    assert len({tuple(row) for row in grid}) == 15
    assert grid.sum(axis=1) == pytest.approx(np.ones(15))
    assert {tuple(row) for row in np.eye(3)} <= {tuple(row) for row in grid}
    with pytest.raises(ValueError, match="one step"):
        partners.weight_grid(0)


def test_drawn_weights_are_even_over_mixtures_and_repeat_with_their_seed():
    weights = partners.dirichlet_weights(np.random.default_rng(1), 20_000)
    assert weights.sum(axis=1) == pytest.approx(np.ones(20_000))
    # Even over the triangle: the chance that the first weight exceeds x is (1 - x) squared.
    assert (weights[:, 0] > 0.5).mean() == pytest.approx(0.25, abs=0.01)
    again = partners.dirichlet_weights(np.random.default_rng(1), 20_000)
    assert (weights == again).all()


@given(st.integers(0, 1000))
def test_the_shares_count_the_pairs_of_every_draw(seed):
    rng = np.random.default_rng(seed)
    surplus, need = rng.uniform(1, 9, 3), rng.uniform(1, 9, 4)
    distance = rng.uniform(0, 50, (3, 4))
    weights = partners.dirichlet_weights(rng, 20)
    shares = partners.pair_shares(surplus, need, distance, weights)
    by_hand = np.zeros((3, 4))
    for weight in weights:
        for pair in partners.match(partners.pairing_cost(surplus, need, distance, weight)):
            by_hand[tuple(pair)] += 1 / 20
    assert shares == pytest.approx(by_hand)
    assert shares.sum(axis=1) == pytest.approx(np.ones(3))


def test_no_weights_are_refused():
    with pytest.raises(ValueError, match="one mixture"):
        partners.pair_shares(SURPLUS, NEED, DISTANCE, np.zeros((0, 3)))
