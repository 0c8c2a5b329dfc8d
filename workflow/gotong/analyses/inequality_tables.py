"""Inequality between regions: values, indices with their decomposition, agreement of ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from gotong.config import Area, Inequality
from gotong.i18n import N_
from gotong.inequality import (
    Measure,
    bootstrap_interval,
    decompose,
    gini,
    jackknife_interval,
    theil,
)
from gotong.inference.association import fisher_interval, rank_correlation
from gotong.panels.daily import beds_by_region
from gotong.provenance import seed_of
from gotong.regions import DKI, JAVA, province_of

Tables = Mapping[str, pd.DataFrame]

POPULATION: Final = "context/population_sp2020.csv"
REGISTRY: Final = "context/population_dukcapil_2024.csv"
HOSPITALS: Final = "facilities/hospitals.csv"

UNITS: Final = {
    "beds": N_("per 1,000 residents"),
    "referral_beds": N_("per 1,000 residents"),
    "puskesmas": N_("per 100,000 residents"),
    "grdp": N_("thousand rupiah of 2010 per person"),
    "expenditure": N_("thousand rupiah per person and year"),
    "hdi": N_("0 to 100"),
    "poverty": N_("per cent of residents"),
}
"""Unit of each indicator, in the order in which they are shown."""

LESS_IS_AHEAD: Final = frozenset({"poverty"})
"""Indicators of which a smaller value means being further ahead."""

RANKED: Final = ("beds", "grdp", "expenditure", "hdi", "poverty")
"""Indicators that every region has, compared in the order in which they put regions."""

MAIN: Final = "main"
INCOMPLETE_FLAGS: Final = "36"
"""Province whose hospitals carry hardly any referral flag in the list."""

WIDER: Final = ("country", "java")
"""Scopes beyond the area, whose own scope is named by its id."""

_PER_1000, _PER_100K = 1e3, 1e5
_KEY = ["region_code", "indicator", "variant"]


def values(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return every indicator of every kab/kota, with the people that it weighs.

    A variant changes one choice of the main values: where hospitals stand (``as_printed``: before
    the corrections), how many beds DKI Jakarta has (``dki_sirs_2020``, ``dki_register_2021``), the
    list of beds (``sirs_2020``, Java with DKI Jakarta as one unit; ``dki_as_one`` is the main list
    cut in the same way), the residents (``dukcapil_2024``), and what is left out (``all_rows``).

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Raw tables and ``corrections``.
    choices : mapping
        The section ``inequality`` of the configuration.

    Returns
    -------
    pandas.DataFrame
        See the contract ``inequality_values``; sorted by its key.
    """
    chosen = Inequality.model_validate(choices["inequality"])
    census = _residents(tables[POPULATION])
    parts = [
        *_main_values(tables, chosen, census, MAIN),
        *_main_values(tables, chosen, _residents(tables[REGISTRY]), "dukcapil_2024"),
        *_other_beds(tables, census),
        _with_all_rows(_grdp(tables, chosen, census, "all_rows")),
        _with_all_rows(_referral_beds(tables, census, "all_rows")),
    ]
    found = pd.concat(parts, ignore_index=True)
    texts = dict.fromkeys((*_KEY, "unit", "left_out"), "str")
    found["unit"] = found["indicator"].map(UNITS)
    found["population"] = found["population"].astype("Int64")
    ordered = [*_KEY, "value", "unit", "population", "left_out"]
    return found[ordered].astype(texts).sort_values(_KEY, ignore_index=True)


def _residents(counted: pd.DataFrame) -> pd.Series:
    """Return residents by kab/kota."""
    return counted.set_index("region_code")["total"].astype("float64")


def _values(
    indicator: str, variant: str, value: pd.Series, residents: pd.Series, left_out: Any = ""
) -> pd.DataFrame:
    """Return one indicator of all regions; a region without a value says why it is left out."""
    known = value.reindex(residents.index).astype("float64")
    frame = pd.DataFrame({"region_code": residents.index, "value": known.to_numpy()})
    frame["indicator"], frame["variant"] = indicator, variant
    frame["population"] = residents.to_numpy()
    frame["left_out"] = left_out
    frame.loc[known.isna().to_numpy(), "left_out"] = "not_listed"
    return frame


