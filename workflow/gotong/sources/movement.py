"""Movement between the regions of Java, from phone records (Djaafara et al. 2021).

The publisher's matrices carry no names: their order is that of another file. DKI Jakarta is
one unit (31) and everything outside Java another (99).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import rdata

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer, province_of
from gotong.sources.reading import REMEDY, csv_rows, expect_header

DATASET = "djaafara_movement"
MATRICES = "processed_inputs/matrix_idn_java_nonjava_length_of_travel.rds"
ORDER = "Data/raw/urban_rural_flag.csv"
TABLE = "mobility/movement_java.csv"

PERIODS = ("normal", "ramadan")
ELSEWHERE = "99"
JAVA = ("32", "33", "34", "35", "36")
"""Provinces of Java whose kabupaten and kota are units; DKI is one unit."""

ROW_SUM_TOLERANCE = 1e-9
"""How far a row may be from 1 in the source; the pinned file is within 2e-15."""

DECIMALS = 9
"""Decimals that are kept. The smallest share is 4e-8; no sum of a row moves by more than 6e-8."""


def read_movement(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read where people of each region of Java were, in normal days and in Ramadan.

    Parameters
    ----------
    files : mapping of str to bytes
        The matrices (`MATRICES`, R data) and the order of their units (`ORDER`), by
        registered path.
    gazetteer : Gazetteer
        The 113 kabupaten and kota of Java outside DKI must be exactly those of the source.

    Returns
    -------
    pandas.DataFrame
        ``mobility/movement_java.csv``: period, origin_code, destination_code, share; one row
        per cell. Shares are rounded to `DECIMALS`, so the shares of an origin sum to 1
        within 6e-8, and three that are zero in the source stay zero.

    Raises
    ------
    InputError
        A file is missing; the matrices are not R data of two square matrices of the listed
        units; a share is negative or not a number; a row does not sum to 1; the order names
        an unknown region, leaves one out, or is not that of the codes.
    """
    for file in (MATRICES, ORDER):
        if file not in files:
            raise InputError(DATASET, file, "", "this file", "no such file", REMEDY)
    units = _read_order(files[ORDER], gazetteer)
    matrices = _read_matrices(files[MATRICES], units)
    key = ["period", "origin_code", "destination_code"]
    frame = pd.MultiIndex.from_product([PERIODS, units, units], names=key).to_frame(index=False)
    shares = np.concatenate([matrices[period].ravel() for period in PERIODS])
    frame["share"] = shares.round(DECIMALS)
    return frame.astype(dtypes(RAW[TABLE])).sort_values(key, ignore_index=True)


def _read_order(content: bytes, gazetteer: Gazetteer) -> list[str]:
    """Return the codes of the rows and columns of the matrices, in their order.

    Nothing in the matrices would betray a shuffled list, so the list must be in the one
    order that the pinned file has: DKI, outside Java, then codes upwards without a gap.
    """
    header, *rows = csv_rows(content, DATASET, ORDER)
    expect_header(header, ("IDREGION", "REGION", "PROVINCE", "URBAN_RURAL"), DATASET, ORDER)
    known = gazetteer.codes("kabupaten") + gazetteer.codes("kota")
    wanted = [DKI, ELSEWHERE, *sorted(code for code in known if province_of(code) in JAVA)]
    found = [row[0] for row in rows]
    for number, (code, due) in enumerate(zip(found, wanted, strict=False), start=2):
        if code != due:
            place = f"row {number}, column 'IDREGION'"
            named = due if due == ELSEWHERE else f"{due} ({gazetteer.name(due)})"
            raise InputError(DATASET, ORDER, place, named, repr(code), REMEDY)
    if len(found) != len(wanted):
        raise InputError(DATASET, ORDER, "", f"{len(wanted)} rows", f"{len(found)}", REMEDY)
    return found


def _read_matrices(content: bytes, units: list[str]) -> dict[str, np.ndarray]:
    """Return the matrix of each period, origins in rows; all shares, all rows summing to 1."""
    try:
        # rdata only decodes values: no R code is run.
        matrices = rdata.conversion.convert(rdata.parser.parse_data(content, extension=".rds"))
    except Exception as error:
        # The parser meets damaged bytes in many ways; the user needs to know only that.
        raise InputError(DATASET, MATRICES, "", "R data", str(error)[:200], REMEDY) from None
    names = [str(name) for name in matrices] if isinstance(matrices, dict) else []
    if names != list(PERIODS):
        found = ", ".join(names) or type(matrices).__name__
        raise InputError(DATASET, MATRICES, "", f"a list of {' and '.join(PERIODS)}", found, REMEDY)
    return {period: _checked(matrices[period], period, units) for period in PERIODS}


def _checked(matrix: Any, period: str, units: list[str]) -> np.ndarray:
    """Return a matrix unchanged if it is square, of shares, with rows that sum to 1."""
    shape = (len(units), len(units))
    if not isinstance(matrix, np.ndarray) or matrix.shape != shape or matrix.dtype.kind != "f":
        found = f"{np.shape(matrix)} {np.asarray(matrix).dtype}"
        raise InputError(DATASET, MATRICES, period, f"{shape} real numbers", found, REMEDY)
    wrong = np.argwhere(~((matrix >= 0) & (matrix <= 1)))
    if wrong.size:
        origin, destination = wrong[0]
        place = f"{period}, from {units[origin]} to {units[destination]}"
        share = matrix[origin, destination]
        raise InputError(DATASET, MATRICES, place, "a share from 0 to 1", f"{share}", REMEDY)
    sums = matrix.sum(axis=1)
    astray = np.flatnonzero(np.abs(sums - 1) > ROW_SUM_TOLERANCE)
    if astray.size:
        place = f"{period}, from {units[astray[0]]}"
        found = f"shares that sum to {sums[astray[0]]:.9f}"
        raise InputError(DATASET, MATRICES, place, "shares that sum to 1", found, REMEDY)
    return matrix


TABLES = {TABLE: read_movement}
"""Reader of each table that is made here."""
