"""T02: every regime of the deciding regions, with decrees and sources."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from gotong.exhibits import vocabulary
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import LANGUAGES, N_, Language
from gotong.regions import Gazetteer

TITLE = N_("The rules of {area} in {periods} periods, from the first PSBB on {first}")
CAPTION = N_(
    "Every regime of the {regions} deciding regions from {first} to {last}, with its decrees and "
    "the text it was read in. {checked:.0%} of the {periods} rows were confirmed or corrected by "
    "an audit, {added} were added by it and {unverified} could not be checked. The five regions "
    "of Bodebek follow one provincial decree and the two cities of Tangerang Raya another, so "
    "that {periods} rows are far fewer decisions."
)
ALT = N_("Table of regimes by region and period with decree, confidence and source.")

ELSEWHERE = {
    "title": N_("The rules of {area} in {periods} periods from {first} to {last}"),
    "caption": N_(
        "Every regime of the {regions} deciding regions from {first} to {last}, with its decrees "
        "and the text it was read in. {checked:.0%} of the {periods} rows were confirmed or "
        "corrected by an audit, {added} were added by it and {unverified} could not be checked. "
        "One decree often holds for many regions, so that {periods} rows are far fewer decisions."
    ),
}
"""What another area than Greater Jakarta has in the place of these messages."""

EXTENSION = N_("second extension, to {day}")
_EXTENSION = re.compile(r"second extension, to (\d{4}-\d\d-\d\d)")
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")

COLUMNS = (
    Column("region", N_("Region")),
    Column("start_date", N_("First day"), "date"),
    Column("end_date", N_("Last day"), "date"),
    Column("regime", N_("Regime"), lang="id"),
    Column("level", N_("Level")),
    Column("instrument", N_("Local decree"), "words", lang="id"),
    Column("national_instrument", N_("National instruction"), lang="id"),
    Column("ministry_decree", N_("Decision of the health minister"), "words"),
    Column("confidence", N_("Confidence"), "term", vocabulary.CONFIDENCE),
    Column("audit", N_("Audit"), "term", vocabulary.AUDIT),
    Column("source_url", N_("Source"), "link"),
    Column("source_url_2", N_("Second source"), "link"),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the first layer of the area, deciding regions in the order of the configuration."""
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    regimes = tables["policy/regimes.csv"]
    area = choices["area"]
    order = [code for group in area["deciders"] for code in group["members"]]
    layer = area["layers"][0]
    chosen = regimes[(regimes["layer"] == layer) & regimes["region_code"].isin(order)]
    chosen = chosen.assign(region=chosen["region_code"].map(gazetteer.name))
    rank = {code: number for number, code in enumerate(order)}
    chosen = chosen.sort_values(
        ["region_code", "start_date"],
        key=lambda column: column.map(rank) if column.name == "region_code" else column,
    )
    said = {
        f"{name}_{code}": [_said(text, Language(code)) for text in chosen[name]]
        for name in ("instrument", "ministry_decree")
        for code in LANGUAGES
    }
    plain = [column.name for column in COLUMNS if column.kind != "words"]
    return chosen.assign(**said)[["region_code", *plain, *said]].reset_index(drop=True)


def _said(decree: str, language: Language) -> str:
    """Return a decree with the days and words in brackets behind it as a language has them."""
    worded = _EXTENSION.sub(
        lambda found: language.fill(EXTENSION, {"day": pd.Timestamp(found[1])}), decree
    )
    return _DAY.sub(lambda found: language.date(found[0]), worded)


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts name."""
    unverified = int((data["audit"] == "unverified").sum())
    return {
        "periods": len(data),
        "regions": data["region_code"].nunique(),
        "first": data["start_date"].min(),
        "last": data["end_date"].max(),
        "unverified": unverified,
        "added": int((data["audit"] == "added").sum()),
        "checked": float(data["audit"].isin(["confirmed", "corrected"]).mean()),
    } | _by_region(data)


def _by_region(data: pd.DataFrame) -> dict[str, Any]:
    """Return the number of periods of each region, for whoever checks the table."""
    counts = data.groupby("region_code").size()
    return {f"periods_{code}": int(count) for code, count in counts.items()}
