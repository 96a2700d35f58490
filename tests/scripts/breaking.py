"""Ways to break something in a copy of the project, whose files are hard links: each is replaced, none is written to."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
from typing import Any, Final

from PIL import Image

COMPONENT: Final = Path("custom_components", "twc_manager")
ENGLISH: Final = COMPONENT / "translations" / "en.json"

type Break = Callable[[Path], object]


def new_file(path: Path) -> Path:
    """Return the path of a file that is about to be written, after removing what is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def write(path: str | Path, text: str) -> Break:
    return lambda root: new_file(root / path).write_text(text)


def remove(path: str | Path) -> Break:
    return lambda root: (root / path).unlink()


def replace(path: str | Path, old: str, new: str) -> Break:
    def do(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text
        new_file(root / path).write_text(text.replace(old, new, 1))

    return do


def put(path: str | Path, way: str, value: Any) -> Break:
    """Set something in a JSON file; None takes it away."""

    def do(root: Path) -> None:
        tree = json.loads((root / path).read_text())
        *above, last = way.split(".")
        node = tree
        for key in above:
            node = node.setdefault(key, {})
        if value is None:
            del node[last]
        else:
            node[last] = value
        new_file(root / path).write_text(json.dumps(tree))

    return do


def add_language(change: Break) -> Break:
    """Add a language that is the English one but for a change."""

    def do(root: Path) -> None:
        shutil.copy(root / ENGLISH, new_file(root / ENGLISH.with_name("xx.json")))
        change(root)

    return do


def save_picture(name: str, mode: str, size: tuple[int, int], colour: Any) -> Break:
    return lambda root: Image.new(mode, size, colour).save(
        new_file(root / COMPONENT / "brand" / name)
    )


def add_trigger(root: Path) -> None:
    write(COMPONENT / "trigger.py", 'TRIGGERS = {"tried": None}\n')(root)
