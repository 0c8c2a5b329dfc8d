"""What the tests share: the project's folder, and the publishers' files where they are."""

from pathlib import Path

import pytest

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
