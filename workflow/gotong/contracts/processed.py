"""Tables that the rules make: the joined panels and what is estimated from them."""

from __future__ import annotations

from gotong.contracts import (
    results_claims,
    results_cooperation,
    results_dose,
    results_effects,
    results_inequality,
    results_outcomes,
)
from gotong.contracts.columns import DYADS, Schema, code, date, number, table, text, whole
from gotong.contracts.panels import PANELS

CORRECTIONS = table(
    "corrections",
    "Every row that a correction touches, with the figure before and after.",
    ("correction", "key", "column"),
    {
        "correction": text("identifier of the correction", pattern=r"K\d{2}"),
        "table": text("table of data/raw"),
        "action": text("what is done", ("drop", "override", "flag", "merge")),
        "region_code": text("region of the row; blank where it has none"),
        "date": date("day of the row; blank where it has none", missing=True),
        "key": text("the row, by its key"),
        "column": text("column; blank where the whole row is meant"),
        "before": text("as published"),
        "after": text("as the analysis takes it; for a merge, the row it is counted with"),
    },
)

COVERAGE = table(
    "coverage",
    "Stretches of days on which an indicator of a region is known, or why it is not.",
    ("indicator", "region_code", "start"),
    {
        "indicator": text("what is known"),
        "region_code": code(),
        "start": date("first day"),
        "end": date("last day"),
        "state": text("observed, flagged, a kind of count, or why there is none"),
        "days": whole("days of the stretch", "days", 1),
    },
)
MISSING_COUNTS = table(
    "missing",
    "Rows of each panel without a count of cases, by reason.",
    ("panel", "reason"),
    {
        "panel": text("panel"),
        "reason": text("why there is no count; blank where there is one"),
        "rows": whole("rows of the panel", "rows", 1),
        "regions": whole("regions that have such a row", "regions", 1),
        "share": number("share of the rows of the panel", "share", 0, 1),
    },
)
RT = table(
    "rt",
    "Reproduction number R_t by province and day.",
    ("region_code", "date"),
    {
        "region_code": code(),
        "date": date("last day of the window"),
        "mean": number("posterior mean", "persons infected per person", missing=True),
        "sd": number("posterior standard deviation", "persons infected per person", missing=True),
        "q025": number("2.5 % quantile", "persons infected per person", missing=True),
        "median": number("median", "persons infected per person", missing=True),
        "q975": number("97.5 % quantile", "persons infected per person", missing=True),
    },
)
RT_SENSITIVITY = table(
    "rt_sensitivity",
    "R_t with what its Poisson interval leaves out, and of the second series of DKI Jakarta.",
    ("variant", "region_code", "date"),
    {
        "variant": text(
            "block_bootstrap: deviations of the counts resampled; infections: of reports taken "
            "back to days of infection, widened as overdispersed; overdispersed: Poisson's "
            "variance widened; own_site: the same of DKI's own-site series; serial_interval: the "
            "mean of the serial interval uncertain",
            ("block_bootstrap", "infections", "overdispersed", "own_site", "serial_interval"),
        ),
        "region_code": code(),
        "date": date("last day of the window, by report; of infections by day of infection"),
        "q025": number("2.5 % quantile", "persons infected per person", missing=True),
        "median": number("median", "persons infected per person", missing=True),
        "q975": number("97.5 % quantile", "persons infected per person", missing=True),
        "dispersion": number(
            "variance of weekly counts over their mean, by quarter",
            "multiple of Poisson's",
            missing=True,
        ),
    },
)
ALIGNMENT = table(
    "alignment",
    "How alike the regimes of a region and of those it exchanges people with are.",
    ("variant", "region_code", "date"),
    {
        "variant": text("main, or an alternative of the configuration, or same_label"),
        "region_code": code(),
        "date": date("day"),
        "alignment": number("weighted mean of similarity", "share", 0, 1, missing=True),
    },
)
MONTHLY_MEASURES = table(
    "measures_monthly",
    "Measures by month of their reported start, dyad and kind.",
    ("month", "dyad", "act"),
    {
        "month": date("first day of the month"),
        "dyad": text("who with whom", DYADS),
        "act": text("kind of event", ("action", "rule", "statement")),
        "measures": whole("measures that start in the month", "measures"),
    },
)
PROCESSED: dict[str, Schema] = {
    schema.name: schema
    for schema in (
        CORRECTIONS,
        *PANELS.values(),
        COVERAGE,
        MISSING_COUNTS,
        RT,
        RT_SENSITIVITY,
        ALIGNMENT,
        MONTHLY_MEASURES,
        *results_inequality.TABLES,
        *results_cooperation.TABLES,
        *results_effects.TABLES,
        *results_dose.TABLES,
        *results_outcomes.TABLES,
        *results_claims.TABLES,
    )
}
"""Contracts of the tables of ``data/processed``, by name."""
