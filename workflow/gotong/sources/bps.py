"""Badan Pusat Statistik: codes and names of regions, and the census of 2020 (SP2020)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import pandas as pd
import rdata

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import DKI_UNITS, Gazetteer, normalise, province_of
from gotong.sources.reading import REMEDY, csv_rows, expect_header

CROSSWALK, CENSUS = "bps_crosswalk", "bps_sp2020"
PROVINCES, UNITS, POPULATION = "csv/provinsi.csv", "csv/kabkota.csv", "data/pop_dt.rda"

_HEADER = ("kode_bps", "nama_bps", "kode_dagri", "nama_dagri")
_COUNTS = {"Laki-laki": "male", "Perempuan": "female", "Total": "total"}
_CENSUS_HEADER = ("idkab", "kdprov", "kdkab", "nmprov", "nmkab", *_COUNTS)

_AS_WRITTEN = ("DKI", "DI")
_LOWER_CASE = ("DAN",)


def read_regions(files: Mapping[str, bytes]) -> pd.DataFrame:
    """Read the provinces, kabupaten and kota with their codes of BPS and of Kemendagri.

    Names are BPS's: Kemendagri's are cut off in the file, so that different districts look
    alike. Kab. or Kota (third digit 7) stands before the name of a unit, as one name often
    serves both; the six units of DKI Jakarta go by name alone, as people call them.

    Parameters
    ----------
    files : mapping of str to bytes
        The provinces (`PROVINCES`) and the kabupaten and kota (`UNITS`), by registered path.

    Returns
    -------
    pandas.DataFrame
        ``geography/regions.csv``: region_code, kemendagri_code, level, name, province_code;
        34 + 514 rows in the pinned files.

    Raises
    ------
    InputError
        A file is missing or has another header; a row has another length or no name; a code
        is not of two or four digits; a code or a name stands twice in a file; the province of
        a unit is not there, or is not the one that the unit has for Kemendagri.
    """
    provinces = _read_level(files, PROVINCES, digits=2)
    units = _read_level(files, UNITS, digits=4)
    _expect_provinces(units, provinces)
    columns = dtypes(RAW["geography/regions.csv"])
    frame = pd.concat([provinces, units])[list(columns)].astype(columns)
    return frame.sort_values("region_code", ignore_index=True)


def _content(files: Mapping[str, bytes], dataset: str, file: str) -> bytes:
    """Return a file, or say that it is missing."""
    if file not in files:
        raise InputError(dataset, file, "", "this file", "no such file", REMEDY)
    return files[file]


def _read_level(files: Mapping[str, bytes], file: str, digits: int) -> pd.DataFrame:
    """Return the regions of one file, indexed by its rows (the header is row 1)."""
    header, *rows = csv_rows(_content(files, CROSSWALK, file), CROSSWALK, file)
    expect_header(header, _HEADER, CROSSWALK, file)
    records = [_region(row, digits, file, number) for number, row in enumerate(rows, start=2)]
    frame = pd.DataFrame(records, index=range(2, len(rows) + 2))
    for column, printed in (
        ("region_code", "kode_bps"),
        ("name", "nama_bps"),
        ("kemendagri_code", "kode_dagri"),
    ):
        # Names that the gazetteer could not tell apart count as one.
        keys = frame[column].map(normalise)
        for number in frame.index[keys.duplicated()][:1]:
            first = keys.index[keys == keys[number]][0]
            place = f"row {number}, column '{printed}'"
            found = f"{frame.at[number, column]!r}, as in row {first}"
            raise InputError(CROSSWALK, file, place, "every one once", found, REMEDY)
    return frame


def _region(row: list[str], digits: int, file: str, number: int) -> dict[str, str]:
    """Return one region."""
    if len(row) != len(_HEADER):
        expected = f"{len(_HEADER)} fields"
        raise InputError(CROSSWALK, file, f"row {number}", expected, f"{len(row)}", REMEDY)
    code, printed, kemendagri, _ = row
    for cell, column in ((code, "kode_bps"), (kemendagri, "kode_dagri")):
        if not (len(cell) == digits and cell.isascii() and cell.isdigit()):
            place = f"row {number}, column '{column}'"
            raise InputError(CROSSWALK, file, place, f"{digits} digits", repr(cell), REMEDY)
    if not printed.strip():
        place = f"row {number}, column 'nama_bps'"
        raise InputError(CROSSWALK, file, place, "a name", repr(printed), REMEDY)
    level = "province" if digits == 2 else "kota" if code[2] == "7" else "kabupaten"
    return {
        "region_code": code,
        "kemendagri_code": kemendagri,
        "level": level,
        "name": _name(code, printed, level),
        "province_code": province_of(code),
    }


def _name(code: str, printed: str, level: str) -> str:
    """Return a region's name as people write it."""
    plain = " ".join(_word(word) for word in _joined(printed).split())
    if level == "province" or code in DKI_UNITS:
        return plain
    return f"{'Kota' if level == 'kota' else 'Kab.'} {plain}"


def _joined(printed: str) -> str:
    """Return a name without the blanks that BPS puts between the letters of short ones.

    "S I A K", "D U M A I" and "B A T A M" stand so in the crosswalk and in the census.
    """
    letters = printed.split()
    return "".join(letters) if all(len(letter) == 1 for letter in letters) else printed


def _word(word: str) -> str:
    """Return one word of a name in the case that it is written in."""
    if word in _AS_WRITTEN:
        return word
    return word.lower() if word in _LOWER_CASE else word.title()


