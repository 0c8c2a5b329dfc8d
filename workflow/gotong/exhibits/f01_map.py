"""F01: hospital beds and output per head, in the units of Greater Jakarta and in the country."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke

from gotong import style
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language

TITLE = N_(
    "Inside Greater Jakarta hospital beds range from {bottom_beds:.1f} ({bottom_region}) to "
    "{top_beds:.1f} ({top_region}) per 1,000 residents, and GRDP per head differs {ratio:.0f}-fold"
)
CAPTION = N_(
    "a, c: hospital beds per 1,000 residents, from the list of hospitals of 2021, corrected. b, "
    "d: GRDP per head of {grdp_year}, before the epidemic, at prices of 2010: output where it is "
    "made, not income where people live. a, b: the {units} units of Greater Jakarta, those north "
    "of the map as dots in its corner, an island each. c, d: {country} kabupaten and kota of "
    "Indonesia; {left_out} with suspect GRDP are hatched, {no_beds} have no bed in the list. "
    "Both maps of a column share classes of a fifth of the country's units each; a class ends "
    "below the least value of the next. Per head of the census of 2020 (beds) or of the "
    "publisher's residents (GRDP). Beds are not staffed beds, and patients cross borders."
)
ALT = N_(
    "Four maps. Greater Jakarta by hospital beds per 1,000 residents (a): from {bottom_beds:.2f} "
    "in {bottom_region} to {top_beds:.2f} in {top_region}; {beds_dark} of {units} units lie in "
    "the country's highest fifth, {beds_pale} in its lowest two. By GRDP per head (b): from "
    "{grdp_low:.1f} million rupiah in {grdp_low_region} to {grdp_high:.1f} in "
    "{grdp_high_region}; {grdp_dark} lie in the highest fifth, {grdp_pale} in the lowest two. "
    "Below (c, d), Indonesia by the same classes: beds are most in {country_beds_top_region} "
    "({country_beds_top:.1f}), GRDP is highest in {country_grdp_top_region} "
    "({country_grdp_top:.1f}) and lowest in {country_grdp_bottom_region} "
    "({country_grdp_bottom:.1f})."
)
HEADINGS: Final = {
    "beds": N_("a  Hospital beds per 1,000 residents, 2021"),
    "grdp": N_("b  GRDP per head {year}, million rupiah (prices of 2010)"),
}
BELOW: Final = {"beds": N_("c  Indonesia"), "grdp": N_("d  Indonesia")}
FIFTHS_OF = N_("each class a fifth of the {n} kab/kota of Indonesia")
CLASS, LAST_CLASS = N_("{low}–<{high}"), N_("{low}–{high}")
ISLANDS = N_("{name} {value}\n(to the north)")
SUSPECT = N_("suspect")
KILOMETRES = N_("{km} km")

OUTLINES: Final = "geography/boundaries_jabodetabek.geojson"
COUNTRY: Final = "geography/boundaries_kabkota.geojson"

FIFTHS: Final = 5
PALE: Final = 2
"""Last class that counts as low."""
DARK: Final = 4
"""First class that is dark enough for white letters."""

FORMS: Final = {"beds": ".2f", "grdp": ".1f"}
MILLION: Final = 1000
"""Thousand rupiah in a million."""

SHADES: Final = {
    "beds": LinearSegmentedColormap.from_list("beds", ["#e8f1f8", "#9cc3de", "#08306b"]),
    "grdp": LinearSegmentedColormap.from_list("grdp", ["#fbf1dd", "#eda862", "#7a2410"]),
}
EXTENT: Final = (106.33, 107.43, -6.83, -5.83)
"""West, east, south and north of the map of Greater Jakarta, in degrees."""

CORNER: Final = (107.24, -6.83, 0.18, 0.16)
"""West, south, width and height of the corner for a unit north of the map, in degrees."""

SEA: Final = "#dfe3e6"
"""Behind the dots of that corner, on which light and dark ones are seen."""

COUNTRY_EXTENT: Final = (94.5, 141.5, -11.5, 6.5)
SIMPLER: Final = 0.04
"""Detail left out of the country's outlines, in degrees: a twelfth of a millimetre in print."""

KM_PER_DEGREE: Final = 111.32
LABELS: Final = {
    "3171": (106.63, -6.525),
    "3172": (107.01, -6.475),
    "3173": (106.79, -5.905),
    "3174": (106.69, -5.98),
    "3175": (106.905, -5.985),
    "3201": (106.58, -6.63),
    "3271": (106.99, -6.66),
    "3275": (107.335, -6.5),
    "3276": (106.817, -6.405),
    "3671": (106.455, -5.985),
    "3674": (106.50, -6.43),
}
"""Where names stand that do not fit into the middle of their unit, in degrees; a line leads there
from outside the unit."""

