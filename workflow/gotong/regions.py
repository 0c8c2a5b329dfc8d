"""Regions of Indonesia: their BPS codes, their names, and every spelling met in a source.

A region is identified by its BPS code as a string: two digits for a province, four for a
kabupaten or kota. Kemendagri numbers the five Jakarta cities in another order (3171 is
Jakarta Selatan for BPS and Jakarta Pusat for Kemendagri), so codes are crossed over once, in
a reader, and never later. ``32xx`` stands for cases of Jawa Barat whose kab/kota is unknown.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from gotong.errors import InputError

DKI: Final = "31"
"""DKI Jakarta: some sources tell of it alone, whatever the area that is looked at."""

JAVA: Final = (DKI, "32", "33", "34", "35", "36")
"""The six provinces of Java."""

DKI_UNITS = ("3101", "3171", "3172", "3173", "3174", "3175")
"""Kep. Seribu, Jakarta Selatan, Timur, Pusat, Barat, Utara."""

BODEBEK = ("3201", "3216", "3271", "3275", "3276")
"""Kab. Bogor, Kab. Bekasi, Kota Bogor, Kota Bekasi, Kota Depok."""

TANGERANG_RAYA = ("3603", "3671", "3674")
"""Kab. Tangerang, Kota Tangerang, Kota Tangerang Selatan."""

JABODETABEK = (*DKI_UNITS, *BODEBEK, *TANGERANG_RAYA)
"""The fourteen units of the study area."""

REGIONS_AT_ONCE: Final = 512
"""Regions whose days are worked on together: all of any study area, few of the villages."""

_EXPANSIONS = (
    (r"\bPROV(INSI)?\b ?", ""),
    (r"\b(KOTA|KAB|KABUPATEN) ADM(INISTRASI|INISTRATIF)?\b", r"\1"),
    (r"\bKAB\b", "KABUPATEN"),
    (r"\bKEP\b", "KEPULAUAN"),
    (r"\bDAERAH KHUSUS IBU ?KOTA\b", "DKI"),
    (r"\bD K I\b", "DKI"),
    (r"\bDAERAH ISTIMEWA\b", "DI"),
    (r"\bD I\b", "DI"),
)
"""Abbreviations and what they are compared as; stops are gone by then."""


def province_of(region_code: str) -> str:
    """Return the code of the province that a region lies in, or is."""
    return region_code[:2]


def blocks(codes: Sequence[str], size: int = REGIONS_AT_ONCE) -> Iterator[Sequence[str]]:
    """Yield regions some at a time, in their order, so that memory does not grow with them all.

    Parameters
    ----------
    codes : sequence of str
        The regions.
    size : int
        Most regions of a block, 1 or more.
    """
    for start in range(0, len(codes), size):
        yield codes[start : start + size]


def normalise(spelling: str) -> str:
    """Return a spelling in the one form in which spellings are compared.

    Upper case, single spaces, no stops, abbreviations written out:
    ``"Kab. Adm. Kep. Seribu"`` becomes ``"KABUPATEN KEPULAUAN SERIBU"``.
    """
    text = re.sub(r"[\s_.,/()]+", " ", spelling.upper()).strip()
    for pattern, replacement in _EXPANSIONS:
        text = re.sub(pattern, replacement, text)
    return text.replace(" - ", "-").strip()


def _full_names(level: str, name: str) -> tuple[str, ...]:
    """Return the name, and the name after its level where that is left out (Jakarta)."""
    word = {"kabupaten": "Kab.", "kota": "Kota"}.get(level)
    return (name,) if word is None or name.startswith(f"{word} ") else (name, f"{word} {name}")


class Gazetteer:
    """Every region's code and name, and every spelling that resolves to one.

    Parameters
    ----------
    regions : pandas.DataFrame
        ``geography/regions.csv``: region_code, kemendagri_code, level, name, province_code.
    spellings : pandas.DataFrame
        ``geography/spellings.csv``: dataset, spelling, region_code, reason. A blank
        region_code says that the spelling is known and names no single region.
    """

    def __init__(self, regions: pd.DataFrame, spellings: pd.DataFrame | None = None) -> None:
        self.table = regions.set_index("region_code", drop=False)
        self._by_kemendagri = dict(
            zip(regions["kemendagri_code"], regions["region_code"], strict=True)
        )
        self._exact = {
            normalise(spelling): code
            for code, level, name in zip(
                regions["region_code"], regions["level"], regions["name"], strict=True
            )
            for spelling in _full_names(level, name)
        }
        self._stated: dict[tuple[str, str], str] = {}
        if spellings is not None:
            keys = zip(spellings["dataset"], spellings["spelling"], strict=True)
            self._stated = dict(zip(keys, spellings["region_code"], strict=True))

    def name(self, region_code: str) -> str:
        """Return the name of a region, for example ``Kab. Bogor`` for ``3201``."""
        return str(self.table.loc[region_code, "name"])

    def codes(self, level: str | None = None) -> tuple[str, ...]:
        """Return all codes, or those of one level: ``province``, ``kabupaten`` or ``kota``."""
        chosen = self.table if level is None else self.table[self.table["level"] == level]
        return tuple(chosen["region_code"])

    def from_kemendagri(self, code: str, dataset: str, file: str, place: str) -> str:
        """Return the BPS code of a Kemendagri code.

        Raises
        ------
        InputError
            The code is not in the crosswalk.
        """
        found = self._by_kemendagri.get(code)
        if found is None:
            raise InputError(
                dataset,
                file,
                place,
                "a Kemendagri code of the crosswalk",
                repr(code),
                "check the code; a new one belongs in geography/regions.csv",
            )
        return found

    def resolve(self, spelling: str, dataset: str, file: str, place: str, read_as: str = "") -> str:
        """Return the BPS code of a spelling; never guess.

        Parameters
        ----------
        spelling : str
            As it stands in the source.
        dataset, file, place : str
            Where it stands, for the message.
        read_as : str
            The spelling with what a rule of the reader adds, for example Kab. where the
            source leaves it out. What ``spellings.csv`` says of `spelling` goes first.

        Returns
        -------
        str
            The code; empty when the spelling is known to name no single region.

        Raises
        ------
        InputError
            The spelling is not known. The message names the nearest known ones.
        """
        for key in ((dataset, spelling), ("", spelling)):
            if key in self._stated:
                return self._stated[key]
        sought = normalise(read_as or spelling)
        found = self._exact.get(sought)
        if found is not None:
            return found
        near = difflib.get_close_matches(sought, self._exact, n=3, cutoff=0.6)
        candidates = ", ".join(f"{name} ({self._exact[name]})" for name in near)
        raise InputError(
            dataset,
            file,
            place,
            "the name of a region",
            repr(spelling),
            "add a line to data/raw/geography/spellings.csv"
            + (f"; nearest known names: {candidates}" if candidates else ""),
        )
