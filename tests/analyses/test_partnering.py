"""Partners: who can give, who lacks, and pairs that follow from them."""

import numpy as np
import pandas as pd
import pytest
import shapely

from gotong import contracts
from gotong.analyses import partnering as analysis

UNITS = ["3171", "3172", "3276", "3275"]
CHOICES = {
    "area": {
        "id": "a",
        "units": UNITS,
        "core": "31",
        "deciders": [{"name": "all", "members": UNITS}],
    },
    "pooling": {
        "waves": {},
        "hospitalised_share": {"low": 0.1, "mid": 0.2, "high": 0.5},
        "stay_days": 2,
        "capacity_sources": ["reported"],
        "core_need": "residents",
        "planned_by": {},
        "farthest_km": 60,
        "adjacent_gap": 0.001,
    },
    "partners": {"weights": {"surplus": 0.0, "need_met": 0.0, "distance": 1.0}, "draws": 199},
}
OUTLINES = pd.DataFrame(
    {
        "region_code": UNITS,
        "geometry": [
            shapely.box(107 + at / 10, -6.1, 107.1 + at / 10, -6.0) for at in (0, 3, 1, 4)
        ],
    }
)


def values(rates, variant="main"):
    frame = pd.DataFrame({"region_code": UNITS, "value": rates, "population": 1000})
    return frame.assign(indicator="beds", variant=variant)


def made(*parts, **weights):
    choices = CHOICES | {
        "partners": CHOICES["partners"] | ({"weights": weights} if weights else {})
    }
    tables = {
        "inequality_values": pd.concat(parts),
        analysis.MAP: OUTLINES,
        analysis.POPULATION: pd.DataFrame({"region_code": UNITS, "total": 1000}),
    }
    found = analysis.make(tables, choices)
    contracts.check(found, contracts.PROCESSED["partners"], "f", "r")
    return found


def test_surplus_and_lack_are_beds_above_and_below_the_mean():
    found = made(values([8.0, 6.0, 1.0, 3.0]))
    # The mean is 4.5 per 1,000 and each unit has 1,000 residents.
    pairs = found.set_index(["helper_code", "helped_code"])
    assert len(pairs) == 4
    assert pairs.loc[("3171", "3276"), ["surplus", "need", "can_meet"]].tolist() == [3.5, 3.5, 3.5]
    assert pairs.loc[("3172", "3276"), ["surplus", "need", "can_meet"]].tolist() == [1.5, 3.5, 1.5]


def test_nearness_alone_pairs_neighbours_whatever_the_beds():
    found = made(values([8.0, 6.0, 1.0, 3.0]))
    taken = found[found["chosen"]]
    assert list(zip(taken["helper_code"], taken["helped_code"], strict=True)) == [
        ("3171", "3276"),
        ("3172", "3275"),
    ]
    assert taken["adjacent"].all()
    # Here the need that is met favours the same pairs, so that no weights change them.
    assert taken["share_of_draws"].tolist() == [1.0, 1.0]


def test_pairs_that_depend_on_weights_are_shown_to():
    # Near ones would leave the large lack to the small surplus.
    found = made(values([6.0, 8.0, 1.0, 3.0]))
    near = found[found["chosen"]].set_index(["helper_code", "helped_code"])
    assert ("3171", "3276") in near.index
    share = near["share_of_draws"]
    assert (share > 0).all()
    assert (share < 1).all()
    met = made(values([6.0, 8.0, 1.0, 3.0]), surplus=0.0, need_met=1.0, distance=0.0)
    assert met.loc[met["chosen"], "can_meet"].sum() > found.loc[found["chosen"], "can_meet"].sum()


def test_shares_of_each_helper_sum_to_one_and_runs_agree():
    found = made(values([6.0, 8.0, 1.0, 3.0]))
    sums = found.groupby("helper_code")[["share_of_draws", "share_of_grid"]].sum()
    assert np.allclose(sums, 1)
    pd.testing.assert_frame_equal(found, made(values([6.0, 8.0, 1.0, 3.0])))


def test_the_grid_is_every_mixture_in_equal_steps(monkeypatch):
    # Each of the 15 mixtures in turn as the weights of the configuration.
    monkeypatch.setattr(analysis, "GRID_STEPS", 4)
    beds = values([6.0, 8.0, 1.0, 3.0])
    mixtures = [(i / 4, j / 4, (4 - i - j) / 4) for i in range(5) for j in range(5 - i)]
    names = ("surplus", "need_met", "distance")
    taken = [
        made(beds, **dict(zip(names, weights, strict=True))).set_index(
            ["helper_code", "helped_code"]
        )["chosen"]
        for weights in mixtures
    ]
    found = made(beds).set_index(["helper_code", "helped_code"])["share_of_grid"]
    assert len(mixtures) == 15
    assert (sum(each.astype(int) for each in taken) / 15).tolist() == pytest.approx(found.tolist())


def test_a_list_with_dki_as_one_makes_no_pairs():
    whole = values([8.0, 6.0, 1.0, 3.0], "sirs_2020").iloc[1:]
    assert set(made(values([8.0, 6.0, 1.0, 3.0]), whole)["variant"]) == {"main"}


@pytest.mark.parametrize("weights", [(0.5, 0.5, 0.5), (0.2, 0.2, 0.2)])
def test_weights_that_do_not_sum_to_one_are_refused(weights):
    with pytest.raises(ValueError, match="sum to"):
        made(
            values([8.0, 6.0, 1.0, 3.0]),
            **dict(zip(("surplus", "need_met", "distance"), weights, strict=True)),
        )
