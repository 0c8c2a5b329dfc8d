"""Which conditions of life go with which outcomes: rank correlations with their own checks.

An association between regions says nothing of what would happen if a condition changed. Each
comes with what could undo it: one region, one province, one half of the time, or how much was
tested. What depends on one of these fails its check and is shown as failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses.factor_values import (
    CENTRALJAVA,
    OTHER_RESIDENTS,
    PER_RESIDENT,
    WESTJAVA,
    scope_of,
)
from gotong.analyses.places import distances
from gotong.config import Factors
from gotong.inference.association import (
    RankAssociation,
    fisher_interval,
    leave_one_out,
    partial_rank_correlation,
    rank_association,
    rank_correlation,
)
from gotong.inference.multiplicity import holm
from gotong.inference.neighbours import pair_classes
from gotong.intervals import CONFIDENCE
from gotong.provenance import seed_of
from gotong.regions import DKI, JAVA

Tables = Mapping[str, pd.DataFrame]

POPULATION: Final = "context/population_sp2020.csv"
MAP: Final = "geography/boundaries_kabkota.geojson"

FACILITIES: Final = ("beds", "referral_beds", "puskesmas", "load")
BOTH, PROVINCES = "within", "province"
SCOPES: Final = {
    PROVINCES: ("province",),
    BOTH: (WESTJAVA, CENTRALJAVA),
    WESTJAVA: (WESTJAVA,),
    CENTRALJAVA: (CENTRALJAVA,),
    DKI: (DKI,),
}
"""Groups of regions of each scope; with several, ranks are taken within each."""

_OUTCOMES: Final = {
    "incidence": (BOTH, WESTJAVA, CENTRALJAVA, DKI),
    "cfr": (PROVINCES, BOTH, WESTJAVA, CENTRALJAVA, DKI),
    "mobility": (PROVINCES,),
}


@dataclass(frozen=True)
class Sample:
    """The regions of one association: a factor, an outcome, and the stratum of each."""

    factor: str
    outcome: str
    scope: str
    frame: pd.DataFrame

    @property
    def x(self) -> np.ndarray:
        """The factor."""
        return self.frame[self.factor].to_numpy()

    @property
    def y(self) -> np.ndarray:
        """The outcome."""
        return self.frame[self.outcome].to_numpy()

    @property
    def strata(self) -> np.ndarray:
        """The province of each kab/kota, one label for provinces."""
        return self.frame["stratum"].to_numpy()


def claimed_sign(factor: str, outcome: str, chosen: Factors) -> int:
    """Return the sign that the study claims: 1, -1, or 0 where it claims none.

    Every outcome is so counted that more is worse: a mobility nearer to the usual is a weaker
    response. Facilities are said to keep people alive, not to keep them from falling ill.
    """
    signs: dict[str, int] = dict(chosen.claimed_sign.items())
    return 0 if factor in FACILITIES and outcome != "cfr" else signs[factor]


def is_headline(sample: Sample, chosen: Factors) -> bool:
    """Return whether an outcome is judged on these regions; others show whether it holds there."""
    return chosen.headline.of(sample.outcome) == sample.scope


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return all associations with intervals and permutation tests.

    Returns
    -------
    pandas.DataFrame
        factor, outcome, scope, headline, estimate, low, high, p, smallest_p, p_holm (over the
        headline associations), low_all and high_all (95 % for all headline ones together),
        detectable, units, effective_units (independent ones that they are worth), claimed_sign,
        sign_share (of the checks that were run), checks (how many these are), failed_checks;
        sorted by its key.
    """
    chosen = Factors.model_validate(choices["factors"])
    rng = np.random.default_rng(seed_of("factors"))
    checked = tables["factor_checks"]
    wide = _wide(tables["factor_values"])
    residents = tables[POPULATION].set_index("region_code")["total"]
    apart = _apart(wide, tables[MAP], residents)
    rows = [
        _row(
            sample,
            rank_association(
                sample.x,
                sample.y,
                rng,
                sample.strata,
                pairs=_pairs(sample, apart),
                draws=chosen.draws,
            ),
            chosen,
        )
        for sample in _samples(wide, chosen)
    ]
    found = pd.DataFrame(rows).sort_values(["factor", "outcome", "scope"], ignore_index=True)
    headline = found["headline"].to_numpy()
    found["p_holm"] = np.nan
    found.loc[headline, "p_holm"] = holm(found.loc[headline, "p"])
    found[["low_all", "high_all"]] = _together(found)
    key = ["factor", "outcome", "scope"]
    judged = checked.groupby(key).apply(_judgement, chosen=chosen).reset_index()
    found = found.merge(judged, on=key, how="left", validate="one_to_one")
    found["failed_checks"] = found["failed_checks"].fillna("")
    types: dict[str, Any] = dict.fromkeys((*key, "failed_checks"), "str")
    types |= {"headline": "boolean"}
    types |= dict.fromkeys(("units", "claimed_sign", "checks"), "Int64")
    return found.astype(types)[list(_COLUMNS)]


