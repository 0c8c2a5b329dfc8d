"""Cumulative counts of Jawa Barat by kabupaten and kota, from three exports of Pikobar.

No file is known for 2020-07-20 to 2020-07-31, between the first two, which make one table. The
third, of February 2022, repeats the second and goes on, but has a third of its cases without
kab/kota: the levels of a unit differ, so that it makes a table of its own. All print the codes
of BPS, which are those of Kemendagri in this province.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.reading import REMEDY, csv_rows, expect_header
from gotong.tables import DATE, read_csv

FILE_2020_07 = "Bukan Infografis/Shiny COVID REAL/realshinycovid/DaMen/Data COVID-19 Jawa Barat.csv"
FILE_2021_06 = "Data COVID-19 Jawa Barat.csv"
FILE_2022_02 = FILE_2021_06
"""Both were exported under one name; their sources differ."""

TABLE = "cases/westjava_daily.csv"
TABLE_2022 = "cases/westjava_daily_2022.csv"

UNITS = tuple(str(code) for code in (*range(3201, 3219), *range(3271, 3280)))
"""Codes of the 18 kabupaten and nine kota of Jawa Barat."""

UNATTRIBUTED = "32xx"
"""Code of the cases whose kabupaten or kota is unknown."""

_NO_UNIT = ("0000", "BELUM TERIDENTIFIKASI")
_CUMULATIVE = ("cumulative_cases", "cumulative_recovered", "cumulative_deaths")


@dataclass(frozen=True)
class _Layout:
    """Where one export keeps what is read from it.

    ``fields`` is the number of fields of a row, ``fields_no_unit`` that of a row of cases
    without kab/kota. ``counts`` gives the cumulative cases, recoveries and deaths by their
    printed names; the increments of the same three end every row, before a blank field. ``days``
    are the first and the last, without which a file that was cut short at the end of a day
    would pass.
    """

    dataset: str
    file: str
    days: tuple[str, str]
    header: tuple[str, ...]
    fields: int
    fields_no_unit: int
    counts: Mapping[str, int]

    @property
    def increments(self) -> dict[str, str]:
        """Name of the increment of each count."""
        return {name: f"pertumbuhan_{name}" for name in self.counts}

    @property
    def positions(self) -> dict[str, int]:
        """Where each column that is read stands, from 0, or from the end below 0."""
        ends = zip(self.increments.values(), (-4, -3, -2), strict=True)
        return {"tanggal": 0, "kode_kab": 3, "nama_kab": 4, **self.counts, **dict(ends)}

    def fault(self, place: str, expected: str, found: str) -> InputError:
        """Return what the user is told of this file."""
        return InputError(self.dataset, self.file, place, expected, found, REMEDY)

    def refuse(
        self, wrong: pd.Series, column: str, expected: str | pd.Series, found: pd.Series
    ) -> None:
        """Stop at the first row for which `wrong` holds; rows count from 0 below the header."""
        for row in np.flatnonzero(wrong):
            wanted = expected if isinstance(expected, str) else str(expected.iloc[row])
            cell = found.iloc[row]
            shown = "a blank" if pd.isna(cell) else str(cell)
            raise self.fault(f"row {row + 2}, column '{column}'", wanted, shown)


_REGION = ("tanggal", "kode_prov", "nama_prov", "kode_kab", "nama_kab")

# The header names 15 of 27 fields and labels three wrongly (odp, odp_proses and odp_selesai
# stand over proses, selesai and total; pdp likewise), hence reading by position. Rows without
# kab/kota lack the three unnamed fields after the deaths, so that they have 24.
_LAYOUT_2020_07 = _Layout(
    dataset="pikobar_2020_07",
    file=FILE_2020_07,
    days=("2020-03-06", "2020-07-19"),
    header=(
        *_REGION,
        *("odp", "odp_proses", "odp_selesai", "pdp", "pdp_proses", "pdp_selesai"),
        *("positif", "sembuh", "meninggal", ""),
    ),
    fields=27,
    fields_no_unit=24,
    counts={"positif": 11, "sembuh": 12, "meninggal": 13},
)

_STAGES_2021_06 = (
    *("closecontact", "closecontact_dikarantina", "closecontact_discarded"),
    *("suspect", "suspect_diisolasi", "suspect_discarded"),
    *("probable", "probable_diisolasi", "probable_discarded", "probable_meninggal"),
    *("confirmation", "confirmation_selesai", "confirmation_meninggal"),
)
# The increments stand in another order than what they are increments of.
_GROWTH_2021_06 = (
    *("closecontact", "closecontact_discarded", "closecontact_dikarantina"),
    *("suspect", "suspect_discarded", "suspect_diisolasi"),
    *("probable", "probable_discarded", "probable_diisolasi", "probable_meninggal"),
    *("confirmation", "confirmation_selesai", "confirmation_meninggal"),
)
_LAYOUT_2021_06 = _Layout(
    dataset="pikobar_2021_06",
    file=FILE_2021_06,
    days=("2020-08-01", "2021-06-02"),
    header=(*_REGION, *_STAGES_2021_06, *(f"pertumbuhan_{name}" for name in _GROWTH_2021_06), ""),
    fields=32,
    fields_no_unit=32,
    counts={"confirmation": 15, "confirmation_selesai": 16, "confirmation_meninggal": 17},
)
_LAYOUT_2022_02 = replace(
    _LAYOUT_2021_06,
    dataset="pikobar_2022_02",
    file=FILE_2022_02,
    days=("2020-08-01", "2022-02-11"),
)


def read_westjava_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read cumulative cases, recoveries and deaths of Jawa Barat from both exports.

    Figures stand as published, and the days between the exports stay out. Before use: a unit
    may rise by a jump after days without a report; the last day, 2021-06-02, repeats the one
    before it in every unit; deaths by unit fall behind those of the province in the course of
    2020 and rise no more after 2021-03-10, so that they are not usable after 2020.

    Parameters
    ----------
    files : mapping of str to bytes
        The exports of July 2020 (`FILE_2020_07`) and June 2021 (`FILE_2021_06`), by
        registered path.
    gazetteer : Gazetteer
        Every printed name must resolve to the code printed beside it.

    Returns
    -------
    pandas.DataFrame
        ``cases/westjava_daily.csv``: region_code, date, cumulative_cases,
        cumulative_recovered, cumulative_deaths (persons), source (id of the export); 28 rows
        a day, one of them ``32xx``.

    Raises
    ------
    InputError
        A file is missing; a name and its code are not the same region; the first or the last
        day is another; and see `read_2020_07`.
    """
    parts = [_read_all(files, gazetteer, layout) for layout in (_LAYOUT_2020_07, _LAYOUT_2021_06)]
    return _table(pd.concat(parts), TABLE)