def _with_all_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return values with nothing left out that has one."""
    return frame.assign(left_out=frame["left_out"].where(frame["value"].isna(), ""))


def _main_values(
    tables: Tables, chosen: Inequality, residents: pd.Series, variant: str
) -> list[pd.DataFrame]:
    """Return all indicators with the residents of one count."""
    lived = tables["context/kabkota_2021.csv"].set_index("region_code")
    named = {"expenditure": "expenditure", "hdi": "hdi", "poverty": "poverty_rate"}
    listed = tables["facilities/puskesmas.csv"]
    # Jakarta alone also lists those of single kelurahan, which others count as branches.
    centres = listed[~listed["of_kelurahan"].astype(bool)].groupby("region_code").size()
    return [
        _values("beds", variant, _beds(tables[HOSPITALS], residents), residents),
        _referral_beds(tables, residents, variant),
        _values("puskesmas", variant, centres / residents * _PER_100K, residents),
        _grdp(tables, chosen, residents, variant),
        *(_values(name, variant, lived[column], residents) for name, column in named.items()),
    ]


def _beds(
    hospitals: pd.DataFrame, residents: pd.Series, kind: str = "beds", dki_total: float = np.nan
) -> pd.Series:
    """Return beds per 1,000 residents; a region without a hospital in the list has none.

    A total for DKI Jakarta scales those of its units.
    """
    beds = beds_by_region(hospitals)[kind].reindex(residents.index).astype("float64").fillna(0.0)
    if np.isfinite(dki_total):
        of_dki = beds.index.str.startswith(DKI)
        beds[of_dki] *= dki_total / beds[of_dki].sum()
    return beds / residents * _PER_1000


def _referral_beds(tables: Tables, residents: pd.Series, variant: str) -> pd.DataFrame:
    """Return beds of referral hospitals; those of Banten are left out, its flags being incomplete.

    They would else be false zeros.
    """
    value = _beds(tables[HOSPITALS], residents, "referral_beds")
    flagged = residents.index.str.startswith(INCOMPLETE_FLAGS)
    reasons = np.where(flagged, "flags_incomplete", "")
    return _values("referral_beds", variant, value, residents, reasons)


def _grdp(tables: Tables, chosen: Inequality, residents: pd.Series, variant: str) -> pd.DataFrame:
    """Return output per head of the year before the epidemic; suspect rows are left out."""
    grdp = tables["context/grdp_per_capita.csv"]
    of_year = grdp[grdp["year"] == chosen.grdp_year].set_index("region_code")
    reasons = of_year["suspect"].reindex(residents.index).fillna("").to_numpy()
    return _values("grdp", variant, of_year["grdp_per_capita"], residents, reasons)


def _other_beds(tables: Tables, residents: pd.Series) -> list[pd.DataFrame]:
    """Return beds by other placements of hospitals, totals and lists."""
    hospitals = tables[HOSPITALS]
    printed = as_printed(hospitals, tables["corrections"])
    register = tables["facilities/hospital_register.csv"]
    registered = float(register.loc[register["province_code"] == DKI, "beds"].sum())
    java = tables["facilities/java_beds.csv"].set_index("region_code")["beds"].astype("float64")
    wide = dki_as_one(residents[residents.index.str[:2].isin(JAVA)])
    listed = _beds(hospitals, residents) * residents / _PER_1000
    return [
        _values("beds", "as_printed", _beds(printed, residents), residents),
        *(
            _values("beds", name, _beds(hospitals, residents, dki_total=total), residents)
            for name, total in (
                ("dki_sirs_2020", float(java[DKI])),
                ("dki_register_2021", registered),
            )
        ),
        _values("beds", "sirs_2020", java / wide * _PER_1000, wide),
        _values("beds", "dki_as_one", dki_as_one(listed) / wide * _PER_1000, wide),
    ]


def dki_as_one(amounts: pd.Series) -> pd.Series:
    """Return amounts by region with those of DKI Jakarta's units added up under ``31``.

    Parameters
    ----------
    amounts : pandas.Series
        Counts by BPS code of the kab/kota.
    """
    names = amounts.index.where(~amounts.index.str.startswith(DKI), DKI)
    return amounts.groupby(names).sum().sort_index()


def as_printed(hospitals: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return the hospitals where the list printed them, before the corrections.

    Parameters
    ----------
    hospitals : pandas.DataFrame
        ``facilities/hospitals.csv`` with its corrections.
    corrections : pandas.DataFrame
        The made table ``corrections``.
    """
    moved = corrections[
        (corrections["table"] == HOSPITALS) & (corrections["column"] == "region_code")
    ]
    before = dict(zip(moved["key"], moved["before"], strict=True))
    keys = (
        "hospital_code=" + hospitals["hospital_code"] + ", entry=" + hospitals["entry"].astype(str)
    )
    printed = keys.map(before).fillna(hospitals["region_code"]).astype("str")
    return hospitals.assign(region_code=printed)


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return Gini, Theil and decomposition of every indicator, scope and variant.

    Returns
    -------
    pandas.DataFrame
        See the contract ``inequality``; sorted by its key.
    """
    area = Area.model_validate(choices["area"])
    draws = Inequality.model_validate(choices["inequality"]).draws
    rows = []
    for (indicator, variant), part in tables["inequality_values"].groupby(["indicator", "variant"]):
        for scope in (*WIDER, area.id):
            inside = part[_inside(part["region_code"], scope, area)]
            # Java's list of 2020 is no sample of the country.
            if scope == "country" and not _is_country(part["region_code"]):
                continue
            rows.append(
                {"scope": scope, "indicator": indicator, "variant": variant}
                | _indices(inside, _groups(inside["region_code"], scope, area), draws)
            )
    found = pd.DataFrame(rows)
    counts = dict.fromkeys(("units", "zero_units", "left_out_units", "groups"), "Int64")
    texts = ("scope", "indicator", "variant", "top_region", "bottom_region")
    found = found.astype(counts | dict.fromkeys(texts, "str"))
    return found.sort_values(["scope", "indicator", "variant"], ignore_index=True)


def _is_country(codes: pd.Series) -> bool:
    """Return whether some regions reach beyond Java."""
    return not codes.map(province_of).isin(JAVA).all()


def _inside(codes: pd.Series, scope: str, area: Area) -> pd.Series:
    """Return which regions a scope takes in; DKI Jakarta as one counts for its units."""
    if scope == "country":
        return pd.Series(True, index=codes.index)
    if scope == "java":
        return codes.map(province_of).isin(JAVA)
    wholes = {province_of(unit) for unit in area.units} & set(_holders(area))
    return codes.isin({*area.units, *wholes})


def _holders(area: Area) -> dict[str, str]:
    """Return the group of deciders by each of its members."""
    return {code: group.name for group in area.deciders for code in group.members}


def _groups(codes: pd.Series, scope: str, area: Area) -> np.ndarray:
    """Return the group of each region: its province, or in the area those who set its rules."""
    if scope in WIDER:
        return codes.map(province_of).to_numpy(dtype="str")
    holders = _holders(area)
    return np.array([holders.get(code, holders.get(province_of(code), "")) for code in codes])


def _indices(part: pd.DataFrame, groups: np.ndarray, draws: int) -> dict[str, Any]:
    """Return all indices of one indicator in one scope."""
    kept = (part["left_out"] == "").to_numpy()
    shown, of_group = part[kept], groups[kept]
    value, people = (shown[name].to_numpy(dtype="float64") for name in ("value", "population"))
    split = decompose(value, people, of_group)
    found: dict[str, Any] = {
        "units": len(shown),
        "zero_units": int((value == 0).sum()),
        "left_out_units": int((~kept).sum()),
        "mean": float(np.average(value, weights=people)),
    }
    found |= {"gini": gini(value, people), **_intervals("gini", value, people, draws)}
    found |= {"theil": theil(value, people), **_intervals("theil", value, people, draws)}
    # Where groups have the same mean, rounding can leave a hair below nothing.
    between = max(split.between, 0.0)
    share = _share(between, split.total)
    shares = list(_shares_without_each(value, people, of_group))
    return found | {
        "groups": len(np.unique(of_group)),
        "theil_between": between,
        "theil_within": split.within,
        "between_share": share,
        "between_share_low": min(share, *shares) if shares else np.nan,
        "between_share_high": max(share, *shares) if shares else np.nan,
        **_ends(shown["region_code"].to_numpy(), value),
    }


def _intervals(
    measure: Measure, value: np.ndarray, people: np.ndarray, draws: int
) -> dict[str, float]:
    """Return both intervals of an index, each from its own source of chance.

    Regions are resampled from the same seed in every scope and variant, so that what differs
    between them is not chance.
    """
    jackknife = jackknife_interval(measure, value, people)
    rng = np.random.default_rng(seed_of("inequality"))
    resampled = bootstrap_interval(measure, value, people, rng, draws)
    return {
        f"{measure}_low": jackknife.low,
        f"{measure}_high": jackknife.high,
        f"{measure}_resampled_low": resampled.low,
        f"{measure}_resampled_high": resampled.high,
    }


def _share(part: float, whole: float) -> float:
    """Return a share, missing of nothing."""
    return part / whole if whole > 0 else np.nan


def _shares_without_each(
    value: np.ndarray, people: np.ndarray, groups: np.ndarray
) -> Iterable[float]:
    """Yield the share of Theil's index between groups without each group in turn."""
    for name in np.unique(groups):
        rest = groups != name
        if len(np.unique(groups[rest])) > 1 and value[rest].any():
            split = decompose(value[rest], people[rest], groups[rest])
            yield _share(max(split.between, 0.0), split.total)


