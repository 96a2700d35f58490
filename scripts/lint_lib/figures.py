"""The size of the integration's code and its imports in figures, for docs/architecture.md."""

import ast
from collections.abc import Iterator, Mapping
from statistics import median, quantiles

from .project import Project
from .rooms import Rooms
from .sizes import MAX_COMPLEXITY, attributes, complexities


def figures(project: Project) -> Iterator[str]:
    """Return the figures, each as a line."""
    texts = {
        path.relative_to(project.component).as_posix(): path.read_text("utf-8")
        for path in project.code.modules
    }
    yield from _of_files(texts)
    yield _of_functions(texts)
    yield from _of_blocks(texts)
    yield from _of_rooms(project)


def _of_files(texts: Mapping[str, str]) -> Iterator[str]:
    lines = {name: text.count("\n") for name, text in texts.items()}
    longest = max(lines, key=lines.__getitem__)
    yield f"files: {len(lines)}, lines: {sum(lines.values())}"
    yield f"file: median {median(lines.values()):.0f}, longest {lines[longest]} lines ({longest})"


def _of_functions(texts: Mapping[str, str]) -> str:
    functions = {
        f"{name}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    longest = max(functions, key=functions.__getitem__)
    return (
        f"function: median {median(functions.values()):.0f}, 90 % up to {quantiles(functions.values(), n=10)[-1]:.0f},"
        f" longest {functions[longest]} lines ({longest})"
    )


def _of_blocks(texts: Mapping[str, str]) -> Iterator[str]:
    blocks = [size for text in texts.values() for size in complexities(text).values()]
    above = sum(size > MAX_COMPLEXITY for size in blocks)
    yield f"blocks above complexity {MAX_COMPLEXITY}: {above} of {len(blocks)}"
    classes = {
        f"{name}:{of}": count
        for name, text in texts.items()
        for of, count in attributes(text).items()
    }
    largest = max(classes, key=classes.__getitem__)
    yield f"most attributes of a class: {classes[largest]} ({largest})"


def _of_rooms(project: Project) -> Iterator[str]:
    rooms = Rooms(project)
    both = {(one, other) for one, other in rooms.arrows if (other, one) in rooms.arrows}
    yield f"rooms: {len(rooms.rooms)}, imports between them: {len(rooms.arrows)}, both ways: {len(both) // 2}"
    yield f"imports upward: {sum(1 for _ in rooms.upward)}"
