"""The manifest: what a file says is hashed apart from how it is written."""

import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image

from gotong.provenance import sha256_bytes
from gotong.report import manifest as listing
from gotong.tables import DATE, to_parquet

PIXELS = np.random.default_rng(1).integers(0, 256, size=(24, 32, 4), dtype=np.uint8)


def png(path, pixels, **options):
    Image.fromarray(pixels).save(path, format="PNG", **options)
    return path


def test_pixels_are_hashed_however_they_are_compressed(tmp_path):
    tight = png(tmp_path / "tight.png", PIXELS, compress_level=9)
    loose = png(tmp_path / "loose.png", PIXELS, compress_level=0)
    assert tight.read_bytes() != loose.read_bytes()
    assert listing.content_hash(tight) == listing.content_hash(loose)


def test_every_level_of_every_channel_counts(tmp_path):
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    picture = np.stack([levels, levels, levels], axis=-1)
    hashes = {listing.content_hash(png(tmp_path / "a.png", picture))}
    for level in range(255):
        changed = picture.copy()
        changed[level // 16, level % 16, 2] += 1
        hashes.add(listing.content_hash(png(tmp_path / "b.png", changed)))
    assert len(hashes) == 256


def test_the_same_pixels_in_another_shape_are_another_picture(tmp_path):
    wide = listing.content_hash(png(tmp_path / "wide.png", PIXELS))
    tall = listing.content_hash(png(tmp_path / "tall.png", PIXELS.reshape(32, 24, 4)))
    assert wide != tall


def frame():
    return pd.DataFrame(
        {
            "region_code": ["31", "32", "36"],
            "date": pd.to_datetime(["2020-03-02", None, "2020-03-04"]).astype(DATE),
            "cases": pd.array([2, None, 0], dtype="Int64"),
            "share": [0.1, 1 / 3, np.nan],
        }
    )


def parquet(path, content):
    path.write_bytes(content)
    return path


def rewritten(content, **options):
    sink = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(content)), sink, **options)
    return sink.getvalue()


@pytest.mark.parametrize(
    "options",
    [{"compression": "gzip"}, {"compression": "none"}, {"row_group_size": 1}],
)
def test_values_of_a_table_are_hashed_however_they_are_stored(tmp_path, options):
    content = to_parquet(frame(), ["satgas"])
    other = rewritten(content, **options)
    assert content != other
    first = parquet(tmp_path / "first.parquet", content)
    second = parquet(tmp_path / "second.parquet", other)
    assert listing.content_hash(first) == listing.content_hash(second)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("region_code", "33"),
        ("date", pd.Timestamp("2020-03-03")),
        ("cases", 3),
        ("cases", None),
        ("share", np.nextafter(0.1, 1)),
    ],
)
def test_one_changed_cell_changes_the_hash_of_a_table(tmp_path, column, value):
    changed = frame()
    changed.loc[0, column] = value
    before = listing.content_hash(parquet(tmp_path / "before.parquet", to_parquet(frame())))
    after = listing.content_hash(parquet(tmp_path / "after.parquet", to_parquet(changed)))
    assert before != after


@pytest.mark.parametrize(
    "changed",
    [frame().iloc[::-1], frame().rename(columns={"share": "part"}), frame().iloc[:2]],
    ids=["order of rows", "name of a column", "number of rows"],
)
def test_shape_and_names_of_a_table_count(tmp_path, changed):
    before = listing.content_hash(parquet(tmp_path / "before.parquet", to_parquet(frame())))
    after = listing.content_hash(parquet(tmp_path / "after.parquet", to_parquet(changed)))
    assert before != after


def test_any_other_file_is_hashed_by_its_bytes(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a\n1\n")
    assert listing.content_hash(tmp_path / "a.csv") == sha256_bytes(b"a\n1\n")


def test_a_manifest_lists_each_file_sorted_with_size_and_hashes(tmp_path):
    first, second = tmp_path / "b.csv", tmp_path / "a.png"
    first.write_bytes(b"abc")
    png(second, PIXELS)
    found = listing.manifest([first, str(second)])
    assert list(found) == [str(second), str(first)]
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2
    assert found[str(first)] == {"bytes": 3, "sha256": abc, "content": abc}
    assert found[str(second)]["sha256"] == sha256_bytes(second.read_bytes())
    assert found[str(second)]["content"] != found[str(second)]["sha256"]


def test_json_of_a_manifest_does_not_depend_on_the_order_of_the_paths(tmp_path):
    paths = [tmp_path / name for name in ("c.csv", "a.csv", "b.csv")]
    for path in paths:
        path.write_bytes(path.name.encode())
    once = listing.to_json(listing.manifest(paths))
    again = listing.to_json(listing.manifest(paths[::-1]))
    assert once == again
    assert once.endswith(b"}\n")
    record = json.loads(once)
    assert record["results"] == listing.manifest(paths)
    assert record["made_on"] == listing.machine()


def test_a_missing_file_is_no_hash(tmp_path):
    with pytest.raises(FileNotFoundError):
        listing.manifest([tmp_path / "none.csv"])


def entry(sha256, content):
    return {"bytes": 1, "sha256": sha256, "content": content}


def test_differences_are_named_one_a_line_sorted():
    found = {
        "z.csv": entry("1", "1"),
        "d.png": entry("2", "9"),
        "b.png": entry("1", "1"),
        "same": entry("1", "1"),
    }
    wanted = {
        "same": entry("1", "1"),
        "d.png": entry("1", "8"),
        "b.png": entry("2", "1"),
        "a.csv": entry("1", "1"),
    }
    assert listing.differences(found, wanted, "sha256") == [
        "a.csv: not made",
        "b.png: sha256 differs",
        "d.png: sha256 differs",
        "z.csv: not in the reference",
    ]
    assert listing.differences(found, wanted, "content") == [
        "a.csv: not made",
        "d.png: content differs",
        "z.csv: not in the reference",
    ]
    assert listing.differences(wanted, wanted, "sha256") == []


def test_provenance_is_hashed_by_what_it_says_but_the_hash_of_the_code(tmp_path):
    record = {"facts": {"n": 1}, "made_by": {"rule": "figure", "code": "aa"}}

    def hashed(changed, **options):
        path = tmp_path / "F15.json"
        path.write_text(json.dumps(changed, **options), encoding="utf-8")
        return listing.content_hash(path)

    other_code = {**record, "made_by": {"rule": "figure", "code": "bb"}}
    other_fact = {**record, "facts": {"n": 2}}
    assert hashed(record) == hashed(other_code, indent=2)
    assert hashed(record) != hashed(other_fact)
