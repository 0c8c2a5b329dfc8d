"""Rows that know where they stand, and tables that come to their control total."""

import hashlib

import pandas as pd
import pytest

from gotong.errors import InputError
from gotong.sources.control import ControlTotal
from gotong.sources.records import INDONESIAN_DAY, ISO_DAY, Record, as_table, read_records

TABLE = "facilities/covid_capacity.csv"
ROWS = [
    {"region_code": "32", "isolation_beds": 7, "icu_beds": 2},
    {"region_code": "31", "isolation_beds": 9, "icu_beds": 1},
]
WRITTEN = b"region_code,isolation_beds,icu_beds\n31,9,1\n32,7,2\n"
CONTROL = ControlTotal(2, hashlib.sha256(WRITTEN).hexdigest()[:16])


def record(**cells: str) -> Record:
    return Record("source", "file.csv", 4, cells)


def test_rows_become_the_table_of_the_contract_in_the_order_of_its_key():
    frame = as_table(ROWS, TABLE, None, "source", "file.csv")
    assert frame.to_numpy().tolist() == [["31", 9, 1], ["32", 7, 2]]
    assert frame.dtypes.astype(str).tolist() == ["str", "Int64", "Int64"]


@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1]])
def test_the_known_figures_pass_in_any_order(rows):
    assert len(as_table(rows, TABLE, CONTROL, "source", "file.csv")) == 2


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(ROWS[:1], id="row cut off"),
        pytest.param([*ROWS, {"region_code": "33", "isolation_beds": 1, "icu_beds": 1}], id="more"),
        pytest.param([ROWS[0], ROWS[1] | {"icu_beds": 10}], id="one figure"),
        pytest.param(
            [ROWS[0] | {"icu_beds": 1}, ROWS[1] | {"icu_beds": 2}], id="same sums, exchanged"
        ),
    ],
)
def test_other_figures_are_refused(rows):
    with pytest.raises(InputError) as caught:
        as_table(rows, TABLE, CONTROL, "source", "file.csv")
    assert (caught.value.dataset, caught.value.file) == ("source", "file.csv")
    assert caught.value.expected == str(CONTROL)


def test_a_key_twice_is_named():
    with pytest.raises(InputError) as caught:
        as_table([*ROWS, ROWS[0]], TABLE, None, "source", "file.csv")
    assert (caught.value.expected, caught.value.found) == ("each region_code once", "32")


@pytest.mark.parametrize("cell", ["", "-1", "1.0", "1,000", " 1", "٣", "1" * 5_000, "1e3", "nan"])
def test_what_is_no_count_is_refused_with_its_place(cell):
    with pytest.raises(InputError) as caught:
        record(beds=cell).whole("beds")
    shown = cell if len(cell) < 80 else cell[:79] + "…"
    assert (caught.value.place, caught.value.found) == ("row 4, column 'beds'", repr(shown))


def test_counts_may_be_blank_or_below_zero_only_where_asked():
    assert record(beds="").whole_or_blank("beds") is None
    assert record(beds="NA").whole_or_blank("beds", "NA") is None
    assert record(beds="0").whole_or_blank("beds") == 0
    assert record(cases="-12").signed("cases") == -12
    for cell in ("--1", "", "-"):
        with pytest.raises(InputError, match="a whole number"):
            record(cases=cell).signed("cases")


@pytest.mark.parametrize("cell", ["", "1e1", "inf", "nan", "3.5.1", "-0.1", "10.1", "9" * 400])
def test_numbers_out_of_bounds_or_form_are_refused(cell):
    with pytest.raises(InputError, match="a number from 0 to 10"):
        record(rate=cell).number_in("rate", 0, 10)


def test_days_are_read_in_the_stated_order_only():
    day = pd.Timestamp("2020-04-03")
    assert record(date="03/04/2020").day("date", INDONESIAN_DAY) == day
    assert record(date="2020-04-03").day("date", ISO_DAY) == day
    for cell in ("31/04/2020", "3/4/2020", "2020-04-03", "", "03/04/20", "00/00/0000"):
        with pytest.raises(InputError, match="a day such as 30/04/2020"):
            record(date=cell).day("date", INDONESIAN_DAY)


def test_a_row_of_another_length_and_another_header_are_refused():
    for content, place in ((b"a,b\n1,2\n3\n", "row 3"), (b"b,a\n1,2\n", "row 1 (header)")):
        with pytest.raises(InputError) as caught:
            read_records({"f.csv": content}, "f.csv", ("a", "b"), "source")
        assert caught.value.place == place
    with pytest.raises(InputError, match="no such file"):
        read_records({}, "f.csv", ("a", "b"), "source")
