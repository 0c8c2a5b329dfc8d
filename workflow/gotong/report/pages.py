"""The report: verdicts first, then each claim with its figures, numbers and origin."""

from __future__ import annotations

from collections.abc import Iterable

from gotong.exhibits.catalogue import EXHIBITS
from gotong.html import inline, render, rows, sort_keys
from gotong.i18n import LANGUAGES, N_, Language
from gotong.report import claims_section, exhibits_section, picker
from gotong.report.languages import FILES, NAMES
from gotong.report.material import Material

REPORTED = N_(
    "Reported cases and deaths are a part of all infections and deaths, and the part changed "
    "over time and differs between regions. Population is the census of 2020; beds are all "
    "beds of one list of 2021."
)
ASSOCIATION = N_(
    "An association is no cause. A causal word stands only where a design that passed its own "
    "checks earns it; a design that failed is shown as failed and has no vote."
)

RULES = N_(
    "The rules of the verdicts were written before the first estimates were seen; that is the word "
    "of those who wrote them, for the history of the project first records rules and estimates "
    "together. Some were narrowed or added after estimates had been seen and taken back; while "
    "they were in force C3 was supported and C6 mixed. Others that came after estimates are in "
    "force: the sentence of C6, a check of designs that took votes away, two intervals, and the "
    "criteria of C2 and C3 that were put back. Below, each criterion has a verdict of its "
    "own. After estimates had been seen each rule was registered by its fingerprint, and the "
    "verdict by a rule that was changed since is called exploratory."
)
RULES_TOLD = "docs/decision-rules.md"
EXPLORATORY = N_(
    "Exploratory verdicts: {count}, by rules that were changed after they were registered, or "
    "never registered."
)

CAVEATS = {
    N_(
        "Tangerang Raya (Kab. Tangerang, Kota Tangerang, Tangerang Selatan) has no public case "
        "series. Banten is shown in its place and labelled so; what happened in these three "
        "regions cannot be said."
    ): ("F15", "F18", "T11"),
    N_(
        "Measures of cooperation were found in the press. Counts show what was reported and "
        "searched, not how much cooperation there was, and dates are good to a month at best. "
        "What nobody reported is not here."
    ): ("F05", "T03", "T12"),
    N_(
        "Nine regions set restrictions, but the five of Bodebek follow one provincial decree and "
        "two cities of Tangerang Raya another: about three independent deciders. No design with "
        "so few can tell a small effect from none."
    ): ("F04", "F10", "T04"),
    REPORTED: ("F17", "T06"),
    ASSOCIATION: ("F07", "T04"),
    RULES: ("T08",),
}
"""What the report cannot say, and the exhibits where it is seen; it stands before the figures."""


def other_page(code: str) -> dict[str, str]:
    """Return what leads from a page in one language to that in the other: code, file and name."""
    other = next(name for name in LANGUAGES if name != code)
    return {"code": other, "file": FILES[other], "name": NAMES[other]}


def page(material: Material, code: str, names: Iterable[str] = tuple(EXHIBITS)) -> str:
    """Return the whole report in one language.

    Parameters
    ----------
    material : Material
        Results, made tables and registers.
    code : str
        Language.
    names : iterable of str
        Exhibits that there are, by default all of the catalogue.
    """
    language = Language(code)
    there = tuple(names)
    placed = exhibits_section.by_claim(material.claims, there)
    claims = claims_section.views(material, placed, language)
    shown = {name: exhibits_section.view(name, material, language) for name in there}
    return render(
        "report.html.j2",
        language,
        script=inline("tables.js", "picker.js"),
        caveats=_caveats(there, material.up),
        exploratory=_exploratory(material, language),
        claims=claims,
        kinds=claims_section.kinds(claims, language),
        exhibits=shown,
        place=exhibits_section.places(shown),
        with_places=exhibits_section.with_places,
        long=exhibits_section.LONG,
        ledger=shown[exhibits_section.LEDGER],
        others=exhibits_section.without_claim(placed, there),
        cells={claim.id: rows(claim.numbers, claim.columns, language) for claim in claims},
        keys={claim.id: sort_keys(claim.numbers, claim.columns, language) for claim in claims},
        picker=picker.data(material, language),
        notebooks=material.notebooks,
        other=other_page(code),
        up=material.up,
    )


def _caveats(there: Iterable[str], up: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the report cannot say, each with the places where it is seen: address, name."""
    shown = set(there)
    found = []
    for caveat, exhibits in CAVEATS.items():
        places = [(f"#{name}", name) for name in exhibits if name in shown]
        if caveat == RULES:
            places.append((f"{up}{RULES_TOLD}", RULES_TOLD))
        found.append((caveat, places))
    return found


def _exploratory(material: Material, language: Language) -> str:
    """Say how many verdicts follow from rules that are not as registered; nothing of none."""
    count = int((material.tables["claims"]["registered"] == "").sum())
    return language.fill(EXPLORATORY, {"count": count}) if count else ""
