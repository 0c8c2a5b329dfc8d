"""Oxford COVID-19 Government Response Tracker: indices and indicators of three countries.

The indices come from the tracker's last release. It has an index of one policy for the
vaccinated and another for all else, weighted by the share vaccinated, so that from 2021 it may
differ from an index made from one level per indicator. The indicators come from the release
before it, where each has one level for everybody; they are checked against that release's own
index. Both releases cover every day from January 2020 to December 2022; their later columns
are blank.

Hale, T. et al. (2021). A global panel database of pandemic policies. Nature Human Behaviour 5,
529-538; codebook and "Methodology for calculating indices" in the repositories of the tracker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.contracts.columns import COUNTRIES
from gotong.contracts.policy import OXCGRT_HIGHEST
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, csv_rows, expect_header

TABLE = "policy/oxcgrt_daily.csv"

_DAYS = pd.date_range("2020-01-01", "2022-12-31", unit="s")
# Not by strftime, whose %b is in the language of the machine.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BLANKS = ("", "NA")
_HIGHEST_INDEX = 100
_INDEX = r"[0-9]{1,3}(\.[0-9]{1,2})?"
_LEVEL = "[0-9]"


@dataclass(frozen=True)
class Release:
    """Where the files of a release keep what is read from them.

    ``labels`` are the columns before the days, which run to ``last_day``; a row of a country
    is the one whose fields at ``keys`` are the country's code and ``national``.
    """

    dataset: str
    folder: str
    labels: tuple[str, ...]
    last_day: str
    keys: tuple[int, ...]
    national: tuple[str, ...]

    @property
    def header(self) -> list[str]:
        """Return the whole header."""
        days = pd.date_range(_DAYS[0], self.last_day)
        return [*self.labels, *(f"{d.day:02}{_MONTHS[d.month - 1]}{d.year}" for d in days)]

    def fault(self, file: str, place: str, expected: str, found: str) -> InputError:
        """Return what the user is told of a file of this release."""
        return InputError(self.dataset, file, place, expected, found, REMEDY)


CURRENT = Release(
    dataset="oxcgrt_indices",
    folder="data/timeseries_indices/OxCGRT_timeseries_",
    labels=(
        *("CountryCode", "CountryName", "RegionCode", "RegionName", "CityCode", "CityName"),
        "Jurisdiction",
    ),
    last_day="2023-02-28",
    # Brazil has rows of its states and cities besides its own.
    keys=(0, 2, 4, 6),
    national=("", "", "NAT_TOTAL"),
)
LEGACY = Release(
    dataset="oxcgrt_indicators",
    folder="legacy_data_202207/timeseries/",
    labels=("", "country_code", "country_name"),
    last_day="2023-02-20",
    keys=(1,),
    national=(),
)

INDICES = {
    "stringency": "StringencyIndex_v1.csv",
    "containment_health": "ContainmentHealthIndex_v1.csv",
    "government_response": "GovernmentResponseIndex_v1.csv",
    "economic_support": "EconomicSupportIndex_v1.csv",
}
"""File of each index in the last release."""

INDICATORS = {
    "c1_school_closing": "c1_school_closing.csv",
    "c2_workplace_closing": "c2_workplace_closing.csv",
    "c3_public_events": "c3_cancel_public_events.csv",
    "c4_gatherings": "c4_restrictions_on_gatherings.csv",
    "c5_public_transport": "c5_close_public_transport.csv",
    "c6_stay_at_home": "c6_stay_at_home_requirements.csv",
    "c7_internal_movement": "c7_movementrestrictions.csv",
    "c8_international_travel": "c8_internationaltravel.csv",
    "e1_income_support": "e1_income_support.csv",
    "e2_debt_relief": "e2_debtrelief.csv",
    "h1_public_information": "h1_public_information_campaigns.csv",
    "h2_testing": "h2_testing_policy.csv",
    "h3_contact_tracing": "h3_contact_tracing.csv",
    "h6_facial_coverings": "h6_facial_coverings.csv",
    "h7_vaccination": "h7_vaccination_policy.csv",
    "h8_elderly_protection": "h8_protection_of_elderly_people.csv",
}
"""File of each indicator in the release before."""

FLAGGED = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "e1", "h1", "h6", "h7", "h8")
"""Indicators with a flag of scope, kept in a file of its own."""

_LEGACY_INDEX = "government_response_index.csv"
"""Mean of all 16 indicators, in the release of the indicators."""

_ROUNDING = 0.006
"""Half a unit of the second decimal, in which the indices are printed, and a little more."""

_ROUNDING_OF_PARTS = 0.02
"""The same where the parts of a weighted mean were rounded before it was made."""

# Of the columns country_code, date and INDICES, and of the columns of indicators and flags.
_INDICES_CONTROL = ControlTotal(3_288, "7577d5977cf166ee")
_INDICATORS_CONTROL = ControlTotal(3_288, "fdd71447fa3a733a")


def read_countries(
    content: bytes, file: str, release: Release, countries: Sequence[str] = COUNTRIES
) -> dict[str, list[str]]:
    """Read the cells of some countries from a file that is wide by day.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        For the message.
    release : Release
        Layout of the file: `CURRENT` or `LEGACY`.
    countries : sequence of str
        ISO 3166-1 alpha-3 codes.

    Returns
    -------
    dict of str to list of str
        The cells of 2020-01-01 to 2022-12-31 as printed, by country.

    Raises
    ------
    InputError
        A header other than the known one; a row of another length; none or several national
        rows of a country; a cell after 2022 that is not blank.
    """
    header, *rows = csv_rows(content, release.dataset, file)
    expect_header(header, release.header, release.dataset, file)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise release.fault(file, f"row {number}", f"{len(header)} fields", str(len(row)))
    first = len(release.labels)
    cells = {}
    for country in countries:
        wanted = [country, *release.national]
        chosen = [row[first:] for row in rows if [row[key] for key in release.keys] == wanted]
        if len(chosen) != 1:
            raise release.fault(file, country, "one row of the country", f"{len(chosen)} rows")
        after = [cell for cell in chosen[0][len(_DAYS) :] if cell not in _BLANKS]
        if after:
            raise release.fault(file, f"{country}, after 2022", "blanks", repr(after[0]))
        cells[country] = chosen[0][: len(_DAYS)]
    return cells


def _numbers(
    content: bytes, file: str, release: Release, highest: int, blanks: Iterable[str] = ()
) -> np.ndarray:
    """Return the cells of a file as numbers, country by country; NaN for an allowed blank."""
    read = read_countries(content, file, release)
    pattern = _INDEX if highest == _HIGHEST_INDEX else _LEVEL
    values = []
    for country, cells in read.items():
        for day, cell in zip(_DAYS, cells, strict=True):
            if cell in blanks:
                values.append(np.nan)
            elif re.fullmatch(pattern, cell) and float(cell) <= highest:
                values.append(float(cell))
            else:
                place = f"{country}, {day.date()}"
                raise release.fault(file, place, f"a number from 0 to {highest}", repr(cell))
    return np.array(values)


def sub_index(level: np.ndarray, flag: np.ndarray | None, highest: int) -> np.ndarray:
    """Return an indicator on the scale of 0 to 100.

    Parameters
    ----------
    level : numpy.ndarray
        Level, 0 to `highest`.
    flag : numpy.ndarray or None
        1 where the measure is general and 0 where it is targeted, of any value where the level
        is 0; None for an indicator without flag.
    highest : int
        Highest level of the indicator.

    Returns
    -------
    numpy.ndarray
        100 (level - (1 - flag) / 2) / highest, and 0 where the level is 0 (Hale et al. 2021,
        "Methodology for calculating indices", equation 2).
    """
    lowered = level if flag is None else level - (1 - flag) / 2
    return np.where(level > 0, _HIGHEST_INDEX * lowered / highest, 0)


def read_oxcgrt_daily(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read indices and indicators of Brazil, Indonesia and Taiwan by day.

    Parameters
    ----------
    files : mapping of str to bytes
        The files of both releases, by registered path: `INDICES`, `INDICATORS`, the flags of
        `FLAGGED`, and the index of the release of the indicators.
    gazetteer : Gazetteer
        Not used: the table speaks of countries.

    Returns
    -------
    pandas.DataFrame
        ``policy/oxcgrt_daily.csv``: country_code, date, the four indices (0 to 100), the 16
        indicators (levels) and their flags (missing where the level is 0); every day of 2020
        to 2022.

    Raises
    ------
    InputError
        A file is missing; a value beyond the codebook's range; a flag without a level or a
        level without its flag; an index that is not the mean of its indicators; figures other
        than the registered ones (`expect_total`); and see `read_countries`.
    """

    def numbers(release: Release, name: str, highest: int, *blanks: str) -> np.ndarray:
        file = release.folder + name
        if file not in files:
            raise release.fault(file, "", "this file", "no such file")
        return _numbers(files[file], file, release, highest, blanks)

    indices = {name: numbers(CURRENT, file, _HIGHEST_INDEX) for name, file in INDICES.items()}
    levels = {
        name: numbers(LEGACY, file, OXCGRT_HIGHEST[name]) for name, file in INDICATORS.items()
    }
    flags = {f"{name}_flag": numbers(LEGACY, f"{name}_flag.csv", 1, *_BLANKS) for name in FLAGGED}
    _expect_flags(levels, flags)
    _expect_means(indices, levels, flags, numbers(LEGACY, _LEGACY_INDEX, _HIGHEST_INDEX))
    keys = pd.MultiIndex.from_product([COUNTRIES, _DAYS], names=["country_code", "date"])
    columns = dtypes(RAW[TABLE])
    frame = pd.DataFrame(indices | levels | flags, index=keys).reset_index()
    frame = frame[list(columns)].astype(columns)
    own = ["country_code", "date", *indices]
    expect_total(frame[own], _INDICES_CONTROL, CURRENT.dataset, CURRENT.folder)
    others = frame.drop(columns=list(indices))
    expect_total(others, _INDICATORS_CONTROL, LEGACY.dataset, LEGACY.folder)
    return frame


