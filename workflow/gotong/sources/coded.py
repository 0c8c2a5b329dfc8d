"""Readers of the tables coded for this project: regimes and measures of cooperation.

The tables are typed from decrees and press, so that what can go wrong is a slip of the hand:
a day that does not exist, a period that runs into the next, a code beside another region's
name. Each is refused with the row; only what `_KEMENDAGRI_CODES` declares is put right here.
A slip that leaves everything in order changes the control total.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from gotong.contracts import RAW, check
from gotong.regions import BODEBEK, DKI_UNITS, JABODETABEK, TANGERANG_RAYA, Gazetteer
from gotong.sources.coded_table import ADDRESS, REMEDY, CodedTable, read_coded, shown
from gotong.sources.control import ControlTotal, expect_total
from gotong.tables import DATE

REGIMES_FILE = "psbb_timeline.csv"
MEASURES_FILE = "cooperation_measures.csv"

_REGIME_COLUMNS = {
    "region_code": "str",
    "region": "str",
    "group": "str",
    "layer": "str",
    "start_date": DATE,
    "end_date": DATE,
    "regime": "str",
    "level": "str",
    "instrument": "str",
    "national_instrument": "str",
    "kepmenkes": "str",
    "source_url": "str",
    "source_url_2": "str",
    "confidence": "str",
    "note": "str",
    "audit": "str",
    "audit_source": "str",
}
_MEASURE_COLUMNS = {
    "id": "str",
    "name": "str",
    "dyad": "str",
    "act": "str",
    "factor": "str",
    "level": "str",
    "parties": "str",
    "regions": "str",
    "start_date": DATE,
    "end_date": DATE,
    "instrument": "str",
    "magnitude": "str",
    "source_url": "str",
    "confidence": "str",
    "note": "str",
    "audit": "str",
    "audit_source": "str",
}

_REGIMES_CONTROL = ControlTotal(708, "2024bb8d13ca5281")
_MEASURES_CONTROL = ControlTotal(117, "4adc558fd163063b")

_DAY = pd.Timedelta(days=1)
_SPANS = {
    "primary": (None, pd.Timestamp("2022-04-04")),
    "wj27": (pd.Timestamp("2020-04-01"), pd.Timestamp("2020-07-31")),
}
"""Layers that hold each day of a region exactly once, from when (its first PSBB) to when."""

_LEVELLED = ("PPKM darurat", "PPKM level")
"""Regimes that come with a level of 1 to 4."""

_KEMENDAGRI_CODES = {
    ("7205", "Kab. Buol"): "7207",
    ("1674", "Kota Prabumulih"): "1672",
}
"""Two rows carry Kemendagri's code, which for BPS is Donggala's and Lubuklinggau's.

