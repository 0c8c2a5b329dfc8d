"""Our World in Data: what is known of countries, and tests, as the file stood in June 2020."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, check, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, decode
from gotong.tables import DATE, read_csv

DATASET = "owid_2020_06"
FILE = "owid-covid-data.csv"
COUNTRIES_TABLE = "international/countries.csv"
TESTS_TABLE = "international/owid_tests_daily.csv"

_COUNTRIES = {"BRA": "Brazil", "IDN": "Indonesia", "TWN": "Taiwan"}
_FIXED = {
    "population": "Int64",
    "population_density": "float64",
    "median_age": "float64",
    "aged_65_older": "float64",
    "gdp_per_capita": "float64",
    "extreme_poverty": "float64",
    "hospital_beds_per_thousand": "float64",
    "life_expectancy": "float64",
}
"""Facts that do not change over the days of the file."""

_COLUMNS = (
    dict.fromkeys(
        (
            "iso_code",
            "continent",
            "location",
            "date",
            "total_cases",
            "new_cases",
            "total_deaths",
            "new_deaths",
            "total_cases_per_million",
            "new_cases_per_million",
            "total_deaths_per_million",
            "new_deaths_per_million",
            "total_tests",
            "new_tests",
            "total_tests_per_thousand",
            "new_tests_per_thousand",
            "new_tests_smoothed",
            "new_tests_smoothed_per_thousand",
            "tests_units",
            "stringency_index",
            "population",
            "population_density",
            "median_age",
            "aged_65_older",
            "aged_70_older",
            "gdp_per_capita",
            "extreme_poverty",
            "cvd_death_rate",
            "diabetes_prevalence",
            "female_smokers",
            "male_smokers",
            "handwashing_facilities",
            "hospital_beds_per_thousand",
            "life_expectancy",
        ),
        "str",
    )
    | _FIXED
    | {"total_tests": "Int64", "total_tests_per_thousand": "float64"}
)
_PER_THOUSAND_ROUNDING = 0.0005
"""The file gives tests per thousand residents to three decimals."""

_COUNTRIES_CONTROL = ControlTotal(3, "54874fa69701f908")
_TESTS_CONTROL = ControlTotal(184, "98384a44bc8562c4")


def read_countries(
    files: Mapping[str, bytes],
    _gazetteer: Gazetteer,
    control: ControlTotal | None = _COUNTRIES_CONTROL,
) -> pd.DataFrame:
    """Read what is known of Brazil, Indonesia and Taiwan.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``owid-covid-data.csv``.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``international/countries.csv``, one row per country. The publisher has no
        density, product, poverty or beds of Taiwan and no share of its residents aged 65 or
        more: they stay blank. Taiwan's beds of 2016 are among ``epidemic/facts.csv``.

    Raises
    ------
    InputError
        Another layout; a country without rows, or of another name; a fact that changes from
        day to day; a value that the contract does not allow; another control total.
    """
    rows = _rows(files[FILE])
    frame = pd.DataFrame([_fixed(rows, code) for code in _COUNTRIES])
    schema = RAW[COUNTRIES_TABLE]
    frame = frame[list(schema.columns)].astype(dtypes(schema))
    check(frame, schema, FILE, REMEDY)
    return expect_total(frame, control, DATASET, FILE)


def read_tests_daily(
    files: Mapping[str, bytes],
    _gazetteer: Gazetteer,
    control: ControlTotal | None = _TESTS_CONTROL,
) -> pd.DataFrame:
    """Read the cumulative tests of Brazil, Indonesia and Taiwan to June 2020.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``owid-covid-data.csv``.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``international/owid_tests_daily.csv``, one row per country and day with a
        count; days without one are left out. Indonesia counts people, the others tests:
        compare only within a country.

    Raises
    ------
    InputError
        Another layout; a date that is no day; a count that is not what the file gives per
        thousand residents; a country's day twice; another control total.
    """
    rows = _rows(files[FILE])
    rows = rows[rows["total_tests"].notna()].copy()
    rate = rows["total_tests"] / rows["population"] * 1_000
    near = (rate - rows["total_tests_per_thousand"]).abs() <= _PER_THOUSAND_ROUNDING * 1.001
    for row in rows.index[~near.fillna(False).astype(bool)]:
        place = f"row {row + 2}, column 'total_tests'"
        expected = "1,000 residents times total_tests_per_thousand"
        raise InputError(DATASET, FILE, place, expected, str(rows["total_tests"][row]), REMEDY)
    frame = pd.DataFrame(
        {
            "country_code": rows["iso_code"],
            "date": _days(rows["date"]),
            "total_tests": rows["total_tests"],
            "tests_unit": rows["tests_units"],
        }
    ).sort_values(["country_code", "date"], ignore_index=True)
    check(frame, RAW[TESTS_TABLE], FILE, REMEDY)
    return expect_total(frame, control, DATASET, FILE)


def _rows(content: bytes) -> pd.DataFrame:
    """Return the rows of the compared countries under their numbers in the file."""
    text = decode(content, DATASET, FILE)
    table = read_csv(text.encode("utf-8"), _COLUMNS, DATASET, FILE, REMEDY)
    return table[table["iso_code"].isin(list(_COUNTRIES))]


def _fixed(rows: pd.DataFrame, code: str) -> dict[str, object]:
    """Return the facts of a country, which must be the same on all its days."""
    own = rows.loc[rows["iso_code"] == code, ["location", *_FIXED]]
    if own.empty:
        raise InputError(DATASET, FILE, "column 'iso_code'", f"rows of {code}", "none", REMEDY)
    expected = own.iloc[0].where(own.iloc[0].notna(), None)
    for name in own.columns:
        if own[name].nunique(dropna=False) > 1:
            place = f"{code}, column '{name}'"
            said = f"{expected[name]} on all days"
            raise InputError(DATASET, FILE, place, said, "more than one value", REMEDY)
    if expected["location"] != _COUNTRIES[code]:
        place = f"{code}, column 'location'"
        raise InputError(DATASET, FILE, place, _COUNTRIES[code], str(expected["location"]), REMEDY)
    facts = {name: own[name].iloc[0] for name in _FIXED}
    return {"country_code": code, "name": _COUNTRIES[code], **facts}


def _days(cells: pd.Series) -> pd.Series:
    """Return dates of the form ``m/d/yyyy``; what is none is missing, and refused later."""
    shaped = cells.where(cells.str.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"))
    return pd.to_datetime(shaped, format="%m/%d/%Y", errors="coerce").astype(DATE)


TABLES = {COUNTRIES_TABLE: read_countries, TESTS_TABLE: read_tests_daily}
"""Reader of each table that is made here."""
