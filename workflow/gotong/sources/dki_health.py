"""Vaccination by kelurahan of DKI Jakarta, and COVID-19 patients in its hospitals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import DKI_UNITS, Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.dki_sheets import KELURAHAN, date_in_words
from gotong.sources.reading import REMEDY, decode
from gotong.sources.workbook import sheet_rows, whole_cell
from gotong.tables import DATE, read_csv

VACCINATION = "dki_vaccination"
PATIENTS = "dki_covid_patients"
ISOLATION_FILE, ICU_FILE = "dataset/df_isolasi.csv", "dataset/df_icu.csv"

VACCINATION_DAYS = (
    *("2021-07-31", "2021-08-31", "2021-09-30", "2021-10-31", "2021-11-30", "2021-12-31"),
    # The file of February 2022 is a day early.
    *("2022-01-31", "2022-02-27", "2022-03-31", "2022-04-30", "2022-05-31", "2022-06-30"),
)
"""Days of the workbooks of vaccination, in their order."""

_DOSES = ("dose_1", "dose_2", "dose_3")
_THIRD_DOSE_FROM = "2022-03-31"
_LABELS = ("KODE KELURAHAN", "WILAYAH KOTA", "KECAMATAN", "KELURAHAN")
_GROUPS = (
    "LANSIA",
    "PELAYAN PUBLIK",
    "GOTONG ROYONG",
    "TENAGA KESEHATAN",
    "TAHAPAN 3",
    "REMAJA",
)
_FALLS_IN_DOSES = 3
"""Persons by which the first doses of two islands fall in April and May 2022, as published."""

_FIRST_DAY, _LAST_DAY = "2020-12-01", "2021-11-21"
_ISOLATION_CONTROL = ControlTotal(356, "13033ca93ac0bf1c")
_ICU_CONTROL = ControlTotal(356, "f7dc7ee7c0d2af72")


def read_vaccination_monthly(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read how many residents had a first, second and third dose at the ends of twelve months.

    Persons are counted where they are registered, not where they were vaccinated. The third
    dose is in the files from March 2022 on; from then on three islands have more second doses
    than first ones: as published. The files' third doses of the elderly repeat their second
    doses and are not used, here or in the checks.

    Parameters
    ----------
    files : mapping of str to bytes
        The twelve workbooks by registered path.
    gazetteer : Gazetteer
        Every unit's codes and name.

    Returns
    -------
    pandas.DataFrame
        ``kelurahan/vaccination_monthly.csv``: kelurahan_code, date, target, dose_1, dose_2,
        dose_3 (persons); 267 kelurahan a date.

    Raises
    ------
    InputError
        Not one workbook for each day; another header; a count that is no whole number; other
        kelurahan than in the first workbook; doses that are not the sum of the groups', or that
        with those not yet vaccinated are not the target; totals that are not those of the rows;
        a target that changes; doses that fall.
    """
    paths = _vaccination_paths(files)
    sheets = {
        day: _vaccination_sheet(files[file], file, 3 if day >= _THIRD_DOSE_FROM else 2, gazetteer)
        for day, file in paths.items()
    }
    first = sheets[VACCINATION_DAYS[0]]
    for day, sheet in sheets.items():
        if not sheet[["kelurahan_code", "target"]].equals(first[["kelurahan_code", "target"]]):
            expected = f"the kelurahan and targets of {paths[VACCINATION_DAYS[0]]}"
            raise InputError(VACCINATION, paths[day], "", expected, "others", REMEDY)
    _expect_doses_rise(sheets, paths)
    frame = pd.concat([sheet.assign(date=pd.Timestamp(day)) for day, sheet in sheets.items()])
    columns = dtypes(RAW["kelurahan/vaccination_monthly.csv"])
    kept = frame[list(columns)].astype(columns)
    return kept.sort_values(["kelurahan_code", "date"], ignore_index=True)


