"""Which measures cross borders, which are those of residents, and where these were found.

Measures are what the press and decrees tell of: shares treat them as draws of what could have
been reported, and say nothing of what never was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.config import Area, Dose, MeasureShares
from gotong.contracts import DYADS
from gotong.cooperation import CROSS_BORDER
from gotong.intervals import percentile_interval, wilson
from gotong.provenance import seed_of
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]

COMMUNITY: Final = ("G-C", "C-C")
"""Dyads in which residents or community groups take part."""

ACTS: Final = ("action", "rule", "statement")
ALL = "all"
CORRECTED, PUBLISHED, SECOND = "corrected", "published", "second_coding"


def make(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the shares of measures across borders and of communities, in several ways.

    The table as published is seen through coding a, which equals it in every class; what its
    corrections leave out or count once is in it. Measures are weighted by the confidence in
    them in the corrected table only, for codings hold no confidence.

    Returns
    -------
    pandas.DataFrame
        One row per quantity, act, source of the classes and weighting; see the contract.
    """
    weights = Dose.model_validate(choices["dose"]).confidence_weights
    draws = MeasureShares.model_validate(choices["measure_shares"]).draws
    rng = np.random.default_rng(seed_of("measure_shares"))
    measures, codings = tables["cooperation/measures.csv"], tables["cooperation/codings.csv"]
    coded = {
        CORRECTED: measures,
        PUBLISHED: codings[codings["coder"] == "a"],
        SECOND: codings[codings["coder"] == "b"],
    }
    rows = [
        {**head, "classes": source, "weighting": "equal", **_plain(hits)}
        for source, table in coded.items()
        for head, hits, _ in _quantities(table)
    ]
    rows += [
        {
            **head,
            "classes": CORRECTED,
            "weighting": "confidence",
            **_weighted(hits, _mapped(chosen["confidence"], weights), rng, draws),
        }
        for head, hits, chosen in _quantities(measures)
    ]
    key = ["quantity", "act", "classes", "weighting"]
    found = pd.DataFrame(rows).astype({"measures": "Int64", "of_kind": "Int64"})
    return found.sort_values(key, ignore_index=True)


def _mapped(confidence: pd.Series, weights: Mapping[Any, float]) -> pd.Series:
    """Return the weight of each measure by the confidence in it."""
    return confidence.map(dict(weights)).astype("float64")


def _quantities(table: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.Series, pd.DataFrame]]:
    """Yield the name of each share, whether each measure is of the kind, and the measures."""
    kinds = {
        "cross_border": table["reach"] == CROSS_BORDER,
        "community": table["dyad"].isin(COMMUNITY),
    }
    for quantity, hits in kinds.items():
        for act in (ALL, *ACTS):
            chosen = table["act"].isin(ACTS if act == ALL else (act,))
            yield {"quantity": quantity, "act": act}, hits[chosen], table[chosen]


def _plain(hits: pd.Series) -> dict[str, Any]:
    """Return a share with its Wilson interval."""
    number, total = int(hits.sum()), len(hits)
    low, high = wilson(number, total)
    share = number / total if total else np.nan
    return _row(total, number, share, float(low), float(high), "wilson")


def _weighted(
    hits: pd.Series, weights: pd.Series, rng: np.random.Generator, draws: int
) -> dict[str, Any]:
    """Return a weighted share with its interval over resampled measures."""
    total, number = len(hits), int(hits.sum())
    if not total:
        return _row(0, 0, np.nan, np.nan, np.nan, "bootstrap")
    weight = weights.to_numpy()
    both = np.stack([hits.to_numpy() * weight, weight], axis=1)
    drawn = rng.multinomial(total, np.full(total, 1 / total), size=draws) @ both
    share = both[:, 0].sum() / both[:, 1].sum()
    empty = np.full(draws, np.nan)
    shares = np.divide(drawn[:, 0], drawn[:, 1], out=empty, where=drawn[:, 1] > 0)
    interval = percentile_interval(float(share), shares)
    return _row(total, number, interval.estimate, interval.low, interval.high, "bootstrap")


