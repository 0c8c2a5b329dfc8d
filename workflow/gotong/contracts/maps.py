"""The maps of ``data/raw/geography``: GeoJSON with the code and the name of every region."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import shapely

from gotong.contracts.checking import RESTORE
from gotong.errors import InputError
from gotong.text import expectation, first_unfit, quoted

MAPS: Final = {
    f"geography/boundaries_{level}.geojson": names
    for level, names in {
        "jabodetabek": ("region_code", "name", "province_code"),
        "provinces": ("region_code", "name", "province_code"),
        "kabkota": ("region_code", "name", "province_code"),
        "kelurahan": ("kelurahan_code", "name", "unit_code"),
    }.items()
}
"""What each map says of a region, by path; the first names the region."""

LAND: Final = "a valid polygon or several"

Fault = Callable[[str, str, str], InputError]
"""Makes the error for a place, from what is expected and what was found there."""


def read_map(content: bytes, table: str, file: str) -> pd.DataFrame:
    """Read a map.

    Parameters
    ----------
    content : bytes
        GeoJSON (RFC 7946): a collection of features, each a polygon or several.
    table : str
        One of `MAPS`.
    file : str
        For the message.

    Returns
    -------
    pandas.DataFrame
        The properties in `MAPS` as text, and ``geometry`` (shapely, WGS84, degrees).

    Raises
    ------
    InputError
        No GeoJSON, other properties, a region twice, or a shape that is none.
    """

    def fault(place: str, expected: str, found: str) -> InputError:
        return InputError(table, file, place, expected, found, RESTORE)

    try:
        features = json.loads(content)["features"]
        rows = [(feature["properties"], feature["geometry"]) for feature in features]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise fault("whole file", "a collection of GeoJSON features", _said(error)) from None
    names = MAPS[table]
    for number, (said, _) in enumerate(rows, start=1):
        if not isinstance(said, dict) or tuple(said) != names:
            raise fault(f"feature {number}", f"the properties {', '.join(names)}", _said(said))
        unfit = first_unfit(said.values())
        if unfit is not None:
            raise fault(f"feature {number}", expectation(unfit), quoted(unfit))
    codes = [said[names[0]] for said, _ in rows]
    if len(set(map(str, codes))) < len(codes) or not codes:
        raise fault("", f"every {names[0]} once", f"{len(codes)} features")
    shapes = [
        _shape(drawn, f"{names[0]} {code}", fault)
        for code, (_, drawn) in zip(codes, rows, strict=True)
    ]
    table_of = pd.DataFrame([said for said, _ in rows], columns=list(names), dtype="str")
    table_of["geometry"] = pd.Series(shapes, dtype="object")
    return table_of


def _shape(drawn: Any, place: str, fault: Fault) -> shapely.Geometry:
    """Return a shape, or say that it is none that encloses land."""
    try:
        shape = shapely.from_geojson(json.dumps(drawn))
    except (ValueError, TypeError, shapely.errors.ShapelyError) as error:
        raise fault(place, LAND, _said(error)) from None
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty or not shape.is_valid:
        raise fault(place, LAND, f"{shape.geom_type}, empty or crossing itself")
    return shape


def _said(found: object) -> str:
    """Return what was found, in one short line."""
    text = " ".join(str(found).split())
    return text if len(text) <= 80 else text[:79] + "…"
