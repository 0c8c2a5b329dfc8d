"""The part `mobility` of docs/performance.md: a country's rows out of a file of the world.

The reader of Google's mobility reports beside four packages that read CSV files, each in a
process of its own, in turn, on a synthetic file of 1.2 GB (synthetic_mobility.py), which lies in
a temporary folder and goes again. Stops if one of them gives other figures than the committed.
"""

import importlib.metadata
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import pandas as pd
from synthetic_mobility import ROWS, World

from gotong.provenance import sha256_file
from gotong.sources import fetch, google
from gotong.sources.control import control_total
from gotong.sources.registry import Coverage, Source, SourceFile
from gotong.tables import DATE

REPETITIONS = 5
TIMES_WANTED = 3
MEGABYTES_WANTED = 300
COUNTRY_COLUMN = "country_region_code"
NAMES = ("sub_region_1", "sub_region_2")
FIGURES = tuple(f"{category}_percent_change_from_baseline" for category in google.CATEGORIES)
COLUMNS = (*NAMES, "date", *FIGURES)
ALL_COLUMNS = google.HEADER.split(",")


def ours(path):
    """Take the rows out while the file streams; then read, check and sort them."""
    with path.open("rb", buffering=0) as file:
        blocks = iter(lambda: file.read(fetch.BLOCK), b"")
        return google.read_reports({path.name: google.of_country(blocks, path.name)})


def ours_verified(path):
    """Do the same as the workflow does: the sha256 of the whole file is compared as well."""
    file = SourceFile(
        path=path.name,
        sha256=path.with_suffix(".sha256").read_text(encoding="utf-8"),
        bytes=path.stat().st_size,
    )
    source = Source(
        id=google.DATASET,
        tables=(google.TABLE,),
        origin="project",
        publisher="none",
        short="synthetic",
        measures="visits",
        unit="per cent",
        coverage=Coverage(regions="the world"),
        licence="none",
        citation="none",
        files=(file,),
    )
    bring = fetch.mirror(path.parent, path.parent, {google.DATASET: google.of_country})
    return google.read_reports(bring(source))


def with_duckdb(path):
    """Filter with SQL; columns and types are given, so that nothing is sniffed."""
    import duckdb

    kinds = dict.fromkeys(ALL_COLUMNS, "VARCHAR") | dict.fromkeys(FIGURES, "SMALLINT")
    kinds["date"] = "DATE"
    found = duckdb.sql(
        f"SELECT {', '.join(COLUMNS)} "
        f"FROM read_csv('{path}', header = true, auto_detect = false, delim = ',', quote = '\"', "
        f"columns = {kinds}) WHERE {COUNTRY_COLUMN} = '{google.COUNTRY}'"
    ).to_arrow_table()
    return lambda: found.to_pandas()


def with_polars(path):
    """Filter a lazy scan with the streaming engine; types are given."""
    import polars

    kinds = dict.fromkeys(ALL_COLUMNS, polars.String) | dict.fromkeys(FIGURES, polars.Int16)
    kinds["date"] = polars.Date
    scan = polars.scan_csv(path, schema=kinds)
    chosen = scan.filter(polars.col(COUNTRY_COLUMN) == google.COUNTRY).select(COLUMNS)
    found = chosen.collect(engine="streaming")
    return lambda: found.to_pandas()


def with_pyarrow(path):
    """Filter a scan of a data set; types are given."""
    import pyarrow
    from pyarrow import csv, dataset

    kinds = dict.fromkeys(ALL_COLUMNS, pyarrow.string()) | dict.fromkeys(FIGURES, pyarrow.int16())
    kinds["date"] = pyarrow.date32()
    options = csv.ConvertOptions(column_types=kinds)
    scan = dataset.dataset(path, format=dataset.CsvFileFormat(convert_options=options))
    own = dataset.field(COUNTRY_COLUMN) == google.COUNTRY
    found = scan.to_table(columns=list(COLUMNS), filter=own)
    return lambda: found.to_pandas()


