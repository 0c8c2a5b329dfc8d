"""T03: every measure of cooperation, with its sources."""

from __future__ import annotations

import pandas as pd

from gotong.exhibits import vocabulary
from gotong.exhibits.f05_measures import audit_facts, audited
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_

TITLE = N_("{measures} reported measures of cooperation, {actions} of them actions")
CAPTION = N_(
    "Measures of cooperation in Greater Jakarta found in press and decrees, by who cooperated with "
    "whom: G government, H hospital, P private firm, C residents and community groups, N "
    "non-governmental organisation. "
    "{open_ended} have no known end and {undated} no known start. Of the start dates that a second "
    "text could test, {wrong_first} of {tested_first} ({share_first:.0%}) and {wrong_second} of "
    "{tested_second} ({share_second:.0%}) were wrong in two audits, {too_late} of these {wrong} "
    "too late: read them as months. {single} rows rest on one text. Counts show what was reported "
    "and searched, never how much cooperation there was. How far three codings by machine agree on "
    "the classes stands in table T12. Names and amounts are not translated: they are in Indonesian "
    "and English, as coded."
)
ALT = N_("Table of measures of cooperation with dyad, act, dates, confidence and source.")

WHERE = {
    "national": vocabulary.REACH["national"],
    "national; DKI": N_("national; DKI"),
    "national; Jabar": N_("national; Jawa Barat"),
    "Bodebek + others": N_("Bodebek and others"),
    "Bali (outside Jabodetabek)": N_("Bali (outside Greater Jakarta)"),
}
"""Places that the coder did not write as names alone."""

COLUMNS = (
    Column("measure_id", N_("Id"), names_row=True),
    Column("name", N_("Measure (as coded)"), lang="id"),
    Column("dyad", N_("Dyad")),
    Column("act", N_("Kind"), "term", vocabulary.ACT),
    Column("factor", N_("Factor"), "term", vocabulary.FACTOR),
    Column("reach", N_("Reach"), "term", vocabulary.REACH),
    Column("regions", N_("Where"), "term", WHERE),
    Column("start_date", N_("First day as reported"), "date"),
    Column("end_date", N_("Last day"), "date"),
    Column("magnitude", N_("How much"), lang="en"),
    Column("confidence", N_("Confidence"), "term", vocabulary.CONFIDENCE),
    Column("audit", N_("Audit"), "term", vocabulary.AUDIT),
    Column("source_url", N_("Source"), "link"),
    Column("audit_source", N_("Second text"), "link", lang="en"),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return all measures, in the order of their identifiers.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS` and, the same in all rows, the counts of `audited`.
    """
    names = [column.name for column in COLUMNS]
    measures = tables["cooperation/measures.csv"]
    listed = measures.sort_values("measure_id")[names].reset_index(drop=True)
    return listed.assign(**audited(choices["start_date_audits"]))


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers that the texts name."""
    return {
        "measures": len(data),
        "actions": int((data["act"] == "action").sum()),
        "undated": int(data["start_date"].isna().sum()),
        "open_ended": int(data["end_date"].isna().sum()),
        "single": int((data["audit"] == "unverified").sum()),
        **audit_facts(data),
    }
