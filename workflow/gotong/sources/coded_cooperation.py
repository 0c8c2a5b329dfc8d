"""Readers of the coded acts of cooperation abroad, and of the three codings of the acts here.

The codings were made by machine, each without sight of the others: their agreement is higher
than human coders would reach.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, check
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.coded_table import (
    REMEDY,
    CodedTable,
    StatedDate,
    read_coded,
    shown,
    stated_date,
)
from gotong.sources.control import ControlTotal, expect_total
from gotong.tables import DATE

CODINGS_FILE = "cooperation_codings.csv"
INTERNATIONAL_FILE = "cooperation_measures_international.csv"
CODERS = ("a", "b", "first")

_CODING_COLUMNS = dict.fromkeys(("id", "coder", "dyad", "act", "factor", "level"), "str")
_INTERNATIONAL_COLUMNS = dict.fromkeys(
    (
        "country",
        "id",
        "name",
        "dyad",
        "parties",
        "regions",
        "start_date",
        "end_date",
        "instrument",
        "magnitude",
        "source_url",
        "confidence",
        "note",
    ),
    "str",
)
_PARTIES = {
    "government": "G",
    "hospital": "H",
    "private": "P",
    "community": "C",
    "NGO": "N",
}
_PREFIXES = {"TWN": "TW", "BRA": "BR"}
_COUNTER_EVIDENCE = "counter-evidence: "
"""How the note of a row without dyad begins."""

_CODINGS_CONTROL = ControlTotal(351, "44edeaa9975c2c88")
_INTERNATIONAL_CONTROL = ControlTotal(120, "b44c36845eda87bf")


def read_codings(
    files: Mapping[str, bytes],
    _gazetteer: Gazetteer,
    control: ControlTotal | None = _CODINGS_CONTROL,
) -> pd.DataFrame:
    """Read how three codings by machine classed the measures of Greater Jakarta.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``cooperation_codings.csv``.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``cooperation/codings.csv``, one row per measure and coder, sorted by both.
        The first coder gave the dyad only; the other fields of that coder are blank.

    Raises
    ------
    InputError
        Another layout; a measure without one of the three coders, or one of them twice; ids
        that leave a number out; a blank where a coder gave the field; a value that the
        contract does not allow; another control total.
    """
    coded = read_coded(files, CODINGS_FILE, _CODING_COLUMNS, "gotong_codings")
    schema = RAW["cooperation/codings.csv"]
    frame = coded.frame.rename(columns={"id": "measure_id", "level": "reach"})
    check(frame[list(schema.columns)], schema, CODINGS_FILE, REMEDY)
    for field in ("act", "factor", "level"):
        wrong = (coded.frame[field] == "") != (coded.frame["coder"] == "first")
        coded.refuse(wrong, field, "a value, blank only for the first coder")
    _expect_all_coders(coded)
    frame = frame.sort_values(["measure_id", "coder"], ignore_index=True)
    return expect_total(frame, control, coded.dataset, coded.file)


def _expect_all_coders(coded: CodedTable) -> None:
    """Stop unless measures are numbered from 1 without a gap and all coders had each."""
    found = list(zip(coded.frame["id"], coded.frame["coder"], strict=True))
    numbers = range(1, len(found) // len(CODERS) + 1)
    wanted = {(f"CM{number:03d}", coder) for number in numbers for coder in CODERS}
    astray = sorted(wanted.symmetric_difference(found))
    if astray:
        name, coder = astray[0]
        expected = f"measures 1 to {len(numbers)}, each by coders {', '.join(CODERS)}"
        place = f"id {name}, coder {coder}"
        said = "missing" if astray[0] in wanted else "beyond these"
        raise InputError(coded.dataset, coded.file, place, expected, said, REMEDY)


def read_measures_international(
    files: Mapping[str, bytes],
    _gazetteer: Gazetteer,
    control: ControlTotal | None = _INTERNATIONAL_CONTROL,
) -> pd.DataFrame:
    """Read the acts of cooperation in Brazil and Taiwan, and the evidence against success.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``cooperation_measures_international.csv``.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``cooperation/measures_international.csv``, one row per row of the file,
        sorted by country and id. A date that is stated as a month or a year stands as its
        first day where it is a start and as its last where it is an end, beside how exactly
        it was stated.

    Raises
    ------
    InputError
        Another layout; a date that is no day, month or year; an end before its start; a dyad
        of unknown parties; an id of another country, or one left out; a row without dyad that
        does not say that it is counter-evidence; an address that is not http(s); a value that
        the contract does not allow; another control total.
    """
    coded = read_coded(files, INTERNATIONAL_FILE, _INTERNATIONAL_COLUMNS, "gotong_international")
    frame = coded.frame
    coded.expect_addresses("source_url")
    _expect_ids(coded)
    counter = frame["note"].str.startswith(_COUNTER_EVIDENCE)
    coded.refuse(
        (frame["dyad"] == "") != counter,
        "dyad",
        f"a dyad, or a blank and a note that begins with {_COUNTER_EVIDENCE.strip()!r}",
    )
    schema = RAW["cooperation/measures_international.csv"]
    named = frame.rename(columns={"country": "country_code", "id": "measure_id"}).assign(
        dyad=_dyads(coded), is_counter_evidence=counter.astype("boolean"), **_dates(coded)
    )[list(schema.columns)]
    check(named, schema, INTERNATIONAL_FILE, REMEDY)
    named = named.sort_values(["country_code", "measure_id"], ignore_index=True)
    return expect_total(named, control, coded.dataset, coded.file)


def _expect_ids(coded: CodedTable) -> None:
    """Stop unless each country's rows are numbered from 1, none twice and none left out."""
    frame = coded.frame
    coded.refuse(~frame["country"].isin(list(_PREFIXES)), "country", " or ".join(_PREFIXES))
    for country, prefix in _PREFIXES.items():
        ids = frame.loc[frame["country"] == country, "id"]
        wanted = {f"{prefix}{number:03d}" for number in range(1, len(ids) + 1)}
        wrong = frame["id"].isin(ids[~ids.isin(wanted) | ids.duplicated()])
        coded.refuse(wrong, "id", f"{prefix} and a number from 1 to {len(ids)}, each once")


