"""Code is followed by what it says and by what it really imports."""

import pytest

from gotong import provenance


@pytest.fixture
def house(tmp_path):
    """Return a small library and a script that uses half of it."""
    library = tmp_path / "house"
    (library / "rooms").mkdir(parents=True)
    (library / "__init__.py").write_text('"""A house."""\n')
    (library / "ground.py").write_text("def base():\n    return 1\n")
    (library / "rooms" / "__init__.py").write_text("")
    (library / "rooms" / "kitchen.py").write_text(
        "from house import ground\n\n\ndef cook():\n    return ground.base()\n"
    )
    (library / "attic.py").write_text("def store():\n    return 2\n")
    script = tmp_path / "script.py"
    script.write_text("def main():\n    from house.rooms.kitchen import cook\n    cook()\n")
    return script, library


def fingerprint(house):
    provenance._module.cache_clear()
    script, library = house
    return provenance.code_fingerprint(script, library=library)


def test_imports_are_followed_near_and_far_and_no_further(house):
    script, library = house
    used = provenance.modules_used(script, library)
    names = {path.relative_to(library.parent).as_posix() for path in used}
    assert names == {
        "script.py",
        "house/__init__.py",
        "house/rooms/__init__.py",
        "house/rooms/kitchen.py",
        "house/ground.py",
    }


def test_a_change_far_below_changes_the_hash(house):
    before = fingerprint(house)
    (house[1] / "ground.py").write_text("def base():\n    return 3\n")
    assert fingerprint(house) != before


def test_a_module_that_is_not_used_does_not_count(house):
    before = fingerprint(house)
    (house[1] / "attic.py").write_text("def store():\n    return 'full'\n")
    assert fingerprint(house) == before


def test_comments_docstrings_and_layout_do_not_count(house):
    before = fingerprint(house)
    (house[1] / "ground.py").write_text(
        '"""The ground."""\n\nDEEP = 1\n'.replace("DEEP = 1\n", "")
        + 'def base():\n    """Stand."""\n    # why not\n    return (1)\n'
    )
    assert fingerprint(house) == before


def test_hashes_are_sha256(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert provenance.sha256_file(path) == provenance.sha256_bytes(b"abc") == wanted


def test_notes_that_cannot_be_kept_leave_nothing_behind_and_no_word(tmp_path, monkeypatch, capfd):
    notes = tmp_path / "notes.json"
    # Nothing can take the place of a folder, as nothing can on a disk without room.
    notes.mkdir()
    monkeypatch.setattr(provenance, "NOTES", notes)
    provenance._keep({"sha256": provenance._Module("code", (), {})}, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.json"]
    assert capfd.readouterr() == ("", "")
    notes.rmdir()
    provenance._keep({"sha256": provenance._Module("code", (), {})}, 0)
    assert notes.read_text() == '{"sha256": ["code", [], {}]}'
