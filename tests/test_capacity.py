"""Pooled capacity: by hand, against closed forms, a maximum flow and single patients in beds."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from gotong import capacity

LINE = np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0))) * 10
BESIDE = LINE == 10
"""Three regions in a row, 10 km apart."""


def treat(demand, beds, way, distance=LINE, adjacency=BESIDE):
    """Return the treatment of one day."""
    days = np.array(demand, dtype="float64")[:, None]
    return capacity.treat(days, beds, distance, capacity.exchanges(adjacency)[way])


def test_three_regions_by_hand():
    # The first lacks 6 beds; its neighbour has 2 free, the far one 3.
    demand, beds = [10, 3, 1], [4, 5, 4]
    alone = treat(demand, beds, "alone")
    assert alone.unmet[:, 0].tolist() == [6, 0, 0]
    assert alone.patient_kilometres.tolist() == [0]
    # Patients of the middle move on to make room: 5 of the first are treated next door.
    neighbours = treat(demand, beds, "neighbours")
    assert neighbours.unmet.sum() == pytest.approx(1)
    assert neighbours.patient_kilometres == pytest.approx([5 * 10 + 3 * 10])
    pooled = treat(demand, beds, "pooled")
    assert pooled.unmet.sum() == pytest.approx(1)
    assert pooled.patient_kilometres == pytest.approx([2 * 10 + 3 * 20])


def test_nobody_travels_without_need():
    found = treat([3, 2, 1], [3, 3, 3], "pooled")
    assert found.flows[:, :, 0].tolist() == [[3, 0, 0], [0, 2, 0], [0, 0, 1]]
    assert not found.unmet.any()


def test_a_far_bed_is_better_than_none():
    far = np.array([[0, 1e5], [1e5, 0.0]])
    found = treat([5, 0], [1, 4], "pooled", far, np.ones((2, 2)))
    assert not found.unmet.any()
    assert found.patient_kilometres == pytest.approx([4e5])


def test_one_more_patient_is_treated_though_every_region_must_pass_one_on():
    places = np.arange(9)
    adjacency = np.abs(np.subtract.outer(places, places)) == 1
    demand, beds = np.full(9, 5), np.full(9, 5)
    demand[0], demand[8] = 6, 4
    found = treat(demand, beds, "neighbours", 10.0 * adjacency, adjacency)
    assert not found.unmet.any()
    assert found.patient_kilometres == pytest.approx([80])


def beds_one_by_one(demand, beds, distance, allowed):
    """Return the least unmet patients, then kilometres, by assigning patients one by one."""
    home, place = np.repeat(np.arange(len(demand)), demand), np.repeat(np.arange(len(beds)), beds)
    # A patient without a bed costs more than all journeys together.
    without = 1 + distance.max() * (len(home) + 1)
    cost = np.where(allowed[np.ix_(home, place)], distance[np.ix_(home, place)], 2 * without)
    cost = np.hstack([cost, np.full((len(home), len(home)), without)])
    pairs = linear_sum_assignment(cost)
    paid = cost[pairs]
    return (paid == without).sum(), paid[paid < without].sum()


@st.composite
def networks(draw, days=1):
    count = draw(st.integers(2, 4))
    numbers = st.integers(0, 6)
    demand = draw(arrays("int64", (count, days), elements=numbers))
    beds = draw(arrays("int64", count, elements=numbers))
    distance = draw(arrays("float64", (count, count), elements=st.integers(0, 9).map(float)))
    np.fill_diagonal(distance, 0)
    adjacency = draw(arrays("bool", (count, count)))
    return demand, beds, distance, adjacency


@given(networks())
def test_no_other_way_treats_more_patients_or_travels_less(network):
    demand, beds, distance, adjacency = network
    for allowed in capacity.exchanges(adjacency).values():
        found = capacity.treat(demand, beds, distance, allowed)
        unmet, kilometres = beds_one_by_one(demand[:, 0], beds, distance, allowed)
        assert found.unmet.sum() == pytest.approx(unmet, abs=1e-6)
        assert found.patient_kilometres.sum() == pytest.approx(kilometres, abs=1e-6)


def most_treated(demand, beds, allowed):
    """Return the maximum flow from regions of residence to beds."""
    count = len(demand)
    pipes = np.zeros((2 * count + 2, 2 * count + 2), dtype="int32")
    pipes[0, 1 : count + 1] = demand
    pipes[1 : count + 1, count + 1 : -1] = allowed * (demand.sum() + 1)
    pipes[count + 1 : -1, -1] = beds
    return maximum_flow(csr_array(pipes), 0, 2 * count + 1).flow_value


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_fourteen_regions_over_days_hold_what_is_promised(seed):
    rng = np.random.default_rng(seed)
    demand = rng.poisson(rng.gamma(2, 300, (14, 3)))
    beds = rng.integers(0, 1_500, 14)
    places = rng.uniform(0, 60, (14, 2))
    distance = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    ways = capacity.exchanges(distance < 20)
    found = {way: capacity.treat(demand, beds, distance, ways[way]) for way in ways}
    for way, treatment in found.items():
        flows = treatment.flows
        assert (flows >= 0).all()
        assert not flows[~ways[way]].any()
        # No patient is lost or made, and no bed holds two.
        assert flows.sum(axis=1) + treatment.unmet == pytest.approx(demand, abs=1e-6)
        assert (flows.sum(axis=0) <= beds[:, None] + 1e-6).all()
        for day in range(3):
            treated = most_treated(demand[:, day], beds, ways[way])
            assert flows[:, :, day].sum() == pytest.approx(treated, abs=1e-6)
    unmet = [found[way].unmet.sum(axis=0) for way in ("pooled", "neighbours", "alone")]
    assert (np.diff(unmet, axis=0) >= -1e-6).all()
    # Alone, what exceeds the own beds; pooled, what exceeds all beds together.
    assert found["alone"].unmet == pytest.approx(np.maximum(demand - beds[:, None], 0))
    lacking = np.maximum(demand.sum(axis=0) - beds.sum(), 0)
    assert unmet[0] == pytest.approx(lacking, abs=1e-6)


@settings(max_examples=30)
@given(networks(days=5), st.sampled_from([1e-3, 1.0, 1e4]))
def test_days_do_not_touch_each_other_and_the_unit_does_not_matter(network, factor):
    demand, beds, distance, adjacency = network
    allowed = capacity.exchanges(adjacency)["neighbours"]
    together = capacity.treat(demand * factor, beds * factor, distance, allowed)
    for day in range(5):
        alone = capacity.treat(demand[:, [day]], beds, distance, allowed)
        assert together.unmet[:, day].sum() == pytest.approx(
            alone.unmet.sum() * factor, abs=1e-7 * factor
        )
        assert together.patient_kilometres[day] == pytest.approx(
            alone.patient_kilometres[0] * factor, abs=1e-6 * factor
        )


def test_more_days_than_are_solved_at_once_come_out_in_order():
    days = 2 * capacity.DAYS_AT_ONCE + 5
    demand = np.vstack([np.arange(days), np.zeros(days)])
    allowed = np.ones((2, 2), dtype=bool)
    found = capacity.treat(demand, [10, 20], np.array([[0, 7.0], [7, 0]]), allowed)
    moved = np.clip(np.arange(days) - 10, 0, 20)
    assert found.flows[0, 1] == pytest.approx(moved)
    assert found.patient_kilometres == pytest.approx(7 * moved)
    assert found.unmet[0] == pytest.approx(np.maximum(np.arange(days) - 30, 0))


def test_beds_may_change_by_day():
    demand = np.array([[5.0, 5.0], [0.0, 0.0]])
    beds = np.array([[1.0, 5.0], [2.0, 0.0]])
    found = capacity.treat(demand, beds, np.zeros((2, 2)), np.ones((2, 2), dtype=bool))
    assert found.unmet[0] == pytest.approx([2, 0])


def test_full_need_leaves_no_hairs_of_unmet_patients():
    rng = np.random.default_rng(4)
    demand = rng.gamma(2, 100, (6, 40))
    beds = np.full(6, demand.sum(axis=0).max() / 6 + 1)
    allowed = np.ones((6, 6), dtype=bool)
    found = capacity.treat(demand, beds, 1.0 - np.eye(6), allowed)
    assert (demand.max(axis=1) > beds[0]).any()
    assert (found.unmet == 0).all()


def test_beds_are_needed_from_the_report_to_the_end_of_the_stay():
    cases = np.array([[10, 0, 0, 20, np.nan, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1]])
    found = capacity.beds_needed(cases, 0.5, 3)
    expected = [5, 5, 5, 10, np.nan, np.nan, np.nan, 0]
    assert found[0] == pytest.approx(expected, nan_ok=True)
    assert found[1].tolist() == [0.5, 1, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]


@pytest.mark.parametrize(
    ("cases", "share", "stay"), [([[1]], 1.2, 3), ([[1]], np.nan, 3), ([[1]], 1, 0), ([[-1]], 1, 3)]
)
def test_what_needs_no_bed_is_refused(cases, share, stay):
    with pytest.raises(ValueError, match="share of 0 to 1"):
        capacity.beds_needed(cases, share, stay)


ALL = np.ones((3, 3), dtype=bool)


@pytest.mark.parametrize(
    ("demand", "beds", "distance", "allowed", "message"),
    [
        (np.ones((3, 1)), [1, 1], LINE, ALL, "do not fit"),
        (np.ones(3), [1, 1, 1], LINE, ALL, "do not fit"),
        ([[1], [np.nan], [1]], [1, 1, 1], LINE, ALL, "demand must be known"),
        ([[1], [1], [1]], [1, 1, -1], LINE, ALL, "capacity must be known"),
        (np.ones((3, 1)), [1, 1, 1], LINE[:2], ALL, "do not fit"),
        (np.ones((3, 1)), [1, 1, 1], -LINE, ALL, "distances must be known"),
        (np.ones((3, 1)), [1, 1, 1], LINE + 1, ALL, "0 inside a region"),
        (np.ones((3, 1)), [1, 1, 1], LINE, BESIDE, "its own patients"),
    ],
)
def test_what_cannot_be_treated_is_refused(demand, beds, distance, allowed, message):
    with pytest.raises(ValueError, match=message):
        capacity.treat(demand, beds, distance, allowed)


def test_adjacency_must_be_square():
    with pytest.raises(ValueError, match="regions by regions"):
        capacity.exchanges(np.ones((2, 3)))


@given(networks())
def test_pooling_helps_exactly_where_one_lacks_what_another_has(network):
    demand, beds, distance, adjacency = network
    gap = beds - demand[:, 0]
    assume((gap < 0).any())
    allowed = capacity.exchanges(adjacency)["pooled"]
    pooled = capacity.treat(demand, beds, distance, allowed).unmet.sum()
    alone = np.clip(-gap, 0, None).sum()
    gain = min(np.clip(gap, 0, None).sum(), np.clip(-gap, 0, None).sum())
    assert alone - pooled == pytest.approx(gain, abs=1e-6)
