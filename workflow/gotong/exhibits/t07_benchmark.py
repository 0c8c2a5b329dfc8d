"""T07: three countries in numbers, and what was found of cooperation and against it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_

TITLE = N_(
    "Brazil reported more deaths per million than Indonesia on {bra_more} of {dates} days, Taiwan "
    "on {twn_more}; {counter} of {coded} coded rows speak against the claim"
)
CAPTION = N_(
    "Reported deaths of Indonesia are a lower bound (figure F17), and two sources are given where "
    "there are two. Excess deaths of Indonesia are those of Jakarta, of its first months. "
    "Stringency is a mean of rules as written. Numbers of coded rows show what was searched for "
    "and found: read them down a column, never across. Greater Jakarta was coded in another "
    "search, without rows that speak against (table T03). The last rows are all that speak "
    "against the claim, each with its source; they are not weighed against the others. Events and "
    "amounts are in English, as coded."
)
ALT = N_(
    "Table of deaths, excess deaths and stringency for three countries, of coded rows by dyad "
    "for Taiwan and Brazil, and of the {counter} rows that speak against the claim."
)

SECTIONS = {
    "deaths_per_million": N_("Reported deaths so far per million"),
    "excess_per_100k": N_("Excess deaths so far per 100,000"),
    "stringency": N_("Mean stringency (0 to 100)"),
    "rows": N_("Coded rows (never compare across)"),
    "against": N_("Speaks against the claim"),
}
DYADS = {
    "G-G": N_("government with government"),
    "G-H": N_("government with hospitals"),
    "G-P": N_("government with firms"),
    "G-C": N_("government with communities"),
    "G-N": N_("government with NGOs"),
    "C-C": N_("communities among themselves"),
    "counter": N_("speaks against the claim"),
}
SOURCES = {
    "JHU": N_("Johns Hopkins University"),
    "Economist": N_("The Economist"),
    "OxCGRT": N_("OxCGRT (University of Oxford)"),
    "Satgas": N_("Satgas COVID-19, DKI Jakarta alone"),
}
NAMES = {"IDN": N_("Indonesia"), "TWN": N_("Taiwan"), "BRA": N_("Brazil")}
FORMS = dict.fromkeys(("deaths_per_million", "excess_per_100k", "stringency"), ".1f")
"""How the numbers of a part are written; coded rows are whole."""

PRECISIONS = {"month": "month", "year": "year"}
"""How days are written that are good to a month or a year only."""

_Country = partial(Column, kind="number", form_by="section", forms=FORMS)

COLUMNS = (
    Column("section", N_("What"), "term", SECTIONS),
    Column("what", N_("Source or dyad"), "term", SOURCES | DYADS),
    Column("start", N_("First day"), "date", form_by="start_precision", forms=PRECISIONS),
    Column("end", N_("Last day"), "date", form_by="end_precision", forms=PRECISIONS),
    _Country("idn", N_("Indonesia")),
    _Country("twn", N_("Taiwan")),
    _Country("bra", N_("Brazil")),
    Column("country", N_("Country"), "term", NAMES),
    Column("event", N_("Event (as coded)"), lang="en"),
    Column("magnitude", N_("How much"), lang="en"),
    Column("source_url", N_("Source"), "link"),
)
_COUNTRIES = {"IDN": "idn", "TWN": "twn", "BRA": "bra"}


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the numbers side by side, then rows by dyad, then the rows against the claim.

    Returns
    -------
    pandas.DataFrame
        The columns of the table: section, what (source or dyad), start, end, one column per
        country, country, event, magnitude, source_url; start_precision, end_precision.
    """
    parts = [
        _numbers(tables["benchmark"]),
        _dyads(tables["benchmark_measures"]),
        _against(tables["cooperation/measures_international.csv"]),
    ]
    names = [*(column.name for column in COLUMNS), "start_precision", "end_precision"]
    data = pd.concat(parts, ignore_index=True).reindex(columns=names)
    texts = [name for name in names if name not in ("start", "end", *_COUNTRIES.values())]
    data[texts] = data[texts].fillna("").astype("str")
    return data


def _numbers(benchmark: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes with one column per country."""
    wide = benchmark.pivot(
        index=["quantity", "source", "start", "end"], columns="country_code", values="value"
    )
    order = {name: number for number, name in enumerate(SECTIONS)}
    frame = wide.rename(columns=_COUNTRIES).reset_index()
    frame = frame.rename(columns={"quantity": "section", "source": "what"})
    rank = frame["section"].map(order)
    return frame.assign(rank=rank).sort_values(["rank", "end", "what"]).drop(columns="rank")


def _dyads(measures: pd.DataFrame) -> pd.DataFrame:
    """Return coded rows by dyad, those against the claim last."""
    wide = measures.pivot(index="dyad", columns="country_code", values="measures")
    wide = wide.reindex([name for name in DYADS if name in wide.index])
    frame = wide.astype("float64").rename(columns=_COUNTRIES).reset_index(names="what")
    return frame.assign(section="rows")


def _against(coded: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that speak against the claim."""
    rows = coded[coded["is_counter_evidence"].astype(bool)]
    return pd.DataFrame(
        {
            "section": "against",
            "event": rows["name"],
            "start": rows["start_date"],
            "end": rows["end_date"],
            "start_precision": rows["start_precision"],
            "end_precision": rows["end_precision"],
            "country": rows["country_code"],
            "magnitude": rows["magnitude"],
            "source_url": rows["source_url"],
        }
    )


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    known = data[["idn", "twn"]].notna().all(axis="columns")
    deaths = data[(data["section"] == "deaths_per_million") & known]
    rows = data[data["section"] == "rows"]
    found: Mapping[str, Any] = {
        "dates": len(deaths),
        "bra_more": int((deaths["bra"] > deaths["idn"]).sum()),
        "twn_more": int((deaths["twn"] > deaths["idn"]).sum()),
        "counter": int((data["section"] == "against").sum()),
        "coded": int(rows[["twn", "bra"]].sum().sum()),
    }
    return dict(found)