def _place(row: np.intp) -> str:
    """Return the country and day of a row of the table."""
    country, day = divmod(int(row), len(_DAYS))
    return f"{COUNTRIES[country]}, {_DAYS[day].date()}"


def _mean(parts: Iterable[np.ndarray]) -> np.ndarray:
    """Return the mean of indicators on the scale of 0 to 100, day by day."""
    mean: np.ndarray = np.mean(list(parts), axis=0)
    return mean


def _expect_flags(levels: Mapping[str, np.ndarray], flags: Mapping[str, np.ndarray]) -> None:
    """Stop where an indicator has a level without a flag, or a flag without a level."""
    for name, level in levels.items():
        flag = name[:2] + "_flag"
        if flag not in flags:
            continue
        for row in np.flatnonzero((level > 0) == np.isnan(flags[flag])):
            expected = "a blank" if level[row] == 0 else "0 or 1"
            file = f"{LEGACY.folder}{flag}.csv"
            raise LEGACY.fault(file, _place(row), expected, str(flags[flag][row]))


def _expect_means(
    indices: Mapping[str, np.ndarray],
    levels: Mapping[str, np.ndarray],
    flags: Mapping[str, np.ndarray],
    legacy: np.ndarray,
) -> None:
    """Stop where an index is not the mean of what it is made of."""
    parts = {
        name: sub_index(level, flags.get(name[:2] + "_flag"), OXCGRT_HIGHEST[name])
        for name, level in levels.items()
    }
    economic = [parts["e1_income_support"], parts["e2_debt_relief"]]
    others = len(parts) - len(economic)
    weighted = (
        others * indices["containment_health"] + len(economic) * indices["economic_support"]
    ) / len(parts)
    _expect_index(LEGACY, _LEGACY_INDEX, legacy, _mean(parts.values()), _ROUNDING)
    for name, mean, tolerance in (
        ("economic_support", _mean(economic), _ROUNDING),
        ("government_response", weighted, _ROUNDING_OF_PARTS),
    ):
        _expect_index(CURRENT, INDICES[name], indices[name], mean, tolerance)


def _expect_index(
    release: Release, name: str, published: np.ndarray, mean: np.ndarray, tolerance: float
) -> None:
    """Stop where an index is further from a mean than rounding explains."""
    for row in np.flatnonzero(np.abs(published - mean) > tolerance):
        expected = f"{mean[row]:.2f}, the mean of its indicators"
        raise release.fault(release.folder + name, _place(row), expected, str(published[row]))


TABLES = {TABLE: read_oxcgrt_daily}
"""Reader of each table that is made here."""
