"""Registered residents of the kelurahan of DKI Jakarta, and their ages, from Dukcapil.

The attribute table (dBASE) of a map of village boundaries; the boundaries are not read. The file
is named after December 2019, its rows say that they were counted on 30 June 2019.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapefile

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import DKI_UNITS, Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.dki_sheets import KELURAHAN
from gotong.sources.reading import REMEDY

DATASET = "dukcapil_dki_2019"
FILE = (
    "_posts/2021-08-27-take-home-exercise-1/the1data/BATAS DESA DESEMBER 2019 DUKCAPIL DKI JAKARTA/"
    "BATAS_DESA_DESEMBER_2019_DUKCAPIL_DKI_JAKARTA.dbf"
)
TABLE = "kelurahan/population_2019.csv"

_LAKES = ("DANAU SUNTER", "DANAU SUNTER DLL")
"""Two areas of water, without unit, name or residents: left out."""

_COUNTED_ON = "30 Juni 2019"
_RESIDENTS, _AREA, _DENSITY = "JUMLAH_PEN", "LUAS_WILAY", "KEPADATAN"
_AGES = {f"U{age}": f"age_{age}_{age + 4}" for age in range(0, 75, 5)} | {"U75": "age_75_up"}
_PARTITIONS = {
    "ages": tuple(_AGES),
    "sexes": ("PRIA", "WANITA"),
    "marital states": ("BELUM_KAWI", "KAWIN", "CERAI_HIDU", "CERAI_MATI"),
}
"""Each of these sets of columns sums to the residents."""

_CODES = ("KODE_DESA", "KODE_DES_1", "KODE_DES_3")
_NAMES = ("DESA", "DESA_KELUR", "DESA_KEL_1")
_TEXT = (*_CODES, *_NAMES, "KAB_KOTA", "GENERATED")
_NUMBERS = (_RESIDENTS, _AREA, _DENSITY, *_AGES, "PRIA", "WANITA", *_PARTITIONS["marital states"])
_AREA_ROUNDED = 0.005
"""Half of the last digit of the area, km2."""

_AREA_CONTROL = ControlTotal(267, "872a789c87cd1f18")
"""Of the areas by code: where few people live, the density, which is rounded, leaves the last
digit of the area open."""


def read_population_2019(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read registered residents by age, and area, of every kelurahan.

    Residents are those registered, who are more than the census of 2020 found (11,011,862
    against 10,562,088). Of 269 rows two are the water of Danau Sunter, which has neither name
    of a kelurahan nor residents; they are left out.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds the table at `FILE`.
    gazetteer : Gazetteer
        Every unit's codes and name.

    Returns
    -------
    pandas.DataFrame
        ``kelurahan/population_2019.csv``: kelurahan_code, residents, area_km2, and residents
        by age in groups of five years (persons), the last open.

    Raises
    ------
    InputError
        The file is missing or is no dBASE table of the known columns; another number of rows;
        a code twice, or beside another unit's name; a count that is no whole number; ages,
        sexes or marital states that do not sum to the residents; a density that is not
        residents by area.
    """
    if FILE not in files:
        raise _fault("", "this file", "no such file")
    frame = _records(files[FILE])
    lakes = frame["DESA_KELUR"] == ""
    if sorted(frame.loc[lakes, "DESA"]) != sorted(_LAKES) or frame.loc[lakes, _RESIDENTS].any():
        found = ", ".join(map(repr, frame.loc[lakes, "DESA"]))
        raise _fault("column 'DESA_KELUR'", f"a blank for {' and '.join(_LAKES)}", found)
    kelurahan = frame[~lakes].reset_index(drop=True)
    _expect_codes(kelurahan, gazetteer)
    _expect_counts(kelurahan)
    _expect_area(kelurahan)
    named = kelurahan.rename(
        columns={"KODE_DESA": "kelurahan_code", _RESIDENTS: "residents", _AREA: "area_km2", **_AGES}
    )
    columns = dtypes(RAW[TABLE])
    return named[list(columns)].astype(columns).sort_values("kelurahan_code", ignore_index=True)


def _fault(place: str, expected: str, found: str) -> InputError:
    """Return what the user is told of the file."""
    return InputError(DATASET, FILE, place, expected, found, REMEDY)