def with_pandas(path):
    """Filter chunk by chunk with the parser in C; floats, for only they may be missing there."""
    kinds = {COUNTRY_COLUMN: "category"} | dict.fromkeys(NAMES, "str")
    kinds |= dict.fromkeys(FIGURES, "float64")
    chunks = pd.read_csv(
        path,
        usecols=[COUNTRY_COLUMN, *COLUMNS],
        dtype=kinds | {"date": "str"},
        # Namibia is NA.
        keep_default_na=False,
        na_values={name: [""] for name in FIGURES},
        chunksize=500_000,
    )
    found = pd.concat(chunk[chunk[COUNTRY_COLUMN] == google.COUNTRY] for chunk in chunks)
    return found.assign(date=pd.to_datetime(found["date"], format="%Y-%m-%d"))


def with_pandas_pyarrow(path):
    """Filter what pandas reads with the parser of pyarrow, which reads all or nothing."""
    found = pd.read_csv(
        path, usecols=[COUNTRY_COLUMN, *COLUMNS], engine="pyarrow", dtype_backend="pyarrow"
    )
    return found[found[COUNTRY_COLUMN] == google.COUNTRY]


CONTENDERS = {
    "this reader": (ours, None),
    "this reader, sha256 compared": (ours_verified, None),
    "duckdb": (with_duckdb, "duckdb"),
    "polars": (with_polars, "polars"),
    "pyarrow.dataset": (with_pyarrow, "pyarrow"),
    "pandas, chunks": (with_pandas, "pandas"),
    "pandas, engine pyarrow": (with_pandas_pyarrow, "pandas"),
}
OWN, OWN_VERIFIED = list(CONTENDERS)[:2]


def as_reader(found):
    """Return what a package found in the form that the reader gives."""
    if (found["sub_region_2"].fillna("") != "").any():
        raise AssertionError("a part of a province")
    columns = {"sub_region_1": found["sub_region_1"].fillna("").astype("str")}
    columns["date"] = pd.to_datetime(found["date"]).astype(DATE)
    for category, name in zip(google.CATEGORIES, FIGURES, strict=True):
        columns[category] = found[name].astype("Int64")
    return pd.DataFrame(columns).sort_values(["sub_region_1", "date"], ignore_index=True)


def peak_megabytes():
    """Return the most memory that this process has held, mapped files included."""
    status = Path("/proc/self/status")
    if status.exists():
        # Unlike ru_maxrss it does not begin with what the parent held.
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def measure(name, path):
    """Run one contender once in this process; return its times, memory and figures."""
    task, package = CONTENDERS[name]
    if package:
        importlib.import_module(package)
    before, processor, start = peak_megabytes(), time.process_time(), time.perf_counter()
    found = task(Path(path))
    wall, processor = time.perf_counter() - start, time.process_time() - processor
    peak = peak_megabytes()
    found = found() if callable(found) else found
    total = control_total(as_reader(found) if package else found)
    return {
        "wall": wall,
        "processor": processor,
        "peak": peak,
        "before": before,
        "figures": str(total),
    }


