"""Registered residents by kelurahan: published totals, and faults in a table of fixed width."""

import pandas as pd
import pytest
import shapefile

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import dukcapil


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    content = (project / "data/raw/geography/regions.csv").read_bytes()
    return Gazetteer(read_raw(content, RAW["geography/regions.csv"], ""))


@pytest.fixture(scope="module")
def content(upstream) -> bytes:
    return (upstream / "teojp3+IS415_Blog" / dukcapil.FILE).read_bytes()


@pytest.fixture(scope="module")
def residents(content, gazetteer) -> pd.DataFrame:
    return dukcapil.read_population_2019({dukcapil.FILE: content}, gazetteer)


def refusal(content: bytes, gazetteer) -> InputError:
    """Return the error that a table ends in."""
    with pytest.raises(InputError) as caught:
        dukcapil.read_population_2019({dukcapil.FILE: content}, gazetteer)
    assert (caught.value.dataset, caught.value.file) == ("dukcapil_dki_2019", dukcapil.FILE)
    return caught.value


@pytest.mark.upstream
def test_residents_are_those_of_the_research_notes(residents, project):
    check(residents, RAW["kelurahan/population_2019.csv"], "", "")
    names = (project / "data/raw/kelurahan/kelurahan.csv").read_bytes()
    joined = residents.merge(
        read_raw(names, RAW["kelurahan/kelurahan.csv"], ""), on="kelurahan_code"
    )
    assert len(joined) == len(residents) == 267
    assert joined["residents"].sum() == 11_011_862
    assert joined.groupby("unit_code")["residents"].sum().to_dict() == {
        "3101": 28_436,
        "3171": 2_328_846,
        "3172": 3_169_571,
        "3173": 1_147_917,
        "3174": 2_525_194,
        "3175": 1_811_898,
    }
    ages = joined.filter(regex="^age_").sum(axis="columns")
    assert (ages == joined["residents"]).all()
    # The province's official area is 662 to 664 km2.
    assert joined["area_km2"].sum() == pytest.approx(662, abs=3)


class _Table:
    """The bytes of a dBASE table, with a cell to be changed by row and column."""

    def __init__(self, content: bytes):
        self.content = bytearray(content)
        self.header = int.from_bytes(content[8:10], "little")
        self.width = int.from_bytes(content[10:12], "little")
        self.columns, start = {}, 1
        for place in range(32, self.header - 1, 32):
            name = content[place : place + 11].split(b"\0")[0].decode()
            self.columns[name] = (start, content[place + 16])
            start += content[place + 16]

    def put(self, row: int, name: str, value: str) -> "_Table":
        start, size = self.columns[name]
        place = self.header + row * self.width + start
        padded = value.rjust(size) if name[0] != "K" and name != "DESA" else value.ljust(size)
        self.content[place : place + size] = padded.encode()
        return self


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("row", "name", "value", "place"),
    [
        (0, "U0", "1573", "row 1, ages"),
        (0, "PRIA", "11048", "row 1, sexes"),
        (0, "KAWIN", "10653", "row 1, marital states"),
        (0, "JUMLAH_PEN", "21608", "row 1, ages"),
        (0, "LUAS_WILAY", "0.63", "row 1, column 'LUAS_WILAY'"),
        (0, "LUAS_WILAY", "0", "row 1, column 'LUAS_WILAY'"),
        (0, "U0", "1571.5", "row 1, column 'U0'"),
        (0, "U0", "-1572", "row 1, column 'U0'"),
        (0, "U0", "many", "row 1, column 'U0'"),
        (0, "U0", "", "row 1, column 'U0'"),
        (0, "KODE_DESA", "3173031007", "row 1"),
        (0, "DESA", "MAPHAR", "row 1"),
        (0, "KAB_KOTA", "JAKARTA PUSAT", "column 'KAB_KOTA'"),
        (0, "GENERATED", "31 Juni 2020", "row 1"),
        (0, "DESA_KELUR", "", "column 'DESA_KELUR'"),
    ],
)
def test_a_changed_cell_is_refused(content, gazetteer, row, name, value, place):
    table = _Table(content)
    assert refusal(bytes(table.put(row, name, value).content), gazetteer).place == place


@pytest.mark.upstream
def test_a_row_deleted_or_repeated_is_refused(content, gazetteer):
    table = _Table(content)
    start, width = table.header, table.width
    deleted = bytearray(content)
    deleted[start] = ord("*")
    assert refusal(bytes(deleted), gazetteer).expected == "269 rows"

    repeated = bytearray(content)
    repeated[start : start + width] = content[start + width : start + 2 * width]
    assert refusal(bytes(repeated), gazetteer).expected == "the code of a kelurahan, each once"


@pytest.mark.upstream
def test_the_order_of_rows_makes_no_difference(content, gazetteer, residents):
    table = _Table(content)
    start, width = table.header, table.width
    rows = [content[start + width * row : start + width * (row + 1)] for row in range(269)]
    turned = content[:start] + b"".join(reversed(rows)) + b"\x1a"
    read = dukcapil.read_population_2019({dukcapil.FILE: turned}, gazetteer)
    assert read.equals(residents)


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html>404</html>", b"\3" * 1000])
def test_what_is_no_table_is_refused(content, gazetteer):
    assert refusal(content, gazetteer).expected in ("a dBASE table", "269 rows")


@pytest.mark.upstream
@pytest.mark.parametrize("size", [31, 5_000, 5_217, 100_000, 900_000])
def test_a_table_cut_off_is_refused(content, gazetteer, size):
    refusal(content[:size], gazetteer)


def test_a_missing_file_and_other_columns_are_refused(gazetteer, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        dukcapil.read_population_2019({}, gazetteer)
    with shapefile.Writer(dbf=str(tmp_path / "a.dbf")) as writer:
        writer.field("DESA", "C", 10)
        for _ in range(269):
            writer.record("x")
    assert refusal((tmp_path / "a.dbf").read_bytes(), gazetteer).found == "others"
