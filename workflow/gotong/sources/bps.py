"""Badan Pusat Statistik: codes and names of regions, and the census of 2020."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
import rdata

from gotong.errors import InputError
from gotong.regions import DKI_UNITS, Gazetteer
from gotong.sources.reading import REMEDY, csv_rows, expect_header

CROSSWALK, CENSUS = "bps_crosswalk", "bps_sp2020"
HEADER = ("kode_bps", "nama_bps", "kode_dagri", "nama_dagri")
CAPITALS = ("DKI", "DI")


def read_regions(files: Mapping[str, bytes]) -> pd.DataFrame:
    """Return ``geography/regions.csv`` from the crosswalk of BPS and Kemendagri.

    BPS's names are used: Kemendagri's are cut off in the file. The second level is called
    Kab. or Kota (third digit 7) before its name, as the same name often serves both.

    Raises
    ------
    InputError
        Another header, a code of another form or twice, or a province that is not there.
    """
    records = []
    for path, digits in (("csv/provinsi.csv", 2), ("csv/kabkota.csv", 4)):
        header, *rows = csv_rows(files[path], CROSSWALK, path)
        expect_header(header, HEADER, CROSSWALK, path)
        for number, row in enumerate(rows, start=2):
            records.append(_region(row, digits, path, number))
    frame = pd.DataFrame(records).astype("str").sort_values("region_code", ignore_index=True)
    for column in ("region_code", "kemendagri_code", "name"):
        for row in frame.index[frame.duplicated(column)][:1]:
            found = frame.loc[row, column]
            raise InputError(CROSSWALK, "csv/", column, "every one once", found, REMEDY)
    orphans = set(frame["province_code"]) - set(frame["region_code"])
    if orphans:
        found = ", ".join(sorted(orphans))
        raise InputError(CROSSWALK, "csv/provinsi.csv", "", "every province", found, REMEDY)
    return frame


def _region(row: list[str], digits: int, path: str, number: int) -> dict[str, str]:
    """Return one region."""
    if len(row) != len(HEADER):
        expected = f"{len(HEADER)} fields"
        raise InputError(CROSSWALK, path, f"row {number}", expected, str(len(row)), REMEDY)
    code, name, kemendagri, _ = (cell.strip() for cell in row)
    for cell, column in ((code, "kode_bps"), (kemendagri, "kode_dagri")):
        if not (len(cell) == digits and cell.isdigit()):
            place = f"row {number}, column '{column}'"
            raise InputError(CROSSWALK, path, place, f"{digits} digits", repr(cell), REMEDY)
    level = "province" if digits == 2 else ("kota" if code[2] == "7" else "kabupaten")
    return {
        "region_code": code,
        "kemendagri_code": kemendagri,
        "level": level,
        "name": _name(code, name, level),
        "province_code": code[:2],
    }


def _name(code: str, name: str, level: str) -> str:
    """Return a region's name as people write it."""
    words = name.split()
    if all(len(word) == 1 for word in words):  # "S I A K": the source spaces short names out
        words = ["".join(words)]
    plain = " ".join(word if word in CAPITALS else word.title() for word in words)
    if level == "province" or code in DKI_UNITS:
        return plain
    prefix = "Kota" if level == "kota" else "Kab."
    return plain if plain.startswith(f"{prefix} ") else f"{prefix} {plain}"


def read_population(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Return ``context/population_sp2020.csv`` from the R package that carries the census.

    Raises
    ------
    InputError
        An unreadable file, another column, a code unknown or missing, a number that is not
        whole, or sexes that do not sum to the total.
    """
    ((path, content),) = files.items()
    try:
        frame = rdata.read_rda(io.BytesIO(content))["pop_dt"]
        columns = {
            "idkab": "region_code",
            "Laki-laki": "male",
            "Perempuan": "female",
            "Total": "total",
        }
        frame = frame[list(columns)].rename(columns=columns)
    except (KeyError, ValueError, TypeError, EOFError, OSError, NotImplementedError) as error:
        raise InputError(CENSUS, path, "", "the table pop_dt", repr(error)[:90], REMEDY) from None
    frame = frame.astype({"region_code": "str"}).sort_values("region_code", ignore_index=True)
    counts = frame[["male", "female", "total"]].astype("float64")
    wrong = (counts != counts.round()).any(axis=1) | (
        counts["male"] + counts["female"] != counts["total"]
    )
    for row in frame.index[wrong][:1]:
        place, found = f"idkab {frame.loc[row, 'region_code']}", str(counts.loc[row].tolist())
        raise InputError(
            CENSUS, path, place, "whole numbers, sexes summing to total", found, REMEDY
        )
    units = {code for code in gazetteer.codes() if len(code) == 4}
    differing = sorted(units ^ set(frame["region_code"]))
    if differing or frame["region_code"].duplicated().any():
        found = ", ".join(differing[:5]) or "a code twice"
        raise InputError(CENSUS, path, "idkab", "the 514 kab/kota, each once", found, REMEDY)
    return frame.astype({"male": "Int64", "female": "Int64", "total": "Int64"})
