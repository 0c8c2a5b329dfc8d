"""The series of Djaafara et al.: what each keeps, what it refuses, and the published numbers."""

from collections.abc import Callable

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import djaafara

REGIONS = [
    ("31", "31", "province", "DKI Jakarta", "31"),
    ("32", "32", "province", "Jawa Barat", "32"),
    ("3201", "3201", "kabupaten", "Kab. Bogor", "32"),
    ("3271", "3271", "kota", "Kota Bogor", "32"),
    ("51", "51", "province", "Bali", "51"),
    ("5171", "5171", "kota", "Kota Denpasar", "51"),
]
COLUMNS = ["region_code", "kemendagri_code", "level", "name", "province_code"]
SMALL = Gazetteer(pd.DataFrame(REGIONS, columns=COLUMNS))

BEDS = """\
IDREGION,REGION,HOSPITAL_BEDS,BEDS_PER_1000,ICU_PER_1000,POP
31,JAKARTA,20,2.0000,0.1,10000
99,OUTSIDE JAVA,3,0.3000,0.05,10000
3201,BOGOR,1,0.3333,0,3000
3271,KOTA BOGOR,7,2.3333,0.2,3000
"""
HOSPITALISED = "date,prov,suspected,confirmed\n" + "".join(
    f"{day}/05/2020,{province},{suspected},{day}\n"
    for province, suspected in (
        *(("BANTEN", 5), ("WEST JAVA", 6), ("CENTRAL JAVA", 7), ("EAST JAVA", "")),
        *(("JAKARTA", ""), ("YOGYAKARTA", 0)),
    )
    for day in (23, 24)
)
DKI = """\
date,daily_new_cases_report,daily_new_deaths_report,daily_covid_funerals,\
cumulative_hospitalised,cumulative_self_isolation,daily_new_cases_national,\
daily_new_deaths_national
01/03/2020,1,2,3,,,4,
02/03/2020,5,6,7,8,9,10,11
"""
TESTS = """\
prov,date,no_of_test,test_pos,test_pos_pct,no_of_people_test,people_test_pos,people_test_pos_pct
JAKARTA,01/03/2020,0,0,,8,2,0.25
JAKARTA,02/03/2020,10,3,0.3,3,0,0
NATIONAL,01/03/2020,,,,,,
NATIONAL,02/03/2020,50,,,2,3,1.5
NON-JAKARTA,01/03/2020,,,,-8,-2,0.25
NON-JAKARTA,02/03/2020,,,,-1,3,-3
"""
DEATHS = "Province,Start,End,Confirmed deaths,Suspected deaths,Probable deaths,Sources\n" + "".join(
    f"{province},{start},{end},1,2,3,KawalCOVID\n"
    for start, end in (("01/03/2020", "31/05/2020"), ("01/06/2020", "07/06/2020"))
    for province in ("Jakarta", "West Java", "Central Java", "Yogyakarta", "East Java", "Banten")
)


def read(reader: Callable, **files: str) -> pd.DataFrame:
    """Return what a reader makes of small files, which are not the registered ones."""
    content = {getattr(djaafara, name): text.encode() for name, text in files.items()}
    return reader(content, SMALL, None)


def refused(reader: Callable, **files: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read(reader, **files)
    assert caught.value.remedy
    return caught.value


def test_beds_stand_under_the_codes_of_their_districts():
    frame = read(djaafara.read_java_beds, BEDS_FILE=BEDS)
    check(frame, RAW["facilities/java_beds.csv"], "", "")
    assert frame.to_numpy().tolist() == [
        ["31", 20, 2, 0.1, 10_000],
        ["3201", 1, 0.3333, 0, 3_000],
        ["3271", 7, 2.3333, 0.2, 3_000],
        ["99", 3, 0.3, 0.05, 10_000],
    ]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("JAKARTA,20", "JAKARTA,21", "row 2, column 'BEDS_PER_1000'"),
        ("10000\n99", "9000\n99", "row 2, column 'BEDS_PER_1000'"),
        ("0.3333", "0.3335", "row 4, column 'BEDS_PER_1000'"),
        ("3271,KOTA BOGOR", "3201,KOTA BOGOR", "row 5, column 'REGION'"),
        ("3271,KOTA BOGOR", "3271,BOGOR", "row 5, column 'REGION'"),
        ("3271,KOTA BOGOR", "5171,KOTA DENPASAR", "row 5, column 'IDREGION'"),
        ("31,JAKARTA", "31,BOGOR", "row 2, column 'REGION'"),
        ("3271,KOTA BOGOR,7,2.3333,0.2,3000\n", "", ""),
        ("0.2,3000\n", "0.2,3000\n3271,KOTA BOGOR,7,2.3333,0.2,3000\n", ""),
    ],
)
def test_beds_that_do_not_fit_their_rate_or_region_are_refused(old, new, place):
    assert old in BEDS
    error = refused(djaafara.read_java_beds, BEDS_FILE=BEDS.replace(old, new, 1))
    assert (error.dataset, error.place) == ("djaafara_beds", place)


