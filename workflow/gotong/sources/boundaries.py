"""Boundaries of kabupaten and kota, of the provinces dissolved from them, and of DKI's kelurahan.

The publisher's files are SQL; they are read as text and never executed. They follow the 38
provinces of 2025, while everything else here follows the 34 of 2020, so units of the four
provinces carved out of Papua and Papua Barat in 2022 are crossed over by name.

Defects of the files are handled where they are met: rings listed as holes though they lie
outside their shell, parts that lie inside another part, rings that cross themselves or enclose
nothing, and borders that do not meet. One is left in the units as they are read: Kab. Sorong
(9107) is drawn with 5,399 km2 of its neighbours Tambrauw and Maybrat, 12,783 km2 instead of
7,565. In a province they dissolve; on the map of units it is cut back to 7,375.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gotong.errors import InputError
from gotong.regions import DKI_UNITS, JABODETABEK, Gazetteer, province_of
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.kemendagri import CARVED_OUT, region_of_2020
from gotong.sources.reading import REMEDY, decode

DATASET, KELURAHAN_DATASET = "wilayah_boundaries", "wilayah_boundaries_kelurahan"

FILE = "db/kab/wilayah_boundaries_kab_{}.sql"
"""Path of the file of one province, by its Kemendagri code."""

KELURAHAN_FILE = "db/kel/31/wilayah_boundaries_kel_31.{}.sql"
"""Path of the file of one unit of DKI Jakarta, by the end of its Kemendagri code."""

KELURAHAN = {"3101": 6, "3171": 65, "3172": 65, "3173": 44, "3174": 56, "3175": 31}
"""Number of kelurahan of each unit of DKI Jakarta, 267 in all."""

_UNIT_CONTROL = ControlTotal(514, "b7063e3c55383f64")
_KELURAHAN_CONTROL = ControlTotal(267, "797d5c97a3139a2f")
"""Of the rows: a path has nothing that would betray a changed digit."""

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

UNIT_TOLERANCE = 0.01
"""Detail left out of the map of kabupaten and kota, in degrees: half a dot of such a page."""

KELURAHAN_SLIVER, KELURAHAN_TOLERANCE = 0.0005, 0.0003
"""As `SLIVER` (55 m) and `TOLERANCE` (33 m), for the map of kelurahan."""

SORONG = "9107"
"""Kab. Sorong, drawn with much of its neighbours."""

_INSERT = re.compile(r"INSERT INTO wilayah_boundaries\(kode,nama,lat,lng,path\) VALUES")
_DELETE = re.compile(r"DELETE FROM wilayah_boundaries WHERE [^;]*;")
_NUMBER = r"-?\d+(?:\.\d+)?"
_ROW = (
    rf"'(?P<name>(?:[^']|'')+)',(?P<lat>{_NUMBER}),(?P<lng>{_NUMBER}),"
    r"'(?P<path>[-+\d.,eE\[\]]+)'\)(?P<end>[,;])"
)


class _Level(NamedTuple):
    """One level of regions: the source that draws them, and the form of its rows."""

    dataset: str
    row: re.Pattern[str]


_UNIT = _Level(DATASET, re.compile(rf"\('(?P<code>\d\d\.\d\d)',{_ROW}"))
_KELURAHAN = _Level(KELURAHAN_DATASET, re.compile(rf"\('(?P<code>31\.\d\d\.\d\d\.\d{{4}})',{_ROW}"))


class _Row(NamedTuple):
    """One unit as the publisher writes it, and where it stands."""

    code: str
    name: str
    centre: tuple[float, float]
    path: str
    dataset: str
    file: str
    place: str

    def fault(self, expected: str, found: str) -> InputError:
        """Return the error that says what is wrong with this row."""
        return InputError(self.dataset, self.file, self.place, expected, found, REMEDY)


class Kelurahan(NamedTuple):
    """One kelurahan: its name, the BPS code of its kota or kabupaten, and its shape."""

    name: str
    unit: str
    shape: BaseGeometry


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
        for row in _rows(files[file], file, _UNIT):
            if not row.code.startswith(province):
                raise row.fault(f"units of province {province} only", row.code)
            region = region_of_2020(row.code, row.name, gazetteer, DATASET, row.file, row.place)
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
    _expect_files(files, wanted.values(), DATASET)
    return wanted


def _expect_files(files: Mapping[str, bytes], wanted: Iterable[str], dataset: str) -> None:
    """Stop at the first file that is missing or stray."""
    for file in sorted(set(wanted) ^ set(files)):
        expected = "no such file" if file in files else "this file"
        found = "it" if file in files else "no such file"
        raise InputError(dataset, file, "", expected, found, REMEDY)


def read_kelurahan(files: Mapping[str, bytes], gazetteer: Gazetteer) -> dict[str, Kelurahan]:
    """Read name and shape of every kelurahan of DKI Jakarta.

    Parameters
    ----------
    files : mapping of str to bytes
        One SQL file per kota and kabupaten (`KELURAHAN_FILE`), by registered path.
    gazetteer : Gazetteer
        Its Kemendagri codes say which unit a file is of: 31.71 is Jakarta Pusat, 3173 for BPS.

    Returns
    -------
    dict of str to Kelurahan
        By Kemendagri code, ten digits, sorted; shapes as in `read_units`.

    Raises
    ------
    InputError
        As `read_units`; also where a unit does not have as many kelurahan as it should.
    """
    codes = dict(
        zip(gazetteer.table["region_code"], gazetteer.table["kemendagri_code"], strict=True)
    )
    wanted = {unit: KELURAHAN_FILE.format(codes[unit][2:]) for unit in DKI_UNITS if unit in codes}
    _expect_files(files, wanted.values(), KELURAHAN_DATASET)
    found: dict[str, Kelurahan] = {}
    for unit, file in wanted.items():
        for row in _rows(files[file], file, _KELURAHAN):
            code = row.code.replace(".", "")
            if not code.startswith(codes[unit]):
                raise row.fault(f"kelurahan of {gazetteer.name(unit)} only", row.code)
            if code in found:
                raise row.fault("every kelurahan once", f"{row.code} twice")
            found[code] = Kelurahan(row.name, unit, _geometry(row))
    counts = Counter(kelurahan.unit for kelurahan in found.values())
    for unit, file in wanted.items():
        if counts[unit] != KELURAHAN[unit]:
            expected, held = f"{KELURAHAN[unit]} kelurahan", f"{counts[unit]}"
            raise InputError(KELURAHAN_DATASET, file, "", expected, held, REMEDY)
    return dict(sorted(found.items()))


def _rows(content: bytes, file: str, level: _Level) -> Iterator[_Row]:
    """Yield the rows of one file; refuse lines that no file of the publisher holds."""
    text = decode(content, level.dataset, file)
    # The licence gives way to as many blank lines, so that lines are counted as they stand.
    text = re.sub(r"\A\s*/\*.*?\*/", lambda note: "\n" * note[0].count("\n"), text, flags=re.DOTALL)
    lines = [line.strip() for line in text.split("\n")]
    opened = False
    for number, line in enumerate(lines, start=1):
        row = level.row.fullmatch(line) if opened else None
        if row:
            opened = row["end"] == ","
            name, centre = row["name"].replace("''", "'"), (float(row["lng"]), float(row["lat"]))
            place = f"line {number}, {row['code']}"
            yield _Row(row["code"], name, centre, row["path"], level.dataset, file, place)
        elif not opened and _INSERT.fullmatch(line):
            opened = True
        elif line and (opened or not _DELETE.fullmatch(line)):
            expected = "('kode','nama',lat,lng,'path')" if opened else "INSERT INTO ... VALUES"
            shown = line if len(line) <= 50 else f"{line[:20]} ... {line[-25:]}"
            raise InputError(level.dataset, file, f"line {number}", expected, shown, REMEDY)
    if opened:
        place, found = f"line {len(lines)}", "the end of the file"
        raise InputError(level.dataset, file, place, "a row closed by ;", found, REMEDY)


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
        shown = " ".join(np.array2string(ring, threshold=4).split())
        raise row.fault("closed rings of [lat, lng]", shown)
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
    return _collection(dict(zip(codes, shapes, strict=True)), 5, partial(_region, gazetteer))


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
    return _collection(dict(zip(codes, shapes, strict=True)), 4, partial(_region, gazetteer))


def kabkota_geojson(units: Mapping[str, BaseGeometry], gazetteer: Gazetteer) -> bytes:
    """Return every kabupaten and kota as GeoJSON, for a map of Indonesia as wide as a page.

    Kab. Sorong gives up what its neighbours have, too. The rest is cleaned as in
    `jabodetabek_geojson` and simplified as in `provinces_geojson`. Parts below `PART_KM2` are
    left out, 16,733 of 18,712, 928 km2 of 1.9 million; the largest part of a unit always stays,
    which for Kep. Seribu is one island of 0.8 km2. Small kota come to within nine per cent of
    their area: draw them, do not measure them.

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
    shapes = dict(units)
    if SORONG in shapes:
        others = shapely.union_all([shape for code, shape in units.items() if code != SORONG])
        shapes[SORONG] = shapely.difference(units[SORONG], others)
    clean = shapely.coverage_clean(list(shapes.values()), gap_width=SLIVER)
    simple = shapely.coverage_simplify([_largest_parts(shape) for shape in clean], UNIT_TOLERANCE)
    return _collection(dict(zip(shapes, simple, strict=True)), 4, partial(_region, gazetteer))


