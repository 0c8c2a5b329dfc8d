"""What the tests share: the project's folder, and the publishers' files where they are."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gotong import contracts, correcting, corrections
from gotong.analyses import specifications
from gotong.analyses.catalogue import ANALYSES, BY_REGION, GATHERED
from gotong.config import read_config
from gotong.i18n import LANGUAGES

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    """Return the project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared material beside the clone, or skip with a word."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the publishers' files are not beside the clone (../shared)")
    return folder


@pytest.fixture(scope="session")
def upstream(shared: Path) -> Path:
    """Return the folder of the publishers' files, or skip with a word."""
    return shared / "upstream"


@pytest.fixture(scope="session")
def reference(shared: Path) -> Path:
    """Return the folder of published reference numbers, or skip with a word."""
    return shared / "reference"


@pytest.fixture(scope="module")
def choices(project: Path) -> dict[str, Any]:
    """Return the project's configuration as the rules pass it on."""
    return read_config(project / "config.yaml").model_dump(mode="json")


@pytest.fixture(scope="module", params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> str:
    """Return the code of each language in turn."""
    return str(request.param)


class Results(dict[str, pd.DataFrame]):
    """Tables as the rules make them from data/raw, in memory, each once and when asked for.

    Raw tables stand under their path, after their corrections; made tables under their name.
    """

    def __init__(self, project: Path) -> None:
        super().__init__()
        self.raw = project / "data" / "raw"
        self.choices = read_config(project / "config.yaml").model_dump(mode="json")
        register = (self.raw / "corrections.yaml").read_bytes()
        self.corrections = corrections.read_corrections(register)

    def __missing__(self, name: str) -> pd.DataFrame:
        """Make a table and keep it."""
        if "/" in name:
            self[name] = self._corrected(name)
        elif name == "corrections":
            self[name] = self._touched()
        elif name in GATHERED and name not in BY_REGION:
            self.update(self._gathered())
        else:
            self[name] = self._made(name)
        return self[name]

    def published(self, table: str) -> pd.DataFrame:
        """Return a raw table as published, before its corrections."""
        return contracts.read_any(str(self.raw / table))

    def _corrected(self, table: str) -> pd.DataFrame:
        given = corrections.of_tables(self.corrections, table).values()
        published = self.published(table)
        return correcting.apply(published, contracts.RAW[table], given) if given else published

    def _touched(self) -> pd.DataFrame:
        parts = [
            correcting.touched(
                self.published(table),
                contracts.RAW[table],
                corrections.of_tables(self.corrections, table).values(),
            )
            for table in sorted({each.table for each in self.corrections.values()})
        ]
        return correcting.in_order(pd.concat(parts, ignore_index=True))

    def _gathered(self) -> dict[str, pd.DataFrame]:
        """Estimate the specification curve in one part."""
        entry = GATHERED[specifications.CELLS]
        read = {table: self[table] for table in entry.made}
        choices = {section: self.choices[section] for section in entry.choices}
        choices["specifications"] = choices["specifications"] | {"parts": 1}
        return specifications.gather([specifications.estimate_part(read, choices, 0)])

    def _made(self, name: str) -> pd.DataFrame:
        entry = (ANALYSES | BY_REGION)[name]
        read = {table: self[table] for table in (*entry.raw, *entry.made)}
        choices = {section: self.choices[section] for section in entry.choices}
        make = getattr(import_module(f"gotong.analyses.{entry.module}"), entry.function)
        return contracts.check(make(read, choices), contracts.PROCESSED[name], name, "")


@pytest.fixture(scope="session")
def results(project: Path) -> Results:
    """Return all tables of the study by name, made from the snapshot when asked for."""
    return Results(project)


@pytest.fixture(scope="session")
def last_run(project: Path) -> Callable[[str], pd.DataFrame]:
    """Return what reads a made table of the last complete run, as committed, or a raw one."""

    def read(name: str) -> pd.DataFrame:
        made = project / f"results/reference/{name}.parquet"
        return contracts.read_any(
            str(project / "data/raw" / name if name.endswith(".csv") else made)
        )

    return read
