"""Tables are written the same every time, read with their types, and refused when wrong."""

import os
import stat

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotong import tables
from gotong.errors import InputError
from gotong.text import expectation

DTYPES = {
    "region_code": "str",
    "date": tables.DATE,
    "cases": "Int64",
    "share": "float64",
    "known": "boolean",
}
GOOD = b"region_code,date,cases,share,known\n3171,2020-04-10,12,0.5,yes\n3172,,,,no\n"


def read(content: bytes) -> pd.DataFrame:
    return tables.read_csv(content, DTYPES, "a_dataset", "a/file.csv", "do this")


def test_csv_is_read_with_types_and_blanks_as_missing():
    frame = read(GOOD)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    assert frame["region_code"].tolist() == ["3171", "3172"]
    assert frame["date"][0] == pd.Timestamp("2020-04-10")
    assert frame["cases"][0] == 12
    assert frame.loc[1, ["date", "cases", "share"]].isna().all()
    assert frame["known"].tolist() == [True, False]


def test_csv_written_again_is_the_same_bytes():
    assert tables.to_csv(read(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("content", "place", "found"),
    [
        (GOOD.replace(b"3171", b"31\xe9"), "byte 37", "byte 0xe9"),
        (GOOD.replace(b"cases", b"kasus"), "row 1 (header)", "missing: cases; stray: 'kasus'"),
        (GOOD.replace(b"known\n", b"known,more\n"), "row 1 (header)", "stray: 'more'"),
        (b"date,region_code" + GOOD[16:], "row 1 (header)", "another order"),
        (GOOD.replace(b",yes", b""), "row 2", "4"),
        (GOOD.replace(b"no\n", b"no,1\n"), "row 3", "6"),
        (GOOD.replace(b"12", b"1.2"), "row 2, column 'cases'", "'1.2'"),
        (
            GOOD.replace(b"12", b"1,200").replace(b"1,200", b"1 200"),
            "row 2, column 'cases'",
            "1 200",
        ),
        (GOOD.replace(b"2020-04-10", b"10/04/2020"), "row 2, column 'date'", "'10/04/2020'"),
        (GOOD.replace(b"2020-04-10", b"2020-02-30"), "row 2, column 'date'", "'2020-02-30'"),
        (GOOD.replace(b"0.5", b"0,5").replace(b"0,5", b"half"), "row 2, column 'share'", "'half'"),
        (GOOD.replace(b"0.5", b"nan"), "row 2, column 'share'", "'nan'"),
        (GOOD.replace(b"yes", b"ja"), "row 2, column 'known'", "'ja'"),
        (b"", "row 1 (header)", "missing"),
    ],
)
def test_a_wrong_csv_is_refused_with_its_place(content, place, found):
    with pytest.raises(InputError) as error:
        read(content)
    assert error.value.place == place
    assert found in error.value.found
    assert "a_dataset" in str(error.value)
    assert "a/file.csv" in str(error.value)
    assert "do this" in str(error.value)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8")).filter(lambda cell: not expectation(cell)),
            st.integers(-(10**12), 10**12),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_written_is_read_back_exactly(rows):
    frame = pd.DataFrame(rows, columns=["name", "count", "share"]).astype(
        {"name": "str", "count": "Int64"}
    )
    dtypes = {"name": "str", "count": "Int64", "share": "float64"}
    back = tables.read_csv(tables.to_csv(frame), dtypes, "d", "f", "r")
    pd.testing.assert_frame_equal(back, frame)


def test_parquet_keeps_types_and_origins_and_names_no_version(tmp_path):
    frame = read(GOOD)
    path = tmp_path / "table.parquet"
    path.write_bytes(tables.to_parquet(frame, ["cases/b.csv", "cases/a.csv", "cases/b.csv"]))
    back = tables.read_parquet(path)
    pd.testing.assert_frame_equal(back, frame)
    assert tables.parquet_origins(path) == ("cases/a.csv", "cases/b.csv")
    assert str(pq.read_schema(path).field("date").type) == "date32[day]"
    assert b"pandas" not in path.read_bytes()


def test_parquet_without_origins_names_none(tmp_path):
    path = tmp_path / "table.parquet"
    path.write_bytes(tables.to_parquet(read(GOOD)))
    assert tables.parquet_origins(path) == ()


def test_a_file_is_never_half_written(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "result.csv"
    tables.write_bytes(path, b"old")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        tables.write_bytes(path, b"new and longer")
    assert path.read_bytes() == b"old"
    with pytest.raises(OSError, match="No space") as told:
        tables.write_bytes(path, b"new and longer")
    assert told.value.filename == str(path)
    assert [entry.name for entry in path.parent.iterdir()] == ["result.csv"]


def test_written_files_have_the_usual_rights(tmp_path):
    tables.write_bytes(tmp_path / "made", b"x")
    (tmp_path / "plain").write_bytes(b"x")
    rights = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("made", "plain")]
    assert rights[0] == rights[1]


@pytest.mark.parametrize("kept", [0, 5, 400, -1])
def test_a_parquet_file_that_was_cut_off_is_named_with_a_remedy(tmp_path, kept):
    path = tmp_path / "table.parquet"
    path.write_bytes(tables.to_parquet(read(GOOD))[:kept])
    for reader in (tables.read_parquet, tables.parquet_origins):
        with pytest.raises(InputError) as told:
            reader(path)
        assert str(path) in str(told.value)
        assert "remove the file and run make again" in str(told.value)
    with pytest.raises(FileNotFoundError):
        tables.read_parquet(tmp_path / "missing.parquet")
