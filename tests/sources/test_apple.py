"""The reader of Apple's mobility index of Jakarta: two rows of a wide file, and nothing else."""

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import apple

PATH = "mobility/apple/dataset/applemobilitytrends-2020-06-02.csv"
DAYS = pd.date_range("2020-01-13", "2020-06-02").strftime("%Y-%m-%d").tolist()
PLACE = "geo_type,region,transportation_type,alternative_name,sub-region,country"


def row(kind: str, region: str, transport: str, first: str = "100.0") -> str:
    """Return a row of a place whose index rises by one a day, blank on the two days."""
    values = [first, *(f"{100 + day}.25" for day in range(1, len(DAYS)))]
    for day in ("2020-05-11", "2020-05-12"):
        values[DAYS.index(day)] = ""
    return ",".join([kind, region, transport, "", "", "Indonesia", *values])


def table(*rows: str) -> bytes:
    """Return a file of these rows."""
    return "\n".join([",".join([PLACE, *DAYS]), *rows, ""]).encode()


JAKARTA = (row("city", "Jakarta", "driving"), row("city", "Jakarta", "walking"))
OTHERS = (
    row("country/region", "Indonesia", "driving"),
    row("city", "Denpasar", "driving"),
    row("city", "Jakarta", "transit"),
)


def test_the_rows_of_the_city_are_found_among_others():
    frame = apple.read_city(table(*OTHERS, *JAKARTA), PATH)
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS
    assert frame["driving"].head(3).tolist() == [100.0, 101.25, 102.25]
    blank = frame["walking"].isna()
    assert frame.loc[blank, "date"].dt.strftime("%m-%d").tolist() == ["05-11", "05-12"]


@pytest.mark.parametrize(
    ("rows", "place", "found"),
    [
        (JAKARTA[:1], "Jakarta, walking", "0 rows"),
        ((*JAKARTA, JAKARTA[0]), "Jakarta, driving", "2 rows"),
        ((row("city", "Jakarta", "driving", "99"), JAKARTA[1]), "driving, 2020-01-13", "'99'"),
        ((JAKARTA[0].replace("102.25", ""), JAKARTA[1]), "driving, 2020-01-15", "''"),
        ((JAKARTA[0].replace("102.25", "-2"), JAKARTA[1]), "driving, 2020-01-15", "'-2'"),
        ((f"{JAKARTA[0]},5", JAKARTA[1]), "row 2", "149"),
        ((JAKARTA[0], JAKARTA[1].replace("218.25,,", "218.25,7,")), "walking, 2020-05-11", "'7'"),
    ],
    ids=["none", "two", "baseline", "blank", "below zero", "a cell more", "filled"],
)
def test_a_fault_is_refused_with_its_place(rows, place, found):
    with pytest.raises(InputError) as caught:
        apple.read_city(table(*rows), PATH)
    assert place in caught.value.place
    assert found in caught.value.found


def test_a_day_out_of_order_is_refused():
    content = table(*JAKARTA).replace(b"2020-04-10,2020-04-11", b"2020-04-11,2020-04-10", 1)
    with pytest.raises(InputError, match="header"):
        apple.read_city(content, PATH)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    columns = ["region_code", "kemendagri_code", "level", "name", "province_code"]
    regions = pd.DataFrame([("31", "31", "province", "DKI Jakarta", "31")], columns=columns)
    spellings = pd.DataFrame(
        {"dataset": ["apple_mobility"], "spelling": ["Jakarta"], "region_code": ["31"]}
    )
    return Gazetteer(regions, spellings)


def test_plausible_figures_that_are_not_the_registered_ones_are_refused(gazetteer):
    with pytest.raises(InputError, match="whole table"):
        apple.read_apple_jakarta({PATH: table(*JAKARTA)}, gazetteer)
    with pytest.raises(InputError, match="one file"):
        apple.read_apple_jakarta({}, gazetteer)


@pytest.mark.upstream
def test_driving_fell_by_more_than_half_before_psbb_and_recovered_in_part(upstream, gazetteer):
    content = (upstream / "tirkarp+covid19-resource-library" / PATH).read_bytes()
    frame = apple.read_apple_jakarta({PATH: content}, gazetteer)
    check(frame, RAW["mobility/apple_jakarta_daily.csv"], "", "")
    assert len(frame) == 142
    driving = frame.set_index("date")["driving"]
    assert driving["2020-04-10"] == pytest.approx(42.5, abs=0.05)
    assert driving["2020-06-02"] == pytest.approx(73.3, abs=0.051)
    assert frame[["driving", "walking"]].isna().sum().tolist() == [2, 2]
