"""The register of corrections: what is changed in a publisher's figures, why, on what evidence.

``data/raw`` holds figures as published. ``data/raw/corrections.yaml`` says where the analysis
departs from them. Each correction names the rows that it was written for and what they hold
(`Expect`): when the publisher's figure is no longer that, the run stops, for the correction
may have become wrong. The idea is that of Our World in Data's corrections.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gotong.config import Span, parse_yaml
from gotong.errors import InputError
from gotong.text import expectation, quoted, unfit_within

FILE = "data/raw/corrections.yaml"
REMEDY = "mend the entry; `git diff data/raw/corrections.yaml` shows what was changed"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """One text in both languages."""

    id: Annotated[str, Field(min_length=1)]
    """Indonesian"""
    en: Annotated[str, Field(min_length=1)]
    """English"""


class Expect(_Strict):
    """What the rows held when the correction was written."""

    rows: Annotated[int, Field(ge=1)]
    """how many rows are meant"""
    cells: dict[str, str] = Field(default_factory=dict)
    """cells that every one of them holds, by column, as the table writes them"""
    sums: dict[str, float] = Field(default_factory=dict)
    """totals over them, by column"""


class Correction(_Strict):
    """One correction."""

    id: Annotated[str, Field(pattern=r"^K\d{2}$")]
    """identifier, as tables and footnotes show it"""
    table: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9_]+\.csv$")]
    """table of data/raw"""
    action: Literal["drop", "override", "flag", "merge"]
    """drop the rows; override a column; flag them and change nothing; merge into another row"""
    where: dict[str, str] = Field(default_factory=dict)
    """cells that choose the rows, by column, as the table writes them; several with |"""
    dates: Span | None = None
    """first and last day of the rows"""
    column: str = ""
    """column that is overridden, or that a flag is about"""
    value: str = ""
    """what the column becomes, as the table writes it; blank for missing"""
    into: dict[str, str] = Field(default_factory=dict)
    """the row that a merged one is counted with"""
    expect: Expect
    reason: Words
    evidence: Annotated[str, Field(min_length=1)]
    """address, or the file and computation that show it"""
    status: Literal["open", "reported", "fixed_upstream"]
    """whether the publisher's figure still needs it; one that is fixed is kept and not applied"""

    @model_validator(mode="after")
    def _complete(self) -> Correction:
        if not self.where and self.dates is None:
            raise ValueError("says neither `where` nor `dates`")
        if self.action == "override" and not self.column:
            raise ValueError("an override needs `column`")
        if (self.action == "merge") != bool(self.into):
            raise ValueError("`into` belongs to a merge, and a merge needs it")
        return self


Corrections = dict[str, Correction]
"""Corrections by id, in the order of the register."""


def read_corrections(content: bytes, file: str = FILE) -> Corrections:
    """Read the register of corrections.

    Parameters
    ----------
    content : bytes
        YAML: a mapping of ids to entries.

    Raises
    ------
    InputError
        An entry that breaks the model, or a text that `gotong.text` does not let pass, named
        with its id and field.
    ConfigError
        Not YAML, or an id twice.
    """
    corrections = {}
    entries = parse_yaml(content.decode("utf-8"), file)
    for place, unfit in unfit_within(entries):
        expected = expectation(unfit)
        raise InputError("corrections", file, place, expected, quoted(unfit), REMEDY)
    for name, entry in entries.items():
        try:
            given: dict[str, Any] = {"id": name, **entry}
            corrections[name] = Correction.model_validate(given)
        except (ValidationError, TypeError) as error:
            first = error.errors()[0] if isinstance(error, ValidationError) else None
            field = ".".join(str(part) for part in first["loc"]) if first else ""
            said = str(first["msg"]) if first else type(entry).__name__
            place = f"entry '{name}'" + (f", {field}" if field else "")
            wanted = "keys and values, see workflow/gotong/corrections.py"
            raise InputError("corrections", file, place, wanted, said, REMEDY) from None
    return corrections


def of_tables(corrections: Corrections, *tables: str) -> Corrections:
    """Return the corrections in force of some tables of ``data/raw``."""
    return {
        name: correction
        for name, correction in corrections.items()
        if correction.table in tables and correction.status != "fixed_upstream"
    }
