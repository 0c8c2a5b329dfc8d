"""One daily sheet of the health office of DKI Jakarta: what is read and what is refused."""

import pandas as pd
import pytest

from gotong.contracts import RAW, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import dki_sheets

HEADER = [
    *("id_kel", "nama_provinsi", "nama_kota", "nama_kecamatan", "nama_kelurahan"),
    # The same names stand before the cases, over other numbers.
    *("probable", "dirawat", "sembuh", "meninggal"),
    *("positif", "dirawat", "sembuh", "meninggal", "self_isolation", "keterangan"),
]
KOTA = {
    "3101": "KAB.ADM.KEP.SERIBU",
    "3171": "JAKARTA PUSAT",
    "3172": "JAKARTA UTARA",
    "3173": "JAKARTA BARAT",
    "3174": "JAKARTA SELATAN",
    "3175": "JAKARTA TIMUR",
}


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    content = (project / "data/raw/geography/regions.csv").read_bytes()
    return Gazetteer(read_raw(content, RAW["geography/regions.csv"], ""))


@pytest.fixture(scope="module")
def names(project) -> pd.DataFrame:
    content = (project / "data/raw/kelurahan/kelurahan.csv").read_bytes()
    return read_raw(content, RAW["kelurahan/kelurahan.csv"], "")


def sheet(names: pd.DataFrame, unknown: str = "BELUM DIKETAHUI") -> list[list[str]]:
    """Return a sheet of 269 rows: kelurahan number i has i + 10 cases, of whom 2 died."""
    rows = [HEADER]
    for number, row in enumerate(names.itertuples()):
        labels = [row.kelurahan_code, "DKI JAKARTA", KOTA[row.kelurahan_code[:4]]]
        labels += [row.kecamatan.upper(), row.name.upper()]
        counts = [number + 10, 3, number + 1, 2, 4]
        rows.append([*labels, *["999"] * 4, *map(str, counts), ""])
    for word, cases in (("LUAR DKI JAKARTA", 40), (unknown, 50)):
        rows.append([*[word] * 5, *["N/A"] * 4, str(cases), str(cases), "0", "0", "0", ""])
    return rows


@pytest.fixture
def rows(names) -> list[list[str]]:
    return sheet(names)


def read(rows, gazetteer) -> pd.DataFrame:
    return dki_sheets.read_sheet(rows, "some_source", "day.csv", gazetteer)


def refusal(rows, gazetteer) -> InputError:
    """Return the error that a sheet ends in."""
    with pytest.raises(InputError) as caught:
        read(rows, gazetteer)
    assert (caught.value.dataset, caught.value.file) == ("some_source", "day.csv")
    return caught.value


def test_counts_are_those_after_the_cases_and_units_have_the_codes_of_bps(rows, gazetteer):
    frame = read(rows, gazetteer).set_index("kelurahan_code")
    assert len(frame) == 269
    counts = frame[list(dki_sheets.COUNTS)]
    assert counts.iloc[0].tolist() == [10, 3, 1, 2, 4]
    assert counts.iloc[266].tolist() == [276, 3, 267, 2, 4]
    assert counts.loc["outside"].tolist() == [40, 40, 0, 0, 0]
    assert frame.loc[["outside", "unknown"], "unit_code"].tolist() == ["outside", "unknown"]
    # Kemendagri's 3173 is Jakarta Barat, 3174 of BPS; its 3171 is Jakarta Pusat, 3173 of BPS.
    assert frame.loc["3173011001", ["unit_code", "kecamatan"]].tolist() == ["3174", "Cengkareng"]
    assert frame.loc["3171011001", ["unit_code", "name"]].tolist() == ["3173", "Gambir"]
    assert frame["unit_code"].value_counts().to_dict() == {
        "3101": 6,
        "3171": 65,
        "3172": 65,
        "3173": 44,
        "3174": 56,
        "3175": 31,
        "outside": 1,
        "unknown": 1,
    }


def test_order_totals_and_the_kind_of_cell_make_no_difference(names, rows, gazetteer):
    wanted = read(rows, gazetteer)
    assert read([rows[0], *rows[:0:-1]], gazetteer).equals(wanted)
    assert read(sheet(names, unknown="PROSES UPDATE DATA"), gazetteer).equals(wanted)

    sums = [str(wanted[name].sum()) for name in dki_sheets.COUNTS]
    total = [*[""] * 4, "TOTAL", *["0"] * 4, *sums, ""]
    assert read([*rows, total], gazetteer).equals(wanted)

    # A workbook has the code twice, some as numbers, counts as numbers and blanks as None.
    cells = [
        [int(row[0]) if row[0].isdigit() else row[0], row[0], *row[1:9], *map(int, row[9:14]), None]
        for row in rows[1:]
    ]
    header = ["ID_KEL", *rows[0]]
    header[-2] = "Self  Isolation"
    totals = [*[None] * 5, "TOTAL", *[0] * 4, *map(int, sums), None]
    assert read([header, totals, *cells], gazetteer).equals(wanted)