def _largest_parts(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape without its small parts, the largest one kept however small."""
    parts = shapely.get_parts(shape)
    areas = [area_km2(part) for part in parts]
    least = min(PART_KM2, max(areas))
    return shapely.multipolygons(
        [part for part, area in zip(parts, areas, strict=True) if area >= least]
    )


def kelurahan_geojson(kelurahan: Mapping[str, Kelurahan]) -> bytes:
    """Return the kelurahan of DKI Jakarta as GeoJSON.

    Cleaned as in `jabodetabek_geojson` and simplified as in `provinces_geojson`, but more
    finely; no part is left out.

    Parameters
    ----------
    kelurahan : mapping of str to Kelurahan
        As `read_kelurahan` returns them.

    Returns
    -------
    bytes
        See `_collection`, with kelurahan_code (Kemendagri, ten digits), name and unit_code
        (BPS) of each; coordinates with five decimals (1 m).
    """
    drawn = [one.shape for one in kelurahan.values()]
    clean = shapely.coverage_clean(drawn, gap_width=KELURAHAN_SLIVER)
    shapes = shapely.coverage_simplify(clean, KELURAHAN_TOLERANCE)

    def describe(code: str) -> dict[str, str]:
        one = kelurahan[code]
        return {"kelurahan_code": code, "name": one.name, "unit_code": one.unit}

    return _collection(dict(zip(kelurahan, shapes, strict=True)), 5, describe)


def _dissolve(units: list[BaseGeometry]) -> BaseGeometry:
    """Return the union of a province's units without holes and without small parts."""
    shells = shapely.get_exterior_ring(shapely.get_parts(shapely.union_all(units)))
    parts = shapely.get_parts(shapely.union_all(shapely.polygons(shells)))
    return shapely.multipolygons([part for part in parts if area_km2(part) >= PART_KM2])


def _region(gazetteer: Gazetteer, code: str) -> dict[str, str]:
    """Return what a feature says of a region: region_code, name and province_code."""
    return {
        "region_code": code,
        "name": gazetteer.name(code),
        "province_code": province_of(code),
    }


def _collection(
    shapes: Mapping[str, BaseGeometry], decimals: int, describe: Callable[[str], dict[str, str]]
) -> bytes:
    """Return shapes as GeoJSON after RFC 7946: WGS84, exterior rings counter-clockwise.

    One feature a line, in the order of the codes, each with the properties that `describe`
    gives; rings start at their lowest point, so that equal shapes give equal bytes.
    """
    features = []
    for code, shape in sorted(shapes.items()):
        # Rounding alone can fold a ring over itself; snapping to the grid keeps it valid.
        snapped = shapely.set_precision(shape, float(f"1e-{decimals}"))
        drawn = shapely.orient_polygons(shapely.normalize(snapped))
        geometry = {
            "type": drawn.geom_type,
            "coordinates": _rounded(shapely.geometry.mapping(drawn)["coordinates"], decimals),
        }
        feature = {"type": "Feature", "properties": describe(code), "geometry": geometry}
        features.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(features)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'.encode()


def _rounded(coordinates: Any, decimals: int) -> Any:
    """Return nested coordinates as lists of numbers with so many decimals."""
    if isinstance(coordinates, float):
        return round(coordinates, decimals)
    return [_rounded(inner, decimals) for inner in coordinates]


def _units(files: Mapping[str, bytes], gazetteer: Gazetteer) -> dict[str, BaseGeometry]:
    """Return every unit of the files at their pinned version."""
    units = read_units(files, gazetteer)
    _expect_rows(files, _UNIT, _UNIT_CONTROL, FILE.format("*"))
    return units


def _expect_rows(
    files: Mapping[str, bytes], level: _Level, control: ControlTotal, name: str
) -> None:
    """Stop unless all files together hold the rows that the maps were checked with."""
    rows = [row for file in sorted(files) for row in _rows(files[file], file, level)]
    frame = pd.DataFrame([(row.code, row.name, row.path) for row in rows])
    expect_total(frame, control, level.dataset, name)


def _read_jabodetabek(files: Mapping[str, bytes], gazetteer: Gazetteer) -> bytes:
    return jabodetabek_geojson(_units(files, gazetteer), gazetteer)


def _read_provinces(files: Mapping[str, bytes], gazetteer: Gazetteer) -> bytes:
    return provinces_geojson(_units(files, gazetteer), gazetteer)


def _read_kabkota(files: Mapping[str, bytes], gazetteer: Gazetteer) -> bytes:
    return kabkota_geojson(_units(files, gazetteer), gazetteer)


def _read_kelurahan(files: Mapping[str, bytes], gazetteer: Gazetteer) -> bytes:
    kelurahan = read_kelurahan(files, gazetteer)
    _expect_rows(files, _KELURAHAN, _KELURAHAN_CONTROL, KELURAHAN_FILE.format("*"))
    return kelurahan_geojson(kelurahan)


TABLES = {
    "geography/boundaries_jabodetabek.geojson": _read_jabodetabek,
    "geography/boundaries_provinces.geojson": _read_provinces,
    "geography/boundaries_kabkota.geojson": _read_kabkota,
    "geography/boundaries_kelurahan.geojson": _read_kelurahan,
}
"""Reader of each table that is made here."""
