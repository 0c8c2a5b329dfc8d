"""The movement matrices: origins in rows, in the order of the list, all shares accounted for."""

import gzip

import numpy as np
import pandas as pd
import pytest
import rdata

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.movement import MATRICES, ORDER, TABLE, read_movement
from gotong.tables import to_csv

# Two kabupaten/kota of Java; DKI and places outside Java are there to be left out.
GAZETTEER = Gazetteer(
    pd.DataFrame(
        [
            ("31", "31", "province", "DKI Jakarta", "31"),
            ("3171", "3174", "kota", "Kota Jakarta Selatan", "31"),
            ("3201", "3201", "kabupaten", "Kab. Bogor", "32"),
            ("3271", "3271", "kota", "Kota Bogor", "32"),
            ("5101", "5101", "kabupaten", "Kab. Jembrana", "51"),
        ],
        columns=["region_code", "kemendagri_code", "level", "name", "province_code"],
    )
)
LIST = """\
IDREGION,REGION,PROVINCE,URBAN_RURAL
31,JAKARTA,JAKARTA,1
99,OUTSIDE JAVA,OUTSIDE JAVA,0
3201,BOGOR,WEST JAVA,1
3271,KOTA BOGOR,WEST JAVA,1
"""
NORMAL = np.array(
    [
        [0.97, 0.01, 0.01, 0.01],
        [0.02, 0.98, 0.0, 0.0],
        [0.05, 0.01, 0.9, 0.04],
        [1 / 3, 1 / 3, 1 / 3 - 2e-8, 2e-8],
    ]
)
RAMADAN = np.full((4, 4), 0.25)


def rds(value) -> bytes:
    data = rdata.conversion.convert_python_to_r_data(value)
    return gzip.compress(rdata.unparser.unparse_data(data))


def files(normal=NORMAL, ramadan=RAMADAN, order=LIST) -> dict[str, bytes]:
    matrices = {"normal": normal, "ramadan": ramadan}
    return {MATRICES: rds(matrices), ORDER: order.encode()}


def changed(origin: int, destination: int, share: float) -> np.ndarray:
    matrix = NORMAL.copy()
    matrix[origin, destination] = share
    return matrix


def test_rows_of_a_matrix_are_origins():
    frame = check(read_movement(files(), GAZETTEER), RAW[TABLE], TABLE, "")
    share = frame.set_index(["period", "origin_code", "destination_code"])["share"]
    assert share["normal", "3201", "31"] == 0.05
    assert share["normal", "31", "3201"] == 0.01
    assert share["normal", "99", "31"] == 0.02
    assert (share["ramadan"] == 0.25).all()


def test_the_table_is_sorted_and_survives_being_written():
    frame = read_movement(files(), GAZETTEER)
    key = ["period", "origin_code", "destination_code"]
    assert list(frame["origin_code"][:16:4]) == ["31", "3201", "3271", "99"]
    assert frame[key].apply(tuple, axis=1).is_monotonic_increasing
    pd.testing.assert_frame_equal(read_raw(to_csv(frame), RAW[TABLE], TABLE), frame)


def test_shares_keep_nine_decimals():
    frame = read_movement(files(), GAZETTEER)
    row = frame[(frame["period"] == "normal") & (frame["origin_code"] == "3271")]
    assert list(row["share"]) == [0.333333333, 0.333333313, 2e-8, 0.333333333]
    assert row["share"].sum() == pytest.approx(1, abs=6e-8)


@pytest.mark.parametrize(
    ("broken", "place", "expected", "found"),
    [
        ({"normal": NORMAL[:, :3]}, "normal", "(4, 4) real numbers", "(4, 3) float64"),
        ({"ramadan": RAMADAN[:3, :3]}, "ramadan", "(4, 4) real numbers", "(3, 3) float64"),
        ({"normal": RAMADAN.astype(int)}, "normal", "(4, 4) real numbers", "(4, 4) int"),
        ({"normal": "none"}, "normal", "(4, 4) real numbers", "(1,)"),
        ({"normal": changed(2, 0, -0.05)}, "normal, from 3201 to 31", "a share", "-0.05"),
        ({"normal": changed(0, 3, np.nan)}, "normal, from 31 to 3271", "a share", "nan"),
        ({"normal": changed(1, 1, 1.5)}, "normal, from 99 to 99", "a share", "1.5"),
        ({"normal": changed(2, 2, 0.91)}, "normal, from 3201", "sum to 1", "1.010000000"),
        ({"normal": changed(3, 3, 3e-8)}, "normal, from 3271", "sum to 1", "1.000000010"),
    ],
)
def test_a_broken_matrix_is_refused(broken, place, expected, found):
    with pytest.raises(InputError) as caught:
        read_movement(files(**broken), GAZETTEER)
    error = caught.value
    assert (error.dataset, error.file, error.place) == ("djaafara_movement", MATRICES, place)
    assert expected in error.expected
    assert found in error.found


