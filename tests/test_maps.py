"""Maps are read whole or refused with one error that names the region."""

import json

import pytest

from gotong import contracts
from gotong.contracts.maps import MAPS, read_map
from gotong.errors import InputError

TABLE = "geography/boundaries_jabodetabek.geojson"
SQUARE = [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]
BOW_TIE = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]


def feature(code="3171", kind="Polygon", coordinates=SQUARE, **said):
    properties = {"region_code": code, "name": "a", "province_code": "31"} | said
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def content(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_codes_stay_text_and_shapes_keep_their_area():
    found = read_map(content(feature("3171"), feature("0101")), TABLE, "f")
    assert list(found.columns) == [*MAPS[TABLE], "geometry"]
    assert list(found["region_code"]) == ["3171", "0101"]
    assert [shape.area for shape in found["geometry"]] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (b"<html>Not found</html>", "whole file"),
        (b"\xff\xfe", "whole file"),
        (b"[]", "whole file"),
        (b'{"features": 3}', "whole file"),
        (b"[" * 100_000, "whole file"),
        (content({"type": "Feature"}), "whole file"),
        (content(feature(), feature("3172", population=3)), "feature 2"),
        (content(feature(), feature()), ""),
        (content(), ""),
        (content(feature("3172", "Point", [0, 0])), "region_code 3172"),
        (content(feature("3172", "Polygon", [])), "region_code 3172"),
        (content(feature("3172", "Polygon", BOW_TIE)), "region_code 3172"),
        (content(feature("3172", "Polygon", [[[0, 0], [1]]])), "region_code 3172"),
    ],
)
def test_whatever_is_no_map_ends_in_one_error(given, place):
    with pytest.raises(InputError) as caught:
        read_map(given, TABLE, "a/file.geojson")
    assert (caught.value.dataset, caught.value.file) == (TABLE, "a/file.geojson")
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("level", "regions"), [("jabodetabek", 14), ("provinces", 34), ("kelurahan", 267)]
)
def test_the_maps_of_the_snapshot_are_read_by_their_path(project, level, regions):
    table = f"geography/boundaries_{level}.geojson"
    assert contracts.table_name(f"data/raw/{table}") == table
    found = contracts.read_any(str(project / "data/raw" / table))
    assert len(found) == regions
    assert found[MAPS[table][0]].is_unique
