"""Numbers on inequality, beds, pooled capacity and partners that bear on C1, C5 and C9."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses import inequality_words as words
from gotong.analyses.inequality_tables import MAIN, UNITS
from gotong.analyses.pooling import (
    CASES_FROM_OUTSIDE,
    FACTS,
    KOTA_BOGOR,
    MEASURES,
    REPORTED,
    in_words,
)
from gotong.config import Area, Pooling
from gotong.contracts.columns import dtypes
from gotong.contracts.results_inequality import EVIDENCE
from gotong.evidence_rows import FURTHER, first_of, rows_where
from gotong.i18n import with_facts
from gotong.intervals import wilson
from gotong.regions import DKI, DKI_UNITS, province_of
from gotong.tables import rows_equal

Tables = Mapping[str, pd.DataFrame]

SCOPES: Final = ("country", "jabodetabek")
OVER_SOURCES: Final = (MAIN, "as_printed", "dki_sirs_2020", "dki_register_2021", "dukcapil_2024")
"""Variants of the beds that the same regions have."""

JAVA_LIST: Final = "sirs_2020"
"""Another list of beds, of Java only, with DKI Jakarta as one."""

_NAMES = {DKI: "dki", KOTA_BOGOR: "kota_bogor"}
_ABOUT = {
    "beds": words.ABOUT_BEDS,
    "referral_beds": words.ABOUT_REFERRAL,
    "grdp": words.ABOUT_GRDP,
    "hdi": words.ABOUT_HDI,
}


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return every number of this part that bears on a claim.

    Returns
    -------
    pandas.DataFrame
        See the contract ``evidence_inequality``; sorted by its key.
    """
    area = Area.model_validate(choices["area"])
    pooling = Pooling.model_validate(choices["pooling"])
    rows = [
        *_inequality(tables["inequality"], len(area.deciders)),
        *_agreement(tables["rank_agreement"], len(area.deciders)),
        *_beds(tables["inequality_values"], area),
        *_averted(tables["pooling"], tables["beds_needed"], pooling, len(area.deciders)),
        *_non_resident(tables["non_resident_observed"]),
        _cases_from_outside(tables[MEASURES]),
        *_partners(tables["partners"], len(area.deciders)),
    ]
    columns = dtypes(EVIDENCE)
    blank = {name: "" if dtype == "str" else None for name, dtype in columns.items()}
    level = {"kind": "level", "direction": 0, "passed": True}
    found = pd.DataFrame([blank | level | row for row in rows], columns=list(columns))
    return found.astype(columns).sort_values(["claim", "evidence"], ignore_index=True)


def _inequality(found: pd.DataFrame, deciders: int) -> Iterable[dict[str, Any]]:
    """Yield Gini, share between groups and ratio of every indicator."""
    for scope in SCOPES:
        in_scope = found[found["scope"] == scope]
        main = in_scope[in_scope["variant"] == MAIN].set_index("indicator").loc[list(UNITS)]
        for indicator, row in main.iterrows():
            yield from _of_indicator(str(indicator), scope, row, deciders)
        beds = in_scope[in_scope["indicator"] == "beds"].set_index("variant")
        gini = beds.loc[list(OVER_SOURCES), "gini"]
        yield {
            "claim": "C1",
            "evidence": f"gini_beds_{scope}_over_sources",
            "label": words.GINI_OVER_SOURCES[scope],
            "unit": words.GINI_UNIT,
            **_bounds(gini[MAIN], gini),
            "interval": words.OVER_SOURCES,
            "units": beds.at[MAIN, "units"],
            "made_table": "inequality",
            "rows": rows_where({"scope": scope, "indicator": "beds", "variant": OVER_SOURCES}),
            "caveat": words.ABOUT_BEDS,
        }


def _bounds(estimate: float, values: Iterable[float]) -> dict[str, float]:
    """Return an estimate with the least and greatest of some values; missing ones are left out."""
    known = [float(value) for value in values if np.isfinite(value)]
    if not np.isfinite(estimate):
        return {"estimate": np.nan, "low": np.nan, "high": np.nan}
    return {"estimate": float(estimate), "low": min(known), "high": max(known)}


