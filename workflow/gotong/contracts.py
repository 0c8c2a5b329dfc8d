"""What every table must hold: columns, types, units, keys and ranges.

One pandera schema per table, raw and made. Each column carries a sentence and, where it
measures something, a unit; the data dictionary is written from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from gotong.errors import InputError
from gotong.tables import DATE, read_csv, read_parquet

Schema = pa.DataFrameSchema
"""Type of a contract."""

_RESTORE = "restore the file (git checkout -- data/raw) or make it anew with `make snapshot`"

REGION = r"\d{2}|\d{4}|\d{2}xx"
DYADS = ("G-G", "G-H", "G-P", "G-C", "G-N", "C-C")
"""Who cooperates with whom: G government, H hospital, P private firm, C community, N NGO."""

CONFIDENCE = ("high", "medium", "low")
AUDIT = ("confirmed", "corrected", "added", "unverified")


def _column(
    dtype: str,
    about: str,
    unit: str = "",
    *checks: pa.Check,
    missing: bool = False,
) -> pa.Column:
    return pa.Column(
        dtype,
        list(checks),
        nullable=missing,
        description=about,
        metadata={"unit": unit} if unit else None,
    )


def code(about: str = "BPS code of the region", pattern: str = REGION) -> pa.Column:
    """Return a column of region codes."""
    return _column("str", about, "", pa.Check.str_matches(f"^({pattern})$"))


def text(about: str, values: tuple[str, ...] = (), pattern: str = "") -> pa.Column:
    """Return a text column; blank text is an empty string, never missing."""
    checks = []
    if values:
        checks.append(pa.Check.isin(values))
    if pattern:
        checks.append(pa.Check.str_matches(f"^({pattern})$"))
    return _column("str", about, "", *checks)


def date(about: str, missing: bool = False) -> pa.Column:
    """Return a column of days between 2000 and 2023."""
    span = pa.Check.in_range(pd.Timestamp("2000-01-01"), pd.Timestamp("2023-12-31"))
    return _column(DATE, about, "", span, missing=missing)


def whole(about: str, unit: str, low: int | None = 0, missing: bool = False) -> pa.Column:
    """Return a column of whole numbers, by default none below zero."""
    checks = [] if low is None else [pa.Check.ge(low)]
    return _column("Int64", about, unit, *checks, missing=missing)


def number(
    about: str, unit: str, low: float | None = 0, high: float | None = None, missing: bool = False
) -> pa.Column:
    """Return a column of real numbers, by default none below zero."""
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low))
    if high is not None:
        checks.append(pa.Check.le(high))
    return _column("float64", about, unit, *checks, missing=missing)


def flag(about: str) -> pa.Column:
    """Return a yes/no column."""
    return _column("boolean", about)


def table(
    name: str, about: str, key: tuple[str, ...], columns: Mapping[str, pa.Column]
) -> pa.DataFrameSchema:
    """Return the contract of a table: exactly these columns, in this order, one row per key."""
    return pa.DataFrameSchema(
        dict(columns),
        name=name,
        description=about,
        unique=list(key),
        strict=True,
        ordered=True,
        metadata={"key": key},
    )


def dtypes(schema: pa.DataFrameSchema) -> dict[str, str]:
    """Return the column names and dtypes of a contract, as `tables.read_csv` takes them."""
    plain = {"string[pyarrow]": "str", "string": "str", "datetime64[ns]": DATE}
    named = {name: str(column.dtype) for name, column in schema.columns.items()}
    return {name: plain.get(dtype, dtype) for name, dtype in named.items()}


def check(frame: pd.DataFrame, schema: pa.DataFrameSchema, file: str, remedy: str) -> pd.DataFrame:
    """Return the table unchanged if it meets its contract.

    Parameters
    ----------
    frame : pandas.DataFrame
    schema : pandera.DataFrameSchema
    file : str
        The file that the table stands in, for the message.
    remedy : str
        What the user can do when it does not.

    Raises
    ------
    InputError
        Names the first offending row and column, what was expected and what was found.
    """
    try:
        schema.validate(frame.reset_index(drop=True), lazy=True)
    except SchemaErrors as error:
        worst = error.failure_cases.iloc[0]
        index = worst["index"]
        key = schema.metadata["key"] if schema.metadata else ()
        place = f"column '{worst['column']}'" if pd.notna(worst["column"]) else ""
        if pd.notna(index) and int(index) < len(frame):
            row = frame.iloc[int(index)]
            shown = ", ".join(f"{name}={_plain(row[name])}" for name in key if name in row)
            place = f"row {int(index) + 2}" + (f" ({shown})" if shown else "") + f", {place}"
        raise InputError(
            str(schema.name),
            file,
            place.strip(", "),
            _expectation(str(worst["check"]), key),
            _plain(worst["failure_case"]),
            remedy,
        ) from None
    return frame


def _plain(value: object) -> str:
    """Return a cell as a person would write it."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)