def test_people_in_hospital_are_kept_with_the_days_that_nobody_gathered():
    frame = read(djaafara.read_hospitalised, HOSPITALISED_FILE=HOSPITALISED)
    check(frame, RAW["facilities/hospitalised_daily.csv"], "", "")
    assert len(frame) == 12
    assert frame["suspected"].isna().sum() == 4
    second = frame[frame["date"] == "2020-05-24"].set_index("region_code")
    assert second["confirmed"].eq(24).all()
    assert second.loc[["32", "33", "34", "36"], "suspected"].tolist() == [6, 7, 0, 5]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("24/05/2020,JAKARTA", "25/05/2020,JAKARTA", "24/05/2020"),
        ("24/05/2020,JAKARTA", "23/05/2020,JAKARTA", "24/05/2020"),
        ("23/05/2020,JAKARTA", "05/23/2020,JAKARTA", "a day such as 30/04/2020"),
        ("23/05/2020,JAKARTA", "23/05/2020,BALI", "one of 'JAKARTA'"),
        ("JAKARTA,,23", "JAKARTA,,-23", "a whole number, 0 or more"),
        (
            "23/05/2020,JAKARTA,,23\n24/05/2020,JAKARTA,,24\n",
            "",
            "each of 6 regions once",
        ),
    ],
)
def test_days_in_hospital_that_are_wrong_are_refused(old, new, expected):
    assert old in HOSPITALISED
    changed = HOSPITALISED.replace(old, new, 1)
    error = refused(djaafara.read_hospitalised, HOSPITALISED_FILE=changed)
    assert error.dataset == "djaafara_hospitalised"
    assert error.expected.startswith(expected)


def test_days_of_dki_keep_blanks_blank():
    frame = read(djaafara.read_dki_daily, DKI_FILE=DKI)
    check(frame, RAW["epidemic/dki_2020_daily.csv"], "", "")
    assert frame.iloc[1, 2:].tolist() == [5, 6, 7, 8, 9, 10, 11]
    assert frame.iloc[0, 2:].isna().tolist() == [False, False, False, True, True, False, True]


def test_a_day_of_dki_left_out_is_refused():
    for old, new in (("02/03", "03/03"), ("01/03/2020,1,2,3,,,4,\n", "")):
        error = refused(djaafara.read_dki_daily, DKI_FILE=DKI.replace(old, new))
        assert error.place.endswith("column 'date'")


