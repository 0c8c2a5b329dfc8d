"""Boundaries of kabupaten and kota, and of the provinces dissolved from them.

The publisher's files are SQL; they are read as text and never executed. They follow the 38
provinces of 2025, while everything else here follows the 34 of 2020, so units of the four
provinces carved out of Papua and Papua Barat in 2022 are crossed over by name.

Defects of the files are handled where they are met: rings listed as holes though they lie
outside their shell, parts that lie inside another part, rings that cross themselves or enclose
nothing, and borders that do not meet. One is not, for nothing in the files mends it: Kab.
Sorong (9107) is drawn with 5,399 km2 of its neighbours Tambrauw and Maybrat, 12,783 km2
instead of 7,565. In a province they dissolve.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gotong.errors import InputError
from gotong.regions import JABODETABEK, Gazetteer, province_of
from gotong.sources.reading import REMEDY, decode

DATASET = "wilayah_boundaries"

FILE = "db/kab/wilayah_boundaries_kab_{}.sql"
"""Path of the file of one province, by its Kemendagri code."""

CARVED_OUT = {"93": "94", "94": "94", "95": "94", "96": "91"}
"""Kemendagri codes of the provinces made in 2022, and the BPS codes of those of 2020 that they
were carved out of. Their units were renumbered: 93.01 is Merauke, 91.01 before."""

BOX = (94.5, -11.5, 141.5, 6.5)
"""West, south, east and north of every place in Indonesia, in degrees."""

AUTHALIC_KM, ECCENTRICITY = 6371.0072, 0.0818191908
"""WGS84: radius of the sphere with the same surface, and how far the meridians are from round."""

SLIVER = 0.005
"""Gaps narrower than this, in degrees (550 m), are the publisher's simplification, not land."""

PART_KM2 = 1.0
"""Islands and fragments below this are not shown on the map of provinces."""

TOLERANCE = 0.005
"""Detail left out of the map of provinces, in degrees: a quarter of a dot of a 300 dpi page."""

_INSERT = re.compile(r"INSERT INTO wilayah_boundaries\(kode,nama,lat,lng,path\) VALUES")
_DELETE = re.compile(r"DELETE FROM wilayah_boundaries WHERE [^;]*;")
_NUMBER = r"-?\d+(?:\.\d+)?"
_ROW = re.compile(
    rf"\('(?P<code>\d\d\.\d\d)','(?P<name>(?:[^']|'')+)',(?P<lat>{_NUMBER}),(?P<lng>{_NUMBER}),"
    r"'(?P<path>[-+\d.,eE\[\]]+)'\)(?P<end>[,;])"
)


class _Row(NamedTuple):
    """One unit as the publisher writes it, and where it stands."""

    code: str
    name: str
    centre: tuple[float, float]
    path: str
    file: str
    place: str

    def fault(self, expected: str, found: str) -> InputError:
        """Return the error that says what is wrong with this row."""
        return InputError(DATASET, self.file, self.place, expected, found, REMEDY)


def area_km2(geometry: BaseGeometry) -> float:
    """Return the area of a shape in degrees, in square kilometres.

    Measured in the cylindrical equal-area projection of the WGS84 ellipsoid (Snyder 1987, Map
    Projections: A Working Manual, equations 3-11 and 3-12 for the authalic latitude).

    Parameters
    ----------
    geometry : shapely geometry
        Longitude and latitude, in degrees.

    Returns
    -------
    float
        km2.
    """

    def authalic_sine(sine: Any) -> Any:
        e = ECCENTRICITY
        return sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e

    def flat(degrees: np.ndarray) -> np.ndarray:
        longitude, latitude = np.radians(degrees).T
        height = authalic_sine(np.sin(latitude)) / authalic_sine(1.0)
        return AUTHALIC_KM * np.column_stack([longitude, height])

    return float(shapely.area(shapely.transform(geometry, flat)))


