"""Series and tables that Djaafara et al. (2021) gathered for Java.

The repository of the paper holds copies of what several publishers put on pages that no
longer exist. What the authors derived is left out, but used to check the rest: the tests
outside DKI are the national ones less those of DKI, and the "funerals" outside DKI are a
seventh of a week's suspected and confirmed deaths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from gotong.errors import InputError
from gotong.regions import DKI, Gazetteer, province_of
from gotong.sources.control import ControlTotal
from gotong.sources.reading import REMEDY
from gotong.sources.records import INDONESIAN_DAY, ISO_DAY, Record, as_table, read_records

BEDS_FILE = "Data/raw/hospital_admin2_java.csv"
AGES_FILE = "Data/raw/admin2-reg-pop-java-by-age.csv"
CAPACITY_FILE = "Data/raw/hospital_capacity_java.csv"
HOSPITALISED_FILE = "Data/raw/idn_hospitalised.csv"
DKI_FILE = "Data/raw/jakarta_covid_data_evaluate.csv"
TESTS_FILE = "Data/raw/idn_tests.csv"
CASES_FILE = "Data/raw/idn_positives.csv"
DEATHS_FILE = "Data/raw/idn_deaths.csv"
SUSPECTED_FILE = "Data/raw/confirmed_suspected_deaths.csv"
PROVINCES_FILE = "Data/raw/pop_province_2020.csv"

COUNTRY, OUTSIDE_JAVA = "IDN", "99"
JAVA = {
    "JAKARTA": DKI,
    "WEST JAVA": "32",
    "CENTRAL JAVA": "33",
    "YOGYAKARTA": "34",
    "EAST JAVA": "35",
    "BANTEN": "36",
}
"""English names of the provinces of Java and their codes."""

AGES = ("0_4", "5_9", *(f"{age}_{age + 4}" for age in range(10, 75, 5)), "75+")

FIRST_DAY = pd.Timestamp("2020-03-01")
"""Day on which the daily series start; each runs on without a gap."""

ROUNDING = 5.1e-5
"""How far a figure printed with four decimals may be from the exact one."""

SHARE_ROUNDING = 1e-6
"""How far a printed share may be from the exact one, relative to it; most have nine digits."""

_PROVINCES = (
    *("ACEH", "SUMATERA UTARA", "SUMATERA BARAT", "RIAU", "JAMBI", "SUMATERA SELATAN"),
    *("BENGKULU", "LAMPUNG", "KEPULAUAN BANGKA BELITUNG", "KEPULAUAN RIAU", "DKI JAKARTA"),
    *("JAWA BARAT", "JAWA TENGAH", "DAERAH ISTIMEWA YOGYAKARTA", "JAWA TIMUR", "BANTEN"),
    *("BALI", "NUSA TENGGARA BARAT", "NUSA TENGGARA TIMUR", "KALIMANTAN BARAT"),
    *("KALIMANTAN TENGAH", "KALIMANTAN SELATAN", "KALIMANTAN TIMUR", "KALIMANTAN UTARA"),
    *("SULAWESI UTARA", "SULAWESI TENGAH", "SULAWESI SELATAN", "SULAWESI TENGGARA"),
    *("GORONTALO", "SULAWESI BARAT", "MALUKU", "MALUKU UTARA", "PAPUA BARAT", "PAPUA"),
)
"""Columns of the files with one column per province, in their order."""

_BEDS_CONTROL = ControlTotal(115, "90c73b8a41d2986e")
_CAPACITY_CONTROL = ControlTotal(6, "aee77534b8259793")
_HOSPITALISED_CONTROL = ControlTotal(678, "b6cc1dc13e4b981f")
_DKI_CONTROL = ControlTotal(186, "a52619ab7545435a")
_TESTS_CONTROL = ControlTotal(372, "64074c4ebc69711c")
_ANNOUNCED_CONTROL = ControlTotal(6_324, "79178789b9ea2736")
_DEATHS_CONTROL = ControlTotal(84, "1afda9a62b365924")
_AGES_CONTROL = ControlTotal(1_840, "2e4f493109175441")
_PROVINCES_CONTROL = ControlTotal(34, "ccf32d184b44e38b")


def read_java_beds(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _BEDS_CONTROL
) -> pd.DataFrame:
    """Read beds and intensive-care beds of each district of Java, mid-2020.

    DKI Jakarta is one unit (31), and so is everything outside Java (99). The population is
    the projection made before the census of 2020, up to a third above the census in
    Greater Jakarta; rates per head on the census are to be computed from ``beds``.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `BEDS_FILE`.
    gazetteer : Gazetteer
        Its 113 districts of Java outside DKI must be exactly those of the file.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/java_beds.csv``, 115 rows.

    Raises
    ------
    InputError
        Another layout; a region unknown, missing, twice or beside another's name; beds per
        1,000 that are not beds over population; figures other than the registered ones.
    """
    dataset = "djaafara_beds"
    header = ("IDREGION", "REGION", "HOSPITAL_BEDS", "BEDS_PER_1000", "ICU_PER_1000", "POP")
    records = read_records(files, BEDS_FILE, header, dataset)
    rows = []
    for record, code in _districts(records, gazetteer):
        beds, population = record.whole("HOSPITAL_BEDS"), record.whole("POP")
        printed = record.number_in("BEDS_PER_1000", 0, 100)
        if abs(1_000 * beds - printed * population) > ROUNDING * population:
            raise record.fault("BEDS_PER_1000", f"1,000 x {beds} beds / {population} persons")
        rows.append(
            {
                "region_code": code,
                "beds": beds,
                "beds_per_1000": printed,
                "icu_beds_per_1000": record.number_in("ICU_PER_1000", 0, 1),
                "population": population,
            }
        )
    return as_table(rows, "facilities/java_beds.csv", control, dataset, BEDS_FILE)


def read_ages(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _AGES_CONTROL
) -> pd.DataFrame:
    """Read the projected residents of each district of Java in 2020, by five-year group.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `AGES_FILE`.
    gazetteer : Gazetteer
        Its 113 districts of Java outside DKI must be exactly those of the file.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/age_java_2020.csv``, 115 x 16 rows, regions as in `read_java_beds`. The sums
        over the groups are the populations of that table.

    Raises
    ------
    InputError
        Another layout; a region unknown, missing, twice or beside another's name; figures
        other than the registered ones.
    """
    dataset = "djaafara_ages"
    records = read_records(files, AGES_FILE, ("IDREGION", "REGION", *AGES), dataset)
    rows = [
        {"region_code": code, "age_from": 5 * group, "persons": record.whole(column)}
        for record, code in _districts(records, gazetteer)
        for group, column in enumerate(AGES)
    ]
    return as_table(rows, "context/age_java_2020.csv", control, dataset, AGES_FILE)


def read_province_projection(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _PROVINCES_CONTROL,
) -> pd.DataFrame:
    """Read the projected residents of each province in 2020.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `PROVINCES_FILE`.
    gazetteer : Gazetteer
        Its provinces must be exactly those of the file.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``context/population_province_projection.csv``, 34 rows.

    Raises
    ------
    InputError
        Another layout; a province unknown, missing or twice; figures other than the
        registered ones.
    """
    dataset = "djaafara_provinces"
    records = read_records(files, PROVINCES_FILE, ("prov", "pop"), dataset)
    rows = [
        {"region_code": _province(record, "prov", gazetteer), "persons": record.whole("pop")}
        for record in records
    ]
    found = [str(row["region_code"]) for row in rows]
    _expect_all(gazetteer.codes("province"), found, dataset, PROVINCES_FILE)
    table = "context/population_province_projection.csv"
    return as_table(rows, table, control, dataset, PROVINCES_FILE)


def read_covid_capacity(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _CAPACITY_CONTROL,
) -> pd.DataFrame:
    """Read the beds set aside for COVID-19 in each province of Java, August 2020.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `CAPACITY_FILE`.
    gazetteer : Gazetteer
        Not used: the file has the six provinces of `JAVA`.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/covid_capacity.csv``, 6 rows.

    Raises
    ------
    InputError
        Another layout; a province unknown, missing or twice; figures other than the
        registered ones.
    """
    dataset = "djaafara_capacity"
    records = read_records(files, CAPACITY_FILE, ("prov", "hosp_beds", "icu_beds"), dataset)
    rows = [
        {
            "region_code": record.one_of("prov", JAVA),
            "isolation_beds": record.whole("hosp_beds"),
            "icu_beds": record.whole("icu_beds"),
        }
        for record in records
    ]
    _expect_all(
        tuple(JAVA.values()), [str(row["region_code"]) for row in rows], dataset, CAPACITY_FILE
    )
    return as_table(rows, "facilities/covid_capacity.csv", control, dataset, CAPACITY_FILE)


def read_hospitalised(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _HOSPITALISED_CONTROL,
) -> pd.DataFrame:
    """Read how many were in hospital with suspected and confirmed COVID-19, Java, by day.

    DKI runs from 2020-03-12 and never states the suspected; the other five provinces run
    from 2020-05-23. All end on 2020-08-31. Blank cells are days that nobody collected.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `HOSPITALISED_FILE`.
    gazetteer : Gazetteer
        Not used: the file has the six provinces of `JAVA`.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``facilities/hospitalised_daily.csv``, 678 rows: persons in hospital on the day, not
        new ones.

    Raises
    ------
    InputError
        Another layout; a province unknown or missing; a day left out, repeated or out of
        order; figures other than the registered ones.
    """
    dataset = "djaafara_hospitalised"
    header = ("date", "prov", "suspected", "confirmed")
    records = read_records(files, HOSPITALISED_FILE, header, dataset)
    days: dict[str, list[Record]] = {}
    for record in records:
        days.setdefault(record.one_of("prov", JAVA), []).append(record)
    _expect_all(tuple(JAVA.values()), list(days), dataset, HOSPITALISED_FILE)
    for own in days.values():
        _expect_each_day(own, INDONESIAN_DAY, own[0].day("date", INDONESIAN_DAY))
    rows = [
        {
            "region_code": code,
            "date": record.day("date", INDONESIAN_DAY),
            "suspected": record.whole_or_blank("suspected"),
            "confirmed": record.whole_or_blank("confirmed"),
        }
        for code, own in days.items()
        for record in own
    ]
    return as_table(rows, "facilities/hospitalised_daily.csv", control, dataset, HOSPITALISED_FILE)


_DKI_COLUMNS = {
    "cases": "daily_new_cases_report",
    "deaths": "daily_new_deaths_report",
    "burials": "daily_covid_funerals",
    # The file calls them cumulative; they rise and fall, and are those of the day.
    "in_hospital": "cumulative_hospitalised",
    "self_isolating": "cumulative_self_isolation",
    "cases_national": "daily_new_cases_national",
    "deaths_national": "daily_new_deaths_national",
}


def read_dki_daily(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _DKI_CONTROL
) -> pd.DataFrame:
    """Read the days of DKI Jakarta from March to September 2020, as its own site gave them.

    Beside the city's own cases and deaths stand those that the national government announced
    for it, which are dated otherwise. Burials under protocol are the one count that does not
    wait for a test; another file of the same authors has 34 for 2020-08-19, this one 35.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `DKI_FILE`.
    gazetteer : Gazetteer
        Not used: the file is of one province.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``epidemic/dki_2020_daily.csv``, 186 days. In hospital starts on 2020-03-12, self
        isolating on 2020-03-17, national deaths on 2020-03-21.

    Raises
    ------
    InputError
        Another layout; a day left out, repeated or out of order; figures other than the
        registered ones.
    """
    dataset = "djaafara_dki"
    records = read_records(files, DKI_FILE, ("date", *_DKI_COLUMNS.values()), dataset)
    _expect_each_day(records, INDONESIAN_DAY, FIRST_DAY)
    rows = [
        {"region_code": DKI, "date": record.day("date", INDONESIAN_DAY)}
        | {name: record.whole_or_blank(column) for name, column in _DKI_COLUMNS.items()}
        for record in records
    ]
    return as_table(rows, "epidemic/dki_2020_daily.csv", control, dataset, DKI_FILE)


_TESTED = {
    "specimens": "no_of_test",
    "positive_specimens": "test_pos",
    "people_tested": "no_of_people_test",
    "people_positive": "people_test_pos",
}
_TEST_SHARES = {
    "test_pos_pct": ("test_pos", "no_of_test"),
    "people_test_pos_pct": ("people_test_pos", "no_of_people_test"),
}
_TEST_AREAS = {"JAKARTA": DKI, "NATIONAL": COUNTRY}
_DIFFERENCE = "NON-JAKARTA"


def read_tests(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _TESTS_CONTROL
) -> pd.DataFrame:
    """Read specimens and people tested in DKI Jakarta and in the country, by day.

    The rows outside DKI are the country's less DKI's and are left out; since the two count
    by different days, they fall below zero in March 2020 and hold more people found positive
    than tested on 16 days more. The country itself has more positive than tested on two days
    of March. Both printed shares, and the difference, must fit the counts.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `TESTS_FILE`.
    gazetteer : Gazetteer
        Not used: the file has two areas.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``epidemic/tests_2020_daily.csv``, 186 days of each area. The country has its
        specimens from 2020-06-20 to 2020-08-09 only, and no positive specimens; the
        specimens of DKI end in August.

    Raises
    ------
    InputError
        Another layout; an area unknown or missing; a day left out, repeated or out of order;
        a share that is not that of its counts; a count outside DKI that is not the difference;
        figures other than the registered ones.
    """
    dataset = "djaafara_tests"
    pairs = [(share, *counts) for share, counts in _TEST_SHARES.items()]
    columns = [column for share, positive, tested in pairs for column in (tested, positive, share)]
    records = read_records(files, TESTS_FILE, ("prov", "date", *columns), dataset)
    days: dict[str, list[Record]] = {area: [] for area in (*_TEST_AREAS, _DIFFERENCE)}
    for record in records:
        record.one_of("prov", dict.fromkeys(days, 0))
        days[record["prov"]].append(record)
    for area, own in days.items():
        _expect_each_day(own, INDONESIAN_DAY, FIRST_DAY)
        if len(own) != len(days[_DIFFERENCE]):
            expected = f"{len(days[_DIFFERENCE])} days, as of {_DIFFERENCE}"
            raise InputError(dataset, TESTS_FILE, area, expected, f"{len(own)}", REMEDY)
    for area in _TEST_AREAS:
        for record in days[area]:
            _expect_shares(record)
    for parts in zip(*days.values(), strict=True):
        _expect_difference(*parts)
    rows = [
        {"region_code": code, "date": record.day("date", INDONESIAN_DAY)}
        | {name: record.whole_or_blank(column) for name, column in _TESTED.items()}
        for area, code in _TEST_AREAS.items()
        for record in days[area]
    ]
    return as_table(rows, "epidemic/tests_2020_daily.csv", control, dataset, TESTS_FILE)


def read_announced(
    files: Mapping[str, bytes],
    gazetteer: Gazetteer,
    control: ControlTotal | None = _ANNOUNCED_CONTROL,
) -> pd.DataFrame:
    """Read the cases and deaths of every province by the day that they were announced.

    For DKI they are the city's own (`read_dki_daily`), for the others the government's daily
    announcements. Two counts are below zero, both of 2020-03-20: Riau and DI Yogyakarta took
    back a case each. The last column of both files has no name and holds nothing or zero.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `CASES_FILE` and `DEATHS_FILE`.
    gazetteer : Gazetteer
        Its provinces must be exactly those of the files.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``epidemic/announced_2020_daily.csv``, 34 x 186 rows.

    Raises
    ------
    InputError
        Another layout; a province unknown, missing or twice; a day left out, repeated or out
        of order; figures other than the registered ones.
    """
    dataset = "djaafara_announced"
    counts = {
        name: _by_province(files, file, gazetteer, dataset)
        for name, file in (("cases", CASES_FILE), ("deaths", DEATHS_FILE))
    }
    rows = [
        {"region_code": code, "date": day, "cases": cases, "deaths": counts["deaths"][code, day]}
        for (code, day), cases in counts["cases"].items()
    ]
    files_read = f"{CASES_FILE}, {DEATHS_FILE}"
    return as_table(rows, "epidemic/announced_2020_daily.csv", control, dataset, files_read)


_DEATHS = {
    "confirmed": "Confirmed deaths",
    "suspected": "Suspected deaths",
    "probable": "Probable deaths",
}


def read_java_deaths(
    files: Mapping[str, bytes], gazetteer: Gazetteer, control: ControlTotal | None = _DEATHS_CONTROL
) -> pd.DataFrame:
    """Read confirmed, suspected and probable deaths of the provinces of Java, by week.

    The first period is 2020-03-01 to 2020-05-31, then weeks follow to 2020-08-30. A suspected
    death is of a patient whose test was not known; the classes were redrawn in July 2020,
    and a zero may be a week without a report.

    Parameters
    ----------
    files : mapping of str to bytes
        Holds `SUSPECTED_FILE`.
    gazetteer : Gazetteer
        Not used: the file has the six provinces of `JAVA`.
    control : ControlTotal or None
        What the table comes to; None reads any file of the layout.

    Returns
    -------
    pandas.DataFrame
        ``epidemic/java_deaths_2020.csv``, 6 x 14 periods.

    Raises
    ------
    InputError
        Another layout; a province unknown or missing; periods that overlap or leave a day
        out; figures other than the registered ones.
    """
    dataset = "djaafara_java_deaths"
    header = ("Province", "Start", "End", *_DEATHS.values(), "Sources")
    records = read_records(files, SUSPECTED_FILE, header, dataset)
    names = {name.title(): code for name, code in JAVA.items()}
    due = dict.fromkeys(JAVA.values(), FIRST_DAY)
    rows = []
    for record in records:
        code = record.one_of("Province", names)
        start, end = (record.day(column, INDONESIAN_DAY) for column in ("Start", "End"))
        if start != due[code] or end < start:
            raise record.fault("Start", f"the day after the period before, {due[code].date()}")
        due[code] = end + pd.Timedelta(days=1)
        rows.append(
            {"region_code": code, "start_date": start, "end_date": end}
            | {name: record.whole(column) for name, column in _DEATHS.items()}
        )
    if len(set(due.values())) > 1:
        expected, found = "all provinces to the same day", f"{min(due.values()).date()} for some"
        raise InputError(dataset, SUSPECTED_FILE, "", expected, found, REMEDY)
    return as_table(rows, "epidemic/java_deaths_2020.csv", control, dataset, SUSPECTED_FILE)


def _districts(records: Sequence[Record], gazetteer: Gazetteer) -> list[tuple[Record, str]]:
    """Return each record with its code, which must be that of its name; each region once."""
    known = gazetteer.codes("kabupaten") + gazetteer.codes("kota")
    outside_dki = [code for code in JAVA.values() if code != DKI]
    districts = [code for code in known if province_of(code) in outside_dki]
    names = {DKI: "JAKARTA", OUTSIDE_JAVA: "OUTSIDE JAVA"}
    for record in records:
        code, name = record["IDREGION"], record["REGION"]
        if code in names:
            record.expect("REGION", names[code])
        elif code not in districts:
            raise record.fault("IDREGION", "a district of Java outside DKI, 31 or 99")
        else:
            full = name if name.startswith("KOTA ") else f"KAB. {name}"
            place = record.place("REGION")
            found = gazetteer.resolve(name, record.dataset, record.file, place, read_as=full)
            if found != code:
                raise record.fault("REGION", f"the name of {gazetteer.name(code)} ({code})")
    found_codes = [record["IDREGION"] for record in records]
    _expect_all((*names, *districts), found_codes, records[0].dataset, records[0].file)
    return list(zip(records, found_codes, strict=True))


def _province(record: Record, column: str, gazetteer: Gazetteer) -> str:
    """Return the code of a province by its name."""
    code = gazetteer.resolve(record[column], record.dataset, record.file, record.place(column))
    if code not in gazetteer.codes("province"):
        raise record.fault(column, "the name of a province")
    return code


def _expect_all(due: Sequence[str], found: Sequence[str], dataset: str, file: str) -> None:
    """Stop unless the codes found are those due, each once."""
    if sorted(found) != sorted(due):
        missing = ", ".join(sorted(set(due) - set(found))) or "none"
        repeated = ", ".join(sorted({code for code in found if found.count(code) > 1})) or "none"
        told = f"missing: {missing}; repeated: {repeated}"
        raise InputError(dataset, file, "", f"each of {len(due)} regions once", told, REMEDY)


def _expect_each_day(records: Sequence[Record], form: str, first: pd.Timestamp) -> None:
    """Stop unless records follow each other day by day from the first day."""
    due = first
    for record in records:
        if record.day("date", form) != due:
            raise record.fault("date", due.strftime(form))
        due += pd.Timedelta(days=1)


def _expect_shares(record: Record) -> None:
    """Stop where a printed share of positives is not that of the counts beside it."""
    for share, (positive, tested) in _TEST_SHARES.items():
        part, whole = record.whole_or_blank(positive), record.whole_or_blank(tested)
        if part is None or not whole:
            record.expect(share, "")
            continue
        due = part / whole
        if abs(record.number_in(share, 0, 2) - due) > SHARE_ROUNDING:
            raise record.fault(share, f"{due:.9f}, which is {positive} / {tested}")


def _expect_difference(dki: Record, country: Record, rest: Record) -> None:
    """Stop where the people outside DKI are not those of the country less those of DKI."""
    for column in (_TESTED["people_tested"], _TESTED["people_positive"]):
        # The authors took the country's blanks of the first days for zeros.
        due = (country.whole_or_blank(column) or 0) - (dki.whole_or_blank(column) or 0)
        rest.expect(column, str(due))


def _by_province(
    files: Mapping[str, bytes], file: str, gazetteer: Gazetteer, dataset: str
) -> dict[tuple[str, pd.Timestamp], int]:
    """Return the counts of a file with a row per day and a column per province."""
    records = read_records(files, file, ("date", *_PROVINCES, ""), dataset)
    _expect_each_day(records, ISO_DAY, FIRST_DAY)
    days = pd.date_range(FIRST_DAY, periods=len(records))
    codes = [gazetteer.resolve(name, dataset, file, "row 1 (header)") for name in _PROVINCES]
    _expect_all(gazetteer.codes("province"), codes, dataset, file)
    for record in records:
        record.one_of("", {"": 0, "0": 0})
    return {
        (code, day): record.signed(name) if file == CASES_FILE else record.whole(name)
        for record, day in zip(records, days, strict=True)
        for code, name in zip(codes, _PROVINCES, strict=True)
    }


TABLES = {
    "facilities/java_beds.csv": read_java_beds,
    "facilities/covid_capacity.csv": read_covid_capacity,
    "facilities/hospitalised_daily.csv": read_hospitalised,
    "epidemic/dki_2020_daily.csv": read_dki_daily,
    "epidemic/tests_2020_daily.csv": read_tests,
    "epidemic/announced_2020_daily.csv": read_announced,
    "epidemic/java_deaths_2020.csv": read_java_deaths,
    "context/age_java_2020.csv": read_ages,
    "context/population_province_projection.csv": read_province_projection,
}
"""Reader of each table that is made here."""
