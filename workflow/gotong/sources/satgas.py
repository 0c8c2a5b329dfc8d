"""Daily counts of the national COVID-19 task force (Satgas, data.covid19.go.id) by province.

The mirror's later versions, and five earlier ones, are just as regular and hold 0.80 of the
official counts. No check made here could tell them apart; the sha256 of each file in
``data/raw/sources.yaml`` pins the complete version.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.reading import REMEDY, decode
from gotong.tables import DATE, read_csv

DATASET = "satgas_province_daily"
TABLE = "cases/province_daily.csv"

_CASES, _DEATHS, _RECOVERED, _ACTIVE = "KASUS", "MENINGGAL", "SEMBUH", "DIRAWAT_OR_ISOLASI"
_COLUMNS = {"tanggal": DATE} | dict.fromkeys(
    (
        _CASES,
        _DEATHS,
        _RECOVERED,
        _ACTIVE,
        f"AKUMULASI_{_CASES}",
        # The running sums stand in another order than the days' numbers.
        f"AKUMULASI_{_RECOVERED}",
        f"AKUMULASI_{_DEATHS}",
        f"AKUMULASI_{_ACTIVE}",
    ),
    "Int64",
)
_KEPT = {"tanggal": "date", _CASES: "cases", _DEATHS: "deaths", _RECOVERED: "recovered"}


def read_province_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read new cases, deaths and recoveries of every province and day.

    Parameters
    ----------
    files : mapping of str to bytes
        One CSV file per province, by registered path; the province is the file's name, as in
        ``provinsi/DKI_JAKARTA.csv``.
    gazetteer : Gazetteer
        Its provinces must be exactly those of the files.

    Returns
    -------
    pandas.DataFrame
        ``cases/province_daily.csv``: region_code, date, cases, deaths, recovered, in persons
        per day. Each province runs without a gap from its own first day, which is not the
        same for all, to its own last (Maluku Utara ends on 2022-09-29, the others a day
        later). On some early days deaths or recoveries exceed the cases so far: as published.

    Raises
    ------
    InputError
        A file that names no province, or one that another file names; a province without a
        file; a header other than the known one; a cell that is no date or number; a count
        below zero; a day left out, repeated or out of order; a running sum that is not the
        sum of the days.
    """
    tables: dict[str, pd.DataFrame] = {}
    for file in sorted(files):
        province = _province(file, gazetteer)
        if province in tables:
            named = f"{gazetteer.name(province)} again"
            raise InputError(DATASET, file, "file name", "each province once", named, REMEDY)
        tables[province] = _read_days(files[file], file).assign(region_code=province)
    absent = [code for code in gazetteer.codes("province") if code not in tables]
    if absent:
        named = f"none for {', '.join(f'{gazetteer.name(code)} ({code})' for code in absent)}"
        raise InputError(DATASET, "provinsi", "", "a file for each province", named, REMEDY)
    columns = dtypes(RAW[TABLE])
    frame = pd.concat(tables.values())[list(columns)].astype(columns)
    return frame.sort_values(["region_code", "date"], ignore_index=True)


def _province(file: str, gazetteer: Gazetteer) -> str:
    """Return the code of the province that a file is named after."""
    spelling = PurePosixPath(file).stem
    found = gazetteer.resolve(spelling, DATASET, file, "file name")
    if found not in gazetteer.codes("province"):
        raise InputError(DATASET, file, "file name", "the name of a province", spelling, REMEDY)
    return found


def _read_days(content: bytes, file: str) -> pd.DataFrame:
    """Return the days of one province, each number held against the others of its file."""
    text = decode(content, DATASET, file)
    days = read_csv(text.encode("utf-8"), _COLUMNS, DATASET, file, REMEDY)
    if days.empty:
        raise InputError(DATASET, file, "", "rows below the header", "none", REMEDY)
    due = days["tanggal"].shift() + pd.Timedelta(days=1)
    due.iloc[0] = days["tanggal"].iloc[0]
    _expect(days, "tanggal", days["tanggal"] == due, due.dt.date, file)
    for name in (_CASES, _DEATHS, _RECOVERED):
        _expect(days, name, days[name] >= 0, "a whole number, 0 or more", file)
    # The change in active cases is the only number of a day that may be below zero.
    _expect(days, _ACTIVE, days[_ACTIVE].notna(), "a whole number", file)
    for name in (_CASES, _DEATHS, _RECOVERED, _ACTIVE):
        # Also on the first row: a file that starts above its first day's number is cut off.
        total = days[name].cumsum()
        _expect(days, f"AKUMULASI_{name}", days[f"AKUMULASI_{name}"] == total, total, file)
    return days[list(_KEPT)].rename(columns=_KEPT)


def _expect(
    days: pd.DataFrame, name: str, right: pd.Series, wanted: pd.Series | str, file: str
) -> None:
    """Stop at the first cell of a column that is not right; a blank is never right."""
    wrong = np.flatnonzero(~right.fillna(False).to_numpy(dtype=bool))
    if not wrong.size:
        return
    row = wrong[0]
    cell = days[name].iloc[row]
    found = "a blank" if pd.isna(cell) else str(cell.date() if name == "tanggal" else cell)
    expected = wanted if isinstance(wanted, str) else str(wanted.iloc[row])
    if expected == "NaT":
        expected = "a date such as 2020-04-10"
    raise InputError(DATASET, file, f"row {row + 2}, column '{name}'", expected, found, REMEDY)


TABLES = {"cases/province_daily.csv": read_province_daily}
"""Reader of each table that is made here."""
