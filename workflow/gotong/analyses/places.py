"""Where regions lie: the middle of each, how far apart they are, which have a common border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gotong.partners import great_circle
from gotong.regions import province_of


@dataclass(frozen=True, eq=False)
class Places:
    """Some regions in space.

    Attributes
    ----------
    codes : tuple of str
        The regions, in the order of the matrices.
    distance : numpy.ndarray, shape (n, n)
        Kilometres between their middles, as the crow flies.
    adjacent : numpy.ndarray of bool, shape (n, n)
        Whether they have a common border; none has one with itself.
    """

    codes: tuple[str, ...]
    distance: np.ndarray
    adjacent: np.ndarray


def places(
    outlines: pd.DataFrame, residents: pd.Series, regions: Sequence[str], gap: float
) -> Places:
    """Return distances and borders of regions, some of which may be whole provinces.

    The middle of a unit is that of its outline; the middle of a province is the mean of the
    middles of its units on the map, weighted by residents, so that far islands do not move it.

    Parameters
    ----------
    outlines : pandas.DataFrame
        A map of kab/kota (`contracts.maps.read_map`): region_code, geometry.
    residents : pandas.Series
        By BPS code of the kab/kota.
    regions : sequence of str
        BPS codes: kab/kota, or provinces for all of their units on the map.
    gap : float
        Degrees between two outlines that still count as a common border.

    Returns
    -------
    Places

    Raises
    ------
    ValueError
        A region that is not on the map.
    """
    shapes = _shapes(outlines)
    members = _on_the_map(regions, shapes)
    drawn = [shapely.union_all([shapes[unit] for unit in units]) for units in members.values()]
    outlined = np.array(drawn, dtype="object")
    apart = shapely.distance(outlined[:, None], outlined)
    near = (apart <= gap) & ~np.eye(len(regions), dtype=bool)
    return Places(tuple(regions), _distances(shapes, residents, members), near)


def distances(outlines: pd.DataFrame, residents: pd.Series, regions: Sequence[str]) -> np.ndarray:
    """Return how far regions lie apart.

    Parameters
    ----------
    outlines, residents, regions
        As `places` takes them.

    Returns
    -------
    numpy.ndarray, shape (regions, regions)
        Kilometres from middle to middle, as in `places`.

    Raises
    ------
    ValueError
        A region that is not on the map.
    """
    shapes = _shapes(outlines)
    return _distances(shapes, residents, _on_the_map(regions, shapes))


def _shapes(outlines: pd.DataFrame) -> dict[str, shapely.Geometry]:
    """Return the outline of every kab/kota of a map."""
    return dict(zip(outlines["region_code"], outlines["geometry"], strict=True))


def _on_the_map(regions: Sequence[str], shapes: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the kab/kota that each region is made of; or say which have none on the map."""
    members = {region: _members(region, list(shapes)) for region in regions}
    missing = sorted(region for region, units in members.items() if not units)
    if missing:
        raise ValueError(f"not on the map: {', '.join(missing)}")
    return members


def _distances(
    shapes: Mapping[str, shapely.Geometry],
    residents: pd.Series,
    members: Mapping[str, list[str]],
) -> np.ndarray:
    """Return the kilometres between the middles of regions."""
    middles = []
    for units in members.values():
        centres = [shapely.centroid(shapes[unit]) for unit in units]
        weights = residents[units].to_numpy(dtype="float64")
        points = np.array([(centre.y, centre.x) for centre in centres])
        middles.append(np.average(points, axis=0, weights=weights))
    latitude, longitude = np.array(middles).T
    return great_circle(latitude, longitude)


def _members(region: str, units: list[str]) -> list[str]:
    """Return the units that a region is made of: itself, or all of a province."""
    if region in units:
        return [region]
    return [unit for unit in units if region == province_of(unit)]