_LEAD: Final = {
    "arrowstyle": "-",
    "linewidth": 0.6,
    "color": style.INK,
    "shrinkA": 0,
    "shrinkB": 0,
    "path_effects": (Stroke(linewidth=2.0, foreground="white"), Normal()),
}
_DOT: Final[dict[str, Any]] = {
    "marker": "o",
    "markersize": 2.8,
    "color": style.INK,
    "markeredgecolor": "white",
    "markeredgewidth": 0.5,
    "zorder": 4,
}
"""Lines to names and the dots that they start from, cased for they lie on light and dark ground."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: one row per region and map.

    Returns
    -------
    pandas.DataFrame
        map (jabodetabek, country), region_code, name, beds (per 1,000 residents), grdp (million
        rupiah per head), beds_class and grdp_class (fifth of the country's units, 1 the lowest;
        missing where not used), grdp_year, outline (WKT).
    """
    values = tables["inequality_values"]
    main = values[(values["variant"] == "main") & values["indicator"].isin(list(HEADINGS))]
    wide = main.pivot(index="region_code", columns="indicator", values="value")
    wide["grdp"] /= MILLION
    used = main[main["left_out"] == ""].pivot(
        index="region_code", columns="indicator", values="value"
    )
    classes = {f"{name}_class": _fifths(used[name]) for name in HEADINGS}
    wide = wide.assign(**classes, grdp_year=choices["inequality"]["grdp_year"])
    near = tables[OUTLINES].assign(map="jabodetabek")
    far = tables[COUNTRY].assign(map="country")
    far["geometry"] = shapely.simplify(far["geometry"].to_numpy(), SIMPLER)
    drawn = pd.concat([near, far], ignore_index=True)
    decimals = np.where(drawn["map"] == "country", 2, 5)
    drawn["outline"] = [
        shapely.to_wkt(shape, rounding_precision=int(places))
        for shape, places in zip(drawn["geometry"], decimals, strict=True)
    ]
    joined = drawn.merge(wide.reset_index(), on="region_code", how="left", validate="many_to_one")
    columns = ["map", "region_code", "name", *HEADINGS, *classes, "grdp_year", "outline"]
    return joined[columns].sort_values(["map", "region_code"], ignore_index=True)


def _fifths(values: pd.Series) -> pd.Series:
    """Return the fifth of the regions that each lies in, 1 the lowest."""
    known = values.dropna()
    place = known.rank(method="first") - 1
    return (place * FIFTHS // len(known) + 1).reindex(values.index)


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and names that the texts name."""
    near, far = (data[data["map"] == name] for name in ("jabodetabek", "country"))
    found: dict[str, Any] = {
        "units": len(near),
        "country": len(far),
        "left_out": int((far["grdp"].notna() & far["grdp_class"].isna()).sum()),
        "no_beds": int((far["beds"] == 0).sum()),
        "grdp_year": str(data["grdp_year"].iloc[0]),
        "ratio": float(near["grdp"].max() / near["grdp"].min()),
    }
    for name, words in (("beds", ("bottom", "top")), ("grdp", ("grdp_low", "grdp_high"))):
        for word, at in zip(words, (near[name].argmin(), near[name].argmax()), strict=True):
            found[f"{word}_region"] = near["name"].iloc[int(at)]
            found[f"{word}_beds" if name == "beds" else word] = float(near[name].iloc[int(at)])
        found[f"{name}_dark"] = int((near[f"{name}_class"] == FIFTHS).sum())
        found[f"{name}_pale"] = int((near[f"{name}_class"] <= PALE).sum())
        # Suspect figures have no class.
        sure = far[far[f"{name}_class"].notna()].set_index("name")[name]
        for word, region in (("bottom", sure.idxmin()), ("top", sure.idxmax())):
            found[f"country_{name}_{word}_region"] = str(region)
            found[f"country_{name}_{word}"] = float(sure.min() if word == "bottom" else sure.max())
    return found


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: two columns of indicators, two rows of maps, and a key below each."""
    figure = style.new_figure(166, said["title"], said["sources"])
    shapes = gpd.GeoDataFrame(
        data, geometry=gpd.GeoSeries.from_wkt(data["outline"]), crs="EPSG:4326"
    )
    near, far = (shapes[shapes["map"] == name] for name in ("jabodetabek", "country"))
    year = str(data["grdp_year"].iloc[0])
    beyond = near.representative_point().y > EXTENT[3]
    cells = figure.subplots(3, 2, height_ratios=(1.0, 0.4, 0.13))
    for column, name in enumerate(HEADINGS):
        above, below, key = cells[:, column]
        _map(above, near[~beyond], name, EXTENT, 0.4)
        above.set_title(language.fill(HEADINGS[name], {"year": year}))
        _names(above, near[~beyond], name, language)
        for unit in near[beyond].itertuples():
            _islands(above, unit, name, language)
        _scale(above, 20, (106.36, -6.79), language)
        _map(below, far, name, COUNTRY_EXTENT, 0.1)
        below.set_title(language(BELOW[name]))
        _scale(below, 500, (96.0, -10.6), language)
        _key(key, far, name, language)
    return figure


def _map(
    axes: Axes, shapes: gpd.GeoDataFrame, name: str, extent: tuple[float, ...], border: float
) -> None:
    """Draw regions in the shade of their class."""
    axes.axis("off")
    classed = shapes[f"{name}_class"]
    known = shapes[classed.notna()]
    shades = [_shade(name, number) for number in classed.dropna()]
    known.plot(ax=axes, color=shades, edgecolor="white", linewidth=border, aspect="equal")
    unknown = shapes[classed.isna()]
    if len(unknown):
        unknown.plot(
            ax=axes,
            facecolor="white",
            edgecolor=style.QUIET,
            hatch="//////",
            linewidth=0.2,
            aspect="equal",
        )
    west, east, south, north = extent
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)


