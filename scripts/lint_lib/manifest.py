"""`manifest.json`, which Home Assistant reads, and `hacs.json`, which HACS and the marketplace read."""

import ast
from collections.abc import Iterator
from typing import Any, Final

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.const import Platform

from .project import DOMAIN, Finding, Project, read_json

WANTED: Final[dict[str, Any]] = {
    "domain": DOMAIN,
    "name": "TWC Manager",
    "config_flow": True,
    "dependencies": ["http", "usb"],
    "integration_type": "hub",
    "iot_class": "local_push",
    "loggers": ["serialx"],
    "requirements": ["serialx>=1.11,<2"],
}
_ADDRESSES: Final = ("documentation", "issue_tracker")
_ALLOWED: Final = {*WANTED, *_ADDRESSES, "codeowners", "quality_scale", "version"} | {
    "after_dependencies",
    "usb",
    "zeroconf",
}
_LOADABLE: Final = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]

_COMPONENTS: Final = "homeassistant.components"
_ALWAYS_THERE: Final = {*Platform, "homeassistant", "websocket_api", "zone"}
"""Components that hassfest lets every integration import, as far as they are imported here."""

HACS_WANTED: Final[dict[str, Any]] = {
    "name": "TWC Manager",
    "homeassistant": "2026.10.0",
    "zip_release": True,
    "filename": f"{DOMAIN}.zip",
}
_HACS_ALLOWED: Final = {*HACS_WANTED, "render_readme"}


def check_manifest(project: Project) -> Iterator[Finding]:
    """Check keys, values and order of the manifest."""
    where = project.name_of(project.component / "manifest.json")
    manifest = project.json("manifest.json")
    yield from _differences(where, manifest, WANTED)
    for key in manifest.keys() - _ALLOWED:
        yield Finding(where, f"{key} is no key that is known here", "remove it")
    order = ["domain", "name", *sorted(manifest.keys() - {"domain", "name"})]
    if list(manifest) != order:
        yield Finding(
            where, "the keys are not in order", f"order them: {', '.join(order)}"
        )
    for key in _ADDRESSES:
        if not str(manifest.get(key, "")).startswith("https://"):
            yield Finding(where, f"{key} is no address", "let it begin with https://")
    owners = manifest.get("codeowners") or [""]
    if not all(str(owner).startswith("@") for owner in owners):
        yield Finding(where, "a code owner is missing", "name one such as @name")
    if not _is_version(manifest.get("version")):
        yield Finding(
            where, "version is none that is loaded", "enter one such as 1.2.3"
        )


def check_components(project: Project) -> Iterator[Finding]:
    """Check that what is imported of Home Assistant's components is there before the integration is set up."""
    manifest = project.json("manifest.json")
    named = {*manifest.get("dependencies", ()), *manifest.get("after_dependencies", ())}
    for path, node in project.code.nodes(ast.ImportFrom):
        for component in _components(node) - named - _ALWAYS_THERE:
            # What implements a platform of a component is loaded by that component.
            if not (project.component / f"{component}.py").is_file():
                yield Finding(
                    f"{project.name_of(path)}:{node.lineno}",
                    f"{component} may not be set up yet",
                    "name it in dependencies or after_dependencies of the manifest",
                )


def _components(node: ast.ImportFrom) -> set[str]:
    """Return the components of Home Assistant that an import names."""
    module = node.module or ""
    if module == _COMPONENTS:
        return {alias.name for alias in node.names}
    if module.startswith(f"{_COMPONENTS}."):
        return {module.split(".")[2]}
    return set()


def check_hacs(project: Project) -> Iterator[Finding]:
    """Check what HACS asks of a repository with an integration."""
    hacs = read_json(project.root / "hacs.json")
    yield from _differences("hacs.json", hacs, HACS_WANTED)
    for key in hacs.keys() - _HACS_ALLOWED:
        yield Finding("hacs.json", f"{key} is no key that is known here", "remove it")
    for name in ("README.md", "info.md", "LICENSE"):
        if not (project.root / name).is_file():
            yield Finding(name, "it is missing", "write it: HACS shows or wants it")
    folders = [
        path.name
        for path in (project.root / "custom_components").iterdir()
        if path.is_dir() and path.name != "__pycache__"
    ]
    if folders != [DOMAIN]:
        yield Finding(
            "custom_components",
            "there is not one integration",
            "keep one: HACS installs the first folder only",
        )


def _differences(
    where: str, found: dict[str, Any], wanted: dict[str, Any]
) -> Iterator[Finding]:
    for key, value in wanted.items():
        if found.get(key) != value:
            yield Finding(where, f"{key} is {found.get(key)!r}", f"make it {value!r}")


def _is_version(value: object) -> bool:
    """Return whether Home Assistant's loader takes this for a version."""
    return AwesomeVersion(str(value)).strategy in _LOADABLE
