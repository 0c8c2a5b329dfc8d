"""Living conditions, health facilities and outcomes of kab/kota and provinces, side by side.

What is compared later is only ever the order of the regions within one way of counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.config import Factors
from gotong.regions import DKI, province_of

Tables = Mapping[str, pd.DataFrame]

WESTJAVA, CENTRALJAVA = "32", "33"
KABKOTA_IN = (DKI, WESTJAVA, CENTRALJAVA)
"""Provinces whose kab/kota have case series."""

UNITS: Final = {
    "poverty_rate": "per cent",
    "grdp_per_capita": "thousand rupiah of 2010 per person",
    "density": "persons per km2",
    "hdi": "0 to 100",
    "unemployment_rate": "per cent",
    "schooling_years": "years",
    "sanitation": "per cent of households",
    "beds": "per 1,000 residents",
    "referral_beds": "per 1,000 residents",
    "puskesmas": "per 100,000 residents",
    "load": "cases of the worst weeks per 100 hospital beds",
    "incidence": "per 100,000 residents",
    "cfr": "per cent of cases",
    "mobility": "per cent against early 2020",
    "workplaces": "per cent against early 2020",
    "retail_and_recreation": "per cent against early 2020",
}
"""Unit of each variable; those of the two halves, and over other residents, have the same."""

HALVES = ("earlier", "later")
OTHER_RESIDENTS: Final = "other_residents"
"""Ending of what is divided by another count of residents than the census of 2020."""

PER_RESIDENT: Final = ("beds", "referral_beds", "puskesmas", "incidence")
_TOTALS = ("cumulative_cases", "cumulative_deaths")
_DAY = pd.Timedelta(days=1)
_MEASURED = ("workplaces", "retail_and_recreation")
_FROM_SERIES = ("poverty_rate", "hdi", "unemployment_rate")
_FROM_UNITS = ("schooling_years", "sanitation")
_PER_1000, _PER_100K, _PER_CENT = 1e3, 1e5, 1e2
_COUNTED: Final = "context/population_sp2020.csv"
_PROJECTED: Final = "context/population_province_projection.csv"
_REGISTERED: Final = "context/population_dukcapil_2024.csv"


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return every variable of every region that has it.

    Returns
    -------
    pandas.DataFrame
        region_code (34 provinces; kab/kota of `KABKOTA_IN`), variable, value, unit; sorted.
        Outcomes carry the suffix of a half (``incidence_earlier``) where they are of a half, and
        what is counted per resident that of `OTHER_RESIDENTS` where the residents are those that
        the projection (provinces) or the civil registry of 2024 (kab/kota) gives.
    """
    chosen = Factors.model_validate(choices["factors"])
    kabkota = _kabkota_factors(tables, chosen)
    wide = [
        _provinces(tables, chosen, kabkota),
        _province_outcomes(tables["panel_province"], chosen),
        _mobility(tables["mobility/google_daily.csv"], chosen),
        kabkota[kabkota.index.str[:2].isin(KABKOTA_IN)].drop(columns="residents"),
        _incidence_by_week(tables["panel_java"], chosen),
        _fatality_of_kabkota(tables, chosen),
        _load(tables["panel_province"], "date", 7 * chosen.load_weeks, chosen),
        _load(tables["panel_java"], "week_start", chosen.load_weeks, chosen),
    ]
    parts = [pd.Series(frame.stack(), name="value").dropna() for frame in wide]
    known = pd.concat(parts).rename_axis(["region_code", "variable"])
    found = pd.concat([known, _over_other_residents(known, _ratio(tables))]).reset_index()
    whole = found["variable"].str.replace(r"_(earlier|later|other_residents)$", "", regex=True)
    found["unit"] = whole.map(UNITS)
    types = {"region_code": "str", "variable": "str", "value": "float64", "unit": "str"}
    return found.astype(types).sort_values(["region_code", "variable"], ignore_index=True)


def _ratio(tables: Tables) -> pd.Series:
    """Return residents by the census over those by another count, by region."""
    counted = tables[_COUNTED].set_index("region_code")["total"].astype("float64")
    registered = tables[_REGISTERED].set_index("region_code")["total"]
    projected = tables[_PROJECTED].set_index("region_code")["persons"]
    of_province = counted.groupby(counted.index.str[:2]).sum()
    return pd.concat([counted / registered, of_province / projected]).astype("float64")


def _over_other_residents(known: pd.Series, ratio: pd.Series) -> pd.Series:
    """Return what is counted per resident, or residents per area, by another count of them."""
    variable = known.index.get_level_values("variable")
    of_region = ratio.reindex(known.index.get_level_values("region_code")).to_numpy()
    other = pd.concat(
        [
            (known * of_region)[variable.isin(PER_RESIDENT)],
            (known / of_region)[variable == "density"],
        ]
    )
    return other.rename(index=lambda name: f"{name}_{OTHER_RESIDENTS}", level="variable")


