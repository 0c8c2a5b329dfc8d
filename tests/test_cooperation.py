"""Alignment of regimes and counts of measures: by hand, by property, on the real tables."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gotong import contracts, cooperation, timeline
from gotong.config import Span, StrictnessScale
from gotong.errors import InputError
from gotong.regions import BODEBEK, DKI_UNITS, JABODETABEK, TANGERANG_RAYA
from gotong.tables import DATE

NAN = np.nan
SCALE = {
    "belum PSBB": 0,
    "PSBB transisi": 2,
    "PSBB proporsional": 2,
    "PSBB se-Banten": 3,
    "PSBB": 4,
    "PSBB ketat (rem darurat)": 4,
    "PPKM Jawa-Bali": 3,
    "PPKM Jawa-Bali (PSBB ketat)": 3,
    "PPKM Jawa-Bali (PSBB proporsional)": 3,
    "PPKM mikro": 2,
    "PPKM mikro diperketat": 3,
    "PPKM darurat": 5,
    "PPKM level": None,
}
LEVELS = {"1": 1, "2": 2, "3": 3, "4": 4}
DECIDERS = ("31", *BODEBEK, *TANGERANG_RAYA)


def text(*values):
    return pd.Series(values, dtype="str")


def days(start, end):
    return pd.date_range(start, end, unit="s")


def test_strictness_comes_from_the_regime_or_from_its_level():
    regime = text("PSBB", "PPKM level", "PPKM level", "PPKM darurat", "belum PSBB")
    level = text("", "4", "1", "3", "")
    found = timeline.strictness(regime, level, SCALE, LEVELS)
    assert found.tolist() == [4, 4, 1, 5, 0]
    assert found.dtype == "float64"


def test_an_alternative_may_read_the_level_of_another_regime():
    by_level = SCALE | {"PPKM darurat": None}
    found = timeline.strictness(text("PPKM darurat"), text("3"), by_level, LEVELS)
    assert found.tolist() == [3]


def test_strictness_is_missing_where_regime_or_needed_level_is():
    regime = text("", None, "PPKM level", "PPKM level", "PSBB")
    level = text("", None, "", None, None)
    found = timeline.strictness(regime, level, SCALE, LEVELS)
    assert found.isna().tolist() == [True, True, True, True, False]


def test_strictness_keeps_the_rows_it_was_given():
    regime = pd.Series(["PSBB", "PPKM level"], index=[7, 3], dtype="str")
    level = pd.Series(["", "2"], index=[7, 3], dtype="str")
    found = timeline.strictness(regime, level, SCALE, LEVELS)
    assert found.to_dict() == {7: 4, 3: 2}


def test_an_unknown_regime_or_level_is_named():
    with pytest.raises(ValueError, match="regime 'PSBBB'"):
        timeline.strictness(text("PSBB", "PSBBB"), text("", ""), SCALE, LEVELS)
    with pytest.raises(ValueError, match="level '5'"):
        timeline.strictness(text("PPKM level"), text("5"), SCALE, LEVELS)
    with pytest.raises(ValueError, match="regime 'PSBBB'"):
        timeline.label_codes(text("PSBBB"), text(""), SCALE)


def test_labels_differ_by_level_only_where_the_level_counts():
    regime = text("PPKM level", "PPKM level", "PPKM level", "PPKM darurat", "PPKM darurat", "")
    level = text("2", "3", "", "3", "4", "")
    codes = timeline.label_codes(regime, level, SCALE)
    assert codes[0] != codes[1]
    assert codes[3] == codes[4]
    assert codes[2] == codes[5] == -1
    assert set(codes) == {-1, 0, 1, 2}


def periods(*rows):
    frame = pd.DataFrame(
        rows, columns=["region_code", "start_date", "end_date", "regime", "level"]
    ).astype({"region_code": "str", "regime": "str", "level": "str"})
    for name in ("start_date", "end_date"):
        frame[name] = pd.to_datetime(frame[name]).astype(DATE)
    return frame


def test_periods_are_spread_over_days_in_the_order_of_the_regions():
    coded = periods(
        ("3276", "2021-07-21", "2021-07-22", "PPKM level", "4"),
        ("31", "2021-07-20", "2021-07-20", "PPKM darurat", "4"),
        ("31", "2021-07-22", "2021-08-01", "PPKM level", "3"),
        ("9999", "2021-07-20", "2021-08-01", "PSBB", ""),
    )
    found = timeline.regime_by_day(coded, ["3276", "31"], days("2021-07-20", "2021-07-23"))
    assert found["region_code"].tolist() == ["3276"] * 4 + ["31"] * 4
    assert found["date"].dt.day.tolist() == [20, 21, 22, 23] * 2
    shown = found["regime"].fillna("-").tolist()
    assert shown[:4] == ["-", "PPKM level", "PPKM level", "-"]
    assert shown[4:] == ["PPKM darurat", "-", "PPKM level", "PPKM level"]
    assert found["level"].fillna("-").tolist() == ["-", "4", "4", "-", "4", "-", "3", "3"]
    assert found["regime"].dtype == "str"


def test_a_region_that_is_not_coded_is_missing_every_day():
    coded = periods(("31", "2020-04-10", "2020-04-23", "PSBB", ""))
    found = timeline.regime_by_day(coded, ["3171"], days("2020-04-10", "2020-04-12"))
    assert len(found) == 3
    assert found["regime"].isna().all()


def test_overlapping_periods_are_refused():
    coded = periods(
        ("31", "2020-04-10", "2020-04-24", "PSBB", ""),
        ("3276", "2020-04-15", "2020-04-23", "PSBB", ""),
        ("31", "2020-04-24", "2020-05-21", "PSBB", ""),
    )
    with pytest.raises(InputError) as fault:
        timeline.regime_by_day(coded, ["31", "3276"], days("2020-04-10", "2020-04-12"))
    assert fault.value.place == "region 31, period from 2020-04-24"
    assert "2020-04-24" in fault.value.found
    # One region's periods say nothing about another's.
    assert len(timeline.regime_by_day(coded, ["3276"], days("2020-04-10", "2020-04-12")))


@pytest.mark.parametrize(("end", "found"), [(None, "no day"), ("2020-04-09", "2020-04-09")])
def test_a_period_without_a_good_end_is_refused(end, found):
    coded = periods(("31", "2020-04-10", end, "PSBB", ""))
    with pytest.raises(InputError) as fault:
        timeline.regime_by_day(coded, ["31"], days("2020-04-10", "2020-04-12"))
    assert fault.value.found == found


def movement(shares, regions, period="normal"):
    return pd.DataFrame(
        [
            (period, origin, destination, shares[row][column])
            for row, origin in enumerate(regions)
            for column, destination in enumerate(regions)
        ],
        columns=["period", "origin_code", "destination_code", "share"],
    )


SHARES = [[0.90, 0.06, 0.02, 0.02], [0.3, 0.6, 0.1, 0.0], [0.2, 0.2, 0.5, 0.1], [0, 0, 0, 1]]
AREAS = ["31", "3276", "3671", "99"]


def test_weights_are_the_exchange_with_the_other_regions():
    table = movement(SHARES, AREAS)
    found = cooperation.exchange_weights(table, ["31", "3276", "3671"])
    assert found == pytest.approx(np.array([[0, 0.75, 0.25], [0.75, 0, 0.25], [0.5, 0.5, 0]]))


def test_weights_follow_the_order_of_the_regions_and_the_period():
    other = [[0.5, 0.1, 0.4, 0], *SHARES[1:]]
    table = pd.concat([movement(SHARES, AREAS), movement(other, AREAS, "ramadan")])
    found = cooperation.exchange_weights(table, ["3671", "31", "3276"], "ramadan")
    assert found[1] == pytest.approx([0.8, 0, 0.2])


@pytest.mark.parametrize(
    ("regions", "period", "found"),
    [
        (["31", "3171", "3275"], "normal", "nothing from 3171, 3275"),
        (["31", "3276"], "lebaran", "nothing from 31, 3276"),
        (["31", "3276", "3671"], "normal", "nothing from 3276 to 3671"),
        (["31", "99"], "normal", "none from 99"),
    ],
    ids=["region", "period", "pair", "alone"],
)
def test_a_gap_in_the_matrix_is_refused(regions, period, found):
    table = movement(SHARES, AREAS)
    pair = (table["origin_code"] == "3276") & (table["destination_code"] == "3671")
    with pytest.raises(InputError) as fault:
        cooperation.exchange_weights(table[~pair], regions, period)
    assert fault.value.found == found
    assert fault.value.dataset in contracts.RAW


THREE = np.array([[0, 0.75, 0.25], [0.5, 0, 0.5], [1, 0, 0]])


def test_similarity_by_hand():
    found = cooperation.similarity(np.array([[0.0, 4.0], [1.0, NAN]]), 4)
    assert found.shape == (2, 2, 2)
    assert found[0, 1].tolist() == pytest.approx([0.75, NAN], nan_ok=True)
    assert found[0, 0].tolist() == [1, 1]


def test_same_label_by_hand():
    found = cooperation.same_label(np.array([[0, 1, -1], [0, 2, -1]]))
    assert found[0, 1].tolist() == pytest.approx([1, 0, NAN], nan_ok=True)


def test_alignment_by_hand():
    strictness = np.array([[4.0, 4.0, 4.0], [2.0, 4.0, 2.0], [0.0, 4.0, NAN]])
    found = cooperation.alignment(strictness, THREE, 4)
    # Day 0: region 0 is half alike to 1 and not at all to 2; day 2: only region 1 is known.
    assert found[0] == pytest.approx([0.75 * 0.5, 1, 0.5])
    assert found[1] == pytest.approx([0.5, 1, 0.5])
    assert found[2] == pytest.approx([0, 1, NAN], nan_ok=True)


def test_alignment_is_missing_where_all_partners_are():
    strictness = np.array([[4.0], [NAN], [NAN]])
    assert np.isnan(cooperation.alignment(strictness, THREE, 4)).all()
    # Region 2 exchanges people with region 0 only: that region 1 is known is no help.
    strictness = np.array([[NAN], [4.0], [4.0]])
    found = cooperation.alignment(strictness, THREE, 4)[:, 0]
    assert np.isnan(found).tolist() == [True, False, True]


def test_doing_nothing_together_is_as_aligned_as_acting_together():
    nothing, everything = np.zeros((3, 1)), np.full((3, 1), 5.0)
    for strictness in (nothing, everything):
        assert (cooperation.alignment(strictness, THREE, 5) == 1).all()


def test_nominal_alignment_by_hand():
    codes = np.array([[0, 0], [0, 1], [1, -1]])
    found = cooperation.nominal_alignment(codes, THREE)
    assert found[0] == pytest.approx([0.75, 0])
    assert found[2] == pytest.approx([0, NAN], nan_ok=True)


@pytest.mark.parametrize(
    "weights",
    [THREE[:2, :2], -THREE, THREE + np.eye(3), np.full((3, 3), NAN)],
    ids=["shape", "negative", "diagonal", "missing"],
)
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        cooperation.alignment(np.zeros((3, 2)), weights, 5)


@pytest.mark.parametrize("span", [0, -1, NAN, 3.9])
def test_a_range_smaller_than_the_strictness_is_refused(span):
    with pytest.raises(ValueError, match="range"):
        cooperation.alignment(np.array([[0.0], [4.0], [2.0]]), THREE, span)


def test_the_table_of_alignment_holds_every_scale_region_and_day():
    scale = StrictnessScale(
        regimes=SCALE, levels=LEVELS, alternatives={"lenient": {"PSBB ketat (rem darurat)": 2}}
    )
    coded = periods(
        ("31", "2020-09-12", "2020-09-13", "PSBB transisi", ""),
        ("31", "2020-09-14", "2020-09-15", "PSBB ketat (rem darurat)", ""),
        ("3276", "2020-09-13", "2020-09-14", "PSBB proporsional", ""),
    ).assign(layer="primary")
    overlay = periods(("31", "2020-09-12", "2020-09-15", "PSBMK", "")).assign(layer="overlay")
    table = cooperation.alignment_table(
        pd.concat([coded, overlay], ignore_index=True),
        movement(SHARES, AREAS),
        ["3276", "31"],
        Span(start="2020-09-12", end="2020-09-15"),
        scale,
    )
    contracts.check(table, contracts.ALIGNMENT, "alignment", "")
    jakarta = table[table["region_code"] == "31"].groupby("variant")["alignment"].agg(list)
    # Day by day: Depok has none yet (0 against 2), both 2, 4 against 2, Depok not coded.
    assert jakarta["main"] == pytest.approx([0.6, 1, 0.6, NAN], nan_ok=True)
    assert jakarta["lenient"] == pytest.approx([0.6, 1, 1, NAN], nan_ok=True)
    assert jakarta["same_label"] == pytest.approx([0, 0, 0, NAN], nan_ok=True)
    assert len(table) == 3 * 2 * 4


STEPS = st.sampled_from([0.0, 1.0, 2.0, 2.5, 3.0, 4.0, 5.0])
STEPS_OR_NONE = STEPS | st.just(NAN)


@st.composite
def situations(draw, steps=STEPS_OR_NONE):
    """Return strictness (n, T) and weights (n, n)."""
    n, length = draw(st.integers(2, 7)), draw(st.integers(1, 5))
    strictness = draw(arrays("float64", (n, length), elements=steps))
    shares = draw(arrays("float64", (n, n), elements=st.floats(1e-4, 1)))
    np.fill_diagonal(shares, 0)
    return strictness, shares / shares.sum(axis=1, keepdims=True)


@given(situations())
def test_alignment_lies_between_0_and_1_and_is_missing_with_the_region(situation):
    strictness, weights = situation
    found = cooperation.alignment(strictness, weights, 5)
    known = found[~np.isnan(found)]
    assert ((known >= 0) & (known <= 1)).all()
    others = (~np.isnan(strictness)).sum(axis=0) > 1
    assert (np.isnan(found) == (np.isnan(strictness) | ~others)).all()


@given(situations(), STEPS)
def test_alignment_is_exactly_1_where_all_known_regimes_are_equal(situation, step):
    strictness, weights = situation
    found = cooperation.alignment(np.where(np.isnan(strictness), NAN, step), weights, 5)
    assert (found[~np.isnan(found)] == 1).all()


@given(situations(), st.randoms(use_true_random=False))
def test_alignment_does_not_depend_on_the_order_of_the_regions(situation, random):
    strictness, weights = situation
    order = list(range(len(strictness)))
    random.shuffle(order)
    found = cooperation.alignment(strictness[order], weights[np.ix_(order, order)], 5)
    np.testing.assert_allclose(found, cooperation.alignment(strictness, weights, 5)[order])


@given(situations(STEPS))
def test_alignment_rises_when_a_partner_comes_closer(situation):
    strictness, weights = situation
    closer = strictness.copy()
    closer[1] += 0.5 * (strictness[0] - strictness[1])
    apart = strictness[0] != strictness[1]
    before = cooperation.alignment(strictness, weights, 5)[0]
    after = cooperation.alignment(closer, weights, 5)[0]
    assert (after[apart] > before[apart]).all()


@given(situations(STEPS))
def test_reversing_or_shifting_the_scale_changes_nothing(situation):
    strictness, weights = situation
    found = cooperation.alignment(strictness, weights, 5)
    np.testing.assert_allclose(cooperation.alignment(7 - strictness, weights, 5), found)


@given(situations(st.integers(-1, 4).map(float)))
def test_nominal_alignment_does_not_depend_on_the_numbers_of_the_labels(situation):
    codes, weights = situation
    renamed = np.array([3, 0, 7, 1, 4, -1])[codes.astype(int)]
    np.testing.assert_array_equal(
        cooperation.nominal_alignment(renamed, weights),
        cooperation.nominal_alignment(codes, weights),
    )


def measures(*rows):
    """Return a table of measures from rows of dyad, act, region codes, start, end."""
    frame = pd.DataFrame(rows, columns=["dyad", "act", "region_codes", "start_date", "end_date"])
    frame = frame.astype({"dyad": "str", "act": "str", "region_codes": "str"})
    for name in ("start_date", "end_date"):
        frame[name] = pd.to_datetime(frame[name]).astype(DATE)
    numbers = [f"CM{number:03d}" for number in range(1, len(frame) + 1)]
    return frame.assign(measure_id=pd.Series(numbers, dtype="str"))


def series(active, region, dyad):
    chosen = active[(active["region_code"] == region) & (active["dyad"] == dyad)]
    return chosen["active"].tolist()


WEEK = days("2020-05-01", "2020-05-07")


def test_a_measure_is_active_from_its_first_to_its_last_day():
    table = measures(
        ("G-H", "action", "3276 3171", "2020-05-02", "2020-05-03"),
        ("G-H", "rule", "3276", "2020-05-03", "2020-05-03"),
        ("C-C", "action", "3276", "2020-05-05", None),
        ("G-N", "action", "3276", "2020-04-29", None),
        ("G-P", "action", "3276", "2020-04-01", "2020-04-30"),
        ("G-P", "action", "3276", "2020-05-08", None),
        ("G-C", "action", "3276", "2020-04-01", "2020-06-30"),
    )
    active = timeline.active_measures(table, WEEK, open_end_days=3)
    assert series(active, "3276", "G-H") == [0, 1, 2, 0, 0, 0, 0]
    assert series(active, "3171", "G-H") == [0, 1, 1, 0, 0, 0, 0]
    assert series(active, "3276", "C-C") == [0, 0, 0, 0, 1, 1, 1]
    assert series(active, "3276", "G-N") == [1, 0, 0, 0, 0, 0, 0]
    assert series(active, "3276", "G-P") == [0] * 7
    assert series(active, "3276", "G-C") == [1] * 7


def test_every_region_day_and_dyad_has_one_sorted_row():
    active = timeline.active_measures(measures(), WEEK, open_end_days=30)
    assert list(active.columns) == ["region_code", "date", "dyad", "active"]
    assert len(active) == 14 * 7 * 6
    keys = ["region_code", "date", "dyad"]
    pd.testing.assert_frame_equal(active, active.sort_values(keys, ignore_index=True))
    assert not active.duplicated(keys).any()
    assert active["active"].dtype == "Int64"
    assert active["date"].dtype == DATE
    assert active["active"].eq(0).all()
    assert set(active["region_code"]) == set(JABODETABEK)


def test_measures_without_a_date_or_a_place_are_active_nowhere_and_listed():
    table = measures(
        ("G-H", "action", "3276", None, None),
        ("G-H", "action", "", "2020-05-01", None),
        ("G-H", "action", "3276", None, "2020-05-02"),
        ("G-H", "action", "3276", "2020-05-01", "2020-05-01"),
    )
    active = timeline.active_measures(table, WEEK, open_end_days=3)
    assert active["active"].sum() == 1
    assert timeline.undated(table)["measure_id"].tolist() == ["CM001", "CM003"]
    assert timeline.unplaced(table)["measure_id"].tolist() == ["CM002"]


def test_measures_can_be_counted_by_more_than_the_dyad():
    table = measures(
        ("G-H", "action", "3276", "2020-05-02", "2020-05-03"),
        ("G-H", "rule", "3276", "2020-05-02", "2020-05-02"),
    )
    active = timeline.active_measures(table, WEEK, 3, by=("act", "dyad"))
    assert list(active.columns) == ["region_code", "date", "act", "dyad", "active"]
    assert active.loc[active["act"] == "action", "active"].sum() == 2
    assert active.loc[active["act"] == "rule", "active"].sum() == 1
    assert len(active) == 14 * 7 * 3 * 6


def test_a_measure_counts_once_in_a_region_of_several_units():
    table = measures(("G-H", "action", " ".join((*DKI_UNITS, "3276")), "2020-05-02", "2020-05-02"))
    dki = dict.fromkeys(DKI_UNITS, "31")
    active = timeline.active_measures(table, WEEK, 3, counted_in=dki)
    assert set(active["region_code"]) == {"31"}
    assert series(active, "31", "G-H") == [0, 1, 0, 0, 0, 0, 0]


@st.composite
def many_measures(draw):
    count = draw(st.integers(0, 12))
    rows = []
    for _ in range(count):
        start = draw(st.none() | st.integers(-40, 40))
        length = draw(st.none() | st.integers(0, 50))
        units = draw(st.lists(st.sampled_from(JABODETABEK), unique=True, max_size=4))
        first = None if start is None else WEEK[0] + pd.Timedelta(days=start)
        last = None if first is None or length is None else first + pd.Timedelta(days=length)
        dyad = draw(st.sampled_from(contracts.DYADS))
        rows.append((dyad, "action", " ".join(units), first, last))
    return measures(*rows)


def durations(table, window, open_end_days):
    """Return days active within the window times units, summed over measures, day by day."""
    total = 0
    for row in table.itertuples():
        if pd.notna(row.start_date):
            last = row.end_date
            if pd.isna(last):
                last = row.start_date + pd.Timedelta(days=open_end_days - 1)
            inside = sum(row.start_date <= day <= last for day in window)
            total += inside * len(row.region_codes.split())
    return total


@given(many_measures(), st.integers(1, 30))
def test_no_day_of_a_measure_is_lost_or_made(table, open_end_days):
    active = timeline.active_measures(table, WEEK, open_end_days)
    assert active["active"].sum() == durations(table, WEEK, open_end_days)
    assert active["active"].ge(0).all()


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        (("G-H", "action", "3276", "2020-05-02", "2020-05-01"), "end_date", "2020-05-01"),
        (("G-H", "action", "3276 5171", "2020-05-02", None), "region_codes", "'5171'"),
        (("G-X", "action", "3276", "2020-05-02", None), "dyad", "'G-X'"),
    ],
    ids=["end", "region", "dyad"],
)
def test_a_faulty_measure_is_named(row, column, found):
    good = ("G-H", "action", "3276", "2020-05-02", None)
    with pytest.raises(InputError) as fault:
        timeline.active_measures(measures(good, row), WEEK, 3)
    assert fault.value.place == f"measure CM002, column '{column}'"
    assert fault.value.found == found


def test_arguments_that_would_count_wrongly_are_refused():
    with pytest.raises(ValueError, match="consecutive"):
        timeline.active_measures(measures(), WEEK.delete(3), 3)
    with pytest.raises(ValueError, match="consecutive"):
        timeline.active_measures(measures(), WEEK[:0], 3)
    with pytest.raises(ValueError, match="open_end_days"):
        timeline.active_measures(measures(), WEEK, 0)
    with pytest.raises(ValueError, match="'parties'"):
        timeline.active_measures(measures(), WEEK, 3, by=("parties",))


def test_starts_by_month_fill_the_grid_of_months_and_classes():
    table = measures(
        ("G-H", "action", "", "2020-03-31", None),
        ("G-H", "action", "3276", "2020-03-01", None),
        ("C-C", "rule", "3276", "2020-05-02", None),
        ("C-C", "rule", "3276", None, None),
    )
    monthly = timeline.monthly_starts(table)
    assert len(monthly) == 3 * 6 * 3
    assert monthly["measures"].sum() == 3
    some = monthly[monthly["measures"] > 0]
    assert some.assign(month=some["month"].dt.strftime("%Y-%m-%d")).to_numpy().tolist() == [
        ["2020-03-01", "G-H", "action", 2],
        ["2020-05-01", "C-C", "rule", 1],
    ]
    contracts.check(monthly, contracts.MONTHLY_MEASURES, "measures_monthly", "")


def test_starts_by_month_of_nothing_are_an_empty_table():
    monthly = timeline.monthly_starts(measures(("G-H", "action", "", None, None)), by=("dyad",))
    assert len(monthly) == 0
    assert list(monthly.columns) == ["month", "dyad", "measures"]


def test_starts_of_an_unknown_kind_are_refused():
    with pytest.raises(InputError, match="CM001"):
        timeline.monthly_starts(measures(("G-H", "promise", "", "2020-03-31", None)))


def test_diversity_and_continuity_by_hand():
    table = measures(
        ("G-H", "action", "3276", "2020-05-02", "2020-05-03"),
        ("G-H", "rule", "3276", "2020-05-02", "2020-05-03"),
        ("C-C", "action", "3276", "2020-05-03", "2020-05-04"),
    )
    for by in (("dyad",), ("dyad", "act")):
        active = timeline.active_measures(table, WEEK, 3, by=by)
        diversity = cooperation.diversity(active)
        assert list(diversity.columns) == ["region_code", "date", "diversity"]
        depok = diversity[diversity["region_code"] == "3276"]
        assert depok["diversity"].tolist() == [0, 1, 2, 1, 0, 0, 0]
        continuity = cooperation.continuity(active).set_index("region_code")["continuity"]
        assert continuity["3276"] == pytest.approx(3 / 7)
        assert continuity.drop("3276").eq(0).all()


@pytest.fixture(scope="module")
def coded(shared):
    table = pd.read_csv(shared / "curated" / "psbb_timeline.csv", dtype=str, keep_default_na=False)
    table = table[table["layer"] == "primary"]
    return periods(
        *table[["region_code", "start_date", "end_date", "regime", "level"]].to_numpy().tolist()
    )


@pytest.fixture(scope="module")
def exchange(upstream):
    rdata = pytest.importorskip("rdata")
    folder = upstream / "andradjaafara+covid19_indonesia_report"
    name = "matrix_idn_java_nonjava_length_of_travel.rds"
    shares = rdata.read_rds(folder / "processed_inputs" / name)["normal"]
    codes = pd.read_csv(folder / "Data" / "raw" / "urban_rural_flag.csv", dtype=str)["IDREGION"]
    return movement(np.asarray(shares), codes.tolist())


@pytest.fixture(scope="module")
def curated(shared):
    """Return the real measures; units only for those of one plainly named area."""
    table = pd.read_csv(shared / "curated" / "cooperation_measures.csv", dtype=str)
    areas = {"DKI": DKI_UNITS, "Jabodetabek": JABODETABEK, "Bodebek": BODEBEK}
    codes = [" ".join(areas.get(name, ())) for name in table["regions"]]
    rows = zip(
        table["dyad"], table["act"], codes, table["start_date"], table["end_date"], strict=True
    )
    return measures(*rows)


def real_alignment(coded, exchange, day):
    by_day = timeline.regime_by_day(coded, DECIDERS, days(day, day))
    strictness = timeline.strictness(by_day["regime"], by_day["level"], SCALE, LEVELS)
    weights = cooperation.exchange_weights(exchange, DECIDERS)
    aligned = cooperation.alignment(strictness.to_numpy().reshape(9, -1), weights, 5)
    codes = timeline.label_codes(by_day["regime"], by_day["level"], SCALE)
    nominal = cooperation.nominal_alignment(codes.to_numpy().reshape(9, -1), weights)
    return aligned[:, 0], nominal[:, 0]


@pytest.mark.upstream
def test_real_weights_are_rows_of_shares(exchange):
    weights = cooperation.exchange_weights(exchange, DECIDERS)
    assert weights.sum(axis=1) == pytest.approx(np.ones(9))
    assert not np.diag(weights).any()
    # People of Depok and of Tangerang Selatan who are elsewhere are mostly in DKI, while
    # DKI's own exchange is spread over all eight.
    assert (weights[[DECIDERS.index("3276"), DECIDERS.index("3674")], 0] > 0.5).all()
    assert weights[0].max() < 0.25


@pytest.mark.upstream
def test_the_brake_of_september_2020_set_jakarta_apart(coded, exchange):
    aligned, nominal = real_alignment(coded, exchange, "2020-09-20")
    # DKI strict (4), Bodebek proporsional (2), Banten (3). Shares of people from DKI found
    # there, as printed to four decimals in the description of the matrix.
    bodebek = 0.0013 + 0.0018 + 0.0008 + 0.0013 + 0.0004
    tangerang = 0.0013 + 0.0016 + 0.0008
    by_hand = 1 - (2 * bodebek + tangerang) / (5 * (bodebek + tangerang))
    assert aligned[0] == pytest.approx(by_hand, abs=0.01)
    assert nominal[0] == 0
    assert (aligned[1:] > aligned[0]).all()


@pytest.mark.upstream
def test_the_emergency_ppkm_of_july_2021_was_the_same_everywhere(coded, exchange):
    aligned, nominal = real_alignment(coded, exchange, "2021-07-10")
    assert (aligned == 1).all()
    assert (nominal == 1).all()


@pytest.mark.upstream
def test_only_levels_that_no_decree_gives_are_missing_in_the_real_timeline(coded):
    window = days("2020-04-18", "2022-04-04")
    by_day = timeline.regime_by_day(coded, DECIDERS, window)
    strictness = timeline.strictness(by_day["regime"], by_day["level"], SCALE, LEVELS)
    missing = by_day[strictness.isna()]
    assert set(missing["region_code"]) == {"3201", *TANGERANG_RAYA}
    # Kab. Bogor 16-29 November 2021; Tangerang Raya 14 December 2021 - 3 January 2022.
    assert len(missing) == 14 + 3 * 21


@pytest.mark.upstream
def test_real_measures_conserve_their_days(curated):
    window = days("2020-03-01", "2022-04-04")
    active = timeline.active_measures(curated, window, 30)
    assert active["active"].sum() == durations(curated, window, 30)
    assert timeline.undated(curated)["measure_id"].tolist() == ["CM075", "CM076", "CM117"]
    assert timeline.monthly_starts(curated)["measures"].sum() == 114
    assert cooperation.diversity(active)["diversity"].between(0, 6).all()


def test_changes_of_strictness_have_a_direction_and_none_inside_a_gap():
    strictness = np.array([[0.0, 4, 4, 2.5, NAN, 2, 3], [NAN, 1, 1, 1, 0, 0, 0]])
    found = cooperation.strictness_changes(strictness)
    assert found.tolist() == [[0, 1, 0, -1, 0, 0, 1], [0, 0, 0, 0, -1, 0, 0]]


def test_changes_of_labels_need_both_days():
    codes = np.array([[3, 3, 1, -1, 1, 2, 2], [0, 1, 0, 1, 0, 1, 0]])
    found = cooperation.label_changes(codes)
    assert found.tolist() == [[0, 0, 1, 0, 0, 1, 0], [0, 1, 1, 1, 1, 1, 1]]


def nearest_by_hand(occurs, day):
    where = np.flatnonzero(occurs)
    if not where.size:
        return NAN
    return min((place - day for place in where), key=lambda lag: (abs(lag), -lag))


@given(arrays("bool", st.tuples(st.integers(1, 3), st.integers(1, 12))))
def test_the_nearest_lag_is_that_of_looking_at_every_day(occurs):
    found = cooperation.nearest_lags(occurs)
    by_hand = [[nearest_by_hand(row, day) for day in range(len(row))] for row in occurs]
    np.testing.assert_array_equal(found, by_hand)


CHANGES = np.array(
    [
        [0, 1, 0, 0, 0, -1, 0, 0, 1, 0],
        [0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
        [1, 0, 0, 0, -1, 0, 0, 0, 0, 0],
    ]
)
TEN = days("2020-05-01", "2020-05-10")


def test_lags_to_the_core_by_hand():
    table = cooperation.follow_lags(CHANGES, TEN, ["31", "3276", "3671"], "31", window=3)
    assert list(table.columns) == ["date", "direction", "region_code", "lag"]
    assert table["date"].dt.day.tolist() == [2, 2, 6, 6, 9, 9]
    assert table["direction"].tolist() == [1, 1, -1, -1, 1, 1]
    assert table["region_code"].tolist() == ["3276", "3671"] * 3
    # Depok never eases; Kota Tangerang eases a day before the core and tightens long before.
    assert table["lag"].fillna(99).tolist() == [2, -1, 99, -1, 0, 99]
    assert table["lag"].dtype == "Int64"
    assert table["date"].dtype == DATE


def test_the_core_may_stand_anywhere_and_the_window_may_be_wider():
    order = [1, 0, 2]
    table = cooperation.follow_lags(CHANGES[order], TEN, ["3276", "31", "3671"], "31", window=8)
    assert table["region_code"].tolist() == ["3276", "3671"] * 3
    assert table["lag"].fillna(99).tolist() == [2, -1, 99, -1, 0, -8]


def test_a_core_that_never_changes_is_followed_by_an_empty_table():
    still = np.zeros((2, 10), dtype="int8")
    table = cooperation.follow_lags(still, TEN, ["31", "3276"], "31", 3)
    assert len(table) == 0
    assert table["lag"].dtype == "Int64"
    with pytest.raises(ValueError, match="never changes"):
        cooperation.following_test(still, ["31", "3276"], "31", 3)


def test_lags_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="among the regions"):
        cooperation.follow_lags(CHANGES, TEN, ["1", "2", "3"], "31", 3)
    with pytest.raises(ValueError, match="fit"):
        cooperation.follow_lags(CHANGES, TEN[:-1], ["31", "2", "3"], "31", 3)
    with pytest.raises(ValueError, match="window"):
        cooperation.follow_lags(CHANGES, TEN, ["31", "2", "3"], "31", -1)
    with pytest.raises(ValueError, match="window"):
        cooperation.following_test(CHANGES, ["31", "2", "3"], "31", -1)


def mean_lag(changes, window):
    """Return the mean capped distance of others' changes from those of the first region."""
    distances = []
    for day in np.flatnonzero(changes[0]):
        for other in changes[1:]:
            lag = abs(nearest_by_hand(other == changes[0, day], day))
            distances.append(lag if lag <= window else window + 1)
    return np.mean(distances)


