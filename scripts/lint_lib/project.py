"""The files of the project for the checks, and the findings."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml

DOMAIN: Final = "twc_manager"

type Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding: the place, the problem and the fix."""

    where: str
    what: str
    to_do: str

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.where}: {self.what}; {self.to_do}"


class Project:
    """The project in one folder; files are read on demand."""

    def __init__(self, root: Path) -> None:
        """Store the folder."""
        self.root: Final = root
        self.component: Final = root / "custom_components" / DOMAIN

    def name_of(self, path: Path) -> str:
        """Return a path relative to the project."""
        return path.relative_to(self.root).as_posix()

    def json(self, name: str) -> dict[str, Any]:
        """Return a JSON file of the integration; nothing if it is missing or is none."""
        return read_json(self.component / name)

    def yaml(self, name: str) -> dict[str, Any]:
        """Return a YAML file of the integration; nothing if it is missing or is none."""
        try:
            loaded = load_yaml(str(self.component / name))
        except FileNotFoundError, HomeAssistantError:
            return {}
        return loaded if isinstance(loaded, dict) else {}

    @cached_property
    def english(self) -> dict[str, Any]:
        """The English texts, which every other language needs too."""
        return self.json("translations/en.json")

    @cached_property
    def code(self) -> Code:
        """The integration's modules, as syntax trees."""
        paths = sorted(self.component.rglob("*.py"))
        return Code({path: _parse(path.read_text("utf-8")) for path in paths})


class Code:
    """The integration's modules, for checks without running them."""

    def __init__(self, modules: Mapping[Path, ast.Module]) -> None:
        """Store the modules."""
        self.modules: Final = modules

    def nodes[NodeT: ast.AST](self, kind: type[NodeT]) -> Iterator[tuple[Path, NodeT]]:
        """Return every node of a kind with the path of its module."""
        for path, module in self.modules.items():
            for node in _nodes_of(module).get(kind, ()):
                yield path, node

    def assignments(self) -> Iterator[tuple[Path, str, ast.expr | None]]:
        """Return what is assigned to each name, with the path of its module."""
        for path, node in self.nodes(ast.Assign):
            match node.targets:
                case [ast.Name(id=name)]:
                    yield path, name, node.value
        for path, annotated in self.nodes(ast.AnnAssign):
            match annotated.target:
                case ast.Name(id=name):
                    yield path, name, annotated.value

    @cached_property
    def strings(self) -> frozenset[str]:
        """All strings that are written anywhere, with the values that `auto()` stands for."""
        written = {
            node.value
            for _, node in self.nodes(ast.Constant)
            if isinstance(node.value, str)
        }
        automatic = {
            name.lower()
            for _, name, value in self.assignments()
            if isinstance(value, ast.Call) and name_of_call(value) == "auto"
        }
        return frozenset(written | automatic)

    @cached_property
    def constants(self) -> Mapping[str, str]:
        """The strings that names in capitals stand for."""
        found: dict[str, str] = {}
        for _, name, value in self.assignments():
            match value:
                case ast.Constant(value=str(text)) if name.isupper():
                    found[name] = text
        return found

    @cached_property
    def _templates(self) -> tuple[re.Pattern[str], ...]:
        """What strings with something to fill in can become."""
        return tuple(
            re.compile("".join(_pattern_of(part) for part in node.values))
            for _, node in self.nodes(ast.JoinedStr)
            if any(_is_word(part) for part in node.values)
        )

    @cached_property
    def steps(self) -> frozenset[str]:
        """The steps of all flows."""
        return frozenset(
            node.name.removeprefix("async_step_")
            for _, node in self.nodes(ast.AsyncFunctionDef)
            if node.name.startswith("async_step_")
        )

    def contains(self, word: str) -> bool:
        """Return whether a word is written anywhere, or can be put together by what is."""
        return word in self.strings or any(
            template.fullmatch(word) for template in self._templates
        )

    def text_of(self, node: ast.expr | None) -> str | None:
        """Return the string that an expression stands for; None if it depends on running the code."""
        match node:
            case ast.Constant(value=str(value)):
                return value
            case ast.Name(id=name):
                return self.constants.get(name)
        return None


@cache
def _parse(source: str) -> ast.Module:
    """Return the syntax tree of a module; cached, since the many copies in tests share it unchanged."""
    return ast.parse(source)


@cache
def _nodes_of(module: ast.Module) -> Mapping[type[ast.AST], Sequence[Any]]:
    """Return the nodes of a module by their kind."""
    found: dict[type[ast.AST], list[ast.AST]] = {}
    for node in ast.walk(module):
        found.setdefault(type(node), []).append(node)
    return found


def _is_word(part: ast.expr) -> bool:
    """Return whether a part of a string with something to fill in is a word rather than what joins words."""
    match part:
        case ast.Constant(value=str(text)):
            return len(text.strip("_")) > 2
    return False


def _pattern_of(part: ast.expr) -> str:
    """Return a pattern for a part of a string with something to fill in."""
    match part:
        case ast.Constant(value=str(text)):
            return re.escape(text)
    return r"[a-z0-9_]+"


def name_of_call(node: ast.Call) -> str:
    """Return the last part of the name that is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def keywords_of(node: ast.Call) -> dict[str, ast.expr]:
    """Return the keyword arguments of a call."""
    return {item.arg: item.value for item in node.keywords if item.arg is not None}


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON file; nothing if it is missing or is none, which other checks report."""
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except OSError, ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}


def leaves(tree: Tree, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Return the leaves of a tree, by their path with dots."""
    for key, value in tree.items():
        way = (*above, key)
        if isinstance(value, dict):
            yield from leaves(value, way)
        else:
            yield ".".join(way), value


def branch(tree: Tree, *keys: str) -> dict[str, Any]:
    """Return a part of a tree; nothing if it is not there."""
    found: Any = tree
    for key in keys:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}