def _dyads(coded: CodedTable) -> pd.Series:
    """Return the dyads by the letters of their parties; blank stays blank."""
    codes = {
        f"{first}-{second}": f"{short}-{other}"
        for first, short in _PARTIES.items()
        for second, other in _PARTIES.items()
    }
    typed = coded.frame["dyad"]
    coded.refuse(~typed.isin(["", *codes]), "dyad", f"two of {', '.join(_PARTIES)}, or a blank")
    return typed.replace(codes)


def _dates(coded: CodedTable) -> dict[str, pd.Series]:
    """Return start and end as dates, each with its precision."""
    starts, ends = _stated(coded, "start_date"), _stated(coded, "end_date")
    for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start.first is not None and end.last is not None and end.last < start.first:
            raise coded.fault(row, "end_date", "an end not before the start", shown(end.last))
    return {
        "start_date": pd.Series([start.first for start in starts], dtype=DATE),
        "start_precision": pd.Series([start.precision for start in starts], dtype="str"),
        "end_date": pd.Series([end.last for end in ends], dtype=DATE),
        "end_precision": pd.Series([end.precision for end in ends], dtype="str"),
    }


def _stated(coded: CodedTable, column: str) -> list[StatedDate]:
    """Return the dates of a column."""
    dates = []
    for row, text in enumerate(coded.frame[column]):
        date = stated_date(text)
        if date is None:
            raise coded.fault(row, column, "a day, month or year such as 2020-04", repr(text))
        dates.append(date)
    return dates


TABLES = {
    "cooperation/codings.csv": read_codings,
    "cooperation/measures_international.csv": read_measures_international,
}
"""Reader of each table that is made here."""
