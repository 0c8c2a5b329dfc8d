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


def job(rule, inputs=(), outputs=(), choices=None, code="c0"):
    return {
        "rule": rule,
        "code": code,
        "choices": choices or {},
        "inputs": list(map(str, inputs)),
        "outputs": list(map(str, outputs)),
    }


@pytest.fixture
def made(tmp_path):
    """Return two results, made one from the other and from a raw table, and their jobs."""
    raw, table, shown = (tmp_path / name for name in ("raw.csv", "b.csv", "a.png"))
    raw.write_bytes(b"raw")
    table.write_bytes(b"abc")
    png(shown, PIXELS)
    choices = {"area": {"id": "jabodetabek"}}
    jobs = {
        "analysis b": job("analysis", [raw], [table], choices),
        "figure a": job("figure", [table], [shown], code="c1"),
    }
    return raw, table, shown, jobs


def test_a_manifest_lists_each_result_with_hashes_and_what_made_it(made):
    raw, table, shown, jobs = made
    found = listing.manifest([table, str(shown)], jobs, "lock")
    assert list(found["results"]) == [str(shown), str(table)]
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2
    assert found["results"][str(table)] == {
        "bytes": 3,
        "sha256": abc,
        "content": abc,
        "job": "analysis b",
    }
    picture = found["results"][str(shown)]
    assert picture["sha256"] == sha256_bytes(shown.read_bytes())
    assert picture["content"] != picture["sha256"]
    assert picture["job"] == "figure a"
    assert found["jobs"]["figure a"]["inputs"] == [str(table)]
    assert found["jobs"]["figure a"]["code"] == "c1"
    assert found["inputs"] == {str(raw): sha256_bytes(b"raw")}
    assert (found["lock"], found["made_on"]) == ("lock", listing.machine())


def test_another_choice_is_another_hash_of_the_configuration(made):
    _, table, shown, jobs = made

    def config(choices):
        changed = {**jobs, "analysis b": {**jobs["analysis b"], "choices": choices}}
        return listing.manifest([table, shown], changed, "lock")["jobs"]["analysis b"]["config"]

    one = config({"rt": {"window": 7}, "area": {"id": "x"}})
    assert one == config({"area": {"id": "x"}, "rt": {"window": 7}})
    assert one != config({"rt": {"window": 8}, "area": {"id": "x"}})


def test_a_result_that_no_job_makes_stops_the_list(made):
    raw, table, _, jobs = made
    with pytest.raises(LookupError, match=r"raw\.csv"):
        listing.manifest([table, raw], jobs, "lock")


def test_json_of_a_manifest_does_not_depend_on_the_order_of_the_paths(made):
    _, table, shown, jobs = made
    once = listing.to_json(listing.manifest([table, shown], jobs, "lock"))
    again = listing.to_json(listing.manifest([shown, table], jobs, "lock"))
    assert once == again
    assert once.endswith(b"}\n")
    assert json.loads(once) == listing.manifest([table, shown], jobs, "lock")


def test_a_missing_file_is_no_hash(made):
    _, table, shown, jobs = made
    table.unlink()
    with pytest.raises(FileNotFoundError):
        listing.manifest([table, shown], jobs, "lock")


def entry(sha256, content):
    return {"bytes": 1, "sha256": sha256, "content": content}


def test_differing_results_are_named_sorted():
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
    assert listing.differences(found, wanted, "sha256") == ["a.csv", "b.png", "d.png", "z.csv"]
    assert listing.differences(found, wanted, "content") == ["a.csv", "d.png", "z.csv"]
    assert listing.differences(wanted, wanted, "sha256") == []