def _vaccination_paths(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the path of the workbook of each day, in order."""
    paths: dict[str, str] = {}
    for file in sorted(files):
        named = re.search(r"\((\d{1,2}) (\w+) (\d{4})\)\.xlsx$", file)
        day = date_in_words(*named.groups()) if named else ""
        if day not in VACCINATION_DAYS or day in paths:
            expected = "one of the twelve days, each once"
            raise InputError(VACCINATION, file, "file name", expected, day or "no date", REMEDY)
        paths[day] = file
    missing = [day for day in VACCINATION_DAYS if day not in paths]
    if missing:
        expected, found = "a workbook for each day", "none of " + ", ".join(missing)
        raise InputError(VACCINATION, "", "file names", expected, found, REMEDY)
    return dict(sorted(paths.items()))


def _header(doses: int) -> list[str]:
    """Return the column names of a workbook that counts so many doses, line breaks as spaces."""
    numbered = [f"DOSIS {dose}" for dose in range(1, doses + 1)]
    names = [*_LABELS, "SASARAN", "BELUM VAKSIN", *(f"JUMLAH {dose}" for dose in numbered)]
    names.append("TOTAL VAKSIN DIBERIKAN")
    for group in _GROUPS:
        names += [f"{group} {dose}" for dose in numbered]
        names.append(f"{group} TOTAL VAKSIN DIBERIKAN")
    return names


def _vaccination_sheet(content: bytes, file: str, doses: int, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return kelurahan_code, target, dose_1 to dose_3 of one workbook, sorted by code."""
    rows = sheet_rows(content, VACCINATION, file, "Data Kelurahan")
    header = [" ".join(str(cell).split()) for cell in rows[0]]
    if header != _header(doses):
        raise _unsound(file, "row 1 (header)", ",".join(_header(doses)), ",".join(header))
    if len(rows) != KELURAHAN + 2:
        expected = f"header, TOTAL and {KELURAHAN} kelurahan"
        raise _unsound(file, "", expected, f"{len(rows)} rows")
    names = _header(doses)[len(_LABELS) :]
    counts = pd.DataFrame(
        [
            [
                whole_cell(cell, VACCINATION, file, f"row {number}, column '{name}'")
                for name, cell in zip(names, row[len(_LABELS) :], strict=True)
            ]
            for number, row in enumerate(rows[1:], start=2)
        ],
        columns=names,
    )
    labels = pd.DataFrame(
        [["" if cell is None else str(cell) for cell in row[: len(_LABELS)]] for row in rows[1:]],
        columns=list(_LABELS),
    )
    _expect_total_row(labels, counts, file)
    labels, counts = labels.iloc[1:], counts.iloc[1:]
    _expect_kelurahan(labels, file, gazetteer)
    _expect_doses(labels, counts, doses, file)
    frame = pd.DataFrame(
        {
            "kelurahan_code": labels[_LABELS[0]],
            "target": counts["SASARAN"],
            "dose_1": counts["JUMLAH DOSIS 1"],
            "dose_2": counts["JUMLAH DOSIS 2"],
            "dose_3": counts["JUMLAH DOSIS 3"] if doses == 3 else pd.NA,
        }
    ).astype({"dose_3": "Int64"})
    return frame.sort_values("kelurahan_code", ignore_index=True)


def _unsound(file: str, place: str, expected: str, found: str) -> InputError:
    """Return what the user is told of a workbook of vaccination."""
    return InputError(VACCINATION, file, place, expected, found, REMEDY)


def _expect_total_row(labels: pd.DataFrame, counts: pd.DataFrame, file: str) -> None:
    """Stop unless the first row holds the sums of the others."""
    if list(labels.iloc[0]) != ["", "", "", "TOTAL"]:
        raise _unsound(file, "row 2", "the row TOTAL", repr(list(labels.iloc[0])))
    sums = counts.iloc[1:].sum()
    for name in counts.columns[counts.iloc[0] != sums][:1]:
        place, found = f"row 2, column '{name}'", str(counts[name].iloc[0])
        raise _unsound(file, place, f"{sums[name]}, the sum of the rows", found)


def _expect_kelurahan(labels: pd.DataFrame, file: str, gazetteer: Gazetteer) -> None:
    """Stop unless 267 kelurahan stand once each, every code beside the name of its unit."""
    codes = labels[_LABELS[0]]
    sound = codes.str.fullmatch("31[0-9]{8}").astype(bool)
    if not sound.all() or codes.duplicated().any():
        wrong = codes[~sound | codes.duplicated()].tolist()[:1]
        found = ", ".join([f"{codes.nunique()} codes", *map(repr, wrong)])
        raise _unsound(file, f"column '{_LABELS[0]}'", f"{KELURAHAN} codes, each once", found)
    pairs = zip(codes.str[:4], labels[_LABELS[1]], strict=True)
    for prefix, spelling in dict.fromkeys(pairs):
        unit = gazetteer.from_kemendagri(prefix, VACCINATION, file, f"column '{_LABELS[0]}'")
        place = f"column '{_LABELS[1]}'"
        if gazetteer.resolve(spelling, VACCINATION, file, place) != unit or unit not in DKI_UNITS:
            raise _unsound(file, place, f"the unit of the codes {prefix}", repr(spelling))


def _expect_doses(labels: pd.DataFrame, counts: pd.DataFrame, doses: int, file: str) -> None:
    """Stop unless the doses of every row agree with its target, its groups and their totals."""
    numbered = [f"DOSIS {dose}" for dose in range(1, doses + 1)]
    total = "TOTAL VAKSIN DIBERIKAN"
    due = {
        "SASARAN": counts["BELUM VAKSIN"] + counts["JUMLAH DOSIS 1"],
        total: counts[[f"JUMLAH {dose}" for dose in numbered]].sum(axis="columns"),
        # The third doses of the elderly are wrong in the source.
        **{
            f"JUMLAH {dose}": counts[[f"{group} {dose}" for group in _GROUPS]].sum(axis="columns")
            for dose in numbered[:2]
        },
    }
    due_total = counts[[f"{group} {total}" for group in _GROUPS]].sum(axis="columns")
    for name, wanted in [*due.items(), (total, due_total)]:
        for row in np.flatnonzero(counts[name] != wanted)[:1]:
            place = f"kelurahan {labels[_LABELS[0]].iloc[row]}, column '{name}'"
            expected = f"{wanted.iloc[row]}, the sum of its parts"
            raise _unsound(file, place, expected, str(counts[name].iloc[row]))


def _expect_doses_rise(sheets: Mapping[str, pd.DataFrame], paths: Mapping[str, str]) -> None:
    """Stop when doses given so far fall from one workbook to the next, but for a known few."""
    falls: dict[str, int] = {}
    for before, after in pairwise(sheets):
        change = sheets[after][list(_DOSES)] - sheets[before][list(_DOSES)]
        falls[after] = -int(change.clip(upper=0).sum().sum())
    if sum(falls.values()) != _FALLS_IN_DOSES:
        worst = max(falls, key=lambda day: falls[day])
        expected = f"doses that fall by {_FALLS_IN_DOSES} persons over all workbooks"
        found = f"by {sum(falls.values())}, most on {worst}"
        raise _unsound(paths[worst], "", expected, found)


def read_covid_patients_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read patients in isolation and in intensive care in the hospitals of DKI Jakarta by day.

    Parameters
    ----------
    files : mapping of str to bytes
        `ISOLATION_FILE` and `ICU_FILE`, by registered path.
    gazetteer : Gazetteer
        Not needed.

    Returns
    -------
    pandas.DataFrame
        ``facilities/dki_covid_patients_daily.csv``: date, isolation_patients, icu_patients
        (persons at the time), 2020-12-01 to 2021-11-21 without a gap. By their level the
        makeshift hospital of Wisma Atlet is not among them.

    Raises
    ------
    InputError
        A file is missing; another header; a cell that is no date or whole number; a day left
        out, repeated or out of order; another control total.
    """
    isolation = _patients(files, ISOLATION_FILE, "Total Pasien Isolasi", _ISOLATION_CONTROL)
    icu = _patients(files, ICU_FILE, "Total Pasien ICU", _ICU_CONTROL)
    frame = pd.DataFrame(
        {"date": isolation.index, "isolation_patients": isolation.array, "icu_patients": icu.array}
    )
    columns = dtypes(RAW["facilities/dki_covid_patients_daily.csv"])
    return frame.astype(columns)


def _patients(files: Mapping[str, bytes], file: str, name: str, control: ControlTotal) -> pd.Series:
    """Return the patients of one file by day."""
    if file not in files:
        raise InputError(PATIENTS, file, "", "this file", "no such file", REMEDY)
    text = decode(files[file], PATIENTS, file)
    columns = {"date": DATE, name: "Int64"}
    frame = read_csv(text.encode("utf-8"), columns, PATIENTS, file, REMEDY)
    days = pd.Series(pd.date_range(_FIRST_DAY, _LAST_DAY, unit="s").astype(DATE))
    if not frame["date"].equals(days):
        expected = f"each day from {_FIRST_DAY} to {_LAST_DAY}, in order"
        raise InputError(PATIENTS, file, "column 'date'", expected, "others", REMEDY)
    for row in np.flatnonzero(~(frame[name] >= 0).fillna(False).to_numpy(dtype=bool))[:1]:
        place, found = f"row {row + 2}, column '{name}'", str(frame[name].iloc[row])
        raise InputError(PATIENTS, file, place, "a whole number, 0 or more", found, REMEDY)
    # No other number in the file depends on these.
    expect_total(frame, control, PATIENTS, file)
    return frame.set_index("date")[name]


TABLES = {
    "kelurahan/vaccination_monthly.csv": read_vaccination_monthly,
    "facilities/dki_covid_patients_daily.csv": read_covid_patients_daily,
}
"""Reader of each table that is made here."""
