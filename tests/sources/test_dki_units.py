"""Cases by unit and day: the sheets' dates, what they agree with, and what is refused."""

import csv
import json

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import dki_units

SIX = ("3174", "3173", "3171", "3172", "3175", "3101")
"""Barat, Pusat, Selatan, Timur, Utara, Kepulauan Seribu, as the research notes list them."""


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    content = (project / "data/raw/geography/regions.csv").read_bytes()
    return Gazetteer(read_raw(content, RAW["geography/regions.csv"], ""))


@pytest.fixture(scope="module")
def files(upstream) -> dict[str, bytes]:
    folder = upstream / "yusufsugiono+bangkit-b21-cap0485"
    paths = folder.glob("Data/*/*.csv")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def sheets(files, gazetteer) -> pd.DataFrame:
    return dki_units.read_sheets(files, gazetteer)


@pytest.fixture(scope="module")
def units(files, gazetteer) -> pd.DataFrame:
    return dki_units.read_units_daily(files, gazetteer)


@pytest.mark.upstream
def test_units_have_the_published_counts(units):
    check(units, RAW["kelurahan/units_daily.csv"], "", "")
    assert len(units) == 218 * 8
    cases = units.pivot_table(index="date", columns="unit_code", values="cumulative_cases")
    assert cases.loc["2020-07-31", list(SIX)].tolist() == [2_907, 2_748, 2_176, 2_947, 2_578, 37]
    assert cases.loc["2020-09-01", list(SIX)].tolist() == [4_769, 4_835, 4_104, 5_377, 4_905, 48]
    assert cases.loc["2020-11-30", list(SIX)].tolist() == [
        *(20_677, 14_320, 20_992, 25_966, 15_369, 108),
    ]
    six = cases[list(SIX)].sum(axis="columns")
    known = six / cases.sum(axis="columns")
    shares = {"2020-04-15": 0.57, "2020-06-15": 0.70, "2020-09-01": 0.58, "2020-11-30": 0.71}
    for day, share in shares.items():
        assert known[day] == pytest.approx(share, abs=0.005)
    changes = six.diff()
    assert changes[["2020-09-08", "2020-09-14"]].tolist() == [-801, -546]


@pytest.mark.upstream
def test_sums_are_the_province_s_own_count_so_that_the_dates_of_july_are_right(units, upstream):
    file = upstream / "ngozzi+covid-behavior-models/data/jakarta/epi-data/epi_data.csv"
    with file.open(encoding="utf-8", newline="") as text:
        own = {row["date"]: row for row in csv.DictReader(text)}
    sums = units.groupby("date")[["cumulative_cases", "cumulative_deaths"]].sum()
    for count, name in (("cases", "total_cases"), ("deaths", "total_deaths")):
        differing = [
            f"{day:%Y-%m-%d}"
            for day, total in sums[f"cumulative_{count}"].items()
            if total != float(own[f"{day:%Y-%m-%d}"][name])
        ]
        if count == "cases":
            assert differing == [
                *("2020-03-25", "2020-03-29", "2020-03-30", "2020-03-31"),
                *("2020-04-07", "2020-04-09"),
            ]
        else:
            assert len(differing) == 6
    # No other day of July has the same count, so that each file has one date only.
    july = [row["total_cases"] for day, row in own.items() if day.startswith("2020-07")]
    assert len(set(july)) == 31


@pytest.mark.upstream
def test_sheets_agree_with_the_map_in_every_kelurahan(sheets, upstream):
    content = (upstream / "emsifa+jakarta-covid-19-heatmap/public/data.json").read_bytes()
    mapped = {
        (name.title(), day): counts["positif"]
        for name, days in json.loads(content).items()
        for day, counts in days.items()
    }
    named = sheets[(sheets["name"] != "") & (sheets["unit_code"] != "3101")]
    pairs = zip(named["name"], named["date"].astype("str"), named["cases"], strict=True)
    common = [(day, mapped[name, day] == cases) for name, day, cases in pairs if day in DAYS_OF_MAP]
    assert len({day for day, _ in common}) == 114
    assert {day for day, same in common if not same} == {"2020-03-29", "2020-03-30"}


DAYS_OF_MAP = {f"{day:%Y-%m-%d}" for day in pd.date_range("2020-03-26", "2020-07-18")}


@pytest.mark.upstream
def test_sheets_agree_with_the_workbooks_of_month_ends(sheets, project):
    content = (project / "data/raw/kelurahan/cases_monthly.csv").read_bytes()
    monthly = read_raw(content, RAW["kelurahan/cases_monthly.csv"], "")
    both = sheets.merge(monthly, on=["kelurahan_code", "date"])
    assert len(both) == 8 * 269
    assert (both["cases"] == both["cumulative_cases"]).all()
    assert (both["deaths"] == both["cumulative_deaths"]).all()


def refusal(files, gazetteer) -> InputError:
    """Return the error that files end in."""
    with pytest.raises(InputError) as caught:
        dki_units.read_units_daily(files, gazetteer)
    assert caught.value.dataset == "dki_kelurahan_sheets"
    return caught.value


def named(files, words: str) -> str:
    """Return the one file whose name holds words."""
    found = [file for file in files if words in file]
    assert len(found) == 1
    return found[0]


@pytest.mark.upstream
def test_each_day_has_one_file(files, gazetteer):
    june = named(files, "-9-juni-2020")
    fewer = {file: content for file, content in files.items() if file != june}
    assert refusal(fewer, gazetteer).found == "none of 2020-06-09"

    july = named(files, "juli-2020 (7)")
    fewer = {file: content for file, content in files.items() if file != july}
    assert refusal(fewer, gazetteer).found == "none of 2020-07-08"

    assert refusal(files | {june.replace("-9-", "-09-"): b""}, gazetteer).found == "2020-06-09"
    assert refusal(files | {"a-1-agustus-2020.csv": b""}, gazetteer).found == "2020-08-01"
    assert refusal(files | {"data.csv": b""}, gazetteer).found == "no date"


@pytest.mark.upstream
def test_the_repeated_files_of_july_repeat(files, gazetteer):
    repeated, original = named(files, "juli-2020 (26)"), named(files, "juli-2020 (25)")
    other = named(files, "juli-2020 (24)")
    assert refusal(files | {repeated: files[other]}, gazetteer).file == repeated
    assert refusal(files | {original: files[other]}, gazetteer).file == repeated
    fewer = {file: content for file, content in files.items() if file != repeated}
    assert refusal(fewer, gazetteer).expected == "July (26)"


@pytest.mark.upstream
def test_two_days_cannot_be_exchanged(files, gazetteer):
    one, two = named(files, "juli-2020 (7)"), named(files, "juli-2020 (8)")
    error = refusal(files | {one: files[two], two: files[one]}, gazetteer)
    # The seventh file, of 8 July, holds the later count, so that the eighth falls behind.
    assert (error.file, error.place) == (two, "sum of cases")


@pytest.mark.upstream
def test_numbers_of_the_day_without_parts_cannot_be_changed(files, gazetteer):
    file = named(files, "-13-september-2020")
    lines = files[file].split(b"\n")
    first, second = lines[1].split(b","), lines[2].split(b",")
    assert first[0] != second[0]
    first[25], second[25] = second[25], first[25]
    lines[1:3] = [b",".join(first), b",".join(second)]
    error = refusal(files | {file: b"\n".join(lines)}, gazetteer)
    assert error.place == "whole table"
