"""The pictures in `brand/`: the names, sizes and transparency that Home Assistant's own have."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from homeassistant.components.brands.const import ALLOWED_IMAGES
from PIL import Image

from .project import Finding, Project

_ICON: Final = 256
_LOGO_HEIGHTS: Final = range(128, 257)
_DRAW: Final = "draw it with scripts/brand"


def check_brand(project: Project) -> Iterator[Finding]:
    """Check that every picture exists, and no others."""
    folder = project.component / "brand"
    there = {path.name for path in folder.glob("*")}
    for name in sorted(there - ALLOWED_IMAGES):
        where = project.name_of(folder / name)
        yield Finding(where, "Home Assistant never asks for it", "remove it")
    for name in sorted(ALLOWED_IMAGES):
        path = folder / name
        if name not in there:
            yield Finding(project.name_of(path), "it is missing", _DRAW)
            continue
        for what in _faults(path):
            yield Finding(project.name_of(path), what, _DRAW)


def _faults(path: Path) -> Iterator[str]:
    with Image.open(path) as picture:
        size = picture.size
        if picture.format != "PNG" or picture.mode != "RGBA":
            yield "it is no PNG with transparency"
            return
        if picture.getchannel("A").getextrema()[0] != 0:
            yield "nothing of it is transparent"
        box = picture.getchannel("A").getbbox()
    density = 2 if "@2x" in path.name else 1
    yield from _faults_of_size(path.name, density, *size)
    # One soft pixel at an edge is how a letter ends.
    if box is None or box[0] > 2 or box[1] > 2 or size[0] - box[2] > 4 * density:
        yield "it has an empty border"


def _faults_of_size(name: str, density: int, width: int, height: int) -> Iterator[str]:
    if "icon" in name and (width, height) != (_ICON * density, _ICON * density):
        yield f"it is {width} x {height}, not {_ICON * density} squared"
    if "logo" in name and (height / density not in _LOGO_HEIGHTS):
        yield f"it is {height} high, not {128 * density} to {256 * density}"
    if "logo" in name and width <= height:
        yield "it is higher than wide"