@given(arrays("int8", st.tuples(st.integers(2, 4), st.integers(2, 9)), elements=st.integers(-1, 1)))
def test_the_shifts_are_those_of_rolling_the_core(changes):
    changes[0, 1] = 1
    codes = [str(number) for number in range(len(changes))]
    found = cooperation.following_test(changes, codes, "0", window=2)
    length = changes.shape[1]
    rolled = []
    for shift in range(1, length):
        moved = changes.copy()
        moved[0] = np.roll(moved[0], shift)
        rolled.append(mean_lag(moved, 2))
    observed = mean_lag(changes, 2)
    assert found.observed == pytest.approx(observed)
    # In the order of shifts: each day's change lands where rolling puts it.
    assert found.by_chance == pytest.approx(np.array(rolled))
    closer = sum(value <= observed + 1e-12 for value in rolled)
    assert found.p_value == pytest.approx((1 + closer) / length)
    assert found.smallest_p == pytest.approx(1 / length)


def far_apart(lag, length=400):
    """Return changes of a core on irregular days, and of two others `lag` days later."""
    changes = np.zeros((3, length), dtype="int8")
    starts = np.array([20, 57, 131, 160, 247, 305])
    changes[0, starts] = [1, -1, 1, -1, -1, 1]
    changes[1:, starts + lag] = changes[0, starts]
    return changes


