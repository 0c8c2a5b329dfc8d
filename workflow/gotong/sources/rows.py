"""Reading the rows of a CSV file whose cells repeat: each distinct cell is converted once.

Thirty thousand rows of reports hold a thousand days and a few hundred numbers. pyarrow finds the
distinct cells of each column, as text; what they mean is decided as everywhere, in
`gotong.tables`, which also reads whatever is not as plain as this way in wants it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from gotong.errors import InputError
from gotong.sources.reading import REMEDY
from gotong.tables import convert, read_csv

_NOT_PLAIN = (b'"', b"\r", b"\0", b"\n\n")
"""What gives commas and line feeds another meaning, or is refused: empty lines are."""


def read_rows(content: bytes, dtypes: Mapping[str, str], dataset: str, file: str) -> pd.DataFrame:
    """Read rows without their header as `tables.read_csv` reads a file with it.

    Parameters
    ----------
    content : bytes
        Rows, UTF-8.
    dtypes : mapping of str to str
        Name and type of each column; see `tables.read_csv`.
    dataset, file : str
        For the message when something is wrong; rows count from 2.

    Raises
    ------
    InputError
        See `tables.read_csv`.
    """
    if not content.startswith(b"\n") and not any(mark in content for mark in _NOT_PLAIN):
        try:
            return _read_plain(content, dtypes)
        except (pa.ArrowInvalid, InputError):
            pass  # Whatever is wrong is said below, with its row.
    header = ",".join(dtypes).encode()
    return read_csv(header + b"\n" + content, dtypes, dataset, file, REMEDY)


def _read_plain(content: bytes, dtypes: Mapping[str, str]) -> pd.DataFrame:
    """Read rows in which every comma parts two cells and every line feed two rows."""
    table = csv.read_csv(
        pa.BufferReader(content),
        # One block, so that a column has one list of distinct cells.
        csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=list(dtypes)),
        csv.ParseOptions(quote_char=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(dtypes, pa.dictionary(pa.int32(), pa.string())),
            null_values=[],
        ),
    )
    columns = {}
    for name, dtype in dtypes.items():
        (cells,) = table.column(name).chunks
        distinct = convert(cells.dictionary.to_pylist(), dtype, ("", "", name, ""))
        columns[name] = distinct.array.take(np.asarray(cells.indices))
    return pd.DataFrame(columns)