Name and code together are the condition: a row mended in the table is left alone.
"""

# Some pages of the audit are known by site and number only; the coder says so in the cell.
_SHORT_REFERENCE = r'(https?://)?[\w.-]+ [^:"<>]*slug not kept\)'

_QUALIFIED = re.compile(r"(?P<area>.+) \((?P<qualifier>.+)\)")
_WHOLE_PROVINCE = ("province", "province-wide")
_WIDER_AREAS = ("Bandung Raya",)

_TERMS: dict[str, tuple[str, ...]] = {
    "DKI": DKI_UNITS,
    "DKI (Kep. Seribu)": ("3101",),
    "DKI (Jakarta Selatan)": ("3171",),
    "DKI (Jakarta Timur)": ("3172",),
    "DKI (Jakarta Pusat)": ("3173",),
    "DKI (Jakarta Barat)": ("3174",),
    "DKI (Jakarta Utara)": ("3175",),
    "Jabodetabek": JABODETABEK,
    # As its name says: Jakarta, Depok, Tangerang and Bekasi, that is, all but the two Bogors.
    "Jadetabek": tuple(code for code in JABODETABEK if code not in ("3201", "3271")),
    "Bodebek": BODEBEK,
    "Tangerang Raya": TANGERANG_RAYA,
    "Depok": ("3276",),
    # A bare name may mean the kabupaten, the kota or both; the press seldom says which.
    "Tangerang": ("3603", "3671"),
    "Bekasi": ("3216", "3275"),
    # What is done in the whole country is done in every unit; `reach` says that it is national.
    "national": JABODETABEK,
    "Jabar": BODEBEK,
    # The others of CM103 are kab/kota of Jawa Barat outside Greater Jakarta.
    "Bodebek + others": BODEBEK,
    "Semarang": (),
    "Bali (outside Jabodetabek)": (),
}
"""Terms of ``regions`` and the units of Greater Jakarta that they cover, besides unit names."""


def _stated_name(printed: str) -> str:
    """Return the name in a printed region without what qualifies it.

    ``Banten (province-wide)`` is Banten. ``Bandung Raya (Kota Bandung)`` is the city, which
    stands for the wider area. Anything else in brackets stays, and so fails to resolve.
    """
    match = _QUALIFIED.fullmatch(printed)
    if match and match["qualifier"] in _WHOLE_PROVINCE:
        return match["area"]
    if match and match["area"] in _WIDER_AREAS:
        return match["qualifier"]
    return printed


def _with_bps_codes(coded: CodedTable) -> CodedTable:
    """Return the table with BPS's code in the rows of `_KEMENDAGRI_CODES`."""
    typed = zip(coded.frame["region_code"], coded.frame["region"], strict=True)
    codes = [_KEMENDAGRI_CODES.get(pair, pair[0]) for pair in typed]
    frame = coded.frame.assign(region_code=pd.Series(codes, dtype="str"))
    return replace(coded, frame=frame)


def _check_regions(coded: CodedTable, gazetteer: Gazetteer) -> None:
    """Stop where a code is unknown or the name beside it is another region's."""
    known = gazetteer.codes()
    coded.refuse(~coded.frame["region_code"].isin(known), "region_code", "a BPS code")
    pairs = coded.frame[["region_code", "region"]].drop_duplicates()
    for row, code, printed in pairs.itertuples():
        place = f"row {row + 2}, column 'region'"
        named = gazetteer.resolve(_stated_name(printed), coded.dataset, coded.file, place)
        if named != code:
            expected = f"the name of {code}, {gazetteer.name(code)}"
            raise coded.fault(row, "region", expected, f"{printed!r} ({named or 'no region'})")


def _check_every_day_once(coded: CodedTable) -> None:
    """Stop where a layer of `_SPANS` holds a day of a region twice or not at all."""
    frame = coded.frame
    spanned = frame["layer"].isin(list(_SPANS))
    coded.refuse(spanned & frame["end_date"].isna(), "end_date", "a last day in this layer")
    for layer, (opening, closing) in _SPANS.items():
        held = frame[frame["layer"] == layer].sort_values("start_date")
        for _, periods in held.groupby("region_code"):
            due = opening or periods["start_date"].iloc[0]
            for row, start, end in periods[["start_date", "end_date"]].itertuples():
                if start != due:
                    fault = "runs into the period before" if start < due else "leaves days out"
                    expected = f"{shown(due)}, so that every day of the region is held once"
                    raise coded.fault(row, "start_date", expected, f"{shown(start)}: {fault}")
                due = end + _DAY
            if due != closing + _DAY:
                expected = f"{shown(closing)}, the last day of the layer"
                last = int(periods.index[-1])
                raise coded.fault(last, "end_date", expected, shown(due - _DAY))


def _read_dated(
    files: Mapping[str, bytes], file: str, columns: Mapping[str, str], dataset: str
) -> CodedTable:
    """Return a coded table of periods, each with the address that it was read at."""
    coded = read_coded(files, file, columns, dataset)
    coded.refuse(
        coded.frame["end_date"] < coded.frame["start_date"], "end_date", "a day not before start"
    )
    coded.expect_addresses("source_url")
    return coded