def test_following_closely_is_told_from_chance_by_shifts_and_by_draws():
    names = ["31", "3276", "3671"]
    close = cooperation.following_test(far_apart(2), names, "31", window=14)
    assert close.observed == 2
    # Only shifts by 0 to 4 days are as close, and 0 is what was observed.
    assert close.p_value == pytest.approx(5 / 400)
    rng = np.random.default_rng(3)
    drawn = cooperation.following_test(far_apart(2), names, "31", 14, rng, draws=999)
    assert drawn.p_value == drawn.smallest_p == pytest.approx(1 / 1000)
    unrelated = cooperation.following_test(far_apart(40), names, "31", window=14)
    assert unrelated.p_value > 0.05


def test_drawn_days_fall_evenly_and_repeat_with_their_seed():
    changes = np.zeros((2, 10), dtype="int8")
    changes[:, 4] = 1
    names = ["31", "3276"]

    def run(seed):
        rng = np.random.default_rng(seed)
        return cooperation.following_test(changes, names, "31", 0, rng, draws=5_000)

    # A day that hits counts 0 and any other 1: one of ten days hits.
    assert run(1).by_chance.mean() == pytest.approx(0.9, abs=0.02)
    assert (run(1).by_chance == run(1).by_chance).all()
    assert (run(1).by_chance != run(2).by_chance).any()


