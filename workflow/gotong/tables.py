"""Reading and writing tables: typed, sorted, byte for byte the same every time.

Text tables are CSV (UTF-8, LF, comma); made tables are Parquet. A file appears under its
name only when it is complete: it is written beside it first and then moved into place.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gotong.errors import InputError
from gotong.text import expectation, first_unfit, quoted

DATE: Final = "datetime64[s]"
"""Dtype of every date in every table."""

_ORIGINS_KEY = b"gotong.tables"
_SCRATCH = ".part"


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file so that it is either absent, old or complete, never half-written.

    Parameters
    ----------
    path : path
        Where to write; the folder is made when it is missing.
    content : bytes
        The whole file.
    """
    with _replacing(Path(path)) as file:
        file.write(content)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of another when all is written."""
    with _told_by_its_name(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # What a killed process leaves is known by this ending; the next run clears it away.
        handle, scratch = tempfile.mkstemp(_SCRATCH, f".{path.name}.", path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            umask = os.umask(0)
            os.umask(umask)
            Path(scratch).chmod(0o666 & ~umask)
            Path(scratch).replace(path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise


@contextmanager
def _told_by_its_name(path: Path) -> Iterator[None]:
    """Name the file in an error that has no name, as of a full disk, or that of a scratch file."""
    try:
        yield
    except OSError as error:
        if error.filename is None or str(error.filename).endswith(_SCRATCH):
            error.filename = str(path)
        raise


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV: UTF-8, LF, ISO dates, shortest exact numbers, blank for missing.

    Raises
    ------
    ValueError
        A text that a spreadsheet would take for a formula, or that cannot be shown. No table
        that met its contract holds one: such a text was put together here.
    """
    shown = frame.copy()
    for name in shown.columns:
        if pd.api.types.is_datetime64_any_dtype(shown[name]):
            shown[name] = shown[name].dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_bool_dtype(shown[name]):
            shown[name] = shown[name].map({True: "yes", False: "no"})
        elif not pd.api.types.is_numeric_dtype(shown[name]):
            unfit = first_unfit(shown[name])
            if unfit is not None:
                raise ValueError(f"column '{name}': {quoted(unfit)} is not {expectation(unfit)}")
    return shown.to_csv(index=False, lineterminator="\n").encode("utf-8")