def test_six_islands_are_spelled_in_one_way():
    assert dki_sheets.plain_name("P. TIDUNG") == dki_sheets.plain_name("PULAU TIDUNG")
    assert dki_sheets.plain_name("UNTUNG JAWA") == "Pulau Untung Jawa"


@pytest.mark.parametrize(
    ("row", "field", "value", "place", "found"),
    [
        pytest.param(0, 12, "sembuh", "row 1 (header)", "sembuh,sembuh", id="other header"),
        pytest.param(0, 5, "positif", "row 1 (header)", "positif,dirawat", id="cases twice"),
        pytest.param(5, 9, "14 org", "row 6", "'14 org'", id="text in number"),
        pytest.param(5, 9, "-14", "row 6", "'-14'", id="below zero"),
        pytest.param(5, 9, "", "row 6", "''", id="blank"),
        pytest.param(5, 9, "9" * 18, "row 6", "999,999", id="no number of persons"),
        pytest.param(5, 9, "9" * 30, "row 6", "'999", id="more than 64 bits hold"),
        pytest.param(5, 0, "317304100X", "column 'id_kel'", "317304100X", id="no code"),
        pytest.param(5, 0, "LUAR NEGERI", "column 'id_kel'", "LUAR NEGERI", id="unknown word"),
        pytest.param(5, 0, "3101011001", "column 'id_kel'", "3101011001", id="code twice"),
        pytest.param(5, 2, "JAKARTA PUSAT", "column 'nama_kota'", "JAKARTA PUSAT", id="other unit"),
        pytest.param(5, 2, "JAKARTA RAYA", "column 'nama_kota'", "JAKARTA RAYA", id="no unit"),
        pytest.param(268, 2, "BELUM", "column 'nama_kota'", "BELUM", id="label of elsewhere"),
        pytest.param(268, 0, "BELUM DIKETAHUI", "column 'id_kel'", "BELUM", id="unknown twice"),
    ],
)
def test_a_fault_is_refused_with_its_place(rows, gazetteer, row, field, value, place, found):
    rows[row] = [*rows[row]]
    rows[row][field] = value
    error = refusal(rows, gazetteer)
    assert error.place == place
    assert found in error.found


def test_rows_that_are_missing_short_or_extra_are_refused(rows, gazetteer):
    assert refusal([*rows[:100], *rows[101:]], gazetteer).found == "266 kelurahan, outside, unknown"
    assert refusal(rows[:-1], gazetteer).found == "267 kelurahan, outside"
    assert refusal([*rows, rows[-1]], gazetteer).expected == "each code once"
    assert refusal([*rows[:-1], rows[-1][:-1]], gazetteer).place == "row 270"
    extra = [*rows[-1]]
    extra[:5] = ["PROSES UPDATE DATA"] * 5
    assert refusal([*rows, extra], gazetteer).found == "267 kelurahan, outside, unknown, unknown"


def test_totals_that_are_not_those_of_the_rows_are_refused(rows, gazetteer):
    sums = [str(read(rows, gazetteer)[name].sum()) for name in dki_sheets.COUNTS]
    total = [*[""] * 4, "TOTAL", *["0"] * 4, *sums, ""]
    assert refusal([*rows, total, total], gazetteer).found == "2"
    total[9] = str(int(sums[0]) + 1)
    assert refusal([*rows, total], gazetteer).place == "row of totals"


def test_two_codes_of_a_row_that_differ_are_refused(rows, gazetteer):
    twice = [["id_kel", *rows[0]], *([row[0], *row] for row in rows[1:])]
    twice[7][1] = twice[8][1]
    assert refusal(twice, gazetteer).place == "row 8"


def test_parts_that_miss_the_cases_are_refused(rows, gazetteer):
    frame = read(rows, gazetteer)
    dki_sheets.expect_parts(frame, "d", "f")
    frame.loc[3, "recovered"] += 1
    with pytest.raises(InputError, match="13 cases, parts that sum to 14"):
        dki_sheets.expect_parts(frame, "d", "f")


@pytest.mark.parametrize(
    ("words", "date"),
    [
        (("31", "Juli", "2021"), "2021-07-31"),
        (("1", "MEI", "2020"), "2020-05-01"),
        (("09", "maret", "2020"), "2020-03-09"),
        (("29", "Februari", "2021"), ""),
        (("1", "July", "2021"), ""),
    ],
)
def test_dates_in_indonesian_are_read(words, date):
    assert dki_sheets.date_in_words(*words) == date