def classed(table, **columns):
    """Return measures with more columns."""
    return table.assign(**{name: pd.Series(cells, dtype="str") for name, cells in columns.items()})


STOCKED = classed(
    measures(
        ("G-H", "action", "3276", "2020-05-02", "2020-05-03"),
        ("G-H", "action", "3276", "2020-05-03", "2020-05-03"),
        ("G-H", "rule", "3276", "2020-05-02", "2020-05-02"),
    ),
    confidence=["high", "low", "medium"],
)


def stock_of(table, act):
    chosen = table[(table["region_code"] == "3276") & (table["dyad"] == "G-H")]
    return chosen.loc[chosen["act"] == act, "stock"].tolist()


def test_the_stock_counts_each_measure_once_unless_weighted():
    plain = cooperation.cooperation_stock(STOCKED, WEEK, 3)
    assert list(plain.columns) == ["region_code", "date", "dyad", "act", "stock"]
    assert stock_of(plain, "action") == [0, 1, 2, 0, 0, 0, 0]
    assert stock_of(plain, "rule") == [0, 1, 0, 0, 0, 0, 0]
    ones = cooperation.cooperation_stock(STOCKED, WEEK, 3, dict.fromkeys(contracts.CONFIDENCE, 1))
    pd.testing.assert_frame_equal(ones, plain)