def read_units(files: Mapping[str, bytes], gazetteer: Gazetteer) -> dict[str, BaseGeometry]:
    """Read the shape of every kabupaten and kota.

    Parameters
    ----------
    files : mapping of str to bytes
        One SQL file per province of 2025, by registered path.
    gazetteer : Gazetteer
        Regions of 2020; every kabupaten and kota in it must be found.

    Returns
    -------
    dict of str to shapely geometry
        By BPS code, sorted; valid polygons and multipolygons, longitude and latitude in
        degrees (WGS84). Neighbours are simplified apart from each other: they overlap and
        gape by a few hundred metres.

    Raises
    ------
    InputError
        A file is missing or stray; a line is not what the publisher writes; a path is not
        closed rings of places in Indonesia; a code or name is unknown; a unit is missing or
        stands there twice.
    """
    units: dict[str, BaseGeometry] = {}
    for province, file in _expected_files(files, gazetteer).items():
        for row in _rows(files[file], file):
            if not row.code.startswith(province):
                raise row.fault(f"units of province {province} only", row.code)
            region = _region(row, gazetteer)
            if region in units:
                raise row.fault("every unit once", f"{region} twice")
            units[region] = _geometry(row)
    missing = sorted(set(gazetteer.codes("kabupaten") + gazetteer.codes("kota")) - set(units))
    if missing:
        named = ", ".join(f"{code} {gazetteer.name(code)}" for code in missing[:5])
        raise InputError(
            DATASET,
            FILE.format("*"),
            "",
            "every kabupaten and kota",
            f"{len(missing)} missing: {named}" + (", ..." if len(missing) > 5 else ""),
            REMEDY,
        )
    return dict(sorted(units.items()))


def _expected_files(files: Mapping[str, bytes], gazetteer: Gazetteer) -> dict[str, str]:
    """Return the path of the file of each province of 2025, all of them at hand."""
    provinces = gazetteer.table[gazetteer.table["level"] == "province"]
    carved = (new for new, old in CARVED_OUT.items() if old in provinces.index)
    wanted = {
        province: FILE.format(province)
        for province in sorted({*provinces["kemendagri_code"], *carved})
    }
    for file in sorted(set(wanted.values()) ^ set(files)):
        expected = "no such file" if file in files else "this file"
        found = "it" if file in files else "no such file"
        raise InputError(DATASET, file, "", expected, found, REMEDY)
    return wanted


def _rows(content: bytes, file: str) -> Iterator[_Row]:
    """Yield the rows of one file; refuse lines that no file of the publisher holds."""
    text = decode(content, DATASET, file)
    # The licence gives way to as many blank lines, so that lines are counted as they stand.
    text = re.sub(r"\A\s*/\*.*?\*/", lambda note: "\n" * note[0].count("\n"), text, flags=re.DOTALL)
    lines = [line.strip() for line in text.split("\n")]
    opened = False
    for number, line in enumerate(lines, start=1):
        row = _ROW.fullmatch(line) if opened else None
        if row:
            opened = row["end"] == ","
            name, centre = row["name"].replace("''", "'"), (float(row["lng"]), float(row["lat"]))
            yield _Row(
                row["code"], name, centre, row["path"], file, f"line {number}, {row['code']}"
            )
        elif not opened and _INSERT.fullmatch(line):
            opened = True
        elif line and (opened or not _DELETE.fullmatch(line)):
            expected = "('kode','nama',lat,lng,'path')" if opened else "INSERT INTO ... VALUES"
            shown = line if len(line) <= 50 else f"{line[:20]} ... {line[-25:]}"
            raise InputError(DATASET, file, f"line {number}", expected, shown, REMEDY)
    if opened:
        place, found = f"line {len(lines)}", "the end of the file"
        raise InputError(DATASET, file, place, "a row closed by ;", found, REMEDY)


