"""The house stands: a module imports only from floors below its own."""

import ast
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "workflow" / "gotong"

# From the ground up. Members of one package may use each other; modules of one floor may not.
FLOORS = (
    ("errors", "decisions", "text"),
    ("tables", "config", "provenance", "i18n", "style", "intervals", "evidence_rows"),
    ("corrections", "regions", "contracts", "html", "area_check"),
    ("correcting",),
    ("sources", "timeline", "epidemic"),
    ("panels",),
    ("inference",),
    ("cooperation", "causal", "capacity", "inequality", "partners", "agreement"),
    ("growth", "delays", "specification"),
    ("uncertainty", "severity"),
    ("claims",),
    ("analyses",),
    ("exhibits", "validation"),
    ("areas",),
    ("report",),
    ("wiring", "jobs"),
)
FLOOR_OF = {name: number for number, floor in enumerate(FLOORS) for name in floor}


def unit_of(path: Path) -> str:
    """Return the module or package of the library that a file belongs to."""
    first = path.relative_to(LIBRARY).parts[0]
    return first.removesuffix(".py")


def imports_of(source: str) -> set[str]:
    """Return the modules or packages of the library that some code imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor they reach for"
            names = [node.module or ""]
            if node.module == "gotong":
                names = [f"gotong.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("gotong.")}
    return found


def climbing(unit: str, source: str) -> set[str]:
    """Return the imports that do not lead downwards."""
    return {
        other for other in imports_of(source) if other != unit and FLOOR_OF[other] >= FLOOR_OF[unit]
    }


MODULES = sorted(path for path in LIBRARY.rglob("*.py") if path != LIBRARY / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_imports_lead_downwards(path):
    unit = unit_of(path)
    assert unit in FLOOR_OF, f"{unit} stands on no floor: give it one here and in the docstring"
    assert not climbing(unit, path.read_text(encoding="utf-8"))


def test_a_climbing_import_is_seen():
    assert climbing("tables", "from gotong import panels") == {"panels"}
    assert climbing("panels", "import gotong.exhibits.saving") == {"exhibits"}
    assert climbing("regions", "from gotong.contracts import check") == {"contracts"}
    assert climbing("panels", "from gotong.tables import read_parquet") == set()


def test_every_floor_is_inhabited():
    inhabited = {unit_of(path) for path in MODULES}
    assert set(FLOOR_OF) <= inhabited