_COLUMNS: Final = (
    *("factor", "outcome", "scope", "headline", "estimate", "low", "high", "p", "smallest_p"),
    *(
        "p_holm",
        "low_all",
        "high_all",
        "detectable",
        "units",
        "effective_units",
        "claimed_sign",
        "sign_share",
        "checks",
        "failed_checks",
    ),
)


def _apart(wide: pd.DataFrame, outlines: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """Return the kilometres between all regions of a level; provinces and kab/kota never meet."""
    blocks = []
    for _, codes in wide.index.to_series().groupby(wide.index.str.len()):
        regions = [str(code) for code in codes]
        blocks.append(
            pd.DataFrame(distances(outlines, residents, regions), index=regions, columns=regions)
        )
    return pd.concat(blocks)


def _pairs(sample: Sample, apart: pd.DataFrame) -> np.ndarray:
    """Return the classes of neighbours: islands and distance for provinces, else distance."""
    codes = sample.frame.index
    # The first figure of a BPS code is the group of islands.
    islands = codes.str[0].to_numpy() if sample.scope == PROVINCES else None
    return pair_classes(apart.loc[codes, codes].to_numpy(), islands, sample.strata)


def _together(found: pd.DataFrame) -> np.ndarray:
    """Return intervals that hold for all headline associations together (Bonferroni)."""
    family = int(found["headline"].sum())
    confidence = 1 - (1 - CONFIDENCE) / family
    columns = ("estimate", "effective_units", "scope", "headline")
    rows = zip(*(found[column] for column in columns), strict=True)
    return np.array(
        [
            fisher_interval(estimate, units, len(SCOPES[scope]), confidence)
            if is_headline
            else (np.nan, np.nan)
            for estimate, units, scope, is_headline in rows
        ]
    )


def checks(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return what the headline associations become under each of their checks.

    Returns
    -------
    pandas.DataFrame
        factor, outcome, scope, check, estimate (rank correlation), units, agrees (whether its
        sign is that of the headline association). ``leave_one_out`` is the correlation nearest
        to, or farthest on, the other side of zero.
    """
    chosen = Factors.model_validate(choices["factors"])
    samples = list(_samples(_wide(tables["factor_values"]), chosen))
    by_key = {(each.factor, each.outcome, each.scope): each for each in samples}
    rows = []
    for sample in samples:
        if not is_headline(sample, chosen):
            continue
        main = rank_correlation(sample.x, sample.y, sample.strata)
        for check, estimate, units in _variants(sample, by_key):
            rows.append(
                {
                    "factor": sample.factor,
                    "outcome": sample.outcome,
                    "scope": sample.scope,
                    "check": check,
                    "estimate": estimate,
                    "units": units,
                    "agrees": bool(np.sign(estimate) == np.sign(main)),
                }
            )
    found = pd.DataFrame(rows).sort_values(
        ["factor", "outcome", "scope", "check"], ignore_index=True
    )
    types: dict[str, Any] = dict.fromkeys(("factor", "outcome", "scope", "check"), "str")
    types |= {"estimate": "float64", "units": "Int64", "agrees": "boolean"}
    return found.astype(types)


def _wide(values: pd.DataFrame) -> pd.DataFrame:
    """Return one row per region with a column per variable, and its scope as stratum."""
    wide = values.pivot(index="region_code", columns="variable", values="value")
    return wide.assign(stratum=[scope_of(str(code)) for code in wide.index])


def _samples(wide: pd.DataFrame, chosen: Factors) -> Iterator[Sample]:
    """Yield every association that has enough units."""
    for factor in chosen.claimed_sign:
        for outcome, scopes in _OUTCOMES.items():
            # Nobody claims that a bed keeps people at home, and load is made of cases.
            if (outcome == "mobility" and factor in FACILITIES) or (
                outcome == "incidence" and factor == "load"
            ):
                continue
            for scope in scopes:
                sample = _sample(wide, factor, outcome, scope)
                if len(sample.frame) >= chosen.fewest_units:
                    yield sample


def _sample(wide: pd.DataFrame, factor: str, outcome: str, scope: str) -> Sample:
    """Return the regions of a scope for which both are known."""
    own = wide[wide["stratum"].isin(SCOPES[scope])]
    return Sample(factor, outcome, scope, own.dropna(subset=[factor, outcome]))


def _row(sample: Sample, found: RankAssociation, chosen: Factors) -> dict[str, Any]:
    """Return one row of the table of associations."""
    return {
        "factor": sample.factor,
        "outcome": sample.outcome,
        "scope": sample.scope,
        "headline": is_headline(sample, chosen),
        "estimate": found.estimate,
        "low": found.low,
        "high": found.high,
        "p": found.p_value,
        "smallest_p": found.smallest_p,
        "detectable": found.detectable,
        "units": found.units,
        "effective_units": found.effective,
        "claimed_sign": claimed_sign(sample.factor, sample.outcome, chosen),
    }


def _variants(
    sample: Sample, by_key: Mapping[tuple[str, str, str], Sample]
) -> Iterator[tuple[str, float, int]]:
    """Yield name, rank correlation and units of every check of a headline association."""
    without = leave_one_out(sample.x, sample.y, sample.strata)
    main = rank_correlation(sample.x, sample.y, sample.strata)
    yield "leave_one_out", float((without * np.sign(main)).min() * np.sign(main)), len(without) - 1
    elsewhere = {
        "incidence": {"jawa_barat": WESTJAVA, "jawa_tengah": CENTRALJAVA},
        "cfr": {"kabkota": BOTH},
        "mobility": {},
    }[sample.outcome]
    for check, scope in elsewhere.items():
        other = by_key.get((sample.factor, sample.outcome, scope))
        if other is not None:
            yield check, rank_correlation(other.x, other.y, other.strata), len(other.frame)
    yield from _over_other_residents(sample)
    if sample.outcome == "mobility":
        yield from _of_other_columns(sample, ("workplaces", "retail_and_recreation"))
        yield from _outside_java(sample)
    else:
        halves = [f"{sample.outcome}_{half}" for half in ("earlier", "later")]
        yield from _of_other_columns(sample, halves)
        yield from _given_testing(sample)


def _of_other_columns(sample: Sample, columns: Any) -> Iterator[tuple[str, float, int]]:
    """Yield the correlation with a part of the outcome."""
    for column in columns:
        known = sample.frame.dropna(subset=column)
        check = column.removeprefix(f"{sample.outcome}_")
        found = rank_correlation(known[sample.factor], known[column], known["stratum"])
        yield check, found, len(known)


def _over_other_residents(sample: Sample) -> Iterator[tuple[str, float, int]]:
    """Yield the correlation with the residents of another count in factor and outcome."""
    counted = (*PER_RESIDENT, "density")
    x, y = (
        f"{name}_{OTHER_RESIDENTS}" if name in counted else name
        for name in (sample.factor, sample.outcome)
    )
    if (x, y) != (sample.factor, sample.outcome):
        known = sample.frame.dropna(subset=[x, y])
        yield OTHER_RESIDENTS, rank_correlation(known[x], known[y], known["stratum"]), len(known)


def _outside_java(sample: Sample) -> Iterator[tuple[str, float, int]]:
    """Yield the correlation without the provinces of Java."""
    outside = sample.frame[~sample.frame.index.isin(JAVA)]
    found = rank_correlation(outside[sample.factor], outside[sample.outcome])
    yield "outside_java", found, len(outside)


def _given_testing(sample: Sample) -> Iterator[tuple[str, float, int]]:
    """Yield the correlation with a stand-in for how much was tested held fixed.

    No region publishes its tests over the whole time. Where many cases were found per resident
    a death is divided by more of them; where hospitals are many, more cases are found.
    """
    proxy = {"incidence": "beds", "cfr": "incidence"}[sample.outcome]
    known = sample.frame.dropna(subset=proxy)
    if proxy != sample.factor:
        found = partial_rank_correlation(
            known[sample.factor], known[sample.outcome], known[proxy], known["stratum"]
        )
        yield "given_testing", found, len(known)


def _judgement(part: pd.DataFrame, chosen: Factors) -> pd.Series:
    """Return which checks an association fails, and the share with the claimed sign."""
    failed = part.loc[~part["agrees"].astype(bool), "check"]
    factor, outcome, _scope = map(str, part.name)
    claimed = claimed_sign(factor, outcome, chosen)
    share = float((np.sign(part["estimate"]) == claimed).mean()) if claimed else np.nan
    return pd.Series({"failed_checks": " ".join(failed), "sign_share": share, "checks": len(part)})
