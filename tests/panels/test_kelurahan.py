"""The join of kelurahan: a few rows by hand, and the snapshot against both of its sources."""

import pandas as pd
import pytest

from gotong.errors import InputError
from gotong.panels import kelurahan
from gotong.regions import DKI_UNITS
from gotong.tables import DATE

MONTH_ENDS = {"2020-03-31": 534, "2020-04-30": 2_979, "2020-05-31": 5_235, "2020-06-30": 8_057}
"""Cases so far with an address in the six units, as two independent copies have them."""


def frame(columns, rows):
    """Return a typed table of some rows: codes as text, days as days, counts as whole numbers."""
    listed = pd.DataFrame(rows, columns=columns.split())
    for name in listed.columns:
        kind = "str" if name.endswith("code") else DATE if name == "date" else "Int64"
        values = pd.to_datetime(listed[name]) if kind == DATE else listed[name]
        listed[name] = values.astype(kind)
    return listed


def listed(series):
    """Return a column as a list with None for what is missing."""
    return [None if pd.isna(value) else value for value in series]


def small():
    """Return raw tables of two kelurahan of two units."""
    counts = "kelurahan_code date cumulative_cases cumulative_deaths"
    one, two = "3174010001", "3175010002"
    return {
        "daily": frame(
            counts,
            [
                (two, "2020-07-17", 4, 0),
                (two, "2020-07-18", 5, 1),
                (one, "2020-07-17", 10, 2),
                (one, "2020-07-18", 8, 2),
            ],
        ),
        "monthly": frame(
            counts,
            [
                # The daily file speaks of this day, and says something else.
                (one, "2020-07-18", 99, 9),
                (one, "2020-07-31", 20, 2),
                (two, "2020-07-31", 5, 1),
                ("unknown", "2020-07-31", 700, 1),
                ("outside", "2020-07-31", 70, 1),
            ],
        ),
        "names": frame("kelurahan_code unit_code", [(one, "3171"), (two, "3172")]),
        "residents": frame("kelurahan_code residents", [(two, 2_000), (one, 500)]),
        "vaccination": frame("kelurahan_code date dose_1 dose_2", [(one, "2020-07-31", 90, 40)]),
    }


def test_the_small_panel_by_hand():
    found = kelurahan.build(small()).set_index("kelurahan_code")
    assert found["date"].dt.strftime("%m-%d").tolist() == ["07-17", "07-18", "07-31"] * 2
    one, two = found.loc["3174010001"], found.loc["3175010002"]
    assert one["cumulative_cases"].tolist() == [10, 8, 20]
    # Cases move between addresses: a fall is shown, and the rest of the month is one step.
    assert listed(one["cases"]) == [None, -2, 12]
    assert listed(one["days_since"]) == [None, 1, 13]
    assert one["cases_missing"].tolist() == ["no_day_before", "", ""]
    assert listed(one["dose_1"]) == [None, None, 90]
    assert one["cumulative_per_1000"].tolist() == [20, 16, 40]
    assert listed(two["cases"]) == [None, 1, 0]
    assert listed(two["dose_1"]) == [None] * 3
    assert set(one["unit_code"]) == {"3171"}
    assert set(two["unit_code"]) == {"3172"}
    assert two["cumulative_per_1000"].tolist() == [2, 2.5, 2.5]


def test_a_kelurahan_whose_residents_are_not_known_stops_the_join():
    raw = small()
    raw["residents"] = raw["residents"].iloc[:1]
    with pytest.raises(InputError) as caught:
        kelurahan.build(raw)
    assert "kelurahan_code=3174010001" in caught.value.place
    assert "'residents'" in caught.value.place


@pytest.fixture(scope="module")
def panel(results):
    return results["panel_kelurahan"]


def by_day(table, code="kelurahan_code"):
    """Return cumulative cases with an address in DKI, by day."""
    placed = table[table[code].str.fullmatch(r"\d+")]
    return placed.groupby("date")["cumulative_cases"].sum()


def test_the_panel_has_267_kelurahan_on_each_of_its_days(panel):
    assert panel["kelurahan_code"].nunique() == 267
    days = panel["date"].unique()
    # 26 March to 18 July 2020, then thirteen month-ends to July 2021.
    assert len(days) == 115 + 13
    assert len(panel) == 267 * len(days)
    assert not panel.duplicated(["kelurahan_code", "date"]).any()
    assert sorted(panel["unit_code"].unique()) == list(DKI_UNITS)


def test_both_files_agree_at_the_four_month_ends_that_they_share(panel, results):
    daily, monthly = (
        by_day(results[f"kelurahan/cases_{kind}.csv"]) for kind in ("daily", "monthly")
    )
    joined = by_day(panel)
    for day, total in MONTH_ENDS.items():
        assert (daily[day], monthly[day], joined[day]) == (total,) * 3


def test_units_have_the_sums_of_their_kelurahan(panel, results):
    units = results.published("kelurahan/units_daily.csv")
    wide = units.pivot(index="date", columns="unit_code", values="cumulative_cases")[[*DKI_UNITS]]
    sums = panel.groupby(["date", "unit_code"])["cumulative_cases"].sum().unstack()
    month_ends = [day for day in wide.index if day.is_month_end and day in sums.index]
    shared = [day for day in month_ends if day > pd.Timestamp("2020-07-18")]
    assert [str(day.date()) for day in shared] == [
        *("2020-07-31", "2020-09-30", "2020-10-31", "2020-11-30"),
    ]
    assert sums.loc[shared].to_numpy().tolist() == wide.loc[shared].to_numpy().tolist()


def test_steps_add_up_to_the_last_total(panel):
    rows = panel.groupby("kelurahan_code")
    growth = rows["cumulative_cases"].last() - rows["cumulative_cases"].first()
    assert (rows["cases"].sum() == growth).all()
    counted = panel["cases"].notna()
    assert (counted == (panel["cases_missing"] == "")).all()
    assert (~counted).sum() == 267
    assert (panel["days_since"].isna() == ~counted).all()


def test_doses_are_known_on_the_last_day_only(panel):
    known = panel[panel["dose_1"].notna()]
    assert known["date"].unique().tolist() == [panel["date"].max()]
    assert len(known) == 267
    assert (known["dose_2"] <= known["dose_1"]).all()
