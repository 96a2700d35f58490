"""Limits on the size of what is shipped and of the scripts: complexity of a block, attributes of a class, lines of a file."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from radon.complexity import cc_visit
from radon.visitors import Class

from .project import Finding, Project

MAX_COMPLEXITY: Final = 10
"""Cyclomatic complexity of a function or method, as radon counts it."""
MAX_ATTRIBUTES: Final = 12
"""Fields of a dataclass, and attributes that a method assigns to `self`."""
MAX_LINES: Final = 400
"""Lines of a file."""

EXCEPTIONS: Final[Mapping[str, str]] = {
    "charging/control/vehicle_facts.py:Vehicle": "each field is a fact that a vehicle reports; there is no state in it",
    "charging/planning/goals.py:Goal": "each field is given for a car; there is no state in it",
    "charging/planning/slots.py:PlanInputs": "each field is given for a plan; there is no state in it",
    "charging/plans/status.py:PlanStatus": "each field is a value that is shown of a plan; there is no state in it",
    "scripts/benchmark_lib/faults/campaign.py:Result": "each field is a figure; there is no state in it",
    "scripts/benchmark_lib/plan/nights.py:Night": "each field is given for a night; there is no state in it",
    "scripts/benchmark_lib/plan/rows.py:Row": "each field is a figure; there is no state in it",
    "simulator/car.py:Car": "each field is a property of a car that a test may set, or what it does now",
    "simulator/connector.py:WallConnector": "it is the unit with its parts and its timers",
    "simulator/identity.py:Identity": "each field is a property of a unit that a test may set",
    "simulator/safety.py:SafetyRecord": "each field is a figure of the record",
    "simulator/supply.py:Supply": "it is what relay, pilot and meter of a unit remember",
    "simulator/tesla/account.py:Account": "each field is a property of an account that a test may set",
    "twc/state.py:ConnectorState": "each field is a fact that a connector reports; there is no state in it",
}
"""What may be above a limit, and why: a file, or a class or function after its file, in the integration's folder or not."""
_OTHER_FOLDERS: Final = ("keeper", "scripts", "simulator")
_PYTHON: Final = "#!/usr/bin/env python"


@cache
def complexities(source: str) -> Mapping[str, int]:
    """Return the cyclomatic complexity of each function and method of a module, by its name."""
    found: dict[str, int] = {}
    for block in cc_visit(source):
        # A class is the sum of its methods, which radon lists as well.
        if not isinstance(block, Class):
            found[block.fullname] = max(block.complexity, found.get(block.fullname, 0))
    return found


@cache
def attributes(source: str) -> Mapping[str, int]:
    """Return how many attributes each class of a module has."""
    classes = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)
    ]
    return {node.name: len({*_fields(node), *_assigned(node)}) for node in classes}


def _fields(node: ast.ClassDef) -> Iterator[str]:
    """Return the fields of a dataclass."""
    if not any("dataclass" in ast.unparse(item) for item in node.decorator_list):
        return
    for item in node.body:
        match item:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                if "ClassVar" not in ast.unparse(annotation):
                    yield name


def _assigned(node: ast.ClassDef) -> Iterator[str]:
    """Return the attributes that the methods of a class assign."""
    for item in ast.walk(node):
        match item:
            case ast.Attribute(
                value=ast.Name(id="self"), attr=name, ctx=ast.Store() | ast.Del()
            ):
                yield name


def _sources(project: Project) -> Iterator[tuple[str, str]]:
    """Return each source with its name, as in `EXCEPTIONS`."""
    for path in project.code.modules:
        yield path.relative_to(project.component).as_posix(), path.read_text("utf-8")
    for folder in _OTHER_FOLDERS:
        for path in sorted((project.root / folder).rglob("*")):
            if path.is_file() and (source := _python_in(path)):
                yield project.name_of(path), source


def _python_in(path: Path) -> str:
    """Return the source in a file; nothing if it is no Python: commands have no ending."""
    if path.suffix == ".py":
        return path.read_text("utf-8")
    source = "" if path.suffix else path.read_text("utf-8")
    return source if source.startswith(_PYTHON) else ""


def oversized(project: Project) -> Iterator[tuple[str, str]]:
    """Return what is above a limit: its name, as in `EXCEPTIONS`, and its size."""
    for name, source in _sources(project):
        lines = source.count("\n")
        yield from _above(
            ((name, lines),), MAX_LINES, "lines are more than the {} of a file"
        )
        yield from _above(
            ((f"{name}:{of}", count) for of, count in attributes(source).items()),
            MAX_ATTRIBUTES,
            "attributes are more than the {} of a class",
        )
        yield from _above(
            ((f"{name}:{of}", count) for of, count in complexities(source).items()),
            MAX_COMPLEXITY,
            "is more than a complexity of {}",
        )


def _above(
    sizes: Iterable[tuple[str, int]], limit: int, words: str
) -> Iterator[tuple[str, str]]:
    for name, size in sizes:
        if size > limit:
            yield name, f"{size} {words.format(limit)}"


def check_sizes(project: Project) -> Iterator[Finding]:
    """Check that only the exceptions are above a limit, and that each exception still is."""
    unused = dict(EXCEPTIONS)
    for name, size in oversized(project):
        if unused.pop(name, None) is None and name not in EXCEPTIONS:
            what = "split it by what belongs together"
            yield Finding(_place_of(project, name), size, what)
    for name in unused:
        yield Finding(
            _place_of(project, name),
            "is within the limits by now",
            f"remove it from EXCEPTIONS in {__name__}",
        )


def _place_of(project: Project, name: str) -> str:
    """Return the name of a source in the project."""
    is_other = name.partition("/")[0] in _OTHER_FOLDERS
    return name if is_other else f"{project.name_of(project.component)}/{name}"