def _of_indicator(
    indicator: str, scope: str, row: pd.Series, deciders: int
) -> Iterable[dict[str, Any]]:
    """Yield the numbers of one indicator in one scope."""
    common = {
        "claim": "C1",
        "units": row["units"],
        "deciders": deciders if scope == "jabodetabek" else None,
        "made_table": "inequality",
        "rows": rows_where({"scope": scope, "indicator": indicator, "variant": MAIN}),
        "caveat": _ABOUT.get(indicator, words.ABOUT_INEQUALITY),
    }
    yield common | {
        "evidence": f"gini_{indicator}_{scope}",
        "label": words.GINI[indicator, scope],
        "unit": words.GINI_UNIT,
        "estimate": row["gini"],
        "low": row["gini_low"],
        "high": row["gini_high"],
        "interval": words.JACKKNIFE,
    }
    yield common | {
        "evidence": f"theil_between_share_{indicator}_{scope}",
        "label": words.BETWEEN[indicator, scope],
        "unit": words.SHARE,
        "estimate": row["between_share"],
        "low": row["between_share_low"],
        "high": row["between_share_high"],
        "interval": words.WITHOUT_GROUP,
    }
    if scope == "jabodetabek" and np.isfinite(row["ratio"]):
        yield common | {
            "evidence": f"ratio_top_bottom_{indicator}_{scope}",
            "label": words.RATIO[indicator],
            "unit": words.RATIO_UNIT,
            "estimate": row["ratio"],
            "low": row["ratio_low"],
            "high": row["ratio"],
            "interval": words.WITHOUT_UNIT,
        }


def _agreement(found: pd.DataFrame, deciders: int) -> Iterable[dict[str, Any]]:
    """Yield how far all indicators agree on who is ahead."""
    whole = found[found["measure"] == "kendall_w"].set_index("scope")
    for scope in SCOPES:
        agreement = float(whole["value"][scope])
        yield {
            "claim": "C1",
            "evidence": f"rank_agreement_{scope}",
            "label": words.AGREEMENT[scope],
            "unit": words.CORRELATION,
            **_bounds(agreement, [agreement, whole["low"][scope], whole["high"][scope]]),
            "interval": words.WITHOUT_UNIT,
            "units": whole["units"][scope],
            "deciders": deciders if scope == "jabodetabek" else None,
            "made_table": "rank_agreement",
            "rows": rows_where({"scope": scope, "first": "all", "second": "all"}),
            "caveat": words.ABOUT_RANKS,
        }


def _beds(values: pd.DataFrame, area: Area) -> Iterable[dict[str, Any]]:
    """Yield hospital beds per 1,000 residents of the country, the area and its groups."""
    lists = [*OVER_SOURCES, JAVA_LIST]
    beds = values[(values["indicator"] == "beds") & values["variant"].isin(lists)]
    everywhere = tuple(beds.loc[beds["variant"] == MAIN, "region_code"])
    groups = {"country": everywhere, "jabodetabek": area.units}
    labels = dict(words.BEDS)
    for decider in area.deciders:
        slug = re.sub(r"[^a-z0-9]+", "_", decider.name.lower()).strip("_")
        labels[slug] = with_facts(words.BEDS_OF_GROUP, group=decider.name)
        groups[slug] = tuple(
            unit for unit in area.units if {unit, province_of(unit)} & set(decider.members)
        )
    for name, units in groups.items():
        inside = beds[beds["region_code"].isin(_with_wholes(units))]
        if name == "country":
            inside = inside[inside["variant"] != JAVA_LIST]
        rates = {
            str(variant): float(np.average(part["value"], weights=part["population"].astype(float)))
            for variant, part in inside.groupby("variant")
        }
        listed = {} if name == "country" else {"region_code": sorted(units)}
        of_beds = {"indicator": "beds", "variant": first_of(MAIN, rates)}
        yield {
            "claim": "C5",
            "evidence": f"beds_per_1000_{name}",
            "label": labels[name],
            "unit": UNITS["beds"],
            **_bounds(rates[MAIN], rates.values()),
            "interval": words.OVER_SOURCES,
            "units": len(units),
            "made_table": "inequality_values",
            "rows": rows_where(of_beds | listed),
            "caveat": words.ABOUT_BEDS,
        }


def _with_wholes(units: Iterable[str]) -> set[str]:
    """Return units, and DKI Jakarta as one where all of its units are among them."""
    listed = set(units)
    return listed | ({DKI} if set(DKI_UNITS) <= listed else set())


