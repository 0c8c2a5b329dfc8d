"""Vaccination by kelurahan and COVID-19 patients by day: what is kept and what is refused."""

import io

import openpyxl
import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources import dki_health


@pytest.fixture(scope="module")
def gazetteer(project) -> Gazetteer:
    content = (project / "data/raw/geography/regions.csv").read_bytes()
    return Gazetteer(read_raw(content, RAW["geography/regions.csv"], ""))


def held(folder, pattern) -> dict[str, bytes]:
    """Return the files of a folder by path."""
    paths = (path for path in folder.rglob(pattern) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def workbooks(upstream) -> dict[str, bytes]:
    return held(upstream / "Jenpoer+IS415-GAA", "*.xlsx")


@pytest.fixture(scope="module")
def patients(upstream) -> dict[str, bytes]:
    return held(upstream / "raflynagachi+spada-pasien-isolasi", "*.csv")


@pytest.fixture(scope="module")
def vaccinated(workbooks, gazetteer) -> pd.DataFrame:
    return dki_health.read_vaccination_monthly(workbooks, gazetteer)


def refusal(read, files, gazetteer) -> InputError:
    """Return the error that files end in."""
    with pytest.raises(InputError) as caught:
        read(files, gazetteer)
    assert caught.value.remedy
    return caught.value


@pytest.mark.upstream
def test_vaccination_holds_the_published_totals(vaccinated, project):
    check(vaccinated, RAW["kelurahan/vaccination_monthly.csv"], "", "")
    assert len(vaccinated) == 12 * 267
    sums = vaccinated.groupby("date")[["target", "dose_1", "dose_2", "dose_3"]].sum()
    assert set(sums["target"]) == {8_941_211}
    assert sums.loc["2021-07-31", "dose_1"] == 4_499_710
    assert sums.loc["2021-12-31", "dose_1"] == 7_317_475
    # The rows TOTAL of the last file.
    assert sums.loc["2022-06-30"].tolist() == [8_941_211, 7_509_818, 6_756_584, 3_031_594]

    codes = (project / "data/raw/kelurahan/kelurahan.csv").read_bytes()
    named = read_raw(codes, RAW["kelurahan/kelurahan.csv"], "")
    assert set(vaccinated["kelurahan_code"]) == set(named["kelurahan_code"])
    by_unit = vaccinated.merge(named, on="kelurahan_code").pivot_table(
        index="date", columns="unit_code", values="dose_1", aggfunc="sum"
    )
    assert (by_unit.diff().min() > 0).all()
    # By kelurahan first doses do fall, by one person and by two.
    wide = vaccinated.pivot_table(index="date", columns="kelurahan_code", values="dose_1")
    falls = wide.diff().min()
    assert falls[falls < 0].to_dict() == {"3101011002": -2, "3101021001": -1}


@pytest.mark.upstream
def test_the_third_dose_is_blank_before_march_2022(vaccinated):
    given = vaccinated.set_index("date")["dose_3"].notna().groupby(level=0).mean()
    assert given.to_list() == [0] * 8 + [1] * 4
    last = vaccinated[vaccinated["date"] == "2022-06-30"]
    assert (last["dose_3"] < last["dose_2"]).all()
    more = last.loc[last["dose_2"] > last["dose_1"], "kelurahan_code"]
    assert more.tolist() == ["3101011001", "3101021001", "3101021003"]


def rewritten(content: bytes, change) -> bytes:
    """Return a workbook after a change to its sheet of kelurahan."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    change(book["Data Kelurahan"])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def put(row, column, value):
    """Return a change of one cell."""

    def change(sheet):
        sheet.cell(row, column).value = value

    return change


def _exchange_doses(sheet):
    for row in sheet.iter_rows(min_row=2, min_col=7, max_col=8):
        row[0].value, row[1].value = row[1].value, row[0].value


def _exchange_targets(sheet):
    # Two kelurahan of one unit, with everything but their labels.
    first, second = (next(sheet.iter_rows(row, row, 5)) for row in (3, 4))
    for one, other in zip(first, second, strict=True):
        one.value, other.value = other.value, one.value


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param(put(1, 7, "JUMLAH\nDOSIS 2"), "row 1 (header)", id="other header"),
        pytest.param(put(2, 4, "JUMLAH"), "row 2", id="no row of totals"),
        pytest.param(put(2, 8, 1), "row 2, column 'JUMLAH DOSIS 2'", id="other total"),
        pytest.param(put(9, 8, "x"), "row 9, column 'JUMLAH DOSIS 2'", id="text in number"),
        pytest.param(put(9, 8, -1), "row 9, column 'JUMLAH DOSIS 2'", id="below zero"),
        pytest.param(put(9, 8, None), "row 9, column 'JUMLAH DOSIS 2'", id="blank"),
        pytest.param(put(9, 1, "3173"), "column 'KODE KELURAHAN'", id="no code"),
        pytest.param(put(9, 1, None), "column 'KODE KELURAHAN'", id="blank code"),
        pytest.param(put(9, 1, "3172051003"), "column 'KODE KELURAHAN'", id="code twice"),
        pytest.param(put(9, 2, "KOTA BOGOR"), "column 'WILAYAH KOTA'", id="other unit"),
        pytest.param(_exchange_doses, "kelurahan 3172051003", id="columns exchanged"),
        pytest.param(_exchange_targets, "", id="rows exchanged"),
        pytest.param(lambda sheet: sheet.delete_rows(9), "", id="row cut"),
    ],
)
def test_a_workbook_with_other_figures_is_refused(workbooks, gazetteer, change, place):
    file = next(file for file in workbooks if "(31 Juli 2021)" in file)
    files = workbooks | {file: rewritten(workbooks[file], change)}
    error = refusal(dki_health.read_vaccination_monthly, files, gazetteer)
    assert error.dataset == "dki_vaccination"
    assert error.place.startswith(place)


@pytest.mark.upstream
def test_each_day_has_one_workbook(workbooks, gazetteer):
    read = dki_health.read_vaccination_monthly
    july = next(file for file in workbooks if "(31 Juli 2021)" in file)
    august = next(file for file in workbooks if "(31 Agustus 2021)" in file)
    fewer = {file: content for file, content in workbooks.items() if file != july}
    assert refusal(read, fewer, gazetteer).found == "none of 2021-07-31"
    stray = workbooks | {"a (31 Juli 2023).xlsx": b""}
    assert refusal(read, stray, gazetteer).found == "2023-07-31"
    exchanged = workbooks | {july: workbooks[august], august: workbooks[july]}
    assert refusal(read, exchanged, gazetteer).found.endswith("most on 2021-08-31")


@pytest.mark.upstream
def test_patients_have_the_published_peaks(patients, gazetteer):
    frame = dki_health.read_covid_patients_daily(patients, gazetteer)
    check(frame, RAW["facilities/dki_covid_patients_daily.csv"], "", "")
    by_day = frame.set_index("date")
    assert len(by_day) == 356
    for name, day, peak in (
        ("isolation_patients", "2021-07-11", 10_623),
        ("icu_patients", "2021-07-21", 1_484),
    ):
        assert (f"{by_day[name].idxmax():%Y-%m-%d}", by_day[name].max()) == (day, peak)
    assert by_day.loc["2021-07-16"].tolist() == [10_375, 1_431]


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("2020-12-02,628", "2020-12-02,629", "whole table"),
        ("2020-12-01,630\n2020-12-02,628", "2020-12-01,628\n2020-12-02,630", "whole table"),
        ("2020-12-02,628", "2020-12-02,", "row 3, column 'Total Pasien ICU'"),
        ("2020-12-02,628", "2020-12-02,-628", "row 3, column 'Total Pasien ICU'"),
        ("2020-12-02,628", "2020-12-02,many", "row 3, column 'Total Pasien ICU'"),
        ("2020-12-02,628\n", "", "column 'date'"),
        ("2020-12-02", "2020-12-01", "column 'date'"),
        ("2020-12-02", "2029-12-02", "column 'date'"),
        ("2020-12-02", "02/12/2020", "row 3, column 'date'"),
        ("Total Pasien ICU", "Total Pasien Isolasi", "row 1 (header)"),
        ("date", "<html>", "start of the file"),
    ],
)
def test_other_figures_of_patients_are_refused(patients, gazetteer, old, new, place):
    file = dki_health.ICU_FILE
    text = patients[file].decode()
    assert old in text
    files = patients | {file: text.replace(old, new, 1).encode()}
    error = refusal(dki_health.read_covid_patients_daily, files, gazetteer)
    assert (error.dataset, error.file) == ("dki_covid_patients", file)
    assert error.place == place


def test_both_files_of_patients_are_needed(gazetteer):
    error = refusal(dki_health.read_covid_patients_daily, {}, gazetteer)
    assert (error.file, error.found) == (dki_health.ISOLATION_FILE, "no such file")