def _row(
    total: int, number: int, share: float, low: float, high: float, interval: str
) -> dict[str, Any]:
    return {
        "measures": total,
        "of_kind": number,
        "share": share,
        "low": low,
        "high": high,
        "interval": interval,
    }


def by_region(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return what share of the measures of each deciding region is of each dyad.

    A measure counts once in each region that it names, however many of its units; the units
    of the core are one region. One that names the whole area stands in every region.

    Returns
    -------
    pandas.DataFrame
        One row per deciding region and dyad, and per region and `COMMUNITY` together.
    """
    area = Area.model_validate(choices["area"])
    placed = _placed(tables["cooperation/measures.csv"], area)
    kinds = {dyad: (dyad,) for dyad in DYADS} | {"community": COMMUNITY}
    rows = []
    for region in area.policy_regions:
        own = placed[placed["region_code"] == region]
        for kind, dyads in kinds.items():
            chosen = own["dyad"].isin(dyads)
            counts = {
                "of_kind": int(chosen.sum()),
                "alone": int((chosen & own["alone"]).sum()),
                "two_texts": int((chosen & (own["texts"] > 1)).sum()),
                "sites": own.loc[chosen, "site"].nunique(),
                "measures": len(own),
            }
            low, high = wilson(counts["of_kind"], counts["measures"])
            share = counts["of_kind"] / len(own) if len(own) else np.nan
            row = {"region_code": region, "dyad": kind, **counts, "share": share}
            rows.append({**row, "low": float(low), "high": float(high)})
    counted = ("of_kind", "alone", "two_texts", "sites", "measures")
    found = pd.DataFrame(rows).astype(dict.fromkeys(counted, "Int64"))
    return found.sort_values(["region_code", "dyad"], ignore_index=True)


def _placed(measures: pd.DataFrame, area: Area) -> pd.DataFrame:
    """Return one row per measure and deciding region, and whether it names no other."""
    told = _sources(measures)
    units = told.assign(unit=told["region_codes"].str.split()).explode("unit")
    units = units[units["unit"].isin(area.units)]
    own = units["unit"].isin(area.policy_regions)
    units = units.assign(region_code=units["unit"].where(own, area.core))
    placed = units.drop_duplicates(["measure_id", "region_code"])
    named = placed.groupby("measure_id")["region_code"].transform("size")
    return placed.assign(alone=named == 1)


def _sources(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the measures with the number of texts that each rests on and the first one's site."""
    second = (measures["audit_source"] != "") & (measures["audit"] != "unverified")
    site = measures["source_url"].str.extract(r"^https?://(?:www\.)?([^/]+)", expand=False)
    return measures.assign(texts=1 + second, site=site.fillna(""))


def community(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the measures of residents and community groups, by unit that they name.

    Returns
    -------
    pandas.DataFrame
        One row per measure and unit of Greater Jakarta; blank unit where it names none.
    """
    measures = tables["cooperation/measures.csv"]
    chosen = _sources(measures[measures["dyad"].isin(COMMUNITY)])
    units = chosen["region_codes"].str.split()
    number = [len(named) for named in units]
    month = chosen["start_date"].to_numpy().astype("datetime64[M]").astype(DATE)
    told = chosen.assign(region_code=units, units_named=number, month=month).explode("region_code")
    columns = ["measure_id", "region_code", "dyad", "act", "reach", "name"]
    columns += ["month", "start_date", "end_date", "magnitude", "units_named", "texts", "site"]
    types = {"region_code": "str", "units_named": "Int64", "texts": "Int64", "site": "str"}
    table = told.fillna({"region_code": ""})[columns].astype(types)
    return table.sort_values(["measure_id", "region_code"], ignore_index=True)