def _averted(
    found: pd.DataFrame, needed: pd.DataFrame, chosen: Pooling, deciders: int
) -> Iterable[dict[str, Any]]:
    """Yield what sharing changes in each wave, how much is unmet without it, and who helps whom."""
    regions: dict[Any, int] = needed.groupby("basis")["region_code"].nunique().to_dict()
    for key, part in found.groupby(["wave", "basis"]):
        wave, basis = map(str, key)
        span = chosen.waves[wave]
        days = {"start": span.start, "end": span.end}
        ending = f"{wave}" if basis == REPORTED else f"{wave}_{basis}"
        common = {
            "claim": "C9",
            "unit": words.SHARE,
            "units": regions[basis],
            "deciders": deciders,
            "made_table": "pooling",
            "caveat": words.ABOUT_POOLING if basis == REPORTED else words.ABOUT_ALLOCATED,
        }
        scenario: dict[str, Any] = {"basis": basis, "wave": wave}
        scenario |= {name: first_of(value, part[name]) for name, value in chosen.front.items()}
        for name, label, way, column in (
            *(
                (f"unmet_alone_vs_{way}", words.AVERTED[way, basis], way, "averted_share")
                for way in ("neighbours", "pooled")
            ),
            ("need_unmet_alone", words.UNMET_ALONE[basis], "alone", "unmet_share"),
            ("to_better_supplied", words.TO_BETTER_SUPPLIED[basis], "pooled", "to_better_supplied"),
        ):
            of_way = part[part["exchange"] == way]
            values = of_way[column].dropna()
            yield common | {
                "evidence": f"{name}_{ending}",
                "label": with_facts(label, **days),
                **_bounds(of_way.loc[rows_equal(of_way, chosen.front), column].iloc[0], values),
                "interval": with_facts(words.OVER_GRID, some=len(values), all=len(of_way)),
                "rows": rows_where(scenario | {"exchange": way}),
            }


def _non_resident(observed: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Yield the observed shares of patients from elsewhere."""
    for row in observed.to_dict("records"):
        day = row["date"]
        region = str(row["region_code"])
        yield {
            "claim": "C9",
            "evidence": f"non_resident_{_NAMES[region]}_{day:%Y_%m}",
            "label": with_facts(words.NON_RESIDENT[region], day=day),
            "unit": words.SHARE,
            "estimate": row["share"],
            "low": row["low"],
            "high": row["high"],
            "interval": words.WILSON,
            "units": 1,
            "made_table": "non_resident_observed",
            "rows": rows_where({"region_code": region, "date": day}) + _counted(row),
            "caveat": words.ABOUT_NON_RESIDENT,
        }


def _counted(row: Mapping[Any, Any]) -> str:
    """Return where a share of patients from elsewhere was counted: a measure, or dated facts."""
    if row["source"] == "facts":
        where = {"region_code": row["region_code"], "start_date": row["date"]}
        return f"{FURTHER}{FACTS}: {rows_where(where)}"
    return f"{FURTHER}{MEASURES}: {rows_where({'measure_id': row['source']})}"


def _cases_from_outside(measures: pd.DataFrame) -> dict[str, Any]:
    """Return the share of DKI Jakarta's cases of one month who live in Bodetabek."""
    per_cent, cases = in_words(measures, CASES_FROM_OUTSIDE)
    ends = [round((per_cent + step) / 100 * cases) for step in (-0.5, 0.5)]
    lows, highs = wilson(ends, [int(cases)] * 2)
    return {
        "claim": "C9",
        "evidence": "cases_from_outside_dki_2020_12",
        "label": words.CASES_FROM_OUTSIDE,
        "unit": words.SHARE,
        "estimate": per_cent / 100,
        "low": float(lows[0]),
        "high": float(highs[1]),
        "interval": words.WILSON,
        "units": 1,
        "made_table": MEASURES,
        "rows": rows_where({"measure_id": CASES_FROM_OUTSIDE.measure}),
        "caveat": words.ABOUT_CASES,
    }


def _partners(pairs: pd.DataFrame, deciders: int) -> Iterable[dict[str, Any]]:
    """Yield what matched partners could meet, and how far the matching depends on weights."""
    taken = pairs[pairs["chosen"].astype(bool)]
    lacking = pairs.drop_duplicates(["variant", "helped_code"]).groupby("variant")["need"].sum()
    met = taken.groupby("variant")["can_meet"].sum() / lacking
    main = taken[taken["variant"] == MAIN]
    common = {
        "claim": "C9",
        "unit": words.SHARE,
        "units": len(main),
        "deciders": deciders,
        "made_table": "partners",
        "rows": rows_where({"variant": first_of(MAIN, pairs["variant"]), "chosen": True}),
        "caveat": words.ABOUT_PARTNERS,
    }
    yield common | {
        "evidence": "partners_need_met",
        "label": words.NEED_MET,
        **_bounds(met[MAIN], met),
        "interval": words.OVER_SOURCES,
    }
    yield common | {
        "evidence": "partners_share_of_draws",
        "label": words.STABILITY,
        **_bounds(main["share_of_draws"].mean(), main["share_of_draws"]),
        "interval": words.PAIRS,
    }
