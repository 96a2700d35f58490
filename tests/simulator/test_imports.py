"""There are no circular imports in the simulator, direct or indirect."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SIMULATOR: Final = ROOT / "simulator"


def imported(file: Path) -> set[str]:
    """Return the files of the simulator that a file imports, for type checkers too."""
    found: set[str] = set()
    package = file.parent.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = [*base, *(node.module or "").split(".")]
            names = [module, *([*module, alias.name] for alias in node.names)]
            found |= {"/".join(filter(None, name)) + ".py" for name in names}
    return found


def test_no_imports_are_circular() -> None:
    files = {
        file.relative_to(ROOT).as_posix(): imported(file)
        for file in SIMULATOR.rglob("*.py")
        # The `__init__` of a package re-exports the names of its files.
        if file.name != "__init__.py"
    }
    assert "simulator/safety.py" in files["simulator/bus.py"]
    # It raises an error that names the cycle.
    TopologicalSorter(files).prepare()
