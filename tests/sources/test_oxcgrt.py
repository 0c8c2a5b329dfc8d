"""The reader of the Oxford tracker: indices that follow from indicators, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.contracts.policy import OXCGRT_HIGHEST
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import oxcgrt
from gotong.sources.oxcgrt import CURRENT, LEGACY

FILE = "stringency.csv"


def wide(release: oxcgrt.Release, *rows: list[str]) -> bytes:
    """Return a file of a release with these rows."""
    return "\n".join(",".join(row) for row in [release.header, *rows]).encode() + b"\n"


def row(release: oxcgrt.Release, labels: str, value: str, after: str = "") -> list[str]:
    """Return a row of one value on each of the 1,096 days, and of another after them."""
    first = labels.split(",")
    return [*first, *[value] * 1096, *[after] * (len(release.header) - len(first) - 1096)]


BRAZIL = row(CURRENT, "BRA,Brazil,,,,,NAT_TOTAL", "12.5")
BAHIA = row(CURRENT, "BRA,Brazil,BR_BA,Bahia,,,STATE_TOTAL", "30")
TAIWAN = row(CURRENT, "TWN,Taiwan,,,,,NAT_TOTAL", "1.79")


def test_days_are_named_in_english_whatever_the_machine_speaks():
    assert CURRENT.header[7:9] == ["01Jan2020", "02Jan2020"]
    assert CURRENT.header[7 + 31 + 28] == "29Feb2020"
    assert CURRENT.header[-1] == "28Feb2023"
    assert LEGACY.header[-1] == "20Feb2023"
    assert (len(CURRENT.header), len(LEGACY.header)) == (7 + 1155, 3 + 1147)


def test_the_row_of_the_nation_is_read_and_not_that_of_a_state():
    content = wide(CURRENT, BAHIA, BRAZIL, TAIWAN)
    cells = oxcgrt.read_countries(content, FILE, CURRENT, ("TWN", "BRA"))
    assert cells == {"TWN": ["1.79"] * 1096, "BRA": ["12.5"] * 1096}


def test_the_older_release_knows_nations_only():
    content = wide(LEGACY, row(LEGACY, "78,IDN,Indonesia", "2", "NA"))
    assert oxcgrt.read_countries(content, FILE, LEGACY, ("IDN",)) == {"IDN": ["2"] * 1096}


@pytest.mark.parametrize(
    ("content", "place", "found"),
    [
        (wide(CURRENT, BAHIA), "BRA", "0 rows"),
        (wide(CURRENT, BRAZIL, BRAZIL), "BRA", "2 rows"),
        (wide(CURRENT, BRAZIL[:-1]), "row 2", "1161"),
        (wide(CURRENT, [*BRAZIL[:-1], "30"]), "BRA, after 2022", "'30'"),
        (
            wide(CURRENT, BRAZIL).replace(b"01Jan2020,02Jan2020", b"02Jan2020,01Jan2020"),
            "row 1 (header)",
            "02Jan2020,01Jan2020",
        ),
        (b"<html></html>", "start of the file", "HTML"),
    ],
    ids=["no nation", "two", "cut", "after the end", "days in another order", "page"],
)
def test_a_fault_is_refused_with_its_place(content, place, found):
    with pytest.raises(InputError) as caught:
        oxcgrt.read_countries(content, FILE, CURRENT, ("BRA",))
    assert (caught.value.dataset, caught.value.file) == ("oxcgrt_indices", FILE)
    assert caught.value.place == place
    assert found in caught.value.found


def test_a_targeted_measure_counts_half_a_level_less():
    # The worked values of the codebook's formula, for C1 (levels to 3) and C8 (to 4, no flag).
    level, flag = np.array([0, 1, 2, 3, 3]), np.array([np.nan, 0, 1, 0, 1])
    got = oxcgrt.sub_index(level, flag, 3)
    assert got == pytest.approx([0, 100 / 6, 200 / 3, 250 / 3, 100])
    assert oxcgrt.sub_index(np.array([0, 3]), None, 4) == pytest.approx([0, 75])


@pytest.fixture(scope="module")
def no_regions() -> Gazetteer:
    columns = ["region_code", "kemendagri_code", "level", "name", "province_code"]
    return Gazetteer(pd.DataFrame(columns=columns))


@pytest.fixture(scope="module")
def files(upstream) -> dict[str, bytes]:
    names = [
        *(CURRENT.folder + name for name in oxcgrt.INDICES.values()),
        *(LEGACY.folder + name for name in oxcgrt.INDICATORS.values()),
        *(f"{LEGACY.folder}{name}_flag.csv" for name in oxcgrt.FLAGGED),
        LEGACY.folder + "government_response_index.csv",
    ]
    folders = {True: "OxCGRT+covid-policy-dataset", False: "OxCGRT+covid-policy-tracker-legacy"}
    return {name: (upstream / folders["v1" in name] / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def published(files, no_regions) -> pd.DataFrame:
    return oxcgrt.read_oxcgrt_daily(files, no_regions)


def on(published: pd.DataFrame, country: str, day: str) -> pd.Series:
    """Return one row of the table."""
    chosen = (published["country_code"] == country) & (published["date"] == day)
    return published[chosen].squeeze()


@pytest.mark.upstream
def test_the_first_day_of_psbb_in_jakarta(published):
    check(published, RAW["policy/oxcgrt_daily.csv"], "", "")
    assert len(published) == 3 * 1096
    day = on(published, "IDN", "2020-04-10")
    # Schools, workplaces and gatherings at the highest level, stay at home with exceptions.
    levels = ["c1_school_closing", "c2_workplace_closing", "c4_gatherings", "c6_stay_at_home"]
    assert day[levels].tolist() == [3, 3, 4, 2]
    # Closing of schools was national, orders to stay at home were not.
    assert (day["c1_flag"], day["c6_flag"]) == (1, 0)
    assert day["stringency"] == 71.76
    assert on(published, "IDN", "2020-04-09")["c6_stay_at_home"] == 0
    assert on(published, "TWN", "2020-04-10")["stringency"] == 31.48
    assert on(published, "BRA", "2020-04-10")["stringency"] == 74.54


def published_index(upstream, name: str, country: str) -> np.ndarray:
    """Return an index of the older release, on the days of the table."""
    path = "OxCGRT+covid-policy-tracker-legacy/legacy_data_202207/timeseries"
    wide = pd.read_csv(upstream / path / f"{name}_index.csv", index_col="country_code")
    return wide.loc[country].iloc[2 : 2 + 1096].to_numpy(dtype=float)


@pytest.mark.upstream
@pytest.mark.parametrize("country", ["BRA", "IDN", "TWN"])
@pytest.mark.parametrize(
    ("name", "first"),
    [("stringency", ("c", "h1")), ("containment_health", ("c", "h")), ("economic_support", ("e",))],
)
def test_the_indicators_give_the_indices_that_were_published_with_them(
    published, upstream, country, name, first
):
    own = published[published["country_code"] == country]
    parts = []
    for column, highest in OXCGRT_HIGHEST.items():
        if not column.startswith(first):
            continue
        level = own[column].to_numpy(dtype=float)
        flag = own.get(f"{column[:2]}_flag", pd.Series(1, index=own.index))
        targeted = 1 - flag.fillna(1).to_numpy(dtype=float)
        parts.append(100 * (level - targeted / 2) / highest)
    mean = np.mean(parts, axis=0)
    assert mean == pytest.approx(published_index(upstream, name, country), abs=0.0051)


@pytest.mark.upstream
def test_the_last_release_differs_from_2021_07_06_in_indonesia(published, upstream):
    own = published[published["country_code"] == "IDN"].set_index("date")
    older = published_index(upstream, "stringency", "IDN")
    differs = own.index[np.abs(own["stringency"] - older) > 0.005]
    assert len(differs) == 544
    assert differs[0] == pd.Timestamp("2021-07-06")


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("name", "old", "new", "dataset", "expected"),
    [
        ("StringencyIndex_v1.csv", b",71.76,", b",71.77,", "oxcgrt_indices", "checksum"),
        ("GovernmentResponseIndex_v1.csv", b",58.07,", b",59.07,", "oxcgrt_indices", "mean"),
        ("c1_school_closing.csv", b",3,3,", b",3,2,", "oxcgrt_indicators", "mean"),
        ("c1_school_closing.csv", b",3,3,", b",3,4,", "oxcgrt_indicators", "from 0 to 3"),
        ("c6_flag.csv", b",0,0,", b",0,,", "oxcgrt_indicators", "0 or 1"),
        ("h7_flag.csv", b",,", b",1,", "oxcgrt_indicators", "a blank"),
    ],
    ids=["index", "weighted index", "indicator", "beyond the codebook", "no flag", "stray flag"],
)
def test_a_changed_cell_is_refused(files, no_regions, name, old, new, dataset, expected):
    file = next(path for path in files if path.endswith(name))
    lines = files[file].replace(b'"', b"").splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if b"Indonesia" in line)
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        oxcgrt.read_oxcgrt_daily(files | {file: b"".join(lines)}, no_regions)
    assert caught.value.dataset == dataset
    assert expected in caught.value.expected


@pytest.mark.upstream
def test_two_indicators_under_each_others_name_are_refused(files, no_regions):
    # Their mean is the same, and so are their ranges.
    one, two = (
        LEGACY.folder + oxcgrt.INDICATORS[name] for name in ("h2_testing", "e2_debt_relief")
    )
    schools, workplaces = (
        [f"{LEGACY.folder}c{n}_flag.csv", LEGACY.folder + oxcgrt.INDICATORS[name]]
        for n, name in ((1, "c1_school_closing"), (2, "c2_workplace_closing"))
    )
    swapped = dict(
        zip([*schools, *workplaces], [files[f] for f in (*workplaces, *schools)], strict=True)
    )
    with pytest.raises(InputError, match="whole table"):
        oxcgrt.read_oxcgrt_daily(files | swapped, no_regions)
    with pytest.raises(InputError):
        oxcgrt.read_oxcgrt_daily(files | {one: files[two], two: files[one]}, no_regions)
    with pytest.raises(InputError, match="no such file"):
        oxcgrt.read_oxcgrt_daily({f: files[f] for f in files if f != one}, no_regions)