def test_tests_are_those_of_the_city_and_of_the_country():
    frame = read(djaafara.read_tests, TESTS_FILE=TESTS)
    check(frame, RAW["epidemic/tests_2020_daily.csv"], "", "")
    rows = frame.astype({"date": "str"}).astype(object).where(frame.notna(), None)
    assert rows.to_numpy().tolist() == [
        ["31", "2020-03-01", 0, 0, 8, 2],
        ["31", "2020-03-02", 10, 3, 3, 0],
        ["IDN", "2020-03-01", None, None, None, None],
        ["IDN", "2020-03-02", 50, None, 2, 3],
    ]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("10,3,0.3,", "10,4,0.3,", "row 3, column 'test_pos_pct'"),
        ("10,3,0.3,", "10,3,0.31,", "row 3, column 'test_pos_pct'"),
        ("0,0,,8", "0,0,0,8", "row 2, column 'test_pos_pct'"),
        ("8,2,0.25\nJ", "16,4,0.25\nJ", "row 6, column 'no_of_people_test'"),
        (",,,-1,3,", ",,,1,3,", "row 7, column 'no_of_people_test'"),
        ("NATIONAL,02/03/2020,50,,,2,3,1.5\n", "", "NATIONAL"),
        ("JAKARTA,01/03/2020,0,0,,8,2,0.25\n", "", "row 2, column 'date'"),
        ("NATIONAL,02", "BALI,02", "row 5, column 'prov'"),
    ],
)
def test_tests_that_contradict_themselves_are_refused(old, new, place):
    assert old in TESTS
    error = refused(djaafara.read_tests, TESTS_FILE=TESTS.replace(old, new, 1))
    assert (error.dataset, error.place) == ("djaafara_tests", place)


def test_deaths_come_in_periods_without_a_gap():
    frame = read(djaafara.read_java_deaths, SUSPECTED_FILE=DEATHS)
    check(frame, RAW["epidemic/java_deaths_2020.csv"], "", "")
    assert len(frame) == 12
    assert frame.iloc[0].tolist() == [
        *("31", pd.Timestamp("2020-03-01"), pd.Timestamp("2020-05-31")),
        *(1, 2, 3),
    ]
    for old, new, expected in (
        ("Banten,01/06", "Banten,31/05", "the day after the period before, 2020-06-01"),
        ("Banten,01/06/2020,07/06/2020,1,2,3,KawalCOVID\n", "", "all provinces to the same day"),
        ("07/06/2020", "31/05/2020", "the day after the period before"),
    ):
        error = refused(djaafara.read_java_deaths, SUSPECTED_FILE=DEATHS.replace(old, new, 1))
        assert error.expected.startswith(expected)


@pytest.fixture(scope="module")
def files(upstream) -> dict[str, bytes]:
    folder = upstream / "andradjaafara+covid19_indonesia_report"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "Data/raw").glob("*.csv")
    }


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    folder = project / "data/raw/geography"
    regions = pd.read_csv(folder / "regions.csv", dtype="str")
    spellings = pd.read_csv(folder / "spellings.csv", dtype="str", keep_default_na=False)
    return Gazetteer(regions, spellings)


@pytest.fixture(scope="module")
def made(files, gazetteer) -> dict[str, pd.DataFrame]:
    return {
        table: check(reader(files, gazetteer), RAW[table], "", "")
        for table, reader in djaafara.TABLES.items()
    }


# Beds, beds per 1,000 and intensive-care beds per 1,000 as the research notes give them.
GREATER_JAKARTA = {
    "31": (23_660, 2.22, 0.193),
    "3201": (3_952, 0.65, 0.063),
    "3271": (2_737, 2.43, 0.077),
    "3276": (2_856, 1.15, 0.093),
    "3216": (4_399, 1.13, 0.097),
    "3275": (5_391, 1.75, 0.090),
    "3603": (2_672, 0.68, 0.078),
    "3671": (3_777, 1.66, 0.070),
    "3674": (2_546, 1.41, 0.074),
}


@pytest.mark.upstream
@pytest.mark.parametrize("code", GREATER_JAKARTA)
def test_beds_of_greater_jakarta_are_the_published_ones(made, code):
    row = made["facilities/java_beds.csv"].set_index("region_code").loc[code]
    beds, per_thousand, icu = GREATER_JAKARTA[code]
    assert row["beds"] == beds
    assert row["beds_per_1000"] == pytest.approx(per_thousand, abs=0.005)
    assert row["icu_beds_per_1000"] == pytest.approx(icu, abs=0.0005)


@pytest.mark.upstream
def test_populations_by_age_sum_to_those_beside_the_beds(made):
    beds = made["facilities/java_beds.csv"].set_index("region_code")
    ages = made["context/age_java_2020.csv"]
    assert len(beds) == 115
    assert sorted(ages["age_from"].unique()) == list(range(0, 80, 5))
    sums = ages.groupby("region_code")["persons"].sum()
    assert sums.to_dict() == beds["population"].to_dict()
    assert beds.loc[["31", "3674", "3216"], "population"].tolist() == [
        *(10_644_986, 1_799_605, 3_899_017),
    ]
    # The whole country: the projection by provinces says 269.6 million for the same year.
    assert beds["population"].sum() == 271_022_013