def _region(row: _Row, gazetteer: Gazetteer) -> str:
    """Return the BPS code of a row: by its code, or by its name where that is newer than 2020."""
    parent = CARVED_OUT.get(row.code[:2])
    if parent is None:
        return gazetteer.from_kemendagri(row.code.replace(".", ""), DATASET, row.file, row.place)
    region = gazetteer.resolve(row.name, DATASET, row.file, row.place)
    if province_of(region) != parent or region == parent:
        raise row.fault(
            f"a unit of {gazetteer.name(parent)} as it was in 2020", f"{row.name} ({region})"
        )
    return region


def _geometry(row: _Row) -> BaseGeometry:
    """Return the shape of a row, valid and with longitude first."""
    polygons = _rings(row)
    for ring in (ring for polygon in polygons for ring in polygon):
        _check_ring(ring, row)
    # The union takes in islets that the simplified coast of their island has run over: 1,007
    # in 121 units, 16 km2, which would count twice.
    geometry = shapely.union_all([part for polygon in polygons for part in _land(polygon)])
    if geometry.is_empty:
        raise row.fault("a shape with an area", "rings that enclose nothing")
    west, south, east, north = geometry.bounds
    longitude, latitude = row.centre
    if not (west <= longitude <= east and south <= latitude <= north):
        raise row.fault(
            "a path around the unit's centre",
            f"centre at latitude {latitude:.4f}, longitude {longitude:.4f}, outside",
        )
    return geometry


def _land(rings: list[np.ndarray]) -> list[BaseGeometry]:
    """Return what a shell and its holes enclose, valid and with longitude first."""
    # Rings that cross themselves are parted (Rokan Hulu, Pegunungan Bintang, Tolikara); rings
    # that go out and come back enclose nothing and are empty (ten of Kab. Sorong).
    drawn = [shapely.Polygon(ring[:, ::-1]) for ring in rings]
    shell, *holes = shapely.make_valid(drawn, method="structure", keep_collapsed=False)
    # A hole outside its shell is land: Kab. Sorong is 97 holes of one islet, mainland and all,
    # and one islet of Biak Numfor stands so too.
    lakes = [hole for hole in holes if shapely.relate_pattern(shell, hole, "T********")]
    islands = [hole for hole in holes if hole not in lakes]
    return [shapely.difference(shell, shapely.union_all(lakes)) if lakes else shell, *islands]


def _rings(row: _Row) -> list[list[np.ndarray]]:
    """Return the rings of each polygon of a path, the shell first, as rows of [lat, lng]."""
    try:
        nested: list[Any] = json.loads(row.path)
        polygons = nested if row.path.startswith("[[[[") else [nested]
        rings = [[np.array(ring, dtype=np.float64) for ring in polygon] for polygon in polygons]
    except (ValueError, TypeError):
        raise row.fault("a polygon or multipolygon in JSON", row.path[-40:]) from None
    if not all(rings):
        raise row.fault("rings in every polygon", "a polygon without one")
    return rings


def _check_ring(ring: np.ndarray, row: _Row) -> None:
    """Stop unless a ring is a closed line through [lat, lng] places in Indonesia."""
    if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 3 or (ring[0] != ring[-1]).any():
        raise row.fault("closed rings of [lat, lng]", np.array2string(ring, threshold=4))
    west, south, east, north = BOX
    outside = (ring < (south, west)).any(axis=1) | (ring > (north, east)).any(axis=1)
    if outside.any():
        latitude, longitude = ring[outside][0]
        raise row.fault(
            f"[lat, lng] within {south} to {north}, {west} to {east}", f"[{latitude}, {longitude}]"
        )


def jabodetabek_geojson(units: Mapping[str, BaseGeometry], gazetteer: Gazetteer) -> bytes:
    """Return the fourteen units of the study area as GeoJSON.

    Overlaps go to the neighbour with the longer common border, slivers narrower than
    `SLIVER` likewise; neighbours then share their borders point for point. Areas of all but
    Kep. Seribu come to within three per cent of the official ones.

    Parameters
    ----------
    units : mapping of str to shapely geometry
        As `read_units` returns them.
    gazetteer : Gazetteer

    Returns
    -------
    bytes
        See `_collection`; coordinates with five decimals (1 m).
    """
    codes = sorted(JABODETABEK)
    shapes = shapely.coverage_clean([units[code] for code in codes], gap_width=SLIVER)
    return _collection(dict(zip(codes, shapes, strict=True)), 5, gazetteer)


