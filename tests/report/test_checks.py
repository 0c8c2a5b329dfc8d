"""A finished run is held against its own records, and a file that was changed is named."""

import json

import pandas as pd
import pytest

from gotong.errors import InputError
from gotong.provenance import sha256_bytes
from gotong.report import checks
from gotong.tables import DATE, to_parquet

SAID = {"title": "t", "caption": "c", "alt": "a", "sources": "s"}


@pytest.fixture
def exhibit(tmp_path):
    """Return the record of a small exhibit whose files are all as recorded."""
    table = tmp_path / "in.csv"
    table.write_bytes(b"x\n1\n")
    (tmp_path / "F99.csv").write_bytes(b"y\n2\n")
    (tmp_path / "F99.id.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    record = {
        "exhibit": "F99",
        "data": {"file": "F99.csv", "sha256": sha256_bytes(b"y\n2\n")},
        "inputs": {str(table): sha256_bytes(b"x\n1\n")},
        "texts": {"id": SAID, "en": SAID},
    }
    path = tmp_path / "F99.json"
    path.write_text(json.dumps(record))
    return path


def test_a_good_exhibit_passes_and_says_what_was_checked(exhibit):
    assert checks.check_exhibit(exhibit) == {
        "exhibit": "F99",
        "files_with_the_recorded_hash": 2,
        "svg": 1,
    }


@pytest.mark.parametrize("file", ["F99.csv", "in.csv"])
def test_a_changed_file_is_named(exhibit, file):
    (exhibit.parent / file).write_bytes(b"y\n3\n")
    with pytest.raises(InputError) as error:
        checks.check_exhibit(exhibit)
    assert error.value.file.endswith(file)
    assert "make clean" in error.value.remedy


def test_a_cut_picture_is_refused(exhibit):
    (exhibit.parent / "F99.id.svg").write_text("<svg>")
    with pytest.raises(InputError, match="well-formed"):
        checks.check_exhibit(exhibit)


@pytest.mark.parametrize("text", ["", " ", "peak of {peak}"])
def test_a_text_without_its_numbers_is_refused(exhibit, text):
    record = json.loads(exhibit.read_text())
    record["texts"]["en"] = {**SAID, "caption": text}
    exhibit.write_text(json.dumps(record))
    with pytest.raises(InputError) as error:
        checks.check_exhibit(exhibit)
    assert error.value.place == "texts.en.caption"


def monthly(measures):
    return pd.DataFrame(
        {
            "month": pd.Series([pd.Timestamp("2020-04-01")]).astype(DATE),
            "dyad": pd.Series(["G-G"], dtype="str"),
            "act": pd.Series(["rule"], dtype="str"),
            "measures": pd.array([measures], dtype="Int64"),
        }
    )


def test_tables_are_held_to_their_contracts(tmp_path):
    path = tmp_path / "measures_monthly.parquet"
    path.write_bytes(to_parquet(monthly(3)))
    assert checks.check_tables([path]) == {"measures_monthly": 1}
    path.write_bytes(to_parquet(monthly(-3)))
    with pytest.raises(InputError, match="measures_monthly"):
        checks.check_tables([path])
