"""The size of the integration's code in figures, for docs/architecture.md."""

import ast
from collections.abc import Iterator
from statistics import median, quantiles

from .project import Project
from .sizes import MAX_COMPLEXITY, attributes, complexities


def figures(project: Project) -> Iterator[str]:
    """Return the figures, each as a line."""
    texts = {
        path.relative_to(project.component).as_posix(): path.read_text("utf-8")
        for path in project.code.modules
    }
    lines = {name: text.count("\n") for name, text in texts.items()}
    longest = max(lines, key=lines.__getitem__)
    yield f"files: {len(lines)}, lines: {sum(lines.values())}"
    yield f"file: median {median(lines.values()):.0f}, longest {lines[longest]} lines ({longest})"

    functions = {
        f"{name}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    longest = max(functions, key=functions.__getitem__)
    yield (
        f"function: median {median(functions.values()):.0f}, 90 % up to {quantiles(functions.values(), n=10)[-1]:.0f},"
        f" longest {functions[longest]} lines ({longest})"
    )

    blocks = [size for text in texts.values() for size in complexities(text).values()]
    above = sum(size > MAX_COMPLEXITY for size in blocks)
    yield f"blocks above complexity {MAX_COMPLEXITY}: {above} of {len(blocks)}"
    classes = {
        f"{name}:{of}": count
        for name, text in texts.items()
        for of, count in attributes(text).items()
    }
    most = max(classes, key=classes.__getitem__)
    yield f"most attributes of a class: {classes[most]} ({most})"

    arrows = _arrows(texts)
    both = {(one, other) for one, other in arrows if (other, one) in arrows}
    yield f"rooms: {len({_room(name) for name in texts})}, imports between them: {len(arrows)}, both ways: {len(both) // 2}"


def _room(name: str) -> str:
    """Return the room of a file: its folder, or the file itself at the root."""
    folder = name.rpartition("/")[0]
    return folder or name.removesuffix(".py")


def _arrows(texts: dict[str, str]) -> set[tuple[str, str]]:
    """Return which room imports which other room."""
    found = set()
    for name, text in texts.items():
        package = name.split("/")[:-1]
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = [*package[: len(package) - node.level + 1]]
                base += node.module.split(".") if node.module else []
                for alias in node.names:
                    room = _room_of_import([*base, alias.name], texts)
                    if room is not None and room != _room(name):
                        found.add((_room(name), room))
    return found


def _room_of_import(parts: list[str], texts: dict[str, str]) -> str | None:
    """Return the room of the module that an import names; None if there is no such file."""
    for end in range(len(parts), 0, -1):
        for name in (
            "/".join(parts[:end]) + ".py",
            "/".join((*parts[:end], "__init__.py")),
        ):
            if name in texts:
                return _room(name)
    return None