def test_the_stock_weighs_by_confidence():
    weights = {"high": 1, "medium": 0.5, "low": 0.25}
    weighted = cooperation.cooperation_stock(STOCKED, WEEK, 3, weights)
    assert stock_of(weighted, "action") == [0, 1, 1.25, 0, 0, 0, 0]
    assert stock_of(weighted, "rule") == [0, 0.5, 0, 0, 0, 0, 0]
    assert weighted["stock"].sum() == pytest.approx(1 + 1.25 + 0.5)
    keys = ["region_code", "date", "dyad", "act"]
    pd.testing.assert_frame_equal(weighted, weighted.sort_values(keys, ignore_index=True))
    only = cooperation.cooperation_stock(STOCKED, WEEK, 3, weights, {"3276": "32"})
    assert set(only["region_code"]) == {"32"}


@pytest.mark.parametrize("weights", [{"high": 1, "medium": 1}, {"high": 1, "medium": 1, "low": -1}])
def test_confidence_without_a_good_weight_is_refused(weights):
    with pytest.raises(ValueError, match="needs a weight"):
        cooperation.cooperation_stock(STOCKED, WEEK, 3, weights)


@pytest.mark.upstream
def test_the_brake_of_september_2020_was_not_followed_by_bodebek(coded):
    window = days("2020-04-18", "2021-01-10")
    by_day = timeline.regime_by_day(coded, DECIDERS, window)
    strict = timeline.strictness(by_day["regime"], by_day["level"], SCALE, LEVELS)
    changes = cooperation.strictness_changes(strict.to_numpy().reshape(len(DECIDERS), -1))
    table = cooperation.follow_lags(changes, window, DECIDERS, "31", window=14)
    brake = table[table["date"] == "2020-09-14"].set_index("region_code")
    assert brake["direction"].eq(1).all()
    assert brake.loc[list(BODEBEK), "lag"].isna().all()
    # Banten had been under PSBB as a whole for a week.
    assert brake.loc[list(TANGERANG_RAYA), "lag"].eq(-7).all()