def _shade(name: str, number: float) -> Any:
    """Return the shade of a class."""
    return SHADES[name]((number - 1) / (FIFTHS - 1))


def _names(axes: Axes, near: gpd.GeoDataFrame, name: str, language: Language) -> None:
    """Write name and value of every unit onto it, or beside it with a line."""
    for row in near.itertuples():
        value = language.number(getattr(row, name), FORMS[name])
        inside = row.geometry.representative_point()
        at = LABELS.get(row.region_code, (inside.x, inside.y))
        away = not row.geometry.contains(shapely.Point(at))
        words = f"{_short(row.name, wide=row.region_code in LABELS)}\n{value}"
        on_dark = not away and getattr(row, f"{name}_class") >= DARK
        if away:
            axes.plot(*inside.coords[0], **_DOT)
        axes.annotate(
            words,
            inside.coords[0],
            xytext=at,
            size=6,
            ha="center",
            va="center",
            linespacing=1.1,
            color="white" if on_dark else style.INK,
            path_effects=None if on_dark else style.HALO,
            arrowprops=_LEAD if away else None,
        )


def _islands(axes: Axes, unit: Any, name: str, language: Language) -> None:
    """Draw a unit north of the map in the corner, each island as a dot, for they are too small."""
    west, south, width, height = CORNER
    value = language.number(getattr(unit, name), FORMS[name])
    words = language.fill(ISLANDS, {"name": unit.name.replace(" ", "\n"), "value": value})
    axes.text(
        west + width / 2,
        south + height + 0.01,
        words,
        size=6,
        ha="center",
        va="bottom",
        linespacing=1.1,
    )
    corner = axes.inset_axes((west, south, width, height), transform=axes.transData)
    islands = shapely.get_parts(unit.geometry)
    places = shapely.get_coordinates(shapely.centroid(islands))
    corner.scatter(
        places[:, 0],
        places[:, 1],
        s=6,
        color=_shade(name, getattr(unit, f"{name}_class")),
        edgecolor=style.INK,
        linewidth=0.25,
    )
    corner.set_facecolor(SEA)
    corner.set_aspect("equal", adjustable="datalim")
    corner.margins(0.12)
    corner.set(xticks=[], yticks=[])
    corner.spines[:].set(visible=True, color=style.QUIET, linewidth=0.5)


def _short(name: str, *, wide: bool) -> str:
    """Return a name broken into lines that a small unit can hold."""
    plain = name.replace("Kota Tangerang Selatan", "Tangerang Selatan").replace(
        "Kota Depok", "Depok"
    )
    return plain if wide else textwrap.fill(plain, 10)


def _scale(axes: Axes, km: int, start: tuple[float, float], language: Language) -> None:
    """Draw a bar of some kilometres, right at its own latitude."""
    west, south = start
    length = km / (KM_PER_DEGREE * float(np.cos(np.radians(south))))
    axes.plot([west, west + length], [south, south], color=style.INK, linewidth=1.4)
    axes.text(
        west + length / 2,
        south,
        language.fill(KILOMETRES, {"km": km}),
        size=6,
        ha="center",
        va="bottom",
    )


def _key(axes: Axes, far: gpd.GeoDataFrame, name: str, language: Language) -> None:
    """Draw the classes with the least and greatest value of each."""
    axes.set_xlim(0, FIFTHS + 0.8)
    axes.set_ylim(0, 1)
    axes.axis("off")
    groups = far.groupby(f"{name}_class")[name]
    lowest, highest = groups.min(), groups.max()
    counted = {"n": int(groups.count().sum())}
    axes.text(0, 1, language.fill(FIFTHS_OF, counted), size=6, va="top", color=style.QUIET)
    for number, low in lowest.items():
        last = number == lowest.index[-1]
        # A class reaches up to the next one: rounded, their own ends would overlap.
        ends = {"low": low, "high": highest[number] if last else lowest[number + 1]}
        written = {word: language.number(value, FORMS[name]) for word, value in ends.items()}
        box = Rectangle((number - 1, 0.36), 0.96, 0.36, facecolor=_shade(name, number))
        axes.add_patch(box)
        words = language.fill(LAST_CLASS if last else CLASS, written)
        axes.text(number - 0.52, 0.25, words, size=6, ha="center", va="top")
    if (far[f"{name}_class"].isna() & far[name].notna()).any():
        box = Rectangle((FIFTHS, 0.36), 0.7, 0.36, facecolor="white", edgecolor=style.QUIET)
        box.set(hatch="//////", linewidth=0.4)
        axes.add_patch(box)
        axes.text(FIFTHS + 0.35, 0.25, language(SUSPECT), size=6, ha="center", va="top")