def read_westjava_daily_2022(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read cumulative cases, recoveries and deaths of Jawa Barat from the export of 2022.

    Its totals of the province are those of the earlier export, its units are not: a third of
    the cases is in ``32xx`` (256,351 of 800,192 at the end). Use it to see whether a result
    holds, by increments, and never join its levels to the earlier ones. Single days hold what
    was entered late for many (Kota Depok: 3,417 cases, 241 deaths). On 70 rows more people
    recovered or died than were confirmed: as published.

    Parameters
    ----------
    files : mapping of str to bytes
        The export of February 2022 (`FILE_2022_02`), by registered path.
    gazetteer : Gazetteer
        Every printed name must resolve to the code printed beside it.

    Returns
    -------
    pandas.DataFrame
        ``cases/westjava_daily_2022.csv``: region_code, date, cumulative_cases,
        cumulative_recovered, cumulative_deaths (persons); 28 rows a day, one of them ``32xx``.

    Raises
    ------
    InputError
        See `read_westjava_daily`.
    """
    return _table(_read_all(files, gazetteer, _LAYOUT_2022_02), TABLE_2022)


def _read_all(files: Mapping[str, bytes], gazetteer: Gazetteer, layout: _Layout) -> pd.DataFrame:
    """Return the whole of one export, from its first day to its last, with its id."""
    if layout.file not in files:
        raise layout.fault("", "this file", "no such file")
    part = _read(files[layout.file], layout)
    _expect_names(part, gazetteer, layout)
    found = tuple(str(day.date()) for day in (part["date"].iloc[0], part["date"].iloc[-1]))
    if found != layout.days:
        raise layout.fault("column 'tanggal'", " to ".join(layout.days), " to ".join(found))
    return part.assign(source=layout.dataset)


def _table(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return rows with the columns and in the order of a table."""
    columns = dtypes(RAW[table])
    kept = frame[list(columns)].astype(columns)
    return kept.sort_values(["region_code", "date"], ignore_index=True)


def read_2020_07(content: bytes) -> pd.DataFrame:
    """Read the export of July 2020: 2020-03-06 to 2020-07-19.

    No count falls in the pinned file; one that did would be kept. Kota Cimahi has a death
    before its first case (2020-03-23 to 25).

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    pandas.DataFrame
        region_code, name (as printed), date, cumulative_cases, cumulative_recovered,
        cumulative_deaths (persons), indexed by the row of the file (its header is row 1).

    Raises
    ------
    InputError
        A header other than the known one; a row of another length; a cell that is no date or
        number; a count below zero; an unknown code; a day left out or out of order, or without
        each unit exactly once; a count that is not that of the day before plus the printed
        increment.
    """
    return _read(content, _LAYOUT_2020_07)


def read_2021_06(content: bytes) -> pd.DataFrame:
    """Read the export of June 2021: 2020-08-01 to 2021-06-02.

    No count falls in the pinned file; one that did would be kept. Kab. Pangandaran has more
    recoveries than cases (2020-08-04 to 08). Parameters, returns and errors are those of
    `read_2020_07`.
    """
    return _read(content, _LAYOUT_2021_06)


def _read(content: bytes, layout: _Layout) -> pd.DataFrame:
    """Return what `read_2020_07` describes from an export of any layout."""
    frame = _typed(content, layout)
    _expect_cells(frame, layout)
    _expect_days(frame, layout)
    _expect_increments(frame, layout)
    kept = frame[["kode_kab", "nama_kab", "tanggal", *layout.counts]].set_axis(
        ["region_code", "name", "date", *_CUMULATIVE], axis="columns"
    )
    kept["region_code"] = kept["region_code"].replace(_NO_UNIT[0], UNATTRIBUTED)
    return kept.set_index(kept.index + 2)


def _typed(content: bytes, layout: _Layout) -> pd.DataFrame:
    """Return the columns that are read, typed, under their printed names."""
    header, *rows = csv_rows(content, layout.dataset, layout.file)
    expect_header(header, layout.header, layout.dataset, layout.file)
    positions = layout.positions
    chosen = [list(positions)]
    for number, row in enumerate(rows, start=2):
        without_unit = row[3:4] == [_NO_UNIT[0]]
        fields = layout.fields_no_unit if without_unit else layout.fields
        if len(row) != fields:
            raise layout.fault(f"row {number}", f"{fields} fields", str(len(row)))
        chosen.append([row[position] for position in positions.values()])
    # The chosen fields make a plain table, which is typed like any other; rows keep their numbers.
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(chosen)
    types = dict.fromkeys(positions, "Int64") | {
        "tanggal": DATE,
        "kode_kab": "str",
        "nama_kab": "str",
    }
    return read_csv(text.getvalue().encode(), types, layout.dataset, layout.file, REMEDY)


def _expect_cells(frame: pd.DataFrame, layout: _Layout) -> None:
    """Stop at a blank, at a count below zero (an increment may be), or at an unknown code."""
    for name in ("tanggal", *layout.increments.values()):
        layout.refuse(frame[name].isna(), name, "a value", frame[name])
    for name in layout.counts:
        wrong = ~(frame[name] >= 0).fillna(False)
        layout.refuse(wrong, name, "a whole number, 0 or more", frame[name])
    code, unknown = frame["kode_kab"], ~frame["kode_kab"].isin([*UNITS, _NO_UNIT[0]])
    expected = f"{UNITS[0]} to {UNITS[-1]}, or {_NO_UNIT[0]}"
    layout.refuse(unknown, "kode_kab", expected, code.map(repr))
    astray = (code == _NO_UNIT[0]) != (frame["nama_kab"].str.upper() == _NO_UNIT[1])
    expected = f"{_NO_UNIT[1]} beside {_NO_UNIT[0]} and no other code"
    layout.refuse(astray, "nama_kab", expected, frame["nama_kab"] + " beside " + code)


def _expect_days(frame: pd.DataFrame, layout: _Layout) -> None:
    """Stop unless the days follow each other, and each holds each unit exactly once."""
    days, code = frame["tanggal"], frame["kode_kab"]
    step = days.diff().fillna(pd.Timedelta(0))
    astray = ~step.isin([pd.Timedelta(0), pd.Timedelta(days=1)])
    layout.refuse(astray, "tanggal", "the day of the row above, or the next", days.dt.date)
    again = frame.duplicated(["tanggal", "kode_kab"])
    layout.refuse(again, "kode_kab", "each kab/kota once a day", code + " again")
    present = set(zip(days, code, strict=True))
    for day in days.unique():
        for unit in (*UNITS, _NO_UNIT[0]):
            if (day, unit) not in present:
                place = f"after row {np.flatnonzero(days == day).max() + 2}"
                raise layout.fault(place, f"a row for {unit} on {day.date()}", "none")


def _expect_increments(frame: pd.DataFrame, layout: _Layout) -> None:
    """Stop unless each count is that of the day before plus the printed increment.

    The one check that sees two columns of numbers exchanged where nothing names them.
    """
    units = frame.groupby("kode_kab")
    for name, increment in layout.increments.items():
        # Nothing is known of the day before the first; the rows are in the order of days.
        due = units[name].shift() + frame[increment]
        wrong = (due != frame[name]).fillna(False)
        layout.refuse(
            wrong, name, "the day before and the increment: " + due.astype("str"), frame[name]
        )


def _expect_names(part: pd.DataFrame, gazetteer: Gazetteer, layout: _Layout) -> None:
    """Stop at a code that the gazetteer lacks, or at a name that is another region's."""
    known = set(gazetteer.codes())
    attributed = part[part["region_code"] != UNATTRIBUTED].drop_duplicates(["region_code", "name"])
    for row, code, name in attributed[["region_code", "name"]].itertuples():
        if code not in known:
            expected = "a code of geography/regions.csv"
            raise layout.fault(f"row {row}, column 'kode_kab'", expected, repr(code))
        place = f"row {row}, column 'nama_kab'"
        found = gazetteer.resolve(name, layout.dataset, layout.file, place)
        if found != code:
            named = f"{name!r}, which is {found or 'no single region'}"
            raise layout.fault(place, f"{gazetteer.name(code)} beside {code}", named)


TABLES = {TABLE: read_westjava_daily, TABLE_2022: read_westjava_daily_2022}
"""Reader of each table that is made here."""
