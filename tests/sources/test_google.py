"""The reader of Google's mobility reports: block by block, all days, exactly the pinned figures."""

import pandas as pd
import pytest

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import bps, google

NAMES = (
    "country_region_code,country_region,sub_region_1,sub_region_2,metro_area,iso_3166_2_code,"
    "census_fips_code,place_id,date"
)
HEADER = ",".join(
    [NAMES, *(f"{category}_percent_change_from_baseline" for category in google.CATEGORIES)]
)
COUNTRY = "ID,Indonesia,,,,,,Ch1,2020-03-29,-36,-27,-52,-54,-15,15\n"
JAKARTA = "ID,Indonesia,Jakarta,,,ID-JK,,Ch2,2020-03-29,-57,,-74,-66,-36,19\n"
ICELAND = "IS,Iceland,,,,,,Ch3,2020-03-29,1,2,3,4,5,6\n"


def days(region: str) -> str:
    """Return rows of a region for every day of the reports."""
    calendar = pd.date_range(google.FIRST_DAY, google.LAST_DAY).strftime("%Y-%m-%d")
    return "".join(f"ID,Indonesia,{region},,,,,Ch,{day},1,2,3,4,5,6\n" for day in calendar)


def report(*rows: str) -> bytes:
    """Return a file of these rows."""
    return "".join([HEADER, "\n", *rows]).encode()


def test_a_country_is_taken_out_of_the_world_wherever_the_blocks_are_cut():
    # ID stands within other fields too: only the start of a line counts.
    stray = "IN,India,ID,,,,,Ch,2020-03-29,1,2,3,4,5,ID,\n"
    world = report(COUNTRY, ICELAND, stray, JAKARTA)
    for size in range(1, len(world) + 1):
        blocks = [world[start : start + size] for start in range(0, len(world), size)]
        assert google.of_country(blocks, "f") == report(COUNTRY, JAKARTA)


def test_rows_of_a_block_do_not_depend_on_the_other_blocks():
    together = google.parse_rows((COUNTRY + JAKARTA).encode(), "f")
    apart = [google.parse_rows(row.encode(), "f") for row in (COUNTRY, JAKARTA)]
    pd.testing.assert_frame_equal(together, pd.concat(apart, ignore_index=True))
    assert together["sub_region_1"].tolist() == ["", "Jakarta"]
    assert together["parks"].tolist() == [-52, -74]
    assert together["grocery_and_pharmacy"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        (",-57,", ",-57%,", "column 'retail_and_recreation", "a whole number"),
        (",-57,", ",-101,", "column 'retail_and_recreation", "-100 or more"),
        (",-57,", ",-57,0,", "row 2", "15 fields"),
        ("ID,", "IS,", "column 'country_region_code'", "ID"),
        ("Jakarta,,", "Jakarta,Menteng,", "column 'sub_region_2'", "a blank"),
        ("2020-03-29", "29/03/2020", "column 'date'", "2020-04-10"),
        ("2020-03-29", "", "column 'date'", "2020-04-10"),
    ],
    ids=["text", "below", "field", "country", "kecamatan", "date", "no date"],
)
def test_a_faulty_row_is_refused_with_its_place(old, new, place, expected):
    with pytest.raises(InputError) as caught:
        google.parse_rows(JAKARTA.replace(old, new, 1).encode(), "f")
    assert (caught.value.dataset, caught.value.file) == ("google_mobility", "f")
    assert place in caught.value.place
    assert expected in caught.value.expected


ELSEWHERE = (
    ICELAND,
    ICELAND.replace("IS,Iceland,,", 'IS,Iceland,"Höfn, Suðurland",'),
    ICELAND.replace("IS,Iceland,,", f'IS,Iceland,"a ""quoted"" part\n{JAKARTA}",'),
)
"""Rows of another country, one with a comma in a name and one with a row of ours in a name."""


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
@pytest.mark.parametrize("order", ["sorted", "scattered"])
def test_a_file_of_the_world_gives_what_that_of_the_country_gives(order, mark, end):
    rows = days("Jakarta") + days("")
    of_country = google.read_reports({"id.csv": report(rows)})
    lines = rows.splitlines(keepends=True)
    if order == "scattered":
        lines = [line + ELSEWHERE[at % 3] for at, line in enumerate(reversed(lines))]
    world = mark.encode() + report(*ELSEWHERE, *lines, *ELSEWHERE).replace(b"\n", end.encode())
    of_world = google.read_reports({"world.csv": world})
    pd.testing.assert_frame_equal(of_country, of_world)
    assert len(of_country) == 2 * 974
    pd.testing.assert_frame_equal(google.read_reports({"f": world[: -len(end)]}), of_world)


def test_a_report_of_other_countries_alone_is_refused():
    with pytest.raises(InputError) as caught:
        google.read_reports({"world.csv": report(*ELSEWHERE)})
    assert caught.value.file == "world.csv"
    assert "ID," in caught.value.expected


