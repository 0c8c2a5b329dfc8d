"""Daily sheets of the health office of DKI Jakarta: cumulative counts by kelurahan.

The office published one sheet a day ("Standar Kelurahan Data Corona"), as a workbook and as
CSV. Its columns before the cases change again and again and repeat their names; the six at the
end never change, and the parts of the cases sum to them, in every row. Kelurahan carry the
ten-digit code of Kemendagri, whose first four digits name the unit: 3173 is Jakarta Barat there
and Jakarta Pusat for BPS, so that units are crossed over here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gotong.errors import InputError
from gotong.regions import DKI_UNITS, Gazetteer
from gotong.sources.reading import REMEDY, whole
from gotong.sources.workbook import whole_cell

KELURAHAN = 267
"""Kelurahan of DKI Jakarta."""

OUTSIDE, UNKNOWN = "outside", "unknown"
"""Code of the cases who live outside DKI Jakarta, and of those whose address is unknown."""

COUNTS = ("cases", "in_hospital", "recovered", "deaths", "in_isolation")
"""What is read of each row; the cases are the sum of the others."""

LABELS = ("unit_code", "kecamatan", "name")
"""What a row says of its kelurahan beside the code."""

_MOST = 1_000_000_000
_PLACES = ("nama_provinsi", "nama_kota", "nama_kecamatan", "nama_kelurahan")
_END = ("positif", "dirawat", "sembuh", "meninggal", "self_isolation", "keterangan")
_ELSEWHERE = {
    "LUAR DKI JAKARTA": OUTSIDE,
    "BELUM DIKETAHUI": UNKNOWN,
    # What the office called the same row from September 2020 on.
    "PROSES UPDATE DATA": UNKNOWN,
}
_ISLANDS = {
    "P. HARAPAN": "PULAU HARAPAN",
    "P. KELAPA": "PULAU KELAPA",
    "P. PANGGANG": "PULAU PANGGANG",
    "P. PARI": "PULAU PARI",
    "P. TIDUNG": "PULAU TIDUNG",
    "UNTUNG JAWA": "PULAU UNTUNG JAWA",
}
"""Six islands as they were spelled before mid-April 2020, and as they are spelled since."""


_MONTHS = (
    *("JANUARI", "FEBRUARI", "MARET", "APRIL", "MEI", "JUNI", "JULI", "AGUSTUS"),
    *("SEPTEMBER", "OKTOBER", "NOVEMBER", "DESEMBER"),
)


def date_in_words(day: str, month: str, year: str) -> str:
    """Return a date in Indonesian (``31``, ``Juli``, ``2021``) as ISO, blank where it is none."""
    if month.upper() not in _MONTHS:
        return ""
    iso = f"{year}-{_MONTHS.index(month.upper()) + 1:02d}-{int(day):02d}"
    return "" if pd.isna(pd.to_datetime(iso, errors="coerce")) else iso


def plain_name(spelling: str) -> str:
    """Return the name of a kelurahan in ordinary capitals, islands in their later spelling."""
    return _ISLANDS.get(spelling, spelling).title()


def read_sheet(
    rows: Sequence[Sequence[object]], dataset: str, file: str, gazetteer: Gazetteer
) -> pd.DataFrame:
    """Read one sheet.

    Parameters
    ----------
    rows : sequence of sequences
        All cells, the header first; numbers as such (a workbook) or as text (CSV).
    dataset, file : str
        Where they come from, for the message when something is wrong.
    gazetteer : Gazetteer
        Every unit's codes and name.

    Returns
    -------
    pandas.DataFrame
        kelurahan_code, unit_code (of BPS), kecamatan, name and `COUNTS` (persons so far, or at
        the time for those in hospital and in isolation); 269 rows sorted by code, two of them
        `OUTSIDE` and `UNKNOWN`, whose unit_code is the same word and whose names are blank. A
        row of totals, which some sheets have, is checked and left out.

    Raises
    ------
    InputError
        Another header; a row of another length; a count that is no whole number; a code twice,
        or another number of kelurahan than 267; a code beside another unit's name; totals that
        are not those of the rows.
    """
    start = _codes(rows[0], dataset, file)
    records, totals = [], []
    for number, row in enumerate(rows[1:], start=2):
        place = f"row {number}"
        if len(row) != len(rows[0]):
            expected, found = f"{len(rows[0])} fields", f"{len(row)}"
            raise InputError(dataset, file, place, expected, found, REMEDY)
        labels = [_text(cell) for cell in row[: start + len(_PLACES)]]
        counts = [_count(cell, dataset, file, place) for cell in row[-len(_END) : -1]]
        if len(set(labels[:start])) > 1:
            found = " and ".join(map(repr, labels[:start]))
            raise InputError(dataset, file, place, "the same code twice", found, REMEDY)
        if labels[0]:
            records.append([*labels[start - 1 :], *counts])
        else:
            totals.append(counts)
    frame = pd.DataFrame(records, columns=["kelurahan_code", "province", *LABELS, *COUNTS])
    _expect_totals(frame, totals, dataset, file)
    _expect_codes(frame, dataset, file)
    units = _units(frame, dataset, file, gazetteer)
    elsewhere = frame["kelurahan_code"].isin(_ELSEWHERE)
    crossed = frame.assign(
        kelurahan_code=frame["kelurahan_code"].replace(_ELSEWHERE),
        unit_code=units,
        kecamatan=frame["kecamatan"].str.title().where(~elsewhere, ""),
        name=frame["name"].map(plain_name).where(~elsewhere, ""),
    )
    return crossed.drop(columns="province").sort_values("kelurahan_code", ignore_index=True)


def expect_parts(frame: pd.DataFrame, dataset: str, file: str) -> None:
    """Stop at the first row whose parts (hospital, recovered, died, isolation) miss the cases.

    Raises
    ------
    InputError
        With the code of the kelurahan.
    """
    parts = frame[list(COUNTS[1:])].sum(axis="columns")
    for row in np.flatnonzero(parts != frame["cases"]):
        found = f"{frame['cases'].iloc[row]} cases, parts that sum to {parts.iloc[row]}"
        place = f"kelurahan {frame['kelurahan_code'].iloc[row]}"
        raise InputError(
            dataset, file, place, "cases that are the sum of their parts", found, REMEDY
        )


def _codes(header: Sequence[object], dataset: str, file: str) -> int:
    """Return how many columns of codes a sheet has (1 or 2), its header being a known one."""
    names = [re.sub(r"\s+", "_", _text(cell).lower()) for cell in header]
    codes = 2 if names[1:2] == ["id_kel"] else 1
    wanted = ["id_kel"] * codes + list(_PLACES)
    sound = names[: len(wanted)] == wanted and tuple(names[-len(_END) :]) == _END
    if not sound or names.count(_END[0]) != 1:
        expected = f"{','.join(wanted)},...,{','.join(_END)}"
        raise InputError(dataset, file, "row 1 (header)", expected, ",".join(names), REMEDY)
    return codes


def _text(cell: object) -> str:
    """Return a cell as text; workbooks hold some codes as numbers."""
    return "" if cell is None else str(cell).strip()


def _count(cell: object, dataset: str, file: str, place: str) -> int:
    """Return a count from a cell of a CSV file, which is text, or of a workbook."""
    if isinstance(cell, str):
        count = whole(cell, dataset, file, place)
    else:
        count = whole_cell(cell, dataset, file, place)
    if count > _MOST:
        raise InputError(dataset, file, place, f"at most {_MOST:,} persons", f"{count:,}", REMEDY)
    return count


def _expect_totals(
    frame: pd.DataFrame, totals: Sequence[Sequence[int]], dataset: str, file: str
) -> None:
    """Stop unless the row of totals, which most sheets lack in CSV, holds the sums of the rows."""
    sums = frame[list(COUNTS)].sum().tolist()
    for printed in totals:
        if list(printed) != sums:
            expected = f"the sums of the rows, {sums}"
            raise InputError(dataset, file, "row of totals", expected, str(printed), REMEDY)
    if len(totals) > 1:
        found = f"{len(totals)}"
        raise InputError(dataset, file, "rows without a code", "one row at most", found, REMEDY)


def _expect_codes(frame: pd.DataFrame, dataset: str, file: str) -> None:
    """Stop unless 267 kelurahan and the two rows of cases without one stand once each."""
    code = frame["kelurahan_code"]
    kelurahan = code.str.fullmatch("[0-9]{10}").astype(bool)
    known = kelurahan | code.isin(_ELSEWHERE)
    for unknown in code[~known][:1]:
        expected = "ten digits, or " + ", ".join(_ELSEWHERE)
        raise InputError(dataset, file, "column 'id_kel'", expected, repr(unknown), REMEDY)
    for repeated in code[code.duplicated()][:1]:
        raise InputError(dataset, file, "column 'id_kel'", "each code once", repeated, REMEDY)
    elsewhere = sorted(code[~kelurahan].map(_ELSEWHERE))
    if kelurahan.sum() != KELURAHAN or elsewhere != [OUTSIDE, UNKNOWN]:
        expected = f"{KELURAHAN} kelurahan, {OUTSIDE} and {UNKNOWN}"
        found = ", ".join([f"{kelurahan.sum()} kelurahan", *elsewhere])
        raise InputError(dataset, file, "column 'id_kel'", expected, found, REMEDY)


def _units(frame: pd.DataFrame, dataset: str, file: str, gazetteer: Gazetteer) -> list[str]:
    """Return the BPS code of each row's unit, which must be the one that is named beside it."""
    place = "column 'nama_kota'"
    code = frame["kelurahan_code"]
    prefixes = code.where(code.isin(_ELSEWHERE), code.str[:4])
    pairs = list(zip(prefixes, frame["unit_code"], strict=True))
    units: dict[tuple[str, str], str] = {}
    for prefix, spelling in dict.fromkeys(pairs):
        if prefix in _ELSEWHERE:
            unit, named = _ELSEWHERE[prefix], _ELSEWHERE.get(spelling)
        else:
            unit = gazetteer.from_kemendagri(prefix, dataset, file, "column 'id_kel'")
            named = gazetteer.resolve(spelling, dataset, file, place)
        if unit != named or unit not in (*DKI_UNITS, OUTSIDE, UNKNOWN):
            expected = f"the unit of the codes {prefix}, one of DKI Jakarta"
            raise InputError(dataset, file, place, expected, repr(spelling), REMEDY)
        units[prefix, spelling] = unit
    return [units[pair] for pair in pairs]