def read_regimes(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _REGIMES_CONTROL,
) -> pd.DataFrame:
    """Read which restriction was in force where and when, in all four layers.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``psbb_timeline.csv``.
    gazetteer : Gazetteer
        Every region's code and name.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``policy/regimes.csv``, one row per row of the file, sorted by layer, region,
        start and regime. The layers repeat each other: filter on one, never sum.

    Raises
    ------
    InputError
        Another layout; a date that is no day; an end before its start; an unknown code, or one
        beside another region's name; in the layers ``primary`` and ``wj27`` a day of a region
        held twice or not at all; a level beside a regime that has none; an address that is
        not http(s); a value that the contract does not allow; another control total.
    """
    coded = _with_bps_codes(_read_dated(files, REGIMES_FILE, _REGIME_COLUMNS, "gotong_regimes"))
    frame = coded.frame
    _check_regions(coded, gazetteer)
    coded.refuse(frame["start_date"].isna(), "start_date", "a first day")
    coded.refuse(frame["regime"] == "", "regime", "the name of a regime")
    coded.refuse(
        (frame["level"] != "") & ~frame["regime"].isin(_LEVELLED),
        "level",
        f"a blank: only {' and '.join(_LEVELLED)} have a level",
    )
    coded.expect_addresses("source_url_2", blank=True)
    _check_every_day_once(coded)
    schema = RAW["policy/regimes.csv"]
    named = frame.rename(columns={"kepmenkes": "ministry_decree"})[list(schema.columns)]
    check(named, schema, REGIMES_FILE, REMEDY)
    key = ["layer", "region_code", "start_date", "regime"]
    named = named.sort_values(key, ignore_index=True)
    return expect_total(named, control, coded.dataset, coded.file)


def _unit_codes(coded: CodedTable, row: int, regions: str, gazetteer: Gazetteer) -> str:
    """Return the units of Greater Jakarta that a measure covers: sorted, joined by spaces."""
    codes: set[str] = set()
    for term in regions.split("; "):
        if term in _TERMS:
            codes.update(_TERMS[term])
            continue
        place = f"row {row + 2}, column 'regions'"
        unit = gazetteer.resolve(term, coded.dataset, coded.file, place)
        if unit not in JABODETABEK:
            expected = "units of Greater Jakarta, or terms that the reader knows"
            raise coded.fault(row, "regions", expected, repr(term))
        codes.add(unit)
    return " ".join(sorted(codes))


def read_measures(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _MEASURES_CONTROL,
) -> pd.DataFrame:
    """Read the dated acts of cooperation in Greater Jakarta.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``cooperation_measures.csv``.
    gazetteer : Gazetteer
        Every region's code and name.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``cooperation/measures.csv``, one row per row of the file, sorted by id.
        ``region_codes`` holds the units of Greater Jakarta that the text of ``regions``
        names. A bare "Tangerang" or "Bekasi" is taken for kabupaten and kota together, a
        national measure for all fourteen units, one outside Greater Jakarta for none.

    Raises
    ------
    InputError
        Another layout; a date that is no day or is known to its month only; an end before its
        start; an unknown term in ``regions``; an address that is not http(s); an id twice; a
        value that the contract does not allow; another control total.
    """
    coded = _read_dated(files, MEASURES_FILE, _MEASURE_COLUMNS, "gotong_measures")
    frame = coded.frame
    coded.refuse(
        ~frame["audit_source"].str.fullmatch(f"({ADDRESS}|{_SHORT_REFERENCE})?"),
        "audit_source",
        "an http(s) address, or site and number with the words 'slug not kept'",
    )
    units = [
        _unit_codes(coded, row, regions, gazetteer) for row, regions in enumerate(frame["regions"])
    ]
    schema = RAW["cooperation/measures.csv"]
    named = frame.rename(columns={"id": "measure_id", "level": "reach"})
    named = named.assign(region_codes=pd.Series(units, dtype="str"))[list(schema.columns)]
    check(named, schema, MEASURES_FILE, REMEDY)
    named = named.sort_values("measure_id", ignore_index=True)
    return expect_total(named, control, coded.dataset, coded.file)


TABLES = {"policy/regimes.csv": read_regimes, "cooperation/measures.csv": read_measures}
"""Reader of each table that is made here."""