@pytest.mark.parametrize("rows", [(COUNTRY,), (ICELAND, COUNTRY)], ids=["country", "world"])
def test_another_header_is_refused(rows):
    with pytest.raises(InputError, match="header"):
        google.read_reports({"f": report(*rows).replace(b"workplaces", b"work", 1)})


@pytest.mark.parametrize(
    ("rows", "place", "found"),
    [
        (days("Bali").replace("2021-07-03", "2021-07-04"), "Bali, 2021-07-04", "twice"),
        (days("").replace("2022-10-15", "2022-10-16"), "ID, 2022-10-15", "none"),
        (
            days("Bali") + COUNTRY.replace("sia,", "sia,Bali", 1).replace("2020", "2019"),
            "Bali, 2019-03-29",
            "outside",
        ),
    ],
    ids=["twice", "missing", "beyond"],
)
def test_every_region_has_every_day_once(rows, place, found):
    with pytest.raises(InputError) as caught:
        google.read_reports({"f": report(rows)})
    assert caught.value.place == place
    assert found in caught.value.found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"ID,",
        b"\nID,",
        b"<html>\n",
        report()[1:],
        report().replace(b",date", b""),
        b"\xff\xfe",
    ],
    ids=["empty", "line", "start", "row", "page", "cut", "column", "bytes"],
)
def test_what_is_no_report_is_refused(content):
    with pytest.raises(InputError):
        google.read_reports({"f": content})


@pytest.fixture(scope="module")
def gazetteer(upstream, project) -> Gazetteer:
    folder = upstream / "zakiego+Kode-Wilayah-Administrasi-Indonesia-Relasi-BPS-Kemendagri"
    paths = ("csv/provinsi.csv", "csv/kabkota.csv")
    regions = bps.read_regions({path: (folder / path).read_bytes() for path in paths})
    spellings = pd.read_csv(
        project / "data/raw/geography/spellings.csv", dtype="str", keep_default_na=False
    )
    return Gazetteer(regions, spellings)


@pytest.fixture(scope="module")
def files(upstream) -> dict[str, bytes]:
    folder = upstream / "Ram4UnMi+bisnis_visualisasi_data"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.glob("dataset/202[012]_ID_Region_Mobility_Report.csv")
    }


@pytest.fixture(scope="module")
def published(files, gazetteer) -> pd.DataFrame:
    return google.read_google_daily(files, gazetteer)


@pytest.mark.upstream
def test_the_country_stood_still_at_the_end_of_march_2020(published):
    check(published, RAW["mobility/google_daily.csv"], "", "")
    row = published[(published["region_code"] == "ID") & (published["date"] == "2020-03-29")]
    assert row.squeeze().drop(["region_code", "date", "retail_and_recreation"]).to_dict() == {
        "grocery_and_pharmacy": -27,
        "parks": -52,
        "transit_stations": -54,
        "workplaces": -15,
        "residential": 15,
    }


@pytest.mark.upstream
def test_days_of_all_regions_and_withheld_figures_are_counted(published):
    assert published["region_code"].nunique() == 35
    assert len(published) == 35 * 974
    assert published[list(google.CATEGORIES)].isna().sum().tolist() == [50, 99, 118, 954, 0, 0]
    # Transit is withheld in thirteen provinces, and never in the region of the study.
    withheld = published.loc[published["transit_stations"].isna(), "region_code"].unique()
    assert len(withheld) == 13
    assert not {"31", "32", "36", "ID"} & set(withheld)


@pytest.mark.upstream
def test_jakarta_is_as_another_mirror_has_it(published, upstream):
    path = "ngozzi+covid-behavior-models/data/jakarta/google-mobility-report"
    content = upstream / path / "google_mobility_data.csv"
    other = pd.read_csv(content, parse_dates=["date"]).set_index("date")
    jakarta = published[published["region_code"] == "31"].set_index("date").loc[other.index]
    assert len(jakarta) == 321
    for category in google.CATEGORIES:
        column = f"{category}_percent_change_from_baseline"
        assert jakarta[category].tolist() == other[column].tolist()


@pytest.mark.upstream
def test_any_order_of_rows_gives_the_same_and_any_other_figure_is_refused(
    published, files, gazetteer
):
    file = sorted(files)[0]
    header, *rows = files[file].splitlines(keepends=True)
    turned = header + b"".join(reversed(rows))
    pd.testing.assert_frame_equal(
        google.read_google_daily(files | {file: turned}, gazetteer), published
    )
    changed = files[file].replace(b",2020-04-10,-43,", b",2020-04-10,-44,", 1)
    assert changed != files[file]
    with pytest.raises(InputError, match="whole table"):
        google.read_google_daily(files | {file: changed}, gazetteer)


@pytest.mark.upstream
def test_a_province_without_days_is_refused(files, gazetteer):
    fewer = {
        file: b"".join(row for row in content.splitlines(keepends=True) if b",Bali," not in row)
        for file, content in files.items()
    }
    with pytest.raises(InputError, match="34 provinces"):
        google.read_google_daily(fewer, gazetteer)