def _expect_provinces(units: pd.DataFrame, provinces: pd.DataFrame) -> None:
    """Stop at a unit without a province, or in another one by its Kemendagri code."""
    crossed = dict(zip(provinces["region_code"], provinces["kemendagri_code"], strict=True))
    for number, unit in units.iterrows():
        province = unit["province_code"]
        if province not in crossed:
            place, expected = f"row {number}, column 'kode_bps'", f"a province of {PROVINCES}"
            raise InputError(CROSSWALK, UNITS, place, expected, unit["region_code"], REMEDY)
        if province_of(unit["kemendagri_code"]) != crossed[province]:
            place = f"row {number}, column 'kode_dagri'"
            expected = f"a code in province {crossed[province]}, which is {province} for BPS"
            raise InputError(CROSSWALK, UNITS, place, expected, unit["kemendagri_code"], REMEDY)


def read_population(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the residents of every kabupaten and kota by sex, census of September 2020.

    Parameters
    ----------
    files : mapping of str to bytes
        The R data file (`POPULATION`), by registered path.
    gazetteer : Gazetteer
        Its kabupaten and kota must be exactly those of the census, each under the code and
        the name that it has there: a join on shifted codes would exchange Jakarta's cities.

    Returns
    -------
    pandas.DataFrame
        ``context/population_sp2020.csv``: region_code, male, female, total (persons); 514
        rows in the pinned file.

    Raises
    ------
    InputError
        The file is missing or is not R data with the table of the census; a number is
        negative or not whole; the sexes do not sum to the total; a code is unknown, goes
        with another name, stands twice or is missing.
    """
    table = _r_table(_content(files, CENSUS, POPULATION))
    _expect_counts(table)
    _expect_codes(table, gazetteer)
    columns = dtypes(RAW["context/population_sp2020.csv"])
    frame = table.rename(columns={"idkab": "region_code", **_COUNTS})
    return frame[list(columns)].astype(columns).sort_values("region_code", ignore_index=True)


def _r_table(content: bytes) -> pd.DataFrame:
    """Return the table of the census, indexed by its rows from 1.

    rdata decodes values and runs no R code; of R's classes only the data frame is built. It
    warns where it guesses at what it cannot read, and here a guess is a fault.
    """
    builders = {"data.frame": rdata.conversion.dataframe_constructor}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = rdata.parser.parse_data(content, extension=".rda")
            objects = rdata.conversion.convert(parsed, builders)
    except Exception as error:
        # Damaged bytes fail in many ways inside the parser; the user needs to know only that.
        reason = str(error)[:200] or type(error).__name__
        raise InputError(CENSUS, POPULATION, "", "R data", reason, REMEDY) from None
    table = objects.get("pop_dt") if isinstance(objects, dict) else None
    if not isinstance(table, pd.DataFrame) or tuple(table.columns) != _CENSUS_HEADER:
        held = table.columns if isinstance(table, pd.DataFrame) else objects
        expected = "table pop_dt with " + ",".join(_CENSUS_HEADER)
        raise InputError(CENSUS, POPULATION, "", expected, ",".join(map(str, held)), REMEDY)
    return table


def _expect_counts(table: pd.DataFrame) -> None:
    """Stop at a count that is no whole number, or at sexes that do not sum to the total."""
    counts = table[list(_COUNTS)].apply(pd.to_numeric, errors="coerce")
    # R keeps the counts as real numbers, so that a fraction would be possible.
    faulty = ~((counts >= 0) & (counts == counts.round()) & (counts < float("inf")))
    for row, column in faulty.stack()[lambda cells: cells].index[:1]:
        place, found = f"{_row(table, row)}, column '{column}'", str(table.at[row, column])
        raise InputError(CENSUS, POPULATION, place, "a whole number, 0 or more", found, REMEDY)
    differing = counts["Laki-laki"] + counts["Perempuan"] != counts["Total"]
    for row in table.index[differing][:1]:
        found = " + ".join(f"{counts.at[row, name]:.0f}" for name in ("Laki-laki", "Perempuan"))
        found += f", Total {counts.at[row, 'Total']:.0f}"
        expected = "Laki-laki + Perempuan = Total"
        raise InputError(CENSUS, POPULATION, _row(table, row), expected, found, REMEDY)


def _expect_codes(table: pd.DataFrame, gazetteer: Gazetteer) -> None:
    """Stop unless every kabupaten and kota stands once, under its own code and name."""
    units = {*gazetteer.codes("kabupaten"), *gazetteer.codes("kota")}
    seen: set[str] = set()
    for row, code, printed in table[["idkab", "nmkab"]].map(str).itertuples():
        place = f"{_row(table, row)}, column 'idkab'"
        if code not in units or code in seen:
            expected = "a kab/kota of geography/regions.csv, each once"
            raise InputError(CENSUS, POPULATION, place, expected, repr(code), REMEDY)
        seen.add(code)
        name = _joined(printed)
        full = f"{'Kota' if code[2] == '7' else 'Kab.'} {name}"
        if gazetteer.resolve(name, CENSUS, POPULATION, place, read_as=full) != code:
            expected = f"{gazetteer.name(code)} beside {code}"
            raise InputError(CENSUS, POPULATION, place, expected, repr(printed), REMEDY)
    missing = sorted(units - seen)
    if missing:
        expected, found = f"all {len(units)} kab/kota", "none for " + ", ".join(missing[:5])
        raise InputError(CENSUS, POPULATION, "column 'idkab'", expected, found, REMEDY)


def _row(table: pd.DataFrame, row: int) -> str:
    """Name one row of the table of the census."""
    return f"row {row} ({table.at[row, 'idkab']!s})"


TABLES = {"context/population_sp2020.csv": read_population}
"""Reader of each table that is made here."""
