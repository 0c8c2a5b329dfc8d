"""Reader of the coded list of who was under the first PPKM of January 2021."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, check
from gotong.regions import Gazetteer, province_of
from gotong.sources.coded_table import REMEDY, CodedTable, read_coded
from gotong.sources.control import ControlTotal, expect_total
from gotong.tables import DATE

DATASET = "gotong_ppkm"
TABLE = "policy/ppkm_january_2021.csv"
FILE = "ppkm_january_2021.csv"

FIRST_STAGE = pd.Timestamp("2021-01-11")
SECOND_STAGE = pd.Timestamp("2021-01-26")
"""First days of the two stages, one each for all that were under them."""

_COLUMNS = {
    "region_code": "str",
    "region": "str",
    "province": "str",
    "first_stage": "boolean",
    "first_start": DATE,
    "first_regime": "str",
    "second_stage_from": DATE,
    "instrument": "str",
    "source_url": "str",
    "source_url_2": "str",
    "confidence": "str",
    "note": "str",
}
_PROVINCES = ("32", "33")
_CONTROL = ControlTotal(62, "fbdae2daa4041916")


def read_ppkm(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _CONTROL
) -> pd.DataFrame:
    """Read which kab/kota were under the first stage of PPKM, and which joined later.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds ``ppkm_january_2021.csv``.
    gazetteer : Gazetteer
        Its kab/kota of Jawa Barat and Jawa Tengah must be exactly those of the file.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        Contract ``policy/ppkm_january_2021.csv``, one row per kab/kota, sorted by code. 20 of
        27 in Jawa Barat and 23 of 35 in Jawa Tengah were under the first stage. In Jawa
        Barat all joined the second; for Jawa Tengah the list of the second was not found.

    Raises
    ------
    InputError
        Another layout; a code, name and province that do not go together; a kab/kota twice or
        not at all; a start beside "no", another day or none beside "yes"; an address that is
        not http(s); a value that the contract does not allow; another control total.
    """
    coded = read_coded(files, FILE, _COLUMNS, DATASET)
    frame = coded.frame
    coded.expect_addresses("source_url")
    coded.expect_addresses("source_url_2", blank=True)
    _expect_regions(coded, gazetteer)
    due = pd.Series(FIRST_STAGE, frame.index).where(frame["first_stage"].fillna(False))
    started = frame["first_start"].eq(due) | (frame["first_start"].isna() & due.isna())
    coded.refuse(~started, "first_start", f"{FIRST_STAGE:%Y-%m-%d} beside yes, else a blank")
    joined = frame["second_stage_from"].isna() | (frame["second_stage_from"] == SECOND_STAGE)
    coded.refuse(~joined, "second_stage_from", f"{SECOND_STAGE:%Y-%m-%d} or a blank")
    schema = RAW[TABLE]
    kept = check(frame[list(schema.columns)], schema, FILE, REMEDY)
    kept = kept.sort_values("region_code", ignore_index=True)
    return expect_total(kept, control, DATASET, FILE)


def _expect_regions(coded: CodedTable, gazetteer: Gazetteer) -> None:
    """Stop unless every kab/kota of the provinces stands once, under its code and name."""
    units = [
        code
        for code in (*gazetteer.codes("kabupaten"), *gazetteer.codes("kota"))
        if province_of(code) in _PROVINCES
    ]
    typed = coded.frame[["region_code", "region", "province"]]
    for row, code, region, province in typed.itertuples():
        for column, printed, due in (
            ("region", region, code),
            ("province", province, province_of(code)),
        ):
            place = f"row {row + 2}, column '{column}'"
            named = gazetteer.resolve(printed, coded.dataset, coded.file, place)
            if named != due:
                raise coded.fault(row, column, f"the name of {due}", f"{printed!r} ({named})")
    codes = coded.frame["region_code"]
    coded.refuse(~codes.isin(units) | codes.duplicated(), "region_code", "each kab/kota once")
    missing = sorted(set(units) - set(codes))
    if missing:
        last = len(codes) - 1
        raise coded.fault(last, "region_code", f"all {len(units)} kab/kota", f"no {missing[0]}")


TABLES = {TABLE: read_ppkm}
"""Reader of each table that is made here."""
