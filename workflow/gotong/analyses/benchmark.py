"""Indonesia, Taiwan and Brazil: deaths, excess deaths and rules at several days.

Reported deaths count what was tested and registered, and the order of the countries depends on
the day. Numbers of coded measures are compared within a country only: they count what was
searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from gotong.config import Benchmark
from gotong.i18n import N_
from gotong.intervals import wilson
from gotong.regions import DKI
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]

COUNTRIES: Final = ("IDN", "TWN", "BRA")
JHU, ECONOMIST, OXCGRT, SATGAS = "JHU", "Economist", "OxCGRT", "Satgas"
DEATHS, EXCESS, STRINGENCY = "deaths_per_million", "excess_per_100k", "stringency"
COUNTER: Final = "counter"
"""In the place of a dyad: a row that speaks against the claim."""

_UNITS = {
    DEATHS: N_("per million residents"),
    EXCESS: N_("per 100,000 residents"),
    STRINGENCY: N_("index 0 to 100"),
}
_START = pd.Timestamp("2020-01-01")
_PER_MILLION, _PER_100K = 1e6, 1e5
_DAY = pd.Timedelta(days=1)


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return outcomes and rules of the three countries.

    Returns
    -------
    pandas.DataFrame
        quantity, source, country_code, region_code (31 where only Jakarta is known), start and
        end (days that the number is about), value, unit; sorted by its key. A month's number
        stands for a day only from its last day on.
    """
    chosen = Benchmark.model_validate(choices["benchmark"])
    days = [pd.Timestamp(day) for day in chosen.dates]
    rows = [
        *_deaths(tables["panel_country"], days),
        *_deaths_of_dki(tables["panel_province"], days),
        *_by_month(tables["international/excess_deaths.csv"], days),
        *_stringency(tables["policy/oxcgrt_daily.csv"], days),
    ]
    names = ["quantity", "source", "country_code", "region_code", "start", "end", "value"]
    found = pd.DataFrame(rows, columns=names)
    found["unit"] = found["quantity"].map(_UNITS)
    texts = ("quantity", "source", "country_code", "region_code", "unit")
    types: dict[str, Any] = dict.fromkeys(texts, "str")
    types |= {"start": DATE, "end": DATE, "value": "float64"}
    return found.astype(types).sort_values(names[:-1], ignore_index=True)


def _deaths(panel: pd.DataFrame, days: list[pd.Timestamp]) -> Iterator[tuple[Any, ...]]:
    """Yield reported deaths per million so far."""
    known = panel.set_index(["country_code", "date"])["deaths_per_million"]
    for country in COUNTRIES:
        for day in days:
            yield DEATHS, JHU, country, "", _START, day, known[(country, day)]


def _deaths_of_dki(panel: pd.DataFrame, days: list[pd.Timestamp]) -> Iterator[tuple[Any, ...]]:
    """Yield reported deaths per million of DKI Jakarta so far, up to the end of its series."""
    own = panel[(panel["region_code"] == DKI) & panel["deaths"].notna()]
    for day in days:
        if day <= own["date"].max():
            past = own.loc[own["date"] <= day, "deaths"].astype("float64").sum()
            ratio = past / float(own["population"].iloc[0]) * _PER_MILLION
            yield DEATHS, SATGAS, "IDN", DKI, _START, day, ratio


def _by_month(excess: pd.DataFrame, days: list[pd.Timestamp]) -> Iterator[tuple[Any, ...]]:
    """Yield reported and excess deaths so far, from the months that have ended by each day.

    Where only Jakarta is known the other countries are given for its months besides.
    """
    city_end = excess.loc[excess["region_code"] == DKI, "end_date"].max()
    for (country, region), months in excess.groupby(["country_code", "region_code"]):
        ends = [city_end] if region == DKI else [city_end, *days]
        for day in ends:
            past = months[months["end_date"] <= day]
            residents, end = past["population"].iloc[-1], past["end_date"].max()
            ratio = past["excess_deaths"].sum() / residents * _PER_100K
            yield EXCESS, ECONOMIST, country, region, _START, end, ratio
            if region != DKI and day != city_end:
                reported = past["covid_deaths"].astype("float64").sum() / residents * _PER_MILLION
                yield DEATHS, ECONOMIST, country, region, _START, end, reported


def _stringency(oxcgrt: pd.DataFrame, days: list[pd.Timestamp]) -> Iterator[tuple[Any, ...]]:
    """Yield the mean stringency between the days, as far as it was recorded."""
    for country in COUNTRIES:
        known = oxcgrt[oxcgrt["country_code"] == country].dropna(subset="stringency")
        starts = [_START, *(day + _DAY for day in days)]
        for start, end in zip(starts, days, strict=False):
            if end <= known["date"].max():
                part = known[known["date"].between(start, end)]
                yield STRINGENCY, OXCGRT, country, "", start, end, part["stringency"].mean()


def measures(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return how the coded rows of Taiwan and Brazil are shared out.

    Returns
    -------
    pandas.DataFrame
        country_code, dyad (or `COUNTER`), measures, coded (all rows of the country), share, and
        low and high (95 %, Wilson: as if rows were drawn at random, which they were not).
    """
    coded = tables["cooperation/measures_international.csv"]
    dyad = coded["dyad"].where(~coded["is_counter_evidence"].astype(bool), COUNTER)
    counts = dyad.groupby([coded["country_code"], dyad.rename("dyad")]).size()
    found = counts.rename("measures").reset_index()
    found["coded"] = found.groupby("country_code")["measures"].transform("sum")
    found["share"] = found["measures"] / found["coded"]
    found["low"], found["high"] = wilson(found["measures"], found["coded"])
    types: dict[str, Any] = {"country_code": "str", "dyad": "str"}
    types |= {"measures": "Int64", "coded": "Int64"}
    return found.astype(types).sort_values(["country_code", "dyad"], ignore_index=True)


def at(found: pd.DataFrame, country: str, day: pd.Timestamp) -> dict[str, float]:
    """Return a country's reported deaths per million at a day, by source.

    A source that counts by month has days that end one only: two days are not compared.

    Parameters
    ----------
    found : pandas.DataFrame
        What `make` returns.
    country : str
        ISO 3166-1 alpha-3 code.
    day : pandas.Timestamp

    Returns
    -------
    dict of str to float
        Per million residents.
    """
    own = found[(found["quantity"] == DEATHS) & (found["country_code"] == country)]
    on_day = own[(own["end"] == day) & (own["region_code"] == "")]
    return dict(zip(on_day["source"], on_day["value"].astype(float), strict=True))
