"""Contracts: every violation ends in one error that names row and column."""

import pandas as pd
import pytest

from gotong import contracts, tables
from gotong.contracts import columns as columns_of
from gotong.errors import InputError

POPULATION = contracts.RAW["context/population_sp2020.csv"]
CASES = contracts.RAW["cases/province_daily.csv"]
EVERY = {**contracts.RAW, **contracts.PROCESSED}


@pytest.fixture
def population():
    return pd.DataFrame(
        {
            "region_code": ["3171", "3172", "3173"],
            "male": [10, 20, 30],
            "female": [11, 21, 31],
            "total": [21, 41, 61],
        }
    ).astype({"region_code": "str", "male": "Int64", "female": "Int64", "total": "Int64"})


@pytest.fixture
def cases():
    days = pd.to_datetime(["2020-03-01", "2020-03-02", "2020-03-01"]).astype(tables.DATE)
    counts = pd.array([0, 1, 2], dtype="Int64")
    return pd.DataFrame(
        {
            "region_code": pd.Series(["31", "31", "32"], dtype="str"),
            "date": days,
            "cases": counts,
            "deaths": counts,
            "recovered": counts,
        }
    )


def refused(frame, schema):
    """Return the one error that a table ends in."""
    with pytest.raises(InputError) as caught:
        contracts.check(frame, schema, "a/file.csv", "do this")
    error = caught.value
    assert (error.dataset, error.file, error.remedy) == (schema.name, "a/file.csv", "do this")
    return error


def whole(*values):
    return pd.array(values, dtype="Int64")


