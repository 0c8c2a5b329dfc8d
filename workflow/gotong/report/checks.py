"""What must hold between the results of a run: a run that ends well is one that was checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from gotong.contracts import PROCESSED, check, table_name
from gotong.errors import InputError
from gotong.i18n import LANGUAGES
from gotong.provenance import sha256_file
from gotong.tables import read_parquet

REMEDY = "remove data/processed and results (make clean) and run make again"


def check_exhibit(record_file: Path) -> dict[str, Any]:
    """Hold an exhibit's files against its provenance.

    Parameters
    ----------
    record_file : pathlib.Path
        The exhibit's ``.json``; its data and pictures lie beside it.

    Returns
    -------
    dict
        The exhibit and what was checked of it.

    Raises
    ------
    InputError
        The plotted data or an input are not those of the record, a text is missing, or a
        picture is not well-formed.
    """
    record = json.loads(record_file.read_bytes())
    name, folder = record["exhibit"], record_file.parent
    wanted = {str(folder / record["data"]["file"]): record["data"]["sha256"], **record["inputs"]}
    for path, sha256 in wanted.items():
        found = sha256_file(path)
        if found != sha256:
            raise InputError(name, path, "whole file", f"sha256 {sha256}", found, REMEDY)
    _check_texts(name, str(record_file), record["texts"])
    pictures = sorted(folder.glob(f"{name}.*.svg"))
    for picture in pictures:
        try:
            ElementTree.parse(picture)
        except ElementTree.ParseError as error:
            raise InputError(
                name, str(picture), "", "well-formed SVG", str(error), REMEDY
            ) from None
    return {"exhibit": name, "files_with_the_recorded_hash": len(wanted), "svg": len(pictures)}


def _check_texts(name: str, file: str, texts: Mapping[str, Mapping[str, str]]) -> None:
    """Stop if a text is missing in a language, or holds a field that was not filled."""
    for language in LANGUAGES:
        for kind in ("title", "caption", "alt", "sources"):
            text = texts.get(language, {}).get(kind, "")
            if not text.strip() or "{" in text:
                place = f"texts.{language}.{kind}"
                raise InputError(name, file, place, "a text with its numbers", repr(text), REMEDY)


def check_tables(paths: Iterable[Path]) -> dict[str, int]:
    """Hold made tables against their contracts and return their numbers of rows, by name.

    Raises
    ------
    InputError
        A table that does not meet its contract.
    """
    rows = {}
    for path in sorted(paths):
        name = table_name(str(path))
        rows[name] = len(check(read_parquet(path), PROCESSED[name], str(path), REMEDY))
    return rows
