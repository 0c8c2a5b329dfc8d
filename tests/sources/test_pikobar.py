"""The readers of Pikobar's exports: what they keep, what is joined and what is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_any
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import bps, pikobar

KABUPATEN = (
    "Bogor Sukabumi Cianjur Bandung Garut Tasikmalaya Ciamis Kuningan Cirebon Majalengka Sumedang "
    "Indramayu Subang Purwakarta Karawang Bekasi Bandung_Barat Pangandaran"
)
KOTA = "Bogor Sukabumi Bandung Cirebon Bekasi Depok Cimahi Tasikmalaya Banjar"
NAMES = {str(code): f"Kab. {name}" for code, name in enumerate(KABUPATEN.split(), start=3201)}
NAMES |= {str(code): f"Kota {name}" for code, name in enumerate(KOTA.split(), start=3271)}
NAMES = {code: name.replace("_", " ") for code, name in NAMES.items()}

# Every unit and day: cases, recoveries and deaths so far, then what each rose by. On the third
# day cases fall by one, as after a correction.
COUNTS = (("10,4,1", "10,4,1"), ("15,6,2", "5,2,1"), ("14,6,2", "-1,0,0"))


@dataclass(frozen=True)
class Export:
    """Three days of every unit in the layout of one export."""

    read: Callable[[bytes], pd.DataFrame]
    dataset: str
    file: str
    days: tuple[str, str, str]
    header: str
    columns: tuple[str, str, str]
    row: Callable[[str, str, str, str], str]
    """Of a day, a code, the counts so far and what they rose by."""

    def lines(self) -> list[str]:
        return [
            self.header,
            *(
                self.row(day, code, so_far, rise)
                for day, (so_far, rise) in zip(self.days, COUNTS, strict=True)
                for code in (*NAMES, "0000")
            ),
        ]

    def content(self) -> bytes:
        return "\n".join([*self.lines(), ""]).encode()


def _row_2020_07(day: str, code: str, so_far: str, rise: str) -> str:
    if code == "0000":
        place = "00,Belum Teridentifikasi,0000,Belum Teridentifikasi"
        return f"{day},{place},0,0,0,0,0,0,{so_far},0,0,0,0,0,0,{rise},"
    name = NAMES[code].replace("Kab.", "Kabupaten")
    return f"{day},32,Jawa Barat,{code},{name},1,2,3,4,5,9,{so_far},70,80,90,0,0,0,0,0,0,{rise},"


def _row_2021_06(day: str, code: str, so_far: str, rise: str) -> str:
    name = NAMES.get(code, "Belum Teridentifikasi").upper()
    stages, growth = "0,50,-50,0,0,0,0,0,0,0", "0,0,0,0,0,0,0,0,0,0"
    return f"{day},32,Provinsi Jawa Barat,{code},{name},{stages},{so_far},{growth},{rise},"


JULY_2020 = Export(
    pikobar.read_2020_07,
    "pikobar_2020_07",
    pikobar.FILE_2020_07,
    ("2020-07-17", "2020-07-18", "2020-07-19"),
    "tanggal,kode_prov,nama_prov,kode_kab,nama_kab,odp,odp_proses,odp_selesai,"
    "pdp,pdp_proses,pdp_selesai,positif,sembuh,meninggal,",
    ("positif", "sembuh", "meninggal"),
    _row_2020_07,
)
JUNE_2021 = Export(
    pikobar.read_2021_06,
    "pikobar_2021_06",
    pikobar.FILE_2021_06,
    ("2020-08-01", "2020-08-02", "2020-08-03"),
    "tanggal,kode_prov,nama_prov,kode_kab,nama_kab,"
    "closecontact,closecontact_dikarantina,closecontact_discarded,"
    "suspect,suspect_diisolasi,suspect_discarded,"
    "probable,probable_diisolasi,probable_discarded,probable_meninggal,"
    "confirmation,confirmation_selesai,confirmation_meninggal,"
    "pertumbuhan_closecontact,pertumbuhan_closecontact_discarded,"
    "pertumbuhan_closecontact_dikarantina,"
    "pertumbuhan_suspect,pertumbuhan_suspect_discarded,pertumbuhan_suspect_diisolasi,"
    "pertumbuhan_probable,pertumbuhan_probable_discarded,pertumbuhan_probable_diisolasi,"
    "pertumbuhan_probable_meninggal,pertumbuhan_confirmation,"
    "pertumbuhan_confirmation_selesai,pertumbuhan_confirmation_meninggal,",
    ("confirmation", "confirmation_selesai", "confirmation_meninggal"),
    _row_2021_06,
)
EXPORTS = (JULY_2020, JUNE_2021)
FILES = {export.file: export.content() for export in EXPORTS}
DEPOK = 1 + 28 + list(NAMES).index("3276")
"""Where the second day of Kota Depok stands among the lines."""


@pytest.fixture(autouse=True)
def _three_days(monkeypatch):
    """Let the exports of these tests be whole, though they have three days."""
    for name, export in (
        ("_LAYOUT_2020_07", JULY_2020),
        ("_LAYOUT_2021_06", JUNE_2021),
        ("_LAYOUT_2022_02", JUNE_2021),
    ):
        layout = replace(getattr(pikobar, name), days=(export.days[0], export.days[-1]))
        monkeypatch.setattr(pikobar, name, layout)


each_export = pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.dataset)


def gazetteer_of(names: dict[str, str]) -> Gazetteer:
    """Return a gazetteer of some kabupaten and kota of Jawa Barat."""
    levels = {"Kab.": "kabupaten", "Kota": "kota"}
    regions = [(code, code, levels[name[:4]], name, "32") for code, name in names.items()]
    columns = ["region_code", "kemendagri_code", "level", "name", "province_code"]
    return Gazetteer(pd.DataFrame(regions, columns=columns))


def refusal(read: Callable, *arguments: object) -> InputError:
    """Return the error that reading ends in."""
    with pytest.raises(InputError) as caught:
        read(*arguments)
    assert caught.value.remedy
    return caught.value


def test_both_exports_are_joined_and_the_days_between_stay_out():
    frame = pikobar.read_westjava_daily(FILES, gazetteer_of(NAMES))
    check(frame, RAW["cases/westjava_daily.csv"], "", "")
    assert len(frame) == 2 * 3 * 28
    assert set(frame["region_code"]) == {*NAMES, "32xx"}
    bogor = frame[frame["region_code"] == "3201"].astype({"date": "str"})
    assert bogor.iloc[:, 1:].to_numpy().tolist() == [
        ["2020-07-17", 10, 4, 1, "pikobar_2020_07"],
        ["2020-07-18", 15, 6, 2, "pikobar_2020_07"],
        ["2020-07-19", 14, 6, 2, "pikobar_2020_07"],
        ["2020-08-01", 10, 4, 1, "pikobar_2021_06"],
        ["2020-08-02", 15, 6, 2, "pikobar_2021_06"],
        ["2020-08-03", 14, 6, 2, "pikobar_2021_06"],
    ]


@each_export
def test_cases_without_a_unit_are_read_though_their_rows_may_be_shorter(export):
    frame = export.read(export.content())
    unattributed = frame[frame["region_code"] == "32xx"]
    assert unattributed["cumulative_cases"].to_dict() == {29: 10, 57: 15, 85: 14}


@each_export
@pytest.mark.parametrize(
    ("old", "new", "place", "expected", "found"),
    [
        pytest.param(",15,6,2,", ",15,", "", "fields", "", id="cut row"),
        pytest.param("15,6,2", "6,15,2", "cases", ": 15", "6", id="swapped columns"),
        pytest.param("15,6,2", "15,6,3", "deaths", ": 2", "3", id="another sum"),
        pytest.param("15,6,2", "15,6,2 org", "deaths", "a whole number", "2 org", id="text"),
        pytest.param("15,6,2", "15,,2", "recovered", "0 or more", "a blank", id="blank"),
        pytest.param("15,6,2", "-15,6,2", "cases", "0 or more", "-15", id="below zero"),
        pytest.param("5,2,1,", "5,2,,", "rise", "a value", "a blank", id="blank rise"),
        pytest.param("DAY", "02/08/2020", "tanggal", "a date", "02/08/2020", id="not ISO"),
        pytest.param("DAY", "", "tanggal", "a value", "a blank", id="blank day"),
        pytest.param("DAY", "BEFORE", "tanggal", "row above", "BEFORE", id="duplicate day"),
        pytest.param("DAY", "2019-12-31", "tanggal", "row above", "2019-12-31", id="stray day"),
        pytest.param("3276", "3275", "kode_kab", "once a day", "3275 again", id="unit twice"),
        pytest.param("3276", "3299", "kode_kab", "3201 to 3279", "3299", id="unknown code"),
    ],
)
def test_a_fault_in_a_row_is_refused_with_its_place(export, old, new, place, expected, found):
    lines = export.lines()
    days = {"DAY": export.days[1], "BEFORE": export.days[0]}
    old, new, found = (days.get(text, text) for text in (old, new, found))
    assert lines[DEPOK].count(old) == 1
    lines[DEPOK] = lines[DEPOK].replace(old, new)
    error = refusal(export.read, "\n".join(lines).encode())
    assert (error.dataset, error.file) == (export.dataset, export.file)
    assert expected in error.expected
    assert found in error.found
    cases, recovered, deaths = export.columns
    named = {"cases": cases, "recovered": recovered, "deaths": deaths}
    named |= {"rise": f"pertumbuhan_{deaths}"}
    column = f", column '{named.get(place, place)}'" if place else ""
    assert error.place == f"row {DEPOK + 1}{column}"


@each_export
def test_a_row_that_is_left_out_is_missed(export):
    lines = export.lines()
    del lines[DEPOK]
    error = refusal(export.read, "\n".join(lines).encode())
    assert error.place == "after row 56"
    assert error.expected == f"a row for 3276 on {export.days[1]}"


@each_export
def test_a_row_that_is_repeated_is_refused(export):
    lines = export.lines()
    lines.insert(DEPOK, lines[DEPOK])
    error = refusal(export.read, "\n".join(lines).encode())
    assert error.place == f"row {DEPOK + 2}, column 'kode_kab'"
    assert error.found == "3276 again"


@each_export
def test_a_day_that_is_left_out_is_missed(export):
    lines = [line for line in export.lines() if not line.startswith(export.days[1])]
    error = refusal(export.read, "\n".join(lines).encode())
    assert (error.place, error.found) == ("row 30, column 'tanggal'", export.days[2])


def test_a_row_of_a_unit_may_not_be_as_short_as_one_without():
    lines = JULY_2020.lines()
    lines[DEPOK] = lines[DEPOK].replace(",70,80,90", "")
    error = refusal(JULY_2020.read, "\n".join(lines).encode())
    assert (error.expected, error.found) == ("27 fields", "24")


def test_a_unit_may_not_be_called_unidentified():
    lines = JUNE_2021.lines()
    lines[DEPOK] = lines[DEPOK].replace("KOTA DEPOK", "BELUM TERIDENTIFIKASI")
    error = refusal(JUNE_2021.read, "\n".join(lines).encode())
    assert error.place == f"row {DEPOK + 1}, column 'nama_kab'"
    assert error.found == "BELUM TERIDENTIFIKASI beside 3276"


@each_export
@pytest.mark.parametrize(
    ("content", "place", "found"),
    [
        (b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "start of the file", "an HTML page"),
        ("tanggal,Jawa Barat\xe9\n".encode("latin-1"), "byte 18", "byte 0xe9"),
        (b"tanggal,kode_kab,positif\n2020-07-17,3201,10\n", "row 1 (header)", "tanggal,kode_kab"),
        (b"", "", "0 rows"),
    ],
    ids=["HTML page", "Latin-1", "another header", "empty"],
)
def test_what_is_no_export_is_refused(export, content, place, found):
    error = refusal(export.read, content)
    assert (error.dataset, error.file, error.place) == (export.dataset, export.file, place)
    assert found in error.found


def test_one_export_is_not_taken_for_the_other():
    swapped = dict(zip(FILES, reversed(FILES.values()), strict=True))
    assert refusal(pikobar.read_westjava_daily, swapped, gazetteer_of(NAMES)).dataset == (
        "pikobar_2020_07"
    )


@each_export
def test_a_missing_file_is_named(export):
    files = {file: content for file, content in FILES.items() if file != export.file}
    error = refusal(pikobar.read_westjava_daily, files, gazetteer_of(NAMES))
    assert (error.file, error.found) == (export.file, "no such file")


@each_export
def test_a_name_beside_the_code_of_another_region_is_refused(export):
    # On one day the names of the first two kota change places, their codes do not.
    content = export.content().decode()
    for code, name in (("3271", "Sukabumi"), ("3272", "Bogor")):
        row = export.row(export.days[1], code, *COUNTS[1])
        right = NAMES[code].removeprefix("Kota ")
        wrong = row.replace(right, name).replace(right.upper(), name.upper())
        content = content.replace(row, wrong)
    error = refusal(
        pikobar.read_westjava_daily, FILES | {export.file: content.encode()}, gazetteer_of(NAMES)
    )
    assert (error.dataset, error.place) == (export.dataset, "row 48, column 'nama_kab'")
    assert error.expected == "Kota Bogor beside 3271"
    assert "which is 3272" in error.found


@each_export
def test_a_name_that_no_region_bears_is_refused(export):
    content = export.content().decode().replace("Depok", "Depock").replace("DEPOK", "DEPOCK")
    error = refusal(
        pikobar.read_westjava_daily, FILES | {export.file: content.encode()}, gazetteer_of(NAMES)
    )
    assert (error.dataset, error.place) == (export.dataset, "row 25, column 'nama_kab'")
    assert "KOTA DEPOK (3276)" in error.remedy


def test_a_code_that_the_gazetteer_lacks_is_refused():
    known = {code: name for code, name in NAMES.items() if code != "3276"}
    error = refusal(pikobar.read_westjava_daily, FILES, gazetteer_of(known))
    assert (error.place, error.found) == ("row 25, column 'kode_kab'", "'3276'")


@each_export
@pytest.mark.parametrize("day", [0, 2], ids=["first day", "last day"])
def test_an_export_without_its_first_or_last_day_is_refused(export, day):
    lines = [line for line in export.lines() if not line.startswith(export.days[day])]
    files = FILES | {export.file: "\n".join([*lines, ""]).encode()}
    error = refusal(pikobar.read_westjava_daily, files, gazetteer_of(NAMES))
    assert error.dataset == export.dataset
    assert error.expected == f"{export.days[0]} to {export.days[2]}"
    assert error.found != error.expected


def test_the_export_of_2022_makes_a_table_of_its_own():
    files = {pikobar.FILE_2022_02: JUNE_2021.content()}
    frame = pikobar.read_westjava_daily_2022(files, gazetteer_of(NAMES))
    check(frame, RAW["cases/westjava_daily_2022.csv"], "", "")
    assert len(frame) == 3 * 28
    bogor = frame[frame["region_code"] == "3201"].astype({"date": "str"})
    assert bogor.iloc[:, 1:].to_numpy().tolist() == [
        ["2020-08-01", 10, 4, 1],
        ["2020-08-02", 15, 6, 2],
        ["2020-08-03", 14, 6, 2],
    ]
    error = refusal(pikobar.read_westjava_daily_2022, {}, gazetteer_of(NAMES))
    assert (error.dataset, error.found) == ("pikobar_2022_02", "no such file")


@pytest.mark.parametrize(("old", "new"), [("KOTA DEPOK", "KOTA BOGOR"), ("15,6,2", "15,6,3")])
def test_a_fault_in_the_export_of_2022_is_refused_under_its_own_id(old, new):
    content = JUNE_2021.content().replace(old.encode(), new.encode(), 1)
    error = refusal(
        pikobar.read_westjava_daily_2022, {pikobar.FILE_2022_02: content}, gazetteer_of(NAMES)
    )
    assert error.dataset == "pikobar_2022_02"


@pytest.fixture(scope="module")
def regions(upstream) -> Gazetteer:
    folder = upstream / "zakiego+Kode-Wilayah-Administrasi-Indonesia-Relasi-BPS-Kemendagri"
    paths = ("csv/provinsi.csv", "csv/kabkota.csv")
    return Gazetteer(bps.read_regions({path: (folder / path).read_bytes() for path in paths}))


@pytest.fixture(scope="module")
def published(upstream, regions) -> pd.DataFrame:
    folders = {"ikanx101+belajaR": JULY_2020.file, "rabihiawaludin+jis_pikobar": JUNE_2021.file}
    files = {file: (upstream / folder / file).read_bytes() for folder, file in folders.items()}
    return pikobar.read_westjava_daily(files, regions)


def on(frame: pd.DataFrame, day: str) -> pd.Series:
    """Return the cumulative cases of one day by region."""
    return frame[frame["date"] == day].set_index("region_code")["cumulative_cases"]


@pytest.fixture(scope="module")
def published_2022(upstream, regions) -> pd.DataFrame:
    content = (upstream / "azizpambayun+datasets" / pikobar.FILE_2022_02).read_bytes()
    return pikobar.read_westjava_daily_2022({pikobar.FILE_2022_02: content}, regions)


BODEBEK = ["3201", "3216", "3271", "3275", "3276"]


@pytest.mark.upstream
def test_the_units_are_those_of_the_crosswalk(regions):
    west_java = [code for code in regions.codes() if code.startswith("32") and len(code) == 4]
    assert sorted(west_java) == sorted(pikobar.UNITS)


@pytest.mark.upstream
def test_the_pinned_files_hold_the_published_counts(published):
    check(published, RAW["cases/westjava_daily.csv"], "", "")
    assert published["source"].value_counts().to_dict() == {
        "pikobar_2020_07": 3_808,
        "pikobar_2021_06": 8_568,
    }
    july = on(published, "2020-07-19")
    assert (len(july), july.sum(), july["32xx"]) == (28, 5_488, 1_596)
    assert july[BODEBEK].tolist() == [354, 305, 204, 697, 956]
    august = on(published, "2020-08-01")
    assert august[BODEBEK].tolist() == [493, 400, 268, 804, 1_228]
    # The same totals of the province stand in another export, of February 2022.
    assert (august.sum(), on(published, "2020-12-31").sum()) == (6_584, 83_579)
    assert (on(published, "2021-06-02").sum(), on(published, "2021-06-02")["32xx"]) == (
        314_841,
        2_282,
    )


@pytest.mark.upstream
def test_the_days_between_the_pinned_files_stay_out(published):
    days = pd.DatetimeIndex(published["date"].unique())
    missing = pd.date_range("2020-03-06", "2021-06-02", unit="s").difference(days)
    assert missing.equals(pd.date_range("2020-07-20", "2020-07-31", unit="s"))
    assert (published.groupby("date").size() == 28).all()


@pytest.mark.upstream
def test_what_the_docstrings_say_of_the_pinned_files(published):
    units = published.groupby(["source", "region_code"])
    counts = published.filter(like="cumulative_")
    rises = units[counts.columns.tolist()].diff()
    assert (rises.fillna(0) >= 0).all(axis=None)

    closed = published["cumulative_recovered"] + published["cumulative_deaths"]
    odd = published[closed > published["cumulative_cases"]]
    assert odd.groupby("region_code")["date"].agg(["min", "max", "size"]).to_dict("index") == {
        "3277": {"min": pd.Timestamp("2020-03-23"), "max": pd.Timestamp("2020-03-25"), "size": 3},
        "3218": {"min": pd.Timestamp("2020-08-04"), "max": pd.Timestamp("2020-08-08"), "size": 5},
    }
    died = published[rises["cumulative_deaths"].fillna(0) > 0]
    assert died["date"].max() == pd.Timestamp("2021-03-10")
    assert on(published, "2021-06-02").equals(on(published, "2021-06-01"))


@pytest.mark.upstream
def test_the_export_of_2022_has_the_province_s_totals_and_a_third_without_a_unit(
    published, published_2022
):
    check(published_2022, RAW["cases/westjava_daily_2022.csv"], "", "")
    assert len(published_2022) == 15_680
    assert published_2022["date"].nunique() == 560
    for day, total, unattributed in (
        ("2020-08-01", 6_584, 2_528),
        ("2020-12-31", 83_579, 32_040),
        ("2021-06-02", 315_771, 104_385),
        ("2022-02-11", 800_192, 256_351),
    ):
        counts = on(published_2022, day)
        assert (counts.sum(), counts["32xx"]) == (total, unattributed), day
    for day in ("2020-08-01", "2020-12-31"):
        assert on(published, day).sum() == on(published_2022, day).sum()
    last = published_2022[published_2022["date"] == "2022-02-11"].set_index("region_code")
    deaths = last["cumulative_deaths"]
    assert (deaths.sum(), deaths["32xx"]) == (14_815, 4_685)


@pytest.mark.upstream
def test_levels_of_the_export_of_2022_are_not_those_of_2021(published, published_2022):
    # Rises to 2021-05-30: what stands under a unit in 2021 is in part without one in 2022.
    rises = [
        (on(frame, "2021-05-30") - on(frame, "2020-08-01"))[BODEBEK]
        for frame in (published, published_2022)
    ]
    ratios = (rises[1] / rises[0]).astype("float64")
    assert ratios.tolist() == pytest.approx([0.66, 0.52, 0.43, 0.46, 0.77], abs=0.005)


@pytest.mark.upstream
def test_the_export_of_2022_reaches_99_per_cent_of_the_task_force_s_count(published_2022, project):
    province = read_any(str(project / "data/raw/cases/province_daily.csv"))
    west_java = province[(province["region_code"] == "32") & (province["date"] <= "2022-02-11")]
    assert west_java["cases"].sum() == 809_137
    assert on(published_2022, "2022-02-11").sum() / 809_137 == pytest.approx(0.99, abs=0.005)


@pytest.mark.upstream
def test_what_the_docstring_says_of_the_export_of_2022(published_2022):
    counts = published_2022.filter(like="cumulative_")
    closed = counts["cumulative_recovered"] + counts["cumulative_deaths"]
    assert (closed > counts["cumulative_cases"]).sum() == 70
    rises = published_2022.groupby("region_code")[counts.columns.tolist()].diff()
    assert (rises.fillna(0) >= 0).all(axis=None)
    depok = rises[published_2022["region_code"] == "3276"].max()
    assert depok[["cumulative_cases", "cumulative_deaths"]].tolist() == [3_417, 241]