def _expectation(check_name: str, key: tuple[str, ...]) -> str:
    """Say in words what a failed check wanted."""
    if "unique" in check_name:
        return f"one row per {', '.join(key)}"
    if "not_nullable" in check_name:
        return "a value"
    if "column_in_dataframe" in check_name:
        return "this column"
    if "column_in_schema" in check_name:
        return "no such column"
    return check_name


def read_raw(content: bytes, schema: pa.DataFrameSchema, file: str) -> pd.DataFrame:
    """Read a raw CSV table and hold it against its contract.

    Raises
    ------
    InputError
        See `tables.read_csv` and `check`.
    """
    frame = read_csv(content, dtypes(schema), str(schema.name), file, _RESTORE)
    return check(frame, schema, file, _RESTORE)


_REGIONS = table(
    "geography/regions.csv",
    "Provinces, kabupaten and kota with the codes of BPS and of Kemendagri, 2020 semester 2.",
    ("region_code",),
    {
        "region_code": code("BPS code", r"\d{2}|\d{4}"),
        "kemendagri_code": code("Kemendagri code of the same region", r"\d{2}|\d{4}"),
        "level": text("administrative level", ("province", "kabupaten", "kota")),
        "name": text("name, with Kab. or Kota for the second level"),
        "province_code": code("BPS code of the province", r"\d{2}"),
    },
)
_SPELLINGS = table(
    "geography/spellings.csv",
    "Spellings in sources that do not resolve by rule, and what each stands for.",
    ("dataset", "spelling"),
    {
        "dataset": text("source id; blank for any"),
        "spelling": text("as it stands in the source"),
        "region_code": text("BPS code; blank where it names no single region", pattern=r"|\d{2,4}"),
        "reason": text("why"),
    },
)
_POPULATION = table(
    "context/population_sp2020.csv",
    "Residents counted by the census of 2020 (SP2020).",
    ("region_code",),
    {
        "region_code": code(pattern=r"\d{4}"),
        "male": whole("men and boys", "persons"),
        "female": whole("women and girls", "persons"),
        "total": whole("all residents", "persons", 1),
    },
)
_HOSPITALS = table(
    "facilities/hospitals.csv",
    "Hospitals with beds, referral tier and place, one row per row of the publisher's list.",
    ("hospital_code", "entry"),
    {
        "hospital_code": text("registration code of the health ministry"),
        "entry": whole("1, or 2 and up where the list repeats a code", "", 1),
        "name": text("name"),
        "region_code": text("BPS code of the kab/kota; blank where not stated", pattern=r"|\d{4}"),
        "province_code": code("BPS code of the province", r"\d{2}"),
        "beds": whole("all beds, not only for COVID-19", "beds"),
        "referral_tier": text(
            "COVID-19 referral tier", ("national", "provincial", "none", "unstated")
        ),
        "latitude": number("WGS84", "degrees", -90, 90, missing=True),
        "longitude": number("WGS84", "degrees", -180, 180, missing=True),
        "is_duplicate": flag("whether an earlier row says exactly the same"),
    },
)
_PROVINCE_CASES = table(
    "cases/province_daily.csv",
    "New confirmed cases, deaths and recoveries by province and day.",
    ("region_code", "date"),
    {
        "region_code": code("BPS code of the province", r"\d{2}"),
        "date": date("day of the report"),
        "cases": whole("new confirmed cases", "persons per day"),
        "deaths": whole("new deaths among confirmed cases", "persons per day"),
        "recovered": whole("new recoveries", "persons per day"),
    },
)
_WESTJAVA_CASES = table(
    "cases/westjava_daily.csv",
    "Cumulative confirmed cases by kab/kota of Jawa Barat and day; 32xx where it is unknown.",
    ("region_code", "date"),
    {
        "region_code": code(pattern=r"32\d{2}|32xx"),
        "date": date("day of the report"),
        "cumulative_cases": whole("confirmed so far", "persons"),
        "cumulative_recovered": whole("recovered so far", "persons"),
        "cumulative_deaths": whole("died so far; not usable after 2020", "persons"),
        "source": text("source id of the row"),
    },
)
_REGIMES = table(
    "policy/regimes.csv",
    "Restrictions in force by region and period, coded by hand from decrees and press.",
    ("layer", "region_code", "start_date", "regime"),
    {
        "layer": text("filter on it, never sum", ("primary", "overlay", "comparison", "wj27")),
        "region_code": code(pattern=r"\d{2}|\d{4}"),
        "start_date": date("first day"),
        "end_date": date("last day; blank where not found", missing=True),
        "regime": text("restriction in force"),
        "level": text("PPKM level 1 to 4, blank where none", ("", "1", "2", "3", "4")),
        "instrument": text("local decree"),
        "national_instrument": text("national instruction"),
        "ministry_decree": text("decision of the health minister"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "audit": text("what the audit found", AUDIT),
        "source_url": text("address of the text it was read in"),
        "source_url_2": text("second address"),
        "note": text("remark of the coder"),
    },
)
_MEASURES = table(
    "cooperation/measures.csv",
    "Dated acts of cooperation in Greater Jakarta, coded by hand from press and decrees.",
    ("measure_id",),
    {
        "measure_id": text("identifier", pattern=r"CM\d{3}"),
        "name": text("what was done, in Indonesian"),
        "dyad": text("who cooperated with whom", DYADS),
        "act": text("what kind of event", ("action", "rule", "statement")),
        "factor": text(
            "factor that it answers",
            ("socioeconomic", "facilities", "psbb", "education", "new_normal"),
        ),
        "reach": text(
            "how far it reaches", ("cross_border", "within_region", "neighbourhood", "national")
        ),
        "parties": text("who took part"),
        "regions": text("where, as the coder wrote it"),
        "region_codes": text(
            "BPS codes of the units of Greater Jakarta that it covers, blank where none",
            pattern=r"|\d{4}( \d{4})*",
        ),
        "start_date": date("first day as reported; often late by days or weeks", missing=True),
        "end_date": date("last day; blank where not found", missing=True),
        "instrument": text("decree or agreement"),
        "magnitude": text("how much"),
        "confidence": text("coder's confidence", CONFIDENCE),
        "audit": text("what the audit found", AUDIT),
        "source_url": text("address of the text it was read in"),
        "audit_source": text("address of the second text"),
        "note": text("remark of the coder"),
    },
)
_MOVEMENT = table(
    "mobility/movement_java.csv",
    "Where people of a region were on later days, from phone records; rows sum to 1.",
    ("period", "origin_code", "destination_code"),
    {
        "period": text("normal days or Ramadan", ("normal", "ramadan")),
        "origin_code": code("BPS code; 31 is all of DKI, 99 everything outside Java"),
        "destination_code": code("BPS code; 31 is all of DKI, 99 everything outside Java"),
        "share": number("share of the origin's person-days", "share", 0, 1),
    },
)
_PUBLISHED_RT = table(
    "epidemic/published_rt.csv",
    "Reproduction numbers that others published, read in the press.",
    ("region_code", "date", "statement"),
    {
        "region_code": code(),
        "date": date("day that the number is about; the middle of the period if a period"),
        "precision": text("how exactly the date is known", ("day", "week", "month")),
        "value": number("reproduction number", "persons infected per person"),
        "statement": text("how it was said: at, about, below", ("at", "about", "below")),
        "author": text("who estimated it"),
        "reported_by": text("where it was read"),
    },
)

RAW: dict[str, pa.DataFrameSchema] = {
    str(schema.name): schema
    for schema in (
        _REGIONS,
        _SPELLINGS,
        _POPULATION,
        _HOSPITALS,
        _PROVINCE_CASES,
        _WESTJAVA_CASES,
        _REGIMES,
        _MEASURES,
        _MOVEMENT,
        _PUBLISHED_RT,
    )
}
"""Contracts of the text tables of ``data/raw``, by path."""


MISSING = (
    "",
    "before_first_report",
    "after_last_report",
    "gap_in_source",
    "first_day_of_file",
    "not_in_snapshot",
    "no_public_series",
)
"""Why a count is null."""


def _panel(name: str, about: str) -> pa.DataFrameSchema:
    """Return the contract that all panels share."""
    dyads = {
        f"active_{dyad.lower().replace('-', '_')}": whole(
            f"measures of dyad {dyad} active that day", "measures", missing=True
        )
        for dyad in DYADS
    }
    return table(
        name,
        about,
        ("region_code", "date"),
        {
            "region_code": code(pattern=r"\d{2}|\d{4}"),
            "date": date("day"),
            "cases": whole("new confirmed cases", "persons per day", missing=True),
            "deaths": whole("new confirmed deaths", "persons per day", missing=True),
            "recovered": whole("new recoveries", "persons per day", missing=True),
            "cumulative_cases": whole("confirmed so far", "persons", missing=True),
            "cumulative_unattributed": whole(
                "cases of the province so far whose kab/kota is unknown", "persons", missing=True
            ),
            "cases_mean_7d": number("mean of seven days to this one", "persons/day", missing=True),
            "incidence_7d_per_100k": number(
                "new cases of seven days per 100,000 residents", "per 100,000", missing=True
            ),
            "cases_missing": text("why `cases` is null; blank where it is not", MISSING),
            "population": whole("residents, census of 2020", "persons", 1),
            "hospitals": whole("hospitals in the list of 2021", "hospitals", missing=True),
            "beds": whole("hospital beds, all purposes", "beds", missing=True),
            "referral_beds": whole("beds of COVID-19 referral hospitals", "beds", missing=True),
            "beds_per_1000": number("beds per 1,000 residents", "per 1,000", missing=True),
            "regime": text("restriction in force; blank where not coded"),
            "level": text("PPKM level", ("", "1", "2", "3", "4")),
            "regime_layer": text(
                "layer of the timeline", ("", "before_first", "primary", "comparison", "wj27")
            ),
            "regime_missing": text("why the regime is blank", ("", "not_coded")),
            "strictness": number("ordinal strictness of the regime", "steps", 0, 10, missing=True),
            **dyads,
            "active_all": whole("measures active that day", "measures", missing=True),
            "measures_coverage": text(
                "whether measures were searched for", ("coded", "part", "not_coded")
            ),
        },
    )


PANELS: dict[str, pa.DataFrameSchema] = {
    "jabodetabek": _panel("panel_jabodetabek", "The units of Greater Jakarta by day."),
    "westjava": _panel("panel_westjava", "The 27 kab/kota of Jawa Barat by day."),
    "province": _panel("panel_province", "The 34 provinces by day."),
}
"""Contracts of the joined panels."""

RT = table(
    "rt",
    "Reproduction number R_t by province and day.",
    ("region_code", "date"),
    {
        "region_code": code(),
        "date": date("last day of the window"),
        "mean": number("posterior mean", "persons infected per person", missing=True),
        "sd": number("posterior standard deviation", "persons infected per person", missing=True),
        "q025": number("2.5 % quantile", "persons infected per person", missing=True),
        "median": number("median", "persons infected per person", missing=True),
        "q975": number("97.5 % quantile", "persons infected per person", missing=True),
    },
)
ALIGNMENT = table(
    "alignment",
    "How alike the regimes of a region and of those it exchanges people with are.",
    ("variant", "region_code", "date"),
    {
        "variant": text("main, or an alternative of the configuration, or same_label"),
        "region_code": code(),
        "date": date("day"),
        "alignment": number("weighted mean of similarity", "share", 0, 1, missing=True),
    },
)
MONTHLY_MEASURES = table(
    "measures_monthly",
    "Measures by month of their reported start, dyad and kind.",
    ("month", "dyad", "act"),
    {
        "month": date("first day of the month"),
        "dyad": text("who with whom", DYADS),
        "act": text("kind of event", ("action", "rule", "statement")),
        "measures": whole("measures that start in the month", "measures"),
    },
)
PROCESSED: dict[str, pa.DataFrameSchema] = {
    str(schema.name): schema for schema in (*PANELS.values(), RT, ALIGNMENT, MONTHLY_MEASURES)
}
"""Contracts of the tables of ``data/processed``, by name."""


def table_name(path: str) -> str:
    """Return the name of a table's contract from the path of its file."""
    if path.endswith(".parquet"):
        return Path(path).stem
    return "/".join(Path(path).parts[-2:])


def read_any(path: str) -> pd.DataFrame:
    """Read a raw or a made table and hold it to its contract.

    Raises
    ------
    InputError
        The file is missing or does not meet its contract.
    """
    name = table_name(path)
    if path.endswith(".parquet"):
        remedy = "remove the file and run make again"
        return check(read_parquet(path), PROCESSED[name], path, remedy)
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(
            name, path, "whole file", "the file, readable", str(error.strerror), _RESTORE
        ) from None
    return read_raw(content, RAW[name], path)