def _ends(codes: np.ndarray, value: np.ndarray) -> dict[str, Any]:
    """Return highest and lowest region and their ratio, also without the region that matters most.

    A ratio to nothing is missing.
    """
    order = np.argsort(value, kind="stable")
    bottom, second_bottom, second_top, top = (float(value[order[at]]) for at in (0, 1, -2, -1))
    shorter = (_share(second_top, bottom), _share(top, second_bottom))
    ratios = [ratio for ratio in shorter if np.isfinite(ratio)]
    return {
        "top_region": codes[order[-1]],
        "top_value": top,
        "bottom_region": codes[order[0]],
        "bottom_value": bottom,
        "ratio": _share(top, bottom),
        "ratio_low": min(ratios, default=np.nan),
    }


def rank_agreement(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return how far indicators put regions in the same order.

    Returns
    -------
    pandas.DataFrame
        See the contract ``rank_agreement``: Spearman's correlation of every two indicators, with
        poverty turned round, and Kendall's W over all of them (``all``); sorted by its key.
    """
    area = Area.model_validate(choices["area"])
    main = tables["inequality_values"]
    main = main[(main["variant"] == MAIN) & main["indicator"].isin(RANKED)]
    wide = main[main["left_out"] == ""].pivot(
        index="region_code", columns="indicator", values="value"
    )
    ahead = wide[list(RANKED)].mul([-1.0 if name in LESS_IS_AHEAD else 1.0 for name in RANKED])
    rows: list[dict[str, Any]] = []
    for scope in (*WIDER, area.id):
        inside = ahead[_inside(ahead.index.to_series(), scope, area)].dropna()
        rows.extend(_pairs(inside, scope))
    found = pd.DataFrame(rows).astype({"units": "Int64"})
    keys = ["scope", "first", "second"]
    found = found.astype(dict.fromkeys((*keys, "measure"), "str"))
    return found.sort_values(keys, ignore_index=True)


def _pairs(ahead: pd.DataFrame, scope: str) -> Iterable[dict[str, Any]]:
    """Yield the agreement of every two indicators, and of all."""
    units = len(ahead)
    for first, second in combinations(sorted(ahead.columns), 2):
        estimate = rank_correlation(ahead[first], ahead[second])
        low, high = fisher_interval(estimate, units)
        yield {
            "scope": scope,
            "first": first,
            "second": second,
            "measure": "spearman",
            "value": estimate,
            "low": low,
            "high": high,
            "units": units,
        }
    table = ahead.to_numpy()
    without = [kendall_w(np.delete(table, at, axis=0)) for at in range(units)]
    yield {
        "scope": scope,
        "first": "all",
        "second": "all",
        "measure": "kendall_w",
        "value": kendall_w(table),
        "low": min(without),
        "high": max(without),
        "units": units,
    }


def kendall_w(scores: np.ndarray) -> float:
    """Return Kendall's coefficient of concordance, corrected for ties.

    Parameters
    ----------
    scores : numpy.ndarray, shape (n, m)
        Of n units by m judges.

    Returns
    -------
    float
        From 0 (the orders have nothing in common) to 1 (they are the same); NaN where no judge
        tells the units apart.

    Notes
    -----
    Kendall and Babington Smith 1939 (10.1214/aoms/1177732186); ties after Siegel and Castellan
    1988, Nonparametric Statistics, equation 9.16.
    """
    units, judges = scores.shape
    ranks = rankdata(scores, axis=0)
    ties = sum(
        float((times**3 - times).sum())
        for times in (np.unique(column, return_counts=True)[1] for column in scores.T)
    )
    spread = ((ranks.sum(axis=1) - judges * (units + 1) / 2) ** 2).sum()
    most = judges**2 * (units**3 - units) - judges * ties
    return _share(12 * float(spread), most)
