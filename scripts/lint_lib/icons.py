"""`icons.json`: an icon for every entity without one from its device class, and no others."""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from .project import Finding, Project, branch, leaves, read_json
from .words import uses

_ICONS: Final = "icons.json"
_SECTIONS: Final = {"entity", "services", "triggers", "conditions"}
_ON_OFF: Final = {"binary_sensor", "switch"}


def check_icons(project: Project) -> Iterator[Finding]:
    """Check that every icon exists and is used, and that none is missing."""
    where = project.name_of(project.component / _ICONS)
    icons = project.json(_ICONS)
    known = known_icons()
    for section in icons.keys() - _SECTIONS:
        yield Finding(where, f"{section} is no section of icons", "remove it")
    for way, icon in leaves(icons):
        if not str(icon).startswith("mdi:") or str(icon)[4:] not in known:
            yield Finding(where, f"{way}: there is no icon {icon}", "choose another")
    yield from _missing(project, where)
    for platform, keys in branch(icons, "entity").items():
        for key, icon in keys.items():
            for what in _for_nothing(project, platform, key, icon):
                yield Finding(where, f"entity.{platform}.{what}", "remove it")


def _missing(project: Project, where: str) -> Iterator[Finding]:
    """Return the entities that would be shown without an icon of their own."""
    icons = branch(project.json(_ICONS), "entity")
    for use in uses(project.code):
        if use.category != "entity" or use.has_device_class or not use.platform:
            continue
        if "default" not in branch(icons, use.platform, use.key):
            way = f"entity.{use.platform}.{use.key}"
            yield Finding(where, f"{way} has no icon", 'add {"default": "mdi:..."}')


def _for_nothing(
    project: Project, platform: str, key: str, icon: dict[str, dict[str, str]]
) -> Iterator[str]:
    """Return the keys with icons that do not exist."""
    words = branch(project.english, "entity", platform)
    if key not in words:
        yield f"{key} is no entity"
        return
    states = set(branch(words, key, "state")) | (
        {"on", "off"} if platform in _ON_OFF else set()
    )
    for state in branch(icon, "state").keys() - states:
        yield f"{key} has no state {state}"
    for part in icon.keys() - {"default", "state", "state_attributes"}:
        yield f"{key}.{part} is no part of an icon"


@cache
def known_icons() -> frozenset[str]:
    """Return the names of all icons that Home Assistant's frontend has."""
    frontend = find_spec("hass_frontend")
    assert frontend is not None
    assert frontend.origin is not None
    folder = Path(frontend.origin).parent / "static" / "mdi"
    return frozenset(name for path in folder.glob("*.json") for name in read_json(path))
