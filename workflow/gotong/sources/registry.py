"""The register of sources: who published what, where its pinned copy lies, under which licence.

``data/raw/sources.yaml`` is the only place where this is written; everything else (readers,
figures' source lines, the table of sources, the documentation) takes it from here.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal
from urllib.parse import quote

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gotong.config import StrictLoader
from gotong.errors import InputError
from gotong.text import expectation, quoted, unfit_within

SERVER = "https://raw.githubusercontent.com"
"""Where the pinned addresses of all mirrors begin."""

REMEDY = "mend the entry; `git diff data/raw/sources.yaml` shows what was changed"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
TableName = Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9_]+\.(csv|geojson)$")]
"""A table of ``data/raw``: its folder and file, which nothing but a name can stand for."""


def _inside(path: str) -> str:
    """Refuse a path that does not stay below the folder it is joined to."""
    parts = path.split("/")
    if "\\" in path or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
        raise ValueError("the path must stay inside its folder: relative, with / and without ..")
    return path


_REPOSITORY = r"^([A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"
Inside = Annotated[str, AfterValidator(_inside)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceFile(_Strict):
    """One file of a source, pinned by content."""

    path: Inside
    sha256: Sha256
    bytes: Annotated[int, Field(gt=0)]


class Coverage(_Strict):
    """Which regions and days a source speaks of."""

    regions: str
    start: str = ""
    end: str = ""


class Source(_Strict):
    """One source as registered.

    ``origin`` is ``mirror`` for a publisher's file in a public repository (then
    ``repository``, ``commit`` and ``files`` pin it) and ``project`` for a table coded for
    this project, whose rows carry their own addresses.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    tables: tuple[TableName, ...]
    origin: Literal["mirror", "project"]
    publisher: str
    short: str
    measures: str
    unit: str
    coverage: Coverage
    licence: str
    citation: str
    defects: tuple[str, ...] = ()
    repository: Annotated[str, Field(pattern=_REPOSITORY)] = ""
    commit: Annotated[str, Field(pattern=r"^([0-9a-f]{40})?$")] = ""
    files: tuple[SourceFile, ...] = ()

    @property
    def folder(self) -> str:
        """Name of the source's folder in a local mirror, ``owner+name``."""
        return self.repository.replace("/", "+")

    def address(self, file: SourceFile, server: str = SERVER) -> str:
        """Return the address of one file at the pinned commit."""
        path = quote(str(PurePosixPath(file.path)))
        return f"{server}/{self.repository}/{self.commit}/{path}"


def read_registry(content: bytes, file: str = "data/raw/sources.yaml") -> dict[str, Source]:
    """Read the register of sources.

    Parameters
    ----------
    content : bytes
        YAML: a list of sources.

    Returns
    -------
    dict of str to Source
        By id, in the order of the file.

    Raises
    ------
    InputError
        Not YAML, an entry that breaks the model (named with its id and field), an id twice, or
        a text that `gotong.text` does not let pass.
    """
    try:
        entries = yaml.load(content, Loader=StrictLoader)
    except yaml.YAMLError as error:
        raise InputError("sources", file, "", "YAML", str(error), REMEDY) from None
    if not isinstance(entries, list):
        raise InputError("sources", file, "", "a list of sources", type(entries).__name__, REMEDY)
    registry: dict[str, Source] = {}
    for number, entry in enumerate(entries, start=1):
        source = _source(entry, number, file)
        if source.id in registry:
            raise InputError(
                "sources", file, f"entry '{source.id}'", "every id once", "it twice", REMEDY
            )
        registry[source.id] = source
    return registry


def _source(entry: object, number: int, file: str) -> Source:
    """Return one entry as a source, or say what is wrong with it."""
    name = entry.get("id", f"number {number}") if isinstance(entry, dict) else f"number {number}"

    def fault(place: str, expected: str, found: str) -> InputError:
        return InputError("sources", file, f"entry '{name}', {place}", expected, found, REMEDY)

    for place, unfit in unfit_within(entry):
        raise fault(place, expectation(unfit), quoted(unfit))
    try:
        return Source.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise fault(field, "see docs/sources.md", first["msg"]) from None


def sources_of(registry: dict[str, Source], table: str) -> tuple[str, ...]:
    """Return the ids of the sources that fill a table of ``data/raw``."""
    return tuple(source.id for source in registry.values() if table in source.tables)
