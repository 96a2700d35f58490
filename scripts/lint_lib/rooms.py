"""The rooms of the integration, and which of them import which."""

import ast
from collections.abc import Iterator, Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .project import DOMAIN, Project

LAYERS: Final = (
    {"const", "types", "untrusted"},
    {"stored_files", "subentries", "tesla", "twc"},
    {"charging"},
    {"inputs", "vehicles"},
    {"forecast", "keeper_link", "prices"},
    {"state"},
    {"checks"},
    {"flows", "issues", "runtime", "targets"},
    {"connection", "ghosts"},
    {"coordinator"},
    {"entity", "keeper_watch"},
    {"house_numbers", "sensors", "vehicle_numbers"},
    {
        "binary_sensor",
        "calendar",
        "event",
        "number",
        "select",
        "sensor",
        "switch",
        "time",
    }
    | {"condition", "diagnostics", "llm", "repairs", "services", "trigger"},
    {"dashboard"},
    {"__init__", "config_flow"},
)
"""The folders and files at the root of the integration, from the bottom up: each may import those of the layers below."""

_LAYER_OF: Final = {name: at for at, layer in enumerate(LAYERS) for name in layer}


@dataclass(frozen=True, slots=True)
class Import:
    """An import of one module of the integration by another.

    Attributes:
        importer, imported: the modules, such as ("charging", "supply", "green").
        for_types: whether it is for type checkers only.

    """

    importer: tuple[str, ...]
    imported: tuple[str, ...]
    for_types: bool

    @property
    def is_upward(self) -> bool:
        """Return whether it leads out of its folder at the root, and not to a layer below."""
        one, other = self.importer[0], self.imported[0]
        return one != other and _LAYER_OF[other] >= _LAYER_OF[one]


class Rooms:
    """The modules of the integration, and what they import of each other."""

    def __init__(self, project: Project) -> None:
        """Read the modules."""
        self._modules: Final = {
            path.relative_to(project.component).with_suffix("").parts: module
            for path, module in project.code.modules.items()
        }

    @cached_property
    def rooms(self) -> AbstractSet[tuple[str, ...]]:
        """All rooms."""
        return {self.room_of(module) for module in self._modules}

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """All imports of a module by another."""
        return tuple(
            Import(importer, imported, for_types)
            for importer, module in self._modules.items()
            for node, for_types in _imports(module)
            for imported in self._imported_by(importer, node)
            if imported != importer
        )

    @property
    def upward(self) -> Iterator[Import]:
        """The imports that lead upward at run time; there should be none."""
        return (item for item in self.imports if item.is_upward and not item.for_types)

    @cached_property
    def arrows(self) -> AbstractSet[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Which room imports which other at run time."""
        arrows = {
            (self.room_of(item.importer), self.room_of(item.imported))
            for item in self.imports
            if not item.for_types
        }
        return {(one, other) for one, other in arrows if one != other}

    def room_of(self, module: tuple[str, ...]) -> tuple[str, ...]:
        """Return the room of a module: its folder, or the module itself if there are folders beside it."""
        folder = module[:-1]
        has_folders = any(
            len(other) > len(module) and other[: len(folder)] == folder
            for other in self._modules
        )
        return module if has_folders else folder

    def _imported_by(
        self, importer: tuple[str, ...], node: ast.ImportFrom
    ) -> Iterator[tuple[str, ...]]:
        """Return the modules that an import names or takes something from."""
        base = _base(importer, node)
        if base is None:
            return
        for alias in node.names:
            names = (*base, alias.name)
            for name in (names, (*names, "__init__"), base, (*base, "__init__")):
                if name in self._modules:
                    yield name
                    break


def _base(importer: tuple[str, ...], node: ast.ImportFrom) -> tuple[str, ...] | None:
    """Return what an import names before the word `import`, from the integration's root on; None if it is outside."""
    named = tuple(node.module.split(".")) if node.module else ()
    if node.level:
        return (*importer[: len(importer) - node.level], *named)
    return named[2:] if named[:2] == ("custom_components", DOMAIN) else None


def _imports(module: ast.Module) -> Iterator[tuple[ast.ImportFrom, bool]]:
    """Return the imports anywhere in a module, and whether each is for type checkers only."""
    for_types = {
        inner
        for node in ast.walk(module)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            yield node, node in for_types