def _records(content: bytes) -> pd.DataFrame:
    """Return the columns that are read of all rows, text without blanks at its ends."""
    try:
        with shapefile.Reader(dbf=io.BytesIO(content), encoding="utf-8") as reader:
            records = [record.as_dict() for record in reader.iterRecords()]
    except Exception as error:
        # Damaged bytes fail in many ways inside the parser; the user needs to know only that.
        reason = str(error)[:200] or type(error).__name__
        raise _fault("", "a dBASE table", reason) from None
    if len(records) != KELURAHAN + len(_LAKES):
        raise _fault("", f"{KELURAHAN + len(_LAKES)} rows", str(len(records)))
    missing = [name for name in (*_TEXT, *_NUMBERS) if name not in records[0]]
    if missing:
        raise _fault("", "columns " + ", ".join(missing), "others")
    return pd.DataFrame(
        {
            **{name: [str(record[name] or "").strip() for record in records] for name in _TEXT},
            **{name: [_number(record[name]) for record in records] for name in _NUMBERS},
        }
    )


def _number(cell: object) -> float:
    """Return a cell as a number, NaN where it is none."""
    return float(cell) if isinstance(cell, int | float) else float("nan")


def _expect_codes(frame: pd.DataFrame, gazetteer: Gazetteer) -> None:
    """Stop unless each code stands once, as often as it is repeated, beside its unit's name."""
    for names in (_CODES, _NAMES[:2]):
        for row in np.flatnonzero(frame[list(names)].nunique(axis="columns") != 1)[:1]:
            found = ", ".join(frame[list(names)].iloc[row])
            raise _fault(f"row {row + 1}", f"the same in {', '.join(names)}", found)
    codes = frame["KODE_DESA"]
    wrong = ~codes.str.fullmatch("31[0-9]{8}").astype(bool) | codes.duplicated()
    for row in np.flatnonzero(wrong)[:1]:
        raise _fault(f"row {row + 1}", "the code of a kelurahan, each once", repr(codes.iloc[row]))
    for row in np.flatnonzero(frame["GENERATED"] != _COUNTED_ON)[:1]:
        raise _fault(f"row {row + 1}", _COUNTED_ON, repr(frame["GENERATED"].iloc[row]))
    for prefix, spelling in dict.fromkeys(zip(codes.str[:4], frame["KAB_KOTA"], strict=True)):
        unit = gazetteer.from_kemendagri(prefix, DATASET, FILE, "column 'KODE_DESA'")
        named = gazetteer.resolve(spelling, DATASET, FILE, "column 'KAB_KOTA'")
        if unit != named or unit not in DKI_UNITS:
            raise _fault("column 'KAB_KOTA'", f"the unit of the codes {prefix}", repr(spelling))


def _expect_counts(frame: pd.DataFrame) -> None:
    """Stop at a count that is no whole number, or at parts that do not sum to the residents."""
    counts = frame[[_RESIDENTS, *(name for part in _PARTITIONS.values() for name in part)]]
    whole = (counts >= 0) & (counts < float("inf")) & (counts == counts.round())
    for row, name in zip(*np.nonzero(~whole.to_numpy()), strict=True):
        place = f"row {row + 1}, column '{counts.columns[name]}'"
        raise _fault(place, "a whole number, 0 or more", str(counts.iloc[row, name]))
    for what, parts in _PARTITIONS.items():
        total = counts[list(parts)].sum(axis="columns")
        for row in np.flatnonzero(total != counts[_RESIDENTS])[:1]:
            place, found = f"row {row + 1}, {what}", f"{total.iloc[row]:.0f}"
            raise _fault(place, f"{counts[_RESIDENTS].iloc[row]:.0f}, the residents", found)


def _expect_area(frame: pd.DataFrame) -> None:
    """Stop unless residents by area, which is rounded, can be the printed density."""
    residents, area, density = frame[_RESIDENTS], frame[_AREA], frame[_DENSITY]
    fits = (area > _AREA_ROUNDED) & (area == area.round(2)) & (density > 0)
    fits &= residents / (area + _AREA_ROUNDED) <= density + 1
    fits &= residents / (area - _AREA_ROUNDED) >= density - 1
    for row in np.flatnonzero(~fits)[:1]:
        found = f"{residents.iloc[row]:.0f} on {area.iloc[row]} km2"
        expected = f"{density.iloc[row]:.0f} residents per km2"
        raise _fault(f"row {row + 1}, column '{_AREA}'", expected, found)
    areas = frame[["KODE_DESA", _AREA]].sort_values("KODE_DESA")
    expect_total(areas, _AREA_CONTROL, DATASET, FILE)


TABLES = {TABLE: read_population_2019}
"""Reader of each table that is made here."""
