"""CoronaNet: records of government measures in Indonesia, Taiwan and Brazil.

Only facts are kept: who, where, what kind, how binding, from when to when. The sentences of the
coders and the addresses of their sources stay in the release.

Records cannot be checked against each other, so that the facts are held to a control total. What is
known to be wrong in them is flagged, not mended.

Cheng, C. et al. (2020). COVID-19 Government Response Event Dataset (CoronaNet v.1.0). Nature
Human Behaviour 4, 756-768.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

import pandas as pd

from gotong.contracts import RAW, dtypes
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.control import ControlTotal, expect_total
from gotong.sources.reading import REMEDY, csv_rows, expect_header
from gotong.tables import DATE, read_csv

DATASET = "coronanet"
TABLE = "policy/coronanet.csv"

FILES = {
    f"data/CoronaNet/data_country/coronanet_release/coronanet_release_{country}.csv": code
    for country, code in {"Brazil": "BRA", "Indonesia": "IDN", "Taiwan": "TWN"}.items()
}
"""Each registered path and the country whose records it holds."""

_PLACEHOLDER = pd.Timestamp("2023-12-02")
_FOREIGN_PROVINCE = "Corsica"
"""What seven records of Kota Bekasi have for a province, by a slip in the tracker."""

_HEADER = (
    *("record_id", "policy_id", "entry_type", "update_type", "update_level", "update_level_var"),
    *("description", "date_announced", "date_start", "date_end", "date_end_spec", "country"),
    *("ISO_A3", "ISO_A2", "init_country_level", "domestic_policy", "province", "ISO_L2", "city"),
    *("type", "type_sub_cat", "type_new_admin_coop", "type_vac_cat", "type_vac_mix"),
    *("type_vac_reg", "type_vac_purchase", "type_vac_group", "type_vac_group_rank"),
    *("type_vac_who_pays", "type_vac_dist_admin", "type_vac_loc", "type_vac_cost_num"),
    *("type_vac_cost_scale", "type_vac_cost_unit", "type_vac_cost_gov_perc"),
    *("type_vac_amt_num", "type_vac_amt_scale", "type_vac_amt_unit", "type_vac_amt_gov_perc"),
    *("type_text", "institution_cat", "institution_status", "institution_conditions"),
    *("target_init_same", "target_country", "target_geog_level", "target_region"),
    *("target_province", "target_city", "target_intl_org", "target_other", "target_who_what"),
    *("target_who_gen", "target_direction", "travel_mechanism", "compliance", "enforcer"),
    *("pdf_link", "link", "collab", "collab_id", "date_updated", "recorded_date"),
)
_CELLS = {
    "record_id": "str",
    "policy_id": "str",
    "entry_type": "str",
    "update_type": "str",
    "date_announced": DATE,
    "date_start": DATE,
    "date_end": DATE,
    "date_end_spec": "str",
    "country": "str",
    "ISO_A3": "str",
    "init_country_level": "str",
    "province": "str",
    "city": "str",
    "type": "str",
    "type_sub_cat": "str",
    "compliance": "str",
    "date_updated": DATE,
}
"""What is read of the 63 columns."""

_ENTRIES = {
    ("new_entry", ""): "new",
    ("update", ""): "update",
    ("update", "Change of Policy"): "change",
    ("update", "End of Policy"): "end",
}
_LEVELS = {
    "National": "national",
    "Provincial": "provincial",
    "Municipal": "municipal",
    "Other (e.g., county)": "other",
    "": "",
}
_ENDS = {
    "The policy has a clear end date": "clear",
    "The policy has an imprecise natural end date (e.g. masks will be distributed until they run "
    "out)": "natural",
    "The policy is a one-time measure (e.g. publication of guidelines)": "once",
    "The policy has an unlimited time span (e.g. recommendation to wash one's hands; passing of a "
    "legal bill)": "unlimited",
    "The policy\u2019s end date is unknown or unreported": "unknown",
    "": "",
}
_COMPLIANCE = {
    "Mandatory (Unspecified/Implied)": "implied",
    "Mandatory with Legal Penalties (Jail Time)": "jail",
    "Mandatory with Fines": "fines",
    "Mandatory with Exceptions (Please list exceptions in the text entry)": "exceptions",
    "Mandatory (Other; please list other enforcement mechanisms in the text entry)": "other",
    "Voluntary/Recommended but No Penalties": "voluntary",
    "": "",
}

# Examples and requests to the coder, which stand within the labels of the tracker.
_REMARK = re.compile(r" \([^)]*\)|\. Please .*$")

_REGENCY = re.compile(r"(The )?Regency of (?P<name>[^(]+)")
_CITY = re.compile(r"City of (?P<name>.+)")

# Of all columns of the contract but region_code, sorted by country_code and record_id.
_CONTROL = ControlTotal(3_103, "ad606629ac5cd4ab")


def read_records(content: bytes, file: str, country: str) -> pd.DataFrame:
    """Read the facts of the records of one country.

    Parameters
    ----------
    content : bytes
        The file of the country.
    file : str
        For the message.
    country : str
        ISO 3166-1 alpha-3 code of the country.

    Returns
    -------
    pandas.DataFrame
        The columns of ``policy/coronanet.csv`` but region_code, in the order of the file.

    Raises
    ------
    InputError
        A header other than the known one; a row of another length; a cell that is no date; a
        record of another country, or one that is there twice; a label that the tracker does
        not have; an end date where it is unknown, or none, or another than the placeholder
        where it has no limit.
    """
    records = _typed(content, file)
    several = records["country"].str.contains(",")
    own = (records["ISO_A3"] == country) | (several & (records["ISO_A3"] == ""))
    _refuse(~own, records, "ISO_A3", country, file)
    identified = records["record_id"].str.fullmatch("R_[A-Za-z0-9]+")
    once = identified & ~records["record_id"].duplicated()
    _refuse(~once, records, "record_id", "an identifier, once", file)
    for name in ("date_start", "date_updated"):
        _refuse(records[name].isna(), records, name, "a date such as 2020-04-10", file)
    facts = pd.DataFrame(
        {
            "country_code": country,
            "record_id": records["record_id"],
            "policy_id": records["policy_id"],
            "entry": _entries(records, file),
            "level": _labels(records, "init_country_level", _LEVELS, file),
            "province": records["province"],
            "city": records["city"],
            "type": records["type"],
            "sub_type": records["type_sub_cat"].str.replace(_REMARK, "", regex=True),
            "compliance": _compliance(records, file),
            "announced_date": records["date_announced"],
            "start_date": records["date_start"],
            "end_date": records["date_end"],
            "end_kind": _labels(records, "date_end_spec", _ENDS, file),
        }
    )
    _expect_ends(records, facts["end_kind"], file)
    flags = {
        "several_countries": several,
        "foreign_province": records["province"] == _FOREIGN_PROVINCE,
        "end_before_start": records["date_end"] < records["date_start"],
        "end_placeholder": records["date_end"] == _PLACEHOLDER,
        "announced_after_entry": records["date_announced"] > records["date_updated"],
    }
    return facts.assign(**{name: found.astype("boolean") for name, found in flags.items()})


def _typed(content: bytes, file: str) -> pd.DataFrame:
    """Return the columns that are read, typed, under their printed names."""
    header, *rows = csv_rows(content, DATASET, file)
    expect_header(header, _HEADER, DATASET, file)
    positions = [_HEADER.index(name) for name in _CELLS]
    chosen = [list(_CELLS)]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            expected = f"{len(header)} fields"
            raise InputError(DATASET, file, f"row {number}", expected, str(len(row)), REMEDY)
        chosen.append([row[position] for position in positions])
    # The chosen fields make a plain table, which is typed like any other.
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(chosen)
    return read_csv(text.getvalue().encode(), _CELLS, DATASET, file, REMEDY)


def _refuse(wrong: pd.Series, records: pd.DataFrame, name: str, expected: str, file: str) -> None:
    """Stop at the first record that is wrong."""
    for row in wrong.index[wrong]:
        cell = records.loc[row, name]
        found = "a blank" if pd.isna(cell) else repr(str(cell))
        place = f"row {row + 2}, column '{name}'"
        raise InputError(DATASET, file, place, expected, found, REMEDY)


def _labels(records: pd.DataFrame, name: str, known: Mapping[str, str], file: str) -> pd.Series:
    """Return the short form of a column of labels."""
    expected = "one of: " + "; ".join(filter(None, known))
    _refuse(~records[name].isin(list(known)), records, name, expected, file)
    return records[name].map(known)


def _entries(records: pd.DataFrame, file: str) -> pd.Series:
    """Return whether a record is new, or what it says of an earlier one."""
    keys = list(zip(records["entry_type"], records["update_type"], strict=True))
    found = pd.Series([_ENTRIES.get(key, "") for key in keys], index=records.index, dtype="str")
    expected = "new_entry, or update with a Change or an End of Policy"
    _refuse(found == "", records, "entry_type", expected, file)
    return found


def _compliance(records: pd.DataFrame, file: str) -> pd.Series:
    """Return how binding a measure is: short forms in the order of the tracker."""
    name = "compliance"
    parts = records[name].str.split(",").explode().to_frame()
    # Rows of one record keep its index, so that a fault names the record.
    expected = "labels of the tracker, once each"
    wrong = (
        ~parts[name].isin(list(_COMPLIANCE))
        | parts.set_index([parts.index, name]).index.duplicated()
    )
    faulty = wrong.groupby(level=0).any()
    _refuse(faulty, records, name, expected, file)
    return parts[name].map(_COMPLIANCE).groupby(level=0).agg(";".join)


def _expect_ends(records: pd.DataFrame, kind: pd.Series, file: str) -> None:
    """Stop where the end date is not what its kind says."""
    end = records["date_end"]
    open_ended = kind.isin(["unknown", ""])
    _refuse(open_ended != end.isna(), records, "date_end", "a date where the end is known", file)
    expected = f"{_PLACEHOLDER.date()} where a measure has no limit, and only there"
    unlimited = kind == "unlimited"
    _refuse(unlimited != (end == _PLACEHOLDER), records, "date_end", expected, file)


def region_of(province: str, city: str, gazetteer: Gazetteer, file: str, place: str) -> str:
    """Return the BPS code of where a measure of Indonesia was taken.

    A bare name is that of a kota, as the tracker writes "Regency of" before a kabupaten and
    the descriptions of the bare ones speak of city councils throughout.

    Parameters
    ----------
    province, city : str
        As printed; the city goes first, and the province may then be any, or blank.
    gazetteer : Gazetteer
        Where the names resolve, or the lines of dataset ``coronanet`` in ``spellings.csv``.
    file, place : str
        For the message.

    Returns
    -------
    str
        The code, blank for a measure of the whole country.
    """
    if not city:
        return gazetteer.resolve(province, DATASET, file, place) if province else ""
    name = city.removesuffix(" (city)")
    regency, town = _REGENCY.fullmatch(name), _CITY.fullmatch(name)
    kota = town["name"] if town else name
    read_as = f"Kab. {regency['name']}" if regency else f"Kota {kota}"
    return gazetteer.resolve(city, DATASET, file, place, read_as)


def read_coronanet(files: Mapping[str, bytes], gazetteer: Gazetteer) -> pd.DataFrame:
    """Read the records of the three countries.

    Parameters
    ----------
    files : mapping of str to bytes
        The file of each country, by registered path (`FILES`).
    gazetteer : Gazetteer
        Every province and city of Indonesia must resolve.

    Returns
    -------
    pandas.DataFrame
        ``policy/coronanet.csv``. A measure is often several records: one per kind of place it
        applies to, and one per change; count policies by policy_id, with entry ``new``.

    Raises
    ------
    InputError
        A file is missing or stray; a name that does not resolve; facts other than the
        registered ones (`expect_total`); and see `read_records`.
    """
    if set(files) != set(FILES):
        found = ", ".join(sorted(files)) or "none"
        raise InputError(DATASET, "", "", ", ".join(FILES), found, REMEDY)
    facts = pd.concat(read_records(files[file], file, FILES[file]) for file in sorted(FILES))
    facts = facts.sort_values(["country_code", "record_id"], ignore_index=True)
    listed = ", ".join(sorted(FILES))
    expect_total(facts, _CONTROL, DATASET, listed)
    facts["region_code"] = [
        region_of(province, city, gazetteer, listed, f"record {record}") if country == "IDN" else ""
        for country, record, province, city in zip(
            *(facts[name] for name in ("country_code", "record_id", "province", "city")),
            strict=True,
        )
    ]
    columns = dtypes(RAW[TABLE])
    return facts[list(columns)].astype(columns)


TABLES = {TABLE: read_coronanet}
"""Reader of each table that is made here."""
