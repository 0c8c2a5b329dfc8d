"""The Economist: deaths from all causes, and deaths above those expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from gotong.contracts import RAW, check, dtypes
from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, decode
from gotong.tables import DATE, read_csv

DATASET = "economist_excess_deaths"
TABLE = "international/excess_deaths.csv"
_FOLDER: Final = "output-data/excess-deaths/"
AREAS = {
    f"{_FOLDER}brazil_excess_deaths.csv": ("Brazil", "Brazil", "BRA", ""),
    f"{_FOLDER}indonesia_excess_deaths.csv": ("Indonesia", "Jakarta", "IDN", DKI),
    f"{_FOLDER}taiwan_excess_deaths.csv": ("Taiwan", "Taiwan", "TWN", ""),
}
"""Each file's country and region as printed, and their codes."""

JAKARTA_DATASET = "dki_burials"
JAKARTA_TABLE = "epidemic/jakarta_deaths_monthly.csv"
JAKARTA_FILE = "source-data/indonesia/indonesia_total_source_latest.csv"

LAST_COUNTED = pd.Timestamp("2023-03-31")
"""End of the last month for which deaths from COVID-19 were counted.

Their source, the series of Johns Hopkins University, ended on 9 March 2023. The file goes on
with zeros, which are months without a count, not months without a death.
"""

_ROUNDING: Final = 1e-9
"""Share by which a printed product of 15 digits may differ from the product of its factors."""

_CANCELLING: Final = 1e-6
"""Persons by which a printed difference of two such numbers may differ, however small it is."""

_PER_PERSONS: Final = 100_000
_WEEK_DAYS: Final = 7
_COUNTED = ("total_deaths", "covid_deaths", "expected_deaths", "excess_deaths", "non_covid_deaths")
_COLUMNS = {
    "country": "str",
    "region": "str",
    "region_code": "str",
    "start_date": DATE,
    "end_date": DATE,
    "days": "Int64",
    "year": "Int64",
    "month": "Int64",
    "population": "Int64",
    "total_deaths": "float64",
    "covid_deaths": "Int64",
    "expected_deaths": "float64",
    "excess_deaths": "float64",
    "non_covid_deaths": "float64",
    "covid_deaths_per_100k": "float64",
    "excess_deaths_per_100k": "float64",
    "excess_deaths_pct_change": "float64",
    **{f"{name}_per_7_days": "float64" for name in _COUNTED},
    "covid_deaths_per_100k_per_7_days": "float64",
    "excess_deaths_per_100k_per_7_days": "float64",
}
_JAKARTA_COLUMNS = {
    "country": "str",
    "region": "str",
    "start_date": "str",
    "end_date": "str",
    "year": "Int64",
    "month": "Int64",
    "population": "Int64",
    "total_deaths": "Int64",
    "covid_deaths": "Int64",
}
_CONTROL = ControlTotal(116, "219737b22267a34a")
_JAKARTA_CONTROL = ControlTotal(29, "3c4575bcf9300c8f")


