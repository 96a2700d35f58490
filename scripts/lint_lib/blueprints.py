"""The blueprints: Home Assistant can load them, and they have their source URL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.errors import BlueprintException
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml_dict

from .manifest import HACS_WANTED
from .project import DOMAIN, Finding, Project

_FOLDER: Final = Path("blueprints", "automation", DOMAIN)


def check_blueprints(project: Project) -> Iterator[Finding]:
    """Check every blueprint."""
    for path in sorted((project.root / _FOLDER).glob("*.yaml")):
        where = project.name_of(path)
        try:
            blueprint = Blueprint(
                load_yaml_dict(str(path)),
                path=path.name,
                expected_domain="automation",
                schema=AUTOMATION_BLUEPRINT_SCHEMA,
            )
        except (BlueprintException, HomeAssistantError) as err:
            yield Finding(where, str(err), "correct it")
            continue
        yield from _check_metadata(project, where, blueprint)


def _check_metadata(
    project: Project, where: str, blueprint: Blueprint
) -> Iterator[Finding]:
    metadata = blueprint.metadata
    if not metadata.get("description"):
        yield Finding(where, "it has no description", "describe its purpose")
    if not str(metadata.get("source_url", "")).endswith(where):
        yield Finding(where, "source_url is another place", f"let it end in {where}")
    version = metadata.get("homeassistant", {}).get("min_version")
    if version != HACS_WANTED["homeassistant"]:
        to_do = f"make it {HACS_WANTED['homeassistant']}"
        yield Finding(where, f"homeassistant.min_version is {version}", to_do)
    for name, settings in blueprint.inputs.items():
        if not (settings or {}).get("name") or "selector" not in (settings or {}):
            yield Finding(where, f"input {name} is bare", "give it name and selector")
