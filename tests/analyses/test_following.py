"""Following and alignment by phase: lags, distances and means worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from gotong import config, contracts
from gotong.analyses import aligned, following
from gotong.tables import DATE

SCALE = {"regimes": {"belum PSBB": 0, "PSBB": 4, "AKB": 2}, "levels": {}, "alternatives": {}}
CHOICES = {
    "area": {
        "id": "small",
        "units": ["3171", "3276", "3271", "3674"],
        "core": "31",
        "deciders": [
            {"name": "DKI", "members": ["31"]},
            {"name": "B", "members": ["3276", "3271"]},
            {"name": "T", "members": ["3674"]},
        ],
    },
    "panels": {
        name: {"start": "2020-03-01", "end": "2020-06-30"}
        for name in ("province", "jabodetabek", "westjava", "java")
    },
    "strictness": SCALE,
    "following": {
        "window_days": 10,
        "other_windows": [6, 20],
        "shifts": 99,
        "within_days": 5,
        "national_from": "2020-06-01",
        "aligned_from": 0.8,
        "phases": {
            "first": {"start": "2020-04-01", "end": "2020-04-10"},
            "later": {"start": "2020-05-01", "end": "2020-05-04"},
        },
    },
}
PERIODS = [
    # region, first day, last day, regime
    ("31", "2020-04-01", "2020-04-30", "PSBB"),
    ("31", "2020-05-01", "2020-05-31", "AKB"),
    ("31", "2020-06-01", "2020-06-30", "PSBB"),
    ("3276", "2020-04-04", "2020-05-02", "PSBB"),
    ("3276", "2020-05-03", "2020-05-31", "AKB"),
    ("3276", "2020-06-01", "2020-06-30", "PSBB"),
    ("3271", "2020-04-04", "2020-05-02", "PSBB"),
    ("3271", "2020-05-03", "2020-05-31", "AKB"),
    ("3271", "2020-06-01", "2020-06-30", "PSBB"),
    ("3674", "2020-04-09", "2020-05-31", "PSBB"),
    ("3674", "2020-06-01", "2020-06-30", "AKB"),
]


def regimes():
    frame = pd.DataFrame(PERIODS, columns=["region_code", "start_date", "end_date", "regime"])
    for column in ("start_date", "end_date"):
        frame[column] = pd.to_datetime(frame[column]).astype(DATE)
    text = {"region_code": "str", "regime": "str"}
    return frame.assign(layer="primary", level="").astype(text)


def movement():
    """Return equal exchange between the four regions."""
    codes = ["31", "3276", "3271", "3674"]
    rows = [("normal", here, there, 0.25) for here in codes for there in codes]
    names = ["period", "origin_code", "destination_code", "share"]
    return pd.DataFrame(rows, columns=names)


@pytest.fixture(scope="module")
def tables():
    raw = {"policy/regimes.csv": regimes(), "mobility/movement_java.csv": movement()}
    return raw | {"alignment": aligned.make(raw, CHOICES)}


@pytest.fixture(scope="module")
def tests(tables):
    made = following.tests(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["following_tests"], "f", "r")
    return made.set_index(["variant", "period", "followers"])


def test_lags_are_days_to_the_nearest_change_in_the_same_direction(tables):
    made = following.make(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["following"], "f", "r")
    main = made[(made["variant"] == "main") & (made["period"] == "whole")]
    wide = main.pivot(index="date", columns="region_code", values="lag")
    found = {f"{day:%m-%d}": row.to_dict() for day, row in wide.astype("object").iterrows()}
    assert found["04-01"] == {"3276": 3, "3271": 3, "3674": 8}
    # 3674 eases on 1 June, too far from 1 May, and never tightens again.
    assert {"3276": 2, "3271": 2}.items() <= found["05-01"].items()
    assert {"3276": 0, "3271": 0}.items() <= found["06-01"].items()
    assert pd.isna(found["05-01"]["3674"])
    assert pd.isna(found["06-01"]["3674"])
    assert main.groupby("date")["direction"].first().tolist() == [1, -1, 1]


def test_a_change_on_the_first_national_day_belongs_to_the_later_period(tests):
    changes = tests.xs("main").xs("deciders", level="followers")["changes"]
    assert changes.to_dict() == {"before_ppkm": 2, "from_ppkm": 1, "whole": 3}


def test_distances_by_decider_and_by_region(tests):
    by_decider = tests.loc[("main", "before_ppkm", "deciders")]
    # 1 April: 3 and 8 days; 1 May: 2 days and none within 10, which counts as 11.
    assert by_decider["distance"] == (3 + 8 + 2 + 11) / 4
    assert (by_decider["pairs"], by_decider["followed"]) == (4, 2)
    assert (by_decider["least"], by_decider["most"]) == (5.5, 6.5)
    by_region = tests.loc[("main", "before_ppkm", "regions")]
    assert by_region["distance"] == (3 + 3 + 8 + 2 + 2 + 11) / 6
    assert (by_region["pairs"], by_region["followed"]) == (6, 4)


def test_chance_is_every_circular_shift_of_the_core(tests):
    # Brute force over the 92 days from 1 March to 31 May, day 0 being 1 March.
    up, down = {"3276": [34], "3674": [39]}, {"3276": [63], "3674": []}
    length, events = 92, ((31, up), (61, down))

    def distance(shift):
        total = 0
        for day, changes in events:
            for days in changes.values():
                gaps = [abs((day + shift) % length - other) for other in days]
                total += min([gap for gap in gaps if gap <= 10], default=11)
        return total / 4

    by_chance = [distance(shift) for shift in range(1, length)]
    row = tests.loc[("main", "before_ppkm", "deciders")]
    assert row["chance"] == pytest.approx(np.mean(by_chance))
    closer = sum(value <= distance(0) for value in by_chance)
    assert row["p"] == pytest.approx((1 + closer) / length)
    assert row["smallest_p"] == 1 / length
    assert row["arrangements"] == length


def test_a_wider_window_finds_more_and_counts_more_days_for_what_it_does_not_find(tables, tests):
    made = following.windows(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["following_windows"], "f", "r")
    days = made.set_index(["variant", "followers", "window_days"])["distance"].sort_index()
    by_window = days["main", "deciders"].to_dict()
    # 1 April: 3 and 8 days; 1 May: 2 days and none before June.
    assert by_window == {
        6: (3 + 7 + 2 + 7) / 4,
        10: (3 + 8 + 2 + 11) / 4,
        20: (3 + 8 + 2 + 21) / 4,
    }
    same = tests.xs("before_ppkm", level="period")["distance"]
    for (variant, followers), distance in same.items():
        assert days[variant, followers, 10] == distance


@pytest.fixture(scope="module")
def chance(tables):
    made = following.alignment_chance(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["alignment_chance"], "f", "r")
    return made.set_index(["period", "variant"])


def test_alignment_by_chance_is_that_of_timelines_moved_by_decider(tables, chance):
    # Steps of the scale by day from 1 March on, 92 days; the range of the scale is 4 steps.
    dki = np.repeat([0, 4, 2], [31, 30, 31])
    b = np.repeat([0, 4, 2], [34, 29, 29])
    t = np.repeat([0, 4], [39, 53])

    def aligned(own, first, second):
        d_b, d_t, b_t = (
            1 - abs(one - other) / 4
            for one, other in ((own, first), (own, second), (first, second))
        )
        # DKI has two partners of three in B; each of B one of three in B itself, and so on.
        of_dki = (2 * d_b + d_t) / 3
        of_b = (d_b + 1 + b_t) / 3
        of_t = (d_t + 2 * b_t) / 3
        return float(((of_dki + of_b + of_t) / 3).mean())

    row = chance.loc[("before_ppkm", "main")]
    assert (f"{row['start']:%m-%d}", f"{row['end']:%m-%d}") == ("03-01", "05-31")
    assert row["alignment"] == pytest.approx(aligned(dki, b, t))
    every = [
        aligned(dki, np.roll(b, one), np.roll(t, other)) for one in range(92) for other in range(92)
    ]
    assert row["arrangements"] == 100
    # 99 of 8,464 arrangements: near to all of them.
    spread = np.std(every)
    assert row["chance"] == pytest.approx(np.median(every), abs=0.5 * spread)
    low, high = np.quantile(every, [0.025, 0.975])
    assert row["chance_low"] == pytest.approx(low, abs=0.5 * spread)
    assert row["chance_high"] == pytest.approx(high, abs=0.5 * spread)
    assert row["p"] == pytest.approx(np.mean(np.array(every) >= row["alignment"]), abs=0.03)


def test_days_on_which_nobody_could_differ_are_left_out_beside(chance):
    row = chance.loc[("ruled_before_ppkm", "main")]
    assert (f"{row['start']:%m-%d}", f"{row['end']:%m-%d}") == ("04-01", "05-31")
    assert row["alignment"] < chance.loc[("before_ppkm", "main"), "alignment"]


def test_alignment_by_chance_is_the_same_each_time(tables, chance):
    again = following.alignment_chance(tables, CHOICES).set_index(["period", "variant"])
    pd.testing.assert_frame_equal(again, chance)


def test_alignment_of_a_phase_counts_each_decider_once(tables):
    made = following.alignment_summary(tables, CHOICES)
    contracts.check(made, contracts.PROCESSED["alignment_summary"], "f", "r")
    row = made.set_index(["phase", "variant", "decider"])
    # Steps of the scale: DKI 4 throughout; B 0 on three days, then 4; T 0 on eight days, then 4.
    by_day = {
        "DKI": [0] * 3 + [2 / 3] * 5 + [1] * 2,
        "B": [2 / 3] * 3 + [2 / 3] * 5 + [1] * 2,
        "T": [2 / 3] * 3 + [0] * 5 + [1] * 2,
    }
    for decider, values in by_day.items():
        found = row.loc[("first", "main", decider)]
        assert found["alignment"] == pytest.approx(np.mean(values))
        assert found["aligned"] == pytest.approx(0.2)
        assert found["days"] == 10
    whole = row.loc[("first", "main", "all")]
    assert whole["alignment"] == pytest.approx(np.mean(list(by_day.values())))
    # DKI 4 on ten days, B on seven, T on two.
    assert whole["strictness"] == pytest.approx(4 * (10 + 7 + 2) / 30)


@pytest.mark.parametrize(
    ("aligned_from", "shares"), [(0.5, (1, 1, 1)), (0.51, (0.5, 1, 0.5)), (0.84, (0, 0, 0))]
)
def test_a_day_is_aligned_from_the_configured_value_on(tables, aligned_from, shares):
    changed = CHOICES | {"following": CHOICES["following"] | {"aligned_from": aligned_from}}
    made = following.alignment_summary(tables, changed).set_index(["phase", "variant", "decider"])
    # In May, 2 grades of 4 apart from all others DKI is on two days and T on the two others; on
    # all else one of three is apart, which leaves 5/6.
    for decider, share in zip(("DKI", "B", "T"), shares, strict=True):
        assert made.loc[("later", "main", decider), "aligned"] == share


def test_the_strictness_of_the_main_scale_stands_beside_labels(tables):
    made = following.alignment_summary(tables, CHOICES)
    both = made.pivot(index=["phase", "decider"], columns="variant", values="strictness")
    pd.testing.assert_series_equal(both["main"], both["same_label"], check_names=False)


@pytest.fixture(scope="module")
def real(project):
    choices = config.read_config(str(project / "config.yaml")).model_dump(mode="json")
    raw = {
        name: contracts.read_any(str(project / "data/raw" / name))
        for name in ("policy/regimes.csv", "mobility/movement_java.csv")
    }
    return raw, choices


def test_before_the_national_ppkm_dki_changed_four_times(real):
    made = following.make(*real)
    main = made[(made["variant"] == "main") & (made["period"] == "before_ppkm")]
    wide = main.pivot(index="date", columns="region_code", values="lag").astype("Float64")
    assert [f"{day:%Y-%m-%d}" for day in wide.index] == [
        "2020-04-10",
        "2020-06-05",
        "2020-09-14",
        "2020-10-12",
    ]
    # Bodebek began on 15 April and eased with DKI; Tangerang Raya began on 18 April.
    assert wide.loc["2020-04-10", "3276"] == 5
    assert wide.loc["2020-04-10", "3674"] == 8
    assert wide.loc["2020-06-05", ["3201", "3216", "3271", "3275", "3276"]].eq(0).all()
    assert wide.loc["2020-09-14":"2020-10-12"].isna().all().all()


def test_phases_begin_and_end_where_the_regime_of_dki_does(real):
    raw, choices = real
    table = raw["policy/regimes.csv"]
    core = table[(table["layer"] == "primary") & (table["region_code"] == "31")]
    phases = choices["following"]["phases"].values()
    days = {span["start"] for span in phases}
    assert days <= set(core["start_date"].dt.strftime("%Y-%m-%d"))
    ends = {span["end"] for span in phases}
    assert ends <= set(core["end_date"].dt.strftime("%Y-%m-%d"))
    national = core[core["regime"].str.startswith("PPKM")]["start_date"].min()
    assert choices["following"]["national_from"] == f"{national:%Y-%m-%d}"


def test_the_regions_of_a_decider_changed_together_before_the_national_ppkm(real):
    raw, choices = real
    made = following.make(raw, choices)
    early = made[made["period"] == "before_ppkm"]
    groups = {code: g["name"] for g in choices["area"]["deciders"] for code in g["members"]}
    lags = early.assign(group=early["region_code"].map(groups), lag=early["lag"].fillna(99))
    assert lags.groupby(["variant", "date", "group"])["lag"].nunique().eq(1).all()