def in_fresh_process(name, path):
    """Run one contender once in a process of its own."""
    command = [sys.executable, __file__, name, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(said.splitlines()[-1])


def in_turn(path, repetitions):
    """Return the medians of each contender; stop if their figures are not the committed ones."""
    runs = defaultdict(list)
    for _ in range(repetitions):
        for name in CONTENDERS:
            run = in_fresh_process(name, path)
            print(name, run, flush=True)
            if run.pop("figures") != str(google.CONTROL):
                raise AssertionError(f"{name} gave other figures")
            runs[name].append(run)
    return {
        name: {key: statistics.median(run[key] for run in found) for key in found[0]}
        | {"highest": max(run["peak"] for run in found)}
        for name, found in runs.items()
    }


HEAD = """## Indonesia's rows out of Google's file of the world

The reports of all countries are one file. The workflow reads the Indonesian rows of it, wherever
they lie, and so does each of these packages, written as its documentation advises: only the
columns that are needed, types given where the reader takes them, the filter handed down where it
can be. The file is synthetic, of the publisher's shape: {rows:,} rows of 135 countries,
{gigabytes:.2f} GB, {share:.2%} of the rows Indonesian, some names in quotation marks. Every
contender ran {repetitions} times, in turn with the others and in a fresh process each time, with
the file in the page cache; times are medians, and imports are not counted. The packages use the
{cores} cores of the machine ({machine}) as they choose; the reader reads in one thread and searches
in a second. A time ends when typed columns are in memory; the reader has then also refused stray
rows, held the calendar of every region complete, and sorted. Memory is the peak of the whole
process, imports and mapped files included. Every run gave the committed figures
({total}).
"""

TABLE_HEAD = """
### {title}

| contender | time | processor time | memory | time, as a multiple of the reader's |
|---|---|---|---|---|
"""

ORDERS = {
    "sorted": "Sorted by country, as published",
    "scattered": "Rows in random order of days and regions",
}


def label(name):
    """Return a contender with its version."""
    package = CONTENDERS[name][1]
    return f"{name} ({importlib.metadata.version(package)})" if package else name


def rows_of(medians):
    """Return the table of one file, and a sentence on what was wanted."""
    own = medians[OWN]
    lines = [
        f"| {label(name)} | {found['wall']:.2f} s | {found['processor']:.2f} s "
        f"| {found['peak']:.0f} MB | {found['wall'] / own['wall']:.1f} |"
        for name, found in medians.items()
    ]
    peers = {name: found for name, found in medians.items() if CONTENDERS[name][1]}
    quickest = min(peers, key=lambda name: peers[name]["wall"])
    ratio = peers[quickest]["wall"] / own["wall"]
    held = max(found["highest"] for name, found in medians.items() if name not in peers)
    verified = peers[quickest]["wall"] / medians[OWN_VERIFIED]["wall"]
    verdict = (
        f"The quickest package is {quickest}, which takes {ratio:.1f} times as long as the reader\n"
        f"(wanted {TIMES_WANTED}: {'met' if ratio >= TIMES_WANTED else 'not met'}), and "
        f"{verified:.1f} times as long as the reader with the sha256\nof all bytes. "
        f"The reader held at most {held:.0f} MB, {own['before']:.0f} MB of it before it began\n"
        f"(wanted less than {MEGABYTES_WANTED}: {'met' if held < MEGABYTES_WANTED else 'not met'})."
    )
    return "\n".join(lines) + f"\n\n{verdict}\n"


WHY = """
### Why it is quick, and what that costs

- The packages split every row into fields. The reader compares pairs of bytes with `ID`, looks for
  a line feed before and a comma behind the few that are equal, counts quotation marks so that a
  line within a quoted field is not taken for a row, and parses only the rows of the country. It
  can do nothing else: the filter is on the first column, by equality.
- Nothing depends on the order of the file. A search by bisection in a sorted file would be many
  times quicker still, and silently wrong in any other.
- The sha256 of the file, which the workflow compares before it uses a row, is taken in the same
  pass. The packages are not asked to do that.
"""


def section(rows=ROWS, repetitions=REPETITIONS):
    """Measure on both orders and return the part of the page."""
    world, parts = World(rows), []
    with tempfile.TemporaryDirectory() as folder:
        for order, title in ORDERS.items():
            path = Path(folder) / "Global_Mobility_Report.csv"
            with path.open("wb") as file:
                file.writelines(world.blocks(order))
            path.with_suffix(".sha256").write_text(sha256_file(path), encoding="utf-8")
            size = path.stat().st_size
            parts.append(TABLE_HEAD.format(title=title) + rows_of(in_turn(path, repetitions)))
    head = HEAD.format(
        rows=rows,
        gigabytes=size / 1e9,
        share=google.CONTROL.rows / rows,
        repetitions=repetitions,
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        machine=f"{platform.system()} {platform.machine()}",
        total=google.CONTROL,
    )
    return head + "".join(parts) + WHY


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:])))