@pytest.mark.upstream
def test_the_projection_by_province_sums_to_the_published_total(made):
    provinces = made["context/population_province_projection.csv"].set_index("region_code")
    # BPS, SUPAS projection 2015-2045: 269,603.4 thousand in 2020.
    assert provinces["persons"].sum() == 269_603_400
    assert provinces.loc[["31", "32", "94"], "persons"].tolist() == [
        *(10_576_400, 49_565_200, 3_393_100),
    ]


@pytest.mark.upstream
def test_capacity_is_that_of_the_ministry_s_document(made):
    capacity = made["facilities/covid_capacity.csv"].set_index("region_code")
    assert capacity.T.to_dict("list") == {
        "31": [4_456, 483],
        "32": [4_114, 457],
        "33": [3_217, 357],
        "34": [472, 53],
        "35": [6_595, 733],
        "36": [1_327, 147],
    }


@pytest.mark.upstream
def test_dki_has_186_days_and_4979_burials(made):
    days = made["epidemic/dki_2020_daily.csv"]
    assert len(days) == 186
    sums = days.sum(numeric_only=True)
    assert (sums["cases"], sums["deaths"], sums["burials"]) == (42_190, 1_237, 4_979)
    assert days[["in_hospital", "self_isolating"]].notna().sum().tolist() == [175, 170]
    first = days.dropna(subset="in_hospital").iloc[0]
    assert (str(first["date"].date()), first["in_hospital"]) == ("2020-03-12", 57)


@pytest.mark.upstream
def test_four_files_agree_on_the_days_of_dki(made):
    days = made["epidemic/dki_2020_daily.csv"].set_index("date")
    announced = made["epidemic/announced_2020_daily.csv"].set_index("date")
    own = announced[announced["region_code"] == "31"]
    assert own["cases"].equals(days["cases"])
    assert own["deaths"].equals(days["deaths"])
    hospitalised = made["facilities/hospitalised_daily.csv"].set_index("date")
    dki = hospitalised.loc[hospitalised["region_code"] == "31", "confirmed"]
    assert len(dki) == 173
    assert dki.eq(days["in_hospital"].loc[dki.index]).all()
    # KawalCOVID19's cases stand for the government's: never far apart.
    total = announced["cases"].sum()
    tests = made["epidemic/tests_2020_daily.csv"]
    assert total - tests.loc[tests["region_code"] == "IDN", "people_positive"].sum() == -217


@pytest.mark.upstream
def test_announced_counts_keep_the_two_cases_that_were_taken_back(made):
    announced = made["epidemic/announced_2020_daily.csv"]
    assert len(announced) == 34 * 186
    below = announced[announced["cases"] < 0]
    assert below[["region_code", "cases"]].to_numpy().tolist() == [["14", -1], ["34", -1]]
    assert set(below["date"].dt.date.astype(str)) == {"2020-03-20"}
    sums = announced.groupby("region_code")[["cases", "deaths"]].sum()
    assert sums.loc["35"].tolist() == [34_273, 2_423]


@pytest.mark.upstream
def test_suspected_deaths_are_several_times_the_confirmed_in_dki(made):
    deaths = made["epidemic/java_deaths_2020.csv"]
    first = deaths[deaths["start_date"] == "2020-03-01"].set_index("region_code")
    assert first.loc["31", ["confirmed", "suspected", "probable"]].tolist() == [520, 1_915, 0]
    assert deaths.groupby("region_code").size().eq(14).all()
    assert str(deaths["end_date"].max().date()) == "2020-08-30"


@pytest.mark.upstream
@pytest.mark.parametrize("table", djaafara.TABLES)
def test_a_file_that_lost_its_last_row_is_refused(files, gazetteer, table):
    cut = {path: text.rstrip()[: text.rstrip().rindex(b"\n") + 1] for path, text in files.items()}
    with pytest.raises(InputError):
        djaafara.TABLES[table](cut, gazetteer)