def provinces_geojson(units: Mapping[str, BaseGeometry], gazetteer: Gazetteer) -> bytes:
    """Return the provinces of 2020, dissolved from their units, for a map as wide as a page.

    Gaps between units of one province are filled: fifteen of them are larger than 4 km2,
    1,963 km2 in all, of which 1,882 in Papua, where the units of the source do not meet.
    Parts below `PART_KM2` are left out: 16,661 of 18,165, 915 km2 of 1.9 million, among them
    all of Kep. Seribu. The rest is cleaned as in `jabodetabek_geojson` and simplified
    (Visvalingam and Whyatt 1993) so that neighbours keep their common borders.

    Parameters
    ----------
    units : mapping of str to shapely geometry
        As `read_units` returns them.
    gazetteer : Gazetteer

    Returns
    -------
    bytes
        See `_collection`; coordinates with four decimals (11 m).
    """
    codes = sorted(gazetteer.codes("province"))
    dissolved = [
        _dissolve([shape for unit, shape in units.items() if province_of(unit) == code])
        for code in codes
    ]
    clean = shapely.coverage_clean(dissolved, gap_width=SLIVER)
    shapes = shapely.coverage_simplify(clean, TOLERANCE)
    return _collection(dict(zip(codes, shapes, strict=True)), 4, gazetteer)


def _dissolve(units: list[BaseGeometry]) -> BaseGeometry:
    """Return the union of a province's units without holes and without small parts."""
    shells = shapely.get_exterior_ring(shapely.get_parts(shapely.union_all(units)))
    parts = shapely.get_parts(shapely.union_all(shapely.polygons(shells)))
    return shapely.multipolygons([part for part in parts if area_km2(part) >= PART_KM2])


def _collection(shapes: Mapping[str, BaseGeometry], decimals: int, gazetteer: Gazetteer) -> bytes:
    """Return shapes as GeoJSON after RFC 7946: WGS84, exterior rings counter-clockwise.

    One feature a line, in the order of the codes, each with region_code, name and
    province_code; rings start at their lowest point, so that equal shapes give equal bytes.
    """
    features = []
    for code, shape in sorted(shapes.items()):
        # Rounding alone can fold a ring over itself; snapping to the grid keeps it valid.
        snapped = shapely.set_precision(shape, float(f"1e-{decimals}"))
        drawn = shapely.orient_polygons(shapely.normalize(snapped))
        properties = {
            "region_code": code,
            "name": gazetteer.name(code),
            "province_code": province_of(code),
        }
        geometry = {
            "type": drawn.geom_type,
            "coordinates": _rounded(shapely.geometry.mapping(drawn)["coordinates"], decimals),
        }
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        features.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(features)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'.encode()


def _rounded(coordinates: Any, decimals: int) -> Any:
    """Return nested coordinates as lists of numbers with so many decimals."""
    if isinstance(coordinates, float):
        return round(coordinates, decimals)
    return [_rounded(inner, decimals) for inner in coordinates]


def _read_jabodetabek(files: Mapping[str, bytes], gazetteer: Gazetteer) -> bytes:
    return jabodetabek_geojson(read_units(files, gazetteer), gazetteer)


def _read_provinces(files: Mapping[str, bytes], gazetteer: Gazetteer) -> bytes:
    return provinces_geojson(read_units(files, gazetteer), gazetteer)


TABLES = {
    "geography/boundaries_jabodetabek.geojson": _read_jabodetabek,
    "geography/boundaries_provinces.geojson": _read_provinces,
}
"""Reader of each table that is made here."""
