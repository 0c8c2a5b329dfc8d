"""Cooperation against growth, and the specification curve (C11)."""

from __future__ import annotations

import pandas as pd

from gotong.contracts.columns import (
    DYADS,
    RowRule,
    Schema,
    code,
    date,
    flag,
    number,
    table,
    text,
    whole,
)
from gotong.contracts.evidence import evidence

QUANTITIES = ("alignment", "diversity", "stock", "strictness")
DOSES = ("alignment", "stock", "strictness")
LEVELS = ("deciders", "units")
ESTIMATORS = ("two_way", "first_differences", "lag_sum")
OUTCOMES = ("growth", "log_incidence")
NOT_ESTIMATED = ("", "no_contrast")
_P = "probability"


def _ordered(frame: pd.DataFrame) -> pd.Series:
    """Return where an interval holds its estimate."""
    low, high = frame["low"], frame["high"]
    return ~((low > frame["estimate"]) | (high < frame["estimate"]))


_INTERVAL = RowRule("an estimate inside its interval", _ordered)

_WEEKLY = table(
    "cooperation_weekly",
    "Cooperation of each unit of Greater Jakarta by whole week, on every definition.",
    ("quantity", "definition", "dyad", "region_code", "week_start"),
    {
        "quantity": text(
            "alignment (0 to 1), stock (active measures), diversity (active dyads, 0 to 6) or "
            "strictness (steps of the scale)",
            QUANTITIES,
        ),
        "definition": text(
            "of alignment and strictness: a mapping of strictness, or same_label; of stock: all "
            "measures, weighted by confidence, or one kind only (action, rule, statement); of "
            "diversity: all measures, or actions only"
        ),
        "dyad": text("of stock: who with whom, or all; blank otherwise", ("", "all", *DYADS)),
        "region_code": code(pattern=r"3[126]\d{2}"),
        "week_start": date("Monday"),
        "value": number("mean over the known days of the week", "see quantity", missing=True),
        "days": whole("known days", "days"),
    },
)
_CONTINUITY = table(
    "continuity",
    "How many dyads had an active measure, and on how many days any had, by area and quarter.",
    ("area", "definition", "open_end_days", "period"),
    {
        "area": text("the study area, or a group of regions that decides together"),
        "definition": text("all measures, or actions only", ("action", "all")),
        "open_end_days": whole("days that a measure without a known end counts", "days", 1),
        "period": text("whole, or a quarter", pattern=r"whole|\d{4}Q[1-4]"),
        "days": whole("days in the period", "days", 1),
        "diversity": number("mean of the dyads active on a day", "dyads", 0, len(DYADS)),
        "most_dyads": whole("most dyads active on one day", "dyads"),
        "continuity": number("share of days with an active measure", "share", 0, 1),
    },
)
_RESPONSE = table(
    "dose_response",
    "Growth of cases on cooperation before and after it: effects by lag, and their sum.",
    ("sample", "regressor", "clusters", "term"),
    {
        "sample": text("main, or what is left out: without_ and a unit, a decider or flagged"),
        "regressor": text("what the effect is of", DOSES),
        "clusters": text("level at which errors are taken to go together", LEVELS),
        "term": text(
            "lag_ or lead_ and weeks; sum over the lags from 1", pattern=r"(lag|lead)_\d|sum"
        ),
        "lag": whole(
            "weeks from regressor to growth; below 0 for leads", "weeks", None, missing=True
        ),
        "step": number("how much more of the regressor the effect is for", "see regressor"),
        "estimate": number("effect on the growth rate", "per day", None, missing=True),
        "standard_error": number("clustered", "per day", missing=True),
        "low": number(
            "lower end of the 95 % interval by exact wild bootstrap; null where unbounded",
            "per day",
            None,
            missing=True,
        ),
        "high": number("upper end; null where unbounded", "per day", None, missing=True),
        "p": number("p-value by exact wild bootstrap", _P, 0, 1, missing=True),
        "smallest_p": number("smallest p that the design can give", _P, 0, 1, missing=True),
        "leads_p": number(
            "of a sum in the main sample: p of the F test, errors clustered, that all leads of the "
            "regressor are zero; null with as many leads as clusters",
            _P,
            0,
            1,
            missing=True,
        ),
        "detectable": number("minimum detectable effect, power 80 %", "per day", missing=True),
        "groups": whole("clusters", "clusters"),
        "units": whole("units with a usable week", "units"),
        "weeks": whole("weeks with a usable unit", "weeks"),
        "observations": whole("units times weeks that are usable", "rows"),
    },
    _INTERVAL,
)
_CONTRAST = table(
    "dose_contrast",
    "What is left of each regressor when unit and week effects are taken out.",
    ("sample", "regressor"),
    {
        "sample": text("main, or the decider that is left out"),
        "regressor": text("which", DOSES),
        "sd": number("standard deviation over units and weeks", "see regressor"),
        "sd_left": number("the same after unit and week effects", "see regressor"),
        "share_left": number("share of the variance that is left", "share", 0, 1),
        "observations": whole("units times weeks that are usable", "rows"),
    },
)
_POINTS = table(
    "dose_points",
    "Growth and cooperation of the weeks before, both without unit and week effects.",
    ("regressor", "region_code", "week_start"),
    {
        "regressor": text("which", DOSES),
        "region_code": code(pattern=r"3[126]\d{2}"),
        "week_start": date("Monday of the week of the growth"),
        "dose": number("mean of the regressor over the lags, less effects", "see regressor", None),
        "growth": number("growth rate, less effects", "per day", None),
    },
)
_CELLS = table(
    "specifications",
    "The specification curve: one estimate for every combination of choices.",
    ("cell",),
    {
        "cell": whole("number of the cell", "cells"),
        "regressor": text("what the effect is of", QUANTITIES),
        "definition": text("how it is defined"),
        "outcome": text("what is explained", OUTCOMES),
        "estimator": text("how", ESTIMATORS),
        "lag": whole("weeks from regressor to outcome; of a sum the last", "weeks", 1),
        "without": text("which units are left out, by the name of the choice"),
        "sample": text("which cases and weeks, by the name of the choice"),
        "not_estimated": text("why there is no estimate; blank where there is", NOT_ESTIMATED),
        "estimate": number(
            "effect of one unit of the regressor", "see outcome", None, missing=True
        ),
        "standard_error": number("clustered by unit", "see outcome", missing=True),
        "low": number(
            "lower end of the 95 % interval, t by units", "see outcome", None, missing=True
        ),
        "high": number("upper end", "see outcome", None, missing=True),
        "p": number("p-value, t by units", _P, 0, 1, missing=True),
        "scale": number(
            "by which estimate and interval become standard deviations of the outcome per one of "
            "the regressor, both without effects",
            "ratio",
            missing=True,
        ),
        "units": whole("units with a usable week", "units"),
        "weeks": whole("weeks with a usable unit", "weeks"),
        "observations": whole("units times weeks that are usable", "rows"),
    },
    _INTERVAL,
)
_TESTS = table(
    "specification_tests",
    "Whether the whole curve lies further from zero than when cooperation fell elsewhere.",
    ("group", "arrangement", "statistic"),
    {
        "group": text("cooperation (alignment, stock, diversity) or one regressor"),
        "arrangement": text(
            "shifted: all paths moved by the same weeks, in a circle; exchanged: paths of units "
            "exchanged at random",
            ("exchanged", "shifted"),
        ),
        "statistic": text(
            "of the estimable cells: their median t; share with the more frequent sign; share "
            "with p of 0.05 or less and the more frequent sign among these",
            ("median_t", "sign_share", "significant_share"),
        ),
        "observed": number("its value", "see statistic", None),
        "typical": number("median of its size over the other arrangements", "see statistic"),
        "p": number("share of arrangements with a value as far from zero", _P, 0, 1),
        "smallest_p": number("smallest p that so many arrangements can give", _P, 0, 1),
        "arrangements": whole("other arrangements", "arrangements", 1),
        "listed": flag("whether these are all; otherwise they were drawn"),
        "cells": whole("estimable cells", "cells", 1),
        "negative_share": number("share of cells with an estimate below zero", "share", 0, 1),
        "significant_negative": number("share below zero with p of 0.05 or less", "share", 0, 1),
        "significant_positive": number("share above zero with p of 0.05 or less", "share", 0, 1),
    },
)

TABLES: tuple[Schema, ...] = (
    _WEEKLY,
    _CONTINUITY,
    _RESPONSE,
    _CONTRAST,
    _POINTS,
    _CELLS,
    _TESTS,
    evidence("evidence_dose", "Numbers on cooperation against growth, its breadth and duration."),
)
"""Contracts of these made tables."""