def _load(panel: pd.DataFrame, when: str, length: int, chosen: Factors) -> pd.DataFrame:
    """Return the most cases of consecutive days or weeks per 100 hospital beds, by region.

    Parameters
    ----------
    panel : pandas.DataFrame
        region_code, `when`, cases, beds.
    length : int
        Days or weeks taken together; where one of them is not known they do not count.
    """
    known = panel[panel[when] <= pd.Timestamp(chosen.until)]
    wide = known.pivot(index=when, columns="region_code", values="cases").astype("float64")
    beds = panel.drop_duplicates("region_code").set_index("region_code")["beds"].astype("float64")
    worst = wide.rolling(length).sum().max()
    return (_PER_CENT * worst / beds.where(beds > 0)).reindex(worst.index).to_frame("load")


def _kabkota_factors(tables: Tables, chosen: Factors) -> pd.DataFrame:
    """Return the factors of all kab/kota of the country, and their residents."""
    residents = tables["context/population_sp2020.csv"].set_index("region_code")["total"]
    area = tables["context/area.csv"].set_index("region_code")["area"]
    lived = tables["context/kabkota_2021.csv"].set_index("region_code")
    columns = {name: lived[name] for name in (*_FROM_SERIES, *_FROM_UNITS)}
    columns |= {
        "grdp_per_capita": _grdp(tables["context/grdp_per_capita.csv"], chosen.grdp_year),
        "density": residents / area,
        "puskesmas": _puskesmas(tables["facilities/puskesmas.csv"]) / residents * _PER_100K,
        **_beds(tables["panel_java"]),
        "residents": residents,
    }
    return pd.DataFrame(columns).astype("float64")


def _grdp(grdp: pd.DataFrame, year: int) -> pd.Series:
    """Return output per head of one year, without the rows that are not what they are called."""
    usable = grdp[(grdp["year"] == year) & (grdp["suspect"] == "")]
    return usable.set_index("region_code")["grdp_per_capita"]


def _puskesmas(listed: pd.DataFrame) -> pd.Series:
    """Return Puskesmas by kab/kota.

    Jakarta alone also lists those of single kelurahan, which other regions count as branches.
    """
    return listed[~listed["of_kelurahan"].astype(bool)].groupby("region_code").size()


def _beds(panel: pd.DataFrame) -> dict[str, pd.Series]:
    """Return hospital beds per 1,000 residents, all and those of referral hospitals.

    Beds of another tier may be all that a unit has; a unit whose hospitals carry no referral
    flag at all (known to be incomplete in Banten) has no case series and is not used.
    """
    units = panel.drop_duplicates("region_code").set_index("region_code")
    return {
        name: units[name] / units["population"] * _PER_1000 for name in ("beds", "referral_beds")
    }


def _provinces(tables: Tables, chosen: Factors, kabkota: pd.DataFrame) -> pd.DataFrame:
    """Return the factors of the provinces."""
    series = tables["context/province_series.csv"]
    of_year = series[series["year"] == chosen.grdp_year]
    wide = of_year.pivot(index="region_code", columns="indicator", values="value")
    province = kabkota.index.str[:2]
    residents = kabkota["residents"].groupby(province).sum()
    area = tables["context/area.csv"].set_index("region_code")["area"]
    listed = _puskesmas(tables["facilities/puskesmas.csv"])
    panel = tables["panel_province"].drop_duplicates("region_code").set_index("region_code")
    columns = {name: wide[name] for name in _FROM_SERIES}
    columns |= {
        name: _weighted(kabkota, name, chosen.covered_share)
        for name in (*_FROM_UNITS, "grdp_per_capita")
    }
    columns |= {
        "density": residents / area.groupby(area.index.str[:2]).sum(),
        "puskesmas": listed.groupby(listed.index.str[:2]).sum() / residents * _PER_100K,
        "beds": panel["beds"] / panel["population"] * _PER_1000,
        "referral_beds": panel["referral_beds"] / panel["population"] * _PER_1000,
    }
    return pd.DataFrame(columns).astype("float64").reindex(residents.index)


def _weighted(kabkota: pd.DataFrame, name: str, covered: float) -> pd.Series:
    """Return the mean of a factor by province, weighted by residents.

    Missing where it is known for less than the share `covered` of the residents.
    """
    known = kabkota["residents"].where(kabkota[name].notna())
    province = kabkota.index.str[:2]
    weights, residents = known.groupby(province).sum(), kabkota["residents"].groupby(province).sum()
    means = (known * kabkota[name]).groupby(province).sum() / weights
    return means.where(weights >= covered * residents)


def _halves(days: pd.Series, chosen: Factors) -> np.ndarray:
    """Return the half that each day lies in."""
    return np.where(days < pd.Timestamp(chosen.second_half), *HALVES)


