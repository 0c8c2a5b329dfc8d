"""Records of one country are taken out of a file byte for byte, however it is cut and quoted."""

import csv
import io
import tracemalloc

import pytest
import registered
from hypothesis import given, settings
from hypothesis import strategies as st

from gotong.errors import InputError
from gotong.provenance import sha256_bytes
from gotong.sources import fetch
from gotong.sources.sieve import country_lines

WORLD = """code,name,value
ID,Aceh,1
IE,"Dún Laoghaire, Rathdown",2
IE,"a line
ID,not ours,3
within a name",4
IE,"said ""ID,""
ID,""still"" not ours",5
ID,"ours, with
ID,a line within",6
XID,ID,ID
ID,last,7
"""
OURS = """code,name,value
ID,Aceh,1
ID,"ours, with
ID,a line within",6
ID,last,7
"""


def taken(content: bytes, size: int, country: str = "ID") -> bytes:
    """Return the lines of a country from a file in blocks of a size."""
    blocks = (content[start : start + size] for start in range(0, len(content), size))
    return b"".join(country_lines(blocks, country, "a_source", "a file"))


def records(text: str) -> list[list[str]]:
    """Return the records of a text by the csv module."""
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
def test_ours_are_what_the_csv_module_finds_wherever_the_blocks_are_cut(mark, end):
    world = (mark + WORLD.replace("\n", end)).encode()
    ours = (mark + OURS.replace("\n", end)).encode()
    header, *rows = records(world.decode())
    assert records(ours.decode()) == [header, *(row for row in rows if row[0] == "ID")]
    for size in (*range(1, 65), len(world)):
        assert taken(world, size) == ours


@pytest.mark.parametrize("size", [1, 3, 4, 64])
def test_a_last_line_without_a_line_feed_is_kept_and_ended(size):
    assert taken(b"code\nIE,1\nID,2", size) == b"code\nID,2\n"
    assert taken(b"code\nID,", size) == b"code\nID,\n"
    assert taken(b"code\nID", size) == b"code\n"
    assert taken(b"code", size) == b"code\n"


def test_any_country_of_two_letters_can_be_taken():
    assert taken(WORLD.encode(), 7, "IE").decode().splitlines()[0] == "code,name,value"
    assert [row[0] for row in records(taken(WORLD.encode(), 7, "IE").decode())[1:]] == ["IE"] * 3


CODES = st.sampled_from(["ID", "IE", "DI", "XID", "I"])
FIELDS = st.text(st.sampled_from(list('aé,"\nID')), max_size=12) | st.just('"\nID,')


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(CODES, FIELDS, FIELDS), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 64),
    cut=st.booleans(),
)
def test_records_of_any_fields_are_those_of_the_csv_module(rows, end, size, cut):
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator=end).writerows([("code", "b", "c"), *rows])
    text = made.getvalue().removesuffix(end) if cut else made.getvalue()
    header, *found = records(text)
    wanted = [header, *(row for row in found if row[0] == "ID")]
    assert records(taken(text.encode(), size).decode()) == wanted


@pytest.mark.parametrize("size", [5, 1 << 20])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'code\nIE,"open\nID,1\n', "quotation marks"),
        (b'code\nID,"open\nID,1\n', "quotation marks"),
        (b"code\nID," + b"x" * 200_000, "line feed"),
        (b"x" * 200_000, "line feed"),
    ],
    ids=["elsewhere", "ours", "row", "header"],
)
def test_what_has_no_end_is_refused_with_the_file(content, expected, size):
    size = max(size, len(content) // 100)
    with pytest.raises(InputError) as caught:
        taken(content, size)
    assert expected in caught.value.expected
    assert (caught.value.dataset, caught.value.file) == ("a_source", "a file")


def test_a_few_blocks_are_held_however_long_the_file_is():
    block = b'IE,Ireland,"Dublin, City",2020-03-29,1,2,3,4,5,6\n' * 1_300
    blocks = 320
    assert len(block) * blocks > 20e6
    tracemalloc.start()
    try:
        world = (b"code\n", *(block for _ in range(blocks)), b"ID,1\n")
        kept = b"".join(country_lines(iter(world), "ID", "d", "f"))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept == b"code\nID,1\n"
    assert most < 10 * len(block)


def of_ours(blocks, file):
    """Take the Indonesian records of a file."""
    return b"".join(country_lines(blocks, "ID", "a_source", file))


@pytest.fixture
def mirrored(tmp_path, monkeypatch):
    """Return a function that lays a file into a mirror and brings it, registered as another."""
    path = tmp_path / "owner+name" / "world.csv"
    path.parent.mkdir()
    monkeypatch.setattr(type(path), "read_bytes", lambda _path: pytest.fail("all of it is read"))

    def bring(content: bytes, expected: bytes) -> bytes:
        path.write_bytes(content)
        source = registered.source("world.csv", expected)
        return fetch.mirror(tmp_path, sieves={source.id: of_ours})(source)["world.csv"]

    return bring


def test_of_a_registered_file_that_is_sieved_only_ours_are_held(mirrored):
    assert mirrored(WORLD.encode(), WORLD.encode()) == OURS.encode()


@pytest.mark.parametrize(
    "changed",
    [WORLD.replace("XID", "XIE"), WORLD[:-9], WORLD.replace("1", '"', 1)],
    ids=["elsewhere", "cut short", "left open"],
)
def test_another_file_than_the_registered_one_is_refused_whatever_is_kept_of_it(mirrored, changed):
    with pytest.raises(InputError) as caught:
        mirrored(changed.encode(), WORLD.encode())
    assert sha256_bytes(WORLD.encode()) in caught.value.expected
    assert sha256_bytes(changed.encode()) in caught.value.found


def test_what_is_wrong_in_the_registered_file_is_said_by_the_sieve(mirrored):
    content = WORLD.replace("1", '"', 1).encode()
    with pytest.raises(InputError) as caught:
        mirrored(content, content)
    assert caught.value.found == "one left open"