LINES = LIST.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("order", "place", "expected", "found"),
    [
        ([0, 1, 2, 4, 3], "row 4, column 'IDREGION'", "3201 (Kab. Bogor)", "'3271'"),
        ([0, 2, 1, 3, 4], "row 2, column 'IDREGION'", "31 (DKI Jakarta)", "'99'"),
        ([0, 1, 3, 4], "row 3, column 'IDREGION'", "99", "'3201'"),
        ([0, 1, 2, 3], "", "4 rows", "3"),
        ([0, 1, 2, 3, 4, 4], "", "4 rows", "5"),
        ([1, 2, 3, 4], "row 1 (header)", "IDREGION", "31,JAKARTA"),
        ([0], "", "a header and rows", "1 rows"),
    ],
)
def test_a_list_in_another_order_is_refused(order, place, expected, found):
    with pytest.raises(InputError) as caught:
        read_movement(files(order="".join(LINES[line] for line in order)), GAZETTEER)
    error = caught.value
    assert (error.file, error.place) == (ORDER, place)
    assert expected in error.expected
    assert found in error.found


def test_an_unknown_code_is_refused():
    with pytest.raises(InputError, match="'3299'") as caught:
        read_movement(files(order=LIST.replace("3271,", "3299,")), GAZETTEER)
    assert caught.value.place == "row 5, column 'IDREGION'"


@pytest.mark.parametrize("missing", [MATRICES, ORDER])
def test_a_missing_file_is_named(missing):
    given = files()
    del given[missing]
    with pytest.raises(InputError, match="no such file") as caught:
        read_movement(given, GAZETTEER)
    assert caught.value.file == missing


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", rds({"normal": NORMAL})[:-40]])
def test_damaged_r_data_is_refused(content):
    with pytest.raises(InputError) as caught:
        read_movement(files() | {MATRICES: content}, GAZETTEER)
    assert (caught.value.file, caught.value.expected) == (MATRICES, "R data")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"ramadan": RAMADAN, "normal": NORMAL}, "ramadan, normal"),
        ({"normal": NORMAL}, "normal"),
        (NORMAL, "ndarray"),
    ],
)
def test_other_periods_are_refused(value, found):
    with pytest.raises(InputError) as caught:
        read_movement(files() | {MATRICES: rds(value)}, GAZETTEER)
    assert caught.value.expected == "a list of normal and ramadan"
    assert caught.value.found == found


@pytest.fixture(scope="module")
def movement(upstream, project) -> pd.Series:
    folder = upstream / "andradjaafara+covid19_indonesia_report"
    regions = (project / "data/raw/geography/regions.csv").read_bytes()
    gazetteer = Gazetteer(read_raw(regions, RAW["geography/regions.csv"], "regions.csv"))
    given = {name: (folder / name).read_bytes() for name in (MATRICES, ORDER)}
    frame = check(read_movement(given, gazetteer), RAW[TABLE], TABLE, "")
    return frame.set_index(["period", "origin_code", "destination_code"])["share"]


@pytest.mark.upstream
def test_shares_of_the_publisher(movement):
    assert len(movement) == 2 * 115 * 115
    assert movement["normal", "31", "31"] == pytest.approx(0.9797, abs=5e-5)
    assert movement["ramadan", "31", "31"] == pytest.approx(0.9722, abs=5e-5)
    to_dki = {
        "3674": (0.0168, 0.0013),
        "3276": (0.0164, 0.0013),
        "3275": (0.0137, 0.0018),
        "3671": (0.0120, 0.0016),
        "3216": (0.0056, 0.0008),
        "3603": (0.0055, 0.0008),
        "3201": (0.0050, 0.0013),
        "3271": (0.0046, 0.0004),
    }
    for code, (there, back) in to_dki.items():
        assert movement["normal", code, "31"] == pytest.approx(there, abs=5e-5), code
        assert movement["normal", "31", code] == pytest.approx(back, abs=5e-5), code


@pytest.mark.upstream
def test_rounding_moves_no_row_sum_by_more_than_stated(movement):
    sums = movement.groupby(level=["period", "origin_code"]).sum()
    assert (sums - 1).abs().max() < 2e-8
    assert (movement == 0).sum() == 3


@pytest.mark.upstream
def test_the_order_is_that_of_the_matrices(movement):
    # The matrices name nobody. If the list were shifted or shuffled, cities would not send
    # most of those who leave to the kabupaten that surrounds them.
    around = {
        "3271": "3201",
        "3272": "3202",
        "3278": "3206",
        "3371": "3308",
        "3375": "3326",
        "3376": "3328",
        "3571": "3506",
        "3572": "3505",
        "3573": "3507",
        "3574": "3513",
        "3575": "3514",
        "3576": "3516",
        "3577": "3519",
        "3673": "3604",
    }
    for city, kabupaten in around.items():
        away = movement["normal", city].drop(city)
        assert away.idxmax() == kabupaten, city