def _rates(
    counts: pd.DataFrame, over: pd.Series | str, variable: str, scale: float
) -> pd.DataFrame:
    """Return a rate of the whole time and of its halves, by region.

    Parameters
    ----------
    counts : pandas.DataFrame
        region_code, half, count, and the column that `over` names.
    over : pandas.Series or str
        Residents by region, or the column of counts that it is a share of.
    """
    whole = counts.drop(columns="half").groupby("region_code").sum()
    parts = {
        f"_{half}": part.drop(columns="half").groupby("region_code").sum()
        for half, part in counts.groupby("half")
    }
    columns = {}
    for name, part in ({"": whole} | parts).items():
        below = part[over] if isinstance(over, str) else over.reindex(part.index)
        columns[f"{variable}{name}"] = scale * part["count"] / below.where(below > 0)
    return pd.DataFrame(columns).astype("float64")


def _province_outcomes(panel: pd.DataFrame, chosen: Factors) -> pd.DataFrame:
    """Return incidence and case fatality of the provinces."""
    days = panel[panel["date"] <= pd.Timestamp(chosen.until)]
    half = _halves(days["date"], chosen)
    residents = panel.drop_duplicates("region_code").set_index("region_code")["population"]
    cases = days[["region_code"]].assign(half=half, count=days["cases"])
    known = days["cases"].notna() & days["deaths"].notna()
    deaths = cases.assign(count=days["deaths"], cases=days["cases"])[known]
    return pd.concat(
        [
            _rates(cases, residents, "incidence", _PER_100K),
            _rates(deaths, "cases", "cfr", _PER_CENT),
        ],
        axis="columns",
    )


def _mobility(google: pd.DataFrame, chosen: Factors) -> pd.DataFrame:
    """Return the mean change of visits in the chosen days, by province."""
    span = chosen.mobility
    days = google[google["date"].between(span.start, span.end)]
    provinces = days[days["region_code"].str.fullmatch(r"\d{2}")]
    means = provinces.groupby("region_code")[list(_MEASURED)].mean().astype("float64")
    return means.assign(mobility=means.mean(axis="columns"))


def _incidence_by_week(panel: pd.DataFrame, chosen: Factors) -> pd.DataFrame:
    """Return incidence of kab/kota from the weeks that end by the last day."""
    weeks = panel[(panel["week_start"] <= _last_monday(chosen)) & panel["cases"].notna()]
    counts = weeks[["region_code"]].assign(
        half=_halves(weeks["week_start"], chosen), count=weeks["cases"]
    )
    residents = panel.drop_duplicates("region_code").set_index("region_code")["population"]
    return _rates(counts, residents, "incidence", _PER_100K)


def _fatality_of_kabkota(tables: Tables, chosen: Factors) -> pd.DataFrame:
    """Return deaths among confirmed cases of the kab/kota, of the whole time only.

    DKI: deaths so far over cases so far, by known address. Jawa Barat: the same up to the second
    half, in which deaths by kab/kota stop being updated. Jawa Tengah: deaths among the closed
    cases of the same weeks, so that no delay enters.
    """
    names = tables["kelurahan/kelurahan.csv"]
    unit_of = dict(zip(names["kelurahan_code"], names["unit_code"], strict=True))
    monthly = tables["kelurahan/cases_monthly.csv"]
    placed = monthly.assign(region_code=monthly["kelurahan_code"].map(unit_of))
    dki = placed.groupby(["region_code", "date"])[list(_TOTALS)].sum().reset_index()
    westjava = tables["cases/westjava_daily.csv"]
    west = westjava[westjava["region_code"].str.fullmatch(r"32\d{2}")]
    weekly = tables["cases/centraljava_weekly.csv"]
    usable = weekly[weekly["usable"].astype(bool) & (weekly["week_start"] <= _last_monday(chosen))]
    central = usable.groupby("region_code")[["closed_cases", "cohort_deaths"]].sum()
    central.columns = pd.Index(_TOTALS)
    until, second_half = pd.Timestamp(chosen.until), pd.Timestamp(chosen.second_half)
    known = pd.concat([_last(dki, until), _last(west, second_half - _DAY), central])
    cases = known["cumulative_cases"].astype("float64")
    return (_PER_CENT * known["cumulative_deaths"] / cases.where(cases > 0)).to_frame("cfr")


def _last(cumulative: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the running totals that each region had last by a day."""
    known = cumulative[cumulative["date"] <= day].sort_values("date")
    return known.groupby("region_code")[list(_TOTALS)].last()


def _last_monday(chosen: Factors) -> pd.Timestamp:
    """Return the first day of the last week that ends by the last day."""
    return pd.Timestamp(chosen.until) - 6 * _DAY


def scope_of(region_code: str) -> str:
    """Return ``province`` for a province, or the province that a kab/kota lies in."""
    return "province" if len(region_code) == len(DKI) else province_of(region_code)
