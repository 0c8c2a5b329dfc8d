"""Tables that the rules make: the joined panels and what is estimated from them."""

from __future__ import annotations

from gotong.contracts.columns import DYADS, Schema, code, date, number, table, text, whole

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

MISSING = (
    "",
    "corrected",
    "before_first_report",
    "after_last_report",
    "gap_in_source",
    "no_day_before",
    "not_in_snapshot",
    "no_public_series",
)
"""Why a count is null."""


def _panel(name: str, about: str) -> Schema:
    """Return the contract that all panels share."""
    dyads = {
        f"active_{dyad.lower().replace('-', '_')}": whole(
            f"measures of dyad {dyad} active that day", "measures", missing=True
        )
        for dyad in DYADS
    }
    return table(
        name,
        about,
        ("region_code", "date"),
        {
            "region_code": code(pattern=r"\d{2}|\d{4}"),
            "date": date("day"),
            "cases": whole("new confirmed cases", "persons per day", missing=True),
            "deaths": whole("new confirmed deaths", "persons per day", missing=True),
            "recovered": whole("new recoveries", "persons per day", missing=True),
            "cumulative_cases": whole("confirmed so far", "persons", missing=True),
            "cumulative_unattributed": whole(
                "cases of the province so far whose kab/kota is unknown", "persons", missing=True
            ),
            "cases_mean_7d": number("mean of seven days to this one", "persons/day", missing=True),
            "incidence_7d_per_100k": number(
                "new cases of seven days per 100,000 residents", "per 100,000", missing=True
            ),
            "cases_flag": text("corrections that flag the day, by id; blank where none"),
            "cases_missing": text("why `cases` is null; blank where it is not", MISSING),
            "population": whole("residents, census of 2020", "persons", 1),
            "hospitals": whole("hospitals in the list of 2021", "hospitals", missing=True),
            "beds": whole("hospital beds, all purposes", "beds", missing=True),
            "referral_beds": whole("beds of COVID-19 referral hospitals", "beds", missing=True),
            "beds_per_1000": number("beds per 1,000 residents", "per 1,000", missing=True),
            "regime": text("restriction in force; blank where not coded"),
            "level": text("PPKM level", ("", "1", "2", "3", "4")),
            "regime_layer": text(
                "layer of the timeline", ("", "before_first", "primary", "comparison", "wj27")
            ),
            "regime_missing": text("why the regime is blank", ("", "not_coded")),
            "strictness": number("ordinal strictness of the regime", "steps", 0, 10, missing=True),
            **dyads,
            "active_all": whole("measures active that day", "measures", missing=True),
            "measures_coverage": text(
                "whether measures were searched for", ("coded", "part", "not_coded")
            ),
        },
    )


PANELS: dict[str, Schema] = {
    "jabodetabek": _panel("panel_jabodetabek", "The units of Greater Jakarta by day."),
    "westjava": _panel("panel_westjava", "The 27 kab/kota of Jawa Barat by day."),
    "province": _panel("panel_province", "The 34 provinces by day."),
}
"""Contracts of the joined panels."""

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
    str(schema.name): schema
    for schema in (CORRECTIONS, *PANELS.values(), RT, ALIGNMENT, MONTHLY_MEASURES)
}
"""Contracts of the tables of ``data/processed``, by name."""