def test_a_good_table_passes_unchanged(population, cases):
    for frame, schema in ((population, POPULATION), (cases, CASES)):
        before = frame.copy()
        assert contracts.check(frame, schema, "f", "r") is frame
        pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("column", "values", "place", "expected", "found"),
    [
        (
            "male",
            whole(10, -20, 30),
            "row 3 (region_code=3172), column 'male'",
            "greater_than_or_equal_to(0)",
            "-20",
        ),
        (
            "total",
            whole(21, 41, 0),
            "row 4 (region_code=3173), column 'total'",
            "greater_than_or_equal_to(1)",
            "0",
        ),
        (
            "female",
            whole(None, 21, 31),
            "row 2 (region_code=3171), column 'female'",
            "a value",
            "<NA>",
        ),
        (
            "region_code",
            ["3171", "DKI", "3173"],
            "row 3 (region_code=DKI), column 'region_code'",
            "str_matches",
            "DKI",
        ),
        (
            "region_code",
            ["3171", "3172", "31735"],
            "row 4 (region_code=31735), column 'region_code'",
            "str_matches",
            "31735",
        ),
        (
            "region_code",
            ["3171", "3172", "3172"],
            "row 3 (region_code=3172), column 'region_code'",
            "one row per region_code",
            "3172",
        ),
        ("male", [1.5, 2.0, 3.0], "column 'male'", "Int64", "float64"),
        (
            "region_code",
            ["3171", "", "3173"],
            "row 3 (region_code=a blank), column 'region_code'",
            "str_matches",
            "a blank",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_row_and_column(
    population, column, values, place, expected, found
):
    error = refused(population.assign(**{column: values}), POPULATION)
    assert error.place == place
    assert expected in error.expected
    assert error.found == found


def test_a_key_of_two_columns_may_not_stand_twice(cases):
    twice = cases.assign(region_code=["31", "31", "31"])
    error = refused(twice, CASES)
    assert error.place.startswith("row 2 (region_code=31, date=2020-03-01)")
    assert error.expected == "one row per region_code, date"


def test_a_day_out_of_range_is_shown_as_a_day(cases):
    late = cases.copy()
    late.loc[1, "date"] = pd.Timestamp("2032-03-02")
    error = refused(late, CASES)
    assert error.place == "row 3 (region_code=31, date=2032-03-02), column 'date'"
    assert error.found == "2032-03-02"


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_a_share_lies_between_none_and_all(value):
    schema = contracts.RAW["mobility/movement_java.csv"]
    frame = pd.DataFrame(
        {
            "period": ["normal"],
            "origin_code": ["31"],
            "destination_code": ["3276"],
            "share": [value],
        }
    ).astype(dict.fromkeys(("period", "origin_code", "destination_code"), "str"))
    error = refused(frame, schema)
    assert error.place.endswith("column 'share'")
    assert error.found == str(value)
    contracts.check(frame.assign(share=1.0), schema, "f", "r")


def test_a_word_outside_the_list_is_refused():
    schema = contracts.PROCESSED["measures_monthly"]
    frame = pd.DataFrame(
        {
            "month": pd.to_datetime(["2020-03-01"]).astype(tables.DATE),
            "dyad": pd.Series(["G-X"], dtype="str"),
            "act": pd.Series(["action"], dtype="str"),
            "measures": whole(3),
        }
    )
    error = refused(frame, schema)
    assert error.place == "row 2 (month=2020-03-01, dyad=G-X, act=action), column 'dyad'"
    assert error.found == "G-X"
    contracts.check(frame.assign(dyad=["G-G"]), schema, "f", "r")


def test_a_stray_column_is_named(population):
    error = refused(population.assign(density=1), POPULATION)
    assert (error.expected, error.found) == ("no such column", "density")


def test_a_missing_column_is_named(population):
    error = refused(population.drop(columns="female"), POPULATION)
    assert (error.expected, error.found) == ("this column", "female")


def test_columns_in_another_order_are_refused(population):
    refused(population[["male", "region_code", "female", "total"]], POPULATION)


def test_of_several_faults_one_is_shown(population):
    wrong = population.assign(male=whole(10, -1, 30), total=whole(0, 41, 61))
    error = refused(wrong, POPULATION)
    assert str(error).count("Input error") == 1
    assert error.place == "row 3 (region_code=3172), column 'male'"


def halves(*parts):
    """Return a table whose rows must add up, and its contract."""
    columns = {name: columns_of.whole(name, "persons") for name in ("one", "two", "all")}
    must = columns_of.RowRule(
        "all is the sum", lambda rows: rows["one"] + rows["two"] == rows["all"]
    )
    keyed = {"key": columns_of.text("key"), **columns}
    frame = pd.DataFrame(parts, columns=list(columns)).astype("Int64")
    frame.insert(0, "key", pd.Series([str(number) for number in range(len(parts))], dtype="str"))
    return frame, columns_of.table("halves", "Halves.", ("key",), keyed, must)


def test_what_does_not_hold_of_a_row_is_no_fault_of_one_column():
    error = refused(*halves((1, 2, 3), (1, 2, 4)))
    assert error.place == "row 3 (key=1)"
    assert (error.expected, error.found) == ("all is the sum", "it does not hold")


def test_a_wrong_cell_is_named_before_what_then_does_not_hold_of_its_row():
    error = refused(*halves((1, 2, 3), (-1, 2, 3)))
    assert error.place == "row 3 (key=1), column 'one'"
    assert error.found == "-1"


def test_a_file_is_held_to_types_and_contract(population):
    content = tables.to_csv(population)
    read = contracts.read_raw(content, POPULATION, "a/file.csv")
    pd.testing.assert_frame_equal(read, population)
    for wrong, place in (
        (content.replace(b"3172,20", b"3172,-20"), "row 3 (region_code=3172), column 'male'"),
        (content.replace(b"3172,20", b"3172,2.5"), "row 3, column 'male'"),
        (content.replace(b"female", b"women"), "row 1 (header)"),
    ):
        with pytest.raises(InputError) as caught:
            contracts.read_raw(wrong, POPULATION, "a/file.csv")
        assert caught.value.place == place
        assert "git checkout" in caught.value.remedy


def test_a_table_is_known_by_its_path(tmp_path):
    assert contracts.table_name("data/raw/cases/province_daily.csv") == CASES.name
    assert contracts.table_name("data/processed/sources/cases/province_daily.csv") == CASES.name
    assert contracts.table_name("data/processed/rt.parquet") == "rt"


def test_a_raw_and_a_made_table_are_read_from_their_files(tmp_path, cases):
    raw = tmp_path / CASES.name
    raw.parent.mkdir()
    raw.write_bytes(tables.to_csv(cases))
    pd.testing.assert_frame_equal(contracts.read_any(str(raw)), cases)

    made = tmp_path / "alignment.parquet"
    frame = pd.DataFrame(
        {
            "variant": pd.Series(["main"], dtype="str"),
            "region_code": pd.Series(["31"], dtype="str"),
            "date": pd.to_datetime(["2020-04-10"]).astype(tables.DATE),
            "alignment": [0.5],
        }
    )
    made.write_bytes(tables.to_parquet(frame))
    pd.testing.assert_frame_equal(contracts.read_any(str(made)), frame)
    made.write_bytes(tables.to_parquet(frame.assign(alignment=1.5)))
    with pytest.raises(InputError) as caught:
        contracts.read_any(str(made))
    assert caught.value.place.endswith("column 'alignment'")
    assert "run make again" in caught.value.remedy


def test_a_missing_file_is_refused(tmp_path):
    path = str(tmp_path / CASES.name)
    with pytest.raises(InputError) as caught:
        contracts.read_any(path)
    assert (caught.value.dataset, caught.value.file) == (CASES.name, path)


@pytest.mark.parametrize("name", EVERY)
def test_every_column_says_what_it_holds(name):
    schema = EVERY[name]
    assert schema.name == name
    assert schema.description
    assert [column for column, held in schema.columns.items() if not held.description] == []


@pytest.mark.parametrize("name", EVERY)
def test_every_contract_has_a_key_of_its_own_columns_and_known_types(name):
    schema = EVERY[name]
    assert schema.key
    assert set(schema.key) <= set(schema.columns)
    known = {"str", "Int64", "float64", "boolean", tables.DATE}
    assert set(contracts.dtypes(schema).values()) <= known


@pytest.mark.parametrize("name", EVERY)
def test_every_measured_number_has_a_unit(name):
    measured = {
        column: held.unit
        for column, held in EVERY[name].columns.items()
        if str(held.dtype) in ("Int64", "float64")
    }
    assert all(measured.values()), measured
