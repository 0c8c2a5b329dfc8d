"""The report on another area than Greater Jakarta: its exhibits, and what is left out and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gotong import areas
from gotong.config import Area
from gotong.exhibits.catalogue import EXHIBITS, FIGURES, TABLES
from gotong.html import inline, render
from gotong.i18n import N_, Language
from gotong.report import exhibits_section, picker
from gotong.report.material import Material
from gotong.report.pages import ASSOCIATION, REPORTED, other_page

REASONS: Final = {
    "regimes": N_(
        "No regimes of the units of {area} are coded with their strictness in policy/regimes.csv."
    ),
    "timeline": N_(
        "The regimes of {area} are not coded over the whole period for a core region and for "
        "those that could follow it."
    ),
    "daily_cases": N_("No daily series of cases of the units of {area} is in the repository."),
    "measures": N_(
        "Measures of cooperation were searched for in Greater Jakarta only; none of {area} are "
        "coded."
    ),
    "patients": N_(
        "Patients in hospitals by day and by home region are published for DKI Jakarta only."
    ),
    "outlines": N_("Outlines that can be drawn in detail are those of Greater Jakarta only."),
    "claims": N_(
        "The claims were made about Greater Jakarta; for {area} they would have to be stated anew."
    ),
    "dki": N_("These exhibits are about DKI Jakarta, which is no part of {area}."),
    "groups": N_(
        "The units of {area} follow one decider, so that there are no groups between which "
        "inequality could lie."
    ),
    "designs": N_(
        "The units of {area} take part in none of the designs that estimate effects of "
        "restrictions."
    ),
}
"""Why something is left out, by what an area lacks; see `gotong.areas`."""

CATEGORIES: Final = (
    N_("Cooperation between governments"),
    N_("Epidemic"),
    N_("Inequality and capacity"),
    N_("Effects of restrictions"),
    N_("Measures of cooperation"),
    N_("Cooperation and growth"),
    N_("Conditions and campaigns"),
    N_("Other countries"),
    N_("Claims"),
    N_("Data"),
)
"""Categories of the catalogue in the order of the report."""

NO_MEASURES: Final = N_(
    "Measures of cooperation were not searched for in {area}: where the report shows none, nobody "
    "has looked."
)


@dataclass(frozen=True)
class Lack:
    """Something that an area lacks, and the exhibits that are left out for it."""

    reason: str
    exhibits: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """The exhibits of one category."""

    category: str
    exhibits: tuple[str, ...]


def lacks(area: Area) -> list[Lack]:
    """Return what an area lacks, each with the exhibits that are left out for it."""
    missing = areas.left_out(area)
    return [
        Lack(reason, tuple(name for name, needs in missing.items() if need in needs))
        for need, reason in REASONS.items()
        if any(need in needs for needs in missing.values())
    ]


def sections(names: Iterable[str]) -> list[Section]:
    """Return exhibits by category, figures before tables."""
    there = [name for name in (*FIGURES, *TABLES) if name in set(names)]
    found = [
        Section(category, tuple(name for name in there if EXHIBITS[name].category == category))
        for category in CATEGORIES
    ]
    return [section for section in found if section.exhibits]


def page(material: Material, code: str, names: Iterable[str]) -> str:
    """Return the report on an area in one language.

    Parameters
    ----------
    material : Material
        Results, made tables and registers.
    code : str
        Language.
    names : iterable of str
        Exhibits of the area.
    """
    area = material.area
    language = Language(code, area.name.model_dump())
    shown = {name: exhibits_section.view(name, material, language) for name in names}
    unsearched = () if "measures" in area.holdings else (NO_MEASURES,)
    return render(
        "area.html.j2",
        language,
        script=inline("tables.js", "picker.js"),
        caveats=(*unsearched, REPORTED, ASSOCIATION),
        left_out=lacks(area),
        sections=sections(shown),
        exhibits=shown,
        place=exhibits_section.places(shown),
        with_places=exhibits_section.with_places,
        picker=picker.data(material, language),
        other=other_page(code),
        up=material.up,
    )