def read_csv(
    content: bytes, dtypes: Mapping[str, str], dataset: str, file: str, remedy: str
) -> pd.DataFrame:
    """Read a CSV table whose columns and types are known; refuse anything else.

    Parameters
    ----------
    content : bytes
        The whole file, UTF-8.
    dtypes : mapping of str to str
        Column names in order, each with ``str``, ``Int64``, ``float64``, ``boolean`` or
        ``datetime64[s]``.
    dataset, file : str
        For the message when something is wrong.
    remedy : str
        What to tell the user to do.

    Returns
    -------
    pandas.DataFrame
        One column per entry of `dtypes`, blanks as missing (text: empty string).

    Raises
    ------
    InputError
        Undecodable bytes, what is not CSV (`csv_cells`), a missing or stray column, a short or
        long row, or a cell that is not of its column's type, with the row (the header is row 1)
        and the column.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            dataset,
            file,
            f"byte {error.start}",
            "UTF-8 text",
            f"byte 0x{content[error.start]:02x}",
            remedy,
        ) from None
    rows = csv_cells(text, dataset, file, remedy)
    header = rows[0] if rows else []
    if header != list(dtypes):
        raise InputError(
            dataset, file, "row 1 (header)", ",".join(dtypes), _differing(header, dtypes), remedy
        )
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise InputError(
                dataset, file, f"row {number}", f"{len(header)} fields", f"{len(row)}", remedy
            )
    columns = zip(*rows[1:], strict=True) if len(rows) > 1 else [()] * len(header)
    return pd.DataFrame(
        {
            name: convert(list(cells), dtypes[name], (dataset, file, name, remedy))
            for name, cells in zip(header, columns, strict=True)
        }
    )


def csv_cells(text: str, dataset: str, file: str, remedy: str) -> list[list[str]]:
    """Return the cells of a CSV file as text, row by row, the header included.

    Parameters
    ----------
    text : str
        The whole file.
    dataset, file, remedy : str
        For the message when something is wrong.

    Raises
    ------
    InputError
        A quotation mark that is left open for more characters than a field may hold, or a
        NUL, with its row (the header is row 1).
    """
    rows: list[list[str]] = []
    try:
        # What was read before the fault stays in the list, and tells the row of the fault.
        rows.extend(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError(
            dataset,
            file,
            f"row {len(rows) + 1}",
            "CSV, every quotation mark closed again",
            str(error),
            remedy,
        ) from None
    # A NUL is the mark of a damaged or a binary file; the csv module lets it through.
    if "\0" in text:
        row, field = next(
            (row, field)
            for row, cells in enumerate(rows, start=1)
            for field, cell in enumerate(cells, start=1)
            if "\0" in cell
        )
        raise InputError(dataset, file, f"row {row}, field {field}", "text", "a NUL", remedy)
    return rows


def _differing(header: Iterable[str], wanted: Iterable[str]) -> str:
    """Say how a header differs from the wanted one."""
    header, wanted = list(header), list(wanted)
    missing = [name for name in wanted if name not in header]
    stray = [name for name in header if name not in wanted]
    parts = []
    if missing:
        parts.append("missing: " + ", ".join(missing))
    if stray:
        parts.append("stray: " + ", ".join(repr(name) for name in stray))
    return "; ".join(parts) or "the same columns in another order or twice"


_EXPECTED = {
    "Int64": "a whole number within 64 bits",
    "float64": "a number",
    "boolean": "yes or no",
    DATE: "a date such as 2020-04-10",
}


def convert(cells: list[str], dtype: str, where: tuple[str, str, str, str]) -> pd.Series:
    """Turn text cells into one typed column, or say which cell is wrong.

    Parameters
    ----------
    cells : list of str
    dtype : str
        See `read_csv`.
    where : tuple of str
        Dataset, file, column and remedy, for the message.

    Raises
    ------
    InputError
        A cell is not of the type.
    """
    text = pd.Series(cells, dtype="str")
    if dtype == "str":
        return text
    blank = text == ""
    parsed: pd.Series
    if dtype == DATE:
        iso = text.str.fullmatch(r"\d{4}-\d{2}-\d{2}")
        parsed = pd.to_datetime(text.where(iso), format="%Y-%m-%d", errors="coerce").astype(DATE)
    elif dtype == "boolean":
        parsed = text.map({"yes": True, "no": False}).astype("boolean")
    elif dtype == "Int64":
        parsed = pd.Series([whole(cell) for cell in cells], dtype="Int64")
    else:
        plain = text.str.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
        parsed = pd.to_numeric(text.where(plain), errors="coerce").astype("float64")
    wrong = np.flatnonzero((parsed.isna() & ~blank).to_numpy())
    if wrong.size:
        dataset, file, name, remedy = where
        row = int(wrong[0])
        raise InputError(
            dataset,
            file,
            f"row {row + 2}, column '{name}'",
            _EXPECTED[dtype],
            quoted(text.iloc[row]),
            remedy,
        )
    return parsed


def whole(cell: str) -> int | None:
    """Return a cell as a whole number, exactly, or None where it is none that Int64 holds."""
    if not re.fullmatch(r"-?[0-9]{1,19}", cell):
        return None
    # Not by way of floats, which a blank elsewhere in the column would bring in: they round
    # beyond 2**53.
    value = int(cell)
    return value if -(2**63) <= value < 2**63 else None


def looked_up(keys: pd.Series, values: Mapping[str, Any] | pd.Series) -> pd.Series:
    """Return the value of each key, missing where there is none.

    As ``keys.map(values)``, but each distinct key is looked up once: a region has as many
    rows as days.

    Parameters
    ----------
    keys : pandas.Series of str
    values : mapping or pandas.Series
        Values by key.
    """
    place, distinct = pd.factorize(keys, use_na_sentinel=False)
    values = values if isinstance(values, pd.Series) else dict(values)
    return pd.Series(distinct).map(values).take(place).set_axis(keys.index)


def rows_equal(frame: pd.DataFrame, values: Mapping[str, Any]) -> pd.Series:
    """Return which rows of a table hold a value in each of some columns.

    Parameters
    ----------
    frame : pandas.DataFrame
    values : mapping of str to scalar
        Value by column.

    Returns
    -------
    pandas.Series of bool
    """
    return (frame[list(values)] == pd.Series(values)).all(axis="columns")


def to_parquet(frame: pd.DataFrame, origins: Iterable[str] = ()) -> bytes:
    """Return a table as Parquet, with the names of the raw tables that it came from.

    The names travel in the file's own metadata, so that the sources and the corrections that
    a figure states are read from its data and cannot go stale. Versions of pandas and pyarrow
    are kept out of the file.
    """
    sink = io.BytesIO()
    _write_groups(sink, [frame], origins)
    return sink.getvalue()


def write_row_groups(
    path: str | Path, frames: Iterable[pd.DataFrame], origins: Iterable[str] = ()
) -> None:
    """Write tables of the same columns as one Parquet file, a row group each, as they come.

    No more than one of them need be in memory. With a single one the file is that of
    `to_parquet`.

    Parameters
    ----------
    path : path
        Where to write; see `write_bytes`.
    frames : iterable of pandas.DataFrame
        One or more, for example the days of one block of regions after the other.
    origins : iterable of str
        See `to_parquet`.
    """
    with _replacing(Path(path)) as file:
        _write_groups(file, frames, origins)


def _write_groups(file: BinaryIO, frames: Iterable[pd.DataFrame], origins: Iterable[str]) -> None:
    """Write tables to a file, a row group each."""
    listed = ",".join(sorted(set(origins))).encode()
    groups = (_to_arrow(frame).replace_schema_metadata({_ORIGINS_KEY: listed}) for frame in frames)
    first = next(groups)
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        for group in chain([first], groups):
            writer.write_table(group)


def _to_arrow(frame: pd.DataFrame) -> pa.Table:
    """Return a table with its days as days, without a time."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for position, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            column = table.column(position).cast(pa.date32())
            table = table.set_column(position, pa.field(field.name, pa.date32()), column)
    return table


