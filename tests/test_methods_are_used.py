"""Every public function of a method is used by a rule: none is there for its own sake."""

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "workflow" / "gotong"

METHODS = (
    "agreement",
    "capacity",
    "causal",
    "claims",
    "cooperation",
    "delays",
    "epidemic",
    "growth",
    "inequality",
    "inference",
    "intervals",
    "partners",
    "severity",
    "specification",
    "uncertainty",
)
"""Modules and packages that work on arrays and know nothing of rules."""

RULES = ("analyses", "exhibits", "panels", "report")
"""Packages whose functions rules run."""

Name = tuple[str, str]
"""A module of the library and a name defined at its top; no name stands for the whole module."""


def within(module: str, packages: Iterable[str]) -> bool:
    """Return whether a module is one of some packages or in one of them."""
    return module.split(".")[0] in packages


def imported(tree: ast.Module, modules: Iterable[str]) -> dict[str, Name]:
    """Return what the names that a module imports from the library stand for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gotong":
            source = (node.module or "").removeprefix("gotong").removeprefix(".")
            for alias in node.names:
                inner = f"{source}.{alias.name}".removeprefix(".")
                name = (inner, "") if inner in modules else (source, alias.name)
                found[alias.asname or alias.name] = name
    return found


def mentioned(node: ast.AST, module: str, imports: Mapping[str, Name]) -> set[Name]:
    """Return the names of the library that a piece of a module mentions."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(imports.get(inner.id, (module, inner.id)))
        elif isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            source, name = imports.get(inner.value.id, (module, inner.value.id))
            if not name:
                found.add((source, inner.attr))
    return found


def defined(tree: ast.Module) -> dict[str, ast.AST]:
    """Return the functions and classes at the top of a module, and its other statements."""
    pieces: dict[str, ast.AST] = {}
    rest = ast.Module([], [])
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            pieces[node.name] = node
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            rest.body.append(node)
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", 0)]
            pieces |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return pieces | {"": rest}


@cache
def read(
    module: str, source: str, modules: frozenset[str]
) -> tuple[dict[Name, set[Name]], list[Name]]:
    """Return what each piece of a module mentions, and which pieces are public functions."""
    tree = ast.parse(source)
    imports, pieces = imported(tree, modules), defined(tree)
    uses = {(module, name): mentioned(piece, module, imports) for name, piece in pieces.items()}
    functions = [
        (module, name)
        for name, piece in pieces.items()
        if isinstance(piece, ast.FunctionDef) and not name.startswith("_")
    ]
    return uses, functions


def unused(sources: Mapping[str, str]) -> list[str]:
    """Return the public functions of methods that no rule can reach, by module of source text."""
    uses: dict[Name, set[Name]] = {}
    methods: list[Name] = []
    for module, source in sources.items():
        mentions, functions = read(module, source, frozenset(sources))
        uses |= mentions
        methods += functions if within(module, METHODS) else []
    reached: set[Name] = set()
    ahead = {name for name in uses if within(name[0], RULES)}
    while ahead:
        reached |= ahead
        ahead = {used for name in ahead for used in uses.get(name, ())} - reached
    return [f"{module}.{name}" for module, name in methods if (module, name) not in reached]


def library() -> dict[str, str]:
    """Return the source of each module of the library."""
    return {
        ".".join(path.relative_to(LIBRARY).with_suffix("").parts).removesuffix(".__init__"): (
            path.read_text(encoding="utf-8")
        )
        for path in sorted(LIBRARY.rglob("*.py"))
    }


def test_every_method_is_used_by_a_rule():
    assert unused(library()) == []


EPIDEMIC = """
def mean(): ...
def total(): ...
def alone(): alone()
class Kept:
    def sum(self): total()
"""


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ({}, {"mean", "total", "alone"}),
        (
            {"analyses.one": "from gotong.epidemic import mean as m\nCHOSEN = [m]"},
            {"total", "alone"},
        ),
        ({"panels.one": "from gotong import epidemic as e\ne.mean()"}, {"total", "alone"}),
        ({"exhibits.one": "from gotong.epidemic import Kept\nKept()"}, {"mean", "alone"}),
        # Through another method; simulations, tests and another module's name are no rule's use.
        (
            {
                "growth": "from gotong import epidemic\ndef rate(): return epidemic.alone()",
                "report.one": "from gotong.growth import rate\nrate()",
            },
            {"mean", "total"},
        ),
        (
            {"validation.one": "from gotong.epidemic import mean\nmean()"},
            {"mean", "total", "alone"},
        ),
        ({"analyses.one": "from math import mean\nmean()"}, {"mean", "total", "alone"}),
    ],
)
def test_use_is_followed_through_modules_classes_and_aliases(others, left):
    found = unused({"epidemic": EPIDEMIC} | others)
    assert found == [f"epidemic.{name}" for name in ("mean", "total", "alone") if name in left]


@pytest.mark.parametrize("module", ["growth", "causal.honest", "inference.power"])
def test_a_function_that_nobody_asks_for_is_named(module):
    sources = library()
    sources[module] += "\n\ndef nobody_asks() -> float:\n    return 0.0\n"
    assert unused(sources) == [f"{module}.nobody_asks"]


def test_methods_and_rules_are_parts_of_the_library():
    parts = {module.split(".")[0] for module in library()}
    assert {*METHODS, *RULES} <= parts
