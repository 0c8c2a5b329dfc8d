"""Where regions lie: the middle of each, how far apart they are, which have a common border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    shapes: Mapping[str, shapely.Geometry] = dict(
        zip(outlines["region_code"], outlines["geometry"], strict=True)
    )
    members = {region: _members(region, list(shapes)) for region in regions}
    missing = sorted(region for region, units in members.items() if not units)
    if missing:
        raise ValueError(f"not on the map: {', '.join(missing)}")
    middles, drawn = [], []
    for units in members.values():
        centres = [shapely.centroid(shapes[unit]) for unit in units]
        weights = residents[units].to_numpy(dtype="float64")
        points = np.array([(centre.y, centre.x) for centre in centres])
        middles.append(np.average(points, axis=0, weights=weights))
        drawn.append(shapely.union_all([shapes[unit] for unit in units]))
    latitude, longitude = np.array(middles).T
    outlined = np.array(drawn, dtype="object")
    apart = shapely.distance(outlined[:, None], outlined)
    near = (apart <= gap) & ~np.eye(len(regions), dtype=bool)
    return Places(tuple(regions), great_circle(latitude, longitude), near)


def _members(region: str, units: list[str]) -> list[str]:
    """Return the units that a region is made of: itself, or all of a province."""
    if region in units:
        return [region]
    return [unit for unit in units if region == province_of(unit)]