def test_the_first_difference_is_the_one_that_the_others_come_from():
    jobs = {
        "a": job("analysis", ["raw"], ["z_panel"]),
        "b": job("analysis", ["z_panel"], ["hidden"]),
        "c": job("analysis", ["hidden"], ["m_effects"]),
        "d": job("figure", ["m_effects"], ["a_figure"]),
    }
    differing = ["a_figure", "m_effects", "z_panel"]
    assert listing.first_made(differing, jobs) == "z_panel"
    assert listing.first_made(differing[:2], jobs) == "m_effects"
    assert listing.first_made(["a_figure", "z_panel"], jobs) == "z_panel"
    assert listing.first_made(["not_made"], jobs) == "not_made"


@pytest.mark.parametrize(
    ("row", "column", "value", "said"),
    [
        (1, "cases", 5, "row 3 (region_code=32), column 'cases': 5, and not nothing"),
        (2, "share", 0.5, "row 4 (region_code=36), column 'share': 0.5, and not nothing"),
        (0, "share", 0.25, "row 2 (region_code=31), column 'share': 0.25, and not 0.1"),
        (0, "cases", None, "row 2 (region_code=31), column 'cases': nothing, and not 2"),
        (
            0,
            "date",
            pd.Timestamp("2020-03-03"),
            "row 2 (region_code=31), column 'date': 2020-03-03, and not 2020-03-02",
        ),
    ],
)
def test_the_first_differing_cell_is_named_with_both_values(row, column, value, said):
    changed = frame()
    changed.loc[row, column] = value
    assert listing.first_cell(changed, frame(), ["region_code"]) == said


def test_of_two_differing_cells_that_of_the_upper_row_is_named():
    changed = frame()
    changed.loc[1, "region_code"] = "33"
    changed.loc[0, "share"] = 0.5
    assert listing.first_cell(changed, frame()) == "row 2, column 'share': 0.5, and not 0.1"


def test_tables_of_other_shape_are_told_apart():
    assert listing.first_cell(frame(), frame()) == ""
    assert listing.first_cell(frame().iloc[:2], frame()) == "rows: 2, and not 3"
    renamed = frame().rename(columns={"share": "part"})
    assert "part, and not" in listing.first_cell(renamed, frame())


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


# What of an earlier run is outdated


@pytest.fixture
def in_parts(tmp_path, monkeypatch):
    """Return the manifest of a table that is gathered from parts, its jobs, and today's hashes."""
    monkeypatch.chdir(tmp_path)
    for path in ("raw.csv", "whole.csv", "figure.csv"):
        (tmp_path / path).write_text(path, encoding="utf-8")
    jobs = {
        "part 0": job("part", ["raw.csv"], ["parts/0"], {"window": 7}),
        "part 1": job("part", ["raw.csv"], ["parts/1"], {"window": 7}),
        "whole": job("whole", ["parts/0", "parts/1"], ["whole.csv"]),
        "figure": job("figure", ["whole.csv"], ["figure.csv"]),
    }
    record = listing.manifest(["whole.csv", "figure.csv"], jobs, "lock")
    hashes = {path: sha256_bytes(path.encode()) for path in ("raw.csv", *record["results"])}
    return record, jobs, hashes


def test_parts_that_are_not_kept_outdate_nothing(in_parts):
    assert listing.outdated(*in_parts) == []


def test_what_was_gathered_from_outdated_parts_is_outdated(in_parts):
    record, jobs, hashes = in_parts
    jobs["part 1"]["choices"] = {"window": 5}
    # The figure is made again by Snakemake, once the table that it is drawn from is.
    assert listing.outdated(record, jobs, hashes) == ["parts/1", "whole.csv"]


def test_another_raw_table_outdates_all_parts_and_what_was_gathered(in_parts):
    record, jobs, hashes = in_parts
    hashes["raw.csv"] = sha256_bytes(b"other")
    assert listing.outdated(record, jobs, hashes) == ["parts/0", "parts/1", "whole.csv"]


def test_a_spoilt_result_is_outdated_by_itself(in_parts):
    record, jobs, hashes = in_parts
    hashes["figure.csv"] = sha256_bytes(b"other")
    assert listing.outdated(record, jobs, hashes) == ["figure.csv"]