def read_parquet(path: str | Path) -> pd.DataFrame:
    """Read a table that `to_parquet` wrote: Int64, str, datetime64[s], boolean, float64.

    Raises
    ------
    InputError
        The file is damaged.
    """
    with _undamaged(path):
        return _from_arrow(pq.read_table(path))


@contextmanager
def _undamaged(path: str | Path) -> Iterator[None]:
    """Say what to do about a Parquet file that cannot be read: no rule leaves one like that."""
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        # A file that is not there, or may not be read, has an error of its own kind.
        if type(error) not in (pa.ArrowInvalid, OSError):
            raise
        found = str(error).splitlines()[0].rpartition("': ")[2]
        remedy = "remove the file and run make again"
        raise InputError(
            Path(path).stem, str(path), "whole file", "a table in Parquet", found, remedy
        ) from None


def read_row_groups(
    path: str | Path, columns: Sequence[str] | None = None
) -> Iterator[pd.DataFrame]:
    """Yield the row groups of a Parquet table one by one, as `read_parquet` reads them.

    Parameters
    ----------
    path : path
    columns : sequence of str, optional
        The columns that are wanted; all by default.
    """
    with _undamaged(path), pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield _from_arrow(file.read_row_group(number, columns))


def _from_arrow(table: pa.Table) -> pd.DataFrame:
    """Return a table with the column types of the project."""
    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame = table.to_pandas(types_mapper=kinds.get, date_as_object=False)
    for name in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[name]):
            frame[name] = frame[name].astype(DATE)
    return frame


def parquet_origins(path: str | Path) -> tuple[str, ...]:
    """Return the names of the raw tables that a table of `to_parquet` came from, sorted."""
    with _undamaged(path):
        metadata = pq.read_schema(path).metadata or {}
    return tuple(filter(None, metadata.get(_ORIGINS_KEY, b"").decode().split(",")))
