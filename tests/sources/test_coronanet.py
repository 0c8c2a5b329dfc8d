"""The reader of CoronaNet: facts of records, what is flagged in them, and where they belong."""

import csv
import io

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import bps, coronanet

RECORD = dict.fromkeys(coronanet._HEADER, "") | {
    "record_id": "R_1a",
    "policy_id": "7",
    "entry_type": "new_entry",
    "description": "A sentence of the coder, with a comma.",
    "date_announced": "2020-04-08",
    "date_start": "2020-04-10",
    "date_end": "2020-04-23",
    "date_end_spec": "The policy has a clear end date",
    "country": "Indonesia",
    "ISO_A3": "IDN",
    "init_country_level": "Provincial",
    "province": "Jakarta",
    "type": "Closure and Regulation of Schools",
    "type_sub_cat": "Primary Schools (generally for children ages 10 and below)",
    "compliance": "Mandatory with Legal Penalties (Jail Time),Mandatory with Fines",
    "link": "https://example.org/a",
    "date_updated": "2020-04-09",
}
UNLIMITED = next(label for label, short in coronanet._ENDS.items() if short == "unlimited")
UNKNOWN = next(label for label, short in coronanet._ENDS.items() if short == "unknown")


def table(*changes: dict[str, str]) -> bytes:
    """Return a file of records, each `RECORD` with some fields changed."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(RECORD), lineterminator="\n")
    writer.writeheader()
    for number, change in enumerate(changes):
        writer.writerow(RECORD | {"record_id": f"R_{number}"} | change)
    return text.getvalue().encode()


def read(*changes: dict[str, str]) -> pd.DataFrame:
    """Return the facts of these records."""
    return coronanet.read_records(table(*changes), "f", "IDN")


def test_facts_are_kept_and_sentences_and_addresses_are_not():
    record = read({}).squeeze()
    assert record["sub_type"] == "Primary Schools"
    assert record["compliance"] == "jail;fines"
    assert (record["entry"], record["level"], record["end_kind"]) == ("new", "provincial", "clear")
    assert str(record["start_date"].date()) == "2020-04-10"
    written = ",".join(map(str, record))
    assert "sentence" not in written
    assert "http" not in written
    flags = ["foreign_province", "end_before_start", "end_placeholder", "announced_after_entry"]
    assert not record[[*flags, "several_countries"]].any()


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"province": "Corsica"}, "foreign_province"),
        ({"date_end": "2020-04-09"}, "end_before_start"),
        ({"date_end": "2023-12-02", "date_end_spec": UNLIMITED}, "end_placeholder"),
        ({"date_announced": "2021-09-11", "date_start": "2021-09-14"}, "announced_after_entry"),
        ({"country": "Indonesia,Malaysia", "ISO_A3": ""}, "several_countries"),
    ],
    ids=["Corsica", "end before start", "no end", "year", "several countries"],
)
def test_a_known_defect_is_flagged_in_its_record_only_and_stays_as_published(change, flag):
    records = read({}, change)
    assert records[flag].tolist() == [False, True]
    if "date_end" in change:
        assert records["end_date"].dt.strftime("%Y-%m-%d")[1] == change["date_end"]


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        ({"country": "Malaysia", "ISO_A3": "MYS"}, "ISO_A3", "IDN"),
        ({"record_id": "R_0"}, "record_id", "once"),
        ({"record_id": "7"}, "record_id", "identifier"),
        ({"date_start": ""}, "date_start", "a date"),
        ({"date_start": "10/04/2020"}, "date_start", "a date"),
        ({"entry_type": "new_entry", "update_type": "End of Policy"}, "entry_type", "update"),
        ({"init_country_level": "Village"}, "init_country_level", "National"),
        ({"compliance": "Mandatory"}, "compliance", "labels"),
        ({"compliance": "Mandatory with Fines,Mandatory with Fines"}, "compliance", "once"),
        ({"date_end_spec": UNKNOWN}, "date_end", "known"),
        ({"date_end": ""}, "date_end", "known"),
        ({"date_end": "2023-12-02"}, "date_end", "only there"),
        ({"date_end_spec": UNLIMITED}, "date_end", "no limit"),
    ],
)
def test_a_fault_is_refused_with_its_place(change, column, expected):
    with pytest.raises(InputError) as caught:
        read({}, change)
    assert (caught.value.dataset, caught.value.file) == ("coronanet", "f")
    assert caught.value.place == f"row 3, column '{column}'"
    assert expected in caught.value.expected


def test_a_table_of_another_layout_is_refused():
    with pytest.raises(InputError, match="header"):
        coronanet.read_records(table({}).replace(b"date_start,", b"", 1), "f", "IDN")
    with pytest.raises(InputError, match="63 fields"):
        coronanet.read_records(table({})[:-5].replace(b",,,", b",", 1), "f", "IDN")


@pytest.fixture(scope="module")
def gazetteer(upstream, project) -> Gazetteer:
    folder = upstream / "zakiego+Kode-Wilayah-Administrasi-Indonesia-Relasi-BPS-Kemendagri"
    paths = ("csv/provinsi.csv", "csv/kabkota.csv")
    regions = bps.read_regions({path: (folder / path).read_bytes() for path in paths})
    spellings = pd.read_csv(
        project / "data/raw/geography/spellings.csv", dtype="str", keep_default_na=False
    )
    return Gazetteer(regions, spellings)


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("province", "city", "code"),
    [
        ("", "", ""),
        ("Jakarta", "", "31"),
        ("Yogyakarta", "", "34"),
        ("Yogyakarta", "City of Yogyakarta", "3471"),
        ("Corsica", "Bekasi", "3275"),
        ("West Java", "Bekasi (city)", "3275"),
        ("", "Regency of Bekasi", "3216"),
        ("", "The Regency of Kudus", "3319"),
        ("Central Java", "Solo", "3372"),
        ("Banten", "South Tangerang", "3674"),
    ],
)
def test_a_city_is_a_kota_and_a_regency_a_kabupaten(gazetteer, province, city, code):
    assert coronanet.region_of(province, city, gazetteer, "f", "record") == code


@pytest.mark.upstream
def test_an_unknown_name_is_refused(gazetteer):
    with pytest.raises(InputError, match="Corsica"):
        coronanet.region_of("Corsica", "", gazetteer, "f", "record")


@pytest.fixture(scope="module")
def files(upstream) -> dict[str, bytes]:
    folder = upstream / "CoronaNetDataScience+corona_tscs"
    return {file: (folder / file).read_bytes() for file in coronanet.FILES}


@pytest.fixture(scope="module")
def published(files, gazetteer) -> pd.DataFrame:
    return coronanet.read_coronanet(files, gazetteer)


@pytest.mark.upstream
def test_records_are_as_many_as_the_release_has(published):
    check(published, RAW["policy/coronanet.csv"], "", "")
    assert published["country_code"].value_counts().to_dict() == {
        "BRA": 1_667,
        "IDN": 1_167,
        "TWN": 269,
    }
    provinces = published.loc[published["country_code"] == "IDN", "province"].value_counts()
    assert provinces[["Jakarta", "West Java", "Banten"]].tolist() == [168, 113, 23]


@pytest.mark.upstream
def test_known_defects_are_as_many_as_were_counted(published):
    flagged = published.groupby("country_code")[
        ["foreign_province", "end_before_start", "end_placeholder", "announced_after_entry"]
    ].sum()
    assert flagged.loc["IDN"].tolist() == [7, 19, 61, 93]
    assert flagged.loc["BRA"].tolist() == [0, 1, 360, 4]
    assert flagged.loc["TWN"].tolist() == [0, 0, 10, 0]
    assert published["several_countries"].sum() == 2
    corsica = published[published["foreign_province"]]
    assert corsica["region_code"].unique().tolist() == ["3275"]
    # Jakarta's PSBB of 14 September 2020, entered under 2021.
    slipped = published[published["start_date"] == "2021-09-14"]
    assert slipped["announced_after_entry"].all()
    assert (len(slipped), slipped["region_code"].unique().tolist()) == (46, ["31"])


@pytest.mark.upstream
def test_only_national_measures_of_indonesia_have_no_region(published):
    here = published["country_code"] == "IDN"
    blank = published["region_code"] == ""
    assert blank[~here].all()
    # Three records of provinces do not say which, and three have no level either.
    levels = published.loc[here & blank, "level"].value_counts().to_dict()
    assert levels == {"national": 332, "provincial": 3, "": 3}


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("old", "new"),
    [(b",2020-04-10,", b",2020-04-11,"), (b",Jakarta,", b",Banten,"), (b"\nR_1OZ8", b"\nR_1OZ9")],
    ids=["date", "province", "identifier"],
)
def test_a_plausible_change_is_refused(files, gazetteer, old, new):
    file = next(path for path, country in coronanet.FILES.items() if country == "IDN")
    assert old in files[file]
    changed = files | {file: files[file].replace(old, new, 1)}
    with pytest.raises(InputError, match="whole table"):
        coronanet.read_coronanet(changed, gazetteer)


@pytest.mark.upstream
def test_the_files_of_all_three_countries_are_needed(files, gazetteer):
    with pytest.raises(InputError) as caught:
        coronanet.read_coronanet(dict(list(files.items())[:2]), gazetteer)
    assert "Taiwan" in caught.value.expected