def read_excess_deaths(
    files: Mapping[str, bytes], _gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read total, expected and excess deaths of Brazil, Taiwan and Jakarta by month.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds the files of `AREAS`.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``international/excess_deaths.csv``, one row per area and month, in persons
        per month. Brazil's last three months of deaths are fractions, scaled by the
        publisher. Deaths from COVID-19 are missing after `LAST_COUNTED`; of March 2023
        itself only the first nine days were counted.

    Raises
    ------
    InputError
        Another layout or place; months that do not follow each other; a sum, a difference or a
        rate that does not follow from the columns that it was made of; a death counted after
        `LAST_COUNTED`; a blank or negative number; another control total.
    """
    frame = pd.concat([_area(files[file], file) for file in AREAS], ignore_index=True)
    frame = frame[list(RAW[TABLE].columns)].astype(dtypes(RAW[TABLE]))
    frame = frame.sort_values(["country_code", "region_code", "start_date"], ignore_index=True)
    check(frame, RAW[TABLE], _FOLDER, REMEDY)
    return expect_total(frame, control, DATASET, _FOLDER)


def read_jakarta_deaths(
    files: Mapping[str, bytes],
    _gazetteer: Gazetteer,
    control: ControlTotal | None = _JAKARTA_CONTROL,
) -> pd.DataFrame:
    """Read the deaths from all causes of Jakarta by month, from burials.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `JAKARTA_FILE`.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``epidemic/jakarta_deaths_monthly.csv``, one row per month. The population,
        one number for all months, is left out.

    Raises
    ------
    InputError
        Another layout or place; a date that is no day or not in ``dd/mm/yyyy``; months that
        do not follow each other; a blank or negative number; another control total.
    """
    frame = _read(files[JAKARTA_FILE], _JAKARTA_COLUMNS, JAKARTA_DATASET, JAKARTA_FILE)
    for name in ("start_date", "end_date"):
        frame[name] = _days(frame[name])
    _expect_place(frame, "Indonesia", "Jakarta", JAKARTA_DATASET, JAKARTA_FILE)
    _expect_months(frame, JAKARTA_DATASET, JAKARTA_FILE)
    schema = RAW[JAKARTA_TABLE]
    frame = frame.assign(region_code=DKI)[list(schema.columns)].astype(dtypes(schema))
    frame = frame.sort_values("start_date", ignore_index=True)
    check(frame, schema, JAKARTA_FILE, REMEDY)
    return expect_total(frame, control, JAKARTA_DATASET, JAKARTA_FILE)


def _read(content: bytes, columns: Mapping[str, str], dataset: str, file: str) -> pd.DataFrame:
    """Return a file's rows with typed columns."""
    text = decode(content, dataset, file)
    frame = read_csv(text.encode("utf-8"), columns, dataset, file, REMEDY)
    if frame.empty:
        raise InputError(dataset, file, "", "rows below the header", "none", REMEDY)
    return frame


def _days(cells: pd.Series) -> pd.Series:
    """Return dates of the form ``dd/mm/yyyy``; what is none is missing, and refused later."""
    shaped = cells.where(cells.str.fullmatch(r"\d{2}/\d{2}/\d{4}"))
    return pd.to_datetime(shaped, format="%d/%m/%Y", errors="coerce").astype(DATE)


def _area(content: bytes, file: str) -> pd.DataFrame:
    """Return the months of one area, every figure held against those made of it."""
    country, region, country_code, region_code = AREAS[file]
    frame = _read(content, _COLUMNS, DATASET, file)
    _expect_place(frame, country, region, DATASET, file)
    _expect_months(frame, DATASET, file)
    _expect_arithmetic(frame, file)
    uncounted = frame["end_date"] > LAST_COUNTED
    after = frame["covid_deaths"].where(uncounted, 0) == 0
    _expect(after, frame["covid_deaths"], "0, as the count had ended", DATASET, file)
    return frame.assign(
        country_code=country_code,
        region_code=region_code,
        covid_deaths=frame["covid_deaths"].mask(uncounted),
    )


def _expect_place(frame: pd.DataFrame, country: str, region: str, dataset: str, file: str) -> None:
    """Stop at a row of another place."""
    _expect(frame["country"] == country, frame["country"], country, dataset, file)
    _expect(frame["region"] == region, frame["region"], region, dataset, file)


def _expect_months(frame: pd.DataFrame, dataset: str, file: str) -> None:
    """Stop unless the rows are whole months, each once and none left out."""
    start, end = frame["start_date"], frame["end_date"]
    first = start.dt.day == 1
    _expect(first, start, "the first day of a month", dataset, file)
    last = end == start + pd.offsets.MonthEnd(1)
    _expect(last, end, "the last day of the month", dataset, file)
    named = (frame["year"] == start.dt.year) & (frame["month"] == start.dt.month)
    _expect(named, frame["month"], "the month of start_date", dataset, file)
    months = start.dt.year * 12 + start.dt.month
    ordered = months.sort_values()
    follows = (ordered.diff().fillna(1) == 1).reindex(months.index)
    _expect(follows, start, "each month once, none left out", dataset, file)


def _expect_arithmetic(frame: pd.DataFrame, file: str) -> None:
    """Stop at a figure that does not follow from the columns that it was made of."""
    per_person = _PER_PERSONS / frame["population"]
    per_week = _WEEK_DAYS / frame["days"]
    made = {
        "days": (frame["end_date"] - frame["start_date"]).dt.days + 1,
        "excess_deaths": frame["total_deaths"] - frame["expected_deaths"],
        "non_covid_deaths": frame["total_deaths"] - frame["covid_deaths"],
        "covid_deaths_per_100k": frame["covid_deaths"] * per_person,
        "excess_deaths_per_100k": frame["excess_deaths"] * per_person,
        "excess_deaths_pct_change": frame["excess_deaths"] / frame["expected_deaths"],
    }
    weekly = [*_COUNTED, "covid_deaths_per_100k", "excess_deaths_per_100k"]
    made |= {f"{name}_per_7_days": frame[name] * per_week for name in weekly}
    for name, due in made.items():
        printed, wanted = frame[name].to_numpy(float), due.to_numpy(float)
        right = np.isclose(printed, wanted, rtol=_ROUNDING, atol=_CANCELLING)
        _expect(
            pd.Series(right), frame[name], f"what the other columns give for {name}", DATASET, file
        )


def _expect(right: pd.Series, cells: pd.Series, wanted: str, dataset: str, file: str) -> None:
    """Stop at the first row that is not right; a blank is never right."""
    for row in np.flatnonzero(~right.fillna(False).to_numpy(dtype=bool)):
        cell = cells.iloc[row]
        found = "a blank or no such value" if pd.isna(cell) else str(cell)
        place = f"row {row + 2}, column '{cells.name}'"
        raise InputError(dataset, file, place, wanted, found, REMEDY)


TABLES = {TABLE: read_excess_deaths, JAKARTA_TABLE: read_jakarta_deaths}
"""Reader of each table that is made here."""
