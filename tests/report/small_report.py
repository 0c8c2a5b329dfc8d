"""A small report: hand-made exhibits, panels of three units, and evidence of every kind."""

import json

import numpy as np
import pandas as pd

from gotong import claims, contracts
from gotong.config import Area
from gotong.corrections import read_corrections
from gotong.decisions import Decision, read_claims
from gotong.exhibits.html_table import table_page
from gotong.html import Column
from gotong.i18n import LANGUAGES, Language
from gotong.report.material import Material
from gotong.sources.registry import read_registry
from gotong.tables import DATE

NAMES = ("F03", "F05", "F15", "T02", "T03", "T08", "T10")
UNITS = ("3171", "3276", "3671")
WEEKS = pd.date_range("2020-04-06", periods=6, freq="7D")
INCIDENCE = {"3171": [5.0, 10.0, 40.25, 20.0, 10.0, None], "3276": [None, 2, 4, 8, 4, 2]}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
    '<text x="2" y="20" fill="#1a1a1a">%s 100%% &amp; "q"</text></svg>'
)


def words(name, code, hostile=""):
    fields = ("title", "caption", "alt", "sources")
    return {field: f"{field} of {name} in {code} {hostile}".strip() for field in fields}


def write_exhibits(results, hostile=""):
    """Write what the rules of some figures and tables would leave behind."""
    for name in NAMES:
        folder = results / ("figures" if name.startswith("F") else "tables")
        folder.mkdir(exist_ok=True, parents=True)
        texts = {code: words(name, code, hostile) for code in LANGUAGES}
        source = {
            "id": f"satgas {hostile}",
            "publisher": f"Satgas {hostile}",
            "measures": f"cases {hostile}",
            "licence": f"MIT {hostile}",
            "defects": [f"a day is missing {hostile}"],
            "files": [
                {"address": f"https://a.example/{n}.csv", "sha256": "f" * 64} for n in range(1200)
            ],
        }
        record = {
            "texts": texts,
            "made_by": {"rule": "figure", "module": "workflow/gotong/x.py"},
            "inputs": {
                "data/raw/cases/province_daily.csv": "e" * 64,
                "data/processed/alignment.parquet": "d" * 64,
            },
            "sources": [source],
            "corrections": ["K01"],
        }
        (folder / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
        for code in LANGUAGES:
            if name.startswith("F"):
                picture = SVG % f"{name} {code}"
                (folder / f"{name}.{code}.svg").write_text(picture, encoding="utf-8")
            else:
                shown = {"T10": (NAMED, *COLUMNS), "T08": COLUMNS * 5}.get(name, COLUMNS)
                page = table_page(
                    name, rows(name, code, hostile), shown, Language(code), texts[code]
                )
                (folder / f"{name}.{code}.html").write_text(page, encoding="utf-8")


COLUMNS = (
    Column("what", "Unit"),
    Column("when", "First day", "date"),
    Column("n", "Number", "number"),
)
NAMED = Column("correction", "Id", names_row=True)
LONG = 24
"""Rows of T03, which a reader at a keyboard may wish to pass by; the others have half of them."""


def rows(name, code, hostile):
    """Return a table long enough to be filtered; T02 has numbers and days out of order."""
    times = LONG // 12 if name == "T03" else 1
    days = pd.to_datetime(["2020-09-14", "2020-04-10", "2021-01-11"] * 4 * times)
    return pd.DataFrame(
        {
            "correction": ["K01", "K01", "K02", *["not an id"] * 9] * times,
            "what": [
                f"cell {row} of {name} in {code} {hostile}".strip() for row in range(len(days))
            ],
            "when": days,
            "n": [1000.5, 9, np.nan, 20, 3, 100, 7, 8, 11, 12, 13, 14] * times,
        }
    )


def evidence(stated):
    """Return evidence that gives the claims all kinds of verdicts.

    Two levels and two effects of each kind: C1 supported, C2 mixed, C4 supported, C5 failed,
    C6 contradicted, C8 not supported; what the others ask for is missing.
    """
    told = {"C1": (1, 0), "C2": (1, -1), "C4": (1, 0), "C5": (0, 0), "C6": (-1, 0), "C8": (0, 0)}
    found = []
    for claim, sides in told.items():
        for place, criterion in enumerate(stated[claim].criteria):
            side = sides[min(place, 1)] or sides[0]
            found.append(_number(claim, stated[claim].rule, criterion, side))
    types = contracts.dtypes(contracts.PROCESSED["votes"])
    frame = pd.DataFrame(found)
    return frame.astype({name: types[name] for name in frame.columns})


def _number(claim, rule, criterion, side):
    is_level = rule == "levels"
    if is_level:
        towards = side if criterion.side == "above" else -side
        middle, half = criterion.level + towards * 0.2, 0.1
    else:
        middle, half = side * 2 * criterion.meaningful, criterion.meaningful
    return {
        "claim": claim,
        "evidence": criterion.evidence.replace("*", "x"),
        "label": f"A number on {claim}",
        "kind": rule.removesuffix("s"),
        "unit": "parts",
        "estimate": middle,
        "low": middle - half,
        "high": middle + half,
        "interval": "95 % interval",
        "p": np.nan if is_level else 0.01,
        "smallest_p": np.nan if is_level else 0.001,
        "detectable": np.nan if is_level else criterion.meaningful / 2,
        "units": 27,
        "deciders": 3,
        "direction": 0 if is_level else 1,
        "passed": claim != "C5",
        "failed_checks": "placebo_date" if claim == "C5" else "",
        "sign_share": np.nan if is_level else (1.0 if side > 0 else 0.0),
        "curve_estimates": pd.NA if is_level else 6,
        "made_table": "inequality",
        "rows": "indicator=beds",
        "caveat": "A caveat of the number.",
        "evidence_table": "evidence_stand_in",
    }


def panels():
    """Return the weekly and the daily panel of three units, as far as the picker reads them."""
    weekly = pd.DataFrame(
        [
            {
                "region_code": unit,
                "week_start": week,
                "incidence_per_100k": (INCIDENCE.get(unit) or [None] * len(WEEKS))[place],
                "cases_kind": {"3171": "scaled", "3276": "count"}.get(unit, ""),
            }
            for unit in UNITS
            for place, week in enumerate(WEEKS)
        ]
    ).astype({"week_start": DATE, "incidence_per_100k": "float64"})
    days = pd.date_range("2020-04-08", WEEKS[-1] + pd.Timedelta(days=3))
    brake = pd.Timestamp("2020-04-20")
    daily = pd.DataFrame(
        [
            {
                "region_code": unit,
                "date": day,
                "population": 1000,
                "hospitals": 2,
                "beds": 15,
                "referral_beds": 5,
                "beds_per_1000": 15.0,
                "regime": "PSBB" if day >= brake else "belum PSBB",
                "level": "",
                "strictness": 4.0 if day >= brake else 0.0,
                **{f"active_{dyad}": 0 for dyad in ("g_g", "g_h", "g_p", "g_n", "c_c")},
                # Three measures on one day of the week from 20 April only.
                "active_g_c": 3 if day == brake + pd.Timedelta(days=1) else 0,
                "measures_coverage": "coded",
            }
            for unit in UNITS
            for day in days
        ]
    ).astype({"date": DATE})
    return {"panel_java": weekly, "panel_jabodetabek": daily}


def material(project, results, choices, hostile=""):
    """Return what a small report is written from, its exhibits written to `results`."""
    write_exhibits(results, hostile)
    stated = read_claims(choices["claims"])
    decision = Decision.model_validate(choices["decision"])
    votes = claims.votes(evidence(stated), stated, decision)
    regions = contracts.read_any(str(project / "data/raw/geography/regions.csv"))
    return Material(
        results=results,
        tables={
            "votes": votes,
            "claims": claims.ledger(votes, stated, decision),
            "geography/regions.csv": regions,
            **panels(),
        },
        registry=read_registry((project / "data/raw/sources.yaml").read_bytes()),
        corrections=read_corrections((project / "data/raw/corrections.yaml").read_bytes()),
        claims=stated,
        decision=decision,
        area=Area.model_validate({**choices["area"], "units": UNITS}),
        notebooks=("reading-the-panel",),
    )
